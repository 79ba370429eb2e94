"""One requirement of one of the two packages, and where it stands: what every format of manifest is read into."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..sources.text import Edit

OLD, NEW = "google-generativeai", "google-genai"
Span = tuple[int, int]
Beside = Callable[[str], list[Edit]]
"""A range of versions -> the edits that ask for google-genai in that range beside a requirement."""

MENTION = re.compile(r"google[-_.]+(?:generativeai|genai)(?![-_.]*[0-9A-Za-z])", re.IGNORECASE)
"""A name of one of the packages, however it is spelled, and not the start of a longer one."""

_PEP508 = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?P<extras>\s*\[[^\]]*\])?(?P<gap>\s*)(?P<version>\([^)]*\)|[^;@\s][^;@]*?)?"
    r"\s*(?P<marker>;.*)?"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A requirement. Offsets are those of the text that was read.

    name, extras, version: where these stand; version is an empty span where none is given, None where none can be.
    specifier: the version as Python packages write it. group: the list that holds it. entry: what goes with it when it
    goes, () where it cannot. beside: how google-genai is asked for beside it, None where it cannot. frozen: why it must
    not be edited, '' where it may. quote: what stands around it where its name and its version are one word of a shell.
    """

    name: Span
    package: str
    shown: str
    group: str
    version: Span | None
    specifier: str = ""
    extras: Span | None = None
    marker: str = ""
    entry: Span | None = None
    beside: Beside | None = None
    frozen: str = ""
    quote: str = ""

    @property
    def start(self) -> int:
        return self.name[0]

    def renamed(self, asked: str) -> list[Edit]:
        """The edits that make it ask for google-genai in a range. Extras of the old package mean nothing there."""
        if self.quote:
            return [(*self.name, self._word(NEW, asked))]
        end = self.extras[1] if self.extras is not None else self.name[1]
        return [(self.name[0], end, NEW), *self.ranged(asked)]

    def ranged(self, asked: str) -> list[Edit]:
        """The edits that make it ask for a range."""
        if self.quote:
            head = re.match(r"[\w.-]+(?:\s*\[[^\]]*\])?", self.shown)
            return [(*self.name, self._word(head[0] if head else NEW, asked))]
        return [] if self.version is None else [(*self.version, asked)]

    def _word(self, head: str, asked: str) -> str:
        marker = self.marker.replace('"', "'") if self.quote == '"' else self.marker
        return f"{self.quote}{head}{asked}{f'; {marker}' if marker else ''}{self.quote}"


def named(text: str) -> str | None:
    """Which of the packages a name is, or None."""
    name = canonicalize_name(text)
    return name if name in (OLD, NEW) else None


def pep508(
    text: str, offset: int, group: str, entry: Span | None, beside: Beside | None, frozen: str = ""
) -> Slot | None:
    """The slot of a requirement as Python packages write it, which stands at an offset; None for another package's."""
    stripped = text.strip()
    offset += len(text) - len(text.lstrip())
    match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", stripped)
    package = named(match[0]) if match else None
    if match is None or package is None:
        return None
    name = (offset, offset + match.end())
    whole = _PEP508.fullmatch(stripped)
    try:
        requirement = Requirement(stripped)
    except InvalidRequirement:
        why = frozen or "is not written as pip reads it"
        return Slot(name, package, stripped, group, None, frozen=why)
    if requirement.url is not None or whole is None:
        why = frozen or "names a place instead of a version"
        return Slot(name, package, stripped, group, None, frozen=why)

    def span(part: str) -> Span | None:
        return (offset + whole.start(part), offset + whole.end(part)) if whole[part] is not None else None

    at = offset + whole.end("extras" if whole["extras"] else "name")
    return Slot(
        name,
        package,
        stripped,
        group,
        span("version") or (at, at),
        str(requirement.specifier),
        span("extras"),
        str(requirement.marker or ""),
        entry,
        beside,
        frozen,
    )


def with_marker(asked: str, marker: str) -> str:
    """A requirement of google-genai."""
    return f"{NEW}{asked}; {marker}" if marker else f"{NEW}{asked}"
