"""Events and findings over the API: what their pages say of them, and when events are held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import httpx
import pytest
from desk_programs import problem, program, token_for
from desk_server import NIGHT, RunningDesk

from flows import steps
from flows.latest import latest
from store.accounts import Role


@pytest.fixture
def full(full_desk: RunningDesk) -> Iterator[httpx.Client]:
    """A program of a coordinator of the committee that has months to look at."""
    with program(full_desk.url, token_for(full_desk.config, "ines")) as client:
        yield client


def in_two_wordings(ines: httpx.Client) -> dict:
    """Return the event in Nairobi that two calendars list."""
    found = ines.get("/events", params={"since": "2008-05-01"}).json()["events"]
    return ines.get(f"/events/{next(one['id'] for one in found if len(one['listings']) > 1)}").json()


def test_an_event_is_told_with_who_says_what(ines: httpx.Client):
    """A program that shows an event has to say whose word each fact is."""
    told = in_two_wordings(ines)
    listings = [one["id"] for one in told["event"]["listings"]]
    facts = {fact["field"]: fact for fact in told["facts"]}
    assert {"title", "dates", "place", "audience"} <= facts.keys()
    assert [one["listing"] for one in facts["dates"]["stated"]] == listings
    assert [one["newest"] for one in facts["title"]["stated"]] == [True, False]
    assert {one["text"] for one in facts["title"]["stated"]} == {
        "Workshop on export control", "Export control workshop",
    }  # fmt: skip
    assert told["states"] == ["GH", "KE"]
    assert (told["stated"], told["everybody"], told["cancelled"]) == (True, False, False)
    assert told["contradictions"] == []
    assert all(not fact["contradicted"] for fact in told["facts"])
    assert told["themes"]


def test_listings_that_contradict_each_other_are_told(ines: httpx.Client):
    """Which is newest, and which says otherwise."""
    (found,) = ines.get("/events", params={"words": "national reports"}).json()["events"]
    told = ines.get(f"/events/{found['id']}").json()
    assert [one["field"] for one in told["contradictions"]] == ["dates"]
    (dates,) = [fact for fact in told["facts"] if fact["field"] == "dates"]
    assert dates["contradicted"]
    assert sorted((one["newest"], one["differs"]) for one in dates["stated"]) == [(False, True), (True, False)]
    assert told["findings"]


def test_what_was_split_is_offered_to_be_merged_as_it_was_seen(ines: httpx.Client):
    """Whoever takes it back names it first; and what changed under them is not merged."""
    told = in_two_wordings(ines)
    said = {"shown": told["shown"], "newest": told["newest"], "note": "another course"}
    apart = told["event"]["listings"][-1]["id"]
    stays = ines.post(f"/events/{told['event']['id']}/split", json=said | {"listings": [apart]}).json()["event"]
    split = ines.get(f"/events/{stays}").json()
    (joined,) = split["joined"]
    assert (joined["verdict"], joined["by"], joined["note"]) == ("dismissed", "ines", "another course")
    assert [one["listing"] for one in joined["elsewhere"]] == [apart]
    assert (joined["gone"], joined["overruled"], joined["changed"]) == (0, False, [])
    offered = split["likely"][0]
    assert [one["id"] for one in offered["event"]["listings"]] == [apart]
    word = {"shown": split["shown"], "newest": split["newest"], "other": offered["event"]["id"]}
    problem(ines.post(f"/events/{stays}/merge", json=word | {"other_shown": "another"}), 409)
    merged = ines.post(f"/events/{stays}/merge", json=word | {"other_shown": offered["shown"]})
    assert merged.status_code == 200
    whole = ines.get(f"/events/{merged.json()['event']}").json()
    assert len(whole["event"]["listings"]) == 2
    assert [(one["verdict"], one["overruled"]) for one in whole["joined"]] == [
        ("confirmed", False),
        ("dismissed", True),
    ]


def test_what_is_said_of_a_finding_is_told(peopled: RunningDesk, ines: httpx.Client):
    """Put off, asked about, noted: a program sees what people see, and an expert's what they are asked."""
    until = (peopled.now.date() + timedelta(days=30)).isoformat()
    assert ines.get("/experts").json() == {"experts": ["eva"]}
    before = ines.get("/findings/1").json()
    assert (before["remarks"], before["experts"], before["put_off"], before["teaches"]) == ([], [], None, True)
    ines.post("/findings/1/notes", json={"note": "spoke with Accra"})
    ines.post("/findings/1/remarks", json={"sort": "assigned", "expert": "eva"})
    ines.post("/findings/1/remarks", json={"sort": "not_taught"})
    after = ines.post("/findings/1/remarks", json={"sort": "snoozed", "until": until}).json()
    assert [(one["sort"], one["by"]) for one in after["remarks"]] == [
        ("note", "ines"), ("assigned", "ines"), ("not_taught", "ines"), ("snoozed", "ines")
    ]  # fmt: skip
    assert (after["remarks"][0]["note"], after["remarks"][1]["expert"]) == ("spoke with Accra", "eva")
    assert (after["experts"], after["put_off"], after["teaches"]) == (["eva"], until, False)
    tonight = ines.get("/tonight").json()
    assert [(one["number"], one["until"], one["by"]) for one in tonight["put_off"]] == [(1, until, "ines")]
    assert tonight["unread"] == []
    with program(peopled.url, token_for(peopled.config, "eva")) as eva:
        assert eva.get("/findings/1").json()["experts"] == ["eva"]
        assert eva.get("/findings/1/instead").status_code == 200
        problem(eva.get("/findings/2/instead"), 404)


