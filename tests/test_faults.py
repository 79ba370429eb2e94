"""What a run survives. Each fault is caused for real, and the tool is run as a person runs it."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from migrate_gemini.files import Change, replace_all
from migrate_gemini.safety import journal, state
from tests.kills import SIZE, Project, heeds_ctrl_c, kills, project
from tests.terminals import ROOT
from tests.test_cli import REAL, command
from tests.test_project import make

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, limits and /proc are used as on Linux")

NEW = b"from google import genai\n"
LARGE = REAL + "# " + "x" * 100_000 + "\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def tool(*arguments: str, cwd: Path, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    """The real program; `before` is run in its process, before it starts."""
    return subprocess.run(
        [sys.executable, "-m", "migrate_gemini", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        preexec_fn=before,
    )


def listed(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def commit(folder: Path) -> None:
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "A commit"]):
        subprocess.run([*git, *words], cwd=folder, check=True)


# Killed


def test_a_run_that_is_killed_leaves_whole_files_and_the_next_one_puts_groups_right(
    tree: Path, state_home: Path
) -> None:
    here = Project(tree, state_home, groups=12)
    tally = kills(here, 6, random.Random(1), most=24)
    assert tally["while_writing"] > tally["kills"] // 2, tally
    assert tally["half_groups"] >= 1, tally
    assert [path.suffix for path in state_home.rglob("*") if path.is_file()] == [".lock"]


@pytest.fixture
def half(tree: Path) -> Path:
    """A project with two files that change together, of which a run that died has replaced only the first."""
    make(tree, {name: text for name, text in project(1).items() if not name.endswith(("u1.py", "u2.py", "u3.py"))})
    first, second = tree / "p00/llm.py", tree / "p00/u0.py"
    changes = [Change(path, path.read_bytes(), NEW) for path in (first, second)]
    with journal.Journal(state.project_of(tree)) as record:
        record.take()
        record.start([changes], [])
        record.begin(0)
        replace_all(changes[:1])
    assert first.read_bytes() == NEW
    return tree


@pytest.mark.parametrize("mode", ["--check", "--dry-run"])
def test_a_run_that_writes_nothing_warns_of_half_a_group_and_leaves_it(half: Path, mode: str) -> None:
    done = tool(mode, ".", cwd=half)
    for name in ("p00/llm.py", "p00/u0.py"):
        assert f"warning: {name} belongs to files that change together, of which a run that was killed" in done.stderr
    assert (half / "p00/llm.py").read_bytes() == NEW


def test_a_run_that_writes_puts_half_a_group_back_says_so_and_goes_on(half: Path) -> None:
    done = tool(".", cwd=half)
    assert done.returncode == 0
    assert done.stderr == (
        "migrate-gemini: p00/llm.py was put back: a run that was killed had not replaced all that changes with it\n"
    )
    assert "genai.Client(" in (half / "p00/llm.py").read_text()
    assert "interactions.create(" in (half / "p00/u0.py").read_text()


def test_undo_puts_half_a_group_back(half: Path) -> None:
    done = tool("--undo", ".", cwd=half)
    assert done.returncode == 0
    assert {name: (half / name).read_text() for name in ("p00/llm.py", "p00/u0.py")}.items() <= project(1).items()
    assert tool("--undo", ".", cwd=half).stdout == "There is nothing to undo.\n"


def test_a_run_in_a_folder_of_the_project_puts_half_a_group_back_too(half: Path) -> None:
    assert "p00/llm.py was put back" in tool("p00", cwd=half).stderr


def test_half_a_group_that_cannot_be_put_back_stops_each_run_until_the_person_has_seen_to_it(half: Path) -> None:
    (half / "p00/u0.py").write_text("edited\n")
    before = (half / "p00/llm.py").read_bytes()
    for arguments in (["."], ["--undo", "."]):
        done = tool(*arguments, cwd=half)
        assert done.returncode == 3
        assert "p00/u0.py has changed since, or is gone. Nothing was written." in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert (half / "p00/llm.py").read_bytes() == before
    left = done.stderr.split("delete ")[1].split(" to go on")[0]
    assert (project(1)["p00/llm.py"]).encode() in Path(left).read_bytes()  # the old bytes are still there
    Path(left).unlink()
    assert tool(".", cwd=half).stderr == ""


def test_the_files_of_a_live_run_are_left_to_it(half: Path) -> None:
    root = state.project_of(half)
    with state.locked(state.base_of(root)):
        done = tool("--check", ".", cwd=half)
        assert "warning" not in done.stderr
        assert (half / "p00/llm.py").read_bytes() == NEW


# Disk full


def test_a_full_disk_is_told_of_each_file_and_loses_nothing(tree: Path, state_home: Path, tmp_path: Path) -> None:
    make(tree, {"a.py": LARGE, "b.py": LARGE})
    script = (
        'set -e; mkdir "$1/disk"; mount -t tmpfs -o size=400k tmpfs "$1/disk"; cp -r "$1/project/." "$1/disk"\n'
        'cd "$1/disk"; dd if=/dev/zero of=full bs=1k 2>/dev/null || true\n'
        'code=0; "$2" -m migrate_gemini . || code=$?; rm full; cp -r . "$1/after"; exit $code\n'
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    probe = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", str(tree.parent / "project")]
    if subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", str(tmp_path), sys.executable],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3, done.stderr
    for name in ("a.py", "b.py"):
        assert f"  {name}: MG901 cannot be written: no space left on device\n" in done.stdout
    after = tmp_path / "after"
    assert listed(after) == ["a.py", "b.py"]
    assert (after / "a.py").read_text() == (after / "b.py").read_text() == LARGE
    assert [path.suffix for path in state_home.rglob("*") if path.is_file()] == [".lock"]


def no_large_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))


def test_where_undo_data_finds_no_room_nothing_is_written_that_git_does_not_hold(tree: Path, state_home: Path) -> None:
    make(tree, {"large.py": LARGE, "small.py": REAL})
    done = tool(".", cwd=tree, before=no_large_files)
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("migrate-gemini: nothing was written: what --undo needs cannot be kept (")
    assert "file too large), and git does not hold large.py and small.py. Commit first, or set" in done.stderr
    assert (tree / "small.py").read_text() == REAL
    assert [path.suffix for path in state_home.rglob("*") if path.is_file()] == [".lock"]


def test_where_undo_data_finds_no_room_the_run_goes_on_if_git_holds_every_file(tree: Path) -> None:
    make(tree, {"large.py": LARGE, "small.py": REAL})
    commit(tree)
    done = tool(".", cwd=tree, before=no_large_files)
    assert done.returncode == 3
    assert "warning: --undo will not know of this run (" in done.stderr
    assert "  large.py: MG901 cannot be written: file too large\n" in done.stdout
    assert (tree / "large.py").read_text() == LARGE
    assert "interactions.create(" in (tree / "small.py").read_text()
    assert [name for name in listed(tree) if not name.startswith(".git")] == ["large.py", "small.py"]


def test_a_disk_that_is_full_half_way_leaves_the_rest_and_what_was_written_can_be_undone(
    tree: Path, state_home: Path
) -> None:
    """The journal is the largest of all files here, so that it is the first to find no room."""
    names = [f"m{number}.py" for number in range(6)]
    make(tree, dict.fromkeys(names, REAL))
    assert tool(".", cwd=tree).returncode == 0
    (path,) = state_home.rglob("*.last")
    marks = sum(len(f"{letter} {number}\n") for letter in "bd" for number in range(6)) + len("e\n")
    room = path.stat().st_size - marks + 18  # for two groups, and half of the first mark of the third
    assert tool("--undo", ".", cwd=tree).returncode == 0
    done = tool(".", cwd=tree, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)))
    assert (done.returncode, done.stderr) == (3, "")
    assert "  m2.py: MG901 is left as it was: what --undo needs cannot be kept: " in done.stdout
    assert [(tree / name).read_text() == REAL for name in names] == [False, False, True, True, True, True]
    assert listed(tree) == names
    assert tool("--undo", ".", cwd=tree).stdout == "Put back m0.py\nPut back m1.py\n2 files put back.\n"


def test_a_home_that_cannot_be_written_to_stops_the_run_with_what_to_do(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tree, {"a.py": REAL})
    (tmp_path / "no-folder").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "no-folder"))
    done = tool(".", cwd=tree)
    assert done.returncode == 3
    assert "set XDG_STATE_HOME to a folder that can be written to" in done.stderr
    assert (tree / "a.py").read_text() == REAL
    commit(tree)
    done = tool(".", cwd=tree)
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 1)
    assert "interactions.create(" in (tree / "a.py").read_text()


# Permissions


def as_a_person() -> None:
    """Takes root's right to write and read everything."""
    if os.geteuid() == 0:
        import ctypes

        for capability in (1, 2, 3):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def test_what_may_not_be_written_or_read_is_told_and_stops_nothing_else(tree: Path) -> None:
    make(tree, {"folder/a.py": REAL, "read_only.py": REAL, "secret.py": REAL, "z.py": REAL})
    (tree / "read_only.py").chmod(0o444)
    (tree / "secret.py").chmod(0o000)
    (tree / "folder").chmod(0o555)
    try:
        probe = subprocess.run(["cat", "secret.py"], cwd=tree, preexec_fn=as_a_person, capture_output=True)
        if probe.returncode == 0:
            pytest.skip("the rights of root cannot be taken here")
        done = tool(".", cwd=tree, before=as_a_person)
    finally:
        (tree / "folder").chmod(0o755)
        (tree / "secret.py").chmod(0o644)
    assert done.returncode == 3
    assert "  folder/a.py: MG901 cannot be written: permission denied\n" in done.stdout
    assert "  read_only.py: MG901 is read-only\n" in done.stdout
    assert "  secret.py: MG901 cannot be read: permission denied\n" in done.stdout
    assert done.stderr == ""
    assert [(tree / name).read_text() for name in ("folder/a.py", "read_only.py", "secret.py")] == [REAL] * 3
    assert "interactions.create(" in (tree / "z.py").read_text()
    assert listed(tree) == ["folder", "folder/a.py", "read_only.py", "secret.py", "z.py"]


