"""Schemas that are written out, as objects of an SDK or as dicts, become JSON schemas in place (MAPPING 3.6)."""

from __future__ import annotations

import ast

import libcst as cst

from ..infer.values import Box, Obj, Site
from ..sdk import schemas as table
from .call import arguments, as_dict
from .edits import Context
from .plan import Plan
from .written import module_of


def convert(plan: Plan, path: str, node: ast.expr, site: Site) -> bool:
    """Asks for the edits that make JSON schemas of a schema and of all that it is made of.

    False where a part of it is not understood; then the group of the site has to be failed by the caller.
    """
    values = plan.values(node)
    makers: list[ast.AST] = []
    for value in values:
        if isinstance(value, Obj) and value.kind == "Schema":
            makers.append(value.site.node)
        elif isinstance(value, Box) and value.type == "dict" and isinstance(value.node, ast.Dict):
            makers.append(value.node)
        else:
            return isinstance(node, ast.Call) and _is_json(node)
    if not makers:
        return isinstance(node, ast.Call) and _is_json(node)
    return all(_maker(plan, path, maker, site) for maker in makers)


def _is_json(node: ast.Call) -> bool:
    """Whether a call gives a JSON schema: pydantic's `Model.model_json_schema()` and `Model.schema()`."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in ("model_json_schema", "json_schema", "schema")


def _maker(plan: Plan, path: str, maker: ast.AST, site: Site) -> bool:
    where = module_of(plan, maker)
    if where is None or not isinstance(maker, (ast.Call, ast.Dict)):
        return False
    plan.groups.join([site, plan.program.machine.sites.setdefault(maker, Site(maker, where))])
    if maker in plan.schema_makers:
        return True
    plan.schema_makers.add(maker)
    items = _items(maker)
    if items is None:
        return False
    for name, value, _ in items:
        if name in table.DROPPED:
            continue
        if name == "nullable":
            if not isinstance(value, ast.Constant):
                return False
            continue
        if name not in table.KEYS:
            return False
        if name in table.NESTED:
            if not (isinstance(value, ast.Constant) or convert(plan, where, value, site)):
                return False
        elif name in ("any_of", "anyOf"):
            if not (isinstance(value, ast.List) and all(convert(plan, where, item, site) for item in value.elts)):
                return False
        elif name in ("properties", "defs", "$defs"):
            if not _properties(plan, where, value, site):
                return False
        elif table.KEYS[name] == "type" and type_name(value) is None:
            return False
    plan.when_moving(site, lambda: plan.expression(where, maker, lambda c: _code(c, maker, items)))
    return True


def _items(maker: ast.Call | ast.Dict) -> list[tuple[str, ast.expr, ast.AST]] | None:
    """(field, value, place) of a schema that is written out."""
    found: list[tuple[str, ast.expr, ast.AST]] = []
    if isinstance(maker, ast.Dict):
        for key, value in zip(maker.keys, maker.values):
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                return None
            found.append((key.value, value, key))
        return found
    for item in arguments(maker):
        if not isinstance(item, ast.keyword) or item.arg is None:
            return None
        found.append((item.arg, item.value, item))
    return found


def _properties(plan: Plan, path: str, node: ast.expr, site: Site) -> bool:
    """A dict of schemas by name, written out here or made elsewhere."""
    makers = [node] if isinstance(node, ast.Dict) else [v.node for v in plan.values(node) if isinstance(v, Box)]
    if not makers:
        return False
    for maker in makers:
        where = module_of(plan, maker) if isinstance(maker, ast.Dict) else None
        if where is None or not isinstance(maker, ast.Dict) or None in maker.keys:
            return False
        plan.groups.join([site, plan.program.machine.sites.setdefault(maker, Site(maker, where))])
        if not all(convert(plan, where, value, site) for value in maker.values):
            return False
    return True


def type_name(node: ast.expr) -> str | None:
    """The type of a JSON schema that `types.Type.OBJECT`, `"OBJECT"` or `"object"` stands for, else None."""
    name = None
    if isinstance(node, ast.Attribute):
        name = node.attr
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        name = node.value
    lowered = name.lower() if name else ""
    return lowered if lowered in table.TYPES else None


def _code(c: Context, maker: ast.Call | ast.Dict, items: list[tuple[str, ast.expr, ast.AST]]) -> cst.BaseExpression:
    nullable = any(name == "nullable" and getattr(value, "value", False) is True for name, value, _ in items)
    kept = [item for item in items if item[0] not in table.DROPPED and item[0] != "nullable"]
    changes = len(kept) != len(items) or isinstance(maker, ast.Call)
    made: list[tuple[str, str | cst.BaseExpression, ast.AST | None]] = []
    for name, value, place in kept:
        key = table.KEYS[name]
        code: str | cst.BaseExpression = c.new(value)
        if key == "type":
            kind = type_name(value)
            quote = "'" if isinstance(value, ast.Constant) and c.code(value).startswith("'") else '"'
            code = f'["{kind}", "null"]' if nullable else f"{quote}{kind}{quote}"
            changes = changes or nullable or getattr(value, "value", None) != kind
        changes = changes or key != name
        made.append((key, code, place))
    return as_dict(c, maker, made) if changes else c.inner(maker)
