"""What becomes of settings: the form of an answer, thinking, voices, transport; and reads of media and thoughts."""

from __future__ import annotations

import pytest

from migrate_gemini import Settings, transform
from tests.checks import check_manual, check_transformed, code

TYPES = "from google.genai import types\n"
NEW = f"""
from google import genai
{TYPES}
client = genai.Client()
"""

LONG = """response_format={
        "type": "text",
        "mime_type": "application/json",
        "schema": %s,
    }"""
JSON = '"type": "text", "mime_type": "application/json"'


def asked(config: str, before: str = "", model: str = "gemini-3-flash-preview") -> str:
    """A program that prints the text of one answer to a request with this config."""
    given = f'    model="{model}",\n    contents="Hi",\n    config={config},\n'
    head = NEW if "types." in config else NEW.replace(TYPES, "")
    return f"{head}{before}response = client.models.generate_content(\n{given})\nprint(response.text)\n"


def becomes(*settings: str, before: str = "", model: str = "gemini-3-flash-preview") -> str:
    """The same after its migration, with these keywords."""
    head = NEW.replace(TYPES, "")
    given = f'    model="{model}",\n    input="Hi",\n' + "".join(f"    {setting},\n" for setting in settings)
    return f"{head}{before}response = client.interactions.create(\n{given})\nprint(response.output_text)\n"


# -- structured output -------------------------------------------------------------------------------------------------

MODEL = """
from google import genai
from pydantic import BaseModel

client = genai.Client()


class City(BaseModel):
    name: str


"""


def test_a_pydantic_class_gives_its_own_json_schema() -> None:
    check_transformed(
        MODEL
        + """
response = client.models.generate_content(
    model="gemini-3-flash-preview",
    contents="Hi",
    config={"response_mime_type": "application/json", "response_schema": City},
)
print(response.parsed.name)
""",
        MODEL
        + """
response = client.interactions.create(
    model="gemini-3-flash-preview",
    input="Hi",
    response_format={"type": "text", "mime_type": "application/json", "schema": City.model_json_schema()},
)
print(City.model_validate_json(response.output_text).name)
""",
        found=["MG502"],
    )


def test_a_list_of_classes_is_adapted_by_pydantic() -> None:
    check_transformed(
        MODEL
        + """
response = client.models.generate_content(
    model="gemini-3-flash-preview",
    contents="Hi",
    config={"response_mime_type": "application/json", "response_schema": list[City]},
)
print(response.parsed)
""",
        MODEL.replace("import BaseModel", "import BaseModel, TypeAdapter")
        + """
response = client.interactions.create(
    model="gemini-3-flash-preview",
    input="Hi",
    response_format={
        "type": "text",
        "mime_type": "application/json",
        "schema": TypeAdapter(list[City]).json_schema(),
    },
)
print(TypeAdapter(list[City]).validate_json(response.output_text))
""",
        found=["MG502"],
    )


def test_a_parameter_that_is_annotated_as_a_class_of_pydantic() -> None:
    check_transformed(
        """
        from google import genai
        from pydantic import BaseModel

        client = genai.Client()


        def ask(prompt: str, schema: type[BaseModel]):
            response = client.models.generate_content(
                model="gemini-3-flash-preview",
                contents=prompt,
                config={"response_mime_type": "application/json", "response_schema": schema},
            )
            return response.parsed
        """,
        """
        from google import genai
        from pydantic import BaseModel

        client = genai.Client()


        def ask(prompt: str, schema: type[BaseModel]):
            response = client.interactions.create(
                model="gemini-3-flash-preview",
                input=prompt,
                response_format={
                    "type": "text",
                    "mime_type": "application/json",
                    "schema": schema.model_json_schema(),
                },
            )
            return schema.model_validate_json(response.output_text)
        """,
        found=["MG502"],
    )


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        pytest.param(
            '{"response_mime_type": "application/json", "response_schema": '
            '{"type": "OBJECT", "properties": {"a": {"type": "STRING", "nullable": True}}}}',
            LONG % '{"type": "object", "properties": {"a": {"type": ["string", "null"]}}}',
            id="a dict with types in capitals",
        ),
        pytest.param(
            '{"response_mime_type": "application/json", "response_json_schema": {"type": "string"}}',
            f'response_format={{{JSON}, "schema": {{"type": "string"}}}}',
            id="a JSON schema",
        ),
        pytest.param(
            'types.GenerateContentConfig(response_mime_type="application/json", response_schema='
            "types.Schema(type=types.Type.ARRAY, items=types.Schema(type=types.Type.INTEGER)))",
            LONG % '{"type": "array", "items": {"type": "integer"}}',
            id="objects of the SDK",
        ),
    ],
)
def test_a_schema_that_is_written_out_becomes_a_json_schema(config: str, settings: str) -> None:
    check_transformed(asked(config), becomes(*filter(None, [settings])))


