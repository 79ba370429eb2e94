"""Reads of an answer: finish reasons, sources, counts by modality, and what no interaction has."""

from __future__ import annotations

import ast
import textwrap

import pytest

from migrate_gemini import transform
from tests.checks import check_manual

GENAI = """
from google import genai
from google.genai import types

client = genai.Client()
r = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")
"""


def after(read: str) -> str:
    """The lines of a program behind its request, and no helper functions."""
    result = transform(GENAI + textwrap.dedent(read))
    assert not [finding for finding in result.findings if finding.status == "manual"], result.findings
    return result.text.partition('input="Hi")\n')[2].strip()


def notes(read: str) -> str:
    """What is to be looked at in a program that reads the answer so."""
    result = transform(GENAI + textwrap.dedent(read))
    return " ".join(finding.message for finding in result.findings if finding.status == "needs_review")


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        ("why = r.candidates[0].finish_reason\nprint(why.name)", "why = finish_name(r)\nprint(why)"),
        ('why = r.candidates[0].finish_reason\nprint(why == "STOP")', 'why = finish_name(r)\nprint(why == "STOP")'),
        (
            "why = r.candidates[0].finish_reason\nif why in (types.FinishReason.SAFETY, 2):\n    print(why)",
            'why = finish_name(r)\nif why in ("SAFETY", "MAX_TOKENS"):\n    print(why)',
        ),
        (
            'print({"STOP": "done"}.get(r.candidates[0].finish_reason.name, "?"))',
            'print({"STOP": "done"}.get(finish_name(r), "?"))',
        ),
        (
            'BAD = {"SAFETY"}\nprint(r.candidates[0].finish_reason.name in BAD)',
            'BAD = {"SAFETY"}\nprint(finish_name(r) in BAD)',
        ),
        (
            'WORDS = {"STOP": "done"}\nwhy = r.candidates[0].finish_reason\nprint(WORDS[why.name])',
            'WORDS = {"STOP": "done"}\nwhy = finish_name(r)\nprint(WORDS[why])',
        ),
        (
            "def why():\n    return r.candidates[0].finish_reason\n\n\nprint(why() == types.FinishReason.STOP)",
            'def why():\n    return finish_name(r)\n\n\nprint(why() == "STOP")',
        ),
        (
            'first = getattr(r, "candidates", None)\nprint(first[0].finish_reason.name if first else "none")',
            'first = [r] if r.status != "failed" else []\nprint(finish_name(first[0]) if first else "none")',
        ),
        (
            'print(r.candidates[0].finish_reason not in ("STOP", "FINISH_REASON_UNSPECIFIED"))',
            'print(r.status not in ("completed",))',
        ),
    ],
)
def test_a_finish_reason_that_is_kept_is_its_name(read: str, wanted: str) -> None:
    assert after(read) == wanted


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        (
            "f = r.prompt_feedback\nif f and f.block_reason:\n    print(1)",
            'f = r\nif f.status == "failed":\n    print(1)',
        ),
        (
            "if r.prompt_feedback and r.prompt_feedback.block_reason:\n    print(1)",
            'if r.status == "failed":\n    print(1)',
        ),
        ('if hasattr(r, "candidates") and r.candidates:\n    print(1)', 'if r.status != "failed":\n    print(1)'),
        ('if hasattr(r, "candidates"):\n    print(1)', 'if hasattr(r, "steps"):\n    print(1)'),
    ],
)
def test_a_test_of_an_answer_asks_for_its_status_once(read: str, wanted: str) -> None:
    assert after(read) == wanted


@pytest.mark.parametrize(
    "read", ['print(getattr(r, "finish_reason", None))', 'print(hasattr(r, "choices"))', 'x = getattr(r, "error", "")']
)
def test_what_neither_an_answer_nor_an_interaction_has_is_asked_for_as_before(read: str) -> None:
    assert after(read) == read


@pytest.mark.parametrize("read", ['print(getattr(r, "model_status", None))', 'print(getattr(r, "model_status"))'])
def test_what_only_the_answer_has_keeps_the_request(read: str) -> None:
    check_manual(GENAI + read, "has no known counterpart")


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        (
            "import logging\nlogging.debug('%s', r.candidates[0].safety_ratings)",
            "import logging\nlogging.debug('%s', [])",
        ),
        (
            "import logging\nfor x in r.candidates[0].safety_ratings:\n    logging.info(x.category)\nprint(r.text)",
            "import logging\nprint(r.output_text)",
        ),
        (
            "if not r.text:\n    raise SystemExit(f'{r.candidates[0].safety_ratings}')",
            "if not r.output_text:\n    raise SystemExit(f'{[]}')",
        ),
        (
            "try:\n    print(r.text)\nexcept Exception:\n    print('Blocked:', r.candidates[0].safety_ratings)",
            "try:\n    print(r.output_text)\nexcept Exception:\n    print('Blocked:', [])",
        ),
        (
            "try:\n    print(r.text)\nexcept Exception:\n    for x in r.candidates[0].safety_ratings:\n"
            "        print(x.category)\n    print('Blocked')",
            "try:\n    print(r.output_text)\nexcept Exception:\n    print('Blocked')",
        ),
    ],
)
def test_what_no_interaction_has_is_left_out_where_it_is_logged_or_told_in_an_error(read: str, wanted: str) -> None:
    assert after(read) == wanted
    assert "an interaction has no" in notes(read)


