"""environment.yml of conda, with the packages that pip installs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..sources.text import Edit, TextFile
from .slots import Slot, named, pep508, with_marker

if TYPE_CHECKING:
    from ruamel.yaml.nodes import ScalarNode, SequenceNode

_MATCH = re.compile(r"(?:[\w.-]+::)?(?P<name>[A-Za-z0-9._-]+)\s*(?P<version>[=<>!~].*)?")


def slots(file: TextFile) -> Iterator[Slot]:
    """The requirements of the two packages. ValueError where the file is no YAML."""
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

    for item, holder in _dependencies(file.text):
        if isinstance(item, ScalarNode):
            yield from _item(file, item, holder, pip=False)
        elif isinstance(item, MappingNode):
            for key, value in item.value:
                if key.value == "pip" and isinstance(value, SequenceNode):
                    for inner in value.value:
                        if isinstance(inner, ScalarNode):
                            yield from _item(file, inner, value, pip=True)


def python(file: TextFile) -> str:
    """What the environment asks of Python, as Python packages write it; '' where it says nothing."""
    from ruamel.yaml.nodes import ScalarNode

    for item, _ in _dependencies(file.text):
        match = _MATCH.fullmatch(item.value.strip()) if isinstance(item, ScalarNode) else None
        if match and match["name"] == "python":
            return specifier(match["version"] or "")
    return ""


def specifier(version: str) -> str:
    """A version as conda writes it, as Python packages do: `=1.2` is any release of 1.2."""
    bare = re.sub(r"(?<==)(=?[\w.*]+)=.*", r"\1", version).replace(" ", "")
    if re.match(r"=[^=]", bare):
        return f"=={bare[1:].removesuffix('*').removesuffix('.')}.*"
    return bare


def _dependencies(text: str) -> Iterator[tuple[object, SequenceNode]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    try:
        tree = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        raise ValueError(str(error).splitlines()[0]) from None
    for key, value in tree.value if isinstance(tree, MappingNode) else ():
        if key.value == "dependencies" and isinstance(value, SequenceNode):
            yield from ((item, value) for item in value.value)


def _item(file: TextFile, item: ScalarNode, holder: SequenceNode, pip: bool) -> Iterator[Slot]:
    start, end = item.start_mark.index, item.end_mark.index
    if item.style in ("'", '"'):
        start, end = start + 1, end - 1
    value = file.text[start:end]
    group = "pip" if pip else "conda"
    line = max(file.text.rfind("\n", 0, start), file.text.rfind("\r", 0, start)) + 1
    behind = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)").match(file.text, end)
    assert behind is not None
    whole = (line, behind.end())
    frozen = "stands in a list on one line" if holder.flow_style else ""

    def beside(asked: str) -> list[Edit]:
        said = with_marker(asked, found.marker if found else "")
        new = file.text[line:start] + said + ("" if item.style is None else item.style)
        if file.text[: whole[1]].endswith(("\n", "\r")):
            return [(whole[1], whole[1], f"{new}{file.newline}")]
        return [(whole[1], whole[1], f"{file.newline}{new}")]

    found = pep508(value, start, group, whole, beside, frozen) if pip else None
    if pip:
        if found is not None:
            yield found
        return
    match = _MATCH.fullmatch(value.strip())
    package = named(match["name"]) if match else None
    if match is None or package is None:
        return
    name = (start + match.start("name"), start + match.end("name"))
    at = start + match.end("name")
    version = (start + match.start("version"), start + match.end("version")) if match["version"] else (at, at)
    spec = specifier(match["version"] or "")
    yield Slot(name, package, value, group, version, spec, None, "", whole, beside, frozen)
