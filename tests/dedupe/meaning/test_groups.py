"""Groups in four languages, each on three days: what the words give, what the table says and what is known to hold."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

from dedupe.meaning import audiences

HERE = Path(__file__).parent
DAYS = ("2003-01-01", "2014-09-01", "2025-12-31")


def wordings() -> list[dict[str, str]]:
    with (HERE / "group_wordings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def memberships() -> list[dict[str, str]]:
    text = files("dedupe.meaning").joinpath("tables/groups.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def listed(group: str, day: str) -> set[str]:
    """Return the members of a group by the rows of the table alone; dates in ISO form compare as they are read."""
    return {
        row["state"]
        for row in memberships()
        if row["group"] == group and (row["from"] or "0000") <= day < (row["to"] or "9999")
    }


def of(words: str, day: str) -> frozenset[str]:
    return audiences.states([words], date.fromisoformat(day)).states


@pytest.mark.parametrize("row", wordings(), ids=lambda row: row["group"])
def test_a_group_is_the_same_states_in_four_languages_on_three_days(row):
    """Counts were written down from what the organisations say of themselves, not from the table."""
    for day in DAYS:
        expected = listed(row["group"], day)
        read = {language: of(row[language], day) for language in ("en", "fr", "es", "fourth")}
        assert read == dict.fromkeys(read, expected), day
        assert len(expected) == int(row[day]), (day, sorted(expected))


def test_every_group_of_the_table_is_tried():
    """A group that nobody words is a group that nobody checked."""
    assert {row["group"] for row in memberships()} == {row["group"] for row in wordings()}


@pytest.mark.parametrize(
    ("group", "day", "joined", "left"),
    [
        ("African Union", "2017-01-31", "MA", ""), ("African Union", "2011-08-15", "SS", ""),
        ("SADC", "2004-07-01", "", "SC"), ("SADC", "2005-08-18", "MG", ""), ("SADC", "2008-08-16", "SC", ""),
        ("SADC", "2018-08-17", "KM", ""), ("ECOWAS", "2000-12-31", "", "MR"),
        ("ECOWAS", "2025-01-29", "", "BF ML NE"), ("ECCAS", "2007-12-31", "", "RW"), ("ECCAS", "2016-08-17", "RW", ""),
        ("EAC", "2007-07-01", "BI RW", ""), ("EAC", "2016-09-05", "SS", ""), ("EAC", "2022-07-11", "CD", ""),
        ("EAC", "2024-03-04", "SO", ""), ("ASEAN", "2025-10-26", "TL", ""),
        ("EU", "2004-05-01", "CY CZ EE HU LT LV MT PL SI SK", ""), ("EU", "2007-01-01", "BG RO", ""),
        ("EU", "2013-07-01", "HR", ""), ("EU", "2020-02-01", "", "GB"), ("OSCE", "2006-06-22", "ME", ""),
        ("OSCE", "2012-11-21", "MN", ""), ("OAS", "2023-11-19", "", "NI"), ("CARICOM", "2002-07-02", "HT", ""),
        ("GUAM", "2005-05-05", "", "UZ"), ("CIS", "2009-08-18", "", "GE"), ("CSTO", "2012-12-19", "", "UZ"),
        ("SCO", "2017-06-09", "IN PK", ""), ("SCO", "2023-07-04", "IR", ""), ("SCO", "2024-07-04", "BY", ""),
        ("SAARC", "2007-04-03", "AF", ""), ("PIF", "2016-09-10", "NC PF", ""), ("PIF", "2022-07-09", "", "KI"),
        ("BRICS", "2010-12-24", "ZA", ""), ("BRICS", "2024-01-01", "AE EG ET IR", ""),
        ("COMESA", "2018-07-18", "SO TN", ""), ("IGAD", "2011-11-25", "SS", ""), ("CPLP", "2014-07-23", "GQ", ""),
        ("NATO", "2004-03-29", "BG EE LT LV RO SI SK", ""), ("NATO", "2009-04-01", "AL HR", ""),
        ("NATO", "2023-04-04", "FI", ""), ("NATO", "2024-03-07", "SE", ""),
        ("Council of Europe", "2007-05-11", "ME", ""), ("Council of Europe", "2022-03-16", "", "RU"),
        ("Commonwealth", "2009-11-29", "RW", ""), ("Commonwealth", "2022-06-25", "GA TG", ""),
        ("Commonwealth", "2020-02-01", "MV", ""), ("MERCOSUR", "2024-07-08", "BO", ""),
        ("FATF", "2010-06-25", "IN", ""),
        ("Africa", "2011-07-09", "SS", ""), ("Mano River Union", "2008-05-15", "CI", ""),
    ],
)  # fmt: skip
def test_a_membership_changes_on_its_day(group, day, joined, left):
    """What was announced before the day and after it is for different states."""
    before = of(group, date.fromordinal(date.fromisoformat(day).toordinal() - 1).isoformat())
    after = of(group, day)
    assert after - before == set(joined.split())
    assert before - after == set(left.split())


@pytest.mark.parametrize(
    ("group", "state", "day"),
    [
        ("Arab States", "SY", "2015-01-01"), ("OIC", "SY", "2015-01-01"), ("African Union", "ML", "2022-01-01"),
        ("African Union", "EG", "2013-09-01"), ("SADC", "MG", "2010-01-01"), ("PIF", "FJ", "2012-01-01"),
        ("MERCOSUR", "VE", "2018-01-01"), ("FATF", "RU", "2024-01-01"),
    ],
)  # fmt: skip
def test_a_suspended_member_is_a_member(group, state, day):
    """Suspension is not leaving: a workshop for Arab States is for Syria too, whoever sits in the League."""
    assert state in of(group, day)


def test_every_membership_names_its_source_and_is_stated_once_at_a_time():
    """Two rows for one state must not overlap, or leaving would not count."""
    spans = defaultdict(list)
    for row in memberships():
        assert row["source"], row
        spans[row["group"], row["state"]].append((row["from"] or "0000-00-00", row["to"] or "9999-99-99"))
    for (group, state), held in spans.items():
        held.sort()
        assert all(first < last for first, last in held), (group, state, held)
        assert all(one[1] <= other[0] for one, other in pairwise(held)), (group, state, held)
