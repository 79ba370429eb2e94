"""Programs print the same before and after their migration.

`fixtures/programs/NAME/before` is run on the old SDK, migrated, and run on the current one.  `expect.toml` beside it
may say `outcome = "flagged"` for a program that is meant to be left to a person in part, and `target = "outputs"` for
one that is migrated to the first schema and run on the last SDK that speaks it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import tomllib

from tests.behaviour import EXAMPLES, PROGRAMS, Finding, Harness, Outcome, Run, copied, judge, programs_in
from tests.environments import OLD

FIXTURES = programs_in(PROGRAMS)
SHARED = programs_in(EXAMPLES)


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    """Fork servers for all tests of this file; MIGRATE_GEMINI_NO_CACHE=1 runs everything anew."""
    with Harness(cache=not os.environ.get("MIGRATE_GEMINI_NO_CACHE")) as running:
        yield running


def expected(program: Path, key: str, otherwise: str) -> str:
    """What `expect.toml` beside a program says of a key."""
    expectation = program.parent / "expect.toml"
    told = tomllib.loads(expectation.read_text(encoding="utf-8")) if expectation.exists() else {}
    return told.get(key, otherwise)


@pytest.mark.parametrize("name", FIXTURES)
def test_a_program_prints_the_same_after_its_migration(harness: Harness, name: str) -> None:
    """Same output and exit code, no second change, and findings only where they are expected."""
    outcome = harness.compare(name, FIXTURES[name], expected(FIXTURES[name], "target", ""))
    assert outcome.kind == expected(FIXTURES[name], "outcome", "same"), outcome.explanation()


@pytest.mark.parametrize(
    "name",
    [
        "genai_chat_attribute",
        "genai_chat_repl",
        "genai_chat_stream",
        "genai_function_adder",
        "genai_manual_window",
        "legacy_async_chat",
        "legacy_history_viewer",
        "legacy_executor_jobs",
        "legacy_media_chat",
        "legacy_chat_stream_notes",
        "legacy_terminal_chat",
    ],
)
def test_with_no_store_a_program_prints_the_same_and_nothing_is_stored(harness: Harness, name: str) -> None:
    """Chats send their own steps back; no request lets the service store its interaction."""
    outcome = harness.compare(name, FIXTURES[name], options=["--no-store"])
    assert outcome.kind == "same", outcome.explanation()


@pytest.mark.parametrize("name", SHARED)
def test_a_shared_example_prints_the_same_after_its_migration(harness: Harness, name: str) -> None:
    """The same for the examples that were also migrated by hand."""
    outcome = harness.compare(name, SHARED[name])
    assert outcome.kind == "same", outcome.explanation()


@pytest.mark.parametrize("name", SHARED)
def test_a_migration_by_hand_prints_the_same(harness: Harness, name: str) -> None:
    """This holds the loopback service to account: a careful migration must not change what is printed."""
    outcome = harness.compare_by_hand(name, SHARED[name], SHARED[name].parent / "after")
    assert outcome.kind == "same", outcome.explanation()


LEGACY = """\
import google.generativeai as genai
genai.configure(api_key="k")
model = genai.GenerativeModel("gemini-1.5-flash", generation_config={"temperature": 0.5})
print(model.generate_content("Hello").text)
"""
BY_HAND = """\
from google import genai
client = genai.Client(api_key="k")
settings = {"temperature": 0.5}
print(client.interactions.create(model="gemini-3-flash-preview", input="Hello", generation_config=settings).output_text)
"""


def compare_texts(harness: Harness, folder: Path, before: str, after: str) -> Outcome:
    """The outcome of a program given as text with its migration given as text."""
    for name, text in (("before", before), ("after", after)):
        (folder / name).mkdir()
        (folder / name / "main.py").write_text(text, encoding="utf-8")
    return harness.compare_by_hand("text", folder / "before", folder / "after")


def test_a_faithful_migration_is_the_same(harness: Harness, tmp_path: Path) -> None:
    """The short pair of texts is a fair start for the tests below."""
    assert compare_texts(harness, tmp_path, LEGACY, BY_HAND).kind == "same"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.5", "0.6"),
        ("generation_config=settings", ""),
        ('"Hello"', '"Hello "'),
        ('"gemini-3-flash-preview"', '"gemini-2.5-pro"'),
        (".output_text)", ".output_text, 'more')"),
        ("output_text)", "output_text)\nraise SystemExit(3)"),
    ],
)
def test_a_lost_or_changed_setting_is_seen(harness: Harness, tmp_path: Path, old: str, new: str) -> None:
    """The harness must not call a program the same that asks for something else."""
    changed = BY_HAND.replace(old, new)
    assert changed != BY_HAND
    assert compare_texts(harness, tmp_path, LEGACY, changed).kind == "broken"


def test_generating_the_old_way_without_a_finding_is_broken(harness: Harness, tmp_path: Path) -> None:
    """A program that was not migrated at all prints the same on the current SDK; that does not count."""
    text = "from google import genai\nc = genai.Client()\n"
    text += "print(c.models.generate_content(model='gemini-2.5-flash', contents='Hi').text)\n"
    outcome = compare_texts(harness, tmp_path, text, text)
    assert (outcome.kind, outcome.before) == ("broken", outcome.after)
    outcome.findings.append(Finding("main.py", "MG001", "manual", 1, "left alone"))
    judge(outcome, flagged=True)
    assert outcome.kind == "flagged"


class Rewriter(Harness):
    """A harness whose migration is a series of texts, one a run, and fixed findings; None is a run that failed."""

    def __init__(self, lender: Harness, texts: list[str | None], status: str) -> None:
        super().__init__(cache=False)
        self.server = lender.server
        self.texts, self.findings = list(texts), [Finding("main.py", "MG001", status, 1, "why")]

    def migrate(self, folder: Path, options: Sequence[str] = ()) -> tuple[Run, list[Finding] | None]:
        """Write the next text; the last one is written again and again."""
        text = self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]
        if text is None:
            return Run(1, "", "it fell over"), None
        (folder / "main.py").write_text(text, encoding="utf-8")
        return Run(0, ""), self.findings


@pytest.mark.parametrize(
    ("texts", "status", "kind", "reason"),
    [
        ([BY_HAND], "migrated", "same", ""),
        ([BY_HAND, LEGACY], "migrated", "broken", "A second migration changes main.py."),
        ([BY_HAND + "("], "migrated", "broken", "The result does not compile"),
        ([None], "migrated", "broken", "it fell over"),
        ([LEGACY], "migrated", "broken", "The migrated program does something else."),
        ([LEGACY], "manual", "flagged", ""),
        ([BY_HAND + "print()\n"], "manual", "broken", "The migrated program does something else."),
    ],
)
def test_the_outcome_of_a_migration(
    harness: Harness, tmp_path: Path, texts: list[str | None], status: str, kind: str, reason: str
) -> None:
    """Every way in which a migration can end."""
    (tmp_path / "main.py").write_text(LEGACY, encoding="utf-8")
    outcome = Rewriter(harness, texts, status).compare("text", tmp_path)
    assert (outcome.kind, reason in outcome.reason) == (kind, True), outcome.explanation()


def test_an_outcome_explains_itself() -> None:
    """A difference is shown as a diff, with the findings and the migrated source."""
    outcome = Outcome("p", "broken", "Why.", Run(0, "a\n"), Run(1, "b\n", "boom"), {"main.py": "x = 1\n"})
    outcome.findings.append(Finding("main.py", "MG001", "manual", 3, "left alone"))
    text = outcome.explanation()
    for line in ("p: broken. Why.", "-a", "+b", "boom", "main.py:3 MG001", "x = 1"):
        assert line in text


def run_text(harness: Harness, folder: Path, text: str) -> Run:
    """Run a program given as text before any migration, without the cache."""
    (folder / "main.py").write_text(text, encoding="utf-8")
    with copied(folder) as program:
        return harness.run(environment=OLD, folder=program, stdin=None)


def test_a_program_sees_itself_as_python_would_show_it(harness: Harness, tmp_path: Path) -> None:
    """Its own folder is first on the path, `__main__` is itself, exit functions run, an error is exit code 1."""
    (tmp_path / "patches.py").write_text("WORD = 'mine'\n", encoding="utf-8")
    text = "import atexit, os, sys, threading, __main__, patches\natexit.register(print, 'bye')\n"
    text += "print(patches.WORD, sys.argv, __name__, __file__ == os.path.abspath('main.py'))\n"
    text += "print(__main__.__file__ == __file__)\n"
    text += "threading.Timer(0.01, lambda: print('late')).start()\nraise ValueError('oh')\n"
    run = run_text(harness, tmp_path, text)
    assert run.stdout == "mine ['main.py'] __main__ True\nTrue\nlate\nbye\n"
    assert run.exit == 1
    assert run.stderr.endswith("ValueError: oh\n")
    assert "fork_server" not in run.stderr


def test_the_migration_runs_as_a_module(harness: Harness, tmp_path: Path) -> None:
    """`python -m migrate_gemini --version`, forked from a process that has imported all of it."""
    job = {"module": "migrate_gemini", "arguments": ["--version"], "cwd": str(tmp_path), "environment": {}}
    code, stdout, stderr = harness.migrator().run(job, tmp_path, None, 60)
    assert (code, stdout.split()[:1]) == (0, ["migrate-gemini"]), stderr


def test_a_program_that_does_not_end_is_stopped(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no exit code then, and the next program runs as ever."""
    monkeypatch.setattr("tests.behaviour.TIMEOUT", 0.5)
    assert run_text(harness, tmp_path, "print(1, flush=True)\nwhile True: pass\n") == Run(None, "1\n")
    assert run_text(harness, tmp_path, "print(input())\n").exit == 1


def test_a_program_reaches_nothing_but_the_service_and_never_waits(harness: Harness, tmp_path: Path) -> None:
    """Other addresses are refused at once, and an hour of sleep is over at once."""
    text = "import socket, time\nstart = time.time()\ntime.sleep(3600)\nprint(time.time() - start >= 3600)\n"
    text += "try:\n    socket.create_connection(('192.0.2.1', 80))\nexcept OSError as error:\n    print(error)\n"
    run = run_text(harness, tmp_path, text)
    assert run.stdout == "True\nno network in tests: 192.0.2.1\n"
