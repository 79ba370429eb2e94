"""Classes for the user's code that are a chat, and the pieces that these are put together from."""

from __future__ import annotations

CHAT_HEAD = '''\
class {name}:
    """A conversation: each message continues the interaction before it."""

    def __init__(self, client, **request):
        self.client = client
        self.request = request
        self.last = None
'''

_KEEPS = '''\
class {name}:
    """A conversation that keeps its own turns and sends all of them with each message."""

    def __init__(self, client, history=None, **request):
        self.client = client
        self.request = request
        self.last = None
        self.history = [self.turn(item) for item in history or []]

'''

_STEPS = '''\
    def steps(self, message):
        """The turns so far and a new message, as the input of a request."""
        return [
            {{
                "type": "model_output" if turn.role == "model" else "user_input",
                "content": [part.content for part in turn.parts],
            }}
            for turn in [*map(self.turn, self.history), self.turn(message)]
        ]
'''

CHAT_HEAD_HISTORY = (
    _KEEPS
    + '''\
    @staticmethod
    def turn(item, role="user"):
        """One turn with `role` and `parts[i].text`; from text, a list of texts, or a content with role and parts."""
        if isinstance(item, SimpleNamespace):
            return item
        if isinstance(item, dict):
            role, item = item.get("role", role), item["parts"]
        elif hasattr(item, "parts"):
            role, item = item.role or role, item.parts
        texts = [
            part if isinstance(part, str) else part["text"] if isinstance(part, dict) else part.text
            for part in ([item] if isinstance(item, (str, dict)) or hasattr(item, "text") else item)
        ]
        return SimpleNamespace(role=role, parts=[SimpleNamespace(text=text) for text in texts])

'''
    + _STEPS.replace("[part.content", '[{{"type": "text", "text": part.text}}')
)

CHAT_HEAD_HISTORY_MEDIA = (
    _KEEPS
    + '''\
    @staticmethod
    def turn(item, role="user"):
        """One turn with `role` and `parts`; from text, a file, a list of such, or a content with role and parts."""
        if isinstance(item, SimpleNamespace):
            return item
        if isinstance(item, dict) and "parts" in item:
            role, item = item.get("role", role), item["parts"]
        elif hasattr(item, "parts"):
            role, item = item.role or role, item.parts
        contents = [
            part if isinstance(part, dict) and "type" in part else {to_content}(part)
            for part in (item if isinstance(item, (list, tuple)) else [item])
        ]
        parts = [SimpleNamespace(text=content.get("text", ""), content=content) for content in contents]
        return SimpleNamespace(role=role, parts=parts)

'''
    + _STEPS
)

CHAT_HEAD_CONTENTS = '''\
class {name}:
    """A conversation that keeps its own turns, as Content of google-genai, and sends all of them with each message."""

    def __init__(self, client, history=None, **request):
        self.client = client
        self.request = request
        self.last = None
        self.history = [{types}.Content.model_validate(turn) for turn in history or []]

    @staticmethod
    def turn(item, role="user"):
        """A message or an answer as a turn."""
        return {types}.ModelContent(parts=item) if role == "model" else {types}.UserContent(parts=item)

    def steps(self, message):
        """The texts and media of the turns so far and of a new message, as the input of a request."""
        steps = []
        for turn in [*self.history, self.turn(message)]:
            parts = [part for part in turn.parts or [] if not part.thought]
            parts = [part for part in parts if part.text is not None or part.inline_data or part.file_data]
            kind = "model_output" if turn.role == "model" else "user_input"
            if parts:
                steps.append({{"type": kind, "content": [{to_content}(part) for part in parts]}})
        return steps
'''

CHAT_ANSWERED = '''
    @staticmethod
    def answered(interaction):
        """The texts and media of the model as a turn."""
        found = [part for step in interaction.steps or [] if step.type == "model_output" for part in step.content or []]
        return {types}.ModelContent(
            parts=[
                {types}.Part(text=part.text)
                if part.type == "text"
                else {types}.Part.from_bytes(data=base64.b64decode(part.data), mime_type=part.mime_type)
                for part in found
            ]
            or [{types}.Part(text="")]
        )
'''
KEEP_ANSWERED = ('self.turn(interaction.output_text, "model")', "self.answered(interaction)")

CHAT_HISTORY_GETTER = '''
    def get_history(self):
        """The turns so far."""
        return self.history
'''

CHAT_REWIND = '''
    def rewind(self):
        """Takes back the last message and its answer."""
        self.last = None
        return self.history.pop(-2), self.history.pop()
'''

CHAT_STREAMED = """\
        if stream:
            return self.{method}(message, **settings)
"""
CHAT_SEND = '''
    {async_}def {method}(self, message{flag}, **settings):
        """Sends a message and gives the model's interaction{or_events}."""
{streamed}        interaction = {await_}{create}(
{first}            **{request},
            input=message,
            previous_interaction_id=self.last.id if self.last else None,
        )
{keep}        return interaction
'''

