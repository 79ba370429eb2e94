"""The google-genai that is installed: what its methods take and what its answers have.

It is imported here and nowhere else in the package. The client that is made for its methods sends nothing.
"""

from __future__ import annotations

import importlib
import inspect
import typing
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from .conform import Key, _flat, keys, literals


class Unavailable(Exception):
    """google-genai cannot be imported, or has no Interactions API; the message says which."""


MISSING = object()


@dataclass(slots=True)
class Sdk:
    """The installed SDK. schema: that of its Interactions API, steps or outputs."""

    version: str
    schema: str
    client: Any
    interactions: ModuleType
    _hints: dict[Any, dict[str, Any]] = field(default_factory=dict)

    def method(self, path: tuple[str, ...]) -> Callable[..., Any] | None:
        """The method of a client at a path such as ("aio", "models", "embed_content")."""
        found = self.client
        for name in path:
            found = getattr(found, name, None)
        return found if callable(found) else None

    def has_service(self, name: str) -> bool:
        """Whether a client has such an attribute: models, files, interactions."""
        return hasattr(type(self.client), name)

    def resolve(self, path: str) -> Any:
        """What a dotted name below google.genai names; MISSING where there is no such thing."""
        parts = path.split(".")
        found: Any = None
        for index, part in enumerate(parts):
            name = ".".join(parts[: index + 1])
            if found is None or isinstance(found, ModuleType):
                inner = getattr(found, part, MISSING) if found is not None else MISSING
                if inner is MISSING:
                    try:
                        inner = importlib.import_module(name)
                    except ImportError:
                        return MISSING
                found = inner
            else:
                found = _attribute(found, part)
            if found is MISSING:
                return MISSING
        return found

    def hints(self, function: Callable[..., Any]) -> dict[str, Any]:
        """The annotations of a function's parameters; none where they cannot be resolved."""
        key = getattr(function, "__func__", function)
        if key not in self._hints:
            try:
                self._hints[key] = typing.get_type_hints(key)
            except Exception:  # names that only type checkers see
                self._hints[key] = {}
        return self._hints[key]

    def body(self, *, agent: bool) -> dict[str, Key]:
        """The parameters of interactions.create() that make the request's body."""
        found: dict[str, Key] = {}
        for params in _flat(self.interactions.InteractionCreateParams):
            known = keys(params)
            if ("agent" in known) == agent:
                for name, row in known.items():
                    earlier = found.get(name)
                    annotation = row.annotation if earlier is None else earlier.annotation | row.annotation
                    found[name] = Key(annotation, row.required and (earlier is None or earlier.required))
        return found

    @property
    def events(self) -> tuple[Any, ...]:
        """The classes of the events of a stream."""
        return tuple(_flat(self.interactions.InteractionSSEEvent))

    @property
    def typed(self) -> dict[str, list[type]]:
        """Value of `type` -> the TypedDicts of contents, steps, tools and formats with it."""
        found: dict[str, list[type]] = {}
        for value in vars(self.interactions).values():
            for option in _flat(value) if value is not Any else ():
                if isinstance(option, type) and issubclass(option, dict) and hasattr(option, "__required_keys__"):
                    row = keys(option).get("type")
                    for name in literals(row.annotation) if row is not None else ():
                        if option not in found.setdefault(str(name), []):
                            found[str(name)].append(option)
        return found


WANTED = {"steps": "google-genai>=3.4", "outputs": "google-genai==1.75.0"}
"""What to install for a schema of the Interactions API."""


def load(schema: str = "") -> Sdk:
    """Imports the SDK. Raises Unavailable where there is none, or none of that schema if one is given."""
    wanted = WANTED.get(schema, WANTED["steps"])
    try:
        genai = importlib.import_module("google.genai")
    except ImportError as error:
        raise Unavailable(f"google-genai cannot be imported here ({error}); install {wanted}") from None
    version = str(getattr(genai, "__version__", "?"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            interactions = importlib.import_module("google.genai.interactions")
            client = genai.Client(api_key="none", vertexai=False)
            client.interactions, client.aio.interactions  # noqa: B018  (imported when first used, with a warning)
        except (ImportError, AttributeError):
            raise Unavailable(
                f"google-genai {version} is installed, which has no Interactions API; install {wanted}"
            ) from None
    found = "steps" if "steps" in interactions.Interaction.model_fields else "outputs"
    if schema and found != schema:
        raise Unavailable(
            f"google-genai {version} is installed, whose answers have {found} and not {schema}; install {wanted}"
        )
    return Sdk(version, found, client, interactions)


def signature(function: Callable[..., Any]) -> inspect.Signature:
    """The parameters of a function or class."""
    return inspect.signature(function)


def _attribute(owner: Any, name: str) -> Any:
    """An attribute of a class or object, declared fields of a model included."""
    fields = getattr(owner, "model_fields", None)
    if isinstance(fields, dict) and name in fields:
        return fields[name]
    return getattr(owner, name, MISSING)
