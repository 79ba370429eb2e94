"""Models, files and caches: one function a collection, from a call to its reply."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.service import files, models
from tests.service.answer import answer, directives
from tests.service.call import Call, Reply
from tests.service.errors import ApiError
from tests.service.generate import read_generate, write_chunks, write_response
from tests.service.request import Request
from tests.service.storage import Storage
from tests.service.values import snake_keys

DIMENSIONS = 8
TASK_TYPES = (
    "", "RETRIEVAL_QUERY", "RETRIEVAL_DOCUMENT", "SEMANTIC_SIMILARITY", "CLASSIFICATION", "CLUSTERING",
    "QUESTION_ANSWERING", "FACT_VERIFICATION", "CODE_RETRIEVAL_QUERY",
)  # fmt: skip


def obey_http_directives(request: Request, storage: Storage) -> None:
    """Raise the HTTP errors that the user's text asks for."""
    wanted = directives(request)
    if "error" in wanted:
        raise ApiError(int(wanted["error"] or 500), f"Error {wanted['error'] or 500} as asked for.")
    if "flaky" in wanted:
        code, _, times = wanted["flaky"].partition("*")
        if storage.next("flaky " + request.last_user_text()) <= int(times or 1):
            raise ApiError(int(code or 503), f"Error {code or 503} as asked for, this time.")


def models_endpoint(call: Call, storage: Storage) -> Reply:
    """List, get, generate, stream, count and embed."""
    collection = call.path[0]
    if len(call.path) == 1:
        listed = models.LIVE if collection == "models" else ()
        return Reply({collection: [_model_record(collection, name) for name in listed]})
    model, _, verb = "/".join(call.path[1:]).partition(":")
    body = call.body or {}
    if not verb:
        return Reply(_model_record(collection, model))
    if verb in ("generateContent", "streamGenerateContent"):
        return _generate(call, model, verb, storage)
    if verb == "countTokens":
        return Reply({"totalTokens": read_generate(body, model, storage).prompt_tokens()})
    if verb == "embedContent":
        return Reply({"embedding": {"values": embedding(model, body)}})
    if verb == "batchEmbedContents":
        return Reply({"embeddings": [{"values": embedding(model, one)} for one in body.get("requests") or []]})
    raise ApiError(404, f"There is no method {verb}.")


def _generate(call: Call, model: str, verb: str, storage: Storage) -> Reply:
    """generateContent, or its stream as server-sent events or as one JSON array."""
    request = read_generate(call.body, model, storage)
    if not request.turns:
        raise ApiError(400, "* GenerateContentRequest.contents: contents is not specified\n")
    obey_http_directives(request, storage)
    response_id = f"response-{storage.next('response'):04d}"
    if verb == "generateContent":
        return Reply(write_response(request, answer(request), model, response_id))
    chunks = write_chunks(request, answer(request), model, response_id)
    if call.query.get("alt") == "sse":
        events = (f"data: {json.dumps(chunk, ensure_ascii=False)}\r\n\r\n" for chunk in chunks)
        return Reply(content_type="text/event-stream", stream=events)
    return Reply(stream=_json_array(chunks))


def _json_array(items: list[dict]) -> Iterator[str]:
    """A JSON array, one piece an item."""
    for number, item in enumerate(items):
        yield ("," if number else "[") + json.dumps(item, ensure_ascii=False)
    yield "]"


def _model_record(collection: str, name: str) -> dict[str, Any]:
    """What the service tells about a model."""
    embeds = "embedding" in name
    methods = ["embedContent"] if embeds else ["generateContent", "countTokens", "createCachedContent"]
    return {
        "name": f"{collection}/{name}",
        "version": "001",
        "displayName": name.replace("-", " ").title(),
        "baseModelId": name,
        "description": f"The model {name}",
        "inputTokenLimit": 2048 if embeds else 1048576,
        "outputTokenLimit": 1 if embeds else 65536,
        "supportedGenerationMethods": methods,
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
    }


def embedding(model: str, body: dict) -> list[float]:
    """The vector of a content: it depends on the model, the text, the task and the title."""
    body = snake_keys(body)
    config = body.get("embed_content_config") or body
    parts = (body.get("content") or {}).get("parts") or []
    text = "\n".join(part.get("text") or "" for part in parts)
    size = int(config.get("output_dimensionality") or DIMENSIONS)
    task = config.get("task_type") or ""
    task = TASK_TYPES[task] if isinstance(task, int) else task  # the legacy SDK sends enums as numbers
    if task not in (*TASK_TYPES, "TASK_TYPE_UNSPECIFIED"):
        raise ApiError(400, f"Invalid value at 'task_type': {task!r}")
    meaning = [models.identity(model), text, task.removeprefix("TASK_TYPE_UNSPECIFIED"), config.get("title") or ""]
    numbers = hashlib.shake_256(json.dumps(meaning).encode()).digest(size)
    return [round((number - 128) / 128, 6) for number in numbers]


