"""Notebooks: the cells are one module, and nothing of the file changes but the source of cells that change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from migrate_gemini.project import run
from migrate_gemini.report import render
from migrate_gemini.report.terminal import changes, plain, summary
from migrate_gemini.settings import Settings
from migrate_gemini.writing import write

SETUP = """\
import google.generativeai as genai
genai.configure(api_key='k')
model = genai.GenerativeModel('gemini-2.5-flash')"""
ASK = "response = model.generate_content('Hi')\nprint(response.text)"
ASKED = "response = client.interactions.create(model=model, input='Hi')\nprint(response.output_text)"


def book(*cells: str, **metadata: Any) -> dict[str, Any]:
    """A notebook of code cells."""
    made = [
        {
            "cell_type": "code",
            "execution_count": 7,
            "id": f"c{number}",
            "metadata": {"collapsed": True},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": ["model.generate_content\n"]}],
            "source": text.splitlines(True),
        }
        for number, text in enumerate(cells)
    ]
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def migrated(folder: Path, whole: dict[str, Any] | str, **layout: Any) -> list[str]:
    """The cells after the run, which validate, differ in their source only, and stay on a second run."""
    text = whole if isinstance(whole, str) else json.dumps(whole, **layout)
    path = folder / "n.ipynb"
    path.write_bytes(text.encode())
    result = write(run([path], Settings()))
    assert not result.failed, result.failed
    data = path.read_bytes()
    assert not run([path], Settings()).changes
    nbformat.validate(nbformat.reads(data.decode(), as_version=4))
    before, after = json.loads(text), json.loads(data)
    sources = ["".join(cell.pop("source")) for cell in after["cells"]]
    for cell in before["cells"]:
        cell.pop("source")
    assert before == after
    return sources


def refused(folder: Path, text: str) -> str:
    """Why a notebook is left as it is."""
    path = folder / "n.ipynb"
    path.write_text(text, encoding="utf-8")
    proposed = run([path], Settings())
    assert not proposed.changes
    (file,) = proposed.result.files
    assert file.failure is not None
    return file.failure.message


def test_a_client_of_one_cell_serves_the_others(tmp_path: Path) -> None:
    assert migrated(tmp_path, book(SETUP, ASK))[1] == ASKED


def test_magics_and_shell_lines_stay(tmp_path: Path) -> None:
    cells = [SETUP + "\n!echo one\\\n two\nfiles = !ls", f"%%time\n{ASK}", "%load_ext autoreload\nmodel?\n?print"]
    first, second, third = migrated(tmp_path, book(*cells))
    assert first.endswith("\n!echo one\\\n two\nfiles = !ls")
    assert second == f"%%time\n{ASKED}"
    assert third == cells[2]


def test_the_statement_behind_a_time_magic_moves(tmp_path: Path) -> None:
    _, cell = migrated(tmp_path, book(SETUP, "%time response = model.generate_content('Hi')\nprint(response.text)"))
    assert cell == "%time " + ASKED


def test_a_statement_behind_timeit_that_would_become_two_stays_with_its_notebook(tmp_path: Path) -> None:
    cell = "chat = model.start_chat()\n%timeit chat.send_message('Hi')"
    assert "%timeit" in refused(tmp_path, json.dumps(book(SETUP, cell)))


def test_a_cell_that_is_no_python_stays(tmp_path: Path) -> None:
    foreign = "%%html\n<b>model.generate_content('Hi')</b>"
    assert migrated(tmp_path, book(SETUP, foreign, ASK))[1:] == [foreign, ASKED]


def test_await_at_the_top_level_is_kept(tmp_path: Path) -> None:
    cell = "response = await model.generate_content_async('Hi')\nprint(response.text)"
    assert "await client.aio.interactions.create(" in migrated(tmp_path, book(SETUP, cell))[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("%pip install -q google-generativeai", '%pip install -q "google-genai>=3.4.0,<4"'),
        ("!pip install -U google-generativeai==0.8 rich", '!pip install -U "google-genai>=3.4.0,<4" rich'),
        ("pip install google-generativeai", 'pip install "google-genai>=3.4.0,<4"'),
        ("%%bash\npip install google-generativeai", '%%bash\npip install "google-genai>=3.4.0,<4"'),
    ],
)
def test_what_a_cell_installs_changes_with_the_code(tmp_path: Path, old: str, new: str) -> None:
    assert migrated(tmp_path, book(old, SETUP, ASK))[0] == new


def test_what_a_cell_installs_stays_where_no_code_changes(tmp_path: Path) -> None:
    cells = ["%pip install google-generativeai", "import os"]
    assert migrated(tmp_path, book(*cells)) == cells


def test_both_packages_are_installed_while_old_code_is_left(tmp_path: Path) -> None:
    tuned = "genai.create_tuned_model(source_model='models/x', training_data=[])"
    first = migrated(tmp_path, book("!pip install google-generativeai", SETUP, ASK, tuned))[0]
    assert first == '!pip install google-generativeai "google-genai>=3.4.0,<4"'


@pytest.mark.parametrize(
    "layout", [{"indent": 1}, {"indent": 4, "ensure_ascii": False}, {"separators": (",", ":")}, {"sort_keys": True}]
)
def test_the_form_of_the_file_stays(tmp_path: Path, layout: dict[str, Any]) -> None:
    whole = book(SETUP + "\nprint('\u00e9')", ASK, "x = 1")
    migrated(tmp_path, whole, **layout)
    written = (tmp_path / "n.ipynb").read_text(encoding="utf-8")
    assert written == json.dumps(json.loads(written), **layout)


def test_a_source_that_is_one_string_stays_one(tmp_path: Path) -> None:
    whole = book(SETUP, ASK)
    for cell in whole["cells"]:
        cell["source"] = "".join(cell["source"])
    migrated(tmp_path, whole)
    assert all(isinstance(cell["source"], str) for cell in json.loads((tmp_path / "n.ipynb").read_text())["cells"])


def test_a_notebook_of_another_language_is_passed_over(tmp_path: Path) -> None:
    cells = [SETUP, ASK]
    assert migrated(tmp_path, book(*cells, kernelspec={"name": "ir", "language": "R", "display_name": "R"})) == cells


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"cells": [ "generativeai"', "is not valid JSON"),
        ('{"worksheets": [{"cells": []}], "x": "generativeai"}', "format 3"),
        ('{"x": "generativeai"}', "is no notebook"),
        ('{"cells": [{"cell_type": "code"}], "x": "generativeai"}', "is no valid notebook"),
        (json.dumps(book(SETUP, "x = = 1")), "cell 2, line 1"),
    ],
)
def test_a_notebook_that_cannot_be_read_is_named(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(tmp_path, text)


def test_an_answer_that_a_shell_line_reads_stays(tmp_path: Path) -> None:
    cells = [SETUP, "response = model.generate_content('Hi')\n!echo {response.text}"]
    first, second = migrated(tmp_path, book(*cells))
    assert second == cells[1]
    assert "handed to code that cannot be seen (!echo {response.text})" in first


def test_a_place_is_shown_by_cell(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(book("x = 1", SETUP, "pass\n%time model.generate_content('Hi', stream=q)")))
    result = run([path], Settings()).result
    text = plain(summary(result, "check", ""))
    assert "n.ipynb:cell 2:3:9: MG101" in text
    assert "n.ipynb:cell 3:2:7: MG103" in text
    assert [f["cell"] for f in json.loads(render("json", result))["files"][0]["findings"]][-1] == 3


def test_the_diff_shows_code_and_the_patch_the_file(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(book(SETUP, ASK), indent=1))
    result = run([path], Settings()).result
    assert "-response = model.generate_content('Hi')\n" in plain(changes(result))
    assert "-    \"response = model.generate_content('Hi')\\n\",\n" in render("patch", result)


def test_a_broken_notebook_does_not_stop_other_files(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("{generativeai")
    (tmp_path / "b.py").write_text(f"{SETUP}\n{ASK}\n")
    result = run([tmp_path], Settings()).result
    assert [file.changed for file in result.files] == [False, True]


def test_imports_of_new_code_stand_behind_a_licence_and_what_installs(tmp_path: Path) -> None:
    cells = ["# Licensed", "%pip install google-genai", "from google import genai\nclient = genai.Client()"]
    ask = "part = genai.types.Part.from_bytes(data=open('a.png', 'rb').read(), mime_type='image/png')\n"
    ask += "client.models.generate_content(model='gemini-2.5-flash', contents=['What?', part])"
    licence, _, setup, _ = migrated(tmp_path, book(*cells, ask))
    assert licence == "# Licensed"
    assert setup.startswith("import base64\n")


def test_a_line_that_a_message_names_is_one_of_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(book(SETUP, "x = 1\nresponse = model.generate_content('Hi')\nprint(response.__dict__)")))
    messages = [finding.message for file in run([path], Settings()).result.files for finding in file.findings]
    assert any("cell 2, line 3" in message for message in messages), messages
