"""What a rewrite beside it must not touch."""

from __future__ import annotations

import pytest

from migrate_gemini import Settings, transform
from tests.checks import check_manual, check_transformed, check_unchanged


def test_an_annotation_of_a_config_that_no_request_takes_stays() -> None:
    check_unchanged(
        """
        from google.genai import types
        from pydantic import BaseModel


        class LlmRequest(BaseModel):
            config: types.GenerateContentConfig = types.GenerateContentConfig()


        def instruct(request: LlmRequest, config: types.GenerateContentConfig) -> None:
            request.config.system_instruction = config.system_instruction
        """
    )


def test_a_class_with_slots_gets_no_further_attribute() -> None:
    check_transformed(
        """
        import google.generativeai as genai


        class Bot:
            __slots__ = ("model",)

            def __init__(self, key):
                genai.configure(api_key=key)
                self.model = genai.GenerativeModel("gemini-3-flash-preview")

            def ask(self):
                return self.model.generate_content("Hi").text
        """,
        """
        from google import genai

        client = None


        class Bot:
            __slots__ = ("model",)

            def __init__(self, key):
                global client
                client = genai.Client(api_key=key)
                self.model = "gemini-3-flash-preview"

            def ask(self):
                return client.interactions.create(model=self.model, input="Hi").output_text
        """,
    )


def test_methods_that_google_genai_does_not_have_are_not_its() -> None:
    check_unchanged(
        """
        from google.genai import types


        async def run(llm, request: types.Content):
            async for event in llm.generate_content_async(request):
                yield event
        """
    )


@pytest.mark.parametrize("first", [True, False])
def test_a_client_that_may_be_one_of_vertex_keeps_its_calls(first: bool) -> None:
    clients = ["genai.Client(vertexai=True, project=project)", "genai.Client(api_key=key)"]
    one, other = clients if first else reversed(clients)
    source = f"""
from google import genai


class Service:
    def __init__(self, project, key):
        if project:
            self.client = {one}
        else:
            self.client = {other}

    def ask(self):
        return self.client.models.generate_content(model="gemini-3-flash-preview", contents="Hi").text
"""
    check_manual(source, "Vertex")


OWN = """
class Fake:
    models = None

    def generate_content(self, contents, model=None):
        return contents


def make(fake):
    return Fake() if fake else {}
"""


def test_a_model_that_may_be_the_programs_own_object_stays() -> None:
    source = 'import google.generativeai as genai\n\ngenai.configure(api_key="k")\n' + OWN.format(
        'genai.GenerativeModel("gemini-3-flash-preview")'
    )
    check_manual(source + '\n\nprint(make(False).generate_content("Hi").text)\n', "may be a Fake")


def test_a_client_that_may_be_the_programs_own_object_stays() -> None:
    source = "from google import genai\n" + OWN.format("genai.Client()")
    check_manual(
        source + '\n\nprint(make(False).models.generate_content(model="m", contents="Hi").text)\n', "may be a Fake"
    )


def test_a_function_that_reads_an_answer_and_a_turn_of_a_chat_keeps_both() -> None:
    check_manual(
        """
        from google import genai

        client = genai.Client()
        chat = client.chats.create(model="gemini-3-flash-preview")


        def text_of(thing):
            return thing.text


        print(text_of(chat.send_message("Hi")))
        print(text_of(chat.get_history()[0].parts[0]))
        """,
        "may be Response or TurnPart",
    )


def test_a_file_stays_with_a_method_that_is_handed_on_and_stays() -> None:
    check_manual(
        """
        from concurrent.futures import ThreadPoolExecutor

        import google.generativeai as genai

        model = genai.GenerativeModel("gemini-3-flash-preview")
        talk = genai.upload_file("talk.mp3")
        with ThreadPoolExecutor() as pool:
            print(pool.submit(model.generate_content, [talk, "What?"], unknown=1).result().text)
        """,
        "unknown",
    )


def test_a_method_that_is_got_by_its_name_is_named() -> None:
    source = (
        "from google import genai\n\nclient = genai.Client()\n"
        'print(getattr(client.models, "generate_content")(model="gemini-3-flash-preview", contents="Hi").text)\n'
    )
    result = transform(source, Settings(todo_comments=False))
    assert result.text is None
    assert [(f.line, f.column, f.code, f.status) for f in result.findings] == [(4, 7, "MG201", "manual")]


def test_a_config_stays_with_a_call_that_stays() -> None:
    check_manual(
        """
        from google import genai
        from google.genai import types

        client = genai.Client()
        config = types.GenerateContentConfig(system_instruction="Be brief.")


        def chat(**arguments):
            arguments.setdefault("model", "gemini-3-flash-preview")
            return client.chats.create(**arguments)


        print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config).text)
        print(chat(config=config).send_message("Hi").text)
        """,
        "built elsewhere",
    )


def test_where_one_request_has_no_client_nothing_is_prepared_for_the_others_of_its_model() -> None:
    check_manual(
        """
        import functools

        import google.generativeai as genai


        @functools.lru_cache
        def model_of(kind: str):
            genai.configure(api_key="k")
            return genai.GenerativeModel(kind)


        def ask(text: str) -> str:
            return clean(model_of("gemini-3-flash-preview").generate_content(text).text)


        def asker(kind: str):
            return lambda text: model_of(kind).generate_content(text).text


        def clean(text: str) -> str:
            return text.strip()
        """,
        "no client can be reached from here",
    )


@pytest.mark.parametrize(
    "sent", ['["Hi", response.candidates[0].content]', "turns"], ids=["written out", "put into a list"]
)
def test_an_answer_stays_what_it_is_for_a_request_that_stays(sent: str) -> None:
    check_manual(
        f"""
        from google import genai

        client = genai.Client()
        turns = ["Hi"]
        response = client.models.generate_content(model="m", contents="Hi")
        turns.append(response.candidates[0].content)
        print(client.models.generate_content(model="m", contents={sent}, config={{"cached_content": "c"}}).text)
        """,
        "cached content is not part of the Interactions API",
    )


@pytest.mark.parametrize("contents", ['["Write this down", sound]', "sound"])
def test_bytes_that_no_sdk_takes_without_their_type_are_named(contents: str) -> None:
    check_manual(
        f"""
        import google.generativeai as genai

        model = genai.GenerativeModel("gemini-3-flash-preview")
        with open("talk.wav", "rb") as file:
            sound = file.read()
        print(model.generate_content({contents}).text)
        """,
        "sound: the old SDKs refuse bytes without a MIME type, too",
    )


def test_a_statement_with_two_findings_of_the_same_words_has_one_comment() -> None:
    source = (
        "from vertexai.generative_models import GenerativeModel\n\n"
        'for chunk in GenerativeModel("gemini-pro").generate_content("Hi", stream=True):\n    print(chunk.text)\n'
    )
    code = transform(source).text or ""
    assert code.count("# TODO(migrate-gemini): MG109") == 1


def test_no_blank_line_is_left_where_the_first_statement_of_a_block_goes() -> None:
    source = (
        "from google import genai\nfrom google.genai import types\n\nclient = genai.Client()\n\n\n"
        "def ask(prompt):\n    try:\n"
        '        thinking = types.ThinkingConfig(thinking_level="low")\n        \n'
        '        answer = client.models.generate_content(model="gemini-3-flash-preview", contents=prompt, '
        "config=types.GenerateContentConfig(thinking_config=thinking))\n"
        "        return answer.text\n    except ValueError:\n        return None\n"
    )
    assert "    try:\n        answer = client.interactions.create(" in (transform(source).text or "")
