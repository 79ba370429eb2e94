"""Surveys a program, decides what moves, and makes the edits and findings of every module."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from ..infer.program import Program
from ..infer.reach import reach
from ..infer.values import EMPTY, Bound, Class, Ext, Func, Inst, Method, Module, Obj, Site, Values
from ..sdk import surface
from ..sdk.surfaces import METHODS as SURFACE_METHODS
from ..settings import Settings
from ..suppressions import Suppressions
from . import (
    answers,
    attempts,
    call_ids,
    calling,
    carried,
    chat_history,
    chat_sites,
    chats,
    chunks,
    contents,
    context,
    double_asserts,
    doubles,
    ends,
    errors,
    first_requests,
    first_schema,
    first_streams,
    first_types,
    folds,
    formats,
    getters,
    handed,
    hashed,
    hints,
    holding,
    ledger,
    library_errors,
    marks,
    media,
    model_names,
    models,
    never,
    parsed,
    requests,
    responses,
    stateless,
    stream_results,
    streams,
    surface_reads,
    surfaces,
    tools,
    untraced,
)
from .clients import Clients
from .configures import is_configure
from .edits import Context
from .plan import Plan
from .reasons import Reason, Refusal

_PASSIVE = frozenset(
    "Models AModels Chats AChats LConfig GConfig Files Text Parsed GContent GPart FCall FResult".split()
)


def plan_program(
    program: Program,
    settings: Settings,
    refused: Mapping[Site, Refusal] | None = None,
    kept: frozenset[str] = frozenset(),
    suppressed: Mapping[str, Suppressions] | None = None,
) -> Plan:
    """A plan whose edits and findings are complete, but for the imports.

    refused: what turned out not to be possible, by the site that needs it; kept: the modules that must stay;
    suppressed: what is to be ignored, by module.
    """
    plan = Plan(program, settings, reach(program), kept, suppressed or {})
    plan.clients = Clients(plan)
    doubles.survey(plan)
    folds.survey(plan)
    attempts.survey(plan)
    reads: list[tuple[str, ast.Attribute]] = []
    for path in program.modules:
        _survey(plan, path, reads)
    if plan.doubles is not None:
        double_asserts.survey(plan.doubles)
    for path in program.modules:
        carried.survey(plan, path)
    for path, node in reads:
        parsed.survey(plan, path, node)
    getters.survey(plan)
    chats.settle(plan)
    formats.settle(plan)
    hashed.settle(plan)
    chunks.settle(plan)
    ends.settle(plan)
    answers.settle(plan)
    contents.settle(plan)
    call_ids.settle(plan)
    holding.hold(plan)
    untraced.by_name(plan)
    library_errors.survey(errors.survey(plan))
    untraced.stars(plan)
    stateless.settle(plan)
    calling.settle(plan)
    stream_results.finish(plan)
    first_types.survey(plan)
    first_requests.finish(plan)
    for site, why in (refused or {}).items():
        plan.fail(site, why.reason, why.detail, why.path or site.path, why.node or site.node)
    for call in plan.calls:
        if plan.ignores(call.code, call.path, call.node):
            plan.fail(call.site, Reason.IGNORED, call.code, call.path, call.node)
    plan.clients.settle()
    plan.legacy_left = plan.legacy_remains()
    if plan.doubles is not None:
        plan.doubles.settle()
    plan.clients.edit()
    for site, work in plan.work:
        if plan.groups.moves(site):
            plan.owner = site
            work()
    plan.owner = None
    for close in plan.closing:
        close()
    doubles.finish(plan)
    for path in program.modules:
        hints.survey(plan, path)
    _hoist(plan)
    model_names.reached(plan)
    _report(plan)
    if settings.todo_comments:
        _todo(plan)
    return plan


def _survey(plan: Plan, path: str, reads: list[tuple[str, ast.Attribute]]) -> None:
    facts = plan.facts(path)
    machine = plan.program.machine
    known: dict[Values, bool] = {}
    for node in facts.nodes:
        if not isinstance(node, ast.expr):
            continue
        values = machine.vals.get(node, EMPTY)
        named = isinstance(node, ast.Attribute) and node.attr in surface.CALL_NAMES
        matters = _matter(values, known)
        if isinstance(node, ast.Call):
            named = isinstance(node.func, ast.Attribute) and node.func.attr in untraced.INHERITED
            if matters or named or _matter(machine.callees.get(node, EMPTY), known):
                _call(plan, path, node)
        if not (matters or named and values) or node in plan.handled:
            continue
        if plan.doubles is not None and plan.doubles.replaced(path, node):
            continue
        first = plan.objects(node, *first_schema.KINDS)
        if first:
            first_schema.survey(plan, path, node, first)
        events = plan.objects(node, *first_streams.KINDS)
        if events:
            first_streams.survey(plan, path, node, events)
        methods = _methods(plan, values)
        if methods:
            parent = facts.parents.get(node)
            if not (isinstance(parent, ast.Call) and parent.func is node) or handed.by_name(plan, node):
                if methods[0].name in surface.CALL_NAMES:
                    objects = plan.objects(node.value) if isinstance(node, ast.Attribute) else []
                    handed.survey(plan, path, node, methods[0], objects)
                elif isinstance(node, ast.Attribute) and methods[0].obj.kind in surface_reads.KINDS:
                    surfaces.value(plan, path, node, None)
            continue
        if isinstance(node, ast.Attribute) and named and untraced.of_class(plan, path, node):
            continue
        function = surfaces.named(plan, node)
        if function is not None:
            parent = facts.parents.get(node)
            if not (isinstance(parent, ast.Call) and parent.func is node):
                surfaces.value(plan, path, node, function)
            continue
        objects = [o for o in plan.objects(node) if o.kind in surface.MOVING]
        if not objects:
            continue
        if objects[0].kind not in ("Models", "AModels", "Chats", "AChats"):
            plan.groups.join(obj.site for obj in objects)
        objects = _of_one_kind(plan, path, node, objects)
        if not objects:
            continue
        kind = objects[0].kind
        if kind in ("Models", "AModels"):
            requests.alias(plan, path, node, objects)
        if kind in _PASSIVE:
            if kind == "Parsed" and isinstance(node, ast.Attribute) and node.attr == "parsed":
                reads.append((path, node))
            continue
        if not isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
            if kind in ("LModel", *chat_sites.KINDS):
                _alone(plan, path, node, objects)
            if kind == "LModel":
                models.survey(plan, path, node, objects)
            elif kind in chat_sites.KINDS:
                chats.survey(plan, path, node, objects)
            elif kind in chat_sites.HISTORY:
                chat_history.survey(plan, path, node, objects)
            elif kind in ("Tool", "Declaration", "Schema"):
                tools.survey(plan, path, node, objects)
            elif kind in streams.KINDS:
                streams.survey(plan, path, node, objects)
            elif kind in surface_reads.KINDS:
                surface_reads.survey(plan, path, node, objects)
            elif kind in responses.KINDS:
                if objects[0].site.external:
                    plan.fail_all(objects, Reason.EXTERNAL, "", path, node)
                responses.survey(plan, path, node, objects)


def _of_one_kind(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> list[Obj]:
    """The objects that are meant where something of several kinds is read or called; none where it is only passed on,
    as by a helper that tries again. All are kept where that cannot be told: what stands for one is not right for the
    others.

    A stream of google-genai is a generator, so what is iterated is a stream there, and what is read an answer.
    """
    kinds = {obj.kind for obj in objects}
    role, _ = plan.role(path, node)
    if kinds == {"Response", "Stream"} and role in ("move", "discard", "annotation"):
        return []
    if len(kinds) < 2 or role in ("move", "discard", "annotation", "truth", "other"):
        return objects
    if kinds == {"Response", "Stream"} and not any(plan.groups.of(obj.site).facts.get("legacy") for obj in objects):
        return [obj for obj in objects if (obj.kind == "Stream") == (role == "iterate")]
    if kinds == {"Response", "Stream"} and (answers := stream_results.rebound(plan, path, node, objects)):
        return answers
    plan.fail_all(objects, Reason.MIXED, f"{plan.source(path, node)} may be {' or '.join(sorted(kinds))}", path, node)
    return objects


def _matter(values: Values, known: dict[Values, bool]) -> bool:
    """Whether there is something of an SDK among these values."""
    found = known.get(values)
    if found is None:
        found = known[values] = any(
            isinstance(value, (Obj, Method))
            or isinstance(value, Ext)
            and value.path.startswith(("google.", "vertexai"))
            for value in values
        )
    return found


def _alone(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Keeps models and chats whose attributes are read where something else may stand, too: the program's own object,
    or one of another SDK."""
    role, parent = plan.role(path, node)
    if role == "attribute" and (other := _beside(plan, node, objects[0].kind)):
        assert isinstance(parent, ast.Attribute)
        if isinstance(parent.ctx, ast.Load) and not never.had(plan, objects, parent.attr):
            return  # what else it is has that
        plan.fail_all(objects, Reason.MIXED, f"{plan.source(path, node)} may be {other}", path, node)


