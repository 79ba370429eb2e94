"""Streams: the loop stays, its body sees only text deltas; usage and id come with the completed event (MAPPING 4.4)."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from ..infer.values import Obj, Site
from ..sdk.reads import DUMPS
from . import answers, chunks, context, dumps, stream_ends
from .call import WIDTH, reindent
from .edits import Context, Line
from .places import Places
from .plan import Plan
from .reasons import Reason

KINDS = frozenset(("Stream", "Chunk"))
IS_TEXT = '{name}.event_type == "step.delta" and {name}.delta.type == "text"'
IS_DONE = '{name}.event_type == "interaction.completed"'


@dataclass(slots=True)
class Loop:
    """A for loop over a stream.

    guard: an `if chunk.text:` that is the whole body; done: lines to run with the completed event; start: lines to run
    first with each text; raises: a blocked answer is an error at its end.
    """

    path: str
    node: ast.For | ast.AsyncFor
    name: str
    site: Site
    guard: ast.If | None = None
    done: list[Line] = field(default_factory=list)
    start: list[Line] = field(default_factory=list)
    raises: bool = False


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Notes what is done with a stream or a chunk of one."""
    if len({obj.kind for obj in objects}) > 1:
        if isinstance(node, ast.BoolOp) and plan.role(path, node)[0] in ("truth", "discard"):
            return  # what it is made of is surveyed by itself
        plan.fail_all(objects, Reason.MIXED, "a stream or one of its chunks", path, node)
    elif objects[0].kind == "Stream":
        _stream(plan, path, node, objects)
    else:
        _chunk(plan, path, node, objects)


