"""What becomes of chats: their history, the turns that are put into it, and their methods as values."""

from __future__ import annotations

import pytest

from migrate_gemini import transform
from migrate_gemini.settings import Settings
from tests.checks import check_manual, code

LEGACY = """\
import google.generativeai as genai
genai.configure(api_key="k")
model = genai.GenerativeModel("gemini-3-flash-preview")
"""
CLIENT = """\
from google import genai
from google.genai import types
client = genai.Client(api_key="k")
"""


def end(before: str, after: str, prefix: str = LEGACY) -> None:
    """All calls of a module move, and its last lines become these."""
    result = transform(prefix + code(before))
    assert result.text is not None, result.findings
    assert {finding.status for finding in result.findings if finding.code < "MG4"} == {"migrated"}, result.findings
    wanted = code(after)
    assert result.text.endswith(wanted), result.text[-2 * len(wanted) :]


# -- histories ---------------------------------------------------------------------------------------------------------


def test_a_message_that_is_taken_back_is_taken_out_of_the_turns() -> None:
    end(
        """
        chat = model.start_chat()
        print(chat.send_message("Hi").text)
        asked, answered = chat.rewind()
        print(asked.parts[0].text, answered.role)
        """,
        """
        chat = Chat(client, model=model)
        print(chat.send_message("Hi").output_text)
        asked, answered = chat.rewind()
        print(asked.parts[0].text, answered.role)
        """,
    )


def test_a_history_that_is_cut_off_stays_a_list_of_turns() -> None:
    end(
        """
        chat = model.start_chat()
        print(chat.send_message("Hi").text)
        chat.history = chat.history[-4:]
        """,
        """
        chat = Chat(client, model=model)
        print(chat.send_message("Hi").output_text)
        chat.history = chat.history[-4:]
        """,
    )


def test_a_history_that_was_kept_is_copied_as_the_sdk_copied_it() -> None:
    end(
        """
        chat = model.start_chat()
        kept = chat.history[:]
        print(chat.send_message("Hi").text)
        chat.history = kept
        """,
        """
        chat = Chat(client, model=model)
        kept = chat.history[:]
        print(chat.send_message("Hi").output_text)
        chat.history = list(kept)
        """,
    )


def test_dicts_that_become_a_history_become_turns() -> None:
    end(
        """
        import json

        chat = model.start_chat()
        chat.history = json.load(open("chat.json"))
        print(chat.send_message("Hi").text)
        """,
        """
        import json

        chat = Chat(client, model=model)
        chat.history = [chat.turn(item) for item in json.load(open("chat.json"))]
        print(chat.send_message("Hi").output_text)
        """,
    )


@pytest.mark.parametrize("history", ["chat.history", "chat.history[:2]", "list(chat.history)", "chat.history + []"])
def test_a_chat_begins_with_the_turns_of_another(history: str) -> None:
    end(
        f"""
        chat = model.start_chat()
        print(chat.send_message("Hi").text)
        fork = model.start_chat(history={history})
        print(fork.send_message("Ho").text)
        """,
        f"""
        chat = Chat(client, model=model)
        print(chat.send_message("Hi").output_text)
        fork = Chat(client, history={history}, model=model)
        print(fork.send_message("Ho").output_text)
        """,
    )


def test_a_chat_is_made_anew_from_its_last_turns() -> None:
    end(
        """
        chat = client.chats.create(model="gemini-3-flash-preview")
        print(chat.send_message("Hi").text)
        chat = client.chats.create(model="gemini-3-flash-preview", history=chat.get_history(curated=True)[-2:])
        print(chat.send_message("Ho").text)
        """,
        """
        chat = Chat(client, model="gemini-3-flash-preview")
        print(chat.send_message("Hi").output_text)
        chat = Chat(client, history=chat.get_history()[-2:], model="gemini-3-flash-preview")
        print(chat.send_message("Ho").output_text)
        """,
        CLIENT,
    )


