"""The workflows of this repository: they parse, may do as little as they need, and test what is promised."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import migrate_gemini
from tests.terminals import ROOT

FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
WORKFLOWS: dict[str, dict[Any, Any]] = {path.stem: yaml.safe_load(path.read_text()) for path in FILES}
JOBS = {(name, job): one for name, flow in WORKFLOWS.items() for job, one in flow["jobs"].items()}
STEPS = [step for job in JOBS.values() for step in job["steps"]]


def classifiers() -> list[str]:
    found = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    assert found
    return found


def test_the_workflows_are_those_for_changes_and_for_releases() -> None:
    assert set(WORKFLOWS) == {"ci", "release"}
    assert all(True in flow and flow["jobs"] for flow in WORKFLOWS.values())  # YAML 1.1 reads the key `on` so


def test_every_python_that_is_promised_is_tested() -> None:
    assert JOBS["ci", "test"]["strategy"]["matrix"]["python"] == classifiers()
    requires = re.search(r'requires-python = ">=(3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    assert requires is not None and requires[1] == classifiers()[0]


def test_actions_of_others_are_pinned_by_commit_and_say_their_release() -> None:
    for path in [*FILES, ROOT / "action.yml"]:
        used = re.findall(r"uses: *(\S+)(.*)", path.read_text())
        assert used
        for name, rest in used:
            assert name == "./" or (
                re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) and re.fullmatch(r"  # v\d[\d.]*", rest)
            )


def test_one_action_has_one_commit_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for path in [*FILES, ROOT / "action.yml"]:
        for name, commit in re.findall(r"uses: *([\w./-]+)@([0-9a-f]{40})", path.read_text()):
            pins.setdefault(name, set()).add(commit)
    assert {name: commits for name, commits in pins.items() if len(commits) > 1} == {}


def test_jobs_may_do_only_what_they_need() -> None:
    assert all(flow["permissions"] == {} for flow in WORKFLOWS.values())
    writes = {(job, right) for job, one in JOBS.items() for right, how in one["permissions"].items() if how != "read"}
    assert writes == {(("release", "publish"), "id-token")}
    assert all(job["timeout-minutes"] <= 60 for job in JOBS.values())


def test_no_credentials_stay_in_a_checkout_and_no_script_holds_an_expression() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_what_the_steps_run_exists() -> None:
    for step in STEPS:
        for script in re.findall(r"scripts/[\w-]+", step.get("run", "")):
            assert os.access(ROOT / script, os.X_OK)


def test_the_job_that_publishes_runs_nothing_of_the_repository() -> None:
    steps = JOBS["release", "publish"]["steps"]
    assert all("run" not in step and not step["uses"].startswith("actions/checkout") for step in steps)


@pytest.mark.skipif(os.name == "nt" or shutil.which("bash") is None, reason="the step is for bash")
@pytest.mark.parametrize(("tag", "code"), [("v{}", 0), ("{}", 1), ("v{}.1", 1), ("$(exit 0)", 1)])
def test_a_tag_that_is_not_the_version_stops_a_release(tag: str, code: int) -> None:
    (step,) = [step for step in JOBS["release", "build"]["steps"] if "TAG" in step.get("env", {})]
    env = {**os.environ, "TAG": tag.format(migrate_gemini.__version__)}
    done = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=ROOT, env=env, capture_output=True)
    assert done.returncode == code


def test_dependencies_are_kept_fresh() -> None:
    config = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())
    assert {one["package-ecosystem"] for one in config["updates"]} == {"github-actions", "pip"}


def test_the_changelog_has_the_version_or_what_is_to_come() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert headings[0] == "Unreleased" or headings[0] == migrate_gemini.__version__
    assert set(re.findall(r"^### (\w+)", text, re.MULTILINE)) <= {
        "Added",
        "Changed",
        "Deprecated",
        "Removed",
        "Fixed",
        "Security",
    }


NETWORK = {
    "asyncio",
    "ftplib",
    "http",
    "httpx",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "urllib.request",
}
RUNS = {"exec", "eval", "__import__", "os.system", "os.popen", "pickle.load", "pickle.loads", "runpy.run_path"}


def test_no_module_of_the_tool_can_open_a_connection_or_run_what_it_reads() -> None:
    """What SECURITY.md says of it; `verify/` imports google-genai, and `safety/` asks git."""
    package = Path(migrate_gemini.__file__).parent
    for path in package.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
        assert not imported & NETWORK, path
        assert not {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)} & RUNS, path
        assert "subprocess" not in imported or path.parent.name == "safety", path
