"""What the installed SDKs really have; the tables of migrate_gemini/sdk are held against it.

google-genai is imported in the environment of the tests. The legacy SDK lives in another one: this file is run there as
a script, takes questions on stdin and answers them on stdout, all in one process.
"""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin

LEGACY_TYPES = {
    "LModel": "google.generativeai.GenerativeModel",
    "LChat": "google.generativeai.ChatSession",
    "Response": "google.generativeai.types.GenerateContentResponse",
    "Stream": "google.generativeai.types.GenerateContentResponse",
    "Chunk": "google.generativeai.types.GenerateContentResponse",
    "Candidate": "google.generativeai.protos.Candidate",
    "Answer": "google.generativeai.protos.Content",
    "Part": "google.generativeai.protos.Part",
    "Call": "google.generativeai.protos.FunctionCall",
    "Code": "google.generativeai.protos.ExecutableCode",
    "CodeResult": "google.generativeai.protos.CodeExecutionResult",
    "Blob": "google.generativeai.protos.Blob",
    "Usage": "google.generativeai.protos.GenerateContentResponse.UsageMetadata",
    "Feedback": "google.generativeai.protos.GenerateContentResponse.PromptFeedback",
    "Grounding": "google.generativeai.protos.GroundingMetadata",
    "Source": "google.generativeai.protos.GroundingChunk",
    "Web": "google.generativeai.protos.GroundingChunk.Web",
    "Support": "google.generativeai.protos.GroundingSupport",
    "Segment": "google.generativeai.protos.Segment",
    "EntryPoint": "google.generativeai.protos.SearchEntryPoint",
    "Finish": "google.generativeai.protos.Candidate.FinishReason",
    "Block": "google.generativeai.protos.GenerateContentResponse.PromptFeedback.BlockReason",
    "Turn": "google.generativeai.protos.Content",
    "TurnPart": "google.generativeai.protos.Part",
    "LFile": "google.generativeai.types.file_types.File",
    "FileState": "google.generativeai.protos.File.State",
    "LModelInfo": "google.generativeai.types.model_types.Model",
    "LCache": "google.generativeai.caching.CachedContent",
    "Counted": "google.generativeai.protos.CountTokensResponse",
}
"""Kind of migrate_gemini/sdk/surface.py -> the class of the legacy SDK that it stands for."""

GENAI_TYPES = {
    "Client": "google.genai.Client",
    "AClient": "google.genai.client.AsyncClient",
    "Models": "google.genai.models.Models",
    "AModels": "google.genai.models.AsyncModels",
    "Chats": "google.genai.chats.Chats",
    "AChats": "google.genai.chats.AsyncChats",
    "GChat": "google.genai.chats.Chat",
    "AGChat": "google.genai.chats.AsyncChat",
    "Files": "google.genai.files.Files",
    "Interactions": "google.genai._gaos.google_genai.GeminiNextGenInteractions",
    "AInteractions": "google.genai._gaos.google_genai.AsyncGeminiNextGenInteractions",
    "InteractionEvent": "google.genai.interactions.InteractionCompletedEvent",
    "Response": "google.genai.types.GenerateContentResponse",
    "Stream": "google.genai.types.GenerateContentResponse",
    "Chunk": "google.genai.types.GenerateContentResponse",
    "Candidate": "google.genai.types.Candidate",
    "Answer": "google.genai.types.Content",
    "Part": "google.genai.types.Part",
    "Call": "google.genai.types.FunctionCall",
    "Code": "google.genai.types.ExecutableCode",
    "CodeResult": "google.genai.types.CodeExecutionResult",
    "Blob": "google.genai.types.Blob",
    "Usage": "google.genai.types.GenerateContentResponseUsageMetadata",
    "Feedback": "google.genai.types.GenerateContentResponsePromptFeedback",
    "Detail": "google.genai.types.ModalityTokenCount",
    "Modality": "google.genai.types.MediaModality",
    "Grounding": "google.genai.types.GroundingMetadata",
    "Source": "google.genai.types.GroundingChunk",
    "Web": "google.genai.types.GroundingChunkWeb",
    "Support": "google.genai.types.GroundingSupport",
    "Segment": "google.genai.types.Segment",
    "EntryPoint": "google.genai.types.SearchEntryPoint",
    "Finish": "google.genai.types.FinishReason",
    "Block": "google.genai.types.BlockedReason",
    "Turn": "google.genai.types.Content",
    "TurnPart": "google.genai.types.Part",
}
"""The same for google-genai."""


def resolve(path: str) -> Any:
    """What a dotted name names. Raises AttributeError or ImportError."""
    parts = path.split(".")
    found: Any = None
    for index, part in enumerate(parts):
        try:
            found = importlib.import_module(".".join(parts[: index + 1]))
        except ImportError:
            if found is None:
                raise
            found = getattr(found, part)
    return found


@cache
def members(path: str) -> dict[str, bool]:
    """Attributes of the instances of a class -> whether they are coroutine functions."""
    cls = resolve(path)
    names = {*dir(cls), *getattr(cls, "model_fields", {}), *getattr(getattr(cls, "meta", None), "fields", {})}
    names.update(getattr(cls, "__dataclass_fields__", {}))
    if cls.__name__ in ("GenerativeModel", "ChatSession"):  # these set some in their constructors
        model = resolve("google.generativeai.GenerativeModel")("gemini-pro")
        names.update(dir(model if cls.__name__ == "GenerativeModel" else cls(model)))
    if cls.__name__ == "GenerateContentResponse" and path.startswith("google.generativeai."):
        names.update(dir(cls(done=True, iterator=None, result=resolve("google.generativeai.protos." + cls.__name__)())))
    if issubclass(cls, (int, Enum)):
        names.update(("name", "value"))
    return {name: inspect.iscoroutinefunction(getattr(cls, name, None)) for name in names}


