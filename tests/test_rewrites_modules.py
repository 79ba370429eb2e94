"""What travels: objects of an SDK across modules, methods as values, functions that something else calls."""

from __future__ import annotations

import pytest

from migrate_gemini import Settings, transform
from migrate_gemini.engine import SourceModule, migrate
from migrate_gemini.findings import ModuleResult
from tests.checks import check_manual, check_transformed, code

LLM = """
    import google.generativeai as genai

    genai.configure(api_key="k")
    model = genai.GenerativeModel("gemini-3-flash-preview")
    """
NEW_LLM = """
    from google import genai

    client = genai.Client(api_key="k")
    model = "gemini-3-flash-preview"
    """


def together(modules: dict[str, str]) -> dict[str, ModuleResult]:
    """Migrates modules, given by path, as one program."""
    made = migrate([SourceModule(path, code(text)) for path, text in modules.items()], Settings(todo_comments=False))
    return {result.path: result for result in made}


def check_together(before: dict[str, str], after: dict[str, str]) -> None:
    """Checks the new texts of the modules of a program; those that are not named in `after` stay."""
    made = together(before)
    for path in before:
        wanted = code(after[path]) if path in after else None
        assert made[path].text in (wanted, code(before[path]) if wanted is None else wanted), path


# -- across modules ----------------------------------------------------------------------------------------------------


def test_a_module_that_is_imported_as_such_is_asked_for_its_client() -> None:
    use = """
        from . import llm as brain


        def ask(question: str):
            return brain.model.generate_content(question).text
        """
    after = """
        from . import llm as brain


        def ask(question: str):
            return brain.client.interactions.create(model=brain.model, input=question).output_text
        """
    check_together({"app/llm.py": LLM, "app/use.py": use}, {"app/llm.py": NEW_LLM, "app/use.py": after})


def test_in_a_package_the_client_is_imported_as_relatively_as_everything_else() -> None:
    use = """
        from .sub.llm import model


        def ask(question: str):
            return model.generate_content(question).text
        """
    other = """
        def ask(model, question: str):
            return model.generate_content(question).text
        """
    caller = """
        from .deep.other import ask
        from .sub.llm import model

        print(ask(model, "Hi"))
        """
    before = {
        "app/__init__.py": "",
        "app/caller.py": caller,
        "app/deep/__init__.py": "",
        "app/deep/other.py": other,
        "app/sub/llm.py": LLM,
        "app/use.py": use,
    }
    made = together(before)
    assert "from .sub.llm import client, model\n" in (made["app/use.py"].text or "")
    assert "from ..sub.llm import client\n" in (made["app/deep/other.py"].text or "")


@pytest.mark.parametrize(
    ("folder", "line", "name"),
    [("app", "import app", "app"), ("app/brain", "from .. import brain", "brain")],
)
def test_a_package_that_makes_the_client_when_asked_is_imported_by_its_modules(
    folder: str, line: str, name: str
) -> None:
    package = """
        import os

        import google.generativeai as genai


        def create_app():
            genai.configure(api_key=os.environ["KEY"])
            from . import routes

            return routes
        """
    routes = """
        import google.generativeai as genai

        model = genai.GenerativeModel("gemini-3-flash-preview")


        def ask(question: str):
            return model.generate_content(question).text
        """
    new_package = """
        import os

        from google import genai

        client = None


        def create_app():
            global client
            client = genai.Client(api_key=os.environ["KEY"])
            from . import routes

            return routes
        """
    new_routes = f"""
        {line}

        model = "gemini-3-flash-preview"


        def ask(question: str):
            return {name}.client.interactions.create(model=model, input=question).output_text
        """
    check_together(
        {"app/__init__.py": "", f"{folder}/__init__.py": package, f"{folder}/routes.py": routes},
        {f"{folder}/__init__.py": new_package, f"{folder}/routes.py": new_routes},
    )


