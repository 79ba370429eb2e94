"""Tests of the user's code: doubles of the SDK move with the calls that they stand for, or are named."""

from __future__ import annotations

import textwrap

import pytest

from migrate_gemini import Settings
from migrate_gemini.engine import SourceModule, migrate

ASK = """
from google import genai

client = genai.Client()


def ask(prompt):
    return client.models.generate_content(model="gemini-2.5-flash", contents=prompt).text
"""
LEGACY = """
import google.generativeai as genai

genai.configure(api_key="k")
model = genai.GenerativeModel("gemini-2.5-flash")


def ask(prompt):
    return model.generate_content(prompt).text
"""


def migrated(app: str, test: str) -> tuple[str, str, list[str]]:
    """app.py and test_app.py after their migration, and what is left to a person in the second."""
    texts = {"app.py": textwrap.dedent(app), "test_app.py": textwrap.dedent(test)}
    sources = [SourceModule(path, text) for path, text in texts.items()]
    results = {result.path: result for result in migrate(sources, Settings(todo_comments=False))}
    assert not any(result.error for result in results.values())
    after = {path: results[path].text or texts[path] for path in texts}
    again = migrate([SourceModule(path, text) for path, text in after.items()], Settings(todo_comments=False))
    assert all(result.text is None for result in again), "a second run changes nothing"
    manual = [f"{f.line}: {f.message}" for f in results["test_app.py"].findings if f.status == "manual"]
    return after["app.py"], after["test_app.py"], manual


def check(app: str, before: str, after: str, moved: str = "interactions.create") -> None:
    """The test `before` becomes `after` whole, and the code that it tests moves."""
    code, test, manual = migrated(app, before)
    assert manual == []
    assert moved in code
    assert test == textwrap.dedent(after)


def check_left(app: str, before: str, *words: str) -> None:
    """The code that is tested moves; the test keeps a finding with these words each."""
    code, _, manual = migrated(app, before)
    assert "interactions.create" in code
    assert all(any(word in finding for finding in manual) for word in words), manual


@pytest.mark.parametrize("target", ["app.client", "app.genai.Client.return_value", "google.genai.Client.return_value"])
def test_what_a_patched_client_answers_is_set_where_the_new_call_reads_it(target: str) -> None:
    name, _, _ = target.partition(".return_value")
    chain = "c.return_value" if name != target else "c"
    in_function = ASK.replace("client = genai.Client()\n", "").replace(
        "    return client.", "    return genai.Client()."
    )
    app = ASK if name == target else in_function
    check(
        app,
        f"""
        from unittest.mock import patch

        from app import ask


        @patch("{name}")
        def test_ask(c):
            {chain}.models.generate_content.return_value.text = "hello"
            assert ask("hi") == "hello"
            {chain}.models.generate_content.assert_called_with(model="gemini-2.5-flash", contents="hi")
        """,
        f"""
        from unittest.mock import patch

        from app import ask


        @patch("{name}")
        def test_ask(c):
            {chain}.interactions.create.return_value.output_text = "hello"
            assert ask("hi") == "hello"
            {chain}.interactions.create.assert_called_with(model="gemini-2.5-flash", input="hi")
        """,
    )


def test_a_patched_legacy_model_becomes_the_client_of_its_module() -> None:
    check(
        LEGACY,
        """
        from unittest.mock import patch

        import app


        def test_ask():
            with patch("app.model") as model:
                model.generate_content.return_value.text = "hello"
                assert app.ask("hi") == "hello"
                model.generate_content.assert_called_once_with("hi")
        """,
        """
        from unittest.mock import patch

        import app


        def test_ask():
            with patch("app.client") as model:
                model.interactions.create.return_value.output_text = "hello"
                assert app.ask("hi") == "hello"
                model.interactions.create.assert_called_once_with(model="gemini-2.5-flash", input="hi")
        """,
    )


def test_fixtures_and_mocker_are_followed() -> None:
    check(
        ASK,
        """
        import pytest

        import app


        @pytest.fixture
        def generate(mocker):
            return mocker.patch.object(app.client.models, "generate_content")


        def test_ask(generate):
            generate.return_value.text = "hello"
            assert app.ask("hi") == "hello"
            assert generate.call_args.kwargs["contents"] == "hi"
        """,
        """
        import pytest

        import app


        @pytest.fixture
        def generate(mocker):
            return mocker.patch.object(app.client.interactions, "create")


        def test_ask(generate):
            generate.return_value.output_text = "hello"
            assert app.ask("hi") == "hello"
            assert generate.call_args.kwargs["input"] == "hi"
        """,
    )


