"""What must hold of findings in any world: the order of events, of listings and of words has no say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.events import Event
from dedupe.finding import among, find, relations
from dedupe.findings import Finding, Kind
from dedupe.likeness import likeness
from dedupe.matching import Recognition
from dedupe.policy import Policy
from dedupe.profiles import profile

START = date(2010, 1, 1)
NIGHT = date(2010, 3, 1)
TITLES = (
    "Workshop on implementing resolution 1540 in Africa", "Second workshop on resolution 1540",
    "Séminaire sur la résolution 1540", "Regional workshop on biosecurity", "Side event on resolution 1540",
    "OPCW basic course for customs officers", "Семинар по резолюции 1540", "Meeting of the Committee",
)  # fmt: skip
AUDIENCES = ("KE", "UG", "TZ", "GH", "Kenya", "African Union", "SADC", "Arab States", "EG", "customs", "Member States")
TOWNS = (("Nairobi", "KE"), ("Cairo", "EG"), ("Geneva", "CH"), ("", "KE"), ("", ""))


@st.composite
def spans(draw: st.DrawFn) -> Span | None:
    first = START + timedelta(days=draw(st.integers(0, 400)))
    last = first + timedelta(days=draw(st.integers(0, 6)))
    return draw(st.sampled_from([Span.exact(first, last), Span.vague(first, last + timedelta(days=20)), None]))


@st.composite
def listings(draw: st.DrawFn) -> list[Listing]:
    found = []
    for number in range(draw(st.integers(2, 7))):
        city, country = draw(st.sampled_from(TOWNS))
        found.append(
            Listing(
                ListingKey(f"calendar{number % 3}", str(number)),
                f"ORG{number % 3}",
                draw(st.sampled_from(TITLES)),
                span=draw(spans()),
                city=city,
                country=country,
                organisers=tuple(draw(st.lists(st.sampled_from(["UNODA", "UNREC", "OSCE", "KE"]), max_size=2))),
                audience=tuple(draw(st.lists(st.sampled_from(AUDIENCES), max_size=4))),
                published=START + timedelta(days=draw(st.integers(0, 60))),
                online=draw(st.booleans()),
            )
        )
    return found


def apart(found: list[Listing]) -> list[Event]:
    return events(found, Recognition((), tuple((listing.id,) for listing in found)))


def told(findings: tuple[Finding, ...]) -> list[tuple[object, ...]]:
    return [
        (f.key, f.severity, f.title, f.states, f.days_apart, f.certain, [reason.text for reason in f.reasons])
        for f in findings
    ]


@settings(max_examples=200, deadline=None)
@given(listings(), st.randoms(use_true_random=False))
def test_order_has_no_say(world, shuffler):
    """Same input, same bytes out: calendars answer in any order."""
    before = find(apart(world), [], Policy(), (), NIGHT)
    shuffled = list(world)
    shuffler.shuffle(shuffled)
    assert told(find(apart(shuffled)[::-1], [], Policy(), (), NIGHT).findings) == told(before.findings)


@settings(max_examples=200, deadline=None)
@given(listings())
def test_two_events_have_one_relation_seen_from_either(world):
    """A pair of events has one kind, and which is named first has no say."""
    known = apart(world)
    found = relations(known, Policy())
    pairs = [frozenset((relation.first.id, relation.second.id)) for relation in found]
    assert len(pairs) == len(set(pairs))
    backwards = relations(known[::-1], Policy())
    assert {(r.kind, frozenset((r.first.id, r.second.id))) for r in backwards} == {
        (r.kind, frozenset((r.first.id, r.second.id))) for r in found
    }


@settings(max_examples=200, deadline=None)
@given(listings())
def test_kinds_but_follow_ups_are_mutual(world):
    """Overlap, likeness and a shared audience do not depend on who is asked."""
    one, other = (profile(event, ()) for event in apart(world)[:2])
    assert likeness(one, other) == likeness(other, one)
    if one.span is not None and other.span is not None and one.span.earliest == other.span.earliest:
        forth, back = among(one, other, Policy()), among(other, one, Policy())
        assert (forth and forth.kind) == (back and back.kind)


@settings(max_examples=200, deadline=None)
@given(listings(), st.integers(-20, 20))
def test_shifting_all_dates_changes_no_verdict(world, weeks):
    """Nothing hangs on the calendar year, as long as no membership changes."""
    days = timedelta(weeks=weeks)

    def moved(span: Span | None) -> Span | None:
        if span is None:
            return None
        certain = span.certain and (span.certain[0] + days, span.certain[1] + days)
        return replace(span, earliest=span.earliest + days, latest=span.latest + days, certain=certain)

    shifted = [
        replace(listing, span=moved(listing.span), published=listing.published + days if listing.published else None)
        for listing in world
    ]
    before = find(apart(world), [], Policy(), (), NIGHT).findings
    after = find(apart(shifted), [], Policy(), (), NIGHT + days).findings
    assert [(f.key, f.severity, f.states, f.days_apart) for f in before] == [
        (f.key, f.severity, f.states, f.days_apart) for f in after
    ]


@settings(max_examples=200, deadline=None)
@given(listings())
def test_former_names_and_translations_of_states_change_no_verdict(world):
    """A list that says Quénia invites whom a list that says KE invites."""
    names = {"KE": "Quénia", "UG": "Ouganda", "TZ": "United Republic of Tanzania", "GH": "加纳", "EG": "مصر"}
    renamed = [
        replace(listing, audience=tuple(names.get(word, word) for word in listing.audience)) for listing in world
    ]
    kinds = [(r.kind, r.first.id, r.second.id) for r in relations(apart(world), Policy())]
    assert [(r.kind, r.first.id, r.second.id) for r in relations(apart(renamed), Policy())] == kinds


@settings(max_examples=200, deadline=None)
@given(listings())
def test_findings_between_events_need_one_that_is_still_to_come(world):
    """Nobody can act on what is over."""
    for finding in find(apart(world), [], Policy(), (), NIGHT).findings:
        spans = [event.span for event in finding.events]
        assert any(span is None or span.latest >= NIGHT for span in spans)


@settings(max_examples=200, deadline=None)
@given(listings())
def test_a_duplicate_says_what_it_must(world):
    """States in common, the smaller audience and days apart stand in every duplicative finding."""
    policy = Policy()
    for finding in find(apart(world), [], policy, (), NIGHT).findings:
        if finding.kind is not Kind.DUPLICATIVE:
            continue
        assert len(finding.states) >= policy.shared_audience * finding.smaller_audience > 0
        assert finding.days_apart is not None
        assert finding.days_apart[0] <= finding.days_apart[1]
        assert finding.certain == all(event.span.is_exact for event in finding.events if event.span)
