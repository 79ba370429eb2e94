"""The lines of a text, and where the nodes of `ast` stand in it."""

from __future__ import annotations

import ast
import re
from typing import TypeAlias

NEWLINE = re.compile(r"\r\n|\r|\n")
Span: TypeAlias = tuple[int, int, int, int]


class Lines:
    """The lines of a text, with offsets: ast columns (UTF-8 bytes) to character columns."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        self.starts.extend(match.end() for match in NEWLINE.finditer(text))
        self.ascii = text.isascii()

    def line(self, number: int) -> str:
        """A line by its 1-based number, with its newline."""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end]

    def column(self, line: int, offset: int) -> int:
        """The character column of a byte offset in a line."""
        if self.ascii:
            return offset
        return len(self.line(line).encode()[:offset].decode(errors="replace"))

    def span(self, node: ast.AST) -> Span:
        """(line, column, end line, end column) of a node, columns in characters."""
        return (
            node.lineno,  # type: ignore[attr-defined]
            self.column(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            node.end_lineno,  # type: ignore[attr-defined]
            self.column(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def place(self, node: ast.AST) -> tuple[int, int]:
        """Where a node starts and ends in the text."""
        line, column, end_line, end_column = self.span(node)
        return self.starts[line - 1] + column, self.starts[end_line - 1] + end_column

    def code(self, node: ast.AST) -> str:
        """The text of a node; '' for one that has no place, as the clauses of a comprehension."""
        if not hasattr(node, "lineno"):
            return ""
        start, end = self.place(node)
        return self.text[start:end]


def newline_of(text: str) -> str:
    """The first line end of a text; a line feed where it has none."""
    match = NEWLINE.search(text)
    return match.group(0) if match else "\n"


def indent_of(text: str) -> str:
    """The indentation that a module uses for its first block; four spaces where it has none."""
    match = re.search(
        r"^(?:def|class|if|for|while|with|try|async)\b.*:[ \t]*(?:#[^\n]*)?\r?\n(?:\s*(?:#.*)?\r?\n)*([ \t]+)\S",
        text,
        re.M,
    )
    return match.group(1) if match else "    "


_GAP = re.compile(r"(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)\Z")
_BLANK = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))+")


def skip_blank(text: str, start: int, end: int) -> int:
    """Where to go on behind a line that goes (text[start:end]), so that no two gaps become one that is too large."""
    if start and not _GAP.search(text[max(start - 256, 0) : start]):
        return end
    blank = _BLANK.match(text, end)
    return blank.end() if blank else end
