"""How the arguments of legacy embed_content, files and caches change their form on the way to google-genai."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from ..infer.values import BYTES, IMAGE, MEDIA, NONE, NUM, STR, Box, Const, Ext, Obj, Site, Values, is_text
from ..sdk import surfaces
from ..sdk.models import judge
from . import content_kinds, snippets
from .call import dict_code
from .edits import Context
from .plan import Plan
from .reasons import Reason
from .written import fields

Code = Callable[[Context], str]
Form = Callable[[Plan, str, ast.expr, Site], Code | None]
"""Surveys an argument; the code that takes its place, or None where it stays as it is."""

_SEVERAL = re.compile(
    r"(?i)(?:^|_)(?:texts|documents|docs|chunks|sentences|passages|batch|lines|items|contents|words)$"
)
"""Names of values that are lists of texts, where nothing else tells."""
_BLOBS = frozenset(("text", "texts", "contents", "part", "media", "turns", "unknown list"))
"""Contents that `snippets.TO_COUNT` knows; see `content_kinds.kinds`."""
_LISTS = frozenset("list List Sequence Iterable tuple Tuple set Set Collection Documents".split())
"""Annotations of such values; Documents is the list of texts of chromadb's embedding functions."""


def given(plan: Plan, call: ast.AST) -> dict[str, ast.expr]:
    """The arguments of a call of a function of `sdk.surfaces`, by the legacy parameter; also where another call gets
    the function and its arguments (`asyncio.to_thread(genai.upload_file, path)`)."""
    if not isinstance(call, ast.Call):
        return {}
    args = call.args
    rows = [surfaces.FUNCTIONS.get(v.path) for v in plan.program.machine.callees.get(call, ()) if isinstance(v, Ext)]
    row = next((row for row in rows if row is not None), None)
    for index, arg in enumerate(call.args if row is None else ()):
        named = [surfaces.FUNCTIONS.get(v.path) for v in plan.values(arg) if isinstance(v, Ext)]
        row = next((row for row in named if row is not None), None)
        if row is not None:
            args = call.args[index + 1 :]
            break
    found = dict(zip(row.parameters, args)) if row is not None else {}
    found.update((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg is not None)
    return found


def rows(pairs: Sequence[tuple[str, str]], c: Context, node: ast.expr) -> str:
    """A dict of these pairs, one a line where they do not fit into one."""
    flat = dict_code(pairs)
    if len(flat) <= 80 or len(pairs) < 2:
        return flat
    outer, step, newline = c.layout(node)
    return "{" + newline + "".join(f'{outer}{step}"{k}": {v},{newline}' for k, v in pairs) + outer + "}"


# -- embeddings --------------------------------------------------------------------------------------------------------


def embeds_many(plan: Plan, path: str, node: ast.expr) -> tuple[bool | None, bool]:
    """Whether contents to embed are a list (None: both may be), and whether that is sure."""
    values = plan.values(node) - {NONE}
    lists = [value for value in values if isinstance(value, Box) and value.type != "dict"]
    if values and len(lists) == len(values):
        return True, True
    if lists:
        return None, True
    if values and all(is_text(value) for value in values):
        return False, True
    return _looks_several(plan, path, node), False


def _looks_several(plan: Plan, path: str, node: ast.expr) -> bool | None:
    """Whether an unknown value is written like a list of texts; None where its annotation allows for both."""
    if isinstance(node, ast.Call):
        func = node.func
        return isinstance(func, ast.Attribute) and func.attr in ("tolist", "to_list", "split", "splitlines")
    facts = plan.facts(path)
    if isinstance(node, ast.Name):
        outer: ast.AST = node
        while outer in facts.parents:
            outer = facts.parents[outer]
            if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                every = [*outer.args.posonlyargs, *outer.args.args, *outer.args.kwonlyargs]
                hint = next((arg.annotation for arg in every if arg.arg == node.id), None)
                if hint is not None:
                    named = {inner.id for inner in ast.walk(hint) if isinstance(inner, ast.Name)}
                    outermost = isinstance(hint, ast.Subscript) and getattr(hint.value, "id", "") in _LISTS
                    if "str" in named and named & _LISTS and not outermost:
                        return None
                    head = hint.value if isinstance(hint, ast.Subscript) else hint
                    return (head.attr if isinstance(head, ast.Attribute) else getattr(head, "id", "")) in _LISTS
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return _SEVERAL.search(name) is not None


def texts(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """content= of embed_content as contents=."""
    many, sure = embeds_many(plan, path, node)
    values = plan.values(node) - {NONE}
    if many is None:
        if not isinstance(node, ast.Name) or not _texts_alone(plan, values):
            plan.fail(site, Reason.MIXED, f"one text or a list: {plan.source(path, node)}", path, node)
        elif not _one_vector_a_text(plan, site):
            wrapped = f'[{{"parts": [{{"text": text}}]}} for text in {node.id}]'
            return lambda c: f"{node.id} if isinstance({node.id}, str) else {wrapped}"
        return None
    if not sure:
        if values - {NUM}:
            plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
        plan.review(site, f"{plan.source(path, node)} is taken to be {'a list of texts' if many else 'one text'}")
    if not many:
        return None
    for value in values:
        inner = plan.program.machine.cells.get(("e", value, "#"), frozenset()) - {NONE}
        if not all(is_text(item) for item in inner):
            plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
    if not _one_vector_a_text(plan, site):
        return lambda c: f'[{{"parts": [{{"text": text}}]}} for text in {c.code(node)}]'
    if isinstance(node, ast.GeneratorExp):
        return lambda c: "[" + c.code(node).strip()[1:-1] + "]"
    if any(isinstance(value, Box) and value.type not in ("list", "tuple") for value in values):
        return lambda c: f"list({c.code(node)})"
    return None


def _texts_alone(plan: Plan, values: Values) -> bool:
    """Whether values are texts and lists of texts, as far as they are seen."""
    lists = frozenset(value for value in values if isinstance(value, Box) and value.type in ("list", "tuple"))
    held = plan.program.machine.elements(lists) - {NONE}
    return all(is_text(value) for value in (values - lists) | held)


def _one_vector_a_text(plan: Plan, site: Site) -> bool:
    """Whether the model of an embed_content call makes one vector of each text of a plain list."""
    model = given(plan, site.node).get("model")
    values = (plan.values(model) if model is not None else frozenset()) - {NONE}
    for value in values:
        if not isinstance(value, Const):
            return False
        name = str(value.node.value)
        name = (judge(name, plan.settings).new or name).removeprefix("models/")
        if name not in surfaces.ONE_VECTOR_A_TEXT:
            return False
    return bool(values)


def task_type(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """task_type= as the upper-case name that google-genai sends."""
    for leaf in _leaves(node):
        _task_leaf(plan, path, leaf, site)
    return None


def _leaves(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.IfExp):
        yield from _leaves(node.body)
        yield from _leaves(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _leaves(value)
    else:
        yield node


def _task_leaf(plan: Plan, path: str, node: ast.expr, site: Site) -> None:
    if isinstance(node, ast.Constant):
        old = node.value
        if old is None:
            return
        numbers = list(dict.fromkeys(surfaces.TASK_TYPES.values()))
        new: str | None = None
        if isinstance(old, str):
            new = surfaces.TASK_TYPES.get(old.lower())
        elif isinstance(old, int) and 0 <= old < len(numbers):
            new = numbers[old]
        if new is None:
            plan.fail(site, Reason.ARGUMENT, f"task_type={plan.source(path, node)}", path, node)
        elif new != old:
            segment = plan.facts(path).lines.code(node) or '""'
            quote = "'" if segment.startswith("'") else '"'
            plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f"{quote}{new}{quote}"))
        return
    values = plan.values(node) - {NONE}
    enums = {v.path.rpartition(".")[2] for v in values if isinstance(v, Ext) and "TaskType." in v.path}
    if enums:
        if len(enums) != len(values):
            plan.fail(site, Reason.MIXED, plan.source(path, node), path, node)
        name = next(iter(enums))
        plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f'"{name}"'))
        return
    known = _written_task_types(plan)
    if known and all(name == name.upper() for name in known):
        return
    if not known:
        plan.review(site, f"{plan.source(path, node)} has to be a long name such as RETRIEVAL_DOCUMENT")
    may_be_none = NONE in plan.values(node) or not values

    def upper(c: Context) -> str:
        code = c.module.code_for_node(c.inner(node))
        return f"{code} and {code}.upper()" if may_be_none else f"{code}.upper()"

    plan.when_moving(site, lambda: plan.expression(path, node, upper))


