"""Model names that reach a request: deprecated ones are substituted where they are written."""

from __future__ import annotations

import ast
from itertools import product

from ..findings import Status
from ..infer.objects import ENUMS, derives
from ..infer.values import Box, Const, Method, Values
from ..sdk.models import judge
from . import surfaces
from .model_lookups import Lookups
from .plan import Plan
from .requests import vertex
from .written import literal

NAMES = ("model", "model_name", "name")
"""Parameters that name a model."""
CODES = {"substitute": "MG401", "keep": "", "retiring": "MG402", "alias": "MG402", "gone_other": "MG403", "unknown": ""}

ENUM = "Python takes it for the member {} then, which has the same value: give one another model"
STORED = "it takes the place of what was put under another name before, which is the same by now"
KEYED = "{} becomes the same model and is the key of this dict then; this one stays: give one another model"
PART = "asks for {!r} in the name of a model, which is {} by now"
LISTED = "the same model stands before it in this list then: give one another model, or take it out"


def reached(plan: Plan) -> None:
    """Finds every model name that may be the model of an SDK call, and edits and reports it."""
    machine = plan.program.machine
    consts: set[Const] = set()

    def take(values: Values) -> None:
        consts.update(value for value in values if isinstance(value, Const))

    for facts in plan.program.modules.values():
        for node in facts.every(ast.Call):
            callees = machine.callees.get(node, frozenset())
            if any(isinstance(value, Method) and vertex(plan, value.obj.site) for value in callees):
                continue  # which models Vertex serves, and until when, is another list
            names = {type(value).__name__ for value in callees}
            kinds = {obj.kind for obj in plan.objects(node)}
            if "LModel" in kinds and node.args:
                take(plan.values(node.args[0]))
            function = surfaces.of(plan, node)
            if function is not None and function.takes.get(function.parameters[0], ("",))[0] == "model" and node.args:
                take(plan.values(node.args[0]))
            called = names & {"Method"} or kinds & {"LModel", "GChat", "AGChat"} or _is_sdk_function(callees)
            called = called or _of_client(plan, node)
            if called or any(isinstance(value, Method) for arg in node.args for value in plan.values(arg)):
                for keyword in node.keywords:
                    if keyword.arg in NAMES:
                        take(plan.values(keyword.value))
                    elif keyword.arg is None:
                        spread = [value for value in plan.values(keyword.value) if isinstance(value, Box)]
                        for box, name in product(spread, NAMES):
                            take(machine.cells.get(("e", box, name), frozenset()))
    lookups = Lookups(plan)
    asked = frozenset(consts)
    lookups.extend(consts, lambda const: becomes(plan, str(const.node.value)) is not None)
    members: dict[tuple[ast.AST, str], str] = {}
    listed: set[tuple[ast.AST, str]] = set()
    for const in sorted(consts, key=lambda value: (value.path, value.node.lineno, value.node.col_offset)):
        if first := _other_key(plan, const, lookups):
            _keep_key(plan, const, first, const in asked)
        else:
            _judge(plan, const, _twin(plan, const, members) or _doubled(plan, const, listed))
    for path, test, text, new in lookups.parts(consts, lambda name: becomes(plan, name) or name):
        plan.find(path, test, "MG401", "needs_review", PART.format(text, new))


def _of_client(plan: Plan, call: ast.Call) -> bool:
    """Whether a call is one of a client of google-genai that is not followed: `client.models.generate_images(...)`,
    `client.aio.live.connect(...)`."""
    if not isinstance(call.func, ast.Attribute):
        return False
    owner = call.func.value
    clients = plan.objects(owner.value, "Client", "AClient") if isinstance(owner, ast.Attribute) else []
    objects = clients or plan.objects(owner, "Models", "AModels")
    return bool(objects) and not any(vertex(plan, obj.site) for obj in objects)


def _is_sdk_function(callees: Values) -> bool:
    return any(getattr(value, "path", "").startswith(("google.generativeai.", "google.genai.")) for value in callees)


def becomes(plan: Plan, name: str) -> str | None:
    """The name that is written for a model's, where that is another one."""
    verdict = judge(name, plan.settings)
    if verdict.new is None or verdict.new == name:
        return None
    moved = verdict.kind == "substitute" or plan.moves_something() and not plan.legacy_left
    if verdict.kind == "alias" and (not moved or _asks_beta(plan)):
        bare = name.removeprefix("models/")
        return bare if moved and bare != name else None
    return verdict.new if moved else None


