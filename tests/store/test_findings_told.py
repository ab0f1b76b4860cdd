"""What each organisation was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dedupe.decisions import Decision, Verdict
from dedupe.findings import FindingKey, Kind, Severity
from store import findings
from store.findings import Standing, Told

FIRST, SECOND, THIRD = date(2007, 10, 15), date(2007, 11, 26), date(2009, 12, 4)
COMMITTEE = "un1540"


def a_told(*ids: str, **more) -> Told:
    told = Told(
        FindingKey(Kind.CLASH, ids or ("a", "b")), Severity.HIGH, "Two workshops need Botswana on the same days",
        "0011223344556677", '{"states": ["BW"], "where": "Gabor\u00f4ne"}', FIRST, Standing.NEW,
    )  # fmt: skip
    return replace(told, **more)


def test_what_was_told_comes_back_in_its_order(store):
    """The next night says what is new, changed and resolved by comparing with it."""
    one, two = a_told("a", "b"), a_told("c", "d", state=Standing.RESOLVED, severity=Severity.LOW)
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, FIRST, [two, one])
        assert findings.told(db, COMMITTEE, FIRST) == [two, one]
        assert findings.told_before(db, COMMITTEE, SECOND) == [two, one]
        assert findings.told_before(db, COMMITTEE, FIRST) == []
        assert findings.told(db, "au", FIRST) == []


def test_second_run_of_a_night_replaces_what_it_told(store, everything):
    """The same night told twice is one telling; the nights around it stay."""
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, FIRST, [a_told()])
        findings.save_night(db, COMMITTEE, SECOND, [a_told(state=Standing.OPEN), a_told("e")])
    before = everything()
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, SECOND, [a_told(state=Standing.OPEN), a_told("e")])
    assert everything() == before
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, SECOND, [a_told("e")])
        assert findings.told(db, COMMITTEE, SECOND) == [a_told("e")]
        assert findings.told(db, COMMITTEE, FIRST) == [a_told()]


def test_night_without_findings_is_a_night_all_the_same(store):
    """Else what was resolved then would be resolved again every night."""
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, FIRST, [a_told()])
        findings.save_night(db, COMMITTEE, SECOND, [])
        assert findings.told_before(db, COMMITTEE, THIRD) == []
        assert findings.load_queue(db, COMMITTEE) == []


def test_numbers_stay_with_their_findings(store):
    """A coordinator wrote "see 2" into a letter."""
    one, two, three = a_told("a"), a_told("b"), a_told("c")
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, FIRST, [one, two])
        findings.save_night(db, COMMITTEE, SECOND, [three, two])
        findings.save_night(db, COMMITTEE, FIRST, [two, one])
        queue = findings.load_queue(db, COMMITTEE)

        assert [(numbered.number, numbered.told) for numbered in queue] == [(3, three), (2, two)]
        assert findings.number_of(db, COMMITTEE, one.key) == 1
        assert findings.number_of(db, COMMITTEE, FindingKey(Kind.CLASH, ("z",))) is None
        assert findings.by_number(db, COMMITTEE, 1).night == FIRST
        assert findings.by_number(db, COMMITTEE, 4) is None
        assert [numbered.number for numbered in findings.load_queue(db, COMMITTEE, FIRST)] == [2, 1]


def test_number_leads_to_the_finding_as_it_was_last_told(store):
    """`show 1` and `dismiss 1` are about what stands now, and still explain what is resolved."""
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, FIRST, [a_told()])
        findings.save_night(db, COMMITTEE, SECOND, [a_told(fingerprint="new", state=Standing.RESOLVED)])
        numbered = findings.by_number(db, COMMITTEE, 1)

        assert (numbered.told.fingerprint, numbered.told.open, numbered.night) == ("new", False, SECOND)
        assert findings.load_queue(db, COMMITTEE) == []


def test_numbers_of_one_organisation_betray_nothing_of_another(store):
    """A gap in the African Union's numbers would count what is hidden from it."""
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, FIRST, [a_told("a"), a_told("b"), a_told("c")])
        findings.save_night(db, "au", FIRST, [a_told("c")])
        assert findings.number_of(db, "au", a_told("c").key) == 1
        assert findings.by_number(db, "au", 2) is None


