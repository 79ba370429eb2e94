"""Kills runs while they write, again and again, and looks at what they leave.

`python -m tests.kills [--kills 100] [--groups 40] [--seed 1]` does it for longer than the tests have time for.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZE = 5
"""Files of a group: one makes the model, the others use it, so that they change together."""


def project(groups: int) -> dict[str, str]:
    """The files of a project."""
    files = {"requirements.txt": "google-generativeai\n"}
    for group in range(groups):
        files[f"p{group:02}/__init__.py"] = ""
        files[f"p{group:02}/llm.py"] = (
            "import google.generativeai as genai\n\n"
            "genai.configure(api_key='k')\nmodel = genai.GenerativeModel('gemini-1.5-flash')\n"
        )
        for user in range(SIZE - 1):
            files[f"p{group:02}/u{user}.py"] = (
                f"from p{group:02}.llm import model\n\nprint(model.generate_content('Question {user}').text)\n"
            )
    return files


def heeds_ctrl_c() -> None:
    """Undoes what a shell says to what it starts in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Project:
    """A project in a folder, what its files hold before and after a run, and the tool to run there."""

    def __init__(self, folder: Path, state: Path, groups: int) -> None:
        self.folder = folder
        self.environment = {**os.environ, "XDG_STATE_HOME": str(state), "PYTHONPATH": str(ROOT)}
        for name, text in project(groups).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.old = self.held()
        self.tool(".")
        self.new = self.held()
        self.tool("--undo", ".")
        assert self.held() == self.old
        self.changing = [name for name in sorted(self.old) if self.old[name] != self.new[name]]
        assert len(self.changing) == SIZE * groups + 1

    def held(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "migrate_gemini", "--jobs", "1", *arguments]

    def tool(self, *arguments: str) -> str:
        done = subprocess.run(
            self.command(*arguments), cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    @contextmanager
    def until_replaced(self, name: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """The running tool, at the moment when it has replaced the file of that name."""
        path = self.folder / name
        number = path.stat().st_ino
        with subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heeds_ctrl_c,
        ) as process:
            while path.stat().st_ino == number and process.poll() is None:
                time.sleep(0.0002)
            yield process

    def kill(self, chance: random.Random, *arguments: str) -> Counter[str]:
        """Kills the tool while it writes, and says what it has left, after it was held to be nothing worse."""
        with self.until_replaced(chance.choice(self.changing), *arguments) as process:
            time.sleep(chance.random() * 0.004)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        held = self.held()
        for name in self.old:
            assert held[name] in (self.old[name], self.new[name]), f"{name} is neither old nor new"
        new = [name for name in self.changing if held[name] == self.new[name]]
        groups = Counter(name.split("/")[0] for name in new if "/" in name)
        return Counter(
            kills=1,
            while_writing=0 < len(new) < len(self.changing),
            half_groups=sum(count != SIZE for count in groups.values()),
            temporary_files=len(held.keys() - self.old.keys()),
        )


def kills(here: Project, count: int, chance: random.Random, most: int = 0) -> Counter[str]:
    """Kills runs and undos; after each the next run has to put right what was left, whether it goes on or back.

    most: so often it goes on, where no group was half by then.
    """
    tally: Counter[str] = Counter()
    while tally["kills"] < count or not tally["half_groups"] and tally["kills"] < most:
        tally += here.kill(chance, ".")
        if tally["kills"] % 4 == 1:
            here.tool(".")
            assert here.held() == here.new, "a run that goes on after one that was killed has the same result"
            tally += here.kill(chance, "--undo", ".")
        here.tool("--undo", ".")
        assert here.held() == here.old, "nothing but the old files is left after --undo"
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--groups", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        here = Project(Path(folder, "project"), Path(folder, "state"), given.groups)
        print(dict(kills(here, given.kills, random.Random(given.seed))))


if __name__ == "__main__":
    main()
