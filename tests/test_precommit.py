"""The hooks of pre-commit, run by pre-commit itself; what they run is this checkout, so that nothing is installed."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.terminals import ROOT
from tests.test_action import Runner
from tests.test_cli import REAL
from tests.test_notebooks import ASK, SETUP, book

MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text())}

pytestmark = pytest.mark.skipif(os.name == "nt", reason="git runs the hooks through a shell")


class Repository:
    """A git repository with one of the hooks installed."""

    def __init__(self, folder: Path, hook: str) -> None:
        self.folder = folder
        home = folder.parent / "home"
        home.mkdir()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
        self.environment = {
            **clean,
            "HOME": str(home),
            "PRE_COMMIT_HOME": str(home / "pre-commit"),
            "PYTHONPATH": str(ROOT),
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }
        folder.mkdir()
        entry = HOOKS[hook]["entry"].split()
        assert entry[0] == "migrate-gemini"
        command = [sys.executable, "-m", "migrate_gemini", *entry[1:]]
        local = {**HOOKS[hook], "entry": shlex.join(command), "language": "system"}
        config = {"repos": [{"repo": "local", "hooks": [local]}]}
        (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
        self.run("git", "init", "-q", "-b", "main")
        assert self.pre_commit("install").returncode == 0
        self.run("git", "add", ".")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "pre_commit", *arguments)

    def tool(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "migrate_gemini", *arguments)

    def commit(self) -> subprocess.CompletedProcess[str]:
        self.run("git", "add", ".")
        return self.run("git", "commit", "-q", "-m", "A commit")

    def commits(self) -> int:
        return len(self.run("git", "log", "--oneline", "--all").stdout.splitlines())


def test_pre_commit_accepts_the_manifest() -> None:
    validated = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)], capture_output=True, text=True
    )
    assert (validated.returncode, validated.stdout) == (0, "")


def test_hooks_get_all_files_at_once_since_modules_are_understood_together() -> None:
    assert set(HOOKS) == {"migrate-gemini", "migrate-gemini-check"}
    for hook in HOOKS.values():
        assert hook["require_serial"] is True
        assert hook["types_or"] == ["python", "jupyter"]


def test_the_check_stops_a_commit_of_legacy_code_until_it_is_migrated(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo", "migrate-gemini-check")
    (repository.folder / "app.py").write_text(REAL)
    stopped = repository.commit()
    assert stopped.returncode != 0
    assert repository.commits() == 0
    assert "app.py:4:" in stopped.stdout and "MG103" in stopped.stdout
    assert "migrate-gemini app.py" in stopped.stdout  # what to do
    migrated = repository.tool("app.py")
    assert migrated.returncode == 0
    passed = repository.commit()
    assert passed.returncode == 0, passed.stdout
    assert repository.commits() == 1
    in_ci = repository.pre_commit("run", "--all-files")
    assert in_ci.returncode == 0, in_ci.stdout


def test_from_the_hook_to_the_pull_request(tmp_path: Path) -> None:
    """What a team goes through: a commit is stopped and told how to go on, and what goes on passes everywhere."""
    repository = Repository(tmp_path / "repo", "migrate-gemini-check")
    (repository.folder / "app.py").write_text(REAL)
    (repository.folder / "requirements.txt").write_text("google-generativeai\n")
    assert Runner(tmp_path / "before", repository.folder).run() == 1
    stopped = repository.commit()
    assert stopped.returncode != 0 and repository.commits() == 0
    (told,) = [line for line in stopped.stdout.splitlines() if line.startswith("To migrate, run: ")]
    words = shlex.split(told.removeprefix("To migrate, run: "))
    assert words[0] == "migrate-gemini"
    assert repository.tool(*words[1:], "requirements.txt").returncode == 0
    passed = repository.commit()
    assert passed.returncode == 0 and repository.commits() == 1, passed.stdout
    assert "google-genai" in (repository.folder / "requirements.txt").read_text()
    in_ci = Runner(tmp_path / "after", repository.folder)
    assert in_ci.run() == 0, in_ci.out


def test_a_notebook_is_checked_as_well(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo", "migrate-gemini-check")
    (repository.folder / "n.ipynb").write_text(json.dumps(book(SETUP, ASK)))
    stopped = repository.commit()
    assert stopped.returncode != 0
    assert "n.ipynb:cell 2:1:12: MG103" in stopped.stdout


@pytest.mark.parametrize(("name", "taken"), [("a.py", True), ("n.ipynb", True), ("a.pyi", False), ("README.md", False)])
def test_the_types_of_the_hooks_are_those_that_files_have(name: str, taken: bool) -> None:
    from identify.identify import tags_from_filename

    for hook in HOOKS.values():
        assert bool(tags_from_filename(name) & set(hook["types_or"])) is taken


def test_the_fixing_hook_stops_the_first_commit_and_lets_the_second_through(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo", "migrate-gemini")
    (repository.folder / "app.py").write_text(REAL)
    stopped = repository.commit()
    assert stopped.returncode != 0
    assert "files were modified by this hook" in stopped.stdout
    assert "interactions.create(" in (repository.folder / "app.py").read_text()
    passed = repository.commit()
    assert passed.returncode == 0, passed.stdout
    assert repository.commits() == 1


def test_a_file_without_an_sdk_costs_a_hook_no_heavy_import(tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text("import os\n")
    code = (
        "import sys\n"
        "from migrate_gemini.__main__ import main\n"
        "sys.argv = ['migrate-gemini', '--check', 'clean.py']\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as done:\n"
        "    assert not done.code, done.code\n"
        "print(sorted({'libcst', 'rich', 'packaging'} & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
