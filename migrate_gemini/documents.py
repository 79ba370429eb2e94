"""Documents: their blocks of Python are migrated, and what they tell to install.

Blocks that build on each other are one program, others are programs of their own. None of them is a module of the
project: what a document shows says nothing of the code that runs.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .depth import too_deep
from .engine import SourceModule
from .files import Change
from .findings import Finding
from .manifests.code import Code, uses
from .pip_lines import settled
from .results import INTERNAL, SKIPPED, Failure, FileResult
from .settings import Settings
from .sources import magics, markdown, text
from .sources.cells import Cell, Cells
from .sources.markdown import Block
from .sources.python import SourceError
from .suppressions import Heeded, ignored_in
from .workers import Outcome, Progress, run_groups
from .writing import shown

if TYPE_CHECKING:
    from .workers import Engine

PYTHON = frozenset("python python3 py py3 ipython ipython3".split())
SESSION = frozenset(("pycon", "python-repl", "pyconsole"))
"""Languages of blocks that are Python with prompts and output."""
_SHELLS = (
    "bash bat batch cmd console fish powershell ps1 pwsh sh shell shell-session shellsession terminal text txt zsh"
)
SHELL = frozenset(_SHELLS.split()) | {""}
_LEGACY = re.compile(
    r"\b(?:generativeai|GenerativeModel|generate_content\w*|start_chat|send_message\w*|chats\.create)\b"
)
_IMPORTS = re.compile(r"^[ \t]*(?:from|import)[ \t]+(?:google|vertexai)\b", re.MULTILINE)
_BUILTIN = frozenset(dir(builtins))


class Failed(Exception):
    """A document stays as it is."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(slots=True)
