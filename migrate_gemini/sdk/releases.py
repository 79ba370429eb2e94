"""Releases of google-genai, and what to know of a program's calls of the Interactions API on each of them.

Source: MAPPING 1.1 to 1.3 of this project, made from the source of all 65 releases 1.55.0 to 3.4.0.
"""

from __future__ import annotations

from dataclasses import dataclass

MINOR = {1: 75, 2: 34, 3: 4}
"""Major version -> its last minor one, as of November 2026."""

FIRST, WANTED, AFTER = "1.55.0", "3.4.0", "4"
"""The first release with `client.interactions`; the one that the new code is written for; the first one not known."""
LAST_OUTPUTS, STEPS = "1.75.0", "2"
"""The last release of the first schema, and the major version that brought the steps."""

OLDEST_PYTHON = (3, 10)
"""What every release with `client.interactions` needs at least."""
NEEDS_311, LAST_310 = "2.34.0", "2.33.0"
"""The first release that needs Python 3.11, and the last line before it."""


@dataclass(frozen=True, slots=True)
class Trap:
    """What goes wrong from one release on (that one included) until another (that one not)."""

    since: str
    until: str
    note: str


TRAPS: tuple[Trap, ...] = (
    Trap("0", "1.55.0", "has no client.interactions"),
    Trap("1.55.0", "2.0.0", "knows only the first schema, which the service has switched off"),
    Trap("2.0.0", "2.3.0", "has no interaction.output_text"),
    Trap("2.3.0", "2.31.0", "leaves out of output_text what stands before a thought"),
    Trap("2.0.0", "2.9.0", "sends None as null and checks no request"),
    Trap("2.9.0", "2.11.0", "gives None as output_text where there is no text"),
    Trap("2.0.0", "2.11.0", "takes no safety_settings and no labels"),
    Trap("2.9.0", "2.34.0", "drops unknown keys of a request without a word"),
    Trap("2.9.0", "2.34.0", "cannot import google.genai._interactions"),
    Trap("2.14.0", "2.26.0", "drops temperature and top_p without a word"),
    Trap("2.0.0", "3.0.0", "speaks to v1beta instead of v1"),
    Trap("3.0.0", "3.4.0", "has asynchronous clients that survive one event loop only"),
)
"""Rows of the table, for code that is written for `WANTED`."""

NEEDS = {
    "anyio": ">=4.8.0,<5.0.0",
    "distro": ">=1.7.0,<2",
    "google-auth": ">=2.56.0,<3.0.0",
    "pydantic": ">=2.12.5,<3.0.0",
    "requests": ">=2.28.1,<3.0.0",
    "tenacity": ">=8.2.3,<9.2.0",
    "typing-extensions": ">=4.14.0,<5.0.0",
    "websockets": ">=13.0.0,<18.0",
}
"""Package -> the releases that google-genai needs of it: the same for 3.4.0 and 2.33.0, by their wheels' METADATA."""
