"""Results of earlier runs: used where nothing that they depend on is different, and never trusted."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from migrate_gemini import cache as caches
from migrate_gemini import project
from migrate_gemini.cache import DAYS, Cache, default_folder
from migrate_gemini.engine import SourceModule, migrate
from migrate_gemini.findings import Finding, ModuleResult
from migrate_gemini.project import run
from migrate_gemini.settings import Settings
from migrate_gemini.workers import Outcome
from tests.terminals import PYTHONPATH
from tests.test_cli import REAL, command
from tests.test_project import make

SHOP = {
    "llm.py": REAL + "from names import NAME\nother = genai.GenerativeModel(NAME)\nother.generate_content('Hi')\n",
    "names.py": "NAME = 'gemini-1.5-pro'\n",
    "stuck.py": "import google.generativeai as genai\nprint(genai.Unknown())\n",
    "broken.py": "import google.generativeai as genai\ndef (\n",
    "plain.py": "x = 1\n",
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    folder = tmp_path / "tree"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The groups that the engine was asked for."""
    groups: list[list[str]] = []

    def engine(modules: Sequence[SourceModule], settings: Settings) -> list[ModuleResult]:
        groups.append([module.path for module in modules])
        return migrate(modules, settings)

    monkeypatch.setattr(project, "_engine", lambda: engine)
    return groups


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.json"))


def checked(folder: Path, settings: Settings | None = None) -> object:
    return run([Path(".")], settings or Settings(), jobs=1, cache=lambda: Cache(folder))


@pytest.mark.parametrize(("mode", "form"), [("--check", "full"), ("--check", "sarif"), ("--dry-run", "full")])
def test_what_is_said_is_the_same_bytes_from_the_cache(tree: Path, own_cache: Path, mode: str, form: str) -> None:
    make(tree, dict(SHOP))
    arguments = [mode, "--output-format", form, "--jobs", "1", "."]
    without = command(*arguments, "--no-cache", cwd=tree)
    assert not entries(own_cache)
    cold = command(*arguments, cwd=tree)
    assert entries(own_cache)
    warm = command(*arguments, cwd=tree)
    assert (cold.returncode, cold.stdout, cold.stderr) == (without.returncode, without.stdout, without.stderr)
    assert (warm.returncode, warm.stdout, warm.stderr) == (without.returncode, without.stdout, without.stderr)
    assert b"llm.py" in warm.stdout


def test_what_is_known_is_not_worked_out_again(tree: Path, own_cache: Path, asked: list[list[str]]) -> None:
    make(tree, dict(SHOP))
    first = run([Path(".")], Settings(), jobs=1)
    asked.clear()
    assert checked(own_cache) == first
    assert sorted(asked) == [["broken.py"], ["llm.py", "names.py"], ["stuck.py"]]
    asked.clear()
    assert checked(own_cache) == first
    assert asked == []


def test_a_module_that_another_one_imports_counts_for_both(tree: Path, own_cache: Path, asked: list[list[str]]) -> None:
    make(tree, dict(SHOP))
    first = checked(own_cache)
    asked.clear()
    (tree / "names.py").write_text("NAME = 'gemini-2.0-flash'\n")
    assert checked(own_cache) != first
    assert asked == [["llm.py", "names.py"]]
    asked.clear()
    (tree / "plain.py").write_text("import llm\n")
    checked(own_cache)
    assert asked == [["llm.py", "names.py", "plain.py"]]


def test_settings_paths_python_and_the_tool_count(
    tree: Path, own_cache: Path, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tree, {"llm.py": REAL})
    for settings in (Settings(), Settings(default_model="m"), Settings(store=False), Settings(todo_comments=False)):
        checked(own_cache, settings)
    (tree / "llm.py").rename(tree / "llm2.py")
    checked(own_cache)
    assert len(asked) == 5
    monkeypatch.setattr(sys, "version", "3.99")
    checked(own_cache)
    assert len(asked) == 6
    monkeypatch.setattr(caches, "__version__", "99")
    checked(own_cache)
    assert len(asked) == 7
    monkeypatch.setattr(caches, "read", lambda path: b"other code" if str(path).endswith(".py") else b"")
    checked(own_cache)
    assert len(asked) == 8


def test_no_two_inputs_have_one_key() -> None:
    cache = Cache(Path("unused"))
    groups = [
        [SourceModule("a.py", "b")],
        [SourceModule("a.py", "b", False)],
        [SourceModule("a.py", "b", True, ("MG101",))],
        [SourceModule("a.pyb", "")],
        [SourceModule("a.py", ""), SourceModule("b", "")],
        [SourceModule("a.py", "b"), SourceModule("c.py", "")],
        [SourceModule("c.py", ""), SourceModule("a.py", "b")],
        [SourceModule("a.py", "\udcff")],
    ]
    assert len({cache._key(group, Settings()) for group in groups}) == len(groups)


def sealed(body: object) -> bytes:
    """An entry whose digest is right."""
    data = json.dumps(body).encode()
    return hashlib.sha256(data).hexdigest().encode() + b"\n" + data


