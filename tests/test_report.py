"""The renderings of a result."""

from __future__ import annotations

import difflib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from migrate_gemini.findings import Finding
from migrate_gemini.report import SUFFIXES, diff, json_report, render, terminal
from migrate_gemini.report.text import counted, printable
from migrate_gemini.results import Failure, FileResult, RunResult
from migrate_gemini.sdk import differences

MIGRATED = Finding(2, 5, "MG103", "migrated", "generate_content() is interactions.create()")
REVIEW = Finding(3, 1, "MG401", "needs_review", "gemini-pro is gone")
MANUAL = Finding(4, 9, "MG301", "manual", "the receiver [bold]is[/bold] unknown")
NOTE = Finding(5, 1, "MG501", "migrated", "top_k was dropped")
MODES: tuple[terminal.Mode, ...] = ("write", "dry-run", "check")
RUN = RunResult(
    scanned=9,
    mentioning=4,
    files=(
        FileResult("a.py", (MIGRATED, REVIEW, MANUAL, NOTE), "1\n2\n3\n4\n5\n", "1\nnew\nlines\n3\n4\n5\n"),
        FileResult("b.py", (MANUAL,)),
        FileResult("c.py", failure=Failure("MG901", "holds a NUL byte")),
    ),
)


def run_of(*files: FileResult) -> RunResult:
    return RunResult(scanned=len(files), mentioning=len(files), files=files)


def changed(before: str, after: str, path: str = "a.py") -> RunResult:
    return run_of(FileResult(path, (), before, after))


def test_the_json_report_says_everything_and_nothing_more() -> None:
    report = json.loads(json_report.render(RUN))
    assert list(report) == ["version", "summary", "storage", "files"]
    assert report["version"] == 1
    assert report["summary"] == {
        "files_scanned": 9,
        "files_changed": 1,
        "files_failed": 1,
        "migrated": 2,
        "needs_review": 1,
        "manual": 2,
        "legacy": 4,
        "todo_comments": 0,
        "in_baseline": 0,
        "gone_from_baseline": 0,
    }
    assert [file["path"] for file in report["files"]] == ["a.py", "b.py", "c.py"]
    assert report["files"][1] == {
        "path": "b.py",
        "changed": False,
        "findings": [
            {"code": "MG301", "status": "manual", "line": 4, "column": 9, "message": MANUAL.message}
            | {"differences": []}
        ],
    }
    assert report["files"][2] == {"path": "c.py", "changed": False, "findings": [], "error": "MG901 holds a NUL byte"}


def test_the_json_report_is_ascii_and_the_same_each_time() -> None:
    odd = run_of(FileResult("caf\xe9/\udcff\x1b.py", (MANUAL,)))
    assert json_report.render(odd) == json_report.render(odd)
    assert json.loads(json_report.render(odd).encode("ascii"))["files"][0]["path"] == "caf\xe9/\udcff\x1b.py"


def test_the_summary_of_a_run_says_what_was_done_and_what_is_left() -> None:
    assert terminal.render(RUN, "write") == (
        "Changed a.py\n"
        "\n"
        "Rewritten on an assumption, please review:\n"
        "  a.py:4:1: MG401 gemini-pro is gone\n"
        "\n"
        "Left as it was, for you to change:\n"
        "  a.py:5:9: MG301 the receiver [bold]is[/bold] unknown\n"
        "  b.py:4:9: MG301 the receiver [bold]is[/bold] unknown\n"
        "\n"
        "Good to know:\n"
        "  MG501 top_k was dropped (a.py:5)\n"
        "\n"
        f"Storage: {differences.STORED}\n"
        "\n"
        "Not processed:\n"
        "  c.py: MG901 holds a NUL byte\n"
        "\n"
        "1 of 9 Python files changed: 2 uses migrated (1 to review), 2 left for you, 1 file not processed.\n"
    )


def test_lines_are_those_of_the_file_as_it_now_is() -> None:
    """After a run the person opens the new file; after a dry run the old one."""
    assert "a.py:5:9: MG301" in terminal.render(RUN, "write")
    assert "a.py:4:9: MG301" in terminal.render(RUN, "dry-run")
    assert "a.py:4:9: MG301" in terminal.render(RUN, "check")


