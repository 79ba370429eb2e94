"""One result, many renderings: a format is one row here."""

from __future__ import annotations

from collections.abc import Callable

from ..results import RunResult

Render = Callable[[RunResult], str]


def render(name: str, result: RunResult) -> str:
    """The result in a format of FORMATS; KeyError for another name."""
    return FORMATS[name](result)


def _json(result: RunResult) -> str:
    from . import json_report

    return json_report.render(result)


def _patch(result: RunResult) -> str:
    from . import diff

    return diff.render(result)


FORMATS: dict[str, Render] = {"json": _json, "patch": _patch}
"""What renders a format; the module is loaded when it is used."""
SUFFIXES = {".json": "json", ".patch": "patch"}
"""The format of a report by the suffix of its file."""
