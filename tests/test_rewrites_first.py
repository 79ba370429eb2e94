"""What becomes of the first Interactions schema, and what is left alone because it is not of it."""

from __future__ import annotations

import pytest

from migrate_gemini import Settings, transform
from migrate_gemini.engine import SourceModule, migrate
from tests.checks import check_transformed, check_unchanged, code

HEAD = """
from google import genai

client = genai.Client()
"""
ASK = 'interaction = client.interactions.create(model="gemini-3-flash-preview", input="Hi")\n'
HELPER = '''

def outputs_of(interaction):
    """The outputs of an interaction in one list: the contents of the model's answer among its other steps."""
    outputs = []
    for step in interaction.steps or []:
        outputs += (step.content or []) if step.type == "model_output" else [step]
    return outputs


'''


def check_read(before: str, after: str, *, helper: bool = False, found: tuple[str, ...] = (), review: str = "") -> None:
    """A read of `interaction` becomes another one."""
    head = HEAD.lstrip()
    new = head.replace("genai\n\nclient", f"genai\n{HELPER}client") if helper else head
    before, after = code(before), code(after)
    result = transform(head + ASK + before)
    assert result.text == new + ASK + after
    codes = sorted(finding.code for finding in result.findings)
    assert codes == sorted(["MG204", *found])
    notes = [f.message for f in result.findings if f.status == "needs_review"]
    assert any(review in note for note in notes) if review else not notes
    assert transform(result.text).text is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("interaction.outputs[-1].text", "interaction.output_text"),
        ("interaction.outputs[-1].text.strip()", "interaction.output_text.strip()"),
        ('interaction.outputs[-1].text if interaction.outputs else ""', "interaction.output_text"),
        ("interaction.outputs[-1].text if interaction.outputs else None", "interaction.output_text or None"),
        (
            "interaction.outputs[-1].text if interaction.outputs else 'none'",
            "interaction.output_text if interaction.steps else 'none'",
        ),
        ('"".join(o.text for o in interaction.outputs if o.type == "text")', "interaction.output_text"),
        ('"".join([o.text for o in interaction.outputs if hasattr(o, "text") and o.text])', "interaction.output_text"),
        ("bool(interaction.outputs)", "bool(interaction.steps)"),
        ("len(interaction.outputs) > 0", "len(interaction.steps) > 0"),
        ("interaction.outputs is not None", "bool(interaction.steps)"),
        ("hasattr(interaction, 'outputs')", "hasattr(interaction, 'steps')"),
        (
            '[o for o in interaction.outputs if o.type == "function_call"]',
            '[o for o in interaction.steps if o.type == "function_call"]',
        ),
        (
            '[o.id for o in interaction.outputs if o.type in ("thought", "function_call")]',
            '[o.id for o in interaction.steps if o.type in ("thought", "function_call")]',
        ),
    ],
)
def test_an_expression_that_has_an_equal_on_steps(before: str, after: str) -> None:
    check_read(f"x = {before}", f"x = {after}", found=("MG502",) if "[-1].text" in before else ())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("interaction.outputs[-1].type", "outputs_of(interaction)[-1].type"),
        ("interaction.outputs[1].text", "outputs_of(interaction)[1].text"),
        ("len(interaction.outputs)", "len(outputs_of(interaction))"),
        ("len(interaction.outputs) > 1", "len(outputs_of(interaction)) > 1"),
        ("interaction.outputs or []", "outputs_of(interaction)"),
        ('getattr(interaction, "outputs", None)', "outputs_of(interaction)"),
        (
            'next(o for o in interaction.outputs if o.type == "text").text',
            'next(o for o in outputs_of(interaction) if o.type == "text").text',
        ),
        (
            '"\\n".join(o.text for o in interaction.outputs if o.type == "text")',
            '"\\n".join(o.text for o in outputs_of(interaction) if o.type == "text")',
        ),
        (
            '[o for o in interaction.outputs if o.type in ("image", "function_call")]',
            '[o for o in outputs_of(interaction) if o.type in ("image", "function_call")]',
        ),
    ],
)
def test_an_expression_that_needs_the_outputs_in_one_list(before: str, after: str) -> None:
    check_read(f"x = {before}", f"x = {after}", helper=True)


def test_the_first_output_s_text_is_now_all_of_it() -> None:
    check_read("print(interaction.outputs[0].text)", "print(interaction.output_text)", found=("MG502",))


