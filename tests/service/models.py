"""Which model names the service knows, which of them are gone, and which count as the same model."""

from __future__ import annotations

import re

from tests.service.values import names

SUCCESSOR = "gemini-3-flash-preview"
EMBEDDING_SUCCESSOR = "gemini-embedding-2"

LIVE = (
    "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro", "gemini-3-flash-preview", "gemini-3.1-flash-lite",
    "gemini-3.1-pro-preview", "gemini-3.5-flash", "gemini-3.5-flash-lite", "gemini-3.6-flash", "gemini-3.7-flash",
    "gemini-3.8-flash", "gemini-embedding-001", "gemini-embedding-2",
)  # fmt: skip

# Text models that answer 404 on /interactions; the older surface still takes them, so that programs can be compared.
RETIRED_TEXT = names(
    """
    gemini-pro gemini-pro-vision gemini-1.0-pro gemini-1.0-pro-001 gemini-1.0-pro-latest gemini-1.0-pro-vision
    gemini-1.0-pro-vision-latest
    gemini-1.5-flash gemini-1.5-flash-latest gemini-1.5-flash-001 gemini-1.5-flash-002 gemini-1.5-flash-8b
    gemini-1.5-flash-8b-001 gemini-1.5-flash-8b-latest gemini-1.5-flash-exp-0827 gemini-1.5-flash-8b-exp-0827
    gemini-1.5-flash-8b-exp-0924
    gemini-1.5-pro gemini-1.5-pro-latest gemini-1.5-pro-001 gemini-1.5-pro-002 gemini-1.5-pro-exp-0801
    gemini-1.5-pro-exp-0827
    gemini-2.0-flash gemini-2.0-flash-001 gemini-2.0-flash-exp gemini-2.0-flash-lite gemini-2.0-flash-lite-001
    gemini-2.0-flash-lite-preview gemini-2.0-flash-lite-preview-02-05 gemini-2.0-flash-thinking-exp
    gemini-2.0-flash-thinking-exp-01-21 gemini-2.0-flash-thinking-exp-1219 gemini-2.0-pro-exp gemini-2.0-pro-exp-02-05
    gemini-exp-1114 gemini-exp-1121 gemini-exp-1206
    gemini-2.5-flash-lite-preview-06-17 gemini-2.5-flash-lite-preview-09-2025 gemini-2.5-flash-preview-04-17
    gemini-2.5-flash-preview-05-20 gemini-2.5-flash-preview-09-25 gemini-2.5-flash-preview-09-2025
    gemini-2.5-pro-exp-03-25 gemini-2.5-pro-preview-03-25 gemini-2.5-pro-preview-05-06 gemini-2.5-pro-preview-06-05
    gemini-3-pro-preview gemini-3.1-flash-lite-preview
    text-bison-001 chat-bison-001
    """
)
RETIRED_EMBEDDING = names(
    """
    embedding-001 embedding-2-preview embedding-gecko-001 gemini-embedding-2-preview gemini-embedding-exp
    gemini-embedding-exp-03-07 text-embedding-004
    """
)
# Media models that answer 404; each names the living model that took its place.
RETIRED_MEDIA = {
    "gemini-2.0-flash-exp-image-generation": "gemini-3.1-flash-image",
    "gemini-2.0-flash-preview-image-generation": "gemini-3.1-flash-image",
    "gemini-2.5-flash-image": "gemini-3.1-flash-image",
    "gemini-2.5-flash-image-preview": "gemini-3.1-flash-image",
    "gemini-3.1-flash-image-preview": "gemini-3.1-flash-image",
    "gemini-3-pro-image-preview": "gemini-3-pro-image",
}
RETIRED_OTHER = names(
    """
    antigravity-preview-05-2026 gemini-2.0-flash-live-001 gemini-live-2.5-flash-preview gemini-omni-flash-preview
    gemini-robotics-er-1.5-preview gemini-robotics-er-1.6-preview
    """
)
# Whole generations of text models are gone, whatever the suffix.
RETIRED_SHAPE = re.compile(
    r"gemini-(1\.0|1\.5|2\.0)-(flash|pro|ultra)(-(lite|8b|vision|thinking|exp|preview|latest|\d+))*"
    r"|gemini-2\.5-(flash|flash-lite|pro)-(exp|preview)(-\d\d){2,3}"
)
# Served on v1beta only; the current SDK asks for v1.
ALIASES = frozenset({"gemini-flash-latest", "gemini-flash-lite-latest", "gemini-pro-latest"})


def bare(name: str | None) -> str:
    """A model name without the collection in front of it."""
    return re.sub(r"^(?:models|publishers/google/models)/", "", name or "")


def identity(name: str | None) -> str:
    """The model that a name stands for: retired and alias names count as their living successor."""
    model = bare(name)
    if is_retired_text(model) or model in ALIASES:
        return SUCCESSOR
    if model in RETIRED_EMBEDDING:
        return EMBEDDING_SUCCESSOR
    return RETIRED_MEDIA.get(model, model)


def is_gone(name: str | None) -> bool:
    """Whether the name was shut down."""
    model = bare(name)
    if is_retired_text(model):
        return True
    return model in RETIRED_EMBEDDING or model in RETIRED_MEDIA or model in RETIRED_OTHER


def is_retired_text(model: str) -> bool:
    """Whether a bare name is that of a text model that was shut down."""
    return model in RETIRED_TEXT or RETIRED_SHAPE.fullmatch(model) is not None


def takes_thinking_level(name: str | None) -> bool:
    """Whether the model can be told how much to think by a level; the 2.5 family only knows budgets."""
    return not re.match(r"gemini-(1|2)", identity(name))


def knows_minimal(name: str | None) -> bool:
    """Whether the lowest thinking level of the model is `minimal` (otherwise `low`)."""
    return takes_thinking_level(name) and not re.match(r"gemini-3(\.1)?-pro|gemini-3\.[78]-flash", identity(name))
