"""Tools, function calls and the turns that carry their results: before and after, and what stays."""

from __future__ import annotations

import pytest

from migrate_gemini import transform
from migrate_gemini.settings import Settings
from tests.checks import check_manual, check_transformed

HEAD = """
from google import genai
from google.genai import types

client = genai.Client()
"""
METHOD = (
    HEAD
    + """
def find(word: str) -> str:
    return word

class Desk:
    def __init__(self):
        self.asked = []

    def find(self, word: str) -> str:
        self.asked.append(word)
        return word

async def main():
    desk = Desk()
    config = {config}
    {call}
    print(desk.asked)
"""
)
GENERATED = 'await client.aio.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config)'
CHATTED = """chat = client.aio.chats.create(model="gemini-3-flash-preview", config=config)
    await chat.send_message("Hi")"""
LEGACY = 'import google.generativeai as genai\n\ngenai.configure(api_key="k")\n'


def test_a_declaration_becomes_a_dict_with_the_same_layout_and_comments() -> None:
    check_transformed(
        """
        from google import genai
        from google.genai import types

        client = genai.Client()
        lookup = types.FunctionDeclaration(
            name="lookup",  # as in the database
            description="Looks a word up",
            parameters=types.Schema(
                type=types.Type.OBJECT,
                properties={"word": types.Schema(type="STRING", nullable=True)},
            ),
        )
        tool = types.Tool(function_declarations=[lookup])
        config = types.GenerateContentConfig(tools=[tool])
        print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config).text)
        """,
        """
        from google import genai

        client = genai.Client()
        lookup = {
            "type": "function",
            "name": "lookup",  # as in the database
            "description": "Looks a word up",
            "parameters": {
                "type": "object",
                "properties": {"word": {"type": ["string", "null"]}},
            },
        }
        tool = [lookup]
        config = dict(tools=tool)
        print(client.interactions.create(model="gemini-3-flash-preview", input="Hi", **config).output_text)
        """,
    )


def test_the_id_of_a_call_goes_into_its_result() -> None:
    check_transformed(
        """
        import google.generativeai as genai

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview", tools=[{"function_declarations": [{"name": "ring"}]}])
        chat = model.start_chat()
        response = chat.send_message("Ring")
        for part in response.parts:
            if fn := part.function_call:
                answer = {"function_response": {"name": fn.name, "response": {"rang": True}}}
                response = chat.send_message(answer)
        """,
        '''
        from google import genai


        def answer_parts(interaction):
            """What a model answered, in order: its contents, and the steps in which it calls functions or runs code."""
            found = []
            for step in interaction.steps or []:
                if step.type == "model_output":
                    found += step.content or []
                elif step.type in ("function_call", "code_execution_call", "code_execution_result"):
                    found.append(step)
            return found


        client = genai.Client(api_key="k")
        model = dict(model="gemini-3-flash-preview", tools=[{"type": "function", "name": "ring"}])
        chat = dict(model)
        response = client.interactions.create(**chat, input="Ring")
        chat["previous_interaction_id"] = response.id
        for part in answer_parts(response):
            if fn := (part if part.type == "function_call" else None):
                answer = {"type": "function_result", "name": fn.name, "call_id": fn.id, "result": {"rang": True}}
                response = client.interactions.create(**chat, input=[answer])
                chat["previous_interaction_id"] = response.id
        ''',
    )


def test_the_steps_of_an_answer_are_sent_back() -> None:
    check_transformed(
        """
        from google import genai
        from google.genai import types

        client = genai.Client()
        turns = [types.Content(role="user", parts=[types.Part(text="Hi")])]
        response = client.models.generate_content(model="gemini-3-flash-preview", contents=turns)
        turns.append(response.candidates[0].content)
        turns.append(types.Content(role="user", parts=[types.Part(text="Again")]))
        print(client.models.generate_content(model="gemini-3-flash-preview", contents=turns).text)
        """,
        """
        from google import genai

        client = genai.Client()
        turns = [{"type": "user_input", "content": [{"type": "text", "text": "Hi"}]}]
        response = client.interactions.create(model="gemini-3-flash-preview", input=turns)
        turns.extend(response.steps)
        turns.append({"type": "user_input", "content": [{"type": "text", "text": "Again"}]})
        print(client.interactions.create(model="gemini-3-flash-preview", input=turns).output_text)
        """,
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param(
            "import mine\n\nprint(client.models.generate_content(model='m', contents='Hi', "
            "config={'tools': mine.tools()}).text)\n",
            "uses tools (mine.tools())",
            id="tools from elsewhere",
        ),
        pytest.param(
            "def f(*names: str) -> str:\n    'F'\n\n\nprint(client.models.generate_content(model='m', contents='Hi', "
            "config={'tools': [f]}).text)\n",
            "uses tools ([f])",
            id="a function that takes any number of arguments",
        ),
        pytest.param(
            "part = types.Part.from_function_response(name='f', response={'a': 1})\n"
            "print(client.models.generate_content(model='m', contents=[part]).text)\n",
            "is not seen",
            id="a result whose call is not seen",
        ),
        pytest.param(
            "turns = [types.Content(role='user', parts=[types.Part(text='Hi')])]\n"
            "answer = client.models.generate_content(model='m', contents=turns)\n"
            "turns.append(answer.candidates[0].content)\nfor turn in turns:\n    print(turn.role)\n"
            "print(client.models.generate_content(model='m', contents=turns).text)\n",
            "not plain text",
            id="turns that are looked into",
        ),
        pytest.param(
            "def f(x: str) -> str:\n    'F'\n\n\nanswer = client.models.generate_content(model='m', contents='Hi', "
            "config={'tools': [f]})\nprint(answer.automatic_function_calling_history)\n",
            "automatic_function_calling_history",
            id="what automatic calling did",
        ),
    ],
)
def test_a_request_with_tools_that_stays(source: str, words: str) -> None:
    check_manual(HEAD + source, words)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            'def f(x: str) -> str:\n    """F"""\n\n\nmodel = genai.GenerativeModel("m", tools=[f])\n'
            'chat = model.start_chat(enable_automatic_function_calling=True)\nprint(chat.send_message("Hi").text)\n'
            'print(model.generate_content("Hi").text)\n',
            id="functions called by a chat and declared for a request",
        ),
        pytest.param(
            'def f(x: str) -> str:\n    """F"""\n\n\nmodel = genai.GenerativeModel("m", tools=[f])\n'
            'chat = model.start_chat(enable_automatic_function_calling=True)\nprint(chat.send_message("Hi").text)\n'
            "chat.history.pop()\n",
            id="a chat with functions whose history is changed",
        ),
        pytest.param(
            'class Point:\n    pass\n\n\ndef f(x: Point) -> str:\n    """F"""\n\n\n'
            'model = genai.GenerativeModel("m", tools=[f])\nprint(model.generate_content("Hi").text)\n',
            id="a function that takes an object",
        ),
    ],
)
def test_legacy_functions_that_stay(source: str) -> None:
    check_manual(LEGACY + source, "uses tools")


