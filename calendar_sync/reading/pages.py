"""Web pages that describe their events in schema.org JSON-LD."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from lxml import etree
from lxml import html as pages

from calendar_sync.changes import MADE_UID
from calendar_sync.countries import country_code, place_parts
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.page_dates import Node, day, first_of, when_of
from calendar_sync.roster import Calendar
from calendar_sync.wording import plain

DEEPEST = 40
"""Levels of nesting that are followed."""
_OTHER_EVENT_TYPES = frozenset({"Festival", "Hackathon", "CourseInstance", "EventSeries"})
_STATUS = {
    "EventCancelled": Status.CANCELLED,
    "EventPostponed": Status.TENTATIVE,
}
_NOT_ENTERED = frozenset({"superEvent", "isPartOf", "workFeatured"})
"""Properties that only point at another event, which stands for itself elsewhere or not at all."""


@dataclass(slots=True)
class _Page:
    """What was gathered from one page."""

    nodes: list[Node] = field(default_factory=list)
    by_id: dict[str, Node] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_page(body: bytes, calendar: Calendar, charset: str = "") -> Reading:
    """Read the events a page describes; a page without any is no calendar. Never raises on what it holds."""
    page = _Page()
    name = ""
    try:
        document = pages.document_fromstring(body, parser=pages.HTMLParser(encoding=_encoding(body, charset)))
        name = (document.findtext(".//title") or "").strip()
        for number, block in enumerate(document.iterfind(".//script"), start=1):
            if (block.get("type") or "").split(";")[0].strip().lower() == "application/ld+json":
                _gather(page, block.text or "", number)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError) as error:
        page.problems.append(Problem("not-a-page", f"it is no HTML page ({error})"))
    listings = _listings(page, calendar)
    if not listings:
        problems = page.problems or [Problem("no-event", "the page describes no schema.org event")]
        return Reading(problems=tuple(problems), is_calendar=False, name=name)
    listings.sort(key=_order)
    return Reading(tuple(listings), tuple(page.problems), name=name)


def _encoding(body: bytes, charset: str) -> str | None:
    """Return the encoding to read with; None leaves it to what the page declares."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return charset or None
    return "utf-8"


def _gather(page: _Page, text: str, number: int) -> None:
    text = re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$", "", text)
    try:
        content = json.loads(text, strict=False)
        if "\\ud" in text.lower():
            # JSON can spell half a letter (a lone surrogate); no file or database can hold it.
            content = json.loads(json.dumps(content, ensure_ascii=False).encode("utf-8", errors="replace"))
    except (ValueError, RecursionError) as error:
        page.problems.append(
            Problem(
                "malformed-json-ld", f"script {number} of the page is no JSON and was left out ({error})", lost=True
            )
        )
        return
    _walk(page, content, 0)


def _walk(page: _Page, value: object, depth: int) -> None:
    """Collect every event, and every node that others refer to."""
    if depth > DEEPEST:
        page.problems.append(Problem("nested-too-deep", f"what lies below {DEEPEST} levels was left out", lost=True))
    elif isinstance(value, list):
        for entry in value:
            _walk(page, entry, depth + 1)
    elif isinstance(value, dict):
        id_ = value.get("@id")
        if isinstance(id_, str) and len(value) > 1:
            page.by_id.setdefault(id_, value)
        if _is_event(value):
            page.nodes.append(value)
        for name, inner in value.items():
            if name not in _NOT_ENTERED and isinstance(inner, dict | list):
                _walk(page, inner, depth + 1)


def _types(node: Node) -> Iterator[str]:
    stated = node.get("@type")
    for type_ in stated if isinstance(stated, list) else [stated]:
        if isinstance(type_, str):
            yield re.split(r"[/:#]", type_)[-1]


def _is_event(node: Node) -> bool:
    return len(node) > 2 and any(type_.endswith("Event") or type_ in _OTHER_EVENT_TYPES for type_ in _types(node))


# -- nodes to listings ---------------------------------------------------------------------------------------------


def _listings(page: _Page, calendar: Calendar) -> list[Listing]:
    named = [_stated_uid(node) for node in page.nodes]
    shared = Counter(named)
    found: dict[str, Listing] = {}
    for node, uid in zip(page.nodes, named, strict=True):
        listing = _listing(page, node, calendar)
        if listing is None:
            page.problems.append(
                Problem("no-title", "an event of the page has no name and was left out", uid, lost=True)
            )
            continue
        # An address that several events share names none of them.
        own = uid if uid and shared[uid] == 1 else _made_uid(listing)
        listing = replace(listing, key=ListingKey(calendar.id, own))
        # Pages often describe one event twice, once in a list and once alone; the fuller one is kept.
        rival = found.get(own)
        if rival is None or len(repr(listing)) > len(repr(rival)):
            found[own] = listing
    return list(found.values())


