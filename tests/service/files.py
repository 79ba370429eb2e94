"""The collections beside the models: uploaded files, explicit caches, and the discovery document of uploads."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from tests.service.storage import Storage

MOMENT = "2026-11-23T00:00:00Z"
HOST = "https://generativelanguage.googleapis.com"


def new_file(storage: Storage, meta: dict, data: bytes, mime_type: str | None, *, polls: int = 0) -> dict[str, Any]:
    """Store an uploaded file.  A video is PROCESSING in its upload answer and in the next `polls` answers to get."""
    name = meta.get("name") or f"files/upload-{storage.next('file'):04d}"
    name = name if "/" in name else f"files/{name}"
    mime_type = mime_type or meta.get("mimeType") or "application/octet-stream"
    checksum = base64.b64encode(hashlib.sha256(data).hexdigest().encode()).decode()
    record = {
        "name": name,
        "mimeType": mime_type,
        "sizeBytes": str(len(data)),
        "createTime": MOMENT,
        "updateTime": MOMENT,
        "expirationTime": "2026-11-25T00:00:00Z",
        "sha256Hash": checksum,
        "uri": f"{HOST}/v1beta/{name}",
        "state": "PROCESSING" if mime_type.startswith("video/") else "ACTIVE",
        "source": "UPLOADED",
        "_data": data,
        "_polls": polls,
    }
    label = meta.get("displayName") or meta.get("display_name")
    if label:
        record["displayName"] = label
    storage.files[name] = record
    return record


def public(record: dict[str, Any]) -> dict[str, Any]:
    """A file as the service shows it."""
    return {key: value for key, value in record.items() if not key.startswith("_")}


def looked_at(record: dict[str, Any]) -> dict[str, Any]:
    """A file as an answer to get shows it; each look brings a processing video closer to being ready."""
    if record["state"] == "PROCESSING":
        record["_polls"] -= 1
        if record["_polls"] < 0:
            record["state"] = "ACTIVE"
    return public(record)


def multipart(body: bytes, content_type: str) -> tuple[dict, bytes, str | None]:
    """A multipart/related upload -> the file's metadata, its bytes and its MIME type."""
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    meta: dict = {}
    data, mime_type = b"", None
    sections = body.split(b"--" + boundary.group(1).encode()) if boundary else []
    for section in sections:
        if not section.strip(b"\r\n-"):
            continue
        separator = b"\r\n\r\n" if b"\r\n\r\n" in section else b"\n\n"
        head, _, content = section.lstrip(b"\r\n").partition(separator)
        content = content[:-2] if content.endswith(b"\r\n") else content.removesuffix(b"\n")
        lines = head.decode("latin-1").lower()
        if "application/json" in lines and not meta:
            meta = json.loads(content).get("file", {})
        else:
            found = re.search(r"content-type:\s*([^\r\n]+)", lines)
            mime_type, data = (found.group(1).strip() if found else None), content
    return meta, data, mime_type


def new_cache(storage: Storage, body: dict, tokens: int) -> dict[str, Any]:
    """Store an explicit cache."""
    name = f"cachedContents/cache-{storage.next('cache'):04d}"
    moments = {"createTime": MOMENT, "updateTime": MOMENT, "expireTime": "2026-11-23T01:00:00Z"}
    kept = {key: value for key, value in body.items() if key != "ttl"}
    record = {**kept, "name": name, **moments, "usageMetadata": {"totalTokenCount": tokens}}
    storage.caches[name] = record
    return record


def public_cache(record: dict[str, Any]) -> dict[str, Any]:
    """A cache as the service shows it: without what is in it."""
    hidden = ("contents", "systemInstruction", "tools", "toolConfig")
    return {key: value for key, value in record.items() if key not in hidden}


def discovery(base_url: str) -> dict[str, Any]:
    """The document that google-generativeai reads before its first upload."""
    text = {"type": "string"}
    query = {"type": "string", "location": "query"}
    upload = {
        "id": "generativelanguage.media.upload",
        "path": "v1beta/files",
        "flatPath": "v1beta/files",
        "httpMethod": "POST",
        "parameters": {},
        "parameterOrder": [],
        "request": {"$ref": "CreateFileRequest"},
        "response": {"$ref": "CreateFileResponse"},
        "supportsMediaUpload": True,
        "mediaUpload": {
            "accept": ["*/*"],
            "protocols": {
                "simple": {"multipart": True, "path": "/upload/v1beta/files"},
                "resumable": {"multipart": True, "path": "/resumable/upload/v1beta/files"},
            },
        },
    }
    file_of = {"type": "object", "properties": {"file": {"$ref": "File"}}}
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": "generativelanguage:v1beta",
        "name": "generativelanguage",
        "version": "v1beta",
        "rootUrl": base_url + "/",
        "servicePath": "",
        "baseUrl": base_url + "/",
        "batchPath": "batch",
        "protocol": "rest",
        "parameters": {"key": query, "alt": query, "uploadType": query},
        "schemas": {
            "CreateFileRequest": {"id": "CreateFileRequest", **file_of},
            "CreateFileResponse": {"id": "CreateFileResponse", **file_of},
            "File": {"id": "File", "type": "object", "properties": {"name": text, "displayName": text}},
        },
        "resources": {"media": {"methods": {"upload": upload}}},
    }
