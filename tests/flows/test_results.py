"""The results, from real nights on the bundled calendars to the report and the command."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest
from python_calamine import CalamineWorkbook

from dedupe.decisions import Verdict
from flows import leasing, results, steps
from reports.rendering import FORMATS
from reports.standing import Change, Why

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "1540"
NIGHTS = tuple(map(date.fromisoformat, ("2007-10-15", "2007-11-26", "2009-12-04", "2010-02-01")))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four nights of the demo; after the third a coordinator confirms that Nairobi repeats Cairo."""
    here: Path = tmp_path_factory.mktemp("results")
    for name in ("outreach.toml", "positions.toml"):
        shutil.copy(EXAMPLES / name, here)
    shutil.copytree(EXAMPLES / "nights", here / "nights")
    config = here / "outreach.toml"
    for night in NIGHTS:
        with leasing.begin(config, night) as lease:
            for calendar in steps.calendars(config):
                assert steps.sync_calendar(config, calendar, night, token=lease.token).complete
            steps.write_reports(config, night, tuple(FORMATS), token=lease.token)
            lease.finish(complete=True)
        if night == NIGHTS[2]:
            (entry,) = (entry for entry in steps.queue(config, night) if entry.kind == "duplicative")
            at = datetime(2009, 12, 4, 15, tzinfo=UTC)
            steps.settle(config, entry.number, Verdict.CONFIRMED, night, by="ines", at=at, note="=asked Nairobi")
    return config


def body(config: Path, night: date, name: str) -> bytes:
    return (config.parent / "state" / "reports" / night.isoformat() / name).read_bytes()


def test_the_figures_of_the_demo_are_those_worked_out_by_hand(demo: Path):
    """What a coordinator can count with a finger on the calendars must be what the ledger says.

    One conflict in all: Cairo (7-10 December 2009) and Nairobi. It was first told on 4 December 2009, the day after
    Cairo was announced: 3 days ahead. Confirmed the same day; on 1 February 2010 Nairobi has exact dates, so that it
    stands again, changed. From the first finding (Gaborone, November 2007) to February 2010 there are 2 + 12 + 12 + 2
    months.
    Gaborone: organised by UNODA, paid for by Andorra, Norway and the United States: joint. Cairo: UNODA and Egypt,
    paid for by the European Union, Norway and the United States. Nairobi: Kenya, the United States and UNODA.
    All three are about implementing.
    """
    told = results.ledger_of(demo, NIGHTS[3])
    (conflict,) = (entry for entry in told.entries if entry.conflict)
    assert (conflict.line.first_night, conflict.lead_days, conflict.line.state) == (NIGHTS[2], 3, Change.CHANGED)
    assert [(made.verdict, made.by) for made in conflict.decisions] == [(Verdict.CONFIRMED, "ines")]
    assert len(told.months) == 28
    by_month = {f"{month.first:%Y-%m}": month for month in told.months}
    figures = {
        name: (month.found, month.decided, month.resolved, month.events, month.joint)
        for name, month in by_month.items()
    }  # fmt: skip
    assert figures["2007-11"] == (0, 0, 0, 1, 1)
    assert figures["2009-12"] == (1, 1, 0, 1, 1)
    assert figures["2010-02"] == (0, 0, 0, 1, 1)
    assert sum(month.found for month in told.months) == sum(month.decided for month in told.months) == 1
    assert by_month["2009-11"].nothing
    for name in ("2007-11", "2009-12", "2010-02"):
        assert dict(by_month[name].phases)["implementation"] == 1
    gaborone = [entry for entry in told.entries if "Accra" in entry.line.title]
    assert [(entry.lead_days, entry.ended, entry.line.why) for entry in gaborone] == [(1, NIGHTS[2], Why.OVER)]


def test_the_committee_reads_its_results_and_nobody_else_does(demo: Path):
    """What coordinators decided, and what other organisations' plans came to, is the committee's to know."""
    schema = json.loads((ROOT / "reports" / "schemas" / "report.schema.json").read_text())
    mine = json.loads(body(demo, NIGHTS[3], "1540.json"))
    jsonschema.validate(mine, schema)
    assert mine["ledger"] == results.ledger_of(demo, NIGHTS[3]).recent().as_json()
    text = " ".join(body(demo, NIGHTS[3], "1540.txt").decode().split())
    assert "Results ======= Month by month" in text
    assert "2009-11 nothing found, decided or resolved, and no event" in text
    assert "first told on 4 December 2009, 3 days ahead; confirmed by ines on 4 December 2009" in text
    assert "3 days ahead" in body(demo, NIGHTS[3], "1540.html").decode()
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(body(demo, NIGHTS[3], "1540.xlsx"))).sheet_names
    assert sheets == ["Report", "Results"]
    assert b"No finding has been told yet." in body(demo, NIGHTS[0], "1540.txt")
    for night in NIGHTS:
        for reader in ("AU", "OAS"):
            assert "ledger" not in json.loads(body(demo, night, f"{reader}.json"))
            for ending in ("txt", "html"):
                assert b"ines" not in body(demo, night, f"{reader}.{ending}").replace(b"lines", b"")
                assert b"Month by month" not in body(demo, night, f"{reader}.{ending}")
            book = CalamineWorkbook.from_filelike(io.BytesIO(body(demo, night, f"{reader}.xlsx")))
            assert book.sheet_names == ["Report"]


def test_a_night_that_is_run_again_tells_the_same_results(demo: Path):
    """Its own findings are stored by then, and must not be counted as of a night before."""
    first = body(demo, NIGHTS[3], "1540.json")
    steps.write_reports(demo, NIGHTS[3], tuple(FORMATS))
    assert body(demo, NIGHTS[3], "1540.json") == first


def test_the_command_prints_text_csv_and_json(demo: Path):
    """A spreadsheet for whoever reports to donors; `--json` as published."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OUTREACH_", "PREFECT_"))}

    def outreach(*words: str) -> str:
        ran = subprocess.run(
            [Path(sys.executable).with_name("outreach"), "ledger", "--as-of", "2010-02-01", *words],
            cwd=demo.parent, env=clean, capture_output=True, text=True, timeout=280,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    told = json.loads(outreach("--json"))
    jsonschema.validate(told, json.loads((ROOT / "desk" / "schemas" / "ledger.schema.json").read_text()))
    rows = list(csv.DictReader(io.StringIO(outreach("--csv"))))
    assert [row["reference"] for row in rows] == [entry["id"] for entry in told["findings"]]
    (conflict,) = (row for row in rows if row["kind"] == "duplicative")
    assert (conflict["lead_days"], conflict["verdict"], conflict["note"]) == ("3", "confirmed", "'=asked Nairobi")
    printed = outreach()
    assert "2009-11  nothing found, decided or resolved, and no event" in printed
    assert "2007-12 – 2009-01  nothing found, decided or resolved, and no event" in printed, "one line for all"
