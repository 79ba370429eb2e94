"""The arguments that a test expects of a request: as the request itself was rewritten."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..infer.values import Const, Double, Ext, Site
from ..sdk import doubles as names
from . import config, contents, context, model_names, models
from .call import Item, arguments, remake
from .edits import Context
from .parts import Parts
from .plan import Plan

if TYPE_CHECKING:
    from .doubles import Doubles

Code = Callable[[Context], str]


def survey(found: Doubles) -> None:
    """Takes apart the arguments that tests expect, while configs and contents can still be planned."""
    for path, facts in found.plan.program.modules.items():
        if not any(f".{name}" in facts.text for name in names.ASSERTS):
            continue
        for node in facts.nodes:
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr not in names.ASSERTS:
                continue
            bases = found.doubles(node.func.value)
            for role in sorted(found.role(bases)):
                kind, _, method = role.partition(".")
                if (kind, method) in names.REQUESTS or method in names.STREAMS:
                    _take_apart(found, path, node, kind, bases)
                    break


def _take_apart(found: Doubles, path: str, node: ast.Call, kind: str, bases: list[Double]) -> None:
    plan = found.plan
    site = Site(node, path)
    parts = Parts()
    why = ""
    first = "model" if kind in ("Models", "AModels") else "contents"
    values: dict[str, ast.expr] = {}
    places: dict[str, ast.expr | ast.keyword] = {}
    for item in arguments(node):
        if isinstance(item, ast.Starred) or isinstance(item, ast.keyword) and item.arg is None:
            why = plan.source(path, item)
        elif isinstance(item, ast.keyword):
            name = "contents" if item.arg in ("content", "message") else item.arg or ""
            values[name], places[name] = item.value, item
        elif first not in values:
            values[first], places[first] = item, item
        else:
            why = plan.source(path, item)
    for name, value in values.items():
        if name in ("contents", "model") or isinstance(value, ast.Constant) and value.value is None:
            continue
        if any(isinstance(v, Ext) and v.path.endswith(".ANY") for v in plan.values(value)):
            why = f"{name}=ANY"
        elif name in ("config", "generation_config"):
            parts.add(config.of(plan, path, value, site, legacy=kind.startswith("L")))
        elif name != "stream":
            why = name
    source = values.get("contents")
    code: Code | None = None
    if source is None:
        why = why or "no contents"
    elif any(isinstance(v, Ext) and v.path.endswith(".ANY") for v in plan.values(source)):
        code = _as_it_is(source)
    else:
        code = contents.convert(plan, path, source, site)
    if code is not None and not why:
        found.expected[node] = Expected(site, parts, values, places, code)
        for base in bases:
            found.unit(base.root).converted.append(site)
    else:
        found.refused[node] = why


def _as_it_is(node: ast.expr) -> Code:
    return lambda c: c.code(node)


class Expected:
    """The arguments that a test expects, taken apart."""

    def __init__(
        self,
        site: Site,
        parts: Parts,
        given: dict[str, ast.expr],
        old: dict[str, ast.expr | ast.keyword],
        code: Code,
    ) -> None:
        self.site, self.parts, self.given, self.old, self.code = site, parts, given, old, code


ADVICE = (
    "expect the arguments of the new call, which are model=, input= and the settings as keywords of their own; "
    '`call_args.kwargs["input"]` is what was asked'
)


def expected(found: Doubles, path: str, node: ast.Call, kind: str, method: str, bases: list[Double]) -> None:
    """Rewrites m.assert_called_with(...) and the like."""
    plan = found.plan
    told = found.expected.get(node)
    if told is None or not plan.groups.moves(told.site):
        why = found.refused.get(node, "")
        found.say(path, node, ADVICE + (f" (here: {why})" if why else ""))
        return
    if kind in ("Models", "AModels"):
        _whole(plan, path, node, told, method in names.STREAMS)
        return
    name = _model_of(found, bases) if kind == "LModel" else None
    streamed = "stream" in told.given
    if name is not None and not streamed:
        _whole(plan, path, node, told, False, name)
        return
    _only_input(found, path, node, told)


def _whole(plan: Plan, path: str, node: ast.Call, told: Expected, stream: bool, name: str | None = None) -> None:
    def edit(c: Context) -> object:
        assert isinstance(node.func, ast.Attribute)
        items = []
        for key in told.old if name is None else ("model", "contents"):
            if key == "model":
                model = told.given.get("model")
                items.append(Item("model", name or _name(plan, model, c), old=told.old.get("model")))
            elif key == "contents":
                items.append(Item("input", told.code(c), old=told.old["contents"]))
        items += models.setting_items(c, told.parts, told.old)
        if stream:
            items.append(Item("stream", "True"))
        return remake(c, node, f"{c.code(node.func.value)}.{node.func.attr}", items)

    plan.expression(path, node, edit)  # type: ignore[arg-type]


def _name(plan: Plan, node: ast.expr | None, c: Context) -> str:
    assert node is not None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        new = model_names.becomes(plan, node.value)
        if new is not None:
            return f'"{new}"'
    return c.code(node)


def _model_of(found: Doubles, bases: list[Double]) -> str | None:
    """The code of the one model that all calls behind these doubles ask, where nothing else is set for them."""
    plan = found.plan
    names_: set[str | None] = set()
    for base in bases:
        for call in found.calls.get(base, ()):
            if call not in found.unit(base.root).calls:
                continue
            if not isinstance(call.func, ast.Attribute) or len(call.args) + len(call.keywords) != 1:
                return None
            for obj in plan.objects(call.func.value, "LModel"):
                model = plan.models.get(obj.site)
                if model is None or not model.parts.empty or model.name is None:
                    return None
                consts = [v for v in plan.values(model.name) if isinstance(v, Const)]
                if len(consts) != 1 or len(plan.values(model.name)) != 1:
                    return None
                old = str(consts[0].node.value)
                names_.add(f'"{model_names.becomes(plan, old) or old}"')
    return names_.pop() if len(names_) == 1 else None


def _only_input(found: Doubles, path: str, node: ast.Call, told: Expected) -> None:
    """The call's other arguments are the program's own; what was asked is still expected to be this."""
    plan = found.plan
    statement = plan.facts(path).parents[node]
    if not isinstance(statement, ast.Expr) or not told.parts.empty:
        found.say(path, node, ADVICE)
        return
    assert isinstance(node.func, ast.Attribute)
    owner, name = node.func.value, node.func.attr
    record = "await_args" if "await" in name else "call_args"
    once = name.replace("_with", "") if "once" in name else ""
    if name in ("assert_any_call", "assert_any_await"):
        found.say(path, node, ADVICE)
        return
    in_case = "self" if _method_of_case(plan, path, node) else ""

    def made(c: Context) -> str:
        read, value = f'{c.code(owner)}.{record}.kwargs["input"]', told.code(c)
        line = f"{in_case}.assertEqual({read}, {value})" if in_case else f"assert {read} == {value}"
        return f"{c.code(owner)}.{once}()\n{line}" if once else line

    plan.statement(path, node).replace = made


def _method_of_case(plan: Plan, path: str, node: ast.AST) -> bool:
    for outer in context.ancestors(plan.facts(path), node):
        if isinstance(outer, ast.ClassDef):
            return any(ast.unparse(base).endswith("TestCase") for base in outer.bases)
    return False


# -- the arguments of a call that was made -----------------------------------------------------------------------------


def record(found: Doubles, path: str, node: ast.Subscript, bases: list[Double]) -> None:
    """Rewrites m.call_args.kwargs["contents"], m.call_args[0][0] and the like."""
    for base in bases:
        owner, steps = base, [f"[{found.machine.key(node.slice)}]"]
        while owner.parent is not None and owner.name not in names.RECORDS:
            steps.insert(0, owner.name)
            owner = owner.parent
        if owner.parent is None:
            continue
        kind, method = _request(found, owner.parent)
        if not kind:
            continue
        if names.RECORDS[owner.name]:
            steps = steps[1:]  # one of the calls
        if len(steps) == 2:
            _argument(found, path, node, kind, steps)
        return


def _request(found: Doubles, double: Double) -> tuple[str, str]:
    for role in sorted(found.role([double])):
        kind, _, method = role.partition(".")
        if (kind, method) in names.REQUESTS or method in names.STREAMS:
            return kind, method
    return "", ""


def _argument(found: Doubles, path: str, node: ast.Subscript, kind: str, steps: list[str]) -> None:
    plan, facts = found.plan, found.plan.facts(path)
    by_name = steps[0] in ("kwargs", "[1]")
    key = steps[1][1:-1]
    if by_name and key == "model":
        _models_beside(plan, path, node)
    elif by_name and key == "contents":
        plan.expression(path, node, lambda c: f'{c.code(node.value)}["input"]')
    elif by_name and key in ("config", "generation_config"):
        parent = facts.parents[node]
        field = parent.attr if isinstance(parent, ast.Attribute) else None
        if isinstance(parent, ast.Subscript) and parent.value is node and isinstance(parent.slice, ast.Constant):
            field = str(parent.slice.value)
        if field == "system_instruction":
            plan.expression(path, parent, lambda c: f'{c.code(node.value)}["system_instruction"]')  # type: ignore[arg-type]
        elif field in names.GENERATION:
            plan.expression(path, parent, lambda c: f'{c.code(node.value)}["generation_config"]["{field}"]')  # type: ignore[arg-type]
        else:
            found.say(
                path, node, "there is no config any more: each setting is an argument, or a key of generation_config"
            )
    elif not by_name and key == "0":
        if kind in ("Models", "AModels"):
            return
        if isinstance(node.value, ast.Attribute):  # m.call_args.args[0]
            plan.expression(path, node, lambda c: f'{c.code(node.value.value)}.kwargs["input"]')  # type: ignore[attr-defined]
        elif isinstance(node.value, ast.Subscript):  # m.call_args[0][0]
            plan.expression(path, node, lambda c: f'{c.code(node.value.value)}.kwargs["input"]')  # type: ignore[attr-defined]
        else:
            name = _named_keywords(found, path, node)
            if name:
                plan.expression(path, node, lambda c: f'{name}["input"]')
            else:
                found.say(path, node, 'the call has keywords only now: read `call_args.kwargs["input"]`')
    elif not by_name:
        found.say(path, node, 'the call has keywords only now: read `call_args.kwargs["input"]`')


def _named_keywords(found: Doubles, path: str, node: ast.Subscript) -> str:
    """The name of the second of `args, kwargs = m.call_args` for a read of the first."""
    facts = found.plan.facts(path)
    holder = context.function(facts, node)
    for statement in ast.walk(holder) if holder is not None and isinstance(node.value, ast.Name) else ():
        if isinstance(statement, ast.Assign) and isinstance(target := statement.targets[0], ast.Tuple):
            pair = [item.id for item in target.elts if isinstance(item, ast.Name)]
            assert isinstance(node.value, ast.Name)
            if len(pair) == 2 and pair[0] == node.value.id and pair[1] != "_":
                return pair[1]
    return ""


def _models_beside(plan: Plan, path: str, node: ast.AST) -> None:
    """A model's name that a test expects is the new one, as in the program."""
    for inner in ast.walk(context.statement(plan.facts(path), node)):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            new = model_names.becomes(plan, inner.value) if plan.program.is_model_name(inner.value) else None
            if new is not None:
                plan.expression(path, inner, lambda c, new=new: f'"{new}"')  # type: ignore[misc]
