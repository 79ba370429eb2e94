"""The HTTP side of the service: it listens on 127.0.0.1, reads calls, and writes replies."""

from __future__ import annotations

import json
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.service.call import Call, Reply, parse_call
from tests.service.endpoints import caches_endpoint, files_endpoint, models_endpoint
from tests.service.errors import ApiError
from tests.service.files import discovery
from tests.service.interaction_endpoint import interactions_endpoint
from tests.service.storage import Storage

ENDPOINTS = {
    "models": models_endpoint,
    "tunedModels": models_endpoint,
    "files": files_endpoint,
    "cachedContents": caches_endpoint,
    "interactions": interactions_endpoint,
}


def reply_to(call: Call, storage: Storage) -> Reply:
    """The reply to a call; every error becomes a reply too."""
    try:
        if call.path[:1] == ["$discovery"]:
            return Reply(discovery(call.base_url))
        endpoint = ENDPOINTS.get(call.path[0] if call.path else "")
        if endpoint is None:
            raise ApiError(404, f"There is nothing at {call.target}.")
        return endpoint(call, storage)
    except ApiError as error:
        return Reply(error.body(interactions=call.path[:1] == ["interactions"]), status=error.code)
    except Exception:
        storage.defects.append(traceback.format_exc())
        return Reply(ApiError(501, "A defect of the loopback service.").body(interactions=False), status=501)


class Handler(BaseHTTPRequestHandler):
    """Reads one call after another from a connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Loopback/1"
    disable_nagle_algorithm = True
    storage: Storage

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def handle_one_request(self) -> None:
        """A caller that goes away is no error."""
        try:
            super().handle_one_request()
        except (ConnectionResetError, BrokenPipeError):
            self.close_connection = True

    def answer_call(self) -> None:
        """Read the call, record it, reply."""
        call = parse_call(self.command, self.path, self.headers, self._read_body())
        with self.storage.lock:
            record = {"method": call.method, "path": "/".join(call.path), "body": call.body}
            self.storage.requests.append(record)
            reply = reply_to(call, self.storage)
            record["status"] = reply.status
            pieces = list(reply.stream) if reply.stream is not None else None
        if pieces is None:
            self._send(reply)
        else:
            self._send_stream(reply, pieces)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer_call

    def _read_body(self) -> bytes:
        if (self.headers.get("Transfer-Encoding") or "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0].strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            continue
        return body

    def _head(self, reply: Reply, extra: dict[str, str]) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Type": reply.content_type, **extra, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, reply: Reply) -> None:
        data = json.dumps(reply.json, ensure_ascii=False).encode() if reply.data is None else reply.data
        self._head(reply, {"Content-Length": str(len(data))})
        self.wfile.write(data)

    def _send_stream(self, reply: Reply, pieces: list[str]) -> None:
        self._head(reply, {"Transfer-Encoding": "chunked", "Cache-Control": "no-cache"})
        for piece in pieces:
            data = piece.encode()
            self.wfile.write(b"%X\r\n%s\r\n" % (len(data), data))
        self.wfile.write(b"0\r\n\r\n")


class Server(ThreadingHTTPServer):
    """Many connections at once; none of them keeps the process alive."""

    daemon_threads = True
    request_queue_size = 128


class Service:
    """A fresh service on a free port of 127.0.0.1, for use in a `with` statement."""

    def __init__(self) -> None:
        self.storage = Storage()
        handler = type("BoundHandler", (Handler,), {"storage": self.storage})
        self._server = Server(("127.0.0.1", 0), handler)
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What was asked so far: method, path, body and status of each call."""
        return self.storage.requests

    @property
    def defects(self) -> list[str]:
        """Tracebacks of the service itself; there should be none."""
        return self.storage.defects

    def __enter__(self) -> Self:
        listen = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        listen.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.shutdown()
        self._server.server_close()
