"""A Jupyter notebook (nbformat 4): its code cells as one module, and the module as cells again.

The file is edited by position: only the `source` of a cell that changes is written anew, in the form that it has.
Format: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..results import FileResult
from ..settings import Schema
from . import magics
from .cells import IMPORT, Cell, Cells
from .python import SourceError

_EVERY = re.compile(r"""ast_node_interactivity\s*=\s*["']all\b""")
"""IPython then shows the value of every expression of a cell, not of the last one only."""
_AT = "cell {}, line {}".format
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass(slots=True)
class Notebook(Cells):
    """A notebook. Its cells are numbered among all; start and end of one: where its `source` stands in raw; shown:
    where the statements of the module start whose value a cell shows, by line and column."""

    data: bytes = b""
    raw: str = ""
    shown: set[tuple[int, int]] = field(default_factory=set)

    def taken_in(self, cell: Cell, body: Sequence[ast.stmt], at: int) -> None:
        every = any(_EVERY.search(cell.source) for cell in self.cells)
        for statement in _shown(cell.source, body, every):
            if self.single.get(at + statement.lineno) not in magics.APART:
                self.shown.add((at + statement.lineno, statement.col_offset))

    def written(self, text: str, schema: Schema) -> str:
        """The file with the cells of a new module. SourceError where they do not come back one to one."""
        new = self.sources(text)
        old, imports = "google.generativeai" in text, IMPORT.search(text) is not None
        pieces, at = [], 0
        for cell in self.cells:
            source = self.installs(new.get(cell.number, cell.source), schema, old, imports)
            if source != cell.source:
                pieces += [self.raw[at : cell.start], _like(self.raw, cell, source)]
                at = cell.end
        return "".join([*pieces, self.raw[at:]])

    def result(self, file: FileResult, schema: Schema) -> FileResult:
        """What a report says of the notebook, told from what it says of the module."""
        findings = []
        for finding in file.findings:
            cell, line, column = self.place(finding.line, finding.column)
            message = self.told(finding.message, file.path, _AT)
            findings.append(replace(finding, cell=cell, line=line, column=column, message=message))
        if file.after is None:
            return replace(file, findings=tuple(findings))
        after = self.written(file.after, schema)
        view = (self.view(), self.view(after))
        return replace(file, findings=tuple(findings), before=self.raw, after=after, view=view)

    def named(self, key: str, message: str) -> str:
        """A message about another file, with its places in this notebook, which is named by a key there."""
        place = re.compile(rf"{re.escape(key)}:(\d+)")
        return place.sub(lambda match: f"{key}:{_AT(*self.place(int(match[1]), 1)[:2])}", self.said(message))

    def told_of_new(self, message: str, text: str) -> str:
        """A message for a person, with places in the cells for those in a new module."""
        return re.sub(r"\bline (\d+)", lambda match: _AT(*self.new_place(text, int(match[1]))), message)

    def view(self, raw: str | None = None) -> str:
        """The code cells for a person, each under a line with its number."""
        cells = self.cells if raw is None else _cells(raw)
        return "".join(f"# cell {cell.number}\n{cell.source.rstrip()}\n\n" for cell in cells)


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
    notebook = Notebook(cells, data=data, raw=raw)
    notebook.join()
    return notebook


def _shown(source: str, body: Sequence[ast.stmt], every: bool) -> list[ast.Expr]:
    """The expressions of a cell whose values IPython shows: the last statement, unless a semicolon ends it."""
    if re.match(r"\s*%%(?:capture|timeit|prun|memit)\b", source):
        return []
    ended = re.search(r";\s*(?:#[^\n]*)?\s*\Z", source) is not None
    shown = body if every else body[-1:]
    if ended:
        shown = [statement for statement in shown if statement is not body[-1]]
    return [statement for statement in shown if isinstance(statement, ast.Expr)]


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
