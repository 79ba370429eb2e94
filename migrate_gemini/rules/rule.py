"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that the tool can say, under a code that is never given to anything else.

    legacy: the finding is a use of the old API, so `--check` fails while it is there;
    the others inform. summary: one line. advice: what the person does where the tool stops.
    docs: the paragraph that explains it.
    """

    code: str
    name: str
    legacy: bool
    summary: str
    advice: str
    docs: str
