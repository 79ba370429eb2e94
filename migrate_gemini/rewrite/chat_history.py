"""The history of a chat: what it starts with, what is put into it, and what is done with its turns."""

from __future__ import annotations

import ast

from ..infer.values import NONE, Box, Method, Obj, Site, Values, is_text
from . import call_ids, content_kinds, content_media, context, histories
from .chat_sites import HISTORY, ChatSite, needs_class, wants
from .edits import Context
from .plan import Plan
from .reasons import Reason

READS = {"Turn": ("role", "parts"), "TurnPart": ("text",), "TurnParts": ()}
PUTS = ("append", "insert", "extend")
CHANGES = (*PUTS, "clear", "pop", "remove")


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Notes what is done with a chat's history; the class keeps turns with role and parts[i].text."""
    kind = objects[0].kind
    role, parent = plan.role(path, node)
    if role == "attribute" and isinstance(parent, ast.Attribute):
        if kind == "History":
            _method(plan, path, node, parent, objects)
        elif parent.attr not in READS[kind]:
            plan.fail_all(objects, Reason.HISTORY, f".{parent.attr}", path, node)
        return
    if role in ("move", "truth", "iterate", "len", "index", "compare", "discard", "call", "annotation"):
        if role == "index" and isinstance(parent, ast.Subscript) and not isinstance(parent.ctx, ast.Load):
            _changed(plan, path, node, objects)
        return
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add) and kind == "History":
        return  # a new list, whose elements are followed
    if role == "probe" and isinstance(parent, ast.Call) and len(parent.args) > 1:
        asked = parent.args[1]
        if isinstance(asked, ast.Constant) and asked.value in READS.get(kind, ()):
            return
    if role in ("show", "format"):
        for obj in objects:
            plan.review(obj.site, f"line {node.lineno} shows the history, whose turns now look different")
        return
    callees = plan.program.machine.callees.get(parent, frozenset()) if isinstance(parent, ast.Call) else frozenset()
    names = {v.name for v in callees if isinstance(v, Method)}
    if kind == "History" and names & {"count_tokens", "count_tokens_async", "start_chat", "create"}:
        return  # `surface_forms.contents` writes the turns out, and chats take them as they are
    plan.fail_all(objects, Reason.HISTORY, plan.source(path, parent), path, node)


def _method(plan: Plan, path: str, node: ast.expr, attribute: ast.Attribute, objects: list[Obj]) -> None:
    """A method of the list of turns."""
    if attribute.attr not in (*CHANGES, "copy", "index", "count"):
        plan.fail_all(objects, Reason.HISTORY, f".{attribute.attr}", path, node)
        return
    if attribute.attr in CHANGES:
        _changed(plan, path, node, objects)
    call = plan.facts(path).parents[attribute]
    if attribute.attr in PUTS and isinstance(call, ast.Call) and call.args:
        given = call.args[-1]
        if not turns(plan, given, objects[0].site, many=attribute.attr == "extend"):
            plan.fail_all(objects, Reason.HISTORY, plan.source(path, given), path, given)


