"""Contents of a request: what the old call was given, as the input of an interaction (MAPPING 3.2 and 3.3)."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from ..infer.values import NONE, Box, Obj, Site, Values, is_text
from . import call_ids, content_media, snippets, snippets_settings
from .call import reindent
from .content_kinds import PARTS, keys, kinds, known_parts, parts_of, single_text, text
from .edits import Context
from .plan import Plan
from .reasons import Reason
from .written import entries, literal

Code = Callable[[Context], str]


_MEDIA_NAME = re.compile(r"(?i)(?:^|[^a-z])(?:image|img|picture|photo|audio|video|frame|pdf|blob|screenshot)")
"""Names of values that are seldom text; which they are is then left to run time."""
_TURNS_NAME = re.compile(r"(?i)(?:^|[^a-z])(?:\w*_)?(?:contents|history|conversation|messages|msgs|turns|parts)\b")
"""Names of values that may be a list of turns or parts; which they are is then left to run time."""
_TEXT_NAME = re.compile(
    r"""(?i)(?:content|text|message|msg|prompt|question|query|answer|reply|response|line|system|instruction|summary)['"]?
    [\])]*$""",
    re.VERBOSE,
)
"""Names of what is text, or refused as anything else, at run time."""
_AT_RUN_TIME = frozenset(("text", "texts", "contents", "part", "media", "turns", "unknown list"))
"""Contents that `_at_run_time` knows."""


def item(code: str) -> str:
    """The content dict of one text."""
    return f'{{"type": "text", "text": {code}}}'


def rows(items: list[str], c: Context, node: ast.expr) -> str:
    """A list of these items, one a line where they do not fit into one."""
    flat = "[" + ", ".join(items) + "]"
    if len(flat) <= 80 or len(items) < 2:
        return flat
    outer, step, newline = c.layout(node)
    lines = [f"{outer}{step}{reindent(item, outer + step)},{newline}" for item in items]
    return "[" + newline + "".join(lines) + outer + "]"


def convert(plan: Plan, path: str, node: ast.expr, site: Site, in_chat: bool = False) -> Code:
    """The code of `input` for these contents; fails the site's group where they cannot be turned."""
    values = plan.values(node) - {NONE}
    if text(plan, values):
        return lambda c: c.code(node)
    if in_chat and (parts := _message_parts(plan, node)) is not None:
        return _message(plan, path, parts, site)
    if in_chat and _texts_and_results(plan, values, site):
        return lambda c: c.code(node)
    found = kinds(plan, values)
    if "part" in found and "media" not in found:
        found = found - {"part"} | {"contents"}
    if found & {"steps", "turns"}:
        return _turns(plan, path, node, site, found, in_chat)
    if isinstance(node, (ast.List, ast.Tuple)):
        return _listed(plan, path, node, site)
    if isinstance(node, ast.IfExp):
        body, other = (convert(plan, path, branch, site, in_chat) for branch in (node.body, node.orelse))
        return lambda c: f"{body(c)} if {c.code(node.test)} else {other(c)}"
    code = _of_texts_and_media(plan, path, node, site, found, in_chat)
    plan.sent_lists.append((path, node, site, True))
    steps = call_ids.given(plan, path, node, site, lambda c: c.code(node))
    return lambda c: steps(c) if _in_steps(plan, node) else code(c)


def _in_steps(plan: Plan, node: ast.expr) -> bool:
    """Whether an expression is a list whose elements become steps, since another request sends turns along with them;
    known once the survey is over."""
    return any(isinstance(v, Box) and v in plan.step_lists for v in plan.values(node))


def settle(plan: Plan) -> None:
    """Lets requests that send the same list move together, where one of them makes steps of its elements; keeps those
    that cannot take them, and those of lists whose texts are read elsewhere."""
    for box, site in plan.step_lists.items():
        if any(is_text(value) for value in plan.program.machine.elements(frozenset((box,)))):
            for path, node in plan.places(box.node) if isinstance(box.node, ast.AST) else ():
                role, parent = plan.role(path, node)
                one = isinstance(parent, ast.Subscript) and not isinstance(parent.slice, ast.Slice)
                if box in plan.values(node) and (role == "iterate" or role == "index" and one):
                    plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
    for path, node, site, whole in plan.sent_lists:
        lists = [v for v in plan.values(node) if isinstance(v, Box) and v.type != "dict"]
        sites = [plan.step_lists[v] for v in lists if v in plan.step_lists]
        if sites:
            plan.groups.join([site, *sites])
            if not whole or len(sites) != len(lists):
                plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)


