"""Measures the tool against its limits and against what a person would take instead, each pair in one run.

    python benchmarks/all.py [PART ...]

- start: `--check` of one file without Gemini code: 0.15 s of CPU, the start of Python included.
- plain: `--check` of a million lines without Gemini code, less the start: 3 times what `grep -rlE` for the names of the
  SDKs takes, which answers the same question.
- parse: files that change, and a project of 1,000 modules (see speed.py): 3 times `libcst.parse_module`, and 5 s.
- cache: `--check` of that project for the second time: half of the first time, and the same bytes.
- memory: the most that all processes of a run hold at once: 300 MB.
- peers: dry runs of other tools over the same programs. They are installed from the package index into .cache/peers,
  obelize on Python 3.12 or later (`python3.12` or newer on PATH). There is no limit; they do other work.

Seconds are of CPU, the best of some runs; quiet is better than loud. The exit code is 1 where a limit is missed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import measure
import project
import speed

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "fixtures" / "programs"
TOOL = (sys.executable, "-m", "migrate_gemini")
START, PLAIN, WARM, MEMORY = 0.15, 3.0, 0.5, 300
LINES = 1_000_000
PEERS = {
    "obelize": ("obelize==0.8.0", ["obelize", "fix"]),
    "bump-pydantic": ("bump-pydantic==0.8.0", ["bump-pydantic", "--diff", "."]),
    "mcp-codemod": ("mcp-codemod==0.1.3", ["mcp-codemod", "."]),
}


def said(text: str, value: float, limit: float) -> bool:
    """Prints a line; whether the value keeps its limit."""
    ok = value <= limit
    print(f"  {text}{'' if ok else ': MISSED'}", flush=True)
    return ok


def start(folder: Path) -> bool:
    """One clean file."""
    (folder / "clean.py").write_text("print(1)\n")
    run = measure.best([*TOOL, "--check", "clean.py"], folder)
    python = measure.best([sys.executable, "-c", "pass"], folder)
    words = f"--check of one clean file: {run.seconds:.3f} s (Python alone: {python.seconds:.3f} s), limit {START:g} s"
    return said(words, run.seconds, START)


def plain(folder: Path) -> bool:
    """A million lines without Gemini code."""
    (folder / "one").mkdir()
    (folder / "one" / "clean.py").write_text("print(1)\n")
    project.make(folder / "all", LINES // 300, gemini=False)
    lines, files = _size(folder / "all")
    less = measure.best([*TOOL, "--check", "."], folder / "one").seconds
    run = measure.best([*TOOL, "--check", "."], folder / "all")
    grep = measure.best(["grep", "-rlE", "genai|generativeai|vertexai", "."], folder / "all")
    word = measure.best(["grep", "-rl", "generativeai", "."], folder / "all")
    net = run.seconds - less
    times = net / grep.seconds
    return said(
        f"{lines} lines in {files} files: {run.seconds:.3f} s, less the start {net:.3f} s: {times:.2f} x grep -rlE for "
        f"three names ({grep.seconds:.3f} s), limit {PLAIN:g} x; {net / word.seconds:.2f} x grep -rl for one "
        f"({word.seconds:.3f} s)",
        times,
        PLAIN,
    )


def parse(folder: Path) -> bool:
    """What changes, against parsing it; and a large project."""
    _programs(folder / "programs")
    fast = speed.ratio("  fixtures", folder / "programs")
    os.chdir("/")
    print("  ", end="")
    return speed.large(folder / "large") and fast


def cache(folder: Path) -> bool:
    """The second run, which knows what the first one found."""
    project.make(folder / "large")
    command = [*TOOL, "--check", "--jobs", "1", "--cache-dir", os.fspath(folder / "cache"), "."]
    cold = []
    for _ in range(3):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        cold.append(measure.once(command, folder / "large"))
    warm = measure.best(command, folder / "large", 3)
    first = min(run.seconds for run in cold)
    same = {(run.code, run.output) for run in [*cold, warm]} == {(1, warm.output)}
    print("  the output is the same" if same else "  the output differs: MISSED")
    part = warm.seconds / first
    words = f"first run {first:.2f} s, second {warm.seconds:.2f} s: {first / warm.seconds:.1f} times as fast, limit 2"
    return said(words, part, WARM) and same


def memory(folder: Path) -> bool:
    """What all processes hold at once."""
    if not Path("/proc/self/statm").exists():
        print("  not measured: this system has no /proc")
        return True
    project.make(folder / "plain", LINES // 300, gemini=False)
    project.make(folder / "large")
    for number in range(5):
        _programs(folder / "programs" / str(number))
    good = True
    for name, options in (("plain", []), ("large", ["--jobs", "2"]), ("programs", ["--jobs", "2"])):
        held, count = measure.peak([*TOOL, "--check", "--no-cache", *options, "."], folder / name)
        lines, files = _size(folder / name)
        words = f"{name}, {lines} lines in {files} files: {held:.0f} MB in {count} processes, limit {MEMORY} MB"
        good = said(" ".join([words, *options]), held, MEMORY) and good
    return good


def peers(folder: Path) -> bool:
    """Other tools over every fourth of the fixture programs."""
    _programs(folder / "programs", 4)
    subprocess.run(["git", "init", "--quiet", "."], cwd=folder / "programs", check=True)
    lines, files = _size(folder / "programs")
    ours = measure.best([*TOOL, "--dry-run", "--no-cache", "."], folder / "programs", 3)
    print(f"  {lines} lines in {files} files, migrate-gemini --dry-run: {ours.seconds:.2f} s")
    for name, (wanted, command) in PEERS.items():
        home, why = _installed(name, wanted)
        if home is None:
            print(f"  {wanted}: could not be installed: {why}")
            continue
        copy = folder / name
        shutil.copytree(folder / "programs", copy)
        run = measure.once([home / "bin" / command[0], *command[1:]], copy, NO_COLOR="1")
        last = run.output.decode(errors="replace").strip().splitlines()[-1:] or [""]
        end = f"; ended with {run.code}: {last[0][:100]}" if run.code > 1 else ""
        print(f"  {' '.join([wanted, *command[1:]])}: {run.seconds:.2f} s, {run.seconds / ours.seconds:.1f} x{end}")
    return True


def _installed(name: str, wanted: str) -> tuple[Path | None, str]:
    """The environment of another tool, or why there is none."""
    home = ROOT / ".cache" / "peers" / wanted.replace("==", "-")
    if (home / "bin" / name).exists():
        return home, ""
    reasons = []
    found = (shutil.which(f"python3.{minor}") for minor in (14, 13, 12))
    for python in [sys.executable, *(path for path in found if path)]:
        shutil.rmtree(home, ignore_errors=True)
        made = subprocess.run([python, "-m", "venv", home], capture_output=True, text=True, check=False)
        if made.returncode == 0:
            pip = [home / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted]
            made = subprocess.run(pip, capture_output=True, text=True, check=False)
        if made.returncode == 0 and (home / "bin" / name).exists():
            return home, ""
        lines = made.stderr.splitlines() or ["it has no such command"]
        reasons.append(next((line for line in lines if "ERROR" in line), lines[0]))
    shutil.rmtree(home, ignore_errors=True)
    return None, reasons[0]


def _programs(folder: Path, one_in: int = 1) -> None:
    """The fixture programs as they are before a migration."""
    for program in sorted(PROGRAMS.iterdir())[::one_in]:
        shutil.copytree(program / "before", folder / program.name)


def _size(folder: Path) -> tuple[int, int]:
    """Lines and files of Python."""
    counts = [path.read_bytes().count(b"\n") for path in folder.rglob("*.py")]
    return sum(counts), len(counts)


PARTS: dict[str, Callable[[Path], bool]] = {
    "start": start,
    "plain": plain,
    "parse": parse,
    "cache": cache,
    "memory": memory,
    "peers": peers,
}


def main() -> int:
    """Measures and prints; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    wanted = parser.parse_args().parts or list(PARTS)
    if unknown := [part for part in wanted if part not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed tool is compiled
    kept = []
    for part in wanted:
        print(f"{part}:", flush=True)
        with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
            kept.append(PARTS[part](Path(os.path.realpath(name))))
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
