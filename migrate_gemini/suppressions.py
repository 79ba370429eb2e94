"""Which rules are heeded where: --select and --ignore, per-file ignores, and comments in the code.

`# migrate-gemini: ignore[MG103] reason` at the end of the first or last line of a use, or on a line of its own above
it, leaves that use as it is and says nothing of it; without a bracket it stands for every rule. A code may be a prefix.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from .ignore import Scope, scope_of
from .settings import Settings

_COMMENT = re.compile(r"#\s*migrate-gemini:\s*ignore\b(?!-)\s*(\[(?P<rules>[^\]]*)\])?", re.IGNORECASE)
_NOT_CODE = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment. line, column: where it stands, 1-based; lines: those that it speaks of; rules: codes or prefixes of
    them, () for all."""

    line: int
    column: int
    lines: frozenset[int]
    rules: tuple[str, ...]

    def covers(self, code: str, first: int, last: int) -> bool:
        """Whether it speaks of a rule at a place that begins and ends on these lines."""
        return not self.lines.isdisjoint((first, last)) and (not self.rules or code.startswith(self.rules))


@dataclass(slots=True)
class Suppressions:
    """What is suppressed in one module. used: the comments that suppressed something, and for which codes."""

    heeded: Heeded
    comments: tuple[Comment, ...] = ()
    used: dict[Comment, set[str]] = field(default_factory=dict)

    def covers(self, code: str, first: int, last: int) -> bool:
        """Whether nothing is to be said, or changed, for a rule at a place that begins and ends on these lines."""
        if not self.heeded.heeds(code):
            return True
        found = [comment for comment in self.comments if comment.covers(code, first, last)]
        for comment in found:
            self.used.setdefault(comment, set()).add(code)
        return bool(found)

    def unused(self) -> Iterator[tuple[Comment, tuple[str, ...]]]:
        """The comments that suppressed nothing, and those of their rules that did not; a rule that is not heeded at all
        may be of use in another run."""
        for comment in self.comments:
            used = self.used.get(comment, set())
            idle = tuple(rule for rule in comment.rules if not any(code.startswith(rule) for code in used))
            idle = tuple(rule for rule in idle if self.heeded.heeds(rule))
            if idle or not (comment.rules or used):
                yield comment, idle


@dataclass(frozen=True, slots=True)
class Heeded:
    """The rules that count in one file, each a code or a prefix of codes. select: () for all; here: those that are
    ignored in the file, whatever else is said."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    here: tuple[str, ...] = ()

    def heeds(self, code: str) -> bool:
        """Whether a rule counts: the longest prefix that fits decides, and `ignore` where both fit as well."""
        chosen = _longest(code, self.select) if self.select else 0
        if chosen is None or code.startswith(self.here):
            return False
        return chosen > (_longest(code, self.ignore) or -1)


def _longest(code: str, prefixes: Iterable[str]) -> int | None:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=None)


def of_module(text: str, settings: Settings, ignore: tuple[str, ...] = ()) -> Suppressions:
    """What is suppressed in a module. ignore: the rules that are ignored in its file."""
    found = tuple(_comments(text)) if "migrate-gemini:" in text else ()
    return Suppressions(Heeded(settings.select, settings.ignore, ignore), found)


def ignored_in(path: Path, settings: Settings) -> tuple[str, ...]:
    """The rules that the settings ignore in a file, by its absolute path."""
    found: list[str] = []
    for item in settings.per_file_ignores:
        scope, whole = _scope(item.base, item.pattern), path.as_posix()
        if whole.startswith(item.base) and scope.verdict(whole):
            found += item.rules
    return tuple(dict.fromkeys(found))


@cache
def _scope(base: str, pattern: str) -> Scope:
    return scope_of([pattern], base)


def _comments(text: str) -> Iterator[Comment]:
    """The comments of a text, which may be one that does not parse."""
    waiting: list[tuple[int, int, tuple[str, ...]]] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            line, column = token.start
            if token.type == tokenize.COMMENT:
                match = _COMMENT.search(token.string)
                if match is None:
                    continue
                rules = tuple(rule.strip().upper() for rule in (match["rules"] or "").split(",") if rule.strip())
                if token.line[:column].strip():
                    yield Comment(line, column + 1, frozenset((line,)), rules)
                else:
                    waiting.append((line, column + 1, rules))
            elif token.type not in _NOT_CODE:
                yield from (Comment(at, col, frozenset((line,)), rules) for at, col, rules in waiting)
                waiting.clear()
    except (tokenize.TokenError, SyntaxError):
        pass
    yield from (Comment(at, col, frozenset(), rules) for at, col, rules in waiting)
