"""Who may come to the desk, and who is there: accounts, and the sessions of those who signed in."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from calendar_sync.errors import OutreachError
from flows import passwords
from flows.feeding import digest_of
from flows.loading import kept_open, opened
from store import accounts
from store.accounts import Account, Role, Session

IDLE, LONGEST = timedelta(hours=8), timedelta(days=7)
"""A session ends when nobody was there for so long, and after so long in any case."""
_NOTED_EVERY = timedelta(minutes=5)
_TOKEN_BYTES = 32
_LONGEST_NAME = 100


class NoAccount(OutreachError):
    """There is no such account, or it cannot be made."""

    def __init__(self, what: str, next_step: str = "outreach accounts list") -> None:
        super().__init__(what, next_step)
        self.what, self.next_step = what, next_step

    def __str__(self) -> str:
        return f"{self.what}. Nothing was changed. Next: {self.next_step}"


def accounts_of(roster_path: Path) -> list[Account]:
    """Return every account, by name."""
    with opened(roster_path) as (_, store), store.read() as db:
        return accounts.load(db)


def add_account(
    roster_path: Path, name: str, role: Role, organisation: str, password: str, by: str, now: datetime
) -> Account:
    """Let somebody come to the desk; with a blank *password* only as the web server in front names them.

    Raises:
        NoAccount: The name is taken or none, or a reader has no organisation, or somebody else has one.
        PasswordUnsuitable: It would be guessed.
        RosterError: There is no such organisation.
    """
    if not name.isprintable() or name != name.strip() or not 1 <= len(name) <= _LONGEST_NAME:
        raise NoAccount(f"{name!r} is no name for an account", "write one word, or a mail address")
    if (role is Role.READER) != bool(organisation):
        what = "A reader reads the report of one organisation" if role is Role.READER else f"A {role} reads them all"
        raise NoAccount(what, "--organisation ID goes with --role reader, and with no other")
    with opened(roster_path) as (loaded, store):
        if organisation and not loaded.organisation(organisation).reads_reports:
            raise NoAccount(f"{organisation} gets no report", "in outreach.toml: reads_reports = true")
        made = Account(name, role, organisation, passwords.kept(password) if password else "", by, now)
        with store.begin() as db:
            if not accounts.add(db, made):
                raise NoAccount(f"There is an account {name} already", f"outreach accounts password {name}, or remove")
    return made


def remove_account(roster_path: Path, name: str) -> None:
    """Let somebody no longer come; whoever is signed in by that name is out at the next request.

    Raises:
        NoAccount: There is none.
    """
    with opened(roster_path) as (_, store), store.begin() as db:
        if not accounts.remove(db, name):
            raise NoAccount(f"There is no account {name}")


def set_password(roster_path: Path, name: str, password: str) -> None:
    """Give an account another password, and end its sessions.

    Raises:
        NoAccount: There is none.
        PasswordUnsuitable: It would be guessed.
    """
    keep = passwords.kept(password)
    with opened(roster_path) as (_, store), store.begin() as db:
        if not accounts.change_password(db, name, keep):
            raise NoAccount(f"There is no account {name}")


def sign_in(roster_path: Path, name: str, password: str, now: datetime, *, instead_of: str = "") -> str | None:
    """Begin a session and return its token, which nothing but the browser keeps; None when that is not the password.

    The session *instead_of* ends: nobody goes on with one that somebody else had before them.
    """
    with kept_open(roster_path) as (_, store):
        with store.read() as db:
            found = accounts.load_one(db, name)
        # Outside the transaction: it takes its time on purpose.
        if not passwords.is_same(password, found.password if found is not None else "") or found is None:
            return None
        with store.begin() as db:
            if accounts.load_one(db, name) != found:
                return None
            return _begun(db, name, now, instead_of)


def enter_as_coordinator(roster_path: Path, name: str, now: datetime, *, instead_of: str = "") -> str:
    """Begin a session for whoever started the desk on this machine; they get an account without a password."""
    with kept_open(roster_path) as (_, store), store.begin() as db:
        accounts.add(db, Account(name, Role.COORDINATOR, "", "", "a link of the desk", now))
        return _begun(db, name, now, instead_of)


def who(roster_path: Path, token: str, now: datetime) -> Session | None:
    """Return the session of this token, with its account as it stands now; None when there is none, or it is over."""
    if not token:
        return None
    with kept_open(roster_path) as (_, store), store.read() as db:
        found = accounts.session(db, digest_of(token))
    if found is None or now >= found.created + LONGEST or now >= found.used + IDLE:
        return None
    return found


def is_due(session: Session, now: datetime) -> bool:
    """True when it is time to note that somebody was there."""
    return now - session.used >= _NOTED_EVERY


def named(roster_path: Path, name: str) -> Account | None:
    """Return the account of that name."""
    with kept_open(roster_path) as (_, store), store.read() as db:
        return accounts.load_one(db, name)


def note_presence(roster_path: Path, token: str, now: datetime) -> None:
    """Note that somebody was there, unless that was noted a few minutes ago."""
    with kept_open(roster_path) as (_, store), store.begin() as db:
        accounts.session_used(db, digest_of(token), now, _NOTED_EVERY)


def sign_out(roster_path: Path, token: str) -> None:
    """End a session."""
    with kept_open(roster_path) as (_, store), store.begin() as db:
        accounts.end_session(db, digest_of(token))


def _begun(db: Connection, name: str, now: datetime, instead_of: str) -> str:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    if instead_of:
        accounts.end_session(db, digest_of(instead_of))
    accounts.begin_session(db, name, digest_of(token), now, longest=LONGEST)
    return token
