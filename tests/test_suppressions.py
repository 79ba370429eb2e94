"""--select, --ignore, per-file ignores and comments that ignore a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate_gemini import Settings, project, transform
from migrate_gemini.settings import PerFile
from migrate_gemini.suppressions import Heeded
from tests.test_project import make

HEAD = "import google.generativeai as genai\n\ngenai.configure(api_key='k')\n"
TWO = HEAD + (
    "one = genai.GenerativeModel('gemini-2.5-flash')\n"
    "two = genai.GenerativeModel('gemini-2.5-pro')\n"
    "print(one.generate_content('Hi').text)\n"
    "print(two.generate_content('Hi').text){comment}\n"
)


def codes(text: str, settings: Settings | None = None) -> list[tuple[int, str, str]]:
    return [(found.line, found.code, found.status) for found in transform(text, settings).findings]


def test_a_use_with_a_comment_stays_and_is_not_named_and_the_others_move() -> None:
    text = TWO.format(comment="  # migrate-gemini: ignore[MG103] compared with the old answers")
    result = transform(text)
    assert result.text is not None
    assert "two = genai.GenerativeModel('gemini-2.5-pro')\n" in result.text
    assert "print(two.generate_content('Hi').text)  # migrate-gemini: ignore[MG103]" in result.text
    assert "one.generate_content" not in result.text
    found = codes(text)
    assert not [line for line, code, _ in found if (line, code) == (7, "MG103")]
    assert (6, "MG103", "migrated") in found


def test_what_changes_together_with_an_ignored_use_stays_and_says_so() -> None:
    text = TWO.format(comment="  # migrate-gemini: ignore[MG103]")
    (model,) = [found for found in transform(text).findings if found.line == 5 and found.code == "MG101"]
    assert model.status == "manual"
    assert "together with a use of MG103, which is ignored or not selected" in model.message
    assert "(line 7)" in model.message


@pytest.mark.parametrize(
    "comment",
    [
        "# migrate-gemini: ignore",
        "# migrate-gemini: ignore[MG103]",
        "#migrate-gemini:ignore[mg1]",
        "# migrate-gemini: ignore[MG201, MG103] both",
        "# noqa: E501  # migrate-gemini: ignore[MG103]",
    ],
)
def test_comments_are_read_in_every_common_form(comment: str) -> None:
    assert [line for line, code, _ in codes(TWO.format(comment=f"  {comment}")) if code == "MG103"] == [6]


def test_a_comment_on_a_line_of_its_own_speaks_of_the_next_line_of_code() -> None:
    text = TWO.format(comment="").replace("print(two", "# migrate-gemini: ignore[MG103]\n# told apart\n\nprint(two")
    assert [line for line, code, _ in codes(text) if code == "MG103"] == [6]


def test_a_comment_behind_the_last_line_of_a_call_speaks_of_it() -> None:
    text = TWO.format(comment="").replace(
        "two.generate_content('Hi').text)", "two.generate_content(\n    'Hi',\n).text)  # migrate-gemini: ignore"
    )
    assert [line for line, code, _ in codes(text) if code == "MG103"] == [6]


def test_such_words_in_a_string_are_no_comment() -> None:
    text = TWO.format(comment="; print('# migrate-gemini: ignore')")
    assert [line for line, code, _ in codes(text) if code == "MG103"] == [6, 7]


def test_no_todo_comment_marks_what_is_ignored() -> None:
    result = transform(TWO.format(comment="  # migrate-gemini: ignore[MG103]"))
    assert result.text is not None and "TODO" not in result.text


def test_a_second_run_keeps_what_is_ignored() -> None:
    once = transform(TWO.format(comment="  # migrate-gemini: ignore[MG103]")).text
    assert once is not None
    assert transform(once).text is None


def test_an_ignored_model_keeps_its_name() -> None:
    text = (
        HEAD + "m = genai.GenerativeModel('gemini-1.5-pro')  # migrate-gemini: ignore[MG401]\n"
        "print(m.generate_content('Hi').text)\n"
    )
    result = transform(text)
    assert result.text is not None and "'gemini-1.5-pro'" in result.text
    assert "MG401" not in {found.code for found in result.findings}


def test_a_comment_that_suppresses_nothing_is_named() -> None:
    text = "x = 1  # migrate-gemini: ignore[MG103]\n" + TWO.format(comment="")
    (unused,) = [found for found in transform(text).findings if found.code == "MG904"]
    assert (unused.line, unused.column) == (1, 8)
    assert unused.message == "nothing of MG103 is found here, so this comment suppresses nothing; take it out"


def test_only_the_rules_of_a_comment_that_suppress_nothing_are_named() -> None:
    text = TWO.format(comment="  # migrate-gemini: ignore[MG103, MG105]")
    (unused,) = [found for found in transform(text).findings if found.code == "MG904"]
    assert unused.message.startswith("nothing of MG105 is found here")


def test_a_comment_for_a_rule_that_is_not_selected_is_not_called_unused() -> None:
    text = "x = 1  # migrate-gemini: ignore[MG103]\n" + TWO.format(comment="")
    assert "MG904" not in {code for _, code, _ in codes(text, Settings(ignore=("MG103",)))}


def test_an_ignored_rule_keeps_the_uses_that_change_with_it() -> None:
    text = TWO.format(comment="")
    result = transform(text, Settings(ignore=("MG103",)))
    assert result.text is None
    assert {found.code for found in result.findings} - {"MG402"} == {"MG101"}


def test_a_family_alone_can_be_selected() -> None:
    text = (
        "from google import genai\n\nclient = genai.Client()\n"
        "print(client.models.generate_content(model='gemini-2.5-flash', contents='Hi').text)\n"
    )
    assert transform(text, Settings(select=("MG2",))).text is not None
    assert transform(text, Settings(select=("MG1",))).text is None
    assert codes(text, Settings(select=("MG1",))) == []


def test_an_ignored_configure_keeps_the_calls_that_need_its_client() -> None:
    result = transform(TWO.format(comment=""), Settings(ignore=("MG102",)))
    assert result.text is None
    assert {found.code for found in result.findings} - {"MG402"} == {"MG101", "MG103"}


@pytest.mark.parametrize(
    ("select", "ignore", "here", "heeded"),
    [
        ((), (), (), True),
        (("MG1",), (), (), True),
        (("MG2",), (), (), False),
        (("MG1",), ("MG103",), (), False),
        (("MG103",), ("MG1",), (), True),
        (("MG103",), ("MG103",), (), False),
        ((), ("MG1",), (), False),
        (("MG103",), (), ("MG1",), False),
    ],
)
def test_the_longest_prefix_decides(
    select: tuple[str, ...], ignore: tuple[str, ...], here: tuple[str, ...], heeded: bool
) -> None:
    assert Heeded(select, ignore, here).heeds("MG103") is heeded


def test_files_may_ignore_rules_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, {"src/a.py": TWO.format(comment=""), "old/b.py": TWO.format(comment="")})
    settings = Settings(per_file_ignores=(PerFile(f"{tmp_path.as_posix()}/", "old/", ("MG",)),))
    result = project.run([tmp_path], settings).result
    assert [file.path for file in result.files] == ["src/a.py"]
