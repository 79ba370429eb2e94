"""Schemas of any dialect (OpenAPI subset of the older surface, proto enums, JSON schema) in one normal form."""

from __future__ import annotations

from typing import Any

from tests.service.values import squash

TYPE_NUMBERS = {1: "string", 2: "number", 3: "integer", 4: "boolean", 5: "array", 6: "object", 7: "null"}
MAX_DEPTH = 12


def normal_schema(schema: Any, *, required: bool = False, definitions: dict | None = None, depth: int = 0) -> dict:
    """A schema of any dialect -> {type, nullable, enum, any_of, properties, items} and, on request, {required, ...}.

    With `required`, the required names and the descriptions of properties count too.  Titles, defaults and the order
    of properties never do: the SDKs add and drop them at will.
    """
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return {}
    schema = {key: value for key, value in schema.items() if value is not None}
    definitions = definitions or schema.get("$defs") or schema.get("defs") or schema.get("definitions") or {}

    def inner(part: Any) -> dict:
        return normal_schema(part, required=required, definitions=definitions, depth=depth + 1)

    reference = schema.get("$ref") or schema.get("ref")
    if reference:
        return inner(definitions.get(reference.rsplit("/", 1)[-1], {}))
    everything = schema.get("allOf") or schema.get("all_of")
    if everything and len(everything) == 1:
        return inner({**everything[0], **{k: v for k, v in schema.items() if k not in ("allOf", "all_of")}})
    choices = schema.get("anyOf") or schema.get("any_of")
    if choices:
        return _normal_choices(schema, choices, inner)

    normal: dict[str, Any] = {}
    kind, nullable = _type_of(schema)
    if kind:
        normal["type"] = kind
    if nullable:
        normal["nullable"] = True
    if schema.get("enum"):
        normal["enum"] = list(schema["enum"])
    if "const" in schema:
        normal["enum"] = [schema["const"]]
    if schema.get("properties"):
        normal.setdefault("type", "object")
        normal["properties"] = {name: _property(part, inner, required) for name, part in schema["properties"].items()}
    if schema.get("items"):
        normal["items"] = inner(schema["items"])
    if required and schema.get("required"):
        normal["required"] = sorted(schema["required"])
    return normal


def _property(part: Any, inner: Any, described: bool) -> dict:
    """One property in normal form, with its description where descriptions count."""
    normal = inner(part)
    if described and isinstance(part, dict) and part.get("description"):
        normal["description"] = squash(part["description"])
    return normal


def _normal_choices(schema: dict, choices: list, inner: Any) -> dict:
    """`anyOf`: a choice of null and one other thing is that thing, nullable."""
    real = [choice for choice in choices if str(choice.get("type", "")).lower() != "null"]
    nullable = len(real) != len(choices) or bool(schema.get("nullable"))
    normal = inner(real[0]) if len(real) == 1 else {"any_of": [inner(choice) for choice in real]}
    if nullable:
        normal["nullable"] = True
    return normal


def _type_of(schema: dict) -> tuple[str | None, bool]:
    """The lower-case type name of a schema, and whether null is allowed beside it."""
    kind, nullable = schema.get("type", schema.get("type_")), bool(schema.get("nullable"))
    if isinstance(kind, list):
        names = [str(name).lower() for name in kind]
        nullable = nullable or "null" in names
        kind = next((name for name in names if name != "null"), None)
    if isinstance(kind, int):
        kind = TYPE_NUMBERS.get(kind)
    name = str(kind).lower() if kind else None
    return (None if name == "type_unspecified" else name), nullable


def wrong_type_name(schema: Any, depth: int = 0) -> str | None:
    """The first type name in a JSON schema that is none (such as 'OBJECT'), or None."""
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return None
    kinds = schema.get("type") if isinstance(schema.get("type"), list) else [schema.get("type")]
    for kind in kinds:
        if kind is not None and kind not in TYPE_NUMBERS.values():
            return str(kind)
    children = list((schema.get("properties") or {}).values()) + [schema.get("items")]
    for key in ("anyOf", "allOf", "oneOf"):
        children += schema.get(key) or []
    for key in ("$defs", "definitions"):
        children += (schema.get(key) or {}).values()
    return next((wrong for child in children if (wrong := wrong_type_name(child, depth + 1))), None)
