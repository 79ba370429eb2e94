"""Parts of a stream's chunks: each event with a delta brings one (MAPPING 4.4).

`chunk.candidates[0].content.parts` is the list of that one delta. Events without one, and tests that a chunk has parts,
are left out by the loop's own test.
"""

from __future__ import annotations

import ast

from ..infer.values import Obj, Site
from ..sdk import reads
from . import answers, calling, context, formats, snippets, stream_ends
from .plan import CallSite, Plan
from .reasons import Reason

LINKS = frozenset(("Candidates", "Candidate", "Answer", "Parts"))
_STEPS = {("Candidate", "content"), ("Answer", "parts")}


def root(plan: Plan, node: ast.expr) -> ast.expr | None:
    """X of `X.candidates[0].content.parts` where X is a chunk, else None."""
    while isinstance(node, ast.Subscript) or context.field(node) is not None:
        step = context.field(node)
        node = step[0] if step is not None else node.value  # type: ignore[attr-defined]
        if plan.objects(node, "Chunk") or _each_candidate(plan, node):
            return node
    return None


def _each_candidate(plan: Plan, node: ast.expr) -> bool:
    """Whether a name is that of a loop over the candidates of a chunk, of which there is one: the chunk itself."""
    if not isinstance(node, ast.Name) or not plan.objects(node, "Candidate"):
        return False
    path = plan.home(node)
    return path is not None and any(
        _over_candidates(plan, outer, node.id) for outer in context.ancestors(plan.facts(path), node)
    )


def _over_candidates(plan: Plan, loop: ast.AST, name: str) -> bool:
    if not isinstance(loop, (ast.For, ast.AsyncFor)) or not isinstance(loop.target, ast.Name):
        return False
    source = loop.iter.values[0] if isinstance(loop.iter, ast.BoolOp) else loop.iter
    return loop.target.id == name and bool(plan.objects(source, "Candidates")) and root(plan, source) is not None


def link(plan: Plan, path: str, node: ast.expr, kind: str, objects: list[Obj]) -> bool:
    """Surveys candidates, contents or parts of a chunk; False where they are those of a whole answer."""
    site = objects[0].site
    if isinstance(node, ast.BoolOp) and any(root(plan, value) is not None for value in node.values):
        return True  # what it is made of is surveyed by itself
    chunk = root(plan, node)
    if _shown(plan, path, node, kind, chunk, site):
        return True
    if chunk is None and kind == "Candidate" and isinstance(node, ast.Name):
        chunk = node if isinstance(node.ctx, ast.Store) or _each_candidate(plan, node) else None
    if chunk is None:
        plan.groups.of(site).facts.setdefault("unrooted", (path, node))
        return False
    role, parent = plan.role(path, node)
    if stream_ends.is_kept(plan, path, chunk):
        if kind == "Candidates" and role == "truth":
            plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f"{c.code(chunk)}.interaction"))
        return True
    if not any(isinstance(outer, (ast.For, ast.AsyncFor)) for outer in context.ancestors(plan.facts(path), node)):
        plan.fail(site, Reason.STREAM, plan.source(path, node), path, node)
    elif role == "attribute" and isinstance(parent, ast.Attribute):
        end = (kind, parent.attr) == ("Candidate", "finish_reason") or (kind, parent.attr) in reads.ABSENT
        if (kind, parent.attr) not in _STEPS and not end:
            plan.fail(site, Reason.STREAM, f"chunk...{parent.attr}", path, node)
    elif role == "index" and isinstance(parent, ast.Subscript):
        if not (isinstance(parent.slice, ast.Constant) and parent.slice.value == 0):
            plan.fail(site, Reason.STREAM, plan.source(path, parent), path, node)
        elif _asks_for_step(plan, path, parent):
            plan.fail(site, Reason.STREAM, plan.source(path, plan.facts(path).parents[parent]), path, node)
        elif kind == "Parts":
            plan.when_moving(site, lambda: _replace(plan, path, parent, chunk, site, "{}", "{}[0]"))
    elif kind == "Candidate" and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return True
    elif kind == "Candidates" and role in ("iterate", "move") and (listing := _iterated(plan, path, node)) is not None:
        plan.when_moving(site, lambda: plan.expression(path, listing, lambda c: f"[{c.code(chunk)}]"))
    elif kind == "Parts" and role == "iterate":
        plan.when_moving(site, lambda: _replace(plan, path, node, chunk, site, "[{}]", "{}"))
    elif kind == "Parts" and isinstance(parent, ast.BoolOp) and plan.role(path, parent)[0] == "iterate":
        plan.when_moving(site, lambda: _replace(plan, path, parent, chunk, site, "[{}]", "{}"))
    elif role == "truth":
        whole = _all_links(plan, parent) or node
        plan.when_moving(site, lambda: plan.expression(path, whole, lambda c: f"{c.code(chunk)}.delta"))
    elif role == "compare" and isinstance(parent, ast.Compare) and _with_none(parent):
        sign = "not " if isinstance(parent.ops[0], (ast.Is, ast.Eq)) else ""
        plan.when_moving(site, lambda: plan.expression(path, parent, lambda c: f"{sign}{c.code(chunk)}.delta"))
    else:
        plan.fail(site, Reason.STREAM, plan.source(path, node), path, node)
    return True