@pytest.mark.parametrize(
    "read",
    [
        "import math\nprint(math.exp(r.candidates[0].avg_logprobs))",
        "print(r.candidates[0].avg_logprobs > -1)",
        "print(r.candidates[0].safety_ratings)",
        "print(max(r.candidates[0].safety_ratings))",
        "print({'text': r.text, 'ratings': r.candidates[0].safety_ratings})",
        "seen = [x.category.name for x in r.candidates[0].safety_ratings or []]\nprint(seen)",
        "for x in r.candidates[0].safety_ratings:\n    print(x.category)",
        "try:\n    print(r.text)\nexcept Exception:\n    show(r.candidates[0].safety_ratings)",
        "if r.candidates[0].citation_metadata:\n    print(r.candidates[0].citation_metadata)",
        "if any(x.blocked for x in r.candidates[0].safety_ratings):\n    print(1)",
        "for x in r.candidates[0].safety_ratings:\n    if x.probability == 'HIGH':\n        print(1)",
        "print(r.candidates[0].logprobs_result.chosen_candidates)",
        "print(r.candidates[0].citation_metadata.citations)",
    ],
)
def test_what_no_interaction_has_keeps_a_program_that_computes_with_it(read: str) -> None:
    check_manual(GENAI + read, "computes with")


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        ("print(r.model_dump_json(indent=2))", "print(r.model_dump_json(indent=2))"),
        ("import json\nprint(json.dumps(r.model_dump()))", 'import json\nprint(json.dumps(r.model_dump(mode="json")))'),
        ("print(r.to_json_dict())", 'print(r.model_dump(mode="json"))'),
        ("print(r.usage_metadata.model_dump())", "print(r.usage.model_dump())"),
    ],
)
def test_a_whole_answer_is_shown_as_the_interaction(read: str, wanted: str) -> None:
    assert after(read) == wanted
    assert "other names now" in notes(read)


def test_a_whole_answer_whose_keys_are_read_stays() -> None:
    check_manual(GENAI + 'print(r.model_dump()["candidates"][0])', "other fields")


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        (
            "for d in r.usage_metadata.prompt_tokens_details or []:\n    print(d.modality.name, d.token_count)",
            "for d in r.usage.input_tokens_by_modality or []:\n    print(d.modality.upper(), d.tokens)",
        ),
        ("print(len(r.usage_metadata.candidates_tokens_details))", "print(len(r.usage.output_tokens_by_modality))"),
        (
            "for d in r.usage_metadata.prompt_tokens_details or []:\n"
            "    print(d.modality == types.MediaModality.IMAGE, d.modality in ('TEXT', 'AUDIO'))",
            "for d in r.usage.input_tokens_by_modality or []:\n"
            '    print(d.modality == "image", d.modality in ("text", "audio"))',
        ),
    ],
)
def test_counts_of_tokens_by_modality(read: str, wanted: str) -> None:
    assert after(read) == wanted


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        (
            "for s in r.candidates[0].grounding_metadata.grounding_chunks:\n    print(s.web.uri, s.web.title)",
            "for s in grounding(r).grounding_chunks:\n    print(s.web.uri, s.web.title)",
        ),
        (
            'c = r.candidates[0]\nif hasattr(c, "grounding_metadata") and c.grounding_metadata:\n'
            "    print(c.grounding_metadata.web_search_queries)",
            "c = r\nif grounding(c):\n    print(grounding(c).web_search_queries)",
        ),
    ],
)
def test_sources_are_put_together_from_the_steps(read: str, wanted: str) -> None:
    assert after(read) == wanted


def test_sources_whose_field_is_not_known_stay() -> None:
    check_manual(GENAI + "print(r.candidates[0].grounding_metadata.retrieval_metadata)", "retrieval_metadata")


def test_a_test_of_something_else_by_hasattr_stays() -> None:
    assert "hasattr(sys, 'x') and part.text" in after(
        "import sys\nfor part in r.parts:\n    if hasattr(sys, 'x') and hasattr(part, 'text') and part.text:\n"
        "        print(part.text)\n"
    )


