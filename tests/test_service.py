"""The loopback service answers by meaning: the same in every dialect, differently for another request."""

from __future__ import annotations

import base64
import io
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from PIL import Image

from tests.service import Service

MODEL = "gemini-3-flash-preview"
FIRST_SCHEMA = {"User-Agent": "google-genai-sdk/1.75.0 gl-python/3.11"}

Body = dict[str, Any]


@pytest.fixture
def service() -> Iterator[Service]:
    """A fresh service; a defect of its own fails the test."""
    with Service() as running:
        yield running
    assert running.defects == []


def send(service: Service, path: str, body: Any = None, *, method: str = "POST", **headers: str) -> tuple[int, str]:
    """One call -> its HTTP status and the text of its answer."""
    data = None if body is None else json.dumps(body).encode()
    wanted = {"Content-Type": "application/json", **{key.replace("_", "-"): value for key, value in headers.items()}}
    request = urllib.request.Request(f"{service.base_url}/{path}", data, wanted, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def generate(service: Service, body: Body, model: str = MODEL) -> Body:
    """A successful generateContent answer."""
    status, text = send(service, f"v1beta/models/{model}:generateContent", body)
    assert status == 200, text
    return json.loads(text)


def create(service: Service, body: Body, **headers: str) -> Body:
    """A successful answer of the Interactions API; the model is added where there is none."""
    status, text = send(service, "v1/interactions", {"model": MODEL, **body}, **headers)
    assert status == 200, text
    return json.loads(text)


def generated_text(response: Body) -> str:
    """The text of a generateContent answer."""
    parts = response["candidates"][0]["content"].get("parts", [])
    return "".join(part.get("text", "") for part in parts if not part.get("thought"))


def output_text(interaction: Body) -> str:
    """The text of an interaction."""
    steps = [step for step in interaction["steps"] if step["type"] == "model_output"]
    return "".join(content.get("text", "") for step in steps for content in step["content"])


def user(*texts: str) -> Body:
    """A user content of generateContent."""
    return {"role": "user", "parts": [{"text": text} for text in texts]}


def said(kind: str, *texts: str) -> Body:
    """A step of texts."""
    return {"type": kind, "content": [{"type": "text", "text": text} for text in texts]}


def picture(format_name: str) -> str:
    """The same small picture, in base64, saved in this format."""
    buffer = io.BytesIO()
    Image.new("RGB", (3, 2), (200, 10, 30)).save(buffer, format_name, lossless=True)
    return base64.b64encode(buffer.getvalue()).decode()


SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}, "tags": {"type": "array", "items": {}}}}
UPPER = {"type": "OBJECT", "properties": {"name": {"type": "STRING"}, "tags": {"type": "ARRAY", "items": {}}}}
FUNCTION = {"name": "get_stock", "description": "How many", "parameters": {"type": "object", "properties": {}}}
NAMED_FUNCTION = {**FUNCTION, "parameters": {"type": "OBJECT", "properties": {"item": {"type": "STRING"}}}}

