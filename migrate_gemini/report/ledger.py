"""The behaviour ledger: what the new code does otherwise at run time, each thing said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..findings import Finding
from ..results import FileResult, RunResult
from ..rules import get
from .text import counted

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One difference: its text, the first places that it is true of (`path:line`), and how many more there are."""

    text: str
    code: str
    places: tuple[str, ...]
    others: int

    @property
    def more(self) -> str:
        """ " and 4 other places", or ''."""
        return f" and {counted(self.others, 'other place')}" if self.others else ""


def ledger(result: RunResult) -> Iterator[Row]:
    """What changes at run time: the differences of calls that were rewritten, and what was substituted or dropped."""
    return _rows([*_differences(result), *((f, found.message, found) for f, found in _informing(result, manual=False))])


def differences(result: RunResult) -> Iterator[Row]:
    """What calls that were rewritten do otherwise."""
    return _rows(_differences(result))


def notes(result: RunResult) -> Iterator[Row]:
    """What findings say that only inform."""
    return _rows((file, finding.message, finding) for file, finding in _informing(result, manual=True))


def _differences(result: RunResult) -> Iterator[tuple[FileResult, str, Finding]]:
    for file in result.files:
        for finding in file.findings:
            yield from ((file, text, finding) for text in finding.differences)


def _informing(result: RunResult, manual: bool) -> Iterator[tuple[FileResult, Finding]]:
    for file in result.files:
        for finding in file.findings:
            if not get(finding.code).legacy and (manual or finding.status != "manual"):
                yield file, finding


def _rows(found: Iterable[tuple[FileResult, str, Finding]]) -> Iterator[Row]:
    """Each text once, under the code of its first place."""
    places: dict[str, list[str]] = {}
    codes: dict[str, str] = {}
    for file, text, finding in found:
        codes.setdefault(text, finding.code)
        places.setdefault(text, []).append(f"{file.path}:{finding.where}")
    for text, every in places.items():
        yield Row(text, codes[text], tuple(every[:EXAMPLES]), max(0, len(every) - EXAMPLES))
