"""What a reader could work out about what is hidden from it: scripts that compare, count, probe and collude.

Each attack is run in a world with a secret and in the same world without it, and must see no difference: not one byte
of any format on any night, and nothing where the attack looks. A second test opens the disclosure as wide as it goes,
and then every attack must see its secret: one that never could proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from calendar_sync.confidentiality import Confidentiality
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.roster import Calendar, Committee, Member, Organisation, Roster
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from dedupe.checks import Proposal
from dedupe.decisions import Decision, Verdict, decide
from dedupe.events import Event
from dedupe.findings import Finding, Kind, Severity
from dedupe.known import known_profiles
from dedupe.policy import Policy
from dedupe.profiles import profile
from dedupe.proposals import check_against
from flows.composing import composed, told_of
from flows.loading import Loaded
from reports import disclosure
from reports.coming import ComingEvent
from reports.nightly import NightlyReport
from reports.rendering import FORMATS, render
from reports.standing import ToldFinding
from store.calendars import CalendarHealth
from store.findings import Told

NIGHT = date(2009, 12, 4)
STATES = ("EG", "ET", "GH", "KE", "NG", "UG", "ZA")
AFRICANS = tuple(Member(code) for code in STATES)
COMMITTEE = Organisation("UN1540", "1540 Committee", reads_reports=True)
AU = Organisation("AU", "African Union", members=AFRICANS, reads_reports=True)
EAC = Organisation("EAC", "East African Community", members=(Member("KE"), Member("UG")), reads_reports=True)
SADC = Organisation("SADC", "Southern African Development Community", members=(Member("ZA"),), reads_reports=True)
STATE = Organisation("US", "United States")
ROSTER = Roster(
    Path("outreach.toml"),
    Committee("UN1540", "1540 Committee", ZoneInfo("America/New_York")),
    (COMMITTEE, AU, EAC, SADC, STATE),
    (
        Calendar("programme", "UN1540", "programme.csv", programme=True),
        Calendar("au", "AU", "au.ics"),
        Calendar("eac", "EAC", "eac.ics"),
        Calendar("us", "US", "us.ics"),
        Calendar("us-hidden", "US", "hidden.ics", visibility=Visibility.HIDDEN),
        Calendar("us-for-sadc", "US", "shared.ics", visibility=Visibility.SHARED, shared_with=("SADC",)),
        Calendar("us-busy", "US", "busy.ics", visibility=Visibility.BUSY, shared_with=("AU", "EAC")),
    ),
    Path("state"),
    "sqlite://",
    policy={"load_most": 4},
)


def a(calendar: str, title: str, first: str, days: int = 2, **facts: object) -> Listing:
    """Word a listing; its UID is its title unless *uid* says otherwise."""
    start = date.fromisoformat(first)
    uid = str(facts.pop("uid", title))
    known: dict[str, object] = {
        "span": Span.exact(start, start + timedelta(days=days)), "city": "Nairobi", "country": "KE",
        "audience": ("EG", "ET", "GH", "KE"), "organisers": ("UNODA",), "language": "en",
        "published": date(2009, 12, 1), "first_seen": date(2009, 12, 1),
    }  # fmt: skip
    return Listing(
        ListingKey(calendar, uid), ROSTER.calendar(calendar).organisation, title, **(known | facts)  # type: ignore[arg-type]
    )  # fmt: skip


CAIRO = a("programme", "Workshop on implementing resolution 1540 (2004)", "2009-12-14", 3, city="Cairo", country="EG")
NAIROBI = a("us", "Africa Regional Workshop on Biosafety and Biosecurity", "2010-02-02", organisers=("US", "Kenya"))
ACCRA = a("eac", "Seminar on export control and resolution 1540", "2010-02-16", city="Accra", country="GH",
          organisers=("EAC",))  # fmt: skip
OPEN = (CAIRO, NAIROBI, ACCRA)


def hidden(listing: Listing, **facts: object) -> Listing:
    """Return what is kept from everybody but its owner: another wording of *listing* unless *facts* say otherwise."""
    known: dict[str, object] = {"key": ListingKey("us-hidden", "secret"), "organisation": "US"}
    return replace(listing, **(known | facts))  # type: ignore[arg-type]


SECRET = hidden(a("us", "Course on border security and resolution 1540", "2010-01-12", city="Lagos", country="NG"))
EARLY = date(2009, 11, 1)


@dataclass(frozen=True)
class Night:
    """What there is to be read on a night."""

    listings: tuple[Listing, ...]
    decisions: tuple[Decision, ...] = ()
    roster: Roster = ROSTER
    failed: str = ""
    """A calendar that could not be reached."""


@dataclass(frozen=True)
class Read:
    """What one reader got, night by night."""

    reports: tuple[NightlyReport, ...]
    bodies: tuple[bytes, ...]
    events: tuple[Event, ...]
    """Those that the last report was made from."""


def read(nights: Sequence[Night], reader: Organisation = AU) -> Read:
    reports: list[NightlyReport] = []
    before: list[Told] = []
    past: Night | None = None
    memories = {}
    for number, night in enumerate(nights):
        day = NIGHT + timedelta(days=number)
        known = Loaded(
            night.roster, day, night.listings, night.decisions, _health(night, day), past.listings if past else (),
            gone=_gone(nights[: number + 1]), memories=memories, agreed_before=past.roster if past else None,
        )  # fmt: skip
        reports.append(composed(known, reader, before))
        before, memories, past = told_of(reports[-1]), {reader.id: known.world(reader).memory}, night
    bodies = tuple(render(report, format_) for report in reports for format_ in FORMATS)
    return Read(tuple(reports), bodies, known.world(reader).events)


def _gone(nights: Sequence[Night]) -> tuple[Listing, ...]:
    here = {listing.id for listing in nights[-1].listings}
    return tuple(listing for night in nights for listing in night.listings if listing.id not in here)


def _health(night: Night, day: date) -> tuple[CalendarHealth, ...]:
    return tuple(
        CalendarHealth(
            calendar.id, "unreachable" if calendar.id == night.failed else "read",
            "unreachable" if calendar.id == night.failed else "",
            f"{number} listings stand" if calendar.id == night.failed else "", day, number, 0,
        )
        for calendar in ROSTER.calendars
        for number in [sum(listing.key.calendar == calendar.id for listing in night.listings)]
    )  # fmt: skip


NOON = datetime(2009, 12, 3, 12, tzinfo=UTC)


def same(one: Listing, other: Listing) -> Decision:
    """Decide that two listings are of one event."""
    ids = (min(one.id, other.id), max(one.id, other.id))
    asked = Finding(Kind.SAME_EVENT, Severity.INFORMATION, "", (Event(ids[0], (one, other)),), listing_ids=ids)
    return decide(asked, Verdict.CONFIRMED, by="ines", at=NOON)


def dismissed(listings: Sequence[Listing], one: Listing, other: Listing) -> tuple[Decision, ...]:
    """Dismiss what the committee finds between two listings, under the ids that its own world has for them."""
    told = between(read((Night(tuple(listings)),), COMMITTEE), one, other)
    return tuple(decide(entry.finding, Verdict.DISMISSED, by="ines", at=NOON) for entry in told)


# -- where an attack looks ------------------------------------------------------------------------------------------

Look = Callable[[Read], object]


def last(told: Read) -> NightlyReport:
    return told.reports[-1]


def event_of(told: Read, listing: Listing) -> ComingEvent:
    """Return the entry that holds an open listing."""
    (entry,) = (e for e in last(told).coming if any(each.id == listing.id for each in e.event.listings))
    return entry


def between(told: Read, one: Listing, other: Listing) -> Iterator[ToldFinding]:
    """Yield the findings that two open listings have part in."""
    for finding in last(told).findings:
        ids = [{listing.id for listing in event.listings} for event in finding.finding.events]
        if any(one.id in each for each in ids) and any(other.id in each for each in ids):
            yield finding


def numbers(told: Read) -> object:
    return [entry.number for entry in between(told, CAIRO, ACCRA)]


def finding_ids(told: Read) -> object:
    return [entry.finding.key.id for entry in between(told, CAIRO, ACCRA)]


def loads(told: Read) -> object:
    return [entry.finding.subject for entry in last(told).findings if entry.finding.kind is Kind.LOAD]


def forums(told: Read) -> object:
    return [entry.finding.title for entry in last(told).findings if entry.finding.kind is Kind.FORUM]


def what_if(told: Read) -> object:
    """Ask, of what this reader knows, when a workshop of ours would be in nobody's way."""
    on = last(told).night
    asked = Proposal("Workshop on resolution 1540", span=Span.exact(date(2010, 2, 2), date(2010, 2, 4)), city="Nairobi",
                     country="KE", audience=("EG", "ET", "GH", "KE"))  # fmt: skip
    known = known_profiles([profile(event, ROSTER.organisations, on) for event in told.events])
    check = check_against(asked, [known], Policy(), ROSTER.organisations, on)
    return [(each.span, each.clashes, each.duplicates) for each in check.alternatives]


