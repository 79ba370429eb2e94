"""Calls of the SDKs' methods whose objects are not traced to them, and imports that hide an SDK: they stay."""

from __future__ import annotations

import ast

from ..infer.scopes import parameters
from ..infer.values import Box, Class, Ext, Func, Inst, Module, Obj, Site
from ..sdk import surface
from ..sdk.stars import STARS
from ..sdk.surfaces import VERTEX_MODULES
from . import context
from .plan import CallSite, Plan
from .reasons import Reason

_TRAVELLERS = ("LModel", "LChat", "GChat", "AGChat")
INHERITED = surface.CALL_NAMES | {"count_tokens", "count_tokens_async"}


def derived(plan: Plan, path: str, node: ast.Call) -> bool:
    """A call of a method of the SDK's on an object of a class of the program that derives from one of the SDK."""
    func = node.func
    if not isinstance(func, ast.Attribute) or func.attr not in INHERITED:
        return False
    inner = func.value
    if isinstance(inner, ast.Attribute) and inner.attr in ("_client", "_async_client"):
        inner = inner.value  # what GenerativeModel asks in its turn
    bases = {base for v in plan.values(inner) if isinstance(v, Inst) and (base := _sdk_base(v.cls))}
    if not bases:
        return False
    site = plan.program.machine.sites.setdefault(node, Site(node, path))
    plan.fail(site, Reason.SUBCLASS, min(bases), path, node)
    plan.calls.append(CallSite(site, path, node, "MG301" if func.attr in surface.CALL_NAMES else "MG107", ""))
    return True


def class_of(plan: Plan, node: ast.Attribute) -> str:
    """The kind of an SDK's class of which an expression names a method (`Models.generate_content`), or ''."""
    for value in plan.values(node):
        if isinstance(value, Ext):
            owner, _, name = value.path.rpartition(".")
            kind = surface.ANNOTATIONS.get(owner, "")
            if name in surface.METHODS.get(kind, ()):
                return kind
    return ""


def of_class(plan: Plan, path: str, node: ast.Attribute) -> bool:
    """Takes a method of an SDK's class that is named without an object: it stays. False for anything else."""
    kind = class_of(plan, node)
    if not kind or kind in surface.VERTEX:
        return False
    site = plan.program.machine.sites.setdefault(node, Site(node, path))
    legacy = kind in ("LModel", "LChat")
    codes = ("MG103", "MG105", "MG104") if legacy else ("MG201", "MG203", "MG202")
    code = codes[0 if node.attr in surface.REQUESTS else 1 if node.attr in surface.SENDS else 2]
    plan.calls.append(CallSite(site, path, node, code, ""))
    plan.fail(site, Reason.VALUE, plan.source(path, node), path, node)
    if legacy:
        plan.groups.of(site).facts["legacy"] = True
    return True


def call(plan: Plan, path: str, node: ast.Call) -> None:
    """A call with one of the SDK's method names whose receiver is not known."""
    func = node.func
    if not isinstance(func, ast.Attribute) or func.attr not in surface.CALL_NAMES or func.attr == "GenerativeModel":
        return
    values = plan.values(func.value)
    if any(isinstance(v, (Inst, Class, Module, Func, Box, Ext)) for v in values):
        return
    if func.attr.startswith("send_message"):
        keywords = {keyword.arg for keyword in node.keywords}
        name = ast.unparse(func.value).lower()
        known = {"stream", "generation_config", "safety_settings", "tools", "config", "content", "message"}
        looks = any(word in name.rpartition(".")[2] for word in ("chat", "convo", "conversation", "session"))
        if len(node.args) > 1 or keywords - known or not looks:
            return
    sdks = surface.ONLY_IN.get(func.attr, (surface.LEGACY, surface.GENAI, *VERTEX_MODULES))
    if not _names_sdk(plan, path, sdks) and not _held(plan, func.value):
        return
    site = plan.program.machine.sites.setdefault(node, Site(node, path))
    plan.fail(site, Reason.EXTERNAL, "", path, node)
    plan.calls.append(CallSite(site, path, node, "MG301", ""))


def _sdk_base(cls: Class) -> str:
    """The SDK's class that a class derives from, or ''."""
    for owner in cls.mro():
        for base in owner.bases:
            if isinstance(base, Ext) and base.path.startswith((surface.LEGACY, surface.GENAI)):
                return base.path
    return ""


def _names_sdk(plan: Plan, path: str, sdks: tuple[str, ...]) -> bool:
    """Whether a module imports from one of these SDKs."""
    for node in plan.facts(path).nodes:
        if isinstance(node, ast.Import):
            if any(alias.name.startswith(sdks) for alias in node.names):
                return True
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            if any(f"{node.module}.{alias.name}".startswith(sdks) for alias in node.names):
                return True
    return False


def stars(plan: Plan) -> None:
    """A module that takes the legacy SDK's names by a star import of which they are not known keeps its calls; so does
    one that imports the legacy SDK by a call."""
    for path, facts in plan.program.modules.items():
        for node in facts.nodes:
            if isinstance(node, ast.Call) and _imports_legacy(plan, node):
                for call in plan.calls:
                    if call.path == path and plan.groups.of(call.site).facts.get("legacy"):
                        plan.fail(call.site, Reason.IMPORTED, plan.source(path, node), path, node)
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
                if (node.module or "").startswith(surface.LEGACY) and node.module not in STARS:
                    for call in plan.calls:
                        if call.path == path:
                            plan.fail(call.site, Reason.STAR, "", path, node)


def _imports_legacy(plan: Plan, call: ast.Call) -> bool:
    """Whether a call is importlib.import_module("google.generativeai") or the like."""
    named = [value.path for value in plan.program.machine.callees.get(call, ()) if isinstance(value, Ext)]
    given = [value.path for value in plan.values(call) if isinstance(value, Ext)]
    return bool({"importlib.import_module", "builtins.__import__"}.intersection(named)) and any(
        path.startswith(surface.LEGACY) for path in given
    )


def by_name(plan: Plan) -> None:
    """An untraced use of an attribute that holds an SDK object elsewhere keeps that object's group; one of a value that
    nothing is known of keeps those of its module."""
    for call in plan.calls:
        if call.code != "MG301" or not isinstance(call.node, ast.Call):
            continue
        func = call.node.func
        if isinstance(func, ast.Attribute):
            for value in [*_held(plan, func.value), *_near(plan, call.path, func)]:
                plan.fail(value.site, Reason.ESCAPES, plan.source(call.path, call.node), call.path, call.node)


def _near(plan: Plan, path: str, func: ast.Attribute) -> list[Obj]:
    """The models and chats of a module that an untraced call in it may be meant for: all, unless it is called on a
    parameter of a function that nobody calls."""
    machine = plan.program.machine
    receiver = func.value
    if plan.values(receiver):
        return []
    around = context.function(plan.facts(path), func)
    if around is not None and isinstance(receiver, ast.Name) and machine.funcs.get(around) not in machine.called:
        if receiver.id in {arg.arg for arg in parameters(around.args)}:
            return []
    found = [obj for obj in machine.objs.values() if obj.site.path == path and obj.kind in _TRAVELLERS]
    return [obj for obj in found if func.attr in surface.METHODS.get(obj.kind, ())]


def _held(plan: Plan, node: ast.expr) -> list[Obj]:
    """The SDK objects that attributes or keys of this name hold anywhere."""
    name = node.attr if isinstance(node, ast.Attribute) else None
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        name = str(node.slice.value)
    cell = plan.program.machine.cells.get(("n", name), frozenset())
    return [value for value in cell if isinstance(value, Obj) and value.kind in surface.MOVING]
