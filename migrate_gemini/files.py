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


def replace_all(changes: Sequence[Change]) -> None:
    """Replaces every file, or raises WriteError and leaves every file as it was.

    Everything that can fail for an ordinary reason (no space, no permission, a file that changed since
    it was read) happens before the first file is replaced.
    """
    staged: list[tuple[Change, Path]] = []
    done: list[Change] = []
    try:
        for change in changes:
            staged.append((change, _stage(change.path, change.before, change.after)))
        for change, temporary in staged:
            _refuse_if_changed(change.path, change.before)
            _replace(temporary, change.path)
            done.append(change)
    except BaseException:
        for change in reversed(done):
            _put_back(change)
        raise
    finally:
        for _, temporary in staged:
            temporary.unlink(missing_ok=True)


def _stage(path: Path, before: bytes, after: bytes) -> Path:
    """Writes the new bytes beside the file, with the file's mode and owner."""
    status = _refuse_if_changed(path, before)
    if not os.access(path, os.W_OK):
        raise WriteError(path, "is read-only")
    import tempfile  # only a run that writes needs it

    temporary: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".migrate-gemini-", suffix=".tmp")
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(after)
            stream.flush()
            os.fsync(stream.fileno())
        _keep_owner(temporary, status)
        temporary.chmod(stat.S_IMODE(status.st_mode))
    except BaseException as error:
        if temporary is not None:
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
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):  # some file systems cannot sync a folder
            folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _put_back(change: Change) -> None:
    with contextlib.suppress(WriteError):
        _replace(_stage(change.path, change.after, change.before), change.path)


def describe(error: OSError) -> str:
    """The reason alone, without number and path."""
    return (error.strerror or str(error)).lower()
