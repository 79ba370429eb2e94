"""What the command line says of itself: its help, its version, its rules, and what a shell completes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

import typer

from . import __version__
from .report.text import printable

DONE, LEFT, USAGE, FAILED, INTERRUPTED = 0, 1, 2, 3, 130

HELP = """\
Migrate Gemini code to the Interactions API.

Rewrites Python code that uses google-generativeai, or generate_content and chats of google-genai,
to `client.interactions.create(...)` of google-genai. Changes files in place: commit first, or look
at --dry-run. What cannot be traced with certainty is left as it is, still runs, and is named.
"""

EPILOG = """\
\b
Examples:
  migrate-gemini --dry-run .          show what would change
  migrate-gemini .                    change it
  migrate-gemini --undo .             put back what the last run has written
  migrate-gemini --check src tests    for CI: fail while legacy code is left
  migrate-gemini --report todo.json --exclude 'notebooks/' .
  migrate-gemini --verify .           hold what is written against the installed google-genai
  migrate-gemini --model gemini-1.5-pro=gemini-3.1-pro-preview .
  migrate-gemini - --stdin-filename src/app.py <src/app.py

\b
Exit codes:
  0  done; what is left to do by hand is listed and does not change the code
  1  --check found legacy code, or a requirement of google-generativeai that no code needs
  2  wrong usage, a path that does not exist, --verify without google-genai, or stopped at the question
  3  done, but some files could not be read or processed, or --undo could not put them back; each is listed
  130  interrupted; what was written, and what was not, is listed

Give the whole project rather than single files: modules that import each other are understood
together. Folders are searched for .py and .ipynb files; .gitignore is respected, links are not followed, and
virtual environments, caches and build folders are passed over.
"""


def usage(message: str) -> NoReturn:
    """Ends the run, because what was asked for cannot be."""
    typer.echo(f"migrate-gemini: error: {printable(message)}", err=True)
    raise typer.Exit(USAGE)


def rules_like(incomplete: str) -> Iterator[tuple[str, str]]:
    """What a shell offers for the start of a code or a name of a rule, each with what it means."""
    from .rules import all_rules

    for rule in all_rules():
        for word in (rule.code, rule.name):
            if word.lower().startswith(incomplete.lower()):
                yield word, rule.summary


def list_rules(value: bool) -> None:
    """Of --list-rules."""
    if value:
        from .rules import all_rules

        for rule in all_rules():
            typer.echo(f"{rule.code}  {rule.name}: {rule.summary}")
        raise typer.Exit


def explain(wanted: str | None) -> None:
    """Of --explain."""
    if wanted is not None:
        from . import rules

        rule = rules.find(wanted)
        if isinstance(rule, tuple):
            usage(f"--explain: {rules.unknown(wanted, rule)}")
        typer.echo(rules.explain(rule))
        raise typer.Exit


def show_version(value: bool) -> None:
    """Of --version."""
    if value:
        typer.echo(f"migrate-gemini {__version__}")
        raise typer.Exit
