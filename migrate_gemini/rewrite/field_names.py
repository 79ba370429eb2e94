"""Fields of the usage that a program asks for by names which are written elsewhere: in a loop over names, or in the
calls of a function that is given the usage and a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..infer.scopes import parameters
from ..infer.values import NONE, Func, Obj
from ..sdk import reads
from . import context, unset
from .forwarded import callers
from .plan import Plan

_NEW = {template.removeprefix("{base}.") for (kind, _), template in reads.READS.items() if kind == "Usage"}
_NEW |= {"grounding_tool_count", "initial_input_tokens"}
"""The fields of an interaction's usage (types/interactions/usage.py)."""

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
Place = tuple[str, ast.Constant]


def survey(plan: Plan, path: str, call: ast.Call, objects: list[Obj]) -> bool:
    """Surveys `getattr(usage, name)`, where each name that comes is written out; False where one is not, or is a field
    that only the new usage has."""
    base, name = call.args[:2]
    if not isinstance(name, ast.Name) or not _only_asks(plan, path, base, name):
        return False
    lists = _lists(plan, path, base, name)
    if lists is None:
        return False
    for places in lists:
        old = {str(place.value) for _, place in places}
        new = {
            reads.READS[("Usage", field)].removeprefix("{base}.") for field in old if ("Usage", field) in reads.READS
        }
        if any(("Usage", field) in reads.ABSENT for field in old) or (old & _NEW) - new:
            return False
    for where, place in (place for places in lists for place in places):
        field = str(place.value)
        if ("Usage", field) not in reads.READS:
            continue  # neither has it
        if getattr(call.func, "id", "") == "getattr" and unset.matters(plan, path, call, "Usage", field, objects):
            plan.review(objects[0].site, f"line {place.lineno}: {field} is 0, where it was None")
        quote, made = plan.source(where, place)[:1], reads.READS[("Usage", field)].removeprefix("{base}.")
        plan.when_moving(
            objects[0].site,
            lambda w=where, p=place, q=quote, m=made: plan.expression(w, p, lambda c: f"{q}{m}{q}"),  # type: ignore[misc]
        )
    return True


def _only_asks(plan: Plan, path: str, base: ast.expr, name: ast.Name) -> bool:
    """Whether nothing but what the usage has is done with a name: it is no key of something else, and not shown."""
    facts = plan.facts(path)
    scope = next((outer for outer in context.ancestors(facts, name) if _binds(outer, name.id)), facts.tree)
    whose = ast.dump(base)
    for node in ast.walk(scope):
        if not (isinstance(node, ast.Name) and node.id == name.id and isinstance(node.ctx, ast.Load)):
            continue
        parent = facts.parents[node]
        if isinstance(parent, ast.Call) and node in parent.args:
            func = parent.func
            probe = getattr(func, "id", "") in ("hasattr", "getattr") and ast.dump(parent.args[0]) == whose
            got = isinstance(func, ast.Attribute) and func.attr == "get" and ast.dump(func.value) == whose
            if probe or got:
                continue
        elif isinstance(parent, ast.Compare) and parent.left is node and ast.dump(parent.comparators[0]) == whose:
            continue
        elif isinstance(parent, ast.Subscript) and parent.slice is node and ast.dump(parent.value) == whose:
            continue
        return False
    return True


def _binds(node: ast.AST, name: str) -> bool:
    """Whether a name is bound in what a node opens: a function, or a comprehension that goes through it."""
    if isinstance(node, _COMPREHENSIONS):
        return any(isinstance(made.target, ast.Name) and made.target.id == name for made in node.generators)
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))


def _lists(plan: Plan, path: str, base: ast.expr, name: ast.Name) -> list[list[Place]] | None:
    """The names that are asked for together, each where it is written; None where not all of them are seen."""
    facts = plan.facts(path)
    for outer in context.ancestors(facts, name):
        loops = outer.generators if isinstance(outer, _COMPREHENSIONS) else [outer]
        for loop in loops:
            if not isinstance(loop, (ast.For, ast.comprehension)) or getattr(loop.target, "id", "") != name.id:
                continue
            if isinstance(loop.iter, (ast.List, ast.Tuple)):
                written = _constants(path, loop.iter.elts)
                return [written] if written is not None else None
            function = context.function(facts, name)
            if (
                function is None
                or function.args.vararg is None
                or getattr(loop.iter, "id", "") != function.args.vararg.arg
            ):
                return None
            return _given(plan, path, function, base, None)
    function = context.function(facts, name)
    return _given(plan, path, function, base, name.id) if function is not None else None


def _given(plan: Plan, path: str, function: ast.AST, base: ast.expr, name: str | None) -> list[list[Place]] | None:
    """The names that the calls of a function give to a parameter (None: to `*names`), where they give a usage, too."""
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or _passed_on(plan, function):
        return None
    if any(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == name for n in ast.walk(function)):
        return None
    taken = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
    if name is not None and name not in [arg.arg for arg in parameters(function.args)]:
        return None
    found: list[list[Place]] = []
    for where, call in callers(plan).get(function, ()):
        bound = taken[1:] if isinstance(call.func, ast.Attribute) and taken[:1] in (["self"], ["cls"]) else taken
        if any(isinstance(arg, ast.Starred) for arg in call.args) or any(k.arg is None for k in call.keywords):
            return None
        given = {**dict(zip(bound, call.args)), **{k.arg or "": k.value for k in call.keywords}}
        owner = given.get(base.id) if isinstance(base, ast.Name) and base.id in taken else None
        if owner is not None:
            values = plan.values(owner) - {NONE}
            usages = [v for v in values if isinstance(v, Obj) and v.kind == "Usage"]
            if not usages:
                continue
            if any(isinstance(v, Obj) and v.kind != "Usage" for v in values):
                return None
        if name is not None and name not in given:
            return None  # it asks for the default, as calls with another usage may do
        asked = call.args[len(bound) :] if name is None else [given[name]]
        written = _constants(where, asked)
        if written is None:
            return None
        found.append(written)
    return found


def _constants(path: str, nodes: list[ast.expr]) -> list[Place] | None:
    written = [(path, node) for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return written if len(written) == len(nodes) else None


def _passed_on(plan: Plan, function: ast.AST) -> bool:
    """Whether a function is more than called: then not all of its calls are seen."""
    for path, facts in plan.program.modules.items():
        for node in _loads(facts.nodes):
            if any(isinstance(v, Func) and v.node is function for v in plan.values(node)):
                parent = plan.facts(path).parents[node]
                if not (isinstance(parent, ast.Call) and parent.func is node):
                    return True
    return False


def _loads(nodes: object) -> Iterator[ast.expr]:
    for node in nodes:  # type: ignore[attr-defined]
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
            yield node