def test_a_loop_whose_every_branch_asks_for_a_step_walks_the_steps() -> None:
    check_read(
        """
        for output in interaction.outputs:
            if output.type == "function_call":  # the model wants this
                print(output.name, output.arguments)
            elif output.type == "thought":
                print(output.signature)
        """,
        """
        for output in interaction.steps:
            if output.type == "function_call":  # the model wants this
                print(output.name, output.arguments)
            elif output.type == "thought":
                print(output.signature)
        """,
    )


def test_a_loop_with_another_branch_walks_everything() -> None:
    check_read(
        """
        for output in interaction.outputs:
            if output.type == "function_call":
                print(output.name)
            else:
                print(output.type)
        """,
        """
        for output in outputs_of(interaction):
            if output.type == "function_call":
                print(output.name)
            else:
                print(output.type)
        """,
        helper=True,
    )


def test_outputs_kept_in_a_name_stay_a_list() -> None:
    check_read(
        """
        outputs = interaction.outputs
        if outputs and outputs[-1].type == "text":
            print(outputs[-1].text)
        """,
        """
        outputs = outputs_of(interaction)
        if outputs and outputs[-1].type == "text":
            print(outputs[-1].text)
        """,
        helper=True,
    )


def test_an_index_error_that_is_caught_is_still_raised() -> None:
    check_read(
        """
        try:
            print(interaction.outputs[-1].text)
        except IndexError:
            print("nothing")
        """,
        """
        try:
            print(outputs_of(interaction)[-1].text)
        except IndexError:
            print("nothing")
        """,
        helper=True,
    )


def test_outputs_that_are_asked_for_raise_nothing() -> None:
    check_read(
        """
        try:
            if interaction.outputs:
                print(interaction.outputs[-1].text)
        except Exception as error:
            print(error)
        """,
        """
        try:
            if interaction.steps:
                print(interaction.output_text)
        except Exception as error:
            print(error)
        """,
        found=("MG502",),
    )


def test_any_error_that_is_caught_is_said() -> None:
    check_read(
        """
        try:
            print(interaction.outputs[-1].text)
        except Exception as error:
            print(error)
        """,
        """
        try:
            print(interaction.output_text)
        except Exception as error:
            print(error)
        """,
        review="where it raised an IndexError",
        found=("MG502",),
    )


def test_a_date_is_made_of_its_text() -> None:
    check_transformed(
        HEAD + ASK + "print(interaction.created.isoformat(), interaction.role, interaction.outputs[-1].text)\n",
        HEAD.replace("from google", "from datetime import datetime\n\nfrom google")
        + ASK
        + 'print(datetime.fromisoformat(interaction.created).isoformat(), "model", interaction.output_text)\n',
        found=["MG204", "MG502"],
    )


def test_thoughts_had_another_name_in_the_usage() -> None:
    check_read("print(interaction.usage.total_reasoning_tokens)", "print(interaction.usage.total_thought_tokens)")


def test_turns_that_are_written_out_become_steps() -> None:
    check_transformed(
        HEAD
        + """
history = [
    # how it began
    {'role': 'user', 'content': 'Hello'},
    {"role": "model", "content": [{"type": "text", "text": "Hi."}]},
]
history.append({"role": "user", "content": f"{1 + 1}"})
answer = client.interactions.create(model="gemini-3-flash-preview", input=history)
history.append({"role": "model", "content": answer.outputs})
""",
        HEAD
        + """
history = [
    # how it began
    {'type': 'user_input', 'content': [{"type": "text", "text": 'Hello'}]},
    {"type": "model_output", "content": [{"type": "text", "text": "Hi."}]},
]
history.append({"type": "user_input", "content": [{"type": "text", "text": f"{1 + 1}"}]})
answer = client.interactions.create(model="gemini-3-flash-preview", input=history)
history.extend(answer.steps)
""",
        found=["MG204"],
    )


