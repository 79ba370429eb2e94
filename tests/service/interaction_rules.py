"""What the Interactions API refuses with 400 or 404 before it thinks about an answer."""

from __future__ import annotations

import re
from typing import Any

from tests.service import models
from tests.service.errors import ApiError
from tests.service.interactions import CONTENT_TYPES, contents_of
from tests.service.request import media_kind
from tests.service.schemas import wrong_type_name
from tests.service.values import as_list, names

FIRST_BODY = names(
    """
    agent agent_config background generation_config input model previous_interaction_id response_format
    response_mime_type response_modalities service_tier store stream system_instruction tools webhook_config
    """
)
BODY = FIRST_BODY | {"cached_content", "continuation_token", "environment", "labels", "safety_settings"}
FIRST_CONFIG = names(
    """
    image_config max_output_tokens seed speech_config stop_sequences temperature thinking_level thinking_summaries
    tool_choice top_p
    """
)
CONFIG = FIRST_CONFIG | {"transcription_config", "video_config"}
MODEL_STEPS = names(
    """
    thought function_call function_result code_execution_call code_execution_result url_context_call url_context_result
    google_search_call google_search_result mcp_server_tool_call mcp_server_tool_result file_search_call
    file_search_result google_maps_call google_maps_result processing_call processing_result retrieval_call
    retrieval_result tool_search_call tool_search_result
    """
)
CONTENT_FIELDS = {
    "text": {"type", "text", "annotations"},
    "image": {"type", "data", "mime_type", "uri", "resolution"},
    "audio": {"type", "data", "mime_type", "uri", "channels", "sample_rate", "processing"},
    "video": {"type", "data", "mime_type", "uri", "name", "resolution", "processing"},
    "document": {"type", "data", "mime_type", "uri", "resolution", "processing"},
}
STEP_FIELDS = {
    "user_input": {"type", "content"},
    "model_output": {"type", "content", "error"},
    "function_call": {"type", "id", "name", "arguments", "signature"},
    "function_result": {"type", "call_id", "name", "result", "is_error", "signature"},
}
FUNCTION_FIELDS = {"type", "name", "description", "parameters", "defer_loading", "short_description"}
FORMAT_FIELDS = {
    "text": {"type", "mime_type", "schema"},
    "image": {"type", "mime_type", "delivery", "aspect_ratio", "image_size"},
    "audio": {"type", "mime_type", "delivery", "sample_rate", "bit_rate"},
    "video": {"type", "mime_type", "delivery", "aspect_ratio", "duration", "gcs_uri"},
}
THINKING_LEVELS = {"minimal", "low", "medium", "high", "xhigh"}
TOOL_CHOICES = {"auto", "any", "none", "validated"}
CATEGORIES = {
    "harassment", "hate_speech", "sexually_explicit", "dangerous_content", "civic_integrity", "image_hate",
    "image_harassment", "image_sexually_explicit", "image_dangerous_content", "jailbreak",
}  # fmt: skip
THRESHOLDS = {"block_none", "block_only_high", "block_medium_and_above", "block_low_and_above", "off"}


def refuse(message: str) -> ApiError:
    """An answer 400 with this sentence."""
    return ApiError(400, message)


def check_body(body: Any, *, first_schema: bool, api_version: str | None) -> None:
    """Raise ApiError where a create body is not what the service takes."""
    if not isinstance(body, dict):
        raise refuse("The request body must be an object.")
    _only(body, FIRST_BODY if first_schema else BODY, "")
    _check_model(body, api_version)
    _check_config(body, FIRST_CONFIG if first_schema else CONFIG)
    _check_input(body, first_schema)
    if not isinstance(body.get("system_instruction"), (str, type(None))):
        raise refuse("'system_instruction' must be a string.")
    for tool in as_list(body.get("tools")):
        _check_tool(tool)
    if not first_schema:
        _check_format(body)
        _check_safety(body)
    if body.get("store") is False and body.get("background"):
        raise refuse("background=true requires store=true.")


