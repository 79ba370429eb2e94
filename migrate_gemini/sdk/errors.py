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
