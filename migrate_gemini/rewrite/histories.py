"""Turns that a program keeps itself, and answers to function calls, become steps where they are written (MAPPING 3.3, 5
and 6): contents with a role, `function_response` parts, and the model's own answer that is sent back.
"""

from __future__ import annotations

import ast
from typing import Literal

import libcst as cst

from ..infer.values import NONE, Box, Obj, Site, Values
from . import content_kinds, content_media, contents, function_results
from .call import WIDTH, as_dict, dict_code, reindent
from .containers import Insertion, insertions, joined
from .edits import Context
from .parts import LINE
from .plan import Plan
from .written import literal, module_of

Form = Literal["step", "steps", "result", "answer", "text", "media"]
"""What an element of contents becomes: one step, a list of steps, a function_result step, the steps of an answer, or a
text or medium of a user's turn."""

Fields = dict[str, ast.expr]

TURNS = ("GContent", "LContent")
PARTS = ("GPart", "LPart", "LBlob")
CALLING = ("FCall", "FResult")
MODEL = {"model": "model_output", "assistant": "model_output"}


def convert(plan: Plan, path: str, node: ast.expr, site: Site) -> contents.Code | None:
    """The code of `input` for turns, answers and function results; None where they are not understood."""
    values = plan.values(node) - {NONE}
    if isinstance(node, (ast.List, ast.Tuple)):
        return _display(plan, path, node, site)
    lists = frozenset(v for v in values if isinstance(v, Box) and v.type in ("list", "tuple"))
    if not lists or isinstance(node, ast.Dict):
        form = _element(plan, path, node, site)
        if form == "steps":
            return lambda c: c.code(node)
        if form == "answer":
            return lambda c: f"{c.code(node)}.steps"
        if form in ("text", "media"):
            return lambda c: _content(plan, c, node, site)
        return (lambda c: f"[{c.code(node)}]") if form in ("step", "result") else None
    if not content_kinds.text(plan, values - lists) and values != lists:
        return None
    places = list(insertions(plan, lists))
    for found in places:
        if not _inserted(plan, found, site):
            return None
    if any(plan.objects(found.value, "Answer") for found in places) and _counted(plan, lists):
        plan.review(site, f"{plan.source(path, node)} is counted or cut, and a model's answer may be several steps")
    plan.step_lists.update(dict.fromkeys(joined(plan, lists), site))
    return contents.as_list(lists, lambda c: c.code(node))


def _counted(plan: Plan, lists: Values) -> bool:
    """Whether the number or the places of the elements of a list matter somewhere."""
    for box in lists:
        if isinstance(box, Box) and isinstance(box.node, ast.AST):
            for where, expr in plan.places(box.node):
                role, _ = plan.role(where, expr)
                if box in plan.values(expr) and role in ("len", "index"):
                    return True
    return False


def _display(
    plan: Plan, path: str, node: ast.List | ast.Tuple, site: Site, turns: bool = False
) -> contents.Code | None:
    """The code of a list that is written out; turns: whether its texts have to be steps."""
    forms: list[Form | None] = []
    for item in node.elts:
        if isinstance(item, ast.Starred):
            if convert(plan, path, item.value, site) is None:
                return None
            forms.append(None)
            continue
        form = _element(plan, path, item, site)
        if form is None:
            return None
        forms.append(form)
    return lambda c: _display_code(plan, c, node, forms, site, turns)


def _display_code(
    plan: Plan, c: Context, node: ast.List | ast.Tuple, forms: list[Form | None], site: Site, turns: bool
) -> str:
    codes: list[str] = []
    said: list[str] = []  # texts and media beside each other are one turn of the user

    def flush() -> None:
        if said:
            codes.append(_step("user_input", said))
            said.clear()

    for item, form in zip(node.elts, forms):
        if form in ("text", "media"):
            said.append(_content(plan, c, item, site))
            continue
        flush()
        if form in ("steps", "answer"):
            written = isinstance(item, (ast.Call, ast.Dict)) and form == "steps"
            inner = c.code(item)
            if written and inner.startswith("[") and inner.endswith("]"):
                codes.append(inner[1:-1].strip().rstrip(","))
            else:
                codes.append(f"*{inner}{'.steps' if form == 'answer' else ''}")
        else:
            codes.append(c.code(item))
    if said and not codes and not turns:
        return contents.rows(said, c, node)
    flush()
    if codes == [c.code(item) for item in node.elts]:
        return c.module.code_for_node(c.inner(node))
    return contents.rows(codes, c, node)


