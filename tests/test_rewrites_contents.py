"""What becomes of contents that are made elsewhere, or whose form only shows at run time."""

from __future__ import annotations

import base64
import io
from types import SimpleNamespace
from typing import Any

import pytest
from google.genai import types

from migrate_gemini import transform
from migrate_gemini.rewrite import snippets, snippets_media, snippets_settings
from tests.checks import check_manual, code

CLIENT = """\
from google import genai
from google.genai import types
client = genai.Client(api_key="k")
def ask(contents):
    return client.models.generate_content(model="gemini-3-flash-preview", contents=contents).text
"""
LEGACY = """\
import google.generativeai as genai
genai.configure(api_key="k")
model = genai.GenerativeModel("gemini-3-flash-preview")
"""


def moved(before: str, *, review: str = "") -> str:
    """The new text of a module whose calls all move; review: words of what is to be looked at."""
    result = transform(before)
    assert result.text is not None, result.findings
    calls = [finding for finding in result.findings if finding.code < "MG4"]
    assert {finding.status for finding in calls} <= {"migrated", "needs_review"}, calls
    reviewed = [finding.message for finding in calls if finding.status == "needs_review"]
    assert any(review in message for message in reviewed) if review else not reviewed, reviewed
    return result.text


def helper(template: str, **names: Any) -> Any:
    """A function of `snippets`, made with these names around it."""
    scope: dict[str, Any] = {"base64": base64, **names}
    exec(template.format(name="made"), scope)
    return scope["made"]


TO_INPUT = helper(snippets.TO_INPUT)
TO_INPUT_MEDIA = helper(snippets.TO_INPUT_MEDIA.replace("{to_content}", "to_content"), to_content=str)


# -- at run time -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to_input", [TO_INPUT, TO_INPUT_MEDIA])
def test_texts_before_between_and_behind_turns_stay_where_they_are(to_input: Any) -> None:
    turn = {"role": "model", "parts": [{"text": "m"}]}
    steps = to_input(["a", "b", turn, "c"])
    assert [(step["type"], len(step["content"])) for step in steps] == [
        ("user_input", 2),
        ("model_output", 1),
        ("user_input", 1),
    ]


@pytest.mark.parametrize("to_input", [TO_INPUT, TO_INPUT_MEDIA])
@pytest.mark.parametrize("role", ["assistant", "system", "function"])
def test_a_role_without_a_step_is_refused(to_input: Any, role: str) -> None:
    with pytest.raises(ValueError, match=role):
        to_input([{"role": role, "parts": [{"text": "a"}]}])


@pytest.mark.parametrize("to_input", [TO_INPUT, TO_INPUT_MEDIA])
def test_a_turn_without_a_role_is_the_users(to_input: Any) -> None:
    (step,) = to_input([{"parts": [{"text": "a"}]}])
    assert step["type"] == "user_input"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("a", "a"),
        (None, None),
        (["a", "b"], "a\nb"),
        (types.Content(parts=[types.Part(text="a"), types.Part(text="b")]), "a\nb"),
        ({"parts": [{"text": "a"}]}, "a"),
        ([types.Part(text="a"), {"text": "b"}], "a\nb"),
    ],
)
def test_a_system_instruction_becomes_one_text(given: Any, text: str | None) -> None:
    assert helper(snippets_settings.SYSTEM_TEXT)(given) == text


@pytest.mark.parametrize("given", [{"inline_data": {}}, types.Part(inline_data=types.Blob(data=b"", mime_type="a/b"))])
def test_a_system_instruction_that_is_no_text_is_refused(given: Any) -> None:
    with pytest.raises(KeyError):
        helper(snippets_settings.SYSTEM_TEXT)(given)


def test_the_turns_of_objects_are_taken_with_their_parts() -> None:
    turn = SimpleNamespace(role="model", parts=["a"])
    assert TO_INPUT_MEDIA([turn, "b"]) == [
        {"type": "model_output", "content": ["a"]},
        {"type": "user_input", "content": ["b"]},
    ]


# -- what is seen ------------------------------------------------------------------------------------------------------


def test_a_text_or_a_list_with_media_is_sorted_at_run_time() -> None:
    text = moved(CLIENT + 'from PIL import Image\nask("a")\nask(["b", Image.open("c.png")])\n')
    assert "input=to_input(contents)" in text and "parts.append(to_content(item))" in text


