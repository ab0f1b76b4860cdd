"""The timeline of the desk: the events of some months in lanes, as many as a picture can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from dedupe import phrases
from dedupe.packing import Array
from dedupe.sayings import Tongue
from dedupe.screens import Bools, Ints
from flows.dated_events import Chosen, Shown, by_name, listed_by
from reports.timeline import LABELS, Mark, Timeline, draw_lanes

ZOOMS = (3, 6, 12, 24)
"""Months that may be shown at once."""
MOST_LANES, MOST_BARS = 40, 120
MOST_MARKS = 3
"""Numbers of findings beside one bar."""
_MONTH = {3: 260, 6: 135, 12: 120, 24: 90}
"""Units a month takes."""
_NEXT_BADGE = 8
"""Units between numbers, so that a finger hits the one it means."""


class Sort(StrEnum):
    """What the lanes are."""

    ORGANISATION = "organisation"
    STATE = "state"
    THEME = "theme"


@dataclass(frozen=True, slots=True)
class Row:
    """One event of the picture, as a line of a table, with the lanes it stands in by their names."""

    shown: Shown
    lanes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Laned:
    """Some months of events in lanes, and how much there was no room for."""

    picture: Timeline
    rows: tuple[Row, ...]
    """The same facts, each event once, by their first days."""
    events: int
    """How many there are in these months, whether drawn or not."""
    more_events: int
    more_lanes: int

    @property
    def by_id(self) -> dict[str, Shown]:
        """The events of the picture."""
        return {row.shown.event.id: row.shown for row in self.rows}


def laned(
    chosen: Chosen, sort: Sort, window: tuple[date, date], months: int, rest: tuple[str, str], tongue: Tongue
) -> Laned:
    """Lay out the events from the first day of *window* to before its last: so many *months*, words as in *tongue*.

    *rest* names two more lanes: of events that stand in none, and of those that invite all states.
    """
    first, end = window
    inside = chosen.mask & chosen.latest.within(first, date.fromordinal(end.toordinal() - 1))
    rows = np.flatnonzero(inside)
    names, member = _lanes(chosen, sort, rows, rest, tongue)
    counts = member.sum(axis=0)
    # Those with the most events, in the order in which they are named.
    kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_LANES])
    kept = kept[counts[kept] > 0]
    standing = member[:, kept]
    held = _that_fit(chosen, rows, standing)
    shown = chosen.shown(rows[held].tolist())
    by_row = dict(zip(rows[held].tolist(), standing[held], strict=True))
    lanes = [
        (names[number], [shown[row].event for row in shown if by_row[row][at]])
        for at, number in enumerate(kept.tolist())
    ]
    picture = draw_lanes(
        [(name, events) for name, events in lanes if events],
        {one.event.id: _marks(one) for one in shown.values()},
        window, chosen.latest.night, tongue, width=LABELS + 4 + months * _MONTH[months], next_badge=_NEXT_BADGE,
    )  # fmt: skip
    drawn = [Row(shown[row], tuple(names[at] for at in kept[by_row[row]].tolist())) for row in shown]
    # A lane may be among the kept, and none of its events.
    left = int((counts > 0).sum()) - len(picture.lanes)
    return Laned(picture, tuple(drawn), len(rows), len(rows) - len(drawn), left)


def _that_fit(chosen: Chosen, rows: Ints, standing: Bools) -> Ints:
    """Return which of *rows* make no more than MOST_BARS bars, ascending; an event has one in each of its lanes."""
    place = {row: at for at, row in enumerate(rows.tolist())}
    order = np.array([place[row] for row in chosen.ordered(rows).tolist()], dtype=np.int64)
    bars = standing[order].sum(axis=1)
    fits = (np.cumsum(bars) <= MOST_BARS) & (bars > 0)
    found: Ints = np.sort(order[fits])
    return found


def _marks(shown: Shown) -> list[Mark]:
    return [Mark(one.number, one.told.severity) for one in shown.findings[:MOST_MARKS]]


def _lanes(
    chosen: Chosen, sort: Sort, rows: Ints, rest: tuple[str, str], tongue: Tongue
) -> tuple[Sequence[str], Bools]:
    """Name the lanes, and say which of *rows* stand in which, shape (n_rows, n_lanes).

    Where somebody chose one organisation, state or theme, there is no lane of another.
    """
    if sort is Sort.ORGANISATION:
        organisations = [one for one in chosen.organisations if chosen.choice.organisation in ("", one.id)]
        told = listed_by(chosen.latest, [one.id for one in organisations])[rows]
        return [phrases.organisation(one) for one in organisations], told
    if sort is Sort.THEME:
        wanted = [theme for theme in chosen.themes if chosen.choice.theme in ("", theme)]
        themes = by_name(wanted, phrases.theme, tongue)
        columns = [chosen.columns.sets["themes"].shared([theme])[rows] > 0 for theme in themes]
        member = np.stack(columns, axis=1) if columns else np.zeros((len(rows), 0), dtype=np.bool_)
        return [*map(phrases.theme, themes), rest[0]], _with_rest(member)
    states = by_name([state for state in chosen.states if chosen.choice.state in ("", state)], phrases.state, tongue)
    member = _by_state(chosen, rows, states)
    everybody: Bools = chosen.columns.universal[rows]
    member[everybody] = False
    names = [*map(phrases.state, states), rest[0], rest[1]]
    return names, np.concatenate([_with_rest(member, everybody), everybody[:, None]], axis=1)


def _with_rest(member: Bools, elsewhere: Bools | None = None) -> Bools:
    """Add a lane for what stands in none."""
    alone: Bools = member.sum(axis=1) == 0
    if elsewhere is not None:
        alone &= ~elsewhere
    told: Bools = np.concatenate([member, alone[:, None]], axis=1)
    return told


def _by_state(chosen: Chosen, rows: Ints, states: Sequence[str]) -> Bools:
    """Say which of *rows* invite which of *states* or are held there, shape (n_rows, n_states)."""
    columns = chosen.columns
    words: Array = np.ascontiguousarray(columns.states[rows], dtype="<u8")
    bits = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")
    invited = {name: code for code, name in enumerate(columns.names["states"])}
    # One column more, of nobody: for states that no event invites.
    bits = np.concatenate([bits, np.zeros((len(rows), 1), dtype=np.uint8)], axis=1)
    told: Bools = bits[:, [invited.get(state, -1) for state in states]].astype(np.bool_)
    lane = {state: at for at, state in enumerate(states)}
    held = np.array([lane.get(name, -1) for name in columns.names["country"]], dtype=np.int64)[columns.country[rows]]
    told[np.flatnonzero(held >= 0), held[held >= 0]] = True
    return told
