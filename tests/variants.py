"""The same programs written by other habits: they still do the same, so their migration has to.

    python -m tests.variants [--each N] [--seed S] [VARIANT...]

Each variant rewrites the fixture programs in one way that keeps their behaviour: a call in a lambda, a method in a
partial, arguments in a dict, globals as attributes. A program that the variant does not keep the same is passed over;
one whose migration then prints something else is broken.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.behaviour import PROGRAMS, Harness, Outcome, programs_in

MAKERS = frozenset(("GenerativeModel", "start_chat", "Client", "GenerateContentConfig", "GenerationConfig"))
REQUESTS = frozenset(("generate_content", "send_message", "generate_content_stream", "send_message_stream"))
ONE_SHOT = frozenset(("generate_content", "send_message"))
SPREAD = MAKERS | REQUESTS | {"create"}


@dataclass(frozen=True)
class Variant:
    """One way to write a program otherwise. head: what comes before everything else; change: gives the new tree, or
    None where there is nothing to change."""

    name: str
    change: Callable[[ast.Module], ast.Module | None]
    head: str = ""


@dataclass
class Calls(ast.NodeTransformer):
    """Puts other expressions in the place of calls of these names."""

    names: frozenset[str]
    make: Callable[[ast.Call], ast.expr | None]
    made: int = 0
    seen: set[int] = field(default_factory=set)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        """Text stays."""
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A call of one of the names, once."""
        self.generic_visit(node)
        if _name(node) not in self.names or id(node) in self.seen:
            return node
        self.seen.add(id(node))
        made = self.make(node)
        self.made += made is not None
        return made or node


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _filled(template: str, call: ast.expr) -> ast.expr:
    """The expression of a template with the call in the place of IT."""

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return call if node.id == "IT" else node

    return Fill().visit(ast.parse(template, mode="eval").body)  # type: ignore[no-any-return]


def _waits(node: ast.AST) -> bool:
    return any(isinstance(n, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)) for n in ast.walk(node))


def _calls(
    names: frozenset[str], make: Callable[[ast.Call], ast.expr | None]
) -> Callable[[ast.Module], ast.Module | None]:
    def change(tree: ast.Module) -> ast.Module | None:
        calls = Calls(names, make)
        tree = calls.visit(tree)
        return tree if calls.made else None

    return change


def _wrapped(names: frozenset[str], template: str) -> Callable[[ast.Module], ast.Module | None]:
    deferred = "lambda" in template
    return _calls(names, lambda call: None if deferred and _waits(call) else _filled(template, call))


def _handed(template: str) -> Callable[[ast.Module], ast.Module | None]:
    """The method of a request and its arguments go to a function: HOW(method, ...)."""

    def make(call: ast.Call) -> ast.expr | None:
        if not isinstance(call.func, ast.Attribute) or any(keyword.arg == "stream" for keyword in call.keywords):
            return None
        made = ast.parse(template, mode="eval").body
        inner = next(n for n in ast.walk(made) if isinstance(n, ast.Call) and any(_is_it(arg) for arg in n.args))
        inner.args, inner.keywords = [call.func, *call.args], call.keywords
        return made

    return _calls(ONE_SHOT, make)


