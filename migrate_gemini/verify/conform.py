"""Whether a value that is known in part conforms to an annotation of the SDK: what is not known is not checked."""

from __future__ import annotations

import collections.abc
import enum
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from .values import Constant, Instance, OneOf, Record, Series, Unknown, Value

_SEQUENCES = (list, tuple, set, collections.abc.Iterable, collections.abc.Sequence, collections.abc.Collection)
_SHOWN = 12
_OTHER_TYPE = "cannot have the type"
_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a TypedDict."""

    annotation: Any
    required: bool


def problems(value: Value, annotation: Any, where: str, *, nulls: bool) -> list[str]:
    """What is wrong with a value, in sentences that begin with its place; nothing when it fits.

    nulls: whether a key with the value None counts as left out.
    """
    if isinstance(value, Unknown):
        return []
    if isinstance(value, OneOf):
        return each(value, lambda option: problems(option, annotation, where, nulls=nulls))
    options = list(dict.fromkeys(_flat(annotation)))
    if any(option is Any or option is object or isinstance(option, typing.TypeVar) for option in options):
        return []
    if isinstance(value, Record) and (wrong := _unknown_type(value, options, where)):
        return [wrong]
    tried = [_option(value, option, where, nulls) for option in _likely(value, options)]
    if any(not found for found in tried):
        return []
    if len(tried) == 1 or isinstance(value, (Record, Series)):
        return min(tried, key=_distance)
    return [_wrong(where, value, options)]


def _distance(found: list[str]) -> tuple[bool, int, int]:
    """How far a value is from an option: of the right type, with few mistakes, deep inside."""
    return _OTHER_TYPE in found[0], len(found), -found[0].count("[")


def each(value: OneOf, wrong: Callable[[Value], list[str]]) -> list[str]:
    """What is wrong with the options: with all of them, or where it is not known which come, with every one."""
    found = [wrong(option) for option in value.options]
    if not value.certain and not all(found):
        return []
    return list(dict.fromkeys(problem for one in found for problem in one))


def accepts_none(annotation: Any) -> bool:
    """Whether None is a value of the annotation."""
    return any(option in (None, type(None), Any, object) for option in _flat(annotation))


@cache
def keys(cls: type) -> dict[str, Key]:
    """The keys of a TypedDict."""
    import typing_extensions

    hints = typing_extensions.get_type_hints(cls, include_extras=True)
    marked: frozenset[str] = getattr(cls, "__required_keys__", frozenset())
    spelled = _aliases(cls)
    found = {}
    for field, hint in hints.items():
        name = spelled.get(field, field)
        origin: Any = typing_extensions.get_origin(hint)
        if origin in (typing_extensions.Required, typing_extensions.NotRequired):
            found[name] = Key(typing_extensions.get_args(hint)[0], origin is typing_extensions.Required)
        else:
            found[name] = Key(hint, field in marked)
    return found


def _aliases(cls: type) -> dict[str, str]:
    """Field -> key where they differ (`schema_`, `schema`), read off the model that a TypedDict stands for."""
    model = getattr(sys.modules.get(cls.__module__), cls.__name__.removesuffix("Param").removesuffix("TypedDict"), None)
    fields = getattr(model, "model_fields", {})
    return {name: row.alias for name, row in fields.items() if row.alias}


def literals(annotation: Any) -> set[object]:
    """The values of the Literal types of an annotation."""
    return {value for option in _flat(annotation) for value in _literal(option)}


def _literal(option: Any) -> tuple[object, ...]:
    import typing_extensions

    literal = (typing.Literal, typing_extensions.Literal)
    return typing.get_args(option) if typing.get_origin(option) in literal else ()


def _flat(annotation: Any) -> Iterator[Any]:
    """The members of a union, without aliases and metadata."""
    import typing_extensions

    wrappers: tuple[Any, ...] = (
        typing_extensions.Annotated,
        typing_extensions.Required,
        typing_extensions.NotRequired,
    )
    while True:
        if hasattr(annotation, "__value__") and hasattr(annotation, "__type_params__"):
            annotation = annotation.__value__
        elif typing_extensions.get_origin(annotation) in wrappers:
            annotation = typing_extensions.get_args(annotation)[0]
        else:
            break
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        for option in typing.get_args(annotation):
            yield from _flat(option)
    else:
        yield annotation


def _likely(value: Value, options: list[Any]) -> list[Any]:
    """The options that say most of what is wrong: for a dict the TypedDicts of its type."""
    if isinstance(value, Series):
        return [o for o in options if o in _SEQUENCES or typing.get_origin(o) in _SEQUENCES] or options
    if not isinstance(value, Record):
        return options
    dicts = [option for option in options if _is_typed_dict(option)]
    chosen = value.get("type")
    if isinstance(chosen, Constant):
        dicts = [option for option in dicts if not _tags(option) or chosen.value in _tags(option)]
    return dicts or [option for option in options if _is_mapping(option) or _fields(option)] or options


def _unknown_type(value: Record, options: list[Any], where: str) -> str:
    """That no TypedDict among the options is of the dict's type, where each of them names its own."""
    tags = [_tags(option) for option in options if _is_typed_dict(option)]
    chosen = value.get("type")
    if not tags or not all(tags) or not isinstance(chosen, Constant) or any(chosen.value in tag for tag in tags):
        return ""
    return f"{where} {_OTHER_TYPE} {chosen.value!r}; it is one of {_listed(set().union(*tags))}"


