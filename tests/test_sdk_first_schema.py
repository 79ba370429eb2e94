"""The tables of the first Interactions schema, against the installed SDK."""

from __future__ import annotations

import pytest

from migrate_gemini.sdk import first_schema as table

interactions = pytest.importorskip("google.genai.interactions")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.mark.parametrize("name", sorted(set(table.TYPES.values())))
def test_a_class_that_stands_for_one_of_the_first_schema_is_there(name: str) -> None:
    assert hasattr(interactions, name)


@pytest.mark.parametrize("name", sorted({old for old, new in table.TYPES.items() if old != new} | table.GONE))
def test_a_class_that_has_gone_or_has_a_new_name_is_not_there(name: str) -> None:
    assert not hasattr(interactions, name)


def types_of(union: object) -> set[str]:
    """The words of `type` of all classes that are named like members of a union."""
    words = set()
    for name in dir(interactions):
        fields = getattr(getattr(interactions, name), "model_fields", {})
        if name.endswith(str(union)) and "type" in fields:
            words |= set(getattr(fields["type"].annotation, "__args__", ()))
    return words


def test_what_was_an_output_is_a_step_or_a_content_now() -> None:
    assert table.STEPS <= types_of("Step")
    assert table.CONTENTS <= types_of("Content")
    assert not table.STEPS & table.CONTENTS


def test_the_new_names_of_events_and_deltas_are_those_of_the_sdk() -> None:
    words = set()
    for name in ("InteractionCreatedEvent", "InteractionCompletedEvent", "StepStart", "StepDelta", "StepStop"):
        words |= set(getattr(interactions, name).model_fields["event_type"].annotation.__args__)
    assert words == set(table.EVENTS.values())
    assert set(table.DELTAS.values()) <= types_of("Delta")


def test_an_interaction_has_what_its_first_schema_is_turned_to() -> None:
    fields = interactions.Interaction.model_fields
    assert {"steps", "output_text", "created", "updated", "usage"} <= fields.keys()
    assert not {"outputs", "role"} & fields.keys()
    assert interactions.Interaction is getattr(interactions, sorted(table.ANNOTATIONS)[-1].rpartition(".")[2])
    usage = interactions.Usage.model_fields
    assert all(new in usage and old not in usage for old, new in table.USAGE.items())
