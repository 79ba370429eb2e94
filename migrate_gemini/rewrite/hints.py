"""Annotations, casts, tests and docstrings that name an SDK's types: they name what the values have become."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from ..infer.scopes import parameters
from ..infer.values import NONE, NOTHING, Bound, Box, Ext, Func, Obj, Site, Values
from ..sdk import surface
from . import chat_class, docstrings, models
from .clients import GENAI
from .edits import Context, ExprEdit
from .plan import Plan

TYPES = {"LFile": "File", "LModelInfo": "Model", "LCache": "CachedContent"}
"""Kinds of results of `sdk.surfaces` -> the class of google.genai.types that they become."""
RENAMED = ("LModel", "LChat", "GChat", "AGChat", "LConfig", "GConfig", "Response", "Stream", *TYPES)

TURNS = ("GContent", "GPart", "LContent", "LPart", "FCall")
"""Kinds of turns, their parts, and calls of functions in them."""


def survey(plan: Plan, path: str) -> None:
    """Edits the annotations, casts and docstrings of a module whose values move, after the groups are settled."""
    facts = plan.facts(path)
    machine = plan.program.machine
    machine.facts, machine.scope, machine.env, machine.cls, machine.unit = facts, facts.scope, {}, None, path
    aliases = _aliases(plan, path)
    for node in facts.nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            func = machine.funcs.get(node)
            if func is None:
                continue
            named: dict[str, Values] = {}
            for arg in parameters(node.args):
                named[arg.arg] = machine.cells.get(("p", func, arg.arg), frozenset())
                _annotation(plan, path, arg.annotation, named[arg.arg], aliases)
            results = machine.cells.get(("r", func), frozenset()) | machine.cells.get(("y", func), frozenset())
            _annotation(plan, path, node.returns, results, aliases)
            docstrings.edit(plan, path, node, {**named, "": results}, new_name)
        elif isinstance(node, ast.AnnAssign):
            values = plan.values(node.target) | (plan.values(node.value) if node.value is not None else frozenset())
            if isinstance(node.target, ast.Name):
                cls = machine.classes.get(facts.parents[node])
                if cls is not None:
                    for owner in cls.family():
                        values |= machine.cells.get(("a", owner, node.target.id), frozenset())
                else:
                    values |= machine.cells.get(("v", facts.scope, node.target.id), frozenset())
            _annotation(plan, path, node.annotation, values, aliases)
        elif isinstance(node, ast.Call) and len(node.args) == 2:
            callees = machine.callees.get(node, frozenset())
            if any(isinstance(v, Ext) and v.path == "typing.cast" for v in callees):
                _annotation(plan, path, node.args[0], plan.values(node.args[1]), aliases)


def _aliases(plan: Plan, path: str) -> dict[str, ast.expr]:
    """The names that a module gives to types of an SDK, with what they are assigned."""
    found: dict[str, ast.expr] = {}
    for node in plan.facts(path).tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.expr) and _named(plan, target, value):
            found[target.id] = value
    return found


def _named(plan: Plan, target: ast.Name, value: ast.expr) -> bool:
    names = (n for n in ast.walk(value) if isinstance(n, (ast.Name, ast.Attribute)))
    paths = {v.path for name in names for v in plan.values(name) if isinstance(v, Ext)}
    return not isinstance(value, ast.Call) and any(surface.ANNOTATIONS.get(path) in RENAMED for path in paths)


def _annotation(
    plan: Plan, path: str, annotation: ast.expr | None, values: Values, aliases: Mapping[str, ast.expr]
) -> None:
    if annotation is None:
        return
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        _quoted(plan, path, annotation, values)
        return
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name) and node.id in aliases:
            _annotation(plan, path, aliases[node.id], values, {})
        elif isinstance(node, (ast.Attribute, ast.Name)):
            made = new_name(plan, path, node, values)
            if made is not None:
                plan.expression(path, node, made)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            _quoted(plan, path, node, values)


def _moved(plan: Plan, site: Site) -> bool:
    """Whether a site's group has a call, and moves; a config that no request is seen to take stays what it is."""
    group = plan.groups.of(site)
    return group.failure is None and any(call.site in group.sites for call in plan.calls)


def _only_moved(plan: Plan, kind: str) -> Site | None:
    """The first call that makes an object of a kind, if all such calls of the program move."""
    calls = [call for call in plan.calls if (kind, call.site.node) in plan.program.machine.objs]
    if not calls or not all(plan.groups.moves(call.site) for call in calls):
        return None
    return calls[0].site


def _quoted(plan: Plan, path: str, annotation: ast.Constant, values: Values) -> None:
    """An annotation in quotes keeps them."""
    text = annotation.value
    assert isinstance(text, str)
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        return
    if not text.isascii() or "\n" in text:
        return
    edits = []
    for node in ast.walk(tree):
        made = new_name(plan, path, node, values) if isinstance(node, (ast.Attribute, ast.Name)) else None
        if made is not None and isinstance(node, ast.expr):
            edits.append((node.col_offset, node.end_col_offset or 0, made))

    def edit(c: Context) -> str:
        code = text
        for start, end, made in sorted(edits, key=lambda item: -item[0]):
            code = code[:start] + str(made(c)) + code[end:]
        if code in ("str", "dict"):
            return code
        quote = "'" if c.module.code_for_node(c.node(annotation)).startswith("'") else '"'
        return f"{quote}{code}{quote}"

    if edits:
        plan.expression(path, annotation, edit)


