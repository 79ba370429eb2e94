"""Functions for the user's code that make contents of media; a template's {name} is the name that it gets."""

from __future__ import annotations

TO_CONTENT = '''\
def {name}(item):
    """One content of an interaction: from text, a PIL image, a file, a part, or a dict of mime_type and data."""
    if isinstance(item, str):
        return {{"type": "text", "text": item}}
    if hasattr(item, "save"):
        buffer = io.BytesIO()
        item.save(buffer, format="PNG")
        item = {{"mime_type": "image/png", "data": buffer.getvalue()}}
    elif not isinstance(item, dict):
        item = item.model_dump(exclude_none=True)
    if "text" in item:
        return {{"type": "text", "text": item["text"]}}
    item = item.get("inline_data") or item.get("file_data") or item
    mime_type = item.get("mime_type") or "video/mp4"
    if mime_type.startswith("text/") and mime_type != "text/csv" and isinstance(item.get("data"), bytes):
        return {{"type": "text", "text": item["data"].decode()}}
    kind = mime_type.partition("/")[0]
    content = {{"type": kind if kind in ("image", "audio", "video") else "document", "mime_type": mime_type}}
    if "data" in item:
        data = item["data"]
        return {{**content, "data": base64.b64encode(data).decode() if isinstance(data, bytes) else data}}
    return {{**content, "uri": item.get("file_uri") or item["uri"]}}
'''

TO_CONTENT_SET = TO_CONTENT.replace(
    """    item = item.get("inline_data")""",
    """    extra = {{}}
    if item.get("media_resolution"):
        extra["resolution"] = item["media_resolution"]["level"].lower().removeprefix("media_resolution_")
    if item.get("video_metadata"):
        extra["processing"] = {{"type": "static", **item["video_metadata"]}}
    item = item.get("inline_data")""",
).replace('"mime_type": mime_type}}\n', '"mime_type": mime_type, **extra}}\n', 1)
"""The same for programs whose parts say how closely, or which piece of a video, is looked at."""

_TEXT = """\
    if isinstance(item, str):
        return {{"type": "text", "text": item}}
"""
_IMAGE = """\
    buffer = io.BytesIO()
    item.save(buffer, format="PNG")
    return {{"type": "image", "mime_type": "image/png", "data": base64.b64encode(buffer.getvalue()).decode()}}
"""
_READ = """\
    mime_type, data = item["mime_type"], item["data"]
    kind = mime_type.partition("/")[0]
"""
_PLAIN = """\
    if kind == "text" and mime_type != "text/csv" and isinstance(data, bytes):
        return {{"type": "text", "text": data.decode()}}
"""
_DATA = """\
    return {{
        "type": kind if kind in ("image", "audio", "video") else "document",
        "mime_type": mime_type,
        "data": base64.b64encode(data).decode() if isinstance(data, bytes) else data,
    }}
"""
_IMAGE_FIRST = """\
    if hasattr(item, "save"):
        buffer = io.BytesIO()
        item.save(buffer, format="PNG")
        item = {{"mime_type": "image/png", "data": buffer.getvalue()}}
"""
_FILE = """\
    kind = item.mime_type.partition("/")[0]
    kind = kind if kind in ("image", "audio", "video") else "document"
    return {{"type": kind, "uri": item.uri, "mime_type": item.mime_type}}
"""
_IMAGE_SAID, _DICT_SAID = "a PIL image", "a dict of mime_type and data"
_BODIES = {
    frozenset(("image",)): (_IMAGE_SAID, _IMAGE),
    frozenset(("file",)): ("an uploaded file", _FILE),
    frozenset(("blob",)): (_DICT_SAID, _READ + _DATA),
    frozenset(("data",)): (_DICT_SAID, _READ + _PLAIN + _DATA),
    frozenset(("image", "blob")): (f"{_IMAGE_SAID} or {_DICT_SAID}", _IMAGE_FIRST + _READ + _DATA),
    frozenset(("image", "data")): (f"{_IMAGE_SAID} or {_DICT_SAID}", _IMAGE_FIRST + _READ + _PLAIN + _DATA),
}


def narrow(kinds: frozenset[str]) -> str | None:
    """The function for a module that turns nothing but these kinds: text, image (one of PIL), file (an upload), blob (a
    dict of mime_type and data, the type being none of text) and data (the same of any type). None where there is no
    smaller one."""
    only = kinds - {"text"}
    if {"blob", "data"} <= only:
        only = only - {"blob"}
    if only not in _BODIES:
        return None
    what, body = _BODIES[only]
    said, first = (f"text{',' if ' or ' in what else ' or'} {what}", _TEXT) if "text" in kinds else (what, "")
    return f'def {{name}}(item):\n    """One content of an interaction: from {said}."""\n{first}{body}'


FILE_CONTENT = '''\
def {name}(file):
    """An uploaded file as a content of an interaction."""
    kind = file.mime_type.partition("/")[0]
    kind = kind if kind in ("image", "audio", "video") else "document"
    return {{"type": kind, "uri": file.uri, "mime_type": file.mime_type}}
'''
