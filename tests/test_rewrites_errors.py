"""Errors of the SDKs: except clauses, tests and reads, before and after."""

from __future__ import annotations

import textwrap

import pytest

from migrate_gemini import Settings, transform
from migrate_gemini.engine import SourceModule, migrate
from tests.checks import check_manual, check_transformed, check_unchanged

LEGACY = """
import google.generativeai as genai
from google.api_core.exceptions import NotFound, ResourceExhausted
from google.api_core import exceptions

genai.configure(api_key="k")
model = genai.GenerativeModel("gemini-3-flash-preview")


def ask():
    return model.generate_content("Hi").text


"""
GENAI = """
from google import genai
from google.genai import errors

client = genai.Client(api_key="k")


def ask():
    return client.models.generate_content(model="gemini-3-flash-preview", contents="Hi").text


"""
NEW = """
from google import genai

client = genai.Client(api_key="k")
model = "gemini-3-flash-preview"


def ask():
    return client.interactions.create(model=model, input="Hi").output_text


"""
NEW_GENAI = """
from google import genai

client = genai.Client(api_key="k")


def ask():
    return client.interactions.create(model="gemini-3-flash-preview", input="Hi").output_text


"""


def check(head: str, before: str, new: str, after: str) -> None:
    """The clause of a program with one request becomes another."""
    before, after = textwrap.dedent(before), textwrap.dedent(after)
    check_transformed(head + before.lstrip("\n"), new + after.lstrip("\n"), found=["MG502"])


def test_a_single_clause_asks_for_the_status_and_raises_what_is_not_its_own() -> None:
    check(
        LEGACY,
        """
        try:
            print(ask())
        except ResourceExhausted:  # the free tier
            # Too fast.
            print("later")
        """,
        NEW,
        """
        try:
            print(ask())
        except Exception as e:  # the free tier
            if getattr(e, "status_code", None) != 429:
                raise
            # Too fast.
            print("later")
        """,
    )


def test_clauses_of_other_errors_come_first_and_the_last_one_takes_the_rest() -> None:
    check(
        GENAI,
        """
        try:
            print(ask())
        except errors.ClientError as error:
            print(error.code)
        # Not of the network.
        except OSError: print("file")
        except Exception as e:
            print("other", e)
        """,
        NEW_GENAI,
        """
        try:
            print(ask())
        # Not of the network.
        except OSError: print("file")
        except Exception as error:
            if getattr(error, "status_code", None) in range(400, 500):
                print(error.status_code)
            else:
                print("other", error)
        """,
    )


def test_a_bare_clause_still_takes_everything() -> None:
    check(
        GENAI,
        """
        try:
            print(ask())
        except errors.ServerError:
            print("server")
        except:
            print("anything")
        """,
        NEW_GENAI,
        """
        try:
            print(ask())
        except BaseException as e:
            if getattr(e, "status_code", None) in range(500, 600):
                print("server")
            else:
                print("anything")
        """,
    )


def test_other_classes_in_the_same_clause_stay_in_it() -> None:
    check(
        LEGACY,
        """
        try:
            print(ask())
        except (exceptions.Aborted, NotFound, KeyError) as e:
            print(e)
        """,
        NEW,
        """
        try:
            print(ask())
        except Exception as e:
            if not isinstance(e, KeyError) and getattr(e, "status_code", None) not in (404, 409):
                raise
            print(e)
        """,
    )


def test_the_class_of_all_errors_is_known_by_its_module() -> None:
    check(
        LEGACY,
        """
        try:
            print(ask())
        except exceptions.GoogleAPIError as e:
            print(f"failed with {e.code}", e.code.value)
        """,
        NEW,
        """
        try:
            print(ask())
        except Exception as e:
            if not type(e).__module__.startswith("google.genai."):
                raise
            print(f"failed with {e.status_code}", e.status_code)
        """,
    )


