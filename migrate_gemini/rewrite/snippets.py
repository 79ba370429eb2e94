"""Small documented functions and classes that a migrated program may need, in the user's own code.

Each is given only to modules that use it, under a name that is free there.
"""

from __future__ import annotations

from collections.abc import Collection

TEXT_OF = '''\
def {name}(interaction):
    """The text of an interaction; ValueError where there is none, as `response.text` raised it."""
    if not interaction.output_text:
        raise ValueError(f"the interaction has no text: {{interaction.status}}")
    return interaction.output_text
'''

CONTENT_PARTS = '''\
def {name}(interaction):
    """The contents (text, images, ...) of a model's answer."""
    return [part for step in interaction.steps or [] if step.type == "model_output" for part in step.content or []]
'''

ANSWER_PARTS = '''\
def {name}(interaction):
    """What a model answered, in order: its contents, and the steps in which it calls functions or runs code."""
    found = []
    for step in interaction.steps or []:
        if step.type == "model_output":
            found += step.content or []
        elif step.type in ("function_call", "code_execution_call", "code_execution_result"):
            found.append(step)
    return found
'''

FIRST_CALL = '''\
def {name}(interaction):
    """The function call that a model's answer begins with, or None."""
    step = next((step for step in interaction.steps or [] if step.type != "thought"), None)
    return step if step is not None and step.type == "function_call" else None
'''

FUNCTION_CALLS = '''\
def {name}(interaction):
    """The steps of an interaction that ask for a function to be called."""
    return [step for step in interaction.steps or [] if step.type == "function_call"]
'''

FUNCTION_TOOL = '''\
def {name}(function):
    """A Python function as a tool of an interaction, declared from its signature and docstring."""
    made = FunctionDeclaration.from_callable_with_api_option(callable=function, use_json_schema=True)
    tool = {{"type": "function", "name": made.name, "description": made.description or ""}}
    return {{**tool, "parameters": made.parameters_json_schema}} if made.parameters_json_schema else tool
'''


STEPS = '''\
def {name}(given):
    """An input of interactions.create() as a list of steps."""
    items = given if isinstance(given, (list, tuple)) else [given]
    items = [{{"type": "text", "text": item}} if isinstance(item, str) else item for item in items]
    contents = ("text", "image", "audio", "video", "document")
    if all(isinstance(item, dict) and item["type"] in contents for item in items):
        return [{{"type": "user_input", "content": items}}]
    return items
'''


def call_loop(declare: str, legacy: bool, is_async: bool, steps: str = "") -> str:
    """The template of the loop that calls Python functions for the model, as the SDK did it.

    declare: the name of FUNCTION_TOOL; steps: the name of a function that makes steps of an input, where nothing is
    stored and all steps are sent back. The legacy SDK had no limit, let exceptions of a function out and gave up on a
    call of a function that is not Python's (generative_models.py, _handle_afc); google-genai told the model of
    exceptions and made at most 10 requests (_extra_utils.py, get_function_response_parts).
    """
    async_, await_, awaited = ("async ", "await ", []) if is_async else ("", "", [])
    if is_async:
        awaited = ["if inspect.isawaitable(value):", "    value = await value"]
    run = ["value = functions[call.name](**call.arguments)", *awaited]
    if legacy:
        result = ['value = value if isinstance(value, dict) else {{"result": value}}']
        body = [*run, *result]
        head = "create, *, tools=(), **request"
        start = [
            f"interaction = {await_}create(**request)",
            'while calls := [step for step in interaction.steps or [] if step.type == "function_call"]:',
            "    if any(call.name not in functions for call in calls):",
            "        break",
        ]
        again = [f"interaction = {await_}create(**request)"]
    else:
        body = ["try:", *(f"    {line}" for line in [*run, 'value = {{"result": value}}'])]
        body += ["except Exception as error:", '    value = {{"error": str(error)}}']
        head = "create, *, tools=(), max_calls=10, **request"
        start = [
            "for left in reversed(range(max_calls)):",
            f"    interaction = {await_}create(**request)",
            '    calls = [step for step in interaction.steps or [] if step.type == "function_call"]',
            "    if not calls or not left:",
            "        break",
        ]
        again = []
    following = 'request |= {{"input": results, "previous_interaction_id": interaction.id}}'
    if steps:
        following = f'request["input"] = [*{steps}(request["input"]), *(interaction.steps or []), *results]'
    answer = 'results.append({{"type": "function_result", "name": call.name, "call_id": call.id, "result": value}})'
    lines = [
        f"{async_}def {{name}}({head}):",
        '    """Answers the model\'s function calls with the functions among `tools`, until it has none left."""',
        "    functions = {{tool.__name__: tool for tool in tools or () if callable(tool)}}",
        f'    request["tools"] = [{declare}(tool) if callable(tool) else tool for tool in tools or ()]',
        *(f"    {line}" for line in start),
        "        results = []",
        "        for call in calls:",
        *(f"            {line}" for line in [*body, answer]),
        f"        {following}",
        *(f"        {line}" for line in again),
        "    return interaction",
    ]
    return "\n".join(lines) + "\n"


