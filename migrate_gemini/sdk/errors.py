"""What the SDKs raise, and by what an error of the Interactions API is known (MAPPING 8).

Sources: google-api-core (google/api_core/exceptions.py: the classes and their codes), google-genai 3.4.0 (errors.py;
_gaos/lib/compat_errors.py for interactions, whose classes have no public path: their `status_code` and their module
are what a program can ask for). `tests/test_sdk_errors.py` resolves every row on the installed SDKs.
"""

from __future__ import annotations

from dataclasses import dataclass

API_CORE = "google.api_core.exceptions."
GENAI_ERRORS = "google.genai.errors."
LEGACY_TYPES = ("google.generativeai.types.", "google.generativeai.types.generation_types.")


@dataclass(frozen=True, slots=True)
class Raised:
    """The errors of one class: HTTP statuses from `first` to `last`; network: names of the classes of interactions for
    errors without a status that it stood for, too; every: it is the class of all errors of its SDK."""

    first: int
    last: int
    network: tuple[str, ...] = ()
    every: bool = False


CONNECTION, TIMEOUT = "APIConnectionError", "APITimeoutError"
NETWORK = {CONNECTION: 503, TIMEOUT: 504}
"""Interactions, without a status: the status under which the legacy SDK (gRPC) reported the same."""

_CODES = {
    "BadRequest": 400,
    "InvalidArgument": 400,
    "FailedPrecondition": 400,
    "OutOfRange": 400,
    "Unauthorized": 401,
    "Unauthenticated": 401,
    "Forbidden": 403,
    "PermissionDenied": 403,
    "NotFound": 404,
    "MethodNotAllowed": 405,
    "Conflict": 409,
    "AlreadyExists": 409,
    "Aborted": 409,
    "LengthRequired": 411,
    "PreconditionFailed": 412,
    "TooManyRequests": 429,
    "ResourceExhausted": 429,
    "Cancelled": 499,
    "InternalServerError": 500,
    "MethodNotImplemented": 501,
    "BadGateway": 502,
}

CLASSES: dict[str, Raised] = {
    **{API_CORE + name: Raised(code, code) for name, code in _CODES.items()},
    API_CORE + "ServiceUnavailable": Raised(503, 503, (CONNECTION,)),
    API_CORE + "GatewayTimeout": Raised(504, 504, (TIMEOUT,)),
    API_CORE + "DeadlineExceeded": Raised(504, 504, (TIMEOUT,)),
    API_CORE + "RetryError": Raised(503, 504, (CONNECTION, TIMEOUT)),
    API_CORE + "ClientError": Raised(400, 499),
    API_CORE + "ServerError": Raised(500, 599, (CONNECTION, TIMEOUT)),
    API_CORE + "GoogleAPICallError": Raised(100, 599, every=True),
    API_CORE + "GoogleAPIError": Raised(100, 599, every=True),
    GENAI_ERRORS + "ClientError": Raised(400, 499),
    GENAI_ERRORS + "ServerError": Raised(500, 599),
    GENAI_ERRORS + "APIError": Raised(100, 599),
}
"""Class -> what it catches. RetryError ends the legacy SDK's own retries of 503; interactions end theirs with the last
error itself."""

BLOCKED: frozenset[str] = frozenset(
    prefix + name for prefix in LEGACY_TYPES for name in ("BlockedPromptException", "StopCandidateException")
)
"""What chats and streams of the legacy SDK raise for a blocked prompt or answer; interactions raise nothing."""

OTHERS: frozenset[str] = frozenset(
    prefix + name for prefix in LEGACY_TYPES for name in ("BrokenResponseError", "IncompleteIterationError")
)
"""What the legacy SDK raises and the Interactions API has nothing like."""

BARE = frozenset(path.rpartition(".")[2] for path in BLOCKED | OTHERS)
"""Their names, which a program may look for in the class or text of an error."""

