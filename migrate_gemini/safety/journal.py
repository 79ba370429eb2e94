"""The journal of a run: what the files held that it is about to replace, and how far it has come.

It is written, and has reached the disk, before the first file is replaced. If the run dies, the next one knows from it
which files that change together are half replaced, and which temporary files are left; after the run, `--undo` takes
the old bytes from it.

The file is one line that names the format, one of JSON, the old bytes of all files one after the other, and then marks
that are appended while the run goes on: `b 3` and `d 3` when the group of that number was begun and done, `f 3` when
its files hold what they did before; `u` when the run is being undone; `e` when it came to its end.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal

from ..files import Change, describe, sync_folder
from . import state
from .state import StateError

_FORMAT = b"migrate-gemini undo 1\n"

Mark = Literal["begun", "done", "before"]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a group: its old bytes, and the digest of the new ones."""

    path: Path
    before: bytes
    after: str


Group = tuple[Entry, ...]


@dataclass(slots=True)
class Record:
    """A journal as it was read. code: so many of the groups are code, what stands beside it comes after.

    marks: how far each group has come, by its number. undoing: the groups are being put back. ended: the run came to
    its end, whether or not each group could be written.
    """

    root: Path
    run: str
    code: int
    groups: tuple[Group, ...]
    marks: dict[int, Mark] = field(default_factory=dict)
    undoing: bool = False
    ended: bool = False

    def done(self) -> list[Group]:
        return [group for number, group in enumerate(self.groups) if self.marks.get(number) == "done"]

    @property
    def owes(self) -> bool:
        """Whether code was written, but not what changes beside it, since the run was stopped in between."""
        beside = range(self.code, len(self.groups))
        return not self.ended and bool(self.done()) and any(self.marks.get(number) != "done" for number in beside)


