"""The Interactions dialect: bodies of both schemas plus the stored steps -> normal form."""

from __future__ import annotations

from typing import Any

from tests.service import models
from tests.service.generate import read_part, read_safety, read_system
from tests.service.request import (
    Part,
    Request,
    call_part,
    chosen,
    data_part,
    file_part,
    function_entry,
    generation_settings,
    media_kind,
    response_form,
    result_part,
    set_resolution,
    text_part,
    wanted_modalities,
)
from tests.service.results import plain_result
from tests.service.schemas import normal_schema
from tests.service.storage import Storage
from tests.service.values import as_list, decode_base64, snake_keys

CONTENT_TYPES = frozenset({"text", "image", "audio", "video", "document"})
MEDIA_FORMATS = ("image", "audio", "video")

Step = dict[str, Any]


def read_interaction(body: dict, history: list[Step], storage: Storage) -> Request:
    """A create body and the steps stored before it -> what it asks for."""
    request = Request(model=models.bare(body.get("model") or body.get("agent")))
    cached = snake_keys(storage.caches.get(body.get("cached_content") or "", {}))
    request.system = body.get("system_instruction") or read_system(cached.get("system_instruction"))
    for content in as_list(cached.get("contents")):
        parts = (read_part(part, storage) for part in content.get("parts") or [])
        request.add("model" if content.get("role") == "model" else "user", [part for part in parts if part])
    names: dict[str, str] = {}
    for step in history + as_list(body.get("input")):
        for role, part in _read_step(step, names, storage):
            request.add(role, [part])
    config = body.get("generation_config") or {}
    _read_tools(request, body.get("tools") or [])
    request.tool_choice = _read_tool_choice(config.get("tool_choice"))
    request.settings = generation_settings(config)
    request.thinking = config.get("thinking_level")
    request.thoughts = config.get("thinking_summaries") == "auto"
    request.picture = chosen(config.get("image_config"), "aspect_ratio", "image_size")
    request.speech = [chosen(item, "speaker", "voice", "language") for item in as_list(config.get("speech_config"))]
    _read_format(request, body)
    request.safety = read_safety(body.get("safety_settings"))
    return request


def input_steps(given: Any) -> list[Step]:
    """The `input` of a request as the steps that are stored: loose contents become one user step."""
    steps: list[Step] = []
    loose: list[Step] = []
    for item in as_list(given):
        item = {"type": "text", "text": item} if isinstance(item, str) else item
        if item.get("type") in CONTENT_TYPES:
            loose.append(item)
            continue
        if loose:
            steps.append({"type": "user_input", "content": loose})
            loose = []
        steps.append(item)
    return steps + ([{"type": "user_input", "content": loose}] if loose else [])


def contents_of(value: Any) -> list[Step]:
    """The contents of a step or turn, which may be one text."""
    return [{"type": "text", "text": value}] if isinstance(value, str) else as_list(value)


def _read_step(step: Any, names: dict[str, str], storage: Storage) -> list[tuple[str, Part]]:
    """One step, content or first-schema turn -> (role, part) pairs.  `names` maps call ids to function names."""
    if isinstance(step, str):
        return [("user", text_part(step))]
    kind = step.get("type")
    if kind is None and "role" in step:
        role = "user" if step["role"] == "user" else "model"
        return [
            (role if found == "user" else found, part)
            for content in contents_of(step.get("content"))
            for found, part in _read_step(content, names, storage)
        ]
    if kind in ("user_input", "model_output"):
        role = "user" if kind == "user_input" else "model"
        return [(role, part) for c in contents_of(step.get("content")) if (part := _read_content(c, storage))]
    if kind == "function_call":
        names[step.get("id")] = step.get("name")
        return [("model", call_part(step.get("name"), step.get("arguments")))]
    if kind == "function_result":
        name = step.get("name") or names.get(step.get("call_id"))
        return [("user", result_part(name, plain_result(step.get("result"))))]
    if kind == "code_execution_call":
        return [("model", {"kind": "code", "code": ((step.get("arguments") or {}).get("code") or "").strip()})]
    if kind == "code_execution_result":
        return [("model", {"kind": "code_result", "output": step.get("result")})]
    part = _read_content(step, storage)
    return [("user", part)] if part else []


def _read_content(content: dict, storage: Storage) -> Part | None:
    """One content block; traces of server-side tools count for nothing."""
    kind, mime_type = content.get("type"), content.get("mime_type")
    if kind == "text":
        return text_part(content.get("text"))
    if kind not in CONTENT_TYPES:
        return None
    if content.get("data"):
        found = data_part(mime_type, decode_base64(content["data"]))
    else:
        stored = storage.content_of(content.get("uri"))
        found = file_part(mime_type, content.get("uri"), stored, _uri_kind(kind, mime_type))
    set_resolution([found], content.get("resolution"))
    return found


def _uri_kind(kind: str, mime_type: str | None) -> str:
    """The kind of a file by address: a text document is a text, as the older surface has it."""
    return "text" if kind == "document" and media_kind(mime_type) == "text" else kind


def _read_tools(request: Request, tools: list[dict]) -> None:
    """Declared functions and the tools of the service itself."""
    builtin = set()
    for tool in tools:
        if tool.get("type") == "function":
            schema = normal_schema(tool.get("parameters") or {}, required=True)
            request.functions[tool.get("name")] = function_entry(tool.get("description"), schema)
        else:
            builtin.add(tool["type"])
    request.builtin = sorted(builtin)


def _read_tool_choice(choice: Any) -> dict | None:
    """A word, or the functions that are allowed; `auto` is the same as saying nothing."""
    if isinstance(choice, dict):
        allowed = choice.get("allowed_tools") or {}
        return {"mode": allowed.get("mode") or "auto", "tools": sorted(allowed.get("tools") or [])}
    return {"mode": choice} if choice and choice != "auto" else None


def _read_format(request: Request, body: dict) -> None:
    """The wanted form of the answer: a text format with a schema, media, or a bare schema (first schema)."""
    mime_type, schema = body.get("response_mime_type"), None
    wanted = {str(name).lower() for name in body.get("response_modalities") or []}
    formats = as_list(body.get("response_format"))
    for form in formats:
        if form.get("type") in MEDIA_FORMATS:
            wanted.add(form["type"])
            request.picture |= chosen(form, "aspect_ratio", "image_size")
        elif form.get("type") == "text":
            mime_type, schema = form.get("mime_type") or mime_type, form.get("schema")
        else:
            schema = form
    if wanted and any(form.get("type") == "text" for form in formats):
        wanted.add("text")
    request.modalities = wanted_modalities(wanted, request.model)
    request.response = response_form(mime_type, normal_schema(schema) if schema else None)
