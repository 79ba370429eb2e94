"""Code in documents: with --docs the blocks of Python in Markdown files move, and nothing else of them changes."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from migrate_gemini.findings import Finding
from migrate_gemini.project import run
from migrate_gemini.report.terminal import plain, summary
from migrate_gemini.results import RunResult
from migrate_gemini.settings import Settings
from migrate_gemini.writing import write
from tests.test_cli import REAL
from tests.test_project import make
from tests.test_stdin import pipe

SETUP = """\
import google.generativeai as genai
genai.configure(api_key='k')
model = genai.GenerativeModel('gemini-2.5-flash')
"""
ASK = "response = model.generate_content('Hi')\nprint(response.text)\n"
ASKED = "response = client.interactions.create(model=model, input='Hi')\nprint(response.output_text)\n"
INSTALL = "pip install google-generativeai"
INSTALLED = 'pip install "google-genai>=3.4.0,<4"'


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fence(code: str, language: str = "python", mark: str = "```") -> str:
    return f"{mark}{language}\n{code}{mark}\n"


def docs(*paths: str, settings: Settings | None = None) -> RunResult:
    """Migrates the paths with --docs; a second run changes nothing and says nothing new of what is left."""
    given = [Path(path) for path in paths] or [Path(".")]
    result = write(run(given, settings or Settings(), docs=True))
    assert not run(given, settings or Settings(), docs=True).changes
    return result


def migrated(text: str | bytes, name: str = "README.md") -> str:
    """A document after the run."""
    make(Path(), {name: text})
    result = docs()
    assert not result.failed, result.failed
    return Path(name).read_bytes().decode()


def findings(text: str) -> list[Finding]:
    make(Path(), {"README.md": text})
    return [finding for file in run([Path()], Settings(), docs=True).result.files for finding in file.findings]


def test_a_document_stays_unless_docs_is_given(tree: Path) -> None:
    make(tree, {"README.md": fence(REAL), "a.py": REAL})
    write(run([tree], Settings()))
    assert (tree / "README.md").read_text() == fence(REAL)
    assert "generativeai" not in (tree / "a.py").read_text()


def test_a_document_that_is_given_itself_without_docs_is_named(tree: Path) -> None:
    make(tree, {"README.md": fence(REAL), "OTHER.md": "Nothing.\n"})
    failed = run([tree / "README.md", tree / "OTHER.md"], Settings()).result.failed
    assert [(file.path, file.failure and file.failure.message) for file in failed] == [
        ("README.md", "is a document; --docs migrates the code in it")
    ]


@pytest.mark.parametrize(
    "language", ["python", "py", "Python", "python3", 'python title="app.py"', "{.python}", "py {1}"]
)
@pytest.mark.parametrize("mark", ["```", "~~~", "`````"])
def test_a_block_of_python_moves_and_the_prose_stays(language: str, mark: str) -> None:
    words = "# generate_content\n\nUse `genai.GenerativeModel`.\n\n"
    text = migrated(f"{words}{fence(SETUP + ASK, language, mark)}\ngoogle.generativeai\n")
    assert text.startswith(f"{words}{mark}{language}\nfrom google import genai\n")
    assert text.endswith(f"{ASKED}{mark}\n\ngoogle.generativeai\n")


@pytest.mark.parametrize("name", ["docs/a/guide.md", "x.markdown", "docs/page.mdx"])
def test_documents_are_found_in_folders(name: str) -> None:
    assert ASKED in migrated(fence(SETUP + ASK), name)


@pytest.mark.parametrize("name", ["CHANGELOG.md", "docs/HISTORY.md", "node_modules/x/README.md", "a.rst"])
def test_what_tells_of_the_past_or_is_nobody_s_document_stays(name: str) -> None:
    assert migrated(fence(SETUP + ASK), name) == fence(SETUP + ASK)


@pytest.mark.parametrize("prefix", ["> ", "   ", ">   "])
def test_what_stands_before_the_lines_of_a_block_stays_and_is_given_to_new_ones(prefix: str) -> None:
    code = "import google.generativeai as genai\n\nmodel = genai.GenerativeModel('gemini-2.5-flash')\nfor c in "
    code += "model.generate_content('Hi', stream=True):\n    print(c.text)\n"
    text = migrated(textwrap.indent(fence(code), prefix, lambda line: True))
    lines = text.splitlines()
    assert len(lines) > len(code.splitlines()) + 2
    assert all(line.startswith(prefix.rstrip()) for line in lines)
    assert all(line.startswith(prefix) for line in lines if line.strip("> "))
    plainly = migrated(fence(code), "other.md")
    assert textwrap.dedent(text.replace(">", "")).splitlines() == plainly.splitlines()


def test_a_block_in_a_list_moves() -> None:
    text = migrated("1. First\n\n" + textwrap.indent(fence(SETUP + ASK), "   ") + "2. Second\n")
    assert text.startswith("1. First\n\n   ```python\n   from google import genai\n")
    assert text.endswith(textwrap.indent(ASKED, "   ") + "   ```\n2. Second\n")


def test_a_block_that_is_indented_as_a_whole_moves() -> None:
    text = migrated("```python\n" + textwrap.indent(SETUP + ASK, "    ") + "```\n")
    assert text.endswith(textwrap.indent(ASKED, "    ") + "```\n")


def test_tabs_stay() -> None:
    code = SETUP + "def ask():\n\treturn model.generate_content('Hi').text\n"
    text = migrated("- First\n\n" + textwrap.indent(fence(code), "\t"))
    assert "\tdef ask():\n\t\treturn client.interactions.create(model=model, input='Hi').output_text\n" in text


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    given = b"\xef\xbb\xbf" + f"# Größe\n\n{fence(SETUP + ASK)}\nEnd".replace("\n", "\r\n").encode()
    text = migrated(given)
    assert text.startswith("\ufeff# Größe\r\n") and text.endswith("\r\nEnd")
    assert text.count("\n") == text.count("\r\n")
    assert ASKED.replace("\n", "\r\n") in text


def test_blocks_that_build_on_each_other_are_one_program() -> None:
    text = migrated(f"First\n\n{fence(SETUP)}\nthen\n\n{fence(ASK)}")
    assert text.endswith(f"then\n\n{fence(ASKED)}")


def test_a_block_that_needs_nothing_of_the_others_is_a_program_of_its_own() -> None:
    whole = fence(SETUP + ASK)
    first, second = migrated(f"{whole}\nor\n\n{whole}").split("\nor\n\n")
    assert first == second


def test_a_block_goes_on_with_the_latest_one_that_has_its_names() -> None:
    other = "from google import genai\nclient = genai.Client()\n"
    asks = "answer = client.models.generate_content(model='gemini-2.5-flash', contents='Hi').text\n"
    text = migrated(fence(SETUP) + fence("import os\nprint(os.name)\n") + fence(other) + fence(ASK) + fence(asks))
    assert ASKED in text
    assert "answer = client.interactions.create(model='gemini-2.5-flash', input='Hi').output_text\n" in text


def test_findings_have_the_lines_and_columns_of_the_document() -> None:
    text = "# Title\n\n> Words\n\n> ```python\n" + textwrap.indent(SETUP + ASK, "> ") + "> ```\n"
    (found,) = [finding for finding in findings(text) if finding.code == "MG103"]
    line = text.splitlines()[found.line - 1]
    assert line[found.column - 1 :] == "model.generate_content('Hi')"


@pytest.mark.parametrize(
    ("block", "language"),
    [
        ("model = genai.GenerativeModel(name, ...)\nanswer = model.generate_content(x=1, ...)\n", "python"),
        ("- model.generate_content('Hi') = 1\n+ client.interactions.create()\n", "py"),
        (">>> model.generate_content('Hi')\n<Response>\n", "python"),
        (">>> model.generate_content('Hi')\n<Response>\n", "pycon"),
        ("def ask():\n", "python"),
    ],
)
def test_a_block_that_is_no_python_is_left_and_named_where_it_uses_the_old_api(block: str, language: str) -> None:
    text = f"google-generativeai\n\n{fence(block, language)}"
    assert migrated(text) == text
    found = findings(text)
    if "generate_content" not in block:
        assert found == []
        return
    assert [(finding.code, finding.status) for finding in found] == [("MG303", "manual")]
    line = 4 + [number for number, line in enumerate(block.splitlines()) if "generate_content" in line][0]
    if "GenerativeModel" not in block:
        assert found[0].line == line


def test_lines_that_a_message_names_are_those_of_the_document() -> None:
    asks = "response = model.generate_content('Hi', request_options=options)\nprint(response.__dict__)\n"
    text = f"# Title\n\n{fence(SETUP)}\n\n{fence(asks)}"
    (model,) = [finding.message for finding in findings(text) if finding.code == "MG101"]
    (line,) = re.findall(r"line (\d+)", model)
    assert text.splitlines()[int(line) - 1] == asks.splitlines()[0]


def test_a_block_goes_on_with_the_one_that_has_most_of_its_names() -> None:
    setup = "from google import genai\nfrom google.genai import types\nclient = genai.Client()\n"
    apart = "from google.genai import types\nprint(types)\n"
    asks = "answer = client.models.generate_content(model='gemini-2.5-flash', contents='Hi', "
    asks += "config=types.GenerateContentConfig(temperature=1))\n"
    assert "client.interactions.create(" in migrated(fence(setup) + fence(apart) + fence(asks))


def test_other_blocks_move_beside_one_that_is_no_python() -> None:
    broken = fence("model.generate_content(\n")
    text = migrated(fence(SETUP + ASK) + broken)
    assert text.endswith(ASKED + "```\n" + broken)


def test_ellipses_and_magics_are_python_enough() -> None:
    text = migrated(fence("%pip install google-generativeai\n" + SETUP + ASK + "...\n"))
    assert text.startswith('```python\n%pip install "google-genai>=3.4.0,<4"\n')
    assert text.endswith(ASKED + "...\n```\n")


def test_a_document_gets_no_comments_of_the_tool() -> None:
    kept = "def f(m):\n    return m.generate_content('Hi')\n"
    text = migrated(fence(SETUP + kept))
    assert "TODO" not in text and "generate_content" in text


@pytest.mark.parametrize("comment", ["<!-- migrate-gemini: skip -->", "{/* migrate-gemini: skip */}"])
def test_a_block_under_a_comment_that_says_so_stays(comment: str) -> None:
    old = f"{comment}\n\n{fence(SETUP + ASK)}"
    text = migrated(old + "\n" + fence(SETUP + ASK), "a.mdx")
    assert text.startswith(old)
    assert text.endswith(fence(ASKED).partition("\n")[2])


@pytest.mark.parametrize("language", ["sh", "bash", "console", "shell", ""])
def test_what_a_document_tells_to_install_changes_with_its_code(language: str) -> None:
    shell = "# first\n$ pip install -U google-generativeai rich\n"
    text = migrated(fence(shell, language) + fence(SETUP + ASK))
    assert text.startswith(fence('# first\n$ pip install -U "google-genai>=3.4.0,<4" rich\n', language))


def test_what_a_document_without_code_tells_to_install_changes_with_the_code_of_the_project(tree: Path) -> None:
    make(tree, {"README.md": fence(INSTALL + "\n", "sh"), "a.py": REAL})
    docs()
    assert (tree / "README.md").read_text() == fence(INSTALLED + "\n", "sh")


def test_both_packages_are_installed_while_old_code_is_left_in_the_document() -> None:
    tuned = "genai.create_tuned_model(source_model='models/x', training_data=[])\n"
    text = migrated(fence(INSTALL + "\n", "sh") + fence(SETUP + ASK + tuned))
    assert text.startswith(fence(f'{INSTALL} "google-genai>=3.4.0,<4"\n', "sh"))


def test_what_a_document_tells_to_install_stays_where_nothing_moves(tree: Path) -> None:
    text = fence(INSTALL + "\n", "sh") + fence("model.generate_content(\n")
    assert migrated(text) == text
    make(tree, {"b.py": "import google.generativeai as genai\ngenai.create_tuned_model(source_model='x')\n"})
    assert migrated(text) == text


def test_a_document_counts_beside_the_code(tree: Path) -> None:
    make(tree, {"README.md": fence(SETUP + ASK), "b.md": "genai\n", "a.py": "x = 1\n"})
    code, out, _ = pipe(b"", "--docs", "--dry-run", ".")
    assert code == 0
    assert b"+++ b/README.md\n" in out
    assert b"1 of 2 documents would be changed: 3 uses would be migrated.\n" in out
    assert pipe(b"", "--docs", "--check", ".")[0] == 1
    assert pipe(b"", "--check", ".")[0] == 0
    assert pipe(b"", "--docs", ".")[0] == 0
    assert pipe(b"", "--docs", "--check", ".")[0] == 0


def test_only_documents_are_something_to_look_at(tree: Path) -> None:
    make(tree, {"README.md": "genai\n"})
    text = plain(summary(run([tree], Settings(), docs=True).result, "write", ""))
    assert text.startswith("Nothing to migrate: looked for google.generativeai or google.genai in 1 document; 1 names")


def test_the_command_that_check_names_has_docs(tree: Path) -> None:
    make(tree, {"README.md": fence(SETUP + ASK)})
    assert pipe(b"", "--docs", "--check", ".")[1].endswith(b"To migrate, run: migrate-gemini --docs .\n")


def test_a_document_comes_by_standard_input_too(tree: Path) -> None:
    code, out, err = pipe(fence(SETUP + ASK), "--docs", "-", "--stdin-filename", "README.md")
    assert (code, ASKED.encode() in out) == (0, True), err


def test_code_of_the_project_moves_whatever_a_document_says_of_it(tree: Path) -> None:
    make(tree, {"shop.py": SETUP + "def ask(m):\n    return m.generate_content('Hi').text\nask(model)\n"})
    make(tree, {"README.md": fence("from shop import ask, model\nmodel.generate_content(*genai)\n")})
    docs()
    assert "generate_content" not in (tree / "shop.py").read_text()


def test_a_document_that_is_no_text_is_named(tree: Path) -> None:
    make(tree, {"README.md": b"genai\0", "b.md": fence(SETUP + ASK)})
    result = docs()
    assert [file.path for file in result.failed] == ["README.md"]
    assert ASKED in (tree / "b.md").read_text()


def test_a_block_without_a_language_moves_where_it_goes_on_with_code_and_stays_where_it_is_none(tree: Path) -> None:
    output = "```\nTraceback: model.generate_content('Hi') failed\n```\n"
    unknown = "```\nthing.generate_content('Hi')\n```\n"
    text = migrated(f"{fence(SETUP)}\n{fence(ASK, '')}\n{output}\n{unknown}")
    assert f"```\n{ASKED}```\n" in text
    assert text.endswith(f"{output}\n{unknown}")
    assert [found.code for found in findings(output + "google.generativeai\n" + unknown)] == []


def test_rules_are_ignored_in_documents_as_elsewhere(tree: Path) -> None:
    broken = "google-generativeai\n" + fence("model.generate_content(\n")
    make(tree, {"README.md": broken + fence(SETUP + ASK), "pyproject.toml": "[tool.migrate-gemini]\n"})
    assert b": MG303 " in pipe(b"", "--docs", "--check", ".")[1]
    assert b": MG303 " not in pipe(b"", "--docs", "--check", "--ignore", "MG303", ".")[1]
    (tree / "pyproject.toml").write_text('[tool.migrate-gemini.per-file-ignores]\n"*.md" = ["MG1", "MG3"]\n')
    assert pipe(b"", "--docs", "--check", ".")[0] == 0
    suppressed = ASK.replace("('Hi')", "('Hi')  # migrate-gemini: ignore")
    assert "generate_content('Hi')" in migrated(fence(SETUP + suppressed))