def _written_task_types(plan: Plan) -> set[str]:
    """The long names of task types that the program writes anywhere."""
    return {
        node.value
        for facts in plan.program.modules.values()
        for node in facts.nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and surfaces.TASK_TYPES.get(node.value.lower()) == node.value.upper()
    }


# -- names, times, contents --------------------------------------------------------------------------------------------


def timeout(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """request_options={'timeout': seconds} as http_options, which counts in milliseconds."""
    items = fields(plan, path, node) or []
    if isinstance(node, ast.Call) and not items:
        items = [(keyword.arg or "**", keyword.value, keyword) for keyword in node.keywords]
    if [name for name, _, _ in items] != ["timeout"]:
        plan.fail(site, Reason.ARGUMENT, "request_options", path, node)
        return None
    seconds = items[0][1]
    if isinstance(seconds, ast.Constant) and isinstance(seconds.value, (int, float)):
        number = int(seconds.value * 1000)
        return lambda c: dict_code([("timeout", str(number))])
    return lambda c: dict_code([("timeout", f"int({c.code(seconds)} * 1000)")])


def model_name(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """A model by its name; the legacy SDK also took the object that it gives."""
    objects = plan.objects(node, "LModelInfo")
    if objects:
        if len(objects) != len(plan.values(node) - {NONE}):  # such as a loop's variable that gets another value later
            plan.review(site, f"{plan.source(path, node)} is taken to be a model's name, not a model")
            return None
        plan.groups.join([site, *(obj.site for obj in objects)])
        return lambda c: f"{c.code(node)}.name"
    return None


def file_name(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """A file by its name; the legacy delete_file also took the file."""
    objects = plan.objects(node, "LFile")
    values = plan.values(node) - {NONE}
    if objects:
        if len(objects) != len(values):
            plan.fail(site, Reason.MIXED, plan.source(path, node), path, node)
        plan.groups.join([site, *(obj.site for obj in objects)])
        return lambda c: f"{c.code(node)}.name"
    if not values and not re.search(r"(?i)(?:name|id)\b\W*$", plan.source(path, node)):
        plan.review(site, f"{plan.source(path, node)} is taken to be a file's name, not a file")
    return None


def ttl(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """A time to live as a string of seconds; from seconds or a timedelta."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        number = node.value
        return lambda c: f'"{number}s"'
    callees = plan.program.machine.callees.get(node, frozenset()) if isinstance(node, ast.Call) else frozenset()
    if isinstance(node, ast.Call) and any(isinstance(v, Ext) and v.path == "datetime.timedelta" for v in callees):
        seconds = _seconds(node)
        if seconds is not None:
            return lambda c: f'"{seconds}s"'
        return lambda c: f'f"{{int({c.code(node)}.total_seconds())}}s"'
    if plan.values(node) and plan.values(node) <= {NUM}:
        return lambda c: f'f"{{{c.code(node)}}}s"'
    plan.fail(site, Reason.ARGUMENT, f"ttl={plan.source(path, node)}", path, node)
    return None


def _seconds(call: ast.Call) -> int | None:
    """The seconds of a timedelta(...) that is written out."""
    size = {"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
    total = 0.0
    for keyword in call.keywords:
        value = keyword.value
        if keyword.arg not in size or not isinstance(value, ast.Constant) or not isinstance(value.value, (int, float)):
            return None
        total += size[keyword.arg] * value.value
    return int(total) if call.keywords and not call.args else None


def moment(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """expire_time=: a datetime, as before; a number of seconds is none."""
    if plan.values(node) & {NUM, STR} or isinstance(node, ast.Dict):
        plan.fail(site, Reason.ARGUMENT, f"expire_time={plan.source(path, node)}", path, node)
    return None


def text(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """A system instruction: text only."""
    values = plan.values(node) - {NONE}
    if not all(is_text(value) for value in values):
        plan.fail(site, Reason.ARGUMENT, plan.source(path, node), path, node)
    return None


def contents(plan: Plan, path: str, node: ast.expr, site: Site) -> Code | None:
    """Contents that both SDKs take as they are: text, files, pictures and lists of them; or a chat's history."""
    turns = plan.objects(node, "History")
    if turns and len(turns) == len(plan.values(node)):
        plan.groups.join([site, *(obj.site for obj in turns)])
        part = '{"text": part.text} for part in turn.parts'
        return lambda c: f'[{{"role": turn.role, "parts": [{part}]}} for turn in {c.code(node)}]'
    inside = {id(inner) for inner in ast.walk(node)}
    if not _same(plan, plan.values(node) - {NONE, NUM}, inside):
        if content_kinds.kinds(plan, plan.values(node)) <= _BLOBS and _dicts_in_turns(plan, plan.values(node)):
            plan.when_moving(site, lambda: plan.snippet(path, snippets.TO_COUNT, "to_part", "part_to_count"))
            return lambda c: f"{plan.snippet(path, snippets.TO_COUNT, 'to_part', 'part_to_count')}({c.code(node)})"
        plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
    elif not plan.values(node):
        plan.review(site, f"{plan.source(path, node)} is taken to be text")
    return None


def _dicts_in_turns(plan: Plan, values: Values) -> bool:
    """Whether the parts of all turns that these values are, or hold, are texts and dicts, as far as they are seen."""
    elements = plan.program.machine.elements
    for value in values | elements(values):
        parts = content_kinds.parts_of(plan, value) or frozenset()
        inside = (parts | elements(parts)) - {NONE}
        if not all(is_text(part) or isinstance(part, Box) for part in inside):
            return False
    return content_kinds.known_parts(plan, values)


def _same(plan: Plan, values: Values, inside: set[int]) -> bool:
    """Whether contents mean the same in both SDKs; turns only where they are written `inside` of the call, because
    turns kept elsewhere may get another form."""
    cells = plan.program.machine.cells
    for value in values:
        if is_text(value) or value in (IMAGE, MEDIA) or isinstance(value, Obj) and value.kind == "LFile":
            continue
        if not isinstance(value, Box):
            return False
        if value.type == "dict":
            parts = cells.get(("e", value, "parts"), frozenset())
            texts = [part for box in parts for part in cells.get(("e", box, "#"), frozenset())]
            whole = isinstance(value.node, ast.Dict) and id(value.node) in inside
            if not (whole and texts and all(_is_text_part(plan, part) for part in texts)):
                return False
            continue
        inner = cells.get(("e", value, "#"), frozenset()) - {NONE}
        nested = any(isinstance(v, Box) and v.type != "dict" for v in inner)
        if value.type not in ("list", "tuple") or BYTES in inner or nested or not _same(plan, inner, inside):
            return False
    return True


def _is_text_part(plan: Plan, value: object) -> bool:
    """Whether a part is a dict of a text."""
    return (
        isinstance(value, Box) and value.type == "dict" and set(plan.program.machine.places.get(value, ())) == {"text"}
    )


FORMS: dict[str, Form] = {
    "texts": texts,
    "task_type": task_type,
    "timeout": timeout,
    "model": model_name,
    "file_name": file_name,
    "ttl": ttl,
    "moment": moment,
    "text": text,
    "contents": contents,
}
"""The forms that rows of `sdk.surfaces` name."""
