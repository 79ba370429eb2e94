"""Annotations that name an SDK's types: they name what the values have become."""

from __future__ import annotations

import ast

from ..infer.scopes import parameters
from ..infer.values import Box, Ext, Obj, Site, Values
from ..sdk import surface
from . import chats, models
from .clients import GENAI
from .edits import Context, ExprEdit
from .plan import Plan

TYPES = {"LFile": "File", "LModelInfo": "Model", "LCache": "CachedContent"}
"""Kinds of results of `sdk.surfaces` -> the class of google.genai.types that they become."""
RENAMED = ("LModel", "LChat", "GChat", "AGChat", "LConfig", "GConfig", "Response", "Stream", *TYPES)


def survey(plan: Plan, path: str) -> None:
    """Edits the annotations of a module whose values move, after the groups are settled."""
    facts = plan.facts(path)
    machine = plan.program.machine
    machine.facts, machine.scope, machine.env, machine.cls, machine.unit = facts, facts.scope, {}, None, path
    for node in facts.nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            func = machine.funcs.get(node)
            if func is None:
                continue
            for arg in parameters(node.args):
                _annotation(plan, path, arg.annotation, machine.cells.get(("p", func, arg.arg), frozenset()))
            results = machine.cells.get(("r", func), frozenset()) | machine.cells.get(("y", func), frozenset())
            _annotation(plan, path, node.returns, results)
        elif isinstance(node, ast.AnnAssign):
            values = plan.values(node.target) | (plan.values(node.value) if node.value is not None else frozenset())
            if isinstance(node.target, ast.Name):
                cls = machine.classes.get(facts.parents[node])
                if cls is not None:
                    values |= machine.cells.get(("a", cls, node.target.id), frozenset())
                else:
                    values |= machine.cells.get(("v", facts.scope, node.target.id), frozenset())
            _annotation(plan, path, node.annotation, values)


def _annotation(plan: Plan, path: str, annotation: ast.expr | None, values: Values) -> None:
    if annotation is None:
        return
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return
    inner = _with_elements(plan, values)
    for node in ast.walk(annotation):
        if not isinstance(node, (ast.Attribute, ast.Name)):
            continue
        named = [v.path for v in plan.program.machine.eval(node) if isinstance(v, Ext)]
        kind = next((surface.ANNOTATIONS[name] for name in named if name in surface.ANNOTATIONS), None)
        if kind not in RENAMED:
            continue
        sites = [v.site for v in inner if isinstance(v, Obj) and v.kind in RENAMED]
        if not sites or not all(plan.groups.moves(site) for site in sites):
            continue
        plan.expression(path, node, _name(plan, path, kind, sites[0]))


def _with_elements(plan: Plan, values: Values) -> Values:
    found = values
    for value in values:
        if isinstance(value, Box):
            found |= plan.program.machine.cells.get(("e", value, "#"), frozenset())
    return found


def _name(plan: Plan, path: str, kind: str, site: Site) -> ExprEdit:
    def edit(c: Context) -> str:
        if kind == "LModel":
            return "str" if models.form(plan, site) == "name" else "dict"
        if kind in ("LChat", "GChat", "AGChat"):
            if not plan.groups.of(site).facts.get("class"):
                return "dict"
            made_here = any(chat.path == path for s, chat in plan.chats.items() if s in plan.groups.of(site).sites)
            return chats.class_name(plan, path, site) if made_here else "object"
        if kind in ("LConfig", "GConfig"):
            return "dict"
        if kind in TYPES:
            return f"{GENAI}.types.{TYPES[kind]}"
        return f"{GENAI}.interactions.Interaction"

    return edit
