"""What is read off the answers of emitted requests, held against the classes of the SDK."""

from __future__ import annotations

import ast
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .conform import _flat, literals
from .sdk import Sdk
from .values import Names, dump

Types = frozenset[Any]
NOTHING: Types = frozenset()
_TAGS = ("event_type", "type", "status")


@dataclass(slots=True)
class Reads:
    """The classes of the expressions of one module that come from emitted requests."""

    sdk: Sdk
    names: Names
    answers: dict[ast.Call, bool]
    """Requests -> whether they give a stream of events, not an interaction."""
    known: frozenset[str] = frozenset()
    """Code of reads that are not looked at."""
    _active: set[ast.AST] = field(default_factory=set)

    def problems(self) -> Iterator[tuple[int, str]]:
        """Line and sentence of each read that no class of its object has."""
        for node in ast.walk(self.names.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                owners = self.types(node.value) if dump(node) not in self.known else NOTHING
                if owners and not any(_has(owner, node.attr) for owner in owners):
                    yield node.lineno, f"`{ast.unparse(node)}`: {_named(owners)} has no attribute {node.attr!r}"
            elif isinstance(node, ast.Compare) and dump(node) not in self.known:
                yield from self._compared(node)

    def types(self, node: ast.expr) -> Types:
        """The classes that an expression may be of, without None; nothing where they are not known."""
        if node in self._active:
            return NOTHING
        self._active.add(node)
        try:
            return self._types(node)
        finally:
            self._active.discard(node)

    def _types(self, node: ast.expr) -> Types:
        match node:
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.types(value)
            case ast.Call() if node in self.answers:
                return NOTHING if self.answers[node] else frozenset([self.sdk.interactions.Interaction])
            case ast.Attribute(value=owner, attr=name):
                return frozenset(t for cls in self.types(owner) for t in _classes(_annotation(cls, name)))
            case ast.Subscript(value=owner, slice=index) if not isinstance(index, ast.Slice):
                return self.elements(owner)
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.BoolOp(op=ast.Or(), values=[first, ast.List(elts=[]) | ast.Tuple(elts=[])]):
                return self.types(first)
        return NOTHING

    def elements(self, node: ast.expr) -> Types:
        """The classes of what iterating over an expression, or indexing it, gives."""
        match node:
            case ast.Await(value=value):
                return self.elements(value)
            case ast.Call() if node in self.answers and self.answers[node]:
                return frozenset(self.sdk.events)
            case ast.BoolOp(op=ast.Or(), values=[first, ast.List(elts=[]) | ast.Tuple(elts=[])]):
                return self.elements(first)
            case ast.Attribute(value=owner, attr=name):
                return frozenset(t for cls in self.types(owner) for t in _elements(_annotation(cls, name)))
            case ast.Name(id=name):
                bindings = self._bindings(node, name)
                found = [self.elements(value) for value in bindings]
                return frozenset().union(*found) if found and all(found) else NOTHING
            case ast.ListComp(elt=element, generators=_) | ast.GeneratorExp(elt=element, generators=_):
                return self.types(element)
        return NOTHING

    def _name(self, node: ast.Name, name: str) -> Types:
        if (source := self._iterated(node, name)) is not None:
            return self.elements(source)
        found = [self.types(value) for value in self._bindings(node, name)]
        return frozenset().union(*found) if found and all(found) else NOTHING

    def _bindings(self, node: ast.Name, name: str) -> list[ast.expr]:
        holder = self.names.holder(node, name)
        if holder is None or holder is not self.names.scope(node) or self.names.comprehended(node, name):
            return []
        bindings = self.names.bindings[(holder, name)]
        return [] if None in bindings else [value for value in bindings if value is not None]

    def _iterated(self, node: ast.Name, name: str) -> ast.expr | None:
        """What a loop or comprehension around a name iterates to bind it, where nothing else binds it."""
        current = self.names.parents.get(node)
        inside: ast.AST = node
        while current is not None:
            if isinstance(current, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
                for generator in current.generators:
                    if isinstance(generator.target, ast.Name) and generator.target.id == name:
                        return generator.iter
                    if any(isinstance(t, ast.Name) and t.id == name for t in ast.walk(generator.target)):
                        return None
            if isinstance(current, (ast.For, ast.AsyncFor)) and inside in current.body:
                if isinstance(current.target, ast.Name) and current.target.id == name:
                    scope = self.names.scope(node)
                    written = [n for n in ast.walk(current) if _stores(n, name)]
                    return current.iter if len(written) == 1 and self.names.scope(current) is scope else None
            if isinstance(current, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
                return None
            inside, current = current, self.names.parents.get(current)
        return None

    def _compared(self, node: ast.Compare) -> Iterator[tuple[int, str]]:
        match node:
            case ast.Compare(
                left=ast.Attribute(value=owner, attr=str(tag)), ops=[ast.Eq() | ast.NotEq() | ast.In() | ast.NotIn()]
            ) if tag in _TAGS:
                pass
            case _:
                return
        found = [_annotation(cls, tag) for cls in self.types(owner)]
        known = {value for annotation in found if annotation is not None for value in literals(annotation)}
        if not known:
            return
        for value in _strings(node.comparators[0]):
            if value not in known:
                yield node.lineno, f"`{ast.unparse(node.left)}` is never {value!r}"


def _strings(node: ast.expr) -> Iterable[str]:
    items = node.elts if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else [node]
    return [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]


def _stores(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)


def _annotation(cls: Any, name: str) -> Any:
    """The annotation of a field of a model, or None."""
    row = getattr(cls, "model_fields", {}).get(name)
    return row.annotation if row is not None else None


def _classes(annotation: Any) -> Iterator[Any]:
    for option in _flat(annotation) if annotation is not None else ():
        if isinstance(option, type) and hasattr(option, "model_fields"):
            yield option


def _elements(annotation: Any) -> Iterator[Any]:
    for option in _flat(annotation) if annotation is not None else ():
        if typing.get_origin(option) is list:
            yield from _classes(typing.get_args(option)[0])


def _has(cls: Any, name: str) -> bool:
    return name in cls.model_fields or hasattr(cls, name)


def _named(types: Types) -> str:
    return " or ".join(sorted(cls.__name__ for cls in types)[:3])
