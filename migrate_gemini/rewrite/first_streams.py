"""Events of a stream in the first Interactions schema: their types, and what is read off them (MAPPING 1.4)."""

from __future__ import annotations

import ast

from ..infer.values import Box, Obj, Site
from ..sdk import first_schema as table
from . import snippets_calls
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
        if role in ("show", "format"):
            plan.review(site, f"line {node.lineno} shows the type of a content, where that of its step stands now")
    elif kind == "DeltaType":
        options = _options(plan, path, node)
        _rename(plan, options, table.DELTAS, site)
        if any(literal(option) == "function_call" for _, option in options):
            _whole_calls(plan, site)
    elif kind == "Delta" and role == "attribute" and isinstance(parent, ast.Attribute):
        if parent.attr in ("name", "id", "arguments"):
            _whole_calls(plan, site)


Option = tuple[str, ast.expr]


def _options(plan: Plan, path: str, node: ast.expr) -> list[Option]:
    """What an expression is compared with, by operators or by a match statement, or the keys among which it is looked
    up, each with its module."""
    parent = plan.facts(path).parents[node]
    if isinstance(parent, ast.Match) and parent.subject is node:
        inner = [n for case in parent.cases for n in ast.walk(case.pattern)]
        return [(path, n.value) for n in inner if isinstance(n, ast.MatchValue)]
    held: ast.expr | None = None
    if isinstance(parent, ast.Subscript) and parent.slice is node:
        held = parent.value
    elif isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.args[:1] == [node]:
        held = parent.func.value if parent.func.attr in _KEYED else None
    elif isinstance(parent, ast.Compare) and any(isinstance(op, (ast.In, ast.NotIn)) for op in parent.ops):
        held = parent.comparators[-1] if not hasattr(parent.comparators[-1], "elts") else None
    if held is not None:
        return _keys(plan, {v for v in plan.values(held) if isinstance(v, Box)})
    if not isinstance(parent, ast.Compare):
        return []
    sides = [parent.left, *parent.comparators]
    return [(path, o) for s in sides for o in (s.elts if isinstance(s, (ast.Tuple, ast.List, ast.Set)) else [s])]


_KEYED = ("get", "pop", "setdefault", "count", "index", "append", "add")


def _keys(plan: Plan, boxes: set[Box]) -> list[Option]:
    """The constants among which containers are made, and by which they are read."""
    found: list[Option] = []
    for path, facts in plan.program.modules.items():
        for node in facts.nodes:
            if isinstance(node, ast.Subscript) and boxes & plan.values(node.value):
                found.append((path, node.slice))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                if node.func.attr in _KEYED and boxes & plan.values(node.func.value):
                    found.append((path, node.args[0]))
            elif isinstance(node, ast.Compare) and boxes & plan.values(node.comparators[-1]):
                found.append((path, node.left))
        inside = [box.node for box in boxes if box.node in facts.parents]
        for made in inside:
            items = made.keys if isinstance(made, ast.Dict) else getattr(made, "elts", [])
            found += [(path, item) for item in items if item is not None]
    return found


def _event_type(plan: Plan, path: str, node: ast.expr, site: Site, role: str, parent: ast.AST) -> None:
    options = _options(plan, path, node)
    if any(literal(option) in table.EVENTS for _, option in options):
        found(plan, site, path, node)
    _rename(plan, options, table.EVENTS, site)
    if role == "attribute":
        when_first_fails(plan, site, plan.source(path, parent), path, parent)
    elif role in ("show", "format"):
        plan.review(site, f"line {node.lineno} shows an event's type, which has another name now")


def _rename(plan: Plan, options: list[Option], names: dict[str, str], site: Site) -> None:
    for path, option in options:
        new = names.get(str(literal(option)))
        if new is not None:
            word(plan, path, option, site, new)


def _started(plan: Plan, path: str, node: ast.expr, site: Site) -> None:
    """`event.content.type`: contents of the answer share one model_output step now."""
    for where, option in _options(plan, path, node):
        kind = literal(option)
        if kind == "text":
            word(plan, where, option, site, "model_output")
        elif kind in table.CONTENTS:
            when_first_fails(plan, site, plan.source(path, plan.facts(path).parents[node]), path, node)


def _whole_calls(plan: Plan, site: Site) -> None:
    """A stream whose function calls are read: their pieces are put together around the request, or around the stream
    where that is not what is iterated."""
    call = site.node
    whole = plan.groups.of(site).facts.setdefault("whole_calls", set())
    assert isinstance(whole, set)
    if call in whole or not isinstance(call, ast.Call):
        return
    whole.add(call)
    func, parent = call.func, plan.facts(site.path).parents.get(call)
    asynchronous = isinstance(func, ast.Attribute) and bool(plan.objects(func.value, "AInteractions"))
    places: list[Option] = [(site.path, parent if asynchronous and isinstance(parent, ast.Await) else call)]
    if isinstance(parent, ast.withitem) or asynchronous and not isinstance(parent, ast.Await):
        places = _iterated(plan, site)
        if not places:
            when_first_fails(plan, site, "function calls of a stream that is iterated elsewhere", site.path, call)

    def work(path: str, place: ast.expr) -> None:
        template = snippets_calls.WHOLE_CALLS.replace("{async_}", "async " if asynchronous else "")
        name = plan.snippet(path, template, "whole_calls", "with_whole_calls")
        plan.imports(path, "import json")
        plan.imports(path, "from types import SimpleNamespace")
        plan.module(path).wrappers[place] = lambda code: f"{name}({code})"

    for path, place in places:
        when_first(plan, site, lambda path=path, place=place: work(path, place))  # type: ignore[misc]


def _iterated(plan: Plan, site: Site) -> list[Option]:
    """The places where the stream of a request is iterated."""
    return [
        (path, node.iter)
        for path, facts in plan.program.modules.items()
        for node in facts.nodes
        if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension))
        and any(obj.site is site for obj in plan.objects(node.iter, "InteractionStream", "Interaction"))
    ]
