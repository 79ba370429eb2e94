"""Clients of modules that cannot reach the one of the script that configures the SDK, because the script imports them:
importing it in turn would run it twice. They make a client as the script would, when it is first used."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable

from .plan import Plan

Imports = Callable[[Plan, str, str], bool]


def getter(plan: Plan, path: str, source: str, keywords: list[ast.keyword], genai: str, imports: Imports) -> str | None:
    """The code of the client in a module, for the keywords of configure(...) in the script `source`; None where only
    the script knows the key. genai: the name of google.genai; imports: whether one module imports another."""
    given = [keyword for keyword in keywords if keyword.arg not in ("transport", "client_info")]
    if [keyword.arg for keyword in given] not in ([], ["api_key"]):
        return None
    own: list[str] = []
    key = _code(plan, path, source, given[0].value, own, imports) if given else ""
    if key is None:
        return None
    name = plan.fresh(path, "get_client", "gemini_client")
    for line in ["from functools import cache", *(line for line in own if _standard(line))]:
        plan.imports(path, line)
    body = ['"""The client, made when it is first used."""', *(line for line in own if not _standard(line))]
    body.append(f"return {genai}.Client({'api_key=' if given else ''}{key})")
    step = "    "
    plan.module(path).top.append(f"@cache\ndef {name}():\n" + "".join(f"{step}{line}\n" for line in body))
    return f"{name}()"


def _standard(line: str) -> bool:
    return line.split()[1].partition(".")[0] in sys.stdlib_module_names


def _code(plan: Plan, path: str, source: str, node: ast.expr, own: list[str], imports: Imports) -> str | None:
    """The code of an expression of the script elsewhere, with the imports that it needs; None where it cannot be."""
    facts = plan.facts(source)
    if isinstance(node, ast.Name):
        assigned = [
            statement.value
            for statement in facts.tree.body
            if isinstance(statement, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == node.id for target in statement.targets)
        ]
        stored = sum(isinstance(n, ast.Name) and n.id == node.id and isinstance(n.ctx, ast.Store) for n in facts.nodes)
        if len(assigned) == stored == 1:
            return _code(plan, path, source, assigned[0], own, imports)
    for name in sorted({inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}):
        line = _import_of(plan, path, source, name, imports)
        if line is None:
            return None
        if line not in own:
            own.append(line)
    return facts.lines.code(node)


def _import_of(plan: Plan, path: str, source: str, name: str, imports: Imports) -> str | None:
    """The import that binds a name at the top level of the script, if it means the same in another module."""
    for statement in plan.facts(source).tree.body:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        for alias in statement.names:
            if (alias.asname or alias.name.partition(".")[0]) != name:
                continue
            if isinstance(statement, ast.ImportFrom) and statement.level:
                return None
            module = alias.name if isinstance(statement, ast.Import) else statement.module or ""
            found = plan.program.index.resolve(path, module, 0)
            if found is not None and (found == path or imports(plan, found, path)):
                return None
            only = ast.Import([alias]) if isinstance(statement, ast.Import) else ast.ImportFrom(module, [alias], 0)
            line = ast.unparse(only)
            taken = name in plan.names(path)
            return line if not taken or line in {ast.unparse(n) for n in plan.facts(path).tree.body} else None
    return None
