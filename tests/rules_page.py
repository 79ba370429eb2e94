"""`docs/rules.md`, made from the catalogue of rules.

python -m tests.rules_page    make it anew
"""

from __future__ import annotations

import textwrap

from migrate_gemini.rules import Rule, all_rules
from tests.environments import ROOT

PAGE = ROOT / "docs" / "rules.md"
FAMILIES = {
    "MG1": "google-generativeai, PaLM and the Vertex AI SDK",
    "MG2": "google-genai and the first Interactions schema",
    "MG3": "Calls that are told by their name, and tests",
    "MG4": "Models",
    "MG5": "What the new code does otherwise",
    "MG6": "Releases and requirements",
    "MG9": "Files",
}
HEAD = """\
# Rules

Made from the catalogue by `python -m tests.rules_page`; the same text is shown by `migrate-gemini --explain MG103`.

Every finding has a status: *migrated* (rewritten), *needs review* (rewritten on an assumption that the message states)
or *manual* (left as it is; the message says why and what to do). `--check` fails for the rules marked **legacy**; the
others inform.
"""


def page() -> str:
    """The page as Markdown."""
    parts = [HEAD]
    for family, title in FAMILIES.items():
        rules = [rule for rule in all_rules() if rule.code.startswith(family)]
        parts += [f"## {family}xx: {title}\n", _table(rules), *map(_rule, rules)]
    return "\n".join(parts)


def _table(rules: list[Rule]) -> str:
    rows = [f"| [{rule.code}](#{_anchor(rule)}) | {rule.name} | {_kind(rule)} | {rule.summary} |" for rule in rules]
    return "\n".join(["| code | name | kind | meaning |", "|---|---|---|---|", *rows, ""])


def _rule(rule: Rule) -> str:
    paragraphs = (rule.docs, f"**What to do:** {rule.advice}")
    wrapped = "\n\n".join(
        textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False) for text in paragraphs
    )
    return f"### {rule.code} {rule.name}\n\n{wrapped}\n"


def _kind(rule: Rule) -> str:
    return "**legacy**" if rule.legacy else "informs"


def _anchor(rule: Rule) -> str:
    return f"{rule.code.lower()}-{rule.name}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
