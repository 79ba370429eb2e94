"""Answers in a container: shown with it, or handed with it to code that cannot be seen, also one by one."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable

from ..infer import library
from ..infer.values import EMPTY, Box, Ext, Obj, Value, Values
from ..sdk import first_schema
from .plan import Plan
from .reasons import Reason

_ANSWERS = frozenset("Response Chunk Candidates Candidate Answer Parts Part Usage Calls Call".split())
_KINDS = _ANSWERS | first_schema.KINDS
_DEEP = 3
_KEYED = frozenset(("builtins.sorted", "builtins.min", "builtins.max", "itertools.groupby"))
_PASSES_ON = frozenset(("tqdm", "rich", "more_itertools", "anyio", "trio", "typing_extensions"))
"""Packages that give what they get, or show it; the standard library's modules do, too."""


def survey(plan: Plan, path: str) -> None:
    """Notes what a module does with answers that are in a container."""
    for node, boxes in _containers(plan, path):
        role, parent = plan.role(path, node)
        if role in ("show", "format"):
            for obj in _inside(plan, boxes, _DEEP):
                plan.review(obj.site, f"line {node.lineno} shows the whole object, which now looks different")
        elif role == "escape" and isinstance(parent, ast.Call) and _unseen(plan, parent):
            _escapes(plan, path, parent, _inside(plan, boxes, _DEEP))
    for call in plan.facts(path).every(ast.Call):
        function, items = _applied(plan, call)
        if function is not None and not _is_seen(plan.values(function)):
            objects = [obj for item in items for obj in plan.program.machine.elements(plan.values(item))]
            _escapes(plan, path, call, [obj for obj in objects if isinstance(obj, Obj) and obj.kind in _KINDS])


def _containers(plan: Plan, path: str) -> list[tuple[ast.expr, list[Box]]]:
    found = []
    for node in plan.facts(path).nodes:
        if isinstance(node, ast.expr):
            boxes = [value for value in plan.values(node) if isinstance(value, Box)]
            if boxes:
                found.append((node, boxes))
    return found


def _inside(plan: Plan, boxes: list[Box], depth: int) -> list[Obj]:
    """The answers that these containers hold, or containers in them, each once."""
    found: dict[Obj, None] = {}
    seen = set(boxes)
    for _ in range(depth + 1):
        inner: list[Box] = []
        for box in boxes:
            for value in plan.program.machine.cells.get(("e", box, "#"), EMPTY):
                if isinstance(value, Box) and value not in seen:
                    seen.add(value)
                    inner.append(value)
                elif isinstance(value, Obj) and value.kind in _KINDS:
                    found[value] = None
        boxes = inner
    return list(found)


def _escapes(plan: Plan, path: str, call: ast.Call, objects: Iterable[Obj]) -> None:
    """Keeps answers that are handed to code that cannot be seen; an interaction is one there, too."""
    detail = ""
    for obj in objects:
        detail = detail or plan.source(path, call)
        if obj.kind in _ANSWERS:
            plan.fail(obj.site, Reason.ESCAPES, detail, path, call)
        else:
            plan.review(obj.site, f"line {call.lineno} hands the interaction to {detail}; see its reads")


def _unseen(plan: Plan, call: ast.Call) -> bool:
    """Whether what a call does with its arguments is neither seen nor known."""
    callees = plan.program.machine.callees.get(call, EMPTY)
    return not plan.values(call) and not any(_is_known(value) for value in callees)


def _is_known(value: Value) -> bool:
    """Whether a function of a package is known not to look into what it gets."""
    root = value.path.partition(".")[0] if isinstance(value, Ext) else ""
    return root in ("builtins", *_PASSES_ON) or root in sys.stdlib_module_names


def _is_seen(functions: Values) -> bool:
    return bool(functions) and all(not isinstance(value, Ext) or _is_known(value) for value in functions)


def _applied(plan: Plan, call: ast.Call) -> tuple[ast.expr | None, list[ast.expr]]:
    """The function that a call applies to each element of some containers, and these; None where it applies none."""
    callees = plan.program.machine.callees.get(call, EMPTY)
    paths = {value.path for value in callees if isinstance(value, Ext)}
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    key = next((keyword.value for keyword in call.keywords if keyword.arg == "key"), None)
    if paths & (library.APPLIES | {"functools.reduce"}) or method in library.MAPPERS:
        return (call.args[0], call.args[1:]) if len(call.args) > 1 else (None, [])
    if key is not None and paths & _KEYED:
        return key, call.args[:1]
    if key is not None and method == "sort" and isinstance(call.func, ast.Attribute):
        return key, [call.func.value]
    return None, []
