"""Containers that change after a model took them: the legacy SDK copied what it was given, a dict of parameters holds
the container itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..infer.values import Box, Obj, Value
from . import context
from .edits import Context
from .parts import Code, Parts
from .plan import Plan

_CHANGES = frozenset("append extend insert add update setdefault pop popitem remove clear __setitem__".split())
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_LISTS = ("tools", "safety_settings")


def keep(plan: Plan, path: str, node: ast.expr, parts: Parts) -> None:
    """Makes a copy of what a variable gives to a model, where it may change while there is the model."""
    if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        return
    if not any(_later(plan, path, node, value) for value in plan.values(node)):
        return
    if parts.merged is not None:
        parts.merged = _copy("dict", node, parts.merged)
    parts.request = [(name, _copy("list", node, code) if name in _LISTS else code) for name, code in parts.request]


def _copy(maker: str, node: ast.expr, code: Code) -> Code:
    """The code that copies what a node gives where `code` is the node itself; other code makes something new."""

    def copied(c: Context) -> str:
        made, plain = code(c), c.code(node)
        if made == f"({plain} or {{}})":
            return f"{maker}({plain} or {{}})"
        return f"{maker}({plain})" if made == plain else made

    return copied


def _later(plan: Plan, path: str, given: ast.expr, value: Value) -> bool:
    """Whether a container or config changes where a model may have it already."""
    if plan.changes is None:
        plan.changes = {}
        for where in plan.program.modules:
            for changed, place in _changes(plan, where):
                plan.changes.setdefault(changed, []).append((where, place))
    made = value.node if isinstance(value, Box) else value.site.node if isinstance(value, Obj) else None
    home = plan.home(made) if isinstance(made, ast.AST) else None
    maker = context.function(plan.facts(home), made) if home is not None and isinstance(made, ast.AST) else None
    holder = context.function(plan.facts(path), given)
    for where, place in plan.changes.get(value, ()):
        function = context.function(plan.facts(where), place)
        if function is not holder and (function is None or function is maker):
            continue  # it is ready when it gets to the model
        if where != path or function is not holder:
            return True
        facts = plan.facts(path)
        around = {outer for outer in context.ancestors(facts, given) if isinstance(outer, _LOOPS)}
        if place.lineno > given.lineno or not around.isdisjoint(context.ancestors(facts, place)):
            return True
    return False


def _changes(plan: Plan, path: str) -> Iterator[tuple[Value, ast.expr]]:
    """What changes in a module, and where."""
    facts = plan.facts(path)
    places: list[tuple[ast.expr, ast.expr]] = []
    named: list[ast.Subscript | ast.Attribute] = [*facts.every(ast.Subscript), *facts.every(ast.Attribute)]
    places += [(node.value, node) for node in named if not isinstance(node.ctx, ast.Load)]
    for call in facts.every(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _CHANGES:
            places.append((call.func.value, call))
    places += [(statement.target, statement.target) for statement in facts.every(ast.AugAssign)]
    for held, place in places:
        for value in plan.values(held):
            if isinstance(value, Box) or isinstance(value, Obj) and value.kind == "LConfig":
                yield value, place
