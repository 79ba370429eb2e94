"""Test doubles of the SDK: what they stand for, whether that moves, and then what becomes of them.

A test never keeps the code that it tests: where a double cannot be rewritten, a finding at it says what to do.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..infer import doubles as inference
from ..infer.values import Bound, Box, Class, Double, Ext, Func, Method, Obj, Plain, Site, Value, Values
from ..modules import is_test
from ..sdk import surface
from . import context, double_asserts, double_edits, double_fakes, double_first, double_places, marks
from .plan import Plan

CODE = "MG302"
OTHER_ERRORS = (
    "requests raise other errors now: name those that the except clauses of the program name "
    "(google.genai._interactions; they have a status_code)"
)
SDKS = (surface.LEGACY, surface.GENAI)
CALLS = frozenset(("MG103", "MG105", "MG201", "MG203"))
_TEST_NAMES = ("test", "setUp", "setup")


@dataclass(slots=True)
class Unit:
    """Doubles that one test (or several, that share them) sets up together.

    sites: what they stand for; calls: the calls of the program that get to them; converted: sites of their own for
    the arguments that they expect; reached: the functions that its tests run; state: '' where nothing moves, moves,
    mixed, or left.
    """

    roots: set[Double] = field(default_factory=set)
    sites: set[Site] = field(default_factory=set)
    calls: dict[ast.Call, None] = field(default_factory=dict)
    converted: list[Site] = field(default_factory=list)
    reached: set[ast.AST] = field(default_factory=set)
    state: str = ""


class Doubles:
    """The doubles of a program. roles: double, fake class or function -> the kinds, methods and dotted names of an SDK
    for which it stands; classes: patches of a model's class that patch the client's now."""

    def __init__(self, plan: Plan, machine: inference.DoubleMachine) -> None:
        self.plan, self.machine = plan, machine
        self.roles: dict[Value, set[str]] = {}
        self.units: dict[Value, Unit] = {}
        self.calls: dict[Double, dict[ast.Call, None]] = {}
        self.sites: dict[Value, set[Site]] = {}
        self.answers: dict[Value, set[Site]] = {}
        self.targets: list[double_places.Target] = []
        calls = [node for node in machine.placed if isinstance(node, ast.Call) and node.args]
        self.patched = {inner for node in calls for inner in ast.walk(node.args[0])}
        self.called: dict[ast.AST, set[ast.AST]] = {}
        self.tests: dict[ast.AST, bool] = {}
        self.classes: set[ast.AST] = set()
        self.errors: list[tuple[str, ast.expr]] = []
        self.said: set[tuple[str, ast.AST | None]] = set()
        self.expected: dict[ast.Call, double_asserts.Expected] = {}
        self.refused: dict[ast.Call, str] = {}

    # -- where ---------------------------------------------------------------------------------------------------

    def doubles(self, node: ast.AST) -> list[Double]:
        """The doubles that an expression may be."""
        found = [v for v in self.machine.vals.get(node, ()) if isinstance(v, Double) and v.kind != "patcher"]
        return sorted(found, key=lambda d: (d.path, getattr(d.node, "lineno", 0), d.steps))

    def in_test(self, path: str, node: ast.AST) -> bool:
        """Whether a node belongs to a test."""
        if is_test(path):
            return True
        holder = next(
            (
                outer
                for outer in context.ancestors(self.plan.facts(path), node)
                if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            ),
            None,
        )
        if holder is None:
            return False
        if holder not in self.tests:
            self.tests[holder] = _tests(self.machine, holder) or self.in_test(path, holder)
        return self.tests[holder]

    def replaced(self, path: str, node: ast.AST) -> bool:
        """Whether an expression of a test is a double, or read off one, at run time: it is no use of the SDK."""
        inner = node.func if isinstance(node, ast.Call) else node
        parts = [inner, inner.value] if isinstance(inner, ast.Attribute) else [inner]
        if node in self.patched:
            return True
        return any(self.doubles(part) for part in parts) and self.in_test(path, node)

    # -- what they stand for -------------------------------------------------------------------------------------

    def label(self) -> None:
        """Finds what each double stands for: what the first run has where the second has the double."""
        first = self.plan.program.machine
        for node, values in self.machine.vals.items():
            known = first.vals.get(node)
            if known:
                self._stand(values, known)
        for call, values in self.machine.callees.items():
            known = first.callees.get(call, frozenset())
            self._stand(values, known)
            methods = [v for v in known if isinstance(v, Method) and v.name in surface.CALL_NAMES]
            for double in values if methods else ():
                if isinstance(double, (Func, Bound)) and call in first.sites:
                    func = double.func if isinstance(double, Bound) else double
                    self.sites.setdefault(func, set()).add(first.sites[call])
                elif isinstance(double, Double) and not self._holds(double):
                    self.calls.setdefault(double, {})[call] = None
                    unit = self.unit(double.root)
                    unit.calls[call] = None
                    if call in first.sites:
                        unit.sites.add(first.sites[call])
        for key, values in list(self.machine.cells.items()):
            if isinstance(key, tuple) and key[0] == "double":
                for double in self._inner(values, 3):
                    self._join(key[1].root, double.root)
                if key[2] == "side_effect" and (role := self.roles.get(key[1])):
                    for value in values:
                        if isinstance(value, (Func, Class)):
                            self.roles.setdefault(value, set()).update(role)
                            self.sites.setdefault(value, set()).update(self.unit(key[1].root).sites)
        self.targets = double_places.targets(self)
        for unit in self._all():
            self._narrow(unit)

    def _stand(self, values: Values, known: Values) -> None:
        for value in values:
            target: Value = inference.fakes(value) or (value.func if isinstance(value, Bound) else value)
            if not isinstance(target, (Double, Func, Class)):
                continue
            if isinstance(target, Double) and (target.kind == "patcher" or self._holds(target)):
                continue
            if isinstance(target, (Func, Class)) and not self._of_test(target):
                continue
            for real in known:
                role, site = _role(real)
                if not role:
                    continue
                self.roles.setdefault(target, set()).add(role)
                if site is not None and role == "Response":
                    self.answers.setdefault(target, set()).add(site)
                if site is not None:
                    sites = self.unit(target.root).sites if isinstance(target, Double) else self.sites
                    (sites if isinstance(sites, set) else sites.setdefault(target, set())).add(site)

    def _holds(self, double: Double | None) -> bool:
        """Whether a double is where the program keeps an object of the SDK itself, or is read off one."""
        while double is not None and double.parent is not None:
            held = self.machine.cells.get(("double", double.parent, double.name), ())
            if held and any(isinstance(v, Obj) for v in held) and all(isinstance(v, (Obj, Plain)) for v in held):
                return True
            double = double.parent
        return False

    def _of_test(self, value: Func | Class) -> bool:
        path = value.module if isinstance(value, Class) else value.scope.path  # type: ignore[attr-defined]
        return is_test(str(path)) or self.in_test(str(path), value.node)

    def _narrow(self, unit: Unit) -> None:
        """Keeps of a unit's calls those that its tests get to: a patched class is met by all of the program."""
        facts = self.plan.program.modules
        starts: set[ast.AST] = set()
        for root in unit.roots:
            function = context.function(facts[root.path], root.node)
            holder = facts[root.path].parents.get(function) if function is not None else None
            outer = facts[root.path].parents.get(root.node)
            if isinstance(outer, ast.ClassDef):
                starts.update(outer.body)
            elif function is None or not function.name.startswith("test"):
                starts.update((holder if isinstance(holder, ast.ClassDef) else facts[root.path].tree).body)
            elif isinstance(holder, ast.ClassDef):
                starts.update(n for n in holder.body if getattr(n, "name", "").startswith(("setUp", "setup")))
            starts.update([function] if function is not None else [])
        unit.reached = self.reached(starts)
        near = [call for call in unit.calls if self.around(call) & unit.reached]
        if near:
            first = self.plan.program.machine
            gone = {first.sites[call] for call in unit.calls if call not in near and call in first.sites}
            unit.calls = dict.fromkeys(near)
            kept = {first.sites[call] for call in near if call in first.sites}
            unit.sites = kept | {site for site in unit.sites - gone if not isinstance(site.node, ast.Call) or not gone}

    def around(self, node: ast.AST) -> set[ast.AST]:
        facts = self.plan.facts(self.plan.home(node) or "")
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        return {outer for outer in context.ancestors(facts, node) if isinstance(outer, kinds)}

    def reached(self, starts: set[ast.AST]) -> set[ast.AST]:
        """The functions that run when some code does, directly or through others."""
        todo, seen = list(starts), set(starts)
        while todo:
            for node in self._called(todo.pop()):
                if node not in seen:
                    seen.add(node)
                    todo.append(node)
        return seen

    def _called(self, start: ast.AST) -> set[ast.AST]:
        known = self.called.get(start)
        if known is not None:
            return known
        found = self.called[start] = set()
        for inner in ast.walk(start):
            for value in self.machine.callees.get(inner, ()) if isinstance(inner, ast.Call) else ():
                func = value.func if isinstance(value, Bound) else value
                if isinstance(func, Func):
                    found.add(func.node)
                elif isinstance(func, Class):
                    found |= {m.node for owner in func.mro() for n, m in owner.methods.items() if n == "__init__"}
            for value in self.machine.vals.get(inner, ()):
                if isinstance(value, (Func, Bound)):  # one that is handed on may be called
                    found.add((value.func if isinstance(value, Bound) else value).node)
        return found

    def _inner(self, values: Values, depth: int) -> Iterator[Double]:
        for value in values:
            if isinstance(value, Double):
                yield value
            elif isinstance(value, Box) and depth:
                yield from self._inner(self.machine.cells.get(("e", value, "#"), frozenset()), depth - 1)

    def unit(self, root: Double) -> Unit:
        """The unit of a double that is made somewhere."""
        if root not in self.units:
            self.units[root] = Unit({root})
        return self.units[root]

    def unit_of(self, target: double_places.Target) -> Unit | None:
        """The unit of the double that a patch puts in a place."""
        values = self.machine.vals.get(target.node, frozenset())
        roots = [v.root for v in values if isinstance(v, Double) and v.kind != "patcher"]
        roots += self._patched(target.node) + self.put(target)
        return next((self.units[root] for root in roots if root in self.units), None)

    def put(self, target: double_places.Target) -> list[Double]:
        """The doubles that `monkeypatch.setattr` puts in a place."""
        func = target.node.func
        setting = isinstance(func, ast.Attribute) and func.attr == "setattr"
        return [double.root for double in self.doubles(target.node.args[-1])] if setting else []

    def _patched(self, node: ast.AST) -> list[Double]:
        patcher = self.machine.doubles.get((node, "patcher"))
        made = self.machine.cells.get(("double", patcher, "new"), frozenset())
        return [v.root for v in made if isinstance(v, Double)]

    def in_chat(self, value: Value) -> bool:
        """Whether a double or fake of an answer may be one in a chat."""
        sites = self.answers.get(value, set())
        return any(call.site in sites and call.code in ("MG105", "MG203") for call in self.plan.calls)

    def _join(self, one: Double, other: Double) -> None:
        small, large = self.unit(one), self.unit(other)
        if small is large:
            return
        large.roots |= small.roots
        large.sites |= small.sites
        large.calls.update(small.calls)
        for root in small.roots:
            self.units[root] = large

    def role(self, values: Values | list[Double]) -> set[str]:
        """For what some values stand."""
        return {role for value in values for role in self.roles.get(inference.fakes(value) or value, ())}

    # -- whether it moves ----------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Decides for each unit whether what it stands for moves; then its expected arguments do."""
        groups = self.plan.groups
        legacy = {call.node: call.site for call in self.plan.calls}
        for unit in self._all():
            sites = [site for site in unit.sites if site.node in legacy]
            moved = [groups.moves(site) for site in sites]
            unit.state = "" if not any(moved) else "moves" if all(moved) else "mixed"
            for site in unit.converted:
                if unit.state != "moves":
                    groups.fail(site, *double_edits.NOT_MOVED, site.path, site.node)

    def _all(self) -> list[Unit]:
        found: dict[int, Unit] = {}
        for unit in self.units.values():
            found.setdefault(id(unit), unit)
        return list(found.values())

    def moves(self, double: Double) -> bool:
        """Whether what a double stands for moves."""
        return double.root in self.units and self.units[double.root].state == "moves"

    def near(self, path: str, node: ast.AST, bases: list[Double]) -> list[Double]:
        """Those of some doubles that move; only the ones that the same function makes, where there are any: what other
        tests put in an attribute is not there when this one runs."""
        facts = self.plan.facts(path)
        holder = context.function(facts, node)
        own = [b for b in bases if b.path == path and context.function(facts, b.node) is holder is not None]
        own = own if all(b.root in self.units for b in own) else []
        return [base for base in own or bases if self.moves(base)]

    # -- what becomes of them ------------------------------------------------------------------------------------

    def say(self, path: str, node: ast.expr | ast.stmt, message: str) -> None:
        """A finding that a place of a test is left to a person; one a function and message."""
        plan = self.plan
        holder = context.function(plan.facts(path), node)
        if (message, holder) in self.said:
            return
        self.said.add((message, holder))
        if plan.ignores(CODE, path, node):
            return
        plan.find(path, node, CODE, "manual", message)
        if plan.settings.todo_comments:
            marks.mark(plan, path, node, CODE, message)


