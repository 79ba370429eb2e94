"""Which dicts the two SDKs take as contents.

Sources: google-genai 3.4.0 (types.py: Content, Part, File and Blob, which refuse a key that is no field) and
google-generativeai 0.8.6 (types/content_types.py: a dict is a content, a part or a blob, else KeyError).
"""

from __future__ import annotations

FIELDS = frozenset(
    """parts role text inline_data file_data function_call function_response executable_code code_execution_result
    thought thought_signature video_metadata media_resolution tool_call tool_response part_metadata mime_type data
    name display_name size_bytes create_time expiration_time update_time sha256_hash uri download_uri state source
    error media_processing audio_transcription spreadsheet_metadata audio_metadata speech_metadata
    document_metadata""".split()
)
"""Keys of such dicts, as Python spells them. The REST API's spelling (`inlineData`) is taken as well."""


def is_field(key: str) -> bool:
    """Whether a key is one of these, in either spelling."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key) in FIELDS
