"""The modules of a program, and what its values are once everything has run."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..lines import Lines
from ..modules import ModuleIndex, dotted
from ..nodes import children
from ..sdk import models as model_names
from ..sdk import surface
from ..sdk.stars import STARS
from . import library
from .machine import Machine
from .scopes import Scope, ScopeNode, build, parameters, short_lived
from .values import EMPTY, Ext, Func, Module, Obj, Values

Node = TypeVar("Node", bound=ast.AST)
_BY_NAME = ("import_module", "__import__")

STEPS, STEPS_PER_CHARACTER = 20_000_000, 20
"""What working out the values of a program may take, about a minute; real ones take less than a step a character."""


@dataclass(slots=True)
class ModuleFacts:
    """One parsed module. What is read off its tree is made when it is first asked for.

    shown: where the statements start whose value is shown, by line and column, as a notebook does.
    """

    path: str
    text: str
    tree: ast.Module
    scopes: dict[ScopeNode, Scope]
    scope: Scope
    shown: frozenset[tuple[int, int]] = frozenset()
    _parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    _nodes: list[ast.AST] = field(default_factory=list)
    _by_kind: dict[type, list[Any]] = field(default_factory=dict)
    _lines: Lines | None = None
    _short_lived: dict[ast.stmt, set[str]] | None = None

    @property
    def short_lived(self) -> dict[ast.stmt, set[str]]:
        """Of imports, the names that have another value before other code can read them."""
        if self._short_lived is None:
            self._short_lived = short_lived(self.tree, self.scopes)
        return self._short_lived

    @property
    def lines(self) -> Lines:
        """The lines of the text."""
        if self._lines is None:
            self._lines = Lines(self.text)
        return self._lines

    @property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the module, in the order of `ast.walk`."""
        if not self._nodes:
            self._look()
        return self._nodes

    @property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """child -> parent for every node of the module."""
        if not self._nodes:
            self._look()
        return self._parents

    def every(self, kind: type[Node]) -> list[Node]:
        """All nodes of one class, in that order."""
        if not self._by_kind:
            for node in self.nodes:
                self._by_kind.setdefault(type(node), []).append(node)
        return self._by_kind.get(kind, [])

    def _look(self) -> None:
        nodes: list[ast.AST] = [self.tree]
        for node in nodes:
            inner = children(node)
            nodes += inner
            self._parents.update(dict.fromkeys(inner, node))
        self._nodes = nodes


