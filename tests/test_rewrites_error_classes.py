"""Classes of errors as values, conditions of retries, and what is asked of an error that no clause names."""

from __future__ import annotations

import textwrap

import pytest

from migrate_gemini import Settings
from migrate_gemini.engine import SourceModule, migrate
from tests.checks import check_manual, check_transformed
from tests.test_rewrites_errors import GENAI, LEGACY, NEW, NEW_GENAI, check

STATUS = 'getattr(e, "status_code", None)'
PRIVATE = "from google.genai._interactions import "


def private(head: str, before: str, new: str, names: str, after: str) -> None:
    """A class as a value becomes one of the private module; the finding asks for a review."""
    before, after = textwrap.dedent(before).lstrip("\n"), textwrap.dedent(after).lstrip("\n")
    new = new.replace("from google import genai\n", f"from google import genai\n{PRIVATE}{names}\n")
    found = ["MG502"] * (names.count(",") + 1)
    result = check_transformed(head + before, new + after, found=found)
    reviewed = [finding for finding in result.findings if finding.code == "MG502" and finding.status == "needs_review"]
    assert all("of the private module" in finding.message for finding in reviewed) and len(reviewed) == len(found)


def test_a_class_that_is_handed_on_becomes_the_class_of_its_status() -> None:
    private(
        LEGACY + "import helper\n\n",
        "helper.retry(ask, on=ResourceExhausted)\n",
        NEW + "import helper\n\n",
        "RateLimitError",
        "helper.retry(ask, on=RateLimitError)\n",
    )


def test_the_keys_of_a_dict_become_classes() -> None:
    private(
        LEGACY,
        """
        TEXTS = {NotFound: "gone", exceptions.PermissionDenied: "denied"}
        print(ask(), TEXTS.get(type(ValueError()), ""))
        """,
        NEW,
        "NotFoundError, PermissionDeniedError",
        """
        TEXTS = {NotFoundError: "gone", PermissionDeniedError: "denied"}
        print(ask(), TEXTS.get(type(ValueError()), ""))
        """,
    )


def test_a_clause_for_a_parameter_stays_and_the_classes_that_come_in_change() -> None:
    private(
        GENAI,
        """
        def attempt(function, on=(errors.ServerError, KeyError)):
            try:
                return function()
            except on as e:
                print(e)


        attempt(ask)
        attempt(ask, errors.APIError)
        """,
        NEW_GENAI,
        "APIStatusError, InternalServerError",
        """
        def attempt(function, on=(InternalServerError, KeyError)):
            try:
                return function()
            except on as e:
                print(e)


        attempt(ask)
        attempt(ask, APIStatusError)
        """,
    )


def test_a_name_that_is_taken_gives_the_class_another() -> None:
    before = "from aiohttp import NotFoundError\n\nhandlers = {NotFound: NotFoundError}\nprint(ask())\n"
    new = NEW.replace(
        "from google import genai\n", f"from google import genai\n{PRIVATE}NotFoundError as GeminiNotFoundError\n"
    )
    after = before.replace("{NotFound:", "{GeminiNotFoundError:")
    check_transformed(LEGACY + before, new + after, found=["MG502"])


def test_errors_of_the_rest_of_google_genai_are_caught_beside() -> None:
    before = """
        import contextlib

        with contextlib.suppress(errors.ServerError):
            print(ask(), client.models.count_tokens(model="gemini-3-flash-preview", contents="Hi"))
        """
    new = NEW_GENAI.replace("import genai\n", "import genai\nfrom google.genai import errors\n", 1)
    new = new.replace("import errors\n", f"import errors\n{PRIVATE}InternalServerError\n")
    after = before.replace("(errors.ServerError)", "((errors.ServerError, InternalServerError))")
    check_transformed(GENAI + textwrap.dedent(before), new + textwrap.dedent(after), found=["MG502"])


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("CLASSES = {errors.ClientError: 1}\n", id="of several statuses"),
        pytest.param("class Mine(errors.APIError):\n    pass\n", id="a base"),
        pytest.param("made = errors.APIError(400, {})\n", id="made"),
        pytest.param("match made:\n    case errors.APIError(code=400):\n        pass\n", id="a pattern"),
    ],
)
def test_a_class_that_no_other_can_stand_for_keeps_the_calls(use: str) -> None:
    check_manual(GENAI + "made = None\n" + use + "print(ask())\n", "errors.")


