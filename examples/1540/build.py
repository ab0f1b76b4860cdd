"""Write every calendar of the 1540 case from facts.csv: python examples/1540/build.py

One folder a night under nights/; in it each calendar as it stood that night: what was published by then, in a form
such publishers use. The same facts give the same bytes. PROVENANCE.md is written from the same table.
"""

from __future__ import annotations

import csv
import html
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).resolve().parent
DEMO_NIGHTS = ("2007-10-15", "2007-11-26", "2009-12-04", "2010-02-01")
LATER_NIGHTS = ("2014-03-19", "2014-06-04", "2017-09-26", "2017-09-30")
"""The reporting workshops of 2014, and a workshop of 2017 before and after its second title was known."""
NIGHTS = DEMO_NIGHTS + LATER_NIGHTS

COUNTRIES = {
    "BW": {"en": "Botswana", "fr": "Botswana"},
    "GH": {"en": "Ghana"},
    "US": {"en": "United States", "fr": "États-Unis"},
    "CN": {"en": "China", "fr": "Chine"},
    "QA": {"en": "Qatar", "fr": "Qatar"},
    "LK": {"en": "Sri Lanka", "fr": "Sri Lanka"},
    "EG": {"en": "Egypt", "fr": "Égypte"},
    "KE": {"en": "Kenya", "fr": "Kenya"},
    "GA": {"en": "Gabon", "fr": "Gabon"},
    "TG": {"en": "Togo", "fr": "Togo"},
    "TH": {"en": "Thailand", "th": "ประเทศไทย"},
    "JM": {"en": "Jamaica"},
    "JO": {"en": "Jordan"},
    "AR": {"en": "Argentina"},
    "UZ": {"en": "Uzbekistan"},
    "VN": {"en": "Viet Nam"},
    "RS": {"en": "Serbia"},
    "ZA": {"en": "South Africa"},
}
"""Calendars name countries; the facts table has their codes."""

Row = dict[str, str]


