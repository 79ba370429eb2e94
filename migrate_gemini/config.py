"""`[tool.migrate-gemini]` of a pyproject.toml: found, read and checked. What the command line says wins over it."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_args

from .files import describe
from .ignore import PatternError, base_of, scope_of
from .settings import PerFile, Target

NAME = "pyproject.toml"
_SECTION = "migrate-gemini"


class ConfigError(ValueError):
    """What is wrong with a configuration, in one line that names the file and the key."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a file says; None where it says nothing. path: of the file; its patterns and paths start from its folder.

    select, ignore: codes and prefixes of rules. exclude: patterns as in .gitignore. models: (old, new). baseline: an
    absolute path.
    """

    path: Path | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    per_file_ignores: tuple[PerFile, ...] = ()
    exclude: tuple[str, ...] | None = None
    models: tuple[tuple[str, str], ...] = ()
    default_model: str | None = None
    target: Target | None = None
    store: bool | None = None
    todo_comments: bool | None = None
    manifests: bool | None = None
    config_files: bool | None = None
    docs: bool | None = None
    baseline: Path | None = None

    @property
    def folder(self) -> Path | None:
        """The folder of the file."""
        return self.path.parent if self.path is not None else None


def load(paths: Sequence[Path], given: Path | None = None) -> Config:
    """The configuration of a run over these paths: the file that is given, or the nearest pyproject.toml with a section
    of ours, from the folder that holds all of them up to the top of the repository. ConfigError."""
    if given is not None:
        return _read(given, required=True)
    folder = _common(paths)
    for above in (folder, *folder.parents):
        found = _read(above / NAME, required=False)
        if found.folder is not None:
            return found
        if (above / ".git").exists():
            break
    return Config()


def rules(words: Sequence[str]) -> tuple[str, ...]:
    """Codes or prefixes for what a person writes: those, names of rules, ALL. ValueError for what is none."""
    from .rules import all_rules, find, unknown

    found = []
    for word in (part.strip() for item in words for part in item.split(",")):
        code = "MG" if word.upper() == "ALL" else word.upper()
        if word and any(rule.code.startswith(code) for rule in all_rules()):
            found.append(code)
            continue
        rule = find(word)
        if isinstance(rule, tuple):
            raise ValueError(unknown(word, rule))
        found.append(rule.code)
    return tuple(dict.fromkeys(found))


def _common(paths: Sequence[Path]) -> Path:
    folders = [path if path.is_dir() else path.parent for path in (Path(os.path.abspath(path)) for path in paths)]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # several drives, or none
        return folders[0] if folders else Path.cwd()


def _read(path: Path, required: bool) -> Config:
    """What a file says; an empty configuration where there is none of ours in a file that is not required."""
    try:
        data = path.read_bytes()
    except OSError as error:
        if required:
            raise ConfigError(f"{os.fspath(path)}: cannot be read: {describe(error)}") from None
        return Config()
    if not required and _SECTION.encode() not in data:
        return Config()
    section = _section(path, data)
    if section is None:
        if required:
            raise ConfigError(f"{os.fspath(path)}: there is no [tool.{_SECTION}] in it")
        return Config()
    path = Path(os.path.abspath(path))
    config = Config(path)
    for key, value in section.items():
        kind = _KEYS.get(key)
        if kind is None:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(_KEYS)}"
            raise ConfigError(f"{os.fspath(path)}: unknown key {key!r}; {hint}")
        try:
            config = replace(config, **{key.replace("-", "_"): kind(value, path.parent)})
        except ValueError as error:
            raise ConfigError(f"{os.fspath(path)}: {key}: {error}") from None
    return config


def _section(path: Path, data: bytes) -> dict[str, Any] | None:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]
    try:
        tool = tomllib.loads(data.decode("utf-8")).get("tool", {})
    except ValueError as error:  # not UTF-8, or not TOML
        raise ConfigError(f"{os.fspath(path)}: is not valid TOML: {error}") from None
    section = tool.get(_SECTION) if isinstance(tool, dict) else None
    if section is not None and not isinstance(section, dict):
        raise ConfigError(f"{os.fspath(path)}: tool.{_SECTION} has to be a table")
    return section


# -- kinds of values: each gives what Config holds, or raises ValueError with the rest of a sentence ------------------


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("has to be a list of strings")
    return value


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("has to be a table")
    return value


def _flag(value: object, _: Path) -> bool:
    if not isinstance(value, bool):
        raise ValueError("has to be true or false")
    return value


def _text(value: object, _: Path) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("has to be a string that is not empty")
    return value.strip()


def _target(value: object, _: Path) -> str:
    if value not in get_args(Target):
        raise ValueError(f"has to be one of {', '.join(get_args(Target))}")
    return str(value)


def _rules(value: object, _: Path) -> tuple[str, ...]:
    return rules(_texts(value))


def _patterns(value: object, folder: Path) -> tuple[str, ...]:
    found = tuple(_texts(value))
    try:
        scope_of(found, base_of(folder))
    except PatternError as error:
        raise ValueError(f"not a pattern: {error.args[0]!r}") from None
    return found


def _per_file(value: object, folder: Path) -> tuple[PerFile, ...]:
    found = []
    for pattern, codes in _table(value).items():
        _patterns([pattern], folder)
        found.append(PerFile(base_of(folder), pattern, rules(_texts(codes))))
    return tuple(found)


def _models(value: object, folder: Path) -> tuple[tuple[str, str], ...]:
    return tuple((_text(old, folder), _text(new, folder)) for old, new in _table(value).items())


def _path(value: object, folder: Path) -> Path:
    return folder / _text(value, folder)


_KEYS: dict[str, Callable[[object, Path], Any]] = {
    "select": _rules,
    "ignore": _rules,
    "per-file-ignores": _per_file,
    "exclude": _patterns,
    "models": _models,
    "default-model": _text,
    "target": _target,
    "store": _flag,
    "todo-comments": _flag,
    "manifests": _flag,
    "config-files": _flag,
    "docs": _flag,
    "baseline": _path,
}
assert {key.replace("-", "_") for key in _KEYS} == {field.name for field in fields(Config)} - {"path"}