def test_a_double_whose_calls_stay_is_left_alone() -> None:
    test = """
        from unittest.mock import patch

        import app


        @patch("app.client")
        def test_ask(client):
            client.models.generate_content.return_value.text = "hello"
            assert app.ask("hi") == "hello"
        """
    stays = ASK.replace("contents=prompt", 'contents=prompt, config={"candidate_count": 3}')
    code, after, manual = migrated(stays, test)
    assert "generate_content" in code
    assert after == textwrap.dedent(test)
    assert manual == []


def test_a_double_of_something_else_is_left_alone() -> None:
    test = """
        from unittest.mock import MagicMock, patch

        import app


        def summarize(model, text):
            return model.generate_content(text).text


        def test_other():
            other = MagicMock()
            other.generate_content.return_value.text = "theirs"
            assert summarize(other, "x") == "theirs"
            other.generate_content.assert_called_once_with("x")


        @patch("app.client")
        def test_ask(client):
            client.interactions.create.return_value.output_text = "hello"
        """
    _, after, manual = migrated(ASK, test)
    assert after == textwrap.dedent(test)
    assert manual == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("generate.return_value.candidates = []", "`.candidates`"),
        ('generate.side_effect = errors.APIError(429, {"error": {}})', "other errors"),
        ('generate.assert_has_calls([call(model="m", contents="hi")])', "assert_has_calls"),
        ('generate.assert_called_with(model="m", contents="hi", config=ANY)', "config=ANY"),
        ("assert generate.call_args.kwargs['config'].top_k == 3", "no config"),
    ],
)
def test_what_has_no_counterpart_on_a_double_is_named_and_keeps_nothing(line: str, words: str) -> None:
    check_left(
        ASK,
        f"""
        from unittest.mock import ANY, call, patch

        from google.genai import errors

        import app


        @patch.object(app.client.models, "generate_content")
        def test_ask(generate):
            {line}
            app.ask("hi")
        """,
        words,
    )


TAKEN = """
from google import genai


def ask(client, prompt):
    return client.models.generate_content(model="gemini-2.5-flash", contents=prompt).text


if __name__ == "__main__":
    print(ask(genai.Client(), "hi"))
"""


def test_a_fake_client_gets_the_names_of_the_new_one() -> None:
    check(
        TAKEN,
        """
        from dataclasses import dataclass

        from app import ask


        @dataclass
        class FakeAnswer:
            text: str


        class FakeModels:
            def generate_content(self, model, contents, config=None):
                return FakeAnswer(text=contents.upper())


        class FakeClient:
            def __init__(self):
                self.models = FakeModels()


        def test_ask():
            assert ask(FakeClient(), "hi") == "HI"
        """,
        """
        from dataclasses import dataclass

        from app import ask


        @dataclass
        class FakeAnswer:
            output_text: str


        class FakeModels:
            def create(self, model, input, **settings):
                return FakeAnswer(output_text=input.upper())


        class FakeClient:
            def __init__(self):
                self.interactions = FakeModels()


        def test_ask():
            assert ask(FakeClient(), "hi") == "HI"
        """,
    )


def test_a_fake_model_of_the_legacy_sdk_does_not_keep_the_code_that_it_tests() -> None:
    app = (
        LEGACY
        + """

def ask_with(model, prompt):
    return model.generate_content(prompt).text


print(ask_with(model, "hi"))
"""
    )
    check_left(
        app,
        """
        from app import ask_with


        class FakeModel:
            def generate_content(self, prompt):
                raise RuntimeError(prompt)


        def test_ask():
            ask_with(FakeModel(), "hi")
        """,
        "generate_content is not called any more",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("lambda prompt: Mock(text=prompt)", "lambda input, **settings: Mock(output_text=input)"),
        ('[Mock(text="a"), ValueError("b")]', '[Mock(output_text="a"), ValueError("b")]'),
        ("lambda *_, **__: Mock(text='x')", "lambda *_, **__: Mock(output_text='x')"),
    ],
)
def test_what_a_request_does_instead_takes_the_new_arguments(before: str, after: str) -> None:
    test = """
        from unittest.mock import Mock, patch

        import app


        @patch("app.NAME")
        def test_ask(fake):
            fake.CALL.side_effect = EFFECT
            app.ask("hi")
        """
    old = test.replace("NAME", "model").replace("CALL", "generate_content").replace("EFFECT", before)
    check(LEGACY, old, test.replace("NAME", "client").replace("CALL", "interactions.create").replace("EFFECT", after))


