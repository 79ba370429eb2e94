"""Tools that other code is given as well, such as a Live session: they stay what they are, and a request takes what a
function of the user's module makes of them (MAPPING 3.8)."""

from __future__ import annotations

import ast

from ..graph import reached
from ..infer.values import NONE, Box, Obj, Site, Value
from . import snippets_reads
from .declarations import fields_of
from .parts import Code
from .plan import Plan


def use(plan: Plan, path: str, node: ast.expr) -> ast.AST | None:
    """The code that a tool, a declaration or a schema is given to, unless it is a request or a place that holds it."""
    role, parent = plan.role(path, node)
    if role == "move" and isinstance(parent, (ast.List, ast.Tuple)):
        if isinstance(plan.facts(path).parents[parent], ast.BinOp):
            return None  # joined with another list
        role, parent = plan.role(path, parent)
    kept = ("move", "sdk", "truth", "discard", "annotation", "iterate", "len", "compare")
    return None if role in kept else parent


def around(plan: Plan) -> frozenset[Value]:
    """The tools of google-genai that code is given which is no request, and all lists and settings that hold one."""
    if plan.handed_tools is None:
        plan.handed_tools = _around(plan)
    return plan.handed_tools


def _around(plan: Plan) -> frozenset[Value]:
    tools = [obj for (kind, _), obj in plan.program.machine.objs.items() if kind in ("Tool", "Declaration")]
    holders: dict[Value, set[Value]] = {}
    for key, values in plan.program.machine.cells.items() if tools else ():
        if isinstance(key, tuple) and key[0] == "e" and isinstance(key[1], Box):
            for value in values:
                holders.setdefault(value, set()).add(key[1])
    start: list[Value] = [*tools]
    for tool in tools:
        given = fields_of(tool.site.node) or {}
        declared = plan.values(given["function_declarations"]) if "function_declarations" in given else frozenset()
        start += declared | plan.program.machine.elements(declared)
        for value in declared:
            holders.setdefault(value, set()).add(tool)
    beside: dict[Value, set[Value]] = {}  # what holds a tool, and what it holds: all of it stays, or nothing
    for value in reached(start, holders):
        beside.setdefault(value, set()).update(holders.get(value, ()))
        for holder in holders.get(value, ()):
            beside.setdefault(holder, set()).add(value)
    handed = [value for value in beside if _is_handed(plan, value)]
    return frozenset(reached(handed, beside))


def _is_handed(plan: Plan, value: Value) -> bool:
    """Whether a tool, or a list or settings with one, is given to code that is no request."""
    maker = value.node if isinstance(value, Box) else value.site.node if isinstance(value, Obj) else None
    for path, node in plan.places(maker) if isinstance(maker, ast.AST) else ():
        if value not in plan.values(node):
            continue
        if isinstance(value, Obj):
            if use(plan, path, node) is not None:
                return True
        elif plan.role(path, node)[0] == "escape":
            return True
    return False


def convert(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """The code of a request's tools that are made of old ones as it is sent; None where these are not only functions of
    google-genai that are declared."""
    values = plan.values(node) - {NONE}
    single = any(isinstance(value, Obj) for value in values)
    elements = values if single else plan.program.machine.elements(values) - {NONE}
    for value in elements:
        given = fields_of(value.site.node) if isinstance(value, Obj) and value.kind == "Tool" else None
        if given is None or given.keys() != {"function_declarations"}:
            return None
    if not elements or plan.groups.of(site).facts.get("legacy"):
        return None

    def name() -> str:
        return plan.snippet(path, snippets_reads.FUNCTION_TOOLS, "function_tools", "declared_tools")

    plan.when_moving(site, name)
    return lambda c: f"{name()}([{c.code(node)}])" if single else f"{name()}({c.code(node)})"
