"""Settings that come by `**kwargs`: a function of the program passes on what its callers give it.

The callers' keywords become those of the new request where they are written; `**kwargs` stays.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from typing import TypeAlias

from ..infer.scopes import parameters
from ..infer.values import Bound, Class, Func, Site
from . import context, models
from .call import Item, arguments, remake
from .edits import Context
from .parts import Parts
from .plan import Plan

Old: TypeAlias = dict[str, ast.expr | ast.keyword]
Convert: TypeAlias = Callable[[str, dict[str, ast.expr], Old], Parts]
"""(path, values by name, places by name) of the keywords of one caller -> what they give to the request."""


def taken(plan: Plan, path: str, node: ast.expr, site: Site, convert: Convert) -> Parts | None:
    """What `**node` gives to a request whose settings come from the callers of the function around it; None where not
    all callers are seen, or the keywords have another use."""
    function = context.function(plan.facts(path), node)
    kwarg = function.args.kwarg if function is not None else None
    if function is None or kwarg is None or not isinstance(node, ast.Name) or node.id != kwarg.arg:
        return None
    if [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == node.id] != [node]:
        return None
    machine = plan.program.machine
    box = machine.boxes.get(("dict", kwarg))
    own = {arg.arg for arg in parameters(function.args)}
    found: list[tuple[str, ast.Call, list[ast.keyword]]] = []
    for where, call in callers(plan).get(function, ()):
        if any(keyword.arg is None for keyword in call.keywords):
            return None
        extra = [keyword for keyword in call.keywords if keyword.arg not in own]
        if extra:
            found.append((where, call, extra))
    names = {keyword.arg for _, _, extra in found for keyword in extra}
    if not names or box is None or names != set(machine.places.get(box, ())):
        return None
    given: set[str] = set()
    whole = False
    for where, call, extra in found:
        old: Old = {keyword.arg or "": keyword for keyword in extra}
        parts = convert(where, {keyword.arg or "": keyword.value for keyword in extra}, old)
        given |= {name for name, _ in parts.request}
        whole |= parts.generation_code() is not None or bool(parts.spread)
        plan.when_moving(site, functools.partial(_edit, plan, where, call, parts, old))
    made = Parts()
    if whole or given - {"timeout"}:
        made.spread.append(lambda c: c.code(node))  # may give what the model gives, too
    else:
        made.passed.append(lambda c: c.code(node))
    return made


def _edit(plan: Plan, path: str, call: ast.Call, parts: Parts, old: Old) -> None:
    """Puts the new keywords of a caller in the place of the old ones."""
    taken = {id(place) for place in old.values()}

    def edit(c: Context) -> object:
        items: list[Item] = []
        for item in arguments(call):
            if id(item) not in taken:
                value = item.value if isinstance(item, (ast.keyword, ast.Starred)) else item
                star = "*" if isinstance(item, ast.Starred) else ""
                name = item.arg or "" if isinstance(item, ast.keyword) else ""
                items.append(Item(name, c.new(value), star, item))
            elif id(item) == id(next(iter(old.values()))):
                items += models.setting_items(c, parts, old)
        return remake(c, call, c.code(call.func), items)

    plan.expression(path, call, edit)  # type: ignore[arg-type]


def callers(plan: Plan) -> dict[ast.AST, list[tuple[str, ast.Call]]]:
    """The calls of each function of the program; looked for once a plan."""
    if plan.callers is None:
        plan.callers = {}
        for path, facts in plan.program.modules.items():
            for node in facts.nodes:
                if not isinstance(node, ast.Call):
                    continue
                for value in plan.program.machine.callees.get(node, ()):
                    func = _function(value)
                    if func is not None:
                        plan.callers.setdefault(func.node, []).append((path, node))
    return plan.callers


def _function(value: object) -> Func | None:
    """What runs when a value is called."""
    if isinstance(value, Class):
        return next((cls.methods["__init__"] for cls in value.mro() if "__init__" in cls.methods), None)
    return value.func if isinstance(value, Bound) else value if isinstance(value, Func) else None