def test_the_chunks_of_a_stream_become_events() -> None:
    app = """
    import google.generativeai as genai

    genai.configure(api_key="k")
    model = genai.GenerativeModel("gemini-2.5-flash")


    def tell(prompt):
        for chunk in model.generate_content(prompt, stream=True):
            yield chunk.text
    """
    check(
        app,
        """
        from types import SimpleNamespace
        from unittest.mock import patch

        import app


        @patch("app.model")
        def test_tell(model):
            model.generate_content.return_value = [SimpleNamespace(text="a"), SimpleNamespace(text="b")]
            assert list(app.tell("x")) == ["a", "b"]
        """,
        '''
        from types import SimpleNamespace
        from unittest.mock import patch

        import app


        def text_event(text):
            """An event of a stream that brings a piece of text."""
            return SimpleNamespace(event_type="step.delta", delta=SimpleNamespace(type="text", text=text))


        @patch("app.client")
        def test_tell(model):
            model.interactions.create.return_value = [text_event("a"), text_event("b")]
            assert list(app.tell("x")) == ["a", "b"]
        ''',
    )


def test_doubles_that_are_too_many_to_follow_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrate_gemini.infer.doubles.MANY", 1)
    check_left(
        ASK,
        """
        from unittest.mock import patch

        import app


        @patch("app.client")
        def test_ask(client):
            client.models.generate_content.return_value.text = "hello"
            assert app.ask("hi") == "hello"
        """,
        "could not be followed",
    )


OWN_CLIENT = """
import google.generativeai as genai


class Bot:
    def __init__(self, key):
        genai.configure(api_key=key)
        self.model = genai.GenerativeModel("gemini-3.8-flash")

    def ask(self, prompt):
        return self.model.generate_content(prompt).text
"""


def test_a_double_of_the_class_that_monkeypatch_puts_there_is_one_of_the_client_and_configure_goes() -> None:
    check(
        OWN_CLIENT,
        """
        from unittest.mock import MagicMock

        import app


        def test_ask(monkeypatch):
            cls = MagicMock()
            cls.return_value.generate_content.return_value.text = "hi"
            monkeypatch.setattr("app.genai.configure", lambda **settings: None)
            monkeypatch.setattr(app.genai, "GenerativeModel", cls)
            assert app.Bot("k").ask("Hi") == "hi"
        """,
        """
        from unittest.mock import MagicMock

        import app


        def test_ask(monkeypatch):
            cls = MagicMock()
            cls.return_value.interactions.create.return_value.output_text = "hi"
            monkeypatch.setattr(app.genai, "Client", cls)
            assert app.Bot("k").ask("Hi") == "hi"
        """,
    )


def test_a_with_statement_that_patches_configure_alone_gives_way_to_its_body() -> None:
    check(
        OWN_CLIENT,
        """
        from unittest.mock import patch

        import app


        def test_ask():
            with patch("app.genai.configure") as configure:
                # the class as well
                with patch("app.genai.GenerativeModel") as cls:
                    cls.return_value.generate_content.return_value.text = "hi"
                    assert app.Bot("k").ask("Hi") == "hi"
                    configure.assert_called_once_with(api_key="k")
        """,
        """
        from unittest.mock import patch

        import app


        def test_ask():
            # the class as well
            with patch("app.genai.Client") as cls:
                cls.return_value.interactions.create.return_value.output_text = "hi"
                assert app.Bot("k").ask("Hi") == "hi"
                cls.assert_called_once_with(api_key="k")
        """,
    )


def test_what_a_double_of_configure_is_asked_beyond_its_call_is_named() -> None:
    check_left(
        OWN_CLIENT,
        """
        from unittest.mock import patch

        import app


        def test_ask():
            with patch("app.genai.configure") as configure, patch("app.genai.GenerativeModel") as cls:
                cls.return_value.generate_content.return_value.text = "hi"
                assert app.Bot("k").ask("Hi") == "hi"
                configure.reset_mock()
        """,
        "genai.configure is gone",
    )


