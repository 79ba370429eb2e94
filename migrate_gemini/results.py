"""What a run says of a tree of files: the one thing that every report is rendered from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .findings import Finding, Status
from .rules import get
from .sdk import differences

STORING = ("MG103", "MG105", "MG201", "MG203")
"""Codes of calls that become interactions."""
SKIPPED = "MG901"
INTERNAL = "MG902"
UNVERIFIED = "MG903"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file could not be dealt with, under the code of a rule, in one line."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FileResult:
    """One file. path: as shown, posix, relative to the working directory where it is inside.

    before and after are its text where it changes (or would), else None. beside: it is no code but stands beside it.
    view: what a person reads in place of before and after where these are not made for reading: those of a notebook.
    """

    path: str
    findings: tuple[Finding, ...] = ()
    before: str | None = None
    after: str | None = None
    failure: Failure | None = None
    beside: bool = False
    view: tuple[str, str] | None = None

    @property
    def changed(self) -> bool:
        return self.after is not None


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run. scanned: Python files found. mentioning: those that name an SDK, the others are never parsed.

    files: those with a change, a finding or a failure, by path. store: whether Google may store the new interactions.
    documents: how many were looked at; those that name an SDK count as mentioning. todos: TODO(migrate-gemini) comments
    in the files. written: whether the changes were made. held: findings that a baseline keeps back; gone: those that it
    holds and that are no more.
    """

    scanned: int
    mentioning: int
    files: tuple[FileResult, ...]
    store: bool = True
    documents: int = 0
    todos: int = 0
    written: bool = False
    held: int = 0
    gone: int = 0

    @property
    def changed(self) -> tuple[FileResult, ...]:
        return tuple(file for file in self.files if file.changed)

    @property
    def failed(self) -> tuple[FileResult, ...]:
        return tuple(file for file in self.files if file.failure is not None)

    def statuses(self) -> Counter[Status]:
        return Counter(finding.status for file in self.files for finding in file.findings)

    @property
    def storage(self) -> str:
        """What becomes of the interactions that the new code makes, in one sentence; '' where it makes none."""
        if not any(f.code in STORING and f.status != "manual" for file in self.files for f in file.findings):
            return ""
        return differences.STORED if self.store else differences.NOT_STORED

    def left(self) -> tuple[tuple[FileResult, Finding], ...]:
        """The uses of the old API that were found, with their files."""
        return tuple((file, finding) for file in self.files for finding in file.findings if get(finding.code).legacy)
