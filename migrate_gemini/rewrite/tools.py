"""Lists of tools: declarations, Python functions and tools of the service (MAPPING 3.8 and 6)."""

from __future__ import annotations

import ast

import libcst as cst

from ..infer.scopes import parameters
from ..infer.values import NONE, NOTHING, STR, Bound, Box, Class, Const, Func, Obj, Site, Value, Values, is_text
from ..sdk import tools as table
from . import context, forwarded, handed_tools
from .call import reindent
from .calling import automatic, note
from .containers import insertions, joined
from .contents import rows
from .declarations import Form, declare, fields_of, maker
from .edits import Context
from .parts import Code, Parts
from .plan import Plan
from .reasons import Reason
from .written import literal


def convert(plan: Plan, path: str, node: ast.expr, site: Site, parts: Parts) -> None:
    """Adds the tools of a request to its parts; fails the site's group where they cannot be turned."""
    if isinstance(node, (ast.List, ast.Tuple)) and not node.elts:
        return
    if plan.settings.schema == "outputs" and NONE in plan.values(node):  # its SDKs send null
        plan.fail(site, Reason.TARGET, "tools that may be None", path, node)
    if plan.values(node) == NOTHING and plan.settings.schema == "steps" and _called(plan, path, node):
        plan.review(site, f"{plan.source(path, node)} is None in every call that was read")
        parts.request.append(("tools", lambda c: c.code(node)))
        return
    if plan.values(node) & handed_tools.around(plan):
        code = handed_tools.convert(plan, path, node, site)
    else:
        code = _list(plan, path, node, site)
    if code is None:
        plan.fail(site, Reason.TOOLS, plan.source(path, node), path, node)
        return
    parts.request.append(("tools", code))


def _called(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether a value is a parameter of a function whose callers are seen."""
    return isinstance(node, ast.Name) and context.function(plan.facts(path), node) in forwarded.callers(plan)


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
    seen: set[Value] = set()
    for found in insertions(plan, values):
        if found.how == "other":
            return None
        if found.how == "many":
            continue
        seen |= plan.values(found.value)
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
    elements = plan.program.machine.elements(values) - {NONE}
    functions = [item for item in sorted(elements, key=repr) if isinstance(item, (Func, Bound))]
    if not functions and any(is_text(item) for item in elements - seen):
        return None
    for item in functions:  # also of what is no list: dict.values(), a generator
        if item not in seen and _function(plan, item, site) is None:
            return None
    forms = {_values_form(plan, frozenset((v,))) for v in elements}
    if None in forms or not forms:
        return None
    if "function" not in forms:
        return lambda c: c.code(node)
    each = "{}(tool)" if forms == {"function"} else "{0}(tool) if callable(tool) else tool"

    def declared(c: Context) -> str:
        if automatic(plan, site):
            return c.code(node)
        given = f"{c.code(node)} or ()" if NONE in plan.values(node) else c.code(node)
        return f"[{each.format(declare(plan, c.path))} for tool in {given}]"

    return declared


def _only_passed(plan: Plan, values: Values) -> bool:
    """Whether lists are nowhere looked into, so that what they hold may change."""
    for box in joined(plan, values):
        for path, expr in plan.places(box.node) if isinstance(box.node, ast.AST) else ():
            role, _ = plan.role(path, expr)
            if box in plan.values(expr) and role not in ("move", "sdk", "truth", "discard", "annotation"):
                if not _joins(plan, path, expr):
                    return False
    return True


def _joins(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether a list gets elements, or becomes a part of another one."""
    parent = plan.facts(path).parents[node]
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("append", "extend")
    return isinstance(parent, (ast.Starred, ast.AugAssign, ast.BinOp))


def _spliced(plan: Plan, path: str, value: ast.expr, holder: ast.AST, how: str, site: Site) -> bool:
    """A tool that becomes a list is spliced in where it stood."""
    if how == "append" and isinstance(holder, ast.Call) and isinstance(holder.func, ast.Attribute):
        items = _written_list(plan, value)
        alone = items is not None and len(items.elts) == 1 and not isinstance(items.elts[0], ast.Starred)
        only = items.elts[0] if alone and items is not None else None
        put = holder.func if only is None else None

        def added(c: Context) -> cst.BaseExpression:
            code = _inner(plan, c, value) if only is None else c.code(only)
            made = c.inner(holder)
            assert isinstance(made, cst.Call)
            given = made.args[0].with_changes(value=c.parse(reindent(code, c.layout(value)[0])))
            func = made.func if put is None else c.parse(f"{c.code(put.value)}.extend")
            return made.with_changes(func=func, args=[given])

        plan.when_moving(site, lambda: plan.expression(path, holder, added))
        return True
    if how == "item" and isinstance(holder, (ast.List, ast.Tuple)):
        plan.when_moving(site, lambda: plan.expression(path, holder, lambda c: _display_code(plan, c, holder, site)))
        return True
    written = _written_list(plan, value)
    if how == "item" and isinstance(holder, ast.ListComp) and written is not None and len(written.elts) == 1:
        one = written.elts[0]  # a tool of one declaration for each round
        if not isinstance(one, ast.Starred):
            made = lambda c: reindent(c.code(one), c.layout(value)[0])  # noqa: E731
            plan.when_moving(site, lambda: plan.expression(path, value, made))
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
        return reindent(_inner(plan, c, node.elts[0]), c.layout(node)[0])
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
    given = fields_of(node) if _is_maker(plan, node) else None
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
        return f"{declare(plan, c.path)}({code})"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _named(node)
    return code


def _named(node: ast.expr) -> str:
    """The tool of the service that a name of the legacy SDK stands for."""
    return f'{{"type": "{table.BUILTIN[str(literal(node))][0]}"}}'


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
        return maker(plan, node, site, _list)
    for value in sorted(values, key=repr):
        if isinstance(value, (Func, Bound)):
            forms.add(_function(plan, value, site))
        elif isinstance(value, Obj) and value.kind in ("Tool", "Declaration"):
            forms.add(maker(plan, value.site.node, site, _list))
        elif isinstance(value, Box) and isinstance(value.node, ast.Dict):
            forms.add(maker(plan, value.node, site, _list))
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
    note(plan, site, functions=True)
    if isinstance(value, Bound):
        note(plan, site, methods=func.node.name)
    return "function"


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Notes what is done with a tool, a declaration or a schema beyond giving it to a request."""
    parent = handed_tools.use(plan, path, node)
    if parent is not None:
        plan.fail_all(objects, Reason.TOOLS, plan.source(path, parent), path, node)
