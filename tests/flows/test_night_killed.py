"""A night that is killed anywhere comes to the same end when it is run again."""

from __future__ import annotations

import contextlib
import os
import random
import sys
import time
from pathlib import Path

import pytest
from mail_server import Letterbox, mail_server
from plain_night import (
    SECOND,
    apart,
    at,
    die,
    ended,
    left,
    made_ready,
    night,
    night_that_dies,
    put_back,
    send_what_waits,
)

POINTS = [
    ("claim the night", 1, "after"),
    ("fetch", 2, "before"),
    ("read", 1, "before"),
    ("read", 1, "after"),
    ("save a calendar", 1, "before"),
    ("save a calendar", 2, "after"),
    ("commit", 14, "before"),
    ("save clusters", 1, "before"),
    ("save columns", 1, "after"),
    ("render", 5, "before"),
    ("save findings", 1, "before"),
    ("save findings", 2, "after"),
    ("save a memory", 3, "before"),
    ("ask for a delivery", 4, "after"),
    ("write a report", 1, "before"),
    ("write a report", 4, "after"),
    ("fsync", 3, "before"),
    ("rename", 2, "before"),
    ("rename", 7, "after"),
    ("freeze a message", 1, "before"),
    ("freeze a message", 2, "after"),
    ("note a report", 5, "after"),
    ("claim a delivery", 2, "after"),
    ("hand over", 1, "before"),
    ("hand over", 2, "after"),
    ("settle a delivery", 1, "after"),
    ("finish", 1, "before"),
]
"""Before and after each save, between a file and its row, and within every step."""
MOMENTS = 3
"""And at any moment, from outside."""


FLOW_POINTS = [("save a calendar", 2, "after"), ("write a report", 5, "before")]


def command_that_dies(config, environment, place: str, number: int, when: str) -> None:
    """Type `outreach nightly` and die on the way; with number 0 it ends by itself."""
    os.environ.clear()
    os.environ.update(environment)
    from desk import cli

    sys.argv = ["outreach", "nightly", "--as-of", SECOND.isoformat(), "--config", str(config)]
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        at(place, number, die, after=when == "after"),
    ):
        cli.main()


@pytest.fixture
def letterbox():
    with mail_server(Letterbox()) as box:
        yield box


@pytest.mark.fault("T31")
@pytest.mark.timeout(600)
def test_a_night_killed_anywhere_comes_to_the_same_end_when_it_runs_again(committee, letterbox, record_property):
    """Power fails when it likes. Whoever starts the night again must not have to know how far it was."""
    kept = made_ready(committee, letterbox.port)
    letterbox.arrived.clear()
    began = time.monotonic()
    night(committee.config, SECOND)
    lasts = time.monotonic() - began
    send_what_waits(committee.config)
    undisturbed = left(committee, letterbox.arrived)
    assert len(undisturbed["mails"]) == 2, "else no mail proves anything"
    chance = random.Random(SECOND.toordinal())
    moments = [("moment", 1 + number, "") for number in range(MOMENTS)]
    repeats = 0
    for point in POINTS + moments:
        while True:
            letterbox.arrived.clear()
            put_back(kept, committee.state)
            if point[0] == "moment":
                process = apart().Process(target=night, args=(committee.config, SECOND))
                process.start()
                process.join(chance.uniform(0.05, 0.8) * lasts)
                process.kill()
            else:
                process = apart().Process(target=night_that_dies, args=(committee.config, SECOND, *point))
                process.start()
            if ended(process) == -9:
                break
            # Only a moment may come too late, and then another is taken.
            assert point[0] == "moment", f"{point} is not on the way of this night"
        night(committee.config, SECOND)
        send_what_waits(committee.config)

        now = left(committee, letterbox.arrived)
        assert [name for name in undisturbed if now[name] != undisturbed[name]] == [], point
        repeats += len(letterbox.arrived) - 2
    record_property("cases", len(POINTS) + MOMENTS)
    record_property(
        "measured",
        f"kill -9 at {len(POINTS)} named points and {MOMENTS} moments: same reports, rows and mails; {repeats} mails "
        "came twice, with an equal Message-ID",
    )


@pytest.mark.fault("T31")
@pytest.mark.timeout(600)
def test_a_flow_that_was_killed_comes_to_the_same_end(prefect, committee, letterbox, record_property):
    """As people and schedules run it: with tasks, threads and a server that still believes it to be running."""
    kept = made_ready(committee, letterbox.port)
    letterbox.arrived.clear()
    night(committee.config, SECOND)
    send_what_waits(committee.config)
    undisturbed = left(committee, letterbox.arrived)
    for point in FLOW_POINTS:
        put_back(kept, committee.state)
        letterbox.arrived.clear()
        for ends, number in ((-9, point[1]), (0, 0)):
            given = (committee.config, prefect.environment, point[0], number, point[2])
            process = apart().Process(target=command_that_dies, args=given)
            process.start()
            assert ended(process, 240) == ends, point
        send_what_waits(committee.config)

        now = left(committee, letterbox.arrived)
        assert [name for name in undisturbed if now[name] != undisturbed[name]] == [], point
    record_property("cases", len(FLOW_POINTS))
    record_property("measured", f"the Prefect flow killed at {len(FLOW_POINTS)} points: the same")