def test_a_list_of_texts_and_media_needs_no_such_function() -> None:
    text = moved(CLIENT + 'from PIL import Image\nask(["b", Image.open("c.png")])\n')
    assert "input=[to_content(part) for part in contents]" in text and "to_input" not in text


def test_turns_that_are_read_elsewhere_stay_and_are_turned_at_run_time() -> None:
    text = moved(
        CLIENT
        + code(
            """
            from PIL import Image

            turns = [{"role": "user", "parts": ["a", Image.open("c.png")]}]
            print(ask(turns), turns[0]["role"])
            """
        )
    )
    assert 'turns = [{"role": "user", "parts": ["a", Image.open("c.png")]}]' in text
    assert "input=to_input(contents)" in text


def test_turns_with_calls_of_functions_that_are_read_elsewhere_stay() -> None:
    before = CLIENT + code(
        """
        turns = [types.Content(role="user", parts=[types.Part(function_response=result)])]
        print(ask(turns), turns[0].role)
        """
    )
    assert {f.status for f in transform(before).findings if f.code == "MG201"} == {"manual"}


@pytest.mark.parametrize("name", ["contents", "messages", "self.history", "build_parts(x)"])
def test_what_is_not_seen_and_named_like_a_list_of_turns_is_sorted_at_run_time(name: str) -> None:
    before = LEGACY + f"def ask(self, x, contents, messages):\n    return model.generate_content({name}).text\n"
    assert f"input=to_input({name})" in moved(before, review=f"what {name} is shows at run time")


def test_what_is_not_seen_and_has_another_name_is_taken_to_be_text() -> None:
    before = LEGACY + "def ask(text):\n    return model.generate_content(text).text\n"
    assert "input=text" in moved(before, review="text is taken to be text")


@pytest.mark.parametrize(
    ("part", "media"), [('message["content"]', False), ("row.text", False), ("attachment", True), ("load(row)", True)]
)
def test_parts_that_are_not_seen_may_be_media_unless_their_name_says_text(part: str, media: bool) -> None:
    before = LEGACY + code(
        f"""
        def ask(message, row, attachment, load):
            turns = [{{"role": "user", "parts": [{part}]}}]
            return model.generate_content(turns).text
        """
    )
    text = moved(before)
    assert "input=to_input(turns)" in text
    assert ("to_content" in text) == media


def test_a_deque_of_turns_is_sent_as_a_list() -> None:
    before = LEGACY + code(
        """
        from collections import deque

        history = deque(maxlen=8)

        def ask(text: str):
            history.append({"role": "user", "parts": [text]})
            return model.generate_content(history).text
        """
    )
    assert "input=to_input(list(history))" in moved(before)


def test_dicts_of_another_form_are_no_contents() -> None:
    before = LEGACY + code(
        """
        def ask(content):
            return model.generate_content(content).text

        ask("a")
        ask([{"type": "image_url", "image_url": {"url": "b"}}])
        ask(Message())

        class Message:
            pass
        """
    )
    assert "input=content)" in moved(before, review="content is taken to be text")


def test_a_list_that_holds_itself_is_looked_at_once() -> None:
    before = LEGACY + code(
        """
        def ask(texts):
            texts.append(texts)
            return model.generate_content(texts).text

        ask([])
        """
    )
    assert {f.status for f in transform(before).findings if f.code == "MG103"} == {"manual"}


def test_a_list_with_something_unseen_in_it_is_told() -> None:
    before = LEGACY + code(
        """
        def ask(line):
            prompt = ["a"]
            prompt.append(line)
            return model.generate_content(prompt).text
        """
    )
    assert 'input=[{"type": "text", "text": part} for part in prompt]' in moved(before, review="is taken to be text")
    before = before.replace("line", "image_part")
    assert "input=[to_content(part) for part in prompt]" in moved(before, review="is shown at run time")


