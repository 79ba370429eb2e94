"""generate_content in both SDKs becomes interactions.create (MAPPING 3)."""

from __future__ import annotations

import ast
import functools

from ..infer.values import Box, Const, Method, Obj, Site
from ..sdk import surface
from . import calling, config, contents, forwarded, models, never, splats, stateless, transport
from .call import Item, arguments, remake
from .edits import Context
from .parts import Code, Parts
from .plan import CallSite, Plan
from .reasons import Reason
from .written import literal

VERTEX_VARIABLES = ("GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE")
LEGACY_SETTINGS = ("generation_config", "safety_settings", "tools", "tool_config")


def legacy(plan: Plan, path: str, call: ast.Call, method: Method, objects: list[Obj]) -> None:
    """Surveys model.generate_content(...) of the legacy SDK."""
    site = plan.program.machine.sites[call]
    plan.groups.of(site).facts["legacy"] = True
    plan.groups.join([site, *(obj.site for obj in objects)])
    plan.calls.append(CallSite(site, path, call, "MG103", "generate_content becomes interactions.create()"))
    func = call.func
    if not isinstance(func, ast.Attribute):
        plan.fail(site, Reason.VALUE, plan.source(path, func), path, call)
        return
    parts = Parts()
    given, old, _ = _given(plan, path, call, site, "contents", parts)
    stream: ast.expr | None = None
    for name, value in given.items():
        if name not in surface.PARAMETERS["LModel"]:
            never.argument(plan, path, name, value, site, parts)
            continue
        if name == "contents" or isinstance(value, ast.Constant) and value.value is None:
            continue
        if name == "stream":
            stream = value
        else:
            setting(plan, path, name, value, old[name], site, parts)
    source = given.get("contents")
    if source is None:
        plan.fail(site, Reason.SPLAT, "no contents", path, call)
        return
    code = contents.convert(plan, path, source, site)
    plan.clients_wanted(path, func, site)
    if stream is not None and not isinstance(stream, ast.Constant):
        plan.dynamic.add(site)

    def edit(c: Context) -> object:
        made = models.request_items(plan, c, func.value, site, parts, old)
        made.insert(1, Item("input", code(c), old=old["contents"]))
        made += stateless.items(plan)
        if stream is not None and site not in plan.unstreamed:
            if not (isinstance(stream, ast.Constant) and not stream.value):
                made.append(Item("stream", c.new(stream), old=old["stream"]))
        is_async = method.name.endswith("_async")
        create = f"{plan.client(path, func)}{'.aio' if is_async else ''}.interactions.create"
        target, first = calling.target(plan, path, site, create, is_async)
        return remake(c, call, target, [*first, *made])

    plan.when_moving(site, lambda: plan.expression(path, call, edit))  # type: ignore[arg-type]


def _given(
    plan: Plan, path: str, call: ast.Call, site: Site, first: str, parts: Parts
) -> tuple[dict[str, ast.expr], dict[str, ast.expr | ast.keyword], list[tuple[ast.keyword, list[splats.Splat]]]]:
    """The arguments of a request by name, the places that give them, and the dicts with further ones that are spread.

    first: the parameter of positional arguments.
    """
    given: dict[str, ast.expr] = {}
    old: dict[str, ast.expr | ast.keyword] = {}
    spread: list[tuple[ast.keyword, list[splats.Splat]]] = []
    for item in arguments(call):
        if isinstance(item, ast.keyword) and item.arg is None:
            if splats.taken_apart(plan, item.value, given, old):
                continue
            passed = forwarded.taken(plan, path, item.value, site, functools.partial(_settings, plan, site, first))
            if passed is not None:
                parts.add(passed)
                continue
            if config.passed_on(plan, path, item.value, site, parts):
                continue
            if first == "model" and (found := splats.named(plan, call, item.value)) is not None:
                spread.append((item, found))
                continue
        if isinstance(item, ast.Starred) or isinstance(item, ast.keyword) and item.arg is None:
            plan.fail(site, Reason.SPLAT, plan.source(path, item), path, call)
        elif isinstance(item, ast.keyword):
            given[item.arg or ""] = item.value
            old[item.arg or ""] = item
        elif first not in given:
            given[first] = item
            old[first] = item
        else:
            plan.fail(site, Reason.SPLAT, plan.source(path, item), path, call)
    return given, old, spread


def _settings(
    plan: Plan,
    site: Site,
    first: str,
    path: str,
    given: dict[str, ast.expr],
    old: dict[str, ast.expr | ast.keyword],
) -> Parts:
    """What the keywords of a caller give to a request; see `forwarded`."""
    if first == "model" and not given.keys() & {"model", "contents"}:
        return _Arguments(plan, path, site, given, old).parts
    parts = Parts()
    for name, value in given.items():
        if name in ("contents", "model", "stream"):
            plan.fail(site, Reason.SPLAT, f"**{name}", path, value)
        elif not (isinstance(value, ast.Constant) and value.value is None):
            setting(plan, path, name, value, old[name], site, parts)
    return parts


