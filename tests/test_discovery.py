"""Which files a run looks at."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from migrate_gemini.discovery import discover, kind_of, mentions_sdk
from migrate_gemini.ignore import PatternError

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory that is the top of a repository."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x = 1\n")


def found(*paths: str, exclude: Iterable[str] = ()) -> list[str]:
    files = discover([Path(path) for path in paths], list(exclude)).files
    return [os.path.relpath(file).replace(os.sep, "/") for file in files]


def test_python_files_are_found_at_any_depth_in_order(tree: Path) -> None:
    make(tree, "b.py", "a.py", "pkg/sub/c.py", "notes.txt", "a.pyi", "a.pyc", "script", ".github/d.py")
    assert found(".") == [".github/d.py", "a.py", "b.py", "pkg/sub/c.py"]


def test_a_given_file_is_taken_whatever_its_name_and_wherever_it_lies(tree: Path) -> None:
    make(tree, "script", ".venv/x.py", "ignored.py")
    (tree / ".gitignore").write_text("ignored.py\n")
    assert found("script", ".venv/x.py", "ignored.py") == [".venv/x.py", "ignored.py", "script"]


def test_each_file_is_found_once(tree: Path) -> None:
    make(tree, "pkg/a.py")
    assert found(".", "pkg", "pkg/a.py", "./pkg/../pkg/a.py") == ["pkg/a.py"]


def test_folders_that_hold_no_code_of_the_project_are_passed_over(tree: Path) -> None:
    junk = ".git .venv venv node_modules __pycache__ build dist .tox lib/site-packages a.egg-info .mypy_cache".split()
    make(tree, "keep.py", *(f"{folder}/x.py" for folder in junk), "env/x.py", "env/pyvenv.cfg")
    assert found(".") == ["keep.py"]


def test_a_folder_that_is_itself_given_is_walked(tree: Path) -> None:
    make(tree, "build/x.py", "build/lib/y.py")
    (tree / ".gitignore").write_text("build/\n")
    assert found("build") == ["build/lib/y.py", "build/x.py"]


def test_gitignore_is_respected_as_git_reads_it(tree: Path) -> None:
    make(tree, "a.py", "gen_a.py", "gen_keep.py", "out/a.py", "sub/out/a.py", "sub/top.py", "top.py", "deep/x/y/z.py")
    (tree / ".gitignore").write_text("# generated\ngen_*.py\n!gen_keep.py\nout/\n/top.py\ndeep/**/z.py\n\n")
    assert found(".") == ["a.py", "gen_keep.py", "sub/top.py"]


def test_a_nested_gitignore_counts_below_its_folder_and_has_the_last_word(tree: Path) -> None:
    make(tree, "a.py", "sub/a.py", "sub/b.py", "other/b.py")
    (tree / ".gitignore").write_text("b.py\n")
    (tree / "sub" / ".gitignore").write_bytes(b"\xef\xbb\xbf/a.py\r\n!b.py\r\n")
    assert found(".") == ["a.py", "sub/b.py"]


def test_gitignore_files_above_the_given_folder_count_up_to_the_repository(tree: Path) -> None:
    make(tree, "src/app/a.py", "src/app/gen.py", "src/app/local.py")
    (tree / ".gitignore").write_text("gen.py\n")
    (tree / ".git" / "info").mkdir()
    (tree / ".git" / "info" / "exclude").write_text("local.py\n")
    assert found("src/app") == ["src/app/a.py"]


def test_a_gitignore_above_the_repository_does_not_count(tree: Path) -> None:
    make(tree, "repo/a.py")
    (tree / "repo" / ".git").mkdir()
    (tree / ".gitignore").write_text("*.py\n")
    assert found("repo") == ["repo/a.py"]


def test_gitignore_counts_without_a_repository(tree: Path) -> None:
    (tree / ".git").rmdir()
    make(tree, "a.py", "gen.py")
    (tree / ".gitignore").write_text("gen.py\n")
    assert found(".") == ["a.py"]


def test_a_pattern_that_means_nothing_is_passed_over_as_git_does(tree: Path) -> None:
    make(tree, "a.py", "gen.py")
    (tree / ".gitignore").write_text("!\ngen.py\n/\n")
    assert found(".") == ["a.py"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("tests", ["a.py", "pkg/a.py", "pkg/gen_a.py"]),
        ("gen_*.py", ["a.py", "pkg/a.py", "tests/t.py"]),
        ("pkg/gen_a.py", ["a.py", "pkg/a.py", "tests/t.py"]),
        ("./pkg/", ["a.py", "tests/t.py"]),
        ("/a.py", ["pkg/a.py", "pkg/gen_a.py", "tests/t.py"]),
        ("a.py", ["pkg/gen_a.py", "tests/t.py"]),
        ("**/t.py", ["a.py", "pkg/a.py", "pkg/gen_a.py"]),
    ],
)
def test_exclude_patterns_are_relative_to_the_working_directory(tree: Path, pattern: str, left: list[str]) -> None:
    make(tree, "a.py", "pkg/a.py", "pkg/gen_a.py", "tests/t.py")
    assert found(".", exclude=[pattern]) == left


def test_exclude_rules_out_given_files_too(tree: Path) -> None:
    make(tree, "a.py", "setup.py")
    assert found("a.py", "setup.py", exclude=["setup.py"]) == ["a.py"]


def test_exclude_works_outside_of_the_working_directory(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tree, "a.py", "gen/b.py", "here/x.py")
    monkeypatch.chdir(tree / "here")
    assert found("..", exclude=["gen"]) == ["../a.py", "x.py"]


def test_an_exclude_pattern_that_means_nothing_is_an_error(tree: Path) -> None:
    with pytest.raises(PatternError):
        found(".", exclude=["!"])


@posix
def test_links_are_not_followed(tree: Path) -> None:
    make(tree, "real/a.py")
    (tree / "link").symlink_to(tree / "real")
    (tree / "loop").symlink_to(tree)
    (tree / "b.py").symlink_to(tree / "real" / "a.py")
    (tree / "dangling.py").symlink_to(tree / "nowhere")
    assert found(".") == ["real/a.py"]


@posix
def test_a_given_link_to_a_file_is_refused_and_one_to_a_folder_is_walked(tree: Path) -> None:
    make(tree, "real/a.py")
    (tree / "link").symlink_to(tree / "real")
    (tree / "b.py").symlink_to(tree / "real" / "a.py")
    assert found("link") == ["link/a.py"]
    assert found("real", "link") == ["real/a.py"]
    discovery = discover([Path("b.py")])
    assert discovery.files == ()
    assert discovery.refused == ((tree / "b.py", "is a symbolic link; give the file that it points to"),)


@posix
def test_what_is_no_regular_file_is_not_read(tree: Path) -> None:
    os.mkfifo(tree / "pipe.py")
    assert found(".") == []
    assert discover([Path("pipe.py")]).refused == ((tree / "pipe.py", "is not a regular file"),)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read anything")
def test_a_folder_that_cannot_be_listed_is_told(tree: Path) -> None:
    make(tree, "a.py", "closed/b.py")
    (tree / "closed").chmod(0)
    try:
        discovery = discover([tree])
    finally:
        (tree / "closed").chmod(0o755)
    assert discovery.files == (tree / "a.py",)
    assert discovery.refused == ((tree / "closed", "cannot be listed: permission denied"),)


@pytest.mark.parametrize(
    "source",
    [
        b"import google.generativeai as genai",
        b"from google import genai",
        b"from google.genai import types",
        b"from google.generativeai.types import GenerationConfig",
        b"import_module('google.generativeai')",
        b"genai.configure()",
    ],
)
def test_a_file_that_names_an_sdk_matters(source: bytes) -> None:
    assert mentions_sdk(source)


@pytest.mark.parametrize(
    "source",
    [b"", b"import os", b"import langchain_google_genai", b"genait = 1", b"my_genai = 1", b"Gemini, generative AI"],
)
def test_a_file_that_does_not_is_never_parsed(source: bytes) -> None:
    assert not mentions_sdk(source)


def beside(*paths: str, exclude: Iterable[str] = ()) -> list[str]:
    files = discover([Path(path) for path in paths], list(exclude)).beside()
    return sorted(os.path.relpath(file).replace(os.sep, "/") for file in files)


def test_what_stands_beside_the_code_is_found_in_the_same_walk(tree: Path) -> None:
    kept = (
        "Dockerfile a.env .env .env.local app.yaml requirements-dev.txt requirements/base.in setup.py uv.lock".split()
    )
    make(tree, *kept, "notes.txt", "a.md", "Dockerfile_notes", "node_modules/a.json", "ignored.json", "out/b.toml")
    (tree / ".gitignore").write_text("ignored.json\nout/\n")
    assert beside(".") == sorted(kept)
    assert beside(".", exclude=["*.yaml", "requirements"]) == sorted({*kept} - {"app.yaml", "requirements/base.in"})


def test_a_given_file_that_stands_beside_the_code_is_no_module(tree: Path) -> None:
    make(tree, "requirements.txt", "setup.py", "script")
    assert found("requirements.txt", "setup.py", "script") == ["script", "setup.py"]
    assert beside("requirements.txt", "setup.py", "script") == ["requirements.txt", "setup.py"]


@posix
def test_a_link_stands_beside_nothing(tree: Path) -> None:
    make(tree, "real/shared")
    (tree / "requirements.txt").symlink_to(tree / "real" / "shared")
    assert beside(".") == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.py", "python"), ("a.b.py", "python"), ("a.ipynb", "notebook"), (".py", None), ("..py", None)]
    + [("py", None), ("a.pyc", None), ("a.PY", None), ("a.py.txt", None), ("", None)],
)
def test_the_suffix_says_what_a_file_is(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind
