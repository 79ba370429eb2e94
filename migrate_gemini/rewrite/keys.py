"""The keys of dicts that are put together of others: `{**defaults, **overrides}`, `dict(base, temperature=0)`."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ..infer import library
from ..infer.values import NONE, Bound, Box, Class, Ext, Func, Site, Value, Values
from ..sdk import settings as table
from .plan import Plan
from .written import entries, is_maker, origin, remove_unused

LOOKS = frozenset(("iterate", "len", "truth", "compare", "show", "format", "discard"))
"""Roles of a dict in which nothing of it changes."""


def sampling(found: set[str] | None) -> bool:
    """Whether keys are seen, and are all of generation_config."""
    return bool(found) and all(key in table.FIELDS and table.FIELDS[key].place == "generation" for key in found or ())


def taken_apart(plan: Plan, node: ast.expr) -> tuple[list[tuple[str, ast.expr, ast.AST]], list[ast.expr]] | None:
    """The settings that are written out in a config's call, and the dicts that it spreads; None unless those are seen
    to hold keys of generation_config only."""
    if not isinstance(node, ast.Call) or node.args or not is_maker(plan, node):
        return None
    spread = [keyword.value for keyword in node.keywords if keyword.arg is None]
    if not all(plan.values(value) and sampling(keys(plan, plan.values(value))) for value in spread):
        return None
    items = [(keyword.arg, keyword.value, keyword) for keyword in node.keywords if keyword.arg is not None]
    return [(table.CAMEL.get(name, name), value, place) for name, value, place in items], spread


@dataclass(slots=True)
class Spliced:
    """The settings of a config among which are those of dicts that it spreads: items: all that are written at the
    config now; gone: the dicts whose settings are among them; kept: those with keys of generation_config only."""

    items: list[tuple[str, ast.expr, ast.AST]] = field(default_factory=list)
    gone: list[ast.expr] = field(default_factory=list)
    kept: list[ast.expr] = field(default_factory=list)


def spliced(plan: Plan, path: str, node: ast.expr) -> Spliced | None:
    """The settings of a config that spreads dicts of constants which are written out once in its module, and do not
    change. None for any other."""
    parts: list[tuple[str | None, ast.expr, ast.AST]] = []
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if key is not None and not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                return None
            parts.append((None if key is None else str(key.value), value, value if key is None else key))
    elif isinstance(node, ast.Call) and not node.args and is_maker(plan, node):
        parts = [(keyword.arg, keyword.value, keyword) for keyword in node.keywords]
    found = Spliced()
    names: list[str] = []
    for name, value, place in parts:
        if name is not None:
            found.items.append((table.CAMEL.get(name, name), value, place))
            continue
        where, made = origin(plan, path, value)
        given = entries(made) if isinstance(made, (ast.Dict, ast.Call)) and made is not value else None
        if given is None or where != path or not _constants(plan, made, given):
            return None
        names += [table.CAMEL.get(inner, inner) for inner, _, _ in given]
        if sampling({inner for inner, _, _ in given}):
            found.kept.append(value)
        else:
            found.gone.append(value)
            found.items += [(table.CAMEL.get(inner, inner), constant, key) for inner, constant, key in given]
    names += [name for name, _, _ in parts if name is not None]
    return found if (found.gone or found.kept) and len(set(names)) == len(names) else None


def drop(plan: Plan, path: str, spread: list[ast.expr], site: Site) -> None:
    """Takes away dicts whose settings are written in the place of each use now."""
    for node in spread:
        if isinstance(node, ast.Name):
            plan.when_moving(site, lambda n=node: remove_unused(plan, path, n))  # type: ignore[misc]


def _constants(plan: Plan, made: ast.expr, given: list[tuple[str, ast.expr, ast.AST]]) -> bool:
    """Whether a dict holds constants, and is only spread or looked at."""
    if isinstance(made, ast.Call) and not is_maker(plan, made):
        return False
    for path, node in plan.places(made):
        parent = plan.facts(path).parents[node]
        spread = isinstance(parent, ast.keyword) and parent.arg is None
        spread = spread or isinstance(parent, ast.Dict) and None in parent.keys and node in parent.values
        stored = node is made or isinstance(getattr(node, "ctx", None), ast.Store)
        if not spread and not stored and plan.role(path, node)[0] not in LOOKS:
            return False
    return all(isinstance(value, ast.Constant) for _, value, _ in given)


def keys(plan: Plan, values: Values, seen: frozenset[Box] = frozenset()) -> set[str] | None:
    """The keys of the dicts among these values, where all that they are put together of is seen; else None.

    None among the values counts as an empty dict; **keywords count where a call is seen that gives some.
    """
    found: set[str] = set()
    for value in values - {NONE}:
        if not isinstance(value, Box) or value.type != "dict":
            return None
        if value in seen:
            continue
        parts = sources(plan, value)
        known = {str(key) for key in plan.program.machine.places.get(value, ()) if isinstance(key, str)}
        if parts is None or isinstance(value.node, ast.arg) and not known:
            return None
        for part in parts:
            inner = keys(plan, plan.values(part), seen | {value}) if plan.values(part) else None
            if inner is None:
                return None
            known |= inner
        found |= known - {"*"}
    return found


def sources(plan: Plan, box: Box) -> list[ast.expr] | None:
    """The dicts that a dict is put together of; None where something else is put into it."""
    machine = plan.program.machine
    node = box.node
    if isinstance(node, ast.DictComp):
        return _copied_items(plan, node)
    if "*" in machine.places.get(box, ()):
        return None
    grown = _grown(plan, box)
    if grown is None:
        return None
    if isinstance(node, ast.arg):
        return [*grown, *_given(plan, node)]
    if isinstance(node, tuple) and node[1] == "vars":
        return grown
    if isinstance(node, ast.Dict):
        texts = all(key is None or isinstance(key, ast.Constant) and isinstance(key.value, str) for key in node.keys)
        return [*grown, *(value for key, value in zip(node.keys, node.values) if key is None)] if texts else None
    if isinstance(node, ast.BinOp):
        return [*grown, node.left, node.right]
    if isinstance(node, ast.Call):
        if is_field(plan, node):
            return grown
        paths = {v.path for v in machine.callees.get(node, ()) if isinstance(v, Ext)}
        if paths == {"builtins.dict"}:
            return [*grown, *node.args, *(keyword.value for keyword in node.keywords if keyword.arg is None)]
        copies = isinstance(node.func, ast.Attribute) and node.func.attr == "_asdict"
        return grown if paths == {"dataclasses.asdict"} or copies else None
    return None


def is_field(plan: Plan, node: ast.Call) -> bool:
    """Whether a call declares a field of a data class, whose default is made by its factory."""
    callees = plan.program.machine.callees.get(node, ())
    return any(isinstance(v, Ext) and v.path in library.FIELDS for v in callees)


def _grown(plan: Plan, box: Box) -> list[ast.expr] | None:
    """The dicts that `update` and `|=` put into a dict; None where it is changed in another way."""
    found: list[ast.expr] = []
    for path, node in plan.places(box.node) if isinstance(box.node, ast.AST) else _places(plan, box):
        parents = plan.facts(path).parents
        parent = parents[node]
        if isinstance(parent, ast.AugAssign) and parent.target is node:
            found.append(parent.value)
        elif isinstance(parent, ast.Attribute) and isinstance(call := parents[parent], ast.Call):
            if parent.attr == "update":
                found += [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg is None)]
            elif parent.attr in ("setdefault", "__setitem__") and not isinstance(call.args[0], ast.Constant):
                return None
        elif isinstance(parent, ast.Subscript) and not isinstance(parent.slice, ast.Constant):
            if not isinstance(parent.ctx, ast.Load):
                return None
    return found


def _places(plan: Plan, box: Box) -> list[tuple[str, ast.AST]]:
    """Every expression that may be a dict that no expression makes: the attributes of an instance."""
    nodes = [node for node, values in plan.program.vals.items() if box in values]
    return [(path, node) for node in nodes if (path := plan.home(node)) is not None]


def _copied_items(plan: Plan, node: ast.DictComp) -> list[ast.expr] | None:
    """X of `{k: v for k, v in X.items() if ...}`; None for another comprehension."""
    first, *more = node.generators
    pair, items = first.target, first.iter
    if more or not (isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(items, ast.Call)):
        return None
    same = ast.unparse(pair.elts[0]) == ast.unparse(node.key)
    if same and isinstance(items.func, ast.Attribute) and items.func.attr == "items" and not items.args:
        return [items.func.value]
    return None


def _given(plan: Plan, keywords: ast.arg) -> list[ast.expr]:
    """The dicts that calls spread into a function's **keywords."""
    found: list[ast.expr] = []
    for call, callees in plan.program.machine.callees.items():
        spread = [keyword.value for keyword in call.keywords if keyword.arg is None]
        if spread and any(func.node.args.kwarg is keywords for value in callees for func in _functions(value)):
            found += spread
    return found


def _functions(value: Value) -> list[Func]:
    """The functions that run where a value is called."""
    if isinstance(value, Class):
        return [init for owner in value.mro() if (init := owner.methods.get("__init__")) is not None][:1]
    return [value.func] if isinstance(value, Bound) else [value] if isinstance(value, Func) else []
