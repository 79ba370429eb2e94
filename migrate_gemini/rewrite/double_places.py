"""Where a test puts its doubles: which name is patched now."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from ..infer.doubles import given
from ..infer.values import Class, Double, Ext, Inst, Module, Obj, Values
from ..sdk import doubles as names
from ..sdk import surface
from . import context, module_names
from .edits import Context, ExprEdit
from .plan import Plan
from .stream_ends import suite_lines

if TYPE_CHECKING:
    from .doubles import Doubles, Unit

MODEL = frozenset(path for path, kind in surface.CONSTRUCTORS.items() if kind == "LModel" and path.endswith("Model"))
CONFIGURE = frozenset(("google.generativeai.configure", "google.generativeai.client.configure"))
STAND = frozenset("LModel LChat GChat AGChat Models AModels Client AClient".split())


@dataclass(slots=True)
class Target:
    """A place: the patch, whose attribute it is, the dotted target ('' for patch.object), and what stands there."""

    path: str
    node: ast.Call
    bases: Values
    attr: str
    dotted: str
    roles: set[str]


@dataclass(slots=True)
class Form:
    """What is patched instead of a legacy class or model.

    whole: whether it is the class Client, else a client; path, name: the module that holds that client, and its name
    there.
    """

    whole: bool
    path: str = ""
    name: str = ""


def targets(found: Doubles) -> list[Target]:
    """Every place of the program where a double, or a fake, is put in the place of something of an SDK."""
    known = found.plan.program.machine
    made = []
    for node, (bases, attr, dotted) in found.machine.placed.items():
        path = found.plan.home(node)
        assert path is not None and isinstance(node, ast.Call)
        values: Values = frozenset()
        roles: set[str] = set()
        for base in bases:
            if isinstance(base, Module):
                scope = found.plan.program.modules[base.path].scope
                values |= known.cells.get(("v", scope, attr), frozenset())
            elif isinstance(base, (Inst, Class)):
                cls = known.classes.get((base.cls if isinstance(base, Inst) else base).node)
                values |= known.cells.get(("a", cls, attr), frozenset())
            elif isinstance(base, Ext):
                values |= {Ext.of(f"{base.path}.{attr}")}
            elif isinstance(base, Obj):
                roles.add(f"{base.kind}.{attr}")
        for value in values:
            if isinstance(value, Obj) and value.kind in STAND:
                roles.add(value.kind)
            elif isinstance(value, Ext) and value.path.startswith((surface.LEGACY, surface.GENAI)):
                roles.add(value.path)
        if roles:
            made.append(Target(path, node, bases, attr, dotted, roles))
    return made


def finish(found: Doubles, unit: Unit) -> None:
    """The finding of a unit, and the new names of what it patches."""
    plan = found.plan
    first = min(unit.roots, key=lambda d: (d.path, getattr(d.node, "lineno", 0), getattr(d.node, "col_offset", 0)))
    roots = [root for root in unit.roots if root.kind != "patcher" and isinstance(root.node, ast.expr)]
    if not roots:
        return
    first = min(roots, key=lambda d: (d.path, d.node.lineno, d.node.col_offset))  # type: ignore[attr-defined]
    assert isinstance(first.node, ast.expr)
    placed: dict[ast.AST, Target] = {target.node: target for target in found.targets}
    placed.update((root.node, target) for target in found.targets for root in found.put(target))
    if plan.ignores("MG302", first.path, first.node):
        unit.state = "left"
        return
    if unit.state == "mixed":
        stays = next(site for site in sorted(unit.sites, key=repr) if not plan.groups.moves(site))
        found.say(
            first.path,
            first.node,
            f"the calls that this double stands for move only in part ({stays} stays): set it up for both",
        )
        return
    everything = [d for d, roles in found.roles.items() if isinstance(d, Double) and d.root in unit.roots and roles]
    legacy = any("LModel" in found.roles[double] for double in everything)
    if legacy and not any(_legacy(target) and found.unit_of(target) is unit for target in found.targets):
        alone = [root for root in roots if "LModel" in found.role([root])]
        why = _advice(found, unit) if not alone else ""
        if why:
            unit.state = "left"
            found.say(first.path, first.node, why)
            return
    for root in sorted(roots, key=repr):
        target = placed.get(root.node)
        why = _retarget(found, unit, target, root) if target is not None else _attributes(found, unit, root)
        if why:
            unit.state = "left"
            found.say(root.path, root.node if target is None else target.node, why)  # type: ignore[arg-type]
            return
    plan.find(first.path, first.node, "MG302", "migrated", "the double is set up for interactions.create")


def _legacy(target: Target) -> bool:
    """Whether a legacy model, its class or its module is patched."""
    return bool(target.roles & (MODEL | {"LModel", surface.LEGACY}))


def _retarget(found: Doubles, unit: Unit, target: Target, root: Double) -> str:
    """Patches another name, where the old one is gone or not used any more; why it cannot."""
    plan, path, node = found.plan, target.path, target.node
    roles = target.roles
    if roles & MODEL or surface.LEGACY in roles or "LModel" in roles:
        form = of(found, unit, path)
        if form is None or "LModel" in roles and form.whole:
            return _advice(found, unit)
        made = [k for k in node.keywords if k.arg in ("return_value", "side_effect")]
        if roles & MODEL and not form.whole and made:
            entered = isinstance(plan.facts(path).parents[node], ast.withitem)
            if made[0].arg != "return_value" or len(node.keywords) > 1 or not entered:
                return _advice(found, unit)
            given = made[0]
            plan.expression(path, node, lambda c: _given(c, node, given))
        if not _write(found, path, node, target, form, whole_module=surface.LEGACY in roles):
            return _advice(found, unit)
        _chain(found, root, form, roles)
        if form.whole and roles & MODEL:
            found.classes.add(node)
        return ""
    if roles & CONFIGURE:
        return CONFIGURED
    if any(role.startswith(surface.LEGACY) for role in roles):
        return f"{min(roles)} is gone: patch what the code calls now on its client"
    return _method(found, unit, target)


def _given(c: Context, node: ast.Call, given: ast.keyword) -> str:
    """A patch whose double was what a class gave: it is the client itself now."""
    return f"{c.code(node.func)}({', '.join(c.code(arg) for arg in node.args)}, {c.code(given.value)})"


def others(found: Doubles) -> None:
    """Names the places of the legacy SDK whose doubles no call gets to, where what stood there goes."""
    plan = found.plan
    if not any(plan.groups.moves(call.site) for call in plan.calls if call.code in ("MG101", "MG102")):
        return
    for target in found.targets:
        unit = found.unit_of(target)
        legacy = sorted(role for role in target.roles if role.startswith(surface.LEGACY))
        if not legacy or unit is not None and unit.state:
            continue
        if target.roles & CONFIGURE:
            if not _without(found, target.path, target.node):
                found.say(target.path, target.node, CONFIGURED)
        elif not plan.legacy_left:
            found.say(target.path, target.node, f"{legacy[0]} is gone: patch what the code calls now on its client")


def _without(found: Doubles, path: str, node: ast.Call) -> bool:
    """Takes away what patches configure(): a decorator with its parameter, an item of a with statement, or a statement.
    What is asked of its double is asked of that of the client's class, where that is patched, too."""
    parent = found.plan.facts(path).parents.get(node)
    if isinstance(parent, ast.withitem):
        return _without_item(found, path, node, parent)
    if isinstance(parent, ast.Attribute) and parent.attr == "start":  # patch(...).start()
        outer = found.plan.facts(path).parents[parent]
        parent = found.plan.facts(path).parents[outer] if isinstance(outer, ast.Call) else parent
    if isinstance(parent, ast.Expr):
        found.plan.statement(path, parent).remove = True
        return True
    if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)) and node in parent.decorator_list:
        return _without_decorator(found, path, node, parent)
    return False


