"""The calls, names and dicts of the SDK that stand in a new text and not in the old one, held against the SDK."""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .conform import Key, accepts_none, each, problems
from .sdk import MISSING, Sdk, signature
from .values import Constant, Evaluator, Names, OneOf, Record, Value, dump

_PLACEHOLDER = object()


@dataclass(slots=True)
class Calls:
    """The emitted calls of one module. answers: requests among them -> whether they stream; kept: the old requests."""

    sdk: Sdk
    names: Names
    old: Counter[str]
    old_functions: frozenset[str]
    old_dicts: frozenset[tuple[object, ...]]
    refused: frozenset[str] = frozenset()
    """Keywords that requests had before, though no method took them."""
    answers: dict[ast.Call, bool] = field(default_factory=dict)
    kept: dict[ast.Call, bool] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    """Name that an import binds -> the dotted name of what it is, below google.genai."""

    def problems(self) -> Iterator[tuple[int, str]]:
        """Line and sentence of all that the SDK would refuse."""
        nodes = list(ast.walk(self.names.tree))
        found = list(self._imports())
        for node in nodes:
            if isinstance(node, ast.Call):
                found += self._call(node)
            elif isinstance(node, ast.Attribute):
                found += self._name(node)
        yield from found or [problem for node in nodes if isinstance(node, ast.Dict) for problem in self._dict(node)]

    def _evaluator(self) -> Evaluator:
        return Evaluator(self.names, self._class)

    def _class(self, node: ast.expr) -> type | None:
        """The class of the SDK that an expression names."""
        path = self._path(node)
        found = self.sdk.resolve(path) if path is not None else None
        return found if isinstance(found, type) else None

    def _imports(self) -> Iterator[tuple[int, str]]:
        for node in ast.walk(self.names.tree):
            for bound, path in imported(node):
                self.roots[bound] = path
                if dump(node) not in self.old and self.sdk.resolve(path) is MISSING:
                    yield node.lineno, f"`{ast.unparse(node)}`: there is no {path}"  # type: ignore[attr-defined]

    def _name(self, node: ast.Attribute) -> Iterator[tuple[int, str]]:
        path = self._path(node)
        inner = self._path(node.value)
        if path is None or inner is None or self.sdk.resolve(path) is not MISSING or dump(node) in self.old:
            return
        if self.sdk.resolve(inner) is not MISSING:
            yield node.lineno, f"`{ast.unparse(node)}`: there is no {path}"

    def _path(self, node: ast.expr) -> str | None:
        """The dotted name of an expression below google.genai."""
        if isinstance(node, ast.Attribute):
            owner = self._path(node.value)
            return f"{owner}.{node.attr}" if owner is not None else None
        if not isinstance(node, ast.Name) or node.id not in self.roots:
            return None
        holder = self.names.holder(node, node.id)
        bound = self.names.bindings.get((holder, node.id), []) if holder is not None else []
        return self.roots[node.id] if all(value is None for value in bound) else None

    def _call(self, node: ast.Call) -> Iterator[tuple[int, str]]:
        if self.old[dump(node)] > 0:
            self.old[dump(node)] -= 1
            self._kept(node)
            return
        path = self._path(node.func)
        if path is not None:
            target = self.sdk.resolve(path)
            if callable(target):
                yield from self._bound(node, target, path.rpartition(".")[2])
            return
        service = self._service(node)
        if service is None:
            return
        method = self.sdk.method(service)
        if method is None:
            yield node.lineno, f"`{ast.unparse(node.func)}`: google-genai {self.sdk.version} has no such method"
        elif service[-2:] == ("interactions", "create"):
            yield from self._create(node, method)
        else:
            if service[-2:] == ("interactions", "get"):
                self.answers[node] = False
            yield from self._bound(node, method, ".".join(service))

    def _service(self, node: ast.Call) -> tuple[str, ...] | None:
        """The path from a client to a method: ("interactions", "create") of `self.client.interactions.create(...)`.

        A function that was called before is the program's own, unless the call is a request.
        """
        func = node.func
        if not isinstance(func, ast.Attribute):
            return None
        found = self._services(func.value, 0)
        if dump(func) in self.old_functions:
            asked = {keyword.arg for keyword in node.keywords} & {"input", "model", "agent"}
            if found[-1:] != ("interactions",) or not asked:
                return None
        return (*found, func.attr) if found else None

    def _kept(self, node: ast.Call) -> None:
        """A request that was there before: only what is newly read off its answer matters."""
        func = node.func
        if isinstance(func, ast.Attribute) and self._services(func.value, 0)[-1:] == ("interactions",):
            given = self._evaluator().merged((keyword.arg, keyword.value) for keyword in node.keywords)
            if func.attr in ("create", "get") and (streamed := _streamed(given)) is not None:
                self.kept[node] = streamed

    def _services(self, node: ast.expr, depth: int) -> tuple[str, ...]:
        """("aio", "interactions") of `client.aio.interactions`, or of a name for it; () of anything else."""
        bound: list[ast.expr | None] = []
        if isinstance(node, ast.Name):
            holder = self.names.holder(node, node.id)
            bound = self.names.bindings.get((holder, node.id), []) if holder is not None else []
        elif isinstance(node, ast.Attribute):
            owner = self.names.class_of(node)
            if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls") and owner is not None:
                bound = self.names.attributes.get((owner, node.attr), [])
            if not bound and self.sdk.has_service(node.attr):
                aio = isinstance(node.value, ast.Attribute) and node.value.attr == "aio"
                return ("aio", node.attr) if aio else (node.attr,)
        found = {self._services(value, depth + 1) if value is not None and depth < 5 else () for value in bound}
        return found.pop() if len(found) == 1 else ()

    def _create(self, node: ast.Call, method: Callable[..., Any]) -> Iterator[tuple[int, str]]:
        """A request: its keywords are the SDK's own parameters and the keys of the body."""
        given = self._evaluator().merged((keyword.arg, keyword.value) for keyword in node.keywords)
        body = self.sdk.body(agent=given.get("agent") is not None)
        parameters = signature(method).parameters
        nulls = any(row.kind is inspect.Parameter.VAR_KEYWORD for row in parameters.values())
        if (streamed := _streamed(given)) is not None:
            self.answers[node] = streamed
        if node.args:
            yield node.lineno, "`interactions.create()` takes keywords only"
        hints = self.sdk.hints(method)
        for name, value in given.items:
            row = body.get(name) or (Key(hints.get(name, Any), False) if name in parameters else None)
            for wrong in _argument(name, value, row, nulls) if row or name not in self.refused else ():
                yield node.lineno, f"`interactions.create()`: {wrong}"
        if not given.open:
            for name, row in body.items():
                if row.required and given.get(name) is None:
                    yield node.lineno, f"`interactions.create()`: {name} is missing"

    def _bound(self, node: ast.Call, function: Callable[..., Any], name: str) -> Iterator[tuple[int, str]]:
        """Another call: its arguments are those of the function, its dicts those of the parameters' types."""
        given = self._evaluator().merged((keyword.arg, keyword.value) for keyword in node.keywords)
        fields = getattr(function, "model_fields", None)
        if isinstance(function, type) and fields is not None:
            for problem in problems(given, function, f"{name}()", nulls=True):
                yield node.lineno, f"`{problem}`"
            return
        keywords = {key: _PLACEHOLDER for key, _ in given.items}
        starred = any(isinstance(argument, ast.Starred) for argument in node.args)
        try:
            parameters = signature(function)
        except (TypeError, ValueError):
            return
        positions = [_PLACEHOLDER for _ in node.args]
        try:
            parameters.bind_partial(*positions, **keywords)  # first, for it says which name is wrong
            if not (given.open or starred):
                parameters.bind(*positions, **keywords)
        except TypeError as error:
            yield node.lineno, f"`{name}()`: {error}"
            return
        initial = function.__init__ if isinstance(function, type) else function  # type: ignore[misc]
        hints = self.sdk.hints(initial)
        positional = [key for key, row in parameters.parameters.items() if row.kind is not row.KEYWORD_ONLY]
        values = [] if starred else [(key, self._evaluator().value(arg)) for key, arg in zip(positional, node.args)]
        for key, value in [*values, *given.items]:
            for problem in problems(value, hints.get(key, Any), key, nulls=True):
                yield node.lineno, f"`{name}()`: {problem}"

    def _dict(self, node: ast.Dict) -> Iterator[tuple[int, str]]:
        """A dict with a type that only the Interactions API has, wherever it stands."""
        found = self._evaluator().value(node)
        if not isinstance(found, Record) or _shape(node) in self.old_dicts:
            return
        kind = found.get("type")
        known = self.sdk.typed.get(kind.value) if isinstance(kind, Constant) and isinstance(kind.value, str) else None
        if not known:
            return
        nulls = self.sdk.schema == "steps"
        tried = [problems(found, option, f"the {kind.value!r} dict", nulls=nulls) for option in known]  # type: ignore[union-attr]
        if all(tried):
            for problem in min(tried, key=len):
                yield node.lineno, problem


