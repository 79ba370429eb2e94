"""What a call does: it binds arguments to parameters, makes SDK objects, and gives a result."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from ..modules import is_test
from ..sdk import surface, surfaces
from . import library
from .helpers import CASES, Case, passes
from .scopes import parameters
from .values import EMPTY, Bound, Box, Class, Ext, Func, Inst, Method, Obj, Value, Values

if TYPE_CHECKING:
    from .machine import Machine

_WRAPPERS = {"property": "property", "cached_property": "property", "staticmethod": "static", "classmethod": "class"}


class Arguments:
    """The evaluated arguments of a call.

    positional: one value set each; rest: values of *args whose place is unknown; named: keyword -> values;
    spread: dicts given with **; unseen: whether something unknown is given with * or **.
    """

    __slots__ = ("named", "positional", "rest", "spread", "unseen")

    def __init__(self) -> None:
        self.positional: list[Values] = []
        self.rest: Values = EMPTY
        self.named: dict[str, Values] = {}
        self.spread: list[Box] = []
        self.unseen = False

    def shifted(self, count: int) -> Arguments:
        """The same without the first `count` positional arguments."""
        found = Arguments()
        found.positional, found.rest = self.positional[count:], self.rest
        found.named, found.spread, found.unseen = self.named, self.spread, self.unseen
        return found

    def behind(self, first: Values) -> Arguments:
        """The same behind one more positional argument."""
        found = self.shifted(0)
        found.positional.insert(0, first)
        return found

    def first(self, name: str = "") -> Values:
        """The first positional argument, or the keyword `name`."""
        return self.positional[0] if self.positional else self.named.get(name, self.rest)


class Calls:
    """Call semantics for one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.methods: dict[tuple[Obj, str], Method] = {}
        self.received: dict[ast.Call, Arguments] = {}
        self.nothing = Arguments()
        self.given: dict[Method, dict[ast.Call | None, Arguments]] = {}
        self.cases: dict[Func, dict[ast.Call, Case] | None] = {}
        self.depth = 0

    # -- members -------------------------------------------------------------------------------------------------

    def sdk_method(self, obj: Obj, name: str) -> Method:
        """The interned method of an SDK object."""
        key = (obj, name)
        found = self.methods.get(key)
        if found is None:
            found = self.methods[key] = Method(obj, name)
        return found

    def entered(self, values: Values) -> Values:
        """What `with values as x` binds."""
        found: Values = EMPTY
        for value in values:
            if isinstance(value, Box) and value.type in ("gen", "wait"):
                found |= self.machine.load(("e", value, "#"))
            elif isinstance(value, Inst):
                method = self.machine.objects.method
                entered = method(value, "__enter__") | self.machine.awaited(method(value, "__aenter__"))
                found |= entered or {value}
            else:
                found |= {value}
        return found

    def decorate(self, func: Func, decorator: ast.expr) -> None:
        """Notes what a decorator makes of a function; other decorators are taken to pass calls through."""
        machine = self.machine
        values = machine.eval(decorator)
        name = decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")
        if name in _WRAPPERS:
            machine.wrapped[func] = _WRAPPERS[name]
        elif name.endswith("property") or any(
            "__get__" in owner.methods for value in values if isinstance(value, Class) for owner in value.mro()
        ):
            machine.wrapped[func] = "property"
        for value in values:
            if isinstance(value, (Func, Bound)):
                arguments = Arguments()
                arguments.positional.append(frozenset((func,)))
                self.invoke(value, arguments, None)
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(target, ast.Attribute) and target.attr == "register":
            for value in machine.eval(target.value):
                if isinstance(value, Func):  # functools.singledispatch
                    machine.store(("d", value), frozenset((func,)))

    def annotated(self, annotation: ast.expr | None, external: bool = False) -> Values:
        """The SDK object that an annotation promises; nothing for other annotations."""
        machine = self.machine
        if annotation is None:
            return EMPTY
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = ast.parse(annotation.value, mode="eval").body
            except SyntaxError:
                return EMPTY
        if isinstance(annotation, ast.BinOp):
            return self.annotated(annotation.left, external) | self.annotated(annotation.right, external)
        if isinstance(annotation, ast.Subscript):
            name = annotation.value
            label = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
            if label in ("Optional", "Annotated", "Final", "ClassVar"):
                items = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
                given = [machine.eval(item) for item in items[1:] if isinstance(item, ast.Call)]  # Depends(...)
                made = frozenset(v for values in given for v in values if isinstance(v, (Obj, Inst)))
                return made or self.annotated(items[0], external)
            return EMPTY
        found: Values = EMPTY
        for value in machine.eval(annotation):
            if isinstance(value, Ext) and value.path in surface.ANNOTATIONS:
                kind = surface.ANNOTATIONS[value.path]
                found |= {machine.obj(kind, machine.site(annotation, external=True))}
            elif isinstance(value, Class):
                found |= machine.objects.instances(value)
            elif isinstance(value, Box) and value.type == "annotated":
                found |= machine.load(("e", value, "#"))
        return found

    # -- calls ---------------------------------------------------------------------------------------------------

    def arguments(self, node: ast.Call) -> Arguments:
        """Evaluates a call's arguments in order."""
        machine = self.machine
        found = Arguments()
        for item in node.args:
            values = machine.eval(item)
            if not isinstance(item, ast.Starred):
                found.positional.append(values)
                continue
            found.unseen |= not values
            for value in values:
                if isinstance(value, Box) and value.type == "tuple":
                    index = 0
                    while ("e", value, index) in machine.cells:
                        found.positional.append(machine.get(value, index))
                        index += 1
                    found.rest |= machine.load(("e", value, "*"))
                else:
                    found.rest |= machine.elements(frozenset((value,)))
        for keyword in node.keywords:
            values = machine.eval(keyword.value)
            if keyword.arg is not None:
                found.named[keyword.arg] = values
            else:
                found.unseen |= not values
                found.spread.extend(value for value in values if isinstance(value, Box))
        return found

    def call(self, node: ast.Call) -> Values:
        """The result of a call expression."""
        machine = self.machine
        func = node.func
        if isinstance(func, ast.Attribute):
            bases = machine.eval(func.value)
            callees = machine.attribute(bases, func.attr)
            if callees:
                machine.vals[func] = machine.vals.get(func, EMPTY) | callees
        else:
            bases, callees = EMPTY, machine.eval(func)
        arguments = self.arguments(node)
        machine.callees[node] = machine.callees.get(node, EMPTY) | callees
        found: Values = EMPTY
        for callee in callees:
            found |= self.invoke(callee, arguments, node)
        if isinstance(func, ast.Attribute):
            if func.attr == "__new__":
                found |= {machine.inst(value) for value in arguments.first() if isinstance(value, Class)}
            found |= library.method(machine, node, bases, func.attr, arguments, bool(callees))
        if not found and not any(isinstance(base, Box) for base in bases):
            found = self.elsewhere(node, callees, arguments)
        return found

    def elsewhere(self, node: ast.Call, callees: Values, arguments: Arguments) -> Values:
        """The answers of a request that functions give which are handed to a function that is not known: a helper that
        tries again, or the like, is taken to give what they give, or a function that gives it."""
        paths = [value.path if isinstance(value, Ext) else "" for value in callees]
        roots = {path.partition(".")[0] for path in paths}
        if "" in roots or "builtins" in roots or not roots.isdisjoint(sys.stdlib_module_names):
            return EMPTY
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if name[:1].isupper() or name in library.CALLERS:
            return EMPTY
        found: Values = EMPTY
        wrapped: set[Value] = set()
        for values in [*arguments.positional, *arguments.named.values()]:
            for value in values:
                if isinstance(value, Method) and value.name in surface.CALL_NAMES:
                    inner = arguments.shifted(len(arguments.positional))
                    inner.named = {}
                    found |= self.invoke(value, inner, node)
                    wrapped.add(value)
                elif isinstance(value, (Func, Bound)):
                    func_ = value.func if isinstance(value, Bound) else value
                    result = self.machine.load(("r", func_))
                    kept: Values = frozenset(
                        v for v in result if isinstance(v, Obj) and v.kind in ("Response", "Stream")
                    )
                    if func_.is_async and kept:
                        kept = frozenset((self.machine.box("wait", func_, kept),))
                    kept |= frozenset(v for v in result if isinstance(v, Box) and v.type == "wait")
                    found |= kept
                    wrapped.update([value] if kept else [])
        return found | {self.machine.box("wrapped", node, frozenset(wrapped))} if wrapped else found

    def invoke(self, callee: Value, arguments: Arguments, node: ast.Call | None) -> Values:
        """The result of calling one value; node is the call expression, or None for an indirect call."""
        if self.depth > 12:
            return EMPTY  # a callable that calls itself through a wrapper
        self.machine.step()
        self.depth += 1
        try:
            return self._invoke(callee, arguments, node)
        finally:
            self.depth -= 1

    def _invoke(self, callee: Value, arguments: Arguments, node: ast.Call | None) -> Values:
        machine = self.machine
        if isinstance(callee, Func):
            return self._dispatched(callee, arguments, node)
        if isinstance(callee, Bound):
            return self._dispatched(callee.func, arguments.behind(frozenset((callee.owner,))), node)
        if isinstance(callee, Class):
            return machine.objects.construct(callee, arguments)
        if isinstance(callee, Method):
            self.given.setdefault(callee, {})[node] = arguments
            return self.sdk_call(callee, node)
        if isinstance(callee, Box) and callee.type == "wrapped":
            inside: Values = EMPTY
            for value in machine.load(("e", callee, "#")):
                inside |= self.invoke(value, arguments, node)
            return inside
        if isinstance(callee, Box) and callee.type == "partial":
            return self.partial(callee, arguments, node)
        if isinstance(callee, Box) and callee.type == "getter":
            machine.put(callee, arguments.first())
            name = callee.node.args[0] if isinstance(callee.node, ast.Call) and callee.node.args else None
            asked = isinstance(name, ast.Constant) and isinstance(name.value, str)
            return machine.attribute(arguments.first(), name.value) if asked else EMPTY  # type: ignore[union-attr]
        if isinstance(callee, Inst):
            found: Values = EMPTY
            for value in machine.objects.member(callee, "__call__"):
                found |= self.invoke(value, arguments, node)
            return found
        if isinstance(callee, Ext) and node is not None:
            kind = surface.CONSTRUCTORS.get(callee.path)
            if kind is not None:
                return frozenset((machine.obj(kind, machine.site(node)),))
            function = surfaces.FUNCTIONS.get(callee.path)
            if function is not None:
                made = frozenset((machine.obj(function.result, machine.site(node)),)) if function.result else EMPTY
                return frozenset((machine.box("wait", (node, callee), made),)) if function.waits else made
            return library.function(machine, node, callee.path, arguments)
        return EMPTY

    def _dispatched(self, func: Func, arguments: Arguments, node: ast.Call | None) -> Values:
        """The result of a function, or of those that are registered with it."""
        found = self.run(func, arguments)
        case = self.case(func, node)
        if case is not None:
            found = self.run(case, arguments)
        for other in self.machine.load(("d", func)):
            if isinstance(other, Func):
                found |= self.run(other, arguments)
        return found

    def partial(self, box: Box, arguments: Arguments, node: ast.Call | None) -> Values:
        """Calls a functools.partial."""
        machine = self.machine
        given: Arguments = self.received.get(box.node, Arguments())  # type: ignore[call-overload]
        merged = given.shifted(1)
        merged.positional = [*merged.positional, *arguments.positional]
        merged.named = {**merged.named, **arguments.named}
        merged.rest = merged.rest | arguments.rest
        merged.spread = [*merged.spread, *arguments.spread]
        found: Values = EMPTY
        for callee in machine.load(("e", box, "#")):
            found |= self.invoke(callee, merged, box.node if isinstance(callee, Method) else None)  # type: ignore[arg-type]
        return found

    def sdk_call(self, method: Method, node: ast.Call | None) -> Values:
        """The result of an SDK method; the call expression is the site of what it makes.

        A method that something else calls (`pool.submit(model.generate_content, ...)`) shares its object's site.
        """
        machine = self.machine
        kind, waits = surface.METHODS[method.obj.kind][method.name]
        if not kind:
            return EMPTY
        direct = node is not None and method in machine.callees.get(node, EMPTY)
        site = machine.site(node) if direct and node is not None else method.obj.site
        if kind == "Response" and direct and node is not None and method.obj.kind in ("LModel", "LChat"):
            stream = next((k.value for k in node.keywords if k.arg == "stream"), None)
            if stream is not None and not (isinstance(stream, ast.Constant) and not stream.value):
                kind = "Stream"
            elif all(k.arg is not None for k in node.keywords):  # `**given` may ask for a stream
                machine.legacy_answers.add(node)
        if (
            kind == "Interaction"
            and node is not None
            and any(
                k.arg == "stream" and not (isinstance(k.value, ast.Constant) and not k.value.value)
                for k in node.keywords
            )
        ):
            kind = "InteractionStream"
        result: Value = machine.obj(kind, method.obj.site if kind in ("History", "Dump", "DumpText") else site)
        if waits:
            result = machine.box("wait", (node, method), frozenset((result,)))
        return frozenset((result,))

    def case(self, func: Func, node: ast.Call | None) -> Case | None:
        """The function as this call runs it, where its calls are told apart."""
        if func not in self.cases:
            self.cases[func] = {} if passes(func) else None
        cases = self.cases[func]
        if cases is None or node is None:
            return None
        found = cases.get(node)
        if found is None and len(cases) < CASES:
            found = cases[node] = Case(func)
            self.machine.queue[found] = None
        return found

    def run(self, func: Func, arguments: Arguments) -> Values:
        """Binds arguments to a function's parameters; its result as far as it is known."""
        machine = self.machine
        args = func.node.args
        positional = [*args.posonlyargs, *args.args]
        handed = machine.in_test and not is_test(func.scope.path)  # type: ignore[attr-defined]
        unknown = set() if handed else machine.called.setdefault(func, set())
        if arguments.unseen:
            unknown.update(param.arg for param in parameters(args))
        for param, values in zip(positional, arguments.positional):
            machine.store(("p", func, param.arg), values)
            if not values:
                unknown.add(param.arg)
        extra = arguments.positional[len(positional) :]
        if args.vararg is not None:
            box = machine.box("tuple", (func, args.vararg) if isinstance(func, Case) else args.vararg, arguments.rest)
            for index, values in enumerate(extra):
                machine.put(box, values, index)
            machine.store(("p", func, args.vararg.arg), frozenset((box,)))
        if arguments.rest:
            for param in positional[len(arguments.positional) :]:
                machine.store(("p", func, param.arg), arguments.rest)
        names = {param.arg for param in parameters(args)}
        keyword_box = None
        if args.kwarg is not None:
            keyword_box = machine.box("dict", (func, args.kwarg) if isinstance(func, Case) else args.kwarg)
            machine.store(("p", func, args.kwarg.arg), frozenset((keyword_box,)))
        for name, values in arguments.named.items():
            if name in names:
                machine.store(("p", func, name), values)
                if not values:
                    unknown.add(name)
            elif keyword_box is not None:
                machine.put(keyword_box, values, name)
        for spread in arguments.spread:
            for param in parameters(args):
                machine.store(("p", func, param.arg), machine.get(spread, param.arg))
                unknown.add(param.arg)
            if keyword_box is not None:
                machine.copy_items(spread, keyword_box, names)
        if isinstance(func, Case):
            given = {param.arg for param in positional[: len(arguments.positional)]} | arguments.named.keys()
            for param in () if arguments.rest or arguments.spread else parameters(args):
                if param.arg not in given and param not in (args.vararg, args.kwarg):  # it has its default
                    machine.store(("p", func, param.arg), machine.load(("p", func.of, param.arg)))
        result = machine.load(("r", func))
        if func.is_generator:
            return frozenset((machine.box("gen", func, machine.load(("y", func))),))
        if func.is_async:
            return frozenset((machine.box("wait", func, result),))
        return result
