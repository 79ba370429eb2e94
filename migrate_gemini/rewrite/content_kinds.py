"""What values are as contents: text, turns, parts, media, or something that no request takes."""

from __future__ import annotations

import ast
from typing import TypeGuard

from ..infer.values import (
    BYTES,
    IMAGE,
    MEDIA,
    NONE,
    NUM,
    Bound,
    Box,
    Class,
    Ext,
    Func,
    Inst,
    Module,
    Obj,
    Values,
    is_text,
)
from ..sdk.contents import is_field
from . import content_media
from .plan import Plan


def text(plan: Plan, values: Values) -> bool:
    """Whether these values are known to be text."""
    known = values - {NONE, NUM}  # the old SDKs refuse both, so a value that may be one of them is text or nothing
    return bool(known) and all(is_text(value) for value in known)


def kinds(plan: Plan, values: Values, depth: int = 6) -> set[str]:
    """What these values are as contents: text, texts, contents, parts, media, bytes, other. What both SDKs refuse is
    not counted: no program that works gives it to them."""
    known = plan.kinds.get((values, depth))
    if known is None:
        known = plan.kinds[values, depth] = frozenset(_kinds(plan, values, depth))
    return set(known)


def _kinds(plan: Plan, values: Values, depth: int) -> set[str]:
    found: set[str] = set()
    machine = plan.program.machine
    if depth == 0:
        return {"other"}
    for value in values:
        if value is NONE or value is NUM or refused(plan, value):
            continue
        if is_text(value):
            found.add("text")
        elif value in (IMAGE, MEDIA) or isinstance(value, Obj) and value.kind in ("Media", "LFile"):
            found.add("media")
        elif value is BYTES:
            found.add("bytes")
        elif isinstance(value, Obj) and value.kind in ("Answer", "FCall", "FResult"):
            found.add("steps")
        elif isinstance(value, Obj) and value.kind in ("GContent", "GPart"):
            found.add(_written_kind(plan, value))
        elif isinstance(value, Obj) and value.kind in ("LContent", "LPart", "LBlob"):
            found.add("steps")
        elif isinstance(value, Box) and value.type == "dict":
            found.add(_dict_kind(plan, value))
        elif isinstance(value, Box):
            inner = kinds(plan, machine.cells.get(("e", value, "#"), frozenset()), depth - 1)
            if inner <= {"text"}:
                found.add("texts" if inner else "unknown list")
            elif inner & {"steps", "turns"}:
                found.add("steps" if "steps" in inner else "turns")
            elif inner <= {"text", "texts", "contents", "part"}:
                found.add("contents")
            else:
                found |= inner
        else:
            found.add("other")
    return found


def refused(plan: Plan, value: object) -> bool:
    """Whether a value is known to be nothing that a request takes: a dict with a key of the program's own, an object of
    its own class, or a list of nothing else."""
    if isinstance(value, (Func, Class, Module, Bound)):
        return True
    if isinstance(value, Inst):
        bases = [base.path for cls in value.cls.mro() for base in cls.bases if isinstance(base, Ext)]
        return all(path.startswith(("builtins.object", "abc.", "typing.", "pydantic.")) for path in bases) and not any(
            "__iter__" in cls.methods for cls in value.cls.mro()
        )
    if not isinstance(value, Box):
        return False
    if value.type != "dict":
        known = plan.refused.get(value)
        if known is None:
            plan.refused[value] = False  # a list may hold itself
            inner = plan.program.machine.cells.get(("e", value, "#"), frozenset())
            known = plan.refused[value] = bool(inner) and all(refused(plan, item) for item in inner)
        return known
    if not isinstance(value.node, ast.Dict):
        return False
    return any(
        isinstance(k, ast.Constant) and isinstance(k.value, str) and not is_field(k.value) for k in value.node.keys
    )


def _written_kind(plan: Plan, value: Obj) -> str:
    """What a types.Content(...) or types.Part(...) call is."""
    node = value.site.node
    if _written_text(plan, node):
        return "part" if value.kind == "GPart" else "contents"
    if content_media.fields(node) is not None:
        return "media"
    return "steps" if _in_steps(plan, node) else "turns"