def stream_loop(declare: str, whole: str, is_async: bool) -> str:
    """The template of the loop that calls Python functions for a stream of google-genai, as its
    generate_content_stream did it: each when the model asks for it, and at most 10 requests.

    declare: the name of FUNCTION_TOOL; whole: that of WHOLE_CALLS.
    """
    async_, await_ = ("async ", "await ") if is_async else ("", "")
    waits = ["    if inspect.isawaitable(value):", "        value = await value"] if is_async else []
    lines = [
        "functions = {{tool.__name__: tool for tool in tools or () if callable(tool)}}",
        f'request["tools"] = [{declare}(tool) if callable(tool) else tool for tool in tools or ()]',
        "for left in reversed(range(max_calls)):",
        "    results = []",
        f"    {async_}for event in {whole}({await_}create(**request)):",
        '        call = event.delta if event.event_type == "step.delta" else None',
        '        if left and call is not None and call.type == "function_call":',
        "            try:",
        "                value = functions[call.name](**call.arguments)",
        *(f"            {line}" for line in waits),
        '                value = {{"result": value}}',
        "            except Exception as error:",
        '                value = {{"error": str(error)}}',
        '            answer = {{"type": "function_result", "name": call.name, "call_id": call.id, "result": value}}',
        "            results.append(answer)",
        '        if event.event_type == "interaction.completed":',
        '            request["previous_interaction_id"] = event.interaction.id',
        "        yield event",
        "    if not results:",
        "        break",
        '    request["input"] = results',
    ]
    if is_async:
        lines = ["async def events():", *(f"    {line}" for line in lines), "", "return events()"]
    head = f"{async_}def {{name}}(create, *, tools=(), max_calls=10, **request):"
    text = '    """The events of the model\'s answers, whose function calls the functions among `tools` answer."""'
    return "\n".join([head, text, *(f"    {line}" if line else "" for line in lines)]) + "\n"


THOUGHT_PARTS = '''\
def {name}(interaction):
    """The parts of a model's answer: texts, media and, marked by `thought`, the summaries of its thoughts."""
    parts = []
    for step in interaction.steps or []:
        thought = step.type == "thought" or None
        contents = step.summary if thought else step.content if step.type == "model_output" else None
        for part in contents or []:
            parts.append(SimpleNamespace(**{{"text": None, **part.model_dump(), "thought": thought}}))
    return parts
'''

