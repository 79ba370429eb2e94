"""Where the client is held: configure() counted for a whole process, and a variable must be there for each request."""

from __future__ import annotations

import pytest

from migrate_gemini import Settings, transform
from migrate_gemini.engine import SourceModule, migrate
from tests.checks import code

MAKE = 'genai.configure(api_key=key)\nmodel = genai.GenerativeModel("gemini-3-flash-preview")'


def lines(text: str) -> list[str]:
    """The lines of a program after its migration that name a client, without their indentation."""
    result = transform(code(text))
    assert not [finding for finding in result.findings if finding.status == "manual"], result.findings
    told = (line.strip() for line in result.text.splitlines())
    return [line for line in told if "client" in line.lower() or line == "if key:"]


def in_function(body: str) -> list[str]:
    head = "import google.generativeai as genai\n\nkeep = {}\n\n\ndef ask(key, text: str, more=None):\n"
    return lines(head + "".join(f"    {line}\n" for line in body.splitlines()))


CREATE = "client.interactions.create(model=model, input=text)"


@pytest.mark.parametrize(
    "body",
    [
        MAKE + "\nreturn model.generate_content(text)",
        f"if more:\n    {MAKE.replace(chr(10), chr(10) + '    ')}\n    return model.generate_content(text)",
        "if not key:\n    return None\n" + MAKE + "\nif text:\n    return model.generate_content(text)",
        "if more:\n    return None\nelse:\n    genai.configure(api_key=key)\n"
        'model = genai.GenerativeModel("gemini-3-flash-preview")\nreturn model.generate_content(text)',
        "with open(key) as f:\n    genai.configure(api_key=f.read())\n"
        'model = genai.GenerativeModel("gemini-3-flash-preview")\nreturn model.generate_content(text)',
        "try:\n    genai.configure(api_key=key)\nexcept OSError:\n    raise\nelse:\n"
        '    model = genai.GenerativeModel("gemini-3-flash-preview")\n    return model.generate_content(text)',
        "for key in more:\n    " + MAKE.replace("\n", "\n    ") + "\n    print(model.generate_content(text))",
    ],
)
def test_a_client_stays_in_the_function_that_makes_it_before_each_of_its_requests(body: str) -> None:
    assert not any(line.startswith(("global", "client = None")) for line in in_function(body))


@pytest.mark.parametrize(
    "body",
    [
        'if more:\n    genai.configure(api_key=key)\nmodel = genai.GenerativeModel("gemini-3-flash-preview")\n'
        "return model.generate_content(text)",
        'if more == "open":\n    genai.configure(api_key=key)\n'
        '    keep["model"] = genai.GenerativeModel("gemini-3-flash-preview")\n    return None\n'
        'return keep["model"].generate_content(text)',
        "for key in more:\n    genai.configure(api_key=key)\n"
        'model = genai.GenerativeModel("gemini-3-flash-preview")\nreturn model.generate_content(text)',
        "try:\n    print(key)\nexcept OSError:\n    genai.configure(api_key=key)\n"
        'model = genai.GenerativeModel("gemini-3-flash-preview")\nreturn model.generate_content(text)',
    ],
)
def test_a_client_that_an_earlier_call_may_have_made_outlives_its_function(body: str) -> None:
    assert {"client = None", "global client"} <= set(in_function(body))


GUARDED = (
    'if {test}:\n    genai.configure(api_key=key)\nmodel = genai.GenerativeModel("gemini-3-flash-preview")\n'
    "return model.generate_content(text)"
)


@pytest.mark.parametrize("test", ["key", "key is not None"])
def test_where_a_caller_may_leave_the_key_out_the_client_takes_that_of_the_environment(test: str) -> None:
    assert in_function(GUARDED.format(test=test)) == ["client = genai.Client(api_key=key)", f"return {CREATE}"]


def test_a_key_that_the_function_looks_for_itself_keeps_its_test() -> None:
    found = in_function("key = key or more\n" + GUARDED.format(test="key"))
    assert found == ["if key:", "client = genai.Client(api_key=key)", f"return {CREATE}"]


OBJECT = """
import google.generativeai as genai


class Cook:
    ready = False

    def __init__(self, key, settings):
{init}

{method}
    def ask(self, text: str):
        return self.model.generate_content(text)
"""
MODEL = 'self.model = genai.GenerativeModel("gemini-3-flash-preview")'
METHOD = f"    def _set_up(self, key):\n        genai.configure(api_key=key)\n        {MODEL}\n\n"