def check_results(steps: list[dict]) -> None:
    """Raise ApiError where a function result answers no call of the conversation."""
    known = set()
    for step in _flat(steps):
        if step.get("type") == "function_call":
            known.add(step.get("id"))
        if step.get("type") == "function_result" and step.get("call_id") not in known:
            raise refuse(f"function_result.call_id {step.get('call_id')!r} answers no function_call.")


def _flat(steps: list[dict]) -> list[dict]:
    """Steps with the contents of first-schema turns in their places."""
    flat: list[dict] = []
    for step in steps:
        flat += contents_of(step.get("content")) if "role" in step and not step.get("type") else [step]
    return flat


def _only(given: dict, known: frozenset[str] | set[str], where: str) -> None:
    """Raise ApiError for the first key that is not known."""
    for key in given:
        if key not in known:
            raise refuse(f"Unknown parameter '{where}{key}'.")


def _check_model(body: dict, api_version: str | None) -> None:
    """Exactly one of model and agent, and a model that is still served."""
    model = body.get("model")
    if bool(model) == bool(body.get("agent")):
        raise refuse("Exactly one of 'model' and 'agent' must be set.")
    if not isinstance(model, (str, type(None))):
        raise refuse("'model' must be a string.")
    if not model:
        return
    alias_unserved = api_version == "v1" and models.bare(model) in models.ALIASES
    if models.is_gone(model) or model.startswith("tunedModels/") or alias_unserved:
        raise ApiError(404, f"Model {model} was not found.")


def _check_config(body: dict, known: frozenset[str]) -> None:
    """Known keys with values of the right kind."""
    config = body.get("generation_config")
    if config is None:
        return
    if not isinstance(config, dict):
        raise refuse("'generation_config' must be an object.")
    _only(config, known, "generation_config.")
    stops = config.get("stop_sequences")
    if stops is not None and not (isinstance(stops, list) and all(isinstance(stop, str) for stop in stops)):
        raise refuse("'generation_config.stop_sequences' must be a list of strings.")
    level = config.get("thinking_level")
    if level is not None and level not in THINKING_LEVELS:
        raise refuse(f"Unknown thinking level {level!r}.")
    if level is not None and not models.takes_thinking_level(body.get("model")):
        raise refuse("Thinking level is not supported for this model.")
    if level == "minimal" and not models.knows_minimal(body.get("model")):
        raise refuse("Thinking level minimal is not supported for this model.")
    if config.get("thinking_summaries") not in (None, "auto", "none"):
        raise refuse("'generation_config.thinking_summaries' must be auto or none.")
    choice = config.get("tool_choice")
    if isinstance(choice, str) and choice not in TOOL_CHOICES:
        raise refuse(f"Unknown tool choice {choice!r}.")
    if isinstance(choice, dict) and set(choice) != {"allowed_tools"}:
        raise refuse("'generation_config.tool_choice' must hold 'allowed_tools'.")


def _check_input(body: dict, first_schema: bool) -> None:
    """A string, one content, contents, or steps (turns in the first schema); contents and steps do not mix."""
    given = body.get("input")
    if given is None:
        if body.get("continuation_token") or body.get("cached_content"):
            return
        raise refuse("Missing required parameter 'input'.")
    if isinstance(given, str):
        return
    items = as_list(given)
    if not items or not all(isinstance(item, dict) for item in items):
        allowed = "turns" if first_schema else "steps"
        raise refuse(f"'input' must be a string, a content, a list of contents, or a list of {allowed}.")
    for item in items:
        (_check_first_item if first_schema else _check_step)(item)
    loose = [item.get("type") in CONTENT_TYPES for item in items]
    if not first_schema and any(loose) and not all(loose):
        raise refuse("'input' mixes contents and steps.")


