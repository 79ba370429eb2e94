"""What asks for, or reads, a name that no object of the old SDKs ever had."""

from __future__ import annotations

import textwrap

import pytest

from migrate_gemini import transform
from tests.checks import check_manual

LEGACY = """
import google.generativeai as genai

genai.configure(api_key="k")
model = genai.GenerativeModel("gemini-3-flash-preview")
r = model.generate_content("Hi")
"""
GENAI = """
from google import genai

client = genai.Client()
r = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")
"""


ELSE = "\nelse:\n    print(2)"


def after(read: str, head: str = LEGACY) -> str:
    """What a program becomes behind its request."""
    result = transform(head + textwrap.dedent(read))
    assert not [finding for finding in result.findings if finding.status == "manual"], result.findings
    return result.text.partition('input="Hi")\n')[2].strip()


def stays(read: str, why: str, head: str = LEGACY) -> None:
    """Checks that the request stays, and that a finding says why."""
    found = [f for f in transform(head + textwrap.dedent(read)).findings if f.status == "manual"]
    assert any(f.code in ("MG103", "MG201") and why in f.message for f in found), found


@pytest.mark.parametrize("head", [LEGACY, GENAI])
@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        ("if hasattr(r, 'usage'):\n    print(r.usage.total_tokens)\nprint(1)", "print(1)"),
        ("print(1)\n# Its cost\nif hasattr(r, 'usage'): print(r.usage)\nprint(2)", "print(1)\nprint(2)"),
        ("if hasattr(r, 'id'):\n    print(r.id)\nelse:\n    print(1)  # no\n    print(2)", "print(1)  # no\nprint(2)"),
        ("if hasattr(r, 'id'):\n    print(r.id)\nelif x:\n    print(1)" + ELSE, "if x:\n    print(1)" + ELSE),
        ("if x:\n    print(1)\nelif hasattr(r, 'id'):\n    print(r.id)" + ELSE, "if x:\n    print(1)" + ELSE),
        ("if x:\n    print(1)\nelif hasattr(r, 'id'):\n    print(r.id)", "if x:\n    print(1)"),
        ("if not hasattr(r, 'id'):\n    print(1)\nelse:\n    print(r.id)", "print(1)"),
        ("if x or hasattr(r, 'id'):\n    print(1)", "if x:\n    print(1)"),
        ("if getattr(r, 'id', x):\n    print(1)", "if x:\n    print(1)"),
        ("if hasattr(r, 'id') or x or hasattr(r, 'status'):\n    print(1)", "if x:\n    print(1)"),
        ("if hasattr(r, 'id') and hasattr(r, 'status'):\n    print(1)\nprint(2)", "print(2)"),
        ("print(getattr(r, 'id', None) or getattr(r, 'name', None) or x)", "print(getattr(r, 'name', None) or x)"),
        ("print(hasattr(r, 'id') or hasattr(r, 'status'))", "print(False)"),
        ("print(getattr(r, 'id', x) and x + 1, getattr(r, 'id', x) or 1)", "print(x and x + 1, x or 1)"),
        ("if hasattr(r, 'id'):\n    print(1)\nelif hasattr(r, 'status'):\n    print(2)\nprint(3)", "print(3)"),
        ("if hasattr(r, 'id'):\n    print(1)\nelif x:\n    x()\n# 3\nif hasattr(r, 'id'): x", "if x:\n    x()"),
        ("if r is not None and hasattr(r, 'id') and r.id:\n    print(1)\nprint(2)", "print(2)"),
        ("print(r.id if hasattr(r, 'id') else 'none')", "print('none')"),
        ("print(getattr(r, 'id', None) or 'none')", "print('none')"),
        ("print(getattr(r, 'id', None) is None, hasattr(r, 'id'))", "print(True, False)"),
        ("print([hasattr(r, 'id') and r.id, x and hasattr(r, 'id')])", "print([False, x and False])"),
        ("print(getattr(getattr(r, 'usage', None), 'total_tokens', 0) + 1)", "print(0 + 1)"),
        ("print(f\"{r.id if hasattr(r, 'id') else 'no id'}\")", "print(f\"{'no id'}\")"),
        ("for _ in x:\n    if hasattr(r, 'id'):\n        break", "for _ in x:\n    pass"),
        ("u = getattr(r, 'id', getattr(r, 'text', ''))", "u = getattr(r, 'output_text', '')"),
        ("print(getattr(r, 'id', lambda: 1)(), getattr(r, 'id', x or 1) * 2)", "print((lambda: 1)(), (x or 1) * 2)"),
        ("u = getattr(r, 'id', x or 1)\nprint(getattr(r, 'id', 1).real)", "u = x or 1\nprint((1).real)"),
    ],
)  # fmt: skip
def test_a_question_for_what_only_an_interaction_has_keeps_its_answer(head: str, read: str, wanted: str) -> None:
    text = after("x = input()\n" + read, head)
    assert text == f"x = input()\n{wanted}"
    compile(text, "", "exec")


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        ("if hasattr(r, 'choices'):\n    print(r.choices[0].message.content)", 0),
        ("print(r.choices[0] if hasattr(r, 'choices') else '')", 0),
        ("print(getattr(r, 'choices', None))", 0),
        ("print(r.txt)", 1),
        ("print(r.choices[0].message.content)", 1),
    ],
)
def test_what_an_interaction_has_no_more_than_the_old_answer_is_left_as_it_is(read: str, kept: int) -> None:
    assert after(read) == read
    found = [f for f in transform(LEGACY + read).findings if f.code == "MG503"]
    assert [f.status for f in found] == ["needs_review"] * kept
    assert all("raised AttributeError, and still does" in f.message for f in found)


