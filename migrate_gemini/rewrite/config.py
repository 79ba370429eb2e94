"""Settings: where the arguments of the old request go in the new one (MAPPING 3.4 to 3.7).

A config that stands at the call, or whose every maker and use is seen, is taken apart in the text. Any other is sorted
at run time by a small function in the user's code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..infer.values import NONE, Box, Class, Ext, Obj, Site, is_text
from ..sdk import settings as table
from . import snippets
from .call import dict_code
from .edits import Context
from .plan import Plan
from .reasons import Reason

Code = Callable[[Context], str]


@dataclass(slots=True)
class Parts:
    """What a config gives to a request.

    request: (keyword, code); generation: (key, code) for generation_config; merged: code of a dict that becomes or is
    merged into generation_config; spread: code of dicts of request keywords; optional: some value may be None;
    passed: **keywords that the function passes on; whole: the dict as it is written; lead: how many keywords stood
    before the first of generation_config; comments: those of its keys; loose: those of other settings; place: where
    the config stands; safety: the safety settings where they are written out.
    """

    request: list[tuple[str, Code]] = field(default_factory=list)
    generation: list[tuple[str, Code]] = field(default_factory=list)
    merged: Code | None = None
    spread: list[Code] = field(default_factory=list)
    optional: bool = False
    passed: list[Code] = field(default_factory=list)
    whole: Code | None = None
    lead: int | None = None
    comments: dict[str, tuple[list[str], str]] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)
    place: ast.expr | None = None
    safety: list[tuple[str, str]] | None = None

    def add(self, other: Parts) -> None:
        """Adds what another config gives."""
        self.request += other.request
        self.whole = other.whole if not self.generation else None
        if self.lead is None and other.lead is not None:
            self.lead = len(self.request) - len(other.request) + other.lead
        self.generation += other.generation
        self.merged = other.merged or self.merged
        self.spread += other.spread
        self.optional = self.optional or other.optional
        self.passed += other.passed
        self.comments.update(other.comments)
        self.place = self.place or other.place
        self.safety = other.safety or self.safety

    @property
    def empty(self) -> bool:
        """Whether nothing is set."""
        return not (self.request or self.generation or self.merged or self.spread or self.passed)

    def generation_code(self) -> Code | None:
        """The code of generation_config, if there is one."""
        if self.merged is not None and not self.generation:
            return self.merged
        if self.whole is not None and self.merged is None:
            return self.whole
        if not self.generation and self.merged is None:
            return None
        merged, pairs = self.merged, list(self.generation)

        def code(c: Context) -> str:
            if (
                merged is None
                and self.place is not None
                and any(above or behind for above, behind in self.comments.values())
            ):
                return commented(
                    c, self.place, [(key, value(c), *self.comments.get(key, ([], ""))) for key, value in pairs]
                )
            inner = dict_code([(key, value(c)) for key, value in pairs])
            return f"{{**{merged(c)}, {inner[1:]}" if merged is not None else inner

        return code


def passed_on(plan: Plan, path: str, node: ast.expr, site: Site, parts: Parts) -> bool:
    """Takes `**kwargs` that a function passes on and nobody is seen to fill; False for any other."""
    values = plan.values(node)
    cells = plan.program.machine.cells
    if not values or not all(isinstance(v, Box) and isinstance(v.node, ast.arg) for v in values):
        return False
    if any(("e", value, "#") in cells for value in values):
        return False
    parts.passed.append(lambda c: c.code(node))
    plan.review(site, f"**{plan.source(path, node)} is passed on as it is")
    return True


def commented(c: Context, place: ast.expr, rows: list[tuple[str, str, list[str], str]]) -> str:
    """A dict with one (key, value, comments above, comment behind) a line, in a config's place."""
    outer, step, newline = c.layout(place)
    lines = []
    for key, value, above, behind in rows:
        lines += [f"{outer}{step}{text}" for text in above]
        lines.append(f'{outer}{step}"{key}": {value},' + (f"  {behind}" if behind else ""))
    return "{" + newline + "".join(line + newline for line in lines) + outer + "}"