@pytest.mark.parametrize(
    ("init", "method"),
    [
        (f"genai.configure(api_key=key)\n{MODEL}", ""),
        (f"if not key:\n    return\ngenai.configure(api_key=key)\n{MODEL}", ""),
        (f"if settings:\n    genai.configure(api_key=key)\n    {MODEL}\nelse:\n    self.model = None", ""),
        (f"if settings:\n    genai.configure(api_key=settings)\nelse:\n    genai.configure(api_key=key)\n{MODEL}", ""),
        (
            "self.model = None\nif not settings:\n    return\n"
            f"genai.configure(api_key=key)\nprint(list(genai.list_models()))\n{MODEL}",
            "",
        ),
        ("self.key = key\nself._set_up(key)", METHOD),
    ],
)
def test_an_object_that_makes_the_client_of_its_requests_keeps_it(init: str, method: str) -> None:
    found = lines(OBJECT.format(init=init.replace("\n", "\n        ").join(("        ", "")), method=method))
    assert any(line.startswith("self.client = genai.Client(") for line in found)
    assert any("self.client.interactions.create(" in line for line in found)


@pytest.mark.parametrize(
    ("init", "method"),
    [
        (f"if not Cook.ready:\n    genai.configure(api_key=key)\n    Cook.ready = True\n{MODEL}", ""),
        (
            "if settings:\n    self._set_up(key)\nelse:\n    self.model = settings",
            METHOD.replace(MODEL, "pass"),
        ),
        ("self.model = settings", METHOD),
    ],
)
def test_a_client_that_another_object_may_have_made_is_held_by_the_module(init: str, method: str) -> None:
    text = OBJECT.format(init=init.replace("\n", "\n        ").join(("        ", "")), method=method)
    text = text.replace("self.model = settings", MODEL)
    assert {"client = None", "global client"} <= set(lines(text))


@pytest.mark.parametrize("copy", ["copy.deepcopy(cook)", "copy.deepcopy([cook])", "pickle.dumps(cook)"])
def test_an_object_that_is_copied_whole_keeps_no_client(copy: str) -> None:
    init = f"        genai.configure(api_key=key)\n        {MODEL}\n"
    text = "import copy\nimport pickle\n" + OBJECT.format(init=init, method="") + '\n\ncook = Cook("k", {})\n' + copy
    assert {"client = None", "global client"} <= set(lines(text))


APP = """
import os

import google.generativeai as genai
import streamlit as st

{head}

if prompt := st.chat_input("Ask"):
    model = genai.GenerativeModel("gemini-3-flash-preview")
    st.write(model.generate_content(prompt).text)
"""


@pytest.mark.parametrize(
    "head",
    [
        'genai.configure(api_key=st.secrets["KEY"])',
        'with st.sidebar:\n    genai.configure(api_key=st.text_input("key"))',
        'key = os.environ.get("KEY")\nif key:\n    genai.configure(api_key=key)',
        'if "KEY" in st.secrets:\n    genai.configure(api_key=st.secrets["KEY"])',
        'key = st.text_input("key")\nif key:\n    genai.configure(api_key=key)\nelse:\n    st.stop()',
        "def set_up():\n    genai.configure()\n\n\nset_up()",
    ],
)
def test_a_script_of_streamlit_that_makes_the_client_in_each_run_keeps_it_in_a_variable(head: str) -> None:
    assert any(line.startswith("client = genai.Client(") for line in lines(APP.format(head=head)))


@pytest.mark.parametrize(
    "head",
    [
        'if st.button("Start"):\n    genai.configure(api_key="k")',
        'key = st.text_input("key")\nif key:\n    genai.configure(api_key=key)',
        'if "ready" not in st.session_state:\n    genai.configure(api_key="k")\n    st.session_state.ready = True',
        'def set_up():\n    if st.session_state:\n        return\n    genai.configure(api_key="k")\n\n\nset_up()',
        'def set_up():\n    genai.configure(api_key="k")\n\n\nst.button("Start", on_click=set_up)',
    ],
)
def test_a_script_of_streamlit_that_makes_the_client_in_some_runs_keeps_it_in_the_session(head: str) -> None:
    found = lines(APP.format(head=head))
    assert any(line.startswith("st.session_state.client = genai.Client(") for line in found)
    assert any("st.session_state.client.interactions.create(" in line for line in found)
    assert "client = None" not in found


@pytest.mark.parametrize("decorator", ["@st.cache_resource", "@st.cache_data(ttl=60)"])
def test_what_a_cached_function_makes_is_shared_by_all_sessions(decorator: str) -> None:
    head = f'{decorator}\ndef set_up():\n    genai.configure(api_key="k")\n    return 1\n\n\nset_up()'
    found = lines(APP.format(head=head))
    assert 'shared().client = genai.Client(api_key="k")' in found
    assert any("shared().client.interactions.create(" in line for line in found)


