"""Programs whose tests are run before and after their migration: what a person has to set up anew is named.

`fixtures/tests/NAME/before/main.py` runs the program's own tests and prints `ok` or `FAIL` and the name of each, then
what the program itself prints. `expect.toml` beside it names the tests that fail after the migration: each has to have
a finding, and nothing else may differ.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomllib

from tests.behaviour import Finding, Harness, Outcome, programs_in
from tests.environments import ROOT

PROGRAMS = programs_in(ROOT / "fixtures" / "tests")


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    """Fork servers for all tests of this file."""
    with Harness() as running:
        yield running


def ran(text: str) -> dict[str, str]:
    """Test -> ok or FAIL, of what a program printed."""
    words = (line.split() for line in text.splitlines())
    return {pair[1]: pair[0] for pair in words if len(pair) == 2 and pair[0] in ("ok", "FAIL")}


def rest(text: str) -> list[str]:
    """The lines that are of no test."""
    return [line for line in text.splitlines() if not line.startswith(("ok ", "FAIL "))]


def named(program: Path, test: str, findings: list[Finding]) -> bool:
    """Whether a finding for a person stands in a test, in what its class sets up, or in a fake beside it."""
    module, cls, name = test.rsplit(".", 2)
    path = module.replace(".", "/") + ".py"
    tree = ast.parse((program / path).read_text(encoding="utf-8"))
    holders: list[ast.stmt] = [n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and n.name != cls]
    for holder in (n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == cls):
        holders += [n for n in holder.body if getattr(n, "name", "") in (name, "setUp", "setUpClass")]
        holders += list(holder.decorator_list)  # type: ignore[arg-type]
    holders = [n for n in holders if not (isinstance(n, ast.ClassDef) and n.name.endswith("Test"))]
    spans = [(min([n.lineno, *(d.lineno for d in getattr(n, "decorator_list", []))]), n.end_lineno) for n in holders]
    lines = [f.line for f in findings if f.status == "manual" and f.path.endswith(path)]
    return any(first <= line <= (last or first) for first, last in spans for line in lines)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_test_that_fails_after_the_migration_is_named(harness: Harness, name: str) -> None:
    program = PROGRAMS[name]
    wanted = tomllib.loads((program.parent / "expect.toml").read_text(encoding="utf-8"))["fails"]
    outcome: Outcome = harness.compare(name, program)
    assert outcome.before is not None, outcome.explanation()
    assert outcome.after is not None, outcome.explanation()
    before, after = ran(outcome.before.stdout), ran(outcome.after.stdout)
    assert set(before.values()) == {"ok"}, outcome.before.stdout
    assert list(before) == list(after)
    assert [test for test in after if after[test] != "ok"] == wanted, outcome.explanation()
    assert rest(outcome.before.stdout) == rest(outcome.after.stdout), outcome.explanation()
    assert not outcome.after.used_generate
    assert [test for test in wanted if not named(program, test, outcome.findings)] == [], outcome.explanation()
