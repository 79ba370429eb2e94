"""The answer to a request: a pure function of its normal form, so that it is the same in every dialect.

Directives in the user's last text steer it:

    [[say:TEXT]]         answer exactly TEXT          [[parts:A|B]]   several pieces of text
    [[call:NAME {..}]]   ask for this function        [[calls:N]]     ask for the first N functions at once
    [[hops:N]]           ask for functions N times before the answer
    [[block]]            the prompt is blocked        [[safety]]      the answer is blocked (both take :REASON)
    [[max]]              cut by the token limit       [[empty]]       no text at all
    [[think]]            a thought comes first        [[image]] [[audio]]   inline media
    [[search]] [[code]]  traces of server-side tools  [[continue]]    (interactions) answered in two hops
    [[error:429]]        an HTTP error, every time    [[flaky:503*2]] an HTTP error the first two times
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from tests.service.request import MEDIA_TOKENS, Request
from tests.service.values import canonical, digest, encode_base64, words

DIRECTIVE = re.compile(r"\[\[(\w+)(?::(.*?))?\]\]", re.DOTALL)
CALL_TOKENS = 8
SHOWN = 60

Item = dict[str, Any]


@dataclass
class Answer:
    """What the model says: its items in order, and why it stopped (STOP, MAX_TOKENS, or a reason of a block)."""

    items: list[Item] = field(default_factory=list)
    finish: str = "STOP"
    prompt_blocked: bool = False

    @property
    def blocked(self) -> bool:
        """Whether there is no answer because of what was said."""
        return self.finish not in ("STOP", "MAX_TOKENS")

    def calls(self) -> list[Item]:
        """The functions that the model wants called."""
        return [item for item in self.items if item["kind"] == "call"]

    def output_tokens(self) -> int:
        """The size of the answer without its thoughts."""
        return sum(_tokens(item) for item in self.items if item["kind"] != "thought")

    def thought_tokens(self) -> int:
        """The size of the thoughts."""
        return sum(len(words(item["text"])) for item in self.items if item["kind"] == "thought")


def _tokens(item: Item) -> int:
    if item["kind"] == "text":
        return len(words(item["text"]))
    return {"call": CALL_TOKENS, "media": MEDIA_TOKENS}.get(item["kind"], 0)


def directives(request: Request) -> dict[str, str]:
    """The directives of the user's last text, by name."""
    return {match.group(1): match.group(2) or "" for match in DIRECTIVE.finditer(request.last_user_text())}


def answer(request: Request) -> Answer:
    """The one answer to a request."""
    wanted = directives(request)
    plain = DIRECTIVE.sub("", request.last_user_text()).strip()
    reply = Answer()
    if request.thoughts or "think" in wanted:
        reply.items.append({"kind": "thought", "text": f"Thinking about: {plain[:40]}"})
    results = request.last_results()
    if not results and ("block" in wanted or "safety" in wanted):
        reply.prompt_blocked = "block" in wanted
        reply.finish = (wanted.get("block") or wanted.get("safety") or "SAFETY").upper()
        return reply
    if "empty" in wanted and not results:
        return reply
    calls = _wanted_calls(request, wanted, plain)
    if calls:
        reply.items += calls
        return reply
    _add_traces(request, wanted, plain, reply)
    _add_output(request, wanted, plain, reply)
    return reply


def _wanted_calls(request: Request, wanted: dict[str, str], plain: str) -> list[Item]:
    """The function calls of this hop, if there are any."""
    choice = request.tool_choice or {}
    names = sorted(set(request.functions) & set(choice.get("tools") or request.functions))
    hops = _hops_so_far(request)
    if "call" in wanted and not hops:
        match = re.match(r"\s*(\w+)\s*(\{.*\})?", wanted["call"], re.DOTALL)
        return [_call(match.group(1), json.loads(match.group(2) or "{}"))] if match else []
    if not names or choice.get("mode") == "none" or hops >= int(wanted.get("hops") or 1):
        return []
    if "calls" in wanted:
        return [_sample_call(request, name) for name in names[: int(wanted["calls"] or 1)]]
    lowered = plain.lower()
    silent = "say" in wanted or "parts" in wanted or re.search(r"\bno tools?\b", lowered)
    if silent and choice.get("mode") != "any":
        return []
    named = [name for name in names if any(w in lowered for w in re.split(r"[_\W]+", name.lower()) if len(w) > 2)]
    pool = named or names
    return [_sample_call(request, pool[int(request.fingerprint(), 16) % len(pool)])]


def _hops_so_far(request: Request) -> int:
    """How many times functions have answered since the user last spoke."""
    hops = 0
    for turn in reversed(request.turns):
        if turn.role != "user":
            continue
        if not any(part["kind"] == "result" for part in turn.parts):
            break
        hops += 1
    return hops


