"""Tells code that is nested too deeply to be parsed safely.

The parser of LibCST is native code: far enough down it ends the process instead of raising an exception.
People do not write such code, generators do (one expression of a thousand terms, a thousand `elif`).
"""

from __future__ import annotations

import ast
import re

LIMIT = 400
_SUSPICIOUS = LIMIT // 2  # `.b()` nests by two
_OPERATORS = "+-*/%|&^@~.([{"
_EDGE = re.compile(r"^[ \t]*(?:[-+*/%|&^@~.]|(?:elif|and|or|not|else(?!\s*:)|lambda)\b)|[-+*/%|&^@~\\]$", re.MULTILINE)
_WORD = re.compile(r"\b(?:not|and|or|lambda|else|await)\b")


def too_deep(text: str) -> bool:
    """Whether the code nests deeper than LIMIT. Code that cannot be parsed at all for another reason does not."""
    if not _may_be(text):
        return False
    try:
        tree = ast.parse(text)
    except (RecursionError, MemoryError):
        return True
    except (SyntaxError, ValueError) as error:
        return "nested" in str(error)
    level: list[ast.AST] = [tree]
    for _ in range(LIMIT):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
        if any(isinstance(node, ast.BoolOp) and len(node.values) > LIMIT for node in level):
            return True  # flat here, nested in LibCST
    return True


def _may_be(text: str) -> bool:
    """Cheap. False only if the code is not deep: depth takes operators, all in one line or at the edges of many."""
    if len(_EDGE.findall(text)) > _SUSPICIOUS:
        return True
    return any(
        sum(map(line.count, _OPERATORS)) > _SUSPICIOUS or len(_WORD.findall(line)) > _SUSPICIOUS
        for line in text.splitlines()
        if len(line) > _SUSPICIOUS
    )
