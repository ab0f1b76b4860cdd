"""Days that tell against a date, held against what the United Nations published and what the country observes."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest

from calendar_sync.spans import Span
from dedupe import un_days
from dedupe.days import Sort, days

# Official holidays at Headquarters, by the circulars for 2017 and 2024.
CIRCULARS = {
    2017: ("01-02", "04-14", "05-29", "06-26", "07-04", "09-01", "09-04", "11-23", "12-25"),
    2024: ("01-01", "03-29", "04-10", "05-27", "06-17", "07-04", "09-02", "11-28", "12-25"),
}
# Openings of the general debate.
DEBATES = {2003: 23, 2007: 25, 2012: 25, 2016: 20, 2017: 19, 2018: 25, 2019: 24, 2021: 21, 2022: 20, 2023: 19, 2024: 24}


@pytest.mark.parametrize("year", CIRCULARS)
def test_official_holidays_are_those_of_the_circulars(year):
    """Rules that only seem right would move meetings for nothing."""
    told = [entry.first for entry in un_days.of_year(year) if entry.sort == "un_holiday"]
    assert [f"{day:%m-%d}" for day in told] == list(CIRCULARS[year])


@pytest.mark.parametrize("year", DEBATES)
def test_the_high_level_week_holds_the_opening_of_the_debate(year):
    """Delegations sit in New York; nobody is left to invite."""
    (week,) = [entry for entry in un_days.of_year(year) if entry.name.startswith("High-level week")]
    assert week.first <= date(year, 9, DEBATES[year]) <= week.last
    assert week.estimated


def test_every_entry_names_what_it_rests_on():
    """A rule without a source is an opinion."""
    for year in (1950, 1999, 2010, 2030, 2100):
        assert {entry.source for entry in un_days.of_year(year)} <= un_days.SOURCES.keys()
    assert un_days.of_year(1945) == ()


def test_a_host_country_has_its_own_holidays_and_weekend():
    """Friday is a day off in Cairo, and Sunday is none."""
    cairo = days("EG", [2009])
    assert cairo.known
    assert cairo.weekend_days(date(2009, 12, 3), date(2009, 12, 7)) == 2
    (eid,) = [entry for entry in cairo.entries if entry.name == "Eid al-Adha"]
    assert (eid.first, eid.last, eid.estimated, eid.sort) == (
        date(2009, 11, 27),
        date(2009, 11, 29),
        True,
        Sort.HOLIDAY,
    )
    assert eid in cairo.of(Span.exact(date(2009, 11, 29), date(2009, 12, 1)))
    assert "(estimated)" in eid.words
    nairobi = days("KE", [2010])
    assert {entry.name for entry in nairobi.of(Span.exact(date(2010, 4, 1), date(2010, 4, 6)))} >= {"Easter Monday"}
    assert nairobi.of(Span.vague(date(2010, 1, 1), date(2010, 12, 31))) == ()


def test_a_country_whose_holidays_nobody_knows_is_said_to_be_so():
    """Not known is not none."""
    nowhere = days("XX", [2010])
    assert not nowhere.known
    assert not any(entry.sort is Sort.HOLIDAY for entry in nowhere.entries)
    assert any(entry.sort is Sort.UN_HOLIDAY for entry in nowhere.entries)


def test_an_observed_day_is_an_occasion_and_no_obstacle():
    """The anniversary of the resolution is a good day for it."""
    (day,) = days("", [2010]).within(date(2010, 4, 28), date(2010, 4, 28))
    assert day.sort is Sort.UN_DAY
    assert not day.against


def test_years_at_the_ends_of_the_calendar_are_left_out():
    """A year typed wrong must not end in a traceback."""
    assert days("", [1, 9999]).entries == ()
    assert days("KE", [2150]).within(date(2150, 12, 25), date(2150, 12, 25) + timedelta(days=1))


def test_only_the_country_asked_for_is_loaded():
    """Nobody waits for 250 countries, and whoever names none does not wait for the library either."""
    body = (
        "import sys; from dedupe.days import days; days('', [2010]); print('holidays' in sys.modules)\n"
        "print(days('KE', [2010]).known, [name for name in sys.modules if name.startswith('holidays.countries')])\n"
        "import holidays.countries; print(holidays.countries.Egypt.__name__, days('EG', [2010]).known)"
    )
    told = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["False", "True ['holidays.countries.kenya']", "Egypt True"]
