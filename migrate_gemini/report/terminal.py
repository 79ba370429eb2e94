"""The result for a person at a terminal: lines of styled text, without a terminal's own language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from ..discovery import kind_of
from ..findings import Finding, Status
from ..results import FileResult, RunResult
from ..rules import get
from ..writing import Run, shown
from . import ledger, places
from .ledger import Row
from .text import counted, printable

Mode = Literal["write", "dry-run", "check"]
Line = tuple[tuple[str, str], ...]
"""Pieces of (text, style); style is a name of Rich's, or empty."""

LOOKED_FOR = "google.generativeai or google.genai"
_STYLES = {"@@": "cyan", "--- ": "bold", "+++ ": "bold", "-": "red", "+": "green", "\\": "dim"}


def render(result: RunResult, mode: Mode, command: str = "migrate-gemini") -> str:
    """The summary as plain text. command: what migrates the same paths, to be shown where it helps."""
    return plain(summary(result, mode, command))


def plain(lines: Iterator[Line]) -> str:
    """The lines without their styles."""
    return "".join("".join(text for text, _ in line) + "\n" for line in lines)


def changes(result: RunResult) -> Iterator[Line]:
    """The diff for a screen: line ends are dropped, other control characters spelled out."""
    from . import diff

    for file in result.changed:
        for line in diff.lines(file, view=True):
            text = line.removesuffix("\n").removesuffix("\r")
            style = next((style for start, style in _STYLES.items() if text.startswith(start)), "")
            yield ((printable(text), style),)
    if result.changed:
        yield ()


def concise(result: RunResult, mode: Mode) -> Iterator[Line]:
    """One line a finding, and one of figures."""
    yield from _every_finding(result, last=False)
    yield _totals(result, mode) if result.files else _nothing(result)


def remaining(result: RunResult, mode: Mode) -> Iterator[Line]:
    """A line for each use that is left and each file that failed; nothing where there is none."""
    for file in result.files:
        if file.failure is not None:
            yield _place(file, "1:1", file.failure.code, file.failure.message, "red")
        now = places.now(file) if mode == "write" else places.same
        for finding in file.findings:
            if get(finding.code).legacy and (mode == "check" or finding.status == "manual"):
                yield _finding(file, finding, now)


def looked(run: Run, configuration: Path | None, mode: Mode, seconds: float) -> Iterator[Line]:
    """What a run looked at, and how long it took. configuration: the file that it comes from."""
    if configuration is not None:
        yield (("configuration: ", "dim"), (printable(shown(configuration)), ""))
    known = {file.path: file for file in run.result.files}
    would = "changed" if mode == "write" else "would change"
    for path in map(shown, run.named):
        file = known.get(path)
        said = "nothing to say of it"
        if file is not None:
            said = counted(len(file.findings), "finding") + (f", {would}" if file.changed else "")
            said += f", failed ({file.failure.code})" if file.failure is not None else ""
        yield ((printable(path), ""), (": names an SDK; ", "dim"), (said, ""))
    names = "names" if len(run.named) == 1 else "name"
    yield ((f"{_scanned(run.result)} looked at, {len(run.named)} {names} an SDK; {seconds:.2f} s", "dim"),)
    yield ()


def summary(result: RunResult, mode: Mode, command: str) -> Iterator[Line]:
    """What was found, what was done and what is left to do."""
    if mode == "check":
        yield from _every_finding(result)
    else:
        yield from _sections(result, written=mode == "write")
    if not result.files and not (mode == "check" and (result.held or result.gone or result.todos)):
        yield _nothing(result)
    elif mode == "check":
        yield from _verdict(result, command)
        yield from _tallies(result)
    else:
        yield _totals(result, mode)


def undone(paths: Sequence[str]) -> Iterator[Line]:
    """What an undo has put back."""
    for path in paths:
        yield (("Put back ", "green"), (printable(path), ""))
    yield ((f"{counted(len(paths), 'file')} put back." if paths else "There is nothing to undo.", "bold"),)


def _every_finding(result: RunResult, last: bool = True) -> Iterator[Line]:
    for file in result.files:
        if file.failure is not None:
            yield _place(file, "1:1", file.failure.code, file.failure.message, "red")
        for finding in file.findings:
            yield _finding(file, finding, places.same)
    if result.files and last:
        yield ()


def _sections(result: RunResult, written: bool) -> Iterator[Line]:
    if written and result.changed:
        for file in result.changed:
            yield (("Changed ", "green"), (printable(file.path), ""))
        yield ()
    review, manual = _of_status(result, "needs_review"), _of_status(result, "manual")
    for title, found in (
        ("Rewritten on an assumption, please review:", review),
        ("Left as it was, for you to change:", manual),
    ):
        if found:
            yield ((title, "bold"),)
            for file in dict.fromkeys(file for file, _ in found):
                now = places.now(file) if written else places.same
                for finding in (finding for other, finding in found if other is file):
                    yield (("  ", ""), *_finding(file, finding, now))
            yield ()
    notes = list(ledger.notes(result))
    if notes:
        yield (("Good to know:", "bold"),)
        for row in notes:
            yield ((f"  {row.code} ", "cyan"), (printable(row.text), ""), (_row(row), "dim"))
        yield ()
    different = list(ledger.differences(result))
    if different:
        yield (("What the new code does otherwise:", "bold"),)
        for row in different:
            yield ((f"  {printable(row.text)}", ""), (_row(row), "dim"))
        yield ()
    if result.storage:
        yield (("Storage: ", "bold"), (result.storage, ""))
        yield ()
    if result.failed:
        yield (("Not processed:", "bold red"),)
        for file in result.failed:
            assert file.failure is not None
            yield (
                (f"  {printable(file.path)}: ", ""),
                (f"{file.failure.code} ", "red"),
                (printable(file.failure.message), ""),
            )
        yield ()