# What to add to the plain request on each side so that both still mean the same.
PAIRS: dict[str, tuple[Body, Body]] = {
    "plain": ({}, {}),
    "system": ({"systemInstruction": {"parts": [{"text": "Be brief."}]}}, {"system_instruction": "Be brief."}),
    "temperature": ({"generationConfig": {"temperature": 0.3}}, {"generation_config": {"temperature": 0.3}}),
    "top_p": ({"generationConfig": {"topP": 0.8}}, {"generation_config": {"top_p": 0.8}}),
    "limit": ({"generationConfig": {"maxOutputTokens": 3}}, {"generation_config": {"max_output_tokens": 3}}),
    "stops": ({"generationConfig": {"stopSequences": ["to"]}}, {"generation_config": {"stop_sequences": ["to"]}}),
    "seed": ({"generationConfig": {"seed": 7}}, {"generation_config": {"seed": 7}}),
    "json": (
        {"generationConfig": {"responseMimeType": "application/json"}},
        {"response_format": {"type": "text", "mime_type": "application/json"}},
    ),
    "schema": (
        {"generationConfig": {"responseMimeType": "application/json", "responseSchema": UPPER}},
        {"response_format": {"type": "text", "mime_type": "application/json", "schema": SCHEMA}},
    ),
    "safety": (
        {"safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]},
        {"safety_settings": [{"type": "harassment", "threshold": "block_none"}]},
    ),
    "thinking": (
        {"generationConfig": {"thinkingConfig": {"thinkingLevel": "LOW"}}},
        {"generation_config": {"thinking_level": "low"}},
    ),
    "no thinking": (
        {"generationConfig": {"thinkingConfig": {"thinkingBudget": 0}}},
        {"generation_config": {"thinking_level": "minimal"}},
    ),
    "thoughts": (
        {"generationConfig": {"thinkingConfig": {"includeThoughts": True}}},
        {"generation_config": {"thinking_summaries": "auto"}},
    ),
    "search": ({"tools": [{"googleSearch": {}}]}, {"tools": [{"type": "google_search"}]}),
    "function never called": (
        {"tools": [{"functionDeclarations": [FUNCTION]}], "toolConfig": {"functionCallingConfig": {"mode": "NONE"}}},
        {"tools": [{"type": "function", **FUNCTION}], "generation_config": {"tool_choice": "none"}},
    ),
    "earlier turns": (
        {"contents": [user("A"), {"role": "model", "parts": [{"text": "B "}, {"text": "C"}]}, user("Hi", "you")]},
        {"input": [said("user_input", "A"), said("model_output", "B C"), said("user_input", "Hi", "you")]},
    ),
    "picture": (
        {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": picture("PNG")}}, {"text": "Hi"}]}]},
        {
            "input": [
                {"type": "image", "mime_type": "image/webp", "data": picture("WEBP")},
                {"type": "text", "text": "Hi"},
            ]
        },
    ),
    "picture in low resolution": (
        {
            "contents": [
                {"parts": [{"inlineData": {"mimeType": "image/png", "data": picture("PNG")}}, {"text": "Hi"}]}
            ],
            "generationConfig": {"mediaResolution": "MEDIA_RESOLUTION_LOW"},
        },
        {
            "input": [
                {"type": "image", "mime_type": "image/png", "data": picture("PNG"), "resolution": "low"},
                {"type": "text", "text": "Hi"},
            ]
        },
    ),
    "text and image": (
        {"generationConfig": {"responseModalities": ["TEXT", "IMAGE"]}},
        {"response_format": [{"type": "text"}, {"type": "image"}]},
    ),
    "wide image": (
        {"generationConfig": {"responseModalities": ["TEXT", "IMAGE"], "imageConfig": {"aspectRatio": "16:9"}}},
        {"response_format": [{"type": "text"}, {"type": "image", "aspect_ratio": "16:9"}]},
    ),
    "voice": (
        {
            "generationConfig": {
                "responseModalities": ["TEXT", "AUDIO"],
                "speechConfig": {
                    "voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Kore"}},
                    "languageCode": "de-DE",
                },
            }
        },
        {
            "response_format": [{"type": "text"}, {"type": "audio"}],
            "generation_config": {"speech_config": [{"voice": "Kore", "language": "de-DE"}]},
        },
    ),
    "text file": (
        {"contents": [{"parts": [{"inlineData": {"mimeType": "text/plain", "data": "SGk="}}]}]},
        {"input": [{"type": "text", "text": "Hi"}]},
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_same_meaning_gives_the_same_text(service: Service, name: str) -> None:
    """generateContent and interactions answer alike, with the same token counts."""
    old, new = PAIRS[name]
    response = generate(service, {"contents": [user("Hello there")], **old})
    interaction = create(service, {"input": "Hello there", **new})
    assert generated_text(response) == output_text(interaction) != ""
    assert response["usageMetadata"]["promptTokenCount"] == interaction["usage"]["total_input_tokens"]
    assert response["usageMetadata"]["totalTokenCount"] == interaction["usage"]["total_tokens"]


def test_every_setting_gives_another_text(service: Service) -> None:
    """No two of the pairs are answered alike."""
    texts = {name: output_text(create(service, {"input": "Hello there", **new})) for name, (_, new) in PAIRS.items()}
    assert len(set(texts.values())) == len(texts), texts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"input": "Hello"}, {"input": "Hello."}),
        ({"generation_config": {"temperature": 0.3}}, {"generation_config": {"temperature": 0.4}}),
        ({"model": MODEL}, {"model": "gemini-2.5-pro"}),
        (
            {"safety_settings": [{"type": "harassment", "threshold": "off"}]},
            {"safety_settings": [{"type": "harassment", "threshold": "block_none"}]},
        ),
        ({"input": [said("user_input", "a", "b")]}, {"input": [said("user_input", "ab")]}),
        ({"tools": [{"type": "google_search"}]}, {"tools": [{"type": "url_context"}]}),
    ],
)
def test_a_small_difference_gives_another_text(service: Service, one: Body, other: Body) -> None:
    """A value, not only the presence of a setting, counts."""
    first, second = (create(service, {"input": "Hello", **body}) for body in (one, other))
    assert output_text(first) != output_text(second)