THOUGHT_PARTS_CALLS = '''\
def {name}(interaction):
    """The parts of a model's answer: texts, media, function calls and, marked by `thought`, summaries of thoughts."""
    parts = []
    for step in interaction.steps or []:
        if step.type == "function_call":
            parts.append(SimpleNamespace(type=step.type, text=None, thought=None, function_call=step))
        thought = step.type == "thought" or None
        contents = step.summary if thought else step.content if step.type == "model_output" else None
        for part in contents or []:
            given = {{"text": None, **part.model_dump(), "thought": thought, "function_call": None}}
            parts.append(SimpleNamespace(**given))
    return parts
'''

DELTA_PARTS = '''\
def {name}(event):
    """The part that an event of a stream brings, as a list: a text, a medium or, marked by `thought`, a thought."""
    delta = event.delta
    thought = delta.type == "thought_summary" or None
    part = delta.content if thought else delta
    return [SimpleNamespace(**{{"text": None, **part.model_dump(), "thought": thought}})]
'''

DELTA_PARTS_CALLS = '''\
def {name}(event):
    """The part that an event of a stream brings, as a list: a text, a call or, marked by `thought`, a thought."""
    delta = event.delta
    if delta.type == "function_call":
        return [SimpleNamespace(type=delta.type, text=None, thought=None, function_call=delta)]
    thought = delta.type == "thought_summary" or None
    part = delta.content if thought else delta
    return [SimpleNamespace(**{{"text": None, **part.model_dump(), "thought": thought, "function_call": None}})]
'''

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

_INPUT_HEAD = '''\
def {name}(contents):
    """The contents of generate_content as the input of interactions.create(): text, or a list of steps or contents."""
    if isinstance(contents, str):
        return contents
    steps, parts = [], []
    for item in contents if isinstance(contents, (list, tuple)) else [contents]:
'''
_INPUT_STEP = """\
            if parts:
                steps.append({{"type": "user_input", "content": parts}})
            if item.get("role") not in ("user", "model", None):
                raise ValueError(f"no step has the role of {{item}}")
            kind = "model_output" if item.get("role") == "model" else "user_input"
"""
_INPUT_TAIL = """\
            parts = []
        else:
            parts.append({part})
    if steps and parts:
        steps.append({{"type": "user_input", "content": parts}})
    return steps or parts
"""
TO_INPUT = (
    _INPUT_HEAD
    + """\
        if not isinstance(item, (str, dict)):
            item = item.model_dump(exclude_none=True)
        if isinstance(item, dict) and "parts" in item:
            texts = [item["parts"]] if isinstance(item["parts"], (str, dict)) else item["parts"]
            texts = [part if isinstance(part, str) else getattr(part, "text", None) or part["text"] for part in texts]
"""
    + _INPUT_STEP
    + """\
            steps.append({{"type": kind, "content": [{{"type": "text", "text": text}} for text in texts]}})
"""
    + _INPUT_TAIL.replace("{part}", '{{"type": "text", "text": item if isinstance(item, str) else item["text"]}}')
)
TO_INPUT_MEDIA = (
    _INPUT_HEAD
    + """\
        if hasattr(item, "parts"):
            item = {{"role": item.role, "parts": item.parts}}
        if isinstance(item, dict) and "parts" in item:
            given = item["parts"] if isinstance(item["parts"], (list, tuple)) else [item["parts"]]
"""
    + _INPUT_STEP
    + """\
            steps.append({{"type": kind, "content": [{to_content}(part) for part in given]}})
"""
    + _INPUT_TAIL.replace("{part}", "{to_content}(item)")
)
"""The same for contents with media in them. {to_content}: the name of TO_CONTENT in the module."""

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