def all_bytes(told: Read) -> object:
    return told.bodies


@dataclass(frozen=True)
class Attack:
    """A script: what it looks at, in a world without a secret and in one with it."""

    without: tuple[Night, ...]
    with_it: tuple[Night, ...]
    look: Look = all_bytes
    readers: tuple[Organisation, ...] = (AU,)
    """Who reads; several compare what they got."""


def beside(*secrets: Listing, look: Look = all_bytes, public: tuple[Listing, ...] = OPEN, **more: object) -> Attack:
    """One night, with and without secrets beside what is open."""
    return Attack((Night(public),), (Night((*secrets, *public)),), look, **more)  # type: ignore[arg-type]


def then(first: Sequence[Listing], second: Sequence[Listing], *secrets: Sequence[Listing], look: Look) -> Attack:
    """Two nights, with secrets of the first and of the second."""
    return Attack(
        (Night(tuple(first)), Night(tuple(second))),
        tuple(Night((*hidden_, *open_)) for hidden_, open_ in zip(secrets, (tuple(first), tuple(second)), strict=True)),
        look,
    )


def probes(*guesses: Listing, secret: Listing) -> Attack:
    """List events of one's own that would meet the secret, and look what is found about them."""
    mine = {guess.id for guess in guesses}

    def look(told: Read) -> object:
        return [
            (finding.finding.kind, *(mine & {listing.id for listing in event.listings}))
            for finding in last(told).findings
            for event in finding.finding.events
        ], [len(entry.sources) for entry in last(told).coming if mine & {each.id for each in entry.event.listings}]

    return beside(secret, look=look, public=(*OPEN, *guesses))