def _without_decorator(
    found: Doubles, path: str, node: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> bool:
    plan = found.plan
    inserted = found.machine.inserted.get(function, [])
    arg = next((arg for arg, decorator in inserted if decorator is node), None)
    place = function.decorator_list.index(node)
    at = -1
    if arg is not None:
        other = next((a.arg for a, decorator in inserted if decorator in found.classes), "")
        if not _asked_of(plan, path, function.body, arg.arg, other):
            return False
        at = [*function.args.posonlyargs, *function.args.args].index(arg)
    elif given(node) is None:
        return False

    def head(old: cst.FunctionDef) -> cst.FunctionDef:
        params = [param for index, param in enumerate(old.params.params) if index != at]
        if params:
            params[-1] = params[-1].with_changes(comma=old.params.params[-1].comma)
        decorators = [item for index, item in enumerate(old.decorators) if index != place]
        lines = old.leading_lines
        return old.with_changes(
            params=old.params.with_changes(params=params), decorators=decorators, leading_lines=lines
        )

    plan.statement(path, function).head = head
    return True


def _without_item(found: Doubles, path: str, node: ast.Call, item: ast.withitem) -> bool:
    plan = found.plan
    holder = plan.facts(path).parents[item]
    assert isinstance(holder, (ast.With, ast.AsyncWith))
    if item.optional_vars is not None:
        if not isinstance(item.optional_vars, ast.Name):
            return False
        scope = context.function(plan.facts(path), node) or holder
        inside = [other for other in ast.walk(scope) if isinstance(other, ast.withitem)]
        named = [other.optional_vars for other in inside if other.context_expr in found.classes]
        classes = [name.id for name in named if isinstance(name, ast.Name)]
        if not _asked_of(plan, path, scope.body, item.optional_vars.id, next(iter(classes), "")):
            return False
    place = holder.items.index(item)

    def head(old: cst.With) -> cst.With | Sequence[cst.BaseStatement]:
        items = [other for index, other in enumerate(old.items) if index != place]
        if not items:
            return suite_lines(old.body)
        items[-1] = items[-1].with_changes(comma=old.items[-1].comma)
        return old.with_changes(items=items)

    plan.statement(path, holder).head = head
    return True


def _asked_of(plan: Plan, path: str, body: list[ast.stmt], name: str, other: str) -> bool:
    """Asks another double what was asked of one by its name; False where there is none, or more was done with it."""
    used = [n for s in body for n in ast.walk(s) if isinstance(n, ast.Name) and n.id == name]
    used = [n for n in used if isinstance(n.ctx, ast.Load)]
    if used and not other or any(not _asked(plan, path, use) for use in used):
        return False
    for use in used:
        plan.expression(path, use, lambda c: other)
    return True


def _asked(plan: Plan, path: str, name: ast.Name) -> bool:
    parent = plan.facts(path).parents[name]
    asked = names.ASSERTS | names.RECORDS.keys() | {"assert_called_once", "assert_called", "call_count", "called"}
    return isinstance(parent, ast.Attribute) and parent.attr in asked


CONFIGURED = "genai.configure is gone: patch genai.Client, which gets the key now, or nothing"


def of(found: Doubles, unit: Unit, path: str) -> Form | None:
    """What stands for a legacy model in the calls of a unit; None where that is not one thing."""
    plan = found.plan
    assert plan.clients is not None
    forms: set[tuple[bool, str, str]] = set()
    for call in unit.calls:
        home = plan.home(call)
        place = plan.clients.places.get(home or "")
        if home is None or place is None:
            return None
        made = [item for item in plan.clients.configures if item.path == home]
        here = not made or any(item.function in unit.reached for item in made if item.function is not None)
        if place.kind in ("local", "self", "declared") and here and (made or place.kind == "local"):
            forms.add((True, "", ""))
        elif place.kind == "declared":
            forms.add((False, home, place.name))
        elif place.kind == "global" and all(part.isidentifier() for part in place.name.split(".")):
            forms.add((False, home, place.name))
        else:
            return None
    return Form(*forms.pop()) if len(forms) == 1 else None


def _advice(found: Doubles, unit: Unit) -> str:
    """Which names are to be patched for the calls of a unit."""
    plan = found.plan
    assert plan.clients is not None
    wanted: dict[str, None] = {}
    for call in unit.calls:
        home = plan.home(call) or ""
        place = plan.clients.places.get(home)
        if place is not None:
            module = home.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            name = "genai.Client" if place.kind in ("local", "self") else place.name
            wanted[f"{module}.{name}"] = None
    told = " and ".join(wanted) or "the client of the code under test"
    return f"the model is no object any more: patch {told}, and set interactions.create on it"


def _write(found: Doubles, path: str, node: ast.Call, target: Target, form: Form, whole_module: bool) -> bool:
    """Writes the new target of a patch; whether there is one."""
    plan = found.plan
    if target.dotted:
        at = node.args[0]
        new = _dotted(plan, path, target, form, whole_module)
        if new is None:
            return False
        segment = plan.facts(path).lines.code(at) or '""'
        quote = segment.lstrip("rRbBuUfF")[:1]
        plan.expression(path, at, lambda c: f"{quote}{new}{quote}")
        return True
    if len(node.args) < 2:
        return False
    owner = node.args[0]
    module = owner.value if isinstance(owner, ast.Attribute) else owner
    if "LModel" in target.roles and not form.whole:
        holders = [v for v in target.bases if isinstance(v, Module) and v.path == form.path]
        if not holders:
            return False
        _of_module(plan, path, node, owner, form)
        return True
    homes = [v.path for v in plan.values(module) if isinstance(v, Module)]
    if not isinstance(owner, ast.Attribute) or len(homes) != 1:
        return False
    if form.whole:
        plan.expression(path, node.args[1], lambda c: '"Client"')
    elif homes[0] == form.path:
        _of_module(plan, path, node, module, form)
    else:
        return False
    return True


def _of_module(plan: Plan, path: str, node: ast.Call, module: ast.expr, form: Form) -> None:
    """Makes a patch.object() one of the client that a module has under a name, which may lead through another."""
    way, _, last = form.name.rpartition(".")
    own = module is node.args[0]

    def owner(c: Context) -> str:
        return ".".join(filter(None, (c.old(module) if own else c.code(module), way)))

    if way or not own:
        plan.expression(path, node.args[0], owner)
    plan.expression(path, node.args[1], lambda c: f'"{last}"')


def _dotted(plan: Plan, path: str, target: Target, form: Form, whole_module: bool) -> str | None:
    prefix = target.dotted.rpartition(".")[0]
    if form.whole:
        if whole_module:
            return target.dotted
        return f"{prefix}.Client" if prefix.endswith(".genai") else "google.genai.Client"
    for length in range(target.dotted.count(".") + 1, 0, -1):
        start = ".".join(target.dotted.split(".")[:length])
        if plan.program.index.resolve(path, start, 0) == form.path:
            return f"{start}.{form.name}"
    name = module_names.of(plan, path, form.path)
    return None if name.startswith(".") or not name else f"{name}.{form.name}"


def _chain(found: Doubles, root: Double, form: Form, roles: set[str]) -> None:
    """The way from what was patched to the client, in every expression that goes it."""
    plan = found.plan
    machine = found.machine
    classes = {root} if roles & MODEL else set()
    modules = {root} if surface.LEGACY in roles else set()
    for module in modules:
        classes.add(machine.child(module, "GenerativeModel"))
    for node, values in machine.vals.items():
        if not isinstance(node, ast.Attribute) or not any(isinstance(v, Double) and v.root is root for v in values):
            continue
        bases = set(found.doubles(node.value))
        path = plan.home(node)
        if path is None or not bases & (classes | modules) or not found.in_test(path, node):
            continue
        _step(found, path, node, bases & modules, form)


def _step(found: Doubles, path: str, node: ast.Attribute, of_module: set[Double], form: Form) -> None:
    plan = found.plan
    parent = plan.facts(path).parents[node]
    if of_module:
        if node.attr == "GenerativeModel":
            plan.expression(path, node, lambda c: f"{c.code(node.value)}.Client" if form.whole else c.code(node.value))
        elif node.attr == "configure":
            if form.whole:
                plan.expression(path, node, lambda c: f"{c.code(node.value)}.Client")
            else:
                found.say(path, node, "genai.configure is gone, and the client is made when its module is imported")
        return
    if node.attr == "return_value":
        if form.whole:
            return
        if isinstance(node.ctx, ast.Store):
            if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.value, ast.Name):
                name = parent.value.id
                asynchronous = any(call_is_async(call) for call in found.unit(found.doubles(node.value)[0].root).calls)
                lines = ["interactions", *(["aio"] if asynchronous else [])]
                plan.statement(path, node).replace = lambda c: "\n".join(
                    f"{c.code(node.value)}.{line} = {name}.{line}" for line in lines
                )
            else:
                found.say(path, node, "the patched name is a client now, which is not called: set its interactions")
            return
        plan.expression(path, node, lambda c: c.code(node.value))
    elif node.attr in (*names.ASSERTS, *names.RECORDS, "side_effect") or node.attr.startswith("assert_"):
        if form.whole and node.attr in ("assert_called_once", "assert_called"):
            return
        found.say(
            path,
            node,
            "no model is made any more: its name and settings are arguments of interactions.create; expect them there",
        )


