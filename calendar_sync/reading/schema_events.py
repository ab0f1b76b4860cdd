"""schema.org events to listings: what each says, what it takes from the event it stands in, which ones are the same."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urljoin

from calendar_sync.countries import country_code, place_parts
from calendar_sync.identity import MADE_UID
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading import Problem, markup
from calendar_sync.reading.page_dates import Node, day, first_of, text_of, when_of
from calendar_sync.reading.page_schedules import laid_out, schedule_lines
from calendar_sync.roster import Calendar
from calendar_sync.wording import plain

Window = tuple[date, date] | None

_STATUS = {
    "EventCancelled": Status.CANCELLED,
    "EventPostponed": Status.TENTATIVE,
}
_SHARED = ("location", "organizer", "inLanguage", "eventAttendanceMode")
"""What a part of an event has from the whole, where it says nothing itself."""
_PEOPLE = frozenset({"Person", "Patient"})
_MOST_NAMES = 100
_LONGEST_NAME = 1_000
_MOST_RIVALS = 20
_LONGEST_UID = 1_000
_ONLINE = re.compile(r"\s*(?:https?://\S*|online|virtual|webinar|zoom|en ligne|en l[ií]nea)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """One event of a page, and what it stands in."""

    node: Node
    parent: Node | None = None
    in_markup: bool = False
    """True for microdata and RDFa, which often say again what JSON-LD says."""


@dataclass(slots=True)
class Page:
    """What was gathered from one page."""

    events: list[Found] = field(default_factory=list)
    by_id: dict[str, Node] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    looked_at: int = 0


def listings_of(page: Page, calendar: Calendar, window: Window, address: str) -> list[Listing]:
    """Return the listings of a page, in the order of their days; what is wrong is told to its problems."""
    whole = _wholes(page)
    templates: list[tuple[Listing, str, Found]] = []
    for found in page.events[: calendar.limits.events + 1]:
        if id(found.node) in whole:
            # Its parts are the events; the series is only what they have in common.
            continue
        uid = _stated_uid(found.node)
        listing = _listing(page, found, calendar, address)
        if listing is None:
            page.problems.append(
                Problem("no-title", "an event of the page has no name and was left out", uid, lost=True)
            )
            continue
        templates.append((listing, uid, found))
    return sorted(_laid_out(page, _keyed(_joined(templates), calendar), calendar, window), key=_order)


def _joined(templates: list[tuple[Listing, str, Found]]) -> list[tuple[Listing, str, Found]]:
    """Make one of an event that the page describes in two formats; what one is silent on, the other may say."""
    kept: list[tuple[Listing, str, Found]] = []
    # By title, first day and format; then by town, so that a page full of one title is not compared with itself.
    told: dict[object, dict[str, list[int]]] = {}
    for listing, uid, found in templates:
        what = (plain(listing.title), listing.span.earliest if listing.span else plain(listing.date_text))
        town = plain(listing.city)
        others = told.get((what, not found.in_markup), {})
        near = [*others.get(town, ()), *others.get("", ())] if town else [at[0] for at in others.values()][:1]
        same = (number for number in near[:_MOST_RIVALS] if _may_be_one_country(kept[number][0], listing))
        number = next(same, None)
        if number is None:
            told.setdefault((what, found.in_markup), {}).setdefault(town, []).append(len(kept))
            kept.append((listing, uid, found))
        else:
            known, known_uid, known_found = kept[number]
            kept[number] = (_filled(known, listing), known_uid or uid, known_found)
    return kept


def _may_be_one_country(one: Listing, other: Listing) -> bool:
    return len({listing.country for listing in (one, other) if listing.country}) < 2


def _filled(listing: Listing, other: Listing) -> Listing:
    blank = {
        name: getattr(other, name)
        for name in (fact.name for fact in fields(Listing))
        if name != "key" and not getattr(listing, name) and getattr(other, name)
    }
    if listing.span is not None:
        # Dates are of one source, or they do not fit together; the one that names an end says more.
        longer = other.span is not None and other.span.days > listing.span.days
        for name in ("span", "start", "end", "tz", "date_text", "date_note"):
            blank.pop(name, None)
            if longer:
                blank[name] = getattr(other, name)
    return replace(listing, **blank) if blank else listing


def _keyed(templates: list[tuple[Listing, str, Found]], calendar: Calendar) -> list[tuple[Listing, Found]]:
    """Give each its key: what the page calls it, unless it calls several so."""
    shared = Counter(uid for _, uid, _ in templates)
    found: dict[str, tuple[Listing, Found]] = {}
    for listing, uid, source in templates:
        # An address that several events share names none of them.
        own = uid if uid and shared[uid] == 1 else made_uid(listing)
        listing = replace(listing, key=ListingKey(calendar.id, own))
        # Pages often describe one event twice, once in a list and once alone; the fuller one is kept.
        rival = found.get(own)
        if rival is None or len(repr(listing)) > len(repr(rival[0])):
            found[own] = (listing, source)
    return list(found.values())


def _laid_out(page: Page, keyed: list[tuple[Listing, Found]], calendar: Calendar, window: Window) -> list[Listing]:
    listings: list[Listing] = []
    for listing, found in keyed:
        schedules = [entry for entry in _each(page, found.node.get("eventSchedule")) if isinstance(entry, Mapping)]
        days: list[Listing] = []
        for schedule in schedules[:10]:
            lines = schedule_lines(schedule, calendar)
            if lines is None:
                page.problems.append(
                    Problem("unreadable-schedule", "its eventSchedule could not be read", listing.key.uid)
                )
                continue
            more, problems = laid_out(listing, lines, calendar, window)
            days += more
            page.problems += problems
            if len(listings) + len(days) > calendar.limits.events:
                break
        if not schedules or (not days and listing.span is not None and window is None):
            days = [listing]
        listings += days
    return listings


def _wholes(page: Page) -> set[int]:
    """Return the series (by identity) whose parts the page tells one by one."""
    wholes: set[int] = set()
    for found in page.events:
        over = found.parent if found.parent is not None else _whole_of(page, found.node)
        if over is not None and "EventSeries" in types(over):
            wholes.add(id(over))
        if "EventSeries" in types(found.node) and any(
            isinstance(part, Mapping) for part in _each(page, found.node.get("subEvent"))
        ):
            wholes.add(id(found.node))
    return wholes


def _whole_of(page: Page, node: Node) -> Node | None:
    """Return the event that *node* says it is part of."""
    return next((over for over in _each(page, node.get("superEvent")) if isinstance(over, Mapping)), None)


def _listing(page: Page, found: Found, calendar: Calendar, address: str) -> Listing | None:
    node = _completed(page, found)
    title = _words(page, node.get("name")) or _words(page, node.get("headline"))
    if not title:
        return None
    published = day(first_of(node.get("datePublished")))
    when = when_of(node, calendar, published)
    if when.wrong and not node.get("eventSchedule"):
        page.problems.append(Problem("unclear-date", f"{title!r}: {when.wrong}", _stated_uid(node)))
    city, country, venue, place, online = _where(page, node)
    event_status = _code(node.get("eventStatus"))
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
        online=online or _code(node.get("eventAttendanceMode")) == "OnlineEventAttendanceMode"
        or event_status == "EventMovedOnline",
        organisers=_names(page, node.get("organizer")),
        sponsors=tuple(dict.fromkeys((*_names(page, node.get("sponsor")), *_names(page, node.get("funder"))))),
        audience=_audience(page, node.get("audience")),
        themes=_themes(page, node),
        description=markup.without_mail(_text(node.get("description"))),
        url=_address(node, address),
        published=published,
        extra=tuple(_kept(page, node, event_status)),
    )  # fmt: skip


def _completed(page: Page, found: Found) -> Node:
    """Give a part what it has from the whole."""
    over = found.parent if found.parent is not None else _whole_of(page, found.node)
    if over is None:
        return found.node
    given = {name: over[name] for name in _SHARED if not found.node.get(name) and over.get(name)}
    if not found.node.get("eventStatus") and _code(over.get("eventStatus")) in _STATUS:
        given["eventStatus"] = over["eventStatus"]
    return {**found.node, **given}


def _kept(page: Page, node: Node, event_status: str) -> list[tuple[str, str]]:
    """Keep the evidence nobody interprets yet: a moved event names every date it had."""
    extra = [("eventStatus", event_status)] if event_status else []
    extra += [("previousStartDate", text[:60]) for text in _texts(node.get("previousStartDate"))[:20]]
    mode = _code(node.get("eventAttendanceMode"))
    if mode == "MixedEventAttendanceMode":
        extra.append(("eventAttendanceMode", mode))
    performers = [entry for entry in _each(page, node.get("performer")) if isinstance(entry, Mapping)]
    bodies = [entry for entry in performers if not _PEOPLE & set(types(entry)) and entry.get("@type")]
    extra += [("performer", name) for name in _names(page, bodies[:20])]
    over = _whole_of(page, node)
    if over is not None and (name := _words(page, over.get("name"))):
        extra.append(("superEvent", name))
    return extra


def _stated_uid(node: Node) -> str:
    identifier = first_of(node.get("identifier"))
    if isinstance(identifier, dict):
        identifier = first_of(identifier.get("value")) or identifier.get("@id")
    for candidate in (identifier, node.get("@id"), first_of(node.get("url"))):
        if isinstance(candidate, dict):
            candidate = candidate.get("@id")
        if text := text_of(candidate):
            return text if len(text) <= _LONGEST_UID else hashlib.sha256(text.encode()).hexdigest()
    return ""


def made_uid(listing: Listing) -> str:
    """Name a listing that its calendar does not name by what it says."""
    when = listing.start.isoformat() if listing.start is not None else plain(listing.date_text)
    said = "\x1f".join((plain(listing.title), when, plain(listing.city or listing.place_text)))
    return MADE_UID + hashlib.sha256(said.encode("utf-8", errors="replace")).hexdigest()[:20]


def _order(listing: Listing) -> tuple[date, str, str]:
    earliest = listing.span.earliest if listing.span is not None else date.max
    return (earliest, listing.key.uid, listing.key.recurrence_id)


def types(node: Node) -> Iterator[str]:
    """Yield the types of a node without their vocabulary."""
    stated = node.get("@type")
    for type_ in stated if isinstance(stated, list) else [stated]:
        if isinstance(type_, str):
            yield re.split(r"[/:#]", type_)[-1]


# -- places, names and words ---------------------------------------------------------------------------------------


def _where(page: Page, node: Node) -> tuple[str, str, str, str, bool]:
    """Return city, country, venue, the place in words, and whether it is online only."""
    city = country = venue = place = ""
    virtual = False
    for location in _each(page, node.get("location")):
        if isinstance(location, str):
            said = _said(location)
            if _ONLINE.fullmatch(said):
                virtual = True
            elif not place:
                place = said
                city, country, venue = place_parts(said, city, country, venue)
            continue
        if "VirtualLocation" in types(location):
            virtual = True
            continue
        if place:
            continue
        venue = _words(page, location.get("name"))
        city, country, place = _address_parts(page, location, venue)
        if _ONLINE.fullmatch(place):
            city = country = venue = place = ""
            virtual = True
        elif not city and not country:
            city, country, venue = place_parts(venue)
    return city, country, venue, place, virtual and not place


def _address_parts(page: Page, location: Node, venue: str) -> tuple[str, str, str]:
    """Return city, country and the whole in words of a Place."""
    address = next(iter(_each(page, location.get("address"))), location)
    if isinstance(address, str):
        said = _said(address)
        city, country, _ = place_parts(said)
        return city, country, ", ".join(filter(None, (venue, said)))
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


def _audience(page: Page, value: object) -> tuple[str, ...]:
    found: list[str] = []
    for entry in _each(page, value):
        if isinstance(entry, str):
            found += [_said(part) for part in entry.split(";")]
        else:
            found += _names(page, entry.get("geographicArea"))
            found.append(_words(page, entry.get("audienceType")) or _words(page, entry.get("name")))
    return tuple(dict.fromkeys(name for name in found if name))


def _themes(page: Page, node: Node) -> tuple[str, ...]:
    keywords = [part for word in _names(page, node.get("keywords")) for part in re.split(r"[,;]", word)]
    return tuple(dict.fromkeys(word.strip() for word in (*_names(page, node.get("about")), *keywords) if word.strip()))


def _language(page: Page, node: Node) -> str:
    """Return the language the event is said to be in, else that of its name."""
    name = first_of(node.get("name"))
    of_name = name.get("@language") if isinstance(name, dict) else ""
    for entry in (*_each(page, node.get("inLanguage")), of_name):
        stated = entry.get("alternateName") or entry.get("name") if isinstance(entry, Mapping) else entry
        stated = first_of(stated)
        if isinstance(stated, str) and re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}", stated.strip()):
            return stated.strip()
    return ""


def _address(node: Node, address: str) -> str:
    stated = first_of(node.get("url"))
    stated = stated.get("@id") if isinstance(stated, dict) else stated
    if not isinstance(stated, str) or not stated.strip():
        return ""
    stated = markup.safe(stated.strip())[:2_000]
    if not address.startswith(("http://", "https://")):
        return stated
    try:
        return urljoin(address, stated)
    except ValueError:
        return stated


def _names(page: Page, value: object) -> tuple[str, ...]:
    found = (_words(page, entry if isinstance(entry, str) else entry.get("name")) for entry in _each(page, value))
    return tuple(dict.fromkeys(name for name in found if name))


def _each(page: Page, value: object) -> list[str | Node]:
    """Return what a property holds as a list, references to other nodes of the page followed."""
    entries = value if isinstance(value, list) else [value]
    found: list[str | Node] = []
    for entry in entries[:_MOST_NAMES]:
        if isinstance(entry, dict):
            id_ = entry.get("@id")
            known = page.by_id.get(id_) if len(entry) == 1 and isinstance(id_, str) else None
            if known is None and set(entry) <= {"@value", "@language"} and isinstance(entry.get("@value"), str):
                found.append(entry["@value"])
            else:
                found.append(known if known is not None else entry)
        elif isinstance(entry, str) and entry.strip():
            found.append(entry)
    return found


def _words(page: Page, value: object) -> str:
    """Return plain text: markup and entities that pages put into JSON are taken out."""
    stated: Any = first_of(value)
    if isinstance(stated, dict):
        stated = stated.get("@value") or stated.get("name")
    return _said(stated) if isinstance(stated, str) else ""


def _said(text: str) -> str:
    return markup.without_mail(markup.words(text))[:_LONGEST_NAME]


def _text(value: object) -> str:
    stated = first_of(value)
    stated = stated.get("@value") if isinstance(stated, dict) else stated
    return markup.paragraphs(stated) if isinstance(stated, str) else ""


def _texts(value: object) -> list[str]:
    return [text for entry in (value if isinstance(value, list) else [value]) if (text := text_of(entry))]


def _code(value: object) -> str:
    stated = first_of(value)
    if isinstance(stated, dict):
        stated = stated.get("@id")
    return re.split(r"[/:#]", stated)[-1][:60] if isinstance(stated, str) else ""