def guess(title: str, first: str, **facts: object) -> Listing:
    return a("au", title, first, organisers=("AU",), published=NIGHT, first_seen=NIGHT, **facts)


def asked(*requests: Confidentiality) -> Roster:
    return replace(ROSTER, confidentiality=requests)


def registered(*positions: dict[str, object]) -> Roster:
    return replace(ROSTER, register={"positions": list(positions)})


POSITION: dict[str, object] = {
    "id": "p1", "theme": "biosecurity", "about": "biosafety", "actor": "the delegation of X", "states": ["KE"],
    "stance": "biosafety is out of scope", "day": date(2009, 10, 1), "reported_by": "Y", "source": "a note",
}  # fmt: skip
CONTESTED = (replace(CAIRO, title="Workshop on biosafety and resolution 1540"),)
BUSY = a("us-busy", "Visit to a laboratory", "2010-01-19", uid="visit@us.example", city="Kampala", country="UG")
HELD_IN_KENYA = a("us", "Visit to a laboratory", "2010-01-19")
OFTEN = tuple(
    a("us", f"{topic} course", day, city=city, country=country, audience=("KE", "NG"), organisers=(by,))
    for topic, day, city, country, by in (
        ("Customs", "2009-06-02", "Lagos", "NG", "WCO"), ("Reporting", "2010-04-13", "Pretoria", "ZA", "ISS"),
    )
)  # fmt: skip


