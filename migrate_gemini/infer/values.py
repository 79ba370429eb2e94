"""Abstract values: what an expression may be at run time.

A value set is a frozenset of these. Values are interned: the same value is the same object, so sets are cheap. An
object of an SDK is named by its kind and by the place where it was made (its site): everything that is derived from
one request's answer (its candidates, parts, usage, text) carries that request's site.
"""

from __future__ import annotations

import ast
from typing import TypeAlias


class Ext:
    """Something outside of the project, by its dotted path: a module, class, function or a part of one."""

    __slots__ = ("path",)
    _known: dict[str, Ext] = {}

    def __init__(self, path: str) -> None:
        self.path = path

    @classmethod
    def of(cls, path: str) -> Ext:
        found = cls._known.get(path)
        if found is None:
            found = cls._known[path] = cls(path)
        return found

    def __repr__(self) -> str:
        return f"Ext({self.path})"


class Site:
    """A place that makes an SDK object: the node, and the path of the module that holds it."""

    __slots__ = ("external", "node", "path")

    def __init__(self, node: ast.AST, path: str, external: bool = False) -> None:
        self.node, self.path, self.external = node, path, external

    def __repr__(self) -> str:
        return f"{self.path}:{getattr(self.node, 'lineno', 0)}"


class Obj:
    """An SDK object of a kind (see `sdk.surface`), made at a site."""

    __slots__ = ("kind", "site")

    def __init__(self, kind: str, site: Site) -> None:
        self.kind, self.site = kind, site

    def __repr__(self) -> str:
        return f"{self.kind}@{self.site}"


class Method:
    """A method of an SDK object, not yet called."""

    __slots__ = ("name", "obj")

    def __init__(self, obj: Obj, name: str) -> None:
        self.obj, self.name = obj, name

    def __repr__(self) -> str:
        return f"{self.obj}.{self.name}"


FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Func:
    """A function or lambda of the project."""

    __slots__ = ("cls", "is_async", "is_generator", "node", "scope")

    def __init__(self, node: FunctionNode, scope: object, cls: Class | None, is_generator: bool) -> None:
        self.node, self.scope, self.cls = node, scope, cls
        self.is_async = isinstance(node, ast.AsyncFunctionDef)
        self.is_generator = is_generator

    def __repr__(self) -> str:
        return f"Func({getattr(self.node, 'name', 'lambda')})"


WIDE = 8
"""From so many classes on that derive from one, an instance of it may be of any of them."""


class Class:
    """A class of the project. bases: the values of its base expressions."""

    __slots__ = (
        "_bases_of",
        "_family",
        "_mro",
        "_order",
        "_outside",
        "bases",
        "children",
        "fields",
        "is_dataclass",
        "methods",
        "module",
        "node",
    )
    version = 0
    """Counts the changes of any class's bases."""

    def __init__(self, node: ast.ClassDef, module: object) -> None:
        self.node, self.module = node, module
        self.bases: list[Value] = []
        self.children: set[Class] = set()
        self.methods: dict[str, Func] = {}
        self.fields: list[str] = []
        self.is_dataclass = False
        self._family: tuple[int, list[Class]] = (-1, [])
        self._order: tuple[int, bool, list[Class]] = (-1, False, [])
        self._mro: tuple[int, list[Class]] = (-1, [])
        self._bases_of: list[int] = []
        self._outside: tuple[int, frozenset[str]] = (-1, frozenset())

    def mro(self) -> list[Class]:
        """The class and its project bases in the order in which Python looks into them."""
        if self._mro[0] != Class.version:
            for cls in reversed(self._above()):  # those far above first, so that none waits for many others
                cls._settle()
        return self._mro[1]

    def _settle(self) -> None:
        """Works the mro out again if a base has come to any of its classes."""
        if self._mro[0] != Class.version:
            bases_of = [len(cls.bases) for cls in self._above()]  # which only grow
            order = self._mro[1] if bases_of == self._bases_of else self._linear()
            self._mro, self._bases_of = (Class.version, order), bases_of

    def _above(self) -> list[Class]:
        """The class and every project class that it derives from, the nearest first."""
        order: dict[Class, None] = {self: None}
        queue = [self]
        for cls in queue:
            for base in cls.bases:
                if isinstance(base, Class) and base not in order:
                    order[base] = None
                    queue.append(base)
        return list(order)

    def outside(self) -> frozenset[str]:
        """The last names of the classes outside of the project that the class derives from."""
        if self._outside[0] != Class.version:
            bases = (base for owner in self.mro() for base in owner.bases if isinstance(base, Ext))
            self._outside = (Class.version, frozenset(base.path.rpartition(".")[2] for base in bases))
        return self._outside[1]

    def _linear(self) -> list[Class]:
        bases = [base for base in self.bases if isinstance(base, Class) and base is not self]
        if any(self in base._above() for base in bases):
            return self._above()  # classes that derive from each other: some are conditional, or from elsewhere
        if len(bases) == 1:
            return [self, *bases[0].mro()]
        lists = [list(base.mro()) for base in bases] + [bases]
        order = [self]
        while lists := [line for line in lists if line]:
            heads = [line[0] for line in lists]
            found = next((head for head in heads if not any(head in line[1:] for line in lists)), heads[0])
            order.append(found)
            lists = [[cls for cls in line if cls is not found] for line in lists]
        return order

    def line(self) -> list[Class]:
        """The class and every project class that derives from it."""
        order: dict[Class, None] = {self: None}
        queue: list[Class] = [self]
        for cls in queue:
            new = [child for child in cls.children if child not in order]
            new.sort(key=lambda child: (child.node.lineno, str(child.module)))
            order.update(dict.fromkeys(new))
            queue += new
        return list(order)

    @property
    def wide(self) -> bool:
        """Whether an instance stands for those of the classes that derive from this one, too."""
        self.order()
        return self._order[1]

    def order(self) -> list[Class]:
        """The classes in which the attributes of an instance are found: the mro; of a wide class, its family."""
        if self._order[0] != Class.version:
            wide = len(self.line()) > WIDE
            self._order = (Class.version, wide, self.family() if wide else self.mro())
        return self._order[2]

    def family(self) -> list[Class]:
        """The mro, then every project subclass, and what those derive from beside this class."""
        if self._family[0] != Class.version:
            order = dict.fromkeys(self.mro())
            line = self.line()
            order.update(dict.fromkeys(line))
            order.update(dict.fromkeys(owner for cls in line for owner in cls.mro()))
            self._family = (Class.version, list(order))
        return self._family[1]

    def __repr__(self) -> str:
        return f"Class({self.node.name})"