STREAM = """
from google import genai
from google.genai import types

client = genai.Client()
for c in client.models.generate_content_stream(model="gemini-3-flash-preview", contents="Hi"):
"""


def loop(body: str) -> str:
    """The body of a loop over a stream, after the migration."""
    result = transform(STREAM + textwrap.indent(body, "    ") + "\n")
    assert not [finding for finding in result.findings if finding.status == "manual"], result.findings
    return textwrap.dedent(result.text.partition("stream=True)")[2].partition(":\n")[2]).strip()


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (
            "if c.text:\n    print(c.text)\nif c.candidates and c.candidates[0].finish_reason:\n"
            "    print(c.candidates[0].finish_reason.name)",
            'if c.event_type == "step.delta" and c.delta.type == "text":\n    print(c.delta.text)\n'
            'elif c.event_type == "interaction.completed":\n    print(finish_name(c.interaction))',
        ),
        (
            "if c.candidates:\n    if c.candidates[0].finish_reason == types.FinishReason.SAFETY:\n        print(1)",
            'if c.event_type == "interaction.completed":\n    if c.interaction.status == "failed":\n        print(1)',
        ),
        (
            "if c.prompt_feedback and c.prompt_feedback.block_reason:\n    raise ValueError('blocked')",
            'if c.event_type == "interaction.completed":\n    if c.interaction.status == "failed":\n'
            "        raise ValueError('blocked')",
        ),
        (
            'if hasattr(c, "usage_metadata") and c.usage_metadata: print(c.usage_metadata.total_token_count)',
            'if c.event_type == "interaction.completed":\n    print(c.interaction.usage.total_tokens)',
        ),
        (
            'used = getattr(c, "usage_metadata", None)',
            'if c.event_type == "interaction.completed":\n    used = c.interaction.usage',
        ),
    ],
)
def test_what_only_the_last_chunk_has_is_read_off_the_completed_event(body: str, wanted: str) -> None:
    assert loop(body) == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (
            "for call in c.function_calls or []:\n    print(call.name, call.args)",
            'for call in [c.delta] if c.delta.type == "function_call" else []:\n    print(call.name, call.arguments)',
        ),
        (
            "if c.function_calls:\n    print(c.function_calls[0].name)",
            'if c.delta.type == "function_call":\n    print(c.delta.name)',
        ),
        (
            "for part in c.parts:\n    if part.function_call:\n        print(part.function_call.name)\n"
            "    elif part.text:\n        print(part.text)",
            'for part in [c.delta]:\n    if part.type == "function_call":\n        print(part.name)\n'
            '    elif part.type == "text":\n        print(part.text)',
        ),
    ],
)
def test_function_calls_of_a_stream_come_whole(body: str, wanted: str) -> None:
    test = 'if c.event_type == "step.delta" and c.delta.type in ("text", "function_call"):\n'
    assert loop(body) == test + textwrap.indent(wanted, "    ")
    assert "for c in whole_calls(" in transform(STREAM + textwrap.indent(body, "    ") + "\n").text


def test_what_a_loop_keeps_is_kept_before_it_is_left() -> None:
    result = transform(
        """
from google import genai

client = genai.Client()
chat = client.chats.create(model="gemini-3-flash-preview")
for text in ("Hi", "And now?"):
    for c in chat.send_message_stream(text):
        if c.candidates and c.candidates[0].finish_reason:
            break
"""
    ).text
    assert result.index('chat["previous_interaction_id"] = ') < result.index("break")


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        (
            'why = r.prompt_feedback.block_reason\nprint(why.name == "SAFETY", why == types.BlockedReason.OTHER)',
            'why = block_name(r)\nprint(why == "SAFETY", why == "OTHER")',
        ),
        (
            "print(r.prompt_feedback.block_reason.name, r.prompt_feedback.block_reason_message)",
            "print(block_name(r), next((error.message for error in r.errors or []), None))",
        ),
        ('print(f"refused: {r.prompt_feedback.block_reason.name}")', 'print(f"refused: {block_name(r)}")'),
        (
            'if r.prompt_feedback.block_reason.name in ("OTHER", "SAFETY"):\n    print(1)',
            'if block_name(r) in ("OTHER", "SAFETY"):\n    print(1)',
        ),
    ],
)
def test_the_reason_of_a_block_is_the_code_of_the_first_error(read: str, wanted: str) -> None:
    assert after(read) == wanted
    assert "the code of the interaction's first error, also where the answer was blocked" in notes(read)


