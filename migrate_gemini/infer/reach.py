"""Facts of a whole program that a rewrite depends on: where None is tested for, what runs inside a try."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ..sdk.doubles import NONE_JUDGES
from .program import ModuleFacts, Program
from .values import NONE, Bound, Box, Class, Ext, Func, Inst, Obj, Site, Values


@dataclass(slots=True)
class Reach:
    """none_tested: sites whose text is compared with None, or kept where None may be, too.

    called_in_try: functions that run, directly or through others, inside a try that catches ValueError.
    called: function -> functions that it calls.
    handed: function -> functions that it hands to code that cannot be seen, such as builtins.map.
    managed: function that a with statement calls -> those statements.
    """

    none_tested: set[Site] = field(default_factory=set)
    called: dict[ast.AST, set[ast.AST]] = field(default_factory=dict)
    handed: dict[ast.AST, set[ast.AST]] = field(default_factory=dict)
    managed: dict[ast.AST, list[ast.With | ast.AsyncWith]] = field(default_factory=dict)
    called_in_try: set[ast.AST] = field(default_factory=set)


def reach(program: Program) -> Reach:
    """Computes the facts for a program that has run."""
    found = Reach()
    vals = program.vals
    calls = found.called
    todo: list[ast.AST] = []
    for facts in program.modules.values():
        for compared in facts.every(ast.Compare):
            _none_test(compared, vals, found)
        run: list[tuple[ast.AST, list[ast.AST]]] = []
        for call in facts.every(ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr in NONE_JUDGES:
                _texts(call.args[:1], vals, found)
            if handed := _handed(program, call):
                function, _ = _around(facts, call)
                if function is not None:
                    found.handed.setdefault(function, set()).update(handed)
            run.append((call, _targets(program, call)))
        run += [(node, _property(program, node)) for node in facts.every(ast.Attribute)]
        for node, targets in run:
            if targets:
                function, caught = _around(facts, node)
                if caught:
                    todo += targets
                if function is not None:
                    calls.setdefault(function, set()).update(targets)
        blocks: list[ast.With | ast.AsyncWith] = [*facts.every(ast.With), *facts.every(ast.AsyncWith)]
        for block in blocks:
            for item in block.items:
                if isinstance(item.context_expr, ast.Call):
                    for target in _targets(program, item.context_expr):
                        found.managed.setdefault(target, []).append(block)
    for values in vals.values():
        if NONE in values:
            found.none_tested.update(v.site for v in values if isinstance(v, Obj) and v.kind == "Text")
    while todo:
        target = todo.pop()
        if target not in found.called_in_try:
            found.called_in_try.add(target)
            todo.extend(calls.get(target, ()))
    return found


def _around(facts: ModuleFacts, node: ast.AST) -> tuple[ast.AST | None, bool]:
    """The function around a node, and whether a try in it catches a ValueError that is raised at the node."""
    caught = False
    outer = facts.parents.get(node)
    while outer is not None and not isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        if isinstance(outer, ast.Try) and not caught and node in outer.body:
            caught = any(catches(handler.type) for handler in outer.handlers)
        node, outer = outer, facts.parents.get(outer)
    return outer, caught


def catches(handler: ast.expr | None, names: Collection[str] = ("ValueError",)) -> bool:
    """Whether an except clause catches what is raised by one of these names, which are no class of a module."""
    if handler is None:
        return True
    if isinstance(handler, ast.Tuple):
        return any(catches(item, names) for item in handler.elts)
    return isinstance(handler, ast.Name) and handler.id in (*names, "Exception", "BaseException")


def raised_in(program: Program, body: Sequence[ast.AST], found: Reach) -> set[ast.AST]:
    """The functions that statements or expressions run, directly or through others."""
    todo: list[ast.AST] = []
    for node in (inner for statement in body for inner in ast.walk(statement)):
        if isinstance(node, ast.Call):
            todo += [*_targets(program, node), *_handed(program, node)]
        elif isinstance(node, ast.Attribute):
            todo += _property(program, node)
    seen: set[ast.AST] = set()
    while todo:
        target = todo.pop()
        if target not in seen:
            seen.add(target)
            todo.extend(found.called.get(target, ()))
            todo.extend(found.handed.get(target, ()))
    return seen


def _none_test(node: ast.Compare, vals: Mapping[ast.AST, Values], found: Reach) -> None:
    sides = [node.left, *node.comparators]
    if any(isinstance(side, ast.Constant) and side.value is None for side in sides):
        _texts(sides, vals, found)


def _texts(sides: Sequence[ast.expr], vals: Mapping[ast.AST, Values], found: Reach) -> None:
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
        elif isinstance(callee, Inst):
            targets += [cls.methods["__call__"].node for cls in callee.cls.mro() if "__call__" in cls.methods][:1]
        elif isinstance(callee, Box) and callee.type == "partial" and isinstance(callee.node, ast.Call):
            targets += _functions(program, callee.node.args[:1])
    return targets


def _handed(program: Program, call: ast.Call) -> list[ast.AST]:
    """The functions of the project among the arguments of a call of something else."""
    callees = program.machine.callees.get(call, frozenset())
    if callees and not any(isinstance(callee, Ext) for callee in callees):
        return []
    return _functions(program, [*call.args, *(keyword.value for keyword in call.keywords)])


def _functions(program: Program, nodes: Sequence[ast.expr]) -> list[ast.AST]:
    """The functions of the project that expressions may be."""
    values = [value for node in nodes for value in program.vals.get(node, ())]
    functions = [value.func if isinstance(value, Bound) else value for value in values]
    return [function.node for function in functions if isinstance(function, Func)]


def _property(program: Program, node: ast.Attribute) -> list[ast.AST]:
    """The functions that a read of a property runs."""
    found: list[ast.AST] = []
    for value in program.vals.get(node.value, ()):
        if isinstance(value, Inst):
            made = next((cls.methods[node.attr] for cls in value.cls.mro() if node.attr in cls.methods), None)
            decorators = getattr(made.node, "decorator_list", []) if made is not None else []
            if made is not None and any("property" in ast.unparse(decorator) for decorator in decorators):
                found.append(made.node)
    return found
