"""Atom and RSS feeds whose entries tell of events.

The day an entry was published is never the day of an event: it dates the words in which the entry tells of one.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import feedparser

from calendar_sync.countries import place_parts
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.markup import paragraphs, safe, without_mail, words
from calendar_sync.reading.page_dates import When, between, day_after, moment
from calendar_sync.reading.schema_events import made_uid
from calendar_sync.roster import Calendar
from calendar_sync.vague_dates import resolve
from calendar_sync.visibility import Visibility

WIDEST = 62
"""Days of the widest span that words may leave: "in 2004" dates a resolution, not an event."""
MOST_SENTENCES = 40
_MOST_MODULES = 20
_PROLOG = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(rss|feed|rdf|channel)(?=[\s>/])", re.IGNORECASE)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# Others (UTF-7, say) can spell a DOCTYPE that nobody sees.
_ENCODINGS = ("utf-8", "ascii", "iso8859", "cp125", "koi8", "mac-", "gb", "big5", "shift_jis", "euc")
_START = re.compile(r"(?:[a-z0-9]+_)?(?:event_?)?(?:dtstart|start_?date(?:_?time)?|start)")
_END = re.compile(r"(?:[a-z0-9]+_)?(?:event_?)?(?:dtend|end_?date(?:_?time)?|end)")
_FROM_CALENDARS = ("xcal_", "cal_", "gd_")
"""Prefixes of elements whose end is exclusive, as in iCalendar."""
_PERIOD = re.compile(r"start=\s*([\d:TZ+-]{4,40})\s*;(?:\s*end=\s*([\d:TZ+-]{4,40}))?", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})(?:[:.h](\d\d)(?::\d\d)?)?\s*([ap])?\.?m?\.?", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[^\W\d_]{3}[.!?])\s+(?=[^\W\d_a-z])|(?<=[\d)\]”»][.!?])\s+(?=[A-Z])|[\n;]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")


def read_feed(body: bytes, calendar: Calendar, charset: str = "") -> Reading:
    """Read the events a feed tells of; never raises on what it holds, and fetches nothing.

    A feed holds its latest entries only: what it no longer holds stands, unless it says that it is complete (RFC 5005).
    """
    text = _decoded(body, charset)
    begin = _PROLOG.match(text)
    at = begin.end() if begin is not None else 0
    if text[at : at + 9].upper() == "<!DOCTYPE":
        return _no_calendar("doctype-refused", "it begins with a DOCTYPE, which no feed needs and attacks are made of")
    if _ROOT.match(text, at) is None:
        return _no_calendar("not-a-calendar", "it is neither Atom nor RSS, perhaps an error of the server")
    try:
        feed = feedparser.parse(
            # As a file: text that looks like an address would be fetched.
            io.BytesIO(text[at:].encode("utf-8", errors="replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:  # noqa: BLE001  it raises whatever its parsers do
        return _no_calendar("not-a-calendar", f"it cannot be read as a feed ({type(error).__name__})")
    if feed.get("bozo") and not feed.entries:
        return _no_calendar("not-a-calendar", f"it is a broken feed without entries ({_wrong(feed)})")
    return _reading(feed, calendar)


def _reading(feed: Any, calendar: Calendar) -> Reading:  # noqa: ANN401  feedparser has no types
    problems: list[Problem] = []
    if feed.get("bozo"):
        message = f"it is no proper XML ({_wrong(feed)}); what could be made of it was read"
        problems.append(Problem("malformed-feed", message, lost=True))
    language = _language(feed.feed.get("language")) or calendar.language
    found: dict[str, Listing] = {}
    dateless = 0
    for entry in feed.entries[: calendar.limits.events + 1]:
        listing = _listing(entry, calendar, language)
        if listing is None:
            dateless += 1
        else:
            found.setdefault(listing.key.uid, listing)
    if dateless:
        message = f"{dateless} of {len(feed.entries)} entries name no day of an event and were left out"
        problems.append(Problem("no-event-date", message))
    if feed.entries and "fh_complete" not in feed.feed:
        message = "a feed holds its latest entries only; events that are no longer in it stand"
        problems.append(Problem("latest-entries-only", message, lost=True))
    listings = sorted(found.values(), key=lambda one: (one.span.earliest if one.span else date.max, one.key.uid))
    return Reading(tuple(listings), tuple(problems), name=words(_text(feed.feed, "title")))


def _no_calendar(code: str, why: str) -> Reading:
    return Reading(problems=(Problem(code, why),), is_calendar=False)


def _wrong(feed: Any) -> str:  # noqa: ANN401  feedparser has no types
    return safe(" ".join(str(feed.get("bozo_exception", "")).split()))[:120]


# -- entries to listings -------------------------------------------------------------------------------------------


def _listing(entry: Mapping[str, Any], calendar: Calendar, language: str) -> Listing | None:
    """Make a listing of an entry; None when it has no title or names no day."""
    title = without_mail(words(_text(entry, "title")))
    if not title:
        return None
    published = _published(entry)
    summary = _summary(entry)
    when = _stated(entry, calendar, published) or _worded(title, summary, published, language)
    if when is None:
        return None
    place = _place(entry)
    city, country, venue = place_parts(place)
    klass = _of(entry, "class")
    cancelled = "cancel" in (_of(entry, "status") + _attribute(entry, "gd_eventstatus", "value")).lower()
    stated = Status(calendar.status) if calendar.status in tuple(Status) else Status.CONFIRMED
    link = _text(entry, "link")
    listing = Listing(
        key=ListingKey(calendar.id, safe(_text(entry, "id") or link)[:1_000]),
        organisation=calendar.organisation,
        title=title,
        language=_language((entry.get("title_detail") or {}).get("language")) or language,
        status=Status.CANCELLED if cancelled else stated,
        visibility=Visibility.strictest(Visibility.of_class(klass), calendar.visibility),
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
        organisers=tuple(name for name in (without_mail(words(_of(entry, "organizer"))),) if name),
        themes=tuple(_themes(entry)),
        description=without_mail(summary),
        url=link[:2_000],
        published=published,
        klass=klass[:40],
    )
    if not listing.key.uid:
        listing = replace(listing, key=ListingKey(calendar.id, made_uid(listing)))
    return listing


def _stated(entry: Mapping[str, Any], calendar: Calendar, published: date | None) -> When | None:
    """Read the days from the elements of a module for events; None when the entry has none that can be read."""
    for name in sorted(name for name in entry if len(name) < 60 and _START.fullmatch(name))[:_MOST_MODULES]:
        if stated := _text(entry, name):
            prefix = name.rpartition("_")[0]
            ends = (_text(entry, other) for other in entry if _alike(other, prefix) and _END.fullmatch(other))
            found = _read(
                _with_hour(stated, _text(entry, f"{prefix}_starthour")),
                _with_hour(next(ends, ""), _text(entry, f"{prefix}_endhour")),
                calendar, published, exclusive=name.startswith(_FROM_CALENDARS),
            )  # fmt: skip
            if found is not None:
                return found
    if begins := _attribute(entry, "gd_when", "starttime"):
        return _read(begins, _attribute(entry, "gd_when", "endtime"), calendar, published, exclusive=True)
    for name in ("dcterms_temporal", "dc_coverage"):
        if period := _PERIOD.search(_text(entry, name)):
            return _read(period[1], period[2] or "", calendar, published)
        begins, slash, ends_on = _text(entry, name).partition("/")
        if moment(begins, calendar) is not None:
            return _read(begins, ends_on if slash else "", calendar, published)
    return None


def _alike(name: str, prefix: str) -> bool:
    return name.rpartition("_")[0] == prefix


def _read(
    begins: str, ends: str, calendar: Calendar, published: date | None, *, exclusive: bool = False
) -> When | None:
    start, end = moment(begins, calendar), moment(ends, calendar)
    if start is None:
        said = f"{begins} - {ends}" if ends else begins
        resolved = resolve(words(said), published=published, language=calendar.language)
        return When(resolved.span, text=words(said)[:300], note=resolved.note) if resolved is not None else None
    if exclusive and end is not None and not isinstance(end, datetime) and end > _civil(start):
        end -= timedelta(days=1)
    return between(start, end, calendar)


def _worded(title: str, summary: str, published: date | None, language: str) -> When | None:
    """Find the day in what the entry says: in its title, else in the first sentence that names one."""
    for sentence in (title, *_SENTENCE.split(summary)[:MOST_SENTENCES]):
        if not sentence or len(sentence) < 3:
            continue
        resolved = resolve(sentence, published=published, language=language)
        if resolved is None or resolved.span.days > WIDEST:
            continue
        span = resolved.span
        if published is not None and span.certain == (published, published) and "counted from" in resolved.note:
            # "Today" is when the entry was written.
            continue
        text = sentence.strip()[:300]
        if not span.is_exact:
            return When(span, text=text, note=resolved.note)
        return When(span, span.earliest, day_after(span.latest), text=text, note=resolved.note)
    return None


def _with_hour(stated: str, hour: str) -> str:
    """Put a day and an hour of the clock, which some modules state apart, together."""
    match = _HOUR.fullmatch(hour.strip()) if hour else None
    if match is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", stated):
        return stated
    hours = int(match[1]) % 12 + 12 * (match[3].lower() == "p") if match[3] else int(match[1])
    return f"{stated}T{hours:02d}:{match[2] or '00'}"


def _published(entry: Mapping[str, Any]) -> date | None:
    # As the plain dict it is: its own `get` guesses one from the other.
    parsed = dict(entry).get("published_parsed") or dict(entry).get("updated_parsed")
    try:
        return date(*parsed[:3]) if parsed else None
    except (ValueError, TypeError, OverflowError):
        return None


def _summary(entry: Mapping[str, Any]) -> str:
    content = entry.get("content")
    first = content[0].get("value") if isinstance(content, list) and content and isinstance(content[0], Mapping) else ""
    return paragraphs(_text(entry, "summary") or (first if isinstance(first, str) else ""))


def _place(entry: Mapping[str, Any]) -> str:
    stated = _of(entry, "location") or _attribute(entry, "gd_where", "valuestring") or _text(entry, "dcterms_spatial")
    coverage = _text(entry, "dc_coverage")
    if not stated and coverage and not re.search(r"\d", coverage):
        stated = coverage
    return without_mail(words(stated))


def _themes(entry: Mapping[str, Any]) -> Iterator[str]:
    tags = entry.get("tags")
    seen: set[str] = set()
    for tag in tags[:100] if isinstance(tags, list) else ():
        term = words(str(tag.get("label") or tag.get("term") or "")) if isinstance(tag, Mapping) else ""
        if term and term not in seen:
            seen.add(term)
            yield term


def _of(entry: Mapping[str, Any], name: str) -> str:
    """Return the text of the first element of that name, whatever its module."""
    for key in sorted(entry):
        if key == name or key.endswith(f"_{name}"):
            return _text(entry, key)
    return ""


def _attribute(entry: Mapping[str, Any], name: str, attribute: str) -> str:
    element = entry.get(name)
    value = element.get(attribute) if isinstance(element, Mapping) else ""
    return value.strip() if isinstance(value, str) else ""


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value.strip() if isinstance(value, str) else ""


def _language(stated: object) -> str:
    return stated if isinstance(stated, str) and _LANGUAGE.fullmatch(stated) else ""


def _civil(at: date | datetime) -> date:
    return at.date() if isinstance(at, datetime) else at


def _decoded(body: bytes, charset: str) -> str:
    """Turn bytes into text by their first bytes, what they declare and what the server said, in this order."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace")
    for zeros, encoding in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if body.startswith(zeros):
            return body.decode(encoding, errors="replace")
    body = body.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARED.match(body)
    for encoding in ("utf-8", declared[1].decode("ascii") if declared else "", charset):
        try:
            if encoding and codecs.lookup(encoding).name.startswith(_ENCODINGS):
                return body.decode(encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode("cp1252", errors="replace")
