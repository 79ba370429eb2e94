"""`response.parsed` where a program asks whether there is a value: an answer that does not fit is None, as before."""

from __future__ import annotations

import pytest

from migrate_gemini import transform

HEAD = """
import json
from google import genai
from pydantic import BaseModel

client = genai.Client()


class City(BaseModel):
    name: str


def ask(text):
    return client.models.generate_content(
        model="gemini-3-flash-preview",
        contents=text,
        config={"response_mime_type": "application/json", "response_schema": SCHEMA},
    )


response = ask("Hi")
"""


def new(body: str, schema: str = "City") -> str:
    """The new text of a program with these lines at its end."""
    text = transform(HEAD.replace("SCHEMA", schema) + body).text
    assert text is not None
    return text


@pytest.mark.parametrize(
    "body",
    [
        "if response.parsed:\n    print(response.parsed.name)\n",
        "if response.parsed is not None:\n    print(response.parsed.name)\n",
        "if not response.parsed:\n    raise SystemExit\nprint(response.parsed.name)\n",
        "city = response.parsed\nif city is None:\n    city = City(name='?')\nprint(city.name)\n",
        "city = response.parsed or City(name='?')\nprint(city.name)\n",
        "def take(response):\n    return response.parsed\ncity = take(response)\nprint(city.name if city else '?')\n",
    ],
)
def test_a_value_that_is_tested_is_none_where_the_text_does_not_fit(body: str) -> None:
    text = new(body)
    assert "def parsed_or_none(schema, text):" in text
    assert "parsed_or_none(City, response.output_text)" in text
    assert "City.model_validate_json(response" not in text


def test_a_value_that_is_not_tested_is_validated_where_it_is_read() -> None:
    text = new("print(response.parsed.name)\n")
    assert "City.model_validate_json(response.output_text).name" in text
    assert "parsed_or_none" not in text


def test_a_list_and_a_dict_may_be_none_too() -> None:
    assert "TypeAdapter(schema).validate_json(text)" in new("if response.parsed:\n    print(1)\n", "list[City]")
    plain = new("if response.parsed:\n    print(1)\n", '{"type": "OBJECT"}')
    assert "def parsed_or_none(text):" in plain
    assert "return json.loads(text)" in plain
    assert "if parsed_or_none(response.output_text):" in plain
