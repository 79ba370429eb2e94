"""What only the last chunk of a stream has: its usage, why it ended, whether the prompt was blocked. It comes with the
completed event, so statements of a loop that read it run there (MAPPING 4.4)."""

from __future__ import annotations

import ast

import libcst as cst

from ..infer.values import Site
from . import context
from .edits import Context
from .plan import Plan
from .reasons import Reason

READS = frozenset(("usage_metadata", "finish_reason", "prompt_feedback"))
_BEFORE = frozenset(("text", "parts", "function_calls", "function_call", "inline_data"))


def late(plan: Plan, node: ast.AST) -> bool:
    """Whether a statement reads what only the completed event has."""
    return keeps(plan, node) is not None or any(_is_end(plan, inner) for inner in ast.walk(node))


def keeps(plan: Plan, node: ast.AST) -> str | None:
    """The name under which `last = chunk` keeps a chunk, where nothing but the end of the stream is read off it."""
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and plan.objects(node.value, "Chunk")):
        return None
    path = plan.home(node.value)
    target = node.targets[0]
    if path is None or len(node.targets) > 1 or not isinstance(target, ast.Name):
        return None
    facts = plan.facts(path)
    scope = context.function(facts, node.value) or facts.tree
    uses = [inner for inner in ast.walk(scope) if isinstance(inner, ast.Name) and inner.id == target.id]
    return target.id if all(_of_end(plan, path, use, node) for use in uses) else None


def _of_end(plan: Plan, path: str, use: ast.Name, kept: ast.Assign) -> bool:
    """Whether a use of a name that keeps a chunk gives it nothing else, and reads only what the last chunk has."""
    parent = plan.facts(path).parents[use]
    if isinstance(use.ctx, ast.Store):
        value = parent.value if isinstance(parent, (ast.Assign, ast.AnnAssign)) else None
        return parent is kept or isinstance(value, ast.Constant) and value.value is None
    if (read := context.field(parent)) is not None:
        return read[1] == "usage_metadata" or read[1] == "candidates" and _of_candidate(plan, path, parent)
    role = plan.role(path, use)[0]
    return role == "truth" or isinstance(parent, ast.Compare) and isinstance(parent.ops[0], (ast.Is, ast.IsNot))


def _of_candidate(plan: Plan, path: str, candidates: ast.AST) -> bool:
    """Whether candidates of a kept chunk are only tested, or asked why the first of them ended."""
    parents = plan.facts(path).parents
    if not isinstance(candidates, ast.Attribute):
        return False
    first = parents[candidates]
    if isinstance(first, ast.Subscript) and isinstance(first.slice, ast.Constant) and first.slice.value in (0, -1):
        reason = parents[first]
        return isinstance(reason, ast.Attribute) and reason.attr == "finish_reason"
    return plan.role(path, candidates)[0] == "truth"


def reads_candidate(plan: Plan, path: str, candidates: ast.expr) -> bool:
    """Whether `last.candidates` are those of a chunk that is kept behind its loop, of which only the end is read."""
    name = candidates.value if isinstance(candidates, ast.Attribute) else candidates
    return is_kept(plan, path, name) and _of_candidate(plan, path, candidates)


