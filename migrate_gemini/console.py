"""Standard output and error: colour where a person looks, plain text elsewhere, and a progress bar."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import IO, TYPE_CHECKING, Literal, TextIO

import typer

from .report import terminal
from .report.text import printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


Color = Literal["auto", "always", "never"]
_NARROWEST = 20
_color: Color = "auto"


def colour(choice: Color) -> None:
    """Says when the streams of this process take colours."""
    global _color
    _color = choice


def coloured(stream: IO[str]) -> bool:
    """Whether a stream takes colours: as was chosen, else as NO_COLOR and FORCE_COLOR say, else if it is a terminal."""
    if _color != "auto":
        return _color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def show(lines: Iterable[terminal.Line], stream: TextIO | None = None, *, whole: bool = False) -> None:
    """Writes the lines to a stream, standard output if not given: with their styles where it takes colours, and broken
    between words where it is a terminal. whole: none is broken."""
    stream = stream or sys.stdout
    colours = coloured(stream)
    breaks = stream.isatty() and not whole and os.environ.get("TERM") != "dumb"
    if not colours and not breaks:
        stream.write(terminal.plain(iter(lines)))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=stream,
        highlight=False,
        markup=False,
        emoji=False,
        force_terminal=colours,
        no_color=False,
        color_system="standard" if colours and os.environ.get("TERM", "dumb") == "dumb" else "auto",
    )
    for line in lines:
        text = Text.assemble(*line if colours else ((piece, "") for piece, _ in line))
        width = console.width
        if not breaks or text.cell_len <= width or width < _NARROWEST:
            console.print(text, soft_wrap=True)
            continue
        indent = len(text.plain) - len(text.plain.lstrip(" "))
        hang = " " * (indent + 2 if indent or len(line) > 2 else 0)
        text = text[indent:]
        for number, part in enumerate(text.wrap(console, width - len(hang), overflow="fold")):
            part.rstrip()
            console.print(Text(hang if number else " " * indent) + part, soft_wrap=True)


def write(text: str | bytes, stream: TextIO | None = None) -> None:
    """Writes a document to a stream, standard output if not given, as UTF-8: a text stream would translate its line
    ends on some systems."""
    stream = stream or sys.stdout
    stream.flush()
    stream.buffer.write(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
    stream.buffer.flush()


def say(message: str) -> None:
    """Tells the person something that is no part of the result."""
    typer.echo(f"migrate-gemini: {printable(message)}", err=True)


def asking() -> Callable[[str], bool] | None:
    """What asks a person at a terminal a question; None where there is nobody to answer. No answer is a no."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def ask(question: str) -> bool:
        try:
            return typer.confirm(f"migrate-gemini: {printable(question)}", err=True)
        except typer.Abort:
            typer.echo(err=True)
            return False

    return ask


@contextlib.contextmanager
def inert(stream: TextIO) -> Iterator[None]:
    """On GitHub, whose runner takes lines like `::error::` of what a step prints for commands: what is written
    meanwhile holds none. https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    if os.environ.get("GITHUB_ACTIONS") != "true":
        yield
        return
    import secrets

    token = secrets.token_hex(16)
    write(f"::stop-commands::{token}\n", stream)
    try:
        yield
    finally:
        write(f"::{token}::\n", stream)


class Bar:
    """A progress bar on a terminal's standard error, once there is enough to do for one to be of use."""

    ENOUGH = 40

    def __init__(self, hidden: bool = False) -> None:
        self._hidden = hidden
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Bar:
        return self

    def show(self, done: int, total: int) -> None:
        if self._hidden or total < self.ENOUGH or not sys.stderr.isatty():
            return
        if self._progress is None:
            from rich.console import Console
            from rich.progress import Progress

            self._progress = Progress(console=Console(stderr=True), transient=True)
            self._progress.start()
            self._task = self._progress.add_task("Migrating", total=total)
        if self._task is not None:
            self._progress.update(self._task, completed=done)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._progress is not None:
            self._progress.stop()