def _of_texts_and_media(plan: Plan, path: str, node: ast.expr, site: Site, found: set[str], in_chat: bool) -> Code:
    """The code of `input` for an expression that is no turn and no written list. found: its kinds."""
    values = plan.values(node) - {NONE}
    lists = frozenset(v for v in values if isinstance(v, Box) and v.type != "dict")
    if "media" in found and found <= {"text", "texts", "media", "part"}:
        plan.groups.of(site).facts["media"] = True
        if lists and values - lists:
            return _at_run_time(plan, path, node, site, media=True)
        return _with_media(plan, path, node, site, many=bool(lists))
    if found & {"media", "contents"} and found <= _AT_RUN_TIME and not (in_chat and _holds_turns(plan, values)):
        single = single_text(plan, node)
        if single is not None:
            return lambda c: c.code(single)
        media = "media" in found or _unsure(plan, values)
        if media and lists == values and not _holds_turns(plan, values):
            plan.groups.of(site).facts["media"] = True
            return _with_media(plan, path, node, site, many=True)
        return _at_run_time(plan, path, node, site, media)
    if found == {"unknown list"}:
        return _unseen_list(plan, path, node, site)
    if found == {"texts"}:
        if lists == values and any(not plan.values(value) for _, value in _put_in(plan, values)):
            return _unseen_list(plan, path, node, site)
        return lambda c: f"[{item('part')} for part in {_listing(c, node)}]"
    if "texts" in found and found <= {"text", "texts"}:
        return _at_run_time(plan, path, node, site)
    if not found:
        return _unseen(plan, path, node, site)
    if found == {"text"}:
        plan.review(site, f"{plan.source(path, node)} is taken to be text")
        return lambda c: c.code(node)
    plan.fail(site, Reason.CONTENTS, _odd(plan, path, node, found), path, node)
    return lambda c: c.code(node)


def _odd(plan: Plan, path: str, node: ast.expr, found: set[str]) -> str:
    """What is in the way of contents of these kinds."""
    source = plan.source(path, node)
    return f"{source}: the old SDKs refuse bytes without a MIME type, too" if "bytes" in found else source


def _message_parts(plan: Plan, node: ast.expr) -> ast.expr | None:
    """The parts of a turn of the user that is written out as a message, where they are texts and media."""
    rows = entries(node) if isinstance(node, (ast.Dict, ast.Call)) else None
    fields = {name: value for name, value, _ in rows or []}
    if not fields.keys() <= {"role", "parts"} or "parts" not in fields or literal(fields.get("role", node)) == "model":
        return None
    parts = fields["parts"]
    texts = isinstance(parts, (ast.List, ast.Tuple)) and all(single_text(plan, part) for part in parts.elts)
    return parts if texts or kinds(plan, plan.values(parts)) <= PARTS else None


def _message(plan: Plan, path: str, parts: ast.expr, site: Site) -> Code:
    """The input for the parts of a message; parts of the legacy SDK's class become their texts."""
    elements = parts.elts if isinstance(parts, (ast.List, ast.Tuple)) else []
    texts = [text for text in (single_text(plan, part) for part in elements) if text is not None]
    if len(texts) == len(elements) == 1:
        return lambda c: c.code(texts[0])
    if texts and len(texts) == len(elements):
        return lambda c: rows([item(c.code(text)) for text in texts], c, parts)
    return convert(plan, path, parts, site, in_chat=True)


def _texts_and_results(plan: Plan, values: Values, site: Site) -> bool:
    """Whether a message is now a text, now a turn that is written out with results of functions; such a turn becomes
    the list of its results where it is made."""
    from . import histories

    turns = [v for v in values if isinstance(v, Obj) and v.kind == "LContent"]
    others = values.difference(turns)
    if not turns or others and not text(plan, others):
        return False
    made: list[tuple[Site, ast.expr]] = []
    for turn in turns:
        fields = histories.given(turn.site.node) or {}
        parts = fields.get("parts")
        if parts is None or not fields.keys() <= {"role", "parts"} or kinds(plan, plan.values(parts)) != {"steps"}:
            return False
        if not histories.only_moved(plan, turn.site.node):
            return False
        made.append((turn.site, parts))
    for where, parts in made:
        plan.groups.join([site, where])
        code = convert(plan, where.path, parts, site, in_chat=True)
        plan.when_moving(site, lambda w=where, code=code: plan.expression(w.path, w.node, code))  # type: ignore[misc]
    return True


