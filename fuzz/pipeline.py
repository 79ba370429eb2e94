"""Coverage-guided fuzzing of the whole pipeline: bytes are read, understood, rewritten and written as those of a file.

    python fuzz/pipeline.py [CORPUS ...] [-max_total_time=600] [-artifact_prefix=DIR/] [other options of libFuzzer]

Needs Atheris (`pip install atheris`; it has wheels for Linux). Programs are put together from pieces
of the fixture programs, and mutated; CORPUS keeps what reached something new. What has to hold:

- nothing raises, and no file fails for an error of ours (MG902);
- what parses as Python does so after the rewrite, in the same encoding, and a second run changes nothing;
- text that names no SDK stays, and nothing is said of it;
- every comment is still there, but for those of a clause that nothing raises for any more.

An input that breaks this is left as crash-*; `python fuzz/pipeline.py crash-...` runs it again. Make it a test.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import pkgutil
import random
import re
import sys
import tokenize
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["migrate_gemini"]):
    import migrate_gemini
    from migrate_gemini.depth import too_deep
    from migrate_gemini.discovery import mentions_sdk
    from migrate_gemini.engine import SourceModule, migrate
    from migrate_gemini.settings import Settings
    from migrate_gemini.sources.python import SourceError, decode, encode
    from migrate_gemini.workers import run_group

    for part in pkgutil.walk_packages(migrate_gemini.__path__, "migrate_gemini."):
        if part.name.startswith(("migrate_gemini.infer", "migrate_gemini.rewrite", "migrate_gemini.sdk")):
            importlib.import_module(part.name)  # the engine imports them when it needs them

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "programs"
SETTINGS = Settings(todo_comments=False)
LARGEST = 6_000


def check(data: bytes) -> None:
    """Runs the pipeline over a file of these bytes. AssertionError where something does not hold."""
    try:
        source = decode(data)
    except SourceError as error:
        assert "\n" not in str(error)
        return
    if too_deep(source.text):
        return
    outcome = run_group(migrate, [SourceModule("main.py", source.text)], SETTINGS)
    assert outcome.error is None, outcome.error
    (result,) = outcome.results
    assert result.error is None or result.error.startswith(("syntax error", "cannot be parsed", "takes too long")), (
        result
    )
    if not mentions_sdk(data):
        assert (result.text, result.findings) == (None, ())
    if result.text is None:
        return
    ast.parse(result.text)
    gone = comments(source.text) - comments(result.text)
    assert not gone or "except" in source.text, f"comments are gone: {gone}"  # a clause may go, with what it says
    try:
        written = encode(source, result.text)
    except SourceError:
        return
    assert decode(written).text == result.text
    again = run_group(migrate, [SourceModule("main.py", result.text)], SETTINGS)
    assert again.error is None, again.error
    assert again.results[0].text is None, f"changes again:\n{again.results[0].text}"


def comments(text: str) -> Counter[str]:
    """The comments of a text, as far as it has tokens."""
    found: Counter[str] = Counter()
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT:
                found[token.string.rstrip()] += 1
    return found


def pieces() -> list[str]:
    """The statements and expressions of the fixture programs that say something of an SDK, and some others."""
    found: dict[str, None] = {}
    for path in sorted(FIXTURES.glob("*/before/*.py")):
        text = path.read_text(encoding="utf-8-sig")
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.stmt, ast.Call, ast.Attribute, ast.Dict)):
                piece = ast.get_source_segment(text, node) or ""
                if 0 < len(piece) < 400:
                    found[piece] = None
    return list(found)


def mutator(known: list[str]) -> Callable[[bytes, int, int], bytes]:
    """Mutations that keep much of a program: a line or an expression of a fixture comes in, or lines go or move."""

    def mutate(data: bytes, largest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        text = data.decode("utf-8", "replace")
        lines = text.split("\n")
        at = chance.randrange(len(lines))
        choice = chance.randrange(8)
        piece = chance.choice(known)
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        if choice <= 2:
            lines[at:at] = [indent + line for line in piece.split("\n")]
        elif choice == 3:
            names = [line for line in lines if line.strip()]
            lines[at] = lines[at].replace(chance.choice(names or ["x"]).strip()[:20] or "x", piece.split("\n")[0])
        elif choice == 4:
            del lines[at : at + chance.randrange(1, 4)]
        elif choice == 5:
            head = chance.choice(("if x:", "def f(a=1):", "for x in y:", "class A:", "with x as y:", "async def g():"))
            lines[at:] = [indent + head, *("    " + line for line in lines[at : at + 3]), *lines[at + 3 :]]
        elif choice == 6:
            words = re.findall(r"[A-Za-z_]\w*", text) or ["x"]
            old, new = chance.choice(words), chance.choice([*words, *re.findall(r"[A-Za-z_]\w*", piece)])
            lines = re.sub(rf"\b{old}\b", new, text, count=chance.choice((0, 1))).split("\n")
        else:
            return bytes(atheris.Mutate(data, largest))
        return "\n".join(lines).encode("utf-8", "replace")[:largest]

    return mutate


def seeds(folder: Path) -> None:
    """Fills an empty corpus with the small fixture programs."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        return
    for path in sorted(FIXTURES.glob("*/before/*.py")):
        if path.stat().st_size <= LARGEST:
            (folder / f"{path.parent.parent.name}-{path.name}").write_bytes(path.read_bytes())


def main() -> None:
    """Fuzzes until the time is over or something breaks."""
    warnings.simplefilter("ignore")
    for argument in sys.argv[1:]:
        if not argument.startswith("-") and not Path(argument).is_file():
            seeds(Path(argument))
    mutate = mutator(pieces())
    options = [f"-max_len={LARGEST}", "-timeout=120", "-rss_limit_mb=4096", "-len_control=0"]
    atheris.Setup([sys.argv[0], *options, *sys.argv[1:]], check, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
