"""--undo puts back what the last run has written: all of it, or nothing."""

# ruff: noqa: F811 (fixtures that are imported)
from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from migrate_gemini.safety import state
from tests.test_cli import REAL, Cli, cli, tree  # noqa: F401
from tests.test_project import SDK, make

OLD, NEW = SDK + "old()\n", SDK + "new()\n"
NOTHING = "There is nothing to undo.\n"


def kept(home: Path) -> list[Path]:
    """The files that undo data is in."""
    return sorted(path for path in home.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_undo_puts_back_what_the_run_has_written_byte_for_byte_and_then_there_is_nothing_left_of_it(
    tree: Path, cli: Cli, state_home: Path
) -> None:
    files = {"a.py": OLD.replace("\n", "\r\n").encode("utf-8-sig"), "pkg/b.py": OLD.encode(), "c.py": b"x = 1\n"}
    make(tree, files)
    (tree / "a.py").chmod(0o755)
    assert cli(".")[0] == 0
    assert (tree / "pkg/b.py").read_text() == NEW
    assert cli("--undo", ".") == (0, "Put back a.py\nPut back pkg/b.py\n2 files put back.\n", "")
    assert {name: (tree / name).read_bytes() for name in files} == files
    assert os.name == "nt" or stat.S_IMODE((tree / "a.py").stat().st_mode) == 0o755
    assert kept(state_home) == []
    assert cli("--undo", ".") == (0, NOTHING, "")


def test_undo_in_a_project_that_never_had_a_run_does_nothing(tree: Path, cli: Cli, state_home: Path) -> None:
    assert cli("--undo", ".") == (0, NOTHING, "")
    assert list(state_home.iterdir()) == []


def test_notebooks_manifests_and_settings_are_put_back_too(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.test_cli import command

    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": REAL}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    files = {
        "n.ipynb": json.dumps(book, indent=1),
        "a.py": REAL,
        "requirements.txt": "google-generativeai  # why\n",
        "a.env": "MODEL=gemini-1.5-pro\n",
    }
    make(tree, files)
    assert command("--config-files", ".", cwd=tree).returncode == 0
    assert not [name for name in files if (tree / name).read_text() == files[name]]
    done = command("--undo", ".", cwd=tree)
    assert (done.returncode, done.stdout.decode().splitlines()[-1]) == (0, "4 files put back.")
    assert {name: (tree / name).read_text() for name in files} == files


def test_undo_refuses_and_puts_nothing_back_if_a_file_has_changed_since(tree: Path, cli: Cli, state_home: Path) -> None:
    make(tree, {"a.py": OLD, "b.py": OLD, "c.py": OLD, "d.py": OLD})
    cli(".")
    (tree / "b.py").write_text("mine\n")
    (tree / "c.py").unlink()
    (tree / "d.py").unlink()
    make(tree, {"e.py": NEW})
    (tree / "d.py").symlink_to("e.py")
    code, out, err = cli("--undo", ".")
    assert (code, out) == (3, "")
    assert sorted(err.splitlines()) == [
        "migrate-gemini: error: --undo: b.py has changed since",
        "migrate-gemini: error: --undo: c.py is gone",
        "migrate-gemini: error: --undo: d.py is a symbolic link now",
        "migrate-gemini: error: --undo: no file was put back",
    ]
    assert (tree / "a.py").read_text() == NEW
    assert len(kept(state_home)) == 1


def test_undo_can_be_had_again_once_what_it_refused_is_put_right(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": OLD, "b.py": OLD})
    cli(".")
    (tree / "b.py").write_text("mine\n")
    assert cli("--undo", ".")[0] == 3
    (tree / "b.py").write_text(OLD)  # as git would
    assert cli("--undo", ".") == (0, "Put back a.py\n1 file put back.\n", "")
    assert (tree / "a.py").read_text() == OLD


@pytest.mark.skipif(os.name == "nt", reason="a folder has no such mode")
def test_if_one_file_cannot_be_written_none_is_put_back_and_undo_can_be_had_again(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tree, {"a.py": OLD, "b.py": OLD})
    cli(".")
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "b.py" and access(path, mode))
    code, out, err = cli("--undo", ".")
    assert (code, out) == (3, "")
    assert "--undo: b.py is read-only\n" in err and "no file was put back" in err
    assert (tree / "a.py").read_text() == NEW
    monkeypatch.setattr(os, "access", access)
    assert cli("--undo", ".")[0] == 0
    assert (tree / "a.py").read_text() == (tree / "b.py").read_text() == OLD


def test_only_the_last_run_that_wrote_something_is_undone(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": OLD})
    cli(".")
    make(tree, {"b.py": OLD})
    cli(".")
    cli(".")  # changes nothing
    cli("--check", ".")
    cli("--dry-run", ".")
    assert cli("--undo", ".")[1] == "Put back b.py\n1 file put back.\n"
    assert (tree / "a.py").read_text() == NEW
    assert cli("--undo", ".")[1] == NOTHING


def test_what_a_run_could_not_write_is_no_part_of_its_undo(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tree, {"a.py": OLD, "b.py": OLD})
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "b.py" and access(path, mode))
    assert cli(".")[0] == 3
    monkeypatch.setattr(os, "access", access)
    (tree / "b.py").write_text("mine\n")
    assert cli("--undo", ".") == (0, "Put back a.py\n1 file put back.\n", "")


def test_undo_works_from_anywhere_in_the_repository(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tree, {"src/a.py": OLD, "tests/b.py": "", ".git/HEAD": ""})
    cli("src")
    monkeypatch.chdir(tree / "tests")
    assert cli("--undo", ".") == (0, "Put back ../src/a.py\n1 file put back.\n", "")


def test_without_a_repository_undo_names_the_folders_of_other_runs(tree: Path, cli: Cli) -> None:
    make(tree, {"src/a.py": OLD, "other/b.py": ""})
    cli("src")
    code, out, err = cli("--undo", ".")
    assert (code, out) == (0, NOTHING)
    assert err == f"migrate-gemini: a run in {tree / 'src'} can be undone with --undo src\n"
    assert cli("--undo", "other")[2] == ""
    assert cli("--undo", "src")[1] == "Put back src/a.py\n1 file put back.\n"


def test_undo_goes_with_no_option_that_writes_nothing(tree: Path, cli: Cli) -> None:
    assert cli("--undo", "--check", ".")[0] == 2
    assert cli("--undo", "--dry-run", ".")[0] == 2


@pytest.mark.parametrize("damage", [b"", b"migrate-gemini undo 9\n{}\n", b"truncated"])
def test_damaged_undo_data_is_told_and_touches_nothing(tree: Path, cli: Cli, state_home: Path, damage: bytes) -> None:
    make(tree, {"a.py": OLD})
    cli(".")
    (path,) = kept(state_home)
    path.write_bytes(path.read_bytes()[:-30] if damage == b"truncated" else damage)
    code, out, err = cli("--undo", ".")
    assert (code, out) == (3, "")
    assert err == (
        f"migrate-gemini: error: --undo: {path} is damaged or of another version of the tool; it is of no use, "
        "delete it\n"
    )
    assert (tree / "a.py").read_text() == NEW


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_undo_data_can_be_read_by_its_owner_alone(tree: Path, cli: Cli, state_home: Path) -> None:
    make(tree, {"a.py": OLD})
    cli(".")
    (path,) = kept(state_home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_undo_data_does_not_grow_without_bound(
    tree: Path, cli: Cli, state_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "MOST", 3)
    for number in range(6):
        make(tree, {f"p{number}/a.py": OLD})
        cli(f"p{number}")
    assert [path.name[:3] for path in kept(state_home)] == ["p3-", "p4-", "p5-"]
    assert len(list(state_home.rglob("*.lock"))) == 3
    for path in kept(state_home)[:2]:
        os.utime(path, (0, 0))
    make(tree, {"p5/b.py": OLD})
    cli("p5")
    assert [path.name[:3] for path in kept(state_home)] == ["p5-"]


def test_two_runs_at_once_wait_for_each_other(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tree, {"a.py": OLD})
    monkeypatch.setattr(state, "WAIT", 0.1)
    with state.locked(state.base_of(state.project_of(tree))):
        code, out, err = cli(".")
    assert (code, out) == (3, "")
    assert err == (
        "migrate-gemini: nothing was written: another run of migrate-gemini writes in this project; run again when "
        "it has ended\n"
    )
    assert (tree / "a.py").read_text() == OLD
    assert cli(".")[0] == 0


def test_a_folder_without_a_home_is_never_made_in_the_project(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tree, {"a.py": OLD})
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    code, _, err = cli(".")
    assert code == 3
    assert (
        "there is no home folder to keep it in), and git does not hold a.py. Commit first, or set XDG_STATE_HOME" in err
    )
    assert [path.name for path in tree.iterdir()] == ["a.py"]
