"""Approvals: which organisation may be written to by which channel, and who said so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from store.tables import approvals


@dataclass(frozen=True, slots=True)
class Approval:
    """A coordinator's word that an organisation's reports may go out by a channel."""

    organisation: str
    channel: str
    letter: str
    """The version of the covering letter they had before them."""
    by: str
    at: datetime
    note: str = ""


def save(db: Connection, approval: Approval) -> None:
    """Keep an approval, in place of an earlier one of this channel."""
    withdraw(db, approval.organisation, approval.channel)
    db.execute(insert(approvals).values({name: getattr(approval, name) for name in Approval.__dataclass_fields__}))


def withdraw(db: Connection, organisation: str, channel: str) -> bool:
    """Take an approval back; False when there was none."""
    mine = (approvals.c.organisation == organisation) & (approvals.c.channel == channel)
    return db.execute(delete(approvals).where(mine)).rowcount > 0


def stands(db: Connection, organisation: str, channel: str) -> bool:
    """True when an organisation may be written to by a channel."""
    mine = (approvals.c.organisation == organisation) & (approvals.c.channel == channel)
    return db.execute(select(approvals.c.by).where(mine)).first() is not None


def load(db: Connection) -> dict[tuple[str, str], Approval]:
    """Return every approval by organisation and channel."""
    found = [Approval(**row) for row in db.execute(select(approvals)).mappings()]
    return {(approval.organisation, approval.channel): approval for approval in found}