def test_a_star_import_is_followed_into_functions_and_through_a_package() -> None:
    check_together(
        {
            "ai/__init__.py": "from .llm import *\n",
            "ai/llm.py": LLM,
            "main.py": """
                from ai import *


                def ask():
                    return model.generate_content("Hi").text
                """,
        },
        {
            "ai/llm.py": NEW_LLM,
            "main.py": """
                from ai import *
                from ai.llm import client


                def ask():
                    return client.interactions.create(model=model, input="Hi").output_text
                """,
        },
    )


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(
            """
            def __getattr__(name):
                from .llm import model

                return model
            """,
            id="made there",
        ),
        pytest.param(
            """
            import importlib


            def __getattr__(name):
                return getattr(importlib.import_module(".llm", __name__), name)
            """,
            id="from a module",
        ),
        pytest.param(
            """
            from importlib import import_module

            _WHERE = {"model": "llm", "other": ".other"}


            def __getattr__(name):
                return getattr(import_module(f".{_WHERE[name]}", __package__), name)
            """,
            id="by a table",
        ),
    ],
)
def test_what_a_module_makes_when_it_is_asked_for_is_followed(made: str) -> None:
    main = """
        import ai

        print(ai.model.generate_content("Hi").text)
        """
    after = """
        import ai
        from ai.llm import client

        print(client.interactions.create(model=ai.model, input="Hi").output_text)
        """
    check_together(
        {"ai/__init__.py": made, "ai/llm.py": LLM, "main.py": main}, {"ai/llm.py": NEW_LLM, "main.py": after}
    )


def test_an_attribute_that_is_named_at_run_time_may_be_any_that_the_text_names() -> None:
    main = """
        import llm

        for name in ("model",):
            print(getattr(llm, name).generate_content("Hi").text)
        """
    after = """
        import llm

        for name in ("model",):
            print(llm.client.interactions.create(model=getattr(llm, name), input="Hi").output_text)
        """
    check_together({"llm.py": LLM, "main.py": main}, {"llm.py": NEW_LLM, "main.py": after})


# -- the place of the client -------------------------------------------------------------------------------------------

ASK = """
    import google.generativeai as genai


    def ask(question: str):
        return genai.GenerativeModel("gemini-3-flash-preview").generate_content(question).text
    """


def test_a_key_that_is_changed_in_another_module_is_changed_for_every_request() -> None:
    keys = """
        import google.generativeai as genai

        KEYS = ["a", "b"]


        def rotate():
            KEYS.append(KEYS.pop(0))
            genai.configure(api_key=KEYS[0])
        """
    main = """
        import google.generativeai as genai

        from keys import rotate
        from use import ask

        genai.configure(api_key="first")
        print(ask("Hi"))
        rotate()
        print(ask("Hi"))
        """
    after = {
        "keys.py": """
            from google import genai

            client = None

            KEYS = ["a", "b"]


            def rotate():
                global client
                KEYS.append(KEYS.pop(0))
                client = genai.Client(api_key=KEYS[0])
            """,
        "main.py": """
            from google import genai

            from keys import rotate
            from use import ask
            import keys

            keys.client = genai.Client(api_key="first")
            print(ask("Hi"))
            rotate()
            print(ask("Hi"))
            """,
        "use.py": """
            import keys


            def ask(question: str):
                return keys.client.interactions.create(model="gemini-3-flash-preview", input=question).output_text
            """,
    }
    check_together({"keys.py": keys, "main.py": main, "use.py": ASK}, after)


def test_scripts_with_different_keys_give_the_module_that_they_share_their_client() -> None:
    script = """
        import os

        import google.generativeai as genai

        from use import ask

        if __name__ == "__main__":
            genai.configure(api_key=os.environ["KEY"])
            print(ask("Hi"))
        """
    after = """
        import os

        from google import genai

        from use import ask
        import use

        if __name__ == "__main__":
            use.client = genai.Client(api_key=os.environ["KEY"])
            print(ask("Hi"))
        """
    use = """
        client = None


        def ask(question: str):
            return client.interactions.create(model="gemini-3-flash-preview", input=question).output_text
        """
    check_together(
        {"one.py": script.replace("KEY", "ONE_KEY"), "two.py": script.replace("KEY", "TWO_KEY"), "use.py": ASK},
        {"one.py": after.replace("KEY", "ONE_KEY"), "two.py": after.replace("KEY", "TWO_KEY"), "use.py": use},
    )


