"""Imports of a rewritten module: legacy ones that nothing needs go, those that the new code needs come.

Works on the new text, so that it sees what is really used. Docstring, `__future__`, TYPE_CHECKING and try blocks keep
their places.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ..infer.program import ModuleFacts
from ..lines import Lines, skip_blank
from ..nodes import children, walk
from ..sdk import surface
from ..sdk.stars import STARS
from . import checking
from .clients import GENAI
from .heads import apply, insert, last_import

SHARED = ("HarmCategory", "HarmBlockThreshold")
"""Names of google.generativeai.types that google.genai.types has with the same members (MAPPING 7)."""

API_CORE = "google.api_core.exceptions"
"""Comes with google-generativeai, not with google-genai."""

ONLY_FOR_OLD = (
    surface.GENAI + ".types",
    surface.GENAI + ".errors",
    API_CORE,
    "google.api_core.retry",
    "google.ai.generativelanguage",
    "tenacity.retry_if_exception_type",
    "tenacity.retry_if_not_exception_type",
)
"""Names that a module imports for old calls; where their last use has gone, the import goes."""

CAME_ALONG = {
    "google.api_core": "google-api-core",
    "google.protobuf": "protobuf",
    "google.ai.generativelanguage": "google-ai-generativelanguage",
    "googleapiclient": "google-api-python-client",
    "grpc": "grpcio",
    "proto": "proto-plus",
}
"""Packages that google-generativeai 0.8 requires and google-genai does not -> their distributions (METADATA)."""


@dataclass(slots=True)
class Needs:
    """What a module needs beside its own imports: whole import lines, and code to stand behind the imports."""

    lines: list[str]
    top: list[str]


def legacy_imports(nodes: Sequence[ast.AST], lines: Lines) -> dict[tuple[int, int], set[str]]:
    """(line, column), 1-based, of each import of the legacy SDK -> the names that it takes from it."""
    found = {}
    for node in nodes:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        names = {name for alias in node.names if (name := _full(node, alias)).startswith(surface.LEGACY)}
        if names:
            line, column, _, _ = lines.span(node)
            found[(line, column + 1)] = names
    return dict(sorted(found.items()))


def stranded(nodes: Sequence[ast.AST], lines: Lines) -> dict[tuple[int, int, str], str]:
    """(line, column, name), 1-based, for what imports bind of packages that came with the legacy SDK -> the package;
    not for what a try around it does without."""
    found = {}
    tried = {statement for node in nodes if isinstance(node, ast.Try) for statement in node.body}
    for node in nodes:
        if not isinstance(node, (ast.Import, ast.ImportFrom)) or node in tried:
            continue
        for alias in node.names:
            package = next((p for p in CAME_ALONG if f"{_full(node, alias)}.".startswith(f"{p}.")), None)
            if package is not None:
                line, column, _, _ = lines.span(node)
                found[(line, column + 1, alias.asname or alias.name)] = package
    return found


def settle(
    before: ModuleFacts,
    text: str,
    needs: Needs,
    newline: str,
    indent: str,
    legacy_left: bool = False,
    stay: AbstractSet[str] = frozenset(),
) -> str:
    """The text with its imports put right.

    before: the module before any edit; legacy_left: whether legacy calls stay in the program; stay: names that have to
    stay bound, since other modules take them from this one.

    Raises SyntaxError when the text does not parse.
    """
    tree = ast.parse(text)
    nodes = walk(tree)
    used = used_names([*nodes, *(node for code in needs.top for node in walk(ast.parse(code)))])
    nodes_before = before.nodes
    with_legacy = "google.generativeai" in before.text or "import generativeai" in before.text
    used_before = used_names(nodes_before)
    lines = Lines(text)
    removals: list[tuple[ast.Import | ast.ImportFrom, list[ast.alias], list[ast.alias]]] = []
    legacy_bound: set[str] = set()
    genai_bound: str | None = None
    wanted_anyway: set[str] = set()
    name_wish = "genai"
    parents = {child: node for node in nodes for child in children(node)}
    early = _Early(tree, nodes, needs.top)
    for node in nodes:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        gone, kept, moved = [], [], []
        for alias in node.names:
            name = _full(node, alias)
            bound = alias.asname or (alias.name if isinstance(node, ast.ImportFrom) else alias.name.partition(".")[0])
            legacy = name.startswith(surface.LEGACY)
            plain = isinstance(node, ast.Import) and "." in alias.name and not alias.asname
            plain_legacy = plain and legacy
            needed = _dotted_used(nodes, alias.name) if plain else bound in used
            if legacy and needed and not plain_legacy and name == surface.LEGACY:
                needed = _needs_legacy(nodes, bound)
                if not needed:
                    wanted_anyway.add(bound)
            if legacy and needed and alias.name in SHARED and not legacy_left:
                moved.append(alias)
                continue
            if alias.name == "*" and name.startswith((surface.LEGACY, API_CORE)):
                starred = _starred(node, nodes)
                taken = [shared for shared in SHARED if starred and shared in starred & used]
                needed = starred is None or legacy and legacy_left or len(starred & used) > len(taken)
                if taken and not needed:
                    needs.lines.append(f"from google.genai.types import {', '.join(taken)}")
            was_used = _dotted_used(nodes_before, alias.name) if plain else bound in used_before
            unused = with_legacy and not legacy_left and any(f"{name}.".startswith(f"{p}.") for p in CAME_ALONG)
            removable = (legacy or unused or name.startswith(ONLY_FOR_OLD) and was_used) and bound not in stay
            if removable and not needed:
                gone.append(alias)
                continue
            kept.append(alias)
            if legacy and not plain_legacy:
                legacy_bound.add(bound)
            if name == surface.GENAI and (alias.asname or isinstance(node, ast.ImportFrom)):
                serves = _at_top(node, parents) and early.serves(node, [GENAI])
                genai_bound = genai_bound or (bound if serves else None)
        if moved:
            names = ", ".join(alias.name + (f" as {alias.asname}" if alias.asname else "") for alias in moved)
            needs.lines.append(f"from google.genai.types import {names}")
            gone += moved
        if gone:
            removals.append((node, gone, kept))
    wants_genai = any(GENAI in code for code in (text, *needs.top)) or bool(wanted_anyway)
    if wanted_anyway and genai_bound is None and len(wanted_anyway) == 1:
        alias_name = next(iter(wanted_anyway))
        if not _taken(nodes, alias_name):
            name_wish = alias_name
    name = genai_bound or name_wish
    if wants_genai and genai_bound is None and (name in legacy_bound or _taken(nodes, name)):
        name = "google_genai"
    new_import = "from google import genai" + ("" if name == "genai" else f" as {name}")
    edits: list[tuple[int, int, str]] = []
    placed = genai_bound is not None or not wants_genai
    removals.sort(key=lambda item: item[0].lineno)
    hinted = not placed and checking.only_in_annotations(tree, GENAI, needs.top)
    replaced: dict[ast.AST, str] = {}
    for node, gone, _ in removals:
        here = any(_full(node, alias).startswith(surface.LEGACY) for alias in gone)
        serves = here and (_at_top(node, parents) or _serves(tree, node, needs, parents))
        if not placed and (serves or hinted and checking.block(parents[node])):
            replaced[node], placed = new_import, True
    whole = {node for node, _, kept in removals if not kept and node not in replaced}
    emptied = [block for block in tree.body if checking.block(block) and whole.issuperset(block.body)]
    for block in emptied:
        whole.difference_update(block.body)
        edits.append(_cut(lines, block))
    for node, _, kept in removals:
        if parents[node] not in emptied:
            edits.append(edit(lines, node, kept, replaced.get(node, ""), parents, whole, newline))
    if emptied and (unneeded := checking.unneeded(tree, emptied)) is not None:
        node, kept = unneeded
        edits.append(edit(lines, node, kept, "", parents, {node}, newline))
    missing = []
    for line in needs.lines:
        if not _has_import(early, line):
            widened = _widened(lines, early, line, edits)
            if widened is not None:
                edits.append(widened)
            else:
                missing.append(line)
    if not placed:
        missing.append(new_import)
    text = apply(text, edits)
    if missing or needs.top:
        text = insert(text, missing, needs.top, newline, indent)
    return text.replace(GENAI, name)


def _starred(node: ast.Import | ast.ImportFrom, nodes: Sequence[ast.AST]) -> AbstractSet[str] | None:
    """The names that a star import of an SDK binds, and nothing else in the module; None where they are not known."""
    names = STARS.get(getattr(node, "module", None) or "")
    if names is None:
        return None
    bound: set[str] = set()
    for other in nodes:
        if isinstance(other, ast.Name) and isinstance(other.ctx, ast.Store):
            bound.add(other.id)
        elif isinstance(other, ast.arg):
            bound.add(other.arg)
        elif isinstance(other, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(other.name)
        elif isinstance(other, (ast.Import, ast.ImportFrom)):
            bound.update(alias.asname or alias.name.partition(".")[0] for alias in other.names)
    return names - bound


def _full(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    if isinstance(node, ast.Import):
        return alias.name
    return f"{'.' * node.level}{node.module or ''}.{alias.name}"


def used_names(nodes: Sequence[ast.AST]) -> set[str]:
    """The names that code uses: also in annotations that are strings, and in `__all__`."""
    used: set[str] = set()
    for node in nodes:
        annotation: ast.expr | None = None
        if isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.Assign):
            if any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
                used |= {c.value for c in walk(node.value) if isinstance(c, ast.Constant) and isinstance(c.value, str)}
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            annotation = node.annotation
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            annotation = node.returns
        for inner in walk(annotation) if annotation is not None else ():
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                used |= set(re.findall(r"\w+", inner.value))
    return used


def _dotted_used(nodes: Sequence[ast.AST], name: str) -> bool:
    """Whether `a.b.c` of `import a.b.c` is used."""
    return any(isinstance(node, ast.Attribute) and _dotted(node) == name for node in nodes)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = _dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def _serves(tree: ast.Module, node: ast.Import | ast.ImportFrom, needs: Needs, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether an import inside of a function is all that the new code needs: it is used in that function only."""
    function: ast.AST | None = node
    while function is not None and not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        function = parents.get(function)
    if function is None or any(GENAI in code for code in needs.top):
        return False
    inside = sum(isinstance(n, ast.Name) and n.id == GENAI for n in walk(function))
    return inside > 0 and inside == sum(isinstance(n, ast.Name) and n.id == GENAI for n in walk(tree))


