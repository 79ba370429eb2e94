"""What is written out in the source: constants, the entries of configs, and what a name stands for."""

from __future__ import annotations

import ast

from ..infer.program import ModuleFacts
from ..infer.scopes import Scope
from ..infer.values import Ext, Module
from ..sdk import settings as table
from . import context
from .plan import Plan


def literal(node: ast.expr) -> object:
    """The value of a constant expression, or None."""
    return node.value if isinstance(node, ast.Constant) else None


def fields(plan: Plan, path: str, node: ast.expr) -> list[tuple[str, ast.expr, ast.AST]] | None:
    """(name, value, place) of a config written out as a dict, dict(...) or constructor call; None when it is not."""
    found = entries(node) if isinstance(node, ast.Dict) or isinstance(node, ast.Call) and is_maker(plan, node) else None
    if found is None:
        return None
    return [(table.CAMEL.get(name, name), value, place) for name, value, place in found]


def entries(node: ast.expr) -> list[tuple[str, ast.expr, ast.AST]] | None:
    """(name, value, place) of a dict with constant keys or of a call with keywords only; None for anything else."""
    if isinstance(node, ast.Dict):
        pairs = [(key, value) for key, value in zip(node.keys, node.values)]
        if all(isinstance(key, ast.Constant) and isinstance(key.value, str) for key, _ in pairs):
            return [(str(key.value), value, key) for key, value in pairs if isinstance(key, ast.Constant)]
    elif isinstance(node, ast.Call) and not node.args and all(keyword.arg for keyword in node.keywords):
        return [(keyword.arg or "", keyword.value, keyword) for keyword in node.keywords]
    return None


def is_maker(plan: Plan, node: ast.Call) -> bool:
    """Whether a call makes a config of an SDK, or is dict(...)."""
    if any(obj.site.node is node for obj in plan.objects(node, "LConfig", "GConfig")):
        return True
    return any(isinstance(v, Ext) and v.path == "builtins.dict" for v in plan.program.machine.callees.get(node, ()))


def made_by(plan: Plan, node: ast.expr, *names: str) -> bool:
    """Whether a node calls one of these classes of an SDK, such as `ThinkingConfig` or its `ThinkingConfigDict`."""
    if not isinstance(node, ast.Call):
        return False
    paths = {v.path for v in plan.program.machine.callees.get(node, ()) if isinstance(v, Ext)}
    return bool(paths) and all(
        path.startswith("google.") and path.rpartition(".")[2].removesuffix("Dict") in names for path in paths
    )


def made_of(plan: Plan, node: ast.expr, *names: str) -> list[tuple[str, ast.expr, ast.AST]] | None:
    """The entries of a dict, or of a call of one of these classes of an SDK, that is written out; else None."""
    return entries(node) if isinstance(node, ast.Dict) or made_by(plan, node, *names) else None


def module_of(plan: Plan, node: ast.AST) -> str | None:
    """The path of the module that holds a node."""
    return plan.home(node)


def scope_at(facts: ModuleFacts, node: ast.AST) -> Scope:
    """The scope in which a node's names are looked up."""
    here = context.function(facts, node)
    return facts.scopes[here] if here is not None else facts.scope


def origin(plan: Plan, path: str, node: ast.expr, depth: int = 4) -> tuple[str, ast.expr]:
    """(path, expression) that a name is bound to once and for all, across imports; else the node itself."""
    if depth and isinstance(node, ast.Name):
        facts = plan.facts(path)
        owner = scope_at(facts, node).lookup(node.id)
        bound = _binding(plan, facts, owner, node.id) if owner is not None else None
        if bound is not None:
            return origin(plan, *bound, depth - 1)
    elif depth and isinstance(node, ast.Attribute):
        modules = plan.values(node.value)
        if len(modules) == 1 and isinstance(module := next(iter(modules)), Module):
            facts = plan.facts(module.path)
            bound = _binding(plan, facts, facts.scope, node.attr)
            if bound is not None:
                return origin(plan, *bound, depth - 1)
    return path, node


def _binding(plan: Plan, facts: ModuleFacts, owner: Scope, name: str) -> tuple[str, ast.expr] | None:
    """The one value that a variable of a scope gets: assigned there, or imported from a module of the project."""
    if name in owner.escaping or name not in owner.bound:
        return None
    stores = [n for n in facts.nodes if isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load)]
    stores = [n for n in stores if scope_at(facts, n).lookup(name) is owner]
    imports = [
        (n, alias)
        for n in facts.nodes
        if isinstance(n, ast.ImportFrom) and scope_at(facts, n) is owner
        for alias in n.names
        if (alias.asname or alias.name) == name
    ]
    if len(stores) == 1 and not imports:
        holder = facts.parents[stores[0]]
        if _changed(facts, owner, name):
            return None
        if isinstance(holder, ast.Assign) and holder.targets == [stores[0]]:
            return facts.path, holder.value
        if isinstance(holder, ast.AnnAssign) and holder.value is not None:
            return facts.path, holder.value
    if len(imports) == 1 and not stores:
        node, alias = imports[0]
        target = plan.program.index.resolve(facts.path, node.module or "", node.level)
        if target is not None and target in plan.program.modules:
            there = plan.facts(target)
            return _binding(plan, there, there.scope, alias.name)
    return None