# Others at work meanwhile


@contextmanager
def while_it_works(cwd: Path, stop: bool = True) -> Iterator[subprocess.Popen[str]]:
    """The program with two processes, when it has read all files and has not written one; stopped there."""
    with subprocess.Popen(
        [sys.executable, "-m", "migrate_gemini", "--jobs", "2", "."],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heeds_ctrl_c,
    ) as process:
        while len(workers(process.pid)) < 2 and process.poll() is None:
            time.sleep(0.0005)
        assert process.poll() is None
        if stop:
            process.send_signal(signal.SIGSTOP)
        yield process
        process.send_signal(signal.SIGCONT)


def workers(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_files_that_somebody_changes_links_or_deletes_meanwhile_are_left_to_them(tree: Path, tmp_path: Path) -> None:
    names = ["changed.py", "deleted.py", "linked.py", "still.py"]
    make(tree, dict.fromkeys(names, REAL))
    outside = tmp_path / "outside.py"
    outside.write_text(REAL)
    with while_it_works(tree) as process:
        (tree / "changed.py").write_text("mine\n")
        (tree / "deleted.py").unlink()
        (tree / "linked.py").unlink()
        (tree / "linked.py").symlink_to(outside)
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate()
    assert (process.returncode, err) == (3, "")
    assert "  changed.py: MG901 was changed by somebody else while it was being migrated; run again\n" in out
    assert "  deleted.py: MG901 cannot be read again: no such file or directory\n" in out
    assert "  linked.py: MG901 is a symbolic link; give the file that it points to\n" in out
    assert "Changed still.py\n" in out
    assert (tree / "changed.py").read_text() == "mine\n"
    assert outside.read_text() == REAL and (tree / "linked.py").is_symlink()
    assert listed(tree) == ["changed.py", "linked.py", "still.py"]
    assert tool("--undo", ".", cwd=tree).stdout == "Put back still.py\n1 file put back.\n"


def test_a_worker_that_is_killed_costs_no_file(tree: Path) -> None:
    make(tree, {f"m{number}.py": REAL for number in range(12)})
    with while_it_works(tree) as process:
        os.kill(workers(process.pid)[0], signal.SIGKILL)
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert "12 of 12 Python files changed" in out


# Ctrl-C


def ticks(process: int) -> int:
    """What a process has had of the processor, in hundredths of a second."""
    return sum(map(int, Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]))


