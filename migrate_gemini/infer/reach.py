"""Facts of a whole program that a rewrite depends on: where None is tested for, what runs inside a try."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from .program import Program
from .values import NONE, Bound, Box, Class, Func, Obj, Site, Values


@dataclass(slots=True)
class Reach:
    """none_tested: sites whose text is compared with None, or kept where None may be, too.

    called_in_try: functions that run, directly or through others, inside a try that catches ValueError.
    called: function -> functions that it calls.
    """

    none_tested: set[Site] = field(default_factory=set)
    called: dict[ast.AST, set[ast.AST]] = field(default_factory=dict)
    called_in_try: set[ast.AST] = field(default_factory=set)


def reach(program: Program) -> Reach:
    """Computes the facts for a program that has run."""
    found = Reach()
    vals = program.vals
    calls = found.called
    todo: list[ast.AST] = []
    for facts in program.modules.values():
        stack: list[tuple[ast.AST, ast.AST | None, bool]] = [(facts.tree, None, False)]
        while stack:
            node, function, caught = stack.pop()
            if isinstance(node, ast.Compare):
                _none_test(node, vals, found)
            elif isinstance(node, ast.Call):
                for target in _targets(program, node):
                    if caught:
                        todo.append(target)
                    if function is not None:
                        calls.setdefault(function, set()).add(target)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                function, caught = node, False
            if isinstance(node, ast.Try):
                inside = caught or any(catches(handler.type) for handler in node.handlers)
                stack.extend((child, function, inside) for child in node.body)
                rest: list[ast.AST] = [*node.handlers, *node.orelse, *node.finalbody]
                stack.extend((child, function, caught) for child in rest)
                continue
            stack.extend((child, function, caught) for child in ast.iter_child_nodes(node))
    for values in vals.values():
        if NONE in values:
            found.none_tested.update(v.site for v in values if isinstance(v, Obj) and v.kind == "Text")
    while todo:
        target = todo.pop()
        if target not in found.called_in_try:
            found.called_in_try.add(target)
            todo.extend(calls.get(target, ()))
    return found


def catches(handler: ast.expr | None) -> bool:
    """Whether an except clause catches ValueError."""
    if handler is None:
        return True
    if isinstance(handler, ast.Tuple):
        return any(catches(item) for item in handler.elts)
    return isinstance(handler, ast.Name) and handler.id in ("ValueError", "Exception", "BaseException")


def raised_in(program: Program, body: ast.Try, found: Reach) -> set[ast.AST]:
    """The functions that run inside a try, directly or through others."""
    todo = [t for s in body.body for n in ast.walk(s) if isinstance(n, ast.Call) for t in _targets(program, n)]
    seen: set[ast.AST] = set()
    while todo:
        target = todo.pop()
        if target not in seen:
            seen.add(target)
            todo.extend(found.called.get(target, ()))
    return seen


def _none_test(node: ast.Compare, vals: Mapping[ast.AST, Values], found: Reach) -> None:
    sides = [node.left, *node.comparators]
    if any(isinstance(side, ast.Constant) and side.value is None for side in sides):
        for side in sides:
            for value in vals.get(side, ()):
                if isinstance(value, Obj) and value.kind == "Text":
                    found.none_tested.add(value.site)


def _targets(program: Program, call: ast.Call) -> list[ast.AST]:
    targets: list[ast.AST] = []
    for callee in program.machine.callees.get(call, ()):
        if isinstance(callee, Func):
            targets.append(callee.node)
        elif isinstance(callee, Bound):
            targets.append(callee.func.node)
        elif isinstance(callee, Class) and "__init__" in callee.methods:
            targets.append(callee.methods["__init__"].node)
        elif isinstance(callee, Box):
            continue
    # a property, or a coroutine made elsewhere, runs where it is read; both are rare around a try
    return targets
