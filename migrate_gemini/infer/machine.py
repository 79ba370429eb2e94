"""Runs values through statements and expressions until nothing new comes out.

Local variables are followed in program order; what outlives a call (globals, closures, attributes, container elements,
parameters, results) lives in cells that only grow. A unit (a module body or a function) runs again when a cell that it
read has grown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from ..modules import is_test
from .calls import Calls
from .cells import Env
from .objects import Objects
from .scopes import parameters
from .statements import Statements
from .values import WIDE, Class, Func, Inst, Values

if TYPE_CHECKING:
    from .program import Program


class Machine(Statements):
    """One run over a program: the queue of units, and how one is run."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.calls = Calls(self)
        self.objects = Objects(self)
        self._exec: dict[type, Callable[[Any], None]] = {
            getattr(ast, name[2:]): getattr(self, name)
            for name in dir(self)
            if name.startswith("s_") and hasattr(ast, name[2:])  # TryStar came with 3.11
        }
        self._eval: dict[type, Callable[[Any], Values]] = {
            getattr(ast, name[2:]): getattr(self, name) for name in dir(self) if name.startswith("e_")
        }

    def run(self) -> None:
        """Runs units until none is left. Bounded: cells only grow, and each unit runs at most RUNS times."""
        self.runs.clear()
        while self.queue:
            unit = next(iter(self.queue))
            del self.queue[unit]
            self.runs[unit] = self.runs.get(unit, 0) + 1
            self._run_unit(unit)

    def _apart(self, func: Func) -> list[Env]:
        """The variables with which a function starts: once for each class that `self` may be of, so that what one of
        them gives is not taken for what another one does."""
        args = func.node.args
        positional = [*args.posonlyargs, *args.args]
        if func.cls is None or not positional or len(func.cls.line()) == 1:
            return [self.env]
        first = positional[0].arg
        values = self.env[first]
        apart = [value for value in values if isinstance(value, (Inst, Class))]
        if not 1 < len(values) <= WIDE or len(apart) < len(values):
            return [self.env]
        return [{**self.env, first: frozenset((value,))} for value in apart]

    def _run_unit(self, unit: Hashable) -> None:
        self.unit = unit
        home = unit.scope.path if isinstance(unit, Func) else unit  # type: ignore[attr-defined]
        self.in_test = self.leaves_fakes and is_test(str(home))
        if isinstance(unit, Func):
            self.scope = unit.scope  # type: ignore[assignment]
            self.facts = self.program.modules[self.scope.path]
            self.cls = unit.cls
            node = unit.node
            self.env = {arg.arg: self.load(("p", unit, arg.arg)) for arg in parameters(node.args)}
            for name, values in self.env.items():
                self._share(name, values)
            if isinstance(node, ast.Lambda):
                self.store(("r", unit), self.eval(node.body))
            else:
                for env in self._apart(unit):
                    self.env = env
                    self.block(node.body)
        else:
            facts = self.program.modules[unit]  # type: ignore[index]
            self.facts, self.scope, self.env, self.cls = facts, facts.scope, {}, None
            self.block(facts.tree.body)
