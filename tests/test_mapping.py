"""Every row of `mapping.toml` is as it says, and `docs/coverage.md` is made from it."""

from __future__ import annotations

from collections import Counter

import pytest

from migrate_gemini import verify
from tests import mapping

ROWS = mapping.rows()


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_row_is_as_the_table_has_it(row: mapping.Row) -> None:
    assert list(mapping.wrong(row)) == []


def test_each_row_is_there_once_and_each_section_has_a_title() -> None:
    assert [name for name, count in Counter(row.name for row in ROWS).items() if count > 1] == []
    assert {row.section for row in ROWS} == set(mapping.titles())


def test_what_the_snippets_become_fits_the_installed_sdk_and_stays_so() -> None:
    sdk = verify.load("steps")
    for row in ROWS:
        for found in map(mapping.outcome, row.snippets):
            assert verify.check(found.before, found.after, sdk) == [], found.after
            assert mapping.outcome(found.after).after == found.after


def test_the_page_is_made_from_the_table() -> None:
    assert mapping.PAGE.read_text(encoding="utf-8") == mapping.page(), "run python -m tests.mapping --write"
