"""Every row of migrate_gemini/sdk/reads.py, held against the installed SDKs."""

from __future__ import annotations

import re

import pytest
from google.genai import interactions, types
from google.genai._gaos.google_genai import _add_output_properties_if_interaction
from google.genai._gaos.types.interactions.interaction import InteractionStatus

from migrate_gemini.sdk import reads
from tests.sdks import GENAI_TYPES, legacy, literals, members

TARGETS = {
    "Usage": interactions.Usage,
    "Detail": interactions.ModalityTokens,
    "Call": interactions.FunctionCallStep,
    "Code": interactions.CodeExecutionCallStep,
    "CodeResult": interactions.CodeExecutionResultStep,
}
"""Kind -> the class of what stands in its place; an interaction where none is named."""


@pytest.mark.parametrize(("kind", "name"), reads.READS)
def test_what_is_read_is_an_attribute_of_its_class(kind: str, name: str) -> None:
    assert name in {*members(GENAI_TYPES[kind]), *legacy()["members"].get(kind, ())}


@pytest.mark.parametrize(("kind", "name"), reads.ABSENT)
def test_what_no_interaction_has_is_an_attribute_of_an_old_class(kind: str, name: str) -> None:
    assert name in {*members(GENAI_TYPES[kind]), *legacy()["members"].get(kind, ())}
    assert name not in TARGETS.get(kind, interactions.Interaction).model_fields


@pytest.mark.parametrize("name", reads.DUMPS)
def test_an_answer_as_a_whole(name: str) -> None:
    assert name in {*members(GENAI_TYPES["Response"]), *legacy()["members"]["Response"]}
    assert hasattr(interactions.Interaction, reads.DUMPS[name].partition("(")[0])


@pytest.mark.parametrize("number", reads.NUMBERS)
def test_the_name_of_a_number_is_that_of_the_legacy_enum(number: int) -> None:
    assert legacy()["finish"][reads.NUMBERS[number]] == number


def test_what_a_search_leaves_behind_is_in_the_steps() -> None:
    assert {"queries"} <= set(interactions.GoogleSearchCallArguments.model_fields)
    assert {"search_suggestions"} <= set(interactions.GoogleSearchResult.model_fields)
    assert {"url", "title", "start_index", "end_index"} <= set(interactions.URLCitation.model_fields)


@pytest.mark.parametrize("row", reads.READS)
def test_what_is_read_instead_is_a_field_of_the_new_class(row: tuple[str, str]) -> None:
    target = TARGETS.get(row[0], interactions.Interaction)
    for name in re.findall(r"\{base\}\.(\w+)", reads.READS[row]):
        assert name in target.model_fields


@pytest.mark.parametrize("row", reads.READS)
def test_a_template_has_only_known_parts(row: tuple[str, str]) -> None:
    reads.READS[row].format(base="response", parts="parts", calls="calls", ran="ran")


def test_what_the_rewritten_code_reads_besides_is_there() -> None:
    assert {"id", "status", "output_text", "steps", "usage", "errors"} <= set(interactions.Interaction.model_fields)
    assert {"event_type", "delta"} <= set(interactions.StepDelta.model_fields)
    assert {"event_type", "interaction"} <= set(interactions.InteractionCompletedEvent.model_fields)


@pytest.mark.parametrize("reason", [reason for reason in reads.FINISH if isinstance(reason, str)])
def test_a_finish_reason_is_one_of_the_old_sdks(reason: str) -> None:
    assert reason in {*types.FinishReason.__members__, *legacy()["finish"]}


@pytest.mark.parametrize("number", [reason for reason in reads.FINISH if isinstance(reason, int)])
def test_the_number_of_a_finish_reason_stands_for_the_same_as_its_name(number: int) -> None:
    name = next(name for name, value in legacy()["finish"].items() if value == number)
    assert reads.FINISH[number] == reads.FINISH[name]


@pytest.mark.parametrize("status", sorted({*reads.FINISH.values()} - {""}))
def test_a_status_is_one_of_an_interaction(status: str) -> None:
    assert status in literals(InteractionStatus)


@pytest.mark.parametrize("field", reads.STEPS)
def test_a_field_of_a_part_that_is_a_step(field: str) -> None:
    assert field in types.Part.model_fields
    steps = (interactions.FunctionCallStep, interactions.CodeExecutionCallStep, interactions.CodeExecutionResultStep)
    assert reads.STEPS[field] in {step.model_fields["type"].default for step in steps}


def output_text(*steps: dict[str, object]) -> str:
    """What `output_text` is on an interaction of these steps."""
    given = {"id": "i", "status": "completed", "created": "", "updated": "", "steps": list(steps)}
    return str(_add_output_properties_if_interaction(interactions.Interaction.model_validate(given)).output_text)


def step(*texts: str) -> dict[str, object]:
    """A step of the model with these texts; "" stands for an image."""
    image = {"type": "image", "data": "eA==", "mime_type": "image/png"}
    return {"type": "model_output", "content": [{"type": "text", "text": t} if t else image for t in texts]}


CALL: dict[str, object] = {"type": "function_call", "id": "c", "name": "f", "arguments": {}}
THOUGHT: dict[str, object] = {"type": "thought", "signature": "s"}


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ([step("a")], "a"),
        ([step("a", "b")], "ab"),
        ([], ""),
        ([CALL], ""),
        ([step("a"), CALL], "a"),
        ([step("a"), THOUGHT, step("b")], "ab"),
        ([step("a"), CALL, step("b")], "b"),
        ([step("a", "", "b")], "b"),
        ([step("a", "")], "a"),
        ([{"type": "new"}, step("a")], "a"),
    ],
)
def test_output_text_is_joined_as_the_table_says(steps: list[dict[str, object]], text: str) -> None:
    """MAPPING 4.1: what the last steps of the model say, up to a step that is neither theirs nor a thought."""
    assert output_text(*steps) == text
