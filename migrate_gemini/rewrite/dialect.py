"""Puts new code into the words of the first Interactions schema, for `--target outputs`.

All new code is made for the steps schema. Each piece of it goes through here; what the tables of `sdk.target` have no
word for raises Unsaid, and the calls that need it stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import libcst as cst
import libcst.matchers as m

from ..sdk import target as table
from .unsaid import Unsaid

Node = TypeVar("Node", bound=cst.CSTNode)
_Part = TypeVar("_Part", cst.Arg, cst.BaseDictElement)

_OUTPUTS = "outputs"


def said(node: Node, dropped: list[str], *, helper: bool = False) -> Node:
    """A piece of new code in the words of the first schema. Raises Unsaid.

    dropped: takes what is left out; helper: the piece is a function for the user's code, where a text is joined, since
    nobody reads it there as an idiom.
    """
    made = node.visit(_Speaker(dropped, helper))
    assert isinstance(made, cst.CSTNode)
    made.visit(_Check())
    return made


def said_text(code: str, dropped: list[str]) -> str:
    """The same for the code of a function for the user's code."""
    return said(cst.parse_module(code), dropped, helper=True).code


def _joined(outputs: str) -> cst.BaseExpression:
    """All texts of some outputs, '' where there are none."""
    return cst.parse_expression(f'"".join(o.text for o in {outputs} or [] if o.type == "text")')


def _text(node: cst.BaseExpression) -> str | None:
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    return value if isinstance(value, str) else None


def _string(old: cst.BaseExpression, word: str) -> cst.SimpleString:
    quote = "'" if isinstance(old, cst.SimpleString) and old.value.startswith("'") else '"'
    return cst.SimpleString(f"{quote}{word}{quote}")