def test_a_note_that_is_true_of_many_places_is_one_line() -> None:
    notes = tuple(Finding(line, 1, "MG501", "migrated", "top_k was dropped") for line in range(1, 8))
    assert "  MG501 top_k was dropped (a.py:1, a.py:2, a.py:3 and 4 other places)\n" in terminal.render(
        run_of(FileResult("a.py", notes)), "write"
    )


def test_check_lists_every_place_and_ends_with_the_command_that_mends_it() -> None:
    assert terminal.render(RUN, "check", "migrate-gemini 'my src'") == (
        "a.py:2:5: MG103 generate_content() is interactions.create()\n"
        "a.py:3:1: MG401 gemini-pro is gone\n"
        "a.py:4:9: MG301 the receiver [bold]is[/bold] unknown\n"
        "a.py:5:1: MG501 top_k was dropped\n"
        "b.py:4:9: MG301 the receiver [bold]is[/bold] unknown\n"
        "c.py:1:1: MG901 holds a NUL byte\n"
        "\n"
        "1 file could not be checked.\n"
        "4 uses of the legacy API are left in 2 files (of 9 Python files).\n"
        "2 of them need a change by hand; the message says what to do.\n"
        "To migrate, run: migrate-gemini 'my src'\n"
    )


def test_check_offers_no_command_where_only_hands_help() -> None:
    text = terminal.render(run_of(FileResult("b.py", (MANUAL,))), "check", "migrate-gemini .")
    assert text.endswith(
        "1 use of the legacy API is left in 1 file (of 1 Python file).\n"
        "It needs a change by hand; the message says what to do.\n"
    )
    assert "migrate-gemini" not in text


def test_check_is_content_with_notes_alone() -> None:
    text = terminal.render(run_of(FileResult("b.py", (NOTE,))), "check")
    assert text.endswith("No use of the legacy API is left in 1 Python file.\n")


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (RunResult(0, 0, ()), "No Python file was found. "),
        (
            RunResult(7, 0, ()),
            "Nothing to migrate: looked for google.generativeai or google.genai in 7 Python files; none names them.\n",
        ),
        (
            RunResult(7, 2, ()),
            "Nothing to migrate: looked for google.generativeai or google.genai in 7 Python files; 2 name them, "
            "without a use that the Interactions API replaces.\n",
        ),
    ],
)
def test_a_run_that_finds_nothing_says_what_it_looked_for_and_where(result: RunResult, text: str) -> None:
    for mode in MODES:
        assert terminal.render(result, mode).startswith(text)


