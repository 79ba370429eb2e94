"""Types of the SDKs in code: annotations, aliases, casts, isinstance and docstrings."""

from __future__ import annotations

import pytest

from migrate_gemini import transform
from tests.checks import check_manual, check_transformed

HEAD = """
        import google.generativeai as genai
        from google.generativeai.types import GenerateContentResponse

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview")
"""
NEW = """
        from google import genai

        client = genai.Client(api_key="k")
        model = "gemini-3-flash-preview"
"""


def check(before: str, after: str) -> None:
    """Code below the head of a legacy program becomes other code below the new one."""
    check_transformed(HEAD + before, NEW + after)


def test_annotations_in_brackets_and_in_quotes() -> None:
    check(
        """
        answers: list[GenerateContentResponse] = []


        def keep(response: "GenerateContentResponse | None", name: 'genai.GenerativeModel') -> None:
            answers.append(response)
            print(name)


        keep(model.generate_content("Hi"), model)
        """.replace("            print(name)\n", ""),
        """
        answers: list[genai.interactions.Interaction] = []


        def keep(response: "genai.interactions.Interaction | None", name: str) -> None:
            answers.append(response)


        keep(client.interactions.create(model=model, input="Hi"), model)
        """,
    )


def test_an_alias_keeps_its_name() -> None:
    check(
        """
        Answer = GenerateContentResponse


        def ask(prompt: str) -> Answer:
            return model.generate_content(prompt)


        print(ask("Hi").text)
        """,
        """
        Answer = genai.interactions.Interaction


        def ask(prompt: str) -> Answer:
            return client.interactions.create(model=model, input=prompt)


        print(ask("Hi").output_text)
        """,
    )


def test_casts_and_tests_of_the_type_of_an_answer() -> None:
    check(
        """
        from typing import cast

        response = cast(GenerateContentResponse, model.generate_content("Hi"))
        if isinstance(response, (GenerateContentResponse, str)):
            print(response.text)
        """,
        """
        from typing import cast

        response = cast(genai.interactions.Interaction, client.interactions.create(model=model, input="Hi"))
        if isinstance(response, (genai.interactions.Interaction, str)):
            print(response.output_text)
        """,
    )


def test_a_test_of_the_type_of_a_model() -> None:
    check(
        """
        if not isinstance(model, genai.GenerativeModel):
            raise TypeError("no model")
        print(model.generate_content("Hi").text)
        """,
        """
        if not isinstance(model, str):
            raise TypeError("no model")
        print(client.interactions.create(model=model, input="Hi").output_text)
        """,
    )


def test_docstrings_name_the_new_types() -> None:
    check(
        '''
        def first(response):
            """Shows it.

            :param response: the GenerateContentResponse of a request
            :type response: GenerateContentResponse
            """
            print(response.text)


        def second(model, count=1):
            """Asks.

            Args:
                model (genai.GenerativeModel): the model.
                count (int): how often.

            Returns:
                GenerateContentResponse: the answer.
            """
            return model.generate_content("Hi")


        first(second(model))
        ''',
        '''
        def first(response):
            """Shows it.

            :param response: the GenerateContentResponse of a request
            :type response: genai.interactions.Interaction
            """
            print(response.output_text)


        def second(model, count=1):
            """Asks.

            Args:
                model (str): the model.
                count (int): how often.

            Returns:
                genai.interactions.Interaction: the answer.
            """
            return client.interactions.create(model=model, input="Hi")


        first(second(model))
        ''',
    )


def test_chunks_of_a_stream_are_events() -> None:
    check_transformed(
        """
        from google import genai
        from google.genai import types

        client = genai.Client()


        def show(chunk: types.GenerateContentResponse) -> None:
            print(chunk.text)


        for chunk in client.models.generate_content_stream(model="gemini-3-flash-preview", contents="Hi"):
            show(chunk)
        """,
        """
        from google import genai

        client = genai.Client()


        def show(chunk: genai.interactions.InteractionSSEEvent) -> None:
            print(chunk.delta.text)


        for chunk in client.interactions.create(model="gemini-3-flash-preview", input="Hi", stream=True):
            if chunk.event_type == "step.delta" and chunk.delta.type == "text":
                show(chunk)
        """,
    )


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        pytest.param(
            "def ask(m):\n    if isinstance(m, genai.GenerativeModel):\n        return m.generate_content('Hi').text\n"
            "    return m\n\n\nprint(ask(model), ask('a name'))\n",
            "isinstance(m, genai.GenerativeModel)",
            id="a model or a name",
        ),
        pytest.param(
            "import helper\n\nresponse = model.generate_content('Hi')\n"
            "if isinstance(response, (helper.A, genai.protos.GenerateContentResponse)):\n    print(response.text)\n",
            "isinstance",
            id="a type without a counterpart",
        ),
    ],
)
def test_a_test_that_would_tell_something_else_keeps_the_calls(rest: str, words: str) -> None:
    head = "import google.generativeai as genai\n\ngenai.configure(api_key='k')\n"
    check_manual(head + "model = genai.GenerativeModel('gemini-3-flash-preview')\n" + rest, words)


