"""What the tool does to other people's programs: a run over a folder of checkouts, one sub-folder a repository.

    python benchmarks/corpus.py FOLDER [-j N] [--json OUT] [--diffs DIR] [REPO ...]

Each repository is copied, and the copy is migrated as `migrate-gemini .` in it would; FOLDER is only read, and nothing
of it is run. To measure another version of the package, put it first on PYTHONPATH. Needs ruff.

Checked: nothing crashes, what compiled still compiles, no name is undefined that was not (nor an attribute in a class
with __slots__), a second run changes nothing. The exit code is 1 if one of these does not hold.

Counted: the calls that look like the SDKs', and what the tool says of each. The scan for them is simple, and knows
nothing of what the tool finds: in a file that imports an SDK, in whatever spelling, a call is the SDK's by its method's
name, in tests too; in a file of several SDKs, where neither import nor method tells, it is the first one's. Of calls of
the Interactions API it counts the nearest before a read of `.outputs`, or before a mention of content.delta. `none` is
therefore a call to look at, not yet a fault. The vertexai package is none of the tool's business; it is counted because
it must not be touched.
"""

from __future__ import annotations

import argparse
import ast
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from migrate_gemini import __file__ as package
from migrate_gemini.discovery import discover
from migrate_gemini.findings import Finding
from migrate_gemini.project import run
from migrate_gemini.report import diff
from migrate_gemini.results import INTERNAL, FileResult
from migrate_gemini.settings import Settings
from migrate_gemini.writing import write

STATUSES = ("migrated", "needs_review", "manual", "none")
SDKS = {"google.generativeai": "legacy", "vertexai": "vertex", "google.genai": "genai"}
APIS = {
    "legacy": "google.generativeai one-shot",
    "legacy chat": "google.generativeai chat",
    "legacy set-up": "google.generativeai GenerativeModel, configure",
    "legacy other": "google.generativeai other surfaces",
    "genai": "google-genai generate_content",
    "genai stream": "google-genai generate_content_stream",
    "genai chat": "google-genai chat",
    "genai first schema": "interactions read by the first schema",
    "vertex": "vertexai",
}
SENDS = "send_message send_message_async send_message_stream"
OTHER = """count_tokens count_tokens_async delete_file embed_content embed_content_async generate_text get_base_model
get_file get_model get_tuned_model list_files list_models upload_file"""
CALLS: dict[str, tuple[str, set[str]]] = {
    "GenerativeModel": ("set-up", {"MG101", "MG107"}),
    "configure": ("set-up", {"MG102", "MG107"}),
    "start_chat": ("chat", {"MG104", "MG301"}),
    "chats.create": ("chat", {"MG202", "MG301"}),
    **dict.fromkeys(("generate_content", "generate_content_async"), ("", {"MG103", "MG201", "MG301"})),
    "generate_content_stream": ("stream", {"MG201", "MG301"}),
    **dict.fromkeys(SENDS.split(), ("chat", {"MG105", "MG203", "MG301"})),
    **dict.fromkeys(("interactions.create", "interactions.get"), ("first schema", {"MG204"})),
    **dict.fromkeys(OTHER.split(), ("other", {"MG107", "MG108", "MG301"})),
}
"""The names that are looked for: for what, and the rules whose findings answer for a call."""
ANY = frozenset(("MG109",))
"""Rules that answer for a call of any name: of a class of the Vertex AI SDK, by whatever it is found."""
CHAT = re.compile(r"(\w+)\s*(?::[^=\n]+)?=\s*(?:await\s+)?[\w.()]*\b(start_chat|chats\.create|ChatSession)\(")

Call = tuple[str, str, int, int]
"""The API, the name, the first and the last line."""


def scan(text: str) -> Iterator[Call]:
    """The calls of a module that look like an SDK's."""
    tree = ast.parse(text)
    names = dict(_imports(tree))
    sdks = [sdk for module, sdk in SDKS.items() if any(f"{name}.".startswith(f"{module}.") for name in names.values())]
    chats = dict(CHAT.findall(text))
    interactions: list[Call] = []
    reads = []
    for node in ast.walk(tree) if sdks else ():
        if getattr(node, "attr", "") == "outputs" or getattr(node, "value", "") == "content.delta":
            reads.append(getattr(node, "lineno", 0))
        for func in [node.func, *node.args] if isinstance(node, ast.Call) else ():
            where = node if isinstance(node, ast.Call) and func is node.func else func
            api, name = _api(func, where is func, names, chats, sdks[0])
            found = (api, name, where.lineno, where.end_lineno or where.lineno)
            if api == "genai first schema":
                interactions.append(found)
            elif api in APIS:
                yield found
    before = ([call for call in interactions if call[2] <= line] for line in reads)
    yield from sorted({max(calls, key=lambda call: call[2]) for calls in before if calls})


