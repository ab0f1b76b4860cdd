"""One finding, whole: both sides, what was said of it, what its states received, and when it could be held instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from calendar_sync.roster import Roster
from dedupe import phrases
from dedupe.alternatives import Alternative
from dedupe.checks import Proposal
from dedupe.events import Event
from dedupe.findings import Finding, Kind, changed_facts
from dedupe.policy import Policy
from dedupe.proposals import other_dates
from dedupe.received import StateHistory
from flows.composing import known_as_told
from flows.decision_log import Made
from flows.latest import Latest, latest
from flows.loading import kept_open
from flows.queueing import holds, unpacked
from flows.retelling import retold
from flows.reviewing import NoSuchFinding
from reports import standing
from reports.standing import Change, ToldFinding
from store import alerts, decisions, findings, remarks
from store.accounts import Account, Role
from store.findings import GONE, Numbered, Told
from store.remarks import Remark

WEEKS = 4
"""To either side of an event, in which other dates are looked for; a year of them takes half a second."""
_MOVABLE = (Kind.CLASH, Kind.DUPLICATIVE, Kind.FORUM)
"""Kinds of findings that another date may settle."""


@dataclass(frozen=True, slots=True)
class Instead:
    """The event of a finding that could be held at another time, and when; and what its states received."""

    event: Event
    alternatives: tuple[Alternative, ...]
    history: tuple[StateHistory, ...]


@dataclass(frozen=True, slots=True)
class FindingSeen:
    """One finding, and everything that was said of it."""

    number: int
    told: Told
    title: str
    night: date
    """The night it was last told."""
    names: Mapping[str, str]
    """Organisation ids to the names a person knows."""
    card: ToldFinding | None
    """None where a listing of it is not to be had any more."""
    kept: Mapping[str, Any]
    """What the store has of it, for where there is no card."""
    made: tuple[Made, ...]
    """The newest first."""
    remarks: tuple[Remark, ...]
    """Oldest first."""
    experts: frozenset[str]
    """Who is asked for a word on it."""
    snoozed: Remark | None
    """By what it is put off; None where it is not, or no longer."""
    teaches: bool
    """False when nobody is to learn from what is decided on it."""
    instead: Instead | None

    @property
    def newest(self) -> int:
        """The number of the newest decision about it, 0 where there is none."""
        return self.made[0].number if self.made else 0

    @property
    def settled(self) -> bool:
        """True when the newest decision holds."""
        return bool(self.made) and not self.made[0].changed


def finding_seen(roster_path: Path, number: int, account: Account, today: date, *, dates: bool = True) -> FindingSeen:
    """Return one finding as the committee was last told of it; *dates*: with other dates, where that may settle it.

    Raises:
        NoSuchFinding: No finding has this number, or it is none that this expert is asked about.
    """
    with kept_open(roster_path) as (loaded, store), store.read() as db:
        committee = loaded.committee.id
        found = findings.by_number(db, committee, number)
        if found is None:
            raise NoSuchFinding(number)
        told = found.told
        said = remarks.about(db, told.id)
        experts = remarks.assigned(db).get(told.id, frozenset())
        if account.role is not Role.COORDINATOR and account.name not in experts:
            raise NoSuchFinding(number)
        made = decisions.made(db, told.id)
        snoozed = remarks.snoozed(db).get(told.id)
        teaches = told.id not in remarks.not_taught(db)
        (finding,) = retold(db, [found])
        card = _card(db, loaded, found, finding) if finding is not None else None
    kept, title = unpacked(told)
    return FindingSeen(
        number,
        told,
        title,
        found.night,
        {organisation.id: phrases.organisation(organisation) for organisation in loaded.organisations},
        card,
        kept,
        tuple(
            Made(n, decision, number, title, changed_facts(decision.fingerprint, told.fingerprint))
            for n, decision in made
        ),
        tuple(said),
        experts,
        snoozed if snoozed is not None and holds(snoozed, told, today) else None,
        teaches,
        _instead(latest(roster_path), finding) if dates and finding is not None and told.seen else None,
    )


def _card(db: Connection, loaded: Roster, found: Numbered, finding: Finding) -> ToldFinding:
    """Say what is new about it, as its report did."""
    committee, told = loaded.committee.id, found.told
    if told.state in GONE:
        return ToldFinding(found.number, finding, Change(told.state), told.first_night)
    before = findings.last_before(db, committee, told.id, found.night)
    (card,) = standing.told(
        (finding,),
        [known_as_told(before)] if before is not None else [],
        found.night,
        alerted=alerts.told(db, committee, found.night),
        numbers={finding.key.id: found.number},
    )
    return card


def _instead(seen: Latest | None, finding: Finding) -> Instead | None:
    """Look for other dates for that event of a finding which can be moved: the committee's own, else the later one."""
    if seen is None or finding.kind not in _MOVABLE:
        return None
    ahead = [event for event in finding.events if event.span is not None and event.span.earliest > seen.night]
    if not ahead:
        return None
    event = _ours_or_last(ahead)
    loaded = seen.roster
    dates, history = other_dates(
        Proposal.of(event.listings[0]),
        seen.known,
        Policy.from_table(loaded.policy),
        loaded.organisations,
        seen.night,
        weeks=WEEKS,
        listed_as=event.id,
    )
    concerned = set(finding.states)
    return Instead(event, dates, tuple(line for line in history if line.state in concerned))


def _ours_or_last(events: Sequence[Event]) -> Event:
    return next((event for event in events if event.workshop), events[-1])