def test_a_name_that_only_google_genai_had_is_none_of_the_legacy_sdk() -> None:
    read = "print(r.parsed if hasattr(r, 'parsed') else 'no')"
    assert after(read) == read
    assert "hasattr(r, 'steps')" in after("print(hasattr(r, 'parsed'))", GENAI)


def test_parts_candidates_usage_and_calls_are_asked_as_well() -> None:
    read = """
    c = r.candidates[0]
    print(c.status if hasattr(c, "status") else 1)
    for part in c.content.parts:
        if hasattr(part, "arguments"):
            print(part.arguments)
        call = part.function_call
        if call:
            print(getattr(call, "arguments", {}))
    """
    text = after(read)
    assert "hasattr" not in text and "getattr" not in text
    assert "print(1)" in text and "print({})" in text


def test_a_function_that_only_seen_calls_give_answers_to_is_followed() -> None:
    read = """
    def cost(answer, times=2):
        if hasattr(answer, "usage"):
            return answer.usage.total_tokens * times
        return 0


    print(cost(r))
    """
    assert "hasattr" not in after(read)
    assert "hasattr" in transform(LEGACY + textwrap.dedent(read) + "print(cost(ask()))\n").text
    assert "hasattr" in transform(LEGACY + textwrap.dedent(read) + "run(cost)\n").text


@pytest.mark.parametrize(
    "read",
    [
        "r = ask() if input() else r\nif hasattr(r, 'usage'):\n    print(r.usage)",
        "setattr(r, 'usage', 1)\nif hasattr(r, 'usage'):\n    print(r.usage)",
        "for r in [r, ask()]:\n    if hasattr(r, 'usage'):\n        print(r.usage)",
        "import ecologits\nif hasattr(r, 'usage'):\n    print(r.usage)",
        "def f():\n    if hasattr(r, 'usage'):\n        yield r.usage\nlist(f())",
        "if hasattr(r, 'usage'):\n    n = r.usage\nprint(n)",
        "if hasattr(r, 'usage'):\n    print(r.usage, model.generate_content('Again').text)",
        "if r.text and hasattr(r, 'usage'):\n    print(r.usage)",
        "genai.types.GenerateContentResponse.usage = 1\nif hasattr(r, 'usage'):\n    print(r.usage)",
    ],
)
def test_what_may_have_run_stays(read: str) -> None:
    result = transform(LEGACY + read)
    assert [f for f in result.findings if f.code == "MG103" and f.status == "manual"], result.findings
    assert read.replace("\nimport", "") in result.text


def test_a_read_that_would_begin_to_work_stays() -> None:
    stays("print(r.usage.prompt_tokens)", "no answer ever had `.usage`, so this never worked")
    stays("print(getattr(r, 'id'))", "no answer ever had `.id`")