def _api(func: ast.expr, handed: bool, names: dict[str, str], chats: dict[str, str], used: str) -> tuple[str, str]:
    """The API and the name of a method. handed: it is not called, but an argument. used: the module's first SDK."""
    path = ast.unparse(func) if isinstance(func, (ast.Attribute, ast.Name)) else ""
    owner, _, name = path.rpartition(".")
    last = owner.rpartition(".")[2]
    name = f"{last}.{name}" if last in ("chats", "interactions") else name
    root = path.partition(".")[0]
    full = names.get(root, "") + path[len(root) :]
    sdk = next((sdk for module, sdk in SDKS.items() if full.startswith(f"{module}.")), "")
    if name not in CALLS or not (owner or sdk) or owner in ("self", "cls", "super()"):
        return "", name
    kind, _ = CALLS[name]
    of_module = kind in ("set-up", "other") and not name.startswith("count_tokens")
    of_chat = not name.startswith("send_") or last in chats or re.search("chat|convo|session", last, re.IGNORECASE)
    if (of_module and not sdk) or (handed and not name.startswith(("generate_", "send_"))) or not of_chat:
        return "", name  # a method of something else
    if last in ("models", "chats", "interactions") or name.endswith("_stream") or chats.get(last) == "chats.create":
        sdk = "genai"
    sdk = sdk or used
    if sdk == "genai" and name == "generate_content_async":
        return "", name
    return (sdk if sdk == "vertex" else f"{sdk} {kind}".strip()), name


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each name that an import binds (or a text that importlib gets), and what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                yield from ((alias.name, alias.name), (alias.asname or root, alias.name if alias.asname else root))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and re.search(r"\b(import_module|__import__)$", ast.unparse(node.func)):
            texts = (argument.value for argument in node.args if isinstance(argument, ast.Constant))
            yield from ((text, text) for text in texts if isinstance(text, str))


def verdict(name: str, first: int, last: int, findings: Iterable[Finding]) -> str:
    """What the tool says of a call: the worst of the findings on its first line, or else on any of its lines."""
    about = [finding for finding in findings if finding.code in CALLS[name][1] | ANY and first <= finding.line <= last]
    said = {finding.status for finding in about if finding.line == first} or {finding.status for finding in about}
    return next((status for status in ("manual", "needs_review", "migrated") if status in said), "none")