def _call(name: str, arguments: dict) -> Item:
    return {"kind": "call", "name": name, "arguments": arguments}


def _sample_call(request: Request, name: str) -> Item:
    """A call whose arguments fit the declared parameters."""
    properties = request.functions[name]["parameters"].get("properties") or {}
    seed = request.fingerprint()
    return _call(name, {key: sample(properties[key], key, f"{seed}.{key}") for key in sorted(properties)})


def sample(schema: dict | None, name: str, seed: str) -> Any:
    """A value that fits a normal schema; another seed gives another value."""
    schema = schema or {}
    number = int(digest(seed), 16)
    if schema.get("enum"):
        return schema["enum"][number % len(schema["enum"])]
    if schema.get("any_of"):
        return sample(schema["any_of"][0], name, seed)
    kind = schema.get("type") or "string"
    if kind == "object":
        properties = schema.get("properties") or {}
        return {key: sample(properties[key], key, f"{seed}.{key}") for key in sorted(properties)}
    if kind == "array":
        return [sample(schema.get("items"), name, f"{seed}.{at}") for at in range(1 + number % 2)]
    simple = {"integer": number % 100, "number": number % 100 + 0.5, "boolean": number % 2 == 0, "null": None}
    return simple[kind] if kind in simple else f"{name} {digest(seed)}"


def _add_traces(request: Request, wanted: dict[str, str], plain: str, reply: Answer) -> None:
    """What server-side tools and media modes put before the text."""
    builtin = request.builtin if "say" not in wanted else []
    if "search" in wanted or "google_search" in builtin:
        reply.items.append({"kind": "search", "query": plain})
    if "code" in wanted or "code_execution" in builtin:
        reply.items.append({"kind": "code", "code": "print(6 * 7)", "output": "42\n"})
    if "image" in wanted or "image" in request.modalities:
        reply.items.append(
            {"kind": "media", "media": "image", "mime_type": "image/png", "data": pixel(request.fingerprint())}
        )
    if "audio" in wanted or "audio" in request.modalities:
        mime_type = "audio/L16;codec=pcm;rate=24000"
        reply.items.append(
            {"kind": "media", "media": "audio", "mime_type": mime_type, "data": sound(request.fingerprint())}
        )


def pixel(fingerprint: str) -> str:
    """A picture of one pixel in the colour of a fingerprint."""
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1), f"#{fingerprint}").save(buffer, "PNG")
    return encode_base64(buffer.getvalue())


def sound(fingerprint: str) -> str:
    """A short sound of a fingerprint's bytes."""
    return encode_base64(bytes.fromhex(fingerprint) * 16)


def _add_output(request: Request, wanted: dict[str, str], plain: str, reply: Answer) -> None:
    """The text of the answer, cut by stop sequences and by the token limit."""
    if request.modalities and "text" not in request.modalities and "say" not in wanted:
        return
    if "parts" in wanted:
        reply.items += [{"kind": "text", "text": text} for text in wanted["parts"].split("|")]
        return
    results = request.last_results()
    if "say" in wanted and not results:
        text = wanted["say"]
    elif request.response:
        reply.items.append({"kind": "text", "text": _json_text(request)})
        return
    else:
        text = _free_text(request, plain, results)
    for stop in request.settings.get("stop_sequences") or []:
        text = text.split(stop, 1)[0] if stop else text
    limit = int(request.settings.get("max_output_tokens") or (3 if "max" in wanted else 0))
    if "max" in wanted or limit and len(words(text)) > limit:
        text, reply.finish = " ".join(words(text)[:limit]), "MAX_TOKENS"
    if text:
        reply.items.append({"kind": "text", "text": text})


def _free_text(request: Request, plain: str, results: list[dict]) -> str:
    """A sentence that begins with the fingerprint, so that no limit hides it."""
    said = sum(turn.role == "user" for turn in request.turns)
    head = f"Reply {request.fingerprint()} in turn {said}"
    if results:
        return f"{head}: " + ", ".join(f"{part['name']} gave {canonical(part['result'])}" for part in results)
    media = [part["media"] for part in request.turns[-1].parts if part["kind"] == "media"] if request.turns else []
    shown = f" with {' and '.join(media)}" if media else ""
    return f"{head}{shown} to: {plain[:SHOWN] or '(no text)'}"


def _json_text(request: Request) -> str:
    """A JSON text that fits the wanted schema; the old enum mode answers with the bare word."""
    schema = (request.response or {}).get("schema")
    seed = request.fingerprint()
    value = sample(schema, "value", seed) if schema else {"reply": f"sample {seed}"}
    return str(value) if request.bare_enum else json.dumps(value, ensure_ascii=False)
