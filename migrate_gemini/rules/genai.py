"""MG2xx: uses of google-genai that the Interactions API replaces."""

from __future__ import annotations

from .rule import Rule

RULES = (
    Rule(
        code="MG201",
        name="genai-generate",
        legacy=True,
        summary="`client.models.generate_content(...)`: becomes `client.interactions.create(...)`.",
        advice="Call `client.interactions.create(model=..., input=...)` and read `response.output_text`.",
        docs="The client stays; the method changes, for the plain, the streamed and the asynchronous form. "
        "`contents` becomes `input`, and the fields of `GenerateContentConfig` become parameters of the request or "
        "keys of its `generation_config`. Answers are read as with MG103. Vertex AI clients are left alone: which "
        "models serve interactions there is not documented.",
    ),
    Rule(
        code="MG202",
        name="genai-chat",
        legacy=True,
        summary="`client.chats.create(...)`: becomes a chain of interactions by `previous_interaction_id`.",
        advice="Keep the id of the last interaction and pass it as `previous_interaction_id` to the next one.",
        docs="The chat object of google-genai keeps its turns in the program. It becomes the id of the last "
        "interaction, or an object that carries the id where the chat travels, exactly as with MG104. A chat that is "
        "begun with a history sends that history as the input of its first interaction.",
    ),
    Rule(
        code="MG203",
        name="genai-send",
        legacy=True,
        summary="`chat.send_message(...)` of google-genai: becomes `client.interactions.create(...)`.",
        advice="Call `client.interactions.create(..., previous_interaction_id=last_id)` and keep the new id.",
        docs="A turn of a chat is an interaction that names the turn before it. google-genai calls Python functions "
        "given as tools by itself; the Interactions API hands the call back to the program, so the loop that "
        "answers it is written out. A chat moves with all its turns or stays with all of them.",
    ),
    Rule(
        code="MG204",
        name="first-schema",
        legacy=True,
        summary="An interaction read by its first schema (`interaction.outputs`): it is read as steps.",
        advice="Read `interaction.output_text`, or walk `interaction.steps` and the content of each model_output step.",
        docs="google-genai 2.0 removed the first schema of the Interactions API, and the service switched it off in "
        "June 2026. `outputs[-1].text` becomes `output_text`, turns with a role become user_input and model_output "
        "steps, `response_mime_type` and a bare schema become one `response_format`, and events and classes get their "
        "new names. Code that walks all outputs gets them from a small function that lists contents and steps in "
        "their order. Which schema answers depends on the installed SDK, so all uses of a program move together or "
        "none does.",
    ),
    Rule(
        code="MG301",
        name="untraced-call",
        legacy=True,
        summary="A call named like one of the SDK whose object could not be traced to it.",
        advice="If the object is a Gemini model, chat or client, migrate the call by hand; if it is your own class, "
        "leave it.",
        docs="A method called `generate_content`, `start_chat` or `send_message` proves nothing: most of those that "
        "cannot be traced are methods of the project's own classes. Nothing is rewritten on a name alone. The "
        "finding appears only where the object may well be the SDK's: it comes from a parameter, a container, a "
        "library or a module that was not among the given paths. Giving the whole project instead of single files "
        "often resolves it.",
    ),
    Rule(
        code="MG302",
        name="test-double",
        legacy=True,
        summary="A test double of the SDK: it is set up as the new calls need it.",
        advice="Patch the client of the code under test, set `interactions.create.return_value.output_text`, and "
        "expect the arguments of the new call.",
        docs="Mocks, patched names and fakes stand for a model, a chat or a client. Where the calls that reach them "
        "move, so do the name that is patched, the way to the request, the answer and the arguments that are "
        "expected. A test never keeps the code that it tests: a double that cannot be rewritten is named, since its "
        "test fails until a person has set it up anew.",
    ),
    Rule(
        code="MG303",
        name="document-block",
        legacy=True,
        summary="A block of a document uses the old API and is no Python that can be read.",
        advice="Change the block by hand, or put `<!-- migrate-gemini: skip -->` above it if it is to show old code.",
        docs="With --docs the fenced blocks of Python in Markdown files are migrated. A block with prompts and output, "
        "with the marks of a diff or with an ellipsis where Python takes none cannot be parsed, so it is left as it "
        "is and named at the first use of the old API in it. Blocks that name nothing of that API are passed over.",
    ),
)
