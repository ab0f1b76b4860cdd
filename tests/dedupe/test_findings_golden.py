"""The golden cases: what must be found, and what must not, in listings as their sources worded them.

Facts from UN press releases, US Department of State and press pages; see examples/1540/PROVENANCE.md.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.roster import Organisation
from calendar_sync.spans import Overlap, Span
from dedupe.assembling import events
from dedupe.decisions import Verdict, decide
from dedupe.events import Event
from dedupe.finding import find
from dedupe.findings import Finding, Kind
from dedupe.matching import Recognition
from dedupe.policy import Policy

CAIRO = [
    "CG", "CD", "EG", "ET", "GH", "KE", "LY",
    "MR", "MA", "NG", "ZA", "SD", "TZ", "UG",
]  # fmt: skip
NAIROBI_ENGLISH = [
    "DZ", "BW", "BF", "CM", "CD", "CG", "EG", "ET", "GA", "GH",
    "KE", "LY", "ML", "MA", "NG", "SN", "ZA", "TZ", "TN", "UG",
]  # fmt: skip
NAIROBI_FRENCH = [
    "ZA", "DZ", "BW", "BF", "CM", "EG", "ET", "GA", "GH",
    "KE", "LY", "ML", "MA", "NG", "UG", "SN", "CD", "TZ", "TN",
]  # fmt: skip
NIGHT = date(2009, 12, 4)


def a_listing(uid: str, title: str, first: str = "", last: str = "", **facts: object) -> Listing:
    span = Span.exact(date.fromisoformat(first), date.fromisoformat(last or first)) if first else None
    return replace(Listing(ListingKey(str(facts.pop("calendar", uid)), uid), uid, title, span=span), **facts)  # type: ignore[arg-type]


def cairo() -> Listing:
    return a_listing(
        "cairo",
        "Egypt to Host United Nations Workshop on Implementing Security Council Resolution 1540 (2004), in Cairo, "
        "7 to 10 December",
        "2009-12-07", "2009-12-10", city="Cairo", country="EG", audience=tuple(CAIRO),
        organisers=("UNODA", "Government of Egypt"), published=date(2009, 12, 3),
    )  # fmt: skip


def nairobi(**facts: object) -> Listing:
    known: dict[str, object] = {
        "city": "Nairobi", "country": "KE", "audience": tuple(NAIROBI_ENGLISH), "organisers": ("US", "KE", "UNODA"),
    }  # fmt: skip
    title = str(facts.pop("title", "Regional workshop on national and regional implementation of resolution 1540"))
    return a_listing(str(facts.pop("uid", "nairobi")), title, "2010-02-02", "2010-02-04", **(known | facts))


def apart(*listings: Listing) -> list[Event]:
    return events(listings, Recognition((), tuple((listing.id,) for listing in listings)))


def together(*listings: Listing) -> list[Event]:
    return events(listings, Recognition((), (tuple(listing.id for listing in listings),)))


def found(known: list[Event], on: date = NIGHT, organisations: tuple[Organisation, ...] = ()) -> tuple[Finding, ...]:
    return find(known, [], Policy(), organisations, on).findings


def only(kind: Kind, findings: tuple[Finding, ...]) -> Finding:
    (finding,) = [finding for finding in findings if finding.kind is kind]
    return finding


def test_cairo_and_nairobi_reach_twelve_of_fourteen_states_54_days_apart():
    """E11/E12: the case the product exists for."""
    finding = only(Kind.DUPLICATIVE, found(apart(cairo(), nairobi())))
    assert (len(finding.states), finding.smaller_audience) == (12, 14)
    assert finding.days_apart == (54, 54)
    assert finding.certain
    assert "Cairo, 7–10 December 2009" in finding.title
    assert "Nairobi, 2–4 February 2010" in finding.title


def test_the_french_list_shares_eleven():
    """The French list of E12 names one state fewer, the Congo."""
    finding = only(Kind.DUPLICATIVE, found(apart(cairo(), nairobi(audience=tuple(NAIROBI_FRENCH)))))
    assert len(finding.states) == 11


def test_a_vague_nairobi_is_possible_at_43_to_52_days():
    """On the night of 4 December 2009 Nairobi was only known as the last ten days of January."""
    vague = nairobi(span=Span.vague(date(2010, 1, 22), date(2010, 1, 31)), date_text="last 10 days of January 2010")
    finding = only(Kind.DUPLICATIVE, found(apart(cairo(), vague)))
    assert finding.days_apart == (43, 52)
    assert not finding.certain
    assert any("last 10 days of January 2010" in reason.text for reason in finding.reasons if reason.against)


def test_moved_dates_and_differing_lists_are_contradictions_of_one_event():
    """E12 was first announced for January, and its lists of states differ by the Congo."""
    first = nairobi(
        uid="first", span=Span.vague(date(2010, 1, 22), date(2010, 1, 31)), published=date(2009, 11, 20),
        date_text="last 10 days of January 2010", audience=("Africa",), city="",
    )  # fmt: skip
    english = nairobi(uid="english", published=date(2010, 1, 29))
    french = nairobi(uid="french", published=date(2010, 2, 1), audience=tuple(NAIROBI_FRENCH))
    told = found(together(first, english, french), date(2010, 2, 1))
    subjects = {finding.subject: finding for finding in told if finding.kind is Kind.CONTRADICTION}
    assert set(subjects) == {"dates", "audience"}
    assert "moved" in subjects["dates"].title
    assert "2–4 February 2010" in subjects["dates"].title
    assert "Congo" in subjects["audience"].title


def test_accra_and_gaborone_are_a_series_and_no_duplicate():
    """E01/E07: the second of its kind, 382 days after the first."""
    accra = a_listing(
        "accra", "UN seminar on implementing Security Council resolution 1540 in Africa", "2006-11-09", "2006-11-10",
        city="Accra", country="GH", audience=("Africa",), organisers=("DDA",),
    )  # fmt: skip
    gaborone = a_listing(
        "gaborone", "United Nations workshop on implementing Security Council resolution 1540 (2004) in Africa",
        "2007-11-27", "2007-11-28", city="Gaborone", country="BW", audience=("Africa",), organisers=("UNODA",),
    )  # fmt: skip
    (finding,) = found(apart(accra, gaborone), date(2007, 11, 26))
    assert finding.kind is Kind.SERIES
    assert finding.days_apart == (382, 382)


def test_reporting_workshops_for_speakers_of_three_languages_are_no_duplicates():
    """E13a-c: the same title three times in eleven weeks, each for other states."""
    title = "Workshop on reporting under Security Council resolution 1540 (2004) for {}-speaking African States"
    three = [
        a_listing(city, title.format(tongue), first, last, city=city, country=country, organisers=("UNODA",),
                  audience=(f"{tongue}-speaking States",))
        for city, country, tongue, first, last in (
            ("Libreville", "GA", "French", "2014-03-20", "2014-03-21"),
            ("Pretoria", "ZA", "English", "2014-04-10", "2014-04-11"),
            ("Lomé", "TG", "Portuguese", "2014-06-05", "2014-06-06"),
        )
    ]  # fmt: skip
    kinds = {finding.kind for finding in found(apart(*three), date(2014, 3, 19))}
    assert kinds == {Kind.SERIES}


def test_two_workshops_in_kingston_two_years_apart_are_nothing():
    """E03/E09: the same city and theme do not make a duplicate."""
    first = a_listing("e03", "UN Workshop on Implementing UNSCR 1540 in the Caribbean", "2007-05-29", "2007-05-30",
                      city="Kingston", country="JM", audience=("Caribbean",), organisers=("UNODA", "JM"))  # fmt: skip
    second = a_listing(
        "e09", "Domestic Export Controls and Maritime Security Workshop in Support of UN Security Council "
        "Resolution 1540",
        "2009-06-15", "2009-06-17", city="Kingston", country="JM", audience=("CARICOM",),
        organisers=("US", "CA", "CARICOM"),
    )  # fmt: skip
    assert found(apart(first, second), date(2007, 5, 1)) == ()


def test_the_next_committee_meeting_cannot_overlap_gaborone():
    """E07 against "the last week of October or the first week of November"."""
    meeting = Span.vague(date(2007, 10, 25), date(2007, 11, 7))
    assert meeting.overlap(Span.exact(date(2007, 11, 27), date(2007, 11, 28))) is Overlap.IMPOSSIBLE


def test_an_unknown_audience_is_no_shared_audience():
    """Silence is neither agreement nor disagreement."""
    kinds = {finding.kind for finding in found(apart(cairo(), nairobi(audience=())))}
    assert not kinds & {Kind.DUPLICATIVE, Kind.CLASH}


def test_a_decision_holds_until_a_material_fact_changes():
    """A coordinator decided on the dates they saw."""
    known = apart(cairo(), nairobi())
    finding = only(Kind.DUPLICATIVE, found(known))
    decision = decide(finding, Verdict.DISMISSED, by="ines", at=datetime(2009, 12, 4, 12, tzinfo=UTC))
    quiet = find(known, [decision], Policy(), (), NIGHT)
    assert quiet.findings == ()
    assert [settled.key for settled, _ in quiet.settled] == [finding.key]

    moved = nairobi(span=Span.exact(date(2010, 2, 3), date(2010, 2, 5)))
    again = find(apart(cairo(), moved), [decision], Policy(), (), NIGHT)
    assert only(Kind.DUPLICATIVE, again.findings).key == finding.key
    assert [(reopened.key, said) for reopened, said in again.reopened] == [(finding.key, decision)]
    assert quiet.reopened == ()


def test_a_reopened_finding_says_which_fact_changed():
    """Nobody wants to look for the difference between two nights."""
    finding = only(Kind.DUPLICATIVE, found(apart(cairo(), nairobi())))
    decision = decide(finding, Verdict.DISMISSED, by="ines", at=datetime(2009, 12, 4, 12, tzinfo=UTC))
    changes: list[tuple[dict[str, object], tuple[str, ...]]] = [
        ({"span": Span.exact(date(2010, 2, 3), date(2010, 2, 5))}, ("dates",)),
        ({"city": "Mombasa"}, ("place",)),
        ({"audience": tuple(NAIROBI_FRENCH)}, ("audience",)),
        ({"title": "Workshop on resolution 1540 in Africa"}, ("title",)),
        ({"published": date(2010, 1, 1)}, ()),
    ]
    for facts, named in changes:
        changed = only(Kind.DUPLICATIVE, found(apart(cairo(), nairobi(**facts))))
        assert decision.reopened_by(changed) == named
        assert decision.settles(changed) == (not named)


def test_what_is_over_needs_no_word():
    """Nobody can act on two events of the past."""
    assert found(apart(cairo(), nairobi()), date(2010, 3, 1)) == ()


def test_shifting_all_dates_changes_no_verdict():
    """Metamorphic: nothing hangs on the calendar year."""

    def shifted(listing: Listing) -> Listing:
        assert listing.span is not None
        days = timedelta(days=35)
        return replace(listing, span=Span.exact(listing.span.earliest + days, listing.span.latest + days))

    before = found(apart(cairo(), nairobi()))
    after = found(apart(shifted(cairo()), shifted(nairobi())), NIGHT + timedelta(days=35))
    assert [(f.kind, f.severity, f.states, f.days_apart) for f in before] == [
        (f.kind, f.severity, f.states, f.days_apart) for f in after
    ]


def test_two_workshops_for_the_same_states_on_the_same_days_clash():
    """The delegations cannot be in two places."""
    finding = only(Kind.CLASH, found(apart(cairo(), nairobi(span=Span.exact(date(2009, 12, 9), date(2009, 12, 11))))))
    assert finding.certain
    assert len(finding.states) == 12
