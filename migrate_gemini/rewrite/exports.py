"""Names that the modules of a program take from one another. An import that goes from one module, because nothing there
uses it any more, may be what another one takes the name from."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping

from ..lines import Lines, newline_of
from ..nodes import children, walk
from . import module_names
from .heads import apply
from .imports import edit, used_names
from .plan import Plan

Again = Callable[[str, frozenset[str]], str]
"""A module and names that have to stay bound in it -> its new text."""


def settle(plan: Plan, texts: Mapping[str, str], again: Again) -> dict[str, str]:
    """The new texts, none of which takes from another what is not there any more: what is used stays where it is taken
    from, what is not is taken no more.

    texts: of the modules that may change, by path.
    """
    out = dict(texts)
    if len(plan.program.modules) < 2:
        return out
    gone = {path: names for path, text in out.items() if (names := _gone(plan, path, text))}
    stay: dict[str, set[str]] = {}
    for source, name, _, _ in _lost(plan, out, gone, used=True):
        stay.setdefault(source, set()).add(name)
    for source, names in stay.items():
        out[source] = again(source, frozenset(names))
        gone[source] = _gone(plan, source, out[source])
    cut: dict[str, list[tuple[ast.ImportFrom, ast.alias]]] = {}
    for _, _, importer, place in _lost(plan, out, gone, used=False):
        if place is not None:
            cut.setdefault(importer, []).append(place)
    for importer, places in cut.items():
        out[importer] = _without(out[importer], places)
    return out


def _lost(
    plan: Plan, texts: Mapping[str, str], gone: Mapping[str, set[str]], used: bool
) -> Iterator[tuple[str, str, str, tuple[ast.ImportFrom, ast.alias] | None]]:
    """(module, name, importer, its import) for what is taken from a module that has it no more (gone: the names, by
    module), and is used or not."""
    for importer, facts in plan.program.modules.items() if gone else ():
        sources = [path for path in gone if path != importer and module_names.names(plan, importer, path)]
        if not sources:
            continue
        text = texts.get(importer, facts.text)
        nodes = facts.nodes if text == facts.text else walk(ast.parse(text))
        names = used_names(nodes)
        read = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
        on = module_names.taken(plan, importer)
        for node in nodes:
            if used:
                for source, said in module_names.said(plan, importer, node, sources):
                    yield from ((source, name, importer, None) for name in gone[source] if f"{said}.{name}" in read)
            if not isinstance(node, ast.ImportFrom):
                continue
            origin = plan.program.index.resolve(importer, node.module or "", node.level)
            if origin is None or origin not in sources:
                continue
            for alias in node.names:
                if alias.name == "*" and used:
                    yield from ((origin, name, importer, None) for name in gone[origin] & names)
                elif alias.name in gone[origin]:
                    name = alias.asname or alias.name
                    if used == (name in names or name in on or "*" in on or importer not in texts):
                        yield origin, alias.name, importer, (node, alias)


def _gone(plan: Plan, path: str, text: str) -> set[str]:
    """The names that a module's own imports bound, and that its new text does not bind any more."""
    facts = plan.facts(path)
    if text == facts.text:
        return set()
    before = _imported(facts.nodes)
    return before - _bound(walk(ast.parse(text))) if before else before


def _imported(nodes: Iterable[ast.AST]) -> set[str]:
    found = (node.names for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)))
    return {(alias.asname or alias.name).partition(".")[0] for names in found for alias in names} - {"*"}


def _bound(nodes: Iterable[ast.AST]) -> set[str]:
    nodes = list(nodes)
    found = _imported(nodes)
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
    return found


def _without(text: str, places: Iterable[tuple[ast.ImportFrom, ast.alias]]) -> str:
    """A text without these names of its imports."""
    wanted = {(node.lineno, alias.name, alias.asname) for node, alias in places}
    tree = ast.parse(text)
    lines, parents = Lines(text), {child: node for node in walk(tree) for child in children(node)}
    kept = {
        node: [alias for alias in node.names if (node.lineno, alias.name, alias.asname) not in wanted]
        for node in parents
        if isinstance(node, ast.ImportFrom)
    }
    whole: set[ast.Import | ast.ImportFrom] = {node for node, names in kept.items() if not names}
    changed = [node for node, names in kept.items() if len(names) < len(node.names)]
    return apply(text, [edit(lines, node, kept[node], "", parents, whole, newline_of(text)) for node in changed])
