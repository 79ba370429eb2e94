"""Reads of the first Interactions schema (`interaction.outputs`), which google-genai 2.0 removed (MAPPING 1.3, 1.4).

Which schema answers is a matter of the installed SDK, so all of a program's uses move together or none does. What a
program has in common with today's schema is only touched where something else shows that it was written for the first.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..infer.values import Class, Ext, Func, Inst, Module, Obj, Site
from ..sdk import first_schema as table
from . import context, snippets
from .edits import Context
from .plan import CallSite, Plan
from .reasons import Reason
from .written import literal

KINDS = ("Interaction", "Outputs", "Output", "InteractionUsage", "Moment", "InteractionRole")


def found(plan: Plan, site: Site, path: str, node: ast.expr | ast.stmt) -> None:
    """Notes that a program is of the first schema, and the request (or else the place) that shows it."""
    if plan.first_schema is None:
        plan.first_schema = site
    others = [obj.site for obj in plan.reading] if plan.reading and plan.reading[0].site is site else []
    for each in dict.fromkeys([site, *others]):  # what is read may be the answer of one request or another
        plan.groups.join([each, plan.first_schema])
        place = each.node if isinstance(each.node, ast.Call) else node
        if not any(known.node is place for known in plan.calls):
            where = each.path if place is each.node else path
            plan.calls.append(CallSite(each, where, place, "MG204", "the call reads its answer as steps"))


def when_first(plan: Plan, site: Site, work: Callable[[], object]) -> None:
    """Does `work` if the site's group moves in a program of the first schema."""
    plan.when_moving(site, lambda: plan.first_schema is not None and work())


def edit(plan: Plan, path: str, node: ast.expr, site: Site, code: Callable[[Context], str]) -> None:
    """Replaces an expression where the program is of the first schema."""

    def work() -> None:
        if node not in plan.handled:
            plan.expression(path, node, code)

    when_first(plan, site, work)


