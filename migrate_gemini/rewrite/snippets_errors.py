"""Functions and clauses for the user's code that read errors as before."""

from __future__ import annotations

_ERROR_CODE = '''\
def {{name}}(error):
    """The HTTP status of an API error; 503 or 504 where the network failed; None for any other error."""
    if not type(error).__module__.startswith({modules}):
        return None
    network = {{{{"APIConnectionError": 503, "APITimeoutError": 504}}}}.get(type(error).__name__)
    return getattr(error, "status_code", None) or getattr(error, "code", None) or network
'''
ERROR_CODE = _ERROR_CODE.format(modules='"google.genai."')
ERROR_CODE_LEGACY = _ERROR_CODE.format(modules='("google.genai.", "google.api_core.")')

ERROR_MESSAGE = '''\
def {name}(error):
    """The service's own message of an API error."""
    body = getattr(error, "body", None)
    return body["error"]["message"] if isinstance(body, dict) and "error" in body else error.message
'''

ERROR_STATUS = '''\
def {name}(error):
    """The name that google.rpc has for the HTTP status of an API error; None for any other error."""
    names = {{
        400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ABORTED",
        429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
    }}
    return getattr(error, "status", None) or names.get(getattr(error, "status_code", None))
'''

ERROR_HANDLER = '''\
class {name}:
    """Registers a function for API errors of these HTTP statuses with an app; others are raised again."""

    functions = {{}}

    def __init__(self, app, *statuses):
        self.app, self.statuses = app, statuses

    def __call__(self, function):
        functions = self.functions.setdefault(self.app, {{}})
        functions.update(dict.fromkeys(self.statuses, function))

        @self.app.<decorator>(<error>)
        def handle(error):
            if <code>(error) not in functions:
                raise error
            return functions[<code>(error)](error)

        return function
'''

ERROR_HANDLER_REQUEST = ERROR_HANDLER.replace(
    """        def handle(error):
            if <code>(error) not in functions:
                raise error
            return functions[<code>(error)](error)
""",
    """        async def handle(request, error):
            if <code>(error) not in functions:
                raise error
            answer = functions[<code>(error)](request, error)
            return await answer if hasattr(answer, "__await__") else answer
""",
)

BLOCKED = '''\
class {name}(Exception):
    """A prompt or its answer was blocked."""
'''
