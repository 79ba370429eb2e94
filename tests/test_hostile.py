"""Input that nobody means well with, or that nobody thought of: each through the command line, on files."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from migrate_gemini import __main__, discovery
from tests.test_project import make

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")
LEGACY = """\
import google.generativeai as genai

genai.configure(api_key="k")
model = genai.GenerativeModel("gemini-3-flash-preview")
print(model.generate_content("Hi").text)
"""
NEW = """\
from google import genai

client = genai.Client(api_key="k")
model = "gemini-3-flash-preview"
print(client.interactions.create(model=model, input="Hi").output_text)
"""

Cli = Callable[..., tuple[int, str]]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    (tmp_path / "tree").mkdir()
    monkeypatch.chdir(tmp_path / "tree")
    return tmp_path / "tree"


@pytest.fixture
def cli(tree: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Runs a command line: its exit code and standard output."""

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["migrate-gemini", *arguments])
        with pytest.raises(SystemExit) as ended:
            __main__.main()
        sys.stdout.flush()
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        assert isinstance(ended.value.code, int)
        return ended.value.code, out

    return run


def failure(cli: Cli, *arguments: str) -> dict[str, str]:
    """The files that a run does not deal with, each with its reason, which is no error of ours (MG902). The run ends
    with 3, and with 0 where there are none."""
    code, out = cli("--output-format", "json", *(arguments or (".",)))
    failed = {file["path"]: file["error"] for file in json.loads(out)["files"] if "error" in file}
    assert code == (3 if failed else 0)
    assert all(error.startswith("MG901 ") and "\n" not in error for error in failed.values()), failed
    return {path: error.removeprefix("MG901 ") for path, error in failed.items()}


# -- links and paths ---------------------------------------------------------------------------------------------------


@posix
def test_nothing_is_written_through_a_link_out_of_the_tree(tree: Path, cli: Cli) -> None:
    outside = tree.parent / "outside"
    make(outside, {"target.py": LEGACY, "folder/inside.py": LEGACY, "requirements.txt": "google-generativeai\n"})
    make(tree, {"real.py": LEGACY})
    (tree / "link.py").symlink_to(outside / "target.py")
    (tree / "folder").symlink_to(outside / "folder")
    (tree / "requirements.txt").symlink_to(outside / "requirements.txt")
    (tree / "loop").symlink_to(tree)
    (tree / "self.py").symlink_to(tree / "self.py")
    (tree / "chain.py").symlink_to("link.py")
    cli(".")
    assert (tree / "real.py").read_text() == NEW
    assert (outside / "target.py").read_text() == (outside / "folder/inside.py").read_text() == LEGACY
    assert (outside / "requirements.txt").read_text() == "google-generativeai\n"
    for given in ("link.py", "chain.py", "self.py"):
        assert "symbolic link" in failure(cli, given)[given]


@posix
def test_a_file_with_another_name_elsewhere_keeps_its_text_there(tree: Path, cli: Cli) -> None:
    outside = tree.parent / "outside.py"
    make(tree, {"real.py": LEGACY})
    os.link(tree / "real.py", outside)
    cli(".")
    assert (tree / "real.py").read_text() == NEW
    assert outside.read_text() == LEGACY


@posix
def test_a_module_behind_a_link_is_not_read_for_what_it_gives(tree: Path, cli: Cli) -> None:
    secret = tree.parent / "secret.py"
    secret.write_text('MODEL = "gemini-1.5-flash"\n')
    make(tree, {"main.py": "from secret import MODEL\n" + LEGACY.replace('"gemini-3-flash-preview"', "MODEL")})
    (tree / "secret.py").symlink_to(secret)
    cli(".")
    assert secret.read_text() == 'MODEL = "gemini-1.5-flash"\n'


def test_a_path_with_dots_names_the_same_file_once(tree: Path, cli: Cli) -> None:
    make(tree, {"a/x.py": LEGACY, "b/y.py": ""})
    _, out = cli("b/../a/./x.py", "a/x.py", "a", "--output-format", "json")
    assert [file["path"] for file in json.loads(out)["files"]] == ["a/x.py"]
    assert (tree / "a/x.py").read_text() == NEW


NAMES = [
    "new\nline.py", "carriage\rreturn.py", "-dash.py", "--check.py", "esc\x1b[31m.py", "[red]m.py", "`tick`.py",
    "<img src=x onerror=alert(1)>.py", "](javascript:alert(1)).py", "::error::.py", "%0A::error::.py", "##[error]x.py",
    " .py", "a b.py", "\u202e.py", "\u2028.py", "__bold__.py", "www.example.com.py", "$(touch x).py", "'\".py", "é.py",
]  # fmt: skip


