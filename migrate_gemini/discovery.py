"""Finds the files of a run, and tells on their bytes alone which ones can matter."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .files import describe
from .ignore import Scope, base_of, ignored, read_scope, scope_of, scopes_above

JUNK = frozenset(
    """
    .bzr .direnv .eggs .git .git-rewrite .hg .ipynb_checkpoints .mypy_cache .nox .pants.d .pyenv .pytest_cache .pytype
    .ruff_cache .svn .tox .venv .vscode __pycache__ __pypackages__ _build buck-out build dist dist-packages
    node_modules site-packages venv
    """.split()
)
"""Folders that hold no code of the project; walked only when they are given themselves."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MENTION = re.compile(rb"(?<![0-9A-Za-z_])(?:genai|generativeai|vertexai)(?![0-9A-Za-z_])")


def mentions_sdk(data: bytes) -> bool:
    """Whether the bytes name one of the SDKs. A module that does not cannot import one."""
    # Three searches of bytes are three times as fast as the expression, and tell of nearly every file.
    if b"genai" in data or b"generativeai" in data or b"vertexai" in data:
        return _MENTION.search(data) is not None
    # What is no Python, but was meant as some, is told.
    return data[:2] in _UTF16 and _MENTION.search(data.replace(b"\0", b"")) is not None


def file_mentions_sdk(path: Path) -> bool:
    """The same of a file of any size, which is not read as a whole. OSError where it cannot be read."""
    end = b""
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            if mentions_sdk(end + piece):
                return True
            end = piece[-20:]
    return False


Kind = Literal["python", "notebook", "markdown"]
"""What a file is to the tool; `sources/` has a module for each."""
LARGEST: dict[Kind, int] = {"python": 4_000_000, "notebook": 64_000_000, "markdown": 4_000_000}
"""Bytes; larger files are not dealt with. People write code of a tenth of that; a notebook may hold pictures."""
_KINDS: dict[str, Kind] = {
    "py": "python",
    "ipynb": "notebook",
    "md": "markdown",
    "markdown": "markdown",
    "mdx": "markdown",
}
"""By suffix, for files that a folder holds."""
_HISTORY = re.compile(r"(?:CHANGELOG|CHANGES|HISTORY|NEWS|RELEASES?(?:[-_. ]?NOTES)?)\b.*", re.IGNORECASE)
"""Documents that tell of the past: what they show was so."""


def kind_of(name: str) -> Kind | None:
    """What a file of that name is, None where it is nothing to the tool."""
    stem, _, suffix = name.rpartition(".")
    return _KINDS.get(suffix) if stem.strip(".") else None


_BESIDE = frozenset((".toml", ".cfg", ".ini", ".yml", ".yaml", ".json", ".lock", ".sh", ".bash", ".env", ".ipynb"))
_BESIDE_NAMES = re.compile(
    r"Pipfile|(?:GNU)?[Mm]akefile|justfile|(?:Docker|Container)file(?:\..*)?|.*\.[Dd]ockerfile|\.env(?:\..*)?|(?:.*[-_.])?(?:requirements|"
    r"constraints).*\.(?:txt|in)"
)


