"""What is written for the first Interactions schema, with `--target outputs`."""

from __future__ import annotations

import libcst as cst
import pytest

from migrate_gemini import Settings, transform
from migrate_gemini.rewrite.dialect import said, said_text
from migrate_gemini.rewrite.unsaid import Unsaid
from tests.checks import check_transformed, code

OUTPUTS = Settings(target="outputs")
HEAD = """
from google import genai
from google.genai import types

client = genai.Client()
"""
NEW_HEAD = HEAD.replace("from google.genai import types\n", "")


def check(before: str, after: str, *found: str, **how: str) -> None:
    """A program of google-genai becomes one of the first schema, with a warning."""
    head = HEAD if "types." in before else NEW_HEAD
    check_transformed(head + code(before), NEW_HEAD + code(after), settings=OUTPUTS, found=["MG602", *found], **how)


def test_a_text_is_that_of_the_last_output() -> None:
    check(
        """
        response = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")
        print(response.text, response.usage_metadata.total_token_count)
        """,
        """
        response = client.interactions.create(model="gemini-3-flash-preview", input="Hi")
        print(response.outputs[-1].text, response.usage.total_tokens)
        """,
    )


def test_a_text_that_is_tested_is_not_read_from_an_empty_answer() -> None:
    check(
        """
        response = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")
        if response.text:
            print((response.text or "").strip())
        text = client.models.generate_content(model="m", contents="Hi").text or "nothing"
        """,
        """
        response = client.interactions.create(model="gemini-3-flash-preview", input="Hi")
        if response.outputs:
            print(((response.outputs[-1].text if response.outputs else None) or "").strip())
        text = "".join(o.text for o in client.interactions.create(model="m", input="Hi").outputs or [] """
        """if o.type == "text") or "nothing"
        """,
    )


def test_events_have_their_first_names() -> None:
    check(
        """
        for chunk in client.models.generate_content_stream(model="gemini-3-flash-preview", contents="Hi"):
            print(chunk.text, end="")
        """,
        """
        for chunk in client.interactions.create(model="gemini-3-flash-preview", input="Hi", stream=True):
            if chunk.event_type == "content.delta" and chunk.delta.type == "text":
                print(chunk.delta.text, end="")
        """,
    )


def test_json_is_asked_for_by_a_mime_type() -> None:
    check(
        """
        client.models.generate_content(
            model="gemini-3-flash-preview",
            contents="Hi",
            config=types.GenerateContentConfig(response_mime_type="application/json", temperature=1),
        )
        """,
        """
        client.interactions.create(
            model="gemini-3-flash-preview",
            input="Hi",
            generation_config={"temperature": 1},
            response_mime_type="application/json",
        )
        """,
    )


def test_safety_settings_are_dropped_and_that_is_said() -> None:
    check(
        """
        client.models.generate_content(
            model="gemini-3-flash-preview",
            contents="Hi",
            config=types.GenerateContentConfig(
                safety_settings=[types.SafetySetting(category="HARM_CATEGORY_HARASSMENT", threshold="BLOCK_NONE")],
            ),
        )
        """,
        """
        client.interactions.create(
            model="gemini-3-flash-preview",
            input="Hi",
        )
        """,
        "MG501",
        layout="",
    )


def test_what_has_no_words_stays_and_the_rest_moves() -> None:
    source = code(
        HEAD
        + """
print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi").text)
def ask(config):
    if config:
        config["safety_settings"] = []
    return client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config)
ask({})
"""
    )
    result = transform(source, OUTPUTS)
    statuses = [(f.line, f.status) for f in result.findings if f.code == "MG201"]
    assert statuses == [(6, "migrated"), (10, "manual")]
    assert result.text is not None and 'input="Hi").outputs[-1].text)' in result.text
    assert 'return client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config)' in (
        result.text
    )
    assert transform(result.text, OUTPUTS).text is None


@pytest.mark.parametrize(
    "source",
    [
        "print(client.interactions.create(model='m', input='Hi').outputs[-1].text)\n",
        "client.interactions.create(model='m', input=[{'role': 'user', 'content': 'Hi'}])\n",
        "client.interactions.create(model='m', input='Hi', response_mime_type='text/plain', response_format={})\n",
    ],
)
def test_a_program_of_the_first_schema_is_what_is_asked_for(source: str) -> None:
    result = transform(HEAD + source, OUTPUTS)
    assert (result.text, result.findings) == (None, ())


def test_nothing_is_said_where_nothing_moves() -> None:
    assert transform("import os\nprint(os.name)\n", OUTPUTS).findings == ()


