"""What the names in the patterns of a match statement are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .values import EMPTY, Class, Ext, Inst, Values

if TYPE_CHECKING:
    from .targets import Targets


def bind(machine: Targets, pattern: ast.pattern | None, values: Values) -> None:
    """Gives a pattern's names what they take of the values that it is held against."""
    if isinstance(pattern, ast.MatchAs):
        bind(machine, pattern.pattern, values)
        if pattern.name is not None:
            machine.bind(pattern.name, values)
    elif isinstance(pattern, ast.MatchOr):
        for choice in pattern.patterns:
            bind(machine, choice, values)
    elif isinstance(pattern, ast.MatchStar):
        if pattern.name is not None:
            machine.bind(pattern.name, frozenset((machine.box("list", pattern, values),)))
    elif isinstance(pattern, ast.MatchSequence):
        starred = any(isinstance(inner, ast.MatchStar) for inner in pattern.patterns)
        for index, inner in enumerate(pattern.patterns):
            bind(machine, inner, machine.elements(values) if starred else machine.unpacked(values, index))
    elif isinstance(pattern, ast.MatchMapping):
        for key, inner in zip(pattern.keys, pattern.patterns):
            machine.eval(key)
            bind(machine, inner, machine.item(values, machine.key(key)))
        if pattern.rest is not None:
            machine.bind(pattern.rest, values)
    elif isinstance(pattern, ast.MatchClass):
        _class(machine, pattern, values)
    elif isinstance(pattern, ast.MatchValue):
        machine.eval(pattern.value)


def _class(machine: Targets, pattern: ast.MatchClass, values: Values) -> None:
    classes = {value for value in machine.eval(pattern.cls) if isinstance(value, Class)}
    if any(isinstance(value, Ext) for value in machine.eval(pattern.cls)):
        inside = values  # str(name) and the like: the value itself
    else:
        inside = frozenset(v for v in values if not (classes and isinstance(v, Inst) and not _kin(v.cls, classes)))
    for index, inner in enumerate(pattern.patterns):
        found: Values = EMPTY
        for value in inside:
            if isinstance(value, Inst):
                fields = machine.objects.fields(value.cls)
                found |= machine.objects.member(value, fields[index]) if index < len(fields) else EMPTY
            else:
                found |= {value}
        bind(machine, inner, found)
    for name, inner in zip(pattern.kwd_attrs, pattern.kwd_patterns):
        bind(machine, inner, machine.attribute(inside, name))


def _kin(cls: Class, classes: set[Class]) -> bool:
    return any(owner in classes for owner in cls.mro()) or any(cls in other.mro() for other in classes)
