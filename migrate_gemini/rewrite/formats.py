"""The form of an answer: MIME type, schema and modalities become a response_format (MAPPING 3.5, 3.6)."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..infer.values import NONE, Ext, Site
from ..sdk import settings as table
from . import schemas
from .call import WIDTH, dict_code
from .edits import Context
from .parts import Code, Parts
from .plan import Plan
from .reasons import Reason
from .schemas import Schema
from .written import constant, literal, made_of, origin

REQUESTS = ("MG103", "MG105", "MG201", "MG203")
"""Findings of calls that give an answer."""
_MEDIA = frozenset(("response_modalities", "image_config"))
ANSWERS = ("Response", "Part", "Answer", "Chunk", "Stream")
"""Kinds of what has a text."""


@dataclass(slots=True)
class Form:
    """What a request asks for: the schema of its text; bare: an enum's member without quotes; media: kinds beside
    text, empty where nothing is said; text: whether there may be texts."""

    schema: Schema | None = None
    bare: bool = False
    media: tuple[str, ...] = ()
    text: bool = True


def convert(plan: Plan, path: str, given: dict[str, ast.expr], site: Site, parts: Parts) -> None:
    """Takes the settings of an answer's form; fails the site's group where they have no counterpart."""
    form = Form()
    text = _text(plan, path, given, site, form, parts)
    formats: list[Code] | Code | None = _media(plan, path, given, site, form, text, parts)
    plan.forms.setdefault(site, []).append(form)
    if formats is None:
        return
    if not isinstance(formats, list):
        parts.request.append(("response_format", formats))
    elif len(formats) == 1:
        parts.request.append(("response_format", formats[0]))
    elif formats:
        every = formats
        parts.request.append(("response_format", lambda c: "[" + ", ".join(code(c) for code in every) + "]"))


# -- text --------------------------------------------------------------------------------------------------------


def _text(plan: Plan, path: str, given: dict[str, ast.expr], site: Site, form: Form, parts: Parts) -> Code | None:
    """The code of the text format; None for plain text."""
    mime = given.get("response_mime_type")
    name = next((name for name in ("response_schema", "response_json_schema") if name in given), None)
    only = _only_where(given, name, bool(plan.groups.of(site).facts.get("legacy")))
    if only is not None and plan.settings.schema == "steps":
        test, asked = only
        code = _text(plan, path, asked, site, form, parts)
        form.schema = None  # an answer is not always JSON
        if code is None:
            return None
        there = code
        return lambda c: f"{there(c)} if {c.code(test)} else None"
    kind = constant(plan, path, mime) if mime is not None else None
    if name is None:
        if mime is None or kind == "text/plain":
            return None
        if kind == table.JSON:
            return lambda c: dict_code(_json_pairs())
        if kind is not None or NONE in plan.values(mime):
            plan.fail(site, Reason.SCHEMA, plan.source(path, mime), path, mime)
        return lambda c: dict_code([("type", '"text"'), ("mime_type", c.code(mime))])
    node = given[name]
    if kind != table.JSON and kind not in table.ENUMS:
        plan.fail(site, Reason.SCHEMA, plan.source(path, node), path, node)
        return None
    form.bare = kind in table.ENUMS
    schema = form.schema = schemas.convert(plan, path, node, site, name == "response_json_schema")
    if schema is None:
        return None
    if schema.code is None:
        helper = schemas.helper(plan, path, site)
        return lambda c: f"{helper()}({c.code(node)})"
    code = schema.code
    return lambda c: laid_out(c, parts.layout(c, node), node, [*_json_pairs(), ("schema", code(c))])


def _only_where(
    given: dict[str, ast.expr], name: str | None, legacy: bool
) -> tuple[ast.expr, dict[str, ast.expr]] | None:
    """The test under which JSON (of a schema) is asked for, else text, with the settings that then hold, for
    `response_mime_type="application/json" if schema else None, response_schema=schema`. legacy: None is no text then,
    but what the model's own settings say."""
    mime = given.get("response_mime_type")
    if not isinstance(mime, ast.IfExp) or literal(mime.body) != table.JSON or _MEDIA & given.keys():
        return None
    otherwise = mime.orelse.value if isinstance(mime.orelse, ast.Constant) else ""
    if otherwise not in ("text/plain", None) or legacy and otherwise is None:
        return None
    asked = {**given, "response_mime_type": mime.body}
    if name is None:
        return mime.test, asked
    schema, test = given[name], ast.dump(mime.test)
    if isinstance(schema, ast.IfExp) and ast.dump(schema.test) == test and isinstance(schema.orelse, ast.Constant):
        return (mime.test, {**asked, name: schema.body}) if schema.orelse.value is None else None
    return (mime.test, asked) if ast.dump(schema) == test else None


