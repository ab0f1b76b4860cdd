"""A night as a Prefect flow: how it ends, how often it tries, and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

UNREACHABLE = """
[[calendars]]
id = "oas-feed"
organisation = "OAS"
source = "http://127.0.0.1:9/CANARYADDRESS.ics?key=CANARYKEY"
private_network = true
"""


def outreach(*words: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the installed command."""
    command = Path(sys.executable).with_name("outreach")
    return subprocess.run([command, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=280)


@pytest.mark.timeout(400)
def test_a_night_with_gaps_says_so_and_tells_prefect_nothing_confidential(prefect, committee):
    """A calendar that fails is news for the report, not a reason to have none; and the server is open to everybody."""
    committee.publish("oas.ics", b"<!DOCTYPE html><title>CANARYLOGIN</title>")
    committee.publish("outreach.toml", committee.config.read_bytes() + UNREACHABLE.encode())

    ran = outreach("nightly", "--as-of", "2007-11-02", folder=committee.folder, environment=prefect.environment)

    assert ran.returncode == 3, ran.stderr
    run = next(run for run in prefect.flow_runs("nightly") if run["parameters"].get("as_of") == "2007-11-02")
    assert (run["state_type"], run["state_name"]) == ("COMPLETED", "CompletedWithGaps")
    assert run["state"]["message"] == "2 of 4 calendars not read"
    tries = {task["name"]: (task["state_type"], task["run_count"]) for task in task_runs(prefect, run["id"])}
    # What answers with nonsense is asked once, what does not answer three times.
    assert tries["sync oas-events"] == ("FAILED", 1)
    assert tries["sync oas-feed"] == ("FAILED", 3)
    assert tries["sync au-events"] == ("COMPLETED", 1)
    artifacts = {artifact["key"]: artifact for artifact in latest_artifacts(prefect)}
    assert "calendars seen: 2 of 4" in artifacts["night"]["data"]
    assert "unreachable" in str(artifacts["calendars"]["data"])
    assert b"CANARYGABORONE" in committee.reports("2007-11-02")["AU.html"], "else its absence below would prove nothing"
    kept = prefect.everything_kept()
    assert b"sync au-events" in kept, "else the search finds nothing whatever is there"
    assert b"CANARY" not in kept
    assert "CANARYKEY" not in ran.stdout + ran.stderr


@pytest.mark.timeout(400)
def test_without_a_server_a_night_leaves_nothing_outside_its_state_folder(committee, tmp_path):
    """A newcomer's home, and the Prefect profile they may have, are none of our business."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "OUTREACH_"))}
    environment["HOME"] = str(home)

    ran = outreach("nightly", "--as-of", "2007-11-02", folder=committee.folder, environment=environment)

    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) == 9
    assert all(Path(line).is_file() for line in ran.stdout.splitlines())
    assert not (home / ".prefect").exists()
    assert (committee.state / "prefect" / "prefect.db").exists()
    assert " | INFO " not in ran.stderr, "Prefect's own log is for --verbose"


@pytest.mark.fault("T43")
@pytest.mark.timeout(900)
def test_fifty_nights_leave_no_word_of_a_calendar_with_prefect(prefect, committee, record_property):
    """Parameters, names of runs, logs, states and artifacts hold ids and counts, also of what breaks."""
    nights = 50
    script = Path(__file__).parents[1] / "harness" / "many_nights.py"
    ran = subprocess.run(
        [sys.executable, str(script), str(committee.config), "2007-10-08", str(nights)],
        cwd=committee.folder, env=prefect.environment, capture_output=True, text=True, timeout=880,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr

    assert len(list((committee.state / "reports").iterdir())) == nights
    told = committee.reports("2007-11-25")["UN1540.html"]
    assert b"CANARY48 workshop" in told, "else its absence below would prove nothing"
    assert b"could not be used as a calendar" in committee.reports("2007-11-22")["UN1540.html"], "gaps are among them"
    kept = prefect.everything_kept()
    assert kept.count(b"sync au-events") >= nights, "else the search finds nothing whatever is there"
    found = kept.upper().count(b"CANARY")
    record_property("cases", nights)
    record_property("measured", f"{found} words of calendars in {len(kept):,} bytes of the server's home")
    assert found == 0


def task_runs(prefect, flow_run: str) -> list[dict]:
    found = httpx.post(
        f"{prefect.url}/task_runs/filter", json={"task_runs": {"flow_run_id": {"any_": [flow_run]}}}, timeout=30
    )
    return found.raise_for_status().json()


def latest_artifacts(prefect) -> list[dict]:
    return httpx.post(f"{prefect.url}/artifacts/latest/filter", json={}, timeout=30).raise_for_status().json()
