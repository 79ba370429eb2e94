"""A run over many files: find, read, choose, migrate, write. One bad file stops no other.

What only code of Gemini needs is imported where it is needed: most runs of a hook find none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .files import Change
from .results import INTERNAL, SKIPPED, UNVERIFIED, Failure, FileResult, RunResult
from .settings import Settings
from .tree import Tree
from .writing import Run, failed, not_written, shown

if TYPE_CHECKING:
    from .beside import Beside
    from .cache import Cache
    from .engine import SourceModule
    from .findings import ModuleResult
    from .manifests.code import Code
    from .sources import notebook
    from .workers import Engine, Outcome, Progress

    Verifier = Callable[[str, str], str | None]
    """Old and new text of a module -> in one line what is wrong with the new one, None where nothing is."""


def run(
    paths: Sequence[Path],
    settings: Settings,
    *,
    exclude: Sequence[str] = (),
    exclude_from: Path | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    engine: Engine | None = None,
    verifier: Verifier | None = None,
    typed: bytes | None = None,
    docs: bool = False,
    cache: Callable[[], Cache] | None = None,
) -> Run:
    """Works out what migrating the paths means; writes nothing. The paths exist.

    exclude: patterns as in .gitignore, relative to the folder exclude_from, or to the working directory.

    A file whose new text the verifier refuses does not change, nor do those that change together with it. typed: what
    the only path is taken to hold, which then need not exist; what stands beside the code is not looked at. docs: code
    in documents is migrated, too. cache: opens what is known of earlier runs, and gets to know of this one.
    """
    tree = Tree(paths, settings, exclude, exclude_from, typed, docs)
    return _Project(tree, settings, verifier, cache).run(engine, jobs, progress)


@dataclass(slots=True)
class _Project:
    """The state of one run. Modules are keyed as in the tree."""

    tree: Tree
    settings: Settings
    verifier: Verifier | None = None
    cache: Callable[[], Cache] | None = None
    results: dict[str, ModuleResult] = field(default_factory=dict)
    documents: dict[Path, FileResult] = field(default_factory=dict)
    changes: list[tuple[Change, ...]] = field(default_factory=list)

    def run(self, engine: Engine | None, jobs: int | None, progress: Progress | None) -> Run:
        found = self.tree.find()
        if self.tree.typed is None and self.tree.nothing(path for path, _ in found.found):
            looked = sum(kind == "markdown" for _, kind in found.found)
            code = len(found.found) - looked
            return Run(RunResult(code, 0, self._files(None), self.settings.store, looked if self.tree.docs else 0), ())
        given = found.files
        self.tree.place(given)
        seeds = [key for key in self.tree.given if self.tree.mentions(key)]
        if self.tree.listing and (seeds or any(self.tree.asks(key) for key in self.tree.given)):
            self.tree.find_rest()
        further = [key for key in self.tree.rest if self.tree.mentions(key)]
        if seeds or further:
            from .graph import choose
            from .modules import ModuleIndex

            wider = ModuleIndex(self.tree.given, self.tree.is_module)
            known = [*self.tree.given, *self.tree.rest]
            chosen = choose([*seeds, *further], known, wider, self.tree.imports)
            groups = [self.tree.modules(group) for group in chosen if not self.tree.given.keys().isdisjoint(group)]
            groups = [group for group in groups if group]
            self._migrate(groups, engine, jobs, progress)
        beside = None
        if seeds and self.tree.typed is None:
            from .beside import Beside

            modules = [*given, *self.tree.rest.values()]
            beside = Beside(self.settings, self.tree.root, self._codes(seeds), modules, found.beside, self.tree.around)
        documents = [path for path in found.documents if self.tree.is_document(path)]
        if documents:
            self._document(documents, self._codes(seeds), engine or _engine(), jobs, progress)
        files = self._files(beside)
        looked = len(found.documents) if self.tree.docs else 0
        mentioning = len(seeds) + len(documents)
        result = RunResult(len(given), mentioning, files, self.settings.store, looked, self.tree.todos)
        named = tuple(sorted([*(self.tree.given[key] for key in seeds), *documents]))
        return Run(result, tuple(self.changes), beside.changes() if beside is not None else (), named)

    def _document(
        self, paths: Sequence[Path], codes: Sequence[Code], engine: Engine, jobs: int | None, progress: Progress | None
    ) -> None:
        """Migrates the code in documents."""
        from .documents import migrate

        held = {path: self.tree.data[self.tree.key(path)] for path in paths}
        for path, done in migrate(held, self.settings, codes, engine, self._refused, jobs, progress).items():
            self.documents[path] = done.result
            if done.failure is not None:
                self.tree.failures[path] = done.failure
            elif done.change is not None:
                self.changes.append((done.change,))

    def _codes(self, seeds: Sequence[str]) -> list[Code]:
        """The modules that name an SDK, as they are after the run."""
        from .manifests.code import Code

        codes = []
        for key in seeds:
            result, source, path = self.results.get(key), self.tree.sources.get(key), self.tree.given[key]
            text = source.text if source is not None else self.tree.data[key].decode("utf-8", "replace")
            new = result.text if result is not None and path not in self.tree.failures else None
            codes.append(Code(path, text if new is None else new, new is not None and new != text))
        return codes

    def _migrate(
        self, groups: list[list[SourceModule]], engine: Engine | None, jobs: int | None, progress: Progress | None
    ) -> None:
        def work(groups: Sequence[Sequence[SourceModule]]) -> list[Outcome]:
            from .workers import run_groups

            return run_groups(groups, self.settings, engine or _engine(), jobs, progress)

        outcomes = work(groups) if self.cache is None else self.cache().outcomes(groups, self.settings, work)
        for group, outcome in zip(groups, outcomes, strict=True):
            self._take(group, outcome)

    def _take(self, group: Sequence[SourceModule], outcome: Outcome) -> None:
        if outcome.error is not None:
            for module in group:
                if module.path in self.tree.given:
                    self.tree.failures[self.tree.given[module.path]] = Failure(INTERNAL, outcome.error)
            return
        from .sources import python

        changes = []
        wrong: dict[str, Failure] = {}
        for result in outcome.results:
            if result.path not in self.tree.given:
                continue
            source = self.tree.sources[result.path]
            if result.error is not None:
                code = INTERNAL if result.error.startswith("internal error") else SKIPPED
                self.tree.failures[self.tree.given[result.path]] = Failure(code, result.error)
                continue
            self.results[result.path] = result
            if result.text is None or result.text == source.text:
                continue
            if failure := self._refused(source.text, result.text, self.tree.notebooks.get(result.path)):
                wrong[result.path] = failure
                continue
            try:
                after = self._written(result.path, result.text)
            except python.SourceError as error:
                wrong[result.path] = Failure(SKIPPED, f"cannot be written: {error}")
                continue
            book = self.tree.notebooks.get(result.path)
            before = book.data if book is not None else python.encode(source, source.text)
            changes.append(Change(self.tree.given[result.path], before, after))
        if wrong:
            self._withdraw(outcome, wrong)
        elif changes:
            self.changes.append(tuple(changes))

    def _written(self, key: str, text: str) -> bytes:
        """The bytes of the file whose module gets this text."""
        from .sources import python

        book = self.tree.notebooks.get(key)
        if book is None:
            return python.encode(self.tree.sources[key], text)
        return book.written(text, self.settings.schema).encode("utf-8")

    def _refused(self, before: str, after: str, book: notebook.Notebook | None = None) -> Failure | None:
        """What the verifier has against a new text."""
        if self.verifier is None:
            return None
        try:
            message = self.verifier(before, after)
        except Exception as error:
            return Failure(INTERNAL, f"internal error: cannot be verified: {type(error).__name__}: {error}")
        if message is None:
            return None
        return Failure(UNVERIFIED, book.told_of_new(message, after) if book is not None else message)

    def _withdraw(self, outcome: Outcome, wrong: dict[str, Failure]) -> None:
        """Some files of a group cannot have their new text: none of the group changes."""
        culprit = next(iter(wrong))
        for result in outcome.results:
            if result.path in self.tree.given and result.text is not None:
                path = self.tree.given[result.path]
                because = not_written(self.tree.given[culprit], wrong[culprit].message, path)
                self.tree.failures[path] = wrong.get(result.path, because)

    def _files(self, beside: Beside | None) -> tuple[FileResult, ...]:
        files = dict(self.documents)
        for key, result in self.results.items():
            path, text = self.tree.given[key], self.tree.sources[key].text
            after = result.text if result.text != text else None
            found = FileResult(shown(path), tuple(sorted(result.findings)), text if after is not None else None, after)
            book = self.tree.notebooks.get(key)
            if book is not None and path in self.tree.failures:
                found = replace(found, after=None)  # its cells may not come back
            found = found if book is None else book.result(found, self.settings.schema)
            files[path] = self._placed(found) if self.tree.notebooks else found
        for path, failure in self.tree.failures.items():
            files[path] = failed(files.get(path, FileResult(shown(path))), failure)
        kept = [file for file in files.values() if file.changed or file.findings or file.failure]
        if beside is not None:
            from .beside import joined

            kept = joined(kept, beside.files(any(file.changed or file.findings for file in kept)))
            kept = [file for file in kept if file.changed or file.findings or file.failure]
        return tuple(sorted(kept, key=lambda file: file.path))

    def _placed(self, file: FileResult) -> FileResult:
        """A result whose findings name places in notebooks by their cells."""
        findings = []
        for finding in file.findings:
            message = finding.message
            for key, book in self.tree.notebooks.items():
                if f"{key}:" in message:
                    message = book.named(key, message)
            findings.append(replace(finding, message=message))
        return replace(file, findings=tuple(findings))


def _engine() -> Engine:
    from .engine import migrate

    return migrate