def busy(one: Sequence[Listing], other: Sequence[Listing], *public: Listing) -> Attack:
    """Days shared as busy, behind which two different things stand."""
    return Attack((Night((*OPEN, *public, *one)),), (Night((*OPEN, *public, *other)),))


ATTACKS: dict[str, Attack] = {
    # What a report numbers, counts and orders.
    "gaps in the numbers of findings": beside(
        replace(SECRET, span=Span.exact(date(2009, 12, 7))), look=numbers
    ),
    "ids of findings that are made from ids of events": beside(
        hidden(ACCRA, first_seen=EARLY), look=finding_ids
    ),
    "the id of an event, taken from whoever listed it first": beside(
        hidden(NAIROBI, first_seen=EARLY), look=lambda told: event_of(told, NAIROBI).event.id
    ),
    "how many findings are new": beside(SECRET, look=lambda told: last(told).counts),
    "how many calendars tell of an event": beside(
        hidden(NAIROBI), look=lambda told: len(event_of(told, NAIROBI).sources)
    ),
    "the place of an event in the order": beside(
        SECRET, look=lambda told: [e.event.id for e in last(told).coming].index(NAIROBI.id)
    ),
    "where bars stand in the timeline": beside(SECRET, look=lambda told: last(told).timeline),
    "the size of each file": beside(SECRET, look=lambda told: [len(body) for body in told.bodies]),
    "what is left out of an unreachable calendar's account": Attack(
        (Night(OPEN, failed="us"),),
        (Night((*OPEN, replace(a("us", "Secret", "2010-01-19"), visibility=Visibility.HIDDEN)), failed="us"),),
        lambda told: (last(told).blind_spots, len(last(told).coming)),
    ),
    # What another wording of an open event would add to it.
    "a title that the newest wording changes": beside(
        hidden(NAIROBI, title="Africa Regional Workshop on Biosafety, Biosecurity and export control",
               published=NIGHT),
        look=lambda told: event_of(told, NAIROBI).title,
    ),
    "dates that another wording moves": beside(
        hidden(NAIROBI, span=Span.exact(date(2010, 2, 3), date(2010, 2, 5)), published=NIGHT),
        look=lambda told: event_of(told, NAIROBI).dates,
    ),
    "a town that only the secret names": beside(
        hidden(NAIROBI), public=(CAIRO, replace(NAIROBI, city=""), ACCRA),
        look=lambda told: event_of(told, NAIROBI).place,
    ),
    "an audience that only the secret names": beside(
        hidden(NAIROBI), public=(CAIRO, replace(NAIROBI, audience=("KE",)), ACCRA),
        look=lambda told: event_of(told, NAIROBI).states,
    ),
    "a contradiction without another side": beside(
        hidden(NAIROBI, audience=("EG", "ET", "GH", "NG")),
        look=lambda told: [f.finding.subject for f in between(told, NAIROBI, NAIROBI)],
    ),
    "an event that a hidden wording cancels": beside(
        hidden(NAIROBI, status=Status.CANCELLED, published=NIGHT),
        look=lambda told: len(event_of(told, NAIROBI).sources),
    ),
    "a duplicate that a hidden audience makes": beside(
        hidden(ACCRA), public=(CAIRO, NAIROBI, replace(ACCRA, audience=("UG",))), look=numbers
    ),
    # What rules count over many events.
    "a state that is invited too often only with the secret": beside(
        hidden(SECRET, audience=("KE", "ZA")), public=(CAIRO, *OFTEN), look=loads
    ),
    "a state that nothing open invites": beside(
        hidden(SECRET, audience=("UG", "ZA")), public=(replace(CAIRO, audience=tuple(set(STATES) - {"UG"})),),
        look=loads,
    ),
    "suggested dates that avoid the secret": beside(
        *(
            hidden(SECRET, key=ListingKey("us-hidden", str(week)), title=f"Course {week} on resolution 1540",
                   span=Span.exact(first, first + timedelta(days=2)))
            for week in range(3)
            for first in [date(2010, 1, 26) + timedelta(days=14 * week)]
        ),
        look=what_if,
    ),
    "a recorded position that is hidden": Attack(
        (Night(CONTESTED, roster=registered()),), (Night(CONTESTED, roster=registered(POSITION)),), forums
    ),
    "a recorded position that is shared with somebody else": Attack(
        (Night(CONTESTED, roster=registered()),),
        (Night(CONTESTED, roster=registered(POSITION | {"visibility": "shared", "shared_with": ["SADC"]})),),
        forums,
    ),
    # Listings of the attacker's own, made to meet the secret.
    "own events on every third day, to see which clash": probes(
        *(guess(f"Meeting {day} on border security", str(date(2010, 1, 4) + timedelta(days=3 * day)),
                city="Addis Ababa", country="ET") for day in range(6)),
        secret=SECRET,
    ),
    "own events in every town, to see which is taken": probes(
        *(guess(f"Meeting in {city}", "2010-01-12", city=city, country=country, audience=(country,))
          for city, country in (("Lagos", "NG"), ("Kampala", "UG"), ("Pretoria", "ZA"))),
        secret=SECRET,
    ),
    "own wordings of what the secret may be called": probes(
        *(guess(title, "2010-01-12", city="Lagos", country="NG") for title in (SECRET.title, "Visit to a laboratory")),
        secret=SECRET,
    ),
    "own events for each state, to see who is invited elsewhere": probes(
        *(guess(f"Briefing for {code}", "2010-01-13", city="Addis Ababa", country="ET", audience=(code, "ZA"))
          for code in ("EG", "GH", "UG")),
        secret=hidden(SECRET, audience=("EG", "ZA")),
    ),
    "two own wordings with a rare word of the secret, to weigh that word": probes(
        guess("Mycotoxin workshop on resolution 1540", "2010-01-12", city="Lagos", country="NG"),
        guess("Workshop on resolution 1540: mycotoxin", "2010-01-12", uid="b", city="Lagos", country="NG"),
        secret=hidden(SECRET, title="Mycotoxin workshop on resolution 1540"),
    ),
    "an own wording that competes with the secret for a partner": probes(
        replace(guess(NAIROBI.title, "2010-02-02"), city=""), secret=hidden(NAIROBI, first_seen=EARLY),
    ),
    # What coordinators decided with the secret before them.
    "two open events that coordinators joined through the secret": Attack(
        (Night(OPEN),), (Night((SECRET, *OPEN), (same(SECRET, NAIROBI), same(SECRET, ACCRA))),),
        lambda told: (event_of(told, NAIROBI).event.id, event_of(told, ACCRA).event.id),
    ),
    "an open finding that was settled under the secret's name": Attack(
        (Night(OPEN),),
        (
            Night(
                (hidden(ACCRA, first_seen=EARLY), *OPEN),
                dismissed((hidden(ACCRA, first_seen=EARLY), *OPEN), CAIRO, ACCRA),
            ),
        ),
        numbers,
    ),
    "decisions about a secret that is gone": Attack(
        (Night(OPEN), Night(OPEN)),
        (
            Night((SECRET, *OPEN), (same(SECRET, NAIROBI), same(SECRET, ACCRA))),
            Night(OPEN, (same(SECRET, NAIROBI), same(SECRET, ACCRA))),
        ),
        lambda told: (event_of(told, NAIROBI).event.id, event_of(told, ACCRA).event.id),
    ),
    # Several nights.
    "findings that are resolved without a cause": then(
        OPEN, OPEN, (SECRET,), (), look=lambda told: (last(told).resolved, last(told).counts.resolved)
    ),
    "something that is no longer listed and never was": then(
        OPEN, OPEN, (SECRET,), (), look=lambda told: last(told).no_longer_listed
    ),
    "an event that is not new when it is first published": then(
        (CAIRO, ACCRA), OPEN, (hidden(NAIROBI),), (hidden(NAIROBI),), look=lambda told: event_of(told, NAIROBI).new
    ),
    "an event that changes although nothing open changed": then(
        OPEN, OPEN, (hidden(NAIROBI, published=NIGHT),), (hidden(NAIROBI, published=NIGHT, city="Mombasa"),),
        look=lambda told: event_of(told, NAIROBI).changed,
    ),
    "an event that keeps its name although its last listing went": then(
        OPEN, (CAIRO, ACCRA), (hidden(NAIROBI),), (hidden(NAIROBI),),
        look=lambda told: [(gone.event, gone.alone) for gone in last(told).no_longer_listed],
    ),
    "the name of an event, remembered from a night with the secret": then(
        OPEN, OPEN, (hidden(NAIROBI, first_seen=EARLY),), (), look=lambda told: event_of(told, NAIROBI).event.id
    ),
    "a finding that reopens when the secret moves": then(
        OPEN, OPEN, (hidden(ACCRA, published=NIGHT),),
        (hidden(ACCRA, published=NIGHT, span=Span.exact(date(2010, 2, 17), date(2010, 2, 19))),),
        look=lambda told: [f.change for f in between(told, CAIRO, ACCRA)],
    ),
    "a decision that is taken back when the secret moves": Attack(
        (Night(OPEN), Night(OPEN)),
        tuple(
            Night((hidden(ACCRA, published=NIGHT, city=city), *OPEN),
                  dismissed((hidden(ACCRA, published=NIGHT, city=""), *OPEN), CAIRO, ACCRA)[1:])
            for city in ("", "Kumasi")
        ),
        lambda told: [f.change for f in between(told, CAIRO, ACCRA)],
    ),
    # Who agreed what with whom.
    "a record that another organisation may read": beside(
        replace(SECRET, key=ListingKey("us-for-sadc", "secret")), look=lambda told: len(last(told).coming)
    ),
    "an agreement of others that ends": Attack(
        (Night(OPEN), Night(OPEN)),
        (
            Night((replace(SECRET, key=ListingKey("us-for-sadc", "secret")), *OPEN)),
            Night((replace(SECRET, key=ListingKey("us-for-sadc", "secret")), *OPEN), roster=replace(
                ROSTER, calendars=tuple(replace(each, shared_with=each.shared_with if each.id == "us-busy" else ())
                                        for each in ROSTER.calendars))),
        ),
        lambda told: len(last(told).coming),
    ),
    "something held in a state that asked for confidentiality": Attack(
        (Night(OPEN[::2], roster=asked(Confidentiality("KE"))),),
        (Night((HELD_IN_KENYA, *OPEN[::2]), roster=asked(Confidentiality("KE"))),),
        lambda told: len(last(told).coming),
    ),
    "something that names a state which asked not to be named": Attack(
        (Night((CAIRO,), roster=asked(Confidentiality("UG", named=True))),),
        (Night((CAIRO, replace(ACCRA, audience=("UG", "GH"), key=ListingKey("us", "u"), organisation="US")),
               roster=asked(Confidentiality("UG", named=True))),),
        lambda told: len(last(told).coming),
    ),
    "what a state shares with another organisation": Attack(
        (Night((CAIRO,), roster=asked(Confidentiality("KE", Visibility.SHARED, ("SADC",)))),),
        (Night((CAIRO, HELD_IN_KENYA), roster=asked(Confidentiality("KE", Visibility.SHARED, ("SADC",)))),),
        lambda told: len(last(told).coming),
    ),
    "two organisations that lay their reports side by side": beside(
        hidden(NAIROBI, first_seen=EARLY), SECRET, readers=(AU, EAC),
        look=finding_ids,
    ),
    "two organisations that compare the ids of one event over two nights": replace(
        then(OPEN, OPEN, (hidden(NAIROBI, first_seen=EARLY),), (), look=lambda told: event_of(told, NAIROBI).event.id),
        readers=(AU, EAC),
    ),
    # Behind days that are shared as busy.
    "busy days: what it is called": busy((BUSY,), (replace(BUSY, title="Course on licensing"),)),
    "busy days: where, and for whom": busy((BUSY,), (replace(BUSY, city="Lagos", country="NG", audience=("ZA",)),)),
    "busy days: a UID that can be guessed": busy((BUSY,), (replace(BUSY, key=ListingKey("us-busy", "course@us")),)),
    "busy days: another event in its place": busy(
        (BUSY,), (replace(BUSY, key=ListingKey("us-busy", "new"), title="Course", first_seen=NIGHT, published=NIGHT),)
    ),
    "busy days: cancelled, or taken away": busy((), (replace(BUSY, status=Status.CANCELLED),)),
    "busy days: an own wording of what it may be": busy(
        (BUSY,), (replace(BUSY, title="Course on licensing", city="Lagos"),),
        guess(BUSY.title, "2010-01-19", city="Kampala", country="UG"),
    ),
    "busy days: something without days": busy((), (replace(BUSY, span=None),)),
    "busy days: which of two on the same days went": busy(
        (BUSY,), (replace(BUSY, key=ListingKey("us-busy", "a"), title="Course", city="Lagos"),)
    ),
    "busy days: its address, description and themes": busy(
        (BUSY,), (replace(BUSY, url="https://us.example/visit", description="A visit", themes=("biosafety",)),)
    ),
}  # fmt: skip


