"""Chats of both SDKs (MAPPING 5).

A chat becomes its request's parameters together with the id of its last interaction, in one dict. Where that does not
do (its history is read, a message is sent where no statement can follow), it becomes a small class in the user's code.
"""

from __future__ import annotations

import ast
from dataclasses import replace

import libcst as cst

from ..infer.program import ModuleFacts
from ..infer.values import Box, Method, Obj, Site
from . import (
    blocked,
    calling,
    chat_class,
    chat_clients,
    chat_history,
    config,
    content_kinds,
    contents,
    context,
    models,
    splats,
    type_tests,
)
from .call import Item, arguments, remake
from .chat_sites import KINDS, ChatSite, Send, needs_class, wants
from .edits import Context, Line
from .parts import Parts
from .plan import CallSite, Plan
from .reasons import Reason
from .requests import setting, tuned, vertex
from .responses import raising_matters
from .written import constant, literal


def start(plan: Plan, path: str, call: ast.Call, method: Method | None, objects: list[Obj]) -> None:
    """Surveys model.start_chat(...) or client.chats.create(...); without a method, ChatSession(model, ...)."""
    site = plan.program.machine.sites[call]
    legacy = method is None or method.name == "start_chat"
    plan.calls.append(
        CallSite(site, path, call, "MG104" if legacy else "MG202", "the chat continues its last interaction by id")
    )
    func = call.func
    if method is not None and not isinstance(func, ast.Attribute):
        plan.fail(site, Reason.VALUE, plan.source(path, func), path, call)
        return
    given: dict[str, ast.expr] = {}
    old: dict[str, ast.expr | ast.keyword] = {}
    for item in arguments(call):
        if isinstance(item, ast.keyword) and item.arg is not None:
            given[item.arg], old[item.arg] = item.value, item
        elif isinstance(item, ast.keyword) and splats.taken_apart(plan, item.value, given, old):
            continue
        elif isinstance(item, (ast.keyword, ast.Starred)):
            plan.fail(site, Reason.SPLAT, plan.source(path, item), path, call)
        else:
            name = "model" if method is None and "model" not in given else "history"
            given[name], old[name] = item, item
    receiver = given.get("model") if method is None else func.value if isinstance(func, ast.Attribute) else None
    if receiver is None:
        plan.fail(site, Reason.CHAT, plan.source(path, call), path, call)
        return
    if method is None:
        objects = plan.objects(receiver, "LModel")
    chat = ChatSite(path, call, receiver, legacy, Parts(), old, given.get("model"))
    by_itself = False
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
            switched = constant(plan, path, value)
            if not isinstance(switched, bool):
                plan.groups.of(site).facts["afc unknown"] = (path, value)
            by_itself = switched is not False
        elif name != "model":
            plan.fail(site, Reason.ARGUMENT, name, path, value)
    if legacy:
        facts = plan.groups.of(site).facts
        facts["legacy"] = True
        facts.setdefault("afc", set()).add(by_itself)  # type: ignore[attr-defined]
        plan.groups.join([site, *(obj.site for obj in objects)])
        if not objects:
            plan.fail(site, Reason.EXTERNAL, "", path, receiver)
    else:
        tuned(plan, path, given.get("model"), site)
        if method is not None and vertex(plan, method.obj.site):
            plan.fail(site, Reason.VERTEX, "", path, call)
        if not (isinstance(receiver, ast.Attribute) and receiver.attr == "chats"):
            plan.fail(site, Reason.VALUE, plan.source(path, func), path, call)
    if not plan.settings.store:
        needs_class(plan, site, "stateless")
    if chat.history is not None:
        chat_history.begin(plan, chat, site)
    plan.chats[site] = chat
    if legacy:
        plan.clients_wanted(path, func, site)
    made = plan.calls[-1]

    def say() -> None:
        if "history" in wants(plan, site) and not calling.seeded(plan, site):
            made.message = "the chat keeps its turns and sends all of them with each message"

    plan.when_moving(site, say)
    plan.when_moving(site, lambda: plan.expression(path, call, lambda c: _create(plan, chat, site, c)))


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
        if parent.attr in ("history", "rewind"):
            plan.groups.of(site).facts["history read"] = True
        if parent.attr == "rewind":
            plan.groups.of(site).facts["history changed"] = True
        if parent.attr == "history":
            needs_class(plan, site, "history")
            if not isinstance(parent.ctx, ast.Load):
                chat_history.assigned(plan, path, node, parent, site)
        elif parent.attr == "last":
            needs_class(plan, site, "last")
        elif parent.attr == "get_history":
            chat_history.got(plan, path, node, parent, site)
        elif parent.attr == "rewind":
            needs_class(plan, site, "history")
            needs_class(plan, site, "rewind")
        elif parent.attr not in ("send_message", "send_message_async", "send_message_stream"):
            plan.fail(site, Reason.CHAT, f".{parent.attr}", path, node)
        return
    if _by_identity(plan, path, node, parent):
        needs_class(plan, site, "identity")
        return
    if role == "move" and isinstance(parent, ast.Call):
        chat_class.copied(plan, path, parent, node, site)
    if role in ("move", "truth", "discard", "compare", "annotation", "call"):
        return
    if role == "isinstance" and isinstance(parent, ast.Call) and plan.tested_type(path, parent, objects):
        return
    if type_tests.taken(plan, path, node, role, parent, objects):
        return
    if role in ("show", "format"):
        plan.review(site, f"line {node.lineno} shows the chat object, which is now something else")
        return
    type_tests.escaped(plan, path, node, parent, objects)


