"""Chats of both SDKs (MAPPING 5).

A chat becomes its request's parameters together with the id of its last interaction, in one dict. Where that does not
do (its history is read, a message is sent where no statement can follow), it becomes a small class in the user's code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

import libcst as cst

from ..infer.program import ModuleFacts
from ..infer.values import NONE, Box, Method, Obj, Site
from . import blocked, config, content_media, contents, context, models, snippets, stateless, tools
from .call import Item, arguments, remake
from .edits import Context, Line
from .parts import Parts
from .plan import CallSite, Plan
from .reasons import Reason
from .requests import setting, tuned, vertex
from .responses import raising_matters
from .written import literal

KINDS = frozenset(("LChat", "GChat", "AGChat"))
HISTORY = frozenset(("History", "Turn", "TurnParts", "TurnPart"))


@dataclass(slots=True)
class ChatSite:
    """A start_chat(...) or chats.create(...) call taken apart."""

    path: str
    node: ast.Call
    receiver: ast.expr
    legacy: bool
    parts: Parts
    old: dict[str, ast.expr | ast.keyword]
    name: ast.expr | None = None
    history: ast.expr | None = None


@dataclass(slots=True)
class Send:
    """One message: its call, and where the statement with its interaction's id can go. blocked: a clause of the program
    catches what it raised for a blocked prompt or answer."""

    path: str
    node: ast.Call
    receiver: ast.expr
    site: Site
    method: str
    parts: Parts
    old: dict[str, ast.expr | ast.keyword]
    code: Callable[[Context], str]
    stream: bool
    is_async: bool
    legacy: bool = True
    loop: ast.AST | None = None
    client: Callable[[Context], str] | None = None
    aio: str = ".aio"
    blocked: bool = False


def start(plan: Plan, path: str, call: ast.Call, method: Method, objects: list[Obj]) -> None:
    """Surveys model.start_chat(...) or client.chats.create(...)."""
    site = plan.program.machine.sites[call]
    legacy = method.name == "start_chat"
    plan.calls.append(
        CallSite(site, path, call, "MG104" if legacy else "MG202", "the chat continues its last interaction by id")
    )
    func = call.func
    if not isinstance(func, ast.Attribute):
        plan.fail(site, Reason.VALUE, plan.source(path, func), path, call)
        return
    given: dict[str, ast.expr] = {}
    old: dict[str, ast.expr | ast.keyword] = {}
    for item in arguments(call):
        if isinstance(item, ast.keyword) and item.arg is not None:
            given[item.arg], old[item.arg] = item.value, item
        elif isinstance(item, ast.keyword) or isinstance(item, ast.Starred):
            plan.fail(site, Reason.SPLAT, plan.source(path, item), path, call)
        else:
            given["history"], old["history"] = item, item
    chat = ChatSite(path, call, func.value, legacy, Parts(), old, given.get("model"))
    for name, value in given.items():
        if isinstance(value, ast.Constant) and not value.value and name != "model":
            continue
        if name == "history":
            if not (isinstance(value, ast.List) and not value.elts):
                chat.history = value
        elif name == "config" and not legacy:
            plan.model_names[site] = plan.values(given["model"]) if "model" in given else frozenset()
            chat.parts.add(config.of(plan, path, value, site, legacy=False))
        elif name == "enable_automatic_function_calling":
            if literal(value) is not True:
                plan.fail(site, Reason.TOOLS, plan.source(path, value), path, value)
            plan.groups.of(site).facts["afc"] = True
        elif name != "model":
            plan.fail(site, Reason.ARGUMENT, name, path, value)
    if legacy:
        plan.groups.of(site).facts["legacy"] = True
        plan.groups.join([site, *(obj.site for obj in objects)])
    else:
        tuned(plan, path, given.get("model"), site)
        if vertex(plan, method.obj.site):
            plan.fail(site, Reason.VERTEX, "", path, call)
        if not (isinstance(func.value, ast.Attribute) and func.value.attr == "chats"):
            plan.fail(site, Reason.VALUE, plan.source(path, func), path, call)
    if not plan.settings.store:
        _needs_class(plan, site, "stateless")
    if chat.history is not None:
        _needs_class(plan, site, "history")
        if _history_has_media(plan, chat.history):
            plan.groups.of(site).facts["media"] = True
            content_media.maker(plan, path, site)
        elif not _history_is_text(plan, chat.history):
            plan.fail(site, Reason.CONTENTS, plan.source(path, chat.history), path, chat.history)
    plan.chats[site] = chat
    if legacy:
        plan.clients_wanted(path, func, site)
    plan.when_moving(site, lambda: plan.expression(path, call, lambda c: _create(plan, chat, site, c)))


def _history_is_text(plan: Plan, node: ast.expr) -> bool:
    kinds = contents.kinds(plan, plan.values(node))
    if isinstance(node, ast.List):
        return kinds <= {"contents", "texts", "text"}
    return kinds <= {"contents", "texts", "unknown list", "text"}


def _history_has_media(plan: Plan, node: ast.expr) -> bool:
    """Whether a history is one of turns, as dicts, with texts and media in them."""
    cells = plan.program.machine.cells
    turns = [turn for value in plan.values(node) - {NONE} for turn in cells.get(("e", value, "#"), frozenset())]
    found: set[str] = set()
    for turn in turns:
        if not (isinstance(turn, Box) and turn.type == "dict"):
            return False
        found |= contents.kinds(plan, cells.get(("e", turn, "parts"), frozenset()) - {NONE})
    return "media" in found and found <= {"text", "texts", "media", "unknown list"}


def _needs_class(plan: Plan, site: Site, why: str) -> None:
    wanted = plan.groups.of(site).facts.setdefault("class", set())
    assert isinstance(wanted, set)
    wanted.add(why)


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Notes what is done with a chat."""
    for obj in objects:
        if obj.site.external:
            plan.fail(obj.site, Reason.EXTERNAL, "", path, node)
        if obj.kind == "LChat":
            plan.groups.of(obj.site).facts["legacy"] = True
    site = objects[0].site
    role, parent = plan.role(path, node)
    if role == "attribute" and isinstance(parent, ast.Attribute):
        if parent.attr == "history":
            _needs_class(plan, site, "history")
            if not isinstance(parent.ctx, ast.Load):
                holder = plan.facts(path).parents[parent]
                value = getattr(holder, "value", None)
                if not (isinstance(holder, ast.Assign) and isinstance(value, ast.List) and not value.elts):
                    plan.fail(site, Reason.HISTORY, "assigned to", path, parent)
        elif parent.attr == "last":
            _needs_class(plan, site, "last")
        elif parent.attr == "get_history":
            _needs_class(plan, site, "history")
            _needs_class(plan, site, "get_history")
            outer = plan.facts(path).parents[parent]
            if isinstance(outer, ast.Call) and (outer.args or outer.keywords):
                plan.fail(site, Reason.HISTORY, plan.source(path, outer), path, node)
        elif parent.attr not in ("send_message", "send_message_async", "send_message_stream"):
            plan.fail(site, Reason.CHAT, f".{parent.attr}", path, node)
        return
    if role in ("move", "truth", "discard", "compare", "annotation", "call"):
        return
    if role == "isinstance" and isinstance(parent, ast.Call) and plan.tested_type(path, parent, objects):
        return
    if role in ("show", "format"):
        plan.review(site, f"line {node.lineno} shows the chat object, which is now something else")
        return
    plan.fail_all(objects, Reason.ESCAPES, plan.source(path, parent), path, node)


