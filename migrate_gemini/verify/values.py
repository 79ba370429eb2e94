"""What expressions of a module are known to be, read off its syntax; nothing of the module is ever run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

_DEPTH = 12
_Scope: TypeAlias = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal."""

    value: object


@dataclass(frozen=True, slots=True)
class Instance:
    """Some value of a class; which one is not known."""

    cls: type


@dataclass(frozen=True, slots=True)
class Record:
    """A dict with these keys, and if it is open perhaps with others."""

    items: tuple[tuple[str, Value], ...]
    open: bool = False

    def get(self, key: str) -> Value | None:
        """The value of a key, or None where it is not known to be there."""
        return dict(self.items).get(key)


@dataclass(frozen=True, slots=True)
class Series:
    """A list or tuple; each of its elements is one of these."""

    elements: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several values. certain: each of them may come here; else it is not known which of them do."""

    options: tuple[Value, ...]
    certain: bool = True


Value: TypeAlias = Unknown | Constant | Instance | Record | Series | OneOf
UNKNOWN = Unknown()


@dataclass(slots=True)
class Names:
    """Where the names of a module are bound. A binding is what is assigned, or None for one that is not followed."""

    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    bindings: dict[tuple[ast.AST, str], list[ast.expr | None]] = field(default_factory=dict)
    functions: dict[tuple[ast.AST, str], list[ast.AST]] = field(default_factory=dict)
    attributes: dict[tuple[ast.AST, str], list[ast.expr | None]] = field(default_factory=dict)
    elsewhere: dict[tuple[ast.AST, str], ast.AST] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.Global, ast.Nonlocal)):
                here = self.scope(node)
                outer = self.tree if isinstance(node, ast.Global) else self.scope(here)
                self.elsewhere.update(((here, name), outer) for name in node.names)
        for node in ast.walk(self.tree):
            self._read(node)

    def scope(self, node: ast.AST) -> _Scope:
        """The function, class or module whose names an expression sees first."""
        current = self.parents.get(node)
        while current is not None and not isinstance(current, (*_FUNCTIONS, ast.ClassDef, ast.Module)):
            current = self.parents.get(current)
        return current if current is not None else self.tree

    def holder(self, node: ast.AST, name: str) -> ast.AST | None:
        """The scope that binds a name as it is seen at a node, or None."""
        scope: ast.AST | None = self.scope(node)
        first = True
        while scope is not None:
            if (scope, name) in self.bindings and (first or not isinstance(scope, ast.ClassDef)):
                return scope
            first = False
            scope = None if isinstance(scope, ast.Module) else self.scope(scope)
        return None

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """The class whose method an expression stands in."""
        scope: ast.AST = self.scope(node)
        while not isinstance(scope, (ast.Module, ast.ClassDef)):
            scope = self.scope(scope)
        return scope if isinstance(scope, ast.ClassDef) else None

    def comprehended(self, node: ast.AST, name: str) -> bool:
        """Whether a comprehension around the node binds the name."""
        current = self.parents.get(node)
        while current is not None and not isinstance(current, ast.stmt):
            if isinstance(current, _COMPREHENSIONS) and any(
                isinstance(target, ast.Name) and target.id == name
                for generator in current.generators
                for target in ast.walk(generator.target)
            ):
                return True
            current = self.parents.get(current)
        return False

    def _read(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value)
            case ast.AnnAssign(target=target, value=annotated) if annotated is not None:
                self._bind(target, annotated)
            case ast.NamedExpr(target=target, value=value):
                self._bind(target, value)
            case ast.AugAssign(target=target):
                self._bind(target, None)
            case ast.For(target=target) | ast.AsyncFor(target=target):
                self._bind(target, None)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    if item.optional_vars is not None:
                        self._bind(item.optional_vars, None)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self._add(node, name, None)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self._add(node, name, None)
                self.functions.setdefault((self.scope(node), name), []).append(node)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                for alias in aliases:
                    self._add(node, (alias.asname or alias.name).partition(".")[0], None)
            case ast.arg(arg=name):
                owner = self.parents[self.parents[node]]
                self.bindings.setdefault((owner, name), []).append(None)
            case ast.Delete(targets=targets):
                for target in targets:
                    self._bind(target, None)

    def _bind(self, target: ast.expr, value: ast.expr | None) -> None:
        match target:
            case ast.Name(id=name):
                self._add(target, name, value)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for element in elements:
                    self._bind(element, None)
            case ast.Starred(value=inner):
                self._bind(inner, None)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                owner = self.class_of(target)
                if owner is not None:
                    self.attributes.setdefault((owner, name), []).append(value)

    def _add(self, node: ast.AST, name: str, value: ast.expr | None) -> None:
        scope: ast.AST = self.scope(node)
        if (scope, name) in self.elsewhere:
            scope = self.elsewhere[scope, name]
        self.bindings.setdefault((scope, name), []).append(value)


@dataclass(slots=True)
class Evaluator:
    """Values of expressions of one module."""

    names: Names
    made: Callable[[ast.expr], type | None] = lambda node: None
    """Gives the class that an expression names, where it is one of the SDK."""
    _active: set[ast.AST] = field(default_factory=set)

    def value(self, node: ast.expr) -> Value:
        """What is known of an expression."""
        if node in self._active or len(self._active) > _DEPTH:
            return UNKNOWN
        self._active.add(node)
        try:
            return self._value(node)
        finally:
            self._active.discard(node)

    def merged(self, parts: Iterator[tuple[str | None, ast.expr]]) -> Record:
        """The dict of these pairs; a key of None spreads a mapping."""
        items: dict[str, Value] = {}
        is_open = False
        for key, node in parts:
            value = self.value(node)
            if key is not None:
                items[key] = value
                continue
            record = _one_record(value)
            is_open |= record is None or record.open
            items.update(record.items if record is not None else ())
        return Record(tuple(items.items()), is_open)

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=value):
                return Constant(value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return Constant(-number)
            case ast.JoinedStr():
                return Instance(str)
            case ast.Dict(keys=keys, values=values):
                return self._dict(keys, values)
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return Series(tuple(self._element(element) for element in elements))
            case ast.ListComp(elt=element):
                return Series((self.value(element),))
            case ast.IfExp(body=body, orelse=orelse):
                return OneOf((self.value(body), self.value(orelse)))
            case ast.BoolOp(values=values):
                return OneOf(tuple(self.value(value) for value in values))
            case ast.NamedExpr(value=value):
                return self.value(value)
            case ast.BinOp(left=left, op=op, right=right):
                return self._operation(left, op, right)
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(key))):
                record = _one_record(self.value(owner))
                return (record.get(key) if record is not None else None) or UNKNOWN
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                owner_class = self.names.class_of(node)
                found = self.names.attributes.get((owner_class, name)) if owner_class is not None else None
                return self._any_of(found)
            case ast.Call():
                return self._call(node)
        return UNKNOWN

    def _element(self, node: ast.expr) -> Value:
        if not isinstance(node, ast.Starred):
            return self.value(node)
        inner = self.value(node.value)
        return OneOf(inner.elements) if isinstance(inner, Series) and inner.elements else UNKNOWN

    def _dict(self, keys: list[ast.expr | None], values: list[ast.expr]) -> Value:
        pairs: list[tuple[str | None, ast.expr]] = []
        is_open = False
        for key, value in zip(keys, values):
            match key:
                case None:
                    pairs.append((None, value))
                case ast.Constant(value=str(name)):
                    pairs.append((name, value))
                case _:
                    is_open = True
        record = self.merged(iter(pairs))
        return Record(record.items, record.open or is_open)

    def _operation(self, left: ast.expr, op: ast.operator, right: ast.expr) -> Value:
        one, other = self.value(left), self.value(right)
        if isinstance(op, ast.BitOr) and _one_record(one) is not None:
            return self.merged(iter([(None, left), (None, right)]))
        if isinstance(op, ast.Add):
            if isinstance(one, Series) and isinstance(other, Series):
                return Series((*one.elements, *other.elements))
            if _is_text(one) and _is_text(other):
                return Instance(str)
        if isinstance(op, ast.Mod) and _is_text(one):
            return Instance(str)
        return UNKNOWN

    def _name(self, node: ast.Name, name: str) -> Value:
        if self.names.comprehended(node, name):
            return UNKNOWN
        holder = self.names.holder(node, name)
        return self._any_of(self.names.bindings.get((holder, name))) if holder is not None else UNKNOWN

    def _any_of(self, bindings: list[ast.expr | None] | None) -> Value:
        """One of what is bound. A dict may have been changed since: others of its keys are not known.

        None beside other values is what a name has before it is set.
        """
        if not bindings or None in bindings:
            return UNKNOWN
        values = [_opened(self.value(value)) for value in bindings if value is not None]
        values = [value for value in values if value != Constant(None)] or values
        return values[0] if len(values) == 1 else OneOf(tuple(values), certain=False)

    def _call(self, node: ast.Call) -> Value:
        cls = self.made(node.func)
        if cls is not None:
            return Instance(cls)
        match node:
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
                return self.merged((keyword.arg, keyword.value) for keyword in keywords)
            case ast.Call(func=ast.Name(id="dict"), args=[first], keywords=keywords):
                rest = [(keyword.arg, keyword.value) for keyword in keywords]
                return self.merged(iter([(None, first), *rest]))
            case ast.Call(func=ast.Name(id="list" | "tuple"), args=[first], keywords=[]):
                inner = self.value(first)
                return inner if isinstance(inner, Series) else UNKNOWN
            case ast.Call(func=ast.Name(id="str")):
                return Instance(str)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="join" | "format")):
                return Instance(str)
            case ast.Call(func=ast.Attribute(attr="b64encode")):
                return Instance(bytes)
            case ast.Call(func=ast.Attribute(value=owner, attr="decode")) if self.value(owner) == Instance(bytes):
                return Instance(str)
            case ast.Call(func=ast.Attribute(value=owner, attr="copy"), args=[]):
                return self.value(owner)
            case ast.Call(func=ast.Attribute(attr="copy" | "deepcopy"), args=[first]):
                return self.value(first)
            case ast.Call(func=ast.Name(id=name) as function):
                return self._returned(function, name)
        return UNKNOWN

    def _returned(self, node: ast.Name, name: str) -> Value:
        """What a function of the module returns, where it is defined once and no decorator changes it."""
        holder = self.names.holder(node, name)
        found = self.names.functions.get((holder, name), []) if holder is not None else []
        if len(found) != 1 or self.names.bindings.get((holder, name)) != [None]:  # type: ignore[arg-type]
            return UNKNOWN
        function = found[0]
        if not isinstance(function, ast.FunctionDef) or function.decorator_list:
            return UNKNOWN
        returns = []
        for inner in ast.walk(function):
            if isinstance(inner, (ast.Yield, ast.YieldFrom)) and self.names.scope(inner) is function:
                return UNKNOWN
            if isinstance(inner, ast.Return) and inner.value is not None and self.names.scope(inner) is function:
                returns.append(self.value(inner.value))
        return OneOf(tuple(returns), certain=False) if returns else UNKNOWN


def _one_record(value: Value) -> Record | None:
    """The dict that a value is, whichever of its options holds."""
    if isinstance(value, Record):
        return value
    if not isinstance(value, OneOf):
        return None
    records = [record for option in value.options if (record := _one_record(option)) is not None]
    others = [option for option in value.options if _one_record(option) is None]
    if not records or any(not isinstance(option, Constant) for option in others):
        return None
    items: dict[str, list[Value]] = {}
    for record in records:
        for key, item in record.items:
            items.setdefault(key, []).append(item)
    merged = {key: found[0] if len(found) == 1 else OneOf(tuple(found), certain=False) for key, found in items.items()}
    everywhere = len(records) == 1 and not others
    return Record(tuple(merged.items()), any(r.open for r in records) or not everywhere)


def _opened(value: Value) -> Value:
    if isinstance(value, Record):
        return Record(value.items, True)
    if isinstance(value, OneOf):
        return OneOf(tuple(map(_opened, value.options)), value.certain)
    return value


def _is_text(value: Value) -> bool:
    return value == Instance(str) or isinstance(value, Constant) and isinstance(value.value, str)


def dump(node: ast.AST) -> str:
    """The code of a node, whatever its layout."""
    return ast.dump(node)
