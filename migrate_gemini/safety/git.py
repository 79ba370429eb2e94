"""What git knows of files: which of them it holds as they are."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

TIMEOUT = 20.0
_AT_ONCE = 500  # names on a command line
_LOCAL = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
"""Variables that a hook of git's is given, and that may name another repository or index."""

Standing = Literal["held", "changed", "untracked", "ignored", "unknown"]
"""Of a file: its bytes are in the history or the index; they differ from those; git has never been given the file; it
was told to ignore it; or nothing can be said, as where there is no repository."""


def standing(paths: Iterable[Path]) -> dict[Path, Standing]:
    """How each file stands with the repository that it is in. Runs `git status`, and no hook of the repository's."""
    found: dict[Path, Standing] = dict.fromkeys(paths, "unknown")
    repositories: dict[Path, list[Path]] = {}
    roots: dict[Path, Path | None] = {}
    for path in found:
        folder = Path(os.path.realpath(path.parent))
        if folder not in roots:
            roots[folder] = next((f for f in (folder, *folder.parents) if os.path.lexists(f / ".git")), None)
        if (root := roots[folder]) is not None:
            repositories.setdefault(root, []).append(path)
    for root, files in repositories.items():
        for start in range(0, len(files), _AT_ONCE):
            chunk = files[start : start + _AT_ONCE]
            names = [(Path(os.path.realpath(path.parent)) / path.name).relative_to(root).as_posix() for path in chunk]
            said = _status(root, names)
            if said is None:
                break
            found.update((path, _of(name, said)) for path, name in zip(chunk, names))
    return found


def _of(name: str, said: dict[str, Standing]) -> Standing:
    if name in said:
        return said[name]
    folders = name.split("/")[:-1]
    above = ("/".join(folders[:count]) + "/" for count in range(len(folders), 0, -1))
    return next((said[folder] for folder in above if folder in said), "held")


def _status(root: Path, names: Sequence[str]) -> dict[str, Standing] | None:
    """What git says of what it does not hold; None where it says nothing, or there is no git."""
    command = ["git", "--literal-pathspecs", "-c", "core.fsmonitor=false", "status", "--porcelain=v1", "-z"]
    command += ["--untracked-files=all", "--ignored=matching", "--no-renames", "--ignore-submodules=all", "--", *names]
    environment = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    environment["GIT_OPTIONAL_LOCKS"] = "0"  # a status may otherwise write the index
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return dict(_entries(done.stdout)) if done.returncode == 0 else None


def _entries(output: bytes) -> Iterator[tuple[str, Standing]]:
    for entry in output.split(b"\0"):
        if len(entry) > 3:
            code, name = entry[:2], os.fsdecode(entry[3:])
            if code == b"??":
                yield name, "untracked"
            elif code == b"!!":
                yield name, "ignored"
            elif code[1:] != b" ":  # what differs from the index; the other letter is of what is staged
                yield name, "changed"
