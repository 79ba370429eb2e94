"""What a program must not notice: both SDKs talk to the loopback service, nothing else is reachable, nobody waits.

`apply(url)` is called in the forked child, before the program starts.  It changes only modules that are imported
already, so that an environment without the legacy SDK is left as it is.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

ASYNC_SPEED = 100


def apply(url: str | None) -> None:
    """Make every change; `url` is the address of the loopback service, None for a run that needs no service."""
    if url is None:
        return
    refuse_network()
    ssl.SSLContext.load_verify_locations = lambda *args, **kwargs: None
    skip_sleeping()
    if "google.generativeai" in sys.modules:
        redirect_legacy_sdk(url)
    if "google.genai" in sys.modules:
        redirect_genai_sdk(url)


def refuse_network() -> None:
    """Connections to anything but the loopback address fail at once."""
    connect = socket.socket.connect

    @functools.wraps(connect)
    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if isinstance(address, tuple) and host not in ("127.0.0.1", "::1", "localhost"):
            raise ConnectionRefusedError(f"no network in tests: {host}")
        connect(self, address)

    socket.socket.connect = guarded


def skip_sleeping() -> None:
    """`time.sleep` puts the clocks forward instead of waiting; `asyncio.sleep` waits a hundredth."""
    skipped = [0.0]

    def sleep(seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        skipped[0] += seconds

    def forward(clock: Any) -> Any:
        return lambda: clock() + skipped[0]

    time.sleep = sleep
    for name in ("time", "monotonic", "perf_counter"):
        setattr(time, name, forward(getattr(time, name)))
    wait = asyncio.sleep

    async def async_sleep(delay: float, result: Any = None) -> Any:
        return await wait(delay / ASYNC_SPEED, result)

    asyncio.sleep = async_sleep
    asyncio.tasks.sleep = async_sleep


def redirect_genai_sdk(url: str) -> None:
    """Every client of google-genai uses the service, whatever base address the program names."""
    from google.genai import _api_client

    api_client = _api_client.BaseApiClient
    init = api_client.__init__

    @functools.wraps(init)
    def redirected(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        self._http_options.base_url = url + "/"

    api_client.__init__ = redirected


def redirect_legacy_sdk(url: str) -> None:
    """`configure`, with or without arguments or never called, means REST to the service; async calls go by threads.

    A program that did not ask for REST still sees the exceptions of gRPC, which is what it would have used.
    """
    import grpc
    from google.api_core import client_options as options_module
    from google.api_core import exceptions
    from google.generativeai import client as legacy

    manager = legacy._ClientManager
    from_http_response, rest_exceptions = exceptions.from_http_response, [False]

    def grpc_exception(response: Any) -> Exception:
        error = from_http_response(response)
        details = response.json()["error"]
        known = exceptions._GRPC_CODE_TO_EXCEPTION.get(getattr(grpc.StatusCode, details.get("status", ""), None))
        return error if rest_exceptions[0] or known is None else known(details["message"])

    exceptions.from_http_response = grpc_exception
    configure, make_client = manager.configure, manager.make_client

    @functools.wraps(configure)
    def redirected(self: Any, **kwargs: Any) -> None:
        options = kwargs.get("client_options") or options_module.ClientOptions()
        if isinstance(options, dict):
            options = options_module.from_dict(options)
        options.api_endpoint = url
        rest_exceptions[0] = kwargs.get("transport") == "rest"
        configure(self, **{**kwargs, "client_options": options, "transport": "rest"})

    @functools.wraps(make_client)
    def threaded(self: Any, name: str) -> Any:
        if name.endswith("_async"):
            return ThreadedClient(self.get_default_client(name.removesuffix("_async")))
        return make_client(self, name)

    manager.configure, manager.make_client = redirected, threaded
    legacy.GENAI_API_DISCOVERY_URL = f"{url}/$discovery/rest"
    legacy._client_manager.configure()


class ThreadedClient:
    """The async face of a blocking client: REST has none of its own in the legacy SDK."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            kwargs = {key: value for key, value in kwargs.items() if type(value).__name__ != "AsyncRetry"}
            result = await asyncio.to_thread(method, *args, **kwargs)
            return _in_threads(iter(result)) if name.startswith("stream_") else result

        return call


async def _in_threads(items: Iterator[Any]) -> AsyncIterator[Any]:
    """A blocking iterator as an asynchronous one."""
    end = object()
    while (item := await asyncio.to_thread(next, items, end)) is not end:
        yield item
