"""The one frozen object that says how to migrate."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_MODEL = "gemini-3-flash-preview"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to migrate.

    default_model replaces every deprecated text model; `models` holds (old, new) pairs that win over it;
    todo_comments says whether a `# TODO(migrate-gemini)` comment marks what is left alone.
    """

    default_model: str = DEFAULT_MODEL
    models: tuple[tuple[str, str], ...] = ()
    todo_comments: bool = True