@pytest.mark.parametrize(
    "rest",
    [
        "for turn in history:\n    print(turn['role'])\n",
        "import json\nprint(json.dumps(history))\n",
        "history.append({'role': input(), 'content': 'And?'})\n",
        "history.append({'role': 'user', 'content': unknown()})\n",
        "import openai\nopenai.OpenAI().chat.completions.create(model='m', messages=history)\n",
    ],
)
def test_turns_that_are_also_used_otherwise_keep_their_form(rest: str) -> None:
    text = 'history = [{"role": "user", "content": "Hello"}]\n' + rest
    request = 'client.interactions.create(model="gemini-3-flash-preview", input=history)\n'
    result = transform(HEAD + text + request)
    assert result.text is not None
    assert text in result.text
    assert "input=to_steps(history)" in result.text
    assert "def to_steps(turns):" in result.text
    assert transform(result.text).text is None


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (
            'response_format=SCHEMA, response_mime_type="application/json"',
            'response_format={"type": "text", "mime_type": "application/json", "schema": SCHEMA}',
        ),
        (
            'response_mime_type="application/json"',
            'response_format={"type": "text", "mime_type": "application/json"}',
        ),
        ('response_mime_type="text/plain", store=False', "store=False"),
        (
            'response_mime_type="text/plain", response_modalities=["image", "text"]',
            'response_format=[{"type": "text"}, {"type": "image"}]',
        ),
        (
            'response_mime_type="text/plain", response_modalities=["IMAGE"], '
            'generation_config={"seed": 1, "image_config": {"aspect_ratio": R}}',
            'response_format={"type": "image", "aspect_ratio": R}, generation_config={"seed": 1}',
        ),
    ],
)
def test_the_form_of_an_answer(given: str, wanted: str) -> None:
    setup = HEAD + 'SCHEMA = {"type": "object"}\nR = "1:1"\n'
    check_transformed(
        setup + f'client.interactions.create(model="gemini-3-flash-preview", input="Hi", {given})\n',
        setup + f'client.interactions.create(model="gemini-3-flash-preview", input="Hi", {wanted})\n',
        found=["MG204"],
        layout=False,
    )


def test_results_of_functions_in_a_form_that_is_taken() -> None:
    before = """
for call in [o for o in interaction.outputs if o.type == "function_call"]:
    interaction = client.interactions.create(
        model="gemini-3-flash-preview",
        input={"type": "function_result", "call_id": call.id, "result": 7},
        previous_interaction_id=interaction.id,
    )
"""
    after = """
for call in [o for o in interaction.steps if o.type == "function_call"]:
    interaction = client.interactions.create(
        model="gemini-3-flash-preview",
        input=[{"type": "function_result", "call_id": call.id, "result": {"result": 7}}],
        previous_interaction_id=interaction.id,
    )
"""
    check_transformed(HEAD + ASK + before, HEAD + ASK + after, found=["MG204", "MG204"])


def test_events_and_their_names() -> None:
    before = """
NAMES = {'content.delta': 1, "interaction.complete": 2}
for event in client.interactions.create(model="gemini-3-flash-preview", input="Hi", stream=True):
    kind = event.event_type
    if kind in NAMES and NAMES[kind] == 1 and event.delta.type == "text_annotation":
        print(event.delta.annotations)
    elif event.event_type == 'content.start' and event.content.type == 'text':
        print(event.content.type)
"""
    after = """
NAMES = {'step.delta': 1, "interaction.completed": 2}
for event in client.interactions.create(model="gemini-3-flash-preview", input="Hi", stream=True):
    kind = event.event_type
    if kind in NAMES and NAMES[kind] == 1 and event.delta.type == "text_annotation_delta":
        print(event.delta.annotations)
    elif event.event_type == 'step.start' and event.step.type == 'model_output':
        print(event.step.type)
"""
    check_transformed(HEAD + before, HEAD + after, found=["MG204"])


def test_classes_of_the_first_schema() -> None:
    before = """
from google.genai._interactions.types import FunctionCallContent, TextContent as Text
for output in interaction.outputs:
    print(isinstance(output, (FunctionCallContent, Text)))
"""
    result = transform(HEAD + ASK + before)
    assert result.text is not None
    assert "from google.genai.interactions import FunctionCallStep, TextContent as Text\n" in result.text
    assert "isinstance(output, (FunctionCallStep, Text))" in result.text


