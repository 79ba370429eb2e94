"""Programs made up by a small grammar: real legacy calls among unrelated code, in odd layouts.

`MIGRATE_GEMINI_EXAMPLES=5000 python -m pytest tests/test_generated.py` looks at more of them, other ones each time.
"""

from __future__ import annotations

import ast
import os
import textwrap
from collections import Counter

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from migrate_gemini import Settings, transform
from tests.checks import check_sites, difference
from tests.test_properties import comments

EXAMPLES = int(os.environ.get("MIGRATE_GEMINI_EXAMPLES", "0"))
bounded = hypothesis_settings(
    max_examples=EXAMPLES or 120,
    deadline=None,
    derandomize=not EXAMPLES,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
SETTINGS = Settings(todo_comments=False)

# Each has one {n}, which makes it another one. None of it has to do with the SDK, though some looks like it.
UNRELATED = (
    "x{n} = 1",
    "x{n}  =  [ 1,2 ,\n\n      3 , # three\n]",
    "x{n} = 1; y{n} = 2  # two in a line",
    "x{n} = 1 + \\\n  2",
    'x{n} = """\n  text # no comment\n\ttab"""',
    "x{n} = 'a' \"b\" f'{{1}}'",
    "x{n}: dict[str, int] = {{'text': 1}}  # type: ignore[x]",
    "#{n} a comment alone\n#!odd",
    "    # {n} indented anywhere",
    "@ decorated ( {n} )  # on it\ndef f{n}( a , *b , c = 1 , ** d ) : pass",
    "def f{n}(model=None, /, *, text=''):\n  '''Two spaces.'''\n\n  return text  # back\n  # after it",
    "async def f{n}():\n\tasync with a() as b, c() as d:\n\t\tawait b.send_text({n})\n\t\t# at the end",
    "class C{n} ( Base , metaclass = M ) :\n    text = property(lambda self: {n})\n    # last in class",
    "class C{n}:\n\n    # first\n    @property\n    def text(self): return self.response.text",
    "try :\n    import numpy as np{n}\nexcept (ImportError, ValueError) as e :\n    raise\nelse: pass\n"
    "finally:\n    pass",
    "if x > {n} :\n    pass\n# before elif\nelif y: pass\nelse:\n    pass  # done",
    "for i{n}, (a, *b) in enumerate(z):\n    if a: continue\n    print(i{n}, b)\nelse:\n    print('none')",
    "while not done({n}) :\n    break",
    "with open('a') as f{n}, (\n    open('b')\n) as g: f{n}.write(g.read())",
    "print(response{n}.text, file=err)",
    "lambda{n} = lambda *a, **k: (yield_, {n})",
    "del a[{n}:], b.text",
    "assert isinstance(x, str), f'{{x!r:>{n}}} {{y=}}'",
    "global_{n} = {{**a, 'k': [*b], **{{'c': {{1, 2}}}}}}",
    "match{n} = match.case({n})",
    "if (n{n} := len(a)) > 1: print(n{n})",
    "\x0c",
    "x{n} = a if b else c if d else(e)",
    "print ( * args{n} , ** kwargs )",
    "x{n} = [y for y in z if y if not y for w in y]",
)
CALLS = (
    "print(model.generate_content({p}).text)",
    "answer{n} = model.generate_content({p})\nprint(answer{n}.text)",
    "answer{n} = model.generate_content(  # why\n    {p},  # what\n"
    "    generation_config={{'temperature': 0.{n}}},\n)\nprint(answer{n}.text  )",
    "for chunk in model.generate_content({p}, stream=True):\n    print(chunk.text, end='')  # piece",
    "chat{n} = model.start_chat()\nprint(chat{n}.send_message({p}).text)\nprint(chat{n}.send_message('more').text)",
    "def ask{n}(question):\n    '''Asks.'''\n    # one question\n"
    "    return model.generate_content(question).text\n\n\nprint(ask{n}({p}))",
    "class Asker{n}:\n    def __init__(self):\n        self.model = model  # kept\n\n    def ask(self, text):\n"
    "        return self.model.generate_content([text, {p}]).text\n\n\nprint(Asker{n}().ask({p}))",
    "try:\n    print(model.generate_content({p}).text)\nexcept Exception as error:  # any\n    print(error)",
    "if model.generate_content({p}).text == 'yes':  # asked\n    print({n})\nelse:\n    # no\n    print(0)",
    "texts{n} = [model.generate_content(q).text for q in ({p}, 'b')]\nprint(texts{n})",
    "x{n} = 1; print(model.generate_content({p}).text); y{n} = 2",
    "async def later{n}():\n    return (await model.generate_content_async({p})).text",
    "helper{n} = lambda q: model.generate_content(q).text  # short\nprint(helper{n}({p}))",
    "with lock:\n    print(\n        model\n        .generate_content({p})\n        .text\n    )",
    "other{n} = genai.GenerativeModel('gemini-3-flash-preview', system_instruction={p})\n"
    "print(other{n}.generate_content('a').text)",
    "print(model.generate_content({p}).candidates[0].content.parts[0].text)",
    "unknown{n}(model)\nprint(model.generate_content({p}).text)",
)
PROMPTS = (
    "'Hi'",
    '"Hi"',
    'f"Hi {1 + 1}"',
    "'''Hi\n# no comment'''",
    "r'\\d'",
    "'Hi' 'there'",
    "b",
    "('a' +\n 'b')",
    "'日本'",
)
WRAPS = ("{}", "if True:\n{}", "def run():\n{}\n\n\nrun()", "class Place:\n{}", "for _ in range(2):\n{}")
HEADS = (
    "import google.generativeai as genai\n\ngenai.configure(api_key='k')\n",
    "#!/usr/bin/env python\n# coding: utf-8\n'''Says hello.'''\nfrom __future__ import annotations\n\nimport os, sys\n"
    "import google.generativeai as genai  # the SDK\ngenai.configure( api_key = os.environ['K'] )  # once\n",
    "import os\n\n\n# Gemini\nfrom google import generativeai as genai\n",
)


def fill(piece: str, number: int, prompt: str = "") -> str:
    """A piece with its number and prompt."""
    return piece.replace("{p}", "\0").format(n=number).replace("\0", prompt)


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A program, and the texts in it that have nothing to do with the SDK, in order."""
    number = 0
    plain: list[str] = []

    def unrelated() -> str:
        nonlocal number
        found = []
        for piece in draw(st.lists(st.sampled_from(UNRELATED), max_size=3)):
            number += 1
            text = fill(piece, number)
            if piece.strip():
                plain.append(text)
            found.append(text + draw(st.sampled_from(("\n", "\n\n", "\n\n\n", "  \n"))))
        return "".join(found)

    parts = [draw(st.sampled_from(HEADS)), "model = genai.GenerativeModel('gemini-3-flash-preview')\n"]
    parts.append(unrelated())
    for piece in draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=4)):
        number += 1
        text = fill(piece, number, draw(st.sampled_from(PROMPTS)))
        wrap = draw(st.sampled_from(WRAPS))
        if wrap != "{}":
            if "'''" in text or "class " in text or "async " in text:
                wrap = "{}"
            else:
                text = textwrap.indent(text, draw(st.sampled_from(("    ", "\t", "  "))))
        parts.append(wrap.format(text) + "\n")
        parts.append(unrelated())
    text = "".join(parts)
    if draw(st.booleans()):
        text = text.rstrip("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
        plain = [piece.replace("\n", "\r\n") for piece in plain]
    return text, plain


@bounded
@given(programs())
def test_what_is_valid_stays_valid_and_what_is_unrelated_stays_as_it_is(program: tuple[str, list[str]]) -> None:
    source, plain = program
    ast.parse(source)
    result = transform(source, SETTINGS)
    assert result.error is None
    check_sites(source, result.findings)
    text = source if result.text is None else result.text
    ast.parse(text)
    assert not Counter(comments(source)) - Counter(comments(text))
    at = 0
    for piece in plain:
        assert piece in text[at:], f"{piece!r} is not where it was:\n{difference(source, text)}"
        at = text.index(piece, at) + len(piece)
    assert "\r\n" not in source or "\n" not in text.replace("\r\n", "")
    again = transform(text, SETTINGS)
    assert again.error is None
    assert again.text is None, difference(text, again.text)


@bounded
@given(programs())
def test_comments_on_what_stays_are_all_that_comes_to_it_and_come_once(program: tuple[str, list[str]]) -> None:
    source, _ = program
    plain, marked = transform(source, SETTINGS), transform(source)
    assert [(f.code, f.status) for f in plain.findings] == [(f.code, f.status) for f in marked.findings]
    text = source if plain.text is None else plain.text
    lines = (source if marked.text is None else marked.text).splitlines(keepends=True)
    without = [line for line in lines if not line.lstrip().startswith("# TODO(migrate-gemini)")]
    assert "".join(without) == text, difference(text, "".join(without))
    if marked.text is not None:
        assert transform(marked.text).text is None