def test_a_generator_of_texts_becomes_a_list_of_contents() -> None:
    check_transformed(
        """
        from google import genai

        client = genai.Client()
        texts = ["a", "b"]
        answer = client.models.generate_content(model="m", contents=(text for text in texts))
        """,
        """
        from google import genai

        client = genai.Client()
        texts = ["a", "b"]
        answer = client.interactions.create(
            model="m", input=[{"type": "text", "text": part} for part in (text for text in texts)]
        )
        """,
    )


def test_turns_that_are_counted_are_to_be_looked_at() -> None:
    source = """
        from google import genai
        from google.genai import types

        client = genai.Client()
        turns = [types.Content(role="user", parts=[types.Part(text="Hi")])]
        answer = client.models.generate_content(model="m", contents=turns)
        turns.append(answer.candidates[0].content)
        print(len(turns))
        """
    check_transformed(
        source,
        """
        from google import genai

        client = genai.Client()
        turns = [{"type": "user_input", "content": [{"type": "text", "text": "Hi"}]}]
        answer = client.interactions.create(model="m", input=turns)
        turns.extend(answer.steps)
        print(len(turns))
        """,
        review="is counted or cut",
    )


def test_voices_that_are_put_into_a_list_one_by_one_are_not_lost() -> None:
    check_manual(
        HEAD
        + """
voices = []
for name in ("Kore", "Puck"):
    voices.append(types.SpeakerVoiceConfig(speaker=name, voice_config=types.VoiceConfig(
        prebuilt_voice_config=types.PrebuiltVoiceConfig(voice_name=name))))
speech = types.SpeechConfig(multi_speaker_voice_config=types.MultiSpeakerVoiceConfig(speaker_voice_configs=voices))
config = types.GenerateContentConfig(response_modalities=["AUDIO"], speech_config=speech)
answer = client.models.generate_content(model="gemini-2.5-flash-preview-tts", contents="Hi", config=config)
print(answer.candidates[0].content.parts[0].inline_data.data)
""",
        "speech_config",
    )


DECLARED = 'TOOL = {"function_declarations": [{"name": "f", "description": "F"}]}\n'


def migrated(source: str) -> str:
    """The text of a program all of whose calls move."""
    result = transform(source)
    assert not [finding for finding in result.findings if finding.status == "manual"], result.findings
    return result.text


def test_the_id_of_a_call_whose_name_is_kept_comes_from_its_part() -> None:
    text = migrated(
        LEGACY + DECLARED + 'chat = genai.GenerativeModel("m", tools=[TOOL]).start_chat()\n'
        'part = chat.send_message("Hi").parts[0]\nif part.function_call:\n    name = part.function_call.name\n'
        '    print(chat.send_message({"function_response": {"name": name, "response": {"a": 1}}}).text)\n'
    )
    assert '"name": name, "call_id": part.id, "result": {"a": 1}' in text


def test_results_that_are_kept_with_their_names_keep_their_calls() -> None:
    text = migrated(
        HEAD + DECLARED + 'chat = client.chats.create(model="gemini-3-flash-preview", config={"tools": [TOOL]})\n'
        'answer = chat.send_message("Hi")\nresults = []\nfor call in answer.function_calls:\n'
        "    results.append((call.name, 1))\n"
        'made = [types.Part.from_function_response(name=n, response={"r": r, "of": n}) for n, r in results]\n'
        "print(chat.send_message(made).text)\n"
    )
    assert "results.append((call, 1))" in text
    assert '"name": n.name, "call_id": n.id, "result": {"r": r, "of": n.name}' in text


def test_results_whose_calls_are_lost_on_the_way_stay() -> None:
    check_manual(
        HEAD + DECLARED + 'chat = client.chats.create(model="gemini-3-flash-preview", config={"tools": [TOOL]})\n'
        'answer = chat.send_message("Hi")\nresults = []\nfor call in answer.function_calls:\n'
        '    results.append({"name": call.name})\n'
        'made = [types.Part.from_function_response(name=r["name"], response={"a": 1}) for r in results]\n'
        "print(chat.send_message(made).text)\n",
        "answers is not seen",
    )


@pytest.mark.parametrize("flag", ["False", "automatic", "True"])
def test_declarations_are_never_called_automatically(flag: str) -> None:
    text = migrated(
        LEGACY + DECLARED + "def start(automatic=False):\n"
        '    model = genai.GenerativeModel("m", tools=[TOOL])\n'
        f"    return model.start_chat(enable_automatic_function_calling={flag})\n\n\n"
        'print(start().send_message("Hi").text)\n'
    )
    assert "create_with_functions" not in text


def test_functions_that_are_called_only_sometimes_stay() -> None:
    check_manual(
        LEGACY + 'def f(x: str) -> str:\n    """F"""\n    return x\n\n\n'
        "def start(automatic=False):\n"
        '    return genai.GenerativeModel("m", tools=[f]).start_chat(enable_automatic_function_calling=automatic)\n\n\n'
        'print(start().send_message("Hi").text)\n',
        "(automatic)",
    )