def _step(kind: str, items: list[str]) -> str:
    return dict_code([("type", f'"{kind}"'), ("content", f"[{', '.join(items)}]")])


def _content(plan: Plan, c: Context, node: ast.expr, site: Site) -> str:
    """The content dict of a text or of a medium."""
    text = content_kinds.single_text(plan, node)
    if text is not None:
        return contents.item(c.code(text))
    written = plan.media.get(node)
    if written is not None:
        return str(written(c))
    return f"{content_media.of_one(plan, c.path)}({c.code(node)})"


def _inserted(plan: Plan, found: Insertion, site: Site) -> bool:
    """Asks for the edit of one place that puts something into a list of turns."""
    path, value, holder = found.path, found.value, found.holder
    if found.how == "other":
        return False
    if found.how == "many":
        return True  # its own places are looked at as well
    if found.how == "item" and isinstance(holder, (ast.List, ast.Tuple)):
        code = _display(plan, path, holder, site, turns=True)
        if code is None:
            return False
        if holder not in plan.turn_makers:
            plan.turn_makers[holder] = "list"
            plan.when_moving(site, lambda: plan.expression(path, holder, code))
        return True
    form = _element(plan, path, value, site)
    if form is None:
        return False
    if found.how == "append" and isinstance(holder, ast.Call) and isinstance(holder.func, ast.Attribute):
        func = holder.func
        only = _only(plan, value) if form == "steps" else None
        if only is not None:
            plan.when_moving(
                site, lambda: plan.expression(path, value, lambda c: reindent(c.code(only), c.layout(value)[0]))
            )
            plan.when_moving(site, lambda: plan.expression(path, holder, lambda c: _appended(c, holder, value)))
        elif form in ("steps", "answer"):
            tail = ".steps" if form == "answer" else ""

            def extended(c: Context) -> str | cst.BaseExpression:
                code = c.code(value)
                if "\n" not in code:
                    return f"{c.code(func.value)}.extend({code}{tail})"
                made = c.inner(holder)
                assert isinstance(made, cst.Call)
                return made.with_changes(func=c.parse(f"{c.code(func.value)}.extend"))

            plan.when_moving(site, lambda: plan.expression(path, holder, extended))
        elif form in ("text", "media"):
            plan.when_moving(
                site,
                lambda: plan.expression(
                    path, value, lambda c: _step("user_input", [_content_of(plan, c, value, site)])
                ),
            )
        return True
    return form in ("step", "result")


def _appended(c: Context, call: ast.Call, value: ast.expr) -> str:
    """The code of `list.append(value)`, in one line where that is short and has no comments."""
    code = c.code(value)
    start, end = c.place(call)
    flat = f"{c.code(call.func)}({code})"
    if "\n" in code or "#" in c.text[start:end] or len(c.indentation(call)) + len(flat) > LINE:
        return c.module.code_for_node(c.inner(call))
    return flat


def _only(plan: Plan, node: ast.expr) -> ast.expr | None:
    """X for a turn that is written out here and whose only part is the result X."""
    fields = given(node)
    parts = fields.get("parts") if fields else None
    if isinstance(parts, (ast.List, ast.Tuple)) and len(parts.elts) == 1 and not isinstance(parts.elts[0], ast.Starred):
        return parts.elts[0]
    return None


def _content_of(plan: Plan, c: Context, node: ast.expr, site: Site) -> str:
    """Like `_content`, for an expression whose own edit is being made."""
    text = content_kinds.single_text(plan, node)
    written = plan.media.get(node)
    if written is not None:
        return str(written(c))
    if text is None:
        return f"{content_media.of_one(plan, c.path)}({c.module.code_for_node(c.inner(node))})"
    code = c.module.code_for_node(c.inner(text)) if text is node else c.code(text)
    return contents.item(code)


# -- elements ----------------------------------------------------------------------------------------------------


