"""Where the elements of a list come from: its display, and what is appended to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..infer.values import Box, Values
from .plan import Plan
from .written import module_of

How = Literal["item", "append", "insert", "many", "other"]
_PUTS: dict[str, How] = {"append": "append", "extend": "many", "insert": "insert", "appendleft": "insert"}
"""Method of a list or deque -> how it puts its last argument there."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """One place that puts something into a list.

    how: 'item' for an element of a display, 'append' for `list.append(value)`, 'insert' for another place in the list,
    'many' for a value whose elements are put in (`*value`, `list.extend(value)`, `list += value`), 'other' for what is
    not understood.
    holder: the display, the call or the statement around the value.
    """

    how: How
    value: ast.expr
    holder: ast.AST
    path: str


def insertions(plan: Plan, values: Values) -> Iterator[Insertion]:
    """Every place that puts elements into the lists among these values, and into those that are joined into them."""
    for box in joined(plan, values):
        yield from (*_made(plan, box), *_added(plan).get(box, ()))


def joined(plan: Plan, values: Values) -> Iterator[Box]:
    """The lists among these values, and those that are joined into them, always in the same order."""
    boxes = [v for v in sorted(values, key=repr) if isinstance(v, Box) and v.type in ("list", "tuple")]
    seen: set[Box] = set()
    while boxes:
        box = boxes.pop()
        if box in seen:
            continue
        seen.add(box)
        for found in (*_made(plan, box), *_added(plan).get(box, ())):
            if found.how == "many":
                boxes += [v for v in sorted(plan.values(found.value), key=repr) if isinstance(v, Box)]
        yield box


def _made(plan: Plan, box: Box) -> Iterator[Insertion]:
    """What a list is made with."""
    node = box.node
    if not isinstance(node, ast.expr):
        return
    path = module_of(plan, node)
    if path is None:
        return
    if isinstance(node, (ast.List, ast.Tuple)):
        for item in node.elts:
            if isinstance(item, ast.Starred):
                yield Insertion("many", item.value, node, path)
            else:
                yield Insertion("item", item, node, path)
    elif isinstance(node, ast.ListComp):
        yield Insertion("item", node.elt, node, path)
    elif isinstance(node, ast.BinOp):
        for side in (node.left, node.right):
            yield Insertion("many", side, node, path)
    elif isinstance(node, ast.Call) and len(node.args) == 1:
        yield Insertion("many", node.args[0], node, path)  # list(x)


def _added(plan: Plan) -> dict[Box, list[Insertion]]:
    """What is put into each list after it was made; looked for once a plan."""
    if plan.added is not None:
        return plan.added
    found: dict[Box, list[Insertion]] = {}
    for path, facts in plan.program.modules.items():
        for node in facts.nodes:
            made: Insertion | None = None
            into: ast.expr | None = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name, into = node.func.attr, node.func.value
                if name not in _PUTS:
                    continue
                if len(node.args) != (2 if name == "insert" else 1):
                    made = Insertion("other", into, node, path)
                else:
                    made = Insertion(_PUTS[name], node.args[-1], node, path)
            elif isinstance(node, ast.AugAssign):
                made, into = Insertion("many", node.value, node, path), node.target
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                target = node.targets[0]
                how: How = "many" if isinstance(target.slice, ast.Slice) else "insert"
                made, into = Insertion(how, node.value, node, path), target.value
            if made is not None and into is not None:
                for value in plan.values(into):
                    if isinstance(value, Box):
                        found.setdefault(value, []).append(made)
    plan.added = found
    return found