@pytest.mark.parametrize(
    ("turns", "moves"),
    [('[turn for turn in turns if turn["role"] != "system"]', True), ("[turn for turn in turns]", False)],
)
def test_a_role_that_is_left_out_again_keeps_nothing(turns: str, moves: bool) -> None:
    before = LEGACY + code(
        f"""
        def ask(text: str):
            turns = [{{"role": "system", "parts": ["a"]}}, {{"role": "user", "parts": [text]}}]
            return model.generate_content({turns}).text
        """
    )
    if moves:
        assert f"input=to_input({turns})" in moved(before)
    else:
        assert {f.status for f in transform(before).findings if f.code == "MG103"} == {"manual"}


def test_a_medium_beside_texts_that_are_changed_is_still_one() -> None:
    before = LEGACY + code(
        """
        def ask(data: str):
            parts = [{"text": "a"}, {"mime_type": "image/png", "data": data}]
            parts[0]["text"] += "b"
            return model.generate_content(parts).text
        """
    )
    assert "input=[to_content(part) for part in parts]" in moved(before)


@pytest.mark.parametrize("line", ["turns.insert(0, first)", "turns[0] = first", "turns[:1] = [first]"])
def test_turns_that_are_put_between_others_are_steps_as_well(line: str) -> None:
    before = LEGACY + code(
        f"""
        from PIL import Image

        first = {{"role": "user", "parts": ["a", Image.open("b.png")]}}
        turns = [{{"role": "user", "parts": ["c"]}}]
        {line}
        print(model.generate_content(turns).text)
        """
    )
    text = moved(before)
    assert "input=turns" in text and text.count('"type": "user_input"') == 2


@pytest.mark.parametrize(
    ("made", "data"),
    [
        ("io.BytesIO()", "base64.b64encode(file.getvalue()).decode()"),
        ('open("a.png", "rb")', "base64.b64encode(file.read()).decode()"),
        ('open("a.b64")', "file.read()"),
    ],
)
def test_what_a_file_holds_is_bytes_or_text_by_its_kind(made: str, data: str) -> None:
    method = "getvalue" if made.startswith("io") else "read"
    before = LEGACY + code(
        f"""
        import io

        file = {made}
        print(model.generate_content(["a", {{"mime_type": "image/png", "data": file.{method}()}}]).text)
        """
    )
    assert f'"data": {data}' in moved(before)


@pytest.mark.parametrize(("mode", "said"), [("", False), (', "r"', False), (", mode", True)])
def test_a_text_file_gives_text(mode: str, said: bool) -> None:
    before = LEGACY + code(
        f"""
        def ask(mode):
            with open("a.txt"{mode}) as file:
                return model.generate_content(file.read()).text
        """
    )
    assert "input=file.read()" in moved(before, review="is taken to be text" if said else "")


# -- system instructions -----------------------------------------------------------------------------------------------


def test_a_system_instruction_that_is_a_text_or_a_list_becomes_text_at_run_time() -> None:
    before = LEGACY + code(
        """
        def make(system=None):
            return genai.GenerativeModel("gemini-3-flash-preview", system_instruction=system)

        print(make("a").generate_content("b").text)
        print(make(["a", "c"]).generate_content("b").text)
        """
    )
    assert "system_instruction=system_text(system)" in moved(before)


def test_a_system_instruction_that_is_set_later_becomes_text_at_run_time() -> None:
    before = code(
        """
        from google import genai
        from google.genai import types

        client = genai.Client(api_key="k")

        def ask(system):
            config = types.GenerateContentConfig(temperature=0)
            config.system_instruction = system
            return client.models.generate_content(model="gemini-3-flash-preview", contents="a", config=config).text

        print(ask("a"), ask(["b", "c"]))
        """
    )
    assert 'config["system_instruction"] = system_text(system)' in moved(before)


def test_parts_as_a_system_instruction_are_joined() -> None:
    before = CLIENT + code(
        """
        def talk(lines):
            config = types.GenerateContentConfig(system_instruction=[types.Part.from_text(text=t) for t in lines])
            return client.models.generate_content(model="gemini-3-flash-preview", contents="a", config=config).text
        ask("a")
        """
    )
    assert "system_instruction=system_text([types.Part.from_text(text=t) for t in lines])" in moved(before)


TWO_REQUESTS = """
from google import genai
from google.genai import types

client = genai.Client()
contents = ["Hi"]
response = client.models.generate_content(model="m", contents=contents)
{between}answer = client.models.generate_content(
    model="m", contents={second}
)
print(answer.text)
"""