TO_COUNT = '''\
def {name}(item):
    """Text, a file, an image, a dict of a part or turn, or a list of such, as google-genai counts and caches it."""
    if isinstance(item, (list, tuple)):
        return [{name}(part) for part in item]
    if not isinstance(item, dict):
        return item
    if "parts" in item or "content" in item:
        given = item["parts"] if "parts" in item else item["content"]
        parts = [given] if isinstance(given, (str, dict)) else given
        role = "model" if "model" in (item.get("role") or item.get("type") or "") else "user"
        parts = [{{"text": part}} if isinstance(part, str) else {name}(part) for part in parts]
        return {{"role": role, "parts": parts}}
    if "data" in item:
        return {{"inline_data": {{"mime_type": item["mime_type"], "data": item["data"]}}}}
    return {{"text": item["text"]}} if "text" in item else item
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

_ERROR_CODE = '''\
def {{name}}(error):
    """The HTTP status of an API error; 503 or 504 where the network failed; None for any other error."""
    if not type(error).__module__.startswith({modules}):
        return None
    network = {{{{"APIConnectionError": 503, "APITimeoutError": 504}}}}.get(type(error).__name__)
    return getattr(error, "status_code", None) or getattr(error, "code", None) or network
'''
ERROR_CODE = _ERROR_CODE.format(modules='"google.genai."')
ERROR_CODE_LEGACY = _ERROR_CODE.format(modules='("google.genai.", "google.api_core.")')

ERROR_MESSAGE = '''\
def {name}(error):
    """The service's own message of an API error."""
    body = getattr(error, "body", None)
    return body["error"]["message"] if isinstance(body, dict) and "error" in body else error.message
'''

ERROR_STATUS = '''\
def {name}(error):
    """The name that google.rpc has for the HTTP status of an API error; None for any other error."""
    names = {{
        400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ABORTED",
        429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
    }}
    return getattr(error, "status", None) or names.get(getattr(error, "status_code", None))
'''

ERROR_HANDLER = '''\
class {name}:
    """Registers a function for API errors of these HTTP statuses with an app; others are raised again."""

    functions = {{}}

    def __init__(self, app, *statuses):
        self.app, self.statuses = app, statuses

    def __call__(self, function):
        functions = self.functions.setdefault(self.app, {{}})
        functions.update(dict.fromkeys(self.statuses, function))

        @self.app.<decorator>(<error>)
        def handle(error):
            if <code>(error) not in functions:
                raise error
            return functions[<code>(error)](error)

        return function
'''

ERROR_HANDLER_REQUEST = ERROR_HANDLER.replace(
    """        def handle(error):
            if <code>(error) not in functions:
                raise error
            return functions[<code>(error)](error)
""",
    """        async def handle(request, error):
            if <code>(error) not in functions:
                raise error
            answer = functions[<code>(error)](request, error)
            return await answer if hasattr(answer, "__await__") else answer
""",
)

BLOCKED = '''\
class {name}(Exception):
    """A prompt or its answer was blocked."""
'''

SHARED = '''\
@{st}.cache_resource
def {name}():
    """What all runs of this script share."""
    return SimpleNamespace(client=None)
'''

PARSED_AS = '''\
def {name}(schema, text):
    """The text of an answer as a value of its schema: of a type, or what JSON gives for a dict or types.Schema."""
    if isinstance(schema, (dict, types.Schema)):
        return json.loads(text)
    return TypeAdapter(schema).validate_json(text)
'''

PARSED_OR_NONE = '''\
def {{name}}(schema, text):
    """The text of an answer as a value of its schema; None where it does not fit."""
    try:
        return {parsed}
    except ValueError:
        return None
'''

CHAT_HEAD = '''\
class {name}:
    """A conversation: each message continues the interaction before it."""

    def __init__(self, client, **request):
        self.client = client
        self.request = request
        self.last = None
