"""What a call is given stays with it: objects that change their form move with all calls that take them, or none."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..infer.values import Box, Obj, Site, Value, Values
from .call import arguments
from .plan import Plan
from .reasons import Reason

LEGACY = ("MG101", "MG103", "MG104", "MG105", "MG107")
REQUESTS = (*LEGACY, "MG201", "MG202", "MG203")
FILES = frozenset(("LFile", "LCache"))
GIVEN = frozenset("LConfig GConfig Tool Declaration Schema GContent GPart LContent LPart LBlob FCall FResult".split())
"""Kinds of what a call of an SDK is given. Files and caches keep their form where only google-genai takes them."""

DEPTH = 6
"""So many containers deep are they looked for."""


def hold(plan: Plan) -> None:
    """Joins each call with what it is given. A method that is handed on gets it by the call that hands it on."""
    for made in plan.calls:
        if made.code not in REQUESTS:
            continue
        kinds = FILES | GIVEN if made.code in LEGACY else GIVEN
        around = plan.facts(made.path).parents.get(made.node)
        calls = [node for node in (made.node, around) if isinstance(node, ast.Call)]
        for item in (item for call in calls for item in arguments(call)):
            node = item.value if isinstance(item, (ast.keyword, ast.Starred)) else item
            plan.groups.join([made.site, *_reached(plan, plan.values(node), kinds)])
            seeds = made.code in ("MG104", "MG202")  # the class of a chat takes turns with media
            if not seeds and plan.objects(node, "History") and plan.groups.of(made.site).facts.get("media"):
                plan.fail(made.site, Reason.CONTENTS, plan.source(made.path, node), made.path, node)


def _reached(plan: Plan, values: Values, kinds: frozenset[str]) -> Iterator[Site]:
    """The sites of objects of these kinds, and of dicts that are rewritten, among values and in their containers."""
    machine = plan.program.machine
    seen: set[Value] = set()
    level: set[Value] = {*values}
    for _ in range(DEPTH + 1):
        seen |= level
        inner: set[Value] = set()
        for value in level:
            if isinstance(value, Obj) and value.kind in kinds:
                yield value.site
            elif isinstance(value, Box):
                site = machine.sites.get(value.node) if isinstance(value.node, ast.AST) else None
                if site is not None:
                    yield site
                inner |= machine.cells.get(("e", value, "#"), frozenset())
        level = inner - seen
