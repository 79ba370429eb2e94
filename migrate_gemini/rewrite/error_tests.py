"""How a program asks what an error is once the calls are interactions: tests of its status, and joined clauses."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from ..sdk import errors as sdk
from . import snippets_errors
from .edits import Context
from .plan import Plan

if TYPE_CHECKING:
    from .errors import Handler

REQUESTS = ("MG103", "MG105", "MG201", "MG203")
"""Codes of call sites that become requests of interactions."""

QUIET = ("MG101", "MG102", "MG104", "MG202", "MG301")
"""Codes of call sites that raise no error of the service."""

GOOGLE_GENAI = ("MG201", "MG203")
"""Codes of call sites whose errors are those of google-genai; others raise those of google.api_core."""

QUIET_LIBRARIES = frozenset("tenacity backoff tqdm rich dotenv PIL streamlit click typer colorama numpy pandas".split())
"""Libraries whose errors carry no status."""


def is_named(path: str) -> bool:
    """Whether a dotted path is a class of errors of an SDK that is left behind."""
    if path.startswith((sdk.API_CORE, sdk.GENAI_ERRORS)):
        return path.rpartition(".")[2][:1].isupper()
    return path in sdk.BLOCKED or path in sdk.OTHERS


def is_foreign(path: str) -> bool:
    """Whether a function of this path may raise errors of another library with a status of their own."""
    root = path.partition(".")[0]
    return root not in sys.stdlib_module_names and root not in QUIET_LIBRARIES and root not in ("builtins", "google")


@dataclass(slots=True)
class Test:
    """What an except clause or isinstance() asks for.

    named: classes of the SDKs; blocked: expressions for those of blocked prompts and answers; broad: Exception and
    BaseException; others: expressions for other classes, unknown: one of them may be anything; unclear: which classes
    these are is only known at run time; codes: statuses; constants: names of tuples of classes, whose elements become
    statuses, with what becomes of each element.
    """

    named: list[str] = field(default_factory=list)
    blocked: list[ast.expr] = field(default_factory=list)
    broad: set[str] = field(default_factory=set)
    others: list[ast.expr] = field(default_factory=list)
    unknown: bool = False
    unclear: bool = False
    codes: list[int] = field(default_factory=list)
    constants: list[tuple[ast.expr, ast.Tuple, list[str]]] = field(default_factory=list)

    def constant(self, item: ast.expr, node: ast.Tuple, paths: list[str]) -> None:
        """Takes in the name of a tuple of classes. paths: of each element its class of an SDK, or '' for another."""
        rows = [sdk.CLASSES.get(path) for path in paths if path]
        if any(row is None or row.every for row in rows):
            self.unclear = True
            return
        self.named += [path for path in paths if path]
        self.others += [element for element, path in zip(node.elts, paths) if not path]
        self.constants.append((item, node, paths))

    @property
    def refusal(self) -> str:
        """What of it has no counterpart, or ''."""
        if self.unclear:
            return "its classes are chosen elsewhere"
        return next((path.rpartition(".")[2] for path in self.named if path not in sdk.CLASSES), "")


class Writer:
    """Writes tests of errors for one module. sources: where the errors may come from; foreign: whether errors of other
    libraries may have a status as well."""

    def __init__(self, plan: Plan, path: str, sources: frozenset[str], foreign: bool) -> None:
        self.plan, self.path = plan, path
        self.sources, self.foreign = sources, foreign
        self.helped = False

    def prepare(self, test: Test) -> None:
        """Asks for the edits that a test needs beside its own place. Tests that stand together are all prepared first,
        so that they ask in the same way."""
        if self._helps(test):
            self.helped = True
            self.helper()
        for _, node, paths in test.constants:
            facts = next(f for f in self.plan.program.modules.values() if node in f.parents)
            self.plan.expression(facts.path, node, lambda c, node=node, paths=paths: _statuses(c, node, paths))  # type: ignore[misc]
            outer = facts.parents[node]
            if isinstance(outer, ast.AnnAssign):
                self.plan.expression(facts.path, outer.annotation, lambda c: "tuple[int, ...]")

    def _helps(self, test: Test) -> bool:
        rows = [sdk.CLASSES[path] for path in test.named]
        if not test.codes and all(row.every for row in rows):
            return False
        return self.foreign or len(self.sources) > 1 or any(row.network and not row.every for row in rows)

    def helper(self) -> str:
        """The name of the function that gives the status of any error."""
        known = self.plan.snippets.get(self.path, {})
        legacy = "legacy" in self.sources or snippets_errors.ERROR_CODE_LEGACY in known
        template = snippets_errors.ERROR_CODE_LEGACY if legacy else snippets_errors.ERROR_CODE
        return self.plan.snippet(self.path, template, "error_code", "api_error_code")

    def status(self, error: str) -> str:
        """The code of the status of an error, None where it has none."""
        if self.helped:
            return f"{self.helper()}({error})"
        attribute = "status_code" if "interactions" in self.sources else "code"
        return f'getattr({error}, "{attribute}", None)'

    def text(self, c: Context, test: Test, error: str, negated: bool) -> str:
        """The code of a test, or of its opposite."""
        status = self.status(error)
        parts: list[tuple[str, str]] = []
        if test.others:
            codes = [c.anywhere(node) for node in test.others]
            classes = codes[0] if len(codes) == 1 else f"({', '.join(codes)})"
            parts.append((f"isinstance({error}, {classes})", f"not isinstance({error}, {classes})"))
        in_constants = {path for _, _, paths in test.constants for path in paths if path}
        rows = [sdk.CLASSES[path] for path in test.named if path not in in_constants]
        if any(row.every for row in rows):
            modules = '("google.genai.", "google.api_core.")' if "legacy" in self.sources else '"google.genai."'
            asks = f"type({error}).__module__.startswith({modules})"
            parts.append((asks, f"not {asks}"))
            rows = []
        for item, _, _ in test.constants:
            parts.append((f"{status} in {c.code(item)}", f"{status} not in {c.code(item)}"))
        parts += _ranges(status, rows, test.codes)
        if negated:
            return " and ".join(no for _, no in parts)
        return " or ".join(yes for yes, _ in parts)

    def read(self, error: str, attr: str, named: bool) -> str:
        """The code of an attribute of an error; named: it is known to be one of an SDK."""
        if attr == "message":
            name = self.plan.snippet(self.path, snippets_errors.ERROR_MESSAGE, "error_message", "api_error_message")
            return f"{name}({error})"
        if attr == "status":
            name = self.plan.snippet(self.path, snippets_errors.ERROR_STATUS, "error_status", "api_error_status")
            return f"{name}({error})"
        if attr == "details" and len(self.sources) > 1:
            return f'(getattr({error}, "body", None) or {error}.details)'
        if attr == "code" and named and len(self.sources) > 1:
            return f"{self.helper()}({error})"
        if attr == "code" and (len(self.sources) > 1 or self.foreign):
            return f'getattr({error}, "status_code", getattr({error}, "code", None))'
        return sdk.READS[attr].format(e=error)


def _statuses(c: Context, node: ast.Tuple, paths: Sequence[str]) -> cst.BaseExpression:
    """A tuple of classes as one of statuses; those of other classes are asked for where the tuple is used."""
    tree = c.inner(node)
    assert isinstance(tree, cst.Tuple)
    made: list[cst.BaseElement] = []
    for element, path in zip(tree.elements, paths):
        row = sdk.CLASSES.get(path)
        if row is None:
            continue
        if row.first == row.last:
            made.append(element.with_changes(value=cst.Integer(str(row.first))))
        else:
            span = cst.parse_expression(f"range({row.first}, {row.last + 1})")
            made.append(cst.StarredElement(span, comma=element.comma))
    if made and paths[-1] not in sdk.CLASSES:
        own, last, closing = made[-1].comma, tree.elements[-1].comma, tree.rpar[0] if tree.rpar else None
        made[-1] = made[-1].with_changes(comma=cst.Comma() if len(made) == 1 else last)
        space = own.whitespace_after if isinstance(own, cst.Comma) else None
        end = closing.whitespace_before if closing is not None else None
        if isinstance(space, cst.ParenthesizedWhitespace) and isinstance(end, cst.ParenthesizedWhitespace):
            closing = cst.RightParen(end.with_changes(first_line=space.first_line))  # its comment stays behind it
            tree = tree.with_changes(rpar=[closing, *tree.rpar[1:]])
    return tree.with_changes(elements=made)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of statuses in order, those that meet as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(set(spans)):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found


def _ranges(status: str, rows: Sequence[sdk.Raised], codes: Sequence[int]) -> list[tuple[str, str]]:
    spans = _merged((row.first, row.last) for row in rows if row.first != row.last)
    if (100, 599) in spans:
        return [(f"{status} is not None", f"{status} is None")]
    single = sorted({*codes, *(code for a, b in spans if b - a < 3 for code in range(a, b + 1))})
    single = sorted({*single, *(row.first for row in rows if row.first == row.last)})
    spans = [(a, b) for a, b in spans if b - a >= 3]
    parts = [(f"{status} in range({a}, {b + 1})", f"{status} not in range({a}, {b + 1})") for a, b in spans]
    single = [code for code in single if not any(a <= code <= b for a, b in spans)]
    if len(single) == 1:
        parts.append((f"{status} == {single[0]}", f"{status} != {single[0]}"))
    elif single:
        listed = ", ".join(map(str, single))
        parts.append((f"{status} in ({listed})", f"{status} not in ({listed})"))
    return parts


def chain(handlers: Sequence[Handler]) -> list[Handler]:
    """The clauses that become one: from the first that names an error of an SDK to the one that takes all others; not
    those that catch nothing of an SDK."""
    found: list[Handler] = []
    for handler in handlers:
        if not found and not handler.test.named and not handler.test.unclear:
            continue
        if not handler.apart:
            found.append(handler)
        if handler.broad:
            break
    return found


def joined(
    c: Context,
    tree: cst.Try,
    handlers: Sequence[Handler],
    name: str,
    writer: Writer,
    dead: AbstractSet[ast.ExceptHandler] = frozenset(),
) -> cst.Try:
    """The try with these clauses as one `except Exception`, which comes behind the clauses of other errors; dead ones
    go."""
    together = chain(handlers)
    old = dict(zip((handler.node for handler in handlers), tree.handlers))
    first, last = handlers.index(together[0]), handlers.index(together[-1])
    tests = [handler for handler in together if not handler.broad]
    rest = next((handler for handler in together if handler.broad), None)
    if rest is None:
        last = len(handlers) - 1
    if len(together) == 1 and rest is None:
        raising = cst.parse_statement(
            f"if {writer.text(c, tests[0].test, name, True)}:\n    raise\n", c.module.config_for_parsing
        )
        block = _block(old[tests[0].node].body)
        body = block.with_changes(body=[raising, *block.body])
    else:
        body = _branches(c, tests, rest, name, writer, old)
    everything = rest.broad if rest is not None else "Exception"
    head = old[together[0].node]
    if not tests:
        head = head.with_changes(body=old[together[0].node].body)
        body = _block(head.body)
    made = head.with_changes(
        type=cst.Name(everything),
        name=cst.AsName(cst.Name(name), cst.SimpleWhitespace(" "), cst.SimpleWhitespace(" ")),
        whitespace_after_except=cst.SimpleWhitespace(" "),
        body=body,
    )
    apart = [old[h.node] for h in handlers[first : last + 1] if h not in together and h.node not in dead]
    kept = [old[h.node] for h in handlers[:first] if h.node not in dead]
    after = [old[h.node] for h in handlers[last + 1 :] if h.node not in dead]
    return tree.with_changes(handlers=[*kept, *apart, made, *after])


def _branches(
    c: Context,
    tests: Sequence[Handler],
    rest: Handler | None,
    name: str,
    writer: Writer,
    old: dict[ast.ExceptHandler, cst.ExceptHandler],
) -> cst.IndentedBlock:
    """if, elif and else with the bodies of the clauses; what no clause took is raised again."""
    last: cst.If | cst.Else
    if rest is not None:
        handler = old[rest.node]
        last = cst.Else(body=_block(handler.body), leading_lines=handler.leading_lines)
    else:
        last = cst.Else(body=cst.IndentedBlock(body=[cst.parse_statement("raise")]))
    for index in range(len(tests) - 1, -1, -1):
        handler = old[tests[index].node]
        lines = handler.leading_lines if index else ()
        test = c.parse(writer.text(c, tests[index].test, name, False))
        last = cst.If(test=test, body=_block(handler.body), orelse=last, leading_lines=lines)
    return cst.IndentedBlock(body=[last])  # type: ignore[list-item]


def _block(body: cst.BaseSuite) -> cst.IndentedBlock:
    if isinstance(body, cst.IndentedBlock):
        return body
    assert isinstance(body, cst.SimpleStatementSuite)
    return cst.IndentedBlock(
        body=[cst.SimpleStatementLine(body=body.body, trailing_whitespace=body.trailing_whitespace)]
    )
