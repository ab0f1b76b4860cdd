"""`load`: one finding for a state that is invited too often or never, and none that a coordinator would switch off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bench.relations import COLLECTIONS, read
from calendar_sync import roster
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.roster import Member, Organisation
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.decisions import Verdict, decide
from dedupe.events import Event
from dedupe.finding import find
from dedupe.findings import Finding, Kind, Severity
from dedupe.loads import loads
from dedupe.matching import Recognition
from dedupe.policy import Policy
from dedupe.profiles import profile
from reports.concern import Concern

NIGHT = date(2010, 6, 1)
FEW = Policy(load_most=3)
EAC = Organisation("EAC", "East African Community", members=tuple(Member(s) for s in ("KE", "UG", "TZ", "RW", "BI")))


def an_event(days: int, states: tuple[str, ...], **facts: object) -> Listing:
    """Make a listing so many days from the night."""
    uid = str(facts.pop("uid", f"{days} {' '.join(states)}"))
    first = NIGHT + timedelta(days=days)
    known: dict[str, object] = {"span": Span.exact(first, first + timedelta(days=1)), "audience": states}
    return replace(Listing(ListingKey(uid, uid), "UNODA", f"Workshop {uid}"), **(known | facts))  # type: ignore[arg-type]


def world(*listings: Listing, programme: bool = True) -> list[Event]:
    calendars = {listing.key.calendar for listing in listings} if programme else set()
    return events(listings, Recognition((), tuple((listing.id,) for listing in listings)), calendars)


def found(*listings: Listing, policy: Policy = FEW, organisations: tuple[Organisation, ...] = (), on: date = NIGHT,
          programme: bool = True) -> list[Finding]:  # fmt: skip
    told = find(world(*listings, programme=programme), [], policy, organisations, on).findings
    return [finding for finding in told if finding.kind is Kind.LOAD]


THREE = (an_event(-200, ("KE", "UG")), an_event(-100, ("KE", "TZ")), an_event(30, ("KE", "RW")))


def test_three_invitations_in_twelve_months_are_one_finding_with_its_events():
    """The coordinator sees the list, and which is next."""
    (finding,) = found(*THREE)
    assert finding.title == "Kenya is invited to 3 events within twelve months"
    assert (finding.severity, finding.states) == (Severity.LOW, ("KE",))
    assert [event.span for event in finding.events] == [listing.span for listing in THREE]
    assert next(reason.text for reason in finding.reasons if not reason.against).startswith("13–14 November 2009")


def test_twelve_months_end_with_an_event_that_can_still_be_changed():
    """Nobody can act on last year's load, and thirteen months are not twelve."""
    past = (an_event(-200, ("KE", "UG")), an_event(-100, ("KE", "UG")), an_event(-30, ("KE", "UG")))
    assert found(*past, programme=True) == []
    assert found(an_event(-350, ("KE", "UG")), *THREE[1:]) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"status": Status.CANCELLED},
        {"audience": ("African Union",)},
        {"span": Span.vague(NIGHT, NIGHT + timedelta(days=300))},
        {"span": None},
        {"audience": ()},
    ],
)
def test_what_invites_nobody_in_particular_is_not_counted(changed):
    """A cancelled event, a congress of a continent, "some time this year": nobody sends a delegation to those."""
    assert found(*THREE[:2], replace(THREE[2], **changed)) == []


def test_events_for_a_continent_are_named_as_not_counted():
    """The reader must see that they were not overlooked."""
    (finding,) = found(*THREE, an_event(-50, ("African Union",)))
    assert [r.text for r in finding.reasons if r.against] == ["Not counted: 1 event for more than 25 states."]


def test_only_states_of_the_programme_are_counted():
    """Other bodies' audiences are theirs to look after, until the policy names a state."""
    assert found(*THREE, programme=False) == []
    (finding,) = found(*THREE, programme=False, policy=replace(FEW, programme_states=("East African Community", "KE")))
    assert finding.states == ("KE",)
    assert found(*THREE, policy=replace(FEW, programme_states=("UG",))) == []


def test_the_one_member_that_nothing_invites_is_told():
    """Burundi is invited to nothing, while the other four members are."""
    others = (an_event(-100, ("KE", "UG")), an_event(30, ("TZ", "RW")))
    (finding,) = found(*others, organisations=(EAC,))
    assert finding.title == (
        "No event within twelve months invites Burundi, while 4 of the 5 members of East African Community are invited"
    )
    assert (finding.severity, finding.states, len(finding.events)) == (Severity.LOW, ("BI",), 2)


