"""The properties of one VEVENT to one Listing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from calendar_sync.countries import country_code, country_name, place_parts
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading.components import participants
from calendar_sync.reading.components import place as place_of
from calendar_sync.reading.content_lines import ContentLine, plain_text, texts
from calendar_sync.reading.splitting import Block
from calendar_sync.roster import Calendar
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility

_ONLINE = re.compile(r"https?://|\b(online|virtual|en ligne|en línea|webinar)\b", re.IGNORECASE)
_STATUS = {"TENTATIVE": Status.TENTATIVE, "CANCELLED": Status.CANCELLED, "CONFIRMED": Status.CONFIRMED}
_ORGANISING = frozenset({"ORGANIZER", "CONTACT", "PLANNER-CONTACT"})
_MEETING_LINKS = frozenset(
    {"CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK"}
)
_THEMES = frozenset({"CATEGORIES", "CONCEPT", "X-OUTREACH-THEMES"})
_LIST = re.compile(r"\\?;")
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)", re.ASCII)
_KEPT = frozenset({"RELATED-TO", "REFID", "LINK", "GEO", "TRANSP", "COLOR", "IMAGE", "CONFERENCE"})
_RELATION = frozenset({"RELTYPE", "LINKREL", "RANGE"})
# What nearly every event says and `listing_of` reads.
_READ = frozenset({"DTSTART", "DTEND", "UID", "DTSTAMP", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "CREATED"})
_LONGEST_KEPT = 200


class Properties:
    """What the content lines of one VEVENT say, by name; the first of a name counts where only one may stand."""

    __slots__ = ("_by_name", "lines", "parts")

    def __init__(self, lines: Sequence[ContentLine], parts: Sequence[Block] = ()) -> None:
        self.lines, self.parts = lines, parts
        by_name: dict[str, list[ContentLine]] = {}
        for line in lines:
            known = by_name.get(line.name)
            if known is None:
                by_name[line.name] = [line]
            else:
                known.append(line)
        self._by_name = by_name

    def all(self, name: str) -> Sequence[ContentLine]:
        """Return every property of that name."""
        return self._by_name.get(name, ())

    def value(self, name: str) -> str:
        """Return the first property of that name as written, blank when there is none."""
        lines = self._by_name.get(name)
        return lines[0].value if lines else ""

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

    def any_of(self, names: frozenset[str]) -> bool:
        """True when it has a property of one of these names."""
        return not names.isdisjoint(self._by_name)

    def kept(self) -> Iterator[tuple[str, str]]:
        """Yield what nobody interprets and is short enough to keep; never addresses of people.

        What a relation or a link is of is a parameter (RFC 9253) and becomes part of the name.
        """
        for name, lines in self._by_name.items():
            if name in _READ:
                continue
            if name in _KEPT or (name.startswith("X-") and not name.startswith(("X-OUTREACH-", "X-ALT-"))):
                for line in lines:
                    if len(line.value) <= _LONGEST_KEPT and line.parameter("VALUE").upper() != "BINARY":
                        of = next((f"{name};{key}={word}" for key, word in line.parameters if key in _RELATION), name)
                        yield of, plain_text(line.value)


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
    published = _day(said.text("X-PUBLISHED")) or _day(said.value("CREATED"))
    words = said.text("X-OUTREACH-DATE-TEXT")
    span, note = _span(start, end, home), ""
    if words:
        span, note = _from_words(words, published, calendar.language, span)
    elif "X-EDTF" in said:
        span = _as_edtf(said.text("X-EDTF"), span)
    place = said.text("LOCATION")
    city, country, venue, online = _place(place, said.text("X-OUTREACH-CITY"), said.text("X-OUTREACH-COUNTRY"))
    organisers, extra = _organisers(said), tuple(said.kept())
    sponsors: tuple[str, ...] = ()
    if said.parts or "STRUCTURED-DATA" in said:
        taking_part = list(participants(said.parts))
        organisers = _each(*organisers, *(one.name for one in taking_part if one.kind in _ORGANISING))
        sponsors = _each(*(one.name for one in taking_part if one.kind == "SPONSOR"))
        told = place_of(said.parts, said.all("STRUCTURED-DATA"))
        if not place:
            place = ", ".join(filter(None, (told.venue, told.city, country_name(told.country) if told.country else "")))
            city, country, venue, online = _place(place, told.city, told.country)
            venue = told.venue or venue
        if told.position:
            extra = (*extra, ("GEO", told.position))
    klass = said.text("CLASS")
    return Listing(
        key=ListingKey(calendar.id, uid, recurrence_id),
        organisation=calendar.organisation,
        title=said.text("SUMMARY"),
        language=said.parameter("SUMMARY", "LANGUAGE") or calendar.language,
        status=_status(said.text("STATUS"), calendar.status),
        visibility=_visibility(klass, calendar.visibility),
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
        online=online or said.any_of(_MEETING_LINKS),
        organisers=organisers,
        sponsors=sponsors,
        audience=_audience(said) if "X-OUTREACH-AUDIENCE" in said or "ATTENDEE" in said else (),
        themes=_themes(said),
        description=said.text("DESCRIPTION"),
        url=said.text("URL"),
        published=published,
        sequence=_number(said.value("SEQUENCE").strip()),
        klass=klass,
        extra=extra,
    )


@lru_cache(maxsize=5_000)
def _place(words: str, city: str, country: str) -> tuple[str, str, str, bool]:
    """Return city, country, venue and whether it is online; a calendar names the same few places."""
    return *place_parts(words, city, country_code(country)), bool(_ONLINE.search(words))


@lru_cache(maxsize=500)
def _visibility(klass: str, of_calendar: Visibility) -> Visibility:
    return Visibility.strictest(Visibility.of_class(klass), of_calendar)


@lru_cache(maxsize=500)
def _status(stated: str, of_calendar: str) -> Status:
    """A calendar that is provisional as a whole stays so; what is cancelled is cancelled all the same."""
    word = stated.strip().upper()
    if word == "CANCELLED":
        return Status.CANCELLED
    return Status(of_calendar) if of_calendar else _STATUS.get(word, Status.CONFIRMED)


def _organisers(said: Properties) -> tuple[str, ...]:
    if "ORGANIZER" not in said and "CONTACT" not in said:
        return ()
    return _each(
        *(line.parameter("CN") or _address(line.value) for line in said.all("ORGANIZER")),
        *(plain_text(line.value) for line in said.all("CONTACT")),
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
    if not isinstance(value, datetime) or (value.tzinfo is not UTC and zone_name(value) != "UTC"):
        return value
    try:
        return value.astimezone(home)
    except OverflowError:
        return value


def _from_words(words: str, published: date | None, language: str, bounds: Span) -> tuple[Span, str]:
    # Late, because most feeds hold no dates in words.
    from calendar_sync.vague_dates import resolve

    resolved = resolve(words, published=published, language=language, prose=False)
    if resolved is None:
        return Span.vague(bounds.earliest, bounds.latest), "only the outer bounds are known"
    return resolved.span, resolved.note


def _as_edtf(expression: str, bounds: Span) -> Span:
    """Take what EDTF says of a vague date whose outer bounds are its start and end, as our own feeds write it."""
    from calendar_sync.edtf import understood

    stated = understood(expression)
    within = stated is not None and (stated.earliest, stated.latest) == (bounds.earliest, bounds.latest)
    return stated if stated is not None and within else bounds


def _each(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _address(value: str) -> str:
    return value[len("mailto:") :] if value[:7].lower() == "mailto:" else value


def _audience(said: Properties) -> tuple[str, ...]:
    named = [plain_text(part) for line in said.all("X-OUTREACH-AUDIENCE") for part in _LIST.split(line.value)]
    named += [line.parameter("CN") for line in said.all("ATTENDEE") if line.parameter("CUTYPE").upper() == "GROUP"]
    return _each(*named)


def _themes(said: Properties) -> tuple[str, ...]:
    """Themes as words, and as the URIs of RFC 9253's CONCEPT."""
    if not said.any_of(_THEMES):
        return ()
    return _each(
        *(plain_text(part) for line in said.all("X-OUTREACH-THEMES") for part in _LIST.split(line.value)),
        *(text for line in said.all("CATEGORIES") for text in texts(line.value)),
        *(plain_text(line.value) for line in said.all("CONCEPT")),
    )


def _day(value: str) -> date | None:
    """Return the civil day of a date or time, as stated."""
    match = _DAY.match(value)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
