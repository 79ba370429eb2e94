"""The client of a chat of google-genai, where its messages are sent."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..infer.program import ModuleFacts
from ..infer.values import Obj
from . import assured, context
from .chat_sites import KINDS, ChatSite, Send
from .edits import Context
from .plan import Plan


def reachable(plan: Plan, item: Send) -> Callable[[Context], str] | None:
    """The code, at a message, of the client that its chat was made with; None when no name reaches it."""
    chats = [plan.chats.get(o.site) for o in plan.objects(item.receiver, *KINDS)]
    facts = plan.facts(item.path)
    found: set[str] = set()
    for chat in chats:
        owner = chat.receiver.value if chat is not None and isinstance(chat.receiver, ast.Attribute) else None
        if isinstance(owner, ast.Attribute) and owner.attr == "aio":
            owner = owner.value
        if chat is None or chat.path != item.path or owner is None:
            return None
        made_in, sent_in = context.function(facts, chat.node), context.function(facts, item.node)
        root = owner
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return None
        if made_in is not sent_in:
            is_self = root.id == "self" and owner is not root and _class_of(facts, made_in) is _class_of(facts, sent_in)
            scope = facts.scopes[made_in] if made_in is not None else facts.scope
            seen = facts.scopes[sent_in] if sent_in is not None else facts.scope
            same = scope.lookup(root.id) is seen.lookup(root.id)
            if not (is_self or same):
                return None
        if not _there(plan, item, root.id, made_in, sent_in):
            return None
        found.add(ast.unparse(owner))
    if len(found) != 1:
        return None
    code = found.pop()
    aio = any(o.kind == "AGChat" for o in plan.objects(item.receiver, *KINDS))
    if aio and any(
        isinstance(v, Obj) and v.kind == "AClient" for chat in chats if chat for v in _owner_values(plan, chat)
    ):
        item.aio = ""
    return lambda c: code


def _there(plan: Plan, item: Send, name: str, made_in: ast.AST | None, sent_in: ast.AST | None) -> bool:
    """Whether the variable of a client has its value where a message is sent, which may be long after the chat was
    made: in a later call of the function, or a later run of the script."""
    facts = plan.facts(item.path)
    if _fresh(plan, item):
        return True
    if sent_in is not None and made_in is sent_in and name in facts.scopes[sent_in].bound:  # type: ignore[index]
        return assured.bound(facts, name, item.node)
    if name in facts.scope.bound and assured.streamlit(plan, item.path):
        behind = sent_in is None and assured.bound(facts, name, item.node)
        return behind or assured.in_each_run(plan, item.path, name)
    return True


def _fresh(plan: Plan, item: Send) -> bool:
    """Whether a chat is a variable that only ever holds what the same function, or top level, makes."""
    facts = plan.facts(item.path)
    if not isinstance(item.receiver, ast.Name):
        return False
    made = {chat.node for obj in plan.objects(item.receiver, *KINDS) if (chat := plan.chats.get(obj.site))}
    stores = [n for n in facts.every(ast.Name) if n.id == item.receiver.id and isinstance(n.ctx, ast.Store)]
    around = context.function(facts, item.node)
    return bool(stores) and all(
        isinstance(holder := facts.parents[store], ast.Assign)
        and holder.value in made
        and context.function(facts, store) is around
        for store in stores
    )


def _owner_values(plan: Plan, chat: ChatSite) -> frozenset[object]:
    owner = chat.receiver.value if isinstance(chat.receiver, ast.Attribute) else None
    if owner is None or isinstance(owner, ast.Attribute) and owner.attr == "aio":
        return frozenset()
    return plan.values(owner)


def _class_of(facts: ModuleFacts, node: ast.AST | None) -> ast.AST | None:
    """The class around a method, or None."""
    if node is None:
        return None
    return next((outer for outer in context.ancestors(facts, node) if isinstance(outer, ast.ClassDef)), None)
