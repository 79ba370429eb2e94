"""Where the tool keeps what it has to remember of its runs: a folder of the person's, never one of the project's."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..files import describe

MOST, DAYS = 20, 90
"""So many projects, and for so long, are remembered."""
WAIT = 60.0
"""Seconds to wait for another run in the same project, which writes for a second or two."""
_REPOSITORY = (".git", ".hg", ".svn", ".jj")


class StateError(Exception):
    """What is to be remembered cannot be written or read; the message is one line."""


class Busy(StateError):
    """Another run writes in this project right now."""


def folder() -> Path:
    """The folder, which need not exist: by XDG_STATE_HOME or the custom of the system. StateError without a home."""
    import platformdirs  # it takes longer than a run that finds nothing should

    with contextlib.suppress(RuntimeError):
        path = platformdirs.user_state_path("migrate-gemini", appauthor=False)
        if path.is_absolute():
            return path / "undo"
    raise StateError("there is no home folder to keep it in")


def is_there() -> bool:
    """Whether anything was ever kept."""
    with contextlib.suppress(StateError):
        return os.path.isdir(folder())
    return False


def project_of(path: Path) -> Path:
    """The project that a folder belongs to: the repository around it, else the folder itself; its real path."""
    real = Path(os.path.realpath(path))
    for above in (real, *real.parents):
        if any(os.path.lexists(above / name) for name in _REPOSITORY):
            return above
    return real


def base_of(root: Path) -> str:
    """How the names of the files of a project begin."""
    name = re.sub(r"[^0-9A-Za-z]+", "-", root.name)[:40]
    return f"{name}-{hashlib.sha256(os.fsencode(root)).hexdigest()[:16]}"


@contextlib.contextmanager
def locked(base: str, wait: float = WAIT) -> Iterator[None]:
    """Keeps other runs from the files of a project; the system lets go of it when the process ends, however it does.

    Busy if another run holds it for longer than `wait` seconds; StateError if the folder cannot be written to.
    """
    try:
        where = folder()
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        stream = _lock(where / f"{base}.lock", wait)
    except OSError as error:
        raise StateError(f"{error.filename or where} cannot be written: {describe(error)}") from error
    with stream:
        yield


def _lock(path: Path, wait: float) -> IO[bytes]:
    end = time.monotonic() + wait
    while True:
        stream = open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        if _try(stream) and _still_there(stream, path):
            return stream
        stream.close()
        if time.monotonic() >= end:
            raise Busy("another run of migrate-gemini writes in this project; run again when it has ended")
        time.sleep(0.02)


if sys.platform == "win32":
    import msvcrt

    def _try(stream: IO[bytes]) -> bool:
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try(stream: IO[bytes]) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _still_there(stream: IO[bytes], path: Path) -> bool:
    """Whether the file that is locked is the one that others will lock: `tidy` may have removed it."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except OSError:
        return False


def tidy(keep: str) -> None:
    """Forgets the oldest projects, but for `keep` and for those in which a run still writes, or died while it did."""
    files = {(path.stem, path.suffix): path for path in folder().iterdir()}
    written: dict[str, float] = {}
    for (base, suffix), path in files.items():
        with contextlib.suppress(OSError):
            if suffix in (".last", ".running") and (when := path.stat().st_mtime) > time.time() - DAYS * 86400:
                written[base] = max(when, written.get(base, 0.0))
    running = {base for base, suffix in files if suffix == ".running" and base in written}
    newest = sorted(written, key=lambda base: written[base], reverse=True)[:MOST]
    for base in {base for base, _ in files}.difference(newest, running, [keep]):
        with contextlib.suppress(StateError, OSError), locked(base, wait=0):
            for suffix in (".last", ".running", ".new", ".lock"):
                (folder() / f"{base}{suffix}").unlink(missing_ok=True)