def test_other_dates_are_those_of_the_page(peopled: RunningDesk, ines: httpx.Client):
    """Asked for by themselves: they take longer than all the rest."""
    clash = next(one for one in ines.get("/tonight").json()["findings"] if one["kind"] == "clash")
    told = ines.get(f"/findings/{clash['number']}/instead").json()
    coordinator = next(one for one in steps.accounts_of(peopled.config) if one.role is Role.COORDINATOR)
    seen = steps.finding_seen(peopled.config, clash["number"], coordinator, peopled.now.date()).instead
    assert seen is not None
    assert told["event"] == seen.event.id
    assert [one["start"] for one in told["alternatives"]] == [
        one.span.earliest.isoformat() for one in seen.alternatives
    ]  # fmt: skip
    assert told["alternatives"]
    assert [one["state"] for one in told["history"]] == [one.state for one in seen.history]
    problem(ines.get("/findings/999/instead"), 404)


def test_a_calendar_that_could_not_be_read_is_told_with_the_findings(peopled: RunningDesk, ines: httpx.Client):
    """Whoever reads the queue must know what it is blind to; an expert is asked about findings only."""
    (peopled.config.parent / "au.csv").unlink()
    night = NIGHT + timedelta(days=1)
    for each in steps.calendars(peopled.config):
        steps.sync_calendar(peopled.config, each, night)
    steps.match(peopled.config, night)
    steps.write_reports(peopled.config, night)
    latest(peopled.config)
    (unread,) = ines.get("/tonight").json()["unread"]
    assert (unread["calendar"], unread["organisation"], unread["last_good"]) == ("au-events", "AU", NIGHT.isoformat())
    assert "Its last good copy" in unread["what"]
    with program(peopled.url, token_for(peopled.config, "eva")) as eva:
        assert eva.get("/tonight").json()["unread"] == []