def _shown(plan: Plan, path: str, node: ast.expr, kind: str, chunk: ast.expr | None, site: Site) -> bool:
    """Takes the candidates of the last chunk, where they are told after the loop, at once or by way of a variable: the
    event is told instead."""
    role, parent = plan.role(path, node)
    looped = any(isinstance(outer, (ast.For, ast.AsyncFor)) for outer in context.ancestors(plan.facts(path), node))
    if kind != "Candidates" or looped or isinstance(chunk, ast.expr) and not isinstance(chunk, ast.Name):
        return False
    assigned = role == "move" and isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name)
    if role not in ("show", "format") and not (assigned and chunk is not None):
        return isinstance(getattr(node, "ctx", None), ast.Store) and isinstance(node, ast.Name)
    if role in ("show", "format"):
        plan.review(site, f"line {node.lineno} shows the candidates of a chunk, and now the event")
    if chunk is not None:
        plan.when_moving(site, lambda: plan.expression(path, node, lambda c: c.code(chunk)))
    return True


def _all_links(plan: Plan, node: ast.AST) -> ast.expr | None:
    """A test of nothing but parts of one chunk, all of which the delta stands for; None for another."""
    if not isinstance(node, ast.BoolOp) or not isinstance(node.op, ast.And):
        return None
    roots = {ast.unparse(found) if (found := root(plan, value)) is not None else "" for value in node.values}
    every = all(plan.objects(value, *LINKS) for value in node.values)
    return node if every and len(roots) == 1 and "" not in roots else None


def _iterated(plan: Plan, path: str, node: ast.expr) -> ast.expr | None:
    """The whole of what a loop takes candidates from: `chunk.candidates`, or that `or []`; None where no loop does."""
    parents = plan.facts(path).parents
    outer = parents[node]
    whole = outer if isinstance(outer, ast.BoolOp) and outer.values[0] is node else node
    loop = parents[whole]
    return whole if isinstance(loop, ast.For) and loop.iter is whole and isinstance(loop.target, ast.Name) else None


def _asks_for_step(plan: Plan, path: str, part: ast.expr) -> bool:
    """Whether code is read off a part."""
    outer = plan.facts(path).parents[part]
    return isinstance(outer, ast.Attribute) and outer.attr in reads.STEPS and outer.attr != "function_call"


def _replace(plan: Plan, path: str, node: ast.expr, chunk: ast.expr, site: Site, plain: str, listed: str) -> None:
    """Puts the delta, or what the helper makes of it where thoughts are asked for, in the place of parts."""
    if plan.groups.of(site).facts.get("thoughts"):
        plan.imports(path, "from types import SimpleNamespace")
        template = snippets.DELTA_PARTS_CALLS if plan.groups.of(site).facts.get("steps") else snippets.DELTA_PARTS
        name = plan.snippet(path, template, "delta_parts", "parts_of_event")
        plan.expression(path, node, lambda c: listed.format(f"{name}({c.code(chunk)})"))
    else:
        plan.expression(path, node, lambda c: plain.format(f"{c.code(chunk)}.delta"))


def types(plan: Plan, site: Site) -> tuple[str, ...]:
    """The types of the deltas that a loop over a stream wants; known once the survey is over."""
    facts = plan.groups.of(site).facts
    if not facts.get("chunk_parts"):
        return ("text",)
    kind = formats.media(plan, site)
    if formats.only_media(plan, site):
        return (kind,)
    media: tuple[str, ...] = (kind,) if kind else ("image", "audio") if facts.get("answer media") else ()
    if facts.get("steps"):
        media += ("function_call",)
    return ("text", *media, *(("thought_summary",) if facts.get("thoughts") else ()))


def test(plan: Plan, site: Site, name: str) -> str:
    """The test of an event for being a part that the loop wants."""
    wanted = types(plan, site)
    sign = f'== "{wanted[0]}"' if len(wanted) == 1 else "in (" + ", ".join(f'"{kind}"' for kind in wanted) + ")"
    return f'{name}.event_type == "step.delta" and {name}.delta.type {sign}'


def text(plan: Plan, path: str, node: ast.Attribute, site: Site) -> None:
    """Rewrites `chunk.text`."""
    chunk = node.value
    if types(plan, site) == ("text",) or _has_text(plan, path, node):
        plan.expression(path, node, lambda c: f"{c.code(chunk)}.delta.text")
    elif plan.role(path, node)[0] == "truth":
        plan.expression(path, node, lambda c: f'{c.code(chunk)}.delta.type == "text"')
    else:
        plan.expression(path, node, lambda c: f'getattr({c.code(chunk)}.delta, "text", None)')


def _has_text(plan: Plan, path: str, node: ast.Attribute) -> bool:
    """Whether `chunk.text` is read only where the chunk is text: under a test of it, or in the else of one for data."""
    child: ast.AST = node
    wanted = ast.dump(node)
    for outer in context.ancestors(plan.facts(path), node):
        if isinstance(outer, ast.If):
            if child in outer.body and ast.dump(outer.test) == wanted:
                return True
            if child in outer.orelse and _asks_for_data(plan, outer.test):
                return True
        if isinstance(outer, (ast.For, ast.AsyncFor)):
            return False
        child = outer
    return False


