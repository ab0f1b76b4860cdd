"""The time zones of one feed: IANA's, the feed's own VTIMEZONEs, and what to do where nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Timezone

from calendar_sync.reading import Problem
from calendar_sync.reading.splitting import Block
from calendar_sync.reading.zone_names import assumed_name, iana, known_name

_BAD = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)
_MOST_OBSERVANCES = 500


class Zones:
    """The zones one feed may name. An IANA name means the IANA zone, whatever VTIMEZONE the feed gives it."""

    def __init__(self, blocks: Sequence[Block], default_name: str, roster_zone: str) -> None:
        self.problems: list[Problem] = []
        self._own: dict[str, tuple[Block, tzinfo]] = {}
        for block in blocks:
            # Outlook escapes the comma of "Kuala Lumpur, Singapore" here, and not where the zone is named.
            name = block.value("TZID").replace("\\,", ",").strip('"')
            if name and iana(name) is None and name not in self._own:
                self._define(name, block)
        self.feed_name = known_name(default_name) if default_name else ""
        """IANA name of X-WR-TIMEZONE, blank when the feed gives none."""
        if default_name and not self.feed_name:
            self.problems.append(
                Problem(
                    "unknown-zone", f"X-WR-TIMEZONE {default_name!r} is unknown; times without a zone stay floating"
                )
            )
        # A feed that says nothing of its zone is read in the one the roster gives it.
        self.default = iana(self.feed_name or roster_zone) if self.feed_name or roster_zone else None
        """The zone of times that name none, or None where they stay floating."""

    def _define(self, name: str, block: Block) -> None:
        try:
            if len(block.parts) > _MOST_OBSERVANCES:
                raise ValueError(f"it has {len(block.parts)} parts")
            parsed = Timezone.from_ical(block.text())
            if not isinstance(parsed, Timezone):
                raise TypeError("it is no VTIMEZONE")
            zone = parsed.to_tz(lookup_tzid=False)
        except _BAD as error:
            if not known_name(name):
                self.problems.append(Problem("unreadable-zone", f"the VTIMEZONE {name!r} could not be read ({error})"))
            return
        self._own[name] = (block, zone)

    def zone(self, name: str) -> tzinfo | None:
        """Return the zone of a name that `name` gave, None for a blank."""
        if not name:
            return None
        return self._own[name][1] if name in self._own else iana(name)

    def name(self, stated: str, uid: str, problems: list[Problem]) -> str:
        """Return the name to use for a TZID as stated, blank where nobody knows it; *problems* is told."""
        if stated in self._own or iana(stated) is not None:
            return stated
        if known := known_name(stated):
            return known
        if assumed := assumed_name(stated):
            problems.append(Problem("tz-assumed", f"the time zone {stated!r} was read as {assumed}", uid))
            return assumed
        instead = f"in {self.default.key}, the calendar's own" if self.default else "as stated, in no zone"
        problems.append(Problem("unknown-zone", f"the time zone {stated!r} is unknown; it is read {instead}", uid))
        return ""

    def placed(self, value: date | datetime) -> date | datetime:
        """Give a floating time the calendar's zone."""
        if isinstance(value, datetime) and value.tzinfo is None and self.default is not None:
            return value.replace(tzinfo=self.default)
        return value

    def used(self, names: Sequence[str]) -> list[Block]:
        """Return the feed's own zones among *names*."""
        return [block for name, (block, _) in self._own.items() if name in names]

    @property
    def home(self) -> ZoneInfo | None:
        """The zone in which the civil days of a time in UTC are counted; None: UTC itself."""
        return self.default
