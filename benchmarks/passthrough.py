"""Code that has nothing to do with Gemini has to pass unchanged: the standard library, the packages of an environment.

    python benchmarks/passthrough.py FOLDER ... [-j N] [--every N] [--slow SECONDS]

Each FOLDER, such as ~/.pyenv/versions/3.13.0/lib/python3.13 and its site-packages, is only read, and nothing of it is
run. It is looked at in these ways:

- as it is: what `migrate-gemini --dry-run FOLDER` does.
- unfiltered: each module alone, and the modules of each folder together, as if they named an SDK: all are parsed, and
  what their values are is worked out. Nothing changes, nothing is found, nothing fails but what is no Python 3.
- with a request: each module with a program of three lines behind it. Only these lines move; all others stay, in order,
  and a second run changes nothing.

Modules that name an SDK themselves take part in the first way only, and are listed with what is said of them: each
file that would change still compiles, and changes no more in a second run. The exit code is 1 where something of this
does not hold. `--every N` takes one module in N for the last two ways.
"""

from __future__ import annotations

import argparse
import ast
import multiprocessing
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from migrate_gemini.depth import too_deep
from migrate_gemini.discovery import discover, mentions_sdk
from migrate_gemini.engine import SourceModule, migrate
from migrate_gemini.infer.wider import SMALL
from migrate_gemini.project import run
from migrate_gemini.results import INTERNAL
from migrate_gemini.settings import Settings
from migrate_gemini.sources.python import SourceError, decode
from migrate_gemini.workers import run_group

SETTINGS = Settings()
REQUEST = """
import google.generativeai as passing_genai

passing_model = passing_genai.GenerativeModel("gemini-3-flash-preview")
print(passing_model.generate_content("Hi").text)
"""


@dataclass(slots=True)
class Looked:
    """What was looked at: how many modules, how many were no Python 3, what is wrong, and the slowest."""

    modules: int = 0
    unread: int = 0
    moved: int = 0
    problems: list[str] = field(default_factory=list)
    slow: list[tuple[float, str]] = field(default_factory=list)

    def add(self, other: Looked) -> None:
        self.modules += other.modules
        self.unread += other.unread
        self.moved += other.moved
        self.problems += other.problems
        self.slow = sorted([*self.slow, *other.slow], reverse=True)[:5]


def read(paths: Iterable[Path]) -> Iterator[SourceModule]:
    """The modules that can be read and name no SDK."""
    for path in paths:
        data = path.read_bytes()
        try:
            text = decode(data).text
        except SourceError:
            continue
        if not mentions_sdk(data) and not too_deep(text):
            yield SourceModule(path.as_posix(), text)


def together(modules: Sequence[SourceModule]) -> Looked:
    """Modules as one program that might use an SDK: nothing may come out."""
    found = Looked(len(modules))
    started = time.process_time()
    outcome = run_group(migrate, modules, SETTINGS)
    name = modules[0].path if len(modules) == 1 else f"{Path(modules[0].path).parent} ({len(modules)} modules)"
    found.slow.append((time.process_time() - started, name))
    if outcome.error is not None:
        found.problems.append(f"{name}: {outcome.error}")
    for result in outcome.results:
        if result.error is not None:
            found.unread += 1
            if not result.error.startswith("syntax error"):
                found.problems.append(f"{result.path}: {result.error}")
        if result.text is not None:
            found.problems.append(f"{result.path}: changes")
        found.problems += [f"{result.path}:{f.line}: {f.code} {f.message}" for f in result.findings]
    return found


def with_request(module: SourceModule) -> Looked:
    """A module with a request behind it: only the request moves."""
    found = Looked(1)
    newline = "\r\n" if "\r\n" in module.text else "\n"
    text = module.text.rstrip("\r\n") + newline + REQUEST.replace("\n", newline)
    started = time.process_time()
    outcome = run_group(migrate, [SourceModule(module.path, text)], SETTINGS)
    found.slow.append((time.process_time() - started, module.path))
    if outcome.error is not None:
        found.problems.append(f"{module.path}: {outcome.error}")
        return found
    (result,) = outcome.results
    if result.error is not None:
        found.unread += 1
    elif result.text is not None:
        found.moved += 1
        found.problems += [f"{module.path}: {problem}" for problem in _against(module.text, result.text)]
    elif not any(finding.status == "manual" for finding in result.findings):
        found.problems.append(f"{module.path}: the request neither moves nor is it named")
    return found


