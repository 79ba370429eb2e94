"""Reads of a response: text, candidates, parts, usage, feedback (MAPPING 4.1 to 4.3)."""

from __future__ import annotations

import ast
from collections.abc import Collection

from ..infer.reach import catches
from ..infer.values import NONE, Bound, Class, Ext, Func, Inst, Module, Obj
from ..sdk import reads, surface
from . import (
    absent,
    answers,
    chunks,
    context,
    dumps,
    ends,
    formats,
    grounding,
    media,
    never,
    probes,
    snippets,
    snippets_reads,
    unset,
)
from .edits import Context
from .plan import Plan
from .reasons import Reason
from .written import literal

KINDS = (
    frozenset(
        """Response Candidates Candidate Answer Parts Part Usage Details Detail Modality Created Role Calls Call Code
        CodeResult Blob Thought Absent""".split()
    )
    | ends.KINDS
    | grounding.KINDS
    | dumps.KINDS
)
_STEPS = frozenset(("Calls", "Call", "Code", "CodeResult"))
_ERRORS = ("google.genai.errors.", "google.api_core.exceptions.", "google.generativeai.types.BlockedPrompt")
"""Classes of errors, for which an answer is not taken: `errors` looks after such tests."""
_KEPT = ends.KINDS
"""Kinds that take another form where they are kept."""
_CANDIDATES = '[{base}] if {base}.status != "failed" else []'


def survey(plan: Plan, path: str, node: ast.expr, objects: list[Obj]) -> None:
    """Notes what is done with a response or something read off it, and how that is written for an interaction."""
    kinds = {obj.kind for obj in objects}
    kind = objects[0].kind
    if kind in chunks.LINKS and ("Stream", objects[0].site.node) in plan.program.machine.objs:
        if chunks.link(plan, path, node, kind, objects):
            return
    if len(kinds) > 1 and isinstance(node, ast.BoolOp) and plan.role(path, node)[0] in ("truth", "discard"):
        return
    if len(kinds) > 1:
        plan.fail_all(objects, Reason.MIXED, " or ".join(sorted(kinds)), path, node)
        return
    role, parent = plan.role(path, node)
    if kind == "Absent":
        absent.survey(plan, path, node, role, parent, objects)
        return
    if kind in grounding.KINDS:
        grounding.survey(plan, path, node, role, parent, objects)
        return
    if kind in dumps.KINDS:
        dumps.survey(plan, path, node, role, parent, objects)
        return
    if kind == "Modality":
        _modality(plan, path, node, role, parent, objects)
        return
    if role == "attribute":
        assert isinstance(parent, ast.Attribute)
        attribute(plan, path, parent, parent.value, parent.attr, kind, objects)
        return
    if role == "index" and isinstance(parent, ast.Subscript):
        _index(plan, path, parent, kind, objects)
        return
    if kind == "Blob" and media.tested(plan, path, node, role, parent, objects):
        return
    if kind == "Thought" or role in ("discard", "annotation", "call") or role == "move" and kind not in _KEPT:
        return
    if role == "probe" and isinstance(parent, ast.Call) and len(parent.args) > 1 and node is parent.args[0]:
        if parent not in plan.folded and not probes.survey(plan, path, parent, kind, objects):
            name = parent.args[1]
            assert isinstance(name, ast.Constant)
            attribute(plan, path, parent, node, str(name.value), kind, objects)
        return
    if kind in _STEPS:
        answers.call(plan, path, node, role, parent, objects)
        return
    if kind == "Part" and isinstance(parent, ast.Compare) and answers.contains(plan, path, parent, objects):
        return
    if kind in ends.KINDS:
        ends.survey(plan, path, node, kind, role, parent, objects)
        return
    if kind in ("Candidates", "Parts", "Candidate", "Answer"):
        _link(plan, path, node, kind, role, parent, objects)
        return
    if role == "truth":
        return
    if role == "compare":
        signs = parent.ops if isinstance(parent, ast.Compare) else []  # a method of a test compares with None
        if all(isinstance(sign, (ast.Is, ast.IsNot, ast.In, ast.NotIn, ast.Eq, ast.NotEq)) for sign in signs):
            return
    if role == "iterate" and kind == "Response" and _walked(plan, path, node, parent, objects):
        return
    if role in ("format", "show"):
        if kind == "Role":
            return
        for obj in objects:
            plan.review(obj.site, f"line {node.lineno} shows the whole object, which now looks different")
        return
    if role == "isinstance" and isinstance(parent, ast.Call) and not _names_sdk_type(plan, parent):
        return
    if role == "isinstance":
        if kind == "Part" and isinstance(parent, ast.Call) and _always(plan, path, node, parent, objects):
            return
        if isinstance(parent, ast.Call) and plan.tested_type(path, parent, objects):
            return
        plan.fail_all(objects, Reason.ATTRIBUTE, "isinstance", path, node)
        return
    if kind in ("Role", "Details") and role in ("iterate", "len", "index"):
        return
    if kind == "Role":
        return
    plan.fail_all(objects, Reason.ESCAPES, plan.source(path, parent), path, node)


