"""Embeddings, files, lists of models, caches and token counts: they go to google-genai, not to interactions."""

from __future__ import annotations

import ast

import pytest

from migrate_gemini import Settings, transform
from migrate_gemini.engine import SourceModule, migrate
from tests.checks import check_transformed, check_unchanged, code

LEGACY = 'import google.generativeai as genai\n\ngenai.configure(api_key="k")\n'
GENAI = 'from google import genai\n\nclient = genai.Client(api_key="k")\n'
KEPT = Settings(todo_comments=False)


def check(before: str, after: str, found: int = 1, review: str = "") -> None:
    """`before` becomes `after`, behind the import and configure(); found: how many calls are named."""
    result = check_transformed(LEGACY + code(before), GENAI + code(after), found=["MG107"] * found)
    messages = [f.message for f in result.findings if f.code == "MG107" and f.status == "needs_review"]
    assert any(review in message for message in messages) if review else messages == []


def check_stays(source: str, words: str, code_: str = "MG107") -> None:
    """Every call of the source stays, one of them for a reason with these words."""
    text = LEGACY + code(source)
    result = transform(text, KEPT)
    assert result.error is None
    assert result.text is None, result.text
    messages = [f.message for f in result.findings if f.code == code_]
    assert any(words in message for message in messages), messages
    assert {f.status for f in result.findings} == {"manual"}


# -- embeddings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            'r = genai.embed_content(model="models/gemini-embedding-001", content="Hi")\nprint(r["embedding"])\n',
            'r = client.models.embed_content(model="gemini-embedding-001", contents="Hi")\n'
            "print(r.embeddings[0].values)\n",
            id="one text",
        ),
        pytest.param(
            'r = genai.embed_content("gemini-embedding-001", ["a", "b"])\nfor v in r["embedding"]:\n    print(v)\n',
            'r = client.models.embed_content(model="gemini-embedding-001", contents=["a", "b"])\n'
            "for v in [e.values for e in r.embeddings]:\n    print(v)\n",
            id="a list",
        ),
        pytest.param(
            'r = genai.embed_content("gemini-embedding-001", ["a", "b"])\n'
            'print(r["embedding"][1], len(r["embedding"]), r["embedding"][:1])\n',
            'r = client.models.embed_content(model="gemini-embedding-001", contents=["a", "b"])\n'
            "print(r.embeddings[1].values, len(r.embeddings), [e.values for e in r.embeddings][:1])\n",
            id="items of a list",
        ),
        pytest.param(
            'r = genai.embed_content(model="gemini-embedding-2", content=["a", "b"])\nprint(r.get("embedding"))\n',
            'r = client.models.embed_content(\n    model="gemini-embedding-2", '
            'contents=[{"parts": [{"text": text}]} for text in ["a", "b"]]\n)\n'
            "print([e.values for e in r.embeddings])\n",
            id="a list for the current model",
        ),
        pytest.param(
            'r = genai.embed_content(\n    model="gemini-embedding-001",\n    content="a",\n    task_type="query",\n'
            '    title=None,\n)\nprint(r["embedding"])\n',
            'r = client.models.embed_content(\n    model="gemini-embedding-001",\n    contents="a",\n'
            '    config={"task_type": "RETRIEVAL_QUERY"},\n)\nprint(r.embeddings[0].values)\n',
            id="a short task type",
        ),
        pytest.param(
            'print(genai.embed_content("gemini-embedding-001", "a", genai.protos.TaskType.CLUSTERING)["embedding"])\n',
            "print(client.models.embed_content(\n"
            '    model="gemini-embedding-001", contents="a", config={"task_type": "CLUSTERING"}\n'
            ").embeddings[0].values)\n",
            id="an enum",
        ),
    ],
)
def test_embeddings(before: str, after: str) -> None:
    check(before, after)


def test_an_embedding_is_followed_through_functions_and_containers() -> None:
    check(
        """
        def embed(text: str):
            return genai.embed_content(model="gemini-embedding-001", content=text)


        results = {"a": embed("a"), "b": embed("b")}
        for name, result in results.items():
            print(name, result["embedding"])
        """,
        """
        def embed(text: str):
            return client.models.embed_content(model="gemini-embedding-001", contents=text)


        results = {"a": embed("a"), "b": embed("b")}
        for name, result in results.items():
            print(name, result.embeddings[0].values)
        """,
    )


