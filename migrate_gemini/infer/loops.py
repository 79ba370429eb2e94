"""Which variables carry something from one round of a loop into the next."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from ..nodes import children

_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def carried(loop: ast.For | ast.AsyncFor | ast.While) -> frozenset[str]:
    """The variables that a loop may read before it assigns them: what they get in one round shows in the next.

    Never one too few; inner functions do not count, they read cells.
    """
    found: set[str] = set()
    sure: set[str] = set()
    if isinstance(loop, ast.While):
        _reads([loop.test], sure, found)
    else:
        _reads([loop.iter], sure, found)
        sure |= _bound(loop.target, found, sure)
    _block(loop.body, sure, found)
    return frozenset(found)


def _block(body: Sequence[ast.stmt], sure: set[str], found: set[str]) -> None:
    """Adds what statements read to `found`, unless it is surely assigned by then; `sure` grows by what they assign."""
    for node in body:
        if isinstance(node, ast.If):
            _reads([node.test], sure, found)
            branches = []
            for branch in (node.body, node.orelse):
                inside = set(sure)
                _block(branch, inside, found)
                if not branch or not isinstance(branch[-1], _ENDS):
                    branches.append(inside)
            if branches:
                sure |= set.intersection(*branches)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            _reads([node.iter], sure, found)
            _block(node.body, sure | _bound(node.target, found, sure), found)
            _block(node.orelse, set(sure), found)
        elif isinstance(node, ast.While):
            _reads([node.test], sure, found)
            _block(node.body, set(sure), found)
            _block(node.orelse, set(sure), found)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                _reads([item.context_expr], sure, found)
                if item.optional_vars is not None:
                    sure |= _bound(item.optional_vars, found, sure)
            _block(node.body, sure, found)
        elif isinstance(node, ast.Assign):
            _reads([node.value], sure, found)
            for target in node.targets:
                sure |= _bound(target, found, sure)
        elif isinstance(node, ast.AnnAssign):
            _reads([node.value] if node.value is not None else [], sure, found)
            sure |= _bound(node.target, found, sure) if node.value is not None else set()
        elif isinstance(node, ast.AugAssign):
            _reads([node.value, node.target], sure, found)
            if isinstance(node.target, ast.Name) and node.target.id not in sure:
                found.add(node.target.id)
        elif isinstance(node, _SCOPES):
            _reads(node.decorator_list, sure, found)
            if not isinstance(node, ast.ClassDef):
                _reads([node.args], sure, found)
        elif isinstance(node, ast.Try):
            inside = set(sure)
            _block([*node.body, *node.orelse], inside, found)
            for handler in node.handlers:
                _reads([handler.type] if handler.type is not None else [], sure, found)
                _block(handler.body, set(sure), found)
            if all(isinstance(handler.body[-1], _ENDS) for handler in node.handlers):
                sure |= inside
            _block(node.finalbody, sure, found)
        else:  # what stands in a match may run or not
            for child in children(node):
                if isinstance(child, ast.match_case):
                    _reads([child.guard] if child.guard is not None else [], sure, found)
                    _block(child.body, set(sure), found)
                else:
                    _reads([child], sure, found)


def _reads(nodes: Iterable[ast.AST], sure: set[str], found: set[str]) -> None:
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load) and node.id not in sure:
                found.add(node.id)
        else:
            todo += children(node)


def _bound(target: ast.expr, found: set[str], sure: set[str]) -> set[str]:
    """The variables that a target assigns; what it reads is added to `found`."""
    if isinstance(target, ast.Name):
        return {target.id}
    if isinstance(target, (ast.Tuple, ast.List)):
        return set().union(*(_bound(item, found, sure) for item in target.elts))
    if isinstance(target, ast.Starred):
        return _bound(target.value, found, sure)
    _reads([target], sure, found)
    return set()