@pytest.mark.parametrize(
    "setting",
    [
        {"topK": 5},
        {"candidateCount": 1},
        {"presencePenalty": 0.5},
        {"responseMimeType": "text/plain"},
        {"thinkingConfig": {"thinkingBudget": 512}},
        {"responseModalities": ["TEXT"]},
    ],
)
def test_a_setting_that_interactions_lack_changes_nothing(service: Service, setting: Body) -> None:
    """A migration has to drop it, so it may not be seen in the text."""
    plain, with_setting = ({"contents": [user("Hi")], "generationConfig": config} for config in ({}, setting))
    assert generated_text(generate(service, plain)) == generated_text(generate(service, with_setting))


@pytest.mark.parametrize("model", ["gemini-pro", "gemini-1.5-flash-002", "gemini-2.0-flash", "gemini-1.5-pro-003"])
def test_a_retired_model_counts_as_its_successor_where_it_still_answers(service: Service, model: str) -> None:
    """generateContent takes it, so that old programs run; interactions answer 404."""
    assert generated_text(generate(service, {"contents": [user("Hi")]}, model)) == output_text(
        create(service, {"input": "Hi"})
    )
    assert send(service, "v1/interactions", {"model": model, "input": "Hi"})[0] == 404


def test_an_alias_is_served_on_v1beta_only(service: Service) -> None:
    """gemini-flash-latest is unknown to v1."""
    body = {"model": "gemini-flash-latest", "input": "Hi"}
    assert [send(service, f"{version}/interactions", body)[0] for version in ("v1", "v1beta")] == [404, 200]


def test_a_thread_equals_the_whole_conversation(service: Service) -> None:
    """Three turns by previous_interaction_id, by own steps, and by generateContent."""
    previous: Body = {}
    steps: list[Body] = []
    contents: list[Body] = []
    for text in ("One", "Two", "Three"):
        threaded = create(service, {"input": text, **previous})
        previous = {"previous_interaction_id": threaded["id"]}
        steps.append(said("user_input", text))
        stateless = create(service, {"input": steps, "store": False})
        steps += stateless["steps"]
        contents.append(user(text))
        response = generate(service, {"contents": contents})
        contents.append(response["candidates"][0]["content"])
        assert output_text(threaded) == output_text(stateless) == generated_text(response)


def test_nothing_but_the_turns_is_inherited(service: Service) -> None:
    """A system instruction has to be repeated in every turn."""
    first = create(service, {"input": "One", "system_instruction": "Rhyme."})
    thread = {"input": "Two", "previous_interaction_id": first["id"]}
    assert output_text(create(service, thread)) != output_text(
        create(service, {**thread, "system_instruction": "Rhyme."})
    )


