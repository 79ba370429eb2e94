"""Methods passed as values: `pool.submit(model.generate_content, prompt)` and the like.

Functions that pass keywords on get `client.interactions.create` with keywords; for all others the method becomes a
lambda that takes the same argument.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..infer import library
from ..infer.values import Ext, Method, Obj, Site
from ..sdk import surface
from . import chats, config, content_kinds, contents, models, stateless
from .call import Item, arguments, remake
from .edits import Context
from .parts import Parts
from .plan import CallSite, Plan
from .reasons import Reason
from .requests import LEGACY_SETTINGS, models_owner, vertex


def survey(plan: Plan, path: str, node: ast.expr, method: Method, objects: list[Obj]) -> None:
    """Surveys a method of an SDK object that is not called where it is named."""
    facts = plan.facts(path)
    site = plan.program.machine.sites.setdefault(node, Site(node, path))
    legacy = method.obj.kind in ("LModel", "LChat")
    request = method.name in ("generate_content", "generate_content_async")
    code = ("MG103" if legacy else "MG201") if request else ("MG105" if legacy else "MG203")
    becomes = "interactions.create" if request else "a method of the chat's class"
    plan.calls.append(CallSite(site, path, node, code, f"{method.name}, passed as a value, becomes {becomes}"))
    plan.groups.join([site, method.obj.site, *(obj.site for obj in objects)])
    if legacy:
        plan.groups.of(site).facts["legacy"] = True
    if method.name in surface.SENDS and isinstance(node, ast.Attribute):
        chats.value(plan, path, node, method, site)
        return
    if not request or not isinstance(node, ast.Attribute):
        plan.fail(site, Reason.VALUE, plan.source(path, node), path, node)
        return
    owner = node.value
    if not legacy:
        if models_owner(plan, owner) is None:
            plan.fail(site, Reason.VALUE, plan.source(path, node), path, node)
            return
        if vertex(plan, method.obj.site):
            plan.fail(site, Reason.VERTEX, "", path, node)
    else:
        plan.clients_wanted(path, node, site)
    parent = facts.parents[node]
    aio = ".aio" if method.name.endswith("_async") else ""

    def create(c: Context) -> str:
        if legacy:
            return f"{plan.client(path, node)}{aio}.interactions.create"
        assert isinstance(owner, ast.Attribute)
        return f"{c.code(owner.value)}.interactions.create"

    if isinstance(parent, ast.Call) and node in parent.args:
        before = parent.args.index(node)
        how = passing(plan, parent)
        if how == "partial" and len(parent.args) == 1 and not any(k.arg == "contents" for k in parent.keywords):
            _partial(plan, path, parent, node, site, create)
            return
        if how is not None and before == (1 if how == "executor" else 0):
            _passed_on(plan, path, parent, node, site, legacy, how, create)
            return
    if not legacy:
        plan.fail(site, Reason.VALUE, plan.source(path, node), path, node)
        return

    def as_lambda(c: Context) -> str:
        items = [*models.request_items(plan, c, owner, site, Parts(), {}), *stateless.items(plan)]
        given = ", ".join(item_code(item, c) for item in items)
        made = f"lambda contents: {create(c)}({given}, input=contents)"
        return made if isinstance(parent, (ast.Call, ast.keyword)) else f"({made})"

    plan.when_moving(site, lambda: plan.expression(path, node, as_lambda))


def passing(plan: Plan, call: ast.Call) -> str | None:
    """'keywords' for calls that pass keywords on to a function they get, 'executor' for run_in_executor."""
    func = call.func
    paths = {v.path for v in plan.program.machine.callees.get(call, ()) if isinstance(v, Ext)}
    if paths & library.THREADED:
        return "keywords"
    if "functools.partial" in paths:
        return "partial"
    name = func.attr if isinstance(func, ast.Attribute) else ""
    if name == "submit" and not plan.program.machine.callees.get(call):
        return "keywords"
    return "executor" if name == "run_in_executor" else None


def _passed_on(
    plan: Plan,
    path: str,
    call: ast.Call,
    node: ast.Attribute,
    site: Site,
    legacy: bool,
    how: str,
    create: Callable[[Context], str],
) -> None:
    parts = Parts()
    old: dict[str, ast.expr | ast.keyword] = {}
    given: dict[str, ast.expr] = {}
    items = arguments(call)
    for item in items[items.index(node) + 1 :]:
        if isinstance(item, ast.Starred) or isinstance(item, ast.keyword) and item.arg is None:
            plan.fail(site, Reason.SPLAT, plan.source(path, item), path, call)
        elif isinstance(item, ast.keyword):
            given[item.arg or ""], old[item.arg or ""] = item.value, item
        else:
            given["contents"], old["contents"] = item, item
    for name, value in given.items():
        if name in ("contents", "model") or isinstance(value, ast.Constant) and value.value is None:
            continue
        if name in ("generation_config", "config"):
            parts.add(config.of(plan, path, value, site, legacy))
        elif name in LEGACY_SETTINGS:
            config.special(plan, path, name, value, old[name], site, parts)
        else:
            plan.fail(site, Reason.ARGUMENT, name, path, value)
    code = contents.convert(plan, path, given["contents"], site) if "contents" in given else None

    def edit(c: Context) -> object:
        if legacy:
            made = models.request_items(plan, c, node.value, site, parts, old)
        else:
            made = [Item("model", c.new(given["model"]), old=old["model"])] if "model" in given else []
            made += models.setting_items(c, parts, old)
        if code is not None:
            made.insert(1, Item("input", code(c), old=old["contents"]))
        made += stateless.items(plan)
        head = [
            Item("", c.new(item.value if isinstance(item, ast.keyword) else item), old=item)
            for item in items[: items.index(node)]
        ]
        target = create(c)
        func = c.code(call.func)
        if how != "executor":
            return remake(c, call, func, [*head, Item("", target, old=node), *made])
        text = ", ".join(item_code(item, c) for item in made)
        return remake(c, call, func, [*head, Item("", f"functools.partial({target}, {text})", old=node)])

    def work() -> None:
        if how == "executor":
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
        else:
            plan.fail(site, Reason.SPLAT, plan.source(path, keyword.value), path, call)
    if model is None and not plan.objects(node.value, "LModel"):
        plan.fail(site, Reason.VALUE, plan.source(path, call), path, call)
        return

    def edit(c: Context) -> str:
        if model is not None:
            items = [Item("model", c.code(model)), *models.setting_items(c, parts, {})]
        else:
            items = models.request_items(plan, c, node.value, site, parts, {})
        items.insert(1, Item("input", "contents"))
        items += stateless.items(plan)
        made = f"lambda contents: {create(c)}({', '.join(item_code(item, c) for item in items)})"
        return made if isinstance(plan.facts(path).parents[call], (ast.Assign, ast.Call, ast.keyword)) else f"({made})"

    plan.when_moving(site, lambda: plan.expression(path, call, edit))


def item_code(item: Item, c: Context) -> str:
    """An argument as code."""
    value = item.value if isinstance(item.value, str) else c.module.code_for_node(item.value)
    return f"{item.star}{item.name}{'=' if item.name else ''}{value}"


def alias_call(plan: Plan, path: str, call: ast.Call, method: Method) -> None:
    """A call of a method through another name: it stays, as long as it gives one argument that is text."""
    site = plan.program.machine.sites[call]
    plan.groups.join([site, method.obj.site])
    given = arguments(call)
    if len(given) == 1 and isinstance(given[0], ast.expr):
        item = given[0]
        if isinstance(item, ast.Starred) or content_kinds.text(plan, plan.values(item)) or not plan.values(item):
            return
    if all(isinstance(item, ast.Starred) or isinstance(item, ast.keyword) and item.arg is None for item in given):
        return
    plan.fail(site, Reason.VALUE, plan.source(path, call), path, call)
