"""The result as SARIF 2.1.0, for code scanning.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
"""

from __future__ import annotations

import difflib
import json
import os
import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..results import FileResult, RunResult
from ..rules import Rule, all_rules
from .entries import Entry, entries
from .text import printable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_BRACKET = re.compile(r"[\[\]]")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def render(result: RunResult) -> str:
    """The log: one run, every rule with its help, every finding with its place. ASCII only.

    The fix of a file stands at its first finding that is rewritten: what changes in a file changes together.
    """
    found = list(entries(result))
    fixed: set[str] = set()
    if result.written:
        fixed.update(file.path for file in result.changed)  # there is nothing left to fix
    results = [_result(entry, fixed) for entry in found if not entry.failed]
    failures = [_notification(entry) for entry in found if entry.failed]
    run = {
        "tool": {"driver": _driver()},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not failures, "toolExecutionNotifications": failures}],
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _driver() -> dict[str, Any]:
    return {
        "name": "migrate-gemini",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in all_rules()],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.docs},
        "help": {"text": f"{rule.docs}\n\n{rule.advice}", "markdown": f"{rule.docs}\n\n**What to do:** {rule.advice}"},
        "defaultConfiguration": {"level": "warning" if rule.legacy else "note"},
    }


def _result(entry: Entry, fixed: set[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": entry.code,
        "level": "warning" if entry.legacy else "note",
        "message": {"text": _plain(entry.message)},
        "locations": [_location(entry)],
        "partialFingerprints": {"migrateGemini/v1": entry.fingerprint},
        "properties": {"status": entry.status, "differences": [printable(text) for text in entry.differences]},
    }
    if entry.file.changed and entry.status != "manual" and entry.file.path not in fixed:
        fixed.add(entry.file.path)
        result["fixes"] = [_fix(entry.file)]
    return result


def _notification(entry: Entry) -> dict[str, Any]:
    return {
        "descriptor": {"id": entry.code},
        "level": "error",
        "message": {"text": _plain(entry.message)},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(entry.file)}}],
    }


def _plain(text: str) -> str:
    """The text so that no viewer takes `[a](b)` in it for a link, which a plain message may hold."""
    return _BRACKET.sub(r"\\\g<0>", printable(text)) if "](" in text else printable(text)


def _location(entry: Entry) -> dict[str, Any]:
    region = {"startLine": entry.line, "startColumn": entry.column}
    return {"physicalLocation": {"artifactLocation": _artifact(entry.file), "region": region}}


def _artifact(file: FileResult) -> dict[str, str]:
    """A URI reference relative to the working directory, or an absolute URI."""
    path = quote(file.path.encode("utf-8", "surrogateescape"))
    if PurePosixPath(file.path).is_absolute():
        return {"uri": f"file://{path}"}
    if os.path.splitdrive(file.path)[0]:
        return {"uri": f"file:///{path}"}
    # A colon in the first segment would read as a scheme; quote() spells it as %3A.
    return {"uri": path, "uriBaseId": "%SRCROOT%"}


def _fix(file: FileResult) -> dict[str, Any]:
    before, after = _LINE.findall(file.before or ""), _LINE.findall(file.after or "")
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    replacements = [
        {
            "deletedRegion": {"startLine": start + 1, "startColumn": 1, "endLine": end + 1, "endColumn": 1},
            "insertedContent": {"text": "".join(after[new_start:new_end])},
        }
        for tag, start, end, new_start, new_end in matcher.get_opcodes()
        if tag != "equal"
    ]
    return {
        "description": {"text": "Migrate this file to the Interactions API."},
        "artifactChanges": [{"artifactLocation": _artifact(file), "replacements": replacements}],
    }
