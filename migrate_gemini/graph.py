"""Chooses the modules that can matter and joins those that import each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeVar

from .modules import Import, ModuleIndex

Node = TypeVar("Node")
Imports = Callable[[str], tuple[Import, ...]]


def choose(seeds: Iterable[str], project: Iterable[str], wider: ModuleIndex, imports: Imports) -> list[list[str]]:
    """The groups of modules to look at together; each group and each module in it sorted by path.

    seeds: the modules that name an SDK. Whatever in the project imports one of them, directly or not, may hold a
    model or a response without naming the SDK; whatever those import may hold a constant that they use.
    wider: the index for those last; it may know modules beyond the project.
    """
    chosen = _importers(set(seeds), frozenset(project), imports)
    edges: dict[str, list[str]] = {}
    pending = sorted(chosen)
    while pending:
        path = pending.pop()
        if path in edges:
            continue
        edges[path] = _targets(path, wider, imports)
        pending.extend(edges[path])
    return _components(edges)


def _importers(seeds: set[str], project: AbstractSet[str], imports: Imports) -> set[str]:
    if not seeds:
        return set()
    index = ModuleIndex(project)
    importers: dict[str, list[str]] = {}
    for path in project:
        for target in _targets(path, index, imports):
            importers.setdefault(target, []).append(path)
    return reached(seeds, importers)


def reached(start: Iterable[Node], links: Mapping[Node, Iterable[Node]]) -> set[Node]:
    """What links lead to from a start, itself included."""
    found: set[Node] = set()
    pending = list(start)
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending.extend(links.get(node, ()))
    return found


def _targets(path: str, index: ModuleIndex, imports: Imports) -> list[str]:
    found = (target for statement in imports(path) for target in index.targets(path, statement))
    return [target for target in dict.fromkeys(found) if target != path]


def _components(edges: Mapping[str, list[str]]) -> list[list[str]]:
    parent = {path: path for path in edges}

    def root(path: str) -> str:
        while parent[path] != path:
            parent[path] = parent[parent[path]]
            path = parent[path]
        return path

    for path, targets in edges.items():
        for target in targets:
            parent[root(target)] = root(path)
    groups: dict[str, list[str]] = {}
    for path in sorted(edges):
        groups.setdefault(root(path), []).append(path)
    return sorted(groups.values())
