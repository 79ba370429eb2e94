"""What is stored, and --no-store: nothing is, and chats send their steps back."""

from __future__ import annotations

import json

import pytest

from migrate_gemini import Settings, transform
from migrate_gemini.report import json_report, terminal
from migrate_gemini.results import FileResult, RunResult
from migrate_gemini.sdk import differences
from tests.checks import check_transformed

NO_STORE = Settings(store=False)


def test_a_single_request_says_that_nothing_is_stored() -> None:
    check_transformed(
        """
        from google import genai

        client = genai.Client(api_key="k")
        response = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")
        for chunk in client.models.generate_content_stream(
            model="gemini-3-flash-preview",
            contents="Count",
        ):
            print(chunk.text)
        print(response.text)
        """,
        """
        from google import genai

        client = genai.Client(api_key="k")
        response = client.interactions.create(model="gemini-3-flash-preview", input="Hi", store=False)
        for chunk in client.interactions.create(
            model="gemini-3-flash-preview",
            input="Count",
            store=False,
            stream=True,
        ):
            if chunk.event_type == "step.delta" and chunk.delta.type == "text":
                print(chunk.delta.text)
        print(response.output_text)
        """,
        settings=NO_STORE,
    )


def test_methods_that_are_passed_on_say_so_too() -> None:
    check_transformed(
        """
        import asyncio
        import google.generativeai as genai

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview")


        async def ask():
            answer = await asyncio.to_thread(model.generate_content, "Hi")
            print(answer.text)
        """,
        """
        import asyncio
        from google import genai

        client = genai.Client(api_key="k")
        model = "gemini-3-flash-preview"


        async def ask():
            answer = await asyncio.to_thread(
                client.interactions.create, model=model, input="Hi", store=False
            )
            print(answer.output_text)
        """,
        settings=NO_STORE,
    )


CHAT = """
import google.generativeai as genai

genai.configure(api_key="k")
model = genai.GenerativeModel("gemini-3-flash-preview")
chat = model.start_chat()
print(chat.send_message("Hi").text)
"""


def test_a_chat_sends_all_steps_back_and_names_no_stored_interaction() -> None:
    text = transform(CHAT, NO_STORE).text or ""
    assert "previous_interaction_id" not in text
    assert "interactions.create(**{**self.request, **settings}, input=steps, store=False)" in text
    assert "self.steps = [*steps, *(interaction.steps or [])]" in text


def test_by_default_there_is_no_word_of_storing_in_the_code() -> None:
    assert "store" not in (transform(CHAT).text or "")


@pytest.mark.parametrize(("store", "words"), [(True, differences.STORED), (False, differences.NOT_STORED)])
def test_every_report_says_once_what_is_stored(store: bool, words: str) -> None:
    found = transform(CHAT, Settings(store=store))
    result = RunResult(1, 1, (FileResult("a.py", found.findings, CHAT, found.text),), store)
    assert terminal.render(result, "write").count(words) == 1
    assert terminal.render(result, "dry-run").count(words) == 1
    assert json.loads(json_report.render(result))["storage"] == words


def test_a_report_of_calls_that_stay_says_nothing_of_storing() -> None:
    before = CHAT + "print(chat._history)\n"
    found = transform(before, Settings(todo_comments=False))
    result = RunResult(1, 1, (FileResult("a.py", found.findings),))
    assert "Storage" not in terminal.render(result, "write")
    assert json.loads(json_report.render(result))["storage"] == ""
