"""Events as VEVENTs (RFC 5545, 7986, 9073, 9253): what every feed of ours says of an event, and how it is written."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote, urlsplit

from icalendar import Calendar, Component, Event, vDate, vDuration, vText, vUri

from calendar_sync import edtf
from calendar_sync.listings import NAMESPACE, Listing, Status
from calendar_sync.spans import Span
from dedupe import phrases
from dedupe.events import Event as Known
from dedupe.meaning import themes
from dedupe.sayings import Tongue, say, told
from reports import wording
from reports.rendering.harmless import link, words
from reports.rendering.tricks import noted

REFRESH = timedelta(hours=24)
LAST_DAY = date.max - timedelta(days=1)
"""DTEND is the day after, and there must be one."""
THEMES = "urn:outreach:theme:"
"""Namespace of CONCEPT; the ids are those of dedupe/meaning/tables/themes.csv."""
SOURCE = "via"
"""Link relation (RFC 4287) of a page that says what we repeat."""

_URI = ":/?#[]@!$&'()*+,;=%"
_LABEL = str.maketrans({'"': "'", "\\": "/", "^": " "})
"""What readers of parameters undo in different ways, or (RFC 6868) not at all."""


class Text(vText):
    r"""A text of which every letter comes back: icalendar's own makes a line feed of the \N in C:\News.

    >>> Text("C:\\News; a, b").to_ical()
    b'C:\\\\News\\; a\\, b'
    """

    def to_ical(self) -> bytes:
        """Escape as RFC 5545, 3.3.11 says."""
        text = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return text.replace("\n", "\\n").encode()


class Participant(Component):
    """Somebody who takes part (RFC 9073)."""

    name = "PARTICIPANT"


def text(said: str) -> Text:
    """Return words as a value, without what steers a display or cannot be written."""
    return Text(words(said))


def line(said: str) -> str:
    """Return words on one line: a title with a line feed must not look like two entries."""
    return " ".join(words(said).split())


def uri(address: str) -> str:
    """Return a page's address as RFC 3986 writes it, blank for anything but http(s).

    >>> uri("https://example.org/calendrier/août?x=1"), uri("javascript:alert(1)")
    ('https://example.org/calendrier/ao%C3%BBt?x=1', '')
    """
    address = link(address)
    if not address or not urlsplit(address).netloc.isascii():
        return ""
    return address if address.isascii() else quote(address, safe=_URI)


def midnight(night: date) -> datetime:
    """Return the DTSTAMP of a night: the same for the same night, whenever its feed is written."""
    return datetime(night.year, night.month, night.day, tzinfo=UTC)


def calendar(product: str, name: str, tongue: Tongue, about: str = "") -> Calendar:
    """Begin a feed in a language; *about* is what a client shows of the calendar as a whole."""
    feed = Calendar()
    feed.add("prodid", f"-//Outreach calendar//{product}//{tongue.code.upper()}")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed["name"] = feed["x-wr-calname"] = text(line(told(name, tongue)))
    if about:
        feed["description"] = feed["x-wr-caldesc"] = text(line(told(about, tongue)))
    feed.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", vDuration(REFRESH))
    return feed


def vevent(
    uid: str, known: Known, worded: Listing, stamp: datetime, names: Mapping[str, str], tongue: Tongue,
    first: Sequence[str] = (),
) -> Event:  # fmt: skip
    """Write what is known of an event, in the words of *worded*; *first* are lines that its description begins with.

    Days, not hours: listings of one event state different ones. A vague date spans its outer bounds, tentatively.

    Raises:
        ValueError: It has no date, so it has no place in a calendar.
    """
    span = known.span
    if span is None:
        raise ValueError("an event without a date has no place in a calendar")
    entry = Event()
    entry.add("uid", uid)
    entry.add("dtstamp", stamp)
    days(entry, span)
    entry.add("summary", text(worded.title), parameters=_tongue(worded.language))
    entry.add("status", _status(known))
    place = phrases.place(known.city, known.country)
    if place:
        entry.add("location", text(told(place, tongue)))
    organisers = _each((name for listing in known.listings for name in listing.organisers), names)
    sponsors = _each((name for listing in known.listings for name in listing.sponsors), names)
    lines = [*first, *(_says(listing, names) for listing in known.listings)]
    lines += [say("Organised by {names}", names=phrases.listed(organisers))] if organisers else []
    lines += [say("Sponsored by {names}", names=phrases.listed(sponsors))] if sponsors else []
    entry.add("description", text("\n".join(line(told(said, tongue)) for said in lines)))
    _pages(entry, known.listings, names, tongue)
    _themes(entry, known.listings, tongue)
    for name in sponsors:
        entry.add_component(_sponsor(name))
    entry.add("transp", "TRANSPARENT")
    return entry


def days(entry: Event, span: Span) -> None:
    """Write the days of a span, of a vague one its outer bounds; DTEND is exclusive."""
    entry["dtstart"] = _day(span.earliest)
    entry["dtend"] = _day(min(span.latest, LAST_DAY) + timedelta(days=1))
    if not span.is_exact:
        entry.add("x-edtf", edtf.write(span, loosely=True))


def _says(listing: Listing, names: Mapping[str, str]) -> str:
    """Say who lists an event, and under which title."""
    who = names.get(listing.organisation, listing.organisation)
    return say("{organisation}: {title}", organisation=who, title=noted(listing.title))


def tombstone(uid: str, night: date, tongue: Tongue) -> Event:
    """Cancel an event that the reader may not read any more, without a word of it: its day is the night's."""
    entry = Event()
    entry.add("uid", uid)
    entry.add("dtstamp", midnight(night))
    entry["dtstart"] = _day(night)
    entry.add("summary", text(told(wording.WITHDRAWN, tongue)))
    entry.add("status", "CANCELLED")
    entry.add("transp", "TRANSPARENT")
    return entry


