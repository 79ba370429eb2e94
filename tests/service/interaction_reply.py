"""The Interactions dialect: answers -> stored steps, bodies of both schemas, and events of streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.service.answer import Answer
from tests.service.request import Request
from tests.service.values import chunks_of, digest

MOMENT = "2026-11-23T00:00:00Z"
SIGNATURE = "c2ln"
ARGUMENT_PIECE = 9

Step = dict[str, Any]


@dataclass
class Interaction:
    """One stored interaction."""

    id: str
    target: dict[str, str]
    previous: str | None
    given: Any
    asked: list[Step]
    answered: list[Step]
    usage: dict[str, Any]
    status: str
    errors: list[dict[str, str]] = field(default_factory=list)
    continuation_token: str | None = None
    remaining: list[Step] = field(default_factory=list)
    polls: int = 0
    final_status: str | None = None


def status_of(reply: Answer) -> str:
    """The status word of an answer."""
    if reply.blocked:
        return "failed"
    if reply.calls():
        return "requires_action"
    return "incomplete" if reply.finish == "MAX_TOKENS" else "completed"


def errors_of(reply: Answer) -> list[dict[str, str]]:
    """Why there is no answer, in one entry, or nothing."""
    if not reply.blocked:
        return []
    what = "prompt" if reply.prompt_blocked else "response"
    return [{"code": reply.finish.lower(), "message": f"The {what} was blocked."}]


def write_usage(request: Request, reply: Answer) -> dict[str, Any]:
    """The token counts."""
    given, output, thoughts = request.prompt_tokens(), reply.output_tokens(), reply.thought_tokens()
    return {
        "total_input_tokens": given,
        "total_output_tokens": output,
        "total_thought_tokens": thoughts,
        "total_cached_tokens": 0,
        "total_tool_use_tokens": 0,
        "total_tokens": given + output + thoughts,
        "input_tokens_by_modality": [{"modality": "text", "tokens": given}],
        "output_tokens_by_modality": [{"modality": "text", "tokens": output}],
    }


def write_steps(reply: Answer, interaction_id: str) -> list[Step]:
    """The items of an answer as steps; texts and media that follow each other share one."""
    steps: list[Step] = []
    annotations: list[dict] = []
    for number, item in enumerate(reply.items):
        kind = item["kind"]
        if kind in ("text", "media"):
            if not steps or steps[-1]["type"] != "model_output":
                steps.append({"type": "model_output", "content": []})
            steps[-1]["content"].append(_content(item, annotations))
        elif kind == "thought":
            summary = [{"type": "text", "text": item["text"]}]
            steps.append({"type": "thought", "summary": summary, "signature": SIGNATURE})
        elif kind == "call":
            call_id = "call_" + digest([interaction_id, number, item["name"]])
            steps.append({"type": "function_call", "id": call_id, "name": item["name"], "arguments": item["arguments"]})
        elif kind == "search":
            annotations = [_citation()]
            steps += _search_steps(item["query"])
        elif kind == "code":
            steps += _code_steps(item["code"], item["output"])
    return steps


def _content(item: dict, annotations: list[dict]) -> dict:
    if item["kind"] == "media":
        return {"type": item["media"], "mime_type": item["mime_type"].split(";")[0].lower(), "data": item["data"]}
    text = {"type": "text", "text": item["text"]}
    return {**text, "annotations": annotations} if annotations else text


def _citation() -> dict:
    where = {"url": "https://example.com/a", "title": "example.com"}
    return {"type": "url_citation", **where, "start_index": 0, "end_index": 5}


def _search_steps(query: str) -> list[Step]:
    found = [{"search_suggestions": "<div>search</div>"}]
    return [
        {"type": "google_search_call", "id": "gs_1", "arguments": {"queries": [query]}, "signature": SIGNATURE},
        {"type": "google_search_result", "call_id": "gs_1", "result": found, "signature": SIGNATURE},
    ]


def _code_steps(code: str, output: str) -> list[Step]:
    arguments = {"language": "python", "code": code}
    done = {"result": output, "is_error": False}
    return [
        {"type": "code_execution_call", "id": "ce_1", "arguments": arguments, "signature": SIGNATURE},
        {"type": "code_execution_result", "call_id": "ce_1", **done, "signature": SIGNATURE},
    ]


def first_outputs(steps: list[Step]) -> list[Step]:
    """Steps as the outputs of the first schema: model contents stand among the tool items."""
    outputs: list[Step] = []
    for step in steps:
        outputs += step["content"] if step["type"] == "model_output" else [step]
    return outputs


def write_interaction(stored: Interaction, *, first_schema: bool, include_input: bool = False) -> dict[str, Any]:
    """The body of an answer to create, get or cancel."""
    body: dict[str, Any] = {**_head(stored, stored.status)}
    if first_schema:
        body |= {"role": "model", "outputs": first_outputs(stored.answered)}
        if include_input:
            body["input"] = stored.given
    else:
        body["steps"] = (stored.asked if include_input else []) + stored.answered
    if stored.status != "in_progress":
        body["usage"] = stored.usage
    else:
        body |= {"outputs": None} if first_schema else {"steps": []}
    optional = {
        "previous_interaction_id": stored.previous,
        "continuation_token": stored.continuation_token,
        "errors": None if first_schema else stored.errors,
    }
    return body | {key: value for key, value in optional.items() if value}


def _head(stored: Interaction, status: str) -> dict[str, Any]:
    moments = {"created": MOMENT, "updated": MOMENT}
    return {"id": stored.id, "object": "interaction", "status": status, **stored.target, **moments}


def write_events(stored: Interaction, *, first_schema: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The named events of a stream, in order."""
    last = {**_head(stored, stored.final_status or stored.status), "usage": stored.usage}
    if stored.continuation_token:
        last["continuation_token"] = stored.continuation_token
    if stored.errors and not first_schema:
        last["errors"] = stored.errors
    begin, end = ("start", "complete") if first_schema else ("created", "completed")
    yield f"interaction.{begin}", {"interaction": _head(stored, "in_progress")}
    yield "interaction.status_update", {"interaction_id": stored.id, "status": "in_progress"}
    if first_schema:
        for index, output in enumerate(first_outputs(stored.answered)):
            yield from _output_events(index, output)
    else:
        for index, step in enumerate(stored.answered):
            yield from _step_events(index, step)
    yield f"interaction.{end}", {"interaction": last}


