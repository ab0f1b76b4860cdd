"""Jobs: work that somebody at the desk asked for, each done by a process of its own, one at a time."""

from __future__ import annotations

import json
import logging
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from calendar_sync import roster
from calendar_sync.errors import OutreachError
from flows.progress import Stage
from flows.syncing import Consent

MOST_KEPT = 20
_GRACE_SECONDS = 5.0
_log = logging.getLogger(__name__)

Told = Mapping[str, Any]
"""One line of `flows.at_work`: with *subject* and *stage* how something goes, with *end* how all of it went."""


class Sort(StrEnum):
    """What a job does."""

    SYNC = "sync"
    ACCEPT = "accept"
    """Takes a calendar in doubt as it is."""
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for."""

    sort: Sort
    night: date
    by: str
    calendars: tuple[str, ...] = ()
    """Those that are read, by a night as well."""
    consent: Consent | None = None
    """With which one in doubt is taken as it is."""

    def as_line(self, config: Path) -> bytes:
        """Word it for the process that does it."""
        consent = asdict(self.consent) | {"at": self.consent.at.isoformat()} if self.consent is not None else None
        wish = {
            "sort": str(self.sort), "config": str(config), "night": self.night.isoformat(),
            "calendars": self.calendars, "consent": consent,
        }  # fmt: skip
        return json.dumps(wish).encode() + b"\n"


class End(StrEnum):
    """How a job ended."""

    DONE = "done"
    GAPS = "gaps"
    """Done, and some calendar could not be read."""
    FAILED = "failed"
    """It says why in a sentence."""
    STOPPED = "stopped"
    """Somebody stopped it, or the desk ended."""
    DIED = "died"
    """Its process ended without a word."""


class JobRuns(OutreachError):
    """Another job is at work, and there is one at a time."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.id)
        self.job = job

    def __str__(self) -> str:
        return f"The desk is at work on job {self.job.id}. Nothing was begun. Next: wait until it has ended."


class Job:
    """One piece of work: what was asked for, and what was told of it so far. Safe to look at from any thread."""

    def __init__(self, id_: str, wish: Wish, begun: datetime) -> None:
        self.id, self.wish, self.begun = id_, wish, begun
        self._told: list[Told] = []
        self._stopped = False
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def told(self) -> Sequence[Told]:
        """Everything told so far."""
        return tuple(self._told)

    @property
    def ended(self) -> Told | None:
        """The last word; None while it is at work."""
        last = self._told[-1] if self._told else {}
        return last if "end" in last else None

    @property
    def lines(self) -> Mapping[str, Told]:
        """The newest word on each subject, in the order in which they were begun."""
        return {told["subject"]: told for told in self.told if "subject" in told}

    @property
    def finished(self) -> int:
        """How many of its calendars were read, or could not be."""
        named = set(self.wish.calendars)
        return sum(told["stage"] != Stage.WORKING for subject, told in self.lines.items() if subject in named)

    def since(self, number: int) -> Sequence[tuple[int, Told]]:
        """Return what was told after the first *number* words, each with its number."""
        return list(enumerate(self.told[number:], number + 1))

    def run(self, config: Path) -> None:
        """Start the process, and listen to it in a thread until it ends."""
        noted = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by who listens
        try:
            self._process = subprocess.Popen(
                # -P: what lies in the folder the desk was started in is no module of ours.
                [sys.executable, "-P", "-m", "flows.at_work"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=noted, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            self._told.append({"end": End.FAILED, "sentence": f"No process could be started: {error.strerror}."})
            return
        threading.Thread(target=self._listen, args=(self._process, config, noted), daemon=True).start()

    def stop(self) -> None:
        """End the process and all that it started; what it has saved stays saved."""
        process = self._process
        if process is None or self.ended is not None:
            return
        self._stopped = True
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
        _signal(process, signal.SIGKILL)

    def _listen(self, process: subprocess.Popen[bytes], config: Path, noted: IO[bytes]) -> None:
        with noted, process:
            if process.stdin is None or process.stdout is None:
                raise TypeError("a process without pipes was started")
            # Its stdin stays open as long as we live: by its end the process knows that the desk has ended.
            with suppress(BrokenPipeError):
                process.stdin.write(self.wish.as_line(config))
                process.stdin.flush()
            last: Told = {}
            for line in process.stdout:
                last = json.loads(line)
                if "end" not in last:
                    self._told.append(last)
            code = process.wait()
            if "end" not in last:
                last = {"end": End.STOPPED} if self._stopped else {"end": End.DIED, "code": code}
                if not self._stopped:
                    _keep_account(config, self.id, noted)
        self._told.append(last)


class Jobs:
    """The jobs of one desk, in its memory."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self.closed = False

    def begin(self, config: Path, wish: Wish, now: datetime) -> Job:
        """Begin what was asked for.

        Raises:
            JobRuns: Another job is at work.
        """
        with self._lock:
            running = self.running
            if running is not None:
                raise JobRuns(running)
            job = Job(secrets.token_hex(6), wish, now)
            self._kept[job.id] = job
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            job.run(config)
        return job

    @property
    def running(self) -> Job | None:
        """The one that is at work."""
        return next((job for job in reversed(self._kept.values()) if job.ended is None), None)

    def get(self, id_: str) -> Job | None:
        """Return a job; None when it is not, or no longer, known."""
        return self._kept.get(id_)

    def newest(self) -> Sequence[Job]:
        """Return every job that is kept, the newest first."""
        return tuple(reversed(self._kept.values()))

    def close(self) -> None:
        """End whatever is at work: the desk ends."""
        with self._lock:
            self.closed = True
            running = self.running
        if running is not None:
            running.stop()


def _signal(process: subprocess.Popen[bytes], sign: signal.Signals) -> None:
    # It leads a group of its own.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, sign)


def _keep_account(config: Path, job: str, noted: IO[bytes]) -> None:
    """Add what a process said before it died to errors.log; it may quote a listing, so it is told nowhere else."""
    noted.seek(0)
    try:
        with (roster.load(config).state_folder / "errors.log").open("ab") as lines:
            lines.write(f"job {job}\n".encode() + noted.read())
    except (OSError, OutreachError) as error:
        _log.warning("errors.log did not take the account of job %s: %s", job, error)
