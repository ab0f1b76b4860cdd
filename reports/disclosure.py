"""Disclosure: who may read what. A report is computed from the world this returns, and from nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calendar_sync.listings import Listing, Status
from calendar_sync.roster import Calendar, Organisation, Roster
from calendar_sync.visibility import Visibility
from dedupe.positions import Register

BUSY_TITLE = "Busy"


def world(listings: Sequence[Listing], reader: Organisation, roster: Roster) -> list[Listing]:
    """Return the listings *reader* may know of, those shared as busy stripped to their days.

    The strictest of the listing's CLASS and its calendar's visibility counts. An owner sees its own listings; the
    committee's coordinators see all. Days that were cancelled are free: they are shared as busy no longer.
    """
    calendars = {calendar.id: calendar for calendar in roster.calendars}
    visible = []
    for listing in listings:
        calendar = calendars.get(listing.key.calendar)
        if reader.id in (roster.committee.id, listing.organisation):
            visible.append(listing)
            continue
        level = Visibility.strictest(listing.visibility, calendar.visibility if calendar else Visibility.HIDDEN)
        named = calendar is not None and reader.id in calendar.shared_with
        if level is Visibility.PUBLIC or (level is Visibility.SHARED and named):
            visible.append(listing)
        elif level is Visibility.BUSY and named and listing.status is not Status.CANCELLED:
            visible.append(_busy(listing))
    return visible


def register(recorded: Register, reader: Organisation, roster: Roster) -> Register:
    """Return what *reader* may read of the position register: the committee all of it, others what is theirs to read.

    Whose positions stand in a register is the committee's to tell; meetings and forums are public.
    """
    if reader.id == roster.committee.id:
        return recorded
    positions = tuple(
        position
        for position in recorded.positions
        if position.visibility is Visibility.PUBLIC
        or (position.visibility is Visibility.SHARED and reader.id in position.shared_with)
    )
    return replace(recorded, positions=positions)


def may_know_of(calendar: Calendar, reader: Organisation, roster: Roster) -> bool:
    """Say whether *reader* may know that a calendar exists, and how it fared tonight."""
    return (
        calendar.visibility is Visibility.PUBLIC
        or reader.id in (roster.committee.id, calendar.organisation)
        or (calendar.visibility is not Visibility.HIDDEN and reader.id in calendar.shared_with)
    )


def _busy(listing: Listing) -> Listing:
    """Leave the days and the owner; nothing that was not agreed."""
    return Listing(
        key=replace(listing.key, uid=listing.id, recurrence_id=""),
        organisation=listing.organisation,
        title=BUSY_TITLE,
        visibility=Visibility.BUSY,
        span=listing.span,
        first_seen=listing.first_seen,
    )
