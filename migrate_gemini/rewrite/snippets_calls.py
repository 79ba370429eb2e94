"""Functions for the user's code that call the functions a model asks for, and find these calls."""

from __future__ import annotations

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