def history(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Notes what is done with a chat's history; the class keeps turns with role and parts[i].text."""
    kind = objects[0].kind
    role, parent = plan.role(path, node)
    if role == "attribute" and isinstance(parent, ast.Attribute):
        fine = {
            "Turn": ("role", "parts"),
            "TurnPart": ("text",),
            "History": ("append", "clear", "extend", "copy", "pop"),
        }
        if parent.attr not in fine.get(kind, ()):
            plan.fail_all(objects, Reason.HISTORY, f".{parent.attr}", path, node)
        return
    if role in ("move", "truth", "iterate", "len", "index", "compare", "discard", "call", "annotation"):
        return
    if role in ("show", "format"):
        for obj in objects:
            plan.review(obj.site, f"line {node.lineno} shows the history, whose turns now look different")
        return
    callees = plan.program.machine.callees.get(parent, frozenset()) if isinstance(parent, ast.Call) else frozenset()
    if kind == "History" and any(isinstance(v, Method) and v.name.startswith("count_tokens") for v in callees):
        return  # `surface_forms.contents` writes the turns out
    plan.fail_all(objects, Reason.HISTORY, plan.source(path, parent), path, node)


def send(plan: Plan, path: str, call: ast.Call, method: Method, objects: list[Obj]) -> None:
    """Surveys chat.send_message*(...)."""
    site = plan.program.machine.sites[call]
    legacy = method.obj.kind == "LChat"
    plan.calls.append(
        CallSite(site, path, call, "MG105" if legacy else "MG203", f"{method.name} becomes interactions.create()")
    )
    plan.groups.join([site, *(obj.site for obj in objects)])
    if legacy:
        plan.groups.of(site).facts["legacy"] = True
    func = call.func
    if not isinstance(func, ast.Attribute):
        plan.fail(site, Reason.VALUE, plan.source(path, func), path, call)
        return
    given: dict[str, ast.expr] = {}
    old: dict[str, ast.expr | ast.keyword] = {}
    parts = Parts()
    for item in arguments(call):
        if isinstance(item, ast.keyword) and item.arg is None and legacy:
            if config.passed_on(plan, path, item.value, site, parts):
                continue
        if isinstance(item, ast.Starred) or isinstance(item, ast.keyword) and item.arg is None:
            plan.fail(site, Reason.SPLAT, plan.source(path, item), path, call)
        elif isinstance(item, ast.keyword):
            name = "message" if item.arg == "content" else item.arg or ""
            given[name], old[name] = item.value, item
        elif "message" not in given:
            given["message"], old["message"] = item, item
        else:
            given["config"], old["config"] = item, item
    stream = method.name.endswith("_stream")
    for name, value in given.items():
        if name == "message" or isinstance(value, ast.Constant) and value.value is None:
            continue
        if name == "stream":
            if not isinstance(value, ast.Constant):
                plan.fail(site, Reason.STREAM, "decided at run time", path, value)
            stream = bool(literal(value))
        elif name == "config" and not legacy:
            parts.add(config.of(plan, path, value, site, legacy=False))
        else:
            setting(plan, path, name, value, old[name], site, parts)
    if "message" not in given:
        plan.fail(site, Reason.SPLAT, "no message", path, call)
        return
    code = contents.convert(plan, path, given["message"], site, in_chat=True)
    is_async = method.name.endswith("_async") or method.obj.kind == "AGChat"
    message = Send(path, call, func.value, site, method.name, parts, old, code, stream, is_async, legacy)
    facts = plan.facts(path)
    outer: ast.expr = call
    if isinstance(facts.parents[call], ast.Await):
        outer = facts.parents[call]  # type: ignore[assignment]
    if not legacy and not parts.empty and not _config_covers(plan, message):
        _needs_class(plan, site, "settings")
    if stream:
        loop = _loop_over(plan, path, outer)
        if loop is None:
            _needs_class(plan, site, "stream")
        message.loop = loop
    elif not _followed(facts, outer):
        if not context.hoistable(facts, outer):
            _needs_class(plan, site, "expression")
    if legacy:
        plan.clients_wanted(path, func, site)
    else:
        message.client = reachable(plan, message)
        if message.client is None:
            _needs_class(plan, site, "client")
    plan.sends.append(message)
    plan.when_moving(site, lambda: _edit_send(plan, message, outer))


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


def _config_covers(plan: Plan, item: Send) -> bool:
    """google-genai: a message's config replaces the chat's. True when the chat has none to replace."""
    chats = [plan.chats[o.site] for o in plan.objects(item.receiver, *KINDS) if o.site in plan.chats]
    return bool(chats) and all(chat.parts.empty for chat in chats)


def _followed(facts: ModuleFacts, outer: ast.expr) -> bool:
    """Whether the call is the whole value of an assignment to one name, so that a statement can follow it."""
    parent = facts.parents[outer]
    return isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name)


