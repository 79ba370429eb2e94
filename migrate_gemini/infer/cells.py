"""The state of a run: cells that only grow, the values that stand for what was made, and what containers hold.

A unit (a module body or a function) that reads a cell is queued again when the cell grows.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Hashable
from typing import TYPE_CHECKING, Any

from ..modules import is_test
from ..sdk import surface
from .helpers import Case
from .scopes import Scope
from .values import (
    EMPTY,
    GIVES_TEXT,
    TEXT,
    TEXT_BUFFER,
    Bound,
    Box,
    Class,
    Const,
    Double,
    Ext,
    Func,
    FunctionNode,
    Inst,
    Method,
    Obj,
    Plain,
    Site,
    Value,
    Values,
)

if TYPE_CHECKING:
    from .calls import Calls
    from .objects import Objects
    from .program import ModuleFacts, Program

Env = dict[str, Values]

CROWDED = 24
"""From so many values on, a cell takes in only those that matter."""

RUNS = 12
"""So often may a unit run until it is taken to be settled; real programs need three or four."""


class TooMuch(Exception):
    """What the values of a program are takes more steps to work out than any program of its size should."""


def followed(values: Values) -> Values:
    """Those of many values that are followed on: what is an SDK's or plain."""
    return frozenset(value for value in values if isinstance(value, (Obj, Method, Plain, Const, Double)))


