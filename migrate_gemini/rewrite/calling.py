"""How functions are called: the mode of function calling, and the loop that calls Python functions (MAPPING 3.8, 6)."""

from __future__ import annotations

import ast

from ..infer.values import NONE, Method, Site, is_text
from ..sdk import tools as table
from . import snippets, snippets_calls
from .call import Item
from .declarations import declare, fields_of
from .edits import Context
from .parts import Code, Parts
from .plan import Plan
from .reasons import Reason
from .written import bindings, literal, only_used_as, origin, remove_unused

COPIED = "{} is called as it is; line {} called it on a copy of its object, so that what it changed there was lost"


def choice(plan: Plan, path: str, node: ast.expr, site: Site, parts: Parts) -> None:
    """tool_config: the mode of function calling becomes tool_choice."""
    node = _followed(plan, path, node, site, "tool_config", "toolConfig")
    made = _choice(plan, path, node)
    assigned = bindings(plan, path, node) if made is None else []
    if assigned and only_used_as(plan, path, node, "tool_config", "toolConfig"):
        made = _assigned(plan, path, node, assigned, site)
    if made is None:
        plan.fail(site, Reason.TOOLS, plan.source(path, node), path, node)
    elif made is not _auto:
        parts.generation.append(("tool_choice", made))
        parts.optional = parts.optional or bool(assigned) or isinstance(node, ast.IfExp)


def _assigned(plan: Plan, path: str, node: ast.expr, values: list[ast.expr], site: Site) -> Code | None:
    """The code of a variable that holds one of several settings: each becomes the choice where it is assigned."""
    chosen = [(value, _choice(plan, path, value)) for value in values if not _is_none(value)]
    if not all(made for _, made in chosen):
        return None
    for value, made in chosen:
        assert made is not None
        plan.when_moving(site, lambda v=value, made=made: plan.expression(path, v, made))  # type: ignore[misc]
    return lambda c: c.code(node)


def _choice(plan: Plan, path: str, node: ast.expr) -> Code | None:
    """The code of the choice that a tool_config says, where it is written out."""
    if isinstance(node, ast.IfExp):
        body, other = (
            (lambda c: "None") if _is_none(branch) else _choice(plan, path, branch)
            for branch in (node.body, node.orelse)
        )
        if body is None or other is None:
            return None
        return lambda c: f"{body(c)} if {c.code(node.test)} else {other(c)}"
    given = fields_of(_setting(node))
    calling = given.get("function_calling_config", given.get("functionCallingConfig")) if given else None
    fields = fields_of(_setting(calling)) if calling is not None and given is not None and len(given) == 1 else None
    short = node if calling is None else calling  # the legacy SDK takes a mode for all of it
    if fields is None and isinstance(short, (ast.Constant, ast.Attribute)):
        fields = {"mode": short}
    if fields is None or set(fields) - {"mode", "allowed_function_names", "allowedFunctionNames"}:
        return None
    mode = _mode(plan, path, fields.get("mode"))
    names = fields.get("allowed_function_names", fields.get("allowedFunctionNames"))
    if mode is not None and names is not None:
        return _allowed(plan, names, mode)
    return _auto if mode == "auto" else (lambda c: f'"{mode}"') if isinstance(mode, str) else mode


def _auto(c: Context) -> str:
    """The choice that is made unasked."""
    return '"auto"'


def _allowed(plan: Plan, names: ast.expr, mode: str | Code) -> Code:
    """The code of a choice among the functions with these names, or of the mode alone where there may be no names."""
    word: Code = mode if not isinstance(mode, str) else (lambda c: f'"{mode}"')
    listed = names
    if isinstance(names, ast.BoolOp) and isinstance(names.op, ast.Or) and _is_none(names.values[-1]):
        listed = names.values[0] if len(names.values) == 2 else names

    def code(c: Context) -> str:
        made = f'{{"allowed_tools": {{"mode": {word(c)}, "tools": {c.code(listed)}}}}}'
        return f"{made} if {c.code(listed)} else {word(c)}" if NONE in plan.values(names) else made

    return code


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _followed(plan: Plan, path: str, node: ast.expr, site: Site, *names: str) -> ast.expr:
    """A setting that a variable of the module holds for nothing else, whose assignment then goes; else the node."""
    where, found = origin(plan, path, node)
    if found is node or where != path or not only_used_as(plan, path, node, *names):
        return node
    plan.when_moving(site, lambda: remove_unused(plan, where, node))
    return found


