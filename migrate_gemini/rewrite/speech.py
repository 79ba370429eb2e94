"""Voices: a SpeechConfig becomes speech_config of generation_config, one entry for each speaker (MAPPING 3.5)."""

from __future__ import annotations

import ast

from .call import WIDTH, dict_code
from .edits import Context
from .parts import Code, Parts
from .plan import Plan
from .written import made_of, origin

_CLASSES = (
    "SpeechConfig",
    "VoiceConfig",
    "PrebuiltVoiceConfig",
    "MultiSpeakerVoiceConfig",
    "SpeakerVoiceConfig",
)
_SNAKE = {
    "voiceConfig": "voice_config",
    "languageCode": "language_code",
    "multiSpeakerVoiceConfig": "multi_speaker_voice_config",
    "speakerVoiceConfigs": "speaker_voice_configs",
    "prebuiltVoiceConfig": "prebuilt_voice_config",
    "voiceName": "voice_name",
}


def convert(plan: Plan, path: str, node: ast.expr, parts: Parts) -> Code | None:
    """The code of the list of voices; None for a config that is not written out or has more than names and language."""
    where, found = origin(plan, path, node)
    if where != path:
        return None
    voices = _voices(plan, path, found)
    if voices is None:
        return None
    known = voices

    def code(c: Context) -> str:
        items = [dict_code([(key, c.anywhere(value)) for key, value in voice.items()]) for voice in known]
        flat = "[" + ", ".join(items) + "]"
        if len(flat) <= WIDTH - 40:
            return flat
        outer, step, newline = parts.layout(c, node)
        return "[" + newline + "".join(f"{outer}{step}{item},{newline}" for item in items) + outer + "]"

    return code


def _voices(plan: Plan, path: str, node: ast.expr) -> list[dict[str, ast.expr]] | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [{"voice": node}]
    given = _given(plan, path, node)
    if given is None or set(given) - {"voice_config", "language_code", "multi_speaker_voice_config"}:
        return None
    language = {"language": given["language_code"]} if "language_code" in given else {}
    if "multi_speaker_voice_config" not in given:
        voice = _voice(plan, path, given["voice_config"]) if "voice_config" in given else None
        if "voice_config" in given and voice is None:
            return None
        return [{**({"voice": voice} if voice is not None else {}), **language}]
    inner = _given(plan, path, given["multi_speaker_voice_config"])
    speakers = inner.get("speaker_voice_configs") if inner is not None else None
    speakers = origin(plan, path, speakers)[1] if speakers is not None else None
    if "voice_config" in given or inner is None or len(inner) != 1 or not isinstance(speakers, ast.List):
        return None
    found: list[dict[str, ast.expr]] = []
    for item in speakers.elts:
        speaker = _given(plan, path, item)
        if speaker is None or set(speaker) != {"speaker", "voice_config"}:
            return None
        voice = _voice(plan, path, speaker["voice_config"])
        if voice is None:
            return None
        found.append({"speaker": speaker["speaker"], "voice": voice, **language})
    return found


def _voice(plan: Plan, path: str, node: ast.expr) -> ast.expr | None:
    """The name of a prebuilt voice."""
    given = _given(plan, path, node)
    inner = _given(plan, path, given["prebuilt_voice_config"]) if given and set(given) == _PREBUILT else None
    return inner["voice_name"] if inner is not None and set(inner) == {"voice_name"} else None


_PREBUILT = {"prebuilt_voice_config"}


def _given(plan: Plan, path: str, node: ast.expr) -> dict[str, ast.expr] | None:
    where, found = origin(plan, path, node)
    rows = made_of(plan, found, *_CLASSES) if where == path else None
    return {_SNAKE.get(name, name): value for name, value, _ in rows} if rows is not None else None
