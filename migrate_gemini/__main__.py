"""`python -m migrate_gemini` and the console script."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line; answers `--version` without loading it."""
    if sys.argv[1:] == ["--version"]:
        from . import __version__

        print(f"migrate-gemini {__version__}")
        return
    from .cli import run

    run()


if __name__ == "__main__":
    main()