@pytest.mark.parametrize(
    ("listings", "organisation"),
    [
        ((an_event(-100, ("KE", "UG")), an_event(30, ("TZ", "RW")), an_event(-10, ("African Union",))), EAC),
        ((an_event(-100, ("KE", "UG")), an_event(30, ("TZ", "BI"))),
         replace(EAC, members=(*EAC.members, Member("SO")))),
        ((an_event(-100, ("KE", "UG", "TZ", "RW")), an_event(30, ("GH", "NG"))), EAC),
        ((an_event(-100, ("KE", "UG")), an_event(30, ("TZ", "RW"))),
         replace(EAC, members=(*EAC.members[:4], Member("BI", joined=date(2010, 1, 1))))),
        ((an_event(-100, ("KE", "UG")), an_event(30, ("TZ", "RW"))),
         replace(EAC, members=(*EAC.members[:4], Member("EH")))),
    ],
    ids=["invited with a continent", "too few are invited", "nothing of ours ahead", "a new member", "no UN member"],
)  # fmt: skip
def test_who_is_left_out_with_good_reason_is_not_told(listings, organisation):
    """An oversight is one member of many, that could still be invited."""
    assert found(*listings, organisations=(organisation,)) == []


def test_the_matter_is_the_state_whichever_events_come_and_go():
    """One id over nights while it is the same matter."""
    later = NIGHT + timedelta(days=20)
    (first,) = found(*THREE)
    (then,) = found(*THREE, an_event(60, ("KE", "BI")), on=later)
    assert (first.key, first.key.id) == (then.key, then.key.id)
    assert first.key.ids == ("KE often",)
    assert first.key.renamed({first.events[0].id: "another-name-of-that-event"}) == first.key


def test_a_settled_load_returns_only_when_another_event_joins_and_says_so():
    """Events pass by and move; only a further invitation is news."""
    (before,) = found(*THREE)
    decision = decide(before, Verdict.DISMISSED, by="ines", at=datetime(2010, 6, 1, tzinfo=UTC))
    moved = replace(THREE[2], span=Span.exact(NIGHT + timedelta(days=40)), title="Renamed workshop")
    quiet = find(world(*THREE[:2], moved), [decision], FEW, (), NIGHT)
    assert quiet.findings == ()
    assert [finding.key for finding, _ in quiet.settled] == [before.key]

    again = find(world(*THREE, an_event(60, ("KE", "BI"))), [decision], FEW, (), NIGHT)
    ((reopened, _),) = again.reopened
    assert decision.reopened_by(reopened) == ("events",)


def test_it_concerns_the_organisations_of_that_state_and_the_committee():
    """OAS hosts an event that Kenya attends; Kenya's load is none of its business."""
    loaded = roster.load(Path(__file__).parents[2] / "examples" / "1540" / "outreach.toml")
    (finding,) = found(*(replace(listing, organisation="OAS") for listing in THREE))
    concerned = {
        id_
        for id_ in ("1540", "AU", "SADC", "OAS")
        if Concern(loaded.organisation(id_), loaded, NIGHT).finding(finding)
    }
    assert concerned == {"1540", "AU"}


def test_it_does_not_flood_with_every_event_about_the_resolution_taken_as_the_programme(shared):
    """Twenty years of labelled events, every Monday: what a coordinator would have been told."""
    loaded = roster.load(Path(__file__).parents[2] / "examples" / "1540" / "outreach.toml")
    known = []
    for name in COLLECTIONS:
        for event in read(shared, name).events.values():
            ours = any("1540" in listing.title for listing in event.listings)
            known.append(profile(replace(event, workshop=ours), loaded.organisations))
    policy, weekly, matters = Policy(), [], set()
    day = date(2006, 1, 2)
    while day < date(2026, 1, 1):
        near = [
            entry for entry in known if entry.span is not None
            and -policy.look_back_days <= (entry.span.latest - day).days
            and (entry.span.earliest - day).days <= policy.look_ahead_days
        ]  # fmt: skip
        told = loads(near, policy, loaded.organisations, day)
        weekly.append(len(told))
        matters |= {finding.key for finding in told}
        day += timedelta(days=7)
    assert max(weekly) <= 5
    assert sum(weekly) / len(weekly) < 1
    assert 5 <= len(matters) <= 20
