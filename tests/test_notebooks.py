"""Notebooks: the cells are one module, and nothing of the file changes but the source of cells that change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from migrate_gemini import verify
from migrate_gemini.project import run
from migrate_gemini.report import render
from migrate_gemini.report.terminal import changes, plain, summary
from migrate_gemini.settings import Settings
from migrate_gemini.writing import write
from tests.environments import ROOT

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


def test_a_statement_behind_timeit_that_would_become_two_stays_with_what_belongs_to_it(tmp_path: Path) -> None:
    timed = "chat = model.start_chat()\n%timeit chat.send_message('Hi')"
    setup, ask, chat = migrated(
        tmp_path, book(SETUP, "print(genai.GenerativeModel('gemini-2.5-pro').generate_content('Hi').text)", timed)
    )
    assert "client.interactions.create(" in ask
    assert chat == timed
    assert "the statement behind timeit would need more lines" in setup


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


GENAI = "from google import genai\nclient = genai.Client()"
CALL = "client.models.generate_content(model='gemini-3-flash-preview', contents={})"
NEW = "client.interactions.create(model='gemini-3-flash-preview', input={})"
HI, NEW_HI = CALL.format("'Hi'"), NEW.format("'Hi'")
NEW_STREAM = NEW.format("'Hi', stream=True").replace(".", ".aio.", 1)
STREAM = HI.replace(".models.generate_content", ".aio.models.generate_content_stream")
MODULE = f"{GENAI}\ndef ask(text):\n    return {CALL.format('text')}\n"
GENAI_ASK = (
    "response = client.models.generate_content(model='gemini-3-flash-preview', contents='Hi')\nprint(response.text)"
)


@pytest.mark.parametrize(
    "key", ["userdata.get('GOOGLE_API_KEY')", "userdata.get('GEMINI_API_KEY', None)", "os.environ['GOOGLE_API_KEY']"]
)
def test_a_key_of_colab_is_the_key_of_the_client(tmp_path: Path, key: str) -> None:
    imports = "import os\nfrom google.colab import userdata\nimport google.generativeai as genai"
    cells = [imports, f"genai.configure(api_key={key})", "model = genai.GenerativeModel('gemini-3-flash-preview')", ASK]
    first, second, *_ = migrated(tmp_path, book(*cells))
    assert first == "import os\nfrom google.colab import userdata\nfrom google import genai"
    assert second == f"client = genai.Client(api_key={key})"


def test_a_key_that_is_read_in_a_cell_of_its_own_stays_there(tmp_path: Path) -> None:
    cells = [
        "from google.colab import userdata\nKEY = userdata.get('K')",
        "from google import genai",
        "client = genai.Client(api_key=KEY)",
        GENAI_ASK,
    ]
    new = migrated(tmp_path, book(*cells))
    assert new[:3] == cells[:3]
    assert "client.interactions.create(" in new[3]


def test_a_notebook_moves_with_the_module_that_it_imports(tmp_path: Path) -> None:
    (tmp_path / "llm.py").write_text(MODULE)
    (tmp_path / "n.ipynb").write_text(json.dumps(book("from llm import ask", "r = ask('Hi')\nprint(r.text)")))
    result = write(run([tmp_path], Settings()))
    assert [(file.path.rpartition("/")[2], file.changed) for file in result.files] == [
        ("llm.py", True),
        ("n.ipynb", True),
    ]
    cells = json.loads((tmp_path / "n.ipynb").read_text())["cells"]
    assert "".join(cells[1]["source"]) == "r = ask('Hi')\nprint(r.output_text)"


def test_a_module_stays_where_the_notebook_that_uses_it_cannot_move(tmp_path: Path) -> None:
    (tmp_path / "llm.py").write_text(MODULE)
    (tmp_path / "n.ipynb").write_text(json.dumps(book("from llm import ask", "r = ask('Hi')\n!echo {r.text}")))
    result = run([tmp_path], Settings()).result
    assert all("generate_content" in (file.after or "") for file in result.changed)
    messages = [finding.message for file in result.files for finding in file.findings if finding.code == "MG201"]
    assert messages[0].endswith("(n.ipynb:cell 2, line 2)")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            f"async for chunk in await {STREAM}:\n    print(chunk.text)",
            f"async for chunk in await {NEW_STREAM}:\n",
        ),
        (
            f"async with genai.Client().aio as client:\n    r = await {HI}\nprint(r.text)",
            f"async with genai.Client().aio as client:\n    r = await {NEW_HI}\nprint(r.output_text)",
        ),
    ],
)
def test_async_loops_and_contexts_at_the_top_level_move(tmp_path: Path, old: str, new: str) -> None:
    assert migrated(tmp_path, book(GENAI, old))[1].startswith(new)


def test_the_patch_of_a_notebook_is_taken_by_git(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(book(SETUP + "\nx = 'é'", ASK), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "migrate_gemini", "--report", "p.patch", "--dry-run", "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    subprocess.run(["git", "apply", "p.patch"], cwd=tmp_path, check=True)
    patched = path.read_bytes()
    subprocess.run(["git", "apply", "-R", "p.patch"], cwd=tmp_path, check=True)
    write(run([path], Settings()))
    assert path.read_bytes() == patched


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}},
        {"kernelspec": {"name": "julia-1.10", "language": "julia", "display_name": "Julia 1.10"}},
        {"language_info": {"name": "julia", "version": "1.10"}},
        {"kernelspec": {"name": "ir", "display_name": "R"}},
    ],
)
def test_a_notebook_of_another_language_is_never_touched(tmp_path: Path, metadata: dict[str, Any]) -> None:
    cells = ["library(reticulate)\ngenai <- import('google.generativeai')", "response <- model$generate_content('Hi')"]
    assert migrated(tmp_path, book(*cells, **metadata)) == cells


@pytest.mark.parametrize(
    "setup", [f"%pip install google-genai\nimport os\n{GENAI}", f"%%capture\n!pip install google-genai\n{GENAI}"]
)
def test_new_imports_and_functions_stand_behind_the_lines_that_install(tmp_path: Path, setup: str) -> None:
    ask = "def add(a: int, b: int) -> int:\n    return a + b\n"
    ask += (
        "client.models.generate_content(model='gemini-3-flash-preview', contents='1+2', config={'tools': [add]}).text"
    )
    first, _ = migrated(tmp_path, book(setup, ask))
    installs = first.index("pip install")
    assert first.startswith(setup[:2])
    assert "def create_with_functions(" in first
    assert installs < first.index("import")


def test_a_notebook_that_does_not_fit_the_installed_sdk_stays_and_names_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(book(SETUP, "x = 1", f"%time y = 2\n{ASK}")))

    def refuses(before: str, after: str) -> str:
        line = next(n for n, text in enumerate(after.split("\n"), 1) if "interactions.create" in text)
        return f"line {line} of the new text: no"

    proposed = run([path], Settings(), verifier=refuses)
    assert not proposed.changes
    (file,) = proposed.result.files
    assert file.failure is not None
    assert file.failure.message == "cell 3, line 2 of the new text: no"


def test_new_cells_are_held_against_the_installed_sdk(tmp_path: Path) -> None:
    pytest.importorskip("google.genai")
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(book(GENAI, f"%time {GENAI_ASK}", "await client.aio.files.list()")))
    assert run([path], Settings(), verifier=verify.verifier(verify.load())).changes