def word(plan: Plan, path: str, node: ast.expr, site: Site, new: str) -> None:
    """Puts another word in the place of a text constant, in its quotes."""

    def code(c: Context) -> str:
        quote = "'" if c.module.code_for_node(c.inner(node)).startswith("'") else '"'
        return f"{quote}{new}{quote}"

    edit(plan, path, node, site, code)


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Surveys an interaction, or something read off one."""
    plan.reading = objects
    _survey(plan, path, node, objects)
    plan.reading = []


def _survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    site, kind = objects[0].site, objects[0].kind
    role, parent = plan.role(path, node)
    if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
        return
    others = [v for v in plan.values(node) if isinstance(v, (Inst, Class, Module, Func, Ext))]
    if others and role in ("attribute", "index", "iterate", "probe"):
        if not (role == "attribute" and isinstance(parent, ast.Attribute) and parent.attr in ("id", "status")):
            words = f"{plan.source(path, node)} may be {min(map(context.in_words, others))}"
            plan.fail(site, Reason.MIXED, words, path, node)
    if kind == "Interaction":
        _interaction(plan, path, node, site, role, parent)
    elif kind == "Outputs":
        _outputs(plan, path, node, site, role, parent)
    elif kind == "Output":
        _output(plan, path, node, site, role, parent)
    elif kind == "InteractionUsage" and role == "attribute" and isinstance(parent, ast.Attribute):
        new = table.USAGE.get(parent.attr)
        if new is not None:
            found(plan, site, path, parent)
            edit(plan, path, parent, site, lambda c: f"{c.code(node)}.{new}")
    elif isinstance(node, ast.Attribute) and plan.objects(node.value, "Interaction"):
        if kind == "InteractionRole":
            edit(plan, path, node, site, lambda c: '"model"')
        elif kind == "Moment":
            _moment(plan, path, node, site)


def _interaction(plan: Plan, path: str, node: ast.expr, site: Site, role: str, parent: ast.AST) -> None:
    if role == "attribute" and isinstance(parent, ast.Attribute):
        if parent.attr in ("steps", "output_text"):
            plan.groups.of(site).facts["today"] = True
            note = f".{parent.attr} is read as well: the code is for both schemas"
            when_first_fails(plan, site, note, path, parent)
        elif parent.attr in table.DUMPS:
            plan.review(site, f"line {node.lineno} takes the whole interaction, which now has other keys")
            if (key := _outputs_key(plan, path)) is not None:
                found(plan, site, path, parent)
                plan.fail(site, Reason.OUTPUTS, f"{plan.source(path, key)} of {plan.source(path, parent)}", path, key)
    elif role == "probe" and isinstance(parent, ast.Call) and len(parent.args) > 1 and parent.args[0] is node:
        name = literal(parent.args[1])
        if name == "outputs" and _callee(parent) == "hasattr":
            found(plan, site, path, parent)
            word(plan, path, parent.args[1], site, "steps")
    elif role in ("format", "show"):
        plan.review(site, f"line {node.lineno} shows the whole object, which now looks different")
    elif role == "escape" and isinstance(parent, ast.Call):
        plan.review(site, f"line {node.lineno} hands the interaction to {plan.source(path, parent)}; see its reads")


def _outputs_key(plan: Plan, path: str) -> ast.expr | None:
    """Where a module takes the outputs from a dict."""
    for node in plan.facts(path).every(ast.Constant):
        if node.value == "outputs":
            parent = plan.facts(path).parents[node]
            if isinstance(parent, ast.Subscript) and parent.slice is node:
                return parent
            if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr == "get":
                return parent
    return None


def when_first_fails(plan: Plan, site: Site, detail: str, path: str, node: ast.AST) -> None:
    """Keeps the group for a reason that only counts in a program of the first schema."""
    plan.first_failures.append((site, detail, path, node))


def _callee(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def is_read(plan: Plan, node: ast.expr) -> ast.expr | None:
    """X for `X.outputs` and `getattr(X, "outputs", ...)` of an interaction."""
    if isinstance(node, ast.Attribute) and node.attr == "outputs" and plan.objects(node.value, "Interaction"):
        return node.value
    if isinstance(node, ast.Call) and _callee(node) == "getattr" and len(node.args) > 1:
        if literal(node.args[1]) == "outputs" and plan.objects(node.args[0], "Interaction"):
            return node.args[0]
    return None


def _outputs(plan: Plan, path: str, node: ast.expr, site: Site, role: str, parent: ast.AST) -> None:
    base = is_read(plan, node)
    if base is None:  # a name or the like that holds them: a list as before
        return
    found(plan, site, path, node)

    def steps(c: Context) -> str:
        return f"{c.code(base)}.steps"

    def listed_name() -> str:
        return plan.snippet(path, snippets.OUTPUTS_OF, "outputs_of", "interaction_outputs")

    def listed(c: Context) -> str:
        return f"{listed_name()}({c.code(base)})"

    def as_list() -> None:
        if node not in plan.handled:
            listed_name()
            plan.expression(path, place, listed)

    place: ast.expr = node
    facts = plan.facts(path)
    if role == "truth":
        edit(plan, path, node, site, steps)
        return
    if role == "compare" and isinstance(parent, ast.Compare) and len(parent.ops) == 1:
        if isinstance(parent.ops[0], (ast.Is, ast.IsNot)) and literal(parent.comparators[0]) is None:
            is_none = isinstance(parent.ops[0], ast.Is)
            tested = plan.role(path, parent)[0] == "truth"
            shape = "not {}" if is_none else "{}" if tested else "bool({})"
            edit(plan, path, parent, site, lambda c: shape.format(steps(c)))
            return
    if role == "len" and isinstance(facts.parents[parent], ast.Compare):
        compare = facts.parents[parent]
        assert isinstance(compare, ast.Compare)
        if len(compare.ops) == 1 and literal(compare.comparators[0]) == 0:
            edit(plan, path, node, site, steps)
            return
    if role == "index" and isinstance(parent, ast.Subscript) and _first_or_last(parent.slice):
        outer = facts.parents.get(parent)
        if isinstance(outer, ast.Attribute) and outer.attr == "text" and isinstance(outer.ctx, ast.Load):
            if not _caught(plan, path, node, _INDEX_ERRORS):
                _text(plan, path, node, parent, outer, base, site)
                return
    if role == "iterate" and isinstance(parent, ast.comprehension) and parent.iter is node:
        if _joined_text(plan, path, parent, base, site):
            return
        if _only_steps(parent) or _counts_steps(plan, path, parent):
            edit(plan, path, node, site, steps)
            return
    if role == "iterate" and isinstance(parent, ast.For) and parent.iter is node and _loop_over_steps(parent):
        edit(plan, path, node, site, steps)
        return
    holder = facts.parents.get(node)
    if isinstance(holder, ast.BoolOp) and isinstance(holder.op, ast.Or) and len(holder.values) == 2:
        if holder.values[0] is node and isinstance(holder.values[1], ast.List) and not holder.values[1].elts:
            place = holder  # a list in any case
    if role == "escape":
        plan.review(site, f"line {node.lineno} hands the outputs to {plan.source(path, parent)}; look at what it reads")
    when_first(plan, site, as_list)


_INDEX_ERRORS = frozenset(("IndexError", "LookupError", "AttributeError", "TypeError"))
"""What reading the text of the last output raised where there was none."""


def _caught(plan: Plan, path: str, node: ast.expr, names: frozenset[str]) -> bool:
    """Whether a node stands in a try whose except clauses name one of these errors."""
    child: ast.AST = node
    for outer in context.ancestors(plan.facts(path), node):
        if isinstance(outer, ast.Try) and child in outer.body:
            for handler in outer.handlers:
                items = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                if any(isinstance(item, ast.Name) and item.id in names for item in items):
                    return True
        child = outer
    return False


def _guarded(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether a condition around a read asks whether there are outputs."""
    child: ast.AST = node
    for outer in context.ancestors(plan.facts(path), node):
        if isinstance(outer, (ast.If, ast.IfExp)) and child is not outer.test:
            if any(isinstance(n, ast.expr) and is_read(plan, n) is not None for n in ast.walk(outer.test)):
                return True
        child = outer
    return False


