"""Time zones as calendars name them: IANA, Windows, the feed's own VTIMEZONE, or nothing anybody knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Timezone
from icalendar.timezone import windows_to_olson

from calendar_sync.reading import Problem
from calendar_sync.reading.splitting import Block

_GLOBAL = re.compile(
    r"^/[^/]+(?:/[^/]+)*?/((?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.+)$"
)
_TZID = re.compile(r';TZID=("[^"]*"|[^;:]*)', re.IGNORECASE)
_BAD = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


@cache
def iana(name: str) -> ZoneInfo | None:
    """Return the IANA zone of that name, or None.

    >>> iana("Africa/Gaborone").key, iana("Customized Time Zone")
    ('Africa/Gaborone', None)
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def known_name(name: str) -> str:
    """Return the IANA name behind an alias: Windows names and the global form "/mozilla.org/.../Europe/Berlin".

    >>> known_name("W. Europe Standard Time"), known_name("/mozilla.org/20050126_1/Europe/Berlin"), known_name("Mars")
    ('Europe/Berlin', 'Europe/Berlin', '')
    """
    name = name.strip().strip('"')
    if iana(name) is not None:
        return name
    if match := _GLOBAL.match(name):
        return match[1] if iana(match[1]) is not None else ""
    for windows in (name, name.removeprefix("tzone://Microsoft/")):
        olson = windows_to_olson.WINDOWS_TO_OLSON.get(windows)
        if olson is not None:
            return olson
    return "UTC" if name.lower() in ("gmt", "utc", "etc/utc", "tzone://microsoft/utc") else ""


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
        self.default_name = known_name(default_name) if default_name else ""
        if default_name and not self.default_name:
            self.problems.append(
                Problem(
                    "unknown-zone", f"X-WR-TIMEZONE {default_name!r} is unknown; times without a zone stay floating"
                )
            )
        # A feed that says nothing of its zone is read in the one the roster gives it.
        self.default_name = self.default_name or (roster_zone if not default_name else "")

    def _define(self, name: str, block: Block) -> None:
        try:
            parsed = Timezone.from_ical(block.text())
            if not isinstance(parsed, Timezone):
                raise TypeError("it is no VTIMEZONE")
            zone = parsed.to_tz(lookup_tzid=False)
        except _BAD as error:
            if not known_name(name):
                self.problems.append(
                    Problem(
                        "unreadable-zone", f"the VTIMEZONE {name!r} could not be read ({error}); its times are floating"
                    )
                )
            return
        self._own[name] = (block, zone)

    @property
    def default(self) -> ZoneInfo | None:
        """The zone of times that name none, or None where they stay floating."""
        return iana(self.default_name) if self.default_name else None

    def zone(self, name: object) -> tzinfo | None:
        """Return the zone of a TZID after `named`, None for none."""
        if not isinstance(name, str) or not name:
            return None
        if name in self._own:
            return self._own[name][1]
        return iana(name)

    def named(self, line: str, parameters: Mapping[str, object], uid: str, problems: list[Problem]) -> str:
        """Return the content line with a TZID that can be resolved, or without one where nobody knows it."""
        stated = parameters.get("TZID")
        if not isinstance(stated, str):
            return line
        if stated in self._own or iana(stated) is not None:
            return line
        known = known_name(stated)
        if known:
            return _TZID.sub(f";TZID={known}", line, count=1)
        problems.append(
            Problem("unknown-zone", f"the time zone {stated!r} is unknown; the time is read as stated, in no zone", uid)
        )
        return _TZID.sub("", line, count=1)

    def placed(self, value: date | datetime) -> date | datetime:
        """Give a floating time the feed's default zone."""
        if isinstance(value, datetime) and value.tzinfo is None and self.default is not None:
            return value.replace(tzinfo=self.default)
        return value

    def used(self, blocks: Sequence[Block]) -> list[Block]:
        """Return the feed's own zones that these components name."""
        text = "\n".join(line for block in blocks for line in block.lines)
        return [block for name, (block, _) in self._own.items() if name in text]
