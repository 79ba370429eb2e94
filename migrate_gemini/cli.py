"""The command line: options in, exit code out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import about, console, options, output, stdin
from .about import DONE, FAILED, INTERRUPTED, LEFT, USAGE
from .about import usage as _usage
from .command import PlainCommand
from .config import Config, ConfigError
from .config import load as load_config
from .ignore import PatternError
from .options import UsageError
from .project import run as run_project
from .report import SUFFIXES, Format, render, terminal
from .results import RunResult
from .safety import Guard, Stopped
from .settings import DEFAULT_MODEL, Schema, Target
from .stdin import STDIN
from .writing import Interrupted, shown

if TYPE_CHECKING:
    from .cache import Cache
    from .project import Verifier

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command(
    cls=PlainCommand,
    help=about.HELP,
    epilog=about.EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
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
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say only what is left to do and what failed.")] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Name each file that names an SDK, and the time that it took.")
    ] = False,
    color: Annotated[
        console.Color,
        typer.Option(help="When to use colours; auto heeds NO_COLOR, FORCE_COLOR and what is no terminal."),
    ] = "auto",
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Rewrite files with changes that are not committed without a word.")
    ] = False,
    undo: Annotated[
        bool,
        typer.Option("--undo", help="Put back what the last run in the project has written; refuses if that changed."),
    ] = False,
    list_rules: Annotated[
        bool, typer.Option("--list-rules", callback=about.list_rules, is_eager=True, help="List all rules.")
    ] = False,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="RULE",
            callback=about.explain,
            autocompletion=about.rules_like,
            is_eager=True,
            show_default=False,
            help="Explain a rule.",
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=about.show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    started = time.monotonic()
    console.colour(color)
    if quiet and verbose:
        _usage("--quiet and --verbose exclude each other")
    piped = STDIN in paths
    if wrong := stdin.misuse(paths, stdin_filename):
        _usage(wrong)
    for path in () if piped else paths:
        if not os.path.lexists(path):
            _usage(f"no such file or folder: {os.fspath(path)!r}")
    guard = Guard(paths, console.say, console.asking(), allow_dirty)
    if undo:
        if dry_run or check or write_baseline or piped:
            _usage("--undo writes files; it goes with no option that only looks, nor with standard input")
        raise typer.Exit(_undo(guard))
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
        held = None
        if baseline or write_baseline or check and found.baseline:
            from .baseline import for_check

            held = for_check(baseline, found.baseline, check=check, writes=write_baseline)
    except (ConfigError, UsageError) as error:
        _usage(str(error))
    verifier = _verifier(settings.schema) if verify else None
    reads = dry_run or check or write_baseline
    if cache_dir is not None and cache_dir.exists() and not cache_dir.is_dir():
        _usage(f"--cache-dir: not a folder: {os.fspath(cache_dir)!r}")
    stopped = None
    try:
        if not (reads or piped) and guard.recover() and settings.manifests is None:
            settings = replace(settings, manifests=True)  # which is what the run that was stopped did not come to
        with console.Bar(hidden=quiet) as bar:
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
        if reads and not piped and proposed.result.mentioning:
            guard.look()
        result = proposed.result if reads or piped else guard.write(proposed)
    except PatternError as error:
        _usage(f"--exclude: not a pattern: {error.args[0]!r}")
    except Stopped as error:
        console.say(str(error))
        raise typer.Exit(USAGE if error.wanted else FAILED) from None
    except KeyboardInterrupt:
        console.say("interrupted: nothing was written")
        raise typer.Exit(INTERRUPTED) from None
    except Interrupted as error:
        stopped, result = error, error.result
    if write_baseline:
        from .baseline import save

        raise typer.Exit(DONE if save(baseline or found.baseline, result) else FAILED)
    if held is not None:
        result = held.apply(result, whole=all(path.is_dir() for path in names))
    unsaved = [file for file in report or () if not output.save(file, result)]
    mode: terminal.Mode = "check" if check else "dry-run" if dry_run else "write"
    if typed is not None and mode == "write":
        console.write(stdin.text(proposed, typed))
    out = sys.stderr if typed is not None and mode != "check" else sys.stdout
    if verbose:
        console.show(terminal.looked(proposed, found.path, mode, time.monotonic() - started), sys.stderr)
    if output_format not in ("full", "concise"):
        console.write(render(output_format, result), out if mode == "write" else sys.stdout)
    else:
        command = options.again(context.command.params, context.params)
        output.show(result, mode, command, out, patch=dry_run, full=output_format == "full", quiet=quiet)
    if stopped is not None:
        console.say(str(stopped))
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(FAILED if unsaved else _exit_code(result, check))


def run() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a console that lacks a character must not end the run
    app(prog_name="migrate-gemini")


def _exit_code(result: RunResult, check: bool) -> int:
    if result.failed:
        return FAILED
    return LEFT if check and (result.left() or result.changed) else DONE


def _undo(guard: Guard) -> int:
    try:
        restored, done = guard.undo()
    except Stopped as error:
        console.say(f"error: --undo: {error}")
        return FAILED
    if done:
        console.show(terminal.undone([shown(path) for path in restored]))
    return DONE if done else FAILED


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
