"""Contents of a request: what the old call was given, as the input of an interaction (MAPPING 3.2 and 3.3)."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from ..infer.values import BYTES, MEDIA, NONE, NUM, Box, Obj, Site, Values, is_text
from . import content_media, snippets
from .edits import Context
from .plan import Plan
from .reasons import Reason
from .written import entries

Code = Callable[[Context], str]


_MEDIA_NAME = re.compile(r"(?i)(?:^|[^a-z])(?:image|img|picture|photo|audio|video|frame|pdf|blob|screenshot)")
"""Names of values that are seldom text; which they are is then left to run time."""


def text(plan: Plan, values: Values) -> bool:
    """Whether these values are known to be text."""
    known = values - {NONE, NUM}  # the old SDKs refuse both, so a value that may be one of them is text or nothing
    return bool(known) and all(is_text(value) for value in known)


def item(code: str) -> str:
    """The content dict of one text."""
    return f'{{"type": "text", "text": {code}}}'


def rows(items: list[str], c: Context, node: ast.expr) -> str:
    """A list of these items, one a line where they do not fit into one."""
    flat = "[" + ", ".join(items) + "]"
    if len(flat) <= 80 or len(items) < 2:
        return flat
    outer, step, newline = c.layout(node)
    return "[" + newline + "".join(f"{outer}{step}{item},{newline}" for item in items) + outer + "]"


def convert(plan: Plan, path: str, node: ast.expr, site: Site, in_chat: bool = False) -> Code:
    """The code of `input` for these contents; fails the site's group where they cannot be turned."""
    values = plan.values(node) - {NONE}
    if text(plan, values):
        return lambda c: c.code(node)
    found = kinds(plan, values)
    if "part" in found and "media" not in found:
        found = found - {"part"} | {"contents"}
    if found & {"steps", "turns"}:
        from . import histories

        code = histories.convert(plan, path, node, site)
        if code is not None:
            return code
        plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
    if isinstance(node, (ast.List, ast.Tuple)):
        return _listed(plan, path, node, site)
    if "media" in found and found <= {"text", "texts", "media", "part"}:
        plan.groups.of(site).facts["media"] = True
        many = any(isinstance(v, Box) and v.type != "dict" for v in values)
        return _with_media(plan, path, node, site, many)
    if "media" in found or "bytes" in found or "other" in found:
        plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
        return lambda c: c.code(node)
    if found == {"unknown list"}:
        return _unseen_list(plan, path, node, site)
    if found == {"texts"}:
        return lambda c: f"[{item('part')} for part in {_listing(c, node)}]"
    if "contents" in found or "parts" in found:
        single = single_text(plan, node)
        if single is not None:
            return lambda c: c.code(single)
        if in_chat and _holds_turns(plan, values):
            plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
        return _at_run_time(plan, path, node, site)
    if "texts" in found:  # a text or a list of them
        return _at_run_time(plan, path, node, site)
    if values and not found <= {"text"}:
        plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
    elif not values and _MEDIA_NAME.search(plan.source(path, node)):
        plan.groups.of(site).facts["media"] = True
        plan.review(site, f"what {plan.source(path, node)} is shows at run time")
        return _with_media(plan, path, node, site, many=False)
    elif not values or "text" not in found:
        plan.review(site, f"{plan.source(path, node)} is taken to be text")
    return lambda c: c.code(node)


def with_resolution(plan: Plan, path: str, site: Site, code: Code) -> Code:
    """The code of `input` with the resolution that the settings of a request name, on each of its media."""
    level = plan.resolutions.get(site)
    if not level:
        return code

    def name() -> str:
        return plan.snippet(path, snippets.WITH_RESOLUTION, "with_resolution")

    plan.when_moving(site, name)
    return lambda c: f'{name()}({code(c)}, "{level}")'


def _unseen_list(plan: Plan, path: str, node: ast.expr, site: Site) -> Code:
    """A list whose elements are not seen: texts, unless a name says that there are media among them."""
    from .containers import insertions

    sources = [plan.source(path, node), *(plan.source(i.path, i.value) for i in insertions(plan, plan.values(node)))]
    if any(_MEDIA_NAME.search(source) for source in sources):
        plan.groups.of(site).facts["media"] = True
        plan.review(site, f"what is in {plan.source(path, node)} is shown at run time")
        return _with_media(plan, path, node, site, many=True)
    plan.review(site, f"what is in {plan.source(path, node)} is taken to be text")
    return lambda c: f"[{item('part')} for part in {_listing(c, node)}]"


def _at_run_time(plan: Plan, path: str, node: ast.expr, site: Site) -> Code:
    if (role := _odd_role(plan, node)) is not None:
        plan.fail(site, Reason.CONTENTS, f"the role {role!r}", path, node)
    if isinstance(node, (ast.List, ast.Tuple)) and node.elts and "model" in _roles(plan, node.elts[-1]):
        plan.differ(site, "prefill")
    plan.when_moving(site, lambda: plan.snippet(path, snippets.TO_INPUT, "to_input", "interaction_input"))
    return lambda c: f"{plan.snippet(path, snippets.TO_INPUT, 'to_input', 'interaction_input')}({c.code(node)})"


