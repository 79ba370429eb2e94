"""Requests of the first Interactions schema: where their settings stand, and the form of the answer (MAPPING 3.5, 3.6).

`response_mime_type`, a bare JSON schema in `response_format`, `response_modalities` and `image_config` all become
`response_format`. Turns and function results are the matter of `first_turns`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst

from ..infer.values import NONE, Box, Ext, Method, Site
from ..sdk import surface
from . import context, first_turns, formats
from .call import Item, arguments, dict_code, remake
from .edits import Context
from .first_schema import found, when_first
from .plan import Plan
from .reasons import Reason
from .written import literal

SENTINELS = ("NOT_GIVEN", "omit", "not_given")  # google-genai 1.75.0, _interactions/_types.py
FORMATS = ("text", "image", "audio", "video")
_FORM = ("response_format", "response_mime_type", "response_modalities")
_KEYS = (*_FORM, "generation_config", "input")


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting of a request: its name and value, the keyword, key or assignment that gives it, and what holds that
    (a call, a dict, or the statement around an assignment)."""

    name: str
    value: ast.expr
    path: str
    node: ast.AST
    holder: ast.AST


def survey(plan: Plan, path: str, call: ast.Call, site: Site) -> None:
    """Surveys a call of `interactions.create`; what shows its schema: a mime type of the answer, turns with a role."""
    plan.interactions.append((path, call, site))
    for entry in entries(plan, path, call):
        if entry.name == "response_mime_type":
            plan.first_mime.append((path, call, site))
        elif entry.name == "input" and first_turns.turns_in(plan, entry.value):
            found(plan, site, path, call)


def finish(plan: Plan) -> None:
    """Once a program is known to be of the first schema: all of its requests change together."""
    _handed(plan)
    _untraced(plan)
    if plan.first_schema is not None or not any(plan.groups.of(s).facts.get("today") for _, _, s in plan.interactions):
        for path, call, site in plan.first_mime:  # still understood, so that it tells nothing beside today's reads
            found(plan, site, path, call)
    first = plan.first_schema
    if first is None:
        return
    if plan.settings.schema == "outputs":  # it is what is asked for
        plan.calls = [call for call in plan.calls if call.code != "MG204"]
        plan.first_schema = None
        return
    for _, _, site in plan.interactions:
        plan.groups.join([first, site])
    for site, detail, path, node in plan.first_failures:
        plan.groups.join([first, site])
        plan.fail(site, Reason.OUTPUTS, detail, path, node)
    done: set[ast.AST] = set()
    inputs: list[tuple[Entry, Site]] = []
    for path, call, site in plan.interactions:
        _sentinels(plan, path, call, site)
        given = list(entries(plan, path, call))
        inputs += [(entry, site) for entry in given if entry.name == "input"]
        _formats(plan, path, call, [entry for entry in given if entry.name != "input"], site, done)
    first_turns.convert(plan, [(entry.path, entry.value, site) for entry, site in inputs])


def _sentinels(plan: Plan, path: str, call: ast.Call, site: Site) -> None:
    """Arguments that may be what the first schema's module has for one that is left out, which create() refuses now."""
    for keyword in call.keywords:
        parts = [node for node in ast.walk(keyword.value) if isinstance(node, ast.expr)]
        for value in {value for node in parts for value in plan.values(node)}:
            if isinstance(value, Ext) and value.path.rpartition(".")[2] in SENTINELS:
                plan.fail(site, Reason.LEFT_OUT, plan.source(path, keyword.value), path, keyword.value)


def _untraced(plan: Plan) -> None:
    """Reads of `.outputs` from what looks like an interaction and could not be traced: they keep the whole program."""
    for path, facts in plan.program.modules.items():
        nodes = facts.nodes
        if ".outputs" not in facts.text or not any(token in facts.text for token in surface.GENAI_TOKENS):
            continue
        made = {
            name.id
            for n in nodes
            if isinstance(n, ast.Assign) and _makes_interaction(n.value)
            for target in n.targets
            for name in [target]
            if isinstance(name, ast.Name)
        }
        for node in nodes:
            if not isinstance(node, ast.Attribute) or node.attr != "outputs" or plan.values(node.value):
                continue
            base = node.value
            name = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
            if "interaction" in name.lower() or name in made or _makes_interaction(base):
                site = plan.program.machine.sites.setdefault(node, Site(node, path))
                found(plan, site, path, node)
                plan.fail(site, Reason.EXTERNAL, "", path, node)


