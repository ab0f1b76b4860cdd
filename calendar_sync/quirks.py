"""Known defects of calendar producers, one function each, named after the defect.

Each takes content lines of one VEVENT and gives them back mended: the same line where nothing was wrong with it.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Callable, Sequence

from calendar_sync.reading.content_lines import ContentLine

_DAYS_ONLY = re.compile(r"\s*\d{8}(,\d{8})*\s*")
_UTC = re.compile(r"(T\d{6})Z", re.IGNORECASE)
_QUOTED = frozenset({"QUOTED-PRINTABLE", "Q"})
_OLD_RULE = re.compile(r"(MP|MD|YM|YD|D|W)(\d{1,4})")
_OLD_UNTIL = re.compile(r"\d{8}(T\d{6}Z?)?")
_OLD_PLACE = re.compile(r"(\d+)([+-]?)")
_DAY_NAMES = frozenset({"MO", "TU", "WE", "TH", "FR", "SA", "SU"})
_OLD_FREQUENCIES = {
    "D": ("DAILY", ""), "W": ("WEEKLY", "BYDAY"), "MP": ("MONTHLY", "BYDAY"), "MD": ("MONTHLY", "BYMONTHDAY"),
    "YM": ("YEARLY", "BYMONTH"), "YD": ("YEARLY", "BYYEARDAY"),
}  # fmt: skip


def date_with_a_time_zone(lines: Sequence[ContentLine]) -> list[ContentLine]:
    """ConnectDaily and others put TZID on a date; it is an all-day event (RFC 5545, 3.2.19 forbids the TZID).

    >>> line = ContentLine("DTSTART", "20260302", (("TZID", "Europe/Berlin"), ("VALUE", "DATE")))
    >>> date_with_a_time_zone([line])[0].text()
    'DTSTART;VALUE=DATE:20260302'
    """
    return [
        line.without("TZID")
        if line.parameters and line.parameter("TZID") and _DAYS_ONLY.fullmatch(line.value)
        else line
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
        line._replace(value=_UTC.sub(r"\1", line.value))
        if line.name in ("EXDATE", "RECURRENCE-ID") and "Z" in line.value.upper()
        else line
        for line in lines
    ]


_MENDERS: tuple[tuple[Callable[[Sequence[ContentLine]], list[ContentLine]], str, str], ...] = (
    (date_with_a_time_zone, "zone-on-date", "{name} is a date with a TZID; the day counts, in no zone"),
    (end_in_another_zone_than_start, "zone-of-one-end", "{name} lacks the zone that the event's other end names"),
    (utc_exception_of_a_floating_start, "dates-of-another-type", "{name} is in UTC and DTSTART in no zone"),
)


def mended(lines: Sequence[ContentLine]) -> tuple[Sequence[ContentLine], list[tuple[str, str]]]:
    """Apply every quirk to the lines of one VEVENT that say when; tell the code and words of each that was mended.

    >>> line = ContentLine("DTSTART", "20260302", (("TZID", "Europe/Berlin"),))
    >>> mended([line])[1]
    [('zone-on-date', 'DTSTART is a date with a TZID; the day counts, in no zone')]
    """
    told: list[tuple[str, str]] = []
    if len(lines) <= 2 and _agree(lines):
        return lines, told
    for mend, code, words in _MENDERS:
        after = mend(lines)
        told += [(code, words.format(name=new.name)) for old, new in zip(lines, after, strict=True) if new is not old]
        lines = after
    return lines, told


def _agree(lines: Sequence[ContentLine]) -> bool:
    """True when start and end name the same zone, or none, and both are times: as nearly all events do."""
    for line in lines:
        if line.parameters != lines[0].parameters or ("T" not in line.value and line.parameter("TZID")):
            return False
    return True


def quoted_printable(line: ContentLine) -> ContentLine:
    """vCalendar 1.0 (old telephones, Palm, Horde) writes texts as quoted-printable, in any charset.

    >>> encoded = (("ENCODING", "QUOTED-PRINTABLE"), ("CHARSET", "UTF-8"))
    >>> quoted_printable(ContentLine("SUMMARY", "R=C3=A9union", encoded)).value
    'Réunion'
    """
    encoding = line.parameter("ENCODING").upper()
    bare = any(key == "QUOTED-PRINTABLE" for key, _ in line.parameters)
    if encoding not in _QUOTED and not bare:
        return line
    try:
        raw = line.value.encode("latin-1")
    except UnicodeEncodeError:
        raw = line.value.encode("utf-8")
    return line._replace(value=_in_some_charset(quopri.decodestring(raw), line.parameter("CHARSET")))


def _in_some_charset(raw: bytes, stated: str) -> str:
    for charset in (stated, "utf-8", "windows-1252"):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return raw.decode("latin-1")


def old_rule(value: str) -> str:
    """Say a recurrence rule of vCalendar 1.0 as iCalendar does; any other text stays as it is.

    >>> old_rule("W2 MO TH 19971224T000000Z"), old_rule("D1 #10"), old_rule("MP1 1+ MO 2- FR #0")
    ('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=19971224T000000Z', 'FREQ=DAILY;INTERVAL=1;COUNT=10', \
'FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO,-2FR')
    >>> old_rule("FREQ=DAILY")
    'FREQ=DAILY'
    """
    first, *words = value.upper().split() or [""]
    match = _OLD_RULE.fullmatch(first)
    if match is None:
        return value
    # No duration means twice, and #0 for ever.
    end = ";COUNT=2"
    if words and words[-1][0] == "#" and words[-1][1:].isdigit():
        count = int(words.pop()[1:])
        end = f";COUNT={count}" if count else ""
    elif words and _OLD_UNTIL.fullmatch(words[-1]):
        end = f";UNTIL={words.pop()}"
    frequency, by = _OLD_FREQUENCIES[match[1]]
    days = _old_days(match[1], words)
    if days is None:
        return value
    return f"FREQ={frequency};INTERVAL={match[2]}" + (f";{by}={','.join(days)}" if days else "") + end


def _old_days(kind: str, words: Sequence[str]) -> list[str] | None:
    """Read what stands between the interval and the end; None where it is more than we read."""
    if kind == "MP":
        place, days = "", []
        for word in words:
            if match := _OLD_PLACE.fullmatch(word):
                place = f"{'-' if match[2] == '-' else ''}{match[1]}"
            elif word in _DAY_NAMES and place:
                days.append(f"{place}{word}")
            else:
                return None
        return days
    if kind == "W":
        return list(words) if _DAY_NAMES.issuperset(words) else None
    if kind == "D":
        return [] if not words else None
    numbers = ["-1" if word == "LD" else f"-{word[:-1]}" if word.endswith("-") else word.rstrip("+") for word in words]
    return numbers if all(number.lstrip("-").isdigit() for number in numbers) else None