def test_the_number_of_the_reason_of_a_block_stays() -> None:
    check_manual(GENAI + "why = r.prompt_feedback.block_reason\nprint(why == 2)", "rewrite this read by hand")


def test_ratings_that_only_add_to_a_message_are_left_out() -> None:
    text = after(
        "words = []\nratings = getattr(r.candidates[0], 'safety_ratings', None)\nif ratings:\n"
        "    for rating in ratings:\n        if getattr(rating, 'blocked', False):\n"
        "            words.append(rating.category.name)\nprint(words)"
    )
    assert text.startswith("words = []\nratings = []\nif ratings:\n")


@pytest.mark.parametrize(
    "read",
    [
        "if r.candidates[0].citation_metadata:\n    raise SystemExit",
        "ratings = r.candidates[0].safety_ratings\nif ratings:\n    print(1)\n    blocked = True",
        "for x in r.candidates[0].safety_ratings:\n    if x.blocked:\n        raise SystemExit",
    ],
)
def test_what_no_interaction_has_keeps_a_program_that_decides_by_it(read: str) -> None:
    check_manual(GENAI + read, "computes with")


def test_a_comment_above_a_test_that_goes_stays() -> None:
    text = loop(
        "# one by one\nif c.candidates:\n    for part in c.candidates[0].content.parts:\n        print(part.text)\n"
        "# in the end\nif c.usage_metadata:\n    print(c.usage_metadata.total_token_count)"
    )
    assert "    # one by one\n    for part in [c.delta]:\n" in text
    assert "    # in the end\n    print(c.interaction.usage.total_tokens)" in text


@pytest.mark.parametrize(
    ("read", "new"),
    [
        ("finish_reason.name.lower()", "finish_name(r).lower()"),
        ("finish_reason.value.lower()", "finish_name(r).lower()"),
        ("finish_reason.value", "finish_name(r)"),
    ],
)
def test_a_method_of_the_name_of_a_finish_reason_is_called_on_the_name(read: str, new: str) -> None:
    assert after(f"print(r.candidates[0].{read})") == f"print({new})"


def test_the_error_that_the_legacy_sdk_kept_in_an_answer_is_its_status() -> None:
    before = """\
        import google.generativeai as genai
        model = genai.GenerativeModel("gemini-3-flash-preview")
        response = model.generate_content("Hi")
        if response._error:
            print(str(response._error))
        print(response._error is None)
        """
    result = transform(textwrap.dedent(before))
    assert result.text is not None, result.findings
    assert 'if response.status == "failed":\n    print(str(response.errors))\n' in result.text
    assert result.text.endswith('print(response.status != "failed")\n')


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        ("print(last.usage_metadata.total_token_count)", "print(last.interaction.usage.total_tokens)"),
        (
            "usage = last.usage_metadata if last else None\nprint(usage.total_token_count if usage else 0)",
            "usage = last.interaction.usage if last else None\nprint(usage.total_tokens if usage else 0)",
        ),
        (
            "if last is not None and last.usage_metadata:\n    print(getattr(last, 'usage_metadata', None))",
            "if last is not None and last.interaction.usage:\n    print(last.interaction.usage)",
        ),
    ],
)
def test_the_last_chunk_that_is_kept_for_its_usage_is_the_completed_event(read: str, wanted: str) -> None:
    text = transform(STREAM + "    print(c.text)\n    last = c\n" + read + "\n").text
    assert text is not None
    body = text.partition("stream=True)")[2].partition(":\n")[2]
    assert body.strip().endswith(
        'print(c.delta.text)\n    elif c.event_type == "interaction.completed":\n        last = c\n' + wanted
    )


def test_a_kept_chunk_whose_text_is_read_is_the_last_with_text() -> None:
    text = transform(STREAM + "    print(c.text)\n    last = c\nprint(last.text)\n").text
    assert text is not None and text.endswith("        last = c\nprint(last.delta.text)\n")
    assert "interaction.completed" not in text


def test_a_finish_reason_of_a_stream_outlives_its_loop_as_its_name() -> None:
    text = transform(
        STREAM + "    if c.candidates[0].finish_reason:\n        why = c.candidates[0].finish_reason\nprint(why.name)\n"
    ).text
    assert text is not None and text.endswith("        why = finish_name(c.interaction)\nprint(why)\n")


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        ("not r.candidates or r.candidates[0].finish_reason != 'STOP'", 'r.status != "completed"'),
        ("r.prompt_feedback.block_reason or not r.candidates", 'r.status == "failed"'),
        ("r.candidates and r.candidates[0].finish_reason == 'STOP'", 'r.status == "completed"'),
        ("r.candidates and r.candidates[0].finish_reason == 'SAFETY'", 'r.status == "failed"'),
        ("not r.candidates or len(r.text) > 3", 'r.status == "failed" or len(r.output_text) > 3'),
        ("(not r.candidates or\n        len(r.text) > 3)", '(r.status == "failed" or\n        len(r.output_text) > 3)'),
    ],
)
def test_what_is_asked_twice_of_a_status_is_asked_once(test: str, wanted: str) -> None:
    assert after(f"if {test}:\n    print(1)") == f"if {wanted}:\n    print(1)"


