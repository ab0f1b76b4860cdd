"""What strangers write begins no line, value or component of its own in our feeds, and comes back as it went in."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import feed_worlds
import pytest
from feed_worlds import NIGHT
from hypothesis import HealthCheck, Phase, given, settings
from icalendar import Calendar as Parsed

from calendar_sync.listings import Listing, ListingKey
from calendar_sync.roster import Organisation
from calendar_sync.spans import Span
from dedupe import phrases
from dedupe.checks import Check, Proposal
from dedupe.events import Event
from dedupe.findings import Finding, Kind, Severity
from dedupe.meaning import themes
from reports import languages, programme
from reports.coming import worded
from reports.nightly import Counts, NightlyReport
from reports.rendering import feed, programme_feed, proposal_feed
from reports.rendering.harmless import words
from reports.standing import Change, ToldFinding
from reports.timeline import draw

WORLDS = 1_000
PROPERTIES = frozenset(
    {
        "BEGIN", "END", "VERSION", "PRODID", "METHOD", "NAME", "X-WR-CALNAME", "DESCRIPTION", "X-WR-CALDESC",
        "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "X-EDTF", "STATUS",
        "LOCATION", "URL", "LINK", "CONCEPT", "CATEGORIES", "REFID", "RELATED-TO", "TRANSP", "PARTICIPANT-TYPE",
    }
)  # fmt: skip
PARAMETERS = frozenset({"VALUE", "LANGUAGE", "LINKREL", "LABEL", "RELTYPE"})
LINE = re.compile(r'(?P<name>[A-Z][A-Z-]*)(?P<parameters>(?:;[A-Z]+=(?:"[^"]*"|[^";:,]*))*):(?P<value>.*)', re.DOTALL)
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
PAYLOADS = {
    "CRLF and a property": "x\r\nATTACH:https://evil.example/a.exe",
    "LF and a property": "x\nATTACH:https://evil.example/a.exe",
    "CR and a property": "x\rATTACH:https://evil.example/a.exe",
    "LF CR": "x\n\rATTENDEE:mailto:victim@example.org",
    "CRLF twice": "x\r\n\r\nX-EVIL:1",
    "an alarm": "x\r\nBEGIN:VALARM\r\nACTION:EMAIL\r\nTRIGGER:-PT1M\r\nEND:VALARM",
    "an event of its own": "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil\r\nSUMMARY:Evil\r\nEND:VEVENT",
    "the end of the calendar": "x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST",
    "another method": "x\r\nMETHOD:CANCEL",
    "an organiser": "x\r\nORGANIZER:mailto:boss@example.org",
    "a recurrence": "x\r\nRRULE:FREQ=SECONDLY",
    "another status": "x\r\nSTATUS:CANCELLED",
    "the words alone": "BEGIN:VEVENT",
    "the words alone, ending": "END:VCALENDAR",
    "a fold with a blank": "x\r\n ATTACH:https://evil.example/",
    "a fold with a tab": "x\r\n\tATTACH:https://evil.example/",
    "a fold after LF": "x\n X-EVIL:1",
    "escaped line feed": "x\\nATTACH:https://evil.example/",
    "escaped capital line feed": "x\\NATTACH:https://evil.example/",
    "escaped backslash, line feed": "x\\\\nX-EVIL:1",
    "a backslash at the end": "x\\",
    "three backslashes at the end": "x\\\\\\",
    "backslash, comma": "x\\, y",
    "backslash, semicolon": "x\\; y",
    "carets": "x^nX-EVIL:1^'^^",
    "quoted-printable line feed": "x=0D=0AX-EVIL:1",
    "percent-encoded line feed": "x%0d%0aX-EVIL:1",
    "NUL": "x\x00y",
    "BEL": "x\x07y",
    "escape sequence": "x\x1b]0;title\x07",
    "C1 control": "x\x9b31my",
    "next line": "x\x85X-EVIL:1",
    "vertical tab, form feed": "x\x0bX-EVIL:1\x0cX-EVIL:2",
    "separators of files, groups, records": "x\x1cX-EVIL:1\x1dX-EVIL:2\x1eX-EVIL:3",
    "delete": "x\x7fy",
    "direction overridden": "x \u202egnp.exe",
    "direction isolated": "x \u2067y\u2069\u2066z",
    "line separator": "x\u2028X-EVIL:1",
    "paragraph separator": "x\u2029X-EVIL:1",
    "byte order marks": "\ufeffx\ufeffBEGIN:VEVENT",
    "what is no character": "x\ufffe\uffff\ufff9y",
    "a lone high surrogate": "x\ud800y",
    "a lone low surrogate": "x\udc80\r\nX-EVIL:1",
    "a quote that ends a parameter": 'en";X-EVIL="1:y',
    "parameters": "en;VALUE=BINARY;ENCODING=BASE64:eA==",
    "a colon": "en:mailto:victim@example.org",
    "commas": "a,b,c\\,d",
    "a hundred thousand letters": "x" * 100_000,
    "wide letters to the edge of a line": "核" * 500 + "👩‍🔬" * 100 + "e\u0301" * 100,
    "a thousand line feeds": "\r\n" * 1_000 + "X-EVIL:1",
}  # fmt: skip
ADDRESSES = (
    "https://example.org/\r\nATTACH:https://evil.example/", 'https://example.org/"x', "javascript:alert(1)",
    "https://example.org/a;VALUE=BINARY:b,c", "data:text/html,x", "https://user:secret@example.org/",
    "https://example.org/\u202egnp", "https://example.org/é核?x=\\n", "https://example.org/%0D%0AX-EVIL:1",
    "https://example.org/" + "a" * 5_000,
)  # fmt: skip


def lines_of(body: bytes) -> list[re.Match[str]]:
    """Hold a feed to RFC 5545, 3.1, and return its content lines, unfolded and taken apart."""
    text = body.decode("utf-8")
    assert text.endswith("\r\n")
    assert "\r" not in text.replace("\r\n", "")
    assert "\n" not in text.replace("\r\n", "")
    physical = body.split(b"\r\n")
    assert max(map(len, physical)) <= 75
    for line in physical:
        line.decode("utf-8")
    assert not FORBIDDEN.search(text)
    found = [LINE.fullmatch(line) for line in text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")]
    assert all(found)
    lines = [line for line in found if line is not None]
    assert {line["name"] for line in lines} <= PROPERTIES
    assert {
        name for line in lines for name in re.findall(r';([A-Z]+)=(?:"[^"]*"|[^";]*)', line["parameters"])
    } <= PARAMETERS
    return lines


def components(body: bytes) -> Counter[str]:
    return Counter(line["value"] for line in lines_of(body) if line["name"] == "BEGIN")


def hostile(said: str, url: str) -> tuple[Listing, Listing]:
    uid = said.encode("utf-8", "ignore").decode()
    plain = Listing(ListingKey("1540", uid), "1540", "", span=Span.vague(NIGHT, NIGHT + timedelta(9)), country="KE")
    other = replace(plain, key=ListingKey("UN", "other"), organisation="UN", span=Span.exact(NIGHT))
    return feed_worlds.with_everywhere(plain, said, url), feed_worlds.with_everywhere(other, said, url)


def feeds_of(said: str, url: str) -> dict[str, bytes]:
    """Write every feed there is of two events that say *said* wherever anybody may say something."""
    listings = hostile(said, url)
    known = [Event(listing.id, (listing,), workshop=listing.key.calendar == "1540") for listing in listings]
    found = [Finding(kind, Severity.HIGH, said, tuple(known)) for kind in Kind]
    names = dict.fromkeys(("1540", "UN", "US"), said)
    told = tuple(ToldFinding(number, finding, Change.NEW, NIGHT) for number, finding in enumerate(found, 1))
    reader = Organisation("UN", said)
    report = NightlyReport(
        reader, NIGHT, said, said, said, False, Counts(0, 0, 0, 0, 0, 0), told, (), (), (),
        draw((), (), NIGHT, reader, names, languages.of(reader)), (), names,
    )  # fmt: skip
    roster = feed_worlds.roster((said,) * 3, disclaimer=said)
    listed = programme.compose(programme.EVERYBODY, NIGHT, roster, known)
    answer = Check(Proposal(), known[1], 1, tuple(found), {Kind.CLASH: 1}, (), ())
    return {
        "report": feed.render(report),
        "programme": programme_feed.render(listed),
        "proposal": proposal_feed.render(answer, NIGHT),
    }


@pytest.mark.fault("T24")
@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_is_written_into_a_calendar_begins_a_line_of_ours(payload: str):
    """A title must not invite people, cancel other meetings, attach a program or end the calendar."""
    said = PAYLOADS[payload]
    for name, body in feeds_of(said, f"https://example.org/{said}").items():
        holds_nothing_but_ours(name, body, said)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_that_of_a_page_or_left_out(address: str):
    """An address is no text: nothing in it is escaped."""
    for name, body in feeds_of("A workshop", address).items():
        holds_nothing_but_ours(name, body, "A workshop")


def holds_nothing_but_ours(name: str, body: bytes, said: str) -> None:
    events = {"report": 2, "programme": 1, "proposal": 1}[name]
    began = components(body)
    assert began["VCALENDAR"] == 1
    assert began["VEVENT"] == events
    assert began["PARTICIPANT"] <= events
    assert set(began) <= {"VCALENDAR", "VEVENT", "PARTICIPANT"}
    (read,) = Parsed.from_ical(body, multiple=True)
    assert str(read["METHOD"]) == "PUBLISH"
    for event in read.walk("VEVENT"):
        assert str(event["summary"]) == words(said)
        links = event.get("link", [])
        pages = [str(one) for one in (links if isinstance(links, list) else [links])]
        pages += [str(event["url"])] if "url" in event else []
        assert all(page.startswith("https://example.org/") for page in pages)


def test_there_are_fifty_ways_to_try_it():
    """The figure we hold ourselves to."""
    assert len(set(PAYLOADS.values())) == 50


def as_read(event: object) -> dict[str, object]:
    """Return what icalendar reads, by name; of what may stand several times, all."""
    several = {
        name: [str(value) for value in (found if isinstance(found, list) else [found])]
        for name in ("CONCEPT", "REFID")
        if (found := event.get(name))  # type: ignore[attr-defined]
    }
    links = event.get("LINK", [])  # type: ignore[attr-defined]
    related = event.get("RELATED-TO", [])  # type: ignore[attr-defined]
    return {
        "uid": str(event["UID"]), "summary": str(event["SUMMARY"]),  # type: ignore[index]
        "location": str(event.get("LOCATION", "")),  # type: ignore[attr-defined]
        "language": event["SUMMARY"].params.get("LANGUAGE", ""),  # type: ignore[index]
        "days": (event["DTSTART"].dt, event["DTEND"].dt),  # type: ignore[index]
        "concepts": several.get("CONCEPT", []), "references": several.get("REFID", []),
        "categories": [str(one) for one in event["CATEGORIES"].cats] if "CATEGORIES" in event else [],  # type: ignore
        "links": sorted(str(one) for one in (links if isinstance(links, list) else [links])),
        "related": sorted(str(one) for one in (related if isinstance(related, list) else [related])),
        "sponsors": [str(part["SUMMARY"]) for part in event.subcomponents],  # type: ignore[attr-defined]
        "lines": str(event["DESCRIPTION"]).count("\n") + 1,  # type: ignore[index]
    }  # fmt: skip


def one_line(text: str) -> str:
    return " ".join(words(text).split())


def bodies(said: list[str], names: dict[str, str]) -> list[str]:
    known: dict[str, str] = {}
    for name in said:
        shown = one_line(phrases.state(names.get(name, name)))
        if shown:
            known.setdefault(shown.casefold(), shown)
    return list(known.values())


def as_put_in(event: Event, report: NightlyReport, dated: set[str]) -> dict[str, object]:
    """Return what an event of a report is, by the names that `as_read` gives."""
    findings = [told for told in report.findings if event in told.finding.events]
    newest, span = worded(event, report.reader.languages), event.span
    assert span is not None
    names = dict(report.names)
    sponsors = bodies([name for listing in event.listings for name in listing.sponsors], names)
    organisers = bodies([name for listing in event.listings for name in listing.organisers], names)
    tag = newest.language
    together = {
        other.id for told in findings if told.finding.kind in (Kind.SERIES, Kind.PART_OF)
        for other in told.finding.events if other != event and other.id in dated
    }  # fmt: skip
    about = sorted(themes.of(event.listings))
    return {
        "uid": event.id, "summary": words(newest.title), "location": words(phrases.place(event.city, event.country)),
        "language": tag if tag.isascii() and tag.replace("-", "").isalnum() else "",
        "days": (span.earliest, min(span.latest, date.max - timedelta(days=1)) + timedelta(days=1)),
        "concepts": [f"urn:outreach:theme:{theme}" for theme in about],
        "categories": [theme.replace("-", " ") for theme in about],
        "references": [
            f"urn:outreach:finding:{key.kind}:{key.id}" for key in sorted({told.finding.key for told in findings})
        ],
        "links": sorted({address for listing in event.listings if (address := feed_uri(listing.url))}),
        "related": sorted(together), "sponsors": sponsors,
        "lines": len(findings) + len(event.listings) + bool(organisers) + bool(sponsors),
    }  # fmt: skip


def feed_uri(address: str) -> str:
    from reports.rendering.vevents import uri

    return uri(address)


@pytest.mark.fault("T24")
def test_what_goes_into_a_feed_comes_out_of_it(record_property):
    """Every letter of a title, every relation and every day: a subscriber reads what we know."""
    seen: Counter[str] = Counter()

    @settings(
        max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None,
        phases=(Phase.generate, Phase.shrink),
    )  # fmt: skip
    @given(feed_worlds.reports())
    def worlds(report: NightlyReport) -> None:
        body = feed.render(report)
        lines_of(body)
        read = {str(event["UID"]): event for event in Parsed.from_ical(body).walk("VEVENT")}
        known = {event.id: event for told in report.findings for event in told.finding.events}
        known |= {entry.event.id: entry.event for entry in report.coming}
        dated = {id_ for id_, event in known.items() if event.span is not None}
        lost = {gone.event for gone in report.no_longer_listed if gone.alone} - set(known)
        assert set(read) == dated | lost
        for id_ in dated:
            assert as_read(read[id_]) == as_put_in(known[id_], report, dated)
        for id_ in lost:
            assert set(read[id_]) == {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "STATUS", "TRANSP"}
        seen["worlds"] += 1
        seen["events"] += len(read)
        seen["relations"] += body.count(b"RELATED-TO")
        seen["sponsors"] += body.count(b"SPONSOR")

    worlds()
    # Worlds in which nothing happens would prove nothing.
    assert seen["worlds"] == WORLDS
    assert seen["events"] > WORLDS
    assert min(seen["relations"], seen["sponsors"]) > WORLDS / 10
    record_property("cases", WORLDS)
    record_property("measured", f"{WORLDS} worlds of {seen['events']} events read back equal")
