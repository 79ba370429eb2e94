"""What docs/ci.md says is so: its files parse, name what exists, and their commands run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.terminals import ROOT
from tests.test_action import ACTION, Runner
from tests.test_cli import REAL
from tests.test_precommit import HOOKS

PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
YAML = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)]
SHELL = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def having(key: str) -> dict[str, Any]:
    """The one block of YAML with that key."""
    (found,) = [block for block in YAML if key in block]
    return found


def program(tmp_path: Path) -> Runner:
    runner = Runner(tmp_path)
    (runner.repository / "app.py").write_text(REAL)
    return runner


def shell(runner: Runner, script: str) -> subprocess.CompletedProcess[str]:
    """Runs a script where migrate-gemini is this checkout and pip does nothing."""
    programs = runner.folder / "venv/bin"
    (programs / "pip").write_text("#!/bin/sh\n")
    (programs / "pip").chmod(0o755)
    env = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(["bash", "-e", "-c", script], cwd=runner.repository, env=env, capture_output=True, text=True)


def test_the_action_is_used_with_inputs_that_it_has_and_the_table_tells_of_all() -> None:
    (step,) = [step for step in having("jobs")["jobs"]["check"]["steps"] if "migrate-gemini" in step["uses"]]
    assert step["with"].keys() <= ACTION["inputs"].keys()
    assert re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE) == list(ACTION["inputs"])
    assert all(f"`{output}`" in PAGE for output in ACTION["outputs"])


def test_the_hooks_that_are_named_exist() -> None:
    assert [hook["id"] for repo in having("repos")["repos"] for hook in repo["hooks"]] == ["migrate-gemini-check"]
    assert set(re.findall(r"`(migrate-gemini(?:-check)?)`", PAGE)) == set(HOOKS)


@pytest.mark.skipif(os.name == "nt" or shutil.which("bash") is None, reason="the scripts are for bash")
def test_the_jobs_fail_for_legacy_code_and_pass_without(tmp_path: Path) -> None:
    runner = program(tmp_path)
    job = having("migrate-gemini")["migrate-gemini"]
    steps = [step["run"] for block in YAML if "steps" in block for step in block["steps"] if "run" in step]
    for script in ("\n".join(job["script"]), "\n".join(steps)):
        assert shell(runner, script).returncode == 1
    assert (runner.repository / job["artifacts"]["reports"]["codequality"]).read_text().startswith("[")
    (runner.repository / "app.py").write_text("x = 1\n")
    for script in ("\n".join(job["script"]), "\n".join(steps)):
        assert shell(runner, script).returncode == 0


@pytest.mark.skipif(os.name == "nt" or shutil.which("bash") is None, reason="the scripts are for bash")
def test_the_baseline_lets_pass_what_is_there_and_nothing_new(tmp_path: Path) -> None:
    runner = program(tmp_path)
    (script,) = SHELL
    done = shell(runner, script)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runner.run(args="--baseline todo.json") == 0
    (runner.repository / "new.py").write_text(REAL)
    assert runner.run(args="--baseline todo.json") == 1
