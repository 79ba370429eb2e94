"""Forms that the table of `mapping.toml` found uncovered, and neighbours where nothing of the kind must happen."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from migrate_gemini import transform
from migrate_gemini.rewrite import snippets_media
from tests.checks import check_manual, check_transformed, code

CLIENT = 'from google import genai\nfrom google.genai import types\nclient = genai.Client(api_key="k")\n'
LEGACY = "import google.generativeai as genai\n"


def after(text: str) -> str:
    """The new text of a module all of whose calls move."""
    result = transform(code(text))
    assert result.text is not None
    assert {finding.status for finding in result.findings if finding.code < "MG4"} == {"migrated"}, result.findings
    return result.text


@pytest.mark.parametrize(
    "line",
    [
        'client.models.generate_content(model="tunedModels/a", contents="Hi")',
        'client.chats.create(model="tunedModels/a").send_message("Hi")',
        'NAME = "tunedModels/a"\nclient.models.generate_content(model=NAME, contents="Hi")',
    ],
)
def test_requests_to_tuned_models_stay(line: str) -> None:
    check_manual(CLIENT + line + "\n", "tuned models are not served")


@pytest.mark.parametrize("name", ["gemini-3.8-flash", "tuned-gemini"])
def test_a_name_with_tuned_in_it_is_no_tuned_model(name: str) -> None:
    assert f'model="{name}"' in after(
        CLIENT + f'print(client.models.generate_content(model="{name}", contents="Hi").text)\n'
    )


def test_metadata_of_the_configuration_become_headers_beside_its_endpoint() -> None:
    text = after(
        LEGACY
        + 'genai.configure(api_key=K, client_options={"api_endpoint": "https://a.example"}, '
        + 'default_metadata=[("x-team", team), ("x-app", "b")])\n'
        + 'print(genai.GenerativeModel("gemini-2.5-flash").generate_content("Hi").text)\n'
    )
    assert 'http_options={"base_url": "https://a.example", "headers": {"x-team": team, "x-app": "b"}}' in text


@pytest.mark.parametrize("metadata", ["pairs", '[*pairs, ("a", "b")]', '[("a", "b", "c")]'])
def test_metadata_that_are_not_written_out_keep_the_configuration(metadata: str) -> None:
    check_manual(
        LEGACY
        + f"genai.configure(default_metadata={metadata})\n"
        + 'print(genai.GenerativeModel("gemini-2.5-flash").generate_content("Hi").text)\n',
        "configure(default_metadata) has no counterpart",
    )


ASK = 'response = client.models.generate_content(model="gemini-2.5-flash", contents="Hi"{})\n'
TOOLS = ', config={"tools": [{"function_declarations": [{"name": "f", "description": "d"}]}]}'


@pytest.mark.parametrize(
    ("config", "test", "new"),
    [
        ("", '== "STOP"', 'response.status == "completed"'),
        (TOOLS, '== "STOP"', 'response.status in ("completed", "requires_action")'),
        (TOOLS, '!= "STOP"', 'response.status not in ("completed", "requires_action")'),
        (TOOLS, 'in ("STOP", "MAX_TOKENS")', 'response.status in ("completed", "incomplete", "requires_action")'),
        (TOOLS, '== "MAX_TOKENS"', 'response.status == "incomplete"'),
        (TOOLS, 'in ("SAFETY",)', 'response.status in ("failed",)'),
    ],
)
def test_an_answer_that_calls_functions_stopped_too(config: str, test: str, new: str) -> None:
    text = after(CLIENT + ASK.format(config) + f"if response.candidates[0].finish_reason {test}:\n    print(1)\n")
    assert f"if {new}:" in text


def test_a_safety_setting_with_a_method_stays() -> None:
    setting = '{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF", "method": "SEVERITY"}'
    check_manual(CLIENT + ASK.format(f', config={{"safety_settings": [{setting}]}}'), "method of a safety setting")


def test_a_dict_of_voices_is_not_taken_for_settings_that_stay_as_they_are() -> None:
    voice = '{"voice_config": {"prebuilt_voice_config": {"voice_name": "Kore"}}}'
    text = after(CLIENT + ASK.format(f', config={{"seed": 3, "speech_config": {voice}}}') + "print(response.text)\n")
    assert 'generation_config={"seed": 3, "speech_config": [{"voice": "Kore"}]}' in text


def reviews(text: str) -> list[str]:
    """What is to be looked at."""
    return [finding.message for finding in transform(code(text)).findings if finding.status == "needs_review"]


TRY = "try:\n    {}\nexcept {}:\n    print(1)\n"
REQUEST = 'print(client.models.generate_content(model="gemini-3.8-flash", contents="Hi").text)'
MODEL = 'print(genai.GenerativeModel("gemini-3.8-flash").generate_content("Hi").text)'


@pytest.mark.parametrize(
    "errors", ["httpx.HTTPError", "(ValueError, httpx.ConnectError)", "httpx.TimeoutException as e"]
)
def test_a_clause_for_the_http_library_is_to_be_looked_at(errors: str) -> None:
    (message,) = reviews("import httpx\n" + CLIENT + TRY.format(REQUEST, errors))
    assert "catches no error of interactions" in message


def test_a_clause_for_a_missing_key_is_to_be_looked_at() -> None:
    head = LEGACY + "from google.auth.exceptions import DefaultCredentialsError\n"
    messages = reviews(head + TRY.format(MODEL, "DefaultCredentialsError"))
    assert any("catches no missing key" in message for message in messages)


@pytest.mark.parametrize(
    "text",
    [
        "import httpx\n" + CLIENT + TRY.format("httpx.get(URL)", "httpx.HTTPError") + REQUEST + "\n",
        "import httpx\n" + LEGACY + TRY.format(MODEL, "httpx.HTTPError"),
        "import requests\n" + CLIENT + TRY.format(REQUEST, "requests.HTTPError"),
        "class httpx:\n    HTTPError = ValueError\n\n" + CLIENT + TRY.format(REQUEST, "httpx.HTTPError"),
        CLIENT + TRY.format(REQUEST, "ValueError"),
    ],
)
def test_a_clause_for_what_the_call_never_raised_is_not(text: str) -> None:
    assert reviews(text) == []


TURN = 'types.Content(role="{}", parts=[types.Part(text="a")])'


@pytest.mark.parametrize(
    "contents",
    [
        f"[{TURN.format('system')}, {TURN.format('user')}]",
        '[{"role": "system", "parts": [{"text": "a"}]}, {"role": "user", "parts": [{"text": "b"}]}]',
    ],
)
@pytest.mark.parametrize("place", ["there", "before"])
def test_a_role_that_has_no_step_keeps_the_call(contents: str, place: str) -> None:
    ask = 'print(client.models.generate_content(model="gemini-3.8-flash", contents={}).text)\n'
    text = ask.format(contents) if place == "there" else f"turns = {contents}\n" + ask.format("turns")
    check_manual(CLIENT + text, "the role 'system'")


@pytest.mark.parametrize(("roles", "said"), [("user model", True), ("user model user", False), ("user", False)])
def test_a_request_that_ends_in_a_turn_of_the_model_is_told(roles: str, said: bool) -> None:
    turns = ", ".join(TURN.format(role) for role in roles.split())
    text = CLIENT + f'print(client.models.generate_content(model="gemini-3.8-flash", contents=[{turns}]).text)\n'
    result = transform(text)
    assert result.text is not None and "interactions.create(" in result.text
    assert said == any("ends in a turn of the model" in d for f in result.findings for d in f.differences)


@pytest.mark.parametrize(
    ("mime_type", "content"),
    [
        ("text/markdown", {"type": "text", "text": "hi"}),
        ("text/csv", {"type": "document", "mime_type": "text/csv", "data": "aGk="}),
        ("image/png", {"type": "image", "mime_type": "image/png", "data": "aGk="}),
    ],
)
def test_text_files_are_sent_as_text(mime_type: str, content: dict[str, str]) -> None:
    names: dict[str, Any] = {"base64": base64}
    exec(snippets_media.TO_CONTENT.format(name="to_content"), names)
    assert names["to_content"]({"mime_type": mime_type, "data": b"hi"}) == content


@pytest.mark.parametrize(
    ("tool", "said"),
    [("genai.protos.Tool(google_search=genai.protos.Tool.GoogleSearch())", True), ('"code_execution"', False)],
)
def test_a_search_that_the_legacy_sdk_never_sent_is_told(tool: str, said: bool) -> None:
    text = LEGACY + f'print(genai.GenerativeModel("gemini-3.8-flash", tools=[{tool}]).generate_content("Hi").text)\n'
    assert said == any("never searched" in d for f in transform(text).findings for d in f.differences)


def test_a_list_that_has_one_model_twice_now_is_to_be_looked_at() -> None:
    before = """\
