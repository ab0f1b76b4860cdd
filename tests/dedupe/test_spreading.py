"""One process, several, or several machines: the same pairs to the byte."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from calendar_sync.reading.listing_tables import listing_tables
from dedupe import bounds
from dedupe.machines import Machines
from dedupe.matching import recognise_table
from dedupe.pair_rows import same_event_rows
from dedupe.workers import Spread, Workers, here

TOPICS = ("Ruby", "Python", "Biosecurity", "Border Control", "JavaScript", "Export Licensing", "Testing", "Customs")
TOWNS = (("Gaborone", "BW"), ("Nairobi", "KE"), ("Accra", "GH"), ("Cairo", "EG"), ("Bangkok", "TH"), ("Kingston", "JM"))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Six hundred made-up listings, of which many are one event in other words."""
    draw = random.Random(1540)
    rows = []
    for event in range(260):
        one, other = draw.sample(TOPICS, 2)
        town, country = draw.choice(TOWNS)
        day = f"20{draw.randrange(10, 13)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
        for calendar in range(draw.choice((1, 2, 3, 4))):
            title = draw.choice((f"{one} and {other} Workshop", f"Workshop on {one}", f"{one} {other} {town}"))
            rows.append([f"e{event}-{calendar}", f"source {calendar}", title, day, day, town, country])
    draw.shuffle(rows)
    return write(rows, tmp_path / "table.csv")


def write(rows: list[list[str]], path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "source", "title", "start", "end", "city", "country"], *rows])
    return path


def told(table: Path, spread: Spread = here) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(same_event_rows(recognise_table(listing_tables([table]), spread=spread)))
    return out.getvalue()


@pytest.fixture(autouse=True)
def _many_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "CHUNK", 200)


@pytest.mark.parametrize("number", [2, 3, 7])
def test_the_number_of_processes_has_no_say(table, number):
    """A report must not depend on the machine it was made on."""
    assert told(table).count("same_event") > 100
    assert told(table, Workers(number)) == told(table)


def test_two_processes_of_a_dask_cluster_give_the_same_bytes(table):
    """What does not fit on one machine is matched on several, and by no other rule."""
    with Machines("local:2") as spread:
        assert told(table, spread) == told(table)


def test_the_order_of_rows_has_no_say(table):
    """Calendars list their events in any order."""
    with table.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]

    assert told(write(rows[::-1], table.with_name("turned.csv"))) == told(table)


def test_what_fails_in_a_process_is_told_here(table):
    """An error must not end as a table with fewer pairs."""

    def broken(chunk: int) -> int:
        raise ValueError(f"chunk {chunk}")

    for spread in (here, Workers(2)):
        with pytest.raises(ValueError, match="chunk 0"):
            list(spread(broken, [0, 1, 2]))