def _makes_interaction(node: ast.expr) -> bool:
    """Whether an expression is `X.interactions.create(...)` or `.get(...)`, awaited or not."""
    node = node.value if isinstance(node, ast.Await) else node
    func = node.func if isinstance(node, ast.Call) else None
    owner = func.value if isinstance(func, ast.Attribute) and func.attr in ("create", "get") else None
    return isinstance(owner, ast.Attribute) and owner.attr == "interactions"


def _handed(plan: Plan) -> None:
    """Requests whose method is handed to something that calls it: `to_thread(client.interactions.create, ...)`."""
    known = {id(call) for _, call, _ in plan.interactions}
    for path, facts in plan.program.modules.items():
        for node in facts.nodes if "interactions" in facts.text else ():
            if not isinstance(node, ast.Call) or id(node) in known:
                continue
            for argument in node.args:
                for value in plan.values(argument):
                    kinds = ("Interactions", "AInteractions")
                    if isinstance(value, Method) and value.obj.kind in kinds and value.name == "create":
                        survey(plan, path, node, value.obj.site)


def entries(plan: Plan, path: str, call: ast.Call) -> Iterator[Entry]:
    """The settings of a request that matter here, in the call and in the dicts that are spread into it."""
    for keyword in call.keywords:
        if keyword.arg in _KEYS:
            yield Entry(keyword.arg or "", keyword.value, path, keyword, call)
        elif keyword.arg is None:
            boxes = [v for v in plan.values(keyword.value) if isinstance(v, Box) and v.type == "dict"]
            yield from _written(plan, boxes, set())


def _written(plan: Plan, boxes: list[Box], seen: set[Box]) -> Iterator[Entry]:
    """The settings that dicts are made with or get by assignment."""
    for box in boxes:
        if box in seen:
            continue
        seen.add(box)
        node = box.node
        inner: list[ast.expr] = []
        if isinstance(node, ast.Dict):
            path = module_of(plan, node)
            for key, value in zip(node.keys, node.values):
                if key is None:
                    inner.append(value)
                elif literal(key) in _KEYS:
                    yield Entry(str(literal(key)), value, path, key, node)
        elif isinstance(node, ast.Call):
            path = module_of(plan, node)
            inner += node.args
            for keyword in node.keywords:
                if keyword.arg is None:
                    inner.append(keyword.value)
                elif keyword.arg in _KEYS:
                    yield Entry(keyword.arg, keyword.value, path, keyword, node)
        for path, statement in assignments(plan):
            target = statement.targets[0]
            assert isinstance(target, ast.Subscript)
            if literal(target.slice) in _KEYS and box in plan.values(target.value):
                holder = plan.facts(path).parents[statement]
                yield Entry(str(literal(target.slice)), statement.value, path, statement, holder)
        for value in inner:
            yield from _written(plan, [v for v in plan.values(value) if isinstance(v, Box) and v.type == "dict"], seen)


def assignments(plan: Plan) -> Iterator[tuple[str, ast.Assign]]:
    """Every `x[key] = value` of the program."""
    for path, facts in plan.program.modules.items():
        for node in facts.nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
                yield path, node


def module_of(plan: Plan, node: ast.AST) -> str:
    """The path of the module that holds a node, or ''."""
    return next((path for path, facts in plan.program.modules.items() if node in facts.parents), "")


def _formats(plan: Plan, path: str, call: ast.Call, given: list[Entry], site: Site, done: set[ast.AST]) -> None:
    """The form of a request's answer as one response_format, in each place that gives a part of it."""
    holders: dict[ast.AST, dict[str, Entry]] = {}
    for entry in given:
        place = holders.setdefault(entry.holder, {})
        if entry.name in place and entry.name in _FORM:
            plan.fail(site, Reason.SCHEMA, entry.name, entry.path, entry.node)
            return
        place[entry.name] = entry
    with_mime = [place for place in holders.values() if "response_mime_type" in place]
    for holder, place in holders.items():
        form = place.get("response_format")
        if form is not None and _is_todays(plan, form.value):
            continue
        if form is not None and "response_mime_type" not in place and with_mime:
            plan.fail(site, Reason.SCHEMA, "response_mime_type elsewhere", form.path, form.node)
        elif holder not in done and any(name in place for name in _FORM):
            done.add(holder)
            _format(plan, holder, place, site)


