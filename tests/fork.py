"""The near side of a fork server: starts the process, sends it jobs, reads what they printed."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).resolve().parent / "sandbox" / "fork_server.py"


class ForkServer:
    """A process of one Python that has imported `modules` and forks for each job (see sandbox/fork_server.py)."""

    def __init__(self, python: Path, modules: Sequence[str], *, path: Path | None = None) -> None:
        variables = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONHASHSEED": "0",
            "GOOGLE_API_KEY": "test",
            **({"PYTHONPATH": str(path)} if path else {}),
        }
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [str(python), str(SCRIPT), *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=variables,
        )

    def run(
        self, job: dict[str, Any], scratch: Path, stdin: Path | None, timeout: float
    ) -> tuple[int | None, str, str]:
        """Run one job -> its exit code, stdout and stderr.  `scratch` is a folder for the files of its streams."""
        stdout, stderr = scratch / "stdout", scratch / "stderr"
        streams = {"stdin": str(stdin or os.devnull), "stdout": str(stdout), "stderr": str(stderr)}
        with self._lock:
            self._process.stdin.write(json.dumps({**job, **streams, "timeout": timeout}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the fork server ended with {self._process.wait()}")
        return json.loads(line)["exit"], _text(stdout), _text(stderr)

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _text(path: Path) -> str:
    """What was written to a file, whatever its bytes."""
    return path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
