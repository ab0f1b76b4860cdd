"""A check uses what the night recognised, and says what it would say without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain

import pytest
from sqlalchemy import delete, select, update

from calendar_sync import roster
from calendar_sync.listings import ListingKey
from calendar_sync.spans import Span
from dedupe.decisions import Decision, Verdict
from dedupe.findings import FindingKey, Kind
from dedupe.proposals import Proposal
from flows import steps
from flows.loading import load, opened
from flows.worlds import fingerprint
from store import calendars, decisions
from store.connecting import connect
from store.tables import event_columns, recognitions

NIGHT = date(2007, 11, 26)
NOON = datetime(2007, 11, 26, 12, tzinfo=UTC)
PLAN = Proposal(
    title="Seminar on resolution 1540 for Africa",
    span=Span.exact(date(2007, 11, 20), date(2007, 11, 21)),
    city="Accra",
    country="GH",
    audience=("GH", "KE", "NG"),
)
HEAVY = (
    "rapidfuzz", "dedupe.columns", "dedupe.matching", "reports.rendering", "flows.syncing", "prefect", "alembic",
    "httpx",
)  # fmt: skip


@pytest.fixture
def night(committee):
    """A night that was read and matched."""
    for name in steps.calendars(committee.config):
        steps.sync_calendar(committee.config, name, NIGHT)
    steps.match(committee.config, NIGHT)
    return committee


def asked(committee) -> str:
    return json.dumps(steps.check_proposal(committee.config, PLAN, NIGHT).as_json(), sort_keys=True)


def database(committee):
    return connect(roster.load(committee.config).database_url)


def kept(committee) -> list[str]:
    store = database(committee)
    with store.read() as db:
        found = list(db.execute(select(recognitions.c.fingerprint)).scalars())
    store.close()
    return found


def test_a_check_is_the_same_with_and_without_what_the_night_kept(night):
    """Being quick must not change an answer."""
    quick = asked(night)
    store = database(night)
    with store.begin() as db:
        db.execute(delete(recognitions))
    store.close()

    assert kept(night) == []
    assert asked(night) == quick
    assert '"findings": []' not in quick
    assert len(kept(night)) == 1, "the first check keeps what it recognised"


def test_a_check_reads_what_was_kept(night):
    """Were it recognised anew each time, keeping it would be for nothing: here two events were put into one."""
    before = asked(night)
    store = database(night)
    with store.begin() as db:
        db.execute(delete(event_columns))
        clusters = json.loads(db.execute(select(recognitions.c.clusters)).scalar_one())
        db.execute(update(recognitions).values(clusters=json.dumps([[*chain(*clusters)]])))
    store.close()

    assert asked(night) != before


def test_new_facts_and_decisions_are_recognised_anew(night):
    """What was kept of yesterday's listings says nothing about today's."""
    first = kept(night)
    night.publish("oas.ics", night.calendar(night.event("oas-2", "Summit", "20071120", "20071122", "Accra, Ghana")))
    steps.sync_calendar(night.config, "oas-events", NIGHT)
    asked(night)
    second = kept(night)
    store = database(night)
    with store.begin() as db:
        one, other, *_ = (listing.id for listing in calendars.known(db, "au-events", NIGHT))
        key = FindingKey(Kind.SAME_EVENT, (one, other))
        decisions.save(db, Decision(key, Verdict.DISMISSED, "seen", "ines", NOON, ""))
    store.close()
    before = asked(night)
    third = kept(night)

    assert len(first) == 1
    assert len(second) == 2
    assert len(third) == 3
    assert asked(night) == before


def test_worlds_of_different_readers_are_never_mixed(night):
    """A reader who sees less must not learn from clusters what was hidden."""
    night.publish(
        "oas.ics",
        night.calendar(
            night.event("oas-1", "Committee", "20071128", "20071129", "Washington"),
            night.event("oas-9", "Secret seminar", "20071120", "20071122", "Accra, Ghana", "CLASS:PRIVATE\n"),
        ),
    )
    steps.sync_calendar(night.config, "oas-events", NIGHT)
    with opened(night.config) as (loaded, store):
        with store.read() as db:
            known = load(db, loaded, NIGHT)
        ours, theirs = (
            fingerprint(loaded, loaded.organisation(name), known.listings, known.decisions) for name in ("OAS", "AU")
        )

    assert ours != theirs


def test_who_cannot_write_is_answered_all_the_same(night, monkeypatch):
    """A check asks; that it would like to remember is no reason to refuse."""
    store = database(night)
    with store.begin() as db:
        db.execute(delete(recognitions))
        db.exec_driver_sql(
            "CREATE TRIGGER no_room BEFORE INSERT ON recognitions "
            "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    store.close()

    assert json.loads(asked(night))["findings"]
    assert kept(night) == []


def test_a_check_loads_nothing_that_matches_when_the_night_kept_it(night):
    """A person waits for the answer; the matching and what writes reports are not asked for it."""
    asked(night)
    body = (
        "import sys\nsys.argv = ['outreach', *sys.argv[1:]]\nfrom desk.cli import main\n"
        f"try:\n    main()\nfinally:\n    print(sorted({set(HEAVY)!r} & sys.modules.keys()), file=sys.stderr)"
    )
    words = ("check", "--title", "Seminar", "--start", "2007-11-20", "--city", "Accra", "--as-of", NIGHT.isoformat())
    done = subprocess.run(
        [sys.executable, "-c", body, *words], cwd=night.folder, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip

    assert (done.stderr.strip(), done.returncode) == ("[]", 0)
    assert "among 4 known events" in done.stdout


def columns_kept(committee) -> list[str]:
    store = database(committee)
    with store.read() as db:
        found = list(db.execute(select(event_columns.c.stamp)).scalars())
    store.close()
    return found


def test_the_night_lays_out_what_a_check_reads(night):
    """Were it laid out by whoever asks first, that person would wait for all events."""
    before = columns_kept(night)
    asked(night)
    assert len(before) == 1
    assert columns_kept(night) == before


def test_columns_of_yesterday_are_not_read_once_something_changed(night):
    """An event withdrawn this morning must be gone from the answer."""
    assert '"kind": "same_event"' in asked(night)
    (before,) = columns_kept(night)
    night.publish(
        "au.ics", night.calendar(night.event("au-2", "Summit", "20080131", "20080203", "Addis Ababa, Ethiopia"))
    )
    steps.sync_calendar(night.config, "au-events", NIGHT)
    assert '"kind": "same_event"' not in asked(night)
    (after,) = columns_kept(night)
    assert after != before


def test_a_calendar_read_again_unchanged_leaves_the_columns_as_they_are(night):
    """Calendars are read every hour; a check must not pay for that."""
    before = columns_kept(night)
    for name in steps.calendars(night.config):
        steps.sync_calendar(night.config, name, NIGHT)
    asked(night)
    assert columns_kept(night) == before


def test_rows_of_a_plan_are_held_against_each_other_and_not_against_themselves(night):
    """Two of our own on one day is the first thing a plan must not do."""
    listing = PLAN.as_event().listings[0]
    rows = [replace(listing, key=ListingKey("plan", name)) for name in ("one", "two")]
    alone = steps.check_proposal(night.config, Proposal.of(rows[0]), NIGHT)
    both = steps.check_proposals(night.config, [Proposal.of(row) for row in rows], NIGHT)
    for answer in both:
        assert answer.known_events == alone.known_events + 1
        assert answer.counts[Kind.SAME_EVENT] == alone.counts.get(Kind.SAME_EVENT, 0) + 1