def _by_identity(plan: Plan, path: str, node: ast.expr, parent: ast.AST) -> bool:
    """Whether a chat is hashed, or compared with others: dicts cannot be hashed, and two of them may be equal."""
    if isinstance(parent, ast.Compare):
        others = [side for side in (parent.left, *parent.comparators) if side is not node]
        absent = all(isinstance(other, ast.Constant) and other.value is None for other in others)
        held = isinstance(parent.ops[0], (ast.In, ast.NotIn)) and node is not parent.left
        return not absent and not held and not isinstance(parent.ops[0], (ast.Is, ast.IsNot))
    if isinstance(parent, ast.Subscript):
        return parent.slice is node
    if isinstance(parent, ast.Dict):
        return node in parent.keys
    if isinstance(parent, ast.Call) and node in parent.args and isinstance(parent.func, ast.Attribute):
        boxes = [v for v in plan.values(parent.func.value) if isinstance(v, Box)]
        first = node is parent.args[0] and any(box.type == "dict" for box in boxes)
        keyed = parent.func.attr in ("get", "pop", "setdefault", "__getitem__") and first
        return bool(boxes) and (keyed or parent.func.attr in ("add", "discard", "remove", "index", "count"))
    return isinstance(parent, (ast.Set, ast.SetComp))


def send(plan: Plan, path: str, call: ast.Call, method: Method, objects: list[Obj]) -> None:
    """Surveys chat.send_message*(...)."""
    site = plan.program.machine.sites[call]
    legacy = method.obj.kind == "LChat"
    plan.calls.append(
        CallSite(site, path, call, "MG105" if legacy else "MG203", f"{method.name} becomes interactions.create()")
    )
    for groups in (plan.groups, plan.calling):
        groups.join([site, *(obj.site for obj in objects)])
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
    stream, flag = method.name.endswith("_stream"), None
    for name, value in given.items():
        if name == "message" or isinstance(value, ast.Constant) and value.value is None:
            continue
        if name == "stream":
            flag = None if isinstance(value, ast.Constant) else value
            stream = flag is None and bool(literal(value))
        elif name == "config" and not legacy:
            parts.add(config.of(plan, path, value, site, legacy=False))
        else:
            setting(plan, path, name, value, old[name], site, parts)
    if "message" not in given:
        plan.fail(site, Reason.SPLAT, "no message", path, call)
        return
    work = len(plan.work)
    code = contents.convert(plan, path, given["message"], site, in_chat=True)
    is_async = method.name.endswith("_async") or method.obj.kind == "AGChat"
    message = Send(path, call, func.value, site, method.name, parts, old, code, stream, is_async, legacy)
    message.work = tuple(plan.work[work:])
    if flag is not None:
        message.flag = flag
        plan.dynamic.add(site)
        plan.sends.append(replace(message, stream=True, flag=None))
    facts = plan.facts(path)
    outer: ast.expr = call
    if isinstance(facts.parents[call], ast.Await):
        outer = facts.parents[call]  # type: ignore[assignment]
    if legacy:
        plan.clients_wanted(path, func, site)
    plan.sends.append(message)
    plan.when_moving(site, lambda: _edit_send(plan, message, outer))


def settle(plan: Plan) -> None:
    """Decides, when all chats are known, which messages their chat's class has to send, and which do not stream."""
    for site, chat in plan.chats.items():
        chat_history.settle(plan, chat, site)
        if chat.legacy and "last" in wants(plan, site) and "history read" in plan.groups.of(site).facts:
            plan.review(site, "chat.last was None once chat.history was read; it stays the last answer now")
    for message in plan.sends:
        chat_history.settle_message(plan, message)
        if isinstance(message.node, ast.Call):
            _place(plan, message, message.node)
        if message.legacy or not isinstance(message.node, ast.Call):
            continue
        if not message.parts.empty and not _config_covers(plan, message):
            needs_class(plan, message.site, "settings")
        message.client = chat_clients.reachable(plan, message)
        if message.client is None:
            needs_class(plan, message.site, "client")