def test_an_interaction_can_be_read_again_and_deleted(service: Service) -> None:
    """get shows the answer, and the input on request; what was deleted or not stored is unknown."""
    stored = create(service, {"input": "Hi"})
    path = f"v1/interactions/{stored['id']}"
    assert json.loads(send(service, path, method="GET")[1])["steps"] == stored["steps"]
    whole = json.loads(send(service, f"{path}?include_input=true", method="GET")[1])
    assert whole["steps"] == [said("user_input", "Hi"), *stored["steps"]]
    assert send(service, path, method="DELETE")[0] == 200
    assert send(service, path, method="GET")[0] == 404
    unstored = create(service, {"input": "Hi", "store": False})
    body = {"model": MODEL, "input": "Hi", "previous_interaction_id": unstored["id"]}
    assert send(service, "v1/interactions", body)[0] == 404


def test_a_function_is_called_and_answered(service: Service) -> None:
    """The same call and the same final text in both dialects, whatever wraps the result."""
    tools = [{"functionDeclarations": [NAMED_FUNCTION]}]
    contents = [user("Check the stock of bolts")]
    call = generate(service, {"contents": contents, "tools": tools})["candidates"][0]["content"]
    response = {"name": "get_stock", "response": {"result": {"count": 12.0}}}
    contents += [call, {"role": "user", "parts": [{"functionResponse": response}]}]
    answered = generate(service, {"contents": contents, "tools": tools})

    lower = {"type": "object", "properties": {"item": {"type": "string"}}}
    new_tools = [{"type": "function", **FUNCTION, "parameters": lower}]
    first = create(service, {"input": "Check the stock of bolts", "tools": new_tools})
    assert first["status"] == "requires_action"
    step = first["steps"][0]
    assert step["arguments"] == call["parts"][0]["functionCall"]["args"]
    result = {"type": "function_result", "call_id": step["id"], "name": "get_stock", "result": '{"count": 12}'}
    second = create(service, {"input": [result], "tools": new_tools, "previous_interaction_id": first["id"]})
    assert output_text(second) == generated_text(answered)
    assert "get_stock" in output_text(second)
    without = create(service, {"input": [result], "previous_interaction_id": first["id"]})
    assert output_text(without) != output_text(second)


def test_functions_may_be_called_at_once_and_again(service: Service) -> None:
    """[[calls:2]] asks for two at once, [[hops:2]] asks twice before the answer."""
    tools = [{"type": "function", "name": name} for name in ("one", "two", "three")]
    both = create(service, {"input": "[[calls:2]]", "tools": tools})
    assert [step["name"] for step in both["steps"]] == ["one", "three"]
    interaction = create(service, {"input": "[[hops:2]] go", "tools": tools})
    for hop in (1, 2):
        assert interaction["status"] == "requires_action", hop
        step = interaction["steps"][0]
        result = {"type": "function_result", "call_id": step["id"], "name": step["name"], "result": "ok"}
        thread = {"input": [result], "tools": tools, "previous_interaction_id": interaction["id"]}
        interaction = create(service, thread)
    assert interaction["status"] == "completed"


@pytest.mark.parametrize(("text", "code"), [("[[block]]", "safety"), ("[[safety:RECITATION]]", "recitation")])
def test_a_block_is_an_interaction_that_failed(service: Service, text: str, code: str) -> None:
    """HTTP 200 without text, and the reason in `errors`; the older surface gives its own signs."""
    interaction = create(service, {"input": text})
    assert (interaction["status"], interaction["steps"]) == ("failed", [])
    assert interaction["errors"][0]["code"] == code
    response = generate(service, {"contents": [user(text)]})
    reason = response.get("promptFeedback", {}).get("blockReason") or response["candidates"][0]["finishReason"]
    assert reason == code.upper()


def test_the_token_limit_leaves_an_answer_incomplete(service: Service) -> None:
    """MAX_TOKENS and `incomplete`."""
    assert create(service, {"input": "[[max]] a long one"})["status"] == "incomplete"
    assert generate(service, {"contents": [user("[[max]]")]})["candidates"][0]["finishReason"] == "MAX_TOKENS"


