"""Settings: where the arguments of the old request go in the new one (MAPPING 3.4 to 3.7).

A config that stands at the call, or whose every maker and use is seen, is taken apart in the text. Any other is sorted
at run time by a small function in the user's code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from ..infer.values import NONE, Box, Obj, Site
from ..sdk import settings as table
from ..sdk.differences import SETTINGS
from . import (
    calling,
    context,
    formats,
    instructions,
    keys,
    safety,
    schemas,
    snippets_settings,
    speech,
    thinking,
    tools,
    transport,
)
from .edits import Context
from .parts import Code, Parts
from .plan import Plan
from .reasons import Reason
from .written import constant, fields, genai_types, literal


def passed_on(plan: Plan, path: str, node: ast.expr, site: Site, parts: Parts) -> bool:
    """Takes `**kwargs` that a function passes on and nobody is seen to fill; False for any other."""
    values = plan.values(node)
    cells = plan.program.machine.cells
    function = context.function(plan.facts(path), node)
    kwarg = function.args.kwarg if function is not None else None
    uncalled = isinstance(node, ast.Name) and kwarg is not None and kwarg.arg == node.id
    if not values and not uncalled or not all(isinstance(v, Box) and _parameter(v.node) for v in values):
        return False
    if any(("e", value, "#") in cells for value in values):
        return False
    parts.passed.append(lambda c: c.code(node))
    plan.review(site, f"**{plan.source(path, node)} is passed on as it is")
    return True


def _parameter(made_by: object) -> bool:
    """Whether a container is one of a parameter: of all callers together, or of one of them."""
    return isinstance(made_by[-1] if isinstance(made_by, tuple) else made_by, ast.arg)


def sort(plan: Plan, path: str, items: list[tuple[str, ast.expr, ast.AST]], site: Site) -> Parts:
    """Sorts written-out settings; fails the site's group for those that keep the call."""
    parts = Parts()
    form: dict[str, ast.expr] = {}
    for name, value, place in items:
        rule = table.FIELDS.get(name)
        above, behind = plan.comments(path, place, value)
        if rule is not None and rule.place == "generation":
            parts.comments[name] = (above, behind)
        else:
            parts.loose += [*above, *([behind] if behind else [])]
        if rule is None:
            plan.fail(site, Reason.SETTINGS, f"unknown setting {name}", path, value)
        elif rule.place == "generation":
            if not parts.generation:
                parts.lead = len(parts.request)
            parts.generation.append((name, lambda c, value=value: c.code(value)))  # type: ignore[misc]
            parts.optional = parts.optional or NONE in plan.values(value)
        elif rule.place == "request":
            parts.request.append((name, _plain(plan, value)))
        elif literal(value) is None and isinstance(value, ast.Constant):
            continue  # None: not set
        elif rule.place == "drop":
            plan.when_moving(site, dropped(plan, path, place, rule.note))
        elif rule.place == "refuse":
            reason = Reason.CACHED if name == "cached_content" else Reason.ARGUMENT
            plan.fail(site, reason, f"{name} ({rule.note})", path, value)
        elif rule.place == "format":
            form[name] = value
        else:
            special(plan, path, name, value, place, site, parts)
    if form:
        formats.convert(plan, path, form, site, parts)
    return parts


def _plain(plan: Plan, node: ast.expr) -> Code:
    """The code of a value, or the word that a member of google-genai's types.ServiceTier stands for."""
    if isinstance(node, ast.Attribute) and any(".ServiceTier." in getattr(v, "path", "") for v in plan.values(node)):
        return lambda c: f'"{node.attr.lower()}"'
    return lambda c: c.code(node)


def keep_comments(plan: Plan, path: str, node: ast.expr, parts: Parts, site: Site) -> None:
    """Puts the comments of settings that leave their place above the statement."""
    if parts.loose:
        plan.when_moving(site, lambda: plan.statement(path, node).comments.extend(parts.loose))