class Cells:
    """The state of one run over a program.

    vals: what each expression may be; callees: what each call may call; promised: the units in which an annotation says
    what nothing else does; settled: whether annotations count by now; legacy_answers: the requests of the legacy SDK
    that are answered as a whole; called: functions that are called, with the parameters that they are given something
    unknown for; in_test: whether a test is run; leaves_fakes: whether what a test makes itself is not followed into
    other code; work: the steps so far, of which there may be `most`. Steps are counted, not seconds, so that what comes
    out is the same on every machine.
    """

    leaves_fakes = True
    most = 0
    calls: Calls
    objects: Objects

    def __init__(self, program: Program) -> None:
        self.program = program
        self.cells: dict[Hashable, Values] = {}
        self.readers: dict[Hashable, dict[Hashable, None]] = {}
        self.vals: dict[ast.AST, Values] = {}
        self.callees: dict[ast.Call, Values] = {}
        self.funcs: dict[ast.AST, Func] = {}
        self.classes: dict[ast.AST, Class] = {}
        self.insts: dict[Class, Inst] = {}
        self.boxes: dict[tuple[str, object], Box] = {}
        self.places: dict[Box, dict[Hashable, None]] = {}
        self.attributes: dict[Class, set[str]] = {}
        self.objs: dict[tuple[str, ast.AST], Obj] = {}
        self.sites: dict[ast.AST, Site] = {}
        self.consts: dict[ast.AST, Const] = {}
        self.wrapped: dict[Func, str] = {}
        self.queue: dict[Hashable, None] = {}
        self.runs: dict[Hashable, int] = {}
        self.carried: dict[ast.AST, frozenset[str]] = {}
        self.jumps: list[list[Env]] = []
        self.promised: dict[Hashable, None] = {}
        self.legacy_answers: set[ast.AST] = set()
        self.settled = False
        self.work = 0
        self.called: dict[Func, set[str]] = {}
        self.unit: Hashable = None
        self.in_test = False
        self.scope: Scope
        self.facts: ModuleFacts
        self.env: Env = {}
        self.cls: Class | None = None

    # -- cells ---------------------------------------------------------------------------------------------------

    def load(self, key: Hashable) -> Values:
        """What a cell holds; the running unit runs again when it grows."""
        self.work += 1
        self.readers.setdefault(key, {})[self.unit] = None
        return self.cells.get(key, EMPTY)

    def store(self, key: Hashable, values: Values) -> None:
        """Adds values to a cell."""
        self.step()
        if self.in_test and values and isinstance(key, tuple):
            values = self._handed(key, values)
        if not values:
            return
        old = self.cells.get(key)
        if old is None:
            self.cells[key] = values
        elif values <= old:
            return
        elif len(old) < CROWDED:
            self.cells[key] = old | values
        else:
            # a place where almost anything may be: only what is an SDK's or plain is still followed there
            values = followed(values - old)
            if not values:
                return
            self.cells[key] = old | values
        if isinstance(key, tuple) and key[0] == "a" and key[2] not in self.attributes.setdefault(key[1], set()):
            self.attributes[key[1]].add(key[2])
            self._wake(("names", key[1]))
        self._wake(key)

    def step(self) -> None:
        """Counts a step; TooMuch where there are too many."""
        self.work += 1
        if self.work > self.most:
            raise TooMuch

    def _handed(self, key: tuple[Any, ...], values: Values) -> Values:
        """What a test gives to other code: its own fakes do not count, so that no test keeps the code that it tests."""
        owner = key[1]
        if key[0] == "p" or key[0] == "a":
            path = owner.scope.path if key[0] == "p" else owner.module
        else:
            path = owner.path if key[0] == "v" else "" if key[0] in ("n", "b", "x") else None
        if path is None or is_test(path):
            return values
        return frozenset(value for value in values if not _is_fake(value) and not self._of_fakes(value))

    def _of_fakes(self, value: Value, depth: int = 4) -> bool:
        """Whether a value is a SimpleNamespace that a test puts in the place of an object, with its fakes inside."""
        made = value.node if isinstance(value, Box) else None
        if not isinstance(made, ast.Call) or not depth or not ast.unparse(made.func).endswith("SimpleNamespace"):
            return False
        inside = self.cells.get(("e", value, "#"), EMPTY)
        return any(_is_fake(item) or self._of_fakes(item, depth - 1) for item in inside)

    def _wake(self, key: Hashable) -> None:
        """Queues the units that read a cell."""
        for unit in self.readers.get(key, ()):
            if self.runs.get(unit, 0) < RUNS:
                self.queue[unit] = None

    # -- interning -----------------------------------------------------------------------------------------------

    def site(self, node: ast.AST, external: bool = False) -> Site:
        """The site of a node in the running module."""
        found = self.sites.get(node)
        if found is None:
            found = self.sites[node] = Site(node, self.facts.path, external)
        return found

    def obj(self, kind: str, site: Site) -> Obj:
        """The object of this kind made at this site."""
        key = (kind, site.node)
        found = self.objs.get(key)
        if found is None:
            found = self.objs[key] = Obj(kind, site)
        return found

    def box(self, type: str, node: object, items: Values = EMPTY) -> Box:
        """The container made at a node, with `items` added to its elements."""
        if isinstance(self.unit, Case) and type in ("wait", "future", "gen"):
            node = (self.unit, node)
        found = self.boxes.get((type, node))
        if found is None:
            found = self.boxes[(type, node)] = Box(type, node)
        self.put(found, items)
        return found

    def inst(self, cls: Class) -> Inst:
        """The one instance that stands for all instances of a class."""
        found = self.insts.get(cls)
        if found is None:
            found = self.insts[cls] = Inst(cls)
        return found

    def func(self, node: FunctionNode, cls: Class | None = None) -> Func:
        """The function of a def or lambda; queued to run when it is new."""
        found = self.funcs.get(node)
        if found is None:
            scope = self.facts.scopes[node]
            found = self.funcs[node] = Func(node, scope, cls, scope.is_generator)
            self.queue[found] = None
        return found

    # -- containers ----------------------------------------------------------------------------------------------

    def put(self, box: Box, items: Values, key: Hashable = None) -> None:
        """Adds elements to a container; key None means any place."""
        if items:
            place: Hashable = "*" if key is None else key
            self.store(("e", box, "#"), items)
            self.store(("e", box, place), items)
            self.places.setdefault(box, {})[place] = None
            if isinstance(box.node, tuple) and box.node[1] == "vars" and isinstance(key, str):
                self.store(("a", box.node[0], key), items)

    def get(self, box: Box, key: Hashable = None) -> Values:
        """Elements of a container: those under a constant key, or all."""
        if key is None or box.type not in ("dict", "tuple"):
            return self.load(("e", box, "#"))
        return self.load(("e", box, key)) | self.load(("e", box, "*"))

    def elements(self, values: Values) -> Values:
        """What iterating over these values gives."""
        found: Values = EMPTY
        for value in values:
            if isinstance(value, Box):
                found |= self.load(("k", value)) if value.type == "dict" else self.load(("e", value, "#"))
            elif isinstance(value, Obj):
                kind = surface.ELEMENTS.get(value.kind)
                if kind:
                    found |= {self.obj(kind, value.site)}
                elif value.kind == "Text":
                    found |= TEXT
                elif value.kind == "Response" and value.site.node in self.legacy_answers:
                    found |= {value}  # it gives itself, once
            elif isinstance(value, Func):
                continue
            elif value in GIVES_TEXT or value is TEXT_BUFFER:
                found |= TEXT
            elif isinstance(value, (Inst, Class)):
                found |= self.objects.elements(value)
        return found

    def unpacked(self, values: Values, index: int) -> Values:
        """What unpacking these values gives at a place."""
        found: Values = EMPTY
        for value in values:
            items = self.objects.tupled(value) if isinstance(value, Inst) else None
            if isinstance(value, Box) and value.type == "tuple":
                found |= self.get(value, index)
            elif items is not None:
                found |= items[index] if index < len(items) else EMPTY
            else:
                found |= self.elements(frozenset((value,)))
        return found

    def awaited(self, values: Values) -> Values:
        """What awaiting these values gives."""
        found: Values = EMPTY
        for value in values:
            if isinstance(value, Box) and value.type in ("wait", "future", "gen"):
                found |= self.load(("e", value, "#"))
            elif not isinstance(value, (Ext, Func)):  # what a queue gives, or an object that is known by its class
                found |= {value}
        return found

    def copy_items(self, source: Box, target: Box, but: Container[Hashable] = ()) -> None:
        """Adds the elements of one container to another, under their keys; pairs give a dict its keys and values."""
        self.readers.setdefault(("e", source, "#"), {})[self.unit] = None
        if target.type == "dict" and source.type in ("list", "gen", "set", "tuple"):
            pairs = frozenset(value for value in self.elements(frozenset((source,))) if isinstance(value, Box))
            self.store(("k", target), self.unpacked(pairs, 0))
            self.put(target, self.unpacked(pairs, 1))
            return
        for key in list(self.places.get(source, ())):
            if key in but:
                continue
            values = self.cells.get(("e", source, key), EMPTY)
            self.put(target, values, None if key == "*" else key)
        self.store(("k", target), self.load(("k", source)))


def _is_fake(value: Value) -> bool:
    """Whether a value is a class or function of a test, or comes from one."""
    if isinstance(value, Inst):
        value = value.cls
    if isinstance(value, Class):
        return is_test(value.module)  # type: ignore[arg-type]
    func = value.func if isinstance(value, Bound) else value
    return isinstance(func, Func) and is_test(func.scope.path)  # type: ignore[attr-defined]