def _walked(plan: Plan, path: str, node: ast.expr, parent: ast.AST, objects: list[Obj]) -> bool:
    """Puts a whole answer of the legacy SDK that is iterated, as a stream would be, in a list: it gave itself, once."""
    answers_of = plan.program.machine.legacy_answers
    waits = isinstance(parent, ast.AsyncFor) or isinstance(parent, ast.comprehension) and parent.is_async
    if waits or not all(obj.site.node in answers_of for obj in objects):
        return False
    wrappers = plan.module(path).wrappers
    plan.when_moving(objects[0].site, lambda: wrappers.setdefault(node, lambda code: f"[{code}]"))
    return True


def _names_sdk_type(plan: Plan, call: ast.Call) -> bool:
    """Whether isinstance(x, T) asks for a class of an SDK."""
    wanted = call.args[1] if len(call.args) > 1 else call
    items = wanted.elts if isinstance(wanted, ast.Tuple) else [wanted]
    paths = [v.path for item in items for v in plan.values(item) if isinstance(v, Ext)]
    return any(path.startswith("google.") and not path.startswith(_ERRORS) for path in paths)


def _always(plan: Plan, path: str, node: ast.expr, call: ast.Call, objects: list[Obj]) -> bool:
    """Takes isinstance(part, types.Part) of what is nothing but a part, or None: it only asks whether there is one."""
    named = {surface.CONSTRUCTORS.get(v.path) for v in plan.values(call.args[1]) if isinstance(v, Ext)}
    if not named or not named <= {"GPart", "LPart"} or plan.values(node) - frozenset(objects) - {NONE}:
        return False
    site = objects[0].site
    plan.groups.join(obj.site for obj in objects)
    within = isinstance(plan.facts(path).parents[call], (ast.Compare, ast.UnaryOp, ast.BinOp, ast.Await))
    form = "({} is not None)" if within else "{} is not None"
    plan.when_moving(site, lambda: plan.expression(path, call, lambda c: form.format(c.code(node))))
    return True


