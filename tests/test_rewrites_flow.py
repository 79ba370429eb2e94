"""What a value is where the text does not say it at once: annotations, star imports, tests, classes and helpers."""

from __future__ import annotations

from tests.checks import check_manual, check_transformed


def test_names_of_a_star_import_are_those_of_the_sdk() -> None:
    check_transformed(
        """
        from google.generativeai import *
        from google.generativeai.types import *

        configure(api_key="k")
        settings = {HarmCategory.HARM_CATEGORY_HARASSMENT: HarmBlockThreshold.BLOCK_NONE}


        def ask(text: str):
            model = GenerativeModel("gemini-3-flash-preview", safety_settings=settings)
            return model.generate_content(text, generation_config=GenerationConfig(temperature=0.5)).text
        """,
        """
        from google import genai

        client = genai.Client(api_key="k")
        settings = [{"type": "harassment", "threshold": "block_none"}]


        def ask(text: str):
            model = dict(model="gemini-3-flash-preview", safety_settings=settings)
            return client.interactions.create(**model, input=text, generation_config={"temperature": 0.5}).output_text
        """,
    )


def test_a_star_import_stays_where_a_name_of_it_is_still_used() -> None:
    check_transformed(
        """
        import google.generativeai as genai
        from google.generativeai.types import *

        genai.configure(api_key="k")


        def show(tools: ToolsType):
            return genai.GenerativeModel("gemini-3-flash-preview").generate_content("Hi").text
        """,
        """
        from google import genai
        from google.generativeai.types import *

        client = genai.Client(api_key="k")


        def show(tools: ToolsType):
            return client.interactions.create(model="gemini-3-flash-preview", input="Hi").output_text
        """,
        found=["MG106"],
    )


def test_an_annotation_counts_only_where_nothing_else_tells() -> None:
    check_transformed(
        """
        import google.generativeai as genai
        from google.generativeai.types import GenerateContentResponse


        class Service:
            def ask(self, text: str):
                answer: GenerateContentResponse = self.model.generate_content(text)
                return answer.text

            def __init__(self, key):
                genai.configure(api_key=key)
                self.model = genai.GenerativeModel("gemini-3-flash-preview")
        """,
        """
        from google import genai


        class Service:
            def ask(self, text: str):
                answer: genai.interactions.Interaction = self.client.interactions.create(
                    model=self.model, input=text
                )
                return answer.output_text

            def __init__(self, key):
                self.client = genai.Client(api_key=key)
                self.model = "gemini-3-flash-preview"
        """,
    )


def test_a_parameter_that_seen_calls_leave_out_has_its_default() -> None:
    check_transformed(
        """
        from google import genai
        from google.genai import types

        client = genai.Client()


        class Answer:
            def __init__(self, text, raw: types.GenerateContentResponse | None = None):
                self.text = text
                self.raw = raw


        def ask(text: str):
            found = Answer("")
            found.raw = client.models.generate_content(model="gemini-3-flash-preview", contents=text)
            return found.raw.text or ""
        """,
        """
        from google import genai

        client = genai.Client()


        class Answer:
            def __init__(self, text, raw: genai.interactions.Interaction | None = None):
                self.text = text
                self.raw = raw


        def ask(text: str):
            found = Answer("")
            found.raw = client.interactions.create(model="gemini-3-flash-preview", input=text)
            return found.raw.output_text or ""
        """,
    )


def test_a_parameter_that_a_seen_call_fills_with_something_unknown_is_what_it_says() -> None:
    check_manual(
        """
        import json

        import google.generativeai as genai
        from google.generativeai.types import GenerateContentResponse

        genai.configure(api_key="k")
        last = genai.GenerativeModel("gemini-3-flash-preview").generate_content("Hi")


        def show(answer: GenerateContentResponse | None = None):
            print((answer or last).text)


        show(json.loads("1"))
        """,
        "comes from outside",
    )
