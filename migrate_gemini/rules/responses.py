"""MG5xx: what is different once a call has moved."""

from __future__ import annotations

from .rule import Rule

RULES = (
    Rule(
        code="MG501",
        name="setting-dropped",
        legacy=False,
        summary="A setting without a counterpart in the Interactions API is left out.",
        advice="Check that the call does without it; if not, keep `generate_content` for that call.",
        docs="`top_k`, `candidate_count`, the penalties, log probabilities and a few others are not fields of the "
        "Interactions API. They are left out, and each is named by a finding of this kind. A setting whose absence "
        "changes what the code does, such as several candidates, keeps the call where it is instead.",
    ),
    Rule(
        code="MG502",
        name="response-difference",
        legacy=False,
        summary="The answer is read correctly, but the new API behaves differently here.",
        advice="Read the message and decide whether it matters for this program.",
        docs="Some differences cannot be written away: an empty `output_text` where `.text` raised, other exception "
        "classes, interactions that Google stores unless `store=False` is given, token counts under other names. "
        "The rewritten code runs; the finding says what to look at.",
    ),
)
