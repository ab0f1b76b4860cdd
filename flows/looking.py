"""Looking back and around: one state's history, and the coverage of a group, from what the coordinators know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from calendar_sync.roster import Committee, Roster
from dedupe.coverage import Coverage, coverage
from dedupe.invitations import History, history
from dedupe.meaning import audiences
from dedupe.policy import Policy
from dedupe.profiles import Profile, profile
from flows.loading import load, opened


def history_of(roster_path: Path, state: str, night: date) -> tuple[History, Committee]:
    """Gather what a state (an ISO code) was invited to, as the committee's coordinators know it on a night."""
    loaded, known = _known(roster_path, night)
    return history(known, state, night), loaded.committee


def coverage_of(
    roster_path: Path, night: date, since: date, until: date, groups: Sequence[str] = ()
) -> tuple[Coverage, Committee, tuple[str, ...]]:
    """Count what the states of some groups are invited to; also return the words that name no state and no group.

    Without groups, all states that anything in the period invites are counted. Members are those of the last day.
    """
    loaded, known = _known(roster_path, night)
    read = audiences.states(groups, until, loaded.organisations)
    policy = Policy.from_table(loaded.policy)
    covered = coverage(known, read.states, since, until, policy, " and ".join(groups) if read.states else "")
    return covered, loaded.committee, read.unknown


def _known(roster_path: Path, night: date) -> tuple[Roster, list[Profile]]:
    with opened(roster_path) as (loaded, store):
        with store.read() as db:
            known = load(db, loaded, night, before=False)
        events = known.events(loaded.organisation(loaded.committee.id), store)
    return loaded, [profile(event, loaded.organisations, night) for event in events]
