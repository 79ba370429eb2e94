"""Every row of migrate_gemini/sdk/stars.py, held against the installed SDKs."""

from __future__ import annotations

import pytest

from migrate_gemini.sdk.stars import STARS
from tests.sdks import legacy, resolve


@pytest.mark.parametrize("module", [module for module in STARS if not module.startswith("google.genai.")])
def test_a_star_import_of_the_legacy_sdk_binds_these_names(module: str) -> None:
    assert set(legacy()["stars"][module]) == STARS[module]


@pytest.mark.parametrize("name", sorted(STARS["google.genai.types"]))
def test_a_star_import_of_google_genai_binds_these_names_and_more(name: str) -> None:
    resolve(f"google.genai.types.{name}")
    assert not hasattr(resolve("google.genai.types"), "__all__")
