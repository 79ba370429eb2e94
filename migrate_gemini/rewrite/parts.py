"""What a config gives to a request."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from .call import dict_code
from .edits import Context

Code = Callable[[Context], str]

LINE = 88
"""Settings that stood one a line go into one line if it is no longer than this."""


@dataclass(slots=True)
class Parts:
    """What a config gives to a request.

    request: (keyword, code); generation: (key, code) for generation_config; merged: code of a dict that becomes or is
    merged into generation_config; spread: code of dicts of request keywords; optional: some value may be None;
    passed: **keywords that the function passes on; whole: the dict as it is written; lead: how many keywords stood
    before the first of generation_config; comments: those of its keys; loose: those of other settings; place: where
    the config stands; nested: they go into a dict there.
    """

    request: list[tuple[str, Code]] = field(default_factory=list)
    generation: list[tuple[str, Code]] = field(default_factory=list)
    merged: Code | None = None
    spread: list[Code] = field(default_factory=list)
    optional: bool = False
    passed: list[Code] = field(default_factory=list)
    whole: Code | None = None
    lead: int | None = None
    comments: dict[str, tuple[list[str], str]] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)
    place: ast.expr | None = None
    nested: bool = False

    def add(self, other: Parts) -> None:
        """Adds what another config gives."""
        self.request += other.request
        self.whole = other.whole if not self.generation else None if other.generation else self.whole
        if self.lead is None and other.lead is not None:
            self.lead = len(self.request) - len(other.request) + other.lead
        self.generation += other.generation
        self.merged = other.merged or self.merged
        self.spread += other.spread
        self.optional = self.optional or other.optional
        self.passed += other.passed
        self.comments.update(other.comments)
        self.place = self.place or other.place

    @property
    def empty(self) -> bool:
        """Whether nothing is set."""
        return not (self.request or self.generation or self.merged or self.spread or self.passed)

    def layout(self, c: Context, node: ast.expr) -> tuple[str, str, str]:
        """How a value of several lines is laid out where a setting goes: see `Context.layout`."""
        place = self.place or node
        outer, step, newline = c.layout(place)
        inside = self.nested and place.end_lineno != place.lineno
        return outer + step if inside else outer, step, newline

    def generation_code(self) -> Code | None:
        """The code of generation_config, if there is one."""
        if (alone := self.merged) is not None and not self.generation:
            return lambda c: code[1:-1] if (code := alone(c)).endswith(" or {})") else code
        if self.whole is not None and self.merged is None:
            return self.whole
        if not self.generation and self.merged is None:
            return None
        merged, pairs = self.merged, list(self.generation)

        def code(c: Context) -> str:
            noted = any(above or behind for above, behind in self.comments.values())
            coded = [(key, value(c)) for key, value in pairs]
            inner = dict_code(coded)
            if merged is None and self.place is not None:
                long = len(pairs) > 2 or len(c.indentation(self.place)) + len("generation_config=,") + len(inner) > LINE
                if noted or len(pairs) > 1 and long and stacked(self.place):
                    return self._rows(c, self.place, coded)
            return f"{{**{merged(c)}, {inner[1:]}" if merged is not None else inner

        return code

    def _rows(self, c: Context, place: ast.expr, pairs: list[tuple[str, str]]) -> str:
        """A dict with one key a line, in a config's place; the comments of its settings stay with them."""
        outer, step, newline = self.layout(c, place)
        lines = []
        for key, value in pairs:
            above, behind = self.comments.get(key, ([], ""))
            lines += [f"{outer}{step}{text}" for text in above]
            lines.append(f'{outer}{step}"{key}": {value},' + (f"  {behind}" if behind else ""))
        return "{" + newline + "".join(line + newline for line in lines) + outer + "}"


def stacked(place: ast.expr) -> bool:
    """Whether a config is written with one setting a line."""
    if isinstance(place, ast.Call):
        items: list[ast.expr] = [*place.args, *(keyword.value for keyword in place.keywords)]
    elif isinstance(place, ast.Dict):
        items = list(place.values)
    else:
        return False
    lines = [place.lineno, *(item.lineno for item in items)]
    return len(set(lines)) == len(lines)