@pytest.mark.parametrize("second", ["contents + [response.candidates[0].content, turn]", "[*contents, turn]"])
def test_a_list_that_is_sent_again_with_turns_is_a_list_of_steps_for_both_requests(second: str) -> None:
    between = 'turn = types.Content(role="model", parts=[types.Part(text="Hello")])\n'
    second = second.replace("[*contents, turn]", "[*contents, response.candidates[0].content]")
    text = transform(TWO_REQUESTS.format(between=between if "turn" in second else "", second=second)).text
    assert 'contents = [{"type": "user_input", "content": [{"type": "text", "text": "Hi"}]}]' in text
    assert 'response = client.interactions.create(model="m", input=contents)' in text


@pytest.mark.parametrize(
    "between", ["print(contents[0])\n", "for text in contents:\n    print(text)\n", 'print("".join(contents))\n']
)
def test_a_list_of_texts_that_becomes_steps_is_read_nowhere_else(between: str) -> None:
    check_manual(
        TWO_REQUESTS.format(between=between, second="contents + [response.candidates[0].content]"),
        "contents are not plain text",
    )


def test_a_list_that_becomes_steps_is_not_put_beside_other_texts() -> None:
    check_manual(
        TWO_REQUESTS.format(
            between='client.models.generate_content(model="m", contents=[*contents, "Bye"])\n',
            second="contents + [response.candidates[0].content]",
        ),
        "contents are not plain text",
    )


# -- the function that makes contents knows what there is to make ------------------------------------------------------


class Picture:
    """Stands for an image of PIL."""

    def save(self, buffer: Any, format: str) -> None:
        buffer.write(format.encode())


class File:
    """Stands for an uploaded file."""

    def __init__(self, mime_type: str) -> None:
        self.uri, self.mime_type = "https://x/1", mime_type

    def model_dump(self, exclude_none: bool) -> dict[str, str]:
        return dict(vars(self))


EXAMPLES: dict[str, list[Any]] = {
    "file": [File("video/mp4"), File("application/pdf"), File("text/plain")],
    "text": ["hi", ""],
    "image": [Picture()],
    "blob": [
        {"mime_type": f"{kind}/x", "data": data}
        for kind in ("image", "audio", "application")
        for data in (b"a", "YQ==")
    ],
}
EXAMPLES["data"] = [
    *EXAMPLES["blob"],
    {"mime_type": "text/plain", "data": b"t"},
    {"mime_type": "text/csv", "data": b"c"},
]


@pytest.mark.parametrize(
    "kinds",
    [
        ("image",),
        ("text", "image"),
        ("blob",),
        ("text", "blob"),
        ("data",),
        ("blob", "data"),
        ("text", "image", "blob"),
        ("image", "data"),
    ],
)
def test_a_narrow_function_makes_the_contents_that_the_whole_one_makes(kinds: tuple[str, ...]) -> None:
    template = snippets_media.narrow(frozenset(kinds))
    assert template is not None and len(template) < len(snippets_media.TO_CONTENT)
    narrow, whole = helper(template, io=io), helper(snippets_media.TO_CONTENT, io=io)
    for item in (item for kind in kinds for item in EXAMPLES[kind]):
        assert narrow(item) == whole(item)


@pytest.mark.parametrize("kinds", [("other",), ("text", "other"), ("image", "other"), ("text",), ()])
def test_there_is_no_narrow_function_for_all_else(kinds: tuple[str, ...]) -> None:
    assert snippets_media.narrow(frozenset(kinds)) is None


OPEN = "from PIL import Image\nimage = Image.open('a.png')\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (OPEN + "print(model.generate_content(['What?', image]).text)\n", "from a PIL image."),
        (
            OPEN + "print(model.generate_content(['What?', image.convert('RGB').resize((9, 9))]).text)\n",
            "from a PIL image.",
        ),
        (OPEN + "parts = ['What?', image]\nprint(model.generate_content(parts).text)\n", "from text or a PIL image."),
        (
            "def ask(data):\n    parts = [{'mime_type': 'image/png', 'data': data}]\n"
            "    return model.generate_content([parts[0], 'What?']).text\n",
            "from a dict of mime_type and data.",
        ),
        (
            OPEN + "def ask(data):\n    blob = {'mime_type': 'image/png', 'data': data}\n"
            "    return model.generate_content(['What?', image, blob]).text\n",
            "from a PIL image or a dict of mime_type and data.",
        ),
    ],
)
def test_the_function_for_media_turns_what_the_module_has_alone(body: str, said: str) -> None:
    assert f'"""One content of an interaction: {said}"""' in moved(LEGACY + body)


