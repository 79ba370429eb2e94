"""Notebooks print the same before and after: their code cells as a script, against the loopback service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from migrate_gemini.project import run
from migrate_gemini.settings import Settings
from migrate_gemini.writing import write
from tests.behaviour import Harness
from tests.environments import ROOT

NOTEBOOKS = sorted((ROOT / "fixtures" / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    with Harness(cache=False) as running:
        yield running


def script(path: Path) -> str:
    """The code cells without what only IPython reads, in a coroutine where one awaits at its top level."""
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    code = "\n".join(cell for cell in cells if not re.match("%%(html|bash)", cell))
    code = re.sub(r"^%time ", "", code, flags=re.MULTILINE)
    code = re.sub(r"^[%!].*", "", code, flags=re.MULTILINE)
    if not re.search(r"^(async |[^\n]*\bawait )", code, re.MULTILINE):
        return code
    inner = "\n".join("    " + line for line in code.split("\n"))
    return f"import asyncio\nasync def main():\n{inner}\nasyncio.run(main())\n"


@pytest.mark.parametrize("name", [path.stem for path in NOTEBOOKS])
def test_a_notebook_prints_the_same_after_its_migration(harness: Harness, tmp_path: Path, name: str) -> None:
    source = ROOT / "fixtures" / "notebooks" / f"{name}.ipynb"
    path = tmp_path / "n.ipynb"
    path.write_bytes(source.read_bytes())
    result = write(run([path], Settings()))
    assert result.changed and not result.failed and not result.statuses()["manual"]
    nbformat.validate(nbformat.read(path, as_version=4))
    assert not run([path], Settings()).changes
    assert (
        path.read_text(encoding="utf-8")
        == json.dumps(json.loads(path.read_bytes()), indent=1, ensure_ascii=False) + "\n"
    )
    for folder, book in (("before", source), ("after", path)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "main.py").write_text(script(book), encoding="utf-8")
    outcome = harness.compare_by_hand(name, tmp_path / "before", tmp_path / "after")
    assert outcome.before is not None and outcome.before.exit == 0 and outcome.before.stdout, outcome.explanation()
    assert outcome.kind == "same", outcome.explanation()
