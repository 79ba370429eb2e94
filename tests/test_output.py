"""What a person sees: colour, width, how much is said, completion, and what is listed and explained."""

from __future__ import annotations

import json
import ntpath
import re
from pathlib import Path, PureWindowsPath
from typing import cast

import pytest

from migrate_gemini import console, discovery, writing
from migrate_gemini.report import SUFFIXES
from migrate_gemini.rules import all_rules
from tests.terminals import on_terminal, terminal
from tests.test_cli import REAL, Cli, cli, command, tree
from tests.test_project import SDK, make

__all__ = ["cli", "tree"]

ESCAPE = re.compile(rb"\x1b\[[0-9;]*m")
FORMATS = ("full", "concise", "json", "sarif", "github", "gitlab", "markdown")


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_a_pipe_gets_colours_only_where_they_are_asked_for(
    tree: Path, arguments: list[str], environment: dict[str, str], coloured: bool
) -> None:
    make(tree, {"a.py": REAL})
    clean = {"NO_COLOR": "", "FORCE_COLOR": "", "TERM": "xterm"}
    done = command("--check", *arguments, ".", cwd=tree, **{**clean, **environment})
    assert (ESCAPE.search(done.stdout) is not None) is coloured
    plainly = command("--check", ".", cwd=tree, **clean).stdout
    assert ESCAPE.sub(b"", done.stdout) == plainly  # no line is broken: what reads a pipe counts on it


@terminal
@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [([], {}, True), (["--color", "never"], {}, False), ([], {"NO_COLOR": "1"}, False), ([], {"TERM": "dumb"}, False)],
)
def test_a_terminal_gets_colours_unless_somebody_minds(
    tree: Path, arguments: list[str], environment: dict[str, str], coloured: bool
) -> None:
    make(tree, {"a.py": REAL})
    code, shown = on_terminal(tree, "--check", *arguments, ".", **environment)
    assert code == 1
    assert (ESCAPE.search(shown) is not None) is coloured


@terminal
@pytest.mark.parametrize("columns", [40, 60, 100])
@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}])
def test_lines_are_broken_between_words_where_a_terminal_is_narrow(
    tree: Path, columns: int, environment: dict[str, str]
) -> None:
    make(tree, {"a.py": REAL + "def f(m):\n    return m.generate_content('Hi', nonsense=1)\n"})
    _, narrow = on_terminal(tree, "--no-todo-comments", "--check", ".", columns=columns, **environment)
    lines = ESCAPE.sub(b"", narrow).decode().splitlines()
    assert max(map(len, lines)) <= columns
    assert all(line.startswith(("a.py:", "  ")) for line in lines[: lines.index("")])
    plainly = command("--check", "--no-todo-comments", ".", cwd=tree).stdout.decode()
    assert " ".join(" ".join(lines).split()) == " ".join(plainly.split())


@terminal
def test_a_diff_is_never_broken(tree: Path) -> None:
    long = "x = '" + "word " * 40 + "'\n"
    make(tree, {"a.py": REAL + long})
    _, shown = on_terminal(tree, "--dry-run", ".", columns=40)
    assert (" " + long).encode() in ESCAPE.sub(b"", shown)


def test_quiet_says_only_what_is_left_or_failed(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "old()\nlook()\nnote()\nstuck()\n", "bad.py": b"genai\0"})
    code, out, err = cli("-q", ".")
    assert (code, err) == (3, "")
    assert out == "a.py:5:1: MG301 stuck() found\nbad.py:1:1: MG901 holds a NUL byte, which Python source cannot\n"


def test_quiet_says_nothing_where_all_is_well(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "old()\nnote()\n"})
    assert cli("--quiet", ".") == (0, "", "")
    assert cli("--quiet", "--check", ".") == (0, "", "")


@pytest.mark.parametrize("output_format", ["full", "concise"])
def test_a_quiet_check_lists_the_uses_alone(tree: Path, cli: Cli, output_format: str) -> None:
    make(tree, {"a.py": SDK + "old()\nnote()\nstuck()\n"})
    expected = "a.py:2:1: MG103 old() found\na.py:4:1: MG301 stuck() found\n"
    assert cli("-q", "--check", "--output-format", output_format, ".") == (1, expected, "")


def test_quiet_changes_nothing_of_what_machines_read(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "old()\n"})
    assert cli("-q", "--check", "--output-format", "json", ".") == cli("--check", "--output-format", "json", ".")


def test_verbose_names_what_was_looked_at_and_how_long_it_took(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "old()\n", "b.py": SDK, "c.py": "", "pyproject.toml": "[tool.migrate-gemini]\n"})
    code, out, err = cli("-v", "--check", ".")
    assert (code, out) == (1, cli("--check", ".")[1])
    lines = err.splitlines()
    assert lines[:3] == [
        "configuration: pyproject.toml",
        "a.py: names an SDK; 1 finding, would change",
        "b.py: names an SDK; nothing to say of it",
    ]
    assert re.fullmatch(r"3 Python files looked at, 2 name an SDK; \d+\.\d\d s", lines[3])
    assert lines[4:] == [""]  # what was found stands apart from it on a terminal


