"""Functions for the user's code that turn the settings of a request."""

from __future__ import annotations

from collections.abc import Collection

_SETTINGS_HEAD = '''\
def {name}(config):
    """Sorts the settings of generate_content into the arguments of interactions.create()."""
    if config is None:
        return {{}}
    if isinstance(config, dict):
        config = types.GenerateContentConfig(**config)
    given = config.model_dump(exclude_none=True)
    sampling = ("temperature", "top_p", "max_output_tokens", "stop_sequences", "seed")
    sampling = {{key: given.pop(key) for key in sampling if key in given}}
    request = {{"generation_config": sampling}}
    if given.pop("candidate_count", 1) != 1:
        raise ValueError("several candidates have no counterpart")
    for key in ("top_k", "presence_penalty", "frequency_penalty"):
        given.pop(key, None)
'''
_SETTINGS_SYSTEM = """\
    if system := given.pop("system_instruction", None):
        parts = system.get("parts", [system]) if isinstance(system, dict) else system
        texts = [part if isinstance(part, str) else part["text"] for part in parts]
        request["system_instruction"] = system if isinstance(system, str) else "\\n".join(texts)
"""
_SETTINGS_SAFETY = """\
    if safety := given.pop("safety_settings", None):
        request["safety_settings"] = [
            {{
                "type": item["category"].lower().removeprefix("harm_category_"),
                "threshold": item["threshold"].lower(),
            }}
            for item in safety
        ]
"""
_SETTINGS_MADE = (
    """    if isinstance(config, dict):
        config = types.GenerateContentConfig(**config)
""",
    """    ready = {{}}
    if isinstance(config, dict):
        held = ("tools", "tool_config", "automatic_function_calling")
        ready = {{key: config[key] for key in held if config.get(key)}}
        config = types.GenerateContentConfig(**{{key: config[key] for key in config if key not in held}})
""",
)
_SETTINGS_TOOLS = """\
    if "tools" in ready:
        request["tools"] = ready["tools"]
    if "tool_config" in ready:
        sampling["tool_choice"] = ready["tool_config"]
"""
_SETTINGS_THINKING = """\
    thinking = given.pop("thinking_config", {{}})
    if thinking.get("thinking_level"):
        sampling["thinking_level"] = thinking["thinking_level"].lower()
    if thinking.get("include_thoughts"):
        sampling["thinking_summaries"] = "auto"
"""
_SETTINGS_MIME = """\
    mime_type = given.pop("response_mime_type", "text/plain")
    if mime_type != "text/plain":
        request["response_format"] = {{"type": "text", "mime_type": mime_type}}
"""
_SETTINGS_FORMAT = """\
    mime_type = given.pop("response_mime_type", "text/plain")
    schema = config.response_schema or config.response_json_schema
    given = {{key: value for key, value in given.items() if key not in ("response_schema", "response_json_schema")}}
    text = {json_format}(schema) if schema else {{"type": "text", "mime_type": mime_type}}
"""
_SETTINGS_TEXT = """\
    if mime_type != "text/plain":
        request["response_format"] = text
"""
_SETTINGS_MEDIA = """\
    image = given.pop("image_config", None)
    modalities = [name.lower() for name in given.pop("response_modalities", [])]
    if image or {{*modalities}} - {{"text"}}:
        formats = {{"text": text, "image": {{"type": "image", **(image or {{}})}}, "audio": {{"type": "audio"}}}}
        request["response_format"] = [formats[name] for name in modalities or ("text", "image")]
    elif mime_type != "text/plain":
        request["response_format"] = text
"""
_SETTINGS_TAIL = """\
    if given:
        raise ValueError(f"settings without a counterpart: {{sorted(given)}}")
    return request
"""


