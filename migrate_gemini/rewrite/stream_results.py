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
