"""Reads of a legacy stream after its loop: text is collected, usage taken from the completed event (MAPPING 4.4)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from ..infer.reach import catches
from ..infer.values import Obj, Site
from . import context
from .plan import Plan
from .reasons import Reason
from .responses import raising_matters

if TYPE_CHECKING:
    from .streams import Loop


def finish(plan: Plan) -> None:
    """Reads of a legacy stream after its loop: text is collected, usage taken from the completed event.

    A stream that is resolved without a loop is no stream any more. One that is walked through again stays: the legacy
    SDK had kept its chunks.
    """
    for site, places in plan.walked.items():
        for (path, one), (other_path, other) in combinations(places, 2):
            if path == other_path and plan.groups.of(site).facts.get("legacy") and _both(plan, path, one, other):
                plan.fail(site, Reason.STREAM, f"{plan.source(path, other)} is walked through again", path, other)
    _raising(plan)
    plan.unstreamed = plan.resolved - plan.walked.keys() - plan.dynamic
    kept: dict[tuple[ast.AST, str], str] = {}
    for path, read in plan.after_streams:
        sites = {obj.site for obj in plan.objects(read.value, "Stream")}
        if not sites & plan.walked.keys():
            _plain_read(plan, path, read, sites)
        elif sites & plan.dynamic and not _loop_comes_first(plan, path, read, sites):
            _plain_read(plan, path, read, sites)
        else:
            _read_after(plan, path, read, sites, kept)


def _raising(plan: Plan) -> None:
    """Raises an error at the end of a blocked stream of the legacy SDK, where one was caught around its loop."""
    known = plan.raising | {item.loop for item in plan.sends if item.blocked and item.loop is not None}
    for loop in plan.loops.values():
        legacy = plan.groups.of(loop.site).facts.get("legacy")
        if legacy and loop.node not in known and raising_matters(plan, loop.path, loop.node):
            loop.raises = True
        if legacy:
            for tried in _caught_inside(plan, loop):
                words = "the text of a blocked answer raised ValueError there, and now there is no chunk for it"
                plan.review(loop.site, f"line {tried.lineno}: {words}")
    looped = {loop.node.iter for loop in plan.loops.values()}
    for site, places in plan.walked.items():
        for path, node in places if plan.groups.of(site).facts.get("legacy") else ():
            if node not in looped and raising_matters(plan, path, node):
                plan.review(site, f"line {node.lineno}: a blocked answer raises no error there, and gives no text")


def _caught_inside(plan: Plan, loop: Loop) -> Iterator[ast.Try]:
    """The try statements in a loop that do something where the text of a chunk raises ValueError."""
    for tried in (node for statement in getattr(loop.node, "body", ()) for node in ast.walk(statement)):
        handlers = tried.handlers if isinstance(tried, ast.Try) else []
        caught = next((handler for handler in handlers if catches(handler.type)), None)
        if caught is None or all(isinstance(done, (ast.Pass, ast.Continue)) for done in caught.body):
            continue
        assert isinstance(tried, ast.Try)
        inside = (inner for statement in tried.body for inner in ast.walk(statement))
        if any(isinstance(n, ast.Attribute) and n.attr == "text" and plan.objects(n.value, "Chunk") for n in inside):
            yield tried


def rebound(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> list[Obj]:
    """The answers among what a name may hold, where its usage is read and each stream that it may hold was walked
    through before: the loop gives the name the interaction then. Nothing where that cannot be told."""
    facts = plan.facts(path)
    read = facts.parents.get(node)
    if not isinstance(node, ast.Name) or not isinstance(read, ast.Attribute) or read.attr != "usage_metadata":
        return []
    scope = context.function(facts, node) or facts.tree
    loops: list[ast.For | ast.AsyncFor] = []
    for made in ast.walk(scope):
        if isinstance(made, ast.Assign) and plan.objects(made.value, "Stream") and _names(made.targets, node.id):
            loop = _next_loop(facts.parents[made], made, node.id)
            if loop is None or loop.lineno > node.lineno or _leaves(loop):
                return []
            loops.append(loop)
    seen = {obj for loop in loops for obj in plan.objects(loop.iter, "Stream")}
    if not {obj for obj in objects if obj.kind == "Stream"} <= seen:
        return []

    def work() -> None:
        for one in loops:
            loop = plan.loops[one]
            line = f"{node.id} = {loop.name}.interaction"
            if line not in loop.done:
                loop.done.append(line)

    plan.when_moving(objects[0].site, work)
    return [obj for obj in objects if obj.kind == "Response"]


def _both(plan: Plan, path: str, one: ast.expr, other: ast.expr) -> bool:
    """Whether two expressions of one function may both run: they are not in two branches, or behind a branch that
    leaves the function."""
    facts = plan.facts(path)
    if context.function(facts, one) is not context.function(facts, other):
        return False
    ways = [[node, *context.ancestors(facts, node)] for node in (one, other)]
    common = next(node for node in ways[0] if node in ways[1])
    arms = [way[way.index(common) - 1] for way in ways if way.index(common)]
    if isinstance(common, (ast.If, ast.IfExp, ast.Match)):
        blocks = [_block(common, arm) for arm in arms]
        if len(blocks) == 2 and blocks[0] != blocks[1] and "test" not in blocks:
            return False
    for way in ways:
        for outer in way[: way.index(common)]:
            for _, block in ast.iter_fields(outer):
                last = block[-1] if isinstance(block, list) and block else None
                if isinstance(last, (ast.Return, ast.Raise, ast.Continue, ast.Break)) and isinstance(outer, ast.If):
                    if any(node in block for node in way):
                        return False
    return True


def _block(holder: ast.AST, part: ast.AST) -> str:
    """The field of a node that a part of it stands in; for a case, that case."""
    if isinstance(part, ast.match_case):
        return f"case {part.pattern.lineno}"
    return next(
        name for name, value in ast.iter_fields(holder) if value is part or isinstance(value, list) and part in value
    )


def _names(targets: list[ast.expr], name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _next_loop(holder: ast.AST, made: ast.stmt, name: str) -> ast.For | ast.AsyncFor | None:
    """The loop over a name behind its assignment, in the same block."""
    for _, block in ast.iter_fields(holder):
        if isinstance(block, list) and made in block:
            for statement in block[block.index(made) + 1 :]:
                if isinstance(statement, (ast.For, ast.AsyncFor)) and isinstance(statement.target, ast.Name):
                    if isinstance(statement.iter, ast.Name) and statement.iter.id == name:
                        return statement
    return None


def _leaves(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop may be left before its end, and what comes behind it runs."""
    return any(isinstance(inner, ast.Break) for statement in loop.body for inner in ast.walk(statement))


