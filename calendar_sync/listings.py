"""Listings: one event as one calendar words it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache

from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility

NAMESPACE = uuid.UUID("5f3c1f0e-1540-5540-8b1e-20041540c0de")
"""Fixed for ever: ids made in it must not change over nights and re-imports."""


class Status(StrEnum):
    """How firm a listing is, in the words of RFC 5545 plus the committee's *provisional*."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    PROVISIONAL = "provisional"
    CANCELLED = "cancelled"


@lru_cache(maxsize=1 << 18)
def _id(name: str) -> str:
    # A night asks for the same ids once for each reader.
    return str(uuid.uuid5(NAMESPACE, name))


@dataclass(frozen=True, slots=True, order=True)
class ListingKey:
    """The name a calendar gives a listing: calendar, UID and, within a series, RECURRENCE-ID."""

    calendar: str
    uid: str
    recurrence_id: str = ""

    @property
    def id(self) -> str:
        """A stable id (UUID version 5 of the key)."""
        return _id("\x1f".join((self.calendar, self.uid, self.recurrence_id)))


@dataclass(frozen=True, slots=True)
class Listing:
    """One event as one calendar words it; blank means the calendar is silent, never that the answer is no.

    *start* and *end* are as stated: `date` for all-day, naive `datetime` for floating, aware otherwise; *end* is
    exclusive as in RFC 5545. *span* is what they, or the words in *date_text*, mean in civil days.
    """

    key: ListingKey
    organisation: str
    """Id in the roster of the organisation that published it."""
    title: str
    language: str = ""
    """BCP 47 tag of the title, blank when unknown."""
    status: Status = Status.CONFIRMED
    visibility: Visibility = Visibility.PUBLIC
    span: Span | None = None
    start: date | datetime | None = None
    end: date | datetime | None = None
    tz: str = ""
    """Name of the zone *start* was stated in, blank for all-day and floating."""
    date_text: str = ""
    """The date as the source words it."""
    date_note: str = ""
    """What was inferred to resolve it, such as the year; blank when everything was stated."""
    city: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2."""
    place_text: str = ""
    """The place as the source words it (LOCATION)."""
    venue: str = ""
    online: bool = False
    organisers: tuple[str, ...] = ()
    sponsors: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    """States (ISO codes or names) and groups, as worded."""
    themes: tuple[str, ...] = ()
    description: str = ""
    url: str = ""
    published: date | None = None
    """When the source says it was published."""
    first_seen: date | None = None
    """The night on which we first read it."""
    sequence: int = 0
    klass: str = ""
    """CLASS as stated."""
    extra: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """Properties we do not interpret, kept as read."""

    @property
    def id(self) -> str:
        """The stable id of its key."""
        return self.key.id

    @property
    def all_day(self) -> bool:
        """True when the source states days, not times."""
        return self.start is not None and not isinstance(self.start, datetime)

    @property
    def start_utc(self) -> datetime | None:
        """The instant it starts; None for all-day and floating."""
        return _instant(self.start)

    @property
    def end_utc(self) -> datetime | None:
        """The instant it ends (exclusive); None for all-day and floating."""
        return _instant(self.end)

    @property
    def says_only_busy(self) -> bool:
        """True when it tells nothing but that days are taken: two of those are two, however alike."""
        said = self.city or self.country or self.audience
        return self.title.strip().casefold() == "busy" and not said

    @property
    def since(self) -> date | None:
        """Since when this is said: the source's own date, else the night we first read it."""
        return self.published or self.first_seen


def _instant(value: date | datetime | None) -> datetime | None:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return None