def test_a_module_that_only_configures_as_a_script_makes_its_client_when_others_use_it() -> None:
    tool = """
        import os

        import google.generativeai as genai


        def ask(question: str):
            return genai.GenerativeModel("gemini-3-flash-preview").generate_content(question).text


        if __name__ == "__main__":
            genai.configure(api_key=os.environ["GEMINI_API_KEY"])
            print(ask("Hi"))
        """
    main = """
        import os

        import google.generativeai as genai

        from tool import ask

        genai.configure(api_key=os.getenv("GEMINI_API_KEY"))
        print(ask("Hello"))
        """
    check_together(
        {"main.py": main, "tool.py": tool},
        {
            "main.py": """
                import os

                from tool import ask

                print(ask("Hello"))
                """,
            "tool.py": """
                import os
                from functools import cache

                from google import genai


                @cache
                def get_client():
                    \"\"\"The client, made when it is first used.\"\"\"
                    return genai.Client(api_key=os.environ["GEMINI_API_KEY"])


                def ask(question: str):
                    return get_client().interactions.create(model="gemini-3-flash-preview", input=question).output_text


                if __name__ == "__main__":
                    print(ask("Hi"))
                """,
        },
    )


def test_a_call_that_cannot_make_the_client_stays_where_it_is() -> None:
    check_transformed(
        """
        import google.generativeai as genai


        def model():
            return genai.GenerativeModel("gemini-3-flash-preview")


        def setup(key):
            genai.configure(api_key=key)


        def ask(question: str):
            return model().generate_content(question).text
        """,
        """
        from google import genai

        client = None


        def model():
            return "gemini-3-flash-preview"


        def setup(key):
            global client
            client = genai.Client(api_key=key)


        def ask(question: str):
            return client.interactions.create(model=model(), input=question).output_text
        """,
    )


# -- imports for type checkers -----------------------------------------------------------------------------------------


def test_an_annotation_takes_its_new_name_from_the_block_for_type_checkers() -> None:
    llm = """
        from google import genai

        client = genai.Client()


        def ask():
            return client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")
        """
    use = """
        from __future__ import annotations

        from typing import TYPE_CHECKING

        from llm import ask

        if TYPE_CHECKING:
            from google.genai.types import GenerateContentResponse


        def text(response: GenerateContentResponse) -> str:
            return response.text


        print(text(ask()))
        """
    after = """
        from __future__ import annotations

        from typing import TYPE_CHECKING

        from llm import ask

        if TYPE_CHECKING:
            from google import genai


        def text(response: genai.interactions.Interaction) -> str:
            return response.output_text


        print(text(ask()))
        """
    made = together({"llm.py": llm, "use.py": use})
    assert made["use.py"].text == code(after)


def test_a_block_for_type_checkers_goes_with_the_last_import_in_it() -> None:
    check_transformed(
        """
        from typing import TYPE_CHECKING

        import google.generativeai as genai

        if TYPE_CHECKING:
            from google.generativeai.types import GenerateContentResponse
            from google.generativeai import GenerativeModel

        genai.configure(api_key="k")


        def ask(model: "GenerativeModel") -> "GenerateContentResponse":
            return model.generate_content("Hi")


        print(ask(genai.GenerativeModel("gemini-3-flash-preview")).text)
        """,
        """
        from google import genai

        client = genai.Client(api_key="k")


        def ask(model: str) -> "genai.interactions.Interaction":
            return client.interactions.create(model=model, input="Hi")


        print(ask("gemini-3-flash-preview").output_text)
        """,
    )


# -- functions that something else calls -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [
        "threading.Thread(target=work, args=(box,)).start()",
        "threading.Thread(None, work, None, [box]).start()",
        'threading.Thread(target=work, kwargs={"into": box}).start()',
        "threading.Timer(1.0, work, (box,)).start()",
        "scheduler.enter(1, 1, work, argument=(box,))",
        "scheduler.add_job(work, args=[box])",
        "loop.call_later(1, work, box)",
        "tasks.add_task(work, into=box)",
        "pool.apply_async(work, (box,))",
        "pool.starmap(work, [(box,)])",
        "atexit.register(work, box)",
    ],
)
def test_what_a_function_stores_is_followed_wherever_it_runs(start: str) -> None:
    before = f"""
        import atexit
        import threading

        from google import genai

        from app import loop, pool, scheduler, tasks

        client = genai.Client()
        box = {{}}


        def work(into):
            into["a"] = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")


        {start}
        print(box["a"].text)
        """
    after = code(before).replace("client.models.generate_content", "client.interactions.create")
    after = after.replace("contents=", "input=").replace(".text", ".output_text")
    check_transformed(before, after)