def test_a_stream_brings_the_same_text_in_the_same_pieces(service: Service) -> None:
    """Chunks of generateContent (as events and as an array) and text deltas of interactions."""
    body = {"contents": [user("Hello wide world")]}
    path = f"v1beta/models/{MODEL}:streamGenerateContent"
    array = json.loads(send(service, path, body)[1])
    events = [json.loads(line[5:]) for line in send(service, f"{path}?alt=sse", body)[1].split("\r\n") if line]
    pieces = [generated_text(chunk) for chunk in array]
    assert pieces == [generated_text(chunk) for chunk in events]
    assert len(pieces) > 2
    text = send(service, "v1/interactions", {"model": MODEL, "input": "Hello wide world", "stream": True})[1]
    received = sse(text)
    assert [event["delta"]["text"] for event in received if event["event_type"] == "step.delta"] == pieces
    assert received[0]["event_type"] == "interaction.created"
    assert received[-1]["interaction"]["usage"]["total_tokens"] == array[-1]["usageMetadata"]["totalTokenCount"]


def sse(text: str) -> list[Body]:
    """The data of server-sent events."""
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: {")]
    return [json.loads(line) for line in lines]


def test_arguments_come_in_pieces(service: Service) -> None:
    """A streamed call has its id and name at the start and its arguments as a JSON text in pieces."""
    body = {"model": MODEL, "input": '[[call:f {"a": [1, 2], "b": "text"}]]', "stream": True}
    events = sse(send(service, "v1/interactions", body)[1])
    start = next(event["step"] for event in events if event["event_type"] == "step.start")
    assert (start["name"], start["arguments"]) == ("f", {})
    deltas = [event["delta"]["arguments"] for event in events if event["event_type"] == "step.delta"]
    assert len(deltas) > 1
    assert json.loads("".join(deltas)) == {"a": [1, 2], "b": "text"}


def test_an_answer_may_come_in_two_hops(service: Service) -> None:
    """[[continue]] holds back half of the text until the token is shown."""
    first = create(service, {"input": "[[continue]] all of it"})
    assert first["status"] == "requires_continuation"
    second = create(service, {"continuation_token": first["continuation_token"]})
    whole = generated_text(generate(service, {"contents": [user("[[continue]] all of it")]}))
    assert output_text(first) + output_text(second) == whole


def test_the_first_schema_speaks_of_outputs(service: Service) -> None:
    """An SDK of before 2.0 sends turns and gets outputs, with the same text."""
    turns = [{"role": "user", "content": "A"}, {"role": "model", "content": "B"}, {"role": "user", "content": "C"}]
    first = create(service, {"input": turns}, **FIRST_SCHEMA)
    steps = [said("user_input", "A"), said("model_output", "B"), said("user_input", "C")]
    assert first["outputs"][0]["text"] == output_text(create(service, {"input": steps}))
    assert "steps" not in first
    body = {"model": MODEL, "input": "Hi", "stream": True}
    names = [event["event_type"] for event in sse(send(service, "v1beta/interactions", body, **FIRST_SCHEMA)[1])]
    assert names[0] == "interaction.start"
    assert {"content.start", "content.delta", "content.stop"} < set(names)
    assert names[-1] == "interaction.complete"


REFUSED: dict[str, Body] = {
    "field": {"contents": "Hi"},
    "config key": {"generation_config": {"top_k": 3}},
    "config key of the older surface": {"generation_config": {"response_mime_type": "application/json"}},
    "stop text": {"generation_config": {"stop_sequences": "x"}},
    "level in capitals": {"generation_config": {"thinking_level": "LOW"}},
    "level of a model without levels": {"model": "gemini-2.5-flash", "generation_config": {"thinking_level": "low"}},
    "lowest level where there is none": {
        "model": "gemini-3.8-flash",
        "generation_config": {"thinking_level": "minimal"},
    },
    "no input": {"input": None},
    "list of texts": {"input": ["a", "b"]},
    "role and parts": {"input": [{"role": "user", "parts": [{"text": "a"}]}]},
    "turn of the first schema": {"input": [{"role": "user", "content": "a"}]},
    "unknown step": {"input": [{"type": "user", "content": []}]},
    "step content as text": {"input": [{"type": "user_input", "content": "a"}]},
    "contents among steps": {"input": [{"type": "text", "text": "a"}, said("user_input", "b")]},
    "result of an unknown call": {"input": [{"type": "function_result", "call_id": "x", "name": "f", "result": "1"}]},
    "result that is a number": {
        "input": [
            {"type": "function_call", "id": "x", "name": "f", "arguments": {}},
            {"type": "function_result", "call_id": "x", "name": "f", "result": 1},
        ]
    },
    "unknown content field": {"input": [{"type": "text", "text": "a", "role": "user"}]},
    "picture without type": {"input": [{"type": "image", "data": "AAAA"}]},
    "sound as a picture": {"input": [{"type": "image", "mime_type": "audio/wav", "data": "AAAA"}]},
    "system instruction as a list": {"system_instruction": ["a"]},
    "function declarations": {"tools": [{"function_declarations": [FUNCTION]}]},
    "types in capitals": {"tools": [{"type": "function", **NAMED_FUNCTION}]},
    "bare schema": {"response_format": SCHEMA},
    "schema in capitals": {"response_format": {"type": "text", "schema": UPPER}},
    "safety of the older surface": {"safety_settings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}]},
    "safety in capitals": {"safety_settings": [{"type": "HARASSMENT", "threshold": "BLOCK_NONE"}]},
    "tool choice as an object": {"generation_config": {"tool_choice": {"mode": "any"}}},
    "background without store": {"background": True, "store": False},
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_service_refuses(service: Service, name: str) -> None:
    """400 with a sentence, in the words of the Interactions API."""
    status, text = send(service, "v1/interactions", {"model": MODEL, "input": "Hi", **REFUSED[name]})
    assert (status, json.loads(text)["error"]["code"]) == (400, "invalid_request"), text


def test_what_the_service_does_not_know(service: Service) -> None:
    """404 for an unknown thread, a retired model, another collection."""
    unknown = {"model": MODEL, "input": "Hi", "previous_interaction_id": "interaction-9999"}
    assert send(service, "v1/interactions", unknown)[0] == 404
    assert send(service, "v1/interactions", {"model": "gemini-pro", "input": "Hi"})[0] == 404
    assert send(service, "v1/nothing", {})[0] == 404


def test_an_error_that_is_asked_for(service: Service) -> None:
    """[[error]] always, [[flaky]] so many times; each dialect words it in its own way."""
    status, text = send(service, "v1/interactions", {"model": MODEL, "input": "[[error:429]]"})
    assert (status, json.loads(text)["error"]["code"]) == (429, "rate_limit_exceeded")
    path = f"v1beta/models/{MODEL}:generateContent"
    status, text = send(service, path, {"contents": [user("[[error:429]]")]})
    assert (status, json.loads(text)["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    flaky = {"contents": [user("[[flaky:503*2]]")]}
    assert [send(service, path, flaky)[0] for _ in range(3)] == [503, 503, 200]


def test_an_uploaded_file_counts_by_its_content(service: Service) -> None:
    """The same bytes inline, by file in generateContent, and by file in interactions; then the file goes."""
    boundary = "multipart/related; boundary=x"
    text = '--x\r\nContent-Type: application/json\r\n\r\n{"file": {"displayName": "D"}}\r\n'
    text += "--x\r\nContent-Type: application/pdf\r\n\r\npages\r\n--x--\r\n"
    request = urllib.request.Request(
        f"{service.base_url}/upload/v1beta/files", text.encode(), {"Content-Type": boundary}
    )
    with urllib.request.urlopen(request) as answer:
        record = json.loads(answer.read())["file"]
    assert (record["displayName"], record["mimeType"], record["sizeBytes"]) == ("D", "application/pdf", "5")
    by_file = {"fileData": {"mimeType": "application/pdf", "fileUri": record["uri"]}}
    inline = {"inlineData": {"mimeType": "application/pdf", "data": base64.b64encode(b"pages").decode()}}
    texts = {generated_text(generate(service, {"contents": [{"parts": [part]}]})) for part in (by_file, inline)}
    document = {"type": "document", "uri": record["uri"], "mime_type": "application/pdf"}
    assert texts == {output_text(create(service, {"input": [document]}))}
    path = f"v1beta/{record['name']}"
    assert [send(service, path, method=verb)[0] for verb in ("GET", "DELETE", "GET")] == [200, 200, 403]


def test_a_cache_counts_by_what_is_in_it(service: Service) -> None:
    """A request with a cache is the same as one that says it all."""
    kept = {"contents": [user("A long text")], "systemInstruction": {"parts": [{"text": "Be brief."}]}}
    status, text = send(service, "v1beta/cachedContents", {"model": f"models/{MODEL}", **deepcopy(kept)})
    assert status == 200
    cached = generate(service, {"contents": [user("Why?")], "cachedContent": json.loads(text)["name"]})
    spelled = generate(service, {**kept, "contents": [*kept["contents"], user("Why?")]})
    assert generated_text(cached) == generated_text(spelled)


def test_embeddings_depend_on_text_and_task(service: Service) -> None:
    """One vector for each request of a batch; another text, task or size gives another vector."""
    path = "v1beta/models/gemini-embedding-2"
    requests = [{"content": {"parts": [{"text": text}]}} for text in ("a", "b")]
    requests.append({**requests[0], "taskType": "RETRIEVAL_QUERY"})
    requests.append({**requests[0], "outputDimensionality": 4})
    found = json.loads(send(service, f"{path}:batchEmbedContents", {"requests": requests})[1])["embeddings"]
    vectors = [tuple(entry["values"]) for entry in found]
    assert len(set(vectors)) == 4
    assert [len(vector) for vector in vectors] == [8, 8, 8, 4]
    single = json.loads(send(service, f"{path}:embedContent", requests[0])[1])["embedding"]["values"]
    assert tuple(single) == vectors[0]


def test_tokens_are_counted_as_they_are_used(service: Service) -> None:
    """countTokens agrees with the usage of an answer."""
    body = {"contents": [user("one two three")], "systemInstruction": {"parts": [{"text": "four"}]}}
    counted = json.loads(send(service, f"v1beta/models/{MODEL}:countTokens", {"generateContentRequest": body})[1])
    assert counted["totalTokens"] == generate(service, body)["usageMetadata"]["promptTokenCount"] == 4


def test_living_models_are_listed(service: Service) -> None:
    """The list holds no model that is gone, and each entry can be read alone."""
    listed = json.loads(send(service, "v1beta/models", method="GET")[1])["models"]
    names = [entry["name"] for entry in listed]
    assert f"models/{MODEL}" in names
    assert "models/gemini-pro" not in names
    assert json.loads(send(service, f"v1beta/{names[0]}", method="GET")[1]) == listed[0]


def media_of(service: Service, form: Body, **body: Any) -> Body:
    """The one medium of an answer."""
    steps = create(service, {"input": "Hi", "response_format": form, **body})["steps"]
    return steps[-1]["content"][0]


def test_a_picture_and_a_sound_show_what_was_asked(service: Service) -> None:
    """Where there is no text, the medium itself differs with the request."""
    plain = media_of(service, {"type": "image"})
    assert plain == media_of(service, {"type": "image"})
    assert plain != media_of(service, {"type": "image", "aspect_ratio": "1:1"})
    voices = [media_of(service, {"type": "audio"}, generation_config={"speech_config": [{"voice": v}]}) for v in "ab"]
    assert voices[0]["data"] != voices[1]["data"]


def test_an_image_model_gives_texts_and_images_unasked(service: Service) -> None:
    """As https://ai.google.dev/gemini-api/docs/image-generation says."""
    parts = generate(service, {"contents": [user("Hi")]}, "gemini-3.1-flash-image")["candidates"][0]["content"]["parts"]
    assert [set(part) for part in parts] == [{"inlineData"}, {"text"}]
    assert media_of(service, {"type": "image"}, model="gemini-3.1-flash-image")["type"] == "image"