@pytest.mark.parametrize(
    ("parameter", "read", "words"),
    [
        ("text", "embeddings[0].values", "text is taken to be one text"),
        ("texts", "[e.values for e in", "texts is taken to be a list of texts"),
        ("input: Documents", "[e.values for e in", "input is taken to be a list of texts"),
    ],
)
def test_an_unknown_content_is_told_by_its_name(parameter: str, read: str, words: str) -> None:
    name = parameter.partition(":")[0]
    result = transform(
        LEGACY
        + code(
            f"""
            from chromadb import Documents


            def embed({parameter}):
                return genai.embed_content(model="gemini-embedding-001", content={name})["embedding"]
            """
        )
    )
    assert result.text is not None and read in result.text
    assert [f.message for f in result.findings if words in f.message and f.status == "needs_review"]


def test_a_task_type_that_comes_from_elsewhere_is_put_in_upper_case_where_the_program_writes_lower_case() -> None:
    check(
        """
        def embed(text: str, task: str = "retrieval_document"):
            return genai.embed_content(model="gemini-embedding-001", content=text, task_type=task)["embedding"]


        print(embed("a", "retrieval_query"))
        """,
        """
        def embed(text: str, task: str = "retrieval_document"):
            return client.models.embed_content(
                model="gemini-embedding-001", contents=text, config={"task_type": task.upper()}
            ).embeddings[0].values


        print(embed("a", "retrieval_query"))
        """,
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param(
            'print(genai.embed_content(model="gemini-embedding-001", content="a").keys())\n', "`", id="keys of the dict"
        ),
        pytest.param(
            "import sys\ncontent = 'a' if sys.argv else ['a']\n"
            'print(genai.embed_content(model="gemini-embedding-001", content=content)["embedding"])\n',
            "one text or a list",
            id="one or many",
        ),
        pytest.param(
            "import mylib\nmylib.store(genai.embed_content(model='gemini-embedding-001', content='a'))\n",
            "cannot be seen",
            id="handed away",
        ),
        pytest.param(
            "args = {'model': 'gemini-embedding-001', 'content': 'a'}\n"
            "print(genai.embed_content(**args)['embedding'])\n",
            "built elsewhere",
            id="arguments from elsewhere",
        ),
        pytest.param(
            "from google.api_core import retry\n"
            "r = genai.embed_content(model='gemini-embedding-001', content='a', "
            "request_options={'retry': retry.Retry()})\nprint(r['embedding'])\n",
            "request_options",
            id="retries",
        ),
        pytest.param(
            "r = genai.embed_content(model='gemini-embedding-001', content={'parts': [{'text': 'a'}]})\n"
            "print(r['embedding'])\n",
            "not plain text",
            id="a content",
        ),
        pytest.param(
            "from functools import partial\nembed = partial(genai.embed_content, model='gemini-embedding-001')\n"
            "print(embed(content='a')['embedding'])\n",
            "used as a value",
            id="a partial",
        ),
    ],
)
def test_an_embedding_that_stays(source: str, words: str) -> None:
    check_stays(source, words.strip("`"))


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_file_is_uploaded_waited_for_and_deleted() -> None:
    result = transform(
        LEGACY
        + code(
            """
            import time

            f = genai.upload_file(path="a.mp4", display_name="A", resumable=False)
            while f.state.name == "PROCESSING":
                time.sleep(1)
                f = genai.get_file(f.name)
            genai.delete_file(f)
            f.delete()
            """
        )
    )
    assert result.text == GENAI + code(
        """
        import time

        f = client.files.upload(file="a.mp4", config={"display_name": "A"})
        while f.state.name == "PROCESSING":
            time.sleep(1)
            f = client.files.get(name=f.name)
        client.files.delete(name=f.name)
        client.files.delete(name=f.name)
        """
    )
    assert sorted(f.code for f in result.findings) == ["MG102", *["MG107"] * 4, "MG501"]


