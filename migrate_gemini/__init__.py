"""Rewrites Gemini code for the Interactions API of google-genai.

The public surface; every name is imported when it is first used, since `--version` needs none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .findings import Finding, ModuleResult
    from .settings import Settings

__all__ = ["Finding", "ModuleResult", "Settings", "__version__", "transform"]
__version__ = "0.1.0"


def transform(source: str, settings: Settings | None = None, *, path: str = "module.py") -> ModuleResult:
    """Migrates one module given as text; reads and writes no file.

    What the module imports from its own project is unknown here; `migrate_gemini.engine.migrate`
    takes several modules that import each other.
    """
    from .engine import SourceModule, migrate
    from .settings import Settings

    (result,) = migrate([SourceModule(path, source)], settings or Settings())
    return result


def __getattr__(name: str) -> object:
    if name in ("Finding", "ModuleResult"):
        from . import findings

        return getattr(findings, name)
    if name == "Settings":
        from .settings import Settings

        return Settings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
