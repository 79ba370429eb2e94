"""The result as workflow commands of GitHub Actions, which show as annotations in a pull request.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from ..results import RunResult
from ..rules import get
from .entries import Entry, entries
from .text import printable


def render(result: RunResult) -> str:
    """One line an annotation; '' where there is nothing to say."""
    return "".join(_command(entry) + "\n" for entry in entries(result))


def _command(entry: Entry) -> str:
    level = "error" if entry.failed else "warning" if entry.legacy else "notice"
    place = {"file": entry.file.path, "line": str(entry.line), "col": str(entry.column)}
    properties = {**place, "title": f"{entry.code} {get(entry.code).name}"}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {written}::{_data(entry.message)}"


def _data(text: str) -> str:
    """The text so that it ends no command; what a person cannot see is spelled out."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