def test_schemas_that_functions_build_are_dicts() -> None:
    text = migrated(
        HEAD + "def field(kind, words):\n"
        "    return types.Schema(type=types.Type.STRING if words else kind, enum=words)\n\n\n"
        "def tool(name, fields):\n"
        "    made = types.Schema(type='OBJECT', properties={k: field('NUMBER', v) for k, v in fields.items()})\n"
        "    return types.Tool(function_declarations=[types.FunctionDeclaration(name=name, parameters=made)])\n\n\n"
        "config = types.GenerateContentConfig(tools=[tool('f', {'a': ['b']})])\n"
        'print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config).text)\n'
    )
    assert 'return {"type": "string" if words else kind.lower(), "enum": words}' in text
    assert "{\"type\": 'object', \"properties\": {k: field('NUMBER', v) for k, v in fields.items()}}" in text


def test_a_tool_that_may_be_missing_is_no_obstacle() -> None:
    text = migrated(
        HEAD + "import os\n\nsearch = types.Tool(google_search=types.GoogleSearch()) if os.getenv('S') else None\n\n\n"
        "def config(tools=None):\n    return types.GenerateContentConfig(temperature=0, tools=tools)\n\n\n"
        'print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", '
        "config=config([search] if search else None)).text)\n"
    )
    assert '{"type": "google_search"} if os.getenv(\'S\') else None' in text


SETTINGS = """
import os

settings = {}
if os.getenv("S"):
    settings["system_instruction"] = "Be kind"
"""


def test_tools_beside_settings_that_are_seen_at_run_time_need_no_sorting() -> None:
    text = migrated(
        HEAD + DECLARED + SETTINGS + "config = types.GenerateContentConfig(tools=[TOOL], **settings)\n"
        'print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config).text)\n'
    )
    assert "config = dict(tools=TOOL, **settings)" in text
    assert 'input="Hi", **config)' in text


def test_tools_among_settings_that_are_sorted_at_run_time_are_turned_where_they_are_written() -> None:
    text = migrated(
        HEAD + DECLARED + SETTINGS + 'settings["temperature"] = 0\nif os.getenv("T"):\n    settings["tools"] = [TOOL]\n'
        '    settings["tool_config"] = {"function_calling_config": {"mode": "ANY"}}\n'
        '    settings["automatic_function_calling"] = types.AutomaticFunctionCallingConfig(disable=True)\n'
        'print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", '
        "config=types.GenerateContentConfig(**settings)).text)\n"
    )
    assert '    settings["tools"] = TOOL\n    settings["tool_config"] = "any"\n' in text
    assert "**request_settings(settings)" in text
    assert 'request["tools"] = ready["tools"]' in text


@pytest.mark.parametrize(
    "use",
    [
        pytest.param('print(settings["tools"])', id="tools that are read again"),
        pytest.param("settings.update(json.load(open('settings.json')))", id="settings from a file"),
        pytest.param("settings[input()] = [TOOL]", id="a name that is not seen"),
    ],
)
def test_tools_among_settings_that_are_not_seen_stay(use: str) -> None:
    check_manual(
        HEAD + "import json\n" + DECLARED + SETTINGS + 'settings["temperature"] = 0\nif os.getenv("T"):\n'
        f'    settings["tools"] = [TOOL]\n{use}\n'
        'print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", '
        "config=types.GenerateContentConfig(**settings)).text)\n",
        "cannot be followed",
    )


CALLED = """
def f(x: str) -> str:
    \"\"\"F\"\"\"
    return x


calling = types.AutomaticFunctionCallingConfig(maximum_remote_calls=3)
config = types.GenerateContentConfig(tools=[f], automatic_function_calling=calling)
"""


def test_a_stream_of_google_genai_calls_functions_by_a_loop_around_it() -> None:
    text = migrated(
        HEAD + CALLED + 'chat = client.chats.create(model="gemini-3-flash-preview", config=config)\n'
        'for chunk in chat.send_message_stream("Hi"):\n    print(chunk.text)\n'
    )
    assert "calling = " not in text
    assert "in stream_with_functions(client.interactions.create, max_calls=3, **chat, " in " ".join(text.split())
    assert "create_with_functions" not in text


def test_a_stream_whose_steps_are_sent_back_calls_no_functions() -> None:
    result = transform(
        HEAD + CALLED + 'chat = client.chats.create(model="gemini-3-flash-preview", config=config)\n'
        'for chunk in chat.send_message_stream("Hi"):\n    print(chunk.text)\n',
        Settings(store=False),
    )
    assert [finding.status for finding in result.findings if finding.code == "MG203"] == ["manual"]


@pytest.mark.parametrize("parts", ["response.parts", "response.candidates[0].content.parts"])
def test_any_and_all_ask_for_the_type_where_they_asked_for_the_name_of_a_call(parts: str) -> None:
    text = migrated(
        LEGACY + 'response = genai.GenerativeModel("m").generate_content("Hi")\n'
        f"if any(p.function_call.name for p in {parts}):\n"
        f"    calls = [p.function_call for p in {parts} if p.function_call]\n"
        "    print(any(call.name for call in calls))\n"
    )
    assert 'if any(p.type == "function_call" for p in answer_parts(response)):' in text
    assert "print(any(call for call in calls))" in text


def test_a_message_that_is_now_a_text_now_a_turn_of_results_stays_a_variable() -> None:
    text = migrated(
        LEGACY
        + DECLARED
        + """\
chat = genai.GenerativeModel("m", tools=[TOOL]).start_chat()
message = "Hi"
while True:
    response = chat.send_message(message)
    call = response.parts[0].function_call
    if not call:
        break
    result = genai.protos.FunctionResponse(name=call.name, response={"a": 1})
    message = genai.protos.Content(parts=[genai.protos.Part(function_response=result)])
print(response.text)
"""
    )
    assert "input=message" in text
    assert "    message = [result]\n" in text