def test_an_error_that_the_program_raises_itself_is_caught_beside_those_of_interactions() -> None:
    before = """
        try:
            if not input():
                raise errors.ClientError(400, {"error": {"message": "empty"}})
            print(ask())
        except errors.ClientError as e:
            print(e.code)
        """
    result = migrate([SourceModule("main.py", GENAI + textwrap.dedent(before))], Settings(todo_comments=False))[0]
    assert result.text is not None
    assert "if error_code(e) not in range(400, 500):" in result.text
    assert "raise errors.ClientError(400" in result.text and "print(error_code(e))" in result.text


def test_errors_of_the_program_with_a_code_of_their_own_are_told_apart() -> None:
    own = "class Mine(Exception):\n    def __init__(self, code):\n        self.code = code\n\n\n"
    before = f"""{own}try:
    if not input():
        raise Mine(7)
    print(ask())
except (Mine, errors.APIError) as e:
    print(e.code)
"""
    result = migrate([SourceModule("main.py", GENAI + before)], Settings(todo_comments=False))[0]
    assert result.text is not None
    assert "if not isinstance(e, Mine) and error_code(e) is None:" in result.text
    assert 'print(getattr(e, "status_code", getattr(e, "code", None)))' in result.text


def test_programs_whose_errors_go_from_one_process_to_another_are_reviewed() -> None:
    use = "from multiprocessing import Pool\n\nwith Pool() as pool:\n    pool.map(ask, [])\n"
    source = GENAI.replace("from google.genai import errors\n", "")
    check_transformed(source + use, NEW_GENAI + use, review="errors of interactions cannot be sent to another one")


@pytest.mark.parametrize(
    ("line", "name"),
    [("import google.api_core", "google.api_core.exceptions"), ("from google import api_core", "api_core.exceptions")],
)
def test_an_import_of_the_package_of_the_old_classes_goes(line: str, name: str) -> None:
    head = LEGACY.replace("from google.api_core.exceptions import NotFound, ResourceExhausted\n", "")
    check(
        head.replace("from google.api_core import exceptions", line),
        f"""
        try:
            print(ask())
        except {name}.NotFound:
            print("gone")
        """,
        NEW,
        f"""
        try:
            print(ask())
        except Exception as e:
            if {STATUS} != 404:
                raise
            print("gone")
        """,
    )


def test_an_error_that_a_clause_for_a_parameter_caught_is_read_as_what_it_is() -> None:
    before = (
        "def attempt(on):\n    try:\n        return ask()\n    except on as e:\n        return e.code\n\n\n"
        "attempt(errors.ServerError)\nattempt((errors.APIError, KeyError))\n"
    )
    result = migrate([SourceModule("main.py", GENAI + before)], Settings(todo_comments=False))[0]
    assert result.text is not None
    assert 'except on as e:\n        return getattr(e, "status_code", getattr(e, "code", None))\n' in result.text


def test_flask_handlers_of_a_class_without_a_counterpart_are_registered_for_their_status() -> None:
    app = "from flask import Flask\n\napp = Flask(__name__)\n\n\n"
    before = (
        "@app.errorhandler(exceptions.InternalServerError)\ndef failed(error):\n    return error.message, error.code\n"
    )
    result = migrate([SourceModule("main.py", LEGACY + app + before)], Settings(todo_comments=False))[0]
    assert result.text is not None
    assert "@OnApiError(app, 500)\ndef failed(error):\n" in result.text
    assert "return error_message(error), error.status_code\n" in result.text
    assert "        @self.app.errorhandler(APIError)\n        def handle(error):\n" in result.text


@pytest.mark.parametrize("other", ["Exception", "exceptions.GoogleAPIError"])
def test_a_flask_handler_above_it_keeps_the_calls(other: str) -> None:
    """What is raised again in a handler goes to none of the others, but for that of an internal error."""
    app = "from flask import Flask\n\napp = Flask(__name__)\n\n\n"
    handlers = "".join(
        f"@app.errorhandler({name})\ndef failed(error):\n    return 'failed'\n\n\n"
        for name in ("exceptions.ServiceUnavailable", other)
    )
    check_manual(LEGACY + app + handlers + "print(ask())\n", "exceptions.ServiceUnavailable")


def test_a_handler_that_is_registered_in_a_library_of_the_same_words_keeps_the_calls() -> None:
    handlers = "import mine\n\n\n@mine.errorhandler(exceptions.ServiceUnavailable)\ndef failed(e):\n    pass\n\n\n"
    check_manual(LEGACY + handlers + "print(ask())\n", "exceptions.ServiceUnavailable")


