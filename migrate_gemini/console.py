"""Standard output and error: colour where a person looks, plain text elsewhere, and a progress bar."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import IO, TYPE_CHECKING, TextIO

from .report import terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def show(lines: Iterable[terminal.Line], stream: TextIO | None = None) -> None:
    """Writes the lines to a stream, standard output if not given, with their styles if it is a terminal."""
    stream = stream or sys.stdout
    if not coloured(stream):
        stream.write(terminal.plain(iter(lines)))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, markup=False, emoji=False, no_color=False)
    for line in lines:
        console.print(Text.assemble(*line), soft_wrap=True)


def write(text: str | bytes, stream: TextIO | None = None) -> None:
    """Writes a document to a stream, standard output if not given, as UTF-8: a text stream would translate its line
    ends on some systems."""
    stream = stream or sys.stdout
    stream.flush()
    stream.buffer.write(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
    stream.buffer.flush()


def coloured(stream: IO[str]) -> bool:
    """Whether a stream takes colours: a terminal, unless NO_COLOR is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Bar:
    """A progress bar on a terminal's standard error, once there is enough to do for one to be of use."""

    ENOUGH = 40

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Bar:
        return self

    def show(self, done: int, total: int) -> None:
        if total < self.ENOUGH or not sys.stderr.isatty():
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