def _asks_for_data(plan: Plan, test: ast.expr) -> bool:
    values = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    return all(
        any(isinstance(inner, ast.Attribute) and inner.attr == "inline_data" for inner in ast.walk(value))
        or _says(plan, value, True)
        for value in values
    )


def _with_none(node: ast.Compare) -> bool:
    other = node.comparators[0]
    return len(node.ops) == 1 and isinstance(other, ast.Constant) and other.value is None


def skips(plan: Plan, node: ast.stmt) -> bool:
    """Whether a statement only leaves out chunks without parts: `if not chunk.candidates: continue`."""
    return (
        isinstance(node, ast.If)
        and not node.orelse
        and len(node.body) == 1
        and isinstance(node.body[0], ast.Continue)
        and _says(plan, node.test, False)
    )


def wraps(plan: Plan, node: ast.stmt) -> bool:
    """Whether a statement only asks whether a chunk has parts: `if chunk.candidates: ...`."""
    return isinstance(node, ast.If) and not node.orelse and _says(plan, node.test, True)


def _says(plan: Plan, test: ast.expr, there: bool) -> bool:
    """Whether a test asks for nothing but whether a chunk has parts (or, not there, has none)."""
    if isinstance(test, ast.BoolOp):
        wanted = ast.And if there else ast.Or
        return isinstance(test.op, wanted) and all(_says(plan, value, there) for value in test.values)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _says(plan, test.operand, not there)
    if isinstance(test, ast.Compare) and _with_none(test):
        return isinstance(test.ops[0], ast.IsNot if there else ast.Is) and _is_link(plan, test.left)
    if answers.is_probe(test) and isinstance(test, ast.Call):
        return there and bool(plan.objects(test.args[0], "Chunk", *LINKS))
    return there and _is_link(plan, test)


def _is_link(plan: Plan, node: ast.expr) -> bool:
    return bool(plan.objects(node, *LINKS)) and root(plan, node) is not None


def calls(plan: Plan, path: str, node: ast.Attribute, objects: list[Obj]) -> None:
    """Surveys `chunk.function_calls`: the one call that an event brings, or none."""
    site = objects[0].site
    facts = plan.groups.of(site).facts
    facts["chunk_parts"] = True
    answers.note(plan, objects, "function_call")
    chunk = node.value
    parent = plan.facts(path).parents[node]
    whole: ast.expr = node
    form = '[{0}.delta] if {0}.delta.type == "function_call" else []'
    if isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant) and parent.slice.value == 0:
        whole, form = parent, "{0}.delta"
    elif plan.role(path, node)[0] == "truth":
        form = '{0}.delta.type == "function_call"'
    elif isinstance(parent, ast.Compare) and _with_none(parent):
        whole, sign = parent, "==" if isinstance(parent.ops[0], ast.IsNot) else "!="
        form = f'{{0}}.delta.type {sign} "function_call"'
    elif answers.tested(plan, path, node, chunk, "function_calls"):
        form = "[{0}.delta]"
    else:
        if isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or) and parent.values[0] is node:
            whole = parent  # chunk.function_calls or []
        form = context.bracketed(plan.facts(path), whole, form)
    plan.when_moving(site, lambda: plan.expression(path, whole, lambda c: form.format(c.code(chunk))))


def _whole_calls(plan: Plan, call: CallSite, facts: dict[str, object]) -> None:
    """Puts the pieces of function calls together where the stream is iterated."""
    picked = facts.get("picked")
    if calling.automatic(plan, call.site):
        return  # the loop around the request does it
    if facts.get("steps") != {"function_call"}:
        plan.fail(call.site, Reason.STREAM, "code beside function calls", call.path, call.node)
        return
    if isinstance(picked, tuple):
        plan.fail(call.site, Reason.STREAM, plan.source(*picked), *picked)
        return
    for node, loop in plan.loops.items():
        if loop.site is call.site:
            plan.when_moving(call.site, lambda loop=loop, node=node: _wrap(plan, loop.path, node))  # type: ignore[misc]


def _wrap(plan: Plan, path: str, loop: ast.AST) -> None:
    assert isinstance(loop, (ast.For, ast.AsyncFor))
    name = calling.whole_calls(plan, path, isinstance(loop, ast.AsyncFor))
    plan.module(path).wrappers[loop.iter] = lambda code: f"{name}({code})"


def settle(plan: Plan) -> None:
    """Keeps streams whose parts go through variables, or are code."""
    for call in plan.calls:
        facts = plan.groups.of(call.site).facts
        if not facts.get("chunk_parts"):
            continue
        if facts.get("steps"):
            _whole_calls(plan, call, facts)
        unrooted = facts.get("unrooted")
        if isinstance(unrooted, tuple):
            path, node = unrooted
            plan.fail(call.site, Reason.STREAM, plan.source(path, node), path, node)
