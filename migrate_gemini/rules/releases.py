"""MG6xx: the release of google-genai that a project asks for, and the schema that is written."""

from __future__ import annotations

from .rule import Rule

RULES = (
    Rule(
        code="MG601",
        name="release-with-traps",
        legacy=False,
        summary="The project asks for a release of google-genai on which the new code does not run as it should.",
        advice="Ask for google-genai>=3.4.0,<4 (it needs Python 3.11 or later).",
        docs="The Interactions API came with google-genai 1.55, changed its schema with 2.0 and its implementation "
        "with 2.9; several releases in between lose settings without a word. New code is written for 3.4. The newest "
        "release that pyproject.toml, setup.cfg, a requirements file or a lock file allows is looked up in a table, "
        "and what goes wrong there is named. Nothing is changed in these files.",
    ),
    Rule(
        code="MG602",
        name="first-schema-written",
        legacy=False,
        summary="New code was written for the first schema (`interaction.outputs`), as `--target outputs` asks.",
        advice="Use the default target unless the project is archived or runs against a mocked service.",
        docs="google-genai 1.55 to 1.75 answered with `interaction.outputs`. The service switched that schema off on "
        "June 8, 2026, so that code written for it fails against the live Gemini API. It is written on request only, "
        "for projects that stay on such a release. What the first schema cannot say keeps the call as it is.",
    ),
)
