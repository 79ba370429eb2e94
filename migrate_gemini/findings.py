"""What a run says of a program: findings and per-file results.

Everything that is shown (terminal, JSON, ...) is rendered from these classes and from nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["migrated", "needs_review", "manual"]
"""migrated: rewritten. needs_review: rewritten on an assumption that the message states.
manual: left alone; the message says why and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to say of one place.

    line and column are 1-based, column counts characters; they are those of the first character
    of the expression in the text that was read (not in the rewritten one). differences: what the new code does
    otherwise than the old, each said once in a program, in sentences for a person. cell: of a notebook, from 1 among
    all of its cells, and line and column are those in it; 0 elsewhere.
    """

    line: int
    column: int
    code: str
    status: Status
    message: str
    differences: tuple[str, ...] = ()
    cell: int = 0

    @property
    def place(self) -> str:
        """Where it is, for a person: line and column, behind the cell of a notebook."""
        return f"{self.where}:{self.column}"

    @property
    def where(self) -> str:
        """The line, behind the cell of a notebook."""
        return f"cell {self.cell}:{self.line}" if self.cell else str(self.line)


@dataclass(frozen=True, slots=True)
class ModuleResult:
    """What became of one module: `text` is the new text, or None where nothing changes.

    `error` says in one line why the module could not be processed; then nothing changes.
    """

    path: str
    text: str | None
    findings: tuple[Finding, ...] = ()
    error: str | None = None
