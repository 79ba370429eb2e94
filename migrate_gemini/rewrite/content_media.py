"""Media in contents: what is written out with its type becomes a content in place, all other media are turned at run
time (MAPPING 3.3)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from ..infer.values import BYTES, IMAGE, NONE, NUM, Box, Obj, Site, Values, is_text
from . import snippets_media, uploads
from .parts import Code
from .plan import Plan
from .written import origin, scope_at, used_elsewhere

CAMEL = {"mimeType": "mime_type", "fileUri": "file_uri"}
"""Spelling of the REST API -> field."""
INNER = ("inline_data", "inlineData", "file_data", "fileData")
"""The one field of a part that holds a medium."""
KINDS = ("image", "audio", "video")


def is_dict(keys: set[object]) -> bool:
    """Whether a dict with these keys is a medium that `snippets_media.TO_CONTENT` knows."""
    return keys == {"mime_type", "data"} or keys in ({"inline_data"}, {"file_data"})


def fields(node: ast.AST) -> dict[str, ast.expr] | None:
    """The fields (mime_type, data or file_uri) of a medium that is written out: `Blob(...)`, `FileData(...)`,
    `Part.from_bytes(...)`, `Part(inline_data=...)`, or a dict of them; None for all others."""
    found: dict[str, ast.expr] = {}
    if isinstance(node, ast.Dict):
        found = {str(k.value): v for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant)}
    elif isinstance(node, ast.Call) and not node.args:
        found = {keyword.arg or "": keyword.value for keyword in node.keywords}
    if len(found) == 1 and not found.keys().isdisjoint(INNER):
        return fields(next(iter(found.values())))
    found = {CAMEL.get(name, name): value for name, value in found.items()}
    found.pop("display_name", None)
    return found if set(found) in ({"mime_type", "data"}, {"mime_type", "file_uri"}, {"file_uri"}) else None


def written(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """The content for a medium that is written out with its type, or an uploaded file of a known type; else None. One
    that only gets here by a name becomes a content where it is written."""
    inline = uploads.file_content(plan, node)
    if inline is not None:
        return inline
    if isinstance(name := _held(node), ast.Name):
        return _named(plan, path, name, site)
    found = fields(node)
    if found is None:
        return None
    mime = found.get("mime_type")
    uri = found.get("file_uri")
    if mime is None and uri is not None and "youtu" in str(getattr(uri, "value", "")):
        return lambda c: f'{{"type": "video", "uri": {c.code(uri)}}}'
    if not (isinstance(mime, ast.Constant) and isinstance(mime.value, str)) or mime.value.startswith("text/"):
        return None
    family = mime.value.partition("/")[0]
    family = family if family in KINDS else "document"
    if uri is not None:
        return lambda c: f'{{"type": "{family}", "uri": {c.code(uri)}, "mime_type": {c.code(mime)}}}'
    data = found["data"]
    values = plan.values(data)
    if values and all(is_text(value) for value in values):
        return lambda c: f'{{"type": "{family}", "data": {c.code(data)}, "mime_type": {c.code(mime)}}}'
    if not isinstance(node, ast.Call) and values != {BYTES}:
        return None  # bytes, or text that is base64 already
    plan.when_moving(site, lambda: plan.imports(path, "import base64"))
    return lambda c: (
        f'{{"type": "{family}", "data": base64.b64encode({c.code(data)}).decode(), "mime_type": {c.code(mime)}}}'
    )


def _held(node: ast.expr) -> ast.expr:
    """X of `Part(inline_data=X)` and the like, or the expression itself."""
    if isinstance(node, ast.Call) and not node.args and len(node.keywords) == 1 and node.keywords[0].arg in INNER:
        return node.keywords[0].value
    return node


def alone(plan: Plan, path: str, node: ast.expr) -> ast.expr | None:
    """What a name is given once and for all, where this is the only use of the name."""
    if not isinstance(node, ast.Name):
        return None
    where, made = origin(plan, path, node)
    facts = plan.facts(path)
    owner = scope_at(facts, node).lookup(node.id)
    loads = [n for n in facts.every(ast.Name) if n.id == node.id and isinstance(n.ctx, ast.Load)]
    if where != path or made is node or [n for n in loads if scope_at(facts, n).lookup(n.id) is owner] != [node]:
        return None
    return None if owner is facts.scope and used_elsewhere(plan, path, node.id) else made


def _named(plan: Plan, path: str, node: ast.Name, site: Site) -> Code | None:
    """The name of a medium that is written out for this use alone, where it becomes a content."""
    made = alone(plan, path, node)
    code = None if made is None or isinstance(made, ast.Name) else written(plan, path, made, site)
    if made is None or code is None:
        return None
    plan.when_moving(site, lambda: plan.expression(path, made, lambda c: code(c)))
    return lambda c: c.code(node)


OTHER = frozenset(("other",))


def maker(plan: Plan, path: str, site: Site, node: ast.expr | None = None) -> Callable[[], str]:
    """Gives the name of the function, in a module, that makes one content (of what `node` is, or is a list of)."""
    values = plan.values(node) - {NONE, NUM} if node is not None else frozenset()
    turned = _turned(plan, values) if node is not None and _seen(plan, path, node) else OTHER
    if turned == {"file"}:

        def of_file() -> str:
            return plan.snippet(path, snippets_media.FILE_CONTENT, "file_content", "uploaded_content")

        plan.when_moving(site, of_file)
        return of_file

    plan.turned.setdefault(path, []).append((site, turned))

    def name() -> str:
        return of_one(plan, path)

    plan.when_moving(site, name)
    return name


def of_one(plan: Plan, path: str, everything: bool = False) -> str:
    """The name of the function of a module that makes one content: one that knows what calls that move turn there, or
    everything."""
    turned = [kinds for site, kinds in plan.turned.get(path, ()) if plan.groups.moves(site)]
    kinds = frozenset().union(*turned) if turned and not everything else OTHER
    texts = [facts.text for facts in plan.program.modules.values()]
    template = None
    if any(word in text for text in texts for word in ("media_resolution", "video_metadata")):
        template = snippets_media.TO_CONTENT_SET
    template = template or snippets_media.narrow(kinds) or snippets_media.TO_CONTENT
    for module in ("base64", "io"):
        if f"{module}." in template:
            plan.imports(path, f"import {module}")
    return plan.snippet(path, template, "to_content", "interaction_content")


def _turned(plan: Plan, values: Values, depth: int = 4) -> frozenset[str]:
    """What is to be turned, as far as `snippets_media.narrow` tells it apart."""
    from . import content_kinds
    from .containers import insertions

    found: set[str] = set()
    for value in values:
        if is_text(value):
            found.add("text")
        elif value is IMAGE:
            found.add("image")
        elif isinstance(value, Obj) and value.kind in uploads.KINDS:
            found.add("file")
        elif isinstance(value, Box) and value.type == "dict":
            is_blob = content_kinds.keys(plan, value) == {"mime_type", "data"}
            found.add(_blob(value) if is_blob else "other")
        elif isinstance(value, Box) and depth:
            items = plan.program.machine.cells.get(("e", value, "#"), frozenset()) - {NONE, NUM}
            seen = all(_seen(plan, put.path, put.value) for put in insertions(plan, frozenset((value,))))
            found |= _turned(plan, items, depth - 1) if items and seen else OTHER
        else:
            found.add("other")
    return frozenset(found)


def _seen(plan: Plan, path: str, node: ast.expr, depth: int = 4) -> bool:
    """Whether all that an expression may be is seen: each value that its name is given, and each argument."""
    if isinstance(node, ast.IfExp):
        return _seen(plan, path, node.body, depth) and _seen(plan, path, node.orelse, depth)
    if isinstance(node, ast.BoolOp):
        return all(_seen(plan, path, value, depth) for value in node.values)
    if not plan.values(node):
        return False
    if not isinstance(node, ast.Name) or not depth:
        return True
    facts = plan.facts(path)
    owner = scope_at(facts, node).lookup(node.id)
    if owner is not None and not all(plan.values(given) for given in _arguments(plan, owner.node, node.id)):
        return False
    given = (
        made.value
        for made in facts.every(ast.Assign)
        for target in made.targets
        if isinstance(target, ast.Name) and target.id == node.id and scope_at(facts, target).lookup(node.id) is owner
    )
    return all(_seen(plan, path, value, depth - 1) for value in given)


def _arguments(plan: Plan, function: ast.AST, name: str) -> Iterator[ast.expr]:
    """What the calls that are seen give to a parameter of a function."""
    from .forwarded import callers

    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return
    names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
    for _, call in callers(plan).get(function, ()):
        places = names[1:] if names[:1] in (["self"], ["cls"]) and isinstance(call.func, ast.Attribute) else names
        yield from (keyword.value for keyword in call.keywords if keyword.arg == name)
        yield from (arg for place, arg in zip(places, call.args) if place == name)


def _blob(box: Box) -> str:
    """blob for a dict that is written with a type other than text, data for any other."""
    found = fields(box.node) if isinstance(box.node, ast.Dict) else None
    mime = (found or {}).get("mime_type")
    named = isinstance(mime, ast.Constant) and isinstance(mime.value, str) and not mime.value.startswith("text/")
    return "blob" if named else "data"
