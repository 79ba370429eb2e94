"""Pieces of code that are one module together, as the cells of a notebook or the blocks of a document, and the module
as pieces again.

What is no Python in a piece is masked, and a line stands between two of them, so that each gets back what is its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..modules import HIDDEN
from ..pip_lines import settled
from ..settings import Schema
from . import magics
from .python import SourceError

_HIDDEN = f"import {HIDDEN}line_"
_BOUNDARY = re.compile(rf"import {HIDDEN}cell_(\d+)")
_MASK = re.compile(rf"import {HIDDEN}line_(\d+)|{HIDDEN}line\((\d+)(?:, [\w, ]+)?\)")
_COMMENT = re.compile(r"^[ \t]*# TODO\(migrate-gemini\).*", re.MULTILINE)
_BROKEN = "its cells could not be told apart after the rewrite; migrate it by hand"
IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+google\b", re.MULTILINE)


@dataclass(slots=True)
class Cell:
    """A piece of code: its number, from 1; where it stands in the file; its text; whether it is no part of the module;
    and the lines at its start that are none."""

    number: int
    start: int
    end: int
    source: str
    opaque: bool
    head: str = ""


@dataclass(slots=True)
class Cells:
    """The pieces. text: the module that they are. places: for each line of it (cell, line, shift of columns); single:
    the lines of it with a statement that has to stay one line, each with the magic before it."""

    cells: list[Cell]
    text: str = ""
    single: dict[int, str] = field(default_factory=dict)
    places: list[tuple[int, int, int]] = field(default_factory=list)
    masks: list[tuple[str, str]] = field(default_factory=list)

    def join(self) -> None:
        """Makes the module of the pieces. SourceError where one of them is no Python."""
        lines: list[str] = []
        if any(HIDDEN in cell.source for cell in self.cells):
            raise SourceError(f"uses names that start with {HIDDEN}")
        for cell in self.cells:
            if cell.opaque:
                continue
            masked = magics.masked(cell.source, self.mask)
            if not lines:
                # A licence or a line that installs is no place for the imports of new code.
                size = self._head([line for line, _, _ in masked])
                if size == len(masked):
                    cell.opaque = True
                    continue
                first = masked[size][1] - 1
                cell.head, masked = "".join(f"{line}\n" for line in cell.source.split("\n")[:first]), masked[size:]
            else:
                lines.append(f"import {HIDDEN}cell_{cell.number}")
                self.places.append((cell.number, 1, 0))
            try:
                body = ast.parse("\n".join(line for line, _, _ in masked)).body
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                at = getattr(error, "lineno", None)
                where = f", line {masked[min(at, len(masked)) - 1][1]}" if at else ""
                raise SourceError(
                    f"cell {cell.number}{where} is not Python that can be read: {error.args[0]}"
                ) from None
            timed = self._timed([line for line, _, _ in masked])
            self.single.update((len(lines) + line, magic) for line, magic in timed.items())
            self.taken_in(cell, body, len(lines))
            lines += [line for line, _, _ in masked]
            self.places += [(cell.number, number, shift) for _, number, shift in masked]
        self.text = "\n".join(lines) + "\n" if lines else ""
        self.places = self.places or [(1, 1, 0)]

    def taken_in(self, cell: Cell, body: Sequence[ast.stmt], at: int) -> None:
        """Is told of each cell of the module: its statements, and how many lines of the module stand before it."""

    def place(self, line: int, column: int) -> tuple[int, int, int]:
        """(cell, line, column) of a place in the module."""
        cell, inside, shift = self.places[min(line, len(self.places)) - 1]
        return cell, inside, column + shift

    def mask(self, what: str, kind: str) -> str:
        """The code that stands for what is not Python."""
        self.masks.append((what, kind))
        number = len(self.masks) - 1
        names = magics.names(what) if kind != "prefix" else []
        if kind == "value" or names:
            return f"{HIDDEN}line({', '.join([str(number), *names])})"
        return f"import {HIDDEN}line_{number}"

    def _timed(self, lines: Sequence[str]) -> dict[int, str]:
        """The lines of a cell, from 1, that a magic runs, each with the name of that magic."""
        found = {}
        for number, line in enumerate(lines, 1):
            match = _MASK.search(line)
            if match and self.masks[int(match[1] or match[2])][1] == "prefix":
                found[number + 1] = self.masks[int(match[1] or match[2])][0].split()[0].lstrip("%")
        return found

    def _head(self, lines: Sequence[str]) -> int:
        """How many lines of a first cell come before its code: blank ones, comments, and those that are no Python."""
        size, timed = 0, self._timed(lines)
        for number, line in enumerate(lines, 1):
            if line.lstrip().startswith(_HIDDEN) and number + 1 not in timed:
                size = number
            elif line.strip() and not line.lstrip().startswith("#"):
                return size
        return len(lines)

    def sources(self, text: str) -> dict[int, str]:
        """The new text of each cell of the module that changes, by its number."""
        inside = [cell for cell in self.cells if not cell.opaque]
        text = _COMMENT.sub(lambda match: self.said(match[0]), text)
        before, after = _split(self.text), _split(text)
        if [number for number, _ in before] != [number for number, _ in after]:
            raise SourceError(_BROKEN)
        if self._early(text) > self._early(self.text):
            raise SourceError("new imports would stand before the line that installs their package; move them first")
        found = {}
        for cell, (_, old), (_, new) in zip(inside, before, after, strict=True):
            if new != old:
                if _numbers(old) != _numbers(new):
                    raise SourceError(_BROKEN)
                found[cell.number] = self._unmasked(cell, new)
        return found

    def told(self, message: str, path: str, at: Callable[[int, int], str]) -> str:
        """A message for a person, with places in the pieces for those in the module. path: of the module; at: what a
        place is called, by cell and line."""
        lines = re.compile(rf"(?:\blines? |{re.escape(path)}:)(\d+)(?: and (\d+))?\b")
        return lines.sub(
            lambda match: " and ".join(at(*self.place(int(line), 1)[:2]) for line in match.groups() if line),
            self.said(message),
        )

    def new_place(self, text: str, line: int) -> tuple[int, int]:
        """(cell, line) of a line of a new module."""
        first = next(cell for cell in self.cells if not cell.opaque)
        lines = text.split("\n")[:line]
        number, inside, timed = first.number, first.head.count("\n"), self._timed(lines)
        for count, text in enumerate(lines, 1):
            if boundary := _BOUNDARY.fullmatch(text):
                number, inside = int(boundary[1]), 0
            elif count not in timed:
                inside += 1
        return number, inside

    def _early(self, text: str) -> int:
        """How many lines that install one of the packages stand behind the first import from google."""
        first = IMPORT.search(text)
        at = first.start() if first else len(text)
        return sum(
            "install" in self.masks[number][0] and "google" in self.masks[number][0] for number in _numbers(text[at:])
        )

    def said(self, words: str) -> str:
        """A text for a person with what was masked in place of the masks."""
        return _MASK.sub(lambda match: self.masks[int(match[1] or match[2])][0].partition("\n")[0], words)

    def _unmasked(self, cell: Cell, new: str) -> str:
        lines = new.split("\n")
        found: list[str] = []
        prefix = ""
        for number, line in enumerate(lines):
            match = _MASK.search(line)
            if match is None:
                found.append(f"{line[: len(line) - len(line.lstrip())]}{prefix}{line.lstrip()}" if prefix else line)
                prefix = ""
                continue
            what, kind = self.masks[int(match[1] or match[2])]
            if kind == "prefix":
                prefix = what
                rest = lines[number + 1].strip() if number + 1 < len(lines) else ""
                if not _whole(rest):
                    raise SourceError(
                        f"the statement behind {what.strip()} in cell {cell.number} would need more lines"
                    )
            else:
                found.append(line[: match.start()] + what + line[match.end() :])
        if not cell.head and re.match(r"\s*%%", cell.source) and not found[0].lstrip().startswith("%%"):
            raise SourceError(_BROKEN)
        source = cell.head + "\n".join(found)
        if HIDDEN in source:
            raise SourceError(_BROKEN)
        if not cell.source.startswith("\n"):
            source = source.lstrip("\n")
        ended = cell.source[len(cell.source.rstrip("\n")) :]
        return source.rstrip("\n") + ended if source.strip() else ""

    def installs(self, source: str, schema: Schema, old: bool, new: bool) -> str:
        """A cell with its pip commands settled: those of its magics, or of a cell that is a shell script."""
        if magics.opaque(source) and source.lstrip().startswith("%%"):
            return settled(source, schema, old, new) if re.match(r"\s*%%(?:bash|sh|!|sx|system)", source) else source
        for what, kind in self.masks:
            if kind == "line" and what.lstrip("%! ").startswith(("pip", "uv", "python")) and what in source:
                source = source.replace(what, settled(what, schema, old, new))
        return source


def _split(text: str) -> list[tuple[int, str]]:
    """The cells of a module: (number, masked text); the first has the number 0."""
    found: list[tuple[int, list[str]]] = [(0, [])]
    for line in text.removesuffix("\n").split("\n"):
        match = _BOUNDARY.fullmatch(line)
        if match:
            found.append((int(match[1]), []))
        else:
            found[-1][1].append(line)
    return [(number, "\n".join(lines)) for number, lines in found]


def _numbers(text: str) -> list[int]:
    return [int(match[1] or match[2]) for match in _MASK.finditer(text)]


def _whole(line: str) -> bool:
    try:
        return len(ast.parse(line).body) == 1
    except SyntaxError:
        return False
