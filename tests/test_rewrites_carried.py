"""Answers in containers that are shown, or handed to code that cannot be seen; and answers behind a property()."""

from __future__ import annotations

import pytest

from migrate_gemini import transform

HEAD = """
import operator
from google import genai
from elsewhere import unseen

client = genai.Client()
answers = [client.models.generate_content(model="gemini-3-flash-preview", contents=q) for q in "ab"]
"""


@pytest.mark.parametrize(
    "use",
    [
        "unseen(answers)",
        "unseen(answers=answers)",
        'unseen({"first": answers[0]})',
        "list(map(unseen, answers))",
        "best = max(answers, key=unseen)\nprint(best.text)",
        "answers.sort(key=unseen)",
        "unseen.map(unseen, answers)",
    ],
)
def test_answers_that_unseen_code_gets_keep_their_call(use: str) -> None:
    result = transform(HEAD + use + "\n")
    assert result.text is None or "client.models.generate_content(" in result.text
    (call,) = (finding for finding in result.findings if finding.code == "MG201")
    assert call.status == "manual"
    assert "code that cannot be seen" in call.message


@pytest.mark.parametrize(
    "use",
    [
        "print([a.text for a in answers])",
        "unseen([a.text for a in answers])",
        "for a in sorted(answers, key=lambda a: a.text):\n    print(a.text)",
        "print(list(map(lambda a: a.text, answers)))",
        "import random\nprint(random.choice(answers).text)",
        "answers.sort(key=lambda a: len(a.text))",
        "def text(a):\n    return a.text\nprint(max(map(text, answers)))",
    ],
)
def test_answers_that_seen_code_reads_move(use: str) -> None:
    result = transform(HEAD + use + "\n")
    assert result.text is not None
    assert "client.interactions.create(" in result.text
    assert ".text" not in result.text.replace(".output_text", "")


def test_answers_that_are_printed_with_their_list_are_reviewed() -> None:
    (call,) = (f for f in transform(HEAD + "print(answers)\n").findings if f.code == "MG201")
    assert call.status == "needs_review"


@pytest.mark.parametrize(
    "read",
    [
        "    text = property(lambda self: self.answer.text)",
        "    def _text(self):\n        return self.answer.text\n    text = property(_text)",
        "    def _text(self):\n        return self.answer.text\n    text = property(fget=_text)",
    ],
)
def test_what_a_property_reads_moves(read: str) -> None:
    new = transform(
        f"""
from google import genai
class Reply:
    def __init__(self, answer):
        self.answer = answer
{read}
client = genai.Client()
print(Reply(client.models.generate_content(model="gemini-3-flash-preview", contents="Hi")).text)
"""
    ).text
    assert new is not None
    assert "self.answer.output_text" in new


def test_an_interaction_that_unseen_code_gets_is_reviewed() -> None:
    result = transform(
        """
from google import genai
from elsewhere import unseen
client = genai.Client()
i = client.interactions.create(model="gemini-3-flash-preview", input="Hi")
print(i.outputs[-1].text)
unseen(i)
unseen([i])
"""
    )
    (call,) = (finding for finding in result.findings if finding.code == "MG204")
    assert call.status == "needs_review"
    assert "hands the interaction to unseen(i)" in call.message
    assert "hands the interaction to unseen([i])" in call.message


@pytest.mark.parametrize(
    "made",
    [
        'dict(zip("ab", answers))',
        "dict([(1, answers[0]), (2, answers[1])])",
        "dict((n, a) for n, a in enumerate(answers))",
        "dict(enumerate(answers))",
        "{**dict(enumerate(answers))}",
    ],
)
@pytest.mark.parametrize(
    "read",
    [
        "print({k: v.text for k, v in by.items()})",
        "for a in by.values():\n    print(a.text)",
        "print(max(by.values(), key=lambda a: len(a.text)).text)",
        "print(by.get(1).text)",
    ],
)
def test_answers_in_a_dict_that_is_made_of_pairs_move(made: str, read: str) -> None:
    result = transform(f"{HEAD}by = {made}\n{read}\n")
    assert result.text is not None
    assert "client.interactions.create(" in result.text
    assert ".text" not in result.text.replace(".output_text", "")


FLOWS = {
    "groupby": "from itertools import groupby\nfor _, group in groupby(answers, key=lambda a: a.model_version):\n"
    "    print([a.text for a in group])",
    "takewhile": "from itertools import takewhile\nprint([a.text for a in takewhile(lambda a: a.text, answers)])",
    "nlargest": "import heapq\nprint(heapq.nlargest(1, answers, key=lambda a: len(a.text))[0].text)",
    "pairwise": "from itertools import pairwise\nfor a, b in pairwise(answers):\n    print(a.text, b.text)",
    "sample": "import random\nprint(random.sample(answers, 1)[0].text)",
    "tee": "from itertools import tee\none, two = tee(answers)\nprint([a.text for a in one], [a.text for a in two])",
    "own container": """
class Store:
    def __init__(self):
        self.kept = {}
    def __setitem__(self, key, value):
        self.kept[key] = value
    def __iter__(self):
        return iter(self.kept.values())
store = Store()
store["a"] = answers[0]
print([a.text for a in store])
""",
    "descriptor": """
class Lazy:
    def __init__(self, made):
        self.made = made
    def __get__(self, owner, cls=None):
        return self.made(owner)
class Question:
    @Lazy
    def answer(self):
        return answers[0]
print(Question().answer.text)
""",
    "property of a library": """
from elsewhere import lazy_property
class Question:
    @lazy_property
    def answer(self):
        return answers[0]
print(Question().answer.text)
""",
}


@pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
def test_answers_are_followed_through(flow: str) -> None:
    result = transform(f"{HEAD}{flow}\n")
    assert result.text is not None
    assert "client.interactions.create(" in result.text
    assert ".text" not in result.text.replace(".output_text", "")
