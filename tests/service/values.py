"""Small conversions shared by every dialect: key case, canonical JSON, digests, base64, numbers."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import Any

Json = Any

# Maps whose keys belong to the user and must never be renamed.
USER_KEYED = {
    "properties", "args", "response", "labels", "arguments", "schema", "response_json_schema", "parameters_json_schema",
    "response_schema", "parameters", "result",
}  # fmt: skip


def names(text: str) -> frozenset[str]:
    """The blank-separated names in a text."""
    return frozenset(text.split())


def snake(name: str) -> str:
    """`maxOutputTokens` -> `max_output_tokens`; snake case stays as it is."""
    return re.sub(r"(?<!^)([A-Z])", lambda match: "_" + match.group(1).lower(), name)


def snake_keys(value: Json) -> Json:
    """The same JSON value with snake case keys, except inside maps that the user keyed (schemas, arguments)."""
    if isinstance(value, list):
        return [snake_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {snake(key): item if snake(key) in USER_KEYED else snake_keys(item) for key, item in value.items()}


def canonical(value: Json) -> str:
    """One text for one JSON value, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(value: Json, length: int = 6) -> str:
    """The first hexadecimal digits of the SHA-256 of some bytes or of a JSON value."""
    data = value if isinstance(value, bytes) else canonical(value).encode()
    return hashlib.sha256(data).hexdigest()[:length]


def as_list(value: Json) -> list[Json]:
    """None -> [], a list -> itself, anything else -> a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def squash(text: str | None) -> str:
    """A text with every run of white space made one blank; None is the empty text."""
    return " ".join((text or "").split())


def decode_base64(text: str | None) -> bytes:
    """Standard or URL-safe base64, padded or not, to bytes; what is no base64 comes back as its own bytes."""
    plain = (text or "").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return (text or "").encode()


def encode_base64(data: bytes) -> str:
    """Bytes to standard base64 text."""
    return base64.b64encode(data).decode()


def whole_numbers(value: Json) -> Json:
    """The same JSON value with 2.0 written as 2: the legacy SDK only knows floats."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    return value


def words(text: str | None) -> list[str]:
    """The blank-separated words of a text."""
    return (text or "").split()


def chunks_of(text: str, size: int = 3) -> list[str]:
    """A text cut into pieces of a few words, blanks kept: what a stream sends, the same in every dialect."""
    pieces = re.findall(r"\s*\S+\s*", text)
    if not pieces:
        return [text] if text else []
    return ["".join(pieces[at : at + size]) for at in range(0, len(pieces), size)]
