"""Makes the edits of one module: what becomes of its statements, line by line.

Old lines are copied as they are. LibCST parses and prints a whole statement only where its clauses are put together
anew: a try whose handlers change, a loop whose body does.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import libcst as cst

from ..infer.program import ModuleFacts
from ..lines import skip_blank
from .edits import Change, Context, Edits, Line, StatementEdit, splice


def apply(facts: ModuleFacts, edits: Edits) -> str:
    """The text of a module with its edits made. Raises EditError or a LibCST error when one does not fit."""
    return _Splicer(facts, edits).module()


class _Splicer:
    """One module: its statements with their edits, as changes of its text."""

    def __init__(self, facts: ModuleFacts, edits: Edits) -> None:
        self.c = Context(facts, edits)
        self.lines, self.text, self.edits = facts.lines, facts.text, edits.statements
        self.newline, self.tree = self.c.module.default_newline, facts.tree
        self.busy: set[ast.AST] = set()
        edited = [statement for statement, edit in edits.statements.items() if not edit.empty]
        for node in [*edits.expressions, *edits.wrappers, *edited]:
            outer: ast.AST | None = node
            while outer is not None and outer not in self.busy:
                self.busy.add(outer)
                outer = facts.parents.get(outer)

    def module(self) -> str:
        """The new text."""
        changes: list[Change] = []
        self.block(self.tree.body, changes, top=True)
        return splice(self.text, 0, len(self.text), changes)

    # -- places ----------------------------------------------------------------------------------------------------

    def start(self, line: int) -> int:
        """Where a line starts; the end of the text for the line behind the last one."""
        return self.lines.starts[line - 1] if line <= len(self.lines.starts) else len(self.text)

    def last(self, statement: ast.stmt) -> int:
        """The last line of a statement, with the comments at the end of its last block."""
        last = statement.end_lineno or statement.lineno
        blocks = _blocks(statement)
        while blocks and self.c.indentation(blocks[-1][0]) == self.c.indentation(statement):  # of an elif
            if blocks[-1][0].lineno == statement.lineno:
                return last
            blocks = _blocks(blocks[-1][0])
        if blocks and blocks[-1][0].lineno > statement.lineno:
            indentation = self.c.indentation(blocks[-1][0])
            line = last + 1
            while line <= len(self.lines.starts) and _is_blank(text := self.lines.line(line)):
                if text.startswith(indentation):
                    last = line
                line += 1
        return last

    def first(self, statement: ast.stmt, before: ast.stmt | None) -> int:
        """The first of the blank lines and comments above a statement. before: the statement before it."""
        line, limit = _first_line(statement), self.last(before) if before is not None else 0
        while line - 1 > limit and _is_blank(self.lines.line(line - 1)):
            line -= 1
        return line

    def alone(self, statement: ast.stmt) -> bool:
        """Whether a statement starts its line, and so does not stand behind the colon of its clause."""
        start, _ = self.lines.place(statement)
        return not self.text[self.start(statement.lineno) : start].strip()

    # -- statements ------------------------------------------------------------------------------------------------

    def block(self, body: Sequence[ast.stmt], changes: list[Change], top: bool = False) -> None:
        """Adds the changes of a block."""
        left = False
        before: ast.stmt | None = None
        for group in self._groups(body):
            if top:
                self.c.enter(group[0])
            gone, count = False, len(changes)
            if any(statement in self.busy for statement in group):
                if _blocks(group[0]):
                    gone = self._compound(group[0], before, changes, top)
                else:
                    gone = self._simple(group, before, changes, top)
            if not (gone or left or top or before is None):  # the first that is left: no blank lines above it
                start, end, code = changes[count - 1]
                between = self.text[end : self.start(_first_line(group[0]))].splitlines(keepends=True)
                below = end + sum(map(len, takewhile(lambda line: not line.strip(), between)))
                if not code and all(change[0] >= below for change in changes[count:]):
                    changes[count - 1] = (start, below, code)
            left |= not gone
            before = group[-1]
        if not left and not top and body:
            start, end, lines = changes.pop()
            changes.append((start, end, f"{lines}{self.c.indentation(body[0])}pass{self.newline}"))

    def _groups(self, body: Sequence[ast.stmt]) -> list[list[ast.stmt]]:
        """The statements of a block, those of one line together."""
        groups: list[list[ast.stmt]] = []
        for statement in body:
            if groups and statement.lineno == groups[-1][-1].end_lineno:
                groups[-1].append(statement)
            else:
                groups.append([statement])
        return groups

    def _inside(self, node: ast.AST) -> list[Change]:
        return [self.c.change(inner) for inner in self.c.inside.get(node, ())]

    def _simple(self, group: Sequence[ast.stmt], before: ast.stmt | None, changes: list[Change], top: bool) -> bool:
        """Adds the changes of the simple statements of one line; whether all of them go."""
        edits = [self.edits.get(statement, StatementEdit()) for statement in group]
        alone = self.alone(group[0])
        comments = [comment for edit in edits for comment in edit.comments] if alone else []
        if not any(edit.changes for edit in edits):
            inside = [change for statement in group for change in self._inside(statement)]
            self._comment(group[0], comments, inside)
            changes += inside
            return False
        indentation = self.c.indentation(group[0])
        if not alone:
            indentation += self.c.module.default_indent
        with self.c.owned(next((s for s, edit in zip(group, edits) if not edit.empty), None)):
            lines = self._line(group, edits, indentation)
        end = self.start((group[-1].end_lineno or 0) + 1)
        start = self.start(group[0].lineno)
        if not alone:
            start = self.c.before(self.lines.place(group[0])[0])
            lines = [self.newline, *(lines or [f"{indentation}pass{self.newline}"])]
        elif not lines:
            whole = all(edit.whole for edit in edits)
            trailing = "" if whole else self._trailing(group[-1]).strip()
            lines = [f"{indentation}{trailing}{self.newline}"] if trailing else []
            if not top:
                first = self.first(group[0], before)
                above = [self.lines.line(number) for number in range(first, group[0].lineno)]
                while whole and above and _describes(above[-1], indentation):
                    above.pop()
                start, lines = self.start(first), [*(line for line in above if line.strip()), *lines]
            elif not lines:
                end = skip_blank(self.text, start, end)
            changes.append((start, end, "".join(lines)))
            return True
        code = "".join([*(f"{indentation}{comment}{self.newline}" for comment in comments), *lines])
        if not self.text[start:end].endswith(("\n", "\r")):
            code = code.removesuffix(self.newline)
        changes.append((start, end, code))
        return False

    def _comment(self, statement: ast.stmt, comments: Sequence[str], changes: list[Change]) -> None:
        if comments:
            at, indentation = self.start(_first_line(statement)), self.c.indentation(statement)
            changes.insert(0, (at, at, "".join(f"{indentation}{comment}{self.newline}" for comment in comments)))

    def _trailing(self, statement: ast.stmt) -> str:
        """What stands behind a statement in its line: blanks and a comment."""
        _, end = self.lines.place(statement)
        rest = self.text[end : self.start((statement.end_lineno or 0) + 1)].rstrip("\r\n")
        return rest if rest.lstrip().startswith("#") or not rest.strip() else rest[rest.find(";") + 1 :]

    def _line(self, group: Sequence[ast.stmt], edits: Sequence[StatementEdit], indentation: str) -> list[str]:
        """The new lines of simple statements that stood in one line. The comment behind them goes behind the first that
        takes its place."""
        lines: list[str] = []
        kept: list[ast.stmt] = []
        main: list[int] = []

        def flush() -> None:
            if kept:
                start, end = self.lines.place(kept[0])[0], self.lines.place(kept[-1])[1]
                inside = [change for statement in kept for change in self._inside(statement)]
                main.append(len(lines))
                lines.append(f"{indentation}{splice(self.text, start, end, inside)}{self.newline}")
                kept.clear()

        for statement, edit in zip(group, edits):
            if edit.before:
                flush()
                for code in edit.before:
                    lines += self._new(code, indentation)
            if edit.replace is not None:
                flush()
                made = self._new(edit.replace(self.c), indentation)
                if made:
                    main.append(len(lines))
                lines += made
            elif not edit.remove:
                kept.append(statement)
            if edit.after:
                flush()
                for code in edit.after:
                    lines += self._new(code, indentation)
        flush()
        trailing = self._trailing(group[-1]).rstrip()
        if trailing and main and self._takes_comment(lines[main[0]]):
            lines[main[0]] = f"{lines[main[0]].removesuffix(self.newline)}{trailing}{self.newline}"
        return lines

    def _takes_comment(self, code: str) -> bool:
        """Whether a comment may stand behind new lines: a simple statement without one."""
        line = cst.parse_module(code.strip()).body[0]
        return isinstance(line, cst.SimpleStatementLine) and line.trailing_whitespace.comment is None

    def _new(self, code: Line, indentation: str) -> list[str]:
        """The lines of new statements, one text a statement."""
        if not isinstance(code, str):
            code = code(self.c)
        code = code.rstrip("\r\n")
        if not code:
            return []
        if "\n" not in code and self.c.edits.speak is None:
            return [f"{indentation}{code}{self.newline}"]
        return [self.c.written([statement], indentation) for statement in self.c.block(code)]

    def _compound(self, node: ast.stmt, before: ast.stmt | None, changes: list[Change], top: bool) -> bool:
        """Adds the changes of a statement with a body; whether it goes."""
        edit = self.edits.get(node, StatementEdit())
        indentation = self.c.indentation(node)
        first, last = _first_line(node), self.last(node)
        start, end = self.start(first), self.start(last + 1)
        if edit.remove:
            return self._gone(node, edit, before, changes, top)
        inside = self._inside(node)
        blocks = _blocks(node)
        if edit.branch_goes:  # the rest of the chain stays
            inside = [(start, self.start((blocks[0][-1].end_lineno or last) + 1), "")]
            blocks = blocks[1:]
        for block in blocks:
            self.block(block, inside)
        with self.c.owned(node if not edit.empty else None):
            whole = edit.body or edit.handlers or edit.head
            if whole is not None or edit.body_start and not self.alone(_body(node)):
                made = self._rebuilt(node, edit, start, end, inside)
                if not made.strip():
                    return self._gone(node, edit, before, changes, top)
                inside = [(start, end, made)]
            elif edit.body_start:
                inside.insert(0, self._body_start(node, edit.body_start))
            put = [line for code in edit.before for line in self._new(code, indentation)]
            behind = [line for code in edit.after for line in self._new(code, indentation)]
        above = [f"{indentation}{comment}{self.newline}" for comment in edit.comments]
        if above or put:
            inside.insert(0, (start, start, "".join([*above, *put])))
        changes += inside
        if behind:
            gap = "" if self.text[:end].endswith(("\n", "\r")) else self.newline
            changes.append((end, end, gap + "".join(behind)))
        return False

    def _gone(
        self, node: ast.stmt, edit: StatementEdit, before: ast.stmt | None, changes: list[Change], top: bool
    ) -> bool:
        """Takes a statement with a body out; True."""
        indentation, first = self.c.indentation(node), _first_line(node)
        if top:
            while edit.whole and first > 1 and _describes(self.lines.line(first - 1), ""):
                first -= 1
            start = self.start(first)
            end = skip_blank(self.text, start, self.start((node.end_lineno or 0) + 1))
            changes.append((start, end, ""))
            return True
        above = self.first(node, before)
        while edit.whole and first > above and _describes(self.lines.line(first - 1), indentation):
            first -= 1
        kept = [line for number in range(above, first) if (line := self.lines.line(number)).strip()]
        changes.append((self.start(above), self.start(self.last(node) + 1), "".join(kept)))
        return True

    def _body_start(self, node: ast.stmt, lines: Sequence[Line]) -> Change:
        """Puts lines at the start of a body, behind a docstring."""
        first = _body(node)
        value = first.value if isinstance(first, ast.Expr) else None
        doc = isinstance(value, ast.Constant) and isinstance(value.value, str)
        at = self.start((first.end_lineno or 0) + 1) if doc else self.start(self.first(first, None))
        indentation = self.c.indentation(first)
        code = "".join(line for item in lines for line in self._new(item, indentation))
        return at, at, code if self.text[:at].endswith(("\n", "\r")) else self.newline + code.removesuffix(self.newline)

    def _rebuilt(self, node: ast.stmt, edit: StatementEdit, start: int, end: int, inside: Sequence[Change]) -> str:
        """The lines of a statement whose body or handlers are put together anew by LibCST."""
        code = splice(self.text, start, end, inside)
        indentation = self.c.indentation(node)
        ended = code.endswith(("\n", "\r"))
        code = code if ended else code + self.newline
        made: Any
        if indentation:
            made = cst.parse_module(f"if x:{self.newline}{code}").body[0].body.body[0]  # type: ignore[union-attr]
        else:
            made = cst.parse_module(code).body[0]
        if edit.body is not None:
            made = made.with_changes(body=edit.body(self.c, made.body))
        if edit.handlers is not None:
            made = edit.handlers(self.c, made)
        if edit.body_start:
            made = made.with_changes(body=_with_start(made.body, [s for c in edit.body_start for s in self.c.block(c)]))
        if edit.head is not None:
            made = edit.head(made)
        code = self.c.written(made if isinstance(made, list) else [made], indentation)
        return code if ended else code.removesuffix(self.newline)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _is_blank(line: str) -> bool:
    text = line.strip()
    return not text or text.startswith("#")


def _describes(line: str, indentation: str) -> bool:
    """Whether a line is a comment on what stands below it, and no mark of a cell."""
    return line.startswith(f"{indentation}#") and not line.lstrip("# \t").startswith("%%")


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    """The blocks of a statement in the order in which they stand."""
    found: list[list[ast.stmt]] = []
    for name in ("body", "handlers", "cases", "orelse", "finalbody"):
        part = getattr(node, name, None)
        if name in ("handlers", "cases"):
            found += [clause.body for clause in part or ()]
        elif isinstance(part, list) and part:
            found.append(part)
    return found


def _body(node: ast.stmt) -> ast.stmt:
    return _blocks(node)[0][0]


def _with_start(body: cst.BaseSuite, start: Sequence[cst.BaseStatement]) -> cst.BaseSuite:
    if isinstance(body, cst.SimpleStatementSuite):
        return cst.IndentedBlock(body=[*start, cst.SimpleStatementLine(body=body.body)])
    assert isinstance(body, cst.IndentedBlock)
    old = list(body.body)
    skip = 1 if old and _is_docstring(old[0]) else 0
    return body.with_changes(body=[*old[:skip], *start, *old[skip:]])


def _is_docstring(node: cst.BaseStatement) -> bool:
    return (
        isinstance(node, cst.SimpleStatementLine)
        and isinstance(node.body[0], cst.Expr)
        and isinstance(node.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )
