"""Which source a calendar is fetched from."""

from __future__ import annotations

from pathlib import Path

from calendar_sync.roster import Calendar
from calendar_sync.sources import CalendarSource
from calendar_sync.sources.folder import FolderSource


def source_of(calendar: Calendar, folder: Path, *, contact: str = "") -> CalendarSource:
    """Choose by the look of `Calendar.source`: an address with a scheme is fetched, anything else is a path.

    *folder* is where relative paths start; *contact* is told to the servers that are asked.
    """
    if calendar.source.lower().lstrip().startswith(("caldav://", "caldavs://")):
        from calendar_sync.sources.caldav import CalDavSource

        return CalDavSource(calendar, folder, contact=contact)
    if "://" in calendar.source:
        # Here, because httpx takes a fifth of a second to import and most commands read files only.
        from calendar_sync.sources.http_feed import HttpFeed

        return HttpFeed(calendar, folder, contact=contact)
    return FolderSource(calendar, folder)
