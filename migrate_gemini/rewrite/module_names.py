"""How modules of a program name each other: what one imports, and how it says the name of another."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Sequence

from ..graph import reached
from ..infer.program import ModuleFacts
from ..infer.values import Module
from ..modules import is_test
from .plan import Plan


def _said(node: ast.AST) -> Iterator[tuple[str, int, str]]:
    """(module, level, bound name) for each name of an import statement that may be a module."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name, 0, alias.asname or alias.name
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield f"{node.module}.{alias.name}" if node.module else alias.name, node.level, alias.asname or alias.name


def _modules(node: ast.AST) -> list[tuple[str, int]]:
    """(module, level) for each module that an import statement may load."""
    found = [(name, level) for name, level, _ in _said(node)]
    if isinstance(node, ast.ImportFrom):
        found.insert(0, (node.module or "", node.level))
    return found


def names(plan: Plan, importer: str, wanted: str) -> bool:
    """Whether one module has an import of another."""
    return wanted in plan.program.loads(importer)


def importers(plan: Plan, wanted: str) -> list[str]:
    """The modules that import one, also those that are not read."""
    read = (path for path in plan.program.modules if path != wanted and names(plan, path, wanted))
    return [*read, *plan.program.unread.get(wanted, ())]


def taken(plan: Plan, source: str) -> set[str]:
    """The names of a module that others import from it, or read off it; `*` where one takes all."""
    found: set[str] = set()
    for path, facts in plan.program.modules.items():
        if path == source or not names(plan, path, source):
            continue
        for node in facts.nodes:
            if isinstance(node, ast.ImportFrom):
                if plan.program.index.resolve(path, node.module or "", node.level) == source:
                    found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.Attribute):
                if any(isinstance(v, Module) and v.path == source for v in plan.values(node.value)):
                    found.add(node.attr)
    return found


def said(plan: Plan, importer: str, node: ast.AST, sources: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(module, code) for each of these modules that an import statement binds, with the code that names it then."""
    for name, level, code in _said(node):
        found = plan.program.index.resolve(importer, name, level)
        if found in sources and found is not None:
            yield found, code


def imports(plan: Plan, importer: str, wanted: str) -> bool:
    """Whether one module imports another, directly or through others."""
    seen: set[str] = set()
    todo = [importer]
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            loaded = plan.program.loads(path)
            if wanted in loaded:
                return True
            todo += loaded
    return False


def together(plan: Plan, path: str, other: str) -> bool:
    """Whether two modules are loaded in one process: one imports the other, or a third one, but no test, both."""
    if plan.importers is None:
        plan.importers = _importers(plan)
    loading = reached([other], plan.importers)
    return not reached([path], plan.importers).isdisjoint(loading)


def _importers(plan: Plan) -> dict[str, set[str]]:
    """The modules that import each module of the program directly, but for tests."""
    above: dict[str, set[str]] = {}
    for importer in plan.program.modules:
        for found in () if is_test(importer) else plan.program.loads(importer):
            above.setdefault(found, set()).add(importer)
    return above


def bound(plan: Plan, importer: str, source: str) -> str:
    """The code by which a module names another everywhere in it, where its top level imports that module as such, reads
    it, and imports none of its names; '' otherwise."""
    facts = plan.facts(importer)
    found = ""
    for node in facts.tree.body:
        for name, level, said in _said(node):
            if plan.program.index.resolve(importer, name, level) == source:
                found = found or said
        if isinstance(node, ast.ImportFrom):
            if plan.program.index.resolve(importer, node.module or "", node.level) == source:
                return ""  # there the new name is listed
    return found if found and _read(facts, found.partition(".")[0]) else ""


def _read(facts: ModuleFacts, name: str) -> bool:
    """Whether a name is read in the module, and no function or class has another meaning for it."""
    if any(name in scope.bound for scope in facts.scopes.values() if scope is not facts.scope):
        return False
    return any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in facts.nodes)


def of(plan: Plan, importer: str, source: str) -> str:
    """How `importer` names the module `source`: as it does already, or relative to its own place."""
    index = plan.program.index
    here = posixpath.dirname(importer)
    in_package = f"{here}/__init__.py".lstrip("/") in plan.program.modules
    for path in [importer, *plan.program.modules]:
        for node in plan.facts(path).nodes:
            for name, level in _modules(node):
                in_package = in_package or level > 0 and posixpath.dirname(path) == here
                if name and index.resolve(path, name, level) == source:
                    if level == 0 or posixpath.dirname(path) == here:
                        return "." * level + name
    relative = posixpath.relpath(source.removesuffix(".py").removesuffix("/__init__"), here or ".").split("/")
    dotted = ".".join(part for part in relative if part not in (".", ".."))
    return "." * (relative.count("..") + 1) + dotted if in_package else dotted


def object_of(plan: Plan, importer: str, source: str) -> tuple[str, str]:
    """(package, name): how `importer` imports the module `source` as such; no package for a plain `import name`."""
    module = of(plan, importer, source)
    package, _, name = module.rpartition(".")
    if not name:  # a package that the importer is in
        name = posixpath.basename(posixpath.dirname(source))
        above = plan.program.index.resolve(importer, "", len(module) + 1)
        return (module + ".", name) if above is not None else ("", name)
    dots = module[: -len(name)]
    return (package or dots), name
