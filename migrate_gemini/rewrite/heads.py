"""Where new imports and new functions stand at the start of a module."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from ..lines import Lines
from ..modules import HIDDEN
from ..nodes import walk

Imports = ast.Import | ast.ImportFrom


def apply(text: str, edits: list[tuple[int, int, str]]) -> str:
    """The text with these edits: (start, end, new text), none of which overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _with_standard(lines: Lines, imports: Sequence[ast.stmt], new: list[str], newline: str) -> str:
    """The text with imports of the standard library in their places among those at the top; before them where these are
    in no order."""
    run: list[Imports] = []
    for node in imports:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not _is_future(node):
            name = node.names[0].name if isinstance(node, ast.Import) else "." * node.level + (node.module or "")
            if name.partition(".")[0] not in sys.stdlib_module_names:
                break
            run.append(node)
    first = run[0] if run else next(node for node in imports if not _is_future(node))
    if run and _ordered(run):
        return _in_order(lines, run, new, newline)
    at = lines.starts[first.lineno - 1]
    code = "".join(f"{line}{newline}" for line in sorted(new, key=_import_key))
    return lines.text[:at] + code + ("" if run else newline) + lines.text[at:]


def _in_order(lines: Lines, run: Sequence[Imports], new: Sequence[str], newline: str) -> str:
    """The text with imports in their places among a run of others; behind it where these are in no order."""
    edits: dict[int, list[str]] = {}
    ordered = _ordered(run)
    for line in sorted(new, key=_import_key):
        later = [node for node in run if ordered and _key(node) > _import_key(line)]
        place = later[0].lineno - 1 if later else run[-1].end_lineno or run[-1].lineno
        at = lines.starts[place] if place < len(lines.starts) else len(lines.text)
        edits.setdefault(at, []).append(line)
    end = "" if lines.text.endswith(("\n", "\r")) else newline
    code = {
        at: (end if at == len(lines.text) else "") + "".join(f"{line}{newline}" for line in edits[at]) for at in edits
    }
    return apply(lines.text, [(at, at, new) for at, new in code.items()])


def _with_installed(imports: Sequence[ast.stmt]) -> list[Imports]:
    """The last imports that stand together, without a blank line, and take in packages that new code imports: all of
    them where they are in order, else from the first to the last of those packages."""
    groups: list[list[Imports]] = [[]]
    for node in imports:
        if not isinstance(node, (ast.Import, ast.ImportFrom)) or _is_hidden(node):
            groups.append([])
        elif groups[-1] and node.lineno != (groups[-1][-1].end_lineno or 0) + 1:
            groups.append([node])
        else:
            groups[-1].append(node)
    for group in reversed(groups):
        places = [place for place, node in enumerate(group) if _package(ast.unparse(node)) in INSTALLED]
        if places:
            return group if _ordered(group) else group[places[0] : places[-1] + 1]
    return []


def _ordered(run: Sequence[Imports]) -> bool:
    keys = [_key(node) for node in run]
    return keys == sorted(keys)


def _key(node: Imports) -> tuple[bool, str]:
    return _import_key(ast.unparse(node))


def _package(line: str) -> str:
    return line.split()[1].partition(".")[0]


def _import_key(line: str) -> tuple[bool, str]:
    return line.startswith("from "), line.split()[1]


INSTALLED = ("google", "pydantic")
"""Packages that are no part of the program, of those that new code imports."""