def test_a_condition_of_backoff() -> None:
    check(
        GENAI + "import backoff\n\n\n",
        """
        @backoff.on_exception(backoff.expo, errors.APIError)
        def again():
            return ask()
        """,
        NEW_GENAI + "import backoff\n\n\n",
        """
        @backoff.on_exception(backoff.expo, Exception, giveup=lambda e: getattr(e, "status_code", None) is None)
        def again():
            return ask()
        """,
    )


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        pytest.param(
            "except exceptions.NotFound as e:\n    print(e.grpc_status_code)\n", ".grpc_status_code", id="grpc"
        ),
        pytest.param("except exceptions.NotFound as e:\n    print(e.code())\n", ".code", id="a code that is called"),
        pytest.param(
            "except NotFound:\n    raise ResourceExhausted('mine')\n", "ResourceExhausted", id="raised by the program"
        ),
        pytest.param(
            "except NotFound as e:\n    raise\nexcept Exception as error:\n    e = 1\n    print(error, e)\n",
            "(e)",
            id="a name that is taken",
        ),
        pytest.param(
            "except genai.types.StopCandidateException as e:\n    print(e)\n", "StopCandidateException", id="blocked"
        ),
    ],
)
def test_what_has_no_counterpart_keeps_the_calls(clause: str, words: str) -> None:
    check_manual(LEGACY + "try:\n    print(ask())\n" + clause, words)


def test_clauses_for_what_a_plain_request_never_raised_go() -> None:
    before = """
        try:
            answer = ask()
        except genai.types.BlockedPromptException as e:
            # refused
            print("blocked", e)
        except (genai.types.StopCandidateException, KeyError):
            print("stopped")
        except genai.types.BrokenResponseError:
            print("broken")
        """
    after = """
        try:
            answer = ask()
        except KeyError:
            print("stopped")
        """
    head = LEGACY.replace("from google.api_core.exceptions import NotFound, ResourceExhausted\n", "")
    check(head.replace(".text", ""), before, NEW.replace(".output_text", ""), after)


def test_branches_for_what_a_plain_request_never_raised_go() -> None:
    before = """
        try:
            answer = ask()
        except Exception as e:
            if isinstance(e, KeyError):
                print("key")
            elif isinstance(e, genai.types.BlockedPromptException):
                # refused
                print("blocked", e)
            # any other
            elif isinstance(e, exceptions.NotFound):
                print("gone")
            elif isinstance(e, genai.types.BrokenResponseError):
                print("broken")
            else:
                raise
        """
    after = """
        try:
            answer = ask()
        except Exception as e:
            if isinstance(e, KeyError):
                print("key")
            # any other
            elif getattr(e, "status_code", None) == 404:
                print("gone")
            else:
                raise
        """
    head = LEGACY.replace("from google.api_core.exceptions import NotFound, ResourceExhausted\n", "")
    before, after = textwrap.dedent(before).lstrip("\n"), textwrap.dedent(after).lstrip("\n")
    new = NEW.replace(".output_text", "")
    check_transformed(head.replace(".text", "") + before, new + after, found=["MG502"] * 3)


@pytest.mark.parametrize(
    "clauses",
    [
        pytest.param("except genai.types.BlockedPromptException:\n    pass\n", id="the only clause"),
        pytest.param("except genai.types.BrokenResponseError:\n    pass\nexcept KeyError:\n    pass\n", id="a stream"),
    ],
)
def test_clauses_for_what_may_have_been_raised_or_that_make_the_try_one_keep_the_calls(clauses: str) -> None:
    source = LEGACY.replace('"Hi").text', '"Hi", stream=bool(input()))') if "KeyError" in clauses else LEGACY
    check_manual(source + "try:\n    answer = ask()\n" + clauses, "genai.types.B")


def test_a_class_without_a_counterpart_that_is_handed_on_keeps_the_calls() -> None:
    check_manual(
        LEGACY + "import helper\n\nhelper.retry(ask, on=exceptions.InternalServerError)\n", "InternalServerError"
    )


def test_a_class_that_is_derived_from_keeps_the_calls() -> None:
    check_manual(
        GENAI + "class Mine(errors.APIError):\n    pass\n\n\ntry:\n    print(ask())\nexcept Mine:\n    pass\n",
        "an except clause around it",
    )


def test_a_class_that_another_module_hands_on_keeps_the_calls() -> None:
    main = LEGACY.replace("from google.api_core.exceptions import", "from mine import")
    modules = [
        SourceModule("mine.py", "from google.api_core.exceptions import NotFound, ResourceExhausted\n"),
        SourceModule("main.py", main + "try:\n    print(ask())\nexcept NotFound:\n    pass\n"),
    ]
    results = migrate(modules, Settings(todo_comments=False))
    assert [result.text for result in results] == [None, None]
    assert any("except clause" in finding.message for finding in results[1].findings)