def dropped(plan: Plan, path: str, place: ast.AST, note: str) -> Callable[[], None]:
    """The work that says of a setting that it is dropped."""
    return lambda: plan.find(path, place, "MG501", "needs_review", f"{note}; it is dropped")


def special(plan: Plan, path: str, name: str, value: ast.expr, place: ast.AST, site: Site, parts: Parts) -> None:
    """Settings with a conversion of their own."""
    if name == "system_instruction":
        parts.request.append((name, instructions.convert(plan, path, value, site)))
    elif name == "safety_settings":
        code = safety.convert(plan, path, value, site)
        if code is not None:
            parts.request.append((name, code))
    elif name == "candidate_count":
        if constant(plan, path, value) != 1:
            plan.fail(site, Reason.CANDIDATES, "", path, value)
    elif name == "tools":
        plan.groups.of(site).facts["tools"] = True
        plan.differ(site, "numbers")
        tools.convert(plan, path, value, site, parts)
    elif name == "tool_config":
        calling.choice(plan, path, value, site, parts)
    elif name == "automatic_function_calling":
        calling.automatic_calling(plan, path, value, site)
    elif name == "thinking_config":
        thinking.convert(plan, path, value, site, parts)
    elif name == "media_resolution":
        _resolution(plan, path, value, site)
    elif name == "http_options":
        transport.http_options(plan, path, value, site, parts)
    elif name == "speech_config":
        voices = speech.convert(plan, path, value, parts)
        if voices is None:
            plan.fail(site, Reason.ARGUMENT, name, path, value)
        else:
            parts.generation.append((name, voices))
    else:
        plan.fail(site, Reason.ARGUMENT, name, path, value)


def _resolution(plan: Plan, path: str, node: ast.expr, site: Site) -> None:
    """A resolution of all media of a request; it goes to each of them where the request itself names it."""
    level = constant(plan, path, node)
    if isinstance(node, ast.Attribute) and any(
        ".MediaResolution." in getattr(v, "path", "") for v in plan.values(node)
    ):
        level = node.attr
    known = table.RESOLUTIONS.get(str(level))
    if known is None or site not in plan.resolutions:
        plan.fail(site, Reason.ARGUMENT, f"media_resolution ({table.FIELDS['media_resolution'].note})", path, node)
    else:
        plan.resolutions[site] = known


AT_RUN_TIME = {name for name, row in table.FIELDS.items() if row.place in ("generation", "drop")} | {
    "system_instruction",
    "safety_settings",
    "response_mime_type",
    "response_schema",
    "response_json_schema",
    "response_modalities",
    "image_config",
    "thinking_config",
    "candidate_count",
}
"""Settings that `snippets_settings.request_settings` sorts."""

HELD = frozenset(("tools", "tool_config", "automatic_function_calling"))
"""Settings that it passes on: see `held_tools`."""


def _visible(plan: Plan, values: Iterable[object]) -> set[str]:
    """The names of the settings that configs are seen to have."""
    found: set[str] = set()
    for value in values:
        node = value.site.node if isinstance(value, Obj) else value.node if isinstance(value, Box) else None
        if isinstance(value, Box):
            found |= {str(key) for key in plan.program.machine.places.get(value, ()) if key != "*"}
        if isinstance(node, ast.Dict):
            found |= {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}
        elif isinstance(node, ast.Call) and not keys.is_field(plan, node):
            for keyword in node.keywords:
                if keyword.arg is not None:
                    found.add(keyword.arg)
                else:
                    found |= _visible(plan, plan.values(keyword.value))
    return {table.CAMEL.get(name, name) for name in found}


def put_by_name(call: ast.AST, node: ast.expr) -> bool:
    """Whether a setting of a config is put by setattr(), so that its name shows at run time."""
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "setattr"
        and node is call.args[0]
        and not isinstance(call.args[1], ast.Constant)
    )


