"""The two SDKs as migration source: which names make objects, what their attributes and methods give.

Sources: google-generativeai 0.8.6 (generative_models.py, types/generation_types.py, client.py) and google-genai 3.4.0
(client.py, models.py, chats.py, types.py). `tests/test_sdk_surface.py` resolves every row on the installed SDKs.

Kinds are our names for SDK objects. One request's answer and all that is read off it share the request's site.
"""

from __future__ import annotations

from . import first_schema, surfaces

LEGACY = "google.generativeai"
GENAI = "google.genai"

CONSTRUCTORS: dict[str, str] = {
    "google.generativeai.GenerativeModel": "LModel",
    "google.generativeai.generative_models.GenerativeModel": "LModel",
    "google.generativeai.GenerativeModel.from_cached_content": "LModel",
    "google.generativeai.generative_models.GenerativeModel.from_cached_content": "LModel",
    "google.generativeai.ChatSession": "LChat",
    "google.generativeai.GenerationConfig": "LConfig",
    "google.generativeai.types.GenerationConfig": "LConfig",
    "google.generativeai.types.generation_types.GenerationConfig": "LConfig",
    "google.generativeai.protos.GenerationConfig": "LConfig",
    "google.genai.Client": "Client",
    "google.genai.client.Client": "Client",
    "google.genai.types.GenerateContentConfig": "GConfig",
    "google.genai.types.GenerateContentConfigDict": "GConfig",
    "google.genai.types.Content": "GContent",
    "google.genai.types.UserContent": "GContent",
    "google.genai.types.ModelContent": "GContent",
    "google.genai.types.Part": "GPart",
    "google.genai.types.Part.from_text": "GPart",
    "google.genai.types.Part.from_function_response": "FResult",
    "google.genai.types.Part.from_function_call": "FCall",
    "google.genai.types.FunctionResponse": "FResult",
    "google.genai.types.FunctionCall": "FCall",
    "google.generativeai.protos.FunctionResponse": "FResult",
    "google.generativeai.protos.FunctionCall": "FCall",
    "google.ai.generativelanguage.FunctionResponse": "FResult",
    "google.ai.generativelanguage.FunctionCall": "FCall",
    "google.genai.types.Tool": "Tool",
    "google.genai.types.FunctionDeclaration": "Declaration",
    "google.genai.types.FunctionDeclaration.from_callable": "Declaration",
    "google.genai.types.FunctionDeclaration.from_callable_with_api_option": "Declaration",
    "google.genai.types.Schema": "Schema",
    "google.generativeai.protos.Tool": "Tool",
    "google.generativeai.types.Tool": "Tool",
    "google.generativeai.protos.FunctionDeclaration": "Declaration",
    "google.generativeai.types.FunctionDeclaration": "Declaration",
    "google.generativeai.protos.Schema": "Schema",
    "google.ai.generativelanguage_v1beta.types.Schema": "Schema",
    "google.ai.generativelanguage_v1beta.types.content.Schema": "Schema",
    "google.ai.generativelanguage.Tool": "Tool",
    "google.ai.generativelanguage.FunctionDeclaration": "Declaration",
    "google.ai.generativelanguage.Schema": "Schema",
    "google.ai.generativelanguage.Content": "LContent",
    "google.ai.generativelanguage.Part": "LPart",
    "google.generativeai.protos.Blob": "LBlob",
    "google.generativeai.protos.FileData": "LBlob",
    "google.ai.generativelanguage.Blob": "LBlob",
    "google.ai.generativelanguage.FileData": "LBlob",
    "google.generativeai.protos.Content": "LContent",
    "google.generativeai.protos.Part": "LPart",
    "google.generativeai.types.ContentDict": "LContent",
    "vertexai.generative_models.GenerativeModel": "VModel",
    "vertexai.preview.generative_models.GenerativeModel": "VModel",
    "vertexai.generative_models.ChatSession": "VChat",
    "vertexai.preview.generative_models.ChatSession": "VChat",
    "vertexai.language_models.TextGenerationModel.from_pretrained": "VModel",
    "vertexai.language_models.ChatModel.from_pretrained": "VModel",
    "vertexai.language_models.TextEmbeddingModel.from_pretrained": "VModel",
}
"""Called: makes an object of this kind. As an annotation: names a value of this kind."""

ANNOTATIONS: dict[str, str] = {
    "google.generativeai.types.GenerateContentResponse": "Response",
    "google.generativeai.types.generation_types.GenerateContentResponse": "Response",
    "google.generativeai.types.AsyncGenerateContentResponse": "Response",
    "google.generativeai.types.generation_types.AsyncGenerateContentResponse": "Response",
    "google.generativeai.generative_models.ChatSession": "LChat",
    "google.generativeai.types.File": "LFile",
    "google.generativeai.types.file_types.File": "LFile",
    "google.generativeai.types.Model": "LModelInfo",
    "google.generativeai.types.model_types.Model": "LModelInfo",
    "google.generativeai.caching.CachedContent": "LCache",
    "google.genai.types.GenerateContentResponse": "Response",
    "google.genai.chats.Chat": "GChat",
    "google.genai.chats.AsyncChat": "AGChat",
    "google.genai.models.Models": "Models",
    "google.genai.models.AsyncModels": "AModels",
    "google.genai.client.AsyncClient": "AClient",
    "google.genai.types.GenerateContentConfigOrDict": "GConfig",
    **first_schema.ANNOTATIONS,
    **CONSTRUCTORS,
}