def _holds_turns(plan: Plan, values: Values) -> bool:
    """Whether these values are, or hold, contents with a role, which are no message of a chat."""
    return any(
        isinstance(value, Obj)
        and value.kind in ("GContent", "LContent")
        or isinstance(value, Box)
        and value.type == "dict"
        and "parts" in _keys(plan, value)
        for value in (*values, *plan.program.machine.elements(values))
    )


def _odd_role(plan: Plan, node: ast.expr) -> str | None:
    """A role of written-out contents that an interaction has no step for."""
    given = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    for item in given:
        if odd := sorted(_roles(plan, item) - {"user", "model"}):
            return odd[0]
    return None


def _roles(plan: Plan, node: ast.expr) -> set[str]:
    """The roles of the contents that an expression is, or holds, where they are written out."""
    machine = plan.program.machine
    found: set[str] = set()
    values = plan.values(node)
    for value in (*values, *machine.elements(values)):
        maker = value.site.node if isinstance(value, Obj) else value.node if isinstance(value, Box) else None
        rows = entries(maker) if isinstance(maker, (ast.Dict, ast.Call)) else None
        for name, role, _ in rows or []:
            if name == "role" and isinstance(role, ast.Constant) and isinstance(role.value, str):
                found.add(role.value)
    return found


def _listing(c: Context, node: ast.expr) -> str:
    """The code of what a comprehension goes through."""
    code = c.code(node)
    bare = isinstance(node, (ast.GeneratorExp, ast.IfExp, ast.Lambda)) and not code.startswith("(")
    return f"({code})" if bare else code


def _with_media(plan: Plan, path: str, node: ast.expr, site: Site, many: bool) -> Code:
    """Contents with images or the like, one or a list of them; turned at run time unless their types are written."""
    written = content_media.written(plan, path, node, site)
    if written is not None:
        return written
    maker = content_media.maker(plan, path, site, node)
    if many:
        return lambda c: f"[{maker()}(part) for part in {_listing(c, node)}]"
    return lambda c: f"{maker()}({c.code(node)})"


def kinds(plan: Plan, values: Values, depth: int = 6) -> set[str]:
    """What these values are as contents: text, texts, contents, parts, media, bytes, other."""
    found: set[str] = set()
    machine = plan.program.machine
    if depth == 0:
        return {"other"}
    for value in values:
        if value is NONE or value is NUM:
            continue
        if is_text(value):
            found.add("text")
        elif value is MEDIA or isinstance(value, Obj) and value.kind in ("Media", "LFile"):
            found.add("media")
        elif value is BYTES:
            found.add("bytes")
        elif isinstance(value, Obj) and value.kind in ("Answer", "FResult"):
            found.add("steps")
        elif isinstance(value, Obj) and value.kind in ("GContent", "GPart"):
            found.add(_written_kind(plan, value))
        elif isinstance(value, Obj) and value.kind in ("LContent", "LPart", "LBlob"):
            found.add("steps")
        elif isinstance(value, Box) and value.type == "dict":
            found.add(
                "steps"
                if _in_steps(plan, value.node)
                else "media"
                if content_media.is_dict(_keys(plan, value))
                else "contents"
                if _dict_text(plan, value)
                else "turns"
                if "parts" in _keys(plan, value)
                else "other"
            )
        elif isinstance(value, Box):
            inner = kinds(plan, machine.cells.get(("e", value, "#"), frozenset()), depth - 1)
            if inner <= {"text"}:
                found.add("texts" if inner else "unknown list")
            elif inner & {"steps", "turns"}:
                found.add("steps" if "steps" in inner else "turns")
            elif inner <= {"text", "texts", "contents", "part"}:
                found.add("contents")
            else:
                found |= inner
        else:
            found.add("other")
    return found


def _written_kind(plan: Plan, value: Obj) -> str:
    """What a types.Content(...) or types.Part(...) call is."""
    node = value.site.node
    if _written_text(plan, node):
        return "part" if value.kind == "GPart" else "contents"
    if content_media.fields(node) is not None:
        return "media"
    return "steps" if _in_steps(plan, node) else "turns"


def _in_steps(plan: Plan, node: object) -> bool:
    """Whether a turn or part that is written out holds calls of functions or their results."""
    given: dict[str | None, ast.expr] = {}
    if isinstance(node, ast.Call):
        given = {keyword.arg: keyword.value for keyword in node.keywords}
    elif isinstance(node, ast.Dict):
        given = {str(k.value): v for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant)}
    if "function_response" in given or "function_call" in given:
        return True
    return "parts" in given and "steps" in kinds(plan, plan.values(given["parts"]))