@pytest.mark.parametrize(
    "read",
    [
        "import ecologits\nprint(r.impacts)",
        "from opentelemetry.instrumentation import x\nprint(r.impacts)",
        "r.impacts = 1\nprint(r.impacts)",
        "setattr(r, 'impacts', 1)\nprint(r.impacts)",
        "setattr(r, input(), 1)\nprint(r.impacts)",
        "print(r._private)",
    ],
)
def test_a_read_of_what_may_have_been_put_there_stays(read: str) -> None:
    check_manual(LEGACY + read, "has no known counterpart")


def test_a_method_that_no_model_had_raises_as_before() -> None:
    head = LEGACY.replace('r = model.generate_content("Hi")\n', "")
    result = transform(head + "try:\n    model.generate_images(prompt='x')\nexcept AttributeError:\n    print('no')\n")
    assert 'model = "gemini-3-flash-preview"\n' in result.text
    assert "client.models.generate_images(model=..., prompt=...)" in str(result.findings)
    check_manual(head + "model.style = 1\nprint(model.style)\n", "`.style` has no known counterpart")
    check_manual(head + "print(model.get('x'))\n", "no GenerativeModel ever had `.get`")


def test_a_text_in_the_place_of_an_answer_is_read_as_before() -> None:
    read = "if r.parts:\n    r = r.parts[0].text\nprint(r.split())"
    assert after(read).endswith("print(r.split())")
    assert "where this is the answer, it raised AttributeError" in str(transform(LEGACY + read).findings)


@pytest.mark.parametrize("other", ["llamas.Client()", "Local()"])
def test_what_only_something_else_has_is_no_use_of_the_model(other: str) -> None:
    result = transform(
        f"""import google.generativeai as genai
import llamas


class Local:
    def chat(self, text):
        return text


def main(service):
    genai.configure(api_key="k")
    if service == "gemini":
        return tell(genai.GenerativeModel("gemini-3-flash-preview"))
    return tell({other})


def tell(model):
    print(model.chat("Hi"))
"""
    )
    assert 'return tell("gemini-3-flash-preview")' in result.text
    assert not [f for f in result.findings if f.code == "MG503"]


def test_what_only_another_answer_has_is_no_use_of_this_one() -> None:
    read = "r = ask() if input() else r\nprint(r.choices[0])"
    assert after(read) == read
    assert not [f for f in transform(LEGACY + read).findings if f.code == "MG503"]
    own = "class Own:\n    choices = ()\n\n\nr = Own() if input() else r\nprint(r.choices)"
    assert after(own) == own


@pytest.mark.parametrize(
    ("head", "read", "wanted"),
    [
        (
            LEGACY,
            "r = model.generate_content('Again', config={'top_p': 1})",
            "r = client.interactions.create(model=model, input='Again', config={'top_p': 1})",
        ),
        (
            LEGACY,
            "r = model.generate_content('Again', max_tokens=None, stream=False)",
            "r = client.interactions.create(model=model, input='Again', max_tokens=None)",
        ),
        (
            GENAI,
            "r = client.models.generate_content(model='gemini-3-flash-preview', contents='a', temperature=1)",
            "r = client.interactions.create(model='gemini-3-flash-preview', input='a', temperature=1)",
        ),
    ],
)
def test_a_keyword_that_no_request_takes_raises_as_before(head: str, read: str, wanted: str) -> None:
    assert after(read, head) == wanted
    found = [f for f in transform(head + read).findings if f.code == "MG503"]
    assert [f.status for f in found] == ["needs_review"]
    assert "this raised TypeError, and still does" in found[0].message


@pytest.mark.parametrize(
    ("head", "read", "why"),
    [
        (
            LEGACY,
            "model.generate_content('Hi', system_instruction='x')",
            "no `generate_content` ever took `system_inst",
        ),
        (
            LEGACY,
            "model.generate_content('Hi', system_instruction=None)",
            "no `generate_content` ever took `system_inst",
        ),
        (
            GENAI,
            "client.models.generate_content(model='gemini-3-flash-preview', contents='a', generation_config={})",
            "no `generate_content` ever took `generation_config`",
        ),
        (LEGACY, "model.generate_content('Hi', config=genai.GenerationConfig())", "the argument config"),
        (LEGACY, "model.generate_content('Hi', **{'config': {}})", "the argument config"),
        (LEGACY, "waiting = model.generate_content_async('Hi', config={})", "the argument config"),
    ],
)
def test_a_keyword_that_only_the_new_request_takes_keeps_the_call(head: str, read: str, why: str) -> None:
    stays(read, why, head)


