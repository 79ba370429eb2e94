"""The command line: options in, exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from . import __version__, console, options, stdin
from .command import PlainCommand
from .config import Config, ConfigError
from .config import load as load_config
from .ignore import PatternError
from .options import UsageError
from .project import run as run_project
from .report import SUFFIXES, Format, render, terminal
from .report.text import counted, printable
from .results import RunResult
from .settings import DEFAULT_MODEL, Schema, Target
from .stdin import STDIN
from .writing import write

if TYPE_CHECKING:
    from .baseline import Baseline
    from .cache import Cache
    from .project import Verifier

DONE, LEFT, USAGE, FAILED, INTERRUPTED = 0, 1, 2, 3, 130

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

_HELP = """\
Migrate Gemini code to the Interactions API.

Rewrites Python code that uses google-generativeai, or generate_content and chats of google-genai,
to `client.interactions.create(...)` of google-genai. Changes files in place: commit first, or look
at --dry-run. What cannot be traced with certainty is left as it is, still runs, and is named.
"""

_EPILOG = """\
\b
Examples:
  migrate-gemini --dry-run .          show what would change
  migrate-gemini .                    change it
  migrate-gemini --check src tests    for CI: fail while legacy code is left
  migrate-gemini --report todo.json --exclude 'notebooks/' .
  migrate-gemini --verify .           hold what is written against the installed google-genai
  migrate-gemini --model gemini-1.5-pro=gemini-3.1-pro-preview .
  migrate-gemini - --stdin-filename src/app.py <src/app.py

\b
Exit codes:
  0  done; what is left to do by hand is listed and does not change the code
  1  --check found legacy code, or a requirement of google-generativeai that no code needs
  2  wrong usage, a path that does not exist, or --verify without google-genai
  3  done, but some files could not be read or processed; each is listed

