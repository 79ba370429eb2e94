"""One module by standard input, as editors and pipes give it: the new text comes back, and nothing on disk changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminals import PYTHONPATH
from tests.test_cli import REAL
from tests.test_notebooks import ASK, SETUP, book
from tests.test_project import make

LIBRARY = "import google.generativeai as genai\nmodel = genai.GenerativeModel('gemini-2.5-flash')\n"
USER = "from shop.model import model\nprint(model.generate_content('Hi').text)\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pipe(data: str | bytes, *arguments: str) -> tuple[int, bytes, str]:
    """Exit code, standard output and standard error of a process that reads the data."""
    given = data.encode() if isinstance(data, str) else data
    command = [sys.executable, "-m", "migrate_gemini", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, env={**os.environ, "PYTHONPATH": PYTHONPATH})
    return done.returncode, done.stdout, done.stderr.decode()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_new_text_goes_to_standard_output_and_the_summary_to_standard_error(tree: Path) -> None:
    code, out, err = pipe(REAL, "-", "--stdin-filename", "src/app.py")
    assert code == 0
    assert b"client.interactions.create(" in out and b"generativeai" not in out
    assert "Changed src/app.py\n" in err
    assert err.endswith("\n1 of 1 Python file changed: 4 uses migrated.\n")
    assert pipe(out, "-")[:2] == (0, out)
    assert everything(tree) == {}


@pytest.mark.parametrize("text", ["x = 1", "x = 1\r\ny = 2\r\n", "", "from google import genai\rclient = 1\r"])
def test_text_that_does_not_change_comes_back_byte_for_byte(tree: Path, text: str) -> None:
    assert pipe(text, "-")[:2] == (0, text.encode())


def test_the_encoding_and_the_line_ends_stay(tree: Path) -> None:
    data = ("# coding: latin-1\r\n" + REAL.replace("\n", "\r\n").replace("Hi", "Grüße")).encode("latin-1")
    code, out, _ = pipe(data, "-")
    assert code == 0
    assert b"interactions.create(" in out and "Grüße".encode("latin-1") in out
    assert out.count(b"\n") == out.count(b"\r\n")


def test_check_lists_what_is_left_under_the_name_and_fails(tree: Path) -> None:
    code, out, err = pipe(REAL, "--check", "--stdin-filename", "src/app.py", "-")
    assert (code, err) == (1, "")
    assert out.startswith(b"src/app.py:2:1: MG102 ")
    assert out.endswith(b"To migrate, run: migrate-gemini src/app.py\n")
    assert pipe("x = 1\n", "--check", "-")[0] == 0


def test_a_dry_run_gives_the_patch_alone_on_standard_output(tree: Path) -> None:
    code, out, err = pipe(REAL, "--dry-run", "--stdin-filename", "src/app.py", "-")
    assert code == 0
    assert out.startswith(b"--- a/src/app.py\n+++ b/src/app.py\n@@ ") and out.endswith(b"\n")
    assert b"would be" not in out
    assert "1 of 1 Python file would be changed" in err
    make(tree, {"src/app.py": REAL})
    patched = subprocess.run(["git", "apply", "-"], input=out, cwd=tree, capture_output=True)
    assert patched.returncode == 0, patched.stderr
    assert (tree / "src/app.py").read_bytes() == pipe(REAL, "-", "--stdin-filename", "src/app.py")[1]


def test_without_a_name_it_is_called_stdin(tree: Path) -> None:
    assert pipe(REAL, "--check", "-")[1].startswith(b"<stdin>:2:1: MG102 ")
    assert pipe(REAL, "--check", "-")[1].endswith(b"To migrate, run: migrate-gemini -\n")


@pytest.mark.parametrize("text", [b"import google.generativeai as genai\nx = (\n", b"genai\0"])
def test_what_cannot_be_read_comes_back_as_it_was_and_ends_with_3(tree: Path, text: bytes) -> None:
    code, out, err = pipe(text, "-")
    assert (code, out) == (3, text)
    assert "Not processed:\n  <stdin>: MG901 " in err


def test_what_another_module_makes_is_known_and_stays_with_it(tree: Path) -> None:
    make(tree, {"shop/__init__.py": "", "shop/model.py": LIBRARY})
    before = everything(tree)
    code, out, err = pipe(USER, "-", "--stdin-filename", "shop/use.py", "--no-todo-comments")
    assert (code, out) == (0, USER.encode())  # the model is in a file that was not given
    assert "shop/use.py:2:7: MG103 " in err
    assert everything(tree) == before


def test_the_text_and_not_the_file_of_that_name_is_read(tree: Path) -> None:
    make(tree, {"app.py": "old = 1\n", "requirements.txt": "google-generativeai\n"})
    code, out, err = pipe(REAL, "-", "--stdin-filename", "app.py")
    assert b"interactions.create(" in out
    assert (tree / "app.py").read_text() == "old = 1\n"
    assert (tree / "requirements.txt").read_text() == "google-generativeai\n"
    assert "requirements.txt" not in err


def test_a_notebook_is_one_by_its_name(tree: Path) -> None:
    code, out, _ = pipe(json.dumps(book(SETUP, ASK)), "-", "--stdin-filename", "a.ipynb")
    assert code == 0
    assert "interactions.create(" in "".join(json.loads(out)["cells"][1]["source"])


def test_a_name_that_is_excluded_gets_its_text_back(tree: Path) -> None:
    code, out, _ = pipe(REAL, "-", "--stdin-filename", "gen/app.py", "--exclude", "gen/")
    assert (code, out) == (0, REAL.encode())


def test_a_format_for_machines_goes_to_standard_error_beside_the_text(tree: Path) -> None:
    code, out, err = pipe(REAL, "-", "--output-format", "json", "--report", "r.json")
    assert b"interactions.create(" in out
    assert json.loads(err) == json.loads((tree / "r.json").read_text())
    assert json.loads(pipe(REAL, "--check", "-", "--output-format", "json")[1])["summary"]["files_changed"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-", "a.py"], "- is standard input and stands alone, not beside other paths"),
        (["--stdin-filename", "a.py", "a.py"], "--stdin-filename names what is read from -, which is not given"),
        (["--stdin-filename", ".", "-"], "--stdin-filename: '.' is a folder"),
    ],
)
def test_wrong_usage_is_said(tree: Path, arguments: list[str], message: str) -> None:
    make(tree, {"a.py": REAL})
    assert pipe(REAL, *arguments) == (2, b"", f"migrate-gemini: error: {message}\n")
