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
