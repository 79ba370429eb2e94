"""What became of modules in earlier runs, so that a run that writes nothing need not work it out again.

The engine is a pure function: what it makes of a group of modules depends on their paths and texts, the settings, the
tool itself, Python and LibCST, and on nothing else. All of that is the key of an entry; a module that changes, or one
that any of its group imports, changes the key. An entry is JSON and is held against what it may say before it is used;
what is not whole counts for nothing. It is replaced whole, so any number of runs may share a folder.

The folder is the person's own, not one in the project: a repository must not be able to say what is found in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from . import __version__
from .files import read
from .findings import Finding, ModuleResult, Status
from .rules import get
from .workers import Outcome

if TYPE_CHECKING:
    from .engine import SourceModule
    from .settings import Settings

    Group = Sequence[SourceModule]

DAYS = 30
"""An entry that no run has used for so long is removed."""
_DAY = 24 * 60 * 60
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of migrate-gemini: safe to delete. See https://bford.info/cachedir/\n"
_STATUSES = get_args(Status)


def default_folder() -> Path:
    """The folder of this person's caches on this system."""
    from platformdirs import user_cache_path

    return user_cache_path("migrate-gemini", appauthor=False)


@dataclass(slots=True)
class Cache:
    """A folder of entries. Nothing here raises: a cache that cannot be read or written is as good as none."""

    folder: Path
    _tool: bytes = field(init=False, default=b"")
    _ready: bool = field(init=False, default=False)

    def outcomes(
        self, groups: Sequence[Group], settings: Settings, work: Callable[[Sequence[Group]], list[Outcome]]
    ) -> list[Outcome]:
        """One outcome a group, in order; work makes those that are not known."""
        try:
            keys = [self._key(group, settings) for group in groups]
        except (OSError, ImportError):  # the tool, or LibCST, is being replaced
            return work(groups)
        known = {key: found for key, group in zip(keys, groups) if (found := self._load(key, group)) is not None}
        missing = [(key, group) for key, group in zip(keys, groups) if key not in known]
        made = work([group for _, group in missing]) if missing else []
        for (key, group), outcome in zip(missing, made, strict=True):
            known[key] = outcome
            self._store(key, group, outcome)
        return [known[key] for key in keys]

    def _key(self, group: Group, settings: Settings) -> str:
        self._tool = self._tool or _tool()
        digest = hashlib.sha256(self._tool)
        for part in (settings, *(getattr(module, kind.name) for module in group for kind in fields(module))):
            data = (part if isinstance(part, str) else repr(part)).encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(data))
            digest.update(data)
        return digest.hexdigest()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def _load(self, key: str, group: Group) -> Outcome | None:
        path = self._path(key)
        try:
            data = read(path)
            if path.stat().st_mtime < time.time() - _DAY:
                os.utime(path)
        except OSError:
            return None
        return _decoded(data, group)

    def _store(self, key: str, group: Group, outcome: Outcome) -> None:
        if outcome.error is not None or any(result.error and not _lasts(result.error) for result in outcome.results):
            return
        data = _encoded(outcome)
        if _decoded(data, group) != outcome:
            return
        path = self._path(key)
        with contextlib.suppress(OSError):
            self._prepare()
            path.parent.mkdir(mode=0o700, exist_ok=True)
            temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
            try:
                with open(temporary, "xb") as file:
                    file.write(data)
                os.replace(temporary, path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise

    def _prepare(self) -> None:
        """Makes the folder, tells backups and git to pass it over, and once a day removes what is old."""
        if self._ready:
            return
        self._ready = True
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tag = self.folder / "CACHEDIR.TAG"
        now = time.time()
        if not tag.exists():
            (self.folder / ".gitignore").write_text("*\n", encoding="utf-8")
        elif tag.stat().st_mtime > now - _DAY:
            return
        tag.write_text(_TAG, encoding="utf-8")  # its time is that of the last look
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            with contextlib.suppress(OSError):
                if path.suffix in (".json", ".tmp") and path.stat().st_mtime < now - DAYS * _DAY:
                    path.unlink()


def _tool() -> bytes:
    """What says how the tool works: its own code, not only its version, the Python that it runs on, and LibCST."""
    digest = hashlib.sha256(f"{__version__}\n{sys.version}\n{importlib.metadata.version('libcst')}\n".encode())
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        data = read(path)
        digest.update(f"{path.relative_to(root).as_posix()}:{len(data)}:".encode())
        digest.update(data)
    return digest.digest()


def _lasts(error: str) -> bool:
    """Whether the same module will always have this error, whatever memory there is."""
    return error.startswith("syntax error")


def _encoded(outcome: Outcome) -> bytes:
    """An entry: the digest of a line of JSON, and that line."""
    results = [
        {
            "path": result.path,
            "text": result.text,
            "error": result.error,
            "findings": [
                [f.line, f.column, f.code, f.status, f.message, list(f.differences), f.cell] for f in result.findings
            ],
        }
        for result in outcome.results
    ]
    data = json.dumps(results, separators=(",", ":")).encode()
    return hashlib.sha256(data).hexdigest().encode() + b"\n" + data


class _Unfit(Exception):
    """An entry that says what none can."""


def _decoded(data: bytes, group: Group) -> Outcome | None:
    """The outcome that an entry says these modules have; None where it is not whole or says what none can."""
    digest, _, body = data.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    try:
        rows = _typed(json.loads(body), list)
        if len(rows) != len(group):
            return None
        return Outcome(tuple(_result(_typed(row, dict), module) for row, module in zip(rows, group)))
    except (_Unfit, KeyError, ValueError, RecursionError):
        return None


def _result(row: dict[str, Any], module: SourceModule) -> ModuleResult:
    if row.keys() != {"path", "text", "error", "findings"} or row["path"] != module.path:
        raise _Unfit
    text, error = (None if row[name] is None else _typed(row[name], str) for name in ("text", "error"))
    return ModuleResult(module.path, text, tuple(map(_finding, _typed(row["findings"], list))), error)


def _finding(row: object) -> Finding:
    line, column, code, status, message, differences, cell = _typed(row, list)
    if min(_typed(line, int), _typed(column, int), _typed(cell, int)) < 0 or status not in _STATUSES:
        raise _Unfit
    get(_typed(code, str))
    said = tuple(_typed(text, str) for text in _typed(differences, list))
    return Finding(line, column, code, status, _typed(message, str), said, cell)


def _typed(value: object, kind: type) -> Any:
    if type(value) is not kind:
        raise _Unfit
    return value
