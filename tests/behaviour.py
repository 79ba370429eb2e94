"""Run programs before and after their migration against the loopback service, and compare what they print.

    python -m tests.behaviour [--examples] [NAME...]      migrate fixture programs (or examples) and compare
    python -m tests.behaviour --before-only DIR...        only run the program in DIR (or in DIR/before)
    python -m tests.behaviour --after-dir DIR NAME        compare with a program that was migrated by hand

The outcome of a program is `same`, `flagged` (a finding says that work is left for a person, and the program still
prints the same where both SDKs are installed) or `broken`.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.environments import CACHE, FIRST_SCHEMA_SDK, NEW, OLD, OLD_OUTPUTS, ROOT, Environment, ensure, pinned
from tests.fork import ForkServer
from tests.service import Service

PROGRAMS = ROOT / "fixtures" / "programs"
EXAMPLES = ROOT.parent / "shared" / "examples"
TIMEOUT = 60
NEEDS_SDK = "needs_sdk"
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc")


@dataclass(frozen=True)
class Run:
    """What a program did: its exit code (None: stopped for taking too long), its output, whether it used the API
    that the migration is to leave behind, and whether it let an interaction be stored.  Only exit code and stdout are
    compared."""

    exit: int | None
    stdout: str
    stderr: str = field(compare=False, default="")
    used_generate: bool = field(compare=False, default=False)
    stored: bool = field(compare=False, default=False)

    def shown(self) -> str:
        """The compared part as one text."""
        return f"{self.stdout.rstrip()}\n[exit {self.exit}]\n"


@dataclass(frozen=True)
class Finding:
    """One finding of the migration's report."""

    path: str
    code: str
    status: str
    line: int
    message: str


@dataclass
class Outcome:
    """How a program fared: same, flagged or broken, and why."""

    name: str
    kind: str
    reason: str = ""
    before: Run | None = None
    after: Run | None = None
    sources: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def explanation(self) -> str:
        """Everything that helps to see what went wrong."""
        parts = [f"{self.name}: {self.kind}. {self.reason}"]
        if self.before and self.after and self.before != self.after:
            lines = [run.shown().splitlines() for run in (self.before, self.after)]
            parts += difflib.unified_diff(*lines, "before", "after", lineterm="")
        if self.after and self.after.stderr.strip():
            parts.append("--- stderr of the migrated program\n" + self.after.stderr.strip()[-3000:])
        parts += [f"--- finding {f.path}:{f.line} {f.code} {f.status}: {f.message}" for f in self.findings]
        parts += [f"--- migrated {path}\n{text}" for path, text in self.sources.items()]
        return "\n".join(parts)


