"""Media and thoughts in an answer: inline data, images, and the parts that hold them (MAPPING 4.2)."""

from __future__ import annotations

import ast

from ..infer.values import Ext, Method, Obj, Site
from . import answers, context, formats
from .edits import Context
from .plan import Plan
from .reasons import Reason
from .written import genai_types

KINDS = frozenset(("Blob", "Thought"))


def read(plan: Plan, path: str, node: ast.Attribute, kind: str, objects: list[Obj]) -> bool:
    """Takes a read of a part's or blob's attribute that has to do with media or thoughts; False for any other."""
    site = objects[0].site
    group = plan.groups.of(site)
    if kind == "Part" and node.attr == "thought":
        group.facts["thoughts"] = True
        return True
    if kind == "Part" and node.attr == "inline_data":
        group.facts["answer media"] = True
        plan.when_moving(site, lambda: plan.expression(path, node, lambda c: _content(plan, c, path, node), True))
        return True
    if kind == "Part" and node.attr == "as_image":
        return True
    if kind == "Blob" and node.attr == "mime_type":
        if formats.media(plan, site) == "audio":
            plan.review(site, "a sound's mime_type is now bare (audio/l16); its rate is `sample_rate`")
        plan.when_moving(
            site, lambda: plan.expression(path, node, lambda c: f"{_content(plan, c, path, node.value)}.mime_type")
        )
        return True
    if kind == "Blob" and node.attr == "data":
        role, _ = plan.role(path, node)

        def work() -> None:
            if role != "truth":
                plan.imports(path, "import base64")
            plan.expression(path, node, lambda c: _data(plan, c, path, node.value, role == "truth"))

        plan.when_moving(site, work)
        return True
    return False


def _data(plan: Plan, c: Context, path: str, blob: ast.expr, tested: bool) -> str:
    code = f"{_content(plan, c, path, blob)}.data"
    return code if tested else f"base64.b64decode({code})"


def bytes_of(plan: Plan, path: str, call: ast.Call) -> None:
    """Rewrites `getattr(part.inline_data, "data", None)`, which is None where there are none."""
    plan.imports(path, "import base64")

    def edit(c: Context) -> str:
        base, default = _content(plan, c, path, call.args[0]), c.code(call.args[2]) if len(call.args) > 2 else "None"
        made = f'base64.b64decode({base}.data) if getattr({base}, "data", None) else {default}'
        return context.bracketed(plan.facts(path), call, made)

    plan.expression(path, call, edit)


def tested(plan: Plan, path: str, node: ast.expr, role: context.Role, parent: ast.AST, objects: list[Obj]) -> bool:
    """Takes a test of a blob for being there; False for any other use."""
    site = objects[0].site
    if isinstance(node, (ast.BoolOp, ast.IfExp)):
        return role in ("truth", "move", "discard")  # what it is made of is surveyed by itself
    if role == "truth":
        outer = plan.facts(path).parents[node]
        negated = isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not)
        whole = outer if negated and isinstance(outer, ast.expr) else node
        plan.when_moving(
            site, lambda: plan.expression(path, whole, lambda c: _is_media(plan, c, path, node, not negated))
        )
        return True
    if role == "compare" and isinstance(parent, ast.Compare) and len(parent.ops) == 1:
        other = parent.comparators[0]
        if isinstance(parent.ops[0], (ast.Is, ast.IsNot)) and isinstance(other, ast.Constant) and other.value is None:
            there = isinstance(parent.ops[0], ast.IsNot)
            plan.when_moving(
                site, lambda: plan.expression(path, parent, lambda c: _is_media(plan, c, path, node, there))
            )
            return True
    if isinstance(parent, ast.Call) and any(k.arg == "inline_data" and k.value is node for k in parent.keywords):
        callees = plan.program.machine.callees.get(parent, ())
        if any(isinstance(v, Ext) and v.path == "google.genai.types.Part" for v in callees):
            plan.when_moving(site, lambda: _as_blob(plan, path, node))
            return True
    return role in ("move", "discard", "annotation")


def _as_blob(plan: Plan, path: str, node: ast.expr) -> None:
    """Makes a blob of google-genai of a content, for a part that the program makes of it."""
    plan.imports(path, "import base64")
    module = genai_types(plan, path)

    def edit(c: Context) -> str:
        content = _content(plan, c, path, node)
        return f"{module}.Blob(mime_type={content}.mime_type, data=base64.b64decode({content}.data))"

    plan.expression(path, node, edit)


