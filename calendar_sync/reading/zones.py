"""The time zones of one VCALENDAR: IANA's, its own VTIMEZONEs, and what to do where nobody knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone

from calendar_sync.reading import Problem
from calendar_sync.reading.splitting import Block
from calendar_sync.reading.zone_names import assumed_name, iana, known_name

_BAD = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)
_MOST_OBSERVANCES = 500
_LONGEST_ZONE = 100_000
# A rule of summer time names a month and a day; any other could be a way to keep us busy.
_RULE = re.compile(
    r"^RRULE[^:\n]*:(?![^\n]*FREQ=YEARLY)|^RRULE[^:\n]*:[^\n]{200}|^RRULE[^\n]*INTERVAL=0*(?:;|$)",
    re.IGNORECASE | re.MULTILINE,
)


class Zones:
    """The zones one VCALENDAR may name. An IANA name means the IANA zone, whatever VTIMEZONE the feed gives it."""

    def __init__(
        self,
        blocks: Sequence[Block],
        default_name: str,
        roster_zone: str,
        elsewhere: Mapping[str, tzinfo] | None = None,
    ) -> None:
        self.problems: list[Problem] = []
        self.own: dict[str, tzinfo] = {}
        """Zones that only this VCALENDAR knows, by the name it gives them."""
        self._elsewhere = elsewhere if elsewhere is not None else {}
        """Those of the feed's other VCALENDARs: some are cut so that the VTIMEZONE stands in another one."""
        self._stated: dict[str, Block] = {}
        self._names: dict[str, str] = {}
        self._compared: set[tuple[str, int]] = set()
        for block in blocks:
            # Outlook escapes the comma of "Kuala Lumpur, Singapore" here, and not where the zone is named.
            name = block.value("TZID").replace("\\,", ",").strip('"')
            if not name or name in self._stated:
                continue
            self._stated[name] = block
            if sum(line[:5].upper() in ("TZID:", "TZID;") for line in block.lines) > 1:
                self._problem("unreadable-zone", f"the VTIMEZONE {name!r} has two names; the first one counts")
            if iana(name) is None:
                self._define(name, block)
        self.feed_name = _feed_zone(default_name)
        """IANA name of X-WR-TIMEZONE, blank when the feed gives none."""
        if default_name and not self.feed_name and default_name not in self.own:
            self._problem(
                "unknown-zone", f"X-WR-TIMEZONE {default_name!r} is unknown; times without a zone stay floating"
            )
        # A feed that says nothing of its zone is read in the one the roster gives it.
        self.home = iana(self.feed_name or roster_zone) if self.feed_name or roster_zone else None
        """The IANA zone in which the civil days of a time in UTC are counted; None: UTC itself."""
        self.default: tzinfo | None = self.home or self.own.get(default_name)
        """The zone of times that name none, or None where they stay floating."""

    def _define(self, name: str, block: Block) -> None:
        found = _own_zone(block)
        if isinstance(found, str):
            if not known_name(name):
                self._problem("unreadable-zone", f"the VTIMEZONE {name!r} could not be read ({found})")
            return
        self.own[name] = found

    def zone(self, name: str) -> tzinfo | None:
        """Return the zone of a name that `name` gave, None for a blank."""
        if not name:
            return None
        return self.own.get(name) or iana(name) or self._elsewhere.get(name)

    def name(self, stated: str, uid: str, problems: list[Problem]) -> str:
        """Return the name to use for a TZID as stated, blank where nobody knows it; *problems* is told."""
        known = self._names.get(stated)
        if known is not None:
            return known
        if known := self._known(stated, problems):
            self._names[stated] = known
            return known
        if assumed := assumed_name(stated):
            problems.append(Problem("tz-assumed", f"the time zone {stated!r} was read as {assumed}", uid))
            return assumed
        instead = f"in {self.default}, the calendar's own" if self.default else "as stated, in no zone"
        problems.append(Problem("unknown-zone", f"the time zone {stated!r} is unknown; it is read {instead}", uid))
        return ""

    def _known(self, stated: str, problems: list[Problem]) -> str:
        """Return the name of a zone that is known, and tell once what had to be known for it."""
        stated_as = stated.replace("\\,", ",")
        if stated_as in self.own:
            problems.append(Problem("private-zone", f"the time zone {stated!r} is what the feed's VTIMEZONE says"))
            return stated_as
        known = stated if iana(stated) is not None else known_name(stated)
        if not known and stated_as in self._elsewhere:
            return stated_as
        if known and known != stated:
            problems.append(Problem("zone-alias", f"the time zone {stated!r} is {known}"))
        elif known and known != "UTC" and stated not in self._stated:
            problems.append(
                Problem("zone-undefined", f"no VTIMEZONE defines {stated!r}; the zone of that name is meant")
            )
        return known

    def compare(self, name: str, year: int, problems: list[Problem]) -> None:
        """Tell *problems* when the feed defines an IANA name otherwise than IANA in the year of an event."""
        if (name, year) in self._compared:
            return
        self._compared.add((name, year))
        block, zone = self._stated.get(name), iana(name)
        if block is None or zone is None or not 1 < year < 9999:
            return
        own = _own_zone(block)
        if isinstance(own, str) or not _differ(own, zone, year):
            return
        problems.append(
            Problem("zone-disagrees", f"the feed's VTIMEZONE {name!r} is not the zone of that name, which is used")
        )

    def placed(self, value: date | datetime) -> date | datetime:
        """Give a floating time the calendar's zone."""
        if self.default is not None and isinstance(value, datetime) and value.tzinfo is None:
            return value.replace(tzinfo=self.default)
        return value

    def local(self, value: date | datetime) -> date | datetime:
        """Say a time of a series as the days of its rule are counted: in the zone the feed states, also of UTC.

        Google writes the start of some series in UTC and means the weekdays of X-WR-TIMEZONE.
        """
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is UTC and self.feed_name and self.home is not None:
            return value.astimezone(self.home)
        return self.placed(value)

    def _problem(self, code: str, message: str) -> None:
        self.problems.append(Problem(code, message))


def _feed_zone(name: str) -> str:
    if not name:
        return ""
    return known_name(name) or known_name(name.replace("\\,", ","))


def _own_zone(block: Block) -> tzinfo | str:
    """Return the zone a VTIMEZONE defines, or why it could not be read."""
    text = block.text()
    if len(text) > _LONGEST_ZONE or len(block.parts) > _MOST_OBSERVANCES:
        return f"it has {len(text)} letters and {len(block.parts)} parts"
    return _read_zone(text)


@lru_cache(maxsize=500)
def _read_zone(text: str) -> tzinfo | str:
    if _RULE.search(text):
        return "a rule that is not of once a year"
    try:
        parsed = Timezone.from_ical(text)
        if not isinstance(parsed, Timezone):
            return "it is no VTIMEZONE"
        zone: tzinfo = parsed.to_tz(lookup_tzid=False)
        # What it says has to be something that can be asked.
        datetime(2026, 1, 1, tzinfo=zone).utcoffset()
    except _BAD as error:
        return str(error) or type(error).__name__
    return zone


def _differ(one: tzinfo, other: ZoneInfo, year: int) -> bool:
    """Compare two zones week by week through a year."""
    days = [datetime(year, 1, 1, 12, tzinfo=other) + timedelta(weeks=week) for week in range(53)]
    try:
        return any(day.utcoffset() != day.replace(tzinfo=one).utcoffset() for day in days)
    except _BAD:
        return True
