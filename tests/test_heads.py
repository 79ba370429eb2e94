"""Where new imports and functions stand in a module."""

from __future__ import annotations

import pytest

from migrate_gemini.rewrite.heads import FEW, insert

HELPER = 'def helper(text):\n    """Says it."""\n    return text.strip()\n'
START = "import os\nimport sys\n\nsys.path.append(os.getcwd())\n\nimport tools\n"


def test_functions_stand_behind_the_last_imports_where_code_stands_among_them() -> None:
    text = insert(f"{START}\nprint(1)\n", ["from google import genai"], [HELPER], "\n", "    ")
    imports = START.replace("import sys\n", "import sys\nfrom google import genai\n")
    assert text == f"{imports}\n\n{HELPER}\n\nprint(1)\n"


@pytest.mark.parametrize(
    "between",
    [
        "def use():\n    return helper('')\n",
        "class User:\n    pass\n",
        "told = helper('')\n",
        "helper('')\n",
        "client = connect()\n",
        "print(1)\nimport _migrate_gemini_cell_2\n",
        "for path in sys.path:\n    print(path)\n",
        "print(1)\n" * (FEW + 1),
    ],
)
def test_functions_stand_before_what_may_use_them_and_before_long_code(between: str) -> None:
    text = insert(f"import os\nimport sys\n\n{between}\nimport tools\n", [], [HELPER], "\n", "    ")
    assert text == f"import os\nimport sys\n\n\n{HELPER}\n\n{between}\nimport tools\n"


def test_optional_imports_count_as_imports() -> None:
    optional = "try:\n    import tools\nexcept ImportError:\n    tools = None\n"
    text = insert(f"import os\n\nos.chdir('..')\n{optional}x = 1\n", [], [HELPER], "\n", "    ")
    assert text == f"import os\n\nos.chdir('..')\n{optional}\n\n{HELPER}\n\nx = 1\n"


def test_a_module_that_ends_with_its_imports_without_a_line_end_gets_one() -> None:
    text = insert("import os\nos.chdir('..')\nimport tools", [], [HELPER], "\n", "    ")
    assert text == f"import os\nos.chdir('..')\nimport tools\n\n\n{HELPER}"


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("import os\n\nimport httpx\nfrom google import genai\n", "from rich import print\n\nfrom app import db\n"),
        ("from rich import print\nfrom google import genai\n", "import os\nfrom app import db\n"),
        ("from google import genai; x = 1\n", ""),
        ("import os\n", "\nx = 1\n"),
    ],
)
def test_imports_of_installed_packages_stand_among_those_that_are_there(before: str, behind: str) -> None:
    new = "from pydantic import TypeAdapter"
    assert insert(before + behind, [new], [], "\n", "    ") == f"{before}{new}\n{behind}"


def test_an_import_behind_one_without_a_line_end_gets_a_line() -> None:
    text = insert("from google import genai", ["from pydantic import TypeAdapter"], [], "\n", "    ")
    assert text == "from google import genai\nfrom pydantic import TypeAdapter\n"
