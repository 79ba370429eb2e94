"""What the new code does otherwise: each difference is said once, where it applies, and nowhere else."""

from __future__ import annotations

import pytest

from migrate_gemini import Settings, transform
from migrate_gemini.engine import SourceModule, migrate
from migrate_gemini.report import terminal
from migrate_gemini.results import FileResult, RunResult
from migrate_gemini.sdk import differences, settings
from tests.checks import code

LEGACY = "import os\nimport google.generativeai as genai\n\ngenai.configure({key})\n"
MODEL = 'model = genai.GenerativeModel("gemini-3-flash-preview"{settings})\n'
ASK = 'print(model.generate_content("Hi").text)\n'
GENAI = (
    "from google import genai\n\nclient = genai.Client()\n"
    'response = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi"{config})\n'
)


def said(source: str, settings: Settings | None = None) -> list[str]:
    """The rows of the table that the findings of a text carry, in order; each sentence must be one of the table."""
    by_text = {row.text: key for key, row in differences.TABLE.items()}
    return [by_text[text] for finding in transform(source, settings).findings for text in finding.differences]


def legacy(key: str = 'api_key="k"', settings: str = "", rest: str = ASK) -> str:
    return code(LEGACY.format(key=key) + MODEL.format(settings=settings) + rest)


def genai(rest: str, config: str = "") -> str:
    return code(GENAI.format(config=config) + rest)


@pytest.mark.parametrize("row", differences.TABLE.values(), ids=list(differences.TABLE))
def test_a_difference_is_one_sentence_or_two_with_its_source(row: differences.Difference) -> None:
    assert row.text.endswith(".") and row.text[0].isalpha()
    assert "\n" not in row.text and len(row.text) < 260
    assert row.source[0].isdigit()


@pytest.mark.parametrize("name", differences.SETTINGS)
def test_a_setting_with_a_difference_is_one(name: str) -> None:
    assert settings.FIELDS[name].place == "generation"
    assert differences.SETTINGS[name] in differences.TABLE


def test_an_unguarded_text_no_longer_raises() -> None:
    assert "text_raises" in said(legacy())


def test_a_guarded_text_still_raises_and_nothing_is_said_of_it() -> None:
    rest = "try:\n    print(model.generate_content('Hi').text)\nexcept ValueError:\n    pass\n"
    assert "text_raises" not in said(legacy(rest=rest))


def test_a_text_that_is_shown_was_none() -> None:
    assert "text_none" in said(genai("print(response.text)\n"))


@pytest.mark.parametrize("rest", ["if response.text:\n    pass\n", "print(response.text or 'none')\n"])
def test_where_only_the_truth_of_a_text_matters_nothing_is_said_of_none(rest: str) -> None:
    assert "text_none" not in said(genai(rest))


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ('api_key="k"', set()),
        ('api_key=os.environ["KEY"]', set()),
        ('api_key=os.getenv("KEY")', {"key_missing"}),
        ('api_key=os.getenv("KEY", "none")', set()),
        ("", {"key_order", "key_missing"}),
    ],
)
def test_keys_from_the_environment(key: str, rows: set[str]) -> None:
    assert {row for row in said(legacy(key)) if row.startswith("key_")} == rows


def test_a_client_that_is_made_in_a_function_stops_no_import() -> None:
    source = legacy('api_key=os.getenv("KEY")').replace("genai.configure", "def setup():\n    genai.configure")
    assert "key_missing" not in said(source + "\n\nsetup()\n")


def test_sampling_and_limits_are_said_where_they_are_set() -> None:
    assert {"sampling", "thinking_limit"} & set(said(legacy())) == set()
    assert "sampling" in said(legacy(settings=", generation_config={'temperature': 0.5}"))
    assert "thinking_limit" in said(genai("print(response.text)\n", ", config={'max_output_tokens': 20}"))


def test_retries_are_those_of_the_api_that_was_left() -> None:
    assert "retries_legacy" in said(legacy()) and "retries" not in said(legacy())
    assert "retries" in said(genai("print(response.text)\n"))


def test_a_conversation_expires_unless_it_is_not_stored() -> None:
    chat = 'chat = model.start_chat()\nprint(chat.send_message("Hi").text)\n'
    assert "expires" in said(legacy(rest=chat))
    assert "expires" not in said(legacy(rest=chat), Settings(store=False))


def test_errors_are_said_where_a_clause_names_them() -> None:
    rest = "try:\n    print(client.models.generate_content(model='gemini-3-flash-preview', contents='Hi').text)\n"
    source = genai(rest + "except genai.errors.APIError as e:\n    print(e)\n")
    assert "errors" in said(source) and "errors" not in said(genai("print(response.text)\n"))


def test_a_difference_is_said_once_in_a_program_and_once_in_a_report() -> None:
    one = code('from shared import model\n\n\ndef ask():\n    return model.generate_content("Hi").text\n')
    shared = code(LEGACY.format(key='api_key="k"') + MODEL.format(settings=""))
    results = migrate(
        [SourceModule(p, t) for p, t in (("a.py", one), ("b.py", one), ("shared.py", shared))], Settings()
    )
    texts = [text for result in results for finding in result.findings for text in finding.differences]
    assert texts and len(texts) == len(set(texts))
    files = tuple(FileResult(f"{n}.py", results[0].findings, one, results[0].text) for n in range(3))
    shown = terminal.render(RunResult(3, 3, files), "write")
    for text in texts:
        assert shown.count(text) <= 1


def test_calls_that_stay_differ_in_nothing() -> None:
    computes = 'print(max(r.blocked for r in model.generate_content("Hi").candidates[0].safety_ratings))\n'
    assert said(legacy(rest=computes)) == []


def test_parts_that_could_not_be_read_are_told_of_where_a_clause_knew() -> None:
    walk = "for part in response.candidates[0].content.parts:\n    print(part.text)\n"
    caught = (
        "try:\n" + "".join(f"    {line}\n" for line in walk.splitlines()) + "except Exception:\n    print('none')\n"
    )
    assert "parts_raise" not in said(genai(walk))
    assert "parts_raise" in said(genai(caught))


def test_a_chunk_without_text_is_reviewed_where_a_clause_in_the_loop_does_something() -> None:
    loop = (
        "for chunk in model.generate_content('Hi', stream=True):\n"
        "    try:\n        print(chunk.text)\n    except ValueError:\n        {done}\n"
    )
    told = {
        done: [f for f in transform(legacy(rest=loop.format(done=done))).findings if f.status == "needs_review"]
        for done in ("print('blocked')", "continue")
    }
    assert ["raised ValueError there" in f.message for f in told["print('blocked')"]] == [True]
    assert told["continue"] == []