def setting(plan: Plan, path: str, name: str, value: ast.expr, place: ast.AST, site: Site, parts: Parts) -> None:
    """Takes one setting of a request or message of the legacy SDK; fails the site's group for an unknown one."""
    if name == "generation_config":
        parts.add(config.of(plan, path, value, site, legacy=True))
    elif name in LEGACY_SETTINGS:
        config.special(plan, path, name, value, place, site, parts)
    elif name == "request_options":
        transport.request_options(plan, path, value, site, parts)
    else:
        plan.fail(site, Reason.ARGUMENT, name, path, value)


def genai(plan: Plan, path: str, call: ast.Call, method: Method) -> None:
    """Surveys client.models.generate_content(...) of google-genai."""
    site = plan.program.machine.sites[call]
    func = call.func
    if isinstance(func, ast.Attribute) and func.attr == method.name:  # another name is reported where it is given
        plan.calls.append(CallSite(site, path, call, "MG201", f"{method.name} becomes interactions.create()"))
    owner = func.value if isinstance(func, ast.Attribute) and func.attr == method.name else None
    target = models_owner(plan, owner) if owner is not None else None
    if target is None:
        plan.groups.join([site, plan.alias(method.obj.site)])
    callees = plan.program.machine.callees[call]
    if any(not isinstance(v, Method) or v.name != method.name for v in callees):
        plan.fail(site, Reason.MIXED, f"{plan.source(path, func)} may be something else", path, call)
    if vertex(plan, method.obj.site):
        plan.fail(site, Reason.VERTEX, "", path, call)
    further = Parts()
    given, old, spread = _given(plan, path, call, site, "model", further)
    dicts = [splat for _, found in spread for splat in found]
    stores = [store for splat in dicts for store in splat.stores]
    asked = [source["model"] for source in (given, *(splat.given for splat in dicts)) if "model" in source]
    asked += [store.value for store in stores if store.name == "model"]
    plan.model_names[site] = frozenset().union(*(plan.values(node) for node in asked))
    plan.resolutions[site] = ""
    args = _Arguments(plan, path, site, given, old)
    args.parts.add(further)
    inside = [_Arguments(plan, splat.path, site, splat.given, splat.old) for splat in dicts]
    for name in ("model", "contents"):
        if not (name in given or dicts and all(name in (*splat.given, *splat.later) for splat in dicts)):
            plan.fail(site, Reason.SPLAT, "no model or contents", path, call)
            return
    for splat, inner in zip(dicts, inside):
        plan.when_moving(site, functools.partial(splat.edit, plan, inner.items))
    for store in stores:
        one = _Arguments(plan, store.path, site, {store.name: store.value}, {store.name: store.value})
        plan.when_moving(site, functools.partial(store.edit, plan, one.items))

    def edit(c: Context) -> object:
        made = args.items(c)
        for item, _ in spread:
            before = [index for index, other in enumerate(made) if other.old is not None and _stands(other.old, item)]
            made.insert(max(before, default=-1) + 1, Item("", c.new(item.value), star="**", old=item))
        made += stateless.items(plan)
        if method.name.endswith("_stream"):
            made.append(Item("stream", "True"))
        create = c.code(func) if owner is None else f"{c.code(owner)}.create"
        if target is not None:
            create = f"{c.code(target)}.interactions.create"
        streamed = method.name.endswith("_stream")
        function, first = calling.target(plan, path, site, create, method.obj.kind == "AModels", streamed)
        return remake(c, call, function, [*first, *made])

    plan.when_moving(site, lambda: plan.expression(path, call, edit))  # type: ignore[arg-type]


def _stands(node: ast.expr | ast.keyword, before: ast.keyword) -> bool:
    """Whether an argument stands before another one."""
    return (node.lineno, node.col_offset) < (before.lineno, before.col_offset)


class _Arguments:
    """The arguments of a request of google-genai that are written in one place: the call, or a dict."""

    def __init__(
        self,
        plan: Plan,
        path: str,
        site: Site,
        given: dict[str, ast.expr],
        old: dict[str, ast.expr | ast.keyword],
    ) -> None:
        self.plan, self.given, self.old, self.parts = plan, given, old, Parts()
        for name, value in given.items():
            if name not in surface.PARAMETERS["Models"]:
                never.argument(plan, path, name, value, site, self.parts)
            elif name == "config" and not (isinstance(value, ast.Constant) and value.value is None):
                self.parts.add(config.of(plan, path, value, site, legacy=False))
        self.input: Code | None = None
        if "contents" in given:
            code = contents.convert(plan, path, given["contents"], site)
            self.input = contents.with_resolution(plan, path, site, code)
        if "model" in given:
            named(plan, path, given["model"], site)

    def items(self, c: Context) -> list[Item]:
        """The arguments of the new request that stand for these, in their order."""
        made = []
        if "model" in self.given:
            made.append(Item("model", c.new(self.given["model"]), old=self.old["model"]))
        if self.input is not None:
            made.append(Item("input", self.input(c), old=self.old["contents"]))
        names = list(self.given)
        if len(made) > 1 and names.index("contents") < names.index("model"):
            made.reverse()
        return [*made, *models.setting_items(c, self.parts, self.old)]


