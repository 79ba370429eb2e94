"""What one run of the service remembers: files, caches, interactions and counters."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any


class Storage:
    """The memory of one service; `next` numbers things, so that every run names them alike."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.files: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.caches: dict[str, dict[str, Any]] = {}
        self.interactions: dict[str, Any] = {}
        self.requests: list[dict[str, Any]] = []
        self.defects: list[str] = []
        self._numbers: Counter[str] = Counter()

    def next(self, kind: str) -> int:
        """1, 2, 3, ... for each kind."""
        with self.lock:
            self._numbers[kind] += 1
            return self._numbers[kind]

    def content_of(self, uri: str | None) -> bytes | None:
        """The bytes of an uploaded file by its address, or None where there is no such file."""
        name = "files/" + (uri or "").rstrip("/").rsplit("/", 1)[-1]
        return self.files[name]["_data"] if name in self.files else None