DICTS = frozenset(
    f"google.generativeai.types.{name}"
    for name in ("BlobDict", "PartDict", "ContentDict", "GenerationConfigDict", "FileDataDict")
)
"""Types of dicts, named in annotations: a dict of the program's own fits none of them any more."""

_ANSWER = {
    "text": "Text",
    "candidates": "Candidates",
    "parts": "Parts",
    "usage_metadata": "Usage",
    "prompt_feedback": "Feedback",
    "_error": "Feedback",
    "function_calls": "Calls",
    "parsed": "Parsed",
    "create_time": "Created",
    "sdk_http_response": "Absent",
    "automatic_function_calling_history": "Absent",
}
_USAGE = dict.fromkeys(
    (
        "prompt_token_count",
        "candidates_token_count",
        "total_token_count",
        "thoughts_token_count",
        "cached_content_token_count",
        "tool_use_prompt_token_count",
    ),
    "Number",
) | dict.fromkeys(
    (
        "prompt_tokens_details",
        "candidates_tokens_details",
        "cache_tokens_details",
        "tool_use_prompt_tokens_details",
    ),
    "Details",
)
_USAGE["traffic_type"] = "Absent"

ATTRIBUTES: dict[str, dict[str, str]] = {
    "LModel": {"model_name": "Text", "_model_name": "Text"},
    "LChat": {"history": "History", "last": "Response", "model": "LModel"},
    "Client": {
        "models": "Models",
        "aio": "AClient",
        "chats": "Chats",
        "files": "Files",
        "interactions": "Interactions",
    },
    "AClient": {"models": "AModels", "chats": "AChats", "files": "Files", "interactions": "AInteractions"},
    "Response": {**_ANSWER, "executable_code": "String", "code_execution_result": "String"},
    "Stream": _ANSWER,
    "Chunk": _ANSWER,
    "Candidate": {
        "content": "Answer",
        "finish_reason": "Finish",
        "index": "Number",
        "grounding_metadata": "Grounding",
        **dict.fromkeys(
            ("token_count", "safety_ratings", "citation_metadata", "avg_logprobs", "logprobs_result", "finish_message"),
            "Absent",
        ),
    },
    "Answer": {"parts": "Parts", "role": "Role"},
    "Part": {
        "text": "Text",
        "thought": "Thought",
        "inline_data": "Blob",
        "function_call": "Call",
        "executable_code": "Code",
        "code_execution_result": "CodeResult",
        "function_response": "Absent",
        "file_data": "Absent",
    },
    "Blob": {"data": "Bytes", "mime_type": "Text"},
    "Call": {"name": "Text", "id": "Text"},
    "Code": {"code": "Text", "language": "Text"},
    "CodeResult": {"output": "Text"},
    "Usage": _USAGE,
    "Detail": {"modality": "Modality", "token_count": "Number"},
    "Modality": {"name": "String", "value": "String"},
    "Feedback": {"block_reason": "Block", "block_reason_message": "String", "safety_ratings": "Absent"},
    "Grounding": {
        "grounding_chunks": "Sources",
        "grounding_supports": "Supports",
        "search_entry_point": "EntryPoint",
        "web_search_queries": "",
    },
    "Source": {"web": "Web"},
    "Web": {"uri": "String", "title": "String"},
    "Support": {"segment": "Segment", "grounding_chunk_indices": ""},
    "Segment": {"text": "String", "start_index": "Number", "end_index": "Number"},
    "EntryPoint": {"rendered_content": "String"},
    "Finish": {"name": "FinishName", "value": "FinishName"},
    "Block": {"name": "BlockName", "value": "BlockName"},
    **first_schema.ATTRIBUTES,
    "Turn": {"role": "Role", "parts": "TurnParts"},
    "TurnPart": {"text": "Text"},
    **{
        kind: {name: "String" if name in surfaces.TEXTS and kind != "FileState" else "" for name in reads}
        for kind, reads in surfaces.READS.items()
        if reads
    },
    "FileState": {"name": "String"},
}
ATTRIBUTES["LFile"]["state"] = "FileState"
"""kind -> attribute -> kind of what it gives ('': nothing to follow). An attribute that is not here has no known
counterpart."""

ELEMENTS: dict[str, str] = {
    "Candidates": "Candidate",
    "Parts": "Part",
    "Calls": "Call",
    "Details": "Detail",
    "Sources": "Source",
    "Supports": "Support",
    "Absent": "Absent",
    "Stream": "Chunk",
    "InteractionStream": "InteractionEvent",
    "Interaction": "InteractionEvent",  # only a stream is iterated, though that may be said where it is not seen
    **first_schema.ELEMENTS,
    "History": "Turn",
    "TurnParts": "TurnPart",
    "LFiles": "LFile",
    "LModelInfos": "LModelInfo",
    "LCaches": "LCache",
}
"""What indexing or iterating gives. (A stream is iterated only.)"""

