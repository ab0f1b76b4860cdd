"""What must change no verdict of `forum` and `load`, and no severity: how, where and among what else it is listed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.roster import Member, Organisation
from calendar_sync.spans import Span
from dedupe.assembling import events
from dedupe.finding import find
from dedupe.findings import Finding, Kind
from dedupe.forums import forums
from dedupe.loads import loads
from dedupe.matching import Recognition
from dedupe.policy import Policy
from dedupe.positions import Register
from dedupe.profiles import Profile, profile

REGISTER = Register.from_tables(
    tomllib.loads((Path(__file__).parents[2] / "examples/1540/positions.toml").read_text(encoding="utf-8"))
)
NIGHT = date(2012, 6, 1)
POLICY = Policy(load_most=3, never_most=2, never_share=0.5)
ORGANISATIONS = (
    Organisation("EAC", "East African Community", members=tuple(Member(s) for s in ("KE", "UG", "TZ", "RW", "BI"))),
)
TRANSLATED = {
    "Workshop on biosafety and resolution 1540": "Atelier sur la biosécurité et la résolution 1540",
    "Seminar on resolution 1540 and proliferation financing":
        "Seminario sobre la resolución 1540 y el financiamiento de la proliferación",
    "Regional workshop on resolution 1540": "Региональный семинар по резолюции 1540",
    "Nuclear security and resolution 1540": "Sécurité nucléaire et résolution 1540",
    "Extraterritoriality under resolution 1540": "L’extraterritorialité selon la résolution 1540",
}  # fmt: skip
FORMER = {
    "KE": "Kenya", "UG": "Ouganda", "TZ": "United Republic of Tanzania", "ZA": "Afrique du Sud", "CD": "Zaire",
    "RU": "Российская Федерация", "SZ": "Swaziland", "MK": "The former Yugoslav Republic of Macedonia",
}  # fmt: skip
Verdicts = list[tuple[object, ...]]


@st.composite
def worlds(draw: st.DrawFn) -> list[Listing]:
    found = []
    for number in range(draw(st.integers(2, 8))):
        first = NIGHT + timedelta(days=draw(st.integers(-300, 300)))
        span = draw(st.sampled_from([Span.exact(first, first + timedelta(days=2)),
                                     Span.vague(first, first + timedelta(days=20)), None]))  # fmt: skip
        found.append(
            Listing(
                ListingKey("programme", str(number)),
                "UNODA",
                draw(st.sampled_from(list(TRANSLATED))),
                span=span,
                city="Nairobi",
                country="KE",
                audience=tuple(draw(st.lists(st.sampled_from(list(FORMER)), min_size=1, max_size=5, unique=True))),
                organisers=tuple(draw(st.lists(st.sampled_from(["UNODA", "IAEA", "FATF", "KE"]), max_size=2))),
                status=draw(st.sampled_from([Status.CONFIRMED, Status.PROVISIONAL, Status.CANCELLED])),
            )
        )
    return found


def profiles(listings: Sequence[Listing]) -> list[Profile]:
    known = events(
        listings, Recognition((), tuple((listing.id,) for listing in listings)), {"programme", "programme-2"}
    )
    return [profile(event, ORGANISATIONS, NIGHT) for event in known]


def told(known: Sequence[Profile], on: date = NIGHT) -> list[Finding]:
    coming = [entry for entry in known if not entry.over(on)]
    return forums(coming, known, REGISTER, POLICY, on) + loads(known, POLICY, ORGANISATIONS, on)


def verdicts(known: Sequence[Profile], on: date = NIGHT) -> Verdicts:
    """Say what was found, whatever the events are called."""
    return sorted(
        (
            (f.kind, f.subject, f.severity, f.states, len(f.events), sum(reason.against for reason in f.reasons),
             sorted(str(event.span and (event.span.earliest - on).days) for event in f.events))
            for f in told(known, on)
        ),
        key=str,
    )  # fmt: skip


def changed(world: list[Listing], change: Callable[[int, Listing], Listing]) -> list[Listing]:
    return [change(number, listing) for number, listing in enumerate(world)]


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_translating_titles_changes_no_verdict(world):
    """A theme is the same theme in five languages."""
    there = changed(world, lambda _, listing: replace(listing, title=TRANSLATED[listing.title]))
    assert verdicts(profiles(there)) == verdicts(profiles(world))


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_who_lists_an_event_changes_no_verdict(world):
    """Swapping sources, and splitting a feed in two."""
    swapped = changed(world, lambda _, listing: replace(listing, organisation="OSCE"))
    split = changed(
        world, lambda number, entry: replace(entry, key=replace(entry.key, calendar=f"programme{'-2' * (number % 2)}"))
    )
    before = verdicts(profiles(world))
    assert verdicts(profiles(swapped)) == before
    assert verdicts(profiles(split)) == before


@settings(max_examples=200, deadline=None)
@given(worlds(), st.integers(-100, 100))
def test_shifting_all_dates_changes_no_verdict(world, weeks):
    """As long as no membership changes and the same is on record."""
    days = timedelta(weeks=weeks)

    def moved(_: int, listing: Listing) -> Listing:
        if listing.span is None:
            return listing
        first, last = listing.span.earliest + days, listing.span.latest + days
        return replace(listing, span=Span.exact(first, last) if listing.span.is_exact else Span.vague(first, last))

    assert verdicts(profiles(changed(world, moved)), NIGHT + days) == verdicts(profiles(world))


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_other_names_of_states_change_no_verdict(world):
    """Former names, long forms and names in other languages invite the same state."""
    there = changed(
        world, lambda _, listing: replace(listing, audience=tuple(FORMER[code] for code in listing.audience))
    )
    assert verdicts(profiles(there)) == verdicts(profiles(world))


@cache
def unrelated() -> list[Profile]:
    """Ten thousand events of other people about other things, for states that no world names."""
    listings = [
        Listing(
            ListingKey("others", str(number)), "OTHER", f"Harvest fair {number}",
            span=Span.exact(NIGHT + timedelta(days=number % 700 - 350)), city="Oslo", country="NO",
            audience=("NO", "SE"), organisers=(f"Farmers {number % 50}",),
        )
        for number in range(10_000)
    ]  # fmt: skip
    return profiles(listings)


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_ten_thousand_unrelated_listings_change_no_verdict(world):
    """What is found about a state must not hang on what else the calendars hold."""
    known = profiles(world)
    assert verdicts([*known, *unrelated()]) == verdicts(known)


@settings(max_examples=200, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_order_changes_not_a_byte(world, shuffler):
    """Same input, same bytes out: calendars answer in any order."""
    shuffled = list(world)
    shuffler.shuffle(shuffled)
    one, other = (find([entry.event for entry in profiles(w)], [], POLICY, ORGANISATIONS, NIGHT, REGISTER)
                  for w in (world, shuffled))  # fmt: skip
    assert repr(one.findings) == repr(other.findings)


@settings(max_examples=200, deadline=None)
@given(worlds(), st.integers(0, 30))
def test_a_matter_keeps_its_id_from_night_to_night(world, nights):
    """What is found again the next night is the same finding, with a fingerprint that time alone does not change."""
    known = profiles(world)
    before = {finding.key: finding for finding in told(known)}
    assert len(before) == len(told(known))
    for finding in told(known, NIGHT + timedelta(days=nights)):
        if finding.key in before and finding.kind is Kind.FORUM:
            assert finding.fingerprint == before[finding.key].fingerprint
        if finding.kind is Kind.LOAD:
            assert finding.key.ids == (finding.subject,)


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_each_state_has_one_finding_and_each_says_what_it_must(world):
    """Load: the list of events, low. Forum: every position with whose it is, who reported it and when."""
    found = told(profiles(world))
    weighed = [finding.states for finding in found if finding.kind is Kind.LOAD]
    assert len(weighed) == len(set(weighed))
    for finding in found:
        if finding.kind is Kind.LOAD:
            assert len(finding.reasons) >= len(finding.events) > 0
            assert finding.severity == "low"
        held = [position for position in REGISTER.positions if any(position.stance in r.text for r in finding.reasons)]
        for position in held:
            said = [reason.text for reason in finding.reasons if position.stance in reason.text]
            assert all(text.casefold().startswith(f"position of {text[12:].split(',')[0]}".casefold()) for text in said)
            assert any(position.attributed[1:] in text for text in said)
