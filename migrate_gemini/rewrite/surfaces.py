"""Calls of the legacy SDK that go to google-genai and not to the Interactions API: embeddings, files, lists of models,
caches, token counts (MAPPING 7). What is read off their results: `surface_reads`."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..infer import library
from ..infer.values import NONE, Ext, Method, Obj, Site
from ..sdk import surfaces
from ..sdk.surfaces import Function
from . import handed, passing, surface_forms, uploads
from .call import WIDTH, Item, arguments, dict_code, hang, remake
from .edits import Context
from .models import form as model_form
from .plan import CallSite, Plan
from .reasons import Reason

Code = Callable[[Context], str]
READ = len(".embeddings[0].values")
"""How much longer a line gets by what is read off a call at once."""


def of(plan: Plan, node: ast.Call) -> Function | None:
    """The row of a function of the legacy SDK that is called at a node."""
    for value in plan.program.machine.callees.get(node, frozenset()):
        if isinstance(value, Ext) and value.path in surfaces.FUNCTIONS:
            return surfaces.FUNCTIONS[value.path]
    return None


def named(plan: Plan, node: ast.expr) -> Function | None:
    """The row of a function of the legacy SDK that an expression reads."""
    if isinstance(node, (ast.Attribute, ast.Name)) and isinstance(node.ctx, ast.Load):
        for value in plan.values(node):
            if isinstance(value, Ext) and value.path in surfaces.FUNCTIONS:
                return surfaces.FUNCTIONS[value.path]
    return None


def call(plan: Plan, path: str, node: ast.Call, function: Function) -> None:
    """Surveys a call of a function of `sdk.surfaces`."""
    site = plan.program.machine.sites.setdefault(node, Site(node, path))
    name = _legacy_name(plan, node)
    _begin(plan, path, node, site, f"{name} becomes client.{function.method}()")
    if not _by_its_name(plan, path, node.func):
        plan.fail(site, Reason.VALUE, plan.source(path, node.func), path, node)
    built = _arguments(plan, path, node, function, site)
    plan.clients_wanted(path, node.func, site)
    reads = isinstance(plan.facts(path).parents[node], (ast.Subscript, ast.Attribute))

    def edit(c: Context) -> object:
        made = remake(c, node, f"{plan.client(path, node.func)}.{function.method}", built(c))
        code = c.module.code_for_node(made)
        if reads and "\n" not in code and c.lines.span(node)[1] + len(code) + READ > WIDTH:
            made = hang(made, c)
        return made

    plan.when_moving(site, lambda: plan.expression(path, node, edit))  # type: ignore[arg-type]


def _by_its_name(plan: Plan, path: str, func: ast.expr) -> bool:
    """Whether a function is called by the name that it has in the SDK or was imported under, and is nothing else."""
    if len(plan.values(func)) != 1:
        return False
    if isinstance(func, ast.Attribute):
        return all(isinstance(value, Ext) for value in plan.values(func.value))
    imports = (node for node in plan.facts(path).nodes if isinstance(node, ast.ImportFrom))
    return isinstance(func, ast.Name) and any(func.id == (a.asname or a.name) for i in imports for a in i.names)


def method(plan: Plan, path: str, node: ast.Call, function: Function, obj: Obj) -> None:
    """Surveys file.delete(), cache.update(...): a method of the object becomes one of the client with its name."""
    func = node.func
    site = obj.site
    name = func.attr if isinstance(func, ast.Attribute) else function.name
    own = plan.program.machine.sites.setdefault(node, Site(node, path))
    plan.groups.join([own, site])
    _begin(plan, path, node, own, f"{name} becomes client.{function.method}()")
    if not isinstance(func, ast.Attribute):
        plan.fail(site, Reason.VALUE, plan.source(path, func), path, node)
        return
    receiver = func.value
    built = _arguments(plan, path, node, function, own)
    plan.clients_wanted(path, func, own)
    replaces = obj.kind == "LCache" and function.name == "update" and ("LCache", "expire_time") in plan.looked_at
    if replaces:  # the legacy object was brought up to date in its place
        plan.fail(site, Reason.SURFACE, "expire_time after update()", path, node)

    def edit(c: Context) -> object:
        items = [Item("name", f"{c.code(receiver)}.name"), *built(c)]
        return remake(c, node, f"{plan.client(path, func)}.{function.method}", items)

    plan.when_moving(site, lambda: plan.expression(path, node, edit))  # type: ignore[arg-type]


def value(plan: Plan, path: str, node: ast.expr, function: Function | None) -> None:
    """Surveys a function that is handed to something that calls it; others (and methods: no function) stay."""
    machine = plan.program.machine
    facts = plan.facts(path)
    parent = facts.parents.get(node)
    made = parent if isinstance(parent, ast.Call) else node
    site = machine.sites.setdefault(made, Site(made, path))
    name = function.method if function is not None else ""
    _begin(plan, path, node, site, f"{plan.source(path, node)}, passed as a value, becomes client.{name}")
    around = facts.parents.get(node)
    while around is not None and not isinstance(around, ast.stmt):
        if around in machine.sites:  # the objects of an indirect call are made there
            plan.groups.join([site, machine.sites[around]])
        around = facts.parents.get(around)
    if function is None and isinstance(node, ast.Attribute):
        plan.groups.join([site, *(obj.site for obj in plan.objects(node.value))])
    edit = None
    if function is not None and isinstance(parent, ast.Call) and node in parent.args:
        edit = _handed(plan, path, node, parent, function, site)
    if edit is None:
        plan.fail(site, Reason.VALUE, plan.source(path, node), path, node)
        return
    plan.clients_wanted(path, node, site)
    plan.when_moving(site, edit)


def _handed(
    plan: Plan, path: str, node: ast.expr, parent: ast.Call, function: Function, site: Site
) -> Callable[[], object] | None:
    """What is to be done at a call that gets the function `node` and calls it; None where that is not known."""
    at = parent.args.index(node)
    found = passing.of(plan, parent, node)
    how = found.how if found is not None else ""
    if how in ("keywords", "executor") and at == (how == "executor"):
        built = _arguments(plan, path, parent, function, site, at + 1)

        def passed_on(c: Context) -> object:
            target, made = f"{plan.client(path, node)}.{function.method}", built(c)
            head = [Item("", c.new(arg), old=arg) for arg in parent.args[:at]]
            if how == "executor" and made:
                text = ", ".join(handed.item_code(item, c) for item in made)
                target, made = f"functools.partial({target}, {text})", []
            return remake(c, parent, c.code(parent.func), [*head, Item("", target, old=node), *made])

        def work() -> None:
            if how == "executor" and len(parent.args) + len(parent.keywords) > at + 1:
                plan.imports(path, "import functools")
            plan.expression(path, parent, passed_on)  # type: ignore[arg-type]

        return work
    first = function.parameters[0]
    target, form = function.takes[first]
    name = parent.func.attr if isinstance(parent.func, ast.Attribute) else getattr(parent.func, "id", "")
    if name in library.MAPPERS and at == 0 and len(parent.args) == 2 and not parent.keywords and not form:

        def mapped(c: Context) -> str:
            label = f', config={{"display_name": os.path.basename({first})}}' if labelled() else ""
            return f"lambda {first}: {plan.client(path, node)}.{function.method}({target}={first}{label})"

        def labelled() -> bool:
            return function.result == "LFile" and target == "file" and ("LFile", "display_name") in plan.looked_at

        def map_work() -> None:
            if labelled():
                plan.imports(path, "import os")
            plan.expression(path, node, mapped)

        return map_work
    return None


def other(plan: Plan, path: str, node: ast.Call, dotted: str) -> None:
    """Surveys a call of a lower-case function of the legacy SDK that has no row: it stays, with what to do."""
    name = dotted.rpartition(".")[2]
    site = plan.program.machine.sites.setdefault(node, Site(node, path))
    plan.groups.of(site).facts["legacy"] = True
    if name in surfaces.PALM and dotted.count(".") == 2:
        plan.calls.append(CallSite(site, path, node, "MG108", ""))
        plan.fail(site, Reason.PALM, surfaces.PALM[name], path, node)
        return
    plan.calls.append(CallSite(site, path, node, "MG107", ""))
    if name in surfaces.BY_HAND:
        plan.fail(site, Reason.BY_HAND, f"{name}(): {surfaces.BY_HAND[name]}", path, node)
    else:
        plan.fail(site, Reason.OTHER, f"{name}()", path, node)


def count_tokens(plan: Plan, path: str, func: ast.Attribute, objects: list[Obj]) -> None:
    """Surveys model.count_tokens(contents): the model's name is what goes with it."""
    site = objects[0].site
    node = plan.facts(path).parents[func]
    waits = func.attr.endswith("_async")
    if not isinstance(node, ast.Call) or node.func is not func:
        plan.fail_all(objects, Reason.VALUE, plan.source(path, func), path, func)
        return
    given = [a for a in arguments(node) if not (isinstance(a, ast.keyword) and a.arg == "request_options")]
    first = given[0] if given else None
    if len(given) != 1 or isinstance(first, ast.Starred) or isinstance(first, ast.keyword) and first.arg != "contents":
        plan.fail_all(objects, Reason.ARGUMENT, plan.source(path, node), path, func)
        return
    own = plan.program.machine.sites.setdefault(node, Site(node, path))
    plan.groups.join([own, *(obj.site for obj in objects)])
    _begin(plan, path, node, own, f"{func.attr} becomes client.{'aio.' if waits else ''}models.count_tokens()")
    contents = first.value if isinstance(first, ast.keyword) else first
    assert contents is not None
    code = surface_forms.contents(plan, path, contents, own)
    options = next((a for a in node.keywords if a.arg == "request_options"), None)
    timeout = surface_forms.timeout(plan, path, options.value, own) if options is not None else None
    plan.clients_wanted(path, func, site)
    models = [plan.models.get(obj.site) for obj in objects]
    more = sorted({name for m in models if m is not None for name in ("system_instruction", "tools") if name in m.old})
    if more:
        plan.review(own, f"{' and '.join(more)} of the model no longer count, so the number is smaller")

    def edit(c: Context) -> object:
        name = c.code(func.value) + ("" if model_form(plan, site) == "name" else '["model"]')
        new = [Item("model", name), Item("contents", code(c) if code else c.new(contents), old=first)]
        if timeout is not None:
            new.append(Item("config", dict_code([("http_options", timeout(c))]), old=options))
        aio = ".aio" if waits else ""
        return remake(c, node, f"{plan.client(path, func)}{aio}.models.count_tokens", new)

    plan.when_moving(site, lambda: plan.expression(path, node, edit))  # type: ignore[arg-type]