def survey(plan: Plan) -> None:
    """Finds the doubles of the program and what they stand for, before its uses are surveyed."""
    machine = inference.run(plan.program)
    if machine is not None:
        plan.doubles = Doubles(plan, machine)
        plan.doubles.label()


def finish(plan: Plan) -> None:
    """Makes the edits and findings of all doubles whose groups are settled."""
    found = plan.doubles
    if found is None:
        _not_followed(plan)
        return
    for unit in found._all():
        if unit.state:
            double_places.finish(found, unit)
    double_places.others(found)
    double_fakes.finish(found)
    double_edits.finish(found)
    double_first.rest(found)
    moved = {call.node for call in plan.calls if call.code in CALLS and plan.groups.moves(call.site)}
    for path, node in found.errors:
        test = context.function(plan.facts(path), node)
        if any(found.around(call) & found.reached({test}) for call in moved) if test is not None else moved:
            found.say(path, node, OTHER_ERRORS)


def _not_followed(plan: Plan) -> None:
    """Names the first double of each module of tests, where a program has too many to follow."""
    if not any(call.code in CALLS and plan.groups.moves(call.site) for call in plan.calls):
        return
    words = (
        "this module has doubles of the SDK that could not be followed: set up interactions.create where it is tested"
    )
    for path, facts in plan.program.modules.items():
        if not inference.may_hold(path, facts.text):
            continue
        for node in facts.nodes:
            called = isinstance(facts.parents.get(node), ast.Call) and facts.parents[node].func is node  # type: ignore[attr-defined]
            if isinstance(node, ast.Attribute) and node.attr in surface.CALL_NAMES and not called:
                plan.find(path, node, CODE, "manual", words)
                break


def _tests(machine: inference.DoubleMachine, holder: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    if isinstance(holder, ast.ClassDef):
        bases = [base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in holder.bases]
        return holder.name.startswith("Test") or any(base.endswith("TestCase") for base in bases)
    made = [v for item in holder.decorator_list for v in machine.vals.get(item, ())]
    patched = any(isinstance(v, Double) and v.kind == "patcher" for v in made)
    return holder.name.startswith(_TEST_NAMES) or patched


def _role(real: Value) -> tuple[str, Site | None]:
    """For what a double stands that is met beside this value, and the call that makes it."""
    if isinstance(real, Obj):
        counts = real.kind in ("LModel", "LChat", "GChat", "AGChat", "Response", "Stream", "Chunk", "Interaction")
        return real.kind, real.site if counts else None
    if isinstance(real, Method):
        return f"{real.obj.kind}.{real.name}", None
    if isinstance(real, Ext) and real.path.startswith(SDKS):
        return real.path, None
    return "", None