class _Speaker(cst.CSTTransformer):
    def __init__(self, dropped: list[str], helper: bool) -> None:
        super().__init__()
        self.dropped, self.helper = dropped, helper
        self.kinds: set[str] = set()

    # -- reads ---------------------------------------------------------------------------------------------------

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        if updated_node.attr.value != "output_text":
            return updated_node
        outputs = updated_node.with_changes(attr=cst.Name(_OUTPUTS), lpar=[], rpar=[])
        code = cst.Module([]).code_for_node(outputs)
        if self.helper:
            return _joined(code)
        made = cst.parse_expression(f"{code}[-1].text")
        return made.with_changes(lpar=updated_node.lpar, rpar=updated_node.rpar)

    def leave_BooleanOperation(
        self, original_node: cst.BooleanOperation, updated_node: cst.BooleanOperation
    ) -> cst.BaseExpression:
        """`X.output_text or Y`: the last output is only read where there is one."""
        if self.helper or not isinstance(original_node.operator, cst.Or):
            return updated_node
        if not m.matches(original_node.left, m.Attribute(attr=m.Name("output_text"))):
            return updated_node
        left = updated_node.left
        assert isinstance(left, cst.Attribute) and isinstance(left.value, cst.Subscript)
        outputs = left.value.value
        if m.findall(outputs, m.NamedExpr()):  # may not stand in a comprehension
            raise Unsaid(":=")
        if m.findall(outputs, m.Call()):  # a request is made once
            code = cst.Module([]).code_for_node(outputs)
            return updated_node.with_changes(left=_joined(code))
        made = cst.IfExp(
            test=outputs,
            body=left,
            orelse=updated_node.right,
            lpar=updated_node.lpar or [cst.LeftParen()],
            rpar=updated_node.rpar or [cst.RightParen()],
        )
        return made

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.SimpleString:
        old = table.EVENTS_BACK.get(str(_text(updated_node)))
        return _string(updated_node, old) if old is not None else updated_node

    def leave_CompFor(self, original_node: cst.CompFor, updated_node: cst.CompFor) -> cst.CompFor:
        """`for step in X.steps or [] if step.type == ...`: what stands among the outputs, too."""
        if not m.matches(updated_node.target, m.Name()):
            return updated_node
        target = updated_node.target
        assert isinstance(target, cst.Name)
        asked = {word for test in updated_node.ifs for word in _asked(test.test, target.value)}
        inner = updated_node.inner_for_in
        if asked == {"model_output"} and inner is not None and _is_content(inner.iter, target.value):
            listed = ", ".join(f'"{kind}"' for kind in sorted(table.PARTS))
            part = cst.Module([]).code_for_node(inner.target)
            test = cst.CompIf(cst.parse_expression(f"{part}.type in ({listed})"))
            return inner.with_changes(iter=_outputs(updated_node.iter), ifs=[test, *inner.ifs])
        if asked and asked <= table.CALLS:
            return updated_node.with_changes(iter=_outputs(updated_node.iter))
        return updated_node

    # -- requests ------------------------------------------------------------------------------------------------

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        args: list[cst.Arg] = []
        names = {arg.keyword.value for arg in updated_node.args if arg.keyword is not None}
        request = _is_request(names)
        for arg in updated_node.args:
            name = arg.keyword.value if arg.keyword is not None else ""
            if name in table.DROPPED and request:
                self.dropped.append(name)
            elif name == "safety_settings" or name == "response_format" and not request and _is_form(arg.value):
                raise Unsaid(name)
            elif name == "response_format" and request and "response_mime_type" not in names:
                args += [arg.with_changes(keyword=cst.Name(key), value=value) for key, value in self._form(arg.value)]
            elif name == "previous_interaction_id":
                args.append(_given(arg))
            elif name == "use_json_schema":
                raise Unsaid(name)
            else:
                args.append(arg)
        if len(args) == len(updated_node.args) and all(a is b for a, b in zip(args, updated_node.args)):
            return updated_node
        if args and updated_node.args:
            args = _separated(args, updated_node.args)
        return updated_node.with_changes(args=args)

    def leave_Dict(self, original_node: cst.Dict, updated_node: cst.Dict) -> cst.Dict:
        elements: list[cst.BaseDictElement] = []
        names = set(_pairs(updated_node))
        request = _is_request(names)
        for element in updated_node.elements:
            name = _text(element.key) if isinstance(element, cst.DictElement) else None
            if name in table.DROPPED and request:
                self.dropped.append(str(name))
            elif name == "response_format" and isinstance(element, cst.DictElement):
                if not request and _is_form(element.value):
                    raise Unsaid(name)
                form = self._form(element.value) if request and "response_mime_type" not in names else []
                made = [element.with_changes(key=_string(element.key, key), value=value) for key, value in form]
                elements += made or [element]
            elif name == "type" and isinstance(element, cst.DictElement) and self._is_role(element.value):
                value = element.value.visit(_Roles())
                elements.append(element.with_changes(key=_string(element.key, "role"), value=value))
            else:
                elements.append(element)
        if len(elements) == len(updated_node.elements) and all(a is b for a, b in zip(elements, updated_node.elements)):
            return updated_node
        if elements and updated_node.elements:
            elements = _separated(elements, updated_node.elements)
        return updated_node.with_changes(elements=elements)

    def visit_List(self, node: cst.List) -> None:
        """A turn may not stand beside the result of a call there (input is contents or turns)."""
        items = [_pairs(element.value) for element in node.elements]
        kinds = {_text(item.get("type", cst.Name("x"))) for item in items}
        turns = kinds & set(table.ROLES) or any("role" in item for item in items)
        if turns and "function_result" in kinds:
            raise Unsaid("a result beside a turn")

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        """`kind = "model_output" if ... else "user_input"` of a helper."""
        target = updated_node.targets[0].target
        if self.helper and isinstance(target, cst.Name) and self._is_role(updated_node.value):
            self.kinds.add(target.value)
            return updated_node.with_changes(value=updated_node.value.visit(_Roles()))
        return updated_node

    def _is_role(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.IfExp):
            return self._is_role(node.body) and self._is_role(node.orelse)
        return _text(node) in table.ROLES or isinstance(node, cst.Name) and node.value in self.kinds

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.Return:
        """A helper that makes a response_format gives the bare schema: an empty one for any JSON."""
        form = _pairs(updated_node.value)
        if self.helper and _text(form.get("type", cst.Name("x"))) == "text" and "mime_type" in form:
            return updated_node.with_changes(value=form.get("schema", cst.Dict([])))
        return updated_node

    def _form(self, value: cst.BaseExpression) -> list[tuple[str, cst.BaseExpression]]:
        """A response_format as the settings of the first schema."""
        if isinstance(value, cst.Call):  # of the helper above
            return [("response_format", value), ("response_mime_type", cst.SimpleString('"application/json"'))]
        forms = [e.value for e in value.elements] if isinstance(value, cst.List) else [value]
        made: list[tuple[str, cst.BaseExpression]] = []
        media: list[str] = []
        for form in forms:
            given = _pairs(form)
            kind = _text(given["type"]) if "type" in given else None
            if kind == "text" and "mime_type" in given:
                made += [("response_format", given["schema"])] if "schema" in given else []
                made.append(("response_mime_type", given["mime_type"]))
            elif kind in table.PARTS and set(given) == {"type"}:
                media.append(f'"{kind}"')
            else:
                raise Unsaid("response_format")
        if media:
            made.append(("response_modalities", cst.parse_expression(f"[{', '.join(media)}]")))
        return made