def test_conditions_of_tenacity_that_name_what_is_not_tried_again() -> None:
    head = "from tenacity import retry, retry_if_not_exception_type\n\nFINAL = (KeyError, TypeError)\n\n\n"
    check(
        GENAI + head,
        """
        @retry(retry=retry_if_not_exception_type(FINAL + (errors.ClientError,)))
        def again():
            return ask()
        """,
        NEW_GENAI + head.replace("retry_if_not_exception_type", "retry_if_exception"),
        f"""
        @retry(retry=retry_if_exception(lambda e: not isinstance(e, FINAL) and {STATUS} not in range(400, 500)))
        def again():
            return ask()
        """,
    )


def test_functions_that_a_retry_hands_an_error_read_the_new_one() -> None:
    head = "from tenacity import retry, retry_if_exception\n\n\n"
    check_transformed(
        GENAI.replace("from google.genai import errors\n", "")
        + head
        + textwrap.dedent(
            """\
            def worth_it(error):
                return error.code == 403 or "NOT_FOUND" in str(error)


            @retry(retry=retry_if_exception(worth_it) | retry_if_exception(lambda x: getattr(x, "code", 0) == 9))
            def again():
                return ask()
            """
        ),
        NEW_GENAI
        + head
        + textwrap.dedent(
            """\
            def worth_it(error):
                return error.status_code == 403 or getattr(error, "status_code", None) == 404


            @retry(retry=retry_if_exception(worth_it) | retry_if_exception(lambda x: getattr(x, "status_code", 0) == 9))
            def again():
                return ask()
            """
        ),
        found=["MG502"],
    )


def test_a_condition_of_backoff_joins_the_one_that_is_there() -> None:
    check(
        GENAI + "import backoff\n\n\n",
        """
        @backoff.on_exception(backoff.expo, exception=errors.APIError, max_tries=3, giveup=lambda x: x.code == 404)
        def again():
            return ask()
        """,
        NEW_GENAI + "import backoff\n\n\n",
        """
        @backoff.on_exception(backoff.expo, exception=Exception, max_tries=3, giveup=lambda x: getattr(x, "status_code", None) is None or x.status_code == 404)
        def again():
            return ask()
        """,  # noqa: E501
    )


def test_a_tuple_of_classes_becomes_one_of_statuses_and_its_other_classes_are_asked_for_where_it_is_used() -> None:
    check(
        GENAI,
        """
        RETRYABLE = (
            errors.ClientError,  # too fast
            TimeoutError,
        )
        try:
            print(ask())
        except RETRYABLE:
            print("again")
        """,
        NEW_GENAI,
        f"""
        RETRYABLE = (
            *range(400, 500),  # too fast
        )
        try:
            print(ask())
        except Exception as e:
            if not isinstance(e, TimeoutError) and {STATUS} not in RETRYABLE:
                raise
            print("again")
        """,
    )


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        ('type(e).__name__ == "NotFound"', f"{STATUS} == 404"),
        ('e.__class__.__name__ not in ("NotFound", "Aborted")', f"{STATUS} not in (404, 409)"),
        (
            'type(e).__name__ in ("NotFound", "Timeout")',
            f'type(e).__name__ in ("NotFound", "Timeout") or {STATUS} == 404',
        ),
        ("type(e) is NotFound", f"{STATUS} == 404"),
        ("type(e) in (NotFound, exceptions.Aborted)", f"{STATUS} in (404, 409)"),
        ("issubclass(type(e), exceptions.ClientError)", f"{STATUS} in range(400, 500)"),
        ('"NotFound" in repr(e)', f'"NotFound" in repr(e) or {STATUS} == 404'),
        ('str(e).startswith("404")', f"{STATUS} == 404"),
        (
            'any(word in str(e) for word in ("NOT_FOUND", "gone"))',
            f'any(word in str(e) for word in ("NOT_FOUND", "gone")) or {STATUS} == 404',
        ),
    ],
)
def test_what_is_asked_of_any_exception(test: str, wanted: str) -> None:
    clause = "try:\n    answer = ask()\nexcept Exception as e:\n    if {}:\n        raise\n"
    head = LEGACY.replace("NotFound, ResourceExhausted", "NotFound")
    new = NEW.replace(".output_text", "")
    check_transformed(
        head.replace(".text", "") + clause.format(test), new + clause.format(wanted), found=["MG502"], layout=False
    )


