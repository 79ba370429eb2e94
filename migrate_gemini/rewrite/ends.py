"""Why an answer ended: finish reasons, blocks and the feedback on a prompt, which the status of an interaction tells
(MAPPING 4.2).

A reason that is tested where it is read is a test of the status. One that is kept, handed on or looked up becomes the
name that generate_content gave it, and everything that is done with it goes by that name.
"""

from __future__ import annotations

import ast

from ..infer.values import Obj, Site
from ..sdk import reads
from . import answers, context, snippets_reads
from .answers import is_zero
from .edits import Context
from .plan import Plan
from .reasons import Reason

KINDS = frozenset(("Finish", "FinishName", "Block", "BlockName", "Feedback"))
_CHAIN = frozenset("name value finish_reason block_reason prompt_feedback _error candidates".split())
_SHOWN = ("format", "show", "move")


def survey(
    plan: Plan, path: str, node: ast.expr, kind: str, role: context.Role, parent: ast.AST, objects: list[Obj]
) -> None:
    """Notes what is done with a finish reason, a block or a feedback."""
    site = objects[0].site
    base = interaction(node)
    if isinstance(parent, ast.Subscript) and kind in ("FinishName", "BlockName"):
        role = "move"  # it is a key
    streamed = ("Stream", site.node) in plan.program.machine.objs
    if streamed and base is not None and not plan.objects(base, "Chunk"):
        plan.fail(site, Reason.STREAM, plan.source(path, node), path, node)
    elif isinstance(node, (ast.BoolOp, ast.IfExp)) and role in ("truth", "move", "discard"):
        return  # what it is made of is surveyed by itself
    elif kind == "Feedback" and role == "move":
        return  # the interaction itself
    elif role == "truth" and kind == "Feedback":
        failed(plan, path, node, base or node, "==", objects)
    elif role == "truth" and kind in ("Block", "BlockName"):
        if base is not None:
            failed(plan, path, node, base, "==", objects)
    elif role == "truth":
        if base is not None:
            plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f"{_status_of(plan, c, base)}status"))
    elif role == "compare" and isinstance(parent, ast.Compare) and _compared(plan, path, node, kind, parent, objects):
        return
    elif isinstance(parent, ast.Match) and _matched(plan, path, node, kind, parent, objects):
        return
    elif isinstance(node, (ast.BoolOp, ast.IfExp)) and role in ("format", "show"):
        plan.review(site, f"line {node.lineno} shows why the answer ended, by its name")
    elif base is None and kind != "Feedback" and role in _SHOWN and not _looks_up_number(plan, path, node):
        if role != "move" and kind in ("Finish", "Block"):
            plan.review(site, f"line {node.lineno} shows why the answer ended, by its name")
    elif base is not None and kind != "Feedback" and _is_name(plan, path, node, kind, role, site):
        _named(plan, path, node, base, kind, site)
    elif base is not None and role in _SHOWN:
        ended = kind in ("Finish", "FinishName")
        shown = "status" if ended else "errors"
        why = "why the answer ended" if ended else "why the prompt was blocked, or that it was not (None)"
        plan.review(site, f"line {node.lineno} shows {why}, which the interaction's {shown} now tell{'s' * ended}")
        plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f"{_status_of(plan, c, base)}{shown}"))
    elif role in ("format", "show"):
        plan.review(site, f"line {node.lineno} shows the whole object, which now looks different")
    else:
        whole = parent if isinstance(parent, ast.expr) else node
        plan.fail_all(objects, Reason.ATTRIBUTE, plan.source(path, whole), path, node)


def failed(plan: Plan, path: str, node: ast.expr, base: ast.expr, sign: str, objects: list[Obj]) -> None:
    """Rewrites a test of a block, or of a list of candidates, as one of the status; `not` around it goes into it."""
    whole: ast.expr = node
    outer = plan.facts(path).parents[node]
    plan.ends.append((path, node, objects[0].site, "candidates" if objects[0].kind == "Candidates" else "prompt"))
    if isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not):
        whole, sign = outer, "==" if sign == "!=" else "!="
    around = plan.facts(path).parents[whole]
    if isinstance(around, ast.BoolOp):
        answers.conjunction(plan, path, around, objects)

    def test(c: Context) -> str:
        whose = f"{c.module.code_for_node(c.inner(node))}." if base is node else _status_of(plan, c, base)
        return f'{whose}status {sign} "failed"'

    plan.when_moving(objects[0].site, lambda: plan.expression(path, whole, test))


