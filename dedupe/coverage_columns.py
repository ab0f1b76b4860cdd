"""Coverage, counted in the columns of a night."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from types import MappingProxyType

import numpy as np

from dedupe.coverage import UNTOLD, Coverage, StateCoverage
from dedupe.event_columns import EventColumns
from dedupe.meaning import phases
from dedupe.packing import Array
from dedupe.policy import Policy
from dedupe.screens import Bools


def coverage(
    columns: EventColumns, states: Iterable[str], since: date, until: date, policy: Policy, group: str = ""
) -> Coverage:
    """Count what each of *states* is invited to from *since* to *until*; without any, all that are invited.

    Events without a date in the period, vaguer ones than `longest_vague_days`, cancelled ones and those for all states
    of the world are left out.
    """
    mask = dated(columns, since, until, policy) & (columns.sizes > 0) & ~columns.universal
    asked = frozenset(states)
    if asked:
        mask &= (columns.states & columns.bits(asked)).any(axis=1)
    rows = np.flatnonzero(mask)
    codes = {state: code for code, state in enumerate(columns.names["states"])}
    chosen = {state: codes.get(state) for state in asked} if asked else dict(codes)
    at, states_invited = _several(*columns.invitations, rows)
    cells, phased = _cells(columns, rows, at, states_invited)
    narrow = columns.sizes[rows][at] <= policy.load_widest
    fullest = _fullest(
        states_invited[narrow], columns.latest[rows][at][narrow], len(columns.names["states"]), policy.load_days
    )
    themes, phase_names = (*columns.sets["themes"].names, UNTOLD), columns.names["phase"]
    told = _rows(chosen, cells, phased, fullest, themes, phase_names)
    used = {themes[code] for code in np.unique(_themes(columns, rows)[1]).tolist()}
    seen = {phase_names[code] for code in np.unique(columns.phase[rows]).tolist()}
    return Coverage(
        since=since,
        until=until,
        group=group,
        events=len(rows),
        rows=tuple(sorted((row for row in told if asked or row.events), key=lambda row: (row.name, row.state))),
        themes=(*sorted(used - {UNTOLD}), *([UNTOLD] if UNTOLD in used else [])),
        phases=tuple(phase for phase in (*phases.ORDER, UNTOLD) if phase in seen),
        years=_years(columns, rows, since.year, until.year),
        load_most=policy.load_most,
    )


def hosting(columns: EventColumns, since: date, until: date, policy: Policy) -> dict[str, int]:
    """Count the events held in each state from *since* to *until*, whoever is invited; most first."""
    names = columns.names["country"]
    found = np.bincount(columns.country[dated(columns, since, until, policy)], minlength=len(names)).tolist()
    held = [(state, number) for state, number in zip(names, found, strict=True) if state and number]
    return dict(sorted(held, key=lambda entry: (-entry[1], entry[0])))


def dated(columns: EventColumns, since: date, until: date, policy: Policy) -> Bools:
    """Say of each event whether it begins from *since* to *until*, is dated well enough to count, and not cancelled."""
    days = columns.latest - columns.earliest + 1
    within = (columns.earliest >= since.toordinal()) & (columns.earliest <= until.toordinal())
    found: Bools = within & (columns.earliest > 0) & ~columns.cancelled & (days <= policy.longest_vague_days)
    return found


def by_theme(columns: EventColumns, rows: Array) -> dict[str, int]:
    """Count the themes of some events, most first; an event may have several."""
    themes = columns.sets["themes"]
    mask = np.zeros(len(columns), dtype=np.bool_)
    mask[rows] = True
    counted = [
        (name, int(np.count_nonzero(mask[themes.owners[themes.first[code] : themes.first[code + 1]]])))
        for code, name in enumerate(themes.names)
    ]
    return dict(sorted(((name, n) for name, n in counted if n), key=lambda entry: (-entry[1], entry[0])))


def by_phase(columns: EventColumns, rows: Array) -> dict[str, int]:
    """Count the phases of some events in their order, those of which nothing tells last."""
    names = columns.names["phase"]
    counted = dict(zip(names, np.bincount(columns.phase[rows], minlength=len(names)).tolist(), strict=True))
    return {phase: counted[phase] for phase in (*phases.ORDER, UNTOLD) if counted.get(phase)}


def _cells(columns: EventColumns, rows: Array, at: Array, states: Array) -> tuple[Array, Array]:
    """Count invitations by state, theme and phase, and by state and phase.

    Shapes:
        at, states  (m,)        of each invitation the event, a place in *rows*, and the code of the state
        returns     (s, t + 1, p) and (s, p); the last of the themes is UNTOLD
    """
    s, t, p = len(columns.names["states"]), len(columns.sets["themes"].names) + 1, len(columns.names["phase"])
    phase = columns.phase[rows]
    phased = np.bincount(states * p + phase[at], minlength=s * p).reshape(s, p)
    start, themes = _themes(columns, rows)
    invitation, theme = _several(start, themes, at)
    of = (states * (t * p) + phase[at])[invitation] + theme * p
    return np.bincount(of, minlength=s * t * p).reshape(s, t, p), phased


def _themes(columns: EventColumns, rows: Array) -> tuple[Array, Array]:
    """Return the themes of some events as lists, the code of UNTOLD where there is none; start and codes."""
    themes = columns.sets["themes"]
    at, codes = _several(themes.start, themes.codes, rows)
    having = themes.sizes[rows]
    start = np.concatenate([[0], np.cumsum(np.maximum(having, 1))])
    found = np.full(start[-1], len(themes.names), dtype=np.int32)
    within = np.arange(len(at)) - np.repeat(np.cumsum(having) - having, having)
    found[start[at] + within] = codes
    return start, found


def _several(start: Array, codes: Array, rows: Array) -> tuple[Array, Array]:
    """Return what the lists of some rows hold: of each entry the place in *rows* of its list, and its code."""
    sizes = start[rows + 1] - start[rows]
    at = np.repeat(np.arange(len(rows), dtype=np.int32), sizes)
    within = np.repeat((start[rows] - np.cumsum(sizes) + sizes).astype(np.int32), sizes)
    within += np.arange(len(at), dtype=np.int32)
    return at, codes[within]


def _fullest(states: Array, ends: Array, number: int, days: int) -> Array:
    """Return the most events of each state that end within so many days, counted as a `load` finding counts them."""
    if not len(ends):
        return np.zeros(number, dtype=np.int64)
    width = int(np.ptp(ends)) + 1
    until = np.bincount(states.astype(np.int64) * width + ends - ends.min(), minlength=number * width)
    until = until.reshape(number, width).cumsum(axis=1)
    within = until.copy()
    within[:, days:] -= until[:, : max(width - days, 0)]
    found: Array = within.max(axis=1)
    return found


class _Cells(Mapping[tuple[str, str], int]):
    """Events of a state by theme and phase, in the order of their names: made when somebody looks at them.

    Most pages show the sums only, and a thousand small objects a state take as long to clear away as to make.
    """

    def __init__(self, counted: Array, themes: Sequence[str], phase_names: Sequence[str]) -> None:
        self._counted, self._themes, self._phases = counted, themes, phase_names

    @cached_property
    def _told(self) -> dict[tuple[str, str], int]:
        theme, phase = np.nonzero(self._counted)
        named = ((self._themes[t], self._phases[p]) for t, p in zip(theme.tolist(), phase.tolist(), strict=True))
        return dict(sorted(zip(named, self._counted[theme, phase].tolist(), strict=True)))

    def __getitem__(self, key: tuple[str, str]) -> int:
        return self._told[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


def _rows(
    chosen: Mapping[str, int | None], cells: Array, phased: Array, fullest: Array, themes: Sequence[str],
    phase_names: Sequence[str],
) -> list[StateCoverage]:  # fmt: skip
    """Return what is counted for each state; a state without a code is invited to nothing."""
    in_order = sorted(range(len(themes)), key=themes.__getitem__)
    named = [themes[theme] for theme in in_order]
    phase_of = [(phase, phase_names.index(phase)) for phase in (*phases.ORDER, UNTOLD) if phase in phase_names]
    by_theme, by_phase = cells.sum(axis=2)[:, in_order].tolist(), phased.tolist()
    rows = []
    for state, code in chosen.items():
        if code is None:
            rows.append(StateCoverage(state, 0, 0, MappingProxyType({}), MappingProxyType({}), MappingProxyType({})))
            continue
        mine = by_phase[code]
        rows.append(
            StateCoverage(
                state,
                sum(mine),
                int(fullest[code]),
                _Cells(cells[code], themes, phase_names),
                MappingProxyType({theme: n for theme, n in zip(named, by_theme[code], strict=True) if n}),
                MappingProxyType({phase: mine[at] for phase, at in phase_of if mine[at]}),
            )
        )
    return rows


def _years(
    columns: EventColumns, rows: Array, first: int, last: int
) -> tuple[tuple[int, MappingProxyType[str, int]], ...]:
    years = range(first, last + 1)
    at = np.searchsorted([date(year, 1, 1).toordinal() for year in years], columns.earliest[rows], side="right") - 1
    names: Sequence[str] = columns.names["phase"]
    counted = np.bincount(at * len(names) + columns.phase[rows], minlength=len(years) * len(names))
    told = []
    for year, numbers in zip(years, counted.reshape(len(years), len(names)).tolist(), strict=True):
        of_year = dict(zip(names, numbers, strict=True))
        in_order = {phase: of_year[phase] for phase in (*phases.ORDER, UNTOLD) if of_year.get(phase)}
        told.append((year, MappingProxyType(in_order)))
    return tuple(told)
