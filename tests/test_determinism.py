"""The same bytes come out for any number of jobs and any seed of hashes, in every format."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from migrate_gemini.report import SUFFIXES
from tests.test_cli import REAL, command
from tests.test_project import make

PROGRAMS = Path(__file__).resolve().parents[1] / "fixtures" / "programs"
JOBS = {"1": "0", "2": "1", "3": "2"}
"""By number of jobs, a seed of hashes."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some programs, each a group of its own, one of modules that import each other, and one that does not parse."""
    folder = tmp_path_factory.mktemp("tree")
    for program in sorted(PROGRAMS.iterdir())[::30]:
        shutil.copytree(program / "before", folder / program.name)
    make(folder / "shop", {"llm.py": REAL, "a.py": "import llm\nimport b\n", "b.py": "from llm import model as m\n"})
    make(folder, {"broken.py": "import google.generativeai as genai\ndef (\n"})
    make(folder, {"requirements.txt": "google-generativeai\n", "app.env": "MODEL=gemini-1.5-pro\n"})
    return folder


@pytest.mark.parametrize("form", ["full", "concise", "github"])
def test_every_output_is_the_same_for_any_jobs_and_seed(tree: Path, tmp_path: Path, form: str) -> None:
    """The other formats of standard output are those of reports, too, which one run writes all of."""
    runs = []
    for jobs, seed in JOBS.items():
        folder = tmp_path / jobs
        folder.mkdir()
        files = [folder / f"report{suffix}" for suffix in SUFFIXES] if form == "full" else []
        reports = [word for file in files for word in ("--report", os.fspath(file))]
        options = ["--dry-run", "--no-cache", "--config-files", "--jobs", jobs, "--output-format", form, *reports]
        done = command(*options, ".", cwd=tree, PYTHONHASHSEED=seed)
        runs.append((done.returncode, done.stdout, done.stderr, [file.read_bytes() for file in files]))
    assert runs[0][0] == 3 and len(runs[0][1]) > 1000
    assert runs[1] == runs[0]
    assert runs[2] == runs[0]
