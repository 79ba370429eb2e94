"""Which versions of Python a project says that it runs on."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from ..requirements import caret, read_toml
from ..sources.text import TextFile
from . import commands, conda

_CLASSIFIER = re.compile(r"Programming Language :: Python :: 3\.(\d+)\b")
NAMES = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "Dockerfile", "runtime.txt", ".python-version")
"""Files that say on which Python the code of their folder runs; runtime.txt is Heroku's."""
_MINORS = range(6, 11)


def oldest(file: TextFile) -> int | None:
    """The x of the oldest Python 3.x that a manifest declares, or 11 where it is a later one; None where it declares
    none."""
    try:
        said = [specifier for specifier in _said(file) if specifier]
    except (ValueError, configparser.Error):
        return None
    return min((minor for specifier in said for minor in _admitted(specifier)), default=11) if said else None


def _admitted(specifier: str) -> Iterator[int]:
    try:
        wanted = SpecifierSet(specifier)
    except InvalidSpecifier:
        return
    yield from (minor for minor in _MINORS if wanted.contains(f"3.{minor}.99") or wanted.contains(f"3.{minor}.0"))


def _said(file: TextFile) -> Iterator[str]:
    name, text = file.path.name, file.text
    if name in ("pyproject.toml", "Pipfile"):
        yield from _toml(text)
    elif name == "setup.cfg":
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(text)
        yield from _or_classifiers(parser.get("options", "python_requires", fallback=""), text)
    elif name == "setup.py":
        yield from _or_classifiers(_keyword(text), text)
    elif name.endswith((".yml", ".yaml")) and "dependencies" in text:
        yield conda.python(file)
    elif name in ("runtime.txt", ".python-version"):
        yield from (f"==3.{minor}.*" for minor in re.findall(r"^(?:python-)?3\.(\d+)(?![\d])", text, re.MULTILINE))
    elif "ockerfile" in name or "ontainerfile" in name:
        yield commands.python(text)


def _or_classifiers(specifier: str, text: str) -> Iterator[str]:
    """What is required counts; where nothing is, what the classifiers name."""
    if specifier:
        yield specifier
    else:
        yield from (f"==3.{minor}.*" for minor in _CLASSIFIER.findall(text))


def _toml(text: str) -> Iterator[str]:
    data = read_toml(text)
    project, poetry = _table(data, "project"), _table(data, "tool", "poetry")
    wanted = _table(poetry, "dependencies").get("python")
    if isinstance(wanted, str) and not project.get("requires-python"):
        # Poetry may give alternatives, as in "^3.9 || ^3.11".
        for alternative in re.split(r"\|\|?", wanted):
            yield ",".join(
                caret(part) for part in re.split(r"[,\s]+(?=[\^~<>=!\d*])", alternative.strip()) if part != "*"
            )
        return
    for name in ("python_version", "python_full_version"):
        if isinstance(version := _table(data, "requires").get(name), str):
            yield f"=={version}.*" if version.count(".") == 1 else f"=={version}"
    required = project.get("requires-python")
    yield from _or_classifiers(required if isinstance(required, str) else "", text)


def _table(data: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    for key in path:
        value = data.get(key)
        data = value if isinstance(value, Mapping) else {}
    return data


def _keyword(text: str) -> str:
    """python_requires of a setup.py, where it is written as a string."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "python_requires" and isinstance(node.value, ast.Constant):
            return str(node.value.value)
    return ""