def test_a_turn_of_results_that_is_looked_into_stays() -> None:
    check_manual(
        LEGACY
        + DECLARED
        + """\
chat = genai.GenerativeModel("m", tools=[TOOL]).start_chat()
call = chat.send_message("Hi").parts[0].function_call
result = genai.protos.FunctionResponse(name=call.name, response={"a": 1})
message = genai.protos.Content(parts=[genai.protos.Part(function_response=result)])
print(message.parts)
print(chat.send_message(message).text)
""",
        "contents are not plain text",
    )


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        ('if part.function_call.name == "f":\n        print(1)', 'if getattr(part, "name", "") == "f":'),
        (
            "print([p.function_call.name for p in response.parts])",
            'print([getattr(p, "name", "") for p in answer_parts(response)])',
        ),
        (
            "print([p.function_call.name for p in response.parts if p.function_call])",
            'print([p.name for p in answer_parts(response) if p.type == "function_call"])',
        ),
        ('print(part.function_call.name or "none")', 'print(getattr(part, "name", "") or "none")'),
        ('call = part.function_call\n    print(call.name != "f")', 'print(getattr(call, "name", "") != "f")'),
        (
            'if part.function_call and part.function_call.name == "f":\n        print(1)',
            'if part.type == "function_call" and part.name == "f":',
        ),
        (
            'call = part.function_call\n    if call:\n        print(call.name == "f")',
            'print(call.name == "f")',
        ),
        (
            'if part.function_call:\n        call = part.function_call\n        print(call.name == "f")',
            'print(call.name == "f")',
        ),
    ],
)
def test_the_name_of_what_may_be_no_call_is_empty_then(read: str, wanted: str) -> None:
    text = migrated(
        LEGACY + 'response = genai.GenerativeModel("m").generate_content("Hi")\n'
        f"for part in response.parts:\n    {read}\n"
    )
    assert wanted in text


def test_the_first_part_may_be_no_call() -> None:
    text = migrated(
        LEGACY + 'response = genai.GenerativeModel("m").generate_content("Hi")\n'
        'print(response.parts[0].function_call.name == "f")\n'
    )
    assert 'print(getattr(first_call(response), "name", "") == "f")' in text


@pytest.mark.parametrize(
    ("config", "call", "copied"),
    [
        ("types.GenerateContentConfig(tools=[desk.find])", GENERATED, True),
        ('{"tools": [desk.find]}', GENERATED, False),
        ("types.GenerateContentConfig(tools=[find])", GENERATED, False),
        ("types.GenerateContentConfig(tools=[desk.find])", GENERATED.replace("aio.", "").replace("await ", ""), False),
        ('{"tools": [desk.find]}', CHATTED, True),
        ("types.GenerateContentConfig(tools=[desk.find])", CHATTED, True),
        ('{"tools": [desk.find]}', CHATTED.replace("aio.", "").replace("await ", ""), False),
    ],
)
def test_a_method_that_the_async_sdk_called_on_a_copy_of_its_object_is_to_be_reviewed(
    config: str, call: str, copied: bool
) -> None:
    result = transform(METHOD.format(config=config, call=call))
    assert "generate_content" not in result.text and "chats" not in result.text
    said = [finding for finding in result.findings if "on a copy of its object" in finding.message]
    assert [finding.status for finding in said[:1]] == ["needs_review"] * copied


LOOP = """
from google import genai
from google.genai import types

client = genai.Client()
LOOKUP = {"name": "lookup", "description": "Looks a word up."}
config = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[LOOKUP])])
"""


def test_a_call_that_is_put_into_a_part_again_is_sent_back_as_the_step_that_it_is() -> None:
    check_transformed(
        LOOP
        + """
turns = [types.Content(role="user", parts=[types.Part(text="Hi")])]
response = client.models.generate_content(model="m", contents=turns, config=config)
call = response.function_calls[0]
turns.append(
    types.Content(role="model", parts=[types.Part(function_call=call)])
)  # what the model asked for
turns.append(
    types.Content(
        role="user",
        parts=[
            types.Part.from_function_response(
                name=call.name,
                response={"meaning": "a small stream of water"},
            )
        ],
    )
)
print(client.models.generate_content(model="m", contents=turns, config=config).text)
""",
        """
from google import genai


def function_calls(interaction):
    \"\"\"The steps of an interaction that ask for a function to be called.\"\"\"
    return [step for step in interaction.steps or [] if step.type == "function_call"]


client = genai.Client()
LOOKUP = {"type": "function", "name": "lookup", "description": "Looks a word up."}
config = dict(tools=[LOOKUP])

turns = [{"type": "user_input", "content": [{"type": "text", "text": "Hi"}]}]
response = client.interactions.create(model="m", input=turns, **config)
call = function_calls(response)[0]
turns.append(call)  # what the model asked for
turns.append(
    {
        "type": "function_result",
        "name": call.name,
        "call_id": call.id,
        "result": {"meaning": "a small stream of water"},
    }
)
print(client.interactions.create(model="m", input=turns, **config).output_text)
""",
    )


@pytest.mark.parametrize(
    "again",
    [
        "types.Part.from_function_call(name=call.name, args=call.args)",
        "types.Part(function_call=types.FunctionCall(name=call.name, args=dict(call.args)))",
        "types.Part(function_call=types.FunctionCall(id=call.id, name=name, args=args))",
    ],
)
def test_a_call_that_is_written_out_again_is_the_call_itself(again: str) -> None:
    text = transform(
        LOOP
        + 'response = client.models.generate_content(model="m", contents="Hi", config=config)\n'
        + "call = response.function_calls[0]\nname = call.name\nargs = call.args\n"
        + f'turn = types.Content(role="model", parts=[{again}])\n'
        + "given = types.Part.from_function_response(name=call.name, response={})\n"
        + 'result = types.Content(role="user", parts=[given])\n'
        + 'client.models.generate_content(model="m", contents=["Hi", turn, result], config=config)\n'
    ).text
    assert "turn = [call]" in text


