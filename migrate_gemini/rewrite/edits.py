"""Edits of one module, addressed by `ast` nodes and applied with LibCST.

Only the top-level statements that an edit touches are parsed and printed by LibCST; all other text is copied as it is,
so it cannot change. An edit is a function that gets a `Context` and gives new code; it asks the context for the code of
inner nodes, which comes with their own edits applied.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from ..infer.values import Site
from ..lines import Lines, Span, indent_of, newline_of, skip_blank
from .unsaid import Unsaid

Line: TypeAlias = str | Callable[["Context"], str]
Node: TypeAlias = Any
"""What a LibCST transformer gives for a node: a node, or a sentinel for several or none."""
ExprEdit: TypeAlias = Callable[["Context"], str | cst.BaseExpression]


class EditError(Exception):
    """An edit that cannot be made where it was asked for; the module is left alone and this is our bug."""


@dataclass(slots=True)
class StatementEdit:
    """What happens at a statement.

    before, after: lines around it; body_start: lines put at the start of its body; comments: lines right above it;
    remove: it goes; replace: makes the code that comes in its place; body: makes its new body from the old one;
    handlers: makes a new try from the old one.
    """

    before: list[Line] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)
    body_start: list[Line] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    remove: bool = False
    replace: Callable[[Context], str] | None = None
    body: Callable[[Context, cst.BaseSuite], cst.BaseSuite] | None = None
    handlers: Callable[[Context, cst.Try], cst.Try] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing happens."""
        return not (self.comments or self.changes)

    @property
    def changes(self) -> bool:
        """Whether more than a comment comes."""
        edited = self.replace or self.body or self.handlers
        return bool(self.before or self.after or self.body_start or self.remove or edited)


@dataclass(slots=True)
class Edits:
    """All edits of one module, by node. wrappers: put code around an expression, edited or not.

    owners: what each edit (or text of `top`) is made for; speak: puts a piece of new code into other words, see
    `dialect`; dropped: what was left out of it, and for whom.
    """

    expressions: dict[ast.expr, ExprEdit] = field(default_factory=dict)
    wrappers: dict[ast.expr, Callable[[str], str]] = field(default_factory=dict)
    statements: dict[ast.stmt, StatementEdit] = field(default_factory=dict)
    top: list[str] = field(default_factory=list)
    owners: dict[ast.AST | str, set[Site]] = field(default_factory=dict)
    speak: Callable[[Any, list[str]], Any] | None = None
    dropped: list[tuple[frozenset[Site], str]] = field(default_factory=list)

    def statement(self, node: ast.stmt) -> StatementEdit:
        """The edit of a statement, made when first asked for."""
        return self.statements.setdefault(node, StatementEdit())

    @property
    def changes(self) -> bool:
        """Whether more than comments come."""
        return bool(self.expressions or self.wrappers) or any(edit.changes for edit in self.statements.values())

    @property
    def empty(self) -> bool:
        """Whether the module stays as it is."""
        return (
            not self.expressions
            and not self.wrappers
            and all(edit.empty for edit in self.statements.values())
            and not self.top
        )


def _start_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


