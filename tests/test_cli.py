"""The command line, with an engine of a few lines except where a test says otherwise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import migrate_gemini
from migrate_gemini import Finding, ModuleResult, Settings, __main__, project, transform
from migrate_gemini.engine import SourceModule
from migrate_gemini.report import SUFFIXES
from migrate_gemini.sdk import differences
from tests.terminals import PYTHONPATH, on_terminal, terminal
from tests.test_project import SDK, fake_engine, make

# What the real engine can migrate.
REAL = SDK + (
    "genai.configure(api_key='k')\n"
    "model = genai.GenerativeModel('gemini-1.5-flash')\n"
    "print(model.generate_content('Hi').text)\n"
)

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cli(tree: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Runs a command line: its exit code, standard output and standard error."""
    monkeypatch.setattr(project, "_engine", lambda: fake_engine)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["migrate-gemini", *arguments])
        with pytest.raises(SystemExit) as ended:
            __main__.main()
        sys.stdout.flush()
        out, err = capfd.readouterr()
        code = ended.value.code
        return code if isinstance(code, int) else 0, out, err

    return run


def command(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The real program in a process of its own."""
    env = {**os.environ, "PYTHONPATH": PYTHONPATH, **environment}
    return subprocess.run(
        [sys.executable, "-m", "migrate_gemini", *arguments], cwd=cwd, env=env, capture_output=True, check=False
    )


def test_a_run_rewrites_the_files_and_sums_up(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "old()\nlook()\nstuck()\n", "b.py": ""})
    code, out, err = cli(".")
    assert (code, err) == (0, "")
    assert (tree / "a.py").read_text() == SDK + "new()\nnew()\nstuck(  # TODO\n)\n"
    assert "  a.py:4:1: MG301 stuck() found\n" in out
    assert out.endswith("1 of 2 Python files changed: 2 uses migrated (1 to review), 1 left for you.\n")


def test_a_dry_run_shows_a_patch_and_the_summary_and_writes_nothing(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "old()\n"})
    code, out, err = cli("--dry-run", "a.py")
    assert (code, err) == (0, "")
    assert (tree / "a.py").read_text() == SDK + "old()\n"
    assert out == (
        "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n import google.generativeai as genai\n-old()\n+new()\n"
        "\n"
        f"Storage: {differences.STORED}\n"
        "\n"
        "1 of 1 Python file would be changed: 1 use would be migrated.\n"
    )


def test_check_fails_while_legacy_code_is_left_and_writes_nothing(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "old()\n"})
    code, out, err = cli("--check", ".")
    assert (code, err) == (1, "")
    assert (tree / "a.py").read_text() == SDK + "old()\n"
    assert out == (
        "a.py:2:1: MG103 old() found\n"
        "\n"
        "1 use of the legacy API is left in 1 file (of 1 Python file).\n"
        "To migrate, run: migrate-gemini .\n"
    )


def test_check_names_the_command_with_the_options_that_matter(tree: Path, cli: Cli) -> None:
    make(tree, {"my src/a.py": SDK + "old()\n"})
    options = ["--exclude", "gen/*", "--model", "a=b", "--default-model", "x", "--no-todo-comments"]
    options += ["--target", "steps", "--no-store", "--no-manifests", "--config-files"]
    _, out, _ = cli("--check", *options, "my src", "--jobs", "1")
    assert out.endswith(
        "To migrate, run: migrate-gemini --exclude 'gen/*' --no-todo-comments --model a=b --default-model x "
        "--target steps --no-store --no-manifests --config-files 'my src'\n"
    )


def test_check_passes_over_notes_and_passes_when_nothing_is_left(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "note()\n"})
    code, out, _ = cli("--check", ".")
    assert code == 0
    assert "a.py:2:1: MG502 note() found\n" in out


def test_check_fails_for_what_only_hands_can_change(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "stuck()\n"})
    code, out, _ = cli("--check", ".")
    assert code == 1
    assert out.endswith("It needs a change by hand; the message says what to do.\n")


def test_check_with_dry_run_shows_the_patch_too(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "old()\n"})
    code, out, _ = cli("--check", "--dry-run", ".")
    assert code == 1
    assert "+new()\n" in out and "a.py:2:1: MG103" in out
    assert (tree / "a.py").read_text() == SDK + "old()\n"


def test_the_code_after_check_is_the_code_before_it_when_nothing_is_left(tree: Path, cli: Cli) -> None:
    make(tree, {"a.py": SDK + "old()\n"})
    assert cli(".")[0] == 0
    assert cli("--check", ".")[0] == 0
    code, out, _ = cli(".")
    assert code == 0 and out.startswith("Nothing to migrate: looked for google.generativeai or google.genai in 1 ")


@pytest.mark.parametrize("mode", [[], ["--dry-run"], ["--check"]])
def test_a_file_that_could_not_be_processed_is_listed_and_ends_with_3(tree: Path, cli: Cli, mode: list[str]) -> None:
    make(tree, {"bad.py": b"genai\0", "good.py": SDK + "old()\n"})
    code, out, _ = cli(*mode, ".")
    assert code == 3
    assert "MG901 holds a NUL byte, which Python source cannot\n" in out
    assert (tree / "good.py").read_text() == SDK + ("new()\n" if not mode else "old()\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone.py"], "no such file or folder: 'gone.py'"),
        (["a.py", "gone"], "no such file or folder: 'gone'"),
        (["--report", "x.doc", "a.py"], f"--report: the name must end in {' or '.join(SUFFIXES)}, not 'x.doc'"),
        (["--report", "gone/x.json", "a.py"], "--report: no such folder: 'gone'"),
        (["--model", "a", "a.py"], "--model takes OLD=NEW, not 'a'"),
        (["--model", "=b", "a.py"], "--model takes OLD=NEW, not '=b'"),
        (["--model", "a=b", "--model", "a=c", "a.py"], "--model gives two replacements for 'a'"),
        (["--default-model", " ", "a.py"], "--default-model: the name is empty"),
        (["--exclude", "!", "a.py"], "--exclude: not a pattern: '!'"),
    ],
)
def test_wrong_usage_says_what_is_wrong_and_touches_nothing(
    tree: Path, cli: Cli, arguments: list[str], message: str
) -> None:
    make(tree, {"a.py": SDK + "old()\n"})
    assert cli(*arguments) == (2, "", f"migrate-gemini: error: {message}\n")
    assert (tree / "a.py").read_text() == SDK + "old()\n"


@pytest.mark.parametrize(
    "arguments",
    [["--jobs", "0", "a.py"], ["--jobs", "x", "a.py"], ["--target", "x", "a.py"], ["--nonsense", "a.py"], []],
)
def test_wrong_options_end_with_2(tree: Path, cli: Cli, arguments: list[str]) -> None:
    make(tree, {"a.py": SDK + "old()\n"})
    assert cli(*arguments)[0] == 2
    assert (tree / "a.py").read_text() == SDK + "old()\n"


@pytest.mark.parametrize("mode", [[], ["--dry-run"], ["--check"]])
def test_the_report_is_the_same_bytes_each_time_and_for_any_jobs(tree: Path, cli: Cli, mode: list[str]) -> None:
    files: dict[str, str | bytes] = {f"pkg/m{number}.py": SDK + "old()\nstuck()\n" for number in range(4)}
    make(tree, files)
    cli(*mode, "--report", "one.json", "--jobs", "1", ".")
    make(tree, files)
    cli(*mode, "--report", "two.json", "--jobs", "2", ".")
    assert (tree / "one.json").read_bytes() == (tree / "two.json").read_bytes()
    report = json.loads((tree / "one.json").read_bytes())
    assert [file["path"] for file in report["files"]] == list(files)
    assert report["summary"]["files_changed"] == 4


def test_options_reach_the_engine(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tree, {"a.py": SDK})
    seen: list[Settings] = []

    def engine(modules: list[SourceModule], settings: Settings) -> list[ModuleResult]:
        seen.append(settings)
        return [ModuleResult(module.path, None) for module in modules]

    monkeypatch.setattr(project, "_engine", lambda: engine)
    cli(".")
    cli("--no-todo-comments", "--model", "a=b", "--model", "c = d", "--default-model", "m", "--target", "steps", ".")
    assert seen == [Settings(), Settings("m", (("a", "b"), ("c", "d")), todo_comments=False, target="steps")]


def test_an_interrupted_run_leaves_files_alone_and_ends_with_130(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tree, {"a.py": SDK + "old()\n"})

    def engine(modules: object, settings: object) -> list[ModuleResult]:
        raise KeyboardInterrupt

    monkeypatch.setattr(project, "_engine", lambda: engine)
    assert cli(".") == (130, "", "migrate-gemini: interrupted: nothing was written\n")
    assert (tree / "a.py").read_text() == SDK + "old()\n"


def test_output_that_is_no_terminal_holds_no_escapes_whatever_the_source_holds(tree: Path, cli: Cli) -> None:
    make(tree, {"a[red].py": SDK + "x = '\x1b[31m[bold]'\nold()\n"})
    _, out, err = cli("--dry-run", ".")
    assert "\x1b" not in out + err
    assert " x = '\\x1b[31m[bold]'\n" in out
    assert "--- a/a[red].py\n" in out


def test_a_patch_keeps_the_line_ends_of_the_file(tree: Path) -> None:
    make(tree, {"a.py": REAL.replace("\n", "\r\n")})
    done = command("--dry-run", ".", cwd=tree)
    assert b"-genai.configure(api_key='k')\r\n" in done.stdout


@terminal
@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_gets_colours_unless_no_color_is_set(tree: Path, no_color: str, coloured: bool) -> None:
    make(tree, {"a.py": REAL.replace("Hi", "\x1b[5m[bold]")})
    code, shown = on_terminal(tree, "--dry-run", ".", NO_COLOR=no_color)
    assert code == 0
    assert (b"\x1b[3" in shown) is coloured
    assert b"\x1b[5m" not in shown and b"\\x1b[5m[bold]" in shown


def test_help_teaches_the_tool(cli: Cli) -> None:
    code, out, _ = cli("--help")
    assert code == 0
    words = "Examples:", "Exit codes:", "--dry-run", "--check", "--report", "--exclude", "--model", "--jobs", "--verify"
    words += "--undo", "--allow-dirty"
    for word in words:
        assert word in out


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "x"]])
def test_version_is_that_of_the_package(tree: Path, arguments: list[str]) -> None:
    done = command(*arguments, cwd=tree)
    assert done.stdout.decode().split() == ["migrate-gemini", migrate_gemini.__version__]


# What a run over files without Gemini code has no use for.
HEAVY = set(
    """
    concurrent.futures jsonschema libcst logging multiprocessing packaging pathspec pydantic pygments rich ruamel
    tempfile tomli tomlkit tomllib migrate_gemini.beside migrate_gemini.configs migrate_gemini.engine
    migrate_gemini.graph migrate_gemini.infer migrate_gemini.manifests migrate_gemini.modules
    migrate_gemini.requirements migrate_gemini.rewrite migrate_gemini.sources migrate_gemini.verify
    migrate_gemini.workers
    """.split()
)


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--version"], {"libcst", "rich", "typer", "pathspec"}),
        (["--help"], {"libcst", "pathspec"}),
        (["--check", "plain.py"], HEAVY),
        (["--check", "--output-format", "concise", "--jobs", "2", "--exclude", "*.txt", "."], HEAVY - {"pathspec"}),
    ],
)
def test_nothing_is_imported_that_is_not_needed(tree: Path, arguments: list[str], unwanted: set[str]) -> None:
    make(tree, {"plain.py": "x = 1\n"})
    code = (
        "import sys, atexit\n"
        f"atexit.register(lambda: sys.stderr.write(repr(sorted({unwanted!r} & set(sys.modules)))))\n"
        f"sys.argv = ['migrate-gemini', *{arguments!r}]\n"
        "from migrate_gemini.__main__ import main\n"
        "main()\n"
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}  # imports much itself
    env["PYTHONPATH"] = PYTHONPATH
    done = subprocess.run([sys.executable, "-c", code], cwd=tree, env=env, capture_output=True, check=False)
    assert done.stderr.decode() == "[]"


def test_output_that_the_console_cannot_encode_does_not_end_the_run(tree: Path) -> None:
    make(tree, {"größe.py": REAL.replace("Hi", "日本")})
    done = command("--dry-run", ".", cwd=tree, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr


def test_the_real_engine_migrates_and_then_finds_nothing_left(tree: Path) -> None:
    make(tree, {"a.py": REAL})
    assert command("--check", ".", cwd=tree).returncode == 1
    done = command(".", cwd=tree)
    assert done.returncode == 0, done.stdout
    assert "interactions.create(" in (tree / "a.py").read_text()
    assert command("--check", ".", cwd=tree).returncode == 0
    after = (tree / "a.py").read_bytes()
    assert command(".", cwd=tree).stdout.startswith(b"Nothing to migrate")
    assert (tree / "a.py").read_bytes() == after


def test_transform_migrates_one_module_of_text() -> None:
    result = transform(REAL, Settings(default_model="gemini-x"))
    assert isinstance(result, ModuleResult)
    assert result.text is not None and "gemini-x" in result.text
    assert all(isinstance(finding, Finding) for finding in result.findings)
    assert transform("x = 1\n").text is None


def test_check_fails_for_a_requirement_that_no_code_needs_and_manifests_changes_it(tree: Path) -> None:
    make(tree, {"a.py": "from google import genai\n", "requirements.txt": "google-generativeai\n"})
    done = command("--check", ".", cwd=tree)
    assert done.returncode == 1
    assert done.stdout.startswith(b"requirements.txt:1:1: MG605 google-generativeai is asked for, and no code here")
    assert command("--manifests", ".", cwd=tree).returncode == 0
    assert (tree / "requirements.txt").read_text() == "google-genai>=3.4.0,<4\n"
    assert command("--check", ".", cwd=tree).returncode == 0


def test_a_dry_run_shows_what_changes_beside_the_code_and_writes_nothing(tree: Path) -> None:
    make(tree, {"a.py": REAL, "requirements.txt": "google-generativeai\n", "a.env": "MODEL=gemini-1.5-pro\n"})
    done = command("--dry-run", "--config-files", ".", cwd=tree)
    assert b"-google-generativeai\n+google-genai>=3.4.0,<4\n" in done.stdout
    assert b"-MODEL=gemini-1.5-pro\n+MODEL=gemini-3-flash-preview\n" in done.stdout
    assert b"1 of 1 Python file would be changed, and 2 files beside would be changed" in done.stdout
    assert (tree / "requirements.txt").read_text() == "google-generativeai\n"
    patched = command("--dry-run", "--no-manifests", ".", cwd=tree)
    assert b"requirements.txt" not in patched.stdout
