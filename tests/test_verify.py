"""`--verify`: what is written is held against the google-genai that is installed, and against two older ones."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from migrate_gemini import ModuleResult, Settings, transform, verify
from migrate_gemini.engine import SourceModule, migrate
from migrate_gemini.project import run
from migrate_gemini.settings import Target
from migrate_gemini.writing import write
from tests import mapping
from tests.behaviour import EXAMPLES, PROGRAMS, programs_in
from tests.checks import code
from tests.environments import ensure, pinned
from tests.terminals import PYTHONPATH
from tests.test_cli import REAL, Cli, cli, tree
from tests.test_project import SDK, make
from tests.verifying import wrong_in

__all__ = ["cli", "tree"]  # fixtures of test_cli

HEAD = """\
from google import genai
from google.genai import types
client = genai.Client(api_key="k")
"""


@cache
def installed() -> verify.Sdk:
    """The SDK of this environment, imported once."""
    return verify.load()


def wrong(new: str, old: str = "") -> list[str]:
    """What the installed SDK has against lines that a migration put in the place of others."""
    for short, full in SHORT.items():
        new = new.replace(short, full)
    return [problem.message for problem in verify.check(HEAD + code(old), HEAD + code(new), installed())]


SHORT = {"ASK('a'": "CREATE(model='m', input='a'", "CREATE(": "client.interactions.create("}


REFUSED = [
    ("ASK('a', contents='b')", "there is no parameter 'contents'"),
    ("ASK('a', temperature=0.5)", "there is no parameter 'temperature'"),
    ("CREATE(input='a')", "model is missing"),
    ("CREATE('m', input='a')", "takes keywords only"),
    ("ASK('a', store='no')", "store cannot be 'no'"),
    (
        "ASK('a', system_instruction=['b'])",
        "system_instruction cannot be a list",
    ),
    ("CREATE(model='m', input=['a'])", "input"),
    ("CREATE(model='m', input=[types.Part(text='a')])", "input[0] cannot be a Part"),
    ("CREATE(model='m', input=types.Content(parts=[]))", "input cannot be a Content"),
    ("CREATE(model='m', input=[{'role': 'user', 'parts': ['a']}])", "input[0]"),
    ("CREATE(model='m', input=[{'role': 'user', 'content': 'a'}])", "input[0]"),
    ("CREATE(model='m', input={'text': 'a'})", "input"),
    ("ASK('a', tool_choice='any')", "there is no parameter 'tool_choice'"),
    ("ASK('a', config=types.GenerateContentConfig())", "there is no parameter 'config'"),
    ("ASK('a', tools=[types.Tool(google_search=types.GoogleSearch())])", "tools[0] cannot be a Tool"),
    ("CREATE(model='m', input=[{'type': 'text', 'text': b'x'}])", "['text'] cannot be b'x'"),
    ("CREATE(model='m', input=[{'type': 'txt', 'text': 'x'}])", "the type 'txt'"),
    ("CREATE(model='m', input=[{'type': 'text', 'value': 'x'}])", "has no key 'value'"),
    ("CREATE(model='m', input=[{'type': 'user_input', 'content': 'x'}])", "['content']"),
    (
        "CREATE(model='m', input={'type': 'function_result', 'call_id': 'c', 'result': 'r'})",
        "input",
    ),
    (
        "CREATE(model='m', input=[{'type': 'text', 'text': 'x'}, "
        "{'type': 'user_input', 'content': [{'type': 'text', 'text': 'x'}]}])",
        "input",
    ),
    ("ASK('a', generation_config={'top_k': 4})", "has no key 'top_k'"),
    ("ASK('a', generation_config={'seed': 'x'})", "['seed'] cannot be 'x'"),
    ("ASK('a', generation_config={'stop_sequences': 'x'})", "stop_sequences"),
    ("ASK('a', tools=[{'google_search': {}}])", "tools[0]"),
    ("ASK('a', tools=[{'type': 'search'}])", "the type 'search'"),
    ("ASK('a', tools={'type': 'google_search'})", "tools"),
    (
        "ASK('a', safety_settings=[{'category': 'a', 'threshold': 'b'}])",
        "has no key 'category'",
    ),
    (
        "ASK('a', response_format={'type': 'text', 'schema_': {}, 'mime': 'x'})",
        "has no key",
    ),
    ("ASK('a', response_format={'type': 'object'})", "the type 'object'"),
    ("client.interactions.generate(model='m', input='a')", "no such method"),
    ("client.interactions.get()", "missing a required argument: 'id'"),
    ("client.interactions.get('i', include=True)", "unexpected keyword argument 'include'"),
    ("client.models.embed_content(model='m', content='a')", "unexpected keyword argument 'content'"),
    ("client.models.embed_content(model='m', contents='a', config={'task': 'x'})", "has no key 'task'"),
    ("client.models.count_tokens('m', 'a')", "too many positional arguments"),
    ("client.files.upload(path='a.txt')", "unexpected keyword argument 'path'"),
    ("client.caches.create(model='m', config={'ttl': 300})", "config['ttl'] cannot be 300"),
    ("genai.Client(key='k')", "unexpected keyword argument 'key'"),
    ("genai.Client(http_options={'time_out': 3})", "has no key 'time_out'"),
    ("types.EmbedContentConfig(task='x')", "has no key 'task'"),
    ("x = types.GenerationConfiguration", "there is no google.genai.types.GenerationConfiguration"),
    ("from google.genai.errors import RateLimited", "there is no google.genai.errors.RateLimited"),
    ("r = ASK('a')\nprint(r.text)", "Interaction has no attribute 'text'"),
    (
        "r = ASK('a')\nprint(r.usage.prompt_token_count)",
        "Usage has no attribute",
    ),
    ("print(ASK('a').outputs)", "Interaction has no attribute 'outputs'"),
    ("print(client.interactions.get('i').candidates)", "Interaction has no attribute 'candidates'"),
    (
        "r = ASK('a')\nprint([s.content for s in r.steps if s.type == 'output'])",
        "is never 'output'",
    ),
    ("r = ASK('a')\nprint(r.status == 'STOP')", "is never 'STOP'"),
    (
        "for e in ASK('a', stream=True):\n    if e.event_type == 'content.delta':\n        print(e)\n",
        "is never 'content.delta'",
    ),
    (
        "for e in ASK('a', stream=True):\n    print(e.text)\n",
        "has no attribute 'text'",
    ),
    ("history = []\nhistory.append({'type': 'model_output', 'parts': []})", "has no key 'parts'"),
    # Followed through names, attributes, functions and spread dicts.
    (
        "model = dict(model='m', generation_config={'top_k': 3})\nCREATE(**model, input='a')",
        "has no key 'top_k'",
    ),
    ("config = {'top_k': 3}\nASK('a', generation_config=config)", "'top_k'"),
    (
        "chat = dict(model='m', turns=3)\nCREATE(**{**chat, 'store': False}, input='a')",
        "there is no parameter 'turns'",
    ),
    (
        "class Bot:\n    def __init__(self):\n        self.model = dict(model='m', top_k=3)\n"
        "    def ask(self, text):\n        return CREATE(**self.model, input=text)\n",
        "there is no parameter 'top_k'",
    ),
    (
        "def part(data):\n    return {'type': 'image', 'mime': 'image/png', 'data': data}\n"
        "CREATE(model='m', input=[part(b'')])",
        "has no key 'mime'",
    ),
    ("api = client.aio.interactions\napi.create(model='m', inputs='a')", "there is no parameter 'inputs'"),
    ("ASK('a', tools=[{'type': 'x'}] if 1 else None)", "the type 'x'"),
]
"""What a migration might write by mistake -> words of what is said of it."""

ACCEPTED = [
    "CREATE(model='any-name', input='a', store=False, previous_interaction_id=None)",
    "CREATE(model='m', input=prompt, stream=flag, timeout=30, extra_headers={'a': 'b'})",
    "CREATE(model=name, input=[{'type': 'text', 'text': f'{x}'}, part, *more])",
    "CREATE(model='m', input=[{'type': 'image', 'data': base64.b64encode(d).decode(), 'uri': u}])",
    "CREATE(model='m', input=[{'type': 'user_input', 'content': [{'type': 'text', 'text': 'x'}]}])",
    "CREATE(model='m', input=[{'type': 'function_result', 'call_id': 'c', 'name': 'f', "
    "'result': {'result': value}}], tools=TOOLS)",
    "CREATE(**request)",
    "CREATE(model='m', input=[*r.steps, {'type': 'user_input', 'content': [{'type': 'text', 'text': 'a'}]}])",
    "CREATE(model='m', input={'type': 'text', 'text': 'a'})",
    "CREATE(model='m', input=[{'type': 'function_result', 'call_id': 'c', 'result': 'no', 'is_error': True}])",
    "client.models.embed_content(model='m', contents=[types.Content(parts=[types.Part(text=t)]) for t in texts])",
    "CREATE(**settings, input='a', generation_config={**base, 'seed': 3, 'temperature': None})",
    "ASK('a', generation_config={'thinking_level': 'low' if quick else None})",
    "ASK('a', safety_settings=[{'type': k, 'threshold': 'off'} for k in kinds])",
    "ASK('a', safety_settings=levels(x) if x else None)",
    "ASK('a', response_format={'type': 'text', 'mime_type': "
    "'application/json', 'schema': {'type': 'object', 'properties': {'a': {'type': 'string'}}}})",
    "ASK('a', response_format=[{'type': 'text'}, {'type': 'image'}])",
    "ASK('a', tools=[{'type': 'function', 'name': 'f', 'description': d, "
    "'parameters': {'type': 'object', 'properties': {}}}, {'type': 'code_execution'}], "
    "generation_config={'tool_choice': {'allowed_tools': {'mode': 'any', 'tools': ['f']}}})",
    "CREATE(agent='a', input='x', background=True)",
    "client.interactions.get(x.id, include_input=True)",
    "client.models.embed_content(model='m', contents=['a'], config={'task_type': 'X', 'outputDimensionality': 3})",
    "client.files.upload(file=path, config={'mime_type': 'a/b'})",
    "client.caches.create(model='m', config={'ttl': '300s', 'contents': [c]})",
    "genai.Client(http_options={'timeout': 3000, 'retry_options': {'attempts': 3}})",
    "types.EmbedContentConfig(task_type='x')",
    "from google.genai.errors import APIError",
    "async def f():\n    r = await client.aio.interactions.create(model=M, input=x)\n    return r.usage.total_tokens",
    "r = ASK('a')\nprint(r.output_text, r.status == 'failed', r.errors[0].message)",
    "r = ASK('a')\n"
    "print([c.text for s in r.steps or [] if s.type == 'model_output' for c in s.content or [] if c.type == 'text'])",
    "for e in ASK('a', stream=True):\n"
    "    if e.event_type == 'step.delta' and e.delta.type == 'text':\n        print(e.delta.text)\n"
    "    elif e.event_type == 'interaction.completed':\n        print(e.interaction.usage.total_tokens)\n",
    # A name that is also something else, and keys that are added later.
    "r = ASK('a')\nr = other(r)\nprint(r.text)",
    "model = dict()\nmodel['model'] = 'm'\nCREATE(**model, input='a')",
    "model = None\nmodel = pick()\nCREATE(model=model, input='a')",
    "def ask(text, model='m'):\n    return CREATE(model=model, input=text).output_text",
    "def wrap(x):\n    return [x] if isinstance(x, int) else {'type': 'text'}\nASK('a', response_format=wrap(3))",
    # Not of the SDK.
    "send({'type': 'message', 'value': 3})",
]
"""What fits."""


@pytest.mark.parametrize(("new", "words"), REFUSED)
def test_what_the_sdk_would_refuse_is_told(new: str, words: str) -> None:
    messages = wrong(new)
    assert messages and words in messages[0], messages


@pytest.mark.parametrize("new", ACCEPTED)
def test_what_fits_is_not_told(new: str) -> None:
    assert wrong(new) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("client.interactions.create(wrong=1)", "client.interactions.create(wrong=1)"),
        ("client.models.generate_content(prompt=1)", "x = client.models.generate_content(prompt=1)"),
        ("api.models.find(a.text)", "api.models.find(a.output_text)"),
        ("self.models.train(a.text)", "self.models.train(a.output_text)"),
        ("emit({'type': 'text', 'value': a.text})", "emit({'type': 'text', 'value': a.output_text})"),
        ("r = client.interactions.create(model='m', input='a')\nr.outputs",) * 2,
    ],
)
def test_what_was_there_before_is_not_looked_at(old: str, new: str) -> None:
    assert wrong(new, old) == []


def test_a_request_that_was_there_and_has_changed_is_looked_at() -> None:
    old = "client.interactions.create(model='m', input='a', response_mime_type='a/b')"
    assert wrong("client.interactions.create(model='m', input='a', response_mime='a/b')", old)
    assert not wrong("crm.interactions.create(note=a.output_text)", "crm.interactions.create(note=a.text)")


def test_what_is_newly_read_off_an_old_request_is_looked_at() -> None:
    request = "r = client.interactions.create(model='m', input='a')\n"
    assert wrong(request + "r.output_txt", request + "r.outputs")
    assert not wrong(request + "r.output_text", request + "r.outputs")


def test_a_problem_has_its_line() -> None:
    (problem,) = verify.check("", "from google import genai\n\n\ngenai.Client(\n    key='k')\n", installed())
    assert problem.line == 4


@cache
def migrated(target: Target) -> dict[str, tuple[str, str]]:
    """Old and new text of every module that changes in the programs of the tests and in the table of forms."""
    texts = {}
    for folder in (PROGRAMS, EXAMPLES):
        for name, program in programs_in(folder).items():
            paths = [path for path in sorted(program.rglob("*.py")) if "__pycache__" not in path.parts]
            modules = [SourceModule(p.relative_to(program).as_posix(), p.read_bytes().decode()) for p in paths]
            for module, result in zip(modules, migrate(modules, Settings(target=target))):
                if result.text is not None:
                    texts[f"{name}/{module.path}"] = (module.text, result.text)
    for row in mapping.rows():
        for number, snippet in enumerate(row.snippets):
            new = transform(snippet, Settings(target=target)).text
            texts[f"{row.name} {number}"] = (snippet, new or snippet)
    return texts


def test_all_that_is_written_fits_the_installed_sdk() -> None:
    found = {name: verify.check(*pair, installed()) for name, pair in migrated("steps").items()}
    assert len(found) > 300
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_all_that_is_written_fits_an_older_sdk_of_the_same_schema() -> None:
    python = ensure(pinned("google-genai==2.34.0")).python
    assert wrong_in(python, migrated("steps")) == {"": ["2.34.0", "steps"]}


def test_all_that_is_written_for_the_first_schema_fits_its_last_sdk() -> None:
    python = ensure(pinned("google-genai==1.75.0")).python
    assert wrong_in(python, migrated("outputs")) == {"": ["1.75.0", "outputs"]}


FIRST = """\
from google import genai
client = genai.Client()
chat = dict(model="m", system_instruction="s", generation_config={"temperature": 0.5, "thinking_level": "low"})
a = client.interactions.create(**chat, input="a", tools=[{"type": "google_search"}], store=False, timeout=30)
print("".join(o.text for o in a.outputs or [] if o.type == "text"), a.usage.total_tokens, a.status == "completed")
history = [{"role": "user", "content": "a"}, {"role": "model", "content": [{"type": "text", "text": "b"}]}]
b = client.interactions.create(**chat, input=[*history, {"role": "user", "content": "c"}])
c = client.interactions.create(
    **chat, previous_interaction_id=b.id, response_format={"type": "object"}, response_mime_type="application/json",
    input=[{"type": "image", "data": data, "mime_type": "image/png"}, {"type": "text", "text": "d"}],
)
for event in client.interactions.create(**chat, input="e", stream=True):
    if event.event_type == "content.delta" and event.delta.type == "text":
        print(event.delta.text)
    elif event.event_type == "interaction.complete":
        print(event.interaction.usage.total_tokens)
