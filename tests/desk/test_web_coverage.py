"""Coverage, the map, states and the ledger at the desk: who is invited, who hosts, who is left out, what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest
from desk_server import CONFIG, NIGHT, RunningDesk, run_night, running_desk
from desk_visitors import Visitor, add_people, visitors

from dedupe import phrases
from dedupe.sayings import told
from flows import looking, looking_around, results
from reports import coverage_wording, languages
from reports.rendering.ledger_table import ledger_csv

SPRING = "since=2007-12-01&until=2008-12-31"


@pytest.fixture
def ines(full_desk: RunningDesk) -> Iterator[Visitor]:
    """A coordinator where there are months to look at."""
    with visitors(full_desk.url, "ines") as (visitor,):
        yield visitor


@pytest.fixture
def omar(peopled: RunningDesk) -> Iterator[Visitor]:
    """A coordinator who has much to decide on."""
    with visitors(peopled.url, "omar") as (visitor,):
        yield visitor


def words(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def numbers(page: str) -> dict[str, int]:
    """Return what the tables of a page say of each state: its first number."""
    rows = re.findall(r'<tr><th scope="row"><a href="/states/([A-Z]{2})">[^<]*</a></th><td>(\d+)</td>', page)
    return {state: int(number) for state, number in rows}


def drawn(page: str) -> dict[str, str]:
    """Return the states of the map that lead on, each with what is said of it."""
    (picture,) = re.findall(r'<svg class="map wide".*?</svg>', page, flags=re.DOTALL)
    return dict(re.findall(r'<a href="/states/([A-Z]{2})" tabindex="-1" aria-label="([^"]*)"', picture))


def test_coverage_at_the_desk_is_the_coverage_of_the_command(ines: Visitor, full_desk: RunningDesk):
    """One question has one answer, whoever asks it where."""
    page = ines.get(f"/coverage?{SPRING}").text
    covered, _, _ = looking.coverage_of(full_desk.config, NIGHT, date(2007, 12, 1), date(2008, 12, 31))
    assert numbers(page) == {row.state: row.events for row in covered.rows}
    assert len(covered.rows) > 10
    assert words(page).count(" ".join(covered.lead())) == 1


def test_every_state_leads_to_what_is_known_of_it(ines: Visitor):
    """From a number to what it counts."""
    for path in (f"/coverage?{SPRING}", f"/map?{SPRING}", "/states"):
        page = ines.get(path).text
        assert {"BW", "GH", "EG"} <= set(numbers(page))
    for state in ("BW", "EG"):
        assert ines.get(f"/states/{state}").status_code == 200


@pytest.mark.parametrize(
    ("group", "states"),
    [("Ghana", {"GH"}), ("BW, GH", {"BW", "GH"}), ("Organisation AU", {"BW", "GH"}), ("Botsuana", {"BW"}),
     ("Organisation AU; Egypt", {"BW", "GH", "EG"})],
)  # fmt: skip
def test_a_group_is_asked_for_by_its_name_or_its_states(ines: Visitor, group: str, states: set[str]):
    """As calendars name them, in any language, several at once."""
    page = ines.get("/coverage", params={"group": group, "since": "2007-12-01", "until": "2008-12-31"})
    assert page.status_code == 200
    assert set(numbers(page.text)) == states
    assert f'value="{group}"' in page.text


def test_whoever_is_left_out_is_named(ines: Visitor):
    """The reason to look."""
    page = ines.get("/coverage?group=Ghana, France&since=2007-12-01&until=2007-12-31").text
    assert f"{coverage_wording.GAPS} France." in words(page).replace(" .", ".")
    assert drawn(page) == {"GH": "Ghana: 2 events", "FR": "France: no events"}


@pytest.mark.parametrize("path", ["/coverage", "/map"])
def test_what_names_nothing_is_said_and_the_rest_counted(ines: Visitor, path: str):
    """A misspelt group must not pass for one that is invited to nothing."""
    both = ines.get(f"{path}?group=Atlantis, Ghana&{SPRING}")
    assert both.status_code == 400
    assert "Atlantis: no state and no group known here. The rest is counted." in words(both.text)
    assert set(numbers(both.text)) == {"GH"}
    alone = ines.get(f"{path}?group=Atlantis&{SPRING}")
    assert "Every state is counted." in words(alone.text)
    assert len(numbers(alone.text)) > 10


@pytest.mark.parametrize("path", ["/coverage", "/map", "/map?show=hosts"])
@pytest.mark.parametrize(
    "asked",
    ["since=x", "until=2008-02-30", "since=0001-01-01", "until=9999-12-31", "since=20080101T000000", "until=%00",
     "since=2008-06-01&until=2008-05-01", "since=٢٠٠٨-٠١-٠١"],
)  # fmt: skip
def test_a_period_that_cannot_be_had_is_said_in_a_sentence(ines: Visitor, path: str, asked: str):
    """The usual years are shown instead."""
    answer = ines.get(f"{path}{'&' if '?' in path else '?'}{asked}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "31 December 2007" in words(answer.text)


@pytest.mark.parametrize("language", languages.LANGUAGES)
@pytest.mark.parametrize(
    "asked",
    ["", "until=1990-01-01", "since=2099-01-01", "since=1900-01-01&until=2100-12-31", "show=colour", "group=%ED%A0%80",
     f"group={'x' * 5000}", "group=,;,", "group=%00%0A", "group=%3Cscript%3E", "show=hosts&group=Egypt"],
)  # fmt: skip
def test_nothing_that_is_asked_for_breaks_a_page(ines: Visitor, asked: str, language: str):
    """In every language of the desk."""
    for path in ("/coverage", "/map"):
        answer = ines.get(f"{path}?{asked}&language={language}")
        assert answer.status_code in (200, 400)
        assert "<script>" not in answer.text


def test_one_day_of_a_period_is_enough(ines: Visitor):
    """The other follows from it; a period never ends before it begins."""
    assert "1 January 1987 to 1 January 1990" in words(ines.get("/map?until=1990-01-01").text)
    assert "1 March 2012 to 31 December 2012" in words(ines.get("/map?since=2012-03-01").text)
    assert "1 January 2004 to 31 December 2007" in words(ines.get("/map").text)


def test_the_map_tells_hosts_from_audiences(ines: Visitor):
    """Who receives guests is not who is invited."""
    hosts, audience = ines.get(f"/map?{SPRING}&show=hosts").text, ines.get(f"/map?{SPRING}").text
    assert numbers(hosts)["SN"] == 1
    assert numbers(hosts)["BW"] == 1
    assert numbers(audience)["BW"] == 2
    assert "SA" in numbers(audience)
    assert "SA" not in numbers(hosts)
    assert drawn(hosts)["BW"] == "Botswana: 1 event"
    for page in (hosts, audience):
        # What can be pressed on the map stands in the table, too.
        assert set(drawn(page)) == set(numbers(page))


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_every_map_says_what_its_boundaries_do_not_mean(ines: Visitor, language: str):
    """In the words of the maps of the United Nations, in the reader's language."""
    said = told(coverage_wording.MAP_DISCLAIMER, languages.tongue(language))
    for path in ("/coverage", "/map", "/map?show=hosts"):
        page = ines.get(f"{path}{'&' if '?' in path else '?'}{SPRING}&language={language}").text
        assert said in unescape(page)


