"""What a program looks for in the text of an error, or in the name of its class (MAPPING 8).

The text of the old errors begins with the HTTP status and names that of google.rpc; the text of those of interactions
begins with "Error code: 429 - " and has the service's own message in it, too.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from ..infer.values import Ext
from ..sdk import errors as sdk
from . import error_reads
from .error_edits import appended, replaced
from .error_tests import GOOGLE_GENAI, Test

if TYPE_CHECKING:
    from .error_reach import Reached
    from .errors import Errors

TAKEN_APART = frozenset("split rsplit partition rpartition find index removeprefix".split())
SEARCHES = frozenset(("re.search", "re.match", "re.findall", "re.fullmatch", "re.split", "re.finditer"))


class Said(NamedTuple):
    """The text of an error: the error, and whether its class's name is in the text, or is all of it."""

    error: ast.expr
    named: bool = False
    whole: bool = False


def said(found: Errors, path: str, node: ast.expr, depth: int = 0) -> Said | None:
    """What error an expression is the text of: str(e), f"{e}", e.message, repr(e), type(e).__name__, a name for it."""
    if isinstance(node, ast.Name):
        value = error_reads.defined(found, path, node) if depth < 4 else None
        return said(found, path, value, depth + 1) if value is not None else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in ("upper", "lower", "strip", "casefold"):
            return said(found, path, node.func.value, depth)
        return None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("str", "repr"):
        if len(node.args) != 1:
            return None
        cls = class_of(node.args[0])
        return Said(cls, True) if cls is not None else Said(node.args[0], node.func.id == "repr")
    if isinstance(node, ast.JoinedStr):
        held = [value.value for value in node.values if isinstance(value, ast.FormattedValue)]
        if len(held) == 1:
            inner = said(found, path, held[0], depth)
            return Said(inner.error, inner.named) if inner is not None else Said(held[0])
        return None
    if isinstance(node, ast.Attribute) and node.attr == "message":
        return Said(node.value)
    if isinstance(node, ast.Attribute) and node.attr in ("__name__", "__qualname__"):
        cls = class_of(node.value)
        return Said(cls, True, True) if cls is not None else None
    return None


def class_of(node: ast.expr) -> ast.expr | None:
    """X for type(X) and X.__class__."""
    if isinstance(node, ast.Attribute) and node.attr == "__class__":
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type":
        return node.args[0] if len(node.args) == 1 else None
    return None


def compare(found: Errors, path: str, node: ast.Compare) -> bool:
    """`"RESOURCE_EXHAUSTED" in str(e)` and `type(e).__name__ == "ResourceExhausted"`; whether it was such a test."""
    op, left, right = node.ops[0], node.left, node.comparators[0]
    if isinstance(op, (ast.In, ast.NotIn)) and isinstance(left, ast.Constant):
        text, options = said(found, path, right), [left]
    elif isinstance(op, (ast.In, ast.NotIn)) and isinstance(right, (ast.Tuple, ast.List, ast.Set)):
        text, options = said(found, path, left), right.elts  # type: ignore[assignment]
        if text is not None and not text.whole:
            return False
    elif isinstance(op, (ast.Eq, ast.NotEq)):
        constant = isinstance(left, ast.Constant)
        text, options = said(found, path, right if constant else left), [left if constant else right]  # type: ignore[list-item]
        if text is not None and not text.whole:
            return False
    else:
        return False
    if text is None or (reached := found.origin(path, text.error)) is None:
        return False
    codes: list[int] = []
    for option in options:
        value = option.value if isinstance(option, ast.Constant) else None
        if not isinstance(value, str):
            return False
        name = _status_name(value)
        if not text.whole and name in sdk.UNTOLD or value in sdk.BARE:
            _untold(found, reached, node, value)
            return False
        row = class_row(reached, value) if text.whole or text.named and not value.islower() else None
        code = row.first if row is not None and row.first == row.last else None
        if code is None and not text.whole:
            code = sdk.STATUSES.get(name)
        if row is not None and code is None:
            codes += range(row.first, row.last + 1)
        elif code is not None:
            codes.append(code)
        elif len(options) == 1:
            return False
    if not codes:
        return False
    known = all(isinstance(o, ast.Constant) and class_row(reached, str(o.value)) for o in options)
    write = appended if text.named and not (text.whole and known) else replaced
    write(found, path, node, text.error, Test(codes=codes), reached, isinstance(op, (ast.NotIn, ast.NotEq)))
    return True


def class_row(reached: Reached, name: str) -> sdk.Raised | None:
    """The row of a class of errors by its bare name, in any case, of the SDKs whose calls may raise it."""
    prefixes = {sdk.GENAI_ERRORS if call.code in GOOGLE_GENAI else sdk.API_CORE for call in reached.calls}
    known = {f"{prefix}{name}".lower() for prefix in prefixes}
    rows = [row for path, row in sdk.CLASSES.items() if path.lower() in known]
    return next((row for row in rows if row.last - row.first < 200), None)


