"""Parts of an answer: texts are contents of its model_output steps, calls and code are steps (MAPPING 4.2 and 6).

A program that reads only texts gets the contents. One that also reads calls or code gets contents and steps in the
order in which the model gave them, and asks each for its type.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..infer.values import NONE, Obj
from ..sdk import reads
from . import context, media, snippets, snippets_calls
from .edits import Context
from .plan import Plan
from .reasons import Reason


def note(plan: Plan, objects: list[Obj], field: str) -> None:
    """Notes that a group reads a field of parts that is a step of an interaction."""
    for obj in objects:
        found = plan.groups.of(obj.site).facts.setdefault("steps", set())
        assert isinstance(found, set)
        found.add(field)


def mixed(plan: Plan, objects: list[Obj]) -> bool:
    """Whether the parts of these objects are contents and steps; known once the survey is over."""
    return any(plan.groups.of(obj.site).facts.get("steps") for obj in objects)


def typed(plan: Plan, objects: list[Obj]) -> bool:
    """Whether a part has to be asked for its type before its text is read."""
    return mixed(plan, objects) or media.with_media(plan, objects)


def listed(plan: Plan, path: str, node: ast.expr, base: ast.expr, objects: list[Obj]) -> None:
    """Rewrites `response.parts` or `content.parts`; base: what has the parts."""
    facts = plan.facts(path)
    if plan.turn_makers.get(facts.parents[facts.parents[node]]) == "answer":
        return  # the answer itself is sent back
    whole = _or_empty(plan, path, node)
    guarded = isinstance(node, ast.Call) and NONE in plan.values(base) and context.plain(base)

    def code(c: Context) -> str:
        made = f"{name}({c.code(base)})"
        return context.bracketed(plan.facts(path), whole, f"{made} if {c.code(base)} else []") if guarded else made

    if media.with_thoughts(plan, objects):
        plan.imports(path, "from types import SimpleNamespace")
        template = snippets.THOUGHT_PARTS_CALLS if mixed(plan, objects) else snippets.THOUGHT_PARTS
        name = plan.snippet(path, template, "answer_parts", "parts_and_thoughts")
        plan.expression(path, whole, code)
        return
    if media.only_of_first(plan, path, node):
        return
    if mixed(plan, objects):
        name = plan.snippet(path, snippets.ANSWER_PARTS, "answer_parts", "interaction_parts")
    elif _needs_list(plan, path, node):
        name = plan.snippet(path, snippets.CONTENT_PARTS, "content_parts", "parts_of")
    else:
        return
    if not (mixed(plan, objects) and _text_of_first(plan, path, node)):
        plan.expression(path, whole, code)


def held(plan: Plan, path: str, node: ast.expr, role: context.Role, parent: ast.AST, objects: list[Obj]) -> bool:
    """Surveys whether a list of parts that has a name is empty, or None; False for another use."""
    site = objects[0].site
    none = role == "compare" and isinstance(parent, ast.Compare) and _with_none(parent) and len(parent.ops) == 1
    if role != "truth" and not none:
        return False
    plan.ends.append((path, node, site, "parts"))
    plan.held_parts.append(objects)
    if none and isinstance(parent, ast.Compare):
        code = "not {}" if isinstance(parent.ops[0], (ast.Is, ast.Eq)) else "{}"
        if code == "{}" and plan.role(path, parent)[0] != "truth":
            code = "bool({})"
        plan.when_moving(site, lambda: plan.expression(path, parent, lambda c: code.format(c.code(node))))
    return True


def calls(plan: Plan, path: str, node: ast.expr, base: ast.expr) -> None:
    """Rewrites `response.function_calls`: None becomes an empty list."""
    name = plan.snippet(path, snippets_calls.FUNCTION_CALLS, "function_calls", "calls_of")
    parent = plan.facts(path).parents[node]
    if isinstance(parent, ast.Compare):
        outer, _ = plan.role(path, parent)
        if isinstance(parent.ops[0], (ast.Is, ast.Eq)):
            plan.expression(path, parent, lambda c: f"not {name}({c.code(base)})")
        elif outer == "truth":
            plan.expression(path, parent, lambda c: f"{name}({c.code(base)})")
        else:
            plan.expression(path, parent, lambda c: f"bool({name}({c.code(base)}))")
        return
    role, _ = plan.role(path, node)
    if role in ("show", "format"):
        plan.expression(path, node, lambda c: f"({name}({c.code(base)}) or None)")
        return
    plan.expression(path, _or_empty(plan, path, node), lambda c: f"{name}({c.code(base)})")


def _or_empty(plan: Plan, path: str, node: ast.expr) -> ast.expr:
    """`x or []` around a read that gives a list in any case, or the read itself."""
    outer = plan.facts(path).parents[node]
    if not (isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.Or) and len(outer.values) == 2):
        return node
    other = outer.values[1]
    return outer if isinstance(other, (ast.List, ast.Tuple)) and not other.elts else node


def probed_calls(plan: Plan, path: str, call: ast.Call) -> None:
    """Rewrites `getattr(response, "function_calls", None)` and the hasattr test of it."""
    if getattr(call.func, "id", "") == "hasattr":
        plan.expression(path, call, lambda c: "True")
        return
    name = plan.snippet(path, snippets_calls.FUNCTION_CALLS, "function_calls", "calls_of")
    plan.expression(path, call, lambda c: f"{name}({c.code(call.args[0])})")


def call_name(plan: Plan, path: str, node: ast.Attribute, base: ast.expr, objects: list[Obj]) -> bool:
    """`if part.function_call.name:`, `if call.name:` and the like in any() ask whether there is a call; False for other
    reads."""
    role, _ = plan.role(path, node)
    site = objects[0].site
    if role != "truth" and not _judged(plan, path, node):
        if not plan.groups.of(site).facts.get("legacy") or not _may_be_no_call(plan, path, node, base):
            return False
        plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f'getattr({c.code(base)}, "name", "")'))
        return True
    if isinstance(base, ast.Attribute) and base.attr == "function_call":
        part = base.value
        plan.handled.add(base)
        note(plan, objects, "function_call")
        plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f'{c.code(part)}.type == "function_call"'))
    else:
        plan.when_moving(site, lambda: plan.expression(path, node, lambda c: c.code(base)))
    return True


def _may_be_no_call(plan: Plan, path: str, node: ast.Attribute, call: ast.expr) -> bool:
    """Whether the name of a call is compared, or has another in its place, where there may be no call: the legacy SDK
    gave an empty name then."""
    parent = plan.facts(path).parents[node]
    judged = isinstance(parent, ast.Compare) and isinstance(parent.ops[0], (ast.Eq, ast.NotEq, ast.In, ast.NotIn))
    made_list = isinstance(parent, (ast.ListComp, ast.SetComp, ast.GeneratorExp)) and parent.elt is node
    if not (judged or made_list or isinstance(parent, (ast.BoolOp, ast.Match))):
        return False
    if isinstance(call, ast.Attribute):
        return call.attr == "function_call" and not tested(plan, path, node, call.value, "function_call")
    if not isinstance(call, ast.Name):
        return False
    outer = context.function(plan.facts(path), node) or plan.facts(path).tree
    reads_of = [n for n in ast.walk(outer) if isinstance(n, ast.Name) and n.id == call.id]
    if any(isinstance(n.ctx, ast.Load) and plan.role(path, n)[0] in ("truth", "compare") for n in reads_of):
        return False
    made = [plan.facts(path).parents[n] for n in reads_of if isinstance(n.ctx, ast.Store)]
    values = [m.value for m in made if isinstance(m, ast.Assign)]
    return bool(values) and all(
        isinstance(v, ast.Attribute) and v.attr == "function_call" and not tested(plan, path, v, v.value, v.attr)
        for v in values
    )


def _needs_list(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether the list of parts itself is used, not just the text of the first or its truth."""
    role, _ = plan.role(path, node)
    return not _text_of_first(plan, path, node) and role != "truth"