def _is_it(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "IT"


def _got_by_name(call: ast.Call) -> ast.expr | None:
    if not isinstance(call.func, ast.Attribute):
        return None
    args = [call.func.value, ast.Constant(call.func.attr)]
    return ast.Call(ast.Call(ast.Name("getattr", ast.Load()), args, []), call.args, call.keywords)


def _spread(call: ast.Call) -> ast.expr | None:
    if not call.keywords or not all(keyword.arg for keyword in call.keywords):
        return None
    given = ast.Call(ast.Name("dict", ast.Load()), [], call.keywords)
    return ast.Call(call.func, call.args, [ast.keyword(None, given)])


def _by_helper(tree: ast.Module) -> ast.Module | None:
    """Every read of `.text` goes through one function."""

    class Reads(ast.NodeTransformer):
        made = 0

        def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
            self.generic_visit(node)
            if node.attr != "text" or not isinstance(node.ctx, ast.Load):
                return node
            Reads.made += 1
            return ast.Call(ast.Name("_text_of_it", ast.Load()), [node.value], [])

    Reads.made = 0
    tree = Reads().visit(tree)
    return tree if Reads.made else None


def _in_function(tree: ast.Module, *, local: bool) -> ast.Module | None:
    """What follows the definitions goes into a function, with its names declared global or local."""
    definitions = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    last = max((index for index, item in enumerate(tree.body) if isinstance(item, definitions)), default=-1)
    head, rest = tree.body[: last + 1], tree.body[last + 1 :]
    inner = [node for item in rest for node in ast.walk(item)]
    if len(rest) < 2 or any(isinstance(node, (ast.Await, ast.Global)) for node in inner):
        return None
    if any("__main__" in ast.unparse(item) for item in rest):
        return None
    names = {node.id for node in inner if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    names |= {node.name for node in inner if isinstance(node, ast.ExceptHandler) and node.name}
    if local and names & {node.id for item in head for node in ast.walk(item) if isinstance(node, ast.Name)}:
        return None
    made = ast.parse("def _go():\n    pass\n\n\n_go()").body
    assert isinstance(made[0], ast.FunctionDef)
    made[0].body = [*([ast.Global(sorted(names))] if names and not local else []), *rest]
    return ast.Module([*head, *made], [])


def _as_attributes(tree: ast.Module) -> ast.Module | None:
    """Globals that hold what an SDK makes become attributes of one object."""
    names = {
        item.targets[0].id
        for item in tree.body
        if isinstance(item, ast.Assign) and len(item.targets) == 1 and isinstance(item.targets[0], ast.Name)
        if any(isinstance(node, ast.Call) and _name(node) in MAKERS for node in ast.walk(item.value))
    }
    names -= set(_local_names(tree))

    class Renamed(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return ast.Attribute(ast.Name("_kept", ast.Load()), node.id, node.ctx) if node.id in names else node

    return Renamed().visit(tree) if names else None


def _local_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inner = (name for item in node.body for name in ast.walk(item))
            yield from (n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
        elif isinstance(node, ast.comprehension):
            yield from (n.id for n in ast.walk(node.target) if isinstance(n, ast.Name))


RETRY = """\
def _retry(fn, times=2):
    for _ in range(times):
        try:
            return fn()
        except KeyError:
            continue
"""
SAME = "def _same(x):\n    return x\n"
POOL = "from concurrent.futures import ThreadPoolExecutor as _Executor\n_pool = _Executor(1)\n"

VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("objects through a function", _wrapped(MAKERS, "_same(IT)"), SAME),
        Variant("answers through a function", _wrapped(REQUESTS, "_same(IT)"), SAME),
        Variant("objects out of a list", _wrapped(MAKERS, "[IT][0]")),
        Variant("objects out of a dict", _wrapped(MAKERS, "{'it': IT}['it']")),
        Variant("answers out of a tuple", _wrapped(REQUESTS, "(IT, 1)[0]")),
        Variant("objects or None", _wrapped(MAKERS, "IT or None")),
        Variant("chosen by a test", _wrapped(MAKERS | REQUESTS, "IT if len('a') else None")),
        Variant("requests in a lambda", _wrapped(REQUESTS, "(lambda: IT)()")),
        Variant("objects in a lambda", _wrapped(MAKERS, "(lambda: IT)()")),
        Variant("requests tried again", _wrapped(REQUESTS, "_retry(lambda: IT)"), RETRY),
        Variant("methods by their names", _calls(REQUESTS, _got_by_name)),
        Variant("arguments in a dict", _calls(SPREAD, _spread)),
        Variant("texts by a function", _by_helper, "def _text_of_it(thing):\n    return thing.text\n"),
        Variant("methods in a pool", _handed("_pool.submit(IT).result()"), POOL),
        Variant("methods in a partial", _handed("_partial(IT)()"), "from functools import partial as _partial\n"),
        Variant("a script in a function", lambda tree: _in_function(tree, local=True)),
        Variant("a script in a function with globals", lambda tree: _in_function(tree, local=False)),
        Variant("globals as attributes", _as_attributes, "class _Kept:\n    pass\n\n\n_kept = _Kept()\n"),
        Variant("globals as attributes of a class", _as_attributes, "class _kept:\n    pass\n"),
    )
}


def written(variant: Variant, text: str) -> str | None:
    """The text of a program in a variant; None where the variant changes nothing."""
    tree = variant.change(ast.parse(text))
    if tree is None:
        return None
    body = ast.unparse(ast.fix_missing_locations(tree)).split("\n")
    first = 0  # the head comes behind the docstring and imports from __future__
    for item in ast.parse("\n".join(body)).body:
        docstring = isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant)
        if not (docstring or isinstance(item, ast.ImportFrom) and item.module == "__future__"):
            break
        first = item.end_lineno or first
    return "\n".join([*body[:first], variant.head, *body[first:], ""])


def candidates() -> dict[str, Path]:
    """The fixture programs that move whole."""
    known = programs_in(PROGRAMS)
    return {
        name: program
        for name, program in known.items()
        if not (program.parent / "expect.toml").exists() and not name.startswith(("first_", "outputs_"))
    }


def outcomes(harness: Harness, variant: Variant, names: list[str], most: int) -> Iterator[Outcome]:
    """How programs fare in a variant: the first `most` of them for which the variant is one."""
    known, count = candidates(), 0
    for name in names:
        text = written(variant, (known[name] / "main.py").read_text(encoding="utf-8"))
        if text is None or count == most:
            continue
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / name / "before"
            shutil.copytree(known[name], program)
            (program / "main.py").write_text(text, encoding="utf-8")
            if harness.before(known[name]) != harness.before(program):
                continue
            count += 1
            yield harness.compare(f"{name}, {variant.name}", program)


def main() -> int:
    """The command line; 1 where a migration is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.variants", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("variants", nargs="*", metavar="VARIANT", help="names of variants; default: all")
    parser.add_argument("--each", type=int, default=10, help="programs a variant")
    parser.add_argument("--seed", type=int, default=0, help="chooses the programs")
    options = parser.parse_args()
    names, broken = sorted(candidates()), 0
    random.Random(options.seed).shuffle(names)
    with Harness() as harness:
        for name in options.variants or VARIANTS:
            kinds: Counter[str] = Counter()
            for outcome in outcomes(harness, VARIANTS[name], names, options.each):
                kinds[outcome.kind] += 1
                if outcome.kind == "broken":
                    print(outcome.explanation())
                elif outcome.kind == "flagged":
                    reasons = [f.message for f in outcome.findings if f.status == "manual" and f.code != "MG106"]
                    print(f"  {outcome.name}: {reasons[0] if reasons else ''}")
            print(f"{name:<40} {dict(sorted(kinds.items()))}", flush=True)
            broken += kinds["broken"]
    return int(bool(broken))


if __name__ == "__main__":
    raise SystemExit(main())
