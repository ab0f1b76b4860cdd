"""Worlds made up for feeds, with words in them that would end a line, a value or a component."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.roster import Calendar, Committee, Organisation, Roster
from calendar_sync.spans import Span
from dedupe.events import Event
from dedupe.findings import Finding, Kind, Severity
from reports import languages
from reports.coming import ComingEvent, NoLongerListed
from reports.nightly import Counts, NightlyReport
from reports.standing import Change, ToldFinding
from reports.timeline import draw as timeline

NIGHT = date(2009, 12, 4)
PIECES = (
    "\r\n", "\n", "\r", "\\n", "\\N", "\\,", "\\;", "\\\\", "\\", ",", ";", ":", '"', "^n", "^'", "\t", " ", "\x00",
    "\x07", "\x0b", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\u200f", "\ufeff", "\ud800",
    "\udfff", "é", "ع", "核", "\U0001f469\u200d\U0001f52c", "e\u0301", "BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR",
    "\r\n ", "\r\nATTACH:file:///", "C:\\News", "%0D%0A", "=0A",
)  # fmt: skip
words = st.one_of(
    st.lists(
        st.one_of(st.sampled_from(PIECES), st.text(st.characters(codec=None, categories=None), max_size=9)), max_size=9
    ).map("".join),
    st.text(string.ascii_letters + " é核", min_size=60, max_size=200),
)
addresses = st.one_of(
    words,
    words.map("https://example.org/{}".format),
    st.sampled_from(["javascript:alert(1)", "https://u:p@example.org/", "file:///etc/passwd", "https://example.org/a;b,c?d=é#x"]),
)  # fmt: skip


def roster(
    names: Sequence[str] = ("1540 Committee", "United Nations", "United States"), disclaimer: str = ""
) -> Roster:
    """Three organisations with a calendar each, the first the committee with its programme."""
    ids = ("1540", "UN", "US")
    organisations = tuple(Organisation(id_, name) for id_, name in zip(ids, names, strict=True))
    committee = Committee("1540", names[0], ZoneInfo("America/New_York"), disclaimer=disclaimer)
    calendars = tuple(Calendar(id_, id_, f"{id_}.ics", programme=id_ == "1540") for id_ in ids)
    return Roster(Path("outreach.toml"), committee, organisations, calendars, Path("state"), "sqlite://")


@st.composite
def few(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw some texts to draw from: a text of its own for every field of every listing takes long."""
    return st.sampled_from([*draw(st.lists(texts, min_size=3, max_size=6)), "Atelier régional"])


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(st.dates())
    last = min(first, date.max - timedelta(days=40)) + timedelta(days=draw(st.integers(0, 40)))
    return draw(st.sampled_from([Span.exact, Span.vague]))(min(first, last), max(first, last))


@st.composite
def listings(draw: st.DrawFn, text: st.SearchStrategy[str], url: st.SearchStrategy[str]) -> Listing:
    """Draw a listing whose every word is *text*."""
    several = st.lists(text, max_size=2).map(tuple)
    calendar = draw(st.sampled_from(["1540", "UN", "US"]))
    return Listing(
        ListingKey(calendar, draw(st.uuids()).hex), calendar, draw(text), language=draw(st.one_of(st.just("fr"), text)),
        status=draw(st.sampled_from(Status)), span=draw(st.one_of(spans(), spans(), spans(), st.none())),
        date_text=draw(text), city=draw(text), country=draw(st.sampled_from(["", "KE", "CI"])), venue=draw(text),
        place_text=draw(text),
        organisers=draw(several), sponsors=draw(several), audience=draw(several), themes=draw(several),
        description=draw(text), url=draw(url), first_seen=NIGHT,
    )  # fmt: skip


@st.composite
def events(
    draw: st.DrawFn, text: st.SearchStrategy[str] | None = None, url: st.SearchStrategy[str] | None = None
) -> Event:
    """Draw an event; what its listings say, and where they are, is drawn from few, unless both are given."""
    if text is None or url is None:
        text, url = draw(few(words)), draw(few(addresses))
    found = draw(st.lists(listings(text, url), min_size=1, max_size=3))
    return Event(found[0].id, tuple(found), workshop=any(listing.key.calendar == "1540" for listing in found))


@st.composite
def reports(draw: st.DrawFn) -> NightlyReport:
    """Draw a report with findings of any kind among some events, others to come, and some that went."""
    text, url = draw(few(words)), draw(few(addresses))
    known = draw(st.lists(events(text, url), min_size=2, max_size=4, unique_by=lambda event: event.id))
    findings = []
    for number in range(1, draw(st.integers(0, 3)) + 1):
        kind = draw(st.sampled_from([*Kind, Kind.SERIES, Kind.PART_OF]))
        about = tuple(draw(st.permutations(known))[: draw(st.sampled_from([1, 2, 2, 2]))])
        finding = Finding(kind, draw(st.sampled_from(Severity)), draw(text), about)
        findings.append(ToldFinding(number, finding, Change.NEW, NIGHT))
    coming = [ComingEvent(event, event.title, "", "", "", (), 0, ()) for event in known if draw(st.booleans())]
    lost = [
        NoLongerListed("UN", str(draw(st.uuids())), alone=draw(st.booleans())) for _ in range(draw(st.integers(0, 2)))
    ]
    reader = Organisation("UN", draw(text))
    names = {id_: draw(text) for id_ in ("1540", "UN", "US")}
    return NightlyReport(
        reader, NIGHT, draw(text), "", draw(text), False, Counts(0, 0, 0, 0, 0, 0), tuple(findings), (), tuple(coming),
        tuple(lost), timeline((), (), NIGHT, reader, names, languages.of(reader)), (), names,
    )  # fmt: skip


def with_everywhere(listing: Listing, said: str, url: str) -> Listing:
    """Return a listing that says *said* wherever a calendar may say something."""
    return replace(
        listing, title=said, language=said, date_text=said, city=said, venue=said, place_text=said, organisers=(said,),
        sponsors=(said,), audience=(said,), themes=(said,), description=said, url=url, tz=said, klass=said,
        date_note=said,
    )  # fmt: skip
