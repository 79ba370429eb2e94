"""The short way for plain values gives what Typer itself gives, and never more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.core import TyperCommand

from migrate_gemini.cli import app
from migrate_gemini.command import PlainCommand, _Unplain

PLAIN = [
    ["."],
    ["--check", "a.py", "b c.py"],
    ["--dry-run", "--no-store", "--verify", "--", "-a.py"],
    ["a.py", "--exclude", "x/*", "--exclude", "y", "b.py"],
    ["--model", "a=b", "--default-model", "m", "--target", "steps", "."],
    ["--report", "a.json", "--report=b.sarif", "--output-format", "concise", "."],
    ["--manifests", "."],
    ["--no-manifests", "--config-files", "."],
    ["--jobs", "2", "."],
]
OTHERS = [
    [],
    ["--check"],
    ["--jobs", "0", "."],
    ["--jobs", "two", "."],
    ["--jobs", "\u0662", "."],
    ["--target", "x", "."],
    ["--target", "Steps", "."],
    ["--version", "."],
    ["--explain", "MG101"],
    ["--list-rules"],
    ["--help"],
]


def command() -> Any:
    found = typer.main.get_command(app)
    assert isinstance(found, PlainCommand)
    return found


def parsed(arguments: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters by the short way, and by Typer alone."""
    ours, theirs = command(), command()
    context = ours.context_class(ours, info_name="migrate-gemini")
    plain = ours._plain(context, list(arguments))
    context = theirs.context_class(theirs, info_name="migrate-gemini")
    TyperCommand.parse_args(theirs, context, list(arguments))
    return plain, dict(context.params)


needs_help = pytest.mark.skipif(
    not hasattr(command().params[0], "type_descriptor"), reason="this Typer converts without pydantic"
)


@needs_help
@pytest.mark.parametrize("arguments", PLAIN, ids=" ".join)
def test_plain_values_are_what_typer_makes_of_them(arguments: list[str]) -> None:
    plain, by_typer = parsed(arguments)
    assert {name: value or None for name, value in plain.items()} == {
        name: value or None for name, value in by_typer.items()
    }
    assert {name: type(value) for name, value in plain.items() if value} == {
        name: type(value) for name, value in by_typer.items() if value
    }


@needs_help
def test_a_value_of_the_environment_is_as_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGRATE_GEMINI_CACHE_DIR", "some folder")
    plain, by_typer = parsed(["--check", "."])
    assert plain["cache_dir"] == by_typer["cache_dir"] == Path("some folder")
    plain, by_typer = parsed(["--check", "--cache-dir", "other", "."])
    assert plain["cache_dir"] == by_typer["cache_dir"] == Path("other")


@pytest.mark.parametrize("arguments", OTHERS, ids=" ".join)
def test_what_is_not_plainly_right_is_left_to_typer(arguments: list[str]) -> None:
    ours = command()
    with pytest.raises(_Unplain):
        ours._plain(ours.context_class(ours, info_name="migrate-gemini"), list(arguments))


def test_an_unknown_option_is_refused_in_the_words_of_typer() -> None:
    ours = command()
    with pytest.raises(Exception, match="No such option"):
        ours._plain(ours.context_class(ours, info_name="migrate-gemini"), ["--nonsense", "."])
