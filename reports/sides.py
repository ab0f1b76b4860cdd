"""What the sides of a finding say, laid out as one table: who says it, since when, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from calendar_sync.listings import Listing
from dedupe import phrases, sayings
from dedupe.findings import Fact, Value
from reports.standing import ToldFinding


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says something, since when, and where to read it."""

    listing_id: str
    organisation: str
    """As a person knows it."""
    since: date | None
    url: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one side says of one field; blank text when it is silent."""

    text: str
    language: str = ""
    origin: Origin | None = None
    """None where the head of its column says it already."""
    differs: bool = False
    newest: bool = False
    states: tuple[str, ...] = ()
    """The states named, where several are; *text* then has them all."""
    alone: tuple[str, ...] = ()
    """Those of them that some other side does not name."""
    was: str = ""
    """What it said when the reader was last told of it; blank when that is the same."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over a column: the event's place or the organisation, and who speaks for most of it."""

    label: str
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Row:
    """One field over all columns."""

    field: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """The table. *versions* is True when it is one fact in several versions, which read better one below another."""

    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    versions: bool = False


def sides(told: ToldFinding, names: Mapping[str, str]) -> Sides:
    """Lay out the facts of a finding; *names* are the organisations'.

    Two events are headed by their places, listings of one event by who published them.
    """
    finding = told.finding
    listings = {listing.id: listing for event in finding.events for listing in event.listings}
    rows = [_row(fact, listings, names, told.was.get(fact.field, ())) for fact in finding.facts]
    if not rows:
        return Sides((), ())
    columns = list(zip(*(row.cells for row in rows), strict=True)) if len({len(row.cells) for row in rows}) == 1 else []
    if len(rows) == 1 or not columns:
        heads = tuple(Head(_name(cell), cell.origin) for cell in rows[0].cells)
        return Sides(heads, (_against_newest(rows[0]),), versions=True)
    mains = [_most(column) for column in columns]
    labels = (
        [phrases.where(event) for event in finding.events]
        if len(finding.events) == len(columns)
        else [_name(column[0]) for column in columns]
    )
    heads = tuple(Head(label, main) for label, main in zip(labels, mains, strict=True))
    return Sides(heads, tuple(_without(row, mains) for row in rows))


def by_listing(facts: Sequence[Fact], listings: Sequence[Listing], names: Mapping[str, str]) -> tuple[Row, ...]:
    """Lay out the facts of one event, a column for each of its listings; *names* are the organisations'."""
    known = {listing.id: listing for listing in listings}
    return tuple(_row(fact, known, names, ()) for fact in facts)


def _row(fact: Fact, listings: Mapping[str, Listing], names: Mapping[str, str], was: Sequence[str]) -> Row:
    named = [_states(value) if fact.field == "audience" else () for value in fact.values]
    # Whoever names a group instead of states says nothing about any one of them.
    comparable = len(named) > 1 and all(len(states) > 1 for states in named)
    everywhere = set.intersection(*map(set, named)) if comparable else set()
    # Only where as many values were told before is it clear which one each was.
    before = was if len(was) == len(fact.values) else [value.text for value in fact.values]
    cells = []
    for value, states, then in zip(fact.values, named, before, strict=True):
        listing = listings.get(value.listing_id)
        cells.append(
            Cell(
                text=_plain(fact, value.text),
                language=listing.language if listing and fact.field == "title" else "",
                origin=Origin(
                    value.listing_id,
                    names.get(value.organisation, value.organisation),
                    date.fromisoformat(value.since) if value.since else None,
                    listing.url if listing else "",
                ),
                differs=bool(value.text) and not fact.agrees,
                newest=value.newest,
                states=states if len(states) > 1 else (),
                alone=tuple(state for state in states if state not in everywhere) if comparable else (),
                was=_plain(fact, then) if then != value.text else "",
            )
        )
    return Row(fact.field, tuple(cells))


def _plain(fact: Fact, text: str) -> str:
    if fact.field in ("title", "dates", "place", "phase", "status"):
        return text
    return sayings.beside(sayings.parts(text, "; "), ordered=fact.field == "audience")


def _against_newest(row: Row) -> Row:
    """Mark the versions that say otherwise than the newest."""
    newest = next((cell.text for cell in row.cells if cell.newest), None)
    cells = tuple(replace(cell, differs=bool(cell.text) and newest not in (None, cell.text)) for cell in row.cells)
    return replace(row, cells=cells)


def _states(value: Value) -> tuple[str, ...]:
    return sayings.parts(value.text, "; ")


def _name(cell: Cell) -> str:
    return cell.origin.organisation if cell.origin else ""


def _most(column: Sequence[Cell]) -> Origin | None:
    """Return who speaks for most of a column; the first of equals."""
    spoken = Counter(cell.origin for cell in column if cell.text and cell.origin)
    return spoken.most_common(1)[0][0] if spoken else None


def _same(one: Origin | None, other: Origin | None) -> bool:
    """True when both name the same organisation and day: which of its listings it is, the list of sources tells."""
    return one is not None and other is not None and (one.organisation, one.since) == (other.organisation, other.since)


def _without(row: Row, mains: Sequence[Origin | None]) -> Row:
    """Leave out the origins that the heads give already."""
    return replace(
        row,
        cells=tuple(
            replace(cell, origin=None) if _same(cell.origin, main) or not cell.text else cell
            for cell, main in zip(row.cells, mains, strict=True)
        ),
    )