def request_settings(names: Collection[str], json_format: str) -> str:
    """The template of the function that sorts configs at run time.

    names: settings that they may have; instructions, thinking and the like are sorted only where they are among these
    (or none is known), anything else that has no place is refused. json_format: the name of JSON_FORMAT in the module.
    """
    form = {"response_schema", "response_json_schema", "response_modalities", "image_config"}

    def wanted(*some: str) -> bool:
        return not names or bool({*some} & {*names})

    code = _SETTINGS_HEAD
    code += _SETTINGS_SYSTEM if wanted("system_instruction") else ""
    code += _SETTINGS_SAFETY if wanted("safety_settings") else ""
    if names and {"tools", "tool_config", "automatic_function_calling"} & {*names}:
        code = code.replace(*_SETTINGS_MADE) + _SETTINGS_TOOLS
    code += _SETTINGS_THINKING if wanted("thinking_config") else ""
    code += _SETTINGS_FORMAT.replace("{json_format}", json_format) if wanted(*form) else _SETTINGS_MIME
    if wanted(*form):
        code += _SETTINGS_MEDIA if wanted("response_modalities", "image_config") else _SETTINGS_TEXT
    return code + _SETTINGS_TAIL


THINKING_LEVEL = '''\
def {name}(config):
    """The level that a ThinkingConfig, or a dict in its form, names; None where it names none."""
    if isinstance(config, dict):
        level = config.get("thinking_level") or config.get("thinkingLevel")
    else:
        level = getattr(config, "thinking_level", None)
    return str(getattr(level, "value", level)).lower() if level else None
'''

WITH_SETTINGS = '''\
def {name}(request, **settings):
    """A request with further settings over its own; those of generation_config are merged key by key."""
    sampling = {{**(request.get("generation_config") or {{}})}}
    sampling.update({{k: v for k, v in (settings.get("generation_config") or {{}}).items() if v is not None}})
    return {{**request, **settings, "generation_config": sampling}}
'''

SAFETY_SETTINGS = '''\
def {name}(settings):
    """Harm categories and thresholds as interactions.create() takes them."""
    if isinstance(settings, dict):
        settings = [{{"category": category, "threshold": threshold}} for category, threshold in settings.items()]
    pairs = [item if isinstance(item, dict) else item.model_dump() for item in settings or []]
    return [
        {{
            "type": str(getattr(pair["category"], "name", pair["category"])).lower().removeprefix("harm_category_"),
            "threshold": str(getattr(pair["threshold"], "name", pair["threshold"])).lower(),
        }}
        for pair in pairs
    ]
'''

SAFETY_OVER = '''\
def {name}(own, given):
    """The safety settings of a model with those of a request over them, category by category."""
    kinds = [item["type"] for item in given or []]
    return [*(item for item in own or [] if item["type"] not in kinds), *(given or [])]
'''

SYSTEM_TEXT = '''\
def {name}(instruction):
    """A system instruction as one text: from text, a part, a content, or a list of such."""
    if instruction is None or isinstance(instruction, str):
        return instruction
    if isinstance(instruction, (list, tuple)):
        return "\\n".join(map({name}, instruction))
    if not isinstance(instruction, dict):
        instruction = instruction.model_dump(exclude_none=True)
    return {name}(instruction["parts"] if "parts" in instruction else instruction["text"])
'''

WITH_RESOLUTION = '''\
def {name}(given, level):
    """The input of an interaction with a resolution for each image, video and document in it."""
    if isinstance(given, list):
        return [{name}(item, level) for item in given]
    if isinstance(given, dict) and given["type"] in ("image", "video", "document"):
        return {{"resolution": level, **given}}
    if isinstance(given, dict) and "content" in given:
        return {{**given, "content": {name}(given["content"], level)}}
    return given
'''

JSON_FORMAT = '''\
def {name}(schema):
    """The response_format that asks for JSON of a schema: of a type, a types.Schema, or a dict in its form."""
    if schema is None:
        return {{"type": "text", "mime_type": "application/json"}}
    if isinstance(schema, dict) and "$defs" not in schema:
        schema = types.Schema.model_validate(schema)
    if isinstance(schema, types.Schema):
        schema = schema.json_schema.model_dump(exclude_none=True, mode="json", by_alias=True)
    elif not isinstance(schema, dict):
        schema = TypeAdapter(schema).json_schema()
    return {{"type": "text", "mime_type": "application/json", "schema": schema}}
'''
