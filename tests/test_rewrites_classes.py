"""Objects that travel through classes: enums, records, mixins, descriptors, patterns."""

from __future__ import annotations

import pytest

from tests.checks import check_transformed

LEGACY = """\
import google.generativeai as genai

genai.configure(api_key="k")
{body}
"""
NEW = """\
from google import genai

client = genai.Client(api_key="k")
{body}
"""


def check_body(before: str, after: str) -> None:
    """Checks what a program that configures the legacy SDK, and goes on like this, becomes."""
    check_transformed(LEGACY.format(body=before.strip("\n")), NEW.format(body=after.strip("\n")))


def test_names_of_models_in_an_enum() -> None:
    check_transformed(
        """
        from enum import Enum

        from google import genai


        class Name(str, Enum):
            FAST = "gemini-2.0-flash"
            LONG = "gemini-3.1-pro-preview"


        def ask(name: Name, text):
            client = genai.Client()
            return client.models.generate_content(model=name.value, contents=text).text


        print(ask(Name.FAST, "Hi"))
        """,
        """
        from enum import Enum

        from google import genai


        class Name(str, Enum):
            FAST = "gemini-3-flash-preview"
            LONG = "gemini-3.1-pro-preview"


        def ask(name: Name, text):
            client = genai.Client()
            return client.interactions.create(model=name.value, input=text).output_text


        print(ask(Name.FAST, "Hi"))
        """,
        found=["MG401"],
    )


RECORDS = {
    "a NamedTuple": ("from typing import NamedTuple", "class Setup(NamedTuple):\n    model: object\n    title: str\n"),
    "a namedtuple": ("from collections import namedtuple", 'Setup = namedtuple("Setup", "model title")\n'),
}


@pytest.mark.parametrize("how", RECORDS)
def test_a_model_that_is_unpacked_from_a_record(how: str) -> None:
    line, record = RECORDS[how]
    used = """
setup = Setup({made}, "Tea")
model, title = setup
print({one}.{text}, {two}.{text})
"""
    old = 'genai.GenerativeModel("gemini-3-flash-preview", system_instruction="Be kind.")'
    new = 'dict(model="gemini-3-flash-preview", system_instruction="Be kind.")'
    create = "client.interactions.create(**{}, input=title)"
    after = used.format(made=new, one=create.format("model"), two=create.format("setup[0]"), text="output_text")
    before = used.format(
        made=old, one="model.generate_content(title)", two="setup[0].generate_content(title)", text="text"
    )
    check_transformed(line + "\n" + LEGACY.format(body=record + before), line + "\n" + NEW.format(body=record + after))


def test_a_constructor_is_found_through_the_super_of_a_mixin() -> None:
    rest = """
class Loud:
    def __init__(self, *args):
        super().__init__(*args)


class Base:
    def __init__(self, model):
        self.model = model


class Bot(Loud, Base):
    def ask(self, text):
        return {ask}


print(Bot({made}).ask("Hi"))
"""
    check_body(
        rest.format(
            ask="self.model.generate_content(text).text", made='genai.GenerativeModel("gemini-3-flash-preview")'
        ),
        rest.format(
            ask="client.interactions.create(model=self.model, input=text).output_text", made='"gemini-3-flash-preview"'
        ),
    )


def test_a_class_that_a_decorator_registers() -> None:
    rest = """
KNOWN = {{}}


def known(name):
    def note(cls):
        KNOWN[name] = cls
        return cls

    return note


@known("bot")
class Bot:
    def __init__(self, model):
        self.model = model

    def ask(self, text):
        return {ask}


print(KNOWN["bot"]({made}).ask("Hi"))
"""
    check_body(
        rest.format(
            ask="self.model.generate_content(text).text", made='genai.GenerativeModel("gemini-3-flash-preview")'
        ),
        rest.format(
            ask="client.interactions.create(model=self.model, input=text).output_text", made='"gemini-3-flash-preview"'
        ),
    )


def test_a_model_that_a_pattern_takes_out() -> None:
    rest = """
def run(job):
    match job:
        case ("ask", model, text):
            return {ask}
        case _:
            return None


print(run(("ask", {made}, "Hi")))
"""
    check_body(
        rest.format(ask="model.generate_content(text).text", made='genai.GenerativeModel("gemini-3-flash-preview")'),
        rest.format(
            ask="client.interactions.create(model=model, input=text).output_text", made='"gemini-3-flash-preview"'
        ),
    )


