"""The one frozen object that says how to migrate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Target = Literal["auto", "steps", "outputs"]
Schema = Literal["steps", "outputs"]
DEFAULT_MODEL = "gemini-3-flash-preview"


@dataclass(frozen=True, slots=True)
class PerFile:
    """Rules that are ignored in some files. pattern: as in .gitignore, relative to the folder base (posix, ends in a
    slash); rules: codes or prefixes."""

    base: str
    pattern: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to migrate.

    default_model replaces every deprecated text model; `models` holds (old, new) pairs that win over it;
    todo_comments says whether a `# TODO(migrate-gemini)` comment marks what is left alone; target is the schema of the
    Interactions API that is written: steps (also for auto, which holds the project's requirement against it), or the
    outputs of google-genai 1.55 to 1.75; store says whether Google may store the interactions, as it does by default;
    manifests whether requirements files and the like are made to ask for what the code needs: always, never, or (None)
    where their code changes; config_files whether names of models are replaced in files of settings, too. select and
    ignore are codes of rules or prefixes of them, those that are heeded (() for all) and those that are not;
    per_file_ignores says it for files.
    """

    default_model: str = DEFAULT_MODEL
    models: tuple[tuple[str, str], ...] = ()
    todo_comments: bool = True
    target: Target = "auto"
    store: bool = True
    manifests: bool | None = None
    config_files: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[PerFile, ...] = ()

    @property
    def schema(self) -> Schema:
        """The schema of the Interactions API that is written."""
        return "outputs" if self.target == "outputs" else "steps"
