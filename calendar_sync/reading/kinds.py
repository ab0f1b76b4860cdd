"""Which kind of calendar a payload is, and who reads it."""

from __future__ import annotations

from datetime import date

from calendar_sync.reading import Problem, Reading
from calendar_sync.roster import Calendar
from calendar_sync.sources import Payload

Window = tuple[date, date] | None

_ENDINGS = {
    "ics": "ics", "ical": "ics", "ifb": "ics", "vcs": "ics", "csv": "csv", "tsv": "csv", "xlsx": "xlsx",
    "html": "html", "htm": "html", "xhtml": "html",
}  # fmt: skip
_MEDIA_TYPES = {
    "text/calendar": "ics", "text/csv": "csv", "text/tab-separated-values": "csv", "text/html": "html",
    "application/xhtml+xml": "html",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}  # fmt: skip


def kind_of(payload: Payload, calendar: Calendar) -> str:
    """Tell the kind: the roster's word, else what the bytes begin with, else the media type, else the file's ending.

    A page in place of a feed is told from its first bytes, whatever the server calls it: it must not pass for a table.
    """
    start = payload.body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").upper()
    if start.startswith(b"BEGIN:V"):
        return "ics"
    if calendar.kind:
        return calendar.kind
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    by_name = _ENDINGS.get(payload.name.rpartition(".")[2].lower(), "")
    if start.startswith((b"<!DOCTYPE HTML", b"<HTML")):
        # Where a feed or a table was promised this is a login page; its events, if any, are somebody else's.
        return by_name if by_name in ("ics", "csv", "xlsx") else "html"
    return by_name or _MEDIA_TYPES.get(payload.media_type, "") or "ics"


def read(payload: Payload, calendar: Calendar, window: Window = None) -> Reading:
    """Read a payload of any supported kind; never raises on what it holds.

    *window* is [from, to) for the occurrences of recurring series; None reads one year of each.
    """
    kind = kind_of(payload, calendar)
    # Each kind brings its own library; a night of feeds need not load them all.
    if kind == "ics":
        from calendar_sync.reading.ics import read_ics

        return read_ics(payload.body, calendar, window, charset=payload.charset)
    if payload.body[:200].lstrip().upper().startswith((b"<!DOCTYPE HTML", b"<HTML")) and kind != "html":
        return Reading(
            problems=(Problem("not-a-calendar", "it is a web page, perhaps a login page"),), is_calendar=False
        )
    if kind in ("csv", "xlsx"):
        from calendar_sync.reading import tables

        if kind == "csv":
            found = tables.read_csv(payload.body, calendar, payload.charset)
        else:
            found = tables.read_xlsx(payload.body, calendar)
    else:
        from calendar_sync.reading.pages import read_page

        found = read_page(payload.body, calendar)
    return found
