"""Tokens: what programs come to the desk with, known here by digest only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from store import accounts
from store.accounts import Account
from store.tables import api_tokens


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One token that was given to somebody. Its text is not in here, nor anywhere."""

    number: int
    account: str
    """Whose it is: the program may what they may."""
    note: str
    """Which program has it."""
    by: str
    created: datetime
    last_used: datetime | None = None
    """True to the hour."""
    revoked: datetime | None = None


def add(db: Connection, account: str, digest: str, note: str, by: str, at: datetime) -> ApiToken:
    """Keep a new token under the SHA-256 *digest* of its text."""
    asked = {"account": account, "digest": digest, "note": note, "by": by, "created": at}
    made = insert(api_tokens).values(asked).returning(*api_tokens.c)
    return _token(db.execute(made).mappings().one())


def standing(db: Connection, digest: str) -> tuple[ApiToken, Account] | None:
    """Return the token with this digest and its account as it stands now, unless it is revoked."""
    mine = select(api_tokens).where(api_tokens.c.digest == digest, api_tokens.c.revoked.is_(None))
    row = db.execute(mine).mappings().first()
    whose = accounts.load_one(db, row["account"]) if row is not None else None
    return (_token(row), whose) if row is not None and whose is not None else None


def load(db: Connection) -> list[ApiToken]:
    """Return every token, revoked ones too, in the order they were made."""
    return [_token(row) for row in db.execute(select(api_tokens).order_by(api_tokens.c.number)).mappings()]


def by_number(db: Connection, number: int) -> ApiToken | None:
    """Return one token, revoked or not."""
    row = db.execute(select(api_tokens).where(api_tokens.c.number == number)).mappings().first()
    return None if row is None else _token(row)


def revoke(db: Connection, number: int, at: datetime) -> bool:
    """Let nobody in by a token from now on; False when there is none, or it was revoked before."""
    mine = update(api_tokens).where(api_tokens.c.number == number, api_tokens.c.revoked.is_(None))
    return db.execute(mine.values(revoked=at)).rowcount == 1


def used(db: Connection, number: int, at: datetime, every: timedelta) -> None:
    """Note that a token was used, unless that was noted less than *every* before."""
    column = api_tokens.c.last_used
    long_ago = or_(column.is_(None), column <= at - every)
    db.execute(update(api_tokens).where(api_tokens.c.number == number, long_ago).values(last_used=at))


def _token(row: RowMapping) -> ApiToken:
    return ApiToken(**{name: row[name] for name in ApiToken.__dataclass_fields__})
