"""Reads of the attributes of an error: `e.code`, `getattr(e, "status", None)` and the like (MAPPING 8)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..sdk import errors as sdk
from . import context, error_tests
from .edits import Context
from .error_tests import GOOGLE_GENAI
from .plan import Plan

if TYPE_CHECKING:
    from .error_reach import Reached
    from .errors import Errors

OF_STATUS = ("name", "phrase", "description")
"""What the code of an error of google.api_core, an http.HTTPStatus, has beside its number."""


def read(found: Errors, path: str, node: ast.Attribute) -> None:
    """An attribute of an error that is not consumed by a test around it."""
    plan = found.plan
    if (reached := found.origin(path, node.value)) is None:
        return
    errors = plan.objects(node.value, "Error")
    handlers = [found.handler(o.site.node) for o in errors if isinstance(o.site.node, ast.ExceptHandler)]
    named = all(handler.test.named and not handler.test.others for handler in handlers)
    named = named and not found.behind(path, node.value)
    legacy = any(call.code not in GOOGLE_GENAI for call in reached.calls)
    outer = plan.facts(path).parents[node]
    template = sdk.READS.get(node.attr)
    if legacy and node.attr in sdk.ONLY_GENAI:
        template = None
    if node.attr == "details" and isinstance(outer, ast.Call) and outer.func is node:
        return  # of an error of gRPC
    if node.attr not in sdk.OLD_ATTRIBUTES and template is None:
        return
    if named and (template is None or node.attr == "code" and _called(outer, node)):
        found.fail(reached.calls, f".{node.attr}", path, node)
        return
    if template is None or not named and node.attr not in sdk.TELLING:
        return

    def work() -> None:
        sources = reached.sources(plan)
        if "interactions" not in sources:
            return
        if node.attr == "details":
            _review_details(plan, reached, node)
        others = any(handler.test.others or not (handler.test.named or handler.broad) for handler in handlers)
        foreign = others or reached.foreign and not (handlers and named)
        writer = error_tests.Writer(plan, path, sources, foreign)
        status = node.attr == "code" and isinstance(outer, ast.Attribute) and outer.attr in OF_STATUS
        if status:
            plan.imports(path, "from http import HTTPStatus")

        def edit(c: Context) -> str:
            code = writer.read(c.code(node.value), node.attr, named)
            return f"HTTPStatus({code})" if status else code

        writer.read("e", node.attr, named)  # a helper has a name from now on
        value = node.attr == "code" and isinstance(outer, ast.Attribute) and outer.attr == "value"
        plan.expression(path, outer if value and isinstance(outer, ast.Attribute) else node, edit)

    plan.closing.append(work)


def _called(outer: ast.AST, node: ast.Attribute) -> bool:
    """Whether a code is asked for more than errors of interactions tell, such as `e.code()` of gRPC."""
    if isinstance(outer, ast.Call):
        return outer.func is node
    return isinstance(outer, ast.Attribute) and outer.attr not in ("value", *OF_STATUS)


def probe(found: Errors, path: str, node: ast.Call) -> None:
    """getattr(e, "code", None) and hasattr(e, "code"), and the same for its status and message."""
    plan = found.plan
    error, name = node.args[0], node.args[1]
    if not isinstance(name, ast.Constant) or name.value not in sdk.TELLING:
        return
    if (reached := found.origin(path, error)) is None:
        return
    attribute = str(name.value)
    asked = len(node.args) == 3
    if attribute in sdk.ONLY_GENAI and any(call.code not in GOOGLE_GENAI for call in reached.calls):
        return

    def joined(code: str) -> str:
        return context.bracketed(plan.facts(path), node, code)

    def work() -> None:
        sources = reached.sources(plan)
        if "interactions" not in sources:
            return
        if attribute in ("status", "message"):
            if attribute == "status" or asked:
                told(sources)
            return
        if attribute == "details":
            _review_details(plan, reached, node)
        quote = plan.source(path, name)[:1]
        new = f"{quote}{'body' if attribute == 'details' else 'status_code'}{quote}"
        if sources == {"interactions"} and not reached.foreign:
            plan.expression(path, name, lambda c: new)
        elif asked:
            plan.expression(path, node, lambda c: f"getattr({c.code(error)}, {new}, {c.old(node)})")
        else:
            plan.expression(path, node, lambda c: joined(f"hasattr({c.code(error)}, {new}) or {c.old(node)}"))

    def told(sources: frozenset[str]) -> None:
        writer = error_tests.Writer(plan, path, sources, reached.foreign)
        writer.read("e", attribute, False)
        simple = attribute == "status" and (not asked or _nothing(node.args[2]))

        def edit(c: Context) -> str:
            code = writer.read(c.code(error), attribute, False)
            if attribute == "message":
                return joined(f'{code} if hasattr({c.code(error)}, "message") else {c.code(node.args[2])}')
            if simple:
                return code
            default = c.code(node.args[2])
            whole = not isinstance(node.args[2], (ast.IfExp, ast.Lambda, ast.NamedExpr))
            return joined(f"{code} or {default if whole else f'({default})'}")

        plan.expression(path, node, edit)

    plan.closing.append(work)


def _review_details(plan: Plan, reached: Reached, node: ast.expr) -> None:
    site = next(call.site for call in reached.calls if plan.groups.moves(call.site))
    plan.review(site, f"line {node.lineno} reads the details of an error, whose body names its codes anew")


def _nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def asked_status(found: Errors, path: str, node: ast.expr) -> ast.expr | None:
    """The error that an expression takes the status of: `e.status`, `getattr(e, "status", None)`, or a name for it."""
    if isinstance(node, ast.Attribute) and node.attr == "status":
        return node.value
    if isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.func, ast.Name):
        name = node.args[1]
        if node.func.id == "getattr" and isinstance(name, ast.Constant) and name.value == "status":
            return node.args[0]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("upper", "lower"):
        return asked_status(found, path, node.func.value)
    return None


def _assigned(outer: ast.AST) -> dict[str, list[ast.expr]]:
    """Name -> the values that it gets inside of a node."""
    made: dict[str, list[ast.expr]] = {}
    for inner in ast.walk(outer):
        if isinstance(inner, (ast.Assign, ast.NamedExpr)):
            for target in inner.targets if isinstance(inner, ast.Assign) else [inner.target]:
                if isinstance(target, ast.Name):
                    made.setdefault(target.id, []).append(inner.value)
    return made


def defined(found: Errors, path: str, node: ast.Name) -> ast.expr | None:
    """The one value that a name gets in the except clause, or else the function, around its use; None if there are
    more."""
    facts = found.plan.facts(path)
    for outer in context.ancestors(facts, node):
        if isinstance(outer, (ast.ExceptHandler, ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)):
            if outer not in found.assigned:
                found.assigned[outer] = _assigned(outer)
            values = found.assigned[outer].get(node.id)
            if values:
                return values[0] if len(values) == 1 else None
            if not isinstance(outer, ast.ExceptHandler):
                return None
    return None
