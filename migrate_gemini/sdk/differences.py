"""What is different once a call has moved, in sentences for a person (MAPPING 2, 3.9 and 10)."""

from __future__ import annotations

STORED = (
    "Google now stores each interaction, with its input: 55 days on the paid tier, 1 day on the free tier; the old "
    "calls stored nothing. --no-store turns it off."
)
NOT_STORED = "Nothing is stored: every request has store=False, and chats send all of their steps with each message."
"""Source: MAPPING 3.9 (the overview of the Interactions API; the skill of google-gemini/gemini-skills)."""
