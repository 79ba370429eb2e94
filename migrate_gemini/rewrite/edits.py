"""Edits of one module, addressed by `ast` nodes, and the code of these nodes with their edits applied.

An edit is a function that gets a `Context` and gives new code, as text or as a LibCST node; it asks the context for the
code of inner nodes, which comes with their own edits applied. LibCST parses only the expressions whose layout an edit
asks for; all other text is copied as it is, so it cannot change.

Code that spans lines is passed around as it would stand at the left margin: relative to the block that it is in.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import libcst as cst

from ..infer.program import ModuleFacts
from ..infer.values import Site
from .places import Places, several
from .unsaid import Unsaid

Line: TypeAlias = str | Callable[["Context"], str]
ExprEdit: TypeAlias = Callable[["Context"], str | cst.BaseExpression]
Change: TypeAlias = tuple[int, int, str]
"""Where an old piece of text starts and ends, and the new one."""


class EditError(Exception):
    """An edit that cannot be made where it was asked for; the module is left alone and this is our bug."""


@dataclass(slots=True)
class StatementEdit:
    """What happens at a statement.

    before, after: lines around it; body_start: lines put at the start of its body; comments: lines right above it;
    remove: it goes; whole: with the comments right above it; branch_goes: it is an elif whose body goes with its test;
    replace: makes the code that comes in its place; body: makes its new body from the old one;
    handlers: makes a new try from the old one; head: makes a function or a with statement with another head from the
    old one, or the statements that stay of it.
    """

    before: list[Line] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)
    body_start: list[Line] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    remove: bool = False
    whole: bool = False
    branch_goes: bool = False
    replace: Callable[[Context], str] | None = None
    body: Callable[[Context, cst.BaseSuite], cst.BaseSuite] | None = None
    handlers: Callable[[Context, cst.Try], cst.Try] | None = None
    head: Callable[[Any], cst.BaseStatement | Sequence[cst.BaseStatement]] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing happens."""
        return not (self.comments or self.changes)

    @property
    def changes(self) -> bool:
        """Whether more than a comment comes."""
        edited = self.replace or self.body or self.handlers or self.head
        return bool(self.before or self.after or self.body_start or self.remove or self.branch_goes or edited)


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


_ONE_PART = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.SimpleString, cst.List, cst.Dict)