def test_an_uploaded_file_goes_into_a_request() -> None:
    check(
        """
        f = genai.upload_file("a.pdf")
        model = genai.GenerativeModel("gemini-3-flash-preview")
        print(model.generate_content(["What is it?", f]).text)
        """,
        """
        f = client.files.upload(file="a.pdf")
        model = "gemini-3-flash-preview"
        print(client.interactions.create(model=model, input=[
            {"type": "text", "text": "What is it?"},
            {"type": "document", "uri": f.uri, "mime_type": f.mime_type},
        ]).output_text)
        """,
    )


def test_the_file_stays_with_a_request_that_stays() -> None:
    check_stays(
        """
        f = genai.upload_file("a.pdf")
        model = genai.GenerativeModel("tunedModels/mine")
        print(model.generate_content(["What is it?", f]).text)
        """,
        "tuned models",
    )


def test_the_request_stays_with_a_file_that_stays() -> None:
    check_stays(
        """
        import mylib

        f = genai.upload_file("a.pdf")
        mylib.keep(f)
        model = genai.GenerativeModel("gemini-3-flash-preview")
        print(model.generate_content(["What is it?", f]).text)
        """,
        "cannot be seen",
        "MG103",
    )


def test_the_name_that_was_shown_by_default_is_given_where_it_is_read() -> None:
    check(
        """
        f = genai.upload_file("docs/a.pdf")
        print(f.display_name)
        """,
        """
        f = client.files.upload(file="docs/a.pdf", config={"display_name": "a.pdf"})
        print(f.display_name)
        """,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f.state == 2", 'f.state == "ACTIVE"'),
        ("f.state != genai.protos.File.State.PROCESSING", 'f.state != "PROCESSING"'),
        ("f.state in (2, 10)", 'f.state in ("ACTIVE", "FAILED")'),
        ('f.state.name == "ACTIVE"', 'f.state.name == "ACTIVE"'),
    ],
)
def test_states_are_compared_by_name(before: str, after: str) -> None:
    check(
        f'f = genai.upload_file("a.pdf")\nprint({before})\n',
        f'f = client.files.upload(file="a.pdf")\nprint({after})\n',
    )


def test_a_state_that_is_shown_is_named() -> None:
    check(
        'f = genai.get_file("files/a")\nprint(f"it is {f.state}")\n',
        'f = client.files.get(name="files/a")\nprint(f"it is {f.state.name}")\n',
        review="its number before, now its name",
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('f = genai.upload_file("a.pdf")\nprint(f.to_dict())\n', "to_dict"),
        ('f = genai.upload_file("a.pdf")\nprint(f.sha256_hash)\n', "sha256_hash"),
        ('f = genai.upload_file("a.pdf")\nprint(f.state.value)\n', "value"),
        ('f = genai.upload_file("a.pdf")\nf.extra = 1\n', "extra"),
    ],
)
def test_a_file_that_stays(source: str, words: str) -> None:
    check_stays(source, words)


# -- models, tokens, caches --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'print([m.name for m in genai.list_models() if "embedContent" in m.supported_generation_methods])\n',
            'print([m.name for m in client.models.list() if "embedContent" in m.supported_actions])\n',
        ),
        (
            "for m in sorted(genai.list_models(page_size=9), key=lambda m: m.input_token_limit):\n    print(m.name)\n",
            'for m in sorted(client.models.list(config={"page_size": 9}), key=lambda m: m.input_token_limit):\n'
            "    print(m.name)\n",
        ),
        (
            'm = genai.get_model("models/gemini-3-flash-preview")\nprint(m.display_name)\n',
            'm = client.models.get(model="gemini-3-flash-preview")\nprint(m.display_name)\n',
        ),
    ],
)
def test_lists_of_models(before: str, after: str) -> None:
    check(before, after)


def test_the_base_model_of_a_description_has_no_counterpart() -> None:
    check_stays('print(genai.get_model("models/gemini-3-flash-preview").base_model_id)\n', "base_model_id")


def test_a_model_that_is_printed_is_to_be_looked_at() -> None:
    check(
        "for m in genai.list_models():\n    print(m)\n",
        "for m in client.models.list():\n    print(m)\n",
        review="prints differently",
    )