def new_name(plan: Plan, path: str, node: ast.expr, values: Values) -> ExprEdit | None:
    """The code for the name of an SDK's type that these values no longer have; None where it stays."""
    named = [v.path for v in plan.program.machine.eval(node) if isinstance(v, Ext)]
    if surface.DICTS.intersection(named) and plan.moves_something() and not plan.legacy_left:
        return lambda c: "dict"
    kind = next((surface.ANNOTATIONS[name] for name in named if name in surface.ANNOTATIONS), None)
    if kind in TURNS:
        return _of_turns(plan, kind, values)
    if kind not in RENAMED:
        return None
    inner = _with_elements(plan, values)
    found = [v for v in inner if isinstance(v, Obj) and v.kind in (*RENAMED, "Chunk")]
    if not found and inner <= NOTHING:  # what it will be given is what all calls of the program give
        site = _only_moved(plan, kind)
        return _name(plan, path, kind, site) if site is not None else None
    if not found or not all(_moved(plan, v.site) for v in found):
        return None
    if all(v.kind == "Chunk" for v in found) and kind == "Response":
        kind = "Chunk"
    return _name(plan, path, kind, found[0].site)


def _of_turns(plan: Plan, kind: str, values: Values) -> ExprEdit | None:
    """The code for a class of turns, their parts or calls of functions, where what has it becomes dicts or steps."""
    found = [v for v in _with_elements(plan, values) if isinstance(v, Obj)]
    calls = [v for v in found if v.kind == "Call"]
    answers = [v for v in found if v.kind == "Answer"]
    made = [v for v in found if v.kind in (*TURNS, "FResult")]
    if len(calls) == len(found) and calls and kind == "FCall" and all(_moved(plan, v.site) for v in calls):
        return lambda c: f"{GENAI}.interactions.FunctionCallStep"
    if not made or len(made) + len(answers) < len(found) or any(v in values for v in answers):
        return None
    if not all(_edited(plan, v.site) for v in made) or not all(_moved(plan, v.site) for v in answers):
        return None
    return lambda c: f"dict | {GENAI}.interactions.Step" if answers else "dict"


def _edited(plan: Plan, site: Site) -> bool:
    """Whether what a site makes is written anew."""
    edits = plan.edits.get(site.path)
    return edits is not None and site.node in edits.expressions


def tested(plan: Plan, path: str, call: ast.Call, objects: Sequence[Obj]) -> bool:
    """isinstance(x, T) of an SDK's type: whether T can become what these objects are then; asks for its edit."""
    wanted = call.args[1] if len(call.args) == 2 else call
    items = wanted.elts if isinstance(wanted, ast.Tuple) else [wanted]
    kinds = {surface.ANNOTATIONS.get(v.path, "") for item in items for v in plan.values(item) if isinstance(v, Ext)}
    ours = {obj.kind for obj in objects}
    if not ours <= {"Response", "LModel", "LChat", "GChat", "AGChat"} or len(ours) != 1 or not ours <= kinds:
        return False
    if any(kind in RENAMED and kind not in ours for kind in kinds):
        return False
    others = plan.values(call.args[0]) - frozenset(objects) - {NONE}
    if ours != {"Response"} and others:
        return False  # a name, or a dict of the program's own, may look like what a model or a chat becomes

    def work() -> None:
        for item in items:
            made = _name(plan, path, objects[0].kind, objects[0].site)
            if {surface.ANNOTATIONS.get(v.path) for v in plan.values(item) if isinstance(v, Ext)} & ours:
                plan.expression(path, item, made)

    plan.closing.append(lambda: work() if all(plan.groups.moves(obj.site) for obj in objects) else None)
    return True


def _with_elements(plan: Plan, values: Values) -> Values:
    found = values
    for value in values:
        if isinstance(value, Box):
            found |= plan.program.machine.cells.get(("e", value, "#"), frozenset())
        elif isinstance(value, (Func, Bound)):  # an annotation of a function names what it takes and gives
            func = value.func if isinstance(value, Bound) else value
            keys = [("r", func), *(("p", func, arg.arg) for arg in parameters(func.node.args))]
            for key in keys:
                found |= plan.program.machine.cells.get(key, frozenset())
    return found


def _name(plan: Plan, path: str, kind: str, site: Site) -> ExprEdit:
    def edit(c: Context) -> str:
        if kind == "LModel":
            return "str" if models.form(plan, site) == "name" else "dict"
        if kind in ("LChat", "GChat", "AGChat"):
            if not plan.groups.of(site).facts.get("class"):
                return "dict"
            made_here = any(chat.path == path for s, chat in plan.chats.items() if s in plan.groups.of(site).sites)
            return chat_class.class_name(plan, path, site) if made_here else "object"
        if kind in ("LConfig", "GConfig"):
            return "dict"
        if kind in TYPES:
            return f"{GENAI}.types.{TYPES[kind]}"
        return f"{GENAI}.interactions.{'InteractionSSEEvent' if kind == 'Chunk' else 'Interaction'}"

    return edit
