"""setup.py, whose strings are edited by their positions, and the lists of setup.cfg and tox.ini."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..lines import Lines
from ..nodes import walk
from ..sources.text import Edit, TextFile
from . import lists
from .slots import MENTION, OLD, Slot, Span, named, pep508, with_marker

_OPTIONS = ("install_requires", "tests_require", "setup_requires")


def setup_py(file: TextFile) -> Iterator[Slot]:
    """The requirements in the lists of a setup.py. ValueError where it is no Python."""
    try:
        tree = ast.parse(file.text)
    except SyntaxError as error:
        raise ValueError(f"syntax error at line {error.lineno}") from None
    lines, listed = Lines(file.text), set()
    for number, node in enumerate(walk(tree)):
        if isinstance(node, ast.Expr):
            listed.add(node.value)  # a docstring
        for item in node.elts if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else ():
            listed.add(item)
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                yield from _element(file, str(number), item.value, lines.place(item))
    for node in walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in listed:
            yield from _text(node.value, lines.place(node))


def _text(value: str, span: Span) -> Iterator[Slot]:
    """Requirements in a text that something else takes apart."""
    for line in value.splitlines():
        found = pep508(line, 0, str(span), None, None)
        if found is not None and found.package == OLD:
            yield Slot(span, OLD, found.shown, str(span), None, frozen="is not an element of a list")


def _element(file: TextFile, group: str, value: str, span: Span) -> Iterator[Slot]:
    found = pep508(value, 0, group, None, None)
    if found is None:
        return
    code = file.text[slice(*span)]
    quote = code[:1]
    if code != f"{quote}{value}{quote}" or quote not in "\"'":
        yield Slot(span, found.package, value, group, None, frozen="is not written as one plain string")
        return

    def beside(asked: str) -> list[Edit]:
        said = with_marker(asked, found.marker).replace(quote, "'" if quote == '"' else '"')
        return lists.beside(file.text, *span, f"{quote}{said}{quote}", file.newline)

    slot = pep508(value, span[0] + 1, group, lists.entry(file.text, *span), beside)
    if slot is not None:
        yield slot


def setup_cfg(file: TextFile) -> Iterator[Slot]:
    """The requirements in install_requires and the extras of a setup.cfg, or in the deps of a tox.ini."""
    section, option, at = "", "", 0
    for line in file.text.splitlines(keepends=True):
        start, at = at, at + len(line)
        bare = line.strip()
        if not bare or bare[0] in "#;":
            continue
        content = 0
        if not line[0].isspace():
            if header := re.match(r"\[([^\]]+)\]", line):
                section, option = header[1], ""
                continue
            name = re.match(r"([^=:\s]+)\s*[=:]\s*", line)
            option, content = (name[1], name.end()) if name else ("", 0)
        if _wanted(section, option) and line[content:].strip():
            yield from _cfg_line(file, f"{section}.{option}", start, content, line)


def _wanted(section: str, option: str) -> bool:
    if section == "options":
        return option in _OPTIONS
    return bool(option) and section == "options.extras_require" or section.startswith("testenv") and option == "deps"


_PREFIX = re.compile(r"\s*(?:[\w!{},.-]+:\s+)?")
"""The indentation of a line, and the environments of tox that it is for."""


def _cfg_line(file: TextFile, group: str, start: int, content: int, line: str) -> Iterator[Slot]:
    alone = content == 0
    prefix = _PREFIX.match(line)
    assert prefix is not None
    content = content or prefix.end()
    body = re.split(r"\s#", line[content:], maxsplit=1)[0].rstrip()
    end = start + len(line)

    def beside(asked: str) -> list[Edit]:
        new = f"{prefix[0]}{with_marker(asked, found.marker if found else '')}"
        return [(end, end, f"{new}{file.newline}" if line.endswith(("\n", "\r")) else f"{file.newline}{new}")]

    group += prefix[0].strip()
    found = pep508(body, start + content, group, (start, end) if alone else None, beside if alone else None)
    if found is not None:
        yield found
    elif (match := MENTION.search(body)) and named(match[0]) and ";" in body[: match.start()]:
        at = start + content + match.start()
        name = (at, at + len(match[0]))
        yield Slot(name, named(match[0]) or "", match[0], group, None, frozen="stands in a list on one line")
