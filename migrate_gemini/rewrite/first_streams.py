"""Events of a stream in the first Interactions schema: their types, and what is read off them (MAPPING 1.4)."""

from __future__ import annotations

import ast

from ..infer.values import Box, Obj, Site
from ..sdk import first_schema as table
from . import snippets
from .first_schema import edit, found, when_first, when_first_fails, word
from .plan import Plan
from .written import literal

KINDS = ("EventType", "EventContent", "EventContentType", "Delta", "DeltaType")


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Surveys the type of an event, or the start or delta that an event brings."""
    site, kind = objects[0].site, objects[0].kind
    if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
        return
    role, parent = plan.role(path, node)
    if kind == "EventType":
        _event_type(plan, path, node, site, role, parent)
    elif kind == "EventContent" and isinstance(node, ast.Attribute) and plan.objects(node.value, "InteractionEvent"):
        edit(plan, path, node, site, lambda c: f"{c.code(node.value)}.step")
        if role == "attribute" and isinstance(parent, ast.Attribute) and parent.attr == "text":
            when_first_fails(plan, site, plan.source(path, parent), path, parent)
    elif kind == "EventContentType":
        _started(plan, path, node, site)
    elif kind == "DeltaType":
        options = _options(plan, path, node)
        _rename(plan, path, options, table.DELTAS, site)
        if any(literal(option) == "function_call" for option in options):
            _whole_calls(plan, site)
    elif kind == "Delta" and role == "attribute" and isinstance(parent, ast.Attribute):
        if parent.attr in ("name", "id", "arguments"):
            _whole_calls(plan, site)


def _options(plan: Plan, path: str, node: ast.expr) -> list[ast.expr]:
    """What an expression is compared with, by operators or by a match statement, or looked up in as a key."""
    parent = plan.facts(path).parents[node]
    if isinstance(parent, ast.Match) and parent.subject is node:
        inner = [n for case in parent.cases for n in ast.walk(case.pattern)]
        return [n.value for n in inner if isinstance(n, ast.MatchValue)]
    held: ast.expr | None = None
    if isinstance(parent, ast.Subscript) and parent.slice is node:
        held = parent.value
    elif isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.args[:1] == [node]:
        held = parent.func.value if parent.func.attr == "get" else None
    elif isinstance(parent, ast.Compare) and any(isinstance(op, (ast.In, ast.NotIn)) for op in parent.ops):
        held = parent.comparators[-1] if not hasattr(parent.comparators[-1], "elts") else None
    if held is not None:
        nodes = [v.node for v in plan.values(held) if isinstance(v, Box)]
        return [
            key
            for inner in nodes
            for key in (inner.keys if isinstance(inner, ast.Dict) else getattr(inner, "elts", []))
            if key is not None and path == _path(plan, key)
        ]
    if not isinstance(parent, ast.Compare):
        return []
    sides = [parent.left, *parent.comparators]
    return [o for s in sides for o in (s.elts if isinstance(s, (ast.Tuple, ast.List, ast.Set)) else [s])]


def _path(plan: Plan, node: ast.AST) -> str:
    return next((path for path, facts in plan.program.modules.items() if node in facts.parents), "")


def _event_type(plan: Plan, path: str, node: ast.expr, site: Site, role: str, parent: ast.AST) -> None:
    options = _options(plan, path, node)
    if any(literal(option) in table.EVENTS for option in options):
        found(plan, site, path, node)
    _rename(plan, path, options, table.EVENTS, site)
    if role == "attribute":
        when_first_fails(plan, site, plan.source(path, parent), path, parent)
    elif role in ("show", "format"):
        plan.review(site, f"line {node.lineno} shows an event's type, which has another name now")


def _rename(plan: Plan, path: str, options: list[ast.expr], names: dict[str, str], site: Site) -> None:
    for option in options:
        new = names.get(str(literal(option)))
        if new is not None:
            word(plan, path, option, site, new)


def _started(plan: Plan, path: str, node: ast.expr, site: Site) -> None:
    """`event.content.type`: contents of the answer share one model_output step now."""
    for option in _options(plan, path, node):
        kind = literal(option)
        if kind == "text":
            word(plan, path, option, site, "model_output")
        elif kind in table.CONTENTS:
            when_first_fails(plan, site, plan.source(path, plan.facts(path).parents[node]), path, node)


def _whole_calls(plan: Plan, site: Site) -> None:
    """A stream whose function calls are read: their pieces are put together around the request."""
    call = site.node
    group = plan.groups.of(site)
    whole = group.facts.setdefault("whole_calls", set())
    assert isinstance(whole, set)
    if call in whole or not isinstance(call, ast.Call):
        return
    whole.add(call)
    path = site.path
    parent = plan.facts(path).parents.get(call)
    asynchronous = (
        bool(plan.objects(call.func.value, "AInteractions")) if isinstance(call.func, ast.Attribute) else False
    )
    if isinstance(parent, ast.withitem):
        when_first_fails(plan, site, "function calls of a stream in a with statement", path, call)
        return
    place: ast.expr = parent if asynchronous and isinstance(parent, ast.Await) else call
    if asynchronous and place is call:
        when_first_fails(plan, site, "function calls of a stream that is not awaited where it is made", path, call)
        return

    def work() -> None:
        template = snippets.WHOLE_CALLS.replace("{async_}", "async " if asynchronous else "")
        name = plan.snippet(path, template, "whole_calls", "with_whole_calls")
        plan.imports(path, "import json")
        plan.imports(path, "from types import SimpleNamespace")
        plan.module(path).wrappers[place] = lambda code: f"{name}({code})"

    when_first(plan, site, work)