def of_schema(plan: Plan, path: str, node: ast.expr, site: Site, as_json: bool) -> Code | None:
    """The code of the response_format that stands for a schema which is written to a config by itself."""
    schema = schemas.convert(plan, path, node, site, as_json)
    plan.forms.setdefault(site, []).append(Form(schema))
    if schema is None:
        return None
    if schema.code is None:
        helper = schemas.helper(plan, path, site)
        return lambda c: f"{helper()}({c.code(node)})"
    code = schema.code
    return lambda c: dict_code([*_json_pairs(), ("schema", code(c))])


def _json_pairs() -> list[tuple[str, str]]:
    return [("type", '"text"'), ("mime_type", f'"{table.JSON}"')]


def laid_out(c: Context, layout: tuple[str, str, str], node: ast.expr, pairs: list[tuple[str, str]]) -> str:
    """A dict in one line, or in several where its schema has several or it would not fit. node: where the schema stood;
    layout: how several lines are laid out where the dict goes."""
    flat = dict_code(pairs)
    outer, step, newline = layout
    line = c.lines.line(node.lineno)
    indent = len(line) - len(line.lstrip())
    if indent + len("response_format=") + len(flat) <= WIDTH + 8 and newline not in flat:
        return flat
    if '"""' not in flat and "'''" not in flat:
        before = newline + c.layout(node)[0]
        pairs = [(key, value.replace(before, newline + outer + step)) for key, value in pairs]
    return "{" + newline + "".join(f'{outer}{step}"{key}": {value},{newline}' for key, value in pairs) + outer + "}"


# -- media -------------------------------------------------------------------------------------------------------


def _media(
    plan: Plan, path: str, given: dict[str, ast.expr], site: Site, form: Form, text: Code | None, parts: Parts
) -> list[Code] | Code | None:
    """The formats of an answer in the order of its modalities; one code where they show at run time only."""
    node = given.get("response_modalities")
    picture = given.get("image_config")
    pairs = _picture(plan, path, picture, site) if picture is not None else []
    if node is None:
        if picture is None:
            return [text] if text is not None else None
        plan.review(site, "image settings ask for an image by response_format; so texts beside it are asked for, too")
        form.media = ("image",)
        return [text or (lambda c: '{"type": "text"}'), lambda c: _image(c, pairs)]
    names = _modalities(plan, path, node)
    if names is None:
        if text is not None or NONE in plan.values(node):
            plan.fail(site, Reason.ARGUMENT, "response_modalities", path, node)
        plan.groups.of(site).facts["answer media"] = True
        simple = isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
        kinds = "{}" if simple else "({})"

        def each(c: Context) -> str:
            made = '{"type": modality.lower()}'
            if picture is not None:
                made = f'{_image(c, pairs)} if modality.lower() == "image" else {made}'
            listed = kinds.format(c.code(node))
            outer, step, newline = parts.layout(c, node)
            if len(outer) + len(made) + len(listed) <= WIDTH - 20:
                return f"[{made} for modality in {listed}]"
            return f"[{newline}{outer}{step}{made}{newline}{outer}{step}for modality in {listed}{newline}{outer}]"

        return each
    if unknown := [name for name in names if name not in table.MODALITIES]:
        plan.fail(site, Reason.ARGUMENT, f"response_modalities ({unknown[0]})", path, node)
    form.media = tuple(name for name in names if name != "text")
    form.text = "text" in names
    if not form.media:
        if picture is not None:
            plan.fail(site, Reason.ARGUMENT, "image_config", path, picture)
        return [text] if text is not None else None
    codes: list[Code] = []
    for name in dict.fromkeys(names):
        if name == "text":
            codes.append(text or (lambda c: '{"type": "text"}'))
        elif name == "image":
            codes.append(lambda c: _image(c, pairs))
        else:
            codes.append(lambda c, name=name: f'{{"type": "{name}"}}')  # type: ignore[misc]
    return codes


