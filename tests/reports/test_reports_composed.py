"""What one organisation reads: only what it may know, what is new first, the same bytes for the same facts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar as Parsed
from python_calamine import CalamineWorkbook

from calendar_sync.confidentiality import Confidentiality
from calendar_sync.listings import Listing, ListingKey, Status
from calendar_sync.roster import Calendar, Committee, Member, Organisation, Roster
from calendar_sync.spans import Span
from calendar_sync.visibility import Visibility
from dedupe.assembling import events
from dedupe.finding import find
from dedupe.matching import recognise
from dedupe.policy import Policy
from reports import disclosure, wording
from reports.leads import lead
from reports.nightly import CalendarHealthView, Change, NightlyReport, ToldBefore, compose
from reports.rendering import FORMATS, render
from reports.standing import Why

NIGHT = date(2009, 12, 4)
AFRICANS = tuple(Member(code) for code in ("EG", "ET", "GH", "KE", "NG", "UG", "ZA"))
COMMITTEE = Organisation("1540", "1540 Committee", reads_reports=True)
AU = Organisation("AU", "African Union", members=AFRICANS, reads_reports=True)
OAS = Organisation("OAS", "Organization of American States", members=(Member("JM"),), reads_reports=True)
UN = Organisation("UN", "United Nations")
STATE = Organisation("US", "United States")
ROSTER = Roster(
    Path("outreach.toml"),
    Committee("1540", "1540 Committee", ZoneInfo("America/New_York"), disclaimer="Positions are quoted."),
    (COMMITTEE, AU, OAS, UN, STATE),
    (
        Calendar("un", "UN", "un.ics"),
        Calendar("us", "US", "us.ics"),
        Calendar("secret", "US", "secret.ics", visibility=Visibility.HIDDEN),
        Calendar("for-oas", "US", "oas.ics", visibility=Visibility.SHARED, shared_with=("OAS",)),
        Calendar("busy", "US", "busy.ics", visibility=Visibility.BUSY, shared_with=("AU",)),
    ),
    Path("state"),
    "sqlite://",
)
GOOD = [CalendarHealthView(calendar.id, good=True, last_good=NIGHT) for calendar in ROSTER.calendars]


def a_listing(uid: str, calendar: str = "un", **facts: object) -> Listing:
    known: dict[str, object] = {
        "title": "Workshop on implementing resolution 1540 (2004)",
        "span": Span.exact(date(2009, 12, 7), date(2009, 12, 10)),
        "city": "Cairo", "country": "EG", "audience": ("EG", "ET", "GH", "KE"), "organisers": ("UNODA",),
        "published": date(2009, 12, 3), "first_seen": date(2009, 12, 3), "language": "en",
    }  # fmt: skip
    owner = ROSTER.calendar(calendar).organisation
    return Listing(ListingKey(calendar, uid), owner, **(known | facts))  # type: ignore[arg-type]


def nairobi(**facts: object) -> Listing:
    known: dict[str, object] = {
        "title": "Africa Regional Workshop on Biosafety and resolution 1540", "city": "Nairobi", "country": "KE",
        "span": Span.exact(date(2010, 2, 2), date(2010, 2, 4)), "organisers": ("US", "KE"),
    }  # fmt: skip
    return a_listing("nairobi", "us", **(known | facts))


def report(
    *listings: Listing, reader: Organisation = AU, before: NightlyReport | None = None, night: date = NIGHT,
    health: list[CalendarHealthView] | None = None, known_before: Sequence[Listing] = (),
) -> NightlyReport:  # fmt: skip
    """Go the whole way of a night: disclosure, recognition, findings, composition."""
    visible = disclosure.world(listings, reader, ROSTER)
    known = events(visible, recognise(visible), ())
    # Other bodies' mandates have tests of their own.
    found = find(known, [], Policy(forum_themes=()), ROSTER.organisations, night)
    told = [
        ToldBefore(
            entry.finding.key, entry.finding.severity, entry.finding.title, entry.fingerprint, entry.first_night,
            facts={fact.field: tuple(value.text for value in fact.values) for fact in entry.finding.facts},
            stood=entry.stood,
        )
        for entry in (before.findings if before else ())
    ]  # fmt: skip
    told += [
        replace(gone.before, seen=False, open=gone.change is not Change.RESOLVED, stood=gone.stood)
        for gone in (before.ceased if before else ())
    ]
    return compose(reader, night, ROSTER, visible, known, found, told, GOOD if health is None else health, known_before)


def test_the_lead_says_what_a_busy_person_must_know():
    """One sentence first."""
    told = report(a_listing("cairo"), nairobi())
    first, rest = lead(told)
    assert first == "Cairo and Nairobi reach largely the same states, 54 days apart."
    assert "All 4 states invited to Cairo (7–10 December 2009) are also invited to Nairobi" in rest
    assert "Nairobi can still be moved." in rest
    assert (told.counts.new, told.counts.changed, told.counts.open) == (1, 0, 0)


def test_a_second_night_says_still_open_and_a_moved_date_says_changed():
    """A reader must not read the same news twice, nor miss that it changed."""
    first = report(a_listing("cairo"), nairobi())
    second = report(a_listing("cairo"), nairobi(), before=first, night=NIGHT + timedelta(days=1))
    assert [told.change for told in second.findings] == [Change.OPEN]
    assert second.findings[0].first_night == NIGHT

    moved = nairobi(span=Span.exact(date(2010, 2, 9), date(2010, 2, 11)))
    third = report(a_listing("cairo"), moved, before=first, night=NIGHT + timedelta(days=1))
    assert [told.change for told in third.findings] == [Change.CHANGED]
    assert "dates" in third.findings[0].changed


def test_what_is_gone_is_resolved_on_the_second_night_and_says_why():
    """Silence is not resolution, and one night's absence is silence; a fact is a fact at once."""
    first = report(a_listing("cairo"), nairobi())
    withdrawn = report(a_listing("cairo"), before=first, night=NIGHT + timedelta(days=1))
    assert (withdrawn.resolved, [gone.why for gone in withdrawn.unseen]) == ((), [Why.UNSUPPORTED])
    assert (withdrawn.counts.resolved, withdrawn.counts.open, withdrawn.counts.unseen) == (0, 1, 1)
    for format_ in ("text", "html", "csv", "json"):
        assert "Cairo" in render(withdrawn, format_).decode()
        assert "unseen" in render(withdrawn, format_).decode().lower().replace("not seen tonight", "unseen")
    still = report(a_listing("cairo"), before=withdrawn, night=NIGHT + timedelta(days=2))
    assert [gone.why for gone in still.resolved] == [Why.UNSUPPORTED]
    cancelled = report(a_listing("cairo"), nairobi(status=Status.CANCELLED), before=first)
    assert [gone.why for gone in cancelled.resolved] == [Why.CANCELLED]
    over = report(a_listing("cairo"), nairobi(), before=first, night=date(2010, 3, 1))
    assert [gone.why for gone in over.resolved] == [Why.OVER]


