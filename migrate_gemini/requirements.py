"""What a project itself asks of google-genai: its pyproject.toml, requirements, setup.cfg and lock files. Offline."""

from __future__ import annotations

import configparser
import contextlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from .sdk import releases
from .settings import Schema

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

PACKAGE = "google-genai"
_LOCKS = ("uv.lock", "poetry.lock")
_FILES = ("pyproject.toml", "setup.cfg")
_NAME = re.compile(r"google[-_.]+genai\b(?![-_.]*\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One requirement of google-genai: where it stands (1-based), as it is written, and what it allows."""

    path: Path
    line: int
    column: int
    text: str
    specifier: SpecifierSet

    def newest(self) -> Version | None:
        """The newest release that it allows; None for one that is not known."""
        named = [Version(item.version.removesuffix(".*")) for item in self.specifier if item.operator != "==="]
        known = [Version(f"{major}.{n}.0") for major, last in releases.MINOR.items() for n in range(last + 1)]
        allowed = [version for version in [*named, *known] if self.specifier.contains(version, prereleases=True)]
        return max(allowed, default=None)


def find(start: Path) -> list[Wanted]:
    """The requirements of the project that a folder belongs to; those of a lock file, where there is one, alone."""
    for folder in [start, *start.parents]:
        found = [item for path in _in(folder) for item in _read(path)]
        locked = [item for item in found if item.path.name in _LOCKS]
        if found:
            return locked or found
        if any((folder / name).exists() for name in (".git", *_FILES, *_LOCKS)):
            return []
    return []


def judge(wanted: Wanted, schema: Schema) -> str | None:
    """What is to be said of a requirement for code of a schema, or None."""
    version = wanted.newest()
    if version is None:
        return None
    if schema == "outputs":
        if Version(releases.FIRST) <= version < Version(releases.STEPS):
            return None
        asked = f"google-genai>={releases.FIRST},<{releases.STEPS}"
        return f"{wanted.text} gives google-genai {version}, which has no interaction.outputs; ask for {asked}"
    notes = traps(version)
    asked = f"google-genai>={releases.WANTED},<{releases.AFTER}"
    told = f"{wanted.text} gives at most google-genai {version}, which {'; it '.join(notes)}"
    return f"{told}; ask for {asked}" if notes else None


def traps(version: Version) -> list[str]:
    """What goes wrong with new code on a release."""
    return [trap.note for trap in releases.TRAPS if Version(trap.since) <= version < Version(trap.until)]


def _in(folder: Path) -> Iterator[Path]:
    names = [*_LOCKS, *_FILES]
    yield from (folder / name for name in names if (folder / name).is_file())
    yield from sorted(folder.glob("requirements*.txt"))
    yield from sorted(folder.glob("requirements/*.txt"))


def _read(path: Path) -> Iterator[Wanted]:
    """The requirements of one file; nothing of a file that cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if not _NAME.search(text):
            return
        found = [(place, str(needed.specifier)) for place, needed in stated(path, text) if _name(needed) == PACKAGE]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, configparser.Error):
        return
    for place, specifier in dict.fromkeys(found):
        line, column = text.count("\n", 0, place) + 1, place - (text.rfind("\n", 0, place) + 1) + 1
        try:
            yield Wanted(path, line, column, f"{PACKAGE}{specifier}", SpecifierSet(specifier))
        except (InvalidSpecifier, InvalidVersion):
            continue


def read_toml(text: str) -> dict[str, Any]:
    """What a TOML text says. ValueError where it is none."""
    data: dict[str, Any] = tomllib.loads(text)
    return data


def stated(path: Path, text: str) -> Iterator[tuple[int, Requirement]]:
    """The requirements in a file, or the releases in a lock file, each with the offset at which it stands. Raises what
    reading TOML and INI files does."""
    for written, line in _stated(path, text):
        try:
            needed = Requirement(line)
        except InvalidRequirement:
            continue  # an option, a comment, or what pip itself would refuse
        key = re.search(rf"""^[ \t]*["']?({re.escape(written)})["']?[ \t]*=(?!=)""", text, re.MULTILINE)
        yield key.start(1) if key is not None else max(text.find(written), 0), needed


def in_the_way(path: Path, text: str) -> Iterator[tuple[int, str, str]]:
    """The requirements of a file that keep google-genai as new code needs it from being installed: the offset, the
    requirement, and what google-genai needs of that package. Raises what reading TOML and INI files does."""
    for place, needed in stated(path, text):
        wanted = releases.NEEDS.get(_name(needed))
        if wanted is not None and needed.url is None and not _meet(needed.specifier, SpecifierSet(wanted)):
            yield place, str(needed).partition(";")[0].strip(), f"{_name(needed)}{wanted}"


def _meet(one: SpecifierSet, other: SpecifierSet) -> bool:
    """Whether two ranges of releases have one in common, told by those that they name and the next after each."""
    named = [Version(item.version.removesuffix(".*")) for item in (*one, *other) if item.operator != "==="]
    after = [Version(f"{'.'.join(map(str, version.release))}.1") for version in named]
    return any(version in one and version in other for version in (*named, *after))


def _name(needed: Requirement) -> str:
    return canonicalize_name(needed.name)


def _stated(path: Path, text: str) -> Iterator[tuple[str, str]]:
    """(as written, as a requirement) of all that a file asks for."""
    if path.name in _LOCKS:
        for package in _tables(read_toml(text).get("package")):
            if "name" in package and "version" in package:
                yield f'name = "{package["name"]}"', f"{package['name']}=={package['version']}"
        return
    lines: list[str] = []
    if path.name == "pyproject.toml":
        data = read_toml(text)
        yield from _poetry(data.get("tool", {}).get("poetry", {}))
        project = data.get("project", {})
        groups = [*project.get("optional-dependencies", {}).values(), *data.get("dependency-groups", {}).values()]
        for group in [project.get("dependencies", []), *groups]:
            lines += [item for item in group if isinstance(item, str)]
    elif path.name == "setup.cfg":
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(text)
        options = [parser.get("options", "install_requires", fallback="")]
        if parser.has_section("options.extras_require"):
            options += [value for _, value in parser.items("options.extras_require")]
        lines = [line for option in options for line in option.splitlines()]
    else:
        lines = [re.split(r"\s#|\s--|\s\\", f" {line}")[0] for line in text.splitlines()]
    yield from ((line.strip(), line.strip()) for line in lines)


def _tables(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _poetry(poetry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Poetry's own form: a name with `^1.2`, `~1.2`, `1.*`, `>=1.2,<2` or a table with such a version."""
    groups = [poetry, *(group for group in poetry.get("group", {}).values() if isinstance(group, dict))]
    for group in groups:
        for name, value in group.get("dependencies", {}).items():
            wanted = value.get("version", "*") if isinstance(value, dict) else value
            if isinstance(wanted, str):
                with contextlib.suppress(ValueError):  # no constraint of Poetry
                    parts = (part.strip() for part in wanted.split(","))
                    yield name, name + ",".join(caret(part) for part in parts if part != "*")


def caret(part: str) -> str:
    """One of Poetry's constraints as a specifier of Python packages."""
    if part[:1] in "^~" and part[1:2] != "=":
        numbers = part[1:].split(".")
        fixed = 1 if part[0] == "^" or len(numbers) == 1 else 2
        if part[0] == "^" and numbers[0] == "0" and len(numbers) > 1:
            fixed = 2
        limit = [*numbers[: fixed - 1], str(int(numbers[fixed - 1]) + 1)]
        return f">={part[1:]},<{'.'.join(limit)}"
    return part if part[:1] in "<>=!~" else f"=={part}"