def test_nothing_in_names_or_messages_reaches_the_terminal_as_a_command() -> None:
    bad = "\x1b[2J\r\u202e\n"
    finding = Finding(1, 1, "MG301", "manual", f"m{bad}")
    result = run_of(
        FileResult(f"n{bad}.py", (finding,), f"x = '{bad}'\n", "x\n"), FileResult("f", failure=Failure("MG901", bad))
    )
    for mode in MODES:
        text = terminal.render(result, mode)
        assert not set("\x1b\r\u202e") & set(text)
    assert not set("\x1b\u202e") & set(terminal.plain(terminal.changes(result)))
    assert not set("\x1b\u202e") & set(diff.render(result))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\x0c\x00\x7f\x9b", "a\tb\\x0c\\x00\\x7f\\x9b"),
        ("caf\xe9 \u65e5\u672c \U0001f600", "caf\xe9 \u65e5\u672c \U0001f600"),
        ("\udcff\u2028\u2066", "\\xff\\u2028\\u2066"),
    ],
)
def test_control_characters_are_spelled_out_and_others_are_not(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_numbers_agree_with_their_nouns() -> None:
    assert (counted(0, "file"), counted(1, "file"), counted(2, "use")) == ("0 files", "1 file", "2 uses")


def test_the_diff_is_a_patch() -> None:
    assert diff.render(changed("1\n2\n3\n", "1\nx\n3\n")) == "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n 1\n-2\n+x\n 3\n"


def test_the_diff_tells_a_missing_final_newline() -> None:
    lines = diff.render(changed("1\n2", "1\n2\n")).splitlines()
    assert lines[3:] == [" 1", "-2", "\\ No newline at end of file", "+2"]


PATCHES = {
    "plain": ("a.py", "1\n2\n3\n", "1\nx\n3\n"),
    "crlf": ("a.py", "1\r\n2\r\n3\r\n", "1\r\nx\r\n3\r\n"),
    "mixed": ("a.py", "1\r\n2\n3\r4\n", "1\r\nx\n3\r4\n"),
    "no final newline": ("a.py", "1\n2", "1\nx"),
    "final newline gained": ("a.py", "1\n2", "1\n2\n"),
    "final newline lost": ("a.py", "1\n2\n", "1\n2"),
    "form feed": ("a.py", "1\n\x0c\n2\n", "1\n\x0c\nx\n"),
    "becomes empty": ("a.py", "1\n", ""),
    "space in the name": ("my dir/a b.py", "1\n", "2\n"),
    "quote in the name": ('a"b\\.py', "1\n", "2\n"),
    "tab in the name": ("a\tb.py", "1\n", "2\n"),
    "other letters in the name": ("größe/日本.py", "1\n", "2\n"),
}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("case", PATCHES)
def test_git_applies_the_diff(tmp_path: Path, case: str) -> None:
    path, before, after = PATCHES[case]
    file = tmp_path / path
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(before.encode())
    patch = diff.render(changed(before, after, path)).encode()
    done = subprocess.run(["git", "apply", "-v"], input=patch, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (file.read_bytes() if file.exists() else b"") == after.encode()


def test_on_a_screen_line_ends_are_dropped_and_additions_are_green() -> None:
    lines = list(terminal.changes(changed("a\r\n\x0cb\r\n", "a\r\n[red]c\r\n")))
    assert lines == [
        (("--- a/a.py", "bold"),),
        (("+++ b/a.py", "bold"),),
        (("@@ -1,2 +1,2 @@", "cyan"),),
        ((" a", ""),),
        (("-\\x0cb", "red"),),
        (("+[red]c", "green"),),
        (),
    ]


def test_a_report_by_the_suffix_patch_is_the_patch() -> None:
    result = RunResult(1, 1, (FileResult("a.py", (), "old\n", "new\n"),))
    assert render(SUFFIXES[".patch"], result) == "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-old\n+new\n"


@pytest.mark.parametrize(
    ("mode", "changed_code", "words"),
    [
        ("write", True, "1 of 9 Python files changed, and 1 file beside changed"),
        ("dry-run", False, "No change in 9 Python files, and 1 file beside would be changed"),
    ],
)
def test_files_beside_the_code_are_counted_apart(mode: terminal.Mode, changed_code: bool, words: str) -> None:
    beside = FileResult("requirements.txt", (), "a\n", "b\n", beside=True)
    code = FileResult("a.py", (MIGRATED,), *(("1\n", "2\n") if changed_code else ()))
    assert words in terminal.render(RunResult(9, 4, (code, beside)), mode)


def test_a_line_that_occurs_often_is_not_taken_out_and_put_in_again() -> None:
    before = "".join(f"\nold{number}()\nsame()\n" for number in range(150))
    file = FileResult("a.py", (), before, before.replace("old", "new"))
    lines = "".join(diff.lines(file)).splitlines()
    assert sum(line.startswith("-old") for line in lines) == sum(line.startswith("+new") for line in lines) == 150
    assert [line for line in lines if line in ("-", "+", "-same()", "+same()")] == []


@pytest.mark.parametrize(
    ("before", "after"), [("", "a\n"), ("a\n", ""), ("a\n" * 9, "a\n" * 4 + "b\n" + "a\n" * 5), ("a\nb\n", "b\na\n")]
)
def test_hunks_are_those_of_the_standard_library_where_nothing_occurs_often(before: str, after: str) -> None:
    theirs = difflib.unified_diff(before.splitlines(True), after.splitlines(True))
    assert list(diff.lines(FileResult("a", (), before, after)))[2:] == list(theirs)[2:]
