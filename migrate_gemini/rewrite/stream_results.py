"""Reads of a legacy stream after its loop: text is collected, usage taken from the completed event (MAPPING 4.4)."""

from __future__ import annotations

import ast

from ..infer.values import Obj, Site
from . import context
from .plan import Plan
from .reasons import Reason


def finish(plan: Plan) -> None:
    """Reads of a legacy stream after its loop: text is collected, usage taken from the completed event.

    A stream that is resolved without a loop is no stream any more.
    """
    for site in {obj.site for values in plan.program.vals.values() for obj in values if isinstance(obj, Obj)}:
        group = plan.groups.of(site)
        reads = group.facts.get("after")
        if not isinstance(reads, list):
            continue
        if not group.facts.get("iterated"):
            group.facts["unstreamed"] = not group.facts.get("dynamic")
            for path, read in reads:
                _plain_read(plan, path, read, site)
            continue
        for path, read in reads:
            if group.facts.get("dynamic") and not _loop_comes_first(plan, path, read, site):
                _plain_read(plan, path, read, site)
            else:
                _read_after(plan, path, read, site)
        group.facts["after"] = None


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


def _loop_comes_first(plan: Plan, path: str, read: ast.expr, site: Site) -> bool:
    """Whether a loop over the stream stands before a read, in its block or one around it."""
    facts = plan.facts(path)
    blocks = {facts.parents[outer] for outer in [read, *context.ancestors(facts, read)] if outer in facts.parents}
    return any(
        loop.site in plan.groups.of(site).sites
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


def _plain_read(plan: Plan, path: str, read: ast.Attribute, site: Site) -> None:
    """A read of a response that was not streamed, where that is decided at run time."""
    new = {"text": "output_text", "usage_metadata": "usage"}.get(read.attr)
    if new is None:
        plan.fail(site, Reason.STREAM, f".{read.attr}", path, read)
        return
    plan.when_moving(site, lambda: plan.expression(path, read, lambda c: f"{c.code(read.value)}.{new}"))


def _read_after(plan: Plan, path: str, read: ast.Attribute, site: Site) -> None:
    loop = next((item for item in plan.loops.values() if item.site in plan.groups.of(site).sites), None)
    facts = plan.facts(path)
    if loop is None or loop.path != path or context.function(facts, loop.node) is not context.function(facts, read):
        plan.fail(site, Reason.STREAM, f".{read.attr} away from the loop", path, read)
        return
    if read.attr not in ("text", "usage_metadata"):
        plan.fail(site, Reason.STREAM, f".{read.attr} after the loop", path, read)
        return
    group = plan.groups.of(site)
    if read.attr == "text":

        def text() -> None:
            name = group.facts.get("collected")
            if name is None:
                name = plan.fresh(path, "text", "full_text", "answer_text")
                group.facts["collected"] = name
                plan.module(path).statement(loop.node).before.append(f'{name} = ""')
                loop.start.append(f"{name} += {loop.name}.delta.text")
            plan.expression(path, read, lambda c: str(name))

        plan.when_moving(site, text)
        return

    def usage() -> None:
        name = group.facts.get("usage")
        if name is None:
            name = plan.fresh(path, "usage", "stream_usage")
            group.facts["usage"] = name
            loop.done.append(f"{name} = {loop.name}.interaction.usage")
        plan.expression(path, read, lambda c: str(name))

    plan.when_moving(site, usage)
