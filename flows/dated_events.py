"""Events that a coordinator looks at by their days: chosen in columns, and read in full only where they are shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from calendar_sync.roster import Organisation
from calendar_sync.spans import Span
from dedupe import sayings
from dedupe.event_columns import EventColumns
from dedupe.events import Event
from dedupe.findings import Kind, is_id
from dedupe.meaning import themes
from dedupe.packing import Array
from dedupe.sayings import Tongue
from dedupe.screens import Bools, Ints
from flows.latest import Latest, latest
from flows.queueing import Queue, Waiting, queue_of


@dataclass(frozen=True, slots=True)
class Choice:
    """Which events somebody wants to see; blank is all of them."""

    organisation: str = ""
    """Its id: events that one of its calendars lists."""
    theme: str = ""
    state: str = ""
    """Its ISO code: events that invite it, or are held there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One event as it is shown: in full, with what marks it."""

    event: Event
    cancelled: bool
    findings: tuple[Waiting, ...]
    """Those about it that need a word."""
    organisations: tuple[Organisation, ...]
    """Those whose calendars list it, the newest word first."""

    @property
    def span(self) -> Span | None:
        """Its dates."""
        return self.event.span

    @property
    def exact(self) -> bool:
        """True when its first and last day are known."""
        return self.event.span is not None and self.event.span.is_exact


@dataclass(frozen=True)
class Chosen:
    """The events somebody chose among all that are known, and what needs a word about any of them."""

    latest: Latest
    waiting: Mapping[int, tuple[Waiting, ...]]
    """By row, whether it is chosen or not."""
    choice: Choice = Choice()

    @cached_property
    def mask(self) -> Bools:
        """Shape (n,): the events chosen."""
        return _mask(self.latest, self.choice)

    @property
    def narrowed(self) -> bool:
        """True when some events may be left out."""
        return self.choice != Choice()

    @property
    def columns(self) -> EventColumns:
        """All events."""
        return self.latest.columns

    @property
    def organisations(self) -> tuple[Organisation, ...]:
        """Those that publish a calendar, in the order of the roster."""
        publishing = {calendar.organisation for calendar in self.latest.roster.calendars}
        return tuple(one for one in self.latest.roster.organisations if one.id in publishing)

    @property
    def states(self) -> tuple[str, ...]:
        """States that any event invites or is held in."""
        names = self.columns.names
        return tuple(sorted({*names["states"], *names["country"]} - {""}))

    @property
    def themes(self) -> tuple[str, ...]:
        """Every theme there is."""
        return tuple(sorted(themes.codes()))

    def ordered(self, rows: Ints) -> Ints:
        """Put rows into the order in which they are shown where there is no room for all.

        The committee's workshops first, then what needs a word, then by their first possible days.
        """
        asked = np.isin(rows, np.fromiter(self.waiting, dtype=np.int64, count=len(self.waiting)))
        # Rows are in the order of first possible days already.
        order: Ints = np.lexsort((rows, ~asked, ~self.columns.workshop[rows]))
        return rows[order]

    def shown(self, rows: Sequence[int]) -> dict[int, Shown]:
        """Return some rows in full, by row."""
        wanted = list(dict.fromkeys(rows))
        known = {one.id: one for one in self.latest.roster.organisations}
        cancelled = self.columns.cancelled
        return {
            row: Shown(
                event,
                bool(cancelled[row]),
                self.waiting.get(row, ()),
                tuple(
                    known[name]
                    for name in dict.fromkeys(listing.organisation for listing in event.listings)
                    if name in known
                ),
            )
            for row, event in zip(wanted, self.latest.events(wanted), strict=True)
        }


def known(roster_path: Path, today: date) -> Chosen | None:
    """Return all events of the latest night to choose among, and what waits on the day *today*; None before the first.

    Raises:
        RosterError, DatabaseUnusable: One of them cannot be used.
    """
    found = latest(roster_path)
    if found is None:
        return None
    with found.store.read() as db:
        queue = queue_of(db, found.roster, found.night, today)
    return Chosen(found, _by_row(found.roster.database_url, found.columns, queue))


_AT_HAND: dict[str, tuple[Queue, EventColumns, Mapping[int, tuple[Waiting, ...]]]] = {}
"""By database: what waits by the rows of its events, and of which queue and which columns that was made."""


def _by_row(database: str, columns: EventColumns, queue: Queue) -> Mapping[int, tuple[Waiting, ...]]:
    kept = _AT_HAND.get(database)
    if kept is None or kept[0] is not queue or kept[1] is not columns:
        kept = _AT_HAND[database] = queue, columns, by_row(columns, queue.waiting)
    return kept[2]


def by_row(columns: EventColumns, waiting: Iterable[Waiting]) -> dict[int, tuple[Waiting, ...]]:
    """Return findings by the rows of the events they are about, in their order."""
    told = [(row, row.told.kind is Kind.SAME_EVENT, [id_ for id_ in row.told.key.ids if is_id(id_)]) for row in waiting]
    events = _at(columns.ids, {id_ for _, of_listings, ids in told if not of_listings for id_ in ids})
    listings = _at(columns.listing_ids, {id_ for _, of_listings, ids in told if of_listings for id_ in ids})
    owners = np.searchsorted(columns.listing_start, np.array([*listings.values()], dtype=np.int64), side="right") - 1
    by_listing = dict(zip(listings, owners.tolist(), strict=True))
    found: dict[int, list[Waiting]] = {}
    for one, of_listings, ids in told:
        rows = by_listing if of_listings else events
        for row in dict.fromkeys(rows[id_] for id_ in ids if id_ in rows):
            found.setdefault(row, []).append(one)
    return {row: tuple(about) for row, about in found.items()}


def _at(column: Array, ids: Collection[str]) -> dict[str, int]:
    """Return where *ids* stand in a column of UUIDs, shape (n, 16); those that stand nowhere are left out."""
    wanted = {bytes.fromhex(id_.replace("-", "")): id_ for id_ in ids}
    if not wanted or not len(column):
        return {}
    # By their first halves at once, then each whole: few are wanted of many.
    halves = np.ascontiguousarray(column).view(np.uint64)[:, 0]
    asked = np.frombuffer(b"".join(wanted), dtype=np.uint8).reshape(-1, 16)
    near = np.flatnonzero(np.isin(halves, asked.view(np.uint64)[:, 0])).tolist()
    whole = ((column[row].tobytes(), row) for row in near)
    return {wanted[id_]: row for id_, row in whole if id_ in wanted}


def _mask(known: Latest, choice: Choice) -> Bools:
    columns = known.columns
    mask: Bools = np.ones(len(columns), dtype=np.bool_)
    if choice.organisation:
        mask &= listed_by(known, [choice.organisation])[:, 0]
    if choice.theme:
        mask &= columns.sets["themes"].shared([choice.theme]) > 0
    if choice.state:
        mask &= (columns.states & columns.bits([choice.state])).any(axis=1) | _held_in(columns, choice.state)
    return mask


def listed_by(known: Latest, organisations: Sequence[str]) -> Bools:
    """Say of each event which of *organisations* list it, shape (n_events, n_organisations)."""
    columns = known.columns
    numbers = {name: number for number, name in enumerate(organisations)}
    owner = {calendar.id: numbers.get(calendar.organisation, -1) for calendar in known.roster.calendars}
    of_calendar = np.array([owner.get(name, -1) for name in columns.names["calendars"]], dtype=np.int64)
    number = of_calendar[columns.calendars]
    event = np.repeat(np.arange(len(columns)), np.diff(columns.listing_start))
    told: Bools = np.zeros((len(columns), len(organisations)), dtype=np.bool_)
    told[event[number >= 0], number[number >= 0]] = True
    return told


def by_name(codes: Iterable[str], named: Callable[[str], str], tongue: Tongue) -> list[str]:
    """Put codes into the alphabetical order of what they are called in *tongue*."""
    return sorted(codes, key=lambda code: sayings.alphabetically(sayings.told(named(code), tongue)))


def _held_in(columns: EventColumns, state: str) -> Bools:
    names = list(columns.names["country"])
    held: Bools = columns.country == (names.index(state) if state in names else -1)
    return held