class Harness:
    """Runs programs; keeps one fork server an environment until it is closed."""

    def __init__(self, *, cache: bool = True) -> None:
        self._cache = CACHE / "behaviour" if cache else None
        self._servers: dict[str, ForkServer] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for server in self._servers.values():
            server.close()

    def server(self, environment: Environment) -> ForkServer:
        """The fork server of an environment of programs."""
        if environment.name not in self._servers:
            python = ensure(environment).python
            self._servers[environment.name] = ForkServer(python, environment.modules)
        return self._servers[environment.name]

    def migrator(self) -> ForkServer:
        """The fork server that has imported the migration itself."""
        if "migrate" not in self._servers:
            self._servers["migrate"] = ForkServer(Path(sys.executable), package_modules("migrate_gemini"), path=ROOT)
        return self._servers["migrate"]

    def run(self, environment: Environment, folder: Path, stdin: Path | None) -> Run:
        """Run `main.py` of a folder against a fresh service.  The folder may be written to."""
        with Service() as service, tempfile.TemporaryDirectory() as scratch:
            variables = program_variables(service.base_url, Path(scratch))
            job = {"script": "main.py", "arguments": [], "cwd": str(folder), "environment": variables}
            code, stdout, stderr = self.server(environment).run(job, Path(scratch), stdin, TIMEOUT)
            if service.defects:
                raise RuntimeError("defect of the loopback service:\n" + service.defects[0])
            used_generate = any(re.search(r":\w*[gG]enerateContent$", call["path"]) for call in service.requests)
            asked = [call["body"] for call in service.requests if call["path"] == "interactions"]
            stored = any(isinstance(body, dict) and body.get("store") is not False for body in asked)
            places = {str(folder): "<folder>", service.base_url: "<service>"}
        return Run(code, neutral(stdout, places), neutral(stderr, places), used_generate, stored)

    def before(self, program: Path) -> Run:
        """Run the program of a folder as it was written; a known result is taken from the cache."""
        environment = environment_of(program)
        known = self._cache / f"{content_key(program, environment)}.json" if self._cache else None
        if known and known.exists():
            return Run(**json.loads(known.read_text(encoding="utf-8")))
        with copied(program) as folder:
            run = self.run(environment, folder, stdin_of(program))
        if known and run.exit is not None:
            known.parent.mkdir(parents=True, exist_ok=True)
            partial = known.with_suffix(f".{os.getpid()}")
            partial.write_text(json.dumps(asdict(run)), encoding="utf-8")
            partial.replace(known)
        return run

    def migrate(self, folder: Path, options: Sequence[str] = ()) -> tuple[Run, list[Finding] | None]:
        """Migrate a folder in place -> what the command did, and the findings of its report if it wrote one."""
        with tempfile.TemporaryDirectory() as scratch:
            report = Path(scratch) / "report.json"
            arguments = [str(folder), "--report", str(report), *options]
            variables = {"PATH": os.environ.get("PATH", ""), "HOME": scratch, "PYTHONHASHSEED": "0"}
            job = {"module": "migrate_gemini", "arguments": arguments, "cwd": str(ROOT), "environment": variables}
            code, stdout, stderr = self.migrator().run(job, Path(scratch), None, TIMEOUT)
            findings = read_report(report) if report.exists() else None
        return Run(code, stdout, stderr), findings

    def compare(self, name: str, program: Path, target: str = "", options: Sequence[str] = ()) -> Outcome:
        """Run, migrate (for a target if one is given, and with these options), run again -> the outcome."""
        options = [*options, *(["--target", target] if target else [])]
        before = self.before(program)
        if before.exit is None or "Traceback (most recent call last)" in before.stderr and before.exit == 1:
            return Outcome(name, "broken", "The program fails before its migration.", before, before)
        with copied(program) as folder:
            migration, findings = self.migrate(folder, options)
            sources = python_sources(folder)
            outcome = Outcome(name, "broken", before=before, sources=sources, findings=findings or [])
            if findings is None or migration.exit not in (0, 1):
                outcome.reason = f"The migration failed: {migration.shown()}{migration.stderr}"
            elif wrong := uncompilable(sources):
                outcome.reason = f"The result does not compile: {wrong}"
            elif changed := self._second_run(folder, sources, options):
                outcome.reason = f"A second migration changes {', '.join(changed)}."
            else:
                flagged = any(finding.status == "manual" for finding in findings)
                changes = without_marks(sources) != python_sources(program)
                environment = environment_after(program, flagged=flagged, changed=changes, target=target)
                outcome.after = self.run(environment, folder, stdin_of(program))
                judge(outcome, flagged=flagged)
                if "--no-store" in options and before.used_generate and outcome.after.stored:
                    outcome.kind, outcome.reason = "broken", "The migrated program lets interactions be stored."
            return outcome

    def _second_run(self, folder: Path, sources: dict[str, str], options: Sequence[str]) -> list[str]:
        """The files that a second migration of a copy would change."""
        with copied(folder) as again:
            self.migrate(again, options)
            return [path for path, text in python_sources(again).items() if sources.get(path) != text]

    def compare_by_hand(self, name: str, program: Path, after: Path) -> Outcome:
        """Compare a program with its migration by hand."""
        outcome = Outcome(name, "broken", before=self.before(program))
        with copied(after) as folder:
            outcome.after = self.run(NEW, folder, stdin_of(program))
        judge(outcome, flagged=False)
        return outcome


def neutral(text: str, places: dict[str, str]) -> str:
    """A text with the names that differ from run to run replaced."""
    for place, name in places.items():
        text = text.replace(place, name)
    return text


def judge(outcome: Outcome, *, flagged: bool) -> None:
    """Set the kind and reason of an outcome whose two runs are known."""
    if outcome.before != outcome.after:
        outcome.reason = "The migrated program does something else."
    elif not flagged and outcome.after and outcome.after.used_generate:
        outcome.reason = "The migrated program still generates content the old way, and no finding says so."
    else:
        outcome.kind = "flagged" if flagged else "same"


