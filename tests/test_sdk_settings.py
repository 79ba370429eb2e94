"""Every row of migrate_gemini/sdk/settings.py, held against the installed SDKs."""

from __future__ import annotations

import pytest
from google.genai import interactions, types
from google.genai._gaos.types.interactions.harmcategory import HarmCategory
from google.genai._gaos.types.interactions.safetysetting import SafetySettingParam, Threshold
from google.genai._gaos.types.interactions.thinkinglevel import ThinkingLevel

from migrate_gemini.sdk import settings
from migrate_gemini.sdk.models import thinking_levels
from tests.sdks import legacy, literals

SOURCE = set(types.GenerateContentConfig.model_fields)
GENERATION = set(interactions.GenerationConfigParam.__annotations__)
REQUEST = set(interactions.CreateModelInteractionParam.__annotations__)


def fields(*places: str) -> list[str]:
    """The settings that go to these places."""
    return [name for name, row in settings.FIELDS.items() if row.place in places]


@pytest.mark.parametrize("name", settings.FIELDS)
def test_a_setting_is_one_of_a_config_of_the_old_calls(name: str) -> None:
    assert name in SOURCE | set(legacy()["config"]) | set(legacy()["model"])


def test_no_setting_of_the_legacy_sdk_is_without_a_row() -> None:
    assert set(legacy()["config"]) - set(settings.FIELDS) == set()


def test_no_setting_of_google_genai_is_without_a_row() -> None:
    assert SOURCE - set(settings.FIELDS) == set()


@pytest.mark.parametrize("name", fields("generation"))
def test_a_sampling_setting_is_a_key_of_generation_config(name: str) -> None:
    assert name in GENERATION


@pytest.mark.parametrize("name", fields("request"))
def test_a_setting_of_the_request_is_a_parameter_of_it(name: str) -> None:
    assert name in REQUEST


@pytest.mark.parametrize("name", fields("drop"))
def test_a_dropped_setting_has_no_counterpart_of_its_name_and_says_so(name: str) -> None:
    assert name not in GENERATION | REQUEST
    assert settings.FIELDS[name].note


@pytest.mark.parametrize("name", fields("refuse"))
def test_a_refused_setting_says_what_it_is(name: str) -> None:
    assert settings.FIELDS[name].note


def test_what_settings_with_a_conversion_become_is_there() -> None:
    assert {"system_instruction", "safety_settings", "response_format"} <= REQUEST
    assert "thinking_level" in GENERATION
    assert "minimal" in literals(ThinkingLevel)
    assert set(SafetySettingParam.__annotations__) >= {"type", "threshold"}
    assert set(interactions.TextResponseFormatParam.__annotations__) >= {"type", "mime_type"}


@pytest.mark.parametrize(("camel", "name"), settings.CAMEL.items())
def test_a_spelling_of_the_rest_api_is_an_alias_of_its_field(camel: str, name: str) -> None:
    assert types.GenerateContentConfig.model_fields[name].alias == camel


@pytest.mark.parametrize(("name", "category"), settings.CATEGORIES.items())
def test_a_harm_category_is_known_to_an_old_sdk_and_to_the_new_api(name: str, category: str) -> None:
    assert category in literals(HarmCategory)
    old = legacy()["categories"][name] or f"HARM_CATEGORY_{name.upper()}"
    assert old == f"HARM_CATEGORY_{category.upper()}"
    assert old in types.HarmCategory.__members__


@pytest.mark.parametrize(
    ("name", "threshold"),
    settings.THRESHOLDS.items(),
)
def test_a_threshold_is_known_to_an_old_sdk_and_to_the_new_api(name: str, threshold: str) -> None:
    assert threshold in literals(Threshold)
    old = legacy()["thresholds"][name] or name.upper()
    assert old == threshold.upper()
    assert old in types.HarmBlockThreshold.__members__


def test_one_threshold_for_everything_stands_for_these_categories() -> None:
    given = [f"HARM_CATEGORY_{name.upper()}" for name in settings.ALL_CATEGORIES]
    assert sorted(legacy()["all_categories"]) == sorted(given)


@pytest.mark.parametrize(("name", "key"), settings.IMAGE.items())
def test_a_setting_of_an_image_is_a_key_of_its_format(name: str, key: str) -> None:
    assert name in {*types.ImageConfig.model_fields, *(f.alias for f in types.ImageConfig.model_fields.values())}
    assert key in interactions.ImageResponseFormatParam.__annotations__


@pytest.mark.parametrize("name", settings.HTTP_OPTIONS)
def test_an_http_option_is_one_of_google_genai(name: str) -> None:
    fields = types.HttpOptions.model_fields
    assert name in {*fields, *(field.alias for field in fields.values())}


@pytest.mark.parametrize("name", settings.RESOLUTIONS)
def test_a_resolution_is_one_of_google_genai(name: str) -> None:
    assert name in types.MediaResolution.__members__


@pytest.mark.parametrize("name", settings.MODALITIES)
def test_a_modality_is_one_of_google_genai(name: str) -> None:
    assert name.upper() in types.Modality.__members__


@pytest.mark.parametrize(
    ("name", "lowest"),
    [
        ("gemini-3-flash-preview", "minimal"),
        ("gemini-3.5-flash-lite", "minimal"),
        ("gemini-3.8-flash", "low"),
        ("models/gemini-3.1-pro-preview", "low"),
        ("gemini-2.5-flash", None),
        ("something-else", None),
    ],
)
def test_the_lowest_thinking_level_of_a_model(name: str, lowest: str | None) -> None:
    levels = thinking_levels(name)
    assert next(iter(levels), None) == lowest
    assert {*levels} <= literals(ThinkingLevel)