def settle(plan: Plan) -> None:
    """Keeps calls whose program does one thing for a blocked prompt and another for a blocked answer: the status of an
    interaction is the same for both. An answer without candidates that is told from a blocked one is reviewed."""
    _empty(plan)
    _stopped(plan)
    answer = [end for end in plan.ends if end[3] == "answer"]
    for path, node, site, kind in plan.ends if answer else ():
        for other, tested, own, _ in answer if kind != "parts" else ():
            if kind in ("answer", "ended") or other != path or plan.groups.of(own) is not plan.groups.of(site):
                continue
            facts = plan.facts(path)
            if context.function(facts, node) is not context.function(facts, tested):
                continue
            around = [outer for outer in context.ancestors(facts, node) if isinstance(outer, ast.BoolOp)]
            both = any(isinstance(outer.op, ast.And) and tested in ast.walk(outer) for outer in around)
            if not both and _outcome(plan, path, node, kind) == _outcome(plan, path, tested, "answer"):
                continue
            if kind == "prompt":
                plan.fail(site, Reason.BLOCKS, plan.source(path, tested), path, tested)
            else:
                words = "a prompt and an answer that were blocked are not told apart by the status"
                plan.review(site, f"lines {node.lineno} and {tested.lineno}: {words}")


def _stopped(plan: Plan) -> None:
    """Reviews answers that did not stop by themselves and are told from blocked prompts: those that were blocked, too,
    are told like a prompt from now on."""
    for path, node, site, kind in plan.ends:
        for other, tested, own, what in plan.ends if kind == "ended" else ():
            if what != "prompt" or other != path or plan.groups.of(own) is not plan.groups.of(site):
                continue
            facts = plan.facts(path)
            if context.function(facts, node) is not context.function(facts, tested):
                continue
            if _outcome(plan, path, node, kind) != _outcome(plan, path, tested, what):
                words = "an answer that was blocked is told like a prompt that was, no longer by its finish reason"
                plan.review(site, f"lines {tested.lineno} and {node.lineno}: {words}")


def _empty(plan: Plan) -> None:
    """Reviews answers without parts that are told from blocked prompts: a blocked answer had none, either."""
    for path, node, site, kind in plan.ends:
        for other, tested, own, what in plan.ends if kind == "parts" else ():
            if other != path or plan.groups.of(own) is not plan.groups.of(site) or what in ("parts", "ended"):
                continue
            facts = plan.facts(path)
            if context.function(facts, node) is not context.function(facts, tested):
                continue
            around = [outer for outer in context.ancestors(facts, node) if isinstance(outer, ast.BoolOp)]
            inside = any(
                isinstance(outer, ast.If)
                and tested in ast.walk(outer.test)
                and any(node in ast.walk(statement) for statement in outer.body)
                for outer in context.ancestors(facts, node)
            )
            together = inside or any(tested in ast.walk(outer) for outer in around)
            if together or _outcome(plan, path, node, kind) == _outcome(plan, path, tested, what):
                continue
            words = "an answer that was blocked had no parts, and is now told like a prompt that was"
            plan.review(site, f"lines {tested.lineno} and {node.lineno}: {words}")


def _outcome(plan: Plan, path: str, node: ast.expr, kind: str) -> str | None:
    """What is done where a test says that something was blocked, as text; the test itself where it decides nothing by
    itself. kind: candidates, parts and an end, which are there or fine where nothing was blocked, or what says that
    something was."""
    child: ast.AST = node
    holds = kind not in ("candidates", "parts", "ended")
    for outer in context.ancestors(plan.facts(path), node):
        if isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not):
            holds = not holds
        if isinstance(outer, ast.Compare) and isinstance(outer.ops[0], (ast.Is, ast.NotEq, ast.NotIn)):
            holds = not holds  # candidates is None
        if isinstance(outer, ast.If) and child is outer.test:
            return "\n".join(map(ast.dump, outer.body if holds else outer.orelse))
        if isinstance(outer, ast.IfExp) and child is outer.test:
            return ast.dump(outer.body if holds else outer.orelse)
        if isinstance(outer, ast.stmt):
            break
        child = outer
    return ast.dump(child)


def part(plan: Plan, path: str, node: ast.expr, kind: str, objects: list[Obj]) -> None:
    """Surveys `.name` or `.value` of a reason that is kept in a variable: it is its name already."""
    read = plan.facts(path).parents[node]
    legacy = any(plan.groups.of(obj.site).facts.get("legacy") for obj in objects)
    if interaction(node) is not None or not isinstance(read, ast.Attribute):
        return  # judged with what is around it
    if read.attr == "value" and legacy:
        plan.fail_all(objects, Reason.ATTRIBUTE, plan.source(path, read), path, read)
        return
    plan.when_moving(objects[0].site, lambda: plan.expression(path, read, lambda c: c.code(node)))