def _image(c: Context, pairs: list[tuple[str, ast.expr]]) -> str:
    return dict_code([("type", '"image"'), *((name, c.code(value)) for name, value in pairs)])


def _modalities(plan: Plan, path: str, node: ast.expr) -> list[str] | None:
    """The lower-case names of modalities that are written out."""
    where, found = origin(plan, path, node)
    if not isinstance(found, (ast.List, ast.Tuple)):
        return None
    names = []
    for item in found.elts:
        name = constant(plan, where, item)
        if isinstance(item, ast.Attribute) and any(
            isinstance(v, Ext) and v.path.endswith(f".Modality.{item.attr}") for v in plan.values(item)
        ):
            name = item.attr
        if not isinstance(name, str):
            return None
        names.append(name.lower())
    return names


def _picture(plan: Plan, path: str, node: ast.expr, site: Site) -> list[tuple[str, ast.expr]]:
    """The settings of an image that is to be made."""
    given = made_of(plan, node, "ImageConfig")
    found: list[tuple[str, ast.expr]] = []
    for name, value, _ in given if given is not None else [("", node, node)]:
        name = table.IMAGE.get(name, "")
        if name:
            found.append((name, value))
        elif not (isinstance(value, ast.Constant) and literal(value) is None):
            plan.fail(site, Reason.ARGUMENT, f"image_config ({plan.source(path, value)})", path, value)
    return found


def bare(plan: Plan, site: Site) -> bool:
    """Whether the answers to a call are members of an enum, which come in quotes now."""
    forms = plan.forms.get(site)
    if forms is not None:
        return any(form.bare for form in forms)
    sites = plan.groups.of(site).sites
    requests = [call for call in plan.calls if call.code in REQUESTS and call.site in sites]
    members = sites - {call.site for call in requests if isinstance(call.node, ast.Call)}
    return any(form.bare for member in members for form in plan.forms.get(member, ()))


def _mixed(plan: Plan, site: Site) -> bool:
    """Whether answers may come from any of several methods that are handed on, only some of which ask for members of an
    enum."""
    if plan.forms.get(site) is not None:
        return False
    sites = plan.groups.of(site).sites
    requests = [call for call in plan.calls if call.code in REQUESTS and call.site in sites]
    if any(form.bare for member in sites - {call.site for call in requests} for form in plan.forms.get(member, ())):
        return False
    handed = [call for call in requests if not isinstance(call.node, ast.Call)]
    return len({any(form.bare for form in plan.forms.get(call.site, ())) for call in handed}) > 1


def only_media(plan: Plan, site: Site) -> str:
    """The one kind of media that is all that the requests of a site's group ask for, or ''."""
    forms = [form for member in plan.groups.of(site).sites for form in plan.forms.get(member, [])]
    calls = [call for call in plan.calls if call.code in REQUESTS and call.site in plan.groups.of(site).sites]
    alone = all(form.media and not form.text for form in forms) and len(forms) >= len(calls)
    return media(plan, site) if alone else ""


def settle(plan: Plan) -> None:
    """Keeps answers that cannot be read alike: sometimes a bare member of an enum, thoughts beside code."""
    for call in plan.calls:
        facts = plan.groups.of(call.site).facts
        if facts.get("thoughts") and facts.get("steps") not in (None, {"function_call"}):
            plan.fail(call.site, Reason.ATTRIBUTE, "thought", call.path, call.node)
    if not any(form.bare for forms in plan.forms.values() for form in forms):
        return
    for path, module in plan.program.modules.items():
        for read in module.every(ast.Attribute):
            if read.attr == "text" and (objects := plan.objects(read.value, *ANSWERS)):
                found = {bare(plan, obj.site) for obj in objects}
                if len(found) > 1 or any(_mixed(plan, obj.site) for obj in objects):
                    plan.fail_all(objects, Reason.SCHEMA, f"{table.ENUMS[0]} beside other answers", path, read)
                elif True in found and objects[0].kind != "Response":
                    plan.fail_all(objects, Reason.SCHEMA, f"{table.ENUMS[0]} in parts", path, read)


def media(plan: Plan, site: Site) -> str:
    """The one kind of media that the requests of a site's group ask for, or ''."""
    forms = [form for member in plan.groups.of(site).sites for form in plan.forms.get(member, [])]
    kinds = {kind for form in forms for kind in form.media}
    return kinds.pop() if len(kinds) == 1 else ""
