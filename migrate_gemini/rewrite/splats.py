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
from .call import Item, as_dict, remake
from .edits import Context
from .plan import Plan
from .written import entries, is_maker

Entry: TypeAlias = tuple[str, ast.expr, ast.expr | ast.keyword]
"""An argument: its name, its value, and the key or keyword that gives it."""


@dataclass(slots=True)
class Splat:
    """A dict that is spread in a call, with the place where it is written out."""

    path: str
    maker: ast.expr
    entries: list[Entry]

    @property
    def given(self) -> dict[str, ast.expr]:
        """The arguments by name."""
        return {name: value for name, value, _ in self.entries}

    @property
    def old(self) -> dict[str, ast.expr | ast.keyword]:
        """The places of the arguments by name."""
        return {name: place for name, _, place in self.entries}

    def edit(self, plan: Plan, items: Callable[[Context], Sequence[Item]]) -> None:
        """Asks for the dict to be made of these items, laid out as it was."""
        maker = self.maker

        def made(c: Context) -> object:
            if isinstance(maker, ast.Call):
                return remake(c, maker, "dict", items(c))
            assert isinstance(maker, ast.Dict)
            return as_dict(c, maker, [(item.name, item.value, item.old) for item in items(c)])

        plan.expression(self.path, maker, made)  # type: ignore[arg-type]


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
        found.append(Splat(path, maker, written))
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
        elif plan.role(path, node)[0] not in ("move", "annotation", "discard"):
            return False
    return True