def test_whoever_changes_the_language_keeps_what_was_asked_for(ines: Visitor):
    """Nobody types a period twice."""
    page = ines.get(f"/map?group=Ghana&{SPRING}&show=hosts").text
    assert 'href="?group=Ghana&amp;since=2007-12-01&amp;until=2008-12-31&amp;show=hosts&amp;language=ru"' in page


def test_a_period_without_events_says_so(ines: Visitor):
    """An empty map leaves one wondering."""
    asked = "since=1999-01-01&until=1999-12-31"
    assert "No state is invited to an event of this period." in ines.get(f"/coverage?{asked}").text
    assert "No state is invited to an event of this period." in ines.get(f"/map?{asked}").text
    assert "No event of this period says in which state it is held." in ines.get(f"/map?{asked}&show=hosts").text


def test_the_list_of_states_counts_what_invites_each(ines: Visitor, full_desk: RunningDesk):
    """As the history of each does."""
    listed = numbers(ines.get("/states").text)
    for state in ("BW", "GH", "ZW", "TN"):
        history, _ = looking.history_of(full_desk.config, state, NIGHT)
        assert listed.get(state, 0) == len(history.invitations)
    assert list(listed.values()) == sorted(listed.values(), reverse=True)


def test_a_state_tells_its_history_page_by_page(ines: Visitor, full_desk: RunningDesk, monkeypatch: pytest.MonkeyPatch):
    """What is still to come first, by theme and by phase, every event once."""
    monkeypatch.setattr(looking_around, "MOST_EVENTS", 20)
    history, _ = looking.history_of(full_desk.config, "ZW", NIGHT)
    assert len(history.invitations) > 20
    first, second = ines.get("/states/ZW").text, ines.get("/states/ZW?page=2").text
    shown = [re.findall(r'<span class="what"><a href="/events/([0-9a-f-]{36})"', page) for page in (first, second)]
    assert sorted(shown[0] + shown[1]) == sorted(entry.event.id for entry in history.invitations)
    assert "Page 1 of 2" in words(first)
    assert '<a rel="next" href="/states/ZW?page=2">' in first
    assert f"{len(history.invitations)} events known on 26 November 2007." in words(first)
    assert '<a href="/plan?audience=ZW">' in first


