"""How the first schema of the Interactions API (google-genai 1.55 to 1.75) says what new code says in steps.

New code is made for the steps schema. Where outputs are asked for, `rewrite.dialect` puts it into these words; whatever
is in no row cannot be said, and its call stays as it is.

Source: MAPPING 1.2 to 1.4, 3.3, 3.5 to 3.7 and 4.1, columns B.
"""

from __future__ import annotations

from .first_schema import CONTENTS, EVENTS, STEPS

EVENTS_BACK: dict[str, str] = {new: old for old, new in EVENTS.items()}
"""Event types of the steps schema -> those of the first schema."""

ROLES: dict[str, str] = {"user_input": "user", "model_output": "model"}
"""Types of a step that are turns with a role in the first schema."""

DROPPED: dict[str, str] = {
    "safety_settings": "google-genai 1.x takes no safety_settings for interactions",
    "labels": "google-genai 1.x takes no labels for interactions",
}
"""Parameters of a request that came later; they are left out, with a finding."""

UNSAID = frozenset(("steps", "step", "output_image", "output_audio", "output_video", "errors"))
"""Attributes of interactions and events that the first schema has no word for, but where a row above says so."""

REQUEST = frozenset(
    """agent background generation_config input model previous_interaction_id response_format response_mime_type
    response_modalities service_tier store stream system_instruction timeout tools extra_headers extra_query extra_body
    api_version""".split()
)
"""Parameters of a request in both schemas: a dict or call that gives nothing but these (and what is dropped) is one."""

WORDS = frozenset((*ROLES, "arguments_delta", "text_annotation_delta", "output_text", "safety_settings"))
"""Texts of the steps schema that may not be left in new code."""

CALLS = STEPS
"""Types that a loop may ask steps for: these stand among the outputs with the same fields."""

PARTS = CONTENTS
"""Types of the contents of a model_output step: these stand among the outputs."""