import google.generativeai as genai

for name in ["gemini-1.5-pro", "gemini-1.5-flash"]:
    print(genai.GenerativeModel(name).generate_content("Hi").text)
"""
    result = transform(before)
    assert result.text is not None
    found = {(f.line, f.column): f.status for f in result.findings if f.code == "MG401"}
    assert list(found.values()) == ["migrated", "needs_review"]
    assert "the same model stands before it" in " ".join(f.message for f in result.findings)
    assert not [f for f in transform(before.replace(', "gemini-1.5-flash"', "")).findings if f.status == "needs_review"]


def test_a_partial_that_asks_for_no_stream_is_one_without() -> None:
    before = """\
import functools
import google.generativeai as genai

model = genai.GenerativeModel("gemini-3-flash-preview")
ask = functools.partial(model.generate_content, stream=False)
print(ask("Hi").text)
"""
    text = transform(before).text
    assert text is not None
    assert "ask = lambda contents: client.interactions.create(model=model, input=contents)" in text


@pytest.mark.parametrize(
    ("map_", "pool", "told"), [("pool.map", "ThreadPoolExecutor", True), ("map", "ProcessPoolExecutor", False)]
)
def test_a_client_that_is_made_again_under_the_requests_of_threads_is_to_be_looked_at(
    map_: str, pool: str, told: bool
) -> None:
    before = f"""\