def word(plan: Plan, path: str, node: ast.expr, kind: str, objects: list[Obj]) -> None:
    """Puts the name of a reason in the place of its read where a method of the name is called: `.name.lower()`."""
    base = interaction(node)
    if base is None:
        return  # it is a name already
    if not _says_name(plan, node, objects[0].site):
        plan.fail_all(objects, Reason.ATTRIBUTE, plan.source(path, node), path, node)
        return
    _named(plan, path, node, base, kind, objects[0].site)


def interaction(node: ast.expr) -> ast.expr | None:
    """The expression of the response that a chain such as `r.candidates[0].finish_reason.name` starts from."""
    found: ast.expr | None = None
    while (step := context.field(node)) is not None and step[1] in _CHAIN:
        node = step[0]
        found = found if step[1] in ("name", "value") else node
        if isinstance(node, ast.Subscript) and (inner := context.field(node.value)) and inner[1] == "candidates":
            node = found = inner[0]
    return found


def _status_of(plan: Plan, c: Context, base: ast.expr) -> str:
    """The code before `status`: the interaction, or that of a stream's last event."""
    return f"{c.code(base)}.interaction." if plan.objects(base, "Chunk") else f"{c.code(base)}."


def _named(plan: Plan, path: str, node: ast.expr, base: ast.expr, kind: str, site: Site) -> None:
    """Puts the name of a reason in the place of its read."""
    blocks = kind in ("Block", "BlockName")
    wishes = ("block_name", "block_reason_name") if blocks else ("finish_name", "finish_reason_name")

    def work() -> None:
        helper = plan.snippet(path, snippets_reads.BLOCK_NAME if blocks else snippets_reads.FINISH_NAME, *wishes)
        plan.expression(path, node, lambda c: f"{helper}({_status_of(plan, c, base).removesuffix('.')})")

    if blocks:
        words = "the reason of a block is the code of the interaction's first error, also where the answer was blocked"
        plan.review(site, f"line {node.lineno}: {words}")
    plan.when_moving(site, work)


def _is_name(plan: Plan, path: str, node: ast.expr, kind: str, role: context.Role, site: Site) -> bool:
    """Whether a read gives the name of a reason: it asks for it, or keeps the reason."""
    if kind in ("FinishName", "BlockName"):
        return role in _SHOWN and _says_name(plan, node, site) and not _looks_up_number(plan, path, node)
    return role == "move" and not _looks_up_number(plan, path, node)


def _says_name(plan: Plan, node: ast.expr, site: Site) -> bool:
    """Whether a read asks for the name of a reason, which in google-genai is its value, too."""
    read = context.field(node)
    return read is not None and (read[1] == "name" or not plan.groups.of(site).facts.get("legacy"))