@pytest.mark.parametrize(
    ("test", "sign"),
    [
        ("!= 0", "=="),
        ("> 0", "=="),
        ("== 0", "!="),
        ("!= genai.protos.GenerateContentResponse.PromptFeedback.BlockReason.BLOCK_REASON_UNSPECIFIED", "=="),
    ],
)
def test_no_reason_of_a_block_is_another_status_than_failed(test: str, sign: str) -> None:
    before = f"""\
        import google.generativeai as genai
        model = genai.GenerativeModel("gemini-3-flash-preview")
        response = model.generate_content("Hi")
        print(response.prompt_feedback.block_reason {test})
    """
    result = transform(textwrap.dedent(before))
    assert result.text is not None, result.findings
    assert f'print(response.status {sign} "failed")' in result.text


BLOCKED = """
    if r.prompt_feedback and r.prompt_feedback.block_reason:
        print("prompt")
    elif r.candidates[0].finish_reason.name {test}:
        print("{outcome}")
    else:
        print(r.text)
    """


def test_a_blocked_prompt_that_is_told_from_a_blocked_answer_keeps_the_call() -> None:
    check_manual(
        GENAI + textwrap.dedent(BLOCKED.format(test='== "SAFETY"', outcome="answer")),
        "the same for a blocked prompt and a blocked answer",
    )


@pytest.mark.parametrize(("test", "outcome"), [('!= "STOP"', "answer"), ('== "SAFETY"', "prompt")])
def test_a_blocked_prompt_and_a_blocked_answer_that_fare_alike_move(test: str, outcome: str) -> None:
    made = transform(GENAI + textwrap.dedent(BLOCKED.format(test=test, outcome=outcome))).text
    assert made is not None
    assert "generate_content" not in made


def test_an_answer_that_did_not_stop_by_itself_and_was_blocked_is_told_like_a_blocked_prompt() -> None:
    words = "an answer that was blocked is told like a prompt that was"
    assert words in notes(textwrap.dedent(BLOCKED.format(test='!= "STOP"', outcome="answer")).strip())
    assert words not in notes(textwrap.dedent(BLOCKED.format(test='!= "STOP"', outcome="prompt")).strip())
    two = "if r.prompt_feedback.block_reason:\n    print(1)\nif r.candidates[0].finish_reason == 'STOP':\n    print(2)"
    assert words in notes(two)


def test_an_answer_that_was_blocked_and_has_candidates_is_a_blocked_prompt_too_and_that_is_told() -> None:
    flat = "if r.candidates and r.candidates[0].finish_reason == 'SAFETY':\n    print(1)"
    nested = "if r.candidates:\n    if r.candidates[0].finish_reason == 'SAFETY':\n        print(1)"
    assert "a prompt and an answer that were blocked are not told apart" in notes(flat)
    assert "a prompt and an answer that were blocked are not told apart" in notes(nested)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("print(u.thoughts_token_count)", "print(u.total_thought_tokens or None)"),
        ('d = {"t": u.cached_content_token_count}', 'd = {"t": u.total_cached_tokens or None}'),
        ('t = f"{u.thoughts_token_count}"', 't = f"{u.total_thought_tokens or None}"'),
        ("t = u.thoughts_token_count == 0", "t = (u.total_thought_tokens or None) == 0"),
        ("t = u.thoughts_token_count or 0", "t = u.total_thought_tokens or 0"),
        ("t = u.thoughts_token_count + 1", "t = u.total_thought_tokens + 1"),
        ("if u.thoughts_token_count: print()", "if u.total_thought_tokens: print()"),
        ("if u.thoughts_token_count is None: print()", "if not u.total_thought_tokens: print()"),
        ("if u.tool_use_prompt_token_count is not None: print()", "if u.total_tool_use_tokens: print()"),
        ("if u.thoughts_token_count > 3: print()", "if u.total_thought_tokens > 3: print()"),
        ('t = getattr(u, "thoughts_token_count", 0)', 't = getattr(u, "total_thought_tokens", 0) or None'),
        ('t = getattr(u, "thoughts_token_count", 0) or 0', 't = getattr(u, "total_thought_tokens", 0) or 0'),
        ("print(u.prompt_token_count)", "print(u.total_input_tokens)"),
    ],
)
def test_a_count_that_was_none_where_nothing_was_counted_is_none_where_that_matters(old: str, new: str) -> None:
    head = "from google import genai\n\nclient = genai.Client()\n"
    ask = 'u = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi").usage_metadata\n'
    made = 'u = client.interactions.create(model="gemini-3-flash-preview", input="Hi").usage\n'
    assert transform(f"{head}{ask}{old}\n").text == f"{head}{made}{new}\n"