Give the whole project rather than single files: modules that import each other are understood
together. Folders are searched for .py and .ipynb files; .gitignore is respected, links are not followed, and
virtual environments, caches and build folders are passed over.
"""


def _list_rules(value: bool) -> None:
    if value:
        from .rules import all_rules

        for rule in all_rules():
            typer.echo(f"{rule.code}  {rule.name}: {rule.summary}")
        raise typer.Exit


def _explain(wanted: str | None) -> None:
    if wanted is not None:
        from .rules import explain, find

        rule = find(wanted)
        if isinstance(rule, tuple):
            near = f"; did you mean {' or '.join(rule)}?" if rule else "; --list-rules shows them all"
            _usage(f"--explain: there is no rule {wanted!r}{near}")
        typer.echo(explain(rule))
        raise typer.Exit


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"migrate-gemini {__version__}")
        raise typer.Exit


@app.command(
    cls=PlainCommand,
    help=_HELP,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
)
def migrate_gemini(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATHS", show_default=False, help="Files and folders; - is standard input.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes as a diff; write nothing.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="List every legacy use; write nothing; exit with 1 if there is one.")
    ] = False,
    output_format: Annotated[
        Format, typer.Option(help="What goes to standard output; all but full and concise are for machines.")
    ] = "full",
    report: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", show_default=False, help=f"Write a report: {', '.join(SUFFIXES)}. Repeatable."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Leave out what matches, as in .gitignore. May be repeated."),
    ] = None,
    stdin_filename: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="Whose text - is: for messages, and what is around it."),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="RULES", help="Heed these rules alone: codes or their beginnings, as in MG1,MG401."),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="RULES", help="Leave alone what these rules find. The longest beginning decides."),
    ] = None,
    todo_comments: Annotated[
        bool | None,
        typer.Option(
            "--todo-comments/--no-todo-comments",
            show_default=False,
            help="Mark what is left with TODO(migrate-gemini) comments, or do not. Default: mark it.",
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="Replace this model by that one. May be repeated."),
    ] = None,
    default_model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            show_default=False,
            help=f"What replaces every other model that is shut down. Default: {DEFAULT_MODEL}.",
        ),
    ] = None,
    target: Annotated[
        Target | None,
        typer.Option(
            show_default=False,
            help="The schema of the Interactions API to write. steps: google-genai 3.4; auto: the same, and the "
            "project's requirement is held against it; outputs: google-genai 1.55 to 1.75, which the service has "
            "switched off. Default: auto.",
        ),
    ] = None,
    store: Annotated[
        bool | None,
        typer.Option(
            "--store/--no-store",
            show_default=False,
            help="Let Google store interactions, or none: then chats send their steps back. Default: store.",
        ),
    ] = None,
    manifests: Annotated[
        bool | None,
        typer.Option(
            "--manifests/--no-manifests",
            show_default=False,
            help="Make requirements files and the like ask for what the code needs. Default: where their code changes.",
        ),
    ] = None,
    config_files: Annotated[
        bool | None,
        typer.Option(
            "--config-files/--no-config-files",
            show_default=False,
            help="Replace models that are shut down in files of settings, too. Default: no.",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="Read [tool.migrate-gemini] of this file."),
    ] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Read no configuration.")] = False,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", show_default=False, help="With --check: fail only for what this file does not hold."
        ),
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Write the uses of today to the baseline; change nothing else.")
    ] = False,
    docs: Annotated[
        bool | None,
        typer.Option(
            "--docs/--no-docs",
            show_default=False,
            help="Migrate the blocks of Python in Markdown files, too. Default: no.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, show_default=False, help="Processes to use. Default: as the work needs."),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Where no code is written: use and keep no results of earlier runs.")
    ] = False,
    cache_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            envvar="MIGRATE_GEMINI_CACHE_DIR",
            show_default=False,
            help="Where results are kept for the next --check or --dry-run. Default: your folder for caches.",
        ),
    ] = None,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="Check new code against the google-genai that is installed; what fails is not written."
        ),
    ] = False,
    list_rules: Annotated[
        bool, typer.Option("--list-rules", callback=_list_rules, is_eager=True, help="List all rules.")
    ] = False,
    explain: Annotated[
        str | None,
        typer.Option(metavar="RULE", callback=_explain, is_eager=True, show_default=False, help="Explain a rule."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    piped = STDIN in paths
    if wrong := stdin.misuse(paths, stdin_filename):
        _usage(wrong)
    for path in () if piped else paths:
        if not os.path.lexists(path):
            _usage(f"no such file or folder: {os.fspath(path)!r}")
    for file in report or ():
        if file.suffix not in SUFFIXES:
            _usage(f"--report: the name must end in {' or '.join(SUFFIXES)}, not {file.name!r}")
        if not file.parent.is_dir():
            _usage(f"--report: no such folder: {os.fspath(file.parent)!r}")
    names = [stdin_filename or stdin.NAMELESS] if piped else paths
    try:
        found = Config() if isolated and config is None else load_config(names, config)
        settings = options.settings(
            found,
            select=select or (),
            ignore=ignore or (),
            models=model or (),
            default_model=default_model,
            target=target,
            store=store,
            todo_comments=todo_comments,
            manifests=manifests,
            config_files=config_files,
        )
        held = _baseline(baseline, found.baseline, check=check, writes=write_baseline)
    except (ConfigError, UsageError) as error:
        _usage(str(error))
    verifier = _verifier(settings.schema) if verify else None
    reads = dry_run or check or write_baseline
    if cache_dir is not None and cache_dir.exists() and not cache_dir.is_dir():
        _usage(f"--cache-dir: not a folder: {os.fspath(cache_dir)!r}")
    try:
        with console.Bar() as bar:
            typed = stdin.read() if piped else None
            proposed = run_project(
                names,
                settings,
                exclude=exclude or found.exclude or (),
                exclude_from=None if exclude else found.folder,
                jobs=jobs,
                progress=bar.show,
                verifier=verifier,
                typed=typed,
                docs=found.docs or False if docs is None else docs,
                cache=_cache(cache_dir) if reads and not no_cache else None,
            )
        result = proposed.result if reads or piped else write(proposed)
    except PatternError as error:
        _usage(f"--exclude: not a pattern: {error.args[0]!r}")
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        raise typer.Exit(INTERRUPTED) from None
    if write_baseline:
        raise typer.Exit(_write_baseline(baseline or found.baseline, result))
    if held is not None:
        result = held.apply(result, whole=all(path.is_dir() for path in names))
    unsaved = [file for file in report or () if not _save(file, result)]
    mode: terminal.Mode = "check" if check else "dry-run" if dry_run else "write"
    if typed is not None and mode == "write":
        console.write(stdin.text(proposed, typed))
    out = sys.stderr if typed is not None and mode != "check" else sys.stdout
    if output_format == "full":
        if dry_run:
            _print_changes(result)
        command = options.again(context.command.params, context.params)
        console.show(terminal.summary(result, mode, command), out)
    elif output_format == "concise":
        console.show(terminal.concise(result, mode), out)
    else:
        console.write(render(output_format, result), out if mode == "write" else sys.stdout)
    raise typer.Exit(FAILED if unsaved else _exit_code(result, check))


def run() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a console that lacks a character must not end the run
    app(prog_name="migrate-gemini")


def _baseline(given: Path | None, configured: Path | None, *, check: bool, writes: bool) -> Baseline | None:
    """What a check does not fail for. UsageError where there is no such file, or nothing is checked."""
    if given is not None and not (check or writes):
        raise UsageError("--baseline goes with --check, or with --write-baseline")
    path = given or configured
    if writes and path is None:
        raise UsageError("--write-baseline needs --baseline FILE")
    if writes or not check or path is None:
        return None
    from .baseline import BaselineError, read

    try:
        return read(path)
    except BaselineError as error:
        raise UsageError(f"--baseline: {os.fspath(path)}: {error}") from None


def _write_baseline(path: Path | None, result: RunResult) -> int:
    """Writes the baseline; the exit code."""
    from .baseline import written

    assert path is not None
    try:
        path.write_bytes(written(path, result))
    except OSError as error:
        typer.echo(f"migrate-gemini: error: --baseline: {printable(str(error))}", err=True)
        return FAILED
    typer.echo(f"{counted(len(result.left()), 'use')} of the legacy API written to {printable(os.fspath(path))}")
    for file in result.failed:
        assert file.failure is not None
        typer.echo(f"{printable(file.path)}: {file.failure.code} {printable(file.failure.message)}", err=True)
    return FAILED if result.failed else DONE


def _exit_code(result: RunResult, check: bool) -> int:
    if result.failed:
        return FAILED
    return LEFT if check and (result.left() or result.changed) else DONE


def _verifier(schema: Schema) -> Verifier:
    """What holds new text against the google-genai that is installed; wrong usage where there is none that fits."""
    from .verify import Unavailable, load, verifier

    try:
        return verifier(load(schema))
    except Unavailable as error:
        _usage(f"--verify: {error}")


def _cache(folder: Path | None) -> Callable[[], Cache]:
    """Opens the cache, which only a run that finds Gemini code does."""

    def opened() -> Cache:
        from .cache import Cache, default_folder

        return Cache(folder or default_folder())

    return opened


def _usage(message: str) -> NoReturn:
    typer.echo(f"migrate-gemini: error: {printable(message)}", err=True)
    raise typer.Exit(USAGE)


def _save(report: Path, result: RunResult) -> bool:
    try:
        report.write_bytes(render(SUFFIXES[report.suffix], result).encode("utf-8"))
    except OSError as error:
        typer.echo(f"migrate-gemini: error: --report: {printable(str(error))}", err=True)
        return False
    return True


def _print_changes(result: RunResult) -> None:
    if console.coloured(sys.stdout):
        console.show(terminal.changes(result))
    elif result.changed:
        from .report import diff

        console.write(diff.render(result) + "\n")
