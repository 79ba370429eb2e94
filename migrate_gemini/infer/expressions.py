"""What expressions are."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable
from typing import Any

from ..sdk import surface
from . import library
from .cells import CROWDED, Cells, followed
from .scopes import of_globals
from .values import (
    BYTES,
    EMPTY,
    GIVES_TEXT,
    NOTHING,
    NUMBER,
    SEVERAL,
    TEXT,
    Box,
    Class,
    Const,
    Ext,
    Func,
    Inst,
    Module,
    Obj,
    Super,
    Values,
    is_text,
)

_PLAIN = {"Number": NUMBER, "String": TEXT}
"""Kinds of attributes that are values of their own, whatever becomes of their object."""


class Expressions(Cells):
    """Evaluates expressions, one method (`e_` and the name of the node) a kind."""

    _eval: dict[type, Callable[[Any], Values]]

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
            if len(found) > 2 * CROWDED:
                found = followed(found)
            old = self.vals.get(node)
            if old is None:
                self.vals[node] = found
            elif not found <= old:  # else it stays one set, not one more of the same
                self.vals[node] = old | found
        return found

    def e_Name(self, node: ast.Name) -> Values:
        name = node.id
        found = self.env.get(name)
        if found is not None and name not in self.scope.escaping:
            return found
        owner = self.scope.lookup(name)
        if owner is None:
            starred = self.load(("v", self.facts.scope, name)) if "*" in self.facts.scope.bound else EMPTY
            return starred or frozenset((Ext.of("builtins." + name),))
        if owner is self.scope and owner.parent is not None and name not in owner.escaping:
            return EMPTY
        return self.load(("v", owner, name))

    def key(self, node: ast.expr) -> Hashable:
        """A constant index or key, or None."""
        return node.value if isinstance(node, ast.Constant) else None

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
        if attr == "__dict__" and len(bases) > SEVERAL:
            return EMPTY
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
                if base.kind == "Absent":
                    kind = "Absent"  # what is read off something that no interaction has
                if kind in _PLAIN:
                    found |= _PLAIN[kind]
                elif kind:
                    found |= {self.obj(kind, base.site)}
            elif isinstance(base, (Inst, Class)):
                seen = True
                found |= self.objects.member(base, attr)
            elif isinstance(base, Super):
                seen = True
                found |= self.objects.above_member(base, attr)
            elif isinstance(base, Module):
                seen = True
                found |= self.program.module_attribute(base, attr)
            elif isinstance(base, Box):
                seen = True
                if base.type == "dict":
                    found |= self.get(base, attr)
            elif is_text(base) and attr in ("value", "name"):
                seen = True  # no text has these: it is the member of an enum
                found |= {base} if attr == "value" else TEXT
            elif isinstance(base, Func):
                seen = True
        if not seen and attr not in surface.CALL_NAMES:
            by_name = self.load(("b", attr))
            clients = {v for v in self.load(("n", attr)) if isinstance(v, Obj) and v.kind in ("Client", "AClient")}
            found |= by_name | clients
        return found

    def e_Subscript(self, node: ast.Subscript) -> Values:
        bases = self.eval(node.value)
        index = self.eval(node.slice)
        key = self.key(node.slice)
        found = self.item(bases, key, index, isinstance(node.slice, ast.Slice))
        if name := of_globals(node):
            found |= self.load(("v", self.scope.module(), name))
        seen = any(isinstance(base, (Box, Obj, Ext, Inst, Class)) or base in GIVES_TEXT for base in bases)
        if not seen and key is not None:
            found |= self.load(("b", self.facts.path, key))
        if any(isinstance(base, Ext) and base.path in library.ANNOTATED for base in bases):
            found |= {self.box("annotated", node, self.calls.annotated(node, external=True))}
        return found

    def item(self, bases: Values, key: Hashable, index: Values = EMPTY, is_slice: bool = False) -> Values:
        """What a subscript of these values gives."""
        found: Values = EMPTY
        for base in bases:
            if isinstance(base, Box):
                found |= {base} if is_slice else self.get(base, key)
            elif isinstance(base, Obj):
                kind = surface.ELEMENTS.get(base.kind)
                if is_slice:
                    found |= {base} if base.kind != "Text" else TEXT
                elif kind and base.kind != "Stream":
                    found |= {self.obj(kind, base.site)}
                elif base.kind == "Text":
                    found |= TEXT
            elif isinstance(base, Ext):
                if base.path in ("os.environ", "sys.argv"):
                    found |= TEXT
                elif isinstance(key, str):
                    found |= self.load(("x", f"{base.path}.{key}"))
                else:
                    found |= self.load(("x", base.path + "[]"))
            elif isinstance(base, (Inst, Class)):
                found |= self.objects.item(base, key, index)
            elif base in GIVES_TEXT:
                found |= TEXT
        return found

    def e_Call(self, node: ast.Call) -> Values:
        return self.calls.call(node)

    def e_Await(self, node: ast.Await) -> Values:
        return self.awaited(self.eval(node.value))

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
        dicts = [v for v in left | right if isinstance(v, Box) and v.type == "dict"]
        if isinstance(node.op, ast.BitOr) and dicts:
            box = self.box("dict", node)
            for source in dicts:
                self.copy_items(source, box)
            return frozenset((box,))
        if not isinstance(node.op, ast.Mod) and any(isinstance(v, Box) for v in left | right):
            items = EMPTY
            for value in left | right:
                if isinstance(value, Box):
                    items |= self.get(value)
                elif isinstance(value, Obj):
                    items |= self.elements(frozenset((value,)))
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

    def e_Lambda(self, node: ast.Lambda) -> Values:
        func = self.func(node, self.cls if not isinstance(self.scope.node, ast.ClassDef) else None)
        for arg, default in zip(reversed([*node.args.posonlyargs, *node.args.args]), reversed(node.args.defaults)):
            self.store(("p", func, arg.arg), self.eval(default))
        return frozenset((func,))

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
