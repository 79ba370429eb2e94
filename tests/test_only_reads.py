"""The tool never imports, runs or evaluates what it reads, opens no connection, and writes nothing but what it says.

Held by what Python itself reports of a process (audit events), over a project whose every module is a trap.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import migrate_gemini
from tests.test_hostile import LEGACY, NEW
from tests.test_project import make

ROOT = Path(migrate_gemini.__file__).resolve().parent.parent
OWN = """
__init__ __main__ click conftest genai google libcst main manage migrate_gemini noxfile packaging pathspec
platformdirs pydantic pygments rich ruamel setup sitecustomize tomli tomlkit typer typing_extensions
usercustomize wsgi yaml
""".split()
SHADOWS = sorted({*OWN, *sys.stdlib_module_names} - {"__main__", "__init__"})
"""Names that a project's own modules may have, so that they come before those of Python or of our dependencies."""

WATCHED = """
import json, sys
AREAS = ("os", "shutil", "socket", "subprocess", "ctypes", "pty", "urllib", "http", "ftplib", "smtplib")
out, project, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
events = []
opened = [open(out, "w")]


def hook(event, given):
    if event == "import":
        events.append((event, str(given[1] or given[0])))
    elif event == "exec":
        caller = sys._getframe(1).f_code.co_filename
        events.append((event, given[0].co_filename + ("" if "migrate_gemini" in caller else " run by Python")))
    elif event == "open":
        path, mode, flags = given
        if isinstance(path, (str, bytes)) and flags & 0b11:
            events.append((event, path if isinstance(path, str) else path.decode()))
    elif event.partition(".")[0] in AREAS:
        events.append((event, str(given)))


sys.addaudithook(hook)
sys.argv = ["migrate-gemini", *arguments]
from migrate_gemini.__main__ import main

try:
    main()
finally:
    json.dump(list(events), opened[0])
    opened[0].close()
"""
HARMLESS = frozenset("os.listdir os.scandir os.putenv os.unsetenv os.walk os.utime".split())


def trap(mark: Path) -> str:
    """A module that leaves a mark when it is run, and holds legacy code."""
    return f"open({os.fspath(mark)!r}, 'a').write(__name__ + '\\n')\n{LEGACY}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder in which every module is a trap."""
    folder = tmp_path / "project"
    code = trap(tmp_path / "mark")
    make(folder, {f"{name}.py": code for name in OWN})
    make(folder, {"pkg/__init__.py": code, "pkg/evil.py": "__import__('genai').x\neval('1')\nexec('2')\n" + code})
    make(folder, {"google/__init__.py": code, "google/generativeai.py": code})
    make(
        folder,
        {"setup.cfg": "[metadata]\nname = attr: pkg\n"},
    )
    make(folder, {"requirements.txt": "google-generativeai==0.8\n-e .\n", "a.ipynb": notebook(code)})
    make(folder, {"pyproject.toml": "[build-system]\nbuild-backend = 'setup'\n[project]\nname = 'x'\nversion = '1'\n"})
    return folder


def notebook(code: str) -> str:
    """A notebook of one cell, which also asks IPython for things."""
    source = f"!touch mark\n%run main.py\n{code}"
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    metadata = {"language_info": {"name": "python"}}
    return json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 4})


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.fspath(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **more}


def events(project: Path, *arguments: str) -> list[tuple[str, str]]:
    """What Python reports of a run from inside the project."""
    script, out = project.parent / "watched.py", project.parent / "events.json"
    script.write_text(WATCHED)
    command = [sys.executable, os.fspath(script), os.fspath(out), os.fspath(project), *arguments]
    subprocess.run(command, cwd=project, env=environment(), capture_output=True, check=False, timeout=300)
    found: list[Any] = json.loads(out.read_text())
    return [(event, text) for event, text in found]


@pytest.mark.parametrize(
    "arguments",
    [
        ["."],
        ["--check", "."],
        ["--dry-run", "--config-files", "--manifests", "."],
        ["--report", "../r.html", "main.py"],
    ],
)
def test_what_is_read_is_never_imported_or_run_and_nothing_is_connected(project: Path, arguments: list[str]) -> None:
    reported = events(project, *arguments)
    inside = os.fspath(project)
    assert not (project.parent / "mark").exists()
    assert {event for event, _ in reported} >= {"import", "exec"}  # the hook was there
    for event, text in reported:
        if event in ("import", "exec"):
            assert not text.startswith((inside, "<unknown>")), (event, text)
            assert not text.startswith("<") or text.endswith((" run by Python", ">")) and "<string>" != text, text
    keeps = (
        os.environ["MIGRATE_GEMINI_CACHE_DIR"],
        os.environ["XDG_STATE_HOME"],
        os.path.join(inside, ".migrate-gemini-"),
    )
    for event, text in reported:
        if event == "open":
            ours = text.startswith(keeps) or os.path.basename(text).startswith(".migrate-gemini-")
            assert ours or text in ("../r.html", os.devnull), text
        elif event in ("os.rename", "os.remove", "os.chmod", "os.mkdir", "os.rmdir", "os.link"):
            assert ".migrate-gemini-" in text or any(keep in text for keep in keeps), (event, text)
        elif event not in ("import", "exec", *HARMLESS):
            raise AssertionError((event, text))


def test_the_traps_are_migrated_like_other_code(project: Path) -> None:
    events(project, ".")
    assert (project / "libcst.py").read_text().endswith(NEW.partition("\n\n")[2])
    assert not (project.parent / "mark").exists()


def imported_by_python() -> set[str]:
    """The modules that Python imports to run `-m` before it comes to us: only `python -P` keeps it from taking those of
    the working directory."""
    command = [sys.executable, "-c", "import runpy, pkgutil, sys; print(*sys.modules)"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="before 3.11, Python itself imports from there to run a module")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_run_as_a_module_it_imports_nothing_from_the_working_directory(tmp_path: Path, jobs: str) -> None:
    folder = tmp_path / "project"
    known = {*imported_by_python(), "migrate_gemini"}
    make(folder, {f"{name}.py": trap(tmp_path / "mark") for name in SHADOWS if name not in known})
    command = [sys.executable, "-m", "migrate_gemini", "--jobs", jobs, "."]
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False, timeout=300
    )
    assert not (tmp_path / "mark").exists(), (tmp_path / "mark").read_text()
    assert (done.returncode, done.stderr) == (0, "")
    assert not [path.name for path in folder.iterdir() if "generativeai" in path.read_text()]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="PYTHONSAFEPATH came with 3.11")
def test_further_processes_import_nothing_from_the_working_directory(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    make(folder, {f"{name}.py": trap(tmp_path / "mark") for name in SHADOWS})
    script = tmp_path / "script.py"
    script.write_text("from migrate_gemini.__main__ import main\n\nif __name__ == '__main__':\n    main()\n")
    command = [sys.executable, os.fspath(script), "--jobs", "2", "."]
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False, timeout=300
    )
    assert not (tmp_path / "mark").exists(), (tmp_path / "mark").read_text()
    assert (done.returncode, done.stderr) == (0, "")
    assert not [path.name for path in folder.iterdir() if "generativeai" in path.read_text()]
