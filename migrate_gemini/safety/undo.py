"""Puts back what the last run has written: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..files import Change, HalfWritten, WriteError, replace_all
from ..interrupts import Held
from . import journal, state
from .journal import Record, digest
from .recovery import Settled, settle_locked


@dataclass(slots=True)
class Undone:
    """What an undo has done. restored: the files that were put back. refused: those that keep it from being done, each
    with the reason; then nothing was put back. nothing: there is no run to undo. settled: what a dead run had left."""

    restored: list[Path] = field(default_factory=list)
    refused: list[tuple[Path, str]] = field(default_factory=list)
    nothing: bool = False
    settled: Settled = field(default_factory=Settled)


def undo(root: Path) -> Undone:
    """Undoes the last run in a project. StateError where its journal cannot be read, or another run is writing."""
    base = state.base_of(root)
    last = journal.path_of(base, "last")
    if not last.exists() and not journal.path_of(base, "running").exists():
        return Undone(nothing=True)
    with state.locked(base), Held():
        settled = settle_locked(base)
        if settled.stuck:
            return Undone(settled=settled)
        record = journal.read(last)
        if record is None or (settled.restored and not settled.kept):  # nothing else is left of the last run
            return Undone(nothing=not settled.restored, settled=settled)
        changes, refused = _changes(record)
        if refused:
            return Undone(refused=refused, settled=settled)
        return _made(base, last, record, changes, settled)


def _made(base: str, last: Path, record: Record, changes: list[Change], settled: Settled) -> Undone:
    running = journal.path_of(base, "running")
    done = [number for number, mark in record.marks.items() if mark == "done"]
    ended = [("e", None)] if record.ended else []
    journal.append(last, ("u", None))
    last.replace(running)  # if this process dies now, the next one finds out how far it has come
    try:
        replace_all(changes, record.run)
    except HalfWritten as error:
        return Undone(refused=[(error.path, str(error)), *error.stuck.items()], settled=settled)
    except WriteError as error:
        journal.append(running, *(("d", number) for number in done), *ended)
        running.replace(last)
        return Undone(refused=[(error.path, str(error))], settled=settled)
    running.unlink()
    return Undone([change.path for change in changes], settled=settled)


def _changes(record: Record) -> tuple[list[Change], list[tuple[Path, str]]]:
    """What is to be written, and what stands against it."""
    found: dict[Path, bytes] = {}
    now: dict[Path, bytes] = {}
    refused: dict[Path, str] = {}
    for entry in (entry for group in reversed(record.done()) for entry in group):
        path = entry.path
        if path in refused:
            continue
        try:
            if path not in found:
                if path.is_symlink():
                    refused[path] = "is a symbolic link now"
                    continue
                found[path] = now[path] = path.read_bytes()
        except FileNotFoundError:
            refused[path] = "is gone"
            continue
        except OSError:
            refused[path] = "cannot be read"
            continue
        if digest(now[path]) == entry.after:
            now[path] = entry.before
        elif now[path] != entry.before:
            refused[path] = "has changed since"
    changes = [Change(path, found[path], now[path]) for path in sorted(found) if found[path] != now[path]]
    return changes, list(refused.items())


def elsewhere(root: Path) -> list[Path]:
    """Other projects, in or above a folder, in which a run can be undone."""
    roots = (journal.root_of(path) for path in state.folder().glob("*.last"))
    return sorted(
        r for r in roots if r is not None and r != root and (r.is_relative_to(root) or root.is_relative_to(r))
    )