def test_an_answer_that_is_called_back_or_waited_for_is_followed() -> None:
    check_transformed(
        """
        import asyncio

        from google import genai

        client = genai.Client()


        def ask(question: str):
            return client.aio.models.generate_content(model="gemini-3-flash-preview", contents=question)


        async def main(loop):
            task = asyncio.create_task(ask("a"))
            task.add_done_callback(lambda done: print(done.result().text))
            done, _ = await asyncio.wait([asyncio.create_task(ask("b"))])
            print([item.result().text for item in done])
            answer, length = await asyncio.gather(ask("c"), asyncio.sleep(0, 3))
            print(answer.text, length)
            queue = asyncio.Queue()
            await queue.put((await ask("d"), 1))
            answer, number = await queue.get()
            print(answer.text, number)
            print(asyncio.run_coroutine_threadsafe(ask("e"), loop).result().text)
        """,
        """
        import asyncio

        from google import genai

        client = genai.Client()


        def ask(question: str):
            return client.aio.interactions.create(model="gemini-3-flash-preview", input=question)


        async def main(loop):
            task = asyncio.create_task(ask("a"))
            task.add_done_callback(lambda done: print(done.result().output_text))
            done, _ = await asyncio.wait([asyncio.create_task(ask("b"))])
            print([item.result().output_text for item in done])
            answer, length = await asyncio.gather(ask("c"), asyncio.sleep(0, 3))
            print(answer.output_text, length)
            queue = asyncio.Queue()
            await queue.put((await ask("d"), 1))
            answer, number = await queue.get()
            print(answer.output_text, number)
            print(asyncio.run_coroutine_threadsafe(ask("e"), loop).result().output_text)
        """,
    )


# -- methods as values -------------------------------------------------------------------------------------------------


def test_a_helper_that_passes_everything_on_gets_the_new_call_and_its_arguments() -> None:
    check_transformed(
        """
        import google.generativeai as genai

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview", system_instruction="Be brief.")


        def retry(call, *args, attempts=3, **kwargs):
            for _ in range(attempts):
                try:
                    return call(*args, **kwargs)
                except Exception as error:
                    print(call.__name__, error)


        print(
            retry(
                model.generate_content, "Hi", attempts=2, generation_config={"seed": 1}
            ).text
        )
        """,
        """
        from google import genai

        client = genai.Client(api_key="k")
        model = dict(model="gemini-3-flash-preview", system_instruction="Be brief.")


        def retry(call, *args, attempts=3, **kwargs):
            for _ in range(attempts):
                try:
                    return call(*args, **kwargs)
                except Exception as error:
                    print(call.__name__, error)


        print(
            retry(
                client.interactions.create,
                **model,
                input="Hi",
                generation_config={"seed": 1},
                attempts=2,
            ).output_text
        )
        """,
    )


def test_a_helper_that_looks_at_what_it_passes_on_keeps_a_method_with_keywords() -> None:
    check_manual(
        """
        import google.generativeai as genai

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview")


        def cached(call, *args, **kwargs):
            print(kwargs["generation_config"])
            return call(*args, **kwargs)


        print(cached(model.generate_content, "Hi", generation_config={"seed": 1}).text)
        """,
        "the method is used as a value",
    )


def test_a_method_that_a_pool_gives_keywords_stays() -> None:
    check_manual(
        """
        import google.generativeai as genai

        from app import pool

        genai.configure(api_key="k")
        model = genai.GenerativeModel("gemini-3-flash-preview")
        print(pool.apply_async(model.generate_content, ("Hi",), {"generation_config": {"seed": 1}}).get().text)
        """,
        "the method is used as a value",
    )


def test_a_helper_of_somebody_else_that_is_given_the_requests_keywords_passes_them_on() -> None:
    check_transformed(
        """
        from google import genai
        from backoff_lib import call_with_backoff

        client = genai.Client()
        print(
            call_with_backoff(
                client.models.generate_content, model="gemini-3-flash-preview", contents="Hi", max_tries=3
            ).text
        )
        """,
        """
        from google import genai
        from backoff_lib import call_with_backoff

        client = genai.Client()
        print(
            call_with_backoff(
                client.interactions.create, model="gemini-3-flash-preview", input="Hi", max_tries=3
            ).output_text
        )
        """,
    )