def test_a_mime_type_may_be_a_constant() -> None:
    before = 'JSON = "application/json"\n'
    check_transformed(
        asked("types.GenerateContentConfig(response_mime_type=JSON)", before),
        becomes(f"response_format={{{JSON}}}", before=before),
    )


@pytest.mark.parametrize(
    ("config", "words"),
    [
        pytest.param('{"response_mime_type": "text/html"}', "response schema", id="another MIME type"),
        pytest.param('{"response_schema": {"type": "OBJECT"}}', "response schema", id="a schema without MIME type"),
        pytest.param('{"response_mime_type": "text/x.enum"}', "response schema", id="an enum without schema"),
    ],
)
def test_a_form_without_counterpart_keeps_the_call(config: str, words: str) -> None:
    check_manual(asked(config), words)


def test_an_answer_is_an_enum_s_member_here_and_text_there() -> None:
    check_manual(
        """
        from google import genai

        client = genai.Client()


        def text_of(response):
            return response.text


        print(text_of(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")))
        print(text_of(client.models.generate_content(
            model="gemini-3-flash-preview",
            contents="Hi",
            config={"response_mime_type": "text/x.enum", "response_schema": {"type": "STRING", "enum": ["a", "b"]}},
        )))
        """,
        "text/x-enum beside other answers",
    )


def test_parsed_of_answers_to_several_schemas_stays() -> None:
    check_manual(
        """
        from google import genai

        client = genai.Client()


        def ask(config):
            return client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config)


        def parsed(response):
            return response.parsed


        print(parsed(ask({"response_mime_type": "application/json", "response_schema": list[str]})))
        print(parsed(ask(None)))
        """,
        "response schema",
    )


# -- thinking ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thinking", "settings", "model"),
    [
        ('thinking_level="LOW"', 'generation_config={"thinking_level": "low"}', "gemini-3-flash-preview"),
        (
            "thinking_level=types.ThinkingLevel.HIGH",
            'generation_config={"thinking_level": "high"}',
            "gemini-3.8-flash",
        ),
        ("include_thoughts=True", 'generation_config={"thinking_summaries": "auto"}', "gemini-3-flash-preview"),
        ("include_thoughts=False", "", "gemini-3-flash-preview"),
        ("thinking_budget=-1", "", "gemini-3-flash-preview"),
    ],
)
def test_levels_and_summaries(thinking: str, settings: str, model: str) -> None:
    config = f"types.GenerateContentConfig(thinking_config=types.ThinkingConfig({thinking}))"
    check_transformed(asked(config, model=model), becomes(*filter(None, [settings]), model=model))


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("gemini-3.5-flash", 'generation_config={"thinking_level": "minimal"}'),
        ("gemini-3.8-flash", 'generation_config={"thinking_level": "low"}'),
        ("gemini-2.5-flash-lite", ""),
    ],
)
def test_a_budget_of_zero_is_the_lowest_level_of_the_model(model: str, settings: str) -> None:
    config = "types.GenerateContentConfig(thinking_config=types.ThinkingConfig(thinking_budget=0))"
    check_transformed(asked(config, model=model), becomes(*filter(None, [settings]), model=model), found=["MG501"])


def test_a_budget_that_shows_at_run_time_is_dropped_and_said() -> None:
    check_transformed(asked('{"thinking_config": {"thinking_budget": int(input())}}'), becomes(), found=["MG501"])


OUTSIDE = """
from google import genai
from google.genai import types

client = genai.Client()


def ask(thinking):
    config = types.GenerateContentConfig(thinking_config=thinking)
    return client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config).text
"""


def test_of_thinking_that_comes_from_outside_the_level_is_read_at_run_time() -> None:
    result = transform(OUTSIDE)
    assert 'dict(generation_config={"thinking_level": thinking_level(thinking)})' in (result.text or "")
    assert any("only the thinking_level" in finding.message for finding in result.findings)


def test_an_image_among_modalities_that_show_at_run_time_has_its_settings() -> None:
    text = transform(
        code(
            """
            from google import genai
            from google.genai import types

            client = genai.Client()


            def draw(modalities):
                return client.models.generate_content(
                    model="m",
                    contents="A leek",
                    config=types.GenerateContentConfig(
                        response_modalities=modalities, image_config=types.ImageConfig(aspect_ratio="16:9")
                    ),
                ).text
            """
        )
    ).text
    assert text is not None
    assert (
        """
        response_format=[
            {"type": "image", "aspect_ratio": "16:9"} if modality.lower() == "image" else {"type": modality.lower()}
            for modality in modalities
        ],
"""
        in text
    )


def test_thinking_that_comes_from_outside_may_ask_for_thoughts() -> None:
    text = transform(OUTSIDE + "\n\nask(types.ThinkingConfig(include_thoughts=True))\n").text
    assert text is not None and "generation_config=thinking_settings(" in text


@pytest.mark.parametrize(
    ("config", "made"),
    [
        (
            "types.GenerateContentConfig(thinking_config=thinking(), temperature=1)",
            'generation_config={**thinking_settings(thinking()), "temperature": 1}',
        ),
        (
            "types.GenerateContentConfig(thinking_config=thinking() if deep else None)",
            "generation_config=thinking_settings(thinking() if deep else None)",
        ),
        (
            '{"thinking_config": thinking(), **limits}',
            "generation_config={**limits, **thinking_settings(thinking())}",
        ),
        (
            "types.GenerateContentConfig(thinking_config=thinking(), **limits)",
            "generation_config={**limits, **thinking_settings(thinking())}",
        ),
    ],
)
def test_thinking_that_a_function_gives_is_read_as_the_request_is_made(config: str, made: str) -> None:
    text = transform(
        code(
            f"""
            from google import genai
            from google.genai import types

            client = genai.Client()
            limits = {{"max_output_tokens": 4000}}


            def thinking():
                return types.ThinkingConfig(thinking_level="low", include_thoughts=bool(input()))


            def ask(deep=False):
                return client.models.generate_content(model="m", contents="Hi", config={config}).text
            """
        )
    ).text
    assert text is not None and made in text


def test_thinking_that_a_config_is_given_later_is_merged_into_its_other_settings() -> None:
    text = transform(
        code(
            """
            from google import genai
            from google.genai import types

            client = genai.Client()


            def thinking():
                return types.ThinkingConfig(thinking_level="low", include_thoughts=bool(input()))


            def ask(deep=False):
                config = types.GenerateContentConfig(temperature=0.5)
                if deep:
                    config.thinking_config = thinking()
                return client.models.generate_content(model="m", contents="Hi", config=config).text
            """
        )
    ).text
    assert text is not None and 'config["generation_config"].update(thinking_settings(thinking()))' in text


@pytest.mark.parametrize("test", ['not hasattr(chunk, "candidates") or not chunk.candidates', "not chunk.candidates"])
def test_chunks_without_candidates_are_left_out_by_the_test_of_the_loop(test: str) -> None:
    text = transform(
        code(
            f"""
            from google import genai

            client = genai.Client()
            for chunk in client.models.generate_content_stream(model="m", contents="Hi"):
                if {test}:
                    continue
                for part in chunk.candidates[0].content.parts:
                    print(part.text)
            """
        )
    ).text
    assert text is not None and "candidates" not in text and "continue" not in text


# -- media and thoughts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        ('{"response_modalities": ["TEXT"]}', ""),
        ('{"response_modalities": ["image"]}', 'response_format={"type": "image"}'),
        ('{"response_modalities": ["TEXT", "IMAGE"]}', 'response_format=[{"type": "text"}, {"type": "image"}]'),
        (
            "types.GenerateContentConfig(response_modalities=[types.Modality.IMAGE], "
            'image_config=types.ImageConfig(aspect_ratio="16:9"))',
            'response_format={"type": "image", "aspect_ratio": "16:9"}',
        ),
        (
            '{"response_modalities": ["AUDIO"], "speech_config": "Kore"}',
            'response_format={"type": "audio"},\n    generation_config={"speech_config": [{"voice": "Kore"}]}',
        ),
    ],
)
def test_modalities_become_formats(config: str, settings: str) -> None:
    check_transformed(asked(config), becomes(*filter(None, [settings])))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ('{"response_modalities": ["VIDEO"]}', "response_modalities"),
        ('{"response_modalities": ["IMAGE"], "image_config": {"person_generation": "ALLOW_ALL"}}', "image_config"),
        ('{"speech_config": {"voice_config": {"replicated_voice_config": {}}}}', "speech_config"),
        ('{"speech_config": open("voice.json").read()}', "speech_config"),
        ('{"response_modalities": ["IMAGE"], "image_config": dict()}', "image_config"),
        ('{"http_options": open("options.json").read()}', "http_options"),
        ('{"media_resolution": open("level").read()}', "media resolution belongs to each content"),
        ('{"response_logprobs": True}', "log probabilities"),
        ('{"cached_content": "cachedContents/x"}', "cached content"),
    ],
)
def test_a_setting_of_media_that_stays(config: str, words: str) -> None:
    check_manual(asked(config), words)


def test_inline_data_is_in_base64() -> None:
    check_transformed(
        """
        from google import genai

        client = genai.Client()
        response = client.models.generate_content(
            model="gemini-3.1-flash-image", contents="A fox", config={"response_modalities": ["TEXT", "IMAGE"]}
        )
        for part in response.candidates[0].content.parts:
            if part.text is not None:
                print(part.text)
            elif part.inline_data is not None:
                open("fox.png", "wb").write(part.inline_data.data)
        """,
        '''
import base64

from google import genai


def content_parts(interaction):
    """The contents (text, images, ...) of a model's answer."""
    return [part for step in interaction.steps or [] if step.type == "model_output" for part in step.content or []]


client = genai.Client()
response = client.interactions.create(
    model="gemini-3.1-flash-image",
    input="A fox",
    response_format=[{"type": "text"}, {"type": "image"}],
)
for part in content_parts(response):
    if part.type == "text":
        print(part.text)
    elif part.type == "image":
        open("fox.png", "wb").write(base64.b64decode(part.data))
''',
    )


def test_the_one_sound_of_an_answer_has_a_name_of_its_own() -> None:
    check_transformed(
        """
        import base64

        from google import genai

        client = genai.Client()
        response = client.models.generate_content(
            model="gemini-3.8-flash-tts", contents="Hi", config={"response_modalities": ["AUDIO"]}
        )
        data = response.candidates[0].content.parts[0].inline_data.data
        """,
        """
        import base64

        from google import genai

        client = genai.Client()
        response = client.interactions.create(
            model="gemini-3.8-flash-tts", input="Hi", response_format={"type": "audio"}
        )
        data = base64.b64decode(response.output_audio.data)
        """,
    )


def test_the_image_of_a_part_is_made_of_its_data() -> None:
    check_transformed(
        """
        import base64

        from google import genai
        from google.genai import types

        client = genai.Client()
        config = types.GenerateContentConfig(response_modalities=["IMAGE"])
        r = client.models.generate_content(model="gemini-3.1-flash-image", contents="A fox", config=config)
        r.parts[0].as_image().save("f.png")
        """,
        """
        import base64

        from google import genai
        from google.genai import types

        client = genai.Client()
        config = dict(response_format={"type": "image"})
        r = client.interactions.create(model="gemini-3.1-flash-image", input="A fox", **config)
        types.Image(image_bytes=base64.b64decode(r.output_image.data), mime_type=r.output_image.mime_type).save("f.png")
        """,
    )


def test_own_objects_with_the_same_names_are_left_alone() -> None:
    check_transformed(
        """
        from google import genai


        class Part:
            inline_data = None
            thought = True

            def as_image(self):
                return self.inline_data


        client = genai.Client()
        print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi").text)
        print(Part().inline_data, Part().thought, Part().as_image())
        """,
        """
        from google import genai


        class Part:
            inline_data = None
            thought = True

            def as_image(self):
                return self.inline_data


        client = genai.Client()
        print(client.interactions.create(model="gemini-3-flash-preview", input="Hi").output_text)
        print(Part().inline_data, Part().thought, Part().as_image())
        """,
    )


def test_images_in_the_pieces_of_a_stream() -> None:
    check_transformed(
        """
        import base64

        from google import genai

        client = genai.Client()
        for chunk in client.models.generate_content_stream(
            model="gemini-3.1-flash-image", contents="A fox", config={"response_modalities": ["IMAGE", "TEXT"]}
        ):
            if chunk.candidates is None or chunk.candidates[0].content is None:
                continue
            if chunk.candidates[0].content.parts[0].inline_data:
                print(len(chunk.candidates[0].content.parts[0].inline_data.data))
            else:
                print(chunk.text)
        """,
        """
        import base64

        from google import genai

        client = genai.Client()
        for chunk in client.interactions.create(
            model="gemini-3.1-flash-image",
            input="A fox",
            response_format=[{"type": "image"}, {"type": "text"}],
            stream=True,
        ):
            if chunk.event_type == "step.delta" and chunk.delta.type in ("text", "image"):
                if chunk.delta.type == "image":
                    print(len(base64.b64decode(chunk.delta.data)))
                else:
                    print(chunk.delta.text)
        """,
    )


