"""The schedule: a real server and worker on loopback, deployed from prefect.yaml as committed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
import yaml

ROOM = 240


@pytest.mark.timeout(600)
def test_a_scheduled_night_writes_its_reports(prefect, committee, repository):
    """Three versions of Prefect's dependencies break exactly this, and nothing else says so: the server does not
    start, deploying is refused, or scheduled runs are never made.
    """
    prefect.prefect("work-pool", "create", "outreach", "--type", "process", cwd=repository)
    deployed = prefect.prefect("deploy", "--all", cwd=repository, OUTREACH_CONFIG=str(committee.config))
    assert "nightly/nightly" in deployed.stdout, deployed.stdout
    assert "hourly/hourly" in deployed.stdout, deployed.stdout
    soon = (datetime.now(UTC) + timedelta(seconds=15)).isoformat()
    prefect.prefect(
        "deployment", "schedule", "create", "nightly/nightly", "--interval", "3600", "--anchor-date", soon,
        "--timezone", "America/New_York", cwd=repository,
    )  # fmt: skip

    with prefect.worker(committee.folder):
        prefect.wait_until(lambda: done_by_schedule(prefect), ROOM)

    run = done_by_schedule(prefect)
    assert (run["state_type"], run["state_name"]) == ("COMPLETED", "Completed"), run["state"]["message"]
    assert run["parameters"] == {"config": str(committee.config)}
    nights = [folder.name for folder in (committee.state / "reports").iterdir()]
    begun = datetime.fromisoformat(run["start_time"].replace("Z", "+00:00"))
    assert nights == [begun.astimezone(ZoneInfo("America/New_York")).date().isoformat()]
    assert {"UN1540.html", "AU.html", "OAS.html", "AU.json", "AU.txt"} <= committee.reports(nights[0]).keys()
    assert b"CANARY" not in prefect.everything_kept()


def done_by_schedule(prefect):
    """Return the run that the schedule made, once it has ended; a person's run would prove nothing."""
    return next((run for run in prefect.flow_runs("nightly") if run["auto_scheduled"] and run["end_time"]), None)


def test_the_schedules_name_their_zone_and_keep_away_from_the_hours_that_jump(repository):
    """Between 00:00 and 04:00 local time a run is skipped or doubled where clocks change."""
    deployments = yaml.safe_load((repository / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    for deployment in deployments:
        for schedule in deployment["schedules"]:
            assert schedule["timezone"] == "America/New_York"
            hours = schedule["cron"].split()[1]
            assert all(int(hour) >= 4 for hour in hours.split("-"))
        assert deployment["concurrency_limit"]["limit"] == 1
        assert set(deployment["parameters"]) == {"config"}


@pytest.mark.timeout(300)
def test_the_deployments_know_two_absolute_paths_and_nothing_else(prefect, committee, repository):
    """A worker starts in whatever folder it starts in, and the server is open to whoever reaches it."""
    prefect.prefect("work-pool", "create", "outreach", "--type", "process", "--overwrite", cwd=repository)
    prefect.prefect("deploy", "--all", cwd=repository, OUTREACH_CONFIG=str(committee.config))

    answer = httpx.get(f"{prefect.url}/deployments/name/nightly/nightly", timeout=30).raise_for_status().json()

    assert answer["parameters"] == {"config": str(committee.config)}
    assert answer["pull_steps"] == [{"prefect.deployments.steps.set_working_directory": {"directory": str(repository)}}]