# -- what stays --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "print(interaction.output_text, interaction.steps[-1].content[0].text, interaction.created)",
        "for step in interaction.steps:\n    if step.type == 'model_output':\n        print(step.content[0].text)",
        "interaction = client.interactions.create(model='m', input='Hi', response_modalities=['image'])",
        "interaction = client.interactions.create(model='m', input='Hi', response_format={'type': 'text', "
        "'mime_type': 'application/json', 'schema': {}})",
        "client.interactions.create(model='m', input=[{'type': 'function_result', 'call_id': 'c', 'result': 7}])",
        "client.interactions.create(model='m', input=[{'type': 'user_input', 'content': [{'type': 'text', "
        "'text': 'Hi'}]}])",
        "for event in client.interactions.create(model='m', input='Hi', stream=True):\n"
        "    if event.event_type == 'step.delta' and event.delta.type == 'arguments_delta':\n"
        "        print(event.delta.arguments)",
        "messages = [{'role': 'user', 'content': 'Hi'}]\nprint(messages)",
        "interaction = client.interactions.create(model='m', input='Hi', response_mime_type='application/json', "
        "response_format={'type': 'text', 'schema': {}})\nprint(interaction.output_text)",
        "class Phase:\n    outputs = []\nprint(Phase().outputs[-1].text)",
        "def last(run):\n    return run.outputs[-1].text",
        "print(interaction.usage.total_thought_tokens, interaction.model_dump())",
    ],
)
def test_what_is_not_of_the_first_schema_stays(source: str) -> None:
    check_unchanged(HEAD + ASK + source + "\n")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = interaction.output_text if new else interaction.outputs[-1].text", "both schemas"),
        ("x = interaction.outputs[-1].rendered_content", "no equal place"),
        ("from google.genai._interactions.types import Turn\nx = interaction.outputs", "no equal place"),
        (
            "for event in client.interactions.create(model='m', input='Hi', stream=True):\n"
            "    if event.event_type.startswith('content.'):\n        print(interaction.outputs)",
            "no equal place",
        ),
        ("def text(interaction):\n    return interaction.outputs[-1].text\nx = interaction.outputs", "outside"),
    ],
)
def test_what_has_no_equal_keeps_the_program(source: str, words: str) -> None:
    source = HEAD + ASK + source + "\n"
    result = transform(source)
    manual = [f for f in result.findings if f.status == "manual"]
    assert manual and all(f.code == "MG204" for f in manual)
    assert any(words in f.message for f in manual), [f.message for f in manual]
    kept = [line for line in (result.text or source).splitlines() if "TODO(migrate-gemini)" not in line]
    assert "\n".join(kept) + "\n" == source


def test_a_read_of_what_cannot_be_traced_is_named_and_keeps_the_program() -> None:
    source = code(
        """
        from google import genai

        def text_of(interaction):
            return interaction.outputs[-1].text
        """
    )
    result = transform(source)
    assert [(f.code, f.status, f.line) for f in result.findings] == [("MG204", "manual", 4)]


@pytest.mark.parametrize("client", ["client", "self.client", "get_client()", "CLIENTS[name].aio"])
def test_a_client_that_comes_from_outside(client: str) -> None:
    await_ = "await " if "aio" in client else ""
    before = f"""
from google import genai

async def ask(self, client, name):
    reply = {await_}{client}.interactions.create(model="m", input="x")
    return reply.outputs[-1].text
"""
    result = transform(before)
    assert result.text == before.replace("outputs[-1].text", "output_text")


def test_interactions_of_something_else_stay() -> None:
    check_unchanged(
        """
        import study

        async def ask(client):
            reply = client.interactions.create(model="m", input="x")
            return reply.outputs[-1].text
        """
    )


def test_what_is_iterated_is_a_stream_wherever_it_was_asked_for() -> None:
    loop = (
        'for event in client.interactions.create(model="gemini-3-flash-preview", **settings):\n'
        '    if event.event_type == "content.delta":\n'
        "        print(event.delta)\n"
    )
    text = transform(HEAD + 'settings = dict(input="Hi", stream=True)\n' + loop).text
    assert text == HEAD + 'settings = dict(input="Hi", stream=True)\n' + loop.replace("content.delta", "step.delta")


def test_the_type_of_a_content_that_is_shown_is_named() -> None:
    result = transform(
        HEAD + 'for event in client.interactions.create(model="gemini-3-flash-preview", input="Hi", stream=True):\n'
        '    if event.event_type == "content.start":\n'
        "        print(event.content.type)\n"
    )
    assert "shows the type of a content" in " ".join(f.message for f in result.findings if f.status == "needs_review")