'''

CHAT_HEAD_HISTORY = '''\
class {name}:
    """A conversation that keeps its own turns and sends all of them with each message."""

    def __init__(self, client, history=None, **request):
        self.client = client
        self.request = request
        self.last = None
        self.history = [self.turn(item) for item in history or []]

    @staticmethod
    def turn(item, role="user"):
        """One turn with `role` and `parts[i].text`; from text, a list of texts, or a content with role and parts."""
        if isinstance(item, SimpleNamespace):
            return item
        if isinstance(item, dict):
            role, item = item.get("role", role), item["parts"]
        elif hasattr(item, "parts"):
            role, item = item.role or role, item.parts
        texts = [
            part if isinstance(part, str) else part["text"] if isinstance(part, dict) else part.text
            for part in ([item] if isinstance(item, (str, dict)) or hasattr(item, "text") else item)
        ]
        return SimpleNamespace(role=role, parts=[SimpleNamespace(text=text) for text in texts])

    def steps(self, message):
        """The turns so far and a new message, as the input of a request."""
        return [
            {{
                "type": "model_output" if turn.role == "model" else "user_input",
                "content": [{{"type": "text", "text": part.text}} for part in turn.parts],
            }}
            for turn in [*map(self.turn, self.history), self.turn(message)]
        ]
'''

CHAT_HEAD_HISTORY_MEDIA = '''\
class {name}:
    """A conversation that keeps its own turns and sends all of them with each message."""

    def __init__(self, client, history=None, **request):
        self.client = client
        self.request = request
        self.last = None
        self.history = [self.turn(item) for item in history or []]

    @staticmethod
    def turn(item, role="user"):
        """One turn with `role` and `parts`; from text, a file, a list of such, or a content with role and parts."""
        if isinstance(item, SimpleNamespace):
            return item
        if isinstance(item, dict) and "parts" in item:
            role, item = item.get("role", role), item["parts"]
        elif hasattr(item, "parts"):
            role, item = item.role or role, item.parts
        contents = [
            part if isinstance(part, dict) and "type" in part else {to_content}(part)
            for part in (item if isinstance(item, (list, tuple)) else [item])
        ]
        parts = [SimpleNamespace(text=content.get("text", ""), content=content) for content in contents]
        return SimpleNamespace(role=role, parts=parts)

    def steps(self, message):
        """The turns so far and a new message, as the input of a request."""
        return [
            {{
                "type": "model_output" if turn.role == "model" else "user_input",
                "content": [part.content for part in turn.parts],
            }}
            for turn in [*map(self.turn, self.history), self.turn(message)]
        ]
'''

CHAT_HEAD_CONTENTS = '''\
class {name}:
    """A conversation that keeps its own turns, as Content of google-genai, and sends all of them with each message."""

    def __init__(self, client, history=None, **request):
        self.client = client
        self.request = request
        self.last = None
        self.history = [{types}.Content.model_validate(turn) for turn in history or []]

    @staticmethod
    def turn(item, role="user"):
        """A message or an answer as a turn."""
        return {types}.ModelContent(parts=item) if role == "model" else {types}.UserContent(parts=item)

    def steps(self, message):
        """The texts and media of the turns so far and of a new message, as the input of a request."""
        steps = []
        for turn in [*self.history, self.turn(message)]:
            parts = [part for part in turn.parts or [] if not part.thought]
            parts = [part for part in parts if part.text is not None or part.inline_data or part.file_data]
            kind = "model_output" if turn.role == "model" else "user_input"
            if parts:
                steps.append({{"type": kind, "content": [{to_content}(part) for part in parts]}})
        return steps
'''

CHAT_ANSWERED = '''
    @staticmethod
    def answered(interaction):
        """The texts and media of the model as a turn."""
        found = [part for step in interaction.steps or [] if step.type == "model_output" for part in step.content or []]
        return {types}.ModelContent(
            parts=[
                {types}.Part(text=part.text)
                if part.type == "text"
                else {types}.Part.from_bytes(data=base64.b64decode(part.data), mime_type=part.mime_type)
                for part in found
            ]
            or [{types}.Part(text="")]
        )
'''
KEEP_ANSWERED = ('self.turn(interaction.output_text, "model")', "self.answered(interaction)")

CHAT_HISTORY_GETTER = '''
    def get_history(self):
        """The turns so far."""
        return self.history
'''

CHAT_REWIND = '''
    def rewind(self):
        """Takes back the last message and its answer."""
        self.last = None
        return self.history.pop(-2), self.history.pop()
