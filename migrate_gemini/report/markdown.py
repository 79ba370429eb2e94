"""The result as Markdown, for a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..results import FileResult, RunResult
from . import diff
from .ledger import ledger
from .text import CODE, counted, printable

LIMIT = 60_000
"""Characters; a comment on GitHub holds 65,536."""

_SPECIAL = re.compile(r"[^\w\s.,;:='/]|(?<!\w)_|_(?!\w)")
_LINKED = re.compile(r"(?<=:)(?=//)|(?<=\bwww)(?=\.)", re.IGNORECASE)
_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#\[)")
_MARKS = {"migrated": "migrated", "needs_review": "review", "manual": "by hand"}


def render(result: RunResult) -> str:
    """The report, cut between two files where it grows past LIMIT. What the source says is never markup."""
    parts = ["\n".join(_head(result)) + "\n"]
    room = LIMIT - len(parts[0]) - 200
    for number, file in enumerate(result.files):
        part = "\n".join(_file(file)) + "\n"
        if len(part) > room:
            part = "\n".join(_file(file, patch=False)) + "\n"
        if len(part) > room:
            parts.append(f"\n{counted(len(result.files) - number, 'more file')} not shown.\n")
            break
        parts.append(part)
        room -= len(part)
    return "".join(parts)


def _head(result: RunResult) -> Iterator[str]:
    statuses = [finding.status for _, finding in result.left()]
    yield "## Migration to the Interactions API"
    yield ""
    yield "| | |"
    yield "|---|---:|"
    for name, number in (
        ("Python files", result.scanned),
        ("files changed", len(result.changed)),
        ("uses migrated", statuses.count("migrated")),
        ("uses migrated, to review", statuses.count("needs_review")),
        ("uses left for you", statuses.count("manual")),
        ("files not processed", len(result.failed)),
    ):
        yield f"| {name} | {number} |"
    said = list(ledger(result))
    if said:
        yield ""
        yield "### What changes at run time"
        yield ""
        for row in said:
            yield f"- {escape(row.text)} ({', '.join(code(place) for place in row.places)}{row.more})"
    if result.storage:
        yield ""
        yield f"**Storage:** {escape(result.storage)}"


def _file(file: FileResult, patch: bool = True) -> Iterator[str]:
    number = len(file.findings) + (file.failure is not None)
    yield ""
    what = "changed" if file.changed else "not processed" if file.failure else "not changed"
    yield f"<details><summary>{code(file.path)} ({what}, {counted(number, 'finding')})</summary>"
    yield ""
    if file.failure is not None:
        yield f"- **{file.failure.code}** {escape(file.failure.message)}"
    for found in file.findings:
        yield f"- line {found.where}: **{found.code}** ({_MARKS[found.status]}) {escape(found.message)}"
    if file.changed and patch:
        # A log of CI, where this may be printed, takes lines of some forms as commands.
        body = [_COMMAND.sub(_spelled, printable(line.rstrip("\r\n"))) for line in diff.lines(file, view=True)]
        fence = "`" * max(3, 1 + max((len(run) for line in body for run in re.findall("`+", line)), default=0))
        yield ""
        yield f"{fence}diff"
        yield from body
        yield fence
    yield ""
    yield "</details>"


def escape(text: str) -> str:
    """The text as Markdown that shows it: `code` in backticks is code, everything else is plain words."""
    pieces = []
    last = 0
    for match in CODE.finditer(text):
        pieces += [_plain(text[last : match.start()]), code(match[1])]
        last = match.end()
    return "".join([*pieces, _plain(text[last:])])


def code(text: str) -> str:
    """The text as code. In HTML, since a line of a table or a summary takes no Markdown."""
    return f"<code>{_plain(text)}</code>"


def _plain(text: str) -> str:
    """Every sign of Markdown and HTML as a character reference; @name and #1 notify nobody, and an address is no
    link."""
    return _LINKED.sub("<!-- -->", _SPECIAL.sub(_reference, printable(text, keep="")))


def _spelled(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}\\x{ord(match[0][-1]):02x}"


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};" + ("<!-- -->" if match[0] in "@#" else "")