def test_a_call_that_is_put_into_a_part_that_is_not_sent_stays() -> None:
    check_manual(
        LOOP
        + 'response = client.models.generate_content(model="m", contents="Hi", config=config)\n'
        + "call = response.function_calls[0]\nprint(types.Part(function_call=call))\n",
        "handed to code that cannot be seen",
    )


def test_comments_stay_with_the_fields_of_a_result() -> None:
    text = migrated(
        LOOP
        + 'call = client.models.generate_content(model="m", contents="Hi", config=config).function_calls[0]\n'
        + """
result = types.Part.from_function_response(
    # the name
    name=call.name,  # again
    # the result
    response={"a": 1},  # all of it
)
print(client.models.generate_content(model="m", contents=["Hi", types.Part(function_call=call), result]).text)
"""
    )
    assert (
        """
result = {
    "type": "function_result",
    # the name
    "name": call.name,  # again
    "call_id": call.id,
    # the result
    "result": {"a": 1},  # all of it
}
"""
        in text
    )


@pytest.mark.parametrize(
    ("test", "made"),
    [
        ("isinstance(part, types.Part) and part.text", "part is not None and part.text"),
        ("part.text and not isinstance(part, types.Part)", "part.text and not (part is not None)"),
    ],
)
def test_whether_a_part_is_a_part_is_whether_there_is_one(test: str, made: str) -> None:
    text = migrated(
        HEAD + 'answer = client.models.generate_content(model="m", contents="Hi")\n'
        f"for part in answer.candidates[0].content.parts:\n    if {test}:\n        print(part.text)\n"
    )
    assert made in text


@pytest.mark.parametrize("given", ["tool['schema']", "tool.get('schema', {})", "cleaned(tool)"])
def test_parameters_that_are_not_seen_become_a_json_schema_at_run_time(given: str) -> None:
    source = (
        "import json\n\n\ndef cleaned(tool):\n    tool = dict(tool)\n    return tool.get('schema')\n\n\n"
        "def declared(tools):\n    made = []\n    for tool in tools:\n"
        f'        made.append({{"name": tool["name"], "description": "D", "parameters": {given}}})\n'
        '    return made\n\n\ntools = declared(json.load(open("tools.json")))\n'
    )
    called = (
        source + 'model = genai.GenerativeModel("gemini-2.5-flash", tools=tools)\nprint(model.generate_content("Hi"))\n'
    )
    for text in (
        migrated(LEGACY + called),
        migrated(
            HEAD + source + "tools = types.Tool(function_declarations=tools)\nprint(client.models.generate_content("
            "model='m', contents='Hi', config={'tools': [tools]}).text)\n"
        ),
    ):
        assert f'"parameters": json_schema({given})' in text
        assert "types.Schema.model_validate(schema)" in text


def test_parameters_that_are_objects_of_the_legacy_sdk_and_not_all_seen_keep_the_call() -> None:
    check_manual(
        LEGACY + "import json\n\nread = json.load(open('s.json'))\n"
        "schema = genai.protos.Schema(type=genai.protos.Type.OBJECT, properties=read)\n"
        'tool = {"name": "f", "description": "D", "parameters": schema}\n'
        'print(genai.GenerativeModel("m", tools=[tool]).generate_content("Hi").text)\n',
        "uses tools",
    )


def test_lists_of_tools_that_are_joined_are_one_list_of_tools() -> None:
    text = migrated(
        HEAD + "def lamps():\n    return [\n"
        '        types.Tool(function_declarations=[types.FunctionDeclaration(name="lamp", description="L")]),\n'
        '        types.Tool(function_declarations=[types.FunctionDeclaration(name="fan", description="F")]),\n'
        "    ]\n\n\n"
        'TIMER = types.Tool(function_declarations=[types.FunctionDeclaration(name="timer", description="T")])\n'
        "config = types.GenerateContentConfig(tools=[TIMER] + lamps())\n"
        "print(client.models.generate_content(model='m', contents='Hi', config=config).text)\n"
    )
    assert "tools=TIMER + lamps()" in text
    assert '        {"type": "function", "name": "lamp", "description": "L"},\n' in text


SHARED = (
    HEAD
    + """
lamp = types.FunctionDeclaration(name="lamp", description="L")
tools = [types.Tool(function_declarations=[lamp])]
"""
)
ASK = "print(client.models.generate_content(model='m', contents='Hi', config={'tools': tools}).text)\n"
LIVE = """

async def live():
    {}
    async with client.aio.live.connect(model="m", config=settings) as session:
        await session.receive()
"""


@pytest.mark.parametrize(
    "settings",
    [
        "settings = types.LiveConnectConfig(tools=tools)",
        "settings = {'tools': tools}",
        "settings = {'tools': [types.Tool(function_declarations=[lamp])]}",
        "settings = {'tools': tools + []}",
    ],
)
def test_tools_that_a_live_session_is_given_as_well_stay_and_are_turned_for_the_request(settings: str) -> None:
    text = migrated(SHARED + ASK + LIVE.format(settings))
    assert SHARED.partition("client = genai.Client()")[2] in text
    assert "tools=function_tools(tools)" in text


def test_tools_of_the_service_that_a_live_session_is_given_as_well_keep_the_request() -> None:
    source = SHARED.replace("function_declarations=[lamp]", "google_search=types.GoogleSearch()")
    check_manual(source + ASK + LIVE.format("settings = {'tools': tools}"), "uses tools (tools)")


def test_tools_that_no_other_code_is_given_become_dicts_beside_a_live_session() -> None:
    text = migrated(SHARED + ASK + LIVE.format("settings = {'response_modalities': ['AUDIO']}"))
    assert 'lamp = {"type": "function", "name": "lamp", "description": "L"}' in text


