"""JSCalendar (RFC 8984, and the draft of its second version), written as iCalendar and read by its reader.

One reader of recurrence, with one set of guards, is worth more than two that must agree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from calendar_sync.reading import Problem, Reading
from calendar_sync.reading.ics import Window, read_ics
from calendar_sync.reading.markup import paragraphs, safe, without_mail, words
from calendar_sync.reading.page_dates import zone_of
from calendar_sync.roster import Calendar

MOST_OVERRIDES = 1_000
"""Changed occurrences of one event."""
DEEPEST = 10
"""Groups within groups, and steps of a patch."""
MOST_LETTERS = 32 * 1024 * 1024
"""Of what is handed on: a thousand overrides of one long event each say it again."""
_EVENTS = frozenset({"Event", "jsevent"})
_GROUPS = frozenset({"Group", "jsgroup"})
_LOCAL = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z?))?", re.ASCII)
_DURATION = re.compile(r"-?P[\dDWTHMS]{1,40}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,6}")
_NEVER_PATCHED = frozenset({"@type", "uid", "privacy", "recurrenceRules", "recurrenceRule", "recurrenceOverrides"})
_RULE_PARTS = {
    "byMonth": "BYMONTH", "byMonthDay": "BYMONTHDAY", "byYearDay": "BYYEARDAY", "byWeekNo": "BYWEEKNO",
    "byHour": "BYHOUR", "byMinute": "BYMINUTE", "bySecond": "BYSECOND", "bySetPosition": "BYSETPOS",
}  # fmt: skip

Object = Mapping[str, Any]


def read_jscalendar(body: bytes, calendar: Calendar, window: Window = None) -> Reading:
    """Read an Event, a Group, or a list of them; never raises on what it holds."""
    try:
        content = json.loads(body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace"), strict=False)
    except (ValueError, RecursionError) as error:
        return _no_calendar(f"it is no JSON ({str(error)[:200]})")
    problems: list[Problem] = []
    name, events = _gathered(content, problems)
    if events is None:
        return _no_calendar("it is JSON, but neither an Event nor a Group of JSCalendar; perhaps a server's error")
    text = _calendar_text(events, calendar, problems)
    reading = read_ics(text.encode("utf-8", errors="replace"), calendar, window)
    # JSCalendar names zones of the IANA table and defines none.
    told = [problem for problem in reading.problems if problem.code != "zone-undefined"]
    return replace(reading, problems=(*problems, *told), name=name)


def _no_calendar(why: str) -> Reading:
    return Reading(problems=(Problem("not-a-calendar", why),), is_calendar=False)


def _gathered(content: object, problems: list[Problem]) -> tuple[str, list[Object] | None]:
    """Return the title of the whole and its events; None when it is no JSCalendar."""
    if not isinstance(content, list | dict):
        return "", None
    events: list[Object] = []
    name, known = "", False
    pending: list[tuple[object, int]] = [(content, 0)]
    strange = 0
    while pending:
        value, depth = pending.pop()
        type_ = _text(value.get("@type")) if isinstance(value, dict) else ""
        if isinstance(value, list) and depth <= DEEPEST:
            pending += [(entry, depth + 1) for entry in reversed(value)]
        elif isinstance(value, dict) and type_ in _GROUPS and depth <= DEEPEST:
            known = True
            name = name or words(_text(value.get("title")))
            entries = value.get("entries")
            # JMAP writes them by id.
            inside = list(entries.values()) if isinstance(entries, dict) else entries
            pending.append((inside if isinstance(inside, list) else [], depth + 1))
        elif isinstance(value, dict) and type_ in _EVENTS:
            known = True
            events.append(value)
        elif type_ not in ("Task", "jstask"):
            strange += 1
    if not known:
        return "", [] if content == [] else None
    if strange:
        message = f"{strange} entries are neither events, tasks nor groups and were left out"
        problems.append(Problem("unreadable-event", message, lost=True))
    return name, events


def _calendar_text(events: list[Object], calendar: Calendar, problems: list[Problem]) -> str:
    blocks = ["BEGIN:VCALENDAR"]
    letters = 0
    # One more than may be read, so that the reader says that there are too many.
    for number, event in enumerate(events[: calendar.limits.events + 1]):
        for block in _blocks(event, problems):
            letters += len(block)
            if letters > MOST_LETTERS:
                message = f"the {len(events) - number} events from the {number + 1}. on were left out: too much text"
                problems.append(Problem("too-many-events", message, lost=True))
                return "\r\n".join([*blocks, "END:VCALENDAR", ""])
            blocks.append(block)
    return "\r\n".join([*blocks, "END:VCALENDAR", ""])


# -- one event -----------------------------------------------------------------------------------------------------


def _blocks(event: Object, problems: list[Problem]) -> Iterator[str]:
    """Write an event and its changed occurrences as VEVENTs."""
    schedule, changed = [], []
    uid = _line_text(_text(event.get("uid")))
    overrides = event.get("recurrenceOverrides")
    entries = list(overrides.items()) if isinstance(overrides, dict) else []
    if len(entries) > MOST_OVERRIDES:
        message = f"it changes {len(entries)} occurrences; the first {MOST_OVERRIDES} count"
        problems.append(Problem("too-many-dates", message, uid, lost=True))
    for recurrence_id, patch in entries[:MOST_OVERRIDES]:
        if _LOCAL.fullmatch(recurrence_id) is None or not isinstance(patch, dict):
            message = f"{recurrence_id[:40]!r} names no occurrence that can be read"
            problems.append(Problem("unreadable-property", message, uid))
            continue
        at = _moment(recurrence_id, event)
        if patch.get("excluded") is True:
            schedule.append(f"EXDATE{at}")
            continue
        schedule.append(f"RDATE{at}")
        facts = {name: value for name, value in patch.items() if name != "excluded"}
        if facts:
            one = _patched({**event, "start": recurrence_id}, facts)
            changed.append((f"RECURRENCE-ID{at}", one))
    rules = [*_objects(event.get("recurrenceRules")), *_objects(event.get("recurrenceRule"))]
    written = [f"RRULE:{rule}" for entry in rules if (rule := _rule(entry, event))]
    # Here the start is the first occurrence, whether or not a rule gives it (RFC 8984, 4.3.3).
    schedule += [f"RDATE{_moment(_text(event.get('start')), event)}", *written] if written else []
    for entry in [*_objects(event.get("excludedRecurrenceRules")), *_objects(event.get("excludedRecurrenceRule"))]:
        schedule.append(f"EXRULE:{_rule(entry, event)}")
    if stated := _text(event.get("recurrenceId")):
        schedule.append(f"RECURRENCE-ID{_moment(stated, event, _text(event.get('recurrenceIdTimeZone')))}")
    yield _vevent(event, schedule)
    for line, one in changed:
        yield _vevent(one, [line])


def _vevent(event: Object, schedule: list[str]) -> str:
    lines = ["BEGIN:VEVENT", *_facts(event), *schedule, *_participants(event), "END:VEVENT"]
    return "\r\n".join(lines)


def _facts(event: Object) -> Iterator[str]:
    if uid := _line_text(_text(event.get("uid")))[:1_000]:
        yield f"UID:{uid}"
    if start := _text(event.get("start")):
        yield f"DTSTART{_moment(start, event)}"
    if _DURATION.fullmatch(length := _text(event.get("duration"))):
        yield f"DURATION:{length}"
    locale = _text(event.get("locale"))
    language = f";LANGUAGE={locale}" if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}", locale) else ""
    yield f"SUMMARY{language}:{_escaped(without_mail(words(_text(event.get('title')))))}"
    if description := without_mail(paragraphs(_text(event.get("description")))):
        yield f"DESCRIPTION:{_escaped(description)}"
    for name, line in (("status", "STATUS"), ("created", "CREATED"), ("updated", "LAST-MODIFIED")):
        if stated := _line_text(_text(event.get(name)))[:40]:
            yield f"{line}:{stated.upper() if name == 'status' else stated}"
    sequence = event.get("sequence")
    if isinstance(sequence, int) and 0 <= sequence < 10**9:
        yield f"SEQUENCE:{int(sequence)}"
    if "privacy" in event:
        yield f"CLASS:{_class(event['privacy'])}"
    if keywords := [_escaped(word) for name in _named(event.get("keywords")) if (word := words(name))]:
        yield f"CATEGORIES:{','.join(keywords)}"
    for uri in _named(event.get("categories")):
        yield f"CONCEPT:{_line_text(uri)[:500]}"
    yield from _places(event)
    for link in _by_id(event.get("links")):
        href = _line_text(_text(link.get("href")))
        if href.startswith(("http://", "https://")) and link.get("rel") not in ("icon", "enclosure"):
            yield f"URL:{href[:2_000]}"
            break
    for tag, patch in _titles(event):
        yield f"X-TITLE-{tag.upper()}:{_escaped(patch)}"


def _class(privacy: object) -> str:
    """Write privacy as a CLASS: a word nobody knows is private, as RFC 8984, 4.4.3 says, and so is what is no word."""
    stated = privacy.strip().lower() if isinstance(privacy, str) else ""
    return {"public": "PUBLIC", "secret": "CONFIDENTIAL"}.get(stated, "PRIVATE")


def _places(event: Object) -> Iterator[str]:
    locations = event.get("locations")
    main = _text(event.get("mainLocationId"))
    found = [place for place in _by_id(locations, main) if place.get("relativeTo") != "end"]
    names = [name for place in found[:1] if (name := without_mail(words(_text(place.get("name")))))]
    details = [text for place in found[:1] if (text := without_mail(words(_text(place.get("description")))))]
    place = ", ".join(dict.fromkeys((*names, *details)))
    if place:
        yield f"LOCATION:{_escaped(place[:500])}"
    elif any(True for _ in _by_id(event.get("virtualLocations"))):
        # Where people also travel to, a link to listen in makes no online event.
        yield "CONFERENCE:online"


def _participants(event: Object) -> Iterator[str]:
    """Write who owns, is asked about and pays for an event, by name; never an address."""
    for participant in _by_id(event.get("participants")):
        roles = {role.lower() for role in _named(participant.get("roles"))}
        name = without_mail(words(_text(participant.get("name"))))[:300]
        if not name:
            continue
        if "owner" in roles:
            yield f'ORGANIZER;CN="{_parameter(name)}":urn:participant'
        if "contact" in roles:
            yield f"CONTACT:{_escaped(name)}"
        if "sponsor" in roles:
            yield from ("BEGIN:PARTICIPANT", "PARTICIPANT-TYPE:SPONSOR", f"NAME:{_escaped(name)}", "END:PARTICIPANT")
        if participant.get("kind") == "group" and roles & {"attendee", "optional", "informational"}:
            yield f'ATTENDEE;CUTYPE=GROUP;CN="{_parameter(name)}":urn:participant'


def _titles(event: Object) -> Iterator[tuple[str, str]]:
    """Yield the titles in other languages."""
    localizations = event.get("localizations")
    if isinstance(localizations, dict):
        for tag, patch in list(localizations.items())[:50]:
            title = words(_text(patch.get("title"))) if isinstance(patch, dict) else ""
            if title and re.fullmatch(r"[A-Za-z0-9-]{2,20}", tag):
                yield tag, title[:200]


# -- dates and rules -----------------------------------------------------------------------------------------------


def _moment(stated: str, event: Object, zone: str = "") -> str:
    """Write a LocalDateTime with its parameters, from the colon or semicolon on."""
    match = _LOCAL.fullmatch(stated)
    if match is None:
        return f":{_line_text(stated)[:60]}"
    day = "".join(match.groups()[:3])
    if event.get("showWithoutTime") is True or match[4] is None:
        return f";VALUE=DATE:{day}"
    time = f"{day}T{match[4]}{match[5]}{match[6]}"
    zone = _parameter(zone or _text(event.get("timeZone")))
    if match[7] or zone in ("Etc/UTC", "UTC"):
        return f":{time}Z"
    return f';TZID="{zone[:100]}":{time}' if zone else f":{time}"


def _rule(rule: Object, event: Object) -> str:
    """Write a RecurrenceRule; blank when it names no frequency."""
    # Letters only: what holds more is no frequency, and is refused as none.
    frequency = re.sub("[^A-Z]", "-", _text(rule.get("frequency")).upper())[:20]
    if not frequency:
        return ""
    parts = [f"FREQ={frequency}"]
    for name, part in (("interval", "INTERVAL"), ("count", "COUNT")):
        if name in rule:
            parts.append(f"{part}={_number(rule[name])}")
    for name, part in (("rscale", "RSCALE"), ("skip", "SKIP"), ("firstDayOfWeek", "WKST")):
        if re.fullmatch(r"[A-Za-z-]{1,20}", stated := _text(rule.get(name))):
            parts.append(f"{part}={stated.upper()}")
    if days := [day for entry in _objects(rule.get("byDay"))[:100] if (day := _weekday(entry))]:
        parts.append(f"BYDAY={','.join(days)}")
    for name, part in _RULE_PARTS.items():
        values = rule.get(name)
        if isinstance(values, list) and values:
            parts.append(f"{part}={','.join(_number(value) for value in values[:400])}")
    if until := _until(_text(rule.get("until")), event):
        parts.append(f"UNTIL={until}")
    return ";".join(parts)


def _until(stated: str, event: Object) -> str:
    """Write an end of a series, stated in the zone of the event, as RFC 5545 wants it: in UTC."""
    match = _LOCAL.fullmatch(stated)
    if match is None:
        return _line_text(stated)[:40]
    day = "".join(match.groups()[:3])
    if event.get("showWithoutTime") is True or match[4] is None:
        return day
    zone = zone_of(_text(event.get("timeZone")))
    if zone is None or match[7]:
        return f"{day}T{match[4]}{match[5]}{match[6]}{match[7]}"
    try:
        local = datetime.fromisoformat(stated[:19]).replace(tzinfo=zone)
        return f"{local.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    except (ValueError, OverflowError):
        return day


def _weekday(entry: Object) -> str:
    day = _text(entry.get("day")).upper()
    if day not in ("MO", "TU", "WE", "TH", "FR", "SA", "SU"):
        return ""
    nth = entry.get("nthOfPeriod")
    return f"{_number(nth)}{day}" if isinstance(nth, int) and nth else day


def _number(value: object) -> str:
    """Write a number of a rule; what is none stays as it is, so that the rule is refused and not misread."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if _NUMBER.fullmatch(text) else _line_text(re.sub(r"[;=,:]", "", text))[:12] or "X"


