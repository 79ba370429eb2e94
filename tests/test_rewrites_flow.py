"""What a value is where the text does not say it at once: annotations, star imports, tests, classes and helpers."""

from __future__ import annotations

import textwrap

import pytest

from migrate_gemini import transform
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


def test_isinstance_of_a_class_of_another_library_or_of_the_program_is_no_use_of_a_model() -> None:
    check_transformed(
        """
        import google.generativeai as genai
        import openai

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview")


        class Echo:
            pass


        def known(asked):
            return not isinstance(asked, (openai.OpenAI, Echo))


        if known(model):
            print(model.generate_content("Hi").text)
        """,
        """
        from google import genai
        import openai

        client = genai.Client(api_key="k")
        model = "gemini-3-flash-preview"


        class Echo:
            pass


        def known(asked):
            return not isinstance(asked, (openai.OpenAI, Echo))


        if known(model):
            print(client.interactions.create(model=model, input="Hi").output_text)
        """,
    )


def test_isinstance_of_what_a_model_becomes_keeps_it() -> None:
    check_manual(
        """
        import google.generativeai as genai

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview")
        if not isinstance(model, (str, dict)):
            print(model.generate_content("Hi").text)
        """,
        "cannot be seen (isinstance(model, (str, dict)))",
    )


def test_a_model_always_has_its_methods_and_a_chat_its_history() -> None:
    check_transformed(
        """
        import google.generativeai as genai

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview")
        ready = hasattr(model, "generate_content")
        if hasattr(model, "generate_content") and ready:
            print(model.generate_content("Hi").text)
        """,
        """
        from google import genai

        client = genai.Client(api_key="k")
        model = "gemini-3-flash-preview"
        ready = (model is not None)
        if model and ready:
            print(client.interactions.create(model=model, input="Hi").output_text)
        """,
    )


def test_a_library_that_calls_the_old_sdk_is_named() -> None:
    check_manual(
        """
        import google.generativeai as genai
        import instructor

        client = instructor.from_gemini(client=genai.GenerativeModel("gemini-3-flash-preview"))
        """,
        "calls the old SDK with it (instructor.from_gemini(); call instructor.from_genai(",
    )


def test_a_subclass_of_the_sdk_is_named_and_a_lookalike_is_not() -> None:
    check_manual(
        """
        import google.generativeai as genai


        class Counting(genai.GenerativeModel):
            def generate_content(self, contents):
                self.count = self._client.count_tokens(model=self.model_name, contents=contents)
                return super().generate_content(contents)


        class Echo:
            def generate_content(self, contents):
                return contents

            def count_tokens(self, contents):
                return len(contents)


        def show(model: Counting):
            print(model.count_tokens("Hi").total_tokens)
            print(model.generate_content("Hi").text)


        print(Echo().generate_content("Hi"), Echo().count_tokens("Hi"))
        """,
        "derives from one of the SDK (google.generativeai.GenerativeModel)",
        lookalikes=1,
    )


def test_a_method_of_a_class_of_the_sdk_is_a_value() -> None:
    check_manual(
        """
        from google.genai.models import AsyncModels, Models

        print(hasattr(Models.generate_content, "__wrapped__"), AsyncModels.generate_content_stream)
        """,
        "used as a value (Models.generate_content)",
    )


def test_a_module_that_is_imported_by_a_call_is_the_sdk() -> None:
    check_transformed(
        """
        import importlib


        class Api:
            def __init__(self, key):
                self.genai = importlib.import_module("google.genai")
                self.client = self.genai.Client(api_key=key)

            def ask(self):
                return self.client.models.generate_content(model="gemini-3-flash-preview", contents="Hi").text
        """,
        """
        import importlib


        class Api:
            def __init__(self, key):
                self.genai = importlib.import_module("google.genai")
                self.client = self.genai.Client(api_key=key)

            def ask(self):
                return self.client.interactions.create(model="gemini-3-flash-preview", input="Hi").output_text
        """,
    )
    check_manual(
        """
        import importlib

        genai = importlib.import_module("google.generativeai")
        genai.configure(api_key="k")
        print(genai.GenerativeModel("gemini-3-flash-preview").generate_content("Hi").text)
        """,
        "imported at run time",
    )


def test_the_name_of_a_model_that_is_handed_on_with_the_method_is_replaced() -> None:
    check_transformed(
        """
        from concurrent.futures import ThreadPoolExecutor

        from google import genai

        client = genai.Client()
        with ThreadPoolExecutor() as pool:
            answer = pool.submit(client.models.generate_content, model="gemini-2.0-flash", contents="Hi").result()
        print(answer.text)
        """,
        """
        from concurrent.futures import ThreadPoolExecutor

        from google import genai

        client = genai.Client()
        with ThreadPoolExecutor() as pool:
            answer = pool.submit(client.interactions.create, model="gemini-3-flash-preview", input="Hi").result()
        print(answer.output_text)
        """,
        found=["MG401"],
    )


