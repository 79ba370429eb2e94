"""The real program on a terminal, as a person has it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrate_gemini import __file__ as package

ROOT = Path(package).resolve().parent.parent
PYTHONPATH = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))

terminal = pytest.mark.skipif(os.name == "nt", reason="terminals are POSIX's")


def rest(terminal: int) -> bytes:
    """All that still comes to a terminal, which is closed then."""
    shown = b""
    try:
        while chunk := os.read(terminal, 65536):
            shown += chunk
    except OSError:  # Linux ends a terminal's output so
        pass
    os.close(terminal)
    return shown


def on_terminal(folder: Path, *arguments: str, columns: int = 80, **environment: str) -> tuple[int, bytes]:
    """Exit code and output of the real program on a terminal."""
    import pty

    inner, outer = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    env |= {"PYTHONPATH": PYTHONPATH, "TERM": "xterm", "COLUMNS": str(columns), **environment}
    program = [sys.executable, "-m", "migrate_gemini", *arguments]
    with subprocess.Popen(program, cwd=folder, env=env, stdin=outer, stdout=outer, stderr=outer) as process:
        os.close(outer)
        shown = rest(inner)
    return process.returncode, shown.replace(b"\r\n", b"\n")
