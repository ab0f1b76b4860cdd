"""What was decided of some pairs settles others, and outlives listings that leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from dedupe.decisions import Decision, Verdict, decide, following
from dedupe.events import Event
from dedupe.findings import MATERIAL, Finding, Kind, Severity, changed_facts

NOON = datetime(2007, 11, 26, 12, tzinfo=UTC)
DAY = date(2007, 11, 27)


def listing(name: str, **more) -> Listing:
    facts = {"span": Span.exact(DAY), "city": "Gaborone", "country": "BW", **more}
    return Listing(ListingKey(f"feed-{name[0]}", name), name.upper(), f"Workshop as {name} words it", **facts)


A, B, C, D = (listing(name) for name in "abcd")


def said(one: Listing, other: Listing, verdict: Verdict = Verdict.CONFIRMED) -> Decision:
    ids = tuple(sorted((one.id, other.id)))
    return decide(
        Finding(Kind.SAME_EVENT, Severity.INFORMATION, "", (Event(ids[0], (one, other)),), listing_ids=ids),
        verdict, by="ines", at=NOON,
    )  # fmt: skip


def follows(decisions: list[Decision], standing: list[Listing], gone: list[Listing] | None = None) -> dict:
    found = following(decisions, standing, gone or [])
    return {frozenset(decision.finding.ids): decision.verdict for decision in found}


def pair(one: Listing, other: Listing) -> frozenset[str]:
    return frozenset((one.id, other.id))


SAME, OTHER = Verdict.CONFIRMED, Verdict.DISMISSED


def test_what_is_the_same_as_a_third_is_the_same():
    """Nobody should be asked the third question of a triangle."""
    assert follows([said(A, B), said(B, C)], [A, B, C, D]) == {pair(A, C): SAME}
    assert follows([said(A, B), said(B, C, OTHER)], [A, B, C, D]) == {pair(A, C): OTHER}
    assert follows([said(A, B, OTHER), said(B, C, OTHER)], [A, B, C, D]) == {}, "two strangers of one may be friends"


def test_what_was_said_of_a_listing_that_left_still_ties_those_that_stay():
    """The calendar that listed it first has withdrawn it; what two others wrote is what it was."""
    assert follows([said(A, B), said(A, C)], [B, C], [A]) == {pair(B, C): SAME}
    assert follows([said(A, B), said(A, C)], [B, C]) == {}, "who never saw the first must not learn of it"
    moved = replace(C, span=Span.exact(date(2007, 11, 28)))
    assert follows([said(A, B), said(A, C)], [B, moved], [A]) == {}, "it moved since"


def test_what_came_back_under_another_uid_is_what_left():
    """It was away for two nights, and its producer numbers entries anew."""
    again = replace(A, key=ListingKey(A.key.calendar, "a-2"))
    elsewhere = replace(A, key=ListingKey("feed-x", "a"))
    assert follows([said(A, B, OTHER)], [again, B], [A]) == {pair(again, B): OTHER}
    assert follows([said(A, B, OTHER)], [elsewhere, B], [A]) == {}
    twice = replace(A, key=ListingKey(A.key.calendar, "a-3"))
    assert follows([said(A, B, OTHER)], [again, twice, B], [A]) == {}, "nobody can tell which of two it is"


def test_what_was_decided_of_a_pair_itself_comes_first():
    """Coordinators contradict themselves; nothing is read into it."""
    decisions = [said(A, B), said(B, C), said(A, C, OTHER)]

    assert follows(decisions, [A, B, C]) == {}


def event_finding(*listings: Listing) -> Finding:
    return Finding(Kind.CLASH, Severity.HIGH, "", (Event(A.id, listings), Event(D.id, (D,))))


def test_a_listing_that_joins_reopens_only_when_it_brings_news():
    """A third calendar that repeats what is known is no reason to ask again."""
    then = event_finding(A).fingerprint
    audience = replace(B, audience=("BW",))

    assert changed_facts(then, event_finding(A, B).fingerprint) == ()
    assert changed_facts(event_finding(A, B).fingerprint, then) == ()
    assert changed_facts(then, event_finding(A, replace(B, span=None, city="", country="")).fingerprint) == ()
    assert changed_facts(then, event_finding(A, replace(B, city="Francistown")).fingerprint) == ("place",)
    assert changed_facts(then, event_finding(A, audience).fingerprint) == ("audience",)
    assert changed_facts(then, event_finding(replace(A, title="Another")).fingerprint) == ("title",)
    assert changed_facts(then, event_finding(replace(A, span=None)).fingerprint) == ("dates",)
    assert changed_facts(then, "of-an-older-kind") == MATERIAL