def _streamed(given: Record) -> bool | None:
    """Whether a request with these parameters gives a stream; None where that is not known."""
    stream = given.get("stream")
    if stream is None:
        return False
    return stream.value is True if isinstance(stream, Constant) else None


def _argument(name: str, value: Value, row: Key | None, nulls: bool) -> list[str]:
    if row is None:
        return [f"there is no parameter {name!r}"]
    if isinstance(value, OneOf):
        return each(value, lambda option: _argument(name, option, row, nulls))
    if value == Constant(None) and (nulls or accepts_none(row.annotation)):
        return []
    return problems(value, row.annotation, name, nulls=nulls)


def imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """(name that is bound, what it is) of an import of google.genai or of something below it."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name == "google.genai" or alias.name.startswith("google.genai."):
                yield (alias.asname, alias.name) if alias.asname else ("google", "google")
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        for alias in node.names:
            path = f"{node.module}.{alias.name}"
            if (path == "google.genai" or path.startswith("google.genai.")) and alias.name != "*":
                yield alias.asname or alias.name, path


def shapes(tree: ast.Module) -> frozenset[tuple[object, ...]]:
    """Keys and type of each dict."""
    return frozenset(_shape(node) for node in ast.walk(tree) if isinstance(node, ast.Dict))


def _shape(node: ast.Dict) -> tuple[object, ...]:
    names = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
    kind = next((dump(value) for name, value in zip(names, node.values) if name == "type"), "")
    return (*names, kind)
