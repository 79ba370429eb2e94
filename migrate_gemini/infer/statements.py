"""What statements do."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from . import library, patterns
from .cells import Env
from .loops import carried
from .scopes import parameters
from .targets import Targets
from .values import EMPTY, GIVES_TEXT, TEXT, Box, Class, Ext, Func, Obj, Values


class Statements(Targets):
    """Runs statements, one method (`s_` and the name of the node) a kind."""

    _exec: dict[type, Callable[[Any], None]]
    jumps: list[list[Env]]
    """For each loop around: what the names hold where its body is left by `continue` or `break`."""

    def block(self, body: Iterable[ast.stmt]) -> None:
        """Runs statements in order."""
        for statement in body:
            self.step()
            handler = self._exec.get(type(statement))
            if handler is not None:
                handler(statement)
            else:
                for child in ast.iter_child_nodes(statement):
                    if isinstance(child, ast.expr):
                        self.eval(child)

    def _join(self, *envs: Env) -> None:
        first, *rest = envs
        joined = dict(first)
        for env in rest:
            for name, values in env.items():
                old = joined.get(name)
                joined[name] = values if old is None else old | values
        self.env = joined

    def s_Expr(self, node: ast.Expr) -> None:
        self.eval(node.value)

    def s_Assign(self, node: ast.Assign) -> None:
        values = self.eval(node.value)
        for target in node.targets:
            self.assign(target, values)

    def s_AnnAssign(self, node: ast.AnnAssign) -> None:
        in_class = self.cls is not None and isinstance(self.scope.node, ast.ClassDef)
        if in_class and self.cls is not None and isinstance(node.target, ast.Name):
            if node.target.id not in self.cls.fields:
                self.cls.fields.append(node.target.id)
        if node.value is not None:
            values = self.eval(node.value)
            given = in_class and isinstance(node.value, ast.Call) and self._is_field(node.value)
            if not values and self.settled and not given:
                values = self.calls.annotated(node.annotation)
            elif not values and not given:
                self.promised[self.unit] = None
            self.assign(node.target, values)
        elif isinstance(node.target, ast.Attribute):
            self.eval(node.target.value)

    def _is_field(self, call: ast.Call) -> bool:
        """Whether a call declares a field of a class, whose value comes from who makes an object, or its methods."""
        return any(isinstance(value, Ext) and value.path in library.FIELDS for value in self.callees.get(call, ()))

    def s_AugAssign(self, node: ast.AugAssign) -> None:
        right = self.eval(node.value)
        load = _as_load(node.target)
        left = self.eval(load) if load is not None else EMPTY
        self.vals[node.target] = self.vals.get(node.target, EMPTY) | left
        for value in left:
            if isinstance(value, Box) and value.type == "dict":
                for other in right:
                    if isinstance(other, Box):
                        self.copy_items(other, value)
            elif isinstance(value, Box):
                self.put(value, self.elements(right))
        if not any(isinstance(value, Box) for value in left):
            textual = any(v in GIVES_TEXT or isinstance(v, Obj) and v.kind == "Text" for v in left | right)
            self.assign(node.target, TEXT if textual else left | right)

    def s_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            values = self.eval(node.value)
            if isinstance(self.unit, Func):
                self.store(("r", self.unit), values)

    def s_If(self, node: ast.If) -> None:
        self.eval(node.test)
        before = dict(self.env)
        self.block(node.body)
        after, self.env = self.env, before
        self.block(node.orelse)
        ended = isinstance(node.body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))
        if not ended:
            self._join(after, self.env)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        names = self.carried.get(node)
        if names is None:
            names = self.carried[node] = carried(node)
        for _ in range(3):
            before = dict(self.env)
            if isinstance(node, ast.While):
                self.eval(node.test)
            else:
                self.assign(node.target, self.elements(self.eval(node.iter)))
            self.jumps.append([])
            self.block(node.body)
            self._join(before, self.env, *self.jumps.pop())
            if all(self.env.get(name) == before.get(name) for name in names):
                break
        self.block(node.orelse)

    s_For = s_AsyncFor = s_While = _loop

    def _jump(self, node: ast.Continue | ast.Break) -> None:
        if self.jumps:  # else it is no Python, though it parses
            self.jumps[-1].append(dict(self.env))

    s_Continue = s_Break = _jump

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            values = self.calls.entered(self.eval(item.context_expr))
            if item.optional_vars is not None:
                self.assign(item.optional_vars, values)
        self.block(node.body)

    s_With = s_AsyncWith = _with

    def s_Try(self, node: ast.Try) -> None:
        before = dict(self.env)
        self.block(node.body)
        after = dict(self.env)
        self.block(node.orelse)
        ends = [self.env]
        for handler in node.handlers:
            self._join(before, after)
            caught = self.eval(handler.type) if handler.type is not None else EMPTY
            if handler.name:
                tuples = frozenset(value for value in caught if isinstance(value, Box))
                own = {self.inst(value) for value in caught | self.elements(tuples) if isinstance(value, Class)}
                self.bind(handler.name, frozenset((self.obj("Error", self.site(handler)), *own)))
            self.block(handler.body)
            if not isinstance(handler.body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break)):
                ends.append(self.env)
        self._join(*ends)
        self.block(node.finalbody)

    s_TryStar = s_Try

    def s_Match(self, node: ast.Match) -> None:
        subject = self.eval(node.subject)
        before = self.env
        ends = [before]
        for case in node.cases:
            self.env = dict(before)
            patterns.bind(self, case.pattern, subject)
            if case.guard is not None:
                self.eval(case.guard)
            self.block(case.body)
            ends.append(self.env)
        self._join(*ends)

    def s_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, (ast.Attribute, ast.Subscript)):
                self.eval(target.value)

    def s_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self._imported(node, name, self.program.imported(self.facts.path, alias))

    def s_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                values = self.program.imported_from(self.facts.path, node, alias)
                self._imported(node, alias.asname or alias.name, values)
            else:
                for name, values in self.program.star(self.facts.path, node).items():
                    self.bind(name, values)

    def _imported(self, node: ast.Import | ast.ImportFrom, name: str, values: Values) -> None:
        """Binds what an import gives; other code does not see a name that soon has another value."""
        if name in self.facts.short_lived.get(node, ()):
            self.env[name] = values
        else:
            self.bind(name, values)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        in_class = self.cls if isinstance(self.scope.node, ast.ClassDef) else None
        func = self.func(node, in_class or self.cls)
        positional = [*node.args.posonlyargs, *node.args.args]
        for arg, default in zip(reversed(positional), reversed(node.args.defaults)):
            self.store(("p", func, arg.arg), self.eval(default))
        for arg, kw_default in zip(node.args.kwonlyargs, node.args.kw_defaults):
            if kw_default is not None:
                self.store(("p", func, arg.arg), self.eval(kw_default))
        if in_class is not None:
            in_class.methods[node.name] = func
        for decorator in node.decorator_list:
            self.calls.decorate(func, decorator)
        if in_class is not None and positional and self.wrapped.get(func) != "static":
            owner = self.objects.owner(in_class, node.name, self.wrapped.get(func))
            self.store(("p", func, positional[0].arg), frozenset((owner,)))
        for arg in parameters(node.args):
            if arg.annotation is not None and isinstance(arg.annotation, ast.Name) and arg.annotation.id == "str":
                self.store(("p", func, arg.arg), TEXT)
        self.bind(node.name, frozenset((func,)))

    s_FunctionDef = s_AsyncFunctionDef = _function

    def s_ClassDef(self, node: ast.ClassDef) -> None:
        cls = self.classes.get(node)
        if cls is None:
            cls = self.classes[node] = Class(node, self.facts.path)
        self.objects.based(cls, node)
        saved = self.scope, self.env, self.cls
        self.scope, self.env, self.cls = self.facts.scopes[node], {}, cls
        self.block(node.body)
        self.scope, self.env, self.cls = saved
        self.bind(node.name, frozenset((cls,)))
        self.objects.made(cls, node)


def _as_load(target: ast.expr) -> ast.expr | None:
    """A node that reads what an augmented assignment's target names."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    if isinstance(target, ast.Attribute):
        return ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
    if isinstance(target, ast.Subscript):
        return ast.copy_location(ast.Subscript(target.value, target.slice, ast.Load()), target)
    return None
