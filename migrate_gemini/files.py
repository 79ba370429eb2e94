"""Reads files, and replaces them whole: all of those that belong together, or none of them."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PIECE = 1 << 16


class WriteError(Exception):
    """A file was not replaced, nor any that was to change with it. The message is one line."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(reason)
        self.path = path


class HalfWritten(WriteError):
    """A file was not replaced, and `stuck`, which was to change with it, was and could not be put back."""

    def __init__(self, error: WriteError, stuck: dict[Path, str]) -> None:
        super().__init__(error.path, str(error))
        self.stuck = stuck


@dataclass(frozen=True, slots=True)
class Change:
    """A file, the bytes that were read from it, and those that it is to hold."""

    path: Path
    before: bytes
    after: bytes


def read(path: str | Path) -> bytes:
    """All that a file holds, or OSError. A file object would take three times as long."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        data = os.read(descriptor, _PIECE)
        if not data:
            return data
        pieces = [data]
        while piece := os.read(descriptor, _PIECE):
            pieces.append(piece)
    finally:
        os.close(descriptor)
    return b"".join(pieces)


def replace_all(changes: Sequence[Change], run: str | None = None) -> None:
    """Replaces every file, or raises WriteError and leaves every file as it was. If even that fails, HalfWritten.

    Everything that can fail for an ordinary reason (no space, no permission, a file that changed since
    it was read) happens before the first file is replaced. run: what the names of temporary files are made of, so
    that those of a run that died are known.
    """
    run = run or os.urandom(6).hex()
    staged: list[tuple[Change, Path]] = []
    done: list[Change] = []
    try:
        for change in changes:
            staged.append((change, _stage(change.path, change.before, change.after, run)))
        for change, temporary in staged:
            _refuse_if_changed(change.path, change.before)
            _replace(temporary, change.path)
            done.append(change)
        for folder in dict.fromkeys(change.path.parent for change in done):
            sync_folder(folder)
    except BaseException as error:
        stuck = {}
        for change in reversed(done):
            try:
                _put_back(change, run)
            except WriteError as failure:
                stuck[change.path] = str(failure)
        if stuck and isinstance(error, WriteError):
            raise HalfWritten(error, stuck) from error
        raise
    finally:
        for _, temporary in staged:
            temporary.unlink(missing_ok=True)


def temporary_of(path: Path, run: str) -> Path:
    """Where a run of that name writes what a file is to hold, until it replaces the file."""
    import hashlib  # only a run that writes needs it

    return path.with_name(f".migrate-gemini-{run}-{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}.tmp")


def _stage(path: Path, before: bytes, after: bytes, run: str) -> Path:
    """Writes the new bytes beside the file, with the file's mode and owner."""
    status = _refuse_if_changed(path, before)
    if not os.access(path, os.W_OK):
        raise WriteError(path, "is read-only")
    temporary = temporary_of(path, run)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except OSError as error:
        raise WriteError(path, f"cannot be written: {describe(error)}") from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(after)
            stream.flush()
            os.fsync(stream.fileno())
        _keep_owner(temporary, status)
        temporary.chmod(stat.S_IMODE(status.st_mode))
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise WriteError(path, f"cannot be written: {describe(error)}") from error
        raise
    return temporary


def _refuse_if_changed(path: Path, before: bytes) -> os.stat_result:
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            raise WriteError(path, "is a symbolic link; give the file that it points to")
        if not stat.S_ISREG(status.st_mode):
            raise WriteError(path, "is not a regular file")
        if path.read_bytes() != before:
            raise WriteError(path, "was changed by somebody else while it was being migrated; run again")
    except OSError as error:
        raise WriteError(path, f"cannot be read again: {describe(error)}") from error
    return status


def _keep_owner(temporary: Path, status: os.stat_result) -> None:
    if not hasattr(os, "chown"):
        return
    mine = temporary.stat()
    if (mine.st_uid, mine.st_gid) != (status.st_uid, status.st_gid):
        os.chown(temporary, status.st_uid, status.st_gid)


def _replace(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except OSError as error:
        raise WriteError(path, f"cannot be replaced: {describe(error)}") from error


def sync_folder(folder: Path) -> None:
    """Has the names in a folder reach the disk, where the system can do that."""
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):  # some file systems cannot sync a folder
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _put_back(change: Change, run: str) -> None:
    temporary = _stage(change.path, change.after, change.before, run)
    try:
        _replace(temporary, change.path)
        sync_folder(change.path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def describe(error: OSError) -> str:
    """The reason alone, without number and path."""
    return (error.strerror or str(error)).lower()
