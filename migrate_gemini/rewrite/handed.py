"""Methods passed as values: `pool.submit(model.generate_content, prompt)` and the like.

Functions that pass keywords on get `client.interactions.create` with keywords; for all others the method becomes a
lambda that takes the same argument.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..infer.values import Bound, Ext, Func, Method, Obj, Site
from ..sdk import surface
from . import chats, config, content_kinds, contents, context, models, passing, stateless
from .call import Item, arguments, remake
from .edits import Context
from .parts import Parts
from .plan import CallSite, Plan
from .reasons import Reason
from .requests import LEGACY_SETTINGS, genai, models_owner, named, vertex
from .written import literal

_ALONE = (ast.Call, ast.keyword, ast.Assign, ast.AnnAssign, ast.Return, ast.Dict)
"""Where a lambda needs no parentheses."""


def survey(plan: Plan, path: str, node: ast.expr, method: Method, objects: list[Obj]) -> None:
    """Surveys a method of an SDK object that is not called where it is named."""
    facts = plan.facts(path)
    parent = facts.parents[node]
    legacy = method.obj.kind in ("LModel", "LChat")
    request = method.name in surface.REQUESTS
    named_only = by_name(plan, node)
    if not named_only and (not isinstance(node, ast.Attribute) or method.obj not in objects):
        if request and not legacy:
            _carried(plan, path, node, method)
        return
    site = plan.program.machine.sites.setdefault(node, Site(node, path))
    code = ("MG103" if legacy else "MG201") if request else ("MG105" if legacy else "MG203")
    becomes = "interactions.create" if request else "a method of the chat's class"
    plan.calls.append(CallSite(site, path, node, code, f"{method.name}, passed as a value, becomes {becomes}"))
    plan.groups.join([site, method.obj.site, *(obj.site for obj in objects)])
    if legacy:
        plan.groups.of(site).facts["legacy"] = True
    if named_only or not isinstance(node, ast.Attribute):
        plan.fail(site, Reason.VALUE, plan.source(path, node), path, node)
        return
    if method.name in surface.SENDS:
        chats.value(plan, path, node, method, site)
        return
    if not request:
        plan.fail(site, Reason.VALUE, plan.source(path, node), path, node)
        return
    owner = node.value
    target = models_owner(plan, owner)
    if not legacy and vertex(plan, method.obj.site):
        plan.fail(site, Reason.VERTEX, "", path, node)
    if legacy:
        plan.clients_wanted(path, node, site)
    aio = ".aio" if method.name.endswith("_async") else ""

    def create(c: Context) -> str:
        if legacy:
            return f"{plan.client(path, node)}{aio}.interactions.create"
        return f"{c.code(target)}.interactions.create" if target is not None else f"{c.code(owner)}.create"

    call = facts.parents[parent] if isinstance(parent, ast.keyword) else parent
    if isinstance(call, ast.Call) and node is not call.func:
        how = passing.of(plan, call, node)
        waits = all(isinstance(item, ast.keyword) and item.arg != "contents" for item in how.given) if how else False
        if how is not None and how.how == "partial" and waits:
            _partial(plan, path, call, node, site, create)
            return
        if how is not None:
            if not legacy and target is None:
                plan.groups.join([site, plan.alias(method.obj.site)])
            _passed_on(plan, path, call, node, site, method, how, create)
            return
    if not legacy:
        plan.groups.join([site, plan.alias(method.obj.site)])
        if plan.role(path, node)[0] != "move":
            plan.fail(site, Reason.VALUE, plan.source(path, node), path, node)
        plan.when_moving(site, lambda: plan.expression(path, node, create))
        return
    if wrong := _keywords(plan, method, call):
        plan.fail(site, Reason.VALUE, wrong, path, node)

    def as_lambda(c: Context) -> str:
        items = [*models.request_items(plan, c, owner, site, Parts(), {}), *stateless.items(plan)]
        given = ", ".join(item_code(item, c) for item in items)
        made = f"lambda contents: {create(c)}({given}, input=contents)"
        return made if isinstance(parent, _ALONE) else f"({made})"

    plan.when_moving(site, lambda: plan.expression(path, node, as_lambda))


def by_name(plan: Plan, node: ast.expr) -> bool:
    """Whether an expression gets a method by its name: `getattr(model, "generate_content")`."""
    callees = plan.program.machine.callees.get(node, ()) if isinstance(node, ast.Call) else ()
    return any(isinstance(value, Ext) and value.path == "builtins.getattr" for value in callees)


def _carried(plan: Plan, path: str, node: ast.expr, method: Method) -> None:
    """A method of google-genai under another name: `client.interactions.create` stays under it."""
    site = plan.alias(method.obj.site)
    role, parent = plan.role(path, node)
    if isinstance(parent, ast.Call) and role != "call":
        how = passing.of(plan, parent, node)
        if how is not None and how.how != "partial":
            _passed_on(plan, path, parent, node, site, method, how, lambda c: c.code(node))
            return
    if role not in ("move", "truth", "discard", "compare", "annotation", "call"):
        plan.fail(site, Reason.VALUE, plan.source(path, parent), path, node)


def _keywords(plan: Plan, method: Method, around: ast.AST) -> str:
    """What something gives a legacy method that it has as a value, beside one argument; '' for nothing. around: what
    gets the method."""
    machine = plan.program.machine
    others = [*around.args, around.func] if isinstance(around, ast.Call) else []
    to_own = any(isinstance(v, (Func, Bound)) for other in others for v in plan.values(other))
    for call, given in machine.calls.given.get(method, {}).items():
        if call is None or isinstance(call.func, ast.Attribute) and call.func.attr == method.name:
            continue
        if any(plan.values(arg) & {method} and passing.of(plan, call, arg) is not None for arg in call.args):
            continue
        if not to_own and _forwarded(plan, plan.home(call) or "", call):
            continue
        names = {*given.named, *(key for box in given.spread for key in machine.places.get(box, ()))}
        if names - {"contents"} or len(given.positional) > 1:
            return plan.source(plan.home(call) or "", call)
    return ""


def _passed_on(
    plan: Plan,
    path: str,
    call: ast.Call,
    node: ast.expr,
    site: Site,
    method: Method,
    how: passing.Passing,
    create: Callable[[Context], str],
) -> None:
    legacy = method.obj.kind == "LModel"
    parts = Parts()
    old: dict[str, ast.expr | ast.keyword] = {}
    given: dict[str, ast.expr] = {}
    for item in how.given:
        if isinstance(item, ast.Starred) or isinstance(item, ast.keyword) and item.arg is None:
            plan.fail(site, Reason.SPLAT, plan.source(path, item), path, call)
        elif isinstance(item, ast.keyword):
            given[item.arg or ""], old[item.arg or ""] = item.value, item
        else:
            given["contents"], old["contents"] = item, item
    for name, value in given.items():
        if name in ("contents", "model") or isinstance(value, ast.Constant) and value.value is None:
            continue
        if name == "stream" and literal(value) is False:
            continue
        if name in ("generation_config", "config"):
            parts.add(config.of(plan, path, value, site, legacy))
        elif name in LEGACY_SETTINGS:
            config.special(plan, path, name, value, old[name], site, parts)
        else:
            plan.fail(site, Reason.ARGUMENT, name, path, value)
    code = contents.convert(plan, path, given["contents"], site) if "contents" in given else None
    if not legacy:
        named(plan, path, given.get("model"), site)

    def edit(c: Context) -> object:
        if legacy:
            assert isinstance(node, ast.Attribute)
            made = models.request_items(plan, c, node.value, site, parts, old)
        else:
            made = [Item("model", c.new(given["model"]), old=old["model"])] if "model" in given else []
            made += models.setting_items(c, parts, old)
        if code is not None:
            made.insert(1, Item("input", code(c), old=old["contents"]))
        made += stateless.items(plan)
        if method.name.endswith("_stream"):
            made.append(Item("stream", "True"))
        target = create(c)
        func = c.code(call.func)
        own = [
            Item(item.arg or "", c.new(item.value), old=item)
            if isinstance(item, ast.keyword)
            else Item("", c.new(item), old=item)
            for item in how.own
        ]
        places = [item for item in own if not item.name]
        word = next((k.arg or "" for k in call.keywords if k.value is node), "")
        if how.how == "executor":
            text = ", ".join(item_code(item, c) for item in made)
            return remake(c, call, func, [*places, Item("", f"functools.partial({target}, {text})", old=node)])
        return remake(c, call, func, [*places, Item(word, target, old=node), *made, *(i for i in own if i.name)])

    def work() -> None:
        if how.how == "executor":
            plan.imports(path, "import functools")
        plan.expression(path, call, edit)  # type: ignore[arg-type]

    plan.when_moving(site, work)


def _partial(
    plan: Plan, path: str, call: ast.Call, node: ast.Attribute, site: Site, create: Callable[[Context], str]
) -> None:
    """A partial that does not yet have the contents becomes a lambda that takes them."""
    parts = Parts()
    model: ast.expr | None = None
    for keyword in call.keywords:
        if keyword.arg == "model":
            model = keyword.value
        elif keyword.arg in ("generation_config", "config"):
            parts.add(config.of(plan, path, keyword.value, site, legacy=keyword.arg == "generation_config"))
        elif keyword.arg in LEGACY_SETTINGS:
            config.special(plan, path, keyword.arg, keyword.value, keyword, site, parts)
        elif keyword.arg != "stream" or literal(keyword.value) is not False:
            plan.fail(site, Reason.SPLAT, plan.source(path, keyword.value), path, call)
    if model is None and not plan.objects(node.value, "LModel"):
        plan.fail(site, Reason.VALUE, plan.source(path, call), path, call)
        return
    box = plan.program.machine.boxes.get(("partial", call))
    for other, callees in plan.program.machine.callees.items():
        names = {keyword.arg for keyword in other.keywords}
        if box in callees and (len(other.args) > 1 or names - {"contents"}):
            where = plan.home(other) or path
            plan.fail(site, Reason.VALUE, plan.source(where, other), where, other)

    def edit(c: Context) -> str:
        if model is not None:
            items = [Item("model", c.code(model)), *models.setting_items(c, parts, {})]
        else:
            items = models.request_items(plan, c, node.value, site, parts, {})
        items.insert(1, Item("input", "contents"))
        items += stateless.items(plan)
        made = f"lambda contents: {create(c)}({', '.join(item_code(item, c) for item in items)})"
        return made if isinstance(plan.facts(path).parents[call], _ALONE) else f"({made})"

    plan.when_moving(site, lambda: plan.expression(path, call, edit))


def item_code(item: Item, c: Context) -> str:
    """An argument as code."""
    value = item.value if isinstance(item.value, str) else c.module.code_for_node(item.value)
    return f"{item.star}{item.name}{'=' if item.name else ''}{value}"


def alias_call(plan: Plan, path: str, call: ast.Call, method: Method) -> None:
    """A call of a method through another name: it stays, as long as it gives one argument that is text; one of
    google-genai is changed like any other."""
    site = plan.program.machine.sites[call]
    given = arguments(call)
    starred = all(isinstance(item, ast.Starred) or isinstance(item, ast.keyword) and item.arg is None for item in given)
    if method.obj.kind in ("Models", "AModels"):
        plan.groups.join([site, plan.alias(method.obj.site)])
        if not starred:
            genai(plan, path, call, method)
        elif not _forwarded(plan, path, call):
            plan.fail(site, Reason.VALUE, plan.source(path, call), path, call)
        return
    plan.groups.join([site, method.obj.site])
    if len(given) == 1 and isinstance(given[0], ast.expr):
        item = given[0]
        if isinstance(item, ast.Starred) or content_kinds.text(plan, plan.values(item)) or not plan.values(item):
            return
    if not starred:
        plan.fail(site, Reason.VALUE, plan.source(path, call), path, call)


def _forwarded(plan: Plan, path: str, call: ast.Call) -> bool:
    """Whether a call is the one of a helper that passes its arguments on; those are changed where it is called."""
    funcs = plan.program.machine.funcs
    around = [funcs[outer] for outer in context.ancestors(plan.facts(path), call) if outer in funcs]
    return isinstance(call.func, ast.Name) and any(passing.forwarder(func, {call.func.id}) for func in around)
