"""Decisions are only ever added."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DatabaseError

from dedupe.decisions import Decision, Verdict
from dedupe.findings import FindingKey, Kind
from store import decisions
from store.connecting import connect
from store.decisions import BEGINNING, ChainBroken
from store.tables import decisions as table

NOON = datetime(2007, 11, 26, 12, tzinfo=UTC)
SAME = FindingKey(Kind.SAME_EVENT, ("a", "b"))
CLASH = FindingKey(Kind.CLASH, ("c", "d"))


def a_decision(**more) -> Decision:
    return replace(Decision(SAME, Verdict.CONFIRMED, "0011", "ines", NOON, "told by phone"), **more)


def unprotect(db) -> None:
    """Do what somebody does who owns the file."""
    if db.dialect.name == "sqlite":
        db.execute(text("DROP TRIGGER decisions_refuse_update"))
        db.execute(text("DROP TRIGGER decisions_refuse_delete"))
    else:
        db.execute(text("DROP TRIGGER decisions_refuse ON decisions"))


def test_newest_decision_about_a_finding_wins(store):
    """A change of mind is one more decision; what was decided before stays in the chain."""
    gaborone = datetime(2007, 11, 26, 15, tzinfo=timezone(timedelta(hours=2)))
    first, clash = a_decision(), a_decision(finding=CLASH, at=gaborone, note="Gabor\u00f4ne")
    changed = a_decision(verdict=Verdict.DISMISSED, by="omar", fingerprint="2233", at=NOON + timedelta(hours=3))
    with store.begin() as db:
        assert [decisions.save(db, decision) for decision in (first, clash, changed)] == [1, 2, 3]
    with store.read() as db:
        assert decisions.load_all(db) == [clash, changed]
        assert decisions.verify_chain(db).length == 3


def test_decisions_cannot_be_changed_or_removed(store):
    """Every value must answer "says who, when"; the database itself refuses."""
    with store.begin() as db:
        decisions.save(db, a_decision())
    for change in (update(table).values(by="nobody"), delete(table)):
        with pytest.raises(DatabaseError, match="append-only"), store.begin() as db:
            db.execute(change)
    with store.read() as db:
        assert decisions.load_all(db) == [a_decision()]


@pytest.mark.parametrize("column", ["verdict", "fingerprint", "by", "at", "note", "ids", "hash", "previous"])
def test_changed_decision_breaks_the_chain(store, column):
    """Whoever owns the file can drop the triggers, but not unnoticed."""
    with store.begin() as db:
        for number in range(3):
            decisions.save(db, a_decision(note=str(number)))
        unprotect(db)
        value = NOON + timedelta(days=1) if column == "at" else "changed"
        db.execute(update(table).where(table.c.number == 2).values({column: value}))
    with store.read() as db, pytest.raises(ChainBroken, match="Decision 2"):
        decisions.verify_chain(db)


def test_removed_or_inserted_decision_breaks_the_chain(store):
    """A gap shows, and so does a row that closes it."""
    with store.begin() as db:
        for number in range(4):
            decisions.save(db, a_decision(note=str(number)))
        unprotect(db)
        db.execute(delete(table).where(table.c.number == 2))
        with pytest.raises(ChainBroken, match="Decision 2"):
            decisions.verify_chain(db)
        db.execute(delete(table).where(table.c.number == 1))
        forged = a_decision()
        db.execute(
            insert(table).values(
                number=1, finding=forged.finding.id, kind="same_event", ids='["a", "b"]', verdict="dismissed",
                fingerprint="0011", by="ines", at=NOON, note="", previous=BEGINNING, hash="0" * 63 + "1",
            )
        )  # fmt: skip
        with pytest.raises(ChainBroken, match="Decision 1"):
            decisions.verify_chain(db)


def test_removed_end_shows_against_a_noted_head(store):
    """The chain alone cannot know that it was longer."""
    with store.begin() as db:
        decisions.save(db, a_decision())
        noted_then = decisions.verify_chain(db)
        decisions.save(db, a_decision(by="omar"))
        noted = decisions.verify_chain(db)
        unprotect(db)
        db.execute(delete(table).where(table.c.number == 2))
        cut = decisions.verify_chain(db)

    assert cut == noted_then
    assert cut != noted


def test_empty_chain_is_intact(store):
    """A new committee has decided nothing."""
    with store.read() as db:
        assert decisions.verify_chain(db) == decisions.Chain(0, BEGINNING)


def test_coordinators_deciding_at_once_make_one_chain(url):
    """Two people at the web desk and one at the command line."""

    def decide(number: int) -> None:
        store = connect(url)
        for again in range(5):
            with store.begin() as db:
                decisions.save(db, a_decision(note=f"{number} {again}"))
        store.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(decide, range(8)))
    store = connect(url)
    with store.read() as db:
        assert decisions.verify_chain(db).length == 40
    store.close()


def test_decision_without_a_time_zone_is_refused(store):
    """Nobody could say when it was made."""
    with pytest.raises(ValueError, match="no time zone"), store.begin() as db:
        decisions.save(db, a_decision(at=NOON.replace(tzinfo=None)))


def test_words_no_database_holds_do_not_break_the_chain(store):
    """Notes are pasted from anywhere."""
    with store.begin() as db:
        decisions.save(db, a_decision(note="a\x00b\udfff"))
        assert decisions.verify_chain(db).length == 1
