"""Names of models that are looked up, compared and tested, where they change."""

from __future__ import annotations

import pytest

from migrate_gemini import Settings, transform

HEAD = """\
import google.generativeai as genai

MODEL = "gemini-1.5-flash"
print(genai.GenerativeModel(MODEL).generate_content("Hi").text)
"""


def changed(use: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The lines behind the head of a program, and what is to be looked at: (status, message)."""
    result = transform(HEAD + use)
    lines = result.text.splitlines()
    at = next(number for number, line in enumerate(lines) if "interactions.create" in line)
    judged = [(f.status, f.message) for f in result.findings if f.code == "MG401" and f.status != "migrated"]
    return lines[at + 1 :], judged


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('if MODEL == "gemini-1.5-flash": print()', 'if MODEL == "gemini-3-flash-preview": print()'),
        ('print({"gemini-1.5-flash": 1}[MODEL])', 'print({"gemini-3-flash-preview": 1}[MODEL])'),
        ('print({"gemini-1.5-flash": 1}.get(MODEL, 0))', 'print({"gemini-3-flash-preview": 1}.get(MODEL, 0))'),
        ('print(MODEL in {"gemini-1.5-flash": 1})', 'print(MODEL in {"gemini-3-flash-preview": 1})'),
        ('print(MODEL not in ["gemini-1.5-flash"])', 'print(MODEL not in ["gemini-3-flash-preview"])'),
        (
            'd = {}\nd["gemini-1.5-flash"] = 1\nprint(d[MODEL])',
            'd = {}\nd["gemini-3-flash-preview"] = 1\nprint(d[MODEL])',
        ),
        (
            'match MODEL:\n    case "gemini-1.5-flash" | "gpt-4": print()',
            'match MODEL:\n    case "gemini-3-flash-preview" | "gpt-4": print()',
        ),
        ('print(MODEL == "gpt-4", "gemini-1.5-flash")', 'print(MODEL == "gpt-4", "gemini-1.5-flash")'),
        ('print({"gemini-1.5-flash": 1})', 'print({"gemini-1.5-flash": 1})'),
    ],
)
def test_a_name_that_a_replaced_one_is_held_against_is_replaced_as_well(old: str, new: str) -> None:
    assert changed(old) == (new.splitlines(), [])


def test_of_two_keys_that_become_one_the_key_that_is_looked_up_moves_and_the_other_is_to_be_reviewed() -> None:
    lines, [(status, message)] = changed('print({"gemini-1.5-pro": 2, "gemini-1.5-flash": 1}[MODEL])')
    assert lines == ['print({"gemini-1.5-pro": 2, "gemini-3-flash-preview": 1}[MODEL])']
    assert status == "needs_review" and "gemini-1.5-flash becomes the same model" in message


def test_a_key_that_would_become_one_that_is_there_stays_and_a_person_has_to_look_where_it_is_asked() -> None:
    use = """\
for name in {"gemini-3-flash-preview": 2, "gemini-1.5-flash": 1}:
    genai.GenerativeModel(name).generate_content("Hi")
"""
    lines, [(status, message)] = changed(use)
    assert lines[0] == 'for name in {"gemini-3-flash-preview": 2, "gemini-1.5-flash": 1}:'
    assert status == "manual" and "gemini-3-flash-preview becomes the same model" in message


def test_what_is_put_under_a_name_that_another_has_become_is_to_be_reviewed() -> None:
    _, judged = changed('d = {}\nd["gemini-1.5-flash"] = 1\nd["gemini-1.5-pro"] = 2\nprint(d[MODEL])')
    assert [status for status, _ in judged] == ["needs_review"] and "takes the place" in judged[0][1]


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ('"1.5" in MODEL', True),
        ('MODEL.startswith("gemini-1.5")', True),
        ('MODEL.endswith("-flash")', True),
        ('MODEL.startswith("gemini")', False),
        ('"flash" in MODEL', False),
        ('"1.5" in input()', False),
    ],
)
def test_a_test_of_a_part_of_a_name_that_comes_out_another_way_now_is_to_be_reviewed(test: str, told: bool) -> None:
    lines, judged = changed(f"print({test})")
    assert lines == [f"print({test})"]
    assert [status for status, _ in judged] == ["needs_review"] * told


@pytest.mark.parametrize(
    "name",
    [
        'settings.get("model", {})',
        'settings["gemini"].setdefault("model", {})',
        'st.text_input("Model", {})',
        'st.sidebar.selectbox("Model", options=[{}])',
    ],
)
def test_a_name_that_settings_or_a_widget_may_give_is_replaced(name: str) -> None:
    before = f"""\
import json
import streamlit as st
import google.generativeai as genai

settings = json.load(open("settings.json"))
print(genai.GenerativeModel({name.format('"gemini-1.5-pro"')}).generate_content("Hi").text)
"""
    assert name.format('"gemini-3-flash-preview"') in (transform(before).text or "")


@pytest.mark.parametrize(
    "call",
    [
        'client.models.generate_images(model="imagen-4.0-generate-001", prompt="Hi")',
        'client.aio.live.connect(model="gemini-2.0-flash-live-001", config={})',
        'client.batches.create(model="gemini-1.5-flash", src=[])',
    ],
)
def test_a_model_of_a_call_that_stays_is_named_where_it_is_shut_down(call: str) -> None:
    findings = transform(f"from google import genai\nclient = genai.Client()\n{call}\n").findings
    assert [finding.code in ("MG401", "MG403") for finding in findings] == [True]


def test_a_model_of_vertex_is_not_named() -> None:
    client = 'genai.Client(vertexai=True, project="p", location="l")'
    call = 'client.models.generate_images(model="imagen-4.0-generate-001", prompt="Hi")'
    assert not transform(f"from google import genai\nclient = {client}\n{call}\n").findings


ALIAS = """\
from google import genai

client = genai.Client({options})
print(client.models.generate_content(model="models/gemini-flash-latest", contents="Hi").text)
"""


def alias(options: str = "", settings: Settings | None = None) -> tuple[str, str]:
    """The new text of a program that names an alias, and what is said of that."""
    result = transform(ALIAS.format(options=options), settings)
    (found,) = [finding for finding in result.findings if finding.code == "MG402"]
    assert result.text is not None and found.status == "needs_review"
    return result.text, found.message


def test_an_alias_that_the_new_api_version_does_not_serve_becomes_a_model() -> None:
    text, message = alias()
    assert 'model="gemini-3-flash-preview"' in text
    assert message.endswith("google-genai 3.x asks v1: it becomes gemini-3-flash-preview.")


def test_an_alias_stays_where_the_program_names_the_version_that_serves_it() -> None:
    text, message = alias('http_options={"api_version": "v1beta"}')
    assert 'model="gemini-flash-latest"' in text
    assert message.endswith("give the client that API version.")


def test_an_alias_stays_in_code_for_the_releases_that_asked_for_that_version() -> None:
    assert 'model="gemini-flash-latest"' in alias(settings=Settings(target="outputs"))[0]


def test_an_alias_of_a_call_that_stays_is_not_touched() -> None:
    call = "model.generate_content('Hi', generation_config={'candidate_count': 2}).text"
    text = (
        f"import google.generativeai as genai\n\nmodel = genai.GenerativeModel('gemini-flash-latest')\nprint({call})\n"
    )
    result = transform(text, Settings(todo_comments=False))
    assert result.text is None


def test_a_person_may_name_what_an_alias_becomes() -> None:
    result = transform(ALIAS.format(options=""), Settings(models=(("gemini-flash-latest", "gemini-3.8-flash"),)))
    assert result.text is not None and 'model="gemini-3.8-flash"' in result.text
