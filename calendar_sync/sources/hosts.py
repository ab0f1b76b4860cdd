"""How the hosts of others are asked: one request at a time, a little apart, not before the moment they named."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

HELD_SECONDS = 5.0
"""A request that lasts longer than this no longer holds up the others of its host: it may hang until its deadline."""
PAUSE = (0.0, 0.05)
"""Seconds between two requests to one host, drawn anew each time, so that many calendars do not arrive in step."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Courtesy:
    """Which hosts asked to be left alone, and until when (Retry-After); what one run tells the next."""

    not_before: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))

    def asked(self, host: str, until: datetime) -> Courtesy:
        """Add what a host asked; of two moments the later one holds.

        >>> early, late = datetime(2007, 10, 15, tzinfo=UTC), datetime(2007, 10, 16, tzinfo=UTC)
        >>> Courtesy().asked("example.org", late).asked("example.org", early).not_before["example.org"].day
        16
        """
        known = self.not_before.get(host)
        if known is not None and known >= until:
            return self
        return Courtesy(MappingProxyType({**self.not_before, host: until}))

    def together(self, other: Courtesy) -> Courtesy:
        """Add everything the hosts of *other* asked."""
        both = self
        for host, until in other.not_before.items():
            both = both.asked(host, until)
        return both

    def at(self, now: datetime) -> Courtesy:
        """Leave out what has passed."""
        return Courtesy(MappingProxyType({host: until for host, until in self.not_before.items() if until > now}))


@dataclass(eq=False, slots=True)
class _Turn:
    """One request, waiting or being answered since a moment of the monotonic clock."""

    since: float | None = None


class Hosts:
    """The hosts this process talks to; shared by all threads that fetch."""

    def __init__(
        self,
        *,
        pause: tuple[float, float] = PAUSE,
        held: float = HELD_SECONDS,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._pause, self._held, self._now = pause, held, now
        self._moved = threading.Condition()
        self._lines: dict[str, deque[_Turn]] = {}
        self._ended: dict[str, float] = {}
        self._courtesy = Courtesy()

    @property
    def courtesy(self) -> Courtesy:
        """What hosts asked that has not passed, for the next run to recall."""
        with self._moved:
            self._courtesy = self._courtesy.at(self._now())
            return self._courtesy

    def recall(self, courtesy: Courtesy) -> None:
        """Add what an earlier run was asked."""
        with self._moved:
            self._courtesy = self._courtesy.together(courtesy)

    def asked(self, host: str, seconds: float) -> None:
        """Remember that a host wants to be left alone."""
        with self._moved:
            self._courtesy = self._courtesy.asked(host, self._now() + timedelta(seconds=seconds))

    def not_before(self, host: str) -> datetime | None:
        """Return the moment a host named, None when it named none or that has passed."""
        return self.courtesy.not_before.get(host)

    def seconds_left(self, host: str) -> float:
        """Return how long a host must still be left alone."""
        until = self.not_before(host)
        return 0.0 if until is None else max(0.0, (until - self._now()).total_seconds())

    @contextmanager
    def turn(self, host: str) -> Iterator[float]:
        """Wait until no other request to *host* is under way, first come, first served; yields the seconds waited."""
        begun = time.monotonic()
        mine = _Turn()
        with self._moved:
            line = self._lines.setdefault(host, deque())
            line.append(mine)
            try:
                while self._ahead(line, mine):
                    self._moved.wait(self._wait(line, mine))
                mine.since = time.monotonic()
            except BaseException:
                self._leave(host, line, mine)
                raise
            self._moved.notify_all()
            rest = self._ended.get(host, 0.0) + random.uniform(*self._pause) - mine.since  # noqa: S311  no secret
        try:
            if host in self._ended and rest > 0:
                time.sleep(rest)
            yield time.monotonic() - begun
        finally:
            with self._moved:
                self._leave(host, line, mine)

    def _ahead(self, line: deque[_Turn], mine: _Turn) -> bool:
        """True while somebody ahead waits too, or has begun not long ago."""
        now = time.monotonic()
        for turn in line:
            if turn is mine:
                return False
            if turn.since is None or now - turn.since < self._held:
                return True
        return False

    def _wait(self, line: deque[_Turn], mine: _Turn) -> float | None:
        """Return the seconds until one ahead has been answered for too long; None when all of them wait."""
        now = time.monotonic()
        ends: list[float] = []
        for turn in line:
            if turn is mine:
                break
            if turn.since is not None and now - turn.since < self._held:
                ends.append(turn.since + self._held - now)
        return min(ends) + 0.001 if ends else None

    def _leave(self, host: str, line: deque[_Turn], mine: _Turn) -> None:
        line.remove(mine)
        if not line:
            self._lines.pop(host, None)
        now = time.monotonic()
        self._ended = {each: ended for each, ended in self._ended.items() if now - ended <= self._pause[1]}
        if mine.since is not None:
            self._ended[host] = now
        self._moved.notify_all()


HOSTS = Hosts()
"""Those of this process."""
