"""Disclosure: who may read what. A report is computed from the world this returns, and from nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from calendar_sync.confidentiality import Confidentiality
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.parts import Part, PartOf
from calendar_sync.roster import Calendar, Organisation, Roster
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from dedupe.findings import digest, rested_on
from dedupe.forums import mandates
from dedupe.meaning.audiences import states
from dedupe.meaning.whereabouts import whereabouts
from dedupe.positions import Register

BUSY_TITLE = "Busy"


def parts(roster: Roster) -> PartOf:
    """Return what tells who may know of a listing, beside its owner and the committee.

    What has the same readers is compared and doubted together, and with nothing that has others.
    """
    known: dict[Hashable, Part] = {}

    def part(listing: Listing) -> Part:
        requests = roster.confidentiality
        asked = tuple(request for request in requests if _about(listing, request)) if requests else ()
        cancelled = listing.status is Status.CANCELLED
        alike = (listing.key.calendar, listing.organisation, listing.visibility, cancelled, asked)
        if alike not in known:
            known[alike] = tuple(
                sorted(
                    reader.id
                    for reader in roster.organisations
                    if reader.id not in (roster.committee.id, listing.organisation)
                    and world((listing,), reader, roster)
                )
            )
        return known[alike]

    return part


def world(listings: Sequence[Listing], reader: Organisation, roster: Roster) -> list[Listing]:
    """Return the listings *reader* may know of, those shared as busy stripped to their days.

    The strictest of the listing's CLASS, its calendar's visibility and what states have asked for counts, and whoever
    is left out of one agreement is left out. An owner sees its own listings; the committee's coordinators see all.
    Days that were cancelled are free: they are shared as busy no longer.
    """
    calendars = {calendar.id: calendar for calendar in roster.calendars}
    visible: list[Listing] = []
    busy: Counter[tuple[str, Span]] = Counter()
    for listing in listings:
        if reader.id in (roster.committee.id, listing.organisation):
            visible.append(listing)
            continue
        level = _level(listing, calendars.get(listing.key.calendar), reader, roster)
        if level in (Visibility.PUBLIC, Visibility.SHARED):
            visible.append(listing)
        elif level is Visibility.BUSY and listing.status is not Status.CANCELLED and listing.span is not None:
            days = (listing.key.calendar, listing.span)
            busy[days] += 1
            visible.append(_busy(listing, listing.span, busy[days]))
    return visible


def _level(listing: Listing, calendar: Calendar | None, reader: Organisation, roster: Roster) -> Visibility:
    """Return what *reader* may know of a listing of somebody else's."""
    if calendar is None:
        return Visibility.HIDDEN
    asked = [request for request in roster.confidentiality if _about(listing, request)]
    level = Visibility.strictest(listing.visibility, calendar.visibility, *(request.visibility for request in asked))
    # What is not public is for those named, by the owner where the owner closed it, and by each state that did.
    agreed = [request.shared_with for request in asked if request.visibility is not Visibility.PUBLIC]
    if not asked or Visibility.strictest(listing.visibility, calendar.visibility) is not Visibility.PUBLIC:
        agreed.append(calendar.shared_with)
    if level is not Visibility.PUBLIC and not all(reader.id in named for named in agreed):
        return Visibility.HIDDEN
    return level


@lru_cache(maxsize=4096)
def _about(listing: Listing, request: Confidentiality) -> bool:
    """True when a state's request is about this listing: held there, or meant for it alone, or naming it."""
    country = listing.country or whereabouts(listing.title, listing.venue or listing.place_text).country
    if country == request.state:
        return True
    on = listing.span.earliest if listing.span else listing.since or date.max
    meant = states(listing.audience, on)
    if meant.states == {request.state} and not meant.universal:
        return True
    return request.named and any(given == (request.state,) for _, given in meant.sources)


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


def positions_readable(fingerprint: str, reader: Organisation, roster: Roster) -> bool:
    """Say whether *reader* may still read every position that a finding with this fingerprint rested on."""
    rested = rested_on(fingerprint, "positions")
    if not rested:
        return True
    positions = register(Register.from_tables(roster.register), reader, roster).positions
    return rested <= {digest(position.id) for position in positions} | {digest(id_) for id_ in mandates()}


def may_know_of(calendar: Calendar, reader: Organisation, roster: Roster) -> bool:
    """Say whether *reader* may know that a calendar exists, and how it fared tonight."""
    return (
        calendar.visibility is Visibility.PUBLIC
        or reader.id in (roster.committee.id, calendar.organisation)
        or (calendar.visibility is not Visibility.HIDDEN and reader.id in calendar.shared_with)
    )


def _busy(listing: Listing, days: Span, number: int) -> Listing:
    """Leave the days and the owner; nothing that was not agreed.

    The key comes from the days alone, *number* tells those of several with the same days apart: were it made from the
    UID, whoever guesses what that may be could try it. Since when it is listed would tell that another took its place.
    """
    said = (days.earliest, days.latest, *(days.certain or ()), number)
    key = ListingKey(listing.key.calendar, f"busy {' '.join(str(part) for part in said)}")
    return Listing(key, listing.organisation, BUSY_TITLE, visibility=Visibility.BUSY, span=days)
