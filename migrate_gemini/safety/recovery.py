"""What a run that died has left: groups of files of which only some were replaced, and temporary files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..files import Change, WriteError, replace_all, temporary_of
from . import journal, state
from .journal import Group, Record, holds


@dataclass(slots=True)
class Settled:
    """What became of what a dead run has left.

    restored: files of half replaced groups that hold again what they did before. stuck: groups that cannot be put
    back, as (path, reason), after which nothing more should be written. journal: where their old bytes are.
    kept: the run had finished some groups, and can be undone.
    """

    restored: list[Path] = field(default_factory=list)
    stuck: list[tuple[Path, str]] = field(default_factory=list)
    journal: Path | None = None
    kept: bool = False


def dead(root: Path) -> Iterator[str]:
    """The projects in, above and at a folder in which a run writes or has died, by the names of their files."""
    for path in sorted(state.folder().glob("*.running")):
        other = journal.root_of(path)
        if other is not None and (other.is_relative_to(root) or root.is_relative_to(other)):
            yield path.stem


def halves(base: str) -> list[Path]:
    """The files of half replaced groups; nothing is changed. Empty while the run is alive."""
    with contextlib.suppress(state.Busy), state.locked(base, wait=0):
        record = journal.read(journal.path_of(base, "running"))
        if record is not None:
            return [entry.path for number, group in _half(record) for entry in group]
    return []


def settle(base: str) -> Settled:
    """Puts back what a dead run has replaced of groups that it had not finished, and removes its temporary files.

    Does nothing while that run is alive. StateError where the journal cannot be read or written.
    """
    with contextlib.suppress(state.Busy), state.locked(base, wait=0):
        return settle_locked(base)
    return Settled()


def settle_locked(base: str) -> Settled:
    """As `settle`, for one who holds the lock."""
    path = journal.path_of(base, "running")
    record = journal.read(path)
    settled = Settled()
    if record is None:
        return settled
    for group in record.groups:
        for entry in group:
            with contextlib.suppress(OSError):
                temporary_of(entry.path, record.run).unlink(missing_ok=True)
    for number, group in _half(record):
        try:
            settled.restored += _put_back(group, record.run)
            journal.append(path, ("f", number))
            record.marks[number] = "before"
        except WriteError as error:
            settled.stuck.append((error.path, str(error)))
    if settled.stuck:
        settled.journal = path
        return settled
    for number, group in enumerate(record.groups):
        mark = record.marks.get(number)
        if mark != "done" and (mark == "begun" or any(holds(entry.path) == entry.after for entry in group)):
            replaced = any(holds(entry.path) != journal.digest(entry.before) for entry in group)
            record.marks[number] = "done" if replaced else "before"
            journal.append(path, ("d" if replaced else "f", number))
    settled.kept = bool(record.done())
    journal.rest(base, settled.kept)
    return settled


def _half(record: Record) -> Iterator[tuple[int, Group]]:
    """The groups of several files that the run may have begun and has not finished, and that are not all old or new."""
    for number, group in enumerate(record.groups):
        if record.marks.get(number) == "done" or len(group) == 1:
            continue
        held = [holds(entry.path) for entry in group]
        old = [digest == journal.digest(entry.before) for digest, entry in zip(held, group)]
        new = [digest == entry.after for digest, entry in zip(held, group)]
        begun = record.marks.get(number) == "begun" or any(new)  # a mark may not have reached the disk
        if begun and not all(old) and not all(new):
            yield number, group


def _put_back(group: Group, run: str) -> list[Path]:
    """Gives the files of a half replaced group their old bytes; those that were given them. WriteError if one was
    changed since, or cannot be written: then none is."""
    changes = []
    for entry in group:
        held = holds(entry.path)
        if held == entry.after:
            changes.append(Change(entry.path, entry.path.read_bytes(), entry.before))
        elif held != journal.digest(entry.before):
            raise WriteError(entry.path, "has changed since, or is gone")
    replace_all(changes, run)
    return [change.path for change in changes]