"""
NOT_FIRST = {
    "print(client.interactions.create(model='m', input='a').output_text)": "has no attribute 'output_text'",
    "client.interactions.create(model='m', input='a', previous_interaction_id=None)": "cannot be None",
    "client.interactions.create(model='m', input='a', safety_settings=[])": "there is no parameter 'safety_settings'",
    "client.interactions.create(model='m', input='a', labels={})": "there is no parameter 'labels'",
    "client.interactions.create(model='m', input=[{'type': 'user_input', 'content': []}])": "input[0]",
    "client.interactions.create(model='m')": "input is missing",
    "for e in client.interactions.create(model='m', input='a', stream=True):\n"
    "    print(e.event_type == 'step.delta')\n": "is never 'step.delta'",
}


def test_the_last_sdk_of_the_first_schema_is_asked_the_same_way() -> None:
    python = ensure(pinned("google-genai==1.75.0")).python
    texts = {text: ("", HEAD + text) for text in NOT_FIRST}
    found = wrong_in(python, {"right": ("", FIRST), **texts})
    assert found.pop("") == ["1.75.0", "outputs"]
    assert "right" not in found, found["right"]
    for text, words in NOT_FIRST.items():
        assert any(words in message for message in found.get(text, [])), (text, found.get(text))


WRONG = "import google.generativeai\nfrom google import genai\ngenai.Client().interactions.create(prompt='a')\n"


def sabotage(modules: Sequence[SourceModule], settings: Settings) -> list[ModuleResult]:
    """An engine that writes a call which the SDK does not have where a module says so."""
    return [ModuleResult(m.path, WRONG if "spoil" in m.text else m.text + "new()\n") for m in modules]


def test_what_does_not_fit_is_not_written_nor_what_changes_with_it(tree: Path) -> None:
    files: dict[str, str | bytes] = {"a.py": SDK + "spoil()\n", "b.py": SDK + "import a\n", "c.py": SDK}
    make(tree, files)
    result = write(run([tree], Settings(), engine=sabotage, verifier=verify.verifier(installed())))
    assert [(f.path, f.failure and f.failure.code, f.changed) for f in result.files] == [
        ("a.py", "MG903", False),
        ("b.py", "MG901", False),
        ("c.py", None, True),
    ]
    (first, second, _) = result.files
    assert first.failure and "line 3 of the new text: `interactions.create()`: there is no" in first.failure.message
    assert second.failure and "changes together with a.py" in second.failure.message
    assert (tree / "a.py").read_text() == files["a.py"] and (tree / "b.py").read_text() == files["b.py"]


def test_a_verifier_that_fails_is_our_bug_and_nothing_is_written(tree: Path) -> None:
    make(tree, {"a.py": SDK})

    def fails(old: str, new: str) -> str | None:
        raise RuntimeError("oh")

    (file,) = write(run([tree], Settings(), engine=sabotage, verifier=fails)).files
    assert file.failure and file.failure.code == "MG902" and "oh" in file.failure.message
    assert (tree / "a.py").read_text() == SDK


@pytest.mark.parametrize("mode", [[], ["--dry-run"], ["--check"]])
def test_the_option_verifies_in_every_mode(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, mode: list[str]
) -> None:
    monkeypatch.setattr("migrate_gemini.project._engine", lambda: sabotage)
    make(tree, {"a.py": SDK + "spoil()\n"})
    assert cli(*mode, "a.py")[0] == (1 if mode == ["--check"] else 0)
    make(tree, {"a.py": SDK + "spoil()\n"})
    code_, out, _ = cli(*mode, "--verify", "a.py")
    assert code_ == 3
    assert "MG903 is not written, for it would not fit google-genai 3." in out
    assert (tree / "a.py").read_text() == SDK + "spoil()\n"


def test_without_the_sdk_the_option_is_wrong_usage(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.genai", None)
    make(tree, {"a.py": SDK + "old()\n"})
    code_, out, err = cli("--verify", "a.py")
    assert (code_, out) == (2, "")
    assert "--verify: google-genai cannot be imported here" in err and "install google-genai>=3.4" in err
    assert (tree / "a.py").read_text() == SDK + "old()\n"


def test_an_sdk_of_the_other_schema_is_not_asked() -> None:
    assert verify.load("steps").schema == "steps"
    with pytest.raises(verify.Unavailable, match="answers have steps and not outputs; install google-genai==1.75.0"):
        verify.load("outputs")


@pytest.mark.parametrize(("options", "imported"), [([], "False"), (["--verify"], "True")])
def test_the_sdk_is_imported_only_for_the_option(tree: Path, options: list[str], imported: str) -> None:
    make(tree, {"a.py": REAL})
    text = (
        "import sys, atexit\n"
        "atexit.register(lambda: sys.stderr.write(str('google.genai' in sys.modules)))\n"
        f"sys.argv = ['migrate-gemini', *{options!r}, 'a.py']\n"
        "from migrate_gemini.__main__ import main\n"
        "main()\n"
    )
    env = {**os.environ, "PYTHONPATH": PYTHONPATH}
    done = subprocess.run([sys.executable, "-c", text], cwd=tree, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, imported)
    assert "interactions.create(" in (tree / "a.py").read_text()