def _beside(plan: Plan, node: ast.expr, kind: str) -> str:
    """What an expression may be beside SDK objects of a kind, in words; '' for nothing."""
    for value in plan.values(node):
        other = isinstance(value, Obj) and value.kind != kind
        if other or isinstance(value, (Inst, Class, Module, Func, Bound)):
            return context.in_words(value)
    return ""


def _mixed_client(plan: Plan, path: str, node: ast.Call) -> None:
    """Keeps a request of google-genai whose client may be the program's own object."""
    func = node.func
    owner = func.value if isinstance(func, ast.Attribute) else None
    site = plan.program.machine.sites.get(node)
    if owner is None or site is None:
        return
    for expr in (owner, owner.value if isinstance(owner, ast.Attribute) else owner):
        kinds = {obj.kind for obj in plan.objects(expr, "Client", "AClient", "Models", "AModels", "Chats", "AChats")}
        if len(kinds) == 1 and (other := _beside(plan, expr, kinds.pop())):
            plan.fail(site, Reason.MIXED, f"{plan.source(path, expr)} may be {other}", path, node)


def _call(plan: Plan, path: str, node: ast.Call) -> None:
    callees = plan.program.machine.callees.get(node, frozenset())
    if is_configure(plan, node):
        assert plan.clients is not None
        plan.clients.survey(path, node)
        return
    if surfaces.vertex(plan, path, node):
        return
    methods = _methods(plan, callees)
    if methods and plan.doubles is not None and plan.doubles.replaced(path, node):
        return
    if methods:
        _method(plan, path, node, methods[0])
        if methods[0].obj.kind in ("Models", "AModels", "Chats", "AChats"):
            _mixed_client(plan, path, node)
        return
    function = surfaces.of(plan, node)
    if function is not None:
        surfaces.call(plan, path, node, function)
        return
    if any(obj.site.node is node for obj in plan.objects(node, "LChat")):
        chats.start(plan, path, node, None, [])
        return
    for obj in plan.objects(node, "LModel"):
        if obj.site.node is node:
            models.create(plan, path, node, obj)
            return
    if isinstance(node.func, ast.Attribute) and untraced.class_of(plan, node.func):
        return
    for value in callees:
        if isinstance(value, Ext) and value.path.startswith("google.generativeai."):
            name = value.path.rpartition(".")[2]
            if name[:1].islower() and not value.path.startswith("google.generativeai.types."):
                surfaces.other(plan, path, node, value.path)
                return
    if not untraced.derived(plan, path, node) and not callees:
        untraced.call(plan, path, node)