def _of_status(result: RunResult, status: Status) -> list[tuple[FileResult, Finding]]:
    return [(file, finding) for file, finding in result.left() if finding.status == status]


def _row(row: Row) -> str:
    return f" ({', '.join(map(printable, row.places))}{row.more})"


def _finding(file: FileResult, finding: Finding, now: Callable[[int], int]) -> Line:
    place = finding.place if finding.cell else f"{now(finding.line)}:{finding.column}"
    style = "cyan" if not get(finding.code).legacy else "yellow"
    return _place(file, place, finding.code, finding.message, style)


def _place(file: FileResult, place: str, code: str, message: str, style: str) -> Line:
    return ((f"{printable(file.path)}:{place}: ", ""), (f"{code} ", style), (printable(message), ""))


def _totals(result: RunResult, mode: Mode) -> Line:
    statuses = Counter(finding.status for _, finding in result.left())
    would = "would be " if mode == "dry-run" else ""
    migrated = statuses["migrated"] + statuses["needs_review"]
    counts = []
    if migrated:
        review = f" ({statuses['needs_review']} to review)" if statuses["needs_review"] else ""
        counts.append(f"{counted(migrated, 'use')} {would}migrated{review}")
    if statuses["manual"]:
        counts.append(f"{statuses['manual']} left for you")
    if result.failed:
        counts.append(f"{counted(len(result.failed), 'file')} not processed")
    written = [file for file in result.changed if kind_of(file.path) == "markdown"]
    beside = sum(file.beside for file in result.changed) - len(written)
    code = len(result.changed) - len(written) - beside
    parts = [f"{code} of {counted(result.scanned, 'Python file')}"] if code else []
    parts += [f"{len(written)} of {counted(result.documents, 'document')}"] if written else []
    done = f"{' and '.join(parts)} {would}changed" if parts else f"No change in {_scanned(result)}"
    if beside:
        done += f", and {counted(beside, 'file')} beside {would}changed"
    return ((done, "bold"), (f": {', '.join(counts)}." if counts else ".", ""))


def _verdict(result: RunResult, command: str) -> Iterator[Line]:
    left = result.left()
    by_hand = sum(finding.status == "manual" for _, finding in left)
    scanned = _scanned(result)
    if result.failed:
        yield ((f"{counted(len(result.failed), 'file')} could not be checked.", "bold red"),)
    if not left and not result.changed:
        where = "the others" if result.failed else scanned
        yield ((f"No use of the legacy API is left in {where}.", "bold"),)
        return
    files = counted(len({file.path for file, _ in left} or {file.path for file in result.changed}), "file")
    uses = f"{counted(len(left), 'use')} of the legacy API {'is' if len(left) == 1 else 'are'} left"
    yield ((f"{uses} in {files} (of {scanned}).", "bold"),)
    if by_hand:
        which = f"{by_hand} of them" if by_hand < len(left) else "They" if by_hand > 1 else "It"
        needs = "needs" if by_hand == 1 else "need"
        yield ((f"{which} {needs} a change by hand; the message says what to do.", ""),)
    if len(left) > by_hand or not left:
        yield (("To migrate, run: ", ""), (command, "bold"))


def _scanned(result: RunResult) -> str:
    files, documents = counted(result.scanned, "Python file"), counted(result.documents, "document")
    return (
        f"{files} and {documents}" if result.scanned and result.documents else documents if result.documents else files
    )


def _tallies(result: RunResult) -> Iterator[Line]:
    """What a check counts beside its findings."""
    if result.todos:
        mark = "marks" if result.todos == 1 else "mark"
        yield ((f"{counted(result.todos, 'TODO(migrate-gemini) comment')} {mark} what is left to do by hand.", ""),)
    if result.held:
        yield ((f"{counted(result.held, 'use')} {'is' if result.held == 1 else 'are'} held by the baseline.", ""),)
    if result.gone:
        use = f"{counted(result.gone, 'use')} of the baseline {'is' if result.gone == 1 else 'are'} gone"
        yield ((f"{use}: write it anew with --write-baseline.", ""),)


def _nothing(result: RunResult) -> Line:
    if not result.scanned and not result.documents:
        return (
            ("No Python file was found. ", "bold"),
            ("Virtual environments, build folders, links and what .gitignore or --exclude names are passed over.", ""),
        )
    scanned = _scanned(result)
    if not result.mentioning:
        return (("Nothing to migrate: ", "bold"), (f"looked for {LOOKED_FOR} in {scanned}; none names them.", ""))
    return (
        ("Nothing to migrate: ", "bold"),
        (
            f"looked for {LOOKED_FOR} in {scanned}; {result.mentioning} "
            f"{'names' if result.mentioning == 1 else 'name'} them, without a use that the Interactions API replaces.",
            "",
        ),
    )
