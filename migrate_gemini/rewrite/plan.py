"""What all planners share: the program, its groups, and the edits and findings that they ask for.

Planners first survey every use of an SDK object (and fail groups), then, for the groups that move, make edits.
"""

from __future__ import annotations

import ast
import contextlib
import io
import tokenize
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..findings import Finding, Status
from ..infer.program import ModuleFacts, Program
from ..infer.reach import Reach
from ..infer.values import Box, Obj, Site, Value, Values
from ..sdk.differences import TABLE
from ..settings import Settings
from ..suppressions import Suppressions
from . import context
from .edits import Edits, ExprEdit, StatementEdit
from .groups import Groups
from .reasons import Reason
from .snippets_outputs import OUTPUTS

if TYPE_CHECKING:
    from .chat_class import Kind
    from .chat_sites import ChatSite, Send
    from .clients import Clients
    from .containers import Insertion
    from .doubles import Doubles
    from .formats import Form
    from .models import ModelSite
    from .streams import Loop


@dataclass(slots=True)
class CallSite:
    """One legacy call: what finding it gets. message: what was done when its group moves."""

    site: Site
    path: str
    node: ast.expr | ast.stmt
    code: str
    message: str


@dataclass(slots=True)
class Plan:
    """The state of one migration of a program.

    groups: what moves together; calling: what calls functions in the same way.
    """

    program: Program
    settings: Settings
    reach: Reach
    kept: frozenset[str] = frozenset()
    suppressed: Mapping[str, Suppressions] = field(default_factory=dict)
    groups: Groups = field(default_factory=Groups)
    calling: Groups = field(default_factory=Groups)
    calls: list[CallSite] = field(default_factory=list)
    edits: dict[str, Edits] = field(default_factory=dict)
    notes: dict[Site, list[str]] = field(default_factory=dict)
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    work: list[tuple[Site, Callable[[], object]]] = field(default_factory=list)
    closing: list[Callable[[], object]] = field(default_factory=list)
    snippets: dict[str, dict[str, str]] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=dict)
    handled: set[ast.AST] = field(default_factory=set)
    spread: set[ast.AST] = field(default_factory=set)
    callers: dict[ast.AST, list[tuple[str, ast.Call]]] | None = None
    importers: dict[str, set[str]] | None = None
    hoisted: dict[ast.expr, str] = field(default_factory=dict)
    chat_classes: dict[tuple[str, Kind], str] = field(default_factory=dict)
    comment_lines: dict[str, dict[int, tuple[str, bool]]] = field(default_factory=dict)
    forms: dict[Site, list[Form]] = field(default_factory=dict)
    after_streams: list[tuple[str, ast.Attribute]] = field(default_factory=list)
    unstreamed: set[Site] = field(default_factory=set)
    resolved: set[Site] = field(default_factory=set)
    raising: set[ast.AST] = field(default_factory=set)
    dynamic: set[Site] = field(default_factory=set)
    walked: dict[Site, list[tuple[str, ast.expr]]] = field(default_factory=dict)
    changes: dict[Value, list[tuple[str, ast.expr]]] | None = None
    model_names: dict[Site, Values] = field(default_factory=dict)
    type_modules: dict[str, str] = field(default_factory=dict)
    resolutions: dict[Site, str] = field(default_factory=dict)
    run_time: dict[str, set[str]] = field(default_factory=dict)
    sorted: set[ast.AST] = field(default_factory=set)
    inlined: set[ast.AST] = field(default_factory=set)
    schema_makers: set[ast.AST] = field(default_factory=set)
    unturned: set[ast.AST] = field(default_factory=set)
    tool_makers: dict[ast.AST, str] = field(default_factory=dict)
    turn_makers: dict[ast.AST, str] = field(default_factory=dict)
    step_lists: dict[Box, Site] = field(default_factory=dict)
    sent_lists: list[tuple[str, ast.expr, Site, bool]] = field(default_factory=list)
    conversations: list[tuple[str, ast.expr, Site]] = field(default_factory=list)
    first_ids: dict[ast.AST, int] = field(default_factory=dict)
    next_id: int = 1
    messages: dict[Site, list[tuple[str, ast.expr]]] = field(default_factory=dict)
    handed_tools: frozenset[Value] | None = None
    held_parts: list[list[Obj]] = field(default_factory=list)
    without_ids: set[ast.AST] = field(default_factory=set)
    numbered: set[Site] = field(default_factory=set)
    replayed: list[tuple[str, ast.expr, ast.Call, list[Obj]]] = field(default_factory=list)
    media: dict[ast.AST, ExprEdit] = field(default_factory=dict)
    kinds: dict[tuple[Values, int], frozenset[str]] = field(default_factory=dict)
    refused: dict[Box, bool] = field(default_factory=dict)
    turned: dict[str, list[tuple[Site, frozenset[str]]]] = field(default_factory=dict)
    media_inputs: dict[str, list[Site]] = field(default_factory=dict)
    added: dict[Box, list[Insertion]] | None = None
    own_names: frozenset[str] | None = None
    folded: set[ast.AST] = field(default_factory=set)
    unreached: set[ast.AST] = field(default_factory=set)
    together: list[list[ast.expr]] | None = None
    _homes: dict[ast.AST, str] = field(default_factory=dict)
    _places: dict[ast.AST, list[tuple[str, ast.expr]]] | None = None
    weak: set[ast.AST] = field(default_factory=set)
    aliases: dict[Site, Site] = field(default_factory=dict)
    converted: dict[frozenset[ast.expr], str] = field(default_factory=dict)
    loops: dict[ast.AST, Loop] = field(default_factory=dict)
    models: dict[Site, ModelSite] = field(default_factory=dict)
    chats: dict[Site, ChatSite] = field(default_factory=dict)
    sends: list[Send] = field(default_factory=list)
    wanted: list[tuple[str, ast.expr, Site]] = field(default_factory=list)
    ends: list[tuple[str, ast.expr, Site, str]] = field(default_factory=list)
    lines: dict[str, list[str]] = field(default_factory=dict)
    looked_at: set[tuple[str, str]] = field(default_factory=set)
    clients: Clients | None = None
    doubles: Doubles | None = None
    differences: dict[Site, set[str]] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    unkeyed: dict[str, bool] = field(default_factory=dict)
    legacy_left: bool = False
    owner: Site | None = None
    tested: set[Site] | None = None
    first_schema: Site | None = None
    reading: list[Obj] = field(default_factory=list)
    first_mime: list[tuple[str, ast.Call, Site]] = field(default_factory=list)
    first_failures: list[tuple[Site, str, str, ast.AST]] = field(default_factory=list)
    interactions: list[tuple[str, ast.Call, Site]] = field(default_factory=list)

    # -- facts ---------------------------------------------------------------------------------------------------

    def values(self, node: ast.AST) -> Values:
        """What an expression may be."""
        return self.program.machine.vals.get(node, frozenset())

    def objects(self, node: ast.AST, *kinds: str) -> list[Obj]:
        """The SDK objects of these kinds that an expression may be (all kinds when none is named)."""
        found = [v for v in self.values(node) if isinstance(v, Obj) and (not kinds or v.kind in kinds)]
        return sorted(found, key=lambda v: (v.site.path, getattr(v.site.node, "lineno", 0), v.kind))

    def facts(self, path: str) -> ModuleFacts:
        """A module by path."""
        return self.program.modules[path]

    def home(self, node: ast.AST) -> str | None:
        """The path of the module that holds a node."""
        if not self._homes:
            self._homes = {inner: path for path, facts in self.program.modules.items() for inner in facts.nodes}
        return self._homes.get(node)

    def places(self, maker: ast.AST) -> list[tuple[str, ast.expr]]:
        """(path, expression) for every expression that may be what this node makes: a container or an SDK object."""
        if self._places is None:
            self._places = {}
            for node, values in self.program.vals.items():
                path = self.home(node)
                if path is None or not isinstance(node, ast.expr):
                    continue
                for value in values:
                    made = value.node if isinstance(value, Box) else value.site.node if isinstance(value, Obj) else None
                    if isinstance(made, ast.AST):
                        self._places.setdefault(made, []).append((path, node))
        return self._places.get(maker, [])

    def role(self, path: str, node: ast.expr) -> tuple[context.Role, ast.AST]:
        """The role of an expression; see `context.role`."""
        return context.role(self.program, self.facts(path), node)

    def source(self, path: str, node: ast.AST) -> str:
        """The text of a node, shortened to one short line."""
        text = " ".join((self.facts(path).lines.code(node) or ast.unparse(node)).split())
        return text if len(text) <= 48 else text[:45] + "..."

    # -- decisions -----------------------------------------------------------------------------------------------

    def fail(self, site: Site, reason: Reason, detail: str, path: str, node: ast.AST) -> None:
        """Keeps the site's group as it is."""
        self.groups.fail(site, reason, detail, path, node)

    def fail_all(self, objects: list[Obj], reason: Reason, detail: str, path: str, node: ast.AST) -> None:
        """Keeps the groups of all these objects."""
        for obj in objects:
            self.fail(obj.site, reason, detail, path, node)

    def review(self, site: Site, note: str) -> None:
        """Says what the rewrite of a site assumes; its group's findings become needs_review."""
        notes = self.notes.setdefault(site, [])
        if note not in notes:
            notes.append(note)

    def differ(self, site: Site, *keys: str) -> None:
        """Notes which rows of `sdk.differences` apply to the rewrite of a site."""
        self.differences.setdefault(site, set()).update(keys)

    def say(self, *keys: str) -> tuple[str, ...]:
        """The sentences of rows of `sdk.differences` that were not said yet in this program."""
        new = [key for key in dict.fromkeys(keys) if key not in self.said]
        self.said.update(new)
        return tuple(TABLE[key].text for key in new)

    def tested_type(self, path: str, call: ast.Call, objects: list[Obj]) -> bool:
        """Whether isinstance() asks for a type that these objects have another one for; see `hints.tested`."""
        from .hints import tested

        return tested(self, path, call, objects)

    def suppresses(self, code: str, path: str, first: int, last: int) -> bool:
        """Whether a rule is ignored at a place that begins and ends on these lines (1-based)."""
        known = self.suppressed.get(path)
        return known is not None and known.covers(code, first, last)

    def ignores(self, code: str, path: str, node: ast.AST) -> bool:
        """Whether a rule is ignored at a node, which is left as it is then."""
        line: int = node.lineno  # type: ignore[attr-defined]
        last: int = node.end_lineno  # type: ignore[attr-defined]
        return self.suppresses(code, path, line, last)

    def when_moving(self, site: Site, work: Callable[[], object]) -> None:
        """Does `work` (which asks for edits) if the site's group moves."""
        self.work.append((site, work))

    def undo(self, work: int, turn_makers: dict[ast.AST, str]) -> None:
        """Drops what was asked for after there was so much work, and keeps turns that were met since as they are."""
        del self.work[work:]
        for node in self.turn_makers:
            if node not in turn_makers:
                self.turn_makers[node] = ""

    def alias(self, site: Site) -> Site:
        """The site of all names other than `client.models` for the models of a client."""
        found = self.aliases.get(site)
        if found is None:
            found = self.aliases[site] = Site(site.node, site.path)
        return found

    # -- edits ---------------------------------------------------------------------------------------------------

    def module(self, path: str) -> Edits:
        """The edits of a module."""
        found = self.edits.get(path)
        if found is None:
            found = self.edits[path] = Edits()
            if self.settings.schema == "outputs":
                from .dialect import said

                found.speak = said
        return found

    def owns(self, path: str, edit: ast.AST | str) -> None:
        """Notes that an edit is made for the site whose work is done."""
        if self.owner is not None:
            self.module(path).owners.setdefault(edit, set()).add(self.owner)

    def top(self, path: str, code: str) -> None:
        """Adds a function or the like to the top of a module."""
        self.module(path).top.append(code)
        self.owns(path, code)

    def expression(self, path: str, node: ast.expr, edit: ExprEdit, weak: bool = False) -> None:
        """Replaces an expression. A weak edit gives way to any other edit of the same node."""
        expressions = self.module(path).expressions
        if weak and node in expressions and node not in self.weak:
            return
        if weak:
            self.weak.add(node)
        else:
            self.weak.discard(node)
        expressions[node] = edit
        self.owns(path, node)

    def statement(self, path: str, node: ast.AST) -> StatementEdit:
        """The edit of the statement that holds a node."""
        statement = context.statement(self.facts(path), node)
        self.owns(path, statement)
        return self.module(path).statement(statement)

    def find(
        self, path: str, node: ast.AST, code: str, status: Status, message: str, differences: Iterable[str] = ()
    ) -> None:
        """Adds a finding beside those of the call sites. differences: rows of `sdk.differences` that apply to it."""
        if self.ignores(code, path, node):
            return
        line, column, _, _ = self.facts(path).lines.span(node)
        finding = Finding(line, column + 1, code, status, message, self.say(*differences))
        found = self.findings.setdefault(path, [])
        if finding not in found:
            found.append(finding)

    # -- names ---------------------------------------------------------------------------------------------------

    def comments(self, path: str, place: ast.AST, value: ast.expr) -> tuple[list[str], str]:
        """The comments of one entry of a list of settings: those on lines of their own above it, and that behind it."""
        known = self.comment_lines.get(path)
        if known is None:
            known = self.comment_lines[path] = {}
            text = self.facts(path).text
            if "#" in text:
                with contextlib.suppress(tokenize.TokenError, SyntaxError):
                    for token in tokenize.generate_tokens(io.StringIO(text).readline):
                        if token.type == tokenize.COMMENT:
                            known[token.start[0]] = (token.string, not token.line[: token.start[1]].strip())
        whole = self.facts(path).parents[place]
        first: int = whole.lineno  # type: ignore[attr-defined]
        last: int = whole.end_lineno  # type: ignore[attr-defined]
        line: int = place.lineno  # type: ignore[attr-defined]
        above: list[str] = []
        while line - 1 > first and line - 1 in known and known[line - 1][1]:
            line -= 1
            above.insert(0, known[line][0])
        ends = value.end_lineno or last
        behind, alone = known.get(ends, ("", True)) if ends < last else ("", True)
        return above, "" if alone else behind

    def names(self, path: str) -> set[str]:
        """Every name that a module's code uses or binds anywhere, and those given out already."""
        found = self.used.get(path)
        if found is None:
            found = set()
            for node in self.facts(path).nodes:
                if isinstance(node, ast.Name):
                    found.add(node.id)
                elif isinstance(node, ast.arg):
                    found.add(node.arg)
                elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    found.add(node.name)
                elif isinstance(node, ast.alias):
                    found.add(node.asname or node.name.partition(".")[0])
            self.used[path] = found
        return found

    def fresh(self, path: str, *wishes: str) -> str:
        """The first of the wished names that is free in the module, or the first with a number; taken from now on."""
        names = self.names(path)
        count = 2
        candidates = list(wishes)
        while True:
            for name in candidates:
                if name not in names:
                    names.add(name)
                    return name
            candidates = [f"{wishes[0]}{count}"]
            count += 1

    def fresh_in(self, path: str, node: ast.AST, *wishes: str) -> str:
        """The first of the wished names that the function around a node (or the module) does not use."""
        facts = self.facts(path)
        holder: ast.AST = context.function(facts, node) or facts.tree
        used = {inner.id for inner in ast.walk(holder) if isinstance(inner, ast.Name)}
        used |= {inner.arg for inner in ast.walk(holder) if isinstance(inner, ast.arg)}
        return next((name for name in wishes if name not in used), None) or self.fresh(path, *wishes)

    def imports(self, path: str, line: str) -> None:
        """Adds an import to a module."""
        lines = self.lines.setdefault(path, [])
        if line not in lines:
            lines.append(line)

    # -- clients -------------------------------------------------------------------------------------------------

    def clients_wanted(self, path: str, node: ast.expr, site: Site) -> None:
        """Notes that a request at a node needs a client if its group moves."""
        self.wanted.append((path, node, site))

    def client(self, path: str, node: ast.AST) -> str:
        """The code of the client at a node."""
        assert self.clients is not None
        return self.clients.code(path, node)

    def moves_something(self) -> bool:
        """Whether some call of the program moves."""
        return any(self.groups.moves(call.site) for call in self.calls)

    def ignored_remain(self) -> bool:
        """Whether all that stays, and something does, stays because a person says so; configure() is not counted."""
        groups = [self.groups.of(call.site) for call in self.calls if call.code != "MG102"]
        reasons = {group.failure.reason for group in groups if group.failure is not None}
        return reasons == {Reason.IGNORED}

    def legacy_remains(self) -> bool:
        """Whether some legacy call of the program does not move, as far as it is known by now."""
        for call in self.calls:
            group = self.groups.of(call.site)
            if group.failure is not None and (group.facts.get("legacy") or call.code in ("MG101", "MG103", "MG107")):
                return True
        return False

    def snippet(self, path: str, template: str, *wishes: str) -> str:
        """The name, in this module, of a function of `snippets`; the function is added to the module."""
        known = self.snippets.setdefault(path, {})
        if self.settings.schema == "outputs":
            template = OUTPUTS.get(template, template)
        if template not in known:
            name = self.fresh(path, *wishes)
            known[template] = name
            self.top(path, template.format(name=name))
        self.owns(path, template.format(name=known[template]))
        return known[template]