def test_tokens_are_counted_without_what_the_model_was_told() -> None:
    check(
        """
        model = genai.GenerativeModel("gemini-3-flash-preview", system_instruction="Be brief.")
        print(model.count_tokens("Hi").total_tokens)
        """,
        """
        model = dict(model="gemini-3-flash-preview", system_instruction="Be brief.")
        print(client.models.count_tokens(model=model["model"], contents="Hi").total_tokens)
        """,
        review="system_instruction of the model no longer count",
    )


def test_a_cache_by_its_name() -> None:
    before = """
        import datetime

        from google.generativeai import caching

        c = caching.CachedContent.create(
            model="models/gemini-3-flash-preview", contents=["a"], ttl=datetime.timedelta(minutes=5)
        )
        c.update(ttl=600)
        print(c.name)
        c.delete()
        """
    after = """
        import datetime


        c = client.caches.create(
            model="gemini-3-flash-preview", config={"contents": ["a"], "ttl": "300s"}
        )
        client.caches.update(name=c.name, config={"ttl": "600s"})
        print(c.name)
        client.caches.delete(name=c.name)
        """
    result = transform(LEGACY + code(before))
    assert result.text is not None
    assert result.text.split() == (GENAI + code(after)).split()


def test_a_cache_stays_with_the_model_that_is_made_of_it() -> None:
    check_stays(
        """
        from google.generativeai import caching

        c = caching.CachedContent.get("a")
        print(genai.GenerativeModel.from_cached_content(c).generate_content("Hi").text)
        c.delete()
        """,
        "cached content",
    )


# -- the client --------------------------------------------------------------------------------------------------------

MAIN = """
import os

import google.generativeai as genai

from store import embed

genai.configure(api_key=os.environ["KEY"])
print(embed("a"))
"""
STORE = """
import google.generativeai as genai


def embed(text):
    return genai.embed_content(model="gemini-embedding-001", content=text)["embedding"]
"""


def test_a_module_that_the_configuring_script_imports_makes_a_client_of_its_own() -> None:
    main, store = migrate([SourceModule("main.py", code(MAIN)), SourceModule("store.py", code(STORE))], KEPT)
    assert main.text is not None and "genai" not in main.text
    assert store.text == code(
        """
        import os
        from functools import cache

        from google import genai


        @cache
        def get_client():
            \"\"\"The client, made when it is first used.\"\"\"
            return genai.Client(api_key=os.environ["KEY"])


        def embed(text):
            return get_client().models.embed_content(
                model="gemini-embedding-001", contents=text
            ).embeddings[0].values
        """
    )


@pytest.mark.parametrize(
    ("before", "key", "body"),
    [
        ('KEY = os.environ["KEY"]\ngenai.configure(api_key=KEY)', 'os.environ["KEY"]', ""),
        ("from config import KEY\ngenai.configure(api_key=KEY)", "KEY", "    from config import KEY\n"),
        ("import config\ngenai.configure(api_key=config.KEY)", "config.KEY", "    import config\n"),
        ("genai.configure()", None, ""),
    ],
)
def test_the_client_of_its_own_takes_the_key_from_where_the_script_took_it(before: str, key: str, body: str) -> None:
    main = code(MAIN).replace('genai.configure(api_key=os.environ["KEY"])', before)
    results = migrate([SourceModule("main.py", main), SourceModule("store.py", code(STORE))], KEPT)
    given = f"api_key={key}" if key else ""
    assert results[1].text is not None
    assert f"{body}    return genai.Client({given})\n" in results[1].text


def test_a_key_that_only_the_script_knows_keeps_the_calls_of_what_it_imports() -> None:
    main = code(MAIN).replace('os.environ["KEY"]', "input()")
    results = migrate([SourceModule("main.py", main), SourceModule("store.py", code(STORE))], KEPT)
    assert [result.text for result in results] == [None, None]


