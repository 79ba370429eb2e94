"""Tools of generate_content as tools of an interaction (MAPPING 3.8).

Sources: google-genai 3.4.0, types.py (Tool, ToolConfig, FunctionDeclaration) and types/interactions/*.py (the tools of
an interaction); google-generativeai 0.8.6, types/content_types.py (_make_tool). `tests/test_sdk_tools.py` resolves
every row on the installed SDK.
"""

from __future__ import annotations

BUILTIN: dict[str, tuple[str, dict[str, str]]] = {
    "google_search": ("google_search", {}),
    "google_search_retrieval": ("google_search", {}),
    "url_context": ("url_context", {}),
    "code_execution": ("code_execution", {}),
    "file_search": (
        "file_search",
        {"file_search_store_names": "file_search_store_names", "top_k": "top_k", "metadata_filter": "metadata_filter"},
    ),
    "google_maps": ("google_maps", {"enable_widget": "enable_widget"}),
    "computer_use": (
        "computer_use",
        {"environment": "environment", "excluded_predefined_functions": "excluded_predefined_functions"},
    ),
}
"""Field of a Tool -> (type of the interaction's tool, its settings: old name -> new name)."""

CLASSES = frozenset(("GoogleSearch", "GoogleSearchRetrieval", "UrlContext", "ToolCodeExecution", "GoogleMaps"))
"""Classes of google.genai.types that stand for a tool of the service without settings."""

CAMEL = {
    "googleSearch": "google_search",
    "googleSearchRetrieval": "google_search_retrieval",
    "urlContext": "url_context",
    "codeExecution": "code_execution",
    "fileSearch": "file_search",
    "googleMaps": "google_maps",
    "computerUse": "computer_use",
    "functionDeclarations": "function_declarations",
}
"""Spelling of the REST API -> field of a Tool."""

DROPPED: dict[str, str] = {
    "google_search_retrieval": "dynamic_retrieval_config has no counterpart: the model decides when it searches",
}
"""Tool whose settings have no counterpart -> what to say of that."""

ENVIRONMENTS = {"ENVIRONMENT_BROWSER": "browser"}
"""Environment of computer_use -> environment of the interaction's tool."""

DECLARATION = {
    "name": "name",
    "description": "description",
    "parameters": "parameters",
    "parameters_json_schema": "parameters",
    "parametersJsonSchema": "parameters",
}
"""Field of a FunctionDeclaration -> key of a function tool."""

UNSENT = frozenset(("response", "response_json_schema", "responseJsonSchema", "behavior"))
"""Fields of a FunctionDeclaration that a function tool does not have."""

MODES: dict[str | int, str] = {
    "AUTO": "auto",
    "ANY": "any",
    "NONE": "none",
    "VALIDATED": "validated",
    1: "auto",
    2: "any",
    3: "none",
}
"""Mode of function calling, by name or number of the legacy enum -> tool_choice."""

MAX_CALLS = 10
"""Requests that automatic function calling of google-genai makes at most (_extra_utils.py)."""
