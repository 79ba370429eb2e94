"""Thinking: budgets and levels (MAPPING 3.5)."""

from __future__ import annotations

import ast

from ..infer.values import Site
from .parts import Parts
from .plan import Plan
from .reasons import Reason
from .written import fields, literal


def convert(plan: Plan, path: str, value: ast.expr, place: ast.AST, site: Site, parts: Parts) -> None:
    items = fields(plan, path, value)
    if items is None and isinstance(value, ast.Call) and not value.args:
        items = [(k.arg or "**", k.value, k) for k in value.keywords]
    for name, inner, where in items if items is not None else [("?", value, place)]:
        if name in ("include_thoughts", "includeThoughts") and literal(inner) is False:
            continue
        if name in ("thinking_budget", "thinkingBudget") and isinstance(literal(inner), int):
            if literal(inner) == 0:
                parts.generation.append(("thinking_level", lambda c: '"minimal"'))
                note = "thinking_budget=0 becomes thinking_level 'minimal': current models cannot switch thinking off"
            else:
                note = "thinking_budget has no counterpart (levels replace it); it is dropped"
            plan.when_moving(site, lambda where=where, note=note: plan.find(path, where, "MG501", "needs_review", note))  # type: ignore[misc]
            continue
        if name in ("thinking_budget", "thinkingBudget") and isinstance(inner, ast.UnaryOp):
            continue  # -1: the model decides
        if name in ("thinking_level", "thinkingLevel"):
            level = literal(inner) or (inner.attr if isinstance(inner, ast.Attribute) else None)
            if isinstance(level, str):
                parts.generation.append(("thinking_level", lambda c, level=level: f'"{level.lower()}"'))  # type: ignore[misc]
                continue
        plan.fail(site, Reason.ARGUMENT, f"thinking_config ({name})", path, value)
