"""Whether the client is there where a request needs it.

configure(...) holds for a whole process, from its call on. A client is held by a variable: one of a function is gone
when the function ends, and one of a script that Streamlit runs anew for each input is gone with the run. So a variable
will do only where every request comes behind the statement that makes the client.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence

from ..infer.program import ModuleFacts
from ..infer.scopes import parameters
from ..infer.values import Ext
from ..modules import is_test
from . import context, module_names, snippets
from .configures import Configure, threaded
from .forwarded import callers
from .plan import Plan

_LEAVES = frozenset("stop exit quit _exit abort rerun switch_page".split())
"""Functions that do not return."""
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_DEPTH = 8
_COPIES = frozenset(
    "copy.deepcopy pickle.dump pickle.dumps dill.dump dill.dumps cloudpickle.dump cloudpickle.dumps joblib.dump".split()
)
"""Functions that go through all that an object holds (copy, pickle: a lock of the client's is refused)."""


def statement(plan: Plan, item: Configure) -> ast.stmt:
    """The statement that a configure(...) call is: a test of its key alone is part of it, where a caller may leave that
    out (a client takes the key of the environment then, as the SDK did)."""
    facts = plan.facts(item.path)
    own = context.statement(facts, item.node)
    guard = facts.parents[own]
    if not isinstance(guard, ast.If) or guard.body != [own] or guard.orelse or item.function is None:
        return own
    key = next((keyword.value for keyword in item.node.keywords if keyword.arg == "api_key"), None)
    test = guard.test
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.IsNot):
        test = test.left
    if not isinstance(key, ast.Name) or not isinstance(test, ast.Name) or key.id != test.id or _is_elif(facts, guard):
        return own
    given = key.id in {arg.arg for arg in parameters(item.function.args)}
    names = (node for node in ast.walk(item.function) if isinstance(node, ast.Name) and node.id == key.id)
    return guard if given and not any(isinstance(node.ctx, ast.Store) for node in names) else own


def behind(plan: Plan, items: Sequence[Configure], node: ast.AST, keyed: bool = True) -> bool:
    """Whether a node of the same function, or top level, only runs when one of these calls has made the client. keyed:
    or when there is no key for one."""
    facts = plan.facts(items[0].path)
    makers = [statement(plan, item) for item in items]
    return _behind_any(facts, makers, node, lambda outer: keyed and any(_of_key(item, outer) for item in items))


def _behind_any(
    facts: ModuleFacts, makers: Sequence[ast.stmt], node: ast.AST, passes: Callable[[ast.AST], bool]
) -> bool:
    """Whether a node only runs behind one of these statements, of which each branch of an if may have one."""

    def each(outer: ast.AST) -> bool:
        return isinstance(outer, ast.If) and all(map(has, (outer.body, outer.orelse)))

    def has(block: Sequence[ast.AST]) -> bool:
        return any(outer in block for made in makers for outer in (made, *context.ancestors(facts, made)))

    return any(_follows(facts, made, node, lambda outer: each(outer) or passes(outer)) for made in makers)


def _follows(facts: ModuleFacts, first: ast.stmt, node: ast.AST, passes: Callable[[ast.AST], bool]) -> bool:
    """Whether a node only runs behind a statement of the same function, or top level. passes: whether a compound
    statement counts as one that always runs what is in it."""
    around = {node, *context.ancestors(facts, node)}
    child: ast.AST = first
    while True:
        parent = facts.parents.get(child)
        if parent is None:
            return False
        block = _block(parent, child)
        if any(later in around for later in block[block.index(child) + 1 :]):
            return True
        if isinstance(parent, ast.Try) and child in parent.body and any(later in around for later in parent.orelse):
            return True
        if not _passed(parent, child) and not passes(parent):
            return False
        child = parent


def bound(facts: ModuleFacts, name: str, node: ast.AST) -> bool:
    """Whether a variable of the function around a node, or of the top level, has its value where the node runs."""
    function = context.function(facts, node)
    if function is not None and name in {arg.arg for arg in parameters(function.args)}:
        return True
    around = {node, *context.ancestors(facts, node)}
    makers = [made for made in _binding(facts, name) if context.function(facts, made) is function]
    holders = (ast.For, ast.AsyncFor, ast.With, ast.AsyncWith)
    inside = any(isinstance(made, holders) and any(inner in around for inner in made.body) for made in makers)
    return inside or _behind_any(facts, makers, node, lambda outer: False)


def _binding(facts: ModuleFacts, name: str) -> list[ast.stmt]:
    """The statements that give a variable a value."""
    stores = (node for node in facts.every(ast.Name) if node.id == name and isinstance(node.ctx, ast.Store))
    found = [context.statement(facts, node) for node in stores]
    imports: list[ast.Import | ast.ImportFrom] = [*facts.every(ast.Import), *facts.every(ast.ImportFrom)]
    return [*found, *(node for node in imports if name in {alias.asname or alias.name for alias in node.names})]


