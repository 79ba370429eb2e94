"""Legacy model objects: a name where that is all they carry, else the parameters of their requests (MAPPING 3.1)."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass

from ..infer.values import NONE, Obj, Site
from . import aliases, config, context, forwarded, never, requests, snippets_settings, splats, type_tests
from .call import Item, dict_code, remake
from .edits import Context
from .parts import Code, Parts
from .plan import CallSite, Plan
from .reasons import Reason

POSITIONAL = ("model_name", "safety_settings", "generation_config", "tools", "tool_config", "system_instruction")
"""Parameters of GenerativeModel in their order (google/generativeai/generative_models.py)."""


_METHODS = ("generate_content", "generate_content_async", "start_chat")


@dataclass(slots=True)
class ModelSite:
    """A GenerativeModel(...) call taken apart. name: the model's name, None for the SDK's default; spread: the dict
    that gives it among others; held: the arguments of the request that the dict may hold."""

    path: str
    node: ast.Call
    name: ast.expr | None
    parts: Parts
    old: dict[str, ast.expr | ast.keyword]
    spread: ast.expr | None = None
    held: frozenset[str] = frozenset()


def create(plan: Plan, path: str, node: ast.Call, obj: Obj) -> None:
    """Surveys a GenerativeModel(...) call."""
    site = obj.site
    plan.groups.of(site).facts["legacy"] = True
    if isinstance(node.func, ast.Attribute) and node.func.attr == "from_cached_content":
        plan.calls.append(CallSite(site, path, node, "MG107", ""))
        plan.fail(site, Reason.CACHED_MODEL, "", path, node)
        return
    plan.calls.append(CallSite(site, path, node, "MG101", "the model becomes parameters of interactions.create()"))
    given: dict[str, ast.expr] = dict(zip(POSITIONAL, node.args))
    old: dict[str, ast.expr | ast.keyword] = dict(given)
    spread: ast.expr | None = None
    held: frozenset[str] = frozenset()
    parts = Parts()
    if any(isinstance(arg, ast.Starred) for arg in node.args):
        plan.fail(site, Reason.SPLAT, plan.source(path, node), path, node)
    for keyword in node.keywords:
        if keyword.arg is not None:
            given[keyword.arg] = keyword.value
            old[keyword.arg] = keyword
        elif splats.taken_apart(plan, keyword.value, given, old):
            continue
        elif spread is None and (inside := _spread(plan, node, keyword.value, site)) is not None:
            spread, held = keyword.value, inside
        elif passed := _forwarded(plan, path, keyword.value, site):
            parts.add(passed)
        else:
            plan.fail(site, Reason.SPLAT, plan.source(path, keyword.value), path, node)
    parts.add(_parts(plan, path, given, old, site))
    if spread is not None:
        parts.spread.append(functools.partial(Context.code, node=spread))
    named = None if "model_name" in given else spread
    model = ModelSite(path, node, given.get("model_name"), parts, old, named, held)
    plan.models[site] = model
    requests.named(plan, path, model.name, site)
    plan.when_moving(site, lambda: _edit(plan, model, site))


def _forwarded(plan: Plan, path: str, node: ast.expr, site: Site) -> Parts | None:
    """Takes the settings of a model that the callers of the function around it give by keyword."""

    def convert(where: str, given: dict[str, ast.expr], old: dict[str, ast.expr | ast.keyword]) -> Parts:
        if "model_name" in given:
            plan.fail(site, Reason.SPLAT, "**model_name", where, given["model_name"])
        return _parts(plan, where, given, old, site)

    return forwarded.taken(plan, path, node, site, convert)


def _spread(plan: Plan, call: ast.Call, node: ast.expr, site: Site) -> frozenset[str] | None:
    """Takes a dict of arguments that is written out elsewhere; it becomes one of the request's there, whose arguments
    it may then hold are given."""
    found = splats.named(plan, call, node)
    if found is None:
        return None
    names = {"model_name" in splat.given for splat in found}
    if len(names) > 1 or names == {False} and not call.args and not any(k.arg == "model_name" for k in call.keywords):
        return None  # sometimes the default of the SDK
    held: set[str] = set()
    for splat in found:
        for store in splat.stores:
            held |= _stored(plan, store, site)
        parts = _parts(plan, splat.path, splat.given, splat.old, site)
        requests.named(plan, splat.path, splat.given.get("model_name"), site)

        def items(c: Context, splat: splats.Splat = splat, parts: Parts = parts) -> list[Item]:
            name = splat.given.get("model_name")
            head = [Item("model", c.code(name), old=splat.old["model_name"])] if name is not None else []
            return [*head, *setting_items(c, parts, splat.old)]

        held |= {name for name, _ in parts.request}
        plan.when_moving(site, functools.partial(splat.edit, plan, items))
    return frozenset(held)


def _stored(plan: Plan, store: splats.Store, site: Site) -> set[str]:
    """Takes an argument that such a dict gets later; the arguments of the request that it becomes."""
    parts = _parts(plan, store.path, {store.name: store.value}, {store.name: store.value}, site)
    if store.name == "model_name":
        requests.named(plan, store.path, store.value, site)

    def items(c: Context) -> list[Item]:
        if store.name == "model_name":
            return [Item("model", c.code(store.value))]
        return setting_items(c, parts, {store.name: store.value})

    plan.when_moving(site, functools.partial(store.edit, plan, items))
    return {name for name, _ in parts.request}


def _parts(
    plan: Plan, path: str, given: dict[str, ast.expr], old: dict[str, ast.expr | ast.keyword], site: Site
) -> Parts:
    """The settings among the arguments of a model."""
    parts = Parts()
    for name, value in given.items():
        if isinstance(value, ast.Constant) and value.value is None or name == "model_name":
            continue
        own = Parts()
        if name == "generation_config":
            own = config.of(plan, path, value, site, legacy=True)
        elif name in ("safety_settings", "system_instruction", "tools", "tool_config"):
            config.special(plan, path, name, value, old[name], site, own)
        else:
            plan.fail(site, Reason.ARGUMENT, name, path, value)
        aliases.keep(plan, path, value, own)
        parts.add(own)
    return parts


def form(plan: Plan, site: Site) -> str:
    """'name' or 'dict': what the models of this site's group become."""
    sites = [plan.models[s] for s in plan.groups.of(site).sites if s in plan.models]
    return "name" if all(model.parts.empty for model in sites) else "dict"


