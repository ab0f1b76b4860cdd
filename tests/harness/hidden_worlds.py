"""Random worlds with and without a record that is hidden from the African Union."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.roster import Calendar, Committee, Member, Organisation, Roster
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from dedupe.decisions import Decision, Verdict
from dedupe.findings import FindingKey, Kind

NIGHT = date(2009, 12, 4)
NEXT = NIGHT + timedelta(days=1)
WORLDS = 500
AFRICANS = tuple(Member(code) for code in ("EG", "ET", "GH", "KE", "NG", "UG", "ZA"))
COMMITTEE = Organisation("UN1540", "1540 Committee", reads_reports=True)
AU = Organisation("AU", "African Union", members=AFRICANS, reads_reports=True)
SADC = Organisation("SADC", "Southern African Development Community", members=(Member("ZA"),), reads_reports=True)
STATE = Organisation("US", "United States")
ROSTER = Roster(
    Path("outreach.toml"),
    Committee("UN1540", "1540 Committee", ZoneInfo("America/New_York"), disclaimer="Positions are quoted."),
    (COMMITTEE, AU, SADC, STATE),
    (
        Calendar("programme", "UN1540", "programme.csv", programme=True),
        Calendar("sadc", "SADC", "sadc.ics"),
        Calendar("us", "US", "us.ics"),
        Calendar("us-hidden", "US", "hidden.ics", visibility=Visibility.HIDDEN),
        Calendar("us-for-sadc", "US", "shared.ics", visibility=Visibility.SHARED, shared_with=("SADC",)),
        Calendar("sadc-busy", "SADC", "busy.ics", visibility=Visibility.BUSY, shared_with=("AU",)),
    ),
    Path("state"),
    "sqlite://",
)
OPEN = ("programme", "sadc", "us")
"""Calendars of which AU may read everything."""
CLOSED = ("us-hidden", "us-for-sadc")
TITLES = (
    "Workshop on implementing resolution 1540 (2004)", "Regional workshop on biosafety and biosecurity",
    "Atelier sur la mise en œuvre de la résolution 1540", "Seminar on export control for African States",
)  # fmt: skip
PLACES = (("Cairo", "EG"), ("Nairobi", "KE"), ("Accra", "GH"), ("", "KE"), ("", ""))


@dataclass(frozen=True, slots=True)
class Nights:
    """What the calendars say on two nights, and what coordinators have decided before the first."""

    first: tuple[Listing, ...]
    second: tuple[Listing, ...]
    decisions: tuple[Decision, ...] = ()


@st.composite
def listings(draw: st.DrawFn, calendars: Sequence[str] = OPEN, **facts: object) -> Listing:
    calendar = draw(st.sampled_from(calendars))
    first = date(2009, 12, 1) + timedelta(days=draw(st.integers(0, 90)))
    city, country = draw(st.sampled_from(PLACES))
    spans = [Span.exact(first, first + timedelta(days=2)), Span.vague(first, first + timedelta(days=9))]
    invited = st.lists(st.sampled_from(["EG", "ET", "GH", "KE", "NG", "African Union"]), max_size=5, unique=True)
    known: dict[str, object] = {
        "title": draw(st.sampled_from(TITLES)), "city": city, "country": country,
        "span": draw(st.sampled_from(spans)),
        "audience": tuple(draw(invited)),
        "organisers": tuple(draw(st.lists(st.sampled_from(["UNODA", "US", "SADC"]), max_size=1))),
        "themes": tuple(draw(st.lists(st.sampled_from(["biosafety", "export control"]), max_size=1))),
        "status": draw(st.sampled_from([Status.CONFIRMED, Status.CONFIRMED, Status.CANCELLED, Status.PROVISIONAL])),
        "published": date(2009, 12, 3), "first_seen": NIGHT, "language": "en",
    }  # fmt: skip
    key = ListingKey(calendar, draw(st.uuids()).hex)
    return Listing(key, ROSTER.calendar(calendar).organisation, **(known | facts))  # type: ignore[arg-type]


@st.composite
def secrets(draw: st.DrawFn, beside: Sequence[Listing]) -> Listing:
    """Draw a record that AU may not know of; often it tells of an event that AU does know of."""
    how = draw(st.sampled_from(["class", "calendar", "busy, cancelled"]))
    if how == "class":
        secret = draw(listings(visibility=Visibility.HIDDEN, klass="PRIVATE"))
    elif how == "calendar":
        secret = draw(listings(CLOSED))
    else:
        secret = draw(listings(("sadc-busy",), status=Status.CANCELLED))
    if beside and draw(st.booleans()):
        like = draw(st.sampled_from(beside))
        secret = replace(
            secret, title=like.title, span=like.span, city=like.city, country=like.country, organisers=like.organisers
        )
    # What was seen first names the event.
    return replace(secret, first_seen=NIGHT - timedelta(days=draw(st.integers(0, 3))))


@st.composite
def nights(draw: st.DrawFn) -> tuple[Nights, Nights]:
    """Draw two nights as they are without a hidden record, and with it."""
    public = tuple(draw(st.lists(listings(), min_size=1, max_size=5)))
    later = tuple(draw(listings(first_seen=NEXT)) for _ in range(draw(st.integers(0, 1))))
    moved = tuple(
        replace(entry, span=draw(listings()).span) if draw(st.integers(0, 3)) == 0 else entry
        for entry in public
        if draw(st.integers(0, 4))
    )
    secret = draw(secrets(public))
    second = draw(st.sampled_from([(secret,), (), (replace(secret, city="Accra", country="GH"),)]))
    said = [_decided(draw, one, other) for one, other in pairwise(public) if draw(st.booleans())]
    hidden = [_decided(draw, secret, entry) for entry in public if draw(st.booleans())]
    return (
        Nights(public, (*moved, *later), tuple(said)),
        Nights((secret, *public), (*moved, *second, *later), (*said, *hidden)),
    )


def _decided(draw: st.DrawFn, one: Listing, other: Listing) -> Decision:
    key = FindingKey(draw(st.sampled_from([Kind.SAME_EVENT, Kind.DUPLICATIVE])), tuple(sorted((one.id, other.id))))
    return Decision(key, draw(st.sampled_from(Verdict)), "", "ines", datetime(2009, 12, 3, tzinfo=UTC))
