"""Reads of a response: text, candidates, parts, usage, feedback (MAPPING 4.1 to 4.3)."""

from __future__ import annotations

import ast

from ..infer.reach import catches
from ..infer.values import Bound, Class, Ext, Func, Inst, Module, Obj, Plain
from ..sdk import reads
from . import answers, chunks, context, formats, media, snippets
from .edits import Context
from .plan import Plan
from .reasons import Reason

KINDS = frozenset(
    """Response Candidates Candidate Answer Parts Part Usage Feedback Finish FinishName Block BlockName Role Calls Call
    Code CodeResult Blob Thought""".split()
)
_STEPS = frozenset(("Calls", "Call", "Code", "CodeResult"))


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
    if role == "attribute":
        assert isinstance(parent, ast.Attribute)
        _attribute(plan, path, parent, kind, objects)
        return
    if role == "index" and isinstance(parent, ast.Subscript):
        _index(plan, path, parent, kind, objects)
        return
    if kind == "Blob" and media.tested(plan, path, node, role, parent, objects):
        return
    if kind == "Thought" or role in ("move", "discard", "annotation", "call"):
        return
    if kind in _STEPS:
        answers.call(plan, path, node, role, parent, objects)
        return
    if kind == "Part" and isinstance(parent, ast.Compare) and answers.contains(plan, path, parent, objects):
        return
    if kind in ("Finish", "FinishName", "Block", "BlockName", "Feedback", "Candidates", "Parts", "Candidate", "Answer"):
        _judged(plan, path, node, kind, role, parent, objects)
        return
    if role == "truth":
        return
    if role == "compare":
        assert isinstance(parent, ast.Compare)
        if all(isinstance(op, (ast.Is, ast.IsNot, ast.In, ast.NotIn, ast.Eq, ast.NotEq)) for op in parent.ops):
            return
    if role in ("format", "show"):
        if kind == "Role":
            return
        for obj in objects:
            plan.review(obj.site, f"line {node.lineno} shows the whole object, which now looks different")
        return
    if role == "probe" and isinstance(parent, ast.Call) and len(parent.args) > 1 and node is parent.args[0]:
        _probe(plan, path, parent, kind, objects)
        return
    if role == "isinstance" and isinstance(parent, ast.Call) and not _names_sdk_type(plan, parent):
        return
    if role == "isinstance":
        if isinstance(parent, ast.Call) and plan.tested_type(path, parent, objects):
            return
        plan.fail_all(objects, Reason.ATTRIBUTE, "isinstance", path, node)
        return
    if kind == "Role":
        return
    plan.fail_all(objects, Reason.ESCAPES, plan.source(path, parent), path, node)


def _names_sdk_type(plan: Plan, call: ast.Call) -> bool:
    """Whether isinstance(x, T) asks for a class of an SDK."""
    wanted = call.args[1] if len(call.args) > 1 else call
    items = wanted.elts if isinstance(wanted, ast.Tuple) else [wanted]
    paths = [v.path for item in items for v in plan.values(item) if isinstance(v, Ext)]
    return any(path.startswith("google.") for path in paths)


