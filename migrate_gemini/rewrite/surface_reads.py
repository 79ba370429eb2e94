"""What is read off the results of embed_content, files, lists of models, caches and token counts (MAPPING 7)."""

from __future__ import annotations

import ast

from ..infer.values import Ext, Method, Obj, Site
from ..sdk import surfaces
from . import context, snippets_reads, surface_forms, type_tests
from .edits import Context
from .plan import Plan
from .reasons import Reason

KINDS = frozenset(surfaces.READS)
_CALLED = {
    "LFile": "the file",
    "LModelInfo": "the model's description",
    "LCache": "the cache",
    "Counted": "the token count",
    "Embedded": "the embedding's answer",
}
PLAIN = ("move", "truth", "discard", "annotation", "call", "with")
"""Roles in which an object stays what it is."""
_SEQUENCES = ("LFiles", "LModelInfos", "LCaches")


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Notes what is done with a result; the reads that are named differently are edited."""
    site, kind = objects[0].site, objects[0].kind
    for obj in objects:
        plan.groups.of(obj.site).facts["legacy"] = True
        if obj.site.external:
            plan.fail(obj.site, Reason.EXTERNAL, "", path, node)
    if any(obj.kind != kind for obj in objects):
        plan.fail_all(objects, Reason.MIXED, plan.source(path, node), path, node)
        return
    role, parent = plan.role(path, node)
    if role == "attribute" and isinstance(parent, ast.Attribute):
        _attribute(plan, path, node, parent, objects)
    elif role == "index" and isinstance(parent, ast.Subscript):
        if kind == "Embedded" and _is_embedding(parent.slice) and isinstance(parent.ctx, ast.Load):
            _vectors(plan, path, node, parent, objects)
        elif kind not in _SEQUENCES:
            plan.fail_all(objects, Reason.SURFACE, plan.source(path, parent), path, node)
    elif role == "compare" and isinstance(parent, ast.Compare):
        _compare(plan, path, node, parent, objects)
    elif role == "isinstance" and isinstance(parent, ast.Call) and _told(plan, parent, kind):
        pass
    elif role == "probe" and isinstance(parent, ast.Call):
        _probe(plan, path, parent, objects)
    elif role in ("show", "format"):
        if kind == "FileState":
            _print_state(plan, path, node, site)
        else:
            what = _CALLED.get(kind, "the list")
            plan.review(site, f"line {node.lineno} shows {what}, which prints differently")
    elif role == "iterate":
        if kind not in _SEQUENCES:
            plan.fail_all(objects, Reason.SURFACE, plan.source(path, parent), path, node)
    elif role == "sdk" and isinstance(parent, ast.Call):
        if not _taken(plan, parent, kind):
            plan.fail_all(objects, Reason.ESCAPES, plan.source(path, parent), path, node)
    elif kind == "Embedded" and role == "move" and _copied(plan, parent):
        plan.fail_all(objects, Reason.SURFACE, plan.source(path, parent), path, node)
    elif role not in PLAIN or role == "truth" and kind in _SEQUENCES:
        plan.fail_all(objects, Reason.ESCAPES, plan.source(path, parent), path, node)


def _told(plan: Plan, call: ast.Call, kind: str) -> bool:
    """Whether isinstance() answers the same after the rewrite (what an embedding gives was a dict)."""
    return len(call.args) == 2 and type_tests.foreign(plan, call, plain=kind != "Embedded")


def _copied(plan: Plan, node: ast.AST) -> bool:
    """Whether a dict is made of what was a dict."""
    callees = plan.program.machine.callees.get(node, frozenset()) if isinstance(node, ast.Call) else frozenset()
    return (
        isinstance(node, ast.Dict)
        and None in node.keys
        or any(isinstance(value, Ext) and value.path == "builtins.dict" for value in callees)
    )


def _taken(plan: Plan, call: ast.Call, kind: str) -> bool:
    """Whether a call of an SDK takes such an object in both SDKs; `surfaces.hold_files` joins it with the call."""
    for value in plan.program.machine.callees.get(call, frozenset()):
        if isinstance(value, Method):
            return kind == "LFile" and value.obj.kind in ("LModel", "LChat")
        if isinstance(value, Ext):
            if value.path.endswith(".from_cached_content"):
                return kind == "LCache"
            row = surfaces.FUNCTIONS.get(value.path)
            if row is not None:
                forms = {form for _, form in row.takes.values()}
                return kind == "LFile" and bool(forms & {"file_name", "contents"}) or kind == "LModelInfo"
    return False


def _attribute(plan: Plan, path: str, node: ast.expr, read: ast.Attribute, objects: list[Obj]) -> None:
    site, kind = objects[0].site, objects[0].kind
    if isinstance(read.ctx, (ast.Store, ast.Del)):
        plan.fail_all(objects, Reason.SURFACE, read.attr, path, node)
        return
    if read.attr in surfaces.METHODS.get(kind, ()):
        return
    if kind == "Embedded":
        call = plan.facts(path).parents[read]
        if read.attr == "get" and isinstance(call, ast.Call) and call.func is read:
            if call.args and _is_embedding(call.args[0]):
                _vectors(plan, path, node, call, objects)
                return
    new = surfaces.READS[kind].get(read.attr)
    if new is None:
        plan.fail_all(objects, Reason.SURFACE, read.attr, path, node)
        return
    plan.looked_at.add((kind, read.attr))
    note = surfaces.NOTES.get((kind, read.attr))
    if note is not None:
        plan.review(site, note)
    if new != read.attr:
        plan.when_moving(site, lambda: plan.expression(path, read, lambda c: f"{c.code(node)}.{new}"))


def _probe(plan: Plan, path: str, call: ast.Call, objects: list[Obj]) -> None:
    """hasattr(x, 'name') and getattr(x, 'name', default)."""
    site, kind = objects[0].site, objects[0].kind
    name = call.args[1] if len(call.args) > 1 else None
    old = name.value if isinstance(name, ast.Constant) else None
    new = surfaces.READS[kind].get(str(old))
    if name is None or new is None:
        plan.fail_all(objects, Reason.SURFACE, str(old), path, call)
        return
    plan.looked_at.add((kind, str(old)))
    if new != old:
        plan.when_moving(site, lambda: plan.expression(path, name, lambda c: f'"{new}"'))


# -- embeddings --------------------------------------------------------------------------------------------------------


def _is_embedding(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == "embedding"


def many(plan: Plan, site: Site) -> bool | None:
    """Whether an embed_content call was given a list; None where that is not known."""
    content = surface_forms.given(plan, site.node).get("content")
    return surface_forms.embeds_many(plan, site.path, content)[0] if content is not None else None


def _vectors(plan: Plan, path: str, node: ast.expr, read: ast.expr, objects: list[Obj]) -> None:
    """result['embedding']: the vector of one text, or those of a list."""
    site = objects[0].site
    forms = {many(plan, obj.site) for obj in objects}
    if len(forms) > 1:
        plan.fail_all(objects, Reason.MIXED, f"one text or a list: {plan.source(path, read)}", path, node)
        return
    form = forms.pop()
    if form is None:
        _either(plan, path, node, read, objects)
        return
    if not form:
        plan.when_moving(site, lambda: plan.expression(path, read, lambda c: f"{c.code(node)}.embeddings[0].values"))
        return
    outer = plan.facts(path).parents[read]
    role, around = plan.role(path, read)
    if isinstance(outer, ast.Subscript) and outer.value is read and not isinstance(outer.slice, ast.Slice):
        index = outer.slice
        plan.when_moving(
            site,
            lambda: plan.expression(path, outer, lambda c: f"{c.code(node)}.embeddings[{c.code(index)}].values"),
        )
    elif role == "len" and isinstance(around, ast.Call):
        plan.when_moving(site, lambda: plan.expression(path, read, lambda c: f"{c.code(node)}.embeddings"))
    else:
        plan.when_moving(
            site, lambda: plan.expression(path, read, lambda c: f"[e.values for e in {c.code(node)}.embeddings]")
        )


def _either(plan: Plan, path: str, node: ast.expr, read: ast.expr, objects: list[Obj]) -> None:
    """result['embedding'] where the content may be one text or a list, in the function that names the content."""
    given = [surface_forms.given(plan, obj.site.node).get("content") for obj in objects]
    contents = {node.id if isinstance(node, ast.Name) else "" for node in given}
    near = all(
        obj.site.path == path and _function(plan, path, obj.site.node) is _function(plan, path, read) for obj in objects
    )
    name = contents.pop()
    if contents or not near or not name or _assigned(_function(plan, path, read), name):
        plan.fail_all(objects, Reason.MIXED, f"one text or a list: {plan.source(path, read)}", path, node)
        return

    def work() -> None:
        helper = plan.snippet(path, snippets_reads.VECTORS, "vectors_of", "embedding_vectors")
        plan.expression(path, read, lambda c: f"{helper}({c.code(node)}, {name})")

    plan.when_moving(objects[0].site, work)


def _function(plan: Plan, path: str, node: ast.AST) -> ast.AST | None:
    return context.function(plan.facts(path), node)


def _assigned(outer: ast.AST | None, name: str) -> bool:
    """Whether a name gets a value in a function (or anywhere, outside of one)."""
    inside = ast.walk(outer) if outer is not None else ()
    return outer is None or any(
        isinstance(inner, ast.Name) and inner.id == name and not isinstance(inner.ctx, ast.Load) for inner in inside
    )


# -- states of files ---------------------------------------------------------------------------------------------------


def _compare(plan: Plan, path: str, node: ast.expr, compare: ast.Compare, objects: list[Obj]) -> None:
    """`file.state == 2`, `file.state != State.ACTIVE`: the states of google-genai are named by strings."""
    site, kind = objects[0].site, objects[0].kind
    others = [side for side in (compare.left, *compare.comparators) if side is not node]
    if all(isinstance(op, (ast.Is, ast.IsNot)) for op in compare.ops) and all(
        isinstance(side, ast.Constant) and side.value is None for side in others
    ):
        return
    if kind == "Embedded" and _is_embedding(compare.left) and isinstance(compare.ops[0], (ast.In, ast.NotIn)):
        absent = "not " if isinstance(compare.ops[0], ast.NotIn) else ""
        tested = plan.role(path, compare)[0] == "truth"

        def edit(c: Context) -> str:
            read = f"{c.code(node)}.embeddings"
            return absent + read if tested or absent else f"bool({read})"

        plan.when_moving(site, lambda: plan.expression(path, compare, edit))
        return
    if kind != "FileState":
        plan.fail_all(objects, Reason.SURFACE, plan.source(path, compare), path, node)
        return
    sides = [e for side in others for e in (side.elts if isinstance(side, (ast.Tuple, ast.List, ast.Set)) else [side])]
    for side in sides:
        if plan.objects(side, "FileState"):
            continue
        name = _state_name(plan, side)
        if name is None:
            plan.fail_all(objects, Reason.SURFACE, plan.source(path, compare), path, node)
        else:
            plan.when_moving(
                site,
                lambda side=side, name=name: plan.expression(path, side, lambda c: f'"{name}"'),  # type: ignore[misc]
            )


def _state_name(plan: Plan, node: ast.expr) -> str | None:
    """The state that a number or a member of the legacy enum names."""
    if isinstance(node, ast.Constant):
        return surfaces.STATES.get(node.value) if isinstance(node.value, int) else None
    paths = [value.path for value in plan.values(node) if isinstance(value, Ext)]
    if len(paths) == 1 and ".File.State." in paths[0]:
        return paths[0].rpartition(".")[2]
    return None


def _print_state(plan: Plan, path: str, node: ast.expr, site: Site) -> None:
    """A state that is shown: the legacy enum showed its number."""
    plan.review(site, f"line {node.lineno} shows a file's state: its number before, now its name")
    plan.when_moving(
        site, lambda: plan.expression(path, node, lambda c: f"{c.module.code_for_node(c.inner(node))}.name")
    )