def test_clauses_around_calls_that_stay_are_left_alone() -> None:
    check_unchanged(
        """
        from google import genai
        from google.genai import errors

        client = genai.Client(api_key="k")
        try:
            print(client.models.count_tokens(model="gemini-3-flash-preview", contents="Hi"))
        except errors.APIError as e:
            print(e.code, e.status)
        """
    )


def test_errors_of_other_libraries_with_the_same_names_are_left_alone() -> None:
    check_unchanged(
        """
        import docker
        from google import genai

        client = genai.Client(api_key="k")
        try:
            docker.from_env()
        except docker.errors.APIError as e:
            if isinstance(e, docker.errors.NotFound):
                print(e.code, "RESOURCE_EXHAUSTED" in str(e))
        """
    )


def test_what_was_started_elsewhere_may_raise_what_any_call_raises() -> None:
    """Futures, tasks and streams raise where they are waited for; errors of Google's other libraries still count."""
    before = LEGACY.replace(
        "import google.generativeai", "from concurrent.futures import ThreadPoolExecutor\nimport google.generativeai"
    )
    new = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from google import genai\n\n\n"
        "def error_code(error):\n"
        '    """The HTTP status of an API error; 503 or 504 where the network failed; None for any other error."""\n'
        '    if not type(error).__module__.startswith(("google.genai.", "google.api_core.")):\n'
        "        return None\n"
        '    network = {"APIConnectionError": 503, "APITimeoutError": 504}.get(type(error).__name__)\n'
        '    return getattr(error, "status_code", None) or getattr(error, "code", None) or network\n\n\n'
    )
    check(
        before,
        """
        future = ThreadPoolExecutor().submit(ask)
        try:
            print(future.result())
        except NotFound:
            print("gone")
        """,
        NEW.replace("\nfrom google import genai\n\n", new),
        """
        future = ThreadPoolExecutor().submit(ask)
        try:
            print(future.result())
        except Exception as e:
            if error_code(e) != 404:
                raise
            print("gone")
        """,
    )


def test_a_function_that_api_core_retries_stays() -> None:
    source = LEGACY.replace("def ask", "@retry.Retry(predicate=retry.if_transient_error)\ndef ask")
    check_manual(
        source.replace("core import exceptions", "core import exceptions, retry") + "print(ask())\n", "retry.Retry"
    )


def test_a_text_that_is_asked_for_a_status_of_many_meanings_is_reviewed() -> None:
    """FAILED_PRECONDITION is a 400 as INVALID_ARGUMENT is: the status does not tell it."""
    clause = "except Exception as e:\n    if 'FAILED_PRECONDITION' in str(e):\n        print('here?')\n"
    check_transformed(
        GENAI.replace("from google.genai import errors\n", "") + "try:\n    print(ask())\n" + clause,
        NEW_GENAI + "try:\n    print(ask())\n" + clause,
        review="looks for FAILED_PRECONDITION",
    )


def test_a_clause_around_a_partial_of_a_method_moves_with_it() -> None:
    check_transformed(
        """
        from functools import partial

        from google import genai
        from google.genai.errors import APIError

        client = genai.Client()
        ask = partial(client.models.generate_content, model="gemini-3-flash-preview", contents="Hi")
        try:
            print(ask().text)
        except APIError as e:
            print(e.code)
        """,
        """
        from functools import partial

        from google import genai

        client = genai.Client()
        ask = partial(client.interactions.create, model="gemini-3-flash-preview", input="Hi")
        try:
            print(ask().output_text)
        except Exception as e:
            if getattr(e, "status_code", None) is None:
                raise
            print(e.status_code)
        """,
        found=["MG502"],
        layout=False,
    )


@pytest.mark.parametrize("way", ["continue", "break"])
def test_an_error_is_followed_out_of_a_loop_by_the_statement_that_leaves_the_body(way: str) -> None:
    check(
        GENAI,
        f"""
        last = None
        for _ in range(3):
            try:
                print(ask())
            except errors.APIError as e:
                if e.code == 429:
                    last = e
                    {way}
                raise
        if last:
            print(last.code)
        """,
        NEW_GENAI,
        f"""
        last = None
        for _ in range(3):
            try:
                print(ask())
            except Exception as e:
                if getattr(e, "status_code", None) is None:
                    raise
                if e.status_code == 429:
                    last = e
                    {way}
                raise
        if last:
            print(last.status_code)
        """,
    )


