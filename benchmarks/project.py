"""Makes a large project of ordinary Python, the same one every time: many modules, of which a few use Gemini.

    python benchmarks/project.py FOLDER [MODULES]

Packages of services, stores and helpers that import each other; classes, dataclasses, long functions, 100 to 300 lines
a module. One module in fifty uses google-generativeai or google-genai: in a helper, a class, a chat or a stream that
other modules import.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

PER_PACKAGE = 25
ONE_IN = 50
NOUNS = "account order invoice ticket report session device customer payment message shipment contract".split()
VERBS = "load merge check render collect update resolve prepare schedule publish filter archive".split()
FIELDS = "name status total owner region created priority amount currency label source target".split()

GEMINI = (
    '''
import google.generativeai as genai

genai.configure(api_key=os.environ["GEMINI_API_KEY"])
model = genai.GenerativeModel("gemini-2.5-flash", system_instruction="You write short answers.")


def ask(question: str) -> str:
    """The model's answer to a question."""
    response = model.generate_content(question, generation_config={"temperature": 0.2})
    return response.text
''',
    '''
from google import genai
from google.genai import types


class Assistant:
    """Answers questions, each on its own."""

    def __init__(self, model: str = "gemini-2.5-flash") -> None:
        self.client = genai.Client()
        self.model = model

    def ask(self, question: str) -> str:
        """The model's answer to a question."""
        response = self.client.models.generate_content(
            model=self.model,
            contents=question,
            config=types.GenerateContentConfig(temperature=0.2, system_instruction="You write short answers."),
        )
        return response.text


def ask(question: str) -> str:
    """The answer of a new assistant."""
    return Assistant().ask(question)
''',
    '''
import google.generativeai as genai


class Conversation:
    """A chat that remembers."""

    def __init__(self, api_key: str) -> None:
        genai.configure(api_key=api_key)
        self.model = genai.GenerativeModel("gemini-2.5-pro")
        self.chat = self.model.start_chat()

    def say(self, message: str) -> str:
        """The model's next turn."""
        response = self.chat.send_message(message)
        logger.info("%d tokens", response.usage_metadata.total_token_count)
        return response.text.strip()


def ask(question: str) -> str:
    """The answer of a new chat."""
    return Conversation(os.environ["GEMINI_API_KEY"]).say(question)
''',
    '''
from google import genai

client = genai.Client()


def stream(question: str):
    """The pieces of the model's answer."""
    for chunk in client.models.generate_content_stream(model="gemini-2.5-flash", contents=question):
        if chunk.text:
            yield chunk.text


def ask(question: str) -> str:
    """The whole answer."""
    return "".join(stream(question))
