"""Planning at the desk: a workshop as vague as it is, what it would meet, other dates, a whole list, proposals."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import docx
import openpyxl
import pytest
from desk_server import NIGHT, RunningDesk, run_night
from desk_visitors import PASSWORD, Visitor, visitors
from icalendar import Calendar as Vcalendar
from sqlalchemy import select

from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.reading import guarded
from calendar_sync.roster import Calendar
from calendar_sync.sources.choosing import source_of
from dedupe.checks import Proposal
from flows import proposing, steps
from flows.planned import FIELDS, values_of
from flows.planning import span_of
from store.accounts import Role
from store.connecting import connect
from store.tables import metadata

SAVED = datetime(2007, 11, 26, 9, tzinfo=UTC)
NAIROBI = {
    "title": "Workshop on resolution 1540", "start": "2008-02-13", "end": "2008-02-14", "city": "Nairobi",
    "country": "KE", "audience": "Botswana; Ghana",
}  # fmt: skip
ROWS = (
    ("Title", "Start", "End", "City", "Country", "Audience"),
    ("Workshop on resolution 1540", "2008-02-13", "2008-02-14", "Nairobi", "Kenya", "Botswana; Ghana"),
    ("Course for customs officers", "2008-09-02", "2008-09-03", "Lusaka", "Zambia", "Zambia"),
)


def address(values: dict[str, str], path: str = "/plan") -> str:
    return f"{path}?{urlencode(values)}"


def main_of(page: str) -> str:
    """Return what stands between the navigation and the foot."""
    return unescape(re.sub(r"<main.*?>|</main>.*", "", page[page.index("<main") :], flags=re.DOTALL))


def lead_of(page: str) -> str:
    return re.sub("<[^>]+>", "", re.search(r'<p class="lead">(.*?)</p>', page, re.DOTALL)[1])


def read_back(body: bytes, folder: Path) -> Listing:
    """Read a calendar file by icalendar and by our own reader, and return its one listing."""
    (event,) = Vcalendar.from_ical(body).walk("VEVENT")
    path = folder / "back.ics"
    path.write_bytes(body)
    calendar = Calendar(id="back", organisation="back", source=str(path))
    payload = source_of(calendar, folder).fetch(date.max, None)
    assert payload is not None
    reading = guarded.read_guarded(payload, calendar, None)
    assert reading.problems == ()
    (listing,) = reading.listings
    assert listing.title == str(event["summary"])
    return listing


def kept(config: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all that is kept; when somebody was last there is no change of anything."""
    store = connect(f"sqlite:///{config.parent / 'state' / 'outreach.db'}")
    with store.read() as db:
        rows = {
            table.name: [tuple(row) for row in db.execute(select(*(c for c in table.c if c.name != "used")))]
            for table in metadata.sorted_tables
        }
    store.close()
    return rows


def test_an_empty_form_checks_nothing(peopled: RunningDesk):
    """Whoever opens the page has not asked yet; an answer to nothing would only confuse."""
    with visitors(peopled.url, "ines") as (ines,):
        page = ines.get("/plan")
    assert page.status_code == 200
    assert "Say what you plan" in lead_of(page.text)
    assert "Held against" not in page.text
    assert "aria-invalid" not in main_of(page.text)
    labelled = re.findall(r'<label for="([^"]+)">', main_of(page.text))
    assert tuple(labelled) == FIELDS


