"""Functions that give what they are given: `def retry(call): ... return call()`. What each call of one gives is
followed on its own, so that the answer of a request is not taken for what the other callers get."""

from __future__ import annotations

import ast

from .values import Func, FunctionNode

CASES = 16
"""So many calls of one function are told apart."""
_LARGE = 40
"""Functions with more statements are not."""
_PASSING = frozenset(
    """run_in_executor to_thread submit apply_async wait_for shield create_task ensure_future gather next anext iter
    cast copy deepcopy run run_until_complete run_sync""".split()
)
"""What gives back what it is given, or calls it, by its last name."""


class Case(Func):
    """A function as one call of it runs it. of: the function."""

    __slots__ = ("of",)

    def __init__(self, func: Func) -> None:
        super().__init__(func.node, func.scope, func.cls, func.is_generator)
        self.of = func


def passes(func: Func) -> bool:
    """Whether a function gives one of its parameters, or what a call of one gives."""
    node = func.node
    names = {arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)} - {"self", "cls"}
    if not names:
        return False
    if isinstance(node, ast.Lambda):
        return _passed(node.body, names)
    nodes = list(_own(node))
    if sum(isinstance(inner, ast.stmt) for inner in nodes) > _LARGE:
        return False
    for _ in range(2):
        for inner in nodes:
            if isinstance(inner, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
                targets = inner.targets if isinstance(inner, ast.Assign) else [inner.target]
                if inner.value is not None and _passed(inner.value, names):
                    names.update(target.id for target in targets if isinstance(target, ast.Name))
            elif isinstance(inner, (ast.For, ast.AsyncFor)) and isinstance(inner.target, ast.Name):
                if _passed(inner.iter, names):
                    names.add(inner.target.id)
    return any(
        isinstance(inner, (ast.Return, ast.Yield, ast.YieldFrom))
        and inner.value is not None
        and _passed(inner.value, names)
        for inner in nodes
    )


def _own(node: FunctionNode) -> list[ast.AST]:
    """The nodes of a function without those of the functions and classes in it."""
    found: list[ast.AST] = []
    todo: list[ast.AST] = list(ast.iter_child_nodes(node))
    while todo:
        inner = todo.pop()
        if not isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            found.append(inner)
            todo.extend(ast.iter_child_nodes(inner))
    return found


def _passed(node: ast.expr, names: set[str]) -> bool:
    """Whether an expression is one of these names, or what one of them gives when it is called or awaited."""
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, (ast.Await, ast.NamedExpr, ast.Starred)):
        return _passed(node.value, names)
    if isinstance(node, ast.IfExp):
        return _passed(node.body, names) or _passed(node.orelse, names)
    if isinstance(node, ast.BoolOp):
        return any(_passed(value, names) for value in node.values)
    if isinstance(node, ast.Tuple):
        return any(_passed(value, names) for value in node.elts)
    if not isinstance(node, ast.Call):
        return False
    func = node.func
    if isinstance(func, ast.Name) and func.id in names:
        return True
    if isinstance(func, ast.Attribute) and func.attr == "result" and _passed(func.value, names):
        return True
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in _PASSING and any(_passed(arg, names) for arg in node.args)
