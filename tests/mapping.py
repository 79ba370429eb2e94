"""The table of what becomes of each form of the old APIs: `mapping.toml`, and `docs/coverage.md` made from it.

    python -m tests.mapping            say which rows are not as the table has them
    python -m tests.mapping --write    make docs/coverage.md anew

A row of the table has a `section` and a `form`, the source form in words; then how that is known:

* snippets, which are migrated: `legacy` (after `import google.generativeai as genai` and `genai.configure`), `model`
  (after a GenerativeModel besides), `genai` (after a google-genai client and `types`), `whole` (all of a module),
  `chat` and `genai_chat` (after a chat of either), `config` and `genai_config` (the settings of a request of either, as
  an expression), `read` and `genai_read` (an expression that reads its answer, `response`), `first` (after a client),
  `models` (each the model of a request, which moves);
* `status`, the status of what they find: `manual` if one call is left alone, else `needs_review` if one is to be looked
  at, else `migrated`; `none` where nothing is legacy;
* `gives`: code that the new text holds, `drops`: code that it does not, `says`: words of a finding or of a difference
  that it tells, `found`: codes of findings that only inform;
* `programs`: fixtures with the form, where `pattern` finds it; `tests`: tests that hold it, as `file.py::name`.
"""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomllib

from migrate_gemini import Finding, Settings, transform
from migrate_gemini.rules import get
from tests.behaviour import PROGRAMS
from tests.environments import ROOT

TABLE = Path(__file__).with_name("mapping.toml")
PAGE = ROOT / "docs" / "coverage.md"

_LEGACY = 'import google.generativeai as genai\ngenai.configure(api_key="k")\n'
_MODEL = _LEGACY + 'model = genai.GenerativeModel("gemini-2.5-flash")\n'
_CLIENT = 'from google import genai\nclient = genai.Client(api_key="k")\n'
_GENAI = 'from google import genai\nfrom google.genai import types\nclient = genai.Client(api_key="k")\n'
_ASK = 'client.models.generate_content(model="gemini-2.5-flash", contents="Hi"'
KINDS = {
    "legacy": _LEGACY + "{}",
    "model": _MODEL + "{}",
    "chat": _MODEL + "chat = model.start_chat()\n{}",
    "config": _MODEL + 'print(model.generate_content("Hi", generation_config={}).text)',
    "read": _MODEL + 'response = model.generate_content("Hi")\nprint({})',
    "genai": _GENAI + "{}",
    "genai_chat": _GENAI + 'chat = client.chats.create(model="gemini-2.5-flash")\n{}',
    "genai_config": _GENAI + f"print({_ASK}, config={{}}).text)",
    "genai_read": _GENAI + f"response = {_ASK})\nprint({{}})",
    "first": _CLIENT + "{}",
    "models": _GENAI + 'MODEL = "{}"\nprint(client.models.generate_content(model=MODEL, contents="Hi").text)',
    "whole": "{}",
}
"""Key of a snippet -> the module that it makes."""
LISTS = ("gives", "drops", "says", "found", "programs", "tests")
STATUSES = ("none", "migrated", "needs_review", "manual")


@dataclass(frozen=True, slots=True)
class Row:
    """One row. snippets: texts of modules; the other fields are as in the table."""

    section: str
    form: str
    status: str
    snippets: tuple[str, ...]
    lists: Mapping[str, tuple[str, ...]]
    pattern: str
    note: str

    @property
    def name(self) -> str:
        """What a test calls it."""
        return f"{self.section} {self.form}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a snippet: its old and new text, the status of its calls, the findings."""

    before: str
    after: str
    status: str
    findings: tuple[Finding, ...]


def rows() -> list[Row]:
    """The table. Raises ValueError where an entry has a key that it does not know, or no status."""
    table: dict[str, Any] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    found = []
    for section, entries in table["section"].items():
        for entry in entries:
            known = {"form", "status", "pattern", "note", *LISTS, *KINDS}
            if unknown := entry.keys() - known:
                raise ValueError(f"{section} {entry.get('form')}: unknown {sorted(unknown)}")
            if entry.get("status") not in (None, *STATUSES):
                raise ValueError(f"{section} {entry.get('form')}: {entry['status']} is no status")
            snippets = tuple(_module(key, code) for key in KINDS for code in _several(entry.get(key)))
            lists = {key: tuple(_several(entry.get(key))) for key in LISTS}
            if "models" in entry:
                entry.setdefault("status", "migrated")
            texts = (str(entry.get(key, "")) for key in ("status", "pattern", "note"))
            status, pattern, note = texts
            found.append(Row(section, entry["form"], status, snippets, lists, pattern, note))
    return found


def titles() -> dict[str, str]:
    """Section -> its title."""
    titles: dict[str, str] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["titles"]
    return titles