def _is_todays(plan: Plan, node: ast.expr) -> bool:
    """Whether a response_format is in today's form: with a type of answer, not of JSON schema."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return True
    for value in plan.values(node):
        if isinstance(value, Box) and isinstance(value.node, ast.Dict):
            for key, inner in zip(value.node.keys, value.node.values):
                if key is not None and literal(key) == "type" and literal(inner) in FORMATS:
                    return True
    return False


def _format(plan: Plan, holder: ast.AST, place: dict[str, Entry], site: Site) -> None:
    """Writes the settings of one place anew."""
    form, mime, media = (place.get(name) for name in _FORM)
    if form is not None and isinstance(form.value, ast.Constant) and form.value.value is None:
        form = None
    kinds = _modalities(media.value) if media is not None else []
    if media is not None and kinds is None:
        media, kinds = None, []  # still understood, though deprecated
    images = _image_config(place) if kinds and "image" in kinds else None
    plain = mime is not None and form is None and literal(mime.value) == "text/plain"
    target = form or (None if plain else mime) or media
    gone = [entry for entry in (place.get(name) for name in _FORM) if entry is not None and entry is not target]
    if media is None and "response_modalities" in place:
        gone.remove(place["response_modalities"])

    def code(c: Context) -> str:
        made: list[str] = []
        if form is not None or mime is not None and not plain:
            word = _mime(c, mime.value) if mime is not None else '"application/json"'
            pairs = [("type", '"text"'), ("mime_type", word)]
            pairs += [("schema", _as_written(c, form.value))] if form is not None else []
            tested = form or mime
            value = form.value if form is not None else None
            wide = value is not None and isinstance(holder, ast.Call) and c.holds(value) and "\n" not in pairs[-1][1]
            whole = (
                formats.laid_out(c, c.layout(value), value, pairs) if wide and value is not None else dict_code(pairs)
            )
            if tested is not None and _may_be_none(plan, tested):
                assert isinstance(tested.value, ast.Name)
                whole = f"{whole} if {tested.value.id} is not None else None"
            made.append(whole)
        for kind in kinds or []:
            if kind != "text" or not made:
                extra = [(name, value(c)) for name, value in images or []] if kind == "image" else []
                made.append(dict_code([("type", f'"{kind}"'), *extra]))
        return made[0] if len(made) == 1 else f"[{', '.join(made)}]"

    if kinds == ["text"] and form is None and (mime is None or plain):
        target, gone = None, [entry for entry in (mime, media) if entry is not None]
    if images is not None:
        gone.append(place["generation_config"]) if _only_images(place) else _drop_images(plan, place, site)
    if target is None and not gone:
        return
    place_of = next(iter(place.values()))
    found(plan, site, place_of.path, place_of.value)
    when_first(plan, site, lambda: _rewrite(plan, holder, target, code, gone))


def _may_be_none(plan: Plan, entry: Entry) -> bool:
    """Whether a name may be None where it is used: no `if` around it tests it."""
    node = entry.value
    if not isinstance(node, ast.Name) or NONE not in plan.values(node):
        return False
    child: ast.AST = node
    for outer in context.ancestors(plan.facts(entry.path), node):
        if isinstance(outer, (ast.If, ast.IfExp)) and child is not outer.test:
            if any(isinstance(inner, ast.Name) and inner.id == node.id for inner in ast.walk(outer.test)):
                return False
        child = outer
    return True


def _as_written(c: Context, node: ast.expr) -> str:
    """The code of a value without an edit of the value itself."""
    return c.module.code_for_node(c.inner(node)) if c.holds(node) else ast.unparse(node)


def _mime(c: Context, node: ast.expr) -> str:
    """The code of a mime type; of one that is left out where there is no schema, the type itself."""
    return c.anywhere(node.body if isinstance(node, ast.IfExp) and literal(node.orelse) is None else node)


def _modalities(node: ast.expr) -> list[str] | None:
    """The kinds of answer in a written-out list, text first; None for any other expression."""
    if not isinstance(node, (ast.List, ast.Tuple)) or not node.elts:
        return None
    words = [str(literal(item)).lower() for item in node.elts]
    return sorted(words, key=lambda word: word != "text") if set(words) <= set(FORMATS) else None


def _image_config(place: dict[str, Entry]) -> list[tuple[str, Callable[[Context], str]]] | None:
    """(key, code) of the image settings in a written-out generation_config."""
    held = place.get("generation_config")
    if held is None or not isinstance(held.value, ast.Dict):
        return None
    for key, value in zip(held.value.keys, held.value.values):
        if key is not None and literal(key) == "image_config" and isinstance(value, ast.Dict):
            if all(k is not None and isinstance(literal(k), str) for k in value.keys):
                return [(str(literal(k)), _coded(v)) for k, v in zip(value.keys, value.values) if k is not None]
    return None


def _coded(node: ast.expr) -> Callable[[Context], str]:
    return lambda c: c.anywhere(node)


def _only_images(place: dict[str, Entry]) -> bool:
    held = place["generation_config"].value
    return isinstance(held, ast.Dict) and len(held.keys) == 1


def _drop_images(plan: Plan, place: dict[str, Entry], site: Site) -> None:
    entry = place["generation_config"]
    node = entry.value
    assert isinstance(node, ast.Dict)
    key = next(k for k in node.keys if k is not None and literal(k) == "image_config")
    when_first(plan, site, lambda: plan.expression(entry.path, node, lambda c: _without(c, node, {key: None}, None)))


def _rewrite(
    plan: Plan, holder: ast.AST, target: Entry | None, code: Callable[[Context], str], gone: list[Entry]
) -> None:
    """Gives the target its new value (and name), and takes the others out of their place."""
    path = (target or gone[0]).path
    if isinstance(holder, (ast.Call, ast.Dict)):
        for entry in gone:
            above, behind = plan.comments(path, entry.node, entry.value)
            plan.statement(path, holder).comments += [*above, *([behind] if behind else [])]
    if isinstance(holder, ast.Call):
        items: list[Item] = []

        def call(c: Context) -> object:
            items.clear()
            for item in arguments(holder):
                if any(entry.node is item for entry in gone):
                    continue
                if target is not None and item is target.node:
                    items.append(Item("response_format", code(c), old=item))
                elif isinstance(item, ast.keyword):
                    star = "" if item.arg else "**"
                    items.append(Item(item.arg or "", c.new(item.value), star=star, old=item))
                elif isinstance(item, ast.Starred):
                    items.append(Item("", c.new(item.value), star="*", old=item))
                else:
                    items.append(Item("", c.new(item), old=item))
            return remake(c, holder, c.code(holder.func), items)

        plan.expression(path, holder, call)  # type: ignore[arg-type]
    elif isinstance(holder, ast.Dict):
        changes: dict[ast.AST, object] = {entry.node: None for entry in gone}
        plan.expression(path, holder, lambda c: _without(c, holder, changes, (target.node, code) if target else None))
    else:
        for entry in gone:
            plan.statement(entry.path, entry.node).remove = True
        if target is not None:
            plan.expression(path, target.value, code)
            if target.name != "response_format":
                assert isinstance(target.node, ast.Assign) and isinstance(target.node.targets[0], ast.Subscript)
                plan.expression(path, target.node.targets[0].slice, lambda c: '"response_format"')


def _without(
    c: Context, node: ast.Dict, gone: dict[ast.AST, object], new: tuple[ast.AST, Callable[[Context], str]] | None
) -> cst.Dict:
    """A dict as it is laid out, without some of its keys, and with a new value for one that becomes response_format."""
    made = c.inner(node)
    assert isinstance(made, cst.Dict)
    kept: list[cst.BaseDictElement] = []
    for element, key in zip(made.elements, node.keys):
        if key in gone:
            continue
        if new is not None and key is new[0] and isinstance(element, cst.DictElement):
            quote = "'" if c.module.code_for_node(element.key).startswith("'") else '"'
            element = element.with_changes(key=c.parse(f"{quote}response_format{quote}"), value=c.parse(new[1](c)))
        kept.append(element)
    if kept and made.elements:
        kept[-1] = kept[-1].with_changes(comma=made.elements[-1].comma)
    return made.with_changes(elements=kept)
