"""Objects that are put into sets, or given to functions that remember their arguments: what they become has no hash."""

from __future__ import annotations

import ast

from ..infer.values import Bound, Box, Func, Obj
from . import models
from .plan import Plan
from .reasons import Reason

KINDS = ("LModel", "LConfig", "GConfig", "Response")
"""Kinds of objects that become dicts, names, or models of pydantic; for chats see `chats`."""
_REMEMBERS = frozenset(("lru_cache", "cache", "cached"))


def settle(plan: Plan) -> None:
    """Keeps the groups of objects that are hashed. A model that is only its name may be, but not beside others in a
    set, where equal names would be one."""
    for path, facts in plan.program.modules.items():
        for node in facts.nodes:
            if isinstance(node, ast.Set):
                _keep(plan, path, node, node.elts, equal=True)
            elif isinstance(node, ast.SetComp):
                _keep(plan, path, node, [node.elt], equal=True)
            elif isinstance(node, ast.Call):
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                if given and _into_set(plan, node):
                    _keep(plan, path, node, given, equal=True)
                elif given and _remembered(plan, node):
                    _keep(plan, path, node, given, equal=False)


def _keep(plan: Plan, path: str, node: ast.expr, given: list[ast.expr], *, equal: bool) -> None:
    found = {obj for value in given for obj in plan.objects(value, *KINDS)}
    for obj in sorted(found, key=lambda obj: repr(obj.site)):
        if obj.kind != "LModel" or _settings(plan, obj) or equal and len(found) > 1:
            plan.fail(obj.site, Reason.HASHED, plan.source(path, node), path, node)


def _settings(plan: Plan, obj: Obj) -> bool:
    """Whether a model becomes a dict."""
    return models.form(plan, obj.site) == "dict"


def _into_set(plan: Plan, node: ast.Call) -> bool:
    func = node.func
    if not isinstance(func, ast.Attribute) or func.attr != "add":
        return False
    return any(isinstance(value, Box) and value.type == "set" for value in plan.values(func.value))


def _remembered(plan: Plan, node: ast.Call) -> bool:
    """Whether a call is one of a function with a cache by its arguments."""
    for callee in plan.program.machine.callees.get(node, ()):
        func = callee.func if isinstance(callee, Bound) else callee
        for decorator in getattr(func.node, "decorator_list", ()) if isinstance(func, Func) else ():
            name = decorator.func if isinstance(decorator, ast.Call) else decorator
            if (name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")) in _REMEMBERS:
                return True
    return False