@pytest.mark.parametrize(
    "body",
    [
        "print(chunk.text, chunk.candidates[0].finish_reason)",
        "print(chunk.text, chunk.usage_metadata)",
        "if chunk.candidates[0].finish_reason:\n        print(1)\n    else:\n        print(2)",
        "candidate = chunk.candidates[0]\n    print(candidate.content.parts[0].text)",
        "print(chunk.candidates[0].content.parts[1].text)",
        "print(chunk.candidates[0].content.parts[0].executable_code)",
        "print(chunk.candidates[0].grounding_metadata)",
    ],
)
def test_a_read_of_a_chunk_that_stays(body: str) -> None:
    stream = 'client.models.generate_content_stream(model="gemini-3-flash-preview", contents="Hi")'
    check_manual(f"{NEW}for chunk in {stream}:\n    {body}\n", "the stream is used in a way")


THOUGHTS_AND = """
from google import genai

client = genai.Client()
response = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")
for part in response.candidates[0].content.parts:
    if part.thought:
        print(part.text)
    elif part.{}:
        print(part.{})
"""


def test_thoughts_beside_function_calls_are_parts_of_a_namespace_each() -> None:
    text = transform(THOUGHTS_AND.format("function_call", "function_call.args")).text
    assert text is not None
    assert text.endswith(
        """
for part in answer_parts(response):
    if part.thought:
        print(part.text)
    elif part.function_call:
        print(part.function_call.arguments)
"""
    )
    assert "thought=None, function_call=step" in text


def test_thoughts_beside_code_stay() -> None:
    check_manual(THOUGHTS_AND.format("executable_code", "executable_code.code"), "thought")


# -- transport ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("types.HttpOptions(timeout=60_000)", "timeout=60"),
        ('{"timeout": 1500}', "timeout=1.5"),
        ("types.HttpOptions(timeout=60 * 1000)", "timeout=60"),
        ('{"headers": {"a": "b"}}', 'extra_headers={"a": "b"}'),
        ('{"api_version": "v1beta"}', 'api_version="v1beta"'),
    ],
)
def test_http_options_become_keywords(options: str, settings: str) -> None:
    check_transformed(asked(f"types.GenerateContentConfig(http_options={options})"), becomes(*filter(None, [settings])))


def test_retries_of_one_request_are_dropped_and_said() -> None:
    options = "types.HttpOptions(timeout=9000, retry_options=types.HttpRetryOptions(attempts=2))"
    check_transformed(
        asked(f"types.GenerateContentConfig(http_options={options})"), becomes("timeout=9"), found=["MG501"]
    )


@pytest.mark.parametrize("options", ['{"base_url": "https://proxy.example"}', "options()", '{"client_args": {}}'])
def test_http_options_that_stay(options: str) -> None:
    before = "options = lambda: None\n"
    check_manual(asked(f"types.GenerateContentConfig(http_options={options})", before), "http_options")


LEGACY = """
import google.generativeai as genai

genai.configure(api_key="k")
model = genai.GenerativeModel("gemini-3-flash-preview")
"""


@pytest.mark.parametrize("options", ["input()", '{"timeout": 5, "metadata": []}', "**input()"])
def test_request_options_that_stay(options: str) -> None:
    given = options if options.startswith("**") else f"request_options={options}"
    words = "arguments" if options.startswith("**") else "request_options"
    check_manual(f'{LEGACY}print(model.generate_content("Hi", {given}).text)\n', words)


def test_several_candidates_in_a_constant_stay() -> None:
    check_manual(asked("types.GenerateContentConfig(candidate_count=COUNT)", "COUNT = 3\n"), "several candidates")


def test_a_resolution_of_a_chat_stays() -> None:
    check_manual(
        """
        from google import genai

        client = genai.Client()
        chat = client.chats.create(
            model="gemini-3-flash-preview", config={"media_resolution": "MEDIA_RESOLUTION_LOW", "seed": 1}
        )
        print(chat.send_message("Hi").text)
        """,
        "media resolution belongs to each content",
    )


