"""Errors: clauses and tests that name what the old calls raised ask for what interactions raise (MAPPING 8).

The classes that interactions raise have no public path, so a clause catches Exception and asks for the HTTP status. A
clause moves if every call under it that changes its SDK can; a use of a class that is not understood keeps the calls.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from ..infer.reach import raised_in
from ..infer.values import Box, Class, Ext, Value
from ..sdk import errors as sdk
from ..sdk import surface
from . import blocked, context, error_tests, error_uses
from .edits import Context
from .error_tests import Test
from .plan import CallSite, Plan
from .reasons import Reason

REQUESTS = error_uses.REQUESTS
GOOGLE_GENAI = ("MG201", "MG203")
QUIET = ("MG101", "MG102", "MG104", "MG202", "MG301")
"""Codes of call sites that raise no error of the service."""

RETRY = ("google.api_core.retry.", "google.api_core.retry_async.")


@dataclass(slots=True)
class Reached:
    """What runs inside a try: calls of the SDKs that change, others of google-genai, and calls that may raise errors
    of other libraries with a status of their own. unseen: what runs was started elsewhere, so it may be any call of the
    program, or one of another library of Google's."""

    calls: list[CallSite] = field(default_factory=list)
    genai: bool = False
    foreign: bool = False
    unseen: bool = False

    def sources(self, plan: Plan) -> frozenset[str]:
        """Which errors can come out: of interactions, of the rest of google-genai, of the legacy SDK."""
        found = {"genai"} if self.genai else set()
        if self.unseen:
            found.add("legacy")
        for call in self.calls:
            if plan.groups.moves(call.site):
                found.add("interactions" if call.code in REQUESTS else "genai")
            else:
                found.add("genai" if call.code in GOOGLE_GENAI else "legacy")
        return frozenset(found)


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

    # -- survey --------------------------------------------------------------------------------------------------

    def survey(self) -> None:
        """Finds all uses; keeps the calls whose errors are used in a way that has no counterpart."""
        plan = self.plan
        uses: list[tuple[str, ast.expr]] = []
        for path, facts in plan.program.modules.items():
            for node in facts.nodes:
                if isinstance(node, ast.Try):
                    for handler in node.handlers:
                        self.tries[handler] = node
                    handlers = [self.handler(handler) for handler in node.handlers]
                    if any(handler.test.named for handler in handlers):
                        self._clause(path, node, handlers)
                    if any(handler.test.blocked for handler in handlers):
                        blocked.survey(self, path, node, handlers)
                elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
                    if any(self._leads(value) for value in plan.values(node)):
                        uses.append((path, node))
        for path, facts in plan.program.modules.items():
            for node in facts.nodes:
                if isinstance(node, ast.Call):
                    error_uses.call(self, path, node)
                elif isinstance(node, ast.Compare):
                    error_uses.compare(self, path, node)
        for path, facts in plan.program.modules.items():
            for node in facts.nodes:
                if isinstance(node, ast.Attribute) and node not in self.consumed:
                    error_uses.read(self, path, node)
        self._retried()
        for path, node in uses:
            if plan.doubles is not None and plan.doubles.in_test(path, node):
                plan.doubles.errors.append((path, node))  # a test keeps nothing; it is named if what it tests moves
            elif node not in self.consumed or self._exported(path, node):
                self._unknown(path, node)

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
        return Handler(node, test, broad, not test.named and not test.unknown and not broad)

    def classes(self, node: ast.expr) -> Test:
        """What an expression for classes of exceptions names; the nodes inside that this explains are consumed."""
        items = node.elts if isinstance(node, ast.Tuple) else [node]
        test = Test()
        for item in items:
            values = self.plan.values(item)
            if len(values) == 1:
                self._class(item, next(iter(values)), test)
            elif any(self._leads(value) for value in values):
                test.unclear = True
            else:
                test.others.append(item)
                test.unknown |= not values or any(not isinstance(value, (Ext, Class)) for value in values)
        return test

    def _class(self, item: ast.expr, value: Value, test: Test) -> None:
        if isinstance(value, Ext) and value.path in sdk.BLOCKED:
            test.blocked.append(item)
        elif isinstance(value, Ext) and error_tests.is_named(value.path):
            test.named.append(value.path)
            self.consumed.add(item)
        elif isinstance(value, Ext):
            if value.path in ("builtins.Exception", "builtins.BaseException"):
                test.broad.add(value.path.rpartition(".")[2])
            else:
                test.others.append(item)
        elif isinstance(value, Box) and self._leads(value):
            if isinstance(value.node, ast.Tuple):
                test.constant(item, value.node, [path for elt in value.node.elts for path in self._paths(elt)])
                if not test.unclear:
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

    def _leads(self, value: Value) -> bool:
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
            functions = raised_in(self.plan.program, node, self.plan.reach)
            bodies: list[ast.AST] = [*node.body, *functions]
            found = self.reached[node] = self._reach(inner for body in bodies for inner in ast.walk(body))
        return found

    def _reach(self, nodes: Iterable[ast.AST]) -> Reached:
        plan = self.plan
        found = Reached()
        everything = set(nodes)
        inside = {node for node in everything if isinstance(node, ast.Call)}
        found.calls = [call for call in plan.calls if call.node in inside and call.code not in QUIET]
        for node in inside:
            callees = plan.program.machine.callees.get(node, frozenset())
            for value in callees:
                found.foreign |= isinstance(value, Ext) and error_tests.is_foreign(value.path)
            func = node.func
            if isinstance(func, ast.Attribute):
                owner = func.value
                if plan.objects(owner, "Models", "AModels", "Files") and func.attr not in surface.REQUESTS:
                    found.genai = True
                if isinstance(owner, ast.Attribute) and plan.objects(owner.value, "Client", "AClient"):
                    found.genai |= not plan.objects(owner)
        if not found.calls and not found.genai and any(self._started_elsewhere(node) for node in everything):
            found.calls = [call for call in plan.calls if call.code not in QUIET]
            found.unseen = True
        return found

    def _started_elsewhere(self, node: ast.AST) -> bool:
        """Whether a node runs, or waits for, something that cannot be seen from it."""
        plan = self.plan
        if isinstance(node, (ast.For, ast.AsyncFor)):
            return bool(plan.objects(node.iter, "Stream"))
        if isinstance(node, ast.Await):
            return not isinstance(node.value, ast.Call)
        if not isinstance(node, ast.Call):
            return False
        callees = plan.program.machine.callees.get(node, frozenset())
        if callees:
            return any(isinstance(v, Ext) and v.path.startswith(("asyncio.", "concurrent.")) for v in callees)
        if not isinstance(node.func, ast.Attribute):
            return True
        values = plan.values(node.func.value)
        return not values or any(isinstance(v, Box) and v.type in ("future", "wait") for v in values)

    def anywhere(self) -> Reached:
        """Everything that the program calls: for a test of an error that may come from any of it."""
        if self.all is None:
            self.all = self._reach(n for facts in self.plan.program.modules.values() for n in facts.nodes)
        return self.all

    def origin(self, path: str, node: ast.expr) -> Reached | None:
        """What runs inside the try statements whose handlers an error comes from; None for no error."""
        found: list[Reached] = []
        if self.assumed and isinstance(node, ast.Name) and not self.plan.objects(node, "Error"):
            return self.assumed.get((self._holder(path, node), node.id))
        for obj in self.plan.objects(node, "Error"):
            handler = obj.site.node
            assert isinstance(handler, ast.ExceptHandler)
            if handler in self.tries and not self.handler(handler).apart:
                found.append(self.inside(self.tries[handler]))
        if not found:
            return None
        calls = {id(call): call for reached in found for call in reached.calls}
        some = (any(r.genai for r in found), any(r.foreign for r in found), any(r.unseen for r in found))
        return Reached(list(calls.values()), *some)

    def assume(self, path: str, node: ast.expr, reached: Reached) -> None:
        """Notes that a variable which cannot be traced holds an error of an SDK, for a test says so."""
        if isinstance(node, ast.Name):
            self.assumed[(self._holder(path, node), node.id)] = reached

    def _holder(self, path: str, node: ast.AST) -> ast.AST:
        facts = self.plan.facts(path)
        return context.function(facts, node) or facts.tree

    # -- clauses -------------------------------------------------------------------------------------------------

    def _clause(self, path: str, node: ast.Try, handlers: list[Handler]) -> None:
        plan = self.plan
        reached = self._scope(node, handlers)
        if not reached.calls:
            return
        chain = error_tests.chain(handlers)
        why = next((h.test.refusal for h in chain if h.test.refusal), "") or self._clash(path, node, chain)
        if isinstance(node, getattr(ast, "TryStar", ())):
            why = "except*"
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
            return error_tests.joined(c, tree, handlers, name, writer)

        plan.statement(path, node).handlers = edit
        plan.find(path, chain[0].node, "MG502", "migrated", error_uses.NOTE, ["errors"])

    def _retried(self) -> None:
        """Keeps what runs in functions that google.api_core.retry calls again: it knows the errors of its library."""
        for path, facts in self.plan.program.modules.items():
            for node in facts.nodes:
                for decorator in getattr(node, "decorator_list", ()):
                    made = decorator.func if isinstance(decorator, ast.Call) else decorator
                    paths = [v.path for v in self.plan.values(made) if isinstance(v, Ext)]
                    if any(found.startswith(RETRY) for found in paths):
                        functions = {node, *self.plan.reach.called.get(node, ())}
                        inside = self._reach(inner for function in functions for inner in ast.walk(function))
                        self.fail(inside.calls, self.plan.source(path, made), path, decorator)

    # -- what is not understood ------------------------------------------------------------------------------------

    def _exported(self, path: str, node: ast.expr) -> bool:
        """Whether a class comes by way of another module of the project, whose import would have to go, too."""
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not self._paths(node) or not isinstance(root, ast.Name):
            return False
        for inner in self.plan.facts(path).nodes:
            if isinstance(inner, (ast.Import, ast.ImportFrom)):
                for alias in inner.names:
                    name = alias.name if isinstance(inner, ast.Import) else f"{inner.module}.{alias.name}"
                    bound = alias.asname or (alias.name if isinstance(inner, ast.ImportFrom) else name.split(".")[0])
                    if bound == root.id and name.startswith("google."):
                        return False
        return True

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
