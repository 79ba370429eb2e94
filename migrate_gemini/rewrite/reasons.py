"""Why a flow group stays as it is: a closed set, each with one sentence that tells a person what to do."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum


class Reason(Enum):
    """value: what is in the way, and what to do about it."""

    ESCAPES = "the object is handed to code that cannot be seen ({detail}); migrate that code by hand first"
    LIBRARY = "a library is given the object, and calls the old SDK with it ({detail})"
    ATTRIBUTE = "`{detail}` has no known counterpart on an interaction; rewrite this read by hand"
    NEVER = (
        "{detail}, so this never worked, though what stands there now has it; take it out, or write it anew, by hand"
    )
    ABSENT = "no interaction has what the program computes with here ({detail}); leave it out by hand"
    DUMPED = "the answer as a whole has other fields ({detail}); read the interaction's own by hand"
    SURFACE = "{detail} of a result has no known counterpart in google-genai; rewrite this read by hand"
    MIXED = "the value may also be something else here ({detail}); split the two uses"
    EXTERNAL = "the object comes from outside of the code that was read; pass the paths that make it, too"
    OTHER = "{detail} has another form in google-genai and none in the Interactions API; move it by hand"
    ARGUMENT = "the argument {detail} has no known counterpart; rewrite this call by hand"
    SPLAT = "the arguments are built elsewhere ({detail}); write them out at the call"
    TOOLS = "the call uses tools ({detail}) that cannot be followed; write the loop that calls functions by hand"
    BLOCKS = (
        "an interaction's status is the same for a blocked prompt and a blocked answer, which the program tells apart "
        "({detail}); read interaction.errors by hand"
    )
    CONTENTS = "the contents are not plain text ({detail}); turn them into a list of typed contents by hand"
    OUTPUTS = "the outputs of the first Interactions schema have no equal place here ({detail}); walk the steps by hand"
    LEFT_OUT = "create() refuses the value that stood for an argument left out ({detail}); give None or leave it out"
    CONFIGURED = "configure() stays, because the calls that need it stay"
    UNUSED = (
        "no call that was read needs configure(); take it out together with its import, unless a library calls "
        "google.generativeai"
    )
    SCHEMA = "the response schema ({detail}) has to become a JSON schema in response_format by hand"
    CACHED = "cached content is not part of the Interactions API; keep generate_content for it"
    CACHED_MODEL = (
        "cached content is not part of the Interactions API; call client.models.generate_content(model=cache.model, "
        'contents=..., config={{"cached_content": cache.name}}) and make the cache with client.caches.create'
    )
    CANDIDATES = "several candidates have no counterpart; make several requests"
    VERTEX = "which models Vertex serves through the Interactions API is not known; keep generate_content there"
    VERTEX_SDK = (
        "the Generative AI module of the Vertex AI SDK was removed on 2026-06-24; make a "
        "genai.Client(enterprise=True, project=..., location=...) and call its models.generate_content or chats, "
        "because which models Vertex serves through the Interactions API is not known"
    )
    PALM = "the PaLM API was shut down on 2024-08-15; {detail}"
    BY_HAND = "{detail}; move it by hand"
    TUNED = "tuned models are not served by the Interactions API; keep generate_content for them"
    CLIENT = "no client can be reached from here ({detail}); make one and pass it in"
    STREAM = "the stream is used in a way that has no counterpart ({detail}); write the loop over events by hand"
    HISTORY = "the chat's history is used in a way that has no counterpart ({detail}); keep the turns in your own list"
    CHAT = "the chat is used in a way that has no counterpart ({detail}); keep its last interaction's id by hand"
    VALUE = "the method is used as a value ({detail}); wrap the new call in a function by hand"
    CREDENTIALS = "configure({detail}) has no counterpart in genai.Client of the Gemini Developer API; set it by hand"
    ERRORS = "an except clause around it ({detail}) would no longer catch what it raises; change both by hand"
    STORED = "the chat's function calls need stored interactions ({detail}); migrate it without --no-store"
    HASHED = "the object is hashed ({detail}), and what it becomes cannot be; keep such objects in a list or by name"
    SETTINGS = "the settings cannot be followed ({detail}); write them out at the call"
    CONTEXT = "the call stands where no statement can be put before it ({detail}); give it a line of its own"
    SUBCLASS = "the class derives from one of the SDK ({detail}); rewrite it by hand"
    STAR = "its names come from a star import; import them by name first"
    IMPORTED = "the SDK is imported at run time, by {detail}; import it by a statement first"
    TARGET = "the first Interactions schema cannot say what this needs ({detail}); use the default target, or keep it"
    IGNORED = "it changes together with a use of {detail}, which is ignored or not selected; migrate both, or none"
    NOT_GIVEN = "it belongs together with {detail}, which was not given and stays; give the whole project"
    FAR = "{detail} may use what it gives, and so may more modules than can be followed together; move it by hand"
    MAGIC = "the statement behind {detail} would need more lines; give the request a cell of its own, without the magic"
    TESTED = "the legacy names are replaced by test doubles; migrate the test together with the code"

    def text(self, detail: str = "") -> str:
        """The sentence with its detail."""
        if self is Reason.ATTRIBUTE and detail.isidentifier():
            detail = f".{detail}"
        return self.value.format(detail=detail)

    @property
    def lasts(self) -> bool:
        """Whether a site stays whatever else is done by hand: such a reason is told there before all others."""
        return self in (Reason.VERTEX, Reason.VERTEX_SDK)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a site that could move does not, found after its edits were made; path and node: the place that made it so,
    where that is not the site's own."""

    reason: Reason
    detail: str
    path: str = ""
    node: ast.AST | None = None
