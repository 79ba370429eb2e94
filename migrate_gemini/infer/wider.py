"""The program of a project that is too large to be run as a whole: the modules that objects of an SDK reach."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterable, Mapping

from ..modules import ModuleIndex, scan_imports
from ..sdk import first_schema, surface
from ..sdk.models import WORDS as MODEL_WORDS
from .program import Program
from .scopes import parameters
from .values import EMPTY, Box, Class, Ext, Func, Inst, Method, Obj, Site, Values

SMALL = 40
"""Programs of up to this many modules are run as a whole; of larger ones only the modules that SDK objects reach."""
FAR = 2_000_000
"""So many characters, about fifty thousand lines, are taken in at most beyond what a large program starts with, but for
modules that name models."""
DEPTH = 4
"""So many attributes, results and elements deep an object of an SDK is looked for in what a module gives."""
REQUESTS = ("generate_content", "start_chat(")

_CLIENTS = ("Client", "AClient")
_TOLD = frozenset(("str", "int", "float", "bool", "bytes"))

Ways = dict[str, frozenset[Site]]
"""Names that a module has to say to get at objects of an SDK ('' for none), with the sites of these objects."""


def program_of(texts: Mapping[str, str], trees: Mapping[str, ast.Module]) -> tuple[Program, dict[Site, str]]:
    """The program of modules, by path, some of which are parsed; and the sites of what reaches too many others, each
    with one of these.

    In a large one, a module without the SDK's name is taken in when a module with the SDK's name imports it, when it
    imports a name that gives an SDK object, or one of a function whose request hangs on what it is given, and when one
    of the latter imports it.
    """
    if len(texts) <= SMALL:
        return Program([(path, text, trees[path]) for path, text in texts.items()]), {}
    core = {path for path, text in texts.items() if path in trees or any(word in text for word in REQUESTS)}
    index = ModuleIndex(texts)
    imports = {path: scan_imports(text.encode()) for path, text in texts.items()}
    targets = {path: [index.targets(path, item) for item in found] for path, found in imports.items()}
    chosen = core | {target for path in core for found in targets[path] for target in found}
    most = FAR + sum(len(texts[path]) for path in chosen)
    program = Program(_parsed(sorted(chosen), texts, trees))
    far: dict[Site, str] = {}
    while True:
        given = _Given(program)
        exports = {path: given.exports(path) for path in program.modules}
        asking = {path: words for path in program.modules if (words := given.asking(path))}
        new: dict[str, set[Site]] = {}
        named = set()
        for path, text in texts.items():
            if path in chosen:
                continue
            reached = {target for found in targets[path] for target in found}
            if core & reached and any(word in text for word in MODEL_WORDS):
                named.add(path)
            asked = [sites for target in reached for word, sites in asking.get(target, {}).items() if word in text]
            for item, found in zip(imports[path], targets[path]):
                names = {name: ways for target in found for name, ways in exports.get(target, {}).items()}
                whole = not item.names or "*" in item.names
                wanted = [ways for name, ways in names.items() if whole or name in item.names]
                asked += [sites for ways in wanted for word, sites in ways.items() if word in text]
            if asked or path in named:
                new[path] = set().union(*asked)
        further = {target for path in new for found in targets[path] for target in found} - chosen - new.keys()
        if far or sum(len(texts[path]) for path in (*chosen, *new, *further)) > most:
            far = {site: path for path in sorted(new.keys() - named, reverse=True) for site in new[path]} | far
            new, further = {path: new[path] for path in new if path in named}, set()
        chosen.update(new, further)
        if not (sources := _parsed([*new, *sorted(further)], texts, trees)):
            for path in (path for path in texts if path not in program.modules):
                for target in sorted({target for found in targets[path] for target in found}):
                    program.unread.setdefault(target, []).append(path)
            return program, far
        program.add(sources)


def _parsed(
    paths: Iterable[str], texts: Mapping[str, str], trees: Mapping[str, ast.Module]
) -> list[tuple[str, str, ast.Module]]:
    """Path, text and tree of those modules that can be parsed."""
    found = []
    for path in paths:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            found.append((path, texts[path], trees.get(path) or ast.parse(texts[path])))
    return found


class _Given:
    """What the modules of a program that has run give to others."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.machine = program.machine
        self.known: dict[tuple[object, int], Ways] = {}

    def asking(self, path: str) -> Ways:
        """The names by which a module's functions are called that call an SDK with what they are given, unless all of
        that is said to be plain."""
        facts = self.program.modules[path]
        found: dict[str, set[Site]] = {}
        for call in facts.every(ast.Call):
            callees = self.machine.callees.get(call, EMPTY)
            if not any(isinstance(value, Method) or _is_sdk(value) for value in callees):
                continue
            site = self.machine.sites.get(call)
            outer: ast.AST = call
            while outer in facts.parents:
                outer = facts.parents[outer]
                if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)) and not _told(
                    outer, facts.parents[outer]
                ):
                    holder = facts.parents[outer]
                    made = outer.name.startswith("__") and isinstance(holder, ast.ClassDef)
                    name = holder.name if made and isinstance(holder, ast.ClassDef) else outer.name
                    found.setdefault(name, set()).update((site,) if site is not None else ())
        return {name: frozenset(sites) for name, sites in found.items()}

    def exports(self, path: str) -> dict[str, Ways]:
        """The names of a module through which other modules get at objects of an SDK that change their form."""
        scope = self.program.modules[path].scope
        cells = self.machine.cells
        found = {}
        for name in scope.bound:
            values = cells.get(("v", scope, name), EMPTY)
            if ways := self._ways(values, DEPTH):
                found[name] = ways
            elif any(map(_is_sdk, values)):
                found[name] = {name: frozenset()}
        return found

    def _ways(self, values: Values, depth: int) -> Ways:
        """The attributes by which SDK objects can be had from values: by calling them, or looking into them."""
        found: Ways = {}
        for value in values:
            key = (value, depth)
            ways = self.known.get(key)
            if ways is None:
                ways = self.known[key] = self._looks(value, depth - 1)
            for word, sites in ways.items():
                found[word] = found.get(word, frozenset()) | sites
        return found

    def _looks(self, value: object, depth: int) -> Ways:
        cells = self.machine.cells
        if isinstance(value, Obj):
            moves = value.kind in surface.MOVING or value.kind in first_schema.KINDS or value.kind in _CLIENTS
            return {"": frozenset((value.site,))} if moves else {}
        if depth == 0:
            return {}
        if isinstance(value, Func):
            return self._ways(cells.get(("r", value), EMPTY) | cells.get(("y", value), EMPTY), depth)
        if isinstance(value, Box):
            return self._ways(cells.get(("e", value, "#"), EMPTY), depth)
        if isinstance(value, Inst):
            return self._ways(frozenset((value.cls,)), depth + 1)
        found: Ways = {}
        if isinstance(value, Class):
            for name in self.machine.attributes.get(value, ()):
                values = cells.get(("a", value, name), EMPTY)
                values = frozenset(v for v in values if not (isinstance(v, Obj) and v.kind in _CLIENTS))
                sites = self._ways(values, depth).values()
                if sites:
                    found[name] = frozenset().union(*sites)
        return found


def _told(function: ast.FunctionDef | ast.AsyncFunctionDef, holder: ast.AST | None) -> bool:
    """Whether all parameters are annotated as text or a number."""
    own = parameters(function.args)[1 if isinstance(holder, ast.ClassDef) else 0 :]
    names = (ast.unparse(arg.annotation).removesuffix(" | None") if arg.annotation is not None else "" for arg in own)
    return all(name in _TOLD for name in names)


def _is_sdk(value: object) -> bool:
    return isinstance(value, Ext) and value.path.startswith((surface.LEGACY, surface.GENAI))