from concurrent.futures import {pool}
import google.generativeai as genai


def get_model():
    genai.configure(api_key="k")
    return genai.GenerativeModel("gemini-3-flash-preview")


def ask(text):
    model = get_model()
    return model.generate_content(text).text


with {pool}() as pool:
    print(list({map_}(ask, ["a", "b"])), get_model())
"""
    found = transform(before).findings
    assert any("under the requests of other threads" in finding.message for finding in found) == told


@pytest.mark.parametrize(
    ("line", "use", "left"),
    [
        ("from google.api_core import retry", "", []),
        ("from google.api_core.retry import Retry", "", []),
        ("from google.protobuf import struct_pb2", "", []),
        ("import grpc", "", []),
        ("from google.protobuf.json_format import MessageToDict", "print(MessageToDict)", ["google.protobuf"]),
        ("import google.auth", "print(google.auth)", []),
    ],
)
def test_what_came_with_the_legacy_sdk_goes_where_it_is_not_used_and_is_named_where_it_is(
    line: str, use: str, left: list[str]
) -> None:
    before = f"{line}\n{LEGACY}print(genai.GenerativeModel('gemini-3.8-flash').generate_content('Hi').text)\n{use}\n"
    result = transform(before)
    assert result.text is not None and (line in result.text) == bool(use)
    named = [f.message.split()[0] for f in result.findings if f.code == "MG106"]
    assert named == left and all(f.status == "needs_review" for f in result.findings if f.code == "MG106")
    again = transform(result.text)
    assert again.text is None and not again.findings


def test_comprehensions_over_a_stream_are_broken_where_their_line_is_too_long() -> None:
    check_transformed(
        """
        import google.generativeai as genai

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview")


        def ask(text: str) -> str:
            pieces = [piece.text for piece in model.generate_content(text, stream=True)]
            for number, piece in enumerate(model.generate_content(text.strip(), stream=True)):
                print(number, piece.text)
            return "".join(piece.text for piece in model.generate_content(text, stream=True))
        """,
        """
        from google import genai

        client = genai.Client(api_key="k")
        model = "gemini-3-flash-preview"


        def ask(text: str) -> str:
            pieces = [
                piece.delta.text
                for piece in client.interactions.create(model=model, input=text, stream=True)
                if piece.event_type == "step.delta" and piece.delta.type == "text"
            ]
            for number, piece in enumerate(
                event
                for event in client.interactions.create(model=model, input=text.strip(), stream=True)
                if event.event_type == "step.delta" and event.delta.type == "text"
            ):
                print(number, piece.delta.text)
            return "".join(
                piece.delta.text
                for piece in client.interactions.create(model=model, input=text, stream=True)
                if piece.event_type == "step.delta" and piece.delta.type == "text"
            )
        """,
    )
