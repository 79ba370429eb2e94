"""The small class that a chat becomes where a dict of its request does not do."""

from __future__ import annotations

import ast
from typing import NamedTuple

import libcst as cst

from ..infer.values import Ext, Site
from . import blocked, calling, content_media, models, snippets_chats, stateless
from .call import Item, remake
from .chat_sites import KINDS, Send, wants
from .edits import Context
from .plan import Plan
from .reasons import Reason
from .written import genai_types


def class_name(plan: Plan, path: str, site: Site) -> str:
    """The name, in a module, of the class for chats such as this one; the class is made when first asked for."""
    kind = _kind(plan, site)
    key = (path, kind)
    if key not in plan.chat_classes:
        name = plan.chat_classes[key] = plan.fresh(path, "Chat", "GeminiChat", "InteractionChat")
        plan.top(path, _class_code(plan, path, kind, name))
    return plan.chat_classes[key]


class Kind(NamedTuple):
    """What tells classes of chats apart: whether they keep turns (as Content of google-genai), only start from them or
    from steps, call functions (with the limit that the program says), and have an async client."""

    keeps: bool
    whole: bool
    seeded: bool
    begun: bool
    calls: str | None
    aio: bool


def _kind(plan: Plan, site: Site) -> Kind:
    wanted = wants(plan, site)
    seeded = calling.seeded(plan, site)
    keeps, whole, begun = (word in wanted for word in ("history", "contents", "steps"))
    return Kind(keeps, whole, seeded, begun, _calls(plan, site), _is_aio(plan, site))


def _calls(plan: Plan, site: Site) -> str | None:
    """The limit of the loop that calls a site's functions; None where no loop does."""
    if not calling.automatic(plan, site):
        return None
    return "".join(str(limit.value) for limit in calling.limited(plan, site))


def _is_aio(plan: Plan, site: Site) -> bool:
    """Whether a chat is one of google-genai's async client, which then is the client of the class."""
    return ("AGChat", site.node) in plan.program.machine.objs


def _class_code(plan: Plan, path: str, kind: Kind, name: str) -> str:
    keeps, whole, seeded, begun, _, aio = kind
    groups = {
        id(group): group
        for site, chat in plan.chats.items()
        for group in [plan.groups.of(site)]
        if chat.path == path and group.failure is None and wants(plan, site)
        if _kind(plan, site) == kind
    }
    sends = [item for item in plan.sends if id(plan.groups.of(item.site)) in groups]
    sends = [item for item in sends if _calls(plan, item.site) == kind.calls]
    legacy = any(item.legacy for item in sends)
    media = keeps and any(group.facts.get("media") for group in groups.values())
    head, sends_one, streams_one, keep = _templates(plan.settings.store, keeps, media, legacy)
    if begun:
        head = snippets_chats.CHAT_HEAD_STEPS
        sends_one, streams_one = snippets_chats.CHAT_SEND_STEPS, snippets_chats.CHAT_STREAM_STEPS
    if whole:
        head = snippets_chats.CHAT_HEAD_CONTENTS
        if any(group.facts.get("answer media") for group in groups.values()):
            head, keep = head + snippets_chats.CHAT_ANSWERED, keep.replace(*snippets_chats.KEEP_ANSWERED)
            plan.imports(path, "import base64")
        head = head.replace("{types}", genai_types(plan, path))
    if seeded:
        head, sends_one = head.replace(*snippets_chats.CHAT_SEEDED), snippets_chats.CHAT_SEND_SEEDED
        keep = snippets_chats.KEEP_LAST_IF_ANSWERED if legacy else snippets_chats.KEEP_LAST
    automatic = next((item.site for item in sends if calling.automatic(plan, item.site)), None)
    if seeded and automatic is None:
        head, sends_one = head.replace(*snippets_chats.TURN_OF_RESULTS), snippets_chats.CHAT_SEND_RESULTS
        keep = snippets_chats.KEEP_HISTORY_IF_ANSWERED if legacy else snippets_chats.KEEP_HISTORY
    recorded = seeded and automatic is not None and any("history read" in group.facts for group in groups.values())
    if recorded:
        sends_one, keep = snippets_chats.CHAT_SEND_RECORDED, keep + snippets_chats.KEEP_RECORD
    if media or whole:
        code = head.format(name=name, to_content=content_media.of_one(plan, path, everything=True))
    else:
        code = head.format(name=name)
    if keeps and not whole:
        plan.imports(path, "from types import SimpleNamespace")
    steps = stateless.steps(plan, path) if begun or not plan.settings.store and not keeps else ""
    error = blocked.PLAIN
    if any(item.blocked for item in sends):
        error = f"{blocked.exception(plan, path)}(interaction.errors)"
    keep = keep.replace("{blocked}", error)
    for asked, getter in (("get_history", snippets_chats.CHAT_HISTORY_GETTER), ("rewind", snippets_chats.CHAT_REWIND)):
        if any(asked in group.facts.get("class", ()) for group in groups.values()):  # type: ignore[operator]
            code += getter.format()
    flagged = {signature(item) for item in sends if item.flag is not None}
    for method, stream, is_async in sorted({signature(item) for item in sends}):
        create = f"self.client.{'aio.' if is_async and not aio else ''}interactions.create"
        first: list[Item] = []
        inner = create
        if recorded:
            create = "create"
        if automatic is not None:
            create, first = calling.target(plan, path, automatic, create, is_async, stream)
        either = (method, stream, is_async) in flagged
        code += (streams_one if stream else sends_one).format(
            steps=steps,
            method=method,
            flag=", stream=False" if either else "",
            or_events=", or its events" if either else "",
            streamed=snippets_chats.CHAT_STREAMED.format(method=_streaming(method)) if either else "",
            async_="async " if is_async else "",
            await_="await " if is_async else "",
            create=create,
            inner=inner,
            first="".join(f"            {item.name + '=' if item.name else ''}{item.value},\n" for item in first),
            keep=keep,
            request=snippets_chats.MERGED if legacy else snippets_chats.REPLACED,
            turns=snippets_chats.ONE_TURN if legacy else snippets_chats.TURNS,
            gap=" " if legacy else "\n            ",
            comma="" if legacy else ",",
        )
    return code