@posix
@pytest.mark.parametrize("name", [*NAMES, os.fsdecode(b"sur\xff.py")])
def test_a_file_of_any_name_is_migrated_and_its_name_is_text_everywhere(tree: Path, cli: Cli, name: str) -> None:
    make(tree, {name: LEGACY})
    shown = [cli("--check", "--output-format", way, ".") for way in ("full", "concise", "github", "markdown", "json")]
    assert {code for code, _ in shown} == {1}
    for _, out in shown:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202e]", out)
    lines = shown[2][1].splitlines()
    assert lines and all(line.startswith(("::warning file=", "::notice file=")) for line in lines)
    assert [line.count("::") for line in lines] == [2] * len(lines)
    assert cli(".")[0] == 0
    assert (tree / name).read_text() == NEW
    assert [path.name for path in tree.iterdir()] == [name]


@posix
@pytest.mark.parametrize("name", [*NAMES, os.fsdecode(b"sur\xff.py")])
def test_the_patch_of_a_file_of_any_name_is_one_that_git_takes(tree: Path, cli: Cli, name: str) -> None:
    make(tree, {name: LEGACY})
    cli("--dry-run", "--report", "../all.patch", ".")
    subprocess.run(["git", "apply", "../all.patch"], cwd=tree, check=True)
    assert (tree / name).read_text() == NEW


def test_a_name_that_starts_with_a_dash_is_given_behind_two(tree: Path, cli: Cli) -> None:
    make(tree, {"-x.py": LEGACY, "--check": LEGACY})
    assert cli("--", "-x.py", "--check")[0] == 0
    assert (tree / "-x.py").read_text() == (tree / "--check").read_text() == NEW


# -- bytes -------------------------------------------------------------------------------------------------------------

WORDS = {
    "latin-1": "café", "cp1252": "“smart” €", "koi8-r": "привет", "shift_jis": "日本 表", "euc-jp": "日本",
    "gb18030": "中文", "big5": "中文", "cp437": "░▒▓", "iso8859-15": "€",
    "mac-roman": "ƒ", "utf-8": "日本 😀", "cp932": "ソ",
}  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", WORDS)
def test_text_in_any_encoding_that_a_line_names_comes_back(tree: Path, cli: Cli, encoding: str, newline: str) -> None:
    def text(code: str) -> bytes:
        words = f"# -*- coding: {encoding} -*-\n# {WORDS[encoding]}\n{code}x = '{WORDS[encoding]}'\n"
        return words.replace("\n", newline).encode(encoding)

    make(tree, {"a.py": text(LEGACY)})
    assert failure(cli) == {}
    assert (tree / "a.py").read_bytes() == text(NEW)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_stays(tree: Path, cli: Cli, encoding: str) -> None:
    make(tree, {"a.py": b"\xef\xbb\xbf# coding: " + encoding.encode() + b"\n" + LEGACY.encode()})
    assert failure(cli) == {}
    assert (tree / "a.py").read_bytes() == b"\xef\xbb\xbf# coding: " + encoding.encode() + b"\n" + NEW.encode()


ODD = """utf-7 punycode idna rot13 unicode_escape raw_unicode_escape klingon utf-16 utf-16-le utf-32 hz iso2022_jp mbcs
oem undefined bz2 zlib hex quopri base64 uu cp037 charmap string-escape""".split()