def _methods(plan: Plan, values: Values) -> list[Method]:
    """The SDK's methods among these values, always in the same order; those of a Vertex client come first, since a
    call that may be one of Vertex stays."""

    def order(method: Method) -> tuple[bool, str, int, str]:
        site = method.obj.site
        return not requests.vertex(plan, site), site.path, getattr(site.node, "lineno", 0), method.obj.kind

    return sorted((value for value in values if isinstance(value, Method)), key=order)


def _method(plan: Plan, path: str, node: ast.Call, method: Method) -> None:
    kind = method.obj.kind
    func = node.func
    direct = isinstance(func, ast.Attribute) and func.attr == method.name
    if kind in SURFACE_METHODS:
        surfaces.method(plan, path, node, SURFACE_METHODS[kind][method.name], method.obj)
        return
    objects = plan.objects(func.value) if isinstance(func, ast.Attribute) else []
    if kind in ("Interactions", "AInteractions"):
        if node in plan.program.machine.sites:
            first_requests.survey(plan, path, node, plan.program.machine.sites[node])
        return
    if not direct and method.name in surface.CALL_NAMES:
        handed.alias_call(plan, path, node, method)
    elif kind == "LModel" and method.name.startswith("count_tokens"):
        if direct and isinstance(func, ast.Attribute):
            surfaces.count_tokens(plan, path, func, plan.objects(func.value, "LModel"))
    elif method.name in surface.REQUESTS and kind == "LModel":
        requests.legacy(plan, path, node, method, objects)
    elif method.name in surface.REQUESTS:
        requests.genai(plan, path, node, method)
    elif method.name in ("start_chat", "create"):
        chats.start(plan, path, node, method, objects)
    elif method.name == "as_image":
        media.as_image(plan, path, node, method)
    elif method.name in surface.SENDS:
        chats.send(plan, path, node, method, objects)


