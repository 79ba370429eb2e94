"""`response.parsed`: the text is parsed by the schema of its request (MAPPING 4.2)."""

from __future__ import annotations

import ast

from ..infer.values import Site
from . import snippets
from .plan import Plan
from .reasons import Reason
from .schemas import Schema
from .written import genai_types, scope_at


def survey(plan: Plan, path: str, node: ast.Attribute) -> None:
    """Notes a read of `.parsed`; it stays where no one schema can be named."""
    objects = plan.objects(node, "Parsed")
    site = objects[0].site
    schema = _schema(plan, path, node, site)
    if schema is None:
        plan.fail_all(objects, Reason.SCHEMA, plan.source(path, node), path, node)
        return
    name = ast.unparse(schema.node)
    optional = _tested(plan, site)

    def work() -> None:
        if schema.kind in ("type", "unknown"):
            plan.imports(path, "from pydantic import TypeAdapter")
        if schema.kind in ("json", "unknown"):
            plan.imports(path, "import json")
        if schema.kind == "unknown":
            _parser(plan, path)
        if optional:
            helper = _or_none(plan, path, schema.kind)
            first = "" if schema.kind == "json" else f"{name}, "
            plan.expression(path, node, lambda c: f"{helper}({first}{c.code(node.value)}.output_text)")
            return
        plan.expression(path, node, lambda c: _code(plan, path, schema.kind, name, f"{c.code(node.value)}.output_text"))
        raises = "json.loads raises" if schema.kind == "json" else "validate_json raises"
        raises = f"model_{raises}" if schema.kind == "model" else raises
        note = f"response.parsed was None where the text was not of the schema; {raises} ValueError"
        plan.find(path, node, "MG502", "migrated", note)

    plan.when_moving(site, work)


def _tested(plan: Plan, site: Site) -> bool:
    """Whether a program asks somewhere if an answer has a value of its schema."""
    group = plan.groups.of(site)
    if "parsed tested" not in group.facts:
        group.facts["parsed tested"] = any(
            _asks(plan, path, node)
            for path, facts in plan.program.modules.items()
            for node in facts.nodes
            if isinstance(node, ast.expr) and any(obj.site in group.sites for obj in plan.objects(node, "Parsed"))
        )
    return bool(group.facts["parsed tested"])


def _asks(plan: Plan, path: str, node: ast.expr) -> bool:
    role, parent = plan.role(path, node)
    if isinstance(parent, ast.Compare):
        return any(isinstance(side, ast.Constant) and side.value is None for side in (parent.left, *parent.comparators))
    if role in ("truth", "isinstance") or isinstance(parent, ast.Match):
        return True
    return isinstance(parent, ast.BoolOp) and node is not parent.values[-1]


def _code(plan: Plan, path: str, kind: str, name: str, text: str) -> str:
    if kind == "model":
        return f"{name}.model_validate_json({text})"
    if kind == "type":
        return f"TypeAdapter({name}).validate_json({text})"
    if kind == "json":
        return f"json.loads({text})"
    return f"{_parser(plan, path)}({name}, {text})"


def _or_none(plan: Plan, path: str, kind: str) -> str:
    """The name of the function that gives None for a text which does not fit its schema."""
    template = snippets.PARSED_OR_NONE.format(parsed=_code(plan, path, kind, "schema", "text"))
    if kind == "json":
        template = template.replace("(schema, text)", "(text)").replace("a value of its schema", "JSON")
        template = template.replace("it does not fit", "it is none")
    return plan.snippet(path, template, "parsed_or_none", "value_or_none")


def _parser(plan: Plan, path: str) -> str:
    template = snippets.PARSED_AS.replace("types.", f"{genai_types(plan, path)}.")
    return plan.snippet(path, template, "parsed_as", "parsed_json")


def _schema(plan: Plan, path: str, node: ast.Attribute, site: Site) -> Schema | None:
    """The one schema of all requests of a site's group, if it can be named at a node."""
    forms = [form for member in plan.groups.of(site).sites for form in plan.forms.get(member, [])]
    found = [form.schema for form in forms if form.schema is not None]
    if not found or len(found) != len(forms) or plan.groups.of(site).facts.get("plain too"):
        return None
    if all(schema.kind == "json" for schema in found):
        return found[0]
    if len({ast.unparse(schema.node) for schema in found}) > 1 or len({schema.kind for schema in found}) > 1:
        return None
    return found[0] if all(_named(plan, path, node, schema) for schema in found) else None


def _named(plan: Plan, path: str, node: ast.Attribute, schema: Schema) -> bool:
    """Whether the names of a schema's expression mean the same at a node."""
    here, there = plan.facts(path), plan.facts(schema.path)
    cells = plan.program.machine.cells
    for inner in ast.walk(schema.node):
        if not isinstance(inner, ast.Name):
            continue
        owner = scope_at(there, schema.node).lookup(inner.id)
        seen = scope_at(here, node).lookup(inner.id)
        if path == schema.path:
            if owner is not seen:
                return False
        elif owner is None or seen is None:
            if owner is not seen:
                return False
        else:
            values = cells.get(("v", owner, inner.id))
            if not values or values != cells.get(("v", seen, inner.id)):
                return False
    return True
