"""Tests of errors: isinstance, issubclass, the type of an error, and the status that google-genai's errors name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..infer.values import Ext
from ..sdk import errors as sdk
from . import blocked, context, error_classes, error_conditions, error_reads, error_texts
from .error_edits import replaced
from .error_tests import Test

if TYPE_CHECKING:
    from .errors import Errors


def call(found: Errors, path: str, node: ast.Call) -> None:
    """A call that names classes of errors, or tells what a variable holds."""
    paths = {v.path for v in found.plan.program.machine.callees.get(node, ()) if isinstance(v, Ext)}
    if "builtins.isinstance" in paths and len(node.args) == 2:
        _isinstance(found, path, node, node.args[0])
    elif "builtins.issubclass" in paths and len(node.args) == 2:
        error = error_texts.class_of(node.args[0]) or _left_with(found, path, node.args[0])
        if error is not None:
            _isinstance(found, path, node, error)
    else:
        error_conditions.survey(found, path, node, paths)
        error_classes.handled(found, path, node)


def _left_with(found: Errors, path: str, node: ast.expr) -> ast.expr | None:
    """The error whose class `__exit__` is handed under a name."""
    function = context.function(found.plan.facts(path), node)
    if function is None or function.name not in ("__exit__", "__aexit__") or len(function.args.args) < 3:
        return None
    _, cls, error = function.args.args[:3]
    if not isinstance(node, ast.Name) or node.id != cls.arg:
        return None
    made = ast.Name(error.arg, ast.Load())
    found.plan.facts(path).parents[made] = found.plan.facts(path).parents[node]
    found.made.add(made)
    return made


def look(found: Errors, path: str, node: ast.Call) -> None:
    """A call that looks into an error."""
    paths = {v.path for v in found.plan.program.machine.callees.get(node, ()) if isinstance(v, Ext)}
    if paths & {"builtins.getattr", "builtins.hasattr"} and len(node.args) > 1:
        error_reads.probe(found, path, node)
    else:
        error_texts.call(found, path, node)


def _isinstance(found: Errors, path: str, node: ast.Call, error: ast.expr) -> None:
    outer = found.plan.facts(path).parents[node]
    negated = isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not)
    whole: ast.expr = outer if negated else node  # type: ignore[assignment]
    _asked(found, path, whole, error, node.args[1], negated)


def _asked(found: Errors, path: str, whole: ast.expr, error: ast.expr, classes: ast.expr, negated: bool) -> bool:
    """An expression that asks for the class of an error; whether it asks for one of an SDK."""
    test = found.classes(classes)
    if test.blocked and blocked.drop_branch(found, path, whole, error, test):
        return True
    if test.blocked and blocked.asked(found, path, whole, error, classes, test):
        return True
    if not test.named and not test.unclear:
        if test.broad and found.plan.objects(error) and not found.plan.objects(error, "Error"):
            found.assume(path, error, found.anywhere(), weak=True)  # an answer, or what was raised for it
        return False
    traced = found.origin(path, error)
    reached = traced if traced and not test.constants else found.anywhere()
    if traced is None:
        found.assume(path, error, reached)
    if test.unclear:  # the classes become others where they are chosen
        found.consumed.difference_update(ast.walk(classes))
    elif test.refusal:
        found.fail(reached.calls, test.refusal, path, whole)
    else:
        replaced(found, path, _guarded(found, path, whole), error, test, reached, negated)
    return True


def _guarded(found: Errors, path: str, whole: ast.expr) -> ast.expr:
    """`exceptions and isinstance(...)`, where a test of the old names' presence stands before, or what was given."""
    facts = found.plan.facts(path)
    outer = facts.parents[whole]
    if not isinstance(outer, ast.BoolOp) or not isinstance(outer.op, ast.And) or len(outer.values) != 2:
        return whole
    guard = outer.values[0]
    if isinstance(guard, ast.Compare) and len(guard.ops) == 1 and isinstance(guard.ops[0], ast.IsNot):
        guard = guard.left
    paths = [value.path for value in found.plan.values(guard) if isinstance(value, Ext)]
    named = any(f"{name}.".startswith((sdk.API_CORE, sdk.GENAI_ERRORS)) for name in paths)
    if isinstance(guard, ast.Name) and outer.values[1] is whole and named:
        found.consumed.add(guard)
        return outer
    return whole


def compare(found: Errors, path: str, node: ast.Compare) -> None:
    """`type(e) is NotFound`, `e.status == "RESOURCE_EXHAUSTED"`, `"RESOURCE_EXHAUSTED" in str(e)` and the like."""
    if len(node.ops) != 1:
        return
    op, left, right = node.ops[0], node.left, node.comparators[0]
    options = right.elts if isinstance(right, (ast.Tuple, ast.List, ast.Set)) else [right]
    many = isinstance(op, (ast.In, ast.NotIn))
    negated = isinstance(op, (ast.NotIn, ast.NotEq, ast.IsNot))
    error = error_texts.class_of(left)
    if error is not None and many == (options != [right]):
        _asked(found, path, node, error, right, negated)
        return
    if many != (options != [right]):
        error_texts.compare(found, path, node)
        return
    codes = [_grpc(option) for option in options]
    if isinstance(left, ast.Attribute) and left.attr == "grpc_status_code" and None not in codes:
        error = left.value
    else:
        error = error_reads.asked_status(found, path, left)
        names = [str(option.value).upper() if isinstance(option, ast.Constant) else "" for option in options]
        codes = [sdk.STATUSES.get(name) for name in names]
        if error is not None and set(names) & sdk.UNTOLD and (reached := found.origin(path, error)) is not None:
            name = next(name for name in names if name in sdk.UNTOLD)
            error_texts.review(found, reached, f"line {node.lineno} asks for {name}, which no HTTP status tells")
    if error is None:
        error_texts.compare(found, path, node)
        return
    if None in codes or (reached := found.origin(path, error)) is None:
        return
    found.consumed.update((left, *((left.func,) if isinstance(left, ast.Call) else ())))
    replaced(found, path, node, error, Test(codes=[code for code in codes if code is not None]), reached, negated)


def _grpc(node: ast.expr) -> int | None:
    """The HTTP status for `grpc.StatusCode.UNAVAILABLE`."""
    if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("StatusCode"):
        return sdk.STATUSES.get(node.attr)
    return None
