"""Classes of errors as values, where only a class will do: as the key of a dict, or in what another library is told.

The classes of what interactions raise stand in a private module of google-genai. One of them comes for a class that
caught just the same; a person is asked to look at it, for a private name may go. A function that a web framework calls
for a class without such a one is registered for its HTTP status.
"""

from __future__ import annotations

import ast
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from ..infer.values import Ext, Func
from ..sdk import errors as sdk
from . import error_tests, snippets_errors
from .error_tests import REQUESTS, Test

if TYPE_CHECKING:
    from .error_reach import Reached
    from .errors import Errors

NOTE = "interactions raise errors without a public class: {names} of the private module {module} does what {old} did"
SEVERAL = frozenset(
    """builtins.isinstance builtins.issubclass contextlib.suppress pytest.raises tenacity.retry_if_exception_type
    tenacity.retry_if_not_exception_type backoff.on_exception""".split()
)
"""What takes a tuple of classes where it takes a class."""

_HOLDERS = (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.keyword, ast.Assign, ast.AnnAssign, ast.arguments, ast.Return)
_MAKES = (ast.ClassDef, ast.Raise, ast.MatchClass, ast.Attribute)
_ASKS = (ast.ExceptHandler, ast.IfExp, ast.BinOp)


def value(found: Errors, path: str, node: ast.expr) -> bool:
    """Surveys a class of an SDK's errors that is used as a value; whether it can become another class."""
    plan = found.plan
    paths = [v.path for v in plan.values(node) if isinstance(v, Ext)]
    parent = plan.facts(path).parents[node]
    if not paths:
        return True  # a container, in which the classes themselves become others
    if _annotates(found, path, node):
        return True  # see `annotations`
    if not found.bound(path, node):  # a variable, which holds what was given to it
        return not (isinstance(parent, ast.Call) and parent.func is node or isinstance(parent, _MAKES))
    if not _as_value(node, parent):
        return False
    row = sdk.CLASSES.get(paths[0])
    reached = found.anywhere()
    if row is None or len(plan.values(node)) != 1:
        return False
    names = sdk.private(row)
    several = _several(found, parent)
    if not several:
        if reached.genai or any(call.code not in REQUESTS for call in reached.calls):
            return False
        plan.groups.join(call.site for call in reached.calls)
    if not names or not several and len(names) > 1:
        return _registered(found, path, node, row, reached)

    def work() -> None:
        if not found.moves([Test(named=[paths[0]])], reached):
            return
        bound = [name_for(found, path, name) for name in names]
        old = ast.unparse(node)
        listed = [old, *bound] if reached.sources(plan) & {"genai", "legacy"} else bound
        code = ", ".join(listed)
        if len(listed) > 1:
            code = f"*({code})" if isinstance(parent, (ast.Tuple, ast.List, ast.Set)) else f"({code})"
        plan.expression(path, node, lambda c: code)
        _note(found, path, node, names)

    plan.closing.append(work)
    return True


def _note(found: Errors, path: str, node: ast.expr, names: tuple[str, ...]) -> None:
    said = " and ".join(names)
    note = NOTE.format(names=said, module=sdk.INTERACTIONS, old=found.plan.source(path, node))
    found.plan.find(path, node, "MG502", "needs_review", note, ["errors"])


def _as_value(node: ast.expr, parent: ast.AST) -> bool:
    if isinstance(parent, ast.Call):
        return parent.func is not node
    if isinstance(parent, ast.MatchClass):
        return not parent.patterns and not parent.kwd_patterns
    return isinstance(parent, (*_HOLDERS, *_ASKS))


def _annotates(found: Errors, path: str, node: ast.expr) -> bool:
    """Whether a class is part of an annotation."""
    facts = found.plan.facts(path)
    child: ast.AST = node
    outer = facts.parents[node]
    while isinstance(outer, ast.expr) and not isinstance(outer, (ast.Call, ast.Lambda)):
        child, outer = outer, facts.parents[outer]
    return child in (getattr(outer, "annotation", None), getattr(outer, "returns", None))


_NAMES = {path.rpartition(".")[2] for path in sdk.CLASSES}


def _annotations(found: Errors, path: str) -> None:
    """An error that is annotated with a class that nothing raises any more becomes any Exception."""
    plan = found.plan
    facts, machine = plan.facts(path), plan.program.machine
    if not any(name in facts.text for name in _NAMES):
        return
    sources = found.anywhere().sources(plan)
    if "interactions" not in sources or "legacy" in sources:
        return
    machine.facts, machine.scope, machine.env, machine.cls, machine.unit = facts, facts.scope, {}, None, path

    def gone(node: ast.AST) -> bool:
        if not isinstance(node, (ast.Name, ast.Attribute)):
            return False
        paths = [v.path for v in machine.eval(node) if isinstance(v, Ext) and error_tests.is_named(v.path)]
        return bool(paths) and ("genai" not in sources or paths[0].startswith(sdk.API_CORE))

    for node in facts.nodes:
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            for inner in ast.walk(annotation) if isinstance(annotation, ast.expr) else ():
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    text = inner.value
                    with contextlib.suppress(SyntaxError):
                        held = [n for n in ast.walk(ast.parse(text, mode="eval")) if gone(n)]
                        for part in sorted({ast.unparse(n) for n in held}, key=len, reverse=True):
                            text = text.replace(part, "Exception")
                    if text != inner.value:
                        plan.expression(path, inner, lambda c, text=text: f'"{text}"', weak=True)  # type: ignore[misc]
                elif gone(inner) and isinstance(inner, ast.expr):
                    plan.expression(path, inner, lambda c: "Exception", weak=True)