def fields(plan: Plan, path: str, node: ast.expr) -> list[tuple[str, ast.expr, ast.AST]] | None:
    """(name, value, place) of a config written out as a dict, dict(...) or constructor call; None when it is not."""
    found: list[tuple[str, ast.expr, ast.AST]] = []
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                return None
            found.append((key.value, value, key))
    elif isinstance(node, ast.Call) and _is_maker(plan, node):
        if node.args or any(keyword.arg is None for keyword in node.keywords):
            return None
        found = [(keyword.arg or "", keyword.value, keyword) for keyword in node.keywords]
    else:
        return None
    return [(table.CAMEL.get(name, name), value, place) for name, value, place in found]


def _is_maker(plan: Plan, node: ast.Call) -> bool:
    if any(obj.site.node is node for obj in plan.objects(node, "LConfig", "GConfig")):
        return True
    return any(isinstance(v, Ext) and v.path == "builtins.dict" for v in plan.program.machine.callees.get(node, ()))


def literal(node: ast.expr) -> object:
    """The value of a constant expression, or None."""
    return node.value if isinstance(node, ast.Constant) else None


def sort(plan: Plan, path: str, items: list[tuple[str, ast.expr, ast.AST]], site: Site) -> Parts:
    """Sorts written-out settings; fails the site's group for those that keep the call."""
    parts = Parts()
    mime: ast.expr | None = None
    schema: ast.expr | None = None
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
            parts.request.append((name, lambda c, value=value: c.code(value)))  # type: ignore[misc]
        elif literal(value) is None and isinstance(value, ast.Constant):
            continue  # None: not set
        elif rule.place == "drop":
            plan.when_moving(site, _dropped(plan, path, place, rule.note))
        elif rule.place == "refuse":
            reason = Reason.CACHED if name == "cached_content" else Reason.ARGUMENT
            plan.fail(site, reason, f"{name} ({rule.note})", path, value)
        elif rule.place == "format":
            if name == "response_mime_type":
                mime = value
            else:
                schema = value
        else:
            special(plan, path, name, value, place, site, parts)
    if schema is not None:
        _schema(plan, path, schema, mime, site, parts)
    elif mime is not None and literal(mime) != "text/plain":
        if literal(mime) != "application/json":
            plan.fail(site, Reason.SCHEMA, plan.source(path, mime), path, mime)
        parts.request.append(("response_format", lambda c: '{"type": "text", "mime_type": "application/json"}'))
    return parts


def _schema(plan: Plan, path: str, schema: ast.expr, mime: ast.expr | None, site: Site, parts: Parts) -> None:
    """A response schema that is a type or a dict; it becomes a JSON schema at run time."""
    callees = plan.program.machine.callees.get(schema, ()) if isinstance(schema, ast.Call) else ()
    typed = any(isinstance(v, Class) or isinstance(v, Box) and v.type == "dict" for v in plan.values(schema))
    if isinstance(schema, ast.Subscript) and isinstance(schema.value, ast.Name):
        typed = schema.value.id in ("list", "List", "dict", "Dict")
    if mime is None or literal(mime) != "application/json" or callees or not typed:
        plan.fail(site, Reason.SCHEMA, plan.source(path, schema), path, schema)
        return

    plan.schemas.setdefault(site, []).append((path, schema))

    def name() -> str:
        return plan.snippet(path, snippets.JSON_FORMAT, "json_format", "json_response_format")

    def work() -> None:
        name()
        plan.imports(path, "from pydantic import TypeAdapter")

    plan.when_moving(site, work)
    parts.request.append(("response_format", lambda c: f"{name()}({c.code(schema)})"))


def keep_comments(plan: Plan, path: str, node: ast.expr, parts: Parts, site: Site) -> None:
    """Puts the comments of settings that leave their place above the statement."""
    if parts.loose:
        plan.when_moving(site, lambda: plan.statement(path, node).comments.extend(parts.loose))


def _dropped(plan: Plan, path: str, place: ast.AST, note: str) -> Callable[[], None]:
    return lambda: plan.find(path, place, "MG501", "needs_review", f"{note}; it is dropped")


