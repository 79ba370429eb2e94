"""Makes the changes that a run proposes."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from .files import Change, WriteError, replace_all
from .results import SKIPPED, Failure, FileResult, RunResult


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


def write(proposed: Run) -> RunResult:
    """Makes the changes; the files that could not be written are failures of the result."""
    failures: dict[str, Failure] = {}
    for group in proposed.changes:
        failures.update(_replaced(group))
    for group in proposed.beside:
        if failures:
            waits = Failure(SKIPPED, "is left as it was, because some of the code that it belongs to was not written")
            failures.update((shown(change.path), waits) for change in group)
        else:
            failures.update(_replaced(group))
    files = [failed(file, failures[file.path]) if file.path in failures else file for file in proposed.result.files]
    return replace(proposed.result, files=tuple(files), written=True)


def _replaced(group: tuple[Change, ...]) -> dict[str, Failure]:
    """Makes the changes of a group; why its files were not written, by path, where they were not."""
    try:
        replace_all(group)
    except WriteError as error:
        return {shown(change.path): not_written(error.path, str(error), change.path) for change in group}
    return {}


def shown(path: Path) -> str:
    """The path as reports show it: posix, relative to the working directory where that is possible."""
    try:
        return PurePath(os.path.relpath(path)).as_posix()
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