def test_another_name_for_the_method_of_google_genai_stays_a_name_for_the_new_one() -> None:
    check_transformed(
        """
        import asyncio

        from google import genai
        from google.genai import types

        client = genai.Client()
        generate = client.models.generate_content


        class Writer:
            def __init__(self, call):
                self.call = call

            def write(self, topic: str):
                return self.call(model="gemini-3-flash-preview", contents=topic).text


        async def ask(question: str):
            answer = await asyncio.to_thread(generate, model="gemini-3-flash-preview", contents=question)
            return answer.text


        config = types.GenerateContentConfig(seed=1)
        print(generate(model="gemini-3-flash-preview", contents="Hi", config=config).text)
        print(Writer(generate).write("rain"))
        """,
        """
        import asyncio

        from google import genai

        client = genai.Client()
        generate = client.interactions.create


        class Writer:
            def __init__(self, call):
                self.call = call

            def write(self, topic: str):
                return self.call(model="gemini-3-flash-preview", input=topic).output_text


        async def ask(question: str):
            answer = await asyncio.to_thread(generate, model="gemini-3-flash-preview", input=question)
            return answer.output_text


        config = dict(generation_config={"seed": 1})
        print(generate(model="gemini-3-flash-preview", input="Hi", **config).output_text)
        print(Writer(generate).write("rain"))
        """,
    )


@pytest.mark.parametrize(
    ("use", "why"),
    [
        ('run = generate if FAST else len\nprint(run(model="gemini-3-flash-preview", contents="Hi"))', "may also be"),
        ("from app import run\nprint(run(generate))", "used as a value"),
        ("options = {}\nprint(generate(**options))", "used as a value"),
    ],
)
def test_a_name_for_the_method_that_is_used_otherwise_stays(use: str, why: str) -> None:
    check_manual(
        f"from google import genai\n\nclient = genai.Client()\ngenerate = client.models.generate_content\n{use}\n", why
    )


def test_what_a_dependency_gives_is_followed_to_the_parameter_that_asks_for_it() -> None:
    before = """
        from typing import Annotated

        from fastapi import Depends, FastAPI, Request
        from google import genai

        app = FastAPI()


        def get_client(request: Request) -> genai.Client:
            return request.app.state.gemini


        def make():
            client = genai.Client()
            yield client


        ClientDep = Annotated[genai.Client, Depends(make)]


        @app.post("/a")
        async def a(question: str, client: genai.Client = Depends(get_client)):
            return client.models.generate_content(model="gemini-3-flash-preview", contents=question).text


        @app.post("/b")
        async def b(question: str, client: ClientDep):
            return client.models.generate_content(model="gemini-3-flash-preview", contents=question).text


        @app.post("/c")
        async def c(question: str, client: Annotated[genai.Client, Depends(make)]):
            return client.models.generate_content(model="gemini-3-flash-preview", contents=question).text


        @app.post("/d")
        async def d(question: str, client=Depends(make)):
            return client.models.generate_content(model="gemini-3-flash-preview", contents=question).text
        """
    after = code(before).replace("client.models.generate_content", "client.interactions.create")
    check_transformed(before, after.replace("contents=", "input=").replace(".text", ".output_text"))


def test_what_a_function_of_somebody_else_makes_of_a_function_gives_what_that_gives() -> None:
    before = """
        import asyncio
        import contextvars
        import functools

        import backoff
        from google import genai
        from limits import limiter

        client = genai.Client()
        current = contextvars.ContextVar("current")
        current.set(client)


        def ask(question: str):
            return current.get().models.generate_content(model="gemini-3-flash-preview", contents=question)


        cached = functools.lru_cache(maxsize=8)(ask)
        safe = backoff.on_exception(backoff.expo, Exception)(ask)
        print(cached("a").text, safe("b").text, limiter.wrap(ask)("c").text, limiter.run(lambda: ask("d")).text)


        async def main():
            future = asyncio.get_running_loop().create_future()
            future.set_result(ask("e"))
            print((await future).text)
        """
    after = code(before).replace(".models.generate_content", ".interactions.create").replace("contents=", "input=")
    check_transformed(before, after.replace(".text", ".output_text"))