def _in_steps(plan: Plan, node: object) -> bool:
    """Whether a turn or part that is written out holds calls of functions or their results."""
    given: dict[str | None, ast.expr] = {}
    if isinstance(node, ast.Call):
        given = {keyword.arg: keyword.value for keyword in node.keywords}
    elif isinstance(node, ast.Dict):
        given = {str(k.value): v for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant)}
    if "function_response" in given or "function_call" in given:
        return True
    return "parts" in given and "steps" in kinds(plan, plan.values(given["parts"]))


PARTS = frozenset(("text", "texts", "contents", "part", "media", "unknown list"))
"""What the parts of a turn may be where a function of the user's module makes contents of them."""


def known_parts(plan: Plan, values: Values) -> bool:
    """Whether the parts of all turns that these values are, or hold, are texts and media, as far as they are seen."""
    for value in values | plan.program.machine.elements(values):
        parts = parts_of(plan, value)
        if parts is None and isinstance(value, Obj):
            parts = frozenset((value,))
        if parts is not None and not kinds(plan, parts - {NONE}) <= PARTS:
            return False
    return True


def keys(plan: Plan, box: Box) -> set[object]:
    """The constant keys that a dict is written with or gets."""
    found: set[object] = set(plan.program.machine.places.get(box, ()))
    if isinstance(box.node, ast.Dict):
        found |= {key.value for key in box.node.keys if isinstance(key, ast.Constant)}
    return found


def parts_of(plan: Plan, value: object) -> Values | None:
    """What the parts of a turn may be (nothing where they are not seen); None for a value that is no turn."""
    if isinstance(value, Box) and value.type == "dict" and "parts" in keys(plan, value):
        return plan.program.machine.cells.get(("e", value, "parts"), frozenset())
    if isinstance(value, Obj) and value.kind in ("GContent", "LContent") and isinstance(value.site.node, ast.Call):
        written = {keyword.arg: keyword.value for keyword in value.site.node.keywords}
        return plan.values(written["parts"]) if "parts" in written else None
    return None


def _dict_kind(plan: Plan, box: Box) -> str:
    """What a dict is: a turn or part with function calls, a medium, a turn or part of text, another turn, or other."""
    if _in_steps(plan, box.node):
        return "steps"
    names = keys(plan, box)
    if _closed(box.node) and box.node.keys:
        names = {key.value for key in box.node.keys if isinstance(key, ast.Constant)}
    if content_media.is_dict(names):
        return "media"
    parts = parts_of(plan, box)
    if parts is None:
        return "contents" if names == {"text"} else "other"
    return "contents" if kinds(plan, parts) <= PARTS - {"media"} else "turns"


def _closed(node: object) -> TypeGuard[ast.Dict]:
    """Whether a dict is written out with all of its keys; what another part or turn gets is then none of its own."""
    return isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys)


def _written_text(plan: Plan, node: ast.AST) -> bool:
    """Whether a types.Content(...) or types.Part(...) call holds text only."""
    if not isinstance(node, ast.Call):
        return False
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if "parts" in given:
        return kinds(plan, plan.values(given["parts"])) <= {"text", "texts", "contents", "part"}
    return set(given) == {"text"} or (not given and len(node.args) == 1)


def single_text(plan: Plan, node: ast.expr) -> ast.expr | None:
    """X for a user's content or part that is written out and holds only the text X."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return single_text(plan, node.elts[0]) if len(node.elts) == 1 else None
    if text(plan, plan.values(node)):
        return node
    given: dict[str | None, ast.expr] = {}
    if isinstance(node, ast.Dict):
        given = {str(k.value): v for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant)}
    elif isinstance(node, ast.Call) and plan.objects(node, "GContent", "GPart", "LContent", "LPart"):
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if not given and len(node.args) == 1:
            given = {"text": node.args[0]}
    role = given.get("role")
    if role is not None and not (isinstance(role, ast.Constant) and role.value == "user"):
        return None
    if "parts" in given:
        return single_text(plan, given["parts"])
    inner = given.get("text")
    return inner if inner is not None and set(given) <= {"text"} else None
