"""Whether an expression can be nothing but what an SDK gave, whoever runs the code around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..infer.scopes import Scope, ScopeNode, parameters
from ..infer.values import Bound, Ext, Func, Inst, Method, Module
from ..sdk import surface
from . import context, forwarded
from .plan import Plan

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def sure(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether all that an expression may be comes from calls of an SDK, as far as its names and attributes are bound;
    texts, numbers and None aside."""
    return _Origins(plan).sure(path, node)


class _Origins:
    """One question. seen: what is looked into already."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.seen: set[ast.AST] = set()

    def sure(self, path: str, node: ast.expr | None) -> bool:
        """Whether an expression comes from an SDK."""
        if node is None or node in self.seen:
            return node is not None
        self.seen.add(node)
        doubles = self.plan.doubles
        if doubles is not None and doubles.doubles(node):
            return False
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, (ast.BoolOp, ast.IfExp, ast.NamedExpr, ast.Await)):
            if isinstance(node, ast.IfExp):
                return self.sure(path, node.body) and self.sure(path, node.orelse)
            return all(
                self.sure(path, part) for part in (node.values if isinstance(node, ast.BoolOp) else [node.value])
            )
        if isinstance(node, ast.Call):
            return self._call(path, node)
        if not self.plan.objects(node):
            return False
        if isinstance(node, ast.Name):
            return self._name(path, node)
        if isinstance(node, ast.Attribute) and self.plan.objects(node.value) or isinstance(node, ast.Subscript):
            return self.sure(path, node.value)
        return isinstance(node, ast.Attribute) and self._attribute(node)

    def _call(self, path: str, node: ast.Call) -> bool:
        """A call of a method of an SDK, or of a function that gives nothing else."""
        callees = self.plan.program.machine.callees.get(node, frozenset())
        if not callees:
            return False
        for callee in callees:
            func = callee.func if isinstance(callee, Bound) else callee
            if isinstance(func, Method) or isinstance(func, Ext) and func.path in surface.CONSTRUCTORS:
                continue
            if not isinstance(func, Func) or func.is_generator or not isinstance(func.node, _FUNCTIONS):
                return False
            home = self.plan.home(func.node)
            if home is None or not all(self.sure(home, value) for value in _returned(func.node)):
                return False
        return True

    def _name(self, path: str, node: ast.Name) -> bool:
        """A name: each place that binds it."""
        facts = self.plan.facts(path)
        inner = next((n for n in context.ancestors(facts, node) if n in facts.scopes), facts.tree)
        owner = facts.scopes[inner].lookup(node.id)
        if owner is None:
            return False
        holder = owner.node
        if isinstance(holder, _FUNCTIONS):
            given = next((arg for arg in parameters(holder.args) if arg.arg == node.id), None)
            if given is not None and not self._parameter(path, holder, given):
                return False
        if isinstance(holder, ast.Module) and self._set_from_outside(node.id):
            return False
        bound = _bindings(facts.scopes, holder, node.id)
        return all(isinstance(one, ast.Name) and self._bound(path, one) for one in bound)

    def _set_from_outside(self, name: str) -> bool:
        """Whether some module sets a variable of this name of another one."""
        return any(
            one.attr == name and not _loads(one) and any(isinstance(v, Module) for v in self.plan.values(one.value))
            for facts in self.plan.program.modules.values()
            for one in facts.every(ast.Attribute)
        )

    def _bound(self, path: str, name: ast.expr) -> bool:
        """What an assignment, or a loop, gives to a name or an attribute."""
        parent = self.plan.facts(path).parents[name]
        if isinstance(parent, ast.Assign) and name in parent.targets:
            return self.sure(path, parent.value)
        if isinstance(parent, ast.AnnAssign):
            return parent.value is None or self.sure(path, parent.value)
        if isinstance(parent, ast.NamedExpr):
            return self.sure(path, parent.value)
        if isinstance(parent, (ast.For, ast.AsyncFor, ast.comprehension)) and parent.target is name:
            return self.sure(path, parent.iter)
        return isinstance(parent, ast.Delete)

    def _parameter(self, path: str, function: ast.AST, given: ast.arg) -> bool:
        """A parameter: what each caller gives, where the function is only called, and by callers that are seen."""
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or function.decorator_list:
            return False
        calls = forwarded.callers(self.plan).get(function, [])
        called = {call.func for _, call in calls}
        for facts in self.plan.program.modules.values():
            read: list[ast.expr] = [n for n in facts.every(ast.Name) if n.id == function.name and _loads(n)]
            read += [n for n in facts.every(ast.Attribute) if n.attr == function.name and _loads(n)]
            if not called.issuperset(read):
                return False
        method = isinstance(self.plan.facts(path).parents[function], ast.ClassDef)
        args = function.args
        positional = [arg.arg for arg in [*args.posonlyargs, *args.args]][1 if method else 0 :]
        for where, call in calls:
            keyword = next((item.value for item in call.keywords if item.arg == given.arg), None)
            at = positional.index(given.arg) if given.arg in positional else len(call.args)
            starred = any(isinstance(item, ast.Starred) for item in call.args)
            if starred or any(item.arg is None for item in call.keywords):
                return False
            value = keyword if keyword is not None else call.args[at] if at < len(call.args) else None
            if value is not None and not self.sure(where, value):
                return False
            if value is None and given not in _with_default(args):
                return False
        return bool(calls)

    def _attribute(self, node: ast.Attribute) -> bool:
        """An attribute of an object of the program: each place that sets one of its name."""
        if not any(isinstance(value, Inst) for value in self.plan.values(node.value)):
            return False
        found = False
        for path, facts in self.plan.program.modules.items():
            for other in facts.every(ast.Attribute):
                if other.attr == node.attr and not isinstance(other.ctx, ast.Load):
                    found = True
                    if not self._bound(path, other):
                        return False
            for cls in facts.every(ast.ClassDef):
                bound = _bindings(facts.scopes, cls, node.attr)
                if not all(isinstance(one, ast.Name) and self._bound(path, one) for one in bound):
                    return False
        return found


def _loads(node: ast.Name | ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Load)


def _with_default(args: ast.arguments) -> list[ast.arg]:
    """The parameters whose default is a constant."""
    positional = [*args.posonlyargs, *args.args]
    pairs = [*zip(reversed(positional), reversed(args.defaults)), *zip(args.kwonlyargs, args.kw_defaults)]
    return [arg for arg, default in pairs if isinstance(default, ast.Constant)]


def _returned(function: ast.AST) -> Iterator[ast.expr | None]:
    """What the return statements of a function give."""
    if isinstance(function, ast.Lambda):
        yield function.body
        return
    todo = list(ast.iter_child_nodes(function))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            todo.extend(ast.iter_child_nodes(node))


def _bindings(scopes: dict[ScopeNode, Scope], holder: ast.AST, name: str) -> Iterator[ast.AST]:
    """The nodes that bind a name in a scope, or as its global or nonlocal in those inside; not parameters."""
    todo = list(ast.iter_child_nodes(holder))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            yield node
        elif isinstance(node, ast.alias) and (node.asname or node.name.partition(".")[0]) in (name, "*"):
            yield node
        elif getattr(node, "name", None) == name and isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
        ):
            yield node
        elif isinstance(node, ast.MatchMapping) and node.rest == name:
            yield node
        own = getattr(scopes.get(node), "bound", ())  # type: ignore[call-overload]
        if node not in scopes or name not in own:
            todo.extend(ast.iter_child_nodes(node))
