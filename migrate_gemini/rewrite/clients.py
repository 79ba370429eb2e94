"""The client of legacy code: made where the SDK was configured, and how each request reaches it (MAPPING 2)."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from ..infer.program import ModuleFacts
from ..infer.reach import raised_in
from ..infer.scopes import parameters
from ..infer.values import Site
from ..modules import is_test
from . import apart, assured, configures, context, module_names
from .call import Item, dict_code, remake
from .configures import REPLACED, Configure, headers, options, threaded
from .edits import Context
from .plan import CallSite, Plan
from .reasons import Reason, Refusal

GENAI = "_migrate_gemini_genai"
"""Stands for the name of google.genai until the imports are settled."""


@dataclass(slots=True)
class Place:
    """How a module's requests reach their client: by a global name, a name local to one function, or an attribute of
    an object or a class."""

    kind: str
    name: str


class Clients:
    """Decides, for each module with legacy requests that move, where its client is.

    unreached: the sites that none can reach, as it turned out while the others were given theirs; what was decided for
    those may not hold without them.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.configures: list[Configure] = []
        self.places: dict[str, Place] = {}
        self.done: set[str] = set()
        self.apart: set[str] = set()
        self.unreached: dict[Site, Refusal] = {}

    def survey(self, path: str, node: ast.Call) -> None:
        """Notes a configure(...) call."""
        facts = self.plan.facts(path)
        function = context.function(facts, node)
        scopes = (facts.parents[function],) if function is not None else context.ancestors(facts, node)
        cls = next((outer for outer in scopes if isinstance(outer, ast.ClassDef)), None)
        found = Configure(path, node, function, cls)
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg == "credentials":
                found.refused = keyword.arg or "**"
            if keyword.arg == "default_metadata" and headers(keyword.value) is None:
                found.refused = keyword.arg
            if keyword.arg == "client_options" and options(self.plan, path, keyword.value) is None:
                found.refused = "client_options"
        if node.args or not isinstance(facts.parents[node], ast.Expr):
            found.refused = found.refused or "its result is used"
        self.configures.append(found)

    # -- decisions -----------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Places a client for every module that wants one; fails groups that none can reach."""
        plan = self.plan
        wanted: dict[str, list[tuple[ast.expr, Site]]] = {}
        sends = {item.site for item in plan.sends}
        plan.wanted = [  # a message that goes through its chat's class needs none
            (path, node, site)
            for path, node, site in plan.wanted
            if site not in sends or not plan.groups.of(site).facts.get("class")
        ]
        for path, node, site in plan.wanted:
            wanted.setdefault(path, []).append((node, site))
        refused = next((item for item in self.configures if item.refused), None)
        if refused is not None:
            for _, _, site in plan.wanted:
                plan.fail(site, Reason.CREDENTIALS, refused.refused, refused.path, refused.node)
            return
        ignored = next((item for item in self.configures if plan.ignores("MG102", item.path, item.node)), None)
        if ignored is not None:
            for _, _, site in plan.wanted:
                plan.fail(site, Reason.IGNORED, "MG102", ignored.path, ignored.node)
            return
        scripts = {path for path in wanted if configures.only_as_script(plan, self.configures, path)}
        own = {item.path for item in self.configures} - scripts
        if self.configures:
            self.apart = scripts | {path for path in wanted if path not in own and self._runs_twice(path)}
        moving = {path: [node for node, site in found if plan.groups.moves(site)] for path, found in wanted.items()}
        home = self._home(moving)
        if self._beyond(wanted, home):
            return
        for path in sorted(wanted):
            nodes = moving[path]
            if not nodes:
                continue
            if home and module_names.together(plan, path, home):
                self._through(path, home)
            elif path in own:
                self._configured(path, nodes)
            elif path in self.apart:
                self._apart(path)
            elif self.configures:
                self._elsewhere(path, nodes)
            else:
                self._nowhere(path, nodes)
        if (self.places or plan.models) and not plan.legacy_remains():
            for path in sorted({item.path for item in self.configures} - set(self.places)):
                if home and module_names.together(plan, path, home):
                    self._through(path, home)
                elif self.apart:
                    self.places[path] = Place("apart", "")
                else:
                    self._configured(path, [])

    def _beyond(self, wanted: dict[str, list[tuple[ast.expr, Site]]], home: str) -> bool:
        """Keeps the requests of modules whose client would be made in a module that must stay; whether that is all."""
        plan = self.plan
        theirs = sorted({item.path for item in self.configures} & plan.kept)
        if not theirs:
            return False
        own = {item.path for item in self.configures if item.path not in plan.kept}
        for path, found in wanted.items():
            if home or path not in own and path not in self.apart:
                for node, site in found:
                    plan.fail(site, Reason.NOT_GIVEN, theirs[0], path, node)
        self.configures = [item for item in self.configures if item.path not in plan.kept]
        return bool(home) or not self.configures and not self.apart

    def _home(self, moving: dict[str, list[ast.expr]]) -> str:
        """The module that holds the one client of a program whose modules configure it with different keys, where a
        request may follow any of them; '' where each request has a client of its own."""
        keys: dict[str, set[str]] = {}
        for item in self.configures:
            keys.setdefault(item.path, set()).add(configures.given(self.plan, item))
        if len(keys) < 2 or len(set().union(*keys.values())) < 2:
            return ""
        loose = [item.path for item in self.configures if self._loose(item, moving.get(item.path, []))]
        loose = [path for path in loose if self._follows_another(path, keys)]
        users = [path for path, nodes in moving.items() if nodes]

        def below(path: str) -> bool:
            return not any(module_names.imports(self.plan, path, user) for user in users if user != path)

        near = list(filter(below, loose)) or loose and [item.path for item in self.configures if below(item.path)]
        return min(near or self.apart or loose, default="")

    def _follows_another(self, path: str, keys: Mapping[str, set[str]]) -> bool:
        """Whether the requests of one process may follow a call in this module or one with another key elsewhere."""
        others = (other for other, given in keys.items() if other != path and len(given | keys[path]) > 1)
        return any(module_names.together(self.plan, path, other) for other in others)

    def _loose(self, item: Configure, nodes: list[ast.expr]) -> bool:
        """Whether a function configures the SDK for requests that are made elsewhere."""
        facts, function = self.plan.facts(item.path), item.function
        if function is None or nodes and all(_inside(facts, node, function) for node in nodes):
            return False
        cls = item.cls if assured.of_init(self.plan, item) is not None else None
        return not (cls is not None and nodes and all(_method_of(facts, node, cls) for node in nodes))

    def _through(self, path: str, home: str) -> None:
        """A module makes its requests with the client that another one holds, and configures that one."""
        if home not in self.places:
            name = self._name(home, self.plan.facts(home))
            self.places[home] = Place("declared", name)
            self.plan.module(home).top.append(f"{name} = None\n")
            self.apart = set()
        if path != home:
            self.places[path] = Place("global", f"{self._module(path, home)}.{self.places[home].name}")
        self._receivers_first(path)

    def _configured(self, path: str, nodes: list[ast.expr]) -> None:
        if path in self.places:
            return
        plan, facts = self.plan, self.plan.facts(path)
        here = [item for item in self.configures if item.path == path]
        functions = {item.function for item in here}
        bodies = {item.cls for item in here}
        others = {p for p, _, site in plan.wanted if p != path and plan.groups.moves(site)} - self.apart
        exported = bool(others) and not ({p for p, _, _ in plan.wanted} <= {item.path for item in self.configures})
        body = here[0].cls if functions == {None} and len(bodies) == 1 else None
        if body is not None and isinstance(facts.parents[body], ast.Module):
            self.places[path] = Place("class", f"{body.name}.{self._attribute(path, body)}")
            return
        only = next(iter(functions)) if len(functions) == 1 else None
        if only is not None and not exported:
            if nodes and all(assured.behind(plan, here, node) for node in nodes):
                if all(_inside(facts, node, only) for node in nodes):
                    self.places[path] = Place("local", self._name(path, facts))
                    return
            cls = here[0].cls
            if (
                cls is not None
                and not _has_slots(cls)
                and assured.of_init(plan, here[0]) is not None
                and nodes
                and all(_method_of(facts, node, cls) for node in nodes)
                and assured.in_object(plan, here, nodes)
                and not assured.copied(plan, cls)
            ):
                self.places[path] = Place("self", self._attribute(path, cls))
                return
        if kept := assured.kept(plan, path, here, nodes):
            self.places[path] = Place("global", kept)
            self._receivers_first(path)
            return
        if functions == {None} and bodies == {None}:
            self.places[path] = Place("global", self._name(path, facts))
            if not any(assured.on_import(plan, item) for item in here):
                self._imported(path, here)
            return
        place = self.places[path] = Place("declared", self._name(path, facts))
        plan.module(path).top.append(f"{place.name} = None\n")
        self._receivers_first(path)

    def _imported(self, path: str, here: Sequence[Configure]) -> None:
        """Gives a module that only makes its client as a script one where it is imported, too: with the key of the
        environment, as the SDK did, or for the tests that put another in its place."""
        plan, name = self.plan, self.places[path].name
        importers = module_names.importers(plan, path)
        guards = {context.statement(plan.facts(path), item.node): item for item in here}
        block = plan.facts(path).parents[next(iter(guards))]
        others = {item.path for item in self.configures} - {path}
        asked = any(p not in others and plan.groups.moves(site) for p, _, site in plan.wanted)
        if all(map(is_test, importers)) or not asked or not all(configures.guarded(plan, item) for item in here):
            if any(map(is_test, importers)):
                plan.module(path).top.append(f"{name} = None\n")
        elif isinstance(block, ast.If) and not block.orelse and block in plan.facts(path).tree.body:
            plan.unkeyed[path] = True

            def otherwise(tree: cst.If) -> cst.If:
                made = cst.parse_statement(f"if x:\n    pass\nelse:\n    {name} = {GENAI}.Client()\n")
                assert isinstance(made, cst.If)
                return tree.with_changes(orelse=made.orelse)

            plan.module(path).statement(block).head = otherwise

    def _receivers_first(self, path: str) -> None:
        """Where a receiver's call may make the client, it has to come before the client's name is looked up."""
        plan, facts = self.plan, self.plan.facts(path)
        makers = {item.function for item in self.configures if item.function is not None}
        for p, node, site in plan.wanted:
            if p == path and not makers.intersection(raised_in(plan.program, [node], plan.reach)):
                continue
            direct = isinstance(node, ast.Attribute) and any(m.node is node.value for m in plan.models.values())
            if p != path or not isinstance(node, ast.Attribute) or direct:
                continue
            if not context.plain(node.value) or makers & raised_in(plan.program, [node.value], plan.reach):
                # the client's name would be looked up before the receiver's call, or property, makes it
                if context.hoistable(facts, node.value) and plan.groups.moves(site):
                    own = [node.value.attr.lstrip("_")] if isinstance(node.value, ast.Attribute) else []
                    plan.hoisted[node.value] = plan.fresh_in(path, node, *own, "request", "model_request")
                else:
                    self._unreached(site, plan.source(path, node.value), path, node)

    def _unreached(self, site: Site, detail: str, path: str, node: ast.expr) -> None:
        if self.plan.groups.moves(site):
            self.unreached[site] = Refusal(Reason.CLIENT, detail, path, node)
        self.plan.fail(site, Reason.CLIENT, detail, path, node)

    def _source(self, path: str) -> str:
        """The module that configures the SDK for a module: the first that is loaded in one process with it, if any."""
        return min((not module_names.together(self.plan, path, item.path), item.path) for item in self.configures)[1]

    def _runs_twice(self, path: str) -> bool:
        """Whether a module could only reach the client by importing the script that imports it, or another script that
        Streamlit runs. A script is what no module but tests imports, or what asks whether it is `__main__`."""
        plan = self.plan
        source = self._source(path)
        if assured.streamlit(plan, source):
            return True
        if source.endswith("__init__.py") or not module_names.imports(plan, source, path):
            return False
        if "__main__" in plan.facts(source).text:
            return True
        return all(map(is_test, module_names.importers(plan, source)))

    def _apart(self, path: str) -> None:
        """The module makes a client of its own as the script would."""
        source = self._source(path)
        item = min(self.configures, key=lambda item: (item.path != path, item.path != source))
        name, facts = assured.streamlit(self.plan, item.path), self.plan.facts(item.path)
        if not name or all(assured.same(facts, keyword.value, name) for keyword in item.node.keywords):
            code = apart.getter(self.plan, path, item.path, item.node.keywords, GENAI, module_names.imports)
        else:  # only the run of that script knows the key
            code = None
        if code is not None:
            self.places[path] = Place("global", code)
            return
        for p, node, site in self.plan.wanted:
            if p == path:
                self._unreached(site, f"it is configured in {item.path}", path, node)

    def _elsewhere(self, path: str, nodes: list[ast.expr]) -> None:
        """Another module configures the SDK: its client is imported."""
        plan = self.plan
        sources = sorted({item.path for item in self.configures})
        for source in sources:
            self._configured(source, [])
        source = self._source(path)
        place = self.places[source]
        if place.kind in ("local", "self"):
            place = self.places[source] = Place("declared", place.name)
        facts = plan.facts(path)
        late = place.kind != "global" or module_names.imports(plan, source, path)
        if late or module_names.bound(plan, path, source):
            self.places[path] = Place("global", f"{self._module(path, source)}.{place.name}")
            if place.kind == "declared":
                self._receivers_first(path)
            return
        alias = self._name(path, facts)
        renamed = "" if alias == place.name else f" as {alias}"
        plan.imports(path, f"from {module_names.of(plan, path, source)} import {place.name}{renamed}")
        self.places[path] = Place("global", alias)

    def _module(self, path: str, source: str) -> str:
        """The code by which a module names another; it is imported where it has no name yet."""
        plan = self.plan
        known = module_names.bound(plan, path, source)
        if known:
            return known
        package, bound = module_names.object_of(plan, path, source)
        used = plan.names(path)
        name = bound if bound not in used and bound != self.places[source].name else plan.fresh(path, f"{bound}_module")
        used.add(name)
        renamed = "" if name == bound else f" as {name}"
        plan.imports(path, f"from {package} import {bound}{renamed}" if package else f"import {bound}{renamed}")
        return name

    def _nowhere(self, path: str, nodes: list[ast.expr]) -> None:
        """Nothing configures the SDK: the key comes from the environment."""
        plan, facts = self.plan, self.plan.facts(path)
        functions = {context.function(facts, node) for node in nodes}
        name = self._name(path, facts)
        line = f"{name} = {GENAI}.Client()"
        self.done.add(path)
        plan.unkeyed[path] = False
        only = next(iter(functions)) if len(functions) == 1 else None
        if only is not None and len(plan.wanted) == len(nodes) and not _repeats(plan, facts, only):
            first = next(s for s in only.body if any(_inside(facts, node, s) for node in nodes))
            plan.module(path).statement(first).before.append(line)
            self.places[path] = Place("local", name)
            return
        other = next((p for p, place in self.places.items() if place.kind == "global" and p in self.done), None)
        if other is not None and not module_names.imports(plan, other, path):
            plan.imports(path, f"from {module_names.of(plan, path, other)} import {self.places[other].name}")
            self.places[path] = Place("global", self.places[other].name)
            return
        self.places[path] = Place("global", name)
        plan.unkeyed[path] = True
        first_top = self._first_use(path, facts, nodes)
        if first_top is None:
            plan.module(path).top.append(line + "\n")
        else:
            plan.module(path).statement(first_top).before.append(line)

    def _first_use(self, path: str, facts: ModuleFacts, nodes: list[ast.expr]) -> ast.stmt | None:
        """The first top-level statement (no definition) that runs legacy code; None when only definitions do."""
        sites = [model.node for model in self.plan.models.values() if model.path == path]
        for statement in facts.tree.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
                continue
            if any(_inside(facts, node, statement) for node in [*nodes, *sites]):
                return statement
        return None

    def _name(self, path: str, facts: ModuleFacts) -> str:
        return self.plan.fresh(path, "client", "genai_client", "gemini_client")

    def _attribute(self, path: str, cls: ast.ClassDef) -> str:
        used = {node.attr for node in ast.walk(cls) if isinstance(node, ast.Attribute)}
        used |= {node.name for node in cls.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
        return next((n for n in ("client", "genai_client", "gemini_client") if n not in used), "interactions_client")

    # -- edits ---------------------------------------------------------------------------------------------------

    def code(self, path: str, node: ast.AST) -> str:
        """The code of the client at a node."""
        place = self.places[path]
        if place.kind == "class" and self._body(path, node) == place.name.partition(".")[0]:
            return place.name.rpartition(".")[2]
        if place.kind == "self":
            function = context.function(self.plan.facts(path), node)
            assert function is not None
            return f"{parameters(function.args)[0].arg}.{place.name}"
        return place.name

    def _body(self, path: str, node: ast.AST) -> str:
        """The name of the class in whose body, and in no function of it, a node stands; or ''."""
        scopes = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        outer = next((o for o in context.ancestors(self.plan.facts(path), node) if isinstance(o, scopes)), None)
        return outer.name if isinstance(outer, ast.ClassDef) else ""

    def edit(self) -> None:
        """Makes the edits of every configure(...) call, and its findings."""
        plan = self.plan
        for item in self.configures:
            site = plan.program.machine.sites.setdefault(item.node, Site(item.node, item.path))
            place = self.places.get(item.path)
            if item.refused:
                plan.fail(site, Reason.CREDENTIALS, item.refused, item.path, item.node)
            elif place is None:
                reason = Reason.CONFIGURED if plan.legacy_left else Reason.UNUSED
                plan.fail(site, reason, "", item.path, item.node)
            plan.calls.append(
                CallSite(
                    site,
                    item.path,
                    item.node,
                    "MG102",
                    "configure() goes: the modules that use it make their own client"
                    if place is not None and (place.kind == "apart" or item.path in self.apart)
                    else "configure() becomes genai.Client(), which checks its key at once",
                )
            )
            if place is None or item.refused:
                continue
            self._edit_configure(item, place)

    def _edit_configure(self, item: Configure, place: Place) -> None:
        plan = self.plan
        target = place.name
        if place.kind == "apart" or item.path in self.apart:
            if not plan.legacy_left:
                statement = context.statement(plan.facts(item.path), item.node)
                plan.module(item.path).statement(statement).remove = True
            return
        if place.kind in ("self", "class"):
            target = self.code(item.path, item.node)
        stays = plan.legacy_left

        def edit(c: Context) -> str:
            made: list[Item] = []
            http: list[tuple[str, str]] = []
            for keyword in item.node.keywords:
                if keyword.arg == "default_metadata":
                    pairs = [f"{c.code(key)}: {c.code(value)}" for key, value in headers(keyword.value) or []]
                    http.append(("headers", "{" + ", ".join(pairs) + "}"))
                elif keyword.arg == "api_key":
                    made.append(Item("api_key", c.new(keyword.value), old=keyword))
                elif keyword.arg in ("transport", "client_info"):
                    continue
                elif keyword.arg == "client_options":
                    for name, value in options(plan, item.path, keyword.value) or []:
                        if name == "api_key":
                            made.append(Item(name, c.code(value)))
                        else:
                            http.append(("base_url", c.code(value)))
            if http:
                made.append(Item("http_options", dict_code(http)))
            call = c.module.code_for_node(remake(c, item.node, f"{GENAI}.Client", made))
            return f"{target} = {call}"

        for keyword in item.node.keywords:
            if keyword.arg in ("transport", "client_info"):
                note = f"{keyword.arg} has no counterpart: google-genai speaks HTTP only; it is dropped"
                plan.find(item.path, keyword, "MG501", "migrated", note)
        own = context.statement(plan.facts(item.path), item.node)
        whole = assured.statement(plan, item) if place.kind in ("local", "self") else own
        if stays:
            plan.module(item.path).statement(whole).after.append(edit)
        else:
            plan.module(item.path).statement(own).replace = edit
            if whole is not own:
                plan.module(item.path).statement(whole).head = _without_test
        scope = item.function or item.cls
        if place.kind in ("declared", "global") and scope is not None and "." not in place.name:
            start = plan.module(item.path).statement(scope).body_start
            if f"global {place.name}" not in start:
                start.append(f"global {place.name}")
            if item.function is not None and threaded(plan) and _repeats(plan, plan.facts(item.path), item.function):
                plan.find(item.path, item.node, "MG502", "needs_review", REPLACED)


def _without_test(tree: cst.If) -> list[cst.BaseStatement]:
    """The statements under an if, with the comments above it."""
    if isinstance(tree.body, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(tree.body.body, leading_lines=tree.leading_lines)]
    first, *rest = tree.body.body
    lines = [*tree.leading_lines, *getattr(first, "leading_lines", ())]
    return [first.with_changes(leading_lines=lines), *rest]


def _inside(facts: ModuleFacts, node: ast.AST, outer: ast.AST) -> bool:
    return node is outer or any(parent is outer for parent in context.ancestors(facts, node))


def _has_slots(cls: ast.ClassDef) -> bool:
    """Whether a class names the attributes that its instances may have."""
    names = [target for statement in cls.body if isinstance(statement, ast.Assign) for target in statement.targets]
    return any(isinstance(name, ast.Name) and name.id == "__slots__" for name in names)


def _method_of(facts: ModuleFacts, node: ast.AST, cls: ast.ClassDef) -> bool:
    """Whether a node stands in a method of a class that has an instance as its first parameter."""
    function = context.function(facts, node)
    if function is None or facts.parents[function] is not cls or not function.args.args:
        return False
    names = {getattr(d, "id", getattr(d, "attr", "")) for d in function.decorator_list}
    return not names & {"staticmethod", "classmethod"}


def _repeats(plan: Plan, facts: ModuleFacts, function: ast.AST) -> bool:
    """Whether a function is called more than once, or in a loop, or as a value."""
    calls = 0
    for other in plan.program.modules.values():
        for node in other.nodes:
            if isinstance(node, ast.Call):
                for callee in plan.program.machine.callees.get(node, ()):
                    target = getattr(callee, "func", callee)
                    if getattr(target, "node", None) is function:
                        calls += 1
                        loops = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.GeneratorExp, ast.DictComp)
                        if any(isinstance(outer, loops) for outer in context.ancestors(other, node)):
                            return True
    return calls != 1
