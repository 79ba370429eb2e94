"""Names of models in files of settings: told, and written where that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..sdk.models import judge, looks_like_model
from ..settings import Settings
from ..sources import python, text
from ..sources.text import TextFile
from .values import Value, reader

LARGEST = 1_000_000
"""Bytes; a larger file holds data."""
MOST = 50
"""So many names of models at most are settings; a file with more of them holds records of what models said."""
_WORDS = re.compile(rb"gemini-|gemma-|learnlm-|-bison|embedding-|imagen-|veo-|lyria-|deep-research-|antigravity-")
_PREFIX = "models/"


def settle(paths: Iterable[Path], known: Mapping[Path, TextFile], settings: Settings) -> list[TextFile]:
    """The files that name a model that is gone or going, with what is said of it, and edits if the settings ask for
    these. known: files that are read and edited already, which are gone on with."""
    return [file for path in paths if (file := _one(path, known.get(path), settings)) is not None]


def _one(path: Path, file: TextFile | None, settings: Settings) -> TextFile | None:
    read = reader(path)
    if read is None:
        return None
    try:
        if file is None:
            if path.is_symlink() or path.stat().st_size > LARGEST:
                return None
            data = path.read_bytes()
            if not (_WORDS.search(data) or any(old.encode() in data for old, _ in settings.models)):
                return None
            file = text.read(path, data)
        values = list(read(file.text, lambda value: _is_model(value, settings)))
    except (OSError, ValueError, RecursionError, python.SourceError):
        return None
    if len(values) > MOST:
        return None
    before = len(file.findings)
    _judge(file, values, settings)
    return file if len(file.findings) > before else None


def _is_model(value: Value, settings: Settings) -> bool:
    """Whether a value names a model: one that is known by its form, or one that the user maps where a key says that it
    is one."""
    if looks_like_model(value.text):
        return True
    return "model" in value.key.lower() and value.text in {old.removeprefix(_PREFIX) for old, _ in settings.models}


def _judge(file: TextFile, values: list[Value], settings: Settings) -> None:
    taken = {(value.holder, value.text.removeprefix(_PREFIX)) for value in values if value.holder}
    for value in values:
        verdict = judge(value.text, settings)
        if verdict.kind in ("retiring", "alias", "gone_other"):
            end = f": name {verdict.new} here." if verdict.kind == "alias" else ""
            file.find(value.start, "MG404", "needs_review", verdict.message + end)
        if verdict.kind != "substitute" or verdict.new is None:
            continue
        said = verdict.message.rstrip(".")
        if value.holder and (value.holder, verdict.new) in taken:
            words = f"{said}, which stands in this list already: give one another model, or take it out"
            file.find(value.start, "MG404", "manual", words)
        elif settings.config_files:
            taken.add((value.holder, verdict.new))
            prefix = _PREFIX if value.text.startswith(_PREFIX) else ""
            file.edits.append((value.start, value.end, prefix + verdict.new))
            file.find(value.start, "MG404", "migrated", f"{said}.")
        else:
            file.find(value.start, "MG404", "manual", f"{said} with --config-files; it is left here.")
