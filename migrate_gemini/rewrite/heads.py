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


def apply(text: str, edits: list[tuple[int, int, str]]) -> str:
    """The text with these edits: (start, end, new text), none of which overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _with_standard(lines: Lines, imports: Sequence[ast.stmt], new: list[str], newline: str) -> str:
    """The text with imports of the standard library in their places among those at the top; before them where these are
    in no order."""
    run: list[ast.Import | ast.ImportFrom] = []
    for node in imports:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not _is_future(node):
            name = node.names[0].name if isinstance(node, ast.Import) else "." * node.level + (node.module or "")
            if name.partition(".")[0] not in sys.stdlib_module_names:
                break
            run.append(node)
    first = run[0] if run else next(node for node in imports if not _is_future(node))
    keys = [_import_key(ast.unparse(node)) for node in run]
    edits: dict[int, list[str]] = {}
    for line in sorted(new, key=_import_key):
        later = [node for node, key in zip(run, keys) if key > _import_key(line)]
        if not run or keys != sorted(keys):
            at = lines.starts[first.lineno - 1]
        elif later:
            at = lines.starts[later[0].lineno - 1]
        else:
            last = run[-1].end_lineno or run[-1].lineno
            at = lines.starts[last] if last < len(lines.starts) else len(lines.text)
        edits.setdefault(at, []).append(line)
    gap = "" if run else newline
    return apply(lines.text, [(at, at, "".join(f"{line}{newline}" for line in own) + gap) for at, own in edits.items()])


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
    plain = [line for line in imports if line.split()[1].partition(".")[0] in sys.stdlib_module_names]
    first_import = next((n for n in body[index : last + 1] if not _is_future(n)), None)
    if plain and isinstance(first_import, (ast.Import, ast.ImportFrom)):  # the standard library comes first
        others = [line for line in imports if line not in plain]
        text = _with_standard(lines, body[index : last + 1], plain, newline)
        return insert(text, others, top, newline, indent) if others or top else text
    others = [line for line in imports if line not in plain]
    installed = sorted((line for line in others if line.split()[1].partition(".")[0] in INSTALLED), key=_import_key)
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


def _is_hidden(node: ast.Import | ast.ImportFrom) -> bool:
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
