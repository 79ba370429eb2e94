"""Classes and instances of the project: how they are made, what their members are, and what they hold as containers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .values import (
    EMPTY,
    SEVERAL,
    TEXT,
    UNSEEN,
    Bound,
    Box,
    Class,
    Ext,
    Func,
    Inst,
    Plain,
    Super,
    Value,
    Values,
    few,
    is_text,
)

if TYPE_CHECKING:
    from .calls import Arguments
    from .machine import Machine

ENUMS = frozenset(("Enum", "StrEnum", "IntEnum", "Flag", "IntFlag"))
_TUPLES = frozenset(("NamedTuple",))
_RECORDS = frozenset(("NamedTuple", "BaseModel", "BaseSettings", "TypedDict", "Struct"))
_DATACLASSES = ("dataclass", "define", "frozen", "mutable", "attrs")
_OF_CLASS = ("__new__", "__init_subclass__", "__class_getitem__")
"""Methods whose first parameter is the class without a decorator that says so."""


class Objects:
    """The classes and instances of one machine.

    open: how names that are only known at run time begin and end, for classes whose attributes are set under them.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.bounds: dict[tuple[Func, Inst | Class], Bound] = {}
        self.supers: dict[Class, Super] = {}
        self.open: dict[Class, dict[tuple[str, str], None]] = {}
        self.looked: dict[Class, tuple[object, int | None]] = {}

    # -- classes -------------------------------------------------------------------------------------------------

    def based(self, cls: Class, node: ast.ClassDef) -> None:
        """Notes the bases and the kind of a class."""
        machine = self.machine
        for base in node.bases:
            for value in machine.eval(base):
                if value is cls:
                    continue
                if value not in cls.bases:
                    cls.bases.append(value)
                    Class.version += 1
                    if isinstance(value, Class):  # its members are found through it from now on
                        machine.queue.update(dict.fromkeys(machine.funcs.values()))
                if isinstance(value, Class) and cls not in value.children:
                    value.children.add(cls)
                    Class.version += 1
        for decorator in node.decorator_list:
            name = decorator.func if isinstance(decorator, ast.Call) else decorator
            if (name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")) in _DATACLASSES:
                cls.is_dataclass = True
        if derives(cls, _RECORDS):
            cls.is_dataclass = True

    def made(self, cls: Class, node: ast.ClassDef) -> None:
        """Runs what runs when a class has been made: its decorators, __init_subclass__, and the members of an enum."""
        from .calls import Arguments

        machine = self.machine
        self._inherit(cls)
        given = Arguments()
        given.positional.append(frozenset((cls,)))
        for decorator in node.decorator_list:
            for callee in machine.eval(decorator):
                if not isinstance(callee, (Ext, Class)):
                    machine.calls.invoke(callee, given, None)
        for keyword in node.keywords:
            given.named[keyword.arg or ""] = machine.eval(keyword.value)
        for owner in cls.mro()[1:]:
            hook = owner.methods.get("__init_subclass__")
            if hook is not None:
                machine.calls.run(hook, given)
                break
        init = cls.methods.get("__init__")
        if init is not None and derives(cls, ENUMS):
            for value in self.members(cls):
                inner = Arguments()
                inner.positional = [frozenset((machine.inst(cls),)), *(self.unpacked(value) or [frozenset((value,))])]
                machine.calls.run(init, inner)

    def _inherit(self, cls: Class) -> None:
        """The first parameter of the methods that a class inherits may be of it."""
        hidden = set(cls.methods)
        for owner in cls.mro()[1:]:
            for name, func in owner.methods.items():
                how = self.machine.wrapped.get(func)
                positional = [*func.node.args.posonlyargs, *func.node.args.args]
                if name not in hidden and positional and how != "static" and not owner.wide:
                    given = frozenset((self.owner(cls, name, how),))
                    self.machine.store(("p", func, positional[0].arg), given)
            hidden.update(owner.methods)

    def unpacked(self, value: Value) -> list[Values]:
        """The elements of a tuple that is written out."""
        found: list[Values] = []
        while isinstance(value, Box) and value.type == "tuple" and ("e", value, len(found)) in self.machine.cells:
            found.append(self.machine.get(value, len(found)))
        return found

    def owner(self, cls: Class, name: str, how: str | None) -> Value:
        """What the first parameter of a method gets."""
        return cls if how == "class" or name in _OF_CLASS else self.machine.inst(cls)

    def named_tuple(self, node: ast.Call) -> Values:
        """The class that collections.namedtuple(name, fields) makes."""
        machine = self.machine
        cls = machine.classes.get(node)
        if cls is None:
            fields: list[str] = []
            given = node.args[1] if len(node.args) > 1 else None
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                fields = given.value.replace(",", " ").split()
            elif isinstance(given, (ast.List, ast.Tuple)):
                fields = [str(item.value) for item in given.elts if isinstance(item, ast.Constant)]
            name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else "namedtuple"
            made = ast.ClassDef(str(name), [], [], [], [])
            cls = machine.classes[node] = Class(ast.copy_location(made, node), machine.facts.path)
            cls.fields, cls.is_dataclass = fields, True
            cls.bases.append(Ext.of("typing.NamedTuple"))
            Class.version += 1
        return frozenset((cls,))

    def above(self, cls: Class | None) -> Values:
        """What super() gives in a class."""
        if cls is None:
            return EMPTY
        found: Values = frozenset(base for base in cls.bases if isinstance(base, Ext))
        known = self.supers.get(cls)
        if known is None:
            known = self.supers[cls] = Super(cls)
        return found | {known}

    def above_member(self, base: Super, attr: str) -> Values:
        """An attribute of super(): in each class that derives from this one, the next that has it."""
        found: Values = EMPTY
        for cls in base.cls.line():
            order = cls.mro()
            for owner in order[order.index(base.cls) + 1 :]:
                values = self.machine.load(("a", owner, attr))
                if values:
                    found |= self._of(values, owner, self.machine.inst(cls), attr)
                    break
        return found

    # -- members -------------------------------------------------------------------------------------------------

    def bound(self, func: Func, owner: Inst | Class) -> Bound:
        """The interned method of an instance or class."""
        key = (func, owner)
        found = self.bounds.get(key)
        if found is None:
            found = self.bounds[key] = Bound(func, owner)
        return found

    def member(self, base: Inst | Class, attr: str) -> Values:
        """An attribute of an instance or class of the project: methods are bound, properties called."""
        machine = self.machine
        cls = base.cls if isinstance(base, Inst) else base
        if attr == "__dict__":
            return frozenset((self.contents(cls),))
        enum = derives(cls, ENUMS)
        if enum and isinstance(base, Inst) and attr in ("value", "_value_"):
            return self.members(cls)
        found: Values = EMPTY
        order, wide = cls.order(), cls.wide
        above = cls.mro() if wide else order
        for owner in order:
            values = machine.load(("a", owner, attr))
            machine.work += len(values)
            holder = base if owner in above or cls not in owner.mro() else self.like(base, owner)
            found |= self._of(values, owner, holder, attr)
            if attr in owner.methods and not wide:
                break  # it hides those above
            if owner in self.open and not attr.startswith("__") and attr not in owner.methods:
                for begin, end in self.open[owner]:
                    if attr.startswith(begin) and attr.endswith(end):
                        found |= machine.load(("a", owner, f"*{begin}*{end}"))
        if enum and isinstance(base, Class) and attr in self._names(cls):
            plain = frozenset(value for value in found if is_text(value))
            return plain if plain == found and not cls.methods else plain | {machine.inst(cls)}
        return found

    def like(self, base: Inst | Class, cls: Class) -> Inst | Class:
        """An instance of a class, or the class itself, as `base` is one or the other."""
        return self.machine.inst(cls) if isinstance(base, Inst) else cls

    def instances(self, cls: Class) -> Values:
        """What a value that is said to be of a class may be."""
        return frozenset(map(self.machine.inst, (cls,) if cls.wide else cls.line()))

    def _of(self, values: Values, owner: Class, base: Inst | Class, attr: str) -> Values:
        machine = self.machine
        found: Values = EMPTY
        for value in values:
            if isinstance(value, Inst) and isinstance(base, Inst) and value is not base:
                found |= {value} | self._described(value, base)
                continue
            if isinstance(value, Box) and value.type == "property" and isinstance(base, Inst):
                for getter in machine.elements(frozenset((value,))):
                    found |= self._got(getter, base) if isinstance(getter, Func) else EMPTY
                continue
            if not isinstance(value, Func) or value.cls is None or value not in owner.methods.values():
                found |= {value}
                continue
            how = machine.wrapped.get(value)
            if how == "property" and isinstance(base, Inst):
                found |= self._got(value, base)
            elif how == "static" or (isinstance(base, Class) and how != "class" and attr not in _OF_CLASS):
                found |= {value}
            else:
                found |= {self.bound(value, base)}
        return found

    def _got(self, getter: Func, base: Inst) -> Values:
        """What a property gives."""
        from .calls import Arguments

        arguments = Arguments()
        arguments.positional.append(frozenset((base,)))
        return self.machine.calls.run(getter, arguments)

    def _described(self, value: Inst, base: Inst) -> Values:
        """What a descriptor gives."""
        if not any("__get__" in owner.methods for owner in value.cls.mro()):
            return EMPTY
        return self.method(value, "__get__", frozenset((base,)), frozenset((base.cls,)))

    def store(self, base: Inst | Class, attr: str, values: Values) -> None:
        """Stores into an attribute."""
        cls = base.cls if isinstance(base, Inst) else base
        self.machine.store(("a", cls, attr), values)
        if isinstance(base, Inst):
            for owner in cls.mro():
                for found in self.machine.load(("a", owner, attr)):
                    if isinstance(found, Inst) and any("__set__" in c.methods for c in found.cls.mro()):
                        self.method(found, "__set__", frozenset((base,)), values)

    def method(self, inst: Inst, name: str, *given: Values) -> Values:
        """The result of calling a method."""
        from .calls import Arguments

        found: Values = EMPTY
        arguments = Arguments()
        arguments.positional = list(given)
        for value in self.member(inst, name):
            if isinstance(value, Bound):
                found |= self.machine.calls.invoke(value, arguments, None)
        return found

    def _names(self, cls: Class) -> set[str]:
        """The names that the body of a class binds."""
        scope = self.machine.program.modules[cls.module].scopes.get(cls.node)  # type: ignore[index]
        return scope.bound if scope is not None else set()

    def members(self, cls: Class) -> Values:
        """The values of an enum's members."""
        found: Values = EMPTY
        for owner in cls.mro():
            for name in sorted(self._names(owner) - set(owner.methods)):
                found |= self.machine.load(("a", owner, name))
        return frozenset(value for value in found if not isinstance(value, Func))

    # -- instances -----------------------------------------------------------------------------------------------

    def construct(self, cls: Class, arguments: Arguments) -> Values:
        """Makes an instance: runs __new__ and __init__, or fills a dataclass's fields."""
        machine = self.machine
        inst = machine.inst(cls)
        if derives(cls, ENUMS):
            return frozenset(value for value in self.members(cls) if is_text(value)) | {inst}
        found: Values = frozenset((inst,))
        hooks = {name: next((o.methods[name] for o in cls.mro() if name in o.methods), None) for name in _MAKERS}
        for name, hook in hooks.items():
            if hook is not None:
                result = machine.calls.run(hook, arguments.behind(frozenset((cls if name == "__new__" else inst,))))
                if name == "__new__":
                    found |= frozenset(value for value in result if isinstance(value, Inst))
        if hooks["__init__"] is None and any(owner.is_dataclass for owner in cls.mro()):
            self._fill(cls, arguments)
        elif hooks["__init__"] is None and arguments.positional:
            args = machine.box("tuple", (cls, "args"), arguments.rest)  # as those of an exception
            for index, values in enumerate(arguments.positional):
                machine.put(args, values, index)
            machine.store(("a", cls, "args"), frozenset((args,)))
        return found

    def _fill(self, cls: Class, arguments: Arguments) -> None:
        """Gives values to the fields of a dataclass."""
        machine = self.machine
        fields = self.fields(cls)
        for name, values in zip(fields, arguments.positional):
            machine.store(("a", cls, name), values)
        for name in fields[len(arguments.positional) :]:
            machine.store(("a", cls, name), arguments.rest)
            for spread in arguments.spread:
                machine.store(("a", cls, name), machine.get(spread, name))
        for name, values in arguments.named.items():
            machine.store(("a", cls, name), values)
            machine.store(("n", name), values)

    def fields(self, cls: Class) -> list[str]:
        """The fields of a dataclass or named tuple in their order."""
        return list(dict.fromkeys(name for owner in reversed(cls.mro()) for name in owner.fields))

    def replaced(self, values: Values, arguments: Arguments) -> Values:
        """The result of dataclasses.replace() or of a named tuple's _replace()."""
        for value in values:
            if isinstance(value, Inst):
                self._fill(value.cls, arguments.shifted(len(arguments.positional)))
        return values

    def contents(self, cls: Class) -> Box:
        """The dict of an instance's attributes: what is put into it is an attribute."""
        machine = self.machine
        box = machine.box("dict", (cls, "vars"))
        run = machine.unit, machine.runs.get(machine.unit)
        if self.looked.get(cls) == run:
            return box
        self.looked[cls] = run
        for owner in cls.order():
            machine.load(("names", owner))
            for name in sorted(machine.attributes.get(owner, ())):
                values = machine.load(("a", owner, name))
                key = None if name.startswith("*") else name
                machine.put(box, frozenset(v for v in values if not isinstance(v, Func)), key)
        machine.store(("k", box), TEXT)
        return box

    def copied(self, node: ast.Call, values: Values) -> Values:
        """The dict that dataclasses.asdict() or _asdict() makes."""
        machine = self.machine
        box = machine.box("dict", node)
        for value in few(values):
            self.contents(value.cls)
            for name in self.fields(value.cls):
                found = self.member(value, name)
                machine.put(box, found or UNSEEN, name)
        machine.store(("k", box), TEXT)
        return frozenset((box,))

    def tupled(self, inst: Inst) -> list[Values] | None:
        """The elements of a named tuple; None for another instance."""
        if not derives(inst.cls, _TUPLES):
            return None
        return [self.member(inst, name) for name in self.fields(inst.cls)]

    def elements(self, value: Inst | Class) -> Values:
        """What iterating over an instance, or over an enum, gives."""
        machine = self.machine
        if isinstance(value, Class):
            return self.construct(value, machine.calls.nothing) if derives(value, ENUMS) else EMPTY
        found: Values = EMPTY
        for values in self.tupled(value) or ():
            found |= values
        made = self.method(value, "__iter__") | self.method(value, "__aiter__")
        found |= machine.elements(frozenset(item for item in made if not isinstance(item, Inst)))
        for iterator in {value, *(item for item in made if isinstance(item, Inst))}:
            found |= self.method(iterator, "__next__") | machine.awaited(self.method(iterator, "__anext__"))
        return found

    def item(self, value: Inst | Class, key: object, index: Values) -> Values:
        """What a subscript of an instance, or of an enum, gives."""
        if isinstance(value, Class):
            return self.elements(value)
        items = self.tupled(value)
        if items is not None:
            if isinstance(key, int) and -len(items) <= key < len(items):
                return items[key]
            return self.elements(value)
        found = self.method(value, "__getitem__", index)
        for owner in value.cls.order():
            found |= self.machine.load(("a", owner, "[]" if key is None else f"[{key!r}]"))
        return found

    def any_member(self, values: Values, name: ast.expr | None) -> Values:
        """What getattr() with a name that is only known at run time may give."""
        begin, end = _ends(name)
        found: Values = EMPTY
        owners = [value for value in values if isinstance(value, (Inst, Class))]
        for value in owners if len(owners) <= SEVERAL else ():
            cls = value.cls if isinstance(value, Inst) else value
            for owner in cls.order():
                self.machine.load(("names", owner))
                for attr in sorted(self.machine.attributes.get(owner, ())):
                    if attr.startswith("*"):
                        found |= self.machine.load(("a", owner, attr))
                    elif attr.startswith(begin) and attr.endswith(end) and not attr.startswith(("__", "[")):
                        found |= self.member(value, attr)
        return found

    def set_any(self, values: Values, name: ast.expr, given: Values) -> None:
        """setattr() with a name that is only known at run time."""
        ends = _ends(name)
        kept = frozenset(value for value in given if not is_text(value) and not isinstance(value, Plain))
        for value in values:
            if isinstance(value, (Inst, Class)) and kept:
                cls = value.cls if isinstance(value, Inst) else value
                self.machine.store(("a", cls, f"*{ends[0]}*{ends[1]}"), kept)
                if ends not in self.open.setdefault(cls, {}):
                    self.open[cls][ends] = None
                    self.machine.queue.update(dict.fromkeys(self.machine.funcs.values()))


def _ends(name: ast.expr | None) -> tuple[str, str]:
    """How a name that is put together begins and ends."""
    if not isinstance(name, ast.JoinedStr) or not name.values:
        return "", ""
    first, last = name.values[0], name.values[-1]
    begin = str(first.value) if isinstance(first, ast.Constant) else ""
    return begin, str(last.value) if isinstance(last, ast.Constant) else ""


_MAKERS = ("__new__", "__init__")


def derives(cls: Class, names: frozenset[str]) -> bool:
    """Whether a class derives from one outside of the project that has one of these names."""
    return not names.isdisjoint(cls.outside())
