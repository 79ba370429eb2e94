"""Tools: declarations, Python functions, tools of the service, and the mode of function calling (MAPPING 3.8 and 6)."""

from __future__ import annotations

import ast
from typing import Literal

from ..infer.scopes import parameters
from ..infer.values import NONE, STR, Bound, Box, Class, Const, Func, Obj, Site, Value, Values
from ..sdk import tools as table
from . import json_schema, snippets
from .call import Item, arguments, as_dict, dict_code, reindent
from .containers import insertions
from .contents import rows
from .edits import Context
from .parts import Code, Parts
from .plan import Plan
from .reasons import Reason
from .written import literal, module_of

Form = Literal["one", "many", "function"]
"""What an element of `tools` becomes: one tool, a list of tools, or a Python function."""


def convert(plan: Plan, path: str, node: ast.expr, site: Site, parts: Parts) -> None:
    """Adds the tools of a request to its parts; fails the site's group where they cannot be turned."""
    if isinstance(node, (ast.List, ast.Tuple)) and not node.elts:
        return
    code = _list(plan, path, node, site)
    if code is None:
        plan.fail(site, Reason.TOOLS, plan.source(path, node), path, node)
        return
    parts.request.append(("tools", code))


def _list(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """The code of the list of tools for an expression that is one, or a single tool; None if it is not understood."""
    values = plan.values(node) - {NONE}
    if isinstance(node, (ast.List, ast.Tuple)):
        return _display(plan, path, node, site)
    if isinstance(node, ast.Dict) or any(isinstance(v, Obj) for v in values) or _is_text(node):
        form = _element(plan, path, node, site)
        if form is None:
            return None
        if form == "many":
            return lambda c: _inner(plan, c, node)
        single = form
        return lambda c: f"[{_code(plan, c, node, single, site)}]"
    if not values or not all(isinstance(v, Box) for v in values):
        return None
    if all(isinstance(v, Box) and v.type == "dict" for v in values):
        form = _element(plan, path, node, site)
        return None if form is None else (lambda c: c.code(node) if form == "many" else f"[{c.code(node)}]")
    for found in insertions(plan, values):
        if found.how == "other":
            return None
        if found.how == "many":
            continue
        form = _element(plan, found.path, found.value, site)
        if form is None:
            return None
        if form == "many" or _is_text(found.value):
            if not _only_passed(plan, values):
                return None
        if form == "many":
            if not _spliced(plan, found.path, found.value, found.holder, found.how, site):
                return None
        elif _is_text(found.value):
            value, where = found.value, found.path
            plan.when_moving(site, lambda v=value, p=where: plan.expression(p, v, lambda c: _named(v)))  # type: ignore[misc]
    forms = {_values_form(plan, frozenset((v,))) for v in plan.program.machine.elements(values)}
    if None in forms or not forms:
        return None
    if "function" not in forms:
        return lambda c: c.code(node)
    each = "{}(tool)" if forms == {"function"} else "{0}(tool) if callable(tool) else tool"

    def declared(c: Context) -> str:
        if automatic(plan, site):
            return c.code(node)
        return f"[{each.format(_declare(plan, c.path))} for tool in {c.code(node)}]"

    return declared


def _only_passed(plan: Plan, values: Values) -> bool:
    """Whether lists are nowhere looked into, so that what they hold may change."""
    for box in values:
        if isinstance(box, Box) and isinstance(box.node, ast.AST):
            for path, expr in plan.places(box.node):
                role, _ = plan.role(path, expr)
                if box in plan.values(expr) and role not in ("move", "sdk", "truth", "discard", "annotation"):
                    if not _appends(plan, path, expr):
                        return False
    return True


def _appends(plan: Plan, path: str, node: ast.expr) -> bool:
    parent = plan.facts(path).parents[node]
    return isinstance(parent, ast.Attribute) and parent.attr in ("append", "extend")


def _spliced(plan: Plan, path: str, value: ast.expr, holder: ast.AST, how: str, site: Site) -> bool:
    """A tool that becomes a list is spliced in where it stood."""
    if how == "append" and isinstance(holder, ast.Call) and isinstance(holder.func, ast.Attribute):
        func = holder.func
        plan.when_moving(
            site,
            lambda: plan.expression(path, holder, lambda c: f"{c.code(func.value)}.extend({_inner(plan, c, value)})"),
        )
        return True
    if how == "item" and isinstance(holder, (ast.List, ast.Tuple)):
        plan.when_moving(site, lambda: plan.expression(path, holder, lambda c: _display_code(plan, c, holder, site)))
        return True
    return False


def _display(plan: Plan, path: str, node: ast.List | ast.Tuple, site: Site) -> Code | None:
    for item in node.elts:
        if isinstance(item, ast.Starred):
            if _list(plan, path, item.value, site) is None:
                return None
        elif _element(plan, path, item, site) is None:
            return None
    return lambda c: _display_code(plan, c, node, site)


def _display_code(plan: Plan, c: Context, node: ast.List | ast.Tuple, site: Site) -> str:
    forms = [None if isinstance(e, ast.Starred) else form_of(plan, e) for e in node.elts]
    if len(node.elts) == 1 and forms[0] == "many":
        return _inner(plan, c, node.elts[0])
    codes = []
    for item, form in zip(node.elts, forms):
        if form == "many":
            items = _written_list(plan, item)
            codes += [c.code(element) for element in items.elts] if items is not None else [f"*{_inner(plan, c, item)}"]
        elif form is None:
            codes.append(c.code(item))
        else:
            codes.append(_code(plan, c, item, form, site))
    if all(form != "many" for form in forms) and codes == [c.module.code_for_node(c.node(e)) for e in node.elts]:
        return c.module.code_for_node(c.inner(node))
    return rows(codes, c, node)


def _written_list(plan: Plan, node: ast.expr) -> ast.List | None:
    """The list of declarations that is written in a tool that is written out."""
    given = _given(node) if _is_maker(plan, node) else None
    inner = given.get("function_declarations") if given is not None and len(given) == 1 else None
    return inner if isinstance(inner, ast.List) else None


def _is_maker(plan: Plan, node: ast.expr) -> bool:
    return isinstance(node, ast.Dict) or any(obj.site.node is node for obj in plan.objects(node, "Tool"))


def _inner(plan: Plan, c: Context, node: ast.expr) -> str:
    """The code of a list of tools that a tool has become."""
    items = _written_list(plan, node)
    return c.code(items) if items is not None else c.code(node)


def _code(plan: Plan, c: Context, node: ast.expr, form: Form, site: Site) -> str:
    code = c.code(node)
    if form == "function" and not automatic(plan, site):
        return f"{_declare(plan, c.path)}({code})"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _named(node)
    return code


def _named(node: ast.expr) -> str:
    """The tool of the service that a name of the legacy SDK stands for."""
    return f'{{"type": "{table.BUILTIN[str(literal(node))][0]}"}}'


def _declare(plan: Plan, path: str) -> str:
    plan.imports(path, "from google.genai.types import FunctionDeclaration")
    return plan.snippet(path, snippets.FUNCTION_TOOL, "function_tool", "declared_function")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in table.BUILTIN


# -- elements ----------------------------------------------------------------------------------------------------


def form_of(plan: Plan, node: ast.expr) -> Form | None:
    """The form of an element that has been surveyed."""
    if _is_text(node):
        return "one"
    if isinstance(node, ast.Dict):
        return plan.tool_makers.get(node)  # type: ignore[return-value]
    return _values_form(plan, plan.values(node) - {NONE})


def _values_form(plan: Plan, values: Values) -> Form | None:
    forms = {_form(plan, value) for value in values}
    return forms.pop() if len(forms) == 1 else None


def _form(plan: Plan, value: Value) -> Form | None:
    if isinstance(value, (Func, Bound)):
        return "function"
    if isinstance(value, Obj) and value.kind in ("Tool", "Declaration"):
        return plan.tool_makers.get(value.site.node)  # type: ignore[return-value]
    if isinstance(value, Box) and isinstance(value.node, ast.Dict):
        return plan.tool_makers.get(value.node)  # type: ignore[return-value]
    if isinstance(value, Const) or value is STR:
        return "one"
    return None


def _element(plan: Plan, path: str, node: ast.expr, site: Site) -> Form | None:
    """Surveys one element of `tools`: asks for the edits of what makes it; None where it is not understood."""
    if _is_text(node):
        return "one" if plan.groups.of(site).facts.get("legacy") else None
    forms: set[Form | None] = set()
    values = plan.values(node) - {NONE}
    if isinstance(node, ast.Dict):
        return _maker(plan, node, site)
    for value in values:
        if isinstance(value, (Func, Bound)):
            forms.add(_function(plan, value, site))
        elif isinstance(value, Obj) and value.kind in ("Tool", "Declaration"):
            forms.add(_maker(plan, value.site.node, site))
        elif isinstance(value, Box) and isinstance(value.node, ast.Dict):
            forms.add(_maker(plan, value.node, site))
        else:
            forms.add(None)
    return forms.pop() if len(forms) == 1 else None


def _function(plan: Plan, value: Func | Bound, site: Site) -> Form | None:
    func = value if isinstance(value, Func) else value.func
    args = func.node.args
    if isinstance(func.node, ast.Lambda) or args.vararg or args.kwarg:
        return None
    taken = parameters(args)[1:] if isinstance(value, Bound) else parameters(args)
    for arg in taken:
        if arg.annotation is None or any(isinstance(v, Class) for v in plan.values(arg.annotation)):
            return None  # the SDK declares no function without annotations, and makes objects of classes itself
    plan.groups.of(site).facts["functions"] = True
    return "function"


def _given(node: ast.AST) -> dict[str, ast.expr] | None:
    """The fields of a tool, a declaration or a setting that is written out."""
    found: dict[str, ast.expr] = {}
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                return None
            found[key.value] = value
    elif isinstance(node, ast.Call):
        if node.args or any(keyword.arg is None for keyword in node.keywords):
            return None
        found = {keyword.arg or "": keyword.value for keyword in node.keywords}
    else:
        return None
    return {
        table.CAMEL.get(name, name): value
        for name, value in found.items()
        if literal(value) is not None or not isinstance(value, ast.Constant)
    }


def _maker(plan: Plan, node: ast.AST, site: Site) -> Form | None:
    """Surveys a tool or a declaration that is written out."""
    where = module_of(plan, node)
    if where is None or not isinstance(node, (ast.Call, ast.Dict)):
        return None
    plan.groups.join([site, plan.program.machine.sites.setdefault(node, Site(node, where))])
    known = plan.tool_makers.get(node)
    if known is not None:
        return known or None  # type: ignore[return-value]
    given = _given(node)
    form: Form | None = None
    if isinstance(node, ast.Call) and _callable(node) is not None:
        form = _from_callable(plan, where, node, site)
    elif given is not None and "name" in given:
        form = _declaration(plan, where, node, given, site)
    elif given:
        form = _tool(plan, where, node, given, site)
    plan.tool_makers[node] = form or ""
    return form


def _callable(node: ast.Call) -> ast.expr | None:
    """f for `FunctionDeclaration.from_callable(client=..., callable=f)`."""
    if isinstance(node.func, ast.Attribute) and node.func.attr.startswith("from_"):
        return next((k.value for k in node.keywords if k.arg == "callable"), None)
    return None


def _from_callable(plan: Plan, path: str, node: ast.Call, site: Site) -> Form | None:
    func = _callable(node)
    if func is None:
        return None
    plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f"{_declare(plan, path)}({c.code(func)})"))
    plan.when_moving(site, lambda: _declare(plan, path))
    return "one"