'''

CHAT_STREAMED = """\
        if stream:
            return self.{method}(message, **settings)
"""
CHAT_SEND = '''
    {async_}def {method}(self, message{flag}, **settings):
        """Sends a message and gives the model's interaction{or_events}."""
{streamed}        interaction = {await_}{create}(
{first}            **{request},
            input=message,
            previous_interaction_id=self.last.id if self.last else None,
        )
{keep}        return interaction
'''

CHAT_SEND_HISTORY = '''
    {async_}def {method}(self, message{flag}, **settings):
        """Sends a message and gives the model's interaction{or_events}."""
{streamed}        interaction = {await_}{create}(
{first}            **{request}, input=self.steps(message)
        )
{keep}        return interaction
'''

CHAT_SEND_SEEDED = '''
    {async_}def {method}(self, message{flag}, **settings):
        """Sends a message, the first with the turns before it, and gives the model's interaction{or_events}."""
{streamed}        steps = self.steps(message)
        interaction = {await_}{create}(
{first}            **{request},
            input=steps[-1:] if self.last else steps,
            previous_interaction_id=self.last.id if self.last else None,
        )
{keep}        return interaction
'''
CHAT_SEND_RESULTS = '''
    {async_}def {method}(self, message{flag}, **settings):
        """Sends a message, the first with the turns before it, and gives the model's interaction{or_events}."""
{streamed}        interaction = {await_}{create}(
{first}            **{request},
            input=message if self.last else self.steps(message),
            previous_interaction_id=self.last.id if self.last else None,
        )
{keep}        return interaction
'''
TURN_OF_RESULTS = ('part["text"] if isinstance(part, dict)', 'part.get("text", "") if isinstance(part, dict)')
"""How a turn takes a part, and how it does where a part may be what a function gave, which has no text."""
CHAT_SEND_RECORDED = '''
    {async_}def {method}(self, message{flag}, **settings):
        """Sends a message, the first with the turns before it, and gives the model's interaction{or_events}."""
{streamed}        steps, asked = self.steps(message), []

        {async_}def create(**request):
            asked.append({await_}{inner}(**request))
            return asked[-1]

        interaction = {await_}{create}(
{first}            **{request},
            input=steps[-1:] if self.last else steps,
            previous_interaction_id=self.last.id if self.last else None,
        )
{keep}        return interaction
'''
KEEP_RECORD = """\
        self.history.append(self.turn(message))
        for called in asked[:-1]:
            calls = [""] * sum(step.type == "function_call" for step in called.steps or [])
            self.history += [self.turn(calls, "model"), self.turn(calls)]
        self.history.append(self.turn(interaction.output_text, "model"))
"""
"""Turns of a chat that calls functions: a call and its result have no text."""
CHAT_SEEDED = (
    "A conversation that keeps its own turns and sends all of them with each message.",
    "A conversation that goes on from turns: each message continues the interaction before it.",
)
"""The first line of a chat with turns, and that of one whose turns nobody looks at."""

CHAT_STREAM = '''
    {async_}def {method}(self, message, **settings):
        """Sends a message and yields the events of the model's interaction."""
        stream = {await_}{create}(
{first}            **{request},
            input=message,
            previous_interaction_id=self.last.id if self.last else None,
            stream=True,
        )
        {async_}for event in stream:
            if event.event_type == "interaction.completed":
                self.last = event.interaction
            yield event
'''

CHAT_STREAM_HISTORY = '''
    {async_}def {method}(self, message, **settings):
        """Sends a message and yields the events of the model's interaction."""
        stream = {await_}{create}(
{first}            **{request},{gap}input=self.steps(message),{gap}stream=True{comma}
        )
        texts = []
        {async_}for event in stream:
            if event.event_type == "step.delta" and event.delta.type == "text":
                texts.append(event.delta.text)
            yield event
        self.history += [self.turn(message), {turns}]
