"""Tests of errors and reads of their attributes: isinstance, conditions of retries, `e.code`, texts with a status."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst

from ..infer.values import Ext
from ..sdk import errors as sdk
from . import context, error_tests
from .edits import Context
from .error_tests import Test, fitting

if TYPE_CHECKING:
    from .errors import Errors, Reached

REQUESTS = ("MG103", "MG105", "MG201", "MG203")
NOTE = "interactions raise errors without a public class: the program now asks for their status"


def call(found: Errors, path: str, node: ast.Call) -> None:
    plan = found.plan
    paths = {v.path for v in plan.program.machine.callees.get(node, ()) if isinstance(v, Ext)}
    if "builtins.isinstance" in paths and len(node.args) == 2:
        _isinstance(found, path, node)
    elif paths & error_tests.RETRIES.keys() and len(node.args) == 1 and not node.keywords:
        _retry_if(found, path, node, error_tests.RETRIES[next(iter(paths & error_tests.RETRIES.keys()))])
    elif "backoff.on_exception" in paths and len(node.args) == 2:
        _backoff(found, path, node)
    elif paths & {"builtins.getattr", "builtins.hasattr"} and len(node.args) > 1:
        _probe(found, path, node)


def _isinstance(found: Errors, path: str, node: ast.Call) -> None:
    test = found.classes(node.args[1])
    if not test.named and not test.unclear:
        return
    traced = found.origin(path, node.args[0])
    reached = traced if traced and not test.constants else found.anywhere()
    if traced is None:
        found.assume(path, node.args[0], reached)
    if test.refusal:
        found.fail(reached.calls, test.refusal, path, node)
        return
    outer = found.plan.facts(path).parents[node]
    negated = isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not)
    whole: ast.expr = outer if negated else node  # type: ignore[assignment]
    _replace(found, path, whole, node.args[0], test, reached, negated)


def _replace(
    found: Errors, path: str, whole: ast.expr, error: ast.expr, test: Test, reached: Reached, negated: bool
) -> None:
    plan = found.plan

    def work() -> None:
        if not found.moves([test], reached):
            return
        writer = error_tests.Writer(plan, path, reached.sources(plan), reached.foreign)
        writer.prepare(test)
        plain = isinstance(plan.facts(path).parents[whole], (ast.If, ast.While, ast.Return, ast.Assign, ast.Lambda))

        def edit(c: Context) -> str:
            text = fitting(plan, path, whole, writer.text(c, test, c.code(error), negated))
            return f"({text})" if " or " in text and not plain else text

        plan.expression(path, whole, edit)
        plan.find(path, whole, "MG502", "migrated", NOTE, ["errors"])

    plan.closing.append(work)


def _retry_if(found: Errors, path: str, node: ast.Call, name: str) -> None:
    plan = found.plan
    test = found.classes(node.args[0])
    if not test.named and not test.unclear:
        return
    reached = found.anywhere()
    if test.refusal or test.broad:
        found.fail(reached.calls, test.refusal or "tenacity", path, node)
        return

    def work() -> None:
        if not found.moves([test], reached):
            return
        writer = error_tests.Writer(plan, path, reached.sources(plan), reached.foreign)
        writer.prepare(test)
        func = node.func
        if isinstance(func, ast.Name):
            plan.imports(path, f"from tenacity import {name}")
        owner = f"{ast.unparse(func.value)}." if isinstance(func, ast.Attribute) else ""
        plan.expression(path, node, lambda c: f"{owner}{name}(lambda e: {writer.text(c, test, 'e', False)})")
        plan.find(path, node, "MG502", "migrated", NOTE, ["errors"])

    plan.closing.append(work)


def _backoff(found: Errors, path: str, node: ast.Call) -> None:
    plan = found.plan
    test = found.classes(node.args[1])
    if not test.named and not test.unclear:
        return
    reached = found.anywhere()
    if test.refusal or test.broad or any(keyword.arg == "giveup" for keyword in node.keywords):
        found.fail(reached.calls, test.refusal or "backoff", path, node)
        return

    def work() -> None:
        if not found.moves([test], reached):
            return
        writer = error_tests.Writer(plan, path, reached.sources(plan), reached.foreign)
        writer.prepare(test)

        def edit(c: Context) -> cst.BaseExpression:
            call = c.inner(node)
            assert isinstance(call, cst.Call)
            args = list(call.args)
            args[1] = args[1].with_changes(value=cst.Name("Exception"), comma=cst.MaybeSentinel.DEFAULT)
            giveup = cst.parse_expression(f"lambda e: {writer.text(c, test, 'e', True)}")
            equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
            given = cst.Arg(giveup, keyword=cst.Name("giveup"), equal=equal)
            if call.args[1].comma != cst.MaybeSentinel.DEFAULT:
                given = given.with_changes(comma=call.args[1].comma)
            return call.with_changes(args=[args[0], args[1], given, *args[2:]])

        plan.expression(path, node, edit)
        plan.find(path, node, "MG502", "migrated", NOTE, ["errors"])

    plan.closing.append(work)


def _probe(found: Errors, path: str, node: ast.Call) -> None:
    """getattr(e, "code", None) and hasattr(e, "code")."""
    plan = found.plan
    error, name = node.args[0], node.args[1]
    if not (isinstance(name, ast.Constant) and name.value == "code") or (reached := found.origin(path, error)) is None:
        return

    def work() -> None:
        sources = reached.sources(plan)
        if "interactions" not in sources:
            return
        quote = plan.source(path, name)[:1]
        new = f"{quote}status_code{quote}"
        if sources == {"interactions"} and not reached.foreign:
            plan.expression(path, name, lambda c: new)
        elif len(node.args) == 3:
            plan.expression(path, node, lambda c: f"getattr({c.code(error)}, {new}, {c.old(node)})")
        else:
            plan.expression(path, node, lambda c: f"(hasattr({c.code(error)}, {new}) or {c.old(node)})")

    plan.closing.append(work)


def compare(found: Errors, path: str, node: ast.Compare) -> None:
    """`e.status == "RESOURCE_EXHAUSTED"` and `"RESOURCE_EXHAUSTED" in str(e)`."""
    if len(node.ops) != 1:
        return
    op, left, right = node.ops[0], node.left, node.comparators[0]
    if isinstance(op, (ast.In, ast.NotIn)) and isinstance(left, ast.Constant):
        error = error_tests.text_of(right) or _said_before(found, path, right)
        codes = [sdk.STATUSES.get(_status_name(left))]
    elif isinstance(left, ast.Attribute) and left.attr == "status":
        error = left.value
        options = right.elts if isinstance(right, (ast.Tuple, ast.List, ast.Set)) else [right]
        if isinstance(op, (ast.In, ast.NotIn)) != (options != [right]):
            return
        codes = [sdk.STATUSES.get(str(o.value)) if isinstance(o, ast.Constant) else None for o in options]
    else:
        return
    if error is not None and isinstance(left, ast.Constant) and _status_name(left) in sdk.UNTOLD:
        _untold(found, path, node, error, str(left.value))
    if error is None or not codes or None in codes or (reached := found.origin(path, error)) is None:
        return
    if isinstance(left, ast.Attribute):
        found.consumed.add(left)
    test = Test(codes=[code for code in codes if code is not None])
    _replace(found, path, node, error, test, reached, isinstance(op, (ast.NotIn, ast.NotEq)))


def read(found: Errors, path: str, node: ast.Attribute) -> None:
    plan = found.plan
    if (reached := found.origin(path, node.value)) is None:
        return
    errors = plan.objects(node.value, "Error")
    handlers = [found.handler(o.site.node) for o in errors if isinstance(o.site.node, ast.ExceptHandler)]
    named = all(handler.test.named and not handler.test.others for handler in handlers)
    outer = plan.facts(path).parents[node]
    template = sdk.READS.get(node.attr)
    if named and (template is None or node.attr == "code" and _looked_into(outer, node)):
        found.fail(reached.calls, f".{node.attr}", path, node)
        return
    if template is None or not named and node.attr != "code":
        return

    def work() -> None:
        sources = reached.sources(plan)
        if "interactions" not in sources:
            return
        if node.attr == "details":
            site = next(call.site for call in reached.calls if plan.groups.moves(call.site))
            plan.review(site, f"line {node.lineno} reads the details of an error, whose body names its codes anew")
        foreign = reached.foreign or not all(handler.test.named or handler.broad for handler in handlers)
        writer = error_tests.Writer(plan, path, sources, foreign)

        def edit(c: Context) -> str:
            return fitting(plan, path, node, writer.read(c.code(node.value), node.attr, named))

        writer.read("e", node.attr, named)  # a helper has a name from now on
        whole = outer if node.attr == "code" and isinstance(outer, ast.Attribute) else node
        plan.expression(path, whole, edit)

    plan.closing.append(work)


def _untold(found: Errors, path: str, node: ast.Compare, error: ast.expr, name: str) -> None:
    reached = found.origin(path, error)

    def work() -> None:
        for call in reached.calls if reached is not None else ():
            if found.plan.groups.moves(call.site) and call.code in REQUESTS:
                note = f"line {node.lineno} looks for {name} in the text of an error, which no longer has it"
                found.plan.review(call.site, note)

    found.plan.closing.append(work)


def _status_name(node: ast.Constant) -> str:
    """The name of a status that a text is; a word in lower case is one only where no sentence would have it."""
    text = str(node.value)
    return text.upper() if "_" in text else text


def _said_before(found: Errors, path: str, node: ast.expr) -> ast.expr | None:
    """X for a name that the clause around it gave to str(X)."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("upper", "lower"):
        node = node.func.value
    if not isinstance(node, ast.Name):
        return None
    for outer in context.ancestors(found.plan.facts(path), node):
        if isinstance(outer, ast.ExceptHandler):
            for statement in outer.body:
                if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == node.id:
                    return error_tests.text_of(statement.value)
    return None


def _looked_into(outer: ast.AST, node: ast.Attribute) -> bool:
    """Whether more is read off a code than its number (which `.value` is), such as `.name` or `()`."""
    return (
        isinstance(outer, ast.Attribute) and outer.attr != "value" or isinstance(outer, ast.Call) and outer.func is node
    )
