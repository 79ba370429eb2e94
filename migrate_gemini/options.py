"""What the command line and the configuration say together: the settings of a run. The command line wins."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .config import Config, rules
from .settings import DEFAULT_MODEL, Settings, Target


class UsageError(ValueError):
    """What a person said and cannot mean, in one line."""


def settings(
    config: Config,
    *,
    select: Sequence[str],
    ignore: Sequence[str],
    models: Sequence[str],
    default_model: str | None,
    target: Target | None,
    store: bool | None,
    todo_comments: bool | None,
    manifests: bool | None,
    config_files: bool | None,
) -> Settings:
    """The settings of a run; each option is None, or empty, where the command line does not have it. UsageError."""
    found = Settings(
        default_model=_first(default_model, config.default_model, DEFAULT_MODEL).strip(),
        models=tuple({**dict(config.models), **_models(models)}.items()),
        todo_comments=_first(todo_comments, config.todo_comments, True),
        target=_first(target, config.target, "auto"),
        store=_first(store, config.store, True),
        manifests=_first(manifests, config.manifests, None),
        config_files=_first(config_files, config.config_files, False),
        select=_rules("--select", select) or config.select or (),
        ignore=_rules("--ignore", ignore) or config.ignore or (),
        per_file_ignores=config.per_file_ignores,
    )
    if not found.store and found.target == "outputs":
        raise UsageError("--no-store needs steps, which --target outputs does not have")
    if not found.default_model:
        raise UsageError("--default-model: the name is empty")
    return found


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _rules(option: str, words: Sequence[str]) -> tuple[str, ...]:
    try:
        return rules(words)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None


def _models(pairs: Iterable[str]) -> dict[str, str]:
    models: dict[str, str] = {}
    for pair in pairs:
        old, equals, new = (part.strip() for part in pair.partition("="))
        if not (old and equals and new):
            raise UsageError(f"--model takes OLD=NEW, not {pair!r}")
        if models.setdefault(old, new) != new:
            raise UsageError(f"--model gives two replacements for {old!r}")
    return models


_LOOKING = frozenset(
    """
    baseline cache_dir check color dry_run jobs no_cache output_format quiet report stdin_filename verbose
    write_baseline
    """.split()
)
"""Parameters that say how to look, not how to migrate."""


def again(parameters: Iterable[Any], values: Mapping[str, Any]) -> str:
    """The command that migrates what this one looked at: its own options, as far as they bear on that.

    parameters: those of the command of Click; values: what they have.
    """
    import shlex

    words, names = ["migrate-gemini"], []
    for parameter in parameters:
        value = values.get(parameter.name)
        if parameter.param_type_name == "argument":
            names = [os.fspath(values.get("stdin_filename") or path) for path in value or ()]
        elif parameter.name not in _LOOKING and value not in (None, (), [], parameter.default):
            words += _option(parameter, value)
    if any(name.startswith("-") and name != "-" for name in names):
        words.append("--")
    return shlex.join(words + names)


def _option(parameter: Any, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [(parameter.opts if value else parameter.secondary_opts)[0]]
    each = value if isinstance(value, (list, tuple)) else [value]
    return [word for one in each for word in (parameter.opts[0], os.fspath(one) if not isinstance(one, str) else one)]
