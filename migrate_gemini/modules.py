"""Which file of the project an import means, told from paths alone; and which imports a file makes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

HIDDEN = "_migrate_gemini_"
"""How the names begin that stand for what is no code in a module: magics of a notebook, and borders of its cells."""


class ModuleIndex:
    """The modules of a project. Paths are posix and relative to one root, e.g. "app/llm.py".

    exists: says of a path that was not given whether it is a module all the same.
    """

    def __init__(self, paths: Iterable[str], exists: Callable[[str], bool] | None = None) -> None:
        self._paths = frozenset(paths)
        self._exists = cache(exists) if exists is not None else None
        self._known = frozenset(_names(self._paths))
        self._resolved: dict[tuple[str, str, int], tuple[str, ...]] = {}

    def resolve(self, importer: str, module: str, level: int = 0) -> str | None:
        """The file that `import module` in `importer` loads, or `from module import ...`; level counts the dots.

        None where that is no module of this project, or a folder without `__init__.py`.
        """
        if self._exists is None and module and module.rpartition(".")[2] not in self._known:
            return None
        key = (importer.rpartition("/")[0], module, level)
        found = self._resolved.get(key)
        if found is None:
            found = self._resolved[key] = _first_two(self._found(*key))
        return next((path for path in found if path != importer), None)  # a module never imports itself

    def targets(self, importer: str, statement: Import) -> list[str]:
        """Every file of this project that the statement may bind or load, in order, each once."""
        found = (self.resolve(importer, module, statement.level) for module in statement.modules())
        return list(dict.fromkeys(path for path in found if path is not None))

    def _found(self, folder: str, module: str, level: int) -> Iterator[str]:
        inside = module.replace(".", "/")
        roots = self._absolute_roots(folder, module) if level == 0 else _relative_root(folder, level)
        for root in roots:
            base = "/".join(filter(None, (root, inside)))
            # As in Python, a package wins over a module of its name.
            for path in (f"{base}/__init__.py" if base else "__init__.py", f"{base}.py" if inside else ""):
                if path and self._has(path):
                    yield path

    def _absolute_roots(self, folder: str, module: str) -> Iterator[str]:
        """Where an absolute import may start: each folder from the importer's own up, and `src` in each.

        Whichever of them is on the path when the program runs; a folder that is itself a package
        seldom is, so those come last, and never for a name of the standard library:
        beside a package's own logging.py, `import logging` does not mean it.
        """
        packages = []
        for root in _upwards(folder):
            if self._has(f"{root}/__init__.py" if root else "__init__.py"):
                packages.append(root)
                continue
            yield root
            yield f"{root}/src" if root else "src"
        name = module.partition(".")[0]
        if name not in sys.stdlib_module_names:
            # A package that is named like a library wraps it: inside of it, the name means the library.
            yield from (
                root for root in packages if not f"{folder}/".startswith(f"{root}/{name}/" if root else f"{name}/")
            )

    def _has(self, path: str) -> bool:
        return path in self._paths or (self._exists is not None and self._exists(path))


def is_test(path: str) -> bool:
    """Whether a module holds tests or what only they use, told from its path as pytest and unittest do."""
    *folders, name = path.split("/")
    named = name.startswith(("test_", "tests.", "conftest.")) or name.endswith("_test.py")
    return named or not {"test", "tests"}.isdisjoint(folders)


def _first_two(paths: Iterator[str]) -> tuple[str, ...]:
    first = next(paths, None)
    if first is None:
        return ()
    second = next((path for path in paths if path != first), None)
    return (first,) if second is None else (first, second)


def _relative_root(folder: str, level: int) -> list[str]:
    parts = folder.split("/") if folder else []
    above = level - 1
    return ["/".join(parts[: len(parts) - above])] if above <= len(parts) else []


def _upwards(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _names(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        parts = path.removesuffix(".py").split("/")
        yield parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]


@dataclass(frozen=True, slots=True)
class Import:
    """An import statement. `names` are those of a `from` import; a plain `import a.b` has none."""

    module: str
    level: int = 0
    names: tuple[str, ...] = ()

    def modules(self) -> Iterator[str]:
        """The modules that it may load: a name of a `from` import may be one, and so is each package on the way."""
        if self.names or self.level:
            yield self.module
            for name in self.names:
                yield f"{self.module}.{name}" if self.module else name
        else:
            parts = self.module.split(".")
            for length in range(len(parts), 0, -1):
                yield ".".join(parts[:length])


_KEYWORD = re.compile(rb"import(?=[ \t(*])")
_STATEMENT = re.compile(
    rb"[ \t\f]*"
    rb"(?:from(?=[ \t.])[ \t]*(?P<module>[.\w\x80-\xff \t]*?)[ \t]*(?<![0-9A-Za-z_\x80-\xff])import(?=[ \t(*])[ \t]*"
    rb"(?P<names>\((?:[^()#]|\#[^\r\n]*)*\)|[^\r\n;#]*)"
    rb"|import[ \t]+(?P<plain>[^\r\n;#]*))"
)
_BY_NAME = re.compile(rb"\bimport_module\b|\b__import__\b")
_TEXT = re.compile(rb"""["']([.\w]{1,100})["']""")
_CONTINUED = re.compile(rb"\\(?:\r\n|\r|\n)")
_COMMENT = re.compile(rb"#[^\r\n]*")
_NAME = re.compile(r"\s*([\w.]+)")


def scan_imports(data: bytes) -> tuple[Import, ...]:
    """The imports of a file, at any depth, without parsing it; with `import_module` in it, each text that may name a
    module is one.

    What stands in a string and looks like an import is taken for one: that reads a file too many, never one too few.
    """
    data = _CONTINUED.sub(b" ", data)
    found: dict[Import, None] = {}
    for keyword in _KEYWORD.finditer(data):
        match = _STATEMENT.match(data, _statement_start(data, keyword.start()))
        if match is None:
            continue
        if match["plain"] is not None:
            for module in _listed(match["plain"]):
                found[Import(module)] = None
        else:
            module = "".join(match["module"].decode("utf-8", "replace").split())
            bare = module.lstrip(".")
            names = tuple(_listed(_COMMENT.sub(b"", match["names"]).strip(b"()")))
            found[Import(bare, len(module) - len(bare), names)] = None
    if _BY_NAME.search(data):
        for text in _TEXT.findall(data):
            said = dotted(text.decode("utf-8", "replace"))
            if said is not None:
                found[Import(*said, ("",) if said[1] else ())] = None
    return tuple(found)


def dotted(text: str) -> tuple[str, int] | None:
    """(module, level) of a text that may be the name of a module, as `import_module` takes it."""
    name = text.lstrip(".")
    if not name or not all(part.isidentifier() for part in name.split(".")):
        return None
    return name, len(text) - len(name)


def _statement_start(data: bytes, position: int) -> int:
    start = data.rfind(b"\n", 0, position) + 1
    for separator in (b"\r", b";", b":"):
        start = max(start, data.rfind(separator, start, position) + 1)
    return start


def _listed(names: bytes) -> list[str]:
    matches = (_NAME.match(name) for name in names.decode("utf-8", "replace").split(","))
    return [match[1] for match in matches if match]
