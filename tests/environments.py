"""The Python environments that programs run in: one with the legacy SDK, one without, one a pinned SDK.

They are made once under `.cache/envs/`, by uv where it is on PATH, else by venv and pip.  The environment variable
MIGRATE_GEMINI_ENVS may name a folder that holds ready-made environments `old` and `new`.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"

LEGACY_SDK = "google-generativeai==0.8.6"
SDK = "google-genai==3.4.0"
FIRST_SCHEMA_SDK = "google-genai==1.75.0"
# What programs import beside an SDK.
LIBRARIES = ("pillow", "pydantic", "typing_extensions", "python-dotenv")


@dataclass(frozen=True)
class Environment:
    """A Python environment: its name, what is installed in it, and which modules are worth importing beforehand."""

    name: str
    requirements: tuple[str, ...]
    modules: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where it lives; a ready-made one is preferred."""
        given = os.environ.get("MIGRATE_GEMINI_ENVS")
        if given and (Path(given) / self.name / "bin" / "python").exists():
            return Path(given) / self.name
        return CACHE / "envs" / self.name

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"


# The SDK imports the modules of the Interactions API when they are first used, which takes a second.
MODULES = (
    "google.genai", "google.genai._gaos.google_genai", "google.genai._interactions", "anyio._backends._asyncio",
    "httpcore", "httpcore2", "h11", "PIL.Image",
)  # fmt: skip

OLD = Environment("old", (LEGACY_SDK, SDK, *LIBRARIES), ("google.generativeai", *MODULES))
NEW = Environment("new", (SDK, *LIBRARIES), MODULES)
OLD_OUTPUTS = Environment("old-outputs", (LEGACY_SDK, FIRST_SCHEMA_SDK, *LIBRARIES), ("google.generativeai", *MODULES))


def pinned(requirement: str) -> Environment:
    """The environment for one requirement, such as google-genai==1.75.0."""
    name = re.sub(r"[^a-z0-9.]+", "-", requirement.strip().lower())
    return Environment(name, (requirement.strip(), *LIBRARIES), MODULES)


def ensure(environment: Environment) -> Environment:
    """Make the environment unless it is there; of several processes that want it, one makes it."""
    if environment.folder.parent == CACHE / "envs":
        environment.folder.parent.mkdir(parents=True, exist_ok=True)
        with (CACHE / "envs" / f"{environment.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _make(environment)
    return environment


def _make(environment: Environment) -> None:
    """Install an environment; the finished one is marked by its list of requirements."""
    wanted = "\n".join(environment.requirements)
    marker = environment.folder / "requirements-installed.txt"
    if marker.exists() and marker.read_text(encoding="utf-8") == wanted:
        return
    shutil.rmtree(environment.folder, ignore_errors=True)
    uv = shutil.which("uv")
    if uv:
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(environment.folder)])
        pip = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(environment.python)]
    else:
        _run([sys.executable, "-m", "venv", str(environment.folder)])
        pip = [str(environment.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, *environment.requirements])
    marker.write_text(wanted, encoding="utf-8")


def _run(command: list[str]) -> None:
    """Run a command; its output is part of the error where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
