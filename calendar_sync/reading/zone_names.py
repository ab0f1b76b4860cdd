"""Names that calendars give time zones, to IANA names: spellings, Windows names, display names, offsets."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_AREAS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "US",
    "Canada", "Etc", "Brazil", "Mexico", "Chile",
)  # fmt: skip
# "/mozilla.org/20050126_1/Europe/Berlin", "posix/Europe/Vaduz", "US-Eastern", "America_New_York".
_AREA = re.compile(rf"(?:^|/)({'|'.join(_AREAS)})[/_-](.+)$", re.IGNORECASE)
_OFFSET = re.compile(r"^\W*(?:(?:UTC|GMT)\s*)?([+-])\s*(\d{1,2})(?:[:.]?(\d\d))?(?!\d)\)?\s*(.*)$", re.IGNORECASE)
_WINDOWS = {name.casefold(): olson for name, olson in WINDOWS_TO_OLSON.items()}
_UTC = frozenset({"z", "gmt", "utc", "etc/utc", "etc/gmt", "zulu", "coordinated universal time", "(utc)"})
_WRITTEN_UTC = re.compile(r"^\(?(?:utc|gmt)\)?\s+coordinated universal time$", re.IGNORECASE)
# What people and programs write and no table lists; those with a summer time are read as the zone that keeps it.
_WORDS = {
    "eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver",
    "pacific": "America/Los_Angeles", "eastern time": "America/New_York", "central time": "America/Chicago",
    "mountain time": "America/Denver", "pacific time": "America/Los_Angeles", "edt": "America/New_York",
    "cdt": "America/Chicago", "mdt": "America/Denver", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "cest": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin", "bst": "Europe/London",
    "eest": "Europe/Helsinki", "west": "Europe/Lisbon", "msk": "Europe/Moscow", "eat": "Africa/Nairobi",
    "cat": "Africa/Maputo", "wat": "Africa/Lagos", "sast": "Africa/Johannesburg", "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul", "hkt": "Asia/Hong_Kong", "sgt": "Asia/Singapore", "aest": "Australia/Sydney",
    "central european time": "Europe/Berlin", "central european summer time": "Europe/Berlin",
    "central european daylight time": "Europe/Berlin", "mitteleuropäische zeit": "Europe/Berlin",
    "mitteleuropäische sommerzeit": "Europe/Berlin", "heure d'europe centrale": "Europe/Paris",
    "hora de europa central": "Europe/Madrid",
    "western european time": "Europe/Lisbon",
    "eastern european time": "Europe/Helsinki", "moscow time": "Europe/Moscow", "east africa time": "Africa/Nairobi",
    "eastern africa": "Africa/Nairobi", "central africa time": "Africa/Maputo", "west africa time": "Africa/Lagos",
    "greenwich mean time": "UTC", "ut": "UTC", "universal time": "UTC", "coordinated universal time": "UTC",
    "temps universel coordonné": "UTC",
}  # fmt: skip
_HALF_HOURS = {
    (3, 30): "Asia/Tehran", (4, 30): "Asia/Kabul", (5, 30): "Asia/Kolkata", (5, 45): "Asia/Kathmandu",
    (6, 30): "Asia/Yangon", (9, 30): "Australia/Darwin",
}  # fmt: skip


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
    """Return the IANA name behind another spelling or a Windows name; blank where it is none.

    >>> known_name("W. Europe Standard Time"), known_name("/mozilla.org/20050126_1/Europe/Berlin"), known_name("Mars")
    ('Europe/Berlin', 'Europe/Berlin', '')
    >>> known_name("america_new_york"), known_name("US-Eastern"), known_name("tzone://Microsoft/Utc")
    ('America/New_York', 'US/Eastern', 'UTC')
    """
    name = name.strip().strip("\"'").strip()
    if iana(name) is not None:
        return name
    name = re.sub(r"^tzone://Microsoft/", "", name, flags=re.IGNORECASE)
    if name.casefold() in _UTC or _WRITTEN_UTC.match(name):
        return "UTC"
    # Outlook numbers zones that it met twice: "Eastern Standard Time 1".
    name = re.sub(r"\s+\d+$", "", name)
    if olson := _WINDOWS.get(name.casefold()):
        return olson
    if match := _AREA.search(name):
        rest = match[2].strip().replace(" ", "_")
        for spelling in (rest, rest.replace("-", "_")):
            if found := _spelt(f"{match[1]}/{spelling}"):
                return found
    return _spelt(name.replace(" ", "_"))


@cache
def assumed_name(name: str) -> str:
    """Return the IANA name that words, a city or an offset most likely mean; blank where nobody can tell.

    >>> assumed_name("(UTC+01:00) Amsterdam, Berlin, Bern"), assumed_name("GMT+0300"), assumed_name("PDT")
    ('Europe/Amsterdam', 'Etc/GMT-3', 'America/Los_Angeles')
    """
    name = name.strip().strip("\"'").strip()
    words, offset = name, None
    if match := _OFFSET.match(name):
        hours, minutes = int(match[2]), int(match[3] or 0)
        if hours > 14 or minutes > 59:
            return ""
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if match[1] == "-" else 1)
        words = match[4]
    plainly = re.sub(r"\s*\((?:.*?)\)\s*", "", words)
    if found := _worded(plainly):
        return found
    # "Customized Time Zone (Europe/Paris)", "GMT+0100 (CET)": what stands in brackets explains the rest.
    inside = re.findall(r"\(([^()]+)\)", name)
    for part in (*re.split(r"[,/]", plainly), *inside, *(city for text in inside for city in text.split(","))):
        found = _cities().get(part.strip().replace(" ", "_").casefold(), "") or _worded(part) or known_name(part)
        if found and (offset is None or offset in _offsets(found)):
            return found
    if offset is None or re.search(r"[+-]\d", words):
        return ""
    return _fixed(offset)


def _fixed(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    if minutes == 0:
        return "UTC"
    if minutes % 60 == 0 and -12 <= minutes // 60 <= 14:
        # POSIX counts westward: Etc/GMT-3 is three hours east of Greenwich.
        return f"Etc/GMT{-minutes // 60:+d}"
    return _HALF_HOURS.get(divmod(minutes, 60), "")


def _worded(words: str) -> str:
    """Look a zone's name in words up; Windows lists "Romance Standard Time", and people write the summer's name."""
    name = words.strip().casefold()
    if found := _WORDS.get(name):
        return found
    standard = re.sub(r"\s+(?:daylight|summer|normal)?\s*time$", " standard time", name)
    return _WINDOWS.get(standard, "") if standard != name else ""


def _offsets(name: str) -> set[timedelta | None]:
    """The offsets of a zone in winter and in summer."""
    zone = iana(name)
    return {datetime(2020, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)} if zone else set()


def _spelt(name: str) -> str:
    return _folded().get(name.casefold(), "")


@cache
def _folded() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}


@cache
def _cities() -> dict[str, str]:
    """Last parts of IANA names that only one zone has."""
    found: dict[str, str] = {}
    for name in sorted(available_timezones()):
        area, slash, city = name.rpartition("/")
        if slash and area.partition("/")[0] in _AREAS[:10]:
            found[city.casefold()] = "" if city.casefold() in found else name
    return found
