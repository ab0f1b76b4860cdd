"""Invitations: what one state was invited to, by theme and phase, and the assistance it asked for and received."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from calendar_sync.listings import Listing
from dedupe import phrases
from dedupe.events import Event
from dedupe.meaning import phases
from dedupe.meaning.terms import Terms, terms
from dedupe.profiles import Profile

ASKED, RECEIVED = "asked", "received"
_ASKING = (
    "request for assistance", "requests for assistance", "assistance request", "assistance requests",
    "requested assistance", "demande d'assistance", "demandes d'assistance", "solicitud de asistencia",
    "solicitudes de asistencia", "pedido de assistência", "запрос о помощи", "طلب المساعدة",
)  # fmt: skip


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


def history(profiles: Iterable[Profile], state: str, on: date) -> History:
    """Gather what a state was invited to; events for all states of the world, and cancelled ones, are left out."""
    invited = sorted((entry for entry in profiles if not entry.cancelled and state in entry.states), key=_order)
    return History(
        state,
        on,
        tuple(
            Invitation(
                entry.event, tuple(sorted(entry.themes)), entry.phase, len(entry.states), entry.named, entry.over(on)
            )
            for entry in invited
        ),
        tuple(said for entry in invited if (said := _assistance(entry)) is not None),
    )


def _order(entry: Profile) -> tuple[date, date, str]:
    span = entry.span
    return (span.earliest if span else date.max, span.latest if span else date.max, entry.event.id)


def _assistance(entry: Profile) -> Assistance | None:
    """Return the assistance an event is about, where it is for one state alone: of many, nobody says whose."""
    if len(entry.states) != 1:
        return None
    by = tuple(dict.fromkeys(n for li in entry.event.listings for n in (*li.organisers, *li.sponsors)))
    for listing in entry.event.listings:
        if _asking().named_in(f"{listing.title} {listing.description}"):
            return Assistance(ASKED, entry.event, by, listing)
    if entry.phase == "assistance" or "assistance-matchmaking" in set(entry.themes):
        return Assistance(RECEIVED, entry.event, by, entry.event.listings[0])
    return None


@cache
def _asking() -> Terms:
    return terms((words, ASKED) for words in _ASKING)
