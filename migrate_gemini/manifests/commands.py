"""Commands that install packages, in Dockerfiles, workflows of GitHub and GitLab, and shell scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..sources.text import Edit, TextFile
from . import lists
from .slots import MENTION, Slot, Span, pep508, with_marker

_COMMAND = re.compile(
    r"(?<![\w./-])(?:[\w./-]*/)?(?:uv[ \t]+)?"
    r"(?:pip[\d.]*[ \t]+install|(?:uv|poetry|pdm)[ \t]+add|pipenv[ \t]+install)(?=[ \t\\])"
)
_GAP = re.compile(r"(?:[ \t]|\\(?:\r\n|\r|\n))+")
_DOCKER_GAP = re.compile(r"(?:[ \t]|\\[ \t]*(?:\r\n|\r|\n)(?:[ \t]*#[^\r\n]*(?:\r\n|\r|\n))*)+")
"""Docker takes comments out before it joins lines; a shell ends its command at one."""
_LISTED = re.compile(r'"(?:[^"\\\r\n]*/)?pip[\d.]*"\s*,\s*"install"(?P<rest>(?:\s*,\s*"[^"\\\r\n]*")*)\s*\]')
"""A command as a list of strings, as RUN and CMD take it."""
_WORD = re.compile(r"""(?:"[^"\r\n]*"|'[^'\r\n]*'|\$\{[^}\r\n]*\}|\[[\w, -]*\]|[^\s"'`;&|()\\#]|(?<=\S)\#)+""")
_FROM_PYTHON = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)?(?:\S*/)?python:(3\.\d+)\b", re.MULTILINE | re.IGNORECASE)


def slots(file: TextFile) -> Iterator[Slot]:
    """The requirements of the two packages in the commands of a file."""
    text = file.text
    if not MENTION.search(text):
        return
    gaps = _DOCKER_GAP if re.search(r"ockerfile|ontainerfile", file.path.name) else _GAP
    is_yaml = file.path.suffix in (".yml", ".yaml")
    yield from _listed(file)
    for command in _COMMAND.finditer(text):
        line = max(text.rfind("\n", 0, command.start()), text.rfind("\r", 0, command.start())) + 1
        before = text[line : command.start()]
        if before.lstrip().startswith("#"):
            continue
        at = command.end()
        while (gap := gaps.match(text, at)) and (word := _WORD.match(text, gap.end())):
            if MENTION.search(word[0]):
                quote = _quote(before if is_yaml else text[: command.start()], word[0], is_yaml)
                yield from _word(word[0], (gap.end(), word.end()), gap.start(), f"command {command.start()}", quote)
            at = word.end()


def _listed(file: TextFile) -> Iterator[Slot]:
    for command in _LISTED.finditer(file.text):
        for word in re.finditer(r'"([^"]*)"', command["rest"]):
            span = (command.start("rest") + word.start(), command.start("rest") + word.end())

            def beside(asked: str, span: Span = span) -> list[Edit]:
                return lists.beside(file.text, *span, f'"{with_marker(asked, "")}"', file.newline)

            entry = lists.entry(file.text, *span)
            found = pep508(word[1], span[0] + 1, f"command {command.start()}", entry, beside)
            if found is not None:
                yield found


def broken(file: TextFile) -> bool:
    """Whether the edits would turn YAML into something else."""
    return file.path.suffix in (".yml", ".yaml") and _is_yaml(file.text) and not _is_yaml(file.after())


def _is_yaml(text: str) -> bool:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return bool(list(YAML(typ="safe", pure=True).compose_all(text)))
    except YAMLError:
        return False


def python(text: str) -> str:
    """The oldest Python that a Dockerfile starts from, as a specifier; '' where it names none."""
    found = [match[1] for match in _FROM_PYTHON.finditer(text)]
    return f"=={min(found, key=lambda version: int(version[2:]))}.*" if found else ""


def _quote(before: str, word: str, is_yaml: bool) -> str:
    """What quotes a word there, '' where nothing can: the command may itself stand in quotes."""
    inside = _inside(before)
    if inside:
        return "'" if inside == '"' else '"'
    # A plain text in a list of YAML ends at a comma, quoted or not.
    if is_yaml and re.search(r":[ \t]*[\[{]", before):
        return ""
    return word[0] if word[0] in "\"'" else '"'


def _inside(before: str) -> str:
    """The quote that is open at the end of a text, '' for none."""
    inside, last, comment = "", "\n", False
    for character in before:
        if character in "\r\n":
            comment = False
        elif not comment and last != "\\":
            if inside:
                inside = "" if character == inside else inside
            elif character == "#" and last.isspace():
                comment = True
            elif character in "\"'" and not last.isalnum():  # the apostrophe of a word opens nothing
                inside = character
        last = character
    return inside


def _word(word: str, span: Span, gap: int, group: str, quote: str) -> Iterator[Slot]:
    word = word if quote else word.rstrip("]},")
    bare = re.sub(r"[\"']", "", word) if not re.search(r";.*[\"']", word) else word[1:-1]

    def beside(asked: str) -> list[Edit]:
        said = with_marker(asked, found.marker.replace('"', "'") if found and quote == '"' else "")
        return [(span[1], span[1], f" {quote}{said}{quote}")]

    found = pep508(bare, 0, group, None, None)
    if found is None:
        return
    frozen = found.frozen if quote else "stands in a list on one line"
    yield replace(
        found, name=span, version=span, extras=None, entry=(gap, span[1]), beside=beside, frozen=frozen, quote=quote
    )
