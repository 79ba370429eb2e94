"""What keeps a run fast, told by what is done, not by a clock."""

from __future__ import annotations

import ast
import os
from collections import Counter
from pathlib import Path

import libcst as cst
import pytest

from migrate_gemini import files, tree
from migrate_gemini.engine import SourceModule, migrate
from migrate_gemini.infer import wider
from migrate_gemini.infer.wider import SMALL
from migrate_gemini.project import run
from migrate_gemini.rewrite import holding
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


ANSWERS = """\
from google import genai

client = genai.Client()


def ask(question):
    return client.models.generate_content(model="gemini-2.5-flash", contents=question)


def tell(question: str) -> str:
    return client.models.generate_content(model="gemini-2.5-flash", contents=question).text
"""
READER = "from answers import ask\n\nprint(ask('Tea?').candidates[0].content.parts[0].text)\n"
TELLER = "from answers import tell\n\nprint(tell('Tea?'))\n"


def _with_many(further: dict[str, str]) -> list[SourceModule]:
    """Modules among more than are run as a whole."""
    plain = {f"plain{number}.py": f"from answers import tell\n\nx{number} = 1\n" for number in range(SMALL + 1)}
    return [SourceModule(path, text) for path, text in {**plain, **further}.items()]


def test_what_reaches_too_many_modules_stays_and_the_rest_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    modules = _with_many({"answers.py": ANSWERS, "reader.py": READER, "teller.py": TELLER})
    before = {result.path: result for result in migrate(modules, Settings())}
    assert "interactions.create" in (before["answers.py"].text or "") and before["reader.py"].text is not None
    monkeypatch.setattr(wider, "FAR", 10)
    after = {result.path: result for result in migrate(modules, Settings())}
    assert [path for path, result in after.items() if result.text is not None] == ["answers.py"]
    first, second = (finding for finding in after["answers.py"].findings if finding.code == "MG201")
    assert (first.line, first.status, second.status) == (7, "manual", "migrated")
    assert first.message.startswith("reader.py may use what it gives, and so may more modules than can be followed")
    text = after["answers.py"].text or ""
    assert text.count("interactions.create(") == text.count("models.generate_content(") == 1


def test_modules_that_name_models_are_taken_in_though_others_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wider, "FAR", 500)
    answers = ANSWERS.replace('"gemini-2.5-flash"', "names.MODEL").replace("genai\n", "genai\n\nimport names\n", 1)
    using = "import answers\n\nMODEL = 'gemini-1.5-pro'\nanswers.names.MODEL = MODEL\n"
    reader = READER + "# " + "x" * 500 + "\n"
    named = {"names.py": "MODEL = 'gemini-2.5-flash'\n", "using.py": using}
    results = migrate(_with_many({"answers.py": answers, "reader.py": reader, **named}), Settings())
    changed = {result.path: result.text for result in results if result.text is not None}
    assert "reader.py" not in changed and "gemini-3-flash-preview" in (changed["using.py"] or "")


def test_a_function_that_imports_a_module_which_is_taken_in_later_is_run_again() -> None:
    service = "def show():\n    from reader import read\n    return read().candidates[0].content.parts[0].text\n"
    reader = "from answers import ask\n\n\ndef read():\n    return ask('Tea?')\n"
    answers = ANSWERS + "\n\ndef shown():\n    import service\n    return service.show()\n"
    results = migrate(_with_many({"answers.py": answers, "service.py": service, "reader.py": reader}), Settings())
    changed = {result.path: result.text for result in results if result.text is not None}
    assert "candidates" not in (changed["service.py"] or "candidates")


def test_what_containers_hold_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: Counter[str] = Counter()

    def counting(value: object, kinds: type) -> bool:
        looked["all"] += 1
        return isinstance(value, kinds)

    monkeypatch.setattr(holding, "isinstance", counting, raising=False)
    numbers = range(20)
    lines = ["from google import genai", "", "client = genai.Client()", *(f"box{number} = []" for number in numbers)]
    lines += [f"box{one}.append(box{other})" for one in numbers for other in numbers if one != other]
    lines.append('print(client.models.generate_content(model="gemini-3-flash-preview", contents=box0).text)')
    (result,) = migrate([SourceModule("main.py", "\n".join(lines) + "\n")], Settings())
    assert result.findings
    assert 0 < looked["all"] < 1000


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


def test_a_module_that_takes_the_sdk_from_another_is_read_in_a_large_project() -> None:
    config = "import google.generativeai as genai\n\ngenai.configure(api_key='k')\n"
    listing = "from config import genai\n\nfor model in genai.list_models():\n    print(model.name)\n"
    texts = {"config.py": config, "listing.py": listing}
    small = migrate([SourceModule(path, text) for path, text in texts.items()], Settings())
    assert [result.text is not None for result in small] == [True, True]
    assert migrate(_with_many(texts), Settings())[-2:] == small
