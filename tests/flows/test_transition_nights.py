"""Nights on which clocks are put forward or back, at two o'clock, at midnight, by half an hour or by a whole day."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
import yaml
from prefect.server.schemas.schedules import CronSchedule

from calendar_sync import roster
from flows import leasing, steps
from store import outbox
from store.connecting import connect

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRANSITIONS = [
    ("America/New_York", "2027-03-14"),
    ("America/New_York", "2026-11-01"),
    ("Europe/Paris", "2027-03-28"),
    ("Europe/Paris", "2026-10-25"),
    ("Africa/Cairo", "2024-04-26"),  # 00:00 is 01:00
    ("Africa/Cairo", "2024-10-31"),  # 23:00 comes twice
    ("America/Sao_Paulo", "2018-11-04"),  # 00:00 is 01:00
    ("America/Sao_Paulo", "2019-02-16"),  # 23:00 comes twice
    ("Asia/Tehran", "2022-03-22"),
    ("Asia/Tehran", "2022-09-21"),
    ("Australia/Lord_Howe", "2026-10-04"),  # half an hour
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Pacific/Apia", "2011-12-30"),  # is left out
    ("Pacific/Kwajalein", "1993-08-21"),  # is left out
    ("Asia/Beirut", "2026-03-29"),
    ("Asia/Beirut", "2026-10-24"),
    ("America/Santiago", "2026-09-06"),
    ("America/Santiago", "2026-04-04"),
    ("America/Havana", "2026-03-08"),
    ("America/Havana", "2026-11-01"),
    ("Asia/Pyongyang", "2018-05-04"),  # 23:30 is 00:00
    ("Asia/Kathmandu", "1986-01-01"),  # a quarter of an hour
    ("America/Caracas", "2016-05-01"),
    ("Africa/Casablanca", "2026-02-15"),
]
LEFT_OUT = {"Pacific/Apia": date(2011, 12, 30), "Pacific/Kwajalein": date(1993, 8, 21)}


def around(zone: str, night: str) -> tuple[datetime, datetime, list[date]]:
    """Return [from, to) from the day before a night to the day after it, and the civil dates that there are."""
    changed = date.fromisoformat(night)
    dates = [changed - DAY, changed, changed + DAY]
    begin = datetime(*dates[0].timetuple()[:3], tzinfo=ZoneInfo(zone)).astimezone(UTC)
    end = datetime(*(dates[-1] + DAY).timetuple()[:3], tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert begin.astimezone(ZoneInfo(zone)).utcoffset() != end.astimezone(ZoneInfo(zone)).utcoffset(), "nothing changes"
    return begin, end, [day for day in dates if day != LEFT_OUT.get(zone)]


def in_zone(committee, zone: str) -> None:
    text = committee.config.read_text()
    committee.publish("outreach.toml", text.replace("America/New_York", zone).encode())


def do_what_is_due(committee) -> date | None:
    """Do as a schedule does at this moment; return the night that was done, None when it was done before."""
    night = steps.tonight(committee.config)
    lease = leasing.begin(committee.config, night, once=True)
    if lease is None:
        return None
    with lease:
        steps.write_reports(committee.config, night, token=lease.token)
        lease.finish(complete=True)
    return night


def reported(committee) -> Counter[date]:
    """Count the reports that AU was sent, by night."""
    store = connect(roster.load(committee.config).database_url)
    try:
        with store.read() as db:
            return Counter(
                {
                    date.fromisoformat(folder.name): len(
                        [
                            each
                            for each in outbox.of_night(db, date.fromisoformat(folder.name))
                            if (each.organisation, each.channel) == ("AU", outbox.FOLDER) and each.path.endswith("html")
                        ]
                    )
                    for folder in (committee.state / "reports").iterdir()
                }
            )
    finally:
        store.close()


@pytest.mark.fault("T33")
@pytest.mark.parametrize(("zone", "night"), TRANSITIONS)
def test_whoever_asks_every_hour_gets_one_report_for_every_date_there_is(committee, zone, night):
    """A night is a date of the committee's own calendar: none is lost in a gap, none comes twice with an hour."""
    in_zone(committee, zone)
    moment, end, dates = around(zone, night)
    done = []
    while moment < end:
        with time_machine.travel(moment, tick=False):
            done.append(do_what_is_due(committee))
        moment += HOUR

    assert [day for day in done if day] == dates
    assert reported(committee) == dict.fromkeys(dates, 1)


@pytest.mark.fault("T33")
def test_the_schedule_has_one_run_for_every_date_there_is(committee, repository, record_property):
    """Other schedulers skip 02:30, run it twice, or lose a day to midnight; so nothing runs between 0 and 4 here."""
    deployments = yaml.safe_load((repository / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    (schedule,) = next(each for each in deployments if each["name"] == "nightly")["schedules"]
    roster_text = committee.config.read_bytes()
    for zone, night in TRANSITIONS:
        committee.publish("outreach.toml", roster_text)
        in_zone(committee, zone)
        begin, end, dates = around(zone, night)
        runs = asyncio.run(CronSchedule(cron=schedule["cron"], timezone=zone).get_dates(start=begin, end=end))
        nights = []
        for run in runs:
            with time_machine.travel(run, tick=False):
                nights.append(steps.tonight(committee.config))
        assert nights == dates, (zone, night)
    record_property("cases", len(TRANSITIONS))
    record_property("measured", "asked every hour, and by the schedule of prefect.yaml: one report for each civil date")
