"""Elements of a list in Python or TOML text: how one goes, and how one comes."""

from __future__ import annotations

import re

from ..sources.text import Edit
from .slots import Span

_AFTER = re.compile(r"[ \t]*,?[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")
_COMMA = re.compile(r"\s*,[ \t]*")


def _own_line(text: str, start: int, end: int) -> Span | None:
    """The line of an element that stands alone on it."""
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    after = _AFTER.match(text, end)
    return (line, after.end()) if after and not text[line:start].strip() else None


def entry(text: str, start: int, end: int) -> Span:
    """What goes with an element when it goes: its line, or itself and one comma."""
    if line := _own_line(text, start, end):
        return line
    if after := _COMMA.match(text, end):
        if text[after.end() : after.end() + 1] in ("\r", "\n"):
            start = len(text[:start].rstrip(" \t"))
        return start, after.end()
    before = re.search(r",\s*\Z", text[:start])
    return (before.start() if before else start), end


def beside(text: str, start: int, end: int, new: str, newline: str) -> list[Edit]:
    """The edits that put an element behind one: on a line of its own where that has one, before its comment never."""
    line = _own_line(text, start, end)
    if line is None:
        return [(end, end, f", {new}")]
    indent = text[line[0] : start]
    stop = line[1] - len(newline) if text[: line[1]].endswith(newline) else line[1] - 1
    comma = [] if text[end : line[1]].lstrip().startswith(",") else [(end, end, ",")]
    return [*comma, (stop, stop, f"{newline}{indent}{new},")]