def test_states_and_hosts_are_counted_as_on_the_map(ines: httpx.Client):
    """And what waits for a word about a state is found by it."""
    numbers = {one["state"]: one["events"] for one in ines.get("/states").json()["states"]}
    assert numbers.keys() == {"BW", "GH", "KE"}
    assert numbers["GH"] == len(ines.get("/states/GH").json()["invitations"])
    hosts = ines.get("/hosts").json()
    assert {one["state"]: one["events"] for one in hosts["states"]} == {"BW": 1, "GH": 1}
    assert (hosts["night"], hosts["group"], hosts["since"]) == (NIGHT.isoformat(), None, "2004-01-01")
    kenya = ines.get("/hosts", params={"group": "KE", "since": "2008-05-01", "until": "2008-05-31"}).json()
    assert [(one["state"], one["name"], one["events"]) for one in kenya["states"]] == [("KE", "Kenya", 1)]
    about = ines.get("/states/KE/findings").json()
    assert about["more"] == 0
    assert about["findings"]
    assert {one["number"] for one in about["findings"]} <= {
        one["number"] for one in ines.get("/tonight").json()["findings"]
    }  # fmt: skip
    assert ines.get("/states/PE/findings").json() == {"findings": [], "more": 0}


def test_a_month_a_year_and_a_day_are_counted_alike(full: httpx.Client):
    """The page of a month, the year in numbers and the list of a day speak of the same events."""
    month = full.get("/calendar/months/2007-12").json()
    fifth = next(one for one in month["days"] if one["day"] == "2007-12-05")
    day = full.get("/calendar/days/2007-12-05").json()
    year = full.get("/calendar/years/2007").json()
    assert (len(fifth["events"]), fifth["more"], year["months"][11]["days"][4]) == (4, 5, 9)
    assert day["number"] == 9 + len(month["whole"])
    named = {one["id"]: one for one in month["events"]}
    assert {one["event"] for each in month["days"] for one in each["events"]} | set(month["whole"]) == set(named)
    first = named[fifth["events"][0]["event"]]
    assert (first["workshop"], first["organisations"], fifth["events"][0]["certain"]) == (True, ["UN1540"], True)
    assert month["number"] == year["months"][11]["events"]
    assert month["undated"] == full.get("/calendar/undated").json()["number"] == 1
    whole = full.get("/calendar/months/2007-12/whole").json()
    assert [one["title"] for one in whole["events"]] == ["Meeting of officials"]
    assert [one["id"] for one in whole["events"]] == month["whole"]
    assert any(one["cancelled"] for one in full.get("/calendar/days/2007-12-12").json()["events"])


def test_events_of_days_are_chosen(full: httpx.Client):
    """By organisation, theme and state, as on the pages."""
    codes = [one["theme"] for one in full.get("/themes").json()["themes"]]
    assert "export-control" in codes
    for asked, number in (
        ({"organisation": "LAS"}, 1), ({"theme": "export-control"}, 2), ({"state": "EG"}, 1),
        ({"organisation": "LAS", "state": "BW"}, 0),
    ):  # fmt: skip
        assert full.get("/calendar/months/2007-12", params=asked).json()["number"] == number, asked
        assert full.get("/timeline", params=asked | {"months": "3"}).json()["number"] == number, asked


def test_a_timeline_stands_in_lanes(full: httpx.Client):
    """Each event once, with the names of its lanes."""
    told = full.get("/timeline", params={"since": "2007-12-24", "months": "3"}).json()
    assert (told["since"], told["until"]) == ("2007-12-01", "2008-02-29")
    assert told["number"] == len(told["events"]) + told["more_events"]
    assert {lane for one in told["events"] for lane in one["lanes"]} == {
        "1540 Committee", "Organisation AU", "Organisation LAS",
    }  # fmt: skip
    assert len({one["id"] for one in told["events"]}) == len(told["events"])
    states = full.get("/timeline", params={"lanes": "state"}).json()
    assert states["since"] == NIGHT.replace(day=1).isoformat()
    assert states["more_events"] > 0
    assert date.fromisoformat(states["until"]) == date(2008, 4, 30)
    assert "Botswana" in {lane for one in states["events"] for lane in one["lanes"]}