def name_code(plan: Plan, model: ModelSite, c: Context) -> str:
    """The code of a model's name."""
    if model.name is None:
        return f'"{plan.settings.default_model}"'
    listed = isinstance(model.name, ast.Attribute) and plan.objects(model.name.value, "LModelInfo")
    return c.code(model.name) + ('.removeprefix("models/")' if listed else "")


def items(plan: Plan, model: ModelSite, c: Context) -> list[Item]:
    """The keywords that stand for a model, laid out as its constructor call was."""
    return _name_items(plan, model, c) + setting_items(c, model.parts, model.old)


def _name_items(plan: Plan, model: ModelSite, c: Context) -> list[Item]:
    """The keyword for a model's name, unless a dict gives it."""
    if model.spread is not None:
        return []
    return [Item("model", name_code(plan, model, c), old=model.old.get("model_name"))]


def setting_items(c: Context, parts: Parts, old: dict[str, ast.expr | ast.keyword]) -> list[Item]:
    """The keywords of settings."""
    found = [
        Item("", code(c), star="**", old=old.get("generation_config") or old.get("config")) for code in parts.spread
    ]
    for name, code in parts.request:
        found.append(Item(name, code(c), old=old.get(name)))
    generation = parts.generation_code()
    if generation is not None:
        item = Item("generation_config", generation(c), old=old.get("generation_config") or old.get("config"))
        at = len(found) if parts.lead is None else len(parts.spread) + parts.lead
        found.insert(at, item)
    order = {id(item): index for index, item in enumerate(old.values())}
    found += [Item("", code(c), star="**") for code in parts.passed]
    anchor = old.get("generation_config") or old.get("config")
    ordered = sorted(found, key=lambda item: order.get(id(item.old or anchor), len(order)))
    seen: set[int] = set()
    for item in ordered:
        if item.old is not None and id(item.old) in seen:
            item.old = None
        seen.add(id(item.old))
    return ordered