class Document:
    """A document and the programs in it."""

    file: text.TextFile
    blocks: list[Block]
    programs: list[Cells] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """What was to be code and could not be read."""

    @classmethod
    def read(cls, path: Path, data: bytes) -> Document:
        """The document that holds these bytes. SourceError where they are no text."""
        file = text.read(path, data)
        document = cls(file, markdown.blocks(file.text, path.name))
        known: list[tuple[list[Cell], set[str]]] = []
        for number, block in enumerate(document.blocks, 1):
            if (tree := document._parsed(block)) is None:
                continue
            read, bound = _names(tree)
            if not (block.language or _imports(block) or any(read & names for _, names in known)):
                continue  # of no language, and nothing tells that it is code
            cell = Cell(number, 0, 0, block.source, magics.opaque(block.source))
            cells, names = max(reversed(known), key=lambda one: len(read & one[1]), default=([], set()))
            if read & names:
                cells.append(cell)
                names |= bound
            else:
                known.append(([cell], bound))
        for cells, _ in known:
            program = Cells(cells)
            program.join()
            document.programs.append(program)
        return document

    def _parsed(self, block: Block) -> ast.Module | None:
        """The code of a block; None where it is none to migrate, with a finding where it uses the old API."""
        if block.skip or not (block.language in PYTHON | SESSION or _bare(block)):
            return None
        quiet = not block.language and not _imports(block)
        try:
            if block.language in SESSION:
                raise SourceError("is a session with prompts")
            if too_deep(block.source):
                raise SourceError("is nested too deeply")
            lines = [] if magics.opaque(block.source) else magics.masked(block.source, lambda what, kind: "pass")
            return ast.parse("\n".join(line for line, _, _ in lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            at = getattr(error, "lineno", None)
            where = f", line {block.line + min(at, block.source.count(chr(10))) - 1}: {error.args[0]}" if at else ""
            if not quiet:
                self._left(block, f"is no Python that can be read{where}")
        except SourceError as error:
            if not quiet:
                self._left(block, str(error))
        return None

    def _left(self, block: Block, why: str) -> None:
        self.left.append(block.source)
        if match := _LEGACY.search(block.source):
            before = block.source[: match.start()].split("\n")
            column = len(block.prefixes[len(before) - 1]) + len(before[-1]) + 1
            message = f"this block uses the old API and {why}; migrate it by hand"
            self.file.findings.append(Finding(block.line + len(before) - 1, column, "MG303", "manual", message))

    def modules(self, ignore: tuple[str, ...]) -> list[SourceModule]:
        """A module for each program. ignore: the rules that are ignored in the document."""
        return [
            SourceModule(self._name(number), program.text, ignore=ignore, single=tuple(program.single.items()))
            for number, program in enumerate(self.programs)
        ]

    def _name(self, number: int) -> str:
        return f"{shown(self.file.path)}/{number}.py"

    def take(
        self,
        outcomes: Sequence[Outcome],
        settings: Settings,
        project: Iterable[Code],
        refused: Callable[[str, str], Failure | None],
    ) -> None:
        """Notes what the engine says of each program and makes the edits. Failed where the document has to stay."""
        new: dict[int, str] = {}
        codes, changed = list(self.left), False
        for at, (program, outcome) in enumerate(zip(self.programs, outcomes, strict=True)):
            if outcome.error is not None or outcome.results[0].error is not None:
                raise Failed(Failure(INTERNAL, outcome.error or outcome.results[0].error or ""))
            (result,) = outcome.results
            self.file.findings += [self._placed(at, finding) for finding in result.findings]
            after = result.text if result.text is not None else program.text
            changed = changed or after != program.text
            codes.append(after)
            if after != program.text and (failure := refused(program.text, after)):
                raise Failed(failure)
            try:
                new |= program.sources(after) if after != program.text else {}
            except SourceError as error:
                raise Failed(Failure(SKIPPED, str(error))) from None
        self._write(new, _installing(codes, settings, project) if changed or not any(map(_names_sdk, codes)) else None)

    def _placed(self, at: int, finding: Finding) -> Finding:
        """A finding of a program, told by the lines of the document."""

        def line_of(number: int, line: int) -> int:
            return self.blocks[number - 1].line + line - 1

        program = self.programs[at]
        number, line, column = program.place(finding.line, finding.column)
        prefixes = self.blocks[number - 1].prefixes
        column += len(prefixes[min(line, len(prefixes)) - 1]) if prefixes else 0
        message = program.told(finding.message, self._name(at), lambda *place: f"line {line_of(*place)}")
        return replace(finding, line=line_of(number, line), column=column, message=message)

    def _write(self, new: dict[int, str], install: Callable[[str], str] | None) -> None:
        expected = []
        for number, block in enumerate(self.blocks, 1):
            source = new.get(number, block.source)
            if install is not None and not block.skip and block.language in SHELL | PYTHON:
                source = self._installed(number, source, block, install)
            if source != block.source:
                self.file.edits += markdown.edits(self.file.text, block, source)
            expected.append((block.language, source.rstrip("\n")))
        found = markdown.blocks(self.file.after(), self.file.path.name)
        if [(block.language, block.source.rstrip("\n")) for block in found] != expected:
            self.file.edits.clear()
            raise Failed(Failure(SKIPPED, "its blocks could not be told apart after the rewrite; migrate it by hand"))

    def _installed(self, number: int, source: str, block: Block, install: Callable[[str], str]) -> str:
        if block.language in SHELL and not (not block.language and _imports(block)):
            return install(source)
        for program in self.programs:
            for what, kind in program.masks if any(cell.number == number for cell in program.cells) else ():
                if kind == "line":
                    source = source.replace(what, install(what))
        return source


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a document: what a report says of it, and the change to make, or why there is none."""

    result: FileResult
    change: Change | None = None
    failure: Failure | None = None


def migrate(
    held: Mapping[Path, bytes],
    settings: Settings,
    project: Sequence[Code],
    engine: Engine,
    refused: Callable[[str, str], Failure | None],
    jobs: int | None,
    progress: Progress | None,
) -> dict[Path, Done]:
    """Migrates documents by their bytes. project: the code around them as it is after the run. refused: (old, new text
    of a program) -> what is wrong with the new one."""
    settings = replace(settings, todo_comments=False)  # what is published is no place for notes of a tool
    found: dict[Path, Done] = {}
    documents = {}
    for path, data in held.items():
        try:
            documents[path] = Document.read(path, data)
        except SourceError as error:
            found[path] = Done(FileResult(shown(path), beside=True), failure=Failure(SKIPPED, str(error)))
    ignore = {path: ignored_in(path, settings) for path in documents}
    programs = [(path, module) for path, document in documents.items() for module in document.modules(ignore[path])]
    outcomes = run_groups([[module] for _, module in programs], settings, engine, jobs, progress)
    said: dict[Path, list[Outcome]] = {path: [] for path in documents}
    for (path, _), outcome in zip(programs, outcomes, strict=True):
        said[path].append(outcome)
    for path, document in documents.items():
        if not Heeded(settings.select, settings.ignore, ignore[path]).heeds("MG303"):
            document.file.findings.clear()
        try:
            document.take(said[path], settings, project, refused)
            found[path] = Done(document.file.result(shown(path)), document.file.change())
        except Failed as error:
            found[path] = Done(document.file.result(shown(path)), failure=error.failure)
        except SourceError as error:
            failure = Failure(SKIPPED, f"cannot be written: {error}")
            found[path] = Done(document.file.result(shown(path)), failure=failure)
    return found


def _bare(block: Block) -> bool:
    """Whether a block of no language may be Python of an SDK."""
    return not block.language and (_imports(block) or _LEGACY.search(block.source) is not None)


def _imports(block: Block) -> bool:
    return _IMPORTS.search(block.source) is not None


def _names_sdk(code: str) -> bool:
    return _IMPORTS.search(code) is not None


def _installing(codes: Sequence[str], settings: Settings, project: Iterable[Code]) -> Callable[[str], str] | None:
    """What becomes of commands of pip: as the code of the document needs it, or that of the project, where it has
    none. None where they stay."""
    texts = [code for code in codes if _names_sdk(code)] or [code.text for code in project]
    found = [uses(code) for code in texts]
    if not any(use.new and use.interacts for use in found):
        return None
    old = any(use.old for use in found)
    return lambda command: settled(command, settings.schema, old)


def _names(tree: ast.Module) -> tuple[set[str], set[str]]:
    """(names that a block takes from elsewhere, names that it gives to the blocks behind it)."""
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    inside = _bound(ast.walk(tree))
    return read - inside - _BUILTIN, _bound(_outside(tree))


def _outside(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are in no function and no class; and these themselves."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from _outside(child)


def _bound(nodes: Iterable[ast.AST]) -> set[str]:
    bound = set()
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return bound
