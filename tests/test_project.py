"""A run over many files, with an engine of a few lines in place of the real one."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from migrate_gemini import files
from migrate_gemini import tree as project_tree
from migrate_gemini.engine import SourceModule
from migrate_gemini.findings import Finding, ModuleResult, Status
from migrate_gemini.project import run
from migrate_gemini.results import Failure, RunResult
from migrate_gemini.settings import Settings
from migrate_gemini.writing import write

SDK = "import google.generativeai as genai\n"
STATUS: dict[str, Status] = {"old": "migrated", "look": "needs_review", "stuck": "manual", "note": "migrated"}
CODES = {"old": "MG103", "look": "MG103", "stuck": "MG301", "note": "MG502"}


def fake_engine(modules: Sequence[SourceModule], settings: Settings) -> list[ModuleResult]:
    """Every `old()` becomes `new()`, unless a module of the same call holds a word that says what goes wrong."""
    together = "".join(module.text for module in modules)
    if "crash!" in together:
        raise KeyError("two\nlines")
    if "recurse!" in together:
        return fake_engine(modules, settings)
    if "memory!" in together:
        raise MemoryError
    if "die!" in together:
        os._exit(7)
    if "lose!" in together:
        return []
    return [_one(module, [other.path for other in modules]) for module in modules]


def _one(module: SourceModule, together: list[str]) -> ModuleResult:
    if "broken!" in module.text:
        return ModuleResult(module.path, None, error="syntax error at line 1: invalid syntax")
    findings = [
        Finding(
            1 + module.text[: match.start()].count("\n"), 1, CODES[match[1]], STATUS[match[1]], f"{match[1]}() found"
        )
        for match in re.finditer(r"\b(old|look|stuck|note)\(", module.text)
    ]
    text = re.sub(r"\b(old|look)\(", "new(", module.text).replace("stuck(", "stuck(  # TODO\n", 1)
    text = text.replace("euro()", "'€'").replace("together()", repr(together)).replace("gone()", "")
    return ModuleResult(module.path, text if text != module.text else None, tuple(findings))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(root: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def migrate(*paths: str, exclude: Sequence[str] = (), jobs: int | None = None) -> RunResult:
    proposed = run([Path(path) for path in paths], Settings(), exclude=exclude, jobs=jobs, engine=fake_engine)
    return write(proposed)


def failures(result: RunResult) -> dict[str, Failure | None]:
    return {file.path: file.failure for file in result.failed}


def refuses_to_run(modules: Sequence[SourceModule], settings: Settings) -> list[ModuleResult]:
    raise AssertionError("the engine was asked")


def test_a_file_is_rewritten_in_place_and_the_result_says_so(tree: Path) -> None:
    make(tree, {"pkg/a.py": SDK + "old()\nstuck()\n", "pkg/b.py": "x = 1\n"})
    result = migrate(".")
    assert (tree / "pkg/a.py").read_text() == SDK + "new()\nstuck(  # TODO\n)\n"
    assert (result.scanned, result.mentioning) == (2, 1)
    assert [file.path for file in result.changed] == ["pkg/a.py"]
    assert [(finding.line, finding.status) for finding in result.files[0].findings] == [(2, "migrated"), (3, "manual")]


def test_working_it_out_writes_nothing(tree: Path) -> None:
    make(tree, {"a.py": SDK + "old()\n"})
    before = (tree / "a.py").stat()
    proposed = run([tree], Settings(), engine=fake_engine)
    assert proposed.result.files[0].after == SDK + "new()\n"
    assert (tree / "a.py").read_text() == SDK + "old()\n"
    assert (tree / "a.py").stat() == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xef\xbb\xbfgenai\r\nold()\r\n", b"\xef\xbb\xbfgenai\r\nnew()\r\n"),
        (b"genai\rold()\r\n\x0c\n\told()", b"genai\rnew()\r\n\x0c\n\tnew()"),
        (b"# coding: latin-1\ngenai; old('\xe9')\n", b"# coding: latin-1\ngenai; new('\xe9')\n"),
    ],
)
def test_what_is_not_rewritten_stays_byte_for_byte(tree: Path, before: bytes, after: bytes) -> None:
    make(tree, {"a.py": before})
    migrate("a.py")
    assert (tree / "a.py").read_bytes() == after


def test_a_tree_without_the_sdk_never_reaches_the_engine(tree: Path) -> None:
    make(tree, {"a.py": b"\xff\0 not python", "b.py": "old()\n", "c.py": "import a, b\n"})
    result = run([tree], Settings(), engine=refuses_to_run).result
    assert (result.scanned, result.mentioning, result.files) == (3, 0, ())


def test_modules_that_import_each_other_reach_the_engine_together_and_no_others_do(tree: Path) -> None:
    make(
        tree,
        {
            "llm.py": SDK + "from config import MODEL\ntogether()\n",
            "config.py": "MODEL = 1\n",
            "app/__init__.py": "",
            "app/main.py": "def f():\n    from llm import model\ntogether()\n",
            "apart.py": SDK + "together()\n",
            "unrelated.py": "import config\ntogether()\n",
        },
    )
    migrate(".")
    joined = "['app/main.py', 'config.py', 'llm.py']"
    assert (tree / "llm.py").read_text().endswith(f"{joined}\n")
    assert (tree / "app/main.py").read_text().endswith(f"{joined}\n")
    assert (tree / "apart.py").read_text().endswith("['apart.py']\n")
    assert (tree / "unrelated.py").read_text().endswith("together()\n")


def test_absolute_imports_resolve_when_a_package_is_given_from_inside(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tree, {"app/__init__.py": "", "app/llm.py": SDK, "app/main.py": "from app.llm import x\ntogether()\n"})
    monkeypatch.chdir(tree / "app")
    result = migrate(".")
    assert [file.path for file in result.changed] == ["main.py"]
    assert (tree / "app/main.py").read_text().endswith("['app/llm.py', 'app/main.py']\n")


def test_a_module_that_was_not_given_is_read_but_never_changed(tree: Path) -> None:
    make(tree, {"app/main.py": SDK + "import config, llm\nold()\ntogether()\n", "app/config.py": "x = 1\n",
                "app/llm.py": SDK + "old()\n", "tools/use.py": "import app.main\n", "apart.py": SDK})  # fmt: skip
    result = migrate("app/main.py")
    joined = "['app/config.py', 'app/llm.py', 'app/main.py', 'tools/use.py']"
    assert (tree / "app/main.py").read_text() == SDK + f"import config, llm\nnew()\n{joined}\n"
    assert (tree / "app/llm.py").read_text() == SDK + "old()\n"
    assert [file.path for file in result.files] == ["app/main.py"]
    assert (result.scanned, result.mentioning) == (1, 1)


LLM = """from google import genai