def call_is_async(call: ast.Call) -> bool:
    """Whether a request is one that is awaited, by its name."""
    return isinstance(call.func, ast.Attribute) and call.func.attr.endswith("_async")


PATCH_CREATE = 'patch "create" of the client\'s own `interactions`, as in patch.object(client.interactions, "create")'


def _method(found: Doubles, unit: Unit, target: Target) -> str:
    """patch.object(client.models, "generate_content") and patch("app.client.models.generate_content"); why not."""
    plan = found.plan
    path, node = target.path, target.node
    for role in sorted(target.roles):
        kind, _, method = role.rpartition(".")
        if (kind, method) not in names.REQUESTS and not (kind in STAND and method in names.STREAMS):
            if method in surface.REQUESTS | surface.SENDS:
                return PATCH_CREATE
            continue
        owner = node.args[0]
        if kind in ("Models", "AModels"):
            if target.dotted.endswith(f".models.{method}"):
                client = target.dotted.removesuffix(f".models.{method}")
                plan.expression(path, owner, _quoted(f"{client}.interactions.create"))
                return ""
            if not target.dotted and isinstance(owner, ast.Attribute) and owner.attr == "models":
                return _written(plan, path, node, owner.value, "interactions")
        elif kind == "LModel" and not method.endswith("_async"):
            form = of(found, unit, path)
            if form is not None and not form.whole and not target.dotted and isinstance(owner, ast.Attribute):
                if [v.path for v in plan.values(owner.value) if isinstance(v, Module)] == [form.path]:
                    return _written(plan, path, node, owner.value, f"{form.name}.interactions")
        return PATCH_CREATE
    return ""


