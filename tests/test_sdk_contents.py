"""The table of migrate_gemini/sdk/contents.py, held against the installed SDK."""

from __future__ import annotations

import pytest
from google.genai import types

from migrate_gemini.sdk import contents

TAKEN = (types.Content, types.Part, types.File, types.Blob)
NAMES = {name for model in TAKEN for name in model.model_fields}


def test_the_keys_of_contents_are_the_fields_of_the_sdk() -> None:
    assert NAMES == contents.FIELDS


@pytest.mark.parametrize("model", TAKEN)
def test_the_spelling_of_the_rest_api_is_a_key_as_well(model: type[types.Content]) -> None:
    for field in model.model_fields.values():
        assert contents.is_field(str(field.alias))


@pytest.mark.parametrize("name", ["content", "type", "image_url", "Text", ""])
def test_other_names_are_no_keys(name: str) -> None:
    assert not contents.is_field(name)
