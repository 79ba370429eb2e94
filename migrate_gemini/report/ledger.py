"""The behaviour ledger: what the new code does otherwise at run time, each thing said once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..results import RunResult
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
    """The differences of calls that were rewritten, and what was substituted or dropped (findings that only inform)."""
    places: dict[tuple[str, str], list[str]] = {}
    for file in result.files:
        for finding in file.findings:
            place = f"{file.path}:{finding.where}"
            for text in finding.differences:
                places.setdefault((finding.code, text), []).append(place)
            if not get(finding.code).legacy and finding.status != "manual":
                places.setdefault((finding.code, finding.message), []).append(place)
    for (code, text), found in places.items():
        yield Row(text, code, tuple(found[:EXAMPLES]), max(0, len(found) - EXAMPLES))