def _looks_up_number(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether a reason is looked up among keys that are not seen to be names."""
    parent = plan.facts(path).parents[node]
    if not isinstance(parent, ast.Call) or not isinstance(parent.func, ast.Attribute) or node not in parent.args[:1]:
        return False
    if parent.func.attr not in ("get", "pop", "index", "count", "remove", "setdefault"):
        return False
    reads_name = (read := context.field(node)) is not None and read[1] == "name"
    return not reads_name


def _compared(plan: Plan, path: str, node: ast.expr, kind: str, parent: ast.Compare, objects: list[Obj]) -> bool:
    """Rewrites `finish_reason == X` as a test of the status, or of the name that a variable holds."""
    site = objects[0].site
    if len(parent.ops) != 1:
        return False
    other = parent.comparators[0] if node is parent.left else parent.left
    op = parent.ops[0]
    base = interaction(node)
    if isinstance(op, (ast.Is, ast.IsNot)) and isinstance(other, ast.Constant) and other.value is None:
        if base is None and kind == "Feedback":
            base = node
        if base is None:
            return True
        if kind not in ("Feedback", "Block", "Finish"):
            return False
        whose = base
        blocked = kind in ("Feedback", "Block")
        if blocked:
            plan.ends.append((path, node, site, "prompt"))
        sign = ("!=" if isinstance(op, ast.Is) else "==") if blocked else ("==" if isinstance(op, ast.Is) else "!=")
        plan.when_moving(
            site,
            lambda: plan.expression(path, parent, lambda c: f'{_status_of(plan, c, whose)}status {sign} "failed"'),
        )
        return True
    if kind == "Feedback":
        return False
    none = other.attr == "BLOCK_REASON_UNSPECIFIED" if isinstance(other, ast.Attribute) else is_zero(other)
    more = isinstance(op, ast.Gt) and node is parent.left
    if kind == "Block" and base is not None and none and (more or isinstance(op, (ast.Eq, ast.NotEq))):
        asked, is_sign = base, "!=" if isinstance(op, ast.Eq) else "=="
        plan.when_moving(
            site,
            lambda: plan.expression(path, parent, lambda c: f'{_status_of(plan, c, asked)}status {is_sign} "failed"'),
        )
        return True
    options = other.elts if isinstance(other, (ast.Tuple, ast.List, ast.Set)) else [other]
    if kind in ("FinishName", "BlockName") and any(_reason(option, False) is None for option in options):
        if base is not None:  # it is held against names that are written elsewhere
            _named(plan, path, node, base, kind, site)
        return (read := context.field(node)) is None or read[1] == "name"
    among = isinstance(op, (ast.In, ast.NotIn))
    if kind in ("Finish", "FinishName") and isinstance(op, (ast.Eq, ast.In)) and "failed" in map(_status, options):
        plan.ends.append((path, node, site, "answer"))
    elif kind in ("Finish", "FinishName") and "completed" in map(_status, options):
        plan.ends.append((path, node, site, "ended"))
    if not among and not (isinstance(op, (ast.Eq, ast.NotEq)) and len(options) == 1):
        return False
    if base is None or kind == "BlockName":
        names = [_reason(option, kind in ("Finish", "FinishName")) for option in options]
        if None in names:
            return False
        if base is not None:
            _named(plan, path, node, base, kind, site)
        for option, name in zip(options, names):
            plan.when_moving(site, lambda o=option, n=name: plan.expression(path, o, lambda c: f'"{n}"'))  # type: ignore[misc]
        return True
    states = {_status(option) for option in options}
    if None in states:
        return False
    states.discard("")
    if not states:
        return False
    negative = isinstance(op, (ast.NotEq, ast.NotIn))

    def test(c: Context) -> str:
        names = {str(state) for state in states}
        if "completed" in names and plan.groups.of(site).facts.get("tools"):
            names.add("requires_action")  # an answer that calls functions stopped, too
        listed = ", ".join(f'"{name}"' for name in sorted(names))
        whose = _status_of(plan, c, base)
        if len(names) == 1 and not among:
            return f"{whose}status {'!=' if negative else '=='} {listed}"
        return f"{whose}status {'not in' if negative else 'in'} ({listed}{',' if len(names) == 1 else ''})"

    plan.when_moving(site, lambda: plan.expression(path, parent, test))
    return True


def _matched(plan: Plan, path: str, node: ast.expr, kind: str, parent: ast.Match, objects: list[Obj]) -> bool:
    """Rewrites `match finish_reason:` as one of the name of the reason."""
    site, base = objects[0].site, interaction(node)
    finish = kind in ("Finish", "FinishName")
    patterns = [inner for case in parent.cases for inner in ast.walk(case.pattern) if isinstance(inner, ast.pattern)]
    values = [pattern.value for pattern in patterns if isinstance(pattern, ast.MatchValue)]
    names = {value: _reason(value, finish) for value in values}
    if kind == "Feedback" or None in names.values():
        return False
    if any(not isinstance(inner, (ast.MatchValue, ast.MatchOr, ast.MatchAs)) for inner in patterns):
        return False
    if kind in ("FinishName", "BlockName") and base is not None and not _says_name(plan, node, site):
        return False
    if finish and any(reads.FINISH.get(str(name)) == "failed" for name in names.values()):
        plan.ends.append((path, node, site, "answer"))
    if base is not None:
        _named(plan, path, node, base, kind, site)
    if kind in ("Finish", "Block"):
        for value, name in names.items():
            plan.when_moving(site, lambda v=value, n=name: plan.expression(path, v, lambda c: f'"{n}"'))  # type: ignore[misc]
    return True


def _status(node: ast.expr) -> str | None:
    """The status that a finish reason (number, name, enum member) stands for."""
    if isinstance(node, ast.Constant):
        return reads.FINISH.get(node.value if isinstance(node.value, int) else str(node.value).upper())
    if isinstance(node, ast.Attribute):
        if node.attr in ("value", "name"):
            return _status(node.value)
        return reads.FINISH.get(node.attr.upper())
    return None


def _reason(node: ast.expr, finish: bool) -> str | None:
    """The name of a reason that is written as a name or an enum member; one why an answer ended, also as a number."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return reads.NUMBERS.get(node.value) if finish else None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.upper()
    if isinstance(node, ast.Attribute):
        return _reason(node.value, finish) if node.attr in ("value", "name") else node.attr.upper()
    return None