def _declaration(
    plan: Plan, path: str, node: ast.Call | ast.Dict, given: dict[str, ast.expr], site: Site
) -> Form | None:
    schema = given.get("parameters")
    if schema is not None and not json_schema.convert(plan, path, schema, site):
        return None
    for name in given:
        if name not in table.DECLARATION and name not in table.UNSENT:
            return None
    places = dict(zip(given, _places(node, given)))

    def edit(c: Context) -> object:
        items = [("type", '"function"', None)]
        made = [
            (table.DECLARATION[name], c.new(value), places[name])
            for name, value in given.items()
            if name in table.DECLARATION
        ]
        return as_dict(c, node, [*items, *made])

    def work() -> None:
        plan.expression(path, node, edit)  # type: ignore[arg-type]
        for name in given:
            if name in table.UNSENT:
                plan.find(path, given[name], "MG501", "needs_review", f"a function tool has no {name}; it is dropped")

    plan.when_moving(site, work)
    return "one"


def _places(node: ast.Call | ast.Dict, given: dict[str, ast.expr]) -> list[ast.AST]:
    items: list[tuple[ast.AST, ast.expr]]
    if isinstance(node, ast.Dict):
        items = [(key, value) for key, value in zip(node.keys, node.values) if key is not None]
    else:
        items = [(k, k.value) for k in arguments(node) if isinstance(k, ast.keyword)]
    kept = {id(value) for value in given.values()}
    return [place for place, value in items if id(value) in kept]