def special(plan: Plan, path: str, name: str, value: ast.expr, place: ast.AST, site: Site, parts: Parts) -> None:
    """Settings with a conversion of their own."""
    if name == "system_instruction":
        parts.request.append((name, system_instruction(plan, path, value, site)))
    elif name == "safety_settings":
        code = safety(plan, path, value, site)
        if code is not None:
            parts.request.append((name, code))
            parts.safety = safety_pairs(plan, value)
    elif name == "candidate_count":
        if literal(value) != 1:
            plan.fail(site, Reason.CANDIDATES, "", path, value)
    elif name in ("tools", "tool_config"):
        if isinstance(value, ast.List) and not value.elts:
            return
        kinds = None if plan.groups.of(site).facts.get("legacy") else builtin_tools(plan, value)
        if kinds is not None and name == "tools":
            made = ", ".join(f'{{"type": "{kind}"}}' for kind in kinds)
            parts.request.append((name, lambda c: f"[{made}]"))
            return
        plan.fail(site, Reason.TOOLS, plan.source(path, value), path, value)
    elif name == "response_modalities":
        texts = isinstance(value, ast.List) and all(str(literal(item)).upper() == "TEXT" for item in value.elts)
        if not texts:
            plan.fail(site, Reason.ARGUMENT, name, path, value)
    elif name == "thinking_config":
        _thinking(plan, path, value, place, site, parts)
    else:
        plan.fail(site, Reason.ARGUMENT, name, path, value)


def builtin_tools(plan: Plan, node: ast.expr) -> list[str] | None:
    """The types of the tools in a written-out list, if all are tools without settings; else None."""
    found: list[str] = []
    for item in node.elts if isinstance(node, ast.List) else [node]:
        given: list[tuple[str | None, ast.expr]] = []
        if isinstance(item, ast.Dict):
            given = [(str(k.value), v) for k, v in zip(item.keys, item.values) if isinstance(k, ast.Constant)]
        elif isinstance(item, ast.Call) and not item.args:
            paths = {v.path for v in plan.program.machine.callees.get(item, ()) if isinstance(v, Ext)}
            if paths == {"google.genai.types.Tool"}:
                given = [(keyword.arg, keyword.value) for keyword in item.keywords]
        if not given:
            return None
        for name, value in given:
            bare = isinstance(value, ast.Call) and not value.args and not value.keywords
            empty = isinstance(value, ast.Dict) and not value.keys
            if name not in table.BUILTIN_TOOLS or not (bare or empty):
                return None
            found.append(table.BUILTIN_TOOLS[name])
    return found


def _thinking(plan: Plan, path: str, value: ast.expr, place: ast.AST, site: Site, parts: Parts) -> None:
    items = fields(plan, path, value)
    if items is None and isinstance(value, ast.Call) and not value.args:
        items = [(k.arg or "**", k.value, k) for k in value.keywords]
    for name, inner, where in items if items is not None else [("?", value, place)]:
        if name in ("include_thoughts", "includeThoughts") and literal(inner) is False:
            continue
        if name in ("thinking_budget", "thinkingBudget") and isinstance(literal(inner), int):
            if literal(inner) == 0:
                parts.generation.append(("thinking_level", lambda c: '"minimal"'))
                note = "thinking_budget=0 becomes thinking_level 'minimal': current models cannot switch thinking off"
            else:
                note = "thinking_budget has no counterpart (levels replace it); it is dropped"
            plan.when_moving(site, lambda where=where, note=note: plan.find(path, where, "MG501", "needs_review", note))  # type: ignore[misc]
            continue
        if name in ("thinking_budget", "thinkingBudget") and isinstance(inner, ast.UnaryOp):
            continue  # -1: the model decides
        if name in ("thinking_level", "thinkingLevel"):
            level = literal(inner) or (inner.attr if isinstance(inner, ast.Attribute) else None)
            if isinstance(level, str):
                parts.generation.append(("thinking_level", lambda c, level=level: f'"{level.lower()}"'))  # type: ignore[misc]
                continue
        plan.fail(site, Reason.ARGUMENT, f"thinking_config ({name})", path, value)


def system_instruction(plan: Plan, path: str, node: ast.expr, site: Site) -> Code:
    """A system instruction as one text; lists of texts are joined by line ends."""
    from .contents import single_text

    single = single_text(plan, node)
    if single is not None:
        return lambda c: c.code(single)
    if isinstance(node, (ast.List, ast.Tuple)):
        if all(_textual(plan, item) for item in node.elts):
            return lambda c: f'"\\n".join({c.code(node)})'
        plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
        return lambda c: c.code(node)
    values = plan.values(node)
    if any(isinstance(v, Box) and v.type in ("list", "tuple") for v in values):
        if all(is_text(v) for v in plan.program.machine.elements(values)):
            return lambda c: f'"\\n".join({c.code(node)})'
        plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
    elif (
        isinstance(node, ast.Dict)
        or any(isinstance(v, Box) for v in values)
        or isinstance(node, ast.Call)
        and any(isinstance(v, Ext) and v.path.startswith("google.") for v in plan.program.machine.callees.get(node, ()))
    ):
        plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
    return lambda c: c.code(node)