def _text(
    plan: Plan, path: str, node: ast.expr, parent: ast.Subscript, outer: ast.Attribute, base: ast.expr, site: Site
) -> None:
    """`X.outputs[-1].text`; with `if X.outputs else ""` around it, that test goes, too."""
    if _caught(plan, path, node, frozenset(("Exception", "BaseException"))) and not _guarded(plan, path, node):
        plan.review(site, f"line {node.lineno} gives '' for an answer without text, where it raised an IndexError")
    which = "first" if literal(parent.slice) == 0 else "last"
    note = f"output_text joins all texts of the answer, where this read took the {which} output"
    when_first(plan, site, lambda: plan.find(path, outer, "MG502", "migrated", note))
    holder = plan.facts(path).parents.get(outer)
    if isinstance(holder, ast.IfExp) and holder.body is outer and literal(holder.orelse) in ("", None):
        tested = is_read(plan, holder.test)
        constant = isinstance(holder.orelse, ast.Constant)
        if constant and tested is not None and ast.dump(tested) == ast.dump(base) and context.plain(base):
            orelse = " or None" if literal(holder.orelse) is None else ""

            def whole() -> None:
                plan.handled.add(holder.test)
                plan.expression(path, holder, lambda c: f"{c.code(base)}.output_text{orelse}")

            when_first(plan, site, whole)
            return
    edit(plan, path, outer, site, lambda c: f"{c.code(base)}.output_text")


