"""The history of a chat: what it starts with, what is put into it, and what is done with its turns."""

from __future__ import annotations

import ast

from ..infer.values import NONE, Box, Method, Obj, Site, Values, is_text
from . import call_ids, calling, content_kinds, content_media, context, histories
from .chat_sites import HISTORY, ChatSite, Send, needs_class, wants
from .edits import Context
from .plan import Plan
from .reasons import Reason

READS = {"Turn": ("role", "parts"), "TurnPart": ("text",), "TurnParts": ()}
_MODEL = ("model_dump", "model_dump_json", "to_json_dict", "model_copy", "copy")
WHOLE = {"Turn": _MODEL, "TurnPart": (*_MODEL, "inline_data", "file_data")}
"""What else is asked of turns and their parts, where they are those of google-genai."""
PUTS = ("append", "insert", "extend")
CHANGES = (*PUTS, "clear", "pop", "remove")


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Notes what is done with a chat's history; the class keeps turns with role and parts[i].text."""
    kind = objects[0].kind
    role, parent = plan.role(path, node)
    if role == "attribute" and isinstance(parent, ast.Attribute):
        if kind == "History":
            _method(plan, path, node, parent, objects)
        elif parent.attr not in READS[kind] and not _as_content(plan, kind, parent.attr, objects):
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
        if isinstance(asked, ast.Constant) and _as_content(plan, kind, str(asked.value), objects):
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


def _as_content(plan: Plan, kind: str, attr: str, objects: list[Obj]) -> bool:
    """Asks for chats whose turns are still Content of google-genai, where a program asks them for what only that has;
    False for chats of the legacy SDK, and for what their new turns have not."""
    if attr not in WHOLE.get(kind, ()) or not all(_of_genai(plan, obj.site) for obj in objects):
        return False
    for obj in objects:
        needs_class(plan, obj.site, "contents")
    return True


def _of_genai(plan: Plan, site: Site) -> bool:
    return any((kind, site.node) in plan.program.machine.objs for kind in ("GChat", "AGChat"))


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
    """Surveys the turns that a chat begins with: its class keeps them as turns.

    With calls of functions or their results among them, they become steps where they are written, and nothing may ask
    the chat for them. Turns of google-genai whose parts are not seen stay what they are.
    """
    assert chat.history is not None
    work, makers, lists = len(plan.work), dict(plan.turn_makers), dict(plan.step_lists)

    def undo() -> None:
        del plan.work[work:]
        plan.turn_makers, plan.step_lists = dict(makers), dict(lists)

    if turns(plan, chat.history, site):
        needs_class(plan, site, "history")
        return
    undo()
    if not chat.legacy and _hidden(plan, chat.history):
        needs_class(plan, site, "history")
        needs_class(plan, site, "contents")
        return
    needs_class(plan, site, "steps")
    steps = histories.convert(plan, chat.path, chat.history, site)
    if steps is None:
        plan.fail(site, Reason.CONTENTS, plan.source(chat.path, chat.history), chat.path, chat.history)
        return
    chat.steps = call_ids.given(plan, chat.path, chat.history, site, steps)


def _hidden(plan: Plan, node: ast.expr) -> bool:
    """Whether contents are turns of google-genai some of whose parts are made of what is not seen, `Part(**saved)`."""
    machine = plan.program.machine
    lists = [v for v in plan.values(node) - {NONE} if isinstance(v, Box) and v.type != "dict"]
    hidden = False
    for turn in machine.elements(frozenset(lists)) - {NONE}:
        fields = histories.given(turn.site.node) if isinstance(turn, Obj) and turn.kind == "GContent" else None
        if fields is None or "parts" not in fields:
            return False
        parts = machine.elements(plan.values(fields["parts"])) - {NONE}
        spread = [v for v in parts if isinstance(v, Obj) and v.kind == "GPart" and _spread(v.site.node)]
        if not content_kinds.kinds(plan, parts.difference(spread)) <= content_kinds.PARTS:
            return False
        hidden = hidden or bool(spread)
    return hidden


def _spread(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and not node.args and [k.arg for k in node.keywords] == [None]


def settle(plan: Plan, chat: ChatSite, site: Site) -> None:
    """Keeps chats whose turns cannot be what their class makes of them: those that begin with steps where something
    asks for turns, and those with turns of google-genai where there are calls of functions, or other chats too."""
    group, wanted = plan.groups.of(site), wants(plan, site)
    node = chat.history or chat.node
    if "history" in wanted and not chat.legacy and group.facts.get("answer media"):
        needs_class(plan, site, "contents")  # a turn of the model has more than text
    other = plan.settings.schema == "outputs" or not plan.settings.store
    kept = wanted & {"history", "get_history", "rewind"}
    if chat.history is not None and chat.steps is None and _become_steps(plan, chat.history):
        plan.fail(site, Reason.CONTENTS, plan.source(chat.path, node), chat.path, node)
    if chat.steps is not None and (kept or other):
        plan.fail(site, Reason.CONTENTS, plan.source(chat.path, node), chat.path, node)
    if "contents" in wanted and (other or group.facts.get("functions") or group.facts.get("legacy")):
        plan.fail(site, Reason.HISTORY, plan.source(chat.path, node), chat.path, node)


def _become_steps(plan: Plan, node: ast.expr) -> bool:
    """Whether turns become steps where they are made, since a request sends them, too."""
    lists = plan.values(node)
    makers = (
        v.node if isinstance(v, Box) else v.site.node if isinstance(v, Obj) else None
        for v in plan.program.machine.elements(lists)
    )
    steps = any(isinstance(maker, ast.AST) and plan.turn_makers.get(maker) in ("step", "steps") for maker in makers)
    return steps or any(v in plan.step_lists for v in lists)


def settle_message(plan: Plan, message: Send) -> None:
    """Keeps chats that are sent results of functions while their class sends all turns; gives one that keeps Content
    of google-genai the message as it was."""
    wanted = wants(plan, message.site)
    given = message.old.get("message")
    node = given.value if isinstance(given, ast.keyword) else given
    if node is None or "history" not in wanted:
        return
    if _answers(plan, plan.values(node)):
        if calling.seeded(plan, message.site) and "contents" not in wanted and not message.stream:
            return
        plan.fail(message.site, Reason.HISTORY, "it is sent what a function gave", message.path, node)
    elif "contents" in wanted:
        if message.stream and plan.groups.of(message.site).facts.get("answer media"):
            plan.fail(message.site, Reason.HISTORY, "it keeps media of a stream", message.path, node)
        asked = {id(each) for each in message.work}
        plan.work = [each for each in plan.work if id(each) not in asked]
        message.code = lambda c: c.new(node)


def _answers(plan: Plan, values: Values, depth: int = 6) -> bool:
    """Whether there are results of functions among contents."""
    for value in values if depth else ():
        inner = plan.program.machine.elements(frozenset((value,))) | (
            content_kinds.parts_of(plan, value) or frozenset()
        )
        maker = value.node if isinstance(value, Box) else value.site.node if isinstance(value, Obj) else None
        fields = histories.given(maker) if isinstance(maker, (ast.Call, ast.Dict)) else None
        if isinstance(value, Obj) and value.kind == "FResult" or "function_response" in (fields or ()):
            return True
        if _answers(plan, inner, depth - 1):
            return True
    return False


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