def _element(plan: Plan, path: str, node: ast.expr, site: Site) -> Form | None:
    """Surveys one element of contents; None where it is not understood."""
    values = plan.values(node) - {NONE}
    if content_kinds.text(plan, values):
        return "text"
    forms = {_maker(plan, node, site)} if isinstance(node, ast.Dict) else {_value(plan, v, site) for v in values}
    if forms == {"media"}:
        written = content_media.written(plan, path, node, site)
        if written is not None:
            plan.media[node] = written
        else:
            content_media.maker(plan, path, site)
    return forms.pop() if len(forms) == 1 else None


def _value(plan: Plan, value: object, site: Site) -> Form | None:
    if isinstance(value, Obj):
        if value.kind == "Answer":
            plan.groups.join([site, value.site])
            return "answer"
        if value.kind in (*TURNS, *PARTS, *CALLING):
            return _maker(plan, value.site.node, site)
        if value.kind == "Media":
            return "media"
    if isinstance(value, Box) and isinstance(value.node, ast.Dict):
        return _maker(plan, value.node, site)
    kinds = content_kinds.kinds(plan, frozenset((value,)))  # type: ignore[arg-type]
    return "media" if kinds == {"media"} else None


def _maker(plan: Plan, node: ast.AST, site: Site) -> Form | None:
    """Surveys a turn or a part that is written out, and asks for its edit."""
    where = module_of(plan, node)
    if where is None or not isinstance(node, (ast.Call, ast.Dict)):
        return None
    plan.groups.join([site, plan.program.machine.sites.setdefault(node, Site(node, where))])
    known = plan.turn_makers.get(node)
    if known is not None:
        return known if known not in ("", "turn") else None  # type: ignore[return-value]
    form = _made(plan, where, node, site)
    plan.turn_makers[node] = form or ""
    if form is not None and not only_moved(plan, node):
        form = None
        plan.turn_makers[node] = ""
    return form


def given(node: ast.AST) -> dict[str, ast.expr] | None:
    """The fields of a turn or part that is written out as a call with keywords or as a dict."""
    if isinstance(node, ast.Dict):
        if not all(isinstance(key, ast.Constant) and isinstance(key.value, str) for key in node.keys):
            return None
        return {str(key.value): value for key, value in zip(node.keys, node.values) if isinstance(key, ast.Constant)}
    if isinstance(node, ast.Call) and not node.args and all(k.arg for k in node.keywords):
        return {k.arg or "": k.value for k in node.keywords}
    return None


def _made(plan: Plan, path: str, node: ast.Call | ast.Dict, site: Site) -> Form | None:
    fields = given(node)
    if content_kinds.single_text(plan, node) is not None and not (fields and "parts" in fields):
        return "text"
    if fields is None:
        return None
    if set(fields) <= {"parts", "role"} and "parts" in fields:
        return _turn(plan, path, node, fields, site)
    if set(fields) == {"function_response"}:
        inner = fields["function_response"]
        if _element(plan, path, inner, site) != "result":
            return None
        code = lambda c: reindent(c.code(inner), c.layout(node)[0])  # noqa: E731
        plan.when_moving(site, lambda: plan.expression(path, node, code))
        return "result"
    if set(fields) == {"function_call"}:
        inner = fields["function_call"]
        if not plan.objects(inner, "Call") and _element(plan, path, inner, site) != "result":
            return None
        plan.groups.join([site, *(obj.site for obj in plan.objects(inner, "Call"))])
        code = lambda c: reindent(c.code(inner), c.layout(node)[0])  # noqa: E731
        plan.when_moving(site, lambda: plan.expression(path, node, code))
        return "result"
    written = "args" in fields if isinstance(node, ast.Dict) else bool(plan.objects(node, "FCall"))
    if written and "name" in fields and fields.keys() <= {"name", "args", "id"}:
        function_results.repeat(plan, path, node, fields, site)
        return "result"
    found = content_media.fields(node)
    if found is not None:
        return _medium(plan, path, node, fields, found, site)
    if len(fields) == 1 and fields.keys() <= set(content_media.INNER) and plan.objects(node, "LPart"):
        return _held(plan, path, node, next(iter(fields.values())), site)
    if "response" in fields and "name" in fields and set(fields) <= {"name", "response", "id"}:
        return "result" if function_results.convert(plan, path, node, fields, site) else None
    if content_kinds.kinds(plan, plan.values(node)) == {"media"}:
        return "media"
    return None