@pytest.mark.parametrize("encoding", ODD)
def test_an_odd_encoding_is_refused_or_what_is_written_is_read_again_as_it_was_meant(
    tree: Path, cli: Cli, encoding: str
) -> None:
    data = f"# coding: {encoding}\n{LEGACY}x = '~+AGE- \\u00e9 \\\\'\n".encode()
    make(tree, {"a.py": data, "ok.py": LEGACY})
    failed = failure(cli)
    assert (tree / "ok.py").read_text() == NEW
    now = (tree / "a.py").read_bytes()
    if failed:
        assert now == data
    else:
        assert "interactions.create" in now.decode(encoding)
        assert ast.dump(ast.parse(now)).count("interactions") == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_named_although_python_does_not_read_it(tree: Path, cli: Cli, encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    make(tree, {"a.py": mark + LEGACY.encode(encoding), "ok.py": LEGACY})
    assert failure(cli) == {"a.py": "is UTF-16, which Python does not read; save it as UTF-8"}
    assert (tree / "ok.py").read_text() == NEW


@pytest.mark.parametrize(
    "rest",
    [
        "\x00",
        "'\x00'\n",
        "# a\rb\r\nc = 1\n\x0c\n\ty = 1\n",
        "x = '\x1a'\n",
        "x = '\ufeff'\n",
        "\\\n\n",
        "x = 1\\",
        "#\r",
    ],
)
def test_odd_bytes_stay_where_they_are(tree: Path, cli: Cli, rest: str) -> None:
    make(tree, {"a.py": LEGACY + rest, "ok.py": LEGACY})
    failed = failure(cli)
    assert (tree / "ok.py").read_text() == NEW
    assert (tree / "a.py").read_bytes() == ((LEGACY if failed else NEW) + rest).encode()


def test_mixed_line_ends_stay_where_nothing_is_rewritten(tree: Path, cli: Cli) -> None:
    kept = ["# a\r", "x = (1,\r\n  2)\n", "\x0c\n", "y = 3  # b\r\n", '"""c\n\r\nd\r"""\n', "\r", "# end"]
    code = [*LEGACY.replace("\n", "\r\n").splitlines(keepends=True), "", ""]
    make(tree, {"a.py": "".join(line + rest for line, rest in zip(code, kept, strict=True))})
    assert failure(cli) == {}
    now = (tree / "a.py").read_bytes().decode()
    assert "generativeai" not in now
    at = 0
    for line in kept:
        at = now.index(line, at) + len(line)


# -- programs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rest",
    [
        'print "hello"\n', 'exec "x"\n', "x = 0777\n", "x = `1`\n", 'raise E, "x"\n', "def f((a, b)): pass\n",
        "a <> b\n",
        "def f(:\n", "  x\n", '"""open', "(\n", "\tx\n        y\n", "x = \ud800\n", "é = £\n", "if x:\n", "x = 1 +\n",
    ],
)  # fmt: skip
def test_what_is_no_python_3_is_one_line_and_the_others_go_on(tree: Path, cli: Cli, rest: str) -> None:
    data = (LEGACY + rest).encode("utf-8", "surrogatepass")
    make(tree, {"a.py": data, "ok.py": LEGACY})
    assert list(failure(cli)) == ["a.py"]
    assert (tree / "a.py").read_bytes() == data
    assert (tree / "ok.py").read_text() == NEW


@pytest.mark.parametrize(
    "rest",
    [
        "break\n", "continue\n", "return 5\n", "yield 5\n", "await x\n", "class A:\n    break\n", "nonlocal x\n",
        "for x in y:\n    def f():\n        continue\n", "x: int = yield\n", "from __future__ import braces\n",
        "def f(a, a): pass\n", "global model\n", "del model\n", "*a = 1,\n",
        "from . import *\n", "class A(A): pass\n", "class A(B): pass\nclass B(A): pass\n",
        "@model\n@genai\nclass C: pass\n",
        "lambda: (yield)\n", "print(f'{model!r:>{len(\"x\")}}')\n", "__import__('genai')\n",
        "match x:\n    case _: pass\n",
        "try: pass\nexcept* ValueError: pass\n" if sys.version_info >= (3, 11) else "\n",
    ],
)  # fmt: skip
def test_what_parses_and_makes_no_sense_is_no_failure_of_ours(tree: Path, cli: Cli, rest: str) -> None:
    make(tree, {"a.py": LEGACY + rest})
    assert failure(cli) == {}
    assert (tree / "a.py").read_text().endswith(rest)


SYNTAX = {
    "type X[T] = list[T]\ndef f[T: int](a: T) -> T: return a\nclass C[T]: pass\n": (3, 12),
    'print(f"{"a" + f"{"b"}"}")\nprint(f"{\n1  # one\n}")\n': (3, 12),
    "class C[T = int]: pass\n": (3, 13),
    'x = t"hi {1} {model}"\n': (3, 14),
    "try: pass\nexcept ValueError, TypeError: pass\n": (3, 14),
}


@pytest.mark.parametrize("rest", SYNTAX)
def test_new_syntax_stays_or_the_python_that_reads_it_is_named(tree: Path, cli: Cli, rest: str) -> None:
    make(tree, {"a.py": LEGACY + rest, "ok.py": LEGACY})
    failed = failure(cli)
    assert (tree / "ok.py").read_text() == NEW
    if sys.version_info >= SYNTAX[rest]:
        assert failed == {}
        assert (tree / "a.py").read_text().endswith(rest)
    else:
        assert f"(read as Python {sys.version_info[0]}.{sys.version_info[1]})" in failed["a.py"]
        assert (tree / "a.py").read_text() == LEGACY + rest


