"""The normal form of a request: what was asked for, whichever API asked."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, UnidentifiedImageError

from tests.service.models import identity
from tests.service.values import canonical, digest, squash, whole_numbers, words

GENERATION_SETTINGS = ("temperature", "top_p", "max_output_tokens", "stop_sequences", "seed")
MEDIA_TOKENS = 258
TOOL_TOKENS = 10

Part = dict[str, Any]


@dataclass
class Turn:
    """One speaker's uninterrupted parts; `role` is user or model."""

    role: str
    parts: list[Part]


@dataclass
class Request:
    """Everything that may influence an answer, and nothing else."""

    model: str = ""
    system: str | None = None
    turns: list[Turn] = field(default_factory=list)
    functions: dict[str, dict] = field(default_factory=dict)
    builtin: list[str] = field(default_factory=list)
    tool_choice: dict | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    thinking: str | None = None
    thoughts: bool = False
    response: dict | None = None
    modalities: list[str] = field(default_factory=list)
    picture: dict[str, str] = field(default_factory=dict)
    speech: list[dict[str, str]] = field(default_factory=list)
    safety: list[str] = field(default_factory=list)
    candidates: int = 1
    bare_enum: bool = False

    def add(self, role: str, parts: list[Part]) -> None:
        """Append parts as a turn, or to the last turn where the speaker is the same."""
        if not parts:
            return
        if self.turns and self.turns[-1].role == role:
            self.turns[-1].parts += parts
        else:
            self.turns.append(Turn(role, list(parts)))

    def conversation(self) -> list[dict]:
        """The turns as JSON; the texts of a model turn count as one, as streams cut them anywhere."""
        return [
            {"role": turn.role, "parts": joined_text(turn.parts) if turn.role == "model" else turn.parts}
            for turn in self.turns
        ]

    def fingerprint(self) -> str:
        """Six digits that differ where two requests differ in meaning."""
        rare = {"picture": self.picture, "speech": self.speech}
        return digest(
            {
                **{name: value for name, value in rare.items() if value},
                "model": identity(self.model),
                "system": self.system,
                "turns": self.conversation(),
                "functions": self.functions,
                "builtin": self.builtin,
                "tool_choice": self.tool_choice,
                "settings": self.settings,
                "thinking": self.thinking,
                "thoughts": self.thoughts,
                "response": self.response,
                "modalities": self.modalities,
                "safety": self.safety,
            }
        )

    def last_user_text(self) -> str:
        """What the user said last; answers of functions are no such text."""
        for turn in reversed(self.turns):
            texts = [part["text"] for part in turn.parts if part["kind"] == "text"]
            if turn.role == "user" and texts:
                return " ".join(texts)
        return ""

    def last_results(self) -> list[Part]:
        """The function results that wait for the model, or nothing."""
        if not self.turns or self.turns[-1].role != "user":
            return []
        return [part for part in self.turns[-1].parts if part["kind"] == "result"]

    def prompt_tokens(self) -> int:
        """A token count that is the same for the same request in any dialect: words, mostly."""
        parts = [part for turn in self.conversation() for part in turn["parts"]]
        return sum(map(_part_tokens, parts)) + len(words(self.system)) + TOOL_TOKENS * len(self.functions)


def joined_text(parts: list[Part]) -> list[Part]:
    """The same parts with neighbouring texts put together and empty ones left out."""
    joined: list[Part] = []
    for part in parts:
        if part["kind"] == "text" and joined and joined[-1]["kind"] == "text":
            joined[-1] = text_part(joined[-1]["text"] + part["text"])
        elif part["kind"] != "text" or part["text"]:
            joined.append(part)
    return joined


def _part_tokens(part: Part) -> int:
    if part["kind"] == "text":
        return len(words(part["text"]))
    if part["kind"] == "media":
        return MEDIA_TOKENS
    return 4 + len(words(canonical({key: value for key, value in part.items() if key != "kind"})))


def text_part(text: str | None) -> Part:
    """A piece of text."""
    return {"kind": "text", "text": text or ""}


