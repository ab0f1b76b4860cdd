"""What was agreed on a night is known on the next, so that it can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from calendar_sync.roster import Calendar
from calendar_sync.visibility import Visibility
from store import agreements
from store.connecting import Store

FIRST, SECOND = date(2007, 10, 15), date(2007, 11, 26)
CALENDARS = (
    Calendar("open", "AU", "au.ics"),
    Calendar("shared", "US", "us.ics", visibility=Visibility.SHARED, shared_with=("AU", "SADC")),
)


def test_the_last_night_knows_what_was_agreed_then(store: Store):
    """The roster says only what is agreed today."""
    closed = tuple(replace(calendar, visibility=Visibility.HIDDEN, shared_with=()) for calendar in CALENDARS)
    with store.begin() as db:
        assert agreements.before(db, SECOND, closed) == closed
        agreements.save(db, FIRST, CALENDARS)
        agreements.save(db, FIRST, CALENDARS)
        assert agreements.before(db, SECOND, closed) == CALENDARS
        assert agreements.before(db, FIRST, closed) == closed
        agreements.save(db, SECOND, closed)
        assert agreements.before(db, date(2007, 11, 27), CALENDARS) == closed
