"""Blocked prompts and answers, which chats and streams of the legacy SDK raised: a status of the interaction is raised
as an exception of the program's own, so that its clauses keep their meaning (MAPPING 4.4, 5, 8)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from . import snippets
from .edits import Context
from .plan import CallSite, Plan

if TYPE_CHECKING:
    from .errors import Errors, Handler
    from .streams import Loop

NOTE = "a blocked prompt and a blocked answer both end with the status failed, which the program now raises itself"


def survey(found: Errors, path: str, node: ast.Try, handlers: Sequence[Handler]) -> None:
    """Surveys the clauses of a try that catch blocked prompts or answers; keeps the calls where one cannot change."""
    plan = found.plan
    reached = found.inside(node).calls
    ours = [handler for handler in handlers if handler.test.blocked]
    raising = [call for call in reached if call.code == "MG105" or call.code == "MG103" and _streams(call)]
    why = _refusal(plan, path, ours, raising)
    if why:
        found.fail(reached, why, path, node)
        return
    handler = ours[0].node
    assert handler.type is not None
    items = ours[0].test.blocked
    whole = isinstance(handler.type, ast.Tuple) and len(items) == len(handler.type.elts)
    found.consumed.update(items)
    plan.groups.join(call.site for call in raising)
    for call in raising:
        for send in plan.sends:
            if send.node is call.node:
                send.blocked = True
        if call.code == "MG103":
            for loop in [loop for loop in plan.loops.values() if loop.site is call.site]:
                _raise_at_end(plan, path, loop)
    old = handler.type if whole else items[0]

    def work() -> None:
        plan.expression(path, old, lambda c: exception(plan, path))
        plan.find(path, handler, "MG502", "migrated", NOTE)

    plan.when_moving(raising[0].site, work)


def _raise_at_end(plan: Plan, path: str, loop: Loop) -> None:
    name = f"{loop.name}.interaction"
    plan.when_moving(loop.site, lambda: loop.done.append(line(plan, path, name, "status")))


def _streams(call: CallSite) -> bool:
    assert isinstance(call.node, ast.Call)
    return any(k.arg == "stream" and isinstance(k.value, ast.Constant) and k.value.value for k in call.node.keywords)


def _refusal(plan: Plan, path: str, ours: Sequence[Handler], raising: Sequence[CallSite]) -> str:
    named = ast.unparse(ours[0].node.type) if ours[0].node.type is not None else ""
    items = ours[0].test.blocked
    if not raising or any(call.path != path for call in raising):
        return named
    if len(ours) > 1:
        return "a blocked prompt and a blocked answer are not told apart any more"
    outer = ours[0].node.type
    if len(items) > 1 and not (isinstance(outer, ast.Tuple) and len(items) == len(outer.elts)):
        return named
    for inner in (n for statement in ours[0].node.body for n in ast.walk(statement)):
        if (
            isinstance(inner, ast.Attribute)
            and isinstance(inner.value, ast.Name)
            and inner.value.id == ours[0].node.name
        ):
            return f"{named}: .{inner.attr}"
    for call in raising:
        loops = [loop for loop in plan.loops.values() if loop.site is call.site and loop.path == path]
        sends = [send for send in plan.sends if send.node is call.node]
        if call.code == "MG103" and not loops or call.code == "MG105" and not sends:
            return named
        for send in sends:
            chats = [chat for site, chat in plan.chats.items() if site in plan.groups.of(send.site).sites]
            in_class = plan.groups.of(send.site).facts.get("class")
            if in_class and (send.stream or any(chat.path != path for chat in chats)):
                return named
    return ""


def exception(plan: Plan, path: str) -> str:
    """The name, in a module, of the exception for blocked prompts and answers."""
    return plan.snippet(path, snippets.BLOCKED, "BlockedError", "BlockedAnswerError")


def line(plan: Plan, path: str, name: str, why: str = "errors") -> Callable[[Context], str]:
    """The statement that raises it for an interaction under a name. why: the attribute that tells what was blocked."""
    raised = exception(plan, path)
    return lambda c: f'if {name}.status == "failed":\n{c.module.default_indent}raise {raised}({name}.{why})'
