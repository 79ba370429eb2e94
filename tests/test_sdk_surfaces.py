"""Every row of migrate_gemini/sdk/surfaces.py, held against the installed SDKs."""

from __future__ import annotations

import inspect

import pytest

from migrate_gemini.sdk import models, surfaces
from migrate_gemini.sdk.surfaces import Function
from tests.sdks import LEGACY_TYPES, legacy, members, resolve

OWNERS = {
    "models": "google.genai.models.Models",
    "aio.models": "google.genai.models.AsyncModels",
    "files": "google.genai.files.Files",
    "caches": "google.genai.caches.Caches",
}
CONFIGS = {
    "models.embed_content": "EmbedContentConfig",
    "aio.models.embed_content": "EmbedContentConfig",
    "files.upload": "UploadFileConfig",
    "files.list": "ListFilesConfig",
    "models.list": "ListModelsConfig",
    "models.get": "GetModelConfig",
    "caches.create": "CreateCachedContentConfig",
    "caches.update": "UpdateCachedContentConfig",
    "caches.list": "ListCachedContentsConfig",
}
RESULTS = {
    "LFile": "google.genai.types.File",
    "LModelInfo": "google.genai.types.Model",
    "LCache": "google.genai.types.CachedContent",
    "FileState": "google.genai.types.FileState",
    "Counted": "google.genai.types.CountTokensResponse",
}
ROWS = [
    *surfaces.FUNCTIONS.items(),
    *((f"{LEGACY_TYPES[kind]}.{name}", row) for kind, rows in surfaces.METHODS.items() for name, row in rows.items()),
]


@pytest.mark.parametrize(("path", "row"), ROWS, ids=[path for path, _ in ROWS])
def test_a_function_takes_these_parameters_in_the_legacy_sdk(path: str, row: Function) -> None:
    given = legacy()["functions"][path]
    assert list(row.parameters) == given
    assert {*row.takes, *row.drops} <= {*given}


@pytest.mark.parametrize(("path", "row"), ROWS, ids=[path for path, _ in ROWS])
def test_the_method_that_stands_for_it_takes_what_it_is_given(path: str, row: Function) -> None:
    owner, _, name = row.method.rpartition(".")
    method = getattr(resolve(OWNERS[owner]), name)
    assert inspect.iscoroutinefunction(method) == row.waits
    parameters = inspect.signature(method).parameters
    for target, _ in row.takes.values():
        head, _, key = target.partition(".")
        assert head in parameters
        if key:
            assert key in resolve(f"google.genai.types.{CONFIGS[row.method]}").model_fields
    if path.startswith(tuple(LEGACY_TYPES[kind] + "." for kind in ("LFile",))):
        assert "name" in parameters


@pytest.mark.parametrize(("kind", "new"), [(kind, new) for kind, row in surfaces.READS.items() for new in row.values()])
def test_what_is_read_off_a_result_is_there(kind: str, new: str) -> None:
    assert new in members(RESULTS[kind])


def test_states_of_files_have_these_numbers_and_names() -> None:
    assert {int(number): name for number, name in legacy()["states"].items()} == surfaces.STATES
    states = resolve("google.genai.types.FileState")
    assert {*surfaces.STATES.values()} <= {*states.__members__}
    assert all(states[name] == name for name in surfaces.STATES.values())


def test_task_types_are_those_of_the_legacy_sdk() -> None:
    assert legacy()["task_types"] == surfaces.TASK_TYPES


def test_functions_of_the_palm_api_are_gone_and_others_are_there() -> None:
    assert len(legacy()["absent"]) == len(surfaces.PALM)
    assert len(legacy()["present"]) == len(surfaces.BY_HAND)


def test_the_models_with_one_vector_a_text_are_embedding_models() -> None:
    assert all(models.family(name) == "embedding" for name in surfaces.ONE_VECTOR_A_TEXT)
    assert "gemini-embedding-2" not in surfaces.ONE_VECTOR_A_TEXT
