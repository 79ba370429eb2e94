"""--baseline: a check fails for what is new alone. The engine is one of a few lines; see tests/test_project.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_cli import Cli, cli, tree  # noqa: F401
from tests.test_project import SDK, make

FILE = "baseline.json"


@pytest.fixture
def project(tree: Path, cli: Cli) -> Path:  # noqa: F811
    """A project with a baseline of two uses."""
    make(tree, {"src/a.py": SDK + "old()\nold()\n", "src/b.py": SDK + "x = 1\n"})
    code, out, err = cli("--baseline", FILE, "--write-baseline", ".")
    assert (code, out, err) == (0, f"2 uses of the legacy API written to {FILE}\n", "")
    return tree


def test_a_baseline_counts_the_uses_of_each_rule_in_each_file(project: Path) -> None:
    written = json.loads((project / FILE).read_text())
    assert written["files"] == {"src/a.py": {"MG103": 2}}
    assert (project / "src/a.py").read_text() == SDK + "old()\nold()\n"


def test_a_check_passes_for_what_the_baseline_holds(project: Path, cli: Cli) -> None:  # noqa: F811
    code, out, _ = cli("--check", "--baseline", FILE, ".")
    assert code == 0
    assert out == "No use of the legacy API is left in 2 Python files.\n2 uses are held by the baseline.\n"


def test_uses_that_only_move_are_still_held(project: Path, cli: Cli) -> None:  # noqa: F811
    make(project, {"src/a.py": SDK + "y = 1\n\nold()\nz = 2\nold()\n"})
    assert cli("--check", "--baseline", FILE, ".")[0] == 0


def test_a_check_fails_for_a_new_use_in_another_file(project: Path, cli: Cli) -> None:  # noqa: F811
    make(project, {"src/b.py": SDK + "old()\n"})
    code, out, _ = cli("--check", "--baseline", FILE, ".")
    assert code == 1
    assert "src/b.py:2:1: MG103" in out and "src/a.py" not in out


def test_a_new_use_in_a_file_of_the_baseline_shows_all_of_its_rule(project: Path, cli: Cli) -> None:  # noqa: F811
    make(project, {"src/a.py": SDK + "old()\nold()\nold()\n"})
    code, out, _ = cli("--check", "--baseline", FILE, ".")
    assert code == 1
    assert out.count("src/a.py:") == 3


def test_what_is_gone_is_told_when_the_whole_is_looked_at(project: Path, cli: Cli) -> None:  # noqa: F811
    make(project, {"src/a.py": SDK + "old()\n"})
    code, out, _ = cli("--check", "--baseline", FILE, ".")
    assert code == 0
    assert out.endswith("1 use of the baseline is gone: write it anew with --write-baseline.\n")
    assert "gone" not in cli("--check", "--baseline", FILE, "src/a.py")[1]


def test_the_paths_are_those_from_the_folder_of_the_baseline(
    project: Path,
    cli: Cli,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(project / "src")
    assert cli("--check", "--baseline", f"../{FILE}", "a.py")[0] == 0


def test_the_configuration_may_name_it_and_only_a_check_asks_for_it(project: Path, cli: Cli) -> None:  # noqa: F811
    make(project, {"pyproject.toml": f'[tool.migrate-gemini]\nbaseline = "{FILE}"\n'})
    assert cli("--check", ".")[0] == 0
    cli(".")
    assert (project / "src/a.py").read_text() == SDK + "new()\nnew()\n"
    assert cli("--check", ".")[1].endswith("2 uses of the baseline are gone: write it anew with --write-baseline.\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: no such file or directory; --write-baseline makes it"),
        ("{", "is not valid JSON; --write-baseline makes it anew"),
        ('{"version": 2, "files": {}}', "is no baseline of this version; --write-baseline makes it anew"),
        ('{"version": 1, "files": {"a.py": {"MG103": -1}}}', "is no baseline of this version"),
    ],
)
def test_a_file_that_is_no_baseline_is_wrong_usage(tree: Path, cli: Cli, content: str | None, message: str) -> None:  # noqa: F811
    make(tree, {"a.py": SDK + "old()\n"})
    if content is not None:
        make(tree, {FILE: content})
    code, _, err = cli("--check", "--baseline", FILE, ".")
    assert code == 2
    assert f"--baseline: {FILE}: {message}" in err


def test_a_baseline_goes_with_a_check(tree: Path, cli: Cli) -> None:  # noqa: F811
    make(tree, {"a.py": SDK + "old()\n"})
    assert cli("--baseline", FILE, ".")[0] == 2
    assert cli("--write-baseline", ".")[0] == 2


def test_a_check_counts_the_comments_that_are_left(tree: Path, cli: Cli) -> None:  # noqa: F811
    make(
        tree, {"a.py": SDK + "# TODO(migrate-gemini): MG107 do it\nx = 1\n", "b.py": "# TODO(migrate-gemini): MG1 x\n"}
    )
    code, out, _ = cli("--check", ".")
    assert code == 0
    assert out.endswith("2 TODO(migrate-gemini) comments mark what is left to do by hand.\n")
