"""The result as JSON: for scripts, and to keep beside a pull request."""

from __future__ import annotations

import json

from ..results import FileResult, RunResult

VERSION = 1


def render(result: RunResult) -> str:
    """The report. The same result gives the same bytes; ASCII only, so that any file name survives."""
    report = {
        "version": VERSION,
        "summary": summary(result),
        "storage": result.storage,
        "files": [_file(file) for file in result.files],
    }
    return json.dumps(report, indent=2) + "\n"


def summary(result: RunResult) -> dict[str, int]:
    """The counts. A finding counts under its status; `legacy` counts those that are uses of the old API."""
    statuses = result.statuses()
    return {
        "files_scanned": result.scanned,
        "files_changed": len(result.changed),
        "files_failed": len(result.failed),
        "migrated": statuses["migrated"],
        "needs_review": statuses["needs_review"],
        "manual": statuses["manual"],
        "legacy": len(result.left()),
        "todo_comments": result.todos,
        "in_baseline": result.held,
        "gone_from_baseline": result.gone,
    }


def _file(file: FileResult) -> dict[str, object]:
    entry: dict[str, object] = {
        "path": file.path,
        "changed": file.changed,
        "findings": [
            {
                "code": finding.code,
                "status": finding.status,
                **({"cell": finding.cell} if finding.cell else {}),
                "line": finding.line,
                "column": finding.column,
                "message": finding.message,
                "differences": list(finding.differences),
            }
            for finding in file.findings
        ],
    }
    if file.failure is not None:
        entry["error"] = f"{file.failure.code} {file.failure.message}"
    return entry