def _textual(plan: Plan, node: ast.expr) -> bool:
    values = plan.values(node) - {NONE}
    return bool(values) and all(is_text(v) for v in values) or not values and isinstance(node, ast.Name)


# -- safety ------------------------------------------------------------------------------------------------------


def safety(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """Safety settings as a list of {'type', 'threshold'}; None when nothing is set."""
    if isinstance(node, ast.Constant) and node.value is None:
        return None
    pairs = safety_pairs(plan, node)
    if pairs is not None:
        return lambda c: safety_code(pairs, c, node)
    maker = _only_maker(plan, path, node)
    if maker is not None:
        made = safety_pairs(plan, maker)
        if made is not None and isinstance(maker, (ast.Dict, ast.List, ast.Constant)):
            where = module_of(plan, maker)
            if where is not None and _only_settings_uses(plan, maker, "safety_settings"):
                plan.groups.join([site, plan.program.machine.sites.setdefault(maker, Site(maker, where))])
                plan.when_moving(site, lambda: plan.expression(where, maker, lambda c: safety_code(made, c, maker)))
                return lambda c: c.code(node)

    def at_run_time(c: Context) -> str:
        helper = plan.snippet(path, snippets.SAFETY_SETTINGS, "safety_list", "interaction_safety")
        return f"{helper}({c.code(node)})"

    if plan.groups.of(site).facts.get("legacy") and isinstance(plan.values(node) or node, ast.Constant):
        plan.fail(site, Reason.SETTINGS, plan.source(path, node), path, node)
    plan.when_moving(
        site, lambda: plan.snippet(path, snippets.SAFETY_SETTINGS, "safety_list", "interaction_safety") and None
    )
    return at_run_time


def _only_maker(plan: Plan, path: str, node: ast.expr) -> ast.expr | None:
    boxes = [v for v in plan.values(node) if isinstance(v, Box)]
    if len(boxes) == 1 and isinstance(boxes[0].node, ast.expr):
        return boxes[0].node
    return None


def module_of(plan: Plan, node: ast.AST) -> str | None:
    for path, facts in plan.program.modules.items():
        if node in facts.parents:
            return path
    return None


def _only_settings_uses(plan: Plan, maker: ast.expr, keyword: str) -> bool:
    """Whether a container made at a node is only moved around and used as this setting."""
    for path, facts in plan.program.modules.items():
        for node, values in plan.program.vals.items():
            if not any(isinstance(v, Box) and v.node is maker for v in values) or node not in facts.parents:
                continue
            assert isinstance(node, ast.expr)
            role, parent = plan.role(path, node)
            outer = facts.parents[node]
            if isinstance(outer, ast.keyword) and outer.arg == keyword:
                continue
            if isinstance(outer, ast.Dict) and node in outer.values:
                key = outer.keys[outer.values.index(node)]
                if isinstance(key, ast.Constant) and key.value == keyword:
                    continue
                return False
            if role != "move" or isinstance(parent, ast.Call):
                return False
    return True


def category(node: ast.expr | str) -> str | None:
    """A harm category as the Interactions API names it."""
    text = _name(node)
    return table.CATEGORIES.get(text.lower().removeprefix("harm_category_")) if text else None


def threshold(node: ast.expr | str) -> str | None:
    """A threshold as the Interactions API names it."""
    text = _name(node)
    return table.THRESHOLDS.get(text.lower()) if text else None


def _name(node: ast.expr | str) -> str | None:
    if isinstance(node, str):
        return node
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return node.attr if isinstance(node, ast.Attribute) else None


def safety_pairs(plan: Plan, node: ast.expr) -> list[tuple[str, str]] | None:
    """(type, threshold) pairs of settings that are written out, else None."""
    if isinstance(node, (ast.Constant, ast.Attribute)):
        one = threshold(node)
        is_enum = isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Name, ast.Attribute))
        if one and (isinstance(node, ast.Constant) or is_enum and node.attr.startswith(("BLOCK_", "OFF"))):
            return [(name, one) for name in table.ALL_CATEGORIES]
        return None
    pairs: list[tuple[str | None, str | None]] = []
    if isinstance(node, ast.Dict):
        pairs = [(category(key) if key else None, threshold(value)) for key, value in zip(node.keys, node.values)]
    elif isinstance(node, (ast.List, ast.Tuple)):
        for item in node.elts:
            given: dict[str, ast.expr] = {}
            if isinstance(item, ast.Dict):
                given = {
                    str(key.value): value for key, value in zip(item.keys, item.values) if isinstance(key, ast.Constant)
                }
            elif isinstance(item, ast.Call):
                given = {keyword.arg or "": keyword.value for keyword in item.keywords}
            if set(given) != {"category", "threshold"}:
                return None
            pairs.append((category(given["category"]), threshold(given["threshold"])))
    else:
        return None
    if any(kind is None or level is None for kind, level in pairs):
        return None
    return [(str(kind), str(level)) for kind, level in pairs]


