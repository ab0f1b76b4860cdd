"""The review queue, and a coordinator's decisions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from calendar_sync.errors import OutreachError
from calendar_sync.roster import Roster
from dedupe.decisions import Decision, Verdict
from dedupe.findings import Kind, changed_facts
from flows.loading import kept_open, opened
from flows.telling import finding_words
from store import decisions, findings, nights, remarks
from store.findings import Numbered
from store.remarks import Remark, Sort

SERIAL = (Kind.DUPLICATIVE, Kind.CLASH)
"""Kinds of findings of which somebody may say that their events are editions of one programme."""


class NoSuchFinding(OutreachError):
    """No finding has this number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"There is no finding {self.number}. Nothing was changed. Next: outreach findings"


class AlreadyDecided(OutreachError):
    """Somebody decided on a finding since it was shown."""

    def __init__(self, number: int, decision: Decision) -> None:
        super().__init__(number, decision)
        self.number, self.decision = number, decision

    def __str__(self) -> str:
        return (
            f"{self.decision.by} decided on finding {self.number} meanwhile: {self.decision.verdict}. Nothing was "
            "changed. Next: read why, then decide again if you must"
        )


class FindingChanged(OutreachError):
    """A finding is not, or no longer, what was shown when somebody decided on it."""

    def __init__(self, number: int, what: tuple[str, ...]) -> None:
        super().__init__(number, what)
        self.number, self.what = number, what
        """Its material facts that changed; none: it is no longer so."""

    def __str__(self) -> str:
        changed = f"changed meanwhile ({', '.join(self.what)})" if self.what else "is no longer so"
        return f"Finding {self.number} {changed}. Nothing was changed. Next: look at it as it is now, then decide"


class VerdictUnfit(OutreachError):
    """A verdict was given that says nothing about a finding of its kind."""

    def __init__(self, number: int, verdict: Verdict) -> None:
        super().__init__(number, verdict)
        self.number, self.verdict = number, verdict

    def __str__(self) -> str:
        return (
            f"Finding {self.number} cannot be called {self.verdict}. Nothing was changed. Next: confirm or dismiss it"
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody had before them when they decided."""

    fingerprint: str
    """The facts."""
    decision: int
    """The number of the newest decision about it; 0: there was none."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One finding as the committee was told of it; *number* stays with it for good."""

    number: int
    kind: str
    severity: str
    state: str
    """new, changed, open, back, unseen or resolved."""
    title: str
    night: date
    """The night it was last told."""
    first_night: date
    told: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            **self.told,
            "number": self.number,
            "state": self.state,
            "night": self.night.isoformat(),
            "first_night": self.first_night.isoformat(),
        }

    def words(self) -> str:
        """Lay it out for a terminal."""
        return f"Finding {self.number}, {self.state} since {self.first_night}\n{finding_words(self.told)}"


def queue(roster_path: Path, night: date) -> list[QueueEntry]:
    """Return what the committee's coordinators still have to look at, as of the latest night up to *night*.

    What they decided since is not in it.
    """
    with opened(roster_path) as (loaded, store), store.read() as db:
        numbered = _waiting(db, loaded, night)
        made = decisions.load_all(db)
    waiting = [entry for entry in numbered if not any(entry.told.settled_by(decision) for decision in made)]
    return [_entry(entry) for entry in waiting]


def finding(roster_path: Path, number: int, night: date) -> QueueEntry:
    """Return one finding as it was last told, decided or not.

    Raises:
        NoSuchFinding: No finding has this number.
    """
    with opened(roster_path) as (loaded, store), store.read() as db:
        return _entry(_numbered(db, loaded, number, night))


def settle(
    roster_path: Path, number: int, verdict: Verdict, night: date, *, by: str, at: datetime, note: str = ""
) -> None:
    """Record what a coordinator said about a finding, together with the facts it rests on.

    Raises:
        NoSuchFinding: No finding has this number.
    """
    with opened(roster_path) as (loaded, store), store.begin() as db:
        told = _numbered(db, loaded, number, night).told
        decisions.save(db, Decision(told.key, verdict, told.fingerprint, by, at, note))


def decide(
    roster_path: Path,
    number: int,
    verdict: Verdict,
    seen: Seen,
    *,
    by: str,
    at: datetime,
    note: str = "",
    teaches: bool = True,
) -> None:
    """Record a decision, if the finding still is what was *seen* and nobody else decided on it since.

    The same word of the same person again, as by a second press, changes nothing. Unless it *teaches*, nobody learns
    from it how to tell listings apart.

    Raises:
        NoSuchFinding: No finding has this number.
        VerdictUnfit: The verdict is none for its kind.
        FindingChanged, AlreadyDecided: It is not as it was seen; nothing was changed.
    """
    with kept_open(roster_path) as (loaded, store), store.begin() as db:
        decisions.alone(db)
        found = findings.by_number(db, loaded.committee.id, number)
        if found is None:
            raise NoSuchFinding(number)
        told = found.told
        if verdict is Verdict.SERIES and told.kind not in SERIAL:
            raise VerdictUnfit(number, verdict)
        newest = next(iter(decisions.made(db, told.id, most=1)), None)
        if newest is not None and newest[0] != seen.decision:
            made = newest[1]
            if (made.by, made.verdict, made.note, made.fingerprint) == (by, verdict, note, seen.fingerprint):
                return
            raise AlreadyDecided(number, made)
        if told.fingerprint != seen.fingerprint:
            raise FindingChanged(number, changed_facts(seen.fingerprint, told.fingerprint) or ("listings",))
        if not told.seen:
            raise FindingChanged(number, ())
        decisions.save(db, Decision(told.key, verdict, told.fingerprint, by, at, note))
        if teaches == (told.id in remarks.not_taught(db)):
            remarks.add(db, Remark(told.id, Sort.TAUGHT if teaches else Sort.NOT_TAUGHT, by, at))


def _waiting(db: Connection, loaded: Roster, night: date) -> list[Numbered]:
    last = nights.last_before(db, night + timedelta(days=1))
    return findings.load_queue(db, loaded.committee.id, last) if last else []


def _numbered(db: Connection, loaded: Roster, number: int, night: date) -> Numbered:
    waiting = (entry for entry in _waiting(db, loaded, night) if entry.number == number)
    numbered = next(waiting, None) or findings.by_number(db, loaded.committee.id, number)
    if numbered is None:
        raise NoSuchFinding(number)
    return numbered


def _entry(numbered: Numbered) -> QueueEntry:
    told = numbered.told
    return QueueEntry(
        number=numbered.number,
        kind=str(told.kind),
        severity=str(told.severity),
        state=str(told.state),
        title=told.title,
        night=numbered.night,
        first_night=told.first_night,
        told={name: value for name, value in json.loads(told.body).items() if name != "said"},
    )
