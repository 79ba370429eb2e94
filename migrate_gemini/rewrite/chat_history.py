"""The history of a chat: what it starts with, and what is done with its turns."""

from __future__ import annotations

import ast

from ..infer.values import NONE, Box, Method, Obj
from . import contents
from .plan import Plan
from .reasons import Reason


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Notes what is done with a chat's history; the class keeps turns with role and parts[i].text."""
    kind = objects[0].kind
    role, parent = plan.role(path, node)
    if role == "attribute" and isinstance(parent, ast.Attribute):
        fine = {
            "Turn": ("role", "parts"),
            "TurnPart": ("text",),
            "History": ("append", "clear", "extend", "copy", "pop"),
        }
        if parent.attr not in fine.get(kind, ()):
            plan.fail_all(objects, Reason.HISTORY, f".{parent.attr}", path, node)
        return
    if role in ("move", "truth", "iterate", "len", "index", "compare", "discard", "call", "annotation"):
        return
    if role in ("show", "format"):
        for obj in objects:
            plan.review(obj.site, f"line {node.lineno} shows the history, whose turns now look different")
        return
    callees = plan.program.machine.callees.get(parent, frozenset()) if isinstance(parent, ast.Call) else frozenset()
    if kind == "History" and any(isinstance(v, Method) and v.name.startswith("count_tokens") for v in callees):
        return  # `surface_forms.contents` writes the turns out
    plan.fail_all(objects, Reason.HISTORY, plan.source(path, parent), path, node)


def is_text(plan: Plan, node: ast.expr) -> bool:
    kinds = contents.kinds(plan, plan.values(node))
    if isinstance(node, ast.List):
        return kinds <= {"contents", "texts", "text"}
    return kinds <= {"contents", "texts", "unknown list", "text"}


def has_media(plan: Plan, node: ast.expr) -> bool:
    """Whether a history is one of turns, as dicts, with texts and media in them."""
    cells = plan.program.machine.cells
    turns = [turn for value in plan.values(node) - {NONE} for turn in cells.get(("e", value, "#"), frozenset())]
    found: set[str] = set()
    for turn in turns:
        if not (isinstance(turn, Box) and turn.type == "dict"):
            return False
        found |= contents.kinds(plan, cells.get(("e", turn, "parts"), frozenset()) - {NONE})
    return "media" in found and found <= {"text", "texts", "media", "unknown list"}
