"""What each read of a response becomes on an interaction.

Source: google-genai 3.4.0, types/interactions/interaction.py (output_text, steps, status, usage, errors) and usage.py;
which old field it stands for: MAPPING of this project, sections 4.1 to 4.3, checked by `tests/test_sdk_reads.py`.
"""

from __future__ import annotations

READS: dict[tuple[str, str], str] = {
    ("Response", "candidates"): "[{base}]",
    ("Response", "parts"): "{parts}",
    ("Response", "usage_metadata"): "{base}.usage",
    ("Response", "prompt_feedback"): "{base}",
    ("Response", "model_version"): "{base}.model",
    ("Response", "response_id"): "{base}.id",
    ("Candidate", "content"): "{base}",
    ("Candidate", "finish_reason"): "{base}",
    ("Answer", "parts"): "{parts}",
    ("Answer", "role"): '"model"',
    ("Feedback", "block_reason"): "{base}",
    ("Response", "function_calls"): "{calls}",
    ("Call", "name"): "{base}.name",
    ("Call", "args"): "{base}.arguments",
    ("Call", "id"): "{base}.id",
    ("Code", "code"): "{base}.arguments.code",
    ("Code", "language"): "{base}.arguments.language",
    ("CodeResult", "output"): "{base}.result",
    ("Usage", "prompt_token_count"): "{base}.total_input_tokens",
    ("Usage", "candidates_token_count"): "{base}.total_output_tokens",
    ("Usage", "total_token_count"): "{base}.total_tokens",
    ("Usage", "thoughts_token_count"): "{base}.total_thought_tokens",
    ("Usage", "cached_content_token_count"): "{base}.total_cached_tokens",
    ("Usage", "tool_use_prompt_token_count"): "{base}.total_tool_use_tokens",
}
"""(kind, attribute) -> the new code. A candidate, its content and its feedback are the interaction itself."""

STEPS: dict[str, str] = {
    "function_call": "function_call",
    "executable_code": "code_execution_call",
    "code_execution_result": "code_execution_result",
}
"""Field of a part -> type of the step that stands for such a part (types/interactions/*step.py). A text is a content of
a model_output step and has the type text."""

FINISH: dict[str | int, str] = {
    "STOP": "completed",
    1: "completed",
    "MAX_TOKENS": "incomplete",
    2: "incomplete",
    "SAFETY": "failed",
    3: "failed",
    "RECITATION": "failed",
    4: "failed",
    "BLOCKLIST": "failed",
    "PROHIBITED_CONTENT": "failed",
    "SPII": "failed",
    "IMAGE_SAFETY": "failed",
}
"""Finish reason, by name or number of the legacy enum -> status of the interaction."""
