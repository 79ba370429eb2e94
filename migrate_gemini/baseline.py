"""A baseline: the legacy uses that a project has today, so that a check fails for new ones alone.

A JSON file that people read and merge: how many findings of each rule a file has. Where there are more than it says,
all of that rule in that file are reported, since which of them is new cannot be told.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from . import console
from .files import describe
from .options import UsageError
from .report.text import counted, printable
from .results import FileResult, RunResult
from .rules import get
from .writing import shown

VERSION = 1
_ABOUT = "Uses of the old Gemini APIs that migrate-gemini --check does not fail for. Made by --write-baseline."


class BaselineError(ValueError):
    """What is wrong with a baseline file, in one line."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The counts by path (posix, relative to the folder of the file) and code."""

    folder: Path
    counts: dict[str, dict[str, int]]

    def known(self, file: FileResult) -> dict[str, int]:
        """How many findings of each rule a file may have."""
        return self.counts.get(shown(Path(os.path.abspath(file.path)), self.folder), {})

    def apply(self, result: RunResult, whole: bool) -> RunResult:
        """The result without what the baseline holds. whole: whether all files that it names were looked at, so that
        what is not found any more is gone."""
        files = []
        every = met = 0
        for file in result.files:
            counts, known = _counts(file), self.known(file)
            met += sum(min(number, known.get(code, 0)) for code, number in counts.items())
            held = {code for code, number in counts.items() if number <= known.get(code, 0)}
            every += sum(counts[code] for code in held)
            if held:
                findings = tuple(finding for finding in file.findings if finding.code not in held)
                file = replace(file, findings=findings)
                if held == counts.keys():  # what it would change is held as well
                    file = replace(file, before=None, after=None, view=None)
            if file.findings or file.failure is not None or file.changed:
                files.append(file)
        gone = sum(sum(counts.values()) for counts in self.counts.values()) - met if whole else 0
        return replace(result, files=tuple(files), held=every, gone=gone)


def read(path: Path) -> Baseline:
    """The baseline of a file. BaselineError where it cannot be read or is none."""
    import json

    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise BaselineError(f"cannot be read: {describe(error)}; --write-baseline makes it") from None
    except (ValueError, RecursionError):
        raise BaselineError("is not valid JSON; --write-baseline makes it anew") from None
    counts = found.get("files") if isinstance(found, dict) and found.get("version") == VERSION else None
    if not isinstance(counts, dict) or not all(_is_count(item) for item in counts.values()):
        raise BaselineError("is no baseline of this version; --write-baseline makes it anew")
    return Baseline(_folder(path), counts)


def for_check(given: Path | None, configured: Path | None, *, check: bool, writes: bool) -> Baseline | None:
    """What a check does not fail for, by the options and the configuration. UsageError where there is no such file, or
    nothing is checked."""
    if given is not None and not (check or writes):
        raise UsageError("--baseline goes with --check, or with --write-baseline")
    path = given or configured
    if writes and path is None:
        raise UsageError("--write-baseline needs --baseline FILE")
    if writes or not check or path is None:
        return None
    try:
        return read(path)
    except BaselineError as error:
        raise UsageError(f"--baseline: {os.fspath(path)}: {error}") from None


def save(path: Path | None, result: RunResult) -> bool:
    """Writes the baseline, and says so; whether that went well, and all files could be looked at."""
    assert path is not None
    try:
        path.write_bytes(written(path, result))
    except OSError as error:
        console.say(f"error: --baseline: {error}")
        return False
    uses = counted(len(result.left()), "use")
    console.write(f"{uses} of the legacy API written to {printable(os.fspath(path))}\n")
    for file in result.failed:
        assert file.failure is not None
        console.say(f"{file.path}: {file.failure.code} {file.failure.message}")
    return not result.failed


def _is_count(item: object) -> bool:
    return isinstance(item, dict) and all(type(number) is int and number > 0 for number in item.values())


def written(path: Path, result: RunResult) -> bytes:
    """The bytes of a baseline that holds all that a check of this result fails for."""
    import json

    folder = _folder(path)
    files = {
        shown(Path(os.path.abspath(file.path)), folder): dict(sorted(counts.items()))
        for file in result.files
        if (counts := _counts(file))
    }
    document = {"version": VERSION, "about": _ABOUT, "files": dict(sorted(files.items()))}
    return (json.dumps(document, indent=2) + "\n").encode("ascii")


def _counts(file: FileResult) -> Counter[str]:
    """The findings that a check fails for, by code: legacy uses, and all of a file that changes without one."""
    legacy = [finding.code for finding in file.findings if get(finding.code).legacy]
    return Counter(legacy or [finding.code for finding in file.findings if file.changed])


def _folder(path: Path) -> Path:
    return Path(os.path.abspath(path)).parent
