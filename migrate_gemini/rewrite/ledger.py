"""The differences in behaviour that come with the rewrites of a program: each once, at the first finding that it is
true of."""

from __future__ import annotations

import ast

from ..infer.values import Ext
from ..sdk import differences
from . import context
from .plan import CallSite, Plan

REQUESTS = ("MG103", "MG105", "MG201", "MG203")
LEGACY = ("MG101", "MG102", "MG103", "MG104", "MG105", "MG107")
CHATS = ("MG104", "MG202")


def rows(plan: Plan) -> dict[ast.AST, list[str]]:
    """The rows that apply to each call that moves."""
    found: dict[ast.AST, list[str]] = {}
    said: set[str] = set()
    for call in sorted(plan.calls, key=lambda item: (item.path, item.node.lineno, item.node.col_offset)):
        if plan.groups.moves(call.site):
            new = [key for key in _keys(plan, call) if key not in said]
            said.update(new)
            found.setdefault(call.node, []).extend(new)
    return found


def _keys(plan: Plan, call: CallSite) -> list[str]:
    """The rows of the table that apply to a call, those of its group's objects among them."""
    group = plan.groups.of(call.site)
    found: list[str] = []
    if call.code in LEGACY and plan.settings.schema == "steps":
        found.append("python")
    if call.code == "MG102":
        found += _of_key(plan, call)
    if call.code in REQUESTS:
        found.append("retries_legacy" if call.code in LEGACY else "retries")
        if isinstance(call.node, ast.Call) and plan.objects(call.node, "Stream"):
            found += [] if call.code in LEGACY else ["stream_errors"]
            found += ["stream_parts"] if plan.settings.schema == "steps" else []
        own = {key for site in group.sites for key in plan.differences.get(site, ())}
        own |= {differences.SETTINGS[key] for key in own if key in differences.SETTINGS}
        if not group.facts.get("legacy"):
            own.discard("numbers")
        found += [key for key in differences.TABLE if key in own]
        if call.path in plan.unkeyed:
            found += ["key_order", "key_missing"] if plan.unkeyed[call.path] else ["key_order"]
    if call.code in CHATS and plan.settings.store and "history" not in group.facts.get("class", ()):  # type: ignore[operator]
        found.append("expires")
    return found


def _of_key(plan: Plan, call: CallSite) -> list[str]:
    """What applies to a client that is made where the SDK was configured, by where its key comes from."""
    assert isinstance(call.node, ast.Call)
    key = next((keyword.value for keyword in call.node.keywords if keyword.arg == "api_key"), None)
    found = [] if key is not None else ["key_order"]
    outside = context.function(plan.facts(call.path), call.node) is None
    if outside and (key is None or _may_be_missing(plan, key)):
        found.append("key_missing")
    return found


def _may_be_missing(plan: Plan, key: ast.expr) -> bool:
    """Whether a key is None where its environment variable is not set: os.getenv("X"), os.environ.get("X"), or a name
    that only holds such a value."""
    if isinstance(key, ast.Call):
        paths = {v.path for v in plan.program.machine.callees.get(key, ()) if isinstance(v, Ext)}
        return bool(paths & {"os.getenv", "os.environ.get"}) and len(key.args) == 1 and not key.keywords
    if isinstance(key, ast.Name):
        body = next(facts.tree.body for facts in plan.program.modules.values() if key in facts.parents)
        made = [node.value for node in body if isinstance(node, ast.Assign) and _binds(node, key.id)]
        return len(made) == 1 and isinstance(made[0], ast.Call) and _may_be_missing(plan, made[0])
    return False


def _binds(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
