"""What a cell of a notebook shows as its last value: it stays, is shown the same, or is said to be shown otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate_gemini.findings import Finding
from migrate_gemini.project import run
from migrate_gemini.settings import Settings
from tests.test_notebooks import book, migrated

SETUP = "from google import genai\nclient = genai.Client()"
CALL = "client.models.generate_content(model='gemini-3-flash-preview', contents='Hi')"
NEW = "client.interactions.create(model='gemini-3-flash-preview', input='Hi')"


def findings(folder: Path, *cells: str) -> list[Finding]:
    """What is said of a notebook of these cells, after one that makes a client."""
    path = folder / "n.ipynb"
    path.write_text(json.dumps(book(SETUP, *cells)), encoding="utf-8")
    (file,) = run([path], Settings()).result.files
    assert file.failure is None
    return [finding for finding in file.findings if finding.code != "MG402"]


@pytest.mark.parametrize(
    "shown",
    [
        "r",
        "r.candidates",
        "r.candidates[0]",
        "r.candidates[0].content",
        "r.candidates[0].content.parts",
        "r.candidates[0].finish_reason",
        "r.prompt_feedback",
        "r.usage_metadata",
        "r.model_dump()",
        "[r]",
        "{'answer': r}",
        "(r, 1)",
        "%time r",
    ],
)
def test_a_value_that_is_shown_otherwise_is_said_to_be(tmp_path: Path, shown: str) -> None:
    (call,) = findings(tmp_path, f"r = {CALL}", shown)
    assert call.status == "needs_review"
    assert "cell 3, line 1 shows " in call.message


@pytest.mark.parametrize(
    "cell",
    [
        CALL,
        f"await {CALL.replace('client.', 'client.aio.')}",
        f"[{CALL} for _ in range(2)]",
        "chat = client.chats.create(model='gemini-3-flash-preview')\nchat.send_message('Hi')",
    ],
)
def test_an_answer_that_is_shown_where_it_is_asked_for_is_named(tmp_path: Path, cell: str) -> None:
    call = findings(tmp_path, cell)[-1]
    assert call.status == "needs_review"
    assert "which now looks different" in call.message


@pytest.mark.parametrize(
    "shown",
    ["r.text", "r;", "r  ; # quiet", "r\nprint(r.text)", "r\nx = 1", "%timeit r", "%%capture\nr", "r.text.upper()"],
)
def test_what_is_not_shown_or_shown_the_same_needs_no_review(tmp_path: Path, shown: str) -> None:
    assert [f.status for f in findings(tmp_path, f"r = {CALL}", shown)] == ["migrated"]


def test_every_expression_is_shown_where_the_notebook_says_so(tmp_path: Path) -> None:
    says = "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'"
    (call,) = findings(tmp_path, says, f"r = {CALL}\nr\nprint(r.text)")
    assert "cell 3, line 2 shows the whole object" in call.message


def test_a_value_in_a_module_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text(f"{SETUP}\nr = {CALL}\nr.candidates\n")
    (file,) = run([path], Settings()).result.files
    assert [finding.status for finding in file.findings] == ["migrated"]


def test_a_text_is_still_the_last_value_where_its_message_takes_more_lines(tmp_path: Path) -> None:
    chat = "chat = client.chats.create(model='gemini-3-flash-preview')"
    _, cell = migrated(tmp_path, book(SETUP, f"{chat}\nchat.send_message('Hi').text"))
    assert cell.split("\n")[-1].endswith(".output_text")
    assert not cell.split("\n")[-1].startswith(("chat[", "print("))


def test_an_answer_to_a_message_is_still_shown(tmp_path: Path) -> None:
    chat = "chat = client.chats.create(model='gemini-3-flash-preview')"
    _, cell = migrated(tmp_path, book(SETUP, f"{chat}\nchat.send_message('Hi')"))
    assert cell.split("\n")[-1] == "response"


def test_a_reason_names_the_cell_that_it_comes_from(tmp_path: Path) -> None:
    call, *_ = findings(tmp_path, f"r = {CALL}", "x = 1\nunknown(r)")
    assert call.status == "manual"
    assert call.message.endswith("(cell 3, line 2)")
