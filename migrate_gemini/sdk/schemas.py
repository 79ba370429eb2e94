"""Schemas of the two SDKs (the OpenAPI subset) as JSON schemas.

Sources: google-genai 3.4.0, types.py (Schema, Type, JSONSchema); google-generativeai 0.8.6, protos.Schema, whose Python
names end in an underscore where they would hide a builtin.
"""

from __future__ import annotations

KEYS: dict[str, str] = {
    "type": "type",
    "type_": "type",
    "format": "format",
    "format_": "format",
    "title": "title",
    "description": "description",
    "default": "default",
    "enum": "enum",
    "items": "items",
    "properties": "properties",
    "required": "required",
    "minimum": "minimum",
    "maximum": "maximum",
    "pattern": "pattern",
    "min_items": "minItems",
    "minItems": "minItems",
    "max_items": "maxItems",
    "maxItems": "maxItems",
    "min_length": "minLength",
    "minLength": "minLength",
    "max_length": "maxLength",
    "maxLength": "maxLength",
    "min_properties": "minProperties",
    "max_properties": "maxProperties",
    "any_of": "anyOf",
    "anyOf": "anyOf",
    "additional_properties": "additionalProperties",
    "additionalProperties": "additionalProperties",
    "defs": "$defs",
    "$defs": "$defs",
    "ref": "$ref",
    "$ref": "$ref",
}
"""Field of a schema -> key of a JSON schema."""

DROPPED = frozenset(("property_ordering", "propertyOrdering", "example"))
"""Fields that a JSON schema does not have; they change nothing of what is valid."""

NESTED = frozenset(("items", "additional_properties", "additionalProperties"))
"""Fields that hold a schema."""

TYPES = frozenset(("string", "number", "integer", "boolean", "array", "object", "null"))
"""Types of a JSON schema; those of the SDKs are the same in upper case."""