def _several(found: Errors, parent: ast.AST) -> bool:
    """Whether a tuple of classes may come for one class."""
    if isinstance(parent, (ast.Tuple, ast.List, ast.Set, ast.ExceptHandler)):
        return True
    if isinstance(parent, ast.Call):
        callees = found.plan.program.machine.callees.get(parent, frozenset())
        return any(isinstance(value, Ext) and value.path in SEVERAL for value in callees)
    return False


def handled(found: Errors, path: str, node: ast.Call) -> None:
    """The last parameter of a function that is registered for a class of an SDK's errors holds such an error."""
    plan = found.plan
    if not any(found.leads(value) for arg in node.args for value in plan.values(arg)):
        return
    outer = plan.facts(path).parents[node]
    functions = [value.node for arg in node.args for value in plan.values(arg) if isinstance(value, Func)]
    if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)) and node in outer.decorator_list:
        functions.append(outer)
    for function in functions:
        params = [*function.args.posonlyargs, *function.args.args]
        if params:
            found.assumed[(function, params[-1].arg)] = replace(found.anywhere(), foreign=False)


def _registered(found: Errors, path: str, node: ast.expr, row: sdk.Raised, reached: Reached) -> bool:
    """A function that a framework calls for a class of errors is registered for their statuses."""
    plan = found.plan
    call = plan.facts(path).parents[node]
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args[0] is node):
        return False
    decorator = sdk.REGISTRATIONS.get(call.func.attr)
    if decorator is None or call.keywords or not _uses_framework(found) or _catches_more(found):
        return False
    app = call.func.value
    function = call.args[1] if len(call.args) > 1 else None

    def work() -> None:
        if not found.moves([Test(codes=[row.first])], reached):
            return
        writer = error_tests.Writer(plan, path, reached.sources(plan), True)
        template = (
            snippets_errors.ERROR_HANDLER_REQUEST if decorator in sdk.WITH_REQUEST else snippets_errors.ERROR_HANDLER
        )
        names = {"decorator": decorator, "error": name_for(found, path, "APIError"), "code": writer.helper()}
        for name, text in names.items():
            template = template.replace(f"<{name}>", str(text))
        made = plan.snippet(path, template, "OnApiError", "OnGeminiError")
        span = str(row.first) if row.first == row.last else f"*range({row.first}, {row.last + 1})"
        given = "" if function is None else f"({ast.unparse(function)})"
        plan.expression(path, call, lambda c: f"{made}({c.code(app)}, {span}){given}")
        _note(found, path, node, ("APIError",))

    plan.closing.append(work)
    return True


def _uses_framework(found: Errors) -> bool:
    """Whether the program imports one of the frameworks that the names of these methods are known of."""
    nodes = [node for facts in found.plan.program.modules.values() for node in facts.nodes]
    imported = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    imported += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return any(name.partition(".")[0] in sdk.FRAMEWORKS for name in imported)


def _catches_more(found: Errors) -> bool:
    """Whether the program registers a function for a class above those of the SDK's errors that have one status."""
    for facts in found.plan.program.modules.values():
        for node in facts.nodes:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            if node.func.attr in sdk.REGISTRATIONS:
                names = {v.path for v in found.plan.values(node.args[0]) if isinstance(v, Ext)}
                rows = [sdk.CLASSES[name] for name in names if name in sdk.CLASSES]
                above = any(row.every or (row.first, row.last) == (100, 599) for row in rows)
                flask = sdk.REGISTRATIONS[node.func.attr] not in sdk.WITH_REQUEST
                if above or flask and names & {"builtins.Exception", "builtins.BaseException"}:
                    return True
    return False


def name_for(found: Errors, path: str, name: str) -> str:
    """The name of a class of interactions in a module, which will import it."""
    names = found.private.setdefault(path, {})
    if name not in names:
        names[name] = found.plan.fresh(path, name, f"Gemini{name}")
    return names[name]


def settle(found: Errors) -> None:
    """Asks for the imports of all classes that were named, when all else is done; and for the edits of annotations."""
    for path, names in found.private.items():
        listed = [name if bound == name else f"{name} as {bound}" for name, bound in sorted(names.items())]
        found.plan.imports(path, f"from {sdk.INTERACTIONS} import {', '.join(listed)}")
    for path in found.plan.program.modules:
        _annotations(found, path)
        _private_imports(found, path)


def _private_imports(found: Errors, path: str) -> None:
    """The classes of the first schema's errors come from the package now, which has no such module any more."""
    plan = found.plan
    if plan.settings.schema == "outputs" or not plan.moves_something():
        return
    for node in plan.facts(path).nodes:
        if isinstance(node, ast.ImportFrom) and node.module == f"{sdk.INTERACTIONS}._exceptions":
            names = ", ".join(ast.unparse(alias) for alias in node.names)
            code = f"from {sdk.INTERACTIONS} import {names}"
            plan.statement(path, node).replace = lambda c, code=code: code