def _changed(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Keeps chats of google-genai whose list of turns is changed: they send another list, that of valid turns."""
    machine = plan.program.machine
    for obj in objects:
        plan.groups.of(obj.site).facts["history changed"] = True
        if any((kind, obj.site.node) in machine.objs for kind in ("GChat", "AGChat")):
            plan.fail(obj.site, Reason.HISTORY, "the list that get_history() gave is changed", path, node)


def assigned(plan: Plan, path: str, chat: ast.expr, attribute: ast.Attribute, site: Site) -> None:
    """Surveys `chat.history = turns` and `chat.history += turns`: the SDK makes turns of the items of a list."""
    plan.groups.of(site).facts["history changed"] = True
    holder = plan.facts(path).parents[attribute]
    whole = isinstance(holder, ast.Assign) and holder.targets == [attribute]
    value = holder.value if isinstance(holder, (ast.Assign, ast.AugAssign)) else None
    if isinstance(holder, ast.Delete) or value is None or not (whole or isinstance(holder, ast.AugAssign)):
        plan.fail(site, Reason.HISTORY, "assigned to", path, attribute)
        return
    if isinstance(value, ast.List) and not value.elts:
        return
    if not turns(plan, value, site) or not context.plain(chat):
        plan.fail(site, Reason.HISTORY, "assigned to", path, attribute)
        return
    ready = _made_of_turns(plan, plan.values(value))
    if ready and (not whole or _fresh(value)):
        return

    def edit(c: Context) -> str:
        code = c.module.code_for_node(c.inner(value))
        return f"list({code})" if ready else f"[{c.code(chat)}.turn(item) for item in {code}]"

    plan.when_moving(site, lambda: plan.expression(path, value, edit))


def _made_of_turns(plan: Plan, values: Values) -> bool:
    """Whether these values are histories, or lists of nothing but their turns."""
    machine = plan.program.machine
    lists = [v for v in values if not (isinstance(v, Obj) and v.kind in HISTORY)]
    inner = [item for v in lists for item in machine.elements(frozenset((v,)))]
    seen = bool(values) and all(isinstance(v, Box) for v in lists) and (bool(inner) or not lists)
    return seen and all(isinstance(item, Obj) and item.kind == "Turn" for item in inner)


def _fresh(node: ast.expr) -> bool:
    """Whether an expression makes a new list."""
    return isinstance(node, (ast.List, ast.ListComp)) or (
        isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)
    )


# -- what a chat begins with -------------------------------------------------------------------------------------------


def begin(plan: Plan, chat: ChatSite, site: Site) -> None:
    """Surveys the turns that a chat begins with: its class keeps them as turns; with calls of functions or their
    results among them, they become steps where they are written, and nothing may ask the chat for them."""
    assert chat.history is not None
    work, makers = len(plan.work), dict(plan.turn_makers)
    if turns(plan, chat.history, site):
        needs_class(plan, site, "history")
        return
    del plan.work[work:]
    plan.turn_makers = makers
    needs_class(plan, site, "steps")
    steps = histories.convert(plan, chat.path, chat.history, site)
    if steps is None:
        plan.fail(site, Reason.CONTENTS, plan.source(chat.path, chat.history), chat.path, chat.history)
        return
    chat.steps = call_ids.given(plan, chat.path, chat.history, site, steps)


def settle(plan: Plan, chat: ChatSite, site: Site) -> None:
    """Keeps a chat that begins with steps where something asks for its turns, or other chats in its place keep them."""
    kept = wants(plan, site) & {"history", "get_history", "rewind", "stateless"}
    if chat.steps is not None and chat.history is not None and (kept or plan.settings.schema == "outputs"):
        plan.fail(site, Reason.CONTENTS, plan.source(chat.path, chat.history), chat.path, chat.history)


# -- turns that are given ----------------------------------------------------------------------------------------------


def turns(plan: Plan, node: ast.expr, site: Site, many: bool = True) -> bool:
    """Whether a chat's class can take an expression as turns (many) or as one turn; what is not seen is left to run
    time, where the class refuses what is no turn. Turns of other chats join their groups, media are noted."""
    machine = plan.program.machine
    values = plan.values(node) - {NONE}
    histories_ = [v for v in values if isinstance(v, Obj) and v.kind == "History"]
    if many:
        plan.groups.join([site, *(v.site for v in histories_)])
        if histories_:
            plan.groups.of(site).facts["history changed"] = True
        values = frozenset(values.difference(histories_))
        if not all(isinstance(v, Box) and v.type != "dict" for v in values):
            return False
        values = frozenset(item for v in values for item in machine.elements(frozenset((v,)))) - {NONE}
    found: set[str] = set()
    for value in sorted(values, key=repr):
        kinds = _kinds(plan, value, site)
        if kinds is None:
            return False
        found |= kinds
    if "media" in found:
        plan.groups.of(site).facts["media"] = True
        content_media.maker(plan, site.path, site)
    return True


def _kinds(plan: Plan, value: object, site: Site) -> set[str] | None:
    """What the parts of one turn are; None where it is none that the class can take."""
    if is_text(value):
        return {"text"}
    parts: Values | None = None
    if isinstance(value, Obj) and value.kind == "Turn":
        plan.groups.join([site, value.site])
        return set()
    if isinstance(value, Obj) and value.kind in histories.TURNS:
        node = value.site.node
        fields = histories.given(node)
        if value.kind == "GContent" and isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            fields = {"parts": node.args[0]}  # UserContent("Hi")
        if fields is None or "parts" not in fields:
            return None
        parts = plan.values(fields["parts"])
        if value.kind == "LContent" and not _as_dict(plan, value.site, fields, site):
            return None
    elif isinstance(value, Box) and value.type == "dict":
        parts = content_kinds.parts_of(plan, value)
    if parts is None:
        return None
    found = content_kinds.kinds(plan, parts - {NONE})
    if isinstance(value, Obj) and value.kind == "LContent":
        found -= {"steps"}
    return found if found <= content_kinds.PARTS else None


def _as_dict(plan: Plan, made: Site, fields: dict[str, ast.expr], site: Site) -> bool:
    """Makes a dict of a turn that is written out with the legacy SDK's class; False where it is looked into, or holds
    more than texts and media of a known type."""
    node, parts = made.node, fields["parts"]
    if node in plan.turn_makers:
        return plan.turn_makers[node] == "turn"
    if not isinstance(node, ast.Call) or not isinstance(parts, (ast.List, ast.Tuple)):
        return False
    texts = [content_kinds.single_text(plan, item) for item in parts.elts]
    media = [content_media.fields(item) or {} for item in parts.elts]
    if not all(text is not None or set(medium) == {"mime_type", "data"} for text, medium in zip(texts, media)):
        return False
    if not histories.only_moved(plan, node):
        return False
    plan.turn_makers[node] = "turn"
    plan.groups.join([site, made])

    def part(c: Context, text: ast.expr | None, medium: dict[str, ast.expr]) -> str:
        if text is not None:
            return c.code(text)
        return f'{{"mime_type": {c.code(medium["mime_type"])}, "data": {c.code(medium["data"])}}}'

    def edit(c: Context) -> str:
        code = "[" + ", ".join(part(c, *pair) for pair in zip(texts, media)) + "]"
        role = f'"role": {c.code(fields["role"])}, ' if "role" in fields else ""
        return f'{{{role}"parts": {code}}}'

    plan.when_moving(site, lambda: plan.expression(made.path, node, edit))
    return True


def got(plan: Plan, path: str, chat: ast.expr, attribute: ast.Attribute, site: Site) -> None:
    """Surveys `chat.get_history(curated=...)`: the class keeps only turns that were answered, in one list."""
    needs_class(plan, site, "history")
    needs_class(plan, site, "get_history")
    call = plan.facts(path).parents[attribute]
    if isinstance(call, ast.Call) and (call.args or call.keywords):
        plan.when_moving(site, lambda: plan.expression(path, call, lambda c: f"{c.code(chat)}.get_history()"))
