"""The files of a run: which there are, what they hold, and which import which. One bad file stops no other."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .discovery import JUNK, LARGEST, Discovery, discover, file_mentions_sdk, kind_of, mentions_sdk
from .files import describe, read
from .results import SKIPPED, Failure
from .settings import Settings
from .suppressions import ignored_in

if TYPE_CHECKING:
    from .engine import SourceModule
    from .modules import Import
    from .sources import notebook, python

MOST = 20_000
"""So many files may the rest of a project have, that is read where a list of files is given."""
_TODO = b"# TODO(migrate-gemini): "
_REQUESTS = (b"generate_content", b"start_chat", b"send_message", b"interactions")


@dataclass(slots=True)
class Tree:
    """What is read of a project. Modules are keyed by their posix path relative to `base`.

    given: the modules that may change; rest: those that are read only; failures: why files are left out; todos: how
    many comments mark what is left, in the modules that may change.
    """

    paths: Sequence[Path]
    settings: Settings
    exclude: Sequence[str] = ()
    exclude_from: Path | None = None
    typed: bytes | None = None
    docs: bool = False
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
    imports_of: dict[str, tuple[Import, ...]] = field(default_factory=dict)
    listed: dict[str, frozenset[str]] = field(default_factory=dict)
    todos: int = 0

    def find(self) -> Discovery:
        """The files below the paths; what cannot be looked at is a failure."""
        found = discover(self.paths, self.exclude, self.exclude_from, typed=self.typed is not None, docs=self.docs)
        self.failures.update((path, Failure(SKIPPED, reason)) for path, reason in found.refused)
        return found

    def nothing(self, paths: Iterable[str]) -> bool:
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

    def is_document(self, path: Path) -> bool:
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
        self.data[self.key(path)] = data
        return True

    def place(self, files: Sequence[Path]) -> None:
        """Chooses what paths are relative to: the working directory where it holds all of them.

        If that is inside a package, then the folder above the package, so that absolute imports of it resolve.
        """
        folders = [path if path.is_dir() else path.parent for path in map(_absolute, self.paths)]
        self.root = Path(os.path.commonpath(folders)) if _one_drive(folders) else folders[0]
        here = Path.cwd()
        self.base = here if self.root.is_relative_to(here) else self.root
        while (self.base / "__init__.py").is_file() and self.base != self.base.parent:
            self.base = self.base.parent
        self.given = {self.key(path): path for path in files}
        self.listing = self.typed is not None or any(path.is_file() for path in map(_absolute, self.paths))

    def find_rest(self) -> None:
        """Finds the rest of the project of a list of files, which is read, though never changed: what is below the
        working directory, but for that of a person or of the machine, and unless there is more than a project has."""
        here = Path.cwd()
        whole = self.root if here in (Path.home(), Path(here.anchor)) else self.base
        found = discover([whole], self.exclude, self.exclude_from)
        if len(found.files) <= MOST:
            known = set(self.given.values())
            self.root, self.around = whole, found.beside
            self.rest = {self.key(path): path for path in found.files if path not in known}

    def asks(self, key: str) -> bool:
        """Whether a file may call what another one makes."""
        data = self._read(key)
        return data is not None and any(word in data for word in _REQUESTS)

    def key(self, path: Path) -> str:
        """What a path is kept under."""
        return path.relative_to(self.base).as_posix() if path.is_relative_to(self.base) else path.as_posix()

    def mentions(self, key: str) -> bool:
        """Whether a module names an SDK; then its bytes are kept."""
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

    def imports(self, key: str) -> tuple[Import, ...]:
        """The import statements of a module."""
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

    def is_module(self, key: str) -> bool:
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

    def modules(self, group: Sequence[str]) -> list[SourceModule]:
        """The modules of a group as text; what is no text is a failure."""
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


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _one_drive(folders: Sequence[Path]) -> bool:
    return len({folder.drive for folder in folders}) == 1


def _too_large(largest: int) -> Failure:
    megabytes = largest // 1_000_000
    return Failure(SKIPPED, f"names an SDK and is larger than {megabytes} MB; split it, or leave it out (--exclude)")
