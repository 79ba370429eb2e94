"""Builds a call from another one: arguments renamed, put in, taken out, with the layout of the old call kept."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from .edits import Context

WIDTH = 100
"""A line that gets longer than this by a new call is broken; one where the call is only a part may get a bit longer."""


@dataclass(slots=True)
class Item:
    """One argument of the new call.

    name: its keyword ('' for none); value: code; star: '' or '**'; old: the argument it comes from, whose layout and
    comments it keeps.
    """

    name: str
    value: str | cst.BaseExpression
    star: str = ""
    old: ast.expr | ast.keyword | None = None


_NONE = cst.SimpleWhitespace("")
_EQUAL = cst.AssignEqual(whitespace_before=cst.SimpleWhitespace(""), whitespace_after=cst.SimpleWhitespace(""))


def arguments(call: ast.Call) -> list[ast.expr | ast.keyword]:
    """A call's arguments in the order in which they stand."""
    items: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    return sorted(items, key=lambda item: (item.lineno, item.col_offset))


def remake(c: Context, call: ast.Call, func: str, items: Sequence[Item]) -> cst.Call:
    """The new call: `func` with these arguments, laid out as `call` is."""
    old = c.node(call)
    assert isinstance(old, cst.Call)
    order = arguments(call)
    by_old = dict(zip((id(item) for item in order), old.args))
    made: list[tuple[cst.Arg, cst.Arg | None]] = []
    vertical = _breaks(old.whitespace_before_args)
    breaks = [_breaks(arg.comma.whitespace_after) for arg in old.args[:-1] if isinstance(arg.comma, cst.Comma)]
    hanging = vertical and not any(breaks) and (len(old.args) > 1 or not _ends_in_comma(old))
    gap = _bare(old.whitespace_before_args) if vertical and not hanging else cst.SimpleWhitespace(" ")
    outer, step, _ = c.layout(call)
    for item in items:
        value = item.value
        if isinstance(value, str):
            value = c.parse(reindent(value, outer + step if vertical else outer))
        if isinstance(value, cst.GeneratorExp) and not value.lpar:
            value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        keyword = cst.Name(item.name) if item.name else None
        source = by_old.get(id(item.old)) if item.old is not None else None
        equal = source.equal if source and source.keyword and isinstance(source.equal, cst.AssignEqual) else _EQUAL
        arg = source or cst.Arg(value=value)
        arg = arg.with_changes(
            keyword=keyword, equal=equal if keyword else cst.MaybeSentinel.DEFAULT, value=value, star=item.star
        )
        made.append((arg, source))
    last_old = old.args[-1] if old.args else None
    args: list[cst.Arg] = []
    for index, (arg, source) in enumerate(made):
        if index < len(made) - 1:
            inner = source is not None and source is not last_old and isinstance(source.comma, cst.Comma)
            space = source.comma.whitespace_after if inner and source is not None else gap  # type: ignore[union-attr]
            args.append(arg.with_changes(comma=cst.Comma(whitespace_after=space), whitespace_after_arg=_NONE))
        elif last_old is None:
            args.append(arg)
        else:
            args.append(arg.with_changes(comma=last_old.comma, whitespace_after_arg=last_old.whitespace_after_arg))
    args = _aligned(c, call, order, func, args)
    new = old.with_changes(
        func=c.parse(func), args=args, whitespace_before_args=old.whitespace_before_args if old.args else _NONE
    )
    if (
        args
        and not vertical
        and not any(_breaks(arg.comma.whitespace_after) for arg in args if isinstance(arg.comma, cst.Comma))
    ):
        code = c.module.code_for_node(new)
        line, start, last, end = c.lines.span(call)
        longer = line != last or len(code.replace("_migrate_gemini_", "")) > end - start
        room = WIDTH if c.is_value(call) else WIDTH + 25 - len(c.rest(call).rstrip())
        if "\n" not in code and longer and start + len(code) > room:
            new = hang(new, c, outer)
    if hanging and len(args) > 1 and any("\n" in c.module.code_for_node(arg.value) for arg in args):
        return hang(new, c, outer)
    if (
        hanging
        and args
        and len(c.module.code_for_node(new.with_changes(func=cst.Name("f"))).splitlines()[1]) > WIDTH - 12
    ):
        new = hang(new, c, outer)
    return new


