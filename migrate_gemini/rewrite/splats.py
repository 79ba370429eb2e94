"""Arguments in a dict: `generate_content(**params)`.

A dict that is written in the call is taken apart there. One that has a name stays where it is, with the new names of
its keys, as long as all that is done with it is to be spread in one call.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..infer.values import NONE, Box
from . import context
from .call import WIDTH, Item, as_dict, remake
from .edits import Context
from .plan import Plan
from .written import entries, is_maker

Entry: TypeAlias = tuple[str, ast.expr, ast.expr | ast.keyword]
"""An argument: its name, its value, and the key or keyword that gives it."""


@dataclass(slots=True)
class Store:
    """`kwargs["name"] = value`: an argument that a dict which is spread in a call gets later, or only sometimes."""

    path: str
    name: str
    value: ast.expr
    target: ast.Subscript

    def edit(self, plan: Plan, made: Callable[[Context], Sequence[Item]]) -> None:
        """Asks for the arguments that this one becomes to be put into the dict in its place."""
        statement = plan.facts(self.path).parents[self.target]
        assert isinstance(statement, ast.Assign)

        def lines(c: Context) -> str:
            with c.without(self.value):
                items = made(c)
            base = c.code(self.target.value)
            if len(items) != 1 or items[0].star:
                given = [f"{item.star or item.name + '='}{_code(c, item)}" for item in items]
                flat = f"{base}.update({', '.join(given)})"
                if not given or len(c.indentation(self.target)) + len(flat) <= WIDTH:
                    return flat if given else "pass"
                _, step, newline = c.layout(self.target)
                return f"{base}.update({newline}" + "".join(f"{step}{item},{newline}" for item in given) + ")"
            key = c.code(self.target.slice) if items[0].name == self.name else f'"{items[0].name}"'
            return f"{base}[{key}] = {_code(c, items[0])}"

        plan.statement(self.path, statement).replace = lines


@dataclass(slots=True)
class Splat:
    """A dict that is spread in a call, with the place where it is written out, and what it gets later."""

    path: str
    maker: ast.expr
    entries: list[Entry]
    stores: list[Store]

    @property
    def given(self) -> dict[str, ast.expr]:
        """The arguments by name."""
        return {name: value for name, value, _ in self.entries}

    @property
    def old(self) -> dict[str, ast.expr | ast.keyword]:
        """The places of the arguments by name."""
        return {name: place for name, _, place in self.entries}

    @property
    def later(self) -> set[str]:
        """The arguments that are put into it."""
        return {store.name for store in self.stores}

    def edit(self, plan: Plan, items: Callable[[Context], Sequence[Item]]) -> None:
        """Asks for the dict to be made of these items, laid out as it was."""
        maker = self.maker
        if not self.entries:
            return

        def made(c: Context) -> object:
            if isinstance(maker, ast.Call):
                return remake(c, maker, "dict", items(c))
            assert isinstance(maker, ast.Dict)
            return as_dict(c, maker, [(item.name, item.value, item.old) for item in items(c)])

        plan.expression(self.path, maker, made)  # type: ignore[arg-type]


def _code(c: Context, item: Item) -> str:
    return item.value if isinstance(item.value, str) else c.module.code_for_node(item.value)


def inline(plan: Plan, node: ast.expr) -> list[Entry] | None:
    """The arguments of a dict that is written out where it is spread; None for any other."""
    written = isinstance(node, ast.Dict) or isinstance(node, ast.Call) and is_maker(plan, node)
    found = entries(node) if written else None
    return (
        None
        if found is None
        else [(n, v, place) for n, v, place in found if isinstance(place, (ast.expr, ast.keyword))]
    )


def taken_apart(plan: Plan, node: ast.expr, given: dict[str, ast.expr], old: dict[str, ast.expr | ast.keyword]) -> bool:
    """Adds the arguments of a dict that is written out where it is spread to those of its call, by name, with their
    places; False for any other."""
    found = inline(plan, node)
    for name, value, place in found or ():
        given[name], old[name] = value, place
    return found is not None


def named(plan: Plan, call: ast.Call, node: ast.expr) -> list[Splat] | None:
    """The dicts that a name may be which is spread in a call; None where one is not written out, or has other uses."""
    values = plan.values(node) - {NONE}
    found: list[Splat] = []
    for value in values:
        maker = value.node if isinstance(value, Box) and value.type == "dict" else None
        if not isinstance(maker, (ast.Dict, ast.Call)):
            return None
        path, written = plan.home(maker), inline(plan, maker)
        if path is None or written is None or not _only_spread(plan, maker, call):
            return None
        stores = _stores(plan, maker, path, {name for name, _, _ in written})
        if stores is None:
            return None
        found.append(Splat(path, maker, written, stores))
    plan.spread.update(splat.maker for splat in found)
    return sorted(found, key=lambda splat: (splat.path, splat.maker.lineno)) or None


def _only_spread(plan: Plan, maker: ast.expr, call: ast.Call) -> bool:
    """Whether a dict only gets from place to place, and is spread in one call."""
    for path, node in plan.places(maker):
        if not any(isinstance(value, Box) and value.node is maker for value in plan.values(node)):
            continue
        parent = plan.facts(path).parents.get(node)
        if isinstance(parent, ast.keyword) and parent.arg is None:
            if plan.facts(path).parents[parent] is not call:
                return False
        elif plan.role(path, node)[0] not in ("move", "annotation", "discard") and _stored(plan, path, node) is None:
            return False
    return True


_REPLACED = frozenset(("model", "model_name", "contents", "system_instruction"))
"""Arguments that become one argument each, so that another one may come in their place."""


def _stores(plan: Plan, maker: ast.expr, home: str, names: set[str]) -> list[Store] | None:
    """What is put into a dict of arguments; None where that may leave a part of another argument behind."""
    found: list[Store] = []
    for path, node in plan.places(maker):
        store = _stored(plan, path, node)
        if store is None:
            continue
        again = [other for other in found if other.name == store.name and not _either(plan, store, other)]
        if store.name not in _REPLACED and (
            path != home or store.name in names or again or _rounds(plan, path, node) != _rounds(plan, home, maker)
        ):
            return None
        if store.name == "tool_config":
            return None
        found.append(store)
    return found


def _rounds(plan: Plan, path: str, node: ast.AST) -> set[ast.AST]:
    """The functions and loops around a node, which run it more than once."""
    kinds = (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef)
    return {around for around in context.ancestors(plan.facts(path), node) if isinstance(around, kinds)}


def _either(plan: Plan, store: Store, other: Store) -> bool:
    """Whether only one of two stores runs, as they are in the two branches of one `if`."""
    ways = []
    for one in (store, other):
        way: dict[ast.AST, ast.AST] = {}
        inner: ast.AST = one.target
        for around in context.ancestors(plan.facts(one.path), one.target):
            way[around] = inner
            inner = around
        ways.append(way)
    return any(
        isinstance(node, ast.If) and (ways[0][node] in node.body) != (ways[1][node] in node.body)
        for node in ways[0].keys() & ways[1].keys()
    )


def _stored(plan: Plan, path: str, node: ast.expr) -> Store | None:
    """What an assignment puts into the dict `node` under a constant key."""
    parents = plan.facts(path).parents
    target = parents[node]
    statement = parents.get(target)
    if not (isinstance(target, ast.Subscript) and isinstance(statement, ast.Assign) and statement.targets == [target]):
        return None
    key = target.slice
    if not (isinstance(key, ast.Constant) and isinstance(key.value, str)) or target.value is not node:
        return None
    return Store(path, key.value, statement.value, target)