def _turns(plan: Plan, path: str, node: ast.expr, site: Site, found: set[str], in_chat: bool) -> Code:
    """Turns with a role: steps where they are written, or else at run time, if there are no function calls in them."""
    from . import histories

    if in_chat:
        plan.messages.setdefault(site, []).append((path, node))
    work, makers, lists = len(plan.work), dict(plan.turn_makers), dict(plan.step_lists)
    code = histories.convert(plan, path, node, site)
    if code is not None:
        return code if in_chat else call_ids.given(plan, path, node, site, code)
    if found <= _AT_RUN_TIME and known_parts(plan, plan.values(node) - {NONE}):
        plan.undo(work, makers)
        plan.step_lists = lists
        return _at_run_time(plan, path, node, site, media=True)
    plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
    return lambda c: c.code(node)


def _unseen(plan: Plan, path: str, node: ast.expr, site: Site) -> Code:
    """Contents of which nothing is seen: text, unless their name says that they may be something else."""
    source = plan.source(path, node)
    if _TURNS_NAME.search(source):
        plan.review(site, f"what {source} is shows at run time")
        return _at_run_time(plan, path, node, site, media=True)
    if _MEDIA_NAME.search(source):
        plan.groups.of(site).facts["media"] = True
        plan.review(site, f"what {source} is shows at run time")
        return _with_media(plan, path, node, site, many=False)
    plan.review(site, f"{source} is taken to be text")
    return lambda c: c.code(node)


def as_list(values: Values, code: Code) -> Code:
    """The code of a list, for one that may be a deque: no request takes that."""
    makers = [value.node for value in values if isinstance(value, Box) and isinstance(value.node, ast.Call)]
    if any(ast.unparse(maker.func).rpartition(".")[2] == "deque" for maker in makers):
        return lambda c: f"list({code(c)})"
    return code


def with_resolution(plan: Plan, path: str, site: Site, code: Code) -> Code:
    """The code of `input` with the resolution that the settings of a request name, on each of its media."""
    level = plan.resolutions.get(site)
    if not level:
        return code

    def name() -> str:
        return plan.snippet(path, snippets_settings.WITH_RESOLUTION, "with_resolution")

    plan.when_moving(site, name)
    return lambda c: f'{name()}({code(c)}, "{level}")'


def _put_in(plan: Plan, values: Values) -> list[tuple[str, ast.expr]]:
    """(path, expression) of everything that is put into these lists."""
    from .containers import insertions

    return [(found.path, found.value) for found in insertions(plan, values)]


def _unseen_list(plan: Plan, path: str, node: ast.expr, site: Site) -> Code:
    """A list of which some elements are not seen: texts, unless a name says that there is something else among them."""
    source = plan.source(path, node)
    sources = [source, *(plan.source(*place) for place in _put_in(plan, plan.values(node)))]
    if any(_TURNS_NAME.search(word) for word in sources):
        plan.review(site, f"what is in {source} is shown at run time")
        return _at_run_time(plan, path, node, site, media=True)
    if any(_MEDIA_NAME.search(word) for word in sources):
        plan.groups.of(site).facts["media"] = True
        plan.review(site, f"what is in {source} is shown at run time")
        return _with_media(plan, path, node, site, many=True)
    plan.review(site, f"what is in {source} is taken to be text")
    return lambda c: f"[{item('part')} for part in {_listing(c, node)}]"


def _unsure(plan: Plan, values: Values) -> bool:
    """Whether some parts of the turns among these values are not seen, and no name says that they are text."""
    for value in (*values, *plan.program.machine.elements(values)):
        parts = parts_of(plan, value)
        if parts is not None and (not parts or "unknown list" in kinds(plan, parts)):
            maker = value.node if isinstance(value, Box) else value.site.node if isinstance(value, Obj) else None
            rows = entries(maker) if isinstance(maker, (ast.Dict, ast.Call)) else None
            given = next((row for name, row, _ in rows or [] if name == "parts"), None)
            each = given.elts if isinstance(given, (ast.List, ast.Tuple)) else [given]
            if not all(part is not None and _TEXT_NAME.search(ast.unparse(part)) for part in each):
                return True
    return False


