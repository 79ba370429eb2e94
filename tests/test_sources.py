"""Bytes to text and back: what is not changed stays byte for byte."""

from __future__ import annotations

import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate_gemini.depth import LIMIT, too_deep
from migrate_gemini.sources.python import PythonSource, SourceError, decode, encode

ODD = {
    "empty": b"",
    "no final newline": b"x = 1",
    "crlf": b"x = 1\r\ny = 2\r\n",
    "mixed line ends": b"a\r\nb\nc\rd",
    "old mac": b"a = 1\rb = 2\r",
    "byte order mark": b"\xef\xbb\xbfx = 1\n",
    "byte order mark and crlf": b"\xef\xbb\xbf\r\nx = 1\r\n",
    "byte order mark and matching line": b"\xef\xbb\xbf# coding: utf-8\nx = '\xc3\xa9'\n",
    "byte order mark alone": b"\xef\xbb\xbf",
    "second byte order mark is text": b"\xef\xbb\xbf# \xef\xbb\xbf\n",
    "form feed": b"x = 1\n\x0c\ny = 2\n",
    "tabs": b"if x:\n\ty = '\t'\n",
    "vertical tab and separators": b"x = '\x0b\x1c\xc2\x85\xe2\x80\xa8'\n",
    "latin-1 line": b"# -*- coding: latin-1 -*-\nname = 'caf\xe9'\n",
    "latin-1 in line two": b"#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\nname = 'caf\xe9'\n",
    "latin-1 after lone carriage returns": b"#!x\r# coding: latin-1\rx = '\xe9'\r",
    "shift jis": b"# coding: cp932\nx = '\x83\x5c'\n",
    "escape in a string": b"x = '\x1b[31m'\n",
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_a_file_comes_back_byte_for_byte(data: bytes) -> None:
    source = decode(data)
    assert encode(source, source.text) == data


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")), st.booleans())
def test_any_utf8_comes_back_or_is_refused(text: str, bom: bool) -> None:
    data = b"\xef\xbb\xbf" * bom + text.encode()
    try:
        source = decode(data)
    except SourceError as error:
        assert "\n" not in str(error)
    else:
        assert encode(source, source.text) == data


def test_text_keeps_its_own_line_ends_and_the_mark_is_held_apart() -> None:
    assert decode(b"\xef\xbb\xbfa\r\nb\rc\n") == PythonSource("a\r\nb\rc\n", "utf-8", bom=True)


def test_new_text_is_written_in_the_files_encoding() -> None:
    source = decode(b"# coding: latin-1\nx = '\xe9'\n")
    assert encode(source, "# coding: latin-1\ny = 'é'\n") == b"# coding: latin-1\ny = '\xe9'\n"


def test_a_character_that_the_encoding_lacks_is_refused() -> None:
    source = decode(b"# coding: latin-1\nx = '\xe9'\n")
    with pytest.raises(SourceError, match=r"iso-8859-1 has no character U\+20AC"):
        encode(source, "x = '€'")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = 1\0", "holds a NUL byte, which Python source cannot"),
        (b"x = '\xe9'\n", "is not valid utf-8 and names no other encoding in its first two lines"),
        (b"a\r\nb\rc = '\xff'", "is not valid utf-8: byte 0xff in line 3"),
        (b"# coding: klingon\n", "cannot be decoded: unknown encoding: klingon"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "cannot be decoded: encoding problem: utf-8"),
        (b"# coding: utf-7\nx = '+AGE-'\n", "does not come back the same from encoding utf-7"),
        (b"# coding: utf-16\nx = 1\n", None),
        (b"# coding: rot13\nk = 1\n", None),
        (b"# coding: hex\n00\n", None),
        (b"# coding: idna\nx='a..b'\n", None),
        (b"# coding: unicode_escape\nx = '\\xe9'\n", None),
    ],
)
def test_what_cannot_be_decoded_says_why_in_one_line(data: bytes, reason: str | None) -> None:
    with pytest.raises(SourceError) as caught:
        decode(data)
    assert "\n" not in str(caught.value)
    if reason is not None:
        assert str(caught.value) == reason


def nested(kind: str, levels: int) -> str:
    return {
        "sum": "x = " + " + ".join(["1"] * levels),
        "sum over lines": "x = (\n    " + "\n    + ".join(["1"] * levels) + "\n)",
        "chain": "x = a" + ".b()" * levels,
        "chain over lines": "x = (\n    a" + "\n    .b()" * levels + "\n)",
        "elif": "if a:\n    pass\n" + "elif b:\n    pass\n" * levels,
        "and": "x = " + " and ".join(["a"] * levels),
        "not": "x = " + "not " * levels + "a",
        "lambda": "x = " + "lambda: " * levels + "a",
        "parentheses": "x = " + "(" * levels + "1" + ")" * levels,
        "conditional": "x = " + "a if b else " * levels + "c",
        "subscript": "x = a" + "[0]" * levels,
    }[kind]


KINDS = ["sum", "sum over lines", "chain", "chain over lines", "elif", "and", "not", "lambda", "parentheses",
         "conditional", "subscript"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("levels", [2 * LIMIT, 50_000])
def test_deep_nesting_is_told_before_a_parser_sees_it(kind: str, levels: int) -> None:
    assert too_deep(nested(kind, levels))


@pytest.mark.parametrize("kind", KINDS)
def test_ordinary_nesting_is_not_deep(kind: str) -> None:
    assert not too_deep(nested(kind, 80))


def test_a_long_table_is_not_deep() -> None:
    rows = "".join(f"    ('{number}', {number} + 1, {{'a': [-1, +2]}}),\n" for number in range(5_000))
    assert not too_deep(f"TABLE = [\n{rows}]\n")
    assert not too_deep(f"TABLE = [{rows.replace(chr(10), ' ')}]\n")


@pytest.mark.parametrize("line", ['"a"', '"a"  # why', "rb'a'  ", '# no\n\n"a"', "'''a'''"])
def test_many_texts_side_by_side_are_deep(line: str) -> None:
    assert too_deep("x = (\n    " + f"{line}\n    " * (2 * LIMIT) + "\n)\n")


def test_texts_that_go_on_behind_a_backslash_are_side_by_side() -> None:
    assert too_deep("x = " + '"a" \\\n    ' * (2 * LIMIT) + '"a"\n')


def test_a_long_table_of_texts_is_told_without_its_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(tokenize, "generate_tokens")
    rows = "".join(f"    'key {number}': 'text',\n    # \"more\n    'other': None,\n" for number in range(5_000))
    assert not too_deep(f"TABLE = {{\n{rows}}}\n")


def test_a_syntax_error_is_not_deep_nesting() -> None:
    assert not too_deep("x = (" + "1 + " * 500 + "\n")