PROVIDERS = """
import google.generativeai as genai


class Provider:
    def ask(self, text):
        answer = self.send(text)
        return f"{self.text(answer)} {self.usage(answer)}"


class Gemini(Provider):
    def __init__(self):
        genai.configure(api_key="k")
        self.model = genai.GenerativeModel("gemini-3-flash-preview")

    def send(self, text: str):
        return self.model.generate_content(text)

    def text(self, answer):
        return answer.text

    def usage(self, answer):
        return answer.usage_metadata.total_token_count


class Other(Provider):
    def __init__(self, api):
        self.api = api

    def send(self, text: str):
        return self.api.messages.create(text)

    def text(self, answer):
        return answer.message

    def usage(self, answer):
        return answer.usage.total


def make(name, api) -> Provider:
    return Gemini() if name == "gemini" else Other(api)
"""


@pytest.mark.parametrize(
    "use",
    ["print(make('gemini', None).ask('Hi'))", "def run(which: Provider):\n    return which.ask('Hi')", ""],
    ids=["called through a factory", "called through an annotation", "called by nobody"],
)
def test_what_one_class_gives_is_not_what_its_sibling_takes(use: str) -> None:
    before = f"{PROVIDERS}\n\n{use}\n"
    after = (
        before.replace("import google.generativeai as genai", "from google import genai")
        .replace("genai.configure(api_key", "self.client = genai.Client(api_key")
        .replace('genai.GenerativeModel("gemini-3-flash-preview")', '"gemini-3-flash-preview"')
        .replace("self.model.generate_content(text)", "self.client.interactions.create(model=self.model, input=text)")
        .replace("answer.text", "answer.output_text")
        .replace("answer.usage_metadata.total_token_count", "answer.usage.total_tokens")
    )
    check_transformed(before, after)


def test_a_method_of_a_base_class_sees_what_each_class_below_it_does() -> None:
    check_manual(
        """
        import google.generativeai as genai


        class Provider:
            def ask(self, text):
                return self.send(text)._result


        class Gemini(Provider):
            def send(self, text):
                return genai.GenerativeModel("gemini-3-flash-preview").generate_content("Hi")


        class Other(Provider):
            def send(self, text):
                return text
        """,
        "`._result` has no known counterpart",
    )


def test_an_object_of_a_class_does_not_do_what_a_class_below_it_does() -> None:
    check_transformed(
        """
        import google.generativeai as genai

        genai.configure(api_key="k")


        class Reader:
            def read(self, answer):
                return answer.text


        class Other(Reader):
            def read(self, answer):
                return answer.message.parts


        print(Reader().read(genai.GenerativeModel("gemini-3-flash-preview").generate_content("Hi")))
        """,
        """
        from google import genai

        client = genai.Client(api_key="k")


        class Reader:
            def read(self, answer):
                return answer.output_text


        class Other(Reader):
            def read(self, answer):
                return answer.message.parts


        print(Reader().read(client.interactions.create(model="gemini-3-flash-preview", input="Hi")))
        """,
    )


def test_what_one_caller_of_a_helper_gets_is_not_what_another_one_gets() -> None:
    check_transformed(
        """
        import asyncio

        import google.generativeai as genai
        import requests

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview")


        def retry(call, tries=3):
            for _ in range(tries):
                try:
                    return call()
                except OSError:
                    continue


        class Api:
            async def _safe(self, fn, *args, **kwargs):
                result = await asyncio.to_thread(fn, *args, **kwargs)
                return result

            async def ask(self, text: str):
                response = await self._safe(model.generate_content, text)
                return response.text

            async def fetch(self):
                page = await self._safe(requests.get, "http://localhost")
                return page.status_code


        print(retry(lambda: model.generate_content("Hi")).text)
        print(retry(lambda: requests.get("http://localhost")).headers)
        """,
        """
        import asyncio

        from google import genai
        import requests

        client = genai.Client(api_key="k")
        model = "gemini-3-flash-preview"


        def retry(call, tries=3):
            for _ in range(tries):
                try:
                    return call()
                except OSError:
                    continue


        class Api:
            async def _safe(self, fn, *args, **kwargs):
                result = await asyncio.to_thread(fn, *args, **kwargs)
                return result

            async def ask(self, text: str):
                response = await self._safe(client.interactions.create, model=model, input=text)
                return response.output_text

            async def fetch(self):
                page = await self._safe(requests.get, "http://localhost")
                return page.status_code


        print(retry(lambda: client.interactions.create(model=model, input="Hi")).output_text)
        print(retry(lambda: requests.get("http://localhost")).headers)
        """,
    )


def test_what_a_helper_does_with_an_answer_counts_for_all_of_its_callers() -> None:
    check_manual(
        """
        import google.generativeai as genai

        model = genai.GenerativeModel("gemini-3-flash-preview")


        def noted(call):
            answer = call()
            print(answer._result)
            return answer


        print(noted(lambda: model.generate_content("Hi")).text)
        print(noted(lambda: "text").upper())
        """,
        "`._result` has no known counterpart",
    )