def test_a_module_that_a_script_of_streamlit_imports_runs_once() -> None:
    head = 'def set_up():\n    genai.configure(api_key="k")\n\n\nst.button("Start", on_click=set_up)'
    sources = {"page.py": code(APP.format(head=head)), "app.py": "import streamlit as st\nimport page\n"}
    made = migrate([SourceModule(*source) for source in sources.items()], Settings(todo_comments=False))
    assert "client = None" in {result.path: result.text or "" for result in made}["page.py"]


def test_scripts_that_share_a_module_do_not_share_a_client() -> None:
    script = (
        "import google.generativeai as genai\nimport words\n\n\ndef set_up():\n    genai.configure(api_key={key})\n\n\n"
        'set_up()\nprint(genai.GenerativeModel("gemini-3-flash-preview").generate_content(words.FIRST).text)\n'
    )
    sources = {f"{name}.py": script.format(key=f'"{name}"') for name in ("one", "two")} | {"words.py": 'FIRST = "Hi"\n'}
    made = migrate([SourceModule(*source) for source in sources.items()], Settings(todo_comments=False))
    texts = {result.path: result.text or "" for result in made}
    assert "import two" not in texts["one.py"] and "import one" not in texts["two.py"]
    assert all("client = None" in texts[path] for path in ("one.py", "two.py"))


@pytest.mark.parametrize(("key", "moves"), [('st.secrets["KEY"]', True), ('st.text_input("key")', False)])
def test_a_page_of_streamlit_does_not_import_the_script_that_configures_the_sdk(key: str, moves: bool) -> None:
    head = "import google.generativeai as genai\nimport streamlit as st\nfrom words import TITLE\n\n"
    home = f"{head}genai.configure(api_key={key})\nst.title(TITLE)\n"
    page = f'{head}st.title(TITLE)\nmodel = genai.GenerativeModel("gemini-3-flash-preview")\n'
    page += 'st.write(model.generate_content("Hi").text)\n'
    sources = {"Home.py": home, "pages/chat.py": page, "words.py": 'TITLE = "Hi"\n'}
    made = migrate([SourceModule(*source) for source in sources.items()], Settings(todo_comments=False))
    text = {result.path: result.text or "" for result in made}["pages/chat.py"]
    assert "Home" not in text
    assert ("get_client().interactions.create(" in text) is moves
    assert ('st.secrets["KEY"]' in text) is moves


@pytest.mark.parametrize(("server", "said"), [("app = Flask(__name__)", True), ("app = {}", False)])
def test_a_client_that_a_handler_of_a_server_replaces_is_named(server: str, said: bool) -> None:
    result = transform(
        f"import google.generativeai as genai\nfrom flask import Flask\n\n{server}\n\n\n"
        "def sign_in(key):\n    genai.configure(api_key=key)\n\n\n"
        'def ask(text: str):\n    return genai.GenerativeModel("gemini-3-flash-preview").generate_content(text).text\n'
    )
    notes = [finding.message for finding in result.findings if finding.code == "MG502"]
    assert any("make one client for all of them" in note for note in notes) is said


LIBRARY = """
import os

import google.generativeai as genai

model = genai.GenerativeModel("gemini-3-flash-preview")


def ask(text: str):
    return model.generate_content(text).text


if {test}:
    genai.configure(api_key=os.environ["KEY"])
"""
MAIN = '__name__ == "__main__"'
TEST = """
from unittest.mock import patch

import library


def test_ask():
    with patch.object(library, "model") as model:
        model.generate_content.return_value.text = "x"
        assert library.ask("y") == "x"
"""


def of_library(test: str, importers: dict[str, str]) -> list[str]:
    """The lines of the library after its migration that name a client or begin a branch."""
    sources = {"library.py": code(LIBRARY.format(test=test)), **importers}
    made = migrate([SourceModule(*source) for source in sources.items()], Settings(todo_comments=False))
    text = {result.path: result.text or "" for result in made}["library.py"]
    return [line.strip() for line in text.splitlines() if "client = " in line or line.endswith("else:")]


def test_a_module_that_is_configured_as_a_script_alone_has_a_client_where_it_is_imported() -> None:
    own = 'client = genai.Client(api_key=os.environ["KEY"])'
    asks = {"app.py": 'import library\n\nprint(library.ask("Hi"))\n'}
    assert of_library(MAIN, {}) == [own]
    assert of_library(MAIN, asks) == [own, "else:", "client = genai.Client()"]
    assert of_library(MAIN, {"test_library.py": TEST}) == ["client = None", own]
    assert of_library('"KEY" in os.environ', {"test_library.py": TEST}) == ["client = None", own]
    configured = {"app.py": 'import google.generativeai as genai\nimport library\n\ngenai.configure(api_key="k")\n'}
    assert "else:" not in of_library(MAIN, configured)