def test_a_match_of_finish_reasons_is_one_of_their_names() -> None:
    head = 'import google.generativeai as genai\n\nmodel = genai.GenerativeModel("gemini-3.8-flash")\n'
    before = """
reason = model.generate_content("Hi").candidates[0].finish_reason
match reason:
    case 1 | genai.protos.Candidate.FinishReason.MAX_TOKENS:
        print("fine")
    case 3:
        print("unsafe")
    case _:
        print("what?")
"""
    after = """
match reason:
    case "STOP" | "MAX_TOKENS":
        print("fine")
    case "SAFETY":
        print("unsafe")
    case _:
        print("what?")
"""
    text = transform(head + before).text
    assert text is not None and text.endswith(after), text
    kept = transform(head + before.replace("case _", "case [_]"))
    assert "finish_reason" in (kept.text or head + before)


HEAD = """
from google import genai
from google.genai import types

client = genai.Client()
"""


def test_what_the_last_chunk_says_stays_where_a_loop_numbers_the_chunks() -> None:
    check_manual(
        f"""{HEAD}
last = None
for number, chunk in enumerate(client.models.generate_content_stream(model="gemini-3-flash-preview", contents="Hi")):
    print(number, chunk.text)
    last = chunk
print(last.usage_metadata.total_token_count)
""",
        "usage of a chunk outside of its loop",
    )


def test_an_answer_has_one_candidate() -> None:
    new = transform(
        f"""{HEAD}
response = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")
print(len(response.candidates))
"""
    ).text
    assert new is not None
    assert "print(1)" in new


@pytest.mark.parametrize("read", ["executable_code", "code_execution_result"])
def test_code_that_ran_is_found_by_a_function(read: str) -> None:
    new = transform(
        f"""{HEAD}
response = client.models.generate_content(
    model="gemini-3-flash-preview",
    contents="Hi",
    config=types.GenerateContentConfig(tools=[types.Tool(code_execution=types.ToolCodeExecution)]),
)
print(response.{read})
"""
    ).text
    assert new is not None
    assert f"print({read}(response))" in new
    assert 'tools=[{"type": "code_execution"}]' in new


@pytest.mark.parametrize("other", ["executable_code is not None", "function_call"])
def test_a_step_among_the_parts_is_no_medium(other: str) -> None:
    new = transform(
        f"""{HEAD}
response = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")
for part in response.candidates[0].content.parts:
    if part.{other}:
        print("step")
    if part.inline_data is not None:
        print(part.inline_data.data)
    if not part.inline_data:
        print("none")
"""
    ).text
    assert new is not None
    assert 'if part.type in ("image", "audio", "video", "document"):' in new
    assert 'if part.type not in ("image", "audio", "video", "document"):' in new


LATE = """from google import genai
from pydantic import BaseModel

client = genai.Client()


def ask(schema):
    config = {"response_mime_type": "application/json", "response_schema": schema}
    return client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config).parsed


class Answer(BaseModel):
    text: str


print(ask(Answer))
"""


@pytest.mark.parametrize(
    "late", ["from google.genai import types\nfrom pydantic import TypeAdapter\nimport json\n", ""]
)
def test_an_import_that_stands_behind_the_first_use_of_its_name_is_not_relied_on(late: str) -> None:
    new = transform(LATE + late).text
    assert new is not None
    head = new[: new.index("client = ")]
    for name in ("from google.genai import types", "TypeAdapter", "import json"):
        assert name in head
    assert new.endswith(late or "print(ask(Answer))\n")


def test_imports_with_more_names_are_relied_on() -> None:
    early = "import json, os\nfrom google.genai import errors, types\nfrom pydantic import Field, TypeAdapter\n"
    new = transform(early + LATE).text
    assert new is not None and new.startswith(early + "from google import genai\nfrom pydantic import BaseModel\n\n")


def test_a_late_import_of_the_new_sdk_is_not_relied_on_either() -> None:
    late = "from google import genai\n\nother = genai.Client()\n"
    old = "import google.generativeai as palm\n\npalm.configure(api_key='k')\n"
    new = transform(
        f"{old}print(palm.GenerativeModel('gemini-3-flash-preview').generate_content('Hi').text)\n{late}"
    ).text
    assert new is not None
    assert new.index("from google import genai\n") < new.index("client = genai.Client(")
    assert new.endswith(late)