# -- PaLM, Vertex ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ('genai.generate_text(model="models/text-bison-001", prompt="Hi")', "interactions.create(model=..., input="),
        ('genai.chat(messages=["Hi"])', "previous_interaction_id"),
        ('genai.generate_embeddings(model="models/embedding-gecko-001", text="Hi")', "embed_content"),
        ('genai.count_message_tokens(prompt="Hi")', "count_tokens"),
    ],
)
def test_calls_of_the_palm_api_are_named_with_what_to_do(call: str, words: str) -> None:
    findings = [f for f in transform(LEGACY + f"print({call})\n", KEPT).findings if f.code == "MG108"]
    assert len(findings) == 1 and words in findings[0].message and findings[0].status == "manual"


def test_tuning_is_named_with_what_is_known_of_it() -> None:
    check_stays("print(genai.list_tuned_models())\n", "query_base")


@pytest.mark.parametrize("module", ["vertexai.generative_models", "vertexai.preview.generative_models"])
def test_requests_of_the_vertex_sdk_are_named_and_stay(module: str) -> None:
    source = code(
        f"""
        import vertexai
        from {module} import GenerativeModel

        vertexai.init(project="p", location="l")
        model = GenerativeModel("gemini-1.5-pro")
        print(model.generate_content("Hi").text)
        chat = model.start_chat()
        print(chat.send_message("Hi").text)
        """
    )
    result = transform(source, KEPT)
    assert (result.text, result.error) == (None, None)
    assert [(f.line, f.code, f.status) for f in result.findings] == [(line, "MG109", "manual") for line in (5, 6, 7, 8)]
    assert all("genai.Client(enterprise=True" in f.message for f in result.findings)


def test_another_use_of_vertex_is_nobodys_business() -> None:
    check_unchanged(
        """
        import vertexai
        from vertexai import agent_engines

        vertexai.init(project="p", location="l")
        print(agent_engines.list())
        """
    )


def test_names_of_the_sdk_that_are_the_programs_own() -> None:
    check_unchanged(
        """
        from mine import genai

        print(genai.embed_content(model="m", content="a")["embedding"])
        f = genai.upload_file("a.pdf")
        f.delete()
        print([m.supported_generation_methods for m in genai.list_models()])
        """
    )


# -- functions handed to others ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'await asyncio.to_thread(genai.upload_file, "a.txt", mime_type="text/plain")',
            'await asyncio.to_thread(client.files.upload, file="a.txt", config={"mime_type": "text/plain"})',
        ),
        (
            'await LOOP.run_in_executor(None, genai.get_file, "files/a")',
            'await LOOP.run_in_executor(None, functools.partial(client.files.get, name="files/a"))',
        ),
        (
            'await asyncio.to_thread(genai.embed_content, "gemini-embedding-001", ["a"])',
            'await asyncio.to_thread(client.models.embed_content, model="gemini-embedding-001", contents=["a"])',
        ),
    ],
)
def test_a_function_that_a_thread_calls(before: str, after: str) -> None:
    tail = "import functools\n" if "functools" in after else ""
    result = transform(f"import asyncio\n{LEGACY}\n\nasync def f():\n    {before}\n", KEPT)
    assert result.text is not None
    wanted = f"import asyncio\n{tail}{GENAI}\n\nasync def f():\n    {after}\n"
    assert ast.dump(ast.parse(result.text)) == ast.dump(ast.parse(wanted))


def test_a_function_that_map_calls() -> None:
    check(
        'for f in map(genai.get_file, ["files/a", "files/b"]):\n    print(f.name)\n',
        'for f in map(lambda name: client.files.get(name=name), ["files/a", "files/b"]):\n    print(f.name)\n',
    )


def test_a_file_whose_method_is_handed_away_stays() -> None:
    check_stays(
        """
        import atexit

        f = genai.upload_file("a.pdf")
        atexit.register(f.delete)
        """,
        "f.delete",
    )