def test_an_answer_as_a_whole_is_asked_for_under_its_new_name() -> None:
    read = "if hasattr(r, 'to_dict'):\n    print(r.to_dict(), getattr(r, 'to_dict', lambda: {})())"
    assert (
        after(read) == "if hasattr(r, 'model_dump'):\n    print(r.model_dump(), getattr(r, 'model_dump', lambda: {})())"
    )
    assert after("print(hasattr(r, 'to_json_dict'))", GENAI) == "print(hasattr(r, 'model_dump'))"
    stays("print(getattr(r, 'to_json_dict', dict)())", "`.to_json_dict` has no known counterpart", GENAI)
    stays("dump = getattr(r, 'to_dict', dict)", "`.to_dict` has no known counterpart")


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        ("try:\n    n = r.usage.total\nexcept AttributeError:\n    n = 0  # none\nprint(n)", "n = 0  # none\nprint(n)"),
        ("try:\n    print(r.id)\n    print(2)\nexcept (KeyError, Exception):\n    pass\nprint(1)", "print(1)"),
        ("try:\n    n = f'{r.id}'\nexcept KeyError:\n    n = 1\nexcept:\n    n = 2\nelse:\n    n = 3", "n = 2"),
    ],
)  # fmt: skip
def test_a_try_that_always_ended_in_its_clause_gives_way_to_it(read: str, wanted: str) -> None:
    assert after(read) == wanted
    found = [f for f in transform(LEGACY + read).findings if f.code == "MG503"]
    assert [f.status for f in found] == ["needs_review"]


@pytest.mark.parametrize(
    "read",
    [
        "try:\n    n = r.usage.total_tokens\nexcept AttributeError as e:\n    print(e)",
        "try:\n    n = r.usage.total_tokens\nexcept KeyError:\n    n = 0",
        "try:\n    n = r.usage.total_tokens\nexcept Own:\n    n = 0\nexcept AttributeError:\n    n = 1",
        "try:\n    print(1, r.text, r.usage.total_tokens)\nexcept AttributeError:\n    print(1)",
        "try:\n    print(input(), r.usage.total_tokens)\nexcept AttributeError:\n    print(1)",
        "try:\n    n = 1\n    n = r.usage.total_tokens\nexcept AttributeError:\n    print(1)",
        "try:\n    n = r.usage.total_tokens\nexcept AttributeError:\n    pass\nprint(n)",
        "try:\n    n = r.usage.total_tokens\nexcept AttributeError:\n    n = 1\nfinally:\n    print(n)",
        "try:\n    n = r.usage.total_tokens\nexcept AttributeError:\n    raise",
        "import logging\ntry:\n    n = r.usage.total_tokens\nexcept AttributeError:\n    logging.exception('no')",
    ],
)
def test_a_try_that_does_more_keeps_the_request(read: str) -> None:
    stays(read, "no answer ever had `.usage`, so this never worked")


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        ("u = getattr(r, 'usage', None)\nif u:\n    print(u.total)\nprint(1)", "print(1)"),
        ("# cost\nu = getattr(r, 'usage', None)  # if any\nprint(u.total if u is not None else 0)", "print(0)"),
        ("u = getattr(r, 'id', None)\nif u and u.lower():\n    print(u)\nelse:\n    print(2)", "print(2)"),
        ("u = getattr(r, 'id', None)\nprint(u)", "u = None\nprint(u)"),
        ("u = getattr(r, 'id', None)\nif u:\n    print(u)\nreturn u", "u = None\nif u:\n    print(u)\nreturn u"),
        ("u = 1\nu = getattr(r, 'id', None)\nif u:\n    print(u)", "u = 1\nu = None\nif u:\n    print(u)"),
    ],
)
def test_a_variable_that_only_has_such_an_answer_goes_with_its_tests(read: str, wanted: str) -> None:
    head = LEGACY.replace("r = model", "def f():\n    r = model")
    result = transform(head + textwrap.indent(read, "    "))
    assert result.text is not None
    assert textwrap.dedent(result.text.partition('input="Hi")\n')[2]).strip() == wanted
    assert [f.status for f in result.findings if f.code == "MG503"] == ["needs_review"]
