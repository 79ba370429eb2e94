"""Every command of README.md is run, in its order, in one project: pip does nothing there, scripts are looked at."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.terminals import ROOT
from tests.test_action import Runner
from tests.test_cli import REAL

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:sh|bash|console)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
COMMANDS = [words for block in BLOCKS for line in block.splitlines() if (words := shlex.split(line, comments=True))]

pytestmark = pytest.mark.skipif(os.name == "nt" or shutil.which("bash") is None, reason="the commands are for bash")


def test_there_are_commands_and_each_is_of_a_kind_that_is_known() -> None:
    assert len(COMMANDS) > 5
    assert {words[0] for words in COMMANDS} <= {"migrate-gemini", "pip", "scripts/test", "scripts/try-sample"}


@pytest.mark.parametrize("script", sorted({words[0] for words in COMMANDS if words[0].startswith("scripts/")}))
def test_a_script_that_is_named_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(ROOT / script)]).returncode == 0


def test_what_is_to_be_installed_is_this_package_or_one_that_it_speaks_of() -> None:
    inline = re.findall(r"`pip install ([^`]+)`", README)
    words = [word for line in inline for word in shlex.split(line)]
    words += [word for command in COMMANDS if command[0] == "pip" for word in command[2:]]
    names = {Requirement(word).name for word in words if word not in (".", "-q")}
    assert names <= {"migrate-gemini", "google-genai", "google-generativeai"}


def test_all_commands_end_well_in_their_order(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    for name in ("app.py", "src/app.py", "tests/test_app.py"):
        path = runner.repository / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(REAL)
    programs = tmp_path / "venv/bin"
    for name in ("pip", "scripts/test", "scripts/try-sample"):
        path = (programs if "/" not in name else runner.repository) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    env = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    for block in BLOCKS:
        done = subprocess.run(
            ["bash", "-e", "-c", block],
            cwd=runner.repository,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}"


def test_every_folder_and_page_that_is_linked_exists() -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_every_heading_that_is_linked_exists() -> None:
    headings = {
        re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= headings
