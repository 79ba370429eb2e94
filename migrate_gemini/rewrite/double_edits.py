"""What is set up on a double, asked of it, or expected of its calls: in the words of the new client."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst

from ..infer import doubles as inference
from ..infer.values import Double, Ext, Obj
from ..sdk import doubles as names
from ..sdk import surface
from ..sdk.reads import READS
from . import double_asserts, double_first
from .call import arguments
from .edits import Context, ExprEdit
from .plan import Plan
from .reasons import Reason

if TYPE_CHECKING:
    from .doubles import Doubles

NOT_MOVED = (Reason.TESTED, "")
ANSWERS = ("Response", "Chunk", "Usage", "Candidate", "Part", "Answer")
_PLAIN_MOCK = ("return_value", "side_effect", "assert_", "reset_mock", "configure_mock", "__", "mock_", "method_calls")
_MODULES = (surface.LEGACY, surface.GENAI)


def finish(found: Doubles) -> None:
    """Edits every expression of the program that has to do with a double whose calls move."""
    for path, facts in found.plan.program.modules.items():
        if not inference.may_hold(path, facts.text):
            continue
        for node in facts.nodes:
            if isinstance(node, ast.Attribute) and (bases := found.doubles(node.value)):
                moving = found.near(path, node, bases)
                if moving and _eligible(found, path, node):
                    _attribute(found, path, node, moving)
            elif isinstance(node, ast.Subscript) and (bases := found.doubles(node.value)):
                moving = found.near(path, node, bases)
                if moving and _eligible(found, path, node):
                    double_asserts.record(found, path, node, moving)
            elif isinstance(node, ast.Call):
                made = [double for double in found.doubles(node) if double.node is node and double.parent is None]
                if made and found.moves(made[0]) and found.machine.placed.get(node) is None:
                    _made(found, path, node, made)


def _eligible(found: Doubles, path: str, node: ast.Attribute | ast.Subscript) -> bool:
    """Whether an expression is one of a test, not of the code that is tested."""
    if found.in_test(path, node):
        return True
    return not any(
        isinstance(value, Obj) or isinstance(value, Ext) and value.path.startswith(_MODULES)
        for value in found.plan.values(node.value)
    )


def _attribute(found: Doubles, path: str, node: ast.Attribute, bases: list[Double]) -> None:
    plan = found.plan
    roles = found.role(bases)
    parent = plan.facts(path).parents[node]
    if isinstance(parent, ast.Call) and parent.func is node and node.attr in surface.CALL_NAMES:
        if roles:
            found.say(path, node, f"the test calls {node.attr} of a double itself; call what the program calls now")
        return
    for role in sorted(roles):
        if role in ("LModel", "LChat", "GChat", "AGChat", "Models", "AModels", "Client", "AClient", "Chats", "AChats"):
            _object(found, path, node, role, bases)
        elif role in ANSWERS:
            _answer(found, path, node, role)
        elif role == "Interaction":
            double_first.attribute(found, path, node)
        elif role.startswith(_MODULES):
            pass  # `double_places` does these, with the place of the patch
        elif "." in role:
            _method(found, path, node, role, bases)
        else:
            continue
        return


def _rename(plan: Plan, path: str, node: ast.Attribute, name: str) -> None:
    plan.expression(path, node, lambda c: f"{c.code(node.value)}.{name}" if name else c.code(node.value))


def _object(found: Doubles, path: str, node: ast.Attribute, kind: str, bases: list[Double]) -> None:
    """An attribute of a double of a client, a model or a chat."""
    plan, facts = found.plan, found.plan.facts(path)
    name = node.attr
    if (kind, name) in names.REQUESTS:
        _rename(plan, path, node, names.REQUESTS[kind, name])
    elif name in names.STREAMS and name in surface.METHODS.get(kind, ()):
        _rename(plan, path, node, "create")
    elif (kind, name) in names.LINKS:
        parent = facts.parents[node]
        used = {step for base in bases for step in _used(found, base, name)}
        if isinstance(parent, ast.Attribute):
            if parent.attr in surface.REQUESTS:
                _rename(plan, path, node, names.LINKS[kind, name])
        elif used and used <= surface.REQUESTS:
            _rename(plan, path, node, names.LINKS[kind, name])
        elif used & surface.REQUESTS:
            found.say(path, node, f"`.{name}` of this double has other calls, too; set `.interactions` beside it")
    elif kind in ("Client", "AClient") and name == "chats":
        return  # with its `create`
    elif (kind, name) in names.MAKES_CHAT:
        parent = facts.parents[node]
        if isinstance(parent, ast.Attribute) and parent.attr == "return_value":
            asynchronous = {step for base in bases for step in _chat_steps(found, base, name)} & {"send_message_async"}
            owner = node.value
            if kind != "LModel":
                assert isinstance(owner, ast.Attribute)
                owner = owner.value
            link = f"{'aio.' if asynchronous else ''}{names.MAKES_CHAT[kind, name]}"
            plan.expression(path, parent, lambda c: f"{c.code(owner)}.{link}")
        else:
            found.say(
                path,
                node,
                f"no call starts a chat any more, so `{name}` of this double is never called; ask for the arguments of "
                "`interactions.create` instead",
            )
    elif name in surface.METHODS.get(kind, ()) or name in surface.ATTRIBUTES.get(kind, ()):
        if kind not in ("Client", "AClient", "Models", "AModels"):
            found.say(path, node, f"nothing reads `.{name}` of this double any more; set up what the new code reads")


def _used(found: Doubles, base: Double, name: str) -> set[str]:
    """The names that are read of what a double (or one put there) has under a name."""
    machine = found.machine
    there = {machine.child(base, name)} | {
        v for v in machine.cells.get(("double", base, name), ()) if isinstance(v, Double)
    }
    return {double.name for double in machine.doubles.values() if double.parent in there}


def _chat_steps(found: Doubles, base: Double, name: str) -> set[str]:
    machine = found.machine
    started = machine.child(base, name)
    return _used(found, started, "return_value")


def _answer(found: Doubles, path: str, node: ast.Attribute, kind: str) -> None:
    """An attribute of a double of an answer."""
    name = node.attr
    if name.startswith(_PLAIN_MOCK):
        return
    if kind == "Response" and name == "text":
        _rename(found.plan, path, node, "output_text")
        return
    form = READS.get((kind, name), "")
    new = form.removeprefix("{base}.")
    if new != form and new.isidentifier():
        _rename(found.plan, path, node, new)
    elif kind == "Chunk":
        if not _piece(found, path, node):
            found.say(path, node, CHUNK)
    elif name in surface.ATTRIBUTES.get(kind, ()) or (kind, name) in READS:
        found.say(
            path,
            node,
            f"an answer is an interaction now, which has no `.{name}`: set `.output_text`, or the `.steps` that the "
            "new code walks",
        )


def _piece(found: Doubles, path: str, node: ast.Attribute) -> bool:
    """Makes an event of a double whose text is set by itself."""
    plan = found.plan
    statement = plan.facts(path).parents[node]
    mocks = all(double.kind == "mock" for double in found.doubles(node.value))
    if node.attr != "text" or not mocks or not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
        return False
    base = node.value
    plan.statement(path, node).before.append(
        lambda c: f'{c.code(base)}.event_type, {c.code(base)}.delta.type = "step.delta", "text"'
    )
    _rename(plan, path, node, "delta.text")
    return True


CHUNK = (
    'a stream gives events now: let the double give SimpleNamespace(event_type="step.delta", '
    'delta=SimpleNamespace(type="text", text=...)) for each piece of text'
)


def _method(found: Doubles, path: str, node: ast.Attribute, role: str, bases: list[Double]) -> None:
    """An attribute of a double of a request, such as return_value or assert_called_once_with."""
    plan = found.plan
    name = node.attr
    kind, _, method = role.partition(".")
    if (kind, method) not in names.REQUESTS and method not in names.STREAMS:
        return
    parent = plan.facts(path).parents[node]
    if name in names.ASSERTS:
        if isinstance(parent, ast.Call) and parent.func is node:
            double_asserts.expected(found, path, parent, kind, method, bases)
    elif name in ("assert_has_calls", "assert_has_awaits", "mock_calls", "method_calls"):
        found.say(path, node, f"`{name}` names arguments as they were; each call has model= and input= now")


def _made(found: Doubles, path: str, node: ast.Call, made: list[Double]) -> None:
    """A call that makes a double: its keywords are attributes."""
    roles = found.role(made)
    plan = found.plan
    for given in node.keywords if "Interaction" in roles else ():
        if given.arg == "outputs" and (text := double_first.keyword(found, path, node, given)) is not None:
            known = {id(given): ("steps", "{value}")}
            plan.expression(
                path,
                node,
                lambda c, known=known, text=text: renamed(c, node, known, f"output_text={text(c)}"),  # type: ignore[misc]
            )
    for role in sorted(
        roles & {"LModel", "LChat", "GChat", "AGChat", "Models", "AModels", "Client", "AClient", *ANSWERS}
    ):
        spec = next((k for k in node.keywords if k.arg in ("spec", "spec_set")), None)
        typed = spec.value if spec is not None else None
        if typed is None and any(isinstance(v, Ext) and v.path.endswith("autospec") for v in plan.values(node.func)):
            typed = node.args[0] if node.args else None
        if typed is not None and role not in ("Client", "AClient"):
            if any(isinstance(v, Ext) and v.path.startswith(_MODULES) for v in plan.values(typed)):
                wanted = "genai.interactions.Interaction" if role in ANSWERS else "genai.Client"
                found.say(
                    path,
                    node,
                    f"the double has the attributes of {plan.source(path, typed)} only; {wanted} is used now",
                )
        keywords = [k for k in node.keywords if k.arg and k.arg not in names.OPTIONS]
        if role == "Chunk" and keywords:
            if [k.arg for k in keywords] == ["text"] and len(node.keywords) == 1 and not node.args:
                plan.expression(path, node, _event(plan, path, keywords[0].value))
            else:
                found.say(path, node, CHUNK)
            return
        changed: dict[int, tuple[str, str]] = {}
        for keyword in keywords:
            new = _keyword(role, keyword.arg or "")
            if new is None:
                found.say(
                    path, node, f"`{keyword.arg}` is nothing that the new code asks of this double; set it up anew"
                )
            elif new[0] != keyword.arg:
                changed[id(keyword)] = new
        more = ""
        if role == "Response" and made[0].kind == "space" and found.in_chat(made[0]):
            more = 'id="interaction", status="completed"'  # a chat goes on from the one, and asks for the other
        if changed or more:
            plan.expression(path, node, lambda c, known=changed, more=more: renamed(c, node, known, more))  # type: ignore[misc]
        return


EVENT = '''\
def {name}(text):
    """An event of a stream that brings a piece of text."""
    return SimpleNamespace(event_type="step.delta", delta=SimpleNamespace(type="text", text=text))
'''


def _event(plan: Plan, path: str, text: ast.expr) -> ExprEdit:
    name = plan.snippet(path, EVENT, "text_event", "stream_event")
    plan.imports(path, "from types import SimpleNamespace")
    return lambda c: f"{name}({c.code(text)})"


def _keyword(role: str, name: str) -> tuple[str, str] | None:
    """(keyword, what stands around its value) for a keyword of a double; None where there is none."""
    if (role, name) in names.REQUESTS or name in names.STREAMS:
        *way, last = names.REQUESTS.get((role, name), "create").split(".")
        around = "{value}"
        for step in reversed([*way[1:], last]) if way else ():
            around = f"{{func}}({step}={around})"
        return (way[0] if way else last), around
    if (role, name) in names.LINKS:
        return names.LINKS[role, name], "{value}"
    if role == "Response" and name == "text":
        return "output_text", "{value}"
    form = READS.get((role, name), "")
    new = form.removeprefix("{base}.")
    if new != form and new.isidentifier():
        return new, "{value}"
    if name in surface.ATTRIBUTES.get(role, ()) and role not in ("Client", "AClient"):
        return None
    if name in surface.METHODS.get(role, ()) and role in ("LModel", "LChat", "GChat", "AGChat"):
        return None
    return name, "{value}"


def renamed(c: Context, node: ast.Call, changed: dict[int, tuple[str, str]], more: str = "") -> cst.BaseExpression:
    """A call with other names for some of its keywords. changed: id of the keyword -> (name, around its value); more:
    the code of keywords that come behind."""
    old = c.node(node)
    assert isinstance(old, cst.Call)
    args = []
    for item, arg in zip(arguments(node), old.args):
        value = c.new(item.value if isinstance(item, ast.keyword) else item)
        name, around = changed.get(id(item), ("", "{value}"))
        if around != "{value}":
            code = around.replace("{func}", c.code(node.func)).replace("{value}", c.module.code_for_node(value))
            value = c.parse(code)
        arg = arg.with_changes(value=value)
        args.append(arg.with_changes(keyword=cst.Name(name)) if name else arg)
    if more:
        added = c.parse(f"f({more})")
        assert isinstance(added, cst.Call)
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        args = [*(arg.with_changes(comma=comma) for arg in args), *added.args]
    return old.with_changes(func=c.new(node.func), args=args)