ROW = {"path": "llm.py", "text": None, "error": None, "findings": []}
FINDING = [1, 1, "MG101", "migrated", "m", [], 0]


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"{}",
        b"\x80\x04N.",  # a pickle
        sealed([ROW])[:-1],
        sealed([ROW]).replace(b"null", b"true"),
        sealed({}),
        sealed([]),
        sealed([ROW, ROW]),
        sealed([[]]),
        sealed([{}]),
        sealed([{**ROW, "more": 1}]),
        sealed([{**ROW, "path": "other.py"}]),
        sealed([{**ROW, "text": 1}]),
        sealed([{**ROW, "error": ["x"]}]),
        sealed([{**ROW, "findings": None}]),
        *(
            sealed([{**ROW, "findings": [[*FINDING[:place], value, *FINDING[place + 1 :]]]}])
            for place, values in enumerate(
                [("1", -1, True, 1.0), (None, -2), ("MG999", 1, []), ("done", []), (None,), ("d", [1]), ("1", False)]
            )
            for value in values
        ),
        sealed([{**ROW, "findings": [FINDING[:-1]]}]),
        sealed([{**ROW, "findings": [[*FINDING, 0]]}]),
        b"0" * 64 + b"\n" + b"[" * 100_000,
    ],
)
def test_an_entry_that_is_not_whole_or_says_what_none_can_counts_for_nothing(
    tree: Path, own_cache: Path, asked: list[list[str]], entry: bytes
) -> None:
    make(tree, {"llm.py": REAL})
    first = checked(own_cache)
    (file,) = entries(own_cache)
    whole = file.read_bytes()
    file.write_bytes(entry)
    asked.clear()
    assert checked(own_cache) == first
    assert asked == [["llm.py"]]
    assert file.read_bytes() == whole


def test_an_entry_that_is_whole_is_taken(tree: Path, own_cache: Path, asked: list[list[str]]) -> None:
    """What the test above changes is otherwise right."""
    make(tree, {"llm.py": REAL})
    checked(own_cache)
    (file,) = entries(own_cache)
    file.write_bytes(sealed([{**ROW, "findings": [FINDING]}]))
    asked.clear()
    result = run([Path(".")], Settings(), cache=lambda: Cache(own_cache)).result
    assert result.files[0].findings == (Finding(1, 1, "MG101", "migrated", "m"),)
    assert asked == []


def test_every_field_of_a_result_is_kept() -> None:
    """A field that is new has to go into cache.py, too; until it does, what has it is not kept."""
    finding = Finding(3, 4, "MG101", "manual", "say \ud800", ("a", "b"), 7)
    outcome = Outcome(
        (ModuleResult("a.py", "t\u00e9xt\r\n", (finding,)), ModuleResult("b.py", None, (), "syntax error"))
    )
    group = [SourceModule("a.py", ""), SourceModule("b.py", "")]
    assert caches._decoded(caches._encoded(outcome), group) == outcome
    names = [field.name for kind in (Finding, ModuleResult, Outcome) for field in dataclasses.fields(kind)]
    assert names == ("line column code status message differences cell path text findings error results error".split())


def test_failures_of_the_tool_are_not_kept(tree: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tree, {"llm.py": REAL})

    def raising(modules: object, settings: object) -> list[ModuleResult]:
        raise ValueError("once")

    monkeypatch.setattr(project, "_engine", lambda: raising)
    checked(own_cache)
    memory = [ModuleResult("llm.py", None, (), "is too deep to be parsed")]
    monkeypatch.setattr(project, "_engine", lambda: lambda modules, settings: memory)
    checked(own_cache)
    assert entries(own_cache) == []


def test_a_folder_that_cannot_be_used_is_as_good_as_none(tree: Path, tmp_path: Path) -> None:
    make(tree, {"llm.py": REAL})
    (tmp_path / "file").write_text("")
    assert checked(tmp_path / "file" / "below") == run([Path(".")], Settings())


def test_a_tool_that_cannot_tell_what_it_is_keeps_nothing(
    tree: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tree, {"llm.py": REAL})

    def gone(path: Path) -> bytes:
        raise FileNotFoundError(path)

    monkeypatch.setattr(caches, "read", gone)
    assert checked(own_cache) == run([Path(".")], Settings())
    assert entries(own_cache) == []


def test_a_cache_dir_that_is_a_file_is_wrong_usage(tree: Path) -> None:
    make(tree, {"llm.py": REAL})
    done = command("--check", "--cache-dir", "llm.py", ".", cwd=tree)
    assert (done.returncode, done.stderr) == (2, b"migrate-gemini: error: --cache-dir: not a folder: 'llm.py'\n")


def test_only_runs_that_write_nothing_use_it(tree: Path, own_cache: Path) -> None:
    make(tree, {"llm.py": REAL})
    command("--check", ".", cwd=tree)
    (file,) = entries(own_cache)
    row = {**ROW, "text": "planted()\n", "findings": []}
    file.write_bytes(sealed([row]))
    assert b"+planted()" in command("--dry-run", ".", cwd=tree).stdout
    command(".", cwd=tree)
    assert "planted" not in (tree / "llm.py").read_text()


