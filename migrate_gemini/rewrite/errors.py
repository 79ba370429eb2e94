"""Errors: clauses and tests that name what the old calls raised ask for what interactions raise (MAPPING 8).

The classes that interactions raise have no public path, so a clause catches Exception and asks for the HTTP status. A
clause moves if every call under it that changes its SDK can; a use of a class that is not understood keeps the calls.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import libcst as cst

from ..infer.values import Box, Class, Ext, Value, Values
from ..sdk import errors as sdk
from ..sdk.stars import STARS
from . import (
    blocked,
    error_classes,
    error_conditions,
    error_edits,
    error_reach,
    error_reads,
    error_tests,
    error_uses,
)
from .edits import Context
from .error_reach import Reached
from .error_tests import QUIET, REQUESTS, Test
from .plan import CallSite, Plan
from .reasons import Reason

CHAINED = ("__cause__", "__context__")
RETRY = ("google.api_core.retry.", "google.api_core.retry_async.")


@dataclass(slots=True)
class Handler:
    """One except clause. test: what of the SDKs it names, and other classes; broad: the name of the class that takes
    all that is left, or ''; apart: it catches nothing that an SDK raises."""

    node: ast.ExceptHandler
    test: Test
    broad: str = ""
    apart: bool = False


class Errors:
    """Everything in a program that names errors of the SDKs or reads them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.consumed: set[ast.AST] = set()
        self.tries: dict[ast.ExceptHandler, ast.Try] = {}
        self.reached: dict[ast.Try, Reached] = {}
        self.all: Reached | None = None
        self.assumed: dict[tuple[ast.AST, str], Reached] = {}
        self.private: dict[str, dict[str, str]] = {}
        self.made: set[ast.expr] = set()
        self.assigned: dict[ast.AST, dict[str, list[ast.expr]]] = {}
        self.dead: set[ast.ExceptHandler] = set()
        self.blocked: dict[ast.ExceptHandler, ast.Call] = {}

    # -- survey --------------------------------------------------------------------------------------------------

    def survey(self) -> None:
        """Finds all uses; keeps the calls whose errors are used in a way that has no counterpart."""
        plan = self.plan
        if not plan.calls:
            return
        uses: list[tuple[str, ast.expr]] = []
        leads: dict[Values, bool] = {}
        for path, facts in plan.program.modules.items():
            for node in facts.nodes:
                if isinstance(node, ast.Try):
                    for handler in node.handlers:
                        self.tries[handler] = node
                    handlers = [self.handler(handler) for handler in node.handlers]
                    if self._by_class(node, handlers):
                        continue
                    if any(handler.test.named for handler in handlers):
                        self._clause(path, node, handlers)
                    if any(handler.test.blocked for handler in handlers):
                        blocked.survey(self, path, node, handlers)
                elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
                    values = plan.values(node)
                    if values not in leads:
                        leads[values] = any(self.leads(value) for value in values)
                    if leads[values]:
                        uses.append((path, node))
        self._each(ast.Raise, self._raises)
        self._each(ast.Call, error_uses.call)
        self._each(ast.Compare, error_uses.compare)
        self._each(ast.Call, error_uses.look)
        self._each(ast.Attribute, error_reads.read)
        self._retried()
        for path, node in uses:
            far = bool(self._paths(node)) and self.bound(path, node) == "project"
            if plan.doubles is not None and plan.doubles.in_test(path, node):
                plan.doubles.errors.append((path, node))  # a test keeps nothing; it is named if what it tests moves
            elif far or node not in self.consumed and not error_classes.value(self, path, node):
                self._unknown(path, node)
        plan.closing.append(lambda: error_classes.settle(self))

    def _raises(self, found: Errors, path: str, node: ast.Raise) -> None:
        """An error of google-genai that the program raises itself stays one."""
        made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if made is not None and error_reach.raises_genai(self.plan, node):
            self.consumed.add(made)

    def _each(self, kind: type[ast.AST], look: Callable[[Errors, str, Any], object]) -> None:
        for path, facts in self.plan.program.modules.items():
            for node in facts.every(kind):
                if node not in self.consumed:
                    look(self, path, node)

    def _by_class(self, node: ast.Try, handlers: Sequence[Handler]) -> bool:
        """Whether a try stays as it is, for its classes are chosen elsewhere: there they become others."""
        group = isinstance(node, getattr(ast, "TryStar", ()))
        if not any(handler.test.unclear or group and handler.test.named for handler in handlers):
            return False
        if any(handler.test.constants or handler.test.blocked for handler in handlers):
            return False
        for handler in handlers:
            self.consumed.difference_update(ast.walk(handler.node.type) if handler.node.type is not None else ())
        return True

    def _paths(self, node: ast.expr) -> list[str]:
        values = self.plan.program.vals.get(node, ())
        return [v.path for v in values if isinstance(v, Ext) and error_tests.is_named(v.path)]

    def fail(self, calls: Iterable[CallSite], detail: str, path: str, node: ast.AST) -> None:
        for call in calls:
            if call.code not in QUIET:
                self.plan.fail(call.site, Reason.ERRORS, detail, path, node)

    def handler(self, node: ast.ExceptHandler) -> Handler:
        if node.type is None:
            return Handler(node, Test(), "BaseException")
        test = self.classes(node.type)
        broad = next((name for name in ("BaseException", "Exception") if name in test.broad), "")
        return Handler(node, test, broad, not (test.named or test.unclear or test.unknown or broad))

    def classes(self, node: ast.expr) -> Test:
        """What an expression for classes of exceptions names; the nodes inside that this explains are consumed."""
        items = list(error_reach.classes(node))
        test = Test()
        for item in items:
            values = self.plan.values(item)
            if len(values) == 1:
                self._class(item, next(iter(values)), test)
            elif any(self.leads(value) for value in values):
                test.unclear = True
            else:
                test.others.append(item)
                test.unknown |= not values or any(not isinstance(value, (Ext, Class)) for value in values)
        return test

    def _class(self, item: ast.expr, value: Value, test: Test) -> None:
        if isinstance(value, Ext) and (value.path in sdk.BLOCKED or value.path in sdk.OTHERS):
            test.blocked.append(item)
        elif isinstance(value, Ext) and error_tests.is_named(value.path):
            if self.bound(self.plan.home(item) or "", item):
                test.named.append(value.path)
                self.consumed.add(item)
            else:
                test.unclear = True
        elif isinstance(value, Ext):
            if value.path in ("builtins.Exception", "builtins.BaseException"):
                test.broad.add(value.path.rpartition(".")[2])
            else:
                test.others.append(item)
        elif isinstance(value, Box) and self.leads(value):
            if isinstance(value.node, ast.Tuple) and self._constant(item, value.node, test):
                self.consumed.update((item, *value.node.elts))
            else:
                test.unclear = True
        else:
            if isinstance(value, Class) and any(
                isinstance(base, Ext) and error_tests.is_named(base.path) for cls in value.mro() for base in cls.bases
            ):
                test.unclear = True
            test.others.append(item)
            test.unknown |= not isinstance(value, Class)

    def _constant(self, item: ast.expr, node: ast.Tuple, test: Test) -> bool:
        """Takes in a tuple of classes by its name, if all in it are known where the name stands."""
        paths: list[str] = []
        for element in node.elts:
            found = self._paths(element)
            others = [value.path for value in self.plan.values(element) if isinstance(value, Ext)]
            near = self.plan.home(node) == self.plan.home(item) and not isinstance(element, ast.Starred)
            built = isinstance(element, ast.Name) and any(name.startswith("builtins.") for name in others)
            if len(found) > 1 or not found and not near and not built:
                return False
            paths.append(found[0] if found else "")
        before = test.unclear
        test.constant(item, node, paths)
        return test.unclear == before

    def leads(self, value: Value) -> bool:
        """Whether a value is, or holds, a class that an SDK raises."""
        if isinstance(value, Ext):
            return error_tests.is_named(value.path)
        if isinstance(value, Box):
            held = self.plan.program.machine.cells.get(("e", value, "#"), frozenset())
            return any(isinstance(v, Ext) and error_tests.is_named(v.path) for v in held)
        return False

    # -- what runs -----------------------------------------------------------------------------------------------

    def inside(self, node: ast.Try) -> Reached:
        """What runs inside a try, directly or through functions."""
        found = self.reached.get(node)
        if found is None:
            found = self.reached[node] = error_reach.inside(self.plan, node)
        return found

    def anywhere(self) -> Reached:
        """Everything that the program calls: for a test of an error that may come from any of it."""
        if self.all is None:
            nodes = [n for facts in self.plan.program.modules.values() for n in facts.nodes]
            self.all = error_reach.reach(self.plan, nodes)
        return self.all

    def origin(self, path: str, node: ast.expr) -> Reached | None:
        """What runs inside the try statements whose handlers an error comes from; None for no error."""
        found: list[Reached] = []
        if self.assumed and not self.plan.objects(node, "Error"):
            assumed = self.assumed.get((error_conditions.holder(self, path, node), ast.unparse(node)))
            if assumed is not None:
                return assumed
        if error_reach.told_apart(self.plan, path, node):
            return None
        for obj in self.plan.objects(node, "Error"):
            handler = obj.site.node
            assert isinstance(handler, ast.ExceptHandler)
            if handler in self.tries and not self.handler(handler).apart:
                found.append(self.inside(self.tries[handler]))
        if not found:
            if self.behind(path, node):
                return replace(self.anywhere(), foreign=True)
            return self.anywhere() if self._later(path, node) else None
        calls = {id(call): call for reached in found for call in reached.calls}
        some = (any(r.genai for r in found), any(r.foreign for r in found), any(r.unseen for r in found))
        return Reached(list(calls.values()), *some)

    def _later(self, path: str, node: ast.expr) -> bool:
        """Whether an expression is X.exception(), of a task, a future or a retry, or a name for it."""
        if ".exception" not in self.plan.facts(path).text:
            return False
        made = error_reads.defined(self, path, node) if isinstance(node, ast.Name) else node
        if not isinstance(made, ast.Call) or not isinstance(made.func, ast.Attribute):
            return False
        return made.func.attr == "exception" and not made.args and not made.keywords

    def behind(self, path: str, node: ast.expr) -> bool:
        """Whether an expression is what another error was raised from, or a name for it: it may be one of any class."""
        if not any(name in self.plan.facts(path).text for name in CHAINED):
            return False
        made = error_reads.defined(self, path, node) if isinstance(node, ast.Name) else node
        return isinstance(made, ast.Attribute) and made.attr in CHAINED

    def assume(self, path: str, node: ast.expr, reached: Reached, weak: bool = False) -> None:
        """Notes that a variable or attribute which cannot be traced holds an error of an SDK, for a test says so."""
        if isinstance(node, (ast.Name, ast.Attribute)):
            key = error_conditions.holder(self, path, node), ast.unparse(node)
            if not weak or key not in self.assumed:
                self.assumed[key] = reached

    def requests(self, call: CallSite) -> bool:
        """Whether a call becomes a request of interactions."""
        return call.code in REQUESTS and self.plan.groups.moves(call.site)

    # -- clauses -------------------------------------------------------------------------------------------------

    def _clause(self, path: str, node: ast.Try, handlers: list[Handler]) -> None:
        plan = self.plan
        reached = self._scope(node, handlers)
        if not reached.calls:
            return
        chain = error_tests.chain(handlers)
        why = next((h.test.refusal for h in chain if h.test.refusal), "") or self._clash(path, node, chain)
        if why:
            self.fail(reached.calls, why, path, node)
            return
        tests = [h.test for h in chain]
        plan.closing.append(lambda: self._edit(path, node, handlers) if self.moves(tests, reached) else None)

    def _scope(self, node: ast.Try, handlers: Sequence[Handler]) -> Reached:
        """What a clause has to do with: what runs inside, or all calls where a tuple of classes serves many clauses."""
        return self.anywhere() if any(h.test.constants for h in handlers) else self.inside(node)

    def moves(self, tests: Iterable[Test], reached: Reached) -> bool:
        """Whether a call changes so that what is named is not raised any more."""
        sources = reached.sources(self.plan)
        api_core = any(path.startswith(sdk.API_CORE) for test in tests for path in test.named)
        moved = any(self.plan.groups.moves(call.site) for call in reached.calls)
        return "interactions" in sources or api_core and moved and "genai" in sources

    def _clash(self, path: str, node: ast.Try, chain: Sequence[Handler]) -> str:
        """The name for all joined clauses, if one of them uses it for something else."""
        name = next((h.node.name for h in chain if h.node.name), None)
        for handler in chain:
            if name is not None and handler.node.name != name:
                for inner in (n for s in handler.node.body for n in ast.walk(s)):
                    if isinstance(inner, ast.Name) and inner.id == name:
                        return name
        return ""

    def _edit(self, path: str, node: ast.Try, handlers: list[Handler]) -> None:
        plan = self.plan
        chain = error_tests.chain(handlers)
        name = next((h.node.name for h in chain if h.node.name), None)
        name = name or plan.fresh_in(path, node, "e", "error", "exc")
        for handler in chain:
            old = handler.node.name
            if old and old != name:
                for inner in (n for s in handler.node.body for n in ast.walk(s)):
                    if isinstance(inner, ast.Name) and inner.id == old:
                        plan.expression(path, inner, lambda c: name, weak=True)
        reached = self._scope(node, handlers)
        sources = reached.sources(plan)
        writer = error_tests.Writer(plan, path, sources, reached.foreign)
        for handler in chain:
            writer.prepare(handler.test)

        def edit(c: Context, tree: cst.Try) -> cst.Try:
            return error_tests.joined(c, tree, handlers, name, writer, self.dead)

        plan.statement(path, node).handlers = edit
        plan.find(path, chain[0].node, "MG502", "migrated", error_edits.NOTE, ["errors"])

    def _retried(self) -> None:
        """Keeps what runs in functions that google.api_core.retry calls again: it knows the errors of its library."""
        for path, facts in self.plan.program.modules.items():
            for node in facts.nodes:
                for decorator in getattr(node, "decorator_list", ()):
                    made = decorator.func if isinstance(decorator, ast.Call) else decorator
                    paths = [v.path for v in self.plan.values(made) if isinstance(v, Ext)]
                    if any(found.startswith(RETRY) for found in paths):
                        functions = {node, *self.plan.reach.called.get(node, ())}
                        inside = error_reach.reach(self.plan, [n for function in functions for n in ast.walk(function)])
                        self.fail(inside.calls, self.plan.source(path, made), path, decorator)

    # -- what is not understood ------------------------------------------------------------------------------------

    def bound(self, path: str, node: ast.expr) -> str:
        """What binds the name that an expression begins with: an import of 'google', one of the 'project', or ''."""
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return ""
        found = ""
        for inner in self.plan.facts(path).nodes:
            if isinstance(inner, (ast.Import, ast.ImportFrom)):
                for alias in inner.names:
                    module = "." * inner.level + (inner.module or "") if isinstance(inner, ast.ImportFrom) else ""
                    name = f"{module}.{alias.name}" if module else alias.name
                    here = alias.asname or (alias.name if module else name.split(".")[0])
                    starred = alias.name == "*" and root.id in STARS.get(module, ())
                    if starred or here == root.id and f"{name}.".startswith("google."):
                        return "google"
                    if here == root.id:
                        found = "project"
        return found

    def _unknown(self, path: str, node: ast.expr) -> None:
        """A class of an SDK's errors in a place that is not understood keeps the calls of its module, and what the
        functions of the module call."""
        plan = self.plan
        facts = plan.facts(path)
        if not self._paths(node):  # a tuple of classes, of which every use changes or none
            self.fail(self.anywhere().calls, plan.source(path, node), path, node)
            return
        functions = [n for n in facts.nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))]
        todo: list[ast.AST] = [t for n in functions for t in plan.reach.called.get(n, ())]
        seen: set[ast.AST] = set()
        while todo:
            target = todo.pop()
            if target not in seen:
                seen.add(target)
                todo.extend(plan.reach.called.get(target, ()))
        far = {inner for target in seen for inner in ast.walk(target)}
        calls = [call for call in plan.calls if call.path == path or call.node in far]
        self.fail(calls, plan.source(path, node), path, node)


def survey(plan: Plan) -> Errors:
    """Surveys the errors of a program; the edits come when all groups are settled."""
    errors = Errors(plan)
    errors.survey()
    return errors