def _loop_comes_first(plan: Plan, path: str, read: ast.expr, sites: set[Site]) -> bool:
    """Whether a loop over the stream stands before a read, in its block or one around it."""
    facts = plan.facts(path)
    blocks = {facts.parents[outer] for outer in [read, *context.ancestors(facts, read)] if outer in facts.parents}
    return any(
        not sites.isdisjoint(_sites(plan, loop))
        and facts.parents[loop.node] in blocks
        and loop.node.lineno < read.lineno
        and not _other_branch(facts.parents[loop.node], loop.node, read)
        for loop in plan.loops.values()
        if loop.path == path
    )


def _other_branch(holder: ast.AST, loop: ast.AST, read: ast.expr) -> bool:
    """Whether an if statement runs either the loop or the read."""
    if not isinstance(holder, ast.If):
        return False
    inside = {id(node) for statement in holder.orelse for node in ast.walk(statement)}
    return (loop in holder.body) == (id(read) in inside)


def _plain_read(plan: Plan, path: str, read: ast.Attribute, sites: set[Site]) -> None:
    """A read of a response that was not streamed, where that is decided at run time."""
    new = {"text": "output_text", "usage_metadata": "usage"}.get(read.attr)
    for site in sites:
        if new is None:
            plan.fail(site, Reason.STREAM, f".{read.attr}", path, read)
            return
        plan.when_moving(site, lambda: plan.expression(path, read, lambda c: f"{c.code(read.value)}.{new}"))


def _read_after(
    plan: Plan, path: str, read: ast.Attribute, sites: set[Site], kept: dict[tuple[ast.AST, str], str]
) -> None:
    """A read of a stream behind its loops, which keep what is read under a name. kept: those names by loop and what
    they are for."""
    facts = plan.facts(path)
    function = context.function(facts, read)
    loops = [
        loop
        for loop in plan.loops.values()
        if not sites.isdisjoint(_sites(plan, loop))
        and loop.path == path
        and context.function(facts, loop.node) is function
        and loop.node.lineno < read.lineno
    ]
    site = next(iter(sites))
    if not loops or not sites <= {site for loop in loops for site in _sites(plan, loop)}:
        plan.fail(site, Reason.STREAM, f".{read.attr} away from the loop", path, read)
        return
    if read.attr not in ("text", "usage_metadata"):
        plan.fail(site, Reason.STREAM, f".{read.attr} after the loop", path, read)
        return

    def work() -> None:
        known = next((name for loop in loops if (name := kept.get((loop.node, read.attr)))), "")
        wishes = ("text", "full_text", "answer_text") if read.attr == "text" else ("usage", "stream_usage")
        taken = {name for (node, _), name in kept.items() if context.function(plan.facts(path), node) is function}
        name = known or plan.fresh_in(path, read, *(wish for wish in wishes if wish not in taken))
        for loop in loops:
            if kept.setdefault((loop.node, read.attr), name) != name:
                raise AssertionError(name)
            if read.attr == "usage_metadata":
                loop.done += [line for line in [f"{name} = {loop.name}.interaction.usage"] if line not in loop.done]
            elif (line := f"{name} += {loop.name}.delta.text") not in loop.start:
                plan.module(path).statement(loop.node).before.append(f'{name} = ""')
                loop.start.append(line)
        plan.expression(path, read, lambda c: name)

    plan.when_moving(site, work)


def _sites(plan: Plan, loop: Loop) -> set[Site]:
    """The calls whose streams a loop walks through."""
    return {obj.site for obj in plan.objects(loop.node.iter, "Stream")}
