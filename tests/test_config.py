"""`[tool.migrate-gemini]`: where it is found, what it may say, and that the command line wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate_gemini.config import Config, ConfigError, load, rules
from tests.test_cli import REAL, Cli, cli, command, tree  # noqa: F401
from tests.test_project import SDK, make

SECTION = "[tool.migrate-gemini]\n"


def configured(folder: Path, text: str) -> Config:
    make(folder, {"pyproject.toml": SECTION + text})
    return load([folder])


def test_every_key_is_read(tmp_path: Path) -> None:
    found = configured(
        tmp_path,
        'select = ["MG1", "genai-generate"]\n'
        'ignore = ["mg401"]\n'
        'exclude = ["gen/"]\n'
        'default-model = "gemini-x"\n'
        'target = "steps"\n'
        "store = false\n"
        "todo-comments = false\n"
        "manifests = true\n"
        "config-files = true\n"
        "docs = true\n"
        'baseline = "ci/baseline.json"\n'
        '[tool.migrate-gemini.models]\n"gemini-1.5-pro" = "gemini-y"\n'
        '[tool.migrate-gemini.per-file-ignores]\n"tests/**" = ["MG302"]\n',
    )
    assert (found.select, found.ignore, found.exclude) == (("MG1", "MG201"), ("MG401",), ("gen/",))
    assert (found.default_model, found.target, found.models) == ("gemini-x", "steps", (("gemini-1.5-pro", "gemini-y"),))
    assert (found.store, found.todo_comments, found.manifests, found.config_files) == (False, False, True, True)
    assert found.docs is True
    assert found.baseline == tmp_path / "ci" / "baseline.json"
    (per_file,) = found.per_file_ignores
    assert (per_file.base, per_file.pattern, per_file.rules) == (f"{tmp_path.as_posix()}/", "tests/**", ("MG302",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []\n", "unknown key 'selct'; did you mean 'select'?"),
        ("zzz = 1\n", "unknown key 'zzz'; known are select, "),
        ('select = "MG1"\n', "select: has to be a list of strings"),
        ('select = ["MG8"]\n', "select: there is no rule 'MG8'; did you mean"),
        ('ignore = ["qqqqqq"]\n', "ignore: there is no rule 'qqqqqq'; --list-rules shows them all"),
        ('exclude = ["[a"]\nstore = "no"\n', "store: has to be true or false"),
        ('target = "new"\n', "target: has to be one of auto, steps, outputs"),
        ('default-model = " "\n', "default-model: has to be a string that is not empty"),
        ("models = 3\n", "models: has to be a table"),
        ('per-file-ignores = {"a" = "MG1"}\n', "per-file-ignores: has to be a list of strings"),
        ("store = maybe\n", "is not valid TOML: "),
    ],
)
def test_what_is_wrong_is_said_with_its_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        configured(tmp_path, text)
    assert str(raised.value).startswith(f"{tmp_path / 'pyproject.toml'}: {message}")
    assert "\n" not in str(raised.value)


def test_the_nearest_file_with_a_section_counts(tmp_path: Path) -> None:
    make(tmp_path, {"pyproject.toml": SECTION + "store = false\n", "a/pyproject.toml": "[project]\nname = 'a'\n"})
    make(tmp_path, {"a/b/pyproject.toml": SECTION + "store = true\n", "a/b/x.py": "", "a/y.py": ""})
    assert load([tmp_path / "a" / "b" / "x.py"]).store is True
    assert load([tmp_path / "a" / "y.py"]).store is False
    assert load([tmp_path / "a" / "b" / "x.py", tmp_path / "a" / "y.py"]).folder == tmp_path


def test_nothing_above_the_repository_counts(tmp_path: Path) -> None:
    make(tmp_path, {"pyproject.toml": SECTION + "store = false\n", "repo/.git/HEAD": "", "repo/x.py": ""})
    assert load([tmp_path / "repo"]) == Config()


def test_a_file_that_is_named_has_to_be_there_and_to_have_the_section(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: no such file"):
        load([tmp_path], tmp_path / "other.toml")
    make(tmp_path, {"other.toml": "[project]\n"})
    with pytest.raises(ConfigError, match=r"there is no \[tool.migrate-gemini\] in it"):
        load([tmp_path], tmp_path / "other.toml")


def test_rules_are_codes_beginnings_and_names() -> None:
    assert rules(["MG1,mg40", "legacy-model", "MG1"]) == ("MG1", "MG40", "MG101")
    assert rules(["ALL"]) == ("MG",)


def test_the_command_line_wins_over_the_file(tree: Path, cli: Cli) -> None:  # noqa: F811
    make(tree, {"pyproject.toml": SECTION + 'ignore = ["MG1"]\nexclude = ["a.py"]\n'})
    make(tree, {"a.py": SDK + "old()\n", "b.py": SDK + "x = 1\n"})
    assert cli("--check", ".")[0] == 0
    assert cli("--check", "--exclude", "c.py", ".")[0] == 1
    assert cli("--check", "--isolated", ".")[0] == 1


def test_patterns_of_the_file_start_from_its_folder(
    tree: Path,  # noqa: F811
    cli: Cli,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make(tree, {"pyproject.toml": SECTION + 'exclude = ["/sub/gen/"]\n', "sub/gen/a.py": SDK + "old()\n"})
    monkeypatch.chdir(tree / "sub")
    assert cli("--check", ".")[0] == 0
    assert cli("--check", "--exclude", "/sub/gen/", ".")[0] == 1


def test_a_wrong_file_is_wrong_usage(tree: Path, cli: Cli) -> None:  # noqa: F811
    make(tree, {"pyproject.toml": SECTION + "selct = []\n", "a.py": ""})
    code, out, err = cli(".")
    assert (code, out) == (2, "")
    assert err.startswith("migrate-gemini: error: ") and "unknown key 'selct'" in err


def test_store_of_the_file_can_be_taken_back(tmp_path: Path) -> None:
    make(tmp_path, {"pyproject.toml": SECTION + "store = false\ntodo-comments = false\n", "a.py": REAL})
    assert b"store=False" in command("--dry-run", ".", cwd=tmp_path).stdout
    assert b"store=False" not in command("--dry-run", "--store", ".", cwd=tmp_path).stdout


def test_rules_are_selected_on_the_command_line(tmp_path: Path) -> None:
    make(tmp_path, {"a.py": REAL})
    assert command("--check", "--select", "MG2", ".", cwd=tmp_path).returncode == 0
    assert command("--check", "--ignore", "MG1,MG4", ".", cwd=tmp_path).returncode == 0
    told = command("--check", "--select", "MG77", ".", cwd=tmp_path)
    assert told.returncode == 2 and b"--select: there is no rule 'MG77'" in told.stderr
