"""Commands that install packages, in Dockerfiles, workflows of GitHub and GitLab, and shell scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..sources.text import Edit, TextFile
from .slots import MENTION, Slot, Span, pep508, with_marker

_COMMAND = re.compile(
    r"(?<![\w./-])(?:[\w./-]*/)?(?:uv[ \t]+)?"
    r"(?:pip[\d.]*[ \t]+install|(?:uv|poetry|pdm)[ \t]+add|pipenv[ \t]+install)(?=[ \t\\])"
)
_GAP = re.compile(r"(?:[ \t]|\\(?:\r\n|\r|\n))+")
_WORD = re.compile(r"""(?:"[^"\r\n]*"|'[^'\r\n]*'|\$\{[^}\r\n]*\}|\[[\w, -]*\]|[^\s"'`;&|()\\#]|(?<=\S)\#)+""")
_FROM_PYTHON = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)?(?:\S*/)?python:(3\.\d+)\b", re.MULTILINE | re.IGNORECASE)


def slots(file: TextFile) -> Iterator[Slot]:
    """The requirements of the two packages in the commands of a file."""
    text = file.text
    if not MENTION.search(text):
        return
    for command in _COMMAND.finditer(text):
        line = max(text.rfind("\n", 0, command.start()), text.rfind("\r", 0, command.start())) + 1
        before = text[line : command.start()]
        if before.lstrip().startswith("#"):
            continue
        at = command.end()
        while (gap := _GAP.match(text, at)) and (word := _WORD.match(text, gap.end())):
            if MENTION.search(word[0]):
                quote = _quote(before, word[0])
                yield from _word(word[0], (gap.end(), word.end()), gap.start(), f"command {command.start()}", quote)
            at = word.end()


def python(text: str) -> str:
    """The oldest Python that a Dockerfile starts from, as a specifier; '' where it names none."""
    found = [match[1] for match in _FROM_PYTHON.finditer(text)]
    return f"=={min(found, key=lambda version: int(version[2:]))}.*" if found else ""


def _quote(before: str, word: str) -> str:
    """What quotes a word there, '' where nothing can: the command may itself stand in quotes."""
    inside = ""
    for character in before:
        if inside:
            inside = "" if character == inside else inside
        elif character in "\"'":
            inside = character
    if not inside:
        # A plain text in a list of YAML ends at a comma, quoted or not.
        return "" if re.search(r":[ \t]*[\[{]", before) else word[0] if word[0] in "\"'" else '"'
    return "'" if inside == '"' else '"'


def _word(word: str, span: Span, gap: int, group: str, quote: str) -> Iterator[Slot]:
    bare = re.sub(r"[\"']", "", word) if not re.search(r";.*[\"']", word) else word[1:-1]

    def beside(asked: str) -> list[Edit]:
        said = with_marker(asked, found.marker.replace('"', "'") if found and quote == '"' else "")
        return [(span[1], span[1], f" {quote}{said}{quote}")]

    found = pep508(bare, 0, group, None, None)
    if found is None:
        return
    frozen = found.frozen or ("" if quote else "stands in a list on one line")
    yield replace(
        found, name=span, version=span, extras=None, entry=(gap, span[1]), beside=beside, frozen=frozen, quote=quote
    )
