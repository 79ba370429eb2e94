"""Runs the check of `--verify` over texts in whatever environment runs this file: a script, for pinned SDKs.

stdin: a JSON object, name -> [old text, new text]; stdout: another, name -> what is wrong, and "" -> the SDK's version.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def wrong_in(python: Path, texts: Mapping[str, tuple[str, str]]) -> dict[str, list[str]]:
    """What is wrong with the texts by the SDK of another interpreter."""
    command = [str(python), "-W", "ignore", str(Path(__file__).resolve())]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    answer: dict[str, list[str]] = json.loads(done.stdout)
    return answer


def main() -> None:
    """Reads, checks, writes."""
    from migrate_gemini.verify import check, load

    sdk = load()
    texts: dict[str, tuple[str, str]] = json.load(sys.stdin)
    found = {name: [str(problem) for problem in check(*pair, sdk)] for name, pair in texts.items()}
    json.dump({"": [sdk.version, sdk.schema], **{name: wrong for name, wrong in found.items() if wrong}}, sys.stdout)


if __name__ == "__main__":
    main()
