"""Tokens of programs are known by digest and go with their account, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from store import accounts, api_tokens
from store.accounts import Account, Role

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
INES = Account("ines", Role.COORDINATOR, "", "", "the test", NOON)


def test_a_token_stands_until_it_is_revoked(store):
    """At the next look, not at the next start; and with whatever its account is by then."""
    with store.begin() as db:
        accounts.add(db, INES)
        made = api_tokens.add(db, "ines", "d1", "nightly export", "the test", NOON)
        assert api_tokens.standing(db, "d1") == (made, INES)
        assert api_tokens.standing(db, "") is api_tokens.standing(db, "D1") is None
        assert api_tokens.revoke(db, made.number, NOON)
        assert api_tokens.standing(db, "d1") is None
        assert not api_tokens.revoke(db, made.number, NOON + HOUR)
        assert not api_tokens.revoke(db, 99, NOON)
        assert api_tokens.by_number(db, made.number) == replace(made, revoked=NOON) == api_tokens.load(db)[0]
        assert api_tokens.by_number(db, 99) is None
    with pytest.raises(IntegrityError), store.begin() as db:
        api_tokens.add(db, "ines", "d1", "", "the test", NOON)


def test_tokens_go_with_their_account_and_their_numbers_are_not_given_again(store):
    """Somebody of the same name is somebody else; and an old list revokes nothing new."""
    with store.begin() as db:
        accounts.add(db, INES)
        accounts.add(db, replace(INES, name="omar"))
        kept = api_tokens.add(db, "omar", "d0", "", "the test", NOON)
        gone = api_tokens.add(db, "ines", "d1", "", "the test", NOON)
        assert accounts.remove(db, "ines")
        assert api_tokens.load(db) == [kept]
        accounts.add(db, INES)
        assert api_tokens.standing(db, "d1") is None
    with store.begin() as db:
        assert api_tokens.add(db, "ines", "d2", "", "the test", NOON).number > gone.number


def test_use_is_noted_once_an_hour_whoever_comes_first(store):
    """A hundred requests a minute are one write; an early one that is noted late takes nothing back."""
    with store.begin() as db:
        number = api_tokens.add(db, "ines", "d1", "", "the test", NOON).number
    for at, noted in ((NOON, NOON), (NOON + HOUR / 2, NOON), (NOON + HOUR, NOON + HOUR), (NOON, NOON + HOUR)):
        with store.begin() as db:
            api_tokens.used(db, number, at, HOUR)
            assert api_tokens.load(db)[0].last_used == noted
