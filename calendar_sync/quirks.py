"""Known defects of calendar producers, one function each, named after the defect.

Each takes the content lines of one VEVENT and returns them mended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from calendar_sync.reading.content_lines import ContentLine

_MOMENTS = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
_DAYS_ONLY = re.compile(r"\s*\d{8}(,\d{8})*\s*")
_UTC = re.compile(r"(T\d{6})Z", re.IGNORECASE)


def date_with_a_time_zone(lines: Sequence[ContentLine]) -> list[ContentLine]:
    """ConnectDaily and others put TZID on a date; it is an all-day event (RFC 5545, 3.2.19 forbids the TZID).

    >>> line = ContentLine("DTSTART", "20260302", (("TZID", "Europe/Berlin"), ("VALUE", "DATE")))
    >>> date_with_a_time_zone([line])[0].text()
    'DTSTART;VALUE=DATE:20260302'
    """
    return [
        line.without("TZID") if line.name in _MOMENTS and line.parameters and _DAYS_ONLY.fullmatch(line.value) else line
        for line in lines
    ]


def end_in_another_zone_than_start(lines: Sequence[ContentLine]) -> list[ContentLine]:
    """ical.net writes a TZID on DTSTART and none on DTEND, or the other way round: both get the one zone.

    >>> start = ContentLine("DTSTART", "20260302T100000", (("TZID", "Europe/Berlin"),))
    >>> end_in_another_zone_than_start([start, ContentLine("DTEND", "20260302T110000")])[1].text()
    'DTEND;TZID=Europe/Berlin:20260302T110000'
    """
    timed = {
        line.name: line
        for line in reversed(lines)
        if line.name in ("DTSTART", "DTEND") and "T" in line.value and not line.value.rstrip().endswith("Z")
    }
    zones = {line.parameter("TZID") for line in timed.values()}
    if len(timed) != 2 or len(zones) != 2 or "" not in zones:
        return list(lines)
    zone = max(zones)
    return [
        line.with_parameter("TZID", zone) if line.name in timed and not line.parameter("TZID") else line
        for line in lines
    ]


def utc_exception_of_a_floating_start(lines: Sequence[ContentLine]) -> list[ContentLine]:
    """EXDATE in UTC beside a floating DTSTART: the local date-time is meant; taken as UTC it would move the series.

    >>> lines = [ContentLine("DTSTART", "20260302T100000"), ContentLine("EXDATE", "20260303T100000Z")]
    >>> utc_exception_of_a_floating_start(lines)[1].text()
    'EXDATE:20260303T100000'
    """
    start = next((line for line in lines if line.name == "DTSTART"), None)
    if start is None or "T" not in start.value or start.value.rstrip().endswith("Z") or start.parameter("TZID"):
        return list(lines)
    return [
        ContentLine(line.name, _UTC.sub(r"\1", line.value), line.parameters)
        if line.name in ("EXDATE", "RECURRENCE-ID")
        else line
        for line in lines
    ]


def mended(lines: Sequence[ContentLine]) -> list[ContentLine]:
    """Apply every quirk to the lines of one VEVENT."""
    return utc_exception_of_a_floating_start(end_in_another_zone_than_start(date_with_a_time_zone(lines)))
