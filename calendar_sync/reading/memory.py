"""What a reading leaves behind, so that the next one parses only what changed."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from importlib.metadata import version

from calendar_sync.reading import Problem
from calendar_sync.roster import Calendar

Window = tuple[date, date] | None

READER = 1
"""Raised whenever the same bytes are read otherwise than before: every calendar is then parsed once."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """One series as it was read last. Written as a line of text: a feed may have 100,000 of them."""

    fingerprint: str
    """Of what its VEVENTs say (`series.Cut.fingerprints`)."""
    listings: int
    """How many it gave."""
    timeless: bool
    """True when another window would give the same."""
    stands_as: str = ""
    """UID under which its listings are known, where the producer has changed it since; blank: its own."""

    def record(self) -> str:
        """Write it.

        >>> Remembered("6fae03", 12, timeless=False, stands_as="uid-1").record()
        '6fae03 12 windowed uid-1'
        """
        return f"{self.fingerprint} {self.listings} {'timeless' if self.timeless else 'windowed'} {self.stands_as}"

    @classmethod
    def of(cls, record: str) -> Remembered:
        """Read what `record` wrote."""
        fingerprint, listings, timeless, stands_as = record.split(" ", 3)
        return cls(fingerprint, int(listings), timeless == "timeless", stands_as)


@dataclass(frozen=True, slots=True)
class Memory:
    """What was read from one body, in one window, by one version of the reader."""

    body: str
    """SHA-256 of the bytes."""
    reader: str
    """What besides the bytes a reading depends on (`reader_of`)."""
    window: Window
    environment: str = ""
    """Fingerprint of the feed's zones and properties; a change of them concerns every series."""
    series: Mapping[str, str] | None = None
    """Records of `Remembered` by UID as the feed has it; None where nothing but the whole can be recognised."""
    problems: tuple[Problem, ...] = ()
    name: str = ""

    def is_of(self, body: bytes, calendar: Calendar, window: Window) -> bool:
        """True when reading *body* again in *window* would give just the same."""
        return (
            self.window == window
            and self.reader == reader_of(calendar)
            and self.body == hashlib.sha256(body).hexdigest()
        )

    def carried(self, stands_as: Mapping[str, str]) -> Memory:
        """Remember under which UID the series stand whose producer changed it (`Changes.carried`).

        Where the two are not one to one, what the series says is forgotten, so that it is parsed again.
        """
        if self.series is None or not stands_as:
            return self
        series = dict(self.series)
        for uid, under in stands_as.items():
            if uid in series:
                known = Remembered.of(series[uid])
                # It is known by its name, and never again by what it says.
                series[uid] = (replace(known, stands_as=under) if under else replace(known, fingerprint="")).record()
        return replace(self, series=series)

    def to_bytes(self) -> bytes:
        """Write it for the store, the same bytes for the same reading: workers meet the changed series in any order."""
        values = {
            "body": self.body,
            "reader": self.reader,
            "window": [day.isoformat() for day in self.window] if self.window else None,
            "environment": self.environment,
            "name": self.name,
            "problems": [asdict(problem) for problem in self.problems],
            "series": None if self.series is None else dict(sorted(self.series.items())),
        }
        return zlib.compress(json.dumps(values, separators=(",", ":")).encode(), 1)

    @classmethod
    def from_bytes(cls, written: bytes) -> Memory:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError, KeyError, TypeError, zlib.error: It is something else.
        """
        values = json.loads(zlib.decompress(written))
        return cls(
            body=values["body"],
            reader=values["reader"],
            window=_window(*values["window"]) if values["window"] else None,
            environment=values["environment"],
            name=values["name"],
            problems=tuple(Problem(**problem) for problem in values["problems"]),
            series=values["series"],
        )


def _window(first: str, last: str) -> Window:
    return date.fromisoformat(first), date.fromisoformat(last)


def reader_of(calendar: Calendar) -> str:
    """Return a fingerprint of what besides the bytes a reading depends on: the reader, and the roster's entry."""
    said = (
        READER, version("outreach-calendar"), calendar.id, calendar.organisation, calendar.kind, calendar.status,
        calendar.time_zone, calendar.language, calendar.visibility.name, asdict(calendar.limits),
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()
