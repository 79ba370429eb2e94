"""Every row of migrate_gemini/sdk/surface.py, held against the installed SDKs."""

from __future__ import annotations

import inspect

import pytest

from migrate_gemini.sdk import first_schema, surface, surfaces
from tests.sdks import GENAI_TYPES, LEGACY_TYPES, legacy, members, resolve

PATHS = sorted({**surface.CONSTRUCTORS, **surface.ANNOTATIONS}.keys() - first_schema.ANNOTATIONS.keys())
KINDS = {
    *surface.CONSTRUCTORS.values(),
    *surface.ANNOTATIONS.values(),
    *surface.ELEMENTS.values(),
    *(kind for row in surface.ATTRIBUTES.values() for kind in row.values()),
    *(kind for row in surface.METHODS.values() for kind, _ in row.values()),
    *(function.result for function in surfaces.FUNCTIONS.values()),
    "InteractionStream",  # what create(..., stream=True) gives
}
ATTRIBUTES = [(kind, name) for kind, row in surface.ATTRIBUTES.items() for name in row]
ATTRIBUTES = [row for row in ATTRIBUTES if row[0] not in first_schema.ATTRIBUTES]  # test_sdk_first_schema.py
METHODS = [
    (kind, name, awaited)
    for kind, row in surface.METHODS.items()
    if kind not in surface.VERTEX  # of a library that no SDK brings along
    for name, (_, awaited) in row.items()
]


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith(surface.GENAI)])
def test_a_name_of_google_genai_is_there(path: str) -> None:
    found = resolve(path)
    assert path not in surface.CONSTRUCTORS or callable(found)


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith((surface.LEGACY, "google.ai."))])
def test_a_name_of_the_legacy_sdk_is_there(path: str) -> None:
    assert path not in legacy()["missing"]
    assert path not in surface.CONSTRUCTORS or path in legacy()["callable"]


@pytest.mark.parametrize(("kind", "name"), ATTRIBUTES)
def test_an_attribute_is_one_of_its_class(kind: str, name: str) -> None:
    found = set()
    if kind in GENAI_TYPES:
        found |= set(members(GENAI_TYPES[kind]))
    if kind in LEGACY_TYPES:
        found |= set(legacy()["members"][kind])
    assert name in found


@pytest.mark.parametrize(("kind", "name", "awaited"), METHODS)
def test_a_method_is_one_of_its_class_and_is_awaited_or_not(kind: str, name: str, awaited: bool) -> None:
    found = [members(GENAI_TYPES[kind])] if kind in GENAI_TYPES else []
    if kind in LEGACY_TYPES:
        found.append(legacy()["members"][kind])
    assert awaited in [methods[name] for methods in found if name in methods]


@pytest.mark.parametrize(
    ("path", "field", "element"),
    [
        ("google.genai.types.GenerateContentResponse", "candidates", "Candidate"),
        ("google.genai.types.Content", "parts", "Part"),
    ],
)
def test_the_elements_of_a_list(path: str, field: str, element: str) -> None:
    assert element in str(resolve(path).model_fields[field].annotation)
    assert element in surface.ELEMENTS.values()


@pytest.mark.parametrize("name", ["generate_content", "generate_content_stream"])
def test_requests_of_google_genai_take_model_contents_and_config(name: str) -> None:
    for kind in ("Models", "AModels"):
        method = getattr(resolve(GENAI_TYPES[kind]), name)
        assert list(inspect.signature(method).parameters)[1:] == ["model", "contents", "config"]


@pytest.mark.parametrize(
    ("kind", "names"), [("Chats", ["model", "config", "history"]), ("AChats", ["model", "config", "history"])]
)
def test_chats_of_google_genai_take_model_config_and_history(kind: str, names: list[str]) -> None:
    assert list(inspect.signature(resolve(GENAI_TYPES[kind]).create).parameters)[1:] == names


def test_the_positional_parameters_of_the_legacy_sdk() -> None:
    assert legacy()["model"] == [
        "model_name",
        "safety_settings",
        "generation_config",
        "tools",
        "tool_config",
        "system_instruction",
    ]
    assert legacy()["start_chat"] == ["history", "enable_automatic_function_calling"]


def test_every_kind_with_a_row_is_given_by_another_row() -> None:
    assert {*surface.ATTRIBUTES, *surface.METHODS, *surface.ELEMENTS} <= KINDS
    assert surface.MOVING <= KINDS


def test_every_kind_with_attributes_or_methods_is_held_against_a_class() -> None:
    rows = {*surface.ATTRIBUTES, *surface.METHODS} - first_schema.ATTRIBUTES.keys() - surface.VERTEX.keys()
    assert rows <= {*LEGACY_TYPES, *GENAI_TYPES}


def test_the_names_of_calls_are_those_of_methods_and_constructors() -> None:
    methods = {name for row in surface.METHODS.values() for name in row}
    assert surface.REQUESTS | surface.SENDS <= surface.CALL_NAMES
    assert surface.CALL_NAMES - {"GenerativeModel"} <= methods


def test_every_way_to_import_an_sdk_has_a_token() -> None:
    for line in (
        "import google.generativeai as genai",
        "from google import generativeai",
        "from google.generativeai import GenerativeModel",
        "import google.genai",
        "from google import genai",
        "from google.genai import types",
    ):
        assert any(token in line.encode() for token in surface.TOKENS), line