class Program:
    """Modules that may import each other, run to a fixed point.

    `modules` by path; `vals` is what each expression may be; `unread` are further modules that import one, by its path.
    """

    def __init__(self, sources: Sequence[tuple[str, str, ast.Module]]) -> None:
        self.modules: dict[str, ModuleFacts] = {}
        self.unread: dict[str, list[str]] = {}
        self._loads: dict[str, frozenset[str]] = {}
        self.index = ModuleIndex(())
        self._module_values: dict[str, Module] = {}
        self._names: dict[str, bool] = {}
        self.machine = Machine(self)
        self.add(sources)

    def add(self, sources: Sequence[tuple[str, str, ast.Module]]) -> None:
        """Adds modules, each with its path, text and tree, and runs what may change with them."""
        known = list(self.modules)
        new = {path for path, _, _ in sources}
        for path, text, tree in sources:
            scopes = build(tree, path)
            self.modules[path] = ModuleFacts(path, text, tree, scopes, scopes[tree])
        self.index = ModuleIndex(self.modules)
        self._loads.clear()
        self.machine.most = STEPS + STEPS_PER_CHARACTER * sum(len(facts.text) for facts in self.modules.values())
        self.machine.queue.update(dict.fromkeys(path for path, _, _ in sources))
        again = self._importing(known, new)
        self.machine.queue.update(dict.fromkeys(again))
        of_these = (func for func in self.machine.funcs.values() if func.scope.path in again)  # type: ignore[attr-defined]
        self.machine.queue.update(dict.fromkeys(of_these))
        self.machine.settled = False
        self.machine.run()
        self._seed_annotations()

    def _importing(self, known: Sequence[str], new: AbstractSet[str]) -> dict[str, None]:
        """Those of the known modules for which an import means something else, now that others have come."""
        if not known:
            return {}
        packages = {f"{path.removesuffix('/__init__.py').rpartition('/')[0]}/__init__.py" for path in new}
        found = (path for path in known if any(word in self.modules[path].text for word in _BY_NAME))
        return dict.fromkeys((*found, *(path for path in known if not self.loads(path).isdisjoint(new | packages))))

    def loads(self, path: str) -> frozenset[str]:
        """The modules of the program that a module imports itself."""
        known = self._loads.get(path)
        if known is None:
            facts, resolve = self.modules[path], self.index.resolve
            found = {resolve(path, alias.name, 0) for node in facts.every(ast.Import) for alias in node.names}
            for node in facts.every(ast.ImportFrom):
                module = node.module or ""
                found.add(resolve(path, module, node.level))
                inner = (f"{module}.{alias.name}".lstrip(".") for alias in node.names)
                found |= {resolve(path, name, node.level) for name in inner}
            known = self._loads[path] = frozenset(other for other in found if other is not None)
        return known

    @property
    def vals(self) -> dict[ast.AST, Values]:
        """What each expression may be."""
        return self.machine.vals

    def _seed_annotations(self) -> None:
        """What nothing else tells of is what its annotation promises: parameters that nobody fills, or that are given
        something unknown, and variables. (Where the seen calls leave a parameter out, it has its default.)"""
        machine = self.machine
        for func in list(machine.funcs.values()):
            facts = self.modules[func.scope.path]  # type: ignore[attr-defined]
            machine.facts, machine.scope, machine.env, machine.unit = facts, facts.scope, {}, facts.path
            machine.cls = None
            unknown = machine.called.get(func)
            optional = _optional(func.node.args) if unknown is not None else frozenset()
            for arg in parameters(func.node.args):
                if unknown is not None and arg.arg in optional and arg.arg not in unknown:
                    continue
                values = machine.cells.get(("p", func, arg.arg), EMPTY)
                if arg.annotation is not None and not any(not _is_plain(value) for value in values):
                    machine.store(("p", func, arg.arg), machine.calls.annotated(arg.annotation, external=True))
        machine.settled = True
        machine.queue.update(machine.promised)
        machine.run()

    def is_model_name(self, text: str) -> bool:
        """Whether a string looks like a model's name."""
        found = self._names.get(text)
        if found is None:
            found = self._names[text] = model_names.looks_like_model(text)
        return found

    # -- imports -------------------------------------------------------------------------------------------------

    def module_value(self, path: str) -> Module:
        """The value of a project module."""
        found = self._module_values.get(path)
        if found is None:
            found = self._module_values[path] = Module(path)
        return found

    def imported(self, importer: str, alias: ast.alias) -> Values:
        """What `import a.b [as c]` binds."""
        name = alias.name if alias.asname else alias.name.partition(".")[0]
        if _described(alias.name):
            return frozenset((Ext.of(name),))  # never a folder of the project that is called google
        path = self.index.resolve(importer, name, 0)
        if path is not None:
            return frozenset((self.module_value(path),))
        return frozenset((Ext.of(name),))

    def imported_from(self, importer: str, node: ast.ImportFrom, alias: ast.alias) -> Values:
        """What one name of `from m import name` binds."""
        module = node.module or ""
        if not node.level and _described(f"{module}.{alias.name}"):
            return frozenset((Ext.of(f"{module}.{alias.name}"),))
        path = self.index.resolve(importer, module, node.level)
        inner = f"{module}.{alias.name}" if module else alias.name
        if path is not None:
            scope = self.modules[path].scope
            found = self.machine.load(("v", scope, alias.name))
            if alias.name in scope.bound or found:
                return found
        sub = self.index.resolve(importer, inner, node.level)
        if sub is not None:
            return frozenset((self.module_value(sub),))
        if path is not None and (found := self.module_attribute(self.module_value(path), alias.name)):
            return found
        return frozenset((Ext.of(inner),)) if not node.level else EMPTY

    def _likely(self, machine: Machine, names: set[str]) -> list[str]:
        """Of these names, those that are written as a text in the running module; all where none of them is."""
        texts = {node.value for node in machine.facts.nodes if isinstance(node, ast.Constant)}
        return sorted(names & texts or names)

    def imported_by_name(self, machine: Machine, node: ast.expr | None) -> Values:
        """What `import_module(name)` gives: the module of a relative name that is written out, or else each module of
        the project that the importing module names in any of its texts."""
        texts = [node] if isinstance(node, ast.Constant) else machine.facts.nodes
        said = [dotted(n.value) for n in texts if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        paths = [self.index.resolve(machine.facts.path, *name) for name in said if name is not None]
        return frozenset(self.module_value(path) for path in paths if path is not None)

    def any_global(self, bases: Values) -> Values:
        """The objects of an SDK that `getattr(module, name)` may give where the name is not known."""
        machine = self.machine
        found: Values = EMPTY
        for base in bases:
            if isinstance(base, Module):
                scope = self.modules[base.path].scope
                for name in self._likely(machine, scope.bound):
                    found |= machine.load(("v", scope, name))
        return frozenset(v for v in found if isinstance(v, Obj) and v.kind in surface.MOVING)

    def star(self, importer: str, node: ast.ImportFrom) -> dict[str, Values]:
        """What `from m import *` binds, for a module of the project or an SDK's known names."""
        path = self.index.resolve(importer, node.module or "", node.level)
        if path is None:
            names = STARS.get(node.module or "", ()) if not node.level else ()
            return {name: frozenset((Ext.of(f"{node.module}.{name}"),)) for name in sorted(names)}
        scope = self.modules[path].scope
        made = {name: self.machine.load(("v", scope, name)) for name in self._starred(path)}
        self.machine.store(("*", importer), frozenset(Ext.of(name) for name in made))
        return made

    def _starred(self, path: str) -> list[str]:
        """The names that `from m import *` takes from a module: those that it lists, or all without an underscore."""
        facts = self.modules[path]
        for statement in facts.tree.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.value, (ast.List, ast.Tuple)):
                if any(isinstance(target, ast.Name) and target.id == "__all__" for target in statement.targets):
                    listed = [item.value for item in statement.value.elts if isinstance(item, ast.Constant)]
                    if len(listed) == len(statement.value.elts):
                        return [name for name in listed if isinstance(name, str)]
        further = self.machine.load(("*", path))
        names = {*facts.scope.bound, *(value.path for value in further if isinstance(value, Ext))}
        return sorted(name for name in names if name[:1] not in ("_", "*"))

    def module_attribute(self, module: Module, attr: str) -> Values:
        """`module.attr`: a global of the module, or a submodule."""
        found = self.machine.load(("v", self.modules[module.path].scope, attr))
        if not found:
            folder = module.path.removesuffix("/__init__.py")
            for path in (f"{folder}/{attr}.py", f"{folder}/{attr}/__init__.py"):
                if path in self.modules and module.path.endswith("__init__.py"):
                    return frozenset((self.module_value(path),))
            for value in self.machine.load(("v", self.modules[module.path].scope, "__getattr__")):
                if isinstance(value, Func):
                    found |= self.machine.load(("r", value))
        return found


def _described(name: str) -> bool:
    """Whether a name is one of an SDK, or of another package that is known, by its dotted path."""
    return name.startswith((surface.LEGACY, surface.GENAI)) or name.partition(".")[0] in library.FRAMEWORKS


def _optional(args: ast.arguments) -> frozenset[str]:
    """The parameters that have a default."""
    positional = [*args.posonlyargs, *args.args]
    named = positional[len(positional) - len(args.defaults) :]
    named += [arg for arg, default in zip(args.kwonlyargs, args.kw_defaults) if default is not None]
    return frozenset(arg.arg for arg in named)


def _is_plain(value: object) -> bool:
    return not isinstance(value, (Func,)) and type(value).__name__ in ("Plain", "Const")
