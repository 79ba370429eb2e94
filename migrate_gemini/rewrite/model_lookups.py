"""Names that those of models are held against: keys of dicts, members of lists, sides of comparisons.

A model's name that is replaced is replaced there, too, or what was found by it is found no more.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..infer.values import Box, Const, Values
from .plan import Plan

_KEYED = ("get", "pop", "setdefault")
_MEMBER = ("index", "count", "remove")
_PARTS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "in": str.__contains__,
}
"""Tests of a part of a name."""

Becomes = Callable[[str], str]


@dataclass(slots=True)
class Lookups:
    """asked: dict display -> the names of models that it is looked up by; stored: dict -> names that it is given
    something under later."""

    plan: Plan
    asked: dict[ast.Dict, set[str]] = field(default_factory=dict)
    stored: dict[Box, set[Const]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for facts in self.plan.program.modules.values():
            for node in facts.every(ast.Subscript):
                if isinstance(node.ctx, ast.Store) and (names := _consts(self.plan.values(node.slice))):
                    for box in self.plan.values(node.value):
                        if isinstance(box, Box):
                            self.stored.setdefault(box, set()).update(names)

    def extend(self, consts: set[Const], changes: Callable[[Const], bool]) -> None:
        """Adds to names of models that reach a request the names that one of them, if it changes, is held against."""
        pairs = [(one, other) for path in self.plan.program.modules for one, other in self._pairs(path)]
        known = -1
        while known != len(consts):
            known = len(consts)
            changed = {const for const in consts if changes(const)}
            for one, other in pairs:
                if one & changed:
                    consts |= other

    def _pairs(self, path: str) -> Iterator[tuple[set[Const], set[Const]]]:
        """What is held against what in a module; the second changes with the first."""
        plan, facts = self.plan, self.plan.facts(path)
        for subscript in facts.every(ast.Subscript):
            yield _consts(plan.values(subscript.slice)), self._keys(subscript.value, subscript.slice)
        for call in facts.every(ast.Call):
            func = call.func
            if isinstance(func, ast.Attribute) and call.args and func.attr in (*_KEYED, *_MEMBER):
                held = self._keys if func.attr in _KEYED else self._members
                yield _consts(plan.values(call.args[0])), held(func.value, call.args[0])
        for test in facts.every(ast.Compare):
            sides = [test.left, *test.comparators]
            for sign, left, right in zip(test.ops, sides, sides[1:]):
                one, other = _consts(plan.values(left)), _consts(plan.values(right))
                if isinstance(sign, (ast.In, ast.NotIn)):
                    yield one, self._keys(right, left) | self._members(right, left)
                elif isinstance(sign, (ast.Eq, ast.NotEq)):
                    yield one, other
                    yield other, one
        for match in facts.every(ast.Match):
            inner = (node for case in match.cases for node in ast.walk(case.pattern))
            values = [node.value for node in inner if isinstance(node, ast.MatchValue)]
            yield _consts(plan.values(match.subject)), {c for value in values for c in _consts(plan.values(value))}

    def _keys(self, holder: ast.expr, key: ast.expr) -> set[Const]:
        """The names among the keys of the dicts that an expression may be."""
        found: set[Const] = set()
        for box in self.plan.values(holder):
            if isinstance(box, Box):
                found |= self.stored.get(box, set())
            if isinstance(box, Box) and isinstance(box.node, ast.Dict):
                self.asked.setdefault(box.node, set()).update(
                    str(const.node.value) for const in _consts(self.plan.values(key))
                )
                found |= {const for k in box.node.keys if k is not None for const in _consts(self.plan.values(k))}
        return found

    def _members(self, holder: ast.expr, member: ast.expr) -> set[Const]:
        """The names in the lists, tuples and sets that an expression may be."""
        found: set[Const] = set()
        for box in self.plan.values(holder):
            if isinstance(box, Box) and isinstance(box.node, (ast.List, ast.Tuple, ast.Set)):
                found |= {const for item in box.node.elts for const in _consts(self.plan.values(item))}
        return found

    def parts(self, consts: set[Const], becomes: Becomes) -> Iterator[tuple[str, ast.expr, str, str]]:
        """Tests of a part of a name that comes out another way by now: the path, the test, the part, the new name."""
        for path in self.plan.program.modules:
            for node, whole, asked, how in self._part_tests(path):
                for const in sorted(_consts(self.plan.values(whole)) & consts, key=lambda c: str(c.node.value)):
                    old = str(const.node.value)
                    new = becomes(old)
                    if _PARTS[how](old, asked) != _PARTS[how](new, asked):
                        yield path, node, asked, new
                        break

    def _part_tests(self, path: str) -> Iterator[tuple[ast.expr, ast.expr, str, str]]:
        facts = self.plan.facts(path)
        for test in facts.every(ast.Compare):
            if len(test.ops) == 1 and isinstance(test.ops[0], (ast.In, ast.NotIn)) and (text := _text(test.left)):
                yield test, test.comparators[0], text, "in"
        for call in facts.every(ast.Call):
            func = call.func
            if isinstance(func, ast.Attribute) and func.attr in ("startswith", "endswith") and call.args:
                if text := _text(call.args[0]):
                    yield call, func.value, text, func.attr


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _consts(values: Values) -> set[Const]:
    return {value for value in values if isinstance(value, Const)}
