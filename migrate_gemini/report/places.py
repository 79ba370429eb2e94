"""Where a place of the text that was read stands in the text that was written."""

from __future__ import annotations

from collections.abc import Callable

from ..lines import NEWLINE
from ..results import FileResult


def same(line: int) -> int:
    """The line itself: nothing was written."""
    return line


def now(file: FileResult) -> Callable[[int], int]:
    """Gives for a line (1-based) of the text that was read its line in the text that was written; the line itself for a
    file that does not change, or is a notebook, whose findings count the lines of a cell."""
    if file.before is None or file.after is None or file.view is not None:
        return same
    import difflib

    matcher = difflib.SequenceMatcher(None, NEWLINE.split(file.before), NEWLINE.split(file.after), autojunk=False)
    blocks = matcher.get_opcodes()

    def moved(line: int) -> int:
        for tag, start, end, new_start, new_end in blocks:
            if start <= line - 1 < end:
                inside = line - 1 - start if tag == "equal" else min(line - 1 - start, max(new_end - new_start - 1, 0))
                return new_start + inside + 1
        return line

    return moved