def test_a_model_that_is_never_asked_moves_with_what_configures_the_sdk() -> None:
    check_transformed(
        """
        import os

        import google.generativeai as genai

        genai.configure(api_key=os.environ["KEY"])
        model = genai.GenerativeModel("gemini-3-flash-preview")
        """,
        """
        import os

        from google import genai

        client = genai.Client(api_key=os.environ["KEY"])
        model = "gemini-3-flash-preview"
        """,
    )


def test_what_configures_the_sdk_for_no_call_stays_and_is_named() -> None:
    source = """\
import google.generativeai as genai
from langchain_google_genai import ChatGoogleGenerativeAI

genai.configure(api_key="k")
print(ChatGoogleGenerativeAI(model="gemini-3-flash-preview").invoke("Hi"))
"""
    done = transform(source)
    assert done.text is None
    messages = [finding.message for finding in done.findings if finding.code == "MG102"]
    assert len(messages) == 1 and "no call that was read needs configure()" in messages[0]


# -- names that modules take from one another --------------------------------------------------------------------------

CONFIGS = """
    import google.generativeai as genai
    from google.generativeai.types import GenerationConfig

    genai.configure(api_key="k")


    def ask(text: str, config):
        return genai.GenerativeModel("gemini-3-flash-preview").generate_content(text, generation_config=config).text
    """
USE = """
    from llm import ask, GenerationConfig

    print(ask("Hi", GenerationConfig(temperature=0.5)))
    """


def test_a_name_that_is_not_there_any_more_is_taken_by_nobody() -> None:
    made = together({"llm.py": CONFIGS, "use.py": USE})
    assert made["llm.py"].text is not None and "GenerationConfig" not in made["llm.py"].text
    assert made["use.py"].text == 'from llm import ask\n\nprint(ask("Hi", dict(temperature=0.5)))\n'


@pytest.mark.parametrize(
    "taker",
    [
        "from llm import GenerationConfig\nprint(GenerationConfig.__name__)\n",
        "import llm\nprint(llm.GenerationConfig)\n",
        "from llm import *\nprint(GenerationConfig)\n",
        "from llm import GenerationConfig as Config\n\n__all__ = ['Config']\n",
    ],
)
def test_a_name_that_another_module_still_uses_stays_where_it_is_taken_from(taker: str) -> None:
    made = together({"llm.py": CONFIGS, "use.py": USE, "other.py": taker})
    assert made["llm.py"].text is not None
    assert "from google.generativeai.types import GenerationConfig\n" in made["llm.py"].text
    assert "MG106" in {finding.code for finding in made["llm.py"].findings}
    assert made["other.py"].text is None


def test_a_name_that_goes_on_to_a_third_module_stays() -> None:
    modules = {
        "llm.py": CONFIGS,
        "use.py": USE,
        "third.py": "from use import GenerationConfig\nprint(GenerationConfig)\n",
    }
    made = together(modules)
    assert made["llm.py"].text is not None and "import GenerationConfig" in made["llm.py"].text
    assert made["use.py"].text is not None and "from llm import ask, GenerationConfig\n" in made["use.py"].text


def test_a_module_that_must_stay_goes_on_getting_its_names() -> None:
    modules = [
        SourceModule("llm.py", code(CONFIGS)),
        SourceModule("use.py", "from llm import GenerationConfig\n", given=False),
    ]
    made, _ = migrate(modules, Settings(todo_comments=False))
    assert made.text is not None and "import GenerationConfig" in made.text


def test_what_came_with_the_sdk_stays_where_another_module_takes_it() -> None:
    llm = "from google.api_core import exceptions as core\n" + code(CONFIGS)
    made = together({"llm.py": llm, "use.py": USE, "other.py": "from llm import core\nprint(core.NotFound)\n"})
    assert made["llm.py"].text is not None and "from google.api_core import exceptions as core\n" in made["llm.py"].text
    assert "MG106" in {finding.code for finding in made["llm.py"].findings}


def test_a_module_that_only_changes_with_others_says_with_which() -> None:
    llm = """
        from google import genai

        client = genai.Client()


        def ask(text: str):
            return client.models.generate_content(model="gemini-3-flash-preview", contents=text)
        """
    made = together({"llm.py": llm, "show.py": "from llm import ask\n\nanswer = ask('Hi')\nprint(answer.text)\n"})
    assert made["show.py"].text is not None and "answer.output_text" in made["show.py"].text
    (found,) = made["show.py"].findings
    assert (found.line, found.code, found.status) == (4, "MG502", "migrated")
    assert found.message == "no call is here; the module changes together with the calls in llm.py"


