"""What no interaction has: safety ratings, log probabilities and the like (`sdk.reads.ABSENT`).

Where such a value is tested, logged, put into the text of an error or printed where one is handled, what stands for
nothing takes its place, and loops over it and blocks under it go. A program that shows it elsewhere, gives it on or
computes with it stays.
"""

from __future__ import annotations

import ast

from ..infer.program import ModuleFacts
from ..infer.values import Obj
from ..sdk import doubles, reads
from . import context
from .plan import Plan
from .reasons import Reason

_HARMLESS = ("show", "format", "discard", "annotation", "iterate", "len", "truth", "probe")
_CARRIES = ("show", "format", "iterate", "len")
_LOGS = frozenset("debug info warning warn error exception critical log".split())


def survey(plan: Plan, path: str, node: ast.expr, role: context.Role, parent: ast.AST, objects: list[Obj]) -> None:
    """Notes what is done with something that no interaction has, or with what is read off it."""
    site = objects[0].site
    row = _row(plan, node)
    if isinstance(node, (ast.BoolOp, ast.IfExp)) and role != "attribute":
        if role in _CARRIES and not _unseen(plan, path, node):
            _stay(plan, path, node, objects)
        return  # what it is made of is surveyed by itself
    harmless = role in _HARMLESS or role == "move" or _compares_with_none(role, parent)
    harmless = harmless and not _reckons(plan, path, node) and not _decides(plan, path, node)
    if role in _CARRIES or role == "move" and isinstance(parent, (ast.Dict, ast.keyword, ast.List, ast.Tuple)):
        harmless = harmless and _unseen(plan, path, node)
    if role in ("attribute", "index"):
        harmless = not _runs(plan, path, node)
    if row is None:
        if not harmless:
            _stay(plan, path, node, objects)
        return
    value, words = row
    if not harmless or role == "probe":
        _stay(plan, path, node, objects, words)
        return
    if "called by the SDK" in words:
        plan.groups.of(site).facts["recorded"] = True  # known in the end: whether it called any
    plan.review(site, f"line {node.lineno}: an interaction has no {words}; {value} stands there")
    whole = _walked(plan, path, node)
    if whole is not None:
        plan.when_moving(site, lambda: setattr(plan.statement(path, whole), "remove", True))
        return
    plan.when_moving(site, lambda: plan.expression(path, node, lambda c: value))


