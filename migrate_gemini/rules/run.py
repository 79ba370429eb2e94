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
        "was changed by somebody else while the tool worked; or it is nested too deeply for a parser, has more than 4 "
        "MB (a notebook: 64), or its values take too many steps to work out, as those of generated code may: limits "
        "that are the same on every machine. Code is parsed by the Python that runs the tool, which has to know its "
        "syntax. The other files are not affected, except those that must change together with it. The run ends with "
        "exit code 3.",
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
    Rule(
        code="MG903",
        name="not-verified",
        legacy=False,
        summary="With `--verify`: the new text does not fit the google-genai that is installed; it was not written.",
        advice="Report it if google-genai is 3.4 or later; if it is older, install that version and run again.",
        docs="With `--verify` each emitted call is bound to the signature of the SDK that is installed where the tool "
        "runs, its dicts are checked against the types that the SDK declares, and what is read off the answers "
        "against their classes. A file in which something does not fit stays as it was, together with those that "
        "change with it. The message names the line of the text that was not written. The run ends with exit code 3.",
    ),
    Rule(
        code="MG904",
        name="unused-ignore",
        legacy=False,
        summary="A comment `# migrate-gemini: ignore` suppresses nothing.",
        advice="Take the comment out, or put it on the line of the use that it is meant for.",
        docs="`# migrate-gemini: ignore[MG103]` leaves a use as it is. It counts at the end of the use's first or last "
        "line, or on a line of its own above it. Where no finding of its rules is there any more, or never was, "
        "it hides what may come later. A rule that is not selected, or is ignored in the whole run, is not counted.",
    ),
)