def _attribute(plan: Plan, path: str, node: ast.Attribute, kind: str, objects: list[Obj]) -> None:
    site = objects[0].site
    base, attr = node.value, node.attr
    others = [v for v in plan.values(base) if not isinstance(v, (Obj, Plain))]
    if any(isinstance(v, (Inst, Class, Module, Func, Bound, Ext)) for v in others):
        plan.fail_all(objects, Reason.MIXED, repr(others[0]), path, node)
        return
    if not isinstance(node.ctx, ast.Load):
        plan.fail_all(objects, Reason.ATTRIBUTE, f"{attr} = ...", path, node)
        return
    if attr == "resolve" and kind == "Response":
        _resolve(plan, path, node, objects)
        return
    if kind in ("Finish", "Block") and attr in ("name", "value"):
        return  # judged with the comparison around it
    if kind in ("FinishName", "BlockName", "Role", "Text"):
        return
    if kind == "Part" and attr in (*reads.STEPS, "text"):
        answers.field(plan, path, node, base, attr, objects)
    if kind in ("Response", "Part") and attr == "text":
        plan.when_moving(site, lambda: _text(plan, path, node, kind, objects))
        return
    if kind == "Part" and attr in reads.STEPS:
        return
    if kind == "Call" and attr == "name" and answers.call_name(plan, path, node, base, objects):
        return
    if kind == "Response" and attr == "parsed":
        return  # after the survey, when the group's schemas are known
    if media.read(plan, path, node, kind, objects):
        return
    template = reads.READS.get((kind, attr))
    if template is None:
        plan.fail_all(objects, Reason.ATTRIBUTE, attr, path, node)
        return
    if template in ("{parts}", "{calls}"):
        if template == "{parts}":
            plan.when_moving(site, lambda: answers.listed(plan, path, node, objects))
        else:
            plan.when_moving(site, lambda: answers.calls(plan, path, node))
        return
    plan.when_moving(site, lambda: plan.expression(path, node, lambda c: template.format(base=c.code(base)), True))


def _text(plan: Plan, path: str, node: ast.Attribute, kind: str, objects: list[Obj]) -> None:
    base = node.value
    if kind == "Part":
        first = answers.first(base)
        whole = first is not None and all(obj.kind in ("Response", "Answer") for obj in plan.objects(first))
        streamed = first is not None and chunks.root(plan, base) is not None
        if first is not None and whole and not streamed and not media.with_thoughts(plan, objects):
            plan.expression(path, node, lambda c: f"{c.code(first)}.output_text")
            note = "output_text joins all texts of the answer, where this read took the first part"
            plan.find(path, node, "MG502", "migrated", note)
        return  # a text's content has .text as well
    if formats.bare(plan, objects[0].site):
        plan.imports(path, "import json")
        plan.expression(path, node, lambda c: f"json.loads({c.code(base)}.output_text)")
        return
    legacy = any(_is_legacy(plan, obj) for obj in objects)
    if legacy and raising_matters(plan, path, node):
        helper = plan.snippet(path, snippets.TEXT_OF, "text_of", "interaction_text")
        plan.expression(path, node, lambda c: f"{helper}({c.code(base)})")
        return
    plan.differ(objects[0].site, *(("text_raises", "text_joins") if legacy else ()))
    if not legacy and (_none_matters(plan, objects) or _empty_matters(plan, objects)):
        plan.expression(path, node, lambda c: _or_none(plan, path, node, f"{c.code(base)}.output_text"))
        return
    if not legacy and not _tested(plan, path, node):
        plan.differ(objects[0].site, "text_none")
    plan.expression(path, node, lambda c: f"{c.code(base)}.output_text")


