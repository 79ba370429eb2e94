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
        "and what goes wrong there is named, unless the run changes that requirement (MG603).",
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
    Rule(
        code="MG603",
        name="manifest-changed",
        legacy=False,
        summary="A requirement was changed to what the code needs by now.",
        advice="Install anew, and read what the message says of Python 3.10 where it does.",
        docs="Where code moves, the requirement of google-generativeai becomes one of google-genai, or gets one beside "
        "it while legacy code stays, and a requirement of google-genai that is too old for the new code is raised. "
        "This is done in requirements and constraints files, pyproject.toml, setup.py, setup.cfg, Pipfile, "
        "environment.yml, Dockerfiles, workflows and shell scripts. Extras, markers, comments and layout stay.",
    ),
    Rule(
        code="MG604",
        name="lock-to-refresh",
        legacy=False,
        summary="A lock file has to be made anew, because a manifest has changed.",
        advice="Run the command that the message names.",
        docs="Lock files (uv.lock, poetry.lock, pdm.lock, Pipfile.lock, what pip-compile writes) hold versions and "
        "hashes that only an index knows, and nothing is asked of one here. So they are never edited; the finding "
        "names the command that makes them anew.",
    ),
    Rule(
        code="MG605",
        name="requirement-left",
        legacy=True,
        summary="A requirement of google-generativeai that nothing needs, or that lacks google-genai beside it.",
        advice="Change the requirement by hand, or run with `--manifests` and give the file.",
        docs="The code needs another requirement than the manifest has, and the manifest was not changed: the line "
        "carries hashes or names a place instead of a version, the file was not among the given paths or cannot be "
        "read, or its code did not change in this run, so that only `--manifests` changes it. The migration of a "
        "project is done when its requirement is, so `--check` fails.",
    ),
    Rule(
        code="MG606",
        name="requirement-in-the-way",
        legacy=False,
        summary="Another requirement keeps google-genai from being installed.",
        advice="Loosen or raise that requirement to what the message names, and install anew.",
        docs="Where a requirement of google-genai is written or raised, the others in the same file are held against "
        "what that release needs itself (a table; no index is asked). One that allows no release that google-genai "
        "can use, as a pinned google-auth or pydantic 1 does, would have pip refuse both. It stays as it is, because "
        "what else needs it is not known here. Told of requirements files, pyproject.toml and setup.cfg.",
    ),
)
