"""MG108, MG109: calls of older libraries that nothing in google-genai takes over as they are."""

from __future__ import annotations

from .rule import Rule

RULES = (
    Rule(
        code="MG108",
        name="palm-call",
        legacy=True,
        summary="A call of the PaLM API: `genai.generate_text`, `genai.chat`, `genai.generate_embeddings`.",
        advice="Rewrite it by hand for a current model, as its message says.",
        docs="The PaLM API was shut down on August 15, 2024, and google-generativeai 0.8 no longer has its functions. "
        "Prompts, models and answers of that API are other ones, so the call is only found: its message names the "
        "method of google-genai that does the same, such as `client.interactions.create(input=prompt)` for "
        "`generate_text(prompt=...)`. A call of this kind keeps the import of the legacy SDK.",
    ),
    Rule(
        code="MG109",
        name="vertex-sdk",
        legacy=True,
        summary="A request by `vertexai.generative_models` or `vertexai.language_models` of google-cloud-aiplatform.",
        advice="Move it to `genai.Client(enterprise=True, project=..., location=...)` and `generate_content`.",
        docs="The Generative AI modules of the Vertex AI SDK were removed on June 24, 2026. google-genai takes "
        "their place, with `client.models.generate_content` and `client.chats` of a client that is made with "
        "`enterprise=True`, `project=` and `location=`. Which models Vertex AI serves through the Interactions "
        "API is not documented, so requests of Vertex AI are found and left alone, whichever SDK they use.",
    ),
)