def test_a_turn_of_the_sdk_that_is_put_into_a_history_becomes_a_dict() -> None:
    end(
        """
        chat = model.start_chat()
        chat.history.append(genai.protos.Content(role="model", parts=[genai.protos.Part(text="Hello")]))
        print(chat.send_message("Hi").text)
        """,
        """
        chat = Chat(client, model=model)
        chat.history.append({"role": "model", "parts": ["Hello"]})
        print(chat.send_message("Hi").output_text)
        """,
    )


def test_a_part_of_a_turn_may_be_asked_for_its_text() -> None:
    end(
        """
        chat = model.start_chat()
        for turn in chat.history:
            print(turn.role, [part.text for part in turn.parts if hasattr(part, "text")])
        """,
        """
        chat = Chat(client, model=model)
        for turn in chat.history:
            print(turn.role, [part.text for part in turn.parts if hasattr(part, "text")])
        """,
    )


def test_the_parts_of_a_history_need_not_be_seen() -> None:
    end(
        """
        def ask(messages):
            history = []
            for message in messages:
                history.append({"role": message["role"], "parts": message["content"]})
            return model.start_chat(history=history).send_message("Hi").text
        """,
        """
        def ask(messages):
            history = []
            for message in messages:
                history.append({"role": message["role"], "parts": message["content"]})
            return Chat(client, history=history, model=model).send_message("Hi").output_text
        """,
    )


@pytest.mark.parametrize(
    "lines",
    [
        "chat.history.append(part())",
        "chat.history.append({'role': 'user', 'parts': [part()]})",
        "chat.history = [{'role': 'user', 'parts': [part()]}]",
        "get().history = chat.history",
        "a, chat.history = [], []",
        "chat.history.append(genai.protos.Content(role='user', parts=[genai.protos.Part(function_call=part())]))",
    ],
)
def test_a_history_that_is_not_understood_keeps_its_chat(lines: str) -> None:
    before = """
    def part():
        return genai.protos.FunctionCall(name="f")

    def get():
        return chat

    chat = model.start_chat()
    """
    text = LEGACY + code(before) + lines + '\nprint(chat.send_message("Hi").text)\n'
    statuses = {finding.status for finding in transform(text).findings if finding.code in ("MG104", "MG105")}
    assert statuses == {"manual"}


@pytest.mark.parametrize("change", ["chat.get_history().clear()", "turns = chat.get_history()\ndel turns[:2]"])
def test_a_list_that_get_history_gave_is_not_the_one_that_is_sent(change: str) -> None:
    before = (
        CLIENT + 'chat = client.chats.create(model="gemini-3-flash-preview")\n' + change + '\nchat.send_message("")\n'
    )
    check_manual(before, "the list that get_history() gave is changed")


def test_a_turn_made_of_its_parts_without_a_keyword_is_taken_by_a_chat_that_keeps_turns() -> None:
    lines = """
    chat = client.chats.create(model="gemini-3-flash-preview", history=[types.UserContent("I am Bob")])
    print(chat.send_message("Who?").text, chat.get_history()[0].parts[0].text)
    """
    made = transform("from google.genai import types\n" + CLIENT + code(lines))
    assert not [finding for finding in made.findings if finding.status == "manual"], made.findings


def test_a_streamed_answer_is_a_turn_a_chunk_as_google_genai_kept_it() -> None:
    lines = """
    chat = client.chats.create(model="gemini-3-flash-preview")
    for chunk in chat.send_message_stream("Hi"):
        print(chunk.text)
    print(len(chat.get_history()))
    """
    made = transform(CLIENT + code(lines))
    assert made.text is not None
    assert '*(self.turn(text, "model") for text in texts)' in made.text
    assert not any("one turn" in finding.message for finding in made.findings)


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        ("genai.ChatSession(model)", "dict(model=model)"),
        ("genai.ChatSession(model=model, history=[])", "dict(model=model)"),
        ("genai.ChatSession(model, turns)", "Chat(client, history=turns, model=model)"),
        ("genai.ChatSession(history=turns, model=model)", "Chat(client, history=turns, model=model)"),
    ],
)
def test_a_chat_that_its_class_makes_is_one_as_well(made: str, wanted: str) -> None:
    end(
        f"""
        turns = [{{"role": "user", "parts": ["a"]}}, {{"role": "model", "parts": ["b"]}}]
        chat = {made}
        """,
        f"""
        turns = [{{"role": "user", "parts": ["a"]}}, {{"role": "model", "parts": ["b"]}}]
        chat = {wanted}
        """,
    )