def _edit(plan: Plan, model: ModelSite, site: Site) -> None:
    if model.name is None and model.spread is None:
        plan.find(
            model.path,
            model.node.func,
            "MG401",
            "migrated",
            f"the legacy default gemini-1.5-flash-002 becomes {plan.settings.default_model}",
        )

    def edit(c: Context) -> object:
        if form(plan, site) == "name":
            return name_code(plan, model, c)
        made = items(plan, model, c)
        if len(made) == 1 and made[0].star:
            made[0].star = ""  # dict(MODEL): a copy
        return remake(c, model.node, "dict", made)

    plan.expression(model.path, model.node, edit)  # type: ignore[arg-type]


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Notes what is done with a model object."""
    for obj in objects:
        plan.groups.of(obj.site).facts["legacy"] = True
        if obj.site.external:
            plan.fail(obj.site, Reason.EXTERNAL, "", path, node)
    site = objects[0].site
    role, parent = plan.role(path, node)
    if role == "attribute" and isinstance(parent, ast.Attribute):
        if parent.attr in ("model_name", "_model_name"):
            _unprefixed(plan, path, parent, site)
            plan.when_moving(
                site,
                lambda: plan.expression(
                    path, parent, lambda c: c.code(node) + ("" if form(plan, site) == "name" else '["model"]')
                ),
            )
        elif parent.attr.startswith("count_tokens"):
            around = plan.facts(path).parents[parent]
            if not (isinstance(around, ast.Call) and around.func is parent):
                plan.fail_all(objects, Reason.VALUE, plan.source(path, parent), path, node)
        elif parent.attr not in _METHODS and never.read(plan, path, parent, parent.attr, objects):
            return
        elif parent.attr not in _METHODS and not _unheeded(plan, path, parent, site):
            plan.fail_all(objects, Reason.ATTRIBUTE, parent.attr, path, node)
        return
    if role in ("move", "truth", "discard", "compare", "annotation", "call"):
        return
    if role == "isinstance" and isinstance(parent, ast.Call) and plan.tested_type(path, parent, objects):
        return
    if type_tests.taken(plan, path, node, role, parent, objects):
        return
    if role in ("show", "format"):
        plan.review(site, f"line {node.lineno} shows the model object, which is now its parameters")
        return
    if role == "sdk":
        return
    type_tests.escaped(plan, path, node, parent, objects)


def _unprefixed(plan: Plan, path: str, node: ast.Attribute, site: Site) -> None:
    """Says that a model's name is another text now where it is shown, compared or given away."""
    role, around = plan.role(path, node)
    given = role == "move" and isinstance(around, (ast.Return, ast.Dict, ast.List, ast.Tuple, ast.Yield))
    if given or role in ("show", "format", "compare"):
        note = f'{plan.source(path, node)} began with "models/", which is gone'
        plan.when_moving(site, lambda: plan.find(path, node, "MG502", "migrated", note))


def _unheeded(plan: Plan, path: str, node: ast.Attribute, site: Site) -> bool:
    """Drops an assignment to an attribute that is the program's own (`model.temperature = 0`): of a model, the legacy
    SDK reads only those with an underscore. Whether it is one."""
    statement = plan.facts(path).parents[node]
    alone = isinstance(statement, ast.Assign) and statement.targets == [node] and context.plain(statement.value)
    if not alone or node.attr.startswith("_") or node.attr == "cached_content":
        return False
    assert isinstance(statement, ast.stmt)
    note = f"the model took no notice of its attribute {node.attr}: the assignment is dropped"
    plan.when_moving(site, lambda: setattr(plan.statement(path, statement), "remove", True))
    plan.when_moving(site, lambda: plan.find(path, node, "MG501", "needs_review", note))
    return True


