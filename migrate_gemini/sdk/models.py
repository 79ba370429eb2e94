"""Model names and what becomes of them.

The data is `models.json`: one row an id, with the source of each (its "sources" say what `src` means). Nearly all of it
is https://ai.google.dev/gemini-api/docs/deprecations. That page says of its dates that they are the earliest possible
ones; a row is "shut down" where the date is past and the page says so.

A name that is not in the table is judged by its shape only where the shape leaves no doubt: every text model of the
generations 1.0, 1.5 and 2.0, and every preview of 2.5, is gone. Anything else is unknown and stays as it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from ..settings import Settings

Family = Literal["text", "embedding", "image", "speech", "live", "video", "music", "tuned", "agent", "other"]
Kind = Literal["keep", "substitute", "retiring", "alias", "gone_other", "unknown"]

WORDS = ("gemini-", "gemma-", "learnlm-", "-bison", "embedding-", "imagen-", "veo-", "models/", "tunedModels/")
"""What the id of a model has in it, for a quick look at a text."""
_PREFIX = "models/"
_TUNED = "tunedModels/"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a model name.

    keep: it stays. substitute: a shut-down text model, one of Gemini for images that has a successor of its kind, or
    one that the user maps. retiring: it stays and works today, the message says for how long. alias: the API version
    that google-genai 3 asks does not serve it, so it becomes `new` where its calls move. gone_other: shut down, and
    nothing takes its place unasked. unknown: nothing is known of it.

    new is what the literal becomes, or None where it stays exactly as it is written; a name that is kept but written
    with `models/` has its bare form here. message is empty or one sentence (or two) for the user.
    """

    kind: Kind
    new: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Model:
    """One row of models.json.

    status is the official page's word; shutdown a date, or "before 2026" where the page no longer lists the id.
    replacement_alive follows the official replacements to the first that is not shut down itself.
    """

    id: str
    status: str
    shutdown: str | None
    replacement: str | None
    replacement_alive: str | None
    family: Family
    src: str

    @property
    def is_shut_down(self) -> bool:
        return self.status == "shut down"

    @property
    def is_known(self) -> bool:
        """Whether the row says anything of this API: some ids were only ever seen in code, some are Vertex AI's."""
        return self.status not in ("not looked up", "Vertex id")


@cache
def table() -> dict[str, Model]:
    """The rows of models.json by id."""
    text = files(__package__).joinpath("models.json").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)["models"]
    return {row["id"]: Model(**row) for row in rows}


_LOOKS_LIKE = re.compile(
    r"""
    gemini-\d+(?:\.\d+)?(?:-[a-z0-9]+)+
  | gemini-(?:pro|ultra|(?:flash|exp|live|embedding|robotics|omni|nano)(?=-))
        (?:-(?:flash|pro|lite|8b|exp|preview|latest|vision|image|er|banana|tts|\d+(?:\.\d+)?))*
  | (?:text|chat)-bison(?:[-@]\d{3})?
  | (?:gemini-|text-)?embedding-(?:gecko-)?(?:00\d|\d-preview)
  | (?:imagen|veo|lyria|learnlm|gemma)-\d+(?:\.\d+)?[a-z]?(?:-[a-z0-9]+)*
  | lyria-realtime-exp
  | (?:antigravity|deep-research|nano-banana)(?:-[a-z0-9]+)*-(?:preview|exp)(?:-\d\d-\d{4})?
    """,
    re.VERBOSE,
)
"""The shapes of the ids of models.json, of the SDK's Model union and of the PaLM names; ids are lower case."""

_DEAD_TEXT = re.compile(
    r"""
    gemini-(?:1\.0|1\.5|2\.0)-(?:flash|pro|ultra)
        (?:-(?:lite|8b|vision|thinking|exp|experimental|preview|latest|\d\d|\d{3,4}))*
  | gemini-2\.5-(?:flash-lite|flash|pro)-(?:exp|preview)(?:-\d\d-\d\d(?:\d\d)?)?
  | gemini-(?:pro|ultra)(?:-vision)?(?:-\d{3})?
  | gemini-pro-vision-latest
  | gemini-exp-\d{4}
  | (?:text|chat)-bison(?:[-@]\d{3})?
    """,
    re.VERBOSE,
)
"""Text models that are gone whatever their suffix: models.json has no living one of these shapes (a test says so)."""

_ALIASES = {"gemini-pro-latest": "gemini-3.1-pro-preview", "gemini-flash-lite-latest": "gemini-3.5-flash-lite"}
"""A model of the kind that an alias stands for; the default model for all others.

Source: models.json: the current ones of their families."""

_FAMILIES: tuple[tuple[Family, re.Pattern[str]], ...] = (
    ("live", re.compile(r"-live\b|\blive-|native-audio|-dialog\b")),
    ("embedding", re.compile(r"embedding|gecko")),
    ("image", re.compile(r"imagen?\b|nano-banana")),
    ("speech", re.compile(r"-tts\b|-transcribe\b|-audio\b")),
    ("video", re.compile(r"^veo-|-omni-")),
    ("music", re.compile(r"^lyria-")),
    ("agent", re.compile(r"^antigravity-|^deep-research-")),
    ("other", re.compile(r"-robotics-|-computer-use-|-tuning$")),
    ("text", re.compile(r"^(?:gemini|gemma|learnlm)-|-bison\b")),
)
"""Words of an id that tell its family; the first that matches counts."""