def _check_first_item(item: dict) -> None:
    """A content, a tool item, or a turn of the first schema."""
    kind = item.get("type")
    if kind is None and "role" in item:
        _only(item, {"role", "content"}, "input.")
        if item["role"] not in ("user", "model"):
            raise refuse(f"Unknown role {item['role']!r}.")
        for content in contents_of(item.get("content")):
            _check_first_item(content)
    elif kind in CONTENT_TYPES:
        _check_content(item)
    elif kind not in MODEL_STEPS:
        raise refuse(f"Unknown content type {kind!r}.")


def _check_step(item: dict) -> None:
    """A content or a step of the steps schema."""
    kind = item.get("type")
    if kind in CONTENT_TYPES:
        _check_content(item)
        return
    if kind not in MODEL_STEPS and kind not in STEP_FIELDS:
        raise refuse(f"Unknown input type {kind!r}.")
    if kind in STEP_FIELDS:
        _only(item, STEP_FIELDS[kind], f"input.{kind}.")
    if kind in ("user_input", "model_output"):
        if not isinstance(item.get("content"), list):
            raise refuse(f"{kind}.content must be a list.")
        for content in item["content"]:
            _check_content(content)
    if kind == "function_call" and not (item.get("id") and item.get("name")):
        raise refuse("function_call needs 'id' and 'name'.")
    if kind == "function_result":
        if not item.get("call_id"):
            raise refuse("function_result needs 'call_id'.")
        if not isinstance(item.get("result"), (str, dict, list)):
            raise refuse("function_result.result must be a string, an object or a list of contents.")


def _check_content(content: Any) -> None:
    """One text, image, audio, video or document."""
    kind = content.get("type") if isinstance(content, dict) else None
    if kind not in CONTENT_TYPES:
        raise refuse(f"Unknown content type {kind!r}.")
    _only(content, CONTENT_FIELDS[kind], f"{kind}.")
    if kind == "text":
        if not isinstance(content.get("text"), str):
            raise refuse("text content needs 'text'.")
        return
    data, mime_type = content.get("data"), content.get("mime_type")
    if not data and not content.get("uri"):
        raise refuse(f"{kind} content needs 'data' or 'uri'.")
    if data and not re.fullmatch(r"[A-Za-z0-9+/_=\-\s]*", data):
        raise refuse(f"{kind} content: 'data' is not base64.")
    if data and not mime_type:
        raise refuse(f"{kind} content with 'data' needs 'mime_type'.")
    if mime_type and kind != media_kind(mime_type) and (kind, media_kind(mime_type)) != ("document", "text"):
        raise refuse(f"{kind} content cannot hold {mime_type}.")


def _check_tool(tool: Any) -> None:
    """A declared function or a tool of the service."""
    if not isinstance(tool, dict) or not tool.get("type"):
        raise refuse("Each tool needs a 'type'.")
    if tool["type"] != "function":
        return
    _only(tool, FUNCTION_FIELDS, "tools.")
    if not tool.get("name"):
        raise refuse("A function tool needs a 'name'.")
    _check_schema(tool.get("parameters"))


def _check_schema(schema: Any) -> None:
    """A JSON schema whose type names are those of JSON schema."""
    if wrong := wrong_type_name(schema):
        raise refuse(f"{wrong!r} is no type of JSON schema.")


def _check_format(body: dict) -> None:
    """The form of the answer by type; a bare schema was the first schema's way."""
    for form in as_list(body.get("response_format")):
        kind = form.get("type") if isinstance(form, dict) else None
        if kind not in FORMAT_FIELDS:
            raise refuse(f"response_format.type must be one of text, image, audio, video; got {kind!r}.")
        _only(form, FORMAT_FIELDS[kind], "response_format.")
        _check_schema(form.get("schema"))


def _check_safety(body: dict) -> None:
    """Lower-case categories and thresholds, one object each."""
    for setting in as_list(body.get("safety_settings")):
        if not isinstance(setting, dict):
            raise refuse("'safety_settings' must be a list of objects.")
        _only(setting, {"type", "threshold", "method"}, "safety_settings.")
        if setting.get("type") not in CATEGORIES or setting.get("threshold") not in THRESHOLDS:
            raise refuse(f"Unknown safety setting {setting!r}.")
