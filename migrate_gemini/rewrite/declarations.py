"""Tools, declarations and schemas that are written out become the dicts of an interaction's tools (MAPPING 3.8)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Literal

import libcst as cst

from ..infer.values import Ext, Site
from ..sdk import tools as table
from . import json_schema, snippets_calls
from .call import arguments, as_dict, dict_code, reindent
from .edits import Context
from .parts import Code
from .plan import Plan
from .written import literal, module_of

Form = Literal["one", "many", "function"]
"""What an element of `tools` becomes: one tool, a list of tools, or a Python function."""

Listed = Callable[[Plan, str, ast.expr, Site], Code | None]
"""Turns a list of tools: `tools._list`."""


def declare(plan: Plan, path: str) -> str:
    """The name, in a module, of the function that declares Python functions; it is added."""
    plan.imports(path, "from google.genai.types import FunctionDeclaration")
    return plan.snippet(path, snippets_calls.FUNCTION_TOOL, "function_tool", "declared_function")


def fields_of(node: ast.AST) -> dict[str, ast.expr] | None:
    """The fields of a tool, a declaration or a setting that is written out."""
    found: dict[str, ast.expr] = {}
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                return None
            found[key.value] = value
    elif isinstance(node, ast.Call):
        if node.args or any(keyword.arg is None for keyword in node.keywords):
            return None
        found = {keyword.arg or "": keyword.value for keyword in node.keywords}
    else:
        return None
    return {
        table.CAMEL.get(name, name): value
        for name, value in found.items()
        if literal(value) is not None or not isinstance(value, ast.Constant)
    }


def maker(plan: Plan, node: ast.AST, site: Site, listed: Listed) -> Form | None:
    """Surveys a tool or a declaration that is written out."""
    where = module_of(plan, node)
    if where is None or not isinstance(node, (ast.Call, ast.Dict)):
        return None
    plan.groups.join([site, plan.program.machine.sites.setdefault(node, Site(node, where))])
    known = plan.tool_makers.get(node)
    if known is not None:
        return known or None  # type: ignore[return-value]
    given = fields_of(node)
    form: Form | None = None
    if isinstance(node, ast.Call) and _callable(node) is not None:
        form = _from_callable(plan, where, node, site)
    elif given is not None and "name" in given:
        form = _declaration(plan, where, node, given, site)
    elif given:
        form = _tool(plan, where, node, given, site, listed)
    plan.tool_makers[node] = form or ""
    return form


def _callable(node: ast.Call) -> ast.expr | None:
    """f for `FunctionDeclaration.from_callable(client=..., callable=f)`."""
    if isinstance(node.func, ast.Attribute) and node.func.attr.startswith("from_"):
        return next((k.value for k in node.keywords if k.arg == "callable"), None)
    return None


def _from_callable(plan: Plan, path: str, node: ast.Call, site: Site) -> Form | None:
    func = _callable(node)
    if func is None:
        return None
    plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f"{declare(plan, path)}({c.code(func)})"))
    plan.when_moving(site, lambda: declare(plan, path))
    return "one"


def _declaration(
    plan: Plan, path: str, node: ast.Call | ast.Dict, given: dict[str, ast.expr], site: Site
) -> Form | None:
    schema = given.get("parameters")
    at_run_time: Code | None = None
    if schema is not None and not json_schema.convert(plan, path, schema, site):
        at_run_time = json_schema.at_run_time(plan, path, schema, site)
        if at_run_time is None:
            return None
    for name in given:
        if name not in table.DECLARATION and name not in table.UNSENT:
            return None
    places = dict(zip(given, _places(node, given)))

    def edit(c: Context) -> object:
        items = [("type", '"function"', None)]
        made: list[tuple[str, str | cst.BaseExpression, ast.AST | None]] = []
        for name, value in given.items():
            if name in table.DECLARATION:
                unseen = at_run_time if value is schema else None
                made.append((table.DECLARATION[name], unseen(c) if unseen else c.new(value), places[name]))
        return as_dict(c, node, [*items, *made])

    def work() -> None:
        plan.expression(path, node, edit)  # type: ignore[arg-type]
        for name in given:
            if name in table.UNSENT:
                plan.find(path, given[name], "MG501", "needs_review", f"a function tool has no {name}; it is dropped")

    plan.when_moving(site, work)
    return "one"


def _places(node: ast.Call | ast.Dict, given: dict[str, ast.expr]) -> list[ast.AST]:
    items: list[tuple[ast.AST, ast.expr]]
    if isinstance(node, ast.Dict):
        items = [(key, value) for key, value in zip(node.keys, node.values) if key is not None]
    else:
        items = [(k, k.value) for k in arguments(node) if isinstance(k, ast.keyword)]
    kept = {id(value) for value in given.values()}
    return [place for place, value in items if id(value) in kept]


def _tool(
    plan: Plan, path: str, node: ast.Call | ast.Dict, given: dict[str, ast.expr], site: Site, listed: Listed
) -> Form | None:
    declared = given.get("function_declarations")
    pieces: list[Code] = []
    for name, value in given.items():
        if name == "function_declarations":
            inner = listed(plan, path, value, site)
            if inner is None:
                return None
            pieces.append(lambda c, inner=inner: f"*{inner(c)}")  # type: ignore[misc]
        else:
            made = _builtin(plan, path, name, value, site)
            if made is None:
                return None
            pieces.append(made)

    def edit(c: Context) -> str:
        codes = [piece(c) for piece in pieces]
        if declared is None and len(codes) == 1:
            return codes[0]
        return reindent(codes[0][1:], c.layout(node)[0]) if len(codes) == 1 else f"[{', '.join(codes)}]"

    plan.when_moving(site, lambda: plan.expression(path, node, edit))
    return "one" if declared is None and len(pieces) == 1 else "many"


def _is_class(plan: Plan, node: ast.expr) -> bool:
    """Whether a tool of the service is given by its class, which google-genai takes for one without settings."""
    found = {value.path.rpartition(".")[2] for value in plan.values(node) if isinstance(value, Ext)}
    return bool(found) and found <= table.CLASSES


def _builtin(plan: Plan, path: str, name: str, value: ast.expr, site: Site) -> Code | None:
    """The code of a tool of the service; None where its settings are not understood."""
    if name not in table.BUILTIN:
        return None
    kind, settings = table.BUILTIN[name]
    given = {} if _is_class(plan, value) else fields_of(value)
    if given is None:
        return None
    if name == "google_search" and plan.groups.of(site).facts.get("legacy"):
        plan.differ(site, "search")
    pairs: list[tuple[str, ast.expr | str]] = [("type", f'"{kind}"')]
    for key, inner in given.items():
        if name in table.DROPPED:
            note = table.DROPPED[name]
            plan.when_moving(site, lambda n=note, i=inner: plan.find(path, i, "MG501", "needs_review", n))  # type: ignore[misc]
            continue
        if key not in settings:
            return None
        if key == "environment":
            word = inner.attr if isinstance(inner, ast.Attribute) else str(literal(inner))
            if word not in table.ENVIRONMENTS:
                return None
            pairs.append((settings[key], f'"{table.ENVIRONMENTS[word]}"'))
        else:
            pairs.append((settings[key], inner))
    return lambda c: dict_code([(key, code if isinstance(code, str) else c.code(code)) for key, code in pairs])
