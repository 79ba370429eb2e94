"""Comments in the user's code that say what is left to do by hand."""

from __future__ import annotations

import ast

from . import context
from .plan import Plan

TODO = "# TODO(migrate-gemini): "


def mark(plan: Plan, path: str, node: ast.AST, code: str, words: str) -> None:
    """Puts a comment above the statement of a node, unless it stands there."""
    facts = plan.facts(path)
    statement = context.statement(facts, node)
    holder = facts.parents[statement]
    if isinstance(holder, ast.stmt) and holder.lineno == statement.lineno:
        statement = holder  # `if x: call()` on one line
    first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
    if not _marked_above(facts.text, first, code):
        comments = plan.module(path).statement(statement).comments
        if (comment := " ".join(f"{TODO}{code} {words}".split())) not in comments:
            comments.append(comment)


def _marked_above(text: str, line: int, code: str) -> bool:
    """Whether the comments right above a line say so already."""
    lines = text.split("\n")
    above = line - 2
    while above >= 0 and lines[above].lstrip().startswith("#"):
        if f"{TODO}{code} " in lines[above]:
            return True
        above -= 1
    return False
