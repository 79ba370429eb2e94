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
    Rule(
        code="MG503",
        name="never-worked",
        legacy=False,
        summary="Code that asks for something that the old SDK never had.",
        advice="Read what the new answer has in its place, or take the code out.",
        docs="No answer of the old SDKs had a `usage`, an `id` or a `status`: what stood under `if hasattr(response, "
        '"usage")` never ran, and `getattr(response, "usage", None)` always gave None. An interaction has them, so '
        "such a test would begin to hold, and code that was never tried would run, often with names of yet another "
        "SDK. What never ran is left out, the part of a try before its `except AttributeError` included, and the "
        "finding says what can be read instead. A read without a test, such "
        "as `response.txt`, raised AttributeError, and still does, as a keyword that no method took raises TypeError; "
        "where only the new object has the name, or only the new method takes the keyword, the call stays.",
    ),
)