def reindent(code: str, want: str) -> str:
    """Code of several lines, moved so that its last line begins with the indentation `want`."""
    first, *rest = code.split("\n")
    if not rest or '"""' in code or "'''" in code:
        return code
    now = rest[-1][: len(rest[-1]) - len(rest[-1].lstrip())]
    if now == want or not all(line.startswith(now) or not line.strip() for line in rest):
        return code
    return "\n".join([first, *(want + line[len(now) :] if line.strip() else line for line in rest)])


def _aligned(
    c: Context, call: ast.Call, order: Sequence[ast.expr | ast.keyword], func: str, args: list[cst.Arg]
) -> list[cst.Arg]:
    """The arguments with those that stood right under the first one still under it, behind the new name."""
    if "\n" in func or len(order) < 2 or any(item.lineno != item.end_lineno for item in order):
        return args
    line, start = c.lines.span(call)[:2]
    column = c.lines.span(order[0])[1]
    lower = [c.lines.span(item) for item in order[1:] if item.lineno != line]
    if order[0].lineno != line or not lower or any(place[1] != column for place in lower):
        return args
    shift = start + len(func.replace("_migrate_gemini_", "")) + 1 - column  # the prefix of `clients.GENAI`
    made: list[cst.Arg] = []
    for arg in args:
        space = arg.comma.whitespace_after if isinstance(arg.comma, cst.Comma) else None
        if isinstance(space, cst.ParenthesizedWhitespace):
            width = len(space.last_line.value) + shift
            moved = space.with_changes(last_line=cst.SimpleWhitespace(" " * max(width, 0)))
            arg = arg.with_changes(comma=arg.comma.with_changes(whitespace_after=moved))  # type: ignore[union-attr]
        made.append(arg)
    return made


def _ends_in_comma(call: cst.Call) -> bool:
    return bool(call.args) and isinstance(call.args[-1].comma, cst.Comma)


def _breaks(space: cst.BaseParenthesizableWhitespace | None) -> bool:
    return isinstance(space, cst.ParenthesizedWhitespace)