def literals(annotation: Any) -> set[Any]:
    """The values of the Literal types in an annotation."""
    annotation = getattr(annotation, "__value__", annotation)
    if get_origin(annotation) is Union:
        return set().union(*(literals(inner) for inner in get_args(annotation)))
    return {value for value in get_args(annotation) if isinstance(value, str)}


@cache
def legacy() -> Mapping[str, Any]:
    """What `answers` says of the legacy SDK in its own environment."""
    from migrate_gemini.sdk import errors, names, settings, stars, surface, surfaces
    from tests.environments import OLD, ensure

    questions = {
        "paths": [
            path for path in {**surface.CONSTRUCTORS, **surface.ANNOTATIONS} if not path.startswith(surface.GENAI)
        ],
        "errors": [path for path in {*errors.CLASSES, *errors.BLOCKED, *errors.OTHERS} if "google.genai" not in path],
        "kinds": list(names.LEGACY),
        "categories": list(settings.CATEGORIES),
        "thresholds": list(settings.THRESHOLDS),
        "functions": list(surfaces.FUNCTIONS),
        "absent": [f"google.generativeai.{name}" for name in surfaces.PALM],
        "present": [f"google.generativeai.{name}" for name in surfaces.BY_HAND],
        "stars": [module for module in stars.STARS if not module.startswith(surface.GENAI + ".")],
        "methods": [f"{LEGACY_TYPES[kind]}.{name}" for kind, row in surfaces.METHODS.items() for name in row],
    }
    python = str(ensure(OLD).python)
    command = [python, "-W", "ignore", str(Path(__file__).resolve())]
    done = subprocess.run(command, input=json.dumps(questions), capture_output=True, text=True, check=True)
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return answer


def answers(questions: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What the legacy SDK has: run where it is installed."""
    import google.generativeai as genai
    from google.generativeai.types import safety_types

    return {
        "missing": [path for path in questions["paths"] if not _exists(path)],
        "callable": [path for path in questions["paths"] if _exists(path) and callable(resolve(path))],
        "errors": {path: _code(path) for path in questions["errors"] if _exists(path)},
        "members": {kind: members(path) for kind, path in LEGACY_TYPES.items()},
        "instances": {kind: _instance_names(LEGACY_TYPES[kind]) for kind in questions["kinds"]},
        "model": list(inspect.signature(genai.GenerativeModel.__init__).parameters)[1:],
        "start_chat": list(inspect.signature(genai.GenerativeModel.start_chat).parameters)[1:],
        "config": list(inspect.signature(genai.GenerationConfig).parameters),
        "categories": {name: _name(safety_types.to_harm_category, name) for name in questions["categories"]},
        "thresholds": {name: _name(safety_types.to_block_threshold, name) for name in questions["thresholds"]},
        "all_categories": [
            resolve("google.generativeai.protos.HarmCategory")(item["category"]).name
            for item in safety_types.normalize_safety_settings("block_none")
        ],
        "functions": {path: _parameters(path) for path in [*questions["functions"], *questions["methods"]]},
        "absent": [path for path in questions["absent"] if not _exists(path)],
        "present": [path for path in questions["present"] if _exists(path)],
        "task_types": {
            name: value.name
            for name, value in resolve("google.generativeai.embedding")._EMBEDDING_TASK_TYPE.items()
            if type(name) is str
        },
        "states": {int(member): member.name for member in genai.protos.File.State},
        "stars": {module: _starred(module) for module in questions["stars"]},
        "finish": {member.name: int(member) for member in genai.protos.Candidate.FinishReason},
    }


def _instance_names(path: str) -> list[str]:
    """The names of an object of a class, and those of its asynchronous twin."""
    cls = resolve(path)
    if cls.__name__ == "GenerativeModel":
        return dir(cls("gemini-pro"))
    if not path.endswith("types.GenerateContentResponse"):
        return dir(cls())
    empty = resolve("google.generativeai.protos.GenerateContentResponse")()
    twins = [cls, resolve(path.replace("Generate", "AsyncGenerate"))]
    return sorted({name for twin in twins for name in dir(twin(done=True, iterator=None, result=empty))})


def _code(path: str) -> int | None:
    code = getattr(resolve(path), "code", None)
    return int(code) if isinstance(code, int) else None


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except (AttributeError, ImportError):
        return False
    return True


def _starred(module: str) -> list[str]:
    """What a star import of a module binds."""
    names: dict[str, Any] = {}
    exec(f"from {module} import *", names)
    return sorted(names.keys() - {"__builtins__"})


def _parameters(path: str) -> list[str]:
    names = list(inspect.signature(resolve(path)).parameters)
    return names[1:] if names and names[0] == "self" else names


def _name(convert: Any, name: str) -> str | None:
    try:
        return str(convert(name).name)
    except (KeyError, AttributeError):
        return None


if __name__ == "__main__":
    json.dump(answers(json.load(sys.stdin)), sys.stdout)