def test_a_prompt_with_values_put_into_it_is_text() -> None:
    check(
        """
        def ask(name, path):
            model = genai.GenerativeModel("gemini-3-flash-preview")
            f = genai.upload_file(path, mime_type="application/pdf")
            prompt = "What does %s say of %s?" % (name, path)
            return model.generate_content([prompt, f]).text
        """,
        """
        def ask(name, path):
            model = "gemini-3-flash-preview"
            f = client.files.upload(file=path, config={"mime_type": "application/pdf"})
            prompt = "What does %s say of %s?" % (name, path)
            return client.interactions.create(model=model, input=[
                {"type": "text", "text": prompt},
                {"type": "document", "uri": f.uri, "mime_type": f.mime_type},
            ]).output_text
        """,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('if "embedding" in r:\n    print("there")\n', 'if r.embeddings:\n    print("there")\n'),
        ('print("embedding" not in r)\n', "print(not r.embeddings)\n"),
        ('found = "embedding" in r\n', "found = bool(r.embeddings)\n"),
    ],
)
def test_whether_there_is_an_embedding(before: str, after: str) -> None:
    check(
        f'r = genai.embed_content("gemini-embedding-001", "a")\n{before}',
        f'r = client.models.embed_content(model="gemini-embedding-001", contents="a")\n{after}',
    )


# -- clients of Vertex -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "client",
    [
        "genai.Client(vertexai=True)",
        'genai.Client(enterprise=True, project="p", location="l")',
        'genai.Client(**{"vertexai": True, "project": "p"})',
        "genai.Client(vertexai=bool(os.getenv('VERTEX')))",
    ],
)
def test_requests_of_a_client_of_vertex_stay(client: str) -> None:
    source = f"import os\n\nfrom google import genai\n\nclient = {client}\n"
    source += 'print(client.models.generate_content(model="gemini-2.0-flash", contents="Hi").text)\n'
    result = transform(source, KEPT)
    assert result.text is None
    assert [(f.code, f.status) for f in result.findings] == [("MG201", "manual")]
    assert "Vertex" in result.findings[0].message


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ('os.environ["GOOGLE_GENAI_USE_VERTEXAI"] = "True"', True),
        ('os.environ.setdefault("GOOGLE_GENAI_USE_VERTEXAI", "1")', True),
        ('os.environ.update({"GOOGLE_GENAI_USE_ENTERPRISE": "true"})', True),
        ('os.environ["GOOGLE_GENAI_USE_VERTEXAI"] = "False"', False),
        ('print(os.environ.get("GOOGLE_GENAI_USE_VERTEXAI"))', False),
    ],
)
def test_a_program_that_switches_to_vertex_by_the_environment(line: str, stays: bool) -> None:
    source = f"import os\n\nfrom google import genai\n\n{line}\nclient = genai.Client()\n"
    source += 'chat = client.chats.create(model="gemini-3-flash-preview")\nprint(chat.send_message("Hi").text)\n'
    result = transform(source, KEPT)
    assert (result.text is None) == stays
    assert {f.status for f in result.findings if f.code != "MG502"} == ({"manual"} if stays else {"migrated"})


@pytest.mark.parametrize(
    "source",
    [
        "def run(fn=genai.get_file):\n    print(fn('files/a').name)\n\n\nrun()\n",
        "get = genai.get_file\nprint(get('files/a').name)\n",
        "class A:\n    def __init__(self, get=None):\n        self.get = get or genai.get_file\n\n\n"
        "print(A().get('files/a').name)\n",
    ],
)
def test_a_function_under_another_name_stays_with_its_calls(source: str) -> None:
    check_stays(source, "used as a value")


def test_a_module_of_a_package_reaches_the_client_that_a_function_of_another_makes() -> None:
    sources = {
        "gem/__init__.py": "",
        "gem/client.py": (
            "import google.generativeai as genai\n\n\ndef init(key):\n    genai.configure(api_key=key)\n"
        ),
        "gem/rag.py": (
            "import google.generativeai as genai\n\nfrom .client import init\n\n\ndef names():\n    init('k')\n"
            "    return [m.name for m in genai.list_models()]\n"
        ),
    }
    results = migrate([SourceModule(path, text) for path, text in sources.items()], KEPT)
    made, used = results[1].text, results[2].text
    assert made is not None and "client = None" in made and "global client" in made
    assert used is not None and "from . import client as client_module" in used
    assert "client_module.client.models.list()" in used


@pytest.mark.parametrize(
    "line",
    ['r["embedding"] = [1.0]', "print(dict(r))", 'print({**r, "a": 1})', 'del r["embedding"]', "print(sorted(r))"],
)
def test_a_result_that_is_used_as_the_dict_that_it_was_stays(line: str) -> None:
    check_stays(f'r = genai.embed_content("gemini-embedding-001", ["a"])\n{line}\n', "by hand")


