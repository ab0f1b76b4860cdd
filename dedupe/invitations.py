"""Invitations: what one state was invited to, by theme and phase, and the assistance it asked for and received."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from calendar_sync.listings import Listing
from dedupe import phrases
from dedupe.event_columns import EventColumns
from dedupe.events import Event
from dedupe.known import Known
from dedupe.meaning import phases
from dedupe.meaning.assistance import asked_in
from dedupe.screens import Ints

ASKED, RECEIVED = "asked", "received"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One event that a state was or is invited to."""

    event: Event
    themes: tuple[str, ...]
    phase: str
    """Blank when nothing tells."""
    states: int
    """How many states were invited."""
    by_name: bool
    """True when the states were named one by one; else a group, or the title's region, was taken."""
    over: bool

    @property
    def listing(self) -> Listing:
        """The newest listing in English, else the newest."""
        listings = self.event.listings
        return next((listing for listing in listings if listing.language.startswith("en")), listings[0])

    @property
    def dates(self) -> str:
        """When, in words."""
        return phrases.dates(self.event.span)

    @property
    def place(self) -> str:
        """Where, in words; blank when nobody says."""
        return phrases.place(self.event.city, self.event.country)


@dataclass(frozen=True, slots=True)
class Assistance:
    """Assistance that a calendar says a state asked for or received."""

    sort: str
    """ASKED or RECEIVED."""
    event: Event
    by: tuple[str, ...]
    """Who gave it or was asked: organisers and sponsors, as worded."""
    listing: Listing
    """Who says so."""


@dataclass(frozen=True, slots=True)
class History:
    """What is known of one state on a night; earliest first, undated last."""

    state: str
    night: date
    invitations: tuple[Invitation, ...]
    assistance: tuple[Assistance, ...]

    @property
    def name(self) -> str:
        """The state's English name."""
        return phrases.state(self.state)

    @property
    def by_theme(self) -> Mapping[str, int]:
        """Events of each theme, most first; an event may have several."""
        counted = Counter(theme for entry in self.invitations for theme in entry.themes)
        return dict(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))

    @property
    def by_phase(self) -> Mapping[str, int]:
        """Events of each phase in their order, those of which nothing tells last."""
        counted = Counter(entry.phase for entry in self.invitations)
        return {phase: counted[phase] for phase in (*phases.ORDER, "") if counted[phase]}

    def as_json(self) -> dict[str, Any]:
        """Return JSON values; the schema is desk/schemas/history.schema.json."""
        return {
            "state": self.state,
            "name": self.name,
            "night": self.night.isoformat(),
            "by_theme": dict(self.by_theme),
            "by_phase": {phase or "untold": number for phase, number in self.by_phase.items()},
            "invitations": [
                {
                    "event": entry.event.id, "title": entry.listing.title, "over": entry.over, "states": entry.states,
                    "by_name": entry.by_name, "themes": list(entry.themes), "phase": entry.phase or None,
                    "earliest": entry.event.span.earliest.isoformat() if entry.event.span else None,
                    "latest": entry.event.span.latest.isoformat() if entry.event.span else None,
                    "exact": entry.event.span.is_exact if entry.event.span else False,
                    "city": entry.event.city or None, "country": entry.event.country or None,
                    "sources": sorted({listing.organisation for listing in entry.event.listings}),
                }
                for entry in self.invitations
            ],
            "assistance": [
                {
                    "sort": entry.sort, "event": entry.event.id, "title": entry.listing.title, "by": list(entry.by),
                    "source": entry.listing.organisation,
                    "since": entry.listing.since.isoformat() if entry.listing.since else None,
                }
                for entry in self.assistance
            ],
        }  # fmt: skip


def history(known: Known, state: str, on: date) -> History:
    """Gather what a state was invited to; events for all states of the world, and cancelled ones, are left out."""
    rows = invited(known.columns, state)
    return History(state, on, invitations(known, rows, on), assistance(known, rows))


def invited(columns: EventColumns, state: str) -> Ints:
    """Return the rows of the events that a state was invited to, earliest first, undated last."""
    rows = np.flatnonzero(columns.inviting(state) & ~columns.cancelled)
    undated = columns.earliest[rows] == 0
    ids = columns.ids[rows].view(">u8")
    found: Ints = rows[np.lexsort((ids[:, 1], ids[:, 0], columns.latest[rows], columns.earliest[rows], undated))]
    return found


def invited_to(columns: EventColumns) -> dict[str, int]:
    """Return to how many events each state was invited, those that were cancelled left out."""
    _, states = columns.invitations
    held = np.repeat(~columns.cancelled, columns.sizes)
    counted = np.bincount(states[held], minlength=len(columns.names["states"]))
    return dict(zip(columns.names["states"], counted.tolist(), strict=True))


def invitations(known: Known, rows: Ints, on: date) -> tuple[Invitation, ...]:
    """Tell some events as what a state was invited to, in the order of *rows*."""
    columns, events = known.columns, known.events(rows.tolist())
    names = columns.names["phase"]
    told = zip(
        events, columns.sets["themes"].several(rows), columns.phase[rows].tolist(), columns.sizes[rows].tolist(),
        columns.named[rows].tolist(), strict=True,
    )  # fmt: skip
    return tuple(
        Invitation(event, tuple(sorted(themes)), names[phase], states, named, _over(event, on))
        for event, themes, phase, states, named in told
    )


def assistance(known: Known, rows: Ints) -> tuple[Assistance, ...]:
    """Tell the assistance that some events are about."""
    rows = assisting(known.columns, rows)
    asked = known.columns.asks[rows].tolist()
    return tuple(_assistance(event, asks) for event, asks in zip(known.events(rows.tolist()), asked, strict=True))


def assisting(columns: EventColumns, rows: Ints) -> Ints:
    """Return the rows of those about assistance to one state alone: of many, nobody says whose."""
    phase = [code for code, name in enumerate(columns.names["phase"]) if name == "assistance"]
    mask = (
        columns.asks | np.isin(columns.phase, phase) | (columns.sets["themes"].shared(["assistance-matchmaking"]) > 0)
    )
    found: Ints = rows[(mask & (columns.sizes == 1))[rows]]
    return found


def _assistance(event: Event, asks: bool) -> Assistance:
    by = tuple(dict.fromkeys(n for li in event.listings for n in (*li.organisers, *li.sponsors)))
    listing = next((li for li in event.listings if asked_in(li)), None) if asks else None
    return Assistance(ASKED if listing else RECEIVED, event, by, listing or event.listings[0])


def _over(event: Event, on: date) -> bool:
    return event.span is not None and event.span.latest < on