def test_a_resolution_in_settings_of_several_requests_stays() -> None:
    check_manual(
        """
        from google import genai

        client = genai.Client()
        config = {"media_resolution": "MEDIA_RESOLUTION_LOW"}
        print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config).text)
        print(client.models.generate_content(model="gemini-3-flash-preview", contents="Ho", config=config).text)
        """,
        "media_resolution",
    )


def test_a_tier_of_the_sdk_is_a_word() -> None:
    check_transformed(
        asked("types.GenerateContentConfig(service_tier=types.ServiceTier.FLEX)"), becomes('service_tier="flex"')
    )


def test_modalities_that_show_at_run_time() -> None:
    check_transformed(
        """
        import sys

        from google import genai

        client = genai.Client()
        response = client.models.generate_content(
            model="gemini-3.1-flash-image",
            contents="Hi",
            config={"response_modalities": ["IMAGE"] if sys.argv[1:] else ["TEXT"]},
        )
        print(response.text)
        """,
        """
        import sys

        from google import genai

        client = genai.Client()
        response = client.interactions.create(
            model="gemini-3.1-flash-image",
            input="Hi",
            response_format=[{"type": modality.lower()} for modality in (["IMAGE"] if sys.argv[1:] else ["TEXT"])],
        )
        print(response.output_text)
        """,
    )


LATER = """
from google import genai
from google.genai import types
from pydantic import BaseModel

client = genai.Client()


class City(BaseModel):
    name: str


config = types.GenerateContentConfig(temperature=0.5)
{}
response = client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=config)
print(response.text)
"""


def test_a_schema_that_is_set_later() -> None:
    check_transformed(
        LATER.format('config.response_mime_type = "application/json"\nconfig.response_schema = City'),
        """
from google import genai
from pydantic import BaseModel

client = genai.Client()


class City(BaseModel):
    name: str


config = dict(generation_config={"temperature": 0.5})
config["response_format"] = {"type": "text", "mime_type": "application/json", "schema": City.model_json_schema()}
response = client.interactions.create(model="gemini-3-flash-preview", input="Hi", **config)
print(response.output_text)
""",
    )


@pytest.mark.parametrize(
    "lines", ["config.response_schema = City", "config.response_mime_type = input()\nconfig.response_schema = City"]
)
def test_a_schema_that_is_set_later_without_its_mime_type_stays(lines: str) -> None:
    check_manual(LATER.format(lines), "without its MIME type")


def test_a_part_that_has_inline_data_is_a_medium() -> None:
    check_transformed(
        LEGACY
        + """
for part in model.generate_content("Hi").parts:
    if "inline_data" in part:
        print(part.inline_data.mime_type)
""",
        '''
from google import genai


def content_parts(interaction):
    """The contents (text, images, ...) of a model's answer."""
    return [part for step in interaction.steps or [] if step.type == "model_output" for part in step.content or []]


client = genai.Client(api_key="k")
model = "gemini-3-flash-preview"

for part in content_parts(client.interactions.create(model=model, input="Hi")):
    if part.type != "text":
        print(part.mime_type)
''',
    )


def test_another_field_that_a_part_is_asked_for_stays() -> None:
    ask = 'for part in model.generate_content("Hi").parts:\n    print("file_data" in part)\n'
    check_manual(LEGACY + ask, "file_data")


def test_a_timeout_in_an_attribute() -> None:
    check_transformed(
        """
        import google.generativeai as genai

        genai.configure(api_key="k")


        class Asker:
            def __init__(self):
                self.opts = {"timeout": 30}
                self.model = genai.GenerativeModel("gemini-3-flash-preview")

            def ask(self, q: str):
                return self.model.generate_content(q, request_options=self.opts).text
        """,
        """
        from google import genai

        client = genai.Client(api_key="k")


        class Asker:
            def __init__(self):
                self.opts = {"timeout": 30}
                self.model = "gemini-3-flash-preview"

            def ask(self, q: str):
                return client.interactions.create(model=self.model, input=q, timeout=self.opts["timeout"]).output_text
        """,
    )