def attribute(plan: Plan, path: str, node: ast.expr, base: ast.expr, attr: str, kind: str, objects: list[Obj]) -> None:
    """Surveys a read of one attribute: `base.attr`, or `getattr(base, "attr", default)`."""
    site = objects[0].site
    if never.read(plan, path, node, attr, objects):
        return
    others = [v for v in plan.values(base) if isinstance(v, (Inst, Class, Module, Func, Bound, Ext))]
    if others:
        words = f"{plan.source(path, base)} may be {min(map(context.in_words, others))}"
        plan.fail_all(objects, Reason.MIXED, words, path, node)
        return
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        plan.fail_all(objects, Reason.ATTRIBUTE, f".{attr} = ...", path, node)
        return
    if isinstance(node, ast.Attribute) and attr == "resolve" and kind == "Response":
        _resolve(plan, path, node, objects)
        return
    if isinstance(node, ast.Attribute) and attr in reads.DUMPS and kind in ("Response", "Usage"):
        dumps.method(plan, path, node, objects)
        return
    if kind in ("Finish", "Block") and attr in ("name", "value"):
        ends.part(plan, path, base, kind, objects)
        return
    if kind in ("FinishName", "BlockName"):
        ends.word(plan, path, base, kind, objects)
        return
    if kind in ("Role", "Text"):
        return
    if (kind, attr) in reads.ABSENT or (kind, attr) in (("Candidate", "grounding_metadata"), ("Detail", "modality")):
        return  # surveyed by itself
    if kind == "Part" and attr in (*reads.STEPS, "text"):
        answers.field(plan, path, node, base, attr, objects)
    if kind in ("Response", "Part") and attr == "text" and isinstance(node, ast.Attribute):
        if kind == "Part":
            _no_first(plan, path, node, objects)
        plan.when_moving(site, lambda: _text(plan, path, node, kind, objects))
        return
    if kind == "Part" and attr in reads.STEPS:
        return
    if (
        isinstance(node, ast.Attribute)
        and kind == "Call"
        and attr == "name"
        and answers.call_name(plan, path, node, base, objects)
    ):
        return
    if kind == "Response" and attr == "parsed":
        return  # after the survey, when the group's schemas are known
    if isinstance(node, ast.Attribute) and media.read(plan, path, node, kind, objects):
        return
    template = reads.READS.get((kind, attr))
    if template is None:
        plan.fail_all(objects, Reason.ATTRIBUTE, attr, path, node)
        return
    if kind == "Feedback" and ("Stream", site.node) in plan.program.machine.objs and attr != "block_reason":
        plan.fail(site, Reason.STREAM, plan.source(path, node), path, node)
    if template == "{parts}":
        if plan.role(path, node)[0] == "iterate" and isinstance(node, ast.Attribute):
            if context.field(base) is not None and raising_matters(plan, path, node, (*_NO_ITEM, *_NOTHING)):
                plan.differ(site, "parts_raise")
        plan.when_moving(site, lambda: answers.listed(plan, path, node, base, objects))
        return
    if template == "{calls}":
        plan.when_moving(site, lambda: answers.calls(plan, path, node, base))
        return
    if template == "{ran}":
        plan.when_moving(site, lambda: _ran(plan, path, node, base, attr))
        return
    if kind == "Response" and attr == "create_time":
        plan.review(site, f"line {node.lineno}: create_time was a datetime, `created` is text")
    role, parent = plan.role(path, node)
    if template == "[{base}]" and role == "len" and isinstance(parent, ast.Call) and context.plain(base):
        plan.when_moving(site, lambda: plan.expression(path, parent, lambda c: "1"))
        return
    if template == "[{base}]" and role == "move":
        template = context.bracketed(plan.facts(path), node, _CANDIDATES) if context.plain(base) else template
    if unset.matters(plan, path, node, kind, attr, objects):
        template = unset.or_none(plan, path, node, template)
    plan.when_moving(site, lambda: plan.expression(path, node, lambda c: template.format(base=c.code(base)), True))


def _ran(plan: Plan, path: str, node: ast.expr, base: ast.expr, attr: str) -> None:
    """Rewrites `response.executable_code` and `response.code_execution_result`."""
    name = plan.snippet(path, snippets_reads.RAN[attr], attr, f"{attr}_of")
    plan.expression(path, node, lambda c: f"{name}({c.code(base)})")


def _text(plan: Plan, path: str, node: ast.Attribute, kind: str, objects: list[Obj]) -> None:
    base = node.value
    if kind == "Part":
        first = answers.first(base)
        whole = first is not None and all(obj.kind in ("Response", "Answer") for obj in plan.objects(first))
        streamed = first is not None and chunks.root(plan, base) is not None
        if first is not None and whole and not streamed and not media.with_thoughts(plan, objects):
            if raising_matters(plan, path, node, _NO_ITEM):
                helper = plan.snippet(path, snippets.CONTENT_PARTS, "content_parts", "parts_of")
                plan.expression(path, node, lambda c: f"{helper}({c.code(first)})[0].text")
                return
            plan.expression(path, node, lambda c: f"{c.code(first)}.output_text")
            note = "output_text joins all texts of the answer, where this read took the first part"
            plan.find(path, node, "MG502", "migrated", note)
        return  # a text's content has .text as well
    if formats.bare(plan, objects[0].site):
        plan.imports(path, "import json")
        plan.expression(path, node, lambda c: f"json.loads({c.code(base)}.output_text)")
        return
    legacy = any(unset.is_legacy(plan, obj) for obj in objects)
    if legacy and raising_matters(plan, path, node):
        helper = plan.snippet(path, snippets.TEXT_OF, "text_of", "interaction_text")
        plan.expression(path, node, lambda c: f"{helper}({c.code(base)})")
        return
    plan.differ(objects[0].site, *(("text_raises", "text_joins") if legacy else ()))
    if not legacy and (_none_matters(plan, objects) or _empty_matters(plan, objects)):
        plan.expression(path, node, lambda c: _or_none(plan, path, node, f"{c.code(base)}.output_text"))
        return
    if not legacy and not unset.tested(plan, path, node):
        plan.differ(objects[0].site, "text_none")
    plan.expression(path, node, lambda c: f"{c.code(base)}.output_text")