def _quoted(text: str) -> ExprEdit:
    return lambda c: f'"{text}"'


def _written(plan: Plan, path: str, node: ast.Call, owner: ast.expr, way: str) -> str:
    plan.expression(path, node.args[0], lambda c: f"{c.code(owner)}.{way}")
    plan.expression(path, node.args[1], lambda c: '"create"')
    return ""


def _attributes(found: Doubles, unit: Unit, root: Double) -> str:
    """A double of a legacy model that is set as an attribute of an object, or given to a function; why it stays."""
    plan = found.plan
    if "LModel" not in found.role([root]):
        return ""
    if any(_legacy(target) and found.unit_of(target) is unit for target in found.targets):
        return ""  # reached by what is patched
    assert plan.clients is not None
    homes = {plan.home(call) for call in unit.calls}
    kinds = {place.kind: place for home in homes if (place := plan.clients.places.get(home or ""))}
    if set(kinds) != {"self"}:
        return _advice(found, unit)
    name = kinds["self"].name
    written = False
    for path, facts in plan.program.modules.items():
        for node in facts.nodes:
            if not isinstance(node, ast.Attribute) or not found.in_test(path, node):
                continue
            values = found.machine.vals.get(node, ())
            if root not in values or any(isinstance(v, Double) for v in found.machine.vals.get(node.value, ())):
                continue
            if isinstance(node.ctx, ast.Load) and not any(isinstance(v, Inst) for v in plan.values(node.value)):
                continue
            written = True
            plan.expression(path, node, lambda c, node=node: f"{c.code(node.value)}.{name}")  # type: ignore[misc]
    return "" if written else _advice(found, unit)