def test_an_organisation_reads_only_what_concerns_its_states():
    """The Organization of American States has no member in Cairo or Nairobi; the committee reads everything."""
    assert report(a_listing("cairo"), nairobi(), reader=OAS).findings == ()
    assert report(a_listing("cairo"), nairobi(), reader=OAS).coming == ()
    assert len(report(a_listing("cairo"), nairobi(), reader=COMMITTEE).findings) == 1


def test_no_news_is_a_short_real_report():
    """An empty page would look like a failure."""
    empty = report()
    assert lead(empty)[0] == "No news tonight: 3 of 3 calendars read, nothing changed for your states."
    assert lead(empty, with_calendars=False)[0] == "No news tonight: nothing changed for your states."


def test_a_blind_spot_is_news_and_changes_nothing_else():
    """A calendar that could not be read shows in its section and in the counts, and nowhere else."""
    whole = report(a_listing("cairo"), nairobi())
    gap = [replace(GOOD[0], good=False, detail="un: no answer.", last_good=date(2009, 12, 3)), *GOOD[1:]]
    partial = report(a_listing("cairo"), nairobi(), health=gap)
    (spot,) = partial.blind_spots
    assert "3 December 2009" in " ".join(wording.blind(spot, partial.names))
    same = replace(partial, blind_spots=(), counts=whole.counts)
    for format_ in FORMATS:
        assert render(same, format_) == render(whole, format_)


def test_visibility_is_kept():
    """Hidden is for the owner and the committee, shared for those named, busy without a word."""
    listings = [a_listing(name, name) for name in ("secret", "for-oas", "busy")]
    private = a_listing("private", klass="PRIVATE", visibility=Visibility.HIDDEN)

    def seen(reader: Organisation) -> dict[str, str]:
        return {entry.key.calendar: entry.title for entry in disclosure.world([*listings, private], reader, ROSTER)}

    assert seen(OAS) == {"for-oas": listings[1].title}
    assert seen(AU) == {"busy": "Busy"}
    assert set(seen(COMMITTEE)) == {"secret", "for-oas", "busy", "un"}
    (busy,) = disclosure.world(listings, AU, ROSTER)
    assert (busy.city, busy.audience, busy.description) == ("", (), "")


