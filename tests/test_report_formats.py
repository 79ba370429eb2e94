"""The reports for machines and browsers, each held against its own validator and against hostile text."""

from __future__ import annotations

import html
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from migrate_gemini.findings import Finding
from migrate_gemini.report import render
from migrate_gemini.report.entries import entries
from migrate_gemini.report.ledger import ledger
from migrate_gemini.results import Failure, FileResult, RunResult

HERE = Path(__file__).parent
ROOT = HERE.parent
NASTY = "</script><script>alert(1)</script> ]]> \x1b[31m `|` @octocat #1 **b** ![x](http://x) %0A\n::error::x"
BEFORE = "import old\n# <b>&amp;\nold.call('</td>')\nend = 1\n"
AFTER = "import new\n# <b>&amp;\nnew.call('</td>')\nmore = 2\nend = 1\n"
RUN = RunResult(
    scanned=5,
    mentioning=3,
    files=(
        FileResult(
            "a b/ä:%.py",
            (
                Finding(1, 1, "MG106", "migrated", "the import is google.genai"),
                Finding(3, 5, "MG103", "needs_review", NASTY, ("text was None `before`.", NASTY)),
                Finding(3, 9, "MG501", "migrated", "top_k is dropped"),
            ),
            BEFORE,
            AFTER,
        ),
        FileResult(f"{NASTY}\udcff.py", (Finding(7, 2, "MG301", "manual", "not traced"),)),
        FileResult("c.py", failure=Failure("MG901", "holds a NUL byte")),
    ),
)
EMPTY = RunResult(0, 0, ())


def test_the_json_report_fits_the_schema_that_is_published() -> None:
    schema = json.loads((ROOT / "docs/report.schema.json").read_text())
    for result in (RUN, EMPTY):
        jsonschema.Draft202012Validator(schema).validate(json.loads(render("json", result)))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**json.loads(render("json", EMPTY)), "version": 2}, schema)


@pytest.fixture(scope="module")
def sarif() -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render("sarif", RUN))
    return log