def test_a_class_that_is_named_from_the_google_package_itself() -> None:
    check_transformed(
        """
        import google
        import google.generativeai as genai

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview")
        try:
            print(model.generate_content("Hi").text)
        except google.api_core.exceptions.ResourceExhausted:
            print("later")
        """,
        """
        import google
        from google import genai

        client = genai.Client(api_key="k")
        model = "gemini-3-flash-preview"
        try:
            print(client.interactions.create(model=model, input="Hi").output_text)
        except Exception as e:
            if getattr(e, "status_code", None) != 429:
                raise
            print("later")
        """,
        found=["MG502"],
    )


@pytest.mark.parametrize(
    ("test", "own"),
    [
        ("isinstance(e, discord.HTTPException)", True),
        ("isinstance(e, (discord.Forbidden, OSError)) and e", True),
        ("isinstance(e, (discord.Forbidden, Exception))", False),
        ("not isinstance(e, discord.HTTPException)", False),
        ("isinstance(other, discord.HTTPException)", False),
    ],
)
def test_an_error_that_a_test_says_to_be_of_another_library_is_read_as_before(test: str, own: bool) -> None:
    clause = f"""
import discord

async def on(message, other):
    try:
        await message.reply(ask())
    except Exception as e:
        if {test}:
            print(e.status, getattr(e, "status", None))
"""
    result = migrate([SourceModule("m.py", GENAI + clause)], Settings())
    text = result[0].text or ""
    assert 'client.interactions.create(model="gemini-3-flash-preview", input="Hi")' in text
    assert ('print(e.status, getattr(e, "status", None))' in text) == own
    assert ("error_status" in text) != own


CHAT = """
import google.generativeai as genai

genai.configure(api_key="k")
chat = genai.GenerativeModel("gemini-3-flash-preview").start_chat()


def ask(text: str):
    try:
        return chat.send_message(text).text
    except Exception as e:
        if isinstance(e, genai.types.BlockedPromptException):
            print(f"blocked: {e}")
        elif isinstance(e, ValueError):
            raise
        elif isinstance(e, genai.types.StopCandidateException):
            print(f"stopped, {e}")
        else:
            print(e)
"""


def test_branches_that_tell_a_blocked_prompt_and_a_blocked_answer_in_other_words_become_one() -> None:
    result = transform(CHAT)
    assert "isinstance(e, BlockedError)" in result.text
    assert "stopped" not in result.text and "StopCandidate" not in result.text
    notes = [finding.message for finding in result.findings if finding.status == "needs_review"]
    assert any("not told apart any more: line 16" in note for note in notes), notes


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('print(f"stopped, {e}")', "return None", "tells apart"),
        ("elif isinstance(e, ValueError):\n            raise\n        elif", "if", "tells apart"),
        ('print(f"blocked: {e}")', "print(e.args)", ".args"),
        ("genai.types.StopCandidateException", "genai.types.IncompleteIterationError", "IncompleteIterationError"),
    ],
)
def test_branches_for_blocked_prompts_and_answers_that_do_something_else_keep_the_chat(
    old: str, new: str, words: str
) -> None:
    assert old in CHAT
    check_manual(CHAT.replace(old, new), words)


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        ('status = getattr(e, "status", "none")', 'status = error_status(e) or "none"'),
        ('print(getattr(e, "status", "none"))', 'print(error_status(e) or "none")'),
        ('print(getattr(e, "status", "none") + "!")', 'print((error_status(e) or "none") + "!")'),
        ('print(getattr(e, "status", 1 if late else 2))', "print(error_status(e) or (1 if late else 2))"),
        ('print(getattr(e, "status", "none").upper())', 'print((error_status(e) or "none").upper())'),
    ],
)
def test_a_status_with_another_in_its_place_stands_in_parentheses_only_where_it_has_to(read: str, wanted: str) -> None:
    text = transform(f"{GENAI}try:\n    ask()\nexcept Exception as e:\n    {read}\n").text
    assert text is not None and f"    {wanted}\n" in text