def _place(plan: Plan, message: Send, call: ast.Call) -> None:
    """Finds the loop over a streamed message; without one, or where there is no statement to follow it, the chat needs
    its class.  A stream that is only resolved is none."""
    path, facts = message.path, plan.facts(message.path)
    outer: ast.expr = call
    if isinstance(facts.parents[call], ast.Await):
        outer = facts.parents[call]  # type: ignore[assignment]
    if message.stream and message.site in plan.resolved and message.site not in plan.walked.keys() | plan.dynamic:
        message.stream = False
    if message.stream:
        message.loop = _loop_over(plan, path, outer)
        if message.loop is None:
            needs_class(plan, message.site, "stream")
            if message.is_async and outer is call:  # what waits for it elsewhere would wait for a generator
                plan.fail(message.site, Reason.STREAM, plan.source(path, facts.parents[call]), path, call)
    elif message.flag is not None:
        needs_class(plan, message.site, "stream")
    elif not _followed(facts, outer) and not context.hoistable(facts, outer):
        needs_class(plan, message.site, "expression")


def value(plan: Plan, path: str, node: ast.Attribute, method: Method, site: Site) -> None:
    """Surveys chat.send_message where it is passed as a value: the chat's class has a method of that name."""
    needs_class(plan, site, "value")
    if method.name.endswith("_stream"):
        plan.fail(site, Reason.VALUE, plan.source(path, node), path, node)
        return
    call = plan.facts(path).parents[node]
    items = arguments(call) if isinstance(call, ast.Call) else []
    if isinstance(call, ast.Call) and node in items:
        message = _passed(items[items.index(node) + 1 :])
        if message is None and len(items) > items.index(node) + 1:
            plan.fail(site, Reason.VALUE, plan.source(path, call), path, node)
            return
        if message is not None and not content_kinds.text(plan, plan.values(message)):
            code = contents.convert(plan, path, message, site, in_chat=True)

            def edit(c: Context) -> cst.Call:
                given = [Item("", code(c) if item is message else c.new(_expression(item)), old=item) for item in items]
                return remake(c, call, c.code(call.func), given)

            plan.when_moving(site, lambda: plan.expression(path, call, edit))
    elif isinstance(call, (ast.Call, ast.keyword)):
        plan.fail(site, Reason.VALUE, plan.source(path, call), path, node)
        return
    is_async = method.name.endswith("_async") or method.obj.kind == "AGChat"
    legacy = method.obj.kind == "LChat"
    if legacy:
        plan.clients_wanted(path, node, site)
    plan.sends.append(
        Send(path, node, node.value, site, method.name, Parts(), {}, lambda c: c.code(node), False, is_async, legacy)
    )


def _passed(items: list[ast.expr | ast.keyword]) -> ast.expr | None:
    """The one message that is passed on to a method; None where there is none, or more than that."""
    only = items[0] if len(items) == 1 else None
    return only if isinstance(only, ast.expr) and not isinstance(only, ast.Starred) else None


def _expression(item: ast.expr | ast.keyword) -> ast.expr:
    return item.value if isinstance(item, ast.keyword) else item


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


def _create(plan: Plan, chat: ChatSite, site: Site, c: Context) -> str | cst.Call:
    wanted = wants(plan, site)
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
        given = chat.steps(c) if chat.steps is not None else c.new(chat.history)
        made.insert(0, Item("history", given, old=chat.old["history"]))
    client = plan.client(chat.path, chat.receiver) if chat.legacy else _client_of(c, chat.node)
    made.insert(0, Item("", client))
    return remake(c, chat.node, chat_class.class_name(plan, chat.path, site), made)


def _client_of(c: Context, call: ast.Call) -> str:
    """X for X.chats.create(...)."""
    func = call.func
    assert isinstance(func, ast.Attribute) and isinstance(func.value, ast.Attribute)
    return c.code(func.value.value)


def _edit_send(plan: Plan, item: Send, outer: ast.expr) -> None:
    wanted = wants(plan, item.site)
    path, call = item.path, item.node
    facts = plan.facts(path)
    if wanted:
        plan.expression(path, call, lambda c: chat_class.send(plan, item, c))
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
    if plan.role(path, outer)[0] == "discard":
        edit.remove = True
    else:
        plan.expression(path, outer, lambda c: name)


def _keep_line(plan: Plan, item: Send, name: str) -> Line:
    """`chat["previous_interaction_id"] = name.id`; before it, a blocked answer raises where one was caught."""
    facts = plan.facts(item.path)
    again = any(
        isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.While, ast.For))
        for outer in context.ancestors(facts, item.node)
    )
    raising = blocked.line(plan, item.path, name, "status" if item.stream else "errors") if item.blocked else None
    if raising is None and item.legacy and not item.stream and raising_matters(plan, item.path, item.node):
        raising = blocked.plain_line(name)
    guard = not item.stream and not item.legacy and again

    def line(c: Context) -> str:
        made = f'{c.anywhere(item.receiver)}["previous_interaction_id"] = {name}.id'
        if raising is not None:
            return f"{raising(c)}\n{made}"
        return f'if {name}.status != "failed":\n{c.module.default_indent}{made}' if guard else made

    return line


def _request(plan: Plan, item: Send, c: Context) -> cst.Call:
    assert isinstance(item.node, ast.Call)
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
    function, first = calling.target(plan, item.path, item.site, target, item.is_async, item.stream)
    return remake(c, item.node, function, [*first, *made])