def test_a_chat_of_no_model_that_is_seen_stays() -> None:
    before = "import google.generativeai as genai\ndef make(**given):\n    return genai.ChatSession(**given)\n"
    check_manual(before, "the arguments are built")


# -- messages ----------------------------------------------------------------------------------------------------------


def test_a_message_that_is_a_part() -> None:
    end(
        """
        chat = client.chats.create(model="gemini-3-flash-preview")
        part = types.Part.from_text(text="Hi")
        response = chat.send_message(part)
        print(response.text)
        """,
        """
        chat = dict(model="gemini-3-flash-preview")
        part = types.Part.from_text(text="Hi")
        response = client.interactions.create(**chat, input=to_input(part))
        chat["previous_interaction_id"] = response.id
        print(response.output_text)
        """,
        CLIENT,
    )


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ('{"role": "user", "parts": ["a"]}', '"a"'),
        ('genai.protos.Content(parts=[genai.protos.Part(text="a")])', '"a"'),
        ('{"parts": [{"text": "a"}, "b"]}', '[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]'),
        ('{"parts": texts}', '[{"type": "text", "text": part} for part in texts]'),
    ],
)
def test_a_message_that_is_a_turn_of_the_user_is_its_parts(message: str, wanted: str) -> None:
    result = transform(
        LEGACY + f'texts = ["a", "b"]\nchat = model.start_chat()\nanswer = chat.send_message({message})\n'
    )
    assert result.text is not None
    assert f"**chat, input={wanted}" in result.text


@pytest.mark.parametrize(("name", "wanted"), [("parts", "to_input(parts)"), ("message", "message")])
def test_a_message_that_is_not_seen_is_sorted_at_run_time_where_its_name_is_that_of_a_list(
    name: str, wanted: str
) -> None:
    before = f"chat = model.start_chat()\ndef ask({name}):\n    return chat.send_message({name}).text\n"
    result = transform(LEGACY + before)
    assert result.text is not None
    assert f"input={wanted}" in result.text
    assert any(f.status == "needs_review" for f in result.findings if f.code == "MG105")


def test_a_message_that_is_a_turn_of_the_model_stays() -> None:
    check_manual(
        LEGACY + 'chat = model.start_chat()\nchat.send_message({"role": "model", "parts": ["a", "b"]})\n',
        "the contents are not plain text",
    )


# -- methods as values -------------------------------------------------------------------------------------------------


def test_the_method_of_a_chat_is_handed_to_a_pool() -> None:
    end(
        """
        from concurrent.futures import ThreadPoolExecutor

        chat = model.start_chat()
        with ThreadPoolExecutor() as pool:
            future = pool.submit(chat.send_message, "Hi")
        print(future.result().text)
        """,
        """
        from concurrent.futures import ThreadPoolExecutor

        chat = Chat(client, model=model)
        with ThreadPoolExecutor() as pool:
            future = pool.submit(chat.send_message, "Hi")
        print(future.result().output_text)
        """,
    )


def test_a_message_that_is_handed_on_with_the_method_becomes_an_input() -> None:
    end(
        """
        chat = model.start_chat()
        def ask(pool, texts=["Hi", "Ho"]):
            return pool.submit(chat.send_message, texts)
        """,
        """
        chat = Chat(client, model=model)
        def ask(pool, texts=["Hi", "Ho"]):
            return pool.submit(chat.send_message, [{"type": "text", "text": part} for part in texts])
        """,
    )


