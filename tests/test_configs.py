"""Names of models in files of settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate_gemini.configs.models import LARGEST, MOST
from migrate_gemini.project import run
from migrate_gemini.results import RunResult
from migrate_gemini.settings import Settings
from migrate_gemini.writing import write

CODE = "from google import genai\n\nclient = genai.Client()\n"
OLD, NEW = "gemini-1.5-pro", "gemini-3-flash-preview"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a program that uses Gemini."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "app.py").write_text(CODE)
    return tmp_path


def migrate(config_files: bool = True, **settings: object) -> RunResult:
    return write(run([Path(".")], Settings(config_files=config_files, **settings)))  # type: ignore[arg-type]


def after(tree: Path, name: str, text: str, **settings: object) -> str:
    """A file after a run that may write to it, and after another one, which has nothing to do."""
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    assert not migrate(**settings).failed
    assert not migrate(**settings).changed
    return path.read_bytes().decode()


YAML = """\
# gemini-1.5-pro is what we use
default: &default {model: gemini-1.5-pro, top: 1}   # gemini-1.5-pro
quoted: 'gemini-1.5-pro'
prefixed: "models/gemini-1.5-pro"
description: we use gemini-1.5-pro here
text: |
  gemini-1.5-pro
gemini-1.5-pro: 1.25
other: google/gemini-1.5-pro
again: *default
environment:
  - GEMINI_MODEL=gemini-1.5-pro
  - MODEL=${GEMINI_MODEL:-gemini-1.5-pro}
---
model: gemini-1.5-pro\r
"""


def test_values_of_yaml_are_replaced_and_nothing_else(tree: Path) -> None:
    expected = """\
# gemini-1.5-pro is what we use
default: &default {model: gemini-3-flash-preview, top: 1}   # gemini-1.5-pro
quoted: 'gemini-3-flash-preview'
prefixed: "models/gemini-3-flash-preview"
description: we use gemini-1.5-pro here
text: |
  gemini-1.5-pro
gemini-1.5-pro: 1.25
other: google/gemini-1.5-pro
again: *default
environment:
  - GEMINI_MODEL=gemini-3-flash-preview
  - MODEL=${GEMINI_MODEL:-gemini-3-flash-preview}
