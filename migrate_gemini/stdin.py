"""A module that comes by standard input and goes by standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .writing import Run

STDIN = Path("-")
NAMELESS = Path("<stdin>")
"""What the module is called where --stdin-filename does not say."""


def misuse(paths: Sequence[Path], name: Path | None) -> str | None:
    """What is wrong with the way in which standard input is asked for, None where nothing is."""
    if STDIN in paths and len(paths) > 1:
        return "- is standard input and stands alone, not beside other paths"
    if name is not None and STDIN not in paths:
        return "--stdin-filename names what is read from -, which is not given"
    if name is not None and name.is_dir():
        return f"--stdin-filename: {os.fspath(name)!r} is a folder"
    return None


def read() -> bytes:
    """All of standard input, as it is."""
    return sys.stdin.buffer.read()


def text(proposed: Run, typed: bytes) -> bytes:
    """What the module is after the run: what came in, where nothing changes or it could not be dealt with."""
    for group in proposed.changes:
        for change in group:
            return change.after
    return typed