def looks_like_model(text: str) -> bool:
    """Whether a string is written as a model id of the Gemini API, with or without `models/`.

    Ids of other services are not: `google/gemini-pro`, `vertex_ai/gemini-pro`, `text-embedding-3-small`.
    """
    if text.startswith(_TUNED):
        return len(text) > len(_TUNED)
    bare = _bare(text)
    return bare in table() or _LOOKS_LIKE.fullmatch(bare) is not None


_LEVELS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"gemini-[12](?:\.|-)"), ()),
    (re.compile(r"gemini-3(?:\.1)?-pro"), ("low", "medium", "high")),
    (re.compile(r"gemini-3\.[78]-flash(?!-lite)"), ("low", "medium", "high")),
    (re.compile(r"gemini-3"), ("minimal", "low", "medium", "high")),
)
"""Thinking levels by id, lowest first; the first row that matches counts.

Source: section 3.5 of the mapping (the thinking pages of ai.google.dev and docs.cloud.google.com, October 2026): the
2.5 family takes budgets only, `minimal` is an error on 3.1 Pro, 3.7 Flash and 3.8 Flash."""


def thinking_levels(name: str) -> tuple[str, ...]:
    """The thinking levels that a model takes, lowest first; () where it takes none or nothing is known of it."""
    bare = _bare(name)
    return next((levels for shape, levels in _LEVELS if shape.match(bare)), ())


def family(name: str) -> Family:
    """What a model is for; `other` for what is none of the rest, or unknown."""
    bare = _bare(name)
    if bare.startswith(_TUNED):
        return "tuned"
    row = table().get(bare)
    if row is not None:
        return row.family
    if not looks_like_model(bare):
        return "other"
    return next((family for family, words in _FAMILIES if words.search(bare)), "other")


def judge(name: str, settings: Settings) -> Verdict:
    """What becomes of a model name under these settings: the user's pairs win, then the table, then the shape."""
    bare = _bare(name)
    for old, new in settings.models:
        if _bare(old) == bare:
            return _mapped(name, bare, _bare(new))
    if not looks_like_model(bare):
        return Verdict("unknown", None, "")
    if bare.startswith(_TUNED):
        return Verdict("keep", None, "")

    row = table().get(bare)
    kept_as = bare if name != bare else None
    if row is None or not row.is_known:
        if family(bare) == "text" and _DEAD_TEXT.fullmatch(bare):
            return _substitute(bare, "is shut down", None, kept_as, settings)
        return Verdict("unknown", None, "")
    if row.is_shut_down and row.family == "text":
        return _substitute(bare, _gone(row), row.replacement_alive, kept_as, settings)
    if row.is_shut_down and row.family == "image" and bare.startswith("gemini-") and row.replacement_alive:
        message = f"{bare} {_gone(row)}: it becomes {row.replacement_alive}, which Google names in its place."
        return Verdict("substitute", row.replacement_alive, message)
    if row.is_shut_down:
        return Verdict("gone_other", kept_as, f"{bare} {_gone(row)}{_official(row)}.")
    if row.family == "text" and row.shutdown is not None:
        message = f"{bare} is to be shut down on {row.shutdown}{_official(row)}."
        return Verdict("retiring", kept_as, message)
    if row.status == "alias":
        message = f"{bare} is an alias that only API version v1beta serves, and google-genai 3.x asks v1"
        return Verdict("alias", _ALIASES.get(bare) or _bare(settings.default_model), message)
    return Verdict("keep", kept_as, "")


def _bare(name: str) -> str:
    return name.removeprefix(_PREFIX)


def _mapped(name: str, bare: str, new: str) -> Verdict:
    """A name that the user maps himself; mapped to itself it stays, however dead it is."""
    if new == bare:
        return Verdict("keep", bare if name != bare else None, "")
    row = table().get(bare)
    reason = f" ({bare} {_gone(row)})" if row is not None and row.is_shut_down else ""
    return Verdict("substitute", new, f"{bare} becomes {new}, as --model says{reason}.")


def _substitute(bare: str, gone: str, official: str | None, kept_as: str | None, settings: Settings) -> Verdict:
    new = _bare(settings.default_model)
    if new == bare:
        return Verdict("retiring", kept_as, f"{bare} {gone}, but it is the model that was asked for.")
    google = f" (Google names {official})" if official not in (None, new) else ""
    return Verdict("substitute", new, f"{bare} {gone}: it becomes {new}{google}.")


def _gone(row: Model) -> str:
    if row.shutdown is None:
        return "is shut down"
    if row.shutdown.startswith("before"):
        return f"was shut down {row.shutdown}"
    return f"was shut down on {row.shutdown}"


def _official(row: Model) -> str:
    alive = row.replacement_alive
    return f"; Google names {alive} in its place" if alive else "; no replacement is named"
