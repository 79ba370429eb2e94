"""A Jupyter notebook (nbformat 4): its code cells as one module, and the module as cells again.

The file is edited by position: only the `source` of a cell that changes is written anew, in the form that it has.
Format: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..pip_lines import settled
from ..results import FileResult
from ..settings import Schema
from . import magics
from .python import SourceError

_NAME = "_migrate_gemini_"
_HIDDEN = f"import {_NAME}line_"
_BOUNDARY = re.compile(rf"import {_NAME}cell_(\d+)")
_MASK = re.compile(rf"import {_NAME}line_(\d+)|{_NAME}line\((\d+)(?:, [\w, ]+)?\)")
_COMMENT = re.compile(r"^[ \t]*# TODO\(migrate-gemini\).*", re.MULTILINE)
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_BROKEN = "its cells could not be told apart after the rewrite; migrate it by hand"
_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+google\b", re.MULTILINE)


@dataclass(slots=True)
class Cell:
    """A code cell: its place among all cells, from 1; where its `source` stands in the file; its text; whether it is
    part of the module."""

    number: int
    start: int
    end: int
    source: str
    opaque: bool


@dataclass(slots=True)
class Notebook:
    """A notebook. text: the module that its cells are. places: for each line of it (cell, line, shift of columns)."""

    data: bytes
    raw: str
    cells: list[Cell]
    text: str = ""
    places: list[tuple[int, int, int]] = field(default_factory=list)
    masks: list[tuple[str, str]] = field(default_factory=list)

    def place(self, line: int, column: int) -> tuple[int, int, int]:
        """(cell, line, column) of a place in the module."""
        cell, inside, shift = self.places[min(line, len(self.places)) - 1]
        return cell, inside, column + shift

    def written(self, text: str, schema: Schema) -> str:
        """The file with the cells of a new module. SourceError where they do not come back one to one."""
        new = self._sources(text)
        old, imports = "google.generativeai" in text, _IMPORT.search(text) is not None
        pieces, at = [], 0
        for cell in self.cells:
            source = self._installs(new.get(cell.number, cell.source), schema, old, imports)
            if source != cell.source:
                pieces += [self.raw[at : cell.start], _like(self.raw, cell, source)]
                at = cell.end
        return "".join([*pieces, self.raw[at:]])

    def result(self, file: FileResult, schema: Schema) -> FileResult:
        """What a report says of the notebook, told from what it says of the module."""
        findings = []
        for finding in file.findings:
            cell, line, column = self.place(finding.line, finding.column)
            message = self._said(finding.message)
            findings.append(replace(finding, cell=cell, line=line, column=column, message=message))
        if file.after is None:
            return replace(file, findings=tuple(findings))
        after = self.written(file.after, schema)
        view = (self.view(), self.view(after))
        return replace(file, findings=tuple(findings), before=self.raw, after=after, view=view)

    def view(self, raw: str | None = None) -> str:
        """The code cells for a person, each under a line with its number."""
        cells = self.cells if raw is None else _cells(raw)
        return "".join(f"# cell {cell.number}\n{cell.source.rstrip()}\n\n" for cell in cells)

    def mask(self, what: str, kind: str) -> str:
        """The code that stands for what is not Python."""
        self.masks.append((what, kind))
        number = len(self.masks) - 1
        names = magics.names(what) if kind != "prefix" else []
        if kind == "value" or names:
            return f"{_NAME}line({', '.join([str(number), *names])})"
        return f"import {_NAME}line_{number}"

    def _sources(self, text: str) -> dict[int, str]:
        """The new text of each cell of the module that changes, by its number."""
        inside = [cell for cell in self.cells if not cell.opaque]
        text = _COMMENT.sub(lambda match: self._said(match[0]), text)
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
                found[cell.number] = self._unmasked(cell, old, new)
        return found

    def _early(self, text: str) -> int:
        """How many lines that install one of the packages stand behind the first import from google."""
        first = _IMPORT.search(text)
        at = first.start() if first else len(text)
        return sum(
            "install" in self.masks[number][0] and "google" in self.masks[number][0] for number in _numbers(text[at:])
        )

    def _said(self, words: str) -> str:
        """A text for a person with what was masked in place of the masks."""
        return _MASK.sub(lambda match: self.masks[int(match[1] or match[2])][0].partition("\n")[0], words)

    def _unmasked(self, cell: Cell, old: str, new: str) -> str:
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
                apart = what.split()[0].lstrip("%") in magics.APART
                rest = lines[number + 1].strip() if number + 1 < len(lines) else ""
                if not _whole(rest) or (apart and _statements(old) != _statements(new)):
                    raise SourceError(
                        f"the statement behind {what.strip()} in cell {cell.number} would need more lines"
                    )
            else:
                found.append(line[: match.start()] + what + line[match.end() :])
        if re.match(r"\s*%%", cell.source) and not found[0].lstrip().startswith("%%"):
            raise SourceError(_BROKEN)
        source = "\n".join(found)
        if _NAME in source:
            raise SourceError(_BROKEN)
        if not cell.source.startswith("\n"):
            source = source.lstrip("\n")
        ended = cell.source[len(cell.source.rstrip("\n")) :]
        return source.rstrip("\n") + ended if source.strip() else ""

    def _installs(self, source: str, schema: Schema, old: bool, new: bool) -> str:
        """A cell with its pip commands settled: those of its magics, or of a cell that is a shell script."""
        if magics.opaque(source) and source.lstrip().startswith("%%"):
            return settled(source, schema, old, new) if re.match(r"\s*%%(?:bash|sh|!|sx|system)", source) else source
        for what, kind in self.masks:
            if kind == "line" and what.lstrip("%! ").startswith(("pip", "uv", "python")) and what in source:
                source = source.replace(what, settled(what, schema, old, new))
        return source


def read(data: bytes) -> Notebook | None:
    """The notebook; None for one of another language. SourceError where it is none, or cannot be masked as Python."""
    try:
        raw = data.decode("utf-8")
        whole = json.loads(raw)
    except UnicodeDecodeError:
        raise SourceError("is not valid utf-8") from None
    except (ValueError, RecursionError) as error:
        raise SourceError(f"is not valid JSON: {' '.join(str(error).split())}") from None
    if not isinstance(whole, dict) or not isinstance(whole.get("cells"), list):
        old = isinstance(whole, dict) and "worksheets" in whole
        raise SourceError(
            "is a notebook of format 3 or older; open and save it with Jupyter first" if old else "is no notebook"
        )
    if _language(whole) != "python":
        return None
    try:
        cells = _cells(raw)
    except (TypeError, KeyError, AttributeError, IndexError):
        raise SourceError("is no valid notebook") from None
    notebook = Notebook(data, raw, cells)
    lines: list[str] = []
    if any(_NAME in cell.source for cell in cells):
        raise SourceError(f"uses names that start with {_NAME}")
    for cell in cells:
        if cell.opaque:
            continue
        masked = magics.masked(cell.source, notebook.mask)
        # A licence or a line that installs is no place for the imports of new code.
        if not lines and all(not line.strip() or line.lstrip().startswith(("#", _HIDDEN)) for line, _, _ in masked):
            cell.opaque = True
            continue
        if lines:
            lines.append(f"import {_NAME}cell_{cell.number}")
            notebook.places.append((cell.number, 1, 0))
        try:
            ast.parse("\n".join(line for line, _, _ in masked))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            at = getattr(error, "lineno", None)
            where = f", line {masked[min(at, len(masked)) - 1][1]}" if at else ""
            raise SourceError(f"cell {cell.number}{where} is not Python that can be read: {error.args[0]}") from None
        lines += [line for line, _, _ in masked]
        notebook.places += [(cell.number, number, shift) for _, number, shift in masked]
    notebook.text = "\n".join(lines) + "\n" if lines else ""
    notebook.places = notebook.places or [(1, 1, 0)]
    return notebook


def _language(whole: dict[str, object]) -> str:
    metadata = whole.get("metadata")
    if isinstance(metadata, dict):
        for key, name in (("language_info", "name"), ("kernelspec", "language"), ("kernelspec", "name")):
            part = metadata.get(key)
            if isinstance(part, dict) and isinstance(part.get(name), str):
                told: str = part[name].lower()
                return "python" if told.startswith(("python", "ipython")) or name == "name" == key else told
    return "python"


def _cells(raw: str) -> list[Cell]:
    found = []
    for key, start, _ in _members(raw, _SPACE.match(raw).end()):  # type: ignore[union-attr]
        if key != "cells":
            continue
        for number, (at, _) in enumerate(_items(raw, start), 1):
            spans = {name: (first, last) for name, first, last in _members(raw, at)}
            if json.loads(raw[slice(*spans["cell_type"])]) == "code":
                source = json.loads(raw[slice(*spans["source"])])
                text = source if isinstance(source, str) else "".join(source)
                found.append(Cell(number, *spans["source"], text, magics.opaque(text)))
    return found


def _members(raw: str, at: int) -> Iterator[tuple[str, int, int]]:
    """(key, start, end of the value) of the object at a place."""
    at = _skip(raw, at + 1)
    while raw[at] == '"':
        key, at = _DECODER.raw_decode(raw, at)
        start = _skip(raw, _skip(raw, at) + 1)
        _, end = _DECODER.raw_decode(raw, start)
        yield key, start, end
        at = _skip(raw, end)
        if raw[at] == ",":
            at = _skip(raw, at + 1)


def _items(raw: str, at: int) -> Iterator[tuple[int, int]]:
    """(start, end) of each value of the list at a place."""
    at = _skip(raw, at + 1)
    while raw[at] != "]":
        _, end = _DECODER.raw_decode(raw, at)
        yield at, end
        at = _skip(raw, end)
        if raw[at] == ",":
            at = _skip(raw, at + 1)


def _skip(raw: str, at: int) -> int:
    return _SPACE.match(raw, at).end()  # type: ignore[union-attr]


def _like(raw: str, cell: Cell, source: str) -> str:
    """A source as JSON in the form of the cell's old one; lines that stay keep their spelling."""
    ascii_only = raw.isascii()
    if raw[cell.start] == '"':
        return json.dumps(source, ensure_ascii=ascii_only)
    spans = list(_items(raw, cell.start))
    spelled = {json.loads(raw[start:end]): raw[start:end] for start, end in spans}
    lines = re.findall(r"[^\n]*\n|[^\n]+", source)
    if not lines:
        return "[]"
    lead, close = ("", "")
    if spans:
        lead, close = raw[cell.start + 1 : spans[0][0]], raw[spans[-1][1] : cell.end - 1]
    comma = raw[spans[0][1] : spans[1][0]] if len(spans) > 1 else "," + (lead or " ")
    return (
        "["
        + lead
        + comma.join(spelled.get(line) or json.dumps(line, ensure_ascii=ascii_only) for line in lines)
        + close
        + "]"
    )


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


def _statements(text: str) -> int:
    return len(ast.parse(text).body)


def _whole(line: str) -> bool:
    try:
        return len(ast.parse(line).body) == 1
    except SyntaxError:
        return False
