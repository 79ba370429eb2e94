"""configure(...) calls: what they give, where they stand, and whether two of them give the same key."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from ..infer.values import Ext
from . import context, module_names
from .plan import Plan
from .written import fields

CONFIGURE = frozenset(("google.generativeai.configure", "google.generativeai.client.configure"))

REPLACED = (
    "each call makes a new client, and one that is replaced is closed, also under the requests of other threads: make "
    "one client for all of them"
)

ENVIRONMENT = frozenset(("os.getenv", "os.environ.get", "os.environ"))


@dataclass(slots=True)
class Configure:
    """A configure(...) call: its module, node, and the function and class around it."""

    path: str
    node: ast.Call
    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    cls: ast.ClassDef | None
    refused: str = ""


def headers(node: ast.expr) -> list[tuple[ast.expr, ast.expr]] | None:
    """default_metadata as (name, value) pairs; None when they are not written out."""
    if not isinstance(node, (ast.List, ast.Tuple)):
        return None
    pairs = [item.elts for item in node.elts if isinstance(item, (ast.Tuple, ast.List)) and len(item.elts) == 2]
    return [(pair[0], pair[1]) for pair in pairs] if len(pairs) == len(node.elts) else None


def options(plan: Plan, path: str, node: ast.expr) -> list[tuple[str, ast.expr]] | None:
    """client_options as (Client keyword, value) pairs; None when they are not understood."""
    found = []
    for name, value, _ in fields(plan, path, node) or [("?", node, node)]:
        if name not in ("api_endpoint", "api_key"):
            return None
        found.append(("http_options" if name == "api_endpoint" else name, value))
    return found


def threaded(plan: Plan) -> bool:
    """Whether a program uses threads of its own, or those of a server."""
    words = (
        "ThreadPool",
        "threading.",
        "to_thread",
        "run_in_executor",
        "Flask(",
        "Blueprint(",
        "FastAPI(",
        "APIRouter(",
    )
    return any(word in facts.text for facts in plan.program.modules.values() for word in words)


def is_configure(plan: Plan, node: ast.Call) -> bool:
    """Whether a call configures the legacy SDK."""
    return any(isinstance(v, Ext) and v.path in CONFIGURE for v in plan.program.machine.callees.get(node, ()))


def only_as_script(plan: Plan, items: Sequence[Configure], path: str) -> bool:
    """Whether a module configures the SDK only when it runs as a script, while another that imports it configures the
    SDK as well."""
    here = [item for item in items if item.path == path]
    if not here or not all(guarded(plan, item) for item in here):
        return False
    return any(item.path != path and module_names.imports(plan, item.path, path) for item in items)


def guarded(plan: Plan, item: Configure) -> bool:
    """Whether a call stands under `if __name__ == "__main__"`."""
    facts = plan.facts(item.path)
    tests = [outer.test for outer in context.ancestors(facts, item.node) if isinstance(outer, ast.If)]
    return item.function is None and any(
        isinstance(node, ast.Name) and node.id == "__name__" for test in tests for node in ast.walk(test)
    )


def given(plan: Plan, item: Configure) -> str:
    """What a call gives, as a text that is the same for the same key."""
    keywords = [k for k in item.node.keywords if k.arg not in ("transport", "client_info")]
    return ", ".join(sorted(f"{k.arg}={_value(plan, item, k.value)}" for k in keywords))


def _value(plan: Plan, item: Configure, node: ast.expr, depth: int = 3) -> str:
    """What an expression gives, as a text that is the same for the same variable of the environment."""
    facts = plan.facts(item.path)
    if isinstance(node, ast.Name) and depth:
        stored = [
            statement.value
            for statement in facts.nodes
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name) and target.id == node.id
        ]
        if len(stored) == 1:
            return _value(plan, item, stored[0], depth - 1)
    paths: set[str] = set()
    first: ast.expr | None = None
    if isinstance(node, ast.Call) and node.args:
        paths = {v.path for v in plan.program.machine.callees.get(node, ()) if isinstance(v, Ext)}
        first = node.args[0]
    elif isinstance(node, ast.Subscript):
        paths = {v.path for v in plan.values(node.value) if isinstance(v, Ext)}
        first = node.slice
    if paths & ENVIRONMENT and first is not None:
        return f"environment {ast.unparse(first)}"
    return ast.unparse(node)