def _hoist(plan: Plan) -> None:
    """Receivers that must be evaluated before their client's name get a statement of their own."""
    for node, name in plan.hoisted.items():
        path = next(path for path, facts in plan.program.modules.items() if node in facts.parents)

        def line(c: Context, node: ast.expr = node, name: str = name) -> str:
            return f"{name} = {c.module.code_for_node(c.inner(node))}"

        plan.statement(path, node).before.insert(0, line)
        known = plan.module(path).expressions.get(node)
        if known is not None:
            plan.statement(path, node).before[0] = lambda c, known=known, name=name: (  # type: ignore[misc]
                f"{name} = {_as_code(c, known(c))}"
            )
        plan.expression(path, node, lambda c, name=name: name)  # type: ignore[misc]


def _as_code(c: Context, made: object) -> str:
    return made if isinstance(made, str) else c.module.code_for_node(made)  # type: ignore[arg-type]


def _report(plan: Plan) -> None:
    seen: set[ast.AST] = set()
    noted: set[Site] = set()
    rows = ledger.rows(plan)
    ignored = plan.ignored_remain()
    for call in plan.calls:
        if call.node in seen:
            continue
        seen.add(call.node)
        group = plan.groups.of(call.site)
        failure = plan.groups.why(call.site)
        if failure is not None and failure.reason is Reason.CONFIGURED and ignored:
            continue
        if failure is not None:
            plan.find(call.path, call.node, call.code, "manual", failure.text(call.path))
            continue
        notes = [note for site in sorted(group.sites, key=lambda s: repr(s)) for note in plan.notes.get(site, [])]
        own = plan.notes.get(call.site, [])
        new = rows.get(call.node, ())
        if own:
            plan.find(call.path, call.node, call.code, "needs_review", f"{call.message}; {'; '.join(own)}", new)
        elif notes and call.site not in noted and not any(s in plan.notes for s in group.sites if _has_call(plan, s)):
            plan.find(call.path, call.node, call.code, "needs_review", f"{call.message}; {'; '.join(notes)}", new)
        else:
            plan.find(call.path, call.node, call.code, "migrated", call.message, new)


def _todo(plan: Plan) -> None:
    """Marks the first call of each group that stays, in each module, with why it stays."""
    marked: set[tuple[str, int]] = set()
    for call in sorted(plan.calls, key=lambda item: (item.path, item.node.lineno, item.node.col_offset)):
        failure = plan.groups.why(call.site)
        key = (call.path, id(plan.groups.of(call.site)))
        if failure is None or call.code == "MG102" or key in marked or failure.reason is Reason.IGNORED:
            continue
        marked.add(key)
        marks.mark(plan, call.path, call.node, call.code, failure.reason.text(failure.detail))


def _has_call(plan: Plan, site: Site) -> bool:
    return any(call.site is site for call in plan.calls)
