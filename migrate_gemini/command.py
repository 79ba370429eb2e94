"""The command of Typer, with a short way for plain values: what Typer loads to convert them takes longer than a run
over files that have nothing to do with Gemini."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from typer.core import TyperCommand


class _Unplain(Exception):
    """A value that is Typer's to convert, or to refuse."""


class PlainCommand(TyperCommand):
    """A command that converts flags, texts, paths, numbers and choices itself.

    Whatever is not plainly right, or belongs to an option with something of its own to do, goes through Typer, which
    has the words for what is wrong. Releases of Typer that need no help get none.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Fills the parameters of the context; gives what is left over, as Click has it."""
        try:
            ctx.params.update(self._plain(ctx, list(args)))
        except _Unplain:
            rest: list[str] = super().parse_args(ctx, args)
            return rest
        ctx.args = []
        return []

    def _plain(self, ctx: Any, args: list[str]) -> dict[str, Any]:
        if ctx.resilient_parsing:
            raise _Unplain
        given, rest, _ = self.make_parser(ctx).parse_args(args=args)
        if rest:
            raise _Unplain
        values = {}
        for param in self.get_params(ctx):
            value = given.get(param.name)
            if value is None:
                value = param.value_from_envvar(ctx)
            if value is None:
                value = _default(ctx, param)
            elif param.callback is not None:
                raise _Unplain
            else:
                value = _converted(_kind(param), value, param)
            if param.expose_value:
                values[param.name] = value
        return values


def _kind(param: Any) -> Any:
    """What the function takes: bool, list[Path], ...; Typer before 0.27 does not say and converts without pydantic."""
    descriptor = getattr(param, "type_descriptor", None)
    if descriptor is None:
        raise _Unplain
    return descriptor.annotation


def _default(ctx: Any, param: Any) -> Any:
    value = param.get_default(ctx)
    kind = _kind(param)
    if param.required or not (value is None or type(value) in (bool, str)):
        raise _Unplain
    return () if value is None and get_origin(kind) is list else value


def _converted(kind: Any, value: Any, param: Any) -> Any:
    if get_origin(kind) is list:
        (each,) = get_args(kind)
        if not value:
            raise _Unplain
        return [_converted(each, one, param) for one in value]
    if kind is bool and isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise _Unplain
    if kind is str or (get_origin(kind) is Literal and value in get_args(kind)):
        return value
    if kind is Path:
        return Path(value)
    if kind is int and value.isascii() and value.isdecimal() and param.max is None:
        number = int(value)
        if number >= (param.min or 0):
            return number
    raise _Unplain
