"""Answers to function calls: each becomes a step that names the call by its id (MAPPING 6)."""

from __future__ import annotations

import ast

from ..infer.values import Site
from . import context
from .call import as_dict
from .edits import Context
from .parts import Code
from .plan import Plan
from .reasons import Reason


def convert(plan: Plan, path: str, node: ast.Call | ast.Dict, fields: dict[str, ast.expr], site: Site) -> bool:
    """Makes a function_result step, which names its call, of what a function gave; False where the call is not seen."""
    code = _call_id(plan, path, node, fields, site)
    if code is None:
        plan.fail(site, Reason.TOOLS, f"the call that {plan.source(path, node)} answers is not seen", path, node)
        return False
    places: dict[str, ast.AST] = {}
    if isinstance(node, ast.Call):
        places = {k.arg or "": k for k in node.keywords}
    else:
        places = {str(key.value): key for key in node.keys if isinstance(key, ast.Constant)}

    def edit(c: Context) -> object:
        items = [
            ("type", '"function_result"', None),
            ("name", c.new(fields["name"]), places["name"]),
            ("call_id", code(c), places.get("id")),
            ("result", c.new(fields["response"]), places["response"]),
        ]
        return as_dict(c, node, items)  # type: ignore[arg-type]

    plan.when_moving(site, lambda: plan.expression(path, node, edit))  # type: ignore[arg-type]
    return True


def _call_id(plan: Plan, path: str, node: ast.AST, fields: dict[str, ast.expr], site: Site) -> Code | None:
    """The code of the id of the call that a result answers: from the call whose name is given, else from the one call
    that a variable of the function holds."""
    if "id" in fields:
        return lambda c: c.code(fields["id"])
    name = fields["name"]
    if isinstance(name, ast.Attribute) and plan.objects(name.value, "Call"):
        base = name.value
        plan.groups.join([site, *(obj.site for obj in plan.objects(base, "Call"))])
        return lambda c: f"{c.code(base)}.id"
    holder = _holder(plan, path, node)
    if holder is None:
        return None
    plan.groups.join([site, *(obj.site for obj in plan.objects(holder, "Call"))])
    if isinstance(holder, ast.Name):
        word = holder.id
        return lambda c: f"{word}.id"
    return lambda c: f"{c.anywhere(holder)}.id"


def _holder(plan: Plan, path: str, node: ast.AST) -> ast.expr | None:
    """The expression, before a node in its function, that holds a call: the variable of the innermost loop if it is
    one, else the only one that there is."""
    facts = plan.facts(path)
    outer: ast.AST = context.function(facts, node) or facts.tree
    for around in context.ancestors(facts, node):
        if isinstance(around, (ast.For, ast.AsyncFor)):
            for target in ast.walk(around.target):
                if isinstance(target, ast.Name) and plan.objects(target, "Call"):
                    return target
        if around is outer:
            break
    line = getattr(node, "lineno", 0)
    found: dict[str, ast.expr] = {}
    for inner in ast.walk(outer):
        if not isinstance(inner, ast.expr) or inner.lineno > line or not plan.objects(inner, "Call"):
            continue
        if isinstance(inner, ast.Name):
            found.setdefault(inner.id, inner)
    if not found:
        for inner in ast.walk(outer):
            if isinstance(inner, ast.Attribute) and inner.attr == "function_call" and inner.lineno <= line:
                if plan.objects(inner, "Call") and context.plain(inner):
                    found.setdefault(ast.dump(inner), inner)
    return next(iter(found.values())) if len(found) == 1 else None
