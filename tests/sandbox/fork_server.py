"""A process that has imported an SDK once and forks for every program.

    python fork_server.py MODULE...

imports the modules, then reads one JSON job a line from stdin and writes one JSON outcome a line to stdout:

    job      {"cwd", "arguments", "module" or "script", "stdin", "stdout", "stderr", "environment", "timeout"}
    outcome  {"exit": code}, or {"exit": null} where the program was stopped after `timeout` seconds

stdin, stdout and stderr of a job are paths of files.  A program sees itself as `python main.py` would show it.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import runpy
import signal
import sys
import threading
import traceback
import types
import warnings
from typing import Any

# The folder of this file is the first entry of sys.path only when it runs as a script.
import patches


def main(modules: list[str]) -> None:
    """Serve until stdin ends."""
    requests, outcomes = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 0)
    os.dup2(silence, 1)
    sys.path.pop(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in modules:
            # What cannot be imported fails again, and visibly, in the job that needs it.
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    gc.freeze()
    for line in requests:
        outcomes.write(json.dumps({"exit": run_forked(json.loads(line))}) + "\n")
        outcomes.flush()


def run_forked(job: dict[str, Any]) -> int | None:
    """Run a job in a child process; its exit code, or None where it took too long."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        os.setpgid(0, 0)
        os._exit(run(job))
    expired = False

    def stop(*_: Any) -> None:
        nonlocal expired
        expired = True
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, job["timeout"])
    _, status = os.waitpid(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return None if expired else os.waitstatus_to_exitcode(status)


def run(job: dict[str, Any]) -> int:
    """In the child: become the program, and give its exit code."""
    redirect(job)
    os.environ.clear()
    os.environ.update(job["environment"])
    os.chdir(job["cwd"])
    sys.dont_write_bytecode = True
    patches.apply(os.environ.pop("LOOPBACK_URL", None))
    sys.modules.pop("patches")
    try:
        execute(job)
        code = 0
    except SystemExit as stop:
        code = exit_code(stop)
    except BaseException:
        show_traceback()
        code = 1
    finish()
    return code


def redirect(job: dict[str, Any]) -> None:
    """Connect the standard streams with the files of the job."""
    modes = {"stdin": os.O_RDONLY, "stdout": os.O_WRONLY | os.O_CREAT | os.O_TRUNC}
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        opened = os.open(job[name], modes.get(name, modes["stdout"]), 0o644)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.FileIO(0, closefd=False), "utf-8")
    sys.stdout = sys.__stdout__ = _writer(1, "strict")
    sys.stderr = sys.__stderr__ = _writer(2, "backslashreplace")


def _writer(number: int, errors: str) -> io.TextIOWrapper:
    buffer = io.BufferedWriter(io.FileIO(number, "w", closefd=False))
    return io.TextIOWrapper(buffer, "utf-8", errors=errors, line_buffering=number == 2)


def execute(job: dict[str, Any]) -> None:
    """Run the script or module of the job as `__main__`."""
    if job.get("module"):
        sys.argv = [job["module"], *job["arguments"]]
        sys.path.insert(0, job["cwd"])
        runpy.run_module(job["module"], run_name="__main__", alter_sys=True)
        return
    path = os.path.join(job["cwd"], job["script"])
    sys.argv = [job["script"], *job["arguments"]]
    sys.path.insert(0, os.path.dirname(path))
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    program = types.ModuleType("__main__")
    program.__dict__.update({"__file__": path, "__builtins__": __builtins__, "__cached__": None})
    sys.modules["__main__"] = program
    exec(code, program.__dict__)


def exit_code(stop: SystemExit) -> int:
    """The exit code of a SystemExit; a text is printed, as the interpreter does."""
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code & 0xFF
    print(stop.code, file=sys.stderr)
    return 1


def show_traceback() -> None:
    """Print the current exception without the frames of this file."""
    kind, error, trace = sys.exc_info()
    while trace and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    traceback.print_exception(kind, error, trace)


def finish() -> None:
    """What the interpreter does at its end: wait for threads, run exit functions, flush."""
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
    except BaseException:
        traceback.print_exc()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue


if __name__ == "__main__":
    main(sys.argv[1:])