def test_quiet_and_verbose_are_not_both(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": ""})
    assert cli("-q", "-v", ".") == (2, "", "migrate-gemini: error: --quiet and --verbose exclude each other\n")


def test_the_command_that_check_names_says_nothing_of_how_to_look(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "old()\n"})
    out = cli("--check", "-v", "--color", "never", ".")[1]
    assert out.endswith("To migrate, run: migrate-gemini .\n")


def test_all_rules_are_listed_and_each_is_explained_by_code_and_name(tree: Path, cli: Cli) -> None:
    listed = cli("--list-rules")[1].splitlines()
    assert [line.split()[0] for line in listed] == [rule.code for rule in all_rules()]
    for rule in all_rules():
        code, out, _ = cli("--explain", rule.code)
        assert code == 0 and out.startswith(f"{rule.code} {rule.name} ")
        assert cli("--explain", rule.name.upper())[1] == out
        assert max(map(len, out.splitlines())) <= 80


def test_a_rule_that_is_none_gets_a_hint(tree: Path, cli: Cli) -> None:
    code, out, err = cli("--explain", "legacy-modell")
    assert (code, out) == (2, "")
    assert "there is no rule 'legacy-modell'; did you mean legacy-model" in err
    assert "--list-rules shows them all" in cli("--explain", "qqq")[2]


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize("mode", [[], ["--check"], ["--dry-run"], ["-q"]])
def test_each_format_goes_to_standard_output_and_a_report_says_the_same(
    tree: Path, cli: Cli, output_format: str, mode: list[str]
) -> None:
    make(tree, {"a.py": SDK + "old()\nstuck()\n"})
    reports = [f"r{suffix}" for suffix in SUFFIXES]
    options = [word for name in reports for word in ("--report", name)]
    code, out, err = cli(*mode, "--output-format", output_format, *options, ".")
    assert (code, err) == (1 if mode == ["--check"] else 0, "")
    suffix = next((suffix for suffix, name in SUFFIXES.items() if name == output_format), None)
    if suffix is not None:
        assert out == (tree / f"r{suffix}").read_text(encoding="utf-8")
    assert all((tree / name).stat().st_size for name in reports)
    assert json.loads((tree / "r.json").read_text())["summary"]["files_changed"] == 1


def completed(words: str, tree: Path) -> list[str]:
    """What bash is offered behind these words."""
    number = len(words.split()) - (0 if words.endswith(" ") else 1)
    env = {"_MIGRATE_GEMINI_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    return command(cwd=tree, **env).stdout.decode().split()


def test_a_shell_completes_options_formats_and_rules(tree: Path) -> None:
    assert {"--check", "--config", "--config-files", "--color"} <= set(completed("migrate-gemini --c", tree))
    assert completed("migrate-gemini --output-format g", tree) == ["github", "gitlab"]
    assert {"MG101", "MG102"} <= set(completed("migrate-gemini --explain MG1", tree))
    assert completed("migrate-gemini --explain untraced", tree) == ["untraced-call"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_shown_for_a_shell(tree: Path, shell: str) -> None:
    done = command("--show-completion", shell, cwd=tree, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert done.returncode == 0
    assert b"_MIGRATE_GEMINI_COMPLETE=complete_" + shell.encode() in done.stdout


def test_completion_is_in_the_help(tree: Path) -> None:
    make(tree, {"a.py": ""})
    assert b"--install-completion" in command("--help", cwd=tree).stdout


def test_a_stream_that_is_closed_is_no_terminal(tmp_path: Path) -> None:
    with open(tmp_path / "out", "w") as stream:
        assert not console.coloured(stream)


def test_a_check_counts_the_files_that_use_the_old_api_and_not_those_beside(tree: Path) -> None:
    make(tree, {"a.py": REAL, "requirements.txt": "google-generativeai\n"})
    done = command("--check", ".", cwd=tree)
    assert b"are left in 1 file (of 1 Python file).\n" in done.stdout


@pytest.mark.parametrize(
    ("folder", "path", "name"),
    [
        ("C:\\proj", "C:\\proj\\src\\a.py", "src/a.py"),
        ("C:\\proj\\src", "C:\\proj\\b.py", "../b.py"),
        ("C:\\proj", "D:\\other\\a b.py", "D:/other/a b.py"),
        ("C:\\proj", "c:\\PROJ\\a.py", "a.py"),
    ],
)
def test_paths_of_windows_are_shown_with_slashes(
    monkeypatch: pytest.MonkeyPatch, folder: str, path: str, name: str
) -> None:
    monkeypatch.setattr(writing.os, "path", ntpath)
    monkeypatch.setattr(ntpath, "abspath", lambda one: ntpath.normpath(ntpath.join(folder, one)))
    monkeypatch.setattr(writing, "PurePath", PureWindowsPath)
    assert writing.shown(cast(Path, PureWindowsPath(path))) == name


@pytest.mark.parametrize(
    ("name", "kind"), [("A.py", "python"), ("n.ipynb", "notebook"), (".md", None), ("x.txt", None)]
)
def test_what_a_file_is_does_not_depend_on_the_system(name: str, kind: str | None) -> None:
    assert discovery.kind_of(PureWindowsPath("C:\\a.py\\", name).name) == kind
