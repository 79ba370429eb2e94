"""MG1xx: uses of the legacy SDK, google-generativeai."""

from __future__ import annotations

from .rule import Rule

RULES = (
    Rule(
        code="MG101",
        name="legacy-model",
        legacy=True,
        summary="`GenerativeModel(...)`: the model's settings become the parameters of each request.",
        advice="Give `model`, `system_instruction`, `generation_config` and `tools` to each "
        "`client.interactions.create(...)`.",
        docs="google-genai has no model object. A model that is only a name becomes that name in the calls that use "
        "it; a model with settings becomes `dict(model=..., system_instruction=..., ...)` under the same variable, "
        "and the calls spread it with `**`. It is left alone when one of its uses cannot be followed: handed to a "
        "library, subclassed, compared by type, or given settings that the Interactions API does not have. Then all "
        "of its uses stay as they are, and the legacy code still runs.",
    ),
    Rule(
        code="MG102",
        name="legacy-configure",
        legacy=True,
        summary="`genai.configure(...)`: becomes `client = genai.Client(...)`.",
        advice="Create one `genai.Client(...)` where the key was configured and use it for every call.",
        docs="The legacy SDK keeps the key in a global of its own; google-genai keeps it in a client, which every "
        "call needs. The client is made where the configuration was, and is imported or passed where calls stand in "
        "other places. It is a variable of the function where all calls of that one come behind it, else one of the "
        "module. A script that Streamlit runs anew for each input keeps it in `st.session_state`, or, where a cached "
        "function makes it, in a cached resource. `transport` and `client_info` have no counterpart, since "
        "google-genai only speaks HTTP. "
        "`configure` stays beside the client while some legacy use in the project still needs it.",
    ),
    Rule(
        code="MG103",
        name="legacy-generate",
        legacy=True,
        summary="`model.generate_content(...)`: becomes `client.interactions.create(...)`.",
        advice="Call `client.interactions.create(model=..., input=...)` and read `response.output_text`.",
        docs="`generate_content`, its stream and its asynchronous form become one method. What is read from the "
        "answer changes with it: `response.text` is `response.output_text`, the parts of the candidates are the "
        "contents of `response.steps`, and a stream is read event by event. The call and everything read from its "
        "answer move together; if something reads the answer in a way that has no counterpart (safety ratings, "
        "several candidates), the call stays.",
    ),
    Rule(
        code="MG104",
        name="legacy-chat",
        legacy=True,
        summary="`model.start_chat(...)`: becomes a chain of interactions by `previous_interaction_id`.",
        advice="Keep the id of the last interaction and pass it as `previous_interaction_id` to the next one.",
        docs="The legacy chat keeps its turns in the program and sends all of them each time. With the Interactions "
        "API the server keeps them: each call names the one before it by `previous_interaction_id`. The chat becomes "
        "that id where it lives in one scope, and an object that carries the id where it travels. System "
        "instruction, tools and settings belong to one interaction and are given again with each. Stored "
        "interactions expire (one day without billing, 55 days with), so code that keeps chats for longer, or edits "
        "their history, is left for a person.",
    ),
    Rule(
        code="MG105",
        name="legacy-send",
        legacy=True,
        summary="`chat.send_message(...)`: becomes `client.interactions.create(..., previous_interaction_id=...)`.",
        advice="Call `client.interactions.create(..., previous_interaction_id=last_id)` and keep the new id.",
        docs="A turn of a chat is an interaction that names the turn before it. A chat moves with all its turns: "
        "where one of them cannot be rewritten, for example because a callback or a library owns it, the chat and "
        "all its turns stay. Automatic function calling has no counterpart in the Interactions API: the loop that "
        "calls the functions is written out.",
    ),
    Rule(
        code="MG106",
        name="legacy-import",
        legacy=True,
        summary="An import of `google.generativeai` that has to stay.",
        advice="Migrate the uses named in the same file, then remove the import.",
        docs="The import of the legacy SDK is removed when nothing in the file uses it any more. While something "
        "does, it stays, and the new client is imported beside it; both SDKs can be installed at the same time. An "
        "import that others may take from this module (`__all__`, a re-export, a star import) stays as well. "
        "Packages that came with the legacy SDK alone (google.api_core, google.protobuf, grpc) are named where the "
        "file goes on using them.",
    ),
    Rule(
        code="MG107",
        name="legacy-other",
        legacy=True,
        summary="Another call of the legacy SDK: embeddings, files, token counts, model lists, caches, tuning.",
        advice="Use the method of `genai.Client` for the same purpose, such as `client.models.embed_content`.",
        docs="Calls that are not part of the Interactions API live on in google-genai under a client: "
        "`client.models.embed_content`, `client.models.count_tokens`, `client.files.upload`, `client.models.list`, "
        "`client.caches.create`. Their arguments are renamed, and what is read off their results gets its new name, "
        "as far as the result can be followed. An uploaded file moves together with the requests that it is "
        "given to. Tuning, and models made of a cache, stay: the message says what to do.",
    ),
)