''',
)


def modules(count: int, gemini: bool = True) -> Iterator[tuple[str, str]]:
    """(path, text) of each module of a project of `count` modules, without the packages' `__init__.py`. gemini: whether
    some of them use it."""
    chance = random.Random(count)
    names = [_name(index) for index in range(count)]
    for index in range(count):
        uses = gemini and index % ONE_IN == ONE_IN // 2
        yield f"{names[index].replace('.', '/')}.py", _module(chance, index, names, uses)


def make(folder: Path, count: int = 1000, gemini: bool = True) -> None:
    """Writes the project."""
    for path, text in modules(count, gemini):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        (file.parent.parent / "__init__.py").touch()
        file.write_text(text, encoding="utf-8", newline="\n")


def _name(index: int) -> str:
    package, noun = index // PER_PACKAGE, NOUNS[index % len(NOUNS)]
    return f"shop.{VERBS[package % len(VERBS)]}_{package}.{noun}_{index}"


def _module(chance: random.Random, index: int, names: list[str], uses: bool) -> str:
    noun = NOUNS[index % len(NOUNS)]
    lines = [f'"""All that is done with one {noun}."""', "", "from __future__ import annotations", ""]
    lines += ["import json", "import logging", "import os", "from dataclasses import dataclass, field", ""]
    others = sorted({chance.randrange(index) for _ in range(4)} if index else ())
    askers = list(range(ONE_IN // 2, index, ONE_IN))
    asker = chance.choice(askers) if askers and index % 10 == 3 else None
    for other in others:
        module, _, last = names[other].rpartition(".")
        if other % 2:
            lines.append(f"from {module}.{last} import {_class(other)}, handle_{other}")
        else:
            lines.append(f"from {module} import {last}")
    if asker is not None:
        lines.append(f"from {names[asker]} import ask")
    lines += ["", "logger = logging.getLogger(__name__)", f"LIMIT_{index} = {chance.randrange(10, 500)}"]
    if uses:
        lines += GEMINI[index // ONE_IN % len(GEMINI)].splitlines()
    lines += ["", *_record(chance, index, noun)]
    for number in range(chance.randrange(1, 3)):
        lines += ["", "", *_service(chance, index, number, noun, others, names)]
    lines += ["", "", *_function(chance, f"handle_{index}", noun, others, names)]
    if asker is not None:
        lines += ["", "", f"def explain_{index}(item: {_class(index)}) -> str:"]
        lines += [f'    """What a customer should know of a {noun}."""', "    parts = []"]
        lines += ['    for line in ask(f"Explain {item.name} in {item.region}").splitlines():', "        if line:"]
        lines += ["            parts.append(line.strip())", '    return "\\n".join(parts)']
    return "\n".join(lines) + "\n"


def _class(index: int) -> str:
    return f"{NOUNS[index % len(NOUNS)].title()}{index}"


def _record(chance: random.Random, index: int, noun: str) -> list[str]:
    lines = ["", "@dataclass", f"class {_class(index)}:", f'    """One {noun}."""', ""]
    lines += [f'    {name}: str = "{noun} {name}"' for name in FIELDS[: chance.randrange(6, len(FIELDS))]]
    lines += [
        "    tags: dict[str, str] = field(default_factory=dict)",
        "    seen: list[int] = field(default_factory=list)",
    ]
    lines += ["", "    def key(self) -> str:", '        """What it is found by."""']
    return [*lines, '        return f"{self.region}/{self.name}".lower()']


def _service(
    chance: random.Random, index: int, number: int, noun: str, others: list[int], names: list[str]
) -> list[str]:
    record = _class(index)
    lines = [f"class {record}Service{number}:", f'    """Keeps each {noun} by its key."""', ""]
    lines += ["    def __init__(self, folder: str, limit: int = 10) -> None:", "        self.folder = folder"]
    lines += [f"        self.limit = min(limit, LIMIT_{index})", f"        self.items: dict[str, {record}] = {{}}"]
    for verb in chance.sample(VERBS, chance.randrange(2, 5)):
        lines += ["", *("    " + line if line else "" for line in _method(chance, verb, record, noun))]
    return lines


def _method(chance: random.Random, verb: str, record: str, noun: str) -> list[str]:
    lines = [f"def {verb}(self, items: list[{record}], *, strict: bool = False) -> list[str]:"]
    lines += [f'    """Does {verb} for each {noun}; the keys of those that changed."""', "    changed = []"]
    lines += ["    for number, item in enumerate(items):", "        key = item.key()", "        if key in self.items:"]
    lines += ["            old = self.items[key]"]
    for name in chance.sample(FIELDS[:6], chance.randrange(2, 5)):
        lines += [f"            if old.{name} != item.{name}:", f"                old.{name} = item.{name}"]
        lines += [f'                old.tags["{name}"] = str(number)', "                changed.append(key)"]
    lines += ["        elif strict:", f'            raise KeyError(f"no {noun} {{key!r}} in {{self.folder}}")']
    lines += ["        else:", "            self.items[key] = item", "            changed.append(key)"]
    lines += ["    if len(changed) > self.limit:", f'        logger.warning("%d of {noun} changed", len(changed))']
    return [*lines, "    return sorted(set(changed))"]


def _function(chance: random.Random, name: str, noun: str, others: list[int], names: list[str]) -> list[str]:
    """A long function: reads, sorts and counts."""
    lines = [f"def {name}(path: str, wanted: dict[str, str] | None = None) -> dict[str, object]:"]
    lines += [f'    """Reads a file of {noun} rows and sums it up."""', "    wanted = dict(wanted or {})"]
    lines += ["    rows = []", "    with open(path, encoding='utf-8') as file:", "        for line in file:"]
    lines += ["            line = line.strip()", "            if not line or line.startswith('#'):"]
    lines += ["                continue", "            rows.append(json.loads(line))"]
    lines += ["    counts: dict[str, int] = {}", "    totals: dict[str, float] = {}"]
    for step in range(chance.randrange(5, 24)):
        field_name, other = chance.sample(FIELDS, 2)
        lines += [f"    # {chance.choice(VERBS)} by {field_name}", "    for row in rows:"]
        lines += [f'        value = row.get("{field_name}") or wanted.get("{other}", "{noun}")']
        lines += [f"        if isinstance(value, str) and len(value) > {step}:"]
        lines += [f'            counts[value] = counts.get(value, 0) + row.get("{other}_count", {step})']
        lines += ["        else:", f'            totals["{field_name}"] = totals.get("{field_name}", 0.0) + {step / 4}']
    for other in others:
        made = f"{_class(other)}()" if other % 2 else f"{names[other].rpartition('.')[2]}.{_class(other)}()"
        lines += [f"    made_{other} = {made}", f"    counts[made_{other}.key()] = len(made_{other}.tags)"]
    lines += ["    result: dict[str, object] = {}", "    for name, count in sorted(counts.items()):"]
    lines += ["        result[name] = {'count': count, 'total': totals.get(name, 0.0)}"]
    return [*lines, "    return result"]


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