def test_words_that_stay_in_the_text_are_not_asked_for_otherwise() -> None:
    clause = (
        "try:\n    answer = ask()\nexcept Exception as e:\n"
        '    if any(word in str(e) for word in ("429", "RESOURCE_EXHAUSTED", "quota")):\n        raise\n'
    )
    head = GENAI.replace("from google.genai import errors\n", "").replace(".text", "")
    check_transformed(head + clause, NEW_GENAI.replace(".output_text", "") + clause)


def test_a_text_that_is_taken_apart_is_reviewed() -> None:
    clause = "try:\n    answer = ask()\nexcept Exception as e:\n    print(str(e).split()[0])\n"
    head = GENAI.replace("from google.genai import errors\n", "").replace(".text", "")
    check_transformed(
        head + clause, NEW_GENAI.replace(".output_text", "") + clause, review="takes the text of an error apart"
    )


def test_a_text_that_is_searched_for_words_of_the_service_is_not_reviewed() -> None:
    clause = (
        "import re\n\ntry:\n    answer = ask()\nexcept Exception as e:\n"
        "    print(re.search('retry in ([0-9]+)s', str(e)))\n"
    )
    head = GENAI.replace("from google.genai import errors\n", "").replace(".text", "")
    check_transformed(head + clause, NEW_GENAI.replace(".output_text", "") + clause)


def test_the_details_of_any_error_are_read_off_its_body() -> None:
    clause = "try:\n    answer = ask()\nexcept Exception as e:\n    print(getattr(e, '{}', None) or {{}})\n"
    head = GENAI.replace("from google.genai import errors\n", "").replace(".text", "")
    check_transformed(
        head + clause.format("details"),
        NEW_GENAI.replace(".output_text", "") + clause.format("body"),
        review="reads the details of an error",
    )


def test_an_error_is_asked_for_any_of_a_list_of_classes() -> None:
    use = (
        "try:\n    answer = ask()\nexcept Exception as e:\n"
        "    print(any(isinstance(e, cls) for cls in CLASSES), isinstance(e, tuple(CLASSES)))\n"
    )
    new = NEW.replace(".output_text", "").replace(
        "import genai\n", f"import genai\n{PRIVATE}NotFoundError, PermissionDeniedError\n", 1
    )
    check_transformed(
        LEGACY.replace(".text", "") + "CLASSES = [NotFound, exceptions.PermissionDenied]\n" + use,
        new + "CLASSES = [NotFoundError, PermissionDeniedError]\n" + use,
        found=["MG502", "MG502"],
    )


def test_classes_that_the_first_schema_had_in_another_module_are_imported_from_the_package() -> None:
    source = (
        "from google import genai\nfrom google.genai._interactions{} import NotFoundError\n\n"
        'client = genai.Client(api_key="k")\ntry:\n'
        '    interaction = client.interactions.create(model="gemini-3-flash-preview", input="Hi")\n'
        "    print(interaction.{})\nexcept NotFoundError as e:\n    print(e.status_code)\n"
    )
    before, after = source.format("._exceptions", "outputs[-1].text"), source.format("", "output_text")
    result = migrate([SourceModule("main.py", before)], Settings(todo_comments=False))[0]
    assert result.text == after


def test_the_error_of_a_with_statement_is_asked_itself() -> None:
    check(
        GENAI,
        """
        class Told:
            def __enter__(self):
                return self

            def __exit__(self, kind, error, trace):
                if kind is not None and issubclass(kind, errors.APIError):
                    print(error.code)
                return True


        with Told():
            print(ask())
        """,
        NEW_GENAI,
        """
        class Told:
            def __enter__(self):
                return self

            def __exit__(self, kind, error, trace):
                if kind is not None and getattr(error, "status_code", None) is not None:
                    print(error.status_code)
                return True


        with Told():
            print(ask())
        """,
    )


@pytest.mark.parametrize(
    ("made", "used"),
    [
        pytest.param(
            "class Bot:\n    @property\n    def answer(self):\n        return ask()\n\n\nbot = Bot()\n",
            "bot.answer",
            id="a property",
        ),
        pytest.param(
            "class Bot:\n    def __call__(self):\n        return ask()\n\n\nbot = Bot()\n", "bot()", id="an object"
        ),
        pytest.param("import functools\n\nbot = functools.partial(ask)\n", "bot()", id="a partial"),
        pytest.param("bot = None\n", "list(map(lambda _: ask(), [1]))", id="map"),
    ],
)
def test_what_runs_inside_a_try_in_other_ways_counts(made: str, used: str) -> None:
    before = f"{made}try:\n    print({used})\nexcept errors.ClientError:\n    print('refused')\n"
    after = before.replace(
        "errors.ClientError:", f"Exception as e:\n    if {STATUS} not in range(400, 500):\n        raise"
    )
    check_transformed(GENAI + before, NEW_GENAI + after, found=["MG502"])


