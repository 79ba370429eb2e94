"""What becomes of a model name: the table, and the judgement of names that are not in it."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from migrate_gemini.sdk import models
from migrate_gemini.sdk.models import Verdict, family, judge, looks_like_model, table
from migrate_gemini.settings import DEFAULT_MODEL, Settings

DEFAULT = Settings()
DATE = re.compile(r"\d{4}-\d\d-\d\d|before \d{4}")
ROWS = tuple(models.table().values())
DEAD_TEXT = [row.id for row in ROWS if row.is_shut_down and row.family == "text"]
DEAD_IMAGES = [
    row.id
    for row in ROWS
    if row.is_shut_down and row.family == "image" and row.id.startswith("gemini-") and row.replacement_alive
]
DEAD_OTHER = [row.id for row in ROWS if row.is_shut_down and row.family != "text" and row.id not in DEAD_IMAGES]
ALIVE = [row.id for row in ROWS if row.is_known and not row.is_shut_down and row.status != "alias"]

NOT_MODELS = [
    "",
    "gemini",
    "Gemini",
    "gemini-",
    "models/",
    "models",
    "tunedModels/",
    "Gemini Pro",
    "Gemini-1.5-Flash",
    "GEMINI-PRO",
    "gemini_pro",
    "gemini-api-key",
    "gemini-bot",
    "gemini-cli",
    "gemini-flash",
    "gemini-pro-bot",
    "gemini-live",
    "gemini-2.0-flash.json",
    "gemini-2.0-flash is fast",
    " gemini-2.0-flash",
    "gemini-2.0-flash\n",
    "google/gemini-pro",
    "google/gemini-2.0-flash-001",
    "gemini/gemini-pro",
    "gemini/gemini-1.5-flash",
    "vertex_ai/gemini-1.5-pro",
    "openrouter/google/gemini-2.0-flash-exp:free",
    "publishers/google/models/gemini-1.5-pro",
    "projects/p/locations/l/endpoints/1",
    "gpt-4o",
    "claude-3-5-sonnet-latest",
    "text-embedding-3-small",
    "text-embedding-ada-002",
    "text-davinci-003",
    "llama-3.1-8b",
    "gemma2:9b",
    "google/gemma-7b",
]


@pytest.mark.parametrize("text", NOT_MODELS)
def test_a_string_that_is_no_id_of_this_api_is_no_model_and_never_touched(text: str) -> None:
    assert not looks_like_model(text)
    assert judge(text, DEFAULT) == Verdict("unknown", None, "")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_id_of_the_table_looks_like_a_model_with_and_without_prefix(row: models.Model) -> None:
    assert looks_like_model(row.id)
    assert looks_like_model(f"models/{row.id}")


@pytest.mark.parametrize("row", [row for row in ROWS if row.id != "aqa"], ids=lambda row: row.id)
def test_the_words_of_an_id_tell_the_family_that_the_table_states(
    row: models.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a name that is not in the table yet is put in the right family too."""
    monkeypatch.setattr(models, "table", dict[str, models.Model])
    assert family(row.id) == row.family
    assert looks_like_model(row.id)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_is_well_formed(row: models.Model) -> None:
    assert row.family in get_args(models.Family)
    assert row.src in {"D", "Dn", "C", "P", "3", "sdk", "seen"}
    assert row.shutdown is None or DATE.fullmatch(row.shutdown)
    if row.is_shut_down:
        assert row.shutdown is not None
    if row.replacement_alive is not None:
        assert not models.table()[row.replacement_alive].is_shut_down


@pytest.mark.parametrize("name", DEAD_TEXT)
@pytest.mark.parametrize("prefix", ["", "models/"])
def test_a_shut_down_text_model_becomes_the_default_and_the_message_names_both_and_the_date(
    name: str, prefix: str
) -> None:
    verdict = judge(prefix + name, DEFAULT)
    assert (verdict.kind, verdict.new) == ("substitute", DEFAULT_MODEL)
    assert verdict.message.startswith(f"{name} was shut down ")
    assert DEFAULT_MODEL in verdict.message
    assert DATE.search(verdict.message)


def test_the_message_says_what_google_names_where_that_is_another_model() -> None:
    assert judge("models/gemini-2.0-flash", DEFAULT).message == (
        "gemini-2.0-flash was shut down on 2026-06-01: it becomes gemini-3-flash-preview "
        "(Google names gemini-3.6-flash)."
    )
    assert judge("gemini-pro", DEFAULT).message == (
        "gemini-pro was shut down before 2026: it becomes gemini-3-flash-preview."
    )
    assert judge("gemini-2.0-flash", Settings("gemini-3.6-flash")).message == (
        "gemini-2.0-flash was shut down on 2026-06-01: it becomes gemini-3.6-flash."
    )


def test_the_default_model_is_a_setting_and_loses_its_prefix() -> None:
    assert judge("gemini-1.5-pro", Settings("models/gemini-3.8-flash")).new == "gemini-3.8-flash"


