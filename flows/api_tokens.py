"""Tokens for programs: who has one, and whom a request with one comes from."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from calendar_sync.errors import OutreachError
from flows.entering import NoAccount
from flows.feeding import digest_of
from flows.loading import kept_open, opened
from store import accounts, api_tokens
from store.accounts import Account
from store.api_tokens import ApiToken

USED_EVERY = timedelta(hours=1)
"""That a program was there is written down once in this time."""
_BEGINNING = "outreach_"
"""By which programs that look for secrets in texts know one of ours."""
_TOKEN_BYTES = 32
_TOKEN = re.compile(re.escape(_BEGINNING) + r"[A-Za-z0-9_-]{43}")


class NoToken(OutreachError):
    """There is no such token."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"There is no token {self.number}. Nothing was changed. Next: outreach accounts token list"


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token, whose text is told this once."""

    token: ApiToken
    text: str = field(repr=False)


def issue(roster_path: Path, account: str, note: str, by: str, now: datetime) -> Issued:
    """Make a token by which a program comes as *account*; *note* says which program.

    Raises:
        NoAccount: There is none of that name.
    """
    text = _BEGINNING + secrets.token_urlsafe(_TOKEN_BYTES)
    with opened(roster_path) as (_, store), store.begin() as db:
        if accounts.load_one(db, account) is None:
            raise NoAccount(f"There is no account {account}")
        return Issued(api_tokens.add(db, account, digest_of(text), note, by, now), text)


def tokens_of(roster_path: Path) -> list[ApiToken]:
    """Return every token, revoked ones too."""
    with opened(roster_path) as (_, store), store.read() as db:
        return api_tokens.load(db)


def revoke_token(roster_path: Path, number: int, now: datetime) -> tuple[ApiToken, bool]:
    """Let nobody in by a token from the next request on; False with it when it was revoked before.

    Raises:
        NoToken: There is no such number.
    """
    with opened(roster_path) as (_, store), store.begin() as db:
        done = api_tokens.revoke(db, number, now)
        found = api_tokens.by_number(db, number)
    if found is None:
        raise NoToken(number)
    return found, done


def bearer(roster_path: Path, text: str) -> tuple[ApiToken, Account] | None:
    """Return the token of that text and its account as it stands now; None for any other text.

    The database compares digests, as `flows.feeding.look_up` says why it may.
    """
    if not _TOKEN.fullmatch(text):
        return None
    with kept_open(roster_path) as (_, store), store.read() as db:
        return api_tokens.standing(db, digest_of(text))


def note_token(roster_path: Path, token: ApiToken, now: datetime) -> None:
    """Note that a token was used, unless that was noted within the hour."""
    if token.last_used is not None and now - token.last_used < USED_EVERY:
        return
    with kept_open(roster_path) as (_, store), store.begin() as db:
        api_tokens.used(db, token.number, now, USED_EVERY)
