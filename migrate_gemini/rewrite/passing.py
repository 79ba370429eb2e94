"""Calls that get a function and call it: which of their arguments are that function's, and how they reach it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

from ..infer import library
from ..infer.scopes import parameters
from ..infer.values import Bound, Ext, Func
from ..sdk import surface
from .call import arguments
from .plan import Plan

How = Literal["keywords", "executor", "partial"]


@dataclass(slots=True)
class Passing:
    """keywords: the arguments of the function follow it, with keywords; executor: they follow it, without keywords
    (run_in_executor); partial: functools.partial. own: what the call takes itself; given: what it passes on."""

    how: How
    own: list[ast.expr | ast.keyword] = field(default_factory=list)
    given: list[ast.expr | ast.keyword] = field(default_factory=list)


def of(plan: Plan, call: ast.Call, node: ast.expr) -> Passing | None:
    """How a call passes arguments to the function `node`, one of its own; None where that is not known."""
    items = arguments(call)
    handed = next(i for i in items if i is node or isinstance(i, ast.keyword) and i.value is node)
    callees = plan.program.machine.callees.get(call, frozenset())
    at = call.args.index(node) if node in call.args else None
    skipped = 0
    if at == 1 and _spawns(plan, call):  # submit(helper, function, ...)
        callees, skipped = plan.values(call.args[0]), 1
    funcs = [v for v in callees if isinstance(v, (Func, Bound))]
    if funcs:
        if len(funcs) != len(callees):
            return None
        names = {name for v in funcs for name in [_parameter(v, at, skipped, handed)] if name is not None}
        if len(names) != 1 or not all(forwarder(v.func if isinstance(v, Bound) else v, names) for v in funcs):
            return None
        return _helper(call, at, skipped, handed, funcs)
    if skipped:
        return None
    paths = {v.path for v in callees if isinstance(v, Ext)}
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    how: How | None = None
    if _spawns(plan, call):
        how = "keywords"
    elif "functools.partial" in paths:
        how = "partial"
    elif name == "run_in_executor":
        how = "executor"
    elif at is not None and paths.isdisjoint(library.STARTS) and name not in library.CALLERS:
        # somebody else's helper: it gets what only the request takes, so it passes that on
        words = {word for names in surface.PARAMETERS.values() for word in names}
        mine = [k for k in call.keywords if k.arg not in words]
        if len(mine) == len(call.keywords):
            return None
        return Passing("keywords", [*call.args[:at], *mine], [i for i in items[at + 1 :] if i not in mine])
    if how is None or at != (how == "executor"):
        return None
    return Passing(how, [*call.args[:at]], items[at + 1 :])


def _spawns(plan: Plan, call: ast.Call) -> bool:
    """Whether a call calls its first argument with all others, keywords among them."""
    callees = plan.program.machine.callees.get(call, frozenset())
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    threaded = any(isinstance(v, Ext) and v.path in library.THREADED for v in callees)
    return threaded or name == "submit" and not callees


def _parameter(value: Func | Bound, at: int | None, skipped: int, handed: ast.expr | ast.keyword) -> str | None:
    """The parameter of a function of the project that an argument is bound to. skipped: how many arguments of the call
    are none of the function's."""
    if isinstance(handed, ast.keyword):
        return handed.arg
    args = (value.func if isinstance(value, Bound) else value).node.args
    places = [*args.posonlyargs, *args.args][isinstance(value, Bound) :]
    return places[at - skipped].arg if at is not None and at - skipped < len(places) else None


def _helper(
    call: ast.Call, at: int | None, skipped: int, handed: ast.expr | ast.keyword, funcs: list[Func | Bound]
) -> Passing | None:
    """The arguments that a helper of the project takes itself, and those that it passes on."""
    own: list[ast.expr | ast.keyword] = []
    given: list[ast.expr | ast.keyword] = []
    for value in funcs:
        args = (value.func if isinstance(value, Bound) else value).node.args
        places = [*args.posonlyargs, *args.args][isinstance(value, Bound) :]
        names = {arg.arg for arg in parameters(args)} - {a.arg for a in (args.vararg, args.kwarg) if a is not None}
        if names & {"input", "model"}:
            return None  # a keyword of the new request would be taken for the helper's
        own, given = [], []
        for item in arguments(call):
            if item is handed:
                continue
            if isinstance(item, ast.keyword):
                (own if item.arg in names else given).append(item)
            else:
                (own if call.args.index(item) < len(places) + skipped else given).append(item)
        if at is None and any(not isinstance(item, ast.keyword) for item in given):
            return None
    return Passing("keywords", own, given)


def forwarder(func: Func, names: set[str]) -> bool:
    """Whether a function only ever calls its parameter of that name with all that it got in *args and **kwargs."""
    node = func.node
    args = node.args
    if args.kwarg is None:
        return False
    rest = {a.arg for a in (args.vararg, args.kwarg) if a is not None}
    passed = 0
    inside: set[ast.AST] = set()
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and _passes(call, names, args):
            passed += 1
            inside.update([*call.args, *call.keywords, call.func])
            inside.update(inner for item in [*call.args, *call.keywords] for inner in ast.walk(item))
    used = (n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in rest and n not in inside)
    return passed > 0 and next(used, None) is None


def _passes(call: ast.Call, names: set[str], args: ast.arguments) -> bool:
    """Whether a call is `function(*args, **kwargs)`, or hands the three to something in that order."""
    items = [*call.args]
    if not (isinstance(call.func, ast.Name) and call.func.id in names):
        found = next((i for i, a in enumerate(items) if isinstance(a, ast.Name) and a.id in names), None)
        if found is None:
            return False
        items = items[found + 1 :]
    wanted = [args.vararg.arg] if args.vararg is not None else []
    starred = [a.value.id if isinstance(a, ast.Starred) and isinstance(a.value, ast.Name) else "" for a in items]
    spread = [k.value.id if k.arg is None and isinstance(k.value, ast.Name) else "" for k in call.keywords]
    return starred == wanted and args.kwarg is not None and spread == [args.kwarg.arg]
