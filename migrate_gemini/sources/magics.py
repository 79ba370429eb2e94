"""What IPython reads in a cell and Python does not: each such line is masked by a statement that nothing rewrites.

Rules: https://ipython.readthedocs.io/en/stable/interactive/magics.html and IPython's inputtransformer2.
"""

from __future__ import annotations

import ast
import io
import keyword
import re
import textwrap
import tokenize
from collections.abc import Callable, Sequence

FOREIGN = frozenset(
    """
    ! HTML SVG bash bigquery cmd cython file html javascript js latex markdown perl powershell pypy python python2
    python3 ruby script sh sql svg sx system writefile
    """.split()
)
"""Cell magics whose body is no Python of this notebook."""
TIMED = frozenset(("time", "timeit", "prun", "memit"))
"""Line magics whose rest is a statement."""
APART = frozenset(("timeit", "prun", "memit"))
"""Magics that run a statement in names of its own, or many times: one statement has to stay one."""

_NAMELESS = frozenset(
    """
    aimport alias autoawait autoreload bash cd colors conda config dirs env killbgscripts load load_ext ls matplotlib
    mkdir mv mamba pip pwd pylab reload_ext run rm set_env sh system sx tensorflow_version unload_ext uv writefile
    """.split()
)
"""Line magics whose words are no names of Python."""

_CELL = re.compile(r"\s*%%(!|\w+)")
_LINE = re.compile(r"([ \t]*)(?:[%!].*|(?:pip|conda|mamba|uv)[ \t]+[a-z].*|\?{1,2}[%\w.*]+|[%\w.*]+\?{1,2})[ \t]*")
_GIVEN = re.compile(r"([ \t]*[\w., \t*\[\]'\"]+=[ \t]*)([%!](?!=).*)")
_TIMED = re.compile(r"([ \t]*)(%(\w+)[ \t]+(?:-\w+[ \t]*\d*[ \t]+)*)(\S.*)")

Mask = Callable[[str, str], str]
"""(what is masked, its kind: line, value or prefix) -> the code that stands for it, without indentation."""


def opaque(source: str) -> bool:
    """Whether a cell is no Python of the notebook, or nothing but spaces."""
    match = _CELL.match(source)
    if match is None:
        return not source.strip()
    body = source.partition("\n")[2]
    return match[1] in FOREIGN or not body.strip() or (match[1] not in TIMED | {"capture"} and not _parses(body))


def masked(source: str, mask: Mask) -> list[tuple[str, int, int]]:
    """The lines of a cell as Python: (text, line in the cell, counted from 1, and how far its columns are shifted)."""
    if _parses(source):
        return [(line, number, 0) for number, line in enumerate(source.split("\n"), 1)]
    lines = source.split("\n")
    found: list[tuple[str, int, int]] = []
    at = 0
    while at < len(lines):
        line, start = lines[at], at
        if not line.strip() or line.lstrip().startswith("#"):
            found.append((line, at + 1, 0))
            at += 1
            continue
        given = _GIVEN.fullmatch(line)
        if given or _LINE.fullmatch(line):
            while lines[at].endswith("\\") and at + 1 < len(lines):
                at += 1
            at += 1
            whole = "\n".join(lines[start:at])
            timed = _TIMED.fullmatch(line)
            if given:
                found.append((given[1] + mask(whole[len(given[1]) :], "value"), start + 1, 0))
            elif timed and timed[3] in TIMED and at == start + 1 and _parses(timed[4]):
                found.append((timed[1] + mask(timed[2], "prefix"), start + 1, 0))
                found.append((timed[1] + timed[4], start + 1, len(timed[2])))
            else:
                indent = line[: len(line) - len(line.lstrip())]
                found.append((indent + mask(whole[len(indent) :], "line"), start + 1, 0))
            continue
        at = min(at + _logical(lines[at:]), len(lines))
        found += [(lines[number], number + 1, 0) for number in range(start, at)]
    return found


def names(line: str) -> list[str]:
    """The names of Python that a masked line may read: `{x}` and `$x`, and any that stands behind a magic."""
    magic = re.match(r"%(\w+)(.*)", line, re.DOTALL)
    if magic and magic[1] not in _NAMELESS:
        found = re.findall(r"(?<![\w.\"'/-])[A-Za-z_]\w*", magic[2])
    else:
        found = re.findall(r"[{$]\s*([A-Za-z_]\w*)", line)
    return [name for name in dict.fromkeys(found) if not keyword.iskeyword(name)]


def _parses(text: str) -> bool:
    try:
        ast.parse(textwrap.dedent(text) if text[:1] in " \t" else text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _logical(lines: Sequence[str]) -> int:
    """How many lines the statement at the start of these has."""
    reader = io.StringIO("\n".join(lines) + "\n")
    try:
        for token in tokenize.generate_tokens(reader.readline):
            if token.type == tokenize.NEWLINE:
                return token.start[0]
    except (tokenize.TokenError, SyntaxError):
        pass
    return 1
