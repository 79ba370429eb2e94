"""What holds for every rewrite, on all fixture programs and on programs made up by chance."""

from __future__ import annotations

import ast
import builtins
import difflib
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from migrate_gemini import ModuleResult, Settings, transform
from migrate_gemini.engine import SourceModule, migrate
from migrate_gemini.infer.wider import SMALL
from tests.checks import check_sites, difference

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PROGRAMS = {path.parent.name: path for path in sorted(FIXTURES.glob("programs/*/before"))}
UNCHANGED = {path.name: path for path in sorted(FIXTURES.glob("unchanged/*.py"))}
SETTINGS = Settings(todo_comments=False)
LEGACY_CALL = re.compile(r"\.(generate_content\w*|start_chat|send_message\w*|GenerativeModel)\b")
CHAT_CLASS = re.compile(r"^class \w*Chat:", re.MULTILINE)

# -- fixtures ----------------------------------------------------------------------------------------------------------


@cache
def modules(program: str) -> tuple[SourceModule, ...]:
    """The modules of a fixture program, by path."""
    folder = PROGRAMS[program]
    return tuple(
        SourceModule(path.relative_to(folder).as_posix(), path.read_bytes().decode("utf-8-sig"))
        for path in sorted(folder.rglob("*.py"))
    )


@cache
def migrated(program: str) -> tuple[ModuleResult, ...]:
    """What becomes of the modules of a fixture program, without comments of the tool's own."""
    return tuple(migrate(modules(program), SETTINGS))


def changed(program: str) -> Iterator[tuple[str, str]]:
    """(before, after) of the modules of a program that change."""
    for module, result in zip(modules(program), migrated(program), strict=True):
        if result.text is not None:
            yield module.text, result.text


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_result_is_python_and_a_second_run_changes_nothing(program: str) -> None:
    results = migrated(program)
    assert [result.error for result in results] == [None] * len(results)
    texts = [result.text or module.text for module, result in zip(modules(program), results, strict=True)]
    again = migrate([SourceModule(result.path, text) for result, text in zip(results, texts, strict=True)], SETTINGS)
    for text, second in zip(texts, again, strict=True):
        ast.parse(text)
        assert second.text is None, difference(text, second.text)


@pytest.mark.parametrize("program", PROGRAMS)
def test_text_between_statements_that_stay_is_the_same(program: str) -> None:
    for before, after in changed(program):
        old, new = top_level(before), top_level(after)
        assert new[0][0] == old[0][0], "the text before the first statement"
        assert new[-1][0] == old[-1][0], "the text behind the last statement"
        matcher = difflib.SequenceMatcher(None, [text for _, text in old], [text for _, text in new], autojunk=False)
        for first, second, size in matcher.get_matching_blocks():
            for step in range(1, size):
                assert new[second + step][0] == old[first + step][0], f"the text before {old[first + step][1]!r}"


OF_DEAD_CODE = {
    "legacy_errors_never_raised": [
        "# The prompt itself was refused.",
        "# What a broken stream would have raised.",
        "# Was refused.",
    ],
    "legacy_never_had": ["# Tell what it cost,", "# if it is known", "# as another SDK tells it"],
}
"""Comments of clauses that go, for what they catch was never raised, and of branches that go, for they never ran: they
go with them."""


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_comment_is_still_there(program: str) -> None:
    gone = [Counter(comments(before)) - Counter(comments(after)) for before, after in changed(program)]
    assert sorted(comment for each in gone for comment in each.elements()) == sorted(OF_DEAD_CODE.get(program, []))


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_name_is_used_that_nothing_binds(program: str) -> None:
    for before, after in changed(program):
        assert unbound(after) <= unbound(before)


@pytest.mark.parametrize("program", [name for name in PROGRAMS if len(modules(name)) > 1])
def test_the_order_of_modules_does_not_matter(program: str) -> None:
    results = migrate(modules(program)[::-1], SETTINGS)
    assert tuple(results[::-1]) == migrated(program)


@pytest.mark.parametrize("program", [name for name in PROGRAMS if len(modules(name)) > 1])
def test_it_does_not_matter_how_large_the_project_is_that_a_program_is_part_of(program: str) -> None:
    others = [SourceModule(f"unrelated/m{number}.py", f"x{number} = 1\n") for number in range(SMALL + 1)]
    assert tuple(migrate([*modules(program), *others], SETTINGS)[: len(modules(program))]) == migrated(program)


@pytest.mark.parametrize("name", UNCHANGED)
def test_what_is_not_the_tools_business_stays_and_gets_no_finding(name: str) -> None:
    text = UNCHANGED[name].read_bytes().decode("utf-8-sig")
    result = transform(text, path=name)
    assert (result.text, result.findings, result.error) == (None, (), None)


