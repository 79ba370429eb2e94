"""Methods passed as values: `pool.submit(model.generate_content, prompt)` and the like.

Functions that pass keywords on get `client.interactions.create` with keywords; for all others the method becomes a
lambda that takes the same argument.
"""

from __future__ import annotations

import ast

from ..infer import library
from ..infer.values import Ext, Method, Obj, Site
from . import config, contents, context, models
from .call import Item, arguments, remake
from .config import Parts
from .edits import Context
from .plan import CallSite, Plan
from .reasons import Reason
from .requests import LEGACY_SETTINGS, vertex


def survey(plan: Plan, path: str, node: ast.expr, method: Method, objects: list[Obj]) -> None:
    """Surveys a method of an SDK object that is not called where it is named."""
    facts = plan.facts(path)
    site = plan.program.machine.sites.setdefault(node, Site(node, path))
    legacy = method.obj.kind in ("LModel", "LChat")
    request = method.name in ("generate_content", "generate_content_async")
    code = ("MG103" if legacy else "MG201") if request else ("MG105" if legacy else "MG203")
    plan.calls.append(CallSite(site, path, node, code, f"{method.name}, passed as a value, became interactions.create"))
    plan.groups.join([site, method.obj.site, *(obj.site for obj in objects)])
    if legacy:
        plan.groups.of(site).facts["legacy"] = True
    if not request or not isinstance(node, ast.Attribute):
        plan.fail(site, Reason.VALUE, plan.source(path, node), path, node)
        return
    owner = node.value
    if not legacy:
        if not (isinstance(owner, ast.Attribute) and owner.attr == "models"):
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
        how = _passing(plan, parent)
        if how is not None and before == (1 if how == "executor" else 0):
            _passed_on(plan, path, parent, node, site, legacy, how, create)
            return
    if not legacy:
        plan.fail(site, Reason.VALUE, plan.source(path, node), path, node)
        return

    def as_lambda(c: Context) -> str:
        items = models.request_items(plan, c, owner, site, Parts(), {})
        given = ", ".join(f"{i.star}{i.name + '=' if i.name else ''}{i.value}" for i in items)
        made = f"lambda contents: {create(c)}({given}, input=contents)"
        return made if isinstance(parent, (ast.Call, ast.keyword)) else f"({made})"

    plan.when_moving(site, lambda: plan.expression(path, node, as_lambda))


def _passing(plan: Plan, call: ast.Call) -> str | None:
    """'keywords' for calls that pass keywords on to a function they get, 'executor' for run_in_executor."""
    func = call.func
    if any(
        isinstance(v, Ext) and (v.path in library.THREADED or v.path == "functools.partial")
        for v in plan.program.machine.callees.get(call, ())
    ):
        return "keywords"
    name = func.attr if isinstance(func, ast.Attribute) else ""
    if name == "submit" and not plan.program.machine.callees.get(call):
        return "keywords"
    return "executor" if name == "run_in_executor" else None


def _passed_on(
    plan: Plan, path: str, call: ast.Call, node: ast.Attribute, site: Site, legacy: bool, how: str, create: object
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
        head = [Item("", c.new(item.value if isinstance(item, ast.keyword) else item), old=item)
                for item in items[: items.index(node)]]
        target = create(c)  # type: ignore[operator]
        func = c.code(call.func)
        if how == "keywords":
            return remake(c, call, func, [*head, Item("", target, old=node), *made])
        text = ", ".join(
            f"{i.star}{i.name}{'=' if i.name else ''}"
            f"{i.value if isinstance(i.value, str) else c.module.code_for_node(i.value)}"
            for i in made
        )
        return remake(c, call, func, [*head, Item("", f"functools.partial({target}, {text})", old=node)])

    def work() -> None:
        if how == "executor":
            plan.imports(path, "import functools")
        plan.expression(path, call, edit)  # type: ignore[arg-type]

    plan.when_moving(site, work)


def alias_call(plan: Plan, path: str, call: ast.Call, method: Method) -> None:
    """A call of a method through another name: it stays, as long as it gives one argument that is text."""
    site = plan.program.machine.sites[call]
    plan.groups.join([site, method.obj.site])
    given = arguments(call)
    if len(given) == 1 and isinstance(given[0], ast.expr):
        item = given[0]
        if isinstance(item, ast.Starred) or contents.text(plan, plan.values(item)) or not plan.values(item):
            return
    if all(isinstance(item, ast.Starred) or isinstance(item, ast.keyword) and item.arg is None for item in given):
        return
    plan.fail(site, Reason.VALUE, plan.source(path, call), path, call)


__all__ = ["alias_call", "context", "survey"]
