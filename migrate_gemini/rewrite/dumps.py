"""An answer as a whole, as a dict or as JSON: it may be shown or written, but its keys are others."""

from __future__ import annotations

import ast

from ..infer.values import Ext, Obj
from ..sdk import reads
from . import context
from .plan import Plan
from .reasons import Reason

KINDS = frozenset(("Dump", "DumpText"))
_WRITES = frozenset(("write", "writelines", "write_text"))


def method(plan: Plan, path: str, node: ast.Attribute, objects: list[Obj]) -> None:
    """Surveys `response.to_dict()` and the like."""
    site = objects[0].site
    call = plan.facts(path).parents[node]
    if not isinstance(call, ast.Call) or call.func is not node:
        plan.fail_all(objects, Reason.ATTRIBUTE, node.attr, path, node)
        return
    new = reads.DUMPS[node.attr]
    given = bool(call.args or call.keywords)
    if node.attr.startswith("model_dump") and given:
        return  # of the same name and with the same parameters
    if given:
        plan.fail_all(objects, Reason.ATTRIBUTE, plan.source(path, call), path, node)
        return
    if new == "model_dump()" and _to_json(plan, path, call):
        new = 'model_dump(mode="json")'
    plan.when_moving(site, lambda: plan.expression(path, call, lambda c: f"{c.code(node.value)}.{new}"))


def asked(plan: Plan, path: str, call: ast.Call, name: str) -> bool:
    """Whether hasattr() asks for such a method, or getattr() gives it and it is called at once without arguments."""
    if name not in reads.DUMPS or len(call.args) == 2:
        return name in reads.DUMPS and getattr(call.func, "id", "") == "hasattr"
    around = plan.facts(path).parents[call]
    calls = isinstance(around, ast.Call) and around.func is call and not around.args and not around.keywords
    return calls and reads.DUMPS[name].endswith("()") and not _to_json(plan, path, around)  # type: ignore[arg-type]


def survey(plan: Plan, path: str, node: ast.expr, role: context.Role, parent: ast.AST, objects: list[Obj]) -> None:
    """Notes what is done with the whole of an answer."""
    if role in ("show", "format") or isinstance(parent, ast.Call) and _writes(plan, path, parent):
        for obj in objects:
            plan.review(obj.site, f"line {node.lineno} shows the whole answer, whose fields have other names now")
    elif role not in ("move", "discard", "annotation", "truth"):
        plan.fail_all(objects, Reason.DUMPED, plan.source(path, parent), path, node)


def _to_json(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether a dict is given to json.dump or json.dumps."""
    parent = plan.facts(path).parents[node]
    return isinstance(parent, ast.Call) and _calls(plan, parent, "json.dump", "json.dumps")


def _writes(plan: Plan, path: str, call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr in _WRITES:
        return True
    return _calls(plan, call, "json.dump", "pprint.pprint")


def _calls(plan: Plan, call: ast.Call, *names: str) -> bool:
    callees = plan.program.machine.callees.get(call, frozenset())
    return any(isinstance(value, Ext) and value.path in names for value in callees)