def _loop_over(plan: Plan, path: str, outer: ast.expr) -> ast.AST | None:
    """The for loop that consumes the stream of a message: directly, or through a variable in the same body."""
    facts = plan.facts(path)
    parent = facts.parents[outer]
    if isinstance(parent, (ast.For, ast.AsyncFor)) and parent.iter is outer:
        return parent
    if not (isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name)):
        return None
    name = parent.targets[0].id
    holder = context.function(facts, outer) or facts.tree
    found = [
        node
        for node in ast.walk(holder)
        if isinstance(node, (ast.For, ast.AsyncFor))
        and isinstance(node.iter, ast.Name)
        and node.iter.id == name
        and node.lineno > parent.lineno
    ]
    return found[0] if found else None


# -- edits -------------------------------------------------------------------------------------------------------


def _wants(plan: Plan, site: Site) -> set[str]:
    wanted = plan.groups.of(site).facts.get("class", set())
    assert isinstance(wanted, set)
    return wanted


def _create(plan: Plan, chat: ChatSite, site: Site, c: Context) -> str | cst.Call:
    wanted = _wants(plan, site)
    if chat.legacy:
        made = models.request_items(plan, c, chat.receiver, site, chat.parts, {})
    else:
        name = Item("model", c.new(chat.name), old=chat.old["model"]) if chat.name is not None else None
        made = [*([name] if name else []), *models.setting_items(c, chat.parts, chat.old)]
    if not wanted:
        if len(made) == 1 and made[0].star and isinstance(made[0].value, str):
            return f"dict({made[0].value})"
        return remake(c, chat.node, "dict", made)
    if chat.history is not None:
        made.insert(0, Item("history", c.new(chat.history), old=chat.old["history"]))
    client = plan.client(chat.path, chat.receiver) if chat.legacy else _client_of(c, chat.node)
    made.insert(0, Item("", client))
    return remake(c, chat.node, class_name(plan, chat.path, site), made)