def _several(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def _module(kind: str, code: str) -> str:
    text = KINDS[kind].replace("{}", textwrap.dedent(code).strip("\n")) + "\n"
    ast.parse(text)
    return text


def outcome(snippet: str) -> Outcome:
    """Migrates a snippet."""
    result = transform(snippet, Settings(todo_comments=False))
    if result.error is not None:
        raise ValueError(result.error)
    legacy = [finding for finding in result.findings if get(finding.code).legacy and finding.code != "MG401"]
    status = max((finding.status for finding in legacy), key=STATUSES.index, default="none")
    return Outcome(snippet, result.text or snippet, status, result.findings)


def wrong(row: Row) -> Iterator[str]:
    """What is not as the table has it."""
    held = row.snippets or row.lists["tests"] or row.lists["programs"]
    if not held:
        yield "nothing holds it: no snippet, program or test"
    if bool(row.snippets) != bool(row.status):
        yield "snippets and a status go together"
    for snippet in row.snippets:
        found = outcome(snippet)
        if found.status != row.status:
            yield f"{found.status}, not {row.status}, for\n{_explained(found)}"
            continue
        text = _flat(found.after)
        messages = _flat(" ".join(words for row in found.findings for words in (row.message, *row.differences)))
        for words in row.lists["gives"]:
            if _flat(words) not in text:
                yield f"does not give {words!r}:\n{_explained(found)}"
        for words in row.lists["drops"]:
            if _flat(words) in text:
                yield f"does not drop {words!r}:\n{_explained(found)}"
        for words in row.lists["says"]:
            if _flat(words) not in messages:
                yield f"does not say {words!r}:\n{_explained(found)}"
        for code in row.lists["found"]:
            if code not in {finding.code for finding in found.findings}:
                yield f"does not find {code}:\n{_explained(found)}"
    for name in row.lists["programs"]:
        texts = [path.read_bytes().decode() for path in sorted((PROGRAMS / name / "before").rglob("*.py"))]
        if not any(re.search(row.pattern, text) for text in texts) or not row.pattern:
            yield f"the program {name} has nothing like {row.pattern!r}"
    for name in row.lists["tests"]:
        file, _, function = name.partition("::")
        path = ROOT / "tests" / file
        if not path.exists() or f"def {function}(" not in path.read_text(encoding="utf-8"):
            yield f"there is no test {name}"


def _explained(found: Outcome) -> str:
    """What became of a snippet, without the functions that were added."""
    added = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    code = [
        ast.get_source_segment(found.after, node) or ""
        for node in ast.parse(found.after).body
        if type(node) not in added
    ]
    lines = [f"  {f.line}:{f.column} {f.code} {f.status}: {f.message}" for f in found.findings]
    return "\n".join([textwrap.indent("\n".join(code), "    "), *lines])


def _flat(text: str) -> str:
    """A text whatever its quotes and layout."""
    text = " ".join(text.replace('"', "'").split())
    return re.sub(r",? (?=[)\]}])", "", re.sub(r"(?<=[(\[{]) ", "", text))


def page() -> str:
    """The table as Markdown."""
    parts = [_INTRODUCTION]
    for section, title in titles().items():
        parts.append(f"\n## {title}\n\n| form | what becomes of it | held by |\n|---|---|---|\n")
        for row in rows():
            if row.section == section:
                parts.append(f"| {_cell(row.form)} | {_cell(_becomes(row))} | {_cell(_held(row))} |\n")
    return "".join(parts)


_INTRODUCTION = """\
# What becomes of each form

Made from `tests/mapping.toml` by `python -m tests.mapping --write`; `tests/test_mapping.py` runs every row.
*Rewritten*: the calls move. *To review*: they move on an assumption that the finding states. *Left alone*: the code
stays and still runs, and a finding says why.
"""


def _becomes(row: Row) -> str:
    words = {"migrated": "rewritten", "needs_review": "to review", "manual": "left alone", "none": "nothing to do"}
    parts = [words[row.status]] if row.status else []
    if row.lists["gives"] and row.status in ("migrated", "needs_review", "none"):
        parts.append(", ".join(f"`{' '.join(code.split())}`" for code in row.lists["gives"]))
    if row.lists["says"]:
        parts.append("“" + "”, “".join(row.lists["says"]) + "”")
    if row.lists["found"]:
        parts.append(", ".join(row.lists["found"]))
    if row.note:
        parts.append(row.note)
    return "; ".join(parts)


def _held(row: Row) -> str:
    snippets = f"{len(row.snippets)} snippet{'s' if len(row.snippets) > 1 else ''}" if row.snippets else ""
    programs = ", ".join(f"`{name}`" for name in row.lists["programs"])
    tests = ", ".join(f"`{name}`" for name in row.lists["tests"])
    return "; ".join(filter(None, (snippets, programs, tests)))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> int:
    """The command line; 1 where a row is not as the table has it."""
    failures = 0
    for row in rows():
        for problem in wrong(row):
            failures += 1
            print(f"{row.name}: {problem}\n")
    if "--write" in sys.argv[1:]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    print(f"{len(rows())} rows, {failures} problems")
    return int(bool(failures))


if __name__ == "__main__":
    raise SystemExit(main())
