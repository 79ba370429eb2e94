"""Settings that are put on a config after it was made."""

from __future__ import annotations

from migrate_gemini import transform
from tests.checks import check_manual, check_transformed

NEW = """
from google import genai
from google.genai import types

client = genai.Client()
"""
PLAIN = NEW.replace("from google.genai import types\n", "")
ASK = """print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config).text)
"""
ASKED = """print(client.interactions.create(model="gemini-3-flash-preview", input="Hi", **config).output_text)
"""


def test_thinking_is_put_into_the_generation_config() -> None:
    check_transformed(
        f"""{NEW}
config = types.GenerateContentConfig(temperature=0.5)
config.thinking_config = types.ThinkingConfig(include_thoughts=True)
{ASK}""",
        f"""{PLAIN}
config = dict(generation_config={{"temperature": 0.5}})
config["generation_config"]["thinking_summaries"] = "auto"
{ASKED}""",
    )


def test_two_settings_of_one_value_take_two_lines() -> None:
    new = transform(
        f"""{NEW}
config = types.GenerateContentConfig()
if client:
    config.thinking_config = types.ThinkingConfig(include_thoughts=True, thinking_level="LOW")
{ASK}"""
    ).text
    assert new is not None
    assert (
        '    config["generation_config"]["thinking_summaries"] = "auto"\n'
        '    config["generation_config"]["thinking_level"] = "low"\n'
    ) in new


def test_a_setting_from_elsewhere_is_sorted_at_run_time_by_its_name() -> None:
    new = transform(
        f"""{NEW}
def ask(thinking, **more):
    config = types.GenerateContentConfig(**more)
    config.thinking_config = thinking
    {ASK}
ask(types.ThinkingConfig(include_thoughts=True), temperature=0.1)
"""
    ).text
    assert new is not None
    assert 'given.pop("thinking_config"' in new


def test_settings_whose_names_are_not_seen_are_all_sorted() -> None:
    result = transform(
        f"""{NEW}
import json
def ask(path):
    config = types.GenerateContentConfig(temperature=0.1, **json.load(open(path)))
    {ASK}
ask("settings.json")
"""
    )
    assert result.text is not None
    assert 'given.pop("thinking_config"' in result.text
    assert 'given.pop("response_modalities"' in result.text
    assert any("one without a counterpart raises ValueError" in found.message for found in result.findings)


def test_a_setting_that_is_put_by_a_name_of_run_time_is_sorted_then() -> None:
    new = transform(
        f"""{NEW}
def ask(settings):
    config = types.GenerateContentConfig()
    for name, value in settings.items():
        setattr(config, name, value)
    {ASK}
ask({{"temperature": 0.1}})
"""
    ).text
    assert new is not None
    assert "config = types.GenerateContentConfig()" in new
    assert "**request_settings(config)" in new


def test_a_setting_without_counterpart_that_is_put_on_a_config_keeps_the_call() -> None:
    check_manual(
        f"""{NEW}
def ask(cache, **more):
    config = types.GenerateContentConfig(**more)
    config.cached_content = cache
    {ASK}
ask("caches/1", temperature=0.1)
""",
        "cached_content",
    )