def _client_of(c: Context, call: ast.Call) -> str:
    """X for X.chats.create(...)."""
    func = call.func
    assert isinstance(func, ast.Attribute) and isinstance(func.value, ast.Attribute)
    return c.code(func.value.value)


def class_name(plan: Plan, path: str, site: Site) -> str:
    """The name, in a module, of the class for chats such as this one; the class is made when first asked for."""
    keeps = "history" in _wants(plan, site)
    aio = _is_aio(plan, site)
    key = (path, keeps, aio)
    if key not in plan.chat_classes:
        name = plan.chat_classes[key] = plan.fresh(path, "Chat", "GeminiChat", "InteractionChat")
        plan.top(path, _class_code(plan, path, keeps, aio, name))
    return plan.chat_classes[key]


def _is_aio(plan: Plan, site: Site) -> bool:
    """Whether a chat is one of google-genai's async client, which then is the client of the class."""
    return ("AGChat", site.node) in plan.program.machine.objs


def _class_code(plan: Plan, path: str, keeps: bool, aio: bool, name: str) -> str:
    groups = {
        id(group): group
        for site, chat in plan.chats.items()
        for group in [plan.groups.of(site)]
        if chat.path == path and group.failure is None and _wants(plan, site)
        if ("history" in _wants(plan, site)) == keeps and _is_aio(plan, site) == aio
    }
    sends = [item for item in plan.sends if id(plan.groups.of(item.site)) in groups]
    legacy = any(item.legacy for item in sends)
    media = keeps and any(group.facts.get("media") for group in groups.values())
    head, sends_one, streams_one, keep = _templates(plan.settings.store, keeps, media, legacy)
    if media:
        maker = plan.snippet(path, content_media.template(plan), "to_content", "interaction_content")
        code = head.format(name=name, to_content=maker)
        for line in ("import base64", "import io"):
            plan.imports(path, line)
    else:
        code = head.format(name=name)
    if keeps:
        plan.imports(path, "from types import SimpleNamespace")
    steps = stateless.steps(plan, path) if not plan.settings.store and not keeps else ""
    error = 'ValueError("the message was blocked")'
    if any(item.blocked for item in sends):
        error = f"{blocked.exception(plan, path)}(interaction.errors)"
    keep = keep.replace("{blocked}", error)
    if any("get_history" in group.facts.get("class", ()) for group in groups.values()):  # type: ignore[operator]
        code += snippets.CHAT_HISTORY_GETTER.format()
    automatic = next((item.site for item in sends if tools.automatic(plan, item.site)), None)
    for method, stream, is_async in sorted({_signature(item) for item in sends}):
        create = f"self.client.{'aio.' if is_async and not aio else ''}interactions.create"
        first: list[Item] = []
        if automatic is not None:
            create, first = tools.target(plan, path, automatic, create, is_async)
        code += (streams_one if stream else sends_one).format(
            steps=steps,
            method=method,
            async_="async " if is_async else "",
            await_="await " if is_async else "",
            create=create,
            first="".join(f"            {item.name + '=' if item.name else ''}{item.value},\n" for item in first),
            keep=keep,
            request=snippets.MERGED if legacy else snippets.REPLACED,
        )
    return code


