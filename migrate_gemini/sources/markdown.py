"""The fenced blocks of a Markdown document, and edits of them by position.

CommonMark says what a block is: https://spec.commonmark.org/0.31.2/#fenced-code-blocks
"""

from __future__ import annotations

import difflib
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..lines import Lines, newline_of
from .text import Edit

_WORD = re.compile(r"[\w+#-]+")
_SKIP = re.compile(r"^[ \t>]*(?:<!--|\{/\*)\s*migrate-gemini:\s*skip\s*(?:-->|\*/\})\s*$")
_END = re.compile(r"(?:\r\n|\r|\n)\Z")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. language: in small letters, '' for none; line: that of its first line of code, from 1; source:
    its code, without what stands before each line: `prefixes`; skip: whether a comment says to leave it alone."""

    language: str
    line: int
    source: str
    prefixes: tuple[str, ...]
    skip: bool

    @property
    def prefix(self) -> str:
        """What stands before most lines of code."""
        lines = zip(self.prefixes, self.source.split("\n"))
        known = Counter(prefix for prefix, line in lines if line.strip())
        return known.most_common(1)[0][0] if known else ""


def blocks(text: str, name: str) -> list[Block]:
    """The blocks of a document, in order. name: of its file, since what ends in .mdx knows no code by indentation."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").disable("inline")
    if os.path.splitext(name)[1] == ".mdx":
        parser.disable(["code", "html_block"])
    lines = Lines(text)
    found = []
    for token in parser.parse(text):
        if token.type == "fence" and token.map is not None:
            code = token.content.removesuffix("\n").split("\n") if token.content else []
            start = token.map[0] + 1
            raw = [_END.sub("", lines.line(start + 1 + number)) for number in range(len(code))]
            if not all(line.endswith(inner) for line, inner in zip(raw, code)):
                continue  # a tab that only in part belongs to the code
            indent = os.path.commonprefix([line[: len(line) - len(line.lstrip())] for line in code if line.strip()])
            code = [line.removeprefix(indent) if line.strip() else "" for line in code]
            prefixes = tuple(line[: len(line) - len(inner)] for line, inner in zip(raw, code))
            word = _WORD.search(token.info.partition(" ")[0] or token.info)
            language = word[0].lower() if word else ""
            found.append(Block(language, start + 1, "\n".join(code) + "\n", prefixes, _skipped(lines, start - 1)))
    return found


def edits(text: str, block: Block, source: str) -> list[Edit]:
    """The edits that give a block other code. Lines that stay keep what stands before them."""
    lines = Lines(text)
    newline = newline_of(lines.line(block.line)) if block.source.strip() else newline_of(text)
    old, new = _lines(block.source), _lines(source)
    found = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            first, last = (_offset(lines, block.line - 1 + number) for number in (start, end))
            inserted = "".join(_prefixed(block.prefix, line) + newline for line in new[new_start:new_end])
            found.append((first, last, inserted))
    return found


def _prefixed(prefix: str, line: str) -> str:
    return prefix + line if line else prefix.rstrip()


def _lines(source: str) -> Sequence[str]:
    return source.removesuffix("\n").split("\n") if source else []


def _offset(lines: Lines, index: int) -> int:
    """Where a line starts, counted from 0; the end of the text for the one behind the last."""
    return lines.starts[index] if index < len(lines.starts) else len(lines.text)


def _skipped(lines: Lines, above: int) -> bool:
    """Whether the last line with text at or above a line, counted from 1, says to leave alone what comes next."""
    while above > 0 and not lines.line(above).strip(" \t>\r\n"):
        above -= 1
    return above > 0 and _SKIP.match(lines.line(above)) is not None