class Context:
    """One segment of a module while its edits are applied."""

    def __init__(self, path: str, lines: Lines, edits: Edits, first_line: int, segment: cst.Module) -> None:
        self.path = path
        self.lines, self.edits, self.offset = lines, edits, first_line - 1
        wrapper = MetadataWrapper(segment, unsafe_skip_copy=True)
        positions = wrapper.resolve(PositionProvider)
        self.module = wrapper.module
        self.by_span: dict[Span, cst.BaseExpression] = {}
        self.statements: dict[tuple[int, int], cst.CSTNode] = {}
        self.small: dict[Span, cst.BaseSmallStatement] = {}
        self.compound_spans: list[Span] = []
        for node, place in positions.items():
            if isinstance(node, cst.BaseExpression):
                span = self._span(place)
                self.by_span[span] = node
                if isinstance(node, (cst.Tuple, cst.GeneratorExp)):
                    self._index_bracketed(node, span)
            elif isinstance(node, cst.BaseSmallStatement):
                self.small[self._span(place)] = node
            elif isinstance(node, cst.BaseCompoundStatement):
                span = self._span(place)
                self.statements[span[:2]] = node
                self.compound_spans.append(span)
        self.editor = _Editor(self)
        self.owners: frozenset[Site] = frozenset()

    def said(self, made: Any) -> Any:
        """A piece of new code in the words of the schema that is written."""
        if self.edits.speak is None:
            return made
        dropped: list[str] = []
        try:
            made = self.edits.speak(made, dropped)
        except Unsaid as error:
            error.owners = error.owners or self.owners
            raise
        self.edits.dropped += [(self.owners, word) for word in dropped]
        return made

    @contextlib.contextmanager
    def owned(self, node: ast.AST | None) -> Iterator[None]:
        """While an edit runs: what it is made for."""
        before, self.owners = self.owners, frozenset(self.edits.owners.get(node, ())) if node else self.owners
        try:
            yield
        finally:
            self.owners = before

    def _index_bracketed(self, node: cst.Tuple | cst.GeneratorExp, span: Span) -> None:
        # ast counts the brackets of these to the node, LibCST does not
        if node.lpar:
            line, column, end_line, end_column = span
            self.by_span.setdefault((line, column - 1, end_line, end_column + 1), node)
        elif isinstance(node, cst.GeneratorExp):
            line, column, end_line, end_column = span
            self.by_span.setdefault((line, column - 1, end_line, end_column + 1), node)

    def _span(self, place: CodeRange) -> Span:
        return (
            place.start.line + self.offset,
            place.start.column,
            place.end.line + self.offset,
            place.end.column,
        )

    def is_value(self, call: ast.Call) -> bool:
        """Whether a call ends its line, so that it can be broken without hurting what stands behind it."""
        rest = self.rest(call).lstrip()
        return not rest or rest.startswith("#")

    def begins(self, node: ast.expr) -> bool:
        """Whether an expression stands in the first line of its statement."""
        return any(span[0] == node.lineno for span in self.small)

    def rest(self, node: ast.expr) -> str:
        """What stands behind an expression in its last line."""
        return self.lines.line(node.end_lineno or node.lineno)[self.lines.span(node)[3] :]

    def layout(self, node: ast.expr) -> tuple[str, str, str]:
        """How code of several lines is written in a node's place: the indentation of the node's line inside of its
        block, one step more (that of the node itself, where it has several lines), and the line end."""
        own = self._indentation(node.lineno)
        around = [span for span in (*self.small, *self.compound_spans) if span[0] <= node.lineno <= span[2]]
        start = max(around, default=(node.lineno, 0, 0, 0))
        step = self.module.default_indent
        inner = next((child for child in ast.walk(node) if getattr(child, "lineno", 0) > node.lineno), None)
        if inner is not None and isinstance(node, (ast.Dict, ast.Call, ast.List)):
            step = self._indentation(inner.lineno).removeprefix(own) or step  # type: ignore[attr-defined]
        return own.removeprefix(self._indentation(start[0])), step, self.module.default_newline

    def _indentation(self, number: int) -> str:
        line = self.lines.line(number)
        return line[: len(line) - len(line.lstrip())]

    def indentation(self, node: ast.expr) -> str:
        """The white space that the line of an expression begins with."""
        return self._indentation(node.lineno)

    def node(self, node: ast.expr) -> cst.BaseExpression:
        """The LibCST node of an ast expression, as it was. Raises EditError where there is none."""
        found = self.by_span.get(self.lines.span(node))
        if found is None:
            raise EditError(f"no node for {ast.dump(node)[:60]} at line {node.lineno}")
        return found

    def new(self, node: ast.expr) -> cst.BaseExpression:
        """The LibCST node of an ast expression with its edits applied."""
        return self.edited(self.node(node))

    def edited(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """A node with the edits inside of it, and its own, applied."""
        result = node.visit(self.editor)
        assert isinstance(result, cst.BaseExpression)
        return result

    def code(self, node: ast.expr) -> str:
        """The code of an ast expression with its edits applied, brackets around it included."""
        return self.module.code_for_node(self.new(node))

    def holds(self, node: ast.expr) -> bool:
        """Whether an expression stands in the statement that is edited."""
        return self.lines.span(node) in self.by_span

    def anywhere(self, node: ast.expr) -> str:
        """The code of an expression that may stand in another statement; there it is taken as it was."""
        return self.code(node) if self.holds(node) else ast.unparse(node)

    def inner(self, node: ast.expr) -> cst.BaseExpression:
        """Like `new`, but without the edit of the node itself."""
        self.editor.skip.add(self.node(node))
        return self.new(node)

    def parse(self, code: str) -> cst.BaseExpression:
        """An expression from code."""
        try:
            return self.said(cst.parse_expression(code, config=self.module.config_for_parsing))  # type: ignore[no-any-return]
        except cst.ParserSyntaxError:
            made = cst.parse_expression(f"({code})", config=self.module.config_for_parsing)
            if isinstance(made, cst.GeneratorExp):  # the only argument of a call needs no brackets of its own
                made = made.with_changes(lpar=[], rpar=[])
            return self.said(made)  # type: ignore[no-any-return]

    def block(self, code: Line) -> list[cst.BaseStatement]:
        """Statements from code."""
        if not isinstance(code, str):
            code = code(self)
        module = cst.parse_module(code, config=self.module.config_for_parsing)
        return [self.said(statement) for statement in module.body]


class _Editor(cst.CSTTransformer):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.skip: set[cst.CSTNode] = set()
        self.expressions: dict[cst.CSTNode, ExprEdit] = {}
        self.wrappers: dict[cst.CSTNode, Callable[[str], str]] = {}
        self.compound: dict[cst.CSTNode, StatementEdit] = {}
        self.smalls: dict[cst.CSTNode, StatementEdit] = {}
        self.nodes: dict[cst.CSTNode, ast.AST] = {}

    def on_visit(self, node: cst.CSTNode) -> bool:
        if node in self.expressions and node not in self.skip:
            return False
        return True

    def on_leave(self, original: cst.CSTNode, updated: cst.CSTNode) -> Node:
        edit = self.expressions.get(original)
        if edit is not None:
            if original in self.skip:
                self.skip.discard(original)
                return self._wrapped(original, updated)
            with self.context.owned(self.nodes.get(original)):
                made = edit(self.context)
                made = self.context.parse(made) if isinstance(made, str) else self.context.said(made)
            return self._wrapped(original, _bracketed(original, made))
        if original in self.wrappers:
            return self._wrapped(original, updated)
        if isinstance(original, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            first = next((self.nodes[small] for small in original.body if small in self.smalls), None)
            with self.context.owned(first):
                line = self._line(original, updated)
            comments = [text for small in original.body if small in self.smalls for text in self.smalls[small].comments]
            return _commented(line, comments)
        statement = self.compound.get(original)
        if statement is not None:
            with self.context.owned(self.nodes.get(original)):
                made = self._compound(statement, original, updated)
            return _commented(made, statement.comments)
        if isinstance(updated, cst.IndentedBlock):
            body, rest = _settle(updated.body)
            if not body:
                lines = [line for line in rest if line.comment is not None]
                return updated.with_changes(body=[_pass().with_changes(leading_lines=lines)])
            return updated.with_changes(body=body, footer=[*rest, *updated.footer])
        if isinstance(updated, cst.Module):
            body, rest = _settle(updated.body)
            return updated.with_changes(body=body, footer=[*rest, *updated.footer])
        return updated

    def _wrapped(self, original: cst.CSTNode, made: Node) -> Node:
        wrapper = self.wrappers.get(original)
        return made if wrapper is None else self.context.parse(wrapper(self.context.module.code_for_node(made)))

    def _line(self, original: cst.CSTNode, updated: cst.CSTNode) -> Node:
        assert isinstance(original, (cst.SimpleStatementLine, cst.SimpleStatementSuite))
        assert isinstance(updated, (cst.SimpleStatementLine, cst.SimpleStatementSuite))
        touched = [(i, self.smalls[small]) for i, small in enumerate(original.body) if small in self.smalls]
        touched = [(i, edit) for i, edit in touched if edit.changes]
        if not touched:
            return updated
        edits = dict(touched)
        kept: list[cst.BaseSmallStatement] = []
        result: list[cst.BaseStatement] = []
        main: cst.BaseStatement | None = None

        def flush() -> None:
            nonlocal main
            if kept:
                *head, last = kept
                line = cst.SimpleStatementLine(body=[*head, last.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])
                kept.clear()
                result.append(line)
                main = main or line

        for index, small in enumerate(updated.body):
            edit = edits.get(index)
            if edit is None:
                kept.append(small)
                continue
            if edit.before:
                flush()
                for code in edit.before:
                    result.extend(self.context.block(code))
            if edit.replace is not None:
                flush()
                made = self.context.block(edit.replace(self.context))
                main = main or next(iter(made), None)
                result.extend(made)
            elif not edit.remove:
                kept.append(small)
            if edit.after:
                flush()
                for code in edit.after:
                    result.extend(self.context.block(code))
        flush()
        return _place(result, main, original, updated)

    def _compound(self, edit: StatementEdit, original: cst.CSTNode, updated: cst.CSTNode) -> Node:
        if edit.remove:
            return _place([], None, original, updated)
        if edit.body is not None and isinstance(updated, (cst.For, cst.While, cst.FunctionDef, cst.With)):
            updated = updated.with_changes(body=edit.body(self.context, updated.body))
        if edit.handlers is not None and isinstance(updated, cst.Try):
            updated = edit.handlers(self.context, updated)
        if edit.body_start and isinstance(updated, (cst.FunctionDef, cst.For, cst.While, cst.With, cst.If)):
            start = [item for code in edit.body_start for item in self.context.block(code)]
            updated = updated.with_changes(body=_with_start(updated.body, start))
        if edit.before or edit.after:
            before = [item for code in edit.before for item in self.context.block(code)]
            after = [item for code in edit.after for item in self.context.block(code)]
            assert isinstance(updated, cst.BaseCompoundStatement)
            return _place([*before, updated, *after], updated, original, updated)
        return updated


def _commented(made: Node, comments: list[str]) -> Node:
    """A statement with comment lines right above it."""
    if not comments:
        return made
    if isinstance(made, cst.FlattenSentinel):
        first, *rest = made
        return cst.FlattenSentinel([_commented(first, comments), *rest])
    if not hasattr(made, "leading_lines"):
        return made
    lines = [cst.EmptyLine(comment=cst.Comment(text)) for text in comments]
    return made.with_changes(leading_lines=[*made.leading_lines, *lines])


def _pass() -> cst.SimpleStatementLine:
    return cst.SimpleStatementLine(body=[cst.Pass()])


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


_GONE = "_migrate_gemini_gone"


def _place(
    result: list[cst.BaseStatement], main: cst.BaseStatement | None, original: cst.CSTNode, updated: cst.CSTNode
) -> Node:
    """Puts statements in a statement's place; comments above it and behind it stay (behind `main`)."""
    if isinstance(original, cst.SimpleStatementSuite):
        return cst.IndentedBlock(body=result or [_pass()])
    leading = list(getattr(updated, "leading_lines", ()))
    trailing = getattr(updated, "trailing_whitespace", None)
    if not result:
        comments = [line for line in leading if line.comment is not None]
        if trailing is not None and trailing.comment is not None:
            comments.append(cst.EmptyLine(comment=trailing.comment))
        gone = cst.SimpleStatementLine(body=[cst.Expr(cst.Name(_GONE))], leading_lines=comments)
        return cst.FlattenSentinel([gone])
    for index, item in enumerate(result):
        if item is updated:
            result[index] = item = item.with_changes(leading_lines=())
        elif item is main and isinstance(item, cst.SimpleStatementLine) and trailing is not None:
            if item.trailing_whitespace.comment is None:
                result[index] = item = item.with_changes(trailing_whitespace=trailing)
    own = [line for line in getattr(result[0], "leading_lines", ()) if line.comment is not None]
    result[0] = result[0].with_changes(leading_lines=[*leading, *own])
    return cst.FlattenSentinel(result)


def _settle(body: Sequence[cst.BaseStatement]) -> tuple[list[cst.BaseStatement], list[cst.EmptyLine]]:
    """The statements without those that have gone, whose comments move to the next one; comments left at the end."""
    settled: list[cst.BaseStatement] = []
    pending: list[cst.EmptyLine] = []
    for item in body:
        if isinstance(item, cst.SimpleStatementLine) and _is_gone(item):
            pending.extend(item.leading_lines)
            continue
        if pending:
            item = item.with_changes(leading_lines=[*pending, *getattr(item, "leading_lines", ())])
            pending = []
        settled.append(item)
    return settled, pending


def _is_gone(item: cst.SimpleStatementLine) -> bool:
    first = item.body[0]
    return isinstance(first, cst.Expr) and isinstance(first.value, cst.Name) and first.value.value == _GONE


def _bracketed(original: cst.CSTNode, made: cst.BaseExpression) -> cst.BaseExpression:
    """Keeps the brackets that stood around the old expression, and adds some where precedence needs them."""
    lpar: Sequence[cst.LeftParen] = getattr(original, "lpar", [])
    if not lpar or made.lpar:
        return made
    # one-part expressions do not need the old brackets unless they span lines
    if isinstance(made, (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.SimpleString, cst.List, cst.Dict)):
        if all(not isinstance(paren.whitespace_after, cst.ParenthesizedWhitespace) for paren in lpar):
            if "\n" not in cst.Module(body=[]).code_for_node(made):
                return made
    return made.with_changes(lpar=lpar, rpar=original.rpar)  # type: ignore[attr-defined]


def apply(path: str, text: str, tree: ast.Module, edits: Edits) -> str:
    """The text with the edits made. Raises EditError or a LibCST error when an edit does not fit."""
    lines = Lines(text)
    newline, indent = newline_of(text), indent_of(text)
    segments: list[tuple[int, int]] = []
    wanted: list[ast.expr | ast.stmt] = [
        *edits.expressions,
        *edits.wrappers,
        *(node for node, edit in edits.statements.items() if not edit.empty),
    ]
    marks = sorted({node.lineno for node in wanted})
    for node in tree.body:
        first, last = _start_line(node), node.end_lineno or node.lineno
        if any(first <= mark <= last for mark in marks):
            if segments and first <= segments[-1][1]:
                segments[-1] = (segments[-1][0], max(last, segments[-1][1]))
            else:
                segments.append((first, last))
        elif segments and first <= segments[-1][1]:
            segments[-1] = (segments[-1][0], max(last, segments[-1][1]))
    pieces: list[str] = []
    done = 0
    for first, last in segments:
        start = lines.starts[first - 1]
        end = lines.starts[last] if last < len(lines.starts) else len(text)
        pieces.append(text[done:start])
        made = _segment(path, text[start:end], lines, edits, first, last, newline, indent)
        pieces.append(made)
        done = end if made else skip_blank(text, start, end)
    pieces.append(text[done:])
    return "".join(pieces)


def _segment(path: str, code: str, lines: Lines, edits: Edits, first: int, last: int, newline: str, indent: str) -> str:
    config = cst.PartialParserConfig(default_newline=newline, default_indent=indent)
    context = Context(path, lines, edits, first, cst.parse_module(code, config=config))
    editor = context.editor
    for node, edit in edits.expressions.items():
        if first <= node.lineno <= last:
            place = context.node(node)
            editor.expressions[place], editor.nodes[place] = edit, node
    for node, wrapper in edits.wrappers.items():
        if first <= node.lineno <= last:
            editor.wrappers[context.node(node)] = wrapper
    for statement, change in edits.statements.items():
        if change.empty or not first <= statement.lineno <= last:
            continue
        span = lines.span(statement)
        small = context.small.get(span)
        if small is not None:
            editor.smalls[small], editor.nodes[small] = change, statement
        else:
            around = context.statements.get(span[:2])
            if around is None:
                raise EditError(f"no statement at line {statement.lineno}")
            editor.compound[around], editor.nodes[around] = change, statement
    made = context.module.visit(editor)
    return made.code if made.body or made.header or made.footer else ""