def stands_beside(folder: str, name: str) -> bool:
    """Whether a file, by its folder's name and its own, says what the code beside it needs or is set to: a manifest, a
    lock file, a script that installs, a file of settings, a notebook."""
    if name.endswith(".py"):
        return name == "setup.py"
    suffix = os.path.splitext(name)[1]
    if suffix in _BESIDE or (folder == "requirements" and suffix in (".txt", ".in")):
        return True
    return _BESIDE_NAMES.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Discovery:
    """Absolute paths, each file once; and what cannot be read, sorted, each with the reason."""

    found: tuple[tuple[str, Kind], ...]
    """In no order, and as text: to make paths of many files takes longer than to read them."""
    refused: tuple[tuple[Path, str], ...] = ()
    beside: Callable[[], tuple[Path, ...]] = tuple
    """Gives the files that stand beside the code, sorted; what is ignored is looked up when they are asked for."""

    def of(self, *kinds: Kind) -> tuple[Path, ...]:
        """The files of these kinds, sorted."""
        return tuple(sorted(Path(path) for path, kind in self.found if kind in kinds))

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of code."""
        return self.of("python", "notebook")

    @property
    def documents(self) -> tuple[Path, ...]:
        """The files of prose, which may show code."""
        return self.of("markdown")


def discover(
    paths: Sequence[Path],
    exclude: Sequence[str] = (),
    base: Path | None = None,
    *,
    typed: bool = False,
    docs: bool = False,
) -> Discovery:
    """The files under the paths that are something to the tool. One that is itself given is taken whatever its name,
    as Python where that says nothing else.

    Links are not followed, .gitignore is respected; `exclude` patterns are written as in .gitignore,
    are relative to `base` (the working directory), and rule out given files as well. PatternError where one is none.
    typed: what the paths hold is known already, and they need not exist. docs: folders are searched for documents, too.
    """
    walk = _Walk(_excluded(exclude, base or Path.cwd()), docs)
    for path in paths:
        absolute = Path(os.path.abspath(path))
        if typed:
            walk.named(absolute)
        elif absolute.is_dir():
            walk.folder(absolute)
        else:
            walk.file(absolute)
    return Discovery(tuple(walk.found.values()), tuple(sorted(walk.refused)), walk.beside)


def _excluded(patterns: Sequence[str], base: Path) -> list[Scope]:
    if not patterns:
        return []
    here = base_of(base)
    return [scope_of([pattern.removeprefix("./").removeprefix(here) for pattern in patterns], here)]


@dataclass(slots=True)
class _Walk:
    excluded: list[Scope]
    docs: bool = False
    found: dict[str, tuple[str, Kind]] = field(default_factory=dict)
    refused: list[tuple[Path, str]] = field(default_factory=list)
    besides: list[tuple[str, str, list[Scope]]] = field(default_factory=list)
    """(folder, name, scopes) of what may stand beside the code."""

    def named(self, path: Path) -> None:
        if not self._excludes(path.as_posix()):
            self._take(str(path), _really(path), kind_of(path.name) or "python")

    def file(self, path: Path) -> None:
        if self._excludes(path.as_posix()):
            return
        if path.is_symlink():
            self.refused.append((path, "is a symbolic link; give the file that it points to"))
        elif not path.is_file():
            self.refused.append((path, "is not a regular file"))
        else:
            beside = stands_beside(path.parent.name, path.name)
            if beside:
                self.besides.append((str(path.parent), path.name, []))
            if kind := kind_of(path.name) or (None if beside else "python"):
                self._take(str(path), _really(path), kind)

    def folder(self, root: Path) -> None:
        scopes = scopes_above(root)
        if ignored(scopes, base_of(root)):
            scopes = []  # the person asks for what the repository ignores
        pending = [(str(root), os.path.realpath(root), scopes)]
        while pending:
            folder, real, scopes = pending.pop()
            pending.extend(self._one(folder, real, scopes))

    def _one(self, folder: str, real: str, scopes: list[Scope]) -> list[tuple[str, str, list[Scope]]]:
        try:
            with os.scandir(folder) as entries:
                listed = list(entries)
        except OSError as error:
            self.refused.append((Path(folder), f"cannot be listed: {describe(error)}"))
            return []
        base, above, inside = base_of(Path(folder)), os.path.basename(folder), os.path.join(real, "")
        if any(entry.name == ".gitignore" for entry in listed):
            own = read_scope(Path(folder, ".gitignore"), base)
            scopes = [own, *scopes] if own else scopes
        below = []
        for entry in listed:
            name = entry.name
            if entry.is_dir(follow_symlinks=False):
                if not _is_junk(entry) and not self._out(scopes, f"{base}{name}/"):
                    below.append((os.path.join(folder, name), os.path.join(real, name), scopes))
            elif (
                (kind := kind_of(name)) is not None
                and (kind != "markdown" or (self.docs and not _HISTORY.match(name)))
                and entry.is_file(follow_symlinks=False)
                and not self._out(scopes, base + name)
            ):
                self._take(entry.path, inside + name, kind)
            if stands_beside(above, name) and entry.is_file(follow_symlinks=False):
                self.besides.append((folder, name, scopes))
        return below

    def beside(self) -> tuple[Path, ...]:
        kept = {
            Path(folder, name): None
            for folder, name, scopes in self.besides
            if not self._out(scopes, base_of(Path(folder)) + name)
        }
        return tuple(sorted(kept))

    def _take(self, path: str, real: str, kind: Kind) -> None:
        """A file, and where it really is, for which it counts once."""
        self.found.setdefault(real, (path, kind))

    def _out(self, scopes: list[Scope], path: str) -> bool:
        return ignored(scopes, path) or self._excludes(path)

    def _excludes(self, path: str) -> bool:
        if not self.excluded:
            return False
        (scope,) = self.excluded
        # Outside the working directory only patterns that are not anchored can match.
        inside = path if path.startswith(scope.base) else scope.base + path.lstrip("/")
        return scope.verdict(inside) is True


def _really(path: Path) -> str:
    return os.path.join(os.path.realpath(path.parent), path.name)


def _is_junk(entry: os.DirEntry[str]) -> bool:
    return (
        entry.name in JUNK
        or entry.name.endswith(".egg-info")
        or os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))  # a virtual environment by another name
    )