def test_the_default_model_is_not_replaced_by_itself_when_it_is_shut_down() -> None:
    verdict = judge("gemini-2.0-flash", Settings("gemini-2.0-flash"))
    assert (verdict.kind, verdict.new) == ("retiring", None)
    assert "2026-06-01" in verdict.message


@pytest.mark.parametrize(
    "name",
    [
        "gemini-1.0-ultra",
        "gemini-1.0-pro-002",
        "gemini-ultra",
        "gemini-pro-001",
        "gemini-1.5-flash-preview-0514",
        "gemini-1.5-pro-preview-0409",
        "gemini-1.5-flash-8b-002",
        "gemini-2.0-flash-lite-002",
        "gemini-2.0-flash-thinking-exp-1220",
        "gemini-2.0-flash-latest",
        "gemini-2.5-flash-preview",
        "gemini-2.5-pro-exp",
        "gemini-exp-0827",
        "text-bison",
        "text-bison-002",
        "text-bison@001",
        "chat-bison",
    ],
)
def test_a_text_model_of_a_dead_generation_is_replaced_though_the_table_has_no_row(name: str) -> None:
    row = models.table().get(name)
    assert row is None or not row.is_known
    verdict = judge(f"models/{name}", DEFAULT)
    assert (verdict.kind, verdict.new) == ("substitute", DEFAULT_MODEL)
    assert verdict.message == f"{name} is shut down: it becomes {DEFAULT_MODEL}."


@pytest.mark.parametrize("name", ALIVE)
def test_a_living_model_stays_exactly_as_it_is_written(name: str) -> None:
    verdict = judge(name, DEFAULT)
    assert verdict.kind in ("keep", "retiring")
    assert verdict.new is None


@pytest.mark.parametrize("name", ALIVE)
def test_a_living_model_loses_its_prefix(name: str) -> None:
    verdict = judge(f"models/{name}", DEFAULT)
    assert verdict.kind in ("keep", "retiring")
    assert verdict.new == name


@pytest.mark.parametrize("name", ALIVE)
def test_no_living_model_has_the_shape_of_a_dead_generation(name: str) -> None:
    assert not models._DEAD_TEXT.fullmatch(name)


@pytest.mark.parametrize(
    ("name", "date", "replacement"),
    [
        ("gemini-2.5-flash", "2026-12-01", "gemini-3.5-flash-lite"),
        ("gemini-2.5-pro", "2026-12-01", "gemini-3.8-flash"),
        ("gemini-3.1-flash-lite", "2027-05-07", "gemini-3.5-flash-lite"),
    ],
)
def test_a_text_model_with_a_shutdown_date_stays_and_the_message_says_until_when(
    name: str, date: str, replacement: str
) -> None:
    verdict = judge(name, DEFAULT)
    assert (verdict.kind, verdict.new) == ("retiring", None)
    assert verdict.message == f"{name} is to be shut down on {date}; Google names {replacement} in its place."


@pytest.mark.parametrize("name", ["gemini-2.5-flash-lite", DEFAULT_MODEL, "gemini-3.8-flash", "gemma-4-31b-it"])
def test_a_text_model_without_a_shutdown_date_is_not_talked_about(name: str) -> None:
    assert judge(name, DEFAULT) == Verdict("keep", None, "")


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("gemini-flash-latest", DEFAULT_MODEL),
        ("models/gemini-flash-lite-latest", "gemini-3.5-flash-lite"),
        ("gemini-pro-latest", "gemini-3.1-pro-preview"),
    ],
)
def test_a_latest_alias_has_a_model_in_its_place_and_the_message_says_that_v1_does_not_serve_it(
    name: str, new: str
) -> None:
    verdict = judge(name, DEFAULT)
    assert (verdict.kind, verdict.new) == ("alias", new)
    assert "v1beta" in verdict.message
    row = table()[new]
    assert not row.is_shut_down and row.family == "text"


def test_a_dated_latest_name_is_no_alias_but_shut_down() -> None:
    assert judge("gemini-1.5-flash-latest", DEFAULT).new == DEFAULT_MODEL
    assert judge("gemini-1.0-pro-vision-latest", DEFAULT).new == DEFAULT_MODEL


@pytest.mark.parametrize("name", DEAD_OTHER)
@pytest.mark.parametrize("prefix", ["", "models/"])
def test_a_shut_down_model_of_another_family_never_becomes_a_text_model(name: str, prefix: str) -> None:
    verdict = judge(prefix + name, DEFAULT)
    assert verdict.kind == "gone_other"
    assert verdict.new == (name if prefix else None)
    row = models.table()[name]
    assert (row.replacement_alive or "no replacement") in verdict.message
    assert DATE.search(verdict.message)


def test_a_shut_down_image_model_of_gemini_becomes_its_first_living_successor() -> None:
    verdict = judge("models/gemini-2.5-flash-image-preview", DEFAULT)
    assert (verdict.kind, verdict.new) == ("substitute", "gemini-3.1-flash-image")
    assert verdict.message == (
        "gemini-2.5-flash-image-preview was shut down on 2026-01-15: it becomes gemini-3.1-flash-image, which Google "
        "names in its place."
    )