ANSWER = GENAI.replace("r = ", "answer = ")


@pytest.mark.parametrize(
    ("shown", "made"),
    [
        ("f\"{answer.candidates[0].finish_reason if answer.candidates else 'none'}\"", "answer.status != 'failed'"),
        ("f'{answer.candidates[0].finish_reason if answer.candidates else 0}'", 'answer.status != "failed"'),
        ("'a' f\"{'b' if answer.candidates else 'c'}\" 'd'", "answer.status != 'failed'"),
        ("f'{1}' f\"{'b' if answer.candidates else 'c'}\"", "answer.status != 'failed'"),
        ("f'''{'b' if answer.candidates else 'c'}'''", 'answer.status != "failed"'),
    ],
)
def test_new_code_in_a_formatted_string_has_quotes_that_do_not_end_it(shown: str, made: str) -> None:
    text = transform(ANSWER + f"print({shown})\n").text
    assert text is not None and made in text
    ast.parse(text)


@pytest.mark.parametrize(
    ("test", "made"),
    [
        ("if parts:", "if parts:"),
        ("if not parts:", "if not parts:"),
        ("if parts is None:", "if not parts:"),
        ("if parts is not None and len(parts) > 1:", "if parts and len(parts) > 1:"),
        ("there = parts is not None\nif there:", "there = bool(parts)"),
    ],
)
def test_a_list_of_parts_that_has_a_name_is_asked_whether_it_is_empty(test: str, made: str) -> None:
    text = transform(ANSWER + f"parts = answer.candidates[0].content.parts\n{test}\n    print(len(parts))\n").text
    assert text is not None and "parts = content_parts(answer)" in text
    assert made in text


def test_a_call_counts_among_the_parts_of_an_answer_that_may_call_functions() -> None:
    text = transform(
        ANSWER.replace('contents="Hi"', 'contents="Hi", config={"tools": [{"function_declarations": [TOOL]}]}').replace(
            "answer =", 'TOOL = {"name": "f", "description": "d"}\nanswer ='
        )
        + "parts = answer.candidates[0].content.parts\nif not parts:\n    raise SystemExit\n"
        + "print(answer.function_calls)\n"
    ).text
    assert text is not None and "parts = answer_parts(answer)" in text


def test_parts_of_what_may_be_none_are_none_at_all() -> None:
    text = transform(
        ANSWER
        + "first = answer.candidates[0] if answer.candidates else None\ncontent = getattr(first, 'content', None)\n"
        + "for part in getattr(content, 'parts', None) or []:\n    print(part.text)\n"
    ).text
    assert text is not None and "for part in content_parts(content) if content else []:" in text


def test_a_text_that_a_comprehension_names_and_tests_may_be_missing() -> None:
    text = transform(
        ANSWER
        + "parts = answer.candidates[0].content.parts\n"
        + "print([p.function_call.name for p in parts if p.function_call])\n"
        + "print([text for p in parts if (text := getattr(p, 'text', None))])\n"
    ).text
    assert text is not None and '(text := getattr(p, "text", None))' in text


def test_bytes_that_are_read_by_getattr_are_decoded() -> None:
    text = transform(
        ANSWER
        + "for part in answer.candidates[0].content.parts:\n    blob = getattr(part, 'inline_data', None)\n"
        + "    if blob is None:\n        continue\n    raw = getattr(blob, 'data', None)\n    print(raw and len(raw))\n"
    ).text
    assert text is not None and 'raw = base64.b64decode(blob.data) if getattr(blob, "data", None) else None' in text


@pytest.mark.parametrize(
    "walk",
    [
        "for x in r:\n    print(x)",
        'async def ask():\n    async for x in await model.generate_content_async("Hi"):\n        print(x.text)',
    ],
)
def test_an_answer_gives_itself_only_where_the_legacy_sdk_walks_through_it_without_waiting(walk: str) -> None:
    legacy = 'import google.generativeai as genai\nmodel = genai.GenerativeModel("gemini-3-flash-preview")\n'
    check_manual((legacy if "async" in walk else GENAI) + walk, "cannot be seen")


