"""Configs that are made in one place and used in another: the maker is rewritten, and every use of it.

Two forms: flat (only keys of generation_config) or the keywords of the request, which the call spreads.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

import libcst as cst

from ..infer.values import Box, Obj, Site
from ..sdk import settings as table
from . import config, formats, instructions, keys
from .call import WIDTH, Item, arguments, dict_code, remake
from .edits import Context
from .parts import Parts
from .plan import Plan
from .reasons import Reason
from .written import constant, fields, literal, module_of


@dataclass(slots=True)
class Use:
    """A read or write of one setting on a config: the node, the setting, and the written value if it is a write."""

    path: str
    node: ast.Attribute | ast.Subscript
    name: str
    value: ast.expr | None
    statement: ast.stmt | None


def convert(
    plan: Plan, path: str, node: ast.expr, makers: list[ast.expr], site: Site, legacy: bool, optional: bool
) -> Parts | None:
    """Rewrites the makers; what the config then gives to the request. None when a maker or use is not understood."""
    known = plan.converted.get(frozenset(makers))
    if known is None:
        known = plan.converted[frozenset(makers)] = _convert(plan, makers, site, legacy) or "run time"
    if known == "run time":
        return None
    if known == "kept":
        return Parts(merged=lambda c: c.code(node))
    for groups in (plan.groups, plan.calling):
        groups.join([site, *(plan.program.machine.sites[maker] for maker in makers)])
    if known == "flat":
        return Parts(merged=lambda c: c.code(node), optional=optional)
    return Parts(spread=[lambda c: f"({c.code(node)} or {{}})" if optional else c.code(node)])


def rename(plan: Plan, objects: list[Obj], site: Site) -> bool:
    """Makes plain dicts of GenerationConfig(...) calls that cannot be taken apart; they are sorted at run time.

    False where the objects are used in another way than as a whole.
    """
    for obj in objects:
        maker = obj.site.node
        if not isinstance(maker, ast.Call) or maker.args or _uses(plan, [maker]) != []:
            return False
    for obj in objects:
        maker, path = obj.site.node, obj.site.path
        assert isinstance(maker, ast.Call)
        plan.groups.join([site, obj.site])

        def edit(c: Context, maker: ast.Call = maker) -> cst.BaseExpression:
            made = c.inner(maker)
            assert isinstance(made, cst.Call)
            return made.with_changes(func=cst.Name("dict"))

        plan.when_moving(site, lambda path=path, maker=maker, edit=edit: plan.expression(path, maker, edit))  # type: ignore[misc]
    return True


def family(plan: Plan, makers: list[ast.expr]) -> list[ast.expr]:
    """The makers, and all others whose configs may be in the same place as theirs: they take the same form."""
    found = dict.fromkeys(makers)
    if plan.together is None:
        plan.together = _together(plan)
    together = plan.together
    grown = True
    while grown:
        grown = False
        for nodes in together:
            if any(node in found for node in nodes) and not all(node in found for node in nodes):
                found.update(dict.fromkeys(nodes))
                grown = True
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def _together(plan: Plan) -> list[list[ast.expr]]:
    """The makers of configs that may be in one place, for each such place."""
    together: list[list[ast.expr]] = []
    for values in set(plan.program.vals.values()):
        group = [
            v.node if isinstance(v, Box) else v.site.node
            for v in values
            if isinstance(v, Box) and v.type == "dict" or isinstance(v, Obj) and v.kind in ("LConfig", "GConfig")
        ]
        nodes = [node for node in group if isinstance(node, ast.expr)]
        if len(nodes) > 1:
            together.append(nodes)
    return together


def _put_together(plan: Plan, makers: list[ast.expr]) -> bool:
    """Whether the configs are dicts that are put together of others, with keys of generation_config only."""
    boxes = plan.program.machine.boxes
    values = frozenset(boxes["dict", maker] for maker in makers if ("dict", maker) in boxes)
    return len(values) == len(makers) and keys.sampling(keys.keys(plan, values))


def _convert(plan: Plan, makers: list[ast.expr], site: Site, legacy: bool) -> str | None:
    written: list[tuple[str, ast.expr, list[tuple[str, ast.expr, ast.AST]]]] = []
    spreads: dict[ast.expr, keys.Spliced] = {}
    for maker in makers:
        where = module_of(plan, maker)
        items = fields(plan, where, maker) if where is not None else None
        if where is not None and items is None and not _put_together(plan, makers):
            found = keys.spliced(plan, where, maker)
            if found is not None:
                spreads[maker], items = found, found.items
        if where is None or items is None:
            return "kept" if _put_together(plan, makers) else None
        written.append((where, maker, items))
    uses = _uses(plan, makers)
    names = {name for _, _, items in written for name, _, _ in items}
    unchanged = all(table.FIELDS.get(name, table.Field("refuse")).place == "generation" for name in names)
    if legacy and unchanged and all(isinstance(m, ast.Dict) or _is_dict_call(plan, m) for m in makers):
        if uses is None or all(table.FIELDS.get(u.name, table.Field("refuse")).place == "generation" for u in uses):
            return "kept"
    if uses is None:
        return None
    names |= {use.name for use in uses}
    places = {table.FIELDS[name].place if name in table.FIELDS else "refuse" for name in names}
    if "refuse" in places or "media_resolution" in names:
        return None
    mimes = [value for _, _, items in written for name, value, _ in items if name == "response_mime_type"]
    mimes += [use.value for use in uses if use.name == "response_mime_type" and use.value is not None]
    texty = all(literal(value) == "text/plain" for value in mimes)
    specials = {name for name in names if table.FIELDS[name].place in ("special", "request")} - {"candidate_count"}
    schema = names & {"response_schema", "response_json_schema"}
    flat = legacy and texty and not specials and not schema and not spreads
    for where, maker, items in written:
        own = plan.program.machine.sites.setdefault(maker, Site(maker, where))
        plan.groups.join([site, own])
        parts = config.sort(plan, where, items, site)
        parts.place, parts.nested = maker, True
        if (found := spreads.get(maker)) is not None:
            keys.drop(plan, where, found.gone, site)
            if found.kept:
                parts.merged = config.together(found.kept, parts.merged)
        _edit_maker(plan, where, maker, parts, items, site, flat, bool(uses))
    for use in uses:
        if use.value is not None and use.name in _SCHEMAS:
            _edit_schema(plan, use, uses, [items for _, _, items in written], site)
    for use in uses:
        if use.statement is None or use.statement not in plan.handled:
            _edit_use(plan, use, site, flat)
    return "flat" if flat else "request"


_SCHEMAS = ("response_schema", "response_json_schema")


def _edit_schema(
    plan: Plan, use: Use, uses: list[Use], made: list[list[tuple[str, ast.expr, ast.AST]]], site: Site
) -> None:
    """`config.response_schema = X`, whose MIME type is set beside it or where the config is made."""
    assert use.value is not None and use.statement is not None
    plan.handled.add(use.statement)
    node, value = use.node, use.value
    beside = [
        other.statement
        for other in uses
        if other.name == "response_mime_type"
        and other.value is not None
        and other.statement is not None
        and constant(plan, other.path, other.value) == table.JSON
        and ast.unparse(other.node.value) == ast.unparse(node.value)
        and plan.facts(use.path).parents.get(other.statement) is plan.facts(use.path).parents[use.statement]
    ]
    already = all(any(n == "response_mime_type" and literal(v) == table.JSON for n, v, _ in items) for items in made)
    if not beside and not already:
        plan.fail(site, Reason.SETTINGS, f"{use.name} without its MIME type", use.path, node)
        return
    for statement in beside:
        plan.handled.add(statement)
        plan.when_moving(site, lambda s=statement: setattr(plan.module(use.path).statement(s), "remove", True))  # type: ignore[misc]
    code = formats.of_schema(plan, use.path, value, site, use.name == "response_json_schema")
    if code is None:
        return
    written = code

    def line(c: Context) -> str:
        return f'{c.code(node.value)}["response_format"] = {written(c)}'

    statement = use.statement
    plan.when_moving(site, lambda: setattr(plan.module(use.path).statement(statement), "replace", line))


def _is_dict_call(plan: Plan, node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and not plan.objects(node, "LConfig", "GConfig")


def _uses(plan: Plan, makers: list[ast.expr]) -> list[Use] | None:
    """Every read and write of a setting; None when a use is not understood."""
    found: list[Use] = []
    for path, node in dict.fromkeys(place for maker in makers for place in plan.places(maker)):
        parents = plan.facts(path).parents
        values = plan.values(node)
        parent = parents[node]
        if isinstance(parent, ast.keyword) and parent.arg in ("config", "generation_config"):
            continue
        role, where = plan.role(path, node)
        if isinstance(parent, ast.Dict):
            if parent in plan.spread:
                continue
            return None
        if role in ("move", "annotation", "truth", "discard"):
            if config.put_by_name(where, node):
                return None
            if isinstance(where, ast.Call) and _callee_name(where) in ("dict", "replace", "update", "deepcopy"):
                return None
            continue
        if role == "compare" and isinstance(where, ast.Compare) and isinstance(where.ops[0], (ast.Is, ast.IsNot)):
            continue
        if isinstance(parent, ast.Attribute) and any(isinstance(v, Obj) for v in values):
            use = _use(path, parents, parent, parent.attr)
        elif isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant):
            use = _use(path, parents, parent, str(parent.slice.value))
        else:
            return None
        if use is None:
            return None
        found.append(use)
    return found


def _callee_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _use(path: str, parents: dict[ast.AST, ast.AST], node: ast.Attribute | ast.Subscript, name: str) -> Use | None:
    name = table.CAMEL.get(name, name)
    if name not in table.FIELDS:
        return None
    holder = parents[node]
    if isinstance(node.ctx, ast.Load):
        return Use(path, node, name, None, None)
    if isinstance(holder, ast.Assign) and holder.targets == [node]:
        return Use(path, node, name, holder.value, holder)
    return None


def _edit_maker(
    plan: Plan,
    path: str,
    maker: ast.expr,
    parts: Parts,
    items: list[tuple[str, ast.expr, ast.AST]],
    site: Site,
    flat: bool,
    mutated: bool,
) -> None:
    keep = [(name, value, place) for name, value, place in items if table.FIELDS[name].place == "generation"]

    def as_flat(c: Context) -> cst.BaseExpression:
        if isinstance(maker, ast.Call):
            by_place = {id(place): place for _, _, place in keep}
            kept = [k for k in arguments(maker) if id(k) in by_place]
            return remake(
                c, maker, "dict", [Item(k.arg or "", c.new(k.value), old=k) for k in kept if isinstance(k, ast.keyword)]
            )
        return _without(c, maker, {id(value) for _, value, _ in keep})

    def as_request(c: Context) -> str:
        pairs = [(key, code(c)) for key, code in parts.request]
        generation = [(key, code(c)) for key, code in parts.generation]
        if generation or mutated or parts.merged is not None:
            whole = parts.generation_code()
            inner = dict_code(generation) if parts.merged is None or whole is None else whole(c)
            if parts.merged is not None and mutated and not generation:
                inner = f"{{**{inner}}}"  # what is put into it later stays its own
            if whole is not None and len(c.indentation(maker)) + len("    generation_config=,") + len(inner) > WIDTH:
                inner = whole(c)
            pairs.append(("generation_config", inner))
        assert isinstance(maker, (ast.Call, ast.Dict))
        if isinstance(maker, ast.Dict):
            return _dict(c, maker, pairs)
        return _keywords(c, maker, pairs)

    if flat and isinstance(maker, ast.Dict) and len(keep) == len(items):
        return
    if not flat:
        parts.loose += [text for above, behind in parts.comments.values() for text in (*above, behind) if text]
        parts.comments.clear()
        config.keep_comments(plan, path, maker, parts, site)
    plan.when_moving(site, lambda: plan.expression(path, maker, as_flat if flat else as_request))


def _without(c: Context, maker: ast.expr, kept: set[int]) -> cst.BaseExpression:
    """A dict literal without the elements that have gone; layout and comments of the others stay."""
    assert isinstance(maker, ast.Dict)
    made = c.inner(maker)
    assert isinstance(made, cst.Dict)
    elements = [element for element, value in zip(made.elements, maker.values) if id(value) in kept]
    if elements and elements[-1] is not made.elements[-1]:
        elements[-1] = elements[-1].with_changes(comma=made.elements[-1].comma)
    return made.with_changes(elements=elements)


def _multiline(c: Context, node: ast.expr) -> bool:
    return node.end_lineno != node.lineno


def _dict(c: Context, maker: ast.Dict, pairs: list[tuple[str, str]]) -> str:
    if not _multiline(c, maker):
        return dict_code(pairs)
    outer, step, newline = c.layout(maker)
    rows = [f'{outer}{step}"{key}": {value},{newline}' for key, value in pairs]
    return "{" + newline + "".join(rows) + outer + "}"


def _keywords(c: Context, maker: ast.Call, pairs: list[tuple[str, str]]) -> str:
    if not _multiline(c, maker):
        return "dict(" + ", ".join(f"{key}={value}" for key, value in pairs) + ")"
    outer, step, newline = c.layout(maker)
    rows = [f"{outer}{step}{key}={value},{newline}" for key, value in pairs]
    return "dict(" + newline + "".join(rows) + outer + ")"


_GENERATES = frozenset(("thinking_config", "speech_config"))
"""Settings that become keys of generation_config, some of them several."""


def _edit_generating(plan: Plan, use: Use, parts: Parts, site: Site) -> None:
    """`config.thinking_config = X`: a line for each key that it becomes."""
    statement, base = use.statement, use.node.value
    assert statement is not None

    def lines(c: Context) -> str:
        put = f'{c.code(base)}["generation_config"]'
        merged = [f"{put}.update({parts.merged(c)})"] if parts.merged is not None else []
        return "\n".join([*merged, *(f'{put}["{name}"] = {code(c)}' for name, code in parts.generation)])

    plan.when_moving(site, lambda: setattr(plan.statement(use.path, statement), "replace", lines))


def _edit_use(plan: Plan, use: Use, site: Site, flat: bool) -> None:
    rule = table.FIELDS[use.name]
    place = rule.place
    base = use.node.value
    if (
        place in ("drop", "silent")
        or use.name == "candidate_count"
        or (use.name == "response_mime_type" and use.value is not None and literal(use.value) == "text/plain")
    ):
        if use.statement is None:
            plan.fail(site, Reason.SETTINGS, use.name, use.path, use.node)
            return

        def gone() -> None:
            assert use.statement is not None
            plan.module(use.path).statement(use.statement).remove = True
            if rule.note:
                plan.find(use.path, use.node, "MG501", "needs_review", f"{rule.note}; it is dropped")

        plan.when_moving(site, gone)
        return
    if place == "generation":
        inner = "" if flat else '["generation_config"]'
        if flat and isinstance(use.node, ast.Subscript):
            return
        plan.when_moving(
            site,
            lambda: plan.expression(use.path, use.node, lambda c: f'{c.code(base)}{inner}["{use.name}"]'),
        )
        return
    if use.name == "response_mime_type" and use.value is not None and literal(use.value) == "application/json":
        value = use.value

        def json_mode() -> None:
            plan.expression(use.path, use.node, lambda c: f'{c.code(base)}["response_format"]')
            plan.expression(use.path, value, lambda c: '{"type": "text", "mime_type": "application/json"}')

        plan.when_moving(site, json_mode)
        return
    if use.name == "system_instruction":
        written = use.value
        if written is not None:
            text = instructions.convert(plan, use.path, written, site, own=True)
            plan.when_moving(site, lambda: plan.expression(use.path, written, text))
        plan.when_moving(site, lambda: plan.expression(use.path, use.node, lambda c: f'{c.code(base)}["{use.name}"]'))
        return
    if use.value is not None:
        parts = Parts()
        config.special(plan, use.path, use.name, use.value, use.node, site, parts)
        if use.name in _GENERATES and not parts.request:
            _edit_generating(plan, use, parts, site)
            return
        if len(parts.request) == 1:
            code = parts.request[0][1]
            value = use.value
            plan.when_moving(
                site, lambda: plan.expression(use.path, use.node, lambda c: f'{c.code(base)}["{use.name}"]')
            )
            if use.name == "safety_settings":
                plan.when_moving(site, lambda: plan.expression(use.path, value, lambda c: code(c)))
            return
    plan.fail(site, Reason.SETTINGS, use.name, use.path, use.node)
