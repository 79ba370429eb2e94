"""Measures how long the tool takes, in seconds of CPU of one process, and holds that against its limits.

    python benchmarks/speed.py [FOLDER ...]

- Files that change: the programs of fixtures/programs as they are before a migration, and what changes in each FOLDER
  of real checkouts. A whole run over these files, from the paths to the new texts, may take 3 times as long as
  `libcst.parse_module` takes for them.
- A large project: `migrate-gemini --dry-run` over 1,000 modules, 20 of which use Gemini (see project.py), may take
  5 seconds, the start of Python included.

The exit code is 1 where a limit is missed. Use a quiet machine; a figure is the best of three.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import libcst as cst
import project

from migrate_gemini import rewrite
from migrate_gemini.project import run
from migrate_gemini.results import FileResult
from migrate_gemini.settings import Settings

PROGRAMS = Path(__file__).resolve().parents[1] / "fixtures" / "programs"
PARSES, SECONDS, TIMES = 3.0, 5.0, 3

Result = TypeVar("Result")


def best(work: Callable[[], Result]) -> tuple[float, Result]:
    """The shortest time of some runs, and what the work gave."""
    seconds = []
    for _ in range(TIMES):
        started = time.process_time()
        result = work()
        seconds.append(time.process_time() - started)
    return min(seconds), result


def changing(folder: Path) -> list[FileResult]:
    """The files under a folder that change."""
    os.chdir(folder)
    return list(run([folder], Settings(), jobs=1).result.changed)


def ratio(name: str, folder: Path) -> bool:
    """Prints how a run over the files of a folder that change compares with parsing them; whether it is fast enough."""
    files = changing(folder)
    if not files:
        print(f"{name}: nothing changes")
        return True
    paths = [folder / file.path for file in files]
    texts = [file.before or "" for file in files]
    whole, _ = best(lambda: run(paths, Settings(), jobs=1))
    parsing, _ = best(lambda: [cst.parse_module(text) for text in texts])
    lines = sum(text.count("\n") for text in texts)
    ok = whole <= PARSES * parsing
    print(
        f"{name}: {len(files)} files, {lines} lines: {whole:.2f} s, {whole / parsing:.2f} x parse_module"
        f" ({parsing:.2f} s), limit {PARSES:g} x{'' if ok else ': MISSED'}"
    )
    return ok


def large(folder: Path) -> bool:
    """Prints how long the command takes for the large project; whether that is fast enough."""
    project.make(folder)
    lines = sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.py"))
    command = [sys.executable, "-m", "migrate_gemini", "--dry-run", "--jobs", "1", str(folder)]
    seconds = []
    for _ in range(TIMES):
        before = os.times()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        seconds.append(after.children_user + after.children_system - before.children_user - before.children_system)
    ok = min(seconds) < SECONDS
    print(f"1,000 modules, {lines} lines: {min(seconds):.2f} s, limit {SECONDS:g} s{'' if ok else ': MISSED'}")
    return ok


def main() -> int:
    """Measures and prints; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="a folder of real checkouts")
    options = parser.parse_args()
    folders = [path.resolve() for path in options.folders]
    print(f"migrate_gemini: {Path(rewrite.__path__[0]).parent}", file=sys.stderr)
    here = os.environ.get("PYTHONPATH")
    root = str(Path(rewrite.__path__[0]).parents[1])
    os.environ["PYTHONPATH"] = f"{root}{os.pathsep}{here}" if here else root
    with tempfile.TemporaryDirectory(prefix="speed-") as name:
        folder = Path(os.path.realpath(name))
        for program in sorted(PROGRAMS.iterdir()):
            shutil.copytree(program / "before", folder / "programs" / program.name)
        fast = [ratio("fixtures", folder / "programs"), *(ratio(path.name, path) for path in folders)]
        fast.append(large(folder / "large"))
        os.chdir("/")
    return int(not all(fast))


if __name__ == "__main__":
    sys.exit(main())