def _at_top(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether an import is reached whenever the module is imported: at its top level or in the body of a try there."""
    parent = parents.get(node)
    while isinstance(parent, ast.Try) and node in parent.body:
        node, parent = parent, parents.get(parent)
    return isinstance(parent, ast.Module)


def _needs_legacy(nodes: Sequence[ast.AST], bound: str) -> bool:
    """Whether a name of the legacy SDK is used for more than tests of its presence and for what both SDKs have."""
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == bound:
            dotted = _outer_dotted(nodes, node)
            if not any(dotted.startswith(f"{bound}.types.{shared}") for shared in SHARED):
                return True
        elif isinstance(node, ast.Call):
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            if any(isinstance(value, ast.Name) and value.id == bound for value in values):
                return True
        elif isinstance(node, (ast.Return, ast.Assign)) and isinstance(node.value, ast.Name) and node.value.id == bound:
            return True
    return False


def _outer_dotted(nodes: Sequence[ast.AST], node: ast.Attribute) -> str:
    """The longest dotted name that starts with this one at the same place."""
    found = _dotted(node)
    for other in nodes:
        if isinstance(other, ast.Attribute) and (other.lineno, other.col_offset) == (node.lineno, node.col_offset):
            dotted = _dotted(other)
            if len(dotted) > len(found):
                found = dotted
    return found


def _taken(nodes: Sequence[ast.AST], name: str) -> bool:
    """Whether a name is bound to something else in the module (None, for an SDK that is not there, does not count)."""
    absent = {
        id(target)
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is None
        for target in node.targets
    }
    for node in nodes:
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            if id(node) not in absent:
                return True
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)) and node.name == name:
            return True
        if isinstance(node, ast.arg) and node.arg == name:
            return True
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if (alias.asname or alias.name) == name and not _full(node, alias).startswith("google."):
                    return True
    return False


def edit(
    lines: Lines,
    node: ast.Import | ast.ImportFrom,
    kept: list[ast.alias],
    replacement: str,
    parents: dict[ast.AST, ast.AST],
    whole: set[ast.Import | ast.ImportFrom],
    newline: str,
) -> tuple[int, int, str]:
    """The edit of an import of which some names stay. whole: the imports that go altogether."""
    first, column, last, end_column = lines.span(node)
    start, end = lines.starts[first - 1] + column, lines.starts[last - 1] + end_column
    new = replacement
    if kept:
        names = ", ".join(alias.name + (f" as {alias.asname}" if alias.asname else "") for alias in kept)
        if isinstance(node, ast.Import):
            rest = f"import {names}"
        else:
            rest = f"from {'.' * node.level}{node.module or ''} import {names}"
        indent = lines.line(first)[:column]
        new = f"{rest}{newline}{indent}{replacement}" if replacement else rest
    if new:
        return start, end, new
    parent = parents[node]
    siblings = next((b for b in _blocks(parent) if node in b), [])
    if siblings[:1] == [node] and whole.issuperset(siblings) and not isinstance(parent, ast.Module):
        return start, end, "pass"
    line = lines.line(first)
    tail = lines.line(last)[end_column:].strip()
    if not line[:column].strip() and (not tail or tail.startswith("#")):
        end = lines.starts[last] if last < len(lines.starts) else len(lines.text)
        return lines.starts[first - 1], skip_blank(lines.text, lines.starts[first - 1], end), ""
    if tail.startswith(";"):
        rest = lines.line(last)[end_column:]
        skip = len(rest) - len(rest.lstrip("; \t"))
        return start, end + skip, ""
    return start, end, "pass"


def _cut(lines: Lines, node: ast.stmt) -> tuple[int, int, str]:
    """The edit that takes out a statement that has its lines for itself."""
    start, last = lines.starts[node.lineno - 1], node.end_lineno or node.lineno
    end = lines.starts[last] if last < len(lines.starts) else len(lines.text)
    return start, skip_blank(lines.text, start, end), ""


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    found = []
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            found.append(block)
    return found


class _Early:
    """Which imports of a module's top level serve the new code: not one that stands behind the first use of its name.

    top: code that is to stand behind the imports at the start.
    """

    def __init__(self, tree: ast.Module, nodes: Sequence[ast.AST], top: Sequence[str]) -> None:
        self.tree = tree
        self.head = max((node.end_lineno or 0 for node in tree.body[: last_import(tree.body) + 1]), default=0)
        self.first: dict[str, int] = {}
        for node in nodes:
            if isinstance(node, ast.Name):
                self.first[node.id] = min(node.lineno, self.first.get(node.id, node.lineno))
        self.first.update((node.id, 0) for code in top for node in walk(ast.parse(code)) if isinstance(node, ast.Name))

    def imports(self, names: Sequence[ast.alias]) -> list[ast.Import | ast.ImportFrom]:
        """The imports that could give these names to all that uses them."""
        bound = [(alias.asname or alias.name).partition(".")[0] for alias in names]
        found = [node for node in self.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        return [node for node in found if self.serves(node, bound)]

    def serves(self, node: ast.Import | ast.ImportFrom, names: Sequence[str]) -> bool:
        """Whether an import stands before all that uses what it binds, under these names."""
        used = min((self.first[name] for name in names if name in self.first), default=None)
        return node.lineno <= self.head or used is None or node.lineno < used


def _has_import(early: _Early, line: str) -> bool:
    (wanted,) = ast.parse(line).body
    assert isinstance(wanted, (ast.Import, ast.ImportFrom))
    names = {(alias.name, alias.asname) for alias in wanted.names}
    return any(
        _source(node) == _source(wanted) and names <= {(alias.name, alias.asname) for alias in node.names}
        for node in early.imports(wanted.names)
    )


def _source(node: ast.Import | ast.ImportFrom) -> tuple[str | None, int] | None:
    """The module that names are taken from; None for `import m`."""
    return (node.module, node.level) if isinstance(node, ast.ImportFrom) else None


def _widened(
    lines: Lines, early: _Early, line: str, edits: Sequence[tuple[int, int, str]]
) -> tuple[int, int, str] | None:
    """The edit that adds a name to a `from m import ...` of the module's top level that stands on one line: in its
    place where the names are in order, and none of the other edits is made there."""
    wanted = ast.parse(line).body[0]
    if not isinstance(wanted, ast.ImportFrom):
        return None
    for node in early.imports(wanted.names):
        same = isinstance(node, ast.ImportFrom) and (node.module, node.level) == (wanted.module, wanted.level)
        if same and isinstance(node, ast.ImportFrom) and node.lineno == node.end_lineno and node.names[0].name != "*":
            first, column, _, end = lines.span(node)
            text = lines.line(first)[column:end]
            if not text.endswith(")"):
                name = line.partition(" import ")[2]
                keys = [_by_type(alias.name) for alias in node.names]
                later = [alias for alias, key in zip(node.names, keys) if key > _by_type(name)]
                start = lines.starts[first - 1]
                if (
                    later
                    and keys == sorted(keys)
                    and not any(start + column <= edit[0] < start + end for edit in edits)
                ):
                    at = start + lines.span(later[0])[1]
                    return at, at, f"{name}, "
                return start + end, start + end, f", {name}"
    return None


def _by_type(name: str) -> tuple[int, str]:
    """The place of a name in an import, as isort and ruff sort them: constants, classes, the rest."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name
