"""What a project asks of google-genai, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from migrate_gemini import Settings
from migrate_gemini.project import run
from migrate_gemini.requirements import find, judge, traps
from migrate_gemini.sdk import releases

LEGACY = (
    'import google.generativeai as genai\nprint(genai.GenerativeModel("gemini-2.5-pro").generate_content("Hi").text)\n'
)


def make(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "text", "specifier", "line"),
    [
        ("requirements.txt", "flask\ngoogle-genai==1.60.0  # pinned\n", "==1.60.0", 2),
        ("requirements-dev.txt", "Google_GenAI[aiohttp]>=1.55,<2 ; python_version > '3.9'\n", "<2,>=1.55", 1),
        ("requirements/base.txt", "google-genai~=2.9.0 --hash=sha256:00\n", "~=2.9.0", 1),
        ("requirements.txt", "google-genai\n", "", 1),
        ("pyproject.toml", '[project]\nname = "x"\ndependencies = ["flask", "google-genai<2"]\n', "<2", 3),
        ("pyproject.toml", '[project.optional-dependencies]\nai = ["google-genai==2.20.0"]\n', "==2.20.0", 2),
        (
            "pyproject.toml",
            '[dependency-groups]\nai = ["google-genai==2.20.0", {include-group = "x"}]\n',
            "==2.20.0",
            2,
        ),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\ngoogle-genai = "^1.60"\n', "<2,>=1.60", 3),
        ("pyproject.toml", '[tool.poetry.dependencies.google-genai]\nversion = "~1.60"\n', "<1.61,>=1.60", 1),
        ("pyproject.toml", '[tool.poetry.group.ai.dependencies]\ngoogle-genai = "1.60.*"\n', "==1.60.*", 2),
        ("setup.cfg", "[options]\ninstall_requires =\n    flask\n    google-genai>=2,<2.5\n", "<2.5,>=2", 4),
        ("uv.lock", '[[package]]\nname = "google-genai"\nversion = "2.12.0"\n', "==2.12.0", 2),
        ("poetry.lock", '[[package]]\nname = "google-genai"\nversion = "2.12.0"\n', "==2.12.0", 2),
    ],
)
def test_a_requirement_is_found_in_its_place(tmp_path: Path, name: str, text: str, specifier: str, line: int) -> None:
    make(tmp_path, {name: text})
    (wanted,) = find(tmp_path)
    assert (wanted.path, str(wanted.specifier), wanted.line) == (tmp_path / name, specifier, line)


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "google-generativeai==0.8.5\ngoogle-genai-extras==1.0\n# google-genai==1.0\n"},
        {"pyproject.toml": "[project]\nname = 'google-genai-demo'\ndependencies = []\n"},
        {"pyproject.toml": "this is not = [toml google-genai"},
        {"setup.cfg": "google-genai without a section\n"},
        {"requirements.txt": "google-genai @ https://example.org/google_genai.whl\nnonsense google-genai ==\n"},
        {},
    ],
)
def test_where_there_is_none_nothing_is_said(tmp_path: Path, files: dict[str, str]) -> None:
    make(tmp_path, {".git/config": "", **files})
    assert [judge(wanted, "steps") for wanted in find(tmp_path) if judge(wanted, "steps")] == []


def test_the_lock_file_says_what_is_installed(tmp_path: Path) -> None:
    lock = '[[package]]\nname = "flask"\nversion = "3"\n\n[[package]]\nname = "google-genai"\nversion = "3.4.0"\n'
    make(tmp_path, {"pyproject.toml": '[project]\ndependencies = ["google-genai<4"]\n', "uv.lock": lock})
    assert [item.path.name for item in find(tmp_path)] == ["uv.lock"]


def test_the_project_around_a_folder_counts_and_not_one_around_that(tmp_path: Path) -> None:
    make(
        tmp_path,
        {"requirements.txt": "google-genai==1.0", "app/requirements.txt": "google-genai==2.0", "app/src/a.py": ""},
    )
    assert [str(item.specifier) for item in find(tmp_path / "app" / "src")] == ["==2.0"]
    make(tmp_path, {"lib/pyproject.toml": "", "lib/src/a.py": ""})
    assert find(tmp_path / "lib" / "src") == []


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("1.54.0", "has no client.interactions"),
        ("1.75.0", "the first schema"),
        ("2.2.0", "no interaction.output_text"),
        ("2.8.0", "sends None as null"),
        ("2.10.0", "gives None as output_text"),
        ("2.20.0", "drops temperature and top_p"),
        ("2.34.0", "v1beta"),
        ("3.3.0", "one event loop"),
    ],
)
def test_each_release_with_a_trap_is_told_of_it(version: str, words: str) -> None:
    assert any(words in note for note in traps(Version(version)))


def test_the_release_that_is_written_for_has_no_trap_and_the_rows_are_ranges() -> None:
    assert traps(Version(releases.WANTED)) == []
    for trap in releases.TRAPS:
        assert Version(trap.since) < Version(trap.until) <= Version(releases.WANTED)
    assert f"{max(releases.MINOR)}.{releases.MINOR[max(releases.MINOR)]}.0" == releases.WANTED


@pytest.mark.parametrize(
    ("text", "schema", "words"),
    [
        ("google-genai==2.20.0", "steps", "drops temperature"),
        ("google-genai>=1.60,<2", "steps", "gives at most google-genai 1.75.0"),
        ("google-genai>=1.60", "steps", ""),
        ("google-genai", "steps", ""),
        ("google-genai>=9", "steps", ""),
        ("google-genai==1.60.0", "outputs", ""),
        ("google-genai>=1.60", "outputs", "has no interaction.outputs"),
        ("google-genai==1.50.0", "outputs", "ask for google-genai>=1.55.0,<2"),
    ],
)
def test_what_is_said_of_a_requirement(tmp_path: Path, text: str, schema: str, words: str) -> None:
    (wanted,) = find(make(tmp_path, {"requirements.txt": text}))
    told = judge(wanted, "outputs" if schema == "outputs" else "steps")
    assert words in told if words and told else (not words and told is None)


@pytest.mark.parametrize(("target", "codes"), [("auto", ["MG601"]), ("steps", []), ("outputs", [])])
def test_a_run_names_the_requirement(tmp_path: Path, target: str, codes: list[str]) -> None:
    make(tmp_path, {"requirements.txt": "google-genai==1.60.0\n", "app.py": LEGACY})
    result = run([tmp_path], Settings(target=target, manifests=False)).result  # type: ignore[arg-type]
    found = [
        (file.path.rpartition("/")[2], f.code) for file in result.files for f in file.findings if f.code == "MG601"
    ]
    assert found == [("requirements.txt", code) for code in codes]
    assert not any(file.changed for file in result.files if not file.path.endswith(".py"))


def test_a_run_without_anything_to_say_of_code_says_nothing_of_requirements(tmp_path: Path) -> None:
    make(tmp_path, {"requirements.txt": "google-genai==1.60.0\n", "app.py": "print(1)\n"})
    assert run([tmp_path], Settings()).result.files == ()
