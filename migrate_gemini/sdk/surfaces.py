"""Functions of the legacy SDK that live on in google-genai beside the Interactions API: embeddings, files, lists of
models, caches (MAPPING 7).

Sources: google-generativeai 0.8.6 (embedding.py, files.py, models.py, caching.py, types/file_types.py,
types/model_types.py) and google-genai 3.4.0 (models.py, files.py, caches.py, types.py). `tests/test_sdk_surfaces.py`
resolves every row on the installed SDKs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Function:
    """A function, class method or method of the legacy SDK, and the method of google-genai that stands for it.

    method: its dotted path under a client; result: the kind of what it gives ('' where that does not matter);
    parameters: the legacy ones in their order (of a method: without the object); takes: legacy parameter -> where it
    goes ('name', or 'config.name' for a key of config=) and how its value changes ('' for not at all, else the name of
    a form of `rewrite.surfaces`); drops: legacy parameters without a counterpart -> what to say of them; note: what a
    person should know of every such call.
    """

    method: str
    result: str
    parameters: tuple[str, ...]
    takes: Mapping[str, tuple[str, str]]
    drops: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False
    note: str = ""

    @property
    def name(self) -> str:
        """The last part of the method."""
        return self.method.rpartition(".")[2]


_EMBED = (
    ("model", "content", "task_type", "title", "output_dimensionality", "client", "request_options"),
    {
        "model": ("model", "model"),
        "content": ("contents", "texts"),
        "task_type": ("config.task_type", "task_type"),
        "title": ("config.title", ""),
        "output_dimensionality": ("config.output_dimensionality", ""),
        "request_options": ("config.http_options", "timeout"),
    },
)
_NAMED_MODEL = (
    ("name", "client", "request_options"),
    {"name": ("model", "model"), "request_options": ("config.http_options", "timeout")},
)
_TTL = {"ttl": ("config.ttl", "ttl"), "expire_time": ("config.expire_time", "moment")}

_ROWS: dict[str, Function] = {
    "embedding.embed_content": Function("models.embed_content", "Embedded", *_EMBED),
    "embedding.embed_content_async": Function("aio.models.embed_content", "Embedded", *_EMBED, waits=True),
    "files.upload_file": Function(
        "files.upload",
        "LFile",
        ("path", "mime_type", "name", "display_name", "resumable"),
        {
            "path": ("file", ""),
            "mime_type": ("config.mime_type", ""),
            "name": ("config.name", ""),
            "display_name": ("config.display_name", ""),
        },
        {"resumable": "resumable has no counterpart: google-genai uploads are always resumable; it is dropped"},
    ),
    "files.get_file": Function("files.get", "LFile", ("name",), {"name": ("name", "")}),
    "files.delete_file": Function("files.delete", "", ("name",), {"name": ("name", "file_name")}),
    "files.list_files": Function("files.list", "LFiles", ("page_size",), {"page_size": ("config.page_size", "")}),
    "models.list_models": Function(
        "models.list",
        "LModelInfos",
        ("page_size", "client", "request_options"),
        {"page_size": ("config.page_size", ""), "request_options": ("config.http_options", "timeout")},
    ),
    "models.get_model": Function("models.get", "LModelInfo", *_NAMED_MODEL),
    "models.get_base_model": Function("models.get", "LModelInfo", *_NAMED_MODEL),
    "caching.CachedContent.create": Function(
        "caches.create",
        "LCache",
        ("model", "display_name", "system_instruction", "contents", "tools", "tool_config", "ttl", "expire_time"),
        {
            "model": ("model", "model"),
            "display_name": ("config.display_name", ""),
            "system_instruction": ("config.system_instruction", "text"),
            "contents": ("config.contents", "contents"),
            **_TTL,
        },
    ),
    "caching.CachedContent.get": Function("caches.get", "LCache", ("name",), {"name": ("name", "")}),
    "caching.CachedContent.list": Function(
        "caches.list", "LCaches", ("page_size",), {"page_size": ("config.page_size", "")}
    ),
}

FUNCTIONS: dict[str, Function] = {}
"""Dotted path -> what stands for it; under the path that programs use, and under that of its own module."""
for _path, _row in _ROWS.items():
    FUNCTIONS[f"google.generativeai.{_path}"] = _row
    if not _path.startswith("caching."):
        FUNCTIONS[f"google.generativeai.{_path.rpartition('.')[2]}"] = _row

METHODS: dict[str, dict[str, Function]] = {
    "LFile": {"delete": Function("files.delete", "", (), {})},
    "LCache": {
        "delete": Function("caches.delete", "", (), {}),
        "update": Function("caches.update", "", ("ttl", "expire_time"), _TTL),
    },
}
"""Kind -> method of the legacy object -> the method of a client that takes `name=` of the object."""

READS: dict[str, dict[str, str]] = {
    "LFile": {
        name: name
        for name in (
            "name",
            "display_name",
            "mime_type",
            "size_bytes",
            "create_time",
            "update_time",
            "expiration_time",
            "uri",
            "state",
            "error",
            "video_metadata",
        )
    },
    "LModelInfo": {
        **{
            name: name
            for name in (
                "name",
                "version",
                "display_name",
                "description",
                "input_token_limit",
                "output_token_limit",
                "temperature",
                "max_temperature",
                "top_p",
                "top_k",
            )
        },
        "supported_generation_methods": "supported_actions",
    },
    "LCache": {
        name: name
        for name in ("name", "model", "display_name", "usage_metadata", "create_time", "update_time", "expire_time")
    },
    "FileState": {"name": "name"},
    "Counted": {"total_tokens": "total_tokens"},
    "Embedded": {},
    "LFiles": {},
    "LModelInfos": {},
    "LCaches": {},
}
"""Kind -> attribute of the legacy object -> the attribute that stands for it. What is not here has no counterpart."""

NOTES: dict[tuple[str, str], str] = {
    ("LFile", "error"): "`error` of a file is None where there is none; it was an empty status",
    ("LFile", "video_metadata"): "`video_metadata` of a file is a dict or None",
}
"""(kind, attribute) -> what a person has to look at where it is read."""

TEXTS = frozenset(("name", "display_name", "mime_type", "uri", "version", "description", "model"))
"""Attributes of `READS` that are text."""

STATES = {0: "STATE_UNSPECIFIED", 1: "PROCESSING", 2: "ACTIVE", 10: "FAILED"}
"""The numbers of google.generativeai.protos.File.State; google.genai.types.FileState has the names only."""

TASK_TYPES: dict[str, str] = {
    "task_type_unspecified": "TASK_TYPE_UNSPECIFIED",
    "unspecified": "TASK_TYPE_UNSPECIFIED",
    "retrieval_query": "RETRIEVAL_QUERY",
    "query": "RETRIEVAL_QUERY",
    "retrieval_document": "RETRIEVAL_DOCUMENT",
    "document": "RETRIEVAL_DOCUMENT",
    "semantic_similarity": "SEMANTIC_SIMILARITY",
    "similarity": "SEMANTIC_SIMILARITY",
    "classification": "CLASSIFICATION",
    "clustering": "CLUSTERING",
    "question_answering": "QUESTION_ANSWERING",
    "qa": "QUESTION_ANSWERING",
    "fact_verification": "FACT_VERIFICATION",
    "verification": "FACT_VERIFICATION",
}
"""What the legacy embed_content understood in any case (embedding.py); google-genai sends what it is given."""

ONE_VECTOR_A_TEXT = frozenset(
    """embedding-001 embedding-gecko-001 text-embedding-004 gemini-embedding-001 gemini-embedding-exp
    gemini-embedding-exp-03-07""".split()
)
"""Models for which google-genai makes one vector of each text of a list; gemini-embedding-2 makes one of all."""

PALM: dict[str, str] = {
    "generate_text": "call client.interactions.create(model=..., input=prompt) and read output_text for `.result`",
    "chat": "call client.interactions.create(model=..., input=message), each turn with previous_interaction_id",
    "chat_async": "await client.aio.interactions.create(model=..., input=message), each turn with "
    "previous_interaction_id",
    "generate_embeddings": "call client.models.embed_content(model=..., contents=text) and read "
    "embeddings[0].values; vectors of the old models cannot be compared with new ones",
    "generate_embedding": "call client.models.embed_content(model=..., contents=text) and read embeddings[0].values",
    "count_message_tokens": "call client.models.count_tokens(model=..., contents=...) and read total_tokens",
    "count_text_tokens": "call client.models.count_tokens(model=..., contents=...) and read total_tokens",
    "generate_answer": "ask with client.interactions.create(model=..., input=question and passages)",
    "generate_answer_async": "ask with client.aio.interactions.create(model=..., input=question and passages)",
}
"""Functions of the PaLM API, gone from google-generativeai 0.8.6 already -> what to do by hand (MAPPING 7)."""

BY_HAND: dict[str, str] = {
    "create_tuned_model": "no current model of the Gemini API is known to support tuning",
    "update_tuned_model": "client.tunings has no update",
    "delete_tuned_model": "call client.models.delete(model=...)",
    "get_tuned_model": "call client.models.get(model=...); what it gives has other attributes",
    "list_tuned_models": "call client.models.list(config={'query_base': False}); what it gives has other attributes",
    "get_operation": "client.tunings.get(name=...) gives the state of a job",
    "list_operations": "client.tunings.list() gives the jobs",
}
"""Other functions -> what is known of their counterpart."""

VERTEX_MODULES = ("vertexai.generative_models", "vertexai.preview.generative_models", "vertexai.language_models")
"""Modules of google-cloud-aiplatform that were removed on 2026-06-24
(https://docs.cloud.google.com/vertex-ai/generative-ai/docs/deprecations)."""
