"""System instructions: one text (MAPPING 3.4)."""

from __future__ import annotations

import ast

from ..infer.values import NONE, Site, is_text
from . import snippets_settings
from .call import WIDTH
from .content_kinds import kinds, single_text
from .edits import Context
from .parts import Code
from .plan import Plan
from .reasons import Reason

_AT_RUN_TIME = frozenset(("text", "texts", "contents", "part", "unknown list"))
"""What `snippets_settings.SYSTEM_TEXT` makes a text of; see `content_kinds.kinds`."""


def convert(plan: Plan, path: str, node: ast.expr, site: Site, own: bool = False) -> Code:
    """A system instruction as one text; lists of texts are joined by line ends.

    own: the code takes the place of the expression itself, whose edit it is.
    """

    def code(c: Context) -> str:
        return c.module.code_for_node(c.inner(node)) if own else c.code(node)

    single = single_text(plan, node)
    if single is not None:
        return code if single is node else lambda c: c.code(single)
    if isinstance(node, (ast.List, ast.Tuple)):
        if (whole := _whole(plan, path, node)) is not None:
            return lambda c: str(whole)
        if all(_textual(plan, item) for item in node.elts):
            return lambda c: f'"\\n".join({code(c)})'
        texts = [single_text(plan, item) for item in node.elts]
        known = [text for text in texts if text is not None]
        if len(known) == len(texts):
            return lambda c: f'"\\n".join([{", ".join(c.code(text) for text in known)}])'
    found = kinds(plan, plan.values(node) - {NONE})
    if found <= {"text"}:
        return code
    if found == {"texts"} and NONE not in plan.values(node):
        return lambda c: f'"\\n".join({code(c)})'
    if not found <= _AT_RUN_TIME:
        plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
        return code

    def name() -> str:
        return plan.snippet(path, snippets_settings.SYSTEM_TEXT, "system_text", "instruction_text")

    plan.when_moving(site, name)
    return lambda c: f"{name()}({code(c)})"


def _whole(plan: Plan, path: str, node: ast.List | ast.Tuple) -> str | None:
    """The one text of a few that are written out in one line; None where they are more than that."""
    codes = [plan.facts(path).lines.code(item) or "" for item in node.elts]
    quotes = {code[:1] for code in codes}
    plain = all(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in node.elts)
    if not plain or len(quotes) != 1 or not quotes <= {'"', "'"} or node.lineno != node.end_lineno:
        return None
    quote = quotes.pop()
    inner = [code[1:-1] for code in codes]
    if any(text.startswith(quote * 2) or f"{quote} {quote}" in text for text in inner):
        return None  # triple quotes, or pieces side by side
    whole = quote + "\\n".join(inner) + quote
    return whole if len(whole) <= WIDTH and ast.literal_eval(whole) == "\n".join(map(_value, node.elts)) else None


def _value(node: ast.expr) -> str:
    assert isinstance(node, ast.Constant)
    return str(node.value)


def _textual(plan: Plan, node: ast.expr) -> bool:
    values = plan.values(node) - {NONE}
    return bool(values) and all(is_text(v) for v in values) or not values and isinstance(node, ast.Name)
