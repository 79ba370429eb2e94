"""Uploaded files as contents of interactions, and the names that the legacy SDK gave them (MAPPING 7)."""

from __future__ import annotations

import ast
import mimetypes
import posixpath
from collections.abc import Callable

from ..infer.values import NONE, Obj, Site
from .edits import Context
from .plan import Plan
from .surface_forms import given
from .written import entries

Code = Callable[[Context], str]
KINDS = ("LFile", "Media")
"""Uploaded files of google-generativeai and of google-genai."""


def file_content(plan: Plan, node: ast.expr) -> Code | None:
    """An uploaded file as a content of an interaction, where what it holds is known from its upload."""
    if not isinstance(node, (ast.Name, ast.Attribute)) or not plan.objects(node, *KINDS):
        return None
    family = _family(plan, node, set())
    if family is None:
        return None

    def code(c: Context) -> str:
        file = c.code(node)
        return f'{{"type": "{family}", "uri": {file}.uri, "mime_type": {file}.mime_type}}'

    return code


def _family(plan: Plan, node: ast.expr, seen: set[Site]) -> str | None:
    """image, audio, video or document for a file whose uploads all say so; None where that is not known.

    A file that is looked up by the name of another one is taken to be that one.
    """
    found: set[str | None] = set()
    for value in plan.values(node) - {NONE}:
        if not isinstance(value, Obj) or value.kind not in KINDS:
            return None
        if value.site in seen:
            continue
        seen.add(value.site)
        found_here = given(plan, value.site.node)
        place = found_here.get("path") or found_here.get("file")
        if "name" in found_here and place is None:
            name = found_here["name"]
            if not (isinstance(name, ast.Attribute) and name.attr == "name"):
                return None
            inner = _family(plan, name.value, seen)
            if inner is not None or not _only(plan, name.value, seen):
                found.add(inner)
            continue
        settings = (
            {name: value for name, value, _ in entries(found_here["config"]) or []} if "config" in found_here else {}
        )
        named = found_here.get("mime_type") or settings.get("mime_type")
        if "config" in found_here and not settings:
            return None
        guessed: object = named.value if isinstance(named, ast.Constant) else None
        if named is None and isinstance(place, ast.Constant) and isinstance(place.value, str):
            guessed = mimetypes.MimeTypes().guess_type(place.value)[0]
        if not isinstance(guessed, str):
            return None
        head = guessed.partition("/")[0]
        found.add(head if head in ("image", "audio", "video") else "document")
    return found.pop() if len(found) == 1 else None


def _only(plan: Plan, node: ast.expr, seen: set[Site]) -> bool:
    """Whether a value is only what has been looked at already."""
    return all(isinstance(v, Obj) and v.site in seen for v in plan.values(node) - {NONE})


def file_label(node: ast.expr, c: Context) -> str:
    """The name that the legacy upload_file showed of a file where it was given none: the last part of its path."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return f'"{posixpath.basename(node.value)}"'
    return f"os.path.basename({c.code(node)})"


def needs_os(node: ast.expr) -> bool:
    """Whether `file_label` needs the module os."""
    return not isinstance(node, ast.Constant)


def is_open(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether a value is an open file, by where its name is bound; such an upload had no name of its own."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in ("open", "BytesIO")
    if not isinstance(node, ast.Name):
        return False
    for other in plan.facts(path).nodes:
        if isinstance(other, ast.withitem):
            target, value = other.optional_vars, other.context_expr
        elif isinstance(other, ast.Assign):
            target, value = other.targets[0], other.value
        else:
            continue
        if isinstance(target, ast.Name) and target.id == node.id and isinstance(value, ast.Call):
            if is_open(plan, path, value):
                return True
    return False
