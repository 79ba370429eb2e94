"""The generateContent dialect: bodies of both SDKs -> normal form, answers -> candidates and chunks."""

from __future__ import annotations

import re
from typing import Any

from tests.service import models
from tests.service.answer import Answer
from tests.service.request import (
    Part,
    Request,
    call_part,
    chosen,
    data_part,
    file_part,
    function_entry,
    generation_settings,
    resolution,
    response_form,
    result_part,
    set_resolution,
    text_part,
    wanted_modalities,
)
from tests.service.results import plain_result
from tests.service.schemas import normal_schema
from tests.service.storage import Storage
from tests.service.values import as_list, chunks_of, decode_base64, snake_keys

MODES = {1: "auto", 2: "any", 3: "none", 4: "validated", 5: "validated"}
MODALITIES = {1: "text", 2: "image", 3: "audio"}
CATEGORIES = {
    7: "harassment", 8: "hate_speech", 9: "sexually_explicit", 10: "dangerous_content", 11: "civic_integrity",
}  # fmt: skip
THRESHOLDS = {1: "block_low_and_above", 2: "block_medium_and_above", 3: "block_only_high", 4: "block_none", 5: "off"}
BUILTIN_TOOLS = {
    "google_search": "google_search", "google_search_retrieval": "google_search", "code_execution": "code_execution",
    "url_context": "url_context", "file_search": "file_search", "google_maps": "google_maps",
}  # fmt: skip
CALM = [
    {"category": f"HARM_CATEGORY_{name}", "probability": "NEGLIGIBLE"}
    for name in ("SEXUALLY_EXPLICIT", "HATE_SPEECH", "HARASSMENT", "DANGEROUS_CONTENT")
]
ALARMED = [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "HIGH", "blocked": True}]


def read_generate(body: dict | None, model: str, storage: Storage) -> Request:
    """A generateContent, streamGenerateContent or countTokens body -> what it asks for."""
    body = snake_keys(body or {})
    body = {**body, **snake_keys(body.get("generate_content_request") or {})}
    request = Request(model=models.bare(body.get("model") or model))
    cached = snake_keys(storage.caches.get(body.get("cached_content") or "", {}))
    request.system = read_system(body.get("system_instruction") or cached.get("system_instruction"))
    for content in as_list(cached.get("contents")) + as_list(body.get("contents")):
        role = "model" if content.get("role") == "model" else "user"
        parts = (read_part(part, storage) for part in content.get("parts") or [])
        request.add(role, [part for part in parts if part])
    _read_tools(request, body.get("tools") or cached.get("tools") or [])
    request.tool_choice = _read_tool_choice(body.get("tool_config") or {})
    _read_config(request, body.get("generation_config") or {})
    request.safety = read_safety(body.get("safety_settings"))
    return request


def read_system(instruction: Any) -> str | None:
    """The system instruction as one text, or None."""
    if isinstance(instruction, dict):
        instruction = "\n".join(part.get("text", "") for part in instruction.get("parts") or [])
    return instruction or None


def read_part(part: dict, storage: Storage) -> Part | None:
    """One part of a content; thoughts count for nothing."""
    part = snake_keys(part)
    if part.get("text") is not None:
        return None if part.get("thought") else text_part(part["text"])
    level = resolution((part.get("media_resolution") or {}).get("level"))
    if "inline_data" in part:
        data = part["inline_data"]
        found = data_part(data.get("mime_type"), decode_base64(data.get("data")))
        set_resolution([found], level)
        return found
    if "file_data" in part:
        data = part["file_data"]
        found = file_part(data.get("mime_type"), data.get("file_uri"), storage.content_of(data.get("file_uri")))
        set_resolution([found], level)
        return found
    if "function_call" in part:
        call = part["function_call"]
        return call_part(call.get("name"), call.get("args"))
    if "function_response" in part:
        response = part["function_response"]
        return result_part(response.get("name"), plain_result(response.get("response")))
    if "executable_code" in part:
        return {"kind": "code", "code": (part["executable_code"].get("code") or "").strip()}
    if "code_execution_result" in part:
        return {"kind": "code_result", "output": part["code_execution_result"].get("output")}
    return None