def test_a_state_names_its_themes_and_phases(ines: Visitor, full_desk: RunningDesk):
    """What it heard of, and what it has not."""
    history, _ = looking.history_of(full_desk.config, "GH", NIGHT)
    page = words(ines.get("/states/GH").text)
    for theme, number in history.by_theme.items():
        assert f"{number} {coverage_wording.theme_of(theme)}" in page
    for phase, number in history.by_phase.items():
        assert f"{number} {coverage_wording.phase_of(phase)}" in page


def test_a_state_without_events_says_so(ines: Visitor):
    """It is a state all the same."""
    page = words(ines.get("/states/FR").text)
    assert "No events known on 26 November 2007." in page
    assert "Nothing needs a word about it." in page


@pytest.mark.parametrize("state", ["XX", "bw", "B", "Botswana", "%00%00", "..%2f", "بو", "BW?page=99", "BW%0A"])
def test_no_such_state_is_not_found(ines: Visitor, state: str):
    """Whatever was typed."""
    assert ines.get(f"/states/{state}").status_code == 404


def test_a_state_shows_the_findings_that_concern_it(omar: Visitor, peopled: RunningDesk):
    """And no others: whoever calls a capital wants to know what to speak of."""
    all_of_them = set(re.findall(r'href="/findings/(\d+)"', omar.get("/").text))
    of_kenya = set(re.findall(r'href="/findings/(\d+)"', omar.get("/states/KE").text))
    of_botswana = set(re.findall(r'href="/findings/(\d+)"', omar.get("/states/BW").text))
    assert of_kenya
    assert of_kenya < all_of_them
    assert of_kenya != of_botswana
    for number in of_kenya:
        assert "Kenya" in omar.get(f"/findings/{number}").text
    assert re.findall(r'href="/findings/(\d+)"', omar.get("/states/FR").text) == []


def test_what_was_decided_needs_no_word_any_more(omar: Visitor):
    """The page of a state follows the log."""
    (number, *_) = re.findall(r'href="/findings/(\d+)"', omar.get("/states/KE").text)
    form = omar.form_on(f"/findings/{number}") | {"verdict": "dismissed", "note": "spoke with Nairobi"}
    assert omar.post(f"/findings/{number}", form).status_code == 303
    assert number not in re.findall(r'href="/findings/(\d+)"', omar.get("/states/KE").text)