def files_endpoint(call: Call, storage: Storage) -> Reply:
    """Upload, list, get, download and delete."""
    if call.upload:
        return _upload(call, storage)
    if len(call.path) == 1:
        if call.method == "POST":
            record = files.new_file(storage, (call.body or {}).get("file") or {}, b"", None)
            return Reply({"file": files.public(record)})
        return Reply({"files": [files.public(record) for record in storage.files.values()]})
    name, _, verb = call.path[1].partition(":")
    record = storage.files.get(f"files/{name}")
    if record is None:
        raise ApiError(403, f"You do not have permission to access the File {name} or it may not exist.")
    if call.method == "DELETE":
        del storage.files[record["name"]]
        return Reply({})
    if verb == "download" or call.query.get("alt") == "media":
        return Reply(content_type=record["mimeType"], data=record["_data"])
    return Reply(files.looked_at(record))


def _upload(call: Call, storage: Storage) -> Reply:
    """A resumable upload in two or more calls, a multipart one, or the bare bytes."""
    if call.query.get("upload_id"):
        return _upload_piece(call, storage)
    command = (call.headers.get("X-Goog-Upload-Command") or "").lower()
    meta = call.body.get("file") or {} if isinstance(call.body, dict) else {}
    if command == "start" or call.query.get("uploadType") == "resumable":
        upload_id = f"upload-{storage.next('upload'):04d}"
        declared = ("X-Goog-Upload-Header-Content-Type", "X-Upload-Content-Type")
        mime_type = next((call.headers[name] for name in declared if call.headers.get(name)), None)
        # The legacy SDK looks at the file once more before it hands it out.
        polls = 0 if command else 1
        storage.uploads[upload_id] = {"meta": meta, "data": b"", "mime_type": mime_type, "polls": polls}
        path = call.target.partition("?")[0]
        address = f"{call.base_url}{path}?upload_id={upload_id}&upload_protocol=resumable"
        return Reply(
            {},
            headers={"X-Goog-Upload-URL": address, "X-Goog-Upload-Status": "active", "Location": address},
        )
    content_type = call.headers.get("Content-Type") or ""
    if content_type.startswith("multipart/"):
        meta, data, mime_type = files.multipart(call.raw, content_type)
        return Reply({"file": files.public(files.new_file(storage, meta, data, mime_type, polls=1))})
    return Reply({"file": files.public(files.new_file(storage, meta, call.raw, content_type or None))})


def _upload_piece(call: Call, storage: Storage) -> Reply:
    """The bytes of a resumable upload; the last piece makes the file."""
    command = (call.headers.get("X-Goog-Upload-Command") or "").lower()
    pending = storage.uploads[call.query["upload_id"]]
    pending["data"] += call.raw
    size = len(pending["data"])
    if command and "finalize" not in command:
        return Reply({}, headers={"X-Goog-Upload-Status": "active"})
    span = re.match(r"bytes (?:\d+-(\d+)|\*)/(\d+|\*)", call.headers.get("Content-Range") or "")
    if not command and span and span.group(1) and span.group(2) != "*" and int(span.group(1)) + 1 < int(span.group(2)):
        return Reply({}, status=308, headers={"Range": f"bytes=0-{size - 1}"})
    record = files.new_file(storage, pending["meta"], pending["data"], pending["mime_type"], polls=pending["polls"])
    return Reply({"file": files.public(record)}, headers={"X-Goog-Upload-Status": "final"})


def caches_endpoint(call: Call, storage: Storage) -> Reply:
    """Create, list, get, update and delete explicit caches."""
    if len(call.path) == 1:
        if call.method == "POST":
            body = call.body or {}
            tokens = read_generate(body, "", storage).prompt_tokens()
            return Reply(files.public_cache(files.new_cache(storage, body, tokens)))
        return Reply({"cachedContents": [files.public_cache(record) for record in storage.caches.values()]})
    name = "/".join(call.path[:2])
    record = storage.caches.get(name)
    if record is None:
        raise ApiError(404, f"CachedContent not found: {name}")
    if call.method == "DELETE":
        del storage.caches[name]
        return Reply({})
    if call.method == "PATCH":
        record.update({key: value for key, value in (call.body or {}).items() if key == "expireTime"})
    return Reply(files.public_cache(record))