def vertex(plan: Plan, path: str, node: ast.Call) -> bool:
    """Surveys a call of google-cloud-aiplatform's Generative AI module: it stays. Whether the call is one."""
    found: str | None = None
    for callee in plan.program.machine.callees.get(node, frozenset()):
        if isinstance(callee, Ext) and callee.path.startswith(surfaces.VERTEX_MODULES):
            made = [obj for obj in plan.objects(node, "VModel", "VChat") if obj.site.node is node]
            found = callee.path.partition(".")[2] if made else found
        elif isinstance(callee, Method) and callee.obj.kind in ("VModel", "VChat"):
            found = callee.name
    if found is None:
        return False
    site = plan.program.machine.sites.setdefault(node, Site(node, path))
    plan.calls.append(CallSite(site, path, node, "MG109", ""))
    plan.fail(site, Reason.VERTEX_SDK, "", path, node)
    return True


def _begin(plan: Plan, path: str, node: ast.expr, site: Site, message: str) -> None:
    plan.groups.of(site).facts["legacy"] = True
    plan.calls.append(CallSite(site, path, node, "MG107", message))


def _legacy_name(plan: Plan, node: ast.Call) -> str:
    for value in plan.program.machine.callees.get(node, frozenset()):
        if isinstance(value, Ext) and value.path in surfaces.FUNCTIONS:
            path = value.path.split(".")
            return ".".join(path[-2:]) if path[-2] == "CachedContent" else path[-1]
    return ""


