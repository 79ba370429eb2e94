"""Functions of `snippets` that are written anew for the first Interactions schema, for `--target outputs`."""

from __future__ import annotations

from . import snippets, snippets_calls

ANSWER_PARTS = '''\
def {name}(interaction):
    """What a model answered, in order: its contents, and its calls of functions and of code."""
    return [output for output in interaction.outputs or [] if output.type != "thought"]
'''

FUNCTION_TOOL = '''\
def {name}(function):
    """A Python function as a tool of an interaction, declared from its signature and docstring."""
    made = FunctionDeclaration.from_callable_with_api_option(callable=function)
    tool = {{"type": "function", "name": made.name, "description": made.description or ""}}
    if made.parameters is None:
        return tool
    return {{**tool, "parameters": made.parameters.json_schema.model_dump(exclude_none=True, mode="json")}}
'''

OUTPUTS = {snippets.ANSWER_PARTS: ANSWER_PARTS, snippets_calls.FUNCTION_TOOL: FUNCTION_TOOL}
"""Template -> the one to use. All others are put into the words of the first schema by `dialect`, or cannot be."""
