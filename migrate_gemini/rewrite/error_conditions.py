"""Conditions of retries: what tenacity and backoff are told of errors, and functions that they hand an error."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

import libcst as cst

from ..infer.values import Func
from ..sdk import errors as sdk
from . import context, error_tests
from .edits import Context
from .error_edits import NOTE

if TYPE_CHECKING:
    from .errors import Errors


def survey(found: Errors, path: str, node: ast.Call, paths: set[str]) -> None:
    """Surveys a call of a library for retries, by the dotted paths of what is called."""
    for name in sorted(paths):
        for place in sdk.HANDED.get(name, ()):
            given = _argument(node, place)
            if given is not None:
                _handed(found, given)
    condition = next((sdk.CONDITIONS[name] for name in sorted(paths) if name in sdk.CONDITIONS), None)
    if condition is not None and len(node.args) + len(node.keywords) == 1:
        _condition(found, path, node, condition)
    elif "backoff.on_exception" in paths:
        _backoff(found, path, node)


def _argument(node: ast.Call, place: sdk.Place) -> ast.expr | None:
    named = next((keyword.value for keyword in node.keywords if keyword.arg == place.name), None)
    if named is None and place.index is not None and place.index < len(node.args):
        return node.args[place.index]
    return named


def _handed(found: Errors, given: ast.expr) -> None:
    """The first parameter of a function that is handed any error of the calls that are tried again."""
    for value in found.plan.values(given):
        if isinstance(value, Func):
            params = [*value.node.args.posonlyargs, *value.node.args.args]
            if params:
                found.assumed[(value.node, params[0].arg)] = found.anywhere()


def _condition(found: Errors, path: str, node: ast.Call, condition: sdk.Condition) -> None:
    plan = found.plan
    given = _argument(node, sdk.Place(0, "exception_types"))
    if given is None:
        return
    test = found.classes(given)
    if not test.named or test.unclear:
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
            plan.imports(path, f"from tenacity import {condition.by_function}")
        owner = f"{ast.unparse(func.value)}." if isinstance(func, ast.Attribute) else ""
        name = f"{owner}{condition.by_function}"
        plan.expression(path, node, lambda c: f"{name}(lambda e: {writer.text(c, test, 'e', condition.negated)})")
        plan.find(path, node, "MG502", "migrated", NOTE, ["errors"])

    plan.closing.append(work)


def _backoff(found: Errors, path: str, node: ast.Call) -> None:
    plan = found.plan
    given = _argument(node, sdk.Place(1, "exception"))
    if given is None:
        return
    test = found.classes(given)
    if not test.named or test.unclear:
        return
    reached = found.anywhere()
    old = _argument(node, sdk.Place(None, "giveup"))
    if test.refusal or test.broad or old is not None and not isinstance(old, (ast.Lambda, ast.Name, ast.Attribute)):
        found.fail(reached.calls, test.refusal or "backoff", path, node)
        return
    name = old.args.args[0].arg if isinstance(old, ast.Lambda) and old.args.args else "e"

    def work() -> None:
        if not found.moves([test], reached):
            return
        writer = error_tests.Writer(plan, path, reached.sources(plan), reached.foreign)
        writer.prepare(test)

        def edit(c: Context) -> cst.BaseExpression:
            call = c.inner(node)
            assert isinstance(call, cst.Call)
            text = writer.text(c, test, name, True)
            if isinstance(old, ast.Lambda):
                text += f" or {c.code(old.body)}"
            elif old is not None:
                text += f" or {c.code(old)}({name})"
            giveup = cst.parse_expression(f"lambda {name}: {text}")
            return call.with_changes(args=_with_giveup(call.args, giveup))

        plan.expression(path, node, edit)
        plan.find(path, node, "MG502", "migrated", NOTE, ["errors"])

    plan.closing.append(work)


def _with_giveup(args: Sequence[cst.Arg], giveup: cst.BaseExpression) -> list[cst.Arg]:
    """The arguments of backoff.on_exception for any Exception, with a condition to give up."""
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    made: list[cst.Arg] = []
    given = any(arg.keyword is not None and arg.keyword.value == "giveup" for arg in args)
    for index, arg in enumerate(args):
        name = arg.keyword.value if arg.keyword is not None else ""
        if name == "giveup":
            made.append(arg.with_changes(value=giveup))
            continue
        if name != "exception" and not (not name and index == 1):
            made.append(arg)
            continue
        comma = cst.MaybeSentinel.DEFAULT if not given else arg.comma
        made.append(arg.with_changes(value=cst.Name("Exception"), comma=comma))
        if not given:
            new = cst.Arg(giveup, keyword=cst.Name("giveup"), equal=equal)
            made.append(new if arg.comma == cst.MaybeSentinel.DEFAULT else new.with_changes(comma=arg.comma))
    return made


def holder(found: Errors, path: str, node: ast.expr) -> ast.AST:
    """The function or lambda whose variable an expression begins with, or the module."""
    facts = found.plan.facts(path)
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    for outer in context.ancestors(facts, node):
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return outer
        if isinstance(outer, ast.Lambda) and isinstance(root, ast.Name):
            if any(arg.arg == root.id for arg in (*outer.args.posonlyargs, *outer.args.args)):
                return outer
    return facts.tree
