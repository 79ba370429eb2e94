"""Which paths .gitignore files rule out, as git reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


_GROUP_NAME = re.compile(r"\(\?P<\w+>")


class PatternError(ValueError):
    """A pattern that means nothing."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The patterns of one file and the folder (posix, ending in a slash) that they are relative to.

    anything: finds something in every path that any of the patterns matches.
    """

    base: str
    spec: GitIgnoreSpec
    anything: re.Pattern[str]

    def verdict(self, path: str) -> bool | None:
        """True: ruled out; False: taken back by `!`; None: not mentioned. A folder's path ends in a slash."""
        inside = path[len(self.base) :]
        # Most paths match nothing at all, which one expression tells much faster than each pattern in turn.
        return self.spec.check_file(inside).include if self.anything.search(inside) else None


def ignored(scopes: Iterable[Scope], path: str) -> bool:
    """Whether the last pattern that speaks of the path rules it out; the nearest scope comes first."""
    for scope in scopes:
        verdict = scope.verdict(path)
        if verdict is not None:
            return verdict
    return False


def read_scope(file: Path, base: str) -> Scope | None:
    """The patterns of a .gitignore file; None where there is none to read."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    lines = data.decode("utf-8-sig", "surrogateescape").split("\n")
    spec = _spec([line.removesuffix("\r") for line in lines])
    return _scope(base, spec) if len(spec) else None


def scope_of(patterns: Iterable[str], base: str) -> Scope:
    """Patterns given by the person; PatternError names the first that is none."""
    from pathspec import GitIgnoreSpec

    kept = list(patterns)
    for pattern in kept:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError:
            raise PatternError(pattern) from None
    return _scope(base, GitIgnoreSpec.from_lines(kept))


def scopes_above(folder: Path) -> list[Scope]:
    """What the repository around a folder says of it: from the folder's parent up to the repository's top."""
    top = next((above for above in (folder, *folder.parents) if (above / ".git").exists()), None)
    if top is None:
        return []
    found = []
    above = folder
    while above != top:
        above = above.parent
        found.append(read_scope(above / ".gitignore", base_of(above)))
    found.append(read_scope(top / ".git" / "info" / "exclude", base_of(top)))
    return [scope for scope in found if scope is not None]


def base_of(folder: Path) -> str:
    """The folder as scopes write it."""
    return folder.as_posix().rstrip("/") + "/"


def _scope(base: str, spec: GitIgnoreSpec) -> Scope:
    from pathspec import RegexPattern

    found = (pattern.regex for pattern in spec.patterns if isinstance(pattern, RegexPattern))
    expressions = [_GROUP_NAME.sub("(?:", regex.pattern) for regex in found if regex is not None]
    return Scope(base, spec, re.compile("|".join(f"(?:{expression})" for expression in expressions)))


def _spec(lines: list[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:  # git passes over a pattern that means nothing
        return GitIgnoreSpec.from_lines([line for line in lines if _means_something(line)])


def _means_something(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
