"""Clauses that name errors of libraries below the SDKs, which interactions do not let out (MAPPING 8)."""

from __future__ import annotations

import ast

from ..infer.values import Ext
from ..sdk import errors as sdk
from .error_tests import GOOGLE_GENAI, REQUESTS
from .errors import Errors


def survey(errors: Errors) -> None:
    """Asks for a review of requests that move below a clause for errors of such a library."""
    plan = errors.plan
    _processes(errors)
    for handler, node in errors.tries.items():
        classes = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        for item in filter(None, classes):
            paths = {value.path for value in plan.values(item) if isinstance(value, Ext)}
            for library, row in sdk.LIBRARIES.items():
                if not any(path.startswith(library) for path in paths):
                    continue
                for call in errors.inside(node).calls:
                    if call.code in REQUESTS and (call.code in GOOGLE_GENAI) == row.google_genai:
                        plan.review(call.site, f"`except {ast.unparse(item)}` in line {handler.lineno} {row.note}")


def _processes(errors: Errors) -> None:
    """Asks for a review of requests in programs whose errors go from one process to another."""
    plan = errors.plan
    for path, facts in plan.program.modules.items():
        for node in facts.nodes:
            if not isinstance(node, ast.Call):
                continue
            callees = plan.program.machine.callees.get(node, frozenset())
            if any(isinstance(value, Ext) and value.path in sdk.PROCESSES for value in callees):
                note = (
                    f"{path}:{node.lineno} starts processes, and errors of interactions cannot be sent to another one"
                )
                for call in plan.calls:
                    if call.code in REQUESTS:
                        plan.review(call.site, note)
