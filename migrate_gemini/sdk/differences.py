"""What is different once a call has moved, in sentences that a person understands (MAPPING 2, 3.5, 4, 5, 8 and 10).

Each row is a fact of the Interactions API or of google-genai 3.4.0 that a rewrite cannot write away. A rewrite names
the rows that apply to it; each is said once, at the first finding that it applies to.
"""

from __future__ import annotations

from dataclasses import dataclass

STORED = (
    "Google now stores each interaction, with its input: 55 days on the paid tier, 1 day on the free tier; the old "
    "calls stored nothing. --no-store turns it off."
)
NOT_STORED = "Nothing is stored: every request has store=False, and chats send all of their steps with each message."
"""Source: MAPPING 3.9 (the overview of the Interactions API; the skill of google-gemini/gemini-skills)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A sentence, and the section of MAPPING that it comes from."""

    text: str
    source: str


TABLE: dict[str, Difference] = {
    "text_raises": Difference(
        "response.text raised ValueError where the answer was blocked, empty or no text; output_text is then ''.", "4.1"
    ),
    "text_joins": Difference(
        "response.text put a line break between several texts of an answer and included thoughts and code; output_text "
        "puts its texts together as they are.",
        "4.1",
    ),
    "parts_raise": Difference(
        "Where an answer was blocked, candidates[0].content.parts could not be read, which raised an error; there are "
        "no parts then.",
        "4.2",
    ),
    "text_none": Difference("response.text was None where the answer had no text; output_text is then ''.", "4.1"),
    "key_order": Difference(
        "Where GEMINI_API_KEY and GOOGLE_API_KEY are both set, google-generativeai took the first, google-genai takes "
        "GOOGLE_API_KEY.",
        "2",
    ),
    "key_missing": Difference(
        "genai.Client() raises ValueError at once where it finds no key; google-generativeai failed at the first call, "
        "so this line can now stop an import.",
        "2",
    ),
    "retries": Difference(
        "Interactions are tried again up to four times after 408, 409, 429 and 5xx (about 6 seconds), which "
        'generate_content was not; http_options={"retry_options": {"attempts": 1}} of the client turns it off.',
        "8",
    ),
    "retries_legacy": Difference(
        "Interactions are tried again up to four times after 408, 409, 429 and 5xx (about 6 seconds); "
        "google-generativeai tried again after 503 only, for up to ten minutes.",
        "8",
    ),
    "errors": Difference(
        "Texts and class names of errors differ: str(e) is now 'Error code: 429 - {...}', the class RateLimitError.",
        "8",
    ),
    "sampling": Difference(
        "temperature and top_p are deprecated: from gemini-3.6-flash and gemini-3.5-flash-lite on they are ignored.",
        "3.5",
    ),
    "thinking_limit": Difference(
        "Gemini 3 models think, and max_output_tokens includes the thoughts: a small limit can leave no text.", "3.5"
    ),
    "safety": Difference(
        "Gemini 1.x blocked content of medium probability unless told otherwise; on 2.5 and 3.x these filters are off "
        "by default.",
        "10",
    ),
    "model": Difference(
        "Another model gives other answers, at other prices and limits: run your own evaluation before you ship.", "10"
    ),
    "numbers": Difference(
        "Numbers in function calls were floats in google-generativeai (2.0); they are now what the model wrote (2).",
        "6",
    ),
    "stream_parts": Difference(
        "A long streamed answer can come in several parts, each with an interaction.completed event; the last one "
        "counts.",
        "4.4",
    ),
    "stream_errors": Difference(
        "An HTTP error of a stream is raised by create() itself, not at the first step of the loop.", "4.4"
    ),
    "expires": Difference(
        "A conversation goes on while its last interaction is stored (55 days, 1 day on the free tier); after that "
        "its id gives 404.",
        "5",
    ),
    "search": Difference(
        "google-generativeai sent an empty tool for google_search: the model never searched; now it can.", "3.8"
    ),
    "prefill": Difference("From gemini-3.6-flash on, a request that ends in a turn of the model is refused.", "3.3"),
    "python": Difference("google-genai 3.4 needs Python 3.11 or later.", "10"),
}
SETTINGS: dict[str, str] = {
    "temperature": "sampling",
    "top_p": "sampling",
    "max_output_tokens": "thinking_limit",
}
"""Setting of a request -> the row that applies to it."""