def test_types_of_other_libraries_and_of_calls_that_stay_are_left_alone() -> None:
    check_manual(
        '''
        import google.generativeai as genai
        from google.generativeai.types import GenerateContentResponse

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview")


        def rate(response: GenerateContentResponse) -> "list":
            """Rates.

            :type response: GenerateContentResponse
            """
            return response._chunks


        rate(model.generate_content("Hi"))
        ''',
        "_chunks",
    )


def test_a_function_that_takes_an_answer_is_annotated_with_what_it_takes() -> None:
    check_transformed(
        """
        from collections.abc import Callable

        from google import genai
        from google.genai.types import GenerateContentResponse

        client = genai.Client()


        def read(response: GenerateContentResponse) -> str:
            return response.text


        def shown(reader: Callable[[GenerateContentResponse], str]) -> str:
            return reader(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi"))


        print(shown(read))
        """,
        """
        from collections.abc import Callable

        from google import genai

        client = genai.Client()


        def read(response: genai.interactions.Interaction) -> str:
            return response.output_text


        def shown(reader: Callable[[genai.interactions.Interaction], str]) -> str:
            return reader(client.interactions.create(model="gemini-3-flash-preview", input="Hi"))


        print(shown(read))
        """,
    )


def test_types_of_the_legacy_dicts_become_dict_where_nothing_legacy_stays() -> None:
    before = """\
import google.generativeai as genai
from google.generativeai.types import ContentDict, GenerationConfigDict

CONFIG: GenerationConfigDict = {"temperature": 0.5}
turns: "list[ContentDict]" = []
model = genai.GenerativeModel("gemini-3-flash-preview", generation_config=CONFIG)
print(model.generate_content("Hi").text)
"""
    text = transform(before).text
    assert text is not None
    assert "CONFIG: dict = {" in text
    assert 'turns: "list[dict]" = []' in text
    assert "generativeai" not in text
    stays = transform(before + "print(model.generate_content('Hi', stream=not turns).chunks)\n")
    assert "CONFIG: GenerationConfigDict" in (stays.text or before)


def test_an_async_answer_that_is_named_through_the_module_of_its_class() -> None:
    check_transformed(
        """
        import google.generativeai as genai
        from google.generativeai.types import generation_types

        model = genai.GenerativeModel("gemini-3-flash-preview")


        async def ask():
            return said(await model.generate_content_async("Hi"))


        def said(response: generation_types.AsyncGenerateContentResponse) -> str:
            return response.text
        """,
        """
        from google import genai

        client = genai.Client()
        model = "gemini-3-flash-preview"


        async def ask():
            return said(await client.aio.interactions.create(model=model, input="Hi"))


        def said(response: genai.interactions.Interaction) -> str:
            return response.output_text
        """,
    )


def test_annotations_of_turns_and_calls_name_what_these_have_become() -> None:
    check_transformed(
        """
        from google import genai
        from google.genai import types

        client = genai.Client()
        tool = {"function_declarations": [{"name": "greet", "description": "Greets"}]}


        class Agent:
            def __init__(self) -> None:
                self.turns: list[types.Content] = []

            def run(self, call: types.FunctionCall) -> "types.Part":
                return types.Part.from_function_response(name=call.name, response=dict(call.args))

            def ask(self, text: str) -> str:
                self.turns.append(types.Content(role="user", parts=[types.Part(text=text)]))
                answer = client.models.generate_content(model="m", contents=self.turns, config={"tools": [tool]})
                self.turns.append(answer.candidates[0].content)
                if answer.function_calls:
                    self.turns.append(types.Content(role="user", parts=[self.run(c) for c in answer.function_calls]))
                return answer.text or ""
        """,
        '''
        from google import genai


        def function_calls(interaction):
            """The steps of an interaction that ask for a function to be called."""
            return [step for step in interaction.steps or [] if step.type == "function_call"]


        client = genai.Client()
        tool = [{"type": "function", "name": "greet", "description": "Greets"}]


        class Agent:
            def __init__(self) -> None:
                self.turns: list[dict | genai.interactions.Step] = []

            def run(self, call: genai.interactions.FunctionCallStep) -> dict:
                return {
                    "type": "function_result",
                    "name": call.name,
                    "call_id": call.id,
                    "result": dict(call.arguments),
                }

            def ask(self, text: str) -> str:
                self.turns.append({"type": "user_input", "content": [{"type": "text", "text": text}]})
                answer = client.interactions.create(model="m", input=self.turns, tools=tool)
                self.turns.extend(answer.steps)
                if function_calls(answer):
                    self.turns.extend([self.run(c) for c in function_calls(answer)])
                return answer.output_text or ""
        ''',
    )