class Inst:
    """An instance of a project class: of exactly this one, unless the class is wide."""

    __slots__ = ("cls",)
    _known: dict[Class, Inst] = {}

    def __init__(self, cls: Class) -> None:
        self.cls = cls

    def __repr__(self) -> str:
        return f"Inst({self.cls.node.name})"


class Bound:
    """A project method with the instance it was taken from."""

    __slots__ = ("func", "owner")

    def __init__(self, func: Func, owner: Inst | Class) -> None:
        self.func, self.owner = func, owner

    def __repr__(self) -> str:
        return f"Bound({self.func})"


class Super:
    """What super() is in the methods of a project class."""

    __slots__ = ("cls",)

    def __init__(self, cls: Class) -> None:
        self.cls = cls

    def __repr__(self) -> str:
        return f"Super({self.cls.node.name})"


class Box:
    """A container or wrapper made at a node: its contents live in the machine's cells.

    type: list, tuple, set, dict, gen (generator or iterator), wait (awaitable), future, partial, range.
    """

    __slots__ = ("node", "type")

    def __init__(self, type: str, node: object) -> None:
        self.type, self.node = type, node

    def __repr__(self) -> str:
        return f"{self.type}@{getattr(self.node, 'lineno', self.node)}"


class Const:
    """A string literal that may be a model name; other strings are STR."""

    __slots__ = ("node", "path")

    def __init__(self, node: ast.Constant, path: str) -> None:
        self.node, self.path = node, path

    def __repr__(self) -> str:
        return f"Const({self.node.value!r})"


class Module:
    """A module of the project, by path."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"Module({self.path})"


class Double:
    """A test double, by the node that makes it; or what one gives, by the double that it comes from and a name there.

    kind: mock, space (a SimpleNamespace), patcher (what patch() gives); a call is the name `return_value`, an index
    the name in brackets.
    """

    __slots__ = ("kind", "name", "node", "parent", "path")

    def __init__(self, kind: str, node: ast.AST, path: str, parent: Double | None = None, name: str = "") -> None:
        self.kind, self.node, self.path, self.parent, self.name = kind, node, path, parent, name

    @property
    def root(self) -> Double:
        """The double that is made at the node."""
        return self if self.parent is None else self.parent.root

    @property
    def steps(self) -> tuple[str, ...]:
        """The names that lead here from the root."""
        return () if self.parent is None else (*self.parent.steps, self.name)

    def __repr__(self) -> str:
        return f"Double({getattr(self.node, 'lineno', 0)}{''.join('.' + step for step in self.steps)})"


class Plain:
    """A value without parts that matter: text, number, None, or something unknown."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


STR, NUM, NONE, UNKNOWN, BYTES = Plain("STR"), Plain("NUM"), Plain("NONE"), Plain("UNKNOWN"), Plain("BYTES")
IMAGE, MEDIA, OPAQUE = Plain("IMAGE"), Plain("MEDIA"), Plain("OPAQUE")
"""An image of PIL; a part with media; something else which is no text."""
BUFFER, TEXT_BUFFER = Plain("BUFFER"), Plain("TEXT_BUFFER")
"""A file, on a disk or in memory: of bytes, of text."""

Value: TypeAlias = Ext | Obj | Method | Func | Class | Inst | Super | Bound | Box | Const | Module | Double | Plain
Values: TypeAlias = frozenset[Value]
EMPTY: Values = frozenset()
TEXT: Values = frozenset((STR,))
NUMBER: Values = frozenset((NUM,))
NOTHING: Values = frozenset((NONE,))
UNSEEN: Values = frozenset((UNKNOWN,))


def is_text(value: object) -> bool:
    """Whether a value is text: any string, a model's name, or the text of an answer."""
    return value is STR or isinstance(value, Const) or isinstance(value, Obj) and value.kind == "Text"


GIVES_TEXT: Values = TEXT
"""Values whose elements, slices and sums are text."""

SEVERAL = 6
"""Where an object may be of more classes, what all of its attributes are is not followed."""


def few(values: Values) -> list[Inst]:
    """The instances among values, if they are of few classes."""
    found = [value for value in values if isinstance(value, Inst)]
    return found if len(found) <= SEVERAL else []
