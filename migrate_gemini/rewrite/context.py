"""What is done with a value: the role of an expression in the node around it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Literal

from ..infer import library
from ..infer.program import ModuleFacts, Program
from ..infer.values import Bound, Box, Class, Ext, Func, Inst, Method, Obj, Value
from ..sdk import doubles, surface, surfaces

Role = Literal[
    "attribute",
    "call",
    "move",
    "truth",
    "compare",
    "iterate",
    "index",
    "format",
    "discard",
    "with",
    "show",
    "len",
    "isinstance",
    "probe",
    "sdk",
    "escape",
    "other",
    "annotation",
]
"""move: stays the same value somewhere else; show: printed, shown by a notebook or made text; escape: handed to code
that cannot be seen."""

_SHOWS = frozenset(
    """builtins.print builtins.str builtins.repr builtins.format builtins.type builtins.id builtins.vars builtins.dir
    pprint.pprint pprint.pp rich.print logging.info logging.debug logging.warning logging.error logging.exception
    json.dumps""".split()
)
_RAISED = re.compile(r"builtins\.\w*(?:Error|Exception|Warning)")
"""Exceptions, whose arguments are their texts."""
_ITERATES = frozenset(
    """builtins.enumerate builtins.list builtins.tuple builtins.sorted builtins.reversed builtins.iter builtins.next
    builtins.zip builtins.map builtins.filter builtins.any builtins.all builtins.set builtins.aiter builtins.anext
    tqdm.tqdm itertools.chain itertools.islice builtins.max builtins.min""".split()
)
_MAKERS = frozenset(("__init__", "__new__"))
_LOGGERS = frozenset(("debug", "info", "warning", "error", "exception", "critical"))
_CONTAINER_METHODS = frozenset(
    """append extend insert add setdefault put put_nowait appendleft get pop update index count remove discard
    set_result set""".split()
)


def role(program: Program, facts: ModuleFacts, node: ast.expr) -> tuple[Role, ast.AST]:
    """The role of an expression, and the node that gives it that role."""
    parent = facts.parents.get(node)
    if isinstance(parent, ast.Attribute):
        return "attribute", parent
    if isinstance(parent, ast.keyword):
        return _argument(program, facts, facts.parents[parent])
    if isinstance(parent, ast.Call):
        return ("call", parent) if parent.func is node else _argument(program, facts, parent)
    if isinstance(parent, (ast.If, ast.While, ast.Assert)):
        return "truth", parent
    if isinstance(parent, ast.IfExp):
        return ("truth", parent) if parent.test is node else ("move", parent)
    if isinstance(parent, ast.UnaryOp):
        return ("truth", parent) if isinstance(parent.op, ast.Not) else ("other", parent)
    if isinstance(parent, ast.BoolOp):
        outer, _ = role(program, facts, parent)
        tested = isinstance(parent.op, ast.And) and node is not parent.values[-1]
        return ("truth" if outer == "truth" or tested else "move"), parent
    if isinstance(parent, ast.Compare):
        return "compare", parent
    if isinstance(parent, (ast.For, ast.AsyncFor)):
        return ("iterate", parent) if parent.iter is node else ("move", parent)
    if isinstance(parent, ast.comprehension):
        return ("iterate", parent) if parent.iter is node else ("truth" if node in parent.ifs else "move", parent)
    if isinstance(parent, ast.YieldFrom):
        return "iterate", parent
    if isinstance(parent, ast.Subscript):
        return ("index", parent) if parent.value is node else ("other", parent)
    if isinstance(parent, (ast.FormattedValue, ast.JoinedStr)):
        return "format", parent
    if isinstance(parent, ast.Expr):
        return "show" if (parent.lineno, parent.col_offset) in facts.shown else "discard", parent
    if isinstance(parent, ast.withitem):
        return ("with", parent) if parent.context_expr is node else ("move", parent)
    if isinstance(parent, (ast.arg, ast.AnnAssign)) and getattr(parent, "annotation", None) is node:
        return "annotation", parent
    if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node in parent.decorator_list:
        return "discard", parent
    if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return ("annotation", parent) if parent.returns is node else ("other", parent)
    moves = (
        ast.Assign,
        ast.AnnAssign,
        ast.NamedExpr,
        ast.Return,
        ast.Yield,
        ast.Lambda,
        ast.List,
        ast.Tuple,
        ast.Set,
        ast.Dict,
        ast.arguments,
        ast.Await,
        ast.ListComp,
        ast.SetComp,
        ast.GeneratorExp,
        ast.DictComp,
    )
    if isinstance(parent, moves):
        return "move", parent
    if isinstance(parent, ast.Delete):
        return "move", parent
    return "other", parent or node


def _argument(program: Program, facts: ModuleFacts, call: ast.AST) -> tuple[Role, ast.AST]:
    if not isinstance(call, ast.Call):
        return "other", call
    func = call.func
    attr = func.attr if isinstance(func, ast.Attribute) else ""
    callees = program.machine.callees.get(call, frozenset())
    found: Role | None = None
    for callee in callees:
        if isinstance(callee, Ext):
            path = callee.path
            if path in _SHOWS or _RAISED.fullmatch(path) or (attr in _LOGGERS and path.startswith("logging.")):
                return "show", call
            if path == "builtins.len":
                return "len", call
            if path == "builtins.bool":
                return "truth", call
            if path in ("builtins.isinstance", "builtins.issubclass"):
                return "isinstance", call
            if path in ("builtins.hasattr", "builtins.getattr"):
                return "probe", call
            if path in _ITERATES:
                return "iterate", call
            if (
                path in library.SAME
                or path in library.THREADED
                or path
                in (
                    "functools.partial",
                    "asyncio.gather",
                    "builtins.dict",
                    "builtins.setattr",
                    "collections.deque",
                    "dataclasses.field",
                    "types.SimpleNamespace",
                    "dataclasses.replace",
                )
            ):
                return "move", call
            if path in surface.CONSTRUCTORS or path in surfaces.FUNCTIONS:
                return "sdk", call
            found = found or "escape"
        elif isinstance(callee, Class) and not takes(callee):
            found = found or "escape"
        elif isinstance(callee, (Func, Bound, Class, Inst)):
            return "move", call
        elif isinstance(callee, Box):
            return "move", call
        elif isinstance(callee, Method):
            return "sdk", call
    if isinstance(func, ast.Attribute):
        bases = program.vals.get(func.value, frozenset())
        judged = doubles.JUDGES.get(attr)
        if judged is not None and any(_is_case(base) for base in bases):
            return judged, call
        if attr in _CONTAINER_METHODS and any(isinstance(base, Box) for base in bases):
            return "move", call
        if attr == "join" and isinstance(func.value, ast.Constant):
            return "iterate", call
        if attr in _LOGGERS:
            return "show", call
        if attr in library.CALLERS or attr in library.MAPPERS:
            return "move", call
    return found or "escape", call


def _is_case(value: object) -> bool:
    """Whether a value is an instance of a class of tests."""
    return isinstance(value, Inst) and any(name.endswith(doubles.CASE) for name in value.cls.outside())


def takes(cls: Class) -> bool:
    """Whether it is seen what a class of the project does with what its constructor is given."""
    if any(owner.is_dataclass or not _MAKERS.isdisjoint(owner.methods) for owner in cls.mro()):
        return True
    return all(name.endswith(("Exception", "Error", "Warning", "Exit")) for name in cls.outside())


def statement(facts: ModuleFacts, node: ast.AST) -> ast.stmt:
    """The statement that holds a node."""
    while not isinstance(node, ast.stmt):
        node = facts.parents[node]
    return node


def ancestors(facts: ModuleFacts, node: ast.AST) -> Iterator[ast.AST]:
    """The nodes around a node, innermost first."""
    while node in facts.parents:
        node = facts.parents[node]
        yield node


def in_words(value: Value) -> str:
    """What a value is beside the SDK's objects, for a person."""
    if isinstance(value, Obj):
        return "an object of another class of an SDK"
    if isinstance(value, Inst):
        return f"a {value.cls.node.name}"
    return value.path if isinstance(value, Ext) else "something of the program's own"