def test_what_a_helper_does_with_an_answer_or_a_stream_counts_for_both() -> None:
    check_manual(
        """
        from google import genai

        client = genai.Client()


        def noted(call):
            answer = call()
            print(answer._result)
            return answer


        print(noted(lambda: client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")).text)
        for part in noted(lambda: client.models.generate_content_stream(model="gemini-3-flash-preview", contents="Hi")):
            print(part.text)
        """,
        "`._result` has no known counterpart",
    )


def test_settings_that_callers_give_by_keyword_become_those_of_the_request() -> None:
    check_transformed(
        """
        from google import genai

        client = genai.Client()


        def ask(prompt: str, **kwargs):
            return client.models.generate_content(model="gemini-3-flash-preview", contents=prompt, **kwargs).text


        print(ask("Hi"), ask("Ho", config={"temperature": 0.5}))
        """,
        """
        from google import genai

        client = genai.Client()


        def ask(prompt: str, **kwargs):
            return client.interactions.create(model="gemini-3-flash-preview", input=prompt, **kwargs).output_text


        print(ask("Hi"), ask("Ho", generation_config={"temperature": 0.5}))
        """,
    )


@pytest.mark.parametrize(
    "caller", ['ask("Hi", **settings)', 'ask("Hi", contents="Ho")', 'pool.submit(ask, "Hi", config=settings)']
)
def test_settings_of_callers_that_are_not_seen_whole_keep_the_call(caller: str) -> None:
    check_manual(
        f"""
        from concurrent.futures import ThreadPoolExecutor

        from google import genai

        client = genai.Client()
        pool = ThreadPoolExecutor()
        settings = {{"temperature": 0.5}}


        def ask(prompt: str, **kwargs):
            return client.models.generate_content(model="gemini-3-flash-preview", contents=prompt, **kwargs).text


        print({caller})
        """,
        "built elsewhere",
    )


@pytest.mark.parametrize(
    ("base", "field"),
    [("", "dataclasses.field(default_factory=dict)"), ("(pydantic.BaseModel)", "pydantic.Field(default_factory=dict)")],
)
def test_settings_that_a_field_makes_empty_by_its_factory_move(base: str, field: str) -> None:
    before = f"""
        import dataclasses

        import pydantic
        from google import genai

        client = genai.Client()


        {"@dataclasses.dataclass" if not base else ""}
        class Stage{base}:
            settings: dict = {field}


        def run(stage: Stage):
            return client.models.generate_content(
                model="gemini-3-flash-preview", contents="Hi", config=stage.settings
            ).text


        print(run(Stage()), run(Stage(settings={{"temperature": 0.2}})))
        """
    text = transform(textwrap.dedent(before)).text
    assert text is not None
    assert 'input="Hi", generation_config=stage.settings\n' in text


def test_a_lambda_in_an_annotation_or_a_class_keyword_stands_in_the_scope_around_it() -> None:
    check_transformed(
        """
        from google import genai

        client = genai.Client()


        class Names(list, key=lambda name: name):
            pass


        def ask(text: kind(lambda v: v), *more: kind(lambda v: v)) -> kind(lambda v: v):
            return client.models.generate_content(model="m", contents=f"{text}").text
        """,
        """
        from google import genai

        client = genai.Client()


        class Names(list, key=lambda name: name):
            pass


        def ask(text: kind(lambda v: v), *more: kind(lambda v: v)) -> kind(lambda v: v):
            return client.interactions.create(model="m", input=f"{text}").output_text
        """,
    )


def test_a_variable_that_globals_names_is_the_modules() -> None:
    check_transformed(
        """
        from google import genai

        client = genai.Client()
        globals()["last"] = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")


        def show():
            return last.text + globals()["last"].text
        """,
        """
        from google import genai

        client = genai.Client()
        globals()["last"] = client.interactions.create(model="gemini-3-flash-preview", input="Hi")


        def show():
            return last.output_text + globals()["last"].output_text
        """,
    )


def test_a_receiver_that_makes_the_client_is_evaluated_before_the_first_iterable_of_a_comprehension() -> None:
    check_transformed(
        """
        import google.generativeai as genai


        def model_of(kind: str):
            genai.configure(api_key="k")
            return genai.GenerativeModel(kind)


        def ask(t):
            return [a for a in map(model_of("gemini-3-flash-preview").generate_content, t)]
        """,
        """
        from google import genai

        client = None


        def model_of(kind: str):
            global client
            client = genai.Client(api_key="k")
            return kind


        def ask(t):
            request = model_of("gemini-3-flash-preview")
            return [a for a in map(lambda contents: client.interactions.create(model=request, input=contents), t)]
        """,
    )
