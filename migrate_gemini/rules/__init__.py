"""The catalogue of rules: every code that a finding can carry.

A module of this package that defines `RULES` takes part; nothing else has to be told of it.
"""

from __future__ import annotations

from functools import cache

from .rule import Rule

__all__ = ["Rule", "all_rules", "explain", "find", "get", "unknown"]


@cache
def _catalogue() -> dict[str, Rule]:
    import importlib
    import pkgutil

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


def find(wanted: str) -> Rule | tuple[str, ...]:
    """The rule of a code or a name, in any case; else the codes and names that come near."""
    import difflib

    known = {word.lower(): rule for rule in all_rules() for word in (rule.code, rule.name)}
    rule = known.get(wanted.strip().lower())
    if rule is not None:
        return rule
    near = difflib.get_close_matches(wanted.strip().lower(), known, n=3)
    return tuple(word if known[word].name == word else known[word].code for word in near)


def unknown(wanted: str, near: tuple[str, ...]) -> str:
    """What is said of a rule that is not there. near: what `find` gives."""
    hint = f"; did you mean {' or '.join(near)}?" if near else "; --list-rules shows them all"
    return f"there is no rule {wanted!r}{hint}"


def explain(rule: Rule) -> str:
    """What there is to know of a rule, for a terminal of 80 columns."""
    import textwrap

    kind = "a use of the old API: --check fails" if rule.legacy else "informs: --check does not fail for it"
    parts = [f"{rule.code} {rule.name} ({kind})", rule.summary, rule.docs, f"What to do: {rule.advice}"]
    return "\n\n".join(textwrap.fill(part, 80, break_long_words=False, break_on_hyphens=False) for part in parts)
