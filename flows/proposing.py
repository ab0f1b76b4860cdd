"""Proposals that coordinators keep: saved, seen by others as their owner chose, held against each other's plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from calendar_sync.errors import OutreachError
from calendar_sync.listings import ListingKey
from dedupe.checks import Proposal, somebodys
from dedupe.events import Event
from dedupe.findings import Kind
from flows.latest import Latest, latest
from flows.loading import kept_open
from flows.planned import FIELDS, LONGEST, Planned, check_written, counted, world, written
from store import findings, proposals
from store.proposals import BUSY, VISIBILITIES, Kept

LONGEST_NOTE = 2000
MOST_SHOWN = 8
"""Proposals of a page: each is held against everything known."""
_OF_BUSY = ("start", "end", "days", "city", "country", "online", "audience")
"""What others read of a busy one."""
_CALENDAR = "/proposals"
"""Where proposals are taken to be listed. No calendar that has a page of its own is called so."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A page of proposals, the newest first, each with what it would be found to do, by kind."""

    shown: tuple[tuple[Kept, Mapping[Kind, int] | None], ...]
    """None before the first night."""
    page: int
    all: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.all // MOST_SHOWN))


class NoProposal(OutreachError):
    """There is no such proposal for whoever asks, or it is not theirs to change."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"There is no proposal {self.number} of yours. Nothing was changed. Next: look at the list"


class NothingSaid(OutreachError):
    """Of a workshop that was to be kept nothing is said."""

    def __str__(self) -> str:
        return (
            "Nothing is said of the workshop. Nothing was saved. Next: say at least one thing, such as title or start"
        )


class VisibilityUnknown(OutreachError):
    """A proposal was to be seen by whom nobody knows."""

    def __init__(self, visibility: str) -> None:
        super().__init__(visibility)
        self.visibility = visibility

    def __str__(self) -> str:
        return f"{self.visibility!r} is none of {', '.join(VISIBILITIES)}. Nothing was saved. Next: choose one of them"


def save_proposal(
    roster_path: Path, owner: str, values: Mapping[str, str], visibility: str, note: str, now: datetime
) -> int:
    """Keep a planned workshop and return its number. It gets into no calendar and no report.

    Raises:
        NothingSaid: No field says anything.
        VisibilityUnknown: Nobody knows who is to see it.
    """
    said = _said(values)
    if visibility not in VISIBILITIES:
        raise VisibilityUnknown(visibility)
    with kept_open(roster_path) as (loaded, store), store.begin() as db:
        said_on = findings.last_night(db, loaded.committee.id) or now.date()
        return proposals.add(db, owner, visibility, said, said_on, _noted(note), now)


def change_proposal(
    roster_path: Path, number: int, owner: str, values: Mapping[str, str], visibility: str, note: str
) -> None:
    """Write one's own proposal anew; its words for days are understood as of the latest night.

    Raises:
        NoProposal: It is no proposal of theirs that stands.
        NothingSaid: No field says anything.
        VisibilityUnknown: Nobody knows who is to see it.
    """
    said = _said(values)
    if visibility not in VISIBILITIES:
        raise VisibilityUnknown(visibility)
    with kept_open(roster_path) as (loaded, store), store.begin() as db:
        kept = proposals.by_number(db, number, owner)
        if kept is None:
            raise NoProposal(number)
        said_on = findings.last_night(db, loaded.committee.id) or kept.said_on
        if not proposals.rewrite(db, number, owner, visibility, said, said_on, _noted(note)):
            raise NoProposal(number)


def _said(values: Mapping[str, str]) -> dict[str, str]:
    said = {name: " ".join(values.get(name, "").split())[:LONGEST] for name in FIELDS}
    if not any(said.values()):
        raise NothingSaid
    return said


def _noted(note: str) -> str:
    return " ".join(note.split())[:LONGEST_NOTE]


def standing(roster_path: Path, reader: str, page: int) -> Standing:
    """Return a page of the proposals that an account may know of, with what each would be found to do now."""
    seen = latest(roster_path)
    known = proposals_of(roster_path, reader)
    page = min(page, max(1, -(-len(known) // MOST_SHOWN)))
    shown = known[(page - 1) * MOST_SHOWN : page * MOST_SHOWN]
    if seen is None:
        return Standing(tuple((kept, None) for kept in shown), page, len(known))
    plans = {kept.number: as_seen(kept, seen, reader) for kept in known}
    owners = dict.fromkeys(kept.owner for kept in shown)
    beside = {owner: world(seen, [plans[kept.number] for kept in known if kept.owner != owner]) for owner in owners}
    return Standing(
        tuple((kept, counted(seen, plans[kept.number], beside[kept.owner])) for kept in shown), page, len(known)
    )


def proposals_of(roster_path: Path, reader: str) -> list[Kept]:
    """Return the proposals that an account may know of, the newest first."""
    with kept_open(roster_path) as (_, store), store.read() as db:
        return proposals.load(db, reader)


def proposal(roster_path: Path, number: int, reader: str) -> Kept:
    """Return one proposal.

    Raises:
        NoProposal: There is none that this account may know of.
    """
    with kept_open(roster_path) as (_, store), store.read() as db:
        found = proposals.by_number(db, number, reader)
    if found is None:
        raise NoProposal(number)
    return found


def withdraw(roster_path: Path, number: int, owner: str, now: datetime) -> None:
    """Take one's own proposal back.

    Raises:
        NoProposal: It is no proposal of theirs that stands.
    """
    with kept_open(roster_path) as (_, store), store.begin() as db:
        if not proposals.withdraw(db, number, owner, now):
            raise NoProposal(number)


def show_to(roster_path: Path, number: int, owner: str, visibility: str) -> None:
    """Let others see one's own proposal otherwise.

    Raises:
        NoProposal: It is no proposal of theirs that stands.
        VisibilityUnknown: Nobody knows who is to see it.
    """
    if visibility not in VISIBILITIES:
        raise VisibilityUnknown(visibility)
    with kept_open(roster_path) as (_, store), store.begin() as db:
        if not proposals.change(db, number, owner, visibility):
            raise NoProposal(number)


def check_kept(roster_path: Path, number: int, reader: str) -> Planned | None:
    """Check a proposal as an account may see it, among the proposals of others; None before the first night.

    Raises:
        NoProposal: There is none that stands and that this account may know of.
    """
    seen = latest(roster_path)
    if seen is None:
        return None
    with seen.store.read() as db:
        known = proposals.load(db, reader)
    kept = next((one for one in known if one.number == number), None)
    if kept is None:
        raise NoProposal(number)
    others = [as_seen(one, seen, reader) for one in known if one.owner != kept.owner]
    asked = as_seen(kept, seen, reader)
    return Planned(seen.night, seen.behind, written({}, seen), check_written(seen, asked, others))


def others_for(seen: Latest, reader: str) -> list[Proposal]:
    """Return what the plan of one coordinator is held against: the proposals of others, as far as they show them."""
    with seen.store.read() as db:
        kept = [one for one in proposals.load(db, reader) if one.owner != reader]
    return [as_seen(one, seen, reader) for one in kept]


def proposal_number(event: Event) -> str:
    """Return the number of the proposal that an event is, blank where calendars list it."""
    key = event.listings[0].key
    return key.uid if key.calendar == _CALENDAR else ""


def as_shown(kept: Kept, reader: str) -> Kept:
    """Return a proposal as an account may read it; of another's busy one when, where and for whom."""
    if kept.visibility != BUSY or kept.owner == reader:
        return kept
    return replace(kept, values={name: kept.values.get(name, "") for name in _OF_BUSY}, note="")


def as_seen(kept: Kept, seen: Latest, reader: str) -> Proposal:
    """Return a proposal as a coordinator may see it; of another's busy one only when, where and for whom."""
    told = written(kept.values, seen, kept.said_on).proposal
    if kept.visibility == BUSY and kept.owner != reader:
        told = replace(told, title="", themes=(), organisers=())
    listing = told.as_listing(ListingKey(_CALENDAR, str(kept.number)), kept.owner, somebodys(kept.owner))
    return replace(Proposal.of(listing), days=told.days)