def test_a_planned_workshop_is_told_what_it_would_meet_as_on_the_command_line(peopled: RunningDesk):
    """One question has one answer, wherever it is asked; each finding leads to the event it is about."""
    asked = Proposal(
        NAIROBI["title"], span_of(NAIROBI["start"], NAIROBI["end"], NIGHT), "Nairobi", "KE", ("Botswana", "Ghana")
    )
    expected = steps.check_proposal(peopled.config, asked, NIGHT, weeks=52)
    gone = (date.fromisoformat(NAIROBI["start"]) - NIGHT).days // 7
    year = [week for week in expected.weeks if gone + week.weeks < 53]
    best = sorted(year, key=lambda week: week.rank)[:5]
    with visitors(peopled.url, "ines") as (ines,):
        page = ines.get(address(NAIROBI)).text
        told = main_of(page)
        assert lead_of(page) == str(expected.lead)
        assert expected.findings
        for finding in expected.findings:
            assert finding.title in told
            assert all(reason.text in told for reason in finding.reasons)
            other = expected.other(finding)
            assert other is not None
            assert f'href="/events/{other.id}"' in told
            assert ines.get(f"/events/{other.id}").status_code == 200
        assert [one.words for one in best] == re.findall(r"<li><b>(.*?)</b> <a href=\"/plan", told)
        # Whoever does not see the picture has each of its weeks in the table.
        assert told.count('<text class="day"') == len(year) + 1
        assert all(week.words in told for week in year)
        assert "What the invited states already received" in told


def test_a_plan_without_dates_is_told_which_weeks_of_the_year_are_free(peopled: RunningDesk):
    """Whom it is for is often known first; then the question is when."""
    with visitors(peopled.url, "ines") as (ines,):
        page = main_of(ines.get(address(NAIROBI | {"start": "", "end": "", "days": "4"})).text)
        assert page.count('<text class="day"') == 53
        chosen = dict(parse_qsl(urlsplit(re.search(r'<li><b>.*?</b> <a href="(/plan\?[^"]+)"', page)[1]).query))
        first, last = date.fromisoformat(chosen["start"]), date.fromisoformat(chosen["end"])
        assert (last - first).days == 3
        assert "days" not in chosen
        assert "clash with" not in lead_of(ines.get(address(chosen)).text)


def test_how_long_it_lasts_ends_a_workshop_that_says_only_when_it_begins(peopled: RunningDesk):
    """Plans say "three days from the 13th"; a last day that is no date does not undo the first."""
    with visitors(peopled.url, "ines") as (ines,):
        assert "13–15 February 2008" in main_of(ines.get(address(NAIROBI | {"end": "", "days": "3"})).text)
        assert "13–14 February 2008" in main_of(ines.get(address(NAIROBI | {"days": "3"})).text)
        page = main_of(ines.get(address(NAIROBI | {"end": "someday", "days": "x", "theme": "gardening"})).text)
        assert "<dd>13 February 2008" in page
        assert page.count('aria-invalid="true"') == 3


def test_an_alternative_fills_the_form_and_is_better(peopled: RunningDesk):
    """A date is taken over by one click, with all the rest as it was written."""
    with visitors(peopled.url, "ines") as (ines,):
        page = main_of(ines.get(address(NAIROBI)).text)
        better = re.search(r'<li><b>.*?</b> <a href="(/plan\?[^"]+)"', page)[1]
        filled = dict(parse_qsl(urlsplit(better).query))
        assert {name: filled[name] for name in filled if name not in ("start", "end")} == {
            name: value for name, value in NAIROBI.items() if name not in ("start", "end")
        }
        assert filled["start"] != NAIROBI["start"]
        assert "clash with" in lead_of(ines.get(address(NAIROBI)).text)
        assert "clash with" not in lead_of(ines.get(better).text)


def test_what_is_not_understood_is_told_beside_its_field_and_the_rest_is_checked(peopled: RunningDesk):
    """A typing error in one field is no reason to say nothing about the others."""
    asked = NAIROBI | {"start": "someday", "end": "", "country": "Atlantis", "audience": "Botswana; Narnia; Ghana"}
    with visitors(peopled.url, "ines") as (ines,):
        answer = ines.get(address(asked))
        assert answer.status_code == 200
        page = main_of(answer.text)
        for field, word in {"start": "someday", "country": "Atlantis", "audience": "Narnia"}.items():
            entry = re.search(rf'<input id="{field}"[^>]*>', page)[0]
            assert 'aria-invalid="true"' in entry
            said = re.search(r'aria-describedby="([^"]+)"', entry)[1]
            assert f"“{word}”" in re.search(rf'id="{said}">(.*?)</span>', page)[1]
        assert page.count('aria-invalid="true"') == 3
        assert "2 states" in page
        assert "Held against" in page
        backwards = main_of(ines.get(address(NAIROBI | {"end": "2008-02-01"})).text)
        assert re.search(r'<input id="end"[^>]*aria-invalid="true"', backwards)