def test_a_name_that_stands_for_a_call_elsewhere_is_none_in_a_loop_over_something_else() -> None:
    text = migrated(
        LOOP
        + """
turns = [types.Content(role="user", parts=[types.Part(text="Hi")])]
response = client.models.generate_content(model="m", contents=turns, config=config)
kept = []
for part in response.candidates[0].content.parts:
    if part.function_call:
        call = part.function_call
        kept.append({"name": call.name, "args": call.args})
turns.append(response.candidates[0].content)
results = []
for call in kept:
    results.append(types.Part.from_function_response(name=call["name"], response={"a": 1}))
turns.append(types.Content(role="user", parts=results))
print(client.models.generate_content(model="m", contents=turns, config=config).text)
"""
    )
    assert '"call_id": "",' in text
    assert "call.id" not in text


@pytest.mark.parametrize("parts", ["answer.candidates[0].content.parts", "answer.parts"])
def test_a_turn_with_the_parts_of_an_answer_is_the_answer(parts: str) -> None:
    text = migrated(
        HEAD + 'answer = client.models.generate_content(model="m", contents="Hi")\n'
        'turns = ["Hi", types.Content(role="model", parts=' + parts + '), "Why?"]\n' + ASKED
    )
    assert "    *answer.steps,\n" in text
    assert "content_parts" not in text


def test_a_tool_config_that_is_set_in_one_of_several_ways_is_the_choice_in_each() -> None:
    text = migrated(
        HEAD + 'LOOKUP = {"name": "lookup", "description": "D"}\n\n\ndef ask(forced=False, never=False):\n'
        "    tool_config = None\n    if forced:\n"
        '        tool_config = types.ToolConfig(function_calling_config=types.FunctionCallingConfig(mode="ANY"))\n'
        '    elif never:\n        tool_config = {"function_calling_config": {"mode": "NONE"}}\n'
        '    config = {"tools": [{"function_declarations": [LOOKUP]}], "tool_config": tool_config}\n'
        '    return client.models.generate_content(model="m", contents="Hi", config=config).text\n'
    )
    assert '        tool_config = "any"\n' in text and '        tool_config = "none"\n' in text
    assert '"generation_config": {"tool_choice": tool_config}' in text


@pytest.mark.parametrize(
    "other", ["for tool_config in configs():\n        pass", "tool_config = configs()", "print(tool_config)"]
)
def test_a_tool_config_that_is_not_all_seen_or_used_elsewhere_keeps_the_call(other: str) -> None:
    check_manual(
        HEAD + 'LOOKUP = {"name": "lookup", "description": "D"}\n\n\ndef ask(configs):\n'
        '    tool_config = {"function_calling_config": {"mode": "ANY"}}\n    ' + other + "\n"
        "    config = types.GenerateContentConfig(\n"
        '        tools=[{"function_declarations": [LOOKUP]}], tool_config=tool_config\n    )\n'
        '    return client.models.generate_content(model="m", contents="Hi", config=config).text\n',
        "uses tools (tool_config)",
    )


@pytest.mark.parametrize(
    ("mode", "choice"),
    [
        ("mode", "mode.lower()"),
        ('"ANY", allowed_function_names=names', '{"allowed_tools": {"mode": "any", "tools": names}}'),
        (
            '"ANY", allowed_function_names=names or None',
            '{"allowed_tools": {"mode": "any", "tools": names}} if names else "any"',
        ),
        ("mode, allowed_function_names=names", '{"allowed_tools": {"mode": mode.lower(), "tools": names}}'),
    ],
)
def test_a_mode_of_function_calling_that_shows_at_run_time_is_the_choice(mode: str, choice: str) -> None:
    text = migrated(
        HEAD + 'LOOKUP = {"name": "lookup", "description": "D"}\n\n\ndef ask(mode="AUTO", names=()):\n'
        "    config = types.GenerateContentConfig(\n        tools=[types.Tool(function_declarations=[LOOKUP])],\n"
        "        tool_config=types.ToolConfig(function_calling_config=types.FunctionCallingConfig(mode="
        + mode
        + ")),\n"
        '    )\n    return client.models.generate_content(model="m", contents="Hi", config=config).text\n'
    )
    assert f'generation_config={{"tool_choice": {choice}}}' in text


TOLD = """
turns = [
    types.Content(role="user", parts=[types.Part(text="Hi")]),
    types.Content(role="model", parts=[types.Part.from_function_call(name="lookup", args={"word": "beck"})]),
    types.Content(role="tool", parts=[types.Part.from_function_response(name="lookup", response={"meaning": "?"})]),
]
"""
ASKED = 'print(client.models.generate_content(model="m", contents=turns).text)\n'


def test_calls_and_results_that_are_written_out_in_one_list_get_their_ids_there() -> None:
    text = migrated(HEAD + TOLD + ASKED)
    assert '{"type": "function_call", "id": "call_1", "name": "lookup", "arguments": {"word": "beck"}}' in text
    assert '{"type": "function_result", "name": "lookup", "call_id": "call_1", "result": {"meaning": "?"}}' in text
    assert "with_call_ids" not in text


@pytest.mark.parametrize(
    "source",
    [
        TOLD.replace('response(name="lookup"', "response(name=word") + ASKED,
        TOLD.replace('call(name="lookup"', 'call(name="other"') + ASKED,
        TOLD + "turns = turns + turns\n" + ASKED,
        "for word in words:\n" + (TOLD + ASKED).replace("\n", "\n    ").rstrip(" ") + "\n",
    ],
)
def test_calls_and_results_whose_list_does_not_tell_them_apart_get_their_ids_as_they_are_sent(source: str) -> None:
    text = migrated(HEAD + "word, words = input(), []\n" + source)
    assert "input=with_call_ids(turns)" in text
    assert '"name": "lookup", "call_id": "", ' in text or '"name": word, "call_id": "", ' in text


