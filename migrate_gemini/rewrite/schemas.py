"""The form of an answer: MIME type and schema become a response_format (MAPPING 3.6)."""

from __future__ import annotations

import ast

from ..infer.values import Box, Class, Site
from . import snippets
from .parts import Parts
from .plan import Plan
from .reasons import Reason
from .written import literal


def response(plan: Plan, path: str, schema: ast.expr, mime: ast.expr | None, site: Site, parts: Parts) -> None:
    """A response schema that is a type or a dict; it becomes a JSON schema at run time."""
    callees = plan.program.machine.callees.get(schema, ()) if isinstance(schema, ast.Call) else ()
    typed = any(isinstance(v, Class) or isinstance(v, Box) and v.type == "dict" for v in plan.values(schema))
    if isinstance(schema, ast.Subscript) and isinstance(schema.value, ast.Name):
        typed = schema.value.id in ("list", "List", "dict", "Dict")
    if mime is None or literal(mime) != "application/json" or callees or not typed:
        plan.fail(site, Reason.SCHEMA, plan.source(path, schema), path, schema)
        return

    plan.schemas.setdefault(site, []).append((path, schema))

    def name() -> str:
        return plan.snippet(path, snippets.JSON_FORMAT, "json_format", "json_response_format")

    def work() -> None:
        name()
        plan.imports(path, "from pydantic import TypeAdapter")

    plan.when_moving(site, work)
    parts.request.append(("response_format", lambda c: f"{name()}({c.code(schema)})"))