@pytest.mark.parametrize(
    "body",
    [
        OPEN + "def ask(name):\n    parts = [image, genai.upload_file(name)]\n"
        "    return model.generate_content(parts).text\n",
        OPEN
        + "def ask(more):\n    parts = [image]\n    parts.append(more)\n"
        + "    return model.generate_content(parts).text\n",
    ],
)
def test_the_function_for_media_turns_everything_where_more_may_come(body: str) -> None:
    result = transform(LEGACY + body)
    assert result.text is not None and "from text, a PIL image, a file, a part, or a dict" in result.text


def test_each_branch_of_a_conditional_is_turned_in_place() -> None:
    body = OPEN + "def ask(q):\n    return model.generate_content([q, image] if q else image).text\nask(input())\n"
    text = moved(LEGACY + body)
    assert 'input=[{"type": "text", "text": q}, to_content(image)] if q else to_content(image)' in text
    assert "to_input" not in text


FILE = """\
from google import genai
client = genai.Client()
def ask(name):
    file = client.files.upload(file={upload})
    while file.state == "PROCESSING":
        file = client.files.get(name=file.name)
    return client.models.generate_content(model="gemini-3-flash-preview", contents={contents}).text
"""


@pytest.mark.parametrize(
    ("upload", "kind"),
    [
        ("'a.mp4'", "video"),
        ("'notes.txt'", "document"),
        ("name, config={'mime_type': 'audio/wav', 'display_name': 'a'}", "audio"),
        ("name, config=genai.types.UploadFileConfig(mime_type='image/png')", "image"),
    ],
)
def test_an_uploaded_file_of_a_known_type_is_a_content_in_place(upload: str, kind: str) -> None:
    text = moved(FILE.format(upload=upload, contents="['What?', file]"))
    assert f'{{"type": "{kind}", "uri": file.uri, "mime_type": file.mime_type}}' in text
    assert "to_content" not in text and "file_content" not in text


@pytest.mark.parametrize("upload", ["name", "'a.mp4', config=settings()", "'a.mp4', config={'mime_type': name}"])
def test_the_type_of_another_upload_is_read_at_run_time(upload: str) -> None:
    text = moved(FILE.format(upload=upload, contents="['What?', file]"))
    assert "file_content(file)" in text and "to_content" not in text


def test_texts_and_files_in_a_list_have_a_small_function() -> None:
    text = moved(FILE.format(upload="name", contents="[f'{name}?', file] + ['Look.']"))
    assert '"""One content of an interaction: from text or an uploaded file."""' in text


def test_a_list_of_a_file_and_something_unseen_is_turned_whatever_is_in_it() -> None:
    result = transform(FILE.format(upload="name", contents="[name, file] + [name]"))
    assert result.text is not None and "from text, a PIL image, a file, a part, or a dict" in result.text


@pytest.mark.parametrize(
    "body",
    [
        "def ask(image):\n    return model.generate_content(['What?', image]).text\n"
        "ask(Image.open('a'))\nask(load())\n",
        "def ask(name):\n    image = Image.open(name) if name else load()\n"
        "    return model.generate_content(['What?', image]).text\n",
        "def ask(name):\n    image = load()\n    if name:\n        image = Image.open(name)\n"
        "    return model.generate_content(['What?', image]).text\n",
        "def ask(name):\n    image = name and Image.open(name) or load()\n    parts = [image]\n"
        "    return model.generate_content(parts).text\n",
    ],
)
def test_something_unseen_beside_an_image_is_turned_whatever_it_is(body: str) -> None:
    result = transform(LEGACY + "from PIL import Image\nfrom shelf import load\n" + body)
    assert result.text is not None and "from text, a PIL image, a file, a part, or a dict" in result.text
