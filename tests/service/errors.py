"""The one exception of the service: an HTTP error to be written in the dialect of the request."""

from __future__ import annotations

GRPC_STATUS = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ABORTED",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 501: "UNIMPLEMENTED", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip
INTERACTION_CODE = {
    400: "invalid_request", 401: "authentication", 403: "permission_denied", 404: "not_found", 409: "aborted",
    429: "rate_limit_exceeded", 500: "api_error", 501: "unimplemented", 503: "service_unavailable",
    504: "deadline_exceeded",
}  # fmt: skip


class ApiError(Exception):
    """An answer other than success: the HTTP status and the sentence that goes with it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def body(self, *, interactions: bool) -> dict:
        """The JSON body: the Interactions API names its errors by a word, the older surface by number and status."""
        if interactions:
            return {"error": {"code": INTERACTION_CODE.get(self.code, "unknown"), "message": self.message}}
        status = GRPC_STATUS.get(self.code, "UNKNOWN")
        return {"error": {"code": self.code, "message": self.message, "status": status}}