def call_part(name: str | None, arguments: dict | None) -> Part:
    """A function that the model wants called."""
    return {"kind": "call", "name": name, "arguments": whole_numbers(arguments or {})}


def result_part(name: str | None, result: Any) -> Part:
    """What a function gave back."""
    return {"kind": "result", "name": name, "result": result}


def media_kind(mime_type: str | None) -> str:
    """image, audio, video or text by the MIME type; everything else is a document."""
    family = (mime_type or "").split("/")[0]
    return family if family in ("image", "audio", "video", "text") else "document"


def data_part(mime_type: str | None, data: bytes) -> Part:
    """Inline bytes.  Text files count as their text, pictures by their pixels, everything else by its bytes."""
    kind = media_kind(mime_type)
    if kind == "text" and (mime_type or "") != "text/csv":
        return text_part(data.decode("utf-8", "replace"))
    if kind == "image":
        return {"kind": "media", "media": "image", "sha": picture_digest(data)}
    kind = "document" if kind == "text" else kind
    return {"kind": "media", "media": kind, "mime_type": mime_type, "sha": digest(data, 12)}


def file_part(mime_type: str | None, uri: str | None, stored: bytes | None, kind: str | None = None) -> Part:
    """A file by its address: an uploaded one counts by its content, another by the last piece of the address."""
    if stored is not None:
        return data_part(mime_type, stored)
    if not kind:
        youtube = not mime_type and re.search(r"youtu\.?be", uri or "")
        kind = "video" if youtube else media_kind(mime_type)
    return {"kind": "media", "media": kind, "uri": (uri or "").rstrip("/").rsplit("/", 1)[-1]}


def picture_digest(data: bytes) -> str:
    """A digest of the pixels of a picture, so that saving it again in a lossless format changes nothing."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            pixels = picture.convert("RGBA")
            return digest(repr(pixels.size).encode() + pixels.tobytes(), 12)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return digest(data, 12)


def generation_settings(config: dict) -> dict[str, Any]:
    """The settings that every API knows, from a snake case generation config; numbers are rounded to float32."""
    settings = {}
    for key in GENERATION_SETTINGS:
        value = config.get(key)
        if value is None or value == []:
            continue
        settings[key] = round(float(value), 4) if isinstance(value, (int, float)) else value
    return settings


def wanted_modalities(names: Iterable[str], model: str) -> list[str]:
    """What an answer may hold, by lower-case names; [] for texts alone, which most models give unasked.

    Image models give texts and images unasked (https://ai.google.dev/gemini-api/docs/image-generation).
    """
    wanted = sorted(set(names)) or (["image", "text"] if re.search(r"-image\b", identity(model)) else [])
    return [] if wanted == ["text"] else wanted


def set_resolution(parts: list[Part], level: str | None) -> None:
    """Marks pictures, videos and documents that say nothing themselves with a resolution such as `low`."""
    for part in parts:
        if level and part["kind"] == "media" and part["media"] != "audio":
            part.setdefault("resolution", level)


def resolution(name: str | None) -> str | None:
    """`low` for MEDIA_RESOLUTION_LOW; None where nothing is said."""
    level = (name or "").lower().removeprefix("media_resolution_")
    return None if level in ("", "unspecified") else level


def chosen(config: dict | None, *names: str) -> dict[str, str]:
    """The keys of a config that are set."""
    return {name: config[name] for name in names if config.get(name)} if config else {}


def response_form(mime_type: str | None, schema: dict | None) -> dict | None:
    """The wanted form of the answer, or None for plain text."""
    if not schema and mime_type in (None, "", "text/plain"):
        return None
    return {"mime_type": "application/json" if schema else mime_type, "schema": schema}


def function_entry(description: str | None, parameters: dict) -> dict:
    """What counts of a declared function beside its name; no parameters and an empty object are the same."""
    empty = parameters == {"type": "object"}
    return {"description": squash(description), "parameters": {} if empty else parameters}
