"""What keeps a run fast, told by what is done, not by a clock."""

from __future__ import annotations

import ast
import os
from collections import Counter
from pathlib import Path

import libcst as cst
import pytest

from migrate_gemini import files, tree
from migrate_gemini.engine import SMALL, SourceModule, migrate
from migrate_gemini.project import run
from migrate_gemini.settings import Settings

CALL = """\
import google.generativeai as genai

model = genai.GenerativeModel("gemini-2.5-flash")


class Shop:
    def total(self, items):
        return sum(item.price for item in items)

    def explain(self, item):
        seen = self.total([item])
        response = model.generate_content(
            f"Explain {item} for {seen}",  # short
            generation_config={"temperature": 0.2},
        )
        return response.text.strip()
"""


def test_libcst_parses_only_the_expressions_that_change(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []

    def remember(name: str) -> None:
        parse = getattr(cst, name)

        def wrapper(code: str, *given: object) -> object:
            parsed.append(code)
            return parse(code, *given)

        monkeypatch.setattr(cst, name, wrapper)

    for name in ("parse_module", "parse_expression", "parse_statement"):
        remember(name)
    (result,) = migrate([SourceModule("shop.py", CALL)], Settings())
    assert result.text is not None and "interactions.create(" in result.text
    assert parsed
    for code in parsed:
        assert "class Shop" not in code
        assert "self.total" not in code


def test_each_module_is_parsed_once_before_it_is_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: Counter[str] = Counter()
    parse = ast.parse

    def counting(source: str, *given: object, **named: object) -> ast.AST:
        parsed[source] += 1
        return parse(source, *given, **named)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(ast, "parse", counting)
    other = "import shop\n\nprint(shop.Shop().explain('tea'))\n"
    migrate([SourceModule("shop.py", CALL), SourceModule("main.py", other)], Settings())
    assert parsed[CALL] == parsed[other] == 1


def test_a_module_of_a_large_project_that_no_object_of_an_sdk_reaches_is_not_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = {f"plain{number}.py": f"import shop\n\nx{number} = 1\n" for number in range(SMALL + 1)}
    unread = {f"far{number}.py": f"from plain{number} import x{number}\n" for number in range(SMALL + 1)}
    parsed = set()
    parse = ast.parse

    def remembering(source: str, *given: object, **named: object) -> ast.AST:
        parsed.add(source)
        return parse(source, *given, **named)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(ast, "parse", remembering)
    texts = {"shop.py": CALL, **plain, **unread}
    results = migrate([SourceModule(path, text) for path, text in texts.items()], Settings())
    assert [result.path for result in results if result.text is not None] == ["shop.py"]
    assert not parsed & set(unread.values())


def test_each_folder_is_listed_once_to_find_what_imports_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: Counter[str] = Counter()
    folders = os.listdir

    def counting(path: str) -> list[str]:
        listed[os.fspath(path)] += 1
        return folders(path)

    for number in range(20):
        (tmp_path / f"m{number}.py").write_text(f"import json\nimport a.b{number}\n{CALL}")
    monkeypatch.setattr(os, "listdir", counting)
    monkeypatch.chdir(tmp_path)
    assert len(run([tmp_path], Settings(), jobs=1).result.changed) == 20
    assert max(listed.values(), default=0) <= 1


def test_where_no_file_names_an_sdk_each_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: Counter[str] = Counter()

    def counting(path: str) -> bytes:
        read[os.path.basename(path)] += 1
        return files.read(path)

    for number in range(5):
        (tmp_path / f"m{number}.py").write_text(f"import m{number + 1}\n")
    monkeypatch.setattr(tree, "read", counting)
    monkeypatch.chdir(tmp_path)
    assert run([tmp_path], Settings()).result.scanned == 5
    assert read == {f"m{number}.py": 1 for number in range(5)}
