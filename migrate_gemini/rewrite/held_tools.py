"""Tools in configs whose settings are sorted at run time: they are turned where they are written."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ..infer.values import NONE, Box, Obj, Site, Value, Values, is_text
from ..sdk import settings as table
from . import calling, keys, makers, tools
from .config import HELD as NAMES
from .edits import Context
from .parts import Code, Parts
from .plan import Plan


@dataclass(frozen=True, slots=True)
class _Write:
    """One setting that is put into a config, by a keyword, a key of a display or an assignment."""

    name: str
    path: str
    value: ast.expr


def convert(plan: Plan, values: Values, site: Site) -> bool:
    """Turns the tools that are put into these configs; False where not all that is put there is seen."""
    held = _held(plan, values)
    if held is None or any(_is_read(plan, box) for box in held if isinstance(box, Box)):
        return False
    writes = list(_writes(plan, held))
    if not all(_covered(plan, held, writes, name) for name in NAMES):
        return False
    objects = [value for value in held if isinstance(value, Obj)]
    if not makers.rename(plan, objects, site):
        return False
    for obj in objects:
        _bare(plan, obj, site)
    for write in writes:
        if isinstance(write.value, ast.Constant) and write.value.value is None:
            continue
        parts = Parts()
        if write.name == "tools":
            plan.groups.of(site).facts["tools"] = True
            plan.differ(site, "numbers")
            tools.convert(plan, write.path, write.value, site, parts)
            made = [code for _, code in parts.request]
        elif write.name == "tool_config":
            calling.choice(plan, write.path, write.value, site, parts)
            made = [code for _, code in parts.generation] or [lambda c: '"auto"']
        else:
            calling.automatic_calling(plan, write.path, write.value, site)
            if isinstance(statement := plan.facts(write.path).parents[write.value], ast.Assign):
                plan.when_moving(site, lambda w=write, s=statement: setattr(plan.statement(w.path, s), "remove", True))  # type: ignore[misc]
                continue
            made = [lambda c: "None"]
        for code in made:
            plan.when_moving(site, lambda w=write, code=code: plan.expression(w.path, w.value, _within(w.value, code)))  # type: ignore[misc]
    return True


def _bare(plan: Plan, obj: Obj, site: Site) -> None:
    """Leaves out the config around a dict, `config=GenerateContentConfig(**settings)`, where a request takes it."""
    maker, path = obj.site.node, obj.site.path
    if isinstance(maker, ast.Call) and [keyword.arg for keyword in maker.keywords] == [None]:
        only = maker.keywords[0].value
        parent = plan.facts(path).parents[maker]
        if isinstance(parent, ast.keyword) and parent.arg == "config":
            plan.when_moving(site, lambda: plan.expression(path, maker, lambda c: c.code(only)))


def whole(plan: Plan, values: Values) -> bool:
    """Whether configs are, with their tools turned, the arguments of a request: they hold nothing but tools and texts
    of a system instruction."""
    held = _held(plan, values)
    if held is None:
        return False
    names = {"tools", "system_instruction"}
    for value in held:
        if isinstance(value, Box):
            names |= {str(key) for key in plan.program.machine.places.get(value, ())}
        elif isinstance(value, Obj) and isinstance(value.site.node, ast.Call):
            names |= {str(keyword.arg) for keyword in value.site.node.keywords if keyword.arg is not None}
    writes = [write for write in _writes(plan, held, names) if write.name == "system_instruction"]
    texts = all(plan.values(w.value) and all(is_text(v) for v in plan.values(w.value)) for w in writes)
    return len(names) == 2 and texts and _covered(plan, held, writes, "system_instruction")


def _within(node: ast.expr, code: Code) -> Code:
    """An edit of a node whose new code may hold the node itself."""

    def edit(c: Context) -> str:
        with c.without(node):
            return code(c)

    return edit


def _held(plan: Plan, values: Values) -> set[Value] | None:
    """The configs, and the dicts that they are put together of; None where some are not seen."""
    found: set[Value] = set()
    queue: list[Value] = [value for value in values if value is not NONE]
    while queue:
        value = queue.pop()
        if value in found:
            continue
        spread: list[ast.expr] | None = None
        if isinstance(value, Obj) and value.kind == "GConfig" and isinstance(value.site.node, ast.Call):
            spread = [keyword.value for keyword in value.site.node.keywords if keyword.arg is None]
        elif isinstance(value, Box) and value.type == "dict":
            spread = keys.sources(plan, value)
        if spread is None or not all(plan.values(part) for part in spread):
            return None
        found.add(value)
        queue += [inner for part in spread for inner in plan.values(part) - {NONE}]
    return found


def _writes(plan: Plan, held: set[Value], names: Collection[str] = NAMES) -> Iterator[_Write]:
    """What is put into the configs under one of the names."""
    for path, facts in plan.program.modules.items():
        for node in facts.nodes:
            if isinstance(node, (ast.Dict, ast.Call)) and any(_made_at(value) is node for value in held):
                yield from _written(path, node, names)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
                if plan.values(node.func.value) & held:
                    yield from _written(path, node, names)
            elif isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Subscript):
                if isinstance(target.slice, ast.Constant) and plan.values(target.value) & held:
                    name = table.CAMEL.get(str(target.slice.value), str(target.slice.value))
                    if name in names:
                        yield _Write(name, path, node.value)


def _made_at(value: Value) -> object:
    return value.site.node if isinstance(value, Obj) else value.node if isinstance(value, Box) else None


def _written(path: str, node: ast.Dict | ast.Call, names: Collection[str]) -> Iterator[_Write]:
    pairs: list[tuple[object, ast.expr]] = []
    if isinstance(node, ast.Dict):
        pairs = [(k.value, v) for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant)]
    else:
        pairs = [(keyword.arg, keyword.value) for keyword in node.keywords]
    for key, value in pairs:
        name = table.CAMEL.get(str(key), str(key))
        if name in names:
            yield _Write(name, path, value)


def _covered(plan: Plan, held: set[Value], writes: list[_Write], name: str) -> bool:
    """Whether all that the configs hold under a name is written where it is seen."""
    seen: Values = frozenset().union(*(plan.values(write.value) for write in writes if write.name == name))
    cells = plan.program.machine.cells
    return all(cells.get(("e", box, name), frozenset()) <= seen for box in held if isinstance(box, Box))


def _is_read(plan: Plan, box: Box) -> bool:
    """Whether the tools in a dict are read again."""
    if not isinstance(box.node, ast.AST):
        return False
    for path, node in plan.places(box.node):
        parents = plan.facts(path).parents
        parent = parents[node]
        key: ast.AST | None = None
        if isinstance(parent, ast.Subscript) and parent.value is node and isinstance(parent.ctx, ast.Load):
            key = parent.slice
        elif isinstance(parent, ast.Attribute) and isinstance(call := parents[parent], ast.Call) and call.args:
            key = call.args[0] if parent.attr in ("get", "pop", "setdefault") else None
        if key is not None and (not isinstance(key, ast.Constant) or key.value in NAMES):
            return True
    return False
