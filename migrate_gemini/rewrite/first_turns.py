"""Input of the first Interactions schema: turns with a role, and results of functions, become steps (MAPPING 3.2, 6).

Turns that are written out and only sent are changed where they stand. All others keep their form in the program, which
may show or store them, and are turned where they are sent.
"""

from __future__ import annotations

import ast

from ..infer.values import NONE, NUM, Bound, Box, Const, Func, Obj, Site, Values, is_text
from ..sdk.first_schema import CONTENTS
from . import snippets, snippets_calls
from .contents import item as text_item
from .edits import Context
from .first_schema import edit, found, is_read, when_first, word
from .plan import Plan
from .written import literal

Input = tuple[str, ast.expr, Site]


def _keys(node: object) -> dict[str, ast.expr]:
    """The values of a dict literal, or of a call with keywords that makes one, by their constant keys."""
    if isinstance(node, ast.Call):
        return {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    if not isinstance(node, ast.Dict):
        return {}
    return {str(literal(key)): value for key, value in zip(node.keys, node.values) if key is not None}


def _type(box: object) -> object:
    """The constant type of a content or step that is written as a dict."""
    given = _keys(box.node) if isinstance(box, Box) else {}
    return literal(given["type"]) if "type" in given else None


def _elements(plan: Plan, values: Values) -> Values:
    found: Values = frozenset()
    for value in values:
        if isinstance(value, Box) and value.type != "dict":
            found |= plan.program.machine.cells.get(("e", value, "#"), frozenset())
    return found


def _is_turn(value: object) -> bool:
    return isinstance(value, Box) and {"role", "content"} <= _keys(value.node).keys()


def turns_in(plan: Plan, node: ast.expr) -> list[Box]:
    """The turns with a role that an input may hold; none where a function of the program makes steps of them."""
    inside = _elements(plan, plan.values(node))
    for callee in plan.program.machine.callees.get(node, ()) if isinstance(node, ast.Call) else ():
        inner = callee.node if isinstance(callee, Func) else callee.func.node if isinstance(callee, Bound) else None
        if inner is not None and any(literal(n) == "user_input" for n in ast.walk(inner) if isinstance(n, ast.expr)):
            return []
    if any(_type(value) in ("user_input", "model_output") for value in inside):
        return []
    return [value for value in inside if isinstance(value, Box) and _is_turn(value)]


def convert(plan: Plan, inputs: list[Input]) -> None:
    """Turns the inputs of all requests of a program of the first schema."""
    known: set[Box] = {box for _, node, _ in inputs for box in turns_in(plan, node)}
    loose = _other_turns(plan, known)
    done: set[ast.AST] = set()
    for path, node, site in inputs:
        turns = turns_in(plan, node)
        if turns and _private(plan, turns, [n for _, n, _ in inputs]) and all(_simple(plan, turn) for turn in turns):
            for turn in turns:
                if turn.node not in done:
                    done.add(turn.node)  # type: ignore[arg-type]
                    _write(plan, turn, site)
        elif turns or loose and not isinstance(node, ast.Call) and _unknown(plan, node):
            _at_run_time(plan, path, node, site)
        _results(plan, path, node, site, done)


def _at_run_time(plan: Plan, path: str, node: ast.expr, site: Site) -> None:
    found(plan, site, path, node)

    def name() -> str:
        return plan.snippet(path, snippets.TO_STEPS, "to_steps", "turns_to_steps")

    def work() -> None:
        name()
        plan.expression(path, node, lambda c: f"{name()}({c.module.code_for_node(c.inner(node))})")

    when_first(plan, site, work)


def _unknown(plan: Plan, node: ast.expr) -> bool:
    """Whether nothing tells what an input is, or what a list that is one holds."""
    values = plan.values(node) - {NONE}
    lists = [value for value in values if isinstance(value, Box) and value.type != "dict"]
    return not values or bool(lists) and not _elements(plan, values)


def _other_turns(plan: Plan, known: set[Box]) -> bool:
    """Whether the program writes turns that were not traced to a request."""
    nodes = {box.node for box in known}
    return any(
        isinstance(node, (ast.Dict, ast.Call)) and node not in nodes and set(_keys(node)) == {"role", "content"}
        for facts in plan.program.modules.values()
        for node in facts.nodes
    )


# -- turns that are changed where they stand ---------------------------------------------------------------------------


def _private(plan: Plan, turns: list[Box], inputs: list[ast.expr]) -> bool:
    """Whether nothing is done with these turns, and the lists that hold them, but to send them."""
    cells = plan.program.machine.cells
    kept: set[object] = set(turns)
    lists = {v for node in inputs for v in plan.values(node) if isinstance(v, Box) and v.type == "list"}
    kept |= {box for box in lists if kept & cells.get(("e", box, "#"), frozenset())}
    sent = set(inputs)
    for path, facts in plan.program.modules.items():
        for node in facts.nodes:
            if not isinstance(node, ast.expr) or node in sent or isinstance(getattr(node, "ctx", None), ast.Store):
                continue
            held = [v for v in plan.values(node) if v in kept]
            if held and not _only_kept(plan, path, node, any(_is_turn(value) for value in held)):
                return False
    return True


_LIST_METHODS = ("append", "extend", "insert", "pop", "clear", "copy")


def _only_kept(plan: Plan, path: str, node: ast.expr, turn: bool) -> bool:
    role, parent = plan.role(path, node)
    if role in ("move", "discard", "truth", "annotation"):
        return not (isinstance(parent, ast.Call) and turn and not _appends(parent))
    if turn:
        return False
    if role == "attribute":
        return isinstance(parent, ast.Attribute) and parent.attr in _LIST_METHODS
    return role in ("len", "iterate", "index") or isinstance(
        parent, (ast.BinOp, ast.AugAssign, ast.Starred, ast.Delete)
    )


def _appends(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "insert")


def _simple(plan: Plan, turn: Box) -> bool:
    """Whether a turn is written out: a known role, and a content that is text, contents or an answer's outputs."""
    node = turn.node
    given = _keys(node)
    if not isinstance(node, ast.Dict) or set(given) != {"role", "content"} or len(node.keys) != 2:
        return False
    if literal(given["role"]) not in ("user", "model"):
        return False
    content = given["content"]
    if is_read(plan, content) is not None:
        call = plan.facts(_path(plan, node)).parents[node]
        return isinstance(call, ast.Call) and _appends(call) and len(call.args) == 1
    values = plan.values(content)
    if values and all(is_text(value) for value in values):
        return True
    boxes = [value for value in values if isinstance(value, Box) and value.type == "list"]
    inside = _elements(plan, values)
    return bool(boxes) and len(boxes) == len(values) and bool(inside) and all(_type(v) in CONTENTS for v in inside)


def _path(plan: Plan, node: ast.AST) -> str:
    return next(path for path, facts in plan.program.modules.items() if node in facts.parents)


def _write(plan: Plan, turn: Box, site: Site) -> None:
    """Writes one turn as a step."""
    node = turn.node
    assert isinstance(node, ast.Dict)
    path = _path(plan, node)
    given = _keys(node)
    role, content = given["role"], given["content"]
    read = is_read(plan, content)
    if read is not None:
        call = plan.facts(path).parents[node]
        assert isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        held = call.func.value
        edit(plan, path, call, site, lambda c: f"{c.code(held)}.extend({c.code(read)}.steps)")
        plan.handled.add(content)
        return
    key = next(key for key in node.keys if key is not None and literal(key) == "role")
    kind = "user_input" if literal(role) == "user" else "model_output"
    word(plan, path, key, site, "type")
    word(plan, path, role, site, kind)
    if not any(isinstance(value, Box) for value in plan.values(content)):
        edit(plan, path, content, site, lambda c: f"[{text_item(c.module.code_for_node(c.inner(content)))}]")


# -- results of functions ----------------------------------------------------------------------------------------------


def _results(plan: Plan, path: str, node: ast.expr, site: Site, done: set[ast.AST]) -> None:
    """Results of functions: a list of them, each with a text or dict; text beside them becomes a step."""
    values = plan.values(node)
    single = [v for v in values if _type(v) == "function_result"]
    if single and len(single) == len(values - {NONE}):
        found(plan, site, path, node)
        edit(plan, path, node, site, lambda c: f"[{c.module.code_for_node(c.inner(node))}]")
    cells = plan.program.machine.cells
    for box in [v for v in values if isinstance(v, Box) and v.type == "list"]:
        inside = cells.get(("e", box, "#"), frozenset())
        for turn in [v for v in inside if _is_turn(v)]:
            assert isinstance(turn, Box)
            inside |= _elements(plan, plan.values(_keys(turn.node)["content"]))
        results = [v for v in inside if _type(v) == "function_result"]
        single += results
        if results and not any(_is_turn(v) for v in inside):
            for content in [v for v in inside if _type(v) in CONTENTS]:
                _as_step(plan, content, site, done)  # type: ignore[arg-type]
    for result in single:
        assert isinstance(result, Box) and isinstance(result.node, ast.Dict)
        value = _keys(result.node).get("result")
        if value is not None and result.node not in done:
            done.add(result.node)
            _result(plan, _path(plan, result.node), value, site)


def _as_step(plan: Plan, content: Box, site: Site, done: set[ast.AST]) -> None:
    node = content.node
    if isinstance(node, ast.Dict) and node not in done:
        done.add(node)
        found(plan, site, _path(plan, node), node)

        def code(c: Context) -> str:
            return f'{{"type": "user_input", "content": [{c.module.code_for_node(c.inner(node))}]}}'

        edit(plan, _path(plan, node), node, site, code)


def _result(plan: Plan, path: str, value: ast.expr, site: Site) -> None:
    """What a function gave must be text, a dict, or a list of contents."""
    values = plan.values(value)
    kinds = {_kind(plan, one) for one in values}
    if kinds and kinds <= {"fine"}:
        return
    found(plan, site, path, value)
    if kinds and kinds <= {"plain"}:
        edit(plan, path, value, site, lambda c: f'{{"result": {c.module.code_for_node(c.inner(value))}}}')
        return

    def name() -> str:
        return plan.snippet(path, snippets_calls.FUNCTION_RESULT, "function_result", "result_of_function")

    def work() -> None:
        name()
        plan.expression(path, value, lambda c: f"{name()}({c.module.code_for_node(c.inner(value))})")

    when_first(plan, site, work)


def _kind(plan: Plan, value: object) -> str:
    if is_text(value) or isinstance(value, Const):
        return "fine"
    if isinstance(value, Box):
        if value.type == "dict":
            return "fine"
        inside = _elements(plan, frozenset((value,)))
        return "fine" if inside and all(_type(v) in CONTENTS for v in inside) else "plain"
    if value in (NUM, NONE):
        return "plain"
    return "unknown" if not isinstance(value, Obj) or value.kind != "Text" else "fine"