def test_a_fake_in_a_namespace_that_a_test_puts_there_keeps_no_call_and_moves_with_it() -> None:
    service = (
        "from google import genai\n\n\nclass Service:\n"
        "    def __init__(self):\n        self.client = genai.Client()\n\n"
        "    def ask(self, text: str):\n        response = self.client.models.generate_content(\n"
        '            model="gemini-3-flash-preview", contents=text\n        )\n        return response.text\n'
    )
    test = (
        "from types import SimpleNamespace\n\nfrom service import Service\n\n\nclass Models:\n"
        "    def generate_content(self, *, model, contents):\n        return SimpleNamespace(text=contents)\n\n\n"
        "def test_ask():\n    service = Service()\n    service.client = SimpleNamespace(models=Models())\n"
        '    assert service.ask("Hi") == "Hi"\n'
    )
    first, second = migrate([SourceModule("service.py", service), SourceModule("test_service.py", test)], Settings())
    assert first.text is not None and "self.client.interactions.create(" in first.text
    assert {finding.status for finding in first.findings} == {"migrated"}
    assert second.text is not None and "SimpleNamespace(interactions=Models())" in second.text
    assert (
        "def create(self, model, input, **settings):\n        return SimpleNamespace(output_text=input)\n"
        in second.text
    )


SERVICE = """
import google.generativeai as genai


class Service:
    def __init__(self, key):
        if key:
            genai.configure(api_key=key)
            self.model = genai.GenerativeModel("gemini-2.5-flash")
        else:
            self.model = None

    def ask(self, prompt):
        return self.model.generate_content(prompt)
"""


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("self.assertIsNone(Service('').model)", "self.assertIsNone(Service('').model)"),
        ("self.assertIsNotNone(Service('k').model, 'none')", "self.assertIsNotNone(Service('k').model, 'none')"),
        ("self.assertTrue(Service('k').model)", "self.assertTrue(Service('k').model)"),
        ("self.assertFalse(Service('').model)", "self.assertFalse(Service('').model)"),
        ("self.assertIsNotNone(Service('k').ask('x'))", "self.assertIsNotNone(Service('k').ask('x'))"),
        (
            "self.assertIsInstance(Service('k').model, GenerativeModel)",
            "self.assertIsInstance(Service('k').model, str)",
        ),
        (
            "self.assertTrue(Service('k').ask('x').candidates)",
            "self.assertTrue(Service('k').ask('x').status != 'failed')",
        ),
    ],
)
def test_what_a_test_only_judges_by_its_truth_or_its_type_moves(line: str, after: str) -> None:
    head = "import unittest\nfrom app import Service\n\n\n"
    head = head.replace("\n", "\nfrom google.generativeai import GenerativeModel\n", 1 if "Gen" in line else 0)
    head += "class ServiceTest(unittest.TestCase):\n    def test_it(self):\n        "
    code, test, manual = migrated(SERVICE, head + line + "\n")
    assert manual == []
    assert "interactions.create" in code
    assert after in test.replace('"', "'")


@pytest.mark.parametrize(
    "line",
    [
        "self.assertEqual(Service('k').model, Service('k').model)",
        "Other().assertIsNone(Service('').model)",
        "self.assertIsInstance(Service('k').model, str)",
    ],
)
def test_what_a_test_hands_to_code_that_is_not_known_to_judge_stays(line: str) -> None:
    head = "import unittest\nfrom elsewhere import Other\nfrom app import Service\n\n\n"
    head += "class ServiceTest(unittest.TestCase):\n    def test_it(self):\n        "
    code, test, _ = migrated(SERVICE, head + line + "\n")
    assert "interactions" not in code
    assert line in test


def test_a_text_that_a_test_holds_against_none_is_none_where_it_was() -> None:
    test = """
        import unittest
        from app import ask

        class AskTest(unittest.TestCase):
            def test_nothing(self):
                self.assertIsNone(ask("x"))
        """
    code, _, _ = migrated(ASK, test)
    assert ".output_text or None" in code


def test_a_namespace_in_which_a_program_keeps_a_chat_is_no_double_of_it() -> None:
    source = """
        from types import SimpleNamespace

        import google.generativeai as genai

        genai.configure(api_key="k")
        state = SimpleNamespace(count=0, chat=None)


        def ask(text):
            if state.chat is None:
                state.chat = genai.GenerativeModel("gemini-3-flash-preview").start_chat()
            state.count += 1
            return state.chat.send_message(text).text
        """
    [result] = migrate([SourceModule("app.py", textwrap.dedent(source))], Settings())
    assert [f.code for f in result.findings] == ["MG102", "MG101", "MG104", "MG105"]
