"""Tests of what a value is: hasattr and getattr of a model or a chat, isinstance of a class of something else."""

from __future__ import annotations

import ast
import sys

from ..infer.values import NONE, Class, Ext, Obj
from ..sdk import libraries, surface
from . import chat_sites, context
from .plan import Plan
from .reasons import Reason

_SHARED = ("pydantic.", "google.", "proto.")
"""Where the classes come from that objects of the SDKs, old and new, may derive from."""

KEPT = "_curated_history"
"""Where chats of google-genai keep the turns that they send; programs ask for it where there was no get_history()."""
_PLAIN = frozenset(f"builtins.{name}" for name in "str bytes int float bool dict list tuple set".split())


def taken(plan: Plan, path: str, node: ast.expr, role: context.Role, parent: ast.AST, objects: list[Obj]) -> bool:
    """Takes a test of a model or a chat whose answer is known after the rewrite; False for any other use."""
    if not isinstance(parent, ast.Call) or len(parent.args) < 2 or parent.args[0] is not node:
        return False
    if parent in plan.folded:
        return True
    if role == "isinstance":
        return foreign(plan, parent)
    name = parent.args[1]
    if role != "probe" or not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
        return False
    kinds = {obj.kind for obj in objects}
    if len(kinds) != 1 or plan.values(node) - frozenset(objects) - {NONE}:
        return False
    return _probe(plan, path, node, parent, name.value, kinds.pop(), objects)


def foreign(plan: Plan, call: ast.Call, plain: bool = False) -> bool:
    """Whether isinstance(x, T) names only classes that no object of an SDK is of, before and after the rewrite: the
    program's own, those of other libraries and, if asked for, plain ones such as str."""
    wanted = call.args[1]
    for item in wanted.elts if isinstance(wanted, ast.Tuple) else [wanted]:
        values = plan.values(item)
        if not values or not all(_is_foreign(value, plain) for value in values):
            return False
    return True


def _is_foreign(value: object, plain: bool) -> bool:
    if isinstance(value, Class):
        return not any(
            isinstance(base, Ext) and base.path.startswith((surface.LEGACY, surface.GENAI))
            for owner in value.mro()
            for base in owner.bases
        )
    if not isinstance(value, Ext) or value.path.startswith(_SHARED):
        return False
    if plain and value.path in _PLAIN:
        return True
    return value.path.partition(".")[0] not in sys.stdlib_module_names


def _probe(plan: Plan, path: str, node: ast.expr, call: ast.Call, name: str, kind: str, objects: list[Obj]) -> bool:
    """hasattr(x, "history") and the like: what both forms have is there still; a method that goes was always there."""
    site = objects[0].site
    asks = len(call.args) == 2 and getattr(call.func, "id", "") == "hasattr"
    if kind in chat_sites.KINDS and name in ("history", "last", "get_history"):
        if name not in {**surface.ATTRIBUTES.get(kind, {}), **surface.METHODS[kind]}:
            return False
        chat_sites.needs_class(plan, site, "last" if name == "last" else "history")
        if name == "get_history":
            chat_sites.needs_class(plan, site, name)
        return asks or name != "get_history"
    if kind in ("GChat", "AGChat") and name == KEPT and not asks:
        chat_sites.needs_class(plan, site, "history")
        plan.when_moving(site, lambda: plan.expression(path, call.args[1], lambda c: '"history"'))
        return True
    if asks and name in surface.METHODS[kind]:
        tested = plan.role(path, call)[0] == "truth"
        plan.when_moving(
            site,
            lambda: plan.expression(path, call, lambda c: c.code(node) if tested else f"({c.code(node)} is not None)"),
        )
        return True
    return False


def escaped(plan: Plan, path: str, node: ast.expr, parent: ast.AST, objects: list[Obj]) -> None:
    """Keeps models and chats that are handed to code that is not seen: to a library, named, or to something else."""
    for value in plan.program.machine.callees.get(parent, ()) if isinstance(parent, ast.Call) else ():
        package = value.path.partition(".")[0] if isinstance(value, Ext) else ""
        if isinstance(value, Ext) and package in libraries.TAKES.keys() | libraries.KNOWN:
            todo = libraries.TAKES.get(package, libraries.ANY)
            plan.fail_all(objects, Reason.LIBRARY, f"{value.path}(); {todo}", path, node)
            return
    plan.fail_all(objects, Reason.ESCAPES, plan.source(path, parent), path, node)