def function(facts: ModuleFacts, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function around a node (lambdas do not count), or None at module or class level."""
    for outer in ancestors(facts, node):
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return outer
        if isinstance(outer, ast.ClassDef):
            return None
    return None


def hoistable(facts: ModuleFacts, node: ast.expr) -> bool:
    """Whether a statement put before the node's statement runs when the node would: nothing with an effect comes
    before it in its statement, and it runs exactly once."""
    child: ast.AST = node
    for outer in ancestors(facts, node):
        if isinstance(outer, ast.stmt):
            if isinstance(outer, (ast.While,)) and child is outer.test:
                return False
            if isinstance(
                outer, (ast.If, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.FunctionDef, ast.ClassDef)
            ):
                if isinstance(outer, ast.If):
                    holder = facts.parents[outer]
                    return child is outer.test and outer not in getattr(holder, "orelse", ())  # an elif
                return isinstance(outer, (ast.For, ast.AsyncFor)) and child is outer.iter
            if isinstance(outer, (ast.AugAssign, ast.Assign)):
                targets = outer.targets if isinstance(outer, ast.Assign) else [outer.target]
                return all(plain(target) for target in targets)
            return isinstance(outer, (ast.Expr, ast.Return, ast.AnnAssign, ast.Assert, ast.Raise))
        if isinstance(outer, ast.comprehension) and child is outer.iter:
            whole = facts.parents[outer]
            if getattr(whole, "generators", [None])[0] is outer:  # the first is evaluated before all else
                child = whole
                continue
        if isinstance(outer, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            if child is not outer:
                return False
            continue
        if isinstance(outer, ast.IfExp) and child is not outer.test:
            return False
        if isinstance(outer, ast.BoolOp) and child is not outer.values[0]:
            return False
        for earlier in ast.iter_child_nodes(outer):
            if earlier is child:
                break
            if isinstance(earlier, (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)):
                continue
            inner = earlier.value if isinstance(earlier, (ast.keyword, ast.FormattedValue)) else earlier
            if isinstance(inner, ast.expr) and not plain(inner):
                return False
        child = outer
    return False


def field(node: ast.AST) -> tuple[ast.expr, str] | None:
    """X and the name, for `X.name` and for `getattr(X, "name", default)`; None for other code."""
    if isinstance(node, ast.Attribute):
        return node.value, node.attr
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr" and len(node.args) > 1:
        name = node.args[1]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            return node.args[0], name.value
    return None


def plain(node: ast.expr) -> bool:
    """Whether evaluating the expression has no effect and cannot be changed by one."""
    return not any(
        isinstance(inner, (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)) for inner in ast.walk(node)
    )


_ALONE = (ast.Assign, ast.AnnAssign, ast.Return, ast.keyword, ast.Dict, ast.List, ast.Tuple, ast.FormattedValue)
"""What needs no brackets around an expression in it."""


def bracketed(facts: ModuleFacts, node: ast.expr, code: str) -> str:
    """The code of `x or y` or a conditional expression, in brackets where it needs them in the place of a node."""
    parent = facts.parents[node]
    alone = isinstance(parent, ast.Call) and parent.func is not node
    alone = alone or isinstance(parent, (ast.For, ast.AsyncFor)) and parent.iter is node
    return code if alone or isinstance(parent, _ALONE) else f"({code})"
