"""Where the expressions of a module stand in its text, and how code that spans lines is laid out there."""

from __future__ import annotations

import ast
import re

import libcst as cst

from ..infer.program import ModuleFacts
from ..lines import indent_of, newline_of
from ..nodes import walk

_OPENS = re.compile(r"\([ \t]*#[^\r\n]*\Z")
_SPACE = re.compile(r"(?:[ \t\f\r\n]|\\\r?\n|#[^\r\n]*)*")


class Places:
    """The text of one module. module: what LibCST prints new code with; top: the statement that is edited."""

    def __init__(self, facts: ModuleFacts) -> None:
        self.facts, self.path, self.lines, self.text = facts, facts.path, facts.lines, facts.text
        self._step = indent_of(facts.text)
        self.module = cst.Module(body=[], default_newline=newline_of(facts.text), default_indent=self._step)
        self.top: ast.stmt | None = None

    def enter(self, top: ast.stmt) -> None:
        """Goes on to the edits of a statement of the module, whose own indentation new code takes."""
        self.top = top
        first: list[ast.stmt] = getattr(top, "body", [top])
        step = self._indentation(first[0].lineno) or self._step
        if step != self.module.default_indent:
            self.module = self.module.with_changes(default_indent=step)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that holds a node."""
        while not isinstance(node, ast.stmt):
            node = self.facts.parents[node]
        return node

    def is_value(self, call: ast.Call) -> bool:
        """Whether a call ends its line, so that it can be broken without hurting what stands behind it."""
        rest = self.rest(call).lstrip()
        return not rest or rest.startswith("#")

    def begins(self, node: ast.expr) -> bool:
        """Whether an expression stands in the first line of its statement."""
        statement = self.statement(node)
        return statement.lineno == node.lineno and not hasattr(statement, "body")

    def rest(self, node: ast.expr) -> str:
        """What stands behind an expression in its last line."""
        return self.lines.line(node.end_lineno or node.lineno)[self.lines.span(node)[3] :]

    def layout(self, node: ast.expr) -> tuple[str, str, str]:
        """How code of several lines is written in a node's place: the indentation of the node's line inside of its
        block, one step more (that of the node itself, where it has several lines), and the line end."""
        own = self._indentation(node.lineno)
        step = self.module.default_indent
        inner = None
        if node.end_lineno != node.lineno:
            inner = next((child for child in walk(node) if getattr(child, "lineno", 0) > node.lineno), None)
        if inner is not None and isinstance(node, (ast.Dict, ast.Call, ast.List)):
            step = self._indentation(inner.lineno).removeprefix(own) or step  # type: ignore[attr-defined]
        return own.removeprefix(self.indentation(node)), step, self.module.default_newline

    def indentation(self, node: ast.AST) -> str:
        """The indentation of the statement that holds a node."""
        return self._indentation(self.statement(node).lineno)

    def _indentation(self, number: int) -> str:
        line = self.lines.line(number)
        return line[: len(line) - len(line.lstrip())]

    def holds(self, node: ast.expr) -> bool:
        """Whether an expression stands in the statement of the module that is edited."""
        outer: ast.AST | None = node
        while outer is not None and outer is not self.top:
            outer = self.facts.parents.get(outer)
        return outer is not None

    def place(self, node: ast.expr) -> tuple[int, int]:
        """Where an expression stands in the text, without brackets around it. Raises EditError where that is not known:
        in some f-strings."""
        start, end = self.lines.place(node)
        parent = self.facts.parents.get(node)
        if isinstance(node, ast.GeneratorExp) and isinstance(parent, ast.Call) and end == self.lines.place(parent)[1]:
            start, end = self.behind(start + 1), self.before(end - 1)  # its brackets are those of the call
        return start, end

    def around(self, node: ast.expr) -> tuple[int, int]:
        """Where an expression stands in the text, with the brackets around it that are its own."""
        start, end = self.place(node)
        parent = self.facts.parents.get(node)
        closing = self.lines.place(parent)[1] - 1 if isinstance(parent, ast.Call) and node is not parent.func else -1
        while True:
            before, behind = self.before(start) - 1, self.behind(end)
            if self.text[before : before + 1] != "(" or self.text[behind : behind + 1] != ")" or behind == closing:
                return start, end
            if isinstance(parent, ast.ClassDef) and node in parent.bases:
                name = self.text[self.before(before) - 1]
                if name.isidentifier() or name.isdigit() or name == "]":
                    return start, end
            start, end = before, behind + 1

    def before(self, position: int) -> int:
        """The end of the code before a position."""
        text = self.text
        while True:
            at = position
            while at and text[at - 1] in " \t\f\r\n\\":
                at -= 1
            if not several(text[at:position]):
                return at
            start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
            line = text[start:at]
            if not line.lstrip().startswith("#"):
                opens = _OPENS.search(line)
                return start + opens.start() + 1 if opens else at
            position = start

    def behind(self, position: int) -> int:
        """The start of the code behind a position."""
        match = _SPACE.match(self.text, position)
        return match.end() if match else position


def several(code: str) -> bool:
    """Whether code spans lines."""
    return "\n" in code or "\r" in code
