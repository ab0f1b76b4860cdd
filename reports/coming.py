"""Events still to come that concern a reader, each fact with who says it and since when."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from calendar_sync.listings import Listing, Status
from dedupe import phrases
from dedupe.events import Event
from dedupe.remembering import Memory, aliases
from dedupe.same import Same, made_once
from reports.concern import Concern
from reports.standing import ToldFinding

AHEAD = 400
"""Days ahead that the coming events of a report reach."""


@dataclass(frozen=True, slots=True)
class Source:
    """One listing behind an event: who says it, in which words, since when."""

    organisation: str
    title: str
    language: str
    dates: str
    since: date | None
    url: str
    note: str = ""
    """What was inferred, such as the year."""


@dataclass(frozen=True, slots=True)
class ComingEvent:
    """An event still to come that concerns the reader."""

    event: Event
    title: str
    language: str
    dates: str
    place: str
    states: tuple[str, ...]
    """Those of the reader's states that are invited, by name."""
    members: int
    """How many member states the reader has on that day; 0 for the committee."""
    sources: tuple[Source, ...]
    findings: tuple[int, ...] = ()
    status: Status = Status.CONFIRMED
    new: bool = False
    """True when the last night knew no listing of it."""
    changed: tuple[str, ...] = ()
    """Which of its facts (dates, place, audience, status) the last night knew otherwise."""


@dataclass(frozen=True, slots=True)
class NoLongerListed:
    """A listing the reader knew on the last night and may not read any more: taken away, or shared no longer.

    Which of the two it was must not be seen, so others than its owner and the committee get no word of it again.
    """

    organisation: str
    event: str
    """Id of the event that it told of, as the last report gave it."""
    title: str = ""
    language: str = ""
    dates: str = ""
    place: str = ""
    alone: bool = True
    """True when no listing of that event is left."""


def coming(
    events: Sequence[Event],
    findings: Sequence[ToldFinding],
    concern: Concern,
    known_before: Sequence[Listing],
    night: date,
) -> tuple[ComingEvent, ...]:
    """Return the events of the next months that concern the reader, in the order of *events*.

    *known_before* is the reader's world of the last night.
    """
    numbers: dict[str, list[int]] = {}
    for told in findings:
        for event in told.finding.events:
            numbers.setdefault(event.id, []).append(told.number)
    before = {listing.id: listing for listing in known_before}
    return tuple(
        _entry(event, tuple(numbers.get(event.id, ())), concern, before)
        for event in events
        if _near(event, night) and concern.event(event)
    )


def no_longer_listed(
    world: Sequence[Listing],
    known_before: Sequence[Listing],
    concern: Concern,
    night: date,
    events: Sequence[Event] = (),
    memory: Memory = (),
) -> tuple[NoLongerListed, ...]:
    """Return what was still to come, concerned the reader and has left the reader's world since the last night.

    *events* are tonight's, *memory* says how the world called its events before.
    """
    # Under a name of its own: an event that goes on may bear the listing's.
    lost = [
        (listing, Event(f"{listing.id} gone", (listing,))) for listing in sorted(gone(world, known_before), key=_when)
    ]
    called = {id_: known.id for known in memory for id_ in known.listings}
    here = {event.id for event in events} | set(aliases(events, memory))
    return tuple(
        _lost(listing, called.get(listing.id, listing.id), concern, here)
        for listing, event in lost
        if _near(event, night) and concern.event(event)
    )


def gone(world: Sequence[Listing], known_before: Sequence[Listing]) -> list[Listing]:
    """Return the listings of a reader's world of the last night that are in tonight's under no name."""
    now = {listing.id for listing in world}
    # Some producers give every listing a new name at every fetch.
    again = {(listing.key.calendar, listing.title, listing.span) for listing in world}
    return [
        listing
        for listing in known_before
        if listing.id not in now and (listing.key.calendar, listing.title, listing.span) not in again
    ]


def _lost(listing: Listing, event: str, concern: Concern, here: Collection[str]) -> NoLongerListed:
    if not (concern.everything or listing.organisation == concern.reader.id):
        return NoLongerListed(listing.organisation, event, alone=event not in here)
    return NoLongerListed(
        listing.organisation, event, listing.title, listing.language, phrases.dates_of(listing),
        phrases.place(listing.city, listing.country), alone=event not in here,
    )  # fmt: skip


def _when(listing: Listing) -> tuple[date, str]:
    return (listing.span.earliest if listing.span else date.max), listing.id


def _near(event: Event, night: date) -> bool:
    span = event.span
    if span is not None:
        return span.latest >= night and (span.earliest - night).days <= AHEAD
    # An event nobody has dated is kept while its announcement is fresh.
    return any(listing.since and (night - listing.since).days <= AHEAD for listing in event.listings)


def _entry(event: Event, numbers: tuple[int, ...], concern: Concern, before: Mapping[str, Listing]) -> ComingEvent:
    newest = worded(event, concern.reader.languages)
    dates, place, sources = _facts(Same(event))
    return ComingEvent(
        event=event,
        title=newest.title,
        language=newest.language,
        dates=dates,
        place=place,
        states=tuple(sorted(phrases.state(code) for code in concern.states(event))),
        members=0 if concern.everything else len(concern.members(event)),
        sources=sources,
        findings=numbers,
        status=event.listings[0].status,
        new=not any(listing.id in before for listing in event.listings),
        changed=_changed(event, concern, before),
    )


@made_once(1 << 15)
def _facts(same: Same[Event]) -> tuple[str, str, tuple[Source, ...]]:
    """Return what every reader of an event reads of it: dates, place, sources."""
    event = same.of
    dates = phrases.dates(event.span, _words(event))
    sources = tuple(_source(listing) for listing in event.listings)
    return dates, phrases.place(event.city, event.country), sources


def _changed(event: Event, concern: Concern, before: Mapping[str, Listing]) -> tuple[str, ...]:
    """Hold an event against what its listings said on the last night."""
    then = tuple(before[listing.id] for listing in event.listings if listing.id in before)
    if not then or _same(tuple(map(Same, then)), tuple(map(Same, event.listings))):
        return ()
    known = Event(f"{event.id} before", then, workshop=event.workshop)
    facts = {
        "dates": known.span != event.span,
        "place": (known.city, known.country) != (event.city, event.country),
        "audience": concern.states(known) != concern.states(event),
        "status": known.listings[0].status is not event.listings[0].status,
    }
    return tuple(name for name, differs in facts.items() if differs)


@made_once(1 << 15)
def _same(then: tuple[Same[Listing], ...], now: tuple[Same[Listing], ...]) -> bool:
    """Compare fact by fact, once for all readers of these listings."""
    return tuple(one.of for one in then) == tuple(one.of for one in now)


def worded(event: Event, languages: Sequence[str]) -> Listing:
    """Return the newest listing in the first of the reader's languages that any is in, else the newest."""
    for language in languages:
        for listing in event.listings:
            if listing.language.split("-")[0].lower() == language.split("-")[0].lower():
                return listing
    return event.listings[0]


def _words(event: Event) -> str:
    """Return the words of a vague date, blank for an exact one."""
    span = event.span
    if span is not None and span.is_exact:
        return ""
    return next((listing.date_text for listing in event.listings if listing.span == span and listing.date_text), "")


def _source(listing: Listing) -> Source:
    return Source(
        organisation=listing.organisation,
        title=listing.title,
        language=listing.language,
        dates=phrases.dates_of(listing),
        since=listing.since,
        url=listing.url,
        note=listing.date_note,
    )
