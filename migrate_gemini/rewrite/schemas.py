"""Schemas of answers: types, dicts and Schema objects become JSON schemas (MAPPING 3.6)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from ..infer.values import OPAQUE, Box, Class, Ext, Obj, Site, Values
from . import json_schema, snippets_settings
from .parts import Code
from .plan import Plan
from .reasons import Reason
from .written import genai_types, is_parameter, origin, scope_at


@dataclass(slots=True)
class Schema:
    """A response schema.

    node: its expression; kind: model (a pydantic class), type (another type), json (JSON, as dicts are), unknown (shows
    at run time); code: the JSON schema, None where the helper makes it.
    """

    path: str
    node: ast.expr
    kind: str
    code: Code | None


def convert(plan: Plan, path: str, node: ast.expr, site: Site, as_json: bool) -> Schema | None:
    """What a response schema is; None where it cannot be turned, which fails the site's group.

    as_json: it is a JSON schema already (response_json_schema).
    """
    kind = "json" if as_json and not _is_type(plan, path, node) else _kind(plan, path, node)
    maker = origin(plan, path, node)[1]
    if kind == "model":
        return Schema(path, node, kind, lambda c: f"{c.code(node)}.model_json_schema()")
    if kind == "type":
        plan.when_moving(site, lambda: plan.imports(path, "from pydantic import TypeAdapter"))
        return Schema(path, node, kind, lambda c: f"TypeAdapter({c.code(node)}).json_schema()")
    if as_json or _gives_json_schema(maker):
        return Schema(path, node, "json", lambda c: c.code(node))
    objects = any(v is OPAQUE or isinstance(v, Obj) and v.kind == "Schema" for v in plan.values(node))
    if not _from_outside(plan, path, node) and json_schema.convert(plan, path, node, site):
        return Schema(path, node, "json", lambda c: c.code(node))
    if objects and plan.groups.of(site).facts.get("legacy"):
        plan.fail(site, Reason.SCHEMA, plan.source(path, node), path, node)
        return None
    dicts = any(isinstance(v, Box) and v.type == "dict" for v in plan.values(node))
    return Schema(path, node, "json" if dicts and kind == "json" else "unknown", None)


def _from_outside(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether more may come to a place than is seen: parameters and attributes take types as well."""
    if isinstance(node, ast.Attribute):
        return not all(type(v).__name__ == "Module" for v in plan.values(node.value))
    return is_parameter(plan, path, node)


def helper(plan: Plan, path: str, site: Site) -> Callable[[], str]:
    """Gives the name of the function, in a module, that makes a response_format of any schema."""

    plan.when_moving(site, lambda: format_name(plan, path))
    return lambda: format_name(plan, path)


def format_name(plan: Plan, path: str) -> str:
    """The name, in a module, of the function that makes a response_format of any schema; it is added."""
    plan.imports(path, "from pydantic import TypeAdapter")
    template = snippets_settings.JSON_FORMAT.replace("types.", f"{genai_types(plan, path)}.")
    return plan.snippet(path, template, "json_format", "json_response_format")


# -- what a schema is --------------------------------------------------------------------------------------------


def _kind(plan: Plan, path: str, node: ast.expr) -> str:
    """model, type, json or unknown; see `Schema`."""
    if _is_type(plan, path, node):
        values = plan.values(node)
        return "model" if values and all(isinstance(v, Class) and is_model(v) for v in values) else "type"
    if is_parameter(plan, path, node):
        return "model" if _annotated_model(plan, path, node) else "unknown"
    values = plan.values(node)
    return "json" if values and all(isinstance(v, Box) and v.type == "dict" for v in values) else "unknown"


def is_model(cls: Class) -> bool:
    """Whether a class derives from pydantic's BaseModel."""
    bases = [base for owner in cls.mro() for base in owner.bases]
    return any(isinstance(base, Ext) and base.path == "pydantic.BaseModel" for base in bases)


def _is_type(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether an expression names one type for sure: a class by its own name, list[X] and the like, int, ..."""
    where, found = origin(plan, path, node)
    values = plan.values(found)
    if isinstance(found, ast.Subscript):
        bases = plan.values(found.value)
        return bool(bases) and all(isinstance(v, Ext) and _is_generic(v.path) for v in bases)
    if isinstance(found, ast.BinOp) and isinstance(found.op, ast.BitOr):
        return _is_type(plan, where, found.left) and _is_type(plan, where, found.right)
    if not isinstance(found, (ast.Name, ast.Attribute)) or not values or is_parameter(plan, where, found):
        return False
    if isinstance(found, ast.Attribute) and not all(
        type(v).__name__ in ("Module", "Ext", "Class") for v in plan.values(found.value)
    ):
        return False
    if len(values) > 1:
        return False
    (value,) = values
    return isinstance(value, Class) or isinstance(value, Ext) and value.path in _PLAIN_TYPES


_PLAIN_TYPES = frozenset(f"builtins.{name}" for name in ("str", "int", "float", "bool", "dict", "list"))


def _is_generic(path: str) -> bool:
    return path in ("builtins.list", "builtins.dict", "builtins.tuple", "builtins.set") or path.startswith("typing.")


def _annotated_model(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether a parameter is annotated as a pydantic class, as in `schema: type[BaseModel]`."""
    assert isinstance(node, ast.Name)
    owner = scope_at(plan.facts(path), node).lookup(node.id)
    args = getattr(owner.node, "args", None) if owner is not None else None
    for arg in [*args.posonlyargs, *args.args, *args.kwonlyargs] if args is not None else []:
        wanted = arg.annotation
        if arg.arg == node.id and isinstance(wanted, ast.Subscript):
            outer, inner = _named(plan, path, wanted.value), _named(plan, path, wanted.slice)
            if {getattr(v, "path", "") for v in outer} <= {"builtins.type", "typing.Type"} and outer and inner:
                return all(
                    isinstance(v, Class) and is_model(v) or isinstance(v, Ext) and v.path == "pydantic.BaseModel"
                    for v in inner
                )
    return False


def _named(plan: Plan, path: str, node: ast.expr) -> Values:
    """What a name in an annotation stands for; annotations are not run."""
    if not isinstance(node, ast.Name):
        return frozenset()
    found = plan.program.machine.cells.get(("v", plan.facts(path).scope, node.id))
    return found or frozenset((Ext.of(f"builtins.{node.id}"),))


def _gives_json_schema(node: ast.expr) -> bool:
    """Whether an expression is `X.model_json_schema()` or `TypeAdapter(X).json_schema()`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("model_json_schema", "json_schema")
    )