def _first_or_last(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return literal(node.operand) == 1
    return literal(node) == 0 and isinstance(node, ast.Constant)


def tests_of(node: ast.expr, name: str) -> list[ast.expr]:
    """The single tests that a condition joins by `and`."""
    return list(node.values) if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else [node]


def asks_type(node: ast.expr, name: str) -> set[str] | None:
    """The types that `name.type == ...`, `name.type in (...)` or the like asks for; None for any other test."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    left = node.left
    read = isinstance(left, ast.Attribute) and left.attr == "type" and _is_name(left.value, name)
    if isinstance(left, ast.Call) and _callee(left) == "getattr" and len(left.args) > 1:
        read = _is_name(left.args[0], name) and literal(left.args[1]) == "type"
    if not read:
        return None
    right = node.comparators[0]
    if isinstance(node.ops[0], ast.Eq):
        words = [literal(right)]
    elif isinstance(node.ops[0], ast.In) and isinstance(right, (ast.Tuple, ast.List, ast.Set)):
        words = [literal(item) for item in right.elts]
    else:
        return None
    return {word for word in words if isinstance(word, str)} if all(isinstance(w, str) for w in words) else None


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _asks_steps(node: ast.expr, name: str) -> bool:
    """Whether a condition can only hold for outputs that are steps of their own."""
    asked = [words for test in tests_of(node, name) if (words := asks_type(test, name)) is not None]
    return any(words <= table.STEPS for words in asked)


def _counts_steps(plan: Plan, path: str, node: ast.comprehension) -> bool:
    """`any(o.type == "function_call" for o in X.outputs)`."""
    holder = plan.facts(path).parents[node]
    call = plan.facts(path).parents.get(holder)
    name = node.target.id if isinstance(node.target, ast.Name) else ""
    counts = isinstance(call, ast.Call) and _callee(call) in ("any", "sum") and isinstance(holder, ast.GeneratorExp)
    return counts and isinstance(holder, ast.GeneratorExp) and not node.ifs and _asks_steps(holder.elt, name)


def _only_steps(node: ast.comprehension) -> bool:
    name = node.target.id if isinstance(node.target, ast.Name) else ""
    return any(_asks_steps(test, name) for test in node.ifs)


def _loop_over_steps(node: ast.For) -> bool:
    """Whether all that a loop does is under a test for types that are steps."""
    name = node.target.id if isinstance(node.target, ast.Name) else ""
    if not name or len(node.body) != 1 or node.orelse:
        return False
    first: ast.stmt = node.body[0]
    while isinstance(first, ast.If):
        if not _asks_steps(first.test, name):
            return False
        if not first.orelse:
            return True
        if len(first.orelse) != 1:
            return False
        first = first.orelse[0]
    return False


def _joined_text(plan: Plan, path: str, node: ast.comprehension, base: ast.expr, site: Site) -> bool:
    """`"".join(o.text for o in X.outputs if o.type == "text")`, which is X.output_text."""
    facts = plan.facts(path)
    holder = facts.parents[node]
    if not isinstance(holder, (ast.GeneratorExp, ast.ListComp)) or len(holder.generators) != 1:
        return False
    call = facts.parents.get(holder)
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "join"):
        return False
    name = node.target.id if isinstance(node.target, ast.Name) else ""
    if literal(call.func.value) != "" or not _is_text_of(holder.elt, name) or not node.ifs:
        return False
    tests = [test for condition in node.ifs for test in tests_of(condition, name)]
    if not all(asks_type(test, name) == {"text"} or _is_text_of(test, name) or _has_text(test, name) for test in tests):
        return False
    edit(plan, path, call, site, lambda c: f"{c.code(base)}.output_text")
    return True


def _is_text_of(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "text" and _is_name(node.value, name)


def _has_text(node: ast.expr, name: str) -> bool:
    if not (isinstance(node, ast.Call) and _callee(node) in ("hasattr", "getattr") and len(node.args) > 1):
        return False
    return _is_name(node.args[0], name) and literal(node.args[1]) == "text"


def _output(plan: Plan, path: str, node: ast.expr, site: Site, role: str, parent: ast.AST) -> None:
    """One output: its fields have the same names in both schemas, but for a few."""
    if role == "attribute" and isinstance(parent, ast.Attribute):
        if parent.attr in table.CHANGED:
            plan.fail(site, Reason.OUTPUTS, plan.source(path, parent), path, parent)
        elif parent.attr in table.DUMPS:
            plan.review(site, f"line {node.lineno} takes an output as a whole, which may have other keys now")
    elif role in ("format", "show"):
        plan.review(site, f"line {node.lineno} shows the whole object, which now looks different")


def _moment(plan: Plan, path: str, node: ast.Attribute, site: Site) -> None:
    """`interaction.created` was a datetime and is its text now."""
    wrapped = next((n for n in context.ancestors(plan.facts(path), node) if isinstance(n, ast.Call)), None)
    if wrapped is not None and isinstance(wrapped.func, ast.Attribute) and wrapped.func.attr == "fromisoformat":
        return

    def work() -> None:
        name = _datetime(plan, path)
        plan.expression(path, node, lambda c: f"{name}.fromisoformat({c.code(node.value)}.{node.attr})")

    when_first(plan, site, work)


def _datetime(plan: Plan, path: str) -> str:
    """The name of the class datetime in a module; imported where there is none."""
    for statement in plan.facts(path).tree.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.name == "datetime":
                    return f"{alias.asname or 'datetime'}.datetime"
        if isinstance(statement, ast.ImportFrom) and statement.module == "datetime":
            for alias in statement.names:
                if alias.name == "datetime":
                    return alias.asname or "datetime"
    if "datetime" in plan.names(path):
        plan.imports(path, "import datetime as dates")
        return "dates.datetime"
    plan.imports(path, "from datetime import datetime")
    return "datetime"
