"""Small functions for what is read of an answer beside its text: why it ended, and what a search left behind."""

from __future__ import annotations

FINISH_NAME = '''\
def {name}(interaction):
    """Why an answer ended, by the names that generate_content gave."""
    names = {{"completed": "STOP", "requires_action": "STOP", "incomplete": "MAX_TOKENS"}}
    return names.get(interaction.status, "SAFETY")
'''

BLOCK_NAME = '''\
def {name}(interaction):
    """Why a prompt was blocked, by the names that generate_content gave; None where it was not."""
    if interaction.status != "failed":
        return None
    return next((error.code.upper() for error in interaction.errors or [] if error.code), "OTHER")
'''

CALL_ID = '''\
def {name}(interaction, function):
    """The id of the model's call of a function, by the function's name."""
    return next(step.id for step in interaction.steps if step.type == "function_call" and step.name == function)
'''

WITH_CALL_IDS = '''\
def {name}(steps):
    """The steps of a conversation with ids: a function result answers the first open call of its name."""
    made, calls = [], []
    for number, step in enumerate(steps):
        kind = step["type"] if isinstance(step, dict) else step.type
        if kind == "function_call":
            told = step if isinstance(step, dict) else step.model_dump()
            step = {{**told, "id": told["id"] or f"call-{{number}}"}}
            calls.append(step)
        elif kind == "function_result":
            asked = min(calls, key=lambda call: call["name"] != step["name"], default={{"id": f"call-{{number}}"}})
            step = {{**step, "call_id": step["call_id"] or asked["id"]}}
            calls = [call for call in calls if call["id"] != step["call_id"]]
        made.append(step)
    return made
'''

FUNCTION_TOOLS = '''\
def {name}(tools):
    """The functions that types.Tool objects declare, as the tools of an interaction."""
    found = []
    for tool in tools or []:
        for function in tool.function_declarations or []:
            schema = function.parameters_json_schema
            if function.parameters:
                schema = function.parameters.json_schema.model_dump(exclude_none=True, mode="json", by_alias=True)
            declared = {{"name": function.name, "description": function.description, "parameters": schema}}
            found.append({{"type": "function", **{{key: value for key, value in declared.items() if value}}}})
    return found
'''

THINKING_SETTINGS = '''\
def {name}(config):
    """The settings of thinking that a ThinkingConfig, or a dict in its form, has."""
    given = config if isinstance(config, dict) else config.model_dump() if config else {{}}
    level = given.get("thinking_level") or given.get("thinkingLevel")
    shown = given.get("include_thoughts", given.get("includeThoughts"))
    settings = {{"thinking_level": str(getattr(level, "value", level)).lower()}} if level else {{}}
    return settings if shown is None else {{**settings, "thinking_summaries": "auto" if shown else "none"}}
'''

JSON_SCHEMA = '''\
def {name}(schema):
    """A schema of generate_content, a types.Schema or a dict in its form, as a JSON schema."""
    if schema is None:
        return None
    made = types.Schema.model_validate(schema).json_schema
    return made.model_dump(exclude_none=True, mode="json", by_alias=True)
'''

VECTORS = '''\
def {name}(result, content):
    """What was embedded, as embed_content of the old SDK gave it: the vector of one text, or those of a list."""
    vectors = [embedding.values for embedding in result.embeddings]
    return vectors[0] if isinstance(content, str) else vectors
'''

GROUNDING = '''\
def {name}(interaction):
    """What a search left behind, with the fields of generate_content's grounding_metadata."""
    queries, shown, sources, supports = [], None, {{}}, []
    for step in interaction.steps or []:
        if step.type == "google_search_call":
            queries += step.arguments.queries or []
        elif step.type == "google_search_result":
            shown = next((item.search_suggestions for item in step.result or [] if item.search_suggestions), shown)
        for content in step.content or [] if step.type == "model_output" else []:
            for note in getattr(content, "annotations", None) or []:
                if note.type == "url_citation":
                    place = sources.setdefault((note.url, note.title), len(sources))
                    start, end = note.start_index or 0, note.end_index or 0
                    text = content.text.encode()[start:end].decode(errors="ignore")
                    segment = SimpleNamespace(start_index=start, end_index=end, text=text)
                    supports.append(SimpleNamespace(segment=segment, grounding_chunk_indices=[place]))
    chunks = [SimpleNamespace(web=SimpleNamespace(uri=url, title=title)) for url, title in sources]
    entry = SimpleNamespace(rendered_content=shown or "")
    return SimpleNamespace(
        web_search_queries=queries, search_entry_point=entry, grounding_chunks=chunks, grounding_supports=supports
    )
'''

GROUNDING_OR_NONE = GROUNDING.replace(
    "    chunks = [", "    if not queries and not sources:\n        return None\n    chunks = [", 1
).replace("grounding_metadata.", "grounding_metadata, or None.", 1)
GROUNDING_OR_NONE = GROUNDING_OR_NONE.replace('shown or "")', "shown) if shown else None")

RAN: dict[str, str] = {
    "executable_code": '''\
def {name}(interaction):
    """The first code that the model ran; None where it ran none."""
    steps = interaction.steps or []
    return next((step.arguments.code for step in steps if step.type == "code_execution_call"), None)
''',
    "code_execution_result": '''\
def {name}(interaction):
    """What the first code that the model ran printed; None where it ran none."""
    steps = interaction.steps or []
    return next((step.result for step in steps if step.type == "code_execution_result"), None)
''',
}
"""Attribute of an answer about code that was run -> the function that stands for it."""
