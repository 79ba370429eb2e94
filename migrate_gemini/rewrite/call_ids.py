"""Ids of function calls that a program tells by their names only (MAPPING 3.3).

The old contents pair a result with the first open call of its name; a step names the call by its id. Where a
conversation is written out, ids are written into it; in any other, a small function of the user's module gives them as
it is sent.
"""

from __future__ import annotations

import ast

from ..infer.values import NONE, Box, Obj, Site, Value
from . import context, snippets_reads
from .content_kinds import parts_of
from .parts import Code
from .plan import Plan
from .reasons import Reason
from .written import literal

NOTE = "a result answers the first open call of its function's name in what is sent"


def of(plan: Plan, path: str, node: ast.AST, site: Site) -> Code:
    """The code of the id of a call, or of the call that a result answers, which its conversation tells; it is empty
    where it is given as the conversation is sent."""
    known = _written(plan, path, node)
    if known is not None:
        return lambda c: f'"{known}"'
    plan.groups.join([site, plan.program.machine.sites.setdefault(node, Site(node, path))])
    plan.without_ids.add(node)
    return lambda c: '""'


def given(plan: Plan, path: str, node: ast.expr, site: Site, code: Code) -> Code:
    """The code of a conversation, for a request whose calls and results may still be without ids."""

    def name() -> str:
        return plan.snippet(path, snippets_reads.WITH_CALL_IDS, "with_call_ids")

    plan.conversations.append((path, node, site))
    plan.when_moving(site, lambda: name() if site in plan.numbered else None)
    return lambda c: f"{name()}({code(c)})" if site in plan.numbered else code(c)


def settle(plan: Plan) -> None:
    """Finds the requests that may send a call or a result without an id; keeps what the first schema has no words for,
    and messages of a chat, in which a result stands without its call."""
    if not plan.without_ids:
        return
    for path, node, site in plan.conversations:
        lacking, called = _looked_through(plan, node)
        if not lacking:
            continue
        plan.numbered.add(site)
        plan.review(site, NOTE)
        if plan.settings.schema == "outputs":
            plan.fail(site, Reason.TARGET, f"the ids of calls in {plan.source(path, node)}", path, node)
        if not called:
            plan.fail(
                site,
                Reason.TOOLS,
                f"the call that a result in {plan.source(path, node)} answers is not seen",
                path,
                node,
            )
    for site, places in plan.messages.items():
        for path, node in places:
            if _looked_through(plan, node)[0]:
                plan.fail(site, Reason.TOOLS, plan.source(path, node), path, node)


def _looked_through(plan: Plan, node: ast.expr) -> tuple[bool, bool]:
    """Whether a call or a result without an id is among the turns that contents may be, and whether any call is."""
    lacking = called = False
    queue: list[Value] = list(plan.values(node))
    seen: set[Value] = {NONE}
    while queue:
        value = queue.pop()
        if value in seen:
            continue
        seen.add(value)
        queue += plan.program.machine.elements(frozenset((value,))) | (parts_of(plan, value) or frozenset())
        called = called or isinstance(value, Obj) and value.kind in ("Answer", "Call")
        maker = value.node if isinstance(value, Box) else value.site.node if isinstance(value, Obj) else None
        for inner in ast.walk(maker) if isinstance(maker, (ast.List, ast.Tuple, ast.Dict, ast.Call)) else ():
            lacking = lacking or inner in plan.without_ids
            called = called or inner in plan.without_ids and "response" not in _fields(inner)
            called = called or bool(plan.objects(inner, "Call", "FCall"))
    return lacking, called


def _written(plan: Plan, path: str, node: ast.AST) -> str | None:
    """The id of a call or result in a list of turns that is written out, where each result follows its call."""
    facts = plan.facts(path)
    outer: ast.List | None = None
    for around in context.ancestors(facts, node):
        if isinstance(around, ast.List):
            outer = around
        elif isinstance(around, (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.GeneratorExp)):
            return None
        elif isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            break
    if outer is None or not _alone(plan, outer):
        return None
    known: dict[ast.AST, str] = {}
    waiting: dict[str, list[ast.AST]] = {}
    told = _told(plan, outer)
    if outer not in plan.first_ids:  # several such lists may be sent in one conversation
        plan.first_ids[outer] = plan.next_id
        plan.next_id += sum(is_call for _, _, is_call in told)
    for inner, name, is_call in told:
        if is_call:
            known[inner] = f"call_{plan.first_ids[outer] + len({*known.values()})}"
            waiting.setdefault(name, []).append(inner)
            continue
        if not waiting.get(name):
            return None
        known[inner] = known[waiting[name].pop(0)]
    return known.get(node)


def _alone(plan: Plan, node: ast.List) -> bool:
    """Whether a list is sent as it is, and not put together with others, whose ids might be the same."""
    for path, expr in [*plan.places(node)]:
        parent = plan.facts(path).parents[expr]
        if plan.role(path, expr)[0] not in ("move", "sdk", "truth", "discard", "annotation", "len"):
            return False
        if isinstance(parent, (ast.Starred, ast.BinOp, ast.AugAssign)):
            return False
    return True


def _told(plan: Plan, node: ast.List) -> list[tuple[ast.AST, str, bool]]:
    """The calls and results in a list of turns by their names, in their order: (node, name, whether it is a call)."""
    found: list[tuple[ast.AST, str, bool]] = []
    for inner in ast.walk(node):
        fields = _fields(inner) if isinstance(inner, ast.Dict) or plan.objects(inner, "FCall", "FResult") else {}
        name = literal(fields["name"]) if "name" in fields and fields.keys() & {"args", "response"} else None
        if isinstance(name, str) and "id" not in fields:
            found.append((inner, name, "response" not in fields))
    return sorted(found, key=lambda item: (item[0].lineno, item[0].col_offset))  # type: ignore[attr-defined]


def _fields(node: ast.AST) -> dict[str | None, ast.expr]:
    """The fields of what is written out as a call or a dict, by name."""
    if isinstance(node, ast.Dict):
        return {str(k.value): v for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant)}
    return {keyword.arg: keyword.value for keyword in node.keywords} if isinstance(node, ast.Call) else {}
