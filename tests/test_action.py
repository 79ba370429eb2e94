"""The GitHub action: bash runs its shell steps in a repository. What stands in: for pip, and the actions of others."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tests.terminals import ROOT
from tests.test_cli import REAL

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]
INPUT = re.compile(r"\$\{\{ inputs\.([\w-]+) \}\}")

pytestmark = pytest.mark.skipif(os.name == "nt" or shutil.which("bash") is None, reason="the steps are for bash")

PIP = """\
#!/bin/sh
# pip puts a program there, which is this checkout; all else is done by Python.
if [ "$2" = pip ]; then
    for word; do printf '%s\\n' "$word"; done >"$(dirname "$0")/asked"
    exit 0
fi
exec {python} "$@"
"""
PYTHON = """\
#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 64
mkdir -p "$3" && cp -R {venv}/. "$3"
"""
TOOL = '#!/bin/sh\nPYTHONPATH={root} exec {python} -m migrate_gemini "$@"\n'


@dataclass
class Runner:
    """A runner of GitHub with a repository."""

    folder: Path
    repository: Path = Path()
    outputs: dict[str, str] = field(default_factory=dict)
    out: str = ""

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text()

    @property
    def asked(self) -> list[str]:
        """What pip was asked for."""
        return (self.folder / "temp/migrate-gemini/bin/asked").read_text().splitlines()

    def __post_init__(self) -> None:
        programs, venv = self.folder / "programs", self.folder / "venv/bin"
        if self.repository == Path():
            self.repository = self.folder / "repo"
            self.repository.mkdir(parents=True)
        for folder in (programs, venv, self.folder / "temp"):
            folder.mkdir(parents=True)
        names = {"python": sys.executable, "root": ROOT, "venv": self.folder / "venv"}
        for path, text in ((programs / "python", PYTHON), (venv / "python", PIP), (venv / "migrate-gemini", TOOL)):
            path.write_text(text.format(**names))
            path.chmod(0o755)
        for name in ("output", "summary"):
            (self.folder / name).touch()

    def run(self, **inputs: str) -> int:
        """Runs the shell steps until one fails; the exit code of the last. Inputs have `_` for `-`."""
        given = {name: one["default"] for name, one in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        code = 0
        for step in STEPS:
            if "run" not in step:
                continue
            env = {name: INPUT.sub(lambda one: given[one[1]], value) for name, value in step["env"].items()}
            code = self._shell(step["run"], env)
            if code:
                break
        return code

    def _shell(self, script: str, env: dict[str, str]) -> int:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],  # as the runner does
            cwd=self.repository,
            env={
                "PATH": f"{self.folder / 'programs'}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(self.folder),
                "RUNNER_TEMP": str(self.folder / "temp"),
                "GITHUB_OUTPUT": str(self.folder / "output"),
                "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
                "GITHUB_ACTION_PATH": str(ROOT),
                **env,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.out += done.stdout
        self.outputs = dict(line.split("=", 1) for line in (self.folder / "output").read_text().splitlines())
        return done.returncode


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_no_script_holds_an_expression_and_all_actions_of_others_are_pinned() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"])
        for value in step.get("env", {}).values():
            assert INPUT.fullmatch(value)


def test_each_input_is_used_and_each_that_is_used_is_declared() -> None:
    text = (ROOT / "action.yml").read_text()
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    assert all(one["description"] and "default" in one for one in ACTION["inputs"].values())


def test_legacy_code_fails_and_is_annotated_summed_up_and_given_as_sarif(runner: Runner) -> None:
    (runner.repository / "app.py").write_text(REAL)
    assert runner.run() == 1
    assert "::warning file=app.py,line=4,col=7,title=MG103 " in runner.out
    assert "pip install migrate-gemini && migrate-gemini ." in runner.out
    assert "MG103" in runner.summary
    assert runner.outputs["exit-code"] == "1"
    sarif = json.loads(Path(runner.outputs["sarif-file"]).read_text())
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} >= {"MG103"}
    assert runner.asked[-1] == str(ROOT)


def test_clean_code_passes(runner: Runner) -> None:
    (runner.repository / "app.py").write_text("x = 1\n")
    assert runner.run(version="0.1.0") == 0
    assert runner.outputs["exit-code"] == "0"
    assert runner.asked[-1] == "migrate-gemini==0.1.0"


def test_without_annotations_the_log_is_for_people(runner: Runner) -> None:
    (runner.repository / "app.py").write_text(REAL)
    assert runner.run(annotate="false") == 1
    assert "::warning" not in runner.out
    assert "app.py:4:7: MG103 " in runner.out


def test_paths_and_options_are_words_of_a_shell(runner: Runner) -> None:
    for name in ("my code/app.py", "other/app.py", "gen/app.py", "clean/x.py"):
        (runner.repository / name).parent.mkdir(exist_ok=True)
        (runner.repository / name).write_text(REAL if "clean" not in name else "")
    assert runner.run(paths="'my code'\nclean gen", args="--exclude 'gen/' --no-cache") == 1
    assert "file=my code/app.py" in runner.out
    assert "other" not in runner.out and "gen/app.py" not in runner.out


def test_a_file_that_cannot_be_dealt_with_ends_with_3_and_wrong_usage_with_2(runner: Runner) -> None:
    (runner.repository / "app.py").write_bytes(b"genai\0")
    assert runner.run() == 3
    assert "::error file=app.py" in runner.out
    assert runner.run(paths="gone") == 2


@pytest.mark.parametrize(
    "bad",
    ["$(touch hacked)", "`touch hacked`", "; touch hacked", "' ; touch hacked '", "&& touch hacked", "a\ntouch hacked"],
)
@pytest.mark.parametrize("name", ["paths", "args", "version", "annotate"])
def test_what_is_given_is_never_run(runner: Runner, name: str, bad: str) -> None:
    (runner.repository / "app.py").write_text("x = 1\n")
    runner.run(**{name: bad})
    assert not (runner.repository / "hacked").exists()


def test_an_option_is_no_path_and_a_path_no_option(runner: Runner) -> None:
    (runner.repository / "-x.py").write_text(REAL)
    assert runner.run(paths="-x.py") == 1
    assert runner.run(args="--nonsense") == 2