def test_a_dict_of_arguments_that_is_spread_keeps_its_place_and_gets_new_keys() -> None:
    check_transformed(
        """
        from google import genai

        client = genai.Client()


        def asked(prompt):
            return {
                "model": "gemini-3-flash-preview",
                "contents": [prompt, "Briefly."],
                "config": {"temperature": 0.1},
            }


        print(client.models.generate_content(**asked("Hi")).text)
        """,
        """
        from google import genai

        client = genai.Client()


        def asked(prompt):
            return {
                "model": "gemini-3-flash-preview",
                "input": [{"type": "text", "text": prompt}, {"type": "text", "text": "Briefly."}],
                "generation_config": {"temperature": 0.1},
            }


        print(client.interactions.create(**asked("Hi")).output_text)
        """,
    )


def test_arguments_that_a_dict_gets_only_sometimes_keep_their_places() -> None:
    check_transformed(
        """
        from google import genai
        from google.genai import types

        client = genai.Client()


        def asked(prompt, creative=0.0, brief=False, tone=None):
            params = {"model": "gemini-3-flash-preview"}
            params["contents"] = [prompt, "So."] if brief else [prompt]
            if creative:
                params["config"] = types.GenerateContentConfig(
                    temperature=creative,
                    system_instruction="You are a patient cook who knows everything about leeks.",
                    max_output_tokens=2000,
                )
            return client.models.generate_content(**params).text


        def limited(prompt, limit=None):
            extra = {}
            if limit is not None:
                extra['config'] = {"max_output_tokens": limit}
            return client.models.generate_content(model="gemini-3-flash-preview", contents=prompt, **extra).text


        print(asked("Hi"), limited("Ho"))
        """,
        """
        from google import genai

        client = genai.Client()


        def asked(prompt, creative=0.0, brief=False, tone=None):
            params = {"model": "gemini-3-flash-preview"}
            params["input"] = [{"type": "text", "text": prompt}, {"type": "text", "text": "So."}] if brief else prompt
            if creative:
                params.update(
                    generation_config={"temperature": creative, "max_output_tokens": 2000},
                    system_instruction="You are a patient cook who knows everything about leeks.",
                )
            return client.interactions.create(**params).output_text


        def limited(prompt, limit=None):
            extra = {}
            if limit is not None:
                extra["generation_config"] = {"max_output_tokens": limit}
            return client.interactions.create(model="gemini-3-flash-preview", input=prompt, **extra).output_text


        print(asked("Hi"), limited("Ho"))
        """,
    )


def test_one_of_two_settings_is_put_into_a_dict_of_arguments() -> None:
    text = transform(
        code(
            """
            from google import genai

            client = genai.Client()
            params = {"model": "gemini-3-flash-preview", "contents": "Hi"}
            if input():
                params["config"] = {"temperature": 0.5}
            else:
                params["config"] = {"system_instruction": "Be brief."}
            print(client.models.generate_content(**params).text)
            """
        )
    ).text
    assert 'params["generation_config"] = {"temperature": 0.5}' in text
    assert 'params["system_instruction"] = "Be brief."' in text


@pytest.mark.parametrize(
    "use",
    [
        "print(params)",
        "params.update(config=None)",
        "params[input()] = 'Ho'",
        "params['config'] = {'temperature': 1.0}; params['config'] = {'top_p': 1.0}",
        "for i in '12': params['config'] = {'temperature': 1.0} if i == '1' else {'top_p': 1.0}",
    ],
)
def test_a_dict_of_arguments_with_other_uses_keeps_its_call(use: str) -> None:
    check_manual(
        f"""
        from google import genai

        client = genai.Client()
        params = {{"model": "gemini-3-flash-preview", "contents": "Hi"}}
        {use}
        print(client.models.generate_content(**params).text)
        """,
        "built elsewhere",
    )


def test_a_dict_of_arguments_for_two_calls_keeps_both() -> None:
    check_manual(
        """
        from google import genai

        client = genai.Client()
        params = {"model": "gemini-3-flash-preview", "contents": "Hi"}
        print(client.models.generate_content(**params).text)
        print(client.models.count_tokens(**params).total_tokens)
        """,
        "built elsewhere",
    )


def test_safety_settings_that_a_config_of_run_time_holds_too_keep_their_form() -> None:
    result = transform(
        """
import sys

from google import genai
from google.genai import types

client = genai.Client()
safety = [types.SafetySetting(category="HARM_CATEGORY_HARASSMENT", threshold="OFF")]
one = types.GenerateContentConfig(safety_settings=safety)
print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=one).text)
settings = {"safety_settings": safety}
if len(sys.argv) > 1:
    settings["response_mime_type"] = "application/json"
two = types.GenerateContentConfig(**settings)
print(client.models.generate_content(model="gemini-3-flash-preview", contents="Ho", config=two).text)
"""
    )
    assert "\nsafety = [types.SafetySetting(" in (result.text or "")
    assert 'input="Hi",' in (result.text or "") and "safety_settings=safety_list(safety)" in (result.text or "")
    assert 'input="Ho", **request_settings(two)' in (result.text or "")


