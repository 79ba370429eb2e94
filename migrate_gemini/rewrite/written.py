"""What is written out in the source: constants, and the entries of configs."""

from __future__ import annotations

import ast

from ..infer.values import Ext
from ..sdk import settings as table
from .plan import Plan


def literal(node: ast.expr) -> object:
    """The value of a constant expression, or None."""
    return node.value if isinstance(node, ast.Constant) else None


def fields(plan: Plan, path: str, node: ast.expr) -> list[tuple[str, ast.expr, ast.AST]] | None:
    """(name, value, place) of a config written out as a dict, dict(...) or constructor call; None when it is not."""
    found: list[tuple[str, ast.expr, ast.AST]] = []
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                return None
            found.append((key.value, value, key))
    elif isinstance(node, ast.Call) and _is_maker(plan, node):
        if node.args or any(keyword.arg is None for keyword in node.keywords):
            return None
        found = [(keyword.arg or "", keyword.value, keyword) for keyword in node.keywords]
    else:
        return None
    return [(table.CAMEL.get(name, name), value, place) for name, value, place in found]


def _is_maker(plan: Plan, node: ast.Call) -> bool:
    if any(obj.site.node is node for obj in plan.objects(node, "LConfig", "GConfig")):
        return True
    return any(isinstance(v, Ext) and v.path == "builtins.dict" for v in plan.program.machine.callees.get(node, ()))


def module_of(plan: Plan, node: ast.AST) -> str | None:
    for path, facts in plan.program.modules.items():
        if node in facts.parents:
            return path
    return None