def _listing(page: _Page, node: Node, calendar: Calendar) -> Listing | None:
    title = _words(page, node.get("name"))
    if not title:
        return None
    published = day(first_of(node.get("datePublished")))
    when = when_of(node, calendar, published)
    if when.wrong:
        page.problems.append(Problem("unclear-date", f"{title!r}: {when.wrong}", _stated_uid(node)))
    city, country, venue, place, online = _where(page, node)
    event_status = re.split(r"[/:#]", str(first_of(node.get("eventStatus")) or ""))[-1]
    attendance = str(first_of(node.get("eventAttendanceMode")) or "")
    extra = [("eventStatus", event_status)] if event_status else []
    previous = first_of(node.get("previousStartDate"))
    if isinstance(previous, str) and previous:
        extra.append(("previousStartDate", previous))
    stated = Status(calendar.status) if calendar.status in tuple(Status) else Status.CONFIRMED
    return Listing(
        key=ListingKey(calendar.id, ""),
        organisation=calendar.organisation,
        title=title,
        language=_language(page, node) or calendar.language,
        status=_STATUS.get(event_status, stated),
        visibility=calendar.visibility,
        span=when.span,
        start=when.start,
        end=when.end,
        tz=when.tz,
        date_text=when.text,
        date_note=when.note,
        city=city,
        country=country,
        place_text=place,
        venue=venue,
        online=online or "OnlineEventAttendanceMode" in attendance or event_status == "EventMovedOnline",
        organisers=_names(page, node.get("organizer")),
        sponsors=tuple(dict.fromkeys((*_names(page, node.get("sponsor")), *_names(page, node.get("funder"))))),
        audience=_audience(page, node.get("audience")),
        themes=_themes(page, node),
        description=_words(page, node.get("description")),
        url=_address(page, node),
        published=published,
        extra=tuple(extra),
    )


def _stated_uid(node: Node) -> str:
    identifier = first_of(node.get("identifier"))
    if isinstance(identifier, dict):
        identifier = identifier.get("value") or identifier.get("@id")
    for candidate in (identifier, node.get("@id"), first_of(node.get("url"))):
        if isinstance(candidate, str | int) and not isinstance(candidate, bool) and str(candidate).strip():
            return str(candidate).strip()
    return ""


def _made_uid(listing: Listing) -> str:
    when = listing.start.isoformat() if listing.start is not None else plain(listing.date_text)
    said = "\x1f".join((plain(listing.title), when, plain(listing.city or listing.place_text)))
    return MADE_UID + hashlib.sha256(said.encode()).hexdigest()[:20]


def _order(listing: Listing) -> tuple[date, str]:
    return (listing.span.earliest if listing.span is not None else date.max, listing.key.uid)


# -- places, names and words ---------------------------------------------------------------------------------------


def _where(page: _Page, node: Node) -> tuple[str, str, str, str, bool]:
    """Return city, country, venue, the place in words, and whether it is online only."""
    city = country = venue = place = ""
    virtual = False
    for location in _each(page, node.get("location")):
        if isinstance(location, str):
            place = place or location.strip()
            city, country, venue = place_parts(location, city, country, venue)
            continue
        if "VirtualLocation" in _types(location):
            virtual = True
            continue
        if place:
            continue
        venue = _words(page, location.get("name"))
        city, country, place = _address_parts(page, location, venue)
        if not city and not country:
            city, country, venue = place_parts(venue)
    return city, country, venue, place, virtual and not place


def _address_parts(page: _Page, location: Node, venue: str) -> tuple[str, str, str]:
    """Return city, country and the whole in words of a Place."""
    address = next(iter(_each(page, location.get("address"))), location)
    if isinstance(address, str):
        city, country, _ = place_parts(address)
        return city, country, ", ".join(filter(None, (venue, address.strip())))
    city = _words(page, address.get("addressLocality"))
    stated = _words(page, address.get("addressCountry"))
    lines = (
        venue,
        _words(page, address.get("streetAddress")),
        city,
        _words(page, address.get("addressRegion")),
        stated,
    )
    return city, country_code(stated), ", ".join(dict.fromkeys(line for line in lines if line))


def _audience(page: _Page, value: object) -> tuple[str, ...]:
    found: list[str] = []
    for entry in _each(page, value):
        if isinstance(entry, str):
            found += [part.strip() for part in entry.split(";")]
        else:
            found += _names(page, entry.get("geographicArea"))
            found.append(_words(page, entry.get("audienceType")) or _words(page, entry.get("name")))
    return tuple(dict.fromkeys(name for name in found if name))


def _themes(page: _Page, node: Node) -> tuple[str, ...]:
    keywords = [part for word in _names(page, node.get("keywords")) for part in re.split(r"[,;]", word)]
    return tuple(dict.fromkeys(word.strip() for word in (*_names(page, node.get("about")), *keywords) if word.strip()))


def _language(page: _Page, node: Node) -> str:
    for entry in _each(page, node.get("inLanguage")):
        stated = entry if isinstance(entry, str) else entry.get("alternateName") or entry.get("name")
        if isinstance(stated, str) and re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*", stated):
            return stated
    return ""


def _address(page: _Page, node: Node) -> str:
    stated = first_of(node.get("url"))
    if isinstance(stated, str):
        return stated.strip()
    return ""


def _names(page: _Page, value: object) -> tuple[str, ...]:
    found = (_words(page, entry if isinstance(entry, str) else entry.get("name")) for entry in _each(page, value))
    return tuple(dict.fromkeys(name for name in found if name))


def _each(page: _Page, value: object) -> list[str | Node]:
    """Return what a property holds as a list, references to other nodes of the page followed."""
    entries = value if isinstance(value, list) else [value]
    found: list[str | Node] = []
    for entry in entries:
        if isinstance(entry, dict):
            id_ = entry.get("@id")
            known = page.by_id.get(id_) if len(entry) == 1 and isinstance(id_, str) else None
            found.append(known if known is not None else entry)
        elif isinstance(entry, str) and entry.strip():
            found.append(entry)
    return found


def _words(page: _Page, value: object) -> str:
    """Return plain text: markup and entities that pages put into JSON are taken out."""
    stated = first_of(value)
    if isinstance(stated, dict):
        stated = stated.get("@value") or stated.get("name")
    if not isinstance(stated, str):
        return ""
    stated = html.unescape(stated)
    if "<" in stated:
        stated = html.unescape(re.sub(r"<[^<>]{0,500}>", " ", stated))
    return " ".join(stated.split())
