"""Types in docstrings: `:type x: T`, `:rtype: T`, `x (T): ...` and `x : T`, as Sphinx, Google and numpy write them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from ..infer.values import Box, Obj, Values
from ..sdk import surface
from .clients import GENAI
from .edits import Context, ExprEdit
from .plan import Plan

NewName: TypeAlias = Callable[[Plan, str, ast.expr, Values], "ExprEdit | None"]

_NAME = re.compile(
    r"(?:[A-Za-z_]\w*\.)*(?:" + "|".join(sorted({p.rpartition(".")[2] for p in surface.ANNOTATIONS})) + r")\b"
)
_PARAMETER = (
    re.compile(r"^[ \t]*:type[ \t]+(?P<name>\w+):(?P<type>.*)$", re.M),
    re.compile(r"^[ \t]*:param[ \t]+(?P<type>[^:\n]*[ \t])(?P<name>\w+):", re.M),
    re.compile(r"^[ \t]+\*{0,2}(?P<name>\w+)[ \t]?\((?P<type>[^)\n]*)\):", re.M),
    re.compile(r"^[ \t]*(?P<name>\w+)[ \t]:[ \t](?P<type>.*)$", re.M),
)
_RESULT = (
    re.compile(r"^[ \t]*:rtype:(?P<type>.*)$", re.M),
    re.compile(r"^[ \t]*(?:Returns|Yields):[ \t]*\n[ \t]+(?P<type>[\w.\[\], |]+):", re.M),
    re.compile(r"^[ \t]*(?:Returns|Yields)\n[ \t]*-+\n[ \t]*(?P<type>[\w.\[\], |]+)$", re.M),
)


def edit(
    plan: Plan, path: str, node: ast.FunctionDef | ast.AsyncFunctionDef, values: Mapping[str, Values], new_name: NewName
) -> None:
    """Edits the docstring of a function. values: those of its parameters by name, and of its result under ''."""
    first = node.body[0]
    if not (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    ):
        return
    constant = first.value
    held = any(isinstance(value, (Obj, Box)) for several in values.values() for value in several)
    if not held or not _NAME.search(first.value.value):
        return
    source = plan.facts(path).lines.code(constant)
    edits: dict[tuple[int, int], ExprEdit] = {}
    for pattern in (*_PARAMETER, *_RESULT):
        for match in pattern.finditer(source):
            name = match["name"] if "name" in pattern.groupindex else ""
            if name not in values:
                continue
            for found in _NAME.finditer(source, *match.span("type")):
                made = new_name(plan, path, ast.parse(found[0], mode="eval").body, values[name])
                if made is not None:
                    edits[found.span()] = made

    def work(c: Context) -> str:
        code = source
        for (start, end), made in sorted(edits.items(), key=lambda item: -item[0][0]):
            code = code[:start] + str(made(c)).replace(GENAI, "genai") + code[end:]
        return code

    if edits:
        plan.expression(path, constant, work)
