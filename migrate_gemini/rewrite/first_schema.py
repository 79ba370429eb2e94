"""Calls of the first Interactions schema (`interaction.outputs`), which google-genai 2.0 removed (MAPPING 1.3, 1.4).

Which schema answers is a matter of the installed SDK, so all of a program's uses move together or none does.
"""

from __future__ import annotations

import ast

from ..infer.values import Box, Obj, Site
from ..sdk import reads
from .contents import item
from .plan import CallSite, Plan
from .reasons import Reason
from .written import literal, module_of


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Surveys an interaction, a stream of one, or one of its events."""
    role, parent = plan.role(path, node)
    if role != "attribute" or not isinstance(parent, ast.Attribute):
        return
    site = objects[0].site
    if objects[0].kind == "Interaction" and parent.attr == "outputs":
        _found(plan, site)
        _outputs(plan, path, parent, site)
    elif objects[0].kind == "InteractionEvent" and parent.attr == "event_type":
        _event_type(plan, path, parent, site)


def _found(plan: Plan, site: Site) -> None:
    """Notes the call of a site, and all turns that its input may hold, as being of the first schema."""
    call = site.node
    if plan.first_schema is None:
        plan.first_schema = site
    if any(known.node is call for known in plan.calls) or not isinstance(call, ast.Call):
        return
    plan.groups.join([site, plan.first_schema])
    plan.calls.append(CallSite(site, site.path, call, "MG204", "the call reads its answer as steps"))


def turns(plan: Plan, path: str, call: ast.Call, site: Site) -> None:
    """Surveys what a call of `interactions.create` is given: turns with a role, settings of the first schema."""
    for keyword in call.keywords:
        if keyword.arg == "response_mime_type":
            _found(plan, site)
            plan.fail(site, Reason.SCHEMA, "response_mime_type", path, keyword.value)
        if keyword.arg != "input":
            continue
        cells = plan.program.machine.cells
        boxes = [v for v in plan.values(keyword.value) if isinstance(v, Box) and v.type == "list"]
        for box in boxes:
            for turn in cells.get(("e", box, "#"), ()):
                if isinstance(turn, Box) and ("e", turn, "role") in cells and ("e", turn, "content") in cells:
                    _found(plan, site)
                    _turn(plan, path, turn, keyword.value, site)


def _turn(plan: Plan, path: str, turn: Box, place: ast.expr, site: Site) -> None:
    node = turn.node
    where = module_of(plan, node) if isinstance(node, ast.Dict) else None
    if where is None or not isinstance(node, ast.Dict):
        plan.fail(site, Reason.CONTENTS, plan.source(path, place), path, place)
        return
    given = {str(k.value): (k, v) for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant)}
    role = literal(given["role"][1]) if "role" in given else None
    if set(given) != {"role", "content"} or role not in ("user", "model"):
        plan.fail(site, Reason.CONTENTS, plan.source(where, node), where, node)
        return
    key, value = given["role"]
    content = given["content"][1]
    kind = "user_input" if role == "user" else "model_output"

    def work() -> None:
        plan.expression(where, key, lambda c: '"type"')
        plan.expression(where, value, lambda c: f'"{kind}"')
        if not isinstance(content, ast.List):
            plan.expression(where, content, lambda c: f"[{item(c.module.code_for_node(c.inner(content)))}]")

    plan.when_moving(site, work)


def _outputs(plan: Plan, path: str, node: ast.Attribute, site: Site) -> None:
    facts = plan.facts(path)
    parent = facts.parents[node]
    role, _ = plan.role(path, node)
    if role == "truth":
        plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f"{c.code(node.value)}.steps"))
        return
    outer = facts.parents.get(parent)
    if isinstance(parent, ast.Subscript) and parent.value is node and _first_or_last(parent.slice):
        if isinstance(outer, ast.Attribute) and outer.attr == "text":
            plan.when_moving(site, lambda: plan.expression(path, outer, lambda c: f"{c.code(node.value)}.output_text"))
            return
    plan.fail(site, Reason.OUTPUTS, plan.source(path, parent), path, node)


def _first_or_last(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return literal(node.operand) == 1
    return literal(node) == 0


def _event_type(plan: Plan, path: str, node: ast.Attribute, site: Site) -> None:
    """Renames the event types that an event's type is compared with."""
    parent = plan.facts(path).parents[node]
    if not isinstance(parent, ast.Compare):
        return
    for side in [parent.left, *parent.comparators]:
        for option in side.elts if isinstance(side, (ast.Tuple, ast.List, ast.Set)) else [side]:
            new = reads.EVENTS.get(str(literal(option)))
            if new is not None:
                _found(plan, site)
                plan.when_moving(site, lambda o=option, n=new: plan.expression(path, o, lambda c: f'"{n}"'))  # type: ignore[misc]
