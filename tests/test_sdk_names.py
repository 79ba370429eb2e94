"""Every row of migrate_gemini/sdk/names.py, held against the installed SDKs."""

from __future__ import annotations

import builtins
import inspect
import warnings

import pytest
from google import genai
from google.genai import interactions
from google.genai._gaos.google_genai import _CREATE_BODY_KEYS

from migrate_gemini.sdk import names
from tests.sdks import GENAI_TYPES, legacy, members


def public(found: object) -> set[str]:
    """The names of a class, or of its instances, that do not begin with an underscore."""
    fields = getattr(found, "model_fields", {})
    return {name for name in {*dir(found), *fields} if not name.startswith("_")}


def classes(*endings: str) -> list[type]:
    """The classes of google.genai.interactions whose names end so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        every = [getattr(interactions, name) for name in dir(interactions) if name.endswith(endings)]
    return [one for one in every if isinstance(one, type) and hasattr(one, "model_fields")]


NEW = {
    "Response": [interactions.Interaction],
    "Candidate": [interactions.Interaction],
    "Answer": [interactions.Interaction],
    "Feedback": [interactions.Interaction],
    "Part": classes("Content", "Step"),
    "Call": [interactions.FunctionCallStep],
    "Usage": [interactions.Usage],
    "LModel": [builtins.str, builtins.dict],
}


@pytest.mark.parametrize("kind", names.LEGACY)
def test_no_object_of_the_legacy_sdk_has_another_name(kind: str) -> None:
    assert {name for name in legacy()["instances"][kind] if not name.startswith("_")} <= names.LEGACY[kind]


@pytest.mark.parametrize("kind", names.GENAI)
def test_no_object_of_google_genai_has_another_name(kind: str) -> None:
    assert {name for name in members(GENAI_TYPES[kind]) if not name.startswith("_")} <= names.GENAI[kind]


@pytest.mark.parametrize("kind", names.NEW)
def test_nothing_that_stands_in_their_place_has_another_name(kind: str) -> None:
    for one in NEW[kind]:
        assert public(one) <= names.NEW[kind]


@pytest.mark.parametrize("name", sorted(names.UNDERSCORED))
def test_none_has_the_names_of_a_named_tuple(name: str) -> None:
    for kind in names.LEGACY:
        assert name not in legacy()["instances"][kind]
    for kind in names.GENAI:
        assert name not in members(GENAI_TYPES[kind])
    for ones in NEW.values():
        assert not any(hasattr(one, name) for one in ones)


def test_a_request_takes_these_keywords_and_raises_TypeError_for_others() -> None:
    create = genai.Client(api_key="k").interactions.create
    own = {name for name, one in inspect.signature(create).parameters.items() if one.kind is one.KEYWORD_ONLY}
    assert own | _CREATE_BODY_KEYS == names.REQUEST
    with pytest.raises(TypeError):
        create(model="m", input="Hi", config={})


@pytest.mark.parametrize(("kind", "name"), names.INSTEAD)
def test_what_can_be_read_instead_is_said_of_names_that_no_old_object_had(kind: str, name: str) -> None:
    assert name not in names.LEGACY[kind] | names.GENAI.get(kind, frozenset())
