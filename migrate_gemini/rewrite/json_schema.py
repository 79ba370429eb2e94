"""Schemas that are written out, as objects of an SDK or as dicts, become JSON schemas in place (MAPPING 3.6)."""

from __future__ import annotations

import ast
from typing import TypeAlias

import libcst as cst

from ..infer.values import NONE, Box, Obj, Site, is_text
from ..sdk import schemas as table
from . import snippets_reads as snippets
from .call import arguments, as_dict
from .edits import Context
from .parts import Code
from .plan import Plan
from .written import genai_types, module_of

Items: TypeAlias = list[tuple[str, ast.expr, ast.AST]]
"""(field, value, place) of a schema that is written out."""


def convert(plan: Plan, path: str, node: ast.expr, site: Site) -> bool:
    """Asks for the edits that make JSON schemas of a schema and of all that it is made of, if all of it is understood.

    False where a part of it is not; then nothing is asked for.
    """
    makers: dict[ast.Call | ast.Dict, str] = {}
    if not _understood(plan, path, node, makers) or plan.unturned & makers.keys():
        return False
    for maker, where in makers.items():
        plan.groups.join([site, plan.program.machine.sites.setdefault(maker, Site(maker, where))])
        items = None if maker in plan.schema_makers else _items(maker)
        plan.schema_makers.add(maker)
        if items is not None:
            _ask(plan, where, maker, items, site)
    return True


