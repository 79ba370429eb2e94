"""Media in contents: what is written out with its type becomes a content in place, all other media are turned at run
time (MAPPING 3.3)."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..infer.values import BYTES, Site, is_text
from . import snippets, uploads
from .parts import Code
from .plan import Plan

CAMEL = {"mimeType": "mime_type", "fileUri": "file_uri"}
"""Spelling of the REST API -> field."""
INNER = ("inline_data", "inlineData", "file_data", "fileData")
"""The one field of a part that holds a medium."""
KINDS = ("image", "audio", "video")


def is_dict(keys: set[object]) -> bool:
    """Whether a dict with these keys is a medium that `snippets.TO_CONTENT` knows."""
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
    """The content for a medium that is written out with its type, or an uploaded file of a known type; else None."""
    inline = uploads.file_content(plan, node)
    if inline is not None:
        return inline
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


def maker(plan: Plan, path: str, site: Site, node: ast.expr | None = None) -> Callable[[], str]:
    """Gives the name of the function, in a module, that makes one content (of what `node` is)."""
    if node is not None and uploads.only_files(plan, node):

        def of_file() -> str:
            return plan.snippet(path, snippets.FILE_CONTENT, "file_content", "uploaded_content")

        plan.when_moving(site, of_file)
        return of_file

    def name() -> str:
        return plan.snippet(path, template(plan), "to_content", "interaction_content")

    def work() -> None:
        name()
        plan.imports(path, "import base64")
        plan.imports(path, "import io")

    plan.when_moving(site, work)
    return name


def template(plan: Plan) -> str:
    """The function that makes contents: with settings of single parts where the program has any."""
    texts = [facts.text for facts in plan.program.modules.values()]
    has = any(word in text for text in texts for word in ("media_resolution", "video_metadata"))
    return snippets.TO_CONTENT_SET if has else snippets.TO_CONTENT