def _arguments(
    plan: Plan, path: str, node: ast.Call, function: Function, site: Site, first: int = 0
) -> Callable[[Context], list[Item]]:
    """The arguments of the new call, of those from the `first` on; fails the site's group for those that have no place
    in it."""
    given: list[tuple[str, ast.expr, ast.expr | ast.keyword]] = []
    for index, arg in enumerate(node.args[first:]):
        if isinstance(arg, ast.Starred) or index >= len(function.parameters):
            plan.fail(site, Reason.SPLAT, plan.source(path, arg), path, node)
            continue
        given.append((function.parameters[index], arg, arg))
    for keyword in node.keywords:
        if keyword.arg is None:
            plan.fail(site, Reason.SPLAT, plan.source(path, keyword), path, node)
        else:
            given.append((keyword.arg, keyword.value, keyword))
    plain: list[tuple[str, Code | ast.expr, ast.expr | ast.keyword]] = []
    pairs: list[tuple[str, Code]] = []
    place: ast.expr | ast.keyword | None = None
    for name, value, old in given:
        if name in function.drops:
            _dropped(plan, path, old, function.drops[name], site)
            continue
        if isinstance(value, ast.Constant) and value.value is None:
            continue
        if name not in function.takes:
            plan.fail(site, Reason.ARGUMENT, name, path, value)
            continue
        target, form = function.takes[name]
        code = surface_forms.FORMS[form](plan, path, value, site) if form else None
        head, _, key = target.partition(".")
        if key:
            place = place or old
            pairs.append((key, code or (lambda c, value=value: c.code(value))))  # type: ignore[misc]
        else:
            plain.append((head, code or value, old))
    uploaded = next((value for name, value, _ in given if name == "path"), None)
    if uploaded is not None and uploads.is_open(plan, path, uploaded):
        uploaded = None
    label = next((value for name, value, _ in given if name == "display_name"), None)
    may_be_none = label is not None and (not plan.values(label) or NONE in plan.values(label))
    named = label is not None and not may_be_none
    typed = any(name == "mime_type" for name, _, _ in given)

    def items(c: Context) -> list[Item]:
        found = [Item(n, code(c) if callable(code) else c.new(code), old=old) for n, code, old in plain]
        own = [(key, code(c)) for key, code in pairs]
        if uploaded is not None and not named and ("LFile", "display_name") in plan.looked_at:
            default = uploads.file_label(uploaded, c)
            if any(key == "display_name" for key, _ in own):
                own = [(key, f"{code} or {default}" if key == "display_name" else code) for key, code in own]
            else:
                own.insert(0, ("display_name", default))
        if own:
            item = Item(
                "config", surface_forms.rows(own, c, place.value if isinstance(place, ast.keyword) else node), old=place
            )
            order = arguments(node)
            at = sum(place is None or order.index(i.old) < order.index(place) for i in found if i.old is not None)
            found.insert(at, item)
        return found

    if uploaded is not None and not named:

        def default_label() -> None:
            if ("LFile", "display_name") not in plan.looked_at:
                return
            if uploads.needs_os(uploaded):
                plan.imports(path, "import os")
            if typed and not plan.values(uploaded):  # with a MIME type it may be an open file, which has no name
                plan.review(site, f"{plan.source(path, uploaded)} is taken to be a path, whose name was shown")

        plan.when_moving(site, default_label)
    return items


def _dropped(plan: Plan, path: str, place: ast.expr | ast.keyword, note: str, site: Site) -> None:
    plan.when_moving(site, lambda: plan.find(path, place, "MG501", "migrated", note))
