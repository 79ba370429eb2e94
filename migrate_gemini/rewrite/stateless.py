"""Interactions of which nothing is stored (--no-store, MAPPING 3.9 and 5): every request says so, and chats and loops
of function calls send all steps back instead of the id of a stored interaction."""

from __future__ import annotations

from . import calling, snippets
from .call import Item
from .plan import Plan
from .reasons import Reason

CHAT_HEAD = '''\
class {name}:
    """A conversation of which nothing is stored: each message goes with all steps before it."""

    def __init__(self, client, **request):
        self.client = client
        self.request = request
        self.steps = []
        self.last = None
'''

CHAT_SEND = '''
    {async_}def {method}(self, message{flag}, **settings):
        """Sends a message and gives the model's interaction{or_events}."""
{streamed}        steps = [*self.steps, *{steps}(message)]
        interaction = {await_}{create}(**{request}, input=steps, store=False)
{keep}        return interaction
'''

CHAT_STREAM = '''
    {async_}def {method}(self, message, **settings):
        """Sends a message and yields the events of the model's interaction."""
        steps = [*self.steps, *{steps}(message)]
        stream = {await_}{create}(**{request}, input=steps, stream=True, store=False)
        text, thoughts = "", []
        {async_}for event in stream:
            if event.event_type == "step.delta" and event.delta.type == "text":
                text += event.delta.text
            elif event.event_type == "step.delta" and event.delta.type == "thought_signature":
                thoughts.append({{"type": "thought", "signature": event.delta.signature}})
            yield event
        if text:
            answer = {{"type": "model_output", "content": [{{"type": "text", "text": text}}]}}
            self.steps = [*steps, *thoughts, answer]
'''

KEEP = """\
        if interaction.status != "failed":
            self.last = interaction
            self.steps = [*steps, *(interaction.steps or [])]
"""
KEEP_IF_ANSWERED = """\
        if interaction.status == "failed":
            raise {blocked}
        self.last = interaction
        self.steps = [*steps, *(interaction.steps or [])]
"""

_STEPS_OF_TURNS = '''\
    def steps(self, message):
        """The turns so far and a new message, as the input of a request; the model's own steps as they came."""
        steps = []
        for turn in [*map(self.turn, self.history), self.turn(message)]:
            content = [CONTENT for part in turn.parts]
            kind = "model_output" if turn.role == "model" else "user_input"
            steps += turn.steps or [{{"type": kind, "content": content}}]
        return steps
'''
_OTHERWISE = (
    ("A conversation that keeps its own turns and", "A conversation that is not stored: it keeps its own turns and"),
    ('def turn(item, role="user"):', 'def turn(item, role="user", steps=None):'),
    (
        "        return SimpleNamespace(role=role, parts=[SimpleNamespace(text=text) for text in texts])",
        "        parts = [SimpleNamespace(text=text) for text in texts]\n"
        "        return SimpleNamespace(role=role, parts=parts, steps=steps)",
    ),
    ("SimpleNamespace(role=role, parts=parts)\n", "SimpleNamespace(role=role, parts=parts, steps=steps)\n"),
    ('self.turn(interaction.output_text, "model")', 'self.turn(interaction.output_text, "model", interaction.steps)'),
    (
        "            **{request}, input=self.steps(message)",
        "            **{request},\n            input=self.steps(message),\n            store=False,",
    ),
    (
        "            **{request},{gap}input=self.steps(message),{gap}stream=True{comma}",
        "            **{request},\n            input=self.steps(message),\n            store=False,\n"
        "            stream=True,",
    ),
)


def history(template: str) -> str:
    """A template of a chat that keeps its turns, so that it stores nothing and sends the model's own steps back."""
    for old, new in _OTHERWISE:
        template = template.replace(old, new)
    head, start, _ = template.partition("    def steps(self, message):\n")
    content = "part.content" if "part.content" in template else '{{"type": "text", "text": part.text}}'
    return head + _STEPS_OF_TURNS.replace("CONTENT", content) if start else template


def items(plan: Plan) -> list[Item]:
    """`store=False` for a request, where nothing is to be stored."""
    return [] if plan.settings.store else [Item("store", "False")]


def steps(plan: Plan, path: str) -> str:
    """The name, in a module, of the function that makes steps of an input."""
    return plan.snippet(path, snippets.STEPS, "input_steps")


def settle(plan: Plan) -> None:
    """Keeps the streams of chats with tools: their function calls cannot be sent back from the events alone."""
    if plan.settings.store:
        return
    for item in plan.sends:
        group = plan.groups.of(item.site)
        made = [item.parts, *(chat.parts for site, chat in plan.chats.items() if site in group.sites)]
        made += [model.parts for site, model in plan.models.items() if site in group.sites]
        if item.stream and any(name == "tools" for parts in made for name, _ in parts.request):
            plan.fail(item.site, Reason.STORED, plan.source(item.path, item.node), item.path, item.node)
        elif calling.automatic(plan, item.site):
            plan.fail(item.site, Reason.STORED, plan.source(item.path, item.node), item.path, item.node)
