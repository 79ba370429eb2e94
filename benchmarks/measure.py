"""Measures a command: seconds of CPU, of it and the processes that it waits for, and the memory of all of them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TIMES = 5


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a command. output: its standard output and error."""

    seconds: float
    code: int
    output: bytes


def once(command: Sequence[str | os.PathLike[str]], folder: Path, **environment: str) -> Run:
    """Runs a command in a folder."""
    started = os.times()
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    ended = os.times()
    before, after = started.children_user + started.children_system, ended.children_user + ended.children_system
    return Run(after - before, done.returncode, done.stdout)


def best(command: Sequence[str | os.PathLike[str]], folder: Path, times: int = TIMES, **environment: str) -> Run:
    """The run of the shortest time; a short command is timed by several of it, as a clock of 1/100 s needs."""
    runs = [once(command, folder, **environment) for _ in range(times)]
    least = min(runs, key=lambda run: run.seconds)
    if least.seconds > 0.3:
        return least
    rounds = []
    for _ in range(times):
        total = sum(once(command, folder, **environment).seconds for _ in range(10))
        rounds.append(total / 10)
    return Run(min(rounds), least.code, least.output)


def peak(command: Sequence[str | os.PathLike[str]], folder: Path) -> tuple[float, int]:
    """The most memory, in MB, that a command and the processes below it held at once, and how many these were then.

    Pages that several of them share count for each. Linux only.
    """
    most, count = 0, 0
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            family = _family(process.pid)
            held = sum(map(_resident, family))
            if held > most:
                most, count = held, len(family)
            time.sleep(0.02)
    return most / 1e6, count


def _family(pid: int) -> list[int]:
    found = [pid]
    try:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                found += _family(int(child))
    except OSError:
        pass  # it has ended
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0
