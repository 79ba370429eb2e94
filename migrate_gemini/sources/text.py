"""A text file that stands beside the code: what is said of it, and edits by position, so that the rest stays as it is.

The encoding is told as for Python files, by byte order mark or encoding line, else UTF-8, which is also how pip reads
requirements; UTF-16, as PowerShell writes it, is told by its byte order mark. What is none of these is read byte by
byte, which is enough for edits in ASCII.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path

from ..files import Change
from ..findings import Finding, Status
from ..lines import newline_of
from ..results import FileResult
from . import python

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
Edit = tuple[int, int, str]
"""(start, end, new text) in the text that was read."""


@dataclass(slots=True)
class TextFile:
    """A file, its text, and what is to change in it."""

    path: Path
    data: bytes
    text: str
    encoding: python.PythonSource | str
    edits: list[Edit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def newline(self) -> str:
        return newline_of(self.text)

    def find(self, offset: int, code: str, status: Status, message: str) -> None:
        """Notes a finding at an offset of the text."""
        line = self.text.count("\n", 0, offset) + 1
        column = offset - (self.text.rfind("\n", 0, offset) + 1) + 1
        finding = Finding(line, column, code, status, message)
        if finding not in self.findings:
            self.findings.append(finding)

    def after(self) -> str:
        """The new text. Edits at one place stand in the order in which they were made."""
        pieces, at = [], 0
        for start, end, new in sorted(self.edits, key=lambda edit: edit[:2]):
            pieces += [self.text[at:start], new]
            at = end
        return "".join([*pieces, self.text[at:]])

    def change(self) -> Change | None:
        """The change to make, None where there is none. SourceError where its encoding cannot say it."""
        after = self.after()
        if after == self.text:
            return None
        if isinstance(self.encoding, str):
            mark = self.data[:2] if self.encoding in _UTF16.values() else b""
            return Change(self.path, self.data, mark + after.encode(self.encoding))
        return Change(self.path, self.data, python.encode(self.encoding, after))

    def result(self, shown: str) -> FileResult:
        """What a report says of the file."""
        after = self.after()
        changed = after != self.text
        findings = tuple(sorted(self.findings))
        before, after_or_none = (self.text, after) if changed else (None, None)
        return FileResult(shown, findings, before, after_or_none, beside=True)


def read(path: Path, data: bytes) -> TextFile:
    """The file that holds these bytes. SourceError where they are no text."""
    if (encoding := _UTF16.get(data[:2])) is not None:
        try:
            return TextFile(path, data, data[2:].decode(encoding), encoding)
        except UnicodeDecodeError as error:
            raise python.SourceError(f"is not valid {encoding}: {error.reason}") from None
    try:
        source = python.decode(data)
    except python.SourceError:
        if b"\0" in data:
            raise
        return TextFile(path, data, data.decode("latin-1"), "latin-1")
    return TextFile(path, data, source.text, source)