'''
CHAT_HEAD_STEPS = '''\
class {name}:
    """A conversation that goes on from earlier steps: each message continues the interaction before it."""

    def __init__(self, client, history=None, **request):
        self.client = client
        self.request = request
        self.history = list(history or [])
        self.last = None
'''
_FROM_STEPS = ("input=message,", "input=message if self.last else [*self.history, *{steps}(message)],")
CHAT_SEND_STEPS = CHAT_SEND.replace(*_FROM_STEPS)
CHAT_STREAM_STEPS = CHAT_STREAM.replace(*_FROM_STEPS)

ONE_TURN = 'self.turn("".join(texts), "model")'
TURNS = '*(self.turn(text, "model") for text in texts)'
"""What a streamed answer is in a history: one turn in the legacy SDK, a turn for each chunk in google-genai."""

MERGED = "{**self.request, **settings}"
REPLACED = '({"model": self.request["model"], **settings} if settings else self.request)'
"""A message's settings: the legacy SDK merges them over the chat's, google-genai puts them in their place."""

KEEP_LAST = """\
        if interaction.status != "failed":
            self.last = interaction
"""
KEEP_LAST_IF_ANSWERED = """\
        if interaction.status == "failed":
            raise {blocked}
        self.last = interaction
"""
KEEP_HISTORY = """\
        if interaction.status != "failed":
            self.last = interaction
            self.history += [self.turn(message), self.turn(interaction.output_text, "model")]
"""
KEEP_HISTORY_IF_ANSWERED = """\
        if interaction.status == "failed":
            raise {blocked}
        self.last = interaction
        self.history += [self.turn(message), self.turn(interaction.output_text, "model")]
"""

OUTPUTS_OF = '''\
def {name}(interaction):
    """The outputs of an interaction in one list: the contents of the model's answer among its other steps."""
    outputs = []
    for step in interaction.steps or []:
        outputs += (step.content or []) if step.type == "model_output" else [step]
    return outputs
'''

TO_STEPS = '''\
def {name}(turns):
    """Turns with a role and a content as the steps that interactions.create() takes; other input stays as it is."""
    if not isinstance(turns, list):
        return turns
    steps = []
    for turn in turns:
        if not isinstance(turn, dict) or "role" not in turn:
            steps.append(turn)
            continue
        contents = []
        for item in turn["content"] if isinstance(turn["content"], list) else [turn["content"]]:
            if isinstance(item, str):
                item = {{"type": "text", "text": item}}
            type_ = item["type"] if isinstance(item, dict) else item.type
            if type_ not in ("text", "image", "audio", "video", "document"):
                steps.append(item)
                contents = []
                continue
            if not contents:
                kind = "model_output" if turn["role"] == "model" else "user_input"
                steps.append({{"type": kind, "content": contents}})
            contents.append(item)
    return steps
'''

FUNCTION_RESULT = '''\
def {name}(value):
    """What a function gave, as a function_result takes it: text and dicts as they are, all else under a key."""
    return value if isinstance(value, (str, dict)) else {{"result": value}}
'''

WHOLE_CALLS = '''\
{async_}def {name}(stream):
    """The events of a stream, with one delta for each function call instead of the pieces of its arguments."""
    call, pieces = None, ""
    {async_}for event in stream:
        if event.event_type == "step.start" and event.step.type == "function_call":
            call, pieces = event.step, ""
        if event.event_type == "step.delta" and event.delta.type == "arguments_delta":
            pieces += event.delta.arguments or ""
            continue
        if event.event_type == "step.stop" and call is not None:
            arguments = json.loads(pieces) if pieces else call.arguments
            delta = SimpleNamespace(type="function_call", id=call.id, name=call.name, arguments=arguments)
            yield SimpleNamespace(event_type="step.delta", index=event.index, delta=delta, event_id=event.event_id)
            call = None
        yield event
'''
