"""Untrusted bytes are read in worker processes with limits on time, memory and processor."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from typing import IO

from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.memory import Memory, Window
from calendar_sync.roster import Calendar, Limits
from calendar_sync.sources import Payload

PROCESSORS = 2
"""Processes that share the reading of one large feed."""
_FAILED = 70
"""Exit code of a worker whose helper failed (EX_SOFTWARE)."""


def read_guarded(payload: Payload, calendar: Calendar, window: Window = None, memory: Memory | None = None) -> Reading:
    """Read a payload as `kinds.read` does, in a worker process; one that takes too much is no calendar tonight.

    With *memory*, what an earlier reading left behind, only what changed since is parsed: the rest is named in
    `Reading.unchanged`. The limits are those of `calendar.limits`.
    """
    limits = calendar.limits
    # Files, not pipes: nobody has to hold a large body or a large answer twice.
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as second:
        # What crosses is pickled by our own code on both sides; the payload itself stays bytes.
        pickle.dump((replace(payload, body=b""), calendar, window, memory), question)
        question.write(payload.body)
        question.seek(0)
        worker = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-I", "-m", "calendar_sync.reading.guarded", str(second.fileno())],
            stdin=question, stdout=answer, stderr=subprocess.PIPE, pass_fds=[second.fileno()], start_new_session=True,
        )  # fmt: skip
        try:
            _, told = worker.communicate(timeout=limits.reading_seconds)
        except subprocess.TimeoutExpired:
            _stop(worker)
            return _given_up("too-slow", f"reading took longer than {limits.reading_seconds:g} s and was stopped")
        except BaseException:
            _stop(worker)
            raise
        if worker.returncode != 0:
            return _ended_early(worker.returncode, told, limits)
        return _answered(answer, second, memory)


def _answered(answer: IO[bytes], second: IO[bytes], memory: Memory | None) -> Reading:
    from calendar_sync.reading import rereading

    answer.seek(0)
    planned = pickle.load(answer)  # noqa: S301  written by our own worker
    parts = []
    for file in (answer, second)[: len(planned.shares)]:
        if file is second:
            second.seek(0)
        parts.append(pickle.load(file))  # noqa: S301
    return rereading.joined(planned, parts, memory)


def _stop(worker: subprocess.Popen[bytes]) -> None:
    """Stop the worker and the helpers it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.communicate()


def _ended_early(code: int, told: bytes, limits: Limits) -> Reading:
    if code == -signal.SIGXCPU or code == -signal.SIGKILL:
        return _given_up("too-slow", f"reading took more than {limits.reading_seconds:g} s and was stopped")
    last = told.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit {code}"]
    if "MemoryError" in last[0]:
        return _given_up("too-large", f"reading took more than {limits.reading_bytes} bytes of memory and was stopped")
    return _given_up("reader-failed", f"the reading process ended early ({last[0][:200]})")


def _given_up(code: str, message: str) -> Reading:
    return Reading(problems=(Problem(code, message),), is_calendar=False)


def _limit(limits: Limits) -> None:
    """Limit this process; where the platform has no such limits, the time limit of the caller still holds."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.reading_bytes, limits.reading_bytes))
    processor = int(limits.reading_seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work(second: int) -> int:
    payload, calendar, window, memory = pickle.load(sys.stdin.buffer)  # noqa: S301  written by our own caller
    _limit(calendar.limits)
    from calendar_sync.reading import rereading

    payload = replace(payload, body=sys.stdin.buffer.read())
    planned = rereading.plan(payload, calendar, window, memory, min(PROCESSORS, os.cpu_count() or 1))
    # The caller needs to know how it was planned, and has the bytes.
    pickle.dump(planned.outline(), sys.stdout.buffer)
    helper = os.fork() if len(planned.shares) > 1 else None
    if helper == 0:
        with os.fdopen(second, "wb") as out:
            pickle.dump(planned.read(1), out)
        os._exit(0)
    if planned.shares:
        pickle.dump(planned.read(0), sys.stdout.buffer)
    sys.stdout.buffer.flush()
    return 0 if helper is None or os.waitpid(helper, 0)[1] == 0 else _FAILED


if __name__ == "__main__":
    sys.exit(_work(int(sys.argv[1])))