class Journal:
    """A journal that is being written. From `take` until it is closed, as a context is, no other run writes here."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.run = os.urandom(6).hex()
        self.base = state.base_of(root)
        self._offset = 0
        self._lock = contextlib.ExitStack()
        self._marks: int | None = None
        self._last: dict[int, str] = {}

    def take(self) -> None:
        """Waits for other runs in this project. Busy if they do not end; StateError without a place for the journal."""
        self._lock.enter_context(state.locked(self.base))

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Puts the journal where `--undo` looks for it, and lets others write."""
        if self._marks is not None:
            os.close(self._marks)
            self._marks = None
            with contextlib.suppress(OSError, StateError):
                if "b" not in self._last.values():  # else the next run looks at what became of that group
                    rest(self.base, "d" in self._last.values())
                    state.tidy(self.base)
        self._lock.close()

    def start(self, code: Sequence[Sequence[Change]], beside: Sequence[Sequence[Change]]) -> None:
        """Writes down what the groups are about to replace. StateError where that is not possible."""
        earlier = self._earlier()
        self._offset = len(earlier)
        groups = [
            *earlier,
            *(tuple(Entry(c.path, c.before, digest(c.after)) for c in group) for group in (*code, *beside)),
        ]
        record = Record(self.root, self.run, len(earlier) + len(code), tuple(groups))
        path = path_of(self.base, "running")
        try:
            self._marks = _write(path, record)
            for number in range(self._offset):
                self._mark("d", number)
        except OSError as error:
            with contextlib.suppress(OSError):
                path.unlink()
            raise StateError(f"{path} cannot be written: {describe(error)}") from error

    def _earlier(self) -> list[Group]:
        """What the last run has written, if it was stopped: with this one, which goes on, it is undone as one. Files
        that were changed since are left out."""
        last = read(path_of(self.base, "last"))
        if last is None or last.ended:
            return []
        return [group for group in last.done() if all(holds(entry.path) == entry.after for entry in group)]

    def begin(self, number: int) -> None:
        """A group is about to be replaced. OSError if that cannot be written down: then it must not be."""
        self._mark("b", self._offset + number)

    def settle(self, number: int, done: bool) -> None:
        """A group was replaced, or its files are as they were. What cannot be written down, the next run finds out."""
        with contextlib.suppress(OSError):
            self._mark("d" if done else "f", self._offset + number)

    def end(self) -> None:
        """The run came to its end."""
        with contextlib.suppress(OSError):
            self._mark("e")

    def _mark(self, letter: str, number: int | None = None) -> None:
        if self._marks is not None:
            line = _line(letter, number)
            if os.write(self._marks, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if number is not None:
                self._last[number] = letter


def path_of(base: str, kind: Literal["running", "last"]) -> Path:
    """Where the journal of a project is: `running` while a run writes (or died while it did), then `last`."""
    return state.folder() / f"{base}.{kind}"


def rest(base: str, written: bool) -> None:
    """Puts the journal of a run that has ended where `--undo` looks for it, if the run has written anything."""
    running = path_of(base, "running")
    if written:
        running.replace(path_of(base, "last"))
    else:
        running.unlink(missing_ok=True)


def append(path: Path, *marks: tuple[str, int | None]) -> None:
    """Adds marks to a journal. StateError if that is not possible."""
    try:
        with open(path, "ab") as stream:
            stream.writelines(_line(letter, number) for letter, number in marks)
    except OSError as error:
        raise StateError(f"{path} cannot be written: {describe(error)}") from error


def read(path: Path) -> Record | None:
    """The journal; None where there is none. StateError if it cannot be read or is none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(f"{path} cannot be read: {describe(error)}") from error
    try:
        return _parse(data)
    except (ValueError, KeyError, TypeError) as error:
        raise StateError(f"{path} is damaged or of another version of the tool; it is of no use, delete it") from error


def root_of(path: Path) -> Path | None:
    """The project of a journal, without reading all of it; None where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return Path(json.loads(stream.readline() and stream.readline())["root"])
    except (OSError, ValueError, KeyError):
        return None


def holds(path: Path) -> str | None:
    """The digest of what a file holds; None where it is gone, is no file any more or cannot be read."""
    try:
        return digest(path.read_bytes()) if path.is_file() and not path.is_symlink() else None
    except OSError:
        return None


def _line(letter: str, number: int | None) -> bytes:
    return f"{letter}\n".encode() if number is None else f"{letter} {number}\n".encode()


def _write(path: Path, record: Record) -> int:
    """Writes a new journal whole; a descriptor that appends to it."""
    header = {
        "root": str(record.root),
        "run": record.run,
        "code": record.code,
        "groups": [
            [{"path": str(e.path), "size": len(e.before), "before": digest(e.before), "after": e.after} for e in group]
            for group in record.groups
        ],
    }
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(temporary, flags, 0o600), "ab") as stream:
            stream.write(_FORMAT + json.dumps(header).encode() + b"\n")
            stream.writelines(entry.before for group in record.groups for entry in group)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))


def _parse(data: bytes) -> Record:
    if not data.startswith(_FORMAT):
        raise ValueError("not a journal")
    end = data.index(b"\n", len(_FORMAT))
    header = json.loads(data[len(_FORMAT) : end])
    at = end + 1
    groups = []
    for described in header["groups"]:
        group = []
        for file in described:
            before = data[at : at + file["size"]]
            if digest(before) != file["before"]:
                raise ValueError("the old bytes are not those that were written")
            group.append(Entry(Path(file["path"]), before, file["after"]))
            at += file["size"]
        groups.append(tuple(group))
    record = Record(Path(header["root"]), header["run"], header["code"], tuple(groups))
    for letter, number in _marks(data[at:]):
        _apply(record, letter, number)
    return record


def _marks(data: bytes) -> Iterator[tuple[str, int]]:
    for line in data.split(b"\n")[:-1]:  # the last one may not have been written whole
        letter, _, number = line.decode("ascii", "replace").partition(" ")
        yield letter, int(number) if number.isdigit() else -1


def _apply(record: Record, letter: str, number: int) -> None:
    if letter == "u":
        record.undoing, record.ended = True, False
        record.marks.update((n, "begun") for n, mark in record.marks.items() if mark == "done")
    elif letter == "e":
        record.ended = True
    elif letter in "bdf":
        record.marks[number] = {"b": "begun", "d": "done", "f": "before"}[letter]  # type: ignore[assignment]
