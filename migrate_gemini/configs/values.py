"""The values of a file of settings that may name a model, and where they stand; one function a format.

A value is a whole string, or the value of `NAME=value` or `${NAME:-value}` that is a whole string. Keys are none, nor
is prose: a name within a longer text stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..manifests.locks import by_name
from ..manifests.toml_files import Toml, TomlPath

_PART = re.compile(r"(?:[A-Za-z_][\w.]*=)?(?:\$\{\w+:?-)?(?P<value>[\w./-]+)\}?")


@dataclass(frozen=True, slots=True)
class Value:
    """A value without its quotes. key: what it is the value of. holder: the list that it is an element of, '' for
    none."""

    start: int
    text: str
    key: str = ""
    holder: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


Wanted = Callable[[Value], bool]
Read = Callable[[str, Wanted], Iterator[Value]]
"""Gives the values of a text that are wanted. ValueError where it is not of its format."""


def reader(path: Path) -> Read | None:
    """How the values of a file are read; None for one that holds no settings."""
    name = path.name
    if by_name(name) is not None or name in ("package-lock.json", "npm-shrinkwrap.json") or "cassettes" in path.parts:
        return None
    if name == ".env" or name.startswith(".env.") or path.suffix in (".env", ".ini", ".cfg", ".sh", ".bash"):
        return _lines
    if re.match(r"(?:Docker|Container)file(?:\.|\Z)", name) or path.suffix.lower() == ".dockerfile":
        return _lines
    return {".yml": _yaml, ".yaml": _yaml, ".json": _json, ".toml": _toml}.get(path.suffix)


def _part(start: int, text: str, key: str, holder: str = "") -> Value:
    """A whole string, or the value within it that is one."""
    match = _PART.fullmatch(text)
    if match is None or not match.start("value"):
        return Value(start, text, key, holder)
    return Value(start + match.start("value"), match["value"], key + text[: match.start("value")])


_LINE = re.compile(
    r"""^[ \t]*(?:ENV[ \t]+\w+[ \t]+|(?:(?:export|ENV|ARG)[ \t]+)?[A-Za-z_][\w.-]*[ \t]*[=:][ \t]*)(?P<quote>["']?)"""
    r"""(?P<value>[\w./${}:-]+)(?P=quote)[ \t]*(?:[;\#].*)?$""",
    re.MULTILINE,
)


def _lines(text: str, wanted: Wanted) -> Iterator[Value]:
    for match in _LINE.finditer(text.replace("\r", "\n")):
        key = match[0][: match.start("value") - match.start()]
        yield from filter(wanted, [_part(match.start("value"), match["value"], key)])


_TOKEN = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?P<key>\s*:)?|(?P<open>[\[{])|(?P<close>[\]}])')


def _json(text: str, wanted: Wanted) -> Iterator[Value]:
    json.loads(text)
    holders, key = [""], ""
    for token in _TOKEN.finditer(text):
        if token["open"]:
            holders.append(str(token.start()) if token["open"] == "[" else "")
        elif token["close"]:
            holders.pop()
        elif token["key"]:
            key = token["text"]
        elif "\\" not in token["text"]:
            yield from filter(wanted, [_part(token.start("text"), token["text"], key, holders[-1])])


def _toml(text: str, wanted: Wanted) -> Iterator[Value]:
    toml = Toml(text)

    def walk(node: object, path: TomlPath) -> Iterator[Value]:
        if isinstance(node, str):
            value = _part(0, str(node), ".".join(map(str, path)), repr(path[:-1]) if isinstance(path[-1], int) else "")
            if wanted(value) and (span := toml.inside(path)) is not None:  # to find where it stands costs a parse
                yield replace(value, start=span[0] + value.start)
        elif isinstance(node, dict):
            for key, inner in node.items():
                yield from walk(inner, (*path, str(key)))
        elif isinstance(node, list):
            for index, inner in enumerate(node):
                yield from walk(inner, (*path, index))

    yield from walk(toml.data, ())


def _yaml(text: str, wanted: Wanted) -> Iterator[Value]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

    def walk(node: object, key: str, holder: str, seen: set[int]) -> Iterator[Value]:
        if id(node) in seen:  # an alias
            return
        seen.add(id(node))
        if isinstance(node, ScalarNode):
            quoted = node.style in ("'", '"')
            start, end = node.start_mark.index + quoted, node.end_mark.index - quoted
            if node.style not in ("|", ">") and text[start:end] == node.value:
                yield from filter(wanted, [_part(start, node.value, key, holder)])
        elif isinstance(node, SequenceNode):
            for value in node.value:
                yield from walk(value, key, str(node.start_mark.index), seen)
        elif isinstance(node, MappingNode):
            for name, value in node.value:
                yield from walk(value, name.value if isinstance(name, ScalarNode) else "", "", seen)

    try:
        documents = list(YAML(typ="safe", pure=True).compose_all(text))
    except YAMLError as error:
        raise ValueError(str(error)) from None
    seen: set[int] = set()
    for document in documents:
        yield from walk(document, "", "", seen)