@pytest.mark.parametrize(
    ("steps", "outputs"),
    [
        ("a.b.output_text", "a.b.outputs[-1].text"),
        ('a.output_text or ""', '(a.outputs[-1].text if a.outputs else "")'),
        ('f().output_text or ""', '"".join(o.text for o in f().outputs or [] if o.type == "text") or ""'),
        ('x.event_type == "interaction.completed"', 'x.event_type == "interaction.complete"'),
        ("{'type': 'user_input', 'content': c}", "{'role': 'user', 'content': c}"),
        (
            '{"type": "model_output" if r == "model" else "user_input", "content": c}',
            '{"role": "model" if r == "model" else "user", "content": c}',
        ),
        (
            '[s for s in x.steps or [] if s.type == "function_call"]',
            '[s for s in x.outputs or [] if s.type == "function_call"]',
        ),
        (
            '[p for s in x.steps or [] if s.type == "model_output" for p in s.content or []]',
            '[p for p in x.outputs or [] if p.type in ("audio", "document", "image", "text", "video")]',
        ),
        (
            'c(response_format={"type": "text", "mime_type": M, "schema": S}, store=False)',
            "c(response_format=S, response_mime_type=M, store=False)",
        ),
        ('c(a, response_format={"type": "image"})', 'c(a, response_modalities=["image"])'),
        (
            'c(response_format=[{"type": "text"}, {"type": "audio"}])',
            'c(response_modalities=["text", "audio"])',
        ),
        ("c(a, response_format=f(S))", 'c(a, response_format=f(S), response_mime_type="application/json")'),
        (
            "c(previous_interaction_id=last.id if last else None)",
            'c(**({"previous_interaction_id": last.id} if last else {}))',
        ),
        (
            '{"model": M, "response_format": json_format(S)}',
            '{"model": M, "response_format": json_format(S), "response_mime_type": "application/json"}',
        ),
        ("c(previous_interaction_id=last)", 'c(**({"previous_interaction_id": last} if last else {}))'),
        ("c(previous_interaction_id=last.id)", "c(previous_interaction_id=last.id)"),
        ("c(a, store=False, labels=l, safety_settings=s)", "c(a, store=False)"),
        ('{"model": 1, "safety_settings": s}', '{"model": 1}'),
        ('{"title": t, "labels": l}', '{"title": t, "labels": l}'),
        ('{"labels": {"type": "string"}}', '{"labels": {"type": "string"}}'),
        ("pie(sizes, labels=l)", "pie(sizes, labels=l)"),
        ("openai(messages=m, response_format=f)", "openai(messages=m, response_format=f)"),
        ("self.steps(message)", "self.steps(message)"),
        ("recipe.text + part.text", "recipe.text + part.text"),
    ],
)
def test_a_piece_of_new_code_in_the_words_of_the_first_schema(steps: str, outputs: str) -> None:
    once = said(cst.parse_expression(steps), [])
    assert cst.Module([]).code_for_node(once) == outputs
    assert cst.Module([]).code_for_node(said(once, [])) == outputs


@pytest.mark.parametrize(
    "piece",
    [
        "x.steps",
        "event.step.type",
        "x.output_image",
        '[s for s in x.steps or [] if s.type == "model_output"]',
        'c(response_format={"type": "image", "aspect_ratio": "1:1"})',
        'x["safety_settings"]',
        "c(safety_settings=s)",
        'c(own=1, response_format={"type": "text", "mime_type": M})',
        'x["response_format"]',
        'getattr(x, "output_text", None)',
        'event.delta.type == "arguments_delta"',
        "f(use_json_schema=True)",
        'c(generation_config={"thinking_level": "low" if quick else None})',
        'dict(m, generation_config={"seed": None if x else 3})',
        '{"generation_config": {"seed": x if x else None}}',
    ],
)
def test_what_cannot_be_said_is_refused(piece: str) -> None:
    with pytest.raises(Unsaid):
        said(cst.parse_expression(piece), [])


def test_a_helper_joins_texts_and_gives_bare_schemas() -> None:
    helper = code(
        """
        def form(x, schema):
            kind = "model_output" if x else "user_input"
            turn = {"type": kind, "content": [x.output_text]}
            return {"type": "text", "mime_type": "application/json", "schema": schema}
        """
    )
    assert said_text(helper, []) == code(
        """
        def form(x, schema):
            kind = "model" if x else "user"
            turn = {"role": kind, "content": ["".join(o.text for o in x.outputs or [] if o.type == "text")]}
            return schema
        """
    )


@pytest.mark.parametrize(
    "piece",
    [
        'c(generation_config={"thinking_level": "low" if quick else "high"})',
        '{"seed": x if x else None}',
        "f(seed=None)",
    ],
)
def test_what_may_be_none_outside_of_settings_is_left_as_it_is(piece: str) -> None:
    assert cst.Module([]).code_for_node(said(cst.parse_expression(piece), [])) == piece


def test_a_helper_that_asks_for_any_json_gives_an_empty_schema() -> None:
    assert said_text('def form():\n    return {"type": "text", "mime_type": "application/json"}\n', []) == (
        "def form():\n    return {}\n"
    )
    kept = 'def part():\n    return {"type": "image", "mime_type": "image/png"}\n'
    assert said_text(kept, []) == kept