def test_the_method_of_a_chat_under_another_name() -> None:
    end(
        """
        ask = model.start_chat().send_message
        print(ask("Hi").text)
        """,
        """
        ask = Chat(client, model=model).send_message
        print(ask("Hi").output_text)
        """,
    )


@pytest.mark.parametrize(
    "line",
    [
        'threading.Thread(target=chat.send_message, args=("Hi",)).start()',
        'pool.submit(chat.send_message, "Hi", stream=True)',
        "pool.submit(chat.send_message, *words)",
    ],
)
def test_a_method_of_a_chat_with_more_than_a_message_stays(line: str) -> None:
    before = LEGACY + "import threading\ndef run(pool, words):\n    chat = model.start_chat()\n    " + line + "\n"
    check_manual(before, "the method is used as a value")


# -- chats among others ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use", "is_class"),
    [
        ("chats.remove(chat)", True),
        ("print(chat in chats)", True),
        ("print(chat == chats[0])", True),
        ("busy = {chat}", True),
        ("names = {chat: 1}", True),
        ("names = {}\nnames[chat] = 1", True),
        ("names = {}\nprint(names.get(chat))", True),
        ("busy = set()\nbusy.add(chat)", True),
        ("print(chat is chats[0])", False),
        ("print(chat == None)", False),
        ("names = {1: chat}", False),
        ("names = {}\nfound = names.get(1, chat)", False),
        ("chats.insert(0, chat)", False),
    ],
)
def test_a_chat_that_is_told_from_others_by_identity_becomes_a_class(use: str, is_class: bool) -> None:
    before = """
    chats = [model.start_chat()]
    for chat in chats:
        response = chat.send_message("Hi")
        print(response.text)
    """
    result = transform(LEGACY + code(before) + use + "\n")
    assert result.text is not None
    assert {f.status for f in result.findings if f.code == "MG104"} == {"migrated"}
    assert ("class Chat" in result.text) == is_class


# -- what the legacy SDK kept to itself -----------------------------------------------------------------------------


def test_a_chat_with_turns_is_copied_with_its_turns_and_not_with_its_client() -> None:
    end(
        """
        import copy
        chat = model.start_chat()
        fork = copy.deepcopy(chat)
        print(fork.send_message("Hi").text, len(chat.history))
        """,
        """
        chat = Chat(client, model=model)
        fork = Chat(chat.client, history=chat.history, **chat.request)
        print(fork.send_message("Hi").output_text, len(chat.history))
        """,
    )


def test_a_chat_that_is_a_dict_is_copied_as_before() -> None:
    end(
        """
        import copy
        chat = model.start_chat()
        fork = copy.deepcopy(chat)
        answer = fork.send_message("Hi")
        """,
        """
        chat = dict(model=model)
        fork = copy.deepcopy(chat)
        answer = client.interactions.create(**fork, input="Hi")
        fork["previous_interaction_id"] = answer.id
        """,
    )


@pytest.mark.parametrize(
    ("use", "words"),
    [
        ("print(chat.history, chat.last)", "chat.last was None once chat.history was read"),
        ("print(model.model_name)", 'began with "models/"'),
        ('name = {"name": model.model_name}', 'began with "models/"'),
        (
            'try:\n    chat.send_message("Ho")\nexcept Exception as e:\n'
            '    print(type(e).__name__ == "BlockedPromptException")',
            "looks for BlockedPromptException",
        ),
    ],
)
def test_what_shows_something_else_now_is_to_be_reviewed(use: str, words: str) -> None:
    head = LEGACY + 'chat = model.start_chat()\nprint(chat.send_message("Hi").text)\n'
    result = transform(head + use + "\n")
    status = ("migrated",) if "model_name" in use else ("needs_review",)
    assert "interactions.create" in (result.text or "")
    assert any(words in f.message and f.status in status for f in result.findings), result.findings
    plain = transform(head + 'print(chat.last, model.model_name.split("/")[-1])\n')
    assert not any(words in finding.message for finding in plain.findings)