def _unseen(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether what is made of a value is only logged, or told in an error, or of one: in the clause that handles it."""
    facts = plan.facts(path)
    statement = context.statement(facts, node)
    handled = any(isinstance(outer, ast.ExceptHandler) for outer in context.ancestors(facts, node))
    if isinstance(statement, ast.For):
        told = all(_tells(inner, handled) for inner in statement.body)
        return told or all(_gathers(inner) for inner in statement.body) and _fails(facts, statement)
    return _tells(statement, handled) or _fails(facts, statement)


def _fails(facts: ModuleFacts, statement: ast.stmt, inner: bool = False) -> bool:
    """Whether an error is raised behind a statement: at the end of its block, or of one around tests and loops, which
    nothing leaves before."""
    holder = facts.parents[statement]
    for block in (getattr(holder, name, []) for name in ("body", "orelse", "finalbody")):
        if statement not in block or isinstance(holder, ast.Module):
            continue
        behind = [node for later in block[block.index(statement) + 1 :] for node in ast.walk(later)]
        leaves = any(isinstance(node, (ast.Return, ast.Break)) for node in behind)
        if isinstance(block[-1], ast.Raise):
            return not (inner and leaves)
        return isinstance(holder, (ast.If, ast.For)) and not leaves and _fails(facts, holder, inner=True)
    return False


def _gathers(statement: ast.stmt) -> bool:
    """Whether a statement only keeps something in variables and lists."""
    if isinstance(statement, (ast.If, ast.For)):
        return all(_gathers(inner) for inner in [*statement.body, *statement.orelse])
    named = isinstance(statement, ast.Assign) and all(isinstance(target, ast.Name) for target in statement.targets)
    return named or _adds(statement) or isinstance(statement, (ast.Pass, ast.Continue))


def _tells(statement: ast.stmt, handled: bool = False) -> bool:
    """Whether a statement only logs something, raises, or under a test of its own adds to a list. handled: whether it
    stands in a clause for errors, where print() logs, too."""
    if isinstance(statement, ast.If):
        return all(_tells(inner, handled) or _adds(inner) for inner in [*statement.body, *statement.orelse])
    if isinstance(statement, ast.Expr) and isinstance(call := statement.value, ast.Call):
        if isinstance(call.func, ast.Name):
            return handled and call.func.id == "print"
        return isinstance(call.func, ast.Attribute) and call.func.attr in _LOGS
    return isinstance(statement, (ast.Raise, ast.Pass))


def _adds(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "add")


def _row(plan: Plan, node: ast.expr) -> tuple[str, str] | None:
    """The row of what is read here; None for what is read off it, and for names."""
    step = context.field(node)
    if step is None:
        return None
    kinds = {obj.kind for obj in plan.objects(step[0])}
    return next((reads.ABSENT[(kind, step[1])] for kind in kinds if (kind, step[1]) in reads.ABSENT), None)


def _stay(plan: Plan, path: str, node: ast.expr, objects: list[Obj], words: str = "") -> None:
    detail = plan.source(path, plan.facts(path).parents[node])
    plan.fail_all(objects, Reason.ABSENT, detail + (f": {words}" if words else ""), path, node)


def _reckons(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether an expression is an element of what any(), sum() and the like put together."""
    parents = plan.facts(path).parents
    call = parents.get(parents[node])
    name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
    return isinstance(parents[node], (ast.GeneratorExp, ast.ListComp)) and name in ("any", "all", "sum", "max", "min")


def _compares_with_none(role: context.Role, parent: ast.AST) -> bool:
    return (
        role == "compare"
        and isinstance(parent, ast.Compare)
        and isinstance(parent.ops[0], (ast.Is, ast.IsNot))
        and isinstance(parent.comparators[0], ast.Constant)
    )


def _decides(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether what a program does, beyond what it shows or collects, hangs on a test of a value."""
    child: ast.AST = node
    for outer in context.ancestors(plan.facts(path), node):
        if isinstance(outer, (ast.If, ast.While)):
            if child is not outer.test:
                return False
            return not all(_collects(plan, path, statement) for statement in [*outer.body, *outer.orelse])
        if isinstance(outer, ast.comprehension) and child in outer.ifs:
            return False  # what is left out of nothing is nothing
        if isinstance(outer, (ast.stmt, ast.IfExp)):
            return isinstance(outer, ast.Assert) or isinstance(outer, ast.Expr) and _judges(child)
        child = outer
    return False


def _judges(node: ast.AST) -> bool:
    """Whether an expression is a call of self.assertTrue() and the like."""
    func = node.func if isinstance(node, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr in doubles.JUDGES


def _collects(plan: Plan, path: str, statement: ast.stmt) -> bool:
    """Whether a statement only shows something, keeps it in a variable or puts it into a list."""
    if isinstance(statement, (ast.If, ast.For)):
        return all(_collects(plan, path, inner) for inner in [*statement.body, *statement.orelse])
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, (ast.Assign, ast.AugAssign)):
        return not isinstance(statement.value, (ast.Constant, ast.Await))
    if not isinstance(statement, ast.Expr) or not isinstance(call := statement.value, ast.Call):
        return False
    kept = isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "extend", "add", "write")
    return kept or any(plan.role(path, argument)[0] == "show" for argument in call.args)


def _runs(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether something is read off a value that is not there: not in a loop over it, and under no test of it."""
    facts = plan.facts(path)
    child: ast.AST = node
    wanted = ast.dump(node)
    for outer in context.ancestors(facts, node):
        if isinstance(outer, (ast.For, ast.comprehension)) and child is not outer.iter and _absent(plan, outer.iter):
            return False
        if isinstance(outer, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            if any(_absent(plan, made.iter) for made in outer.generators) and child not in outer.generators[:1]:
                return False
        if isinstance(outer, ast.If) and child in outer.body and _asks(outer.test, wanted):
            return False
        if isinstance(outer, ast.IfExp) and child is outer.body and _asks(outer.test, wanted):
            return False
        if isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.And) and isinstance(child, ast.expr):
            if any(_asks(value, wanted) for value in outer.values[: outer.values.index(child)]):
                return False
        child = outer
    return True


def _absent(plan: Plan, node: ast.expr) -> bool:
    return bool(plan.objects(node, "Absent"))


def _asks(test: ast.expr, wanted: str) -> bool:
    """Whether a test that holds says that a value is there."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(_asks(value, wanted) for value in test.values)
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot):
        return ast.dump(test.left) == wanted
    return ast.dump(test) == wanted


def _walked(plan: Plan, path: str, node: ast.expr) -> ast.stmt | None:
    """The loop over a value, or the block under a test of it alone: it never runs."""
    facts = plan.facts(path)
    parent = facts.parents[node]
    whole: ast.expr = node
    if isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or) and parent.values[0] is node:
        if not isinstance(parent.values[1], (ast.List, ast.Tuple)) or parent.values[1].elts:
            return None
        whole, parent = parent, facts.parents[parent]
    if isinstance(parent, ast.For) and parent.iter is whole and not parent.orelse and context.plain(node):
        return parent
    if isinstance(parent, ast.If) and parent.test is node and not parent.orelse and context.plain(node):
        holder = facts.parents[parent]
        return None if parent in getattr(holder, "orelse", ()) and isinstance(holder, ast.If) else parent
    return None