def test_results_get_the_ids_of_calls_that_the_model_made_as_the_conversation_is_sent() -> None:
    check_transformed(
        """
        import json

        from google import genai
        from google.genai import types

        client = genai.Client()


        def go_on(turns, results):
            turns.append(
                types.Content(
                    role="user",
                    parts=[
                        types.Part.from_function_response(name=each["name"], response=json.loads(each["body"]))
                        for each in results
                    ],
                )
            )
            answer = client.models.generate_content(model="m", contents=turns)
            turns.append(answer.candidates[0].content)
            return answer.text


        def start(text):
            return [types.Content(role="user", parts=[types.Part(text=text)])]


        print(go_on(start("Hi"), json.load(open("results.json"))))
        """,
        """
        import json

        from google import genai


        def with_call_ids(steps):
            \"\"\"The steps of a conversation with ids: a function result answers the first open call of its name.\"\"\"
            made, calls = [], []
            for number, step in enumerate(steps):
                kind = step["type"] if isinstance(step, dict) else step.type
                if kind == "function_call":
                    told = step if isinstance(step, dict) else step.model_dump()
                    step = {**told, "id": told["id"] or f"call-{number}"}
                    calls.append(step)
                elif kind == "function_result":
                    asked = min(calls, key=lambda call: call["name"] != step["name"], default={"id": f"call-{number}"})
                    step = {**step, "call_id": step["call_id"] or asked["id"]}
                    calls = [call for call in calls if call["id"] != step["call_id"]]
                made.append(step)
            return made


        client = genai.Client()


        def go_on(turns, results):
            turns.extend(
                [
                    {"type": "function_result", "name": each["name"], "call_id": "", "result": json.loads(each["body"])}
                    for each in results
                ]
            )
            answer = client.interactions.create(model="m", input=with_call_ids(turns))
            turns.extend(answer.steps)
            return answer.output_text


        def start(text):
            return [{"type": "user_input", "content": [{"type": "text", "text": text}]}]


        print(go_on(start("Hi"), json.load(open("results.json"))))
        """,
        review="a result answers the first open call of its function's name",
    )


def test_a_model_that_speaks_before_it_calls_does_so_in_its_steps() -> None:
    spoken = TOLD.replace("parts=[types.Part.from_function_call", 'parts=["So.", types.Part.from_function_call')
    text = migrated(HEAD + spoken + ASKED)
    said = text.index('{"type": "model_output", "content": [{"type": "text", "text": "So."}]}')
    assert said < text.index('"type": "function_call"') < text.index('"type": "function_result"')


@pytest.mark.parametrize("role", ['"model"', "word"])
def test_texts_among_calls_that_are_put_into_a_list_become_steps_where_the_role_is_known(role: str) -> None:
    source = (
        HEAD + "word, words = input(), []\nparts = []\nif word:\n    parts.append(types.Part.from_text(text=word))\n"
        "for each in words:\n    parts.append(types.Part(function_call=types.FunctionCall(name=each, args={})))\n"
        f'turns = ["Hi", types.Content(role={role}, parts=parts), "Go on"]\n' + ASKED
    )
    if role == "word":
        check_manual(source, "contents are not plain text")
        return
    text = migrated(source)
    assert 'parts.append({"type": "model_output", "content": [{"type": "text", "text": word}]})' in text
    assert 'parts.append({"type": "function_call", "id": "", "name": each, "arguments": {}})' in text


def test_the_first_schema_has_no_function_that_gives_ids() -> None:
    source = HEAD + "word = input()\n" + TOLD.replace('response(name="lookup"', "response(name=word") + ASKED
    result = transform(source, Settings(target="outputs"))
    assert "the ids of calls in turns" in result.findings[0].message
    assert "generate_content" in str(result.text)


def test_a_call_is_asked_for_its_fields_by_getattr() -> None:
    check_transformed(
        LOOP
        + """
response = client.models.generate_content(model="m", contents="Hi", config=config)
for call in response.function_calls or []:
    print(getattr(call, "name", ""), dict(getattr(call, "args", None) or {}))
""",
        """
from google import genai


def function_calls(interaction):
    \"\"\"The steps of an interaction that ask for a function to be called.\"\"\"
    return [step for step in interaction.steps or [] if step.type == "function_call"]


client = genai.Client()
LOOKUP = {"type": "function", "name": "lookup", "description": "Looks a word up."}
config = dict(tools=[LOOKUP])

response = client.interactions.create(model="m", input="Hi", **config)
for call in function_calls(response):
    print(getattr(call, "name", ""), dict(getattr(call, "arguments", None) or {}))
""",
    )


@pytest.mark.parametrize(
    ("name", "asked", "moves"),
    [
        ("name", "answer", True),
        ("name + 's'", "answer", False),
        ("name", "answer = model.generate_content('Ho')\nother", False),
    ],
)
def test_results_by_the_names_of_functions_answer_the_calls_of_the_one_answer(
    name: str, asked: str, moves: bool
) -> None:
    before = f"""
def ring(times: int) -> str:
    return "rung"

model = genai.GenerativeModel("gemini-3.8-flash", tools=[ring])
chat = model.start_chat()
{asked} = chat.send_message("Hi")
results = {{"ring": "rung"}}
parts = [
    genai.protos.Part(function_response=genai.protos.FunctionResponse(name={name}, response={{"result": result}}))
    for name, result in results.items()
]
print(chat.send_message(parts).text)
"""
    result = transform(LEGACY + before)
    text = result.text or ""
    assert ('"call_id": call_id(answer, name)' in text) == moves
    assert any("answers the first call of its name" in f.message for f in result.findings) == moves


