"""What leaves the flows: progress on a terminal, artifacts and errors on Prefect's pages."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from calendar_sync.errors import CalendarEmptied, RosterError
from flows import deploying, settings
from flows.confining import StepBroke, confined
from flows.outcomes import NightOutcome, ReaderCount, SyncOutcome
from flows.progress import Progress, Stage, TerminalProgress, tell, watched_by

NIGHT = date(2007, 11, 26)


def test_what_breaks_a_step_is_told_without_its_words(tmp_path):
    """The text of an error may be a confidential title, and Prefect's pages are open to whoever reaches them."""
    log = tmp_path / "state" / "errors.log"

    def work():
        raise KeyError("CANARY workshop")

    with pytest.raises(StepBroke) as told:
        confined("match", log, work)

    assert "CANARY" not in str(told.value)
    assert "KeyError at test_surfaces.py:" in str(told.value)
    assert told.value.__suppress_context__, "a traceback would print the cause"
    assert "CANARY workshop" in log.read_text(), "whoever repairs it needs the whole account"


def test_sentences_for_people_pass_unchanged(tmp_path):
    """They say what to do next."""
    with pytest.raises(CalendarEmptied):
        confined("sync", tmp_path / "errors.log", lambda: (_ for _ in ()).throw(CalendarEmptied("au", 3)))
    assert not (tmp_path / "errors.log").exists()


def test_progress_is_one_line_for_each_calendar_where_stderr_is_no_terminal():
    """A log file should not fill with spinners."""
    out = io.StringIO()
    with TerminalProgress(Console(file=out, width=100)) as progress, watched_by(progress):
        tell("au-events", Stage.WORKING, "reading")
        tell("au-events", Stage.DONE, "read: 2 listings")
        tell("oas-events", Stage.WORKING, "reading")
        tell("oas-events", Stage.GAP, "kept: emptied")

    assert [line.split() for line in out.getvalue().splitlines()] == [
        ["✓", "au-events", "read:", "2", "listings"],
        ["!", "oas-events", "kept:", "emptied"],
    ]


def test_nobody_need_watch():
    """In a deployment nobody does."""
    heard: list[Progress] = []
    with watched_by(heard.append):
        tell("match", Stage.DONE)
    tell("find", Stage.DONE)
    assert [progress.subject for progress in heard] == ["match"]


def test_artifacts_hold_counts_and_the_health_of_calendars():
    """They are the night at a glance for whoever runs the service, and no report."""
    from flows import artifacts

    error = CalendarEmptied("oas_events", 4)
    outcome = NightOutcome(
        NIGHT,
        (SyncOutcome("au-events", "read", 2, added=2), SyncOutcome("oas_events", "kept", 4, error=error)),
        (Path("/srv/reports/AU.html"), Path("/srv/reports/AU.txt")),
        (ReaderCount("AU", (("clash", 1), ("duplicative", 2))),),
    )

    text = artifacts.markdown(outcome)

    assert "calendars seen: 1 of 2" in text
    assert "| AU | 3 | 1 clash, 2 duplicative |" in text
    assert r"- oas\_events: emptied, the last good copy stands" in text
    assert artifacts.table(outcome.calendars)[1]["reason"] == "emptied"


def test_without_a_server_prefect_keeps_to_the_state_folder(tmp_path):
    """A person's own Prefect profile, database and server are none of our business."""
    chosen = settings.environment(tmp_path, {"PREFECT_PROFILE": "work"})

    assert Path(chosen["PREFECT_HOME"]) == tmp_path / "prefect"
    assert chosen["PREFECT_SERVER_DATABASE_CONNECTION_URL"].endswith(f"{tmp_path}/prefect/prefect.db")
    assert chosen["PREFECT_PROFILE"] == "ephemeral"
    assert (chosen["PREFECT_SERVER_ANALYTICS_ENABLED"], chosen["DO_NOT_TRACK"]) == ("false", "1")


def test_with_a_server_of_their_own_the_persons_profile_counts(tmp_path):
    """Their server may want their key."""
    chosen = settings.environment(tmp_path, {"PREFECT_API_URL": "http://127.0.0.1:4200/api"})

    assert "PREFECT_HOME" not in chosen
    assert chosen["DO_NOT_TRACK"] == "1"


def test_a_proxy_is_not_asked_for_our_own_server(tmp_path):
    """Behind a proxy the temporary server would be out of reach."""
    chosen = settings.environment(tmp_path, {"NO_PROXY": "intranet.example"})
    assert chosen["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ""),
        ({"PREFECT_API_URL": "http://127.0.0.1:4200/api"}, ""),
        ({"PREFECT_API_URL": "http://localhost:4200/api"}, ""),
        ({"PREFECT_API_URL": "http://10.0.0.7:4200/api"}, "without a password"),
        ({"PREFECT_API_URL": "https://prefect.example.org/api"}, "without a password"),
        ({"PREFECT_API_URL": "http://prefect.example.org/api", "PREFECT_API_AUTH_STRING": "a:b"}, "without TLS"),
        ({"PREFECT_API_URL": "https://prefect.example.org/api", "PREFECT_API_AUTH_STRING": "a:b"}, ""),
    ],
)
def test_a_server_that_anybody_may_use_is_warned_of(given, told, committee, capsys):
    """Whoever reaches Prefect can start nights and stop them, though it has no word of a calendar."""
    assert told in settings.exposed(given)
    assert bool(settings.exposed(given)) == bool(told)
    deploying.place(given, committee.folder)
    assert (told in capsys.readouterr().err) if told else not capsys.readouterr().err


def test_a_deployment_is_refused_when_its_configuration_cannot_be_used(tmp_path):
    """Better now than at five in the morning."""
    with pytest.raises(RosterError, match="no such file"):
        deploying.place({"OUTREACH_CONFIG": "missing.toml"}, tmp_path)


def test_a_deployment_takes_the_configuration_of_its_folder(committee):
    """`prefect deploy --all` works as committed, without a variable set."""
    placed = deploying.place({}, committee.folder)
    assert placed == {"directory": str(committee.folder), "config": str(committee.config)}


def test_the_steps_run_without_prefect():
    """`outreach check` answers within a second; importing Prefect alone takes longer."""
    code = "import sys, flows.steps, flows.running, flows.progress; print([n for n in sys.modules if n == 'prefect'])"
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
