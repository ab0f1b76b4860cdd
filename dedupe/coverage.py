"""Coverage: states by themes and phases over a period; who is left out, who is overloaded, how phases shift.

It is counted in `coverage_columns`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dedupe import phrases
from dedupe.sayings import counted, say

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
        invited, first, last = len(self.rows) - len(self.gaps), phrases.day(self.since), phrases.day(self.until)
        told: list[str] = [
            counted(self.events, "{n} event from {since} to {until}.", "{n} events from {since} to {until}.",
                    since=first, until=last)
            if self.events else say("no events from {since} to {until}.", since=first, until=last)
        ]  # fmt: skip
        if self.group:
            told.append(
                say(
                    "{invited} of the {n} states counted are invited to at least one.",
                    invited=invited, n=len(self.rows),
                )
            )  # fmt: skip
        else:
            told.append(say("States and territories invited to at least one: {invited}.", invited=invited))
        if self.overloaded:
            most = self.overloaded[0]
            told.append(
                counted(
                    len(self.overloaded),
                    "{n} state has {most} or more within twelve months; {state} has {fullest}.",
                    "{n} states have {most} or more within twelve months; {state} has {fullest}.",
                    most=self.load_most, state=most.name, fullest=most.fullest,
                )
            )  # fmt: skip
        if (shift := self.shift) is not None and all(sum(half) for half in shift):
            (before, later), (before_then, later_then) = shift
            told.append(
                say(
                    "Of the events that tell a phase, those of implementation and what follows it were {part} of "
                    "{whole} in the earlier half of the years and {part_since} of {whole_since} since.",
                    part=later, whole=before + later, part_since=later_then, whole_since=before_then + later_then,
                )
            )  # fmt: skip
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
