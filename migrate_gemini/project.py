"""A run over many files: find, read, choose, migrate, write. One bad file stops no other.

What only code of Gemini needs is imported where it is needed: most runs of a hook find none.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .discovery import JUNK, LARGEST, discover, file_mentions_sdk, kind_of, mentions_sdk
from .files import Change, describe, read
from .results import INTERNAL, SKIPPED, UNVERIFIED, Failure, FileResult, RunResult
from .settings import Settings
from .suppressions import ignored_in
from .writing import Run, failed, not_written, shown

if TYPE_CHECKING:
    from .beside import Beside
    from .cache import Cache
    from .engine import SourceModule
    from .findings import ModuleResult
    from .manifests.code import Code
    from .modules import Import
    from .sources import notebook, python
    from .workers import Engine, Outcome, Progress

    Verifier = Callable[[str, str], str | None]
    """Old and new text of a module -> in one line what is wrong with the new one, None where nothing is."""


MOST = 20_000
"""So many files may the rest of a project have, that is read where a list of files is given."""
_TODO = b"# TODO(migrate-gemini): "
_REQUESTS = (b"generate_content", b"start_chat", b"send_message", b"interactions")


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
    return _Project(paths, settings, exclude, exclude_from, verifier, typed, docs, cache).run(engine, jobs, progress)


@dataclass(slots=True)
class _Project:
    """The state of one run. Modules are keyed by their posix path relative to `base`."""

    paths: Sequence[Path]
    settings: Settings
    exclude: Sequence[str]
    exclude_from: Path | None = None
    verifier: Verifier | None = None
    typed: bytes | None = None
    docs: bool = False
    cache: Callable[[], Cache] | None = None
    base: Path = field(init=False)
    root: Path = field(init=False)
    given: dict[str, Path] = field(default_factory=dict)
    listing: bool = False
    rest: dict[str, Path] = field(default_factory=dict)
    around: Callable[[], tuple[Path, ...]] = tuple
    data: dict[str, bytes] = field(default_factory=dict)
    sources: dict[str, python.PythonSource] = field(default_factory=dict)
    notebooks: dict[str, notebook.Notebook] = field(default_factory=dict)
    failures: dict[Path, Failure] = field(default_factory=dict)
    results: dict[str, ModuleResult] = field(default_factory=dict)
    documents: dict[Path, FileResult] = field(default_factory=dict)
    changes: list[tuple[Change, ...]] = field(default_factory=list)
    imports_of: dict[str, tuple[Import, ...]] = field(default_factory=dict)
    listed: dict[str, frozenset[str]] = field(default_factory=dict)
    todos: int = 0

    def run(self, engine: Engine | None, jobs: int | None, progress: Progress | None) -> Run:
        found = discover(self.paths, self.exclude, self.exclude_from, typed=self.typed is not None, docs=self.docs)
        self.failures.update((path, Failure(SKIPPED, reason)) for path, reason in found.refused)
        if self.typed is None and self._nothing(path for path, _ in found.found):
            looked = sum(kind == "markdown" for _, kind in found.found)
            code = len(found.found) - looked
            return Run(RunResult(code, 0, self._files(None), self.settings.store, looked if self.docs else 0), ())
        given = found.files
        self._place(given)
        seeds = [key for key in self.given if self._mentions(key)]
        if self.listing and (seeds or any(self._asks(key) for key in self.given)):
            self._find_rest()
        further = [key for key in self.rest if self._mentions(key)]
        if seeds or further:
            from .graph import choose
            from .modules import ModuleIndex

            wider = ModuleIndex(self.given, self._is_module)
            known = [*self.given, *self.rest]
            chosen = choose([*seeds, *further], known, wider, self._imports)
            groups = [self._modules(group) for group in chosen if not self.given.keys().isdisjoint(group)]
            groups = [group for group in groups if group]
            self._migrate(groups, engine, jobs, progress)
        beside = None
        if seeds and self.typed is None:
            from .beside import Beside

            modules = [*given, *self.rest.values()]
            beside = Beside(self.settings, self.root, self._codes(seeds), modules, found.beside, self.around)
        documents = [path for path in found.documents if self._is_document(path)]
        if documents:
            self._document(documents, self._codes(seeds), engine or _engine(), jobs, progress)
        files = self._files(beside)
        looked = len(found.documents) if self.docs else 0
        mentioning = len(seeds) + len(documents)
        result = RunResult(len(given), mentioning, files, self.settings.store, looked, self.todos)
        named = tuple(sorted([*(self.given[key] for key in seeds), *documents]))
        return Run(result, tuple(self.changes), beside.changes() if beside is not None else (), named)

    def _nothing(self, paths: Iterable[str]) -> bool:
        """Whether no file has to do with an SDK, which is so of most runs: told before anything is made of a path."""
        words = _REQUESTS if any(map(os.path.isfile, self.paths)) else ()
        for path in paths:
            try:
                data = read(path)
            except OSError:
                return False  # to be told with its reason
            if mentions_sdk(data) or any(word in data for word in words):
                return False
        return True

    def _is_document(self, path: Path) -> bool:
        """Whether a document is to be migrated; one that was given without --docs is a failure."""
        try:
            data = self.typed if self.typed is not None else path.read_bytes()
        except OSError as error:
            self.failures[path] = Failure(SKIPPED, f"cannot be read: {describe(error)}")
            return False
        if not mentions_sdk(data):
            return False
        if not self.docs:
            self.failures[path] = Failure(SKIPPED, "is a document; --docs migrates the code in it")
            return False
        self.data[self._key(path)] = data
        return True

    def _document(
        self, paths: Sequence[Path], codes: Sequence[Code], engine: Engine, jobs: int | None, progress: Progress | None
    ) -> None:
        """Migrates the code in documents."""
        from .documents import migrate

        held = {path: self.data[self._key(path)] for path in paths}
        for path, done in migrate(held, self.settings, codes, engine, self._refused, jobs, progress).items():
            self.documents[path] = done.result
            if done.failure is not None:
                self.failures[path] = done.failure
            elif done.change is not None:
                self.changes.append((done.change,))

    def _codes(self, seeds: Sequence[str]) -> list[Code]:
        """The modules that name an SDK, as they are after the run."""
        from .manifests.code import Code

        codes = []
        for key in seeds:
            result, source, path = self.results.get(key), self.sources.get(key), self.given[key]
            text = source.text if source is not None else self.data[key].decode("utf-8", "replace")
            new = result.text if result is not None and path not in self.failures else None
            codes.append(Code(path, text if new is None else new, new is not None and new != text))
        return codes

    def _place(self, files: Sequence[Path]) -> None:
        """Chooses what paths are relative to: the working directory where it holds all of them.

        If that is inside a package, then the folder above the package, so that absolute imports of it resolve.
        """
        folders = [path if path.is_dir() else path.parent for path in map(_absolute, self.paths)]
        self.root = Path(os.path.commonpath(folders)) if _one_drive(folders) else folders[0]
        here = Path.cwd()
        self.base = here if self.root.is_relative_to(here) else self.root
        while (self.base / "__init__.py").is_file() and self.base != self.base.parent:
            self.base = self.base.parent
        self.given = {self._key(path): path for path in files}
        self.listing = self.typed is not None or any(path.is_file() for path in map(_absolute, self.paths))

    def _find_rest(self) -> None:
        """Finds the rest of the project of a list of files, which is read, though never changed: what is below the
        working directory, but for that of a person or of the machine, and unless there is more than a project has."""
        here = Path.cwd()
        whole = self.root if here in (Path.home(), Path(here.anchor)) else self.base
        found = discover([whole], self.exclude, self.exclude_from)
        if len(found.files) <= MOST:
            known = set(self.given.values())
            self.root, self.around = whole, found.beside
            self.rest = {self._key(path): path for path in found.files if path not in known}

    def _asks(self, key: str) -> bool:
        """Whether a file may call what another one makes."""
        data = self._read(key)
        return data is not None and any(word in data for word in _REQUESTS)

    def _key(self, path: Path) -> str:
        return path.relative_to(self.base).as_posix() if path.is_relative_to(self.base) else path.as_posix()

    def _mentions(self, key: str) -> bool:
        data = self._bytes(key)
        if data is None:
            return False
        if key in self.given:
            self.todos += data.count(_TODO)
        data = self._code(key, data) if mentions_sdk(data) else None
        if data is not None and mentions_sdk(data):
            self.data[key] = data
            return True
        return False

    def _imports(self, key: str) -> tuple[Import, ...]:
        from .modules import scan_imports

        if key not in self.imports_of:
            self.imports_of[key] = scan_imports(self.data.get(key) or self._read(key) or b"")
        return self.imports_of[key]

    def _read(self, key: str) -> bytes | None:
        """The code of a file; None where it has none that can be migrated."""
        data = self._bytes(key)
        return self._code(key, data) if data is not None else None

    def _bytes(self, key: str) -> bytes | None:
        path = self.given.get(key) or self.base / key
        try:
            if self.typed is not None and key in self.given:
                return self.typed
            largest = LARGEST[kind_of(path.name) or "python"]
            if os.stat(path).st_size <= largest:
                return read(path)
            if key in self.given and file_mentions_sdk(path):
                self.failures[path] = _too_large(largest)
            return None
        except OSError as error:
            if key in self.given:
                self.failures[path] = Failure(SKIPPED, f"cannot be read: {describe(error)}")
            return None

    def _code(self, key: str, data: bytes) -> bytes | None:
        """The bytes of a module, or the code of a notebook as a module."""
        path = self.given.get(key) or self.base / key
        if kind_of(path.name) != "notebook":
            return data
        if not mentions_sdk(data) and b"import " not in data:
            return b""
        from .sources import notebook, python

        if key not in self.notebooks:
            try:
                found = notebook.read(data)
            except python.SourceError as error:
                if key in self.given and mentions_sdk(data):
                    self.failures[path] = Failure(SKIPPED, str(error))
                return None
            if found is None:
                return None
            if len(found.text) > LARGEST["python"]:
                self.failures[path] = _too_large(LARGEST["python"])
                return None
            self.notebooks[key] = found
        return self.notebooks[key].text.encode("utf-8", "surrogatepass")

    def _is_module(self, key: str) -> bool:
        """Whether a path that was not given is a module of the project that may be read, though never changed."""
        folder, _, name = key.rpartition("/")
        if name not in self._listed(folder):
            return False
        path = self.base / key
        if not path.is_file() or not path.is_relative_to(self.root):
            return False
        inside = path.relative_to(self.root)
        reached = Path(os.path.realpath(self.root), inside)
        return not JUNK.intersection(inside.parts) and reached == Path(os.path.realpath(path))  # not through a link

    def _listed(self, folder: str) -> frozenset[str]:
        """The names in a folder, which is asked for once however many modules might be there."""
        found = self.listed.get(folder)
        if found is None:
            above, _, name = folder.rpartition("/")
            found = frozenset()
            if not above or name in self._listed(above):
                with contextlib.suppress(OSError):
                    found = frozenset(os.listdir(self.base / folder))
            self.listed[folder] = found
        return found

    def _modules(self, group: Sequence[str]) -> list[SourceModule]:
        from .depth import too_deep
        from .engine import SourceModule
        from .sources import python

        modules = []
        for key in group:
            data = self.data.get(key) or self._read(key)
            if data is None:
                continue
            self.data[key] = data
            try:
                source = python.decode(data)
                if too_deep(source.text):
                    raise python.SourceError("is nested too deeply to be parsed")
            except python.SourceError as error:
                if key in self.given:
                    self.failures[self.given[key]] = Failure(SKIPPED, str(error))
                continue
            self.sources[key] = source
            self.data.pop(key, None)  # the text says the same
            given = self.given.get(key)
            ignore = ignored_in(given, self.settings) if given is not None else ()
            book = self.notebooks.get(key)
            shown, single = (frozenset(book.shown), tuple(book.single.items())) if book else (frozenset(), ())
            modules.append(SourceModule(key, source.text, given is not None, ignore, shown, single))
        return modules

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
                if module.path in self.given:
                    self.failures[self.given[module.path]] = Failure(INTERNAL, outcome.error)
            return
        from .sources import python

        changes = []
        wrong: dict[str, Failure] = {}
        for result in outcome.results:
            if result.path not in self.given:
                continue
            source = self.sources[result.path]
            if result.error is not None:
                code = INTERNAL if result.error.startswith("internal error") else SKIPPED
                self.failures[self.given[result.path]] = Failure(code, result.error)
                continue
            self.results[result.path] = result
            if result.text is None or result.text == source.text:
                continue
            if failure := self._refused(source.text, result.text, self.notebooks.get(result.path)):
                wrong[result.path] = failure
                continue
            try:
                after = self._written(result.path, result.text)
            except python.SourceError as error:
                wrong[result.path] = Failure(SKIPPED, f"cannot be written: {error}")
                continue
            book = self.notebooks.get(result.path)
            before = book.data if book is not None else python.encode(source, source.text)
            changes.append(Change(self.given[result.path], before, after))
        if wrong:
            self._withdraw(outcome, wrong)
        elif changes:
            self.changes.append(tuple(changes))

    def _written(self, key: str, text: str) -> bytes:
        """The bytes of the file whose module gets this text."""
        from .sources import python

        book = self.notebooks.get(key)
        if book is None:
            return python.encode(self.sources[key], text)
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
            if result.path in self.given and result.text is not None:
                path = self.given[result.path]
                because = not_written(self.given[culprit], wrong[culprit].message, path)
                self.failures[path] = wrong.get(result.path, because)

    def _files(self, beside: Beside | None) -> tuple[FileResult, ...]:
        files = dict(self.documents)
        for key, result in self.results.items():
            path, text = self.given[key], self.sources[key].text
            after = result.text if result.text != text else None
            found = FileResult(shown(path), tuple(sorted(result.findings)), text if after is not None else None, after)
            book = self.notebooks.get(key)
            if book is not None and path in self.failures:
                found = replace(found, after=None)  # its cells may not come back
            found = found if book is None else book.result(found, self.settings.schema)
            files[path] = self._placed(found) if self.notebooks else found
        for path, failure in self.failures.items():
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
            for key, book in self.notebooks.items():
                if f"{key}:" in message:
                    message = book.named(key, message)
            findings.append(replace(finding, message=message))
        return replace(file, findings=tuple(findings))


def _engine() -> Engine:
    from .engine import migrate

    return migrate


def _too_large(largest: int) -> Failure:
    megabytes = largest // 1_000_000
    return Failure(SKIPPED, f"names an SDK and is larger than {megabytes} MB; split it, or leave it out (--exclude)")


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _one_drive(folders: Sequence[Path]) -> bool:
    return len({folder.drive for folder in folders}) == 1