def test_ctrl_c_before_anything_is_written_says_so_in_one_line(tree: Path) -> None:
    slow = REAL + "print(model.generate_content('Hi').text)\n" * 1000
    make(tree, {"a.py": slow, "b.py": slow})
    with while_it_works(tree, stop=False) as process:
        while process.poll() is None and sum(map(ticks, workers(process.pid))) < 10:
            time.sleep(0.001)  # until the workers are on their way, and would show where they are
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, "", "migrate-gemini: interrupted: nothing was written\n")
    assert {path.read_text() for path in tree.iterdir()} == {slow}


def test_ctrl_c_while_files_are_written_says_which_were_and_the_next_run_goes_on(tree: Path, state_home: Path) -> None:
    here = Project(tree, state_home, groups=12)
    for _ in range(9):  # until one is caught in the middle
        with here.until_replaced("p01/llm.py", ".") as process:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate()
        held = here.held()
        new = [name for name in here.changing if held[name] == here.new[name]]
        if len(new) < len(here.changing):
            break
        here.tool("--undo", ".")
    assert process.returncode == 130
    total = len(here.changing)
    assert err == (
        f"migrate-gemini: interrupted: {len(new)} of {total} files were written; run again to go on, "
        "or --undo to put back\n"
    )
    assert len(new) % SIZE == 0, "no group is half"
    for name in here.changing:
        stays = f"  {name}: MG901 is left as it was, because the run was interrupted\n"
        assert (f"Changed {name}\n" in out, stays in out) == (name in new, name not in new)
    assert held.keys() == here.old.keys()
    here.tool(".")
    assert here.held() == here.new
    here.tool("--undo", ".")
    assert here.held() == here.old, "the two runs are undone as one"


