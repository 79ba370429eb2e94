"""The result as one HTML page that needs no network: coverage, why-not reasons, side-by-side diffs, filters."""

from __future__ import annotations

import base64
import difflib
import hashlib
from collections import Counter
from collections.abc import Iterator
from html import escape
from importlib.resources import files

from ..lines import NEWLINE
from ..results import FileResult, RunResult
from ..rules import get
from .diff import around
from .ledger import ledger
from .text import CODE, counted, printable

_LABELS = {"migrated": "Migrated", "needs_review": "To review", "manual": "Left for you", "failed": "Not processed"}


def render(result: RunResult) -> str:
    """The page. Its policy lets nothing be loaded, and no script run but its own; without it everything is shown."""
    style, script = (files(__package__).joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>migrate-gemini report</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(_body(result))
        + f"\n<script>{script}</script>\n</body>\n</html>\n"
    )


def _body(result: RunResult) -> Iterator[str]:
    yield "<header><h1>Migration to the Interactions API</h1>"
    read, changed = counted(result.scanned, "Python file"), counted(len(result.changed), "file")
    yield f"<p>{read} read, {changed} changed.</p></header>"
    yield "<main>"
    yield from _coverage(result)
    yield from _reasons(result)
    yield from _ledger(result)
    yield from _filters(result)
    for number, file in enumerate(result.files):
        yield from _file(file, number)
    if not result.files:
        yield "<p>Nothing was found that the Interactions API replaces.</p>"
    yield '<p id="none" hidden>No finding matches these filters.</p></main>'


def _coverage(result: RunResult) -> Iterator[str]:
    counts = Counter(finding.status for _, finding in result.left())
    total = sum(counts.values())
    done = counts["migrated"] + counts["needs_review"]
    yield '<section aria-label="Coverage">'
    if total:
        uses = counted(total, "use")
        yield f'<p class="share"><strong>{done * 100 // total} %</strong> of {uses} of the old API moved</p>'
        yield '<div class="bar" aria-hidden="true">'
        for status, number in counts.items():
            yield f'<span class="{status}" style="flex-grow:{number}"></span>'
        yield "</div>"
    yield '<ul class="figures">'
    for status in ("migrated", "needs_review", "manual"):
        yield f'<li class="{status}"><b>{counts[status]}</b> {_LABELS[status].lower()}</li>'
    if result.failed:
        yield f'<li class="failed"><b>{len(result.failed)}</b> not processed</li>'
    yield "</ul></section>"


def _reasons(result: RunResult) -> Iterator[str]:
    why = Counter(finding.message for _, finding in result.left() if finding.status == "manual")
    if why:
        yield "<section><h2>Why calls were left</h2><ul class=plain>"
        for message, number in why.most_common():
            yield f"<li>{_prose(message)} <small>({counted(number, 'place')})</small></li>"
        yield "</ul></section>"


def _ledger(result: RunResult) -> Iterator[str]:
    rows = list(ledger(result))
    if rows or result.storage:
        yield "<section><h2>What changes at run time</h2><ul class=plain>"
        if result.storage:
            yield f"<li>{_prose(result.storage)}</li>"
        for row in rows:
            places = ", ".join(f"<code>{_text(place)}</code>" for place in row.places)
            yield f"<li>{_prose(row.text)} <small>({places}{row.more})</small></li>"
        yield "</ul></section>"


def _filters(result: RunResult) -> Iterator[str]:
    if not result.files:
        return
    found = [finding.status for file in result.files for finding in file.findings]
    statuses = [status for status in _LABELS if status in found or status == "failed" and result.failed]
    codes = sorted({finding.code for file in result.files for finding in file.findings})
    yield '<form id="filters" aria-label="Filters"><fieldset><legend>Show</legend>'
    for status in statuses:
        yield f'<label><input type="checkbox" name="status" value="{status}" checked> {_LABELS[status]}</label>'
    yield '<label>Rule <select name="code"><option value="">all</option>'
    for code in codes:
        yield f'<option value="{code}">{code} {escape(get(code).name)}</option>'
    yield "</select></label></fieldset></form>"


def _file(file: FileResult, number: int) -> Iterator[str]:
    yield f'<article aria-labelledby="f{number}"><h2 id="f{number}">{_text(file.path)}</h2><ol class="findings">'
    if file.failure is not None:
        yield _item("failed", file.failure.code, "", file.failure.message)
    for finding in file.findings:
        yield _item(finding.status, finding.code, finding.where, finding.message)
    yield "</ol>"
    if file.changed:
        yield "<details open><summary>Changes</summary>"
        yield from _changes(file)
        yield "</details>"
    yield "</article>"


def _item(status: str, code: str, line: str, message: str) -> str:
    rule = get(code)
    place = f'<span class="line">{line if line.startswith("cell") else f"line {line}"}</span>' if line else ""
    return (
        f'<li data-status="{status}" data-code="{code}"><span class="mark {status}">{_LABELS[status]}</span> '
        f'<abbr title="{escape(rule.summary)}">{code}</abbr> {place} <span>{_prose(message)}</span></li>'
    )


def _changes(file: FileResult) -> Iterator[str]:
    """The two texts side by side, with the lines around each change."""
    texts = file.view or (file.before or "", file.after or "")
    before, after = (NEWLINE.split(text) for text in texts)
    path = "cells.py" if file.view else file.path
    old, new = _coloured(before, path), _coloured(after, path)
    yield '<div class="scroll"><table class="diff"><colgroup><col class="n"><col><col class="n"><col></colgroup>'
    yield "<thead><tr><th></th><th>before</th><th></th><th>after</th></tr></thead>"
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for group in matcher.get_grouped_opcodes(around(file)):
        yield '<tbody class="hunk">'
        for tag, start, end, new_start, new_end in group:
            for step in range(max(end - start, new_end - new_start)):
                left = start + step if start + step < end else None
                right = new_start + step if new_start + step < new_end else None
                kinds = ("", "") if tag == "equal" else (" del", " add")
                yield f"<tr>{_cells(left, old, kinds[0])}{_cells(right, new, kinds[1])}</tr>"
        yield "</tbody>"
    yield "</table></div>"


def _cells(number: int | None, lines: list[str], kind: str) -> str:
    if number is None:
        return '<td class="n"></td><td class="none"></td>'
    return f'<td class="n">{number + 1}</td><td class="code{kind}">{lines[number]}</td>'


def _coloured(lines: list[str], path: str) -> list[str]:
    """Each line as HTML with the classes of Pygments; one whose language is not known as it is."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_for_filename
    from pygments.util import ClassNotFound

    text = "\n".join(printable(line) for line in lines)
    try:
        lexer = get_lexer_for_filename(path, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return [escape(line) for line in text.split("\n")]
    shown = highlight(text, lexer, HtmlFormatter(nowrap=True)).split("\n")
    plain = [escape(line) for line in text.split("\n")]
    return shown if len(shown) == len(plain) else [*shown, *plain[len(shown) :]][: len(plain)]


def _prose(text: str) -> str:
    return CODE.sub(r"<code>\1</code>", _text(text))


def _text(text: str) -> str:
    return escape(printable(text, keep=""))
