"""setup.py, whose strings are edited by their positions, and setup.cfg."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..lines import Lines
from ..sources.text import Edit, TextFile
from . import lists
from .slots import Slot, Span, pep508, with_marker

_OPTIONS = ("install_requires", "tests_require", "setup_requires")


def setup_py(file: TextFile) -> Iterator[Slot]:
    """The requirements in the lists of a setup.py. ValueError where it is no Python."""
    try:
        tree = ast.parse(file.text)
    except SyntaxError as error:
        raise ValueError(f"syntax error at line {error.lineno}") from None
    lines = Lines(file.text)
    for number, node in enumerate(ast.walk(tree)):
        if not isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            continue
        for item in node.elts:
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                yield from _element(file, str(number), item.value, lines.place(item))


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
    """The requirements in install_requires and the extras of a setup.cfg."""
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
        wanted = section == "options" and option in _OPTIONS or section == "options.extras_require" and option
        if wanted and line[content:].strip():
            yield from _cfg_line(file, f"{section}.{option}", start, content, line)


def _cfg_line(file: TextFile, group: str, start: int, content: int, line: str) -> Iterator[Slot]:
    body = re.split(r"\s#", line[content:], maxsplit=1)[0].rstrip()
    end = start + len(line)

    def beside(asked: str) -> list[Edit]:
        said = with_marker(asked, found.marker if found else "")
        indent = re.match(r"\s*", line)
        new = f"{indent[0] if indent else ''}{said}"
        return [(end, end, f"{new}{file.newline}" if line.endswith(("\n", "\r")) else f"{file.newline}{new}")]

    alone = content == 0
    found = pep508(body, start + content, group, (start, end) if alone else None, beside if alone else None)
    if found is not None:
        yield found