@pytest.mark.skipif(sys.version_info < (3, 12), reason="new syntax")
def test_calls_in_new_syntax_move(tree: Path, cli: Cli) -> None:
    call = 'model.generate_content(f"{"Hi"}").text'
    make(tree, {"a.py": LEGACY + f'def f[T](a: T) -> T:\n    return f"{{{call}}}"\n'})
    assert failure(cli) == {}
    new = 'client.interactions.create(model=model, input=f"{"Hi"}").output_text'
    assert (tree / "a.py").read_text() == NEW + f'def f[T](a: T) -> T:\n    return f"{{{new}}}"\n'


def nested(kind: str, levels: int) -> str:
    """The argument of a call, nested so deeply."""
    return {
        "texts": "(\n" + '    "a"\n' * levels + ")",
        "texts in a line": "(" + '"a" ' * levels + ")",
        "formatted texts": '("" ' + 'f"{a}" ' * levels + ")",
        "calls": "f(" * levels + "a" + ")" * levels,
        "lists": "[" * levels + "]" * levels,
        "dicts": "{1: " * levels + "1" + "}" * levels,
        "power": "1" + "**1" * levels,
        "comprehensions": "[x for x in " * levels + "y" + "]" * levels,
        "walrus": "(a := " * levels + "1" + ")" * levels,
        "comparison": "1" + " < 1" * levels,
        "arguments": "f(" + "a, " * levels + ")",
    }[kind]


@pytest.mark.parametrize("levels", [20, 300, 3_000, 60_000])
@pytest.mark.parametrize(
    "kind",
    ["texts", "texts in a line", "formatted texts", "calls", "lists", "dicts", "power", "comprehensions", "walrus",
     "comparison", "arguments"],
)  # fmt: skip
def test_code_of_any_depth_is_migrated_or_refused_in_one_line(tree: Path, cli: Cli, kind: str, levels: int) -> None:
    if levels == 60_000 and kind in ("comparison", "arguments"):
        pytest.skip("flat, and large")
    before = LEGACY.replace('"Hi"', nested(kind, levels))
    make(tree, {"a.py": before})
    failed = failure(cli)
    now = (tree / "a.py").read_text()
    if failed:
        assert failed["a.py"] == "is nested too deeply to be parsed" or failed["a.py"].startswith("syntax error")
        assert levels > 90 and now == before
    else:
        assert levels < 3_000 or kind in ("comparison", "arguments")
        ast.parse(now)


@pytest.mark.parametrize("head", ["if x:", "for x in y:", "def f():", "class A:", "with x:", "try:"])
def test_blocks_of_any_depth(tree: Path, cli: Cli, head: str) -> None:
    blocks = "".join(" " * depth + head + "\n" for depth in range(19))
    end = "".join(" " * depth + "finally: pass\n" for depth in reversed(range(19))) if head == "try:" else ""
    inner = LEGACY.splitlines()[-1]
    make(tree, {"a.py": f"{LEGACY}{blocks}{' ' * 19}{inner}\n{end}"})
    assert failure(cli) == {}
    assert (tree / "a.py").read_text() == f"{NEW}{blocks}{' ' * 19}{NEW.splitlines()[-1]}\n{end}"


