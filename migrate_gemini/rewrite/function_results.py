"""Answers to function calls: each becomes a step that names the call by its id (MAPPING 6)."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import libcst as cst

from ..infer.values import NONE, Box, Obj, Site
from . import answers, call_ids, context, snippets_reads
from .call import as_dict
from .containers import insertions
from .edits import Context
from .parts import Code
from .plan import Plan
from .reasons import Reason
from .written import origin


def convert(plan: Plan, path: str, node: ast.Call | ast.Dict, fields: dict[str, ast.expr], site: Site) -> bool:
    """Makes a function_result step, which names its call, of what a function gave; False where the call is not seen."""
    code = _call_id(plan, path, node, fields, site)
    if code is None and site in plan.messages:
        plan.fail(site, Reason.TOOLS, f"the call that {plan.source(path, node)} answers is not seen", path, node)
        return False
    if code is None:
        code = call_ids.of(plan, path, node, site)
    places = _places(node)

    def edit(c: Context) -> object:
        items = [
            ("type", '"function_result"', None),
            ("name", c.new(fields["name"]), places["name"]),
            ("call_id", code(c), places.get("id")),
            ("result", c.new(fields["response"]), places["response"]),
        ]
        return as_dict(c, node, items)  # type: ignore[arg-type]

    plan.groups.of(site).facts["results"] = True
    plan.when_moving(site, lambda: plan.expression(path, node, edit))  # type: ignore[arg-type]
    return True


def repeat(plan: Plan, path: str, node: ast.Call | ast.Dict, fields: dict[str, ast.expr], site: Site) -> None:
    """Makes a function_call step of a call that is written out by its name and arguments: the model's own, which has an
    id, where it is seen and its arguments are the same."""
    again = _call(plan, path, node, fields["name"], site) if _arguments(plan, path, fields.get("args")) else None
    if again is not None:
        plan.when_moving(site, lambda: plan.expression(path, node, again))
        return
    code = (lambda c: c.code(fields["id"])) if "id" in fields else call_ids.of(plan, path, node, site)
    places = _places(node)

    def edit(c: Context) -> cst.Dict:
        items: list[tuple[str, str | cst.BaseExpression, ast.AST | None]] = [
            ("type", '"function_call"', None),
            ("id", code(c), places.get("id")),
            ("name", c.new(fields["name"]), places["name"]),
            ("arguments", c.new(fields["args"]) if "args" in fields else "{}", places.get("args")),
        ]
        return as_dict(c, node, items)

    plan.when_moving(site, lambda: plan.expression(path, node, edit))


def _places(node: ast.Call | ast.Dict) -> dict[str, ast.AST]:
    """Where the fields of a call or result are written."""
    if isinstance(node, ast.Call):
        return {k.arg or "": k for k in node.keywords}
    return {str(key.value): key for key in node.keys if isinstance(key, ast.Constant)}


def _arguments(plan: Plan, path: str, node: ast.expr | None) -> bool:
    """Whether an expression is the arguments of a call that the model made, or a copy of them."""
    if node is None:
        return False
    _, node = origin(plan, path, node)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "dict" and len(node.args) == 1:
        _, node = origin(plan, path, node.args[0])
    return isinstance(node, ast.Attribute) and node.attr == "args" and bool(plan.objects(node.value, "Call"))


def _call_id(plan: Plan, path: str, node: ast.AST, fields: dict[str, ast.expr], site: Site) -> Code | None:
    """The code of the id of the call that a result answers."""
    if "id" in fields:
        return lambda c: c.code(fields["id"])
    code = _call(plan, path, node, fields["name"], site)
    if code is not None:
        return lambda c: f"{code(c)}.id"
    answer = _answer(plan, path, node, fields["name"])
    if answer is None:
        return None
    plan.groups.join([site, *(obj.site for obj in plan.objects(answer, "Response"))])
    plan.review(site, f"line {node.lineno}: a result answers the first call of its name in {answer.id}")  # type: ignore[attr-defined]
    plan.when_moving(site, lambda: plan.snippet(path, snippets_reads.CALL_ID, "call_id", "function_call_id"))

    def by_name(c: Context) -> str:
        helper = plan.snippet(path, snippets_reads.CALL_ID, "call_id", "function_call_id")
        return f"{helper}({answer.id}, {c.code(fields['name'])})"

    return by_name


def _answer(plan: Plan, path: str, node: ast.AST, name: ast.expr) -> ast.Name | None:
    """The one variable of a function that holds an answer before a node: results by a name answer its calls."""
    if not isinstance(name, (ast.Name, ast.Constant)):
        return None
    facts = plan.facts(path)
    found: dict[str, ast.Name] = {}
    here = {id(each) for each in ast.walk(context.statement(facts, node))}
    for inner in ast.walk(context.function(facts, node) or facts.tree):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store) and id(inner) in here:
            continue  # it holds what comes of the result
        if (
            isinstance(inner, ast.Name)
            and inner.lineno < getattr(node, "lineno", 0)
            and plan.objects(inner, "Response")
        ):
            found.setdefault(inner.id, inner)
    return next(iter(found.values())) if len(found) == 1 else None


def _call(plan: Plan, path: str, node: ast.AST, name: ast.expr, site: Site) -> Code | None:
    """The code of the call with a name: the one whose name is given, else the one call that a variable of the function
    holds."""
    if isinstance(name, ast.Attribute) and plan.objects(name.value, "Call"):
        base = name.value
        plan.groups.join([site, *(obj.site for obj in plan.objects(base, "Call"))])
        return lambda c: c.code(base)
    if (carried := _carried(plan, path, name)) is not None:
        return _with_call(plan, path, node, carried, site)
    holder = _holder(plan, path, node)
    if holder is None or isinstance(holder, ast.Name) and _hidden(plan, path, node, holder):
        return None
    plan.groups.join([site, *(obj.site for obj in plan.objects(holder, "Call"))])
    if isinstance(holder, ast.Name):
        word = holder.id
        return lambda c: word
    if isinstance(holder, ast.Attribute) and answers.first(holder.value) is None:
        part = holder.value  # the step of the call itself
        return lambda c: c.anywhere(part)
    return lambda c: c.anywhere(holder)


@dataclass(frozen=True, slots=True)
class _Carried:
    """The name of a call that comes out of a list of tuples.

    name: where it is read; loop: what walks through the list; made: the (path, `call.name`) that were put into it.
    """

    name: ast.Name
    loop: ast.For | ast.AsyncFor | ast.comprehension
    made: tuple[tuple[str, ast.Attribute], ...]


def _carried(plan: Plan, path: str, name: ast.expr) -> _Carried | None:
    """The calls behind a name that a loop unpacks from tuples, `(call.name, result)`; None for other names."""
    if not isinstance(name, ast.Name):
        return None
    for around in context.ancestors(plan.facts(path), name):
        loops = around.generators if isinstance(around, (ast.ListComp, ast.GeneratorExp)) else [around]
        for loop in loops:
            if not isinstance(loop, (ast.For, ast.AsyncFor, ast.comprehension)) or not isinstance(
                loop.target, ast.Tuple
            ):
                continue
            at = next((i for i, t in enumerate(loop.target.elts) if isinstance(t, ast.Name) and t.id == name.id), None)
            if at is None:
                continue
            made: list[tuple[str, ast.Attribute]] = []
            for found in insertions(plan, plan.values(loop.iter)):
                item = (
                    found.value.elts[at] if isinstance(found.value, ast.Tuple) and len(found.value.elts) > at else None
                )
                if found.how not in ("append", "item") or not isinstance(item, ast.Attribute) or item.attr != "name":
                    return None
                if not plan.objects(item.value, "Call"):
                    return None
                made.append((found.path, item))
            return _Carried(name, loop, tuple(made)) if made and _walked_once(plan, loop) else None
    return None


def _walked_once(plan: Plan, loop: ast.For | ast.AsyncFor | ast.comprehension) -> bool:
    """Whether a list is only filled, and walked through by this loop: what its tuples hold may change."""
    for box in plan.values(loop.iter):
        if not isinstance(box, Box) or not isinstance(box.node, ast.AST):
            return False
        for path, expr in plan.places(box.node):
            role, parent = plan.role(path, expr)
            fills = isinstance(parent, ast.Attribute) and parent.attr == "append"
            if (
                box in plan.values(expr)
                and role not in ("move", "truth", "discard")
                and not fills
                and expr is not loop.iter
            ):
                return False
    return True


def _with_call(plan: Plan, path: str, node: ast.AST, carried: _Carried, site: Site) -> Code:
    """Puts the calls themselves into the tuples; where their name was read, it is read off them."""
    word = carried.name.id
    for where, read in carried.made:
        plan.groups.join([site, *(obj.site for obj in plan.objects(read.value, "Call"))])
        plan.when_moving(site, lambda w=where, r=read: plan.expression(w, r, lambda c: c.code(r.value)))  # type: ignore[misc]
    holder = plan.facts(path).parents[carried.loop] if isinstance(carried.loop, ast.comprehension) else carried.loop
    for inner in ast.walk(holder):
        if isinstance(inner, ast.Name) and inner.id == word and isinstance(inner.ctx, ast.Load):
            plan.when_moving(site, lambda n=inner: plan.expression(path, n, lambda c: f"{word}.name"))  # type: ignore[misc]
    return lambda c: word


def _hidden(plan: Plan, path: str, node: ast.AST, holder: ast.Name) -> bool:
    """Whether a loop or a comprehension around a node gives another meaning to the name of a variable."""
    for around in context.ancestors(plan.facts(path), node):
        targets = [around.target] if isinstance(around, (ast.For, ast.AsyncFor)) else []
        if isinstance(around, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            targets = [made.target for made in around.generators]
        for target in (inner for whole in targets for inner in ast.walk(whole)):
            if isinstance(target, ast.Name) and target.id == holder.id and not plan.objects(target, "Call"):
                return True
    return False


def _holder(plan: Plan, path: str, node: ast.AST) -> ast.expr | None:
    """The expression, before a node in its function, that holds a call: the variable of the innermost loop if it is
    one, else the only one that there is."""
    facts = plan.facts(path)
    outer: ast.AST = context.function(facts, node) or facts.tree
    for around in context.ancestors(facts, node):
        if isinstance(around, (ast.For, ast.AsyncFor)):
            for target in ast.walk(around.target):
                if isinstance(target, ast.Name) and plan.objects(target, "Call"):
                    return target if _is_call(plan, target) else None
        if around is outer:
            break
    line = getattr(node, "lineno", 0)
    gone = _gone(plan, path, outer, node)
    found: dict[str, ast.expr] = {}
    for inner in ast.walk(outer):
        if not isinstance(inner, ast.expr) or inner.lineno > line or not plan.objects(inner, "Call"):
            continue
        if isinstance(inner, ast.Name):
            found.setdefault(inner.id, inner)
    if any(not _is_call(plan, inner) for inner in found.values()):
        return None
    if not found:
        for inner in ast.walk(outer):
            if isinstance(inner, ast.Attribute) and inner.attr == "function_call" and inner.lineno <= line:
                if plan.objects(inner, "Call") and context.plain(inner):
                    found.setdefault(ast.dump(inner), inner)
    if len(found) != 1:
        return None
    only = next(iter(found.values()))
    return None if any(isinstance(n, ast.Name) and n.id in gone for n in ast.walk(only)) else only


def _is_call(plan: Plan, node: ast.expr) -> bool:
    """Whether a variable holds calls only: one that also holds results of the program's own has no id there."""
    return all(isinstance(value, Obj) and value.kind == "Call" for value in plan.values(node) - {NONE})


def _gone(plan: Plan, path: str, outer: ast.AST, node: ast.AST) -> set[str]:
    """The variables of loops that are over where a node stands: they hold the last of several calls."""
    around = set(context.ancestors(plan.facts(path), node))
    loops = [
        n for n in ast.walk(outer) if isinstance(n, (ast.For, ast.AsyncFor, ast.comprehension)) and n not in around
    ]
    targets = {t.id for loop in loops for t in ast.walk(loop.target) if isinstance(t, ast.Name)}
    kept = [n for n in around if isinstance(n, (ast.For, ast.AsyncFor, ast.ListComp, ast.GeneratorExp))]
    inside = [m for n in kept for m in (n.generators if isinstance(n, (ast.ListComp, ast.GeneratorExp)) else [n])]
    return targets - {t.id for loop in inside for t in ast.walk(loop.target) if isinstance(t, ast.Name)}
