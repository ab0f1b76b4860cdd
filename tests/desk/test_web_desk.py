"""The coordinators' pages: what waits, one finding, a decision on what was seen, letters and deliveries, the log."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from desk_server import CONFIG, NIGHT, RunningDesk, run_night, running_desk
from desk_visitors import Visitor, add_people, visitors

from dedupe.decisions import Verdict
from flows import decision_log, steps, tonight
from flows.reviewing import AlreadyDecided, FindingChanged, NoSuchFinding, Seen
from reports import languages
from store import decisions
from store.accounts import Account
from store.connecting import connect

ENGLISH = languages.tongue("en")


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))).split())


def made(config: Path) -> list[tuple[str, str, str]]:
    """Return who decided what, and why, oldest first; the chain is whole."""
    store = connect(f"sqlite:///{config.parent / 'state' / 'outreach.db'}")
    with store.read() as db:
        decisions.verify_chain(db)
        found = [(one.by, str(one.verdict), one.note) for _, one in reversed(decisions.made(db))]
    store.close()
    return found


def account(config: Path, name: str) -> Account:
    return next(one for one in steps.accounts_of(config) if one.name == name)


def press(visitor: Visitor, number: int, verdict: str, note: str = ""):
    return visitor.post(
        f"/findings/{number}", visitor.form_on(f"/findings/{number}") | {"verdict": verdict, "note": note}
    )  # fmt: skip


def test_the_queue_begins_with_what_can_still_be_changed(busy: Path):
    """What is over is read last, however severe it was."""
    told = tonight.morning(busy, ENGLISH, account(busy, "ines"), NIGHT)
    assert told is not None
    waiting = told.queue.waiting
    assert len(waiting) >= 4
    severities = ["high", "medium", "low"]
    order = [(row.first is None, severities.index(row.told.severity), row.first) for row in waiting]
    assert order == sorted(order)
    written = json.loads(steps.report_of(busy, "UN1540", NIGHT, "json"))["findings"]
    assert {row.number for row in waiting} == {one["number"] for one in written if one["severity"] != "information"}
    assert told.timeline.arcs


def test_what_is_decided_leaves_the_queue_and_is_told_below_it(peopled: RunningDesk):
    """Whoever comes later in the day sees what the other did."""
    with visitors(peopled.url, "ines", "omar") as (ines, omar):
        before = omar.get("/").text
        number = int(re.search(r'href="/findings/(\d+)"', before)[1])
        answer = press(ines, number, "confirmed", "spoke with Accra")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/findings/{number}")
        after = omar.get("/").text
        assert f'id="finding-{number}"' in before
        assert f'id="finding-{number}"' not in after
        assert "Decided since" in text_of(after)
        assert "spoke with Accra" in after
        page = text_of(omar.get(f"/findings/{number}").text)
        assert re.search(r"ines confirmed spoke with Accra as they were", page)
        assert "ines" in omar.get("/log").text
    assert made(peopled.config) == [("ines", "confirmed", "spoke with Accra")]


@pytest.mark.fault("T40")
def test_two_coordinators_on_one_finding_overwrite_nothing(peopled: RunningDesk, record_property):
    """Both had the page open; both press in the same moment. One is recorded, the other is told, fifty times."""
    told = 0
    with visitors(peopled.url, "ines", "omar") as both, ThreadPoolExecutor(2) as pool:
        for turn in range(50):
            verdicts = ["confirmed", "dismissed"] if turn % 2 else ["dismissed", "confirmed"]
            forms = [
                visitor.form_on("/findings/1") | {"verdict": verdict, "note": f"turn {turn} of {name}"}
                for visitor, verdict, name in zip(both, verdicts, ("ines", "omar"), strict=True)
            ]
            pressed = [
                pool.submit(visitor.post, "/findings/1", form) for visitor, form in zip(both, forms, strict=True)
            ]
            answers = [one.result() for one in pressed]
            by, _, note = made(peopled.config)[-1]
            lost = answers[1 if by == "ines" else 0]
            page = text_of(lost.text)
            told += (
                sorted(answer.status_code for answer in answers) == [303, 409]
                and lost.status_code == 409
                and f"{by} decided on it while you had it before you" in page
                and note in page
                and len(made(peopled.config)) == turn + 1
                # What they wrote is still in the form.
                and f"turn {turn} of {'omar' if by == 'ines' else 'ines'}" in page
            )
    record_property("cases", 50)
    record_property("measured", f"{told} of 50 times the second of two coordinators was told, and nothing lost")
    assert told == 50


def test_pressing_twice_decides_once(peopled: RunningDesk):
    """A slow line, and an impatient finger."""
    with visitors(peopled.url, "ines") as (ines,):
        form = ines.form_on("/findings/1") | {"verdict": "dismissed", "note": "agreed"}
        assert [ines.post("/findings/1", form).status_code for _ in range(2)] == [303, 303]
    assert made(peopled.config) == [("ines", "dismissed", "agreed")]


def test_a_finding_that_changed_meanwhile_is_shown_as_it_is_now(peopled: RunningDesk):
    """The page was open over lunch, and a calendar was read."""
    with visitors(peopled.url, "ines") as (ines,):
        form = ines.form_on("/findings/5") | {"verdict": "confirmed"}
        calendar = peopled.config.parent / "programme.csv"
        moved = calendar.read_text().replace("2007-12-04,2007-12-05", "2007-12-05,2007-12-06")
        assert moved != calendar.read_text()
        calendar.write_text(moved)
        run_night(peopled.config, NIGHT + timedelta(days=1))
        answer = ines.post("/findings/5", form)
        assert answer.status_code == 409
        assert "It changed while you had it before you (dates). Your answer was not recorded" in text_of(answer.text)
        assert made(peopled.config) == []
        assert press(ines, 5, "confirmed").status_code == 303
        calendar.write_text("\n".join(line for line in moved.splitlines() if not line.startswith("w1")) + "\n")
        run_night(peopled.config, NIGHT + timedelta(days=2))
        page = ines.get("/findings/5")
        assert page.status_code == 200
        assert "is not so tonight" in text_of(page.text)
        assert ines.post("/findings/5", form).status_code == 409
    with pytest.raises(NoSuchFinding):
        steps.decide(peopled.config, 999, Verdict.CONFIRMED, Seen("", 0), by="x", at=datetime.now(UTC))
    assert len(made(peopled.config)) == 1


def test_a_decision_says_what_happened_in_a_sentence(busy: Path):
    """Whoever asks by program reads the error."""
    seen = steps.finding_seen(busy, 1, account(busy, "ines"), NIGHT)
    right, now = Seen(seen.told.fingerprint, seen.newest), datetime.now(UTC)
    with pytest.raises(FindingChanged, match=r"Finding 1 changed meanwhile \(dates, place, audience, title\)"):
        steps.decide(busy, 1, Verdict.CONFIRMED, Seen("of another time", 0), by="ines", at=now)
    steps.decide(busy, 1, Verdict.CONFIRMED, right, by="ines", at=now)
    with pytest.raises(AlreadyDecided, match=r"ines decided on finding 1 meanwhile: confirmed\. Nothing was changed"):
        steps.decide(busy, 1, Verdict.DISMISSED, right, by="omar", at=now)


def test_a_letter_is_read_approved_held_and_sent_again(peopled: RunningDesk):
    """What goes out is what was on the page."""
    config = peopled.config

    def state() -> str:
        return next(str(e.delivery.state) for e in steps.standing(config) if e.delivery.organisation == "AU")

    with visitors(peopled.url, "ines", "eva") as (ines, eva):
        page = ines.get("/organisations/AU").text
        assert "waits for approval" in text_of(page)
        assert "To the liaison of Organisation AU" in text_of(page)
        assert "<form" not in re.sub(r'<form class="out".*?</form>', "", eva.get("/organisations/AU").text, flags=re.S)
        form = ines.form_on("/organisations/AU")
        assert ines.post("/organisations/AU/approve", form | {"letter": "another"}).status_code == 409
        assert state() == "approval"
        assert ines.post("/organisations/AU/approve", form | {"note": "agreed by telephone"}).status_code == 303
        assert state() == "waiting"
        assert "Approved by ines on" in text_of(ines.get("/organisations/AU").text)
        number = next(e.delivery.number for e in steps.standing(config) if e.delivery.organisation == "AU")
        assert ines.post(f"/organisations/UA/deliveries/{number}/hold", form).status_code == 404
        assert ines.post(f"/organisations/AU/deliveries/{number}/hold", form).status_code == 303
        assert state() == "held"
        again = ines.post(f"/organisations/AU/deliveries/{number}/hold", form)
        assert (again.status_code, f"Delivery {number} is held" in text_of(again.text)) == (409, True)
        assert ines.post(f"/organisations/AU/deliveries/{number}/resend", form).status_code == 303
        assert ines.post("/organisations/AU/hold", form).status_code == 303
        assert state() == "approval"
        assert ines.get("/organisations/XX").status_code == 404
        assert ines.get("/organisations/UN1540").status_code == 200


def test_an_organisation_whose_id_is_a_number_is_held_whole(busy: Path):
    """The committee of resolution 1540 is called 1540; delivery 1540 is something else."""
    text = busy.read_text() + (
        '[[organisations]]\nid = "2"\nname = "Two"\nreads_reports = true\ndeliver_to = ["two@two.example"]\n'
    )
    busy.write_text(text)
    steps.approve(busy, "2", "ines")
    before = [(each.delivery.number, each.delivery.state) for each in steps.standing(busy)]
    steps.hold_organisation(busy, "2")
    assert [(each.delivery.number, each.delivery.state) for each in steps.standing(busy)] == before


def test_before_the_first_night_a_page_says_what_to_do(tmp_path: Path):
    """The first thing a newcomer sees."""
    config = tmp_path / "outreach.toml"
    config.write_text(CONFIG)
    add_people_without_reader(config)
    with running_desk(config, datetime.now(UTC)) as desk, visitors(desk.url, "ines") as (ines,):
        assert "No night has run yet. Run the first one, then open this page again: outreach nightly" in text_of(
            ines.get("/").text
        )
        assert "Nobody has decided on anything yet" in text_of(ines.get("/log").text)
        assert ines.get("/findings/1").status_code == 404
        assert '<form method="post" action="/night">' in ines.get("/").text
        config.write_text(re.sub(r"\[\[calendars\]\]\n(?:[^\[].*\n)*", "", config.read_text()))
        page = ines.get("/").text
        assert "/night" not in page, "there is no calendar to run a night on"
        assert 'href="/calendars/add"' in page


def add_people_without_reader(config: Path) -> None:
    config.write_text(config.read_text() + '[[organisations]]\nid = "AU"\nname = "AU"\nreads_reports = true\n')
    add_people(config)


def test_the_log_has_everything_page_by_page(busy: Path, monkeypatch: pytest.MonkeyPatch):
    """Years of decisions are not one page."""
    monkeypatch.setattr(decision_log, "MOST_ROWS", 3)
    now = datetime.now(UTC)
    for turn in range(7):
        seen = steps.finding_seen(busy, 1, account(busy, "ines"), NIGHT)
        verdict = list(Verdict)[turn % 2]
        steps.decide(busy, 1, verdict, Seen(seen.told.fingerprint, seen.newest), by="ines", at=now, note=str(turn))
    notes, before = [], None
    while True:
        log = steps.log_of(busy, account(busy, "ines"), before)
        notes += [one.decision.note for one in log.made]
        before = log.before
        if before is None:
            break
    assert notes == ["6", "5", "4", "3", "2", "1", "0"]
    with running_desk(busy, now) as desk, visitors(desk.url, "omar", "eva") as (omar, eva):
        assert re.findall(r"<bdi>(\d)</bdi>", omar.get("/log?before=5").text) == ["3", "2", "1"]
        assert omar.get("/log?before=x").status_code == 200
        assert re.findall(r"<bdi>(\d)</bdi>", eva.get("/log?before=5").text) == []


def test_pages_come_in_the_language_that_was_chosen(peopled: RunningDesk):
    """And go on in it, without a word in the address."""
    with visitors(peopled.url, "ines") as (ines,):
        for code in languages.LANGUAGES:
            assert (
                f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in ines.get(f"/?language={code}").text
            )
            assert f'<html lang="{code}"' in ines.get("/findings/1").text
        assert '<html lang="ru"' in ines.get("/log?language=xx").text