def test_what_a_context_manager_yields_to_is_inside_its_try() -> None:
    made = "from contextlib import contextmanager\n\n\n@contextmanager\ndef told():\n    try:\n        yield\n    "
    used = "\n        print('refused')\n\n\nwith told():\n    print(ask())\n"
    clause = f"except Exception as e:\n        if {STATUS} not in range(400, 500):\n            raise"
    check_transformed(
        GENAI + made + "except errors.ClientError:" + used, NEW_GENAI + made + clause + used, found=["MG502"]
    )


def test_names_of_a_star_import_are_known_and_the_import_goes() -> None:
    head = LEGACY.replace("import NotFound, ResourceExhausted\nfrom google.api_core import exceptions", "import *")
    check(
        head,
        """
        def safe():
            try:
                return ask()
            except NotFound:
                return ""
        """,
        NEW,
        f"""
        def safe():
            try:
                return ask()
            except Exception as e:
                if {STATUS} != 404:
                    raise
                return ""
        """,
    )


def test_a_test_that_would_fail_for_the_old_names_are_missing_goes() -> None:
    head = "try:\n    from google.api_core import exceptions as core\nexcept ImportError:\n    core = None\n"
    clause = "try:\n    answer = ask()\nexcept Exception as e:\n    if {}:\n        raise\n"
    source = LEGACY.replace("from google.api_core import exceptions\n", "").replace(".text", "")
    check_transformed(
        source + head + clause.format("core and isinstance(e, core.NotFound)"),
        NEW.replace(".output_text", "") + head + clause.format(f"{STATUS} == 404"),
        found=["MG502"],
        layout=False,
    )


def test_annotations_with_the_old_classes_become_exception() -> None:
    modules = [
        SourceModule(
            "tell.py",
            "from typing import Optional\n\nfrom google.api_core.exceptions import GoogleAPICallError\n\n"
            "last: Optional[GoogleAPICallError] = None\n\n\n"
            'def tell(error: "GoogleAPICallError | None") -> int:\n    return error.code\n',
        ),
        SourceModule(
            "main.py",
            LEGACY
            + "from tell import tell\n\ntry:\n    print(ask())\n"
            + "except exceptions.GoogleAPICallError as e:\n    print(tell(e))\n",
        ),
    ]
    first, _ = migrate(modules, Settings(todo_comments=False))
    assert first.text == (
        "from typing import Optional\n\nlast: Optional[Exception] = None\n\n\n"
        'def tell(error: "Exception | None") -> int:\n    return error.status_code\n'
    )


def test_the_status_of_an_error_has_a_name_still() -> None:
    before = (
        GENAI + "try:\n    print(ask())\nexcept errors.APIError as e:\n    print(e.status, e.status == 'NOT_FOUND')\n"
    )
    result = migrate([SourceModule("main.py", before)], Settings(todo_comments=False))[0]
    assert result.text is not None
    assert f"    print(error_status(e), {STATUS} == 404)\n" in result.text


def test_a_status_of_many_meanings_is_reviewed() -> None:
    before = GENAI + "try:\n    print(ask())\nexcept errors.APIError as e:\n    print(e.status == 'OUT_OF_RANGE')\n"
    result = migrate([SourceModule("main.py", before)], Settings(todo_comments=False))[0]
    assert any("asks for OUT_OF_RANGE" in finding.message for finding in result.findings)
    assert result.text is not None and "error_status(e) == 'OUT_OF_RANGE'" in result.text


def test_an_attribute_that_no_error_had_is_left_alone() -> None:
    used = "    print(getattr(e, 'response_json', {}), hasattr(e, 'detail') and e.detail)\n"
    before = "try:\n    print(ask())\nexcept errors.APIError as e:\n" + used
    after = f"try:\n    print(ask())\nexcept Exception as e:\n    if {STATUS} is None:\n        raise\n" + used
    check_transformed(GENAI + before, NEW_GENAI + after, found=["MG502"])
