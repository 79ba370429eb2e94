"""Test doubles: who makes and places them, and what the names of a legacy double are called on one of the new client.

Sources: the standard library's unittest.mock (3.10 to 3.14), pytest 9 (fixtures, MonkeyPatch.setattr), pytest-mock 3
(`mocker` has the names of unittest.mock). What the new client's calls are: `sdk.surface`; `client.interactions` is the
same object each time it is read (google-genai 3.4.0, client.py), so that `patch.object` on it holds.
"""

from __future__ import annotations

from typing import Literal

MOCK = "unittest.mock"
MOCKS = frozenset(
    f"{MOCK}.{name}" for name in ("Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock")
) | {f"{MOCK}.create_autospec", f"{MOCK}.patch.MagicMock", f"{MOCK}.stub"}
"""Make a double; keywords that are no option of theirs are attributes."""
OPTIONS = frozenset("""spec spec_set wraps name unsafe new new_callable create autospec instance attribute""".split())
"""Keywords of those, and of patch(), that set no attribute."""
PATCH, PATCH_OBJECT, PATCH_DICT = f"{MOCK}.patch", f"{MOCK}.patch.object", f"{MOCK}.patch.dict"
FIXTURES = frozenset(("pytest.fixture", "pytest_asyncio.fixture", "pytest.yield_fixture"))
MOCKER = "pytest_mock.mocker"
HANDED = {"mocker": MOCKER, "monkeypatch": "pytest.MonkeyPatch"}
"""Parameters that pytest fills, and what has their methods."""
SETATTR, SETITEM = "pytest.MonkeyPatch.setattr", "pytest.MonkeyPatch.setitem"
ENTERS = frozenset(("enter_context", "enterContext", "enter_async_context", "enterClassContext"))
CASE = "TestCase"
"""How the classes of tests end: those of unittest, and of the libraries that build on it."""
JUDGES: dict[str, Literal["truth", "compare", "isinstance"]] = {
    "assertTrue": "truth",
    "assertFalse": "truth",
    "assertIsNone": "compare",
    "assertIsNotNone": "compare",
    "assertIsInstance": "isinstance",
    "assertNotIsInstance": "isinstance",
}
"""Methods of such a class -> what they do with their first argument (compare: with None)."""
NONE_JUDGES = frozenset(name for name, does in JUDGES.items() if does == "compare")

KEPT = frozenset(
    """return_value side_effect call_count called await_count assert_called assert_called_once assert_not_called
    assert_awaited assert_awaited_once assert_not_awaited reset_mock attach_mock configure_mock mock_add_spec
    """.split()
)
"""What a double of a call has whatever its arguments are."""
ASSERTS = frozenset(
    """assert_called_with assert_called_once_with assert_any_call assert_awaited_with assert_awaited_once_with
    assert_any_await""".split()
)
"""Take the arguments of a call."""
RECORDS = {"call_args": 0, "await_args": 0, "call_args_list": 1, "await_args_list": 1}
"""Give the arguments of a call, or (1) a list of those."""

REQUESTS: dict[tuple[str, str], str] = {
    ("LModel", "generate_content"): "interactions.create",
    ("LModel", "generate_content_async"): "aio.interactions.create",
    ("Models", "generate_content"): "create",
    ("AModels", "generate_content"): "create",
    ("LChat", "send_message"): "create",
    ("LChat", "send_message_async"): "create",
    ("GChat", "send_message"): "create",
    ("AGChat", "send_message"): "create",
}
"""(kind, method) -> what it is on the double: a model's becomes the client, a chat's and that of `client.models`
become `client.interactions`."""
STREAMS = frozenset(("generate_content_stream", "send_message_stream"))
LINKS: dict[tuple[str, str], str] = {
    ("Client", "models"): "interactions",
    ("AClient", "models"): "interactions",
}
"""(kind, attribute) -> what it is called now, where all that is used of it are requests."""
MAKES_CHAT: dict[tuple[str, str], str] = {
    ("LModel", "start_chat"): "interactions",
    ("Chats", "create"): "interactions",
    ("AChats", "create"): "interactions",
}
"""(kind, method) whose `return_value` is a chat -> what stands for that chat on the new client."""
GENERATION = frozenset(("temperature", "top_p", "seed", "max_output_tokens", "stop_sequences"))
"""Fields of a config that are keys of generation_config (`sdk.settings`); system_instruction is a keyword itself."""
