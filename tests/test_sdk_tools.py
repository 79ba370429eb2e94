"""Every row of migrate_gemini/sdk/tools.py and schemas.py, held against the installed SDK."""

from __future__ import annotations

import inspect

import pytest
from google.genai import _extra_utils, interactions, types

from migrate_gemini.sdk import schemas, tools

TARGETS = {
    "google_search": interactions.GoogleSearch,
    "url_context": interactions.URLContext,
    "code_execution": interactions.CodeExecution,
    "file_search": interactions.FileSearch,
    "google_maps": interactions.GoogleMaps,
    "computer_use": interactions.ComputerUse,
}


@pytest.mark.parametrize("field", tools.BUILTIN)
def test_a_tool_of_the_service_and_its_settings(field: str) -> None:
    kind, settings = tools.BUILTIN[field]
    assert field in types.Tool.model_fields
    assert TARGETS[kind].model_fields["type"].default == kind
    assert set(settings.values()) <= set(TARGETS[kind].model_fields)


@pytest.mark.parametrize("name", tools.CAMEL)
def test_a_spelling_of_the_rest_api(name: str) -> None:
    aliases = {field.alias or name for name, field in types.Tool.model_fields.items()}
    assert name in aliases
    assert tools.CAMEL[name] in types.Tool.model_fields


@pytest.mark.parametrize("field", tools.DECLARATION)
def test_a_field_of_a_declaration(field: str) -> None:
    names = types.FunctionDeclaration.model_fields
    assert field in {*names, *(info.alias for info in names.values())}
    assert tools.DECLARATION[field] in interactions.Function.model_fields


@pytest.mark.parametrize("field", sorted(tools.UNSENT))
def test_a_field_that_a_function_tool_does_not_have(field: str) -> None:
    names = types.FunctionDeclaration.model_fields
    assert field in {*names, *(info.alias for info in names.values())}
    assert field not in interactions.Function.model_fields


@pytest.mark.parametrize("name", sorted(tools.CLASSES))
def test_a_class_stands_for_a_tool_without_settings(name: str) -> None:
    fields = [field for field, info in types.Tool.model_fields.items() if name in str(info.annotation)]
    assert any(field in tools.BUILTIN for field in fields)


@pytest.mark.parametrize("mode", [mode for mode in tools.MODES if isinstance(mode, str)])
def test_a_mode_of_function_calling(mode: str) -> None:
    assert mode in types.FunctionCallingConfigMode.__members__


def test_how_many_requests_automatic_calling_makes() -> None:
    assert _extra_utils.get_max_remote_calls_afc(None) == tools.MAX_CALLS


def test_functions_are_declared_with_a_json_schema() -> None:
    method = types.FunctionDeclaration.from_callable_with_api_option
    assert {"callable", "use_json_schema"} <= set(inspect.signature(method).parameters)


@pytest.mark.parametrize("key", [key for key in schemas.KEYS if not key.endswith("_") and key[:1] != "$"])
def test_a_field_of_a_schema(key: str) -> None:
    names = types.Schema.model_fields
    assert key in {*names, *(info.alias for info in names.values())}


@pytest.mark.parametrize("kind", sorted(schemas.TYPES))
def test_a_type_of_a_schema(kind: str) -> None:
    assert types.Type[kind.upper()].value == kind.upper()