def bindings(plan: Plan, path: str, node: ast.expr) -> list[ast.expr]:
    """All that is assigned to a variable of a function or of a module that no other code binds; else nothing."""
    if not isinstance(node, ast.Name) or is_parameter(plan, path, node):
        return []
    facts = plan.facts(path)
    owner = scope_at(facts, node).lookup(node.id)
    if owner is None or node.id in owner.escaping or node.id not in owner.bound or _changed(facts, owner, node.id):
        return []
    found: list[ast.expr] = []
    for store in facts.nodes:
        if isinstance(store, ast.Name) and store.id == node.id and not isinstance(store.ctx, ast.Load):
            holder = facts.parents[store]
            if scope_at(facts, store).lookup(node.id) is not owner:
                continue
            if not isinstance(holder, (ast.Assign, ast.AnnAssign)) or holder.value is None:
                return []
            if isinstance(holder, ast.Assign) and holder.targets != [store]:
                return []
            found.append(holder.value)
    return found


_CHANGES = frozenset("append extend insert update pop remove clear setdefault add sort reverse popitem".split())


def _changed(facts: ModuleFacts, owner: Scope, name: str) -> bool:
    """Whether what a variable holds is changed in place: an element or attribute is set, or a method changes it."""
    for node in facts.nodes:
        if not isinstance(node, (ast.Attribute, ast.Subscript)):
            continue
        if not (isinstance(node.value, ast.Name) and node.value.id == name):
            continue
        stored = not isinstance(node.ctx, ast.Load)
        if stored or isinstance(node, ast.Attribute) and node.attr in _CHANGES:
            if scope_at(facts, node).lookup(name) is owner:
                return True
    return False


def constant(plan: Plan, path: str, node: ast.expr) -> object:
    """The value of a constant, also through a name that stands for it; None where it is not known."""
    where, found = origin(plan, path, node)
    if isinstance(found, ast.UnaryOp) and isinstance(found.op, ast.USub):
        value = literal(found.operand)
        return -value if isinstance(value, (int, float)) else None
    return literal(found)


def is_parameter(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether a name is a parameter of a function."""
    if not isinstance(node, ast.Name):
        return False
    owner = scope_at(plan.facts(path), node).lookup(node.id)
    args = getattr(owner.node, "args", None) if owner is not None else None
    return args is not None and any(
        arg.arg == node.id for arg in [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg] if arg
    )


def only_used_as(plan: Plan, path: str, node: ast.expr, *settings: str) -> bool:
    """Whether a variable of a module is used for nothing but these settings, here and elsewhere."""
    facts = plan.facts(path)
    if not isinstance(node, ast.Name):
        return False
    owner = scope_at(facts, node).lookup(node.id)
    for inner in facts.nodes:
        if isinstance(inner, ast.Name) and inner.id == node.id and isinstance(inner.ctx, ast.Load):
            if scope_at(facts, inner).lookup(node.id) is owner and _setting(facts.parents, inner) not in settings:
                return False
    if owner is not facts.scope:
        return True
    return not used_elsewhere(plan, path, node.id)


def used_elsewhere(plan: Plan, path: str, name: str) -> bool:
    """Whether another module may use a variable of a module."""
    others = [other for where, module in plan.program.modules.items() if where != path for other in module.nodes]
    return any(
        isinstance(other, ast.Attribute)
        and other.attr == name
        or isinstance(other, ast.ImportFrom)
        and any(alias.name in (name, "*") for alias in other.names)
        for other in others
    )


def _setting(parents: dict[ast.AST, ast.AST], node: ast.expr) -> str:
    """The setting that a node is the value of, or ''."""
    parent = parents[node]
    if isinstance(parent, ast.Dict) and node in parent.values:
        key = parent.keys[parent.values.index(node)]
        return str(literal(key)) if key is not None else ""
    return str(parent.arg) if isinstance(parent, ast.keyword) else ""


def genai_types(plan: Plan, path: str) -> str:
    """How a module names google.genai.types; it is imported where it is not."""
    for node in plan.facts(path).nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "google.genai" and not node.level:
            for alias in node.names:
                if alias.name == "types" and isinstance(plan.facts(path).parents[node], ast.Module):
                    renamed = f" as {alias.asname}" if alias.asname else ""
                    plan.imports(path, f"from google.genai import types{renamed}")  # it may stand too late
                    return alias.asname or alias.name
    name = plan.type_modules.get(path)
    if name is None:
        name = plan.type_modules[path] = plan.fresh(path, "types", "genai_types")
    plan.imports(path, "from google.genai import types" + ("" if name == "types" else f" as {name}"))
    return name


def remove_unused(plan: Plan, path: str, node: ast.expr) -> None:
    """Takes away the assignment of a config whose entries are written at the call now, if nothing uses it any more."""
    assert isinstance(node, ast.Name)
    facts, name = plan.facts(path), node.id
    plan.inlined.add(node)
    owner = scope_at(facts, node).lookup(name)
    loads = [n for n in facts.nodes if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
    uses = {n for n in loads if scope_at(facts, n).lookup(name) is owner}

    def remove() -> None:
        for inner in facts.nodes if uses <= plan.inlined else ():
            if isinstance(inner, ast.Assign) and isinstance(target := inner.targets[0], ast.Name) and target.id == name:
                if len(inner.targets) == 1 and origin(plan, path, node)[1] is inner.value:
                    plan.statement(path, inner).remove = True

    plan.closing.append(remove)
