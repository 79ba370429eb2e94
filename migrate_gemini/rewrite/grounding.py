"""What a search left behind: sources, supports and queries, put together from an answer's steps (MAPPING 4.2)."""

from __future__ import annotations

import ast

from ..infer.values import Obj
from ..sdk import surface
from . import context, snippets_reads
from .plan import Plan
from .reasons import Reason

KINDS = frozenset(("Grounding", "Sources", "Source", "Web", "Supports", "Support", "Segment", "EntryPoint"))
_KEEPS = ("move", "discard", "annotation", "truth", "iterate", "len", "index", "compare")


def survey(plan: Plan, path: str, node: ast.expr, role: context.Role, parent: ast.AST, objects: list[Obj]) -> None:
    """Notes what is done with grounding metadata: it is an object with the same fields."""
    site, kind = objects[0].site, objects[0].kind
    step = context.field(node)
    begins = kind == "Grounding" and step is not None and bool(plan.objects(step[0], "Candidate"))
    if begins and step is not None:
        base = step[0]
        _made(plan, path, node, base, objects)
    if role in ("show", "format"):
        plan.review(site, f"line {node.lineno} shows the sources of the answer, which now look different")
    elif role == "attribute" and isinstance(parent, ast.Attribute):
        if parent.attr not in surface.ATTRIBUTES.get(kind, {}):
            plan.fail_all(objects, Reason.ATTRIBUTE, parent.attr, path, parent)
    elif role == "probe" and isinstance(parent, ast.Call) and isinstance(parent.args[-1], ast.expr):
        name = parent.args[1]
        if not isinstance(name, ast.Constant) or name.value not in surface.ATTRIBUTES.get(kind, {}):
            plan.fail_all(objects, Reason.ATTRIBUTE, plan.source(path, parent), path, parent)
    elif role not in _KEEPS:
        plan.fail_all(objects, Reason.ESCAPES, plan.source(path, parent), path, node)


def _made(plan: Plan, path: str, node: ast.expr, base: ast.expr, objects: list[Obj]) -> None:
    """Puts the call of the function that makes the object in the place of the read."""
    site = objects[0].site
    if ("Stream", site.node) in plan.program.machine.objs:
        plan.fail(site, Reason.STREAM, plan.source(path, node), path, node)
        return
    legacy = bool(plan.groups.of(site).facts.get("legacy"))
    template = snippets_reads.GROUNDING if legacy else snippets_reads.GROUNDING_OR_NONE

    def work() -> None:
        plan.imports(path, "from types import SimpleNamespace")
        name = plan.snippet(path, template, "grounding", "grounding_of")
        tested = plan.role(path, node)[0] == "truth" and legacy
        plan.expression(path, node, lambda c: f"{name}({c.code(base)})" + (".web_search_queries" if tested else ""))

    plan.when_moving(site, work)
