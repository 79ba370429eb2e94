"""What a module needs of the two packages, told from its text."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from ..modules import scan_imports
from ..nodes import walk

_OLD = "google.generativeai"
CORE = "google.api_core"
_WITH_OLD = ("google.ai.generativelanguage", CORE)
"""Modules of packages that google-generativeai brings along, and google-genai does not."""
_WORD = re.compile(r"\b(?:generativeai|generativelanguage|api_core)\b")
_INTERACTIONS = re.compile(r"\binteractions\b")


@dataclass(frozen=True, slots=True)
class Code:
    """A module as it is after the run. changed: whether the run changes it."""

    path: Path
    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Uses:
    """new: imports google-genai. interacts: calls the Interactions API. old: the module that it imports, or names in a
    text, and that only google-generativeai gives or brings along; '' for none."""

    new: bool
    interacts: bool
    old: str


def uses(text: str) -> Uses:
    """What a module needs."""
    new = any(
        f"{item.module}.".startswith("google.genai.") or (item.module == "google" and "genai" in item.names)
        for item in scan_imports(text.encode("utf-8", "replace"))
    )
    return Uses(new, new and _INTERACTIONS.search(text) is not None, old(text))


def notebook(text: str) -> str:
    """The code cells of a notebook; the text itself where it is none."""
    import json

    try:
        cells = json.loads(text)["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return text
    return "\n".join(code)


def old(text: str) -> str:
    """The first module in a text that needs google-generativeai; '' for none. What does not parse is searched."""
    if not _WORD.search(text):
        return ""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return next((name for name in (_OLD, *_WITH_OLD) if name in text), "")
    found = {name for node in walk(tree) for name in _names(node)}
    return next((name for name in (_OLD, *_WITH_OLD) if any(f"{one}.".startswith(f"{name}.") for one in found)), "")


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w.]+", node.value):
        return [node.value]  # import_module(...), mock.patch(...)
    return []
