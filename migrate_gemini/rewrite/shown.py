"""Answers in a container that is printed, or shown by a notebook: each of them is shown, and looks different now."""

from __future__ import annotations

import ast

from ..infer.values import EMPTY, Box, Obj
from ..sdk import first_schema
from .plan import Plan

_KINDS = frozenset("Response Candidates Candidate Answer Parts Part Usage Calls Call".split()) | first_schema.KINDS
_DEEP = 3


def survey(plan: Plan, path: str) -> None:
    """Notes the answers that are shown with the container that holds them."""
    for node, values in _containers(plan, path):
        if plan.role(path, node)[0] in ("show", "format"):
            for obj in _inside(plan, values, _DEEP):
                plan.review(obj.site, f"line {node.lineno} shows the whole object, which now looks different")


def _containers(plan: Plan, path: str) -> list[tuple[ast.expr, list[Box]]]:
    found = []
    for node in plan.facts(path).nodes:
        if isinstance(node, ast.expr):
            boxes = [value for value in plan.values(node) if isinstance(value, Box)]
            if boxes:
                found.append((node, boxes))
    return found


def _inside(plan: Plan, boxes: list[Box], depth: int) -> list[Obj]:
    """The answers that these containers hold, or containers in them."""
    found: list[Obj] = []
    for box in boxes:
        held = plan.program.machine.cells.get(("e", box, "#"), EMPTY)
        found += [value for value in held if isinstance(value, Obj) and value.kind in _KINDS]
        if depth and (inner := [value for value in held if isinstance(value, Box)]):
            found += _inside(plan, inner, depth - 1)
    return found
