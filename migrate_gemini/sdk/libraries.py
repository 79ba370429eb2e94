"""Libraries that take a model of the legacy SDK and call it themselves.

Source: instructor 1.8 (client_gemini.py calls the model's generate_content; client_genai.py: from_genai takes a
google.genai.Client).
"""

from __future__ import annotations

TAKES: dict[str, str] = {
    "instructor": "call instructor.from_genai(genai.Client(...)) and name the model at each call",
}
"""Package -> what to do instead."""

KNOWN = frozenset(
    """agno autogen crewai deepeval dspy embedchain guardrails haystack lancedb langchain langchain_community
    langchain_core langchain_google_genai langfuse langgraph llama_index mem0 mlflow opik phi pydantic_ai ragas
    semantic_kernel smolagents trulens vanna weave""".split()
)
"""Other packages that work with models of several providers: they call the SDK that they were written for."""
ANY = "use what that library has for google-genai"
"""What to do for those."""

WATCH = frozenset(
    """agentops arize braintrust ecologits langfuse langsmith langtrace_python_sdk logfire openinference openlit
    opentelemetry patronus phoenix promptlayer traceloop wandb weave""".split()
)
"""Packages that wrap the calls of an SDK where they are set up, and may put more into its answers, as ecologits does
(tracers/google_genai_tracer.py: `impacts`)."""
