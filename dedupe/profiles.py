"""What the rules need to know of an event, worked out once: for whom, about what, by whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from calendar_sync.listings import Listing, Status
from calendar_sync.roster import Organisation
from calendar_sync.spans import Span
from dedupe.bodies import UMBRELLA, bodies, joint, parent
from dedupe.events import Event
from dedupe.lexicon import Sort, fold
from dedupe.meaning import assistance, audiences, instruments, participants, phases, places, themes
from dedupe.meaning.places import Place
from dedupe.partial_dates import partial
from dedupe.titles import Wording, wording

# What a word of a title counts when titles are compared: names count, words that every title has do not.
_WORTH = {
    Sort.PLAIN: 1.0, Sort.SUBJECT: 1.0, Sort.INSTRUMENT: 0.5, Sort.NUMBER: 0.4, Sort.EVENT: 0.4, Sort.GENERIC: 0.2,
}  # fmt: skip
NATIONAL = "generic:national"
"""The word of a title that speaks of an event for one state."""
_ATTACHED = (
    "back to back", "at the same time", "concurrently", "in parallel", "immediately followed by", "preceded by",
    "followed by", "prior to", "following the", "on the margins", "on the sidelines", "en marge", "parallelement",
    "precede de", "suivi de", "al margen", "en paralelo", "a margem", "na polyakh", "parallelno",
)  # fmt: skip
"""Words of dates that lean on another meeting, folded."""
_NO_SUBJECT = frozenset({"subject:committee", "subject:working_group", "subject:capacity_building", "subject:security"})
"""Subjects that every second title names."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One event, understood."""

    event: Event
    span: Span | None
    states: frozenset[str]
    """States invited, from all listings, groups as of the event's date."""
    named: bool
    """True when the states were named one by one."""
    stated: bool
    """False when nobody says who is invited, and the title's region or country is taken."""
    universal: bool
    """True when all states of the world, or all parties to an instrument, are invited."""
    groups: tuple[str, ...]
    """Words of the audience that stood for a group."""
    continents: frozenset[str]
    """Where the states invited lie, a quarter of them or more."""
    place: Place | None
    country: str
    organisers: frozenset[str]
    instruments: frozenset[str]
    participants: frozenset[str]
    speakers: frozenset[str]
    ordinals: frozenset[int]
    kinds: frozenset[str]
    """What the titles call it: a course, a plenary, a round table."""
    beside: bool
    """True when a title calls it a meeting beside another."""
    attached: bool
    """True when it has no date but that of another meeting: "back-to-back with", "at the same time"."""
    pages: frozenset[str]
    """Addresses of the pages that list it."""
    month_days: tuple[int, int]
    """First and last day as month * 32 + day where only the year is missing, else zeros."""
    themes: frozenset[str]
    phase: str
    titles: tuple[Mapping[str, float], ...]
    """Of each title the words that tell it from others, with what they count: no places, regions, editions, years."""
    vocabulary: frozenset[str]
    subjects: frozenset[str]
    """The technical subjects among them."""
    offices: frozenset[str]
    """Organisers that are bodies of their own: neither host states nor the United Nations as a whole."""
    cancelled: bool
    online: bool
    joint: bool
    """True when several bodies organise or sponsor it."""
    asks: bool
    """True when it is for one state alone, and a listing speaks of a request for assistance."""

    def over(self, on: date) -> bool:
        """True when the event's last possible day lies before *on*."""
        return self.span is not None and self.span.latest < on