def _tool(plan: Plan, path: str, node: ast.Call | ast.Dict, given: dict[str, ast.expr], site: Site) -> Form | None:
    declared = given.get("function_declarations")
    pieces: list[Code] = []
    for name, value in given.items():
        if name == "function_declarations":
            inner = _list(plan, path, value, site)
            if inner is None:
                return None
            pieces.append(lambda c, inner=inner: f"*{inner(c)}")  # type: ignore[misc]
        else:
            made = _builtin(plan, path, name, value, site)
            if made is None:
                return None
            pieces.append(made)

    def edit(c: Context) -> str:
        codes = [piece(c) for piece in pieces]
        if declared is None and len(codes) == 1:
            return codes[0]
        return reindent(codes[0][1:], c.layout(node)[0]) if len(codes) == 1 else f"[{', '.join(codes)}]"

    plan.when_moving(site, lambda: plan.expression(path, node, edit))
    return "one" if declared is None and len(pieces) == 1 else "many"


def _builtin(plan: Plan, path: str, name: str, value: ast.expr, site: Site) -> Code | None:
    """The code of a tool of the service; None where its settings are not understood."""
    if name not in table.BUILTIN:
        return None
    kind, settings = table.BUILTIN[name]
    given = _given(value)
    if given is None:
        return None
    if name == "google_search" and plan.groups.of(site).facts.get("legacy"):
        plan.differ(site, "search")
    pairs: list[tuple[str, ast.expr | str]] = [("type", f'"{kind}"')]
    for key, inner in given.items():
        if name in table.DROPPED:
            note = table.DROPPED[name]
            plan.when_moving(site, lambda n=note, i=inner: plan.find(path, i, "MG501", "needs_review", n))  # type: ignore[misc]
            continue
        if key not in settings:
            return None
        if key == "environment":
            word = inner.attr if isinstance(inner, ast.Attribute) else str(literal(inner))
            if word not in table.ENVIRONMENTS:
                return None
            pairs.append((settings[key], f'"{table.ENVIRONMENTS[word]}"'))
        else:
            pairs.append((settings[key], inner))
    return lambda c: dict_code([(key, code if isinstance(code, str) else c.code(code)) for key, code in pairs])


