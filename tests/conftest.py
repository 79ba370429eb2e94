"""What holds for every test: none uses or leaves anything in the home folder of who runs it."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, so that no test finds what another one made, or uses that of the person."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("MIGRATE_GEMINI_CACHE_DIR", str(folder))
    return folder


@pytest.fixture(autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where runs keep what --undo needs."""
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder
