"""Names that no object of an SDK ever had, and keywords that no method took: a question for one was always answered by
no, a read always raised AttributeError, a call TypeError."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ..infer.values import Ext, Method, Obj, Site
from ..sdk import libraries, names
from . import origins
from .parts import Parts
from .plan import Plan
from .reasons import Reason

_LEGACY = ("LModel", "LChat")
_ANY = "*"
WHAT = {
    "Response": "answer",
    "Chunk": "chunk of an answer",
    "Candidate": "candidate",
    "Answer": "content",
    "Part": "part",
    "Call": "function call",
    "Usage": "usage",
    "Feedback": "feedback",
    "LModel": "GenerativeModel",
}

_NOW = {
    **dict.fromkeys(("Response", "Candidate", "Answer", "Feedback"), "an interaction"),
    "Part": "a step or a content",
    "Call": "a step",
    "Usage": "the usage of an interaction",
}
"""What stands in the place of such an object, in words."""


def had(plan: Plan, objects: Sequence[Obj], name: str) -> bool:
    """Whether one of these objects may have, or have had, an attribute of this name: false only where that is sure."""
    if name.startswith("_") and name not in names.UNDERSCORED:
        return True
    if not objects or any(_had(plan, obj, name) for obj in objects):
        return True
    if plan.own_names is None:
        plan.own_names = _added(plan)
    return name in plan.own_names or _ANY in plan.own_names


def _had(plan: Plan, obj: Obj, name: str) -> bool:
    rows = [table[obj.kind] for table in _tables(plan, obj.site) if obj.kind in table]
    return not rows or any(name in row for row in rows)


def _tables(plan: Plan, site: Site) -> list[dict[str, frozenset[str]]]:
    """The names of the SDK whose method is called at a site; of both where that is not seen."""
    machine = plan.program.machine
    callees = machine.callees.get(site.node, ()) if isinstance(site.node, ast.Call) else ()
    kinds = {callee.obj.kind for callee in callees if isinstance(callee, Method)}
    if not kinds:
        return [names.LEGACY, names.GENAI]
    return [names.LEGACY if kind in _LEGACY else names.GENAI for kind in sorted(kinds)]


def has_now(objects: Sequence[Obj], name: str) -> bool:
    """Whether what stands in the place of one of these objects may have an attribute of this name."""
    return any(obj.kind not in names.NEW or name in names.NEW[obj.kind] for obj in objects)


def only_now(plan: Plan, name: str, objects: Sequence[Obj]) -> bool:
    """Whether no such object ever had an attribute, and what stands in its place has it."""
    return all(obj.kind in names.NEW for obj in objects) and has_now(objects, name) and not had(plan, objects, name)


def told(objects: Sequence[Obj], name: str) -> str:
    """That no such object ever had an attribute, in words."""
    return f"no {WHAT[objects[0].kind]} ever had `.{name}`"


def read(plan: Plan, path: str, node: ast.expr, name: str, objects: Sequence[Obj]) -> bool:
    """Takes the read of an attribute that no object ever had, and nothing has that stands in its place: it raises the
    same error as before. Where something else may stand there, too, it is meant for that alone. False where that is not
    sure; where only the new object has the name, the group stays."""
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or had(plan, objects, name):
        return False
    if node in plan.unreached:
        return True
    if any(obj.kind not in names.NEW for obj in objects):
        return False
    what = WHAT[objects[0].kind]
    if has_now(objects, name):
        plan.fail_all(list(objects), Reason.NEVER, told(objects, name), path, node)
        return True
    base = node.value if isinstance(node, ast.Attribute) else node.args[0] if isinstance(node, ast.Call) else node
    others = plan.values(base) - frozenset(objects)
    place = f"where this is the {what}, it" if others else "this"
    if not origins.sure(plan, path, base):
        return True  # it is the read of something else
    note = f"{told(objects, name)}: {place} raised AttributeError, and still does{instead(objects, name)}"
    plan.when_moving(objects[0].site, lambda: plan.find(path, node, "MG503", "needs_review", note))
    return True


def argument(plan: Plan, path: str, name: str, value: ast.expr, site: Site, parts: Parts) -> None:
    """Takes a keyword that the old method never took: the call raised TypeError, and does so still if the new one knows
    no such keyword, either. The group stays where that is not sure."""
    call = site.node
    callees = plan.program.machine.callees.get(call, ()) if isinstance(call, ast.Call) else ()
    methods = [callee for callee in callees if isinstance(callee, Method)]
    if not methods or not isinstance(call, ast.Call):
        plan.fail(site, Reason.ARGUMENT, name, path, value)
        return
    never = f"`{methods[0].name}` ever took `{name}`"
    if name in names.REQUEST:
        plan.fail(site, Reason.NEVER, f"no {never}", path, value)
        return
    written = value in [keyword.value for keyword in call.keywords if keyword.arg == name]
    later = any(one.obj.kind == "AModels" or one.name.endswith("_async") for one in methods)
    later = later and not isinstance(plan.facts(path).parents.get(call), ast.Await)
    uses = any(_of_sdk(plan, inner) for inner in ast.walk(value) if isinstance(inner, ast.expr))
    if not written or later or uses or plan.settings.schema == "outputs":
        plan.fail(site, Reason.ARGUMENT, name, path, value)
        return
    parts.request.append((name, lambda c: c.code(value)))
    note = f"no {never}: this raised TypeError, and still does"
    plan.when_moving(site, lambda: plan.find(path, value, "MG503", "needs_review", note))


def instead(objects: Sequence[Obj], name: str) -> str:
    """Where what was asked for can be found now, as the end of a sentence; '' where nothing is known of it."""
    known = next((row for obj in objects if (row := names.INSTEAD.get((obj.kind, name)))), "")
    kind = objects[0].kind
    if not known and kind in _NOW and name in names.NEW[kind]:
        return f"; {_NOW[kind]} has `.{name}` now"
    return f"; there is {known} now" if known else ""


def _added(plan: Plan) -> frozenset[str]:
    """The names that the program itself gives to objects or classes of an SDK; `*` where they may be any."""
    found: set[str] = set()
    for facts in plan.program.modules.values():
        for imported in facts.every(ast.Import):
            if any(alias.name.partition(".")[0] in libraries.WATCH for alias in imported.names):
                return frozenset((_ANY,))
        for taken in facts.every(ast.ImportFrom):
            if not taken.level and (taken.module or "").partition(".")[0] in libraries.WATCH:
                return frozenset((_ANY,))
        for node in facts.every(ast.Attribute):
            if not isinstance(node.ctx, ast.Load) and _of_sdk(plan, node.value):
                found.add(node.attr)
        for call in facts.every(ast.Call):
            if getattr(call.func, "id", "") == "setattr" and len(call.args) == 3 and _of_sdk(plan, call.args[0]):
                name = call.args[1]
                found.add(name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else _ANY)
    return frozenset(found)


def _of_sdk(plan: Plan, node: ast.expr) -> bool:
    return any(
        isinstance(value, Obj) or isinstance(value, Ext) and value.path.startswith("google.")
        for value in plan.values(node)
    )
