"""Where the elements of a list come from: its display, and what is appended to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..infer.values import Box, Values
from .plan import Plan


@dataclass(frozen=True, slots=True)
class Insertion:
    """One place that puts something into a list.

    how: 'item' for an element of a display, 'append' for `list.append(value)`, 'many' for a value whose elements are
    put in (`*value`, `list.extend(value)`, `list += value`), 'other' for what is not understood.
    holder: the display, the call or the statement around the value.
    """

    how: Literal["item", "append", "many", "other"]
    value: ast.expr
    holder: ast.AST
    path: str


def insertions(plan: Plan, values: Values) -> Iterator[Insertion]:
    """Every place that puts elements into the lists among these values, and into those that are joined into them."""
    boxes = [v for v in values if isinstance(v, Box) and v.type in ("list", "tuple")]
    seen: set[Box] = set()
    while boxes:
        box = boxes.pop()
        if box in seen:
            continue
        seen.add(box)
        for found in _into(plan, box):
            if found.how == "many":
                boxes += [v for v in plan.values(found.value) if isinstance(v, Box)]
            yield found


def _into(plan: Plan, box: Box) -> Iterator[Insertion]:
    for path, facts in plan.program.modules.items():
        for node in facts.nodes:
            if isinstance(node, (ast.List, ast.Tuple)) and node is box.node:
                for item in node.elts:
                    if isinstance(item, ast.Starred):
                        yield Insertion("many", item.value, node, path)
                    else:
                        yield Insertion("item", item, node, path)
            elif isinstance(node, ast.ListComp) and node is box.node:
                yield Insertion("item", node.elt, node, path)
            elif isinstance(node, ast.BinOp) and node is box.node:
                for side in (node.left, node.right):
                    yield Insertion("many", side, node, path)
            elif isinstance(node, ast.Call) and node is box.node and len(node.args) == 1:
                yield Insertion("many", node.args[0], node, path)  # list(x)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr
                if name in ("append", "extend", "insert") and box in plan.values(node.func.value):
                    if len(node.args) != (2 if name == "insert" else 1):
                        yield Insertion("other", node.func.value, node, path)
                    else:
                        how: Literal["append", "many", "other"] = "many" if name == "extend" else "append"
                        yield Insertion(how if name != "insert" else "other", node.args[-1], node, path)
            elif isinstance(node, ast.AugAssign) and box in plan.values(node.target):
                yield Insertion("many", node.value, node, path)
