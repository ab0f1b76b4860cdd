"""Blind spots: calendars that could not be seen tonight. They are news, and they must not tell what is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from calendar_sync.parts import Part
from calendar_sync.roster import Calendar, Organisation, Roster
from reports.disclosure import may_know_of


@dataclass(frozen=True, slots=True)
class CalendarHealthView:
    """How a calendar fared tonight."""

    calendar: str
    good: bool
    detail: str = ""
    """What happened, as a sentence for whoever runs the service; blank when it was read."""
    last_good: date | None = None
    listings: int = 0
    code: str = ""
    """Name of what happened (`CalendarError.code`); blank when it was read."""
    doubts: frozenset[Part] | None = None
    """When it came with too little to be believed: which parts of it are kept, none named for all of it; else None."""
    since: tuple[tuple[date, frozenset[Part]], ...] = ()
    """Nights after *last_good* on which parts of it were in doubt, the newest first; and which."""


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """A calendar that could not be seen tonight, and what was kept."""

    organisation: str
    calendar: str
    code: str
    """What happened, as far as the reader may know: unreachable, refused or unusable."""
    last_good: date | None
    """The night of the copy that stands; None when there never was one."""
    detail: str = ""
    """The whole account, for the committee's coordinators and the owner; blank for anybody else."""


def known_of(health: Sequence[CalendarHealthView], reader: Organisation, roster: Roster) -> list[CalendarHealthView]:
    """Return how those calendars fared that the reader may know of, as far as what it may read of them goes."""
    return [
        _as_seen(view, reader, roster) for view in health if may_know_of(roster.calendar(view.calendar), reader, roster)
    ]


def _as_seen(view: CalendarHealthView, reader: Organisation, roster: Roster) -> CalendarHealthView:
    """Leave out doubt about parts that the reader may not know of: it would tell that there is something in them."""
    if reader.id in (roster.committee.id, roster.calendar(view.calendar).organisation):
        return view

    def concerns(parts: frozenset[Part]) -> bool:
        return not parts or any(reader.id in part for part in parts)

    if view.doubts is not None and not concerns(view.doubts):
        return CalendarHealthView(view.calendar, good=True)
    seen = next((night for night, parts in view.since if not concerns(parts)), view.last_good)
    return replace(view, last_good=seen)


def blind_spots(known: Sequence[CalendarHealthView], reader: Organisation, roster: Roster) -> tuple[BlindSpot, ...]:
    """Return the blind spots among calendars the reader may know of, in the roster's order."""
    return tuple(_spot(view, roster.calendar(view.calendar), reader, roster) for view in known if not view.good)


def _spot(view: CalendarHealthView, calendar: Calendar, reader: Organisation, roster: Roster) -> BlindSpot:
    # "12 of 40 listings are missing" counts the hidden ones too, and that a calendar came back empty says that it held
    # something: others learn only that it could not be used.
    whole = reader.id in (roster.committee.id, calendar.organisation)
    return BlindSpot(
        calendar.organisation, view.calendar, _CODES.get(view.code, "unusable"), view.last_good,
        detail=view.detail if whole else "",
    )  # fmt: skip


_CODES = {"unreachable": "unreachable", "refused": "refused", "gone": "refused", "oversize": "refused"}