def call(found: Errors, path: str, node: ast.Call) -> None:
    """any(word in str(e) for word in (...)), str(e).startswith("429"), and texts that are taken apart."""
    func = node.func
    paths = {v.path for v in found.plan.program.machine.callees.get(node, ()) if isinstance(v, Ext)}
    if "builtins.any" in paths and len(node.args) == 1 and isinstance(node.args[0], (ast.GeneratorExp, ast.ListComp)):
        _any(found, path, node, node.args[0])
    elif any(path.endswith("retry_if_exception_message") for path in paths):
        review(found, found.anywhere(), f"line {node.lineno} matches the text of an error, which is another one now")
    elif paths & SEARCHES and len(node.args) > 1:
        text = said(found, path, node.args[1])
        if text is not None and _is_of_the_start(node.args[0], paths):
            _apart(found, path, node, text)
    elif isinstance(func, ast.Attribute) and func.attr == "startswith" and len(node.args) == 1:
        text = said(found, path, func.value)
        if text is None or (reached := found.origin(path, text.error)) is None:
            return
        options = node.args[0].elts if isinstance(node.args[0], ast.Tuple) else [node.args[0]]
        codes = [_code(option) for option in options]
        if all(code is not None for code in codes):
            test = Test(codes=[code for code in codes if code is not None])
            replaced(found, path, node, text.error, test, reached, False)
    elif isinstance(func, ast.Attribute) and func.attr in TAKEN_APART:
        text = said(found, path, func.value)
        if text is not None:
            _apart(found, path, node, text)


def _code(node: ast.expr) -> int | None:
    """429 for "429" and for "429 RESOURCE_EXHAUSTED"."""
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    number, _, name = text.strip().partition(" ")
    known = number.isdigit() and len(number) == 3 and (not name or sdk.STATUSES.get(name.rstrip(".")) == int(number))
    return int(number) if known else None


def _is_of_the_start(pattern: ast.expr, paths: set[str]) -> bool:
    """Whether a pattern asks for how the text of an error begins, and not just for words of the service's message."""
    words = pattern.value if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str) else ""
    named = any(status in words for status in (*sdk.STATUSES, *sdk.UNTOLD))
    return named or words.startswith(("^", "(\\d", "\\d")) or bool(paths & {"re.match", "re.fullmatch", "re.split"})


def _any(found: Errors, path: str, node: ast.Call, each: ast.GeneratorExp | ast.ListComp) -> None:
    """any(word in text for word in words): the words that are names of statuses are asked for as such, too."""
    test = each.elt
    if len(each.generators) != 1 or not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.In):
        return
    loop = each.generators[0]
    word = test.left.func.value if _recased(test.left) else test.left  # type: ignore[attr-defined]
    if not (isinstance(word, ast.Name) and isinstance(loop.target, ast.Name) and word.id == loop.target.id):
        return
    text = said(found, path, test.comparators[0])
    if text is None or (reached := found.origin(path, text.error)) is None:
        return
    words = loop.iter
    if isinstance(words, ast.Name):
        words = error_reads.defined(found, path, words) or words
    if not isinstance(words, (ast.Tuple, ast.List, ast.Set)):
        return
    texts = [str(item.value) for item in words.elts if isinstance(item, ast.Constant)]
    codes = []
    for item in texts:
        code = sdk.STATUSES.get(_status_name(item))
        row = class_row(reached, item) if text.named else None
        code = code or (row.first if row is not None and row.first == row.last else None)
        if code is not None and str(code) not in texts:
            codes.append(code)
    if codes:
        appended(found, path, node, text.error, Test(codes=codes), reached, False)


def _recased(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("upper", "lower")


def _apart(found: Errors, path: str, node: ast.Call, text: Said) -> None:
    if text.named or (reached := found.origin(path, text.error)) is None:
        return
    line = node.lineno
    review(found, reached, f'line {line} takes the text of an error apart, which now begins with "Error code: "')


def _untold(found: Errors, reached: Reached, node: ast.Compare, name: str) -> None:
    review(found, reached, f"line {node.lineno} looks for {name} in the text of an error, which no longer has it")


def review(found: Errors, reached: Reached, note: str) -> None:
    """Asks for a review of the requests that move among what raises an error."""

    def work() -> None:
        for site in [call.site for call in reached.calls if found.requests(call)]:
            found.plan.review(site, note)

    found.plan.closing.append(work)


def _status_name(text: str) -> str:
    """The name of a status that a text is; a word in lower case is one only where no sentence would have it."""
    return text.upper() if "_" in text else text