def test_every_field_may_be_vague(peopled: RunningDesk):
    """Plans begin with a month and a region; each alone is a question, and nonsense is none that breaks anything."""
    with visitors(peopled.url, "ines") as (ines,):
        vague = ines.get(address(NAIROBI | {"start": "second week of February 2008", "end": ""})).text
        assert "some time within" in vague
        assert "might" in lead_of(vague)
        for name, value in (NAIROBI | {"audience": "African Union", "theme": "biosecurity", "organiser": "AU"}).items():
            alone = ines.get(address({name: value}))
            assert (alone.status_code, "Held against" in alone.text) == (200, True), name
        for nonsense in (
            "\x00",
            "﷽" * 400,
            "0000-00-00",
            "9999-12-31",
            "-1",
            "١٩٩٩",
            "<script>alert(1)</script>",
            ";;;",
        ):
            for name in (*NAIROBI, "theme", "organiser"):
                answer = ines.get(address(NAIROBI | {name: nonsense}))
                assert answer.status_code == 200, (name, nonsense)
                assert "<script" not in answer.text


def test_another_date_of_a_finding_leads_here_with_all_of_it_understood(peopled: RunningDesk):
    """The link stands on the page of each finding that can still be moved."""
    with visitors(peopled.url, "ines") as (ines,):
        links = re.findall(r'href="(/plan\?[^"]+)"', ines.get("/findings/1").text)
        assert links
        for link in links:
            page = main_of(ines.get(unescape(link)).text)
            assert "aria-invalid" not in page
            asked = parse_qs(urlsplit(unescape(link)).query)
            assert f'value="{asked["start"][0]}"' in page


@pytest.mark.parametrize("language", ["fr", "es", "pt", "ar", "ru"])
def test_the_answer_is_told_in_the_language_of_its_reader(peopled: RunningDesk, language: str):
    """A check was English only as long as it was a command."""
    untitled = {name: value for name, value in NAIROBI.items() if name != "title"}
    with visitors(peopled.url, "ines") as (ines,):
        english = main_of(ines.get(address(untitled | {"language": "en"})).text)
        page = main_of(ines.get(address(untitled | {"language": language})).text)

    def sentences(text: str) -> set[str]:
        found = re.findall(r"<(?:h1|h2|h3|p|li|td|dt|caption|figcaption|summary|label|legend)[^>]*>([^<]{12,})<", text)
        return {" ".join(one.split()) for one in found}

    assert len(sentences(english)) > 20
    assert sentences(english) & sentences(page) == set()


def test_a_planned_workshop_goes_to_a_calendar_program(peopled: RunningDesk, tmp_path: Path):
    """Tentative, on its days, by icalendar and by our own reader; without a day it has no place in one."""
    with visitors(peopled.url, "ines") as (ines,):
        answer = ines.get(address(NAIROBI, "/plan.ics"))
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        listing = read_back(answer.content, tmp_path)
        assert (listing.title, listing.city, listing.country) == (NAIROBI["title"], "Nairobi", "KE")
        assert listing.status is Status.TENTATIVE
        assert listing.span == span_of(NAIROBI["start"], NAIROBI["end"], NIGHT)
        assert ines.get(address(NAIROBI, "/plan.ics")).content == answer.content
        french = read_back(ines.get(address(NAIROBI | {"language": "fr"}, "/plan.ics")).content, tmp_path)
        assert "Autres dates" in french.description
        undated = ines.get(address({"title": "Workshop", "language": "en"}, "/plan.ics"))
        assert undated.status_code == 404
        assert "Without a day" in undated.text