def _at_run_time(plan: Plan, path: str, node: ast.expr, site: Site, media: bool = False) -> Code:
    """A function of the user's module makes the input. media: there may be more than text in it."""
    if (role := _odd_role(plan, node)) is not None:
        plan.fail(site, Reason.CONTENTS, f"the role {role!r}", path, node)
    if isinstance(node, (ast.List, ast.Tuple)) and node.elts and "model" in _roles(plan, node.elts[-1]):
        plan.differ(site, "prefill")
    if media:
        plan.groups.of(site).facts["media"] = True
        plan.media_inputs.setdefault(path, []).append(site)
        content_media.maker(plan, path, site, node)

    def name() -> str:
        template = snippets.TO_INPUT
        if any(plan.groups.moves(other) for other in plan.media_inputs.get(path, ())):
            template = snippets.TO_INPUT_MEDIA.replace("{to_content}", content_media.of_one(plan, path))
        return plan.snippet(path, template, "to_input", "interaction_input")

    plan.when_moving(site, lambda: None if _in_steps(plan, node) else name())
    given = as_list(plan.values(node), lambda c: c.code(node))
    return lambda c: f"{name()}({given(c)})"


def _holds_turns(plan: Plan, values: Values) -> bool:
    """Whether these values are, or hold, contents with a role, which are no message of a chat."""
    return any(
        isinstance(value, Obj)
        and value.kind in ("GContent", "LContent")
        or isinstance(value, Box)
        and value.type == "dict"
        and "parts" in keys(plan, value)
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
    """The roles of the contents that an expression is, or holds, where they are written out and not left out again."""
    from .containers import insertions

    values = set(plan.values(node))
    for place in insertions(plan, plan.values(node)):
        sorted_out = isinstance(place.holder, ast.ListComp) and any(made.ifs for made in place.holder.generators)
        if not sorted_out and place.how != "many":
            values |= plan.values(place.value)
    found: set[str] = set()
    for value in values:
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


def _listed(plan: Plan, path: str, node: ast.List | ast.Tuple, site: Site) -> Code:
    single = single_text(plan, node)
    if single is not None:
        return lambda c: c.code(single)
    codes: list[Code] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            inner = kinds(plan, plan.values(element.value))
            plan.sent_lists.append((path, element.value, site, False))
            if inner == {"texts"}:
                codes.append(lambda c, e=element: f"*({item('part')} for part in {c.code(e.value)})")  # type: ignore[misc]
                continue
            if inner == {"media"}:
                plan.groups.of(site).facts["media"] = True
                maker = content_media.maker(plan, path, site, element.value)
                codes.append(lambda c, e=element, m=maker: f"*({m()}(part) for part in {c.code(e.value)})")  # type: ignore[misc]
                continue
            if not inner or inner == {"unknown list"}:
                plan.review(site, f"what is in {plan.source(path, element.value)} is shown at run time")
            elif not inner <= _AT_RUN_TIME:
                plan.fail(site, Reason.CONTENTS, plan.source(path, node), path, node)
            sure = bool(inner) and inner <= {"texts", "contents", "part"}
            return _at_run_time(plan, path, node, site, media=not sure)
        values = plan.values(element) - {NONE}
        part = single_text(plan, element)
        made = content_media.alone(plan, path, element) if plan.objects(element, "GPart") else None
        if made is not None and (own := single_text(plan, made)) is not None:
            plan.when_moving(site, lambda m=made, t=own: plan.expression(path, m, lambda c: item(c.code(t))))  # type: ignore[misc]
            codes.append(lambda c, e=element: c.code(e))  # type: ignore[misc]
            continue
        turn = any(isinstance(v, Obj) and v.kind == "GContent" for v in values) or (
            part is None and kinds(plan, values) <= {"contents", "part"} and bool(values)
        )
        if turn and not (part is not None and len(node.elts) == 1):
            if kinds(plan, values) <= {"text", "contents", "part"}:
                media = any("media" in kinds(plan, plan.values(other)) for other in node.elts)
                return _at_run_time(plan, path, node, site, media=media)
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
            plan.fail(site, Reason.CONTENTS, _odd(plan, path, element if "bytes" in found else node, found), path, node)
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
