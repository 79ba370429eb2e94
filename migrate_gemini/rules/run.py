"""MG9xx: files that the run could not deal with."""

from __future__ import annotations

from .rule import Rule

RULES = (
    Rule(
        code="MG901",
        name="file-skipped",
        legacy=False,
        summary="A file could not be read, parsed or written; nothing in it was changed.",
        advice="Mend what the message names (syntax, encoding, permissions) and run again.",
        docs="The file does not parse as Python, cannot be decoded as its encoding line says, is not readable, or "
        "was changed by somebody else while the tool worked. The other files are not affected, except those that "
        "must change together with it. The run ends with exit code 3.",
    ),
    Rule(
        code="MG902",
        name="internal-error",
        legacy=False,
        summary="The tool failed on this file; that is our bug, and nothing in the file was changed.",
        advice="Report it with the message and, if you can, the smallest file that shows it.",
        docs="What was produced did not pass our own checks, or the tool stopped with an exception. Nothing of it is "
        "written. The files that import each other are processed together, so all of them are listed; other parts "
        "of the project are not affected. The run ends with exit code 3.",
    ),
)
