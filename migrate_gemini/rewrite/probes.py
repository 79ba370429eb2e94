"""hasattr and getattr on a response or something read off it."""

from __future__ import annotations

import ast

from ..infer.values import Obj
from ..sdk import reads, surface
from . import answers, context, dumps, field_names, media, never, unset
from .plan import Plan
from .reasons import Reason


def survey(plan: Plan, path: str, call: ast.Call, kind: str, objects: list[Obj]) -> bool:
    """Surveys `hasattr(response, "text")` and `getattr(response, "text", None)`; False where a getattr reads what the
    attribute itself would be."""
    name = call.args[1]
    if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
        if kind == "Usage" and field_names.survey(plan, path, call, objects):
            return True
        plan.fail_all(objects, Reason.ATTRIBUTE, "getattr", path, call)
        return True
    asks = getattr(call.func, "id", "") == "hasattr"
    field = name.value
    if kind == "Response" and field == "text":
        _rename(plan, path, name, "output_text", objects)
    elif kind == "Response" and field == "usage_metadata":
        _rename(plan, path, name, "usage", objects)
    elif kind in ("Usage", "Detail") and (kind, field) in reads.READS:
        _rename(plan, path, name, reads.READS[(kind, field)].removeprefix("{base}."), objects)
        if not asks and unset.matters(plan, path, call, kind, field, objects):
            plan.when_moving(
                objects[0].site,
                lambda: plan.expression(path, call, lambda c: unset.or_none(plan, path, call, c.old(call))),
            )
    elif kind == "Blob" and field in ("data", "mime_type"):
        if field == "data" and plan.role(path, call)[0] != "truth":
            if asks or plan.role(path, call)[0] == "compare" or not context.plain(call.args[0]):
                plan.fail_all(objects, Reason.ATTRIBUTE, field, path, call)
            else:
                plan.when_moving(objects[0].site, lambda: media.bytes_of(plan, path, call))
        # a medium has both as well
    elif kind == "Part" and field in (*reads.STEPS, "text"):
        answers.field(plan, path, call, call.args[0], field, objects)
    elif kind == "Response" and field == "function_calls" and (asks or len(call.args) > 2):
        plan.when_moving(objects[0].site, lambda: answers.probed_calls(plan, path, call))
    elif kind == "Part" and field == "thought":
        plan.groups.of(objects[0].site).facts["thoughts"] = True
    elif kind == "Part" and field == "inline_data":
        plan.groups.of(objects[0].site).facts["answer media"] = True
        if len(call.args) > 2:  # getattr: the content stands for the blob
            plan.when_moving(objects[0].site, lambda: plan.expression(path, call, lambda c: c.code(call.args[0]), True))
        else:
            _rename(plan, path, name, "data", objects)
    elif kind == "Call" and field in ("name", "id"):
        return True  # a step has both as well
    elif kind == "Call" and field == "args":
        _rename(plan, path, name, "arguments", objects)
    elif kind in ("Response", "Usage") and dumps.asked(plan, path, call, field) and never.had(plan, objects, field):
        _rename(plan, path, name, reads.DUMPS[field].partition("(")[0], objects)
    elif asks and field in surface.ATTRIBUTES.get(kind, {}):
        _asked(plan, path, call, name, kind, objects)
    elif not asks:
        return False
    else:
        plan.fail_all(objects, Reason.ATTRIBUTE, field, path, call)
    return True


def _rename(plan: Plan, path: str, name: ast.expr, new: str, objects: list[Obj]) -> None:
    quote = plan.source(path, name)[:1]
    plan.when_moving(objects[0].site, lambda: plan.expression(path, name, lambda c: f"{quote}{new}{quote}"))


def _asked(plan: Plan, path: str, call: ast.Call, name: ast.Constant, kind: str, objects: list[Obj]) -> None:
    """hasattr of what an interaction has in another form: before `and` it goes, elsewhere it asks for that form."""
    outer = plan.facts(path).parents[call]
    if isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.And):
        answers.conjunction(plan, path, outer, objects)
    elif (kind, str(name.value)) in reads.ABSENT:
        plan.when_moving(objects[0].site, lambda: plan.expression(path, call, lambda c: "False"))
    elif kind == "Grounding":
        return  # it has the same fields
    else:
        template = reads.READS.get((kind, str(name.value)), "")
        new = template.removeprefix("{base}.") if template.startswith("{base}.") else "steps"
        new = "status" if str(name.value) in ("finish_reason", "block_reason", "prompt_feedback") else new
        _rename(plan, path, name, new, objects)
