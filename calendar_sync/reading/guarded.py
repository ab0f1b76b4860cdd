"""Untrusted bytes are read in a worker process with limits on time, memory and processor."""

from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import date

from calendar_sync.reading import Problem, Reading
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload

SECONDS = 60.0
"""Wall-clock time one payload may take; a feed of 50,000 events takes about half of it."""
MEMORY = 2 * 1024**3
"""Bytes of address space of the worker."""


def read_guarded(
    payload: Payload, calendar: Calendar, window: tuple[date, date] | None = None, *, seconds: float = SECONDS
) -> Reading:
    """Read a payload as `kinds.read` does, in a worker process; one that takes too much is no calendar tonight."""
    # What crosses the pipe is pickled by our own code on both sides; the payload itself stays bytes.
    question = pickle.dumps((payload, calendar, window, seconds))
    try:
        ran = subprocess.run(
            [sys.executable, "-I", "-m", "calendar_sync.reading.guarded"],
            input=question, capture_output=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return _given_up("too-slow", f"reading took longer than {seconds:.0f} s and was stopped")
    if ran.returncode != 0:
        last = ran.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit {ran.returncode}"]
        code = "too-large" if "MemoryError" in last[0] else "reader-failed"
        return _given_up(code, f"the reading process ended early ({last[0][:200]})")
    reading: Reading = pickle.loads(ran.stdout)  # noqa: S301  written by our own worker
    return reading


def _given_up(code: str, message: str) -> Reading:
    return Reading(problems=(Problem(code, message),), is_calendar=False)


def _limit(seconds: float) -> None:
    """Limit this process; where the platform has no such limits, the time limit of the caller still holds."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    processor = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work() -> None:
    payload, calendar, window, seconds = pickle.load(sys.stdin.buffer)  # noqa: S301  written by our own caller
    _limit(seconds)
    from calendar_sync.reading import kinds

    sys.stdout.buffer.write(pickle.dumps(kinds.read(payload, calendar, window)))


if __name__ == "__main__":
    _work()
