"""Code that has nothing to do with Gemini passes unchanged: a sample of the standard library and of what is installed.

`python benchmarks/passthrough.py FOLDER ...` does the same for all of it.
"""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from benchmarks import passthrough
from migrate_gemini.discovery import discover
from migrate_gemini.engine import SourceModule

PLACES = {"standard library": ("stdlib", 90), "installed packages": ("purelib", 160)}
"""Where, and one module in how many."""


@pytest.fixture(scope="module", params=PLACES)
def modules(request: pytest.FixtureRequest) -> list[SourceModule]:
    """Modules of one of the places that name no SDK and are read by this Python."""
    place, every = PLACES[request.param]
    files = discover([Path(sysconfig.get_paths()[place])]).of("python")
    return [module for module in passthrough.read(files[::every]) if len(module.text) < 100_000]


def test_each_module_alone_passes_unchanged(modules: list[SourceModule]) -> None:
    assert len(modules) > 5
    for module in modules:
        assert passthrough.together([module]).problems == []


def test_modules_together_pass_unchanged(modules: list[SourceModule]) -> None:
    assert passthrough.together(modules[:20]).problems == []


def test_of_a_module_with_a_request_behind_it_only_the_request_moves(modules: list[SourceModule]) -> None:
    looked = [passthrough.with_request(module) for module in modules]
    assert [problem for one in looked for problem in one.problems] == []
    assert sum(one.moved for one in looked) > len(modules) * 0.8
