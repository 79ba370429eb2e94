"""Which file an import means, which imports a file makes, and what has to be looked at together."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest

from migrate_gemini.graph import choose
from migrate_gemini.modules import Import, ModuleIndex, scan_imports


@pytest.mark.parametrize(
    ("importer", "module", "level", "expected"),
    [
        ("main.py", "llm", 0, "llm.py"),
        ("main.py", "pkg", 0, "pkg/__init__.py"),
        ("main.py", "pkg.chat", 0, "pkg/chat.py"),
        ("pkg/chat.py", "pkg.config", 0, "pkg/config.py"),
        ("pkg/chat.py", "config", 1, "pkg/config.py"),
        ("pkg/chat.py", "", 1, "pkg/__init__.py"),
        ("pkg/__init__.py", "chat", 1, "pkg/chat.py"),
        ("pkg/sub/deep.py", "config", 2, "pkg/config.py"),
        ("pkg/sub/deep.py", "", 2, "pkg/__init__.py"),
        ("pkg/sub/deep.py", "", 1, "pkg/sub/__init__.py"),
        ("tests/test_app.py", "app.core", 0, "src/app/core.py"),
        ("tests/test_app.py", "llm", 0, "llm.py"),
        ("src/app/core.py", "app.models", 0, "src/app/models/__init__.py"),
        ("scripts/run.py", "config", 0, "scripts/config.py"),
        ("scripts/run.py", "secrets", 0, "scripts/secrets.py"),
        ("other/run.py", "config", 0, "config.py"),
        ("both.py", "two", 0, "two/__init__.py"),
        ("namespace/inner/a.py", "namespace.inner.b", 0, "namespace/inner/b.py"),
    ],
)
def test_an_import_means_the_module_that_python_would_load(
    importer: str, module: str, level: int, expected: str
) -> None:
    assert INDEX.resolve(importer, module, level) == expected


INDEX = ModuleIndex(
    """
    main.py llm.py config.py both.py two.py two/__init__.py
    pkg/__init__.py pkg/chat.py pkg/config.py pkg/logging.py pkg/sub/__init__.py pkg/sub/deep.py
    src/app/__init__.py src/app/core.py src/app/models/__init__.py tests/test_app.py
    scripts/run.py scripts/config.py scripts/secrets.py other/run.py namespace/inner/a.py namespace/inner/b.py
    json.py
    """.split()
)


@pytest.mark.parametrize(
    ("importer", "module", "level"),
    [
        ("main.py", "requests", 0),
        ("main.py", "google.generativeai", 0),
        ("main.py", "pkg.missing", 0),
        ("main.py", "namespace", 0),  # a folder without __init__.py is no file
        ("llm.py", "llm", 0),  # a module does not import itself
        ("json.py", "json", 0),
        ("pkg/chat.py", "logging", 0),  # the standard library's, not the package's
        ("pkg/chat.py", "logging.handlers", 0),
        ("main.py", "llm", 2),  # above the project
        ("pkg/sub/deep.py", "", 5),
        ("main.py", "deep", 0),
    ],
)
def test_an_import_of_something_else_means_no_file(importer: str, module: str, level: int) -> None:
    assert INDEX.resolve(importer, module, level) is None


def test_a_module_of_the_folder_above_wins_over_one_beside_it_in_a_package() -> None:
    """Absolute imports in a package do not look beside the module, unless it is run as a script."""
    assert INDEX.resolve("pkg/chat.py", "config") == "config.py"
    without = ModuleIndex(["pkg/__init__.py", "pkg/chat.py", "pkg/config.py"])
    assert without.resolve("pkg/chat.py", "config") == "pkg/config.py"


def test_inside_of_a_package_that_is_named_like_a_library_its_name_means_the_library() -> None:
    paths = ["app/__init__.py", "app/models/__init__.py", "app/models/openai/__init__.py", "app/models/openai/chat.py"]
    index = ModuleIndex([*paths, "app/models/other.py"])
    assert index.resolve("app/models/openai/chat.py", "openai") is None
    assert index.resolve("app/models/other.py", "openai") == "app/models/openai/__init__.py"
    assert ModuleIndex(["openai/__init__.py", "openai/chat.py"]).resolve("openai/chat.py", "openai") is not None


def test_modules_that_were_not_given_are_found_if_they_exist() -> None:
    index = ModuleIndex(["app/main.py"], exists={"app/config.py"}.__contains__)
    assert index.resolve("app/main.py", "config") == "app/config.py"
    assert index.resolve("app/main.py", "other") is None


def test_an_import_binds_packages_on_the_way_and_submodules_by_name() -> None:
    assert INDEX.targets("main.py", Import("pkg.sub.deep")) == [
        "pkg/sub/deep.py",
        "pkg/sub/__init__.py",
        "pkg/__init__.py",
    ]
    assert INDEX.targets("main.py", Import("pkg.sub", 0, ("deep", "name"))) == [
        "pkg/sub/__init__.py",
        "pkg/sub/deep.py",
    ]
    assert INDEX.targets("pkg/sub/deep.py", Import("", 2, ("chat",))) == ["pkg/__init__.py", "pkg/chat.py"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"import a", [Import("a")]),
        (b"import a.b as c, d  # e, f\n", [Import("a.b"), Import("d")]),
        (b"from a.b import c as d, e\n", [Import("a.b", 0, ("c", "e"))]),
        (b"from . import a", [Import("", 1, ("a",))]),
        (b"from .import a", [Import("", 1, ("a",))]),
        (b"from .. a import b", [Import("a", 2, ("b",))]),
        (b"from .a import *", [Import("a", 1)]),
        (b"from a import(b)", [Import("a", 0, ("b",))]),
        (b"from a import (\n    b,  # the (first)\n    c as d,\n)\n", [Import("a", 0, ("b", "c"))]),
        (b"from a import (\r\n    b,\r\n    c\r\n)\r\n", [Import("a", 0, ("b", "c"))]),
        (b"from a import \\\n    b, \\\r\n    c\n", [Import("a", 0, ("b", "c"))]),
        (b"from \\\n  a import b", [Import("a", 0, ("b",))]),
        (b"x = 1; import a; import b\n", [Import("a"), Import("b")]),
        (b"try: import a\nexcept ImportError: a = None\n", [Import("a")]),
        (b"def f():\n\timport a\n    from b import c\n", [Import("a"), Import("b", 0, ("c",))]),
        (b"x\rimport a\rimport b", [Import("a"), Import("b")]),
        (b"\x0cimport a", [Import("a")]),
        ("import größe\n".encode(), [Import("größe")]),
        (b"from a.import_b import c", [Import("a.import_b", 0, ("c",))]),
        (b"import a\nimport a\n", [Import("a")]),
        (b"important = 1\nx.import_a(1)\nreimport (a)\n", []),
        (b"yield from a\nraise x from b\n", []),
        (b"", []),
    ],
)
def test_imports_are_read_off_without_parsing(source: bytes, expected: list[Import]) -> None:
    assert list(scan_imports(source)) == expected


def test_no_import_of_the_standard_library_is_missed() -> None:
    """On real code, the scan finds every import that parsing finds."""
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    assert len(files) > 50
    for path in files:
        data = path.read_bytes()
        parsed: set[Import] = set()
        for node in ast.walk(ast.parse(data)):
            if isinstance(node, ast.Import):
                parsed.update(Import(alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names = tuple(alias.name for alias in node.names if alias.name != "*")
                parsed.add(Import(node.module or "", node.level, names))
        assert parsed <= set(scan_imports(data)), path


def groups(files: dict[str, str], *seeds: str) -> list[list[str]]:
    imports = {path: tuple(Import(name) for name in names.split()) for path, names in files.items()}
    return choose(seeds, files, ModuleIndex(files), imports.__getitem__)


def test_importers_and_what_they_import_come_with_a_module_that_names_the_sdk() -> None:
    files = {"llm.py": "os", "app.py": "llm config", "main.py": "app", "config.py": "base", "base.py": "", "far.py": ""}
    assert groups(files, "llm.py") == [["app.py", "base.py", "config.py", "llm.py", "main.py"]]


def test_what_is_only_imported_brings_no_importers_of_its_own() -> None:
    files = {"llm.py": "config", "config.py": "", "unrelated.py": "config"}
    assert groups(files, "llm.py") == [["config.py", "llm.py"]]


def test_modules_without_a_common_import_are_apart() -> None:
    files = {"a.py": "", "b.py": "c", "c.py": "", "d.py": "e", "e.py": "d"}
    assert groups(files, "a.py", "b.py", "d.py") == [["a.py"], ["b.py", "c.py"], ["d.py", "e.py"]]


def test_nothing_is_chosen_where_no_module_names_the_sdk() -> None:
    assert groups({"a.py": "b", "b.py": ""}) == []
