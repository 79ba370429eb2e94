"""Questions for names that no object of an SDK ever had, where what stands there now has them: `hasattr(response,
"usage")` was always false, and `getattr(response, "usage", None)` always None. They keep their answers: what stood
under such a test goes, since it never ran."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

import libcst as cst

from ..infer.values import Method, Obj
from ..sdk.reads import DUMPS
from . import context, never, origins
from .edits import Context
from .plan import Plan
from .stream_ends import suite_lines

_EASY = (ast.Name, ast.Constant, ast.Compare, ast.UnaryOp, ast.BoolOp, ast.Load, ast.cmpop, ast.unaryop, ast.boolop)
"""Of these, tests are made that can be left out."""
_WRITTEN = (ast.Constant, ast.List, ast.Dict, ast.Tuple, ast.JoinedStr)
"""What is None only where it says so."""
_ATOMS = (
    ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.JoinedStr, ast.List, ast.Dict, ast.Set,
    ast.Tuple, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_ALONE = (ast.Assign, ast.AnnAssign, ast.Return, ast.Expr, ast.keyword, ast.List)
"""What needs no brackets anywhere, and where nothing does."""
_HOLDERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module)


def survey(plan: Plan) -> None:
    """Finds these questions before all other uses are surveyed, because what never runs is no use."""
    for path, facts in plan.program.modules.items():
        known: dict[ast.expr, ast.expr] = {}
        for call in facts.every(ast.Call):
            if (name := _asked(call)) and (objects := plan.objects(call.args[0])):
                if never.had(plan, objects, name):
                    continue
                if not never.has_now(objects, name):
                    _leave(plan, path, call, name)
                elif _quiet(call.args[0]) and origins.sure(plan, path, call.args[0]):
                    known[call] = ast.Constant(False) if len(call.args) == 2 else call.args[2]
        for call in facts.every(ast.Call) if known else ():
            if call in known and call not in plan.handled:
                _Folder(plan, path, call, known).fold(plan.objects(call.args[0]), _asked(call))


def removable(plan: Plan, path: str, place: ast.AST, gone: set[ast.AST]) -> bool:
    """Whether nodes that never run can be taken out: they hold no request, nothing that makes a function what it is,
    and nothing else reads a name that only they bind."""
    facts = plan.facts(path)
    if not all(_goes(plan, node) for node in gone):
        return False
    inner = next(outer for outer in context.ancestors(facts, place) if isinstance(outer, _HOLDERS))
    for name in {name for one in gone for name in _bound(one)}:
        elsewhere = any(name in _bound(one) for one in ast.walk(inner) if one not in gone)
        read = isinstance(inner, (ast.Module, ast.ClassDef)) or any(
            isinstance(one, ast.Name) and one.id == name and one not in gone for one in ast.walk(inner)
        )
        if read and not elsewhere:
            return False
    return True


def _goes(plan: Plan, node: ast.AST) -> bool:
    if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Global, ast.Nonlocal, ast.NamedExpr)):
        return False
    machine = plan.program.machine
    if isinstance(node, ast.Call):
        methods = [callee for callee in machine.callees.get(node, ()) if isinstance(callee, Method)]
        return all(method.name in DUMPS for method in methods)
    return node not in machine.sites


def _asked(call: ast.Call) -> str:
    """The name that hasattr(), or getattr() with a default, asks for; '' for other calls."""
    asks = {"hasattr": 2, "getattr": 3}.get(getattr(call.func, "id", ""))
    name = call.args[1] if len(call.args) == asks else None
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else ""


def _leave(plan: Plan, path: str, call: ast.Call, name: str) -> None:
    """Notes a question whose answer stays the same by itself."""
    plan.folded.add(call)
    dead = _Folder(plan, path, call, {call: ast.Constant(False) if len(call.args) == 2 else call.args[2]}).unreached()
    plan.unreached.update(dead)
    plan.handled.update(node for node in dead if isinstance(node, ast.Attribute) and node.attr == name)


class _Folder:
    """One question whose answer is known, or a name that has it. known: what has the value of these, and of all other
    questions of the module."""

    def __init__(self, plan: Plan, path: str, node: ast.expr, known: Mapping[ast.expr, ast.expr]) -> None:
        self.plan, self.path, self.node, self.known = plan, path, node, known
        self.facts = plan.facts(path)
        self.top = self._top()

    # -- what is known ---------------------------------------------------------------------------------------------

    def value(self, node: ast.expr) -> ast.expr | None:
        """The expression that has the value of this one; None where that is not known."""
        if node in self.known:
            return self.known[node]
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr" and len(node.args) == 3:
            base = self.value(node.args[0])
            nothing = isinstance(base, ast.Constant) and base.value is None
            return node.args[2] if nothing and isinstance(node.args[1], ast.Constant) else None
        if isinstance(node, ast.BoolOp):
            for part in node.values:
                value = self.value(part)
                if value is None or part is node.values[-1]:
                    return value
                known = self.truth(part)
                if known is None or known == isinstance(node.op, ast.Or):
                    return None if known is None else value
        if isinstance(node, (ast.UnaryOp, ast.Compare)) and (known := self.truth(node)) is not None:
            return ast.Constant(known)
        return None

    def truth(self, node: ast.expr) -> bool | None:
        """Whether a test holds; None where that is not known."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.truth(node.operand)
            return None if inner is None else not inner
        if isinstance(node, ast.BoolOp):
            decides = isinstance(node.op, ast.Or)
            found = [self.truth(part) for part in node.values]
            if decides in found:
                before = node.values[: found.index(decides)]
                return decides if all(map(self._easy, before)) else None
            return None if None in found else not decides
        if isinstance(node, ast.Compare):
            return self._compared(node)
        value = self.value(node)
        if isinstance(value, ast.Constant):
            return bool(value.value)
        if isinstance(value, (ast.List, ast.Tuple, ast.Dict)):
            return bool(value.keys if isinstance(value, ast.Dict) else value.elts)
        return None

    def _compared(self, node: ast.Compare) -> bool | None:
        """Whether a comparison with None, or of constants, holds."""
        left, right, sign = self.value(node.left), node.comparators[0], node.ops[0]
        if not isinstance(left, _WRITTEN) or not isinstance(right, ast.Constant) or len(node.ops) > 1:
            return None
        if isinstance(sign, (ast.Eq, ast.NotEq)) and isinstance(left, ast.Constant):
            return (left.value == right.value) == isinstance(sign, ast.Eq)
        if isinstance(sign, (ast.Is, ast.IsNot)) and right.value is None:
            return (isinstance(left, ast.Constant) and left.value is None) == isinstance(sign, ast.Is)
        return None

    def _easy(self, node: ast.expr) -> bool:
        """Whether a test in front of the question can be left out: it looks at names only."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
                if self.plan.objects(inner.value):
                    return False
            elif not isinstance(inner, _EASY):
                return False
        return True

    def _tested(self, node: ast.expr) -> bool:
        """Whether only the truth of an expression counts."""
        parent = self.facts.parents[node]
        if isinstance(parent, (ast.If, ast.While, ast.Assert, ast.IfExp)):
            return parent.test is node
        if isinstance(parent, ast.comprehension):
            return node in parent.ifs
        if isinstance(parent, ast.UnaryOp):
            return isinstance(parent.op, ast.Not)
        return isinstance(parent, ast.BoolOp) and self._tested(parent)

    def _known(self, node: ast.expr) -> bool:
        return self.value(node) is not None or self._tested(node) and self.truth(node) is not None

    def _top(self) -> ast.expr:
        """The outermost expression whose value, or truth where only that counts, hangs on the question alone."""
        node = self.node
        while True:
            parent = self.facts.parents[node]
            asked = isinstance(parent, ast.Call) and parent.args[:1] == [node]
            if not isinstance(parent, (ast.BoolOp, ast.UnaryOp, ast.Compare)) and not asked:
                return node
            assert isinstance(parent, ast.expr)
            if not self._known(parent):
                return node
            node = parent

    # -- what never runs -------------------------------------------------------------------------------------------

    def unreached(self) -> set[ast.AST]:
        """The nodes that never run, besides what is asked."""
        dead: list[ast.AST] = []
        child = self.node
        while child is not self.top:
            parent = self.facts.parents[child]
            assert isinstance(parent, ast.expr)
            if isinstance(parent, ast.BoolOp):
                at = parent.values.index(child)
                if self.truth(child) == isinstance(parent.op, ast.Or):
                    dead += parent.values[at + 1 :]
            child = parent
        parent = self.facts.parents[self.top]
        holds = self.truth(self.top)
        if isinstance(parent, ast.BoolOp) and holds == isinstance(parent.op, ast.Or):
            dead += parent.values[parent.values.index(self.top) + 1 :]
        if isinstance(parent, (ast.If, ast.IfExp)) and parent.test is self.top and holds is not None:
            arm = parent.orelse if holds else parent.body
            dead += arm if isinstance(arm, list) else [arm]
        return {inner for node in dead for inner in ast.walk(node)}

    # -- edits -----------------------------------------------------------------------------------------------------

    def fold(self, objects: Sequence[Obj], name: str) -> None:
        """Asks for the edits, unless what never runs cannot be taken out."""
        gone = self.unreached()
        if not self._fits(gone):
            return
        plan, site, tests = self.plan, objects[0].site, self._carried()
        plan.groups.join(obj.site for obj in objects)
        value = self.value(self.top)
        plan.handled.update(gone.union(ast.walk(self.top)).difference(ast.walk(value) if value is not None else ()))
        outer = self.facts.parents[self.top]
        if isinstance(outer, ast.Call) and outer.func is self.top:
            plan.handled.add(outer)  # it calls the default
        for test in tests:
            lost = test.unreached()
            gone |= lost
            plan.handled.update(lost)
            plan.when_moving(site, test.edit)
        note = self._note(objects, name, gone)
        plan.when_moving(site, self.edit if not tests else lambda: self._drop(outer))
        plan.when_moving(site, lambda: plan.find(self.path, self.node, "MG503", "needs_review", note))
        plan.folded.add(self.node)

    def _fits(self, gone: set[ast.AST]) -> bool:
        """Whether what never runs can be taken out."""
        parent = self.facts.parents[self.top]
        if isinstance(parent, ast.If) and parent.test is self.top and self.truth(self.top) and self._chained(parent):
            return False
        return removable(self.plan, self.path, self.top, gone)

    def _carried(self) -> list[_Folder]:
        """The tests of a variable that has the answer and is there for nothing else, as `usage` in `usage =
        getattr(response, "usage", None)` and `if usage:`; none where it has another use."""
        facts, value = self.facts, self.value(self.top)
        assign = facts.parents[self.top]
        target = assign.targets[0] if isinstance(assign, ast.Assign) and len(assign.targets) == 1 else None
        holder = context.function(facts, self.top)
        if not isinstance(target, ast.Name) or holder is None or not isinstance(value, ast.Constant):
            return []
        uses = [node for node in ast.walk(holder) if isinstance(node, ast.Name) and node.id == target.id]
        loads = [node for node in uses if node is not target]
        if any(not isinstance(node.ctx, ast.Load) for node in loads) or target.id in facts.scopes[holder].escaping:
            return []
        return self._tests(holder, target, value, loads)

    def _tests(
        self, holder: ast.AST, target: ast.Name, value: ast.Constant, loads: Sequence[ast.Name]
    ) -> list[_Folder]:
        """What becomes of the tests of a variable, if it has no other use."""
        known: dict[ast.expr, ast.expr] = {**self.known}
        known.update((load, value) for load in loads)
        scope = self.facts.scopes[holder]  # type: ignore[index]
        found: list[_Folder] = []
        gone: set[ast.AST] = set()
        for load in loads:
            test = _Folder(self.plan, self.path, load, known)
            parent = self.facts.parents[test.top]
            asked = isinstance(parent, (ast.If, ast.IfExp)) and parent.test is test.top
            if asked and test.truth(test.top) is not None and test._fits(lost := test.unreached()):
                found.append(test)
                gone |= lost | set(ast.walk(test.top))
        own = target.id in scope.bound and all(load.lineno > target.lineno for load in loads)
        return found if own and gone.issuperset(loads) else []

    def _drop(self, statement: ast.AST) -> None:
        edit = self.plan.statement(self.path, statement)
        edit.remove = edit.whole = True

    def _note(self, objects: Sequence[Obj], name: str, gone: set[ast.AST]) -> str:
        asks = isinstance(self.node, ast.Call) and len(self.node.args) == 2
        if any(isinstance(node, ast.stmt) for node in gone):
            told = "what stood under this test never ran, and is gone"
        else:
            told = "the test was always false" if asks else "the default was always taken"
        return f"{never.told(objects, name)}: {told}{never.instead(objects, name)}"

    def _chained(self, node: ast.If) -> bool:
        """Whether it is an elif."""
        holder = self.facts.parents[node]
        if not isinstance(holder, ast.If) or holder.orelse != [node]:
            return False
        start, _ = self.facts.lines.place(node)
        return self.facts.text.startswith("elif", start)

    def edit(self) -> None:
        """Makes the edits where it stands."""
        plan, path, holds = self.plan, self.path, self.truth(self.top)
        parent = self.facts.parents[self.top]
        plan.expression(path, self.top, self._written)
        if isinstance(parent, ast.If) and parent.test is self.top and holds is not None:
            edit = plan.statement(path, parent)
            if self._chained(parent):
                edit.branch_goes = True
            elif not holds and not parent.orelse:
                edit.remove = edit.whole = True
            else:
                edit.head = _body if holds else _orelse
        elif isinstance(parent, ast.IfExp) and parent.test is self.top and holds is not None:
            kept = parent.body if holds else parent.orelse
            plan.expression(path, parent, lambda c: c.code(kept))
        elif isinstance(parent, ast.BoolOp):
            self._operand(parent, holds)

    def _operand(self, node: ast.BoolOp, holds: bool | None) -> None:
        """Takes operands that decide nothing out of `a or b`, and what stands behind one that decides."""
        at = node.values.index(self.top)
        decides = holds == isinstance(node.op, ast.Or)
        kept = node.values[: at + 1] if holds is not None and decides else node.values
        last = None if self._tested(node) else kept[-1]
        idle = not isinstance(node.op, ast.Or)
        kept = [part for part in kept if part is last or self.truth(part) is not idle]
        word = " or " if isinstance(node.op, ast.Or) else " and "
        if kept != node.values:
            self.plan.expression(self.path, node, lambda c: word.join(c.code(part) for part in kept))

    def _written(self, c: Context) -> str:
        value = self.value(self.top)
        if value is None:
            return str(self.truth(self.top))
        if value not in self.facts.parents:
            return ast.unparse(value)
        code = c.code(value)
        return code if self._stands(value) or c.around(value) != c.place(value) else f"({code})"

    def _stands(self, value: ast.expr) -> bool:
        """Whether code needs no brackets in the place of the question."""
        parent = self.facts.parents[self.top]
        if isinstance(value, ast.Constant) and not isinstance(value.value, str):
            return not isinstance(parent, ast.Attribute)
        alone = isinstance(parent, ast.Call) and parent.func is not self.top
        return alone or isinstance(value, _ATOMS) or isinstance(parent, _ALONE)


def _orelse(tree: cst.If) -> Sequence[cst.BaseStatement]:
    """What is left of an if statement whose test never holds."""
    if isinstance(tree.orelse, cst.If):
        return [tree.orelse.with_changes(leading_lines=())]
    if tree.orelse is None:
        return []
    return suite_lines(tree.orelse.body)


def _body(tree: cst.If) -> Sequence[cst.BaseStatement]:
    """What is left of one whose test always holds."""
    return suite_lines(tree.body)


def _quiet(node: ast.expr) -> bool:
    """Whether an expression only names something: it can be left out."""
    while isinstance(node, ast.Attribute) and node.attr not in ("text", "parts"):
        node = node.value
    return isinstance(node, ast.Name)


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a node itself binds."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name
