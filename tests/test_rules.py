"""The catalogue of rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

import migrate_gemini
from migrate_gemini.rules import Rule, all_rules, get
from tests import rules_page

PACKAGE = Path(migrate_gemini.__file__).parent
README = PACKAGE.parent / "README.md"
INFORMATIONAL = {
    "MG402",
    "MG403",
    "MG404",
    "MG501",
    "MG502",
    "MG503",
    "MG601",
    "MG602",
    "MG603",
    "MG604",
    "MG606",
    "MG901",
    "MG902",
    "MG903",
    "MG904",
}


def test_rules_come_by_code_and_each_code_and_name_is_given_once() -> None:
    codes = [rule.code for rule in all_rules()]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in all_rules()}) == len(codes)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_is_well_formed(rule: Rule) -> None:
    assert re.fullmatch(r"MG\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    for sentence in (rule.summary, rule.advice, rule.docs):
        assert sentence == sentence.strip() and sentence.endswith(".") and "\n" not in sentence
        assert "  " not in sentence
    assert len(rule.summary) < 110
    assert len(rule.docs) > 150


def test_only_notes_and_failures_do_not_fail_check() -> None:
    assert {rule.code for rule in all_rules() if not rule.legacy} == INFORMATIONAL


def test_get_gives_the_rule_of_a_code_and_knows_no_other() -> None:
    assert get("MG101").name == "legacy-model"
    with pytest.raises(KeyError):
        get("MG000")


def test_every_code_that_the_program_names_is_in_the_catalogue() -> None:
    named = {code for path in PACKAGE.rglob("*.py") for code in re.findall(r"\bMG\d{3}\b", path.read_text("utf-8"))}
    assert named <= {rule.code for rule in all_rules()}


def test_the_page_of_rules_is_made_from_the_catalogue_and_has_each_once() -> None:
    text = rules_page.PAGE.read_text("utf-8")
    assert text == rules_page.page(), "run python -m tests.rules_page"
    assert re.findall(r"^### (MG\d{3}) ", text, re.MULTILINE) == [rule.code for rule in all_rules()]


def test_the_example_of_the_readme_is_what_the_tool_does() -> None:
    before, after, *_ = re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert migrate_gemini.transform(before).text == after


def test_the_readme_names_what_the_new_code_needs() -> None:
    text = " ".join(README.read_text("utf-8").split())
    assert "The new code needs google-genai 3.4 or later, which itself needs Python 3.11" in text


def test_the_readme_tells_of_every_option() -> None:
    from migrate_gemini.cli import app

    told = set(re.findall(r"--[a-z][a-z-]*", README.read_text("utf-8")))
    params = typer.main.get_command(app).params
    assert [one.name for one in params if one.name != "paths" and not told & {*one.opts, *one.secondary_opts}] == []