def program_variables(base_url: str, home: Path) -> dict[str, str]:
    """The environment variables of a program."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "GOOGLE_API_KEY": "test",
        "GEMINI_API_KEY": "test",
        "GOOGLE_GEMINI_BASE_URL": base_url,
        "LOOPBACK_URL": base_url,
        "NO_PROXY": "*",
    }


def environment_of(program: Path) -> Environment:
    """Where a program runs before its migration."""
    needs = program / NEEDS_SDK
    return pinned(needs.read_text(encoding="utf-8")) if needs.exists() else OLD


def environment_after(program: Path, *, flagged: bool, changed: bool, target: str = "") -> Environment:
    """Where a program runs after its migration: what was left to a person in part may need what it needed before."""
    if target == "outputs":
        return OLD_OUTPUTS if flagged else pinned(FIRST_SCHEMA_SDK)
    if not flagged:
        return NEW
    before = environment_of(program)
    return before if before == OLD or not changed else NEW


def stdin_of(program: Path) -> Path | None:
    """What a program reads from stdin."""
    given = program / "stdin.txt"
    return given if given.exists() else None


def content_key(program: Path, environment: Environment) -> str:
    """A digest of all that decides what a program prints: its files, its environment, and this harness."""
    digest = hashlib.sha256("\n".join(environment.requirements).encode())
    harness = [*(ROOT / "tests" / "service").glob("*.py"), *(ROOT / "tests" / "sandbox").glob("*.py"), Path(__file__)]
    inputs = [path for path in program.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    for path in sorted(harness) + sorted(inputs):
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:32]


@contextmanager
def copied(program: Path) -> Iterator[Path]:
    """A copy of a folder that may be changed, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="program-") as scratch:
        folder = Path(scratch).resolve() / "program"
        shutil.copytree(program, folder, ignore=NOT_COPIED)
        (folder / NEEDS_SDK).unlink(missing_ok=True)
        yield folder


def python_sources(folder: Path) -> dict[str, str]:
    """The Python files of a folder by their relative paths."""
    found = sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes().decode("utf-8", "surrogateescape") for path in found}


def without_marks(sources: dict[str, str]) -> dict[str, str]:
    """The sources without the lines that only mark what is left to a person."""
    marked = re.compile(r"^[ \t]*# TODO\(migrate-gemini\).*\n", re.MULTILINE)
    return {path: marked.sub("", text) for path, text in sources.items()}


def uncompilable(sources: dict[str, str]) -> str:
    """The first syntax error in some sources, or nothing."""
    for path, text in sources.items():
        try:
            compile(text.encode("utf-8", "surrogateescape"), path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            return f"{path}: {error}"
    return ""


def package_modules(package: str) -> list[str]:
    """The names of all modules of one of the project's packages, but for `__main__`."""
    paths = sorted((ROOT / package).rglob("*.py"))
    dotted = (".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths)
    return [name.removesuffix(".__init__") for name in dotted if not name.endswith("__main__")]


def read_report(path: Path) -> list[Finding]:
    """The findings of a JSON report."""
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return [
        Finding(str(entry["path"]), found["code"], found["status"], found.get("line") or 0, found.get("message", ""))
        for entry in report["files"]
        for found in entry["findings"]
    ]


def program_folder(path: Path) -> Path:
    """The folder with main.py: the one named, or `before` in it."""
    return path / "before" if (path / "before").is_dir() else path


def programs_in(folder: Path) -> dict[str, Path]:
    """The programs below a folder by their names."""
    found = sorted(folder.glob("*/before/main.py")) if folder.is_dir() else []
    return {path.parent.parent.name: path.parent for path in found}


def find_program(name: str, known: dict[str, Path]) -> Path:
    """A program by its name or by its path."""
    folder = known.get(name) or program_folder(Path(name))
    if not (folder / "main.py").exists():
        raise SystemExit(f"there is no program {name}")
    return folder.resolve()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 1 where a program is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.behaviour", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("names", nargs="*", help="names or paths of programs; default: all")
    parser.add_argument("--examples", action="store_true", help="take the names from the shared examples")
    parser.add_argument("--before-only", action="store_true", help="only run the programs as they are")
    parser.add_argument("--after-dir", type=Path, help="compare with this folder instead of migrating")
    parser.add_argument("--no-store", action="store_true", help="migrate with --no-store")
    parser.add_argument("--target", default="", help="what to migrate to; outputs are run on google-genai 1.75")
    parser.add_argument("--no-cache", action="store_true", help="run every program anew")
    options = parser.parse_args(arguments)
    known = programs_in(EXAMPLES if options.examples else PROGRAMS)
    chosen = {name: find_program(name, known) for name in options.names} if options.names else known
    broken = False
    with Harness(cache=not options.no_cache) as harness:
        for name, program in chosen.items():
            if options.before_only:
                broken |= show_before(harness, name, program)
                continue
            if options.after_dir:
                outcome = harness.compare_by_hand(name, program, options.after_dir.resolve())
            else:
                extra = ["--no-store"] if options.no_store else []
                outcome = harness.compare(name, program, options.target, extra)
            print(f"{name:<40} {outcome.kind}", flush=True)
            if outcome.kind == "broken":
                broken = True
                print(outcome.explanation(), flush=True)
    return int(broken)


def show_before(harness: Harness, name: str, program: Path) -> bool:
    """Run a program as it is and print what it does; whether it failed."""
    run = harness.before(program)
    sys.stdout.write(f"==> {name}\n{run.shown()}")
    if run.stderr.strip():
        sys.stdout.write("--- stderr\n" + run.stderr.strip() + "\n")
    sys.stdout.flush()
    return run.exit != 0


if __name__ == "__main__":
    raise SystemExit(main())
