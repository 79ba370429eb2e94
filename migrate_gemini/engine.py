"""Modules in, rewritten modules and findings out: pure, no files, no printing, no clock."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .findings import Finding, ModuleResult
from .lines import NEWLINE, Lines, indent_of, newline_of
from .nodes import walk
from .rewrite.reasons import Reason, Refusal
from .rewrite.unsaid import Unsaid
from .sdk.surface import TOKENS
from .settings import Settings
from .suppressions import of_module

if TYPE_CHECKING:
    from .infer.values import Site
    from .rewrite.edits import Edits
    from .rewrite.plan import Plan


@dataclass(frozen=True, slots=True)
class SourceModule:
    """A Python module as text. path: posix, relative to the project's root; text: decoded, without BOM; given: whether
    it may change, else it is read for what others need to know; ignore: codes or prefixes of rules to ignore in it.
    Of a notebook, shown: where the statements start whose value is shown, by line and column; single: lines whose
    statement has to stay one line, each with why."""

    path: str
    text: str
    given: bool = True
    ignore: tuple[str, ...] = ()
    shown: frozenset[tuple[int, int]] = frozenset()
    single: tuple[tuple[int, str], ...] = ()


def migrate(modules: Sequence[SourceModule], settings: Settings) -> list[ModuleResult]:
    """Migrates modules that may import each other; one result a module, in the order given.

    A module that does not parse is left out, with its error in its result; the others go on without it. Where the
    modules together take too many steps, all of them have that error.
    """
    from .infer.cells import TooMuch

    try:
        return _migrate(modules, settings)
    except TooMuch:
        many = f"is one of {len(modules)} modules that import each other, which together take too long"
        words = f"{many if len(modules) > 1 else 'takes too long'} to be understood; {_SMALLER}"
        return [ModuleResult(module.path, None, (), words if module.given else None) for module in modules]


_SMALLER = "leave out what is generated (--exclude), or give fewer files"


def _migrate(modules: Sequence[SourceModule], settings: Settings) -> list[ModuleResult]:
    from .infer.wider import SMALL, program_of
    from .rewrite.planner import plan_program

    broken: dict[str, str] = {}
    texts: dict[str, str] = {}
    trees: dict[str, ast.Module] = {}
    for module in modules:
        try:
            if _names_sdk(module.text) or len(modules) <= SMALL:
                trees[module.path] = ast.parse(module.text)
            texts[module.path] = module.text
        except SyntaxError as error:
            broken[module.path] = f"syntax error at line {error.lineno} ({_PYTHON}): {error.msg}"
        except (ValueError, RecursionError, MemoryError) as error:
            broken[module.path] = f"cannot be parsed: {type(error).__name__}: {error}"
    program, reaching = program_of(texts, trees)
    for module in modules:
        if module.path in program.modules:
            program.modules[module.path].shown = module.shown
    refused = {site: Refusal(Reason.FAR, path) for site, path in reaching.items()}
    kept = frozenset(module.path for module in modules if not module.given)
    suppressed = {module.path: of_module(module.text, settings, module.ignore) for module in modules if module.given}
    while True:
        try:
            plan = plan_program(program, settings, refused, kept, suppressed)
            if new := {site: why for site, why in _late(plan).items() if site not in refused}:
                refused.update(new)
                continue
            results = _results(plan, modules, broken)
            if not (new := _crowded(plan, modules, results)):
                return results
            refused.update(new)
        except Unsaid as error:
            if not error.owners - refused.keys():
                raise  # a bug of ours: what was refused was written again
            refused.update((site, Refusal(Reason.TARGET, error.word)) for site in sorted(error.owners, key=_place))


def _late(plan: Plan) -> dict[Site, Refusal]:
    """The sites that no client reaches, or whose group would change a module that must stay."""
    assert plan.clients is not None
    found = dict(plan.clients.unreached)
    for path in sorted(plan.kept & plan.edits.keys()):
        edits = plan.edits[path]
        for edit, owners in edits.owners.items():
            if isinstance(edit, ast.stmt) and (edit not in edits.statements or not edits.statements[edit].changes):
                continue
            why = Refusal(Reason.NOT_GIVEN, path)
            found.update((site, why) for site in sorted(owners, key=_place) if site not in found)
    return found


def _crowded(plan: Plan, modules: Sequence[SourceModule], results: Sequence[ModuleResult]) -> dict[Site, Refusal]:
    """The sites that need more lines where a statement has to stay one."""
    found: dict[Site, Refusal] = {}
    for module, result in zip(modules, results, strict=True):
        edits = plan.edits.get(module.path)
        if not module.single or result.text is None or edits is None:
            continue
        facts, lines = plan.facts(module.path), result.text.split("\n")
        for statement in facts.tree.body:
            word = dict(module.single).get(statement.lineno)
            if word is None:
                continue
            edit = edits.statements.get(statement)
            line = lines[lines.index(facts.lines.line(statement.lineno - 1).rstrip("\n")) + 1]
            if (edit is None or not (edit.before or edit.after)) and _one(line):
                continue
            owners = {site for node in ast.walk(statement) for site in edits.owners.get(node, ())}
            why = Refusal(Reason.MAGIC, word, module.path, statement)
            found.update((site, why) for site in sorted(owners, key=_place))
    return found


def _one(line: str) -> bool:
    """Whether a line is a statement by itself."""
    try:
        return len(ast.parse(line.strip()).body) == 1
    except SyntaxError:
        return False


def _place(site: Site) -> tuple[str, int, int]:
    return site.path, getattr(site.node, "lineno", 0), getattr(site.node, "col_offset", 0)


def _results(plan: Plan, modules: Sequence[SourceModule], broken: dict[str, str]) -> list[ModuleResult]:
    """One result a module. Raises Unsaid where the schema that is written has no words for an edit."""
    from .rewrite import exports

    changing = {module.path: module for module in modules if module.given and module.path in plan.program.modules}
    texts = {path: _rewrite(plan, module) for path, module in changing.items()}
    texts = exports.settle(plan, texts, lambda path, stay: _rewrite(plan, changing[path], stay))
    results = []
    for module in modules:
        if not module.given or module.path not in plan.program.modules and module.path not in broken:
            results.append(ModuleResult(module.path, None))
            continue
        if module.path in broken:
            results.append(ModuleResult(module.path, None, (), broken[module.path]))
            continue
        text = texts[module.path]
        _outputs_findings(plan, module.path)
        found = {*plan.findings.get(module.path, ()), *_imports_left(plan, module, text)}
        findings = tuple(sorted({*found, *_unused(plan, module.path)}))
        if text != module.text and not findings:
            findings = (_together(plan, module, text),)
        results.append(ModuleResult(module.path, text if text != module.text else None, findings))
    return results


_SWITCHED_OFF = (
    "written for the first schema, of google-genai 1.55 to 1.75, as asked; the service switched it off on June 8, "
    "2026, so this fails against the live Gemini API (and outputs[-1] is the last piece of an answer only)"
)


def _outputs_findings(plan: Plan, path: str) -> None:
    """With `--target outputs`: a warning for each module, and what the first schema left out."""
    from .sdk.target import DROPPED

    if plan.settings.schema != "outputs":
        return
    moved = [call for call in plan.calls if call.path == path and plan.groups.moves(call.site)]
    if moved:
        first = min(moved, key=lambda call: (call.node.lineno, call.node.col_offset))
        plan.find(path, first.node, "MG602", "needs_review", _SWITCHED_OFF)
    edits = plan.edits.get(path)
    for owners, word in edits.dropped if edits is not None else ():
        for site in owners:
            plan.find(site.path, site.node, "MG501", "needs_review", f"{DROPPED[word]}; it is dropped")


def _unused(plan: Plan, path: str) -> list[Finding]:
    """A finding for each comment that suppresses nothing."""
    found = []
    for comment, rules in plan.suppressed[path].unused() if path in plan.suppressed else ():
        which = f"of {' and '.join(rules)} " if rules else ""
        words = f"nothing {which}is found here, so this comment suppresses nothing; take it out"
        found.append(Finding(comment.line, comment.column, "MG904", "manual", words))
    return [item for item in found if not plan.suppresses("MG904", path, 0, 0)]


def _together(plan: Plan, module: SourceModule, text: str) -> Finding:
    """What is said of a module that changes though no call is in it: at the first line that changes."""
    pairs = zip(NEWLINE.split(module.text), NEWLINE.split(text), strict=False)
    line = next((number for number, (old, new) in enumerate(pairs, 1) if old != new), 1)
    moved = sorted({call.path for call in plan.calls if plan.groups.moves(call.site)})
    others = f"the calls in {moved[0]}{' and other modules' if len(moved) > 1 else ''}" if moved else "the others"
    return Finding(line, 1, "MG502", "migrated", f"no call is here; the module changes together with {others}")


def _imports_left(plan: Plan, module: SourceModule, text: str) -> list[Finding]:
    """A finding for each import of the legacy SDK that is still there: at its place in the text that was read."""
    from .rewrite.imports import CAME_ALONG, legacy_imports, stranded

    facts = plan.facts(module.path)
    before = legacy_imports(facts.nodes, facts.lines) if "generativeai" in module.text else {}
    if plan.ignored_remain() or not before:
        return []
    nodes, lines = (facts.nodes, facts.lines) if text == module.text else (walk(ast.parse(text)), Lines(text))
    kept = legacy_imports(nodes, lines)
    if not kept and not plan.legacy_left:
        left = {(name, package) for (_, _, name), package in stranded(nodes, lines).items()}
        words = "{} came with google-generativeai, not with google-genai: require {} yourself, or leave it out"
        places = {
            (line, column): package
            for (line, column, name), package in stranded(facts.nodes, facts.lines).items()
            if (name, package) in left and not plan.suppresses("MG106", module.path, line, line)
        }
        return [
            Finding(line, column, "MG106", "needs_review", words.format(package, CAME_ALONG[package]))
            for (line, column), package in places.items()
        ]
    words = "the import of google.generativeai stays, because code that uses it stays; migrate that by hand"
    names = {name for found in kept.values() for name in found}
    stay = [place for place, found in before.items() if found & names]
    return [
        Finding(line, column, "MG106", "manual", words)
        for line, column in stay
        if not plan.suppresses("MG106", module.path, line, line)
    ]


_PYTHON = f"read as Python {sys.version_info[0]}.{sys.version_info[1]}"


def _names_sdk(text: str) -> bool:
    return any(token.decode() in text for token in TOKENS)


def _said(edits: Edits, code: str) -> str:
    """A function for the user's code, in the words of the schema that is written."""
    from .rewrite.dialect import said_text

    dropped: list[str] = []
    try:
        return said_text(code, dropped)
    except Unsaid as error:
        error.owners = error.owners or frozenset(edits.owners.get(code, ()))
        raise


def _rewrite(plan: Plan, module: SourceModule, stay: frozenset[str] = frozenset()) -> str:
    """The new text of one module. stay: names that its imports have to go on binding.

    Raises when an edit does not fit; then nothing of the program is written.
    """
    from .rewrite.imports import Needs, settle
    from .rewrite.splice import apply

    edits = plan.edits.get(module.path)
    lines = plan.lines.setdefault(module.path, [])
    if (edits is None or edits.empty) and not lines:
        return module.text
    top = edits.top if edits is not None else []
    try:
        text = apply(plan.facts(module.path), edits) if edits is not None else module.text
        if edits is not None and edits.speak is not None:
            top = [_said(edits, code) for code in top]
    except Unsaid as error:
        if not error.owners:  # made for nobody in particular: for all calls of the module, then
            moved = [call.site for call in plan.calls if call.path == module.path and plan.groups.moves(call.site)]
            error.owners = frozenset(moved)
        raise
    if edits is not None and not edits.changes and not top and not lines:
        return text
    facts, newline, indent = plan.facts(module.path), newline_of(module.text), indent_of(module.text)
    text = settle(facts, text, Needs([*lines], top), newline, indent, plan.legacy_left, stay)
    ast.parse(text)
    return text
