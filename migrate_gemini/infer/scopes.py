"""Which names each scope binds, so that a name finds its variable as Python would find it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

from ..nodes import children

ScopeNode: TypeAlias = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class Scope:
    """One function, class, lambda or module.

    bound: names bound here; globals, nonlocals: declared so; given: variables of the module that are
    named by `globals()["name"]`; escaping: names that an inner scope binds as its global or
    nonlocal; inner: the scopes directly inside.
    """

    __slots__ = (
        "bound",
        "escaping",
        "given",
        "globals",
        "inner",
        "is_generator",
        "node",
        "nonlocals",
        "parent",
        "path",
    )

    def __init__(self, node: ScopeNode, parent: Scope | None, path: str) -> None:
        self.node, self.parent, self.path = node, parent, path
        self.bound: set[str] = set()
        self.globals: set[str] = set()
        self.given: set[str] = set()
        self.nonlocals: set[str] = set()
        self.escaping: set[str] = set()
        self.inner: list[ScopeNode] = []
        self.is_generator = False
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
        if not isinstance(node, (ast.Module, ast.ClassDef)):
            self.bound.update(arg.arg for arg in parameters(node.args))
        self._collect(body)
        self.bound -= self.globals
        self.bound -= self.nonlocals

    def _collect(self, todo: list[ast.AST]) -> None:
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Name):
                if not isinstance(node.ctx, ast.Load):
                    self.bound.add(node.id)
                continue
            if isinstance(node, _SCOPES):
                self.inner.append(node)
                if not isinstance(node, ast.Lambda):
                    self.bound.add(node.name)
                    todo.extend(node.decorator_list)
                if isinstance(node, ast.ClassDef):
                    todo.extend(node.bases)
                    todo.extend(keyword.value for keyword in node.keywords)
                else:
                    todo.extend(node.args.defaults)
                    todo.extend(default for default in node.args.kw_defaults if default)
                    todo.extend(arg.annotation for arg in parameters(node.args) if arg.annotation)
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
                    todo.append(node.returns)
                todo.extend(getattr(node, "type_params", ()))
                continue
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self.bound.update((alias.asname or alias.name.partition(".")[0]) for alias in node.names)
                continue
            if isinstance(node, ast.Global):
                self.globals.update(node.names)
            elif isinstance(node, ast.Subscript) and (name := of_globals(node)):
                self.given.add(name)
            elif isinstance(node, ast.Nonlocal):
                self.nonlocals.update(node.names)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                self.bound.add(node.name)
            elif isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
                self.bound.add(node.name)
            elif isinstance(node, ast.MatchMapping) and node.rest:
                self.bound.add(node.rest)
            elif isinstance(node, (ast.Yield, ast.YieldFrom)):
                self.is_generator = True
            todo.extend(children(node))

    def lookup(self, name: str) -> Scope | None:
        """The scope whose variable `name` means here, or None for a builtin or an unbound name."""
        scope: Scope | None = self
        first = True
        while scope is not None:
            if first and name in scope.globals:
                while scope.parent is not None:
                    scope = scope.parent
                return scope
            if name in scope.bound and (first or not isinstance(scope.node, ast.ClassDef)):
                return scope
            first = False
            scope = scope.parent
        return None

    def module(self) -> Scope:
        """The module's scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def chain(self) -> Iterator[Scope]:
        """This scope and those around it, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent


def of_globals(node: ast.Subscript) -> str:
    """The name of a variable of the module that `globals()["name"]` is; '' for all else."""
    call, key = node.value, node.slice
    named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "globals"
    return key.value if named and isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def build(tree: ast.Module, path: str) -> dict[ScopeNode, Scope]:
    """All scopes of a module by their node."""
    scopes: dict[ScopeNode, Scope] = {}
    todo: list[tuple[ScopeNode, Scope | None]] = [(tree, None)]
    while todo:
        node, parent = todo.pop()
        scope = scopes[node] = Scope(node, parent, path)
        todo.extend((inner, scope) for inner in scope.inner)
        for name in scope.globals | scope.given:
            scope.module().escaping.add(name)
            scope.module().bound.add(name)
        for name in scope.nonlocals:
            owner = next((outer for outer in scope.chain() if name in outer.bound), None)
            if owner is not None:
                owner.escaping.add(name)
    return scopes


def short_lived(tree: ast.Module, scopes: dict[ScopeNode, Scope]) -> dict[ast.stmt, set[str]]:
    """The names that an import binds for the next statements of a module alone: another value takes their place before
    anything but those statements can read them."""
    last: dict[str, int] = {}
    for index, statement in enumerate(tree.body):
        for target in statement.targets if isinstance(statement, ast.Assign) else ():
            if isinstance(target, ast.Name):
                last[target.id] = index
    found: dict[ast.stmt, set[str]] = {}
    for index, statement in enumerate(tree.body):
        for alias in statement.names if isinstance(statement, (ast.Import, ast.ImportFrom)) else ():
            name = alias.asname or alias.name.partition(".")[0]
            until = last.get(name, -1)
            if index < until and name not in scopes[tree].escaping:
                if not any(_reads_inside(inner, name) for inner in tree.body[: until + 1]):
                    found.setdefault(statement, set()).add(name)
    return found


def _reads_inside(statement: ast.stmt, name: str) -> bool:
    """Whether a function, lambda or class in a statement names a variable."""
    scopes = (node for node in ast.walk(statement) if isinstance(node, _SCOPES))
    return any(isinstance(node, ast.Name) and node.id == name for scope in scopes for node in ast.walk(scope))


def parameters(args: ast.arguments) -> list[ast.arg]:
    """All parameters: positional, *args, keyword-only, **kwargs."""
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    if args.vararg:
        every.append(args.vararg)
    if args.kwarg:
        every.append(args.kwarg)
    return every
