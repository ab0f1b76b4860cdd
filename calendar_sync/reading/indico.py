"""What an Indico server exports of a category (`/export/categ/NUMBER.json`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from calendar_sync.countries import place_parts
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.markup import paragraphs, without_mail, words
from calendar_sync.reading.page_dates import between, moment
from calendar_sync.reading.schema_events import made_uid
from calendar_sync.roster import Calendar
from calendar_sync.visibility import Visibility

_NOT_HAPPENING = re.compile(r"cancel|annul|abgesagt", re.IGNORECASE)
_ONLINE = re.compile(r"\b(?:zoom|online|virtual|videoconference|webinar|teams)\b", re.IGNORECASE)
_MOST_KEPT = 20


def read_indico(body: bytes, calendar: Calendar) -> Reading:
    """Read the events of a category; never raises on what it holds, and never keeps an address of a person."""
    try:
        content = json.loads(body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace"), strict=False)
    except (ValueError, RecursionError) as error:
        return _no_calendar(f"it is no JSON ({str(error)[:200]})")
    results = content.get("results") if isinstance(content, dict) else None
    if not isinstance(results, list):
        return _no_calendar("it is JSON without the results of an Indico server, perhaps its error message")
    problems: list[Problem] = []
    if content.get("complete") is False:
        message = "the server says that it sent only a part of the category"
        problems.append(Problem("incomplete-export", message, lost=True))
    listings = list(_listings(results, calendar, problems))
    listings.sort(key=lambda listing: (listing.span.earliest if listing.span else date.max, listing.key.uid))
    return Reading(tuple(listings), tuple(problems))


def _no_calendar(why: str) -> Reading:
    return Reading(problems=(Problem("not-a-calendar", why),), is_calendar=False)


def _listings(results: list[Any], calendar: Calendar, problems: list[Problem]) -> Iterator[Listing]:
    for number, event in enumerate(results[: calendar.limits.events + 1], start=1):
        if not isinstance(event, dict):
            problems.append(Problem("unreadable-event", f"result {number} is no event and was left out", lost=True))
            continue
        uid = _uid(event)
        title = _name(_text(event.get("title")))
        if not title:
            problems.append(Problem("no-title", f"result {number} has no title and was left out", uid, lost=True))
            continue
        yield _listing(event, uid, title, calendar, problems)


def _listing(event: dict[str, Any], uid: str, title: str, calendar: Calendar, problems: list[Problem]) -> Listing:
    start = _moment(event.get("startDate"), event, calendar)
    end = _moment(event.get("endDate"), event, calendar)
    span, tz, wrong = None, "", "it states no startDate that can be read"
    if start is not None:
        when = between(start, end, calendar)
        span, start, end, tz, wrong = when.span, when.start, when.end, when.tz, when.wrong
    if wrong:
        problems.append(Problem("unclear-date", f"{title!r}: {wrong}", uid))
    room = _name(_text(event.get("roomFullname")) or _text(event.get("room")))
    building, address = _name(_text(event.get("location"))), _name(_text(event.get("address")))
    city, country, venue = place_parts(address or building)
    label = event.get("label")
    label_title = words(_text(label.get("title"))) if isinstance(label, dict) else ""
    off = isinstance(label, dict) and bool(label.get("is_event_not_happening"))
    stated = Status(calendar.status) if calendar.status in tuple(Status) else Status.CONFIRMED
    if off:
        stated = Status.CANCELLED if _NOT_HAPPENING.search(label_title) else Status.TENTATIVE
    place = ", ".join(dict.fromkeys(part for part in (room, building, address) if part))
    listing = Listing(
        key=ListingKey(calendar.id, uid),
        organisation=calendar.organisation,
        title=title,
        language=_text(event.get("language"))[:20] or calendar.language,
        status=stated,
        visibility=Visibility.strictest(_visibility(event), calendar.visibility),
        span=span,
        start=start,
        end=end if span is not None else None,
        tz=tz,
        city=city,
        country=country,
        place_text=place,
        venue=", ".join(dict.fromkeys(part for part in (room, building) if part)) or venue,
        online=not address and bool(_ONLINE.search(f"{room} {building}")),
        organisers=tuple(name for part in _text(event.get("organizer")).split(";") if (name := _name(part))),
        themes=tuple(dict.fromkeys(word for entry in _list(event.get("keywords")) if (word := _name(_text(entry))))),
        description=without_mail(paragraphs(_text(event.get("description")))),
        url=_text(event.get("url"))[:2_000],
        published=_day(event.get("creationDate")),
        extra=tuple(_kept(event, label_title)),
    )
    return listing if uid else _named(listing)


def _named(listing: Listing) -> Listing:
    return replace(listing, key=ListingKey(listing.key.calendar, made_uid(listing)))


def _uid(event: Mapping[str, Any]) -> str:
    """Name an event as the same server's iCalendar export does, so that its listings stand when the kind changes."""
    id_ = event.get("id")
    id_ = str(id_) if isinstance(id_, int) and not isinstance(id_, bool) and abs(id_) < 10**15 else _text(id_)
    if not id_:
        return ""
    try:
        host = urlsplit(_text(event.get("url"))).hostname or ""
    except ValueError:
        host = ""
    return f"indico-event-{id_[:200]}@{host}" if host else f"indico-event-{id_[:200]}"


def _moment(stated: object, event: Mapping[str, Any], calendar: Calendar) -> date | datetime | None:
    """Read {"date": ..., "time": ..., "tz": ...}."""
    if isinstance(stated, str):
        return moment(stated, calendar)
    if not isinstance(stated, dict):
        return None
    zone = _text(stated.get("tz")) or _text(event.get("timezone"))
    day, at = _text(stated.get("date")), _text(stated.get("time"))
    named = re.fullmatch(r"[\w/+-]{1,60}", zone)
    return moment(f"{day}T{at}" + (f"[{zone}]" if named else "") if at else day, calendar)


def _day(stated: object) -> date | None:
    text = _text(stated.get("date")) if isinstance(stated, dict) else _text(stated)
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _visibility(event: Mapping[str, Any]) -> Visibility:
    """A protected event reached us by a key that its readers do not have; one shown nowhere is nobody's news."""
    if event.get("hasAnyProtection") not in (None, False):
        return Visibility.HIDDEN
    stated = event.get("visibility")
    name = _text(stated.get("name")) if isinstance(stated, dict) else _text(stated)
    return Visibility.HIDDEN if name.casefold() == "nowhere" else Visibility.PUBLIC


def _kept(event: Mapping[str, Any], label: str) -> Iterator[tuple[str, str]]:
    """Keep what nobody interprets; of people the name and where they work, never an address."""
    if category := _name(_text(event.get("category"))):
        yield "category", category
    if label:
        yield "label", label
    if type_ := _text(event.get("type"))[:40]:
        yield "type", type_
    for person in _list(event.get("chairs"))[:_MOST_KEPT]:
        if isinstance(person, dict):
            full = " ".join(filter(None, (_text(person.get("first_name")), _text(person.get("last_name")))))
            parts = (_name(full or _text(person.get("fullName"))), _name(_text(person.get("affiliation"))))
            if parts[0]:
                yield "chair", ", ".join(part for part in parts if part)


def _name(text: str) -> str:
    return without_mail(words(text)).strip(" ,;<>")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