def test_the_ledger_follows_each_finding_and_what_was_decided_since(omar: Visitor, peopled: RunningDesk):
    """From the night it was first told, by the number by which people call it."""
    ledger = results.ledger_of(peopled.config, NIGHT)
    page = omar.get("/ledger").text
    assert len(re.findall(r'<span class="what"><a href="/findings/\d+">', page)) == len(ledger.entries) > 3
    assert "first told on 26 November 2007" in words(page)
    assert words(page).count("2007-11") == 1
    form = omar.form_on("/findings/1") | {"verdict": "confirmed", "note": "spoke with Accra"}
    assert omar.post("/findings/1", form).status_code == 303
    assert "confirmed by omar" in words(omar.get("/ledger").text)


def test_the_ledger_for_a_spreadsheet_is_that_of_the_command(omar: Visitor, peopled: RunningDesk):
    """Byte for byte, as a file that says which night it is of."""
    answer = omar.get("/ledger.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="ledger-2007-11-26.csv"'
    assert answer.content.decode() == ledger_csv(results.ledger_of(peopled.config, NIGHT))


def test_the_ledger_speaks_the_language_of_its_reader(omar: Visitor):
    """Titles, too: a list of English sentences in an Arabic page is no translation."""
    page = omar.get("/ledger?language=ar").text
    titles = re.findall(r'<span class="what"><a href="/findings/\d+">\d+\. (.*?)</a>', page)
    assert len(titles) > 3
    assert all(re.search("[\u0600-\u06ff]", title) for title in titles)
    assert not any(word in title for title in titles for word in (" and ", "list one event", "reach the same"))


@pytest.mark.parametrize("page", ["x", "0", "-1", "1.5", "٢", "%00", "99999999"])
def test_a_page_that_is_no_number_is_the_first(omar: Visitor, page: str):
    """Addresses are typed, and cut off in mails."""
    assert omar.get(f"/ledger?page={page}").status_code == 200
    assert omar.get(f"/states/KE?page={page}").status_code == 200


def test_pages_behind_the_last_are_not_found(omar: Visitor):
    """Nothing is shown there."""
    assert omar.get("/ledger?page=2").status_code == 404
    assert omar.get("/states/KE?page=2").status_code == 404


def test_before_the_first_night_each_page_says_what_to_do(tmp_path: Path):
    """An empty desk is where everybody begins."""
    config = tmp_path / "outreach.toml"
    config.write_text(f'{CONFIG}[[organisations]]\nid = "AU"\nname = "African Union"\nreads_reports = true\n')
    (tmp_path / "programme.csv").write_text("id,title,start,end\n")
    (tmp_path / "au.csv").write_text("id,title,start,end\n")
    add_people(config)
    with running_desk(config, datetime.now(UTC)) as running, visitors(running.url, "ines") as (ines,):
        for path in ("/coverage", "/map", "/map?show=hosts", "/states", "/ledger"):
            assert "outreach nightly" in ines.get(path).text
        assert ines.get("/states/BW").status_code == 404
        assert ines.get("/ledger.csv").status_code == 404
        run_night(config, NIGHT)
        for path in ("/coverage", "/map", "/map?show=hosts", "/states", "/states/BW", "/ledger", "/ledger.csv"):
            assert ines.get(path).status_code == 200


def test_several_groups_are_named_in_the_language_of_the_page(ines: Visitor):
    """The heading of a list of two is one sentence."""
    page = ines.get(f"/coverage?group=Organisation AU, Egypt, Atlantis&{SPRING}&language=fr").text
    (head,) = re.findall("<h1>(.*?)</h1>", page, flags=re.DOTALL)
    assert "Organisation AU et Egypt" in words(head)
    assert phrases.listed(["Organisation AU", "Egypt"]) == "Organisation AU and Egypt"