def test_a_stream_that_is_walked_through_again_stays() -> None:
    before = """
    response = model.generate_content("Hi", stream=True)
    for chunk in response:
        print(chunk.text)
    print([chunk.text for chunk in response])
    """
    check_manual(LEGACY + code(before), "walked through again")
    apart = code(before).replace(
        "for chunk in response:\n    print", "if model:\n    for chunk in response:\n        print"
    )
    apart = apart.replace("print([", "else:\n    print([")
    assert "interactions.create" in (transform(LEGACY + apart).text or ""), apart


@pytest.mark.parametrize(
    ("made", "change", "given"),
    [
        ('{"top_p": 1}', 'config["top_p"] = 0', "dict(config)"),
        ('{"top_p": 1}', 'config.update({"top_p": 0})', "dict(config)"),
        ('{"top_p": 1}', "print(config)", "config"),
        ("genai.GenerationConfig(top_p=1)", "config.top_p = 0", "dict(config)"),
    ],
)
def test_settings_that_change_after_a_model_took_them_are_copied(made: str, change: str, given: str) -> None:
    before = f"""
config = {made}
model = genai.GenerativeModel("gemini-3-flash-preview", generation_config=config)
{change}
print(model.generate_content("Hi").text)
"""
    text = transform(LEGACY + before).text or ""
    assert f'model = dict(model="gemini-3-flash-preview", generation_config={given})' in text
    first = before.replace(f"\n{change}", "").replace("\nmodel", f"\n{change}\nmodel")
    assert "generation_config=config)" in (transform(LEGACY + first).text or "")


@pytest.mark.parametrize(
    ("name", "new"), [("text", "output_text"), ("usage_metadata", "usage"), ("candidates", None), ("text.x", None)]
)
def test_a_getter_asks_answers_for_what_they_have_now(name: str, new: str | None) -> None:
    before = f"""
from operator import attrgetter
print(*map(attrgetter("{name}"), [model.generate_content("Hi")]))
"""
    text = transform(LEGACY + before).text or ""
    assert ("interactions.create" in text) == (new is not None)
    assert new is None or f'attrgetter("{new}")' in text


def test_a_blocked_stream_is_an_error_where_one_was_caught() -> None:
    before = """
def show(prompt):
    for chunk in model.generate_content(prompt, stream=True):
        print(chunk.text)
"""
    caught = before.replace("    for", "    try:\n        for").replace("        print", "            print")
    caught += "    except {}:\n        print()\n"
    assert "raise ValueError" in (transform(LEGACY + caught.format("Exception")).text or "")
    assert "raise ValueError" in (transform(LEGACY + caught.format("ValueError")).text or "")
    assert "raise ValueError" not in (transform(LEGACY + caught.format("KeyError")).text or "")
    assert "raise ValueError" not in (transform(LEGACY + before).text or "")


def test_an_answer_without_parts_that_is_told_from_a_blocked_prompt_is_reviewed() -> None:
    before = """
r = model.generate_content("Hi")
if not r.candidates:
    print("blocked")
elif not r.candidates[0].content.parts:
    print("{}")
"""
    said = "an answer that was blocked had no parts"
    assert any(said in finding.message for finding in transform(LEGACY + before.format("empty")).findings)
    assert not any(said in finding.message for finding in transform(LEGACY + before.format("blocked")).findings)


def test_a_chat_of_a_model_that_comes_from_elsewhere_stays() -> None:
    check_manual(
        """
        import google.generativeai as genai
        from settings import model

        chat = genai.ChatSession(model=model)
        print(chat.send_message("Hi").text)
        """,
        "comes from outside of the code",
    )