def _text_of_first(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether an attribute is the `X.parts` of `X.parts[0].text`."""
    role, parent = plan.role(path, node)
    if role != "index" or not isinstance(parent, ast.Subscript) or not is_zero(parent.slice):
        return False
    outer = plan.facts(path).parents.get(parent)
    return isinstance(outer, ast.Attribute) and outer.attr == "text"


def is_zero(node: ast.expr) -> bool:
    """Whether an index is the first."""
    return isinstance(node, ast.Constant) and node.value == 0


def first(node: ast.expr) -> ast.expr | None:
    """X for `X.parts[0]` (X may be `Y.content`), else None."""
    if isinstance(node, ast.Subscript) and is_zero(node.slice) and isinstance(node.value, ast.Attribute):
        if node.value.attr == "parts":
            return node.value.value
    return None


# -- fields of a part --------------------------------------------------------------------------------------------


def field(plan: Plan, path: str, whole: ast.expr, base: ast.expr, name: str, objects: list[Obj]) -> None:
    """Surveys a read of one field of a part: `part.function_call`, `getattr(part, "text", None)`, `hasattr(...)`."""
    site = objects[0].site
    start = first(base)
    streamed = ("Stream", site.node) in plan.program.machine.objs
    if name == "function_call" and start is not None and not streamed and plan.objects(start, "Response", "Answer"):
        plan.handled.add(start)  # its list of parts is not needed

        def begins(c: Context) -> str:
            return f"{plan.snippet(path, snippets_calls.FIRST_CALL, 'first_call', 'leading_call')}({c.code(start)})"

        plan.when_moving(site, lambda: plan.snippet(path, snippets_calls.FIRST_CALL, "first_call", "leading_call"))
        plan.when_moving(site, lambda: plan.expression(path, whole, begins))
        return
    if name in reads.STEPS:
        note(plan, objects, name)
    probe = isinstance(whole, ast.Call) and getattr(whole.func, "id", "") == "hasattr"
    if probe:
        outer = plan.facts(path).parents[whole]
        if isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.And):
            conjunction(plan, path, outer, objects)
            return
    plan.when_moving(site, lambda: _edit_field(plan, path, whole, base, name, objects, probe))


def conjunction(plan: Plan, path: str, node: ast.BoolOp, objects: list[Obj]) -> None:
    """Rewrites `hasattr(part, "x") and part.x and ...`, or `not hasattr(part, "x") or ...`: every part has the field,
    so that test goes, and so does one that now says what another one says."""
    is_or = isinstance(node.op, ast.Or)

    def probe(value: ast.expr) -> bool:
        if is_or and isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
            value = value.operand
        elif is_or:
            return False
        asks = is_probe(value) and value not in plan.folded
        return asks and isinstance(value, ast.Call) and bool(plan.objects(value.args[0]))

    def edit(c: Context) -> str:
        left = [c.code(value) for value in node.values if not probe(value)]
        said = _said_once(left, is_or)
        if len(said) == len(node.values):
            return c.module.code_for_node(c.inner(node))
        return (" or " if is_or else " and ").join(said)

    def work() -> None:
        if not all(probe(value) for value in node.values):
            plan.expression(path, node, edit)

    plan.when_moving(objects[0].site, work)


def _said_once(tests: list[str], is_or: bool) -> list[str]:
    """Tests without those that another one says: the same one, or that of another status of the same interaction."""
    sign, other = ("==", "!=") if is_or else ("!=", "==")
    said = list(dict.fromkeys(tests))
    whose = {test: test.removesuffix(f'.status {sign} "failed"') for test in said}
    return [
        test
        for test in said
        if whose[test] == test
        or not any(
            o.startswith(f'{whose[test]}.status {other} "') and not (is_or and o.endswith('"failed"')) for o in said
        )
    ]


def is_probe(node: ast.expr) -> bool:
    """Whether an expression is a call of hasattr."""
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "hasattr" and len(node.args) == 2


def _edit_field(
    plan: Plan, path: str, whole: ast.expr, base: ast.expr, name: str, objects: list[Obj], probe: bool
) -> None:
    if media.with_thoughts(plan, objects) or name == "text" and not typed(plan, objects):
        return  # a content has .text as well
    kind = reads.STEPS.get(name, "text")
    role, parent = plan.role(path, whole)
    facts = plan.facts(path)

    def test(c: Context, sign: str = "==") -> str:
        return f'{c.code(base)}.type {sign} "{kind}"'

    if role == "truth" or probe or _judged(plan, path, whole):
        outer = facts.parents[whole]
        if isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not):
            plan.expression(path, outer, lambda c: test(c, "!="))
        else:
            plan.expression(path, whole, lambda c: test(c))
    elif isinstance(parent, ast.Compare) and _with_none(parent):
        sign = "==" if isinstance(parent.ops[0], (ast.IsNot, ast.NotEq)) else "!="
        plan.expression(path, parent, lambda c: test(c, sign))
    elif name == "text":
        if not tested(plan, path, whole, base, name):
            default = '""' if any(plan.groups.of(obj.site).facts.get("legacy") for obj in objects) else "None"
            plan.expression(path, whole, lambda c: f'getattr({c.code(base)}, "text", {default})')
        elif isinstance(whole, ast.Call):
            plan.expression(path, whole, lambda c: f"{c.code(base)}.text")
    elif role == "attribute" or tested(plan, path, whole, base, name):
        plan.expression(path, whole, lambda c: c.code(base))
    elif isinstance(base, ast.Name):
        plan.expression(
            path, whole, lambda c: context.bracketed(facts, whole, f"{c.code(base)} if {test(c)} else None")
        )
    else:
        part = plan.fresh_in(path, whole, "part", "answer_part")
        form = '{0} if ({0} := {1}).type == "{2}" else None'
        plan.expression(path, whole, lambda c: context.bracketed(facts, whole, form.format(part, c.code(base), kind)))


def _judged(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether an expression is what any() or all() asks of each element."""
    parents = plan.facts(path).parents
    made = parents[node]
    call = parents.get(made)
    return (
        isinstance(made, (ast.GeneratorExp, ast.ListComp))
        and made.elt is node
        and isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in ("any", "all")
    )


def _with_none(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    return len(node.ops) == 1 and any(isinstance(side, ast.Constant) and side.value is None for side in sides)


def tested(plan: Plan, path: str, node: ast.AST, base: ast.expr, name: str) -> bool:
    """Whether a node runs only where the part at `base` has this field: under an if, in a comprehension with a
    condition, behind `and`, or after an `if not part.x: continue`."""
    wanted = ast.dump(base)
    facts = plan.facts(path)
    child: ast.AST = node
    for outer in context.ancestors(facts, node):
        if isinstance(outer, (ast.If, ast.While)) and child in outer.body and _asks(outer.test, wanted, name):
            return True
        if isinstance(outer, ast.If) and child in outer.orelse and _denies(outer.test, wanted, name):
            return True
        if isinstance(outer, ast.IfExp) and child is outer.body and _asks(outer.test, wanted, name):
            return True
        if isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.And) and isinstance(child, ast.expr):
            before = outer.values[: outer.values.index(child)] if child in outer.values else []
            if any(_asks(value, wanted, name) for value in before):
                return True
        if isinstance(outer, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            if any(_asks(test, wanted, name) for test in _before(outer, node)):
                return True
        for block in _blocks(outer):
            if child in block:
                for earlier in block[: block.index(child)]:
                    if isinstance(earlier, ast.If) and _leaves(earlier.body) and _denies(earlier.test, wanted, name):
                        return True
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return False
        child = outer
    return False


def _before(made: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, node: ast.AST) -> Iterator[ast.expr]:
    """The conditions of a comprehension that hold where a node of it runs."""
    for generator in made.generators:
        for test in generator.ifs:
            if node in ast.walk(test):
                return
            yield test


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block


def _leaves(block: list[ast.stmt]) -> bool:
    return isinstance(block[-1], (ast.Continue, ast.Break, ast.Return, ast.Raise))


def _asks(test: ast.expr, base: str, name: str) -> bool:
    """Whether a test that holds says that the part has the field."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(_asks(value, base, name) for value in test.values)
    if isinstance(test, ast.NamedExpr):
        return _asks(test.value, base, name)
    if isinstance(test, ast.Compare) and _with_none(test) and isinstance(test.ops[0], (ast.IsNot, ast.NotEq)):
        return any(_is_read(side, base, name) for side in [test.left, *test.comparators])
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.In):
        return isinstance(test.left, ast.Constant) and test.left.value == name and ast.dump(test.comparators[0]) == base
    return _is_read(test, base, name) or isinstance(test, ast.Attribute) and _is_read(test.value, base, name)


def _denies(test: ast.expr, base: str, name: str) -> bool:
    """Whether a test that does not hold says that the part has the field."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _asks(test.operand, base, name)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(_denies(value, base, name) for value in test.values)
    if isinstance(test, ast.Compare) and _with_none(test) and isinstance(test.ops[0], (ast.Is, ast.Eq)):
        return any(_is_read(side, base, name) for side in [test.left, *test.comparators])
    return False


def _is_read(node: ast.expr, base: str, name: str) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == name and ast.dump(node.value) == base
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr" and len(node.args) > 1:
        asked = node.args[1]
        return isinstance(asked, ast.Constant) and asked.value == name and ast.dump(node.args[0]) == base
    return False


def contains(plan: Plan, path: str, node: ast.Compare, objects: list[Obj]) -> bool:
    """Surveys `"function_call" in part`; False where it is another comparison."""
    left, op = node.left, node.ops[0]
    if not isinstance(left, ast.Constant) or not isinstance(op, (ast.In, ast.NotIn)) or len(node.ops) != 1:
        return False
    if left.value == "inline_data":
        media.contains(plan, path, node, objects)
        return True
    if left.value not in (*reads.STEPS, "text"):
        plan.fail_all(objects, Reason.ATTRIBUTE, str(left.value), path, node)
        return True
    field_name = str(left.value)
    if field_name in reads.STEPS:
        note(plan, objects, field_name)
    kind = reads.STEPS.get(field_name, "text")
    sign = "==" if isinstance(op, ast.In) else "!="
    base = node.comparators[0]
    plan.when_moving(
        objects[0].site, lambda: plan.expression(path, node, lambda c: f'{c.code(base)}.type {sign} "{kind}"')
    )
    return True


def call(plan: Plan, path: str, node: ast.expr, role: context.Role, parent: ast.AST, objects: list[Obj]) -> None:
    """Surveys what is done with a call, or with code, beyond reading its attributes."""
    if role in ("truth", "compare", "move", "discard", "annotation", "index", "iterate", "len"):
        return
    if role in ("format", "show"):
        for obj in objects:
            plan.review(obj.site, f"line {node.lineno} shows a whole function call, which now looks different")
        return
    if role == "sdk" and isinstance(parent, ast.Call) and plan.objects(parent, "GPart", "LPart"):
        plan.replayed.append((path, node, parent, objects))
        return
    plan.fail_all(objects, Reason.ESCAPES, plan.source(path, parent), path, node)


def settle(plan: Plan) -> None:
    """Keeps calls and parts that are put into a turn which is not sent back to the model, and counts calls among the
    parts of a list that is tested, where there may be some; known once the survey is over."""
    for objects in plan.held_parts:
        if any(plan.groups.of(obj.site).facts.get("tools") for obj in objects):
            note(plan, objects, "function_call")
    for path, node, part, objects in plan.replayed:
        if plan.turn_makers.get(part) not in ("result", "answer"):
            plan.fail_all(objects, Reason.ESCAPES, plan.source(path, part), path, node)