def _bare(space: cst.BaseParenthesizableWhitespace, lines: bool = False) -> cst.BaseParenthesizableWhitespace:
    """A line break without the comment that ends the line, and without the lines behind it unless they are wanted."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    ends = space.first_line.with_changes(whitespace=_NONE, comment=None)
    return space.with_changes(first_line=ends, empty_lines=space.empty_lines if lines else [])


def _without_lines(space: cst.BaseParenthesizableWhitespace) -> cst.BaseParenthesizableWhitespace:
    """A line break without the lines behind it."""
    return space.with_changes(empty_lines=[]) if isinstance(space, cst.ParenthesizedWhitespace) else space


def _line(indent: str) -> cst.ParenthesizedWhitespace:
    return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent))


def hang(call: cst.Call, c: Context, outer: str = "") -> cst.Call:
    """The call with its arguments on a line of their own, or on one line each when that is too long. outer: how far the
    call's own line is indented in its block."""
    flat = [arg.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))) for arg in call.args]
    flat[-1] = flat[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=_line(outer))
    code = ", ".join(c.module.code_for_node(arg.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for arg in call.args)
    step = c.module.default_indent
    if len(code) + 8 > WIDTH and len(flat) > 1:
        flat = [
            arg.with_changes(
                comma=cst.Comma(whitespace_after=_line(outer + step)), whitespace_after_arg=cst.SimpleWhitespace("")
            )
            for arg in call.args
        ]
        flat[-1] = flat[-1].with_changes(comma=cst.Comma(whitespace_after=_line(outer)))
    return call.with_changes(args=flat, whitespace_before_args=_line(outer + step))


def as_dict(
    c: Context, node: ast.Call | ast.Dict, items: Sequence[tuple[str, str | cst.BaseExpression, ast.AST | None]]
) -> cst.Dict:
    """A dict in the place of a call with keywords, or of a dict, with the layout and comments of the old one kept.

    items: (key, value, the keyword of the call or the key of the dict that it comes from); without a key, the value is
    a dict that is spread.
    """
    old = c.node(node)
    sources: dict[int, cst.Arg | cst.BaseDictElement] = {}
    gap: cst.BaseParenthesizableWhitespace
    if isinstance(node, ast.Call):
        assert isinstance(old, cst.Call)
        sources = {id(item): arg for item, arg in zip(arguments(node), old.args)}
        first, gap = old.whitespace_before_args, old.whitespace_before_args
        last: cst.Arg | cst.BaseDictElement | None = old.args[-1] if old.args else None
        end = old.args[-1].whitespace_after_arg if old.args and not _ends_in_comma(old) else cst.SimpleWhitespace("")
    else:
        assert isinstance(old, cst.Dict)
        sources = {id(key): element for key, element in zip(node.keys, old.elements)}
        first = gap = old.lbrace.whitespace_after
        last = old.elements[-1] if old.elements else None
        end = old.rbrace.whitespace_before
    gap = _bare(gap) if _breaks(gap) else cst.SimpleWhitespace(" ")
    above: cst.BaseParenthesizableWhitespace | None = None  # the comments of an old item that a new one comes before
    if items and sources.get(id(items[0][2])) is None and _breaks(first):
        above, first = first, _without_lines(first)
    elements: list[cst.DictElement | cst.StarredDictElement] = []
    for index, (key, value, place) in enumerate(items):
        source = sources.get(id(place)) if place is not None else None
        comma = source.comma if source is not None else None
        if index < len(items) - 1:
            inner = source is not None and source is not last and isinstance(comma, cst.Comma)
            space = comma.whitespace_after if inner and isinstance(comma, cst.Comma) else gap
            if sources.get(id(items[index + 1][2])) is None and _breaks(space):
                above, space = (space if inner else above), _without_lines(space)
            elif source is None and above is not None:
                space, above = _bare(above, lines=True), None
            comma = cst.Comma(whitespace_after=space)
        elif last is not None:
            comma = last.comma
        made = c.parse(value) if isinstance(value, str) else value
        if not key:
            elements.append(cst.StarredDictElement(made, comma=comma or cst.MaybeSentinel.DEFAULT))
            continue
        name: cst.BaseExpression = cst.SimpleString(f'"{key}"')
        if isinstance(source, cst.DictElement) and isinstance(source.key, cst.SimpleString):
            if source.key.evaluated_value == key:
                name = source.key
        elements.append(cst.DictElement(name, made, comma=comma or cst.MaybeSentinel.DEFAULT))
    made_dict = cst.Dict(
        elements, lbrace=cst.LeftCurlyBrace(whitespace_after=first), rbrace=cst.RightCurlyBrace(whitespace_before=end)
    )
    code = c.module.code_for_node(made_dict)
    short = c.lines.span(node)[1] + len(code) <= WIDTH
    if "\n" in code or len(items) < 2 or short or c.rest(node).strip() not in ("", ")") or not c.begins(node):
        return made_dict
    step = c.module.default_indent
    for index, element in enumerate(elements):
        indent = "" if index == len(elements) - 1 else step
        elements[index] = element.with_changes(comma=cst.Comma(whitespace_after=_line(indent)))
    return made_dict.with_changes(
        elements=elements, lbrace=cst.LeftCurlyBrace(whitespace_after=_line(step)), rbrace=cst.RightCurlyBrace()
    )


def dict_code(pairs: Sequence[tuple[str, str]]) -> str:
    """The code of a dict with constant keys."""
    return "{" + ", ".join(f'"{key}": {value}' for key, value in pairs) + "}"