def facts() -> list[Row]:
    """Read the facts table."""
    with (HERE / "facts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- iCalendar, with the habits of three producers ---------------------------------------------------------------------


def folded(line: str) -> str:
    """Fold a content line at 75 octets, on character boundaries (RFC 5545, 3.1)."""
    parts: list[str] = []
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > (75 if not parts else 74):
            parts.append(part)
            part, size = "", 0
        part += letter
        size += octets
    return "\r\n ".join([*parts, part])


def text(value: str) -> str:
    """Escape a TEXT value."""
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def quoted(value: str) -> str:
    """Write a parameter value that may hold anything but a double quote."""
    return '"' + value.replace('"', "'") + '"'


def compact(day: date) -> str:
    """Write a day as iCalendar does."""
    return day.strftime("%Y%m%d")


def vevent(row: Row, *, uid: str, stamp: str, own: Sequence[str]) -> list[str]:
    """Write one fact as a VEVENT; days only, since no source tells hours. *own* are lines the producer adds."""
    published = date.fromisoformat(row["published"])
    lines = ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{stamp}", f"CREATED:{compact(published)}T000000Z"]
    if row["start"]:
        first = date.fromisoformat(row["start"])
        last = date.fromisoformat(row["end"] or row["start"])
        lines += [f"DTSTART;VALUE=DATE:{compact(first)}", f"DTEND;VALUE=DATE:{compact(last + timedelta(days=1))}"]
    elif row["end"]:
        last = date.fromisoformat(row["end"])
        lines += [
            f"DTSTART;VALUE=DATE:{compact(last)}",
            f"X-OUTREACH-DATE-TEXT:{text(row['date_text'])}",
            "STATUS:TENTATIVE",
        ]
    lines.append(f"SUMMARY;LANGUAGE={row['language']}:{text(row['title'])}")
    country = COUNTRIES.get(row["country"], {}).get(row["language"], "") or COUNTRIES[row["country"]]["en"]
    lines.append(f"LOCATION:{text(', '.join(part for part in (row['venue'], row['city'], country) if part))}")
    if not row["city"]:
        # Without a town between them, nobody can tell a venue from a country in another script.
        lines.append(f"X-OUTREACH-COUNTRY:{row['country']}")
    bodies = [body.strip() for body in row["organisers"].split(";") if body.strip()]
    lines += [f"ORGANIZER;CN={quoted(bodies[0])}:invalid:nomail"] if bodies else []
    lines += [f"CONTACT:{text(body)}" for body in bodies[1:]]
    if row["audience"]:
        lines.append(f"X-OUTREACH-AUDIENCE:{text(row['audience'])}")
    if row["themes"]:
        lines.append("CATEGORIES:" + ",".join(text(theme.strip()) for theme in row["themes"].split(";")))
    if row["url"]:
        lines.append(f"URL:{row['url']}")
    lines += ["CLASS:PUBLIC", *own]
    for number, sponsor in enumerate((s.strip() for s in row["sponsors"].split(";") if s.strip()), 1):
        lines += [
            "BEGIN:PARTICIPANT",
            f"UID:{uid}-sponsor-{number}",
            "PARTICIPANT-TYPE:SPONSOR",
            f"SUMMARY:{text(sponsor)}",
            "END:PARTICIPANT",
        ]
    return [*lines, "END:VEVENT"]


def ics(head: Sequence[str], host: str) -> Callable[[Sequence[Row], date, str], bytes]:
    """Make a writer of feeds with a producer's head; Google stamps every event with the moment of the fetch."""

    def write(rows: Sequence[Row], night: date, name: str) -> bytes:
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *(line.format(name=text(name)) for line in head)]
        outlook = "Microsoft" in head[0]
        for row in rows:
            stamp = compact(night) if "Google" in head[0] else row["published"].replace("-", "")
            own = ["X-MICROSOFT-CDO-ALLDAYEVENT:TRUE", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"] if outlook else []
            lines += vevent(row, uid=f"{row['uid']}@{host}", stamp=f"{stamp}T000000Z", own=own)
        return ("\r\n".join(folded(line) for line in [*lines, "END:VCALENDAR"]) + "\r\n").encode()

    return write


def zone(name: str, *offsets: str) -> tuple[str, ...]:
    """Write a time zone as Outlook does: in every feed, under the name Windows gives it, whether it is used or not."""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    if len(offsets) == 1:
        lines += ["BEGIN:STANDARD", "DTSTART:16010101T000000"]
        lines += [f"TZOFFSETFROM:{offsets[0]}", f"TZOFFSETTO:{offsets[0]}", "END:STANDARD"]
    else:
        for part, rule, before, after in (
            ("STANDARD", "BYDAY=1SU;BYMONTH=11", offsets[1], offsets[0]),
            ("DAYLIGHT", "BYDAY=2SU;BYMONTH=3", offsets[0], offsets[1]),
        ):
            lines += [f"BEGIN:{part}", "DTSTART:16010101T020000", f"RRULE:FREQ=YEARLY;{rule}"]
            lines += [f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}", f"END:{part}"]
    return (*lines, "END:VTIMEZONE")


GOOGLE = (
    "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    "X-WR-CALNAME:{name}",
    "X-WR-TIMEZONE:America/New_York",
)
OUTLOOK = (
    "PRODID:-//Microsoft Corporation//Outlook 12.0 MIMEDIR//EN",
    "METHOD:PUBLISH",
    "X-WR-CALNAME:{name}",
    "X-PRIMARY-CALENDAR:TRUE",
    "X-MS-OLK-FORCEINSPECTOROPEN:TRUE",
)
WASHINGTON = (*OUTLOOK, *zone("Eastern Standard Time", "-0500", "-0400"))
PRETORIA = (*OUTLOOK, *zone("South Africa Standard Time", "+0200"))
COLOMBO = (*OUTLOOK, *zone("Sri Lanka Standard Time", "+0530"))
PLAIN = ("PRODID:-//ical4j//EN", "NAME:{name}", "X-WR-CALNAME:{name}")


# -- tables and pages --------------------------------------------------------------------------------------------------


def provisional_list(rows: Sequence[Row], night: date, name: str) -> bytes:
    """The committee's list as it is sent round: a title above the header, dates in words, countries by name.

    It is dated by its newest entry, so that a list to which nothing was added keeps its bytes.
    """
    issued = date.fromisoformat(max(row["published"] for row in rows))
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": name, "created": datetime(issued.year, issued.month, issued.day, tzinfo=UTC)})
    sheet = book.add_worksheet("Activities")
    bold = book.add_format({"bold": True})
    sheet.write(0, 0, name, bold)
    headers = (
        "No.",
        "Activity",
        "Dates",
        "City",
        "Country",
        "Organizer",
        "Sponsors",
        "For",
        "Theme",
        "Status",
        "Published",
    )
    for column, header in enumerate(headers):
        sheet.write(2, column, header, bold)
    for number, row in enumerate(rows, 1):
        cells = (
            str(number),
            row["title"],
            row["date_text"],
            row["city"],
            COUNTRIES[row["country"]]["en"],
            row["organisers"],
            row["sponsors"],
            row["audience"],
            row["themes"],
            "provisional",
            row["published"],
        )
        for column, cell in enumerate(cells):
            sheet.write_string(number + 2, column, cell)
    sheet.set_column(1, 1, 50)
    sheet.set_column(2, 10, 22)
    book.close()
    return unpacked(out)


def unpacked(book: io.BytesIO) -> bytes:
    """Store the parts of a workbook uncompressed: builds of Python compress differently, and bytes may not differ."""
    out = io.BytesIO()
    with zipfile.ZipFile(book) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as stored:
        for part in packed.infolist():
            stored.writestr(zipfile.ZipInfo(part.filename), packed.read(part))
    return out.getvalue()


def list_of_events(rows: Sequence[Row], night: date, name: str) -> bytes:
    """A comma-separated list with a byte-order mark, as spreadsheets export it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        (
            "Reference",
            "Event",
            "Dates",
            "City",
            "Host country",
            "Organizers",
            "Donors",
            "Participants",
            "Topics",
            "Language",
            "Issued",
            "Link",
        )
    )
    for row in rows:
        writer.writerow(
            (
                row["uid"],
                row["title"],
                row["date_text"],
                row["city"],
                COUNTRIES[row["country"]]["en"],
                row["organisers"],
                row["sponsors"],
                row["audience"],
                row["themes"],
                row["language"],
                row["published"],
                row["url"],
            )
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def page(rows: Sequence[Row], night: date, name: str) -> bytes:
    """A news page whose events stand in schema.org JSON-LD."""
    events = [
        {
            "@type": "EducationEvent",
            "@id": row["url"],
            "identifier": row["uid"],
            "name": row["title"],
            "inLanguage": row["language"],
            "startDate": row["start"],
            "endDate": row["end"],
            "datePublished": row["published"],
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "url": row["url"],
            "location": {
                "@type": "Place",
                "address": {"@type": "PostalAddress", "addressLocality": row["city"], "addressCountry": row["country"]},
            },
            "organizer": [{"@type": "Organization", "name": body.strip()} for body in row["organisers"].split(";")],
            "audience": [{"@type": "Audience", "audienceType": who.strip()} for who in row["audience"].split(";")],
            "about": [theme.strip() for theme in row["themes"].split(";")],
        }
        for row in rows
    ]
    data = json.dumps({"@context": "https://schema.org", "@graph": events}, ensure_ascii=False, indent=1).replace(
        "</", "<\\/"
    )
    items = "".join(f'<li><a href="{html.escape(row["url"])}">{html.escape(row["title"])}</a></li>\n' for row in rows)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{html.escape(name)}</title>\n'
        f'<script type="application/ld+json">\n{data}\n</script></head>\n'
        f"<body><h1>{html.escape(name)}</h1>\n<ul>\n{items}</ul>"
        "\n</body>\n</html>\n"
    ).encode()


CALENDARS: dict[str, tuple[str, str, Callable[[Sequence[Row], date, str], bytes]]] = {
    "committee-list": ("committee-list.xlsx", "Provisional list of activities", provisional_list),
    "un-press-en": ("un-press-en.ics", "United Nations press releases", ics(GOOGLE, "press.un.org")),
    "un-press-fr": ("un-press-fr.ics", "Communiqués de presse des Nations Unies", ics(GOOGLE, "press.un.org")),
    "us-state": ("us-state.csv", "Department of State outreach", list_of_events),
    "us-embassies": ("us-embassies.ics", "Embassy events", ics(WASHINGTON, "state.gov")),
    "arf": ("arf.ics", "ARF activities", ics(PLAIN, "aseanregionalforum.asean.org")),
    "opcw": ("opcw.html", "OPCW news", page),
    "stanley": ("stanley.ics", "Stanley Center events", ics(GOOGLE, "stanleycenter.org")),
    "bioprepwatch": ("bioprepwatch.ics", "BioPrepWatch", ics(PLAIN, "bioprepwatch.com")),
    "gleaner": ("gleaner.csv", "Jamaica Gleaner", list_of_events),
    "sri-lanka": ("sri-lanka.ics", "Policy Research and Information Unit", ics(COLOMBO, "priu.gov.lk")),
    "unoda": ("unoda.ics", "UNODA updates", ics(GOOGLE, "disarmament.unoda.org")),
    "iss": ("iss.ics", "ISS Africa", ics(PRETORIA, "issafrica.org")),
    "unrcpd": ("unrcpd.ics", "UNRCPD events", ics(PLAIN, "unrcpd.org")),
    "mfa-thailand": ("mfa-thailand.ics", "กระทรวงการต่างประเทศ", ics(PLAIN, "mfa.go.th")),
}
"""Calendar -> file, its own name, and who writes it."""


def standing(rows: Sequence[Row], calendar: str, night: str) -> list[Row]:
    """Return what a calendar held on a night: what was published by then, in that order."""
    known = [row for row in rows if row["calendar"] == calendar and row["published"] <= night]
    return sorted(known, key=lambda row: (row["published"], row["uid"]))


def snapshots(into: Path) -> None:
    """Write every night's folder."""
    rows = facts()
    for night in NIGHTS:
        folder = into / night
        folder.mkdir(parents=True)
        for calendar, (file, name, write) in CALENDARS.items():
            (folder / file).write_bytes(write(standing(rows, calendar, night), date.fromisoformat(night), name))


def provenance(rows: Sequence[Row]) -> str:
    """Name the source of every fact."""
    preface = (HERE / "provenance_preface.md").read_text(encoding="utf-8").rstrip("\n")
    lines = [preface, "", "| calendar | title | published | how that is known | source |", "|---|---|---|---|---|"]
    for row in sorted(rows, key=lambda row: (row["calendar"], row["published"], row["uid"])):
        source = f"<{row['url']}>; {row['source']}"
        cells = (row["calendar"], row["title"], row["published"], row["published_basis"], source)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write nights/ and PROVENANCE.md."""
    shutil.rmtree(HERE / "nights", ignore_errors=True)
    snapshots(HERE / "nights")
    (HERE / "PROVENANCE.md").write_text(provenance(facts()), encoding="utf-8")
    print(f"{len(facts())} facts, {len(CALENDARS)} calendars, {len(NIGHTS)} nights")


if __name__ == "__main__":
    main()