# -- settings ----------------------------------------------------------------------------------------------------


def choice(plan: Plan, path: str, node: ast.expr, site: Site, parts: Parts) -> None:
    """tool_config: the mode of function calling becomes tool_choice."""
    given = _given(_setting(node))
    calling = given.get("function_calling_config", given.get("functionCallingConfig")) if given else None
    fields = _given(_setting(calling)) if calling is not None and given is not None and len(given) == 1 else None
    if fields is None and isinstance(node, (ast.Constant, ast.Attribute)):
        fields = {"mode": node}
    mode = _mode(fields.get("mode")) if fields is not None else None
    names = None
    if fields is not None:
        names = fields.get("allowed_function_names", fields.get("allowedFunctionNames"))
    if fields is None or mode is None or set(fields) - {"mode", "allowed_function_names", "allowedFunctionNames"}:
        plan.fail(site, Reason.TOOLS, plan.source(path, node), path, node)
    elif names is not None:
        listed, word = names, mode
        parts.generation.append(
            (
                "tool_choice",
                lambda c: f'{{"allowed_tools": {{"mode": "{word}", "tools": {c.code(listed)}}}}}',
            )
        )
    elif mode != "auto":
        word = mode
        parts.generation.append(("tool_choice", lambda c: f'"{word}"'))