def test_what_a_state_asks_for_binds_whoever_publishes_it():
    """A state may ask that its visits be kept from others; the strictest wins, and nobody reads over its head."""
    held, alone = nairobi(), a_listing("visit", audience=("Kenya",), city="", country="")
    among, elsewhere = a_listing("among", audience=("Kenya", "Ghana")), a_listing("else", audience=("Ghana",))
    everything = [held, alone, among, elsewhere]

    def seen(reader: Organisation, **asked: object) -> list[str]:
        request = Confidentiality("KE", **asked)  # type: ignore[arg-type]
        visible = disclosure.world(everything, reader, replace(ROSTER, confidentiality=(request,)))
        return [entry.title if entry.title == "Busy" else entry.key.uid for entry in visible]

    assert seen(AU) == ["among", "else"]
    assert seen(AU, named=True) == ["else"]
    assert seen(AU, visibility=Visibility.SHARED, shared_with=("AU",)) == ["nairobi", "visit", "among", "else"]
    assert seen(AU, visibility=Visibility.SHARED, shared_with=("OAS",)) == ["among", "else"]
    assert seen(AU, visibility=Visibility.BUSY, shared_with=("AU",)) == ["Busy", "Busy", "among", "else"]
    assert seen(COMMITTEE, named=True) == ["nairobi", "visit", "among", "else"]
    assert seen(STATE, named=True) == ["nairobi", "else"]


words = st.sampled_from(["Workshop on implementing resolution 1540", "Biosafety seminar", "Cairo", "Réunion régionale"])
days = st.integers(min_value=0, max_value=200).map(lambda ahead: date(2009, 12, 1) + timedelta(days=ahead))
states = st.lists(st.sampled_from(["EG", "ET", "GH", "KE", "NG", "UG"]), max_size=6, unique=True).map(tuple)


@st.composite
def listings(draw: st.DrawFn, calendar: str = "un") -> Listing:
    first = draw(days)
    return a_listing(
        draw(st.uuids()).hex, calendar, title=draw(words), audience=draw(states),
        span=Span.exact(first, first + timedelta(days=draw(st.integers(0, 3)))),
        city=draw(st.sampled_from(["Cairo", "Nairobi", ""])), country=draw(st.sampled_from(["EG", "KE"])),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(public=st.lists(listings(), max_size=4), secret=listings("secret"))
def test_a_hidden_listing_changes_not_one_byte_of_anybody_elses_report(public: list[Listing], secret: Listing):
    """Non-interference: ids, counts, order, competition for a partner, dates."""
    for format_ in FORMATS:
        assert render(report(*public, secret), format_) == render(report(*public), format_)


def test_the_same_facts_give_the_same_bytes_in_any_order():
    """A night may be run again, and calendars answer in any order."""
    one, other = report(a_listing("cairo"), nairobi()), report(nairobi(), a_listing("cairo"))
    for format_ in FORMATS:
        assert render(one, format_) == render(other, format_)


def test_json_is_as_published():
    """Somebody's program reads it."""
    schema = json.loads((Path(disclosure.__file__).parent / "schemas" / "report.schema.json").read_text())
    for told in (report(a_listing("cairo"), nairobi()), report()):
        assert list(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(render(told, "json")))) == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])
def test_no_cell_is_a_formula(start: str):
    """A title must not run in a coordinator's spreadsheet."""
    title = f"{start}HYPERLINK(1) workshop on resolution 1540"
    told = report(a_listing("cairo", title=title), nairobi())
    rows = list(csv.reader(io.StringIO(render(told, "csv").decode("utf-8-sig"))))
    cells = [cell for row in rows for cell in row if "HYPERLINK" in cell]
    assert cells
    assert all(cell.startswith("'") or cell[0] not in "=+-@\t＝" for cell in cells)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(render(told, "xlsx"))).get_sheet_by_index(0).to_python()
    assert any("HYPERLINK" in str(cell) for row in sheet for cell in row)


def test_the_feed_can_be_read_again_and_marks_vague_dates():
    """Whoever subscribes must not see a vague date as a firm one."""
    vague = nairobi(span=Span.vague(date(2010, 1, 22), date(2010, 1, 31)))
    feed = Parsed.from_ical(render(report(a_listing("cairo", title="A\x07 b\u202e c"), vague), "ics"))
    found = {str(event["summary"]): event for event in feed.walk("VEVENT")}
    assert "A b c" in found
    assert str(found[vague.title]["status"]) == "TENTATIVE"
    assert str(found[vague.title]["x-edtf"]) == "[2010-01-22..2010-01-31]"
    assert found[vague.title]["summary"].params["LANGUAGE"] == "en"
    assert found[vague.title].end == date(2010, 2, 1)


def test_links_lead_to_pages_only():
    """Escaping does not stop javascript: in an address."""
    page = render(report(a_listing("cairo", url="javascript:alert(1)")), "html").decode()
    assert "javascript:" not in page