def _keys(plan: Plan, box: Box) -> set[object]:
    """The constant keys that a dict is written with or gets."""
    found: set[object] = set(plan.program.machine.places.get(box, ()))
    if isinstance(box.node, ast.Dict):
        found |= {key.value for key in box.node.keys if isinstance(key, ast.Constant)}
    return found


def _dict_text(plan: Plan, box: Box) -> bool:
    """Whether a dict is a turn (role, parts) or a part of text only."""
    cells = plan.program.machine.cells
    parts = cells.get(("e", box, "parts"))
    if parts is None:
        return _keys(plan, box) == {"text"}
    return kinds(plan, parts) <= {"text", "texts", "contents", "part", "unknown list"}


def _written_text(plan: Plan, node: ast.AST) -> bool:
    """Whether a types.Content(...) or types.Part(...) call holds text only."""
    if not isinstance(node, ast.Call):
        return False
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if "parts" in given:
        return kinds(plan, plan.values(given["parts"])) <= {"text", "texts", "contents", "part"}
    return set(given) == {"text"} or (not given and len(node.args) == 1)


def single_text(plan: Plan, node: ast.expr) -> ast.expr | None:
    """X for a user's content or part that is written out and holds only the text X."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return single_text(plan, node.elts[0]) if len(node.elts) == 1 else None
    if text(plan, plan.values(node)):
        return node
    given: dict[str | None, ast.expr] = {}
    if isinstance(node, ast.Dict):
        given = {str(k.value): v for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant)}
    elif isinstance(node, ast.Call) and plan.objects(node, "GContent", "GPart", "LContent", "LPart"):
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if not given and len(node.args) == 1:
            given = {"text": node.args[0]}
    role = given.get("role")
    if role is not None and not (isinstance(role, ast.Constant) and role.value == "user"):
        return None
    if "parts" in given:
        return single_text(plan, given["parts"])
    inner = given.get("text")
    return inner if inner is not None and set(given) <= {"text"} else None


def _listed(plan: Plan, path: str, node: ast.List | ast.Tuple, site: Site) -> Code:
    single = single_text(plan, node)
    if single is not None:
        return lambda c: c.code(single)
    codes: list[Code] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            inner = kinds(plan, plan.values(element.value))
            if inner == {"texts"}:
                codes.append(lambda c, e=element: f"*({item('part')} for part in {c.code(e.value)})")  # type: ignore[misc]
                continue
            if inner <= {"texts", "contents", "part"} and inner:
                return _at_run_time(plan, path, node, site)
            if inner == {"media"}:
                plan.groups.of(site).facts["media"] = True
                maker = content_media.maker(plan, path, site, element.value)
                codes.append(lambda c, e=element, m=maker: f"*({m()}(part) for part in {c.code(e.value)})")  # type: ignore[misc]
                continue
            plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
            return lambda c: c.code(node)
        values = plan.values(element) - {NONE}
        part = single_text(plan, element)
        turn = any(isinstance(v, Obj) and v.kind == "GContent" for v in values) or (
            part is None and kinds(plan, values) <= {"contents", "part"} and bool(values)
        )
        if turn and not (part is not None and len(node.elts) == 1):
            if kinds(plan, values) <= {"text", "contents", "part"}:
                return _at_run_time(plan, path, node, site)
        if part is not None:
            codes.append(lambda c, e=part: item(c.code(e)))  # type: ignore[misc]
            continue
        found = kinds(plan, values)
        written = content_media.written(plan, path, element, site)
        if written is not None:
            plan.groups.of(site).facts["media"] = True
            codes.append(written)
            continue
        if found and found <= {"text", "media", "part"} and "media" in found:
            plan.groups.of(site).facts["media"] = True
            maker = content_media.maker(plan, path, site, element)
            codes.append(lambda c, e=element, m=maker: f"{m()}({c.code(e)})")  # type: ignore[misc]
            continue
        if found - {"text"}:
            plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
            return lambda c: c.code(node)
        if not values and _MEDIA_NAME.search(plan.source(path, element)):
            plan.groups.of(site).facts["media"] = True
            maker = content_media.maker(plan, path, site)
            plan.review(site, f"what {plan.source(path, element)} is shows at run time")
            codes.append(lambda c, e=element, m=maker: f"{m()}({c.code(e)})")  # type: ignore[misc]
            continue
        if not values:
            plan.review(site, f"{plan.source(path, element)} is taken to be text")
        codes.append(lambda c, e=element: item(c.code(e)))  # type: ignore[misc]
    if len(codes) == 1 and not isinstance(node.elts[0], ast.Starred):
        only = node.elts[0]
        if plan.groups.of(site).facts.get("media"):
            return codes[0] if "media" in kinds(plan, plan.values(only)) else lambda c: f"[{codes[0](c)}]"
        return lambda c: c.code(only)
    return lambda c: rows([code(c) for code in codes], c, node)