STATUSES: dict[str, int] = {
    "INVALID_ARGUMENT": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
"""Names of google.rpc.Code, which generate_content's errors carry as `.status` and in their text, and those of
interactions do not (their body names its codes in lower case, such as rate_limit_exceeded)."""

UNTOLD = frozenset(("FAILED_PRECONDITION", "OUT_OF_RANGE", "ALREADY_EXISTS", "DATA_LOSS", "CANCELLED"))
"""Names of google.rpc.Code that share their HTTP status with another."""

READS: dict[str, str] = {
    "code": "{e}.status_code",
    "message": "{message}({e})",
    "status": "{status}({e})",
    "details": "{e}.body",
    "status_code": "{e}.status_code",
    "response": "{e}.response",
    "args": "{e}.args",
    "body": "{e}.body",
    "__class__": "{e}.__class__",
    "__traceback__": "{e}.__traceback__",
    "with_traceback": "{e}.with_traceback",
    "add_note": "{e}.add_note",
    "__cause__": "{e}.__cause__",
}
"""Attribute of an error -> the same of an error of interactions. Others have no counterpart."""

OLD_ATTRIBUTES = frozenset(
    """code response status message details args errors reason domain metadata grpc_status_code __notes__ __context__
    __dict__""".split()
)
"""What errors of the old SDKs have that may not be read of those of interactions: a read of another attribute failed
before, and fails still."""

TELLING = frozenset(("code", "status", "message", "details"))
"""Attributes that are read of whatever an `except Exception` caught, in the hope that it is an error of the SDK."""

ONLY_GENAI = frozenset(("details", "status"))
"""Attributes that errors of google.api_core do not have, or as something else: their details are messages of gRPC."""

INTERACTIONS = "google.genai._interactions"
"""The module, a private one, that has the classes of what interactions raise (1.55 to 2.8, and from 2.34 on)."""

_BY_STATUS: dict[int, str] = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    429: "RateLimitError",
}
_BY_SPAN: dict[tuple[int, int], str] = {(500, 599): "InternalServerError", (100, 599): "APIStatusError"}


def private(row: Raised) -> tuple[str, ...]:
    """The classes of `INTERACTIONS` that catch just what a class did; none where there are no such."""
    if row.every:
        return ("APIError",)
    name = _BY_STATUS.get(row.first) if row.first == row.last else _BY_SPAN.get((row.first, row.last))
    if name is None or row.network and CONNECTION not in row.network:
        return ()
    return (name, CONNECTION) if row.network else (name,)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition by class of error. by_function: the one that takes a function; negated: the classes are those that
    it does not hold for."""

    by_function: str
    negated: bool = False


CONDITIONS: dict[str, Condition] = {
    "tenacity.retry_if_exception_type": Condition("retry_if_exception"),
    "tenacity.retry.retry_if_exception_type": Condition("retry_if_exception"),
    "tenacity.retry_if_not_exception_type": Condition("retry_if_exception", negated=True),
    "tenacity.retry.retry_if_not_exception_type": Condition("retry_if_exception", negated=True),
}
"""Conditions of tenacity 8 and 9 (tenacity/retry.py)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an argument stands in a call: at an index, or under a name."""

    index: int | None
    name: str


HANDED: dict[str, tuple[Place, ...]] = {
    "tenacity.retry_if_exception": (Place(0, "predicate"),),
    "tenacity.retry.retry_if_exception": (Place(0, "predicate"),),
    "backoff.on_exception": (Place(None, "giveup"),),
    "retrying.retry": (Place(None, "retry_on_exception"),),
    "stamina.retry": (Place(None, "on"),),
}
"""Functions that hand an error to a function of the program: which argument that is (tenacity 9, backoff 2,
retrying 1.3, stamina 24)."""

REGISTRATIONS: dict[str, str] = {
    "errorhandler": "errorhandler",
    "app_errorhandler": "app_errorhandler",
    "register_error_handler": "errorhandler",
    "exception_handler": "exception_handler",
    "add_exception_handler": "exception_handler",
}
"""Methods that register a function for a class of errors -> the decorator that does the same. Flask and Quart look for
the nearest class in the error's mro (flask/sansio/app.py, _find_error_handler), Starlette and FastAPI do so, too
(starlette/_exception_handler.py)."""

FRAMEWORKS = frozenset(("flask", "quart", "fastapi", "starlette"))

WITH_REQUEST = frozenset(("exception_handler",))
"""Those whose functions are handed the request, too, and may be coroutines."""


PROCESSES = ("concurrent.futures.ProcessPoolExecutor", "multiprocessing.Pool", "multiprocessing.pool.Pool")
"""What takes an error from one process to another. Those of interactions cannot be pickled (google-genai 3.4.0): their
`__init__` asks for more than their text."""


@dataclass(frozen=True, slots=True)
class Library:
    """Errors of a library below an SDK. google_genai: whether it is that SDK, or else the legacy one, that let them
    out; note: why a clause for them no longer catches what interactions raise."""

    google_genai: bool
    note: str


LIBRARIES: dict[str, Library] = {
    "httpx.": Library(True, "catches no error of interactions: without a network they raise an APIConnectionError"),
    "httpx2.": Library(True, "catches no error of interactions: without a network they raise an APIConnectionError"),
    "google.auth.exceptions.": Library(False, "catches no missing key: genai.Client() raises a ValueError for it"),
}
"""Beginning of the dotted name of a class -> what becomes of a clause for it (google-genai 3.4.0, _api_client.py and
_gaos/lib/compat_errors.py; google-generativeai 0.8.6, client.py)."""
