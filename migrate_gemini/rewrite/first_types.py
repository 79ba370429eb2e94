"""Classes of the first Interactions schema that a program names: imports, annotations, isinstance (MAPPING 1.3, 8)."""

from __future__ import annotations

import ast

from ..infer.values import Ext, Site
from ..sdk import first_schema as table
from .edits import Context
from .first_schema import edit, found, when_first, when_first_fails
from .plan import Plan

MODULE = "google.genai.interactions"


def survey(plan: Plan) -> None:
    """Surveys every import of a class of the first schema."""
    for path, facts in plan.program.modules.items():
        for node in facts.nodes if "interactions" in facts.text else ():
            if isinstance(node, ast.ImportFrom) and not node.level and node.module in table.MODULES:
                _import(plan, path, node)
            elif isinstance(node, ast.Attribute):
                for value in plan.values(node):
                    if isinstance(value, Ext) and value.path.rpartition(".")[0] in table.MODULES:
                        _dotted(plan, path, node, value.path)


def _dotted(plan: Plan, path: str, node: ast.Attribute, name: str) -> None:
    """`interactions.FunctionCallContent`."""
    module, _, last = name.rpartition(".")
    new = table.TYPES.get(last, last)
    if last not in table.TYPES and last not in table.GONE or module == MODULE and new == last:
        return
    site = Site(node, path)
    found(plan, site, path, node)
    if module != MODULE or last in table.GONE:
        when_first_fails(plan, site, name, path, node)
    else:
        edit(plan, path, node, site, lambda c: f"{c.code(node.value)}.{new}")


def _import(plan: Plan, path: str, node: ast.ImportFrom) -> None:
    names = [alias.name for alias in node.names]
    moved = node.module != MODULE
    if not moved and not any(table.TYPES.get(name, name) != name or name in table.GONE for name in names):
        return
    site = Site(node, path)
    found(plan, site, path, node)
    for alias in node.names:
        name, new = alias.name, table.TYPES.get(alias.name, alias.name)
        if name in table.GONE or name == "*":
            when_first_fails(plan, site, f"{node.module}.{name}", path, node)
        elif new != name and alias.asname is None:
            _uses(plan, path, name, new, site)

    def code(c: Context) -> str:
        made = [table.TYPES.get(a.name, a.name) + (f" as {a.asname}" if a.asname else "") for a in node.names]
        return f"from {MODULE} import {', '.join(made)}"

    def work() -> None:
        plan.statement(path, node).replace = code

    when_first(plan, site, work)


def _uses(plan: Plan, path: str, name: str, new: str, site: Site) -> None:
    """Gives every use of a class its new name; a module that binds the name otherwise keeps the import."""
    nodes = plan.facts(path).nodes
    if any(isinstance(n, ast.arg) and n.arg == name or _binds(n, name) for n in nodes):
        when_first_fails(plan, site, name, path, next(n for n in nodes if _binds(n, name) or isinstance(n, ast.arg)))
        return
    for node in nodes:
        if isinstance(node, ast.Name) and node.id == name:
            edit(plan, path, node, site, lambda c: new)


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node.name == name
    return isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
