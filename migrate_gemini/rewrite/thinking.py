"""Thinking: levels, summaries, and budgets, which have no counterpart (MAPPING 3.5)."""

from __future__ import annotations

import ast
import re

from ..infer.values import NONE, Const, Ext, Site
from ..sdk.models import judge, thinking_levels
from . import snippets_reads, snippets_settings
from .edits import Context
from .parts import Code, Parts
from .plan import Plan
from .reasons import Reason
from .written import constant, literal, made_of, only_used_as, origin, remove_unused

_SNAKE = {"includeThoughts": "include_thoughts", "thinkingBudget": "thinking_budget", "thinkingLevel": "thinking_level"}
_DROPPED = "thinking_budget has no counterpart (levels replace it); it is dropped"


def convert(plan: Plan, path: str, node: ast.expr, site: Site, parts: Parts) -> None:
    """Takes a thinking_config; fails the site's group where it is not written out."""
    if isinstance(node, ast.IfExp) and not all(_written(plan, path, branch) for branch in (node.body, node.orelse)):
        _at_run_time(plan, path, node, site, parts)
        return
    if isinstance(node, ast.IfExp):
        for branch, test in ((node.body, "if {test}"), (node.orelse, "if not ({test})")):
            if literal(branch) is None and isinstance(branch, ast.Constant):
                continue
            inner = Parts()
            convert(plan, path, branch, site, inner)
            for name, code in inner.generation:
                if any(name == known for known, _ in parts.generation):
                    plan.fail(site, Reason.ARGUMENT, f"thinking_config ({plan.source(path, node)})", path, node)
                parts.generation.append((name, _where(node.test, code, test)))
        return
    where, found = origin(plan, path, node)
    given = made_of(plan, found, "ThinkingConfig")
    if given is None or found is not node and not only_used_as(plan, path, node, "thinking_config", "thinkingConfig"):
        _at_run_time(plan, path, node, site, parts)
        return
    named = {_SNAKE.get(name, name): (value, place) for name, value, place in given}
    for name, (value, place) in named.items():
        if found is not node and constant(plan, where, value) is None and not isinstance(value, ast.Attribute):
            plan.fail(site, Reason.ARGUMENT, f"thinking_config ({plan.source(path, node)})", path, node)
        elif isinstance(value, ast.Constant) and value.value is None:
            continue
        elif name == "thinking_budget":
            if "thinking_level" not in named:
                _budget(plan, where, value, place, site, parts)
        elif name == "thinking_level":
            _level(plan, where, value, parts)
        elif name == "include_thoughts":
            _summaries(plan, where, value, site, parts)
        else:
            plan.fail(site, Reason.ARGUMENT, f"thinking_config ({name})", path, value)
    if found is not node:
        plan.when_moving(site, lambda: remove_unused(plan, path, node))


def _written(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether a thinking_config is written out, or None."""
    none = isinstance(node, ast.Constant) and node.value is None
    return none or made_of(plan, origin(plan, path, node)[1], "ThinkingConfig") is not None


def _tells(plan: Plan, pattern: str) -> bool:
    """Whether a pattern is found anywhere in the program."""
    return any(re.search(pattern, facts.text, re.IGNORECASE) for facts in plan.program.modules.values())


def _at_run_time(plan: Plan, path: str, node: ast.expr, site: Site, parts: Parts) -> None:
    """The level of a thinking_config that is made elsewhere, and stays as it is there, and whether it shows thoughts.

    The level alone is a key of generation_config; both together are a dict.
    """
    shown = _tells(plan, "include_?thoughts")
    template = snippets_reads.THINKING_SETTINGS if shown else snippets_settings.THINKING_LEVEL

    def name() -> str:
        wishes = ("thinking_settings", "settings_of_thinking") if shown else ("thinking_level", "level_of_thinking")
        return plan.snippet(path, template, *wishes)

    plan.when_moving(site, name)
    if plan.settings.schema == "outputs":  # its SDKs send null where no level is given
        plan.fail(site, Reason.TARGET, "a level of thinking that may be None", path, node)
    if not shown and not plan.values(node) - {NONE}:
        plan.review(site, f"of {plan.source(path, node)} only the thinking_level counts now")
    if _tells(plan, "thinking_?budget"):
        plan.when_moving(site, lambda: plan.find(path, node, "MG501", "needs_review", _DROPPED))
    if not shown:
        parts.generation.append(("thinking_level", lambda c: f"{name()}({c.code(node)})"))
        parts.optional = True
        return
    plan.groups.of(site).facts["thoughts"] = True
    if parts.merged is not None:
        plan.fail(site, Reason.ARGUMENT, f"thinking_config ({plan.source(path, node)})", path, node)
    parts.merged = lambda c: f"{name()}({c.code(node)})"


def _where(test: ast.expr, code: Code, condition: str) -> Code:
    return lambda c: f"{code(c)} {condition.format(test=c.code(test))} else None"


def _budget(plan: Plan, path: str, node: ast.expr, place: ast.AST, site: Site, parts: Parts) -> None:
    budget = constant(plan, path, node)
    if budget == -1:
        return  # the model decides, as it does unasked
    note = _DROPPED
    if budget == 0:
        levels = _levels(plan, site)
        if levels is None:
            note = f"{_DROPPED}: which model answers shows at run time; where it has levels, set the lowest one"
        elif not levels:
            note = f"{_DROPPED}: this model takes no level over the Interactions API"
        else:
            parts.generation.append(("thinking_level", lambda c: f'"{levels[0]}"'))
            note = f"thinking_budget=0 becomes thinking_level '{levels[0]}': current models cannot switch thinking off"
    elif budget is None:
        note = f"{_DROPPED}; where it may be 0, set thinking_level"
    plan.when_moving(site, lambda: plan.find(path, place, "MG501", "needs_review", note))


def _levels(plan: Plan, site: Site) -> tuple[str, ...] | None:
    """The levels that every model of a request takes; None where no name is known."""
    names = plan.model_names.get(site, frozenset())
    consts = [value for value in names if isinstance(value, Const)]
    if not consts or len(consts) < len(names):
        return None
    known = []
    for const in consts:
        name = str(const.node.value)
        known.append(thinking_levels(judge(name, plan.settings).new or name))
    return tuple(level for level in known[0] if all(level in other for other in known))


def _level(plan: Plan, path: str, node: ast.expr, parts: Parts) -> None:
    level = constant(plan, path, node)
    if isinstance(node, ast.Attribute) and any(
        isinstance(v, Ext) and ".ThinkingLevel." in v.path for v in plan.values(node)
    ):
        level = node.attr
    if isinstance(level, str):
        if not level.upper().endswith("UNSPECIFIED"):
            name = level.lower()
            parts.generation.append(("thinking_level", lambda c: f'"{name}"'))
        return

    def code(c: Context) -> str:
        text = c.code(node)
        text = text if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) else f"({text})"
        return f"{text} and {text}.lower()" if NONE in plan.values(node) else f"{text}.lower()"

    parts.generation.append(("thinking_level", code))


def _summaries(plan: Plan, path: str, node: ast.expr, site: Site, parts: Parts) -> None:
    wanted = constant(plan, path, node)
    if wanted is not False:
        plan.groups.of(site).facts["thoughts"] = True
    if wanted is True:
        parts.generation.append(("thinking_summaries", lambda c: '"auto"'))
    elif wanted is not False:
        parts.generation.append(("thinking_summaries", lambda c: f'"auto" if {c.code(node)} else "none"'))