def contains(plan: Plan, path: str, node: ast.Compare, objects: list[Obj]) -> None:
    """Surveys `"inline_data" in part` of the legacy SDK."""
    site = objects[0].site
    plan.groups.of(site).facts["answer media"] = True
    part, there = node.comparators[0], isinstance(node.ops[0], ast.In)
    plan.when_moving(site, lambda: plan.expression(path, node, lambda c: _type_test(plan, site, c.code(part), there)))


def _is_media(plan: Plan, c: Context, path: str, node: ast.expr, there: bool) -> str:
    return _type_test(plan, plan.objects(node, "Blob")[0].site, _content(plan, c, path, node), there)


def _type_test(plan: Plan, site: Site, content: str, there: bool) -> str:
    kind = formats.media(plan, site)
    if kind:
        return f'{content}.type {"==" if there else "!="} "{kind}"'
    if plan.groups.of(site).facts.get("steps"):  # it may be a step, which is no text either
        return f'{content}.type {"in" if there else "not in"} ("image", "audio", "video", "document")'
    return f'{content}.type {"!=" if there else "=="} "text"'


def _content(plan: Plan, c: Context, path: str, node: ast.expr) -> str:
    """The code of the content that stands for a blob: of the part that it was read from."""
    part: ast.expr | None = None
    if isinstance(node, ast.Attribute) and node.attr == "inline_data":
        part = node.value
    elif isinstance(node, ast.Call) and len(node.args) > 1:  # getattr(part, "inline_data", None)
        part = node.args[0]
    if part is None:
        return c.module.code_for_node(c.inner(node))
    answer = _answer(plan, part)
    if answer is not None:
        only = formats.only_media(plan, plan.objects(part, "Part")[0].site)
        if only:
            return f"{c.code(answer)}.output_{only}"
    return c.code(part)


def _answer(plan: Plan, node: ast.expr) -> ast.expr | None:
    """The response X of `X.candidates[0].content.parts[0]` or `X.parts[0]`, else None."""
    chain = ("parts", "content", "candidates")
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Attribute) and node.attr not in chain:
            return None
        if isinstance(node, ast.Subscript) and not (isinstance(node.slice, ast.Constant) and node.slice.value == 0):
            return None
        node = node.value
        if plan.objects(node, "Response"):
            return node
    return None


def with_media(plan: Plan, objects: list[Obj]) -> bool:
    """Whether the parts of these objects may be media; known once the survey is over."""
    return any(plan.groups.of(obj.site).facts.get("answer media") or formats.media(plan, obj.site) for obj in objects)


def with_thoughts(plan: Plan, objects: list[Obj]) -> bool:
    """Whether the parts of these objects may be thoughts; known once the survey is over."""
    return any(plan.groups.of(obj.site).facts.get("thoughts") for obj in objects)


def as_image(plan: Plan, path: str, call: ast.Call, method: Method) -> None:
    """Surveys `part.as_image()` of google-genai: the SDK's image is made of the content's data."""
    func = call.func
    if not isinstance(func, ast.Attribute) or call.args or call.keywords:
        plan.fail(method.obj.site, Reason.ATTRIBUTE, "as_image", path, call)
        return
    site = method.obj.site
    plan.groups.of(site).facts["answer media"] = True
    always = answers.tested(plan, path, call, func.value, "inline_data")

    def work() -> None:
        plan.imports(path, "import base64")
        module = genai_types(plan, path)

        def edit(c: Context) -> str:
            part = c.code(func.value)
            answer = _answer(plan, func.value)
            only = formats.only_media(plan, site) if answer is not None else ""
            if only and answer is not None:
                part = f"{c.code(answer)}.output_{only}"
            made = f"{module}.Image(image_bytes=base64.b64decode({part}.data), mime_type={part}.mime_type)"
            return made if always or only else f'({made} if {part}.type == "image" else None)'

        plan.expression(path, call, edit)

    plan.when_moving(site, work)


def only_of_first(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether an attribute is the `X.parts` of `X.parts[0].inline_data` where the answer is that one medium."""
    outer = plan.facts(path).parents.get(plan.facts(path).parents[node])
    if not (isinstance(outer, ast.Attribute) and outer.attr in ("inline_data", "as_image")):
        return False
    return _answer(plan, outer.value) is not None and bool(formats.only_media(plan, plan.objects(node)[0].site))
