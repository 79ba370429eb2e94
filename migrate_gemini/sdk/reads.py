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
    ("Response", "_error"): "{base}",
    ("Response", "model_version"): "{base}.model",
    ("Response", "response_id"): "{base}.id",
    ("Candidate", "content"): "{base}",
    ("Candidate", "finish_reason"): "{base}",
    ("Answer", "parts"): "{parts}",
    ("Answer", "role"): '"model"',
    ("Feedback", "block_reason"): "{base}",
    ("Feedback", "block_reason_message"): "next((error.message for error in {base}.errors or []), None)",
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
    ("Usage", "prompt_tokens_details"): "{base}.input_tokens_by_modality",
    ("Usage", "candidates_tokens_details"): "{base}.output_tokens_by_modality",
    ("Usage", "cache_tokens_details"): "{base}.cached_tokens_by_modality",
    ("Usage", "tool_use_prompt_tokens_details"): "{base}.tool_use_tokens_by_modality",
    ("Detail", "token_count"): "{base}.tokens",
    ("Response", "executable_code"): "{ran}",
    ("Response", "code_execution_result"): "{ran}",
    ("Response", "create_time"): "{base}.created",
    ("Candidate", "index"): "0",
}
"""(kind, attribute) -> the new code. A candidate, its content and its feedback are the interaction itself."""

UNSET = frozenset(("thoughts_token_count", "cached_content_token_count", "tool_use_prompt_token_count"))
"""Counts that google-genai has as None where there is nothing to count (the service leaves them out then), and an
interaction as 0."""

MODALITIES = frozenset(("TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT"))
"""Members of google.genai.types.MediaModality; an interaction names them in lower case (modalitytokens.py)."""

ABSENT: dict[tuple[str, str], tuple[str, str]] = {
    ("Candidate", "safety_ratings"): ("[]", "safety ratings"),
    ("Feedback", "safety_ratings"): ("[]", "safety ratings"),
    ("Candidate", "citation_metadata"): ("None", "citations of this kind"),
    ("Candidate", "avg_logprobs"): ("None", "log probabilities"),
    ("Candidate", "logprobs_result"): ("None", "log probabilities"),
    ("Candidate", "finish_message"): ("None", "message with its status"),
    ("Candidate", "token_count"): ("None", "count of tokens beside its usage"),
    ("Usage", "traffic_type"): ("None", "type of traffic"),
    ("Response", "sdk_http_response"): ("None", "HTTP response"),
    ("Response", "automatic_function_calling_history"): ("None", "record of functions called by the SDK"),
    ("Part", "function_response"): ("None", "results of functions among what the model says"),
    ("Part", "file_data"): ("None", "files by address among what the model says"),
}
"""(kind, attribute) that no interaction has -> what stands in its place, and its name in a sentence. It stands there
where the value is shown, tested or walked through; a program that computes with it stays."""

DUMPS: dict[str, str] = {
    "to_dict": "model_dump()",
    "model_dump": "model_dump()",
    "to_json_dict": 'model_dump(mode="json")',
    "model_dump_json": "model_dump_json()",
}
"""Method that gives an answer or its usage as a whole -> that of an interaction, whose fields are others."""

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
    "FINISH_REASON_UNSPECIFIED": "",
    0: "",
}
"""Finish reason, by name or number of the legacy enum -> status of the interaction; '' for one that no answer ends
with."""


NUMBERS: dict[int, str] = {
    0: "FINISH_REASON_UNSPECIFIED",
    1: "STOP",
    2: "MAX_TOKENS",
    3: "SAFETY",
    4: "RECITATION",
    5: "OTHER",
    6: "LANGUAGE",
    7: "BLOCKLIST",
    8: "PROHIBITED_CONTENT",
    9: "SPII",
    10: "MALFORMED_FUNCTION_CALL",
}
"""Numbers of the legacy enum of finish reasons."""
