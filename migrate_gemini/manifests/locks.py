"""Lock files: they are made by a tool, which has to make them anew when a manifest changes."""

from __future__ import annotations

import re

_BY_NAME = {
    "uv.lock": "uv lock",
    "poetry.lock": "poetry lock",
    "pdm.lock": "pdm lock",
    "Pipfile.lock": "pipenv lock",
    "pixi.lock": "pixi lock",
    "conda-lock.yml": "conda-lock",
    "pylock.toml": "the command that made it",
}
NAMES = tuple(_BY_NAME)
_HEADER = re.compile(r"^#\s+((?:uv )?pip-compile\b.*|uv (?:pip compile|export)\b.*)$", re.MULTILINE)


def by_name(name: str) -> str | None:
    """The command that makes a lock file of that name anew; None for another file."""
    return _BY_NAME.get(name)


def by_header(text: str, name: str) -> str:
    """The command that made a requirements file, from its header; a likely one where that has none."""
    match = _HEADER.search(text)
    return match[1].strip() if match else f"pip-compile {name.removesuffix('.txt')}.in"