def test_that_a_client_is_one_of_vertex_is_told_at_its_own_requests_before_all_else() -> None:
    use = """
        from google import genai
        from a_reader import read

        client = genai.Client({made})
        print(read(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")))
        """
    made = together(
        {
            "a_reader.py": "def read(answer):\n    return answer.candidates[0].avg_logprobs + 1\n",
            "plain.py": use.format(made=""),
            "vertex.py": use.format(made='vertexai=True, project="p", location="l"'),
        }
    )
    told = {path: [f.message for f in result.findings if f.code == "MG201"] for path, result in made.items()}
    assert "avg_logprobs" in told["plain.py"][0]
    assert "which models Vertex serves" in told["vertex.py"][0]


SHADOWED = """
    from google.genai import Client, client

    first = client.Client(api_key="a")
    {between}client = Client(api_key="b")
    """
ASKS = """
    from made import client


    def ask(question: str):
        return client.models.generate_content(model="gemini-3-flash-preview", contents=question).text
    """


@pytest.mark.parametrize("between", ["", "print(first)\n    ", "def late():\n        return first\n\n\n    "])
def test_a_name_that_an_import_has_only_until_it_is_assigned_is_not_what_others_import(between: str) -> None:
    after = ASKS.replace("models.generate_content", "interactions.create").replace("contents=", "input=")
    after = after.replace(".text", ".output_text")
    check_together({"made.py": SHADOWED.format(between=between), "use.py": ASKS}, {"use.py": after})


@pytest.mark.parametrize(
    "between",
    [
        "def late():\n        return client\n\n\n    ",
        "class Late:\n        made = client\n\n\n    ",
        "if first:\n        ",
    ],
)
def test_a_name_that_an_import_may_still_have_where_it_is_read_keeps_the_request(between: str) -> None:
    made = together({"made.py": SHADOWED.format(between=between), "use.py": ASKS})
    assert [finding.status for finding in made["use.py"].findings if finding.code == "MG201"] == ["manual"]


def test_names_that_a_package_does_not_have_come_from_the_library_of_its_name() -> None:
    """A wrapper of another library, whose errors are no ones of Gemini's."""
    texts = {
        "app/__init__.py": "",
        "app/models/__init__.py": "",
        "app/models/anthropic/__init__.py": "from app.models.anthropic.claude import Claude\n",
        "app/models/anthropic/claude.py": "class Claude:\n    pass\n",
        "app/models/base.py": (
            "from anthropic import APIStatusError\nfrom google import genai\n\nclient = genai.Client()\n\n\n"
            "def ask(other, text):\n    try:\n        other.messages.create(text)\n"
            '        return client.models.generate_content(model="gemini-3-flash-preview", contents=text).text\n'
            "    except Exception as error:\n        if isinstance(error, APIStatusError):\n"
            "            return error.message\n        raise\n"
        ),
    }
    results = migrate([SourceModule(path, text) for path, text in texts.items()], Settings())
    text = results[-1].text or ""
    assert "interactions.create(" in text
    assert "            return error.message\n" in text


def test_a_module_gets_its_client_from_a_script_that_loads_it_and_not_from_another() -> None:
    script = "import os\n\nimport google.generativeai as genai\n\ngenai.configure(api_key=os.environ['K'])\n{rest}"
    asks = "model = genai.GenerativeModel('gemini-3-flash-preview')\nprint(model.generate_content('Hi').text)\n"
    texts = {
        "alone.py": script.format(rest=asks),
        "handlers.py": (
            "import google.generativeai as genai\n\nmodel = genai.GenerativeModel('gemini-3-flash-preview')\n\n\n"
            "def handle(text):\n    return model.generate_content(text).text\n"
        ),
        "main.py": script.format(rest="\nif __name__ == '__main__':\n    import handlers\n    handlers.handle('Hi')\n"),
    }
    results = migrate([SourceModule(path, text) for path, text in texts.items()], Settings())
    handlers = results[1].text or ""
    assert "interactions.create(" in handlers
    assert "alone" not in handlers and "main" not in handlers
    assert "genai.Client(" in handlers
