"""What stands between a run and the files of a person: nothing that is lost for good, and nothing half."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..interrupts import Held
from ..writing import shown, write

if TYPE_CHECKING:
    from ..results import RunResult
    from ..writing import Run
    from .recovery import Settled

Say = Callable[[str], None]
Ask = Callable[[str], bool]

_EXAMPLES = 3


class Stopped(Exception):
    """Nothing was written. The message says why, and what to do; wanted: because the person wants it so."""

    def __init__(self, message: str, wanted: bool = False) -> None:
        super().__init__(message)
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Guard:
    """Looks after the files of the project that holds the paths.

    say: is told what the person should know. ask: puts a question to the person; None where nobody can answer.
    allow_dirty: changes that git does not hold are not spoken of.
    """

    paths: Sequence[Path]
    say: Say
    ask: Ask | None = None
    allow_dirty: bool = False

    @property
    def root(self) -> Path:
        from .state import project_of

        folders = [os.path.abspath(path if path.is_dir() else path.parent) for path in self.paths]
        try:
            return project_of(Path(os.path.commonpath(folders)))
        except ValueError:  # several drives
            return project_of(Path(folders[0]))

    def recover(self) -> bool:
        """Settles what a run in this project that died has left, before anything is read.

        Whether the last run was stopped after it wrote code and before it changed what stands beside it. Stopped where
        half of what changes together is left and cannot be put back.
        """
        from . import state

        if not state.is_there():
            return False
        from . import journal, recovery

        try:
            for base in recovery.dead(self.root):
                self._tell(recovery.settle(base))
            last = journal.read(journal.path_of(state.base_of(self.root), "last"))
            return last is not None and last.owes
        except state.StateError as error:
            self.say(f"warning: {error}")
            return False

    def look(self) -> None:
        """Warns of what a run that died has left, for a run that writes nothing."""
        from . import state

        if not state.is_there():
            return
        from . import recovery

        try:
            for path in (path for base in recovery.dead(self.root) for path in recovery.halves(base)):
                self.say(
                    f"warning: {shown(path)} belongs to files that change together, of which a run that was killed "
                    "has replaced only some; the next run that writes, or --undo, puts them back"
                )
        except state.StateError as error:
            self.say(f"warning: {error}")

    def write(self, proposed: Run) -> RunResult:
        """Makes the changes of a run so that it can be undone. Stopped, or Interrupted in between."""
        from . import journal, recovery, state

        files = [change.path for group in (*proposed.changes, *proposed.beside) for change in group]
        if not files:
            return write(proposed)
        if not self.allow_dirty:
            self._look_at(files)
        record = journal.Journal(self.root)
        try:
            record.take()
            self._tell(recovery.settle_locked(record.base))
            record.start(proposed.changes, proposed.beside)
        except state.Busy as error:
            raise Stopped(f"nothing was written: {error}") from error
        except state.StateError as error:
            record.close()
            self._go_on_without(error, files)
            with Held() as interrupt:
                return write(proposed, None, interrupt)
        except BaseException:
            record.close()
            raise
        with Held() as interrupt, record:
            return write(proposed, record, interrupt)

    def undo(self) -> tuple[list[Path], bool]:
        """Undoes the last run: the files that were put back, and whether that is all that there was to be done."""
        from . import state
        from .undo import elsewhere, undo

        try:
            undone = undo(self.root)
            others = elsewhere(self.root) if undone.nothing else []
        except state.StateError as error:
            self.say(f"error: --undo: {error}")
            return [], False
        self._tell(undone.settled)
        for path, reason in undone.refused:
            self.say(f"error: --undo: {shown(path)} {reason}")
        if undone.refused:
            self.say("error: --undo: no file was put back")
            return [], False
        for other in others:
            self.say(f"a run in {other} can be undone with --undo {shown(other)}")
        return undone.restored, True

    def _tell(self, settled: Settled) -> None:
        for path in settled.restored:
            self.say(f"{shown(path)} was put back: a run that was killed had not replaced all that changes with it")
        if settled.stuck:
            reasons = "; ".join(f"{shown(path)} {reason}" for path, reason in settled.stuck)
            raise Stopped(
                "a run that was killed has replaced only some of the files that change together, and the others cannot "
                f"be put back: {reasons}. Nothing was written. Put these right, or delete {settled.journal} to go on "
                "with what is there"
            )

    def _look_at(self, files: Sequence[Path]) -> None:
        """Warns of changes that git does not hold, in files that are about to be replaced."""
        from .git import standing

        dirty = [path for path, how in standing(files).items() if how in ("changed", "untracked")]
        if not dirty:
            return
        one = len(dirty) == 1
        message = f"{_some(dirty)} {'has' if one else 'have'} changes that are not committed, and will be rewritten"
        if self.ask is None:
            self.say(f"warning: {message}; --allow-dirty says nothing of that")
        elif not self.ask(f"{message}. Go on?"):
            raise Stopped("nothing was written; commit first, or give --allow-dirty", wanted=True)

    def _go_on_without(self, error: Exception, files: Sequence[Path]) -> None:
        """Whether a run goes on that --undo cannot undo: only where git holds each of the files as it is."""
        from .git import standing

        lost = [path for path, how in standing(files).items() if how != "held"]
        if lost:
            raise Stopped(
                f"nothing was written: what --undo needs cannot be kept ({error}), and git does not hold "
                f"{_some(lost)}. Commit first, or set XDG_STATE_HOME to a folder that can be written to"
            ) from error
        self.say(f"warning: --undo will not know of this run ({error}); git holds every file as it was")


def _some(paths: Iterable[Path]) -> str:
    names = [shown(path) for path in paths]
    more = len(names) - _EXAMPLES
    if more > 1:
        return f"{', '.join(names[:_EXAMPLES])} and {more} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