@pytest.mark.parametrize("stopped_after", [1, 2])
def test_requirements_that_a_stopped_run_did_not_come_to_are_changed_by_the_next(
    tree: Path, stopped_after: int
) -> None:
    """All of the code was written, or half of it; what stands beside it waits for all of it."""
    make(tree, {"a/a.py": REAL, "b/b.py": REAL, "requirements.txt": "google-generativeai\n"})
    whole = tree.parent / "whole"
    shutil.copytree(tree, whole)
    command(".", cwd=whole)
    paths = ["a/a.py", "b/b.py", "requirements.txt"]
    groups = [[Change(tree / name, (tree / name).read_bytes(), (whole / name).read_bytes())] for name in paths]
    with journal.Journal(state.project_of(tree)) as record:
        record.take()
        record.start(groups[:2], groups[2:])
        for number in range(stopped_after):
            record.begin(number)
            replace_all(groups[number])
            record.settle(number, True)
    assert (tree / "requirements.txt").read_text() == "google-generativeai\n"
    assert command(".", cwd=tree).returncode == 0
    assert [(tree / name).read_text() for name in paths] == [(whole / name).read_text() for name in paths]
    assert command("--undo", ".", cwd=tree).returncode == 0
    assert [(tree / name).read_text() for name in paths] == [REAL, REAL, "google-generativeai\n"]
