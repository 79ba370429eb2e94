"""One result, many renderings: a format is one row here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ..results import RunResult

Format = Literal["full", "concise", "json", "sarif", "github", "gitlab", "markdown"]
"""What standard output may hold; the first two are for a person."""

_MODULES = {
    "json": "json_report",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "markdown": "markdown",
    "html": "html",
    "patch": "diff",
}
SUFFIXES = {
    ".json": "json",
    ".sarif": "sarif",
    ".md": "markdown",
    ".html": "html",
    ".patch": "patch",
    ".gitlab": "gitlab",
}
"""The format of a report by the suffix of its file."""


def render(name: str, result: RunResult) -> str:
    """The result as a document of a format; its module is loaded only now. KeyError for an unknown format."""
    import importlib

    module = importlib.import_module(f".{_MODULES[name]}", __name__)
    text: str = module.render(result)
    return text