SAVED = """
import json

from google import genai
from google.genai import types

client = genai.Client()


def load(path):
    with open(path) as file:
        return [types.Content(role=t["role"], parts=[types.Part(**p) for p in t["parts"]]) for t in json.load(file)]


chat = client.chats.create(model="gemini-3-flash-preview", {config}history=load("chat.json"))
{use}
"""


@pytest.mark.parametrize(
    "use",
    [
        'print(chat.send_message(["Hi", types.Part.from_bytes(data=b"", mime_type="image/png")]).text)',
        'print(chat.send_message(message="Hi").text)\nprint([t.model_dump(mode="json") for t in chat.get_history()])',
        'print(chat.send_message("Hi").text)\nprint([p.inline_data for t in chat.get_history() for p in t.parts])',
    ],
)
def test_turns_that_are_loaded_and_stored_whole_stay_those_of_the_sdk(use: str) -> None:
    text = transform(SAVED.format(config="", use=use)).text or ""
    assert "self.history = [types.Content.model_validate(turn) for turn in history or []]" in text
    assert "[types.Content(role=" in text
    assert (
        "chat.send_message(" + use.partition("chat.send_message(")[2].partition(")")[0].replace("message=", "") in text
    )
    assert use.partition("\n")[2] in text


@pytest.mark.parametrize(
    ("config", "use", "settings"),
    [
        ("", "print(chat.send_message('Hi').text)", Settings(store=False)),
        ("", "print(chat.send_message('Hi').text)", Settings(target="outputs")),
        ('config={"tools": [load]}, ', "print(chat.send_message('Hi').text)", Settings()),
        ("", "print(chat.send_message('Hi').text)\nprint(chat.get_history()[0].parts[0].function_call)", Settings()),
        (
            "",
            "r = chat.send_message('Hi')\ncall = r.function_calls[0]\n"
            "r = chat.send_message(types.Part.from_function_response(name=call.name, response={}))",
            Settings(),
        ),
    ],
)
def test_turns_of_the_sdk_are_not_kept_without_storing_for_the_first_schema_or_beside_functions(
    config: str, use: str, settings: Settings
) -> None:
    found = transform(SAVED.format(config=config, use=use), settings)
    assert {f.status for f in found.findings if f.code in ("MG202", "MG203")} == {"manual"}


def test_a_chat_whose_turns_change_is_not_sent_results_of_functions() -> None:
    check_manual(
        """
        import google.generativeai as genai

        genai.configure(api_key="k")


        def greet(name: str):
            return {"said": name}


        chat = genai.GenerativeModel("gemini-3-flash-preview", tools=[greet]).start_chat()
        response = chat.send_message("Hi")
        call = response.parts[0].function_call
        if call:
            given = genai.protos.FunctionResponse(name=call.name, response=greet(**call.args))
            response = chat.send_message(genai.protos.Part(function_response=given))
        chat.history = chat.history[-2:]
        print(response.text)
        """,
        "it is sent what a function gave",
    )


def test_a_chat_stays_whose_first_turns_become_steps_for_a_request() -> None:
    check_manual(
        """
        from google import genai
        from google.genai import types

        client = genai.Client()
        turns = [types.Content(role="user", parts=[types.Part(text="Hi")])]
        response = client.models.generate_content(model="m", contents="Hi")
        print(client.models.generate_content(model="m", contents=[*turns, response.candidates[0].content]).text)
        chat = client.chats.create(model="m", history=turns)
        print(chat.send_message("Hi").text)
        """,
        "contents are not plain text (turns)",
    )


def test_a_stream_of_a_chat_that_is_waited_for_elsewhere_keeps_the_chat() -> None:
    check_manual(
        """
        from google import genai

        client = genai.Client()
        chat = client.aio.chats.create(model="gemini-3-flash-preview")


        def same(work):
            return work


        async def ask(text: str):
            return (await same(chat.send_message(text))).text


        async def tell(text: str):
            async for chunk in await same(chat.send_message_stream(text)):
                print(chunk.text)
        """,
        "the stream is used in a way that has no counterpart",
    )
