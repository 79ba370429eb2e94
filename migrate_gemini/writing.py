"""Makes the changes that a run proposes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from .files import Change, HalfWritten, WriteError, describe, replace_all
from .report.text import counted
from .results import SKIPPED, Failure, FileResult, RunResult

if TYPE_CHECKING:
    from .interrupts import Held
    from .safety.journal import Journal

_WAITS = "is left as it was, because some of the code that it belongs to was not written"
_STOPPED = "is left as it was, because the run was interrupted"


class Interrupted(Exception):
    """The run was interrupted while it wrote. result: what was done until then; the other files are failures of it."""

    def __init__(self, result: RunResult, changes: int) -> None:
        written = len(result.changed)
        super().__init__(
            f"interrupted: {written} of {counted(changes, 'file')} {'was' if written == 1 else 'were'} written; "
            "run again to go on, or --undo to put back"
        )
        self.result = result


@dataclass(frozen=True, slots=True)
class Run:
    """What a run found, and the changes it proposes: those of one group are made together or not at all.

    beside: changes of what stands beside the code, which are made last, and only where all of the code was written.
    named: the files that name an SDK.
    """

    result: RunResult
    changes: tuple[tuple[Change, ...], ...]
    beside: tuple[tuple[Change, ...], ...] = ()
    named: tuple[Path, ...] = ()


def write(proposed: Run, journal: Journal | None = None, interrupt: Held | None = None) -> RunResult:
    """Makes the changes; the files that could not be written are failures of the result.

    journal: is told of each group, before and after. interrupt: holds back Ctrl-C, which ends the run between two
    groups, never within one; then Interrupted is raised.
    """
    failures: dict[str, Failure] = {}
    groups = (*proposed.changes, *proposed.beside)
    for number, group in enumerate(groups):
        if interrupt is not None and interrupt.came:
            failures.update(_all_of(group, _STOPPED))
        elif failures and number >= len(proposed.changes):
            failures.update(_all_of(group, _WAITS))
        else:
            failures.update(_replaced(group, number, journal))
    files = [failed(file, failures[file.path]) if file.path in failures else file for file in proposed.result.files]
    result = replace(proposed.result, files=tuple(files), written=True)
    if interrupt is not None and interrupt.came:
        raise Interrupted(result, sum(map(len, groups)))
    if journal is not None:
        journal.end()
    return result


def _all_of(group: Sequence[Change], reason: str) -> dict[str, Failure]:
    return {shown(change.path): Failure(SKIPPED, reason) for change in group}


def _replaced(group: Sequence[Change], number: int, journal: Journal | None) -> dict[str, Failure]:
    """Makes the changes of a group; why its files were not written, by path, where they were not."""
    try:
        if journal is not None:
            journal.begin(number)
    except OSError as error:
        return _all_of(group, f"is left as it was: what --undo needs cannot be kept: {describe(error)}")
    failures = {}
    half = False
    try:
        replace_all(group, journal.run if journal is not None else None)
    except WriteError as error:
        failures = {shown(change.path): not_written(error.path, str(error), change.path) for change in group}
        if isinstance(error, HalfWritten):
            half = True
            failures.update((shown(path), _stuck(error, path)) for path in error.stuck)
    if journal is not None and not half:  # else the next run finds the group begun, and tries again
        journal.settle(number, done=not failures)
    return failures


def _stuck(error: HalfWritten, path: Path) -> Failure:
    return Failure(
        SKIPPED,
        f"was rewritten and cannot be put back: it {error.stuck[path]}; it changes together with {shown(error.path)}, "
        f"which {error}",
    )


def shown(path: Path, start: Path | None = None) -> str:
    """The path as reports show it: posix, relative to a folder (the working directory) where that is possible."""
    try:
        return PurePath(os.path.relpath(path, start)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def failed(file: FileResult, failure: Failure) -> FileResult:
    """The file as it is when its change is not made: what was to be migrated is not."""
    manual = tuple(finding for finding in file.findings if finding.status == "manual")
    return FileResult(file.path, manual, failure=failure, beside=file.beside)


def not_written(culprit: Path, reason: str, path: Path) -> Failure:
    """Why a file is not written, where one of those that change with it cannot be."""
    if path == culprit:
        return Failure(SKIPPED, reason)
    return Failure(SKIPPED, f"is left as it was: it changes together with {shown(culprit)}, which {reason}")
