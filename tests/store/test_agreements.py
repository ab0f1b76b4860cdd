"""What was agreed on a night is known on the next, so that it can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from calendar_sync.confidentiality import Confidentiality
from calendar_sync.roster import Calendar, Committee, Roster
from calendar_sync.visibility import Visibility
from store import agreements
from store.connecting import Store

FIRST, SECOND = date(2007, 10, 15), date(2007, 11, 26)
ROSTER = Roster(
    Path("outreach.toml"),
    Committee("UN1540", "1540 Committee", ZoneInfo("America/New_York")),
    (),
    (
        Calendar("open", "AU", "au.ics"),
        Calendar("shared", "US", "us.ics", visibility=Visibility.SHARED, shared_with=("SADC", "AU")),
    ),
    Path("state"),
    "sqlite://",
    confidentiality=(Confidentiality("KE", Visibility.BUSY, ("AU",), named=True),),
)


def test_the_last_night_knows_what_was_agreed_then(store: Store):
    """The roster says only what is agreed today."""
    closed = replace(
        ROSTER,
        calendars=tuple(
            replace(calendar, visibility=Visibility.HIDDEN, shared_with=()) for calendar in ROSTER.calendars
        ),
        confidentiality=(),
    )
    with store.begin() as db:
        assert agreements.before(db, SECOND, closed) == closed
        agreements.save(db, FIRST, ROSTER)
        agreements.save(db, FIRST, ROSTER)
        assert agreements.before(db, SECOND, closed) == ROSTER
        assert agreements.before(db, FIRST, closed) == closed
        agreements.save(db, SECOND, closed)
        assert agreements.before(db, date(2007, 11, 27), ROSTER) == closed