def _put_later(plan: Plan, objects: Iterable[Obj]) -> tuple[set[str], bool]:
    """The names of the settings that are put on configs after they were made, and whether others may be, too."""
    found: set[str] = set()
    unseen = False
    for path, node in (place for obj in objects for place in plan.places(obj.site.node)):
        parent = plan.facts(path).parents[node]
        if isinstance(parent, ast.Attribute) and isinstance(parent.ctx, ast.Store):
            found.add(table.CAMEL.get(parent.attr, parent.attr))
        unseen = unseen or put_by_name(parent, node)
    return found, unseen


def _unseen(plan: Plan, objects: Iterable[Obj]) -> bool:
    """Whether configs are made with settings whose names are not seen."""
    makers = [obj.site.node for obj in objects]
    spread = [k.value for maker in makers if isinstance(maker, ast.Call) for k in maker.keywords if k.arg is None]
    return any(keys.keys(plan, plan.values(value)) is None or not plan.values(value) for value in spread)


def _held(plan: Plan, values: Iterable[object]) -> Iterator[ast.AST]:
    """The makers of what is put into configs."""
    for value in values:
        node = value.site.node if isinstance(value, Obj) else value.node if isinstance(value, Box) else None
        written: list[ast.expr] = []
        if isinstance(node, ast.Dict):
            written = node.values
        elif isinstance(node, ast.Call):
            written = [keyword.value for keyword in node.keywords]
            yield from _held(plan, (v for k in node.keywords if k.arg is None for v in plan.values(k.value)))
        inside = {v for expr in written for v in plan.values(expr)}
        if isinstance(value, Box):
            inside |= plan.program.machine.cells.get(("e", value, "#"), frozenset())
        yield from (made.node for made in inside if isinstance(made, Box) and isinstance(made.node, ast.AST))


# -- configs that are values -------------------------------------------------------------------------------------