def test_a_run_without_gemini_code_makes_no_folder(tree: Path, tmp_path: Path) -> None:
    make(tree, {"plain.py": "x = 1\n"})
    assert command("--check", "--cache-dir", str(tmp_path / "new"), ".", cwd=tree).returncode == 0
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_the_folder_is_the_persons_alone_and_says_what_it_is(tree: Path, tmp_path: Path) -> None:
    make(tree, {"llm.py": REAL})
    checked(tmp_path / "new")
    (file,) = entries(tmp_path / "new")
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "new", file.parent)} == {0}
    assert (tmp_path / "new" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert (tmp_path / "new" / ".gitignore").read_text() == "*\n"


def test_a_cache_in_the_project_is_not_searched(tree: Path) -> None:
    make(tree, {"llm.py": REAL})
    arguments = ["--dry-run", "--config-files", "--cache-dir", "cache", "."]
    first = command(*arguments, cwd=tree)
    assert entries(tree / "cache")
    assert command(*arguments, cwd=tree).stdout == first.stdout


def test_what_no_run_has_used_for_long_is_removed(tree: Path, own_cache: Path) -> None:
    make(tree, {"llm.py": REAL})
    checked(own_cache)
    (used,) = entries(own_cache)
    old, young, foreign = (own_cache / "00" / name for name in (f"{0:064}.json", f"{1:064}.json", "notes.txt"))
    old.parent.mkdir()
    now = time.time()
    for path, days in ((old, DAYS + 1), (young, DAYS - 1), (foreign, 400), (used, DAYS + 1)):
        path.touch()
        os.utime(path, (now - days * 86400,) * 2)
    (tree / "llm.py").write_text(REAL + "\n")
    checked(own_cache)
    assert old.exists()  # it has looked today
    os.utime(own_cache / "CACHEDIR.TAG", (now - 2 * 86400,) * 2)
    (tree / "llm.py").write_text(REAL)
    checked(own_cache)  # uses it again
    (tree / "llm.py").write_text(REAL + "\n\n")
    checked(own_cache)
    assert [path.exists() for path in (old, young, foreign, used)] == [False, True, True, True]


def test_runs_at_the_same_time_do_not_disturb_each_other(tree: Path, own_cache: Path) -> None:
    make(tree, {f"m{number}.py": REAL.replace("Hi", str(number)) for number in range(8)})
    env = {**os.environ, "PYTHONPATH": PYTHONPATH}
    arguments = [sys.executable, "-m", "migrate_gemini", "--check", "--jobs", "1", "."]
    started = [subprocess.Popen(arguments, cwd=tree, env=env, stdout=subprocess.PIPE) for _ in range(3)]
    outputs = {process.communicate()[0] for process in started}
    assert outputs == {command("--check", "--no-cache", ".", cwd=tree).stdout}
    assert len(entries(own_cache)) == 8
    assert not list(own_cache.glob("*/.*"))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other places")
def test_by_default_it_is_among_the_caches_of_the_person(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tree / "caches"))
    assert default_folder() == tree / "caches" / "migrate-gemini"
    monkeypatch.delenv("MIGRATE_GEMINI_CACHE_DIR")
    make(tree / "code", {"llm.py": REAL})
    command("--check", ".", cwd=tree / "code")
    assert len(entries(tree / "caches" / "migrate-gemini")) == 1


def test_the_engine_reads_no_file(tree: Path) -> None:
    """Whatever it depends on is in the key of an entry."""
    programs = Path(__file__).resolve().parents[1] / "fixtures" / "programs"
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from migrate_gemini.engine import SourceModule, migrate\n"
        "from migrate_gemini.settings import Settings\n"
        f"texts = [path.read_text() for path in sorted(Path({str(programs)!r}).glob('*/before/main.py'))[::8]]\n"
        "groups = [[SourceModule('main.py', text)] for text in texts]\n"
        "first = [migrate(group, Settings()) for group in groups]  # imports what it needs\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, given: opened.append(given) if event in ('open', 'os.listdir') else None)\n"
        "again = [migrate(group, Settings()) for group in groups]\n"
        "print(len(groups) > 5, first == again, opened)\n"
    )
    env = {**os.environ, "PYTHONPATH": PYTHONPATH}
    done = subprocess.run([sys.executable, "-c", code], cwd=tree, env=env, capture_output=True, check=False, text=True)
    assert done.stdout == "True True []\n", done.stderr


def test_kinds_of_media_are_the_same_on_every_system(monkeypatch: pytest.MonkeyPatch) -> None:
    import mimetypes

    source = REAL + "f = genai.upload_file('a.pdf')\nprint(model.generate_content(['Hi', f]).text)\n"
    first = migrate([SourceModule("a.py", source)], Settings())
    monkeypatch.setitem(mimetypes._db.types_map[True], ".pdf", "video/mp4")  # type: ignore[union-attr]
    assert migrate([SourceModule("a.py", source)], Settings()) == first
