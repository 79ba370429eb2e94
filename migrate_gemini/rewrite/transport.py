"""How a request is sent: timeouts, headers and retries of one request (MAPPING 3.5)."""

from __future__ import annotations

import ast

from ..infer.values import NONE, Box, Site
from ..sdk import settings as table
from .edits import Context
from .parts import Parts
from .plan import Plan
from .reasons import Reason
from .written import constant, entries, made_by, made_of, only_used_as, origin


def http_options(plan: Plan, path: str, node: ast.expr, site: Site, parts: Parts) -> None:
    """http_options of one request of google-genai, whose timeout is in milliseconds."""
    where, found = origin(plan, path, node)
    given = made_of(plan, found, "HttpOptions")
    if given is None:
        plan.fail(site, Reason.ARGUMENT, f"http_options ({plan.source(path, node)})", path, node)
        return
    for name, value, place in given:
        if name in ("retry_options", "retryOptions"):
            _retries(plan, where, place, site)
            continue
        keyword = table.HTTP_OPTIONS.get(name)
        if keyword is None or found is not node and not isinstance(value, ast.Constant):
            plan.fail(site, Reason.ARGUMENT, f"http_options ({name})", path, node)
            continue
        if keyword == "timeout":
            parts.request.append((keyword, lambda c, value=value: _seconds(plan, where, c, value)))  # type: ignore[misc]
        else:
            parts.request.append((keyword, lambda c, value=value: c.anywhere(value)))  # type: ignore[misc]


def _seconds(plan: Plan, path: str, c: Context, node: ast.expr) -> str:
    """The code of a timeout in seconds, of one in milliseconds."""
    known = node.value if isinstance(node, ast.Constant) else None
    if isinstance(known, (int, float)):
        return f"{known / 1000:g}"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for factor, other in ((node.right, node.left), (node.left, node.right)):
            if constant(plan, path, factor) == 1000 and isinstance(factor, ast.Constant):
                return c.code(other)
    code = c.code(node)
    simple = isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
    seconds = f"{code} / 1000" if simple else f"({code}) / 1000"
    return f"{seconds} if {code} else None" if NONE in plan.values(node) else seconds


def request_options(plan: Plan, path: str, node: ast.expr, site: Site, parts: Parts) -> None:
    """request_options of the legacy SDK, whose timeout is in seconds as that of create()."""
    if _are_timeouts(plan, node):
        parts.request.append(("timeout", lambda c: f'{c.code(node)}["timeout"]'))
        return
    where, found = origin(plan, path, node)
    of_sdk = made_by(plan, found, "RequestOptions")
    given = entries(found) if isinstance(found, (ast.Dict, ast.Call)) and (of_sdk or _is_dict(plan, found)) else None
    names = {name for name, _, _ in given} if given is not None else {"?"}
    variable = found is not node
    if (
        given is None
        or names - {"timeout", "retry"}
        or of_sdk
        and variable
        and not only_used_as(plan, path, node, "request_options")
    ):
        plan.fail(site, Reason.ARGUMENT, "request_options", path, node)
        return
    for name, value, place in given:
        if name == "retry":
            if not (isinstance(value, ast.Constant) and value.value is None):
                _retries(plan, where, place, site)
        elif variable:
            parts.request.append(("timeout", lambda c: f'{c.code(node)}["timeout"]'))
        else:
            parts.request.append(("timeout", lambda c, value=value: c.code(value)))  # type: ignore[misc]
    if of_sdk and variable:
        own = plan.program.machine.sites.setdefault(found, Site(found, where))
        plan.groups.join([site, own])
        seconds = next((value for name, value, _ in given if name == "timeout"), None)

        def edit(c: Context) -> str:
            return f"dict(timeout={c.code(seconds)})" if seconds is not None else "dict()"

        plan.when_moving(site, lambda: plan.expression(where, found, edit))


def _are_timeouts(plan: Plan, node: ast.expr) -> bool:
    """Whether an attribute or the like is a dict that holds a timeout and nothing else."""
    values = plan.values(node)
    if isinstance(node, (ast.Dict, ast.Call)) or not values:
        return False
    makers = [value.node if isinstance(value, Box) else None for value in values]
    return all(
        isinstance(maker, ast.Dict) and [name for name, _, _ in entries(maker) or []] == ["timeout"] for maker in makers
    )


def _is_dict(plan: Plan, node: ast.expr) -> bool:
    return any(isinstance(v, Box) and v.type == "dict" and v.node is node for v in plan.values(node))


def _retries(plan: Plan, path: str, place: ast.AST, site: Site) -> None:
    plan.when_moving(site, lambda: plan.find(path, place, "MG501", "needs_review", f"{table.RETRIES}; it is dropped"))