def safety_items(pairs: list[tuple[str, str]]) -> list[str]:
    """The code of each safety setting."""
    return [f'{{"type": "{kind}", "threshold": "{level}"}}' for kind, level in pairs]


def safety_code(pairs: list[tuple[str, str]], c: Context, node: ast.expr) -> str:
    """The list of safety settings, one a line where there are several."""
    items = safety_items(pairs)
    if len(items) < 2:
        return "[" + ", ".join(items) + "]"
    outer, step, newline = c.layout(node)
    return "[" + newline + "".join(f"{outer}{step}{item},{newline}" for item in items) + outer + "]"


AT_RUN_TIME = {name for name, row in table.FIELDS.items() if row.place in ("generation", "drop")} | {
    "system_instruction",
    "safety_settings",
    "response_mime_type",
    "candidate_count",
}
"""Settings that `snippets.REQUEST_SETTINGS` sorts."""


def _visible(plan: Plan, values: Iterable[object]) -> set[str]:
    """The names of the settings that configs are seen to have."""
    found: set[str] = set()
    for value in values:
        node = value.site.node if isinstance(value, Obj) else value.node if isinstance(value, Box) else None
        if isinstance(value, Box):
            found |= {str(key) for key in plan.program.machine.places.get(value, ()) if key != "*"}
        if isinstance(node, ast.Dict):
            found |= {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}
        elif isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg is not None:
                    found.add(keyword.arg)
                else:
                    found |= _visible(plan, plan.values(keyword.value))
    return {table.CAMEL.get(name, name) for name in found}


# -- configs that are values -------------------------------------------------------------------------------------


def of(plan: Plan, path: str, node: ast.expr, site: Site, legacy: bool) -> Parts:
    """What a config expression gives to the request of a site."""
    if isinstance(node, ast.Constant) and node.value is None:
        return Parts()
    items = fields(plan, path, node)
    if items is not None:
        for obj in plan.objects(node, "LConfig", "GConfig"):
            plan.groups.join([site, obj.site])
            plan.handled.add(obj.site.node)
        parts = sort(plan, path, items, site)
        written = (
            {key.value for key in node.keys if isinstance(key, ast.Constant)} if isinstance(node, ast.Dict) else set()
        )
        if written and not parts.request and written == {key for key, _ in parts.generation}:
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
            return made
    if any(obj.kind == "LConfig" for obj in objects):
        from . import makers as maker_rules

        if not maker_rules.rename(plan, [obj for obj in objects if obj.kind == "LConfig"], site):
            plan.fail(site, Reason.SETTINGS, plan.source(path, node), path, node)
            return Parts()
    beyond = _visible(plan, values) - AT_RUN_TIME
    if beyond:
        plan.fail(site, Reason.SETTINGS, f"{plan.source(path, node)}: {', '.join(sorted(beyond))}", path, node)
        return Parts()
    if not makers:
        what = plan.source(path, node)
        plan.review(site, f"the settings in {what} are sorted at run time; one without a counterpart raises ValueError")

    def at_run_time(c: Context) -> str:
        return f"{plan.snippet(path, snippets.REQUEST_SETTINGS, 'request_settings')}({c.code(node)})"

    plan.when_moving(site, lambda: plan.snippet(path, snippets.REQUEST_SETTINGS, "request_settings"))
    return Parts(spread=[at_run_time])