def test_a_giant_file_is_named_if_it_names_an_sdk(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    table = "x = 1\n" * 800_000
    make(tree, {"a.py": table + LEGACY, "b.py": table, "ok.py": LEGACY})
    assert failure(cli) == {"a.py": "names an SDK and is larger than 4 MB; split it, or leave it out (--exclude)"}
    assert (tree / "ok.py").read_text() == NEW
    assert discovery.LARGEST["python"] < len(table)


HARD = {
    "callables that call each other": "".join(
        f"class C{n}:\n    def __call__(self, x): return x(x)\n" for n in range(30)
    )
    + f"fs = [{', '.join(f'C{n}()' for n in range(30))}]\n"
    + "for f in fs:\n    for g in fs:\n        f(g)\n        f.__call__ = g\n        C1.__call__ = f\n",
}
CLASSES = {
    "a ladder": "class A0: pass\nclass B0: pass\n"
    + "".join(f"class A{n}(A{n - 1}, B{n - 1}): pass\nclass B{n}(A{n - 1}, B{n - 1}): pass\n" for n in range(1, 40)),
    "a line": "class A0: pass\n"
    + "".join(f"class A{n}(A{n - 1}):\n    def f(self): return super().f()\n" for n in range(1, 150)),
    "a circle": "".join(
        f"class A{n}({', '.join(f'A{other}' for other in range(9) if other != n)}): pass\n" for n in range(9)
    )
    * 2,
}


@pytest.mark.parametrize("kind", HARD)
def test_what_takes_too_long_to_understand_ends_with_a_line(
    tree: Path, cli: Cli, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migrate_gemini.infer.program.STEPS", 200_000)
    make(tree, {"a.py": LEGACY + HARD[kind], "b.py": "import a\n", "ok.py": LEGACY})
    words = (
        "is one of 2 modules that import each other, which together take too long to be understood; leave out what is "
        "generated (--exclude), or give fewer files"
    )
    assert failure(cli) == {"a.py": words, "b.py": words}
    assert (tree / "a.py").read_text() == LEGACY + HARD[kind]
    assert (tree / "ok.py").read_text() == NEW


@pytest.mark.parametrize("kind", CLASSES)
def test_classes_of_any_shape_are_understood(tree: Path, cli: Cli, kind: str) -> None:
    make(tree, {"a.py": LEGACY + CLASSES[kind]})
    assert failure(cli) == {}
    assert (tree / "a.py").read_text() == NEW + CLASSES[kind]


# -- what the reports show ---------------------------------------------------------------------------------------------

MARKUP = [
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[red]x[/red]", "[a](javascript:alert(1))",
    "![x](http://example.com/x.png)", "```", "`x`", "::error::x", "##[error]x", "%0A::error::x", "@octocat #1",
    "\x1b[31m", "\x9b31m", "\u202ex", "{0}", "&lt;", "]]>", "-->", "|x|",
    "https://example.com www.example.com", "**b** __b__",
]  # fmt: skip


def hostile(markup: str) -> str:
    """A program with a text in all the places that a report may show."""
    text = repr(markup)[1:-1] if re.search("[\x00-\x1f\x7f-\x9f\u202e]", markup) else markup
    return (
        f"# {markup}\n{LEGACY}"
        f'other = genai.GenerativeModel("gemini-1.5-pro-{text}", system_instruction="{text}", tools="{text}")\n'
        f'"""\n{text}\n"""\n'
        f'answer = other.generate_content("{text}", generation_config={{"{text}": 1, "top_k": "{text}"}})\n'
        f'print(answer.candidates["{text}"])\n'
        f'genai.delete_tuned_model("{text}")\n'
    )


class Tags(HTMLParser):
    """The tags of a page and the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attributes)


@pytest.mark.parametrize("markup", MARKUP)
def test_text_of_the_source_is_text_in_every_report(tree: Path, cli: Cli, markup: str) -> None:
    make(tree, {"a.py": hostile(markup)})
    ways = ("full", "concise", "github", "gitlab", "markdown", "json", "sarif")
    out = {way: cli("--dry-run", "--output-format", way, "--report", "../page.html", ".")[1] for way in ways}
    assert all(not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text) for way, text in out.items())
    assert all(line.startswith(("::warning file=", "::notice file=")) for line in out["github"].splitlines())
    for line in out["markdown"].splitlines():
        assert not re.match(r"\s*::|.*##\[", line)
    prose = re.sub(r"(`{3,})diff\n.*?\n\1\n", "", out["markdown"], flags=re.DOTALL)
    tags = Tags(prose).tags
    assert set(tags) <= {"details", "summary", "code"}
    plain = re.sub(r"&#\d+;", " ", prose)
    for sign in ("](", "![", "://", "www.", "@o", "#1", "**b", " __"):
        assert sign not in plain
    page = (tree.parent / "page.html").read_text(encoding="utf-8")
    found = Tags(page)
    assert (found.tags.count("script"), found.tags.count("img"), found.tags.count("a")) == (1, 0, 0)
    assert not [name for name in found.attributes if name.startswith("on") or name in ("src", "href")]
    for result in json.loads(out["sarif"])["runs"][0]["results"]:
        assert not re.search(r"(?<!\\)\]\(", result["message"]["text"])


def test_on_github_what_is_shown_holds_no_commands(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    make(tree, {"::error::a.py": LEGACY.replace('"Hi"', '"""\n::error::Hi\n::stop::\n"""')})
    for arguments in (["--dry-run"], ["--check"], ["--check", "--output-format", "concise"]):
        _, out = cli(*arguments, ".")
        first, *lines, last = out.splitlines()
        token = first.removeprefix("::stop-commands::")
        assert re.fullmatch("[0-9a-f]{32}", token) and last == f"::{token}::"
        assert token not in "".join(lines)
    _, out = cli("--check", "--output-format", "github", ".")
    assert "stop-commands" not in out
