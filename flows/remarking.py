"""What people say about a finding besides deciding on it: a note, later, ask an expert, do not learn from this."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from calendar_sync.errors import OutreachError
from flows.loading import kept_open
from flows.reviewing import NoSuchFinding
from store import accounts, findings, remarks
from store.accounts import Account, Role
from store.remarks import Remark, Sort

LONGEST_SNOOZE = timedelta(days=366)
LONGEST_NOTE = 2000
_OF_EXPERTS = (Sort.NOTE,)


class RemarkUnusable(OutreachError):
    """Something was said about a finding that cannot be taken."""

    def __init__(self, number: int, what: str, next_step: str) -> None:
        super().__init__(number, what, next_step)
        self.number, self.what, self.next_step = number, what, next_step

    def __str__(self) -> str:
        return f"Finding {self.number}: {self.what}. Nothing was recorded. Next: {self.next_step}"


def remark(
    roster_path: Path,
    number: int,
    sort: Sort,
    account: Account,
    at: datetime,
    *,
    note: str = "",
    until: date | None = None,
    subject: str = "",
) -> None:
    """Record what somebody says about a finding. What is so already is not recorded again.

    Raises:
        NoSuchFinding: No finding has this number, or it is none that this expert is asked about.
        RemarkUnusable: The note says nothing, the day is past or too far ahead, or nobody is an expert of that name.
    """
    note = " ".join(note.split())[:LONGEST_NOTE]
    with kept_open(roster_path) as (loaded, store), store.begin() as db:
        found = findings.by_number(db, loaded.committee.id, number)
        if found is None or not _may(account, sort, remarks.assigned(db).get(found.told.id, frozenset())):
            raise NoSuchFinding(number)
        today = at.astimezone(loaded.committee.time_zone).date()
        _usable(number, sort, note, until, today)
        if sort in (Sort.ASSIGNED, Sort.RELEASED):
            expert = accounts.load_one(db, subject)
            if expert is None or (sort is Sort.ASSIGNED and expert.role is not Role.EXPERT):
                raise RemarkUnusable(number, f"{subject or 'nobody'} is no expert here", "outreach accounts list")
        said = Remark(
            found.told.id, sort, account.name, at, note, subject if sort in (Sort.ASSIGNED, Sort.RELEASED) else "",
            until if sort is Sort.SNOOZED else None, found.told.fingerprint if sort is Sort.SNOOZED else "",
        )  # fmt: skip
        if not _so_already(remarks.about(db, found.told.id), said):
            remarks.add(db, said)


def _may(account: Account, sort: Sort, experts: frozenset[str]) -> bool:
    return account.role is Role.COORDINATOR or (sort in _OF_EXPERTS and account.name in experts)


def _usable(number: int, sort: Sort, note: str, until: date | None, today: date) -> None:
    if sort is Sort.NOTE and not note:
        raise RemarkUnusable(number, "the note is empty", "write what others should know")
    if sort is Sort.SNOOZED and (until is None or not today < until <= today + LONGEST_SNOOZE):
        raise RemarkUnusable(number, "the day lies behind us, or more than a year ahead", "choose another day")


_OPPOSITE = {
    Sort.SNOOZED: Sort.WOKEN, Sort.ASSIGNED: Sort.RELEASED, Sort.NOT_TAUGHT: Sort.TAUGHT, Sort.WOKEN: Sort.SNOOZED,
    Sort.RELEASED: Sort.ASSIGNED, Sort.TAUGHT: Sort.NOT_TAUGHT,
}  # fmt: skip
_TAKES_BACK = (Sort.WOKEN, Sort.RELEASED, Sort.TAUGHT)


def _so_already(said: list[Remark], new: Remark) -> bool:
    """True when the newest remark of this sort and its opposite says the same; a second press changes nothing."""
    sorts = {new.sort, _OPPOSITE.get(new.sort, new.sort)}
    last = next((one for one in reversed(said) if one.sort in sorts and one.subject == new.subject), None)
    if last is None:
        return new.sort in _TAKES_BACK
    return (last.sort, last.until, last.fingerprint, last.note if new.sort is Sort.NOTE else "", last.by) == (
        new.sort, new.until, new.fingerprint, new.note if new.sort is Sort.NOTE else "", new.by,
    )  # fmt: skip


def experts(roster_path: Path) -> list[str]:
    """Return the names of those who can be asked about a finding."""
    with kept_open(roster_path) as (_, store), store.read() as db:
        return [account.name for account in accounts.load(db) if account.role is Role.EXPERT]