def of(plan: Plan, path: str, node: ast.expr, site: Site, legacy: bool) -> Parts:
    """What a config expression gives to the request of a site."""
    if isinstance(node, ast.Constant) and node.value is None:
        return Parts()
    items = fields(plan, path, node)
    spread: list[ast.expr] = []
    if items is None and (found := keys.spliced(plan, path, node)) is not None:
        items, spread = found.items, found.kept
        keys.drop(plan, path, found.gone, site)
    if items is None and (apart := keys.taken_apart(plan, node)) is not None:
        items, spread = apart
    plan.differ(site, *(name for name in _visible(plan, plan.values(node)) if name in SETTINGS))
    if plan.objects(node, "GConfig"):
        plan.groups.of(site).facts["config object"] = True
    if items is not None:
        for obj in plan.objects(node, "LConfig", "GConfig"):
            plan.groups.join([site, obj.site])
            plan.handled.add(obj.site.node)
        parts = sort(plan, path, items, site)
        if spread:
            parts.merged = together(spread, parts.merged)
        written = (
            {key.value for key in node.keys if isinstance(key, ast.Constant)} if isinstance(node, ast.Dict) else set()
        )
        same = {name for name, row in table.FIELDS.items() if row.place == "generation"}
        if written and not parts.request and written == same & {key for key, _ in parts.generation}:
            parts.whole = lambda c: c.code(node)  # the dict can stay as it is written
        else:
            parts.place = node
            keep_comments(plan, path, node, parts, site)
        return parts
    values = plan.values(node)
    objects = plan.objects(node, "LConfig", "GConfig")
    boxes = [v for v in values if isinstance(v, Box)]
    others = [v for v in values if not isinstance(v, (Box, Obj)) and v is not NONE]
    makers: list[ast.expr] = [o.site.node for o in objects]  # type: ignore[misc]
    makers += [b.node for b in boxes if isinstance(b.node, ast.expr)]
    optional = NONE in values
    known = bool(makers) and not others and len(makers) == len(objects) + len(boxes)
    if known:
        from . import makers as maker_rules

        family = maker_rules.family(plan, makers)
        made = maker_rules.convert(plan, path, node, family, site, legacy, optional)
        if made is not None:
            if optional:
                plan.groups.of(site).facts["plain too"] = True
            return made
    plan.sorted |= set(_held(plan, values))
    null = optional and plan.settings.schema == "outputs"  # its SDKs send null for None
    if boxes and not objects and not others and not null and keys.sampling(keys.keys(plan, values)):
        given = _before_none(node)
        return Parts(merged=lambda c: f"({c.code(given)} or {{}})" if optional else c.code(node))
    if any(obj.kind == "LConfig" for obj in objects):
        from . import makers as maker_rules

        if not maker_rules.rename(plan, [obj for obj in objects if obj.kind == "LConfig"], site):
            plan.fail(site, Reason.SETTINGS, plan.source(path, node), path, node)
            return Parts()
    later, unseen = _put_later(plan, objects)
    unseen = unseen or _unseen(plan, objects)
    beyond = (_visible(plan, values) | later) - AT_RUN_TIME
    if beyond and beyond <= HELD:
        from . import held_tools

        if held_tools.convert(plan, values, site):
            beyond = set()
            if held_tools.whole(plan, values):
                return Parts(spread=[lambda c: f"({c.code(node)} or {{}})" if NONE in values else c.code(node)])
    if beyond:
        plan.fail(site, Reason.SETTINGS, f"{plan.source(path, node)}: {', '.join(sorted(beyond))}", path, node)
        return Parts()
    names = _visible(plan, values) | later if makers else set()
    budgets = any("budget" in facts.text.lower() for facts in plan.program.modules.values())
    for name in sorted(names):
        if name == "thinking_config" and budgets or table.FIELDS[name].place == "drop" and name not in HELD:
            note = table.FIELDS[name].note or "a thinking budget has no counterpart"
            plan.when_moving(site, dropped(plan, path, node, note))
    if not makers or unseen:
        names |= table.LEGACY if legacy else AT_RUN_TIME
        what = plan.source(path, node)
        plan.review(site, f"the settings in {what} are sorted at run time; one without a counterpart raises ValueError")

    given = node
    if any(obj.site.node is node for obj in objects) and isinstance(node, ast.Call) and not node.args:
        if [keyword.arg for keyword in node.keywords] == [None]:
            given = node.keywords[0].value  # GenerationConfig(**settings)

    def at_run_time(c: Context) -> str:
        return f"{_sorter(plan, path)}({c.code(given)})"

    plan.run_time.setdefault(path, set()).update(names, () if legacy else ("system_instruction", "safety_settings"))
    facts = plan.groups.of(site).facts
    if names & {"response_modalities", "image_config"}:
        facts["answer media"] = True
    if "thinking_config" in names and "include_thoughts" in plan.facts(path).text:
        facts["thoughts"] = True
    plan.when_moving(site, lambda: _sorter(plan, path))
    return Parts(spread=[at_run_time])


def together(spread: list[ast.expr], merged: Code | None) -> Code:
    """The code of one dict with the entries of these, and of what is merged over them."""
    return lambda c: spread_code(c, spread) if merged is None else f"{{**{spread_code(c, spread)}, **{merged(c)}}}"


def _before_none(node: ast.expr) -> ast.expr:
    """X for `X or None`, else the expression itself: what `or {}` is written behind."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and len(node.values) == 2:
        other = node.values[1]
        return node.values[0] if isinstance(other, ast.Constant) and other.value is None else node
    return node


def spread_code(c: Context, dicts: list[ast.expr]) -> str:
    """The code of one dict with the entries of these."""
    if len(dicts) == 1:
        return c.code(dicts[0])
    return "{" + ", ".join(f"**{c.code(item)}" for item in dicts) + "}"


def _sorter(plan: Plan, path: str) -> str:
    """The name, in a module, of the function that sorts settings at run time; it is added."""
    names = plan.run_time[path]
    form = names & {"response_schema", "response_json_schema", "response_modalities", "image_config"}
    template = snippets_settings.request_settings(names, schemas.format_name(plan, path) if form else "")
    return plan.snippet(path, template.replace("types.", f"{genai_types(plan, path)}."), "request_settings")
