"""Pieces that the renderings for people share."""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

CODE = re.compile(r"`([^`]+)`")
"""Code in a message."""


def printable(text: str, keep: str = "\t") -> str:
    """The text with every character spelled out that would move the cursor, colour the screen or turn the line."""
    return _UNPRINTABLE.sub(lambda match: match[0] if match[0] in keep else _spelled(ord(match[0])), text)


def counted(number: int, one: str, many: str | None = None) -> str:
    """ "1 file", "2 files"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _spelled(code: int) -> str:
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
