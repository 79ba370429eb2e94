"""Programs made up of questions for what no old answer had: they print the same on stand-ins of the SDKs.

`MIGRATE_GEMINI_EXAMPLES=5000 python -m pytest tests/test_generated_questions.py` looks at more of them.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import textwrap
from types import SimpleNamespace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from migrate_gemini import Settings, transform
from tests.test_generated import bounded

HEAD = """import google.generativeai as genai

genai.configure(api_key="k")
model = genai.GenerativeModel("gemini-3-flash-preview")


def answer(x, y):
    r = model.generate_content("Hi")
    a = 0
"""
NAMES = ("usage", "id", "status", "choices", "txt")
DEFAULTS = ("None", "0", "[]", "x", "x or 1", "lambda: 3", "'d'", "(x, 1)", "not x", "x if y else 2")


class Answer(SimpleNamespace):
    """An answer; printed, it is the same for both SDKs."""

    def __repr__(self) -> str:
        return "answer"


OLD = Answer(text="t")
NEW = Answer(output_text="t", usage=SimpleNamespace(total_tokens=5), id="i", status="completed")
MODEL = SimpleNamespace(generate_content=lambda *given: OLD)
LEGACY = SimpleNamespace(configure=lambda **given: None, GenerativeModel=lambda *given: MODEL)
CLIENT = SimpleNamespace(interactions=SimpleNamespace(create=lambda **given: NEW))
GENAI = SimpleNamespace(Client=lambda **given: CLIENT)


def imported(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> object:
    """What an import statement of a program gives: a stand-in of an SDK."""
    return SimpleNamespace(generativeai=LEGACY, genai=GENAI)


def printed(code: str) -> str:
    """What a program prints for four sets of arguments."""
    out = io.StringIO()
    space: dict[str, Any] = {"__builtins__": {**vars(builtins), "__import__": imported}}
    with contextlib.redirect_stdout(out):
        exec(compile(code, "program", "exec"), space)
        for x, y in ((0, 0), (0, 1), (1, 0), (1, 1)):
            try:
                print(space["answer"](x, y))
            except AttributeError:
                print("no attribute")
    return out.getvalue()


names = st.sampled_from(NAMES)
questions = st.one_of(
    names.map(lambda name: f"hasattr(r, '{name}')"),
    st.builds(lambda name, other: f"getattr(r, '{name}', {other})", names, st.sampled_from(DEFAULTS)),
    names.map(lambda name: f"getattr(getattr(r, '{name}', None), 'total_tokens', 0)"),
    names.map(lambda name: f"getattr(r, '{name}', None) is not None"),
    st.sampled_from(("r", "x", "y", "r is not None", "r.text", "x > 0", "not y")),
)
tests = st.recursive(
    questions,
    lambda inner: st.one_of(
        st.builds("{} and {}".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        inner.map(lambda test: f"(not ({test}))"),
        st.builds("({} if {} else {})".format, inner, inner, inner),
    ),
    max_leaves=4,
)
simple = st.one_of(
    st.integers(1, 99).map("print({})".format),
    st.integers(1, 99).map("a = {}".format),
    tests.map(lambda test: f"print(bool({test}))"),
    st.integers(1, 99).map("# note {}\nprint()".format),
)


def block(*parts: str) -> str:
    """Lines in a block of their own."""
    return textwrap.indent("\n".join(parts), "    ")


def branches(test: str, body: str, others: list[tuple[str, str]], rest: str | None) -> str:
    """An if statement."""
    lines = [f"if {test}:", block(body)]
    for other, inner in others:
        lines += [f"elif {other}:", block(inner)]
    return "\n".join([*lines, *(["else:", block(rest)] if rest is not None else [])])


def attempt(first: str, body: str, caught: str, handler: str) -> str:
    """A try statement."""
    return "\n".join(["try:", block(first, body), f"except {caught}:", block(handler)])


def carried(variable: str, name: str, other: str, test: str, body: str) -> str:
    """A variable that has an answer, and a test of it."""
    return f"# what it is\n{variable} = getattr(r, '{name}', {other})\n" + branches(
        test.format(variable), body, [], None
    )


statements = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(branches, tests, inner, st.lists(st.tuples(tests, inner), max_size=2), st.none() | inner),
        st.builds(
            attempt,
            st.sampled_from(("a = r.usage.total_tokens", "print(r.id)", "print(f'{r.status}')", "print(1, r.id)")),
            inner,
            st.sampled_from(("AttributeError", "Exception", "(KeyError, AttributeError)")),
            inner,
        ),
        st.builds(
            carried,
            st.sampled_from("uvw"),
            names,
            st.sampled_from(("None", "0", "''", "1", "x")),
            st.sampled_from(("{0}", "not {0}", "x and {0}", "{0} is not None", "{0} and {0}.total_tokens", "{0} or y")),
            inner,
        ),
        st.lists(inner, min_size=2, max_size=3).map("\n".join),
    ),
    max_leaves=8,
)


@given(st.lists(statements, min_size=1, max_size=3))
@bounded
def test_a_program_of_such_questions_prints_the_same(parts: list[str]) -> None:
    before = HEAD + block(*parts, "return a") + "\n"
    result = transform(before, Settings(todo_comments=False))
    assume(result.text is not None and not any(finding.status == "manual" for finding in result.findings))
    assert result.text is not None
    assert printed(result.text) == printed(before), result.text
    assert transform(result.text).text in (None, result.text)
