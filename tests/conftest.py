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


NEEDS_SDKS = frozenset(
    f"test_{name}.py"
    for name in """
    behaviour doubles_run mapping notebooks_run precommit rewrites_contents sdk_contents sdk_errors sdk_first_schema
    sdk_models sdk_names sdk_reads sdk_settings sdk_stars sdk_surface sdk_surfaces sdk_tools service variants verify
    """.split()
)
"""What needs google-genai 3.4, Python 3.11, or environments with the SDKs in which programs are run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """--without-sdks, with which scripts/test-pythons runs the tests."""
    parser.addoption("--without-sdks", action="store_true", help="leave out the tests that need an SDK of Google")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Whether a file is left out."""
    return True if config.getoption("--without-sdks") and collection_path.name in NEEDS_SDKS else None