def test_all_unchanged_files_together_stay_too() -> None:
    sources = [SourceModule(name, path.read_bytes().decode("utf-8-sig")) for name, path in UNCHANGED.items()]
    assert all((result.text, result.findings) == (None, ()) for result in migrate(sources, Settings()))


def top_level(text: str) -> list[tuple[str, str]]:
    """(text before it, text) of each top-level statement, in whole lines; last, the text behind them all."""
    lines = text.splitlines(keepends=True)
    found: list[tuple[str, str]] = []
    done = 0
    for node in ast.parse(text).body:
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))]) - 1
        last = node.end_lineno or node.lineno
        if first < done:  # behind a semicolon
            gap, above = found.pop()
            found.append((gap, above + "".join(lines[done:last])))
        else:
            found.append(("".join(lines[done:first]), "".join(lines[first:last])))
        done = last
    return [*found, ("".join(lines[done:]), "")]


def comments(text: str) -> Iterator[str]:
    """Every comment of a text."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.rstrip()


def unbound(text: str) -> set[str]:
    """The names that a module reads, and that neither it nor Python binds anywhere."""
    tree = ast.parse(text)
    read, bound = set(), {*dir(builtins), "__file__", "__name__", "__doc__", "__path__", "__spec__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            bound.add(node.name)
    return read - bound


# -- programs made up by chance ----------------------------------------------------------------------------------------

NAMES = (
    "genai_model",
    "m",
    "model",
    "writer",
    "response",
    "chat",
    "answer",
    "client2",
    "result",
    "text",
    "chunk",
    "größe",
)
PROMPTS = ('"Hi"', "'Hi'", 'f"Hi {1 + 1}"', '"""Hi\n    there"""', 'r"\\d"', '"Hi" + "!"', '"日本"', '("Hi" " there")')
MODEL_ARGUMENTS = (
    "",
    ', system_instruction="Be short."',
    ", generation_config={'temperature': 0.1}",
    ", generation_config=genai.GenerationConfig(top_p=0.5, max_output_tokens=9)",
    ", safety_settings={'HARASSMENT': 'block_none'}",
)
CALL_ARGUMENTS = ("", ", generation_config={'temperature': 0.9}", ", generation_config=genai.GenerationConfig(seed=3)")
CONFIGS = (
    "",
    ", config={'temperature': 0.5}",
    ", config=types.GenerateContentConfig(system_instruction='Be short.', top_p=0.2)",
    ", config=types.GenerateContentConfig(\n    temperature=0.1,  # low\n    seed=1,\n)",
)
PLACES = (
    "{}",
    "def main():\n{}\n\n\nmain()",
    "class Bot:\n    def run(self):\n{}",
    "if True:\n{}",
    "async def run():\n{}",
)
READS = (
    "print({answer}.text)",
    "print({answer}.text.upper(), {answer}.usage_metadata.total_token_count)",
    "if {answer}.text:\n    print(len({answer}.text))",
    "[print(line) for line in {answer}.text.splitlines()]",
    "print(f'{{{answer}.text}}!')",
)
LOOPS = (
    "for {chunk} in {stream}:\n    print({chunk}.text)",
    "for {chunk} in {stream}:\n    if {chunk}.text:\n        print({chunk}.text, end='')\nprint()",
    "print(''.join({chunk}.text for {chunk} in {stream}))",
    "for {chunk} in {stream}:\n    # each piece\n    print({chunk}.text)\nelse:\n    print('.')",
)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A small program that asks a model once or more, in one of many shapes and layouts."""
    legacy = draw(st.booleans())
    names = draw(st.lists(st.sampled_from(NAMES), min_size=4, max_size=4, unique=True))
    body = legacy_body(draw, names) if legacy else new_body(draw, names)
    if draw(st.booleans()):
        body = "# first\n" + body.replace("\n\n", "\n", 1) + "\n# last"
    place = draw(st.sampled_from(PLACES))
    text = place.format(indented(body, place.partition("{}")[0].count(":")))
    head = "import google.generativeai as genai\n\ngenai.configure(api_key='k')\n"
    if not legacy:
        head = "from google import genai\nfrom google.genai import types\n\nclient = genai.Client()\n"
    if not legacy and "types." not in text:
        head = head.replace("from google.genai import types\n", "")
    if draw(st.booleans()):
        head = f'"""Says hello."""\n\n{head}'
    text = f"{head}\n\n{text}\n"
    if draw(st.booleans()):
        text = text.replace("    ", "\t")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return text