def _tested(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether only the truth of a text matters where it is read, or it has another value in its place."""
    role, parent = plan.role(path, node)
    return role == "truth" or isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or)


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
    if isinstance(parent, (ast.Assign, ast.Return, ast.AnnAssign, ast.keyword)):
        return f"{code} or None"
    return f"({code} or None)"


def _is_legacy(plan: Plan, obj: Obj) -> bool:
    return bool(plan.groups.of(obj.site).facts.get("legacy"))


def _none_matters(plan: Plan, objects: list[Obj]) -> bool:
    return any(obj.site in plan.reach.none_tested for obj in objects)


def raising_matters(plan: Plan, path: str, node: ast.expr) -> bool:
    """Whether a ValueError that the legacy `.text` raised would be caught: by a try around the read, or around a call
    that leads to it."""
    facts = plan.facts(path)
    child: ast.AST = node
    for outer in context.ancestors(facts, node):
        if isinstance(outer, ast.Try) and child in outer.body and any(catches(h.type) for h in outer.handlers):
            return True
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return outer in plan.reach.called_in_try
        child = outer
    return False


def _resolve(plan: Plan, path: str, node: ast.Attribute, objects: list[Obj]) -> None:
    facts = plan.facts(path)
    call = facts.parents[node]
    holder = facts.parents[call]
    if not isinstance(holder, ast.Expr):
        plan.fail_all(objects, Reason.ATTRIBUTE, "resolve()", path, node)
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
            inner = node.value
            return c.code(inner.value) if isinstance(inner, ast.Attribute) else f"{c.code(inner)}[0]"

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


def _judged(
    plan: Plan, path: str, node: ast.expr, kind: str, role: context.Role, parent: ast.AST, objects: list[Obj]
) -> None:
    """Reads whose value has no counterpart but whose meaning in a test has: finish reasons, blocks, empty lists."""
    site = objects[0].site
    if kind in ("Candidates", "Parts") and role in ("iterate", "len"):
        return
    if kind in ("Candidate", "Answer") and role == "truth":
        return
    if role == "truth":
        wanted = {"Candidates": "!=", "Feedback": "==", "Block": "==", "BlockName": "=="}.get(kind)
        base = _interaction(node)
        if kind == "Parts" and isinstance(node, ast.Attribute):
            schema = plan.settings.schema  # steps and outputs are empty for the same answers
            plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f"{c.code(node.value)}.{schema}"))
            return
        if wanted is None or base is None:
            plan.fail_all(objects, Reason.ATTRIBUTE, plan.source(path, node), path, node)
            return
        start, whole, sign = base, node, wanted
        outer = plan.facts(path).parents[node]
        if isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not):
            whole, sign = outer, "==" if wanted == "!=" else "!="
        plan.when_moving(
            site, lambda: plan.expression(path, whole, lambda c: f'{c.code(start)}.status {sign} "failed"')
        )
        return
    if role == "compare" and isinstance(parent, ast.Compare) and _compared(plan, path, node, kind, parent, objects):
        return
    base = _interaction(node)
    if role in ("format", "show", "move") and base is not None and _is_name(node, kind):
        named = base

        def finish_name(c: Context) -> str:
            helper = plan.snippet(path, snippets.FINISH_NAME, "finish_name", "finish_reason_name")
            return f"{helper}({c.code(named)})"

        def name_it() -> None:
            plan.snippet(path, snippets.FINISH_NAME, "finish_name", "finish_reason_name")
            plan.expression(path, node, finish_name)

        plan.when_moving(site, name_it)
        return
    if (
        role in ("format", "show", "move")
        and base is not None
        and kind in ("Finish", "FinishName", "Block", "BlockName", "Feedback")
    ):
        plan.review(site, f"line {node.lineno} shows why the answer ended, which the interaction's status now tells")
        shown = "status" if kind in ("Finish", "FinishName") else "errors"
        plan.when_moving(site, lambda: plan.expression(path, node, lambda c: f"{c.code(base)}.{shown}"))
        return
    if role in ("format", "show"):
        plan.review(site, f"line {node.lineno} shows the whole object, which now looks different")
        return
    plan.fail_all(objects, Reason.ATTRIBUTE, plan.source(path, node), path, node)


def _is_name(node: ast.expr, kind: str) -> bool:
    """Whether a read gives the name of a finish reason (its value is a number in the legacy SDK)."""
    return kind == "FinishName" and isinstance(node, ast.Attribute) and node.attr == "name"


def _interaction(node: ast.expr) -> ast.expr | None:
    """The expression of the response that a chain such as `r.candidates[0].finish_reason.name` starts from."""
    chain = {"name", "value", "finish_reason", "block_reason", "prompt_feedback", "candidates"}
    found: ast.expr | None = None
    while True:
        if isinstance(node, ast.Attribute) and node.attr in chain:
            node = found = node.value
            if (
                isinstance(node, ast.Subscript)
                and isinstance(node.value, ast.Attribute)
                and node.value.attr == "candidates"
            ):
                node = found = node.value.value
        else:
            return found


def _compared(plan: Plan, path: str, node: ast.expr, kind: str, parent: ast.Compare, objects: list[Obj]) -> bool:
    """Rewrites `finish_reason == X` as a test of the status."""
    site = objects[0].site
    if len(parent.ops) != 1:
        return False
    other = parent.comparators[0] if node is parent.left else parent.left
    op = parent.ops[0]
    base = _interaction(node)
    if isinstance(op, (ast.Is, ast.IsNot)) and isinstance(other, ast.Constant) and other.value is None:
        if base is None or kind not in ("Candidates", "Feedback", "Block", "Finish"):
            return kind in ("Candidate", "Answer", "Candidates", "Parts")
        blocked = kind in ("Feedback", "Block")
        sign = ("!=" if isinstance(op, ast.Is) else "==") if blocked else ("==" if isinstance(op, ast.Is) else "!=")
        plan.when_moving(
            site, lambda: plan.expression(path, parent, lambda c: f'{c.code(base)}.status {sign} "failed"')
        )
        return True
    if base is None or kind not in ("Finish", "FinishName", "Block"):
        return False
    options = other.elts if isinstance(other, (ast.Tuple, ast.List, ast.Set)) else [other]
    states = {_status(option) for option in options}
    if None in states:
        return False
    among = isinstance(op, (ast.In, ast.NotIn))
    if not among and not (isinstance(op, (ast.Eq, ast.NotEq)) and len(states) == 1):
        return False
    negative = isinstance(op, (ast.NotEq, ast.NotIn))

    def test(c: Context) -> str:
        names = {str(state) for state in states}
        if "completed" in names and plan.groups.of(site).facts.get("tools"):
            names.add("requires_action")  # an answer that calls functions stopped, too
        listed = ", ".join(f'"{name}"' for name in sorted(names))
        if len(names) == 1 and not among:
            return f"{c.code(base)}.status {'!=' if negative else '=='} {listed}"
        return f"{c.code(base)}.status {'not in' if negative else 'in'} ({listed}{',' if len(names) == 1 else ''})"

    plan.when_moving(site, lambda: plan.expression(path, parent, test))
    return True


def _status(node: ast.expr) -> str | None:
    """The status that a finish reason (number, name, enum member) stands for."""
    if isinstance(node, ast.Constant):
        return reads.FINISH.get(node.value if isinstance(node.value, int) else str(node.value).upper())
    if isinstance(node, ast.Attribute):
        if node.attr in ("value", "name"):
            return _status(node.value)
        return reads.FINISH.get(node.attr.upper())
    return None


def _probe(plan: Plan, path: str, call: ast.Call, kind: str, objects: list[Obj]) -> None:
    """hasattr(response, "text") and getattr(response, "text", None)."""
    name = call.args[1]
    if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
        plan.fail_all(objects, Reason.ATTRIBUTE, "getattr", path, call)
        return
    if kind == "Response" and name.value == "text":
        new = "output_text"
    elif kind == "Response" and name.value == "usage_metadata":
        new = "usage"
    elif kind == "Usage" and (kind, name.value) in reads.READS:
        new = reads.READS[(kind, name.value)].removeprefix("{base}.")
    elif kind == "Blob" and name.value in ("data", "mime_type"):
        if name.value == "data" and plan.role(path, call)[0] != "truth":
            plan.fail_all(objects, Reason.ATTRIBUTE, name.value, path, call)
        return  # a medium has both as well
    elif kind == "Part" and name.value in (*reads.STEPS, "text"):
        answers.field(plan, path, call, call.args[0], name.value, objects)
        return
    elif kind == "Response" and name.value == "function_calls":
        if len(call.args) > 2 or getattr(call.func, "id", "") == "hasattr":
            plan.when_moving(objects[0].site, lambda: answers.probed_calls(plan, path, call))
    elif kind == "Part" and name.value == "thought":
        plan.groups.of(objects[0].site).facts["thoughts"] = True
        return
    elif kind == "Part" and name.value == "inline_data":
        plan.groups.of(objects[0].site).facts["answer media"] = True
        if len(call.args) > 2:  # getattr: the content stands for the blob
            plan.when_moving(objects[0].site, lambda: plan.expression(path, call, lambda c: c.code(call.args[0]), True))
            return
        new = "data"
    else:
        plan.fail_all(objects, Reason.ATTRIBUTE, name.value, path, call)
        return
    quote = plan.source(path, name)[:1]
    plan.when_moving(objects[0].site, lambda: plan.expression(path, name, lambda c: f"{quote}{new}{quote}"))
