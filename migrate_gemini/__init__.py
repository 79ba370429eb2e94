"""Rewrites Gemini code for the Interactions API of google-genai.

The public surface; every name is imported when it is first used, since `--version` needs none of it.
"""

import sys

if sys.argv[:1] == ["-m"] and sys.path and f"{sys.path[0]}/migrate_gemini" != __path__[0].replace("\\", "/"):
    # `python -m` puts the working directory first, where a project's own typing.py or libcst.py would be imported,
    # and so run. Nothing is imported from there, as with `python -P`, unless this package itself is.
    del sys.path[0]

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .findings import Finding, ModuleResult
    from .settings import Settings

__all__ = ["Finding", "ModuleResult", "Settings", "__version__", "transform"]
__version__ = "0.1.0"


def transform(source: str, settings: "Settings | None" = None, *, path: str = "module.py") -> "ModuleResult":
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