def read_safety(settings: Any) -> list[str]:
    """Safety settings of any dialect as sorted `category=threshold` texts; an unspecified threshold is none."""
    found = {}
    for setting in settings or []:
        category, threshold = setting.get("category", setting.get("type")), setting.get("threshold")
        category = CATEGORIES.get(category, category) if isinstance(category, int) else str(category).lower()
        threshold = THRESHOLDS.get(threshold, threshold) if isinstance(threshold, int) else str(threshold).lower()
        found[re.sub("^harm_category_", "", str(category))] = threshold
    return sorted(f"{name}={level}" for name, level in found.items() if level != "harm_block_threshold_unspecified")


def _read_tools(request: Request, tools: list[dict]) -> None:
    """Declared functions and the tools of the service itself."""
    builtin = set()
    for tool in map(snake_keys, tools):
        for function in tool.get("function_declarations") or []:
            parameters = function.get("parameters") or function.get("parameters_json_schema") or {}
            schema = normal_schema(parameters, required=True)
            request.functions[function.get("name")] = function_entry(function.get("description"), schema)
        builtin |= {name for key, name in BUILTIN_TOOLS.items() if tool.get(key) is not None}
    request.builtin = sorted(builtin)


def _read_tool_choice(config: dict) -> dict | None:
    """The function calling mode; `auto` with every function allowed is the same as saying nothing."""
    calling = config.get("function_calling_config") or {}
    mode = calling.get("mode")
    mode = MODES.get(mode) if isinstance(mode, int) else (mode or "").lower().removeprefix("mode_")
    mode = None if mode in ("", "unspecified") else mode
    names = calling.get("allowed_function_names")
    if names:
        return {"mode": mode or "auto", "tools": sorted(names)}
    return {"mode": mode} if mode and mode != "auto" else None


def _read_config(request: Request, config: dict) -> None:
    """Settings, thinking, and the wanted form of the answer."""
    request.settings = generation_settings(config)
    thinking = config.get("thinking_config") or {}
    request.thoughts = bool(thinking.get("include_thoughts"))
    request.thinking = read_thinking(thinking, request.model)
    mime_type = config.get("response_mime_type")
    schema = config.get("response_schema") or config.get("response_json_schema")
    request.bare_enum = mime_type in ("text/x-enum", "text/x.enum")
    request.response = response_form(mime_type, normal_schema(schema) if schema else None)
    wanted = (MODALITIES.get(name, str(name).lower()) for name in config.get("response_modalities") or [])
    request.modalities = wanted_modalities(wanted, request.model)
    request.picture = chosen(config.get("image_config"), "aspect_ratio", "image_size")
    request.speech = read_speech(config.get("speech_config") or {})
    for turn in request.turns:
        set_resolution(turn.parts, resolution(config.get("media_resolution")))
    request.candidates = int(config.get("candidate_count") or 1)


def read_speech(config: dict) -> list[dict[str, str]]:
    """Voices as the interactions dialect has them: {voice, language} or one {speaker, voice} for each speaker."""
    if not config:
        return []
    many = (config.get("multi_speaker_voice_config") or {}).get("speaker_voice_configs") or []
    language = chosen({"language": config.get("language_code")}, "language")
    if many:
        return [{"speaker": item.get("speaker"), **_voice(item), **language} for item in many]
    return [{**_voice(config), **language}]


def _voice(config: dict) -> dict[str, str]:
    voice = (config.get("voice_config") or {}).get("prebuilt_voice_config") or {}
    return chosen({"voice": voice.get("voice_name")}, "voice")


def read_thinking(thinking: dict, model: str) -> str | None:
    """The thinking level; a budget of zero is the lowest level where the model has levels, other budgets have none."""
    level = str(thinking.get("thinking_level") or "").lower().removeprefix("thinking_level_")
    if level and level != "unspecified":
        return level
    if thinking.get("thinking_budget") == 0 and models.takes_thinking_level(model):
        return "minimal" if models.knows_minimal(model) else "low"
    return None


