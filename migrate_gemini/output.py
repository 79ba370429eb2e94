"""What a run gives to a person: its summary, and reports in files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

from . import console
from .report import SUFFIXES, render, terminal
from .results import RunResult


def show(
    result: RunResult, mode: terminal.Mode, command: str, out: TextIO, *, patch: bool, full: bool, quiet: bool
) -> None:
    """Writes the result to a stream. command: what migrates the same paths. patch: the changes stand before a summary
    that is full; quiet: what is left and what failed alone."""
    with console.inert(out):
        if patch and full:
            _changes(result)
        if quiet:
            console.show(terminal.remaining(result, mode), out)
        elif full:
            console.show(terminal.summary(result, mode, command), out)
        else:
            console.show(terminal.concise(result, mode), out)


def _changes(result: RunResult) -> None:
    """The changes on standard output: coloured for a person, else as a patch."""
    if console.coloured(sys.stdout):
        console.show(terminal.changes(result), whole=True)
    elif result.changed:
        from .report import diff

        console.write(diff.render(result) + "\n")


def save(report: Path, result: RunResult) -> bool:
    """Writes a report in the format of its suffix; whether that went well."""
    try:
        report.write_bytes(render(SUFFIXES[report.suffix], result).encode("utf-8"))
    except OSError as error:
        console.say(f"error: --report: {error}")
        return False
    return True