def _templates(store: bool, keeps: bool, media: bool, legacy: bool) -> tuple[str, str, str, str]:
    """The head of a chat's class, its methods for messages and streams, and what it does with an answer."""
    if keeps:
        answered = snippets.KEEP_HISTORY_IF_ANSWERED if legacy else snippets.KEEP_HISTORY
        head = snippets.CHAT_HEAD_HISTORY_MEDIA if media else snippets.CHAT_HEAD_HISTORY
        found = (head, snippets.CHAT_SEND_HISTORY, snippets.CHAT_STREAM_HISTORY, answered)
        head, one, many, answered = found if store else tuple(map(stateless.history, found))
        return head, one, many, answered
    if store:
        answered = snippets.KEEP_LAST_IF_ANSWERED if legacy else snippets.KEEP_LAST
        return snippets.CHAT_HEAD, snippets.CHAT_SEND, snippets.CHAT_STREAM, answered
    answered = stateless.KEEP_IF_ANSWERED if legacy else stateless.KEEP
    return stateless.CHAT_HEAD, stateless.CHAT_SEND, stateless.CHAT_STREAM, answered


def _signature(item: Send) -> tuple[str, bool, bool]:
    """(method name, streams, is async): what the class needs for a message."""
    stream = "_stream" if item.stream else ""
    suffix = "_async" if item.is_async and item.method.endswith("_async") else ""
    return f"send_message{stream}{suffix}", item.stream, item.is_async


