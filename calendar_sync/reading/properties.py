"""The properties of one VEVENT to one Listing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calendar_sync.countries import country_code, place_parts
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading.content_lines import ContentLine, cut, plain_text, texts
from calendar_sync.reading.splitting import Block
from calendar_sync.roster import Calendar
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility

_ONLINE = re.compile(r"https?://|\b(online|virtual|en ligne|en línea|webinar)\b", re.IGNORECASE)
_STATUS = {"TENTATIVE": Status.TENTATIVE, "CANCELLED": Status.CANCELLED, "CONFIRMED": Status.CONFIRMED}
_LIST = re.compile(r"\\?;")
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)", re.ASCII)
_KEPT = frozenset({"RELATED-TO", "REFID", "LINK", "GEO", "TRANSP"})
_LONGEST_KEPT = 200


class Properties:
    """What the content lines of one VEVENT say, by name; the first of a name counts where only one may stand."""

    def __init__(self, lines: Sequence[ContentLine], parts: Sequence[Block] = ()) -> None:
        self._by_name: dict[str, list[ContentLine]] = {}
        for line in lines:
            self._by_name.setdefault(line.name, []).append(line)
        self.parts = parts

    def all(self, name: str) -> list[ContentLine]:
        """Return every property of that name."""
        return self._by_name.get(name, [])

    def text(self, name: str) -> str:
        """Return the first property of that name as text, blank when there is none."""
        lines = self._by_name.get(name)
        return plain_text(lines[0].value) if lines else ""

    def parameter(self, name: str, parameter: str) -> str:
        """Return a parameter of the first property of that name."""
        lines = self._by_name.get(name)
        return lines[0].parameter(parameter) if lines else ""

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def kept(self) -> Iterator[tuple[str, str]]:
        """Yield what nobody interprets and is short enough to keep; never addresses of people."""
        for name, lines in self._by_name.items():
            if name in _KEPT or (name.startswith("X-") and not name.startswith(("X-OUTREACH-", "X-ALT-"))):
                for line in lines:
                    if len(line.value) <= _LONGEST_KEPT:
                        yield name, plain_text(line.value)


def listing_of(
    said: Properties,
    calendar: Calendar,
    *,
    uid: str,
    recurrence_id: str,
    start: date | datetime,
    end: date | datetime,
    home: ZoneInfo | None,
) -> Listing:
    """Make a listing of what a VEVENT says.

    *start* and *end* (exclusive) are those of this occurrence; *home* is the calendar's own zone, in which the civil
    days of a time in UTC are counted.
    """
    published = _day(said.text("X-PUBLISHED")) or _day(said.text("CREATED"))
    words = said.text("X-OUTREACH-DATE-TEXT")
    span, note = _span(start, end, home), ""
    if words:
        span, note = _from_words(words, published, calendar.language, span)
    place = said.text("LOCATION")
    city, country, venue = place_parts(
        place, said.text("X-OUTREACH-CITY"), country_code(said.text("X-OUTREACH-COUNTRY"))
    )
    klass = said.text("CLASS")
    stated_status = said.text("STATUS").upper()
    status = calendar.status or _STATUS.get(stated_status, Status.CONFIRMED)
    if stated_status == "CANCELLED":
        status = Status.CANCELLED
    participants = list(_participants(said.parts))
    return Listing(
        key=ListingKey(calendar.id, uid, recurrence_id),
        organisation=calendar.organisation,
        title=said.text("SUMMARY"),
        language=said.parameter("SUMMARY", "LANGUAGE") or calendar.language,
        status=Status(status),
        visibility=Visibility.strictest(Visibility.of_class(klass), calendar.visibility),
        span=span,
        start=start,
        end=end,
        tz=zone_name(start),
        date_text=words,
        date_note=note,
        city=city,
        country=country,
        venue=venue,
        place_text=place,
        online=bool(_ONLINE.search(place)) or "CONFERENCE" in said,
        organisers=_each(
            *(line.parameter("CN") or _address(line.value) for line in said.all("ORGANIZER")),
            *(plain_text(line.value) for line in said.all("CONTACT")),
            *(name for kind, name in participants if kind in ("CONTACT", "ORGANIZER")),
        ),
        sponsors=_each(*(name for kind, name in participants if kind == "SPONSOR")),
        audience=_each(*_audience(said)),
        themes=_each(*_themes(said)),
        description=said.text("DESCRIPTION"),
        url=said.text("URL"),
        published=published,
        sequence=_number(said.text("SEQUENCE")),
        klass=klass,
        extra=tuple(said.kept()),
    )


def occurrence_of(
    listing: Listing, *, recurrence_id: str, start: date | datetime, end: date | datetime, home: ZoneInfo | None
) -> Listing:
    """Make the listing of another occurrence of the same VEVENT."""
    return replace(
        listing,
        key=replace(listing.key, recurrence_id=recurrence_id),
        span=listing.span if listing.date_text else _span(start, end, home),
        start=start,
        end=end,
        tz=zone_name(start),
    )


def zone_name(start: date | datetime) -> str:
    """Return the name of a time's zone, blank for all-day and floating."""
    if not isinstance(start, datetime) or start.tzinfo is None:
        return ""
    return start.tzinfo.key if isinstance(start.tzinfo, ZoneInfo) else str(start.tzname() or "")


