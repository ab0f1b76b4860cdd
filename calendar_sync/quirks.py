"""Known defects of calendar producers, one function each, named after the defect.

Each takes one content line (unfolded, without line end) or the lines of a VEVENT and returns them mended.
"""

from __future__ import annotations

import re

_DATE_PROPERTIES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
_DAYS_ONLY = re.compile(r"\d{8}(,\d{8})*$")
_TZID = re.compile(r';TZID=("[^"]*"|[^;:]*)', re.IGNORECASE)
_VALUE = re.compile(r';VALUE=("[^"]*"|[^;:]*)', re.IGNORECASE)


def name_of(line: str) -> str:
    """Return the property's name, upper case.

    >>> name_of("dtstart;TZID=Europe/Berlin:20260302T100000")
    'DTSTART'
    """
    return re.split(r"[;:]", line, maxsplit=1)[0].strip().upper()


def date_with_a_time_zone(line: str) -> str:
    """ConnectDaily and others put TZID on a date; it is an all-day event (RFC 5545, 3.2.19 forbids the TZID).

    >>> date_with_a_time_zone("DTSTART;TZID=Europe/Berlin;VALUE=DATE:20260302")
    'DTSTART;VALUE=DATE:20260302'
    """
    head, colon, value = _head(line)
    if name_of(line) in _DATE_PROPERTIES and _DAYS_ONLY.fullmatch(value.strip()):
        return _TZID.sub("", head) + colon + value
    return line


def date_without_its_type(line: str) -> str:
    """Many hand-made feeds leave VALUE=DATE out.

    >>> date_without_its_type("DTSTART:20260302")
    'DTSTART;VALUE=DATE:20260302'
    """
    head, colon, value = _head(line)
    if name_of(line) in _DATE_PROPERTIES and _DAYS_ONLY.fullmatch(value.strip()):
        return _VALUE.sub("", head) + ";VALUE=DATE" + colon + value.strip()
    return line


def date_that_has_a_time(line: str) -> str:
    """VALUE=DATE before a date-time: the value is more specific than its label.

    >>> date_that_has_a_time("DTSTART;VALUE=DATE:20260301T100000")
    'DTSTART:20260301T100000'
    """
    head, colon, value = _head(line)
    if (
        name_of(line) in _DATE_PROPERTIES
        and "T" in value.upper()
        and re.search(r";VALUE=DATE$|;VALUE=DATE;", head, re.I)
    ):
        return _VALUE.sub("", head) + colon + value
    return line


def time_without_seconds(line: str) -> str:
    """Some exporters write 20260301T1000.

    >>> time_without_seconds("DTEND:20260301T1000Z")
    'DTEND:20260301T100000Z'
    """
    head, colon, value = _head(line)
    if name_of(line) in _DATE_PROPERTIES:
        return head + colon + re.sub(r"^(\d{8}T\d{4})(Z?)$", r"\g<1>00\2", value.strip())
    return line


def end_in_another_zone_than_start(lines: list[str]) -> list[str]:
    """ical.net writes a TZID on DTSTART and none on DTEND, or the other way round: both get the one zone."""
    stated: dict[str, str] = {}
    timed: dict[str, int] = {}
    for number, line in enumerate(lines):
        name = name_of(line)
        if name in ("DTSTART", "DTEND") and name not in timed:
            head, _, value = _head(line)
            if "T" in value and not value.strip().endswith("Z"):
                timed[name] = number
                found = _TZID.search(head)
                if found:
                    stated[name] = found[0]
    if len(timed) == 2 and len(stated) == 1:
        (zone,) = stated.values()
        for name, number in timed.items():
            if name not in stated:
                head, colon, value = _head(lines[number])
                lines[number] = head + zone + colon + value
    return lines


def utc_exception_of_a_floating_start(lines: list[str]) -> list[str]:
    """EXDATE in UTC beside a floating DTSTART: the local date-time is meant; taken as UTC it would move the series."""
    start = next((line for line in lines if name_of(line) == "DTSTART"), "")
    head, _, value = _head(start)
    if "T" not in value or value.strip().endswith("Z") or _TZID.search(head):
        return lines
    return [
        re.sub(r"(T\d{6})Z", r"\1", line) if name_of(line) in ("EXDATE", "RECURRENCE-ID") else line for line in lines
    ]


def mended(lines: list[str]) -> list[str]:
    """Apply every quirk to the lines of one VEVENT."""
    fixed = []
    for line in lines:
        if name_of(line) in _DATE_PROPERTIES:
            for quirk in (date_with_a_time_zone, date_without_its_type, date_that_has_a_time, time_without_seconds):
                line = quirk(line)
        fixed.append(line)
    return utc_exception_of_a_floating_start(end_in_another_zone_than_start(fixed))


def _head(line: str) -> tuple[str, str, str]:
    """Cut a line at the first colon that is not quoted: name with parameters, colon, value."""
    quoted = False
    for position, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return line[:position], ":", line[position + 1 :]
    return line, "", ""
