"""Builds a call from another one: arguments renamed, put in, taken out, with the layout of the old call kept."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from .edits import Context

WIDTH = 100
"""A call that gets longer than this (or than the module's own longest line) is broken into lines."""


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


_EQUAL = cst.AssignEqual(whitespace_before=cst.SimpleWhitespace(""), whitespace_after=cst.SimpleWhitespace(""))


def arguments(call: ast.Call) -> list[ast.expr | ast.keyword]:
    """A call's arguments in the order in which they stand."""
    items: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    return sorted(items, key=lambda item: (item.lineno, item.col_offset))


def remake(c: Context, call: ast.Call, func: str, items: Sequence[Item], name: str = "") -> cst.Call:
    """The new call: `func` with these arguments, laid out as `call` is."""
    old = c.node(call)
    assert isinstance(old, cst.Call)
    order = arguments(call)
    by_old = dict(zip((id(item) for item in order), old.args))
    made: list[cst.Arg] = []
    vertical = _breaks(old.whitespace_before_args)
    gap = old.whitespace_before_args if vertical else cst.SimpleWhitespace(" ")
    for item in items:
        value = c.parse(item.value) if isinstance(item.value, str) else item.value
        if isinstance(value, cst.GeneratorExp) and not value.lpar:
            value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        keyword = cst.Name(item.name) if item.name else None
        source = by_old.get(id(item.old)) if item.old is not None else None
        if source is not None:
            equal = source.equal if isinstance(source.equal, cst.AssignEqual) and source.keyword else _EQUAL
            arg = source.with_changes(
                keyword=keyword, equal=equal if keyword else cst.MaybeSentinel.DEFAULT, value=value, star=item.star
            )
        else:
            arg = cst.Arg(
                keyword=keyword, equal=_EQUAL if keyword else cst.MaybeSentinel.DEFAULT, value=value, star=item.star
            )
        made.append(arg)
    last_old = old.args[-1] if old.args else None
    for index, arg in enumerate(made):
        last = index == len(made) - 1
        comma = arg.comma
        if not last:
            own = comma.whitespace_after if isinstance(comma, cst.Comma) else None
            if own is None or (arg is not last_old and _is_last(arg, last_old, made, old)):
                own = gap
            if vertical and not _breaks(own):
                own = own if own is not None and isinstance(comma, cst.Comma) and arg.keyword is not None else gap
            comma = cst.Comma(whitespace_after=own)
        elif last_old is not None and isinstance(last_old.comma, cst.Comma):
            comma = cst.Comma(whitespace_after=last_old.comma.whitespace_after)
        else:
            comma = cst.MaybeSentinel.DEFAULT
        tail = last_old.whitespace_after_arg if last and last_old is not None else cst.SimpleWhitespace("")
        made[index] = arg.with_changes(comma=comma, whitespace_after_arg=tail)
    new = old.with_changes(
        func=c.parse(func),
        args=made,
        whitespace_before_args=old.whitespace_before_args if old.args else cst.SimpleWhitespace(""),
    )
    if not vertical and not any(_breaks(arg.comma.whitespace_after) for arg in made if isinstance(arg.comma, cst.Comma)):
        code = c.module.code_for_node(new)
        first = code.partition("\n")[0]
        if c.lines.span(call)[1] + len(first) > WIDTH and made:
            new = hang(new, c)
    return new


def _is_last(arg: cst.Arg, last_old: cst.Arg | None, made: Sequence[cst.Arg], old: cst.Call) -> bool:
    """Whether the argument stood last in the old call, so that what follows it is no gap between two."""
    return bool(old.args) and last_old is not None and arg.whitespace_after_arg.deep_equals(
        last_old.whitespace_after_arg
    ) and not isinstance(last_old.comma, cst.Comma) and not isinstance(arg.comma, cst.Comma)


def _breaks(space: cst.BaseParenthesizableWhitespace | None) -> bool:
    return isinstance(space, cst.ParenthesizedWhitespace)


def hang(call: cst.Call, c: Context) -> cst.Call:
    """The call with its arguments on a line of their own, or on one line each when that is too long."""
    def line(indent: str) -> cst.ParenthesizedWhitespace:
        return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent))

    flat = [arg.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))) for arg in call.args]
    flat[-1] = flat[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=line(""))
    code = ", ".join(c.module.code_for_node(arg.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for arg in call.args)
    step = c.module.default_indent
    if len(code) + 8 > WIDTH and len(flat) > 1:
        flat = [arg.with_changes(comma=cst.Comma(whitespace_after=line(step)), whitespace_after_arg=cst.SimpleWhitespace(""))
                for arg in call.args]
        flat[-1] = flat[-1].with_changes(comma=cst.Comma(whitespace_after=line("")))
    return call.with_changes(args=flat, whitespace_before_args=line(step))


def dict_code(pairs: Sequence[tuple[str, str]]) -> str:
    """The code of a dict with constant keys."""
    return "{" + ", ".join(f'"{key}": {value}' for key, value in pairs) + "}"