def measure(repository: Path) -> dict[str, Any]:
    """Everything that is measured of one repository."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        copy = Path(os.path.realpath(folder), "copy", repository.name)
        shutil.copytree(repository, copy, ignore=_unneeded, symlinks=True)
        os.chdir(copy)
        try:
            return _measure(copy, Path(folder))
        except Exception as error:
            return {"problems": [f"crash: {type(error).__name__}: {error}"]}
        finally:
            os.chdir(here)


def _unneeded(folder: str, names: list[str]) -> set[str]:
    wanted = (".py", ".gitignore", "pyvenv.cfg")
    return {name for name in names if not name.endswith(wanted) and not Path(folder, name).is_dir()}


def _measure(copy: Path, folder: Path) -> dict[str, Any]:
    files = discover([copy]).files
    texts = {path.relative_to(copy).as_posix(): path.read_bytes() for path in files}
    started = time.process_time()
    proposed = run([copy], Settings(), jobs=1)
    seconds = time.process_time() - started
    result = proposed.result
    found = {file.path: file.findings for file in result.files}
    failures = [f"{file.path}: {file.failure.code} {file.failure.message}" for file in result.failed if file.failure]
    problems = [f"crash: {line}" for line in failures if f": {INTERNAL} " in line]
    sites = []
    for path, data in texts.items():
        try:
            calls = list(scan(data.decode("utf-8-sig"))) if re.search(b"genai|generativeai|vertexai", data) else []
        except (SyntaxError, ValueError, RecursionError):
            continue
        for api, name, first, last in calls:
            sites.append((api, name, f"{path}:{first}", verdict(name, first, last, found.get(path, ()))))
    for file in result.changed:
        if _compiles(file.before) and not _compiles(file.after):
            problems.append(f"does not compile: {file.path}")
    problems += [f"undefined: {line}" for line in _undefined(result.changed, folder)]
    if result.changed:
        problems += [f"not written: {file.path}" for file in write(proposed).failed if file.path not in str(failures)]
        again = run([copy], Settings(), jobs=1).result
        problems += [f"changes again: {file.path}" for file in again.changed]
        problems += [f"fails again: {file.path}" for file in again.failed if file.path not in str(failures)]
    return {
        "seconds": seconds,
        "files": result.scanned,
        "mentioning": result.mentioning,
        "changed": [file.path for file in result.changed],
        "problems": problems,
        "failures": failures,
        "sites": sites,
        "findings": [(f.code, f.status, f"{path}:{f.line}", f.message) for path in found for f in found[path]],
        "diff": diff.render(result),
    }


def _compiles(text: str | None) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text or "", "module", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError):
            return False
    return True


def _undefined(files: Iterable[FileResult], folder: Path) -> list[str]:
    """The names and slots that are undefined in the new text of a file and were not, or less often, in its old one."""
    options = "--isolated --no-cache --ignore-noqa --select=F821,PLE0237 --output-format=json --exit-zero --exclude="
    command = [sys.executable, "-m", "ruff", "check", *options.split(), "."]
    counts = []
    for side in ("before", "after"):
        root = Path(os.path.realpath(folder), side)
        root.mkdir()
        for file in files:
            path = root / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text((file.before if side == "before" else file.after) or "", encoding="utf-8", newline="")
        rows = json.loads(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)
        named = [row for row in rows if row["code"] in ("F821", "PLE0237")]  # the others are syntax errors
        counts.append(Counter(f"{os.path.relpath(row['filename'], root)}: {row['message']}" for row in named))
    return sorted(counts[1] - counts[0])


def _general(message: str) -> str:
    """The message without the names, places and numbers of one program."""
    message = re.sub(r" \((?:line \d+|\S+\.py:\d+)\)$", "", message)
    message = re.sub(r"['`][^'`]*?(\.\w+)?['`]", r"…\1", message)
    message = re.sub(r" \((.*)\)(?=[; ])", _detail, message)
    return re.sub(r"\b\d+(?:[.-]\d+)*\b", "…", message)


def _detail(match: re.Match[str]) -> str:
    """Words of ours and names of settings are kept, expressions are not."""
    _, colon, words = match[1].rpartition(": ")
    return f" ({words})" if re.fullmatch(r"[\w ,]+", words) and (colon or " " in words) else " (…)"


def _table(rows: Iterable[tuple[str, Counter[str]]]) -> Iterator[str]:
    yield f"{'':50}{'all':>6}" + "".join(f"{status:>16}" for status in STATUSES)
    table = list(rows)
    for name, counts in [*table, ("all", sum((counts for _, counts in table), Counter()))]:
        total = sum(counts.values())
        shares = (f"{counts[s]:>8} {100 * counts[s] / total:>5.1f} %" if counts[s] else f"{'-':>16}" for s in STATUSES)
        yield f"{name:50}{total:>6}{''.join(shares)}"


def report(measured: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The lines that are printed."""
    sites = [(repo, *site) for repo, row in measured.items() for site in row.get("sites", ())]
    findings = [finding for row in measured.values() for finding in row.get("findings", ())]
    total = Counter({key: sum(row.get(key, 0) for row in measured.values()) for key in ("files", "mentioning")})
    changed = sum(len(row.get("changed", ())) for row in measured.values())
    yield f"{len(measured)} repositories, {total['files']} files, {total['mentioning']} name an SDK, {changed} change"
    yield f"\nProblems: {sum(len(row['problems']) for row in measured.values())}"
    yield from (f"  {repo}: {line}" for repo, row in measured.items() for line in row["problems"])
    failures = [f"  {repo}: {line}" for repo, row in measured.items() for line in row.get("failures", ())]
    yield from [f"\nFiles that were not processed: {len(failures)}", *failures[:20]]
    yield "\nCalls, by API"
    yield from _table((title, Counter(site[4] for site in sites if site[1] == api)) for api, title in APIS.items())
    yield "\nFindings, by rule"
    codes = sorted({finding[0] for finding in findings})
    yield from _table((code, Counter(finding[1] for finding in findings if finding[0] == code)) for code in codes)
    yield "\nReasons of what is left or to be reviewed"
    reasons = Counter(f"{f[0]} {f[1]}: {_general(f[3])}" for f in findings if f[1] != "migrated")
    yield from (f"{count:>6}  {reason}" for reason, count in reasons.most_common(25))
    yield "\nSeconds of CPU"
    slowest = sorted(measured, key=lambda repo: -measured[repo].get("seconds", 0))[:10]
    yield from (f"{measured[repo].get('seconds', 0):>8.2f}  {repo}" for repo in slowest)
    yield f"{sum(row.get('seconds', 0) for row in measured.values()):>8.2f}  all"
    yield "\nCalls without a finding, but for vertexai"
    yield from (f"  {repo}/{at} {name}" for repo, api, name, at, said in sites if said == "none" and api != "vertex")


def main() -> int:
    """Measures, prints, saves; 1 where a check does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="its sub-folders are the repositories")
    parser.add_argument("repositories", nargs="*", metavar="REPO", help="only these sub-folders")
    parser.add_argument("-j", "--jobs", type=int, default=1, metavar="N", help="repositories at a time")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all figures to a file")
    parser.add_argument("--diffs", type=Path, metavar="DIR", help="write the changes, one patch a repository")
    options = parser.parse_intermixed_args()
    folders = sorted(path for path in options.folder.resolve().iterdir() if path.is_dir())
    folders = [path for path in folders if not options.repositories or path.name in options.repositories]
    print(f"migrate_gemini: {Path(package).parent}", file=sys.stderr)
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        measured = {path.name: row for path, row in zip(folders, pool.map(measure, folders))}
    for name, row in measured.items():
        patch = row.pop("diff", "")
        if options.diffs and patch:
            options.diffs.mkdir(parents=True, exist_ok=True)
            (options.diffs / f"{name}.diff").write_text(patch, encoding="utf-8", newline="")
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1), encoding="utf-8")
    print("\n".join(report(measured)))
    return int(any(row["problems"] for row in measured.values()))


if __name__ == "__main__":
    sys.exit(main())