def test_a_setting_that_a_call_which_stays_uses_keeps_its_assignment() -> None:
    result = transform(
        """
from google import genai
from google.genai import types

client = genai.Client()
thinking = types.ThinkingConfig(thinking_level="low")
one = types.GenerateContentConfig(thinking_config=thinking)
print(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi", config=one).text)
two = types.GenerateContentConfig(thinking_config=thinking, candidate_count=2)
print(client.models.generate_content(model="gemini-3-flash-preview", contents="Ho", config=two).text)
"""
    )
    assert 'interactions.create(model="gemini-3-flash-preview", input="Hi"' in (result.text or "")
    assert "\nthinking = types.ThinkingConfig" in (result.text or "")


def test_an_attribute_that_a_legacy_model_takes_no_notice_of_is_dropped() -> None:
    check_transformed(
        """
        import google.generativeai as genai

        model = genai.GenerativeModel("gemini-3-flash-preview")
        model.temperature = 0.2
        print(model.generate_content("Hi").text)
        """,
        """
        from google import genai

        client = genai.Client()
        model = "gemini-3-flash-preview"
        print(client.interactions.create(model=model, input="Hi").output_text)
        """,
        found=["MG501"],
    )


@pytest.mark.parametrize("use", ["model.temperature = input()", "model._tools = None"])
def test_other_attributes_of_a_legacy_model_keep_it(use: str) -> None:
    check_manual(
        f"""
        import google.generativeai as genai

        model = genai.GenerativeModel("gemini-3-flash-preview")
        {use}
        print(model.generate_content("Hi").text)
        """,
        "no known counterpart",
    )


@pytest.mark.parametrize(
    ("settings", "read", "moves"),
    [
        ('response_mime_type="application/json" if s else None, response_schema=s', "text", True),
        ('response_mime_type="application/json" if s else None, response_schema=s if s else None', "text", True),
        ('response_mime_type="application/json" if s else "text/plain"', "text", True),
        ('response_mime_type="application/json" if s else None, response_schema=s', "parsed", False),
        ('response_mime_type="application/json" if s else None, response_schema=other', "text", False),
        ('response_mime_type="application/json" if s else None, response_schema=s if s else other', "text", False),
        ('response_mime_type="text/x.enum" if s else None, response_schema=s', "text", False),
        ('response_mime_type="application/json" if s else None, response_modalities=["IMAGE"]', "text", False),
    ],
)
def test_json_that_is_asked_for_under_a_test_is_a_format_under_that_test(settings: str, read: str, moves: bool) -> None:
    before = f"""
from google import genai
from google.genai import types

client = genai.Client()


def ask(prompt: str, s=None, other=None):
    config = types.GenerateContentConfig({settings})
    return client.models.generate_content(model="m", contents=prompt, config=config).{read}
"""
    text = transform(before).text or ""
    assert ("interactions.create(" in text) == moves
    assert (" if s else None)" in text.partition("dict(response_format=")[2]) == moves
    outputs = str(transform(before, Settings(target="outputs")).text)
    assert "interactions.create(" not in outputs or "response_schema" not in settings


ENUM = 'config={"response_mime_type": "text/x.enum", "response_schema": {"type": "STRING", "enum": ["a", "b"]}}'
HANDED = """\
from functools import partial

from google import genai

client = genai.Client()
sort = partial(client.models.generate_content, model="gemini-3-flash-preview", {config})
{more}print(sort(contents="Which?").text)
"""


def test_a_method_that_is_handed_on_may_ask_for_a_member_of_an_enum() -> None:
    text = transform(HANDED.format(config=ENUM, more="")).text or ""
    assert text.endswith('print(json.loads(sort(contents="Which?").output_text))\n')


def test_handed_methods_of_which_some_ask_for_a_member_of_an_enum_stay() -> None:
    more = 'ask = partial(client.models.generate_content, model="gemini-3-flash-preview")\n'
    more += 'print(ask(contents="Hi").text)\n'
    check_manual(HANDED.format(config=ENUM, more=more), "text/x-enum beside other answers")
