"""What the listings of one event say, field by field: who says so, what is the newest, where they contradict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from calendar_sync.listings import Listing
from dedupe import phrases
from dedupe.events import Event
from dedupe.findings import Fact, Finding, Value
from dedupe.meaning import phases, themes
from dedupe.recognitions import facts
from dedupe.sayings import beside, say
from reports.ledger_wording import PHASE
from reports.sides import Cell, by_listing
from reports.wording import STATUS

_INFERRED = say("read from its words, not stated")
CERTAIN = say("listed as certain")
"""How an event is listed that nobody calls tentative, provisional or cancelled."""
_ONLINE = say("online")


@dataclass(frozen=True, slots=True)
class EventFact:
    """One field of an event over its listings: a cell for each, with what has to be added to it (blank: nothing)."""

    field: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    contradicted: bool


def event_facts(event: Event, contradictions: Sequence[Finding], names: Mapping[str, str]) -> tuple[EventFact, ...]:
    """Lay the facts of an event out; *contradictions* are its own, *names* the organisations'.

    Listings that word a title in their own ways do not contradict each other.
    """
    told = [
        *facts(event.listings),
        _fact(event, "themes", {one.id: _themes(one) for one in event.listings}),
        _fact(event, "phase", {one.id: PHASE[phase] for one in event.listings if (phase := phases.of((one,)))}),
        _fact(event, "status", {one.id: STATUS.get(one.status, CERTAIN) for one in event.listings}),
    ]
    otherwise = {finding.subject: _otherwise(finding) for finding in contradictions}
    said = [_newest(fact, event) for fact in told if any(value.text for value in fact.values)]
    return tuple(
        EventFact(
            row.field,
            # Whoever says it stands at the head of the column.
            tuple(
                replace(cell, origin=None, differs=value.text in otherwise.get(row.field, ()))
                for cell, value in zip(row.cells, fact.values, strict=True)
            ),
            tuple(_note(row.field, one) for one in event.listings),
            row.field in otherwise,
        )
        for fact, row in zip(said, by_listing(said, event.listings, names), strict=True)
    )


def _otherwise(contradiction: Finding) -> frozenset[str]:
    """Return what is said otherwise than what stands."""
    values = [value for fact in contradiction.facts for value in fact.values]
    return frozenset(value.text for value in values) - {value.text for value in values if value.newest}


def _fact(event: Event, field: str, texts: Mapping[str, str]) -> Fact:
    return Fact(field, tuple(Value(texts.get(one.id, ""), one.id, one.organisation) for one in event.listings))


def _newest(fact: Fact, event: Event) -> Fact:
    """Mark the value that stands: the newest one, of dates the newest exact ones."""
    spoken = [value.listing_id for value in fact.values if value.text]
    if fact.field == "dates" and event.span is not None:
        spoken = [one.id for one in event.listings if one.span == event.span] or spoken
    values = tuple(replace(value, newest=value.listing_id == spoken[0]) for value in fact.values)
    return replace(fact, values=values)


def _themes(listing: Listing) -> str:
    return beside((phrases.theme(code) for code in sorted(themes.of((listing,)))), "; ", ordered=True)


def _note(field: str, listing: Listing) -> str:
    match field:
        case "dates":
            return listing.date_note
        case "place":
            return beside((listing.venue, _ONLINE if listing.online else ""))
        case "themes":
            stated = {name.strip().lower().replace(" ", "-") for name in listing.themes} & themes.codes()
            return "" if stated or not themes.of((listing,)) else _INFERRED
        case "phase":
            return _INFERRED if phases.of((listing,)) else ""
    return ""