def tuned(plan: Plan, path: str, node: ast.expr | None, site: Site) -> None:
    """Keeps requests to tuned models."""
    names = [value.node.value for value in plan.values(node) if isinstance(value, Const)] if node is not None else []
    if any(str(name).startswith("tunedModels/") for name in [*names, literal(node) if node is not None else None]):
        plan.fail(site, Reason.TUNED, "", path, node or site.node)


def named(plan: Plan, path: str, node: ast.expr | None, site: Site) -> None:
    """Keeps requests to tuned models; says so where a name is only known at run time: a retired one stays."""
    tuned(plan, path, node, site)
    if node is None or isinstance(node, ast.Constant):
        return
    names = [value for value in plan.values(node) if isinstance(value, Const)]
    for path in sorted({value.path for value in names} & plan.kept):
        plan.review(site, f"the model's name stands in {path}, which was not given: a retired one stays there")
    if not names:
        plan.review(
            site, f"the model's name, {plan.source(path, node)}, is only known at run time; retired ones are refused"
        )


def models_owner(plan: Plan, node: ast.expr) -> ast.expr | None:
    """X for `X.models` where X is a client, else None."""
    if isinstance(node, ast.Attribute) and plan.objects(node.value, "Client", "AClient"):
        return node.value
    return None


def alias(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Surveys `client.models` that is not called at once: it becomes `client.interactions`, if all its uses can."""
    sites = [plan.alias(obj.site) for obj in objects]
    owner = models_owner(plan, node)
    role, parent = plan.role(path, node)
    if role == "attribute" and isinstance(parent, ast.Attribute):
        if owner is None and parent.attr not in surface.REQUESTS:
            plan.groups.join(sites)
            plan.fail(sites[0], Reason.VALUE, plan.source(path, parent), path, node)
        return
    plan.groups.join(sites)
    if role not in ("move", "truth", "discard", "annotation"):
        plan.fail(sites[0], Reason.ESCAPES, plan.source(path, parent), path, node)
    if owner is not None:
        plan.when_moving(sites[0], lambda: plan.expression(path, node, lambda c: f"{c.code(owner)}.interactions"))


def vertex(plan: Plan, site: Site) -> bool:
    """Whether a client is one of Vertex: made with vertexai=, enterprise=, project= or location=, or in a program that
    sets the environment variable for it (google/genai/client.py, _api_client.py)."""
    node = site.node
    if not isinstance(node, ast.Call):
        return False
    for keyword in node.keywords:
        if keyword.arg in ("vertexai", "enterprise"):
            value = keyword.value
            return not (isinstance(value, ast.Constant) and not value.value)
        if keyword.arg in ("project", "location"):
            return True
        if keyword.arg is None:
            places = plan.program.machine.places
            keys = {key for v in plan.values(keyword.value) if isinstance(v, Box) for key in places.get(v, ())}
            if keys & {"vertexai", "enterprise", "project", "location"}:
                return True
    return _vertex_by_environment(plan)


def _vertex_by_environment(plan: Plan) -> bool:
    """Whether the program sets GOOGLE_GENAI_USE_VERTEXAI or GOOGLE_GENAI_USE_ENTERPRISE itself, to anything but no."""
    for facts in plan.program.modules.values():
        if not any(name in facts.text for name in VERTEX_VARIABLES):
            continue
        for node in facts.nodes:
            if not (isinstance(node, ast.Constant) and node.value in VERTEX_VARIABLES):
                continue
            parent = facts.parents[node]
            value: ast.expr | None = None
            if isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store):
                around = facts.parents[parent]
                value = around.value if isinstance(around, (ast.Assign, ast.AnnAssign)) else None
            elif isinstance(parent, ast.Call) and parent.args[:1] == [node] and len(parent.args) > 1:
                func = parent.func
                name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
                value = parent.args[1] if name in ("setdefault", "putenv", "setenv") else None
            elif isinstance(parent, ast.Dict) and node in parent.keys:
                value = parent.values[parent.keys.index(node)]
            if value is not None:
                told = str(value.value).lower() if isinstance(value, ast.Constant) else "?"
                if told not in ("false", "0", "", "none", "no"):
                    return True
    return False
