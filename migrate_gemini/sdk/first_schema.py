"""The first schema of the Interactions API (google-genai 1.55 to 1.75), and what stands for it in the steps schema.

Sources: google-genai 1.75.0, `google/genai/_interactions/types`, and 3.4.0, `google/genai/_gaos/types/interactions`;
MAPPING 1.3 and 1.4. `tests/test_sdk_first_schema.py` resolves the new side of every row on the installed SDK.
"""

from __future__ import annotations

ATTRIBUTES: dict[str, dict[str, str]] = {
    "Interaction": {
        "outputs": "Outputs",
        "usage": "InteractionUsage",
        "output_text": "Text",
        "created": "Moment",
        "updated": "Moment",
        "role": "InteractionRole",
    },
    "Output": {"text": "Text"},
    "InteractionEvent": {
        "interaction": "Interaction",
        "content": "EventContent",
        "delta": "Delta",
        "event_type": "EventType",
    },
    "EventContent": {"type": "EventContentType", "text": "Text"},
    "Delta": {"text": "Text", "type": "DeltaType"},
}
"""Rows of `surface.ATTRIBUTES`: what is read of interactions in either schema."""

ELEMENTS: dict[str, str] = {"Outputs": "Output"}
"""Rows of `surface.ELEMENTS`."""

KINDS = frozenset((*ATTRIBUTES, *ELEMENTS, *ELEMENTS.values(), "InteractionStream"))
"""Kinds of what interactions give, which is read otherwise in the steps schema."""

ANNOTATIONS: dict[str, str] = {
    "google.genai.interactions.Interaction": "Interaction",
    "google.genai._interactions.types.Interaction": "Interaction",
}
"""Rows of `surface.ANNOTATIONS`; the last module is that of the first schema only."""

EVENTS: dict[str, str] = {
    "interaction.start": "interaction.created",
    "interaction.complete": "interaction.completed",
    "content.start": "step.start",
    "content.delta": "step.delta",
    "content.stop": "step.stop",
}
"""Event types of the first schema -> those of the steps schema."""

DELTAS: dict[str, str] = {"text_annotation": "text_annotation_delta"}
"""Types of a delta that have another name now. A function_call's delta has no equal: see `snippets.WHOLE_CALLS`."""

CONTENTS = frozenset(("text", "image", "audio", "video", "document"))
"""Types that stood among the outputs and are contents of a model_output step now."""

STEPS = frozenset(
    """thought function_call function_result code_execution_call code_execution_result google_search_call
    google_search_result google_maps_call google_maps_result url_context_call url_context_result file_search_call
    file_search_result mcp_server_tool_call mcp_server_tool_result""".split()
)
"""Types that stood among the outputs and are steps now, with the same fields."""

CHANGED = frozenset(("rendered_content",))
"""Fields of outputs that are gone (1.66: search_suggestions)."""

DUMPS = frozenset(("to_dict", "to_json", "model_dump", "model_dump_json", "dict", "json"))
"""Methods that give an interaction or output as a whole, whose keys are those of the schema."""

TYPES: dict[str, str] = {
    "Interaction": "Interaction",
    "TextContent": "TextContent",
    "ImageContent": "ImageContent",
    "AudioContent": "AudioContent",
    "VideoContent": "VideoContent",
    "DocumentContent": "DocumentContent",
    "Usage": "Usage",
    "ThoughtContent": "ThoughtStep",
    "FunctionCallContent": "FunctionCallStep",
    "FunctionResultContent": "FunctionResultStep",
    "CodeExecutionCallContent": "CodeExecutionCallStep",
    "CodeExecutionResultContent": "CodeExecutionResultStep",
    "GoogleSearchCallContent": "GoogleSearchCallStep",
    "GoogleSearchResultContent": "GoogleSearchResultStep",
    "GoogleMapsCallContent": "GoogleMapsCallStep",
    "GoogleMapsResultContent": "GoogleMapsResultStep",
    "URLContextCallContent": "URLContextCallStep",
    "URLContextResultContent": "URLContextResultStep",
    "FileSearchCallContent": "FileSearchCallStep",
    "FileSearchResultContent": "FileSearchResultStep",
    "MCPServerToolCallContent": "MCPServerToolCallStep",
    "MCPServerToolResultContent": "MCPServerToolResultStep",
    "InteractionStartEvent": "InteractionCreatedEvent",
    "InteractionStatusUpdate": "InteractionStatusUpdate",
    "ContentStart": "StepStart",
    "ContentDelta": "StepDelta",
    "ContentStop": "StepStop",
    "InteractionCompleteEvent": "InteractionCompletedEvent",
    "ErrorEvent": "ErrorEvent",
    "InteractionSSEEvent": "InteractionSSEEvent",
}
"""Classes of `google.genai.interactions` in the first schema -> those that stand for them."""
TYPES |= {f"{old}Param": f"{new}Param" for old, new in TYPES.items() if old.endswith("Content") and new != old}

GONE = frozenset(("Turn", "TurnParam", "UsageParam", "WebhookRotateSigningSecretResponse"))
"""Classes that nothing stands for; all others of 1.75 have kept their names."""

MODULES = ("google.genai._interactions.types", "google.genai.interactions")
"""Where the first schema's classes come from; in google-genai 3.4 only the last has them."""

USAGE: dict[str, str] = {"total_reasoning_tokens": "total_thought_tokens"}
"""Fields of `interaction.usage` that have another name since 1.57."""
