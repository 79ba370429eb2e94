"""Programs written by other habits are migrated rightly, or left with a reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.behaviour import Harness
from tests.variants import VARIANTS, candidates, outcomes


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    """Fork servers for all tests of this file."""
    with Harness() as running:
        yield running


@pytest.mark.parametrize("name", VARIANTS)
def test_no_program_is_broken_when_it_is_written_otherwise(harness: Harness, name: str) -> None:
    """Each variant takes other programs than the one before it."""
    names = sorted(candidates())
    first = 17 * list(VARIANTS).index(name) % len(names)
    found = list(outcomes(harness, VARIANTS[name], names[first:] + names[:first], 2))
    assert found, "no program can be written so"
    assert [outcome.explanation() for outcome in found if outcome.kind == "broken"] == []