def test_sarif_fits_the_official_schema(sarif: dict[str, Any]) -> None:
    # tests/schemas/sarif-2.1.0.json is the schema of https://github.com/oasis-tcs/sarif-spec.
    schema = json.loads((HERE / "schemas/sarif-2.1.0.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    validator.validate(sarif)
    validator.validate(json.loads(render("sarif", EMPTY)))


def test_sarif_names_every_finding_and_its_place(sarif: dict[str, Any]) -> None:
    (run,) = sarif["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert [(found["ruleId"], found["level"]) for found in run["results"]] == [
        ("MG106", "warning"),
        ("MG103", "warning"),
        ("MG501", "note"),
        ("MG301", "warning"),
    ]
    assert all(found["ruleId"] in rules for found in run["results"])
    place = run["results"][1]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 3, "startColumn": 5}
    assert unquote(place["artifactLocation"]["uri"]) == "a b/ä:%.py"
    assert ":" not in place["artifactLocation"]["uri"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["toolExecutionNotifications"][0]["descriptor"]["id"] == "MG901"


def test_the_fix_of_a_sarif_file_makes_the_new_text(sarif: dict[str, Any]) -> None:
    fixes = [fix for found in sarif["runs"][0]["results"] for fix in found.get("fixes", ())]
    assert len(fixes) == 1
    lines = BEFORE.splitlines(keepends=True)
    for change in reversed(fixes[0]["artifactChanges"][0]["replacements"]):
        region = change["deletedRegion"]
        assert region["startColumn"] == region["endColumn"] == 1
        lines[region["startLine"] - 1 : region["endLine"] - 1] = [change["insertedContent"]["text"]]
    assert "".join(lines) == AFTER


def test_a_fingerprint_does_not_hang_on_the_line_and_is_unique() -> None:
    one = Finding(1, 1, "MG103", "manual", "same")
    two = Finding(9, 1, "MG103", "manual", "same")
    moved = Finding(30, 1, "MG103", "manual", "same")
    first = [entry.fingerprint for entry in entries(RunResult(1, 1, (FileResult("a.py", (one, two)),)))]
    second = [entry.fingerprint for entry in entries(RunResult(1, 1, (FileResult("a.py", (one, moved)),)))]
    assert first == second
    assert len(set(first)) == 2


def test_a_github_annotation_is_one_command_a_line() -> None:
    lines = render("github", RUN).splitlines()
    assert len(lines) == 5
    assert (
        lines[0] == "::warning file=a b/ä%3A%25.py,line=1,col=1,title=MG106 legacy-import::the import is google.genai"
    )
    assert [line.split()[0] for line in lines] == ["::warning", "::warning", "::notice", "::warning", "::error"]
    assert "%250A\\x0a::error" in lines[1]
    assert "\x1b" not in "".join(lines)


def test_a_gitlab_report_has_what_gitlab_asks_for() -> None:
    issues = json.loads(render("gitlab", RUN))
    assert [issue["severity"] for issue in issues] == ["minor", "minor", "info", "minor", "major"]
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert issues[0]["location"] == {"path": "a b/ä:%.py", "lines": {"begin": 1}}
    assert json.loads(render("gitlab", EMPTY)) == []


def test_markdown_shows_what_the_source_says_as_plain_words() -> None:
    text = render("markdown", RUN)
    body = "\n".join(line for line in text.splitlines() if not line.startswith((" ", "+", "-old", "-import", "@@")))
    for sign in ("<script", "@octocat", "![x]", "**b**", "\x1b", "]]>"):
        assert sign not in body
    assert text.count("<details>") == text.count("</details>") == 3
    assert "```diff\n" in text
    assert "| uses migrated, to review | 1 |" in text


def test_markdown_is_cut_where_a_comment_would_be_too_long() -> None:
    long = "x = 1\n" * 9000
    files = tuple(FileResult(f"{n}.py", RUN.files[0].findings, long, long + "y\n" * 9000) for n in range(99))
    text = render("markdown", RunResult(99, 99, files))
    assert len(text) < 65_536
    assert text.endswith("not shown.\n")


def test_the_ledger_says_each_difference_once_with_its_places() -> None:
    finding = Finding(2, 1, "MG103", "migrated", "moved", ("errors differ",))
    files = tuple(FileResult(f"{n}.py", (finding,)) for n in range(5))
    (row,) = ledger(RunResult(5, 5, files))
    assert (row.text, row.places, row.more) == ("errors differ", ("0.py:2", "1.py:2", "2.py:2"), " and 2 other places")


def test_the_ledger_says_once_what_two_rules_say() -> None:
    found = (
        Finding(2, 1, "MG103", "migrated", "moved", ("it differs",)),
        Finding(3, 1, "MG502", "migrated", "it differs"),
    )
    assert [row.text for row in ledger(RunResult(1, 1, (FileResult("a.py", found),)))] == ["it differs"]


def test_after_a_write_places_are_those_in_the_new_text_and_nothing_is_left_to_fix() -> None:
    after = "import new\nimport more\n\n" + AFTER.partition("\n")[2]
    findings = (Finding(4, 1, "MG107", "manual", "stays"), Finding(3, 1, "MG103", "migrated", "moved"))
    files = (FileResult("a.py", findings, BEFORE, after),)
    before, written = RunResult(1, 1, files), replace(RunResult(1, 1, files), written=True)
    assert [entry.line for entry in entries(before)] == [4, 3]
    assert [entry.line for entry in entries(written)] == [7, 5]
    assert "line=7," in render("github", written)
    assert [issue["location"]["lines"]["begin"] for issue in json.loads(render("gitlab", written))] == [7, 5]
    assert '"fixes"' in render("sarif", before) and '"fixes"' not in render("sarif", written)


@pytest.mark.parametrize("name", ["html", "markdown"])
def test_neighbours_of_a_change_in_a_file_of_secrets_are_not_shown(name: str) -> None:
    file = FileResult("web/.env.local", (), "KEY=secret\nMODEL=old\n", "KEY=secret\nMODEL=new\n", beside=True)
    text = html.unescape(render(name, RunResult(1, 1, (file,))))
    assert "new" in text and "secret" not in text
    assert " KEY=secret\n" in render("patch", RunResult(1, 1, (file,)))


def test_names_in_code_are_as_large_as_the_rest_of_it() -> None:
    style = (ROOT / "migrate_gemini/report/page.css").read_text("utf-8")
    assert re.findall(r"(?<![a-z])\.n(?![a-z])", style) == [], "Pygments gives every name the class n"


def test_the_page_holds_no_markup_of_the_source_and_loads_nothing() -> None:
    page = render("html", RUN)
    assert page.count("<script>") == 1
    assert html.escape("</td>") in page
    assert "src=" not in page.replace("script-src", "")
    assert "href=" not in page
    assert "\x1b" not in page


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("needs chromium and chromedriver")
    pytest.importorskip("selenium")
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory() as profile:
        options = ChromeOptions()
        options.binary_location = chromium
        for flag in (
            "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
            "disable-component-update", "disable-sync", f"user-data-dir={profile}",
        ):  # fmt: skip
            options.add_argument(f"--{flag}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        chrome = Chrome(options, Service(driver))
        yield chrome
        chrome.quit()


def test_the_page_works_in_a_browser(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(render("html", RUN), encoding="utf-8")
    browser.get((tmp_path / "report.html").as_uri())

    def shown() -> list[str]:
        items = browser.find_elements("css selector", "li[data-status]")
        return [item.get_attribute("data-code") for item in items if item.is_displayed()]

    assert shown() == ["MG106", "MG103", "MG501", "MG301", "MG901"]
    browser.find_element("css selector", "input[value=manual]").click()
    assert shown() == ["MG106", "MG103", "MG501", "MG901"]
    browser.find_element("css selector", "option[value=MG501]").click()
    assert shown() == ["MG501"]
    cells = [cell.text for cell in browser.find_elements("css selector", "td.code")]
    assert "old.call('</td>')" in cells and "new.call('</td>')" in cells
    assert browser.get_log("browser") == []
    for width in (390, 1280):
        browser.set_window_size(width, 900)
        assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
