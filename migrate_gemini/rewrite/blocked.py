"""Blocked prompts and answers, which chats and streams of the legacy SDK raised: a status of the interaction is raised
as an exception of the program's own, so that its clauses keep their meaning (MAPPING 4.4, 5, 8)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..infer.values import Ext
from ..sdk import errors as sdk
from . import snippets
from .edits import Context
from .plan import CallSite, Plan

if TYPE_CHECKING:
    from .error_tests import Test
    from .errors import Errors, Handler
    from .streams import Loop

NEVER = "{named} was raised for chats and streams only: what caught it here was never reached, and goes"
NOTE = "a blocked prompt and a blocked answer both end with the status failed, which the program now raises itself"


def survey(found: Errors, path: str, node: ast.Try, handlers: Sequence[Handler]) -> None:
    """Surveys the clauses of a try that catch blocked prompts or answers; keeps the calls where one cannot change."""
    plan = found.plan
    reached = found.inside(node).calls
    ours = [handler for handler in handlers if handler.test.blocked]
    raising = [call for call in reached if call.code == "MG105" or call.code == "MG103" and _streams(call)]
    others = [call for call in reached if call not in raising]
    if not raising and others and not found.inside(node).unseen and not any(map(_may_stream, others)):
        _drop(found, path, node, ours, others)
        return
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
    plan.raising.add(loop.node)
    plan.when_moving(loop.site, lambda: loop.done.append(line(plan, path, name, "status")))


def _streams(call: CallSite) -> bool:
    given = call.node.keywords if isinstance(call.node, ast.Call) else ()
    return any(k.arg == "stream" and isinstance(k.value, ast.Constant) and k.value.value for k in given)


def _may_stream(call: CallSite) -> bool:
    if not isinstance(call.node, ast.Call):
        return True
    given = [k for k in call.node.keywords if k.arg is None or k.arg == "stream"]
    return not all(isinstance(k.value, ast.Constant) and not k.value.value for k in given)


def _drop(found: Errors, path: str, node: ast.Try, ours: Sequence[Handler], calls: Sequence[CallSite]) -> None:
    """Clauses for what requests without a stream never raised go, or lose these classes; keeps the calls where a clause
    is all that makes the try one."""
    plan = found.plan
    named = plan.source(path, ours[0].test.blocked[0])
    whole = [h.node for h in ours if len(h.test.blocked) == len(_items(h.node))]
    if len(whole) == len(node.handlers) and not node.finalbody:
        found.fail(calls, named, path, node)
        return
    for handler in ours:
        found.consumed.update(handler.test.blocked)
    found.dead.update(whole)

    def work() -> None:
        if not any(plan.groups.moves(call.site) for call in calls):
            return
        for handler in ours:
            kept = [item for item in _items(handler.node) if item not in handler.test.blocked]
            if kept and handler.node.type is not None:
                code = ", ".join(map(ast.unparse, kept))
                text = code if len(kept) == 1 else f"({code})"
                plan.expression(path, handler.node.type, lambda c, text=text: text)  # type: ignore[misc]
        edit = plan.statement(path, node)
        if whole and edit.handlers is None:
            edit.handlers = lambda c, tree: tree.with_changes(
                handlers=[old for new, old in zip(node.handlers, tree.handlers) if new not in found.dead]
            )
        plan.find(path, ours[0].node, "MG502", "needs_review", NEVER.format(named=named))

    plan.closing.append(work)


def drop_branch(found: Errors, path: str, whole: ast.expr, error: ast.expr, test: Test) -> bool:
    """Drops the elif for what requests without a stream never raised; whether it is such a one."""
    plan = found.plan
    traced = found.origin(path, error)
    reached = traced if traced is not None else found.anywhere()
    branch = plan.facts(path).parents[whole]
    if not isinstance(branch, ast.If) or branch.test is not whole or test.named or test.others or test.unclear:
        return False
    outer = plan.facts(path).parents[branch]
    follows = isinstance(outer, ast.If) and outer.orelse == [branch] and _is_elif(plan, path, branch)
    if not follows or not reached.calls or reached.unseen or any(map(_may_raise, reached.calls)):
        return False
    found.consumed.update(test.blocked)

    def work() -> None:
        if any(plan.groups.moves(call.site) for call in reached.calls):
            plan.module(path).statement(branch).branch_goes = True
            plan.find(path, whole, "MG502", "needs_review", NEVER.format(named=plan.source(path, test.blocked[0])))

    plan.closing.append(work)
    return True


def _is_elif(plan: Plan, path: str, branch: ast.If) -> bool:
    start, _ = plan.facts(path).lines.place(branch)
    return plan.facts(path).text.startswith("elif", start)


def _may_raise(call: CallSite) -> bool:
    return call.code == "MG105" or call.code == "MG103" and _may_stream(call)


def _items(handler: ast.ExceptHandler) -> list[ast.expr]:
    if handler.type is None:
        return []
    return handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]


def _refusal(plan: Plan, path: str, ours: Sequence[Handler], raising: Sequence[CallSite]) -> str:
    named = ast.unparse(ours[0].node.type) if ours[0].node.type is not None else ""
    items = ours[0].test.blocked
    if any(isinstance(v, Ext) and v.path in sdk.OTHERS for item in items for v in plan.values(item)):
        return named
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


PLAIN = 'RuntimeError("the message was blocked")'
"""What a blocked message raises where no clause names its exception: no ValueError, as in the legacy SDK."""


def plain_line(name: str) -> Callable[[Context], str]:
    """The statement that raises it for an interaction under a name."""
    return lambda c: f'if {name}.status == "failed":\n{c.module.default_indent}raise {PLAIN}'
