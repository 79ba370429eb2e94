"""Checks of one rewrite: the text before, the text after, and what must hold for every rewrite."""

from __future__ import annotations

import ast
import difflib
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from migrate_gemini import Finding, ModuleResult, Settings, transform

REQUEST = frozenset(("MG103", "MG201", "MG301"))
SEND = frozenset(("MG105", "MG203", "MG301"))
SITES = {
    "GenerativeModel": frozenset(("MG101",)),
    "configure": frozenset(("MG102",)),
    "generate_content": REQUEST,
    "generate_content_async": REQUEST,
    "generate_content_stream": REQUEST,
    "ChatSession": frozenset(("MG104",)),
    "start_chat": frozenset(("MG104", "MG301")),
    "chats.create": frozenset(("MG202",)),
    "send_message": SEND,
    "send_message_async": SEND,
    "send_message_stream": SEND,
}
"""Name of what is called (or passed as a value) -> the codes that its finding may have."""

SITE_CODES = frozenset().union(*SITES.values())
TODO = "# TODO(migrate-gemini): "


def code(text: str) -> str:
    """A text from a test: without its common indentation and its first newline; it must be Python."""
    text = textwrap.dedent(text).removeprefix("\n")
    ast.parse(text)
    return text


def check_transformed(
    before: str,
    after: str,
    *,
    settings: Settings | None = None,
    found: Sequence[str] = (),
    review: str = "",
    manual: str = "",
    lookalikes: int = 0,
    layout: bool = True,
) -> ModuleResult:
    """`before` becomes `after`, and stays so.

    found: codes of the findings that are no call sites; review: words of a message that asks for a review, else none
    may ask; manual: words of the reason for which some calls stay, else none may stay; lookalikes: how many places
    look like call sites and are none; layout: whether the text is compared, else only what it says.
    """
    return check_exact(
        code(before),
        code(after),
        settings=settings,
        found=found,
        review=review,
        manual=manual,
        lookalikes=lookalikes,
        layout=layout,
    )


def check_exact(
    before: str,
    after: str,
    *,
    settings: Settings | None = None,
    found: Sequence[str] = (),
    review: str = "",
    manual: str = "",
    lookalikes: int = 0,
    layout: bool = True,
) -> ModuleResult:
    """Like `check_transformed`, for texts taken as they are."""
    settings = settings or Settings(todo_comments=not manual)
    result = transform(before, settings)
    assert result.error is None
    given = before if result.text is None else result.text
    assert given == after or not layout and ast.dump(ast.parse(given)) == ast.dump(ast.parse(after)), difference(
        after, given
    )
    check_sites(before, result.findings, lookalikes)
    others = sorted(f.code for f in result.findings if f.code not in SITE_CODES)
    assert others == sorted(found), f"findings beside those of call sites: {others}"
    calls = [f for f in result.findings if f.code in SITE_CODES]
    check_words(calls, "needs_review", review)
    check_words(calls, "manual", manual)
    check_stable(given, settings)
    return result


def check_unchanged(source: str, settings: Settings | None = None) -> None:
    """Nothing in the source is the tool's business: no change, and nothing to say."""
    result = transform(code(source), settings)
    assert (result.text, result.findings, result.error) == (None, (), None)


def check_manual(source: str, words: str, *, lookalikes: int = 0) -> None:
    """Every call of the source stays, for a reason with these words; only comments are put at what stays."""
    source = code(source)
    plain = transform(source, Settings(todo_comments=False))
    assert plain.text is None, difference(source, plain.text)
    assert plain.error is None
    check_sites(source, plain.findings, lookalikes)
    calls = [f for f in plain.findings if f.code in SITE_CODES]
    assert {f.status for f in calls} == {"manual"}
    check_words(calls, "manual", words)

    marked = transform(source)
    assert marked.findings == plain.findings
    assert marked.text is not None
    lines = marked.text.splitlines(keepends=True)
    assert "".join(line for line in lines if not line.lstrip().startswith(TODO)) == source
    assert any(words in line for line in lines if TODO in line)
    check_stable(marked.text, Settings())


def check_words(findings: Sequence[Finding], status: str, words: str) -> None:
    """Some message of that status has these words; without words, no finding has that status."""
    messages = [f.message for f in findings if f.status == status]
    if words:
        assert any(words in message for message in messages), messages
    else:
        assert messages == []


def check_stable(text: str, settings: Settings) -> None:
    """A second run changes nothing."""
    ast.parse(text)
    second = transform(text, settings)
    assert second.error is None
    assert second.text is None, difference(text, second.text)


def difference(wanted: str, given: str) -> str:
    """How a text differs from the wanted one."""
    lines = difflib.unified_diff(wanted.splitlines(), given.splitlines(), "wanted", "given", lineterm="")
    return "\n".join(["not as wanted", *lines])


def check_sites(source: str, findings: Sequence[Finding], lookalikes: int = 0) -> None:
    """Each call site has one finding of its own at its first character, and no other place has one."""
    wanted = list(sites(source))
    given = Counter((f.line, f.column, f.code) for f in findings if f.code in SITE_CODES)
    assert not [place for place, count in given.items() if count > 1]
    missing = []
    for line, column, codes in wanted:
        matching = [place for place in given if place[:2] == (line, column) and place[2] in codes]
        assert len(matching) <= 1, matching
        if matching:
            del given[matching[0]]
        else:
            missing.append((line, column))
    assert len(missing) == lookalikes, f"call sites without a finding: {missing}"
    assert not given, f"findings where no call site is: {sorted(given)}"


def sites(source: str) -> Iterator[tuple[int, int, frozenset[str]]]:
    """(line, column, codes) of whatever is named like a call site of the SDKs, 1-based, in characters."""
    tree = ast.parse(source)
    lines = re.split(r"\r\n|\r|\n", source)  # a form feed ends no line
    names = dict.fromkeys(SITES, "")
    aliases = {
        alias.asname: alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            func = node.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            name = aliases.get(name, name)
            if isinstance(func, ast.Attribute) and name == "create":
                owner = func.value
                name = f"{getattr(owner, 'attr', getattr(owner, 'id', ''))}.create"
        elif (
            isinstance(node, ast.Attribute)
            and id(node) not in called
            and node.attr.islower()
            and node.attr != "configure"
        ):
            name = node.attr
        else:
            continue
        if name in names:
            column = len(lines[node.lineno - 1].encode()[: node.col_offset].decode())
            yield node.lineno, column + 1, SITES[name]