@pytest.mark.parametrize("name", DEAD_IMAGES)
def test_what_takes_the_place_of_an_image_model_is_a_living_one_for_images(name: str) -> None:
    new = models.table()[judge(name, DEFAULT).new or ""]
    assert new.family == "image" and not new.is_shut_down


def test_a_model_of_imagen_stays_for_its_calls_are_others() -> None:
    assert judge("imagen-4.0-generate-001", DEFAULT).kind == "gone_other"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("models/gemini-2.0-flash-exp-image-generation", "image"),
        ("gemini-2.0-flash-preview-image-generation", "image"),
        ("gemini-2.0-flash-live-002", "live"),
        ("gemini-2.5-flash-exp-native-audio-thinking-dialog", "live"),
        ("gemini-2.0-flash-tts", "speech"),
        ("gemini-2.0-flash-audio", "speech"),
        ("imagen-3.0-generate-001", "image"),
        ("imagen-5.0-generate-001", "image"),
        ("veo-4.0-generate-001", "video"),
        ("lyria-4", "music"),
        ("text-embedding-003", "embedding"),
        ("gemini-embedding-3-preview", "embedding"),
        ("deep-research-pro-preview-12-2025", "agent"),
        ("gemini-3-computer-use-preview", "other"),
        ("gemini-1.5-pro-001-tuning", "other"),
        ("gemini-5-flash", "text"),
        ("learnlm-1.5-pro-experimental", "text"),
        ("gemma-3-27b-it", "text"),
    ],
)
def test_a_name_of_which_nothing_is_known_has_a_family_but_is_never_touched(name: str, expected: str) -> None:
    assert family(name) == expected
    if name.removeprefix("models/") not in models.table():
        assert looks_like_model(name)
        assert judge(name, DEFAULT) == Verdict("unknown", None, "")
        assert judge(f"models/{name}", DEFAULT) == Verdict("unknown", None, "")


@pytest.mark.parametrize(
    "name", ["aqa", "text-embedding-005", "learnlm-2.0-flash-experimental", "gemini-1.5-flash-001-tuning"]
)
def test_a_row_that_only_says_seen_somewhere_is_no_knowledge(name: str) -> None:
    assert judge(f"models/{name}", DEFAULT) == Verdict("unknown", None, "")


def test_a_tuned_model_stays_with_its_prefix() -> None:
    assert looks_like_model("tunedModels/my-model-a1b2")
    assert family("tunedModels/gemini-1.5-flash-x") == "tuned"
    assert judge("tunedModels/gemini-1.5-flash-x", DEFAULT) == Verdict("keep", None, "")


@pytest.mark.parametrize("text", ["gpt-4o", "google/gemini-pro", "", "models/nothing"])
def test_what_is_no_model_has_the_family_other(text: str) -> None:
    assert family(text) == "other"


@pytest.mark.parametrize(
    ("old", "written"),
    [
        ("gemini-1.5-pro", "models/gemini-1.5-pro"),
        ("models/gemini-1.5-pro", "gemini-1.5-pro"),
        ("gemini-3.8-flash", "gemini-3.8-flash"),
        ("gemini-2.5-pro", "models/gemini-2.5-pro"),
        ("gemini-pro-latest", "gemini-pro-latest"),
        ("imagen-3.0-generate-002", "imagen-3.0-generate-002"),
        ("text-embedding-004", "models/text-embedding-004"),
        ("tunedModels/x", "tunedModels/x"),
        ("google/gemini-pro", "google/gemini-pro"),
        ("my-model", "my-model"),
    ],
)
def test_a_pair_of_the_user_wins_over_everything(old: str, written: str) -> None:
    verdict = judge(written, Settings(models=((old, "models/gemini-3.6-flash"),)))
    assert (verdict.kind, verdict.new) == ("substitute", "gemini-3.6-flash")
    assert f"{old.removeprefix('models/')} becomes gemini-3.6-flash" in verdict.message


def test_the_first_pair_of_a_name_counts_and_other_names_are_not_concerned() -> None:
    settings = Settings(models=(("gemini-pro", "gemini-3.7-flash"), ("gemini-pro", "gemini-3.8-flash")))
    assert judge("gemini-pro", settings).new == "gemini-3.7-flash"
    assert judge("gemini-pro-vision", settings).new == DEFAULT_MODEL
    assert judge("gemini-3.8-flash", settings) == Verdict("keep", None, "")


def test_a_pair_of_a_name_with_itself_keeps_the_name() -> None:
    settings = Settings(models=(("gemini-1.5-pro", "gemini-1.5-pro"),))
    assert judge("gemini-1.5-pro", settings) == Verdict("keep", None, "")
    assert judge("models/gemini-1.5-pro", settings) == Verdict("keep", "gemini-1.5-pro", "")


def test_the_replacement_of_a_name_stays_when_it_is_judged_again() -> None:
    for name in DEAD_TEXT:
        new = judge(name, DEFAULT).new
        assert new is not None
        assert judge(new, DEFAULT) == Verdict("keep", None, "")
