"""Blocked prompts and answers, which chats and streams of the legacy SDK raised: a status of the interaction is raised
as an exception of the program's own, so that its clauses keep their meaning (MAPPING 4.4, 5, 8)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..infer.values import Ext
from ..sdk import errors as sdk
from . import snippets_errors
from .edits import Context
from .plan import CallSite, Plan
from .reasons import Reason

if TYPE_CHECKING:
    from .error_tests import Test
    from .errors import Errors, Handler
    from .streams import Loop

NEVER = "{named} was raised for chats and streams only: what caught it here was never reached, and goes"
APART = "a blocked prompt and a blocked answer are not told apart any more"
NOTE = "a blocked prompt and a blocked answer both end with the status failed, which the program now raises itself"


def survey(found: Errors, path: str, node: ast.Try, handlers: Sequence[Handler]) -> None:
    """Surveys the clauses of a try that catch blocked prompts or answers; keeps the calls where one cannot change."""
    plan = found.plan
    reached = found.inside(node).calls
    ours = [handler for handler in handlers if handler.test.blocked]
    raising = _raising(reached)
    others = [call for call in reached if call not in raising]
    if not raising and others and not found.inside(node).unseen and not any(map(_may_stream, others)):
        _drop(found, path, node, ours, others)
        return
    why = "" if len(ours) == 1 else APART
    handler = ours[0].node
    assert handler.type is not None
    items = ours[0].test.blocked
    whole = isinstance(handler.type, ast.Tuple) and len(items) == len(handler.type.elts)
    named = ast.unparse(handler.type)
    if len(items) > 1 and not whole:
        why = why or named
    why = why or _refusal(plan, path, named, items, handler.body, handler.name, raising)
    if why:
        _keep(found, reached, why, " and ".join(plan.source(path, each.test.blocked[0]) for each in ours), path, node)
        if why == APART and not found.inside(node).unseen:  # it stays right for them, and is nothing to the others
            found.consumed.update(item for each in ours for item in each.test.blocked)
        return
    found.consumed.update(items)
    _becomes(plan, path, handler.type if whole else items[0], handler, raising)


def _becomes(plan: Plan, path: str, classes: ast.expr, place: ast.AST, raising: Sequence[CallSite]) -> None:
    """The classes become the program's own exception, which the calls raise that raised one of those."""
    plan.groups.join(call.site for call in raising)
    for call in raising:
        for send in plan.sends:
            if send.node is call.node:
                send.blocked = True
        if call.code == "MG103":
            for loop in [loop for loop in plan.loops.values() if loop.site is call.site]:
                _raise_at_end(plan, path, loop)

    def work() -> None:
        plan.expression(path, classes, lambda c: exception(plan, path))
        plan.find(path, place, "MG502", "migrated", NOTE)

    plan.when_moving(raising[0].site, work)


def _raise_at_end(plan: Plan, path: str, loop: Loop) -> None:
    if loop.node in plan.raising:
        return
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


def asked(found: Errors, path: str, whole: ast.expr, error: ast.expr, classes: ast.expr, test: Test) -> bool:
    """`isinstance(e, BlockedPromptException)` in a clause for all errors; whether it is that."""
    plan = found.plan
    errors = plan.objects(error, "Error")
    handler = errors[0].site.node if len(errors) == 1 else None
    if not isinstance(handler, ast.ExceptHandler) or not isinstance(error, ast.Name) or error.id != handler.name:
        return False
    if test.named or test.others or test.broad or test.unclear or not isinstance(whole, ast.Call):
        return False
    inside = found.inside(found.tries[handler])
    raising = _raising(inside.calls)
    if not raising or inside.unseen:
        return False
    branch = plan.facts(path).parents[whole]
    alone = isinstance(branch, ast.If) and branch.test is whole
    body = branch.body if isinstance(branch, ast.If) and alone else handler.body
    named = plan.source(path, classes)
    why = _refusal(plan, path, named, test.blocked, body, error.id, raising)
    before = found.blocked.setdefault(handler, whole)
    again = before is not whole and ast.dump(before.args[1]) != ast.dump(classes)
    if again and not why and not _as_before(plan, path, before, whole):
        why = APART
    if why:
        _keep(found, inside.calls, why, named, path, whole)
        return True
    found.consumed.update(test.blocked)
    if not again:
        _becomes(plan, path, classes, whole, raising)
        return True
    assert isinstance(branch, ast.If)
    plan.when_moving(raising[0].site, lambda: setattr(plan.statement(path, branch), "branch_goes", True))
    plan.review(raising[0].site, f"{APART}: line {whole.lineno} is told in the words above it")
    return True


def _keep(found: Errors, calls: Sequence[CallSite], why: str, named: str, path: str, node: ast.AST) -> None:
    """Keeps calls whose clauses cannot change. named: what tells a blocked prompt from a blocked answer."""
    if why != APART:
        found.fail(calls, why, path, node)
        return
    for call in calls:
        found.plan.fail(call.site, Reason.BLOCKS, named, path, node)


def _as_before(plan: Plan, path: str, before: ast.Call, whole: ast.Call) -> bool:
    """Whether a branch of a chain of ifs does what an earlier one of it does, but for the words of its texts."""
    parents = plan.facts(path).parents
    first, branch = parents[before], parents[whole]
    if not (isinstance(first, ast.If) and first.test is before and isinstance(branch, ast.If) and branch.test is whole):
        return False
    outer: ast.AST = branch
    while isinstance(outer, ast.If) and outer is not first and _is_elif(plan, path, outer):
        outer = parents[outer]
    return outer is first and _wordless(first.body) == _wordless(branch.body)


def _wordless(body: Sequence[ast.stmt]) -> list[str]:
    """Statements without the words of their texts."""
    blank = _Wordless()
    return [ast.dump(blank.visit(ast.parse(ast.unparse(statement)))) for statement in body]


class _Wordless(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        held = [self.visit(value) for value in node.values if isinstance(value, ast.FormattedValue)]
        return ast.JoinedStr(held)


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


def _raising(calls: Sequence[CallSite]) -> list[CallSite]:
    """The calls that raised for a blocked prompt or answer."""
    return [call for call in calls if call.code == "MG105" or call.code == "MG103" and _streams(call)]


def _refusal(
    plan: Plan,
    path: str,
    named: str,
    items: Sequence[ast.expr],
    body: Sequence[ast.stmt],
    name: str | None,
    raising: Sequence[CallSite],
) -> str:
    """Why the calls cannot raise an exception of the program's own, or ''. body: what runs for it, where it has a
    name."""
    if any(isinstance(v, Ext) and v.path in sdk.OTHERS for item in items for v in plan.values(item)):
        return named
    if not raising or any(call.path != path for call in raising):
        return named
    for inner in (n for statement in body for n in ast.walk(statement)):
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id == name:
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
    return plan.snippet(path, snippets_errors.BLOCKED, "BlockedError", "BlockedAnswerError")


def line(plan: Plan, path: str, name: str, why: str = "errors") -> Callable[[Context], str]:
    """The statement that raises it for an interaction under a name. why: the attribute that tells what was blocked."""
    raised = exception(plan, path)
    return lambda c: f'if {name}.status == "failed":\n{c.module.default_indent}raise {raised}({name}.{why})'


PLAIN = 'RuntimeError("the message was blocked")'
"""What a blocked message raises where no clause names its exception: no ValueError, as in the legacy SDK."""


def plain_line(name: str) -> Callable[[Context], str]:
    """The statement that raises it for an interaction under a name."""
    return lambda c: f'if {name}.status == "failed":\n{c.module.default_indent}raise {PLAIN}'