---
model: gemini-3-flash-preview\r
"""
    assert after(tree, "config/app.yaml", YAML) == expected


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("a.json", '{"model" : "@OLD", "@OLD": 1,\n"said": "use @OLD", "x": ["\\u0041", {"m":"models/@OLD"}]}'),
        ("a.toml", '# @OLD\n[llm]\nmodel = \'@OLD\'  # @OLD\nnote = "use @OLD"\n"@OLD" = 1\nall = ["x", "@OLD"]\n'),
        (".env", '# MODEL=@OLD\nexport MODEL=@OLD # now\nQUOTED="@OLD"\nNOTE=use @OLD\nURL=https://x/models/@OLD:go\n'),
        (".env.example", "MODEL=@OLD\r\nB=1\r\n"),
        ("app.ini", "[llm]\nmodel = @OLD\nname: @OLD ; old\nprompt = we use @OLD\n"),
        ("setup.cfg", "[tool]\nmodel=models/@OLD\n"),
        ("Dockerfile", "FROM x\nENV MODEL=@OLD\nENV OTHER @OLD\nRUN echo @OLD\n"),
    ],
)
def test_values_of_other_formats_are_replaced_and_nothing_else(tree: Path, name: str, before: str) -> None:
    wanted = WANTED[name].replace("@OLD", OLD).replace("@NEW", NEW)
    assert after(tree, name, before.replace("@OLD", OLD)) == wanted


WANTED = {
    "a.json": '{"model" : "@NEW", "@OLD": 1,\n"said": "use @OLD", "x": ["\\u0041", {"m":"models/@NEW"}]}',
    "a.toml": '# @OLD\n[llm]\nmodel = \'@NEW\'  # @OLD\nnote = "use @OLD"\n"@OLD" = 1\nall = ["x", "@NEW"]\n',
    ".env": '# MODEL=@OLD\nexport MODEL=@NEW # now\nQUOTED="@NEW"\nNOTE=use @OLD\nURL=https://x/models/@OLD:go\n',
    ".env.example": "MODEL=@NEW\r\nB=1\r\n",
    "app.ini": "[llm]\nmodel = @NEW\nname: @NEW ; old\nprompt = we use @OLD\n",
    "setup.cfg": "[tool]\nmodel=models/@NEW\n",
    "Dockerfile": "FROM x\nENV MODEL=@NEW\nENV OTHER @NEW\nRUN echo @OLD\n",
}


def found(result: RunResult) -> list[tuple[str, int, int, str, str]]:
    return [(file.path, f.line, f.column, f.code, f.status) for file in result.files for f in file.findings]


def test_without_the_option_they_are_named_and_stay(tree: Path) -> None:
    (tree / "a.yaml").write_text(f"x: 1\nllm:\n  model: {OLD}\n  other: gemini-2.5-pro\n")
    result = migrate(config_files=False)
    assert found(result) == [("a.yaml", 3, 10, "MG404", "manual"), ("a.yaml", 4, 10, "MG404", "needs_review")]
    assert not result.changed and not result.left()
    (first, second) = result.files[0].findings
    assert first.message.endswith("with --config-files; it is left here.") and NEW in first.message
    assert "2026-12-01" in second.message


def test_the_models_that_are_asked_for_are_written(tree: Path) -> None:
    text = '{"a": "gemini-1.5-pro", "b": "gemini-1.0-pro", "chatModel": "my-own", "name": "my-own"}'
    models = (("gemini-1.5-pro", "gemini-3.1-pro-preview"), ("my-own", "gemini-3.8-flash"))
    expected = (
        '{"a": "gemini-3.1-pro-preview", "b": "gemini-3.8-flash", "chatModel": "gemini-3.8-flash", "name": "my-own"}'
    )
    assert after(tree, "a.json", text, models=models, default_model="gemini-3.8-flash") == expected


def test_a_list_never_has_the_same_model_twice(tree: Path) -> None:
    text = json.dumps({"models": ["gemini-1.5-pro", "gemini-1.5-flash", "gpt-4"]})
    assert after(tree, "a.json", text) == text.replace("gemini-1.5-pro", NEW)
    assert [status for _, _, _, _, status in found(migrate())] == ["manual"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package-lock.json", f'{{"model": "{OLD}"}}'),
        ("node_modules/x/a.json", f'{{"model": "{OLD}"}}'),
        ("pylock.toml", f'model = "{OLD}"\n'),
        ("tests/cassettes/a.yaml", f"model: {OLD}\n"),
        ("large.json", json.dumps({"model": OLD, "rest": "x" * LARGEST})),
        ("records.json", json.dumps([{"model": OLD}] * (MOST + 1))),
        ("broken.json", f'{{"model": "{OLD}", }}'),
        ("broken.toml", f'model = "{OLD}"\nx = \n'),
        ("template.yaml", f"{{{{ if x }}}}\nmodel: {OLD}\n"),
        ("run.sh", f"echo {OLD}\npython app.py --model {OLD}\n"),
        ("notes.md", f"model: {OLD}\n"),
        ("ignored.yaml", f"model: {OLD}\n"),
    ],
)
def test_what_holds_no_settings_of_the_project_is_passed_over(tree: Path, name: str, text: str) -> None:
    (tree / ".gitignore").write_text("ignored.yaml\n")
    assert after(tree, name, text) == text
    assert found(migrate()) == []


def test_a_tree_without_gemini_is_told_nothing(tree: Path) -> None:
    (tree / "app.py").write_text("print(1)\n")
    (tree / "a.yaml").write_text(f"model: {OLD}\n")
    assert migrate().files == ()
    assert (tree / "a.yaml").read_text() == f"model: {OLD}\n"


def test_a_manifest_with_a_model_gets_both_changes_at_once(tree: Path) -> None:
    legacy = 'import google.generativeai as genai\nprint(genai.GenerativeModel("x").generate_content("Hi").text)\n'
    (tree / "app.py").write_text(legacy)
    text = f'[project]\ndependencies = ["google-generativeai"]\n\n[tool.app]\nmodel = "{OLD}"\n'
    expected = f'[project]\ndependencies = ["google-genai>=3.4.0,<4"]\n\n[tool.app]\nmodel = "{NEW}"\n'
    assert after(tree, "pyproject.toml", text) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "model: @\nname: mine\nllm:\n  - MODEL=@\n"),
        ("a.toml", "[model]\nname = '@'\n[other]\nname = 'mine'\n"),
        (".env", "MODEL=@\nNAME=mine\n"),
    ],
)
def test_a_name_of_ones_own_is_a_model_where_its_key_says_so(tree: Path, name: str, text: str) -> None:
    models = (("mine", "gemini-3.8-flash"),)
    assert after(tree, name, text.replace("@", "mine"), models=models) == text.replace("@", "gemini-3.8-flash")