def learned(attack: Attack) -> list[bool]:
    """Say reader by reader whether the attack saw a difference where it looks."""
    return [attack.look(read(attack.without, who)) != attack.look(read(attack.with_it, who)) for who in attack.readers]


@pytest.mark.fault("T28")
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_learns_nothing(name: str):
    """Whoever compares, counts, probes or colludes is told what everybody who may not know of it is told."""
    attack = ATTACKS[name]
    for who in attack.readers:
        without, with_it = read(attack.without, who), read(attack.with_it, who)
        assert attack.look(with_it) == attack.look(without), who.id
        assert with_it.bodies == without.bodies, who.id


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_would_learn_something_if_disclosure_let_everything_through(
    name: str, monkeypatch: pytest.MonkeyPatch
):
    """A script that could never see its secret holds nothing."""
    monkeypatch.setattr(disclosure, "world", lambda listings, reader, roster: list(listings))
    monkeypatch.setattr(disclosure, "register", lambda recorded, reader, roster: recorded)
    assert any(learned(ATTACKS[name]))


def test_ids_differ_only_between_readers_who_may_read_different_listings():
    """Ids are shared so that a coordinator can be asked about one; two readers who compare them learn nothing new."""
    secret = replace(hidden(NAIROBI, first_seen=EARLY), key=ListingKey("us-for-sadc", "secret"))
    night = (Night((secret, *OPEN)),)

    def id_for(reader: Organisation) -> str:
        events = read(night, reader).events
        return next(event.id for event in events if any(listing.id == NAIROBI.id for listing in event.listings))

    # What is shared with SADC alone names the event for SADC and the committee, who read it anyway.
    assert id_for(AU) == id_for(EAC) == NAIROBI.id
    assert id_for(SADC) == id_for(COMMITTEE) == secret.id
