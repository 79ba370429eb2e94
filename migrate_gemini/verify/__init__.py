"""Holds rewritten code against the google-genai that is installed: `--verify`.

The calls, names and dicts that stand in the new text and not in the old one are read off the syntax, bound to the
SDK's own signatures and checked against the types that it declares. What an expression is known to be is followed
through names, attributes of `self`, dicts that are spread, and functions of the same module; what is not known is not
checked. Nothing that is read is run, and nothing is sent.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ..sdk.names import OLD
from ..sdk.surface import PARAMETERS, REQUESTS
from .calls import Calls, shapes
from .reads import Reads
from .sdk import Sdk, Unavailable, load
from .values import Names, dump

__all__ = ["Problem", "Sdk", "Unavailable", "check", "load", "verifier"]

_NAMED = 3


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What the SDK would refuse, and the line of the new text where it stands."""

    line: int
    message: str


def check(old: str, new: str, sdk: Sdk) -> list[Problem]:
    """What is wrong with what was written into a module: nothing where all of it fits the SDK."""
    before, after = ast.parse(old), ast.parse(new)
    looked_at = (ast.Call, ast.Attribute, ast.Compare, ast.Import, ast.ImportFrom)
    known = Counter(dump(node) for node in ast.walk(before) if isinstance(node, looked_at))
    functions = frozenset(dump(node.func) for node in ast.walk(before) if isinstance(node, ast.Call))
    emitted = Calls(sdk, Names(after), Counter(known), functions, shapes(before), _refused(before))
    found = list(emitted.problems())
    reads = (node for node in ast.walk(before) if isinstance(node, ast.Attribute))
    never = frozenset(dump(node) for node in reads if node.attr not in OLD)  # these raised before as well
    found += Reads(sdk, emitted.names, emitted.answers, never).problems()
    found += Reads(sdk, emitted.names, emitted.kept, frozenset(known)).problems()
    return sorted({Problem(line, message) for line, message in found})


def _refused(tree: ast.Module) -> frozenset[str]:
    """The keywords of old requests that their method never took: these raised TypeError before as well."""
    found: set[str] = set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in REQUESTS:
            owner = call.func.value
            kind = "Models" if isinstance(owner, ast.Attribute) and owner.attr == "models" else "LModel"
            given = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
            found |= given.difference(PARAMETERS[kind])
    return frozenset(found)


def verifier(sdk: Sdk) -> Callable[[str, str], str | None]:
    """A function of the old and new text of a module: one line that says what is wrong with the new one, or None."""

    def verify(old: str, new: str) -> str | None:
        found = check(old, new, sdk)
        if not found:
            return None
        lines = [f"line {problem.line} of the new text: {problem.message}" for problem in found[:_NAMED]]
        more = [f"{len(found) - _NAMED} more"] if len(found) > _NAMED else []
        return f"is not written, for it would not fit google-genai {sdk.version}: {'; '.join([*lines, *more])}"

    return verify