def profile(
    event: Event,
    organisations: Sequence[Organisation],
    on: date | None = None,
    said: Callable[[str], Wording] = wording,
) -> Profile:
    """Understand one event; groups are resolved on its first day, else on *on*, else today has no say: none are.

    *said* understands the titles of its listings, for whoever has read them before.
    """
    span = event.span
    day = span.earliest if span else on
    standing = [listing for listing in event.listings if listing.status is not Status.CANCELLED]
    speaking = standing or list(event.listings)
    titles = [said(listing.title) for listing in speaking]
    read = [audiences.states(listing.audience, day, organisations) for listing in speaking] if day else []
    # Where somebody names the states, the groups of the others are how they speak of the same.
    listed = [audience for audience in read if audience.named and len(audience.states) > 1]
    chosen = listed or read
    states = frozenset(state for audience in chosen for state in audience.states)
    universal = any(audience.universal for audience in read)
    stated = bool(states) or universal or any(audience.unknown for audience in read)
    place = places.locate(event.city, event.country) if event.city else None
    country = event.country or (place.country if place else "")
    if not stated and day:
        states = _meant(speaking, titles, country, day)
    words = tuple({tuple(sorted(_worth(title).items())): None for title in titles})
    vocabulary = frozenset(word for entry in words for word, _ in entry)
    organisers = frozenset(name for listing in speaking for name in bodies(listing.organisers))
    return Profile(
        event=event,
        span=span,
        states=states,
        named=bool(listed),
        stated=stated,
        universal=universal and not listed,
        groups=tuple(dict.fromkeys(word for audience in read for word, given in audience.sources if len(given) > 1)),
        continents=audiences.continents(states),
        place=place,
        country=country,
        organisers=organisers,
        instruments=instruments.of(speaking, said),
        participants=participants.of(speaking, said),
        speakers=frozenset(name for title in titles for name in title.speakers),
        ordinals=frozenset(number for title in titles for number in title.ordinals),
        kinds=frozenset(word.token for title in titles for word in title.words if word.sort is Sort.EVENT),
        beside=any(title.part for title in titles),
        attached=span is None and any(_attached(listing.date_text) for listing in speaking),
        pages=frozenset(listing.url for listing in speaking if listing.url),
        month_days=_month_days(speaking) if span is None else (0, 0),
        themes=themes.of(speaking),
        phase=phases.of(speaking),
        titles=tuple(MappingProxyType(dict(entry)) for entry in words),
        vocabulary=vocabulary,
        subjects=frozenset(word for word in vocabulary - _NO_SUBJECT if word.startswith("subject:")),
        offices=frozenset(name for name in map(_office, organisers) if name),
        cancelled=not standing,
        online=all(listing.online for listing in speaking),
        joint=joint(event.listings),
        asks=len(states) == 1 and any(assistance.asked_in(listing) for listing in event.listings),
    )


def _office(organiser: str) -> str:
    """Name the body an organiser is, blank for a host state and for the United Nations as a whole."""
    if organiser.startswith("state:") or organiser in (UMBRELLA, "partners"):
        return ""
    return parent(organiser.removesuffix(" and partners"))


def _attached(text: str) -> bool:
    folded = f" {fold(text)} "
    return any(f" {cue} " in folded for cue in _ATTACHED)


def _month_days(listings: Sequence[Listing]) -> tuple[int, int]:
    read = (partial(listing) for listing in listings)
    return next(((part.first, part.last) for part in read if part.first and part.to_the_day), (0, 0))


def _worth(title: Wording) -> dict[str, float]:
    return {word.token: _WORTH[word.sort] for word in title.words if word.sort in _WORTH}


def _meant(listings: Sequence[Listing], titles: Sequence[Wording], country: str, day: date) -> frozenset[str]:
    """Take the audience from titles: the group they name, or the host where they speak of a national event."""
    groups = [group for listing in listings for group in audiences.groups_in(listing.title)]
    if groups:
        return audiences.states(groups, day).states
    tokens = {word.token for title in titles for word in title.words}
    national = NATIONAL in tokens and "generic:regional" not in tokens
    return frozenset({country}) if national and country else frozenset()


def same_people(one: Profile, other: Profile) -> bool:
    """True unless the two name different kinds of participants or speakers of different languages."""
    if one.speakers and other.speakers and not one.speakers & other.speakers:
        return False
    # One for parliamentarians, one for whoever comes: different people.
    return bool(one.participants & other.participants) or not (one.participants or other.participants)


def same_subject(one: Profile, other: Profile) -> bool:
    """True when both are about one instrument, or share a theme or a technical subject of their titles."""
    if one.instruments and other.instruments:
        return bool(one.instruments & other.instruments)
    return bool(one.themes & other.themes or one.subjects & other.subjects)