class Context(Places):
    """One module while its edits are applied."""

    def __init__(self, facts: ModuleFacts, edits: Edits) -> None:
        super().__init__(facts)
        self.edits = edits
        self.inside: dict[ast.AST, list[ast.expr]] = {}
        self.owners: frozenset[Site] = frozenset()
        self._nodes: dict[ast.expr, cst.BaseExpression] = {}
        self._left: set[ast.expr] = set()
        for node in sorted({**edits.expressions, **edits.wrappers}, key=lambda n: (n.lineno, n.col_offset)):
            self._enter(node)

    def _enter(self, node: ast.expr) -> None:
        """Notes an edited expression with the nodes around it, up to the next edited one or to its statement."""
        outer = self.facts.parents[node]
        while True:
            self.inside.setdefault(outer, []).append(node)
            if isinstance(outer, ast.stmt) or outer in self.edits.expressions or outer in self.edits.wrappers:
                return
            outer = self.facts.parents[outer]

    # -- the words of another schema -------------------------------------------------------------------------------

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

    # -- code ------------------------------------------------------------------------------------------------------

    def node(self, node: ast.expr) -> cst.BaseExpression:
        """The LibCST node of an ast expression, as it was."""
        found = self._nodes.get(node)
        if found is None:
            found = self._inner_node(node)
            if found is None:
                start, end = self.around(node)
                found = self._parsed(self.text[start:end], self.indentation(node))
            self._nodes[node] = found
        return found

    def _inner_node(self, node: ast.expr) -> cst.BaseExpression | None:
        """The node as a part of a node that is there already."""
        parent = self.facts.parents[node]
        item: ast.expr | ast.keyword = node
        if isinstance(parent, ast.keyword):
            item, parent = parent, self.facts.parents[parent]
        outer = self._nodes.get(parent) if isinstance(parent, ast.expr) else None
        if isinstance(parent, ast.Call) and isinstance(outer, cst.Call):
            if node is parent.func:
                return outer.func
            items: list[ast.expr | ast.keyword] = [*parent.args, *parent.keywords]
            items.sort(key=lambda item: (item.lineno, item.col_offset))
            return None if isinstance(node, ast.Starred) else outer.args[items.index(item)].value
        if isinstance(parent, ast.Dict) and isinstance(outer, cst.Dict) and node in parent.values:
            return outer.elements[parent.values.index(node)].value
        if isinstance(parent, (ast.List, ast.Tuple)) and isinstance(outer, (cst.List, cst.Tuple)):
            return None if isinstance(node, ast.Starred) else outer.elements[parent.elts.index(node)].value
        return None

    def new(self, node: ast.expr) -> cst.BaseExpression:
        """The LibCST node of an ast expression with its edits applied."""
        if self._is_edited(node):
            made = self._made(node)
            if isinstance(made, str):
                made = self._parsed(made, "")
            if self._keeps_brackets(node, made):
                old = self.node(node)
                made = made.with_changes(lpar=old.lpar, rpar=old.rpar)
            return made
        return self.inner(node)

    def code(self, node: ast.expr) -> str:
        """The code of an ast expression with its edits applied, brackets around it included."""
        if self._is_edited(node):
            made = self._made(node)
            if isinstance(made, str) and self.around(node) == self.place(node):
                return made
            return self.module.code_for_node(self.new(node))
        return self.old(node)

    def inner(self, node: ast.expr) -> cst.BaseExpression:
        """Like `new`, but without the edit of the node itself."""
        if node not in self.inside:
            return self.node(node)
        return self._parsed(self._spliced(node), self.indentation(node))

    def old(self, node: ast.expr) -> str:
        """Like `code`, but without the edit of the node itself."""
        code = self._spliced(node)
        indentation = self.indentation(node) if several(code) else ""
        return self.module.code_for_node(self._parsed(code, indentation)) if indentation else code

    def anywhere(self, node: ast.expr) -> str:
        """The code of an expression that may stand in another statement; there it is taken as it was."""
        return self.code(node) if self.holds(node) else ast.unparse(node)

    def parse(self, code: str) -> cst.BaseExpression:
        """An expression from new code."""
        return self.said(_expression(code))  # type: ignore[no-any-return]

    def block(self, code: Line) -> list[cst.BaseStatement]:
        """Statements from new code."""
        if not isinstance(code, str):
            code = code(self)
        return [self.said(statement) for statement in cst.parse_module(code).body]

    # -- edits -----------------------------------------------------------------------------------------------------

    def change(self, node: ast.expr) -> Change:
        """What an edited expression becomes, in its place in the text."""
        formatted = self._formatted(node)
        made = self._made(node)
        place, around = self.place(node), self.around(node)
        keeps = place != around and self._keeps_brackets(node, made if not isinstance(made, str) else _expression(made))
        start, end = place if keeps else around
        indentation = self.indentation(node)
        if isinstance(made, str) and not (indentation and several(made)):
            code = made
        elif isinstance(made, str) and made.startswith(self.module.default_newline):  # in the brackets of its call
            code = self._at(cst.parse_expression(f"({made})"), indentation)[1:-1]
        else:
            code = self._at(self._parsed(made, "") if isinstance(made, str) else made, indentation)
        if not keeps and place != around and _joins(self.text[start - 1 : start], code, self.text[end : end + 1]):
            code = f"({code})"  # `return(x)`
        return start, end, self._quoted(formatted, start, code) if formatted is not None else code

    def _is_edited(self, node: ast.expr) -> bool:
        return node not in self._left and (node in self.edits.expressions or node in self.edits.wrappers)

    @contextlib.contextmanager
    def without(self, node: ast.expr) -> Iterator[None]:
        """While an edit runs: its own node is taken without it."""
        self._left.add(node)
        try:
            yield
        finally:
            self._left.discard(node)

    def _made(self, node: ast.expr) -> str | cst.BaseExpression:
        """What the edit and the wrapper of an expression make of it."""
        made: str | cst.BaseExpression
        with self.owned(node):
            edit = self.edits.expressions.get(node)
            if edit is None:
                made = self.old(node)
            else:
                made = edit(self)
                if self.edits.speak is not None:
                    made = self.parse(made) if isinstance(made, str) else self.said(made)
            wrapper = self.edits.wrappers.get(node)
            if wrapper is not None:
                made = wrapper(made if isinstance(made, str) else self.module.code_for_node(made))
                if self.edits.speak is not None:
                    made = self.parse(made)
        return made

    def _keeps_brackets(self, node: ast.expr, made: cst.BaseExpression) -> bool:
        """Whether the brackets that stood around the old expression stay around the new one. Those of one part do not
        need them unless they span lines."""
        (start, end), (first, last) = self.place(node), self.around(node)
        if (start, end) == (first, last) or made.lpar or node in self.edits.wrappers:
            return False
        one = isinstance(made, _ONE_PART) and not several(self.text[first:start])
        return not (one and "\n" not in self.module.code_for_node(made))

    def _formatted(self, node: ast.expr) -> ast.JoinedStr | None:
        """The f-string around an expression. Raises EditError where its place is not the one that Python tells."""
        outer = self.facts.parents[node]
        while not isinstance(outer, (ast.stmt, ast.JoinedStr)):
            outer = self.facts.parents[outer]
        if not isinstance(outer, ast.JoinedStr):
            return None
        start, end = self.place(node)
        with contextlib.suppress(SyntaxError, ValueError):
            if ast.dump(ast.parse(f"({self.text[start:end]})", mode="eval").body) == ast.dump(node):
                return outer
        raise EditError(f"no node for {ast.dump(node)[:60]} at line {node.lineno}")

    def _quoted(self, formatted: ast.JoinedStr, start: int, code: str) -> str:
        """Code that begins at a place in an f-string, without the quotes of that f-string: before Python 3.12 they end
        it."""
        at, end = self.place(formatted)
        pieces: list[cst.BaseExpression] = [_expression(self.text[at:end])]
        while isinstance(pieces[-1], cst.ConcatenatedString):
            whole = pieces.pop()
            assert isinstance(whole, cst.ConcatenatedString)
            between = self.module.code_for_node(whole.with_changes(right=cst.SimpleString('""')))
            if at + len(between) - 2 <= start:
                at += len(between) - 2
                pieces.append(whole.right)
            else:
                pieces.append(whole.left)
        last = pieces[-1]
        quote = last.start[-1] if isinstance(last, cst.FormattedString) and len(last.end) == 1 else ""
        other = "'" if quote == '"' else '"'
        if not quote or quote not in code:
            return code
        if other in code:
            raise EditError(f"no quotes are left for {code[:60]}")
        return code.replace(quote, other)

    def _spliced(self, node: ast.expr) -> str:
        """The text of an expression with the edits inside of it, as it stands in its block."""
        start, end = self.around(node)
        inside = self.inside.get(node)
        return (
            splice(self.text, start, end, [self.change(inner) for inner in inside]) if inside else self.text[start:end]
        )

    def _parsed(self, code: str, indentation: str) -> cst.BaseExpression:
        """The LibCST node of code that stands in a block of this indentation."""
        if not indentation or not several(code):
            return _expression(code)
        newline = self.module.default_newline
        module = cst.parse_module(f"if x:{newline}{indentation}({code}){newline}")
        made = module.body[0].body.body[0].body[0].value  # type: ignore[union-attr]
        return made.with_changes(lpar=made.lpar[1:], rpar=made.rpar[:-1])  # type: ignore[no-any-return]

    def _at(self, made: cst.BaseExpression, indentation: str) -> str:
        """The code of a node in a block of this indentation."""
        if not indentation:
            return self.module.code_for_node(made)
        line = cst.SimpleStatementLine([cst.Expr(made)])
        return self.written([line], indentation)[len(indentation) : -len(self.module.default_newline)]

    def written(self, statements: Sequence[cst.BaseStatement], indentation: str) -> str:
        """The lines of statements in a block of this indentation."""
        if not indentation:
            return self.module.with_changes(body=statements).code
        block = cst.IndentedBlock(body=statements, indent=indentation)
        code = self.module.with_changes(body=[cst.If(cst.Name("x"), block)]).code
        return code[len("if x:") + len(self.module.default_newline) :]


def splice(text: str, start: int, end: int, changes: Sequence[Change]) -> str:
    """A part of a text with changes made in it. Of changes at one place, what is put in comes first."""
    pieces = []
    for first, last, new in sorted(changes, key=lambda change: change[:2]):
        if first < start:
            raise EditError(f"two edits at one place: {text[first:last][:60]!r}")
        pieces += [text[start:first], new]
        start = last
    return "".join([*pieces, text[start:end]])


def _joins(before: str, code: str, behind: str) -> bool:
    """Whether code that loses its brackets would become one word with what stands beside it."""
    return re.match(r"\w\w", before + code[:1]) is not None or re.match(r"\w\w", code[-1:] + behind) is not None


def _expression(code: str) -> cst.BaseExpression:
    try:
        return cst.parse_expression(code)
    except cst.ParserSyntaxError:
        made = cst.parse_expression(f"({code})")
        if isinstance(made, cst.GeneratorExp):  # the only argument of a call needs no brackets of its own
            made = made.with_changes(lpar=[], rpar=[])
        return made