def test_functions_that_are_dispatched_by_type() -> None:
    rest = """
@functools.singledispatch
def ask(what, model):
    raise TypeError(what)


@ask.register
def _(what: str, model):
    return {ask}


print(ask("Hi", {made}))
"""
    check_transformed(
        "import functools\n"
        + LEGACY.format(
            body=rest.format(
                ask="model.generate_content(what).text", made='genai.GenerativeModel("gemini-3-flash-preview")'
            )
        ),
        "import functools\n"
        + NEW.format(
            body=rest.format(
                ask="client.interactions.create(model=model, input=what).output_text", made='"gemini-3-flash-preview"'
            )
        ),
    )


PUT_TOGETHER = {
    "of two displays": "{**DEFAULTS, **(more or {})}",
    "of a copy and keywords": "dict(DEFAULTS, **(more or {}))",
    "by an operator": "DEFAULTS | (more or {})",
}


@pytest.mark.parametrize("how", PUT_TOGETHER)
def test_a_dict_of_settings_that_is_put_together_stays(how: str) -> None:
    rest = f"""
from google import genai

client = genai.Client()
DEFAULTS = {{{{"temperature": 0.2}}}}


def ask(t, more=None):
    cfg = {PUT_TOGETHER[how].replace("{", "{{").replace("}", "}}")}
    return {{ask}}


print(ask("Hi"), ask("Ho", {{{{"top_p": 0.5}}}}))
"""
    check_transformed(
        rest.format(ask='client.models.generate_content(model="gemini-3-flash-preview", contents=t, config=cfg).text'),
        rest.format(
            ask='client.interactions.create(model="gemini-3-flash-preview", input=t, generation_config=cfg).output_text'
        ),
    )


def test_settings_of_a_dataclass_that_a_config_spreads() -> None:
    rest = """
import dataclasses
{imports}

@dataclasses.dataclass
class Sampling:
    temperature: float = 0.2
    top_p: float = 0.9


client = genai.Client()
response = {ask}
print(response.{text})
"""
    check_transformed(
        rest.format(
            imports="\nfrom google import genai\nfrom google.genai import types\n",
            ask="""client.models.generate_content(
    model="gemini-3-flash-preview",
    contents="Hi",
    config=types.GenerateContentConfig(system_instruction="Be kind.", **dataclasses.asdict(Sampling())),
)""",
            text="text",
        ),
        rest.format(
            imports="\nfrom google import genai\n",
            ask="""client.interactions.create(
    model="gemini-3-flash-preview",
    input="Hi",
    system_instruction="Be kind.",
    generation_config=dataclasses.asdict(Sampling()),
)""",
            text="output_text",
        ),
    )


HIDDEN = {
    "vars": 'vars()["model"].generate_content("Hi")',
    "an unknown function": 'find("model").generate_content("Hi")',
}


@pytest.mark.parametrize("how", HIDDEN)
def test_a_call_that_may_be_meant_for_a_model_keeps_it(how: str) -> None:
    body = 'model = genai.GenerativeModel("gemini-3-flash-preview")\n' + HIDDEN[how]
    source = "from shelf import find\n" + LEGACY.format(body=body)
    check_transformed(source, source, manual="cannot be seen", found=["MG106"])


def test_a_partial_that_is_called_with_settings_stays() -> None:
    source = LEGACY.format(
        body="""import functools

model = genai.GenerativeModel("gemini-3-flash-preview")
ask = functools.partial(model.generate_content, safety_settings=None)
print(ask("Hi", generation_config={"temperature": 0}).text)"""
    )
    check_transformed(source, source, manual="wrap the new call", found=["MG106"])


def test_attributes_whose_names_are_put_together() -> None:
    rest = """
class Models:
    def __init__(self):
        self.names = {{"fast": "gemini-3-flash-preview"}}
        for kind, name in self.names.items():
            setattr(self, f"{{kind}}_model", {made})

    def ask(self, kind, text):
        model = getattr(self, f"{{kind}}_model")
        return {ask}


print(Models().ask("fast", "Hi"))
"""
    check_body(
        rest.format(made="genai.GenerativeModel(name)", ask="model.generate_content(text).text"),
        rest.format(made="name", ask="client.interactions.create(model=model, input=text).output_text"),
    )


def test_a_method_under_a_second_name() -> None:
    rest = """
class Models:
    def get(self, name):
        return {made}

    __getitem__ = get


print({ask})
"""
    check_body(
        rest.format(
            made="genai.GenerativeModel(name)",
            ask='Models()["gemini-3-flash-preview"].generate_content("Hi").text',
        ),
        rest.format(
            made="name",
            ask='client.interactions.create(model=Models()["gemini-3-flash-preview"], input="Hi").output_text',
        ),
    )


