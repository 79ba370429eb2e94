"""The /interactions collection: create, get, delete, cancel, in both schemas."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.service.answer import Answer, answer, directives
from tests.service.call import Call, Reply
from tests.service.endpoints import obey_http_directives
from tests.service.errors import ApiError
from tests.service.interaction_reply import (
    Interaction,
    Step,
    errors_of,
    status_of,
    write_events,
    write_interaction,
    write_steps,
    write_usage,
)
from tests.service.interaction_rules import check_body, check_results
from tests.service.interactions import input_steps, read_interaction
from tests.service.storage import Storage
from tests.service.values import as_list


def interactions_endpoint(call: Call, storage: Storage) -> Reply:
    """A call to the collection or to one interaction -> its reply."""
    first_schema = speaks_first_schema(call)
    if len(call.path) == 1:
        if call.method != "POST":
            raise ApiError(404, "Interactions cannot be listed.")
        stored = _create(call, storage, first_schema)
        if call.body.get("stream"):
            return _stream(stored, first_schema)
        return Reply(write_interaction(stored, first_schema=first_schema))
    stored = _find(call.path[1].partition(":")[0], storage)
    if call.method == "DELETE":
        del storage.interactions[stored.id]
        return Reply({})
    if call.path[-1] == "cancel" or call.path[1].endswith(":cancel"):
        stored.status = "cancelled"
    elif stored.status == "in_progress":
        stored.polls += 1
        if stored.polls > 1:
            stored.status = stored.final_status or "completed"
    if call.flag("stream"):
        return _stream(stored, first_schema)
    include_input = call.flag("include_input")
    return Reply(write_interaction(stored, first_schema=first_schema, include_input=include_input))


def speaks_first_schema(call: Call) -> bool:
    """Whether the caller is an SDK of before 2.0, which knows outputs instead of steps."""
    agent = f"{call.headers.get('User-Agent')} {call.headers.get('x-goog-api-client')}"
    version = re.search(r"google-genai-sdk/(\d+)\.", agent)
    return version is not None and int(version.group(1)) < 2


def _find(interaction_id: str, storage: Storage) -> Interaction:
    """A stored interaction, or ApiError 404."""
    stored = storage.interactions.get(interaction_id)
    if stored is None:
        raise ApiError(404, f"Interaction {interaction_id} was not found.")
    return stored


def _history(interaction_id: str | None, storage: Storage) -> list[Step]:
    """Every step of the thread that ends in this interaction."""
    steps: list[Step] = []
    while interaction_id is not None:
        stored = _find(interaction_id, storage)
        steps = stored.asked + stored.answered + steps
        interaction_id = stored.previous
    return steps


def _create(call: Call, storage: Storage, first_schema: bool) -> Interaction:
    """Check a body, answer it, and remember the interaction unless it must not be stored."""
    body = call.body
    check_body(body, first_schema=first_schema, api_version=call.version)
    if body.get("continuation_token"):
        return _continue(body, storage)
    history = _history(body.get("previous_interaction_id"), storage)
    check_results(history + [item for item in as_list(body.get("input")) if isinstance(item, dict)])
    request = read_interaction(body, history, storage)
    obey_http_directives(request, storage)
    reply = answer(request)
    interaction_id = f"interaction-{storage.next('interaction'):04d}"
    stored = Interaction(
        id=interaction_id,
        target={"model": body["model"]} if body.get("model") else {"agent": body["agent"]},
        previous=body.get("previous_interaction_id"),
        given=body.get("input"),
        asked=_asked(body.get("input"), first_schema),
        answered=write_steps(reply, interaction_id),
        usage=write_usage(request, reply),
        status=status_of(reply),
        errors=errors_of(reply),
    )
    if "continue" in directives(request) and not first_schema:
        _split(stored, reply)
    if body.get("background"):
        stored.final_status, stored.status = stored.status, "in_progress"
    if body.get("store") is not False or stored.continuation_token:
        storage.interactions[stored.id] = stored
    return stored


def _asked(given: Any, first_schema: bool) -> list[Step]:
    """What is remembered of the input; turns of the first schema stay as they are."""
    turns = first_schema and isinstance(given, list) and given and "role" in given[0]
    return list(given) if turns else input_steps(given)


def _split(stored: Interaction, reply: Answer) -> None:
    """Keep back half of the text: the caller has to ask for it with the continuation token."""
    texts = [item["text"] for item in reply.items if item["kind"] == "text"]
    if texts and stored.status == "completed":
        content = stored.answered[-1]["content"][-1]
        half = len(texts[-1]) // 2
        content["text"], rest = texts[-1][:half], texts[-1][half:]
        stored.remaining = [{"type": "model_output", "content": [{"type": "text", "text": rest}]}]
        stored.continuation_token, stored.status = f"token-{stored.id}", "requires_continuation"


def _continue(body: dict[str, Any], storage: Storage) -> Interaction:
    """The second hop of an answer that was split."""
    first = _find(body["continuation_token"].removeprefix("token-"), storage)
    stored = Interaction(
        id=f"interaction-{storage.next('interaction'):04d}",
        target=first.target,
        previous=first.id,
        given=None,
        asked=[],
        answered=first.remaining,
        usage=first.usage,
        status="completed",
    )
    storage.interactions[stored.id] = stored
    return stored


def _stream(stored: Interaction, first_schema: bool) -> Reply:
    """The interaction as server-sent events."""
    return Reply(content_type="text/event-stream", stream=_server_sent(stored, first_schema))


def _server_sent(stored: Interaction, first_schema: bool) -> Iterator[str]:
    events = write_events(stored, first_schema=first_schema)
    for number, (name, payload) in enumerate(events, start=1):
        data = {**payload, "event_type": name, "event_id": f"{stored.id}-{number}"}
        yield f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
    yield "event: done\ndata: [DONE]\n\n"
