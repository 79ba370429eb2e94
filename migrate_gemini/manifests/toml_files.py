"""pyproject.toml (PEP 621, dependency groups, uv, pdm, hatch, rye, Poetry, pixi), pixi.toml and Pipfile.

tomlkit says what a file holds. Where a value stands is found by putting a mark in its place: the text up to the mark is
that of the file. So nothing is ever written by a serialiser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..requirements import caret
from ..sources.text import Edit, TextFile
from . import lists
from .slots import NEW, OLD, Slot, Span, named, pep508, with_marker

TomlPath = tuple[str | int, ...]
_MARK = "\N{INVISIBLE SEPARATOR}migrate-gemini\N{INVISIBLE SEPARATOR}"
_PLACES = ("git", "path", "file", "url", "ref", "editable")
_PIPFILE = ("source", "requires", "scripts", "pipenv", "pipfile")


class Toml:
    """A TOML text and where its values stand. ValueError where it is none, or does not come back the same."""

    def __init__(self, text: str) -> None:
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        self.text = text
        try:
            self.data: Mapping[str, Any] = tomlkit.parse(text)
            same = tomlkit.dumps(self.data) == text
        except TOMLKitError as error:
            raise ValueError(str(error)) from None
        if not same:
            raise ValueError("does not come back the same")

    def span(self, path: TomlPath) -> Span | None:
        """Where a value stands, with its quotes; None where that cannot be told."""
        import tomlkit

        data: Any = tomlkit.parse(self.text)
        holder = data
        for key in path[:-1]:
            holder = holder[key]
        raw = holder[path[-1]].as_string()
        holder[path[-1]] = tomlkit.string(_MARK)
        dumped, mark = tomlkit.dumps(data), f'"{_MARK}"'
        start = dumped.find(mark)
        end = start + len(raw)
        same = start >= 0 and self.text[:start] + raw + self.text[end:] == self.text
        return (start, end) if same and dumped[start + len(mark) :] == self.text[end:] else None

    def inside(self, path: TomlPath) -> Span | None:
        """Where the characters of a string stand, between its quotes; None for one that is written with escapes."""
        span = self.span(path)
        value: Any = self.data
        for key in path:
            value = value[key]
        if span is None or self.text[span[0] + 1 : span[1] - 1] != value:
            return None
        return span[0] + 1, span[1] - 1


def slots(file: TextFile) -> Iterator[Slot]:
    """The requirements of the two packages. ValueError where the file is no TOML."""
    toml = Toml(file.text)
    data = toml.data
    if file.path.name == "Pipfile":
        for name, table in data.items():
            if name not in _PIPFILE and isinstance(table, Mapping):
                yield from _table(file, toml, (name,))
        return
    sources = _at(data, "tool", "uv", "sources")
    placed = {name for name in map(named, sources) if name} if isinstance(sources, Mapping) else set()
    for path in _arrays(data):
        yield from _array(file, toml, path, placed)
    for path in _tables(data, file.path.name == "pixi.toml"):
        yield from _table(file, toml, path)


def _at(data: Any, *path: str) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _arrays(data: Mapping[str, Any]) -> Iterator[TomlPath]:
    """The arrays that hold requirements as strings."""
    found: list[tuple[str, ...]] = [("project", "dependencies")]
    for table in (
        ("project", "optional-dependencies"),
        ("dependency-groups",),
        ("tool", "pdm", "dev-dependencies"),
        ("tool", "poetry", "extras"),
    ):
        found += [(*table, name) for name in _at(data, *table) or ()]
    found += [("tool", "uv", f"{kind}-dependencies") for kind in ("dev", "constraint", "override")]
    found.append(("tool", "rye", "dev-dependencies"))
    for name in _at(data, "tool", "hatch", "envs") or ():
        found += [("tool", "hatch", "envs", name, key) for key in ("dependencies", "extra-dependencies")]
    yield from (path for path in found if isinstance(_at(data, *path), list))


def _array(file: TextFile, toml: Toml, path: TomlPath, placed: Iterable[str]) -> Iterator[Slot]:
    values = _at(toml.data, *map(str, path))
    bare = path[:3] == ("tool", "poetry", "extras")
    for index, value in enumerate(values):
        if not isinstance(value, str) or (found := pep508(str(value), 0, "", None, None)) is None:
            continue
        group, span = ".".join(map(str, path)), toml.span((*path, index))
        inside = toml.inside((*path, index))
        if span is None or inside is None:
            at = span or (0, 0)
            yield Slot(at, found.package, str(value), group, None, frozen="is written with escapes")
            continue
        quote = file.text[span[0]]

        def beside(asked: str, span: Span = span, marker: str = found.marker, quote: str = quote) -> list[Edit]:
            said = NEW if bare else with_marker(asked, marker)
            other = "'" if quote == '"' else '"'
            quoted = f"{quote}{said.replace(quote, other)}{quote}"
            return lists.beside(file.text, *span, quoted, file.newline)

        frozen = "has a source of its own in tool.uv.sources" if found.package in placed else ""
        entry = lists.entry(file.text, *span)
        slot = pep508(file.text[slice(*inside)], inside[0], group, entry, beside, frozen)
        assert slot is not None
        yield Slot(slot.name, slot.package, slot.shown, group, None, "", None, "", entry, beside) if bare else slot


def _tables(data: Mapping[str, Any], is_pixi: bool) -> Iterator[TomlPath]:
    """The tables of Poetry and pixi that have packages as keys."""
    found: list[tuple[str, ...]] = [("tool", "poetry", "dependencies"), ("tool", "poetry", "dev-dependencies")]
    found += [("tool", "poetry", "group", name, "dependencies") for name in _at(data, "tool", "poetry", "group") or ()]
    pixi = () if is_pixi else ("tool", "pixi")
    for feature in [(), *(("feature", name) for name in _at(data, *pixi, "feature") or ())]:
        found += [(*pixi, *feature, kind) for kind in ("dependencies", "pypi-dependencies")]
    yield from (path for path in found if isinstance(_at(data, *path), Mapping))


def _table(file: TextFile, toml: Toml, path: TomlPath) -> Iterator[Slot]:
    """Packages as keys, with a version or a table that has one."""
    for key, value in _at(toml.data, *map(str, path)).items():
        if (package := named(str(key))) is None:
            continue
        group, shown = ".".join(map(str, path)), str(key)
        written = value.get("version") if isinstance(value, Mapping) else value
        name, entry = _key(file.text, toml, (*path, key), value)
        if name is None:
            yield Slot((0, 0), package, shown, group, None, frozen="stands where it cannot be edited with certainty")
            continue
        at: TomlPath = (*path, key, "version") if isinstance(value, Mapping) else (*path, key)
        version = toml.inside(at) if isinstance(written, str) else None
        if version is None or (isinstance(value, Mapping) and any(place in value for place in _PLACES)):
            yield Slot(name, package, shown, group, None, frozen="names a place or several versions")
            continue
        shown = f'{key} = "{written}"'
        if isinstance(value, Mapping) and value.get("extras") and package == OLD:
            yield Slot(name, package, shown, group, None, frozen="asks for extras")
            continue
        marker = "".join(f"{part}={value[part]};" for part in ("python", "markers", "platform") if part in value) * (
            isinstance(value, Mapping)
        )
        yield Slot(
            name,
            package,
            shown,
            group,
            version,
            _specifier(str(written)),
            None,
            marker,
            entry,
            _copy(file, name, version, entry),
        )


def _specifier(written: str) -> str:
    return ",".join(caret(part.strip()) for part in written.split(",") if part.strip() not in ("*", ""))


def _key(text: str, toml: Toml, path: TomlPath, value: Any) -> tuple[Span | None, Span | None]:
    """Where the key stands, and the lines of its entry, where these hold nothing else."""
    span = toml.span(path) if not isinstance(value, Mapping) or _is_inline(value) else None
    if span is not None:
        line = max(text.rfind("\n", 0, span[0]), text.rfind("\r", 0, span[0])) + 1
        match = re.fullmatch(r"""([ \t]*["']?)([\w.-]+)["']?[ \t]*=[ \t]*""", text[line : span[0]])
        if match is None or match[2] != path[-1]:
            return None, None
        end = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)").match(text, span[1])
        return (line + match.start(2), line + match.end(2)), (line, end.end()) if end else None
    header = re.compile(
        r"^[ \t]*\[[ \t]*"
        + r"[ \t]*\.[ \t]*".join(rf"""["']?{re.escape(str(key))}["']?""" for key in path)
        + r"[ \t]*\]",
        re.M,
    ).search(text)
    if header is None:
        return None, None
    start = header[0].rindex(str(path[-1])) + header.start()
    return (start, start + len(str(path[-1]))), None


def _is_inline(value: Any) -> bool:
    from tomlkit.items import InlineTable

    return isinstance(value, InlineTable)


def _copy(file: TextFile, name: Span, version: Span, entry: Span | None) -> Any:
    """Asks for google-genai by a line like that of the old package."""
    if entry is None:
        return None

    def beside(asked: str) -> list[Edit]:
        text = file.text
        line = text[entry[0] : name[0]] + NEW + text[name[1] : version[0]] + asked + text[version[1] : entry[1]]
        line = re.sub(r"[ \t]*#[^\"'\r\n]*(?=[\r\n]|\Z)", "", line).rstrip("\r\n")
        if text[: entry[1]].endswith(("\n", "\r")):
            return [(entry[1], entry[1], f"{line}{file.newline}")]
        return [(entry[1], entry[1], f"{file.newline}{line}")]

    return beside
