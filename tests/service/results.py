"""What functions gave back, freed from the wrappings of the SDKs and of programs."""

from __future__ import annotations

import json
from typing import Any

from tests.service.values import whole_numbers


def plain_result(value: Any) -> Any:
    """{'result': x}, {'output': x}, a JSON text of either, or a list of text contents -> x."""
    if isinstance(value, list) and value and all(isinstance(v, dict) and v.get("type") == "text" for v in value):
        value = "".join(item.get("text") or "" for item in value)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return value
    if isinstance(value, dict) and len(value) == 1:
        for key in ("result", "output"):
            if key in value:
                return plain_result(value[key])
    return whole_numbers(value)
