"""The bundled calendars: honest, complete, and readable every night."""

from __future__ import annotations

import csv
import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from calendar_sync import roster
from calendar_sync.reading import kinds
from calendar_sync.sources.choosing import source_of

FOLDER = Path(__file__).parents[2] / "examples" / "1540"
NIGHTS = sorted(path.name for path in (FOLDER / "nights").iterdir())


def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_1540", FOLDER / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_files_are_what_the_facts_give(tmp_path: Path):
    """Nobody may edit a calendar by hand: the facts table is the only source."""
    made = build()
    made.snapshots(tmp_path)
    shipped = {path.relative_to(FOLDER / "nights"): path.read_bytes() for path in (FOLDER / "nights").rglob("*.*")}
    again = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    assert set(shipped) == set(again)
    assert [name for name in shipped if shipped[name] != again[name]] == []
    assert (FOLDER / "PROVENANCE.md").read_text(encoding="utf-8") == made.provenance(made.facts())


def test_every_fact_names_its_source_and_its_day():
    """A fact without a source is an invention."""
    rows = list(csv.DictReader((FOLDER / "facts.csv").open(encoding="utf-8", newline="")))
    assert len(rows) > 35
    for row in rows:
        assert row["source"], row["uid"]
        assert row["published_basis"].startswith(("stated", "inferred", "public record")), row["uid"]
        date.fromisoformat(row["published"])


def test_ten_organisations_publish_and_the_regional_ones_read():
    """The demo is about many publishers and many readers."""
    loaded = roster.load(FOLDER / "outreach.toml")
    assert len({calendar.organisation for calendar in loaded.calendars}) >= 10
    assert {calendar.id for calendar in loaded.calendars} == {row["calendar"] for row in build().facts()}
    assert {"1540", "AU", "SADC", "ECOWAS", "OAS", "CARICOM"} <= {reader.id for reader in loaded.readers()}
    assert "MA" not in loaded.organisation("AU").states(date(2010, 2, 2))


@pytest.mark.parametrize("night", NIGHTS)
def test_every_calendar_can_be_read_every_night_and_holds_no_future(night: str):
    """What was published later did not exist."""
    loaded = roster.load(FOLDER / "outreach.toml")
    made = build()
    for calendar in loaded.calendars:
        payload = source_of(calendar, loaded.folder).fetch(date.fromisoformat(night), None)
        assert payload is not None
        reading = kinds.read(payload, calendar)
        assert reading.is_calendar, calendar.id
        # Some have not announced anything yet.
        assert {problem.code for problem in reading.problems} <= {"no-events"}, (calendar.id, reading.problems)
        expected = made.standing(made.facts(), calendar.id, night)
        assert sorted(listing.title for listing in reading.listings) == sorted(row["title"] for row in expected)
        by_title = {row["title"]: row for row in expected}
        for listing in reading.listings:
            row = by_title[listing.title]
            assert str(listing.published) == row["published"]
            assert (listing.city, listing.country) == (row["city"], row["country"])
            assert list(listing.audience) == [part.strip() for part in row["audience"].split(";") if part.strip()]
            if row["start"]:
                assert listing.span is not None
                assert str(listing.span.earliest) == row["start"]
                assert str(listing.span.latest) == (row["end"] or row["start"])
