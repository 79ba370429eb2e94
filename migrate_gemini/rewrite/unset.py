"""Values that google-genai has as None where an interaction has an empty one."""

from __future__ import annotations

import ast

from ..infer.values import Obj
from ..sdk import reads
from . import context
from .plan import Plan


def matters(plan: Plan, path: str, node: ast.expr, kind: str, attr: str, objects: list[Obj]) -> bool:
    """Whether a count that google-genai may have as None is told apart from 0 where it is read: not where only its
    truth counts, nor in arithmetic.  A test for None becomes one of its truth."""
    if kind != "Usage" or attr not in reads.UNSET or is_legacy(plan, objects[0]) or tested(plan, path, node):
        return False
    role, parent = plan.role(path, node)
    if isinstance(parent, ast.Compare):
        if with_none(parent) and parent.left is node and plan.role(path, parent)[0] == "truth":
            sign = "not " if isinstance(parent.ops[0], ast.Is) else ""
            plan.when_moving(objects[0].site, lambda: plan.expression(path, parent, lambda c: f"{sign}{c.code(node)}"))
            return False
        return all(isinstance(sign, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)) for sign in parent.ops)
    return role != "discard" and not isinstance(parent, (ast.BinOp, ast.AugAssign))


def or_none(plan: Plan, path: str, node: ast.expr, code: str) -> str:
    """`code or None`, in brackets where it needs them in the place of a node."""
    return context.bracketed(plan.facts(path), node, f"{code} or None")


def tested(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether only the truth of a text matters where it is read, or it has another value in its place."""
    role, parent = plan.role(path, node)
    return role == "truth" or isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or)


def with_none(node: ast.Compare) -> bool:
    """Whether it is `x is None` or `x is not None`."""
    other = node.comparators[0]
    return len(node.ops) == 1 and isinstance(node.ops[0], (ast.Is, ast.IsNot)) and isinstance(other, ast.Constant)


def is_legacy(plan: Plan, obj: Obj) -> bool:
    """Whether an object is of google-generativeai, or of the same group as one."""
    return bool(plan.groups.of(obj.site).facts.get("legacy"))
