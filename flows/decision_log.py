"""The log: every decision ever made, who made it, and whether the facts it rests on still stand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from dedupe.decisions import Decision
from dedupe.findings import changed_facts
from flows.loading import kept_open
from flows.queueing import unpacked
from store import decisions, findings, remarks
from store.accounts import Account, Role
from store.findings import Numbered

MOST_ROWS = 100
"""Decisions, and findings, on one page."""


@dataclass(frozen=True, slots=True)
class Made:
    """One decision, as the log tells it."""

    number: int
    decision: Decision
    finding: int | None
    """The finding's number; None where it has another name by now."""
    title: str
    changed: tuple[str, ...]
    """Its material facts that changed since."""


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the log."""

    made: tuple[Made, ...]
    """The newest first."""
    before: int | None
    """Where the next page begins; None on the last."""


def log_of(roster_path: Path, account: Account, before: int | None = None) -> Log:
    """Return a page of every decision ever made, the newest first, from the one *before* that number on.

    An expert reads of those findings only about which they are asked.
    """
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        mine: Collection[str] | None = None
        if account.role is not Role.COORDINATOR:
            mine = [finding for finding, names in remarks.assigned(db).items() if account.name in names]
        rows = decisions.made(db, before=before, most=MOST_ROWS + 1, among=mine)
        told = findings.last_told_of(db, loaded.committee.id, [decision.finding.id for _, decision in rows[:MOST_ROWS]])
    made = tuple(_made(number, decision, told.get(decision.finding.id)) for number, decision in rows[:MOST_ROWS])
    return Log(made, made[-1].number if len(rows) > MOST_ROWS else None)


def _made(number: int, decision: Decision, found: Numbered | None) -> Made:
    if found is None:
        return Made(number, decision, None, "", ())
    changed = changed_facts(decision.fingerprint, found.told.fingerprint)
    return Made(number, decision, found.number, unpacked(found.told)[1], changed)
