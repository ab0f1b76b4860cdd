"""The story of the committee's programme: its workshops as one reader may know of them, and as it words them itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from calendar_sync.listings import Listing
from calendar_sync.roster import Organisation, Roster
from dedupe import phrases
from dedupe.events import Event
from reports.coming import gone

EVERYBODY = Organisation("", "")
"""Whoever reads what is public: it owns no calendar, and nothing is shared with it."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """An event of the programme; its listings are the programme's own, so that nobody else's words move it."""

    id: str
    """Of the listing that the programme had of it first: whatever others publish, it stays."""
    event: Event


@dataclass(frozen=True, slots=True)
class Programme:
    """The committee's workshops on a night, the earliest first, the undated last."""

    reader: Organisation
    night: date
    committee: str
    disclaimer: str
    workshops: tuple[Workshop, ...]
    withdrawn: tuple[str, ...]
    """Ids of those still to come that the reader might read the night before and may read no more."""
    names: Mapping[str, str]
    """Organisation ids to the names a person knows."""


def compose(
    reader: Organisation, night: date, roster: Roster, events: Sequence[Event], events_before: Sequence[Event] = ()
) -> Programme:
    """Compose the programme for *reader*; the same arguments give the same one.

    *events* are those of the reader's world, *events_before* those of its world of the last night before. Days of the
    programme that are shared as busy are no workshops to read of.
    """
    own = {calendar.id for calendar in roster.calendars if calendar.programme}
    tonight = _workshops(events, own)
    lost = {
        listing.id
        for listing in gone(_listings(tonight), _listings(_workshops(events_before, own)))
        # What is over and falls out of a calendar was not withdrawn.
        if listing.span is not None and listing.span.latest >= night
    }
    return Programme(
        reader=reader,
        night=night,
        committee=roster.committee.name,
        disclaimer=phrases.disclaimer(roster.committee),
        workshops=tuple(sorted(tonight, key=_when)),
        withdrawn=tuple(
            sorted(
                workshop.id
                for workshop in _workshops(events_before, own)
                # Of two entries for one workshop the second may go: it is still on.
                if all(listing.id in lost for listing in workshop.event.listings)
            )
        ),
        names={organisation.id: phrases.organisation(organisation) for organisation in roster.organisations},
    )


def _workshops(events: Sequence[Event], own: Collection[str]) -> list[Workshop]:
    """Return the events of the programme's calendars as those word them."""
    said = [
        tuple(listing for listing in event.listings if listing.key.calendar in own and not listing.says_only_busy)
        for event in events
        if event.workshop
    ]
    return [_workshop(listings) for listings in said if listings]


def _listings(workshops: Sequence[Workshop]) -> list[Listing]:
    return [listing for workshop in workshops for listing in workshop.event.listings]


def _workshop(listings: tuple[Listing, ...]) -> Workshop:
    first = min(listings, key=lambda listing: (listing.first_seen or date.max, listing.id))
    return Workshop(first.id, Event(first.id, listings, workshop=True))


def _when(workshop: Workshop) -> tuple[date, str]:
    span = workshop.event.span
    return (span.earliest if span else date.max), workshop.id