def is_kept(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether a name keeps the last chunk of a loop."""
    facts = plan.facts(path)
    scope = context.function(facts, node) or facts.tree
    loops = [
        loop
        for loop in ast.walk(scope)
        if isinstance(loop, (ast.For, ast.AsyncFor)) and plan.objects(loop.iter, "Stream")  # not enumerate(stream)
    ]
    kept = {keeps(plan, statement) for loop in loops for statement in loop.body}
    return isinstance(node, ast.Name) and node.id in kept


def _is_end(plan: Plan, node: ast.AST) -> bool:
    step = context.field(node)
    return step is not None and step[1] in READS and bool(plan.objects(step[0], "Chunk", "Candidate"))


def survey(plan: Plan, path: str, statement: ast.stmt, site: Site) -> None:
    """Keeps a stream where a statement reads its end together with a text, or does something else before the end."""
    for inner in ast.walk(statement):
        step = context.field(inner)
        if step is not None and step[1] in _BEFORE and plan.objects(step[0], "Chunk", "Answer", "Part"):
            plan.fail(site, Reason.STREAM, "the text and the end of a chunk in one statement", path, statement)
            return
    for inner in ast.walk(statement):
        if isinstance(inner, ast.If) and late(plan, inner.test) and inner.orelse:
            plan.fail(site, Reason.STREAM, "what is done until a chunk is the last", path, inner)
            return
        if isinstance(inner, ast.BoolOp) and isinstance(inner.op, ast.And):
            _without_links(plan, path, inner, site)
        elif isinstance(inner, ast.If) and _is_link(plan, inner.test):
            _whole(plan, path, inner.test, site)


def asks(plan: Plan, test: ast.expr) -> bool:
    """Whether a test asks for nothing but whether a chunk is the last."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return all(asks(plan, value) for value in test.values)
    if isinstance(test, ast.Compare):
        none = isinstance(test.comparators[0], ast.Constant) and test.comparators[0].value is None
        return none and isinstance(test.ops[0], (ast.IsNot, ast.NotEq)) and asks(plan, test.left)
    if isinstance(test, ast.Call) and getattr(test.func, "id", "") == "hasattr":
        return bool(plan.objects(test.args[0], "Chunk", "Candidate"))
    step = context.field(test)
    if step is not None and step[1] == "prompt_feedback":
        return False  # it asks whether the prompt was blocked
    return _is_end(plan, test) or _is_link(plan, test)


def _is_link(plan: Plan, node: ast.expr) -> bool:
    """Whether a test asks for a chunk or its candidates, which the completed event need not be asked for."""
    return bool(plan.objects(node, "Chunk", "Candidates", "Candidate"))


def _without_links(plan: Plan, path: str, node: ast.BoolOp, site: Site) -> None:
    """Leaves the tests of candidates out of a test of the end."""
    links = [value for value in node.values if _is_link(plan, value)]
    if len(links) == len(node.values):
        links = links[1:]
        _whole(plan, path, node.values[0], site)
    if not links:
        return
    plan.handled.update(links)

    def edit(c: Context) -> str:
        return " and ".join(dict.fromkeys(c.code(value) for value in node.values if value not in links))

    plan.when_moving(site, lambda: plan.expression(path, node, edit))


def _whole(plan: Plan, path: str, test: ast.expr, site: Site) -> None:
    """Puts the interaction, which is always there in the end, in the place of a test of candidates."""
    chunk = test
    while not plan.objects(chunk, "Chunk"):
        step = context.field(chunk)
        if step is None and not isinstance(chunk, ast.Subscript):
            return
        chunk = step[0] if step is not None else chunk.value  # type: ignore[attr-defined]
    plan.handled.add(test)
    plan.when_moving(site, lambda: plan.expression(path, test, lambda c: f"{c.code(chunk)}.interaction"))


def unwrapped(plan: Plan, item: cst.BaseStatement, statement: ast.stmt) -> list[cst.BaseStatement]:
    """A statement without the tests around it that ask for nothing but whether a chunk is the last."""
    if not (isinstance(item, cst.If) and isinstance(statement, ast.If) and not statement.orelse):
        return [item]
    if not asks(plan, statement.test):
        return [item]
    lines = opened(item)
    if len(lines) == 1 and len(statement.body) == 1:
        return unwrapped(plan, lines[0], statement.body[0])
    return lines


def opened(item: cst.If) -> list[cst.BaseStatement]:
    """What stands under an if, with the comments above it."""
    first, *rest = suite_lines(item.body)
    if isinstance(first, (cst.SimpleStatementLine, cst.BaseCompoundStatement)) and hasattr(first, "leading_lines"):
        above = [line for line in item.leading_lines if line.comment is not None]
        first = first.with_changes(leading_lines=[*above, *first.leading_lines])
    return [first, *rest]


def suite_lines(suite: cst.BaseSuite) -> list[cst.BaseStatement]:
    """The statements of a suite, which may stand behind its colon."""
    if isinstance(suite, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(body=suite.body)]
    assert isinstance(suite, cst.IndentedBlock)
    return list(suite.body)