# -- patches and values --------------------------------------------------------------------------------------------


def _patched(event: dict[str, Any], patch: Object) -> Object:
    """Apply a PatchObject: paths to values, null to take one out; the event it patches stays as it is."""
    for path, value in list(patch.items())[:200]:
        steps = [step.replace("~1", "/").replace("~0", "~") for step in path.strip("/").split("/")]
        if not steps or len(steps) > DEEPEST or steps[0] in _NEVER_PATCHED:
            continue
        _set(event, steps, value)
    return event


def _set(target: dict[str, Any], steps: list[str], value: object) -> None:
    for step in steps[:-1]:
        inner = target.get(step)
        # Along the path everything is copied: the other occurrences share it.
        target[step] = dict(inner) if isinstance(inner, dict) else {}
        target = target[step]
    if value is None:
        target.pop(steps[-1], None)
    else:
        target[steps[-1]] = value


def _objects(value: object) -> list[Object]:
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries[:100] if isinstance(entry, dict)]


def _by_id(value: object, first: str = "") -> list[Object]:
    """Return the objects of a map by id in the order of their ids, *first* before the others."""
    if not isinstance(value, dict):
        return []
    return [
        value[id_] for id_ in sorted(value, key=lambda id_: (id_ != first, id_))[:500] if isinstance(value[id_], dict)
    ]


def _named(value: object) -> list[str]:
    """Return the names of a set, which JSCalendar writes as a map to true."""
    if isinstance(value, list):
        return [entry for entry in value[:500] if isinstance(entry, str)]
    return [name for name, held in list(value.items())[:500] if held] if isinstance(value, dict) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _line_text(text: str) -> str:
    return " ".join(safe(text).split())


def _escaped(text: str) -> str:
    """Write a TEXT value."""
    text = safe(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(text.splitlines())


def _parameter(text: str) -> str:
    return _line_text(text).replace('"', "'").replace("^", "^^")