def legacy_body(draw: st.DrawFn, names: list[str]) -> str:
    """Statements that use the legacy SDK."""
    model, chat, answer, chunk = names
    prompt, arguments = draw(st.sampled_from(PROMPTS)), draw(st.sampled_from(MODEL_ARGUMENTS))
    made = f"{model} = genai.GenerativeModel('gemini-3-flash-preview'{arguments})\n"
    given = f"({layout(draw, prompt, draw(st.sampled_from(CALL_ARGUMENTS)))})"
    target = f"{model}.generate_content{given}"
    if draw(st.booleans()):
        made += f"{chat} = {model}.start_chat()\n"
        target = f"{chat}.send_message{given}"
    return made + shape(draw, target, target[:-1].rstrip().removesuffix(",") + ", stream=True)", answer, chunk)


def new_body(draw: st.DrawFn, names: list[str]) -> str:
    """Statements that use google-genai."""
    _, chat, answer, chunk = names
    prompt, config = draw(st.sampled_from(PROMPTS)), draw(st.sampled_from(CONFIGS))
    made, method = "", "client.models.generate_content"
    arguments = f"model='gemini-3-flash-preview', contents={prompt}"
    given = f"({layout(draw, arguments, config)})"
    if draw(st.booleans()):
        made = f"{chat} = client.chats.create(model='gemini-3-flash-preview'{config})\n"
        method, given = f"{chat}.send_message", f"({layout(draw, prompt, '')})"
    return made + shape(draw, f"{method}{given}", f"{method}_stream{given}", answer, chunk)


def layout(draw: st.DrawFn, first: str, rest: str) -> str:
    """Arguments on one line, or on lines of their own."""
    return draw(
        st.sampled_from((first + rest, f"\n    {first}{rest}\n", f"\n    {first}{rest},\n", f" {first}{rest} "))
    )


def shape(draw: st.DrawFn, plain: str, streamed: str, answer: str, chunk: str) -> str:
    """A request and what is done with its answer."""
    stream = draw(st.booleans())
    call = streamed if stream else plain
    direct = draw(st.booleans())
    made = "" if direct else f"{answer} = {call}\n\n"
    value = call if direct else answer
    if stream:
        return made + draw(st.sampled_from(LOOPS)).format(chunk=chunk, stream=value)
    if direct:
        return f"print({call}.text)"
    return made + draw(st.sampled_from(READS)).format(answer=value)


def indented(body: str, depth: int) -> str:
    """Code in a block; lines of a string are moved too, which makes another program but does no harm."""
    return "".join(f"{'    ' * depth}{line}" if line.strip() else line for line in body.splitlines(keepends=True))


@hypothesis_settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(programs())
def test_any_small_program_moves_whole_and_stays_python(source: str) -> None:
    ast.parse(source)
    result = transform(source, SETTINGS)
    assert result.error is None
    check_sites(source, result.findings)
    assert {finding.status for finding in result.findings} <= {"migrated", "needs_review"}
    assert result.text is not None
    ast.parse(result.text)
    assert CHAT_CLASS.search(result.text) or not LEGACY_CALL.search(result.text)
    assert unbound(result.text) == set()
    assert not Counter(comments(source)) - Counter(comments(result.text))
    assert ("\r\n" in result.text) == ("\r\n" in source)
    assert "\r\n" not in source or "\n" not in result.text.replace("\r\n", "")
    second = transform(result.text, SETTINGS)
    assert second.text is None, difference(result.text, second.text)
    assert second.findings == ()


@hypothesis_settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(programs(), st.sampled_from(["from helper import use\n", "import helper\nuse = helper.use\n"]))
def test_any_small_program_that_hands_its_objects_away_stays(source: str, helper: str) -> None:
    """Objects that code which cannot be seen gets hold of keep their group; only comments may be put at it."""
    newline = "\r\n" if "\r\n" in source else "\n"
    name = re.search(r"(\w+) = (?:genai\.GenerativeModel|client\.chats\.create)\(", source)
    if name is None:
        return
    line = re.search(rf"^([ \t]*){name[1]} = ", source, re.MULTILINE)
    assert line is not None
    end = next(
        node.end_lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name[1]
    )
    lines = source.splitlines(keepends=True)
    lines.insert(end or 0, f"{line[1]}use({name[1]}){newline}")
    source = helper.replace("\n", newline) + "".join(lines)
    result = transform(source, SETTINGS)
    assert result.error is None
    assert "manual" in {finding.status for finding in result.findings}
    check_sites(source, result.findings)
    assert result.text is None, difference(source, result.text)
