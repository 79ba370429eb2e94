"""Which format a manifest has, told from its path; and its requirements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from ..sources.text import TextFile
from . import commands, conda, pip_files, setup_files, toml_files
from .slots import Slot

Format = Callable[[TextFile], Iterator[Slot]]
"""Gives the requirements of a file. ValueError where it cannot be read as what it is."""

_BY_NAME: tuple[tuple[re.Pattern[str], Format], ...] = (
    (re.compile(r"(?:.*[-_.])?(?:requirements|constraints).*\.(?:txt|in)"), pip_files.slots),
    (re.compile(r"pyproject\.toml|pixi\.toml|Pipfile"), toml_files.slots),
    (re.compile(r"setup\.py"), setup_files.setup_py),
    (re.compile(r"setup\.cfg|tox\.ini"), setup_files.setup_cfg),
    (re.compile(r"(?:.*[-_.])?(?:environment|conda).*\.ya?ml"), conda.slots),
    (re.compile(r"(?:Docker|Container)file(?:\..*)?|.*\.[Dd]ockerfile|(?:GNU)?[Mm]akefile|justfile"), commands.slots),
    (
        re.compile(r"(?:\.gitlab-ci|\.travis|azure-pipelines|bitbucket-pipelines|cloudbuild|render)\.ya?ml"),
        commands.slots,
    ),
    (re.compile(r"(?:docker-)?compose.*\.ya?ml|devcontainer\.json"), commands.slots),
)
"""By the name of a file; the first that matches counts."""
_FOLDERS = frozenset((".github", ".circleci"))
"""Folders whose YAML files run commands."""


def format_of(path: Path) -> Format | None:
    """How the requirements of a file are read; None for one that is no manifest."""
    suffix = path.suffix.lower()
    if suffix in (".sh", ".bash"):
        return commands.slots
    if suffix in (".txt", ".in") and path.parent.name == "requirements":
        return pip_files.slots
    if suffix in (".yml", ".yaml") and not _FOLDERS.isdisjoint(path.parts):
        return commands.slots
    return next((read for pattern, read in _BY_NAME if pattern.fullmatch(path.name)), None)
