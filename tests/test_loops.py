"""Which variables go from one round of a loop into the next."""

from __future__ import annotations

import ast

import pytest

from migrate_gemini.infer.loops import carried


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("for x in xs:\n    y = x\n    print(y)", {"xs", "print"}),
        ("for x in xs:\n    print(y)\n    y = x", {"xs", "print", "y"}),
        ("for x in xs:\n    if x:\n        y = 1\n    print(y)", {"xs", "print", "y"}),
        ("for x in xs:\n    if x:\n        y = 1\n    else:\n        y = 2\n    print(y)", {"xs", "print"}),
        ("for x in xs:\n    if x:\n        y = 1\n    else:\n        continue\n    print(y)", {"xs", "print"}),
        ("for x in xs:\n    y += x", {"xs", "y"}),
        ("for x in xs:\n    for z in x:\n        y = z\n    print(y)", {"xs", "print", "y"}),
        (
            "for x in xs:\n    try:\n        y = f()\n    except E:\n        continue\n    print(y)",
            {"xs", "f", "E", "print"},
        ),
        (
            "for x in xs:\n    try:\n        y = f()\n    except E:\n        pass\n    print(y)",
            {"xs", "f", "E", "print", "y"},
        ),
        ("for x in xs:\n    with f(x) as y:\n        print(y)", {"xs", "f", "print"}),
        ("for x in xs:\n    match x:\n        case 1:\n            y = x\n    print(y)", {"xs", "print", "y"}),
        ("while x:\n    x = f(x)", {"x", "f"}),
        ("for x.y in xs:\n    pass", {"xs", "x"}),
        ("for x in xs:\n    y, (z, *w) = x\n    print(y, z, w)", {"xs", "print"}),
        ("for x in xs:\n    print([y for y in x])", {"xs", "print", "y"}),
    ],
)
def test_a_loop_carries_what_it_may_read_before_it_assigns_it(code: str, expected: set[str]) -> None:
    (loop,) = ast.parse(code).body
    assert isinstance(loop, (ast.For, ast.While))
    assert carried(loop) == expected