def send(visitor: Visitor, name: str, body: bytes, form: dict[str, str] | None = None):
    fields = visitor.form_on("/plan/list") if form is None else form
    headers = {"Origin": visitor.url, "Sec-Fetch-Site": "same-origin"}
    return visitor.http.post("/plan/list", data=fields, files={"file": (name, body)}, headers=headers)


def lists(visitor: Visitor) -> dict[str, bytes]:
    """Write the same list of two workshops in every kind of file."""
    book, document = openpyxl.Workbook(), docx.Document()
    table = document.add_table(0, len(ROWS[0]))
    for row in ROWS:
        book.active.append(row)
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    excel, word = BytesIO(), BytesIO()
    book.save(excel)
    document.save(word)
    events = b""
    for row in ROWS[1:]:
        said = dict(zip(("title", "start", "end", "city", "country", "audience"), row, strict=True))
        (event,) = Vcalendar.from_ical(visitor.get(address(said, "/plan.ics")).content).walk("VEVENT")
        events += event.to_ical()
    return {
        "plan.csv": "\n".join(",".join(row) for row in ROWS).encode(),
        "plan.xlsx": excel.getvalue(),
        "plan.docx": word.getvalue(),
        "../../etc/plan.ics": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + events + b"END:VCALENDAR\r\n",
    }


def test_a_whole_list_is_checked_row_by_row_and_kept_nowhere(peopled: RunningDesk):
    """Programmes of work are mailed as tables and documents; each workshop of one can be looked at by itself."""
    with visitors(peopled.url, "ines") as (ines,):
        ines.get(address(NAIROBI))
        before = kept(peopled.config)
        files = sorted(path for path in peopled.config.parent.rglob("*") if path.is_file())
        for name, body in lists(ines).items():
            answer = send(ines, name, body)
            assert answer.status_code == 200, name
            page = main_of(answer.text)
            titles = re.findall(r'<tr><th scope="row">(.*?)</th>', page)
            assert titles == [row[0] for row in ROWS[1:]], name
            first, second = re.findall(r'<td data-side="Clashes">(\d+)</td>', page)
            if not name.endswith(".ics"):
                assert int(first) > 0, "a calendar file says nothing of who is invited"
            assert second == "0"
            alone = re.findall(r'<a href="(/plan\?[^"]+)" aria-label', page)
            assert len(alone) == 2
            assert ROWS[1][0] in ines.get(unescape(alone[0])).text
        assert kept(peopled.config) == before
        assert sorted(path for path in peopled.config.parent.rglob("*") if path.is_file()) == files


def test_what_of_a_list_cannot_be_read_is_told(peopled: RunningDesk):
    """Where it stands and what to do; the other rows are checked all the same."""
    rows = "Title,Start,End\nWorkshop,2008-02-13,2008-02-14\nSeminar,someday,\n"
    with visitors(peopled.url, "ines") as (ines,):
        page = main_of(send(ines, "plan.csv", rows.encode()).text)
        assert "What could not be read" in page
        assert "someday" in page
        assert "Next: mend it and check again." in page
        empty = send(ines, "plan.csv", b"")
        assert (empty.status_code, "No file was chosen" in empty.text) == (400, True)
        for name, body in {
            "plan.exe": b"MZ",
            "plan": b"x",
            "plan.csv": b"nothing\n",
            "plan.xlsx": b"PK\x03\x04",
        }.items():
            answer = send(ines, name, body)
            assert answer.status_code == 400, name
            assert "could not be read as a list of workshops" in answer.text
        long = "Title,Start\n" + "".join(f"Workshop {n},2008-03-04\n" for n in range(45))
        cut = main_of(send(ines, "plan.csv", long.encode()).text)
        assert cut.count('data-side="Clashes"') == 40
        assert "5 workshops more were not checked" in cut