def test_an_answer_that_an_exception_carries() -> None:
    rest = """
class Odd(Exception):
    pass


def ask(text):
    response = {ask}
    if len(response.{text}) % 2:
        raise Odd(response)
    return response.{text}


try:
    print(ask("Hi"))
except Odd as odd:
    print(odd.args[0].{text})
"""
    model = 'model = genai.GenerativeModel("gemini-3-flash-preview")\n'
    new = 'model = "gemini-3-flash-preview"\n'
    check_body(
        model + rest.format(ask="model.generate_content(text)", text="text"),
        new + rest.format(ask="client.interactions.create(model=model, input=text)", text="output_text"),
    )


def test_a_class_of_which_it_is_not_seen_what_it_keeps_is_given_no_model() -> None:
    source = "from shelf import Base\n" + LEGACY.format(
        body="""class Job(Base):
    pass


job = Job(genai.GenerativeModel("gemini-3-flash-preview"))
print(job.first.generate_content("Hi").text)"""
    )
    check_transformed(source, source, manual="cannot be seen", found=["MG106"])


def test_members_of_an_enum_that_get_the_same_model_are_named() -> None:
    rest = """
import enum

from google import genai

client = genai.Client()


class Model(enum.Enum):
    FAST = "{fast}"
    LITE = "{lite}"


for model in Model:
    print(model.name, client.{call})
"""
    result = check_transformed(
        rest.format(
            fast="gemini-2.0-flash",
            lite="gemini-2.0-flash-001",
            call='models.generate_content(model=model.value, contents="Hi").text',
        ),
        rest.format(
            fast="gemini-3-flash-preview",
            lite="gemini-3-flash-preview",
            call='interactions.create(model=model.value, input="Hi").output_text',
        ),
        found=["MG401", "MG401"],
    )
    told = [finding for finding in result.findings if "member FAST" in finding.message]
    assert [finding.status for finding in told] == ["needs_review"]


HASHED = {
    "a set": 'print(len({model, genai.GenerativeModel("gemini-3-flash-preview")}), model.generate_content("Hi").text)',
    "a function with a cache": """import functools


@functools.lru_cache
def ask(model, text):
    return model.generate_content(text).text


print(ask(model, "Hi"))""",
}


@pytest.mark.parametrize("how", HASHED)
def test_models_that_are_hashed_stay(how: str) -> None:
    model = 'model = genai.GenerativeModel("gemini-3-flash-preview", system_instruction="Be kind.")\n'
    source = LEGACY.format(body=model + HASHED[how])
    check_transformed(source, source, manual="hashed", found=["MG106"])


def test_a_client_that_is_made_in_a_class_body_is_reached_through_the_class() -> None:
    check_transformed(
        """
        import google.generativeai as genai


        class Tutor:
            KEY = "k"
            genai.configure(api_key=KEY)
            model = genai.GenerativeModel("gemini-3-flash-preview")
            GREETING = model.generate_content("Say hello.").text

            def ask(self, text: str):
                return self.model.generate_content(text).text

            @staticmethod
            def recap(text: str):
                return genai.GenerativeModel("gemini-3-flash-preview").generate_content(text).text
        """,
        """
        from google import genai


        class Tutor:
            KEY = "k"
            client = genai.Client(api_key=KEY)
            model = "gemini-3-flash-preview"
            GREETING = client.interactions.create(model=model, input="Say hello.").output_text

            def ask(self, text: str):
                return Tutor.client.interactions.create(model=self.model, input=text).output_text

            @staticmethod
            def recap(text: str):
                return Tutor.client.interactions.create(model="gemini-3-flash-preview", input=text).output_text
        """,
    )


def test_a_client_that_is_made_in_the_body_of_an_inner_class_is_global() -> None:
    check_transformed(
        """
        import google.generativeai as genai


        class Bot:
            class Setup:
                genai.configure(api_key="k")

            def ask(self, text: str):
                return genai.GenerativeModel("gemini-3-flash-preview").generate_content(text).text
        """,
        """
        from google import genai

        client = None


        class Bot:
            class Setup:
                global client
                client = genai.Client(api_key="k")

            def ask(self, text: str):
                return client.interactions.create(model="gemini-3-flash-preview", input=text).output_text
        """,
    )
