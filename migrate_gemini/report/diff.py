"""The changes as a patch that `git apply` and `patch -p1` take."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from ..results import FileResult, RunResult
from .text import printable

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
    changes = difflib.unified_diff(_split(before), _split(after), n=around(file) if view else 3)
    for number, line in enumerate(changes):
        if number < 2:
            continue  # difflib's own file header
        yield line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"


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
