"""The catalogue of rules: every code that a finding can carry.

A module of this package that defines `RULES` takes part; nothing else has to be told of it.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from .rule import Rule

__all__ = ["Rule", "all_rules", "get"]


@cache
def _catalogue() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for rule in getattr(module, "RULES", ()):
            if rule.code in found:
                raise ValueError(f"{rule.code} is {found[rule.code].name} and {rule.name}")
            found[rule.code] = rule
    return dict(sorted(found.items()))


def get(code: str) -> Rule:
    """The rule of that code; KeyError where there is none."""
    return _catalogue()[code]


def all_rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    return tuple(_catalogue().values())