def on_import(plan: Plan, item: Configure) -> bool:
    """Whether a module makes the client whenever it is imported; item: a call of its top level."""
    facts = plan.facts(item.path)
    child: ast.AST = context.statement(facts, item.node)
    while not isinstance(parent := facts.parents[child], ast.Module):
        if isinstance(parent, ast.If) and "__name__" in ast.unparse(parent.test) or not _passed(parent, child):
            return False
        child = parent
    return True


def in_object(plan: Plan, items: Sequence[Configure], nodes: Iterable[ast.AST]) -> bool:
    """Whether an object has its client when its methods make these requests; items: calls in its __init__, or in a
    method that it runs."""
    return any(_each_object(plan, item) for item in items) or all(
        any(_made_behind(plan, item, node) for item in items) for node in nodes
    )


def copied(plan: Plan, node: ast.ClassDef) -> bool:
    """Whether the program copies an object of a class with all that it holds, or writes it: no client can be."""
    machine = plan.program.machine
    cls = machine.classes.get(node)
    insts = {machine.insts.get(one) for one in cls.line()} if cls is not None else set()
    for facts in plan.program.modules.values():
        for call in facts.every(ast.Call):
            paths = {value.path for value in machine.callees.get(call, ()) if isinstance(value, Ext)}
            if call.args and not _COPIES.isdisjoint(paths):
                values = plan.values(call.args[0])
                if not insts.isdisjoint(values | machine.elements(values)):
                    return True
    return False


def of_init(plan: Plan, item: Configure) -> ast.stmt | None:
    """The statement of a class's __init__ that configures the SDK, or runs the one method that does; None where there
    is none."""
    if item.function is None or item.cls is None or item.function.name == "__init__":
        return statement(plan, item) if item.function is not None else None
    if item.function.decorator_list:
        return None
    facts = plan.facts(item.path)
    calls = [call for path, call in callers(plan).get(item.function, []) if path == item.path]
    for call in calls if len(callers(plan).get(item.function, [])) == 1 else ():
        init, func = context.function(facts, call), call.func
        if init is None or init.name != "__init__" or init not in item.cls.body or not init.args.args:
            continue
        if isinstance(func, ast.Attribute) and getattr(func.value, "id", "") == init.args.args[0].arg:
            return context.statement(facts, call)
    return None


def _each_object(plan: Plan, item: Configure) -> bool:
    """Whether each object of the class makes a client, or has no key for one."""
    first = of_init(plan, item)
    return first is not None and all(_always(plan, item, made) for made in {first, statement(plan, item)})


def _always(plan: Plan, item: Configure, made: ast.stmt) -> bool:
    """Whether a function always runs a statement of it, unless there is no key."""
    facts = plan.facts(item.path)
    child: ast.AST = made
    while not isinstance(parent := facts.parents[child], (ast.FunctionDef, ast.AsyncFunctionDef)):
        if not _passed(parent, child) and not _of_key(item, parent):
            return False
        child = parent
    line: int = child.lineno  # type: ignore[attr-defined]
    left = [node for node in ast.walk(parent) if isinstance(node, ast.Return) and node.lineno < line]
    return all(any(_of_key(item, outer) for outer in context.ancestors(facts, node)) for node in left)


def _made_behind(plan: Plan, item: Configure, node: ast.AST) -> bool:
    """Whether a request, or the models and chats that it is made of, come behind the client."""
    if behind(plan, [item], node):
        return True
    made = plan.objects(node.value, "LModel", "LChat") if isinstance(node, ast.Attribute) else []
    return bool(made) and all(obj.site.path == item.path and behind(plan, [item], obj.site.node) for obj in made)


def _block(parent: ast.AST, child: ast.AST) -> list[ast.AST]:
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and child in block:
            return block
    return [child]


def _passed(parent: ast.AST, child: ast.AST) -> bool:
    """Whether what comes behind a compound statement runs only when a statement in it has run."""
    if isinstance(parent, (ast.With, ast.AsyncWith)):
        return True
    if isinstance(parent, ast.Try):
        return child in parent.body or child in parent.finalbody
    if not isinstance(parent, ast.If):
        return False
    other = parent.orelse if child in parent.body else parent.body
    return bool(other) and _ends(other[-1]) or "__name__" in ast.unparse(parent.test)