def _setting(node: ast.expr) -> ast.AST:
    """The dict in `to_tool_config({...})`, or the node itself."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        return node.args[0]
    return node


def _mode(plan: Plan, path: str, node: ast.expr | None) -> str | Code | None:
    """The word for a mode of function calling, or the code that gives it for one that shows at run time."""
    if node is None:
        return "auto"
    values = plan.values(node)
    if isinstance(node, (ast.Name, ast.Call, ast.Subscript)) and values - {NONE} and all(map(is_text, values - {NONE})):
        empty = ' if {0} else "auto"' if NONE in values else ""
        return lambda c: ("{0}.lower()" + empty).format(c.code(node))
    value = node.attr if isinstance(node, ast.Attribute) else literal(node)
    if not isinstance(value, (str, int)):
        return None
    return table.MODES.get(value.upper() if isinstance(value, str) else value)


def automatic_calling(plan: Plan, path: str, node: ast.expr, site: Site) -> None:
    """automatic_function_calling of google-genai: it may be switched off, or limited."""
    given = fields_of(_followed(plan, path, node, site, "automatic_function_calling", "automaticFunctionCalling"))
    if given is None:
        plan.fail(site, Reason.TOOLS, plan.source(path, node), path, node)
        return
    for name, value in given.items():
        if name == "disable" and isinstance(literal(value), bool):
            if literal(value):
                note(plan, site, no_afc=True)
        elif name in ("maximum_remote_calls", "maximumRemoteCalls"):
            note(plan, site, max_calls=value)
        elif name not in ("ignore_call_history", "ignoreCallHistory"):
            plan.fail(site, Reason.TOOLS, plan.source(path, node), path, node)


def note(plan: Plan, site: Site, **facts: object) -> None:
    """Notes how the functions of a site are called: for its group, and for those that have their settings in common."""
    for groups in (plan.groups, plan.calling):
        noted = groups.of(site).facts
        noted.update(facts)
        for name in facts:
            noted.setdefault(f"{name} at", set()).add(site)  # type: ignore[attr-defined]


def _facts(plan: Plan, site: Site) -> dict[str, object]:
    """What is noted of a site's functions: of its group, unless not all requests in it call them in one way."""
    group = plan.groups.of(site)
    if group.facts.get("legacy") or not group.facts.keys() & {"no_afc", "max_calls"}:
        return group.facts
    apart = [found for each in group.sites if (found := plan.calling.of(each).facts).get("functions")]
    if all(found.get("no_afc") == group.facts.get("no_afc") for found in apart):
        if all(found.get("max_calls") is group.facts.get("max_calls") for found in apart):
            return group.facts
    return plan.calling.of(site).facts


def automatic(plan: Plan, site: Site) -> bool:
    """Whether the SDK calls the Python functions among the tools of a site's requests by itself."""
    facts = _facts(plan, site)
    if not facts.get("functions"):
        return False
    return True in facts.get("afc", ()) if facts.get("legacy") else not facts.get("no_afc")  # type: ignore[operator]


def _in_two_ways(plan: Plan, site: Site) -> bool:
    """Whether a message may be one of a chat that calls functions by itself, or of one that does not."""
    facts = plan.groups.of(site).facts
    if facts.get("legacy"):
        return bool(facts.get("functions")) and len(facts.get("afc", ())) > 1  # type: ignore[arg-type]
    facts = plan.calling.of(site).facts
    off = facts.get("no_afc at", set())
    return bool(off) and not facts.get("functions at", set()) <= off  # type: ignore[operator]


def seeded(plan: Plan, site: Site) -> bool:
    """Whether the chats of a site's group have turns that are at most looked at, and call functions, or send what
    these gave: that stands in the stored interactions, which the turns only tell of."""
    facts = plan.groups.of(site).facts
    calls = automatic(plan, site) or "results" in facts
    if not calls or "history" not in facts.get("class", ()):  # type: ignore[operator]
        return False
    return plan.settings.store and plan.settings.schema == "steps" and "history changed" not in facts