def _templates(store: bool, keeps: bool, media: bool, legacy: bool) -> tuple[str, str, str, str]:
    """The head of a chat's class, its methods for messages and streams, and what it does with an answer."""
    if keeps:
        answered = snippets_chats.KEEP_HISTORY_IF_ANSWERED if legacy else snippets_chats.KEEP_HISTORY
        head = snippets_chats.CHAT_HEAD_HISTORY_MEDIA if media else snippets_chats.CHAT_HEAD_HISTORY
        found = (head, snippets_chats.CHAT_SEND_HISTORY, snippets_chats.CHAT_STREAM_HISTORY, answered)
        head, one, many, answered = found if store else tuple(map(stateless.history, found))
        return head, one, many, answered
    if store:
        answered = snippets_chats.KEEP_LAST_IF_ANSWERED if legacy else snippets_chats.KEEP_LAST
        return snippets_chats.CHAT_HEAD, snippets_chats.CHAT_SEND, snippets_chats.CHAT_STREAM, answered
    answered = stateless.KEEP_IF_ANSWERED if legacy else stateless.KEEP
    return stateless.CHAT_HEAD, stateless.CHAT_SEND, stateless.CHAT_STREAM, answered


def _streaming(method: str) -> str:
    return method.replace("send_message", "send_message_stream", 1)


def signature(item: Send) -> tuple[str, bool, bool]:
    """(method name, streams, is async): what the class needs for a message."""
    stream = "_stream" if item.stream else ""
    suffix = "_async" if item.is_async and item.method.endswith("_async") else ""
    return f"send_message{stream}{suffix}", item.stream, item.is_async


def send(plan: Plan, item: Send, c: Context) -> cst.Call:
    """The call of the class's method for a message."""
    assert isinstance(item.node, ast.Call)
    method, _, _ = signature(item)
    made = [Item("", item.code(c), old=item.old["message"]), *models.setting_items(c, item.parts, item.old)]
    if item.legacy and not item.parts.empty:
        made = _merged_in_class(plan, item, c)
    if item.flag is not None:
        made.append(Item("stream", c.new(item.flag), old=item.old["stream"]))
    return remake(c, item.node, f"{c.code(item.receiver)}.{method}", made)


def copied(plan: Plan, path: str, call: ast.Call, chat: ast.expr, site: Site) -> None:
    """copy.copy(chat) and copy.deepcopy(chat), where the chat has a class: its turns are copied, not its client."""
    paths = {value.path for value in plan.program.machine.callees.get(call, ()) if isinstance(value, Ext)}
    if len(paths) != 1 or not paths <= {"copy.copy", "copy.deepcopy"}:
        return
    if isinstance(call.func, ast.Name) and paths == {"copy.deepcopy"} and "copy" in plan.names(path):
        plan.fail(site, Reason.CHAT, plan.source(path, call), path, call)

    def work() -> None:
        wanted = wants(plan, site)
        made = plan.chats.get(site)
        if "history" in wanted:
            name = class_name(plan, path, site) if made is not None and made.path == path else ""

            def edit(c: Context) -> str:
                code = c.code(chat)
                return f"{name or f'type({code})'}({code}.client, history={code}.history, **{code}.request)"

            plan.expression(path, call, edit)
        elif wanted and paths == {"copy.deepcopy"}:
            if isinstance(call.func, ast.Name):
                plan.imports(path, "from copy import copy")
                plan.expression(path, call.func, lambda c: "copy")
            elif isinstance(owner := call.func, ast.Attribute):
                plan.expression(path, call.func, lambda c: f"{c.code(owner.value)}.copy")

    plan.when_moving(site, work)


def _merged_in_class(plan: Plan, item: Send, c: Context) -> list[Item]:
    """A message's generation_config is merged over the one of the model."""
    generation = item.parts.generation_code()
    made = [Item("", item.code(c), old=item.old["message"])]
    chats = [plan.chats[o.site] for o in plan.objects(item.receiver, *KINDS) if o.site in plan.chats]
    here = [m for chat in chats for o in plan.objects(chat.receiver, "LModel") for m in [plan.models.get(o.site)] if m]
    theirs = {name for model in here for name, _ in model.parts.request}
    if (
        not item.parts.spread
        and not theirs.intersection(name for name, _ in item.parts.request)
        and (generation is None or not any(m.parts.generation_code() or m.parts.spread for m in here))
    ):
        return [*made, *models.setting_items(c, item.parts, item.old)]
    return [*made, *models.merged(plan, c, f"{c.code(item.receiver)}.request", here, item.parts, item.old)]