def _ends(last: ast.stmt) -> bool:
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        func = last.value.func
        return (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")) in _LEAVES
    return isinstance(last, _ENDS)


def _of_key(item: Configure, parent: ast.AST) -> bool:
    """Whether a test only asks for the key: without one, no request was answered, either."""
    if not isinstance(parent, ast.If):
        return False
    names = {node.id for value in item.node.keywords for node in ast.walk(value) if isinstance(node, ast.Name)}
    asked = {node.id for node in ast.walk(parent.test) if isinstance(node, ast.Name)}
    return bool(asked) and asked <= names | {"os"}


def _is_elif(facts: ModuleFacts, branch: ast.If) -> bool:
    start, _ = facts.lines.place(branch)
    return facts.text.startswith("elif", start)


# -- scripts that Streamlit runs anew ----------------------------------------------------------------------------------


def streamlit(plan: Plan, path: str) -> str:
    """The name of Streamlit in a script that it runs anew for each input; '' for any other module."""
    for node in plan.facts(path).tree.body:
        for alias in node.names if isinstance(node, ast.Import) else ():
            if alias.name == "streamlit":
                imported = not all(map(is_test, module_names.importers(plan, path)))
                return "" if imported else alias.asname or alias.name
    return ""


def kept(plan: Plan, path: str, items: Sequence[Configure], nodes: Sequence[ast.AST]) -> str:
    """The code of the client of such a script where a variable would not hold it from one run to the next: in the
    session, or where a cached function makes it, in what all sessions share. '' where a variable will do."""
    name = streamlit(plan, path)
    if not name or any(_each_run(plan, path, item.node, name) for item in items):
        return ""
    if nodes and all(behind(plan, items, node, keyed=False) for node in nodes):
        return ""
    cached = [item for item in items if item.function is not None and _cached(plan, item.function, name)]
    text = plan.facts(path).text
    attribute = next(n for n in ("client", "genai_client", "gemini_client", "interactions_client") if n not in text)
    if not cached and not threaded(plan):
        return f"{name}.session_state.{attribute}"
    plan.imports(path, "from types import SimpleNamespace")
    return f"{plan.snippet(path, snippets.SHARED.replace('{st}', name), 'shared', 'shared_by_runs')}().client"


def in_each_run(plan: Plan, path: str, name: str) -> bool:
    """Whether a variable of the top level has its value in each run of a script of Streamlit."""
    facts = plan.facts(path)
    makers = [made for made in _binding(facts, name) if context.function(facts, made) is None]
    return any(_each_run(plan, path, made, streamlit(plan, path)) for made in makers)


def _each_run(plan: Plan, path: str, node: ast.AST, name: str, depth: int = 0) -> bool:
    """Whether each run of a script comes to a node."""
    facts = plan.facts(path)
    child: ast.AST = context.statement(facts, node)
    while not isinstance(parent := facts.parents[child], ast.Module):
        if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return depth < _DEPTH and _called_each_run(plan, path, name, parent, child, depth)
        if not _passed(parent, child) and not (isinstance(parent, ast.If) and same(facts, parent.test, name)):
            return False
        child = parent
    return True


def _called_each_run(
    plan: Plan, path: str, name: str, function: ast.FunctionDef | ast.AsyncFunctionDef, inner: ast.AST, depth: int
) -> bool:
    if function.decorator_list:
        return False
    line: int = inner.lineno  # type: ignore[attr-defined]
    early = any(isinstance(node, ast.Return) and node.lineno < line for node in ast.walk(function))
    facts = plan.facts(path)
    for place, call in callers(plan).get(function, ()):
        last = any(outer is facts.tree.body[-1] for outer in context.ancestors(facts, call))
        if place == path and (last or not early) and _each_run(plan, path, call, name, depth + 1):
            return True
    return False


def same(facts: ModuleFacts, node: ast.expr, name: str) -> bool:
    """Whether an expression has the same value in each run: of the environment and the secrets, not of what a person
    does. name: that of Streamlit."""
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    values = [node]
    for statement in facts.nodes:
        if isinstance(statement, ast.Assign):
            targets = {target.id for target in statement.targets if isinstance(target, ast.Name)}
            values += [statement.value] if targets & names else []
            names -= targets
    told = (node for value in values for node in ast.walk(value))
    asks = [node for node in told if isinstance(node, ast.Name) and node.id == name]
    secrets = [asked for asked in asks if getattr(facts.parents[asked], "attr", "") == "secrets"]
    return len(asks) == len(secrets) and not names - {"os", "bool", "len", name}


def _cached(plan: Plan, function: ast.AST, name: str, depth: int = 0) -> bool:
    """Whether a function, or one that calls it, runs once and gives what it gave from then on."""
    decorators = [ast.unparse(decorator) for decorator in getattr(function, "decorator_list", ())]
    if any(text.startswith((f"{name}.cache", f"{name}.experimental", "cache_")) for text in decorators):
        return True
    if depth > _DEPTH:
        return False
    for path, call in callers(plan).get(function, ()):
        outer = context.function(plan.facts(path), call)
        if outer is not None and _cached(plan, outer, name, depth + 1):
            return True
    return False