def test_finding_told_twice_in_one_night_is_refused(store):
    """It would be counted twice, and decided once."""
    with pytest.raises(ValueError, match="told twice"), store.begin() as db:
        findings.save_night(db, COMMITTEE, FIRST, [a_told(), a_told()])


def test_decision_settles_what_was_told_on_the_same_facts_only():
    """The queue follows the rule of `Decision.settles` without the events at hand."""
    told = a_told()
    noon = datetime(2007, 11, 26, 12, tzinfo=UTC)
    decision = Decision(told.key, Verdict.DISMISSED, told.fingerprint, "ines", noon)

    assert told.settled_by(decision)
    assert not replace(told, fingerprint="moved").settled_by(decision)
    assert not a_told("x").settled_by(decision)


def test_word_no_database_holds_does_not_lose_the_night(store):
    """Titles come from calendars; PostgreSQL refuses NUL."""
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, FIRST, [a_told(title="a\x00b\ud800c")])
        assert findings.told(db, COMMITTEE, FIRST)[0].title == "a\ufffdb\ufffdc"


def test_what_was_resolved_is_remembered_for_half_a_year(store):
    """So that it comes back as the same finding, first told when it was; not for ever, or the list only grows."""
    resolved = a_told(state=Standing.RESOLVED, stood=(("resolved", SECOND),), why="unsupported")
    later, much_later = date(2007, 12, 24), date(2008, 6, 1)
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, FIRST, [a_told(), a_told("e")])
        findings.save_night(db, COMMITTEE, SECOND, [resolved, a_told("e", state=Standing.UNSEEN)])
        findings.save_night(db, COMMITTEE, later, [a_told("c"), a_told("e", state=Standing.RESOLVED)])
        assert findings.told_before(db, COMMITTEE, date(2008, 1, 1)) == [
            a_told("c"), a_told("e", state=Standing.RESOLVED), resolved,
        ]  # fmt: skip
        findings.save_night(db, COMMITTEE, much_later, [])
        assert [told.key.ids for told in findings.told_before(db, COMMITTEE, date(2008, 6, 2))] == [("e",)]
        assert findings.told_before(db, "au", date(2008, 1, 1)) == []


def test_what_was_not_seen_waits_for_nobody(store):
    """Nobody can decide on what is not there; what it is called is still known."""
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, FIRST, [a_told(), a_told("c", state=Standing.UNSEEN)])
        assert [numbered.told.key.ids for numbered in findings.load_queue(db, COMMITTEE)] == [("a", "b")]
        assert findings.by_number(db, COMMITTEE, 2).told.open


def test_every_finding_as_it_was_told_last(store):
    """Results are counted from how each finding ended; bodies, which are long, come only where they are asked for."""
    other = replace(a_told("e"), key=FindingKey(Kind.SERIES, ("e",)))
    resolved = a_told(state=Standing.RESOLVED, why="over")
    with store.begin() as db:
        findings.save_night(db, COMMITTEE, FIRST, [a_told(), other])
        findings.save_night(db, COMMITTEE, SECOND, [resolved])
        findings.save_night(db, "au", THIRD, [a_told("x")])
        assert [*findings.last_told(db, COMMITTEE, THIRD)] == [(FIRST, other), (SECOND, resolved)]
        assert [*findings.last_told(db, COMMITTEE, FIRST)] == [(FIRST, a_told()), (FIRST, other)]
        assert [*findings.last_told(db, COMMITTEE, THIRD, bodies_of=(Kind.CLASH,))] == [
            (FIRST, replace(other, body="")), (SECOND, resolved),
        ]  # fmt: skip