def _step_events(index: int, step: Step) -> Iterator[tuple[str, dict[str, Any]]]:
    """Start, deltas and stop of one step."""
    kind = step["type"]
    start = {"type": kind} if kind in ("model_output", "thought") else step
    if kind == "function_call":
        start = {**step, "arguments": {}}
    yield "step.start", {"index": index, "step": start}
    for delta in _step_deltas(step):
        yield "step.delta", {"index": index, "delta": delta}
    yield "step.stop", {"index": index}


def _step_deltas(step: Step) -> Iterator[dict[str, Any]]:
    if step["type"] == "model_output":
        for content in step["content"]:
            yield from _content_deltas(content)
            if content.get("annotations"):
                yield {"type": "text_annotation_delta", "annotations": content["annotations"]}
    elif step["type"] == "thought":
        yield from _thought_deltas(step)
    elif step["type"] == "function_call":
        text = json.dumps(step["arguments"])
        for at in range(0, len(text), ARGUMENT_PIECE):
            yield {"type": "arguments_delta", "arguments": text[at : at + ARGUMENT_PIECE]}


def _content_deltas(content: dict) -> Iterator[dict[str, Any]]:
    if content["type"] != "text":
        yield content
        return
    for text in chunks_of(content["text"]):
        yield {"type": "text", "text": text}


def _thought_deltas(step: Step) -> Iterator[dict[str, Any]]:
    for content in step["summary"]:
        for text in chunks_of(content["text"]):
            yield {"type": "thought_summary", "content": {"type": "text", "text": text}}
    yield {"type": "thought_signature", "signature": step["signature"]}


def _output_events(index: int, output: Step) -> Iterator[tuple[str, dict[str, Any]]]:
    """Start, deltas and stop of one output of the first schema."""
    starts = {"text": {"type": "text", "text": ""}, "thought": {"type": "thought"}}
    start = {**output, "arguments": {}} if output["type"] == "function_call" else starts.get(output["type"], output)
    yield "content.start", {"index": index, "content": start}
    if output["type"] == "thought":
        deltas = list(_thought_deltas(output))
    else:
        deltas = list(_content_deltas(output)) if output["type"] == "text" else [output]
    for delta in deltas:
        yield "content.delta", {"index": index, "delta": delta}
    yield "content.stop", {"index": index}
