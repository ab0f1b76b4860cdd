"""The properties of one VEVENT to one Listing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event as Component

from calendar_sync.countries import country_code, place_parts
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading import Problem
from calendar_sync.reading.zones import Zones
from calendar_sync.roster import Calendar
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility

_ONLINE = re.compile(r"https?://|\b(online|virtual|en ligne|en línea|webinar)\b", re.IGNORECASE)
_STATUS = {"TENTATIVE": Status.TENTATIVE, "CANCELLED": Status.CANCELLED, "CONFIRMED": Status.CONFIRMED}
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def listing_of(
    component: Component,
    calendar: Calendar,
    zones: Zones,
    *,
    uid: str,
    series: bool,
    end: date | datetime | None,
    problems: list[Problem],
) -> Listing:
    """Make a listing of a VEVENT that icalendar has parsed.

    *series* tells that it is one occurrence of a recurring event; *end* is the stated end where it was left out of the
    component because it lies before the start.
    """
    start = zones.placed(component.start)
    stop = zones.placed(end) if end is not None else zones.placed(component.end)
    published = _day(component, "X-PUBLISHED") or _day(component, "CREATED")
    words = _text(component, "X-OUTREACH-DATE-TEXT")
    span, note = _span(start, stop), ""
    if words:
        span, note = _from_words(words, published, calendar.language, span)
    place = _text(component, "LOCATION")
    city, country, venue = place_parts(
        place, _text(component, "X-OUTREACH-CITY"), country_code(_text(component, "X-OUTREACH-COUNTRY"))
    )
    klass = _text(component, "CLASS")
    status = calendar.status or _STATUS.get(_text(component, "STATUS").upper(), Status.CONFIRMED)
    if _text(component, "STATUS").upper() == "CANCELLED":
        status = Status.CANCELLED
    title = _text(component, "SUMMARY")
    if not title:
        problems.append(Problem("no-title", "the event has no SUMMARY", uid))
    return Listing(
        key=ListingKey(calendar.id, uid, _recurrence_id(component, series=series)),
        organisation=calendar.organisation,
        title=title,
        language=_parameter(component, "SUMMARY", "LANGUAGE") or calendar.language,
        status=Status(status),
        visibility=Visibility.strictest(Visibility.of_class(klass), calendar.visibility),
        span=span,
        start=start,
        end=stop,
        tz=_zone_name(start),
        date_text=words,
        date_note=note,
        city=city,
        country=country,
        venue=venue,
        place_text=place,
        online=bool(_ONLINE.search(place)) or "CONFERENCE" in component,
        organisers=tuple(_organisers(component)),
        sponsors=tuple(_participants(component, "SPONSOR")),
        audience=tuple(_audience(component)),
        themes=tuple(_themes(component)),
        description=_text(component, "DESCRIPTION"),
        url=_text(component, "URL"),
        published=published,
        sequence=_number(component, "SEQUENCE"),
        klass=klass,
    )


def _span(start: date | datetime, end: date | datetime) -> Span:
    """Return the civil days; an end at midnight, or an all-day end, does not touch its day (RFC 5545: exclusive)."""
    first = start.date() if isinstance(start, datetime) else start
    last = end.date() if isinstance(end, datetime) else end
    if not isinstance(end, datetime) or end.time() == time.min:
        last = last - timedelta(days=1) if last > date.min else last
    return Span.exact(first, max(first, last))


def _from_words(words: str, published: date | None, language: str, bounds: Span) -> tuple[Span, str]:
    from calendar_sync.vague_dates import resolve

    resolved = resolve(words, published=published, language=language)
    if resolved is None:
        return Span.vague(bounds.earliest, bounds.latest), "only the outer bounds are known"
    return resolved.span, resolved.note


def _recurrence_id(component: Component, *, series: bool) -> str:
    stated = _first(component, "RECURRENCE-ID")
    if stated is not None and hasattr(stated, "dt"):
        return str(stated.dt.isoformat())
    return str(component.start.isoformat()) if series else ""


def _organisers(component: Component) -> Iterator[str]:
    seen = set()
    for organiser in _all(component, "ORGANIZER"):
        name = str(organiser.params.get("CN", "")) or str(organiser).removeprefix("mailto:").removeprefix("MAILTO:")
        if name and name not in seen:
            seen.add(name)
            yield name
    for name in (*_several(component, "CONTACT"), *_participants(component, "CONTACT", "ORGANIZER")):
        if name not in seen:
            seen.add(name)
            yield name


def _participants(component: Component, *kinds: str) -> Iterator[str]:
    """Yield the names of RFC 9073 PARTICIPANT components of these types."""
    for part in getattr(component, "subcomponents", []):
        if str(part.name).upper() == "PARTICIPANT" and _text(part, "PARTICIPANT-TYPE").upper() in kinds:
            name = _text(part, "NAME") or _text(part, "SUMMARY") or _text(part, "CALENDAR-ADDRESS")
            if name:
                yield name


def _audience(component: Component) -> Iterator[str]:
    for stated in _all(component, "X-OUTREACH-AUDIENCE"):
        yield from (part.strip() for part in re.split(r"\\?;", _plain(stated)) if part.strip())
    for attendee in _all(component, "ATTENDEE"):
        if str(attendee.params.get("CUTYPE", "")).upper() == "GROUP" and attendee.params.get("CN"):
            yield str(attendee.params["CN"])


def _themes(component: Component) -> Iterator[str]:
    for stated in _all(component, "X-OUTREACH-THEMES"):
        yield from (part.strip() for part in re.split(r"\\?;", _plain(stated)) if part.strip())
    for categories in _all(component, "CATEGORIES"):
        for category in getattr(categories, "cats", [categories]):
            if str(category).strip():
                yield str(category).strip()
    yield from _several(component, "CONCEPT")


def _all(component: Any, name: str) -> list[Any]:  # noqa: ANN401  icalendar's components are untyped here
    value = component.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _first(component: Any, name: str) -> Any:  # noqa: ANN401  as above
    return next(iter(_all(component, name)), None)


def _several(component: Component, name: str) -> list[str]:
    return [text for value in _all(component, name) if (text := _plain(value))]


def _text(component: Any, name: str) -> str:  # noqa: ANN401  as above
    value = _first(component, name)
    return "" if value is None else _plain(value)


def _plain(value: object) -> str:
    """Unescape what icalendar leaves escaped in properties it does not know, and drop direction overrides."""
    text = str(value)
    if "\\" in text:
        text = (
            text.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
        )
    return _DIRECTION.sub("", text).strip()


def _parameter(component: Component, name: str, parameter: str) -> str:
    value = _first(component, name)
    return str(getattr(value, "params", {}).get(parameter, "")) if value is not None else ""


def _day(component: Component, name: str) -> date | None:
    """Return the civil day of a date property; X- properties come as text."""
    value = _first(component, name)
    if value is None:
        return None
    stated = getattr(value, "dt", None)
    if isinstance(stated, datetime):
        return stated.date()
    if isinstance(stated, date):
        return stated
    match = re.match(r"(\d{4})-?(\d\d)-?(\d\d)", str(value))
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _number(component: Component, name: str) -> int:
    try:
        return int(_text(component, name) or 0)
    except ValueError:
        return 0


def _zone_name(start: date | datetime) -> str:
    if not isinstance(start, datetime) or start.tzinfo is None:
        return ""
    return start.tzinfo.key if isinstance(start.tzinfo, ZoneInfo) else str(start.tzname() or "")