def _span(start: date | datetime, end: date | datetime, home: ZoneInfo | None) -> Span:
    """Return the civil days; an end at midnight, or an all-day end, does not touch its day (RFC 5545: exclusive)."""
    if home is not None:
        start, end = _at_home(start, home), _at_home(end, home)
    first = start.date() if isinstance(start, datetime) else start
    last = end.date() if isinstance(end, datetime) else end
    if not isinstance(end, datetime) or end.time() == time.min:
        last = last - timedelta(days=1) if last > date.min else last
    return Span.exact(first, max(first, last))


def _at_home(value: date | datetime, home: ZoneInfo) -> date | datetime:
    """A time in UTC says nothing of the place; the calendar's zone does."""
    if not isinstance(value, datetime) or value.tzinfo is None or zone_name(value) != "UTC":
        return value
    try:
        return value.astimezone(home)
    except OverflowError:
        return value


def _from_words(words: str, published: date | None, language: str, bounds: Span) -> tuple[Span, str]:
    # Late, because most feeds hold no dates in words.
    from calendar_sync.vague_dates import resolve

    resolved = resolve(words, published=published, language=language)
    if resolved is None:
        return Span.vague(bounds.earliest, bounds.latest), "only the outer bounds are known"
    return resolved.span, resolved.note


def _each(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _address(value: str) -> str:
    return value[len("mailto:") :] if value[:7].lower() == "mailto:" else value


def _participants(parts: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """Yield type and name of RFC 9073 PARTICIPANT components."""
    for part in parts:
        if part.name == "PARTICIPANT":
            said = Properties([line for text in part.lines if (line := _whole(text)) is not None])
            name = said.text("NAME") or said.text("SUMMARY") or _address(said.text("CALENDAR-ADDRESS"))
            if name:
                yield said.text("PARTICIPANT-TYPE").upper(), name


def _whole(text: str) -> ContentLine | None:
    try:
        return cut(text)
    except ValueError:
        return None


def _audience(said: Properties) -> Iterator[str]:
    for line in said.all("X-OUTREACH-AUDIENCE"):
        yield from (plain_text(part) for part in _LIST.split(line.value))
    for line in said.all("ATTENDEE"):
        if line.parameter("CUTYPE").upper() == "GROUP":
            yield line.parameter("CN")


def _themes(said: Properties) -> Iterator[str]:
    for line in said.all("X-OUTREACH-THEMES"):
        yield from (plain_text(part) for part in _LIST.split(line.value))
    for line in said.all("CATEGORIES"):
        yield from texts(line.value)
    for line in said.all("CONCEPT"):
        yield plain_text(line.value)


def _day(value: str) -> date | None:
    """Return the civil day of a date or time, as stated."""
    match = _DAY.match(value)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
