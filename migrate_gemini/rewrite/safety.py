"""Safety settings (MAPPING 3.7)."""

from __future__ import annotations

import ast

from ..infer.values import NONE, Box, Site
from ..sdk import settings as table
from . import snippets_settings
from .edits import Context
from .parts import Code
from .plan import Plan
from .reasons import Reason
from .written import literal, module_of


def convert(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """Safety settings as a list of {'type', 'threshold'}; None when nothing is set."""
    if isinstance(node, ast.Constant) and node.value is None:
        return None
    pairs = pairs_of(plan, node)
    if pairs is not None:
        return lambda c: code_of(pairs, c, node)

    def helper() -> str:
        return plan.snippet(path, snippets_settings.SAFETY_SETTINGS, "safety_list", "interaction_safety")

    def at_run_time(c: Context) -> str:
        return f"{helper()}({c.code(node)})"

    makers = _makers(plan, node)
    made = {maker: pairs_of(plan, maker) for maker in makers}
    if makers and all(_written(plan, maker) and pairs is not None for maker, pairs in made.items()):
        places = {maker: module_of(plan, maker) for maker in makers}
        if None not in places.values():
            own = [plan.program.machine.sites.setdefault(m, Site(m, where or "")) for m, where in places.items()]
            plan.groups.join([site, *own])

            def edit() -> None:
                if not plan.sorted.isdisjoint(makers):  # a config that is sorted at run time takes them as they are
                    helper()
                    return
                for maker, pairs in made.items():
                    plan.expression(places[maker] or "", maker, lambda c, m=maker, p=pairs: code_of(p or [], c, m))  # type: ignore[misc]

            plan.when_moving(site, edit)
            return lambda c: c.code(node) if plan.sorted.isdisjoint(makers) else at_run_time(c)

    if any(_has_method(inner) for inner in (node, *makers)):
        plan.fail(site, Reason.ARGUMENT, "method of a safety setting", path, node)
    if not all(_plain(maker) for maker in makers):
        plan.fail(site, Reason.SETTINGS, plan.source(path, node), path, node)
    if plan.groups.of(site).facts.get("legacy") and isinstance(plan.values(node) or node, ast.Constant):
        plan.fail(site, Reason.SETTINGS, plan.source(path, node), path, node)
    plan.when_moving(site, helper)
    return at_run_time


def _has_method(node: ast.expr) -> bool:
    """Whether a setting that is written out says how its threshold is measured, which only Vertex knows."""
    for inner in ast.walk(node):
        keys = [literal(key) for key in inner.keys if key is not None] if isinstance(inner, ast.Dict) else []
        keys += [keyword.arg for keyword in inner.keywords] if isinstance(inner, ast.Call) else []
        if "method" in keys:
            return True
    return False


def _makers(plan: Plan, node: ast.expr) -> list[ast.expr]:
    """Where settings are written that a value may be; none where it may also be something else than they or None."""
    values = plan.values(node) - {NONE}
    nodes = [value.node for value in values if isinstance(value, Box)]
    found = [made for made in nodes if isinstance(made, ast.expr)]
    return sorted(found, key=lambda made: (made.lineno, made.col_offset)) if len(found) == len(values) else []


def _written(plan: Plan, maker: ast.expr) -> bool:
    """Whether settings are written out and only moved around and used as such."""
    return isinstance(maker, (ast.Dict, ast.List, ast.Constant)) and _only_settings_uses(plan, maker, "safety_settings")


def _plain(maker: ast.expr) -> bool:
    """Whether no text in written settings is another word of the legacy SDK for a category or threshold, such as
    "HATE" or "med": a function at run time knows none of those."""
    texts = [n.value.lower() for n in ast.walk(maker) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    short = {text.removeprefix("harm_category_") for text in texts}
    return all(table.CATEGORIES.get(text, text) == text == table.THRESHOLDS.get(text, text) for text in short)


def _only_settings_uses(plan: Plan, maker: ast.expr, keyword: str) -> bool:
    """Whether a container made at a node is only moved around and used as this setting."""
    for path, node in plan.places(maker):
        facts = plan.facts(path)
        role, parent = plan.role(path, node)
        outer = facts.parents[node]
        if isinstance(outer, ast.keyword) and outer.arg == keyword:
            continue
        if isinstance(outer, ast.Dict) and node in outer.values:
            key = outer.keys[outer.values.index(node)]
            if isinstance(key, ast.Constant) and key.value == keyword:
                continue
            return False
        if role != "move" or isinstance(parent, ast.Call):
            return False
    return True


def category(node: ast.expr | str) -> str | None:
    """A harm category as the Interactions API names it."""
    text = _name(node)
    return table.CATEGORIES.get(text.lower().removeprefix("harm_category_")) if text else None


def threshold(node: ast.expr | str) -> str | None:
    """A threshold as the Interactions API names it."""
    text = _name(node)
    return table.THRESHOLDS.get(text.lower()) if text else None


def _name(node: ast.expr | str) -> str | None:
    if isinstance(node, str):
        return node
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return node.attr if isinstance(node, ast.Attribute) else None


def pairs_of(plan: Plan, node: ast.expr) -> list[tuple[str, str]] | None:
    """(type, threshold) pairs of settings that are written out, else None."""
    if isinstance(node, (ast.Constant, ast.Attribute)):
        one = threshold(node)
        is_enum = isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Name, ast.Attribute))
        if one and (isinstance(node, ast.Constant) or is_enum and node.attr.startswith(("BLOCK_", "OFF"))):
            return [(name, one) for name in table.ALL_CATEGORIES]
        return None
    pairs: list[tuple[str | None, str | None]] = []
    if isinstance(node, ast.Dict):
        pairs = [(category(key) if key else None, threshold(value)) for key, value in zip(node.keys, node.values)]
    elif isinstance(node, (ast.List, ast.Tuple)):
        for item in node.elts:
            given: dict[str, ast.expr] = {}
            if isinstance(item, ast.Dict):
                given = {
                    str(key.value): value for key, value in zip(item.keys, item.values) if isinstance(key, ast.Constant)
                }
            elif isinstance(item, ast.Call):
                given = {keyword.arg or "": keyword.value for keyword in item.keywords}
            if set(given) != {"category", "threshold"}:
                return None
            pairs.append((category(given["category"]), threshold(given["threshold"])))
    else:
        return None
    if any(kind is None or level is None for kind, level in pairs):
        return None
    return [(str(kind), str(level)) for kind, level in pairs]


def items_of(pairs: list[tuple[str, str]]) -> list[str]:
    """The code of each safety setting."""
    return [f'{{"type": "{kind}", "threshold": "{level}"}}' for kind, level in pairs]


def code_of(pairs: list[tuple[str, str]], c: Context, node: ast.expr) -> str:
    """The list of safety settings, one a line where there are several."""
    items = items_of(pairs)
    if len(items) < 2:
        return "[" + ", ".join(items) + "]"
    outer, step, newline = c.layout(node)
    return "[" + newline + "".join(f"{outer}{step}{item},{newline}" for item in items) + outer + "]"