def _setting(node: ast.expr) -> ast.AST:
    """The dict in `to_tool_config({...})`, or the node itself."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        return node.args[0]
    return node


def _mode(node: ast.expr | None) -> str | None:
    if node is None:
        return "auto"
    value = node.attr if isinstance(node, ast.Attribute) else literal(node)
    if not isinstance(value, (str, int)):
        return None
    return table.MODES.get(value.upper() if isinstance(value, str) else value)


def automatic_calling(plan: Plan, path: str, node: ast.expr, site: Site) -> None:
    """automatic_function_calling of google-genai: it may be switched off, or limited."""
    given = _given(node)
    if given is None:
        plan.fail(site, Reason.TOOLS, plan.source(path, node), path, node)
        return
    facts = plan.groups.of(site).facts
    for name, value in given.items():
        if name == "disable" and isinstance(literal(value), bool):
            facts["no_afc"] = literal(value)
        elif name in ("maximum_remote_calls", "maximumRemoteCalls"):
            facts["max_calls"] = value
        elif name not in ("ignore_call_history", "ignoreCallHistory"):
            plan.fail(site, Reason.TOOLS, plan.source(path, node), path, node)


def automatic(plan: Plan, site: Site) -> bool:
    """Whether the SDK calls the Python functions among the tools of a site's group by itself."""
    facts = plan.groups.of(site).facts
    if not facts.get("functions"):
        return False
    return bool(facts.get("afc")) if facts.get("legacy") else not facts.get("no_afc")


def target(plan: Plan, path: str, site: Site, code: str, is_async: bool) -> tuple[str, list[Item]]:
    """What a request calls, and its first arguments: `client.interactions.create` itself, or the loop around it."""
    if not automatic(plan, site):
        return code, []
    facts = plan.groups.of(site).facts
    if is_async:
        plan.imports(path, "import inspect")
    steps = "" if plan.settings.store else plan.snippet(path, snippets.STEPS, "input_steps")
    loop = snippets.call_loop(_declare(plan, path), bool(facts.get("legacy")), is_async, steps)
    name = plan.snippet(path, loop, "create_with_functions_async" if is_async else "create_with_functions")
    items = [Item("", code)]
    limit = facts.get("max_calls")
    if isinstance(limit, ast.expr):
        items.append(Item("max_calls", ast.unparse(limit)))
    return name, items


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Notes what is done with a tool, a declaration or a schema beyond giving it to a request."""
    role, parent = plan.role(path, node)
    if role == "move" and isinstance(parent, (ast.List, ast.Tuple)):
        role, parent = plan.role(path, parent)
    if role in ("move", "sdk", "truth", "discard", "annotation", "iterate", "len", "compare"):
        return
    plan.fail_all(objects, Reason.TOOLS, plan.source(path, parent), path, node)


def settle(plan: Plan) -> None:
    """Keeps what the loop around a request cannot do: streams, chats whose history is read, and requests of the legacy
    SDK beside its chats, which alone call functions by themselves."""
    for item in plan.sends:
        facts = plan.groups.of(item.site).facts
        keeps = facts.get("class", set()) & {"history", "get_history", "last"}  # type: ignore[operator]
        if automatic(plan, item.site) and (item.stream or keeps or facts.get("recorded")):
            plan.fail(item.site, Reason.TOOLS, plan.source(item.path, item.node), item.path, item.node)
    for call in plan.calls:
        if not automatic(plan, call.site):
            continue
        legacy = call.code == "MG103"
        if plan.groups.of(call.site).facts.get("recorded"):
            detail = "automatic_function_calling_history"
            plan.fail(call.site, Reason.ATTRIBUTE, detail, call.path, call.node)
        streamed = isinstance(call.node, ast.Call) and plan.objects(call.node, "Stream")
        if legacy or streamed:
            plan.fail(call.site, Reason.TOOLS, plan.source(call.path, call.node), call.path, call.node)
