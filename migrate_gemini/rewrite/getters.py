"""`operator.attrgetter("text")`, where it is applied to objects of an SDK: it asks for the new name."""

from __future__ import annotations

import ast

from ..infer.values import Box, Obj
from .plan import Plan
from .reasons import Reason

NAMES = {"text": "output_text", "usage_metadata": "usage"}
"""Attribute of a response -> what it is called now."""


def survey(plan: Plan) -> None:
    """Finds the getters of a program, and keeps what they ask for beyond the text and the usage of an answer."""
    for path, facts in plan.program.modules.items():
        for call in facts.every(ast.Call):
            boxes = [v for v in plan.values(call) if isinstance(v, Box) and v.type == "getter" and v.node is call]
            for box in boxes:
                values = plan.program.machine.cells.get(("e", box, "#"), frozenset())
                objects = sorted((v for v in values if isinstance(v, Obj)), key=repr)
                if objects:
                    _renamed(plan, path, call, objects)


def _renamed(plan: Plan, path: str, call: ast.Call, objects: list[Obj]) -> None:
    plan.groups.join(obj.site for obj in objects)
    name = call.args[0]
    new = NAMES.get(str(name.value)) if isinstance(name, ast.Constant) else None
    if new is None or any(obj.kind != "Response" for obj in objects) or len(call.args) > 1:
        plan.fail_all(objects, Reason.ATTRIBUTE, plan.source(path, call), path, call)
        return
    if new == "output_text" and plan.groups.of(objects[0].site).facts.get("legacy"):
        plan.differ(objects[0].site, "text_raises", "text_joins")
    quote = plan.source(path, name)[:1]
    plan.when_moving(objects[0].site, lambda: plan.expression(path, name, lambda c: f"{quote}{new}{quote}"))