def _stream(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    site = objects[0].site
    role, parent = plan.role(path, node)
    facts = plan.facts(path)
    if role in ("move", "discard", "annotation", "truth"):
        return
    if role == "iterate":
        for obj in objects:
            plan.walked.setdefault(obj.site, []).append((path, node))
        if isinstance(parent, (ast.For, ast.AsyncFor)):
            _loop(plan, path, parent, site)
        elif isinstance(parent, ast.comprehension):
            _comprehension(plan, path, parent, site)
        elif isinstance(parent, ast.YieldFrom):
            _filtered(plan, path, node, site)
        elif isinstance(parent, ast.Call):
            name = _callee(parent)
            if name in ("enumerate", "list", "tuple", "iter", "zip", "tqdm", "sorted", "reversed", "islice"):
                _filtered(plan, path, node, site)
            else:
                plan.fail(site, Reason.STREAM, plan.source(path, parent), path, node)
        return
    if role == "attribute" and isinstance(parent, ast.Attribute):
        if parent.attr == "resolve":
            holder = facts.parents[facts.parents[parent]]
            if isinstance(holder, ast.Expr):
                plan.resolved.update(obj.site for obj in objects)
                plan.when_moving(site, lambda: setattr(plan.statement(path, holder), "remove", True))
                return
        elif parent.attr in ("text", "usage_metadata", "prompt_feedback", "candidates"):
            plan.after_streams.append((path, parent))
            plan.resolved.update(obj.site for obj in objects)
            return
        elif parent.attr in ("close",):
            return
        plan.fail(site, Reason.STREAM, f".{parent.attr}", path, node)
        return
    if role == "call":
        return
    if role in ("show", "format"):
        plan.review(site, f"line {node.lineno} shows the stream itself, which now looks different")
        return
    plan.fail(site, Reason.STREAM, plan.source(path, parent), path, node)


def _callee(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _filtered(plan: Plan, path: str, node: ast.expr, site: Site) -> None:
    """Puts a generator over its text deltas in a stream's place."""
    plan.groups.of(site).facts["picked"] = (path, node)
    parent = plan.facts(path).parents[node]
    alone = isinstance(parent, ast.Call) and len(parent.args) == 1 and not parent.keywords

    def wrap(stream: str) -> str:
        outer, step, newline = Places(plan.facts(path)).layout(node)
        lines = ["event", f"for event in {stream}", f"if {IS_TEXT.format(name='event')}"]
        if _in_text(plan, path, node):
            made = " ".join(lines)
            return made if alone else f"({made})"
        if stream.isidentifier() and alone:
            lines = [" ".join(lines)]
        indented = [f"{newline}{outer}{step}{reindent(line, outer + step)}" for line in lines]
        made = "".join(indented) + newline + outer
        return made if alone else f"({made})"

    plan.when_moving(site, lambda: plan.module(path).wrappers.__setitem__(node, wrap))


def _stacked(c: Context, holder: ast.expr, made: cst.BaseComp) -> cst.BaseExpression | str:
    """A comprehension with a line for what it gives, for what it walks through, and for its tests."""
    outer, step, newline = c.layout(holder)
    inner, end = (
        cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(space))
        for space in (outer + step, outer)
    )
    first, *others = made.for_in.ifs
    ifs = [
        first.with_changes(whitespace_before=inner),
        *(test.with_changes(whitespace_before=inner) for test in others),
    ]
    made = made.with_changes(for_in=made.for_in.with_changes(ifs=ifs, whitespace_before=inner))
    if isinstance(made, cst.GeneratorExp):
        if not made.lpar:  # in those of a call
            return f"{newline}{outer}{step}{c.module.code_for_node(made)}{newline}{outer}"
        lpar, rpar = made.lpar[0], made.rpar[-1]
        return made.with_changes(
            lpar=[lpar.with_changes(whitespace_after=inner), *made.lpar[1:]],
            rpar=[*made.rpar[:-1], rpar.with_changes(whitespace_before=end)],
        )
    if isinstance(made, cst.ListComp):
        return made.with_changes(
            lbracket=made.lbracket.with_changes(whitespace_after=inner),
            rbracket=made.rbracket.with_changes(whitespace_before=end),
        )
    return made


def _in_text(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether an expression stands in an f-string, which has one line."""
    return any(isinstance(around, ast.JoinedStr) for around in context.ancestors(plan.facts(path), node))


def _comprehension(plan: Plan, path: str, node: ast.comprehension, site: Site) -> None:
    if not isinstance(node.target, ast.Name):
        plan.fail(site, Reason.STREAM, "an unpacking comprehension", path, node.target)
        return
    name = node.target.id
    plan.groups.of(site).facts["picked"] = (path, node.iter)
    holder = plan.facts(path).parents[node]
    assert isinstance(holder, ast.expr)
    texts = [test for test in node.ifs if _is_chunk_text(test, name)]

    def edit(c: Context) -> cst.BaseExpression | str:
        made = c.inner(holder)
        assert isinstance(made, (cst.ListComp, cst.SetComp, cst.GeneratorExp, cst.DictComp))
        test = IS_TEXT.format(name=name)
        ifs = [cst.CompIf(test=c.parse(test))]
        for old, test_node in zip(made.for_in.ifs, node.ifs):
            if test_node not in texts:
                ifs.append(old)
        made = made.with_changes(for_in=made.for_in.with_changes(ifs=ifs))
        code = c.module.code_for_node(made)
        wide = "\n" not in code and c.lines.span(holder)[1] + len(code) > WIDTH + 20
        return _stacked(c, holder, made) if wide and not _in_text(plan, path, holder) else made

    if holder not in plan.handled:
        plan.handled.add(holder)
        plan.when_moving(site, lambda: plan.expression(path, holder, edit))


def _is_chunk_text(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "text" and _is_name(node.value, name)


def _loop(plan: Plan, path: str, node: ast.For | ast.AsyncFor, site: Site) -> None:
    if not isinstance(node.target, ast.Name):
        plan.fail(site, Reason.STREAM, "an unpacking loop", path, node)
        return
    if node in plan.loops:
        return
    loop = plan.loops[node] = Loop(path, node, node.target.id, site)
    loop.guard = _guard(plan, node, loop.name)
    if loop.guard is not None:
        plan.handled.add(loop.guard.test)
    for statement in node.body:
        if stream_ends.late(plan, statement):
            stream_ends.survey(plan, path, statement, site)
    plan.when_moving(site, lambda: _edit_loop(plan, loop))


def _guard(plan: Plan, node: ast.For | ast.AsyncFor, name: str) -> ast.If | None:
    early = [statement for statement in node.body if not stream_ends.late(plan, statement)]
    only = early[0] if len(early) == 1 else None
    return only if isinstance(only, ast.If) and not only.orelse and _asks_for_text(only.test, name) else None


def _asks_for_text(test: ast.expr, name: str) -> bool:
    """Whether a test of a chunk asks for nothing but its text, as `hasattr(chunk, "text") and chunk.text` does."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return all(_asks_for_text(value, name) or _is_name(value, name) for value in test.values)
    if isinstance(test, ast.Compare):
        none = isinstance(test.comparators[0], ast.Constant) and test.comparators[0].value is None
        return none and isinstance(test.ops[0], (ast.IsNot, ast.NotEq)) and _asks_for_text(test.left, name)
    if isinstance(test, ast.Call) and _callee(test) in ("hasattr", "getattr") and len(test.args) > 1:
        attribute = test.args[1]
        return _is_name(test.args[0], name) and isinstance(attribute, ast.Constant) and attribute.value == "text"
    return _is_chunk_text(test, name)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _edit_loop(plan: Plan, loop: Loop) -> None:
    node, name = loop.node, loop.name
    late = [statement for statement in node.body if stream_ends.late(plan, statement)]
    guard = loop.guard
    if guard is not None:
        test = guard.test
        plan.expression(loop.path, test, lambda c: IS_TEXT.format(name=name))
    rest_of_late = {s.lineno for s in late}

    def body(c: Context, suite: cst.BaseSuite) -> cst.BaseSuite:
        block = (
            suite if isinstance(suite, cst.IndentedBlock) else cst.IndentedBlock(body=stream_ends.suite_lines(suite))
        )
        items = list(block.body)
        early_items: list[cst.BaseStatement] = []
        late_items: list[cst.BaseStatement] = []
        # statements keep their order; edits may have put some in, which go with the statement before them
        places = _places(node.body, items)
        for item, statement in zip(items, places):
            if chunks.skips(plan, statement):
                continue
            if statement.lineno in rest_of_late:
                late_items.extend(stream_ends.unwrapped(plan, item, statement))
            elif chunks.wraps(plan, statement) and isinstance(item, cst.If):
                early_items.extend(stream_ends.opened(item))
            else:
                early_items.append(item)
        done = [*late_items, *(s for line in loop.done for s in c.block(line))]
        if any(isinstance(n, (ast.Break, ast.Return, ast.Raise)) for s in late for n in ast.walk(s)):
            done = [*done[len(late_items) :], *late_items]  # what the loop keeps is kept before it is left
        result: list[cst.BaseStatement] = []
        otherwise: cst.If | None = None
        if loop.raises:
            failed = f'{name}.interaction.status == "failed"'
            raising = c.block(f'if {failed}:\n{c.module.default_indent}raise ValueError("the answer was blocked")')
            done = [*raising, *done]
        if loop.raises and len(done) == 1 and isinstance(raising[0], cst.If):
            otherwise = raising[0].with_changes(test=c.parse(f"{IS_DONE.format(name=name)} and {failed}"))
        elif done:
            otherwise = cst.If(test=c.parse(IS_DONE.format(name=name)), body=cst.IndentedBlock(body=done))
        start = [s for line in loop.start for s in c.block(line)]
        if guard is not None and len(early_items) == 1 and isinstance(early_items[0], cst.If):
            item = early_items[0]
            inner = item.body
            if start and isinstance(inner, cst.IndentedBlock):
                inner = inner.with_changes(body=[*start, *inner.body])
            result.append(item.with_changes(orelse=otherwise, body=inner))
        elif early_items or start:
            result.append(
                cst.If(
                    test=c.parse(chunks.test(plan, loop.site, name)),
                    body=cst.IndentedBlock(body=[*start, *early_items], footer=[]),
                    orelse=otherwise,
                )
            )
        elif otherwise is not None:
            result.append(otherwise)
        return block.with_changes(body=result)

    plan.module(loop.path).statement(node).body = body


def _places(statements: list[ast.stmt], items: Sequence[object]) -> list[ast.stmt]:
    """Which old statement each new one belongs to; counts differ only where edits put lines in."""
    if len(statements) == len(items):
        return list(statements)
    extra = len(items) - len(statements)
    if extra < 0:
        return [statements[-1]] * len(items)
    return [*statements, *([statements[-1]] * extra)]


def _chunk(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    site = objects[0].site
    role, parent = plan.role(path, node)
    if role == "attribute" and isinstance(parent, ast.Attribute):
        loop = _around(plan, path, node)
        after = loop is None and isinstance(node, ast.Name) and _loop_before(plan, path, node)
        if parent.attr == "text":
            if parent in plan.handled:
                return
            if after:
                assert isinstance(node, ast.Name)
                _text_after(plan, path, node, parent, site)
                return
            plan.when_moving(site, lambda: chunks.text(plan, path, parent, site))
            return
        if parent.attr == "usage_metadata":
            plan.when_moving(
                site,
                lambda: plan.expression(path, parent, lambda c: f"{c.code(parent.value)}.interaction.usage"),
            )
            if loop is None and not after and not stream_ends.is_kept(plan, path, node):
                plan.fail(site, Reason.STREAM, "usage of a chunk outside of its loop", path, node)
            return
        if parent.attr == "candidates" and _first_text(plan, path, parent):
            return
        if parent.attr == "candidates" and loop is None and stream_ends.reads_candidate(plan, path, parent):
            return
        if parent.attr == "prompt_feedback" and loop is not None:
            return
        if parent.attr in DUMPS and loop is not None:
            plan.groups.of(site).facts["picked"] = (path, parent)  # a call that was put together has no such method
            dumps.method(plan, path, parent, objects)
            return
        if parent.attr in ("candidates", "parts"):
            plan.groups.of(site).facts["chunk_parts"] = True
            return
        if parent.attr == "function_calls" and loop is not None:
            chunks.calls(plan, path, parent, objects)
            return
        plan.fail(site, Reason.STREAM, f"chunk.{parent.attr}", path, node)
        return
    if role in ("move", "discard", "truth", "annotation", "call", "compare"):
        return
    if role in ("show", "format"):
        plan.review(site, f"line {node.lineno} shows a whole event of the stream, which now looks different")
        return
    if role == "probe" and isinstance(parent, ast.Call) and _probed(plan, path, node, parent, objects):
        return
    if role == "probe" and isinstance(parent, ast.Call) and len(parent.args) > 1:
        name = parent.args[1]
        if isinstance(name, ast.Constant) and name.value == "text":
            call = parent
            outer = plan.facts(path).parents[call]
            if call in plan.handled or outer in plan.handled:
                return  # the test of a whole loop
            if isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.And) and _callee(call) == "hasattr":
                answers.conjunction(plan, path, outer, objects)
                return
            plan.when_moving(
                site,
                lambda: plan.expression(
                    path, call, lambda c: "True" if _callee(call) == "hasattr" else f"{c.code(call.args[0])}.delta.text"
                ),
            )
            return
    plan.fail(site, Reason.STREAM, plan.source(path, parent), path, node)


def _probed(plan: Plan, path: str, node: ast.expr, call: ast.Call, objects: list[Obj]) -> bool:
    """Takes hasattr and getattr of what a chunk has beside its text; False for others, and outside of a loop."""
    site = objects[0].site
    outer = plan.facts(path).parents[call]
    name = call.args[1] if len(call.args) > 1 else None
    field = name.value if isinstance(name, ast.Constant) else None
    kept = field == "usage_metadata" and stream_ends.is_kept(plan, path, node)
    if field not in (*stream_ends.READS, "candidates", "parts") or _around(plan, path, node) is None and not kept:
        return False
    if answers.is_probe(call):
        denied = plan.facts(path).parents[outer] if isinstance(outer, ast.UnaryOp) else None
        if isinstance(denied, ast.BoolOp) and isinstance(denied.op, ast.Or):
            answers.conjunction(plan, path, denied, objects)
            return True
        if not (isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.And)):
            return False
        answers.conjunction(plan, path, outer, objects)
    elif field == "usage_metadata":
        plan.when_moving(site, lambda: plan.expression(path, call, lambda c: f"{c.code(node)}.interaction.usage"))
    elif field in ("candidates", "parts"):
        plan.groups.of(site).facts["chunk_parts"] = True
    return True


def _first_text(plan: Plan, path: str, node: ast.Attribute) -> bool:
    """Rewrites chunk.candidates[0].content.parts[0].text."""
    facts = plan.facts(path)
    chain: list[ast.AST] = [node]
    for _ in range(6):
        parent = facts.parents.get(chain[-1])
        if not isinstance(parent, (ast.Attribute, ast.Subscript)):
            break
        chain.append(parent)
        if isinstance(parent, ast.Attribute) and parent.attr == "text":
            break
    last = chain[-1]
    if not (isinstance(last, ast.Attribute) and last.attr == "text" and len(chain) == 6):
        return False
    for inner in chain[:-1]:
        plan.handled.add(inner)
    plan.handled.add(last)
    objects = plan.objects(node.value, "Chunk")
    plan.when_moving(objects[0].site, lambda: plan.expression(path, last, lambda c: f"{c.code(node.value)}.delta.text"))
    return True


def _around(plan: Plan, path: str, node: ast.expr) -> ast.AST | None:
    """The loop or comprehension whose variable a chunk is, if the read is inside of it."""
    for outer in context.ancestors(plan.facts(path), node):
        if isinstance(outer, (ast.For, ast.AsyncFor)) and isinstance(node, ast.Name):
            names = {n.id for n in ast.walk(outer.target) if isinstance(n, ast.Name)}
            if node.id in names:
                return outer
        if isinstance(outer, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            return outer
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            args = outer.args
            if isinstance(node, ast.Name) and any(a.arg == node.id for a in [*args.args, *args.kwonlyargs]):
                return outer
            return None
    return None


def _loop_before(plan: Plan, path: str, node: ast.Name) -> bool:
    return _loop_of(plan, path, node) is not None


def _loop_of(plan: Plan, path: str, node: ast.Name) -> ast.For | ast.AsyncFor | None:
    """The last loop before a name whose variable the name is."""
    facts = plan.facts(path)
    function = context.function(facts, node)
    found: ast.For | ast.AsyncFor | None = None
    for other in ast.walk(function or facts.tree):
        if isinstance(other, (ast.For, ast.AsyncFor)) and isinstance(other.target, ast.Name):
            if other.target.id == node.id and other.lineno < node.lineno:
                if found is None or other.lineno > found.lineno:
                    found = other
    return found


def _text_after(plan: Plan, path: str, node: ast.Name, read: ast.Attribute, site: Site) -> None:
    """chunk.text after the loop: the loop keeps the last text in a variable."""
    target = _loop_of(plan, path, node)

    def work() -> None:
        loop = plan.loops.get(target) if target is not None else None
        if loop is None:
            return
        name = plan.groups.of(site).facts.get("last_text")
        if name is None:
            name = plan.fresh(path, "last_text", "last_chunk_text")
            plan.groups.of(site).facts["last_text"] = name
            loop.start.append(f"{name} = {loop.name}.delta.text")
        plan.expression(path, read, lambda c: str(name))

    if target is None:
        plan.fail(site, Reason.STREAM, "a chunk after its loop", path, node)
    else:
        plan.when_moving(site, work)