def _tags(option: Any) -> set[object]:
    row = keys(option).get("type")
    return literals(row.annotation) if row is not None else set()


def _option(value: Value, option: Any, where: str, nulls: bool) -> list[str]:
    if isinstance(value, Constant):
        return [] if _constant_fits(value.value, option) else [_wrong(where, value, [option])]
    if isinstance(value, Instance):
        fits = _instance_fits(value.cls, option) or any(isinstance(choice, value.cls) for choice in _literal(option))
        return [] if fits else [_wrong(where, value, [option])]
    if isinstance(value, Series):
        if typing.get_origin(option) not in _SEQUENCES:
            return [] if option in _SEQUENCES else [_wrong(where, value, [option])]
        element = (typing.get_args(option) or (Any,))[0]
        found: list[str] = []
        for index, item in enumerate(value.elements):
            found += problems(item, element, f"{where}[{index}]", nulls=nulls)
        return found
    if isinstance(value, Record):
        if _is_typed_dict(option) and not keys(option):
            return []  # a dict of anything
        if _is_typed_dict(option):
            return _record(value, keys(option), where, nulls, _camel(option))
        if _is_mapping(option):
            element = (typing.get_args(option) or (Any, Any))[1]
            return [p for key, item in value.items for p in problems(item, element, f"{where}[{key!r}]", nulls=nulls)]
        if fields := _fields(option):
            return _record(value, fields, where, nulls, _camel(option))
        return [_wrong(where, value, [option])]
    return []


def _record(value: Record, known: dict[str, Key], where: str, nulls: bool, camel: bool) -> list[str]:
    found = []
    spelled = {key: _snake(key) if camel and key not in known else key for key, _ in value.items}
    for key, item in value.items:
        name = spelled[key]
        if name not in known:
            found.append(f"{where} has no key {key!r}")
        else:
            item = item if not nulls or known[name].required else _set(item)
            found += problems(item, known[name].annotation, f"{where}[{key!r}]", nulls=nulls)
    if not value.open:
        given = set(spelled.values())
        found += [f"{where} lacks {key!r}" for key, row in known.items() if row.required and key not in given]
    return found


def _set(value: Value) -> Value:
    """What a key is set to where None leaves it out."""
    if isinstance(value, OneOf):
        return OneOf(tuple(map(_set, value.options)), value.certain)
    return Unknown() if value == Constant(None) else value


def _constant_fits(value: object, option: Any) -> bool:
    if choices := _literal(option):
        return any(value == choice and type(value) is type(choice) for choice in choices)
    if option in (None, type(None)):
        return value is None
    if not isinstance(option, type) or _is_typed_dict(option):
        return False
    if option is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if option is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, str) and issubclass(option, (str, enum.Enum)):
        return True  # an open union of names, or an enum that is read without regard to case
    return isinstance(value, option)


def _instance_fits(cls: type, option: Any) -> bool:
    """Whether objects of a class are values of an option."""
    if not isinstance(option, type) or _is_typed_dict(option):
        return False
    if option is float and cls is int or cls is str and issubclass(option, (str, enum.Enum)):
        return True
    return issubclass(cls, option)


def _is_typed_dict(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, dict) and hasattr(option, "__required_keys__")


def _is_mapping(option: Any) -> bool:
    return option in _MAPPINGS or typing.get_origin(option) in _MAPPINGS


def _fields(option: Any) -> dict[str, Key]:
    """The fields of a pydantic model."""
    fields = getattr(option, "model_fields", None) if isinstance(option, type) else None
    return {name: Key(row.annotation, row.is_required()) for name, row in (fields or {}).items()}


def _camel(option: type) -> bool:
    """Whether keys may have the spelling of the REST API, too: google.genai.types takes both."""
    return option.__module__ == "google.genai.types"


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower()


def _wrong(where: str, value: Value, options: list[Any]) -> str:
    choices = {choice for option in options for choice in _literal(option)}
    suffix = f"; it is one of {_listed(choices)}" if choices and isinstance(value, Constant) else ""
    return f"{where} cannot be {_shown(value)}{suffix}"


def _listed(choices: set[object]) -> str:
    names = sorted(map(repr, choices))
    return ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")


def _shown(value: Value) -> str:
    match value:
        case Constant(value=constant):
            return repr(constant)
        case Instance(cls=cls):
            return f"a {cls.__name__}"
        case Series():
            return "a list"
        case Record(items=items):
            return "a dict with " + (", ".join(key for key, _ in items) or "no keys")
    return "this"