def at_run_time(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """The code of a JSON schema that a function of the user's module makes of a schema, since not all of it is seen;
    None where that function does not know what it may be."""
    values = frozenset(value for value in plan.values(node) - {NONE} if not is_text(value))
    boxes = [value for value in values if isinstance(value, Box)]  # the old SDKs refuse what is no dict, as texts
    objects = [value for value in values if isinstance(value, Obj) and value.kind == "Schema"]
    if len(boxes) + len(objects) < len(values) or objects and plan.groups.of(site).facts.get("legacy"):
        return None
    makers = {value.node for value in boxes if isinstance(value.node, ast.AST)} | {obj.site.node for obj in objects}
    if makers & plan.schema_makers:
        return None
    plan.unturned |= makers
    source = plan.source(path, node)
    plan.review(site, f"the parameters of a function, {source}, become a JSON schema at run time")

    def name() -> str:
        template = snippets.JSON_SCHEMA.replace("types.", f"{genai_types(plan, path)}.")
        return plan.snippet(path, template, "json_schema", "schema_to_json")

    plan.when_moving(site, name)
    return lambda c: f"{name()}({c.code(node)})"


def _ask(plan: Plan, path: str, maker: ast.Call | ast.Dict, items: Items, site: Site) -> None:
    plan.when_moving(site, lambda: plan.expression(path, maker, lambda c: _code(c, maker, items)))


def _understood(plan: Plan, path: str, node: ast.expr, makers: dict[ast.Call | ast.Dict, str]) -> bool:
    """Whether a schema and all that it is made of is written out; `makers` gets where each is."""
    values = plan.values(node)
    nodes: list[ast.AST] = []
    for value in values:
        if isinstance(value, Obj) and value.kind == "Schema":
            nodes.append(value.site.node)
        elif isinstance(value, Box) and value.type == "dict" and isinstance(value.node, ast.Dict):
            nodes.append(value.node)
        else:
            return isinstance(node, ast.Call) and _is_json(node)
    if not nodes:
        return isinstance(node, ast.Call) and _is_json(node)
    return all(_maker(plan, maker, makers) for maker in nodes)


def _is_json(node: ast.Call) -> bool:
    """Whether a call gives a JSON schema: pydantic's `Model.model_json_schema()` and `Model.schema()`."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in ("model_json_schema", "json_schema", "schema")


def _maker(plan: Plan, maker: ast.AST, makers: dict[ast.Call | ast.Dict, str]) -> bool:
    where = module_of(plan, maker)
    if where is None or not isinstance(maker, (ast.Call, ast.Dict)):
        return False
    if maker in makers:
        return True
    makers[maker] = where
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
            if not (isinstance(value, ast.Constant) or _understood(plan, where, value, makers)):
                return False
        elif name in ("any_of", "anyOf"):
            if not (isinstance(value, ast.List) and all(_understood(plan, where, e, makers) for e in value.elts)):
                return False
        elif name in ("properties", "defs", "$defs"):
            if not _properties(plan, value, makers):
                return False
        elif table.KEYS[name] == "type" and not _typed(plan, value):
            return False
    return True


def _items(maker: ast.Call | ast.Dict) -> Items | None:
    """(field, value, place) of a schema that is written out."""
    found: Items = []
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


def _properties(plan: Plan, node: ast.expr, makers: dict[ast.Call | ast.Dict, str]) -> bool:
    """A dict of schemas by name, written out here or made elsewhere."""
    found = [node] if isinstance(node, ast.Dict) else [v.node for v in plan.values(node) if isinstance(v, Box)]
    for maker in found:
        if isinstance(maker, ast.DictComp) and (home := module_of(plan, maker)) is not None:
            if not _understood(plan, home, maker.value, makers):
                return False
            continue
        where = module_of(plan, maker) if isinstance(maker, ast.Dict) else None
        if where is None or not isinstance(maker, ast.Dict) or None in maker.keys:
            return False
        if not all(_understood(plan, where, value, makers) for value in maker.values):
            return False
    return bool(found)


def _typed(plan: Plan, node: ast.expr) -> bool:
    """Whether an expression gives a type: a name of one, one of two, or any text."""
    if isinstance(node, ast.IfExp):
        return _typed(plan, node.body) and _typed(plan, node.orelse)
    values = plan.values(node)
    return type_name(node) is not None or bool(values) and all(is_text(value) for value in values)


def _type(c: Context, node: ast.expr, nullable: bool) -> str:
    """The code of the type of a JSON schema."""
    if isinstance(node, ast.IfExp):
        either, other = _type(c, node.body, nullable), _type(c, node.orelse, nullable)
        return f"{either} if {c.code(node.test)} else {other}"
    kind = type_name(node)
    quote = "'" if isinstance(node, ast.Constant) and c.code(node).startswith("'") else '"'
    code = f"{quote}{kind}{quote}" if kind is not None else f"{c.code(node)}.lower()"
    if nullable:
        return f'["{kind}", "null"]' if kind is not None else f'[{code}, "null"]'
    return code


def type_name(node: ast.expr) -> str | None:
    """The type of a JSON schema that `types.Type.OBJECT`, `"OBJECT"` or `"object"` stands for, else None."""
    name = None
    if isinstance(node, ast.Attribute):
        name = node.attr
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        name = node.value
    lowered = name.lower() if name else ""
    return lowered if lowered in table.TYPES else None


def _code(c: Context, maker: ast.Call | ast.Dict, items: Items) -> cst.BaseExpression:
    nullable = any(name == "nullable" and getattr(value, "value", False) is True for name, value, _ in items)
    kept = [item for item in items if item[0] not in table.DROPPED and item[0] != "nullable"]
    kept = [item for item in kept if not (item[0] == "enum" and isinstance(item[1], ast.List) and not item[1].elts)]
    changes = len(kept) != len(items) or isinstance(maker, ast.Call)
    made: list[tuple[str, str | cst.BaseExpression, ast.AST | None]] = []
    for name, value, place in kept:
        key = table.KEYS[name]
        code: str | cst.BaseExpression = c.new(value)
        if key == "type":
            code = _type(c, value, nullable)
            changes = changes or nullable or getattr(value, "value", None) != type_name(value)
        changes = changes or key != name
        made.append((key, code, place))
    return as_dict(c, maker, made) if changes else c.inner(maker)
