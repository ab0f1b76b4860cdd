"""What people say about a finding besides deciding on it: notes, later, ask an expert, do not learn from this."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from desk_server import NIGHT, RunningDesk, run_night
from desk_visitors import Visitor, visitors

from dedupe.decisions import Verdict
from flows import steps
from store import decisions, findings, remarks
from store.accounts import Account
from store.connecting import connect
from store.findings import Numbered
from store.remarks import Sort


def store_of(config: Path):
    return connect(f"sqlite:///{config.parent / 'state' / 'outreach.db'}")


def said(config: Path) -> list[tuple[str, str, str]]:
    """Return who said what of finding 1, in order."""
    store = store_of(config)
    with store.read() as db:
        found = findings.by_number(db, "UN1540", 1)
        told = [(one.by, str(one.sort), one.note or one.subject) for one in remarks.about(db, found.told.id)]
    store.close()
    return told


def account(config: Path, name: str) -> Account:
    return next(one for one in steps.accounts_of(config) if one.name == name)


def remark(visitor: Visitor, number: int = 1, **fields: str):
    path = f"/findings/{number}/remarks"
    return visitor.post(path, visitor.form_on(f"/findings/{number}") | fields)


def numbers(page: str) -> list[int]:
    """Return the findings in the queue."""
    return [int(number) for number in re.findall(r'<li class="\w+" id="finding-(\d+)">', page)]


def queue(config: Path) -> list[Numbered]:
    store = store_of(config)
    with store.read() as db:
        found = findings.load_queue(db, "UN1540")
    store.close()
    return found


def of_kind(config: Path, kind: str) -> int:
    """Return the number of the first finding of a kind."""
    return next(one.number for one in queue(config) if one.told.kind == kind)


def test_a_note_is_read_by_everybody_and_changes_nothing(peopled: RunningDesk):
    """Colleagues tell each other what they know without deciding."""
    with visitors(peopled.url, "ines", "omar") as (ines, omar):
        before = numbers(omar.get("/").text)
        form = ines.form_on("/findings/1")
        assert ines.post("/findings/1/notes", form | {"note": "spoke with <b>Accra</b>"}).status_code == 303
        assert ines.post("/findings/1/notes", form | {"note": "spoke with <b>Accra</b>"}).status_code == 303
        assert "spoke with &lt;b&gt;Accra&lt;/b&gt;" in omar.get("/findings/1").text
        assert numbers(omar.get("/").text) == before
        answer = ines.post("/findings/1/notes", form | {"note": "  "})
        assert answer.status_code == 400
        assert "The note is empty. Nothing was recorded." in answer.text
        assert ines.post("/findings/999/notes", form | {"note": "x"}).status_code == 404
    assert said(peopled.config) == [("ines", "note", "spoke with <b>Accra</b>")]


def test_what_is_put_off_comes_back_on_its_day(peopled: RunningDesk):
    """Nobody can do anything about it before the host has answered."""
    with visitors(peopled.url, "ines", "omar") as (ines, omar):
        first = numbers(omar.get("/").text)[0]
        day = peopled.now.date() + timedelta(14)
        assert remark(ines, first, sort="snoozed", until=day.isoformat()).status_code == 303
        page = omar.get("/").text
        assert first not in numbers(page)
        assert f"/findings/{first}" in page
        assert "ines put it off until" in omar.get(f"/findings/{first}").text
        peopled.later(days=13)
        with visitors(peopled.url, "omar") as (again,):
            assert first not in numbers(again.get("/").text)
        peopled.later(days=1, hours=1)
        with visitors(peopled.url, "omar") as (again,):
            assert first in numbers(again.get("/").text)
            assert "put it off until" not in again.get(f"/findings/{first}").text.partition("<h2")[0]


def test_what_is_put_off_comes_back_when_asked_for_or_when_it_changes(peopled: RunningDesk):
    """A new date is news, whoever wanted to hear of it later."""
    with visitors(peopled.url, "ines") as (ines,):
        first, second = numbers(ines.get("/").text)[:2]
        for number in (first, second):
            remark(ines, number, sort="snoozed", until=(peopled.now.date() + timedelta(30)).isoformat())
        assert not {first, second} & set(numbers(ines.get("/").text))
        remark(ines, first, sort="woken")
        assert first in numbers(ines.get("/").text)
        remark(ines, first, sort="snoozed", until=(peopled.now.date() + timedelta(30)).isoformat())
        for name in ("programme.csv", "au.csv"):
            table = peopled.config.parent / name
            table.write_text(re.sub(r"-(\d\d),(20\d\d-\d\d-)", r"-\1,\2", table.read_text()).replace("-05", "-06"))
        run_night(peopled.config, NIGHT + timedelta(1))
        assert {first, second} & set(numbers(ines.get("/").text))


@pytest.mark.parametrize("until", ["", "x", "2007-01-01", "9999-12-31", "2030-02-30"])
def test_a_day_that_is_past_or_none_puts_nothing_off(peopled: RunningDesk, until: str):
    """Else it would never come back, or be gone for nothing."""
    with visitors(peopled.url, "ines") as (ines,):
        answer = remark(ines, sort="snoozed", until=until)
        assert answer.status_code == 400
        assert "Nothing was recorded." in answer.text
    assert said(peopled.config) == []


def test_an_expert_sees_what_they_are_asked_about_and_nothing_else(peopled: RunningDesk):
    """They are from outside: the rest is not theirs to read."""
    with visitors(peopled.url, "ines", "eva") as (ines, eva):
        assert "Nobody asks you about a finding now." in eva.get("/").text
        assert remark(ines, sort="assigned", expert="eva").status_code == 303
        page = eva.get("/").text
        assert set(re.findall(r"/findings/(\d+)", page)) == {"1"}
        others = {one.told.title for one in queue(peopled.config) if one.number != 1}
        shown = unescape(page + eva.get("/findings/1").text + eva.get("/log").text)
        assert not [title for title in others if title in shown]
        assert eva.get("/findings/1").status_code == 200
        assert eva.get("/findings/2").status_code == 404
        for path in ("/findings/2/notes", "/findings/1/remarks", "/findings/1"):
            assert eva.post(path, eva.form_on("/log") | {"note": "x", "sort": "snoozed"}).status_code in (403, 404)
        assert eva.post("/findings/1/notes", eva.form_on("/findings/1") | {"note": "we met"}).status_code == 303
        assert "we met" in ines.get("/findings/1").text
        remark(ines, sort="released", expert="eva")
        assert eva.get("/findings/1").status_code == 404
        assert remark(ines, sort="assigned", expert="omar").status_code == 400
        assert remark(ines, sort="assigned", expert="nobody").status_code == 400
    assert [sort for _, sort, _ in said(peopled.config)] == ["assigned", "note", "released"]


def test_editions_of_a_series_are_no_duplicate(peopled: RunningDesk):
    """The word of a coordinator settles the finding as such; of two listings of one event it can not be said."""
    with visitors(peopled.url, "ines") as (ines,):
        duplicate = of_kind(peopled.config, "duplicative")
        same = of_kind(peopled.config, "same_event")
        form = ines.form_on(f"/findings/{duplicate}")
        assert ines.post(f"/findings/{duplicate}", form | {"verdict": "series"}).status_code == 303
        assert duplicate not in numbers(ines.get("/").text)
        assert "editions of one series" in ines.get("/log").text
        form = ines.form_on(f"/findings/{same}")
        assert ines.post(f"/findings/{same}", form | {"verdict": "series"}).status_code == 400
    run_night(peopled.config, NIGHT + timedelta(1))
    assert duplicate not in [one.number for one in queue(peopled.config)]


def test_what_is_not_to_be_learnt_from_teaches_nothing(peopled: RunningDesk):
    """A pair that only looks alike by a slip would shift the weights for all others."""
    with visitors(peopled.url, "ines") as (ines,):
        same = of_kind(peopled.config, "same_event")
        form = ines.form_on(f"/findings/{same}")
        assert ines.post(f"/findings/{same}", form | {"verdict": "confirmed", "not_taught": "1"}).status_code == 303

        def taught() -> int:
            made = steps.teach(peopled.config, NIGHT, by="ines", at=peopled.now)
            return len(made.lessons)

        assert taught() == 0
        remark(ines, same, sort="taught")
        assert taught() == 1
        remark(ines, same, sort="not_taught")
        assert taught() == 0
    store = store_of(peopled.config)
    with store.read() as db:
        assert [made.verdict for _, made in decisions.made(db)] == [Verdict.CONFIRMED]
    store.close()


def test_a_finding_names_what_its_states_received_and_other_dates(peopled: RunningDesk):
    """Who has to call a host wants to offer something."""
    with visitors(peopled.url, "ines") as (ines,):
        page = unescape(ines.get(f"/findings/{of_kind(peopled.config, 'clash')}").text)
    assert "States in common" in page
    assert "What these states received, or are invited to" in page
    assert "Other dates, best first" in page
    assert re.search(r'href="/plan\?title=[^"]+&start=\d{4}-\d\d-\d\d&', page)
    assert re.search(r'href="/events/[0-9a-f-]{36}"', page)


def test_remarks_are_told_apart_by_finding_and_expert(tmp_path: Path):
    """What was said last about each holds."""
    store = connect(f"sqlite:///{tmp_path / 'x.db'}")
    with store.begin() as db:
        for number, (sort, subject) in enumerate(
            [(Sort.ASSIGNED, "eva"), (Sort.ASSIGNED, "ada"), (Sort.RELEASED, "eva"), (Sort.NOT_TAUGHT, "")], 1
        ):
            at = datetime(2030, 1, number, tzinfo=UTC)
            assert remarks.add(db, remarks.Remark("f1", sort, "ines", at, subject=subject)) == number
        assert remarks.assigned(db) == {"f1": frozenset({"ada"})}
        assert remarks.not_taught(db) == {"f1"}
        assert remarks.head(db) == 4
    store.close()
