"""The results of the outreach: each finding from the night it was first told to its end, and each month in numbers.

What the words mean, exactly, is in docs/nights.md. For the committee alone: it is made of what the committee was told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dedupe.decisions import Decision, Verdict
from dedupe.findings import FindingKey, Kind, Severity
from reports.held import PHASES, Holding
from reports.standing import Change, Why

CONFLICTS = (Kind.CLASH, Kind.DUPLICATIVE)
MONTHS_TOLD = 12
"""Months that a night's report tells of; the command tells of all."""


@dataclass(frozen=True, slots=True)
class Line:
    """How a finding stood when it was told last."""

    key: FindingKey
    severity: Severity
    title: str
    first_night: date
    night: date
    state: Change
    why: Why | None = None
    """Why it is not so; None while it is, and where an earlier version did not note it."""
    begins: tuple[date, ...] = ()
    """The first days of its events, as far as they are known."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding, from the night it was first told to its end."""

    line: Line
    decisions: tuple[Decision, ...] = ()
    """What coordinators said of it, in their order."""

    @property
    def conflict(self) -> bool:
        """True for a clash or a duplicate."""
        return self.line.key.kind in CONFLICTS

    @property
    def begins(self) -> date | None:
        """The first day of the earliest of its events that had not begun when it was first told."""
        return min((day for day in self.line.begins if day >= self.line.first_night), default=None)

    @property
    def lead_days(self) -> int | None:
        """Days from the night it was first told to that day."""
        return (self.begins - self.line.first_night).days if self.begins else None

    @property
    def ended(self) -> date | None:
        """The night it was told as resolved; None while it was not."""
        return self.line.night if self.line.state is Change.RESOLVED else None

    @property
    def resolved_in_time(self) -> bool:
        """True when it was no longer so before its event began, and not only by a coordinator's word."""
        solved = self.line.why in (Why.UNSUPPORTED, Why.UNLISTED, Why.CANCELLED)
        return solved and self.ended is not None and self.begins is not None and self.ended < self.begins

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "id": self.line.key.id,
            "kind": str(self.line.key.kind),
            "severity": str(self.line.severity),
            "title": self.line.title,
            "first_night": self.line.first_night.isoformat(),
            "last_night": self.line.night.isoformat(),
            "begins": self.begins.isoformat() if self.begins else None,
            "lead_days": self.lead_days,
            "decisions": [
                {"verdict": str(made.verdict), "by": made.by, "at": made.at.isoformat(), "note": made.note}
                for made in self.decisions
            ],
            "state": str(self.line.state),
            "ended": self.ended.isoformat() if self.ended else None,
            "why": str(self.line.why) if self.line.why and self.ended else None,
        }


@dataclass(frozen=True, slots=True)
class Month:
    """One month in numbers."""

    first: date
    found: int = 0
    """Conflicts first told in it."""
    decided: int = 0
    """Conflicts on which a coordinator last decided in it."""
    resolved: int = 0
    """Conflicts that ended in it before their event began."""
    events: int = 0
    """Events that begin in it and were not cancelled."""
    joint: int = 0
    """Those of them that several organise or sponsor together, or that two became after a confirmed conflict."""
    phases: tuple[tuple[str, int], ...] = ()
    """Events by phase, in the order of PHASES, none left out."""

    @property
    def nothing(self) -> bool:
        """True when there is nothing to tell of it."""
        return not (self.found or self.decided or self.resolved or self.events)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values; the phase of an event that tells none is `unknown`."""
        return {
            "month": f"{self.first:%Y-%m}", "found": self.found, "decided": self.decided, "resolved": self.resolved,
            "events": self.events, "joint": self.joint,
            "phases": {phase or "unknown": number for phase, number in self.phases},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """What came of outreach up to a night."""

    night: date
    entries: tuple[Entry, ...] = ()
    """The latest first."""
    months: tuple[Month, ...] = ()
    """From the month of the first finding to the night's, none left out."""

    def recent(self) -> Ledger:
        """Return the last MONTHS_TOLD months, and the conflicts that were first told or ended in them."""
        months = self.months[-MONTHS_TOLD:]
        since = months[0].first if months else self.night
        entries = tuple(entry for entry in self.entries if entry.conflict and entry.line.night >= since)
        return Ledger(self.night, entries, months)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "night": self.night.isoformat(),
            "months": [month.as_json() for month in self.months],
            "findings": [entry.as_json() for entry in self.entries],
        }


def compile_ledger(
    lines: Iterable[Line],
    decisions: Sequence[Decision],
    holding: Holding,
    names: Mapping[str, str],
    night: date,
) -> Ledger:
    """Put the ledger of a night together; the same arguments in any order give the same ledger.

    *lines* are how each finding was told last, *holding* counts the events of the committee's world, and *names* are
    the ids by which events went before to those by which they go now. A finding that was told on an earlier night last
    and not as resolved goes by another name now, and is left out.
    """
    told = list(lines)
    last = max((line.night for line in told), default=night)
    standing = [line for line in told if line.state is Change.RESOLVED or line.night == last]
    said: dict[FindingKey, list[Decision]] = {}
    for made in sorted(decisions, key=lambda made: (made.at, made.by, made.note)):
        said.setdefault(made.finding.renamed(names), []).append(made)
    entries = tuple(
        Entry(line, tuple(said.get(line.key.renamed(names), ())))
        for line in sorted(standing, key=lambda line: (-line.first_night.toordinal(), line.key))
    )
    return Ledger(night, entries, tuple(_months(entries, holding, names, night)))


def _months(entries: Sequence[Entry], holding: Holding, names: Mapping[str, str], night: date) -> Iterator[Month]:
    if not entries:
        return
    conflicts = [entry for entry in entries if entry.conflict]
    found = Counter(_month(entry.line.first_night) for entry in conflicts)
    decided = Counter(_month(entry.decisions[-1].at.date()) for entry in conflicts if entry.decisions)
    resolved = Counter(_month(entry.ended) for entry in conflicts if entry.ended and entry.resolved_in_time)
    held = holding({id_ for entry in conflicts for id_ in _become_one(entry, names)})
    month = _month(min(entry.line.first_night for entry in entries))
    while month <= night:
        here = held.get(month)
        counted = here.phases if here else {}
        yield Month(
            month, found[month], decided[month], resolved[month], here.events if here else 0, here.joint if here else 0,
            tuple((phase, counted.get(phase, 0)) for phase in PHASES),
        )  # fmt: skip
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _become_one(entry: Entry, names: Mapping[str, str]) -> set[str]:
    """Return the one event that the two of a conflict have become, where a coordinator had confirmed it."""
    ids = set(entry.line.key.renamed(names).ids)
    confirmed = any(made.verdict is Verdict.CONFIRMED for made in entry.decisions)
    return ids if confirmed and len(ids) == 1 else set()


def _month(day: date) -> date:
    return day.replace(day=1)