def _asks_beta(plan: Plan) -> bool:
    """Whether the program names the API version that serves aliases, or is written for a release that asks for it."""
    return plan.settings.schema == "outputs" or any("v1beta" in facts.text for facts in plan.program.modules.values())


def _twin(plan: Plan, const: Const, members: dict[tuple[ast.AST, str], str]) -> str:
    """What is to be said of a member of an enum that has the same model as an earlier one by now; '' for nothing."""
    parents = plan.facts(const.path).parents
    holder = parents.get(const.node)
    around = parents.get(holder) if holder is not None else None
    cls = plan.program.machine.classes.get(around) if around is not None else None
    if not isinstance(holder, ast.Assign) or cls is None or not derives(cls, ENUMS):
        return ""
    name, new = ast.unparse(holder.targets[0]), becomes(plan, str(const.node.value)) or str(const.node.value)
    first = members.setdefault((cls.node, new), name)
    return "" if first == name else ENUM.format(first)


def _doubled(plan: Plan, const: Const, listed: set[tuple[ast.AST, str]]) -> str:
    """What is to be said of an element of a list, or a key that a dict is given later, that is the same model as an
    earlier one by now; '' for nothing."""
    holder = plan.facts(const.path).parents.get(const.node)
    if isinstance(holder, ast.Subscript) and isinstance(holder.ctx, ast.Store):
        new = becomes(plan, str(const.node.value))
        boxes = [box.node for box in plan.values(holder.value) if isinstance(box, Box)]
        pairs = {(box, f"{new}[]") for box in boxes if isinstance(box, ast.AST)} if new else set()
        known = bool(pairs & listed)
        listed |= pairs
        return STORED if known else ""
    if not isinstance(holder, (ast.List, ast.Tuple, ast.Set)):
        return ""
    new = becomes(plan, str(const.node.value)) or str(const.node.value)
    if (holder, new) in listed:
        return LISTED
    listed.add((holder, new))
    return ""


def _other_key(plan: Plan, const: Const, lookups: Lookups) -> str:
    """The key that has a key's place in its dict by now: one that is looked up, or else the first; '' for none."""
    holder = plan.facts(const.path).parents.get(const.node)
    if not isinstance(holder, ast.Dict) or const.node not in holder.keys:
        return ""
    old = str(const.node.value)
    new = becomes(plan, old)
    names = [str(key.value) for key in holder.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    same = [name for name in names if new is not None and (becomes(plan, name) or name) == new]
    asked = lookups.asked.get(holder, set())
    first = next((name for name in same if name in asked or name == new), same[0] if same else old)
    return "" if first == old else first


def _keep_key(plan: Plan, const: Const, first: str, asked: bool) -> None:
    """Leaves a key whose model another key of its dict stands for by now."""
    verdict = judge(str(const.node.value), plan.settings)
    message = f"{verdict.message.rstrip('.')}; {KEYED.format(first)}"
    plan.find(const.path, const.node, CODES[verdict.kind] or "MG401", "manual" if asked else "needs_review", message)


def _judge(plan: Plan, const: Const, twin: str) -> None:
    name = str(const.node.value)
    verdict = judge(name, plan.settings)
    code = CODES[verdict.kind]
    if code and plan.ignores(code, const.path, const.node):
        return
    if verdict.kind == "substitute" and verdict.new is not None:
        _write(plan, const, verdict.new)
        old = name.removeprefix("models/").startswith(("gemini-1", "gemini-pro"))
        message = verdict.message
        if twin:
            message = f"{message.rstrip('.')}; {twin}"
        status: Status = "needs_review" if twin else "migrated"
        plan.find(const.path, const.node, code, status, message, ["model", *(["safety"] if old else [])])
        return
    new = becomes(plan, name)
    if new is not None:
        _write(plan, const, new)
    if code:
        message = verdict.message
        if verdict.kind == "alias":
            message += f": it becomes {new}." if new == verdict.new else "; give the client that API version."
        plan.find(const.path, const.node, code, "needs_review", message)


def _write(plan: Plan, const: Const, new: str) -> None:
    segment = plan.facts(const.path).lines.code(const.node) or '""'
    quote = segment.lstrip("rRbBuUfF")[:1] or '"'
    plan.expression(const.path, const.node, lambda c: f"{quote}{new}{quote}")
    if literal(const.node) is None:
        raise AssertionError(const)