def _empty_matters(plan: Plan, objects: list[Obj]) -> bool:
    """Whether a text is tested that cannot even be read from an empty answer: that of the last output."""
    if plan.settings.schema != "outputs":
        return False
    if plan.tested is None:
        plan.tested = set()
        for path, facts in plan.program.modules.items():
            for node in facts.nodes:
                if isinstance(node, ast.expr) and (texts := plan.objects(node, "Text")):
                    parent = facts.parents.get(node)
                    if isinstance(parent, (ast.BoolOp, ast.Compare)) or plan.role(path, node)[0] == "truth":
                        plan.tested.update(text.site for text in texts)
    return any(obj.site in plan.tested for obj in objects)


def _or_none(plan: Plan, path: str, node: ast.Attribute, code: str) -> str:
    role, parent = plan.role(path, node)
    outputs = f"{code.removesuffix('.output_text')}.outputs"
    named = node.value.target.id if isinstance(node.value, ast.NamedExpr) else ""
    if plan.settings.schema == "outputs" and named:
        return f"({named}.outputs[-1].text if {outputs} else None)"
    if plan.settings.schema == "outputs" and not context.plain(node.value):  # it is read once
        code = f'"".join(o.text for o in {outputs} or [] if o.type == "text")'
    elif plan.settings.schema == "outputs":
        if role == "truth":
            return outputs
        whole = f"{outputs}[-1].text if {outputs} else None"
        return whole if isinstance(parent, (ast.Assign, ast.Return, ast.AnnAssign, ast.keyword)) else f"({whole})"
    if isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or) or role == "truth":
        return code
    return unset.or_none(plan, path, node, code)


def _none_matters(plan: Plan, objects: list[Obj]) -> bool:
    return any(obj.site in plan.reach.none_tested for obj in objects)


def raising_matters(plan: Plan, path: str, node: ast.AST, names: Collection[str] = ("ValueError",)) -> bool:
    """Whether an exception that a read of the old answer raised would be caught: by a try around the read, or around a
    call that leads to it. names: those that it has, such as the ValueError of the legacy `.text`."""
    facts = plan.facts(path)
    child: ast.AST = node
    for outer in context.ancestors(facts, node):
        if isinstance(outer, ast.Try) and child in outer.body and any(catches(h.type, names) for h in outer.handlers):
            return True
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return outer in plan.reach.called_in_try
        child = outer
    return False


_NO_ITEM = ("IndexError", "LookupError")
"""What an index raised where an answer was blocked: it had no candidates, or its content no parts."""
_NOTHING = ("TypeError", "AttributeError")
"""What it raised beside that with google-genai, which has None for them."""


def _no_first(plan: Plan, path: str, node: ast.Attribute, objects: list[Obj]) -> None:
    """Keeps answers whose first part may not be there where a clause knows that by what only None raised."""
    legacy = any(unset.is_legacy(plan, obj) for obj in objects)
    if not legacy and answers.first(node.value) is not None and raising_matters(plan, path, node, _NOTHING):
        if not raising_matters(plan, path, node, _NO_ITEM):
            plan.fail_all(objects, Reason.ERRORS, f"{plan.source(path, node)} of an answer without parts", path, node)


def _resolve(plan: Plan, path: str, node: ast.Attribute, objects: list[Obj]) -> None:
    facts = plan.facts(path)
    call = facts.parents[node]
    holder = facts.parents[call]
    if not isinstance(holder, ast.Expr):
        plan.fail_all(objects, Reason.ATTRIBUTE, ".resolve()", path, node)
        return

    def remove() -> None:
        plan.statement(path, holder).remove = True

    plan.when_moving(objects[0].site, remove)


