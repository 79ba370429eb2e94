"""What test doubles stand for: a second run over a program, in which mocks, patches and fixtures have values.

The first run does not see them, so that no test keeps the code that it tests. Where this run finds a double in an
expression that is an SDK object in the first, the double stands for that object.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Hashable
from typing import TYPE_CHECKING

from ..modules import is_test
from ..sdk import doubles as names
from ..sdk import surface
from .calls import Arguments, Calls
from .cells import TooMuch
from .machine import Machine
from .scopes import parameters
from .values import EMPTY, Bound, Box, Class, Double, Ext, Func, Inst, Method, Module, Obj, Value, Values

if TYPE_CHECKING:
    from .program import Program

DEPTH, MANY = 12, 200_000
"""So many names deep is a double followed, and so often are doubles asked for one in a program."""
SDKS = (surface.LEGACY, surface.GENAI)
WORDS = ("unittest.mock", "unittest import mock", "import mock", "SimpleNamespace", "mocker", "MonkeyPatch")
"""What a module says that holds doubles."""


def run(program: Program) -> DoubleMachine | None:
    """The second run over a program; None for one that has no doubles."""
    if not any(may_hold(path, facts.text) for path, facts in program.modules.items()):
        return None
    twin = copy.copy(program)
    machine = twin.machine = DoubleMachine(twin, program.machine)
    machine.most = program.machine.most
    elsewhere = _elsewhere(program)
    machine.queue.update(dict.fromkeys(path for path in program.modules if path not in elsewhere))
    try:
        machine.run()
    except (TooManyError, TooMuch):
        return None
    return machine


class TooManyError(Exception):
    """A program has more doubles than are followed."""


def _elsewhere(program: Program) -> set[str]:
    """The tests that have nothing to do with an SDK: they name none, and import no module that makes its objects."""
    makes = {obj.site.path for obj in program.machine.objs.values()}
    near: dict[str, None] = {}
    for path, facts in program.modules.items():
        if is_test(path) and (
            any(token in facts.text for token in ("genai", "generativeai")) or program.loads(path) & makes
        ):
            near[path] = None
    for path in list(near):
        near.update(dict.fromkeys(other for other in program.loads(path) if is_test(other)))
    conftest = {path for path in program.modules if path.endswith("conftest.py")}
    return {path for path in program.modules if is_test(path)} - near.keys() - conftest


def may_hold(path: str, text: str) -> bool:
    """Whether a module may hold doubles or fakes."""
    return is_test(path) or any(word in text for word in WORDS)


class DoubleMachine(Machine):
    """A machine that follows doubles. placed: the double made at a node -> where it is put: (bases, attribute, the
    dotted target or ''). inserted: functions -> the parameters that patch decorators fill, with their decorators."""

    leaves_fakes = False

    def __init__(self, program: Program, first: Machine) -> None:
        super().__init__(program)
        self.first = first
        self.calls = DoubleCalls(self)
        self.tested: dict[str, bool] = {}
        self.owners: dict[Double, ast.AST] = {}
        self.decorated: ast.AST | None = None
        self.asked = 0
        self.doubles: dict[tuple[object, str], Double] = {}
        self.placed: dict[ast.AST, tuple[Values, str, str]] = {}
        self.inserted: dict[ast.AST, list[tuple[ast.arg, ast.expr]]] = {}

    def eval(self, node: ast.expr) -> Values:
        """As in the first run; outside of tests, a double is followed only where the first run has what it stands
        for."""
        found = super().eval(node)
        if found and any(isinstance(value, Double) for value in found):
            kept = self._followed(node, found)
            if len(kept) < len(found):
                found = self.vals[node] = kept
        return found

    def _followed(self, node: ast.expr, found: Values) -> Values:
        if self._tested(self.facts.path):
            if any(self._stands(value) for value in self.first.vals.get(node, ())):
                return found
            return frozenset(value for value in found if not isinstance(value, Double))
        test = self._test()
        if test is None:
            return found
        other = {v for v in found if isinstance(v, Double) and self.owners.get(v.root, test) is not test}
        return found - other  # what another test puts in a place is gone when this one runs

    def _test(self) -> ast.AST | None:
        """The test that runs, if one does."""
        scope = self.scope if isinstance(self.unit, Func) else None
        while scope is not None:
            if isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)) and scope.node.name.startswith("test"):
                return scope.node
            scope = scope.parent
        return self.decorated

    def store(self, key: Hashable, values: Values) -> None:
        """As in the first run; doubles are not followed by name."""
        if isinstance(key, tuple) and key[0] in ("n", "b"):
            values = frozenset(value for value in values if not isinstance(value, Double))
        super().store(key, values)

    def _tested(self, path: str) -> bool:
        known = self.tested.get(path)
        if known is None:
            known = self.tested[path] = not may_hold(path, self.program.modules[path].text)
        return known

    def _stands(self, value: Value) -> bool:
        """Whether a double may stand for a value of the first run: an SDK's, or what gives one."""
        cells = self.first.cells
        if isinstance(value, (Func, Bound)):
            func = value.func if isinstance(value, Bound) else value
            inner = cells.get(("r", func), EMPTY) | cells.get(("y", func), EMPTY)
            return any(isinstance(v, (Obj, Method)) for v in inner)
        if isinstance(value, Box):
            return any(isinstance(v, (Obj, Method)) for v in cells.get(("e", value, "#"), ()))
        return isinstance(value, (Obj, Method)) or isinstance(value, Ext) and value.path.startswith(SDKS)

    # -- doubles -------------------------------------------------------------------------------------------------

    def double(self, kind: str, node: ast.AST) -> Double:
        """The double made at a node of the running module."""
        found = self.doubles.get((node, kind))
        if found is None:
            found = self.doubles[(node, kind)] = Double(kind, node, self.facts.path)
            test = self._test()
            if test is not None:
                self.owners[found] = test
        return found

    def child(self, double: Double, name: str) -> Double:
        """What a double gives under a name."""
        if len(double.steps) >= DEPTH:
            return double
        self.asked += 1
        if self.asked > MANY:
            raise TooManyError
        found = self.doubles.get((double, name))
        if found is None:
            found = self.doubles[(double, name)] = Double(double.kind, double.node, double.path, double, name)
        return found

    def of_double(self, double: Double, name: str) -> Values:
        """What a double gives under a name, with what was put there."""
        if double.kind == "patcher":
            return self.load(("double", double, "new")) if name == "new" else frozenset((self.child(double, name),))
        return frozenset((self.child(double, name),)) | self.load(("double", double, name))

    def put_on(self, double: Double, name: str, values: Values) -> None:
        """Puts something on a double; a dotted name is a way over several."""
        *way, last = name.split(".")
        for step in way:
            double = self.child(double, step)
        self.store(("double", double, last), values)

    def attribute(self, bases: Values, attr: str) -> Values:
        """As in the first run, with what doubles give and what was put on SDK objects."""
        doubles = [base for base in bases if isinstance(base, Double)]
        found = super().attribute(bases - frozenset(doubles), attr) if len(doubles) < len(bases) or not bases else EMPTY
        for double in doubles:
            found |= self.of_double(double, attr)
        for base in bases:
            if isinstance(base, Obj):
                found |= self.load(("o", base, attr))
            elif isinstance(base, Ext):
                path = f"{base.path}.{attr}"
                if any(isinstance(value, Double) for value in self.load(("x", path))):
                    found |= {Ext.of(path)}  # where no patch is in force; whichever module is read first
                for value in self.load(
                    ("x", f"sys.modules.{base.path}")
                ):  # a module that a double stands for in sys.modules
                    if isinstance(value, Double):
                        found |= self.of_double(value, attr)
        return found

    def set_attribute(self, bases: Values, attr: str, values: Values) -> None:
        """As in the first run; doubles and SDK objects keep what is put on them."""
        super().set_attribute(bases, attr, values)
        for base in bases:
            if isinstance(base, Double):
                self.put_on(base, attr, values)
            elif isinstance(base, Obj):
                self.store(("o", base, attr), values)

    def elements(self, values: Values) -> Values:
        """As in the first run; iterating over a double gives one."""
        found = super().elements(values)
        for value in values:
            if isinstance(value, Double):
                found |= self.of_double(value, "[]")
                for inner in self.load(("double", value, "return_value")):
                    found |= super().elements(frozenset((inner,))) if value.name == "__iter__" else EMPTY
        return found

    def awaited(self, values: Values) -> Values:
        """As in the first run; awaiting what a double gives is the same double."""
        return super().awaited(values) | {value for value in values if isinstance(value, Double)}

    def e_Subscript(self, node: ast.Subscript) -> Values:
        """As in the first run; an index of a double is a name in brackets."""
        found = super().e_Subscript(node)
        for base in self.eval(node.value):
            if isinstance(base, Double):
                found |= self.of_double(base, f"[{self.key(node.slice)}]")
        return found

    def _unpack(self, target: ast.Tuple | ast.List, values: Values) -> None:
        super()._unpack(target, values)
        for index, item in enumerate(target.elts):
            for value in values:
                if isinstance(value, Double) and not isinstance(item, ast.Starred):
                    self.assign(item, self.vals.get(item, EMPTY) | self.of_double(value, f"[{index}]"))

    # -- places --------------------------------------------------------------------------------------------------

    def target(self, dotted: str) -> tuple[Values, str]:
        """Whose attribute a dotted target is, as patch() finds it from the running module."""
        parts = dotted.split(".")
        for length in range(len(parts) - 1, 0, -1):
            prefix = ".".join(parts[:length])
            path = self.program.index.resolve(self.facts.path, prefix, 0)
            if path is not None and not prefix.startswith("google"):
                bases: Values = frozenset((self.program.module_value(path),))
                for name in parts[length:-1]:
                    bases = self.attribute(bases, name)
                return bases, parts[-1]
        return frozenset((Ext.of(".".join(parts[:-1])),)), parts[-1]

    def place(self, node: ast.AST, bases: Values, attr: str, dotted: str, values: Values) -> None:
        """Puts values where a patch puts them."""
        real = frozenset(base for base in bases if not isinstance(base, Double))
        bases = real or bases  # what another test put there is gone when this one runs
        self.placed[node] = (bases, attr, dotted)
        for base in bases:
            if isinstance(base, Module):
                self.store(("v", self.program.modules[base.path].scope, attr), values)
            else:
                self.set_attribute(frozenset((base,)), attr, values)

    # -- functions -----------------------------------------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.decorated = node if node.name.startswith("test") else None
        super()._function(node)
        func = self.funcs[node]
        positional = [*node.args.posonlyargs, *node.args.args]
        in_class = isinstance(self.scope.node, ast.ClassDef) and self.wrapped.get(func) != "static"
        self._insert(func, positional[1:] if in_class else positional, node.decorator_list)
        decorators = frozenset().union(*(self._decorators(item) for item in node.decorator_list), frozenset())
        self.decorated = None
        fixture = bool(decorators & names.FIXTURES)
        if fixture:
            made = self.load(("r", func)) | self.load(("y", func))
            self.store(("fixture", self._fixture_name(node)), made)
        if fixture or node.name.startswith("test"):
            for arg in parameters(node.args):
                handed = names.HANDED.get(arg.arg)
                values = frozenset((Ext.of(handed),)) if handed else self.load(("fixture", arg.arg))
                self.store(("p", func, arg.arg), values)

    s_FunctionDef = s_AsyncFunctionDef = _function

    def _decorators(self, decorator: ast.expr) -> frozenset[str]:
        name = decorator.func if isinstance(decorator, ast.Call) else decorator
        return frozenset(value.path for value in self.eval(name) if isinstance(value, Ext))

    def _fixture_name(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
        for decorator in node.decorator_list:
            for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    return str(keyword.value.value)
        return node.name

    def _insert(self, func: Func, free: list[ast.arg], decorators: list[ast.expr]) -> None:
        """Fills parameters by the patch decorators of a function, the innermost first."""
        known = self.inserted.setdefault(func.node, [])
        done = {decorator for _, decorator in known}
        free = [arg for arg in free if arg not in [taken for taken, _ in known]]
        for decorator in reversed(decorators):
            patchers = [v for v in self.eval(decorator) if isinstance(v, Double) and v.kind == "patcher"]
            if not patchers or not isinstance(decorator, ast.Call) or given(decorator) is not None:
                continue
            if decorator not in done and free:
                known.append((free.pop(0), decorator))
            for arg, source in known:
                if source is decorator:
                    self.store(("p", func, arg.arg), self.load(("double", patchers[0], "new")))

    def s_ClassDef(self, node: ast.ClassDef) -> None:
        """As in the first run; patch decorators of a class fill parameters of its tests."""
        super().s_ClassDef(node)
        cls = self.classes[node]
        for name, func in cls.methods.items():
            if name.startswith("test") and node.decorator_list and not isinstance(func.node, ast.Lambda):
                self._insert(func, func.node.args.args[1:], node.decorator_list)


class DoubleCalls(Calls):
    """Call semantics with doubles."""

    machine: DoubleMachine

    def entered(self, values: Values) -> Values:
        """As in the first run; entering a patch gives its double."""
        found: Values = EMPTY
        for value in values:
            if isinstance(value, Double) and value.kind == "patcher":
                found |= self.machine.load(("double", value, "new"))
            elif isinstance(value, Double):
                for entry in ("__enter__", "__aenter__"):
                    for made in self.machine.of_double(value, entry):
                        if isinstance(made, Double):
                            found |= self.machine.of_double(made, "return_value")
            else:
                found |= super().entered(frozenset((value,)))
        return found

    def call(self, node: ast.Call) -> Values:
        """As in the first run; context stacks enter what they get."""
        found = super().call(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in names.ENTERS and node.args:
            found |= self.entered(self.machine.vals.get(node.args[0], EMPTY))
        return found

    def _invoke(self, callee: Value, arguments: Arguments, node: ast.Call | None) -> Values:
        if isinstance(callee, Double):
            return self.called(callee, arguments, node)
        if isinstance(callee, Ext) and node is not None:
            path = f"unittest.{callee.path}" if callee.path.startswith("mock.") else callee.path
            at_once = path.startswith(names.MOCKER)
            path = path.replace(names.MOCKER, names.MOCK)
            if path in names.MOCKS:
                return frozenset((self.made("mock", node, arguments),))
            if path == "types.SimpleNamespace":
                return frozenset((self.made("space", node, arguments),))
            if path in (names.PATCH, names.PATCH_OBJECT):
                made = self.patch(node, arguments, whole=path == names.PATCH)
                return self.entered(made) if at_once else made
            if path == names.SETATTR:
                self.setattr(node, arguments)
                return EMPTY
            if path in (names.PATCH_DICT, names.SETITEM):
                self.patch_dict(node, arguments)
                return EMPTY
        return super()._invoke(callee, arguments, node)

    def called(self, double: Double, arguments: Arguments, node: ast.Call | None) -> Values:
        """The result of calling a double."""
        machine = self.machine
        if double.parent is not None and double.parent.kind == "patcher":
            return machine.load(("double", double.parent, "new")) if double.name == "start" else EMPTY
        if double.name == "configure_mock" and double.parent is not None and node is not None:
            self.configure(double.parent, node, arguments)
            return EMPTY
        found = machine.of_double(double, "return_value")
        for effect in machine.load(("double", double, "side_effect")):
            if isinstance(effect, Box):
                found |= machine.elements(frozenset((effect,)))
            elif not isinstance(effect, Double):
                found |= self.invoke(effect, arguments, node)
        return found

    def made(self, kind: str, node: ast.Call, arguments: Arguments) -> Double:
        """The double that a call makes, with its attributes."""
        double = self.machine.double(kind, node)
        self.configure(double, node, arguments)
        return double

    def configure(self, double: Double, node: ast.Call, arguments: Arguments) -> None:
        """Puts the keywords of a call on a double."""
        machine = self.machine
        for name, values in arguments.named.items():
            if name not in names.OPTIONS:
                machine.put_on(double, name, values)
        for box in arguments.spread:
            for key in list(machine.places.get(box, ())):
                if isinstance(key, str):
                    machine.put_on(double, key, machine.get(box, key))

    def patch(self, node: ast.Call, arguments: Arguments, whole: bool) -> Values:
        """patch("a.b.c") or patch.object(a.b, "c")."""
        machine = self.machine
        patcher = machine.double("patcher", node)
        new = given(node)
        if new is not None:
            values = machine.eval(new)
        else:
            values = frozenset((self.made("mock", node, arguments),))
        machine.store(("double", patcher, "new"), values)
        at = node.args[0] if whole and node.args else node.args[1] if len(node.args) > 1 else None
        if isinstance(at, ast.Constant) and isinstance(at.value, str):
            if whole and "." in at.value:
                bases, attr = machine.target(at.value)
                machine.place(node, bases, attr, at.value, values)
            elif not whole:
                machine.place(node, machine.eval(node.args[0]), at.value, "", values)
        return frozenset((patcher,))

    def setattr(self, node: ast.Call, arguments: Arguments) -> None:
        """monkeypatch.setattr("a.b.c", value) or monkeypatch.setattr(a.b, "c", value)."""
        machine = self.machine
        first = node.args[0] if node.args else None
        if len(node.args) == 2 and isinstance(first, ast.Constant) and "." in str(first.value):
            bases, attr = machine.target(str(first.value))
            machine.place(node, bases, attr, str(first.value), arguments.positional[1])
        elif len(node.args) == 3 and isinstance(node.args[1], ast.Constant):
            machine.place(node, arguments.positional[0], str(node.args[1].value), "", arguments.positional[2])

    def patch_dict(self, node: ast.Call, arguments: Arguments) -> None:
        """patch.dict("sys.modules", {"google.genai": double}) and monkeypatch.setitem(sys.modules, name, double)."""
        machine = self.machine
        first = node.args[0] if node.args else None
        modules = isinstance(first, ast.Constant) and first.value == "sys.modules"
        if not modules and not any(isinstance(v, Ext) and v.path == "sys.modules" for v in arguments.first()):
            return
        if len(node.args) == 3 and isinstance(node.args[1], ast.Constant) and isinstance(node.args[1].value, str):
            machine.store(("x", f"sys.modules.{node.args[1].value}"), arguments.positional[2])
        for value in arguments.positional[1] if len(arguments.positional) == 2 else ():
            if isinstance(value, Box):
                for key in list(machine.places.get(value, ())):
                    if isinstance(key, str):
                        machine.store(("x", f"sys.modules.{key}"), machine.get(value, key))


def given(node: ast.Call) -> ast.expr | None:
    """What a patch() puts in the place, where it is told."""
    func = node.func
    at = 2 if isinstance(func, ast.Attribute) and func.attr == "object" else 1
    named = next((keyword.value for keyword in node.keywords if keyword.arg == "new"), None)
    return node.args[at] if len(node.args) > at else named


def fakes(value: Value) -> Class | None:
    """The class of the program whose instance (or which itself) a value is."""
    return value.cls if isinstance(value, Inst) else value if isinstance(value, Class) else None