class _Roles(cst.CSTTransformer):
    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.SimpleString:
        word = table.ROLES.get(str(_text(updated_node)))
        return _string(updated_node, word) if word is not None else updated_node


class _Check(cst.CSTVisitor):
    def visit_Attribute(self, node: cst.Attribute) -> None:
        if node.attr.value in table.UNSAID and not m.matches(node.value, m.Name("self")):
            raise Unsaid(f".{node.attr.value}")

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        if _text(node) in table.WORDS:
            raise Unsaid(str(_text(node)))

    def visit_Arg(self, node: cst.Arg) -> None:
        if node.keyword is not None and node.keyword.value == "generation_config":
            self._never_null(node.value)

    def visit_DictElement(self, node: cst.DictElement) -> None:
        if _text(node.key) == "generation_config":
            self._never_null(node.value)

    def _never_null(self, settings: cst.BaseExpression) -> None:
        """google-genai 1.x sends a setting that is None as null."""
        for name, value in _pairs(settings).items():
            if isinstance(value, cst.IfExp) and any(m.matches(v, m.Name("None")) for v in (value.body, value.orelse)):
                raise Unsaid(f"{name}=None")

    def visit_Subscript(self, node: cst.Subscript) -> None:
        for item in node.slice:
            if isinstance(item.slice, cst.Index) and _text(item.slice.value) == "response_format":
                raise Unsaid("response_format")


def _pairs(node: cst.BaseExpression | None) -> dict[str, cst.BaseExpression]:
    if not isinstance(node, cst.Dict):
        return {}
    return {str(_text(e.key)): e.value for e in node.elements if isinstance(e, cst.DictElement)}


def _is_request(names: set[str]) -> bool:
    """Whether the names of arguments or keys are those of a request: at least one, and one that is not dropped."""
    return bool(names & table.REQUEST) and names <= table.REQUEST | table.DROPPED.keys()


def _is_form(node: cst.BaseExpression) -> bool:
    """Whether a response_format is one of today's: by its type, or made by the function for that."""
    made = m.matches(node, m.Call(func=m.Name())) and cst.ensure_type(node, cst.Call).func
    if isinstance(made, cst.Name):
        return made.value.startswith(("json_format", "json_response_format"))
    return _text(_pairs(node).get("type", cst.Name("x"))) in table.PARTS


def _asked(node: cst.BaseExpression, name: str) -> list[str]:
    """The type that `name.type == "..."` asks for."""
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1:
        return []
    right = node.comparisons[0]
    if not m.matches(node.left, m.Attribute(value=m.Name(name), attr=m.Name("type"))):
        return []
    return [str(_text(right.comparator))] if isinstance(right.operator, cst.Equal) else []


def _is_content(node: cst.BaseExpression, name: str) -> bool:
    node = node.left if isinstance(node, cst.BooleanOperation) else node
    return m.matches(node, m.Attribute(value=m.Name(name), attr=m.Name("content")))


def _outputs(node: cst.BaseExpression) -> cst.BaseExpression:
    """`X.outputs` for `X.steps`, with `or []` behind it where that is."""
    if isinstance(node, cst.BooleanOperation):
        return node.with_changes(left=_outputs(node.left))
    if isinstance(node, cst.Attribute) and node.attr.value == "steps":
        return node.with_changes(attr=cst.Name(_OUTPUTS))
    return node


def _given(arg: cst.Arg) -> cst.Arg:
    """`previous_interaction_id=None` would be sent as null: it is left out where it may be None."""
    value = arg.value
    if isinstance(value, cst.IfExp) and m.matches(value.orelse, m.Name("None")):
        test, inner = value.test, value.body
    elif isinstance(value, cst.Name):
        test, inner = value, value
    else:
        return arg
    code = cst.Module([]).code_for_node
    spread = f'{{"previous_interaction_id": {code(inner)}}} if {code(test)} else {{}}'
    return arg.with_changes(
        keyword=None, star="**", equal=cst.MaybeSentinel.DEFAULT, value=cst.parse_expression(f"({spread})")
    )


def _separated(parts: Sequence[_Part], old: Sequence[_Part]) -> list[_Part]:
    """The parts with commas between them; the last one ends as the last one did."""
    comma = next((p.comma for p in old[:-1] if isinstance(p.comma, cst.Comma)), None)
    comma = comma or cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    made: list[_Part] = []
    for part in parts[:-1]:
        keeps = isinstance(part.comma, cst.Comma) and any(part is other for other in old[:-1])
        made.append(part if keeps else part.with_changes(comma=comma))
    ends = {"whitespace_after_arg": old[-1].whitespace_after_arg} if isinstance(old[-1], cst.Arg) else {}
    made.append(parts[-1].with_changes(comma=old[-1].comma, **ends))
    return made