def write_response(request: Request, reply: Answer, model: str, response_id: str) -> dict:
    """The body of a generateContent answer."""
    head = {"modelVersion": model, "responseId": response_id}
    if reply.prompt_blocked:
        tokens = request.prompt_tokens()
        usage = {"promptTokenCount": tokens, "totalTokenCount": tokens}
        return {
            "promptFeedback": {"blockReason": reply.finish, "safetyRatings": ALARMED},
            "usageMetadata": usage,
            **head,
        }
    candidates = [_candidate(reply, number) for number in range(request.candidates)]
    return {"candidates": candidates, "usageMetadata": _usage(request, reply), **head}


def write_chunks(request: Request, reply: Answer, model: str, response_id: str) -> list[dict]:
    """The same answer as the chunks of a stream."""
    whole = write_response(request, reply, model, response_id)
    if reply.blocked:
        return [whole]
    pieces: list[dict | None] = []
    for part in _parts(reply):
        pieces += [{**part, "text": text} for text in chunks_of(part["text"])] if "text" in part else [part]
    pieces = pieces or [None]
    prompt = whole["usageMetadata"]["promptTokenCount"]
    chunks = []
    for number, piece in enumerate(pieces, start=1):
        content = {"role": "model", "parts": [piece]} if piece else {"role": "model"}
        candidate: dict[str, Any] = {"index": 0, "content": content}
        usage = {"promptTokenCount": prompt, "totalTokenCount": prompt}
        if number == len(pieces):
            extras = {key: value for key, value in whole["candidates"][0].items() if key != "content"}
            candidate, usage = {**candidate, **extras}, whole["usageMetadata"]
        head = {"modelVersion": model, "responseId": response_id}
        chunks.append({"candidates": [candidate], "usageMetadata": usage, **head})
    return chunks


def _candidate(reply: Answer, number: int) -> dict:
    """One candidate; the further ones say so in their text."""
    if reply.blocked:
        return {"index": number, "content": {}, "finishReason": reply.finish, "safetyRatings": ALARMED}
    parts = _parts(reply)
    if number:
        mark = f" (candidate {number + 1})"
        parts = [{**part, "text": part["text"] + mark} if "text" in part else part for part in parts]
    content = {"role": "model", "parts": parts} if parts else {"role": "model"}
    candidate = {"index": number, "content": content, "finishReason": reply.finish, "safetyRatings": CALM}
    queries = [item["query"] for item in reply.items if item["kind"] == "search"]
    if queries:
        candidate["groundingMetadata"] = _grounding(queries)
    return candidate


def _parts(reply: Answer) -> list[dict]:
    """The items of an answer as parts."""
    parts: list[dict] = []
    for item in reply.items:
        if item["kind"] == "thought":
            parts.append({"text": item["text"], "thought": True})
        elif item["kind"] == "text":
            parts.append({"text": item["text"]})
        elif item["kind"] == "call":
            parts.append({"functionCall": {"name": item["name"], "args": item["arguments"]}})
        elif item["kind"] == "media":
            parts.append({"inlineData": {"mimeType": item["mime_type"], "data": item["data"]}})
        elif item["kind"] == "code":
            parts.append({"executableCode": {"language": "PYTHON", "code": item["code"]}})
            parts.append({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": item["output"]}})
    return parts


def _grounding(queries: list[str]) -> dict:
    """What a search leaves behind."""
    segment = {"startIndex": 0, "endIndex": 5, "text": "Reply"}
    return {
        "webSearchQueries": queries,
        "searchEntryPoint": {"renderedContent": "<div>search</div>"},
        "groundingChunks": [{"web": {"uri": "https://example.com/a", "title": "example.com"}}],
        "groundingSupports": [{"segment": segment, "groundingChunkIndices": [0], "confidenceScores": [0.9]}],
    }


def _usage(request: Request, reply: Answer) -> dict:
    """The token counts."""
    prompt, output = request.prompt_tokens(), reply.output_tokens() * request.candidates
    thoughts = reply.thought_tokens()
    usage = {
        "promptTokenCount": prompt,
        "candidatesTokenCount": output,
        "totalTokenCount": prompt + output + thoughts,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}],
    }
    return {**usage, "thoughtsTokenCount": thoughts} if thoughts else usage
