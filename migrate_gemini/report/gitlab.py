"""The result as a Code Quality report of GitLab.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json

from ..results import RunResult
from ..rules import get
from .entries import Entry, entries
from .text import printable


def render(result: RunResult) -> str:
    """A JSON array, ASCII only; `[]` where there is nothing to say."""
    return json.dumps([_issue(entry) for entry in entries(result)], indent=2) + "\n"


def _issue(entry: Entry) -> dict[str, object]:
    return {
        "description": f"{entry.code} {printable(entry.message)}",
        "check_name": f"{entry.code}-{get(entry.code).name}",
        "fingerprint": entry.fingerprint,
        "severity": "major" if entry.failed else "minor" if entry.legacy else "info",
        "location": {"path": entry.file.path, "lines": {"begin": entry.line}},
    }
