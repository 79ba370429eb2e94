"""Classes and functions of tests that stand in for the SDK: they get the names and parameters of the new client."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst

from ..infer import doubles as inference
from ..infer.values import Class, Func, Inst, Value
from ..sdk import doubles as names
from ..sdk import surface
from .double_edits import renamed
from .edits import ExprEdit
from .plan import Plan

if TYPE_CHECKING:
    from .doubles import Doubles

INPUT = "input"
_PLAIN = ("model", "contents", "config")


def finish(found: Doubles) -> None:
    """Rewrites each fake whose calls move, or says what a person has to give it."""
    holders: dict[Class, None] = {}
    for value, roles in found.roles.items():
        if isinstance(value, Func) and _moves(found, value):
            owner = _function(found, value, roles)
            if owner is not None:
                holders[owner] = None
    for value, roles in found.roles.items():
        if not isinstance(value, Class):
            continue
        if "Response" in roles and _moves(found, value):
            _member(found, value, "text", "output_text")
            if found.in_chat(value):
                words = "stands for an answer in a chat: give it an `id`, by which the chat goes on"
                found.say(str(value.module), value.node, f"{value.node.name} {words}")
        elif roles & {"Client", "AClient"}:
            made = found.machine.cells.get(("a", value, "models"), frozenset())
            if made and all(isinstance(v, Inst) and v.cls in holders for v in made):
                _member(found, value, "models", "interactions")
            elif any(isinstance(v, Inst) and v.cls in holders for v in made):
                found.say(str(value.module), value.node, f"give {value.node.name} `interactions` beside `models`")


def _moves(found: Doubles, value: Value) -> bool:
    groups = found.plan.groups
    sites = found.sites.get(value, set())
    return any(groups.moves(site) for site in sites if any(call.site is site for call in found.plan.calls))


def _function(found: Doubles, func: Func, roles: set[str]) -> Class | None:
    """Gives a function that a request calls the new parameters; the class whose method it is, if it got its name."""
    path = func.scope.path  # type: ignore[attr-defined]
    for role in sorted(roles):
        kind, _, method = role.rpartition(".")
        if (kind, method) in names.REQUESTS or method in names.STREAMS:
            node = func.node
            in_class = not isinstance(node, ast.Lambda) and func.cls is not None and node.name == method
            if in_class and kind not in ("Models", "AModels"):
                words = f"{method} is not called any more: the code calls create(model=..., input=..., ...) on `"
                found.say(path, node, words + "interactions` of a client")
                return None
            why = _parameters(found.plan, path, func, kind, in_class)
            if why:
                found.say(path, node, f"a request has keywords only now: take model, input and **settings ({why})")
                return None
            return func.cls if in_class else None
        if kind and role in surface.CONSTRUCTORS:
            found.say(path, func.node, f"{role} is not called any more; stand in for genai.Client")
            return None
    return None


def _parameters(plan: Plan, path: str, func: Func, kind: str, in_class: bool) -> str:
    """Edits the parameters of a function, and their uses; why they cannot be."""
    node, args = func.node, func.node.args
    bound = func.cls is not None and not isinstance(node, ast.Lambda)
    own = [*args.posonlyargs, *args.args][1 if bound else 0 :]
    every = [*own, *args.kwonlyargs]
    body = node.body if isinstance(node.body, list) else [node.body]
    inner = [n for statement in body for n in ast.walk(statement)]
    used = {n.id for n in inner if isinstance(n, ast.Name)}
    if args.vararg is not None and args.vararg.arg in used:
        return f"*{args.vararg.arg}"
    if any(isinstance(n, (ast.Lambda, ast.FunctionDef)) for n in inner) or INPUT in used:
        return "its body"
    asked: str | None
    if kind in ("Models", "AModels"):
        asked = next((arg.arg for arg in every if arg.arg == "contents"), None)
        kept = ["model"] if any(arg.arg == "model" for arg in every) else []
    else:
        asked, kept = own[0].arg if own else None, []
    lost = [arg.arg for arg in every if arg.arg not in (asked, *kept) and arg.arg in used]
    if lost:
        return lost[0]
    spread = args.kwarg.arg if args.kwarg is not None else ""
    for n in inner:
        if isinstance(n, ast.Name) and n.id == asked:
            plan.expression(path, n, lambda c: INPUT)
        if isinstance(n, ast.Constant) and spread in used and n.value in ("contents", "config", "generation_config"):
            return f"**{spread}"
    if not every and spread and not in_class:
        return ""
    new = [*(["self"] if bound else []), *kept, *([INPUT] if asked else []), f"**{spread or 'settings'}"]
    if isinstance(node, ast.Lambda):
        plan.expression(path, node, lambda c: f"lambda {', '.join(new)}: {c.code(node.body)}")
        return ""
    first = next((arg.arg for arg in [*args.posonlyargs, *args.args]), "") if bound else ""
    if first:
        new[0] = first
    annotated = {arg.arg: ast.unparse(arg.annotation) for arg in every if arg.annotation is not None}
    texts = [f"{p}: {annotated[old]}" if (old := asked if p == INPUT else p) in annotated else p for p in new]

    def head(old: cst.FunctionDef) -> cst.FunctionDef:
        made = cst.parse_statement(f"def f({', '.join(texts)}): pass")
        assert isinstance(made, cst.FunctionDef)
        return old.with_changes(params=made.params, name=cst.Name("create") if in_class else old.name)

    plan.statement(path, node).head = head
    return ""


def _member(found: Doubles, cls: Class, old: str, new: str) -> None:
    """Gives a member of a class of a test another name, in the class and where it is read."""
    plan = found.plan
    path = str(cls.module)
    for item in cls.node.body:
        targets = item.targets if isinstance(item, ast.Assign) else [getattr(item, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id == old:
                plan.expression(path, target, lambda c: new)
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) and item.name == old:
            plan.statement(path, item).head = lambda f: f.with_changes(name=cst.Name(new))
    for where, facts in plan.program.modules.items():
        for node in facts.nodes:
            if isinstance(node, ast.Attribute) and node.attr == old:
                values = found.machine.vals.get(node.value, ())
                if any(inference.fakes(v) is cls for v in values) and found.in_test(where, node):
                    plan.expression(where, node, lambda c, node=node: f"{c.code(node.value)}.{new}")  # type: ignore[misc]
            elif isinstance(node, ast.Call) and cls.is_dataclass:
                keyword = next((k for k in node.keywords if k.arg == old), None)
                if keyword is not None and cls in found.machine.callees.get(node, ()):
                    plan.expression(where, node, _with_keyword(node, keyword, new))


def _with_keyword(node: ast.Call, keyword: ast.keyword, new: str) -> ExprEdit:
    return lambda c: renamed(c, node, {id(keyword): (new, "{value}")})