CHAT_SEND_HISTORY = '''
    {async_}def {method}(self, message{flag}, **settings):
        """Sends a message and gives the model's interaction{or_events}."""
{streamed}        interaction = {await_}{create}(
{first}            **{request}, input=self.steps(message)
        )
{keep}        return interaction
'''

CHAT_SEND_SEEDED = '''
    {async_}def {method}(self, message{flag}, **settings):
        """Sends a message, the first with the turns before it, and gives the model's interaction{or_events}."""
{streamed}        steps = self.steps(message)
        interaction = {await_}{create}(
{first}            **{request},
            input=steps[-1:] if self.last else steps,
            previous_interaction_id=self.last.id if self.last else None,
        )
{keep}        return interaction
'''
CHAT_SEND_RESULTS = '''
    {async_}def {method}(self, message{flag}, **settings):
        """Sends a message, the first with the turns before it, and gives the model's interaction{or_events}."""
{streamed}        interaction = {await_}{create}(
{first}            **{request},
            input=message if self.last else self.steps(message),
            previous_interaction_id=self.last.id if self.last else None,
        )
{keep}        return interaction
'''
TURN_OF_RESULTS = ('part["text"] if isinstance(part, dict)', 'part.get("text", "") if isinstance(part, dict)')
"""How a turn takes a part, and how it does where a part may be what a function gave, which has no text."""
CHAT_SEND_RECORDED = '''
    {async_}def {method}(self, message{flag}, **settings):
        """Sends a message, the first with the turns before it, and gives the model's interaction{or_events}."""
{streamed}        steps, asked = self.steps(message), []

        {async_}def create(**request):
            asked.append({await_}{inner}(**request))
            return asked[-1]

        interaction = {await_}{create}(
{first}            **{request},
            input=steps[-1:] if self.last else steps,
            previous_interaction_id=self.last.id if self.last else None,
        )
{keep}        return interaction
'''
KEEP_RECORD = """\
        self.history.append(self.turn(message))
        for called in asked[:-1]:
            calls = [""] * sum(step.type == "function_call" for step in called.steps or [])
            self.history += [self.turn(calls, "model"), self.turn(calls)]
        self.history.append(self.turn(interaction.output_text, "model"))
"""
"""Turns of a chat that calls functions: a call and its result have no text."""
CHAT_SEEDED = (
    "A conversation that keeps its own turns and sends all of them with each message.",
    "A conversation that goes on from turns: each message continues the interaction before it.",
)
"""The first line of a chat with turns, and that of one whose turns nobody looks at."""

CHAT_STREAM = '''
    {async_}def {method}(self, message, **settings):
        """Sends a message and yields the events of the model's interaction."""
        stream = {await_}{create}(
{first}            **{request},
            input=message,
            previous_interaction_id=self.last.id if self.last else None,
            stream=True,
        )
        {async_}for event in stream:
            if event.event_type == "interaction.completed":
                self.last = event.interaction
            yield event
'''

CHAT_STREAM_HISTORY = '''
    {async_}def {method}(self, message, **settings):
        """Sends a message and yields the events of the model's interaction."""
        stream = {await_}{create}(
{first}            **{request},{gap}input=self.steps(message),{gap}stream=True{comma}
        )
        texts = []
        {async_}for event in stream:
            if event.event_type == "step.delta" and event.delta.type == "text":
                texts.append(event.delta.text)
            yield event
        self.history += [self.turn(message), {turns}]
'''
CHAT_HEAD_STEPS = '''\
class {name}:
    """A conversation that goes on from earlier steps: each message continues the interaction before it."""

    def __init__(self, client, history=None, **request):
        self.client = client
        self.request = request
        self.history = list(history or [])
        self.last = None
'''
_FROM_STEPS = ("input=message,", "input=message if self.last else [*self.history, *{steps}(message)],")
CHAT_SEND_STEPS = CHAT_SEND.replace(*_FROM_STEPS)
CHAT_STREAM_STEPS = CHAT_STREAM.replace(*_FROM_STEPS)

ONE_TURN = 'self.turn("".join(texts), "model")'
TURNS = '*(self.turn(text, "model") for text in texts)'
"""What a streamed answer is in a history: one turn in the legacy SDK, a turn for each chunk in google-genai."""

MERGED = "{**self.request, **settings}"
REPLACED = '({"model": self.request["model"], **settings} if settings else self.request)'
"""A message's settings: the legacy SDK merges them over the chat's, google-genai puts them in their place."""

KEEP_LAST = """\
        if interaction.status != "failed":
            self.last = interaction
"""
KEEP_LAST_IF_ANSWERED = """\
        if interaction.status == "failed":
            raise {blocked}
        self.last = interaction
"""
KEEP_HISTORY = """\
        if interaction.status != "failed":
            self.last = interaction
            self.history += [self.turn(message), self.turn(interaction.output_text, "model")]
"""
KEEP_HISTORY_IF_ANSWERED = """\
        if interaction.status == "failed":
            raise {blocked}
        self.last = interaction
        self.history += [self.turn(message), self.turn(interaction.output_text, "model")]
"""