def insert(text: str, imports: list[str], top: list[str], newline: str, indent: str) -> str:
    """Puts imports behind the first imports of the module, and code behind all imports at its start."""
    tree = ast.parse(text)
    lines = Lines(text)
    body = tree.body
    index = _behind_docstring(body)
    last = last_import(body)
    plain = [line for line in imports if _package(line) in sys.stdlib_module_names]
    first_import = next((n for n in body[index : last + 1] if not _is_future(n)), None)
    if plain and isinstance(first_import, (ast.Import, ast.ImportFrom)):  # the standard library comes first
        others = [line for line in imports if line not in plain]
        text = _with_standard(lines, body[index : last + 1], plain, newline)
        return insert(text, others, top, newline, indent) if others or top else text
    others = [line for line in imports if line not in plain]
    installed = sorted((line for line in others if _package(line) in INSTALLED), key=_import_key)
    if installed and (group := _with_installed(body[index : last + 1])):
        others = [line for line in others if line not in installed]
        text = _in_order(lines, group, installed, newline)
        return insert(text, others, top, newline, indent) if others or top else text
    others = [*installed, *(line for line in others if line not in installed)]
    gap = newline if plain and others and first_import is None else ""
    code = "".join(f"{line}{newline}" for line in sorted(plain, key=_import_key)) + gap
    code += "".join(f"{line}{newline}" for line in others)
    functions = [item for item in top if item.startswith(("def ", "class ", "async ", "@"))]
    code += "".join(newline + _native(item, newline, indent) for item in top if item not in functions)
    definitions = "".join(newline * 2 + _native(item, newline, indent) for item in functions)
    behind = _last_before_use(body, last, functions)
    if behind > last:
        text = _behind(text, lines, body[behind], definitions, newline, True)
        return _behind(text, lines, body[last], code, newline, False) if code else text
    code += definitions
    if last >= 0:
        return _behind(text, lines, body[last], code, newline, bool(functions))
    at = 0
    if body:
        first = body[0]
        at = lines.starts[min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))]) - 1]
    apart = bool(body) and isinstance(body[0], (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    code += newline * (2 if functions or apart else 1)
    return text[:at] + (code if at else code.lstrip("\r\n")) + text[at:]


def _behind(text: str, lines: Lines, statement: ast.stmt, code: str, newline: str, defines: bool) -> str:
    """Puts code behind a statement. defines: whether it ends with a definition."""
    end = statement.end_lineno or 1
    at = lines.starts[end] if end < len(lines.starts) else len(lines.text)
    if at == len(lines.text) and lines.text and not lines.text.endswith(("\n", "\r")):
        code = newline + code
    rest = text[at:]
    if defines and rest.strip():
        # two blank lines after a definition, however many there were before the code behind it
        blank = re.match(r"(?:[ \t]*(?:\r\n|\r|\n))*", rest)
        rest = rest[blank.end() if blank else 0 :]
        code += newline * 2
    return text[:at] + code + rest


FEW = 5
"""So many statements may stand between two groups of imports that functions stand behind both."""


def _last_before_use(body: Sequence[ast.stmt], last: int, functions: Sequence[str]) -> int:
    """The index of the last import behind which functions may stand: behind the imports at the start, and further ones
    before which a program only sets up what it needs, such as `sys.path` or the environment."""
    names = {node.name for code in functions for node in ast.parse(code).body if hasattr(node, "name")}
    between = 0
    for index, statement in enumerate(body[last + 1 :] if names and last >= 0 else (), last + 1):
        plain = isinstance(statement, (ast.Import, ast.ImportFrom)) and not _is_hidden(statement)
        if plain or _is_import_block(statement):
            last, between = index, 0
            continue
        between += 1
        if between > FEW or not _sets_up(statement, names):
            break
    return last


def _sets_up(statement: ast.stmt, names: AbstractSet[str]) -> bool:
    """Whether a statement neither binds a name of the module nor names one of these functions."""
    if not isinstance(statement, ast.Expr):
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if not targets or any(isinstance(target, (ast.Name, ast.Tuple, ast.List)) for target in targets):
            return False
    return not any(isinstance(node, ast.Name) and node.id in names for node in walk(statement))


def _is_hidden(node: Imports) -> bool:
    """Whether an import stands for the border between two cells of a notebook, or for a magic."""
    return node.names[0].name.startswith(HIDDEN)


def _behind_docstring(body: Sequence[ast.stmt]) -> int:
    documented = body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return 1 if documented else 0


def last_import(body: Sequence[ast.stmt]) -> int:
    """The index of the last of the imports that a module starts with, or of what stands before where there is none."""
    last = _behind_docstring(body) - 1
    for statement in body[last + 1 :]:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)) and not _is_import_block(statement):
            break
        last += 1
    return last


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _is_import_block(node: ast.stmt) -> bool:
    if isinstance(node, ast.Try):
        return any(isinstance(inner, (ast.Import, ast.ImportFrom)) for inner in node.body)
    return isinstance(node, ast.If) and all(isinstance(inner, (ast.Import, ast.ImportFrom)) for inner in node.body)


def _native(code: str, newline: str, indent: str) -> str:
    """Code of ours with the module's own indentation and line ends."""
    out = []
    for line in code.split("\n"):
        stripped = line.lstrip(" ")
        depth = (len(line) - len(stripped)) // 4
        out.append(indent * depth + stripped)
    return newline.join(out)
