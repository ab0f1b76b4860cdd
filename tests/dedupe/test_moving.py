"""Severity by what can still be moved: planned, announced, invitations out, over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.finding import find
from dedupe.findings import Finding, Kind, Severity
from dedupe.matching import Recognition
from dedupe.moving import Stage, stage
from dedupe.policy import Policy, PolicyError
from dedupe.profiles import profile

NIGHT = date(2012, 1, 10)
STATES = ("KE", "UG", "TZ", "RW", "ET")


def a_listing(uid: str, days: int, length: int = 3, **facts: object) -> Listing:
    first = NIGHT + timedelta(days=days)
    known: dict[str, object] = {
        "span": Span.exact(first, first + timedelta(days=length - 1)), "city": "Nairobi", "country": "KE",
        "audience": STATES, "themes": ("legislation",),
    }  # fmt: skip
    title = f"Workshop on resolution 1540 and legislation, {uid}"
    return replace(Listing(ListingKey(uid, uid), uid, title), **(known | facts))  # type: ignore[arg-type]


def reached(listing: Listing, policy: Policy | None = None) -> Stage:
    (event,) = events([listing], Recognition((), ((listing.id,),)))
    return stage(profile(event, ()), NIGHT, policy or Policy())


def between(one: Listing, other: Listing, policy: Policy | None = None) -> Finding:
    known = events([one, other], Recognition((), ((one.id,), (other.id,))))
    found = find(known, [], policy or Policy(), (), NIGHT).findings
    (finding,) = [finding for finding in found if finding.kind in (Kind.CLASH, Kind.DUPLICATIVE)]
    return finding


@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        (a_listing("a", 90), Stage.ANNOUNCED),
        (a_listing("a", 90, status=Status.PROVISIONAL), Stage.PLANNED),
        (a_listing("a", 90, status=Status.TENTATIVE), Stage.PLANNED),
        (a_listing("a", 90, span=Span.vague(NIGHT, NIGHT + timedelta(days=30))), Stage.PLANNED),
        (a_listing("a", 90, span=None), Stage.PLANNED),
        (a_listing("a", 42), Stage.INVITED),
        (a_listing("a", 43), Stage.ANNOUNCED),
        (a_listing("a", 90, extra=(("invitations", "2012-01-09"),)), Stage.INVITED),
        (a_listing("a", 90, extra=(("X-INVITATIONS-SENT", "20120109T120000Z"),)), Stage.INVITED),
        (a_listing("a", 20, extra=(("invitations", "2012-01-15"),)), Stage.ANNOUNCED),
        (a_listing("a", 20, extra=(("invitations", "soon"),)), Stage.INVITED),
        (a_listing("a", 0), Stage.OVER),
        (a_listing("a", -9), Stage.OVER),
    ],
)
def test_how_far_an_event_has_come(listing, expected):
    """Its status, its dates against the night, and the day of the invitations where a calendar tells it."""
    assert reached(listing) is expected


def test_the_day_of_the_invitations_is_read_from_a_spreadsheets_column(tmp_path):
    """A provisional list often has it, and nobody needs a special format."""
    from calendar_sync.reading.kinds import read
    from calendar_sync.roster import Calendar
    from calendar_sync.sources.choosing import source_of

    (tmp_path / "plan.csv").write_text(
        "title,start,end,city,country,Invitations\n"
        "Workshop on resolution 1540,2012-04-02,2012-04-04,Nairobi,KE,2012-01-09\n"
    )
    calendar = Calendar("plan", "c", "plan.csv")
    payload = source_of(calendar, tmp_path).fetch(NIGHT, None)
    assert payload is not None
    (listing,) = read(payload, calendar).listings
    assert reached(listing) is Stage.INVITED


@pytest.mark.parametrize(
    ("one", "other", "severity", "says"),
    [
        (a_listing("a", 90), a_listing("b", 100), Severity.HIGH, "is announced"),
        (a_listing("a", 10), a_listing("b", 100), Severity.HIGH, "begins within 42 days"),
        (a_listing("a", 10), a_listing("b", 20), Severity.MEDIUM, "taken to be out"),
        (a_listing("a", -20), a_listing("b", 20), Severity.MEDIUM, "is over"),
        (a_listing("a", -20), a_listing("b", -1), Severity.LOW, "is under way"),
    ],
)
def test_severity_is_what_the_more_movable_of_two_allows(one, other, severity, says):
    """Where one can be moved, something can be done; where neither can, it is too late to shout."""
    finding = between(one, other)
    assert finding.kind is Kind.DUPLICATIVE
    assert finding.severity is severity
    assert any(says in reason.text for reason in finding.reasons)


def test_a_clash_is_weighed_the_same_way():
    """Delegations booked twice next week are known to their hosts already."""
    assert between(a_listing("a", 90, city="Nairobi"), a_listing("b", 91, city="Kampala", country="UG")).severity is (
        Severity.HIGH
    )
    soon = between(a_listing("a", 5), a_listing("b", 6, city="Kampala", country="UG"))
    assert (soon.kind, soon.severity) == (Kind.CLASH, Severity.MEDIUM)


def test_what_was_not_severe_becomes_no_more_so():
    """The table says at most."""
    assert between(a_listing("a", 90), a_listing("b", 100, themes=(), audience=STATES[:3])).severity is Severity.HIGH
    policy = Policy(announced_at_most="low")
    assert between(a_listing("a", 90), a_listing("b", 100), policy).severity is Severity.LOW
    assert between(a_listing("a", 90), a_listing("b", 100), Policy(announced_at_most="information")).severity is (
        Severity.INFORMATION
    )


def test_a_severity_in_the_policy_is_one_of_four():
    """A slip of the pen must not silence a rule."""
    with pytest.raises(PolicyError, match="use one of: high, medium, low, information"):
        Policy.from_table({"invited_at_most": "urgent"})


def test_severity_alone_reopens_nothing():
    """Days pass; what a coordinator decided on does not change by that."""
    one, other = a_listing("a", 90), a_listing("b", 100)
    known = events([one, other], Recognition((), ((one.id,), (other.id,))))
    prints = {
        finding.fingerprint
        for days in (0, 60, 80, 91)
        for finding in find(known, [], Policy(), (), NIGHT + timedelta(days=days)).findings
        if finding.kind is Kind.DUPLICATIVE
    }
    assert len(prints) == 1
