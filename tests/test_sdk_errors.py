"""Every row of migrate_gemini/sdk/errors.py, held against the installed SDKs."""

from __future__ import annotations

import importlib
import inspect
import pickle

import pytest
from google import genai
from google.genai import errors as genai_errors
from google.genai import interactions
from google.genai._gaos.lib import compat_errors

from migrate_gemini.sdk import errors
from tests.sdks import legacy

LEGACY = sorted(path for path in {*errors.CLASSES, *errors.BLOCKED, *errors.OTHERS} if "google.genai" not in path)
GENAI = sorted(path for path in errors.CLASSES if path.startswith(errors.GENAI_ERRORS))


@pytest.mark.parametrize("path", LEGACY)
def test_a_class_is_one_of_the_legacy_sdk_or_of_its_core(path: str) -> None:
    assert path in legacy()["errors"]


@pytest.mark.parametrize("path", [path for path in errors.CLASSES if path.startswith(errors.API_CORE)])
def test_a_class_of_one_status_has_that_code(path: str) -> None:
    code = legacy()["errors"][path]
    row = errors.CLASSES[path]
    assert code is None or row.first == row.last == code


def test_no_class_of_google_genai_that_a_request_raises_is_without_a_row() -> None:
    public = {name for name in ("APIError", "ClientError", "ServerError") if hasattr(genai_errors, name)}
    assert {errors.GENAI_ERRORS + name for name in public} == set(GENAI)


@pytest.mark.parametrize("name", errors.NETWORK)
def test_an_error_without_a_status_is_one_of_interactions(name: str) -> None:
    assert getattr(compat_errors, name).status_code is None


def test_the_classes_of_interactions_have_no_public_path() -> None:
    """If they get one, clauses can name it."""
    for name in compat_errors.__all__:
        assert not hasattr(interactions, name)
        assert getattr(genai_errors, name, None) is not getattr(compat_errors, name)


def test_errors_of_interactions_are_known_by_their_module() -> None:
    assert compat_errors.APIError.__module__.startswith("google.genai.")
    assert not issubclass(compat_errors.APIError, genai_errors.APIError)


@pytest.mark.parametrize("attribute", [name for name in errors.READS if not name.startswith("__")])
def test_an_attribute_is_one_of_some_error(attribute: str) -> None:
    known = {*genai_errors.APIError.__annotations__, *compat_errors.APIStatusError.__annotations__, "details"}
    known |= {*compat_errors.APIError.__annotations__, *dir(compat_errors.APIStatusError)}
    assert attribute in known


def test_a_missing_key_is_a_value_error_of_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match="API key"):
        genai.Client()


@pytest.mark.parametrize("path", sorted(errors.CLASSES))
def test_a_private_class_catches_what_the_class_did(path: str) -> None:
    row = errors.CLASSES[path]
    names = errors.private(row)
    classes = tuple(getattr(importlib.import_module(errors.INTERACTIONS), name) for name in names)
    for status in range(400, 600) if names else ():
        made = compat_errors._status_class(status)
        assert issubclass(made, classes) == (row.first <= status <= row.last), (path, status)
    for name in errors.NETWORK if names else ():
        assert issubclass(getattr(compat_errors, name), classes) == (row.every or name in row.network)


def test_errors_of_interactions_cannot_be_pickled() -> None:
    """If they can some day, what is said of processes goes."""
    import httpx2

    response = httpx2.Response(404, request=httpx2.Request("GET", "http://localhost"))
    made = compat_errors.NotFoundError("none", response=response, body={})
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(made))
    pickle.loads(pickle.dumps(genai_errors.ClientError(404, {})))


def test_classes_of_one_status_of_many_have_no_private_class() -> None:
    for name in ("InternalServerError", "ServiceUnavailable", "DeadlineExceeded", "ClientError"):
        assert not errors.private(errors.CLASSES[errors.API_CORE + name])


@pytest.mark.parametrize("path", [path for path in (*errors.CONDITIONS, *errors.HANDED) if path.startswith("tenacity")])
def test_a_condition_is_one_of_tenacity(path: str) -> None:
    tenacity = pytest.importorskip("tenacity")
    name = path.rpartition(".")[2]
    assert hasattr(tenacity, name)
    if path in errors.CONDITIONS:
        assert hasattr(tenacity, errors.CONDITIONS[path].by_function)
        assert "exception_types" in inspect.signature(getattr(tenacity, name)).parameters


def test_attributes_of_the_errors_of_google_genai_are_known() -> None:
    made = genai_errors.APIError(400, {"error": {"message": "m", "status": "s"}})
    assert set(vars(made)) <= errors.OLD_ATTRIBUTES