VERTEX: dict[str, dict[str, tuple[str, bool]]] = {
    "VModel": {
        "generate_content": ("", False),
        "generate_content_async": ("", True),
        "start_chat": ("VChat", False),
        "count_tokens": ("", False),
        "predict": ("", False),
        "predict_async": ("", True),
        "predict_streaming": ("", False),
        "get_embeddings": ("", False),
        "get_embeddings_async": ("", True),
    },
    "VChat": {
        "send_message": ("", False),
        "send_message_async": ("", True),
        "send_message_streaming": ("", False),
    },
}
"""The requests of google-cloud-aiplatform's Generative AI module, which no installed SDK has any more."""

_WHOLE: dict[str, tuple[str, bool]] = {
    "to_dict": ("Dump", False),
    "model_dump": ("Dump", False),
    "to_json_dict": ("Dump", False),
    "model_dump_json": ("DumpText", False),
}

METHODS: dict[str, dict[str, tuple[str, bool]]] = {
    "LModel": {
        "generate_content": ("Response", False),
        "generate_content_async": ("Response", True),
        "start_chat": ("LChat", False),
        "count_tokens": ("Counted", False),
        "count_tokens_async": ("Counted", True),
    },
    "LChat": {
        "send_message": ("Response", False),
        "send_message_async": ("Response", True),
        "rewind": ("History", False),
    },
    "Models": {
        "generate_content": ("Response", False),
        "generate_content_stream": ("Stream", False),
    },
    "AModels": {
        "generate_content": ("Response", True),
        "generate_content_stream": ("Stream", True),
    },
    "Chats": {"create": ("GChat", False)},
    "AChats": {"create": ("AGChat", False)},
    "GChat": {
        "send_message": ("Response", False),
        "send_message_stream": ("Stream", False),
        "get_history": ("History", False),
    },
    "AGChat": {
        "send_message": ("Response", True),
        "send_message_stream": ("Stream", True),
        "get_history": ("History", False),
    },
    "Interactions": {"create": ("Interaction", False), "get": ("Interaction", False)},
    "AInteractions": {"create": ("Interaction", True), "get": ("Interaction", True)},
    "Part": {"as_image": ("Image", False)},
    "Files": {"upload": ("Media", False), "get": ("Media", False)},
    "Response": {"resolve": ("", False), **_WHOLE},
    "Usage": {"model_dump": ("Dump", False), "model_dump_json": ("DumpText", False)},
    "Stream": {"resolve": ("", False)},
    "Chunk": {"resolve": ("", False), **_WHOLE},
    **{kind: dict.fromkeys(methods, ("", False)) for kind, methods in surfaces.METHODS.items()},
    **VERTEX,
}
"""kind -> method -> (kind of the result, must it be awaited). '' is a result that does not matter."""

PARAMETERS = {
    "LModel": ("contents", "generation_config", "safety_settings", "stream", "tools", "tool_config", "request_options"),
    "Models": ("model", "contents", "config"),
}
"""kind -> what generate_content takes (google/generativeai/generative_models.py, google/genai/models.py)."""

REQUESTS = frozenset(("generate_content", "generate_content_async", "generate_content_stream"))
SENDS = frozenset(("send_message", "send_message_async", "send_message_stream"))

MOVING = frozenset(
    """LModel LChat GChat AGChat LConfig GConfig Response Stream Chunk Candidates Candidate Answer Parts Part Blob
    Thought Usage Feedback Finish Block FinishName BlockName History Turn TurnParts TurnPart Calls Call Code
    CodeResult Parsed Absent Created Details Detail Modality Grounding Sources Source Web Supports Support Segment
    EntryPoint Dump DumpText Models AModels Chats AChats Tool Declaration Schema FCall FResult""".split()
) | frozenset(surfaces.READS)
"""Kinds whose run-time form changes when their group is migrated; a use that we do not know keeps the group."""

CALL_NAMES = frozenset(
    """GenerativeModel generate_content generate_content_async generate_content_stream start_chat send_message
    send_message_async send_message_stream""".split()
)
"""Method and class names that are call sites when their receiver is traced to an SDK."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "generate_content_async": (LEGACY,),
    "start_chat": (LEGACY, "vertexai"),
    "send_message_async": (LEGACY,),
    "generate_content_stream": (GENAI,),
    "send_message_stream": (GENAI,),
}
"""Methods that only one of the SDKs has."""

TOKENS = (b"generativeai", b"google.genai", b"google import genai", b"vertexai")
"""A file without any of these cannot name an SDK; it matters only if it imports a project module that does."""

GENAI_TOKENS = ("google.genai", "google import genai")
"""What a module says that names google-genai."""
