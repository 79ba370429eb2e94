"""Where each setting of generate_content goes in `client.interactions.create`.

Sources: google-genai 3.4.0, types/interactions/generationconfig.py and interaction_create_params.py for the target;
google-generativeai 0.8.6 types/generation_types.py and google-genai types.GenerateContentConfig for the source names.
`tests/test_sdk_settings.py` resolves every row on the installed SDK.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal["generation", "request", "drop", "silent", "format", "special", "refuse"]
"""generation: a key of generation_config; request: a keyword of create(); drop: no counterpart, dropped with a finding;
silent: dropped, it changes nothing; format: becomes part of response_format; special: has its own conversion;
refuse: the call stays as it is."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting: where it goes, and what to say of it."""

    place: Place
    note: str = ""


FIELDS: dict[str, Field] = {
    "temperature": Field("generation"),
    "top_p": Field("generation"),
    "max_output_tokens": Field("generation"),
    "stop_sequences": Field("generation"),
    "seed": Field("generation"),
    "system_instruction": Field("special"),
    "safety_settings": Field("special"),
    "labels": Field("request"),
    "service_tier": Field("request"),
    "store": Field("request"),
    "top_k": Field("drop", "top_k has no counterpart in the Interactions API"),
    "presence_penalty": Field("drop", "presence_penalty has no counterpart in the Interactions API"),
    "frequency_penalty": Field("drop", "frequency_penalty has no counterpart in the Interactions API"),
    "audio_timestamp": Field("drop", "audio_timestamp has no counterpart in the Interactions API"),
    "automatic_function_calling": Field("special"),
    "candidate_count": Field("special"),
    "response_mime_type": Field("format"),
    "response_schema": Field("format"),
    "response_json_schema": Field("format"),
    "tools": Field("special"),
    "tool_config": Field("special"),
    "response_modalities": Field("format"),
    "thinking_config": Field("special"),
    "http_options": Field("special"),
    "should_return_http_response": Field("refuse", "the raw response is not returned"),
    "automatic_continuation": Field("refuse", "continuation of long answers"),
    "continuation_token": Field("refuse", "continuation of long answers"),
    "audio_transcription_config": Field("refuse", "transcription settings"),
    "generation_output_config": Field("refuse", "output settings"),
    "enable_enhanced_civic_answers": Field("refuse", "Vertex only"),
    "cached_content": Field("refuse", "cached content is not part of the Interactions API"),
    "response_logprobs": Field("refuse", "log probabilities have no counterpart"),
    "logprobs": Field("refuse", "log probabilities have no counterpart"),
    "speech_config": Field("special"),
    "image_config": Field("format"),
    "media_resolution": Field("special", "media resolution belongs to each content"),
    "routing_config": Field("refuse", "Vertex only"),
    "model_selection_config": Field("refuse", "Vertex only"),
    "model_armor_config": Field("refuse", "Vertex only"),
}

JSON = "application/json"

ENUMS = ("text/x-enum", "text/x.enum")
"""MIME types of answers that are one member of an enum, without quotes."""

MODALITIES = ("text", "image", "audio")
"""Types of a response_format that stand for the modalities of their names (types/interactions/responseformat.py)."""

IMAGE = {
    "aspect_ratio": "aspect_ratio",
    "aspectRatio": "aspect_ratio",
    "image_size": "image_size",
    "imageSize": "image_size",
}
"""Field of google-genai's types.ImageConfig -> key of the response_format of an image. The others are Vertex AI's."""

HTTP_OPTIONS = {
    "timeout": "timeout",
    "headers": "extra_headers",
    "extra_body": "extra_body",
    "extraBody": "extra_body",
    "api_version": "api_version",
    "apiVersion": "api_version",
}
"""Field of google-genai's types.HttpOptions of one request -> keyword of create(); the timeout is in seconds there."""

RESOLUTIONS = {
    "MEDIA_RESOLUTION_LOW": "low",
    "MEDIA_RESOLUTION_MEDIUM": "medium",
    "MEDIA_RESOLUTION_HIGH": "high",
}
"""Member of google-genai's types.MediaResolution -> resolution of a content (types/interactions/mediaresolution.py)."""

RETRIES = "retries are set on the client: genai.Client(http_options={'retry_options': {...}})"
"""What to say of a retry setting of one request (google-genai 3.4.0: create() takes none)."""

LEGACY = frozenset(
    """candidate_count stop_sequences max_output_tokens temperature top_p top_k response_mime_type response_schema
    presence_penalty frequency_penalty""".split()
)
"""Fields of the legacy GenerationConfig (google-generativeai 0.8.6, types/generation_types.py)."""

CAMEL = {
    "topP": "top_p",
    "topK": "top_k",
    "maxOutputTokens": "max_output_tokens",
    "stopSequences": "stop_sequences",
    "candidateCount": "candidate_count",
    "systemInstruction": "system_instruction",
    "safetySettings": "safety_settings",
    "responseMimeType": "response_mime_type",
    "responseSchema": "response_schema",
    "presencePenalty": "presence_penalty",
    "frequencyPenalty": "frequency_penalty",
    "responseJsonSchema": "response_json_schema",
    "responseModalities": "response_modalities",
    "thinkingConfig": "thinking_config",
    "imageConfig": "image_config",
    "speechConfig": "speech_config",
    "mediaResolution": "media_resolution",
    "httpOptions": "http_options",
    "cachedContent": "cached_content",
    "serviceTier": "service_tier",
    "responseLogprobs": "response_logprobs",
    "toolConfig": "tool_config",
}
"""google-genai also takes config dicts with the REST API's spelling (pydantic alias_generator to_camel)."""

CATEGORIES: dict[str, str] = {
    "harassment": "harassment",
    "hate_speech": "hate_speech",
    "hate": "hate_speech",
    "sexually_explicit": "sexually_explicit",
    "sexual": "sexually_explicit",
    "sex": "sexually_explicit",
    "dangerous_content": "dangerous_content",
    "dangerous": "dangerous_content",
    "danger": "dangerous_content",
    "civic_integrity": "civic_integrity",
}
"""Harm category without its `harm_category_` prefix, lower case -> type (google/generativeai/types/safety_types.py)."""

THRESHOLDS: dict[str, str] = {
    "block_low_and_above": "block_low_and_above",
    "low": "block_low_and_above",
    "block_medium_and_above": "block_medium_and_above",
    "medium": "block_medium_and_above",
    "med": "block_medium_and_above",
    "block_only_high": "block_only_high",
    "high": "block_only_high",
    "block_none": "block_none",
    "off": "off",
}
"""Threshold, lower case -> threshold (same source; types/interactions/safetysetting.py for the target)."""

ALL_CATEGORIES = ("harassment", "hate_speech", "sexually_explicit", "dangerous_content")
"""What one threshold for everything stands for in the legacy SDK."""