def test_a_label_that_may_be_none_falls_back_to_the_name_of_the_file() -> None:
    check(
        """
        import os


        def upload(path: str, label=None):
            f = genai.upload_file(path, display_name=label)
            print(f.display_name)


        upload("a.pdf")
        """,
        """
        import os


        def upload(path: str, label=None):
            f = client.files.upload(file=path, config={"display_name": label or os.path.basename(path)})
            print(f.display_name)


        upload("a.pdf")
        """,
    )


@pytest.mark.parametrize(
    ("contents", "same"),
    [
        ('{"role": "user", "parts": [{"text": "Hi"}]}', True),
        ('[{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Ho"}]}]', True),
        ('{"role": "user", "parts": ["Hi"]}', False),
        ('{"mime_type": "image/png", "data": b"a"}', False),
        ("turns", False),
    ],
)
def test_turns_and_parts_are_counted_as_they_are_where_both_sdks_take_them(contents: str, same: bool) -> None:
    source = LEGACY + 'turns = [{"role": "user", "parts": [{"text": "Hi"}]}]\n'
    source += f'print(genai.GenerativeModel("gemini-3-flash-preview").count_tokens({contents}).total_tokens)\n'
    result = transform(source, KEPT)
    assert ("contents=" + (contents if same else f"to_part({contents})")) in (result.text or "")


def test_pictures_in_turns_are_not_counted_by_the_tool() -> None:
    source = LEGACY.replace("import ", "from PIL import Image\nimport ", 1)
    source += 'turns = [{"role": "user", "parts": [Image.open("a.png")]}]\n'
    source += 'print(genai.GenerativeModel("gemini-3-flash-preview").count_tokens(turns).total_tokens)\n'
    assert transform(source, KEPT).text is None


def test_a_script_that_a_test_imports_is_still_one() -> None:
    test = "import main\n\n\ndef test_main():\n    assert main.embed('a')\n"
    modules = [("main.py", code(MAIN)), ("store.py", code(STORE)), ("test_main.py", test)]
    results = migrate([SourceModule(path, text) for path, text in modules], KEPT)
    assert results[1].text is not None and "def get_client():" in results[1].text


def test_arguments_under_the_first_one_stay_under_it() -> None:
    check(
        """
        r = genai.embed_content(model="gemini-embedding-001",
                                content="a",
                                task_type="retrieval_query",
                                title=None)
        print(r["embedding"])
        """,
        """
        r = client.models.embed_content(model="gemini-embedding-001",
                                        contents="a",
                                        config={"task_type": "RETRIEVAL_QUERY"})
        print(r.embeddings[0].values)
        """,
    )


def test_a_task_type_that_is_put_together_is_put_in_upper_case() -> None:
    check(
        """
        def embed(text: str, kind: str):
            r = genai.embed_content(model="gemini-embedding-001", content=text, task_type=f"retrieval_{kind}")
            return r["embedding"]
        """,
        """
        def embed(text: str, kind: str):
            r = client.models.embed_content(
                model="gemini-embedding-001",
                contents=text,
                config={"task_type": f"retrieval_{kind}".upper()},
            )
            return r.embeddings[0].values
        """,
        review="has to be a long name",
    )


@pytest.mark.parametrize(
    "source",
    [
        "count = model.count_tokens\nprint(count('Hi').total_tokens)\n",
        "class A:\n    count = model.count_tokens\n\n\nprint(A.count('Hi').total_tokens)\n",
    ],
)
def test_a_count_under_another_name_keeps_its_model(source: str) -> None:
    text = LEGACY + f'model = genai.GenerativeModel("gemini-3-flash-preview")\n{source}'
    result = transform(text, KEPT)
    assert (result.text, result.error) == (None, None)


def test_an_open_file_has_no_name_to_show() -> None:
    check(
        """
        with open("a.txt", "rb") as source:
            f = genai.upload_file(source, mime_type="text/plain")
        print(f.display_name)
        """,
        """
        with open("a.txt", "rb") as source:
            f = client.files.upload(file=source, config={"mime_type": "text/plain"})
        print(f.display_name)
        """,
    )
