"""One HTTP call to the service, and what it is answered with."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

VERSION = re.compile(r"^v\d+(?:alpha|beta)?\d*$")


@dataclass
class Call:
    """A call taken apart: `path` is what follows the API version and any upload or project prefix."""

    method: str
    target: str
    path: list[str]
    version: str | None
    query: dict[str, str]
    headers: Mapping[str, str]
    raw: bytes
    upload: bool = False
    resumable: bool = False

    @property
    def base_url(self) -> str:
        """Where the caller found the service."""
        return f"http://{self.headers.get('Host') or 'localhost'}"

    @property
    def body(self) -> Any:
        """The JSON body, or None where there is none."""
        try:
            return json.loads(self.raw) if self.raw else None
        except ValueError:
            return None

    def flag(self, name: str) -> bool:
        """Whether a query parameter says yes."""
        return self.query.get(name, "").lower() in ("true", "1")


@dataclass
class Reply:
    """What goes back: JSON, bytes (`data`), or a stream of text pieces (`stream`)."""

    json: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=UTF-8"
    data: bytes | None = None
    stream: Iterable[str] | None = None


def parse_call(method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Call:
    """The request line, headers and body of a call -> its parts."""
    url = urllib.parse.urlsplit(target)
    query = {key: values[-1] for key, values in urllib.parse.parse_qs(url.query, keep_blank_values=True).items()}
    path = [part for part in urllib.parse.unquote(url.path).split("/") if part]
    call = Call(method, target, path, None, query, headers, raw)
    if path[:1] == ["resumable"]:
        call.resumable, path = True, path[1:]
    if path[:1] == ["upload"]:
        call.upload, path = True, path[1:]
    if path and VERSION.match(path[0]):
        call.version, path = path[0], path[1:]
    if path[:1] == ["projects"] and len(path) > 4:
        path = path[4:]
    if path[:2] == ["publishers", "google"]:
        path = path[2:]
    call.path = path
    return call
