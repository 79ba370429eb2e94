"""Classes and functions of tests that stand in for the SDK."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..infer.values import Class, Func, Value
from ..sdk import doubles as names
from ..sdk import surface

if TYPE_CHECKING:
    from .doubles import Doubles


def finish(found: Doubles) -> None:
    """Names each fake whose calls move: a person gives it the methods of the new client."""
    for value, roles in found.roles.items():
        if not _moves(found, value):
            continue
        if isinstance(value, Func):
            _function(found, value, roles)
        elif isinstance(value, Class) and "Response" in roles:
            path = str(value.module)
            found.say(path, value.node, f"{value.node.name} stands for an answer: give it output_text instead of text")


def _moves(found: Doubles, value: Value) -> bool:
    groups = found.plan.groups
    sites = found.sites.get(value, set())
    return any(groups.moves(site) for site in sites if any(call.site is site for call in found.plan.calls))


def _function(found: Doubles, func: Func, roles: set[str]) -> None:
    path = func.scope.path  # type: ignore[attr-defined]
    for role in sorted(roles):
        kind, _, method = role.rpartition(".")
        if (kind, method) in names.REQUESTS or method in names.STREAMS:
            args = func.node.args
            if not isinstance(func.node, ast.Lambda) and method in (func.node.name,):
                reached = {
                    "LModel": "on `interactions` of a fake client",
                    "LChat": "on `interactions` of a fake client",
                }
                where = reached.get(kind, "on `interactions` of the fake client")
                words = f"{method} is not called any more: the code calls create(model=..., input=..., ...) {where}"
            elif _takes_anything(args):
                return
            else:
                words = "the request has keywords only now: take model, input and **settings"
            found.say(path, func.node, words)
            return
        if kind == "" and role in surface.CONSTRUCTORS:
            found.say(path, func.node, f"{role} is not called any more; stand in for genai.Client")
            return


def _takes_anything(args: ast.arguments) -> bool:
    named = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    return args.kwarg is not None and not named