def _day(day: date) -> vDate:
    value = vDate(day)
    value.params["VALUE"] = "DATE"
    return value


def _tongue(language: str) -> dict[str, str]:
    plain = language.isascii() and language.replace("-", "").isalnum()
    return {"LANGUAGE": language} if plain else {}


def _status(known: Known) -> str:
    """Cancelled when no calendar holds to it; tentative while its dates are vague or its newest word is not firm."""
    if all(listing.status is Status.CANCELLED for listing in known.listings):
        return "CANCELLED"
    exact = known.span is not None and known.span.is_exact
    return "CONFIRMED" if exact and known.listings[0].status is Status.CONFIRMED else "TENTATIVE"


def _each(said: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """Return bodies once each, however their letters are cased; states and organisations by name, not by code."""
    named: dict[str, str] = {}
    for body in said:
        name = line(phrases.state(names.get(body, body)))
        if name:
            named.setdefault(name.casefold(), name)
    return list(named.values())


def _pages(entry: Event, listings: Sequence[Listing], names: Mapping[str, str], tongue: Tongue) -> None:
    """Link every page that lists the event (RFC 9253), labelled with whose it is; URL is the newest of them."""
    pages: dict[str, str] = {}
    for listing in listings:
        address = uri(listing.url)
        if address:
            who = told(names.get(listing.organisation, listing.organisation), tongue)
            pages.setdefault(address, line(who).translate(_LABEL))
    for address, label in pages.items():
        if "url" not in entry:
            entry.add("url", address)
        entry.add("link", vUri(address, params={"VALUE": "URI", "LINKREL": SOURCE, "LABEL": label}))


def _themes(entry: Event, listings: Sequence[Listing], tongue: Tongue) -> None:
    """Name the themes: for programs as CONCEPT (RFC 9253), for people, whose clients show no CONCEPT, as CATEGORIES."""
    found = sorted(themes.of(listings))
    for theme in found:
        entry.add("concept", vUri(f"{THEMES}{theme}"))
    if found:
        entry.add("categories", [told(phrases.theme(theme), tongue) for theme in found])


def _sponsor(name: str) -> Component:
    """Write who pays (RFC 9073); not an ATTENDEE, who would be invited."""
    sponsor = Participant()
    sponsor.add("uid", str(uuid.uuid5(NAMESPACE, f"sponsor\x1f{name}")))
    sponsor.add("participant-type", "SPONSOR")
    sponsor.add("summary", text(name))
    return sponsor
