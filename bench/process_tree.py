"""Run a command and measure it: seconds and the peak memory of its whole process tree."""

from __future__ import annotations

import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.04
"""Seconds between two looks at the memory."""


class CommandFailed(Exception):
    """A measured command ended with an error; the message is what it said last."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command cost, and what it printed."""

    wall: float
    cpu: float
    peak_mb: float
    stdout: str


def measure(command: Sequence[str], env: dict[str, str] | None = None) -> Measured:
    """Run *command* from its start to its end.

    CPU seconds are those of all its cores and processes; others on the machine disturb them less than wall seconds.
    The peak is the largest sum of PSS (proportional set size: what processes share counts once) over the process and
    its descendants, looked at every 40 ms; Linux only.

    Raises:
        CommandFailed: It ended with a status other than 0.
    """
    began, used = time.perf_counter(), _cpu_of_children()
    with subprocess.Popen(list(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        watch = _Watch(process.pid)
        watch.start()
        said, complained = process.communicate()
        wall = time.perf_counter() - began
        watch.stop()
    cpu = _cpu_of_children() - used
    if process.returncode:
        raise CommandFailed("\n".join(complained.strip().splitlines()[-3:]))
    return Measured(wall, cpu, watch.peak_kib * 1024 / 1e6, said)


def _cpu_of_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


class _Watch(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._ended = pid, threading.Event()
        self.peak_kib = 0

    def run(self) -> None:
        while not self._ended.wait(EVERY):
            self.peak_kib = max(self.peak_kib, sum(_pss_kib(pid) for pid in _tree(self._pid)))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in children.read_text("ascii").split()]
            except OSError:  # the thread ended between the two looks
                continue
    return found


def _pss_kib(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:  # the process ended
        return 0
    return next((int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")), 0)
