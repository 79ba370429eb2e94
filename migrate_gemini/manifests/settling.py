"""Which manifests belong to which code, and what that code needs.

A manifest belongs to the code below its folder; code belongs to the nearest manifest that names one of the packages.
"""

from __future__ import annotations

import configparser
import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.version import Version

from .. import requirements
from ..discovery import discover, mentions_sdk, stands_beside
from ..sdk import releases
from ..settings import Settings
from ..sources import python, text
from ..sources.text import TextFile
from . import commands, locks, pip_files, policy, pythons
from .code import CORE, Code, Uses, notebook, old, uses
from .formats import Format, format_of
from .policy import Need
from .slots import MENTION, NEW, OLD, Slot

_BYTES = (b"generativeai", b"genai")


@dataclass(slots=True)
class _Home:
    """A folder, the manifests that belong to the code below it, and what that code needs."""

    folder: Path
    files: list[TextFile] = field(default_factory=list)
    codes: list[tuple[Code, Uses]] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return any(code.changed for code, _ in self.codes)


def settle(
    codes: Sequence[Code],
    modules: Sequence[Path],
    given: Sequence[Path],
    others: Iterable[Path],
    root: Path,
    settings: Settings,
) -> list[list[TextFile]]:
    """The manifests with their edits and findings, those that change together in one list.

    codes: the modules that name an SDK. modules: all of them. given: the files that may change. others: manifests that
    are only spoken of. root: the folder of the whole run.
    """
    if settings.manifests is False or not codes:
        return []
    files = {path: file for path in given if (file := _file(path)) is not None}
    outside = {path: file for path in others if path not in files and (file := _file(path)) is not None}
    if not files and not outside and not any(path.parent == root and format_of(path) is not None for path in given):
        outside = {path: file for path in _above(root) if (file := _file(path)) is not None}
    found = [(code, uses(notebook(code.text) if code.path.suffix == ".ipynb" else code.text)) for code in codes]
    rest = _Rest(root, {code.path for code in codes})
    settled = []
    for home in _homes([*files.values(), *outside.values()], found, modules, root):
        settled.append(_Settling(home, set(files), rest, root, settings).run())
    return [group for group in settled if group]


def _file(path: Path) -> TextFile | None:
    """A manifest or lock file that names one of the packages."""
    if format_of(path) is None:
        return None
    try:
        if path.is_symlink():
            return None
        data = path.read_bytes()
        if not any(word in data.lower() for word in _BYTES) and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            return None
        file = text.read(path, data)
    except (OSError, python.SourceError):
        return None
    return file if MENTION.search(file.text) else None