client = genai.Client()


def ask(question: str):
    return client.models.generate_content(model="gemini-3-flash-preview", contents=question)


def text(question: str):
    return client.models.generate_content(model="gemini-3-flash-preview", contents=question).text
"""
USE = "from llm import ask\n\nprint(ask('Hi').text)\n"
NEW_TEXT = 'return client.interactions.create(model="gemini-3-flash-preview", input=question).output_text\n'


def test_what_reaches_into_a_file_that_was_not_given_stays_with_that_reason(tree: Path) -> None:
    make(tree, {"llm.py": LLM, "use.py": USE})
    result = write(run([Path("llm.py")], Settings(todo_comments=False)))
    (file,) = result.files
    manual = [finding.message for finding in file.findings if finding.status == "manual"]
    assert [message.partition(";")[0] for message in manual] == [
        "it belongs together with use.py, which was not given and stays"
    ]
    now = (tree / "llm.py").read_text()
    assert now == LLM.replace(LLM[LLM.rindex("return") :], NEW_TEXT)
    assert (tree / "use.py").read_text() == USE


def test_a_call_in_a_given_file_that_gets_its_object_from_another_is_named(tree: Path) -> None:
    main = "import llm\n\nprint(llm.model.generate_content('Hi').text)\n"
    make(tree, {"llm.py": SDK + "model = genai.GenerativeModel('gemini-3-flash-preview')\n", "main.py": main})
    result = write(run([Path("main.py")], Settings(todo_comments=False)))
    assert [(file.path, finding.code) for file in result.files for finding in file.findings] == [("main.py", "MG103")]
    assert (tree / "main.py").read_text() == main


def test_all_files_in_a_list_are_as_good_as_their_folder(tree: Path) -> None:
    make(tree, {"llm.py": LLM, "use.py": USE})
    listed = run([Path("llm.py"), Path("use.py")], Settings())
    assert listed == run([Path(".")], Settings())


def test_of_files_that_have_nothing_to_do_with_an_sdk_nothing_else_is_read(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tree, {"notes.py": "x = 1\n", "app.py": SDK + "old()\n"})
    opened: list[str] = []
    monkeypatch.setattr(project_tree, "read", lambda path: opened.append(Path(path).name) or files.read(path))
    result = run([Path("notes.py")], Settings()).result
    assert (result.scanned, result.mentioning, result.files) == (1, 0, ())
    assert set(opened) == {"notes.py"}


def test_what_is_too_large_for_a_project_is_not_read_with_a_file(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrate_gemini.tree.MOST", 2)
    make(tree, {"main.py": SDK + "together()\n", "use.py": "import main\n", "b.py": "", "c.py": ""})
    migrate("main.py")
    assert (tree / "main.py").read_text().endswith("['main.py']\n")


def test_the_home_folder_is_not_taken_for_a_project(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tree))
    monkeypatch.setenv("USERPROFILE", str(tree))
    make(tree, {"app/main.py": SDK + "together()\n", "other/use.py": "import main\n"})
    migrate("app/main.py")
    assert (tree / "app/main.py").read_text().endswith("['app/main.py']\n")


def test_nothing_outside_of_the_given_paths_common_root_is_read(tree: Path) -> None:
    make(tree, {"config.py": "x = 1\n", "app/main.py": SDK + "import config\ntogether()\n"})
    migrate("app")
    assert (tree / "app/main.py").read_text().endswith("['app/main.py']\n")


def test_an_excluded_module_is_not_changed(tree: Path) -> None:
    make(tree, {"a.py": SDK + "old()\n", "b.py": SDK + "import a\nold()\n"})
    migrate(".", exclude=["a.py"])
    assert (tree / "a.py").read_text() == SDK + "old()\n"
    assert (tree / "b.py").read_text() == SDK + "import a\nnew()\n"


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        (SDK + "broken!", Failure("MG901", "syntax error at line 1: invalid syntax")),
        (
            b"genai = '\xff'\n",
            Failure("MG901", "is not valid utf-8 and names no other encoding in its first two lines"),
        ),
        (b"genai\0", Failure("MG901", "holds a NUL byte, which Python source cannot")),
        (SDK + "x = " + "not " * 5000 + "1\n", Failure("MG901", "is nested too deeply to be parsed")),
        (SDK + "memory!", None),
        (SDK + "recurse!", None),
        (SDK + "crash!", None),
        (SDK + "lose!", None),
    ],
)
def test_a_bad_file_is_one_line_and_stops_no_other(tree: Path, content: str | bytes, failure: Failure | None) -> None:
    make(tree, {"bad.py": content, "good.py": SDK + "old()\n"})
    result = migrate(".")
    assert (tree / "good.py").read_text() == SDK + "new()\n"
    told = failures(result)
    assert list(told) == ["bad.py"]
    assert told["bad.py"] is not None and "\n" not in told["bad.py"].message
    if failure is not None:
        assert told["bad.py"] == failure
    else:
        assert told["bad.py"].code == "MG902"
        assert told["bad.py"].message.startswith("internal error: ")


def test_a_crash_names_the_exception_its_text_and_its_place(tree: Path) -> None:
    make(tree, {"bad.py": SDK + "crash!"})
    (failure,) = failures(migrate(".")).values()
    assert failure is not None
    assert re.fullmatch(r"internal error: KeyError: 'two\\nlines' \(test_project\.py:\d+\)", failure.message)


def test_a_crash_is_told_of_every_file_that_was_looked_at_together(tree: Path) -> None:
    make(tree, {"a.py": SDK + "old()\n", "b.py": "import a\ncrash!\n", "c.py": SDK + "old()\n"})
    assert list(failures(migrate("."))) == ["a.py", "b.py"]
    assert (tree / "a.py").read_text() == SDK + "old()\n"
    assert (tree / "c.py").read_text() == SDK + "new()\n"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_cannot_be_read_is_told(tree: Path) -> None:
    make(tree, {"a.py": SDK, "b.py": SDK + "old()\n"})
    (tree / "a.py").chmod(0)
    assert failures(migrate(".")) == {"a.py": Failure("MG901", "cannot be read: permission denied")}


def test_a_file_that_somebody_edits_meanwhile_is_left_with_all_that_changes_with_it(tree: Path) -> None:
    make(tree, {"a.py": SDK + "old()\nstuck()\n", "b.py": "import a\nold()\n", "c.py": SDK + "old()\n"})
    proposed = run([tree], Settings(), engine=fake_engine)
    (tree / "b.py").write_text("edited\n")
    result = write(proposed)
    assert failures(result) == {
        "a.py": Failure(
            "MG901",
            "is left as it was: it changes together with b.py, which was changed by somebody else while it was "
            "being migrated; run again",
        ),
        "b.py": Failure("MG901", "was changed by somebody else while it was being migrated; run again"),
    }
    assert (tree / "a.py").read_text() == SDK + "old()\nstuck()\n"
    assert (tree / "b.py").read_text() == "edited\n"
    assert (tree / "c.py").read_text() == SDK + "new()\n"
    assert [file.path for file in result.changed] == ["c.py"]
    assert [finding.status for finding in result.files[0].findings] == ["manual"]  # what was not done is not told


def test_text_that_a_files_encoding_lacks_leaves_its_group_alone(tree: Path) -> None:
    make(tree, {"a.py": b"# coding: latin-1\nimport b\neuro()\n", "b.py": SDK + "old()\n"})
    result = migrate(".")
    assert failures(result)["a.py"] == Failure(
        "MG901", "cannot be written: its encoding iso-8859-1 has no character U+20AC"
    )
    assert list(failures(result)) == ["a.py", "b.py"]
    assert result.changed == ()
    assert (tree / "b.py").read_text() == SDK + "old()\n"


def test_a_file_may_become_empty(tree: Path) -> None:
    make(tree, {"a.py": "gone()", "b.py": "import a  # genai\n"})
    migrate(".")
    assert (tree / "a.py").read_bytes() == b""


def test_paths_are_shown_relative_to_the_working_directory(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tree, {"here/x.py": "", "there/a.py": SDK + "old()\n"})
    monkeypatch.chdir(tree / "here")
    assert [file.path for file in migrate("../there").files] == ["../there/a.py"]
    make(tree, {"there/a.py": SDK + "old()\n"})
    assert [file.path for file in migrate(str(tree / "there" / "a.py")).files] == ["../there/a.py"]


def test_the_result_is_the_same_for_any_number_of_jobs(tree: Path) -> None:
    files: dict[str, str | bytes] = {f"m{number}.py": SDK + "old()\nstuck()\n" * number for number in range(1, 7)}
    make(tree, {**files, "bad.py": SDK + "crash!"})
    one = run([tree], Settings(), jobs=1, engine=fake_engine)
    two = run([tree], Settings(), jobs=2, engine=fake_engine)
    assert one == two
    assert len(one.changes) == 6


def test_a_process_that_dies_takes_only_its_own_files_with_it(tree: Path) -> None:
    make(tree, {"a.py": SDK + "die!", "b.py": SDK + "old()\n", "c.py": SDK + "old()\n"})
    result = migrate(".", jobs=2)
    assert failures(result) == {
        "a.py": Failure("MG902", "internal error: the process that worked on it ended without a word")
    }
    assert [file.path for file in result.changed] == ["b.py", "c.py"]


def test_progress_counts_modules_up_to_their_number(tree: Path) -> None:
    make(tree, {"a.py": SDK, "b.py": SDK + "import a\n", "c.py": SDK})
    seen: list[tuple[int, int]] = []
    run([tree], Settings(), progress=lambda done, total: seen.append((done, total)), engine=fake_engine)
    assert seen == [(2, 3), (3, 3)]
