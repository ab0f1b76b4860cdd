"""Events: found, told with their listings, split and merged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Query

from dedupe.events import Event
from desk import event_wording
from desk.api_document import operation
from desk.api_models.events import (
    Contradiction,
    EventsTold,
    EventTold,
    EventWhole,
    FactTold,
    Joined,
    Likely,
    ListingElsewhere,
    ListingTold,
    Merge,
    Split,
    Stated,
    Stays,
)
from desk.bearers import Asking, Caller, Guarded
from desk.problems import Problem
from desk.routes.api.looking import Day
from flows import events_found, events_seen, joining
from flows.events_found import Wanted
from flows.events_seen import NoSuchEvent, Pairs
from flows.joining import EventChanged, EventDecided, NoOther, NothingApart, Saying
from flows.reviewing import Seen
from reports.event_facts import EventFact
from store.accounts import Role

router = APIRouter(route_class=Guarded, tags=["events"])
Id = Annotated[str, Path(pattern="^[0-9a-fA-F-]{36}$", description="The id of an event or a listing.")]
Words = Annotated[str, Query(max_length=200)]


@router.get("/events", **operation(Role.COORDINATOR, problems=(422,)))
def events(
    asking: Caller,
    words: Words = "",
    since: Day = None,
    until: Day = None,
    organisation: Words = "",
    theme: Words = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> EventsTold:
    """Find events by words of title or place, days, organisation and theme; fifty a page."""
    found = events_found.events_found(asking.path, Wanted(words, since, until, organisation, theme, page))
    if found is None:
        return EventsTold(night=None, number=0, page=1, pages=0, events=[])
    told = [_told(event) for event in found.rows]
    return EventsTold(night=found.night, number=found.number, page=found.page, pages=found.pages, events=told)


@router.get("/events/{event}", **operation(Role.COORDINATOR, problems=(404, 422)))
def event(asking: Caller, event: Id) -> EventWhole:
    """Return one event by its id, one it had before, or that of a listing."""
    seen = _seen(asking, event)
    understood = seen.understood
    return EventWhole(
        event=_told(seen.event),
        cancelled=event_wording.cancelled(seen.event),
        states=sorted(understood.states),
        everybody=understood.universal,
        stated=understood.stated,
        organisers=list(event_wording.organisers(seen.event)),
        sponsors=list(event_wording.sponsors(seen.event)),
        themes=sorted(understood.themes),
        phase=understood.phase or None,
        facts=[_fact(seen.event, fact) for fact in seen.facts],
        contradictions=[Contradiction(field=one.subject, title=one.title) for one in seen.contradictions],
        shown=seen.shown.fingerprint,
        newest=seen.shown.decision,
        findings=[one.row.number for one in seen.findings],
        joined=[_joined(pairs) for pairs in seen.said],
        likely=[Likely(event=_told(one.event), shown=one.shown) for one in seen.likely],
    )


@router.post("/events/{event}/split", **operation(Role.COORDINATOR, problems=(400, 404, 409), body=True))
def split(asking: Caller, event: Id, word: Split) -> Stays:
    """Record that some of its listings are another event, if it still is what was seen."""
    said = _saying(asking, word)
    return _recorded(asking, event, lambda: joining.split(asking.path, event, word.listings, said))


@router.post("/events/{event}/merge", **operation(Role.COORDINATOR, problems=(400, 404, 409), body=True))
def merge(asking: Caller, event: Id, word: Merge) -> Stays:
    """Record that another event is the same, if this one still is what was seen."""
    said = _saying(asking, word)
    return _recorded(asking, event, lambda: joining.merge(asking.path, event, word.other, word.other_shown, said))


def _recorded(asking: Asking, event: str, act: Callable[[], str]) -> Stays:
    try:
        return Stays(event=_seen(asking, act()).event.id)
    except NoSuchEvent:
        raise _unknown(event) from None
    except (NoOther, NothingApart) as error:
        raise Problem(400, str(error)) from None
    except (EventChanged, EventDecided) as error:
        raise Problem(409, str(error)) from None


def _saying(asking: Asking, word: Split | Merge) -> Saying:
    note = " ".join(word.note.split())
    return Saying(Seen(word.shown, word.newest), asking.account.name, asking.now, note)


def _seen(asking: Asking, event: str) -> events_seen.EventSeen:
    try:
        return events_seen.event_seen(asking.path, event)
    except NoSuchEvent:
        raise _unknown(event) from None


def _unknown(event: str) -> Problem:
    return Problem(404, f"There is no event {event}.")


def _fact(event: Event, fact: EventFact) -> FactTold:
    return FactTold(
        field=fact.field, contradicted=fact.contradicted,
        stated=[
            Stated(listing=listing.id, text=cell.text, newest=cell.newest, differs=cell.differs, note=note)
            for listing, cell, note in zip(event.listings, fact.cells, fact.notes, strict=True)
            if cell.text
        ],
    )  # fmt: skip


def _joined(pairs: Pairs) -> Joined:
    made = pairs.made
    return Joined(
        verdict=str(made.verdict), by=made.by, at=made.at, note=made.note, here=[one.id for one in pairs.here],  # type: ignore[arg-type]  # it is one of them
        elsewhere=[
            ListingElsewhere(listing=one.listing.id, title=one.listing.title, event=one.event)
            for one in pairs.elsewhere
        ],
        gone=pairs.gone, overruled=pairs.overruled, changed=list(pairs.changed),
    )  # fmt: skip


def _told(event: Event) -> EventTold:
    span = event.span
    return EventTold(
        id=event.id, title=event.title, workshop=event.workshop, earliest=span.earliest if span else None,
        latest=span.latest if span else None, exact=span.is_exact if span else False, city=event.city,
        country=event.country,
        listings=[
            ListingTold(
                id=one.id, calendar=one.key.calendar, organisation=one.organisation, title=one.title,
                language=one.language, status=str(one.status), since=one.since, url=one.url,
            )
            for one in event.listings
        ],
    )  # fmt: skip