def _medium(
    plan: Plan,
    path: str,
    node: ast.Call | ast.Dict,
    fields: dict[str, ast.expr],
    found: dict[str, ast.expr],
    site: Site,
) -> Form | None:
    """A part with media; what is made by a class of the legacy SDK becomes a dict."""
    if "mime_type" not in found and "youtu" not in str(literal(found["file_uri"])):
        return None  # which medium it is, is not said
    if (
        any(name in ("inlineData", "fileData") for name in fields)
        and content_media.written(plan, path, node, site) is None
    ):
        return None
    if not plan.objects(node, "LPart", "LBlob"):
        return "media"
    if len(fields) == 1 and fields.keys() <= set(content_media.INNER):
        return _held(plan, path, node, next(iter(fields.values())), site)
    assert isinstance(node, ast.Call)
    items = [(k.arg or "", k.value, k) for k in node.keywords]
    plan.when_moving(
        site,
        lambda: plan.expression(
            path, node, lambda c: as_dict(c, node, [(name, c.new(value), place) for name, value, place in items])
        ),
    )
    return "media"


def _held(plan: Plan, path: str, node: ast.expr, inner: ast.expr, site: Site) -> Form | None:
    """A part of the legacy SDK around a medium is the medium."""
    if _element(plan, path, inner, site) != "media":
        return None
    plan.when_moving(site, lambda: plan.expression(path, node, lambda c: c.code(inner)))
    return "media"


def _turn(plan: Plan, path: str, node: ast.Call | ast.Dict, fields: dict[str, ast.expr], site: Site) -> Form | None:
    """A content with a role: a step, or the steps of its function results."""
    parts, role = fields["parts"], fields.get("role")
    elements = parts.elts if isinstance(parts, (ast.List, ast.Tuple)) else None
    if elements is None:
        values = plan.values(parts) - {NONE}
        if (answer := _of_answer(plan, parts, role)) is not None:
            plan.groups.join([site, *(obj.site for obj in plan.objects(parts, "Parts"))])
            plan.when_moving(site, lambda: plan.expression(path, node, lambda c: c.code(answer)))
            return "answer"
        if content_kinds.text(plan, values):
            elements = [parts]
        else:
            places = list(insertions(plan, values))
            if any(found.how == "other" for found in places):
                return None
            put_in = [found for found in places if found.how != "many"]
            forms = {_element(plan, found.path, found.value, site) for found in put_in}
            if forms == {"result"}:
                listed = lambda c: reindent(c.code(parts), c.layout(node)[0])  # noqa: E731
                plan.when_moving(site, lambda: plan.expression(path, node, listed))
                return "steps"
            if forms <= {"text", "media", "result"} and "result" in forms:
                return _mixed(plan, path, node, parts, role, put_in, site)
            if not forms or not forms <= {"text", "media"}:
                return None
            maker = content_media.maker(plan, path, site)
            each = contents.item("part") if forms == {"text"} and _texts(plan, values) else None
            plan.when_moving(
                site,
                lambda: plan.expression(
                    path,
                    node,
                    lambda c: _turn_code(c, node, role, f"[{each or f'{maker()}(part)'} for part in {c.code(parts)}]"),
                ),
            )
            for found in put_in:
                _bare(plan, found, site)
            return "step"
    forms_of = [_element(plan, path, item, site) for item in elements if not isinstance(item, ast.Starred)]
    if None in forms_of or len(forms_of) != len(elements) or not forms_of:
        return None
    if any(form in ("step", "steps") for form in forms_of):
        return None
    spoken = [item for item, form in zip(elements, forms_of) if form in ("text", "media")]
    if role is not None and not isinstance(role, ast.Constant) and spoken:
        values = plan.values(role)
        if not values:
            return None

    def said(c: Context) -> str:
        return _turn_code(c, node, role, contents.rows([_content(plan, c, item, site) for item in spoken], c, node))

    if len(spoken) == len(elements):
        plan.when_moving(site, lambda: plan.expression(path, node, said))
        return "step"

    def steps(c: Context) -> str:
        codes = [c.code(item) for item, form in zip(elements, forms_of) if form in ("result", "answer")]
        if not spoken and isinstance(parts, (ast.List, ast.Tuple)):
            return reindent(c.code(parts), c.layout(node)[0])
        asks = isinstance(role, ast.Constant) and role.value in MODEL
        if asks and forms_of[0] in ("text", "media"):  # the model speaks before it calls
            return contents.rows([said(c), *codes], c, node)
        return contents.rows([*codes, *([said(c)] if spoken else [])], c, node)

    plan.when_moving(site, lambda: plan.expression(path, node, steps))
    return "steps"


