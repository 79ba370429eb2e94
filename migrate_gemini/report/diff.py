"""The changes as a patch that `git apply` and `patch -p1` take."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from ..results import FileResult, RunResult
from .text import printable

_LARGE = 5000
"""From so many lines on, lines that occur often are passed over when lines are compared: it would take seconds."""
_NO_NEWLINE = "\\ No newline at end of file\n"


def render(result: RunResult) -> str:
    """One patch of all changes. Control characters that a text file seldom has are spelled out."""
    # A form feed and the carriage return of a line end are part of many files, and the patch must match them.
    return "".join(printable(line, keep="\t\n\f\r") for file in result.changed for line in lines(file))


def lines(file: FileResult, view: bool = False) -> Iterator[str]:
    """The lines of one file's patch, each with its line end; nothing is escaped but the file's name.

    view: shows what a person reads where that is not the text of the file; then it is no patch to apply.
    """
    if file.before is None or file.after is None:
        return
    yield f"--- {_name('a/' + file.path)}\n"
    yield f"+++ {_name('b/' + file.path)}\n"
    before, after = file.view if view and file.view is not None else (file.before, file.after)
    for line in _hunks(_split(before), _split(after), around(file) if view else 3):
        yield line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"


def _hunks(before: list[str], after: list[str], context: int) -> Iterator[str]:
    """The hunks of a unified diff. From 200 lines on, difflib.unified_diff shows lines that occur often, such as empty
    ones, as taken out and put in again."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=len(before) > _LARGE)
    for group in matcher.get_grouped_opcodes(context):
        (_, start, _, new_start, _), (_, _, end, _, new_end) = group[0], group[-1]
        yield f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@\n"
        for tag, first, last, new_first, new_last in group:
            if tag == "equal":
                yield from (f" {line}" for line in before[first:last])
            else:
                yield from (f"-{line}" for line in before[first:last])
                yield from (f"+{line}" for line in after[new_first:new_last])


def _range(start: int, end: int) -> str:
    """Lines as a hunk's header has them: the first, and how many unless it is one; before the first where none."""
    count = end - start
    return str(start + 1) if count == 1 else f"{start + 1 if count else start},{count}"


def around(file: FileResult) -> int:
    """How many lines a person is shown around a change: none of a file that is likely to hold keys and passwords."""
    name = file.path.rpartition("/")[2]
    return 0 if name.startswith(".env") or name.endswith(".env") else 3


def _split(text: str) -> list[str]:
    """Lines as patches count them: a line ends with a line feed and nothing else."""
    parts = text.split("\n")
    last = parts.pop()
    return [part + "\n" for part in parts] + ([last] if last else [])


def _name(path: str) -> str:
    """The name as git writes it: quoted if it holds what a header line cannot."""
    spelled = printable(path, keep="").replace('"', '\\"')
    if spelled != path:
        octal = "".join(_octal(byte) for byte in path.encode("utf-8", "surrogateescape"))
        return f'"{octal}"'
    return f"{path}\t" if " " in path else path


def _octal(byte: int) -> str:
    if byte in b'"\\':
        return f"\\{byte:c}"
    return f"{byte:c}" if 0x20 <= byte < 0x7F else f"\\{byte:03o}"