def _above(root: Path) -> list[Path]:
    """The manifests of the project that a folder lies in: those of the nearest folder above that has one, up to the top
    of the repository; without a repository, of the folder above."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root.parent)
    for folder in root.parents:
        if not folder.is_relative_to(top):
            break
        try:
            names = sorted(path for path in folder.iterdir() if stands_beside(folder.name, path.name))
        except OSError:
            break
        if found := [path for path in names if format_of(path) is not None and path.is_file()]:
            return found
    return []


def _homes(
    files: Iterable[TextFile], codes: list[tuple[Code, Uses]], modules: Iterable[Path], root: Path
) -> list[_Home]:
    homes: dict[Path, _Home] = {}
    for file in files:
        folder = _folder(file.path)
        while folder != root and folder.is_relative_to(root) and not _below(folder, codes):
            if format_of(file.path) is not commands.slots and any(path.is_relative_to(folder) for path in modules):
                break  # it is the manifest of other code
            folder = folder.parent
        homes.setdefault(folder, _Home(folder)).files.append(file)
    for code, used in codes:
        if owner := next((homes[folder] for folder in code.path.parents if folder in homes), None):
            owner.codes.append((code, used))
    for home in homes.values():
        home.codes = home.codes or _below(home.folder, codes)
    return [homes[folder] for folder in sorted(homes)]


def _folder(path: Path) -> Path:
    """The folder that a manifest speaks for."""
    parents = path.parents
    github = next((folder for folder in parents if folder.name == ".github"), None)
    if github is not None:
        return github.parent
    return path.parent.parent if path.parent.name == "requirements" else path.parent


def _below(folder: Path, codes: list[tuple[Code, Uses]]) -> list[tuple[Code, Uses]]:
    return [(code, used) for code, used in codes if code.path.is_relative_to(folder)]


@dataclass(slots=True)
class _Rest:
    """The modules that the run did not look at (not given, or excluded), which may still need the old package."""

    root: Path
    known: set[Path]
    found: dict[Path, tuple[Path, ...]] = field(default_factory=dict)

    def old(self, folder: Path, has_core: bool) -> str:
        """Why code below a folder needs google-generativeai; '' where none does. has_core: whether something else gives
        google.api_core."""
        if folder not in self.found:
            below = discover([folder])
            self.found[folder] = (*below.files, *(path for path in below.beside() if path.suffix == ".ipynb"))
        for path in self.found[folder]:
            if path in self.known:
                continue
            try:
                data = path.read_bytes()
            except OSError:
                return f"{path.name} cannot be read"
            if mentions_sdk(data) or (not has_core and b"api_core" in data):
                if (module := old(_said(path, data))) and not (has_core and module == CORE):
                    return _because(path, module, self.root)
        return ""


def _said(path: Path, data: bytes) -> str:
    if path.suffix == ".ipynb":
        return notebook(data.decode("utf-8", "replace"))
    try:
        return python.decode(data).text
    except python.SourceError:
        return data.decode("utf-8", "replace")


def _because(path: Path, module: str, root: Path) -> str:
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    brings = "" if module == "google.generativeai" else ", which it brings along"
    return f"{shown} imports {module}{brings}"


@dataclass(slots=True)
class _Settling:
    home: _Home
    given: set[Path]
    rest: _Rest
    root: Path
    settings: Settings

    def run(self) -> list[TextFile]:
        """The manifests of the home with what is done to them, and its lock files with what is said of them."""
        home = self.home
        wanted = self.settings.manifests or home.changed
        read = [(file, self._slots(file)) for file in home.files]
        asks_old = any(slot.package == OLD for _, slots in read for slot in slots)
        reason = self._old() if asks_old and (wanted or any(used.new for _, used in home.codes)) else ""
        for file, slots in read:
            need = self._need(file, reason)
            if not wanted:
                if not need.old and need.uses:
                    policy.left(file, slots, "run with --manifests, or take it out")
            elif file.path not in self.given:
                self._outside(file, slots, need)
            elif pip_files.compiled(file.text) and format_of(file.path) is _PIP:
                self._compiled(file, need)
            else:
                policy.settle(file, slots, need)
                if file.edits and commands.broken(file):
                    file.edits.clear()
                    file.findings = []
                    by_hand = f"ask for google-genai{need.asked} by hand"
                    file.find(
                        slots[0].start, "MG605", "manual", f"cannot be edited without breaking the file: {by_hand}"
                    )
        edited = [file for file, _ in read if file.edits]
        for file, need in ((file, self._need(file, reason)) for file in edited):
            self._in_the_way(file, need)
        told = [file for file, _ in read if file.findings]
        return told + (self._locks() if edited else [])

    def _slots(self, file: TextFile) -> list[Slot]:
        read = format_of(file.path)
        assert read is not None
        try:
            return list(read(file))
        except ValueError as error:
            match = MENTION.search(file.text)
            at = match.start() if match else 0
            file.find(at, "MG605", "manual", f"cannot be read ({error}): what it asks for is left; change it by hand")
            return []

    def _old(self) -> str:
        has_core = any("google-api-core" in file.text or "google-cloud-" in file.text for file in self.home.files)
        for code, used in self.home.codes:
            if used.old and not (has_core and used.old == CORE):
                return _because(code.path, used.old, self.root)
        return self.rest.old(self.home.folder, has_core)

    def _need(self, file: TextFile, reason: str) -> Need:
        new = any(used.new for _, used in self.home.codes)
        interacts = any(used.interacts for _, used in self.home.codes)
        if self.settings.schema == "outputs":
            floor = releases.FIRST
            return Need(floor, f">={floor},<{releases.STEPS}", new, interacts, reason)
        minor, where = self._python(file)
        if minor is None or minor > releases.OLDEST_PYTHON[1]:
            return Need(releases.WANTED, f">={releases.WANTED},<{releases.AFTER}", new, interacts, reason)
        floor, asked = releases.LAST_310, f">={releases.LAST_310},<{releases.AFTER}"
        if minor < releases.OLDEST_PYTHON[1]:
            note = f"{where} declares Python 3.{minor}, on which no google-genai with client.interactions runs: ask for"
            return Need(floor, asked, new, interacts, reason, f"{note} Python 3.11")
        traps = "; it ".join(requirements.traps(Version(floor)))
        note = (
            f"{where} declares Python 3.10, on which google-genai {floor} is the last to run; it {traps}: ask for "
            f"Python 3.11 and google-genai>={releases.WANTED},<{releases.AFTER} as soon as you can"
        )
        return Need(floor, asked, new, interacts, reason, note)

    def _python(self, file: TextFile) -> tuple[int | None, str]:
        """The oldest Python that counts for a manifest, and the name of the file that says so."""
        if (minor := pythons.oldest(file)) is not None:
            return minor, file.path.name
        for folder in (self.home.folder, *self.home.folder.parents):
            found = []
            for name in pythons.NAMES:
                path = folder / name
                try:
                    near = text.read(path, path.read_bytes()) if path.is_file() else None
                except (OSError, python.SourceError):
                    continue
                if near is not None and (minor := pythons.oldest(near)) is not None:
                    found.append((minor, name))
            if found:
                return min(found)
            if folder == self.root or (folder / ".git").exists():
                break
        return None, ""

    def _outside(self, file: TextFile, slots: Sequence[Slot], need: Need) -> None:
        why = "the file is not among the given paths; give it, too"
        if not need.old:
            policy.left(file, slots, f"it has to become google-genai{need.asked} ({why})")
            return
        asks_new = any(slot.package != OLD for slot in slots)
        for slot in slots if need.uses and not asks_new else ():
            words = f"{slot.shown} has to have google-genai{need.asked} beside it, which new code imports ({why})"
            file.find(slot.start, "MG605", "manual", words)

    def _in_the_way(self, file: TextFile, need: Need) -> None:
        """Notes what google-genai cannot be installed beside."""
        if self.settings.schema == "outputs" or NEW not in file.after():
            return
        with contextlib.suppress(ValueError, configparser.Error):
            for place, shown, needed in requirements.in_the_way(file.path, file.text):
                words = f"{shown} keeps {NEW}{need.asked} from being installed, which needs {needed}"
                file.find(place, "MG606", "needs_review", words)

    def _compiled(self, file: TextFile, need: Need) -> None:
        match = MENTION.search(file.text)
        if match is not None and (not need.old or need.uses):
            command = locks.by_header(file.text, file.path.name)
            file.find(
                match.start(), "MG604", "needs_review", f"is made from another file: make it anew with `{command}`"
            )

    def _locks(self) -> list[TextFile]:
        found = []
        for folder in (self.home.folder, *self.home.folder.parents):
            for name in locks.NAMES:
                path = folder / name
                try:
                    data = path.read_bytes() if path.is_file() else b""
                    file = text.read(path, data)
                except (OSError, python.SourceError):
                    continue
                if match := MENTION.search(file.text):
                    words = f"does not fit the manifest any more: make it anew with `{locks.by_name(name)}`"
                    file.find(match.start(), "MG604", "needs_review", words)
                    found.append(file)
            if folder == self.root or (folder / ".git").exists():
                break
        return found


_PIP: Format = pip_files.slots