def _of_answer(plan: Plan, parts: ast.expr, role: ast.expr | None) -> ast.expr | None:
    """X for `X.parts` of the model's own answer, which is sent back as the model's turn."""
    model = isinstance(role, ast.Constant) and role.value in MODEL
    whole = isinstance(parts, ast.Attribute) and parts.attr == "parts"
    if not model or not whole or any(not isinstance(v, Obj) or v.kind != "Parts" for v in plan.values(parts)):
        return None
    assert isinstance(parts, ast.Attribute)
    return parts.value if plan.objects(parts, "Parts") else None


def _mixed(
    plan: Plan,
    path: str,
    node: ast.Call | ast.Dict,
    parts: ast.expr,
    role: ast.expr | None,
    put_in: list[Insertion],
    site: Site,
) -> Form | None:
    """The steps of a turn whose parts are put into a list, texts and calls among them: each text is a step there."""
    if role is not None and not isinstance(role, ast.Constant):
        return None
    for found in put_in:
        value = found.value
        if content_kinds.single_text(plan, value) is None and value not in plan.media:
            continue
        plan.when_moving(
            site,
            lambda f=found: plan.expression(  # type: ignore[misc]
                f.path, f.value, lambda c: _turn_code(c, f.value, role, f"[{_content_of(plan, c, f.value, site)}]")
            ),
        )
    plan.when_moving(site, lambda: plan.expression(path, node, lambda c: c.code(parts)))
    return "steps"


def _texts(plan: Plan, values: Values) -> bool:
    """Whether the elements of these lists are plain texts."""
    return content_kinds.text(plan, plan.program.machine.elements(values))


def _bare(plan: Plan, found: Insertion, site: Site) -> None:
    """A text part of the legacy SDK, whose class goes, becomes its text where it is put into a list."""
    text = content_kinds.single_text(plan, found.value)
    if text is not None and text is not found.value and plan.objects(found.value, "LPart"):
        plan.when_moving(site, lambda: plan.expression(found.path, found.value, lambda c: c.code(text)))


def _turn_code(c: Context, node: ast.expr, role: ast.expr | None, content: str) -> str:
    """The code of a step in a node's place, from a role and the code of a list of contents; it is broken where it would
    be too long."""
    kind = f'"{MODEL.get(str(literal(role)), "user_input")}"' if role is not None else '"user_input"'
    if role is not None and not isinstance(role, ast.Constant):
        kind = f'"model_output" if {c.code(role)} == "model" else "user_input"'
    pairs = [("type", kind), ("content", content)]
    flat = dict_code(pairs)
    if "\n" in flat or len(c.indentation(node)) + len(flat) <= WIDTH + 10:
        return flat
    outer, step, newline = c.layout(node)
    return "{" + newline + "".join(f'{outer}{step}"{key}": {value},{newline}' for key, value in pairs) + outer + "}"


def only_moved(plan: Plan, node: ast.AST) -> bool:
    """Whether a turn or part is nowhere looked into: it is put into lists, passed on, and sent."""
    for where, expr in plan.places(node):
        if expr is not node and _holds(plan.values(expr), node):
            role, _ = plan.role(where, expr)
            if role in ("attribute", "index", "escape", "other", "format", "iterate", "call"):
                return False
    return True


def _holds(values: Values, node: ast.AST) -> bool:
    return any(
        isinstance(v, Obj)
        and v.site.node is node
        and v.kind in (*TURNS, *PARTS, *CALLING)
        or isinstance(v, Box)
        and v.node is node
        for v in values
    )
