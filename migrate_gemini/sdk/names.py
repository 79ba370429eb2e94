"""Every public name that the objects of the SDKs have, old and new: what is not here, none of them ever had.

Sources: google-generativeai 0.8.6 with google-ai-generativelanguage 0.6.15 (types/generation_types.py,
generative_models.py, types/content.py, types/generative_service.py), google-genai 1.75.0 to 3.4.0 (types.py,
types/interactions/) and pydantic 2 (main.py). `tests/test_sdk_names.py` holds every row against the installed SDKs.
"""

from __future__ import annotations

_MODEL = frozenset(
    """construct copy dict from_orm json model_computed_fields model_config model_construct model_copy model_dump
    model_dump_json model_extra model_fields model_fields_set model_json_schema model_parametrized_name model_post_init
    model_rebuild model_validate model_validate_json model_validate_strings parse_file parse_obj parse_raw schema
    schema_json update_forward_refs validate""".split()
)
"""Of every model of pydantic."""
_OLD_MODEL = _MODEL | {"to_json_dict"}
_NEW_MODEL = _MODEL | {"serialize_model", "to_dict", "to_json"}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LEGACY_ANSWER = _names(
    """candidates from_aiterator from_iterator from_response model_version parts prompt_feedback resolve text to_dict
    usage_metadata"""
)
_GENAI_ANSWER = _OLD_MODEL | _names(
    """automatic_function_calling_history candidates code_execution_result create_time executable_code function_calls
    initial_prompt_token_count model_status model_version parsed parts prompt_feedback response_id sdk_http_response
    text usage_metadata"""
)

LEGACY: dict[str, frozenset[str]] = {
    "Response": _LEGACY_ANSWER,
    "Chunk": _LEGACY_ANSWER,
    "Candidate": _names(
        """FinishReason avg_logprobs citation_metadata content finish_reason grounding_attributions grounding_metadata
        index logprobs_result safety_ratings token_count"""
    ),
    "Answer": _names("parts role"),
    "Part": _names("code_execution_result executable_code file_data function_call function_response inline_data text"),
    "Call": _names("args id name"),
    "Usage": _names("cached_content_token_count candidates_token_count prompt_token_count total_token_count"),
    "Feedback": _names("BlockReason block_reason safety_ratings"),
    "LModel": _names(
        """cached_content count_tokens count_tokens_async from_cached_content generate_content generate_content_async
        model_name start_chat"""
    ),
}
"""kind -> names of the objects of google-generativeai."""

GENAI: dict[str, frozenset[str]] = {
    "Response": _GENAI_ANSWER,
    "Chunk": _GENAI_ANSWER,
    "Candidate": _OLD_MODEL
    | _names(
        """avg_logprobs citation_metadata content continuation_token finish_message finish_reason grounding_metadata
        index logprobs_result safety_ratings token_count url_context_metadata"""
    ),
    "Answer": _OLD_MODEL | _names("parts role"),
    "Part": _OLD_MODEL
    | _names(
        """as_image audio_metadata audio_transcription code_execution_result document_metadata executable_code file_data
        from_bytes from_code_execution_result from_executable_code from_function_call from_function_response from_text
        from_uri function_call function_response inline_data media_processing media_resolution part_metadata
        speech_metadata spreadsheet_metadata text thought thought_signature tool_call tool_response video_metadata"""
    ),
    "Call": _OLD_MODEL | _names("args id name partial_args will_continue"),
    "Usage": _OLD_MODEL
    | _names(
        """cache_tokens_details cached_content_token_count candidates_token_count candidates_tokens_details
        initial_prompt_token_count prompt_token_count prompt_tokens_details thoughts_token_count
        tool_use_prompt_token_count tool_use_prompt_tokens_details total_token_count traffic_type"""
    ),
    "Feedback": _OLD_MODEL | _names("block_reason block_reason_message safety_ratings"),
}
"""The same of google-genai."""

OLD = frozenset().union(*LEGACY.values(), *GENAI.values())
"""Names that any of these objects has."""

_INTERACTION = _NEW_MODEL | _names(
    """agent agent_config cached_content continuation_ids continuation_token created environment environment_id errors
    generation_config id input labels model object output_audio output_image output_text output_video outputs
    previous_interaction_id response_format response_mime_type response_modalities role safety_settings service_tier
    status steps system_instruction tools updated usage webhook_config"""
)
"""Those of the first schema (role, outputs), and what the service sends beside them (object), too."""

NEW: dict[str, frozenset[str]] = {
    "Response": _INTERACTION,
    "Candidate": _INTERACTION,
    "Answer": _INTERACTION,
    "Feedback": _INTERACTION,
    "Part": _NEW_MODEL
    | _names(
        """annotations arguments call_id channels content data error id is_error is_unknown mime_type name path
        processing raw resolution result retrieval_type sample_rate search_type server_name signature
        summary text thought type uri"""
    ),
    "Call": _NEW_MODEL | _names("arguments id name type"),
    "Usage": _NEW_MODEL
    | _names(
        """cached_tokens_by_modality grounding_tool_count initial_input_tokens input_tokens_by_modality
        output_tokens_by_modality tool_use_tokens_by_modality total_cached_tokens total_input_tokens
        total_output_tokens total_thought_tokens total_tokens total_tool_use_tokens"""
    ),
    "LModel": frozenset((*dir(str), *dir(dict))),
}
"""kind -> names of what stands in the place of such an object: an interaction, a step or a content, the name or the
settings of a model. A kind without a row has something else there from place to place."""

UNDERSCORED = frozenset(("_asdict", "_replace", "_fields", "_make"))
"""Names of named tuples, which none of these objects has; other names with an underscore are not looked at."""

REQUEST = _names(
    """agent agent_config api_version automatic_continuation background cached_content continuation_token environment
    extra_body extra_headers extra_query generation_config input labels model previous_interaction_id request
    response_format response_mime_type response_modalities safety_settings service_tier store stream
    system_instruction timeout tools webhook_config"""
)
"""Keywords of interactions.create(); with any other it raises TypeError (google-genai 3.4.0, _gaos/google_genai.py)."""

INSTEAD: dict[tuple[str, str], str] = {
    ("Response", "usage"): "interaction.usage.total_tokens and the like",
    ("Chunk", "usage"): "the usage of the interaction in the event interaction.completed",
    ("LModel", "generate_images"): "client.models.generate_images(model=..., prompt=...)",
}
"""(kind, name) -> where what was asked for can be found now."""
