"""Runs values through statements and expressions until nothing new comes out.

Local variables are followed in program order; what outlives a call (globals, closures, attributes, container elements,
parameters, results) lives in cells that only grow. A unit (a module body or a function) runs again when a cell that it
read has grown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any

from ..sdk import surface
from .scopes import Scope, parameters
from .values import (
    BYTES,
    EMPTY,
    GIVES_TEXT,
    NOTHING,
    NUMBER,
    TEXT,
    Box,
    Class,
    Const,
    Ext,
    Func,
    FunctionNode,
    Inst,
    Method,
    Module,
    Obj,
    Plain,
    Site,
    Value,
    Values,
)

if TYPE_CHECKING:
    from .program import ModuleFacts, Program

Env = dict[str, Values]

_PLAIN: dict[str, Values] = {"Number": NUMBER, "Bytes": frozenset((BYTES,))}
"""Kinds of `sdk.surface` that are no objects of an SDK."""

CROWDED = 24
"""From so many values on, a cell takes in only those that matter."""


_PLAIN = {"Number": NUMBER, "String": TEXT}
"""Kinds of attributes that are values of their own, whatever becomes of their object."""

RUNS = 12
"""So often may a unit run until it is taken to be settled; real programs need three or four."""


class Machine:
    """The state of one run over a program. vals: what each expression may be; callees: what each call may call."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.cells: dict[Hashable, Values] = {}
        self.readers: dict[Hashable, set[Hashable]] = {}
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
        self.unit: Hashable = None
        self.scope: Scope
        self.facts: ModuleFacts
        self.env: Env = {}
        self.cls: Class | None = None
        from .calls import Calls

        self.calls = Calls(self)
        self._exec: dict[type, Callable[[Any], None]] = {
            getattr(ast, name[2:]): getattr(self, name)
            for name in dir(self)
            if name.startswith("s_") and hasattr(ast, name[2:])  # TryStar came with 3.11
        }
        self._eval: dict[type, Callable[[Any], Values]] = {
            getattr(ast, name[2:]): getattr(self, name) for name in dir(self) if name.startswith("e_")
        }

    # -- cells ---------------------------------------------------------------------------------------------------

    def load(self, key: Hashable) -> Values:
        """What a cell holds; the running unit runs again when it grows."""
        self.readers.setdefault(key, set()).add(self.unit)
        return self.cells.get(key, EMPTY)

    def store(self, key: Hashable, values: Values) -> None:
        """Adds values to a cell."""
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
            values = old | {value for value in values if isinstance(value, (Obj, Method, Plain, Const))}
            if len(values) == len(old):
                return
            self.cells[key] = values
        if isinstance(key, tuple) and key[0] == "a":
            self.attributes.setdefault(key[1], set()).add(key[2])
        for unit in self.readers.get(key, ()):
            if self.runs.get(unit, 0) < RUNS:
                self.queue[unit] = None

    def run(self) -> None:
        """Runs units until none is left. Bounded: cells only grow, and each unit runs at most RUNS times."""
        self.runs.clear()
        while self.queue:
            unit = next(iter(self.queue))
            del self.queue[unit]
            self.runs[unit] = self.runs.get(unit, 0) + 1
            self._run_unit(unit)

    def _run_unit(self, unit: Hashable) -> None:
        self.unit = unit
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
                self.block(node.body)
        else:
            facts = self.program.modules[unit]  # type: ignore[index]
            self.facts, self.scope, self.env, self.cls = facts, facts.scope, {}, None
            self.block(facts.tree.body)

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
            elif isinstance(value, Func):
                continue
            elif value in GIVES_TEXT:
                found |= TEXT
            elif isinstance(value, Inst):
                made = self.calls.method(value, "__iter__")
                found |= self.elements(frozenset(item for item in made if not isinstance(item, Inst)))
                found |= self.calls.method(value, "__next__")
        return found

    def awaited(self, values: Values) -> Values:
        """What awaiting these values gives."""
        found: Values = EMPTY
        for value in values:
            if isinstance(value, Box) and value.type in ("wait", "future", "gen"):
                found |= self.load(("e", value, "#"))
            elif isinstance(value, Obj):
                found |= {value}
        return found

    # -- names ---------------------------------------------------------------------------------------------------

    def _share(self, name: str, values: Values) -> None:
        scope = self.scope
        if scope.parent is None or scope.inner or name in scope.escaping:
            self.store(("v", scope, name), values)

    def bind(self, name: str, values: Values) -> None:
        """Assigns to a variable of the running scope."""
        if self.cls is not None and isinstance(self.scope.node, ast.ClassDef):
            self.env[name] = values
            self.store(("a", self.cls, name), values)
            return
        owner = self.scope if name in self.scope.bound else self.scope.lookup(name)
        if owner is self.scope or owner is None:
            self.env[name] = values
            self._share(name, values)
        else:
            self.store(("v", owner, name), values)

    def e_Name(self, node: ast.Name) -> Values:
        name = node.id
        found = self.env.get(name)
        if found is not None and name not in self.scope.escaping:
            return found
        owner = self.scope.lookup(name)
        if owner is None:
            return frozenset((Ext.of("builtins." + name),))
        if owner is self.scope and owner.parent is not None and name not in owner.escaping:
            return EMPTY
        return self.load(("v", owner, name))

    def assign(self, target: ast.expr, values: Values) -> None:
        """Gives values to an assignment target."""
        if isinstance(target, ast.Name):
            self.vals[target] = self.vals.get(target, EMPTY) | values
            self.bind(target.id, values)
        elif isinstance(target, ast.Attribute):
            self.vals[target] = self.vals.get(target, EMPTY) | values
            self.set_attribute(self.eval(target.value), target.attr, values)
        elif isinstance(target, ast.Subscript):
            self.vals[target] = self.vals.get(target, EMPTY) | values
            self.set_item(target, values)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target, values)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, frozenset((self.box("list", target, values),)))

    def _unpack(self, target: ast.Tuple | ast.List, values: Values) -> None:
        starred = any(isinstance(item, ast.Starred) for item in target.elts)
        for index, item in enumerate(target.elts):
            got: Values = EMPTY
            for value in values:
                if isinstance(value, Box) and value.type == "tuple" and not starred:
                    got |= self.get(value, index)
                else:
                    got |= self.elements(frozenset((value,)))
            self.assign(item, got)

    def set_attribute(self, bases: Values, attr: str, values: Values) -> None:
        """Stores into an attribute of each base."""
        known = False
        for base in bases:
            if isinstance(base, Inst):
                self.store(("a", base.cls, attr), values)
                known = True
            elif isinstance(base, Class):
                self.store(("a", base, attr), values)
                known = True
            elif isinstance(base, Module):
                self.store(("v", self.program.modules[base.path].scope, attr), values)
                known = True
            elif isinstance(base, Ext):
                self.store(("x", f"{base.path}.{attr}"), values)
                known = True
            elif isinstance(base, Box):
                self.put(base, values, attr)
                known = True
            elif isinstance(base, (Obj, Func)):
                known = True
        if values:
            self.store(("n", attr), values)
            if not known:
                self.store(("b", attr), values)

    def set_item(self, target: ast.Subscript, values: Values) -> None:
        """Stores into an element of each base."""
        key = self.key(target.slice)
        key_values = self.eval(target.slice)
        known = False
        for base in self.eval(target.value):
            if isinstance(base, Box):
                self.put(base, values, key)
                if base.type == "dict":
                    self.store(("k", base), key_values)
                known = True
            elif isinstance(base, Ext):
                self.store(("x", f"{base.path}.{key}" if isinstance(key, str) else base.path + "[]"), values)
                known = True
            elif isinstance(base, Inst):
                self.store(("a", base.cls, f"[{key!r}]"), values)
                self.store(("a", base.cls, "[]"), values)
                known = True
            elif isinstance(base, Obj):
                known = True
        if isinstance(key, str):
            self.store(("n", key), values)
        if not known and key is not None:
            self.store(("b", self.facts.path, key), values)

    def key(self, node: ast.expr) -> Hashable:
        """A constant index or key, or None."""
        return node.value if isinstance(node, ast.Constant) else None

    # -- expressions ---------------------------------------------------------------------------------------------

    def eval(self, node: ast.expr) -> Values:
        """What an expression may be; remembered in `vals`."""
        handler = self._eval.get(type(node))
        if handler is None:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.eval(child)
            return EMPTY
        found = handler(node)
        if found:
            old = self.vals.get(node)
            self.vals[node] = found if old is None else old | found
        return found

    def e_Constant(self, node: ast.Constant) -> Values:
        value = node.value
        if isinstance(value, str):
            if self.program.is_model_name(value):
                found = self.consts.get(node)
                if found is None:
                    found = self.consts[node] = Const(node, self.facts.path)
                return frozenset((found,))
            return TEXT
        if value is None:
            return NOTHING
        if isinstance(value, bytes):
            return frozenset((BYTES,))
        return NUMBER

    def e_JoinedStr(self, node: ast.JoinedStr) -> Values:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.eval(part.value)
                if part.format_spec is not None:
                    self.eval(part.format_spec)
        return TEXT

    def e_Attribute(self, node: ast.Attribute) -> Values:
        bases = self.eval(node.value)
        if (
            not bases
            and node.attr == "interactions"
            and any(token in self.facts.text for token in surface.GENAI_TOKENS)
        ):
            # a client that comes from outside: nothing else in a module that names the SDK has interactions
            awaits = isinstance(node.value, ast.Attribute) and node.value.attr == "aio"
            return frozenset((self.obj("AInteractions" if awaits else "Interactions", self.site(node, external=True)),))
        return self.attribute(bases, node.attr)

    def attribute(self, bases: Values, attr: str) -> Values:
        """What an attribute of these values may be."""
        found: Values = EMPTY
        seen = False
        for base in bases:
            if isinstance(base, Ext):
                path = f"{base.path}.{attr}"
                found |= self.load(("x", path)) or {Ext.of(path)}
                seen = True
            elif isinstance(base, Obj):
                seen = True
                if attr in surface.METHODS.get(base.kind, ()):
                    found |= {self.calls.sdk_method(base, attr)}
                    continue
                kind = surface.ATTRIBUTES.get(base.kind, {}).get(attr)
                if kind in _PLAIN:
                    found |= _PLAIN[kind]
                elif kind:
                    found |= {self.obj(kind, base.site)}
            elif isinstance(base, (Inst, Class)):
                seen = True
                found |= self.calls.member(base, attr)
            elif isinstance(base, Module):
                seen = True
                found |= self.program.module_attribute(base, attr)
            elif isinstance(base, Box):
                seen = True
                if base.type == "dict":
                    found |= self.get(base, attr)
            elif isinstance(base, Func):
                seen = True
        if not seen and attr not in surface.CALL_NAMES:
            by_name = self.load(("b", attr))
            clients = {v for v in self.load(("n", attr)) if isinstance(v, Obj) and v.kind in ("Client", "AClient")}
            found |= by_name | clients
        return found

    def e_Subscript(self, node: ast.Subscript) -> Values:
        bases = self.eval(node.value)
        self.eval(node.slice)
        key = self.key(node.slice)
        found: Values = EMPTY
        seen = False
        for base in bases:
            if isinstance(base, Box):
                seen = True
                found |= {base} if isinstance(node.slice, ast.Slice) else self.get(base, key)
            elif isinstance(base, Obj):
                seen = True
                kind = surface.ELEMENTS.get(base.kind)
                if isinstance(node.slice, ast.Slice):
                    found |= {base} if base.kind != "Text" else TEXT
                elif kind and base.kind != "Stream":
                    found |= {self.obj(kind, base.site)}
                elif base.kind == "Text":
                    found |= TEXT
            elif isinstance(base, Ext):
                seen = True
                if base.path in ("os.environ", "sys.argv"):
                    found |= TEXT
                elif isinstance(key, str):
                    found |= self.load(("x", f"{base.path}.{key}"))
                else:
                    found |= self.load(("x", base.path + "[]"))
            elif isinstance(base, Inst):
                seen = True
                found |= self.calls.method(base, "__getitem__")
                for owner in base.cls.family():
                    found |= self.load(("a", owner, "[]" if key is None else f"[{key!r}]"))
            elif base in GIVES_TEXT:
                seen = True
                found |= TEXT
        if not seen and key is not None:
            found |= self.load(("b", self.facts.path, key))
        return found

    def e_Call(self, node: ast.Call) -> Values:
        return self.calls.call(node)

    def e_Await(self, node: ast.Await) -> Values:
        return self.awaited(self.eval(node.value))

    def e_NamedExpr(self, node: ast.NamedExpr) -> Values:
        values = self.eval(node.value)
        self.assign(node.target, values)
        return values

    def e_IfExp(self, node: ast.IfExp) -> Values:
        self.eval(node.test)
        return self.eval(node.body) | self.eval(node.orelse)

    def e_BoolOp(self, node: ast.BoolOp) -> Values:
        found: Values = EMPTY
        for value in node.values:
            found |= self.eval(value)
        return found

    def e_BinOp(self, node: ast.BinOp) -> Values:
        left, right = self.eval(node.left), self.eval(node.right)
        if not isinstance(node.op, ast.Mod) and any(isinstance(v, Box) for v in left | right):
            items = EMPTY
            for value in left | right:
                if isinstance(value, Box):
                    items |= self.get(value)
            return frozenset((self.box("list", node, items),))
        if isinstance(node.op, (ast.Add, ast.Mod, ast.Mult)):
            for value in left | right if not isinstance(node.op, ast.Mod) else left:
                if value in GIVES_TEXT or isinstance(value, Const) or isinstance(value, Obj) and value.kind == "Text":
                    return TEXT
        return NUMBER if left <= NUMBER and right <= NUMBER and left and right else EMPTY

    def e_Compare(self, node: ast.Compare) -> Values:
        self.eval(node.left)
        for other in node.comparators:
            self.eval(other)
        return NUMBER

    def e_UnaryOp(self, node: ast.UnaryOp) -> Values:
        self.eval(node.operand)
        return NUMBER

    def _sequence(self, type: str, node: ast.List | ast.Tuple | ast.Set) -> Values:
        box = self.box(type, node)
        for index, item in enumerate(node.elts):
            if isinstance(item, ast.Starred):
                self.put(box, self.elements(self.eval(item.value)))
            else:
                self.put(box, self.eval(item), index)
        return frozenset((box,))

    def e_List(self, node: ast.List) -> Values:
        return self._sequence("list", node)

    def e_Tuple(self, node: ast.Tuple) -> Values:
        return self._sequence("tuple", node)

    def e_Set(self, node: ast.Set) -> Values:
        return self._sequence("set", node)

    def e_Dict(self, node: ast.Dict) -> Values:
        box = self.box("dict", node)
        for key, value in zip(node.keys, node.values):
            items = self.eval(value)
            if key is None:
                for spread in items:
                    if isinstance(spread, Box):
                        self.copy_items(spread, box)
                continue
            self.store(("k", box), self.eval(key))
            self.put(box, items, self.key(key))
        return frozenset((box,))

    def copy_items(self, source: Box, target: Box) -> None:
        """Adds the elements of one container to another, under their keys."""
        self.readers.setdefault(("e", source, "#"), set()).add(self.unit)
        for key in list(self.places.get(source, ())):
            values = self.cells.get(("e", source, key), EMPTY)
            self.put(target, values, None if key == "*" else key)
        self.store(("k", target), self.load(("k", source)))

    def e_Lambda(self, node: ast.Lambda) -> Values:
        func = self.func(node, self.cls if not isinstance(self.scope.node, ast.ClassDef) else None)
        for arg, default in zip(reversed([*node.args.posonlyargs, *node.args.args]), reversed(node.args.defaults)):
            self.store(("p", func, arg.arg), self.eval(default))
        return frozenset((func,))

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> dict[str, Values]:
        saved = dict(self.env)
        for generator in node.generators:
            items = self.eval(generator.iter)
            self.assign(generator.target, self.elements(items))
            for test in generator.ifs:
                self.eval(test)
        return saved

    def _comp_box(self, type: str, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Values:
        saved = self._comprehension(node)
        box = self.box(type, node, self.eval(node.elt))
        self.env = saved
        return frozenset((box,))

    def e_ListComp(self, node: ast.ListComp) -> Values:
        return self._comp_box("list", node)

    def e_SetComp(self, node: ast.SetComp) -> Values:
        return self._comp_box("set", node)

    def e_GeneratorExp(self, node: ast.GeneratorExp) -> Values:
        return self._comp_box("gen", node)

    def e_DictComp(self, node: ast.DictComp) -> Values:
        saved = self._comprehension(node)
        box = self.box("dict", node)
        self.store(("k", box), self.eval(node.key))
        self.put(box, self.eval(node.value))
        self.env = saved
        return frozenset((box,))

    def _yielded(self, values: Values) -> None:
        if isinstance(self.unit, Func):
            self.store(("y", self.unit), values)

    def e_Yield(self, node: ast.Yield) -> Values:
        if node.value is not None:
            self._yielded(self.eval(node.value))
        return EMPTY

    def e_YieldFrom(self, node: ast.YieldFrom) -> Values:
        self._yielded(self.elements(self.eval(node.value)))
        return EMPTY

    def e_Starred(self, node: ast.Starred) -> Values:
        return self.eval(node.value)

    # -- statements ----------------------------------------------------------------------------------------------

    def block(self, body: Iterable[ast.stmt]) -> None:
        """Runs statements in order."""
        for statement in body:
            handler = self._exec.get(type(statement))
            if handler is not None:
                handler(statement)
            else:
                for child in ast.iter_child_nodes(statement):
                    if isinstance(child, ast.expr):
                        self.eval(child)

    def _join(self, *envs: Env) -> None:
        first, *rest = envs
        joined = dict(first)
        for env in rest:
            for name, values in env.items():
                old = joined.get(name)
                joined[name] = values if old is None else old | values
        self.env = joined

    def s_Expr(self, node: ast.Expr) -> None:
        self.eval(node.value)

    def s_Assign(self, node: ast.Assign) -> None:
        values = self.eval(node.value)
        for target in node.targets:
            self.assign(target, values)

    def s_AnnAssign(self, node: ast.AnnAssign) -> None:
        if self.cls is not None and isinstance(self.scope.node, ast.ClassDef) and isinstance(node.target, ast.Name):
            if node.target.id not in self.cls.fields:
                self.cls.fields.append(node.target.id)
        if node.value is not None:
            values = self.eval(node.value)
            if not values:
                values = self.calls.annotated(node.annotation)
            self.assign(node.target, values)
        elif isinstance(node.target, ast.Attribute):
            self.eval(node.target.value)

    def s_AugAssign(self, node: ast.AugAssign) -> None:
        right = self.eval(node.value)
        load = _as_load(node.target)
        left = self.eval(load) if load is not None else EMPTY
        self.vals[node.target] = self.vals.get(node.target, EMPTY) | left
        for value in left:
            if isinstance(value, Box):
                self.put(value, self.elements(right))
        if not any(isinstance(value, Box) for value in left):
            textual = any(v in GIVES_TEXT or isinstance(v, Obj) and v.kind == "Text" for v in left | right)
            self.assign(node.target, TEXT if textual else left | right)

    def s_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            values = self.eval(node.value)
            if isinstance(self.unit, Func):
                self.store(("r", self.unit), values)

    def s_If(self, node: ast.If) -> None:
        self.eval(node.test)
        before = dict(self.env)
        self.block(node.body)
        after, self.env = self.env, before
        self.block(node.orelse)
        ended = isinstance(node.body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))
        if not ended:
            self._join(after, self.env)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        for _ in range(3):
            before = dict(self.env)
            if isinstance(node, ast.While):
                self.eval(node.test)
            else:
                self.assign(node.target, self.elements(self.eval(node.iter)))
            self.block(node.body)
            self._join(before, self.env)
            if self.env == before:
                break
        self.block(node.orelse)

    s_For = s_AsyncFor = s_While = _loop

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            values = self.calls.entered(self.eval(item.context_expr))
            if item.optional_vars is not None:
                self.assign(item.optional_vars, values)
        self.block(node.body)

    s_With = s_AsyncWith = _with

    def s_Try(self, node: ast.Try) -> None:
        before = dict(self.env)
        self.block(node.body)
        after = dict(self.env)
        self.block(node.orelse)
        ends = [self.env]
        for handler in node.handlers:
            self._join(before, after)
            if handler.type is not None:
                self.eval(handler.type)
            if handler.name:
                self.bind(handler.name, frozenset((self.obj("Error", self.site(handler)),)))
            self.block(handler.body)
            if not isinstance(handler.body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break)):
                ends.append(self.env)
        self._join(*ends)
        self.block(node.finalbody)

    s_TryStar = s_Try

    def s_Match(self, node: ast.Match) -> None:
        self.eval(node.subject)
        before = self.env
        ends = [before]
        for case in node.cases:
            self.env = dict(before)
            if case.guard is not None:
                self.eval(case.guard)
            self.block(case.body)
            ends.append(self.env)
        self._join(*ends)

    def s_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, (ast.Attribute, ast.Subscript)):
                self.eval(target.value)

    def s_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.bind(alias.asname or alias.name.partition(".")[0], self.program.imported(self, alias))

    def s_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                self.bind(alias.asname or alias.name, self.program.imported_from(self, node, alias))
            else:
                for name, values in self.program.star(self, node).items():
                    self.bind(name, values)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        in_class = self.cls if isinstance(self.scope.node, ast.ClassDef) else None
        func = self.func(node, in_class or self.cls)
        positional = [*node.args.posonlyargs, *node.args.args]
        for arg, default in zip(reversed(positional), reversed(node.args.defaults)):
            self.store(("p", func, arg.arg), self.eval(default))
        for arg, kw_default in zip(node.args.kwonlyargs, node.args.kw_defaults):
            if kw_default is not None:
                self.store(("p", func, arg.arg), self.eval(kw_default))
        if in_class is not None:
            in_class.methods[node.name] = func
        for decorator in node.decorator_list:
            self.calls.decorate(func, decorator)
        if in_class is not None and positional and self.wrapped.get(func) != "static":
            owner: Value = in_class if self.wrapped.get(func) == "class" else self.inst(in_class)
            self.store(("p", func, positional[0].arg), frozenset((owner,)))
        for arg in parameters(node.args):
            if arg.annotation is not None and isinstance(arg.annotation, ast.Name) and arg.annotation.id == "str":
                self.store(("p", func, arg.arg), TEXT)
        self.bind(node.name, frozenset((func,)))

    s_FunctionDef = s_AsyncFunctionDef = _function

    def s_ClassDef(self, node: ast.ClassDef) -> None:
        cls = self.classes.get(node)
        if cls is None:
            cls = self.classes[node] = Class(node, self.facts.path)
        for base in node.bases:
            for value in self.eval(base):
                if value not in cls.bases:
                    cls.bases.append(value)
                    Class.version += 1
                    if isinstance(value, Class):  # its members are found through it from now on
                        self.queue.update(dict.fromkeys(self.funcs.values()))
                if isinstance(value, Class) and cls not in value.children:
                    value.children.add(cls)
                    Class.version += 1
        for decorator in node.decorator_list:
            self.eval(decorator)
            name = decorator.func if isinstance(decorator, ast.Call) else decorator
            if (name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")) in ("dataclass", "define"):
                cls.is_dataclass = True
        if any(isinstance(base, Ext) and base.path.endswith((".NamedTuple", ".BaseModel")) for base in cls.bases):
            cls.is_dataclass = True
        saved = self.scope, self.env, self.cls
        self.scope, self.env, self.cls = self.facts.scopes[node], {}, cls
        self.block(node.body)
        self.scope, self.env, self.cls = saved
        self.bind(node.name, frozenset((cls,)))


def _as_load(target: ast.expr) -> ast.expr | None:
    """A node that reads what an augmented assignment's target names."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    if isinstance(target, ast.Attribute):
        return ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
    if isinstance(target, ast.Subscript):
        return ast.copy_location(ast.Subscript(target.value, target.slice, ast.Load()), target)
    return None