def target(
    plan: Plan, path: str, site: Site, code: str, is_async: bool, stream: bool = False
) -> tuple[str, list[Item]]:
    """What a request calls, and its first arguments: `client.interactions.create` itself, or the loop around it."""
    if not automatic(plan, site):
        return code, []
    facts = plan.groups.of(site).facts
    if is_async:
        plan.imports(path, "import inspect")
    limit = limited(plan, site)
    if stream:
        return _streamed(plan, path, code, is_async), [Item("", code), *limit]
    steps = "" if plan.settings.store else plan.snippet(path, snippets.STEPS, "input_steps")
    loop = snippets_calls.call_loop(declare(plan, path), bool(facts.get("legacy")), is_async, steps)
    name = plan.snippet(path, loop, "create_with_functions_async" if is_async else "create_with_functions")
    return name, [Item("", code), *limit]


def limited(plan: Plan, site: Site) -> list[Item]:
    """How many requests a site's loop makes at most, as an argument; nothing where the program does not say."""
    limit = _facts(plan, site).get("max_calls")
    return [Item("max_calls", ast.unparse(limit))] if isinstance(limit, ast.expr) else []


def _streamed(plan: Plan, path: str, code: str, is_async: bool) -> str:
    """The name, in a module, of the loop around a streamed request; it is added."""
    declared, whole = declare(plan, path), whole_calls(plan, path, is_async)
    loop = snippets_calls.stream_loop(declared, whole, is_async)
    return plan.snippet(path, loop, "stream_with_functions_async" if is_async else "stream_with_functions")


def whole_calls(plan: Plan, path: str, is_async: bool) -> str:
    """The name, in a module, of the function that puts the pieces of a stream's function calls together."""
    plan.imports(path, "import json")
    plan.imports(path, "from types import SimpleNamespace")
    template = snippets_calls.WHOLE_CALLS.replace("{async_}", "async " if is_async else "")
    return plan.snippet(path, template, "whole_calls", "with_whole_calls")


def settle(plan: Plan) -> None:
    """Keeps what the loop around a request cannot do: streams whose steps are sent back, chats whose history is read,
    and requests of the legacy SDK beside its chats, which alone call functions by themselves."""
    for item in plan.sends:
        facts = plan.groups.of(item.site).facts
        unknown = facts.get("afc unknown")
        if _in_two_ways(plan, item.site):
            detail = "only some of its chats call functions by themselves"
            plan.fail(item.site, Reason.TOOLS, detail, item.path, item.node)
        if isinstance(unknown, tuple) and automatic(plan, item.site):
            plan.fail(item.site, Reason.TOOLS, plan.source(*unknown), *unknown)
        keeps = facts.get("class", set()) & {"history", "get_history"}  # type: ignore[operator]
        if keeps == {"history"} and not item.stream and seeded(plan, item.site):
            keeps = set()
        streams = item.stream and (item.legacy or not plan.settings.store or plan.settings.schema == "outputs")
        if automatic(plan, item.site) and (streams or keeps or facts.get("recorded")):
            plan.fail(item.site, Reason.TOOLS, plan.source(item.path, item.node), item.path, item.node)
    for call in plan.calls:
        if not automatic(plan, call.site):
            continue
        legacy = call.code == "MG103"
        if plan.groups.of(call.site).facts.get("recorded"):
            detail = "automatic_function_calling_history"
            plan.fail(call.site, Reason.ATTRIBUTE, detail, call.path, call.node)
        streamed = isinstance(call.node, ast.Call) and bool(plan.objects(call.node, "Stream"))
        kept = not plan.settings.store or plan.settings.schema == "outputs"
        if legacy or streamed and kept:
            plan.fail(call.site, Reason.TOOLS, plan.source(call.path, call.node), call.path, call.node)
    _copied(plan)


def _copied(plan: Plan) -> None:
    """Says where the old SDK called methods of a copy: its async calls copied a config with all that it held.

    Source: google-genai 2.34 and 3.4, models.py and chats.py, `model_copy(deep=True)`; a dict was copied by
    AsyncChat.send_message alone, and by AsyncChat.send_message_stream nothing.
    """
    machine = plan.program.machine
    asked: list[tuple[Site, ast.expr | ast.stmt]] = [
        (item.site, item.node) for item in plan.sends if item.is_async and not item.stream
    ]
    for call in plan.calls:
        callees = machine.callees.get(call.node, frozenset()) if isinstance(call.node, ast.Call) else frozenset()
        if any(isinstance(value, Method) and value.obj.kind == "AModels" for value in callees):
            if "config object" in plan.groups.of(call.site).facts:
                asked.append((call.site, call.node))
    for site, node in asked:
        facts = plan.groups.of(site).facts
        if "methods" in facts and not facts.get("legacy") and automatic(plan, site):
            plan.review(site, COPIED.format(facts["methods"], node.lineno))
