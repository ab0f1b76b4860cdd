"""One night, one worker: a lease on the civil date, with a fencing token that stops whoever lost it."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection

from calendar_sync import roster
from calendar_sync.errors import OutreachError
from flows.retrying import tried_again
from store import nights
from store.connecting import DatabaseUnusable, Store, connect
from store.nights import Lease, LeaseLost, NightState

TERM = timedelta(minutes=3)
"""How long a lease holds without a sign of life. A holder that died on this machine is noticed at once."""

PATIENCE = timedelta(minutes=30)
"""How long a night waits for another run of the same night."""

_LOOK_EVERY_SECONDS = 1.0

_log = logging.getLogger(__name__)


class NightIsTaken(OutreachError):
    """Another run kept this night for too long."""

    def __init__(self, night: date, holder: str) -> None:
        super().__init__(night, holder)
        self.night, self.holder = night, holder

    def __str__(self) -> str:
        return (
            f"The night of {self.night} is being worked on by {self.holder}. Nothing was done here. "
            f"Next: when it has ended: outreach nightly --as-of {self.night}"
        )


class NightLease:
    """A night of ours: renewed while the block runs, finished by `finish`, else given back at its end."""

    def __init__(self, database_url: str, lease: Lease) -> None:
        self._database_url, self._lease = database_url, lease
        self._over = threading.Event()
        self._finished = False
        self._beating = threading.Thread(target=self._beat, name=f"lease {lease.night}", daemon=True)

    @property
    def token(self) -> int:
        """The fencing token that every write shows."""
        return self._lease.token

    @tried_again
    def finish(self, *, complete: bool) -> None:
        """Mark the night as done.

        Raises:
            LeaseLost: Another run has taken over.
        """
        state = NightState.DONE if complete else NightState.DONE_WITH_GAPS
        with _opened(self._database_url) as store, store.begin() as db:
            nights.finish(db, self._lease, state, _now())
        self._finished = True

    def __enter__(self) -> NightLease:
        self._beating.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._beating.join()
        if self._finished:
            return
        try:
            with _opened(self._database_url) as store, store.begin() as db:
                nights.release(db, self._lease)
        except LeaseLost:
            _log.warning("the night of %s was taken over by another run", self._lease.night)
        except DatabaseUnusable as error:
            # What ended the night is the news. The lease ends by itself, at once when this process does.
            _log.warning("the lease of %s could not be given back: %s", self._lease.night, error)

    def _beat(self) -> None:
        while not self._over.wait(TERM.total_seconds() / 3):
            try:
                with _opened(self._database_url) as store, store.begin() as db:
                    self._lease = nights.renew(db, self._lease, _now(), TERM)
            except LeaseLost:
                # The next write says so; nothing can be done from here.
                return
            except OutreachError as error:
                _log.warning("the lease of %s could not be renewed this time: %s", self._lease.night, error)


@tried_again
def begin(roster_path: Path, night: date, *, once: bool = False, patience: timedelta = PATIENCE) -> NightLease | None:
    """Take a night for ourselves; while another run works on it, wait.

    Return None when that run finished it meanwhile or, with *once*, when it was finished before.

    Raises:
        NightIsTaken: *patience* ran out.
    """
    loaded = roster.load(roster_path)
    deadline = time.monotonic() + patience.total_seconds()
    holder = f"{socket.gethostname()}, process {os.getpid()}"
    waited = False
    with _opened(loaded.database_url) as store:
        while True:
            with store.begin() as db:
                lease = nights.claim(db, night, holder, _now(), TERM, again=not (once or waited))
                if lease is not None:
                    return NightLease(loaded.database_url, lease)
                stands = nights.load(db, night)
                if stands is not None and stands.state is not NightState.RUNNING:
                    return None
                if stands is not None and stands.lease is not None and _has_died(stands.lease.holder):
                    nights.release(db, stands.lease)
                    continue
            waited = True
            if time.monotonic() >= deadline:
                raise NightIsTaken(night, stands.lease.holder if stands and stands.lease else "another run")
            time.sleep(_LOOK_EVERY_SECONDS)


def is_running(roster_path: Path, night: date) -> bool:
    """True while some run holds the night."""
    with _opened(roster.load(roster_path).database_url) as store, store.read() as db:
        stands = nights.load(db, night)
    return (
        stands is not None
        and stands.lease is not None
        and stands.lease.expires > _now()
        and not _has_died(stands.lease.holder)
    )


def still_ours(db: Connection, night: date, token: int | None) -> None:
    """Refuse to write for a night that another run took over; without a token there is nothing to lose.

    Raises:
        LeaseLost: Another run has taken over.
    """
    if token is not None:
        nights.check(db, night, token)


_held: ContextVar[NightLease | None] = ContextVar("held", default=None)


@contextmanager
def holding(lease: NightLease) -> Iterator[None]:
    """Let the flow that runs inside work under *lease* instead of taking one itself."""
    mark = _held.set(lease)
    try:
        yield
    finally:
        _held.reset(mark)


def held() -> NightLease | None:
    """Return the lease that was taken before the flow began."""
    return _held.get()


def _has_died(holder: str) -> bool:
    """True when *holder* is a process of this machine that is no more."""
    host, _, process = holder.partition(", process ")
    if os.name != "posix" or host != socket.gethostname() or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@contextmanager
def _opened(database_url: str) -> Iterator[Store]:
    store = connect(database_url)
    try:
        yield store
    finally:
        store.close()


def _now() -> datetime:
    """Leases are about workers, not about the night: they live on the wall clock."""
    return datetime.now(UTC)