@pytest.mark.parametrize(
    ("use", "moves"),
    [
        ("print(len(chat.history))", True),
        ("print([turn.parts[0].text for turn in chat.history], chat.last)", True),
        ("chat.rewind()", False),
        ("chat.history = []", False),
        ("other = model.start_chat(history=chat.history)", False),
        ("print(chat.history[0].parts[0].function_call)", False),
    ],
)
def test_the_turns_of_a_chat_that_calls_functions_are_looked_at_and_not_changed(use: str, moves: bool) -> None:
    before = f"""
def ring(times: int) -> str:
    return "rung"

model = genai.GenerativeModel("gemini-3.8-flash", tools=[ring])
chat = model.start_chat(enable_automatic_function_calling=True)
print(chat.send_message("Hi").text)
{use}
"""
    assert ("create_with_functions(" in (transform(LEGACY + before).text or "")) == moves


def test_declarations_are_indented_as_the_tool_around_them_was() -> None:
    check_transformed(
        """
        from google import genai

        client = genai.Client()
        TOOLS = [
            {
                "function_declarations": [
                    {
                        "name": "find",  # by its title
                        "description": "Finds it.",
                    },
                    {"name": "list"},
                ]
            }
        ]
        BOTH = [
            {
                "function_declarations": [
                    {
                        "name": "find",
                        "description": "Finds it.",
                    },
                ]
            },
            {"google_search": {}},
        ]
        print(client.models.generate_content(model="m", contents="Hi", config={"tools": TOOLS}).text)
        print(client.models.generate_content(model="m", contents="Hi", config={"tools": BOTH}).text)
        """,
        """
        from google import genai

        client = genai.Client()
        TOOLS = [
            {
                "type": "function",
                "name": "find",  # by its title
                "description": "Finds it.",
            },
            {"type": "function", "name": "list"},
        ]
        BOTH = [
            {
                "type": "function",
                "name": "find",
                "description": "Finds it.",
            },
            {"type": "google_search"},
        ]
        print(client.interactions.create(model="m", input="Hi", tools=TOOLS).output_text)
        print(client.interactions.create(model="m", input="Hi", tools=BOTH).output_text)
        """,
    )


@pytest.mark.parametrize("use", ["get_history()", "get_history()[0].parts[0].function_call"])
def test_a_chat_that_begins_with_calls_stays_where_its_turns_are_asked_for(use: str) -> None:
    begun = 'chat = client.chats.create(model="m", history=turns)\nprint(chat.send_message("Hi").text)\n'
    words = "turns" if use == "get_history()" else "function_call"
    check_manual(HEAD + TOLD + begun + f"print(chat.{use})\n", words)


def test_ids_of_several_lists_are_not_the_same() -> None:
    text = migrated(
        HEAD + TOLD + TOLD.replace("turns", "others") + "both = []\nboth.extend(turns)\nboth.extend(others)\n"
        'chat = client.chats.create(model="m", history=both)\nprint(chat.send_message("Hi").text)\n'
    )
    assert text.count('"id": "call_1"') == text.count('"call_id": "call_1"') == 1
    assert text.count('"id": "call_2"') == text.count('"call_id": "call_2"') == 1


def test_a_result_is_not_looked_for_in_the_answer_that_comes_of_it() -> None:
    text = migrated(
        HEAD
        + TOLD.replace("turns = [", 'response = client.models.generate_content(model="m", contents=[', 1)
        .replace("\n]\n", "\n])\n")
        .replace('response(name="lookup"', 'response(name="other"')
        + "print(response.text)\n"
    )
    assert "(response, " not in text
    assert "input=with_call_ids([" in text


OWN = 'def add(a: int, b: int) -> int:\n    """Adds."""\n    return a + b\n\n'


def test_messages_stay_that_go_to_chats_that_call_functions_and_to_chats_that_do_not() -> None:
    check_manual(
        HEAD
        + OWN
        + """
def start(by_hand):
    if by_hand:
        config = types.GenerateContentConfig(tools=[add], automatic_function_calling={"disable": True})
        return client.chats.create(model="m", config=config)
    return client.chats.create(model="m", config=types.GenerateContentConfig(tools=[add]))

def ask(question, by_hand):
    return start(by_hand).send_message(question).text
""",
        "only some of its chats call functions by themselves",
    )
    check_manual(
        LEGACY
        + OWN
        + """
model = genai.GenerativeModel("gemini-3-flash-preview", tools=[add])
print(model.start_chat(enable_automatic_function_calling=True).send_message("2 + 2?").text)
print(model.start_chat().send_message("2 + 2?").candidates[0].content.parts[0].function_call.name)
""",
        "only some of its chats call functions by themselves",
    )


@pytest.mark.parametrize(
    ("made", "moves"),
    [
        ("[types.Tool(function_declarations=[{'name': t, 'description': 'd'}]) for t in names]", True),
        ("[types.Tool(function_declarations=[{'name': t}, {'name': t + '_all'}]) for t in names]", False),
        ("[types.Tool(function_declarations=[*known]) for t in names]", False),
    ],
)
def test_a_tool_of_one_declaration_for_each_round_of_a_comprehension_is_that_declaration(
    made: str, moves: bool
) -> None:
    before = f"""
names, known = input().split(), [{{"name": "f"}}]
tools = {made}
print(client.models.generate_content(model="m", contents="Hi", config=types.GenerateContentConfig(tools=tools)).text)
"""
    text = transform(HEAD + before).text or ""
    assert ("interactions.create(" in text) == moves
    if moves:
        assert "tools = [{'type': 'function', 'name': t, 'description': 'd'} for t in names]" in text.replace('"', "'")


def test_tools_that_no_caller_gives_are_passed_on() -> None:
    source = """
        import google.generativeai as genai

        genai.configure(api_key="k")


        def ask(text, tools=None):
            return genai.GenerativeModel("gemini-3-flash-preview", tools=tools).generate_content(text).text


        print(ask("Hi"))
        """
    check_transformed(
        source,
        """
        from google import genai

        client = genai.Client(api_key="k")


        def ask(text, tools=None):
            return client.interactions.create(model="gemini-3-flash-preview", input=text, tools=tools).output_text


        print(ask("Hi"))
        """,
        review="tools is None in every call that was read",
    )
    check_manual(source.replace('print(ask("Hi"))', "# nobody calls it"), "cannot be followed")
