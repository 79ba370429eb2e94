"""A try whose first read always raised, as that of `response.usage` with `except AttributeError`, where no answer had a
usage. An interaction has one, so what the clause does takes the place of the try."""

from __future__ import annotations

import ast
import builtins

from ..infer.values import Ext, Obj
from . import context, folds, never, origins
from .plan import Plan
from .stream_ends import suite_lines


def survey(plan: Plan) -> None:
    """Finds them before all other uses are surveyed, because what never runs is no use."""
    for path, facts in plan.program.modules.items():
        for node in facts.every(ast.Try):
            handler = None if node.finalbody else _handler(plan, node)
            read = _read(plan, path, node.body[0]) if handler is not None else None
            if handler is not None and read is not None and node not in plan.handled:
                _give_way(plan, path, node, handler, read)


def _handler(plan: Plan, node: ast.Try) -> ast.ExceptHandler | None:
    """The clause that catches AttributeError and does not look at it; None where that is not sure."""
    for handler in node.handlers:
        items = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        classes = [_builtin(plan, item) for item in items]
        if None in classes:
            return None
        if any(issubclass(AttributeError, one) for one in classes if one is not None):
            body = [inner for statement in handler.body for inner in ast.walk(statement)]
            return None if any(_looks(inner, handler.name) for inner in body) else handler
    return None


def _looks(node: ast.AST, name: str | None) -> bool:
    """Whether a node of a clause has to do with the error that it caught."""
    if isinstance(node, ast.Raise):
        return node.exc is None
    if isinstance(node, ast.Name):
        return node.id == name
    word = node.attr if isinstance(node, ast.Attribute) else node.arg if isinstance(node, ast.keyword) else None
    return word is not None and word.startswith(("exc", "print_exc", "format_exc"))


def _builtin(plan: Plan, node: ast.expr | None) -> type[BaseException] | None:
    """A class of errors that Python itself has; None for others."""
    if node is None:
        return BaseException
    values = list(plan.values(node))
    named = values[0].path if len(values) == 1 and isinstance(values[0], Ext) else ""
    found = getattr(builtins, named.removeprefix("builtins."), None) if named.startswith("builtins.") else None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _read(plan: Plan, path: str, statement: ast.stmt) -> ast.Attribute | None:
    """The read of what only an interaction has that a statement does before all else."""
    if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return)):
        return None
    reads = [node for node in ast.walk(statement) if isinstance(node, ast.Attribute) and plan.objects(node.value)]
    first = min(reads, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0), default=None)
    if first is None or not isinstance(first.value, ast.Name):
        return None
    raises = never.only_now(plan, first.attr, plan.objects(first.value)) and origins.sure(plan, path, first.value)
    return first if raises and context.hoistable(plan.facts(path), first) else None


def _give_way(plan: Plan, path: str, node: ast.Try, handler: ast.ExceptHandler, read: ast.Attribute) -> None:
    """Puts the body of a clause in the place of its try."""
    parts = [*node.body, *node.orelse, *(other for other in node.handlers if other is not handler)]
    gone: set[ast.AST] = {inner for part in parts for inner in ast.walk(part)}
    if not folds.removable(plan, path, node, gone):
        return
    objects: list[Obj] = plan.objects(read.value)
    plan.handled.update(gone)
    note = f"{never.told(objects, read.attr)}: the try always ended in its clause, whose body stands there now"
    index = node.handlers.index(handler)
    idle = all(isinstance(statement, ast.Pass) for statement in handler.body)

    def work() -> None:
        edit = plan.statement(path, node)
        if idle:
            edit.remove = edit.whole = True
        else:
            edit.head = lambda tree: suite_lines(tree.handlers[index].body)
        plan.find(path, read, "MG503", "needs_review", note + never.instead(objects, read.attr))

    plan.when_moving(objects[0].site, work)
