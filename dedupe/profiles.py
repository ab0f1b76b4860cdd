"""What the rules need to know of an event, worked out once: for whom, about what, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from calendar_sync.listings import Listing, Status
from calendar_sync.roster import Organisation
from calendar_sync.spans import Span
from dedupe.bodies import bodies
from dedupe.events import Event
from dedupe.meaning import audiences, phases, places, themes
from dedupe.meaning.places import Place
from dedupe.titles import wording


@dataclass(frozen=True, slots=True)
class Profile:
    """One event, understood."""

    event: Event
    span: Span | None
    states: frozenset[str]
    """States invited, from all listings, groups as of the event's date."""
    named: bool
    """True when the states were named one by one."""
    groups: tuple[str, ...]
    """Words of the audience that stood for a group."""
    place: Place | None
    country: str
    organisers: frozenset[str]
    instruments: frozenset[str]
    participants: frozenset[str]
    speakers: frozenset[str]
    regions: frozenset[str]
    ordinals: frozenset[int]
    themes: frozenset[str]
    phase: str
    words: frozenset[str]
    """Core words of the newest title: no places, regions, editions, years."""
    cancelled: bool
    online: bool

    def over(self, on: date) -> bool:
        """True when the event's last possible day lies before *on*."""
        return self.span is not None and self.span.latest < on


def profile(event: Event, organisations: Sequence[Organisation], on: date | None = None) -> Profile:
    """Understand one event; groups are resolved on its first day, else on *on*, else today has no say: none are."""
    span = event.span
    day = span.earliest if span else on
    standing = [listing for listing in event.listings if listing.status is not Status.CANCELLED]
    speaking = standing or list(event.listings)
    read = [audiences.states(listing.audience, day, organisations) for listing in speaking] if day else []
    # Where somebody names the states, the groups of the others are how they speak of the same.
    listed = [audience for audience in read if audience.named and len(audience.states) > 1]
    chosen = listed or read
    titles = [wording(listing.title) for listing in speaking]
    city = event.city
    place = places.locate(city, event.country) if city else None
    return Profile(
        event=event,
        span=span,
        states=frozenset(state for audience in chosen for state in audience.states),
        named=bool(listed),
        groups=tuple(dict.fromkeys(word for audience in read for word, states in audience.sources if len(states) > 1)),
        place=place,
        country=event.country or (place.country if place else ""),
        organisers=frozenset(name for listing in speaking for name in bodies(listing.organisers)),
        instruments=frozenset(name for title in titles for name in (*title.instruments, *title.numbers)),
        participants=frozenset(name for title in titles for name in title.participants),
        speakers=frozenset(name for title in titles for name in title.speakers),
        regions=frozenset(name for title in titles for name in title.regions),
        ordinals=frozenset(number for title in titles for number in title.ordinals),
        themes=themes.of(speaking),
        phase=phases.of(speaking),
        words=_core(speaking[0]),
        cancelled=not standing,
        online=all(listing.online for listing in speaking),
    )


def _core(listing: Listing) -> frozenset[str]:
    from dedupe.lexicon import Sort

    kept = (Sort.PLAIN, Sort.GENERIC, Sort.SUBJECT, Sort.INSTRUMENT, Sort.NUMBER, Sort.EVENT)
    return frozenset(word.token for word in wording(listing.title).words if word.sort in kept)


def same_people(one: Profile, other: Profile) -> bool:
    """True unless the two name different kinds of participants or speakers of different languages."""
    for mine, theirs in ((one.participants, other.participants), (one.speakers, other.speakers)):
        if mine and theirs and not mine & theirs:
            return False
        # One for parliamentarians, one for whoever comes: different people.
        if mine is one.participants and bool(mine) != bool(theirs):
            return False
    return True


def same_subject(one: Profile, other: Profile) -> bool:
    """True when both are about one instrument, or share a theme."""
    if one.instruments and other.instruments:
        return bool(one.instruments & other.instruments)
    return bool(one.themes & other.themes)