def request_items(
    plan: Plan, c: Context, receiver: ast.expr, site: Site, parts: Parts, old: dict[str, ast.expr | ast.keyword]
) -> list[Item]:
    """The keywords of a request of a model: the model's own, with the call's settings merged over them.

    Raises KeyError when the receiver's model is not known.
    """
    direct = plan.models.get(plan.objects(receiver, "LModel")[0].site)
    if direct is not None and direct.node is receiver and (direct.spread is None or parts.empty):
        given = {name for name, _ in parts.request}
        keys = {key for key, _ in parts.generation}
        own = dict(direct.parts.request)
        both = Parts([pair for pair in direct.parts.request if pair[0] not in given])
        for name, value in parts.request:
            over = functools.partial(_over, plan, name, value, own[name], old) if name in own else value
            both.request.append((name, over))
        both.generation = [pair for pair in direct.parts.generation if pair[0] not in keys] + parts.generation
        both.merged = parts.merged or direct.parts.merged
        both.spread = direct.parts.spread + parts.spread
        both.passed = parts.passed
        head = [Item(item.name, item.value) for item in _name_items(plan, direct, c)]
        return [*head, *setting_items(c, both, old)]
    code = c.code(receiver)
    if (
        direct is not None
        and direct.node is receiver
        and direct.spread is not None
        and len(items(plan, direct, c)) == 1
    ):
        code = c.code(direct.spread)
    if form(plan, site) == "name":
        return [Item("model", code), *setting_items(c, parts, old)]
    here = [plan.models[obj.site] for obj in plan.objects(receiver, "LModel") if obj.site in plan.models]
    return [*merged(plan, c, code, here, parts, old)]


def merged(
    plan: Plan,
    c: Context,
    code: str,
    here: list[ModelSite],
    parts: Parts,
    old: dict[str, ast.expr | ast.keyword],
) -> list[Item]:
    """The keywords of a request that spreads the dict `code` of these models, with further settings merged over it as
    the legacy SDK merged them: generation_config key by key, None not counting."""
    theirs = {name for model in here for name, _ in model.parts.request}.union(*(model.held for model in here))
    has = [m.parts.generation_code() is not None or bool(m.parts.spread) for m in here]
    generation = parts.generation_code()
    clash = bool(parts.spread and here) or any(name in theirs for name, _ in parts.request)
    if not clash and (generation is None or not any(has)):
        return [Item("", code, star="**"), *setting_items(c, parts, old)]
    if parts.spread or (generation is not None and any(has) and (parts.merged is not None or parts.optional)):
        helper = plan.snippet(c.path, snippets_settings.WITH_SETTINGS, "with_settings")
        given = [f"**{value(c)}" for value in parts.spread] + [f"{name}={value(c)}" for name, value in parts.request]
        if generation is not None:
            given.append(f"generation_config={generation(c)}")
        given += [f"**{value(c)}" for value in parts.passed]
        return [Item("", f"{helper}({code}, {', '.join(given)})", star="**")]
    pairs: list[tuple[str, str]] = []
    for name, value in parts.request:
        if name not in theirs:
            pairs.append((name, value(c)))
            continue
        sure = all(name in dict(model.parts.request) for model in here)
        own = f'{code}["{name}"]' if sure else f'{code}.get("{name}")'
        pairs.append((name, _over(plan, name, value, lambda c, own=own: own, old, c)))  # type: ignore[misc]
    if generation is not None:
        inner = generation(c)
        if any(has):
            sure = all(m.parts.generation_code() is not None for m in here)
            base = f'{code}["generation_config"]' if sure else f'{code}.get("generation_config", {{}})'
            inner = f"{{**{base}, {inner[1:]}"
        pairs.append(("generation_config", inner))
    passed = [Item("", value(c), star="**") for value in parts.passed]
    return [Item("", f"{{**{code}, {dict_code(pairs)[1:]}", star="**"), *passed]


def _over(
    plan: Plan,
    name: str,
    value: Code,
    own: Code,
    old: dict[str, ast.expr | ast.keyword],
    c: Context,
) -> str:
    """A setting of a request in the place of the model's own, as the legacy SDK put it there: safety settings go over
    the model's one by one, and None leaves those of the model (generative_models.py, _prepare_request)."""
    if name == "safety_settings":
        helper = plan.snippet(c.path, snippets_settings.SAFETY_OVER, "safety_over", "safety_settings_over")
        return f"{helper}({own(c)}, {value(c)})"
    given = old.get(name)
    node = given.value if isinstance(given, ast.keyword) else given
    if name == "tools" and node is not None and NONE in plan.values(node):
        return f"{own(c)} if {c.code(node)} is None else {value(c)}"
    return value(c)
