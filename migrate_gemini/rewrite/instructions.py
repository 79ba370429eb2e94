"""System instructions: one text (MAPPING 3.4)."""

from __future__ import annotations

import ast

from ..infer.values import NONE, Box, Ext, Site, is_text
from .content_kinds import single_text
from .parts import Code
from .plan import Plan
from .reasons import Reason


def convert(plan: Plan, path: str, node: ast.expr, site: Site) -> Code:
    """A system instruction as one text; lists of texts are joined by line ends."""
    single = single_text(plan, node)
    if single is not None:
        return lambda c: c.code(single)
    if isinstance(node, (ast.List, ast.Tuple)):
        if all(_textual(plan, item) for item in node.elts):
            return lambda c: f'"\\n".join({c.code(node)})'
        texts = [single_text(plan, item) for item in node.elts]
        known = [text for text in texts if text is not None]
        if len(known) == len(texts):
            return lambda c: f'"\\n".join([{", ".join(c.code(text) for text in known)}])'
        plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
        return lambda c: c.code(node)
    values = plan.values(node)
    if any(isinstance(v, Box) and v.type in ("list", "tuple") for v in values):
        if all(is_text(v) for v in plan.program.machine.elements(values)):
            return lambda c: f'"\\n".join({c.code(node)})'
        plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
    elif (
        isinstance(node, ast.Dict)
        or any(isinstance(v, Box) for v in values)
        or isinstance(node, ast.Call)
        and any(isinstance(v, Ext) and v.path.startswith("google.") for v in plan.program.machine.callees.get(node, ()))
    ):
        plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
    return lambda c: c.code(node)


def _textual(plan: Plan, node: ast.expr) -> bool:
    values = plan.values(node) - {NONE}
    return bool(values) and all(is_text(v) for v in values) or not values and isinstance(node, ast.Name)
