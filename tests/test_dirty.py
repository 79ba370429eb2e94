"""A run speaks up before it rewrites what git does not hold."""

# ruff: noqa: F811 (fixtures that are imported)
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrate_gemini.safety import git
from tests.terminals import ROOT, rest
from tests.test_cli import REAL, Cli, cli, tree  # noqa: F401
from tests.test_faults import commit
from tests.test_project import SDK, make

OLD, NEW = SDK + "old()\n", SDK + "new()\n"


@pytest.fixture(autouse=True)
def plain_git(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture
def repository(tree: Path) -> Path:
    make(tree, {"a.py": OLD, "b.py": OLD, "plain.py": "x = 1\n", ".gitignore": "ignored.py\n/all/\n"})
    commit(tree)
    return tree


def add(folder: Path, *names: str) -> None:
    subprocess.run(["git", "add", "-f", *names], cwd=folder, check=True)


def test_a_file_stands_as_git_status_says(repository: Path) -> None:
    make(repository, {"a.py": "1", "new.py": "", "in/new.py": "", "ignored.py": "", "all/x.py": "", "all/y.py": ""})
    make(repository, {"staged.py": "", "twice.py": "", "b.py": "staged"})
    add(repository, "staged.py", "twice.py", "b.py", "all/y.py")
    make(repository, {"twice.py": "2"})
    paths = sorted(path for path in repository.rglob("*.py"))
    assert {path.relative_to(repository).as_posix(): how for path, how in git.standing(paths).items()} == {
        "a.py": "changed",
        "all/x.py": "ignored",
        "all/y.py": "held",
        "b.py": "held",
        "ignored.py": "ignored",
        "in/new.py": "untracked",
        "new.py": "untracked",
        "plain.py": "held",
        "staged.py": "held",
        "twice.py": "changed",
    }


def test_files_of_several_repositories_and_of_none_stand_as_each_says(tree: Path) -> None:
    make(tree, {"one/a.py": OLD, "two/a.py": OLD, "none/a.py": OLD})
    for name in ("one", "two"):
        commit(tree / name)
    (tree / "two/a.py").write_text("")
    found = git.standing([tree / name / "a.py" for name in ("one", "two", "none")])
    assert list(found.values()) == ["held", "changed", "unknown"]


def test_names_that_git_would_take_for_patterns_are_names(repository: Path) -> None:
    names = ["[a].py", "*.py", ":(top)b.py", " a .py", "ä\n.py", "-q.py"]
    make(repository, dict.fromkeys(names, ""))
    assert set(git.standing([repository / name for name in names]).values()) == {"untracked"}


def test_no_program_that_the_repository_names_is_run(repository: Path) -> None:
    hook = repository / ".git/hook"
    hook.write_text(f"#!/bin/sh\ntouch '{repository / 'was-run'}'\n")
    hook.chmod(0o755)
    subprocess.run(["git", "config", "core.fsmonitor", ".git/hook"], cwd=repository, check=True)
    assert set(git.standing([repository / "a.py"]).values()) == {"held"}
    assert not (repository / "was-run").exists()


def test_the_index_is_not_written(repository: Path) -> None:
    os.utime(repository / "a.py", (1, 1))  # a status would note that it is still the same
    index = (repository / ".git/index").read_bytes()
    assert set(git.standing([repository / "a.py"]).values()) == {"held"}
    assert (repository / ".git/index").read_bytes() == index


def test_without_git_nothing_is_said(repository: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "a.py").write_text(OLD + "\n")
    monkeypatch.setenv("PATH", "")
    assert cli(".")[::2] == (0, "")


def test_a_git_that_takes_too_long_is_not_waited_for(
    repository: Path,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    (repository / "a.py").write_text(OLD + "\n")
    folder = tmp_path_factory.mktemp("bin")
    (folder / "git").write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(git, "TIMEOUT", 0.2)
    assert cli(".")[::2] == (0, "")


def test_a_run_that_nobody_watches_warns_and_goes_on(repository: Path, cli: Cli) -> None:
    (repository / "a.py").write_text(OLD + "\n")
    code, _, err = cli(".")
    assert (code, err) == (
        0,
        "migrate-gemini: warning: a.py has changes that are not committed, and will be rewritten; "
        "--allow-dirty says nothing of that\n",
    )
    assert (repository / "b.py").read_text() == NEW


def test_many_files_are_one_line(repository: Path, cli: Cli) -> None:
    make(repository, {f"n{number}.py": OLD for number in range(6)})
    err = cli(".")[2]
    assert "warning: n0.py, n1.py, n2.py and 3 others have changes that are not committed" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("option", ["--allow-dirty", "--check", "--dry-run"])
def test_nothing_is_said_where_it_is_allowed_or_nothing_is_written(
    repository: Path,
    cli: Cli,
    option: str,
) -> None:
    (repository / "a.py").write_text(OLD + "\n")
    assert cli(option, ".")[2] == ""


def test_nothing_is_said_of_files_that_do_not_change_nor_of_what_is_staged_or_ignored(
    repository: Path,
    cli: Cli,
) -> None:
    make(repository, {"plain.py": "x = 2\n", "b.py": OLD + "\n"})
    add(repository, "b.py")
    assert cli(".")[::2] == (0, "")
    make(repository, {"ignored.py": OLD})
    assert cli("ignored.py")[::2] == (0, "")
    assert (repository / "ignored.py").read_text() == NEW


@pytest.mark.skipif(os.name == "nt", reason="terminals are POSIX's")
@pytest.mark.parametrize(
    ("answer", "code", "written"), [("y\n", 0, True), ("n\n", 2, False), ("\n", 2, False), ("\x04", 2, False)]
)
def test_at_a_terminal_it_asks_first_and_no_answer_is_a_no(
    repository: Path, answer: str, code: int, written: bool
) -> None:
    import pty

    make(repository, {"a.py": REAL})
    inner, outer = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "migrate_gemini", "a.py"],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
        stdin=outer,
        stdout=subprocess.DEVNULL,
        stderr=outer,
    ) as process:
        os.close(outer)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(inner, 65536)
        os.write(inner, answer.encode())
        shown += rest(inner)
    assert process.returncode == code
    assert b"a.py has changes that are not committed, and will be rewritten. Go on? [y/N]" in shown
    assert (b"nothing was written; commit first, or give --allow-dirty" in shown) is not written
    assert ("interactions.create(" in (repository / "a.py").read_text()) is written