def _against(before: str, after: str) -> Iterator[str]:
    lines = iter(after.split("\n"))
    for number, line in enumerate(before.rstrip("\r\n").split("\n"), 1):
        if all(line.rstrip("\r") != other.rstrip("\r") for other in lines):
            yield f"line {number} is lost: {line!r}"
            return
    yield from stable(after)


def stable(text: str) -> Iterator[str]:
    """What is wrong with a text that was written: it has to compile, and to stay as it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        yield f"does not compile: {error}"
        return
    again = run_group(migrate, [SourceModule("again.py", text)], SETTINGS)
    if again.error is not None:
        yield f"fails in a second run: {again.error}"
    elif again.results[0].text is not None:
        yield "changes in a second run"


def as_it_is(folder: Path, jobs: int) -> tuple[list[str], list[str]]:
    """What is said of the modules that name an SDK, and what is wrong."""
    said, problems = [], []
    result = run([folder], SETTINGS, jobs=jobs).result
    for file in result.files:
        counts = Counter(finding.status for finding in file.findings)
        named = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
        failure = f"{file.failure.code} {file.failure.message}" if file.failure else ""
        said.append(f"{file.path}: {'changes; ' if file.changed else ''}{named}{failure}")
        if file.failure is not None and file.failure.code == INTERNAL:
            problems.append(said[-1])
        if file.after is not None and not file.beside:
            problems += [f"{file.path}: {problem}" for problem in stable(file.after)]
    said.insert(0, f"{folder}: {result.scanned} files, {result.mentioning} name an SDK, {len(result.changed)} change")
    return said, problems


def _folders(modules: Iterable[SourceModule]) -> Iterator[list[SourceModule]]:
    folders: dict[Path, list[SourceModule]] = {}
    for module in modules:
        folders.setdefault(Path(module.path).parent, []).append(module)
    for group in folders.values():
        for start in range(0, len(group), SMALL):
            if len(group[start : start + SMALL]) > 1:
                yield group[start : start + SMALL]


def _alone(module: SourceModule) -> Looked:
    return together([module])


def main() -> int:
    """Looks, prints; 1 where something does not pass."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("-j", "--jobs", type=int, default=1, metavar="N", help="processes")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one module in N")
    parser.add_argument("--slow", type=float, default=20.0, metavar="SECONDS", help="more for one module is a problem")
    options = parser.parse_args()
    wrong: list[str] = []
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for folder in options.folders:
            said, problems = as_it_is(folder, options.jobs)
            print("\n  ".join(said), flush=True)
            wrong += problems
            modules = list(read(discover([folder]).of("python")[:: options.every]))
            ways = {
                "alone": pool.map(_alone, modules, chunksize=8),
                "together": pool.map(together, list(_folders(modules))),
                "with a request": pool.map(with_request, modules, chunksize=8),
            }
            for way, results in ways.items():
                looked = Looked()
                for result in results:
                    looked.add(result)
                wrong += looked.problems
                wrong += [f"{name}: {way}: {s:.1f} s" for s, name in looked.slow if s > options.slow]
                slowest = ", ".join(f"{seconds:.1f} s {name}" for seconds, name in looked.slow[:2])
                print(
                    f"  {way}: {looked.modules} modules, {looked.unread} no Python {sys.version_info[0]}, "
                    f"{looked.moved} with a request that moved, {len(looked.problems)} problems; slowest: {slowest}",
                    flush=True,
                )
    print(*[f"PROBLEM {line}" for line in wrong], f"{len(wrong)} problems", sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
