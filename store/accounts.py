"""Accounts: who may come to the desk on the web, as what, and who of them is signed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from store.tables import accounts, api_tokens, proposals, sessions


class Role(StrEnum):
    """What somebody may do at the desk."""

    COORDINATOR = "coordinator"
    """Reads everything, decides, and says what goes out."""
    EXPERT = "expert"
    """Reads what coordinators read, and changes nothing."""
    READER = "reader"
    """Reads the report of one organisation."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may come to the desk."""

    name: str
    role: Role
    organisation: str
    """Whose report a reader reads; blank for the others."""
    password: str = field(repr=False)
    """What is kept of the password; blank: it is not by one that they come."""
    by: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in, since when, and when last heard of."""

    account: Account
    created: datetime
    used: datetime


def add(db: Connection, account: Account) -> bool:
    """Keep a new account; False when there is one of that name."""
    if load_one(db, account.name) is not None:
        return False
    db.execute(insert(accounts).values({name: getattr(account, name) for name in Account.__dataclass_fields__}))
    return True


def load(db: Connection) -> list[Account]:
    """Return every account, by name."""
    return [_account(row) for row in db.execute(select(accounts).order_by(accounts.c.name)).mappings()]


def load_one(db: Connection, name: str) -> Account | None:
    """Return the account of that name."""
    row = db.execute(select(accounts).where(accounts.c.name == name)).mappings().first()
    return None if row is None else _account(row)


def remove(db: Connection, name: str) -> bool:
    """Take an account away, its tokens and proposals too, and end its sessions; False when there was none."""
    end_all(db, name)
    db.execute(delete(api_tokens).where(api_tokens.c.account == name))
    # Whoever is later given the same name inherits none.
    db.execute(delete(proposals).where(proposals.c.owner == name))
    return db.execute(delete(accounts).where(accounts.c.name == name)).rowcount == 1


def change_password(db: Connection, name: str, password: str) -> bool:
    """Keep another password and end the account's sessions; False when there is no such account."""
    end_all(db, name)
    return db.execute(update(accounts).where(accounts.c.name == name).values(password=password)).rowcount == 1


def begin_session(db: Connection, account: str, digest: str, now: datetime, *, longest: timedelta) -> None:
    """Keep a new session under the SHA-256 *digest* of its token; those that are over are forgotten."""
    db.execute(delete(sessions).where(sessions.c.created <= now - longest))
    db.execute(insert(sessions).values(digest=digest, account=account, created=now, used=now))


def session(db: Connection, digest: str) -> Session | None:
    """Return the session whose token has this digest, however old, with its account as it stands now."""
    both = select(sessions.c.created.label("since"), sessions.c.used, accounts).join_from(
        sessions, accounts, sessions.c.account == accounts.c.name
    )
    row = db.execute(both.where(sessions.c.digest == digest)).mappings().first()
    return None if row is None else Session(_account(row), row["since"], row["used"])


def session_used(db: Connection, digest: str, now: datetime, every: timedelta) -> None:
    """Note that somebody was there, unless that was noted less than *every* before."""
    long_ago = or_(sessions.c.used.is_(None), sessions.c.used <= now - every)
    db.execute(update(sessions).where(sessions.c.digest == digest, long_ago).values(used=now))


def end_session(db: Connection, digest: str) -> None:
    """Forget a session."""
    db.execute(delete(sessions).where(sessions.c.digest == digest))


def end_all(db: Connection, account: str) -> None:
    """Forget every session of an account."""
    db.execute(delete(sessions).where(sessions.c.account == account))


def _account(row: RowMapping) -> Account:
    return Account(
        **{name: row[name] for name in Account.__dataclass_fields__ if name != "role"}, role=Role(row["role"])
    )
