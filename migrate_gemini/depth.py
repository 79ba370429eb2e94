"""Tells code that is nested too deeply to be parsed safely.

The parser of LibCST is native code: far enough down it ends the process instead of raising an exception.
People do not write such code, generators do (one expression of a thousand terms, a thousand `elif`).
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

LIMIT = 400
_SUSPICIOUS = LIMIT // 2  # `.b()` nests by two
_OPERATORS = "+-*/%|&^@~.([{"
_EDGE = re.compile(r"^[ \t]*(?:[-+*/%|&^@~.]|(?:elif|and|or|not|else(?!\s*:)|lambda)\b)|[-+*/%|&^@~\\]$", re.MULTILINE)
_TEXTS = re.compile(r"^[ \t]*(?:[bfrtu]{1,2}|[BFRTU]{1,2})?[\"']", re.MULTILINE)
_WORD = re.compile(r"\b(?:not|and|or|lambda|else|await)\b")


def too_deep(text: str) -> bool:
    """Whether the code nests deeper than LIMIT. Code that cannot be parsed at all for another reason does not."""
    if _many_texts(text):
        return True
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


def _many_texts(text: str) -> bool:
    """Whether more than LIMIT texts stand side by side, which make one: flat in Python, nested in LibCST."""
    if all(line.count('"') + line.count("'") <= LIMIT for line in _long(text)) and not _may_join(text):
        return False
    run = depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            kind = tokenize.tok_name[token.type]
            depth += kind in ("FSTRING_START", "TSTRING_START")
            depth -= kind in ("FSTRING_END", "TSTRING_END")
            if depth == 0 and kind in ("STRING", "FSTRING_END", "TSTRING_END"):
                run += 1
                if run > LIMIT:
                    return True
            elif depth == 0 and kind not in ("NL", "COMMENT"):
                run = 0
    except (tokenize.TokenError, SyntaxError):
        pass  # which is told where it is parsed
    return False


def _may_join(text: str) -> bool:
    """Cheap. False only if no more than LIMIT lines begin with a text that may go on with one of the line before."""
    if len(_TEXTS.findall(text)) <= LIMIT:
        return False
    joined, before = 0, False
    for line in text.splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            joined += before and _TEXTS.match(line) is not None
            before = line.endswith(('"', "'", "\\")) or "#" in line
    return joined > LIMIT


def _long(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if len(line) > _SUSPICIOUS)


def _may_be(text: str) -> bool:
    """Cheap. False only if the code is not deep: depth takes operators, all in one line or at the edges of many."""
    if len(_EDGE.findall(text)) > _SUSPICIOUS:
        return True
    return any(
        sum(map(line.count, _OPERATORS)) > _SUSPICIOUS or len(_WORD.findall(line)) > _SUSPICIOUS for line in _long(text)
    )
