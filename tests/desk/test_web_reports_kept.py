"""Among many listings the desk composes no report while somebody waits: it shows what is kept, if that may be read."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from desk_server import NIGHT, run_night, running_desk
from desk_visitors import MADE, add_people, visitors

from dedupe.decisions import Verdict
from flows import errands, feeding, loading, reports_kept, steps
from flows.errands import Errand
from flows.feeding import ReportBeingWritten
from flows.reviewing import Seen


@pytest.fixture
def large(config: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committee that is taken to have many listings, after a night of its own; UA reads by an address, too."""
    monkeypatch.setattr(loading, "LARGE", 0)
    monkeypatch.setattr(errands, "_LAST", {})
    monkeypatch.setattr(feeding, "PATIENCE", 60)
    steps.subscribe(config, "UA", "a calendar program", "ines", MADE)
    run_night(config, NIGHT)
    return config


@pytest.fixture
def large_and_busy(large: Path, busy: Path) -> Path:
    """The same with much to decide on."""
    run_night(busy, NIGHT)
    return busy


def begun() -> list[Errand]:
    return [errand for (module, _), errand in errands._LAST.items() if module == "flows.writing_report"]


def shown(config: Path, organisation: str = "UA", **more: str) -> bytes:
    found = steps.last_report(config, organisation, **more)
    assert found is not None
    return found[1]


def written(config: Path, organisation: str = "UA", format_: str = "html", language: str = "") -> bytes:
    return steps.report_of(config, organisation, NIGHT, format_, language)


def decide(config: Path) -> None:
    """Settle the committee's first finding, which UA reads of, too."""
    found = steps.finding_seen(config, 1, steps.named(config, "ines"), NIGHT)
    seen = Seen(found.told.fingerprint, found.newest)
    steps.decide(config, 1, Verdict.DISMISSED, seen, by="ines", at=MADE, note="")


def hide(config: Path) -> None:
    """Let nobody read the African Union's calendar any more."""
    text = config.read_text().replace('source = "au.csv"', 'source = "au.csv"\nvisibility = "hidden"')
    config.write_text(text)


def test_what_the_night_wrote_is_shown_without_composing_anything(large: Path):
    """A hundred readers open their reports in the morning."""
    for organisation in ("AU", "UA", "LAS"):
        assert shown(large, organisation) == written(large, organisation)
    for format_ in reports_kept.FORMATS:
        assert shown(large, format_=format_) == written(large, format_=format_)
    assert begun() == []


def test_what_the_night_did_not_write_is_written_by_another_process(large: Path):
    """A reader of another language, and a coordinator who wants a table."""
    assert shown(large, language="ru") == written(large, language="ru")
    assert shown(large, "AU", format_="csv") == written(large, "AU", "csv")
    assert shown(large, "AU", format_="xlsx") == written(large, "AU", "xlsx")
    assert [errand.words[1:] for errand in begun()] == [("AU",)], "the last one"


def test_after_a_decision_the_last_report_is_shown_until_the_next_is_written(large_and_busy: Path):
    """Decisions are made all morning; a calendar program that asks meanwhile must not be turned away."""
    before = shown(large_and_busy)
    decide(large_and_busy)

    assert shown(large_and_busy) == before
    assert begun()[0].ended.wait(60)
    assert shown(large_and_busy) == written(large_and_busy) != before
    assert len(begun()) == 1


def test_what_may_no_longer_be_read_is_shown_no_more(large: Path, monkeypatch: pytest.MonkeyPatch):
    """Consent that ended at noon has ended at noon, however long it takes to write what is left."""
    assert b"CANARYAFRICA" in shown(large)
    hide(large)
    monkeypatch.setattr(feeding, "PATIENCE", 0)

    with pytest.raises(ReportBeingWritten, match="Nothing was shown"):
        shown(large)
    begun()[0].ended.wait(60)
    assert b"CANARYAFRICA" not in shown(large)
    assert shown(large) == written(large)


def test_a_file_that_is_not_what_was_kept_is_not_shown(large: Path):
    """A night that is run again writes its files one by one, and disks rot."""
    path = large.parent / "state" / "reports" / NIGHT.isoformat() / "UA.html"
    path.write_bytes(b"something else")

    assert shown(large) == written(large)


def test_where_none_can_be_written_the_log_says_why(large: Path, monkeypatch: pytest.MonkeyPatch, caplog):
    """Whoever runs the desk reads a sentence, and it is not tried again at every request."""
    hide(large)
    folder = large.parent / "state" / "desk"
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_bytes(b"in the way")

    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            with pytest.raises(ReportBeingWritten):
                shown(large)
    assert caplog.text.count("flows.writing_report brought nothing") == 1
    assert "could not be written" in caplog.text


def test_a_reader_and_a_calendar_program_are_asked_to_come_back(large: Path, monkeypatch: pytest.MonkeyPatch):
    """A sentence in the reader's language, and a status by which programs know what to do."""
    path = urlsplit(steps.subscribe(large, "AU", "another", "ines", MADE).addresses["ics"]).path
    add_people(large)
    hide(large)
    monkeypatch.setattr(feeding, "PATIENCE", 0)
    with running_desk(large, datetime.now(UTC)) as desk, visitors(desk.url, "rita", "ines") as (rita, ines):
        answer = desk.ask(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
        page = rita.get("/report?language=fr")
        assert (page.status_code, "dans quelques minutes" in page.text) == (503, True)
        assert rita.get("/yours").status_code == 200
        assert ines.get("/organisations/AU/report").status_code == 503
        deadline = time.monotonic() + 60
        while rita.get("/report").status_code == 503:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert rita.get("/report").content == written(large, "AU")


def test_two_readers_at_once_get_their_own(large: Path):
    """One errand at a time: whose is not written yet waits for the next."""
    hide(large)
    for organisation in ("UA", "LAS", "OEA"):
        deadline = time.monotonic() + 60
        while True:
            assert time.monotonic() < deadline
            try:
                found = shown(large, organisation)
            except ReportBeingWritten:
                continue
            break
        assert found == written(large, organisation)
