"""Doubles of an interaction of the first schema: what they give as `outputs` becomes `steps`, with `output_text`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..infer import doubles as inference
from ..sdk import first_schema as table
from .edits import Context
from .plan import Plan
from .written import literal

if TYPE_CHECKING:
    from .doubles import Doubles

_SAID = "an interaction has no outputs any more: let the double give `output_text`, or the `steps` that the code walks"


def attribute(found: Doubles, path: str, node: ast.Attribute) -> None:
    """`double.outputs`, where it is set up."""
    if node.attr != "outputs":
        return
    plan, parents = found.plan, found.plan.facts(path).parents
    parent = parents[node]
    outer = parents[parent]
    if (
        isinstance(parent, ast.Assign)
        and len(parent.targets) == 1
        and (made := _listed(found, parent.value)) is not None
    ):
        steps, text = made
        _steps(plan, path, parent.value, steps)
        plan.expression(path, node, lambda c: f"{c.code(node.value)}.steps")
        plan.statement(path, parent).after.append(lambda c: f"{c.code(node.value)}.output_text = {text(c)}")
    elif isinstance(parent, ast.Subscript) and isinstance(outer, ast.Attribute) and outer.attr == "text":
        plan.expression(path, outer, lambda c: f"{c.code(node.value)}.output_text")
    else:
        found.say(path, node, _SAID)


def keyword(found: Doubles, path: str, node: ast.Call, given: ast.keyword) -> Callable[[Context], str] | None:
    """Edits `outputs=[...]` of a call that makes a double, which is named steps then; the code of its text."""
    made = _listed(found, given.value)
    if made is None:
        found.say(path, node, _SAID)
        return None
    steps, text = made
    _steps(found.plan, path, given.value, steps)
    return text


def rest(found: Doubles) -> None:
    """Names the doubles with outputs of which is not seen for what they stand, where the first schema's reads move."""
    plan = found.plan
    if not any(call.code == "MG204" and plan.groups.moves(call.site) for call in plan.calls):
        return
    for path, facts in plan.program.modules.items():
        if not inference.may_hold(path, facts.text):
            continue
        edits = plan.module(path).expressions
        for node in facts.every(ast.Call):
            made = any(double.node is node for double in found.doubles(node))
            for given in node.keywords if made and "Interaction" not in found.role(found.doubles(node)) else ():
                if given.arg == "outputs" and given.value not in edits:
                    found.say(path, given.value, _SAID)
        for place in facts.every(ast.Attribute):
            kept = place.attr == "outputs" and isinstance(place.ctx, ast.Store) and place not in edits
            if kept and found.doubles(place.value) and "Interaction" not in found.role(found.doubles(place.value)):
                found.say(path, place, _SAID)


def _steps(plan: Plan, path: str, node: ast.expr, steps: Callable[[Context], str]) -> None:
    plan.imports(path, "from types import SimpleNamespace")
    plan.expression(path, node, steps)


def _listed(found: Doubles, node: ast.expr) -> tuple[Callable[[Context], str], Callable[[Context], str]] | None:
    """The code of the steps and of the text for a list of outputs that is written out; None for another."""
    if not isinstance(node, ast.List):
        return None
    kinds = [_kind(found, item) for item in node.elts]
    if not all(kinds):
        return None

    def steps(c: Context) -> str:
        found: list[str] = []
        contents: list[str] = []
        for item, kind in zip([*node.elts, None], [*kinds, ""]):
            if item is not None and kind in table.CONTENTS:
                contents.append(c.code(item))
                continue
            if contents:
                found.append(f'SimpleNamespace(type="model_output", content=[{", ".join(contents)}])')
                contents = []
            found += [c.code(item)] if item is not None else []
        return f"[{', '.join(found)}]"

    def text(c: Context) -> str:
        return " + ".join(_text(c, item) for item, kind in zip(node.elts, kinds) if kind == "text") or '""'

    return steps, text


def _kind(found: Doubles, item: ast.expr) -> str:
    """The type of an output that a double stands for; '' where it is not seen."""
    made = item if isinstance(item, ast.Call) else None
    if made is None:
        nodes = [double.node for double in found.doubles(item) if double.parent is None]
        made = nodes[0] if len(nodes) == 1 and isinstance(nodes[0], ast.Call) else None
    if made is None:
        return ""
    given = {keyword.arg: keyword.value for keyword in made.keywords}
    kind = literal(given["type"]) if "type" in given else "text"
    known = kind in table.CONTENTS | table.STEPS and (kind != "text" or "text" in given)
    return str(kind) if known else ""


def _text(c: Context, item: ast.expr) -> str:
    if isinstance(item, ast.Call):
        return next(c.code(keyword.value) for keyword in item.keywords if keyword.arg == "text")
    return f"{c.code(item)}.text"