def test_a_list_is_taken_from_our_form_only(peopled: RunningDesk):
    """A form with a file is a form: another site could send one as well."""
    body = b"Title,Start\nWorkshop,2008-03-04\n"
    with visitors(peopled.url, "ines", "omar") as (ines, omar):
        assert send(ines, "plan.csv", body, {}).status_code == 403
        assert send(ines, "plan.csv", body, {"form": omar.form_on("/plan/list")["form"]}).status_code == 403
        assert send(ines, "plan.csv", b"x" * (2 * 1024 * 1024)).status_code == 413
        form = ines.form_on("/plan/list")
        ours = {"Origin": ines.url, "Sec-Fetch-Site": "same-origin"}
        cut = {"Content-Type": "multipart/form-data; boundary=x"}
        for broken in (b"", b"--x", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x--"):
            answer = ines.http.post("/plan/list", content=broken, headers=ours | cut)
            assert answer.status_code in (400, 403), broken
        elsewhere = ines.http.post(
            "/plan/list",
            data=form,
            files={"file": ("plan.csv", body)},
            headers=ours | {"Origin": "https://evil.example"},
        )
        assert elsewhere.status_code == 403


def test_vague_days_of_a_list_stay_vague_when_one_is_checked_by_itself():
    """A workshop some day in March is none that lasts all of March."""
    span = span_of("March 2008", "", NIGHT)
    exact = span_of("2008-03-04", "2008-03-05", NIGHT)
    assert span is not None
    vague = Listing(ListingKey("plan", "1"), "AU", "Workshop", span=span, date_text="March 2008")
    assert values_of(Proposal.of(vague))["start"] == "March 2008"
    assert values_of(Proposal.of(vague))["end"] == ""
    told = values_of(Proposal("Workshop", exact))
    assert (told["start"], told["end"]) == ("2008-03-04", "2008-03-05")


def save(visitor: Visitor, visibility: str, **values: str) -> str:
    """Save a proposal and return its address."""
    form = {"form": visitor.token("/log"), "visibility": visibility, "note": "as Accra asked"}
    answer = visitor.post("/proposals", form | NAIROBI | values)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_hidden_proposal_is_its_owners_alone(peopled: RunningDesk):
    """A plan that may come to nothing is nobody's business; not even that there is one."""
    with visitors(peopled.url, "ines", "omar") as (ines, omar):
        without = main_of(ines.get(address(NAIROBI)).text)
        mine = save(omar, "hidden", title="Workshop HIDDENCANARY")
        assert "HIDDENCANARY" in omar.get(mine).text
        assert "HIDDENCANARY" in omar.get("/proposals").text
        assert re.sub(r'value="[0-9a-f]{64}"', "", main_of(ines.get(address(NAIROBI)).text)) == re.sub(
            r'value="[0-9a-f]{64}"', "", without
        )
        assert "HIDDENCANARY" not in ines.get("/proposals").text
        for path in (mine, f"{mine}.ics"):
            absent = ines.get(path.replace(mine, "/proposals/999"))
            assert ines.get(path).status_code == absent.status_code == 404
            assert main_of(ines.get(path).text) == main_of(absent.text)
        for path in (f"{mine}/withdraw", f"{mine}/visibility"):
            answer = ines.post(path, {"form": ines.token(), "visibility": "public"})
            assert answer.status_code == 404
        assert "You alone." in omar.get(mine).text


def test_a_busy_proposal_says_when_where_and_for_whom(peopled: RunningDesk, tmp_path: Path):
    """Enough to keep out of each other's way; its title, themes and note stay with its owner."""
    secret = {"title": "Workshop BUSYCANARY", "theme": "biosecurity", "organiser": "BUSYORGANISER"}
    with visitors(peopled.url, "ines", "omar") as (ines, omar):
        theirs = save(omar, "busy", **secret)
        pages = [
            ines.get(path).text for path in ("/proposals", theirs, address(NAIROBI), address(NAIROBI, "/plan.ics"))
        ]
        download = ines.get(f"{theirs}.ics")
        assert not [page for page in (*pages, download.text) if re.search("CANARY|BUSYORG|as Accra asked", page)]
        told = main_of(pages[2])
        assert "A proposal of omar" in told
        assert f'href="{theirs}"' in told
        assert "13–14 February 2008" in told
        listing = read_back(download.content, tmp_path)
        assert (listing.title, listing.city) == ("A proposal of omar", "Nairobi")
        own = read_back(omar.get(f"{theirs}.ics").content, tmp_path)
        assert own.title == secret["title"]


def test_a_proposal_is_written_anew_by_its_owner_alone(peopled: RunningDesk):
    """Plans change; the number that others know stays, and nobody else's plan can be overwritten."""
    with visitors(peopled.url, "ines", "omar") as (ines, omar):
        own = save(ines, "shared", **NAIROBI, note="first thoughts")
        page = ines.get(own).text
        change = unescape(re.search(r'href="(/plan\?[^"]+proposal=\d+)"', page)[1])
        form = main_of(ines.get(change).text)
        assert f'action="{own}"' in form
        assert re.search(r'value="shared" checked', form)
        assert "first thoughts" in form
        token = ines.form_on(change)["form"]
        fields = NAIROBI | {"form": token, "title": "Another title", "visibility": "shared", "note": ""}
        assert ines.post(own, fields).headers["location"] == own
        assert "Another title" in omar.get(own).text
        assert "first thoughts" not in omar.get(own).text
        assert f'action="{own}"' not in omar.get(change).text
        assert omar.post(own, fields | {"form": omar.token()}).status_code == 404
        ines.post(f"{own}/withdraw", {"form": token})
        assert ines.post(own, fields).status_code == 404
        assert f'action="{own}"' not in ines.get(change).text


def test_proposals_are_listed_with_what_they_would_do_now(peopled: RunningDesk):
    """The list is where a coordinator sees which plans need a word, without opening each."""
    with visitors(peopled.url, "ines", "omar") as (ines, omar):
        own = save(ines, "busy", **NAIROBI)
        listed = main_of(ines.get("/proposals").text)
        assert "1 clash" in listed
        seen = main_of(omar.get(own).text)
        assert "Held against" in seen
        assert "/plan?" not in seen
        for number in range(proposing.MOST_SHOWN):
            save(omar, "hidden", title=f"Plan {number}")
        assert f'href="{own}"' not in main_of(omar.get("/proposals").text)
        assert f'href="{own}"' in main_of(omar.get("/proposals?page=2").text)
        assert omar.get("/proposals?page=99").status_code == 200


@pytest.mark.parametrize("visibility", ["shared", "public"])
def test_a_proposal_that_is_shown_meets_the_plans_of_others(peopled: RunningDesk, visibility: str):
    """Two coordinators who plan the same for the same week find out before anybody is invited."""
    with visitors(peopled.url, "ines", "omar") as (ines, omar):
        before = main_of(ines.get(address(NAIROBI)).text)
        theirs = save(omar, visibility, title="Seminar of Omar on resolution 1540", city="Accra", country="GH")
        told = main_of(ines.get(address(NAIROBI)).text)
        assert "Seminar of Omar on resolution 1540" in told
        assert "Seminar of Omar on resolution 1540" not in before
        assert f'href="{theirs}"' in told
        assert theirs not in main_of(omar.get(address(NAIROBI)).text), "one's own plan is no other's"
        assert "as Accra asked" in ines.get(theirs).text
        listed = "\n".join(",".join(row) for row in ROWS).encode()
        clashes = re.findall(r'data-side="(?:Clashes|Duplicates)">(\d+)<', send(ines, "plan.csv", listed).text)
        alone = re.findall(r'data-side="(?:Clashes|Duplicates)">(\d+)<', send(omar, "plan.csv", listed).text)
        assert sum(map(int, clashes)) > sum(map(int, alone))
        token = {"form": omar.token()}
        assert omar.post(f"{theirs}/visibility", token | {"visibility": "hidden"}).status_code == 303
        assert main_of(ines.get(address(NAIROBI)).text).count("Seminar of Omar") == 0
        assert ines.get(theirs).status_code == 404
        omar.post(f"{theirs}/visibility", token | {"visibility": visibility})
        assert omar.post(f"{theirs}/withdraw", token).status_code == 303
        assert "Seminar of Omar" not in main_of(ines.get(address(NAIROBI)).text)
        assert "Seminar of Omar" not in ines.get("/proposals").text
        assert "It was withdrawn." in omar.get(theirs).text
        assert omar.get(f"{theirs}.ics").status_code == 404
        assert omar.post(f"{theirs}/withdraw", token).status_code == 404


def test_what_cannot_be_saved_is_refused(peopled: RunningDesk):
    """Nothing, and for nobody we know."""
    with visitors(peopled.url, "ines") as (ines,):
        form = {"form": ines.token(), "visibility": "hidden", "note": ""}
        nothing = ines.post("/proposals", form | {"title": "  "})
        assert (nothing.status_code, "nothing was saved" in nothing.text) == (400, True)
        assert ines.post("/proposals", form | NAIROBI | {"visibility": "everybody"}).status_code == 400
        assert kept(peopled.config)["proposals"] == []
        for number in ("0", "x", "-1", "1.5", "9" * 40, "١"):
            assert ines.get(f"/proposals/{number}").status_code == 404
            assert ines.get(f"/proposals/{number}.ics").status_code == 404


def test_proposals_go_with_their_account(peopled: RunningDesk):
    """Somebody who is given the same name later is somebody else."""
    with visitors(peopled.url, "omar", "ines") as (omar, ines):
        save(omar, "hidden")
        theirs = save(omar, "shared", title="Seminar of Omar")
        mine = save(ines, "hidden")
        steps.remove_account(peopled.config, "omar")
        steps.add_account(peopled.config, "omar", Role.COORDINATOR, "", PASSWORD, "the test", SAVED)
        with visitors(peopled.url, "omar") as (another,):
            assert "Nobody has saved a proposal that you may see." in another.get("/proposals").text
        assert ines.get(theirs).status_code == 404
        assert ines.get(mine).status_code == 200


def test_words_for_days_mean_what_they_meant_when_a_proposal_was_saved(busy: Path):
    """The first week of March is that of next year, until that is over; the plan stays where it was."""
    values = NAIROBI | {"start": "first week of December", "end": ""}
    number = proposing.save_proposal(busy, "omar", values, "shared", "", SAVED)
    found = proposing.check_kept(busy, number, "omar")
    assert found is not None
    assert found.check is not None
    before = found.check.event.span
    run_night(busy, NIGHT + timedelta(400))
    later = proposing.check_kept(busy, number, "omar")
    assert later is not None
    assert later.check is not None
    assert later.night != found.night
    assert later.check.event.span == before


def test_reports_are_the_same_with_proposals_and_without(busy: Path, tmp_path: Path):
    """A proposal is no event: no organisation reads of it before a calendar lists it."""
    without = tmp_path / "without"
    shutil.copytree(busy.parent, without)
    for visibility in ("hidden", "busy", "shared", "public"):
        proposing.save_proposal(busy, "omar", NAIROBI, visibility, "PROPOSALCANARY", SAVED)
    written = []
    for config in (busy, without / "outreach.toml"):
        run_night(config, NIGHT + timedelta(1))
        folder = config.parent / "state" / "reports" / (NIGHT + timedelta(1)).isoformat()
        written.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert len(written[0]) > 10
    assert written[0] == written[1]
