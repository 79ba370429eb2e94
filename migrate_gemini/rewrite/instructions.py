"""System instructions: one text (MAPPING 3.4)."""

from __future__ import annotations

import ast

from ..infer.values import NONE, Site, is_text
from . import snippets
from .content_kinds import kinds, single_text
from .edits import Context
from .parts import Code
from .plan import Plan
from .reasons import Reason

_AT_RUN_TIME = frozenset(("text", "texts", "contents", "part", "unknown list"))
"""What `snippets.SYSTEM_TEXT` makes a text of; see `content_kinds.kinds`."""


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
        return plan.snippet(path, snippets.SYSTEM_TEXT, "system_text", "instruction_text")

    plan.when_moving(site, name)
    return lambda c: f"{name()}({code(c)})"


def _textual(plan: Plan, node: ast.expr) -> bool:
    values = plan.values(node) - {NONE}
    return bool(values) and all(is_text(v) for v in values) or not values and isinstance(node, ast.Name)
