"""What the reports for machines have in common: one entry for each finding and each file that failed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..findings import Finding, Status
from ..results import FileResult, RunResult
from ..rules import get
from . import places


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding, or why a file was left out. line and column are 1-based; fingerprint: hexadecimal, unique in the run,
    and the same while the file says the same things in the same order, wherever they stand."""

    file: FileResult
    code: str
    line: int
    column: int
    message: str
    status: Status | None
    fingerprint: str
    differences: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the file could not be dealt with."""
        return self.status is None

    @property
    def legacy(self) -> bool:
        """Whether it is a use of the old API."""
        return get(self.code).legacy


def entries(result: RunResult) -> Iterator[Entry]:
    """Every finding and failure, by file and place: in the text that is there after the run."""
    for file in result.files:
        said: Counter[tuple[str, str]] = Counter()
        if file.failure is not None:
            yield _entry(file, Finding(1, 1, file.failure.code, "manual", file.failure.message), None, said)
        now = places.now(file) if result.written else places.same
        for found in file.findings:
            yield _entry(file, replace(found, line=now(found.line)), found.status, said)


def _entry(file: FileResult, found: Finding, status: Status | None, said: Counter[tuple[str, str]]) -> Entry:
    said[found.code, found.message] += 1
    text = "\0".join((file.path, found.code, found.message, str(said[found.code, found.message])))
    mark = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    # These formats count the lines of the file itself: of a notebook the message says where it is.
    line, column = (1, 1) if found.cell else (found.line, found.column)
    message = f"cell {found.cell}, line {found.line}: {found.message}" if found.cell else found.message
    return Entry(file, found.code, line, column, message, status, mark, found.differences)
