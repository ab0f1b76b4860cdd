"""Errands: work that takes too long for a page, done by a process of its own while the desk goes on answering.

There is one at a time of each sort. It ends with the desk: its stdin stays open as long as the desk lives.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from calendar_sync.errors import OutreachError

AGAIN_AFTER = 60.0
"""Seconds until what brought nothing is tried again."""
_NICE = 10
"""Whoever waits for a page goes first."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Errand:
    """One process: *module* run with *words*, to bring what *stamp* names. *begun* is in monotonic seconds."""

    module: str
    words: tuple[str, ...]
    stamp: str
    begun: float = field(default_factory=time.monotonic)
    ended: threading.Event = field(default_factory=threading.Event)
    """Set when it is over, well or not."""

    def begin(self) -> None:
        """Start it, and wait for its end in a thread."""
        process = subprocess.Popen(  # noqa: S603 -- our own program
            # -P: what lies in the folder the desk was started in is no module of ours.
            [sys.executable, "-P", "-m", self.module, *self.words],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        threading.Thread(target=self._wait, args=(process,), daemon=True).start()

    def patiently(self, seconds: float) -> bool:
        """Wait for its end until so many seconds after its beginning; False when it goes on."""
        return self.ended.wait(max(0.0, self.begun + seconds - time.monotonic()))

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        try:
            with process:
                said = process.stderr.read() if process.stderr is not None else b""
            if process.returncode != 0:
                last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
                _log.error("%s brought nothing; pages are answered from what there was. %s", self.module, last)
        finally:
            self.ended.set()


_LAST: dict[tuple[str, Path], Errand] = {}
"""By sort and roster, the errand that was begun last."""
_LOCK = threading.Lock()


def errand(module: str, roster_path: Path, *words: str, stamp: str) -> Errand:
    """Return the errand of this sort that is at work for a roster; begin one for *stamp* where none is.

    One that ended without bringing what that very stamp names is not begun again for a while.
    """
    with _LOCK:
        last = _LAST.get((module, roster_path))
        if last is not None and not last.ended.is_set():
            return last
        if last is not None and last.stamp == stamp and time.monotonic() - last.begun < AGAIN_AFTER:
            return last
        begun = Errand(module, (str(roster_path), *words), stamp)
        begun.begin()
        _LAST[module, roster_path] = begun
        return begun


def run(work: Callable[..., None], words: list[str]) -> int:
    """Be the process of an errand: do *work* for the roster and with the words that it was given."""
    threading.Thread(target=_end_with_the_desk, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    try:
        work(Path(words[0]), *words[1:])
    except OutreachError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _end_with_the_desk() -> None:
    # Not sys.stdin: a thread that waits in it stops Python from ending.
    while os.read(0, 1):
        pass
    # What it has not kept yet was kept in no part.
    os._exit(1)