def _index(plan: Plan, path: str, node: ast.Subscript, kind: str, objects: list[Obj]) -> None:
    site = objects[0].site
    if kind == "Candidates":
        if not answers.is_zero(node.slice):
            plan.fail_all(objects, Reason.CANDIDATES, "", path, node)
            return

        def edit(c: Context) -> str:
            step = context.field(node.value)
            return c.code(step[0]) if step is not None else f"{c.code(node.value)}[0]"

        plan.when_moving(site, lambda: plan.expression(path, node, edit))
        return
    if kind == "Calls":
        return
    if kind == "Parts":
        outer = plan.facts(path).parents.get(node)
        if isinstance(outer, ast.Attribute) and outer.attr == "text" and answers.first(node) is not None:
            for obj in objects:
                plan.notes.setdefault(obj.site, [])
            return
        return
    plan.fail_all(objects, Reason.ATTRIBUTE, plan.source(path, node), path, node)


def _link(
    plan: Plan, path: str, node: ast.expr, kind: str, role: context.Role, parent: ast.AST, objects: list[Obj]
) -> None:
    """Candidates, contents and lists of parts, beyond reading what they hold."""
    site = objects[0].site
    step = context.field(node)
    if kind in ("Candidates", "Parts") and role in ("iterate", "len") or isinstance(node, (ast.BoolOp, ast.IfExp)):
        return
    if kind in ("Candidate", "Answer") and role == "truth" or kind == "Candidates" and role == "truth" and step is None:
        return
    if role == "truth" and step is not None and kind == "Parts":
        schema = plan.settings.schema  # steps and outputs are empty for the same answers
        plan.ends.append((path, node, site, "parts"))
        plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f"{c.code(step[0])}.{schema}"))
    elif kind == "Parts" and role == "sdk" and isinstance(parent, ast.Call) and plan.objects(parent, "GContent"):
        plan.replayed.append((path, node, parent, objects))
    elif kind == "Parts" and step is None and answers.held(plan, path, node, role, parent, objects):
        return
    elif role == "truth" and kind == "Candidates" and (base := ends.interaction(node)) is not None:
        ends.failed(plan, path, node, base, "!=", objects)
    elif role == "compare" and isinstance(parent, ast.Compare) and unset.with_none(parent):
        base = ends.interaction(node)
        if kind == "Candidates" and base is not None:
            whose, sign = base, "==" if isinstance(parent.ops[0], ast.Is) else "!="
            plan.when_moving(
                site, lambda: plan.expression(path, parent, lambda c: f'{c.code(whose)}.status {sign} "failed"')
            )
    elif role in ("format", "show"):
        plan.review(site, f"line {node.lineno} shows the whole object, which now looks different")
    else:
        plan.fail_all(objects, Reason.ATTRIBUTE, plan.source(path, node), path, node)


def _modality(plan: Plan, path: str, node: ast.expr, role: context.Role, parent: ast.AST, objects: list[Obj]) -> None:
    """The modality of a count of tokens: a member of an enum becomes its name in lower case."""
    site = objects[0].site
    if role == "attribute" and isinstance(parent, ast.Attribute) and parent.attr in ("name", "value"):
        plan.when_moving(site, lambda: plan.expression(path, parent, lambda c: f"{c.code(node)}.upper()"))
    elif role == "compare" and isinstance(parent, ast.Compare) and (names := _modalities(plan, parent, node)):
        for member, name in names.items():
            plan.when_moving(site, lambda m=member, n=name: plan.expression(path, m, lambda c: f'"{n}"'))  # type: ignore[misc]
    elif role in ("show", "format", "move"):
        plan.review(site, f"line {node.lineno}: a modality is its name in lower case now")
    elif role not in ("discard", "truth"):
        plan.fail_all(objects, Reason.ATTRIBUTE, plan.source(path, parent), path, node)


def _modalities(plan: Plan, node: ast.Compare, one: ast.expr) -> dict[ast.expr, str]:
    """The members of the enum, or their names, that a modality is compared with, and the names of today; empty where
    it is compared with something else."""
    if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq, ast.In, ast.NotIn)):
        return {}
    other = node.comparators[0] if node.left is one else node.left
    found: dict[ast.expr, str] = {}
    for item in other.elts if isinstance(other, (ast.List, ast.Tuple, ast.Set)) else [other]:
        named = isinstance(item, ast.Attribute) and any(
            isinstance(v, Ext) and v.path.endswith(f".MediaModality.{item.attr}") for v in plan.values(item)
        )
        text = item.attr if named and isinstance(item, ast.Attribute) else literal(item)
        if not isinstance(text, str) or text not in reads.MODALITIES:
            return {}
        found[item] = text.lower()
    return found
