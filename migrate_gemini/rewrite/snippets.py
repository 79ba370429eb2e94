"""Small documented functions and classes that a migrated program may need, in the user's own code.

Each is given only to modules that use it, under a name that is free there.
"""

from __future__ import annotations

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
