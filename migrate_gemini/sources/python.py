"""A Python file: its bytes as text, and text as bytes again, so that what is not changed stays byte for byte."""

from __future__ import annotations

import codecs
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

_BOM = b"\xef\xbb\xbf"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)?")


class SourceError(Exception):
    """The file cannot be worked on; the message is one line."""


@dataclass(frozen=True, slots=True)
class PythonSource:
    """What a file says. `text` has the file's own line ends and no byte order mark."""

    text: str
    encoding: str
    bom: bool = False


def decode(data: bytes) -> PythonSource:
    """Reads the bytes as Python does: by byte order mark, by encoding line, else as UTF-8."""
    if data[:2] in _UTF16:
        raise SourceError("is UTF-16, which Python does not read; save it as UTF-8")
    if b"\0" in data:
        raise SourceError("holds a NUL byte, which Python source cannot")
    bom = data.startswith(_BOM)
    body = data[len(_BOM) :] if bom else data
    encoding = _encoding(data)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(_LINE_END.findall(body, 0, error.start)) + 1
        raise SourceError(f"is not valid {encoding}: byte 0x{body[error.start]:02x} in line {line}") from None
    except (LookupError, UnicodeError, ValueError) as error:
        raise SourceError(f"cannot be decoded as {encoding}: {_one_line(error)}") from None
    source = PythonSource(text, encoding, bom)
    if encoding != "utf-8" and encode(source, text) != data:
        raise SourceError(f"does not come back the same from encoding {encoding}")
    return source


def encode(source: PythonSource, text: str) -> bytes:
    """The bytes of a file like `source` that holds `text`."""
    try:
        body = text.encode(source.encoding)
    except UnicodeEncodeError as error:
        bad = text[error.start]
        raise SourceError(f"its encoding {source.encoding} has no character U+{ord(bad):04X}") from None
    except UnicodeError as error:
        raise SourceError(f"cannot be encoded as {source.encoding}: {_one_line(error)}") from None
    if source.encoding != "utf-8" and _decoded(body, source.encoding) != text:
        raise SourceError(f"its encoding {source.encoding} does not give back the text that is to be written")
    return _BOM + body if source.bom else body


def _decoded(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except (LookupError, ValueError):
        return None


def _encoding(data: bytes) -> str:
    lines = _first_lines(data)
    try:
        found, _ = tokenize.detect_encoding(lambda: next(lines, b""))
    except (SyntaxError, LookupError, UnicodeError, ValueError) as error:
        if "invalid or missing encoding" in str(error):
            raise SourceError("is not valid utf-8 and names no other encoding in its first two lines") from None
        raise SourceError(f"cannot be decoded: {_one_line(error)}") from None
    return "utf-8" if found == "utf-8-sig" else found


def _first_lines(data: bytes) -> Iterator[bytes]:
    # A lone carriage return ends a line too; the readline of a binary file does not know that.
    first = _LINE.match(data)
    assert first is not None
    yield first[0]
    second = _LINE.match(data, first.end())
    assert second is not None
    yield second[0]


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
