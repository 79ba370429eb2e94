"""MG4xx: names of models."""

from __future__ import annotations

from .rule import Rule

RULES = (
    Rule(
        code="MG401",
        name="model-substituted",
        legacy=True,
        summary="A model that is shut down: its name is replaced by one that answers.",
        advice="Choose the replacement with `--default-model NAME` or `--model OLD=NEW`.",
        docs="Gemini 1.x and 2.0 models are shut down, so a call that names one fails whatever SDK makes it. The "
        "name is replaced where the string is really used as a model, by the default model (one for images by its "
        "successor) or by the pair that `--model` gives for it. The answers of another model differ in length, tone "
        "and price: run your own evaluation before you ship. A name that comes from the environment, a configuration "
        "file or the user cannot be replaced and is reported.",
    ),
    Rule(
        code="MG402",
        name="model-retiring",
        legacy=False,
        summary="A model that still answers but has an announced end or a named successor.",
        advice="Plan the change; `--model OLD=NEW` makes it now.",
        docs="The name works today and is left as it is. The finding gives the date that Google's deprecation page "
        "names as the earliest shutdown, and the successor that it recommends. It never fails `--check`: the code "
        "is not old, its model will be. Aliases such as `gemini-flash-latest` are served by v1beta alone, which "
        "google-genai 3 does not ask unless it is told to, so they become a model where their calls move.",
    ),
    Rule(
        code="MG403",
        name="model-gone-other-family",
        legacy=False,
        summary="A model of another family (embeddings, Imagen, video, live, PaLM) that is shut down.",
        advice="Replace it by the successor that the message names; inputs, sizes and prices differ.",
        docs="The default model is a text model and cannot stand in for an embedding, video or live model, and no "
        "Gemini model takes the calls of Imagen, so nothing is replaced. The message names the successor where there "
        "is one. Embeddings of two models cannot be compared with each other: changing the model means computing the "
        "stored ones again.",
    ),
    Rule(
        code="MG404",
        name="model-outside-python",
        legacy=False,
        summary="A file of settings names a model that is shut down or about to be.",
        advice="Run with `--config-files`, or change the value by hand.",
        docs="In a project with Gemini code, the values of YAML, JSON, TOML, .env, .ini and .cfg files, and the "
        "variables of Dockerfiles and shell scripts, are held against the same table as the names in the code. Only a "
        "value that is the name of a model and nothing else counts; keys, prose, lock files, files above one megabyte "
        "and files with more than 50 such names do not. With `--config-files` the value is replaced where it stands, "
        "and keeps `models/` before it.",
    ),
)
