"""Looking back and around: one state's history, and the coverage of a group, from what the coordinators know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from calendar_sync.roster import Committee
from dedupe.coverage import Coverage
from dedupe.coverage_columns import coverage
from dedupe.invitations import History, history
from dedupe.meaning import audiences
from dedupe.policy import Policy
from flows.checking import known_on
from flows.loading import opened


def history_of(roster_path: Path, state: str, night: date) -> tuple[History, Committee]:
    """Gather what a state (an ISO code) was invited to, as the committee's coordinators know it on a night."""
    with opened(roster_path) as (loaded, store):
        return history(known_on(loaded, store, night), state, night), loaded.committee


def coverage_of(
    roster_path: Path, night: date, since: date, until: date, groups: Sequence[str] = ()
) -> tuple[Coverage, Committee, tuple[str, ...]]:
    """Count what the states of some groups are invited to; also return the words that name no state and no group.

    Without groups, all states that anything in the period invites are counted. Members are those of the last day.
    """
    with opened(roster_path) as (loaded, store):
        columns = known_on(loaded, store, night).columns
    read = audiences.states(groups, until, loaded.organisations)
    group = " and ".join(groups) if read.states else ""
    covered = coverage(columns, read.states, since, until, Policy.from_table(loaded.policy), group)
    return covered, loaded.committee, read.unknown
