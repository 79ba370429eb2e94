"""Ctrl-C where it must not come between two things that belong together."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any


class Held:
    """A context in which Ctrl-C raises nothing, but is remembered in `came`."""

    def __init__(self) -> None:
        self.came = False
        self._usual: Any = None

    def __enter__(self) -> Held:
        # The handler of Python's own that raises is the only one to be held; another thread cannot set one.
        ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if ours and threading.current_thread() is threading.main_thread():
            self._usual = signal.signal(signal.SIGINT, self._remember)
        return self

    def _remember(self, number: int, frame: FrameType | None) -> None:
        self.came = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._usual is not None:
            signal.signal(signal.SIGINT, self._usual)


@contextlib.contextmanager
def only_here() -> Iterator[None]:
    """What processes are started in this context never get a Ctrl-C: a terminal sends it to all, and each would show
    where it was interrupted. The process itself ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # it lets signals pass again once it has started its process
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
