"""What becomes of requirements files and the like."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrate_gemini import tree as project_tree
from migrate_gemini.manifests import pip_files
from migrate_gemini.manifests.policy import Need, settle
from migrate_gemini.project import run
from migrate_gemini.results import RunResult
from migrate_gemini.settings import Settings
from migrate_gemini.sources import text
from migrate_gemini.writing import write

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "manifests"
LEGACY = (
    'import google.generativeai as genai\n\nmodel = genai.GenerativeModel("gemini-2.5-pro")\n'
    'print(model.generate_content("Hi").text)\n'
)
MOVED = (
    'from google import genai\n\nclient = genai.Client()\nprint(client.interactions.create(model="gemini-2.5-pro", '
    'input="Hi").output_text)\n'
)
TUNING = 'import google.generativeai as genai\n\ngenai.create_tuned_model(source_model="x", training_data=[])\n'
RANGE = ">=3.4.0,<4"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory that is the top of a repository."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def make(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for what git keeps there."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".git/")}


def migrate(*paths: str, exclude: tuple[str, ...] = (), **settings: object) -> RunResult:
    return write(run([Path(path) for path in paths or (".",)], Settings(**settings), exclude=exclude))  # type: ignore[arg-type]


def said(result: RunResult, *codes: str) -> dict[str, list[str]]:
    """The messages of these rules by path."""
    found: dict[str, list[str]] = {}
    for file in result.files:
        for finding in file.findings:
            if finding.code in codes:
                found.setdefault(file.path, []).append(finding.message)
    return found


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir()))
def test_a_project_changes_as_written_by_hand_and_a_second_run_changes_nothing(tree: Path, name: str) -> None:
    shutil.copytree(FIXTURES / name / "before", tree, dirs_exist_ok=True)
    assert not migrate().failed
    assert contents(tree) == contents(FIXTURES / name / "after")
    for manifests in (None, True):
        again = migrate(manifests=manifests)
        assert not again.changed and not again.failed


def test_what_was_done_is_said_at_its_place(tree: Path) -> None:
    make(tree, {"app.py": LEGACY, "requirements.txt": "flask\n  google-generativeai==0.8.3\n"})
    result = run([tree], Settings()).result
    (file,) = [file for file in result.files if file.path == "requirements.txt"]
    (finding,) = file.findings
    assert (finding.line, finding.column, finding.code, finding.status) == (2, 3, "MG603", "migrated")
    assert finding.message == f"google-generativeai==0.8.3 becomes google-genai{RANGE}"
    assert (tree / "requirements.txt").read_text() == "flask\n  google-generativeai==0.8.3\n"


def test_a_manifest_stays_where_no_code_changes_unless_that_is_asked_for(tree: Path) -> None:
    make(tree, {"app.py": MOVED, "requirements.txt": "google-generativeai==0.8.3\n"})
    assert said(migrate(), "MG605") == {
        "requirements.txt": [
            "google-generativeai==0.8.3 is asked for, and no code here imports it any more: run with --manifests, or "
            "take it out"
        ]
    }
    assert (tree / "requirements.txt").read_text() == "google-generativeai==0.8.3\n"
    assert not said(migrate(manifests=True), "MG605")
    assert (tree / "requirements.txt").read_text() == f"google-genai{RANGE}\n"


def test_manifests_stay_when_that_is_asked_for_and_only_their_releases_are_told(tree: Path) -> None:
    make(tree, {"app.py": LEGACY, "requirements.txt": "google-generativeai\ngoogle-genai==1.60.0\n"})
    result = migrate(manifests=False)
    assert [file.path for file in result.changed] == ["app.py"]
    assert {f.code for file in result.files for f in file.findings if file.path == "requirements.txt"} == {"MG601"}


def test_a_release_is_not_told_of_where_the_requirement_is_raised(tree: Path) -> None:
    make(tree, {"app.py": LEGACY, "requirements.txt": "google-genai==1.60.0\n"})
    result = migrate()
    assert said(result, "MG601", "MG603") == {
        "requirements.txt": [f"google-genai==1.60.0 is raised to google-genai{RANGE}"]
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("google-genai", f"google-genai{RANGE}"),
        ("google-genai>=1.0,<3", f"google-genai{RANGE}"),
        ("google-genai<4", f"google-genai{RANGE}"),
        ("google-genai[aiohttp]~=2.9", f"google-genai[aiohttp]{RANGE}"),
        ("google-genai>=3.4", "google-genai>=3.4"),
        ("google-genai==3.4.1", "google-genai==3.4.1"),
        ("google-genai>=5", "google-genai>=5"),
    ],
)
def test_a_requirement_of_google_genai_is_raised_where_it_admits_what_is_too_old(
    tree: Path, before: str, after: str
) -> None:
    make(tree, {"app.py": LEGACY, "requirements.txt": before})
    migrate()
    assert (tree / "requirements.txt").read_text() == after


def test_code_that_only_generates_content_raises_nothing(tree: Path) -> None:
    code = "from google import genai\n\nprint(genai.Client().models.generate_images)\n"
    make(tree, {"app.py": code, "requirements.txt": "google-genai>=1.0\n"})
    migrate(manifests=True)
    assert (tree / "requirements.txt").read_text() == "google-genai>=1.0\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("old/tuning.py", TUNING),
        ("old/patched.py", 'from unittest import mock\n\nmock.patch("google.generativeai.GenerativeModel")\n'),
        (
            "old/a.ipynb",
            '{"cells": [{"cell_type": "code", "source": ["import google.generativeai as genai\\n", "%x"]}]}',
        ),
        ("old/errors.py", "from google.api_core import exceptions\n"),
        ("old/broken.py", "import google.generativeai as genai\nprint(\n"),
    ],
)
def test_the_old_package_stays_while_code_that_was_excluded_needs_it(tree: Path, name: str, text: str) -> None:
    make(tree, {"app.py": LEGACY, name: text, "requirements.txt": "google-generativeai\n"})
    result = migrate(exclude=("old",))
    assert (tree / "requirements.txt").read_text() == f"google-generativeai\ngoogle-genai{RANGE}\n"
    (message,) = said(result, "MG603")["requirements.txt"]
    assert f"which stays because {name} imports google." in message


@pytest.mark.parametrize(
    "text",
    ['"""As import google.generativeai did."""\n', "# import google.generativeai\n", "import google_generativeai\n"],
)
def test_a_mention_in_prose_keeps_no_package(tree: Path, text: str) -> None:
    make(tree, {"app.py": LEGACY, "other.py": text, "requirements.txt": "google-generativeai\n"})
    migrate()
    assert (tree / "requirements.txt").read_text() == f"google-genai{RANGE}\n"


def test_google_api_core_keeps_no_package_where_something_else_gives_it(tree: Path) -> None:
    errors = "from google.api_core import exceptions\n"
    make(tree, {"app.py": LEGACY, "e.py": errors, "requirements.txt": "google-generativeai\ngoogle-cloud-storage\n"})
    migrate()
    assert (tree / "requirements.txt").read_text() == f"google-genai{RANGE}\ngoogle-cloud-storage\n"


def test_a_manifest_belongs_to_the_code_below_it_and_code_to_the_nearest_manifest(tree: Path) -> None:
    old = "google-generativeai\n"
    make(
        tree,
        {
            "a/src/app.py": LEGACY,
            "a/requirements.txt": old,
            "b/app.py": TUNING,
            "b/requirements.txt": old,
            "c/app.py": MOVED,
            "c/requirements.txt": old,
            "d/app.py": "print(1)\n",
            "d/requirements.txt": old,
        },
    )
    result = migrate()
    changed = {file.path for file in result.changed if file.beside}
    assert changed == {"a/requirements.txt"}
    assert list(said(result, "MG605")) == ["c/requirements.txt"]


def test_a_manifest_above_all_of_them_follows_all_of_them(tree: Path) -> None:
    make(tree, {"a/app.py": LEGACY, "b/app.py": LEGACY, "ci/requirements.txt": "google-generativeai\n"})
    migrate()
    assert (tree / "ci/requirements.txt").read_text() == f"google-genai{RANGE}\n"


def test_of_a_list_of_files_only_those_change_and_the_manifest_is_named(tree: Path) -> None:
    make(tree, {"app.py": LEGACY, "requirements.txt": "google-generativeai\n"})
    result = run([Path("app.py")], Settings()).result
    assert [file.path for file in result.changed] == ["app.py"]
    (message,) = said(result, "MG605")["requirements.txt"]
    assert "the file is not among the given paths" in message
    assert {file.path for file in migrate("app.py", "requirements.txt").changed} == {"app.py", "requirements.txt"}


def test_a_manifest_above_the_given_folder_is_named(tree: Path) -> None:
    make(tree, {"src/app.py": LEGACY, "requirements.txt": "google-generativeai\n"})
    assert list(said(migrate("src"), "MG605")) == ["requirements.txt"]
    assert (tree / "requirements.txt").read_text() == "google-generativeai\n"


def test_what_cannot_be_edited_is_named_with_what_to_do(tree: Path) -> None:
    shutil.copytree(FIXTURES / "not_edited" / "before", tree, dirs_exist_ok=True)
    result = migrate()
    found = said(result, "MG605")
    asked = f"ask for google-genai{RANGE} in its place by hand"
    assert found["requirements.txt"] == [f"google-generativeai==0.8.3 carries hashes and is left: {asked}"]
    assert len(found["requirements-url.txt"]) == 2
    assert all("names a place instead of a version" in message for message in found["requirements-url.txt"])
    assert "has a source of its own in tool.uv.sources" in found["pyproject.toml"][0]
    assert "cannot be read" in found["broken/pyproject.toml"][0]
    (lock,) = said(result, "MG604")["requirements-compiled.txt"]
    assert "`pip-compile --output-file=requirements-compiled.txt app.in`" in lock


def test_lock_files_are_named_with_the_command_that_makes_them_anew(tree: Path) -> None:
    locked = '[[package]]\nname = "google-generativeai"\nversion = "0.8.3"\n'
    make(tree, {"app.py": LEGACY, "pyproject.toml": '[project]\ndependencies = ["google-generativeai"]\n'})
    make(tree, {"uv.lock": locked, "poetry.lock": locked, "pdm.lock": '[[package]]\nname = "flask"\n'})
    result = migrate()
    found = said(result, "MG604")
    assert {path: "`uv lock`" in found[path][0] for path in found} == {"uv.lock": True, "poetry.lock": False}
    assert (tree / "uv.lock").read_text() == locked


@pytest.mark.parametrize(
    ("name", "text", "range_", "words"),
    [
        ("pyproject.toml", '[project]\nrequires-python = ">=3.10"\n', ">=2.33.0,<4", "Python 3.10"),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.9,<4"\n', ">=2.33.0,<4", "Python 3.9"),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.12"\n', RANGE, ""),
        (
            "pyproject.toml",
            '[project]\nclassifiers = ["Programming Language :: Python :: 3.10"]\n',
            ">=2.33.0,<4",
            "3.10",
        ),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.10"\n', ">=2.33.0,<4", "Python 3.10"),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = ">=3.11,<3.14"\n', RANGE, ""),
        ("setup.py", 'from setuptools import setup\n\nsetup(python_requires=">=3.10")\n', ">=2.33.0,<4", "setup.py"),
        ("setup.cfg", "[options]\npython_requires = >=3.10\n", ">=2.33.0,<4", "setup.cfg"),
        ("Pipfile", '[requires]\npython_version = "3.10"\n', ">=2.33.0,<4", "Pipfile"),
        ("Pipfile", '[requires]\npython_version = "3.12"\n', RANGE, ""),
        ("Dockerfile", "FROM python:3.10-slim\nRUN pip install -r requirements.txt\n", ">=2.33.0,<4", "Dockerfile"),
        ("Dockerfile", "FROM python:3.9.13-alpine\n", ">=2.33.0,<4", "Python 3.9"),
        ("Dockerfile", "FROM ubuntu:24.04\n", RANGE, ""),
        ("runtime.txt", "python-3.10.12\n", ">=2.33.0,<4", "runtime.txt"),
        (".python-version", "3.10\n", ">=2.33.0,<4", ".python-version"),
        (".python-version", "3.13.1\n", RANGE, ""),
    ],
)
def test_the_range_is_one_that_runs_on_the_python_that_is_declared(
    tree: Path, name: str, text: str, range_: str, words: str
) -> None:
    make(tree, {"app.py": LEGACY, name: text, "requirements.txt": "google-generativeai\n"})
    (message,) = said(migrate(), "MG603")["requirements.txt"]
    assert (tree / "requirements.txt").read_text() == f"google-genai{range_}\n"
    assert words in message and ("ask for Python 3.11" in message) == bool(words)


def test_the_first_schema_asks_for_its_own_releases(tree: Path) -> None:
    make(tree, {"app.py": LEGACY, "requirements.txt": "google-generativeai\n"})
    migrate(target="outputs")
    assert (tree / "requirements.txt").read_text() == "google-genai>=1.55.0,<2\n"


def test_what_git_ignores_stays(tree: Path) -> None:
    make(tree, {"app.py": LEGACY, "requirements.txt": "google-generativeai\n", ".gitignore": "requirements.txt\n"})
    assert [file.path for file in migrate().changed] == ["app.py"]


def test_a_link_is_never_written_through(tree: Path) -> None:
    make(tree, {"app.py": LEGACY, "shared": "google-generativeai\n"})
    (tree / "requirements.txt").symlink_to(tree / "shared")
    migrate(".", "app.py")
    assert (tree / "shared").read_text() == "google-generativeai\n"


def test_a_manifest_waits_for_the_code_that_it_belongs_to(tree: Path) -> None:
    make(tree, {"app.py": LEGACY, "requirements.txt": "google-generativeai\n"})
    proposed = run([tree], Settings())
    (tree / "app.py").write_text("# edited meanwhile\n")
    result = write(proposed)
    assert {file.path for file in result.failed} == {"app.py", "requirements.txt"}
    assert (tree / "requirements.txt").read_text() == "google-generativeai\n"


def test_a_tree_without_gemini_has_no_manifest_read(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tree, {"app.py": "print(1)\n", "requirements.txt": "google-generativeai\n", "pyproject.toml": "[project]\n"})
    read_bytes = Path.read_bytes
    seen = []

    def remembering(path: Path | str) -> bytes:
        seen.append(Path(path).name)
        return read_bytes(Path(path))

    monkeypatch.setattr(Path, "read_bytes", remembering)
    monkeypatch.setattr(project_tree, "read", remembering)
    assert run([tree], Settings()).result.files == ()
    assert "app.py" in seen and "requirements.txt" not in seen and "pyproject.toml" not in seen


def test_a_notebook_that_only_writes_of_the_old_package_keeps_it_not(tree: Path) -> None:
    cell = '{"cells": [{"cell_type": "markdown", "source": ["import google.generativeai as genai"]}]}'
    make(tree, {"app.py": LEGACY, "a.ipynb": cell, "requirements.txt": "google-generativeai\n"})
    migrate()
    assert (tree / "requirements.txt").read_text() == f"google-genai{RANGE}\n"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("setup.py", 'setup(install_requires="flask\\ngoogle-generativeai")\n', "is not an element of a list"),
        ("setup.py", 'setup(install_requires=["google-generativeai" ">=0.8"])\n', "is not written as one plain string"),
        ("environment.yml", "dependencies: [pip, {pip: [google-generativeai]}]\n", "stands in a list on one line"),
        ("setup.cfg", "[options]\ninstall_requires = flask; google-generativeai\n", "stands in a list on one line"),
        ("requirements.txt", "google-generativeai \\\n  ==0.8.3\n", "is written over several lines"),
        (".gitlab-ci.yml", 'a: "\n  pip install google-generativeai"\n', "without breaking the file"),
        (".gitlab-ci.yml", "a: [pip install google-generativeai]\n", "stands in a list on one line"),
        ("Dockerfile", "RUN pip install google-generativeai==${VERSION}\n", "is not written as pip reads it"),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\ngoogle-generativeai = { git = "https://example.org" }\n',
            "names a place or several versions",
        ),
    ],
)
def test_a_requirement_that_cannot_be_edited_with_certainty_is_named(
    tree: Path, name: str, text: str, words: str
) -> None:
    make(tree, {"app.py": LEGACY, name: text})
    result = migrate()
    (message,) = said(result, "MG605")[name]
    assert words in message and (tree / name).read_text() == text


LINES = st.sampled_from(
    ["", "flask==3.0", "# google-generativeai", "-r base.txt", "google-generativeai", "Google.GenerativeAI==0.8  # x"]
    + ["  google-generativeai[dev]>=0.8 ; python_version < '3.12'", "google-genai[aiohttp]>=1", "google-genai==3.4.0"]
    + ["requests>=2 \\\n  --hash=sha256:00", "google-generativeai-x", "torch @ https://example.org/torch.whl"]
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # how long it takes says nothing of the product
@given(st.lists(LINES), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.sampled_from(["", "b.py imports it"]))
def test_lines_of_other_packages_stay_and_a_second_time_changes_nothing(
    lines: list[str], newline: str, ends: bool, old: str
) -> None:
    before = newline.join(lines).replace("\n", newline).replace("\r\r", "\r") + newline * ends
    need = Need("3.4.0", RANGE, uses=True, interacts=True, old=old)

    def settled(content: str) -> str:
        file = text.read(Path("requirements.txt"), content.encode())
        settle(file, pip_files.slots(file), need)
        return file.after()

    after = settled(before)
    assert settled(after) == after
    mine = re.compile(r"\s*google[-.](?:generativeai|genai)(?!-)", re.IGNORECASE)
    others = [[line for line in said.split(newline) if line and not mine.match(line)] for said in (before, after)]
    assert others[0] == others[1]
    kept = [line for line in after.split(newline) if re.match(r"\s*google[-.]generativeai(?!-)", line, re.IGNORECASE)]
    assert bool(kept) == (bool(old) and any(re.match(r"\s*google.generativeai(?!-)", line, re.I) for line in lines))


def test_a_setup_py_that_is_itself_migrated_is_written_once(tree: Path) -> None:
    setup = f"{LEGACY}from setuptools import setup\n\nsetup(install_requires=['google-generativeai'])\n"
    make(tree, {"setup.py": setup})
    assert not migrate().failed
    assert "interactions.create" in (tree / "setup.py").read_text()
    assert list(said(migrate(), "MG605")) == ["setup.py"]
    migrate(manifests=True)
    assert f"['google-genai{RANGE}']" in (tree / "setup.py").read_text()


@pytest.mark.parametrize("name", ["requirements.txt", "Dockerfile", "setup.cfg"])
def test_a_manifest_in_no_known_encoding_is_edited_all_the_same(tree: Path, name: str) -> None:
    lines = {"Dockerfile": b"RUN pip install %s", "setup.cfg": b"[options]\ninstall_requires =\n  %s"}
    line = b"# gr\xfc\xdfe\n" + lines.get(name, b"%s") + b"\n"
    make(tree, {"app.py": LEGACY})
    (tree / name).write_bytes(line % b"google-generativeai")
    migrate()
    quoted = b'"google-genai>=3.4.0,<4"' if name == "Dockerfile" else b"google-genai>=3.4.0,<4"
    assert (tree / name).read_bytes() == line % quoted


def test_a_manifest_of_another_project_above_is_not_named(tree: Path) -> None:
    old = "google-generativeai\n"
    make(tree, {"requirements.txt": old, "p/src/app.py": LEGACY, "p/pyproject.toml": "[project]\n"})
    assert not said(migrate("p/src"), "MG605")


def test_a_manifest_above_those_that_own_the_code_asks_for_what_any_of_it_needs(tree: Path) -> None:
    old, lock = "google-generativeai\n", '[[package]]\nname = "google-generativeai"\nversion = "0.8.3"\n'
    make(tree, {"a/app.py": LEGACY, "a/requirements.txt": old, "b/app.py": TUNING, "b/requirements.txt": old})
    make(tree, {"requirements.txt": old, ".github/workflows/test.yml": "run: pip install google-generativeai\n"})
    make(tree, {"uv.lock": lock})
    result = migrate()
    assert (tree / "a/requirements.txt").read_text() == f"google-genai{RANGE}\n"
    assert (tree / "b/requirements.txt").read_text() == old
    assert (tree / "requirements.txt").read_text() == f"google-generativeai\ngoogle-genai{RANGE}\n"
    workflow = f'run: pip install google-generativeai "google-genai{RANGE}"\n'
    assert (tree / ".github/workflows/test.yml").read_text() == workflow
    assert list(said(result, "MG604")) == ["uv.lock"]
    assert len(said(result, "MG604")["uv.lock"]) == 1


def test_other_requirements_that_google_genai_cannot_be_installed_with_are_told(tree: Path) -> None:
    pinned = (
        "google-generativeai==0.8.3\nGoogle_Auth==2.40.0  # pinned\nanyio>=4\ntenacity>=9.2\nrequests[socks]==2.32.3\n"
        "pydantic~=2.7\nwebsockets<13; python_version >= '3.11'\nflask==3.0.0\n"
    )
    make(tree, {"app.py": LEGACY, "requirements.txt": pinned})
    result = migrate()
    keeps = f"keeps google-genai{RANGE} from being installed, which needs"
    assert said(result, "MG606") == {
        "requirements.txt": [
            f"Google_Auth==2.40.0 {keeps} google-auth>=2.56.0,<3.0.0",
            f"tenacity>=9.2 {keeps} tenacity>=8.2.3,<9.2.0",
            f"websockets<13 {keeps} websockets>=13.0.0,<18.0",
        ]
    }
    places = [(f.line, f.column, f.status) for file in result.files for f in file.findings if f.code == "MG606"]
    assert places == [(2, 1, "needs_review"), (4, 1, "needs_review"), (7, 1, "needs_review")]
    assert (tree / "requirements.txt").read_text() == pinned.replace(
        "google-generativeai==0.8.3", f"google-genai{RANGE}"
    )


@pytest.mark.parametrize(
    ("name", "before", "line"),
    [
        ("pyproject.toml", '[project]\ndependencies = [\n  "google-generativeai",\n  "pydantic<2.12",\n]\n', 4),
        ("pyproject.toml", '[tool.poetry.dependencies]\ngoogle-generativeai = "*"\n"pydantic" = "~2.11"\n', 3),
        ("setup.cfg", "[options]\ninstall_requires =\n    google-generativeai\n    pydantic==1.10.2\n", 4),
    ],
)
def test_they_are_told_in_every_file_of_requirements(tree: Path, name: str, before: str, line: int) -> None:
    make(tree, {"app.py": LEGACY, name: before})
    (finding,) = (f for file in migrate().files for f in file.findings if f.code == "MG606")
    assert (finding.line, finding.status) == (line, "needs_review")
    assert finding.message.endswith("which needs pydantic>=2.12.5,<3.0.0")


def test_what_stays_as_it_is_has_no_requirements_in_its_way(tree: Path) -> None:
    make(tree, {"app.py": TUNING, "requirements.txt": "google-generativeai\npydantic==1.10.2\n"})
    assert not said(migrate(), "MG606")
