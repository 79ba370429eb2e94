"""Commands of pip in a text, as notebooks and documents hold them: what they ask for after a migration."""

from __future__ import annotations

from pathlib import Path

from .sdk import releases
from .settings import Schema


def settled(text: str, schema: Schema, old: bool, new: bool = True) -> str:
    """The commands with google-genai for google-generativeai, or beside it.

    old: whether code that needs google-generativeai is left; new: whether the code imports google-genai. What cannot
    be edited with certainty stays.
    """
    from .manifests import commands, policy
    from .manifests.slots import MENTION
    from .sources.python import PythonSource
    from .sources.text import TextFile

    if not MENTION.search(text):
        return text
    floor, end = (releases.FIRST, releases.STEPS) if schema == "outputs" else (releases.WANTED, releases.AFTER)
    reason = "code that needs it is left" if old else ""
    file = TextFile(Path("commands.sh"), text.encode("utf-8", "replace"), text, PythonSource(text, "utf-8"))
    policy.settle(file, list(commands.slots(file)), policy.Need(floor, f">={floor},<{end}", new, new, reason))
    return file.after()