def _edit_send(plan: Plan, item: Send, outer: ast.expr) -> None:
    wanted = _wants(plan, item.site)
    path, call = item.path, item.node
    facts = plan.facts(path)
    if wanted:
        plan.expression(path, call, lambda c: _class_send(plan, item, c))
        if item.is_async and item.stream and isinstance(outer, ast.Await):
            plan.expression(path, outer, lambda c: c.code(call))  # an async generator is not awaited
        return
    plan.expression(path, call, lambda c: _request(plan, item, c))
    if item.stream:
        loop = plan.loops.get(item.loop) if item.loop is not None else None
        if loop is not None:
            loop.done.append(_keep_line(plan, item, f"{loop.name}.interaction"))
        return
    statement = context.statement(facts, call)
    edit = plan.module(path).statement(statement)
    parent = facts.parents[outer]
    if _followed(facts, outer):
        assert isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name)
        edit.after.append(_keep_line(plan, item, parent.targets[0].id))
        return
    name = plan.fresh_in(path, call, "response", "reply", "interaction")
    await_ = "await " if isinstance(outer, ast.Await) else ""
    edit.before.append(lambda c: f"{name} = {await_}{c.module.code_for_node(_request(plan, item, c))}")
    edit.before.append(_keep_line(plan, item, name))
    if isinstance(parent, ast.Expr):
        edit.remove = True
    else:
        plan.expression(path, outer, lambda c: name)


def _keep_line(plan: Plan, item: Send, name: str) -> Line:
    """`chat["previous_interaction_id"] = name.id`; only for answers where a blocked one raised and was caught."""
    facts = plan.facts(item.path)
    again = any(
        isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.While, ast.For))
        for outer in context.ancestors(facts, item.node)
    )
    raising = blocked.line(plan, item.path, name, "status" if item.stream else "errors") if item.blocked else None
    guard = not item.stream and (raising_matters(plan, item.path, item.node) if item.legacy else again)

    def line(c: Context) -> str:
        made = f'{c.anywhere(item.receiver)}["previous_interaction_id"] = {name}.id'
        if raising is not None:
            return f"{raising(c)}\n{made}"
        return f'if {name}.status != "failed":\n{c.module.default_indent}{made}' if guard else made

    return line


def _request(plan: Plan, item: Send, c: Context) -> cst.Call:
    func = item.node.func
    assert isinstance(func, ast.Attribute)
    chats = [plan.chats[o.site] for o in plan.objects(item.receiver, *KINDS) if o.site in plan.chats]
    given = Item("input", item.code(c), old=item.old["message"])
    here = [m for chat in chats for o in plan.objects(chat.receiver, "LModel") for m in [plan.models.get(o.site)] if m]
    made = models.merged(plan, c, c.code(item.receiver), here, item.parts, item.old)
    made.insert(1, given)
    if item.stream:
        made.append(Item("stream", "True", old=item.old.get("stream")))
    aio = ".aio" if item.is_async else ""
    if item.legacy:
        target = f"{plan.client(item.path, item.node)}{aio}.interactions.create"
    else:
        assert item.client is not None
        target = f"{item.client(c)}{item.aio if item.is_async else ''}.interactions.create"
    function, first = tools.target(plan, item.path, item.site, target, item.is_async)
    return remake(c, item.node, function, [*first, *made])


def _class_send(plan: Plan, item: Send, c: Context) -> cst.Call:
    method, _, _ = _signature(item)
    made = [Item("", item.code(c), old=item.old["message"]), *models.setting_items(c, item.parts, item.old)]
    if item.legacy and not item.parts.empty:
        made = _merged_in_class(plan, item, c)
    return remake(c, item.node, f"{c.code(item.receiver)}.{method}", made)


def _merged_in_class(plan: Plan, item: Send, c: Context) -> list[Item]:
    """A message's generation_config is merged over the one of the model."""
    generation = item.parts.generation_code()
    made = [Item("", item.code(c), old=item.old["message"])]
    chats = [plan.chats[o.site] for o in plan.objects(item.receiver, *KINDS) if o.site in plan.chats]
    here = [m for chat in chats for o in plan.objects(chat.receiver, "LModel") for m in [plan.models.get(o.site)] if m]
    if not item.parts.spread and (
        generation is None or not any(m.parts.generation_code() or m.parts.spread for m in here)
    ):
        return [*made, *models.setting_items(c, item.parts, item.old)]
    return [*made, *models.merged(plan, c, f"{c.code(item.receiver)}.request", here, item.parts, item.old)]
