"""A test of an error in the place of an expression, or beside it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from . import error_tests
from .edits import Context
from .error_tests import Test

if TYPE_CHECKING:
    from .error_reach import Reached
    from .errors import Errors

NOTE = "interactions raise errors without a public class: the program now asks for their status"


def replaced(
    found: Errors, path: str, whole: ast.expr, error: ast.expr, test: Test, reached: Reached, negated: bool
) -> None:
    """A test of the error's status comes for an expression."""
    _written(found, path, whole, error, test, reached, negated, False)


def appended(
    found: Errors, path: str, whole: ast.expr, error: ast.expr, test: Test, reached: Reached, negated: bool
) -> None:
    """A test of the error's status comes behind an expression: either of them will do (negated: both have to hold)."""
    _written(found, path, whole, error, test, reached, negated, True)


def _written(
    found: Errors,
    path: str,
    whole: ast.expr,
    error: ast.expr,
    test: Test,
    reached: Reached,
    negated: bool,
    beside: bool,
) -> None:
    plan = found.plan

    def work() -> None:
        if not found.moves([test], reached):
            return
        writer = error_tests.Writer(plan, path, reached.sources(plan), reached.foreign)
        writer.prepare(test)
        outer = plan.facts(path).parents[whole]
        plain = isinstance(outer, (ast.If, ast.While, ast.Return, ast.Assign, ast.Lambda, ast.IfExp))

        def edit(c: Context) -> str:
            text = writer.text(c, test, ast.unparse(error) if error in found.made else c.code(error), negated)
            if beside:
                text = f"{c.old(whole)} {'and' if negated else 'or'} {text}"
                inside = isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.And if negated else ast.Or)
            else:
                inside = " or " not in text
            return text if plain or inside else f"({text})"

        plan.expression(path, whole, edit)
        plan.find(path, whole, "MG502", "migrated", NOTE, ["errors"])

    plan.closing.append(work)
