"""What stands beside the code of a run: manifests, the releases that they ask for, and names of models in settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .files import Change
from .findings import Finding
from .manifests.code import Code
from .results import SKIPPED, Failure, FileResult
from .settings import Settings
from .sources.python import SourceError
from .sources.text import TextFile
from .suppressions import Heeded, ignored_in
from .writing import failed, shown

Paths = Callable[[], tuple[Path, ...]]


@dataclass(slots=True)
class Beside:
    """The files beside the code of a run.

    root: the folder of the run. codes: the modules that name an SDK; modules: all of them. given: gives the files that
    may change; around: gives those that are only spoken of.
    """

    settings: Settings
    root: Path
    codes: Sequence[Code]
    modules: Sequence[Path]
    given: Paths
    around: Paths
    groups: list[list[TextFile]] = field(init=False)
    failures: dict[Path, Failure] = field(default_factory=dict)
    proposed: list[tuple[Change, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        from .configs import models
        from .manifests.settling import settle

        if not Heeded(self.settings.select, self.settings.ignore).heeds("MG603"):
            self.settings = replace(self.settings, manifests=False)
        if not Heeded(self.settings.select, self.settings.ignore).heeds("MG404"):
            self.settings = replace(self.settings, config_files=False)
        changed = {code.path for code in self.codes if code.changed}
        given = [path for path in self.given() if path not in changed]  # a setup.py is a module, too
        self.groups = settle(self.codes, self.modules, given, self.around(), self.root, self.settings)
        known = {file.path: file for group in self.groups for file in group}
        self.groups += [[file] for file in models.settle(given, known, self.settings) if file.path not in known]
        for group in self.groups:
            if changes := self._encoded(group):
                self.proposed.append(changes)

    def _encoded(self, group: Sequence[TextFile]) -> tuple[Change, ...]:
        changes = []
        for file in group:
            try:
                change = file.change()
            except SourceError as error:
                self.failures[file.path] = Failure(SKIPPED, f"cannot be written: {error}")
                return ()
            if change is not None:
                changes.append(change)
        return tuple(changes)

    def changes(self) -> tuple[tuple[Change, ...], ...]:
        """The changes to make, those that belong together in one group."""
        return tuple(self.proposed)

    def files(self, said: bool) -> list[FileResult]:
        """What a report says of them. said: whether it says anything of the code."""
        results: dict[Path, FileResult] = {}
        for file in (file for group in self.groups for file in group):
            result = file.result(shown(file.path))
            failure = self.failures.get(file.path)
            results[file.path] = failed(result, failure) if failure is not None else result
        found = list(results.values())
        settled = {
            path for path, result in results.items() if result.changed or "MG604" in {f.code for f in result.findings}
        }
        return [self._heeded(file) for file in (joined(found, self._releases(settled)) if said else found)]

    def _heeded(self, file: FileResult) -> FileResult:
        """What is to be said of a file by the rules that count in it."""
        here = ignored_in(Path(os.path.abspath(file.path)), self.settings)
        heeded = Heeded(self.settings.select, self.settings.ignore, here)
        return replace(file, findings=tuple(finding for finding in file.findings if heeded.heeds(finding.code)))

    def _releases(self, settled: set[Path]) -> list[FileResult]:
        """What to say of the releases of google-genai that the project asks for, but for the files that are settled."""
        from . import requirements

        found: dict[Path, list[Finding]] = {}
        for wanted in requirements.find(self.root) if self.settings.target != "steps" else ():
            if wanted.path not in settled and (message := requirements.judge(wanted, self.settings.schema)) is not None:
                finding = Finding(wanted.line, wanted.column, "MG601", "needs_review", message)
                found.setdefault(wanted.path, []).append(finding)
        return [FileResult(shown(path), tuple(findings)) for path, findings in found.items()]


def joined(files: Iterable[FileResult], more: Iterable[FileResult]) -> list[FileResult]:
    """The results, with one for each path: a setup.py is a module and a manifest."""
    by_path = {file.path: file for file in files}
    for file in more:
        first = by_path.get(file.path)
        if first is None:
            by_path[file.path] = file
        elif first.failure is None:
            findings = tuple(sorted({*first.findings, *file.findings}))
            by_path[file.path] = (
                replace(file, findings=findings) if not first.changed else replace(first, findings=findings)
            )
    return list(by_path.values())