TOLD = """
from google import genai

client = genai.Client()
try:
    for c in client.models.generate_content_stream(model="gemini-3-flash-preview", contents="Hi"):
        print(c.text)
except Exception:
"""


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("print(c.candidates)", "print(c)"),
        ("reason = c.candidates\n    print(f'No answer: {reason}')", "reason = c\n    print(f'No answer: {reason}')"),
        ("reason = c.candidates\n    if reason:\n        print(1)", ""),
        ("reason = c.candidates\n    print(len(reason))", ""),
        ("print([c.candidates])", ""),
    ],
)
def test_the_candidates_of_the_last_chunk_are_the_event_where_they_are_only_told(body: str, wanted: str) -> None:
    result = transform(TOLD + "    " + body + "\n")
    status = {finding.status for finding in result.findings if finding.code == "MG201"}
    assert status == ({"needs_review"} if wanted else {"manual"})
    if wanted:
        assert result.text is not None
        assert result.text.rstrip().endswith(wanted)
        assert "shows the candidates of a chunk" in str(result.findings)


GATHERED = """
from google import genai

client = genai.Client()


def check(response):
    if not (hasattr(response, "candidates") and response.candidates):
        return
    candidate = response.candidates[0]
    if not (hasattr(candidate, "finish_reason") and candidate.finish_reason == "SAFETY"):
        return
    told = []
    ratings = getattr(candidate, "safety_ratings", None)
    if ratings:
        for rating in ratings:
            if getattr(rating, "blocked", False):
                category = getattr(rating, "category", "unknown")
                told.append(f"{{category}}")
    {end}


response = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")
check(response)
print(response.text)
"""


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("raise ValueError(', '.join(told) or 'blocked')", "needs_review"),
        ("text = ', '.join(told)\n    raise ValueError(text)", "needs_review"),
        ("if not told:\n        return\n    raise ValueError(told)", "manual"),
        ("return told", "manual"),
    ],
)
def test_ratings_are_empty_where_they_are_only_gathered_for_the_text_of_an_error(end: str, status: str) -> None:
    result = transform(GATHERED.format(end=end))
    found = [finding for finding in result.findings if finding.code == "MG201"]
    assert {finding.status for finding in found} == {status}
    if status == "needs_review":
        assert "ratings = []" in (result.text or "")
        assert "a prompt and an answer that were blocked are not told apart" in found[0].message


ASKED = """
from google import genai

client = genai.Client()
r = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")


def field(usage, name="total_token_count"):
    {body}


{use}
"""


@pytest.mark.parametrize(
    ("body", "use", "wanted"),
    [
        ("return getattr(usage, name, 0)", 'print(field(r.usage_metadata, "total_token_count"))', '"total_tokens"))'),
        ("return getattr(usage, name, 0)", 'print(field(r.usage_metadata, "tokens"))', '"tokens"))'),
        ("return getattr(usage, name, 0)", 'print(field(r.usage_metadata, "total_tokens"))', ""),
        ("return getattr(usage, name, 0)", "print(field(r.usage_metadata))", ""),
        ("return getattr(usage, name, 0)", "print(field(r.usage_metadata, input()))", ""),
        ("return getattr(usage, name, 0)", 'print(field(*[r.usage_metadata, "total_token_count"]))', ""),
        ("return {name: getattr(usage, name)}", 'print(field(r.usage_metadata, "total_token_count"))', ""),
        (
            "return getattr(usage, name, 0)",
            'print(field(r.usage_metadata, "total_token_count"))\nprint(list(map(field, [r.usage_metadata])))',
            "",
        ),
        (
            "return usage",
            'print([getattr(r.usage_metadata, n, 0) for n in ("total_token_count", "n")])',
            'for n in ("total_tokens", "n")])',
        ),
        ("return usage", 'print([(n, getattr(r.usage_metadata, n)) for n in ("total_token_count",)])', ""),
    ],
)
def test_fields_of_the_usage_are_renamed_where_their_names_are_written_and_nothing_else_is_done_with_them(
    body: str, use: str, wanted: str
) -> None:
    result = transform(ASKED.format(body=body, use=use))
    status = {finding.status for finding in result.findings if finding.code == "MG201"}
    if wanted:
        assert (result.text or "").rstrip().endswith(wanted)
        assert status <= {"migrated", "needs_review"}
    else:
        assert status == {"manual"}


@pytest.mark.parametrize(
    "request_",
    [
        'model.generate_content("Hi", **dict(stream=True))',
        'partial(model.generate_content, stream=True)("Hi")',
        'ThreadPoolExecutor().submit(model.generate_content, "Hi", stream=True).result()',
    ],
)
def test_what_may_be_a_stream_all_the_same_is_not_walked_through_as_a_whole_answer(request_: str) -> None:
    text = (
        "from concurrent.futures import ThreadPoolExecutor\nfrom functools import partial\n\n"
        "import google.generativeai as genai\n\nmodel = genai.GenerativeModel('gemini-3-flash-preview')\n"
        f"for chunk in {request_}:\n    print(chunk.text)\n"
    )
    made = transform(text).text or ""
    assert "[model" not in made and "for chunk in [" not in made
