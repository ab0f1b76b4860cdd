"""Coverage: states by themes and phases over a period; who is left out, who is overloaded, how phases shift."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from dedupe import phrases
from dedupe.meaning import phases
from dedupe.policy import Policy
from dedupe.profiles import Profile

UNTOLD = ""
"""The theme or phase of an event whose words tell none."""
FIRST, LATER = frozenset({"awareness", "reporting"}), frozenset({"implementation", "assistance", "review"})
"""Phases of making a resolution known, and of carrying it out."""


@dataclass(frozen=True, slots=True)
class StateCoverage:
    """What one state was invited to in the period."""

    state: str
    events: int
    fullest: int
    """Most events within the policy's `load_days`; events for more than `load_widest` states aside."""
    cells: Mapping[tuple[str, str], int]
    """Events by theme and phase; an event with several themes counts under each."""
    themes: Mapping[str, int]
    phases: Mapping[str, int]

    @property
    def name(self) -> str:
        """Its English name."""
        return phrases.state(self.state)


@dataclass(frozen=True, slots=True)
class Coverage:
    """States, themes and phases from *since* to *until*, both inclusive."""

    since: date
    until: date
    group: str
    """Whose states these are, in words; blank: all that anything invites."""
    events: int
    rows: tuple[StateCoverage, ...]
    """In the order of their names."""
    themes: tuple[str, ...]
    """Those that occur, UNTOLD last."""
    phases: tuple[str, ...]
    years: tuple[tuple[int, Mapping[str, int]], ...]
    """Events of each phase, year by year, empty years too."""
    load_most: int

    @property
    def gaps(self) -> tuple[StateCoverage, ...]:
        """States that nothing in the period invites."""
        return tuple(row for row in self.rows if not row.events)

    @property
    def overloaded(self) -> tuple[StateCoverage, ...]:
        """States with as many events within twelve months as a `load` finding takes, most first."""
        found = [row for row in self.rows if row.fullest >= self.load_most]
        return tuple(sorted(found, key=lambda row: (-row.fullest, row.name)))

    @property
    def shift(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Events of (first, later) phases in the earlier and the later half of the years; None without two years."""
        if len(self.years) < 2:
            return None
        half = len(self.years) // 2
        earlier, later = (
            (sum(n for _, counted in part for phase, n in counted.items() if phase in FIRST),
             sum(n for _, counted in part for phase, n in counted.items() if phase in LATER))
            for part in (self.years[:half], self.years[half:])
        )  # fmt: skip
        return earlier, later

    def lead(self) -> tuple[str, ...]:
        """Say in sentences what the picture shows."""
        invited = len(self.rows) - len(self.gaps)
        told = [f"{_count(self.events, 'event')} from {phrases.day(self.since)} to {phrases.day(self.until)}."]
        if self.group:
            told.append(f"{invited} of the {len(self.rows)} states counted are invited to at least one.")
        else:
            told.append(f"States and territories invited to at least one: {invited}.")
        if self.overloaded:
            most = self.overloaded[0]
            told.append(
                f"{_count(len(self.overloaded), 'state')} {'has' if len(self.overloaded) == 1 else 'have'} "
                f"{self.load_most} or more within twelve months; {most.name} has {most.fullest}."
            )
        if (shift := self.shift) is not None and all(sum(half) for half in shift):
            (first, later), (first_then, later_then) = shift
            told.append(
                "Of the events that tell a phase, those of implementation and what follows it were "
                f"{_share(later, first)} in the earlier half of the years and {_share(later_then, first_then)} since."
            )
        return tuple(told)

    def as_json(self) -> dict[str, Any]:
        """Return JSON values; the schema is desk/schemas/coverage.schema.json."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "group": self.group or None,
            "lead": " ".join(self.lead()),
            "events": self.events,
            "states": [
                {
                    "state": row.state, "name": row.name, "events": row.events, "fullest": row.fullest,
                    "cells": [
                        {"theme": theme or None, "phase": phase or None, "events": number}
                        for (theme, phase), number in sorted(row.cells.items())
                    ],
                }
                for row in self.rows
            ],
            "gaps": [row.state for row in self.gaps],
            "overloaded": [row.state for row in self.overloaded],
            "years": [
                {"year": year, "phases": {phase or "untold": number for phase, number in counted.items()}}
                for year, counted in self.years
            ],
        }  # fmt: skip


def coverage(
    profiles: Iterable[Profile], states: Iterable[str], since: date, until: date, policy: Policy, group: str = ""
) -> Coverage:
    """Count what each of *states* is invited to from *since* to *until*; without any, all that are invited.

    Events without a date in the period, vaguer ones than `longest_vague_days`, cancelled ones and those for all states
    of the world are left out.
    """
    counted = [
        entry
        for entry in profiles
        if entry.span is not None and not entry.cancelled and entry.states and not entry.universal
        and entry.span.days <= policy.longest_vague_days and since <= entry.span.earliest <= until
    ]  # fmt: skip
    asked = frozenset(states)
    by_state: dict[str, list[Profile]] = {state: [] for state in asked}
    for entry in counted:
        for state in entry.states if not asked else entry.states & asked:
            by_state.setdefault(state, []).append(entry)
    meant = [entry for entry in counted if not asked or entry.states & asked]
    years: dict[int, Counter[str]] = {year: Counter() for year in range(since.year, until.year + 1)}
    for entry in meant:
        if entry.span is not None:
            years[entry.span.earliest.year][entry.phase] += 1
    used = {theme for entry in meant for theme in _themes(entry)}
    phased = {entry.phase for entry in meant}
    rows = [_row(state, entries, policy) for state, entries in by_state.items()]
    return Coverage(
        since=since,
        until=until,
        group=group,
        events=len(meant),
        rows=tuple(sorted(rows, key=lambda row: (row.name, row.state))),
        themes=(*sorted(used - {UNTOLD}), *([UNTOLD] if UNTOLD in used else [])),
        phases=tuple(phase for phase in (*phases.ORDER, UNTOLD) if phase in phased),
        years=tuple((year, MappingProxyType(_in_order(number))) for year, number in years.items()),
        load_most=policy.load_most,
    )


def _themes(entry: Profile) -> Sequence[str]:
    return sorted(entry.themes) or [UNTOLD]


def _row(state: str, entries: Sequence[Profile], policy: Policy) -> StateCoverage:
    cells = Counter((theme, entry.phase) for entry in entries for theme in _themes(entry))
    return StateCoverage(
        state,
        len(entries),
        _fullest(entries, policy),
        MappingProxyType(dict(sorted(cells.items()))),
        MappingProxyType(dict(sorted(Counter(theme for entry in entries for theme in _themes(entry)).items()))),
        MappingProxyType(_in_order(Counter(entry.phase for entry in entries))),
    )


def _fullest(entries: Sequence[Profile], policy: Policy) -> int:
    """Return the most events within `load_days`, counted as a `load` finding counts them."""
    ends = sorted(e.span.latest for e in entries if e.span is not None and len(e.states) <= policy.load_widest)
    within = timedelta(days=policy.load_days)
    return max((at + 1 - bisect_right(ends, end - within) for at, end in enumerate(ends)), default=0)


def _in_order(counted: Mapping[str, int]) -> dict[str, int]:
    return {phase: counted[phase] for phase in (*phases.ORDER, UNTOLD) if counted.get(phase)}


def _share(part: int, other: int) -> str:
    return f"{part} of {part + other}"


def _count(number: int, one: str) -> str:
    return f"{number or 'no'} {one}{'' if number == 1 else 's'}"
