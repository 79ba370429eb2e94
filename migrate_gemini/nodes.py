"""Walks trees of `ast` faster than that module does: contexts and operators, no code of their own, are passed over."""

from __future__ import annotations

import ast

_NO_CODE = frozenset(
    "ctx op ops id attr kind type_comment type_ignores conversion level asname is_async simple".split()
)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {ast.Constant: (), ast.alias: ()}


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right inside of a node, in the order of `ast.iter_child_nodes`."""
    kind = type(node)
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _NO_CODE)
    found: list[ast.AST] = []
    for name in fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(tree: ast.AST) -> list[ast.AST]:
    """A node and all nodes inside of it, in the order of `ast.walk`."""
    nodes = [tree]
    for node in nodes:
        nodes += children(node)
    return nodes
