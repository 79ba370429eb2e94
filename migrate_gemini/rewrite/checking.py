"""`if TYPE_CHECKING:` blocks: imports that only annotations need."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeGuard

NAME = "TYPE_CHECKING"


def block(node: ast.AST) -> TypeGuard[ast.If]:
    """Whether a statement is such a block, and nothing else."""
    if not isinstance(node, ast.If) or node.orelse:
        return False
    test = node.test
    return (test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")) == NAME


def only_in_annotations(tree: ast.Module, name: str, further: Sequence[str]) -> bool:
    """Whether a name is used, and in annotations only. further: code that is put into the module."""
    if any(name in code for code in further):
        return False
    inside = {node for annotation in _annotations(tree) for node in ast.walk(annotation)}
    return all(
        node in inside
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
        and node.id == name
        or isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and name in node.value
    )


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(annotation, ast.expr):
                yield annotation


def unneeded(tree: ast.Module, gone: Sequence[ast.stmt]) -> tuple[ast.ImportFrom, list[ast.alias]] | None:
    """The import of TYPE_CHECKING and its other names, where no block but those that go uses it."""
    tests = {node for statement in gone for node in ast.walk(statement)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == NAME and node not in tests:
            return None
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and any(a.name == NAME and not a.asname for a in node.names):
            return node, [a for a in node.names if a.name != NAME]
    return None
