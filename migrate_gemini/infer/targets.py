"""What takes a value: variables, attributes, elements, and the expressions that bind one."""

from __future__ import annotations

import ast

from .expressions import Expressions
from .scopes import of_globals
from .values import EMPTY, Box, Class, Ext, Func, Inst, Module, Obj, Values


class Targets(Expressions):
    """Assigns values to names and other targets."""

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
            self.assign(item, self.elements(values) if starred else self.unpacked(values, index))

    def set_attribute(self, bases: Values, attr: str, values: Values) -> None:
        """Stores into an attribute of each base."""
        known = False
        for base in bases:
            if isinstance(base, (Inst, Class)):
                self.objects.store(base, attr, values)
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
        if name := of_globals(target):
            self.store(("v", self.scope.module(), name), values)
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
                self.objects.method(base, "__setitem__", key_values, values)
                known = True
            elif isinstance(base, Obj):
                known = True
        if isinstance(key, str):
            self.store(("n", key), values)
        if not known and key is not None:
            self.store(("b", self.facts.path, key), values)

    def e_NamedExpr(self, node: ast.NamedExpr) -> Values:
        values = self.eval(node.value)
        self.assign(node.target, values)
        return values

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
