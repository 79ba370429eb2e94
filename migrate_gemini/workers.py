"""Runs the engine over groups of modules, over several processes if asked, so that one failure stays one failure."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .interrupts import only_here

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

    from .engine import SourceModule
    from .findings import ModuleResult
    from .settings import Settings

    Engine = Callable[[Sequence[SourceModule], Settings], list[ModuleResult]]

Progress = Callable[[int, int], None]
"""Is told how many modules are done, and of how many."""

_PARALLEL_FROM = 128  # modules; below that, starting processes takes longer than it saves
_MOST_PROCESSES = 61  # what Windows can wait for
_RECURSION_LIMIT = 3000  # LibCST takes several frames for a level of nesting; depth.py keeps the levels few


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one group: a result for each of its modules, or one line saying how the engine failed."""

    results: tuple[ModuleResult, ...] = ()
    error: str | None = None


def run_groups(
    groups: Sequence[Sequence[SourceModule]],
    settings: Settings,
    engine: Engine,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """One outcome a group, in the order of the groups whatever the number of jobs. jobs=None chooses."""
    progress = progress or (lambda done, total: None)
    total = sum(map(len, groups))
    processes = min(len(groups), _MOST_PROCESSES, jobs or (_processors() if total >= _PARALLEL_FROM else 1))
    if processes > 1:
        return _in_processes(groups, settings, engine, processes, progress)
    outcomes = []
    done = 0
    for group in groups:
        outcomes.append(run_group(engine, group, settings))
        done += len(group)
        progress(done, total)
    return outcomes


def run_group(engine: Engine, group: Sequence[SourceModule], settings: Settings) -> Outcome:
    """The engine on one group; whatever it raises becomes a line."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    collects = gc.isenabled()
    gc.disable()  # what a group makes lives until its end: to look for garbage in it takes as long as half the work
    try:
        results = tuple(engine(group, settings))
    except Exception as error:
        return Outcome(error=f"internal error: {_one_line(error)}")
    finally:
        sys.setrecursionlimit(limit)
        if collects:
            gc.enable()
    if [result.path for result in results] != [module.path for module in group]:
        return Outcome(error="internal error: the results are not those of the modules that were given")
    return Outcome(results)


def _in_processes(
    groups: Sequence[Sequence[SourceModule]], settings: Settings, engine: Engine, processes: int, progress: Progress
) -> list[Outcome]:
    from concurrent.futures import as_completed
    from concurrent.futures.process import BrokenProcessPool

    outcomes: dict[int, Outcome] = {}
    total = sum(map(len, groups))
    largest_first = sorted(range(len(groups)), key=lambda number: -sum(len(module.text) for module in groups[number]))
    with _pool(processes) as pool:
        try:
            with only_here(), _safe_path():
                waiting: dict[Future[Outcome], int] = {
                    pool.submit(run_group, engine, groups[number], settings): number for number in largest_first
                }
            for future in as_completed(waiting):
                outcomes[waiting[future]] = future.result()
                progress(sum(len(groups[number]) for number in outcomes), total)
        except BrokenProcessPool:  # one group ended its process, and with it the pool; which one shows below
            _end()  # one that was being started meanwhile is waited for, but ended by nobody
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            _end()  # it may be at work on a large group for a while
            raise
    left = [number for number in range(len(groups)) if number not in outcomes]
    while left:
        left = _one_by_one(groups, left, settings, engine, outcomes)
    return [outcomes[number] for number in range(len(groups))]


def _end() -> None:
    """Ends the processes that work."""
    import multiprocessing

    for process in multiprocessing.active_children():
        process.terminate()


def _one_by_one(
    groups: Sequence[Sequence[SourceModule]],
    left: list[int],
    settings: Settings,
    engine: Engine,
    outcomes: dict[int, Outcome],
) -> list[int]:
    """Works on the groups in one further process, until one ends it; what is then still to be done."""
    from concurrent.futures.process import BrokenProcessPool

    with _pool(1) as pool:
        for at, number in enumerate(left):
            try:
                with only_here(), _safe_path():
                    future = pool.submit(run_group, engine, groups[number], settings)
                outcomes[number] = future.result()
            except BrokenProcessPool:
                outcomes[number] = Outcome(error="internal error: the process that worked on it ended without a word")
                return left[at + 1 :]
    return []


@contextlib.contextmanager
def _safe_path() -> Iterator[None]:
    """What a process that starts meanwhile needs is not imported from the working directory, where a project may have a
    queue.py or pickle.py of its own. From Python 3.11 on."""
    name = "PYTHONSAFEPATH"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _pool(processes: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Not forked: a progress bar may have started a thread.
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"))


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _one_line(error: Exception) -> str:
    """The exception and where it was raised, which is what a bug report needs."""
    import traceback

    message = " ".join(str(error).split())
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    where = f" ({Path(frames[0].filename).name}:{frames[0].lineno})" if frames else ""
    return f"{type(error).__name__}{': ' if message else ''}{message[:200]}{where}"