DOUBLE = """
from types import SimpleNamespace
from unittest.mock import MagicMock


def say(client, text):
    return client.interactions.create(model="gemini-3-flash-preview", input=text).outputs[-1].text


def test_say():
    client = MagicMock()
    {setup}
    assert say(client, "Hi") == "Ho"
"""


def test_doubles_whose_part_is_not_seen_are_named() -> None:
    app = """
    from google import genai

    def say(client, text):
        return client.interactions.create(model="gemini-3-flash-preview", input=text).outputs[-1].text

    def main():
        return genai.Client().interactions.create(model="gemini-3-flash-preview", input="Hi").outputs[0].text
    """
    test = """
    from types import SimpleNamespace
    from unittest.mock import MagicMock

    from app import say

    def test_say():
        client = MagicMock()
        client.interactions.create.return_value = SimpleNamespace(outputs=[SimpleNamespace(type="text", text="Ho")])
        assert say(client, "Hi") == "Ho"
    """
    modules = [SourceModule("app.py", code(app)), SourceModule("test_app.py", code(test))]
    done, tested = migrate(modules, Settings())
    assert done.text is not None and "output_text" in done.text
    assert [finding.code for finding in tested.findings] == ["MG302"]
    assert tested.findings[0].message.startswith("an interaction has no outputs any more")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('answer.outputs = [SimpleNamespace(type="text", text="Ho")]', 'answer.output_text = "Ho"'),
        ('answer.outputs[-1].text = "Ho"', 'answer.output_text = "Ho"'),
        ("answer.outputs = outputs_of_the_test()", "# TODO(migrate-gemini): MG302 an interaction has no outputs"),
    ],
)
def test_outputs_of_a_double_become_its_steps_and_text(old: str, new: str) -> None:
    double = DOUBLE.format(setup=f"answer = client.interactions.create.return_value\n    {old}")
    text = transform(double + "\n\nfrom google import genai\nprint(say(genai.Client(), 'Hi'))\n").text
    assert text is not None
    assert new in text


@pytest.mark.parametrize("read", ['d["outputs"][-1]["text"]', 'd.get("outputs")'])
def test_outputs_that_are_taken_from_a_dict_keep_the_program(read: str) -> None:
    result = transform(
        f"""
from google import genai
client = genai.Client()
i = client.interactions.create(model="gemini-3-flash-preview", input="Hi")
print(i.outputs[-1].text)
d = i.model_dump()
print({read})
"""
    )
    assert result.text is None or "print(i.outputs[-1].text)" in result.text
    (call,) = (finding for finding in result.findings if finding.code == "MG204")
    assert call.status == "manual"
    assert "walk the steps by hand" in call.message


def test_an_interaction_as_a_dict_says_nothing_of_its_schema_by_itself() -> None:
    check_unchanged(
        """
        from google import genai
        client = genai.Client()
        print(client.interactions.create(model="gemini-3-flash-preview", input="Hi").model_dump()["status"])
        """
    )


def test_each_request_whose_answer_is_read_by_the_first_schema_has_a_finding() -> None:
    ask = 'client.interactions.create(model="gemini-3-flash-preview", input="{}")'
    result = transform(
        "from google import genai\n\nclient = genai.Client()\n\n\ndef ask(deep):\n"
        f"    if deep:\n        answer = {ask.format('a')}\n    else:\n        answer = {ask.format('b')}\n"
        "    return answer.outputs[-1].text\n"
    )
    assert [found.line for found in result.findings if found.code == "MG204"] == [8, 10]


@pytest.mark.parametrize("name", ["NOT_GIVEN", "omit"])
@pytest.mark.parametrize(
    "value", ["{}", "last or {}", "last if last else {0} if hasattr(_interactions, 'x') else None"]
)
def test_requests_given_what_stood_for_an_argument_left_out_stay_with_a_reason(name: str, value: str) -> None:
    given = value.format(f"_interactions.{name}")
    source = code(f"""
        from google import genai
        from google.genai import _interactions

        client = genai.Client()

        def say(text, last=None):
            interaction = client.interactions.create(model="m", input=text, previous_interaction_id={given})
            return interaction.outputs[-1].text
    """)
    result = transform(source)
    kept = [line for line in (result.text or source).splitlines() if "TODO(migrate-gemini)" not in line]
    assert "\n".join(kept) + "\n" == source
    assert any("left out" in f.message and f.status == "manual" for f in result.findings)
