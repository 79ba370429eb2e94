"""What may raise an error: the calls that run inside a try, directly or through functions, and those of a program."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..infer.reach import raised_in
from ..infer.values import Box, Class, Ext, Inst, Method, Value
from ..sdk import errors as sdk
from ..sdk import surface
from . import context, error_tests
from .error_tests import GOOGLE_GENAI, QUIET, REQUESTS
from .plan import CallSite, Plan


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


def inside(plan: Plan, node: ast.Try) -> Reached:
    """What runs inside a try."""
    body = [*node.body, *_managed(plan, node)]
    bodies: list[ast.AST] = [*body, *raised_in(plan.program, body, plan.reach)]
    return reach(plan, [inner for body in bodies for inner in ast.walk(body)])


def _managed(plan: Plan, node: ast.Try) -> list[ast.stmt]:
    """What runs where the generator around a try yields: the bodies of the with statements that it manages."""
    if not any(isinstance(inner, ast.Yield) for statement in node.body for inner in ast.walk(statement)):
        return []
    path = plan.home(node)
    function = context.function(plan.facts(path), node) if path is not None else None
    managed = plan.reach.managed.get(function, []) if function is not None else []
    return [statement for block in managed for statement in block.body]


def reach(plan: Plan, nodes: Iterable[ast.AST]) -> Reached:
    """What runs in these nodes."""
    found = Reached()
    everything = set(nodes)
    inside = {node for node in everything if isinstance(node, ast.Call)}
    methods = _methods(plan, inside)
    found.calls = [
        call
        for call in plan.calls
        if call.code not in QUIET
        if call.node in everything or not isinstance(call.node, ast.Call) and plan.values(call.node) & methods
    ]
    found.genai = any(isinstance(node, ast.Raise) and raises_genai(plan, node) for node in everything)
    found.foreign = any(isinstance(node, ast.Raise) and _raises_own(plan, node) for node in everything)
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
    if not found.calls and not found.genai and any(_started_elsewhere(plan, node) for node in everything):
        found.calls = [call for call in plan.calls if call.code not in QUIET]
        found.unseen = True
    return found


def _methods(plan: Plan, calls: Iterable[ast.Call]) -> frozenset[Value]:
    """The methods of SDK objects that calls run under another name, or by a partial."""
    found: set[Value] = set()
    for call in calls:
        for value in plan.program.machine.callees.get(call, frozenset()):
            if isinstance(value, Method):
                found.add(value)
            elif isinstance(value, Box) and value.type == "partial":
                held = plan.program.machine.cells.get(("e", value, "#"), frozenset())
                found.update(method for method in held if isinstance(method, Method))
    return frozenset(found)


def raises_genai(plan: Plan, node: ast.Raise) -> bool:
    """Whether the program raises an error of google-genai itself, which goes on to be one."""
    made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    paths = [value.path for value in plan.values(made) if isinstance(value, Ext)] if made is not None else []
    return any(path.startswith(sdk.GENAI_ERRORS) and error_tests.is_named(path) for path in paths)


def _raises_own(plan: Plan, node: ast.Raise) -> bool:
    """Whether the program raises an error of its own that has a code or a status, too."""
    made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    values = plan.values(made) if made is not None else ()
    classes = [value.cls if isinstance(value, Inst) else value for value in values]
    return any(
        ("a", cls, name) in plan.program.machine.cells
        for own in classes
        if isinstance(own, Class)
        for cls in own.mro()
        for name in ("code", "status_code")
    )


def _started_elsewhere(plan: Plan, node: ast.AST) -> bool:
    """Whether a node runs, or waits for, something that cannot be seen from it."""
    if isinstance(node, (ast.For, ast.AsyncFor)):
        made = [value for value in plan.values(node.iter) if isinstance(value, Box) and value.type == "gen"]
        return bool(plan.objects(node.iter, "Stream")) or bool(made) and not isinstance(node.iter, ast.Call)
    if isinstance(node, ast.Await):
        return not isinstance(node.value, ast.Call)
    if not isinstance(node, ast.Call):
        return False
    callees = plan.program.machine.callees.get(node, frozenset())
    if callees:
        away = ("asyncio.", "concurrent.", "builtins.next", "builtins.anext")
        return any(isinstance(v, Ext) and v.path.startswith(away) for v in callees)
    if not isinstance(node.func, ast.Attribute):
        return True
    values = plan.values(node.func.value)
    return not values or any(isinstance(v, Box) and v.type in ("future", "wait") for v in values)


def told_apart(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether an error stands where `isinstance(error, X)` said that it is one of another library."""
    child: ast.AST = node
    for outer in context.ancestors(plan.facts(path), node):
        if isinstance(outer, (ast.If, ast.IfExp)):
            if child is not outer.test and child is not outer.orelse and child not in _statements(outer.orelse):
                if any(_is_other(plan, test, node) for test in _conjunction(outer.test)):
                    return True
        elif isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.And):
            before = outer.values[: next(i for i, value in enumerate(outer.values) if value is child)]
            if any(_is_other(plan, test, node) for test in before):
                return True
        elif isinstance(outer, (ast.ExceptHandler, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return False
        child = outer
    return False


def _is_other(plan: Plan, test: ast.expr, error: ast.expr) -> bool:
    """Whether a test is `isinstance(error, X)` with classes of other libraries alone."""
    if not (isinstance(test, ast.Call) and getattr(test.func, "id", "") == "isinstance" and len(test.args) == 2):
        return False
    if ast.dump(test.args[0]) != ast.dump(error):
        return False
    found = [value for item in classes(test.args[1]) for value in plan.values(item) or (None,)]
    return all(isinstance(value, Ext) and not _may_be_own(value.path) for value in found)


def _may_be_own(path: str) -> bool:
    return path in ("builtins.Exception", "builtins.BaseException") or path.startswith("google.")


def _conjunction(node: ast.expr) -> list[ast.expr]:
    return node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else [node]


def _statements(part: object) -> list[ast.stmt]:
    return part if isinstance(part, list) else []


def classes(node: ast.expr) -> Iterable[ast.expr]:
    """The parts of an expression for classes: the elements of tuples, and of sums of them."""
    if isinstance(node, ast.Tuple):
        for element in node.elts:
            yield from classes(element.value if isinstance(element, ast.Starred) else element)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from classes(node.left)
        yield from classes(node.right)
    else:
        yield node
